"""Each figure, word, chart and verdict has one home, and whoever is asked names it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casefile.citation import registry
from casefile.errors import BadInput
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.notebook.homes import Homes
from casefile.notebook.results import Results
from casefile.records import Records
from casefile.site import search
from tests.conftest import ROOT, Plain
from tests.support import markup, small

_HOME = "*[contains(concat(' ', @class, ' '), ' derivation-home ')]"


def page(chapter: str, *figures: Figure, **words: str) -> Results:
    """The results of a chapter with some figures, and words of one option."""
    graph = Graph(chapter, small.UNITS)
    for figure in figures:
        graph.add(figure)
    for name, word in words.items():
        graph.choose(name, [(word, True)])
    return Results(chapter, chapter, "", {}, graph)


def figure(id: str, chapter: str, published: bool = False) -> Figure:
    return small.leaf(id, 1.0, "apple", chapter=chapter, published=published)


def test_a_figure_lives_where_it_is_published_else_where_it_was_made_else_where_it_is_first_read() -> None:
    homes = Homes({
        "front": page("front", figure("sold", "market"), figure("count", "harvest"), figure("lost", "nowhere")),
        "harvest": page("harvest", figure("count", "harvest"), figure("sold", "harvest")),
        "market": page("market", figure("sold", "market", published=True)),
    })  # fmt: skip
    assert homes.publishers == {"sold": "market"}
    assert homes.figures == {"sold": "market", "count": "harvest", "lost": "front"}
    assert [homes.answering("sold", place) for place in ("front", "market", "elsewhere")] == [
        "front",
        "market",
        "market",
    ]
    assert homes.answering("none", "front") is None


EMPTY: Any = {}


@pytest.mark.parametrize(
    ("kind", "verb", "name", "asked"),
    [
        ("figure", "publish", "count", "publishers"), ("chart", "draw", "bars", "charts"),
        ("claim", "judge", "dear", "verdicts"),
    ],
)  # fmt: skip
def test_a_second_home_is_refused(kind: str, verb: str, name: str, asked: str) -> None:
    pages = {place: page(place, figure("count", place, published=True)) for place in ("harvest", "market")}
    homes = Homes({place: replace(of, charts={"bars": EMPTY}, verdicts={"dear": EMPTY}) for place, of in pages.items()})
    with pytest.raises(BadInput) as caught:
        getattr(homes, asked)
    assert str(caught.value) == (
        f"{kind} {name!r}: harvest and market both {verb} it; expected one page to, as its home"
    )


def test_a_word_is_its_pages_own_and_elsewhere_must_be_of_one_page() -> None:
    homes = Homes({"harvest": page("harvest", sort="red", size="small"), "market": page("market", sort="green")})
    assert [homes.answering("sort", place) for place in ("harvest", "market")] == ["harvest", "market"]
    assert homes.answering("size", "front") == "harvest"
    with pytest.raises(BadInput) as caught:
        homes.answering("sort", "front")
    assert str(caught.value) == "front: the word 'sort' is one of harvest and of market; expected one of a single page"


def test_a_parameters_figure_is_the_one_that_its_home_declares(defaults: dict[str, Plain], known: Records) -> None:
    for chapter, plain in defaults.items():
        for name, found in plain["figures"].items():
            if found["kind"] == "parameter":
                row = known.declarations[found["chapter"], found["parameter"]]
                assert (row.figure or row.name) == name, chapter
                assert chapter in row.readers or row.chapter in plain["needs"], (chapter, name)
                assert chapter == row.chapter or not found.get("published"), (chapter, name)


def test_whoever_is_asked_for_an_id_names_one_place(site: Path) -> None:
    """The registry, the record that verification reads, the search, the files of citations and of figures, and the pages."""
    text = (site / "_static" / "editions.js").read_text(encoding="utf-8")
    now = json.loads(text.partition(" = ")[2].rstrip(";\n"))["now"]
    figures = json.loads((site / "api" / "figures.json").read_text(encoding="utf-8"))
    entries = (site / "_static" / search.SCRIPT).read_text(encoding="utf-8").splitlines()
    listed = {json.loads(line.rstrip(","))[-1] for line in entries if line.startswith("[")}
    pages = {path.relative_to(site).with_suffix("").as_posix(): path for path in site.glob("**/*.html")}
    for row in registry.read(ROOT).values():
        if row.status != registry.PUBLIC or row.kind == "book":
            continue
        place = f"{row.page}.html" + (f"#{row.anchor}" if row.anchor else "")
        assert now[row.id][:2] == [row.page, row.anchor], row.id
        assert place in listed, row.id
        assert row.anchor in {"", *markup.ids(pages[row.page])}, row.id
        if row.id in figures:
            assert figures[row.id]["page"] == place
        (record,) = json.loads((site / "cite" / f"{row.id}.json").read_text(encoding="utf-8"))
        assert f" {row.id}@" in record["note"], row.id
    for name, path in pages.items():  # a figure told elsewhere says where it is worked out
        for told in markup.parsed(path).xpath(f"//{_HOME}/parent::*"):
            assert "derivation" in told.get("class").split()
            figure, href = told.xpath("(.//@data-figure)[1]")[0], told.xpath(f"({_HOME}//a/@href)[1]")[0]
            home = (Path("/", name).parent / href.partition("#")[0]).as_posix()
            assert (str(Path(home)).replace("/chapters/../", "/"), href.partition("#")[2]) == (
                f"/{now[figure][0]}.html", f"figure-{figure}",
            )  # fmt: skip
