"""What a graph holds: figures, choices of words, and tallies of choices."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from casefile.figures.formula import Formula

if TYPE_CHECKING:
    from casefile.figures.expressions import Compiled

Kind = Literal["source", "parameter", "formula", "computed"]
DRAWN = "5th to 95th percentile"  # what a range of draws is called


@dataclass(frozen=True)
class Figure:
    """One number: its value, its range, its unit, and where it comes from.

    `value` is in `unit`. `sources` are the ids of sources read directly by this figure (not through its inputs).
    `low_figure` and `high_figure` are the figures that are the ends of its range, where figures are.
    `chapter` names the chapter that publishes it; a figure with another chapter than the graph's was imported.
    """

    id: str
    kind: Kind
    unit: str
    meaning: str
    value: float | None
    low: float | None = None
    high: float | None = None
    band: str = ""
    low_figure: str = ""
    high_figure: str = ""
    digits: int | None = None
    formula: Formula | None = None
    inputs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    printed_form: str = ""
    locator: str = ""
    date: str = ""
    grade: str = ""
    note: str = ""
    record: str = ""
    function: str = ""
    rows: str = ""
    parameter: str = ""
    chapter: str = ""
    published: bool = False


@dataclass(frozen=True)
class Choice:
    """Words or verdicts chosen by conditions over figures: the first condition that holds decides.

    `options` pairs each label with its condition; the last condition is `true`.
    """

    id: str
    options: tuple[tuple[str, Formula], ...]
    inputs: tuple[str, ...]

    def chosen(self, values: Mapping[str, float]) -> str:
        """The label that the given values of the inputs decide on."""
        return self.options[self.position(values)][0]

    def position(self, values: Mapping[str, float]) -> int:
        """The place, in `options`, of the label that the given values decide on."""
        holding = (
            position
            for position, (names, holds) in enumerate(self._conditions)
            if bool(holds(*(values[name] for name in names)))
        )
        return next(holding)  # the last condition always holds

    @functools.cached_property
    def _conditions(self) -> list[tuple[tuple[str, ...], Compiled]]:
        from casefile.figures import expressions

        mentioned = [(expressions.names(condition.scaled), condition.scaled) for _, condition in self.options]
        return [(names, expressions.compiled(condition, names)) for names, condition in mentioned]


@dataclass(frozen=True)
class Tally:
    """What a figure counts: the choices among `words` that fall on `label`, and `more` that no figure decides."""

    label: str
    words: tuple[str, ...]
    more: int = 0
