"""Charts alive: asked for when seen, the same picture before and after, and drawn anew as a rerun would draw them."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, Route

from casefile.figures import binding, charts, formats, pictures, uncertainty
from casefile.notebook.results import Results
from casefile.records import Records
from casefile.site import page_script
from tests.conftest import CHAPTERS, Open, Plain, Run
from tests.engine.figures.test_charts import TIMES
from tests.support import breaking, chromium

RELATIVE = 1e-12
BUNDLE = "/_static/vega.js"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SMALL = {"width": 1280, "height": 600}

LIVE = "id => document.querySelector(`#chart-${id} .live`) !== null"
# The rows that the marks of a live chart stand for, by their number in the chart's tables.
DRAWN = """id => Object.fromEntries([...document.querySelectorAll(`#chart-${id} .chart-live .role-mark *`)]
    .map(mark => mark.__data__?.datum).filter(row => row && "__row" in row).map(row => [row.__row, {...row}]))"""
CELLS = "all => all.map(one => [one.textContent, one.dataset.cell, one.dataset.unit])"
SET = "values => { for (const [name, value] of Object.entries(values)) casefile.whatIf.set(name, value) }"
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

DRAWN_AGAIN = """() => new Promise(done => {
    const look = () => casefile.graph.ranged === "pending" ? setTimeout(look, 20) : done();
    look();
})"""


class Visit:
    """A page, what it asked for, and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked, self.complaints = page, list[str](), list[str]()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        chromium.listen(page, self.complaints.append)

    def bundles(self) -> int:
        return sum(url.endswith(BUNDLE) for url in self.asked)

    def enliven(self, chart: str) -> None:
        self.page.locator(f"#chart-{chart}").scroll_into_view_if_needed()
        self.page.mouse.move(2, 2)
        self.page.wait_for_function(LIVE, arg=chart)


@pytest.fixture
def visit(new_tab: Open) -> Iterator[Visit]:
    visit = Visit(new_tab(**SMALL))
    yield visit
    assert visit.complaints == []


def controls(results: Results, known: Records) -> list[dict[str, Any]]:
    """The chapter's parameters that a page can move between two bounds."""
    plain = page_script.page(results, known, "", frozenset())["parameters"]
    return [row for row in plain if row["figure"] and "minimum" in row and "maximum" in row]


def moved(row: dict[str, Any], share: float) -> float | int:
    """A value between the default and a bound: the upper for a positive share of the way, the lower for a negative one."""
    bound = row["maximum"] if share > 0 else row["minimum"]
    value = float(f"{row['default'] + (bound - row['default']) * abs(share):.3g}")
    return round(value) if row["type"] == "integer" else value


def flat(chart: Plain) -> list[dict[str, Any]]:
    """The rows of all tables of a chart's specification, in order."""
    return [row for table in chart["spec"]["datasets"].values() for row in table]


# ------------------------------------------------------------------------------------------------------ when it is seen


def test_a_chart_comes_alive_when_a_reader_at_work_sees_it_and_its_bundle_is_asked_for_once(
    visit: Visit, address: str
) -> None:
    """A page that is only looked at asks for no bundle, though a chart be in sight: here all of them are."""
    visit.page.set_viewport_size({"width": 1280, "height": 9000})
    visit.page.goto(f"{address}/chapters/01_swap.html?depth=check", wait_until="networkidle")
    assert visit.page.locator(".live").count() == 0
    assert visit.bundles() == 0
    for chart in ("unit_price", "swap"):
        visit.enliven(chart)
    visit.page.reload(wait_until="load")
    assert visit.bundles() == 1


def test_nothing_on_the_page_moves_when_a_chart_comes_alive_nor_when_a_hand_takes_hold_of_it(
    visit: Visit, address: str
) -> None:
    visit.page.add_init_script(
        "globalThis.shifts = []; new PerformanceObserver(list => shifts.push(...list.getEntries().map(one => one.value)))"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    visit.page.goto(f"{address}/chapters/08_money.html")
    for chart in ("raise_buys", "ladder"):
        still = f"#chart-{chart} .chart-wide > svg"
        before = visit.page.locator(still).evaluate("one => one.getBoundingClientRect().height")
        visit.enliven(chart)
        live = visit.page.locator(f"#chart-{chart} .chart-live svg")
        assert live.evaluate("one => one.getBoundingClientRect().height") == pytest.approx(before, abs=1)
    assert visit.page.evaluate("shifts") == []
    ring = visit.page.locator("#chart-raise_buys .chart-wide .chart-handle")
    ring.scroll_into_view_if_needed()

    def standing() -> tuple[float, float, str | None]:
        box, around = ring.bounding_box(), visit.page.locator("#chart-raise_buys .chart-wide").bounding_box()
        assert box and around
        return box["x"] + box["width"] / 2, box["y"] - around["y"], ring.get_attribute("aria-valuetext")

    at = standing()
    box = ring.bounding_box()
    assert box
    visit.page.mouse.move(at[0], box["y"] + box["height"] / 2)
    visit.page.mouse.down()
    visit.page.mouse.move(at[0], box["y"] + box["height"] / 2)
    assert standing() == pytest.approx(at)  # a hand that takes hold moves nothing
    for step in range(1, 6):
        visit.page.mouse.move(at[0] - 24 * step, box["y"] + box["height"] / 2)
        assert standing()[1] == pytest.approx(at[1])  # and the ring stays on its bar
    assert standing()[2] != at[2]
    visit.page.mouse.up()


CENTRE = """ring => { const box = ring.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; }"""
TOP = "ring => ring.closest('.chart-wide, .chart-narrow').getBoundingClientRect().top"
STEP_OF_A_VALUE = 4  # pixels, at most, between two values that a parameter takes


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("chart", ["03_delay/wedge", "08_money/raise_buys", "08_money/ladder"])
def test_a_ring_stays_under_the_hand_and_its_chart_where_it_stands(
    visit: Visit, address: str, chart: str, width: int
) -> None:
    """Though an axis ends where the value does, and though the sentence above breaks into more lines than before."""
    page, (chapter, name) = visit.page, chart.split("/")
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{address}/chapters/{chapter}.html", wait_until="load")
    visit.enliven(name)
    ring = page.locator(f"#chart-{name} .chart-handle >> visible=true")
    ring.evaluate("ring => ring.scrollIntoView({ block: 'center' })")
    along = 1 if "ns-resize" in (ring.get_attribute("style") or "") else 0
    at, top, published = ring.evaluate(CENTRE), ring.evaluate(TOP), ring.get_attribute("aria-valuenow")
    page.mouse.move(*at)
    page.mouse.down()
    for step in (-8, -30, -55, -20, 10):
        hand = list(at)
        hand[along] += step
        page.mouse.move(*hand)
        page.evaluate(PAINTED)
        assert ring.evaluate(CENTRE)[along] == pytest.approx(hand[along], abs=STEP_OF_A_VALUE), step
        assert ring.evaluate(TOP) == pytest.approx(top, abs=0.5), step
        assert ring.get_attribute("aria-valuenow") != published
    page.mouse.up()
    page.evaluate(PAINTED)
    assert ring.get_attribute("aria-valuenow") != published  # the hand let go: the value stays, the axes follow again
    at = ring.evaluate(CENTRE)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] - 20, at[1] - 20)
    page.keyboard.press("Escape")
    page.mouse.move(at[0] - 40, at[1] - 40)
    page.evaluate(PAINTED)
    assert (
        ring.get_attribute("aria-valuenow") == published
    )  # by Escape in the middle of a drag the hand lets go, and it comes back
    page.mouse.up()
    values = []
    for key in ("Home", "PageUp", "End", "PageDown"):
        page.keyboard.press(key)
        page.evaluate(PAINTED)
        values.append(float(str(ring.get_attribute("aria-valuenow"))))
    assert values[0] < values[1] < values[2] > values[3] > values[0]
    assert ring.evaluate(TOP) == pytest.approx(top, abs=1)  # and the page stays where it is


PLOT = "id => document.querySelector(`#chart-${id} .chart-wide .chart-live .role-frame > g > .background`).getBoundingClientRect().toJSON()"
CUT = "id => document.querySelectorAll(`#chart-${id} .chart-wide .chart-live .role-mark[clip-path]`).length"


def test_a_ring_goes_on_past_the_end_of_its_axis_as_far_as_the_slider(visit: Visit, address: str) -> None:
    """The axis grows with the value while the hand is past its end, and leaves room for more once it lets go."""
    page = visit.page
    page.goto(f"{address}/chapters/03_delay.html", wait_until="load")
    visit.enliven("wedge")
    ring = page.locator("#chart-wedge .chart-handle >> visible=true")
    ring.evaluate("ring => ring.scrollIntoView({ block: 'center' })")

    def ring_at() -> float:
        left: float = ring.evaluate(CENTRE)[0]
        return left

    def months() -> float:
        return float(str(ring.get_attribute("aria-valuenow")))

    for least in (12, 18):  # where the axis ends as published, and where it does after the first drag
        plot, (left, top) = page.evaluate(PLOT, "wedge"), ring.evaluate(CENTRE)
        page.mouse.move(left, top)
        page.mouse.down()
        page.mouse.move(plot["right"] + 60, top)
        page.evaluate(PAINTED)
        assert months() > least
        assert plot["left"] < ring_at() < plot["right"]
        page.mouse.up()
        page.evaluate(PAINTED)
        assert ring_at() < plot["right"] - 100
    page.keyboard.press("End")
    page.evaluate(PAINTED)
    assert months() == float(str(ring.get_attribute("aria-valuemax"))) == 24
    assert ring_at() < page.evaluate(PLOT, "wedge")["right"]


def test_what_grows_past_an_axis_that_is_held_is_cut_off_at_the_plot(visit: Visit, address: str) -> None:
    page = visit.page
    page.goto(f"{address}/chapters/08_money.html", wait_until="load")
    visit.enliven("raise_buys")
    ring = page.locator("#chart-raise_buys .chart-wide .chart-handle")
    ring.evaluate("ring => ring.scrollIntoView({ block: 'center' })")
    assert page.evaluate(CUT, "raise_buys") == 0
    left, top = ring.evaluate(CENTRE)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 100, top)
    page.evaluate(PAINTED)
    bars = "id => document.querySelectorAll(`#chart-${id} .chart-wide .chart-live .role-mark.mark-rect`).length"
    assert page.evaluate(CUT, "raise_buys") > page.evaluate(bars, "raise_buys") > 0
    page.mouse.up()
    page.evaluate(PAINTED)
    assert page.evaluate(CUT, "raise_buys") == 0


# Pairs of texts of a live drawing that lie over each other, and texts that leave it.
OVER = """id => {
    const live = [...document.querySelectorAll(`#chart-${id} .chart-live`)].find(one => one.checkVisibility());
    const svg = live.querySelector("svg").getBoundingClientRect(), found = [];
    const texts = [...live.querySelectorAll("text")].filter(one => one.textContent.trim() && one.getAttribute("opacity") !== "0");
    const boxes = texts.map(one => [one.textContent, one.getBoundingClientRect()]);
    boxes.forEach(([said, box], place) => {
        if (box.left < svg.left - 1 || box.right > svg.right + 1 || box.top < svg.top - 1) found.push([said]);
        for (const [other, there] of boxes.slice(0, place)) {
            const wide = Math.min(box.right, there.right) - Math.max(box.left, there.left);
            const high = Math.min(box.bottom, there.bottom) - Math.max(box.top, there.top);
            if (wide > 1 && high > 4) found.push([other, said]);
        }
    });
    return found;
}"""
THROUGH: dict[str, dict[str, tuple[float, float]]] = {
    "08_money/ladder": {"post_money_usd": (2e10, 1e12), "raise_usd": (1e8, 2e10)},
    "08_money/raise_buys": {"raise_usd": (1e8, 2e10)},
    "03_delay/wedge": {"delay_months": (0.5, 24)},
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("chart", list(THROUGH))
def test_no_word_of_a_chart_lies_over_another_wherever_its_parameter_stands(
    visit: Visit, address: str, chart: str, width: int
) -> None:
    page, (chapter, name) = visit.page, chart.split("/")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/chapters/{chapter}.html", wait_until="load")
    visit.enliven(name)
    for parameter, (least, most) in THROUGH[chart].items():
        for step in range(25):
            value = float(f"{least * (most / least) ** (step / 24):.2g}")
            page.evaluate(SET, {parameter: value})
            page.evaluate(PAINTED)
            assert page.evaluate(OVER, name) == [], (parameter, value)
        page.evaluate("casefile.whatIf.goBack()")


def test_a_value_that_comes_to_nothing_takes_no_scale_of_tenfolds_along(visit: Visit, address: str) -> None:
    """Where a round is all of a company's worth, the worth before it is nothing: its mark goes, and comes back with it."""
    page = visit.page
    page.goto(f"{address}/chapters/08_money.html", wait_until="load")
    visit.enliven("ladder")
    marks = "() => document.querySelectorAll('#chart-ladder .chart-wide .chart-live .mark-symbol path').length"
    lines = "() => document.querySelector('#chart-ladder .chart-wide .chart-live svg').textContent"
    drawn, words = page.evaluate(marks), page.evaluate(lines)
    page.evaluate(SET, {"raise_usd": 2e10, "post_money_usd": 2e10})
    page.evaluate(PAINTED)
    assert page.evaluate(marks) == drawn - 1
    assert "NaN" not in page.locator("#chart-ladder .chart-wide .chart-live").inner_html()
    page.evaluate("casefile.whatIf.goBack()")
    page.evaluate(PAINTED)
    assert (page.evaluate(marks), page.evaluate(lines)) == (drawn, words)


def test_the_still_picture_stays_when_the_bundle_does_not_come(new_tab: Open, address: str) -> None:
    page = new_tab(**SMALL)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def refuse(route: Route) -> None:
        route.abort()

    page.route(f"**{BUNDLE}", refuse)
    page.goto(f"{address}/chapters/01_swap.html")
    page.locator("#chart-unit_price").scroll_into_view_if_needed()
    with page.expect_event("requestfailed"):
        page.mouse.move(2, 2)
    assert page.locator("#chart-unit_price .chart-wide > svg").is_visible()
    page.evaluate(SET, {"order_value_usd": 9e8})
    page.locator("#chart-unit_price .chart-stale").wait_for()
    assert "not drawn" in page.locator("#chart-unit_price .chart-stale").inner_text()
    assert page.locator(".chart-live").count() == 0
    assert errors == []


def test_charts_come_alive_from_a_folder(visit: Visit, site: Path) -> None:
    visit.page.goto((site / "chapters" / "03_delay.html").as_uri() + "?depth=check")
    visit.enliven("sensitivity")
    assert all(url.startswith("file:") for url in visit.asked)


def test_a_narrow_screen_gets_the_narrow_chart(visit: Visit, address: str) -> None:
    visit.page.goto(f"{address}/chapters/03_delay.html?depth=check")
    visit.enliven("runs")
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.page.locator("#chart-runs").scroll_into_view_if_needed()
    visit.page.wait_for_function("() => document.querySelector('#chart-runs .chart-narrow.live')")
    box = visit.page.locator("#chart-runs .chart-narrow .chart-live svg").bounding_box()
    assert box
    assert box["width"] <= 390


def test_a_live_chart_follows_the_pages_colours_is_left_by_keyboard_and_is_still_on_paper(
    visit: Visit, address: str
) -> None:
    visit.page.goto(f"{address}/chapters/01_swap.html?depth=check")
    visit.enliven("swap")
    colour = "getComputedStyle(document.querySelector('#chart-swap .chart-live .mark-rect path')).fill"
    schemes = []
    for scheme in SCHEMES:
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.locator(f"html[data-theme={scheme}]").wait_for()
        schemes.append(visit.page.evaluate(colour))
    assert schemes[0] != schemes[1]
    focusable = "a[href], button, input, select, [tabindex]:not([tabindex='-1'])"
    assert visit.page.locator(".chart-live").locator(focusable).count() == 0
    assert visit.page.locator("#chart-swap .chart-picture").get_attribute("aria-label")
    visit.page.emulate_media(media="print")
    assert visit.page.locator("#chart-swap .chart-wide > svg").is_visible()
    assert not visit.page.locator("#chart-swap .chart-live").is_visible()


def test_a_mark_says_the_value_as_the_table_prints_it(
    visit: Visit, address: str, defaults: dict[str, Plain], known: Records
) -> None:
    chart = defaults["02_promise"]["charts"]["money"]
    graph = Results.from_json(defaults["02_promise"], known.units).graph
    visit.page.goto(f"{address}/chapters/02_promise.html")
    visit.enliven("money")
    bars = visit.page.locator("#chart-money .chart-live .mark-rect.role-mark path")
    assert bars.count() == len(chart["rows"])
    for bar in bars.all():
        bar.hover(force=True)  # strokes of a hatching lie over the estimate
        row = chart["rows"][bar.evaluate("one => one.__data__.datum.__row")]
        told = visit.page.locator(".chart-tip").inner_text()
        assert row["name"] in told
        (figure,) = [cell.figure for cell in binding.bindings(row) if cell.column == "value"]
        assert graph.printed(figure) in told
    visit.page.keyboard.press("Escape")
    assert not visit.page.locator(".chart-tip").is_visible()


# ------------------------------------------------------------------------------------------------- when a parameter moves


def test_a_slider_moves_text_and_chart_in_one_frame(visit: Visit, address: str) -> None:
    visit.page.goto(f"{address}/chapters/01_swap.html")
    visit.enliven("unit_price")
    visit.page.get_by_role("button", name="What if?").click()
    found = visit.page.evaluate(
        """() => new Promise(done => {
            const number = document.querySelector("#chart-unit_price figcaption [data-figure=implied_unit_price]");
            const mark = () => [...document.querySelectorAll("#chart-unit_price .chart-live .mark-symbol path")].at(-1);
            const state = () => [number.textContent, mark().getAttribute("transform")];
            const before = state(), slider = document.querySelector(".what-if-inputs input[type=range]");
            slider.value = Number(slider.max) * 0.7;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            requestAnimationFrame(() => done([before, state()]));
        })"""
    )
    (text, place), (text_now, place_now) = found
    assert text != text_now
    assert place != place_now
    visit.page.emulate_media(media="print")
    picture = visit.page.locator("#chart-unit_price .chart-picture")
    assert picture.locator(".chart-wide").is_visible()
    picture.evaluate(  # as on a narrow screen, where the wide picture is none of those alive
        "one => { one.querySelector('.chart-wide').classList.remove('live'); one.querySelector('.chart-narrow').classList.add('live'); }"
    )
    assert picture.locator(".chart-narrow").is_visible()
    assert not picture.locator(".chart-wide").is_visible()
    said = picture.evaluate(  # at once: a picture may come alive between two questions
        "one => { one.querySelector('.chart-narrow').classList.remove('live'); return getComputedStyle(one, '::after').content; }"
    )
    assert "defaults" in said


def test_a_chart_not_yet_seen_is_drawn_for_the_moved_parameters(visit: Visit, address: str) -> None:
    visit.page.goto(f"{address}/chapters/01_swap.html?order_value_usd=900000000")
    visit.enliven("unit_price")
    rows = visit.page.evaluate(DRAWN, "unit_price")
    assert 900000000 / 12000 in [row.get("start") for row in rows.values()]


def test_ranges_are_drawn_again_in_the_page_as_a_rerun_draws_them(
    visit: Visit, address: str, defaults: dict[str, Plain], known: Records
) -> None:
    """What is set is not drawn, nothing says that it holds for the defaults, and the chart's range follows."""
    visit.page.goto(f"{address}/chapters/03_delay.html?delay_months=3.6")
    visit.page.evaluate(DRAWN_AGAIN)
    drawn = visit.page.evaluate("[...casefile.graph.ranged].map(([name, {low, high}]) => [name, low, high])")
    results = Results.from_json(defaults["03_delay"], known.units)
    results.graph.update("delay_months", value=3.6, low=None, high=None)
    for name, value in results.graph.evaluate({"delay_months": 3.6}).items():
        results.graph.figures[name] = replace(results.graph.figures[name], value=value)
    spreads = {name: uncertainty.Triangular(**ends) for name, ends in results.ranges.items() if name != "delay_months"}
    count, seed = (int(results.parameters[name]) for name in ("draws", "seed"))
    for name, *ends in drawn:
        low, _, high = uncertainty.percentiles(results.graph, name, spreads, count, seed)
        assert ends == pytest.approx([low, high], rel=1e-9), name
    assert {name for name, *_ in drawn} >= {"rental_value_delayed", "gpt4_runs_delayed"}
    held = "[...document.querySelectorAll(`[data-figure='rental_value_delayed'][data-part=range]`)].map(one => one.dataset.holds ?? '')"
    assert set(visit.page.evaluate(held)) == {""}
    visit.page.keyboard.press("Escape")
    visit.page.evaluate(PAINTED)
    assert visit.page.locator(".chart-stale, .changed[data-was], [data-holds]").count() == 0


def unbound(row: dict[str, Any], column: str) -> bool:
    """Whether a cell is an end of a range that draws gave."""
    return column in ("low", "high") and f"{column}_figure" not in row


def plain(text: str) -> str:
    """A text without the page's typographic apostrophes and the signs of its corrections."""
    return text.replace("’", "'").replace("†", "")


UP, DOWN = 0.25, -0.5  # how far to which bound
DAILY_MOVES = list(zip(list(CHAPTERS)[::2], itertools.cycle((UP, DOWN))))


@pytest.mark.parametrize(
    ("chapter", "share"),
    breaking.rounds(DAILY_MOVES, [move for move in itertools.product(CHAPTERS, (UP, DOWN)) if move not in DAILY_MOVES]),
)
def test_moved_charts_are_those_of_a_rerun(
    chapter: str, share: float, visit: Visit, address: str, defaults: dict[str, Plain], known: Records, run_chapter: Run
) -> None:
    """Every row a mark stands for, every printed cell, the title and the alternative text, unless the page says otherwise."""
    results = Results.from_json(defaults[chapter], known.units)
    given = {row["name"]: moved(row, share) for row in controls(results, known)}
    if not given:
        return
    rerun = run_chapter(chapter, **given)
    graph = Results.from_json(rerun, known.units).graph
    visit.page.goto(f"{address}/{CHAPTERS[chapter]}.html?depth=check")
    visit.page.evaluate(SET, given)
    visit.page.evaluate(DRAWN_AGAIN)
    visit.page.evaluate(PAINTED)
    for name, chart in rerun["charts"].items():
        visit.enliven(name)
        told = visit.page.locator(f"#chart-{name} .chart-stale").count() > 0
        rows = flat(chart)
        drawn = visit.page.evaluate(DRAWN, name)
        assert drawn or chart["spec"].get("layer", [{}])[0].get("mark", {}).get("type") in ("line", "area"), name
        for number, there in drawn.items():
            here = rows[int(number)]
            for column, value in here.items():
                if isinstance(value, bool) or not isinstance(value, int | float):
                    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value):
                        assert there[column] == value, (name, column)
                elif unbound(here, column) and not math.isclose(there[column], value, rel_tol=RELATIVE):
                    assert told, (name, column)
                else:
                    assert there[column] == pytest.approx(value, rel=RELATIVE, abs=0), (name, column)
        for part, text in (("title", ".chart-title"), ("alt", ".chart-picture")):
            if ":" not in defaults[chapter]["charts"][name][part]:
                element = visit.page.locator(f"#chart-{name} {text}")
                shown = element.text_content() if part == "title" else element.get_attribute("aria-label")
                assert plain(str(shown)) == plain(graph.fill(chart[part])), name
        cells = visit.page.locator(f"#chart-{name} tbody [data-cell]").evaluate_all(CELLS)
        for text, figure, unit in cells:
            digits = graph[figure].digits if graph[figure].unit == unit else None
            assert text == formats.printed(graph.value(figure), known.units[unit], digits), (name, figure)


def test_every_row_of_a_moving_figure_follows_it(defaults: dict[str, Plain], known: Records) -> None:
    """What the page takes a cell to show is what the notebook put there."""
    for chapter in CHAPTERS:
        graph = Results.from_json(defaults[chapter], known.units).graph
        for name, chart in defaults[chapter]["charts"].items():
            for row in [*flat(chart), *chart["rows"]]:
                for cell in binding.bindings(row):
                    if cell.template:
                        assert row[cell.column].replace("'", "’") == graph.fill(cell.template).replace("'", "’"), name
                    elif row[cell.column] is not None:
                        assert row[cell.column] == graph.value(cell.figure), (name, cell)


# ---------------------------------------------------------------------------------------------------- in the reader's zone

ZONES = breaking.rounds(["UTC", "America/Los_Angeles"], ["Europe/Berlin", "Pacific/Kiritimati"])
DRAWN_ANEW = """specs => Promise.all(specs.map(async (spec) => {
    const { parse, View, expressionInterpreter } = casefile.vega;
    return new View(parse(spec, null, { ast: true }), { expr: expressionInterpreter, renderer: "none" }).toSVG();
}))"""
LABEL = re.compile(r'<text[^>]* transform="translate\(([-\d.]+),([-\d.]+)\)[^>]*>([^<]*)<')


def labels(drawn: str) -> list[tuple[str, float, float]]:
    """The texts of a drawing with their places."""
    return [(text, float(left), float(top)) for left, top, text in LABEL.findall(drawn)]


def test_a_chart_of_times_is_the_same_in_every_zone(browser: Browser, site: Path) -> None:
    """Drawn from what the page's script has, which is the downloaded Vega-Lite compiled."""
    specs = {name: pictures.sized(charts.specification(chart), pictures.WIDE) for name, chart in TIMES.items()}
    plain, drawn = [json.loads(pictures.vega(spec)) for spec in specs.values()], {}
    for zone in ZONES:
        context = browser.new_context(timezone_id=zone)
        page = context.new_page()
        page.evaluate("globalThis.casefile = {}")
        page.add_script_tag(path=f"{site}{BUNDLE}")
        drawn[zone] = [pictures.renumbered(one) for one in page.evaluate(DRAWN_ANEW, plain)]
        context.close()
    for place, (name, spec) in enumerate(specs.items()):
        one, *others = (drawn[zone][place] for zone in ZONES)
        assert others == [one] * len(others), name
        still = labels(pictures.svg(spec))
        assert len(still) > 2
        for (text, left, top), (text_still, left_still, top_still) in zip(labels(one), still, strict=True):
            assert text == text_still, name
            assert (left, top) == pytest.approx((left_still, top_still), abs=8), (
                name,
                text,
            )  # letters are measured otherwise
