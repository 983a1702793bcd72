"""What differs between two runs, built sites or editions: figures, sentences, verdicts; or between two sweeps.

A snapshot is what a run or a site says: every published figure as printed, every verdict, every sentence of its pages
with the numbers filled in. A site holds it in `api/`, a rerun in `snapshot.json`. An edition keeps figures, verdicts, and
of its pages, sections and charts the hashes alone.
"""

from __future__ import annotations

import difflib
import math
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Required, TypedDict, cast

from casefile.errors import BadInput, of_library, one_line, shown
from casefile.figures import formats
from casefile.notebook import markdown
from casefile.notebook.homes import Homes
from casefile.notebook.results import Results
from casefile.records import Records, Unit
from casefile.site import api
from casefile.sweep import folder
from casefile.system import document

if TYPE_CHECKING:
    import pandas as pd

    from casefile.citation.citable import CitableItem

_MOST_BYTES = 1 << 26  # of a file that is compared
_WIDTH = 80  # columns of a terminal
_DIGITS = 2  # of a relative difference at least
_MANTISSA = re.compile(r"\d[\d,]*(?:\.\d+)?")
SENTENCES, SNAPSHOT = "sentences.json", "snapshot.json"
_KINDS = {"alone": "In one of the two alone", "figure": "Figures", "verdict": "Verdicts", "text": "Pages, sections and charts",
         "sentence": "Sentences"}  # fmt: skip


class ComparedFigure(TypedDict, total=False):
    """A figure as a snapshot has it: its value and range in its unit, as they are printed, where it lives."""

    value: Required[float | None]
    text: Required[str]
    range: str | None
    low: float | None
    high: float | None
    unit: str
    meaning: str
    chapter: str


class Snapshot(TypedDict, total=False):
    """What one side of a comparison says, by ids and pages; `texts` are an edition's, each a title and a hash."""

    figures: Required[dict[str, ComparedFigure]]
    verdicts: Required[dict[str, str]]
    sentences: dict[str, list[str]]
    texts: dict[str, tuple[str, str]]


# ----------------------------------------------------------------------------------------------------------- snapshots


def snapshot(records: Records, chapters: Mapping[str, Results], texts: Mapping[str, tuple[str, ...]]) -> Snapshot:
    """What a run says. `chapters` are results by page, `texts` the cells of Markdown of all pages."""
    kept = ("value", "low", "high", "unit", "text", "range", "meaning", "chapter")
    figures = {
        name: cast(ComparedFigure, {key: figure[key] for key in kept})
        for name, figure in api.figures_by_id(chapters).items()
    }
    verdicts = {name: chapters[page].verdicts[name]["verdict"] for name, page in Homes(chapters).verdicts.items()}
    return {"figures": figures, "verdicts": verdicts, "sentences": all_sentences(records, chapters, texts)}


def all_sentences(
    records: Records, chapters: Mapping[str, Results], texts: Mapping[str, tuple[str, ...]]
) -> dict[str, list[str]]:
    """The sentences of every page, by page, with the numbers and words that its chapter's graph, or another's, gives."""
    extensions, homes = markdown.syntax(records.root), Homes(chapters)
    return {
        page: markdown.sentences(markdown.read(cells, extensions), markdown.filler(records, homes, page))
        for page, cells in texts.items()
    }


def _sound(snapshot: Snapshot) -> Snapshot:
    """A snapshot that holds what is compared. Raises ValueError, or what its parts raise, for any other."""
    for name, figure in snapshot["figures"].items():
        for key in ("value", "low", "high"):
            if not isinstance(figure[key], int | float | None):
                raise ValueError(f"the {key} of figure {shown(name)} is {shown(figure[key])}")
        if not isinstance(figure["text"], str):
            raise ValueError(f"the text of figure {shown(name)} is {shown(figure['text'])}")
    pages = snapshot["sentences"].values()
    texts = [*snapshot["verdicts"].values(), *(sentence for page in pages for sentence in page)]
    if not all(isinstance(page, list) for page in pages) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a verdict or a sentence is no text")
    return {
        "figures": {**snapshot["figures"]},
        "verdicts": {**snapshot["verdicts"]},
        "sentences": {**snapshot["sentences"]},
    }


def of_edition(items: Iterable[CitableItem]) -> Snapshot:
    """The snapshot of an edition: figures and verdicts as printed, and the hash of every page, section and chart."""
    kinds: dict[str, list[CitableItem]] = {}
    for item in items:
        kinds.setdefault(item.kind, []).append(item)
    return {
        "figures": {
            item.id: {"value": item.value, "text": item.text, "range": item.range, "chapter": item.page}
            for item in kinds.get("number", ())
        },
        "verdicts": {item.id: item.text for item in kinds.get("claim", ())},
        "texts": {
            item.id: (item.title or item.id, item.hash)
            for kind in ("page", "section", "chart") for item in kinds.get(kind, ())
        },
    }  # fmt: skip


def read(path: Path) -> Snapshot:
    """The snapshot of a rerun's folder, or its page's, or of a built site. Raises BadInput for anything else."""
    expected = "a run or a site as casefile left it"
    if path.name == "page" and not (path / SNAPSHOT).exists() and (path.parent / SNAPSHOT).is_file():
        path = path.parent

    def plain(file: Path) -> Any:
        return document.read(file, str(file), expected, _MOST_BYTES)

    try:
        if (path / SNAPSHOT).is_file():
            return _sound(plain(path / SNAPSHOT))
        if (path / "api" / "figures.json").is_file():
            parts = {
                name: api.records_of(plain(path / "api" / f"{name}.json"))
                for name in ("figures", "claims", "sentences")
                if (path / "api" / f"{name}.json").is_file()
            }
            verdicts = {
                name: claim["verdict"]["verdict"] for name, claim in parts["claims"].items() if claim["verdict"]
            }
            return _sound({"figures": parts["figures"], "verdicts": verdicts, "sentences": parts.get("sentences", {})})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise BadInput(f"{path}: {of_library(error)}; expected {expected}") from None
    if folder.is_sweep(path):
        raise BadInput(f"{path}: is a sweep; expected another sweep beside it, over the same parameters")
    raise BadInput(
        f"{path}: neither a run, a site, an edition nor a sweep; expected a folder with {SNAPSHOT} or api/figures.json, "
        f"two sweeps, or an edition such as 0.2.0"
    )


# ---------------------------------------------------------------------------------------------------------- difference


@dataclass(frozen=True)
class Change:
    """One thing that differs: `before` and `after` as printed, None where it is missing.

    `absolute` is after − before of the numbers as they are printed, in the figure's unit, so that it has no more digits
    than they; `relative` the same over the size of before, worth `digits` of them. None without a number.
    """

    kind: str
    name: str
    where: str
    before: str | None
    after: str | None
    absolute: float | None = None
    relative: float | None = None
    unit: str = ""
    digits: int = _DIGITS


def changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """Every figure, verdict, text and sentence that differs, figures first, each kind in the order of the second.

    What only one of the two keeps is not compared: an edition has no sentences, and its figures no ends of ranges.
    """
    editions = sum("texts" in snapshot for snapshot in (before, after))
    keys = (("value", "low", "high", "text"), ("value", "text"), ("value", "text", "range"))[editions]
    names = _names(before["figures"], after["figures"])
    if editions == 1:  # a run publishes some of the figures that an edition keeps
        names = [name for name in names if name in before["figures"] and name in after["figures"]]
    differences = [
        _figure_change(name, before["figures"].get(name), after["figures"].get(name))
        for name in names
        if _differs(before["figures"].get(name), after["figures"].get(name), keys)
    ]
    for name in _names(before["verdicts"], after["verdicts"]):
        one, other = before["verdicts"].get(name), after["verdicts"].get(name)
        if one != other:
            differences.append(Change("verdict", name, "", one, other))
    if editions == 2:
        for name in _names(before["texts"], after["texts"]):
            texts = [side["texts"].get(name) for side in (before, after)]
            if texts[0] != texts[1]:
                sides = [text and f"{text[0]} [{text[1]}]" for text in texts]
                differences.append(Change("text", name, "", sides[0], sides[1]))
    if editions == 0:
        for page in _names(before["sentences"], after["sentences"]):
            differences += _sentence_changes(page, before["sentences"].get(page, []), after["sentences"].get(page, []))
    return differences


def _names(before: Iterable[str], after: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*after, *before]))


def _differs(one: ComparedFigure | None, other: ComparedFigure | None, keys: Iterable[str]) -> bool:
    if one is None or other is None:
        return True
    return any(_steady(one.get(key)) != _steady(other.get(key)) for key in keys)


def _steady(value: object) -> object:
    """A number by its first twelve digits, as citations take it: the last bit is the processor's."""
    return f"{value:.12g}" if isinstance(value, float) else value


def _figure_change(name: str, one: ComparedFigure | None, other: ComparedFigure | None) -> Change:
    absolute, relative, digits = None, None, _DIGITS
    shown = other or one or ComparedFigure(value=None, text="")
    where, unit = shown.get("chapter", ""), shown.get("unit", "")
    values = [math.nan if side is None or side["value"] is None else side["value"] for side in (one, other)]
    if one and other and all(map(math.isfinite, values)):
        before, after = _as_printed(one, unit), _as_printed(other, unit)
        absolute = float(after - before)
        relative = float((after - before) / abs(before)) if before and unit != "date" else None
        digits = max(_DIGITS, min(len(side.normalize().as_tuple().digits) for side in (before, after)))
    return Change("figure", name, where, _printed(one), _printed(other), absolute, relative, unit, digits)


def _as_printed(figure: ComparedFigure, unit: str) -> Decimal:
    """A figure's value rounded as its text rounds it: 110,000,000 for one of 107,076,690 that is printed `$110 million`."""
    value, text = figure["value"] or 0.0, _MANTISSA.search(figure["text"])
    mantissa = Decimal(text[0].replace(",", "")) if text else Decimal(0)
    if unit == "date" or not mantissa or not value:
        return Decimal(value)
    scale = round(math.log10(abs(value) / float(mantissa)))
    return mantissa.scaleb(scale).copy_sign(Decimal(value))


def _printed(figure: ComparedFigure | None) -> str | None:
    if figure is None:
        return None
    return f"{figure['text']} ({figure['range']})" if figure.get("range") else str(figure["text"])


def _sentence_changes(page: str, before: list[str], after: list[str]) -> list[Change]:
    differences = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(i2 - i1, j2 - j1)):
            one = before[i1 + step] if i1 + step < i2 else None
            other = after[j1 + step] if j1 + step < j2 else None
            differences.append(Change("sentence", "", page, one, other))
    return differences


def sweeps(before: Path, after: Path) -> list[Change]:
    """What differs between the tables of two sweeps over the same parameters, in the scenarios that both have.

    A column that differs says in how many, and the scenario where a figure differs most, or a word first.
    Raises BadInput for sweeps over other parameters, unfinished ones, and ones too large to be held side by side.
    """
    plans = [folder.plan(path) for path in (before, after)]
    chapter, names = plans[0]["chapter"], list(plans[0]["vary"])
    if (plans[1]["chapter"], sorted(plans[1]["vary"])) != (chapter, sorted(names)):
        one, other = (f"{plan['chapter']} by {', '.join(plan['vary'])}" for plan in plans)
        raise BadInput(f"{before} sweeps {one}, {after} {other}; expected sweeps over the same parameters")
    tables = [folder.scenario_table(path, names) for path in (before, after)]
    common = tables[0].index.intersection(tables[1].index)
    differences = []
    if any(len(table) > len(common) for table in tables):
        alone = [f"{len(table) - len(common):,} of {len(table):,} scenarios" for table in tables]
        differences.append(Change("alone", "scenarios", "", alone[0], alone[1]))
    columns = [name for name in _names(*(table.columns for table in tables)) if name != "error"]
    if any(column not in table for column in columns for table in tables):
        alone = [", ".join(name for name in columns if name not in other) for other in reversed(tables)]
        differences.append(Change("alone", "columns", "", alone[0] or None, alone[1] or None))
    for column in columns:
        if all(column in table for table in tables):
            change = _column_change(column, *(table.loc[common, column] for table in tables))
            differences += [change] if change else []
    return differences


def _column_change(column: str, one: pd.Series[Any], other: pd.Series[Any]) -> Change | None:
    import numpy as np
    import pandas as pd

    if all(pd.api.types.is_numeric_dtype(side.dtype) for side in (one, other)):
        left, right = (side.to_numpy(dtype=np.float64) for side in (one, other))
        differ = (left != right) & ~(np.isnan(left) & np.isnan(right))
        with np.errstate(all="ignore"):
            size = np.where(np.isnan(left) | np.isnan(right), np.inf, np.abs(right - left) / np.abs(left))
        kind, which, place = "figure", "most", int(np.argmax(np.where(differ, np.nan_to_num(size), -1.0)))
    else:
        left, right = (side.astype("object").where(side.notna(), None).to_numpy() for side in (one, other))
        differ = left != right
        kind, which, place = "verdict", "first", int(np.argmax(differ))
    if not differ.any():
        return None
    values = one.index[place] if isinstance(one.index[place], tuple) else (one.index[place],)
    at = ", ".join(f"{name}={value}" for name, value in zip(one.index.names, values, strict=True))
    name = f"{column}, in {int(differ.sum()):,} of {len(one):,} scenarios, {which} with {at}"
    if kind == "verdict":
        cells = [None if side[place] is None else str(side[place]) for side in (left, right)]
        return Change(kind, name, "", cells[0], cells[1])
    sides = [None if np.isnan(side[place]) else float(side[place]) for side in (left, right)]
    return _figure_change(
        name, *(None if side is None else ComparedFigure(value=side, text=repr(side)) for side in sides)
    )


def differences_text(differences: Iterable[Change], units: Mapping[str, Unit] = MappingProxyType({})) -> str:
    """Changes as lines of text, each difference in the unit of its figure; one line that says so when there are none."""
    differences, lines = list(differences), []
    for kind, heading in _KINDS.items():
        some = [change for change in differences if change.kind == kind]
        if some:
            lines.append(f"{heading}:" if kind == "alone" else f"{heading}: {len(some)} changed")
        for change in some:
            lines.append(f"  {change.name or change.where}")
            lines.append(f"    - {'(none)' if change.before is None else change.before}")
            lines.append(f"    + {'(none)' if change.after is None else change.after}{_sizes(change, units)}")
    return wrapped_lines(lines) or "nothing differs"


def wrapped_lines(lines: Iterable[str]) -> str:
    """Lines of text, those that are longer than a terminal's 80 columns broken between words and set in further."""
    return "\n".join(broken for line in lines for broken in _broken(one_line(line)))


def _broken(line: str) -> list[str]:
    inset = re.match(r" *([-+] )?", line)
    further = " " * (inset.end() if inset else 0)
    return textwrap.wrap(
        line,
        _WIDTH,
        subsequent_indent=further + ("" if further else "  "),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sizes(change: Change, units: Mapping[str, Unit]) -> str:
    if change.absolute is None or math.isnan(change.absolute):
        return ""
    if not change.absolute and change.before != change.after:
        return ""  # its range alone is another
    if not change.absolute:
        return "   [less than its digits show]"
    relative = f", {float(f'{change.relative * 100:.{change.digits}g}'):+,.12g}%" if change.relative is not None else ""
    return f"   [{_difference(change.absolute, units.get(change.unit))}{relative}]"


def _difference(absolute: float, unit: Unit | None) -> str:
    """A difference in the form of its unit: `+$180 million`, `-0.1 percentage points`, `+3 days`."""
    if unit is None:
        return f"{absolute:+.6g}"
    sign, size = ("-" if absolute < 0 else "+"), abs(absolute)
    if unit.style == "percent":
        return f"{sign}{formats.fixed(size * 100, 6)} percentage points"
    if unit.style == "date":
        return f"{sign}{formats.fixed(size, 0)} days"
    text = formats.printed(size, unit)
    return f"{sign}{text}" if any(digit in text for digit in "123456789") else f"{absolute:+.2g}{unit.suffix}"


def differences_page(
    differences: Iterable[Change], before: str, after: str, units: Mapping[str, Unit] = MappingProxyType({})
) -> str:
    """Changes as one HTML page that needs nothing else, both sides beside each other."""
    from casefile.site import markup

    return markup.render(
        "compare.html",
        changes=list(differences),
        kinds=_KINDS.items(),
        before=before,
        after=after,
        sizes=lambda change: _sizes(change, units),
    )
