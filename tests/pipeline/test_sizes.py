import pytest

from pipeline.sizes import in_words, parse_size
from radbank.errors import RadbankError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("10GB", 10**10),
        ("1.5 TB", 15 * 10**11),
        ("500mb", 5 * 10**8),
        ("2GiB", 2**31),
        ("4 KiB", 4096),
        ("7k", 7000),
        ("1234", 1234),
        ("0", 0),
        ("12 B", 12),
    ],
)
def test_sizes_as_people_write_them(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "ten", "1,000", "1EB", "10 GB more"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(RadbankError, match="is no size: write one such as 10GB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_549_000, "1.5 MB"), (10**16, "10000.0 TB")],
)
def test_sizes_as_people_read_them(size, words):
    assert in_words(size) == words
