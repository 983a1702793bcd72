"""Files of text: read as data whatever editor wrote them, or refused by name."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casefile import records
from casefile.book import build as book
from casefile.citation import citation_file, cite, verify
from casefile.errors import BadInput
from casefile.execution import notebooks
from casefile.execution.story import Run, Story
from casefile.notebook import parameters
from casefile.system import document
from tests.support import breaking
from tests.support.orchard import plant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "given: no such file; expected a list of apples"),
        ("- " + "a" * 20, "given: 22 bytes; expected a list of apples of at most 20"),
        (
            "a: 1\nb: [",
            "given: expected the node content, but found '<stream end>' (line 2); expected a list of apples",
        ),
    ],
)
def test_what_is_no_such_file_is_refused_by_name(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "apples.yml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        document.read(path, "given", "a list of apples", 20)
    assert str(caught.value) == said


# ------------------------------------------------------------------------------------------------- files as people have them

EDITORS: dict[str, Callable[[bytes], bytes]] = {
    "a byte-order mark": lambda content: b"\xef\xbb\xbf" + content,
    "the line ends of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "the line ends of an old Mac": lambda content: content.replace(b"\n", b"\r"),
    "both marks of Windows": lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"),
}
FOREIGN = {
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "UTF-32": lambda content: content.decode().encode("utf-32"),
    "UTF-16 without its mark": lambda content: content.decode().encode("utf-16-le"),
    "Latin-1": lambda content: content.rstrip() + "é".encode("latin-1") + b"\n",
}
SERIES = "day,apples,source\n2020-09-01,3,almanac\n2020-09-02,4,grocer\n"
RECORD = """cff-version: 1.2.0
message: Cite it.
title: The Orchard
authors:
- name: A Gardener
version: "1.0"
date-released: 2021-02-01
"""
CITED = "TY  - DATA\nTI  - Apples in all\nN1  - harvest@1.0:0123456789ab\nER  - \n"


def garden(root: Path) -> Path:
    """The small story with every kind of file that is read as text."""
    plant(root)
    (root / "data" / "series" / "picked.csv").write_text(SERIES, encoding="utf-8")
    package = root / "data" / "datapackage.json"
    package.write_text(json.dumps(json.loads(package.read_text(encoding="utf-8")), indent=1) + "\n", encoding="utf-8")
    (root / "data" / "LICENCES.md").write_text("# Licences\n\nFacts alone.\n", encoding="utf-8")
    (root / "data" / "scenarios.yml").write_text(
        "dear:\n  title: Dear\n  meaning: Apples are dear.\n  parameters:\n    market:\n      price: 1\n",
        encoding="utf-8",
    )
    (root / "CITATION.cff").write_text(RECORD, encoding="utf-8")
    (root / "index.md").write_text("(orchard)=\n# The orchard\n\nIt bore apples.\n", encoding="utf-8")
    (root / "given.yml").write_text("market:\n  price: 0.5\n", encoding="utf-8")
    (root / "given.json").write_text('{\n "market": {"price": 0.5}\n}\n', encoding="utf-8")
    (root / "cited.ris").write_text(CITED, encoding="utf-8")
    return root


def texts_of(root: Path) -> list[Path]:
    """The files of a story."""
    return sorted(path for path in root.rglob("*") if path.is_file())


def everything(root: Path, folder: Path) -> dict[str, Any]:
    """All that is read of a story's files, before a notebook is run: records, pages, notebooks, parameters, a citation."""
    story = Story(root)
    known, pages = book.check(story), story.pages
    (folder / "results").mkdir(parents=True)
    book.configure(root, folder)
    book.stage(Run(story, folder, {}), ["index", "sources"])
    shutil.copytree(root / "data", folder / "data", copy_function=document.copy)
    return {
        "tables": {name: getattr(known, name) for name in ("sources", "figures", "units", "declarations")},
        "series": known.series("picked").to_csv(index=False),
        "relays": known.series_of_sources(),
        "scenarios": known.scenarios(),
        "notebooks": [notebooks.read(root / f"{page}.ipynb") for page in pages if "chapters/" in page],
        "texts": {"index": story.texts["index"]},
        "title": story.title,
        "book": citation_file.book_of(root),
        "parameters": [parameters.from_file(str(root / f"given.{kind}"), known) for kind in ("yml", "json")],
        "citation": verify.read(cite.text_of(str(root / "cited.ris"))),
        "staged": {path.relative_to(folder).as_posix(): path.read_bytes() for path in texts_of(folder)},
    }


@pytest.mark.parametrize("wrote", EDITORS.values(), ids=EDITORS)
def test_a_story_is_read_the_same_whatever_editor_wrote_its_files(
    wrote: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    expected = everything(garden(tmp_path / "plain"), tmp_path / "of the plain")
    root = garden(tmp_path / "other")
    for path in texts_of(root):
        path.write_bytes(wrote(path.read_bytes()))
    found = everything(root, tmp_path / "of the other")
    assert found["texts"]["index"][0].startswith("(orchard)=\n")
    for name, plain in expected.items():
        assert found[name] == plain, name


def test_the_line_ends_within_a_cell_are_those_of_any_text(tmp_path: Path) -> None:
    cells: list[dict[str, Any]] = [{"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": [], "source": ["a = 1\r\n", "b = 2\rc = 3"]}]  # fmt: skip
    path = tmp_path / "windows.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    assert notebooks.read(path)["cells"][0]["source"] == "a = 1\nb = 2\nc = 3"


TEXTS = [
    "_config.yml", "_toc.yml", "index.md", "chapters/market.ipynb", "given.yml", "given.json", "cited.ris", "CITATION.cff",
    "data/sources.csv", "data/series/picked.csv", "data/scenarios.yml", "data/datapackage.json",
]  # fmt: skip
DAILY = list(
    zip(TEXTS, itertools.cycle(FOREIGN), strict=False)
)  # each file in one encoding, each encoding in three files


@pytest.mark.parametrize(
    ("file", "encoding"),
    breaking.rounds(DAILY, [case for case in itertools.product(TEXTS, FOREIGN) if case not in DAILY]),
)
def test_a_file_in_another_encoding_is_refused_in_a_line_that_names_it(
    file: str, encoding: str, tmp_path: Path
) -> None:
    root = garden(tmp_path / "orchard")
    (root / file).write_bytes(FOREIGN[encoding]((root / file).read_bytes()))
    with pytest.raises(BadInput) as caught:
        everything(root, tmp_path / "work")
    said = str(caught.value)
    assert Path(file).name in said
    assert said.endswith(" in UTF-8"), said
    assert "\n" not in said


def test_what_is_no_text_is_published_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "tree.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    document.copy(tmp_path / "tree.png", tmp_path / "copy.png")
    assert (tmp_path / "copy.png").read_bytes() == b"\x89PNG\r\n\x1a\n"


def test_records_of_a_table_with_a_mark_have_their_first_column(tmp_path: Path) -> None:
    table = plant(tmp_path) / "data" / "sources.csv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    assert list(records.check(tmp_path).sources) == ["almanac", "grocer"]
