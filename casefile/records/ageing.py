"""What has grown old: facts by their day, and series of which a newer file has rows that they lack."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import BadInput, nearest, shown
from casefile.records import tables
from casefile.records.columns import A_DATE, NUMBER, is_date
from casefile.records.dating import last_day
from casefile.records.rows import Event, Fact
from casefile.records.tables import Records
from casefile.system import document

_MOST_NAMED = 5


def by_age(records: Records) -> list[Fact | Event]:
    """The dated facts and events, the oldest first; a month or a year counts by its end."""
    facts: list[Fact | Event] = [*records.figures.values(), *records.events.values()]
    return sorted((fact for fact in facts if fact.date), key=lambda fact: (last_day(fact.date), fact.id))


@dataclass(frozen=True)
class Newer:
    """What a file has that a series lacks: its last day, the days after it, and the keys of rows that say otherwise."""

    last: str
    later: Sequence[str]
    differing: Sequence[str]

    def told(self, name: str, file: Path) -> str:
        """The same in one line."""
        days = " to ".join(dict.fromkeys((self.later[0], self.later[-1]))) if self.later else ""
        rows = f"{len(self.later):,} row{'' if len(self.later) == 1 else 's'} after it, {days}"
        line = f"{name} ends on {self.last}; {file} has {rows if self.later else 'no row after it'}"
        if not self.differing:
            return line
        more = f" and {len(self.differing) - _MOST_NAMED:,} more" if len(self.differing) > _MOST_NAMED else ""
        verb = "differs" if len(self.differing) == 1 else "differ"
        return f"{line}; {len(self.differing):,} that both have {verb}: {', '.join(self.differing[:_MOST_NAMED])}{more}"


def newer(records: Records, name: str, file: Path) -> Newer:
    """What a table `file` has that the series `name` lacks, by the series' first column of days and its first column.

    Columns that one of the two lacks are not compared. Raises BadInput for a series or a file that cannot be compared.
    """
    if not file.is_file():
        raise BadInput(
            f"{file}: {'a folder' if file.is_dir() else 'no such file'}; expected a table with newer rows of a series"
        )
    if name not in records.series_names():
        raise BadInput(f"no series {shown(name)} in data/series; {nearest(name, records.series_names())}")
    ours = [cells for _, cells in tables.rows(records.data / "series" / f"{name}.csv")]
    theirs = list(csv.DictReader(io.StringIO(document.text(file, str(file), "CSV"))))
    header = list(ours[0]) if ours else []
    day = next((column for column in header if all(is_date(row[column]) for row in ours)), "")
    if not day:
        raise BadInput(f"data/series/{name}.csv: no column of days; expected one to tell newer rows by")
    shared = [column for column in header if theirs and column in theirs[0]]
    if day not in shared:
        raise BadInput(f"{file}: no column {day}; expected the columns of data/series/{name}.csv")
    for number, row in enumerate(theirs, start=2):
        if not is_date(row[day] or ""):
            raise BadInput(f"{file}, row {number}, column {day}: {shown(row[day] or '')}; expected {A_DATE}")
    last = max(row[day] for row in ours)
    key = header[0] if header[0] in shared else day
    by_key = {row[key]: row for row in ours}
    differing = [
        row[key] for row in theirs if row[key] in by_key
        and any(not _same(row[column] or "", by_key[row[key]][column]) for column in shared)
    ]  # fmt: skip
    return Newer(last, sorted(row[day] for row in theirs if row[day] > last), differing)


def _same(one: str, other: str) -> bool:
    """Whether two cells say the same: 1.50 is 1.5."""
    numbers = NUMBER.fullmatch(one) and NUMBER.fullmatch(other)
    return float(one) == float(other) if numbers else one == other
