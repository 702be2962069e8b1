import pytest

from pipeline.stage import run
from radbank.errors import RadbankError


def test_a_users_mistake_is_one_line_and_exit_code_1(capsys):
    def main():
        raise RadbankError("No file x.csv: name another in data.groups.")

    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 1
    assert capsys.readouterr().err == "error: No file x.csv: name another in data.groups.\n"


def test_a_bug_keeps_its_traceback():
    def main():
        raise KeyError("x")

    with pytest.raises(KeyError):
        run(main)
