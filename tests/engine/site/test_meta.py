"""Machines find the record: Highwire and Dublin Core tags as Zotero maps them, JSON-LD, CITATION.cff, the sitemap."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import xml.etree.ElementTree
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml
from bs4 import BeautifulSoup

from casefile.citation import citation_file, cite
from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import CitableItem
from casefile.content import ledger
from casefile.execution.story import Story
from casefile.figures import claims
from casefile.records import Records
from casefile.site import meta
from tests.conftest import CHAPTERS, ROOT, Plain
from tests.support import small
from tests.support.orchard import built
from tests.support.published import commit

ADDRESS = "https://example.org/orchard/"
# What Zotero's translator "Embedded Metadata" makes of each tag; a book title makes the record a section of that book.
ZOTERO = {
    "citation_title": "title", "citation_publication_date": "date", "citation_book_title": "bookTitle",
    "citation_technical_report_institution": "institution", "citation_technical_report_number": "number",
    "citation_public_url": "url", "citation_language": "language",
}  # fmt: skip
TYPES = {"citation_book_title": "bookSection", "citation_technical_report_institution": "report"}


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def head(path: Path) -> BeautifulSoup:
    """The head of a page alone, which is read sooner."""
    before, end, _ = path.read_text(encoding="utf-8").partition("</head>")
    return BeautifulSoup(before + end, "html.parser")


def tags(path: Path) -> list[tuple[str, str]]:
    """The named meta tags of a page's head, in order."""
    return [(str(tag["name"]), str(tag["content"])) for tag in head(path).select("head > meta[name]")]


def zotero(path: Path) -> dict[str, Any]:
    """The record that Zotero's translator would make of a page: the fields it maps, the type it guesses, the authors."""
    found = tags(path)
    record: dict[str, Any] = {ZOTERO[name]: content for name, content in found if name in ZOTERO}
    record["itemType"] = next((TYPES[name] for name, _ in found if name in TYPES), "webpage")
    # Its cleanAuthor takes the last word for a family name unless there is a comma, and then what stands before it.
    record["creators"] = [content.removesuffix(",") for name, content in found if name == "citation_author"]
    return record


def data(path: Path) -> list[dict[str, Any]]:
    """The JSON-LD of a page."""
    return [json.loads(script.get_text()) for script in head(path).select('head > script[type="application/ld+json"]')]


@pytest.fixture(scope="module")
def addressed(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The orchard's site, built for an address that was written without the slash at its end; with a page without label."""
    root = Path(shutil.copytree(published, tmp_path_factory.mktemp("addressed") / "orchard"))
    (root / "note.md").write_text("A note\n======\n\nIt was a wet year.\n", encoding="utf-8")
    with (root / "_toc.yml").open("a", encoding="utf-8") as contents:
        contents.write("- file: note\n")
    with (root / "_config.yml").open("a", encoding="utf-8") as config:
        config.write(f"html:\n  baseurl: {ADDRESS.removesuffix('/')}\n")
    with (root / "CITATION.cff").open("a", encoding="utf-8") as record:
        record.write("contact:\n  - name: The desk\n    email: press@example.org\n")
    commit(root)
    return built(root)


def test_zotero_finds_a_chapter_as_a_section_of_the_book(site: Path) -> None:
    known = citation_file.book_of(ROOT)
    for page in CHAPTERS.values():
        record, heading = zotero(site / f"{page}.html"), soup(site / f"{page}.html").select_one("h1")
        assert heading is not None
        if page == "summary":
            assert record["itemType"] == "report"
            assert (record["title"], record["number"]) == (known.title, known.version)
        else:
            assert record["itemType"] == "bookSection"
            assert record["title"].replace("'", "’") == heading.get_text().removesuffix("#").replace("'", "’")
            assert record["bookTitle"] == known.title
        assert record["date"] == known.date.strftime("%Y/%m/%d")
        assert record["creators"] == [cite.author_name(author) for author in known.authors]
        assert ("citation_author", f"{known.authors[0]['literal']},") in tags(site / f"{page}.html")
        assert "url" not in record


def test_a_claim_is_shared_with_its_verdict_first_and_why(site: Path) -> None:
    page = soup(site / "claims" / "value_500m.html")
    shared = {str(tag["property"]): str(tag["content"]) for tag in page.select("head > meta[property]")}
    verdict, _, claim = shared["og:title"].partition(": ")
    assert verdict.lower() in claims.VERDICTS
    assert claim == "The purchase concerned is worth half a billion dollars in all"
    assert shared["og:description"].startswith("CNBC gives that sum as a floor")


def test_each_page_says_its_edition_its_day_and_its_mark(site: Path) -> None:
    for page in ("summary", "chapters/01_swap", "claims/value_500m"):
        found = soup(site / f"{page}.html").select(".cite-mark")
        assert len(found) == 1, page
        assert re.fullmatch(
            r"(?:Draft after edition [0-9.]+|Edition [0-9.]+ of \d{1,2} \w+ \d{4})\. [\w-]+@[0-9.]+(?:\+draft)?:[0-9a-f]{12}",
            found[0].get_text(),
        ), found
    item = CitableItem("swap", "page", "chapters/01_swap", "", "The swap", "", "0123456789ab")
    bare = citation_file.Book("The Orchard", ({"literal": "A Gardener"},), "1.0", datetime.date(2021, 2, 1), "")
    for cited_from, said in (("1.0", "Edition 1.0 of 1 February 2021. swap@1.0:0123456789ab"), ("1.0+draft", "Draft after edition 1.0. swap@1.0+draft:0123456789ab")):  # fmt: skip
        known = Catalogue(bare, {"swap": item}, {"swap": cited_from}, {}, {}, "", frozenset(), {}, {})
        assert known.stamp(item) == said


def test_the_licence_of_the_pages_is_that_of_the_text(site: Path) -> None:
    (report,) = data(site / "summary.html")
    assert report["license"] == ["https://spdx.org/licenses/CC-BY-4.0"]
    rights = [content for name, content in tags(site / "summary.html") if name == "DC.rights"]
    assert rights == ["https://spdx.org/licenses/CC-BY-4.0"]


def test_dublin_core_says_the_same(site: Path) -> None:
    for page in CHAPTERS.values():
        found = dict(tags(site / f"{page}.html"))
        record = zotero(site / f"{page}.html")
        assert (found["DC.title"], found["DC.creator"]) == (record["title"], record["creators"][0])
        assert found["DC.date"].replace("-", "/") == record["date"]
        assert found["DC.language"] == "en"
        assert found["DC.description"]


def test_only_chapters_carry_a_bibliographic_record(site: Path) -> None:
    with_record = {
        path.relative_to(site).as_posix().removesuffix(".html")
        for path in site.rglob("*.html")
        if any(name.startswith(("citation_", "DC.")) for name, _ in tags(path))
    }
    assert with_record == {*CHAPTERS.values(), "index"}  # index.html is the summary under another name


def test_the_book_is_a_report_with_its_chapters_as_parts(site: Path) -> None:
    (report,) = data(site / "summary.html")
    known = citation_file.book_of(ROOT)
    assert (report["@context"], report["@type"]) == ("https://schema.org", "Report")
    assert (report["name"], report["version"]) == (known.title, known.version)
    assert report["datePublished"] == known.date.isoformat()
    assert report["author"] == [{"@type": "Organization", "name": known.author}]
    parts = [page for page in CHAPTERS.values() if page != "summary"]
    assert [part["position"] for part in report["hasPart"]] == list(range(1, len(parts) + 1))
    assert [part["name"] for part in report["hasPart"]] == [data(site / f"{page}.html")[0]["name"] for page in parts]
    for page in parts:
        (chapter,) = data(site / f"{page}.html")
        assert (chapter["@type"], chapter["isPartOf"]["name"]) == ("Chapter", known.title)


def test_the_data_package_is_a_dataset(site: Path) -> None:
    (dataset,) = data(site / "chapters" / "about" / "sources.html")
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert dataset["@type"] == "Dataset"
    assert (dataset["name"], dataset["description"]) == (package["title"], package["description"])
    assert dataset["license"] == ["https://creativecommons.org/licenses/by/4.0/"]


def test_each_claim_of_the_article_is_reviewed_on_a_page_of_its_own(
    site: Path, defaults: dict[str, Plain], known: Records
) -> None:
    verdicts = {claim: verdict for plain in defaults.values() for claim, verdict in plain["verdicts"].items()}
    assert {path.stem for path in (site / "claims").glob("*.html")} == set(verdicts)
    article = known.sources["bfm_article"]
    for name, verdict in verdicts.items():
        (review,) = data(site / "claims" / f"{name}.html")
        claim = known.claims[name]
        assert (review["@type"], review["claimReviewed"]) == ("ClaimReview", claim.claim)
        assert review["itemReviewed"]["appearance"]["url"] == article.url
        assert review["itemReviewed"]["author"]["name"] == article.publisher
        rating = review["reviewRating"]
        assert rating["alternateName"] == verdict["verdict"].capitalize()
        assert rating.get("ratingValue") == ledger.SCALE.get(verdict["verdict"])
        page = soup(site / "claims" / f"{name}.html")
        text = " ".join(page.get_text(" ").split())
        assert claim.finding in text.translate(str.maketrans("’“”", '\'""'))
        for reply in claim.replies:
            assert known.replies[reply].meaning.replace("'", "’") in text
        assert page.select(f'a[href="../chapters/claims.html#claim-{name}"]')
        assert len(page.select("h1")) == 1


def test_no_other_page_reviews_anything(site: Path) -> None:
    for path in site.rglob("*.html"):
        if path.parent.name != "claims":
            assert "ClaimReview" not in path.read_text(encoding="utf-8"), path


def test_the_scale_of_ratings_is_that_of_the_verdicts() -> None:
    assert [verdict for verdict in claims.VERDICTS if verdict in ledger.SCALE] == sorted(
        ledger.SCALE, key=ledger.SCALE.__getitem__, reverse=True
    )
    assert set(claims.VERDICTS) - set(ledger.SCALE) == {"superseded", "unverifiable"}


def test_nothing_breaks_out_of_the_data() -> None:
    text = meta.as_script({"name": "</script><!-- & \u2028"})
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><!-- & \u2028"}


def test_without_an_address_none_is_made_up(site: Path) -> None:
    assert not (site / "sitemap.xml").exists()
    for path in (
        site / "summary.html",
        site / "chapters" / "01_swap.html",
        site / "chapters" / "about" / "sources.html",
    ):
        for plain in data(path):
            assert "url" not in plain
        assert "citation_public_url" not in dict(tags(path))


def test_with_an_address_every_record_carries_it(addressed: Path) -> None:
    place = f"{ADDRESS}chapters/market.html"
    assert zotero(addressed / "chapters" / "market.html")["url"] == place
    found = dict(tags(addressed / "chapters" / "market.html"))
    assert found["DC.identifier"] == found["citation_fulltext_html_url"] == place
    (chapter,) = data(addressed / "chapters" / "market.html")
    assert (chapter["url"], chapter["isPartOf"]["url"]) == (place, ADDRESS)
    page = soup(addressed / "chapters" / "market.html")
    assert page.select(f'meta[property="og:url"][content="{place}"]')
    bib = (addressed / "cite" / "worth.bib").read_text(encoding="utf-8")
    assert re.search(rf'url = "{re.escape(place)}\?cite=worth%401\.0(%2Bdraft)?%3A[0-9a-f]{{12}}#figure-worth"', bib)


def test_every_page_says_in_its_foot_where_to_write_when_the_record_does(addressed: Path) -> None:
    for page in ("index.html", "chapters/market.html", "note.html", "404.html"):
        (link,) = soup(addressed / page).select(".site-footer .edition-contact")
        assert link["href"] == "mailto:press@example.org"


def test_one_base_serves_all_that_need_one(addressed: Path) -> None:
    """Written without its slash, a browser would take the last part of a path for a file's name."""
    (base,) = soup(addressed / "404.html").select("base")
    assert base["href"] == urlsplit(ADDRESS).path  # the same at a preview of the same path
    assert "looks bare" not in soup(addressed / "404.html").get_text()
    page = soup(addressed / "chapters" / "market.html")
    assert [link["href"] for link in page.select('link[rel="canonical"]')] == [f"{ADDRESS}chapters/market.html"]
    (picture,) = page.select('meta[property="og:image"]')
    assert picture["content"] == f"{ADDRESS}share/chapters/market.png"


def test_a_page_of_which_nothing_can_be_cited_has_no_dialog(addressed: Path) -> None:
    def scripts(page: str) -> set[str]:
        return {
            Path(str(script["src"]).partition("?")[0]).name for script in soup(addressed / page).select("script[src]")
        }

    assert "cite.js" in scripts("note.html")
    assert "cite.js" not in scripts("404.html")


def test_the_sitemap_lists_every_page_once(addressed: Path) -> None:
    root = xml.etree.ElementTree.parse(addressed / "sitemap.xml").getroot()
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert root.tag == f"{space}urlset"
    places = [str(entry.findtext(f"{space}loc")) for entry in root]
    pages = ["index", "chapters/harvest", "chapters/market", "sources", "corrections", "verify", "cite", "note"]
    assert places == [f"{ADDRESS}{page}.html" for page in pages]


def test_each_page_leads_to_its_files(site: Path) -> None:
    for page in Story(ROOT).pages:
        links = head(site / f"{page}.html").select('head link[rel="alternate"]')
        assert len(links) == 5  # the citation in three forms, the feeds of corrections and of editions
        for link in links:
            assert (site / f"{page}.html").parent.joinpath(str(link["href"])).resolve().is_file()


def test_citation_cff_is_valid_by_the_formats_own_schema() -> None:
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "citation-file-format.json"
    plain = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    plain["date-released"] = plain["date-released"].isoformat()
    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(plain)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plain, "authors": []}, json.loads(schema.read_text(encoding="utf-8")))


def test_the_whole_name_of_an_author_stands_in_the_tags() -> None:
    painter = {"family": "Gogh", "given": "Vincent", "non-dropping-particle": "van", "suffix": "Jr."}
    bare = citation_file.Book("The Orchard", (painter, {"family": "Plato"}), "1.0", datetime.date(2021, 2, 1), "")
    known = Catalogue(bare, {}, {}, {}, {}, "", frozenset(), {}, {})
    page = CitableItem("index", "page", "index", "", "The orchard", "", "0123456789ab")
    found = meta.tags(known, page, True, "")
    for tag in ("citation_author", "DC.creator"):
        assert [said for name, said in found if name == tag] == ["Vincent van Gogh Jr.", "Plato"]
    assert [author["name"] for author in meta.report(known, [])["author"]] == ["Vincent van Gogh Jr.", "Plato"]


def test_what_the_record_and_the_source_leave_out_is_left_out() -> None:
    bare = citation_file.Book("The Orchard", ({"literal": "A Gardener"},), "1.0", datetime.date(2021, 2, 1), "")
    known = Catalogue(bare, {}, {}, {}, {}, "", frozenset(), {}, {})
    made = {
        "author": [{"@type": "Organization", "name": "A Gardener"}], "datePublished": "2021-02-01", "version": "1.0", "inLanguage": "en",
    }  # fmt: skip
    report = {"@context": "https://schema.org", "@type": "Report", "name": "The Orchard", "hasPart": [], **made}
    assert meta.report(known, []) == report
    more = replace(bare, abstract="What it bore.", keywords=("apples",), licences=("MIT",))
    assert meta.report(replace(known, book=more), []) == {
        **report, "abstract": "What it bore.", "keywords": ["apples"], "license": ["https://spdx.org/licenses/MIT"],
    }  # fmt: skip
    content = small.content()
    (entry,), undated = ledger.entries(content), replace(content.records.sources["paper"], published="")
    article = {"@type": "CreativeWork", "headline": "", "publisher": {"@type": "Organization", "name": "Paper"}}
    reviewed = {"@type": "Claim", "author": {"@type": "Organization", "name": "Paper"}, "appearance": article}
    assert meta.claim_review(known, entry, undated, "claims/dear")["itemReviewed"] == reviewed
    assert meta.claim_review(known, entry, replace(undated, published="2024"), "claims/dear")["itemReviewed"] == {
        **reviewed, "appearance": {**article, "datePublished": "2024"}, "datePublished": "2024",
    }  # fmt: skip
