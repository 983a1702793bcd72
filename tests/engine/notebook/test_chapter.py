"""What a notebook makes: tables that say which figures they hold, swings, and counts of verdicts; and what it is refused."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
import sympy

import casefile
from casefile import records
from casefile.errors import BadInput
from casefile.figures import charts
from casefile.notebook.chapter import Chapter, open_chapter
from casefile.notebook.results import PRINT_VARIABLE
from casefile.notebook.root import ROOT_VARIABLE
from casefile.records import Unit
from tests.support.orchard import plant
from tests.support.small import UNITS, declaration, known, leaf


@pytest.fixture
def orchard() -> Chapter:
    rows = [
        declaration(low=1.0, high=6.0),
        declaration(name="count", unit="apple", default="12", maximum=100.0, low=10.0, high=20.0),
    ]
    sound = replace(known(*rows), units=UNITS | {"claim": Unit("claim", "claim = []", "number", "", "", 0, "claims")})
    return Chapter("orchard", sound, {"price": 2.5, "count": 12.0}, "The orchard", "Are apples dear?", ())


def basket(chapter: Chapter) -> tuple[sympy.Symbol, sympy.Symbol, sympy.Symbol]:
    price, count = chapter.parameter("price"), chapter.parameter("count")
    whole = chapter.figure("whole", price * count, "USD", "A basket")
    return price, count, chapter.figure("basket", whole / 2, "USD", "Half a basket")


def test_a_table_keeps_the_figure_or_the_text_that_a_cell_was_made_from(orchard: Chapter) -> None:
    price, _, half = basket(orchard)
    table = orchard.table(what=["price", "basket"], end=[price, half], label=["{price} each", "a basket"], plain=[1, 2])
    assert charts.plain_rows(table) == [
        {"what": "price", "end": 2.5, "end_figure": "price", "label": "$2.5 each", "label_template": "{price} each", "plain": 1},
        {"what": "basket", "end": 15.0, "end_figure": "basket", "label": "a basket", "label_template": None, "plain": 2},
    ]  # fmt: skip


def test_a_row_of_a_figure_names_the_figures_of_its_range(orchard: Chapter) -> None:
    price, count, half = basket(orchard)
    assert "low_figure" not in orchard.table([half])
    low = orchard.figure("least", price, "USD/apple", "Least")
    high = orchard.figure("most", price * 2, "USD/apple", "Most")
    orchard.bounded(price, low, high, "a range")
    rows = charts.plain_rows(orchard.table([price, count]))
    assert [(row["low_figure"], row["high_figure"], row["high"]) for row in rows] == [
        ("least", "most", 5.0),
        (None, None, 20.0),
    ]


def orchard_at(price: float, count: float, **low_and_high: float) -> Chapter:
    """The small story with its two assumptions at other values than 2.5 and 12."""
    rows = [
        declaration(low=low_and_high.get("low", 1.0), high=6.0),
        declaration(name="count", unit="apple", default="12", maximum=100.0, low=10.0, high=20.0),
    ]
    return Chapter("orchard", known(*rows), {"price": price, "count": count}, "The orchard", "Are apples dear?", ())


def test_what_is_set_has_no_range_and_is_not_drawn() -> None:
    drawn = {}
    for price, number in ((2.5, 12.0), (9.0, 12.0), (2.5, 30.0), (9.0, 30.0)):
        chapter = orchard_at(price, number)
        each, count, half = basket(chapter)
        chapter.propagate([half], [each, count], draws=2000, seed=1)
        drawn[price, number] = chapter.graph["basket"]
        assert (chapter.graph["price"].low, chapter.graph["price"].band) == (
            (1.0, "range of the assumption") if price == 2.5 else (None, "")
        )
    assert drawn[9.0, 30.0].low is drawn[9.0, 30.0].high is None
    assert drawn[9.0, 30.0].band == ""
    of_count, of_price = drawn[9.0, 12.0], drawn[2.5, 30.0]
    assert 9 * 10 / 2 < of_count.low < 9 * 12 / 2 < of_count.high < 9 * 20 / 2  # type: ignore[operator]
    assert 30 * 1 / 2 < of_price.low < 30 * 2.5 / 2 < of_price.high < 30 * 6 / 2  # type: ignore[operator]
    assert drawn[2.5, 12.0].low < drawn[2.5, 12.0].value < drawn[2.5, 12.0].high  # type: ignore[operator]


def test_a_value_outside_what_draws_come_to_has_no_range() -> None:
    chapter = orchard_at(2.5, 30.0, low=2.5)  # the likeliest price is the lowest: nine tenths of the draws lie above it
    each, count, half = basket(chapter)
    chapter.propagate([half], [each, count], draws=2000, seed=1)
    assert (chapter.graph["basket"].low, chapter.graph["basket"].band) == (None, "")


def test_an_assumption_that_was_set_still_swings_between_its_ends_and_its_value() -> None:
    chapter = orchard_at(9.0, 12.0)
    each, count, half = basket(chapter)
    price = next(swing for swing in chapter.swings(half, [each, count]) if swing.assumption == each)
    assert (chapter.value(price.low), chapter.value(price.high)) == (6.0, 54.0)


def test_swings_are_figures_at_each_end_the_widest_first(orchard: Chapter) -> None:
    price, count, half = basket(orchard)
    found = orchard.swings(half, [count, price])
    ends = [(swing.assumption, orchard.value(swing.low), orchard.value(swing.high), swing.width) for swing in found]
    assert ends == [(price, 6.0, 36.0, 30.0), (count, 12.5, 25.0, 12.5)]


def test_a_value_outside_its_range_widens_the_swing(orchard: Chapter) -> None:
    price, count, half = basket(orchard)
    orchard.swings(half, [price, count])
    moved = orchard.graph.evaluate({"price": 10.0})
    assert (moved["basket_at_price_low"], moved["basket_at_price_high"]) == (6.0, 60.0)
    assert moved["basket_at_count_high"] == 100.0


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.94, "pears"), (0.95, "pears"), (0.951, "pear"), (1.0, "pear"), (1.049, "pear"), (1.06, "pears")],
)
def test_a_word_agrees_with_a_count_as_it_is_printed(value: float, word: str, orchard: Chapter) -> None:
    wait = orchard.graph.add(leaf("wait", value, "month"))
    assert orchard.agree("unit", wait, "pear", "pears") == word
    assert (orchard.text("{wait}") == "1 months") == (word == "pear")


def test_what_a_source_printed_stays_beside_the_parameter_that_starts_from_it(planted: Path) -> None:
    chapter = Chapter("market", records.load_once(planted), {"price": 0.6}, "The market", "What are they worth?", ())
    assumed, printed = chapter.parameter("price"), chapter.source("price_printed", id="price_of_the_grocer")
    assert (chapter.value(assumed), chapter.value(printed)) == (0.6, 0.4)
    assert chapter.graph["price_of_the_grocer"].record == "price_printed"


def test_a_score_follows_the_verdicts_that_figures_decide(orchard: Chapter) -> None:
    price, _, _ = basket(orchard)
    orchard.graph.add(leaf("dear_from", 5.0, "USD/apple"))
    orchard.claim("dear", [("supported", price > sympy.Symbol("dear_from", real=True)), ("wrong", True)], over=[price])
    orchard.score()
    counted = {
        name: value for name, value in orchard.graph.evaluate({"price": 9.0}).items() if name.startswith("claims_")
    }
    assert (counted["claims_supported"], counted["claims_wrong"]) == (1.0, 0.0)
    assert (orchard.value("claims_supported"), orchard.value("claims_wrong")) == (0.0, 1.0)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story, with a series."""
    root = plant(tmp_path_factory.mktemp("chapter"))
    (root / "data" / "series" / "years.csv").write_text("id,period,value,unit,source\nfirst,2020,1,tree,almanac\n")
    return root


def drawn(chapter: Chapter, **changes: Any) -> None:
    """A chart that would be drawn but for what is changed."""
    rows = chapter.rows("years")
    given = {
        "chart": alt.Chart(rows).mark_bar(), "title": "Trees", "alt_text": "One tree.", "data": rows, "columns": {"period": "Year"},
        **changes,
    }  # fmt: skip
    chapter.chart("trees", **given)


def test_a_chart_that_nobody_will_draw_is_neither_specified_nor_judged(
    planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sweep; what belongs to it is asked for all the same."""
    chapter = Chapter("harvest", records.load_once(planted), {}, "The harvest", "How many?", ())
    rows = pd.DataFrame({"period": ["2020"], "value": [0.0], "source": ["almanac"]})
    by_magnitude = alt.Chart(rows).mark_point().encode(x=alt.X("value:Q", scale=alt.Scale(type="log")))
    with pytest.raises(BadInput, match=r"column 'value', row 1: 0\.0; expected a number above zero"):
        drawn(chapter, chart=by_magnitude, data=rows)
    monkeypatch.setenv(PRINT_VARIABLE, "no")
    drawn(chapter, chart=by_magnitude, data=rows)
    assert chapter._results.charts["trees"]["spec"] == {}
    with pytest.raises(BadInput, match="has no alternative text"):
        drawn(chapter, chart=by_magnitude, data=rows, alt_text=" ")


def with_reader(chapter: Chapter) -> Chapter:
    """A chapter that reads the market's price."""
    rows = {key: replace(row, read_by=("harvest",)) for key, row in chapter.records.declarations.items()}
    return Chapter(
        "harvest", replace(chapter.records, declarations=rows), {"price": 0.4}, "The harvest", "How many?", ()
    )


Ask = Callable[[Chapter], Any]
# What a notebook asks for → what it is told.
REFUSED: dict[str, tuple[Ask, str]] = {
    "a parameter that is none": (
        lambda chapter: chapter.parameter("prize"), "market: unknown parameter 'prize'; did you mean price?"),
    "to publish what another chapter is the home of": (
        lambda chapter: with_reader(chapter).parameter("price", publish=True),
        "harvest: market is the home of 'price' and publishes it; expected publish=False"),
    "a fact that is none": (
        lambda chapter: chapter.source("tree"),
        "market: no fact 'tree' in data/figures.csv or data/events.csv; did you mean trees?"),
    "the end of a fact that is none": (
        lambda chapter: chapter.low("tree"), "market: no fact 'tree' in data/figures.csv; did you mean trees?"),
    "the end of a fact that has none": (
        lambda chapter: chapter.high("trees"),
        "market: fact 'trees' prints no high end; take its value with source('trees')"),
    "a column that is none": (
        lambda chapter: chapter.rows("years", perid=2020), "market: series years has no column 'perid'; did you mean period?"),
    "a row that is none": (
        lambda chapter: chapter.cell("years", "second"), "market: no row 'second' in data/series/years.csv; known: first"),
    "a chapter that it did not name": (
        lambda chapter: chapter.imported("harvest", "harvest"),
        "market: reads 'harvest'; expected it among the needs given to open_chapter"),
    "a scenario that is none": (
        lambda chapter: chapter.under("defualt"), "market: no scenario 'defualt'; did you mean default?"),
    "the range of what has none": (
        lambda chapter: chapter.spread(chapter.parameter("price")),
        "market: 'price' has no range; expected a low and a high in data/parameters.csv"),
    "a chart without alternative text": (
        lambda chapter: drawn(chapter, alt_text=" "),
        "chart 'trees' of market has no alternative text; expected the finding with its numbers"),
    "a chart without a source": (
        lambda chapter: drawn(chapter, data=pd.DataFrame({"period": [2020]})),
        "chart 'trees' of market has no source; expected figures, or a table with a source on each row"),
    "a chart with a source that is none": (
        lambda chapter: drawn(chapter, sources=["almanach"]),
        "chart 'trees' of market names source 'almanach'; did you mean almanac?"),
    "a chart of a value that its scale has no place for": (
        lambda chapter: drawn(chapter, chart=alt.Chart(pd.DataFrame({"trees": [0]})).mark_point().encode(
            x=alt.X("trees:Q", scale=alt.Scale(type="log")))),
        "chart 'trees' of market: column 'trees', row 1: 0; expected a number above zero on a scale of type 'log'"),
    "a chart of another host's data": (
        lambda chapter: drawn(chapter, chart=alt.Chart("https://example.org/trees.csv").mark_point().encode(x="trees:Q")),
        "chart 'trees' of market: data.url holds an address, 'https://example.org/trees.csv'; expected all data inside: "
        "pages and charts ask nothing of other hosts"),
    "a chart with a table of what no chart draws": (
        lambda chapter: drawn(chapter, data=chapter.rows("years").assign(odd=pd.period_range("2024-06", periods=1, freq="M"))),
        "chart 'trees' of market: column 'odd', row 1: Period('2024-06', 'M'); expected a number, a text, a day or a time, true or false"),
    "a chart with a column that is none": (
        lambda chapter: drawn(chapter, columns={"periods": "Year"}),
        "chart 'trees' of market: no column 'periods' in its table; did you mean period?"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_there_is_refused_in_one_line(what: str, planted: Path) -> None:
    ask, said = REFUSED[what]
    with pytest.raises(BadInput) as caught:
        ask(Chapter("market", records.load_once(planted), {"price": 0.4}, "The market", "What are they worth?", ()))
    assert str(caught.value) == said


def test_a_kernel_that_lives_on_reads_data_that_changed_anew(planted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(planted))

    def trees_and_years() -> tuple[float, list[int]]:
        """A run of the notebook from the top."""
        chapter = open_chapter("harvest", {}, "The harvest", "How many apples?")
        return chapter.value(chapter.source("trees")), list(chapter.rows("years")["value"])

    series, facts = planted / "data" / "series" / "years.csv", planted / "data" / "figures.csv"
    before = series.read_text(), facts.read_text()
    assert trees_and_years() == (120, [1])
    facts.write_text(before[1].replace("trees,120", "trees,1210"))
    assert trees_and_years() == (1210, [1])
    series.write_text(before[0].replace("2020,1,", "2020,12,"))
    assert trees_and_years() == (1210, [12])
    series.write_text(before[0])
    facts.write_text(before[1])
    assert trees_and_years() == (120, [1])


def test_a_chart_of_what_is_there_is_drawn(planted: Path) -> None:
    chapter = Chapter("market", records.load_once(planted), {"price": 0.4}, "The market", "What are they worth?", ())
    drawn(chapter)
    chart = chapter.publish().plain["charts"]["trees"]
    assert (chart["sources"], chart["columns"], [row["value"] for row in chart["rows"]]) == (
        ["almanac"], {"period": "Year"}, [1],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        ("price: float = 0.5  # EUR", ""),
        ("# Parameters\nprice = 0.5", ""),
        ("'A remark'\nprice = 0.5\nprize = 0.6", "prize"),
        ("# Parameters\nprize = 0.6", "prize"),
        ("mine = 3", ""),  # a cell of the reader's own, in between
        ("price = 0.5\nprint(price)", ""),
        ("%matplotlib inline", ""),
        ("price = (", ""),
    ],
)
def test_a_name_in_the_parameters_cell_that_no_parameter_has_is_refused_in_jupyter_too(
    before: str, refused: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(plant(tmp_path / "orchard")))
    namespace: dict[str, Any] = {"In": ["", before, "chapter = open_chapter(…)"], "price": 0.5, "prize": 0.6, "mine": 3}
    if refused:
        with pytest.raises(BadInput, match=r"market: unknown parameter 'prize'; did you mean price\?"):
            open_chapter("market", namespace, "The market", "What are they worth?")
    else:
        assert open_chapter("market", namespace, "The market", "What are they worth?").parameters == {"price": 0.5}


def test_texts_of_a_chapters_tables_are_kept_as_in_a_browser_without_arrow() -> None:
    dtype: Any = pd.DataFrame({"what": ["one", "two"]})["what"].dtype
    assert dtype.storage == "python"


def test_libraries_are_no_garbage_once_the_first_chapter_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.unfreeze()
    frozen = []
    for first in (False, True):
        if first:
            monkeypatch.delitem(sys.modules, "casefile.notebook.chapter")
        with pytest.raises(BadInput):
            casefile.open_chapter("nowhere", {ROOT_VARIABLE: ""}, "Nowhere", "Where?")
        frozen.append(gc.get_freeze_count() > 0)
    gc.unfreeze()
    assert frozen == [False, True]
