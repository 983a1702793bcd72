"""The command line: a file for the verbs of each who uses it. What a verb needs is imported when it runs: the command starts at once."""

from __future__ import annotations

import sys

import click

from casefile.cli import analyse, cite, distribute, publish, question, record, start  # noqa: F401 - each gives the group its verbs
from casefile.cli.group import cli
from casefile.errors import CasefileError, nearest, of_system, one_line


def main() -> None:
    """Run the command line; every failure ends in one line on standard error and its exit code."""
    try:
        cli.main(prog_name="casefile", standalone_mode=False)
    except click.exceptions.Abort:  # click's word for Ctrl-C
        click.echo("casefile: stopped", err=True)
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.UsageError as error:
        click.echo(f"casefile: {_usage(error)}", err=True)
        sys.exit(2)
    except click.ClickException as error:
        click.echo(f"casefile: {one_line(error.format_message())}", err=True)
        sys.exit(2)
    except CasefileError as error:
        click.echo(f"casefile: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        click.echo(one_line(f"casefile: {of_system(error)}"), err=True)
        sys.exit(1)


def _usage(error: click.UsageError) -> str:
    """What is wrong with how a command was called, and how it is called."""
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"no command {error.command_name!r}; {nearest(error.command_name, cli.commands)}"
    said = one_line(error.format_message())
    if error.ctx is None or (isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter)):
        return said  # which says what was expected
    return f"{said.rstrip('.')}; expected {one_line(error.ctx.command.get_usage(error.ctx)).removeprefix('Usage: ')}"
