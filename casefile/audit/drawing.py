"""The numerals of a drawn chart: ticks that say what stands where they stand, labels that are cells of the chart's rows.

Vega is asked again what it draws from the chart's rows, and which value each tick stands for: the page's drawing must be
that one, and each label must say its value.
"""

from __future__ import annotations

import datetime
import itertools
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casefile.audit import numerals
from casefile.audit.accounts import AXIS, CELL, DATE, Accounts, Scope
from casefile.figures import binding, encodings, formats, pictures
from casefile.figures.encodings import Node, PlainRow, Specification
from casefile.system.tree import Element, of_html

_Row = PlainRow
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_IN_WORDS = re.compile(r"\b(thousand|million|billion)s?\b", re.IGNORECASE)
_WORDS = re.compile(r"[A-Za-z]{4,}|\d[A-Z]{2,}|[A-Za-z]\d|\s\d")  # what a number with its unit does not hold
_EVEN = 0.02  # of a step: how far a tick may stand from its place
_PROSE = Scope(open=True)  # the titles of axes, which a notebook writes
_DISCRETE = ("band", "point", "ordinal", "bin-ordinal", "quantile", "quantize", "threshold")
# How Vega writes a time that is given no format: on axes, in legends and labels, by units of time.
_FORMS = (
    "%Y", "%B", "%b %d", "%a %d", "%I %p", "%I:%M", ":%S", ".%L", "%b %d, %Y", "%b %Y", "Q%q", "%Y Q%q", "%b", "%d", "%a", "W%U",
    "%j", "%H:00", "00:%M", "%H:%M", "%H:%M:%S", "%b %d %H:%M", "%b %d, %Y %H:%M", "%b %d, %Y %H:00",
)  # fmt: skip
_DIRECTIVE = re.compile(r"%([-_0]?)([A-Za-z])")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class _Tick:
    """A label of an axis or legend: `kind` and `value` are what it stands for, `place` where its scale puts it."""

    kind: str
    place: float
    value: str
    text: str

    @property
    def number(self) -> float:
        return _float(self.value)


@dataclass(frozen=True)
class _Reading:
    """A drawing as the chart's rows make it: its texts with their places, what is wrong with them, what accounts for the rest."""

    texts: list[tuple[str, str]]
    complaints: list[str]
    accounted: Counter[str]


class Drawing:
    """What a chart is drawn from: a Vega-Lite specification with its rows."""

    def __init__(self, spec: Specification, drawer: pictures.Pictures) -> None:
        self._spec, self._drawer = spec, drawer
        forms = [spec, spec.get("usermeta", {}).get(binding.NARROW_FORM, {})]
        self._rows: list[_Row] = [row for form in forms for table in form.get("datasets", {}).values() for row in table]
        self._cells = list({(type(cell), str(cell)): cell for row in self._rows for cell in row.values()}.values())
        self._names = {_name(cell) for cell in self._cells}
        self._written = set(map(numerals.plain, _strings(spec)))
        self._forms = {*_FORMS, *(form for text in _strings(spec) for form in _forms(text))}
        self._times: dict[float, Scope] = {}
        self._readings: dict[int, _Reading] = {}

    def faults(self, svg: Element, width: int, accounts: Accounts, counted: Counter[str]) -> Iterator[str]:
        """What is wrong with the numerals of a drawn SVG element; those that are accounted for are counted.

        `width` is that of the page's column which it is drawn for.
        """
        reading = self._reading(width, accounts)
        for here, true in itertools.zip_longest(map(_set, svg.iter("text")), reading.texts):
            if here != true:
                yield f"drawing has {_said(here)}; drawn from the chart's rows, it has {_said(true)}"
                return
        counted.update(reading.accounted)
        yield from reading.complaints

    def _reading(self, width: int, accounts: Accounts) -> _Reading:
        """What is to be read in the drawing for a column of this width; a page and its frame show the same."""
        if width not in self._readings:
            tree = of_html(self._drawer.told(pictures.sized(self._spec, width)))
            accounted: Counter[str] = Counter()
            complaints = [*self._judged(tree, accounts, accounted)]
            self._readings[width] = _Reading([_set(text) for text in tree.iter("text")], complaints, accounted)
        return self._readings[width]

    def _judged(self, tree: Element, accounts: Accounts, counted: Counter[str]) -> Iterator[str]:
        """What is wrong with the numerals of a drawing that tells what each label stands for."""
        guides: dict[Element, list[_Tick]] = {guide: [] for guide in tree.iter("g") if _is_guide(guide)}
        for element in tree.iter("text"):
            guide = next((up for up in element.iterancestors("g") if up in guides), None)
            if guide is not None and (label := _label(element)):
                kind, place, value = label.split(" ", 2)
                guides[guide].append(_Tick(kind, _float(place), value, _text(element)))
            else:
                yield from self._free(_text(element), accounts, counted)
        readable: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for guide, ticks in guides.items():
            scale = json.loads(_label(guide))
            if scale["type"] in _DISCRETE:
                yield from self._named(ticks, accounts, counted)
                continue
            readable[scale["scale"], scale["type"]] |= {tick.text for tick in ticks if tick.text}
            yield from self._measured(guide, scale, ticks, accounts, counted)
        for (name, kind), texts in readable.items():
            if len(texts) < 2:
                zero = ", and see that no value is zero or less" if kind == "log" else ""
                yield f"axis of {name} has no two ticks to read it by; set its values=, format= or tickCount={zero}"

    def _free(self, text: str, accounts: Accounts, counted: Counter[str]) -> Iterator[str]:
        """A text that no axis and no legend measures."""
        if not numerals.numeral_count(text):
            return
        if any(self._is_cell(text, cell, accounts) for cell in self._cells):
            counted[CELL] += numerals.numeral_count(text)
        elif text not in self._written or numerals.numeral_count(accounts.judge(text, _PROSE, counted)):
            yield f"label that is no cell of the chart's rows: {text}"

    def _named(self, ticks: Sequence[_Tick], accounts: Accounts, counted: Counter[str]) -> Iterator[str]:
        """Labels of what is not measured: each says its name, or shortens it, or is another cell of its row.

        `Q1 2022` shortens the cell `2022Q1`, `FY23` the year 2023: no number that is not the cell's.
        """
        for tick in ticks:
            text, name = tick.text, _name(tick.value)
            of_rows = name in self._names or tick.value not in self._written
            beside = (cell for row in self._rows if name in map(_name, row.values()) for cell in row.values())
            if (
                not numerals.numeral_count(accounts.judge(text, _PROSE, Counter()))
                or (of_rows and (_name(text) == name or _shortens(text, tick.value)))
                or self._says(tick, accounts)
                or _name(text) in map(_name, beside)
            ):
                counted[CELL] += numerals.numeral_count(text)
            else:
                yield f"label {text} stands at {tick.value}, and says neither that nor a cell of its row"

    def _measured(
        self,
        guide: Element,
        scale: Node,
        ticks: Sequence[_Tick],
        accounts: Accounts,
        counted: Counter[str],
    ) -> Iterator[str]:
        """Ticks of what is measured: each says its value, and stands where its scale puts it."""
        labelled = [tick for tick in ticks if tick.text]
        title = " ".join(_text(text) for part in guide.iter("g") if _is_title(part) for text in part.iter("text"))
        unit = _SCALES[words[1].lower()] if (words := _IN_WORDS.search(title)) else 1.0
        silent = [tick for tick in labelled if not self._says(tick, accounts, unit)]
        texts = " · ".join(tick.text for tick in labelled)
        if silent:
            value = self._shown(silent[0])
            yield f"ticks {texts}: {silent[0].text} stands at {value}; expected that value: set the axis' format= or values="
        elif (
            len({(tick.text, tick.value) for tick in labelled}) != len({tick.text for tick in labelled})
            and labelled[0].kind != "date"
        ):
            yield f"ticks {texts} cannot be told apart; set the axis' format= or values="
        elif "axis" in guide.get("class", "") and _uneven([tick.place for tick in labelled], _along(scale, labelled)):
            yield f"ticks {texts} do not stand where a scale of type {scale['type']!r} puts them"
        else:
            counted[AXIS] += sum(numerals.numeral_count(tick.text) for tick in labelled)

    def _says(self, tick: _Tick, accounts: Accounts, unit: float = 1.0) -> bool:
        """Whether a label says the number or time that it stands for, if any; `unit` is what a title counts in."""
        if not numerals.numeral_count(tick.text):
            return True
        if tick.kind == "date":
            return self._dates(tick.text, tick.number, accounts)
        if tick.kind != "number" or _WORDS.search(tick.text):
            return False
        return numerals.agrees(tick.text, tick.number / unit) or (unit == 1.0 and tick.text == tick.value)

    def _dates(self, text: str, instant: float, accounts: Accounts) -> bool:
        """Whether all numerals of a text are parts of a time, in a form that Vega or the specification writes."""
        if instant not in self._times:
            moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=instant)
            self._times[instant] = Scope().add(DATE, *(_written(form, moment) for form in self._forms))
        return not numerals.numeral_count(accounts.judge(text, self._times[instant], Counter()))

    def _is_cell(self, text: str, cell: object, accounts: Accounts) -> bool:
        """Whether a label says a cell: its words, its day, or its number as precisely as it is printed."""
        if isinstance(cell, str):
            if text == numerals.plain(cell):
                return True
            instant = encodings.instant(cell)
            return instant is not None and self._dates(text, instant, accounts)
        return _is_number(cell) and numerals.numeral_count(text) == 1 and numerals.agrees(text, float(str(cell)))

    def _shown(self, tick: _Tick) -> str:
        if tick.kind != "date":
            return tick.value
        return (datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=tick.number)).isoformat()


def _is_guide(group: Element) -> bool:
    return any(f"role-{kind}" in (group.get("class") or "").split() for kind in ("axis", "legend")) and bool(
        _label(group)
    )


def _is_title(group: Element) -> bool:
    return bool(re.search(r"role-(axis|legend)-title", group.get("class") or ""))


def _label(element: Element) -> str:
    """What `pictures.with_labels` says of an element; empty where it says nothing."""
    label = str(element.get("aria-label") or "")
    return label.removeprefix(pictures.DESCRIPTION_PREFIX) if label.startswith(pictures.DESCRIPTION_PREFIX) else ""


def _set(element: Element) -> tuple[str, str]:
    """A text of a drawing, and where it stands."""
    return _text(element), element.get("transform") or ""


def _said(text: tuple[str, str] | None) -> str:
    return f"the text “{text[0]}” at {text[1]}" if text else "no text there"


def _text(element: Element) -> str:
    """The text of an SVG element, its lines parted by spaces."""
    return numerals.plain(" ".join(element.itertext()))


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # of what stands nowhere
        return math.nan


def _along(scale: Node, ticks: Sequence[_Tick]) -> list[float]:
    """The values of ticks as their scale measures them, so that equal steps take equal room."""
    kind, values = scale["type"], [tick.number for tick in ticks]
    if kind == "log":
        return [math.log(abs(value)) if value else math.nan for value in values]
    if kind == "symlog":
        return [math.copysign(math.log1p(abs(value) / scale.get("constant", 1)), value) for value in values]
    power = {"sqrt": 0.5, "pow": scale.get("exponent", 1)}.get(kind, 1)
    return [math.copysign(abs(value) ** power, value) for value in values]


def _uneven(places: Sequence[float], values: Sequence[float]) -> bool:
    """Whether ticks stand elsewhere than where a straight line through the first and the last puts them."""
    if len(places) < 2:
        return False
    steps = [after - before for before, after in itertools.pairwise(values)]
    if not all(steps) or not all(map(math.isfinite, [*places, *values])) or places[0] == places[-1]:
        return True
    slope = (values[-1] - values[0]) / (places[-1] - places[0])
    near = _EVEN * min(map(abs, steps))
    return any(
        abs(values[0] + slope * (at - places[0]) - value) > near for value, at in zip(values, places, strict=True)
    )


def _strings(node: object) -> Iterator[str]:
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


def _forms(text: str) -> Iterator[str]:
    """The forms of times in a text of a specification: the text itself, or what it quotes."""
    if _DIRECTIVE.search(text):
        yield from (quoted for quoted in re.findall(r"'([^']*)'", text) or [text] if _DIRECTIVE.search(quoted))


def _written(form: str, moment: datetime.datetime) -> str:
    """A time in a form of d3, which is that of C but for quarters, milliseconds and how numbers are filled up."""
    month, weekday = formats.MONTHS[moment.month - 1], _WEEKDAYS[moment.weekday()]
    more = {
        "q": str((moment.month + 2) // 3), "L": f"{moment.microsecond // 1000:03}", "e": f"{moment.day:2}",
        "B": month, "b": month[:3], "A": weekday, "a": weekday[:3], "p": "AM" if moment.hour < 12 else "PM",
    }  # fmt: skip

    def part(directive: re.Match[str]) -> str:
        text = more.get(directive[2]) or moment.strftime(f"%{directive[2]}")
        bare = text.strip().lstrip("0") or "0"
        return bare if directive[1] == "-" and text.strip().isdigit() else text

    return _DIRECTIVE.sub(part, form)


def _name(cell: object) -> str:
    """A cell without the signs that a label of two lines leaves out: `Knowledge (MMLU)` stands in two as well."""
    return numerals.plain(re.sub(r"[(),:]", " ", str(cell)))


def _shortens(text: str, cell: str) -> bool:
    there = re.findall(r"\d+", cell)
    return all(
        any(other in (number, f"19{number}", f"20{number}") for other in there) for number in re.findall(r"\d+", text)
    )
