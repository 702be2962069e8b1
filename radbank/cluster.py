"""Connect to a Dask cluster whose workers run the same software as this machine."""

import importlib
import logging
import platform
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from typing import Any

from radbank.errors import RadbankError

_PATIENCE = 30  # seconds to wait for the first worker
_SAME = (  # what passes between machines, and what decides the bytes of pixels and embeddings
    *("dask", "distributed", "cloudpickle", "msgpack", "numpy"),
    *("radbank", "pydicom", "pillow", "torch", "openvino"),
)


@contextmanager
def connect(scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler that has workers.

    Parameters
    ----------
    scheduler
        Its address.

    Yields
    ------
    distributed.Client

    Raises
    ------
    RadbankError
        If Dask's cluster part is not installed, nobody answers, there is no worker, or one has
        other versions than this machine; or, in the block, if the connection is lost or a task
        kills its workers.
    """
    try:
        # optional: needed for a cluster only
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise RadbankError(
            "cluster.scheduler is set, but Dask's cluster part is not installed: "
            "run `python -m pip install -e '.[cluster]'`, or set it to null."
        ) from None
    if scheduler.startswith("tls://"):
        _require_certificates(distributed, scheduler)
    try:
        with warnings.catch_warnings():  # versions are compared below, in one sentence
            warnings.simplefilter("ignore", distributed.versions.VersionMismatchWarning)
            connected = distributed.Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError):
        raise RadbankError(
            f"No Dask scheduler answers at {scheduler} (cluster.scheduler): start it, or set "
            "cluster.scheduler to null to use this machine."
        ) from None
    with connected as client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise RadbankError(
                f"The Dask scheduler at {scheduler} has no workers: start some with `dask worker "
                f"{scheduler}`, or set cluster.scheduler to null to use this machine."
            ) from None
        _require_same_versions(client.run(installed, on_error="return"))
        # a lost connection is raised; it would also be logged, with its traceback
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            yield client
        except (distributed.client.FutureCancelledError, distributed.comm.CommClosedError):
            raise RadbankError(
                f"The connection to the Dask scheduler at {scheduler} was lost: see whether it "
                "still runs, start it again, and run the same command again."
            ) from None
        except distributed.KilledWorker as error:
            raise RadbankError(
                "One part of the work killed one Dask worker after the other, at last "
                f"{error.last_worker.address}: their logs say why; if memory ran out, start "
                "workers with more of it."
            ) from None


def _require_certificates(distributed: Any, scheduler: str) -> None:  # noqa: ANN401 - optional
    """Raise if Dask has no settings with which this machine may talk to a scheduler by TLS."""
    settings = (
        "name ca-file, client.cert and client.key under distributed.comm.tls in Dask's "
        "configuration, or by DASK_DISTRIBUTED__COMM__TLS__CA_FILE and so on"
    )
    try:
        context = distributed.Security().get_connection_args("client").get("ssl_context")
    except OSError as error:  # also what the ssl module raises
        raise RadbankError(
            f"Dask's certificates for {scheduler} cannot be read ({error}): {settings}."
        ) from None
    if context is None:
        raise RadbankError(f"{scheduler} (cluster.scheduler) needs certificates: {settings}.")


def _require_same_versions(workers: Mapping[str, Mapping[str, str] | Exception]) -> None:
    """Raise if a worker has another version of a package than this machine."""
    here = installed()
    advice = "install the same on all machines, and start the workers again"
    for address, there in sorted(workers.items()):
        if isinstance(there, Exception):
            raise RadbankError(
                f"The Dask worker at {address} cannot run radbank ({there}): {advice}."
            )
        if differing := [name for name in here if there[name] != here[name]]:
            listed = ", ".join(f"{name} {there[name]} (here {here[name]})" for name in differing)
            raise RadbankError(
                f"The Dask worker at {address} has other versions than this machine: {listed}; "
                f"{advice}."
            )


def installed() -> dict[str, str]:
    """Return the versions of what all machines of a cluster must have alike."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}  # the last changes no format
    for name in _SAME:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
