import subprocess
import sys

import pytest

from pipeline import cli
from radbank import __version__
from radbank.errors import RadbankError

COMMANDS = ("doctor", "backbones", "estimate", "features", "bank", "predict", "plan")


def exit_of(*arguments):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    return end.value.code


def test_help_names_every_command(capsys):
    assert exit_of("--help") == 0
    said = capsys.readouterr().out
    assert all(command in said for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command, capsys):
    assert exit_of(command, "--help") == 0
    assert f"radbank {command}" in capsys.readouterr().out.partition("example")[2]


def test_the_module_runs_as_a_program():
    command = [sys.executable, "-m", "pipeline.cli", "--version"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said == f"radbank {__version__}\n"


def test_version(capsys):
    assert exit_of("--version") == 0
    assert capsys.readouterr().out == f"radbank {__version__}\n"


def test_no_command_is_a_usage_error(capsys):
    assert exit_of() == 2
    assert "usage: radbank" in capsys.readouterr().err


def test_help_imports_nothing_slow():
    code = (
        "import sys; from pipeline.cli import build_parser; build_parser().format_help(); "
        "sys.exit(bool({'torch', 'pandas', 'xarray', 'pydicom'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def run_with(monkeypatch, error):
    def handler(arguments):
        raise error

    parser = cli.build_parser()
    parser.set_defaults(handler=handler)
    monkeypatch.setattr(cli, "build_parser", lambda: parser)
    # a subcommand's own default would win
    monkeypatch.setattr(parser, "parse_args", lambda _: cli.argparse.Namespace(handler=handler))


def test_a_users_mistake_is_one_sentence(monkeypatch, capsys):
    run_with(monkeypatch, RadbankError("This is wrong: do that."))
    assert exit_of("doctor") == 1
    assert capsys.readouterr().err == "error: This is wrong: do that.\n"


def test_a_bug_keeps_its_traceback(monkeypatch):
    run_with(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        cli.main(["doctor"])


def test_an_interrupt_is_quiet(monkeypatch, capsys):
    run_with(monkeypatch, KeyboardInterrupt())
    assert exit_of("doctor") == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_reader_that_leaves_is_no_error():
    code = (
        "import sys; from pipeline import cli; "
        "cli.doctor.show = None; "
        "parser = cli.build_parser(); "
        "show = lambda _: [print('x' * 1000) for _ in range(1000)]; "
        "cli.build_parser = lambda: type('P', (), {'parse_args': lambda self, _: "
        "cli.argparse.Namespace(handler=show)})(); "
        "cli.main([])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1
