"""What moves a figure, and by how much: one parameter at a time (a tornado), and all at once (Sobol's indices).

The tornado runs the notebooks at both ends of each range and with each choice, so any figure has one. The indices are worked
out from the figure's formula: Sobol 2001, first order and total, by SciPy's estimator (Saltelli et al. 2010).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casefile.errors import BadInput
from casefile.execution.run import RunFailed
from casefile.figures import distributions
from casefile.figures.distributions import Distribution
from casefile.figures.graph import Graph
from casefile.notebook import drawing, parameters
from casefile.notebook.results import Results
from casefile.records import Declaration, Overrides, Records

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

INDICES = ("parameter", "first", "total", "low", "high", "unit", "meaning")
TORNADO = (
    "parameter", "lowest", "lowest_text", "lowest_with", "highest", "highest_text", "highest_with", "width", "meaning",
)  # fmt: skip
POINTS = 1 << 14  # of Sobol's sequence
_SCIPY = "Sobol's indices need SciPy, which the lock of the tests holds: pip install --require-hashes -r quality/requirements-test.txt"

Moved = tuple[str, str, parameters.Value]  # the home of a parameter, its name, a value of it
_Run = Callable[[Moved | None], Results]


@dataclass(frozen=True)
class Sensitivity:
    """What moves a figure: its value as it stands, the tornado and Sobol's indices, each a row a parameter, the widest first.

    `untold` says why there are no indices, where there are none.
    """

    figure: str
    text: str
    value: float
    unit: str
    meaning: str
    tornado: pd.DataFrame
    indices: pd.DataFrame
    untold: str = ""

    @property
    def chart(self) -> alt.LayerChart:
        """The tornado as an Altair chart."""
        import altair as alt

        rows = self.tornado.reset_index()
        order = list(rows["parameter"])
        y = alt.Y("parameter:N", title=None, sort=order, axis=alt.Axis(labelLimit=240))
        scale = alt.Scale(zero=False)
        bars = (
            alt.Chart(rows)
            .mark_bar(color="#0b5fa5")
            .encode(x=alt.X("lowest:Q", title=f"{self.figure} ({self.unit})", scale=scale), x2="highest:Q", y=y)
        )
        line = alt.Chart(rows.head(1).assign(value=self.value)).mark_rule(strokeDash=[4, 3]).encode(x="value:Q")
        drawn: alt.LayerChart = (bars + line).properties(
            width=420, height=alt.Step(24), title=f"{self.meaning}: {self.text}"
        )
        return drawn


def sensitivity_of(
    figure: str,
    declared: Mapping[str, Declaration],
    overrides: Overrides,
    records: Records,
    run: _Run,
) -> Sensitivity:
    """What moves a published figure. `declared` are the parameters that may, by CHAPTER.NAME; `run` runs its chapter with one moved.

    Raises BadInput where no parameter with a range or choices moves it.
    """
    baseline = run(None)
    node = baseline.graph[figure]
    value = baseline.graph.value(figure)
    tornado = _tornado(figure, value, declared, overrides, run)
    drawn = _assumptions(baseline, records, overrides)
    names = tuple(sorted(set(drawn) & set(baseline.graph.leaves(figure))))
    if tornado.empty and not names:
        raise BadInput(
            f"{figure}: no parameter with a range or choices moves it; expected a range, as -p CHAPTER.NAME=LO:MODE:HI"
        )
    untold = _untold(baseline, figure, {name: drawn[name] for name in names})
    indices = _indices(baseline, figure, {} if untold else {name: drawn[name] for name in names})
    return Sensitivity(figure, baseline.graph.printed(figure), value, node.unit, node.meaning, tornado, indices, untold)


def _tornado(
    figure: str,
    value: float,
    declared: Mapping[str, Declaration],
    overrides: Overrides,
    run: _Run,
) -> pd.DataFrame:
    import pandas as pd

    moves = [
        (name, (row.chapter, row.name, to)) for name, row in declared.items() for to in _candidates(row, overrides)
    ]

    def outcome(move: tuple[str, Moved]) -> tuple[str, Any, float, str] | None:
        try:
            graph = run(move[1]).graph
        except (BadInput, RunFailed):  # a choice that the chapter cannot be run with
            return None
        return (move[0], move[1][2], graph.value(figure), graph.printed(figure)) if figure in graph else None

    with ThreadPoolExecutor(2) as pool:
        outcomes = [left for left in pool.map(outcome, moves) if left is not None and not np.isnan(left[2])]
    rows = []
    for name, row in declared.items():
        ends = sorted(
            ((at, text, parameters.in_print(to)) for of, to, at, text in outcomes if of == name), key=lambda end: end[0]
        )
        if ends and not all(end[0] == value for end in ends):
            low, high = ends[0], ends[-1]
            rows.append((name, *low, *high, high[0] - low[0], row.meaning))
    table = pd.DataFrame(rows, columns=list(TORNADO)).sort_values(["width", "parameter"], ascending=[False, True])
    return table.set_index("parameter")


def _candidates(row: Declaration, overrides: Overrides) -> Iterable[parameters.Value]:
    """The values that a parameter is tried at: the ends of its range, all its choices, none where it was set to one value."""
    value_set = overrides.get(row.chapter, {}).get(row.name)
    asked = drawing.distribution_drawn(row, value_set)
    if value_set is not None and asked is None:
        return ()
    if row.type in ("integer", "number"):
        low, high = (asked.low, asked.high) if asked else (row.low, row.high)
        if low is None or high is None:
            return ()
        ends = (
            max(low, row.minimum) if isinstance(row.minimum, int | float) else low,
            min(high, row.maximum) if isinstance(row.maximum, int | float) else high,
        )
        default = parameters.default(row)
        return [
            parameters.validate(row, round(end) if row.type == "integer" else end)
            for end in (*ends, asked.mode if asked else float(default))
        ]
    if row.type == "boolean":
        return (True, False)
    return row.choices


def _assumptions(baseline: Results, records: Records, overrides: Overrides) -> dict[str, Distribution]:
    """What each parameter of a chapter that has a range is drawn from, by figure."""
    drawn: dict[str, Distribution] = {}
    for name, figure in baseline.graph.figures.items():
        if (
            figure.kind == "parameter"
            and figure.low is not None
            and figure.high is not None
            and figure.value is not None
        ):
            row = records.declarations[figure.chapter, figure.parameter]
            asked = drawing.distribution_drawn(row, overrides.get(row.chapter, {}).get(row.name))
            drawn[name] = asked or distributions.triangular(figure.low, figure.value, figure.high)
    return drawn


def _untold(baseline: Results, figure: str, drawn: Mapping[str, Distribution]) -> str:
    """Why a figure has no indices; empty where it has."""
    if baseline.graph[figure].formula is None:
        return f"{figure} is worked out by {baseline.graph[figure].function or 'no formula'}, so it has a tornado and no indices"
    if not drawn:
        return f"no parameter with a range stands in the formula of {figure}, so it has no indices"
    if any(distribution.ranks for distribution in drawn.values()):
        return "Sobol's indices are for parameters that are drawn independently, and these correlate"
    return "" if importlib.util.find_spec("scipy") else _SCIPY


class _Quantiles:
    """A distribution as SciPy takes one."""

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution

    def ppf(self, shares: distributions.Draws) -> distributions.Draws:
        return self._distribution.quantile(np.ravel(shares)).reshape(np.shape(shares))


def _indices(baseline: Results, figure: str, drawn: Mapping[str, Distribution]) -> pd.DataFrame:
    import pandas as pd

    graph = baseline.graph
    rows = [
        (f"{node.chapter}.{node.parameter}", first, total, node.low, node.high, node.unit, node.meaning)
        for node, (first, total) in zip(map(graph.__getitem__, drawn), _shares(graph, figure, drawn), strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(INDICES)).sort_values(["total", "parameter"], ascending=[False, True])
    return table.set_index("parameter")


def _shares(graph: Graph, figure: str, drawn: Mapping[str, Distribution]) -> list[tuple[float, float]]:
    """The first-order and total index of each parameter that is drawn; one alone explains all."""
    if len(drawn) < 2:
        return [(1.0, 1.0)] * len(drawn)
    from scipy.stats import sobol_indices

    compiled = graph.compile(figure, tuple(drawn))
    quantiles: list[Any] = [*map(_Quantiles, drawn.values())]
    indices = sobol_indices(
        func=lambda columns: np.broadcast_to(compiled(*columns), columns.shape[1:])[None, :].copy(), n=POINTS,
        dists=quantiles, rng=np.random.default_rng(2024),
    )  # fmt: skip
    return [*zip(np.ravel(indices.first_order).tolist(), np.ravel(indices.total_order).tolist(), strict=True)]
