"""The built site: its numbers are the figures', it asks no other host for anything, and machines can read it."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_string

from casefile import records
from casefile.book import build as book
from casefile.content import ledger, policy
from casefile.content.content import Content
from casefile.execution import run
from casefile.execution.story import Run, Story
from casefile.figures import claims
from casefile.figures.graph import Graph
from casefile.notebook import parameters, results
from casefile.notebook.results import Results, Shown
from casefile.records import Overrides, Records
from casefile.site.renderer import Renderer, RenderFailed
from tests.conftest import CHAPTERS, ROOT, Plain
from tests.story.transcription.claims import CLAIMS
from tests.story.transcription.events import EVENTS
from tests.story.transcription.promises import PROMISES
from tests.support import markup, small
from tests.support.breaking import LONG
from tests.support.markup import soup
from tests.support.orchard import plant

PAGES = Story(ROOT).pages
VOID = {"about:blank", ""}


@pytest.fixture(scope="module")
def graphs(defaults: dict[str, Plain], known: Records) -> dict[str, Graph]:
    """Every chapter's graph, by chapter."""
    return {name: results.Results.from_json(plain, known.units).graph for name, plain in defaults.items()}


def page_files(site: Path) -> list[Path]:
    """Every HTML page of the site."""
    return sorted(path for path in site.rglob("*.html") if "data" not in path.relative_to(site).parts[:1])


@pytest.fixture(scope="module")
def files_for_machines(site: Path) -> dict[str, Any]:
    """The files for machines, by name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (site / "api").glob("*.json")}


@pytest.fixture(scope="module")
def api(files_for_machines: dict[str, Any]) -> dict[str, Any]:
    """What they hold, without what they say of themselves."""
    return {
        stem: {name: record for name, record in plain.items() if not name.startswith("@")}
        for stem, plain in files_for_machines.items()
    }


def test_each_file_for_machines_says_its_edition_and_licence_and_each_number_its_mark(
    files_for_machines: dict[str, Any],
) -> None:
    index = files_for_machines["index"]
    others = {name: plain for name, plain in files_for_machines.items() if name != "index"}
    assert index["files"] == sorted(f"{name}.json" for name in others)
    for name, plain in others.items():
        about = plain["@about"]
        assert about == {key: said for key, said in index.items() if key != "files"}, name
        assert about["licence"] == "https://spdx.org/licenses/CC-BY-4.0" and "dition" in about["edition"]
    for name in ("figures", "claims"):
        for id, record in others[name].items():
            if id != "@about" and record["cite"]:
                assert re.fullmatch(rf"{id}@[\d.]+(\+draft)?:[0-9a-f]{{12}}", record["cite"])
    assert others["figures"]["order_value"]["cite"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_contents_is_there_with_one_heading(page: str, site: Path) -> None:
    text = soup(site / f"{page}.html")
    assert len(text.select("main h1, article h1")) == 1
    assert text.html is not None
    assert text.html.get("lang") == "en"


@pytest.mark.parametrize("page", PAGES)
def test_every_number_on_a_page_is_its_figures_printed_text(page: str, site: Path, graphs: dict[str, Graph]) -> None:
    own = graphs.get(Path(page).name)
    for element in soup(site / f"{page}.html").select("[data-figure]"):
        name, part = str(element["data-figure"]), str(element.get("data-part") or "value")
        answers = [graph for graph in ([own] if own is not None and name in own else graphs.values()) if name in graph]
        assert answers, name
        assert element.get_text() in {graph.printed(name, part) for graph in answers}, name


@pytest.mark.parametrize("page", CHAPTERS.values())
def test_the_figures_a_chapter_publishes_are_explained_on_its_page(
    page: str, site: Path, graphs: dict[str, Graph]
) -> None:
    chapter = Path(page).name
    text = soup(site / f"{page}.html")
    for figure in graphs[chapter].published():
        assert text.find(id=f"figure-{figure.id}") is not None, figure.id


@pytest.mark.parametrize("page", CHAPTERS.values())
def test_every_chart_is_a_picture_with_alternative_text_and_its_table(
    page: str, site: Path, defaults: dict[str, Plain]
) -> None:
    charts = defaults[Path(page).name]["charts"]
    text = soup(site / f"{page}.html")
    for name, chart in charts.items():
        figure = text.find(id=f"chart-{name}")
        assert figure is not None, name
        assert figure.select("svg"), name
        picture = figure.select_one("[role=img]")
        assert picture is not None
        assert len(str(picture["aria-label"])) > 40
        assert "{" not in str(picture["aria-label"])
        assert len(figure.select("table tbody tr")) == len(chart["rows"]), name


def loaded(page: Path) -> Iterator[str]:
    """The addresses a browser loads by itself on reading a page: everything but links to follow."""
    for element in markup.parsed(page).iter("*"):
        for attribute in ("src", "srcset", "data", "poster", "action", "formaction"):
            if element.get(attribute) and not (attribute == "data" and element.tag != "object"):
                yield element.get(attribute)
        followed = {"canonical", "next", "prev", "license", "author", "alternate", "cite-as", "type"}
        if element.tag == "link" and not followed & set(element.get("rel", "").split()):
            yield element.get("href", "")
        if element.tag in ("image", "use") and element.get("href"):
            yield element.get("href")


def test_the_contents_say_what_each_chapter_finds_by_its_first_chart(site: Path) -> None:
    for page in CHAPTERS.values():
        if page == Story(ROOT).pages[0]:
            continue  # the first page is named by its own title
        entry = soup(site / "search.html").select_one(f'.chapters a[href="{page}.html"] .contents-finding')
        first = soup(site / f"{page}.html").select_one(".chart:not(.proof) .chart-title")
        assert entry is not None and first is not None, page
        assert entry.get_text() == first.get_text().replace("†", ""), page  # the sign of a correction


def test_a_relay_is_said_to_show_what_was_reported_and_no_more_where_it_stands_and_among_the_sources(
    site: Path,
) -> None:
    swap = soup(site / "chapters" / "01_swap.html")
    told = swap.select_one("#figure-gpus_redirected .relay-told")
    assert told is not None and "not that it is true" in told.get_text()
    assert swap.select_one("#figure-chart_step_january_2024 .relay-told") is None  # Tesla's own chart
    assert "not that it is true" in soup(site / "chapters" / "about" / "sources.html").select("article p")[1].get_text()


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    for path in page_files(site):
        foreign = [address for address in loaded(path) if urlsplit(address).netloc]
        assert not foreign, (path.name, foreign)


def test_no_style_loads_anything_from_another_host(site: Path) -> None:
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8", errors="replace")
        foreign = re.findall(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")]+)", text)
        assert not foreign, (path.name, foreign[:3])


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    for path in page_files(site):
        for link in markup.links(path):
            address = urlsplit(link)
            if address.scheme or address.netloc or link in ("#", ""):
                continue
            folder = site if address.path.startswith("/") else path.parent
            target = (folder / unquote(address.path).lstrip("/")).resolve() if address.path else path
            if target.is_dir():
                target = target / "index.html"
            assert target.is_file(), (path.name, link)
            if address.fragment and target.suffix == ".html":
                assert unquote(address.fragment) in markup.ids(target), (path.name, link)


def test_no_page_has_an_id_twice(site: Path) -> None:
    for page in PAGES:
        found = markup.ids(site / f"{page}.html")
        assert len(found) == len(set(found)), (page, sorted({name for name in found if found.count(name) > 1}))


def test_the_article_is_not_republished(site: Path) -> None:
    """Only short printed forms of the article may be quoted."""
    sentence = "La décision est loin d'être anodine"
    for path in page_files(site):
        assert sentence not in html.unescape(path.read_text(encoding="utf-8")), path.name


def test_figures_json_holds_every_published_figure(
    api: dict[str, Any], graphs: dict[str, Graph], known: Records
) -> None:
    published = {name: graph for graph in graphs.values() for name in [figure.id for figure in graph.published()]}
    assert set(api["figures"]) == set(published)
    needed = {"value", "unit", "text", "kind", "formula", "inputs", "sources", "chapter", "page"}
    for name, figure in api["figures"].items():
        assert needed <= set(figure), name
        graph = published[name] if figure["chapter"] == published[name].chapter else graphs[figure["chapter"]]
        assert figure["text"] == graph.printed(name), name
        assert figure["value"] == graph[name].value, name
        assert set(figure["sources"]) <= set(known.sources), name
        assert figure["sources"] or figure["kind"] in ("parameter", "formula", "computed"), name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("order_value", "more than $500 million"), ("chip_price_ft", "about $40,000"), ("xai_raised_by_may_2024", "at least $7 billion"),
        ("gpus_target_year_end", "probably about 85,000"), ("gpus_redirected", "12,000"),
        ("rival_first_cut_date", "13 January 2023"),
    ],
)  # fmt: skip
def test_a_number_is_cited_no_more_certainly_than_its_source_prints_it(name: str, said: str, site: Path) -> None:
    (record,) = json.loads((site / "cite" / f"{name}.json").read_text(encoding="utf-8"))
    assert record["title"].endswith(f": {said}")


def test_figures_json_points_to_where_each_is_explained(api: dict[str, Any], site: Path) -> None:
    for name, figure in api["figures"].items():
        page, _, anchor = figure["page"].partition("#")
        assert anchor in markup.ids(site / page), name


def test_a_claim_is_three_lines_of_which_one_is_folded_and_a_reply_is_told_once_and_led_to_from_the_others(
    site: Path,
) -> None:
    page = soup(site / f"{CHAPTERS['claims']}.html")
    for card in page.select(".claim"):
        assert [line.get_text() for line in card.select(".claim-lines dt")] == ["It says", "So"]
        fold = card.select_one(".claim-proof:not([open])")
        assert fold is not None and fold.summary is not None and fold.select_one(".claim-finding") is not None
        assert fold.summary.get_text() == "What the sources say" and not fold.select(".claim-replies")
    told = [str(line["id"]) for line in page.select(".claim-replies li[id]")]
    led = {str(link["href"]).removeprefix("#") for link in page.select(".claim-replies a.opens")}
    assert len(told) == len(set(told))
    assert led and led <= set(told)
    ways = [str(link["href"]) for link in page.select(".claim-lines .claim-next")]
    assert ways == [f"#{card['id']}" for card in page.select(".claim")[1:]]


def test_the_summary_has_the_article_as_a_bar_code_of_its_claims_and_the_way_to_today_by_date(
    site: Path, defaults: dict[str, Plain]
) -> None:
    summary, verdicts = soup(site / "summary.html"), defaults["claims"]["verdicts"]
    bars = [(str(bar["data-verdict"]), str(bar.a and bar.a["href"])) for bar in summary.select(".barcode li")]
    in_reading_order = sorted(CLAIMS, key=lambda name: CLAIMS[name][0])
    ledger_page = f"{CHAPTERS['claims']}.html"
    assert bars == [(verdicts[name]["verdict"], f"{ledger_page}#claim-{name}") for name in in_reading_order]
    days = [str(day["datetime"]) for day in summary.select(".spine time")]
    assert set(days) <= {*EVENTS.values(), *(said for said, *_ in PROMISES.values())}
    assert days[0] == min(said for said, *_ in PROMISES.values()) < EVENTS["memo_written"] in days
    sources = dict(zip(days, (str(link["href"]) for link in summary.select(".spine li cite a")), strict=True))
    assert sources[EVENTS["shareholder_suit"]] == "chapters/about/sources.html#source-crypto24h_suit_2024"
    assert sources[days[0]] == "chapters/about/sources.html#source-fsd_2013_09_ft"
    assert {EVENTS["cnbc_report"], EVENTS["suit_dismissed"], EVENTS["suit_appealed"]} <= set(days)
    ends = [day + {4: "-12-31", 7: "-31", 10: ""}[len(day)] for day in days]  # a month or a year stands at its end
    assert ends == sorted(ends)


@pytest.mark.parametrize("page", ["summary", CHAPTERS["claims"]])
def test_the_key_of_the_bar_code_names_the_verdicts_that_occur_and_no_other(page: str, site: Path) -> None:
    tree = soup(site / f"{page}.html")
    shown, (key,) = {str(bar["data-verdict"]) for bar in tree.select(".barcode li")}, tree.select(".barcode-key")
    words = {verdict: {"unverifiable": "cannot be verified"}.get(verdict, verdict) for verdict in claims.VERDICTS}
    assert {verdict for verdict, word in words.items() if word in key.get_text()} == shown


@pytest.mark.parametrize(
    "page", ["summary", "search", "claims/grok_came_first", CHAPTERS["10_since"], CHAPTERS["claims"]]
)
def test_what_is_read_seen_or_heard_of_a_page_has_the_apostrophes_and_quotes_of_print(page: str, site: Path) -> None:
    tree = markup.parsed(site / f"{page}.html")
    read = tree.xpath("//text()[not(ancestor::script or ancestor::style or ancestor::code or ancestor::pre)]")
    heard = tree.xpath(
        "//@alt | //@aria-label | //@title | //meta[@name='description' or starts-with(@property, 'og:')]/@content"
    )
    assert [text for text in (*read, *heard) if re.search(r"""\w'\w|s' \w|\"""", text)] == []


def test_a_downloaded_picture_has_the_apostrophes_of_print(site: Path) -> None:
    pictures = [path.read_text(encoding="utf-8") for path in (site / "charts").glob("*.svg")]
    texts = [
        text for picture in pictures for text in re.findall(r"<(?:text|title|desc|tspan)\b[^>]*>([^<]+)<", picture)
    ]
    assert len(texts) > 500
    assert [text for text in texts if re.search(r"\w(?:'|&#x27;)\w", text)] == []


def test_claims_json_holds_every_claim_with_its_verdict(api: dict[str, Any], known: Records) -> None:
    assert set(api["claims"]) == set(known.claims)
    for name, claim in api["claims"].items():
        verdict = claim["verdict"]
        assert {"verdict", "rule", "margin", "flips", "origins", "reason"} <= set(verdict), name
        assert claim["replies"] or not claim["allegation"], name


def test_sources_json_and_parameters_json_hold_the_records(api: dict[str, Any], known: Records) -> None:
    assert set(api["sources"]) == set(known.sources)
    found = {(chapter, name): row for chapter, rows in api["parameters"].items() for name, row in rows.items()}
    assert set(found) == {(chapter, row.name) for row in known.declarations.values() for chapter in row.readers}
    for (chapter, name), row in found.items():
        assert (row["chapter"], row["name"]) == (chapter, name)
        assert (row["home"], *row["read_by"]) == known.declarations[row["home"], name].readers


def test_the_data_lie_beside_the_pages(site: Path) -> None:
    described = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    paths = [*(table["path"] for table in described["resources"]), "datapackage.json", "scenarios.yml", "LICENCES.md"]
    assert len(paths) > 20
    for path in paths:
        assert (site / "data" / path).read_bytes() == (ROOT / "data" / path).read_bytes()


def test_every_source_a_figure_rests_on_has_its_entry(api: dict[str, Any], site: Path) -> None:
    if "chapters/about/sources" not in PAGES:
        pytest.fail("no page of sources in _toc.yml")
    entries = set(markup.ids(site / "chapters" / "about" / "sources.html"))
    used = {source for figure in api["figures"].values() for source in figure["sources"]}
    assert {f"source-{source}" for source in used} <= entries


def test_a_build_that_fails_leaves_the_last_site_as_it_was(story: Path) -> None:
    output = story / "_build" / "html"
    output.mkdir(parents=True)
    (output / "index.html").write_text("the last good site")
    (story / "_toc.yml").write_text("format: jb-book\nroot: chapters/01_swap\nchapters:\n- file: lists\n")
    lists = [f"```{{casefile-{name}}}\n```\n" for name in ("sources", "ledger", "corrections")]
    (story / "lists.md").write_text("# Lists\n\n" + "\n".join(lists))
    path = story / "chapters" / "01_swap.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = ["1 / 0"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(Exception, match=r"01_swap\.ipynb, cell \d+: ZeroDivisionError: division by zero") as caught:
        book.build(Story(story), {}, output, 1, run.FORK, lambda name, event, seconds: None)
    assert "\n" not in str(caught.value)
    assert not [path for path in output.parent.iterdir() if path.name.startswith(".casefile-")]
    assert [path.name for path in output.iterdir()] == ["index.html"]
    assert (output / "index.html").read_text() == "the last good site"


@LONG
@pytest.mark.parametrize("scenario", ["a moved delay", *records.load(ROOT).scenarios()])
def test_the_whole_book_passes_its_audit_with_other_parameters_too(scenario: str, tmp_path: Path) -> None:
    moved: Overrides = {"03_delay": {"delay_months": 4}}
    story = Story(ROOT)
    overrides = moved if scenario == "a moved delay" else parameters.from_file(scenario, story.records)
    book.build(story, overrides, tmp_path / "site", 2, run.FORK, lambda name, event, seconds: None)
    assert (tmp_path / "site" / "index.html").is_file()


def test_records_load_the_same_twice() -> None:
    assert records.load(ROOT) == records.load(ROOT)


# What a page's text asks for, and why it gets none.
REFUSED = {
    "{num}`harvset`": "no figure or word 'harvset' in any chapter; did you mean harvest?",
    "{source}`almanack`": "no source 'almanack'; did you mean almanac?",
    "{claim}`dear`": "no verdict on claim 'dear'; none is known",
    "```{casefile-article} two\n```": "paragraph 'two'; expected a whole number",
    "```{casefile-sources} frost\n```": "no event 'frost'; none is known",
    "```{casefile-facts}\npears\n```": "no fact or event 'pears'; known: apples_a_tree, price_printed, trees",
    "```{casefile-facts}\napples_a_tree trees\n```": "a chapter uses trees; expected what nothing else uses",
    "```{casefile-citations} harvest apaa\n```": "no style 'apaa'; did you mean apa?",
    "```{casefile-citations} harvest apa\n```": "nothing to cite without CITATION.cff",
}  # fmt: skip


def test_what_a_page_asks_for_in_vain_is_named_and_a_script_on_it_stops_the_pages(tmp_path: Path) -> None:
    root, folder = plant(tmp_path / "orchard"), tmp_path / "folder"
    (root / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    asked = "# The orchard\n\nIt is {word}`much`.\n\n" + "\n\n".join(REFUSED) + "\n\n<script>alert(1)</script>\n"
    (root / "index.md").write_text(asked, encoding="utf-8")
    harvest, market = (Graph(name, records.load(root).units) for name in ("harvest", "market"))
    harvest.add(small.leaf("harvest", 30_000, "apple", record="trees", sources=("almanac",)))
    market.add(small.leaf("worth", 12_000, "EUR", sources=("grocer",)))
    market.choose("much", [("much", True)])
    folder.mkdir()
    book.configure(root, folder)
    for graph in (harvest, market):
        plain = Results(graph.chapter, graph.chapter, "", {}, graph).to_json()
        results.write(plain, folder / "results" / f"{graph.chapter}.json")
    book.stage(Run(Story(root), folder, {}), ["index"])
    (folder / "results" / "pages.json").write_text('{"chapters/harvest": "harvest", "chapters/market": "market"}')
    with Renderer() as renderer:
        renderer.open(root, folder)
        renderer.read()
        renderer.write()
        with pytest.raises(
            RenderFailed, match=r"^Jupyter Book: index\.md:5: ERROR: index: no figure or word 'harvset'"
        ):
            renderer.finish()
    said = (folder / "render.log").read_text(encoding="utf-8")
    lines = [asked[: asked.index(words)].count("\n") + 1 for words in REFUSED]
    assert re.findall(r"/index\.md:(\d+): ERROR: index: (.*)", said) == [
        (str(line), why) for line, why in zip(lines, REFUSED.values(), strict=True)
    ]
    refusal = policy.REFUSAL
    assert said.splitlines()[-1] == f"ERROR: index: a script inside the HTML; {refusal}"
    assert not (folder / "site" / "index.html").exists()


def test_a_flip_closer_than_the_print_is_printed_finer() -> None:
    content = small.content()
    graph = content.pages["orchard"].graph
    graph.add(small.leaf("ripe", 0.12, "fraction"))
    graph.add(small.leaf("nearly", 0.1198, "fraction"))
    ripe, nearly = small.symbols("ripe", "nearly")
    choice = graph.choose("close", [("supported", ripe > nearly), ("wrong", True)])
    verdict = claims.judge(graph, content.records, "dear", choice, ["ripe"], "").to_json()
    page = replace(content.pages["orchard"], verdicts={"dear": verdict})
    (entry,) = ledger.entries(Content(content.records, {"orchard": page}))
    assert [(flip.figure, flip.at, flip.becomes, flip.distance) for flip in entry.flips] == [
        ("ripe", "11.98%", "wrong", "0.2%")
    ]


@pytest.fixture
def plain_notebook(tmp_path: Path) -> Path:
    """An executed notebook with one output of ours, in a folder that holds nothing else."""
    graph = small.content().pages["orchard"].graph
    output = {"output_type": "display_data", "metadata": {}, "data": Shown(["count"], graph)._repr_mimebundle_()}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": "chapter.show(count)", "outputs": [output]}  # fmt: skip
    path = tmp_path / "source" / "index.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def by_docutils(notebook: Path) -> str:
    settings = {"nb_execution_mode": "off", "nb_output_folder": str(notebook.parent), "embed_stylesheet": False, "report_level": 5}  # fmt: skip
    text, parser = notebook.read_text(encoding="utf-8"), "myst_nb.docutils_"
    page: bytes = publish_string(text, parser_name=parser, writer_name="html5", settings_overrides=settings)
    return page.decode()


def by_sphinx(notebook: Path) -> str:
    settings = ("extensions=myst_nb", "nb_execution_mode=off", "html_theme=basic")
    words = ["-C", *(word for setting in settings for word in ("-D", setting)), str(notebook.parent), str(notebook.parent.parent / "out")]  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "sphinx", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (notebook.parent.parent / "out" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("rendered", [by_docutils, by_sphinx])
def test_a_book_without_this_extension_shows_a_notebooks_plain_outputs(
    rendered: Callable[[Path], str], plain_notebook: Path
) -> None:
    (shown,) = BeautifulSoup(rendered(plain_notebook), "html.parser").select(".cell_output")
    assert " ".join(shown.get_text().split()) == "count: 12"
