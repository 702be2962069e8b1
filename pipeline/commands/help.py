"""Formatting of `--help`."""

import argparse
import textwrap


class HelpFormatter(argparse.HelpFormatter):
    """Wraps each line by itself, so that descriptions fit the window and examples stay a line each.

    Lines that begin with a space are left as they are.
    """

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        wrap = textwrap.TextWrapper(width, initial_indent=indent, subsequent_indent=indent)
        return "\n".join(
            line if line.startswith(" ") else wrap.fill(line) for line in text.splitlines()
        )
