"""Resolve engine and precision ``auto`` without loading a network.

What a warm run needs to know before it looks into the bank is here, so this imports neither
PyTorch nor, where nothing is left to ``auto``, OpenVINO.
"""

from dataclasses import dataclass

from features.engines.chip import bf16_is_faster
from features.engines.toolchain import has_openvino, load_openvino, missing_compiler
from radbank.errors import RadbankError

AUTO = "auto"
ENGINES = ("openvino", "compile", "eager")
EXACT = "fp32"
PRECISIONS = (EXACT, "bf16", "fp16")

# Number of embeddings from which compiling saves more time than it takes. On two cores of a CPU
# that is faster in bf16, compiling took 12 to 42 s and saved about 2 ms an image over eager bf16.
# The number for a GPU is a cautious guess.
COMPILE_FROM = {"cpu": 15_000, "cuda": 500_000}


@dataclass(frozen=True)
class Choice:
    """An engine and a precision.

    Attributes
    ----------
    engine
        ``"openvino"``, ``"compile"`` or ``"eager"``.
    precision
        ``"fp32"``, ``"bf16"`` or ``"fp16"``.
    reason
        Why, in words.
    """

    engine: str
    precision: str
    reason: str

    def __str__(self) -> str:
        return f"{self.engine} in {self.precision}: {self.reason}"


def choose(engine: str, precision: str, *, device: str, n_images: int) -> Choice:
    """Resolve ``"auto"`` on this machine, and check an engine or precision asked for by name.

    Parameters
    ----------
    engine
        ``"auto"`` or one of `ENGINES`.
    precision
        ``"auto"`` or one of `PRECISIONS`.
    device
        ``"cpu"`` or ``"cuda"``.
    n_images
        Embeddings to compute in all, views included, whether or not some are known already: the
        choice must not change when a run is resumed.

    Raises
    ------
    RadbankError
        If this machine has not what is asked for by name.
    """
    if engine not in {AUTO, *ENGINES} or precision not in {AUTO, *PRECISIONS}:
        raise ValueError(f"there is no engine {engine!r} or no precision {precision!r}")
    chosen, why = _engine(device, n_images) if engine == AUTO else (engine, "as asked")
    _require(chosen, device)
    if precision != AUTO:
        _require_precision(chosen, precision, device)
        return Choice(chosen, precision, why)
    found, because = _precision(device)
    return Choice(chosen, found, f"{why}; {because}")


def _engine(device: str, n_images: int) -> tuple[str, str]:
    if device == "cpu" and has_openvino():
        return "openvino", "as fast as compiled code on a CPU, without a compiler or a wait"
    missing = missing_compiler(device)
    if missing:
        return "eager", f"torch.compile would need {missing}"
    least = COMPILE_FROM[device]
    if n_images < least:
        return "eager", f"compiling does not pay for itself below {least:,} embeddings"
    return "compile", f"it pays for itself from {least:,} embeddings"


def _require(engine: str, device: str) -> None:
    """Refuse an engine that cannot run here."""
    if engine == "openvino":
        if device != "cpu":
            raise RadbankError(
                f"features.engine: openvino runs on the CPU, and this machine computes on "
                f"{device}: set features.engine to auto, compile or eager."
            )
        if not has_openvino():
            raise RadbankError(
                "features.engine: openvino is not installed: run `python -m pip install "
                "openvino`, or set features.engine to auto."
            )
    if engine == "compile" and (missing := missing_compiler(device)):
        raise RadbankError(
            f"features.engine: compile needs {missing}, which is not on this machine: install it, "
            "or set features.engine to auto."
        )


def _require_precision(engine: str, precision: str, device: str) -> None:
    """Refuse a precision that an engine cannot give here."""
    if precision == "fp16" and device == "cpu":
        raise RadbankError(
            "features.precision: fp16 is for GPUs: set it to auto, bf16 or fp32 on a CPU."
        )
    if engine == "openvino" and precision == "bf16" and not cpu_has_bf16():
        raise RadbankError(
            "features.precision: this CPU does not compute in bf16: set it to auto or fp32."
        )


def _precision(device: str) -> tuple[str, str]:
    """Return the fastest precision that a device supports in hardware (mixed precision)."""
    if device == "cuda":
        import torch  # noqa: PLC0415 - see the top; with a GPU it has been imported to find it

        if torch.cuda.is_bf16_supported(including_emulation=False):
            return "bf16", "the GPU computes in bf16"
        return "fp16", "the GPU does not compute in bf16"
    if bf16_is_faster() and cpu_has_bf16():
        return "bf16", "the CPU is faster in bf16"
    return "fp32", "nothing says that the CPU is faster in bf16"


def cpu_has_bf16() -> bool:
    """Tell whether OpenVINO can compute in bf16 on this CPU; False if OpenVINO is not installed."""
    if not has_openvino():
        return False
    core = load_openvino().Core()
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
