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
