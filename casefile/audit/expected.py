"""What each element must say: the table `RULES`, at the end, and what claims, sources and citations must.

An element is found by its class, its id up to the first dash (`#claim`), its place below a class (`rule>li`), an attribute
(`[data-figure]`), or its tag. A function of the table holds the element to what it must say and answers True, or
answers False and leaves it to its scope.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from casefile.audit import charts, counting, figures, numerals
from casefile.audit.accounts import CITATION, FIGURE, STRUCTURE, Scope
from casefile.audit.elements import LEADS_TO, classes, index_among_siblings, whole
from casefile.audit.judge import Judge
from casefile.citation import cite
from casefile.content import ledger
from casefile.figures import formats
from casefile.system.tree import Element


def publisher(page: Judge, element: Element, scope: Scope) -> bool:
    """A link to a source in the list of them says who published it, and whether it is known through others alone."""
    target = LEADS_TO.search(element.get("href") or "")
    row = page.content.records.sources.get(target[2]) if target and target[1] == "source" else None
    if row is None:
        return False
    said = f"{row.publisher}, relayed" if row.grade == "relayed" else row.publisher
    page.exact(whole(element), CITATION, said, element)
    return True


def source_address(page: Judge, element: Element, scope: Scope) -> bool:
    """The address of the source linked just before, for paper."""
    before = element.getprevious()
    target = LEADS_TO.search(before.get("href") or "") if before is not None else None
    row = page.content.records.sources.get(target[2]) if target else None
    if row is None:
        return False
    page.exact(whole(element), CITATION, f"<{row.url}>", element)
    return True


def source_link(page: Judge, element: Element, scope: Scope) -> bool:
    """Any plain link to a source's entry says who published it."""
    return not classes(element) and publisher(page, element, scope)


def rule(page: Judge, element: Element, scope: Scope) -> bool:
    """One line of a claim's rule."""
    lines = scope.about.rule if isinstance(scope.about, ledger.Entry) else ()
    if index_among_siblings(element) >= len(lines):
        return False
    label, condition = lines[index_among_siblings(element)]
    expected = f"{label} otherwise" if condition == "otherwise" else f"{label} when {condition}"
    page.exact(whole(element), FIGURE, expected, element)
    return True


def flip(page: Judge, element: Element, scope: Scope) -> bool:
    """One value of a figure that would change a verdict."""
    flips = scope.about.flips if isinstance(scope.about, ledger.Entry) else ()
    if index_among_siblings(element) >= len(flips):
        return False
    turn = flips[index_among_siblings(element)]
    away = f" instead, {turn.distance} away" if turn.distance else ""
    expected = f"to {turn.becomes}, if {turn.figure.replace('_', ' ')} were {turn.at}{away}"
    page.exact(whole(element), FIGURE, expected, element)
    return True


def origin_of_claim(page: Judge, element: Element, scope: Scope) -> bool:
    """One of the independent origins behind a claim's sources."""
    origins = scope.about.origins if isinstance(scope.about, ledger.Entry) else ()
    if index_among_siblings(element) >= len(origins):
        return False
    page.exact(whole(element), CITATION, origins[index_among_siblings(element)], element)
    return True


def replies(page: Judge, element: Element, scope: Scope) -> bool:
    """An allegation stands with every reply to it beside it: in words, or by a link to the words, told once a page."""
    if isinstance(scope.about, ledger.Entry) and scope.about.claim.allegation:
        beside = list(element.iterfind(".//*[@class='claim-replies']"))
        leads = {link.get("href") for part in beside for link in part.iter("a")}
        for reply in scope.about.replies:
            told = page.anchored.get(f"reply-{reply.id}", []) if f"#reply-{reply.id}" in leads else beside
            if numerals.plain(reply.meaning) not in numerals.plain(" ".join(map(whole, told))):
                page.fault(element, f"claim without reply: {reply.id} is not beside it")
        if not scope.about.replies:
            page.fault(element, "claim without reply: an allegation needs one, or the statement that none was found")
    return False


def citation(page: Judge, element: Element, scope: Scope) -> bool:
    """A citation on the page that shows how to cite."""
    if (catalogue := page.content.catalogue) is None:
        return False
    text = numerals.plain(whole(element))
    for name, *styles in map(str.split, filter(None, page.written.asked("casefile-citations"))):
        for style in styles or cite.STYLES:
            if text == numerals.plain(catalogue.cited(catalogue.find(name), style)):
                page.counted[CITATION] += numerals.numeral_count(text)
                return True
    page.fault(element, f"no citation that the book gives: {text[:80]}")
    return True


def edition(page: Judge, element: Element, scope: Scope) -> bool:
    """The edition that the foot of each page names, with its day."""
    if (catalogue := page.content.catalogue) is None:
        return False
    wordings = {
        "edition-said": catalogue.edition(catalogue.stamped(page.name)),
        "edition-licences": ", ".join(catalogue.book.licences), "edition-address": catalogue.book.address,
    }  # fmt: skip
    page.exact(whole(element), CITATION, wordings[classes(element)[0]], element)
    return True


def edition_link(page: Judge, element: Element, scope: Scope) -> bool:
    """A way to the same page in an edition: the version that its address leads to."""
    _, _, version = (element.get("href") or "").partition("v/")
    if not numerals.numeral_count(whole(element)):
        return False
    page.exact(whole(element), CITATION, version.partition("/")[0], element)
    return True


def size_of_file(page: Judge, element: Element, scope: Scope) -> bool:
    """The size of the book's file that a page's foot offers: that of the file which the link around it leads to."""
    address = next((up.get("href") or "" for up in element.iterancestors("a")), "")
    file = page.truth.site / PurePosixPath(address).name
    size = formats.file_size(file.stat().st_size) if file.is_file() else ""
    page.exact(whole(element), STRUCTURE, size, element)
    return True


def stamp(page: Judge, element: Element, scope: Scope) -> bool:
    """The edition, the day and the mark at a page's foot."""
    if (catalogue := page.content.catalogue) is None:
        return False
    text = numerals.plain(whole(element))
    item = catalogue.stamped(page.name)
    if item is not None and text == numerals.plain(catalogue.stamp(item)):
        page.counted[CITATION] += numerals.numeral_count(text)
        return True
    page.fault(element, f"no edition and mark that the page has: {text[:80]}")
    return True


RULES: dict[str, Callable[[Judge, Element, Scope], bool]] = {
    # what carries it          what it must say
    "[data-figure]":           figures.figure_number,
    "[data-word]":             figures.figure_number,
    "derivation-arithmetic":   figures.figure_arithmetic,
    "derivation-step":         figures.figure_arithmetic,
    "math":                    figures.formula,
    "chapter-place":           counting.chapter_place,
    "minutes":                 counting.minutes,
    "edition-said":            edition,
    "cite-editions>a":         edition_link,
    "edition-licences":        edition,
    "edition-address":         edition,
    "file-size":               size_of_file,
    "section-number":          counting.numbering,
    "caption-number":          counting.numbering,
    "eqno":                    counting.numbering,
    "footnote-reference":      counting.footnote_sign,
    "footnote>span":           counting.footnote_label,
    "data":                    figures.value,
    "all-figures>summary":     counting.other_figures,
    "fold>summary":            counting.fold_count,
    "chart-number":            charts.chart_number,
    "chart-title":             charts.chart_title,
    "embed-title":             charts.chart_title,
    "chart-note":              charts.chart_note,
    "chart-cue":               charts.chart_cue,
    "contents-finding":        charts.contents_finding,
    "chart-wide":              charts.chart_picture,
    "chart-narrow":            charts.chart_picture,
    "chart-data":              charts.data_table,
    "chart-snippet":           charts.chart_snippet,
    "source-link":             publisher,
    "print-only":              source_address,
    "a":                       source_link,
    "claim":                   replies,
    "rule>li":                 rule,
    "flips>li":                flip,
    "origins>li":              origin_of_claim,
    "citations>dd":            citation,
    "cite-mark":               stamp,
    "linenos":                 counting.line_number,
    "code":                    counting.source_code,
    "pre":                     counting.source_code,
}  # fmt: skip
