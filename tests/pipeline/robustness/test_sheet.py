"""The blinded sheet."""

import pandas as pd
import pytest

from pipeline.robustness.sheet import choose, read_sheet, write_sheet
from radbank.errors import RadbankError

CLASSES = ("no", "yes")
CASES = pd.DataFrame({"id": [f"i{n:02d}" for n in range(40)], "label": [n % 2 for n in range(40)]})
SUSPECTS = ["i01", "i00", "i03", "elsewhere"]


def fill(folder, readings):
    sheet = pd.read_csv(folder / "sheet.csv", dtype=str)
    sheet["reading"] = readings
    sheet.to_csv(folder / "sheet.csv", index=False)


def test_every_suspect_has_a_control_of_its_label():
    chosen = choose(CASES, SUSPECTS, limit=None, seed=1)
    by_kind = chosen.merge(CASES, on="id").groupby("kind")["label"].apply(sorted)
    assert by_kind["suspect"] == by_kind["control"] == [0, 1, 1]
    assert set(chosen["id"][chosen["kind"] == "suspect"]) == {"i00", "i01", "i03"}
    assert not set(chosen["id"][chosen["kind"] == "control"]) & set(SUSPECTS)
    pd.testing.assert_frame_equal(choose(CASES, SUSPECTS, limit=None, seed=1), chosen)
    assert len(choose(CASES, SUSPECTS, limit=1, seed=1)) == 2


def test_the_order_of_kinds_tells_nothing():
    suspects = CASES["id"][:10].tolist()
    places = [
        number
        for seed in range(200)
        for number, kind in enumerate(choose(CASES, suspects, limit=None, seed=seed)["kind"])
        if kind == "suspect"
    ]
    assert sum(places) / len(places) == pytest.approx(9.5, abs=0.3)


def test_the_sheet_names_no_image_and_comes_back_as_readings(tmp_path):
    chosen = choose(CASES, SUSPECTS, limit=None, seed=1)
    folder = tmp_path / "reading"
    write_sheet(folder, chosen, CLASSES)
    shown = (folder / "sheet.csv").read_text()
    assert not any(each in shown for each in (*CASES["id"], "suspect", *CLASSES))
    fill(folder, ["yes", "NO", "", "no", "yes", ""])
    read = read_sheet(folder, CLASSES)
    ids = chosen["id"].tolist()
    assert read["id"].tolist() == [ids[place] for place in (0, 1, 3, 4)]
    assert read["reading"].tolist() == ["yes", "no", "no", "yes"]
    kinds = chosen.set_index("id")["kind"]
    assert read["kind"].tolist() == kinds[read["id"]].tolist()


def test_what_cannot_be_is_refused(tmp_path):
    chosen = choose(CASES, SUSPECTS, limit=None, seed=1)
    folder = tmp_path / "reading"
    with pytest.raises(RadbankError, match=r"There is no .*sheet\.csv"):
        read_sheet(folder, CLASSES)
    write_sheet(folder, chosen, CLASSES)
    with pytest.raises(RadbankError, match="perhaps with readings"):
        write_sheet(folder, chosen, CLASSES)
    with pytest.raises(RadbankError, match="no reading yet"):
        read_sheet(folder, CLASSES)
    fill(folder, ["maybe"] * 6)
    with pytest.raises(RadbankError, match=r"'maybe' of image 0001.png: .*no, yes"):
        read_sheet(folder, CLASSES)
    text = (folder / "sheet.csv").read_text().replace("0001.png", "0009.png")
    (folder / "sheet.csv").write_text(text)
    with pytest.raises(RadbankError, match=r"name other images \(0001.png\)"):
        read_sheet(folder, CLASSES)
    with pytest.raises(RadbankError, match="no suspect label to read again"):
        choose(CASES, ["elsewhere"], limit=None, seed=0)
