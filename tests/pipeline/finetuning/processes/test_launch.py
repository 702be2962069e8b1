import os

import pytest

from pipeline.finetuning.processes import launch
from pipeline.finetuning.processes.launch import run_in_processes
from radbank.errors import RadbankError
from tests.pipeline.finetuning.processes.failing import fail

HOW = {
    "mistake": r"^The second process found a mistake: correct it\.$",
    "killed": r"was killed, .* lower in params\.yaml; `dvc repro` goes on",
}


@pytest.mark.parametrize("how", HOW)
def test_a_failure_in_one_process_ends_all_with_one_sentence(tmp_path, how, capfd):
    with pytest.raises(RadbankError, match=HOW[how]):
        run_in_processes(2, fail, str(tmp_path), how)
    pids = [int(path.read_text()) for path in tmp_path.glob("*.pid")]
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert capfd.readouterr().err == ""


def test_one_process_is_this_one():
    found = []
    run_in_processes(1, lambda group, word: found.append((group.size, word, os.getpid())), "x")
    assert found == [(1, "x", os.getpid())]


@pytest.mark.parametrize(("asked", "gpus", "expected"), [("auto", 4, 4), (2, 4, 2), (3, 0, 3)])
def test_as_many_processes_as_asked_for_or_one_a_gpu(monkeypatch, asked, gpus, expected):
    started = []
    monkeypatch.setattr(launch, "device_type", lambda: "cuda" if gpus else "cpu")
    monkeypatch.setattr("torch.cuda.device_count", lambda: gpus)
    monkeypatch.setattr(launch, "_start", lambda count, *_: started.append(count))
    run_in_processes(asked, fail)
    assert started == [expected]


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setattr(launch, "device_type", lambda: "cuda")
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    with pytest.raises(RadbankError, match=r"processes is 2, and this machine has 1 GPU: .* auto"):
        run_in_processes(2, fail)
