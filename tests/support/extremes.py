"""A chapter at the bounds and choices of its parameters, its own code run in this process: no kernel, no drawing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from casefile.execution import notebooks, run
from casefile.notebook import parameters, results
from casefile.records import Declaration, Records
from tests.conftest import ROOT, Plain

# What costs time alone: more draws move a band in its last digits, a scenario runs chapters that stand here themselves.
WITHOUT = frozenset({"draws", "scenario"})


def ends(row: Declaration) -> list[parameters.Value]:
    """What a parameter takes at its outermost: both bounds, both ends of what is plausible, each choice but the default."""
    if row.type == "boolean":
        return [not parameters.default(row)]
    bounds = [value for value in (row.minimum, row.maximum, row.low, row.high) if value is not None]
    kind = parameters.type_of(row)
    values = dict.fromkeys(kind(value) for value in [*row.choices, *bounds])
    return [value for value in values if value != parameters.default(row)]


def settings(records: Records, chapter: str) -> list[dict[str, parameters.Value]]:
    """Each parameter of a chapter at each of its ends, one at a time."""
    declared = records.declared(chapter)
    return [{name: value} for name, row in declared.items() if name not in WITHOUT for value in ends(row)]


def worked(
    chapter: str, values: Mapping[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch, printed: str = "no"
) -> Plain:
    """What a chapter publishes with these parameters; what it needs of others it reads from `folder`."""
    for name, value in {**run.environment(ROOT, folder), results.PRINT_VARIABLE: printed}.items():
        monkeypatch.setenv(name, value)
    namespace: dict[str, Any] = {}
    for cell in notebooks.read(notebooks.path_of(ROOT, chapter))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{chapter}.ipynb", "exec"), namespace)  # the story's own code
            if parameters.TAG in cell["metadata"].get("tags", []):
                namespace.update(values)
    plain: Plain = namespace["chapter"].publish().plain
    return plain


def outside(plain: Plain) -> dict[str, tuple[float, float | None, float | None]]:
    """The figures whose value does not lie in the range printed beside it: value, low and high."""
    ranges = {
        name: (figure["value"], figure.get("low"), figure.get("high")) for name, figure in plain["figures"].items()
    }
    return {
        name: (value, low, high)
        for name, (value, low, high) in ranges.items()
        if value is not None and ((low is not None and value < low) or (high is not None and value > high))
    }
