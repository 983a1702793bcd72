"""A page in one file: it holds what it shows, runs nothing, loads nothing, and says every number of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from casefile.errors import BadInput
from casefile.publication import articles, single_page

ADDRESS = "https://example.org/book/"


@pytest.fixture(scope="module")
def alone(site: Path) -> str:
    """A chapter of the book in one file."""
    return single_page.written(site, "chapters/01_swap", ADDRESS)


def test_it_loads_nothing_and_runs_nothing(alone: str) -> None:
    tree = etree.HTML(alone)
    assert tree.xpath("//script | //form | //iframe | //link | //img[not(starts-with(@src, 'data:'))]") == []
    assert tree.xpath("//meta[@http-equiv]/@content") == [single_page.POLICY]
    assert "@import" not in alone and "url(" not in "".join(tree.xpath("//style/text()"))


def test_it_says_every_number_and_draws_every_chart_of_the_page(alone: str, site: Path) -> None:
    tree, page = etree.HTML(alone), articles.page_element(site, "chapters/01_swap")
    for path in ("//article//*[@data-figure]", "//article//*[@class = 'chart-picture']/@aria-label", "//article//math"):
        kept = [one if isinstance(one, str) else "".join(one.itertext()) for one in tree.xpath(path)]
        assert kept == [one if isinstance(one, str) else "".join(one.itertext()) for one in page.xpath(path)], path
        assert kept


def test_its_links_hold_within_it_or_lead_to_the_site(alone: str, site: Path) -> None:
    tree = etree.HTML(alone)
    ids = set(tree.xpath("//@id"))
    for address in tree.xpath("//a/@href"):
        assert address.startswith(("http://", "https://")) or address[1:] in ids or address == "#", address
    assert f"{ADDRESS}chapters/03_delay.html" in tree.xpath("//a/@href")
    without = etree.HTML(single_page.written(site, "chapters/01_swap", ""))
    assert not [one for one in without.xpath("//a/@href") if not one.startswith(("http", "#"))]


def test_a_way_to_some_claims_keeps_what_it_asks_for_and_a_choice_that_cannot_be_made_is_left_out(site: Path) -> None:
    ways = etree.HTML(single_page.written(site, "summary", ADDRESS)).xpath("//ul[@class = 'score']//a/@href")
    assert f"{ADDRESS}chapters/claims.html?verdict=supported" in ways
    for tree in (
        etree.HTML(single_page.written(site, "chapters/claims", ADDRESS)),
        articles.read(site, ["chapters/claims"])[0].element,
    ):
        counts = ["".join(one.itertext()).split() for one in tree.xpath("//ul[@class = 'score']/li")]
        assert counts and all(count.isdigit() for count, *_ in counts)


def test_a_picture_comes_with_it_and_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "tree.png").write_bytes(b"\x89PNG")
    (tmp_path / "a.html").write_text(
        '<html><head><title>A</title></head><body><article><h1>A</h1><img src="tree.png" alt=""></article></body></html>'
    )
    assert '<img src="data:image/png;base64,iVBORw==" alt="">' in single_page.written(tmp_path, "a", "")
    with pytest.raises(BadInput, match=r"^b\.html: not in "):
        single_page.written(tmp_path, "b", "")
