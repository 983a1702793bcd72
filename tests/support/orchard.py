"""A small story of another kind: two chapters, five figures, an orchard."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path
from typing import Any

from casefile import records
from casefile.book import build as book
from casefile.execution import run
from casefile.execution.story import Story
from casefile.records.columns import columns_of
from casefile.system import place

TABLES: dict[str, type] = {
    "origins": records.Origin, "sources": records.Source, "figures": records.Fact, "events": records.Event,
    "replies": records.Reply, "claims": records.Claim, "units": records.Unit, "parameters": records.Declaration,
    "corrections": records.Correction, "measures": records.Measure,
}  # fmt: skip
KINDS: dict[Any, str] = {int: "integer", bool: "boolean", float | None: "number"}

ROWS: dict[str, list[dict[str, Any]]] = {
    "sources": [
        {"id": "almanac", "publisher": "The Almanac", "title": "Trees", "published": "2020", "url": "https://example.org/trees",
         "accessed": "2021-01", "licence": "facts only", "grade": "read", "checked": "Read."},
        {"id": "grocer", "publisher": "The Grocer", "title": "Prices", "published": "2020-09-01",
         "url": "https://example.org/prices", "accessed": "2021-01", "licence": "facts only", "grade": "read", "checked": "Read."},
    ],
    "figures": [
        {"id": "trees", "value": 120, "unit": "tree", "date": "2020", "meaning": "Trees in the orchard", "printed": "120 trees",
         "source": "almanac", "locator": "page 3", "grade": "read"},
        {"id": "apples_a_tree", "value": 250, "low": 200, "high": 300, "unit": "apple/tree", "date": "2020",
         "meaning": "Apples a tree bears", "printed": "200 to 300", "source": "almanac", "locator": "page 4", "grade": "read"},
        {"id": "price_printed", "value": 0.4, "unit": "EUR/apple", "date": "2020-09-01", "meaning": "Price of an apple",
         "printed": "40 cents", "source": "grocer", "locator": "list", "grade": "read"},
    ],
    "units": [
        {"unit": "tree", "definition": "tree = [tree]", "style": "number", "digits": 0, "meaning": "trees"},
        {"unit": "apple", "definition": "apple = [apple]", "style": "number", "digits": 0, "meaning": "apples"},
        {"unit": "apple/tree", "style": "number", "digits": 0, "meaning": "apples a tree"},
        {"unit": "EUR", "definition": "EUR = [euro]", "style": "money", "prefix": "€", "digits": 0, "meaning": "euros"},
        {"unit": "EUR/apple", "style": "number", "prefix": "€", "digits": 2, "meaning": "euros an apple"},
        {"unit": "date", "style": "date", "digits": 0, "meaning": "a day"},
    ],
    "parameters": [
        {"chapter": "market", "name": "price", "figure": "price", "type": "number", "unit": "EUR/apple", "default": "0.4",
         "minimum": 0, "maximum": 5, "meaning": "Price of an apple", "basis": "price_printed"},
    ],
}  # fmt: skip

HARVEST = [
    ("markdown", "(harvest)=\n# How many apples?\n\n**{num}`harvest` apples, from {num}`trees` trees.** After {source}`almanac`."),
    ("code", 'import altair as alt\nfrom casefile import open_chapter\nchapter = open_chapter("harvest", globals(), title="The harvest", '
     'question="How many apples?")'),
    ("code", 'trees = chapter.source("trees", publish=True)\neach = chapter.source("apples_a_tree", publish=True)\n'
     'harvest = chapter.figure("harvest", trees * each, unit="apple", meaning="Apples in all")\nchapter.show(trees, each, harvest)'),
    ("code", 'rows = chapter.table([harvest], what=["Harvest"])\nchapter.chart("apples", alt.Chart(rows).mark_bar().encode(x="value:Q", '
     'y="what:N").properties(height=60), title="The orchard bore {harvest} apples", alt_text="One bar: the harvest of {harvest} apples '
     'from {trees} trees.", data=rows, columns={"what": "What", "value": "Apples|apple"})'),
    ("code", "chapter.publish()"),
]  # fmt: skip
MARKET = [
    ("markdown", "(market)=\n# What are they worth?\n\n**{num}`worth`, at {num}`price` each.**"),
    ("parameters", "price: float = 0.4  # EUR"),
    ("code", 'from casefile import open_chapter\nchapter = open_chapter("market", globals(), title="The market", '
     'question="What are they worth?", needs=["harvest"])'),
    ("code", 'price_each = chapter.parameter("price", publish=True)\nharvest = chapter.imported("harvest", "harvest")\n'
     'worth = chapter.figure("worth", harvest * price_each, unit="EUR", meaning="Worth of the harvest")\nchapter.show(worth)'),
    ("code", "chapter.publish()"),
]  # fmt: skip


def notebook(cells: list[tuple[str, str]]) -> str:
    """A notebook as JSON."""
    made: list[dict[str, Any]] = []
    for number, (kind, source) in enumerate(cells):
        cell: dict[str, Any] = {"cell_type": "markdown", "id": f"cell{number}", "metadata": {}, "source": source}
        if kind != "markdown":
            cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
            cell["metadata"] = {"tags": ["parameters"]} if kind == "parameters" else {}
        made.append(cell)
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def plant(root: Path) -> Path:
    """Put the story into an empty folder."""
    (root / "data" / "series").mkdir(parents=True)
    (root / "chapters").mkdir()
    resources = []
    for name, kind in TABLES.items():
        columns = dataclasses.fields(kind)
        with (root / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, [column.name for column in columns], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(ROWS.get(name, []))
        fields = [{"name": name, "type": KINDS.get(value, "string")} for name, (value, _) in columns_of(kind).items()]
        resources.append({"name": name, "path": f"{name}.csv", "schema": {"fields": fields}})
    (root / "data" / "datapackage.json").write_text(json.dumps({"name": "orchard", "resources": resources}))
    (root / "chapters" / "harvest.ipynb").write_text(notebook(HARVEST), encoding="utf-8")
    (root / "chapters" / "market.ipynb").write_text(notebook(MARKET), encoding="utf-8")
    (root / "_config.yml").write_text(
        "title: The Orchard\nauthor: A Gardener\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: 'off'\n"
    )
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n- file: chapters/harvest\n- file: chapters/market\n- file: sources\n"
    )
    (root / "index.md").write_text("# The orchard\n\nIt bore {num}`harvest` apples, worth {num}`worth`.\n")
    (root / "sources.md").write_text("# Sources\n\nAll of them.\n\n```{casefile-sources}\n```\n")
    return root


def built(root: Path) -> Path:
    """The site of a story, built now."""
    site = root / place.SITE
    book.build(Story(root), {}, site, 2, run.FORK, lambda name, event, seconds: None)
    return site
