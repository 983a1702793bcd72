"""Outputs on the page: a picture that a cell shows has the words it was shown with, or is refused by its cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from IPython.core.formatters import DisplayFormatter
from IPython.display import SVG, Image

from casefile.errors import BadInput
from casefile.figures import pictures
from casefile.site import outputs

DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
DATA = pictures.png(DRAWN)
MYST_NB = {"mystnb": {"image": {"alt": "A tree"}}}
Shown = tuple[
    Any, dict[str, Any], dict[str, Any]
]  # what is displayed, the metadata it is displayed with, those of its cell


def document(folder: Path, *shown: Shown) -> nodes.document:
    """A notebook's cells as docutils reads them, each with one output; a cell of text stands before them."""
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# Trees"}]
    for place, (thing, metadata, of_cell) in enumerate(shown):
        data, own = DisplayFormatter().format(thing)
        output = {"output_type": "display_data", "data": data, "metadata": {**own, **metadata}}
        cells.append({"cell_type": "code", "id": f"cell{place}", "metadata": of_cell, "execution_count": place, "source": "shown",
                      "outputs": [output]})  # fmt: skip
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    settings = {"nb_execution_mode": "off", "nb_output_folder": str(folder), "report_level": 5}
    made: nodes.document = publish_doctree(text, parser_name="myst_nb.docutils_", settings_overrides=settings)
    return made


WORDS: dict[str, Shown] = {
    "of an image": (Image(DATA, alt="A tree"), {}, {}),
    "of a figure, as matplotlib's are": (Image(DATA), {"image/png": {"alt": "A tree"}}, {}),
    "of a drawing": (SVG(DRAWN), {"image/svg+xml": {"alt": "A tree"}}, {}),
    "of an output": (Image(DATA), {"alt": "A tree"}, {}),
    "of a cell": (Image(DATA), {}, MYST_NB),
}  # fmt: skip


@pytest.mark.parametrize("what", WORDS)
def test_the_words_that_a_picture_was_shown_with_are_the_pictures(what: str, tmp_path: Path) -> None:
    shown = document(tmp_path, WORDS[what])
    assert [picture["alt"] for picture in shown.findall(nodes.image)] == ["A tree"]
    outputs.check_pictures(shown, "trees")


@pytest.mark.parametrize("silent", [Image(DATA), SVG(DRAWN), Image(DATA, alt=" ")])
def test_a_picture_without_words_is_refused_by_its_cell(silent: Any, tmp_path: Path) -> None:
    shown = document(tmp_path, (Image(DATA, alt="A tree"), {}, {}), (silent, {}, {}))
    with pytest.raises(
        BadInput, match=r"^trees, cell 2: picture without alternative text; expected its finding in words: "
    ):
        outputs.check_pictures(shown, "trees")
