import pytest

from pipeline.layouts import LAYOUTS, get_layout, list_cases
from radbank.errors import RadbankError
from radbank.registry import Registry


@pytest.mark.parametrize(
    ("name", "pseudonymous"),
    [("rsna", True), ("nih", True), ("folder", False), ("manifest", False)],
)
def test_a_layout_declares_whether_its_ids_are_pseudonyms(name, pseudonymous):
    assert get_layout(name).pseudonymous is pseudonymous


def test_every_built_in_layout_can_be_imported():
    assert all(get_layout(name).list_cases for name in LAYOUTS.built_in)


def test_what_is_declared_as_a_layout_must_be_one(monkeypatch):
    declared = Registry("layout", {"odd": "pipeline.layouts.folder:list_cases"})
    monkeypatch.setattr("pipeline.layouts.LAYOUTS", declared)
    with pytest.raises(
        RadbankError, match=r"layout 'odd' is declared as .*correct its declaration"
    ):
        get_layout("odd")


def test_a_root_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(RadbankError, match=r"data\.root is .*, which is no folder"):
        list_cases("folder", tmp_path / "absent", None)
