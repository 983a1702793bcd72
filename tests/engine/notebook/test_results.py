"""A chapter's results: out of the notebook, into a file, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.errors import BadInput
from casefile.notebook import results
from casefile.notebook.results import MEDIA_TYPE, Results
from tests.support.small import UNITS, formula, graph, symbols


def orchard() -> Results:
    made = graph(price=(2.5, "USD/apple"), count=(12.0, "apple"))
    price, count = symbols("price", "count")
    made.derive(*formula("basket", price * count, "USD"))
    made.choose("verdict", [("dear", price * count > symbols("basket")[0]), ("cheap", True)])
    return Results(
        "orchard", "The orchard", "Are apples dear?", {"price": 2.5}, made,
        charts={"prices": {"title": "Apples at {price}", "columns": {"price": "Price"}, "rows": [{"price": 2.5}]}},
        verdicts={"dear": {"verdict": "wrong"}}, ranges={"price": {"low": 1.0, "mode": 2.5, "high": 6.0}}, needs=("market",),
    )  # fmt: skip


def test_results_come_back_from_a_file_as_they_went(tmp_path: Path) -> None:
    path = tmp_path / "results" / "orchard.json"
    results.write(orchard().to_json(), path)
    assert results.read(path, UNITS).to_json() == orchard().to_json()


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        results.write(orchard().to_json(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_last_published_results_of_a_notebook_count() -> None:
    outputs = [{"data": {MEDIA_TYPE: {"chapter": name}}} for name in ("first", "last")]
    text = {"data": {"text/plain": "done"}}
    notebook = {"cells": [{"outputs": outputs[:1]}, {"source": "markdown"}, {"outputs": [*outputs[1:], text]}]}
    assert results.of_notebook(notebook, "orchard") == {"chapter": "last"}


def test_a_notebook_that_publishes_nothing_says_so() -> None:
    with pytest.raises(
        BadInput, match=r"orchard: published no results; expected `chapter\.publish\(\)` in its last cell"
    ):
        results.of_notebook({"cells": [{"outputs": []}]}, "orchard")


def test_passages_that_were_left_untold_are_no_part_of_the_page() -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "always"},
        {"cell_type": "markdown", "metadata": {"tags": ["when:ripe"]}, "source": "ripe"},
        {"cell_type": "markdown", "metadata": {"tags": ["when:picked", "when:ripe"]}, "source": "picked"},
    ]
    choices = {"ripe": {"chosen": results.TOLD}, "picked": {"chosen": results.UNTOLD}}
    left = results.without_untold({"cells": cells}, {"chapter": "orchard", "choices": choices})
    assert [cell["source"] for cell in left["cells"]] == ["always", "ripe"]


def test_a_passage_that_the_notebook_never_decided_on_is_bad_input() -> None:
    cells = [{"cell_type": "markdown", "metadata": {"tags": ["when:rotten"]}, "source": "rotten"}]
    with pytest.raises(BadInput, match=r"orchard: a cell is tagged when:rotten; expected chapter.tell\(rotten=…\)"):
        results.without_untold({"cells": cells}, {"chapter": "orchard", "choices": {}})
