"""An altered citation never stands, a damaged one does; command and page say the same of both, letter by letter."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page

from casefile.citation import editions
from casefile.citation.verify import Published
from tests.support import bending
from tests.support.breaking import THOROUGH
from tests.support.verifying import ROOT, answered, answered_by_page, of_edition, open_page

CASES = json.loads((ROOT / "tests" / "support" / "citations.json").read_text(encoding="utf-8"))
EDITIONS = sorted(editions.load(ROOT))
# One of each kind, one of them less than nothing, one in a range, one with powers, one with quotes; the long run takes every
# sixth thing besides, and alters the numbers and verdicts of all.
SAMPLE = (
    "gpu_hours_delayed",
    "abnormal_return_event",
    "compute_gpt4",
    "gpus_12000",
    "swap-worth",
    "chart-unit_price",
    "swap",
    "book",
)


T = TypeVar("T")


def drawn(whole: Iterable[T], each: int) -> Iterator[T]:
    """One in `each`, a number that no count of kinds in turn divides, so that every kind is among them; all in the long run."""
    return itertools.islice(whole, 0, None, 1 if THOROUGH else each)


@pytest.fixture(scope="module")
def book() -> Published:
    return of_edition("0.3.0")


@pytest.fixture(scope="module")
def page(book: Published, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(offline=True)
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    open_page(tab, book)
    yield tab
    context.close()
    assert wrong == []


def sampled(book: Published, styles: Sequence[str] = bending.STYLES) -> dict[tuple[str, str], str]:
    """Citations of a sample of items in some styles; a larger one in the long run."""
    more = list(book.standing)[::6] if THOROUGH and set(styles) <= set(bending.STYLES) else []
    return bending.texts(book, [book.standing[name] for name in dict.fromkeys((*SAMPLE, *more))], styles)


def said(line: str) -> str:
    """A line without the names that are near: page and command measure nearness by rules of their own."""
    return re.split("; (?:did you mean|known:|the nearest are)", line)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_case_is_answered_by_the_command(case: dict[str, str], book: Published) -> None:
    answer = answered(book, case["text"], book.standing)
    if "refused" in case:
        assert answer["status"] == "unknown"
        assert case["refused"] in answer["line"]
        assert answer["line"].isprintable()
    else:
        assert answer["status"] == "stands", answer["line"]
        name, _, mark = case["stands"].partition("@")
        said = f"{name}, by the parameters it names" if "?" in mark else f"“{book.standing[name].title}” is "
        assert answer["line"].startswith(f"stands: {said}"), answer["line"]


def test_the_page_answers_every_case_as_the_command_does(book: Published, page: Page) -> None:
    cases = [case for case in CASES if "?" not in case.get("stands", "")]
    answers = answered_by_page(page, [case["text"] for case in cases])
    for case, answer in zip(cases, answers, strict=True):
        assert answer == answered(book, case["text"]), case["case"]


@pytest.mark.parametrize("version", EDITIONS)
def test_every_citation_of_an_edition_stands_as_it_was_given(version: str) -> None:
    book = of_edition(version)
    styles = bending.STYLES if THOROUGH else [style for style in bending.STYLES if style not in ("apa", "chicago")]
    items = list(drawn(book.standing.values(), 7))
    for (_, style), text in bending.texts(book, items, styles).items():
        answer = answered(book, text)
        assert answer["line"].startswith("stands: "), (style, answer["line"])
        assert f" in edition {version} of " in answer["line"], (style, answer["line"])
        assert "title" in answer["compared"] and "edition" in answer["compared"], (style, answer["compared"])


def test_every_style_of_the_command_stands_for_command_and_page_with_an_address_and_without(
    book: Published, page: Page
) -> None:
    names = ("gpu_hours_delayed", "gpus_12000", "chart-unit_price", "swap", "book")
    chosen = [book.standing[name] for name in names]
    placed = replace(book, book=replace(book.book, address="https://example.org/book/"))
    bare, addressed = (bending.texts(one, chosen, bending.MORE) for one in (book, placed))
    for text, answer in zip(bare.values(), answered_by_page(page, bare.values()), strict=True):
        assert answer["status"] == "stands", (text, answer["line"])
        assert answer == answered(book, text)
        assert answered(book, re.sub("(?i)chips", "Ships", text))["status"] == "unknown"
    for text in addressed.values():
        assert answered(placed, text)["status"] == "stands", (text, answered(placed, text)["line"])


@pytest.mark.parametrize("style", (*bending.STYLES, *(bending.MORE if THOROUGH else ())))
def test_no_citation_in_which_one_token_is_altered_or_one_more_stands_is_said_to_stand(
    style: str, book: Published, record_property: Callable[[str, object], None]
) -> None:
    """The long run alters those with an address too."""
    tried, draw = 0, random.Random(21)
    placed = replace(book, book=replace(book.book, address="https://example.org/book/"))
    for one in (book, placed) if THOROUGH else (book,):
        for (name, _), text in sampled(one, [style]).items():
            for what, altered in drawn(bending.alterations(text, style, draw), 7):
                tried += 1
                answer = answered(one, altered)
                assert answer["status"] == "unknown", (name, style, what, altered, answer)
    assert tried > 100
    record_property("alterations", tried)


def test_no_number_or_verdict_that_is_altered_is_said_to_stand(
    book: Published, record_property: Callable[[str, object], None]
) -> None:
    tried = 0
    saying = [item for item in book.standing.values() if item.text]
    for (name, style), text in bending.texts(
        book, saying, ["sentence", "bibtex"] if THOROUGH else ["sentence"]
    ).items():
        for what, altered in drawn(bending.value_alterations(text, book.standing[name]), 5):
            if altered == text:
                continue
            tried += 1
            assert answered(book, altered)["status"] == "unknown", (name, style, what, altered)
    assert tried > 500
    record_property("alterations", tried)


def test_what_a_source_puts_before_its_number_is_cited_in_every_style_and_cannot_be_left_out(book: Published) -> None:
    item = replace(book.standing["order_value"], qualifier="more than")
    edition = replace(book.editions["0.3.0"], items={**book.standing, item.id: item})
    qualified = replace(book, editions={**book.editions, "0.3.0": edition}, standing=edition.items)
    for (_, style), text in bending.texts(qualified, [item], (*bending.STYLES, "news", "sentence-fr", "html")).items():
        surer, times = re.subn("more than ", "", text, flags=re.IGNORECASE)
        assert times == 1, (style, text)
        assert answered(qualified, text)["status"] == "stands", (style, text)
        assert answered(qualified, surer)["status"] == "unknown", (style, surer)


def test_a_damaged_citation_stands_and_the_page_says_so_too(
    book: Published, page: Page, record_property: Callable[[str, object], None]
) -> None:
    draw = random.Random(21)
    damaged = {
        (name, style, what): damage(text, draw)
        for (name, style), text in sampled(book).items()
        for what, damage in bending.damages(style).items()
    }
    for (key, text), answer in zip(damaged.items(), answered_by_page(page, damaged.values()), strict=True):
        assert answer["status"] == "stands", (key, text, answer["line"])
        assert answer == answered(book, text), key
    record_property("damages", len(damaged))


def test_the_page_refuses_what_the_command_refuses_in_the_same_words(
    book: Published, page: Page, record_property: Callable[[str, object], None]
) -> None:
    draw = random.Random(7)
    altered: list[str] = []
    for (_, style), cited in sampled(book).items():
        each = [text for _, text in bending.alterations(cited, style, draw)]
        altered += draw.sample(each, min(12, len(each)))
    for text, answer in zip(altered, answered_by_page(page, altered), strict=True):
        expected = answered(book, text)
        assert answer["status"] == expected["status"] == "unknown", text
        if "broken" not in expected["line"]:  # what a parser says of a broken record is its own
            assert said(answer["line"]) == said(expected["line"]), text
    record_property("compared", len(altered))
