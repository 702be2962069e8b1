import os

from pipeline.layouts.files import bare_name, find_files, litter


def fill(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def names(paths):
    return list(map(str, paths))


def test_hidden_files_litter_and_images(tmp_path):
    fill(tmp_path, "a/b.PNG", "a/IM0001", "a/1.2.840", "a/Thumbs.db", "README", "a/._b.PNG", ".x/y")
    fill(tmp_path, "__MACOSX/z.png", "desktop.ini", "a/DICOMDIR", "a/.DS_Store")
    tree = find_files(tmp_path)
    assert names(tree.files) == ["a/1.2.840", "a/IM0001", "a/b.PNG"]
    assert names(tree.litter) == ["README", "a/DICOMDIR", "a/Thumbs.db", "desktop.ini"]
    assert [item.path for item in litter(tree)] == names(tree.litter)
    assert tree.lost == []


def test_folders_are_read_once_whatever_links_lead_to_them(tmp_path):
    fill(tmp_path, "z/a.png", "z/deep/b.png")
    (tmp_path / "a").symlink_to("z")
    (tmp_path / "z/loop").symlink_to(".")
    (tmp_path / "z/deep/up").symlink_to("..")
    tree = find_files(tmp_path)
    assert names(tree.files) == ["z/a.png", "z/deep/b.png"]
    assert {item.path for item in tree.passed_over} == {"a", "z/loop", "z/deep/up"}
    assert {item.reason for item in tree.passed_over} == {
        "it is a link to a folder that is read under another name"
    }


def test_two_links_to_each_other_and_to_themselves_end(tmp_path):
    fill(tmp_path, "x/a.png", "y/b.png")
    (tmp_path / "x/y").symlink_to("../y")
    (tmp_path / "y/x").symlink_to("../x")
    (tmp_path / "self").symlink_to("self")
    tree = find_files(tmp_path)
    assert names(tree.files) == ["x/a.png", "y/b.png"]
    assert [(item.path, item.reason) for item in tree.lost] == [("self", "it is a link to nothing")]


def test_linked_folders_and_files_from_elsewhere_are_read(tmp_path):
    fill(tmp_path, "elsewhere/a.png", "store/blob", "root/x/c.png")
    (tmp_path / "root/linked").symlink_to("../elsewhere")
    (tmp_path / "root/again").symlink_to("../elsewhere")
    (tmp_path / "root/x/b.png").symlink_to("../../store/blob")
    (tmp_path / "root/x/copy.png").symlink_to("c.png")
    tree = find_files(tmp_path / "root")
    assert names(tree.files) == ["again/a.png", "x/b.png", "x/c.png"]
    assert {item.path: item.reason for item in tree.passed_over} == {
        "linked": "it is a link to a folder that is read under another name",
        "x/copy.png": "it is a link to a file that is listed",
    }


def test_only_regular_files_are_listed(tmp_path):
    fill(tmp_path, "a.png")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "gone.png").symlink_to("/nowhere/gone.png")
    tree = find_files(tmp_path)
    assert names(tree.files) == ["a.png"]
    assert [item.path for item in tree.lost] == ["gone.png"]
    assert [(item.path, item.reason) for item in tree.passed_over] == [
        ("pipe.png", "it is no regular file")
    ]


def test_some_folders_of_a_root(tmp_path):
    fill(tmp_path, "images_1/a.png", "images_2/b.png", "other/c.png")
    (tmp_path / "images").symlink_to("images_1")
    tree = find_files(tmp_path, "images", "images_1", "images_2")
    assert names(tree.files) == ["images_1/a.png", "images_2/b.png"]
    assert [item.path for item in tree.passed_over] == ["images"]


def test_bare_names():
    assert bare_name("x.PNG") == bare_name("x.dcm") == bare_name("x") == "x"
    assert bare_name("1.2.3") == "1.2.3"
