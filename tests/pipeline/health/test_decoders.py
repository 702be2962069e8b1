from pydicom import uid

from pipeline.health import decoders
from pipeline.health.decoders import check_decoders


def pretend(monkeypatch, plugins):
    def get_decoder(syntax):
        return type("Decoder", (), {"available_plugins": plugins.get(syntax, ())})

    monkeypatch.setattr(decoders, "get_decoder", get_decoder)


def test_what_pillow_reads_is_readable_here():
    first = next(check_decoders())
    assert first.status == "ok"
    for name in ("JPEGBaseline8Bit", "RLELossless", "ExplicitVRLittleEndian"):
        assert name in first.finding


def test_what_is_missing_names_the_package(monkeypatch):
    pretend(monkeypatch, {})
    findings = [check.finding for check in check_decoders() if check.status == "warn"]
    (lossy,) = (finding for finding in findings if "JPEGLSNearLossless" in finding)
    assert lossy.endswith("`python -m pip install pyjpegls`")


def test_pillow_does_not_read_12_bit(monkeypatch):
    pretend(monkeypatch, {uid.JPEGExtended12Bit: ("pillow",)})
    assert any("JPEGExtended12Bit beyond 8 bit" in check.finding for check in check_decoders())


def test_all_there_is_one_line(monkeypatch):
    pretend(monkeypatch, dict.fromkeys(decoders.SYNTAXES, ("gdcm",)))
    assert [check.status for check in check_decoders()] == ["ok"]
