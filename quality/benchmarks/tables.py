"""What was measured as others quote it: whole in `docs/measured.md`, in short in `README.md` and on the page *How we know*.

python -m quality.benchmarks.tables

writes all three from `quality/benchmarks/measured.json`; the run that measures does so by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quality.assurance.measures import ROOT, Measured, keep
from quality.assurance.tables import SPEED, spliced

WRITTEN = Path(__file__).with_name("measured.json")
IN_SHORT = ("build", "sweep", "page")  # the parts whose lines with a rival stand where readers are
COMMAND = "python -m quality.benchmarks.run"
HEAD = ("| what | against | measured | goal | |", "|---|---|---|---|---|")


def table(parts: Mapping[str, Any]) -> str:
    """What was measured as a table in Markdown, each part's machine above its lines."""
    lines = []
    for part in parts.values():
        lines += [
            f"Measured on {part['date']}: {part['machine']}.",
            "",
            *HEAD,
            *(_line(row) for row in part["rows"]),
            "",
        ]
    return "\n".join(lines)


def _line(row: Mapping[str, Any]) -> str:
    against = "" if row["against"] == "–" else row["against"]
    spread = f" ({row['range']})" if row.get("range") else ""
    return f"| {row['what']} | {against} | {_measured(row)}{spread} | {row['goal']} | {'met' if row['met'] else 'missed'} |"


def _measured(row: Mapping[str, Any]) -> str:
    if row["rival"] and row["ratio"] != row["ours"]:
        return f"{row['ratio']:.3g} ×"
    return f"{row['ours']:,.0f} {row['unit']}" if row["ours"] >= 1000 else f"{row['ours']:.3g} {row['unit']}"


def updated(text: str, parts: Mapping[str, Any]) -> str:
    """A text with its table as measured now."""
    return spliced(text, "measured", table(parts))


def in_short(parts: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The lines with a rival of the parts that readers are told of, each with the day of its run."""
    lines = ((part["date"], row) for name, part in parts.items() if name in IN_SHORT for row in part["rows"])
    return [(day, row) for day, row in lines if row["rival"]]


def in_readme(text: str, parts: Mapping[str, Any]) -> str:
    """The README with its table as measured now."""
    return spliced(text, "speed", "\n".join([*HEAD, *(_line(row) for _, row in in_short(parts)), ""]))


def measures(parts: Mapping[str, Any]) -> list[Measured]:
    """The same lines as measures: a share of what the rival needs, or how many times as fast, or as much."""
    found = []
    for place, (day, row) in enumerate(in_short(parts), start=1):
        unit = "fraction" if row["at_most"] and row["bound"] <= 1 else "ratio"
        meaning = f"{row['what'][0].upper()}{row['what'][1:]}, against {row['against']}"
        goal = {"at_most" if row["at_most"] else "at_least": row["bound"]}
        found.append(Measured(f"{SPEED}_{place}", meaning, row["ratio"], unit, day=day, **goal))
    return found


def publish(parts: Mapping[str, Any], root: Path = ROOT) -> None:
    """Have all that quote what was measured do so as measured now."""
    for path, rewritten in ((root / "docs" / "measured.md", updated), (root / "README.md", in_readme)):
        path.write_text(rewritten(path.read_text(encoding="utf-8"), parts), encoding="utf-8")
    keep(SPEED, measures(parts), COMMAND, root)


if __name__ == "__main__":
    publish(json.loads(WRITTEN.read_text(encoding="utf-8"))["parts"])
