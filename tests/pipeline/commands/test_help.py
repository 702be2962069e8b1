import argparse

from pipeline.commands.help import HelpFormatter


def test_descriptions_are_wrapped_and_examples_kept(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    example = f"  radbank estimate --backbones {'a' * 60}"
    parser = argparse.ArgumentParser(
        prog="radbank",
        description="word " * 40,
        epilog=f"examples:\n{example}\n",
        formatter_class=HelpFormatter,
    )
    lines = parser.format_help().splitlines()
    assert example in lines
    assert max(len(line) for line in lines if line != example) < 60
