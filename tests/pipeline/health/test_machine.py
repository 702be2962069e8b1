from types import SimpleNamespace

from pipeline.health import machine
from pipeline.health.machine import check_machine


def by_subject():
    return {check.subject: check for check in check_machine()}


def test_the_machine_is_described():
    checks = by_subject()
    assert sorted(checks) == ["cores", "device", "disk", "memory"]
    assert "GiB" in checks["memory"].finding


def test_little_disk_and_memory_warn(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    limit = tmp_path / "memory.max"
    limit.write_text(f"{2**30}\n")
    monkeypatch.setattr(machine, "CGROUP_LIMIT", limit)
    checks = by_subject()
    assert checks["disk"].status == "warn"
    assert checks["memory"].status == "warn"
    assert "1.0 GiB" in checks["memory"].finding


def test_a_container_without_a_limit_has_the_machines_memory(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    monkeypatch.setattr(machine, "CGROUP_LIMIT", limit)
    assert "GiB" in by_subject()["memory"].finding
