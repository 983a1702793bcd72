"""The builder: it writes only the pages that differ, and the site is the same as one built from nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from casefile.book import build as book
from casefile.book import rebuild
from casefile.citation import archive, editions
from casefile.errors import BadInput
from casefile.execution import run
from casefile.execution.story import Story
from casefile.system import cache
from tests.support import breaking, markup
from tests.support.orchard import plant


def build(root: Path, output: Path, **given: Any) -> str:
    """Build a story with some parameters by chapter; the site's hash."""
    return book.build(Story(root), given, output, 2, run.FORK, lambda name, event, seconds: None)


def kept(root: Path) -> int:
    """How many pages the story's cache holds."""
    return len(list((root / cache.FOLDER / "pages").glob("*.json")))


def from_nothing(root: Path, tmp_path: Path, **given: Any) -> str:
    """The hash of the same story's site, built by one who never built it before."""
    copy = tmp_path / "copy"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("_build"))
    return build(copy, copy / "_build" / "html", **given)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story, built once."""
    root = plant(tmp_path_factory.mktemp("built") / "orchard")
    build(root, root / "_build" / "html")
    return root


@pytest.fixture
def orchard(first: Path, tmp_path: Path) -> Path:
    """A copy of it, with its site and what is kept of it."""
    return Path(shutil.copytree(first, tmp_path / "orchard"))


def add_sentence(notebook: Path) -> None:
    plain = json.loads(notebook.read_text(encoding="utf-8"))
    plain["cells"][0]["source"] += "\n\nIt was a wet year."
    notebook.write_text(json.dumps(plain), encoding="utf-8")


def test_a_change_writes_the_pages_that_say_it_and_the_site_is_that_of_one_never_built(
    orchard: Path, tmp_path: Path
) -> None:
    """A text, the title that other pages name, and a parameter, each upon the one before."""
    site, before = orchard / "_build" / "html", kept(orchard)
    notebook = orchard / "chapters" / "harvest.ipynb"
    add_sentence(notebook)
    build(orchard, site)
    assert kept(orchard) == before + 1
    assert "It was a wet year." in (site / "chapters" / "harvest.html").read_text("utf-8")

    notebook.write_text(notebook.read_text(encoding="utf-8").replace("# How many apples?", "# How many in all?"))
    made = build(orchard, site)
    for page in ("index", "chapters/market", "sources"):
        assert "How many in all?" in (site / f"{page}.html").read_text("utf-8"), page
    if breaking.THOROUGH:
        assert made == from_nothing(orchard, tmp_path / "texts")

    before = kept(orchard)
    made = build(orchard, tmp_path / "dear", market={"price": 0.8})
    assert (
        kept(orchard) == before + 3
    )  # the market, the first page, which quotes it, and the one before, whose card tells its answer
    assert "€24,000" in (tmp_path / "dear" / "index.html").read_text("utf-8")
    assert made == from_nothing(orchard, tmp_path, market={"price": 0.8})


def test_a_page_is_written_anew_when_its_foot_alone_changes(published: Path, tmp_path: Path) -> None:
    """So little more for an apple that the first page prints the same price, and bears a mark that tells of the price.

    The harvest's page rests on no price; it offers the editions that are kept of it, and beside a parameter none.
    """
    story = Path(shutil.copytree(published, tmp_path / "story"))
    archive.write(story, rebuild.of_record(editions.load(story)["1.0"]))
    build(story, story / "_build" / "html")
    build(story, tmp_path / "dear", market={"price": 0.4000001})  # its audit holds every mark
    before, after = (markup.parsed(site / "index.html") for site in (story / "_build" / "html", tmp_path / "dear"))
    price = "//main//*[@data-figure='price']//text()"
    assert before.xpath(price) == after.xpath(price) != []
    marks = ["".join(page.xpath("//p[@class='cite-mark']//text()")) for page in (before, after)]
    assert ["market.price=0.4000001" in mark for mark in marks] == [False, True]
    pages = [site / "chapters" / "harvest.html" for site in (story / "_build" / "html", tmp_path / "dear")]
    assert [bool(markup.parsed(page).xpath("//p[@class='cite-editions']")) for page in pages] == [True, False]


def test_going_back_writes_nothing(orchard: Path) -> None:
    first = cache.hash_of_site(orchard / "_build" / "html")
    notebook = orchard / "chapters" / "harvest.ipynb"
    before = notebook.read_text(encoding="utf-8")
    add_sentence(notebook)
    build(orchard, orchard / "_build" / "html")
    pages = kept(orchard)
    notebook.write_text(before, encoding="utf-8")
    assert build(orchard, orchard / "_build" / "html") == first
    assert kept(orchard) == pages


# ------------------------------------------------------------------------------------------- what a build begins and ends with


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """The small story, never built."""
    return plant(tmp_path / "orchard")


def test_a_book_without_contents_says_so(planted: Path) -> None:
    (planted / "_toc.yml").unlink()
    with pytest.raises(BadInput) as caught:
        book.check(Story(planted))
    assert str(caught.value) == "_toc.yml: no such file; expected YAML with the pages of the book"


def test_a_parameter_of_a_chapter_that_has_no_notebook_is_told(planted: Path) -> None:
    table = planted / "data" / "parameters.csv"
    row = table.read_text(encoding="utf-8").splitlines()[1]
    with table.open("a", encoding="utf-8") as lines:
        lines.write(row.replace("market,", "stall,", 1).replace(",price,number", ",stall_price,number") + "\n")
    with pytest.raises(BadInput) as caught:
        book.check(Story(planted))
    assert str(caught.value) == "data/parameters.csv: chapter 'stall' has no notebook; known: harvest, market"
