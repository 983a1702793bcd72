"""Verbs of whoever asks what if: rerun, sweep, compare, parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casefile.cli.group import cli
from casefile.cli.options import DATA_OPTION, ENGINE_OPTION, JOBS, Setting, engine_of, story_root
from casefile.errors import BadInput, nearest, shown

if TYPE_CHECKING:
    from casefile.book.compare import Snapshot
    from casefile.records import Unit  # loaded when a verb needs it: the command starts at once

_MOST_SAID = 40  # points that a sweep tells on the terminal


@cli.command(cls=Setting)
@click.argument("chapter")
@click.option("-p", "typed", multiple=True, metavar="NAME=VALUE", help="A parameter of the chapter; also NAME VALUE.")
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@DATA_OPTION
@click.option("--out", type=click.Path(path_type=Path), help="A new folder; below _build/reruns unless given.")
@JOBS
@ENGINE_OPTION
def rerun(
    chapter: str,
    typed: tuple[str, ...],
    params: str | None,
    data: Path | None,
    out: Path | None,
    jobs: int,
    engine: str,
) -> None:
    """Run one chapter with other parameters: notebook, page, results, and what changes."""
    from casefile.book import rerun as running
    from casefile.execution import notebooks
    from casefile.execution.story import Story
    from casefile.notebook import parameters
    from casefile.records import laid
    from casefile.system import place
    from casefile.system.progress import Progress

    root = story_root()
    notebooks.path_of(root, chapter)
    settings = [parameters.assignment(text, chapter) for text in typed]
    with laid.or_own(root, data) as own:
        story = Story(own)
        records = story.records
        overrides = parameters.overrides(records, settings, params, chapter)
        output = place.named(out or root / "_build" / "reruns" / running.folder_name(chapter, overrides, data))
        place.check_apart(root, output)
        lines = running.standing_rerun(story, chapter, overrides, output)
        if lines is None:
            book = None if data is None else running.OtherData(Story(root), data)
            with Progress() as progress:
                lines = running.rerun(story, chapter, overrides, output, engine_of(engine), jobs, progress.report, book)
        again = running.reproduce(chapter, records.values_for(chapter, overrides), overrides, output, data is not None)
        click.echo(f"{lines}\n\n{output}\n{again}")


@cli.command()
@click.argument("chapter", default="")
@click.option(
    "--vary",
    multiple=True,
    metavar="NAME=V1,V2|NAME=LO:HI:N",
    help="A parameter and its values; OTHER.NAME for one of a chapter that this one reads, or, without CHAPTER, of any. Repeatable.",
)
@click.option("--figures-only", is_flag=True, help="Work the formulas out without running the notebook.")
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes on this machine; one for each core unless given."
)
@click.option("--scheduler", metavar="ADDRESS", help="The address of a Dask scheduler that does the work instead.")
@DATA_OPTION
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A new folder, or one with this sweep begun."
)
def sweep(
    chapter: str, vary: tuple[str, ...], figures_only: bool, workers: int | None, scheduler: str | None,
    data: Path | None, out: Path,
) -> None:  # fmt: skip
    """Run many scenarios of a chapter, or of the whole book: a table of figures and verdicts, a chart, the flip points. Can be stopped and gone on with."""
    import time

    from casefile.book import sweep_page
    from casefile.execution import notebooks, run
    from casefile.records import laid
    from casefile.sweep import sweep as sweeping
    from casefile.sweep import table
    from casefile.system import place
    from casefile.system.progress import Bar

    if workers and scheduler:
        raise BadInput("--workers and --scheduler exclude each other; expected one of them")
    root, started = story_root(), time.monotonic()
    if chapter:
        notebooks.path_of(root, chapter)
    if not figures_only:
        engine_of(run.FORK)
    output = place.named(out)
    place.check_apart(root, output)
    with laid.or_own(root, data) as own, Bar(f"sweep {chapter}".rstrip()) as bar:
        report = sweeping.sweep(own, chapter, vary, output, figures_only, workers, scheduler, bar.advance, data)
    sweep_page.write(output)
    for line in report["told"][:_MOST_SAID]:
        click.echo(line)
    if len(report["told"]) > _MOST_SAID:
        click.echo(f"flips.csv holds {len(report['told']) - _MOST_SAID:,} more such points")
    seconds = time.monotonic() - started
    if report["scenarios"] > table.MOST_CSV_ROWS:
        click.echo(f"scenarios.parquet holds them all; no scenarios.csv above {table.MOST_CSV_ROWS:,} rows")
    first = f"; the first: {report['error']}" if report["error"] else ""
    click.echo(
        f"{report['scenarios']:,} scenarios, {report['ran']:,} run now in {seconds:.1f} s, {report['failed']:,} failed{first}\n{out}"
    )


@cli.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--page", type=click.Path(path_type=Path), help="Also write both sides, beside each other, as an HTML page."
)
@click.option(
    "--json", "table", type=click.Path(path_type=Path), help="Also write them as JSON, as a rerun's changes.json."
)
def compare_two(before: Path, after: Path, page: Path | None, table: Path | None) -> None:
    """Say what differs between two reruns, built sites, editions (0.2.0) or sweeps: figures, verdicts, words."""
    from casefile.book import compare
    from casefile.notebook import results
    from casefile.sweep import folder
    from casefile.system import place, scratch

    for path, option in ((page, "--page"), (table, "--json")):
        if path:
            place.check_new_file(path, option)
    if page and page == table:
        raise BadInput(f"{page}: given to --page and to --json; expected a file for each")

    units = _units()
    if folder.is_sweep(before) and folder.is_sweep(after):
        differences = compare.sweeps(before, after)
    else:
        differences = compare.changes(_snapshot(before), _snapshot(after))
    if page:
        scratch.write(page, compare.differences_page(differences, str(before), str(after), units))
    if table:
        scratch.write(table, results.dumps([asdict(change) for change in differences], indent=1) + "\n")
    click.echo(compare.differences_text(differences, units))


def _units() -> Mapping[str, Unit]:
    """The units of the story that the command is run in; none where there is no story: differences are then plain numbers."""
    from casefile import records

    try:
        root = story_root()
    except BadInput:
        return {}
    return records.load(root).units


def _snapshot(named: Path) -> Snapshot:
    """What a folder says, or an edition: by its version, or by its file in a folder `editions`."""
    from casefile.book import compare
    from casefile.citation import editions

    by_file = named.is_file() and named.suffix == ".json" and named.resolve().parent.name == editions.EDITIONS.name
    if by_file or (not named.exists() and re.fullmatch(r"\d+(\.\d+)*", str(named))):
        released = editions.load(named.resolve().parents[1] if by_file else story_root())
        version = named.stem if by_file else str(named)
        if version not in released:
            raise BadInput(f"no edition {shown(version)}; {nearest(version, released)}")
        return compare.of_edition(released[version].items.values())
    return compare.read(named)


@cli.command("parameters")
@click.argument("chapter", required=False)
def list_parameters(chapter: str | None) -> None:
    """List the parameters of a chapter, or of all."""
    from casefile import records
    from casefile.book import compare
    from casefile.notebook import parameters

    declared = records.load(story_root())
    chapters = declared.takers()
    if chapter and chapter not in chapters:
        raise BadInput(f"no chapter {shown(chapter)} with parameters; {nearest(chapter, chapters)}")
    for (of, name), row in declared.declarations.items():
        if chapter in (None, *row.readers):
            also = f"; read by {', '.join(row.read_by)} too" if row.read_by else ""
            about = f"    {row.meaning}; takes {parameters.expected(row, labelled=True)}; basis: {row.basis}{also}"
            click.echo(compare.wrapped_lines([f"{of}  {name} = {row.default}", about]))
