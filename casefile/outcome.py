"""What a sweep leaves to read: its table, the points at which words and verdicts turn, a chart of both."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from casefile import parameters, pictures
from casefile.grid import Grid, nearest_value
from casefile.numeric import Formulas
from casefile.records import Declaration
from casefile.scenario import NUMBER, PART, Row, column_name

MOST_CSV_ROWS = 1_000_000
_INKS = ("#0b5fa5", "#b3500b", "#1b7a4b", "#7a3d9a", "#6b5b00", "#a3174f")
_WIDTH = 560


# ----------------------------------------------------------------------------------------------------------- the table


def tables(output: Path, rows: Iterable[Row]) -> int:
    """Write the rows of a sweep of notebooks as Parquet and CSV. Returns how many of them failed."""
    import pandas as pd

    ordered = sorted(rows, key=lambda row: int(row[NUMBER]))
    whole = pd.DataFrame([{**row, "error": row["error"] or ""} for row in ordered])
    whole["error"] = whole.pop("error")
    whole.to_parquet(output / "scenarios.parquet", index=False)
    whole.to_csv(output / "scenarios.csv", index=False)
    return sum(1 for row in ordered if row["error"])


def csv_of_parts(output: Path, count: int) -> None:
    """Write the Parquet files of `count` scenarios as CSV too, where a reader could open it."""
    import pandas as pd

    if count <= MOST_CSV_ROWS:
        pd.read_parquet(output / "scenarios.parquet").to_csv(output / "scenarios.csv", index=False)


def table(output: Path, numbers: Sequence[int]) -> Any:
    """Some rows of a sweep's table, as a DataFrame, in the order of `numbers`."""
    import pandas as pd

    folder = output / "scenarios.parquet"
    if folder.is_file():
        found = pd.read_parquet(folder)
    else:
        wanted = sorted({number // PART for number in numbers})
        parts = [pd.read_parquet(folder / f"part-{number:05d}.parquet") for number in wanted]
        found = pd.concat([part[part[NUMBER].isin(numbers)] for part in parts])
    return found.set_index(NUMBER).loc[list(numbers)].reset_index()


def _columns(line: Any, scenarios: Grid, numeric: bool) -> Iterator[str]:
    """The columns of figures (`numeric`) or of words and verdicts in a table."""
    import pandas as pd

    for column in line.columns:
        varied = column in (NUMBER, "error", *scenarios.values)
        if not varied and pd.api.types.is_numeric_dtype(line[column].dtype) == numeric:
            yield str(column)


# ----------------------------------------------------------------------------------------------------- the flip points


def flips(
    output: Path, scenarios: Grid, declared: Mapping[str, Declaration], formulas: Formulas | None = None
) -> list[Row]:
    """Where a verdict or a word changes along one parameter, the others near their defaults; also as `flips.csv`.

    With formulas the point itself is found by bisection; without, the two scenarios it lies between.
    """
    import pandas as pd

    found = []
    for name in scenarios.values:
        if declared[name].type not in ("integer", "number"):
            continue
        line = table(output, scenarios.line(name, declared)).sort_values(name, kind="stable")
        others = scenarios.scenario(int(line[NUMBER].iloc[0]))
        for column in _columns(line, scenarios, numeric=False):
            words = line[[name, column]].dropna().astype({column: "object"})
            for (above, before), (below, after) in itertools.pairwise(words.itertuples(index=False, name=None)):
                if before != after:
                    flip: Row = {
                        "what": column, "parameter": name, "above": float(above), "below": float(below),
                        "from": before, "to": after, "at": None,
                    }  # fmt: skip
                    found.append({**flip, "at": _at(formulas, others, flip) if formulas else None})
    columns = ["what", "parameter", "above", "below", "from", "to", "at"]
    pd.DataFrame(found, columns=columns).to_csv(output / "flips.csv", index=False)
    return found


def _at(formulas: Formulas, others: Mapping[str, Any], flip: Row) -> float:
    choice = next(name for name in formulas.labels if column_name(name) == flip["what"])

    def word(value: float) -> str:
        columns = {name: np.array([value if name == flip["parameter"] else others[name]]) for name in others}
        return formulas.labels[choice][int(formulas(columns)[choice][0])]

    low, high = flip["above"], flip["below"]
    while (middle := low + (high - low) / 2) not in (low, high):
        if word(middle) == flip["from"]:
            low = middle
        else:
            high = middle
    return float(high)


# ----------------------------------------------------------------------------------------------------------- the chart


def draw(output: Path, scenarios: Grid, declared: Mapping[str, Declaration]) -> None:
    """Draw `chart.svg`: along each parameter, how far the figures move, and which words and verdicts turn."""
    import altair as alt

    drawn = []
    for name in scenarios.values:
        row, line = declared[name], table(output, scenarios.line(name, declared))
        numeric = row.type in ("integer", "number")
        title = f"{name} ({row.unit})" if row.unit else name
        x = alt.X("value:Q", title=title, scale=alt.Scale(zero=False)) if numeric else alt.X("value:N", title=title)
        moving = list(_moving(line, name, _columns(line, scenarios, numeric=True), parameters.default(row)))
        turning = list(_turning(line, name, _columns(line, scenarios, numeric=False)))
        if moving:
            drawn.append(_lines(moving, x))
        if turning:
            drawn.append(_words(turning, x))
    if drawn:
        with alt.data_transformers.enable("default", max_rows=None):
            whole = (
                alt.vconcat(*drawn)
                .resolve_scale(color="independent", shape="independent", strokeDash="independent")
                .to_dict()
            )
        (output / "chart.svg").write_text(pictures.svg(whole), encoding="utf-8")


def _moving(line: Any, name: str, columns: Iterable[str], default: parameters.Value) -> Iterator[Row]:
    """A row a value and line: figures that move, as shares of their value near the default; those that move alike as one."""
    alike: dict[tuple[float, ...], list[str]] = {}
    for column in columns:
        known = line[[name, column]].dropna()  # a scenario that failed has no value
        if known[column].nunique() > 1 and (base := known[column].iloc[nearest_value(tuple(known[name]), default)]):
            alike.setdefault(tuple(float(f"{share:.9g}") for share in line[column] / base), []).append(column)
    for shares, figures in alike.items():
        words = ", ".join(figure.replace("_", " ") for figure in figures[:3])
        label = words + (f" and {len(figures) - 3} more" if len(figures) > 3 else "")
        for value, share in zip(line[name], shares, strict=True):
            yield {"value": value, "share": share, "figures": label}


def _turning(line: Any, name: str, columns: Iterable[str]) -> Iterator[Row]:
    """A row a value and word: the words and verdicts that are not the same all along."""
    for column in columns:
        if line[column].nunique() > 1:
            for value, says in zip(line[name], line[column].astype("object"), strict=True):
                if isinstance(says, str):
                    yield {"value": value, "what": column.replace("_", " "), "says": says}


def _lines(rows: Sequence[Row], x: Any) -> Any:
    import altair as alt
    import pandas as pd

    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=_WIDTH)
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(point=len({row["value"] for row in rows}) < 60)
        .encode(
            x=x, y=alt.Y("share:Q", title="Times its value near the default"),
            color=alt.Color("figures:N", sort=None, legend=legend, scale=alt.Scale(range=list(_INKS))),
            strokeDash=alt.StrokeDash("figures:N", sort=None, legend=legend),
        )
        .properties(width=_WIDTH, height=240)
    )  # fmt: skip


def _words(rows: Sequence[Row], x: Any) -> Any:
    import altair as alt
    import pandas as pd

    legend = alt.Legend(title=None, orient="top")
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_point(filled=True, size=60)
        .encode(
            x=x, y=alt.Y("what:N", title=None),
            color=alt.Color("says:N", sort=None, legend=legend, scale=alt.Scale(range=list(_INKS))),
            shape=alt.Shape("says:N", sort=None, legend=legend),
        )
        .properties(width=_WIDTH)
    )  # fmt: skip
