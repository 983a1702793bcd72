"""What changed on a page since an edition: number by number from the records, sentence by sentence from the pages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import html

from casefile.citation.archive import BLOCKS
from casefile.citation.citable import CitableItem
from casefile.citation.corrections import touching
from casefile.citation.editions import Edition
from casefile.records import Correction
from casefile.system.tree import Element

_COUNTED = ("number", "claim", "chart")
_QUOTES = str.maketrans("’‘“”", "''\"\"")
_NAMED = 3  # of the parts that changed in something


_PRINTED = re.compile(r"\d[\d,]*(?:\.(\d+))?")


def said_otherwise(before: CitableItem, now: CitableItem) -> bool:
    """Whether a number says something else than before: another value or direction, not the same one in other digits.

    Two values are the same when they differ by less than half of the last place that either of the two texts prints.
    """
    if before.unit != now.unit:
        return True
    if None in (before.value, now.value) or now.unit == "date":
        return before.text != now.text
    return abs(_value(before) - _value(now)) > min(_last_place(before), _last_place(now)) / 2


def _value(item: CitableItem) -> float:
    return item.value or 0.0


def _last_place(item: CitableItem) -> float:
    """How much one more in the last place of a printed number is, in the unit of its value: 10 million of `$3.33 billion`."""
    printed = _PRINTED.search(item.text)
    mantissa = float(printed[0].replace(",", "")) if printed else 0.0
    return abs(_value(item)) * 10.0 ** -len(printed[1] or "") / mantissa if printed and mantissa else 0.0


def restated(
    rows: Iterable[Correction], items: Mapping[str, CitableItem], editions: Iterable[Edition]
) -> dict[str, Correction]:
    """The numbers that say something else since a correction, each with the latest one that changed it; a page marks these.

    What a number said is taken from the last edition that did not yet have the correction, what it says since from the
    first that has it, or from the book as it is. Where no edition tells, the correction is believed.
    """
    kept, changed = list(editions), {}
    for row in sorted(rows, key=lambda row: (row.date, row.id)):
        for name in row.figures:
            said = [
                edition.items[name] for edition in kept if row.id not in edition.corrections and name in edition.items
            ]
            says = [edition.items[name] for edition in kept if row.id in edition.corrections and name in edition.items]
            now = says[0] if says else items.get(name)
            if not said or now is None or said_otherwise(said[-1], now):
                changed[name] = row
    return changed


@dataclass(frozen=True)
class HtmlSection:
    """A part of a page from one heading to the next: its anchor, empty for the page's own, its heading, its sentences.

    Numbers that are explained, each of which has its own record, and what opens a part that is folded are none of them.
    """

    anchor: str
    title: str
    sentences: tuple[str, ...]


_TOLD_WHOLE = frozenset(("tr", "figcaption", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))
_ENDS = re.compile(r"(?<=[.?!])[”’)\]]*\s+(?=[“‘(\[]?[A-Z0-9])")


def sections(page_text: str) -> list[HtmlSection]:
    """The sections of a kept page in their order, each with its own sentences."""
    tree = html.fragment_fromstring(f"<div>{page_text}</div>")
    sections_of_page = []
    for element in [tree, *tree.iter("section")]:
        if element is tree and tree.find("section") is not None and tree.find("h1") is None:
            continue
        heading = next((text for tag in ("h1", "h2", "h3", "h4") if (text := element.find(tag)) is not None), None)
        title = "" if heading is None else _text(heading)
        first = element.tag == "section" and element.find("h1") is not None
        sections_of_page.append(
            HtmlSection("" if first else element.get("id") or "", title, tuple(_sentences(element)))
        )
    return sections_of_page


def _sentences(element: Element) -> Iterator[str]:
    """What a section says, sentence by sentence; headings, captions and rows of a table whole."""
    words = [element.text or ""]

    def ended() -> Iterator[str]:
        sentence = " ".join("".join(words).split())
        words.clear()
        yield from filter(None, _ENDS.split(sentence))

    for child in element:
        if child.tag == "summary" or child.get("class") == "derivation":
            yield from ended()
        elif child.tag in _TOLD_WHOLE:
            yield from ended()
            if sentence := " · ".join(filter(None, map(_text, child))) if child.tag == "tr" else _text(child):
                yield sentence
        elif child.tag in BLOCKS:
            yield from ended()
            if child.tag != "section":
                yield from _sentences(child)
        else:
            words.append(_text(child) if child.tag != "br" else " ")
        words.append(child.tail or "")
    yield from ended()


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


@dataclass(frozen=True)
class Changed:
    """A number, claim or chart that is another now, how, and the corrections that say `why`."""

    before: CitableItem
    words: str
    why: tuple[Correction, ...]


@dataclass(frozen=True)
class Reworded:
    """A section whose words are others now: what it said and says no more, what it says and did not, in their order.

    Each sentence is told as `said` or not: True for one of the edition's, False for one of now.
    """

    anchor: str
    title: str
    sentences: tuple[tuple[bool, str], ...]


def _alike(sentences: Sequence[str]) -> list[str]:
    """Sentences as they are compared: by their words, whatever kind of quotes and apostrophes they have."""
    return [sentence.translate(_QUOTES) for sentence in sentences]


def difference(before: CitableItem, now: CitableItem, edition: Edition, items: Mapping[str, CitableItem]) -> str:
    """How something whose hash is another now differs from what an edition said, in a few words."""
    differences = [f"its title was “{before.title}” and is “{now.title}”"] if before.title != now.title else []
    if before.said != now.said:
        return "; ".join([f"from {before.said} to {now.said}", *differences])
    if before.range != now.range:
        return "; ".join([f"from {before.range or 'no range'} to {now.range or 'no range'}", *differences])
    if before.text:
        made = f"still {now.said} as printed, and its exact value, formula, rule or sources are others"
        return "; ".join([made, *differences])
    if parts := [
        f"“{items[name].title}” ({_became(edition.items.get(name), items[name])})"
        for name in now.rests_on
        if name in items and _hash(edition.items.get(name)) != items[name].hash
    ]:
        more = f" and {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
        differences.append(f"of what it shows or rests on, changed: {', '.join(parts[:_NAMED])}{more}")
    elif not differences:
        differences.append("its data, note or sources are others" if now.kind == "chart" else "its words are others")
    return "; ".join(differences)


def _became(before: CitableItem | None, now: CitableItem) -> str:
    if before is None:
        return "new"
    return (
        f"from {before.said} to {now.said}" if before.said != now.said else "made otherwise" if now.text else now.kind
    )


def of_items(
    edition: Edition, items: Mapping[str, CitableItem], corrections: Iterable[Correction], page: str
) -> list[Changed]:
    """The numbers, claims and charts of a page of an edition that are others now, in the edition's order."""
    rows = [row for row in corrections if row.id not in edition.corrections]
    return [
        Changed(before, difference(before, now, edition, items) if now else "withdrawn", tuple(touching(now or before, rows)))
        for before in edition.items.values()
        if before.page == page and before.kind in _COUNTED
        and ((now := items.get(before.id)) is None or now.hash != before.hash)
    ]  # fmt: skip


def of_words(before: Sequence[HtmlSection], now: Sequence[HtmlSection]) -> list[Reworded]:
    """The sections whose words changed, matched by their anchors; those that are new come last."""
    after = {section.anchor: section for section in now}
    listed = [*before, *(section for section in now if section.anchor not in {one.anchor for one in before})]
    differences = []
    for section in listed:
        old = section.sentences if section in before else ()
        new = after[section.anchor].sentences if section.anchor in after else ()
        if old != new and _alike(old) != _alike(new):
            differences.append(Reworded(section.anchor, section.title, tuple(_differing(old, new))))
    return differences


def _differing(before: Sequence[str], now: Sequence[str]) -> Iterator[tuple[bool, str]]:
    matched = difflib.SequenceMatcher(None, _alike(before), _alike(now), autojunk=False)
    for what, one, two, three, four in matched.get_opcodes():
        if what != "equal":
            yield from ((True, sentence) for sentence in before[one:two])
            yield from ((False, sentence) for sentence in now[three:four])


def _hash(item: CitableItem | None) -> str:
    return item.hash if item else ""
