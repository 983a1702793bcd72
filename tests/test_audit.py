"""The audit: the book's pages pass it, and a number that nothing accounts for does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import audit
from casefile.records import Records


def test_every_number_link_and_picture_of_the_book_is_accounted_for(site: Path, known: Records) -> None:
    coverage, findings = audit.audit(site, known)
    assert findings == []
    assert {page.page for page in coverage} >= {"summary.html", "chapters/claims.html", "embed/swap.html"}
    assert sum(page.from_graph for page in coverage) > 1000


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("<p>It cost 417 dollars.</p>", "numeral from nowhere: It cost 417 dollars."),
        ('<p><a href="nowhere.html">There</a></p>', "link to nowhere: nowhere.html"),
        ('<p><a href="#nothing">There</a></p>', "link to nowhere: #nothing"),
        ('<img src="x.png">', "picture without alternative text"),
        ('<div class="chart-picture"></div>', "picture without alternative text"),
    ],
)
def test_what_nothing_accounts_for_is_named_with_its_page(
    added: str, said: str, tmp_path: Path, known: Records
) -> None:
    page = f"<html><body><article><h1>A page</h1>{added}</article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    _, (finding,) = audit.audit(tmp_path, known)
    assert finding.page == "page.html"
    assert said.partition(": ")[0] in finding.what and said.partition(": ")[2] in finding.what


def test_dates_and_names_with_digits_are_no_quantities(tmp_path: Path, known: Records) -> None:
    page = "<html><body><article><p>On 4 June 2024 the H100 was named in Paragraph 3.</p></article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert audit.audit(tmp_path, known)[1] == []
