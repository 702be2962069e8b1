import logging
import signal
import subprocess
import sys
import threading

import dask.config
import pytest

from radbank.errors import RadbankError
from radbank.parallel import ordered_map


def test_results_come_in_order_from_several_items_and_waves():
    items = list(range(1000))
    assert list(ordered_map(lambda x: 2 * x, items, scheduler=None)) == [2 * x for x in items]
    assert list(ordered_map(str, [], scheduler=None)) == []


def test_results_are_streamed():
    called = []
    lock = threading.Lock()

    def count(item):
        with lock:
            called.append(item)

    results = ordered_map(count, list(range(100_000)), scheduler=None)
    next(results)
    assert len(called) < 10_000


def test_what_is_given_up_ends():
    called = []
    before = set(threading.enumerate())  # other tests' servers may have pools of their own
    results = ordered_map(called.append, list(range(100_000)), scheduler=None)
    next(results)
    results.close()
    assert len(called) < 10_000
    assert not set(threading.enumerate()) - before


def test_an_error_keeps_its_type():
    with pytest.raises(ZeroDivisionError):
        list(ordered_map(lambda x: 1 / x, [1, 0], scheduler=None))


def test_a_scheduler_that_does_not_answer_is_named():
    pytest.importorskip("distributed", reason="Dask's cluster part is optional")
    with pytest.raises(RadbankError, match="No Dask scheduler answers at nonsense://x"):
        list(ordered_map(str, [1], scheduler="nonsense://x"))


def test_a_cluster_gives_the_same():
    distributed = pytest.importorskip("distributed", reason="Dask's cluster part is optional")
    local = {"processes": False, "dashboard_address": ":0", "n_workers": 1}
    with distributed.LocalCluster(**local) as cluster:
        address = cluster.scheduler_address
        assert list(ordered_map(str, range(20), scheduler=address)) == [str(i) for i in range(20)]


def test_a_scheduler_by_tls_needs_certificates(tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask's cluster part is optional")
    with pytest.raises(
        RadbankError, match=r"tls://127.0.0.1:1 .* needs certificates: name ca-file"
    ):
        list(ordered_map(str, [1], scheduler="tls://127.0.0.1:1"))
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")
    with (
        dask.config.set(
            {f"distributed.comm.tls.{name}": str(broken) for name in ("ca-file", "client.cert")}
        ),
        pytest.raises(RadbankError, match=r"certificates for tls://127.0.0.1:1 cannot be read"),
    ):
        list(ordered_map(str, [1], scheduler="tls://127.0.0.1:1"))
    security = distributed.Security.temporary()
    settings = {
        f"distributed.comm.tls.{key}": value
        for key, value in (
            ("ca-file", security.tls_ca_file),
            ("client.cert", security.tls_client_cert),
            ("client.key", security.tls_client_key),
        )
    }
    local = {"processes": False, "dashboard_address": ":0", "n_workers": 1, "security": security}
    with dask.config.set(settings), distributed.LocalCluster(**local) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tls://")
        assert list(ordered_map(str, range(3), scheduler=address)) == ["0", "1", "2"]


OTHER = """
from importlib import metadata
metadata.version = lambda name, get=metadata.version: "1.0" if name == "pydicom" else get(name)
"""


def test_a_worker_with_another_version_is_one_sentence(dask_processes, tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask's cluster part is optional")
    address, _ = dask_processes
    (tmp_path / "other.py").write_text(OTHER)
    worker = [*("-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")]
    other = subprocess.Popen(
        [sys.executable, *worker, "--preload", str(tmp_path / "other.py"), "--no-nanny"],
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    try:
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        with pytest.raises(
            RadbankError, match=r"has other versions than this machine: pydicom 1.0 \(here 3"
        ):
            list(ordered_map(abs, [1], scheduler=address))
    finally:
        other.kill()
        other.wait()


def test_a_scheduler_lost_meanwhile_is_one_sentence(dask_processes, caplog):
    address, scheduler = dask_processes
    results = ordered_map(abs, range(1000), scheduler=address)
    next(results)
    scheduler.kill()
    with pytest.raises(RadbankError, match=rf"Dask scheduler at {address} was lost: .* again"):
        list(results)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_work_that_kills_its_workers_is_one_sentence(dask_processes):
    address, _ = dask_processes
    with pytest.raises(RadbankError, match="killed one Dask worker after the other"):
        list(ordered_map(signal.raise_signal, [signal.SIGKILL], scheduler=address))
