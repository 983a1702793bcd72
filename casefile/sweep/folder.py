"""The folder of a sweep: what it holds, and how it is read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casefile.errors import BadInput, of_library
from casefile.system import document

PLAN, ROWS, TABLE, MANIFEST = (
    "sweep.json",
    "scenarios.jsonl",
    "scenarios.parquet",
    "manifest.json",
)  # in order of writing
_MOST_BYTES = 1 << 26  # of a plan
MOST_SCENARIOS = 1_000_000  # of a sweep that is read whole


def is_sweep(path: Path) -> bool:
    """Whether a folder holds a sweep."""
    return (path / PLAN).is_file()


def plan(path: Path) -> dict[str, Any]:
    """The plan of a finished sweep. Raises BadInput for one that is too large to be held, or was stopped."""
    expected = "a sweep as casefile left it"
    read = document.read(path / PLAN, str(path / PLAN), expected, _MOST_BYTES)
    try:
        if not isinstance(read["scenarios"], int) or not read["vary"].keys() or not isinstance(read["chapter"], str):
            raise TypeError("no plan")
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path / PLAN}: {of_library(error)}; expected {expected}") from None
    if read["scenarios"] > MOST_SCENARIOS:
        raise BadInput(f"{path}: has {read['scenarios']:,} scenarios; expected at most {MOST_SCENARIOS:,} to compare")
    if not (path / MANIFEST).is_file():
        raise BadInput(f"{path}: is not finished; expected a sweep that ran to its end")
    return dict(read)


def scenario_table(path: Path, names: list[str]) -> Any:
    """The scenarios of a sweep as a pandas table, indexed by the parameters named."""
    import pandas as pd  # a start of the command does without

    try:
        scenarios = pd.read_parquet(path / TABLE)
        return scenarios.drop(columns="scenario_number").set_index(names).sort_index()
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{path}/scenarios.parquet: {of_library(error)}; expected a sweep as casefile left it") from None
