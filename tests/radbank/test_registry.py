"""Entry points are those of real packages: a dist-info on sys.path."""

import sys

import pytest

from radbank.errors import RadbankError
from radbank.registry import Registry

GROUP = "radbank.things"
BUILT_IN = {"square": "math:sqrt", "round": "decimal:Decimal"}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a package that declares things."""

    def package(distribution, **declared):
        folder = tmp_path / f"{distribution}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {distribution}\nVersion: 1.0\n")
        lines = [f"{name} = {value}" for name, value in declared.items()]
        (folder / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines, ""]))
        monkeypatch.syspath_prepend(tmp_path)

    return package


def things():
    return Registry("thing", BUILT_IN, GROUP)


def test_built_in_names_come_first_and_packages_add_to_them(install):
    install("shapes", angle="fractions:Fraction")
    registry = things()
    assert list(registry) == ["square", "round", "angle"]
    assert len(registry) == 3
    assert "angle" in registry
    assert "circle" not in registry
    assert registry.versions() == {"shapes": "1.0"}


def test_a_name_stands_for_what_was_declared(install):
    import fractions
    import math

    install("shapes", angle="fractions:Fraction")
    assert things()["square"] is math.sqrt
    assert things()["angle"] is fractions.Fraction


def test_nothing_is_imported_before_it_is_asked_for(install, tmp_path):
    (tmp_path / "declared_lazily.py").write_text("here = 1\n")
    install("lazy", later="declared_lazily:here")
    registry = things()
    assert "later" in registry
    assert "declared_lazily" not in sys.modules
    assert registry["later"] == 1
    del sys.modules["declared_lazily"]


def test_a_registry_without_a_group_is_closed(install):
    install("shapes", angle="fractions:Fraction")
    assert list(Registry("thing", BUILT_IN)) == list(BUILT_IN)


def test_an_unknown_name_is_refused_with_the_close_and_the_known_ones():
    expected = r"^There is no thing 'sqare'\. Did you mean square\? Known are: square, round\.$"
    with pytest.raises(RadbankError, match=expected):
        things()["sqare"]


@pytest.mark.parametrize("name", ["square", "angle"])
def test_a_name_given_twice_names_both_packages(install, name):
    install("one", **{name: "fractions:Fraction"})
    install("two", **{name: "decimal:Context"})
    with pytest.raises(RadbankError, match=rf"declare the thing '{name}': .* and .*\. Uninstall"):
        list(things())


def test_one_package_that_is_found_twice_is_no_clash(install, tmp_path, monkeypatch):
    install("shapes", angle="fractions:Fraction")
    monkeypatch.syspath_prepend(f"{tmp_path}/.")
    assert list(things()) == ["square", "round", "angle"]


@pytest.mark.parametrize("at", ["no_such_module:thing", "math:no_such_thing"])
def test_what_cannot_be_imported_names_its_package(install, at):
    install("broken", angle=at)
    with pytest.raises(
        RadbankError, match=r"'angle' of broken \(.*\) cannot be imported: .*no_such"
    ):
        things()["angle"]
