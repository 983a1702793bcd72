"""What a long run measured, kept as rows of `data/measures.csv`; the page *How we know* prints nothing else."""

from __future__ import annotations

import csv
import dataclasses
import datetime
from collections.abc import Iterable
from pathlib import Path

from casefile.records import AT_LEAST, AT_MOST, Measure
from quality.assurance import tables

ROOT = Path(__file__).resolve().parents[2]
_COLUMNS = [column.name for column in dataclasses.fields(Measure)]


@dataclasses.dataclass(frozen=True)
class Measured:
    """One figure of a run, in a unit of `data/units.csv`, with its goal where it has one: at least, or at most."""

    id: str
    meaning: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    day: str = ""  # of the run; today's unless given

    @property
    def met(self) -> bool:
        """Whether the value keeps to its goal; true where there is none."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


def record(part: str, found: Iterable[Measured], root: Path = ROOT) -> None:
    """Replace the rows of one part by what its run found today, in one step; print them, and put them into `docs/measured.md`."""
    found = list(found)
    keep(part, found, f"python -m quality.assurance.{part}", root)
    if (root / "docs" / "measured.md").is_file():
        tables.update(root)
    for measured in found:
        print(f"{measured.meaning}: {measured.value:,.10g}{'' if measured.met else '  NOT MET'}", flush=True)


def keep(part: str, found: Iterable[Measured], command: str, root: Path = ROOT) -> None:
    """Replace the rows of one part, which `command` measures, in one step."""
    table = root / "data" / "measures.csv"
    with table.open(encoding="utf-8", newline="") as lines:
        kept = [row for row in csv.DictReader(lines) if row["part"] != part]
    rows = sorted([*kept, *(_row(part, measured, command) for measured in found)], key=lambda row: row["part"])
    beside = table.with_name(f".{table.name}.part")
    with beside.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    beside.replace(table)


def _row(part: str, measured: Measured, command: str) -> dict[str, str]:
    goal = measured.at_most if measured.at_least is None else measured.at_least
    return {
        "id": measured.id,
        "part": part,
        "meaning": measured.meaning,
        "value": f"{measured.value:.10g}",
        "unit": measured.unit,
        "bound": "" if goal is None else AT_MOST if measured.at_least is None else AT_LEAST,
        "goal": "" if goal is None else f"{goal:.10g}",
        "date": measured.day or datetime.datetime.now(datetime.UTC).date().isoformat(),
        "command": command,
    }
