"""The catalogue of a site: what parameters reach, and what of its citations is worded anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casefile.citation import cite, wording
from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import CitableBook
from casefile.figures.graph import Graph
from casefile.notebook.results import Results
from casefile.system import cache
from tests.support import machines
from tests.support.published import version
from tests.support.small import UNITS, declaration, known, leaf

DECLARED = (
    declaration(chapter="harvest", name="trees", unit="apple", default="120", maximum=1000.0),
    declaration(chapter="market", name="price"),
)


def chapter(name: str, figure: str, *needs: str) -> Results:
    """A chapter that reads others and publishes one figure."""
    made = Graph(name, UNITS)
    made.add(leaf(figure, 12.0, "apple", chapter=name, published=True))
    return Results(name, name.title(), "", {}, made, needs=needs)


@pytest.fixture
def pages() -> CitableBook:
    """A book of four chapters, three of which read each other, with the last that reads them first."""
    chapters = {
        "claims": chapter("claims", "judged", "market"), "market": chapter("market", "sold", "harvest"),
        "harvest": chapter("harvest", "bore"), "weather": chapter("weather", "rained"),
    }  # fmt: skip
    index = "(orchard)=\n# The orchard\n\n{num}`judged`\n\n(rain)=\n## Rain\n\n{num}`rained`\n"
    texts = {"index": index, **{name: f"# {name.title()}\n" for name in chapters}}
    cells: dict[str, list[Any]] = {page: [{"cell_type": "markdown", "source": text}] for page, text in texts.items()}
    return CitableBook(known(*DECLARED), chapters, cells)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the record of a book that was never released."""
    version(tmp_path, "1.0")
    return tmp_path


SOLD = {"market", "sold", "claims", "judged", "orchard", "book"}


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        ({}, set()),
        ({"harvest": {"trees": 120.0}}, set()),
        ({"harvest": {"trees": 121.0}}, {"harvest", "bore", *SOLD}),
        ({"market": {"price": 3.0}}, SOLD),
    ],
)
def test_parameters_reach_the_chapters_that_read_theirs_and_no_others(
    given: dict[str, dict[str, float]], moved: set[str], pages: CitableBook, root: Path
) -> None:
    assert Catalogue.of_build(root, given, pages).moved == moved


def test_what_parameters_reach_is_cited_with_them(pages: CitableBook, root: Path) -> None:
    made = Catalogue.of_build(root, {"harvest": {"trees": 121.0}}, pages)
    said = {name: made.cited(made.find(name), "sentence") for name in ("judged", "rained")}
    assert f"judged@1.0+draft?harvest.trees=121.0:{made.items['judged'].hash}" in said["judged"]
    assert "Computed with trees of harvest at 121 instead of 120" in said["judged"]
    assert f"rained@1.0+draft:{made.items['rained'].hash}" in said["rained"]
    assert "instead of" not in said["rained"]


def test_a_hash_that_changed_is_cited_anew_on_its_page_alone(pages: CitableBook, root: Path) -> None:
    made, store = Catalogue.of_build(root, {}, pages), cache.Store(root / "cache")

    def written(catalogue: Catalogue, name: str) -> tuple[str, int]:
        """The citation of a figure in BibTeX, and how many lots of citations are kept."""
        catalogue.write(root / name, store)
        kept = len(list((root / "cache" / "citations").iterdir()))
        return (root / name / "cite" / "rained.bib").read_text(encoding="utf-8"), kept

    before = written(made, "before")
    rained = replace(made.items["rained"], hash="0123456789ab")
    after = written(replace(made, items={**made.items, "rained": rained}), "after")
    assert after == (before[0].replace(made.items["rained"].hash, "0123456789ab"), before[1] + 1)
    assert after[0] != before[0]
    for page in ("weather", "index"):
        apa = [
            (root / name / "_static" / "cite" / f"{page}.js").read_text(encoding="utf-8")
            for name in ("before", "after")
        ]
        assert (apa[0] != apa[1]) == (page == "weather")


@pytest.mark.skipif(machines.LOCALEDEF is None, reason="this system makes no locales")
def test_days_are_said_in_the_words_of_the_book_whatever_language_the_process_speaks(
    root: Path, pages: CitableBook, tmp_path: Path
) -> None:
    """As in a program of somebody's that has set its locale and imports the package."""
    made = Catalogue.of_build(root, {}, pages)
    made = replace(made, cited_from=dict.fromkeys(made.items, made.book.version))
    with machines.speaking_french(tmp_path):
        assert f"{made.book.date:%B}" == "fevrier"
        assert made.edition() == "Edition 1.0 of 1 February 2021"
        template = cite.cited(made.items["bore"], made.book, "1.0", {}, "", "wikipedia")
        assert "|date=1 February 2021 |" in template
        assert "2 February 1721" in wording.dates("1721-02-02")  # no other test asks for this day
