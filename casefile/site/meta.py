"""What machines read in a page's head: Highwire and Dublin Core tags, schema.org JSON-LD, the files of citations.

Tags that make a bibliographic record stand on the book's first page and on its chapters only: an index that found them
on every page would count the book many times. Addresses are given where the site has one, and never made up.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import CitableItem
from casefile.citation.cite import author_name
from casefile.content.content import Content
from casefile.content.ledger import SCALE, Entry
from casefile.figures.formats import typographic
from casefile.records import Source
from casefile.site.roles import place_of
from casefile.system import document

if TYPE_CHECKING:
    from docutils import nodes

    from casefile.site.application import Application, Context

CONTEXT = "https://schema.org"
LinkedData = dict[str, Any]  # an object of schema.org as JSON-LD


def tags(catalogue: Catalogue, item: CitableItem, whole: bool, description: str) -> list[tuple[str, str]]:
    """Highwire Press and Dublin Core tags of a chapter, or of the `whole` book on its first page."""
    book = catalogue.book
    title = book.title if whole else item.title
    day = book.date.isoformat()
    address = book.address + item.place if book.address else ""
    names = [author_name(author) for author in book.authors]
    # Zotero and others take an author of many words for a person, unless a comma says that all of it is one name.
    written = [f"{name}," if "literal" in author else name for name, author in zip(names, book.authors, strict=True)]
    pairs = [("citation_title", title), *(("citation_author", name) for name in written)]
    pairs += [("citation_publication_date", day.replace("-", "/")), ("citation_language", "en")]
    if whole:
        pairs += [("citation_technical_report_institution", book.author), ("citation_technical_report_number", book.version)]  # fmt: skip
    else:
        pairs += [("citation_book_title", book.title), ("citation_inbook_title", book.title)]
    pairs += [("citation_keywords", "; ".join(book.keywords))] if book.keywords else []
    pairs += [("citation_public_url", address), ("citation_fulltext_html_url", address)] if address else []
    pairs += [("DC.title", title), *(("DC.creator", name) for name in names), ("DC.publisher", book.author)]
    pairs += [("DC.date", day), ("DC.type", "Text"), ("DC.format", "text/html"), ("DC.language", "en")]
    pairs += [("DC.description", description)] if description else []
    pairs += [("DC.rights", _licence(name)) for name in _of_text(book.licences)]
    pairs += [("DC.identifier", address)] if address else []
    pairs += [] if whole else [("DC.relation.isPartOf", book.title)]
    return pairs


def _of_text(licences: Sequence[str]) -> list[str]:
    """Of a project's licences those of its text: Creative Commons' where it has one, for its code has another; else all."""
    return [name for name in licences if name.startswith("CC")] or list(licences)


def _licence(name: str) -> str:
    return f"https://spdx.org/licenses/{name}"


def _made(catalogue: Catalogue) -> LinkedData:
    """What every work of the book shares."""
    book = catalogue.book
    shared: LinkedData = {
        "author": [
            {"@type": "Organization" if "literal" in author else "Person", "name": author_name(author)}
            | ({"@id": author["ORCID"]} if "ORCID" in author else {})
            for author in book.authors
        ],
        "datePublished": book.date.isoformat(),
        "version": book.version,
        "inLanguage": "en",
    }
    if book.doi:
        shared["identifier"] = f"https://doi.org/{book.doi}"
    if book.licences:
        shared["license"] = [_licence(name) for name in _of_text(book.licences)]
    return shared


def _addressed(catalogue: Catalogue, plain: LinkedData, place: str) -> LinkedData:
    return {**plain, "url": catalogue.book.address + place} if catalogue.book.address else plain


def report(catalogue: Catalogue, chapters: list[CitableItem]) -> LinkedData:
    """The book as a schema.org Report with its chapters as parts."""
    book = catalogue.book
    parts = [
        _addressed(catalogue, {"@type": "Chapter", "name": item.title, "position": place}, item.place)
        for place, item in enumerate(chapters, start=1)
    ]
    plain = {"@context": CONTEXT, "@type": "Report", "name": book.title, **_made(catalogue), "hasPart": parts}
    if book.abstract:
        plain["abstract"] = book.abstract
    if same := [address for address in (book.url, book.repository) if address]:
        plain["sameAs"] = same
    if book.keywords:
        plain["keywords"] = list(book.keywords)
    return _addressed(catalogue, plain, "")


def chapter(catalogue: Catalogue, item: CitableItem, based: Sequence[Source] = ()) -> LinkedData:
    """A chapter, part of the Report, and the sources that it is based on."""
    whole = _addressed(catalogue, {"@type": "Report", "name": catalogue.book.title}, "")
    plain = {"@context": CONTEXT, "@type": "Chapter", "name": item.title, **_made(catalogue), "isPartOf": whole}
    works = [
        {
            "@type": "CreativeWork",
            "name": source.title,
            "publisher": {"@type": "Organization", "name": source.publisher},
        }
        | ({"url": source.url} if source.url else {})
        for source in sorted(based, key=lambda source: source.id)
    ]
    return _addressed(catalogue, plain | ({"isBasedOn": works} if works else {}), item.place)


def dataset(catalogue: Catalogue, package: LinkedData, page: str) -> LinkedData:
    """The data package as a schema.org Dataset; `package` is its `datapackage.json`, `page` the page that offers it."""
    plain = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": package.get("title") or package["name"],
        **_made(catalogue),
    }
    plain |= {key: package[key] for key in ("description", "version", "keywords") if package.get(key)}
    licences = [licence.get("path") or "" for licence in package.get("licenses", ())]
    if addresses := [path for path in licences if "://" in path]:  # the others are files of the package
        plain["license"] = addresses
    if catalogue.book.address:
        address = catalogue.book.address + "data/datapackage.json"
        plain["distribution"] = [{"@type": "DataDownload", "encodingFormat": "application/json", "contentUrl": address}]
    return _addressed(catalogue, plain, f"{page}.html")


def claim_review(catalogue: Catalogue, entry: Entry, reviewed: Source, page: str) -> LinkedData:
    """A judged claim as a ClaimReview of the work `reviewed`, in which others made it."""
    rating: LinkedData = {"@type": "Rating", "alternateName": entry.verdict.capitalize()}
    if entry.verdict in SCALE:
        rating |= {"ratingValue": SCALE[entry.verdict], "worstRating": min(SCALE.values()), "bestRating": max(SCALE.values())}  # fmt: skip
    maker = {"@type": "Organization", "name": reviewed.publisher}
    appearance = {"@type": "CreativeWork", "headline": reviewed.title, "publisher": maker}
    appearance |= {"url": reviewed.url} if reviewed.url else {}
    appearance |= {"datePublished": reviewed.published} if reviewed.published else {}
    plain = {
        "@context": CONTEXT, "@type": "ClaimReview", "claimReviewed": entry.claim.claim,
        "itemReviewed": {"@type": "Claim", "author": maker, "appearance": appearance},
        "reviewRating": rating, "reviewBody": entry.claim.finding, **_made(catalogue),
    }  # fmt: skip
    if reviewed.published:
        plain["itemReviewed"]["datePublished"] = reviewed.published
    return _addressed(catalogue, plain, f"{page}.html")


def as_script(plain: LinkedData) -> str:
    """JSON-LD as the text of a script element, from which nothing in it can break out."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def _links(catalogue: Catalogue, item: CitableItem | None, page: str) -> list[tuple[str, str, str]]:
    """The feed of corrections, and the files that hold a page's citation: media type, address, title."""
    up = "../" * page.count("/")
    links = [
        ("application/atom+xml", f"{up}{name}.xml", f"{catalogue.book.title}: {name}")
        for name in ("corrections", "editions")
    ]
    if item is not None:
        links += [
            (kind, f"{up}cite/{item.id}.{ending}", f"How to cite “{typographic(item.title)}”")
            for kind, ending in (
                ("application/x-bibtex", "bib"),
                ("application/x-research-info-systems", "ris"),
                ("application/vnd.citationstyles.csl+json", "json"),
            )
        ]
    return links


def signposts(
    catalogue: Catalogue, item: CitableItem, whole: bool, chapters: Sequence[CitableItem]
) -> list[tuple[str, str, str]]:
    """FAIR Signposting (signposting.org): relation, address and media type of what belongs to a page that can be cited."""
    up = "../" * item.page.count("/")
    links = [("cite-as", catalogue.book.address + item.place, "")] if catalogue.book.address else []
    links += [("license", catalogue.book.licence, "")] if catalogue.book.licence else []
    links += [("describedby", f"{up}cite/{item.id}.json", "application/vnd.citationstyles.csl+json")]
    links += [("type", f"{CONTEXT}/{'Report' if whole else 'Chapter'}", "")]
    if whole:
        return links + [("item", one.place, "text/html") for one in chapters]
    root = next(iter(catalogue.items.values()))
    return [*links, ("collection", f"{up}{root.page}.html", "text/html")]


def _add(app: Application, page_name: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Fill what `meta.html` prints into a page's head."""
    content: Content = app.casefile_content
    catalogue = content.catalogue
    context["meta"] = None
    if isinstance(entry := context.get("claim"), Entry):  # shared with its verdict first, never as a truth
        context["share_title"] = html.escape(typographic(f"{entry.verdict.capitalize()}: {entry.claim.claim}"))
        context["description"] = html.escape(typographic(entry.claim.finding.strip()))
    if catalogue is None:
        return
    whole = page_name == app.config.root_doc
    pages = {item.page: item for item in catalogue.items.values() if item.kind == "page"}
    item = pages.get(page_name)
    chapters = [pages[page] for page in content.pages if page in pages and page != app.config.root_doc]
    parts: Context = {"tags": [], "data": [], "links": _links(catalogue, item, page_name), "signs": []}
    if item is not None and (whole or page_name in content.pages):
        parts["tags"] = tags(catalogue, item, whole, html.unescape(context.get("description") or ""))
        based = [content.records.sources[name] for name, pages in content.cited_on.items() if page_name in pages]
        parts["data"] = [report(catalogue, chapters) if whole else chapter(catalogue, item, based)]
        parts["signs"] = signposts(catalogue, item, whole, chapters)
    if page_name == place_of(app, "casefile-sources"):
        package = content.records.data / "datapackage.json"
        parts["data"] = [dataset(catalogue, document.read(package, "data/datapackage.json"), page_name)]
    reviewed = content.records.sources.get(app.config.casefile_reviewed)
    if reviewed is not None and isinstance(context.get("claim"), Entry):
        parts["data"] = [claim_review(catalogue, context["claim"], reviewed, page_name)]
    parts["data"] = [as_script(plain) for plain in parts["data"]]
    context["meta"] = parts


def setup(app: Application) -> None:
    """Register the settings that name the reviewed source and its language, and fill every page's head."""
    app.add_config_value("casefile_reviewed", "", "env")
    app.add_config_value("casefile_reviewed_language", "", "env")
    app.connect("html-page-context", _add, priority=995)
