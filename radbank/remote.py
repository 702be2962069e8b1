"""Remote files: URLs that fsspec understands, such as ``s3://bucket/name``.

Keys, endpoints and the like are taken from where the file system looks for them by itself (for
S3: ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, ``~/.aws``) and from fsspec's own settings.
"""

from pathlib import Path

import fsspec

from radbank.errors import RadbankError


def is_url(location: str | Path) -> bool:
    """Tell a URL from a path of this machine."""
    return "://" in str(location)


def exists(url: str) -> bool:
    """Tell whether there is a file or folder at a URL.

    Raises
    ------
    RadbankError
        If it cannot be reached: no package for such URLs, no server, no right to look.
    """
    try:
        filesystem, path = fsspec.core.url_to_fs(url)
        filesystem.invalidate_cache()
        filesystem.info(path)
    except FileNotFoundError:
        return False
    except Exception as error:  # each file system raises classes of its own
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise RadbankError(
            f"{url} cannot be reached ({reason}): check address, keys and endpoint; S3 needs "
            "`python -m pip install -e '.[remote]'`, other places a package that fsspec names."
        ) from error
    return True
