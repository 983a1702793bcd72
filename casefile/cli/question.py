"""Verbs of whoever questions a number: figures, sensitivity, scenario."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import click

from casefile.cli.group import cli
from casefile.cli.options import DATA_OPTION, Setting, SettingByChapter, story_root
from casefile.errors import BadInput, shown


@cli.command(cls=Setting)
@click.argument("chapter")
@click.option("-p", "typed", multiple=True, metavar="NAME=VALUE", help="A parameter of the chapter; also NAME VALUE.")
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@DATA_OPTION
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A new .csv, .json or .parquet file, or an .xlsx of all tables and what they rest on.",
)
def figures(chapter: str, typed: tuple[str, ...], params: str | None, data: Path | None, out: Path | None) -> None:
    """Print the figures of one chapter with other parameters, and the verdicts; or write them as a table."""
    from casefile.analysis import opened, sheets
    from casefile.book import compare
    from casefile.notebook import parameters

    if out is not None:
        sheets.check(out)
    story = opened.open_story(story_root(), data)
    settings = [parameters.assignment(text, chapter) for text in typed]
    run = story.run(chapter, parameters.overrides(story.records, settings, params, chapter))
    if out is not None:
        run.save(out)
        click.echo(out)
        return
    lines = []
    for name, row in run.figures.iterrows():
        lines += [f"{name}: {row['text']}" + (f" ({row['range']})" if row["range"] else ""), f"    {row['meaning']}"]
    lines += [f"{name}: {verdict}" for name, verdict in run.verdicts["verdict"].items()]
    click.echo(compare.wrapped_lines(lines))


@cli.command(cls=SettingByChapter)
@click.argument("figure")
@click.option(
    "-p", "typed", multiple=True, metavar="CHAPTER.NAME=VALUE",
    help="A parameter's value, which is then not moved, or its range, within which it is; also CHAPTER NAME VALUE.",
)  # fmt: skip
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@DATA_OPTION
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for both tables and the chart.")
def sensitivity(figure: str, typed: tuple[str, ...], params: str | None, data: Path | None, out: Path | None) -> None:
    """Say which parameters move a figure: one at a time (a tornado), and all at once (Sobol's indices)."""
    from casefile.analysis import opened, sheets
    from casefile.book import compare, rerun
    from casefile.figures import pictures
    from casefile.notebook import parameters
    from casefile.system import place

    story = opened.open_story(story_root(), data)
    output = place.named(out) if out else None
    if output:
        place.check_free(story_root(), output)
    settings = [parameters.assignment(text) for text in typed]
    moved = story.sensitivity(figure, parameters.overrides(story.records, settings, params))
    lines = [f"{moved.figure}: {moved.text}, {moved.meaning}"]
    for name, row in moved.tornado.iterrows():
        lines.append(
            f"  {name}: {row['lowest_text']} with {row['lowest_with']} to {row['highest_text']} with {row['highest_with']}"
        )
    if len(moved.indices):
        lines.append("share of the variance: alone, and with all it interacts with")
    lines += [f"  {name}: {row['first']:.2f}, {row['total']:.2f}" for name, row in moved.indices.iterrows()]
    click.echo(compare.wrapped_lines(lines))
    if moved.untold:
        click.echo(f"casefile: {moved.untold}", err=True)
    if output:
        with rerun.made_whole(output) as folder:
            (folder / "tornado.csv").write_text(sheets.csv(moved.tornado), encoding="utf-8")
            (folder / "indices.csv").write_text(sheets.csv(moved.indices), encoding="utf-8")
            (folder / "chart.svg").write_text(pictures.svg(moved.chart.to_dict()), encoding="utf-8")
        click.echo(output)


@cli.group()
def scenario() -> None:
    """Keep scenarios of your own in `scenarios/`, beside the story's data and no part of it: `--params NAME` takes them."""


@scenario.command(cls=SettingByChapter)
@click.argument("name")
@click.option(
    "-p",
    "typed",
    multiple=True,
    required=True,
    metavar="CHAPTER.NAME=VALUE",
    help="A parameter; also CHAPTER NAME VALUE.",
)
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or a scenario, to start from.")
def save(name: str, typed: tuple[str, ...], params: str | None) -> None:
    """Save parameters under a name of your own."""
    from casefile import records
    from casefile.notebook import parameters
    from casefile.records import tables
    from casefile.system import place, scratch

    root = story_root()
    story_records = records.load(root)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise BadInput(f"scenario {shown(name)}: expected small letters, digits and underscores")
    if name in parameters.scenarios(story_records):
        raise BadInput(f"scenario {name}: is one of data/scenarios.yml; expected another name")
    values = parameters.overrides(story_records, [parameters.assignment(text) for text in typed], params)
    path = root / tables.SAVED / f"{name}.yml"
    if path.parent.is_dir() or os.access(root, os.W_OK):
        path.parent.mkdir(exist_ok=True)
    place.check_new_file(path)
    scratch.write(path, json.dumps(values, ensure_ascii=False, indent=1) + "\n")  # JSON is YAML
    click.echo(path)


@scenario.command("list")
def list_scenarios() -> None:
    """List the story's scenarios and your own."""
    from casefile import records
    from casefile.book import compare
    from casefile.notebook import parameters

    story_records = records.load(story_root())
    named = {
        name: (scenario["title"], scenario["parameters"])
        for name, scenario in parameters.scenarios(story_records).items()
    }
    own = {name: ("yours", parameters.from_file(name, story_records)) for name in story_records.saved_scenarios()}
    lines = []
    for name, (title, values) in {**named, **own}.items():
        descriptions = [
            f"{home}.{of}={parameters.in_print(value)}" for home, some in values.items() for of, value in some.items()
        ]
        lines += [f"{name}: {title}", f"    {', '.join(descriptions)}"]
    click.echo(compare.wrapped_lines(lines))
