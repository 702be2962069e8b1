import pytest

from pipeline.artifacts.quarantine import UnusableFilesError
from pipeline.layouts import groups as module
from pipeline.layouts.base import Entry, Listing
from radbank.errors import RadbankError

KERMANY = r"(person\d+|(?:NORMAL2-)?IM-\d+)"
ENTRIES = [Entry(name, name, f"x/{name}.png", 0) for name in ("a1", "a2", "b1")]


def regroup(entries, table, pattern, **fields):
    return module.regroup(Listing(entries, ("no", "yes"), **fields), table, pattern)


def groups(listing):
    return [entry.group for entry in listing.entries]


def images(*groups, folder="x"):
    return [Entry(f"i{n}", group, f"{folder}/i{n}.png", 0) for n, group in enumerate(groups)]


def test_without_either_the_layouts_groups_stay():
    listing = regroup(ENTRIES, None, None)
    assert listing == Listing(ENTRIES, ("no", "yes"))


def test_a_table_counts_by_position_and_not_by_name(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("image,person,more\na1,7,x\na2,7,y\nb1,08,z\nother,9,\n")
    assert groups(regroup(ENTRIES, str(path), None)) == ["7", "7", "08"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,group\na1,7\n", "no patient for 2 of 3 images: add"),
        ("id,group\na1,7\na2,\nb1,8\n", "no patient for 1 of 3 images"),
        ("id,group\na1,7\na1,8\na2,7\nb1,7\n", "the image of row 2 to more than one patient"),
        ("id\na1\n", "two columns"),
    ],
)
def test_a_table_that_does_not_fit(tmp_path, content, message):
    (tmp_path / "map.csv").write_text(content)
    with pytest.raises(RadbankError, match=message):
        regroup(ENTRIES, str(tmp_path / "map.csv"), None)


def test_blanks_at_the_ends_make_no_other_patient(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("id,patient\na1 ,7\na2,7 \n b1,\u00a07\n", encoding="utf-8")
    assert groups(regroup(ENTRIES, str(path), None)) == ["7", "7", "7"]
    assert groups(regroup(images("p ", "p", " p"), None, None)) == ["p", "p", "p"]
    assert groups(regroup(images("Mu\u0308ller", "M\u00fcller"), None, None)) == 2 * [
        "Mu\u0308ller"
    ]


@pytest.mark.parametrize("nothing", ["nan", "NA", "n/a", "None", "-", "NULL", "#N/A", "unknown"])
def test_words_for_nothing_are_no_patient(tmp_path, nothing):
    (tmp_path / "map.csv").write_text(f"id,group\na1,7\na2,{nothing}\nb1,{nothing}\n")
    with pytest.raises(RadbankError, match="no patient for 2 of 3 images"):
        regroup(ENTRIES, str(tmp_path / "map.csv"), None)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("000001,p1\n000002,p2\n", "its first row is taken for its header"),
        ("id,patient\n1,p1\n2,p2\n", "lack leading zeros"),
        ("patient,id\np1,000001\np2,000002\n", "its column 2 holds the ids"),
        ("id,patient\n000001.dcm,p1\n000002.dcm,p2\n", "without the endings"),
        ("id,patient\na,p1\n", "add them"),
    ],
)
def test_the_advice_fits_the_table(tmp_path, content, advice):
    entries = [Entry(name, name, f"x/{name}.dcm", 0) for name in ("000001", "000002")]
    (tmp_path / "map.csv").write_text(content)
    with pytest.raises(RadbankError, match=advice):
        regroup(entries, str(tmp_path / "map.csv"), None)


def test_the_index_of_a_data_frame_is_no_id(tmp_path):
    (tmp_path / "map.csv").write_text(",id,patient\n0,a1,7\n1,a2,7\n2,b1,8\n")
    assert groups(regroup(ENTRIES, str(tmp_path / "map.csv"), None)) == ["7", "7", "8"]


def test_images_that_the_table_lacks_are_listed(tmp_path):
    (tmp_path / "map.csv").write_text("id,group\na1,7\n")
    with pytest.raises(UnusableFilesError) as caught:
        regroup(ENTRIES, str(tmp_path / "map.csv"), None)
    assert [item.path for item in caught.value.rejected] == ["x/a2.png", "x/b1.png"]
    assert "a2" not in str(caught.value)


@pytest.mark.parametrize("pair", [("p1", "P1"), ("007", "7"), ("7", "7.0"), ("p 1", "p1")])
def test_spellings_that_may_be_one_patient_are_counted(pair):
    (caution,) = regroup(images(*pair, "other"), None, None).cautions
    assert caution.startswith("2 names of patients differ only in case")
    assert "may be 1 patients" in caution


def test_ids_that_stand_for_a_patient_are_no_names():
    alone = [Entry(name, name, f"x/{name}.png", 0) for name in ("a1", "A1", "a01 ")]
    listing = regroup(alone, None, None)
    assert groups(listing) == ["a1", "A1", "a01 "]
    assert listing.cautions == ()


def test_patients_that_the_layout_sees_as_one_and_the_table_does_not(tmp_path):
    (tmp_path / "map.csv").write_text("id,group\ni0,a\ni1,b\ni2,c\n")
    listing = regroup(images("p", "p", "q"), str(tmp_path / "map.csv"), None)
    assert groups(listing) == ["a", "b", "c"]
    assert listing.cautions[0].startswith("1 patients of the layout itself are more than one")


def test_patients_that_nothing_uses_are_refused(tmp_path):
    with pytest.raises(RadbankError, match="a column is not used"):
        regroup(ENTRIES, None, None, unused_patients="a column is not used")
    assert groups(regroup(ENTRIES, None, "[ab]", unused_patients="a column")) == ["a", "a", "b"]


def test_many_small_folders_may_be_patients():
    def listed(n_folders, n_images):
        paths = [f"ill/p{n % n_folders}/i{n}.png" for n in range(n_images)]
        return regroup([Entry(path, path, path, 0) for path in paths], None, None)

    assert "60 images lie in 30 folders" in listed(30, 60).cautions[0]
    assert listed(4, 8).cautions == ()
    assert listed(12, 6000).cautions == ()


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
    pair = [Entry("id", "own", f"x/{name}.jpeg", 0) for name in (stem, "person1_virus_1")]
    assert groups(regroup(pair, None, KERMANY)) == [group, "person1"]


def test_a_pattern_says_how_many_files_it_found():
    listing = regroup(ENTRIES, None, "[ab]")
    assert listing.notes == ("data.group_pattern finds 2 patients in 3 of 3 files.",)
    assert listing.cautions == ()
    listing = regroup(ENTRIES, None, "a")
    assert listing.notes == ()
    assert listing.cautions[0].startswith("data.group_pattern finds 1 patients in 2 of 3 files;")


def test_a_pattern_that_finds_nobody_is_refused():
    with pytest.raises(RadbankError, match=r"\(person\\d\) finds a patient in none of 3 files"):
        regroup(ENTRIES, None, r"person\d")


def test_a_pattern_sees_the_path_where_names_do_not_tell():
    paths = [f"ill/patient{n:05}/study{s}/view1.png" for n in (1, 2) for s in (1, 2)]
    entries = [Entry(path, path, path, 0) for path in paths]
    listing = regroup(entries, None, r"(patient\d+)/study")
    assert groups(listing) == ["patient00001"] * 2 + ["patient00002"] * 2
    assert groups(regroup(ENTRIES, None, "x|a")) == ["a", "a", "b1"]  # the name goes before


def test_the_first_group_that_takes_part_is_the_patient():
    assert groups(regroup(ENTRIES, None, r"(a)\d|(b)\d")) == ["a", "a", "b"]


def test_a_pattern_without_a_group_counts_whole():
    assert groups(regroup(ENTRIES, None, "[ab]")) == ["a", "a", "b"]


def test_both_or_a_broken_pattern_are_refused():
    with pytest.raises(RadbankError, match="exclude each other"):
        regroup(ENTRIES, "map.csv", "x")
    with pytest.raises(RadbankError, match="no regular expression"):
        regroup(ENTRIES, None, "(")
