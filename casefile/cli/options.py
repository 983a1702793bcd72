"""What the verbs of the command share: the story they speak of, the engine, and options."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from casefile.errors import BadInput
from casefile.system import place


def story_root() -> Path:
    """The story's root: the folder that --root names, or CASEFILE_ROOT, or the working folder; or the nearest above it."""
    named = click.get_current_context().find_root().params.get("root") or os.environ.get("CASEFILE_ROOT")
    start = Path(named).resolve() if named else Path.cwd()
    root = place.nearest_root(start)
    if root is None:
        raise BadInput(
            f"{start}: no case file here or above; expected a folder with data/ and _toc.yml, or --root DIR before the verb"
        )
    return root


class Setting(click.Command):
    """A command whose `-p` takes a parameter as one word, NAME=VALUE, or as several: NAME VALUE.

    `ahead` is how many words stand before the value in the longest form: two, CHAPTER NAME VALUE, where no chapter is
    spoken of.
    """

    ahead = 1

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Join what a shell parted, then parse."""
        return super().parse_args(ctx, list(_joined(args, self.ahead)))


class SettingByChapter(Setting):
    """A `Setting` whose parameters are named with their chapter."""

    ahead = 2


def _joined(args: list[str], ahead: int) -> Iterator[str]:
    """The words of a command, those that belong to one `-p` joined to `CHAPTER.NAME=VALUE`."""
    words = iter(args)
    for word in words:
        yield word
        if word == "--":
            yield from words
        if word != "-p":
            continue
        name = next(words, None)
        if name is None:
            return
        if ahead == 2 and "=" not in name and "." not in name:
            name = f"{name}.{next(words, '')}"
        value = next(words, None) if "=" not in name else None
        if value is not None and value.startswith("--"):  # the next option, where a value was forgotten
            yield from (name, value)
        else:
            yield name if value is None else f"{name}={value}"


JOBS = click.option(
    "--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True, help="Chapters run at once."
)
DATA_OPTION = click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="A folder of tables laid over the story's: rows that differ, by id, and series.",
)
ENGINE_OPTION = click.option("--engine", type=click.Choice(["fork", "papermill"]), default="fork", show_default=True)


def engine_of(engine: str) -> str:
    """The engine asked for; papermill's default where there is no fork, and that is said."""
    from casefile.execution import fork, run

    if engine == run.FORK and not fork.can_fork():
        from casefile.execution.engine import SAID

        click.echo(f"casefile: {SAID}", err=True)
        return run.PAPERMILL
    return engine
