"""A sweep's own page: what was varied, where words and verdicts turn, and charts; one file that opens from its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
from markupsafe import Markup

from casefile.figures import pictures
from casefile.site import markup
from casefile.sweep import chart, flips
from casefile.sweep.folder import MANIFEST, PLAN, TABLE
from casefile.system import document, scratch

PAGE = "index.html"
MOST_CELLS = 10_000  # of a map; a larger one shows nothing more
MOST_MAPS = 8
_MOST_LISTED = 200  # that the page lists; flips.csv has them all
_CELL, _LEAST, _MOST = 16, 160, 560  # pixels: a cell's side, a map's shortest and longest
_PANELS = 4  # of a map, along each of the third and the fourth parameter


def write(folder: Path) -> None:
    """Write `index.html` into the folder of a finished sweep, from what the folder holds: the same sweep, the same page.

    Two parameters give a map of each figure that moves and of each word or verdict that turns, a third and a fourth a panel
    of it for each of their values; one or more the lines of `chart.svg`, each parameter with every other near its default.
    """
    plan = document.read(folder / PLAN, PLAN, "a sweep")
    manifest = document.read(folder / MANIFEST, MANIFEST, "a sweep")
    described = document.read(folder / "datapackage.json", "datapackage.json", "a sweep")
    fields = {field["name"]: field for field in described["resources"][0]["schema"]["fields"]}
    turning = pd.read_csv(folder / "flips.csv", dtype=str, keep_default_na=False).to_dict("records")
    drawn = (folder / "chart.svg").read_text(encoding="utf-8") if (folder / "chart.svg").is_file() else ""
    page = markup.render(
        "sweep.html",
        chapter=plan["chapter"], scenarios=plan["scenarios"], reproduce=manifest["reproduce"],
        varied=[(fields[name], values if isinstance(values, str) else ", ".join(map(str, values))) for name, values in plan["vary"].items()],
        turning=turning[:_MOST_LISTED], more=len(turning) - _MOST_LISTED, columns=list(flips.COLUMNS),
        lines=Markup(drawn),
        maps=[(title, Markup(drawing)) for title, drawing in _maps(folder, list(plan["vary"]), plan["scenarios"], fields)],
        files=sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet", ".json", ".svg")),
    )  # fmt: skip
    scratch.write(folder / PAGE, page)


def _maps(folder: Path, varied: list[str], scenarios: int, fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The title and drawing of each map: two parameters as its sides, others as its panels, what turns first."""
    if len(varied) < 2 or scenarios > MOST_CELLS:
        return
    table, sides, panels, held = _arranged(pd.read_parquet(folder / TABLE), varied)
    moving = [
        name for name in table.columns
        if name in fields and name not in ("scenario_number", "error", *varied) and ":" not in name and table[name].nunique() > 1
    ]  # fmt: skip
    moving.sort(key=lambda name: pd.api.types.is_numeric_dtype(table[name].dtype))  # words and verdicts first; stable
    for name in moving[:MOST_MAPS]:
        unit, worded = fields[name].get("unit"), name.replace("_", " ")
        title = f"{fields[name].get('description', worded)} ({unit})" if unit else worded
        yield ", ".join([title, *held]), pictures.svg(_map(table, sides, panels, name, fields))


def _arranged(table: pd.DataFrame, varied: list[str]) -> tuple[pd.DataFrame, list[str], list[str], list[str]]:
    """The scenarios that maps show, the parameters along their sides and across their panels, and in words what is held.

    The two of most values are the sides. Of the next two some values are shown, evenly chosen; any other stands at its middle one.
    """
    longest = sorted(varied, key=lambda name: -table[name].nunique())[:2]
    others, held = [name for name in varied if name not in longest], []
    for place, name in enumerate(others):
        values = sorted(table[name].dropna().unique())
        if place >= 2:
            values = values[len(values) // 2 :][:1]
            held.append(f"with {name} at {values[0]}")
        elif len(values) > _PANELS:
            values = [values[at * (len(values) - 1) // (_PANELS - 1)] for at in range(_PANELS)]
        table = table[table[name].isin(values)]
    return table, [name for name in varied if name in longest], others[:2], held


def _map(table: pd.DataFrame, sides: list[str], panels: list[str], name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A map's specification: a cell a scenario, its colour the figure or the word; a panel for each value of `panels`."""
    places = dict(zip(("x", "y", "across", "down"), [*sides, *panels], strict=False))
    rows = pd.DataFrame({**{place: table[one] for place, one in places.items()}, "said": table[name]}).dropna()
    numeric = pd.api.types.is_numeric_dtype(rows["said"].dtype)
    scale = alt.Scale(scheme="viridis") if numeric else alt.Scale(range=list(chart.INKS))
    titles = {
        place: f"{one} ({fields[one]['unit']})" if fields[one].get("unit") else one for place, one in places.items()
    }
    axes = {place: alt.Axis(title=titles[place], labelOverlap=True, labelAngle=0) for place in ("x", "y")}
    facets = {
        kind: channel(f"{place}:O", title=titles[place])
        for place, kind, channel in (("across", "column", alt.Column), ("down", "row", alt.Row))
        if place in places
    }
    drawn = (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=alt.X("x:O", axis=axes["x"]),
            y=alt.Y("y:O", sort="descending", axis=axes["y"]),
            color=alt.Color(
                "said:Q" if numeric else "said:N", scale=scale, legend=alt.Legend(title=None, labelLimit=_MOST)
            ),
            **facets,
        )
        .properties(width=_side(rows["x"], bool(panels)), height=_side(rows["y"], bool(panels)))
    )
    with alt.data_transformers.enable("default", max_rows=None):
        specification: dict[str, Any] = json.loads(drawn.to_json())
    return specification


def _side(values: Any, of_panel: bool) -> int:
    return int(min(max(values.nunique() * _CELL, _LEAST), _LEAST if of_panel else _MOST))
