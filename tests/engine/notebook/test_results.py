"""A chapter's results: out of the notebook, into a file, and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from casefile.errors import BadInput
from casefile.figures.claims import StoredVerdict
from casefile.notebook import results
from casefile.notebook.cells import NotebookCell, Output
from casefile.notebook.results import MEDIA_TYPE, Chart, Results
from tests.support.small import UNITS, formula, graph, symbols

PRICES: Chart = {
    "id": "prices", "title": "Apples at {price}", "alt": "", "note": "", "spec": {}, "columns": {"price": "Price"},
    "order": ["price"], "rows": [{"price": 2.5}], "figures": [], "sources": [],
}  # fmt: skip
DEAR: StoredVerdict = {
    "claim": "dear", "verdict": "wrong", "rule": [], "inputs": [], "reason": "", "margin": None, "flips": [], "origins": [],
}  # fmt: skip


def orchard() -> Results:
    made = graph(price=(2.5, "USD/apple"), count=(12.0, "apple"))
    price, count = symbols("price", "count")
    made.derive(*formula("basket", price * count, "USD"))
    made.choose("verdict", [("dear", price * count > symbols("basket")[0]), ("cheap", True)])
    return Results(
        "orchard", "The orchard", "Are apples dear?", {"price": 2.5}, made,
        charts={"prices": PRICES}, verdicts={"dear": DEAR}, ranges={"price": {"low": 1.0, "mode": 2.5, "high": 6.0}}, needs=("market",),
    )  # fmt: skip


def cell(
    kind: str = "code", source: str = "", tags: Sequence[str] = (), outputs: Sequence[Output] = ()
) -> NotebookCell:
    return {"cell_type": kind, "source": source, "metadata": {"tags": [*tags]}, "outputs": [*outputs]}


def output(kind: str, content: object) -> Output:
    return {"output_type": "display_data", "data": {kind: content}}


def test_results_come_back_from_a_file_as_they_went(tmp_path: Path) -> None:
    path = tmp_path / "results" / "orchard.json"
    results.write(orchard().to_json(), path)
    assert results.read(path, UNITS).to_json() == orchard().to_json()


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        results.write(orchard().to_json(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_last_published_results_of_a_notebook_count() -> None:
    first, last = (output(MEDIA_TYPE, {"chapter": name}) for name in ("first", "last"))
    cells = [cell(outputs=[first]), cell("markdown"), cell(outputs=[last, output("text/plain", "done")])]
    assert results.of_notebook({"cells": cells}, "orchard")["chapter"] == "last"


def test_a_notebook_that_publishes_nothing_says_so() -> None:
    with pytest.raises(
        BadInput, match=r"orchard: published no results; expected `chapter\.publish\(\)` in its last cell"
    ):
        results.of_notebook({"cells": [cell()]}, "orchard")


def test_passages_that_were_left_untold_are_no_part_of_the_page() -> None:
    cells = [
        cell("markdown", "always"),
        cell("markdown", "ripe", tags=["when:ripe"]),
        cell("markdown", "picked", tags=["when:picked", "when:ripe"]),
    ]
    decided = orchard()
    decided.graph.choose("ripe", [(results.TOLD, True)])
    decided.graph.choose("picked", [(results.UNTOLD, True)])
    left = results.without_untold({"cells": cells}, decided.to_json())
    assert [cell["source"] for cell in left["cells"]] == ["always", "ripe"]


def test_a_passage_that_the_notebook_never_decided_on_is_bad_input() -> None:
    cells = [cell("markdown", "rotten", tags=["when:rotten"])]
    with pytest.raises(BadInput, match=r"orchard: a cell is tagged when:rotten; expected chapter.tell\(rotten=…\)"):
        results.without_untold({"cells": cells}, orchard().to_json())
