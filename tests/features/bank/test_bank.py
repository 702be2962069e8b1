import pytest

from features.bank.bank import Bank
from radbank.errors import RadbankError


@pytest.mark.parametrize("address", ["memory://bank", "simplecache::s3://bucket/bank", "a::/b"])
def test_no_bank_is_where_files_do_not_last(address):
    with pytest.raises(RadbankError, match=r"There can be no bank at .* absolute path"):
        Bank(address)


def test_no_bank_is_in_a_file(tmp_path):
    file = tmp_path / "bank"
    file.write_text("a thesis")
    with pytest.raises(RadbankError, match="which is a file: set RADBANK_BANK to a folder"):
        Bank(str(file))
    assert file.read_text() == "a thesis"
