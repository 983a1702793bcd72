"""What changed on a page since an edition: number by number from the records, sentence by sentence from the pages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casefile.citation.archive import Section
from casefile.citation.citable import Item
from casefile.citation.corrections import touching
from casefile.citation.editions import Edition
from casefile.records import Correction

_COUNTED = ("number", "claim", "chart")
_QUOTES = str.maketrans("’‘“”", "''\"\"")
_NAMED = 3  # of the parts that changed in something


@dataclass(frozen=True)
class Changed:
    """A number, claim or chart that is another now, how, and the corrections that say `why`."""

    before: Item
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


def difference(before: Item, now: Item, edition: Edition, standing: Mapping[str, Item]) -> str:
    """How something whose hash is another now differs from what an edition said, in a few words."""
    if before.text != now.text:
        return f"from {before.text} to {now.text}"
    if before.range != now.range:
        return f"from {before.range or 'no range'} to {now.range or 'no range'}"
    if before.text:
        return f"still {now.text} as printed, and its exact value, formula, rule or sources are others"
    told = [f"its title was “{before.title}” and is “{now.title}”"] if before.title != now.title else []
    if parts := [
        f"{name} ({_became(edition.items.get(name), standing[name])})"
        for name in now.rests_on
        if name in standing and _hash(edition.items.get(name)) != standing[name].hash
    ]:
        more = f" and {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
        told.append(f"of what it shows or rests on, changed: {', '.join(parts[:_NAMED])}{more}")
    elif not told:
        told.append("its data, note or sources are others" if now.kind == "chart" else "its words are others")
    return "; ".join(told)


def _became(before: Item | None, now: Item) -> str:
    if before is None:
        return "new"
    return (
        f"from {before.text} to {now.text}" if before.text != now.text else "made otherwise" if now.text else now.kind
    )


def of_items(
    edition: Edition, standing: Mapping[str, Item], corrections: Iterable[Correction], page: str
) -> list[Changed]:
    """The numbers, claims and charts of a page of an edition that are others now, in the edition's order."""
    rows = [row for row in corrections if row.id not in edition.corrections]
    return [
        Changed(before, difference(before, now, edition, standing) if now else "withdrawn", tuple(touching(now or before, rows)))
        for before in edition.items.values()
        if before.page == page and before.kind in _COUNTED
        and ((now := standing.get(before.id)) is None or now.hash != before.hash)
    ]  # fmt: skip


def of_words(before: Sequence[Section], now: Sequence[Section]) -> list[Reworded]:
    """The sections whose words changed, matched by their anchors; those that are new come last."""
    after = {section.anchor: section for section in now}
    listed = [*before, *(section for section in now if section.anchor not in {one.anchor for one in before})]
    found = []
    for section in listed:
        old = section.sentences if section in before else ()
        new = after[section.anchor].sentences if section.anchor in after else ()
        if _alike(old) != _alike(new):
            found.append(Reworded(section.anchor, section.title, tuple(_differing(old, new))))
    return found


def _differing(before: Sequence[str], now: Sequence[str]) -> Iterator[tuple[bool, str]]:
    matched = difflib.SequenceMatcher(None, _alike(before), _alike(now), autojunk=False)
    for what, one, two, three, four in matched.get_opcodes():
        if what != "equal":
            yield from ((True, sentence) for sentence in before[one:two])
            yield from ((False, sentence) for sentence in now[three:four])


def _hash(item: Item | None) -> str:
    return item.hash if item else ""
