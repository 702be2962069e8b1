"""The page: its text, its structure, its bytes, and how a browser shows it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from pipeline import evaluate, paths
from pipeline.artifacts.predictions import read_predictions, write_predictions
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.task import Task
from pipeline.evaluation.metrics import main_metrics
from pipeline.params import load_params
from pipeline.report import main
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections import SECTIONS
from pipeline.reporting.text import number
from radbank.errors import RadbankError

PAGE = Path("report/index.html")
VOID = {"meta", "path", "use", "br", "img"}
HOSTILE = '<img src="https://example.org/x" onerror="alert(1)">{{ 7 * 7 }}'


class Outline(HTMLParser):
    """Collects what the structure tests look at."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def outline(html: str) -> Outline:
    parser = Outline()
    parser.feed(html)
    return parser


def change_summary(study: Path, **changes: Any) -> None:
    path = study / "metrics/summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def report() -> str:
    main()
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(study_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page") / "study"
    shutil.copytree(study_folder, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return report()


def test_same_inputs_give_the_same_bytes(study: Path, html: str) -> None:
    assert report() == html


def test_needs_no_other_file_and_no_script(html: str) -> None:
    tags = outline(html)
    for _, attributes in tags.tags:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
        assert not [name for name in attributes if name.startswith("on")]
    assert not tags.of("script") + tags.of("link") + tags.of("iframe")
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) == {"#"}


def test_links_and_labels_point_at_something(html: str) -> None:
    tags = [attributes for _, attributes in outline(html).tags]
    ids = [attributes["id"] for attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {(a.get("href") or "#")[1:] for a in tags} - {""}
    wanted |= {a["aria-labelledby"] for a in tags if a.get("aria-labelledby")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", html))
    assert wanted <= set(ids)


def test_can_be_read_aloud(html: str) -> None:
    tags = outline(html)
    assert tags.of("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in tags.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert all(th.get("scope") for th in tags.of("th"))


def test_shows_the_numbers_of_the_summary(html: str, summary: Summary) -> None:
    for model in summary.models.values():
        for metric in main_metrics(Task.of(["no", "yes"])):
            estimate = model.estimate(metric.name)
            assert estimate.value is not None
            cell = (
                rf"{estimate.value:.3f}</span> <span[^>]*>{estimate.low:.3f} to {estimate.high:.3f}"
            )
            assert re.search(cell, html)
    assert summary.primary_minus_best_head is not None
    assert number(summary.primary_minus_best_head.auc.value, signed=True) in html
    training = 2 * 161.3 / (8.4 * 192 / 240 + 1.62)  # with search; of 192 plain views
    assert f"{training:.0f} \N{MULTIPLICATION SIGN}" in html
    assert f"n = {summary.n} images of {summary.n_patients} patients" in html
    assert "on randomly altered images" in html
    assert "not defined on these cases" not in html


def test_says_in_words_that_data_are_synthetic_and_weights_random(study: Path, html: str) -> None:
    assert "<strong>Synthetic data.</strong>" in html
    assert "<strong>Random weights.</strong>" not in html
    change_summary(study, data="real images", weights="random")
    other = report()
    assert "<strong>Random weights.</strong>" in other
    assert "Synthetic data" not in other


def test_text_from_outside_stays_text(study: Path) -> None:
    pd.DataFrame({"path": [f"{HOSTILE}.dcm"], "reason": [f"not {HOSTILE}"]}).to_csv(
        "data/quarantine.csv", index=False
    )
    change_summary(study, conclusion=HOSTILE, backbone=HOSTILE, weights=HOSTILE)
    path = study / "plots/confusion.csv"
    pd.read_csv(path).assign(actual=HOSTILE, predicted="$x^2$").to_csv(path, index=False)
    html = report()
    tags = outline(html)
    assert not tags.of("img")
    assert html.count("&lt;img src=") >= 5
    assert "49" in html
    assert "{{ 7 * 7 }}" in html


def test_a_healthy_test_set_is_reported_without_a_warning(study: Path) -> None:
    floors = [paths.FLOOR_PREDICTIONS / f"{name}.csv" for name in ("metadata", "shuffled")]
    for path in (*map(paths.predictions, load_params().models), *floors):
        found = read_predictions(path)
        healthy = (found.frame["split"] != "test") | (found.frame["label"] == 0)
        left = found.frame[healthy].reset_index(drop=True)
        write_predictions(path, replace(found, frame=left))
    evaluate.main()
    html = report()
    assert "the test split holds no Lung opacity image" in html
    assert "The test split lacks a class (0 positive)" in html
    assert "The test is small: 0 images" not in html


def test_undefined_figures_are_dashes_with_a_note(study: Path) -> None:
    nothing = {"value": None, "low": None, "high": None}
    summary = json.loads((study / "metrics/summary.json").read_text())
    models = {name: {**model, "auc": nothing} for name, model in summary["models"].items()}
    change_summary(
        study,
        models=models,
        best_head=None,
        primary_minus_best_head=None,
        n_positive=0,
    )
    for path in (study / "plots/roc.csv", study / "plots/precision_recall.csv"):
        path.write_text(path.read_text().splitlines()[0] + "\n")
    Path("data/quarantine.csv").write_text("path,reason\n")
    html = report()
    assert "\N{EN DASH}: not defined on these cases" in html
    assert not re.search(r"\bnan\b", html, re.IGNORECASE)
    assert "None:" in html  # no file was set aside
    assert html.count("None") == 1


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("metrics/summary.json", None, "There is no metrics/summary.json: run `dvc repro`"),
        (
            "metrics/cost/finetune/finetune-seed.json",
            "{}",
            r"finetune-seed.json .*device: Field required",
        ),
    ],
)
def test_unusable_inputs_are_named(
    study: Path, path: str, content: str | None, message: str
) -> None:
    Path(path).unlink()
    if content is not None:
        Path(path).write_text(content)
    with pytest.raises(RadbankError, match=message):
        main()
    assert not PAGE.exists()


def test_cross_validation_and_limits_are_shown(html: str, evidence: Evidence) -> None:
    assert "5 \N{MULTIPLICATION SIGN} 5 folds, n = 240 images of 150 patients, 80 positive" in html
    assert html.count("0.700 to 0.900") == 3 * 7
    repeats = r'<th scope="row">(?:<[^>]*>|\s)*{}(?:<[^>]*>|\s)*{}<'
    assert re.search(repeats.format("Ensemble", 5), html)
    assert re.search(repeats.format(r"Fine-tuning \(modern\)", 1), html)
    few = evidence.limits["patients"].iloc[0]
    band = f"{few['value']:.3f} ({few['low']:.3f} to {few['high']:.3f})"
    assert f"With {few['patients']:.0f} training patients the AUC was {band}" in html
    labels = evidence.limits["labels"]
    worst = labels[labels["kind"] == "flipped"].iloc[-1]
    found = f"{worst['found']:.0%} of the flipped labels were among the suspects"
    assert f"{found}, {worst['right']:.0%}" in html
    suspects = evidence.limits["suspects"]
    assert len(suspects) > 20
    assert f"{len(suspects)} cases have labels" in html
    for rank, row in enumerate(suspects.to_dict("records")):
        cell = f"<code>{row['id']}</code></th><td>{row['group']}</td>"
        assert (cell in html) == (rank < 20)
    assert re.search(r"<td>0\d\d</td>", html)  # a patient's number keeps its zeros
    assert "The first 20; all are in curves/limits/suspects.csv" in html


def test_head_and_arms_stand_in_one_picture_with_the_answer(
    study: Path, changed_params: Callable[..., None]
) -> None:
    changed_params({"evaluate": {"bootstrap": 200}, "limits": {"arms": ["last-block"]}})
    heads = pd.read_csv("curves/limits/patients.csv")
    rows = heads.assign(
        model="last-block", difference=0.05, difference_low=[-0.01, 0.02], difference_high=0.08
    )
    folder = Path("curves/limits/finetune/last-block")
    folder.mkdir(parents=True)
    rows.to_csv(folder / "patients.csv", index=False)
    missed = rows.assign(kind="missed").drop(columns=["patients", "images"])
    missed.to_csv(folder / "labels.csv", index=False)
    html = report()
    assert "From how many patients on does fine-tuning pay?" in html
    many = heads["patients"].iloc[-1]
    assert f"From {many} training patients on, last blocks fine-tuned had a higher AUC" in html
    values = ", ".join(f"{value:.3f}" for value in heads["value"])
    assert f"Logistic regression: {values}; Last blocks fine-tuned: {values}." in html
    assert f"positives missed, last blocks fine-tuned: {values}" in html


def test_without_cross_validation_there_is_no_table_of_it(no_crossvalidation: Path) -> None:
    Path("curves/limits/suspects.csv").write_text("id,group,label,split,probability\n")
    html = report()
    assert "Repeated cross-validation" not in html
    assert "No label is contradicted with confidence" in html


def test_a_missing_table_is_named(study: Path) -> None:
    Path("curves/limits/labels.csv").unlink()
    with pytest.raises(RadbankError, match=r"no curves/limits/labels\.csv: run `dvc repro limits`"):
        main()


MEASURE = """
<script>
const box = (e) => { const r = e.getBoundingClientRect(); return [r.width, r.height]; };
const all = (s) => [...document.querySelectorAll(s)];
document.body.dataset.measured = JSON.stringify({
  width: innerWidth,
  scroll: document.documentElement.scrollWidth,
  sections: Object.fromEntries(all("main > section").map((e) => [e.id, box(e)])),
  drawings: all("svg").map(box),
  banner: all(".banner").map((e) => [...box(e), e.checkVisibility(), e.innerText]),
  text: all("svg text").map((e) => e.getBoundingClientRect())
    .map((r) => [r.left, r.right]),
  resources: performance.getEntriesByType("resource").map((e) => e.name),
});
</script>
"""


def browse(page: Path, width: int, *options: str) -> str:
    """Open a page in headless Chromium and return what it prints."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed (Debian package `chromium`)")
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={page.parent / 'profile'}",
        f"--window-size={width},2400",
        *options,
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


@pytest.mark.parametrize("width", [1280, 500])
def test_in_a_browser(html: str, tmp_path: Path, width: int) -> None:
    page = tmp_path / "index.html"
    page.write_text(html.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    body = outline(browse(page, width, "--dump-dom")).of("body")[0]
    measured = json.loads(body["data-measured"] or "")
    assert measured["width"] == width
    assert measured["scroll"] <= width  # no sideways scrolling of the page as a whole
    assert list(measured["sections"]) == list(SECTIONS)
    assert all(height > 100 for _, height in measured["sections"].values())
    assert measured["drawings"]
    assert all(w > 200 and h > 100 for w, h in measured["drawings"])
    assert all(left >= 0 and right <= width for left, right in measured["text"])
    [(_, height, visible, text)] = measured["banner"]
    assert height > 30
    assert visible
    assert "SYNTHETIC DATA." in text.upper()
    assert measured["resources"] == []


def test_paints_in_a_browser(html: str, tmp_path: Path) -> None:
    page, picture = tmp_path / "index.html", tmp_path / "page.png"
    page.write_text(html, encoding="utf-8")
    browse(page, 1280, "--hide-scrollbars", f"--screenshot={picture}")
    with Image.open(picture) as image:
        assert image.size == (1280, 2400)
        colours = image.convert("RGB").getcolors(maxcolors=1 << 24)
    painted = {colour: count for count, colour in colours}
    assert painted.get((0xFF, 0xEF, 0xCC), 0) > 10_000  # the banner
    for head in [(0x1D, 0x4E, 0xD8), (0x00, 0x94, 0x67), (0x94, 0x28, 0x97)]:
        assert painted.get(head, 0) > 100  # markers and lines


def test_the_last_words_are_the_conclusion_and_the_path(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    said = " ".join(capsys.readouterr().out.split())
    assert " ".join(json.loads(paths.SUMMARY.read_text())["conclusion"].split()) in said
    assert said.endswith(f"The report: {PAGE.absolute()}")


@pytest.mark.parametrize("kind", ["Table", "Figure"])
def test_tables_and_figures_are_numbered_in_their_order(html: str, kind: str) -> None:
    numbers = [int(each) for each in re.findall(rf"<b>{kind} (\d+)\. ", html)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert html.count('<p class="caption" id="table-') == len(re.findall(r"<b>Table \d", html))
    assert len(numbers) > 3
