"""Verbs that keep the records: source add, describe, stale. What they write and read are plain tables, which a hand may edit."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casefile.cli.group import cli
from casefile.cli.options import story_root
from casefile.errors import BadInput, shown

if TYPE_CHECKING:
    from casefile.records import Records

_ASKED = ("publisher", "title", "author", "published", "url", "accessed", "licence", "origin", "grade", "checked", "id")


@cli.group()
def source() -> None:
    """Record where facts come from."""


def _options(command: click.Command) -> click.Command:
    """An option for each column of a source, in the order in which they are asked for."""
    for column in reversed(_ASKED):
        command.params.insert(1, click.Option([f"--{column}"], help="Else it is asked for."))
    return command


@_options
@source.command()
@click.argument("what", metavar="URL|FILE")
def add(what: str, **options: str | None) -> None:
    """Write the row of a source, of an address or a saved page: asks for what is missing, and checks it."""
    import datetime

    from casefile import records
    from casefile.book import saved
    from casefile.records import writing

    root = story_root()
    story_records = records.load(root)
    today = datetime.date.today().isoformat()
    row = {"accessed": today[:7], "licence": "facts only", "grade": "read", **saved.guesses(what)}
    described = writing.fields(root / "data", "sources")
    row = {column: row.get(column, "") for column in described}
    row |= {column: text for column, text in options.items() if text is not None}
    if sys.stdin.isatty():
        for column in _ASKED:
            if column in described and options[column] is None:
                if column == "id":  # asked for last, when what it is made from is known
                    row["id"] = saved.source_id(row, story_records.sources)
                row[column] = _asked(described[column].get("description", ""), row[column], column, described[column])
    row["id"] = row["id"] or saved.source_id(row, story_records.sources)
    missing = [
        f"--{name}"
        for name, column in described.items()
        if column.get("constraints", {}).get("required") and not row[name]
    ]
    if missing:
        raise BadInput(f"{what}: nothing says {', '.join(missing)}; expected these options, or a terminal to ask on")
    if row["origin"] and row["origin"] not in story_records.origins:
        raise BadInput(f"--origin {shown(row['origin'])}; expected an id of data/origins.csv")
    for other in story_records.sources.values():
        if row["url"] and other.url.rstrip("/") == row["url"].rstrip("/"):
            raise BadInput(f"{row['url']}: is the address of the source {other.id} already; expected another")
    writing.add(root / "data", "sources", row, "--{}")
    click.echo(f"data/sources.csv: {row['id']}; now record what it says in data/figures.csv or data/events.csv")


def _asked(question: str, guess: str, name: str, column: dict[str, object]) -> str:
    """The answer of whoever sits there, asked again until it will do."""
    from casefile.records import writing

    while True:
        answer = str(click.prompt(f"{question}\n  {name}".strip(), default=guess, show_default=bool(guess))).strip()
        expected = writing.fault("sources", column, answer)
        if not expected:
            return answer
        click.echo(f"  {shown(answer)}; expected {expected}", err=True)


@cli.command()
def describe() -> None:
    """Write into data/datapackage.json what the engine's tables hold; series, and words of the story's own, stay."""
    from casefile.records import package

    same = package.write_description(story_root() / "data")
    click.echo(f"data/datapackage.json: {'says so already' if same else 'written anew'}")


@cli.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--series", help="The series that FILE, a newer table from its source, is compared with; FILE's name unless given."
)
@click.option("--on", "day", help="The day from which ages are counted, such as 2026-01-31; today unless given.")
@click.option(
    "--older-than", type=click.IntRange(min=0), default=0, metavar="DAYS", help="Only facts of at least this age."
)
def stale(file: Path | None, series: str | None, day: str | None, older_than: int) -> None:
    """List facts by age, the oldest first; or say what a newer FILE has that a series lacks."""
    import datetime

    from casefile import records
    from casefile.records import ageing
    from casefile.records.columns import is_day

    if series and file is None:
        raise BadInput(f"--series {series}: compared with nothing; expected a FILE with newer rows")
    if day and not is_day(day):
        raise BadInput(f"--on {shown(day)}; expected a day such as 2026-01-31")
    story_records = records.load(story_root())
    if file is not None:
        name = series or re.sub(r"\W", "_", file.stem)
        click.echo(f"data/series/{ageing.newer(story_records, name, file).told(name, file)}")
        return
    lines = list(_aged(story_records, day or datetime.date.today().isoformat(), older_than))
    click.echo("\n".join(lines or [f"no fact is {older_than} days old or older"]))


def _aged(records: Records, day: str, older_than: int) -> list[str]:
    """A line for each fact and event that is old enough: its day, its age, its id, when its source was read."""
    from casefile.figures import formats
    from casefile.records import ageing
    from casefile.records.dating import last_day

    lines = []
    for fact in ageing.by_age(records):
        if formats.day_number(day) - formats.day_number(last_day(fact.date)) >= older_than:
            read = records.sources[fact.source].accessed if fact.source in records.sources else "?"
            age = formats.age(fact.date, day).removesuffix(" before")
            lines.append(f"{fact.date:10}  {age:26}  {fact.id}  ({fact.source}, read {read})")
    return lines
