import pytest

from radbank.energy import energy_counter
from radbank.files import write_text
from radbank.meter import Meter


@pytest.fixture
def powercap(tmp_path):
    """Two packages and a part of one, as Linux shows them."""
    for zone, name in (
        ("intel-rapl:0", "package-0"),
        ("intel-rapl:1", "package-1"),
        ("intel-rapl:0:0", "core"),
        ("intel-rapl:2", "psys"),
    ):
        write_text(tmp_path / zone / "name", f"{name}\n")
        write_text(tmp_path / zone / "energy_uj", "9000000\n")
        write_text(tmp_path / zone / "max_energy_range_uj", "10000000\n")
    return tmp_path


def test_packages_are_added_and_a_counter_that_wrapped_goes_on(powercap):
    counter = energy_counter("cpu", powercap)
    assert counter.name == "RAPL"
    write_text(powercap / "intel-rapl:0/energy_uj", "9500000\n")
    write_text(powercap / "intel-rapl:1/energy_uj", "500000\n")
    write_text(powercap / "intel-rapl:0:0/energy_uj", "9900000\n")
    assert counter.joules() == pytest.approx(0.5 + 1.5)
    assert counter.joules() == pytest.approx(2.0)


def test_without_a_counter_that_can_be_read_there_is_none(tmp_path, powercap):
    assert energy_counter("cpu", tmp_path / "none") is None
    (powercap / "intel-rapl:1/energy_uj").unlink()
    assert energy_counter("cpu", powercap) is None


def test_a_meter_measures_from_lap_to_lap():
    meter = Meter("cpu")
    first, second = meter.lap(), meter.lap()
    assert first.seconds > 0
    assert second.seconds > 0
    assert (first.joules is None) is (meter.counter is None)
