"""`docs/new_chapter.md`, followed step by step in a copy of the story."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from casefile.book import build as book
from casefile.execution import run
from casefile.execution.story import Story
from casefile.notebook import results
from tests.conftest import ROOT

GUIDE = ROOT / "docs" / "new_chapter.md"
CHAPTER = "11_power"


def blocks() -> Iterator[tuple[str, str, list[str], str]]:
    """The code blocks that name a file: language, file, tags, content."""
    for token in MarkdownIt().parse(GUIDE.read_text(encoding="utf-8")):
        if token.type == "fence" and " " in token.info.strip():
            language, file, *tags = token.info.split()
            yield language, file, tags, token.content


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A copy of the story in which every block of the guide stands in its file."""
    root = tmp_path_factory.mktemp("guide") / "story"
    for folder in ("data", "chapters", "editions"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("summary.ipynb", "_config.yml", "_toc.yml", "CITATION.cff"):
        shutil.copyfile(ROOT / file, root / file)
    cells: list[dict[str, Any]] = []
    for language, file, tags, content in blocks():
        if file.endswith(".ipynb"):
            kind = "markdown" if language == "markdown" else "code"
            code: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
            source = content.rstrip("\n").splitlines(keepends=True)
            cells.append(
                {"cell_type": kind, "id": f"cell-{len(cells)}", "metadata": {"tags": tags}, "source": source, **code}
            )
        elif file == "_toc.yml":
            text = (root / file).read_text(encoding="utf-8")
            before, _, after = text.partition("  - file: chapters/09_nvidia\n")
            (root / file).write_text(f"{before}  - file: chapters/09_nvidia\n{content}{after}", encoding="utf-8")
        else:
            with (root / file).open("a", encoding="utf-8") as table:
                table.write(content)
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "chapters" / f"{CHAPTER}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return Story(root)


def test_what_the_guide_adds_is_sound_and_in_the_book(followed: Story) -> None:
    known = book.check(followed)
    assert "home_electricity" in known.figures
    assert f"chapters/{CHAPTER}" in followed.chapters


def test_the_chapter_of_the_guide_answers_its_question(followed: Story, tmp_path: Path) -> None:
    executed = run.execute(followed.root, CHAPTER, {}, tmp_path / "out.ipynb", tmp_path, run.FORK)
    left = results.Results.from_json(results.of_notebook(executed, CHAPTER), followed.records.units)
    # 12,000 chips of 700 watts through the 8,766 hours of a mean year; a home buys 10,791 kilowatt hours in it
    assert left.graph["homes_powered"].value == pytest.approx(12_000 * 0.7 * 8_766 / 10_791, rel=1e-12)
    assert left.graph["homes_powered"].published
