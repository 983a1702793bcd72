"""The table of what the long runs found, as `docs/measured.md` quotes it, and how a text quotes one."""

from __future__ import annotations

from pathlib import Path

from casefile import records
from casefile.figures import formats
from casefile.records import Records

SPEED = "speed"  # the part of the measures that `make bench` finds, with a table of its own


def spliced(text: str, name: str, table: str) -> str:
    """A text with another table between its marks `<!-- NAME -->` and `<!-- /NAME -->`."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n\n{table}{end}{after}"


def table(known: Records) -> str:
    """The measures as a table in Markdown, in the order of `data/measures.csv`, but for those of speed."""
    lines = ["| what | measured | goal | | on | by |", "|---|---|---|---|---|---|"]
    for row in known.measures.values():
        if row.part == SPEED:
            continue
        unit = known.units[row.unit]
        goal = "" if row.goal is None else f"{row.bound} {formats.printed(row.goal, unit)}"
        met = {True: "met", False: "missed", None: ""}[row.met]
        lines.append(
            f"| {row.meaning} | {formats.printed(row.value, unit)} | {goal} | {met} | {row.date} | `{row.command}` |"
        )
    return "\n".join([*lines, ""])


def updated(text: str, known: Records) -> str:
    """A text with its table as measured now."""
    return spliced(text, "measures", table(known))


def update(root: Path) -> None:
    """Put the measures as they stand into a project's `docs/measured.md`."""
    path = root / "docs" / "measured.md"
    path.write_text(updated(path.read_text(encoding="utf-8"), records.load(root)), encoding="utf-8")
