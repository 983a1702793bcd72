"""The table of what was measured, as `docs/measured.md` quotes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def table(parts: Mapping[str, Any]) -> str:
    """What was measured as a table in Markdown, each part's machine above its lines."""
    lines = []
    for part in parts.values():
        lines += [
            f"Measured on {part['date']}: {part['machine']}.",
            "",
            "| what | against | measured | goal | |",
            "|---|---|---|---|---|",
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


def spliced(text: str, name: str, table: str) -> str:
    """A text with another table between its marks `<!-- NAME -->` and `<!-- /NAME -->`."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n\n{table}{end}{after}"


def updated(text: str, parts: Mapping[str, Any]) -> str:
    """A text with its table as measured now."""
    return spliced(text, "measured", table(parts))


def update(path: Path, parts: Mapping[str, Any]) -> None:
    """Put the table as measured now into a text."""
    path.write_text(updated(path.read_text(encoding="utf-8"), parts), encoding="utf-8")
