"""What a numeral may be: the kinds of account, and the words that account for it in prose or in one scope.

A scope is what an element of a page speaks of: a figure, a chart, a claim, a source. It holds whole texts of the records
and results. A numeral is accounted for when it stands in such a text, said whole: one digit changed, and it is not said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from casefile.audit import numerals
from casefile.figures import formats
from casefile.records import Records
from casefile.system import document

FIGURE, PARAMETER, CELL, DATE, CITATION = "figure", "parameter", "cell", "date", "citation"
RECORD, PROPER_NAME, CODE, AXIS, MEASURE, STRUCTURE = "record", "name", "code", "axis", "measure", "structure"
KINDS = {
    FIGURE: "a figure of the graph, as printed, or the arithmetic and formula that made it",
    PARAMETER: "a parameter: its default, bounds, range",
    CELL: "a cell of a chart's rows or of a series",
    DATE: "a day, month or year that a record is dated with",
    CITATION: "a source: publisher, title, printed words, locator, address; the book's own citation",
    RECORD: "words of a record: a meaning, a note, a claim, a reply",
    PROPER_NAME: "a name of `data/names.csv` that holds digits",
    CODE: "code of the notebook or of the page's text, shown as code",
    AXIS: "a tick of an axis, even and next to the data",
    MEASURE: "a measure of `data/measures.csv`, or its goal",
    STRUCTURE: "a place in the book: a chart's or paragraph's number, how many of something the page shows",
}
HOLE = "\N{WHITE SQUARE}"  # stands where what was accounted for stood

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_MONTH_NUMBER = {name: place for names in (_MONTHS, _SHORT) for place, name in enumerate(names.split("|"), start=1)}
_ISO = re.compile(r"(?<![\d-])((?:19|20)\d\d)[-/](\d\d)(?:[-/](\d\d))?(?![\d-])")
_DAY = re.compile(rf"(?<!\d)(\d{{1,2}}) ({_MONTHS})(?: ((?:19|20)\d\d))?(?!\d)")
_MONTH = re.compile(rf"\b({_MONTHS}|{_SHORT}) ((?:19|20)\d\d)(?!\d)")
_AMERICAN = re.compile(rf"\b({_SHORT}) (\d\d), ((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<![\d.,$-])((?:19|20)\d\d)(?![\d%]|[.,]\d)")
_PARAGRAPH = re.compile(r"\b[Pp]aragraph (\d{1,4})\b")
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d(?:-\d\d)?(?!\d)")


@dataclass
class Scope:
    """What an element speaks of, and the texts with numerals that it may say, each with its kind of account.

    `about` is the thing itself, for whoever looks closer. Prose, which speaks of anything, is `open`: there names, dates and
    paragraphs account for a numeral too.
    """

    texts: dict[str, str] = field(default_factory=dict)
    about: object = None
    open: bool = False

    def add(self, kind: str, *texts: object) -> Scope:
        """Add texts of one kind; those without a numeral need no account."""
        for text in texts:
            for spoken in _forms(str(text or "")):
                self.texts.setdefault(spoken, kind)
        return self


@lru_cache(maxsize=1 << 14)  # a text belongs to the scope of many an element
def _forms(text: str) -> tuple[str, ...]:
    """A text as it may be said, and with its days in words where it has some; nothing for one without a numeral."""
    spoken = numerals.plain(text).strip("\"'")
    if not numerals.NUMERAL.search(spoken):
        return ()
    return tuple(dict.fromkeys((spoken, numerals.plain(formats.in_words(formats.day(spoken))))))


class Accounts:
    """What accounts for a numeral in prose: names with digits, days of records, paragraphs of the text that is judged."""

    def __init__(self, records: Records, more_dates: Iterable[str] = ()) -> None:
        names = sorted(filter(None, map(numerals.plain, records.names())), key=len, reverse=True)
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\d)") if names else None
        self._days = _dates(records) | set(more_dates)
        self._months = {day[:7] for day in self._days if len(day) >= 7}
        self._years = {day[:4] for day in self._days}
        self._days_of_months = {day[5:] for day in self._days if len(day) == 10}
        self._paragraphs = range(1, 1 + max((claim.paragraph for claim in records.claims.values()), default=0))

    def judge(self, text: str, scope: Scope, counted: Counter[str]) -> str:
        """A text without what is accounted for; what is, is counted by kind."""
        text = numerals.plain(text)
        if not numerals.NUMERAL.search(text):
            return text
        for phrase in sorted(scope.texts, key=len, reverse=True):
            text = _without(text, phrase, scope.texts[phrase], counted)
        return self._in_prose(text, counted) if scope.open else text

    def _in_prose(self, text: str, counted: Counter[str]) -> str:
        def drop(kind: str, match: re.Match[str], accounted: bool = True) -> str:
            if not accounted:
                return match.group()
            counted[kind] += numerals.numeral_count(match.group())
            return HOLE

        if self._names:
            text = self._names.sub(lambda match: drop(PROPER_NAME, match), text)
        text = _ISO.sub(lambda match: drop(DATE, match, self._dated(match[1], match[2], match[3])), text)
        text = _DAY.sub(lambda match: drop(DATE, match, self._dated(match[3], _number(match[2]), match[1])), text)
        text = _AMERICAN.sub(lambda match: drop(DATE, match, self._dated(match[3], _number(match[1]), match[2])), text)
        text = _MONTH.sub(lambda match: drop(DATE, match, self._dated(match[2], _number(match[1]), None)), text)
        text = _PARAGRAPH.sub(lambda match: drop(STRUCTURE, match, int(match[1]) in self._paragraphs), text)
        return _YEAR.sub(lambda match: drop(DATE, match, match[1] in self._years), text)

    def _dated(self, year: str | None, month: str, day: str | None) -> bool:
        """Whether some record is dated so: to the day, the month, or, without a year, to the day of any year."""
        if day is None:
            return f"{year}-{month}" in self._months
        if year is None:
            return f"{month}-{int(day):02}" in self._days_of_months
        return f"{year}-{month}-{int(day):02}" in self._days


def _number(month: str) -> str:
    return f"{_MONTH_NUMBER[month]:02}"


def _without(text: str, phrase: str, kind: str, counted: Counter[str]) -> str:
    """A text with a hole wherever something is said whole, no digit before or after it."""
    start = text.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        before, after = text[:start], text[end:]
        inside = (phrase[0].isdigit() and re.search(r"\d[.,]?$", before)) or (
            phrase[-1].isdigit() and re.match(r"[.,]?\d", after)
        )
        if inside:
            start = text.find(phrase, start + 1)
            continue
        counted[kind] += numerals.numeral_count(phrase)
        text = before + HOLE + after
        start = text.find(phrase, start + 1)
    return text


def _dates(records: Records) -> set[str]:
    """Every date of a record, as a year, a month or a day in ISO form."""
    dates = {fact.date for fact in records.figures.values()}
    dates |= {event.date for event in records.events.values()}
    dates |= {day for source in records.sources.values() for day in (source.published, source.accessed)}
    dates |= {reply.date for reply in records.replies.values()} | {origin.date for origin in records.origins.values()}
    dates |= {correction.date for correction in records.corrections.values()}
    dates |= {measure.date for measure in records.measures.values()}
    dates |= {row.default for row in records.declarations.values() if row.type == "date"}
    for path in sorted((records.data / "series").glob("*.csv")):
        dates |= set(_DATED.findall(document.text(path)))
    return {date for date in dates if date}
