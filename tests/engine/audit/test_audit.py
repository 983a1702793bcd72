"""The audit: the book's pages pass it, and whatever is planted on a copy of them is named with its page and place."""

from __future__ import annotations

import math
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from casefile import audit
from casefile.audit import numerals
from casefile.audit.accounts import KINDS, Accounts, Scope
from casefile.audit.judge import PageAudit, Written
from casefile.audit.judge import Truth as Held
from casefile.audit.page import Page
from casefile.book import build as book
from casefile.content.content import Content
from casefile.errors import BadInput
from casefile.execution import run
from casefile.execution.story import Story
from casefile.records import Measure
from casefile.system import cache, place
from quality.assurance.audit import digits, noticed
from tests.conftest import ROOT
from tests.engine.book.test_rerun import casefile
from tests.support import small
from tests.support.orchard import plant

Truth = tuple[Content, dict[str, Written]]
Audited = Callable[[Path], audit.AuditReport]
STORE = cache.Store(ROOT / cache.FOLDER)


@pytest.fixture(scope="module")
def truth(site: Path) -> Truth:
    """What the book's pages are held against; its chapters stand in the cache since the site was built."""
    return book.judged_by(Story(ROOT), {}, 2, run.FORK, lambda name, event, seconds: None)


@pytest.fixture(scope="module")
def audited(truth: Truth) -> Audited:
    """The audit of a site against the book."""
    return lambda site: audit.audit(site, *truth, Story(ROOT).title, STORE)


@pytest.fixture(scope="module")
def copied(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the built site, which shares its files."""
    return Path(shutil.copytree(site, tmp_path_factory.mktemp("copied") / "site", copy_function=os.link))


@pytest.fixture
def copy(site: Path, copied: Path) -> Iterator[Path]:
    """The copy for one test, which may write pages anew; they are put back after it."""
    yield copied
    for path in copied.rglob("*.*"):
        if path.is_file() and path.stat().st_nlink == 1:
            path.unlink()
            os.link(site / path.relative_to(copied), path)


def rewrite(site: Path, page: str, pattern: str, planted: str) -> None:
    """Write one page of a copied site anew, the first text that fits a pattern replaced."""
    text, found = re.subn(pattern, planted, (site / page).read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
    assert found, pattern
    replace_page(site, page, text.encode())


def replace_page(site: Path, page: str, content: bytes) -> None:
    """Put another file in the place of one of a copied site."""
    (site / page).unlink()  # the copy shares it with the site
    (site / page).write_bytes(content)


def test_every_numeral_of_the_book_is_accounted_for(site: Path, audited: Audited) -> None:
    report = audited(site)
    assert [str(finding) for finding in report.findings] == []
    assert {"summary.html", "index.html", "404.html", "search.html", "chapters/claims.html", "embed/swap.html"} <= set(
        report.pages
    )
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert set(report.pages) == {page for page in pages if not page.startswith("v/")}
    kinds = set().union(*(counted.keys() for counted in report.pages.values()))
    assert kinds | {"measure"} == set(KINDS) | {"measure"}  # measures stand on a page once they are measured


SWAP, PRESSURE, MONEY, CLAIMS = "chapters/01_swap.html", "chapters/06_pressure.html", "chapters/08_money.html", "chapters/claims.html"  # fmt: skip
GROK, MOVED = "chapters/04_grok.html", "chapters/03_delay.html"
PLANTED = {
    "a figure in prose": (SWAP, r'(<a class="num"[^>]*"implied_unit_price"[^>]*>)\$42,000', r"\g<1>$43,000", "p"),
    "a figure explained": (SWAP, r'(derivation-value"[^>]*"implied_unit_price">)\$42,000', r"\g<1>$42,500", "#figure-implied_unit_price data"),
    "a figure for machines": (SWAP, r'value="12000\.0" data-figure="gpus_redirected"', 'value="12001.0" data-figure="gpus_redirected"', "#figure-gpus_redirected data"),
    "a range": (MOVED, r'(data-part="range">[^<]*?)\d(\D*</span>, 5th)', r"\g<1>7777\g<2>", "span"),
    "a word": (SWAP, r'data-word="against_prices">well within', 'data-word="against_prices">2 times', "span.word"),
    "arithmetic": (SWAP, r"= \$500 million ÷ 12,000", "= $500 million ÷ 12,500", "#figure-implied_unit_price p.derivation-arithmetic"),
    "a formula's constant": (PRESSURE, r"<mn>1</mn>", "<mn>2</mn>", "math"),
    "a figure's meaning": (SWAP, r"Tesla’s target for the end of 2024", "Tesla’s target for the end of 2025 of 90", "p.derivation-head"),
    "a note": (SWAP, "“over 12,000”", "“over 12,100”", "p.derivation-note"),
    "words in print": (SWAP, r"12k of shipped", "13k of shipped", "p.derivation-source"),
    "a locator": (SWAP, r"4\u00a0June\u00a02024, paragraph 2,", "4\u00a0June\u00a02024, paragraph 22,", "p.derivation-source"),
    "a step of a lineage": (MONEY, r'(derivation-lineage">.*?<data value="[^"]*">[^<]*?)\d', r"\g<1>99", "data"),
    "a tick": (SWAP, r">10,000</text>", ">10,500</text>", "#chart-swap svg.marks"),
    "a tick of a power": (GROK, r">10²⁵</text>", ">10²⁷</text>", "#chart-training svg.marks"),
    "a tick of a date": (PRESSURE, r">Apr 2023</text>", ">May 2023</text>", "#chart-prices svg.marks"),
    "a tick's name": (PRESSURE, r">Q1</tspan>", ">Q3</tspan>", "svg.marks"),
    "a label of a mark": (SWAP, r">In the memo, December 2023</text>", ">In the memo, December 2024</text>", "#chart-trace svg.marks"),
    "a number of a mark": (MONEY, r">\$18 billion</text>", ">$19 billion</text>", "#chart-ladder svg.marks"),
    "a mark's name aloud": (SWAP, r'<path class="background"', '<path aria-label="H100s: 11,000" class="background"', "#chart-swap"),
    "a chart's title": ("embed/swap.html", r"12,000 for 12,000</a>", "12,000 for 13,000</a>", "h1.embed-title"),
    "a chart's alternative text": (SWAP, r'aria-label="Two bars, both as the memo of December 2023 has it: 12,000', 'aria-label="Two bars, both as the memo of December 2023 has it: 11,000', "#chart-swap div.chart-picture"),
    "a chart's note": (GROK, r'(chart-note">)All are', r"\g<1>All 17 are", "p.chart-note"),
    "a chart's place": (SWAP, r">Chart 2</a>", ">Chart 3</a>", "a.chart-number"),
    "a chart's frame": (SWAP, r"height=&#34;\d+&#34;", "height=&#34;17&#34;", "code.chart-snippet"),
    "a cell of a table": (SWAP, r'(<td class="number"[^>]*>)12,000', r"\g<1>12,007", "#chart-swap td.number"),
    "a head of a table": (MONEY, r'(<th scope="col"[^>]*>)([^<]+)', r"\g<1>\g<2> of 44", "th"),
    "how many sources more": (PRESSURE, r"and (\d) more, each", "and 77 more, each", "p.chart-credit"),
    "how many figures more": (SWAP, r"The other \d+ figures", "The other 99 figures", "summary"),
    "code": (SWAP, r">500_000_000<", ">510_000_000<", "pre"),
    "a date of no record": (SWAP, r"due in January and June, were", "due on 13 January 2024, were", "p"),
    "a paragraph of no claim": ("chapters/about/article.html", r"Paragraph 1", "Paragraph 81", "a.reference"),
    "a section in the contents": ("chapters/about/article.html", r'(<a class="reference internal" href="#[^"]*">)Paragraph 2', r"\g<1>Paragraph 3", "a.reference"),
    "a number in prose": ("chapters/about/methods.html", r"</h1>", "</h1><p>It cost 417 dollars.</p>", "p"),
    "a number in the footer": ("chapters/about/glossary.html", r"(<footer[^>]*>)", r"\g<1>Read by 4,321.", "footer"),
    "a chapter's number": (SWAP, r'class="chapter-place">2<', 'class="chapter-place">3<', "span.chapter-place"),
    "the edition": (SWAP, r'class="edition-said">', 'class="edition-said">1', "span.edition-said"),
    "a page as it was": ("v/0.3.0/chapters/01_swap.html", r">\$41,667<", ">$42,667<", ""),
    "the mark of a page as it was": ("v/0.3.0/chapters/01_swap.html", r"swap@0\.3\.0", "swap@0.2.0", ""),
    "the record of an edition": ("v/0.3.0/record.json", r"\$41,667", "$42,667", ""),
    "the edition's day": ("summary.html", r'class="edition-said">', 'class="edition-said">1', "span.edition-said"),
    "the size of the book's file": (SWAP, r'class="file-size">', 'class="file-size">1', "span.file-size"),
    "a number in the header": ("chapters/about/glossary.html", r'(class="site-name"[^>]*>)', r"\g<1>5 of ", "a.site-name"),
    "a placeholder": ("search.html", r'<input id="search-words"', '<input id="search-words" placeholder="Search 900 entries"', "#search-words input"),
    "a caption": (CLAIMS, r"</h1>", "</h1><table><caption>In 17 rows</caption></table>", "caption"),
    "a page's title": (SWAP, r"<title>", "<title>5 ways: ", "title"),
    "a description": (SWAP, r'(name="description" content="[^"]*?)12,000', r"\g<1>13,000", "meta"),
    "a shared description": (SWAP, r'(og:image:alt" content="[^"]*)12,000 H100s', r"\g<1>12,345 H100s", "meta"),
    "a shared picture's size": (SWAP, r'(og:image:width" content=")1200', r"\g<1>1300", "meta"),
    "a citation's date": (SWAP, r'(citation_publication_date" content=")\d{4}', r"\g<1>1999", "meta"),
    "a version in JSON-LD": (SWAP, r'"version": "', '"version": "7.', "script"),
    "a work in JSON-LD": (SWAP, r'"isBasedOn": \[\{"@type": "CreativeWork", "name": "', r"\g<0>17 ", "script"),
    "a rating in JSON-LD": ("claims/value_500m.html", r'"ratingValue": \d', '"ratingValue": 9', "script"),
    "a position in JSON-LD": ("summary.html", r'"position": 2', '"position": 5', "script"),
    "a claim's words": (CLAIMS, r'(claim-finding"[^>]*>)', r"\g<1>In 2024: ", "claim-finding"),
    "a claim's rule": (CLAIMS, r'(</strong> when <span>[^<]*?)(\d)', r"\g<1>8\g<2>", "li"),
    "a flip": (CLAIMS, r'(<ul class="flips".*? were [^<]*?)(\d)', r"\g<1>8\g<2>", "li"),
    "how many origins": (CLAIMS, r">\d independent origin", ">7 independent origin", "p"),
    "a reply's day": (CLAIMS, r"Elon Musk, 4\u00a0June\u00a02024: Tesla had nowhere", "Elon Musk, 5 June 2024: Tesla had 3 places", "li"),
    "a source's day": ("chapters/about/sources.html", r"accessed November", "accessed 93 November", "p.source-facts"),
    "a source's age": ("chapters/about/sources.html", r"\((\d+) months after\)", "(131 months after)", "p.source-facts"),
    "a source's address": (SWAP, r"(print-only\"> &lt;https:[^&]*?)\d+", r"\g<1>31415", "span.print-only"),
    "a fact set aside": ("chapters/about/sources.html", r"<strong>at least 12,000 chips</strong>", "<strong>at least 21,000 chips</strong>", "#fact-warren_gpus"),
    "a parameter's bound": ("chapters/about/rerun.html", r"a number from 50,000,000", "a number from 60,000,000", "dd"),
    "a parameter's default": ("chapters/about/rerun.html", r"order_value_usd = 500000000", "order_value_usd = 600000000", "dt"),
    "a citation": ("chapters/about/cite.html", r"(<pre[^>]*>[^<]*)\(2026\)", r"\g<1>(2025)", "dd"),
    "a figure in a list": ("search.html", r"(#figure-implied_unit_price\">[^<]*</a>: )\$42,000", r"\g<1>$24,000", "li"),
    "an image's words": ("chapters/about/methods.html", r"</h1>", '</h1><img src="../../_static/favicon.svg" alt="All 31 of them">', "img"),
}  # fmt: skip


def apart(one: str, other: str) -> bool:
    """Whether each of two can be told by its page and place where both are planted."""
    (page, *_, place), (other_page, *_, other_place) = PLANTED[one], PLANTED[other]
    if page.startswith("v/") and other_page.startswith("v/"):  # pages of an edition are held against one record
        return False
    return page != other_page or not (place in other_place or other_place in place)


def together() -> list[list[str]]:
    """All that is planted, in groups of what can be told apart: one audit of the whole site each."""
    groups: list[list[str]] = []
    for what in PLANTED:
        group = next((some for some in groups if all(apart(what, other) for other in some)), None)
        if group is None:
            groups.append(group := [])
        group.append(what)
    return groups


@pytest.mark.parametrize("group", together(), ids=lambda group: f"{group[0]}, {len(group) - 1} more")
def test_wrong_numbers_are_named_with_their_pages_and_places(group: list[str], copy: Path, audited: Audited) -> None:
    for what in group:
        page, pattern, planted, _ = PLANTED[what]
        rewrite(copy, page, pattern, planted)
    found = audited(copy).findings
    missed = [
        what
        for what in group
        if not any(finding.page == PLANTED[what][0] and PLANTED[what][3] in finding.place for finding in found)
    ]
    assert not missed, f"not named: {missed}; named: {[str(finding) for finding in found]}"
    assert {finding.page for finding in found} == {PLANTED[what][0] for what in group}


def test_ticks_that_are_even_but_not_of_these_rows_are_found(copy: Path, audited: Audited) -> None:
    text = re.sub(r">(\d+),000</text>", r">\g<1>0,000</text>", (copy / SWAP).read_text(encoding="utf-8"))
    replace_page(copy, SWAP, text.encode())
    assert any("drawn from the chart's rows" in finding.what for finding in audited(copy).findings)


def test_a_row_that_draws_a_figure_at_another_value_is_found(site: Path, truth: Truth, tmp_path: Path) -> None:
    content, written = truth
    for name in ("index.html", SWAP):  # no other page is asked
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(site / name, tmp_path / name)
    home, results = next((page, chapter) for page, chapter in content.pages.items() if "swap" in chapter.charts)
    chart = results.charts["swap"]
    rows = [{**row, "value": 12_001.0} for row in chart["rows"]]
    other = replace(
        content,
        pages={**content.pages, home: replace(results, charts={**results.charts, "swap": {**chart, "rows": rows}})},
    )
    found = audit.audit(tmp_path, other, written, Story(ROOT).title).findings
    assert any("drawn at 12001.0" in finding.what for finding in found)


LINKS = {
    "a page": ('<a href="nowhere.html">There</a>', "leads nowhere: nowhere.html"),
    "an anchor": ('<a href="#nothing">There</a>', "leads nowhere: #nothing"),
    "an anchor of another page": ('<a href="glossary.html#nothing">There</a>', "leads nowhere: glossary.html#nothing"),
    "a file above the site": ('<a href="../../../methods.html">There</a>', "leads nowhere: ../../../methods.html"),
    "an image": ('<img src="x.png">', "picture without alternative text"),
    "a drawing": ('<svg viewBox="0 0 1 1"></svg>', "picture without alternative text"),
    "a chart": ('<div class="chart-picture" role="img" aria-label=" "></div>', "picture without alternative text"),
}  # fmt: skip


def test_broken_links_and_pictures_without_words_are_named(copy: Path, audited: Audited) -> None:
    page = "chapters/about/methods.html"
    rewrite(copy, page, "</h1>", "</h1>" + "".join(planted for planted, _ in LINKS.values()))
    found = Counter(finding.what for finding in audited(copy).findings if finding.page == page)
    assert Counter(said for _, said in LINKS.values()) - found == Counter()


@pytest.mark.parametrize(
    ("file", "pattern", "planted"),
    [
        ("_static/search-index.js", r"#figure-order_value", "#figure-order_worth"),
        ("api/figures.json", r'#figure-order_value"', '#figure-order_worth"'),
        ("corrections.xml", r"</feed>", '<link href="nowhere.html"/></feed>'),
    ],
)
def test_links_in_files_for_machines_are_followed(
    file: str, pattern: str, planted: str, copy: Path, audited: Audited
) -> None:
    rewrite(copy, file, pattern, planted)
    assert any("leads nowhere" in finding.what for finding in audited(copy).findings)


def test_an_allegation_stands_with_its_reply(copy: Path, truth: Truth, audited: Audited) -> None:
    """The words that the first claim tells are those that the others lead to: without them all are without a reply."""
    rewrite(copy, CLAIMS, r'<div class="claim-replies".*?</div>', "")
    kinds: dict[str, set[str]] = {}
    for finding in audited(copy).findings:
        kinds.setdefault(finding.what.partition(":")[0], set()).add(
            finding.place.partition(" ")[0].removeprefix("#claim-")
        )
    assert set(kinds) == {"claim without reply", "leads nowhere"}
    unanswered = kinds["claim without reply"]
    assert len(unanswered) > 1 and all(truth[0].records.claims[claim].allegation for claim in unanswered)


def test_what_nobody_uses_and_a_source_nobody_cites_are_named(site: Path, truth: Truth) -> None:
    content, written = truth
    known = content.records
    fact = replace(next(iter(known.figures.values())), id="spare_fact", source="spare_source")
    source = replace(next(iter(known.sources.values())), id="spare_source")
    more = replace(known, figures={**known.figures, fact.id: fact}, sources={**known.sources, source.id: source})
    found = audit.audit(site, replace(content, records=more), written, Story(ROOT).title, STORE).findings
    assert [(finding.page, finding.place) for finding in found] == [
        ("data/figures.csv", "spare_fact"), ("data/sources.csv", "spare_source"),
    ]  # fmt: skip


def test_the_coverage_is_told_by_page_and_by_kind(site: Path, audited: Audited) -> None:
    report = audited(site)
    *pages, whole = report.lines()
    assert [line.partition(":")[0] for line in pages] == list(report.pages)
    counted = {kind: sum(page.get(kind, 0) for page in report.pages.values()) for kind in KINDS}
    assert whole.startswith(f"{len(pages)} pages: {sum(counted.values())} numerals accounted for")
    assert all(f"{number} {kind}" in whole for kind, number in counted.items() if number)


@pytest.mark.parametrize("broken", [b"", b"no page", b"\xff\xfe\x00<html>"])
def test_what_is_no_page_is_said_in_one_line(broken: bytes, copy: Path, audited: Audited) -> None:
    replace_page(copy, "chapters/about/methods.html", broken)
    with pytest.raises(BadInput, match=r"^chapters/about/methods\.html: no page of a site; expected HTML in UTF-8$"):
        audited(copy)


def test_a_build_with_a_number_from_nowhere_fails_and_leaves_the_last_good_site(tmp_path: Path) -> None:
    root = plant(tmp_path / "orchard")
    good = root / place.SITE / "index.html"
    good.parent.mkdir(parents=True)
    good.write_text("the last good site", encoding="utf-8")
    with (root / "index.md").open("a", encoding="utf-8") as text:
        text.write("\nIt took 417 days.\n")
    failed = casefile(root, "build")
    assert failed.returncode == 1
    assert "index.html: #the-orchard p: numeral from nowhere: It took 417 days." in failed.stderr
    assert good.read_text(encoding="utf-8") == "the last good site"
    assert [path.name for path in good.parent.parent.iterdir() if path.name.startswith(".casefile")] == []


def test_the_command_prints_the_coverage_and_every_fault(copy: Path) -> None:
    rewrite(copy, "chapters/about/methods.html", "</h1>", "</h1><p>It cost 417 dollars.</p>")
    told = casefile(ROOT, "audit", str(copy))
    assert told.returncode == 1
    assert "chapters/about/methods.html: " in told.stdout and " numerals accounted for" in told.stdout
    assert "chapters/about/methods.html: #methods p: numeral from nowhere: It cost 417 dollars." in told.stderr


def test_a_folder_that_is_no_site_is_said_in_one_line(tmp_path: Path, audited: Audited) -> None:
    with pytest.raises(BadInput, match="no site here; expected a folder with index"):
        audited(tmp_path)


def test_a_page_that_changed_is_judged_again_and_the_others_are_not(copy: Path, truth: Truth, tmp_path: Path) -> None:
    shutil.copytree(ROOT / cache.FOLDER / "audits", tmp_path / "store" / "audits")
    store = cache.Store(tmp_path / "store")
    content, written = truth
    whole = audit.audit(copy, content, written, Story(ROOT).title, store)
    kept = list((tmp_path / "store" / "audits").iterdir())
    assert len(kept) >= len(whole.pages)
    rewrite(copy, "chapters/about/methods.html", "</h1>", "</h1><p>17 of them.</p>")
    again = audit.audit(copy, content, written, Story(ROOT).title, store)
    assert len(list((tmp_path / "store" / "audits").iterdir())) == len(kept) + 1
    assert {**again.pages, "chapters/about/methods.html": {}} == {**whole.pages, "chapters/about/methods.html": {}}
    assert [finding.page for finding in again.findings] == ["chapters/about/methods.html"]


def test_digits_changed_at_chance_places_of_a_page_are_noticed(
    site: Path, truth: Truth, capsys: pytest.CaptureFixture[str]
) -> None:
    content, written = truth
    pages = (SWAP, "embed/swap.html", "claims/value_500m.html")
    trees = {page: etree.HTML((site / page).read_text(encoding="utf-8")) for page in pages}
    held = sum(len(list(digits(page, tree))) for page, tree in trees.items())
    assert held > 300
    assert noticed(site, trees, Held(content, Story(ROOT).title, site), written, 20) == 20
    assert capsys.readouterr().out == ""


# ---------------------------------------------------------------------------- one page at a time, of a story in memory


def page_audit(body: str, head: str = "", content: Content | None = None) -> PageAudit:
    """What a page with some HTML holds; it stands in the small story, as the page of its chapter."""
    held = Held(content or small.content(), "The Orchard", Path("/nowhere"))
    tree = etree.HTML(f"<html><head>{head}</head><body>{body}</body></html>")
    return Page("orchard", tree, Written(), held).read()


def faults(body: str, head: str = "", content: Content | None = None) -> list[str]:
    """What is wrong with such a page, each fault after its place."""
    return [f"{place}: {what}" for place, what in page_audit(body, head, content).faults]


def drawn(*marks: str) -> str:
    """A drawing of the small story's chart that holds some marks."""
    svg = f'<svg role="img" aria-label="Bars">{"".join(marks)}</svg>'
    return f'<figure class="chart" id="chart-baskets"><div class="chart-wide">{svg}</div></figure>'


MISPLACED = {
    "a figure that no chapter has": ('<div class="derivation"><data data-figure="pear" value="7">7</data></div>', "div.derivation: numeral from nowhere: 7"),
    "a derivation without a figure": ('<div class="derivation"><p>8 apples</p></div>', "p: numeral from nowhere: 8 apples"),
    "a word that no chapter has": ('<p><span data-word="dearly">9 times</span></p>', "p: numeral from nowhere: 9 times"),
    "a part that no figure has": ('<p><span data-figure="basket" data-part="most">$30</span></p>', "p: numeral from nowhere: $30"),
    "a word told to machines": ('<p><data data-figure="claim_dear" value="10">10</data></p>', "data: says “10”; expected “supported”"),
    "no number told to machines": ('<p><data data-figure="basket" value="thirty">$30</data></p>', "data: says “thirty” to machines; expected “30.0”"),
    "arithmetic of nothing": ('<p class="derivation-arithmetic">= 11</p>', "p.derivation-arithmetic: numeral from nowhere: = 11"),
    "a formula of nothing": ("<p><math><mn>12</mn></math></p>", "p: numeral from nowhere: 12"),
    "a value of no step": ('<p><data value="13">13</data></p>', "p: numeral from nowhere: 13"),
    "a step below no figure": ('<ul class="derivation-lineage"><li>14 steps</li></ul>', "li: numeral from nowhere: 14 steps"),
    "a step too many": ('<div class="derivation"><data data-figure="basket" value="30">$30</data><ul class="derivation-lineage"><li>15 steps</li></ul></div>',
                        "li: numeral from nowhere: 15 steps"),
    "a chart that no chapter has": ('<figure class="chart" id="chart-pears"><p>16 pears</p></figure>', "#chart-pears p: numeral from nowhere: 16 pears"),
    "a title of no chart": ('<h1 class="embed-title">17 pears</h1>', "h1.embed-title: numeral from nowhere: 17 pears"),
    "a picture of no chart": ('<div class="chart-wide">18 pears</div>', "div.chart-wide: numeral from nowhere: 18 pears"),
    "a table of no chart": ('<details class="chart-data"><p>19 pears</p></details>', "p: numeral from nowhere: 19 pears"),
    "a frame of no chart": ('<pre><code class="chart-snippet">height="20"</code></pre>', 'pre: numeral from nowhere: height="20"'),
    "a frame as high as nothing": ('<figure class="chart" id="chart-baskets"><div class="chart-wide"><svg role="img" aria-label="Bars" viewBox="0 0 1"/></div>'
                                   '<code class="chart-snippet">height="21"</code></figure>',
                                   '#chart-baskets code.chart-snippet: says “height="21"”; expected “<iframe src="embed/baskets.html" title="A basket is worth $30"'
                                   ' width="100%" height="220" loading="lazy"></iframe>”'),
    "a table without its rows": ('<figure class="chart" id="chart-baskets"><table class="chart-data"><tr><th>What</th><th>Worth</th></tr></table></figure>',
                                 "#chart-baskets table.chart-data: 0 rows; expected the chart's 1, each with 2 cells"),
    "a drawing of another chart": (drawn("<text>22 pears</text>"), "#chart-baskets svg: drawing has the text “22 pears” at ; drawn from the chart's rows, it has no text there"),
    "a claim that nobody made": ('<section id="claim-sweet"><p>28 of them</p></section>', "#claim-sweet p: numeral from nowhere: 28 of them"),
    "a rule of no claim": ('<ol class="rule"><li>29 apples</li></ol>', "li: numeral from nowhere: 29 apples"),
    "a line too many in a rule": ('<section id="claim-dear"><ol class="rule"><li>supported when price &gt; said</li><li>wrong otherwise</li><li>wrong when 30</li></ol></section>',
                                  "#claim-dear li: numeral from nowhere: wrong when 30"),
    "a flip of no claim": ('<ul class="flips"><li>to wrong, if 31</li></ul>', "li: numeral from nowhere: to wrong, if 31"),
    "a flip too many": ('<section id="claim-dear"><ul class="flips"><li>to wrong, if price were $2 instead, 20% away</li>'
                        '<li>to wrong, if said were $2.5 instead, 25% away</li><li>to wrong, if 32</li></ul></section>',
                        "#claim-dear li: numeral from nowhere: to wrong, if 32"),
    "an origin of no claim": ('<ul class="origins"><li>33 papers</li></ul>', "li: numeral from nowhere: 33 papers"),
    "an origin too many": ('<section id="claim-dear"><ul class="origins"><li>Filing</li><li>A memo</li><li>34 papers</li></ul></section>',
                           "#claim-dear li: numeral from nowhere: 34 papers"),
    "a source that nobody read": ('<div class="source-entry" id="source-herald"><p>35 pages</p></div>', "#source-herald p: numeral from nowhere: 35 pages"),
    "a list that folds more than it says": ('<details class="fold"><summary>41 sources</summary><p id="source-gazette"></p></details>', "summary: says “41 sources”; expected “1 source”"),
    "a list of days told as facts": ('<details class="fold"><summary>2 facts, each with its source</summary><p id="fact-a"></p><p id="fact-b"></p></details>',
                                     "summary: says “2 facts, each with its source”; expected “2 days, each with its source”"),
    "an address after no link": ('<p>See <span class="print-only">page 36</span></p>', "p: numeral from nowhere: See page 36"),
    "a fact that nobody read": ('<p id="fact-pears">37 pears</p>', "#fact-pears p: numeral from nowhere: 37 pears"),
    "a parameter that no chapter has": ('<dl class="parameters"><dt id="parameter-orchard-pears">pears = 38</dt></dl>', "#parameter-orchard-pears dt: numeral from nowhere: pears = 38"),
    "a description of no parameter": ('<dl class="parameters"><dd>from 39</dd></dl>', "dd: numeral from nowhere: from 39"),
    "a scenario that nobody wrote": ('<dl class="scenarios"><dt id="scenario-frost">40 nights</dt></dl>', "#scenario-frost dt: numeral from nowhere: 40 nights"),
    "a description of no scenario": ('<dl class="scenarios"><dd>41 nights</dd></dl>', "dd: numeral from nowhere: 41 nights"),
    "a measure that nobody took": ('<table><tr id="measure-speed"><td>42 seconds</td></tr></table>', "#measure-speed td: numeral from nowhere: 42 seconds"),
    "measures of no part": ('<div id="measures-speed"><p>43 seconds</p></div>', "#measures-speed p: numeral from nowhere: 43 seconds"),
    "a citation of a book without a record": ('<dl class="citations"><dd>Gardener, 44.</dd></dl>', "dd: numeral from nowhere: Gardener, 44."),
    "a field that is filled in": ('<p><input value="45"></p>', "input: numeral from nowhere: 45"),
    "JSON-LD in the body": ('<p><script type="application/ld+json">{"position": 46}</script></p>', "script: numeral from nowhere: position 46"),
    "JSON-LD that is none": ('<p><script type="application/ld+json">{</script></p>', "script: JSON-LD that cannot be read"),
    "JSON-LD that is a list": ('<p><script type="application/ld+json">[{"name": null, "version": "47"}]</script></p>', "script: numeral from nowhere: 47"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISPLACED)
def test_what_stands_where_it_does_not_belong_accounts_for_nothing(what: str) -> None:
    planted, fault = MISPLACED[what]
    assert faults(planted) == [fault]


def test_words_without_a_numeral_are_left_to_the_reader() -> None:
    assert faults('<p>After <a class="source-link" href="#source-paper">The Paper itself</a></p>') == []


def test_json_that_says_nothing_holds_no_numeral() -> None:
    planted = '<p><script type="application/ld+json">{"name": null, "free": true, "worstRating": 1}</script></p>'
    assert page_audit(planted).numerals == {"structure": 1}


def test_a_head_says_no_more_than_its_page() -> None:
    lead = '<h1>Apples</h1><p>A basket is worth <span data-figure="basket">$30</span>, as far as anyone knows.</p>'

    def described(said: str) -> list[str]:
        return faults(lead, f'<meta name="description" content="{said}">')

    assert described("A basket is worth $30, as …") == []
    assert described("A basket is worth $31, as …") == ["meta: numeral from nowhere: A basket is worth $31, as …"]
    assert faults(lead, '<meta property="og:image:width" content="1200">') == ["meta: says “1200”; expected “0”"]


def test_an_allegation_without_any_reply_is_named() -> None:
    content = small.content()
    claim = replace(content.records.claims["dear"], replies=())
    unanswered = replace(content, records=replace(content.records, claims={"dear": claim}))
    wanted = "claim without reply: an allegation needs one, or the statement that none was found"
    assert faults('<section class="claim" id="claim-dear"></section>', "", unanswered) == [
        f"#claim-dear section.claim: {wanted}"
    ]


def test_measures_are_dated_by_the_run_of_their_own_part() -> None:
    rows = [
        Measure("nights", "frost", "Nights of frost", 3, "apple", "at most", 5, "2021-02-03", "python -m weather 4"),
        Measure("stones", "hail", "Stones", 7, "apple", "", None, "2021-05-06", "python -m weather 8"),
    ]
    content = small.content()
    content = replace(content, records=replace(content.records, measures={row.id: row for row in rows}))

    def measured(day: str, command: str) -> str:
        row = '<tr id="measure-nights"><th>Nights of frost</th><td>3</td><td>at most 5: met</td></tr>'
        caption = f"<caption>Measured on {day} by <code>{command}</code></caption>"
        return f'<div id="measures-frost"><table>{caption}{row}</table></div>'

    right = page_audit(measured("2021-02-03", "python -m weather 4"), "", content)
    assert (right.faults, right.numerals) == ([], {"date": 3, "code": 1, "measure": 2})
    assert faults(measured("2021-02-03", "python -m weather 8"), "", content) == [
        "#measures-frost caption: numeral from nowhere: Measured on □ by python -m weather 8"
    ]
    assert {
        fault.partition(": ")[0] for fault in faults(measured("2021-05-06", "python -m weather 4"), "", content)
    } == {"#measures-frost caption"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$1.5bn", (1.5e9, 0.05e9)), ("−2,531", (-2531.0, 0.5)), ("10²⁴", (1e24, 0.0)), ("10⁻³", (1e-3, 0.0)), ("2e3", (2e3, 500.0)),
        ("10⁻", (10.0, 0.5)), ("1e400", (math.inf, math.inf)), ("⁵", None), ("none", None),
    ],
)  # fmt: skip
def test_a_numeral_reads_as_a_number_or_as_none(text: str, number: tuple[float, float] | None) -> None:
    assert numerals.read(text) == (None if number is None else pytest.approx(number, rel=1e-12))


def test_a_paragraph_beyond_all_paragraphs_is_none() -> None:
    text = f"Paragraph {'1' * 5000}"
    assert Accounts(small.known()).judge(text, Scope(open=True), Counter()) == text
    assert Accounts(small.known()).judge("Paragraph 1", Scope(open=True), Counter()) == "□"


# ------------------------------------------------------------------------------------------ a site written by hand


def found(site: Path, page: str, files: dict[str, bytes] | None = None) -> list[str]:
    """What is wrong with the first page of a site that holds this page and some files for machines."""
    for name, content in {"index.html": page.encode(), **(files or {})}.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_bytes(content)
    report = audit.audit(site, small.content(), {}, "The Orchard")
    return [str(finding) for finding in report.findings if finding.page == "index.html"]


@pytest.mark.parametrize(
    ("address", "leads"),
    [("index.html", True), ("gone.html", False), ("http://[", False), ("x" * 300, False), ("/etc/passwd", False)],
)
def test_an_address_leads_to_a_file_or_nowhere(address: str, leads: bool, tmp_path: Path) -> None:
    faults = [] if leads else [f"index.html: link: leads nowhere: {address}"]
    sent = f'<html><head><meta http-equiv="refresh" content="0; url={address}"></head><body><p>Go on.</p></body></html>'
    assert found(tmp_path, f'<html><head></head><body><a href="{address}">Go on</a></body></html>') == faults
    elsewhere = "index.html: meta: a <meta> that leads to another host: http://["
    assert found(tmp_path, sent) == [elsewhere] * ("//" in address) + faults


def test_a_page_that_says_how_it_is_encoded_is_read(tmp_path: Path) -> None:
    page = '<?xml version="1.0" encoding="utf-8"?><html><head></head><body><p>7 pommes sèches</p></body></html>'
    assert found(tmp_path, page) == ["index.html: p: numeral from nowhere: 7 pommes sèches"]


@pytest.mark.parametrize("page", ["<!-- <html> -->", "<html></html>", "<html><body></body></html>", "<html><frameset>"])
def test_a_page_without_a_body_is_said_in_one_line(page: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^index\.html: no page of a site; expected HTML with a head and a body$"):
        found(tmp_path, page)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("api/figures.json", b"{"), ("api/figures.json", b"[]"), ("api/figures.json", b'{"basket": {}}'), ("corrections.xml", b"\xff"),
        ("_static/search-index.js", b"index = [\n{\n];\n"), ("_static/search-index.js", b"index = [\n[]\n];\n"),
    ],
)  # fmt: skip
def test_a_file_for_machines_that_cannot_be_read_is_said_in_one_line(file: str, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=rf"^{file}: cannot be read; expected it as a build writes it$"):
        found(tmp_path, "<html><head></head><body><p>Apples.</p></body></html>", {file: content})


def test_code_on_a_page_is_code_however_it_is_set_off() -> None:
    text = "# T\n\n~~~\nx = 17\n~~~\n\nAnd:\n\n    y = 18\n\n- so\n\n  ````\n  z = 19\n  ````\n"
    written = Written((text,))
    assert {"x = 17", "y = 18", "z = 19"} <= written.code()
    body = "".join(f"<pre>{code}</pre>" for code in ("x = 17", "y = 18", "z = 19"))
    tree = etree.HTML(f"<html><head></head><body>{body}</body></html>")
    held = Held(small.content(), "The Orchard", Path("/nowhere"))
    assert Page("orchard", tree, written, held).read().faults == []
    assert len(Page("orchard", tree, Written(), held).read().faults) == 3


def test_a_cell_that_leaves_a_reader_a_value_in_pythons_words_is_named() -> None:
    value = '<div class="cell_output docutils"><div class="output text_plain"><pre>\'that floor\'</pre></div></div>'
    assert any("Python's words" in fault for fault in faults(value))
    assert faults(f"<details><summary>Output</summary>{value}</details>") == []
    assert faults('<div class="cell_output docutils"><div class="output text_html"><p>That floor</p></div></div>') == []


def test_a_description_is_held_against_the_first_paragraph_as_a_screen_shows_it() -> None:
    body = '<h1>T</h1><p>In 1717, say <a>Them</a><span class="print-only"> &lt;https://x.org/1&gt;</span>.</p>'
    heads = [f'<meta name="description" content="In {year}, say Them.">' for year in ("1717", "1718")]
    assert [fault for fault in faults(body, heads[0]) if "meta" in fault] == []
    assert [fault for fault in faults(body, heads[1]) if "meta" in fault] == [
        "meta: numeral from nowhere: In 1718, say Them."
    ]


def test_a_link_to_a_claim_says_it_with_its_verdict_or_without() -> None:
    claim = "It grew by 7%"
    heading = f'<section id="claim-c"><h1><span class="verdict">supported</span> <span class="claim-words">{claim}</span></h1></section>'
    read = page_audit(f'{heading}<nav><a href="#claim-c">← {claim}</a> <a href="#claim-c">It grew by 8%</a></nav>')
    assert [text for _, text, _ in read.namings] == [f"← {claim}", "It grew by 8%"]
    assert read.headings["claim-c"] == claim


def test_pages_that_several_processes_read_have_the_same_faults_in_the_same_order(tmp_path: Path) -> None:
    for number, name in enumerate(("index", "b", "b/c", "a"), start=7):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        text = f"<html><head></head><body><p>{number} pears</p></body></html>"
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    alone, shared = (audit.audit(tmp_path, small.content(), {}, "The Orchard", jobs=jobs) for jobs in (1, 3))
    assert shared == alone
    assert [fault.page for fault in shared.findings if "pears" in fault.what] == [
        "a.html",
        "b/c.html",
        "b.html",
        "index.html",
    ]
