"""From which day something can be read in public, as far as the records say."""

from __future__ import annotations

import calendar

from casefile.errors import BadInput, nearest
from casefile.records import Records

_SERIES = "series/"


def last_day(date: str) -> str:
    """The last day of an ISO date: of a year or a month its end, of a day itself."""
    year, month, day = [*map(int, date.split("-")), 0, 0][:3]
    month = month or 12
    return f"{year:04}-{month:02}-{day or calendar.monthrange(year, month)[1]:02}"


def drawn_at(date: str) -> str:
    """The day at which an ISO date is drawn: a month in its middle, a year, whose quarter is not told, at its end."""
    return f"{date}-15" if date.count("-") == 1 else last_day(date)


def public_from(records: Records, name: str) -> str:
    """The ISO day from which a fact, an event or `series/NAME:ROW` is public; a month or a year counts once it is over.

    An event is public on its day. A number is so once its source has come out, or where that is not known on its own day.
    Raises BadInput for a name that no record has.
    """
    if name in records.events:
        return last_day(records.events[name].date)
    if name in records.figures:
        fact = records.figures[name]
        return last_day(records.sources[fact.source].published or fact.date)
    if name.startswith(_SERIES):
        series, _, row = name.removeprefix(_SERIES).partition(":")
        table = records.series(series)
        matching = table[table["id"] == row].to_dict("records") if "id" in table else []
        if matching:
            own = matching[0].get("period_end") or matching[0].get("date", "")
            return last_day(records.sources[matching[0]["source"]].published or str(own))
    raise BadInput(f"no fact, event or row {name!r}; {nearest(name, [*records.figures, *records.events])}")
