"""The points at which words and verdicts turn, along each parameter of a sweep."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from casefile.records import Declaration
from casefile.sweep.grid import EvenlySpaced, Grid, nearest_value
from casefile.sweep.numeric import BLOCK, VectorisedChapter
from casefile.sweep.scenario import SCENARIO_NUMBER, ScenarioRow, column_name

MOST_FLIPS = 200  # of one word along one parameter; who wants more asks the table
_STRETCHES = 100  # of a line that is drawn: each keeps its ends, and what is highest and lowest in it
_MOST_KEPT = 20_000  # rows that are kept of a line, before they are thinned again
COLUMNS = {
    "what": "Column of the word or verdict that turns",
    "parameter": "Parameter along which it turns, every other as near to its default as the sweep has it",
    "before": "Last value that gives the old word; of choices, the one nearest to the default",
    "after": "First value that gives the new one",
    "from": "Old word or verdict",
    "to": "New one",
    "at": "The very point, where formulas alone say it; of choices, the value that gives the new word",
}


@dataclass(frozen=True)
class ParameterLine:
    """The scenarios along one parameter, every other near its default.

    `flips` are where words and verdicts turn; `table` holds the rows that a chart shows, in the parameter's order.
    """

    name: str
    row: Declaration
    figures: tuple[str, ...]
    words: tuple[str, ...]
    flips: tuple[ScenarioRow, ...]
    table: Any

    def told(self) -> list[str]:
        """Its flips in words: at a point, between two values, with a choice."""
        return [f"{flip['what']}: {flip['from']} becomes {flip['to']} {self._where(flip)}" for flip in self.flips]

    def _where(self, flip: ScenarioRow) -> str:
        before, after, at = (
            f"{flip[key]:g}" if isinstance(flip[key], float) else flip[key] for key in ("before", "after", "at")
        )
        if is_choice(self.row):
            return f"with {self.name}={at}"
        return f"between {before} and {after} of {self.name}" if at is None else f"at {at} of {self.name}"


def is_choice(row: Declaration) -> bool:
    """Whether nothing lies between two values of a parameter."""
    return row.type in ("string", "boolean") or bool(row.choices)


def chart_lines(
    scenarios: Grid,
    declared: Mapping[str, Declaration],
    read: Callable[[range], Any],
    formulas: VectorisedChapter | None = None,
) -> list[ParameterLine]:
    """What a sweep says along each of its parameters; of a long line a part at a time, so that memory stays flat.

    Along numbers and dates a flip lies between two neighbours, or, with formulas, at the point that bisection finds;
    along choices it is any that differs from the one nearest to the default.
    """
    return [
        _line(name, scenarios, declared[name], scenarios.line(name, declared), read, formulas)
        for name in scenarios.values
    ]


def _line(
    name: str, scenarios: Grid, row: Declaration, numbers: range, read: Callable[[range], Any], formulas: VectorisedChapter | None
) -> ParameterLine:  # fmt: skip
    import pandas as pd

    values = scenarios.values[name]
    near = numbers[nearest_value(values, row)]
    figures, words = (tuple(_columns(read(numbers[:BLOCK]), scenarios, numeric)) for numeric in (True, False))
    flips: list[ScenarioRow] = []
    if is_choice(row):
        table = read(numbers)
        flips = list(_departures(name, table, words, near))
    elif isinstance(values, EvenlySpaced):
        frames: list[Any] = []
        for place in range(0, len(numbers), BLOCK):
            piece = read(numbers[max(place - 1, 0) : place + BLOCK])  # with its neighbour before it
            flips = _first([*flips, *_turns(name, piece, words)], words)
            frames.append(_thinned(piece, numbers, near, figures, words))
            if sum(map(len, frames)) > _MOST_KEPT:
                frames = [_thinned(pd.concat(frames), numbers, near, figures, words)]
        table = pd.concat(frames).drop_duplicates(SCENARIO_NUMBER)
    else:
        table = read(numbers).sort_values(name, kind="stable")
        flips = list(_turns(name, table, words))
    if formulas is not None:
        others = scenarios.scenario(near)
        flips = [{**flip, "at": _at(formulas, others, row, flip)} if flip["at"] is None else flip for flip in flips]
    return ParameterLine(name, row, figures, words, tuple(_first(flips, words)), table)


def _first(flips: Sequence[ScenarioRow], words: Iterable[str]) -> list[ScenarioRow]:
    """The first flips of each word, as many as are told."""
    return [flip for word in words for flip in [flip for flip in flips if flip["what"] == word][:MOST_FLIPS]]


def _columns(table: Any, scenarios: Grid, numeric: bool) -> Iterator[str]:
    """The columns of figures (`numeric`), without the ends of their ranges, or of words and verdicts in a table."""
    import pandas as pd

    for column in table.columns:
        varied = column in (SCENARIO_NUMBER, "error", *scenarios.values) or ":" in column
        if not varied and pd.api.types.is_numeric_dtype(table[column].dtype) == numeric:
            yield str(column)


def _turns(name: str, table: Any, words: Iterable[str]) -> Iterator[ScenarioRow]:
    """Where a word or verdict changes between two neighbours in a table along numbers or dates."""
    for column in words:
        worded = table[[name, column]].dropna()  # a scenario that failed has no word
        values, texts = worded[name].to_numpy(), worded[column].astype("object").to_numpy()
        for place in np.flatnonzero(texts[1:] != texts[:-1])[:MOST_FLIPS].tolist():
            yield _flip(name, column, values[place : place + 2].tolist(), texts[place : place + 2])


def _departures(name: str, table: Any, words: Iterable[str], near: int) -> Iterator[ScenarioRow]:
    """Which choices give another word or verdict than the one nearest to the default, or than the first that stands."""
    for column in words:
        worded = table[[SCENARIO_NUMBER, name, column]].dropna().astype({column: "object"})
        if len(worded):
            places = [*np.flatnonzero(worded[SCENARIO_NUMBER] == near), 0]
            base = worded.iloc[places[0]]
            for value, says in zip(worded[name], worded[column], strict=True):
                if says != base[column]:
                    yield {**_flip(name, column, [base[name], value], [base[column], says]), "at": value}


def _flip(name: str, column: str, values: Sequence[Any], texts: Sequence[Any]) -> ScenarioRow:
    return {
        "what": column, "parameter": name, "before": values[0], "after": values[1], "from": texts[0], "to": texts[1],
        "at": None,
    }  # fmt: skip


def _thinned(table: Any, numbers: range, near: int, figures: Iterable[str], words: Iterable[str]) -> Any:
    """The rows that a chart of the line needs: of each stretch its ends and its extremes, and both sides of each flip."""
    places = (table[SCENARIO_NUMBER].to_numpy() - numbers.start) // numbers.step
    stretch = places * _STRETCHES // len(numbers)
    bounds = [0, *(np.flatnonzero(np.diff(stretch)) + 1).tolist(), len(table)]
    keep = {
        *bounds[:-1],
        *(bound - 1 for bound in bounds[1:]),
        *np.flatnonzero(table[SCENARIO_NUMBER] == near).tolist(),
    }
    for column in figures:
        values = table[column].to_numpy(dtype=np.float64)
        for start, stop in itertools.pairwise(bounds):
            low, high = (
                np.where(np.isnan(values[start:stop]), empty, values[start:stop]) for empty in (np.inf, -np.inf)
            )
            keep |= {start + int(np.argmin(low)), start + int(np.argmax(high))}
    for column in words:
        texts = table[column].astype("object").to_numpy()
        turning = np.flatnonzero(texts[1:] != texts[:-1])[:MOST_FLIPS].tolist()
        keep |= {*turning, *(place + 1 for place in turning)}
    return table.iloc[sorted(keep)]


def _at(formulas: VectorisedChapter, others: Mapping[str, Any], row: Declaration, flip: ScenarioRow) -> Any:
    """The value at which a word turns, found by bisection: the first number, whole number or day with the new one."""
    choice = next(name for name in formulas.labels if column_name(name) == flip["what"])

    def says(value: Any) -> str:
        columns = {name: np.array([value if name == flip["parameter"] else others[name]]) for name in others}
        return formulas.labels[choice][int(formulas(columns)[choice][0])]

    if row.type == "number":
        low, high = float(flip["before"]), float(flip["after"])
        while (middle := low + (high - low) / 2) not in (low, high):
            low, high = (middle, high) if says(middle) == flip["from"] else (low, middle)
        return high
    kind = "datetime64[D]" if row.type == "date" else "int64"
    first, last = (int(np.array(flip[end], dtype=kind).astype("int64")) for end in ("before", "after"))
    written = {place: str(np.array(place).astype(kind)) if row.type == "date" else place for place in (first, last)}
    while last - first > 1:
        middle = (first + last) // 2
        written[middle] = str(np.array(middle).astype(kind)) if row.type == "date" else middle
        first, last = (middle, last) if says(written[middle]) == flip["from"] else (first, middle)
    return written[last]


def write(output: Path, lines: Iterable[ParameterLine]) -> list[ScenarioRow]:
    """Write where words and verdicts turn as `flips.csv`; returns its rows."""
    import pandas as pd

    rows = [flip for line in lines for flip in line.flips]
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(output / "flips.csv", index=False)
    return rows
