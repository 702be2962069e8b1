"""Features of the processor: whether bf16 is faster than fp32."""

from functools import cache
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")


@cache
def bf16_is_faster() -> bool:
    """Tell whether products in bfloat16 are quicker here than those in float32.

    They are with Intel's matrix units (``amx_bf16``) or AMD's vector units (``avx512_bf16``).
    Intel's vector units issue half as many products in bfloat16, of twice the width, and lose the
    conversions besides: on an Emerald Rapids whose matrix units are hidden from its guests, bf16
    reached 0.6 times the speed of fp32, eagerly and by OpenVINO. AMX and AMD's units were not
    measured with this code. Only Linux is asked.
    """
    if not _CPUINFO.is_file():
        return False
    facts = {}
    for line in _CPUINFO.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        facts[name.strip()] = value.split()
    flags = facts.get("flags", [])
    on_amd = facts.get("vendor_id") == ["AuthenticAMD"]
    return "amx_bf16" in flags or (on_amd and "avx512_bf16" in flags)
