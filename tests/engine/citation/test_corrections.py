"""A correction is one row of data; the page, the mark on the number, the notes, the feed and the JSON are made of it."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import xml.etree.ElementTree
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casefile import records
from casefile.citation import corrections
from casefile.citation.citation_file import book_of
from casefile.errors import BadRecord
from casefile.records import Correction
from tests.engine.citation.test_verify import CORRECTION
from tests.support.orchard import built
from tests.support.published import add, change

ATOM = {"a": "http://www.w3.org/2005/Atom"}
UPDATE = {
    "id": "u1", "kind": "update", "date": "2021-04-01", "wrong": "€0.40 an apple.", "right": "€0.40, by a new list.",
    "figures": "price",
}  # fmt: skip


@pytest.fixture(scope="module")
def orchard(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The orchard with a number corrected and another updated."""
    root = Path(shutil.copytree(published, tmp_path_factory.mktemp("corrected") / "orchard"))
    change(root, "figures", "trees", "value", "121")
    add(root, "corrections", CORRECTION)
    add(root, "corrections", UPDATE)
    built(root)
    return root


@pytest.fixture(scope="module")
def site(orchard: Path) -> Path:
    return orchard / "_build" / "html"


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_the_page_lists_each_the_latest_first_with_what_it_touched(site: Path) -> None:
    entries = soup(site / "corrections.html").select(".correction")
    assert [str(entry["id"]) for entry in entries] == ["correction-u1", "correction-c1"]
    text = " ".join(entries[1].get_text(" ").split())  # and so without spaces that do not break
    for part in (
        "1 March 2021",
        "Said: 120 trees.",
        "Right: There are 121 trees.",
        "since 1 February 2021",
        "A reader",
    ):
        assert part in text
    assert [link["href"] for link in entries[1].select("a")] == ["chapters/harvest.html#figure-trees"]


def test_every_page_touched_has_a_note_at_its_foot_and_no_other(site: Path) -> None:
    told = {
        path.relative_to(site).as_posix(): [str(link["href"]).partition("#")[2] for link in soup(path).select(".correction-note a.correction-was")]
        for path in site.rglob("*.html")
    }  # fmt: skip
    assert {page: notes for page, notes in told.items() if notes} == {
        "chapters/harvest.html": ["correction-c1"],
        "chapters/market.html": ["correction-u1", "correction-c1"],
        "index.html": ["correction-u1", "correction-c1"],
    }


def test_a_note_names_the_numbers_of_its_page_that_it_touches(site: Path) -> None:
    named = {
        page: [
            [number.get_text() for number in note.select("a.num")]
            for note in soup(site / page).select(".correction-note")
        ]
        for page in ("chapters/harvest.html", "chapters/market.html", "index.html")
    }
    assert named == {
        "chapters/harvest.html": [["121"]],
        "chapters/market.html": [["€0.4"], []],
        "index.html": [[], []],
    }


def test_the_number_is_marked_where_it_is_printed_and_where_it_is_explained(site: Path) -> None:
    page = soup(site / "chapters" / "harvest.html")
    for mark in page.select("a.corrected"):
        number = mark.find_previous_sibling("a")
        assert number is not None and number["data-figure"] == "trees"
        assert mark["aria-label"] == "corrected on 1\u00a0March\u00a02021"
        assert mark["href"] == "../corrections.html#correction-c1"
    assert page.select("a.corrected")
    explained = page.select_one("#figure-trees .derivation-corrected")
    assert explained is not None
    assert "Corrected on 1 March 2021: There are 121 trees." in " ".join(explained.get_text().split())


def test_a_number_that_says_the_same_is_not_marked_and_its_sheet_has_the_correction(site: Path) -> None:
    market, index = soup(site / "chapters" / "market.html"), soup(site / "index.html")
    assert index.select('a.num[data-figure="price"]')
    assert index.select("a.corrected") == []
    told = market.select_one("#figure-price .derivation-corrected")
    assert told is not None
    assert "Updated on 1 April 2021: €0.40, by a new list." in " ".join(told.get_text().split())


def test_the_feed_is_atom_dated_by_its_entries(site: Path) -> None:
    feed = xml.etree.ElementTree.parse(site / "corrections.xml").getroot()
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert feed.findtext("a:updated", namespaces=ATOM) == "2021-04-01T00:00:00+00:00"
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", namespaces=ATOM) for entry in entries] == ["Update u1", "Correction c1"]
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in entries]
    assert ids == [
        "urn:casefile:the-orchard-its-harvest:correction:u1",
        "urn:casefile:the-orchard-its-harvest:correction:c1",
    ]
    assert [term.get("term") for term in entries[1].findall("a:category", ATOM)] == ["trees"]
    assert "There are 121 trees." in str(entries[1].findtext("a:summary", namespaces=ATOM))


def test_a_feed_without_entries_has_the_books_date(published: Path) -> None:
    feed = xml.etree.ElementTree.fromstring(corrections.feed(book_of(published), [], ""))
    assert feed.findtext("a:updated", namespaces=ATOM) == "2021-02-01T00:00:00+00:00"
    assert not feed.findall("a:entry", ATOM)


def test_the_json_holds_the_rows(site: Path) -> None:
    rows = json.loads((site / "corrections.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in rows] == ["u1", "c1"]
    assert rows[1] == {
        **dict.fromkeys(Correction.__annotations__, ""), **CORRECTION, "figures": ["trees"], "sections": [], "claims": [],
    }  # fmt: skip


def test_every_page_leads_to_the_feed(site: Path) -> None:
    for page in ("index.html", "chapters/harvest.html", "sources.html"):
        links = soup(site / page).select('head link[type="application/atom+xml"]')
        feeds = [(site / page).parent.joinpath(str(link["href"])).resolve() for link in links]
        assert feeds == [site / "corrections.xml", site / "editions.xml"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"figures": "treees"},
            "column figures: 'treees'; expected the id of a figure or section; did you mean trees?",
        ),
        (
            {"sections": "orchard-frut"},
            "column sections: 'orchard-frut'; expected the id of a figure or section; did you mean",
        ),
        ({"claims": "none"}, "column claims: 'none'; expected the id of a claim"),
        ({"figures": ""}, "column figures: ''; expected a figure, section or claim that it touched"),
    ],
)
def test_a_correction_of_nothing_known_is_named_by_row(
    changed: dict[str, str], said: str, published: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(published, tmp_path / "orchard"))
    add(root, "corrections", {**CORRECTION, **changed})
    with pytest.raises(BadRecord) as caught:
        records.check(root)
    assert said in str(caught.value)
    assert str(caught.value).startswith("data/corrections.csv, row 2, ")


def test_the_feeds_of_two_books_have_two_names(published: Path) -> None:
    def name(title: str) -> str:
        feed = corrections.feed(dataclasses.replace(book_of(published), title=title), [], "")
        return str(xml.etree.ElementTree.fromstring(feed).findtext("a:id", namespaces=ATOM))

    assert name("The Orchard: its harvest") == "urn:casefile:the-orchard-its-harvest:corrections"
    names = {name(title) for title in ("果樹園", "庭園", "果樹園 2", "庭園 2", "!?", "?!")}
    assert len(names) == 6
    assert all(re.fullmatch(r"urn:casefile:[a-z0-9-]+:corrections", said) for said in names)
