"""The command `radbank`: see where the packages come from, then run the command line."""

from radbank.origin import stop_unless_together


def main() -> None:
    """Run a command, after checking that no other package shadows one of radbank's."""
    stop_unless_together()
    from pipeline.cli import main as run_command  # noqa: PLC0415 - it might be another's

    run_command()


if __name__ == "__main__":
    main()
