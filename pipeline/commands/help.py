"""How `--help` is laid out."""

import argparse
import textwrap


class HelpFormatter(argparse.HelpFormatter):
    """Wraps each line by itself, so that descriptions fit the window and examples stay a line each.

    Lines that begin with a space are left as they are.
    """

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = text.splitlines()
        return "\n".join(
            line if line.startswith(" ") else textwrap.fill(line, width, initial_indent=indent)
            for line in lines
        )
