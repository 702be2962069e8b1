"""Tables of subgroups and shortcuts say what the files say."""

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections.subgroups import probes, subgroup_lines, verdicts


def test_subgroups_say_their_size_and_whether_it_is_too_small(evidence: Evidence) -> None:
    found = subgroup_lines(evidence.subgroups, ["mlp", "finetune-seed"], evidence.task)
    assert len(found.columns) == 8
    assert [column.split(", ")[1] for column in found.columns[:4]] == [
        "AUC", "gap to all", "Sensitivity", "Specificity",
    ]  # fmt: skip
    for line, group in zip(found.lines, evidence.subgroups.groups, strict=True):
        assert line.label == f"{group.column}: {group.value}"
        assert line.note.startswith(f"{group.n} images of {group.n_patients} patients")
        assert line.note.endswith("too small") == (group.n_patients < 20)
    assert {line.label.split(":")[0] for line in found.lines} == {"sex", "view", "finding", "age"}


def test_probes_set_what_is_predicted_beside_what_it_would_gain(evidence: Evidence) -> None:
    (line,) = probes(evidence.shortcuts, evidence.task).lines
    assert line.label == "view: PA"
    assert [cell.value for cell in line.cells] == ["0.930", "0.31", "0.36"]


def test_a_verdict_stands_with_what_it_rests_on(evidence: Evidence) -> None:
    (line,) = verdicts(evidence.shortcuts).lines
    assert (line.label, line.note) == ("view", "no shortcut shown; value PA")
    assert [cell.value for cell in line.cells] == ["0.920", "0.530", ""]
    assert (
        line.cells[2].below == "AP \N{MINUS SIGN}0.070 (\N{MINUS SIGN}0.130 to \N{MINUS SIGN}0.010)"
    )
