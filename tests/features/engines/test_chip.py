import pytest

from features.engines import chip


@pytest.fixture
def of(monkeypatch, tmp_path):
    """Return the verdict on a processor of a maker with these flags."""

    def verdict(maker, flags):
        path = tmp_path / "cpuinfo"
        path.write_text(f"processor\t: 0\nvendor_id\t: {maker}\nflags\t\t: fpu {flags} sse\n\n" * 2)
        monkeypatch.setattr(chip, "_CPUINFO", path)
        chip.bf16_is_faster.cache_clear()
        return chip.bf16_is_faster()

    yield verdict
    chip.bf16_is_faster.cache_clear()


@pytest.mark.parametrize(
    ("maker", "flags", "pays"),
    [
        ("GenuineIntel", "avx512_bf16 amx_bf16 amx_tile", True),
        ("GenuineIntel", "avx512_bf16 avx512_fp16", False),
        ("GenuineIntel", "avx2", False),
        ("AuthenticAMD", "avx512_bf16", True),
        ("AuthenticAMD", "avx512f", False),
    ],
)
def test_bf16_pays_with_matrix_units_or_on_amd(of, maker, flags, pays):
    assert of(maker, flags) is pays


def test_a_system_that_says_nothing_is_taken_at_its_word(monkeypatch, tmp_path):
    monkeypatch.setattr(chip, "_CPUINFO", tmp_path / "none")
    chip.bf16_is_faster.cache_clear()
    assert chip.bf16_is_faster() is False
    chip.bf16_is_faster.cache_clear()
