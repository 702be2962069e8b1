"""Detect what engines need besides PyTorch (OpenVINO, compilers), without importing it."""

import importlib
import os
import shutil
import sys
from importlib.util import find_spec
from types import ModuleType

OPENVINO = "openvino"


def has_openvino() -> bool:
    """Tell whether OpenVINO is installed."""
    return find_spec(OPENVINO) is not None


def load_openvino() -> ModuleType:
    """Import OpenVINO without its telemetry.

    On import OpenVINO reports to its makers over the network where a package of theirs,
    ``openvino_telemetry``, can be imported, and does without where it cannot: see
    ``openvino/tools/ovc/telemetry_utils.py``. A project with patients' images reports to nobody.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # documented
    return importlib.import_module(OPENVINO)


def missing_compiler(device: str) -> str | None:
    """Return what torch.compile lacks on this machine, in words; None where it is complete.

    Parameters
    ----------
    device
        ``"cpu"`` or ``"cuda"``.
    """
    if device == "cuda" and find_spec("triton") is None:
        return "the package triton"
    default = "clang++" if sys.platform == "darwin" else "g++"
    compiler = os.environ.get("CXX", default)
    return None if shutil.which(compiler) else f"a C++ compiler ({compiler})"
