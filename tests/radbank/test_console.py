from rich.table import Table

from radbank.console import plain_console


def test_names_are_printed_as_they_are(capsys):
    table = Table("class [/b]")
    table.add_row("[red]opacity[/] :cat:")
    console = plain_console(width=60)
    console.print("data/[a]/x[/]", table)
    printed = capsys.readouterr().out
    for name in ("data/[a]/x[/]", "class [/b]", "[red]opacity[/] :cat:"):
        assert name in printed


def test_control_characters_are_shown_and_not_sent(capsys):
    table = Table("class \x1b[2J")
    table.add_row("\x1b]0;title\x07")
    plain_console(width=60).print("a\x1bc\rb", table)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    for name in ("a\\x1bc\\rb", "class \\x1b[2J", "\\x1b]0;title\\x07"):
        assert name in printed
