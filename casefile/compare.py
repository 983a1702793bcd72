"""What differs between two runs, or two built sites: figures, sentences, verdicts.

A snapshot is what a run or a site says: every published figure as printed, every verdict, every sentence of its pages
with the numbers filled in. A site holds it in `api/`, a rerun in `snapshot.json`.
"""

from __future__ import annotations

import difflib
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from casefile import document, formats
from casefile.errors import BadInput, of_library, one_line, shown
from casefile.records import Unit

MOST_BYTES = 1 << 26  # of a file that is compared
WIDTH = 80  # columns of a terminal
SENTENCES, SNAPSHOT = "sentences.json", "snapshot.json"
Snapshot = dict[str, Any]
_ROLE = re.compile(r"\{(\w[\w-]*)\}`([^`]*)`")
_FENCED = re.compile(r"^(`{3,}|:{3,})\{?[^\n]*\n.*?^\1\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?])[*”\"]*\s+(?=[*“\"(]*[A-Z0-9$])")


# ----------------------------------------------------------------------------------------------------------- snapshots


def sentences(markdown: str, fill: Callable[[str, str], str]) -> list[str]:
    """The sentences of some Markdown, as read: `fill(role, text)` gives what a role prints."""
    text = _FENCED.sub("", markdown)
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=[-#|(])", text):
        block = " ".join(block.split())
        if not block or re.fullmatch(r"\([\w-]+\)=", block):
            continue
        block = _ROLE.sub(lambda match: fill(match.group(1), match.group(2)), re.sub(r"^[#\-]+\s+", "", block))
        block = _LINK.sub(r"\1", block).replace("**", "")
        found += [sentence.strip() for sentence in _END.split(block) if sentence.strip()]
    return found


def snapshot(known: Any, chapters: Mapping[str, Any], texts: Mapping[str, str]) -> Snapshot:
    """What a run says. `chapters` are results by page, `texts` the Markdown of all pages."""
    from casefile import api

    figures = {
        name: {key: figure[key] for key in ("value", "low", "high", "unit", "text", "range", "meaning", "chapter")}
        for name, figure in api.figures(known, chapters).items()
    }
    verdicts = {name: verdict["verdict"] for chapter in chapters.values() for name, verdict in chapter.verdicts.items()}
    return {"figures": figures, "verdicts": verdicts, "sentences": all_sentences(known, chapters, texts)}


def all_sentences(known: Any, chapters: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The sentences of every page, by page, with the numbers and words that its chapter's graph, or another's, gives."""
    verdicts = {name: verdict["verdict"] for chapter in chapters.values() for name, verdict in chapter.verdicts.items()}
    return {page: sentences(text, _filler(known, chapters, verdicts, page)) for page, text in texts.items()}


def _filler(
    known: Any, chapters: Mapping[str, Any], verdicts: Mapping[str, str], page: str
) -> Callable[[str, str], str]:
    graphs = [chapters[name].graph for name in sorted(chapters, key=lambda name: name != page)]

    def fill(role: str, text: str) -> str:
        name, _, part = text.partition(":")
        if role in ("num", "word"):
            for graph in graphs:
                if name in graph.choices:
                    return str(graph.chosen(name))
                if name in graph.figures:
                    return str(graph.printed(name, part or "value"))
        if role == "source" and name in known.sources:
            return str(known.sources[name].publisher)
        if role == "claim":
            return verdicts.get(name, name)
        return text.partition("<")[0].strip() or text

    return fill


def markdown_of(notebook: Mapping[str, Any]) -> str:
    """The text of a notebook: its Markdown cells, one after the other."""
    return "\n\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")


def _sound(found: Snapshot) -> Snapshot:
    """A snapshot that holds what is compared. Raises ValueError, or what its parts raise, for any other."""
    for name, figure in found["figures"].items():
        for key in ("value", "low", "high"):
            if not isinstance(figure[key], int | float | None):
                raise ValueError(f"the {key} of figure {shown(name)} is {shown(figure[key])}")
        if not isinstance(figure["text"], str):
            raise ValueError(f"the text of figure {shown(name)} is {shown(figure['text'])}")
    pages = found["sentences"].values()
    told = [*found["verdicts"].values(), *(sentence for page in pages for sentence in page)]
    if not all(isinstance(page, list) for page in pages) or not all(isinstance(text, str) for text in told):
        raise ValueError("a verdict or a sentence is no text")
    return {key: dict(found[key]) for key in ("figures", "verdicts", "sentences")}


def read(path: Path) -> Snapshot:
    """The snapshot of a rerun's folder or of a built site. Raises BadInput for anything else."""
    expected = "a run or a site as casefile left it"

    def plain(file: Path) -> Any:
        return document.read(file, str(file), expected, MOST_BYTES)

    try:
        if (path / SNAPSHOT).is_file():
            return _sound(plain(path / SNAPSHOT))
        if (path / "api" / "figures.json").is_file():
            said = {
                name: plain(path / "api" / f"{name}.json")
                for name in ("figures", "claims", "sentences")
                if (path / "api" / f"{name}.json").is_file()
            }
            verdicts = {name: claim["verdict"]["verdict"] for name, claim in said["claims"].items() if claim["verdict"]}
            return _sound({"figures": said["figures"], "verdicts": verdicts, "sentences": said.get("sentences", {})})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise BadInput(f"{path}: {of_library(error)}; expected {expected}") from None
    raise BadInput(f"{path}: neither a run nor a site; expected a folder with {SNAPSHOT} or api/figures.json")


# ---------------------------------------------------------------------------------------------------------- difference


@dataclass(frozen=True)
class Change:
    """One thing that differs: `before` and `after` as printed, None where it is missing.

    `absolute` is after − before in the figure's unit, `relative` the same over the size of before; None without a number.
    """

    kind: str
    name: str
    where: str
    before: str | None
    after: str | None
    absolute: float | None = None
    relative: float | None = None
    unit: str = ""


def changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """Every figure, verdict and sentence that differs, figures first, each kind in the order of the second."""
    found = [
        _figure_change(name, before["figures"].get(name), after["figures"].get(name))
        for name in _names(before["figures"], after["figures"])
        if _differs(before["figures"].get(name), after["figures"].get(name))
    ]
    for name in _names(before["verdicts"], after["verdicts"]):
        one, other = before["verdicts"].get(name), after["verdicts"].get(name)
        if one != other:
            found.append(Change("verdict", name, "", one, other))
    for page in _names(before["sentences"], after["sentences"]):
        found += _sentence_changes(page, before["sentences"].get(page, []), after["sentences"].get(page, []))
    return found


def _names(before: Iterable[str], after: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*after, *before]))


def _differs(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one is None or other is None:
        return True
    return any(one.get(key) != other.get(key) for key in ("value", "low", "high", "text"))


def _figure_change(name: str, one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> Change:
    shown: Any = other or one
    absolute = relative = None
    if one and other and one["value"] is not None and other["value"] is not None:
        absolute = other["value"] - one["value"]
        relative = absolute / abs(one["value"]) if one["value"] else None
    where, unit = (str(shown.get(key, "")) for key in ("chapter", "unit"))
    return Change("figure", name, where, _printed(one), _printed(other), absolute, relative, unit)


def _printed(figure: Mapping[str, Any] | None) -> str | None:
    if figure is None:
        return None
    return f"{figure['text']} ({figure['range']})" if figure.get("range") else str(figure["text"])


def _sentence_changes(page: str, before: list[str], after: list[str]) -> list[Change]:
    found = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(i2 - i1, j2 - j1)):
            one = before[i1 + step] if i1 + step < i2 else None
            other = after[j1 + step] if j1 + step < j2 else None
            found.append(Change("sentence", "", page, one, other))
    return found


def text(found: Iterable[Change], units: Mapping[str, Unit] = MappingProxyType({})) -> str:
    """Changes as lines of text, each difference in the unit of its figure; one line that says so when there are none."""
    found, lines = list(found), []
    for kind, heading in (("figure", "Figures"), ("verdict", "Verdicts"), ("sentence", "Sentences")):
        some = [change for change in found if change.kind == kind]
        if some:
            lines.append(f"{heading}: {len(some)} changed")
        for change in some:
            lines.append(f"  {change.name or change.where}")
            lines.append(f"    - {'(none)' if change.before is None else change.before}")
            lines.append(f"    + {'(none)' if change.after is None else change.after}{_sizes(change, units)}")
    return wrapped(lines) or "nothing differs"


def wrapped(lines: Iterable[str]) -> str:
    """Lines of text, those that are longer than a terminal's 80 columns broken between words and set in further."""
    return "\n".join(broken for line in lines for broken in _broken(one_line(line)))


def _broken(line: str) -> list[str]:
    inset = re.match(r" *([-+] )?", line)
    further = " " * (inset.end() if inset else 0)
    return textwrap.wrap(
        line,
        WIDTH,
        subsequent_indent=further + ("" if further else "  "),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sizes(change: Change, units: Mapping[str, Unit]) -> str:
    if change.absolute is None or math.isnan(change.absolute):
        return ""
    relative = f", {change.relative:+.1%}" if change.relative is not None else ""
    return f"   [{_difference(change.absolute, units.get(change.unit))}{relative}]"


def _difference(absolute: float, unit: Unit | None) -> str:
    """A difference in the form of its unit: `+$179.7 million`, `−0.1 percentage points`, `+3 days`."""
    if unit is None:
        return f"{absolute:+.6g}"
    sign, size = ("-" if absolute < 0 else "+"), abs(absolute)
    if unit.style == "percent":
        return f"{sign}{formats.fixed(size * 100, max(unit.digits, 1))} percentage points"
    if unit.style == "date":
        return f"{sign}{formats.fixed(size, 0)} days"
    text = formats.printed(size, unit)
    return f"{sign}{text}" if any(digit in text for digit in "123456789") else f"{absolute:+.2g}{unit.suffix}"


def page(found: Iterable[Change], before: str, after: str, units: Mapping[str, Unit] = MappingProxyType({})) -> str:
    """Changes as one HTML page that needs nothing else, both sides beside each other."""
    from casefile.site import markup

    return markup.render(
        "compare.html", changes=list(found), before=before, after=after, sizes=lambda change: _sizes(change, units)
    )
