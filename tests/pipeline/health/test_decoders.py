from pipeline.health import decoders
from pipeline.health.decoders import check_decoders


def test_every_decoder_is_here():
    (only,) = check_decoders()
    assert only.status == "ok"
    for name in ("ExplicitVRLittleEndian", "RLELossless", "JPEGLosslessSV1", "HTJ2KLossless"):
        assert name in only.finding


def test_what_is_missing_names_the_package(monkeypatch):
    monkeypatch.setattr(decoders, "is_installed", lambda syntax: "JPEGLS" not in syntax.keyword)
    readable, missing = check_decoders()
    assert "JPEGLS" not in readable.finding
    assert missing.status == "warn"
    assert "JPEGLSLossless, JPEGLSNearLossless" in missing.finding
    assert missing.finding.endswith("`python -m pip install pyjpegls`")
