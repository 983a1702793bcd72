"""What pages name beside them is laid out with them, so that one address serves Jupyter and the book."""

from __future__ import annotations

import base64
import copy
from pathlib import Path
from typing import Any

import pytest

from casefile.book import build as book
from casefile.errors import BadInput
from casefile.execution.story import Story
from casefile.notebook import beside
from casefile.notebook.cells import Notebook
from casefile.notebook.markdown import SYNTAX
from tests.support.orchard import plant
from tests.support.published import replace

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a picture beside a chapter, others elsewhere, and one outside of it."""
    folder = tmp_path / "story"
    for path in (
        "chapters/tree.png",
        "chapters/a leaf.png",
        "img/tree.png",
        "letter.pdf",
        "index.md",
        "../outside.png",
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(PIXEL)
    (folder / "img" / "link.png").symlink_to("../../outside.png")
    return folder


def named(root: Path, text: str, page: str = "chapters/harvest") -> tuple[dict[str, str], dict[str, str]]:
    """The files that a page with this text names: those placed by the book, those that HTML shows."""
    return beside.files_named(root, page, beside.of_page(page, text), SYNTAX)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("![A tree](tree.png)", {"chapters/tree.png": "chapters/tree.png"}),
        ('![A tree](./tree.png "In May")', {"chapters/tree.png": "chapters/tree.png"}),
        ("![A tree](../img/tree.png)", {"img/tree.png": "img/tree.png"}),
        ("![A tree](/img/tree.png)", {"img/tree.png": "img/tree.png"}),
        ("![A leaf](<a leaf.png>)", {"chapters/a%20leaf.png": "chapters/a leaf.png"}),
        ("![A leaf](a%20leaf.png)", {"chapters/a%20leaf.png": "chapters/a leaf.png"}),
        ("![A tree][t]\n\n[t]: tree.png", {"chapters/tree.png": "chapters/tree.png"}),
        ("| a |\n|---|\n| ![A tree](tree.png) |", {"chapters/tree.png": "chapters/tree.png"}),
        ("```{image} tree.png\n:alt: A tree\n```", {"chapters/tree.png": "chapters/tree.png"}),
        (":::{figure} tree.png\nA tree.\n:::", {"chapters/tree.png": "chapters/tree.png"}),
        ("::::{note}\n:::{tip}\n![A tree](tree.png)\n:::\n::::", {"chapters/tree.png": "chapters/tree.png"}),
        ("[A letter](../letter.pdf)", {"letter.pdf": "letter.pdf"}),
        ("{download}`A letter <../letter.pdf>`", {"letter.pdf": "letter.pdf"}),
        ("[A leaf](<a leaf.png>)", {"chapters/a leaf.png": "chapters/a leaf.png"}),
        ("[A page](../index.md), [none](none.pdf), [elsewhere](https://example.org/a.pdf), [here](#here)", {}),
        ("![Elsewhere](https://example.org/a.png), ![inside](data:image/png;base64,AA==)", {}),
        ("`![A tree](none.png)`\n\n```\n![A tree](none.png)\n```\n\n```{code-block}\n![A tree](none.png)\n```", {}),
    ],
)  # fmt: skip
def test_a_file_is_found_however_a_page_names_it(text: str, found: dict[str, str], root: Path) -> None:
    assert named(root, text) == (found, {})


def test_a_file_that_html_shows_keeps_its_place_on_the_site(root: Path) -> None:
    html = '<img src="a%20leaf.png" alt="A leaf">\n\nAnd <img src=\'../img/tree.png\'> and <img src="charts/none.png">.'
    as_they_are = {"chapters/a leaf.png": "chapters/a leaf.png", "img/tree.png": "img/tree.png"}
    assert named(root, html) == ({}, as_they_are)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("![A tree](pear.png)", "there is no picture 'pear.png'; expected a file chapters/pear.png"),
        ("```{figure} pear.png\n```", "there is no picture 'pear.png'; expected a file chapters/pear.png"),
        ("![A tree](../chapters)", "there is no picture '../chapters'; expected a file chapters"),
        ("![A tree](a%00b.png)", "there is no picture 'a%00b.png'; expected a file chapters/a\0b.png"),
        ("![A tree](../../outside.png)", "'../../outside.png' leads out of the book; expected a file that lies in it"),
        ("![A tree](../../story/img/tree.png)", "'../../story/img/tree.png' leads out of the book; expected a file that lies in it"),
        ("![A tree](../img/link.png)", "'../img/link.png' leads out of the book; expected a file that lies in it"),
        ("[A tree](../img/link.png)", "'../img/link.png' leads out of the book; expected a file that lies in it"),
    ],
)  # fmt: skip
def test_a_picture_that_is_not_in_the_book_is_told_with_its_page(text: str, said: str, root: Path) -> None:
    with pytest.raises(BadInput) as caught:
        named(root, text)
    assert str(caught.value) == f"chapters/harvest.md: {said.replace(chr(0), ' ')}"


def cell(kind: str, source: str, **more: Any) -> Any:
    """A cell of a notebook."""
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def test_in_a_notebook_it_is_told_with_its_cell_and_outputs_in_markdown_count_too(root: Path) -> None:
    output = {"output_type": "display_data", "data": {"text/markdown": ["![A tree]", "(pear.png)"]}}
    notebook: Notebook = {
        "cells": [cell("markdown", "![A][t]"), cell("markdown", "[t]: tree.png"), cell("code", "![A](none.png)")]
    }
    texts = beside.texts_of_notebook("chapters/harvest", notebook)
    assert beside.files_named(root, "chapters/harvest", texts, SYNTAX) == (
        {"chapters/tree.png": "chapters/tree.png"},
        {},
    )
    notebook["cells"].append(cell("code", "", outputs=[output]))
    with pytest.raises(BadInput, match=r"^chapters/harvest\.ipynb, cell 3: there is no picture 'pear\.png'; "):
        beside.files_named(root, "chapters/harvest", beside.texts_of_notebook("chapters/harvest", notebook), SYNTAX)


def attached(source: str, content: str = base64.b64encode(PIXEL).decode()) -> Notebook:
    """A notebook with a picture attached to its one cell."""
    return {"cells": [cell("markdown", source, attachments={"a pear.png": {"image/png": content}})]}


def test_what_is_attached_to_a_cell_becomes_a_file_that_its_text_names() -> None:
    code = "`![A plum](attachment:plum.png)`"
    notebook = attached(
        f"A pear: ![A pear](attachment:a%20pear.png)\n\nAgain: ![A pear](<attachment:a pear.png>), {code}"
    )
    path = "attachments/6b7fa434f92a8b80.png"  # as the SHA-256 of the picture begins
    assert beside.detach("index", notebook, SYNTAX) == {path: PIXEL}
    assert (
        "".join(notebook["cells"][0]["source"]) == f"A pear: ![A pear](/{path})\n\nAgain: ![A pear](</{path}>), {code}"
    )


@pytest.mark.parametrize(
    ("notebook", "said"),
    [
        (attached("![A pear](attachment:pear.png)"), "there is no attachment 'pear.png'; expected one of this cell, or a file beside the page"),
        (attached("![A pear](attachment:a%20pear.png)", "x"), "attachment 'a pear.png': Invalid base64-encoded string: number of data characters "
         "(1) cannot be 1 more than a multiple of 4; expected it as Jupyter attaches it"),
        ({"cells": [cell("markdown", "![A pear](attachment:pear.png)")]},
         "there is no attachment 'pear.png'; expected one of this cell, or a file beside the page"),
    ],
    ids=["of another name", "no base64", "none"],
)  # fmt: skip
def test_what_is_not_attached_is_told_with_its_page_and_cell(notebook: Notebook, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        beside.detach("index", copy.deepcopy(notebook), SYNTAX)
    assert str(caught.value) == f"index.ipynb, cell 0: {said}"


def test_the_check_tells_what_is_missing_before_anything_runs(tmp_path: Path) -> None:
    root = plant(tmp_path / "orchard")
    replace(
        root / "chapters" / "market.ipynb",
        "# What are they worth?",
        "# What are they worth?\\n\\n![A stall](stall.png)",
    )
    with pytest.raises(
        BadInput, match=r"^chapters/market\.ipynb, cell 0: there is no picture 'stall\.png'; expected a file"
    ):
        book.check(Story(root))
    (root / "chapters" / "stall.png").write_bytes(PIXEL)
    book.check(Story(root))
    replace(root / "chapters" / "market.ipynb", "stall.png", "attachment:stall.png")
    with pytest.raises(BadInput, match=r"^chapters/market\.ipynb, cell 0: there is no attachment 'stall\.png'; "):
        book.check(Story(root))
