import pytest

from pipeline.layouts.base import Entry
from pipeline.layouts.groups import regroup
from radbank.errors import RadbankError

KERMANY = r"(person\d+|(?:NORMAL2-)?IM-\d+)"
ENTRIES = [Entry(name, name, f"x/{name}.png", 0) for name in ("a1", "a2", "b1")]


def groups(entries):
    return [entry.group for entry in entries]


def test_without_either_the_layouts_groups_stay():
    assert regroup(ENTRIES, None, None) == ENTRIES


def test_a_table_counts_by_position_and_not_by_name(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("image,person,more\na1,7,x\na2,7,y\nb1,08,z\nother,9,\n")
    assert groups(regroup(ENTRIES, str(path), None)) == ["7", "7", "08"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,group\na1,7\n", "no patient for 2 of 3 images, a2, b1 among them"),
        ("id,group\na1,7\na2,\nb1,8\n", "no patient for 1 of 3 images, a2"),
        ("id,group\na1,7\na1,8\na2,7\nb1,7\n", "a1 to more than one patient"),
        ("id\na1\n", "two columns"),
    ],
)
def test_a_table_that_does_not_fit(tmp_path, content, message):
    (tmp_path / "map.csv").write_text(content)
    with pytest.raises(RadbankError, match=message):
        regroup(ENTRIES, str(tmp_path / "map.csv"), None)


@pytest.mark.parametrize(
    ("stem", "group"),
    [
        ("person1000_bacteria_2931", "person1000"),
        ("NORMAL2-IM-1266-0001", "NORMAL2-IM-1266"),
        ("IM-0604-0001-0002", "IM-0604"),
        ("scan 3", "own"),
    ],
)
def test_a_pattern_finds_the_patient_in_the_name(stem, group):
    assert groups(regroup([Entry("id", "own", f"x/{stem}.jpeg", 0)], None, KERMANY)) == [group]


def test_a_pattern_without_a_group_counts_whole():
    assert groups(regroup(ENTRIES, None, "[ab]")) == ["a", "a", "b"]


def test_both_or_a_broken_pattern_are_refused():
    with pytest.raises(RadbankError, match="exclude each other"):
        regroup(ENTRIES, "map.csv", "x")
    with pytest.raises(RadbankError, match="no regular expression"):
        regroup(ENTRIES, None, "(")
