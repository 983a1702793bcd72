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


def write(folder: Path) -> None:
    """Write `index.html` into the folder of a finished sweep, from what the folder holds: the same sweep, the same page.

    Two parameters give a map of each figure that moves and of each word or verdict that turns; one or more the lines of
    `chart.svg`, each parameter with every other near its default.
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
        lines=Markup(drawn.partition("?>")[2] if drawn.startswith("<?xml") else drawn),
        maps=[(title, Markup(drawing)) for title, drawing in _maps(folder, list(plan["vary"]), plan["scenarios"], fields)],
        files=sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet", ".json", ".svg")),
    )  # fmt: skip
    scratch.write(folder / PAGE, page)


def _maps(folder: Path, varied: list[str], scenarios: int, fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The title and drawing of each map: two parameters as its sides, what turns first."""
    if len(varied) != 2 or scenarios > MOST_CELLS:
        return
    table = pd.read_parquet(folder / TABLE)
    moving = [
        name for name in table.columns
        if name in fields and name not in ("scenario_number", "error", *varied) and ":" not in name and table[name].nunique() > 1
    ]  # fmt: skip
    moving.sort(key=lambda name: pd.api.types.is_numeric_dtype(table[name].dtype))  # words and verdicts first; stable
    for name in moving[:MOST_MAPS]:
        unit, worded = fields[name].get("unit"), name.replace("_", " ")
        title = f"{fields[name].get('description', worded)} ({unit})" if unit else worded
        yield title, pictures.svg(_map(table, varied, name, fields))


def _map(table: pd.DataFrame, varied: list[str], name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A map's specification: a cell a scenario, its colour the figure or the word."""
    rows = pd.DataFrame({"x": table[varied[0]], "y": table[varied[1]], "said": table[name]}).dropna()
    numeric = pd.api.types.is_numeric_dtype(rows["said"].dtype)
    scale = alt.Scale(scheme="viridis") if numeric else alt.Scale(range=list(chart.INKS))
    units = [fields[one].get("unit") for one in varied]
    titles = [f"{one} ({unit})" if unit else one for one, unit in zip(varied, units, strict=True)]
    sides = [alt.Axis(title=title, labelOverlap=True, labelAngle=0) for title in titles]
    drawn = (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=alt.X("x:O", axis=sides[0]),
            y=alt.Y("y:O", sort="descending", axis=sides[1]),
            color=alt.Color(
                "said:Q" if numeric else "said:N", scale=scale, legend=alt.Legend(title=None, labelLimit=_MOST)
            ),
        )
        .properties(width=_side(rows["x"]), height=_side(rows["y"]))
    )
    with alt.data_transformers.enable("default", max_rows=None):
        specification: dict[str, Any] = json.loads(drawn.to_json())
    return specification


def _side(values: Any) -> int:
    return int(min(max(values.nunique() * _CELL, _LEAST), _MOST))
