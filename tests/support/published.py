"""The small story as a published book: with a record to cite, labelled sections, a registry, and a first edition."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from casefile import records
from casefile.citation import citable, cite, editions, registry, verify
from casefile.citation.citable import CitableItem
from casefile.errors import BadInput
from casefile.execution import run
from casefile.execution.story import Story
from casefile.notebook import parameters
from casefile.records.tables import Overrides
from tests.support.orchard import plant

FIRST = "1.0"
CITATION = """cff-version: 1.2.0
message: Please cite it.
title: "The Orchard: its harvest"
abstract: What an orchard bore.
authors:
  - name: A Gardener
  - family-names: Pippin
    given-names: Cox
version: "{version}"
date-released: {date}
license: CC-BY-4.0
keywords: [apples, trees]
"""
INDEX = """(orchard)=
# The orchard

Trees bear apples.

(orchard-fruit)=
## Its fruit

It bore {num}`harvest` apples.

(orchard-price)=
## Its price

An apple is sold at {num}`price`.
"""


def git(root: Path, *words: str) -> None:
    """One git command in a story."""
    who = ["-c", "user.name=gardener", "-c", "user.email=gardener@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def commit(root: Path) -> None:
    """Commit everything."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "as it stands")


def standing(root: Path, given: Overrides | None = None) -> dict[str, CitableItem]:
    """Everything that can be cited in a story as it is."""
    return citable.current(Story(root), given or {}, 2, run.FORK)


def version(root: Path, number: str, date: str = "2021-02-01") -> None:
    """Give a story its version and date."""
    (root / "CITATION.cff").write_text(CITATION.format(version=number, date=date), encoding="utf-8")


def release(root: Path, number: str, test: str = "") -> Path:
    """Release an edition of a story whose tests say `test`, without building its site."""
    corrections = records.load(root).corrections.values()
    return editions.release(root, number, standing(root), corrections, lambda: test, lambda copy: None)


def publish(folder: Path, address: str = "") -> Path:
    """Plant the small story and release its first edition."""
    root = plant(folder)
    (root / "index.md").write_text(INDEX, encoding="utf-8")
    replace(root / "chapters" / "harvest.ipynb", "(harvest)=", "(how-many)=")  # an id names one thing
    (root / "corrections.md").write_text("(corrections)=\n# Corrections\n\n```{casefile-corrections}\n```\n")
    (root / "verify.md").write_text("(verify)=\n# Verify\n\n```{casefile-verify}\n```\n")
    (root / "cite.md").write_text("(cite)=\n# Cite it\n\n```{casefile-citations} harvest apa bibtex\n```\n")
    with (root / "_toc.yml").open("a", encoding="utf-8") as contents:
        contents.write("- file: corrections\n- file: verify\n- file: cite\n")
    if address:
        with (root / "_config.yml").open("a", encoding="utf-8") as config:
            config.write(f"html:\n  baseurl: {address}\n")
    (root / ".gitignore").write_text("_build/\n")
    version(root, FIRST)
    registry.register(root, standing(root))
    git(root, "init", "-q")
    commit(root)
    release(root, FIRST)
    commit(root)
    return root


def change(root: Path, table: str, name: str, column: str, value: str) -> None:
    """Change one cell of one table of a story, named by the row's id."""
    path = root / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        if row["id"] == name:
            row[column] = value
    _write(path, rows)


def add(root: Path, table: str, row: Mapping[str, str]) -> None:
    """Add a row to one table of a story."""
    path = root / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    _write(path, [*rows, {column: row.get(column, "") for column in columns}])


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def replace(path: Path, before: str, after: str) -> None:
    """Change a text in a file that holds it."""
    text = path.read_text(encoding="utf-8")
    assert before in text, before
    path.write_text(text.replace(before, after), encoding="utf-8")


def verified(
    root: Path, citation: str, now: Mapping[str, CitableItem], computed: Mapping[str, CitableItem] | None = None
) -> str:
    """What the check of a citation says, or why it was refused."""
    known = records.load(root)
    book = verify.Published.of(root, now, list(known.corrections.values()))
    defaults = {key: parameters.default(row) for key, row in known.declarations.items()}
    try:
        cited = verify.read(citation, book.marks)
        given = cite.given_by(known, cite.parameters_of(cited.parameters), None)
        return verify.check(cited, book, computed, cite.ways(given, defaults)).line
    except BadInput as error:
        return f"refused: {error}"


def site_records(site: Path) -> dict[str, list[str]]:
    """Everything citable on a built site: page, anchor, title, text, range, hash, by id."""
    text = (site / "_static" / "editions.js").read_text(encoding="utf-8")
    plain: dict[str, list[str]] = json.loads(text.partition(" = ")[2].rstrip(";\n"))["now"]
    return plain
