"""What an address or a saved page says of itself."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from casefile.book import saved
from casefile.errors import BadInput

PAGE = """<!doctype html><html><head><title>Trees \n of the year</title>
<meta property="og:site_name" content="The Almanac"><meta name="author" content="P. Cox">
<meta property="article:published_time" content="2020-03-01T10:00:00Z"><link rel="canonical" href="https://example.org/trees">
</head><body></body></html>"""


def test_a_saved_page_answers_what_its_head_says(tmp_path: Path) -> None:
    file = tmp_path / "trees.html"
    file.write_text(PAGE)
    os.utime(file, (1_600_000_000, 1_600_000_000))
    row = saved.guesses(str(file))
    copy = hashlib.sha256(PAGE.encode()).hexdigest()
    assert row == {
        "publisher": "The Almanac", "title": "Trees of the year", "author": "P. Cox", "published": "2020-03-01",
        "url": "https://example.org/trees", "checked": f"Read in the copy trees.html of 2020-09-13, SHA-256 {copy}.",
    }  # fmt: skip


def test_an_address_answers_with_its_host(tmp_path: Path) -> None:
    assert saved.guesses("https://www.example.org/a?b=1") == {
        "url": "https://www.example.org/a?b=1",
        "publisher": "example.org",
    }


def test_a_document_without_a_head_has_its_hash_alone(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF-")
    assert list(saved.guesses(str(tmp_path / "report.pdf"))) == ["checked"]
    (tmp_path / "empty.html").write_bytes(b"")
    assert list(saved.guesses(str(tmp_path / "empty.html"))) == ["checked"]


@pytest.mark.parametrize("what", ["nonsense", "ftp://example.org", "https://", "https://a b", "."])
def test_what_is_neither_is_refused(what: str) -> None:
    with pytest.raises(BadInput, match="neither an address nor a file"):
        saved.guesses(what)


def test_a_source_is_named_by_publisher_and_year_and_as_no_other_is() -> None:
    row = {"publisher": "The Almanac", "published": "2020-03-01"}
    assert saved.source_id(row, ()) == "the_almanac_2020"
    assert saved.source_id(row, ("the_almanac_2020", "the_almanac_2020_2")) == "the_almanac_2020_3"
    assert saved.source_id({"publisher": "9 à 5", "published": ""}, ()) == "source_9_5"
