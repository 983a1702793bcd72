"""The numerals of a drawn chart: ticks that are even and beside what is drawn, labels that are cells of the chart's rows."""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from casefile.audit import numerals
from casefile.audit.accounts import AXIS, CELL, Accounts, Scope

Row = Mapping[str, Any]
_PLACE = re.compile(r"translate\(\s*(-?\d+(?:\.\d+)?)[ ,]+(-?\d+(?:\.\d+)?)")
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_IN_WORDS = re.compile(r"\b(thousand|million|billion)s?\b", re.IGNORECASE)
_WORDS = re.compile(r"[A-Za-z]{4,}|\d[A-Z]{2,}|[A-Za-z]\d|\s\d")  # what a number with its unit does not hold
_POWER = re.compile(r"10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_EVEN = 0.02  # of a step: how far a tick may stand from its even place
_SPAN = 0.5  # of what is drawn: how much of it the ticks reach over
_ROUNDED = 0.2  # of what is drawn: how much further an axis may end, on a round number
_PROSE = Scope(open=True)  # the titles of axes, which a notebook writes
_DAYS = ("%b %Y", "%B %Y", "%Y")


class Drawing:
    """What a chart is drawn from: a Vega-Lite specification with its rows."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._spec = spec
        self._tables: list[list[Row]] = list(spec.get("datasets", {}).values())
        self._cells = [cell for table in self._tables for row in table for cell in row.values()]
        self._written = set(map(numerals.plain, _strings(spec)))

    def faults(self, svg: Any, accounts: Accounts, counted: Counter[str]) -> Iterator[str]:
        """What is wrong with the numerals of a drawn SVG element; those that are accounted for are counted."""
        on_axes = set()
        for axis in svg.iterfind(".//g[@class='mark-group role-axis']"):
            ticks = axis.findall(".//g[@class='mark-text role-axis-label']/text")
            title = " ".join(map(_text, axis.findall(".//g[@class='mark-text role-axis-title']/text")))
            on_axes |= set(ticks)
            yield from self._axis(ticks, title, accounts, counted)
        for element in svg.iter("text"):
            text = _text(element)
            if element in on_axes or not numerals.count(text):
                continue
            if any(_is_cell(text, cell) for cell in self._cells):
                counted[CELL] += numerals.count(text)
            elif text not in self._written or numerals.count(accounts.judge(text, _PROSE, counted)):
                yield f"label that is no cell of the chart's rows: {text}"

    def _axis(self, ticks: Sequence[Any], title: str, accounts: Accounts, counted: Counter[str]) -> Iterator[str]:
        texts = list(map(_text, ticks))
        held = sum(map(numerals.count, texts))
        if not held:
            return
        places, numbers = list(map(_place, ticks)), [number for text in texts if (number := numerals.read(text))]
        if days := _days(texts):
            wrong = _uneven(places, days) or _away(days, [_extent([_day(cell) for cell in self._cells])])
        elif len(numbers) == len(texts) and not any(map(_WORDS.search, texts)):
            scale = _SCALES[found[1].lower()] if (found := _IN_WORDS.search(title)) else 1.0
            values, stretches = [number[0] * scale for number in numbers], self._stretches
            if all(map(_POWER.fullmatch, texts)):  # a tenfold step
                values = list(map(math.log10, values))
                stretches = [(math.log10(low), math.log10(high)) for low, high in stretches if low > 0]
            wrong = _uneven(places, values) or _away(values, stretches)
        elif self._are_cells(texts) or not any(
            numerals.count(accounts.judge(text, _PROSE, Counter())) for text in texts
        ):
            counted[CELL] += held
            return
        else:
            wrong = "are no cells of the chart's rows"
        if wrong:
            yield f"ticks {' · '.join(texts)} {wrong}"
        else:
            counted[AXIS] += held

    @cached_property
    def _stretches(self) -> list[tuple[float, float]]:
        """The stretches that an axis may show: one that the chart sets; from least to most of the columns on an axis; the
        same from zero; the sum of a column's cells that stand on each other, or their number.
        """
        domains = (domain for domain in _set(self._spec, "domain") if len(domain) == 2)
        found = [(float(low), float(high)) for low, high in domains if _is_number(low) and _is_number(high)]
        fields = {
            axis: {encoded.get("field") for channel in (axis, f"{axis}2") for encoded in _set(self._spec, channel)}
            for axis in ("x", "y")
        }
        for axis, others in (("x", "y"), ("y", "x")):
            names = fields[axis]
            low, high = _extent([row[name] for table in self._tables for row in table for name in names if name in row])
            found += [(low, high), (min(0.0, low), max(0.0, high))]
            for table in self._tables:
                for other in fields[others]:
                    sums: defaultdict[Any, float] = defaultdict(float)
                    for row in table:
                        sums[row.get(other)] += sum(max(0.0, row[name]) for name in names if _is_number(row.get(name)))
                    found.append((0.0, max(sums.values(), default=0.0)))
        return found + [(0.0, float(len(table))) for table in self._tables]

    def _are_cells(self, texts: Sequence[str]) -> bool:
        """Whether the labels of an axis are the cells of one column: each its words, or, in their order, each shortened.

        `Q1 2022` shortens the cell `2022Q1`, `FY23` the year 2023: no number that is not the cell's.
        """
        for table in self._tables:
            for column in {name for row in table for name in row}:
                every = [_name(row.get(column)) for row in table]
                cells = list(dict.fromkeys(every))
                if Counter(map(_name, texts)) <= Counter(every):
                    return True
                if len(texts) == len(cells) and all(map(_shortens, texts, cells)):
                    return True
        return False


def _text(element: Any) -> str:
    """The text of an SVG element, its lines parted by spaces."""
    return numerals.plain(" ".join(element.itertext()))


def _is_cell(text: str, cell: Any) -> bool:
    """Whether a label says a cell: its words, or its number as precisely as it is printed."""
    if isinstance(cell, str):
        return text == numerals.plain(cell)
    return _is_number(cell) and numerals.count(text) == 1 and numerals.agrees(text, float(cell))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _place(tick: Any) -> tuple[float, float]:
    found = _PLACE.match(tick.get("transform") or "")
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def _uneven(places: Sequence[tuple[float, float]], values: Sequence[float]) -> str:
    """What is wrong with where ticks stand: each must lie where a straight line through the first and the last puts it."""
    (left, top), (right, bottom) = places[0], places[-1]
    along = [place[abs(right - left) < abs(bottom - top)] for place in places]
    steps = [after - before for before, after in itertools.pairwise(values)]
    if not steps or not all(steps) or along[0] == along[-1]:
        return "cannot be told apart"
    slope = (values[-1] - values[0]) / (along[-1] - along[0])
    near = _EVEN * min(map(abs, steps))
    even = all(
        abs(values[0] + slope * (at - along[0]) - value) <= near for value, at in zip(values, along, strict=True)
    )
    return "" if even else "do not stand at even distances"


def _away(values: Sequence[float], drawn: Sequence[tuple[float, float]]) -> str:
    """What is wrong with ticks against what is drawn: none may lie far off, and they must reach over half of it.

    Far is more than a step, or than what rounds an axis up.
    """
    step = max(abs(after - before) for before, after in itertools.pairwise(values)) * (1 + 1e-9)
    first, last = min(values), max(values)
    for low, high in drawn:
        far = max(step, _ROUNDED * (high - low))
        if low - far <= first and last <= high + far and last - first + step >= _SPAN * (high - low):
            return ""
    return "lie away from what is drawn"


def _set(node: Any, name: str) -> Iterator[Any]:
    """Everything that a specification sets under a name, wherever it does."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == name and isinstance(value, list if name == "domain" else dict):
                yield value
            if key != "datasets":
                yield from _set(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _set(value, name)


def _strings(node: Any) -> Iterator[str]:
    """Every text that a specification sets, such as the title of an axis; those of its rows are cells."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key != "datasets":
                yield from _strings(value)
    elif isinstance(node, list):
        yield " ".join(part for part in node if isinstance(part, str))
        for value in node:
            yield from _strings(value)


def _extent(cells: Sequence[Any]) -> tuple[float, float]:
    numbers = [float(cell) for cell in cells if _is_number(cell)]
    return (min(numbers), max(numbers)) if numbers else (0.0, 0.0)


def _day(cell: Any) -> int | None:
    """The number of an ISO day's text; None for anything else."""
    try:
        return datetime.date.fromisoformat(cell[:10]).toordinal() if isinstance(cell, str) else None
    except ValueError:
        return None


def _days(texts: Sequence[str]) -> list[float]:
    """Tick labels as days, when all are months with their year, or years of these times, in one form; else nothing."""
    for form in _DAYS:
        try:
            days = [datetime.datetime.strptime(text, form) for text in texts]
        except ValueError:
            continue
        if all(1900 <= day.year < 2100 for day in days):
            return [float(day.toordinal()) for day in days]
    return []


def _name(cell: Any) -> str:
    """A cell without the signs that a label of two lines leaves out: `Knowledge (MMLU)` stands in two as well."""
    return numerals.plain(re.sub(r"[(),:]", " ", str(cell)))


def _shortens(text: str, cell: str) -> bool:
    there = re.findall(r"\d+", cell)
    return all(
        any(other in (number, f"19{number}", f"20{number}") for other in there) for number in re.findall(r"\d+", text)
    )
