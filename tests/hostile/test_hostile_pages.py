"""Hostile records on the pages: every text of a story is text on its page, and nothing but what the templates hold is markup."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import rispy
from hypothesis import given
from playwright.sync_api import Page
from pybtex.database import parse_string

from casefile import records
from casefile.book import build as book
from casefile.citation import citation_file, corrections
from casefile.content import ledger, places
from casefile.content.content import Content
from casefile.errors import BadRecord
from casefile.execution import run
from casefile.execution.story import Story
from casefile.records import Records
from casefile.site import markup, meta, search, share
from tests.conftest import Open
from tests.support import orchard
from tests.support.hostile import FRAGMENTS, LONG, MARKUP, OUTSIDE, Watched, cases, kept_within, met, unpaired, written
from tests.support.published import CITATION

SURFACE = "texts on pages"
ROWS = 60 if LONG else 8  # hostile rows of each table

# ------------------------------------------------------------------------------------------------- a hostile story


def allowed(text: str) -> bool:
    """Whether a text may stand in a record: the others are refused, as other tests hold."""
    return not unpaired(text) and not records.UNPRINTED.search(text) and len(text) < 200 and text.strip() != ""


TEXTS = [text for text in FRAGMENTS if allowed(text)]
planted: list[str] = []
CLAIMS = [
    ("markdown", "(claims)=\n# What was right?\n\n```{casefile-ledger}\n```\n\n```{casefile-article} 1\n```"),
    ("code", 'from casefile import open_chapter\nchapter = open_chapter("claims", globals(), title="The ledger", question="What was right?", needs=["harvest"])\n'
     'trees = chapter.source("trees")\nfor place, name in enumerate(chapter.records.claims):\n    text = chapter.records.claims[name].finding\n'
     '    if place % 2:\n        chapter.undecided(name, "unverifiable", text)\n'
     '    else:\n        chapter.claim(name, [("wrong", trees > chapter.source("f_1") * 900), ("supported", True)], reason=text)\nchapter.score();'),
    ("code", "chapter.publish()"),
]  # fmt: skip
SHOWN = """
import altair as alt
some = [chapter.source(name, publish=True) for name in chapter.records.figures if name.startswith("f_")]
chapter.show(*some)
rows = chapter.table(some)
rows["source"] = [chapter.records.figures[name].source for name in rows["figure"]]
chapter.chart("hostile", alt.Chart(rows).mark_bar().encode(x="value:Q", y=alt.Y("meaning:N").title(chapter.records.sources["h_1"].title.partition("x ")[2]),
    tooltip="meaning:N"), title="All {trees}", alt_text="Bars, by " + chapter.records.sources["h_1"].title.replace("{", "").replace("}", ""),
    data=rows, columns={"meaning": chapter.records.sources["h_2"].title, "value": "Value|tree"}, note="Noted.")
"""
NOTES = [("{casefile-" + name + "}", name) for name in ("origins", "parameters", "scenarios", "corrections")]


def texts() -> Iterator[str]:
    """Hostile texts without end, each told apart by a number before it."""
    for number in range(10**6):
        planted.append(f"{number}x {TEXTS[number * 7 % len(TEXTS)]}")
        yield planted[-1]


def plant(root: Path) -> Path:
    """The orchard with hostile texts in every column of every table that holds any, beside its own."""
    orchard.plant(root)
    some = texts()
    rows: dict[str, list[dict[str, Any]]] = {
        "origins": [{"id": f"o_{n}", "name": next(some), "date": "2020", "meaning": next(some)} for n in range(ROWS)],
        "sources": [
            {"id": f"h_{n}", "publisher": next(some), "title": next(some), "author": next(some), "published": "2020", "url": "https://example.org/x",
             "accessed": "2021-01", "licence": "facts only", "origin": f"o_{n // 2}", "grade": "read", "checked": next(some)} for n in range(ROWS)
        ],
        "units": [
            {"unit": f"u_{n}", "definition": f"u_{n} = [d_{n}]", "style": "number", "prefix": next(some), "suffix": next(some), "digits": 0,
             "meaning": next(some)} for n in range(ROWS)
        ],
        "figures": [
            {"id": f"f_{n}", "value": n, "unit": "tree" if n % 2 else f"u_{n}", "date": "2020", "meaning": next(some), "printed": next(some),
             "source": f"h_{n}", "locator": next(some), "grade": "read", "note": next(some)} for n in range(ROWS)
        ],
        "replies": [
            {"id": f"r_{n}", "who": next(some), "date": "2020", "meaning": next(some), "printed": next(some), "source": f"h_{n}",
             "locator": next(some), "grade": "read"} for n in range(ROWS)
        ],
        "claims": [
            {"id": f"c_{n}", "paragraph": 1, "claim": next(some), "printed": next(some), "allegation": "true", "finding": next(some),
             "chapter": "harvest", "figures": f"f_{n}", "sources": f"h_{n}", "replies": f"r_{n}"} for n in range(ROWS)
        ],
        "corrections": [
            {"id": f"k_{n}", "kind": "correction", "date": "2021-02-03", "wrong": next(some), "right": next(some), "figures": f"f_{n}",
             "owed_to": next(some), "note": next(some)} for n in range(ROWS)
        ],
        "parameters": [
            {"chapter": "market", "name": f"p_{n}", "figure": f"p_{n}", "type": "number", "unit": "EUR", "default": "1", "minimum": 0,
             "maximum": 9, "meaning": next(some), "basis": "assumption", "note": next(some)} for n in range(ROWS)
        ],
    }  # fmt: skip
    rows["units"].append(
        {"unit": "claim", "definition": "claim = [claim]", "style": "number", "digits": 0, "meaning": "claims"}
    )
    for name, added in rows.items():
        path = root / "data" / f"{name}.csv"
        with path.open("a", encoding="utf-8", newline="") as lines:
            columns = [column.name for column in dataclasses.fields(orchard.TABLES[name])]
            csv.DictWriter(lines, columns, restval="", lineterminator="\n").writerows(added)
    scenarios = {
        f"s_{n}": {"title": next(some), "meaning": next(some), "parameters": {"market": {"price": 1}}}
        for n in range(ROWS)
    }
    (root / "data" / "scenarios.yml").write_text(json.dumps(scenarios, ensure_ascii=False), encoding="utf-8")
    retired = [
        ["id", "kind", "page", "anchor", "status", "note"],
        *([f"old_{n}", "section", "gone", f"old-{n}", "retired", next(some)] for n in range(ROWS)),
    ]
    with (root / "data" / "ids.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(retired)
    record = CITATION.format(version="1.0", date="2021-02-01")
    record = record.replace('"The Orchard: its harvest"', json.dumps(next(some), ensure_ascii=False)).replace(
        "What an orchard bore.", json.dumps(next(some), ensure_ascii=False)
    )
    record = record.replace("name: A Gardener", f"name: {json.dumps(next(some), ensure_ascii=False)}").replace(
        "[apples, trees]", json.dumps([next(some)], ensure_ascii=False)
    )
    (root / "CITATION.cff").write_text(record, encoding="utf-8")
    harvest = [
        ("markdown", orchard.HARVEST[0][1].replace("(harvest)=", "(how-many)=")),
        *orchard.HARVEST[1:-1],
        ("code", SHOWN),
        orchard.HARVEST[-1],
    ]
    market = [
        (kind, text + "".join(f"\np_{n} = 1" for n in range(ROWS)) if kind == "parameters" else text)
        for kind, text in orchard.MARKET
    ]
    market[-2] = (
        "code",
        market[-2][1]
        + "\nchapter.show(*(chapter.parameter(name) for name in chapter.records.declared('market') if name != 'price'))",
    )
    for name, cells in {"harvest": harvest, "market": market, "claims": CLAIMS}.items():
        (root / "chapters" / f"{name}.ipynb").write_text(orchard.notebook(cells), encoding="utf-8")
    for directive, name in NOTES:
        (root / f"{name}.md").write_text(f"({name}-all)=\n# All {name}\n\n```{directive}\n```\n")
    (root / "verify.md").write_text(
        "(verify)=\n# Verify\n\n```{casefile-verify}\n```\n\n```{casefile-citations} f_1\n```\n"
    )
    with (root / "_toc.yml").open("a", encoding="utf-8") as contents:
        contents.write(
            "".join(f"- file: {page}\n" for page in ("chapters/claims", *(name for _, name in NOTES), "verify"))
        )
    with (root / "_config.yml").open("a", encoding="utf-8") as config:
        config.write("html:\n  baseurl: https://example.org/orchard/\nsphinx:\n  config:\n    casefile_reviewed: h_3\n")
    return root


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the hostile story."""
    folder = tmp_path_factory.mktemp("hostile")
    root = plant(folder / "story")
    book.build(Story(root), {}, folder / "site", 2, run.FORK, lambda name, event, seconds: None)
    return folder / "site"


# What a browser makes of a page: its elements without what is in them, attributes by name, and what its links begin with.
_READ = """async (addresses) => Promise.all(addresses.map(async (address) => {
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), address.endsWith(".svg") ? "image/svg+xml" : "text/html");
  const all = [...page.querySelectorAll("*")];
  const attributes = all.flatMap((element) => [...element.attributes].map(({ name, value }) => [element.localName, name, value]));
  return {
    elements: [...new Set(all.map((element) => element.localName))],
    attributes: [...new Set(attributes.map(([element, name]) => name))],
    addresses: [...new Set(attributes.filter(([, name]) => /href|src|action|data$/.test(name)).map(([, , value]) => value))],
    scripts: [...page.scripts].filter((script) => script.textContent.trim()).map((script) => [script.type, script.textContent]),
    text: page.documentElement.textContent,
    shapes: Object.fromEntries([...page.querySelectorAll("[id]")].filter(({ id }) => /_\\d+$/.test(id)).map((element) => [element.id,
      [element, ...element.querySelectorAll("*")].map((inner) => [inner.localName, ...inner.getAttributeNames()].join(" ")).join("; ")])),
  };
}))"""
ELEMENTS = {
    "a", "article", "aside", "body", "button", "circle", "clippath", "clipPath", "code", "data", "dd", "defs", "details", "div", "dl", "dt",
    "em", "fieldset", "figcaption", "figure", "footer", "form", "g", "h1", "h2", "h3", "head", "header", "html", "img", "input", "label", "legend",
    "li", "line", "link", "main", "math", "meta", "mfrac", "mi", "mn", "mo", "mrow", "msub", "nav", "noscript", "ol", "output", "p", "path",
    "pre", "q", "rect", "script", "section", "span", "strong", "summary", "svg", "table", "tbody", "td", "text", "textarea", "th", "thead",
    "title", "tr", "ul", "base", "mtext", "mstyle",
    # A picture's own record, in its metadata.
    "Alt", "Credit", "Description", "RDF", "Seq", "Source", "WebStatement", "creator", "desc", "description", "identifier", "license", "metadata", "rights",
    "source", "tspan",
}  # fmt: skip


def test_no_text_of_a_record_is_markup_on_any_page(hostile: Path, tab: Page) -> None:
    """A real parser reads every page: no element and no attribute that the templates do not hold, no address but the book's."""
    pages = sorted(
        path.relative_to(hostile).as_posix() for path in [*hostile.rglob("*.html"), *hostile.glob("charts/*.svg")]
    )
    assert len(pages) > ROWS
    for name, found in zip(pages, _read(hostile, pages, tab), strict=True):
        assert set(found["elements"]) <= ELEMENTS, (name, set(found["elements"]) - ELEMENTS)
        assert not [
            attribute
            for attribute in found["attributes"]
            if attribute.startswith("on") or attribute in ("style", "srcdoc", "x" if name.endswith(".html") else "")
        ], name
        assert not [
            address
            for address in found["addresses"]
            if re.match(r"\s*(?!https?:|data:image|urn:)[a-z]+:|//", address, re.IGNORECASE)
        ], name
        assert not [address for address in found["addresses"] if "evil" in address or OUTSIDE in address], name
        for kind, text in found["scripts"]:
            assert kind == "application/ld+json"
            assert json.loads(text)["@context"] == meta.CONTEXT
        shapes: dict[str, set[str]] = {}
        for element, shape in found["shapes"].items():
            shapes.setdefault(re.sub(r"\d+$", "", element), set()).add(
                re.sub(r"(\S+) id data-cite|(\S+) id", r"\1\2", shape)
            )
        # Entries of one kind are built alike, whatever their texts: a few forms, for what is there or not.
        assert all(len(forms) <= 6 for forms in shapes.values()), (
            name,
            {kind: len(forms) for kind, forms in shapes.items()},
        )
    met[SURFACE] += len(planted)


def _read(site: Path, pages: list[str], page: Page) -> list[dict[str, Any]]:
    page.route("**/*", lambda route: route.fulfill(path=site / route.request.url.split("/site/", 1)[1]) if "/site/" in route.request.url else
               route.fulfill(body="<title>x</title>", content_type="text/html"))  # fmt: skip
    page.goto("http://pages.example/")
    found: list[dict[str, Any]] = page.evaluate(_READ, [f"/site/{name}" for name in pages])
    return found


def test_every_text_of_a_record_is_on_its_page_as_it_is(hostile: Path, tab: Page) -> None:
    known = records.load(hostile.parent / "story")
    said = {"sources": [text for source in known.sources.values() for text in (source.publisher, source.title, source.checked)],
            "corrections": [text for row in known.corrections.values() for text in (row.wrong, row.right, row.note)],
            "chapters/claims": [text for row in known.claims.values() for text in (row.claim, row.finding)],
            "chapters/harvest": [fact.meaning for fact in known.figures.values() if fact.id.startswith("f_")]}  # fmt: skip
    for (name, texts), found in zip(said.items(), _read(hostile, [f"{name}.html" for name in said], tab), strict=True):
        shown = " ".join(found["text"].split())
        for text in filter(None, texts):
            assert " ".join(text.split()) in shown, (name, text)


def test_no_page_of_hostile_records_runs_or_asks_anything(hostile: Path, new_tab: Open) -> None:
    tab = Watched(new_tab(), "file:", "data:", "blob:")
    for name in (
        "index",
        "chapters/harvest",
        "chapters/claims",
        "sources",
        "search",
        "claims/c_1",
        "embed/hostile",
        "gone",
    ):
        tab.page.goto(f"file://{hostile}/{name}.html", wait_until="load")
        if name == "search":
            for text in ("alert", "script", "x"):
                tab.page.fill("#search-words", text)
        if name == "chapters/harvest":
            tab.page.evaluate("scrollTo(0, document.body.scrollHeight)")
            for link in tab.page.query_selector_all("a.num")[:3]:
                link.evaluate("link => link.click()")
        tab.judge(name)
    tab.close()


def test_every_file_for_machines_is_well_formed_and_in_its_place(hostile: Path) -> None:
    for path in hostile.rglob("*.xml"):
        ElementTree.parse(path)
    for path in [*hostile.rglob("*.json")]:
        json.loads(path.read_text(encoding="utf-8"))
    for path in hostile.glob("cite/*.bib"):
        (entry,) = parse_string(path.read_text(encoding="utf-8"), "bibtex").entries
        assert entry.endswith(f"-{path.stem}")  # author and year stand before the id, so that keys do not collide
    for path in hostile.glob("cite/*.ris"):
        assert [entry["id"] for entry in rispy.loads(path.read_text(encoding="utf-8"))] == [path.stem]
    for path in hostile.rglob("*"):
        assert re.fullmatch(r"[\w.+ -]+", path.name), path
    assert not list(hostile.parent.rglob(f"*{OUTSIDE}*"))


# ------------------------------------------------------------------------------------------- one text at a time


class _Shape(HTMLParser):
    """The tags of some HTML with the names of their attributes, and the text around them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.text = list[tuple[str, ...]](), ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("<!--",))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def content(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What the pages of the hostile story are made from."""
    root, folder = hostile.parent / "story", tmp_path_factory.mktemp("run")
    story = Story(root)
    whole = story.run({}, folder, 2, run.FORK)
    book.stage(whole, story.pages)
    book.cite_everything(whole)
    return Content.load(root, folder / "results")


texts_of_records = written.map(lambda text: " ".join(text[: records.MOST_CELL].split())).filter(
    lambda text: bool(text) and not records.UNPRINTED.search(text)
)
PLAIN = "plain"
AS_TYPED = str.maketrans("“”’", '""\'')  # the marks of print, as a keyboard has them


WORDS = {
    "sources": ("publisher", "title", "author", "checked"), "origins": ("name",), "replies": ("who", "meaning"),
    "claims": ("claim", "printed", "finding"), "corrections": ("wrong", "right", "note", "owed_to"),
}  # fmt: skip


def with_text(known: Records, text: str) -> Records:
    """The records with one text in every column that holds words."""
    changed: dict[str, Any] = {
        table: {
            name: dataclasses.replace(row, **dict.fromkeys(columns, text))
            for name, row in getattr(known, table).items()
        }
        for table, columns in WORDS.items()
    }
    return dataclasses.replace(known, **changed)


def pieces(content: Content, text: str) -> dict[str, str]:
    """What several templates make of records and figures that hold one text."""
    known = with_text(content.records, text)
    told = Content(known, content.pages, catalogue=content.catalogue)
    assert told.catalogue is not None
    page = "chapters/harvest"
    graph = content.pages[page].graph
    standing = graph.figures["f_1"]
    entry = ledger.entries(content)[0]
    claim = known.claims[entry.claim.id]
    hostile = dataclasses.replace(
        entry, claim=claim, reason=text, origins=(text,), inputs=tuple((name, text) for name, _ in entry.inputs),
        replies=tuple(known.replies[name] for name in claim.replies), explained_title=text,
    )  # fmt: skip

    def link(target: str) -> str:
        return f"{target}.html"

    graph.figures["f_1"] = dataclasses.replace(standing, meaning=text, printed_form=text, locator=text, note=text)
    try:
        explained = markup.derivation(told, graph, "f_1", page, link)
    finally:
        graph.figures["f_1"] = standing
    return {
        "derivation": explained,
        "claim": markup.render(
            "claim_body.html", entry=hostile, told=ledger.told_at([hostile]), before=None, after=entry, content=told, link=link, number=lambda name: "1", open=True,
        ),
        "corrections": markup.render("corrections.html", rows=list(known.corrections.values()),
                                     places={name: [] for name in known.corrections}, link=link),
        "snippet": places.snippet("https://example.org/x", text, 100),
        "share": share.share_picture(text, text, text),
        "review": f'<script type="application/ld+json">{meta.as_script(meta.claim_review(told.catalogue, hostile, known.sources["h_1"], "claims/c_0"))}</script>',
        "search": search.index_script([search.Document("claim", text, text, text, text, "x")]),
    }  # fmt: skip


@cases(SURFACE, 40, 7500)
@given(text=texts_of_records)
def test_any_text_of_a_record_leaves_the_markup_around_it_as_it_is(text: str, content: Content, hostile: Path) -> None:
    with kept_within(hostile.parent):
        plain, made = pieces(content, PLAIN), pieces(content, text)
    for name in ("derivation", "claim", "corrections", "snippet", "review"):
        assert _Shape(made[name]).tags == _Shape(plain[name]).tags, name
    for name in ("derivation", "claim", "corrections"):
        shown, written = (one.translate(AS_TYPED) for one in (_Shape(made[name]).text, text))
        assert written in shown or written.strip('"') in shown
    assert {element.tag.partition("}")[2] for element in ElementTree.fromstring(made["share"]).iter()} == {
        "svg",
        "rect",
        "text",
    }
    assert json.loads(_Shape(made["review"]).text)["claimReviewed"] == text
    assert json.loads(made["search"].split("\n")[2])[1].translate(AS_TYPED) == written


@cases(SURFACE, 30, 1500)
@given(text=texts_of_records)
def test_any_text_of_a_correction_keeps_the_feed_well_formed(text: str, content: Content, hostile: Path) -> None:
    made = dataclasses.replace(
        citation_file.book_of(hostile.parent / "story"), title=text, authors=({"literal": text},)
    )
    rows = list(with_text(content.records, text).corrections.values())[:2]
    feed = ElementTree.fromstring(corrections.feed(made, rows, "corrections.html"))
    assert text in "".join(feed.itertext())
    assert json.loads(corrections.corrections_json(rows))[0]["right"] == text


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "x",
        'https://x"onclick="y',
        "https://x y",
        " https://x",
    ],
)
def test_an_address_of_a_source_is_one_of_the_web(address: str, tmp_path: Path) -> None:
    root = orchard.plant(tmp_path / "story")
    path = root / "data" / "sources.csv"
    path.write_text(
        path.read_text().replace("https://example.org/trees", '"' + address.replace('"', '""') + '"'), encoding="utf-8"
    )
    with pytest.raises(
        BadRecord, match=r"data/sources.csv, row 2, column url: .*expected an address that begins with http"
    ):
        records.load(root)


@pytest.mark.parametrize(
    "value",
    [*MARKUP, "x\n```{include} /etc/passwd\n```", "{{ 7*7 }}", "$x$", "\\", "{raw}`x`", "[x](javascript:y)", "a_b*c*"],
)
def test_a_parameter_is_text_on_the_page_of_its_rerun(value: str) -> None:
    from markdown_it import MarkdownIt

    from casefile.book.rerun import in_markdown

    html = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(f"- `x` = {in_markdown(value)} (in the book)")
    )
    assert _Shape(html).tags == [("ul",), ("li",), ("code",)]
    assert " ".join(_Shape(html).text.split()) == " ".join(f"x = {value} (in the book)".split())
