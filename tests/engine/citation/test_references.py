"""Many citations at once: each is answered for, words of one's own are never said to stand, and what is not ours is left."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from casefile.citation import references
from casefile.citation.references import Reference
from casefile.citation.verify import Published
from casefile.errors import BadInput
from tests.support import bending
from tests.support.verifying import of_edition, open_page

BOOK = of_edition("0.3.0")
NAMES = ("gpus_redirected", "implied_unit_price", "gpus_12000", "swap", "chart-unit_price", "abnormal_return_event")
CITED = bending.texts(BOOK, [BOOK.standing[name] for name in NAMES])


def statuses(text: str, book: Published = BOOK) -> list[str]:
    return [reference.finding.status for reference in references.checked(text, book)]


def sentence(name: str) -> str:
    return CITED[name, "sentence"]


@pytest.mark.parametrize("style", ["bibtex", "ris", "csl-json"])
def test_each_record_of_a_file_is_answered_for(style: str) -> None:
    records = [CITED[name, style] for name in NAMES]
    records[1] = records[1].replace("41,667", "41,668")
    others = {
        "bibtex": "@comment{x}\n@article{smith, title = {Something else}, author = {Smith, J.}}\n",
        "ris": "TY  - JOUR\nTI  - Something else\nAU  - Smith, J.\nER  - \n",
        "csl-json": '[{"title": "Something else", "author": [{"family": "Smith"}]}]',
    }
    text = "\n".join([*records, others[style]])
    if style == "csl-json":
        text = "[" + ",".join(record.strip()[1:-1] for record in (*records, others[style])) + "]"
    assert statuses(text) == ["stands", "refused", *["stands"] * 4, "not of this book"]


def test_a_list_of_references_is_read_entry_by_entry() -> None:
    entries = [
        f"[1] {CITED['swap', 'apa']}", "[2] Smith, J. (2020). Something else. A Journal.", f"[3] {CITED['chart-unit_price', 'chicago']}",
        f"[4] {CITED['abnormal_return_event', 'apa'].replace('−0.82', '0.82')}", f"[5] {CITED['gpus_redirected', 'markdown']}",
    ]  # fmt: skip
    assert statuses("References\n\n" + "\n".join(entries)) == ["stands", "stands", "refused", "stands"]
    assert statuses("\n\n".join(entries)) == ["stands", "stands", "refused", "stands"]


def page_of_latex() -> str:
    """Entries as `pdftotext` reads them of what `unsrt` prints, with a year and a number at the head of a line, and days broken."""
    entries: list[str] = []
    days = ("202611-25", "2026-1125", "2026-11-25")
    for name, day in zip(("abnormal_return_event", "gpus_redirected", "net_gpus_transferred"), days, strict=True):
        item = BOOK.standing[name]
        entries.append(
            f"[{len(entries) + 1}] The Diverted Chips. {item.title}:\n{item.text}. In The Diverted Chips: an executable investigation, "
            f"November\n2026. Edition 0.3.0 of {day}. {item.id}@0.3.0:{item.hash}.\n"
        )
    return "\n\n1\n\n\f".join(entries)


def test_a_page_of_latex_is_read_entry_by_entry_where_a_year_or_a_number_begins_a_line_and_a_day_is_broken() -> None:
    assert statuses(page_of_latex()) == ["stands"] * 3
    assert statuses(page_of_latex().replace("202611-25", "202612-25")) == ["refused", "stands", "stands"]


def test_words_of_ones_own_around_a_mark_are_never_said_to_stand() -> None:
    mark = f"implied_unit_price@0.3.0:{BOOK.standing['implied_unit_price'].hash}"
    (own,) = references.checked(f"A chip cost 41,667 million dollars [{mark}].", BOOK)
    assert own.finding.status == references.OWN_WORDS
    assert "what it cites is “Least value of one H100 that the report implies: $41,667”" in own.finding.line
    said = sentence("implied_unit_price")
    expected = {
        f"An article. {said} And so on.": "stands", f"It is false that {said}": "own words", f"So {said}": "own words",
        said.replace("$41", "not $41"): "refused", said.replace("$41,667", "$41,667 million"): "refused",
        said.replace("$", "-$"): "refused", f"{said}\n\nNobody knows.": "stands",
    }  # fmt: skip
    for text, status in expected.items():
        assert statuses(text) == [status], text


def test_two_citations_of_one_paragraph_are_two() -> None:
    text = f"As shown. {sentence('gpus_redirected')} {sentence('implied_unit_price')} {sentence('gpus_12000')}"
    assert statuses(text) == ["stands"] * 3


PLACED = replace(BOOK, book=replace(BOOK.book, address="https://example.org/book/"))
ADDRESSED = bending.texts(
    PLACED, [BOOK.standing[name] for name in NAMES[:2]], ("apa", "chicago", "markdown", "wikipedia", "html")
)


def test_an_entry_that_prints_its_address_has_its_mark_twice_and_is_one() -> None:
    for (name, style), text in ADDRESSED.items():
        assert text.count(f"{name}@") + text.count(f"{name}%40") == 2, style
        (reference,) = references.checked(text, PLACED)
        assert reference.finding.status == "stands", (style, reference)
        (reference,) = references.checked(re.sub("H100s?", "H200", text, count=1), PLACED)
        assert reference.finding.status == references.OWN_WORDS, (style, reference)
    assert statuses(" ".join(ADDRESSED.values()), PLACED) == ["stands"] * len(ADDRESSED)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("The Diverted Chips. (2026). Least value of one H100 that the report implies: $41,667. Edition 0.3.0.", "probably it is implied_unit_price@0.3.0:"),
        ("The Diverted Chips (2026): “Least value of one H100 that the report implies: $41,667”", "and that stands: “Least value of one H100 that the report implies”"),
        ("The Diverted Chips (2026): Least value of one H100 that the report implies: $41,667 million", "probably meant for implied_unit_price@0.3.0:"),
        ("The Diverted Chips (2026): Least value of one H100 that the report implies: $41,668", ""),
        ("Another Book (2026): Least value of one H100 that the report implies: $41,667", ""),
    ],
)  # fmt: skip
def test_a_citation_without_a_mark_is_told_what_it_probably_is(text: str, says: str) -> None:
    meant = references.probably(text, BOOK)
    assert says in meant if says else meant == ""
    assert statuses(text) == ([references.NO_MARK] if says else [])


def word(*paragraphs: str, part: str = "word/document.xml") -> bytes:
    """A document of Word with some paragraphs."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;") for text in paragraphs]
    halves = [(text[: len(text) // 2], text[len(text) // 2 :]) for text in escaped]
    runs = [f"<w:p><w:r><w:t>{one}</w:t></w:r><w:r><w:t>{other}</w:t></w:r></w:p>" for one, other in halves]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body/></w:document>")
        archive.writestr(part, f"<w:document {space}><w:body>{''.join(runs)}</w:body></w:document>")
    return content.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("part", ["word/document.xml", "word/footnotes.xml"])
def test_a_document_of_word_is_read_with_its_notes(part: str, tmp_path: Path) -> None:
    path = tmp_path / "article.docx"
    path.write_bytes(word("An article of mine.", sentence("gpus_redirected"), sentence("swap"), part=part))
    assert statuses(references.readable_text(str(path))) == ["stands", "stands"]


def test_a_saved_page_is_read_as_it_reads() -> None:
    markup = f"<html><head><title>x</title></head><body><p>{sentence('gpus_redirected')}</p><script>1</script><ul><li>{CITED['swap', 'apa']}</ul>"
    assert statuses(references.saved_page_text(markup)) == ["stands", "stands"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a document", b"\x00" * 400])
def test_a_document_that_is_none_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "article.docx"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"article\.docx: .*; expected a document of Word \(\.docx\)$") as caught:
        references.readable_text(str(path))
    assert "\n" not in str(caught.value)


def test_the_table_counts_and_says_why() -> None:
    text = CITED["swap", "bibtex"] + CITED["gpus_redirected", "bibtex"].replace("12,000", "13,000")
    rows: list[Reference] = references.checked(text, BOOK)
    lines = references.table(rows)
    assert lines[0] == "1. STANDS: What moved, what came back, what is it worth?"
    assert lines[3] == "2. REFUSED: H100s meant for Tesla that an Nvidia memo says went to X: 13,000"
    assert "altered: the citation says 13,000; it is 12,000 in edition 0." in lines[4]
    assert lines[-1] == "1 stands, 1 refused"


def test_the_page_answers_for_many_as_the_command_does(browser: Browser) -> None:
    mark = f"implied_unit_price@0.3.0:{BOOK.standing['implied_unit_price'].hash}"
    said = sentence("implied_unit_price")
    texts = [
        "\n".join(CITED[name, "bibtex"].replace("41,667", "41,668") for name in NAMES) + "@article{smith, title = {Else}, author = {S, J}}\n",
        "\n".join(CITED[name, "ris"] for name in NAMES), f"An article. {said} And so on.\n\nIt is false that {said}\n\n{said.replace('$', '-$')}",
        f"A chip cost 41,667 million dollars [{mark}]. {sentence('gpus_12000').replace('supported', 'not supported')}",
        "\n".join(f"[{number}] {CITED[name, 'apa']}" for number, name in enumerate(NAMES, start=1)),
        "The Diverted Chips. (2026). Least value of one H100 that the report implies: $41,667. Edition 0.3.0.", "Nothing.",
        page_of_latex(), "\n\n".join(ADDRESSED.values()),
    ]  # fmt: skip
    context = browser.new_context(offline=True)
    tab = context.new_page()
    open_page(tab, BOOK)
    for text in texts:
        rows = [
            (one.words, one.finding.status, one.finding.line, one.finding.compared)
            for one in references.checked(text, BOOK)
        ]
        answers = tab.evaluate("text => casefile.references.checked(text)", text)
        assert [(one["words"], one["status"], one["line"], one.get("compared", "")) for one in answers] == rows
    tab.fill("#verify-citation", texts[2])
    tab.click("form.verify button")
    assert tab.locator("output > strong").inner_text() == "1 stands, 1 own words, 1 refused"
    assert tab.locator("output li").count() == 3
    context.close()
