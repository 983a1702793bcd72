"""Verbs that begin a story and look at it while it is written: new, watch."""

from __future__ import annotations

from pathlib import Path

import click

from casefile.cli.group import cli
from casefile.cli.options import ENGINE_OPTION, JOBS, engine_of, story_root


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="The story's title; its folder's name unless given.")
@click.option("--author", help="Who signs it; its title unless given.")
def new(folder: Path, title: str | None, author: str | None) -> None:
    """Lay out a story of your own in a new folder: it builds at once, and its README says what to do next."""
    import datetime

    from casefile.book.new import new as lay_out
    from casefile.system import place

    lay_out(place.named(folder), title, author, datetime.date.today())
    click.echo(f"{folder}: a story that builds; go there, `make site`, `make test`, then read README.md")


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@JOBS
@ENGINE_OPTION
def watch(port: int, jobs: int, engine: str) -> None:
    """Build on every change, serve the site to this machine, and have the page load again."""
    from casefile.book.watch import watch as keep_building

    keep_building(story_root(), port, jobs, engine_of(engine), click.echo)
