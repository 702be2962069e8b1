import pytest

from features.families import FAMILIES
from features.families.family import families, find_recipe, listed_names, other_names
from radbank.errors import RadbankError
from radbank.registry import Registry

TORCHVISION = FAMILIES.built_in["torchvision"]


def declare(monkeypatch, **declared):
    monkeypatch.setattr("features.families.family.FAMILIES", Registry("family", declared))


def test_every_name_is_of_one_family():
    for name in (*listed_names(), *other_names()):
        assert sum(family.knows(name) for family in families()) == 1, name
        assert find_recipe(name).name == name


def test_names_with_a_prefix_are_of_its_family_only():
    assert find_recipe("timm:resnet18").name == "timm:resnet18"
    with pytest.raises(RadbankError, match=r"no backbone 'timm:vgg-19'.*timm:vgg19"):
        find_recipe("timm:vgg-19")


def test_two_families_with_one_name_are_refused(monkeypatch):
    declare(monkeypatch, one=TORCHVISION, two=TORCHVISION)
    with pytest.raises(RadbankError, match=r"Two families have a backbone 'vgg19': .*torchvision"):
        find_recipe("vgg19")


def test_what_is_declared_as_a_family_must_be_one(monkeypatch):
    declare(monkeypatch, odd="features.families.family:Family")
    with pytest.raises(
        RadbankError, match=r"family 'odd' is declared as .*correct its declaration"
    ):
        find_recipe("vgg19")
