"""What all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep keys, indices and embeddings of tests out of the user's own folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RADBANK_BANK", raising=False)
        patch.setenv("RADBANK_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real radiographs, which lies beside the checkout and never in it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real radiographs at {folder.parent.name}/{folder.name}")
    return folder


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Run a server that speaks S3 on this machine; return the URL of a bucket on it."""
    from fsspec import filesystem
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "a key of no account")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nor this")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        filesystem("s3").mkdir("radbank")
        yield "s3://radbank"
    server.stop()
