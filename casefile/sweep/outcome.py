"""What a sweep leaves to read: its table, the points at which words and verdicts turn, a chart of both."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from casefile.figures import pictures
from casefile.figures.graph import Graph
from casefile.notebook import results
from casefile.records import Declaration, Records
from casefile.sweep import folder, scenario
from casefile.sweep.grid import EvenlySpaced, Grid, nearest_value
from casefile.sweep.numeric import BLOCK, Formulas
from casefile.sweep.scenario import NUMBER, Row, column_name

MOST_CSV_ROWS = 1_000_000
MOST_FLIPS = 200  # of one word along one parameter; who wants more asks the table
_STRETCHES = 100  # of a line that is drawn: each keeps its ends, and what is highest and lowest in it
_MOST_KEPT = 20_000  # rows that are kept of a line, before they are thinned again
_INKS = ("#0b5fa5", "#b3500b", "#1b7a4b", "#7a3d9a", "#6b5b00", "#a3174f")
_WIDTH = 560

Read = Callable[[range], Any]  # the rows of some scenarios, by number and in their order, as a DataFrame


# ----------------------------------------------------------------------------------------------------------- the table


def tables(output: Path, rows: Iterable[Row]) -> Read:
    """Write the rows of a sweep of notebooks as Parquet and CSV; returns what reads them."""
    import pandas as pd
    import pyarrow as pa

    whole = pd.DataFrame(
        [{**row, "error": row["error"] or ""} for row in sorted(rows, key=lambda row: int(row[NUMBER]))]
    )
    whole["error"] = whole.pop("error")
    whole.to_parquet(output / folder.TABLE, index=False)
    table = pa.Table.from_pandas(whole, preserve_index=False)
    _csv(output, table.schema, [table])
    return lambda numbers: whole.iloc[numbers.start : numbers.stop : numbers.step]


def csv_of_parts(output: Path, count: int) -> None:
    """Write the Parquet files of `count` scenarios as CSV too, where a reader could open it."""
    import pyarrow.parquet as pq

    if count <= MOST_CSV_ROWS:
        parts = [pq.ParquetFile(path) for path in sorted((output / folder.TABLE).glob("*.parquet"))]
        _csv(output, parts[0].schema_arrow, itertools.chain.from_iterable(part.iter_batches(BLOCK) for part in parts))


def _csv(output: Path, schema: Any, tables: Iterable[Any]) -> None:
    """Write tables, one after the other, as one CSV: words in quotation marks, numbers by their shortest digits."""
    from pyarrow import csv

    with csv.CSVWriter(str(output / "scenarios.csv"), schema) as writer:
        for table in tables:
            writer.write(table)


def by_formula(formulas: Formulas, scenarios: Grid) -> Read:
    """What gives the rows of a large table by working them out again, which is faster than reading them."""
    import pyarrow as pa

    return lambda numbers: pa.table(scenario.rows(formulas, scenarios, numbers)).to_pandas()


# ------------------------------------------------------------------------------------------------- along one parameter


@dataclass(frozen=True)
class Line:
    """The scenarios along one parameter, every other near its default.

    `flips` are where words and verdicts turn; `table` holds the rows that a chart shows, in the parameter's order.
    """

    name: str
    row: Declaration
    figures: tuple[str, ...]
    words: tuple[str, ...]
    flips: tuple[Row, ...]
    table: Any

    def told(self) -> list[str]:
        """Its flips in words: at a point, between two values, with a choice."""
        return [f"{flip['what']}: {flip['from']} becomes {flip['to']} {self._where(flip)}" for flip in self.flips]

    def _where(self, flip: Row) -> str:
        before, after, at = (
            f"{flip[key]:g}" if isinstance(flip[key], float) else flip[key] for key in ("before", "after", "at")
        )
        if _is_choice(self.row):
            return f"with {self.name}={at}"
        return f"between {before} and {after} of {self.name}" if at is None else f"at {at} of {self.name}"


def _is_choice(row: Declaration) -> bool:
    """Whether nothing lies between two values of a parameter."""
    return row.type in ("string", "boolean") or bool(row.choices)


def lines(
    scenarios: Grid, declared: Mapping[str, Declaration], read: Read, formulas: Formulas | None = None
) -> list[Line]:
    """What a sweep says along each of its parameters; of a long line a part at a time, so that memory stays flat.

    Along numbers and dates a flip lies between two neighbours, or, with formulas, at the point that bisection finds;
    along choices it is any that differs from the one nearest to the default.
    """
    return [
        _line(name, scenarios, declared[name], scenarios.line(name, declared), read, formulas)
        for name in scenarios.values
    ]


def _line(
    name: str, scenarios: Grid, row: Declaration, numbers: range, read: Read, formulas: Formulas | None
) -> Line:  # fmt: skip
    import pandas as pd

    values = scenarios.values[name]
    near = numbers[nearest_value(values, row)]
    figures, words = (tuple(_columns(read(numbers[:BLOCK]), scenarios, numeric)) for numeric in (True, False))
    flips: list[Row] = []
    if _is_choice(row):
        table = read(numbers)
        flips = list(_departures(name, table, words, near))
    elif isinstance(values, EvenlySpaced):
        kept: list[Any] = []
        for place in range(0, len(numbers), BLOCK):
            piece = read(numbers[max(place - 1, 0) : place + BLOCK])  # with its neighbour before it
            flips = _first([*flips, *_turns(name, piece, words)], words)
            kept.append(_thinned(piece, numbers, near, figures, words))
            if sum(map(len, kept)) > _MOST_KEPT:
                kept = [_thinned(pd.concat(kept), numbers, near, figures, words)]
        table = pd.concat(kept).drop_duplicates(NUMBER)
    else:
        table = read(numbers).sort_values(name, kind="stable")
        flips = list(_turns(name, table, words))
    if formulas is not None:
        others = scenarios.scenario(near)
        flips = [{**flip, "at": _at(formulas, others, row, flip)} if flip["at"] is None else flip for flip in flips]
    return Line(name, row, figures, words, tuple(_first(flips, words)), table)


def _first(flips: Sequence[Row], words: Iterable[str]) -> list[Row]:
    """The first flips of each word, as many as are told."""
    return [flip for word in words for flip in [flip for flip in flips if flip["what"] == word][:MOST_FLIPS]]


def _columns(table: Any, scenarios: Grid, numeric: bool) -> Iterator[str]:
    """The columns of figures (`numeric`), without the ends of their ranges, or of words and verdicts in a table."""
    import pandas as pd

    for column in table.columns:
        varied = column in (NUMBER, "error", *scenarios.values) or ":" in column
        if not varied and pd.api.types.is_numeric_dtype(table[column].dtype) == numeric:
            yield str(column)


def _turns(name: str, table: Any, words: Iterable[str]) -> Iterator[Row]:
    """Where a word or verdict changes between two neighbours in a table along numbers or dates."""
    for column in words:
        standing = table[[name, column]].dropna()  # a scenario that failed has no word
        values, said = standing[name].to_numpy(), standing[column].astype("object").to_numpy()
        for place in np.flatnonzero(said[1:] != said[:-1])[:MOST_FLIPS].tolist():
            yield _flip(name, column, values[place : place + 2].tolist(), said[place : place + 2])


def _departures(name: str, table: Any, words: Iterable[str], near: int) -> Iterator[Row]:
    """Which choices give another word or verdict than the one nearest to the default, or than the first that stands."""
    for column in words:
        standing = table[[NUMBER, name, column]].dropna().astype({column: "object"})
        if len(standing):
            places = [*np.flatnonzero(standing[NUMBER] == near), 0]
            base = standing.iloc[places[0]]
            for value, says in zip(standing[name], standing[column], strict=True):
                if says != base[column]:
                    yield {**_flip(name, column, [base[name], value], [base[column], says]), "at": value}


def _flip(name: str, column: str, values: Sequence[Any], said: Sequence[Any]) -> Row:
    return {
        "what": column, "parameter": name, "before": values[0], "after": values[1], "from": said[0], "to": said[1],
        "at": None,
    }  # fmt: skip


def _thinned(table: Any, numbers: range, near: int, figures: Iterable[str], words: Iterable[str]) -> Any:
    """The rows that a chart of the line needs: of each stretch its ends and its extremes, and both sides of each flip."""
    places = (table[NUMBER].to_numpy() - numbers.start) // numbers.step
    stretch = places * _STRETCHES // len(numbers)
    bounds = [0, *(np.flatnonzero(np.diff(stretch)) + 1).tolist(), len(table)]
    keep = {*bounds[:-1], *(bound - 1 for bound in bounds[1:]), *np.flatnonzero(table[NUMBER] == near).tolist()}
    for column in figures:
        values = table[column].to_numpy(dtype=np.float64)
        for start, stop in itertools.pairwise(bounds):
            low, high = (
                np.where(np.isnan(values[start:stop]), empty, values[start:stop]) for empty in (np.inf, -np.inf)
            )
            keep |= {start + int(np.argmin(low)), start + int(np.argmax(high))}
    for column in words:
        said = table[column].astype("object").to_numpy()
        turning = np.flatnonzero(said[1:] != said[:-1])[:MOST_FLIPS].tolist()
        keep |= {*turning, *(place + 1 for place in turning)}
    return table.iloc[sorted(keep)]


def _at(formulas: Formulas, others: Mapping[str, Any], row: Declaration, flip: Row) -> Any:
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


def write_flips(output: Path, found: Iterable[Line]) -> list[Row]:
    """Write where words and verdicts turn as `flips.csv`; returns its rows."""
    import pandas as pd

    rows = [flip for line in found for flip in line.flips]
    pd.DataFrame(rows, columns=list(_FLIPS)).to_csv(output / "flips.csv", index=False)
    return rows


# ------------------------------------------------------------------------------------------------- what the columns are

_FIXED = {
    NUMBER: "Number of the scenario, from 0; the last parameter varies fastest",
    "error": "What stopped the scenario; empty where nothing did",
}
_FLIPS = {
    "what": "Column of the word or verdict that turns",
    "parameter": "Parameter along which it turns, every other as near to its default as the sweep has it",
    "before": "Last value that gives the old word; of choices, the one nearest to the default",
    "after": "First value that gives the new one",
    "from": "Old word or verdict",
    "to": "New one",
    "at": "The very point, where formulas alone say it; of choices, the value that gives the new word",
}


def describe(
    output: Path,
    chapter: str,
    scenarios: Grid,
    declared: Mapping[str, Declaration],
    graph: Graph | None,
    known: Records,
) -> None:
    """Write `datapackage.json`, which says of each column what it means and in which unit it is.

    `graph` holds the chapter's figures; without it, they are named and no more.
    """
    import pyarrow.parquet as pq

    table = output / folder.TABLE
    parts = sorted(table.glob("*.parquet")) if table.is_dir() else [table]

    def field(column: Any) -> dict[str, Any]:
        name, _, end = str(column.name).partition(":")
        row, claim = (
            declared.get(name) if name in scenarios.values else None,
            known.claims.get(name.removeprefix("verdict_")),
        )
        described = {"name": column.name, "type": row.type if row else _kind(column.type)}
        if row:
            return {**described, "description": row.meaning, "unit": row.unit}
        if graph is not None and name in graph:
            figure = graph[name]
            meaning = f"{figure.meaning}: {end} end, {figure.band or 'range'}" if end else figure.meaning
            return {**described, "description": meaning, "unit": figure.unit}
        if name.startswith("verdict_") and claim:
            return {**described, "description": f"Verdict on the claim: {claim.claim}"}
        return {**described, "description": _FIXED.get(name, "Word of the chapter's prose")}

    fields = [field(column) for column in pq.read_schema(parts[0])]
    written: dict[str, Any] = {"path": "scenarios.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    if not (output / "scenarios.csv").is_file():
        paths = [path.relative_to(output).as_posix() for path in parts]
        written = {"path": paths if len(paths) > 1 else paths[0], "format": "parquet"}
    package = {
        "name": f"sweep-of-{chapter}".lower(),
        "resources": [
            {"name": "scenarios", **written, "schema": {"fields": fields, "primaryKey": NUMBER}},
            {"name": "flips", "path": "flips.csv", "schema": {
                "fields": [{"name": name, "type": "any", "description": said} for name, said in _FLIPS.items()],
            }},
        ],
    }  # fmt: skip
    (output / "datapackage.json").write_text(results.dumps(package, indent=1), encoding="utf-8")


def _kind(type: Any) -> str:
    import pyarrow as pa

    if pa.types.is_boolean(type):
        return "boolean"
    if pa.types.is_integer(type):
        return "integer"
    return "number" if pa.types.is_floating(type) else "string"


# ----------------------------------------------------------------------------------------------------------- the chart


def draw(output: Path, found: Iterable[Line]) -> None:
    """Draw `chart.svg`: along each parameter, how far the figures move, and which words and verdicts turn."""
    import altair as alt

    drawn = []
    for line in found:
        title = f"{line.name} ({line.row.unit})" if line.row.unit else line.name
        if line.row.type == "date":
            x = alt.X("value:T", title=line.name, scale=alt.Scale(type="utc"))
        elif not _is_choice(line.row):
            x = alt.X("value:Q", title=title, scale=alt.Scale(zero=False))
        else:
            x = alt.X("value:N", title=title, sort=None)
        moving, turning = list(_moving(line)), list(_turning(line))
        if moving:
            drawn.append(_lines(moving, x, not _is_choice(line.row)))
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


def _moving(line: Line) -> Iterator[Row]:
    """A row a value and line: figures that move, as shares of their value near the default; those that move alike as one."""
    alike: dict[tuple[float, ...], list[str]] = {}
    name, table = line.name, line.table
    for column in line.figures:
        standing = table[[name, column]].dropna()  # a scenario that failed has no value
        if standing[column].nunique() > 1 and (
            base := standing[column].iloc[nearest_value(tuple(standing[name]), line.row)]
        ):
            alike.setdefault(tuple(float(f"{share:.9g}") for share in table[column] / base), []).append(column)
    for shares, figures in alike.items():
        words = ", ".join(figure.replace("_", " ") for figure in figures[:3])
        label = words + (f" and {len(figures) - 3} more" if len(figures) > 3 else "")
        for value, share in zip(table[name], shares, strict=True):
            yield {"value": value, "share": share, "figures": label}


def _turning(line: Line) -> Iterator[Row]:
    """A row a value and word: the words and verdicts that are not the same all along."""
    for column in line.words:
        if line.table[column].nunique() > 1:
            for value, says in zip(line.table[line.name], line.table[column].astype("object"), strict=True):
                if isinstance(says, str):
                    yield {"value": value, "what": column.replace("_", " "), "says": says}


def _lines(rows: Sequence[Row], x: Any, joined: bool) -> Any:
    import altair as alt
    import pandas as pd

    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=_WIDTH)
    chart = alt.Chart(pd.DataFrame(rows)).encode(
        x=x, y=alt.Y("share:Q", title="Times its value near the default"),
        color=alt.Color("figures:N", sort=None, legend=legend, scale=alt.Scale(range=list(_INKS))),
    )  # fmt: skip
    if joined:
        dash = alt.StrokeDash("figures:N", sort=None, legend=legend)
        drawn = chart.mark_line(point=len({row["value"] for row in rows}) < 60).encode(strokeDash=dash)
    else:  # nothing lies between two choices
        drawn = chart.mark_point(filled=True, size=60).encode(shape=alt.Shape("figures:N", sort=None, legend=legend))
    return drawn.properties(width=_WIDTH, height=240)


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
