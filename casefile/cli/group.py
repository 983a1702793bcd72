"""The command `casefile`: exits 0 when done, 2 on bad input, 1 on failure, with one clear line either way."""

from __future__ import annotations

import sys

import click

from casefile.errors import BadInput


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--root", metavar="DIR", help="The story's folder; the working folder, or what CASEFILE_ROOT says, unless given."
)
def cli(root: str | None) -> None:
    """An executable investigation: check its data, build its site, question its numbers."""
    if sys.platform == "win32":
        raise BadInput("Windows is not supported; expected Linux or macOS, or Windows' Subsystem for Linux")
