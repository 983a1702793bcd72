"""The chart of a sweep: how far figures move along each parameter, and where words and verdicts turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from casefile.figures import pictures
from casefile.sweep.flips import ParameterLine, is_choice
from casefile.sweep.grid import nearest_value
from casefile.sweep.scenario import ScenarioRow

INKS = ("#0b5fa5", "#b3500b", "#1b7a4b", "#7a3d9a", "#6b5b00", "#a3174f")
_WIDTH = 560


def draw(output: Path, lines: Iterable[ParameterLine]) -> None:
    """Draw `chart.svg`: along each parameter, how far the figures move, and which words and verdicts turn."""
    import altair as alt

    drawn = []
    for line in lines:
        title = f"{line.name} ({line.row.unit})" if line.row.unit else line.name
        if line.row.type == "date":
            x = alt.X("value:T", title=line.name, scale=alt.Scale(type="utc"))
        elif not is_choice(line.row):
            x = alt.X("value:Q", title=title, scale=alt.Scale(zero=False))
        else:
            x = alt.X("value:N", title=title, sort=None)
        moving, turning = list(_moving(line)), list(_turning(line))
        if moving:
            drawn.append(_lines(moving, x, not is_choice(line.row)))
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


def _moving(line: ParameterLine) -> Iterator[ScenarioRow]:
    """A row a value and line: figures that move, as shares of their value near the default; those that move alike as one."""
    alike: dict[tuple[float, ...], list[str]] = {}
    name, table = line.name, line.table
    for column in line.figures:
        numbers = table[[name, column]].dropna()  # a scenario that failed has no value
        if numbers[column].nunique() > 1 and (
            base := numbers[column].iloc[nearest_value(tuple(numbers[name]), line.row)]
        ):
            alike.setdefault(tuple(float(f"{share:.9g}") for share in table[column] / base), []).append(column)
    for shares, figures in alike.items():
        words = ", ".join(figure.replace("_", " ") for figure in figures[:3])
        label = words + (f" and {len(figures) - 3} more" if len(figures) > 3 else "")
        for value, share in zip(table[name], shares, strict=True):
            yield {"value": value, "share": share, "figures": label}


def _turning(line: ParameterLine) -> Iterator[ScenarioRow]:
    """A row a value and word: the words and verdicts that are not the same all along."""
    for column in line.words:
        if line.table[column].nunique() > 1:
            for value, says in zip(line.table[line.name], line.table[column].astype("object"), strict=True):
                if isinstance(says, str):
                    yield {"value": value, "what": column.replace("_", " "), "says": says}


def _lines(rows: Sequence[ScenarioRow], x: Any, joined: bool) -> Any:
    import altair as alt
    import pandas as pd

    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=_WIDTH)
    chart = alt.Chart(pd.DataFrame(rows)).encode(
        x=x, y=alt.Y("share:Q", title="Times its value near the default"),
        color=alt.Color("figures:N", sort=None, legend=legend, scale=alt.Scale(range=list(INKS))),
    )  # fmt: skip
    if joined:
        dash = alt.StrokeDash("figures:N", sort=None, legend=legend)
        drawn = chart.mark_line(point=len({row["value"] for row in rows}) < 60).encode(strokeDash=dash)
    else:  # nothing lies between two choices
        drawn = chart.mark_point(filled=True, size=60).encode(shape=alt.Shape("figures:N", sort=None, legend=legend))
    return drawn.properties(width=_WIDTH, height=240)


def _words(rows: Sequence[ScenarioRow], x: Any) -> Any:
    import altair as alt
    import pandas as pd

    legend = alt.Legend(title=None, orient="top")
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_point(filled=True, size=60)
        .encode(
            x=x, y=alt.Y("what:N", title=None),
            color=alt.Color("says:N", sort=None, legend=legend, scale=alt.Scale(range=list(INKS))),
            shape=alt.Shape("says:N", sort=None, legend=legend),
        )
        .properties(width=_WIDTH)
    )  # fmt: skip
