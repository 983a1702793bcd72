"""The pages of an edition are kept as they read, and say what has changed since."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace as but
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from casefile.book import rebuild
from casefile.citation import archive, catalogue, changes, citable, citation_file, editions
from casefile.citation.archive import Archive
from casefile.citation.changes import HtmlSection
from casefile.citation.citable import CitableItem
from casefile.citation.editions import Edition
from casefile.content import policy
from casefile.errors import BadInput
from casefile.records import Correction
from casefile.site.versions import Versions
from casefile.system import cache
from casefile.system.tree import parent_of
from tests.conftest import ROOT

PAGE = """<!DOCTYPE html><html><head><title>Trees</title></head><body><nav><a href="x.html">Elsewhere</a></nav>
<article><section id="trees" data-cite="trees"><span id="the-trees"></span><h1>Trees<a class="headerlink" href="#trees">#</a></h1>
<p class="lead">It bore <a class="num" href="#figure-harvest">1,200</a> apples. A <em>good</em>
year<a class="corrected" href="c.html">†</a>.</p>
<details class="hide above-input"><summary>Code</summary><pre>1 + 1</pre></details>
<details class="proof"><summary>How</summary><div class="derivation" id="figure-harvest"><p>Apples <data value="1200">1,200</data></p></div></details>
<section id="price"><h2>Price</h2><figure class="chart" id="chart-price"><figcaption>Dear</figcaption>
<div class="chart-picture" role="img" aria-label="A bar." data-chart="price"><div class="chart-wide"><svg><script>evil()</script></svg></div></div></figure>
<table><tr><th scope="row">Apple</th><td class="number">€2</td></tr></table><p onclick="evil()">See <a href="../index.html?x=1#top">the start</a>.</p>
<form><button>Cite</button></form></section></section></article></body></html>"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0,0"/></svg>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one page with one chart."""
    site = tmp_path / "site"
    (site / "chapters").mkdir(parents=True)
    (site / "charts").mkdir()
    (site / "chapters" / "trees.html").write_text(PAGE, encoding="utf-8")
    (site / "charts" / "price.svg").write_text(PICTURE, encoding="utf-8")
    (site / "index.html").write_text("<html><body></body></html>", encoding="utf-8")
    return site


@pytest.fixture
def kept(site: Path) -> Archive:
    """What is kept of it."""
    return archive.of_site(site, "1.0", ["chapters/trees"], "Kept.")


def test_a_page_is_kept_with_its_words_numbers_anchors_and_pictures_and_nothing_that_runs(kept: Archive) -> None:
    ((name, content),) = kept.pictures.items()
    assert content.decode() == PICTURE
    assert kept.pages["chapters/trees"] == (
        '<section id="trees"><span id="the-trees"></span>\n<h1>Trees</h1>\n'
        '<p>It bore <a href="#figure-harvest">1,200</a> apples. A <em>good</em> year.</p>\n'
        "<details>\n<summary>How</summary>\n"
        '<div id="figure-harvest" class="derivation">\n<p>Apples <data>1,200</data></p></div></details>\n'
        '<section id="price">\n<h2>Price</h2>\n<figure id="chart-price">\n<figcaption>Dear</figcaption>\n'
        f'<p><img src="v/pictures/{name}" alt="A bar."></p></figure>\n'
        '<table>\n<tr><th scope="row">Apple</th><td class="number">€2</td></tr></table>\n'
        '<p>See <a href="index.html#top">the start</a>.</p></section></section>\n'
    )


def test_what_is_kept_is_read_back_and_believed_only_as_it_was_written(kept: Archive, tmp_path: Path) -> None:
    archive.write(tmp_path, kept)
    assert archive.read(tmp_path, "1.0") == kept
    assert archive.read(tmp_path, "2.0") is None
    assert archive.listed(tmp_path, ["1.0", "2.0"]) == {"1.0": frozenset(["chapters/trees"])}
    folder = tmp_path / "editions"
    spoilt = {
        folder / "1.0" / "chapters" / "trees.html": "editions/1.0/chapters/trees.html: missing, or altered after it was written",
        folder / "pictures" / next(iter(kept.pictures)): "missing, or altered after it was written",
        folder / "1.0" / "pages.json": "editions/1.0/pages.json: was altered after it was written",
    }  # fmt: skip
    for path, said in spoilt.items():
        before = path.read_bytes()
        path.write_bytes(before.replace(b"1,200", b"1,300").replace(b"M0,0", b"M1,1").replace(b"Kept.", b"Bent."))
        with pytest.raises(BadInput, match=said):
            archive.read(tmp_path, "1.0")
        path.write_bytes(before)
    shutil.rmtree(folder / "pictures")
    with pytest.raises(BadInput, match="missing"):
        archive.read(tmp_path, "1.0")


@pytest.mark.parametrize("page", ["../out", "/etc/x", "a//b", ""])
def test_a_list_that_leads_outside_is_refused(page: str, kept: Archive, tmp_path: Path) -> None:
    plain = {"version": "1.0", "made": "", "pages": {page: "0"}, "pictures": []}
    (tmp_path / "editions" / "1.0").mkdir(parents=True)
    (tmp_path / "editions" / "1.0" / "pages.json").write_text(
        json.dumps({**plain, "seal": citable.content_hash(plain)})
    )
    with pytest.raises(BadInput, match="was altered after it was written; expected it as `casefile release`"):
        archive.read(tmp_path, "1.0")


def test_a_page_that_the_site_has_not_is_named(site: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.html: not on the site; expected every page of edition 1\.0"):
        archive.of_site(site, "1.0", ["gone"])


def test_sections_are_read_sentence_by_sentence(kept: Archive) -> None:
    assert changes.sections(kept.pages["chapters/trees"]) == [
        HtmlSection("", "Trees", ("Trees", "It bore 1,200 apples.", "A good year.")),
        HtmlSection("price", "Price", ("Price", "Dear", "Apple · €2", "See the start.")),
    ]


def test_what_changed_is_told_sentence_by_sentence() -> None:
    before = [HtmlSection("", "Trees", ("It’s one.", "Two.", "Three.")), HtmlSection("gone", "Gone", ("Gone.",))]
    now = [HtmlSection("", "Trees", ("It's one.", "Three.", "Four.")), HtmlSection("new", "New", ("New.",))]
    told = [(one.anchor, one.sentences) for one in changes.of_words(before, now)]
    assert told == [("", ((True, "Two."), (False, "Four."))), ("gone", ((True, "Gone."),)), ("new", ((False, "New."),))]
    assert changes.of_words(before, before) == []


HARVEST = CitableItem("harvest", "number", "chapters/trees", "figure-harvest", "Apples", "1,200", "a" * 12)
CHART = CitableItem(
    "chart-price", "chart", "chapters/trees", "chart-price", "Dear", "", "b" * 12, rests_on=("harvest",)
)
PRICE = CitableItem("price", "section", "chapters/trees", "price", "Price", "", "c" * 12, rests_on=("harvest",))
TREES = CitableItem("trees", "page", "chapters/trees", "", "Trees", "", "d" * 12)
SAID = {item.id: item for item in (TREES, PRICE, HARVEST, CHART)}
FIRST = Edition("1.0", "2021-02-01", (), SAID)
ROW = Correction("c1", "correction", "2021-03-01", "Wrong.", "There were more.", "", ("harvest",), (), (), "", "")


@pytest.mark.parametrize(
    ("name", "now", "said"),
    [
        ("harvest", {"text": "1,300"}, "from 1,200 to 1,300"),
        ("harvest", {"range": "1 to 2"}, "from no range to 1 to 2"),
        ("harvest", {"text": "1,300", "title": "Crop"}, "from 1,200 to 1,300; its title was “Apples” and is “Crop”"),
        ("harvest", {"qualifier": "about"}, "from 1,200 to about 1,200"),
        ("harvest", {}, "still 1,200 as printed, and its exact value, formula, rule or sources are others"),
        ("price", {}, "its words are others"),
        ("chart-price", {}, "its data, note or sources are others"),
        ("chart-price", {"title": "Dearer"}, "its title was “Dear” and is “Dearer”"),
    ],
)
def test_how_something_differs_is_said_of_it_alone(name: str, now: Mapping[str, Any], said: str) -> None:
    other = but(SAID[name], hash="e" * 12, **now)
    assert changes.difference(SAID[name], other, FIRST, {**SAID, name: other}) == said


@pytest.mark.parametrize("name", ["price", "chart-price"])
def test_of_a_section_or_chart_it_is_said_which_part_changed(name: str) -> None:
    more = but(HARVEST, text="1,300", hash="f" * 12)
    other = but(SAID[name], hash="e" * 12, rests_on=("harvest", "trees_2"))
    standing = {**SAID, "harvest": more, name: other, "trees_2": but(HARVEST, id="trees_2", title="Apples of all")}
    assert changes.difference(SAID[name], other, FIRST, standing) == (
        "of what it shows or rests on, changed: “Apples” (from 1,200 to 1,300), “Apples of all” (new)"
    )


@pytest.fixture
def versions(site: Path, kept: Archive) -> Versions:
    """The first edition beside a site on which the harvest was corrected."""
    now = {**SAID, "harvest": but(HARVEST, text="1,300", hash="f" * 12)}
    text = PAGE.replace("1,200", "1,300").replace("A <em>good</em>", "A <em>great</em>")
    (site / "chapters" / "trees.html").write_text(text, encoding="utf-8")
    known = catalogue.Catalogue(
        citation_file.book_of(ROOT), now, {}, {}, {}, "", frozenset(), {}, {"1.0": FIRST, "1.1": but(FIRST, version="1.1")},
        {ROW.id: ROW}, {"1.0": frozenset(kept.pages)},
    )  # fmt: skip
    return Versions(site, known, {"1.0": kept, "1.1": but(kept, version="1.1")})


def test_a_page_as_it_was_says_what_it_is_and_what_has_changed_number_by_number_and_sentence_by_sentence(
    versions: Versions,
) -> None:
    files = dict(versions.files())
    page = html.document_fromstring(files["v/1.0/chapters/trees.html"].decode())
    bar = " ".join(page.find_class("edition-bar")[0].text_content().split())
    assert "edition 1.0 of 1 February 2021. This page as it was then; superseded." in bar
    assert "1,200" in page.find_class("edition-page")[0].text_content()
    (row,) = page.xpath("//*[@id='since-figure-harvest']")
    assert row.text_content() == "Apples: from 1,200 to 1,300. There were more."
    assert [parent_of(mark).get("id") for mark in page.find_class("edition-since")] == ["figure-harvest"]
    assert [(one.tag, one.text) for one in page.xpath("//del | //ins")] == [
        ("del", "It bore 1,200 apples."), ("del", "A good year."), ("ins", "It bore 1,300 apples."), ("ins", "A great year."),
    ]  # fmt: skip
    assert (
        " ".join((page.find_class("edition-mark")[0].text or "").split())
        == f"Edition 1.0 of 1 February 2021. trees@1.0:{'d' * 12}"
    )
    links = {link.get("rel"): link.get("href") for link in page.xpath("//head/link")}
    assert links["canonical"].endswith("chapters/trees.html")
    assert links["latest-version"] == "../../../chapters/trees.html"
    assert links["successor-version"] == "../../../v/1.1/chapters/trees.html"
    assert "predecessor-version" not in links
    assert [
        found for path, text in files.items() if path.endswith(".html") for found in policy.of_tree(etree.HTML(text))
    ] == []
    record = json.loads(files["v/1.0/record.json"])
    assert record["items"]["harvest"]["text"] == "1,200"
    assert "seal" not in record and "site" not in record


def test_the_words_of_a_page_are_read_again_when_its_article_changed_and_not_when_what_is_around_it_did(
    versions: Versions, site: Path, kept: Archive, tmp_path: Path
) -> None:
    store = cache.Store(tmp_path / "kept")

    def read(text: str) -> int:
        """How many texts have been read so far, once the pages beside this one were made."""
        (site / "chapters" / "trees.html").write_text(text, encoding="utf-8")
        beside = Versions(site, versions.known, {"1.0": kept}, store=store)
        assert ("great" in text) == ("A great year." in dict(beside.files())["v/1.0/chapters/trees.html"].decode())
        return len(list((tmp_path / "kept" / "sections").iterdir()))

    around = PAGE.replace("Elsewhere", "Elsewhere, and here").replace("</article>", "</article><p>To keep.</p>")
    assert [read(PAGE), read(around), read(around.replace("good", "great"))] == [2, 2, 3]


def test_the_contents_of_an_edition_lead_to_what_changed_on_a_page_only_where_the_page_tells_it(
    versions: Versions, site: Path, kept: Archive
) -> None:
    (page,) = [item for item in SAID.values() if item.kind == "page"]
    assert 'href="chapters/trees.html#since"' in dict(versions.files())["v/1.0/index.html"].decode()
    (site / "chapters" / "trees.html").write_text(PAGE, encoding="utf-8")
    moved = {**SAID, page.id: but(page, hash="e" * 12)}  # its record is another, and it prints what it printed
    files = dict(Versions(site, but(versions.known, items=moved), {"1.0": kept}).files())
    assert "#since" not in files["v/1.0/index.html"].decode()
    assert "nothing on it has changed since" in files["v/1.0/chapters/trees.html"].decode()


def test_a_page_as_it_was_leads_to_pages_of_its_edition_else_to_the_site_else_nowhere(versions: Versions) -> None:
    text = '<a href="chapters/trees.html#price">a</a> <a href="chapters/trees.html#gone">b</a> <a href="index.html">c</a> <a href="no.html">d</a>'
    assert versions._told(text, "1.0", "chapters/trees", "../../../") == (
        '<a href="../../../v/1.0/chapters/trees.html#price">a</a> <a href="../../../v/1.0/chapters/trees.html">b</a> '
        '<a href="../../../index.html">c</a> <a >d</a>'
    )


def test_without_the_commit_that_released_an_edition_its_record_is_kept(tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    plain = json.loads(editions.told(FIRST))
    text = json.dumps({**plain, "seal": citable.content_hash(plain)})
    (tmp_path / "editions" / "1.0.json").write_text(text)
    lines: list[str] = []
    rebuild.keep(tmp_path, "1.0", lines.append)
    made = archive.read(tmp_path, "1.0")
    assert lines == ["no commit released 1.0 in this copy's history; its record alone is kept"]
    assert made is not None and rebuild.missing(FIRST, made) == []
    assert '<div id="figure-harvest">\n<p>Apples: 1,200</p></div>' in made.pages["chapters/trees"]
    lost = but(made, pages={"chapters/trees": made.pages["chapters/trees"].replace("1,200", "1,300")})
    assert rebuild.missing(FIRST, lost) == ["harvest"]
    with pytest.raises(BadInput, match=r"no edition '9\.9'; known: 1\.0"):
        rebuild.rebuild(tmp_path, "9.9", lines.append)


@pytest.mark.parametrize("version", list(editions.load(ROOT)))
def test_every_edition_keeps_its_pages_with_all_that_its_record_names(version: str) -> None:
    kept = archive.read(ROOT, version)
    assert kept is not None
    assert rebuild.missing(editions.load(ROOT)[version], kept) == []
