import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.artifacts.quarantine import Rejected
from pipeline.imaging.prepare import prepare
from pipeline.prediction.files import FilePixels, find_images
from radbank.errors import RadbankError


def write_image(path, value=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((20, 30), value, np.uint8)
    pixels[5:10, 5:10] = 255
    Image.fromarray(pixels).save(path, format="PNG")
    return pixels


def test_folders_are_searched_and_files_taken_as_they_are(tmp_path):
    for name in ("b/deep/2.png", "a.PNG", "no_suffix", ".hidden.png", ".cache/3.png"):
        write_image(tmp_path / "in" / name)
    (tmp_path / "in/labels.csv").write_text("id,label\n")
    (tmp_path / "in/broken.dcm").write_text("not DICOM at all")
    text = tmp_path / "notes.txt"
    text.write_text("anything")
    found = find_images([text, tmp_path / "in", tmp_path / "in/a.PNG"])
    assert [path.relative_to(tmp_path).as_posix() for path in found.paths] == [
        "notes.txt",
        "in/a.PNG",
        "in/b/deep/2.png",
        "in/broken.dcm",
        "in/no_suffix",
    ]


def test_links_to_nothing_loops_pipes_and_closed_files_are_named(tmp_path, monkeypatch):
    write_image(tmp_path / "in/a.png")
    write_image(tmp_path / "in/closed")
    (tmp_path / "in/IM000004").symlink_to("/nowhere/IM000004")
    (tmp_path / "in/loop").symlink_to(".")
    os.mkfifo(tmp_path / "in/pipe")
    whole = Path.open

    def opened(path, *arguments):
        if path.name == "closed":
            raise PermissionError(path)
        return whole(path, *arguments)

    monkeypatch.setattr(Path, "open", opened)
    found = find_images([tmp_path / "in"])
    assert found.paths == [tmp_path / "in/a.png", tmp_path / "in/closed"]
    assert found.lost == [Rejected(str(tmp_path / "in/IM000004"), "it is a link to nothing")]
    assert [(Path(item.path).name, item.reason) for item in found.passed_over] == [
        ("pipe", "it is no regular file"),
        ("loop", "it is a link to a folder that is read under another name"),
    ]


def test_a_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RadbankError, match=r"no file or folder .*nowhere"):
        find_images([tmp_path / "nowhere"])


def test_a_folder_without_images_is_named(tmp_path):
    with pytest.raises(RadbankError, match="There is no DICOM, PNG, JPEG or TIFF file in"):
        find_images([tmp_path])
    (tmp_path / "IM000004").symlink_to("nowhere")
    with pytest.raises(RadbankError, match="1 because it is a link to nothing"):
        find_images([tmp_path])


def test_an_unreadable_file_is_black_and_named(tmp_path):
    pixels = write_image(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"")
    stack = FilePixels([tmp_path / "bad.png", tmp_path / "good.png"], 16)
    images = stack[0:16]
    assert images.dtype == np.uint8
    assert not images[0].any()
    np.testing.assert_array_equal(images[1], prepare(pixels, 16))
    assert stack.unreadable == {0: "the file is empty"}


@settings(deadline=None, max_examples=20)
@given(start=st.integers(0, 12), step=st.integers(1, 12))
def test_slices_are_those_of_an_array(tmp_path_factory, start, step):
    folder = tmp_path_factory.mktemp("images")
    names = [folder / f"{i}.png" for i in range(7)]
    whole = np.stack([prepare(write_image(path, 10 * i), 8) for i, path in enumerate(names)])
    stack = FilePixels(names, 8)
    assert (len(stack), stack.shape) == (7, whole.shape)
    np.testing.assert_array_equal(stack[start : start + step], whole[start : start + step])


def test_relative_paths_stay_as_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_image(Path("in/x.png"))
    assert find_images([Path("in")]).paths == [Path("in/x.png")]
