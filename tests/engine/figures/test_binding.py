"""Bindings: a row says which figures its cells show."""

from __future__ import annotations

from casefile.figures import binding


def test_rows_say_which_figures_they_draw() -> None:
    row = {"figure": "trees", "value": 3.0, "low": 1.0, "low_figure": "fewest", "label": "3", "label_template": "{trees} of {all}",
           "note": "plain", "high_figure": None}  # fmt: skip
    found = {cell.column: sorted(cell.figures) for cell in binding.bindings(row)}
    assert found == {"value": ["trees"], "low": ["fewest"], "label": ["all", "trees"]}
    assert list(binding.bindings({"figure": "trees"})) == []
