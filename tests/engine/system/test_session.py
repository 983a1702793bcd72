"""A live session: a cell that is run again replaces what it made itself; what was made from that has to be made again."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from casefile.errors import BadInput
from casefile.notebook import results
from casefile.notebook.chapter import Chapter
from casefile.records import Unit
from tests.support.small import UNITS, declaration, known

PRICE = 'price = chapter.parameter("price")'
BASKET = 'basket = chapter.figure("basket", price * 12, "USD/apple", "Twelve apples")'
DEARER = BASKET.replace("12", "13")
HALF = 'half = chapter.figure("half", basket / 2, "USD/apple", "Half of them")'
WORD = 'chapter.word("much", [("much", half > price), ("little", True)])'
BOUND = 'chapter.bounded(basket, price, half, "a range")'
CLAIM = 'chapter.claim("dear", [("supported", half > price), ("wrong", True)])'
UNDECIDED = 'chapter.undecided("dear", "unverifiable", "Nobody weighed it.")'
CHART = """import altair as alt
rows = chapter.table([half], what=["Half"])
chapter.chart("apples", alt.Chart(rows).mark_bar().encode(x="value:Q", y="what:N"), title="{half}", alt_text="{half}",
              data=rows, columns={"what": "What"}, sources=["paper"])"""


class Session:
    """A session of IPython with a chapter, whose cells are run one by one."""

    def __init__(self, shell: InteractiveShell, chapter: Chapter) -> None:
        self.shell, self.chapter = shell, chapter
        shell.user_ns["chapter"] = chapter

    def run(self, *sources: str, id: str = "") -> None:
        """Run some cells; `id` is what Jupyter would send with them. Raises what a cell raises."""
        self.shell.get_parent = lambda: {"metadata": {"cellId": id}}  # type: ignore[attr-defined]
        for source in sources:
            outcome = self.shell.run_cell(source, store_history=True, silent=False)
            outcome.raise_error()

    def told(self, *sources: str) -> str:
        """What some cells are told."""
        with pytest.raises(BadInput) as caught:
            self.run(*sources)
        return str(caught.value)


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    quiet = Config()
    quiet.HistoryManager.enabled = False
    main = sys.modules["__main__"]
    yield InteractiveShell.instance(config=quiet)
    InteractiveShell.clear_instance()
    sys.modules["__main__"] = main


@pytest.fixture
def live(shell: InteractiveShell) -> Iterator[Session]:
    sound = replace(
        known(declaration()), units=UNITS | {"claim": Unit("claim", "claim = []", "number", "", "", 0, "claims")}
    )
    yield Session(shell, Chapter("orchard", sound, {"price": 2.5}, "The orchard", "Are apples dear?", ()))
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(gc, "collect", lambda *generation: 0)  # among all that the tests hold, it takes half a second
        shell.reset()


def published(live: Session) -> dict[str, Any]:
    """What the chapter publishes now."""
    bundle = live.chapter.publish()._repr_mimebundle_()
    return dict(bundle[results.MEDIA_TYPE])


def test_every_cell_may_be_run_twice(live: Session) -> None:
    for cell in (PRICE, BASKET, HALF, WORD, BOUND, CLAIM, CHART, "chapter.score()"):
        live.run(cell)
        before = published(live)
        live.run(cell)
        assert published(live) == before


def test_an_edited_cell_replaces_what_it_made_itself(live: Session) -> None:
    live.run(PRICE)
    live.run(BASKET, id="second")
    live.run(DEARER, id="second")
    assert live.chapter.value("basket") == 13 * 2.5
    live.run(UNDECIDED, id="third")
    live.run(UNDECIDED.replace("Nobody", "No one"), id="third")
    assert published(live)["verdicts"]["dear"]["reason"] == "No one weighed it."


@pytest.mark.parametrize("again", [BASKET, HALF, WORD, CLAIM, UNDECIDED, CHART])
def test_two_cells_may_not_make_one_thing(live: Session, again: str) -> None:
    live.run(PRICE, BASKET, HALF, *[again] * (again not in (BASKET, HALF)))
    said = live.told(f"{again}  # another cell")
    assert "stands already" in said
    assert said.endswith("ids are given once: if no other cell gives this one, run the notebook from the top")


def test_one_run_of_a_cell_may_not_make_a_thing_twice(live: Session) -> None:
    live.run(PRICE)
    assert "stands already" in live.told(f"{BASKET}\n{DEARER}")


def test_copies_of_a_cell_are_two_cells_where_the_session_tells_their_ids(live: Session) -> None:
    live.run(PRICE)
    live.run(BASKET, id="one")
    live.run(BASKET, id="one")
    with pytest.raises(BadInput, match="stands already"):
        live.run(BASKET, id="two")


@pytest.mark.parametrize(
    ("made", "used", "what"),
    [
        (HALF, "chapter.value(half)", "figure 'half'"), (HALF, 'chapter.figure("more", half * 2, "USD/apple", "")', "figure 'half'"),
        (f"{HALF}\n{WORD}", 'chapter.text("{much}")', "choice 'much'"), (f"{HALF}\n{CHART}", "chapter.publish()", "figure 'half'"),
        (f"{HALF}\n{BOUND}", "chapter.publish()", "range of 'basket'"),
    ],
)  # fmt: skip
def test_what_was_made_from_what_a_cell_replaced_is_out_of_date(live: Session, made: str, used: str, what: str) -> None:
    live.run(PRICE)
    live.run(BASKET, id="second")
    live.run(made)
    live.run(DEARER, id="second")
    assert live.told(used) == (
        f"{what} of orchard was made from figure 'basket' as it was before; run its cell again, or the notebook from the top"
    )
    live.run(made)
    live.run(used)


def test_a_chart_a_verdict_and_a_range_are_out_of_date_too(live: Session) -> None:
    live.run(PRICE)
    live.run(BASKET, id="second")
    live.run(HALF, BOUND, CLAIM, CHART)
    live.run(DEARER, id="second")
    for cell, what in ((HALF, "range of 'basket'"), (BOUND, "choice 'claim_dear'"), (CLAIM, "chart 'apples'")):
        live.run(cell)
        assert live.told("chapter.publish()").startswith(f"{what} of orchard was made from figure 'basket'")
    live.run(CHART, "chapter.publish()")
    assert list(published(live)["charts"]) == ["apples"]
