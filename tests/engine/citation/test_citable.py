"""Whatever the book gave an id keeps it and its place; its hash changes when, and only when, what it rests on does."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casefile import records
from casefile.book import build as book
from casefile.citation import registry
from casefile.citation.citable import CitableItem
from casefile.errors import BadInput
from casefile.execution.story import Story
from casefile.records import Records
from tests.conftest import ROOT, Plain
from tests.support.markup import soup
from tests.support.orchard import built
from tests.support.published import change, replace, site_records, standing


@pytest.fixture
def orchard(published: Path, tmp_path: Path) -> Path:
    """A copy of the published orchard that a test may change."""
    return Path(shutil.copytree(published, tmp_path / "orchard"))


def changed(before: dict[str, CitableItem], after: dict[str, CitableItem]) -> set[str]:
    """The ids whose hash differs."""
    assert before.keys() == after.keys()
    return {name for name in before if before[name].hash != after[name].hash}


def test_every_heading_chart_number_and_claim_of_the_book_can_be_cited(site: Path) -> None:
    known = set(registry.read(ROOT))
    for page in Story(ROOT).pages:
        text = soup(site / f"{page}.html")
        article = text.select_one("article")
        assert article is not None
        for heading in article.select(":is(h1, h2)"):
            section = heading.find_parent("section")
            assert section is not None
            assert section.get("data-cite") in known, (page, heading.get_text())
            assert section["id"] in (section["data-cite"], str(section["data-cite"]).replace("_", "-"))
        for element in article.select("figure.chart[id], .derivation[id], .claim[id]"):
            assert element.get("data-cite") in known, (page, element["id"])


def test_a_renamed_heading_keeps_its_anchor_and_its_links(orchard: Path) -> None:
    replace(orchard / "index.md", "## Its fruit", "## What it bore, in all")
    output = built(orchard)
    page = BeautifulSoup((output / "index.html").read_text(encoding="utf-8"), "html.parser")
    heading = next(heading for heading in page.select("h2") if "in all" in heading.get_text())
    section = heading.find_parent("section")
    assert section is not None
    assert section["id"] == "orchard-fruit"
    assert [link["href"] for link in heading.select("a.headerlink")] == ["#orchard-fruit"]
    assert "#orchard-fruit" in {link["href"] for link in page.select("nav.chapters a")}
    assert not registry.faults(registry.read(orchard), standing(orchard))


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("worth", "chapters/market: the id 'worth' of a number is that of a section of index"),
        ("-worth", "section '-worth': id '-worth'; expected letters, digits, underscores and hyphens, and for a page the folders it lies in"),
    ],
)  # fmt: skip
def test_an_id_that_cannot_be_is_refused(label: str, said: str, orchard: Path) -> None:
    replace(orchard / "index.md", "(orchard-fruit)=\n", f"({label})=\n")
    with pytest.raises(BadInput) as caught:
        standing(orchard)
    assert str(caught.value) == said


def test_a_page_without_a_title_is_refused_by_its_own_name_before_anything_runs(orchard: Path) -> None:
    (orchard / "sources.md").write_text("All of them.\n")
    with pytest.raises(BadInput, match=r"^sources: no title; expected a heading `# Title` before all others$"):
        book.check(Story(orchard))


def test_a_section_that_names_what_is_not_there_has_a_hash_all_the_same(orchard: Path) -> None:
    """What is wrong with it is said when the page is drawn."""
    before = standing(orchard)
    replace(orchard / "index.md", "An apple is sold", "Of {num}`pears` and {claim}`none`, an apple is sold")
    after = standing(orchard)
    assert changed(before, after) == {"orchard", "orchard-price", "book"}
    assert {"price"} <= set(after["orchard-price"].rests_on) <= {"price", "none"}


# ------------------------------------------------------------------------------------------------------------- the hashes


def test_a_changed_digit_changes_what_rests_on_it_and_nothing_else(orchard: Path) -> None:
    before = standing(orchard)
    change(orchard, "figures", "trees", "value", "121")
    assert changed(before, standing(orchard)) == {
        "trees", "harvest", "worth", "chart-apples", "how-many", "market", "orchard", "orchard-fruit", "book",
    }  # fmt: skip
    change(orchard, "figures", "trees", "value", "120")
    assert not changed(before, standing(orchard))


def test_a_changed_source_formula_or_word_is_a_change_though_the_number_is_the_same(orchard: Path) -> None:
    before = standing(orchard)
    change(orchard, "figures", "apples_a_tree", "source", "grocer")
    assert {"apples_a_tree", "harvest", "worth"} <= changed(before, standing(orchard))
    change(orchard, "figures", "apples_a_tree", "source", "almanac")
    replace(
        orchard / "chapters" / "market.ipynb",
        "harvest * price_each",
        "2 * harvest * price_each / 2 + 0 * harvest**2 + harvest - harvest * price_each / price_each",
    )
    assert "worth" not in changed(before, standing(orchard)), "SymPy simplifies this to the same formula"
    replace(orchard / "index.md", "Trees bear apples.", "Trees bear fruit.")
    assert changed(before, standing(orchard)) == {"orchard", "book"}


def test_other_parameters_change_what_rests_on_them(orchard: Path) -> None:
    before = standing(orchard)
    assert changed(before, standing(orchard, {"market": {"price": 0.8}})) == {
        "price", "worth", "market", "orchard", "orchard-price", "book",
    }  # fmt: skip


def resting_on(name: str, chapters: Iterable[Plain]) -> set[str]:
    """The figures made from one, by a walk through the inputs that the chapters' results list."""
    figures = [(of, figure.get("inputs", [])) for plain in chapters for of, figure in plain["figures"].items()]
    found = {name}
    while more := {of for of, inputs in figures if found & set(inputs)} - found:
        found |= more
    return found


def test_in_the_book_a_changed_digit_stops_just_the_citations_that_rest_on_it(
    story: Path, site: Path, defaults: dict[str, Plain], known: Records
) -> None:
    """The hashes on one side, a walk through the graph on the other."""
    shutil.copyfile(ROOT / "CITATION.cff", story / "CITATION.cff")
    rest = resting_on("gpus_swapped_back", defaults.values())
    judged = {
        claim: {*verdict["inputs"]} for plain in defaults.values() for claim, verdict in plain["verdicts"].items()
    }
    change(story, "figures", "gpus_swapped_back", "value", "11999")
    before, after = site_records(site), standing(story)
    assert records.load(story).figures["gpus_swapped_back"].value == 11999
    stopped = {name for name, item in after.items() if before[name][-1] != item.hash}
    assert {name for name in stopped if after[name].kind == "number"} == rest & after.keys()
    assert {name for name in stopped if after[name].kind == "claim"} == {
        claim for claim, inputs in judged.items() if inputs & rest
    }
    assert "01_swap" in {Path(after[name].page).name for name in stopped}
    assert "car_event_window" not in stopped
