"""The choice of claims by their verdicts: in the address, in the way from claim to claim, as one thing to press."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page

from casefile.figures import claims
from tests.conftest import CHAPTERS, Plain

PAGE = CHAPTERS["claims"]
NARROW, WIDE = (390, 844), (1280, 900)


@pytest.fixture(scope="module")
def verdicts(defaults: dict[str, Plain]) -> dict[str, str]:
    """The verdict of each claim."""
    return {name: str(plain["verdict"]) for name, plain in defaults["claims"]["verdicts"].items()}


def shown(tab: Page) -> list[str]:
    """The verdicts of the claims that a page shows, in its order."""
    return [str(card.get_attribute("data-verdict")) for card in tab.locator(".claim >> visible=true").all()]


def choice(tab: Page, verdict: str) -> Locator:
    """The button that chooses the claims of a verdict; all of them without one."""
    return tab.locator(f'.score input[value="{verdict}"]')


def several(verdicts: dict[str, str]) -> list[str]:
    """The verdicts that more than one claim has, and not all, in the order of their scale."""
    counts = [(verdict, list(verdicts.values()).count(verdict)) for verdict in claims.VERDICTS]
    return [verdict for verdict, count in counts if 1 < count < len(verdicts)]


def test_a_choice_of_claims_stands_in_the_address_and_comes_back_with_it(
    tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    first, second, *_ = several(verdicts)
    tab.goto(f"{address}/{PAGE}.html?depth=read")
    choice(tab, first).check(force=True)
    assert tab.url == f"{address}/{PAGE}.html?depth=read&verdict={first}"
    tab.reload()
    assert set(shown(tab)) == {first} and choice(tab, first).is_checked()
    tab.goto(f"{address}/summary.html")
    tab.go_back()
    tab.wait_for_function("document.querySelectorAll('.claim').length")
    assert set(shown(tab)) == {first} and choice(tab, first).is_checked()
    other = tab.locator(f".claim:not([data-verdict={first}])").first.get_attribute("id")
    tab.locator(f'.barcode a[href$="#{other}"]').click()  # gives way, and the address says no more what is not shown
    assert tab.url == f"{address}/{PAGE}.html?depth=read#{other}"
    assert len(shown(tab)) == len(verdicts)
    tab.go_back()
    tab.wait_for_url(f"**/{PAGE}.html?depth=read&verdict={first}")
    assert set(shown(tab)) == {first}
    choice(tab, second).check(force=True)
    assert tab.url.endswith(f"?depth=read&verdict={second}")
    choice(tab, "").check(force=True)
    assert tab.url == f"{address}/{PAGE}.html?depth=read"
    assert len(shown(tab)) == len(verdicts)


@pytest.mark.parametrize("asked", ["nonsense", "", "%22%5D", "toString"])
def test_a_verdict_in_the_address_that_is_none_of_the_choices_chooses_nothing(
    asked: str, tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    tab.goto(f"{address}/{PAGE}.html?verdict={asked}")
    assert len(shown(tab)) == len(verdicts)
    assert choice(tab, "").is_checked()
    assert tab.url == f"{address}/{PAGE}.html"


def test_an_address_that_names_a_claim_outside_its_choice_shows_the_claim(
    tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    chosen = several(verdicts)[0]
    other = next(name for name, verdict in verdicts.items() if verdict != chosen)
    own = next(name for name, verdict in verdicts.items() if verdict == chosen)
    tab.goto(f"{address}/{PAGE}.html?verdict={chosen}#claim-{other}")
    assert tab.locator(f"#claim-{other}").is_visible()
    assert choice(tab, "").is_checked() and tab.url.endswith(f".html#claim-{other}")
    tab.goto(f"{address}/summary.html")
    tab.goto(f"{address}/{PAGE}.html?verdict={chosen}#claim-{own}")
    assert set(shown(tab)) == {chosen} and tab.url.endswith(f"?verdict={chosen}#claim-{own}")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_from_each_claim_that_is_shown_its_line_leads_to_the_next_and_from_the_last_to_none(
    size: Sequence[int], tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    chosen = several(verdicts)[1]
    tab.goto(f"{address}/{PAGE}.html?verdict={chosen}")
    for verdict in (chosen, several(verdicts)[0], ""):
        choice(tab, verdict).check(force=True)
        cards = tab.locator(".claim >> visible=true").all()
        ways = [card.locator(".claim-so .claim-next >> visible=true") for card in cards]
        assert [way.count() for way in ways] == [1] * (len(cards) - 1) + [0]
        for way, (_, following) in zip(ways, itertools.pairwise(cards), strict=False):
            assert way.get_attribute("href") == f"#{following.get_attribute('id')}"
    choice(tab, chosen).check(force=True)
    first, second, *_ = tab.locator(".claim >> visible=true").all()
    first.locator(".claim-next").click()
    assert tab.url.endswith(f"?verdict={chosen}#{second.get_attribute('id')}")
    assert set(shown(tab)) == {chosen}
    assert 0 <= second.evaluate("one => one.getBoundingClientRect().top") < 300


def test_a_verdict_that_moves_takes_the_way_to_the_next_claim_along(
    tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    chosen = several(verdicts)[0]
    tab.goto(f"{address}/{PAGE}.html?verdict={chosen}")
    before = len(shown(tab))
    tab.evaluate(
        """(chosen) => {
      document.querySelectorAll(`.claim[data-verdict=${chosen}]`)[1].dataset.verdict = "moved";
      dispatchEvent(new CustomEvent("casefile:supposed"));
    }""",
        chosen,
    )
    cards = tab.locator(".claim >> visible=true").all()
    assert len(cards) == before - 1
    hrefs = [card.locator(".claim-next").get_attribute("href") for card in cards[:-1]]
    assert hrefs == [f"#{card.get_attribute('id')}" for card in cards[1:]]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_count_and_its_word_are_one_thing_to_press_side_by_side(
    size: Sequence[int], scripts: bool, tab: Page, unscripted: Page, address: str, verdicts: dict[str, str]
) -> None:
    page = tab if scripts else unscripted
    page.set_viewport_size({"width": size[0], "height": size[1]})
    chosen = several(verdicts)[0]
    for place in (".score-count", ".verdict"):
        page.goto(f"{address}/{PAGE}.html")
        label = page.locator(f".score label:has([value={chosen}])")
        label.locator(place).click()
        assert set(shown(page)) == {chosen}, place
        assert page.locator("dialog[open]").count() == 0
        count, word = label.locator(".score-count").bounding_box(), label.locator(".verdict").bounding_box()
        assert count and word
        assert 0 < word["x"] - count["x"] - count["width"] < 16
        assert label.locator(".score-one").bounding_box()["height"] >= 44  # type: ignore[index]
    assert page.get_by_role("radio", name=f"{list(verdicts.values()).count(chosen)} {chosen}").is_checked()


def test_on_the_summary_a_count_and_its_word_lead_to_those_claims(
    tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    for chosen in several(verdicts):
        tab.goto(f"{address}/summary.html")
        tab.locator(f'.score a[href$="?verdict={chosen}"] .score-count').click()
        tab.wait_for_url(f"**/{PAGE}.html?verdict={chosen}")
        assert shown(tab) == [chosen] * list(verdicts.values()).count(chosen)


def test_the_proof_of_each_count_is_reached_where_the_page_is_checked(
    tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    tab.goto(f"{address}/{PAGE}.html?depth=check")
    for verdict in set(verdicts.values()):
        name = f"claims_{verdict}"
        assert tab.locator(f"#figure-{name}[data-cite={name}]").count() == 1, name
        assert tab.locator(f".score [data-figure={name}][data-part=value]").count() == 1, name
        tab.goto(f"{address}/{PAGE}.html#figure-{name}")
        assert tab.locator(f"#figure-{name}").is_visible(), name


def test_a_choice_says_how_many_are_shown_and_leads_to_the_first(
    tab: Page, address: str, verdicts: dict[str, str]
) -> None:
    chosen = several(verdicts)[-1]
    told, count = tab.locator(".claims-shown[role=status]"), list(verdicts.values()).count(chosen)
    tab.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    tab.goto(f"{address}/{PAGE}.html?verdict={chosen.upper()}")
    assert f"{count} of {len(verdicts)}, {chosen}" in told.inner_text()
    assert told.evaluate(
        "one => { const { top, bottom } = one.getBoundingClientRect(); return top > 0 && bottom < innerHeight; }"
    )
    told.get_by_role("link").click()
    first = tab.locator(".claim >> visible=true").first
    assert tab.url.endswith(f"#{first.get_attribute('id')}")
    choice(tab, "").check(force=True)
    assert told.inner_text() == ""


def test_paper_has_all_claims_whatever_is_chosen(tab: Page, address: str, verdicts: dict[str, str]) -> None:
    tab.goto(f"{address}/{PAGE}.html?verdict={several(verdicts)[-1]}")
    assert len(shown(tab)) < len(verdicts)
    tab.emulate_media(media="print")
    assert len(shown(tab)) == len(verdicts)
