"""What counts on a page and must count right: numbers of sections and captions, footnotes, lines of code, chapters."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from casefile.audit import numerals
from casefile.audit.accounts import CODE, STRUCTURE, Scope
from casefile.audit.elements import classes, numbered_lines, whole
from casefile.audit.judge import Judge
from casefile.content.places import number_of, reading_minutes
from casefile.system.tree import Element, parent_of


def numbering(page: Judge, element: Element, scope: Scope) -> bool:
    """The number of a section, a figure, a table or an equation: it follows the one before it, within its section."""
    text = (element.text or "").strip("() ")
    number = numerals.last(text)
    kind = f"{classes(element)[0]} {text.removesuffix('.').removesuffix(number)}"
    linked = next(element.iterancestors("a"), None) is not None  # and held against what it leads to
    if linked or not re.fullmatch(r"\d+(\.\d+)*", number) or numerals.numeral_count(kind):
        return False
    here = tuple(map(int, number.split(".")))
    before = page.numbering.get(kind)
    if before is not None and not _follows(here, before):
        page.fault(element, f"says “{text}” after {'.'.join(map(str, before))}; expected the next number")
    section = page.numbering.get("section-number ", here)
    if section[: len(here) - 1] != here[:-1] and not kind.startswith("section-number"):
        page.fault(
            element, f"says “{text}” in section {'.'.join(map(str, section))}; expected a number of that section"
        )
    page.numbering[kind] = here
    page.counted[STRUCTURE] += 1
    return True


def _follows(here: tuple[int, ...], before: tuple[int, ...]) -> bool:
    """Whether a number such as 2.1 may stand after another: the next in its row, or the first of a later row or one below."""
    same = next(
        (place for place, pair in enumerate(zip(here, before, strict=False)) if pair[0] != pair[1]), len(before)
    )
    if same >= len(here) or any(part != 1 for part in here[same + 1 :]):
        return False
    return here[same] == (before[same] + 1 if same < len(before) else 1) or (
        same < len(before) and same < len(here) - 1 and here[same] > before[same]
    )


def footnote_sign(page: Judge, element: Element, scope: Scope) -> bool:
    """The sign of a footnote in a text: that of the note it leads to."""
    name = (element.get("href") or "").removeprefix("#")
    note = next(iter(element.getroottree().xpath("//aside[@id=$name]/span[@class='label']", name=name)), None)
    page.exact(whole(element), STRUCTURE, "" if note is None else whole(note), element)
    return True


def footnote_label(page: Judge, element: Element, scope: Scope) -> bool:
    """The sign of a note, which no other note of the page has; or the ways back from it, counted."""
    if "backrefs" in classes(element):
        for place, link in enumerate(element.iter("a"), start=1):
            page.exact(whole(link), STRUCTURE, str(place), link)
        return True
    if "label" not in classes(element) or not re.fullmatch(r"\[\d+\]", whole(element)):
        return False
    if (
        sum(whole(other) == whole(element) for other in element.getroottree().iterfind(".//aside/span[@class='label']"))
        > 1
    ):
        page.fault(element, f"two notes {whole(element)}; expected one")
    page.counted[STRUCTURE] += 1
    return True


def other_figures(page: Judge, element: Element, scope: Scope) -> bool:
    """How many figures the list at a chapter's end holds."""
    held = len(parent_of(element).xpath(".//div[starts-with(@class, 'derivation ')]"))
    page.exact(whole(element), STRUCTURE, f"The other {held} figures of this chapter, with their sources", element)
    return True


def fold_count(page: Judge, element: Element, scope: Scope) -> bool:
    """How many sources, facts, days or events a folded list holds; events have no anchors."""
    ids = [str(name) for name in parent_of(element).xpath(".//@id")]
    events = 0 if ids else len(parent_of(element).xpath(".//li"))
    several = "s" if (events or len(ids)) > 1 else ""
    if events:
        expected = f"{events} event{several}, {'each ' if several else ''}with its source"
    elif all(name.startswith("source-") for name in ids):
        expected = f"{len(ids)} source{several}"
    else:
        noun = "fact" if ids[0].removeprefix("fact-") in page.content.records.figures else "day"
        expected = f"{len(ids)} {noun}{several}, {'each ' if several else ''}with its source"
    page.exact(whole(element), STRUCTURE, expected, element)
    return True


def source_code(page: Judge, element: Element, scope: Scope) -> bool:
    """Code shown as code: a cell of the notebook, a block or words of the page's text, a name in the scope around."""
    lines = numbered_lines(element)
    text = numerals.plain("".join(element.xpath(".//text()[not(parent::span[@class='linenos'])]")))
    if text in page.code:
        page.counted[CODE] += numerals.numeral_count(text)
        for line in lines:
            line_number(page, line, scope)
    elif "cell_input" in {name for up in element.iterancestors("div") for name in classes(up)}:
        page.fault(element, f"code that no cell of the notebook holds: {text[:80]}")
    else:
        return False
    return True


def line_number(page: Judge, element: Element, scope: Scope) -> bool:
    """The number of a line of code: it counts on from the first one's."""
    lines = next((numbered_lines(up) for up in element.iterancestors("pre")), [element])
    first = whole(lines[0]).strip()
    page.exact(whole(element), STRUCTURE, str(int(first) + lines.index(element)) if first.isdigit() else "", element)
    return True


def chapter_place(page: Judge, element: Element, scope: Scope) -> bool:
    """The number of a chapter in the bar and on the card to it: that of the page its link leads to."""
    address = next((up.get("href") or "" for up in element.iterancestors("a")), "")
    name = PurePosixPath(address.partition("#")[0] or f"{page.name}.html").stem
    page.exact(whole(element), STRUCTURE, number_of(name), element)
    return True


def minutes(page: Judge, element: Element, scope: Scope) -> bool:
    """How long the page takes to read."""
    article = next(up for up in element.iterancestors("article"))
    page.exact(whole(element), STRUCTURE, f"{reading_minutes(article)} min to read", element)
    return True
