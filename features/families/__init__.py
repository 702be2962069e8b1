"""Families of networks: how each is named, built without its classifier and given weights."""

from radbank.registry import Registry

FAMILIES = Registry(
    "backbone family",
    {
        "efficientnet_lite": "features.families.efficientnet_lite:FAMILY",
        "torchvision": "features.families.from_torchvision:FAMILY",
        "timm": "features.families.from_timm:FAMILY",
    },
    "radbank.backbones",
)
"""Name of a family -> its :class:`features.families.family.Family`."""
