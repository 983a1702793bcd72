"""The browser and Python work out the same numbers and print them the same."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence

import pytest
from playwright.sync_api import BrowserContext, Page

from casefile.figures import formats
from casefile.notebook.results import Results
from casefile.records import Records
from casefile.site import STATIC, page_script
from tests.conftest import CHAPTERS, ROOT, Plain
from tests.support import breaking

RELATIVE = 1e-12
RANDOM_POINTS = 60 if breaking.THOROUGH else 12
GRID_POINTS = 2000 if breaking.THOROUGH else 81


@pytest.fixture(scope="module")
def page(window: BrowserContext) -> Iterator[Page]:
    """A tab for all tests here, each of which begins it anew."""
    page = window.new_page()
    yield page
    page.close()


@pytest.fixture
def blank(page: Page) -> Page:
    """A page of no site, with the script of the formats and nothing of the test before."""
    page.goto("about:blank")
    assert page.evaluate("globalThis.casefile") is None
    page.add_script_tag(path=STATIC / "formats.js")
    return page


def opened(page: Page, chapter: Results, known: Records) -> None:
    page.add_script_tag(content=page_script.script(chapter, known, "A book"))
    page.add_script_tag(path=STATIC / "graph.js")


def in_browser(page: Page, points: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    found: list[dict[str, float]] = page.evaluate("points => points.map(casefile.graph.evaluate)", points)
    return found


def steps(low: float, high: float, count: int, whole: bool) -> list[float]:
    spread = [low + (high - low) * step / (count - 1) for step in range(count)]
    return [float(round(value)) for value in spread] if whole else spread


def parameter_points(chapter: Results, known: Records, draw: random.Random) -> list[dict[str, float]]:
    """A grid over the chapter's controls with their bounds, and random points between the bounds."""
    plain = page_script.page(chapter, known, "", frozenset())["parameters"]
    moving = [row for row in plain if row["figure"] and "minimum" in row and "maximum" in row]
    if not moving:
        return []
    count = next(number for number in (9, 5, 3, 2) if number ** len(moving) <= GRID_POINTS or number == 2)
    axes = [steps(row["minimum"], row["maximum"], count, row["type"] == "integer") for row in moving]
    names = [row["figure"] for row in moving]
    grid = [dict(zip(names, values, strict=True)) for values in itertools.islice(itertools.product(*axes), GRID_POINTS)]
    return grid + [
        {row["figure"]: draw.uniform(row["minimum"], row["maximum"]) for row in moving} for _ in range(RANDOM_POINTS)
    ]


def leaf_points(chapter: Results, draw: random.Random) -> list[dict[str, float]]:
    """Points at which every figure without formula has moved, so that every formula is held to its inputs."""
    leaves = {
        name: figure.value
        for name, figure in chapter.graph.figures.items()
        if figure.formula is None and figure.value is not None
    }
    return [{name: value * draw.uniform(0.5, 2) for name, value in leaves.items()} for _ in range(RANDOM_POINTS)]


def alike(one: float, other: float) -> bool:
    """Whether two numbers are the same but for what their last digits may differ in; no number is like no number."""
    return math.isclose(one, other, rel_tol=RELATIVE) or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize(
    "text", ["2024-06-04", "2024-06", "2023-02-29", "0000-00-00", "2024-13-45", "0099-12-31", "mid 2024"]
)
def test_a_day_in_a_cell_is_the_same_words_and_what_is_none_stays(text: str, blank: Page) -> None:
    assert blank.evaluate("text => casefile.formats.cell(text)", text) == formats.day(text)


def test_a_cell_that_draws_no_figure_is_printed_as_its_column_says(
    defaults: dict[str, Plain], known: Records, blank: Page
) -> None:
    opened(blank, Results.from_json(defaults["02_promise"], known.units), known)
    cells = [["a word", None, None], [1500, None, None], [1500, "USD", None], [1500, "USD", "no_such_figure"]]
    printed = blank.evaluate(
        "cells => cells.map(([value, unit, figure]) => casefile.graph.cell(value, unit ?? undefined, figure ?? undefined))",
        cells,
    )
    assert printed == ["a word", "1500", "$1,500", "$1,500"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_formulas_agree(name: str, defaults: dict[str, Plain], known: Records, blank: Page) -> None:
    """Every formula figure and every word agree on a grid, at the bounds, at random points, and with every leaf moved."""
    chapter = Results.from_json(defaults[name], known.units)
    opened(blank, chapter, known)
    draw = random.Random(name)
    points = [{}, *parameter_points(chapter, known, draw), *leaf_points(chapter, draw)]
    words = list(chapter.graph.choices)
    worked = [chapter.graph.evaluate(point) for point in points]
    for point, ours, theirs in zip(points, worked, in_browser(blank, points), strict=True):
        for figure, value in ours.items():
            assert alike(theirs[figure], value), (figure, point)
    chosen = blank.evaluate(
        "([points, words]) => points.map(point => { const values = casefile.graph.evaluate(point);"
        " return words.map(word => casefile.graph.word(word, values)); })",
        [points, words],
    )
    for point, ours, theirs in zip(points, worked, chosen, strict=True):
        assert theirs == [formats.typographic(chapter.graph.choices[word].chosen(ours)) for word in words], point


@pytest.mark.parametrize("name", CHAPTERS)
def test_pages_print_the_same(name: str, defaults: dict[str, Plain], known: Records, blank: Page) -> None:
    """Every figure of a chapter, its ends, its range and its line of arithmetic are printed the same."""
    chapter = Results.from_json(defaults[name], known.units)
    opened(blank, chapter, known)
    for part in ("value", "low", "high", "range", *formats.SIZES):
        printed = blank.evaluate(
            "part => { const values = casefile.graph.evaluate({});"
            " return Object.fromEntries(Object.keys(values).map(name => [name, casefile.graph.printed(name, values, part)])) }",
            part,
        )
        assert printed == {figure: chapter.graph.printed(figure, part) for figure in chapter.graph.figures}
    figures = chapter.graph.figures.items()
    multiples = [name for name, figure in figures if known.units[figure.unit].suffix == formats.MULTIPLE]
    for part in (formats.TIMES, formats.BARE):
        printed = blank.evaluate(
            "([names, part]) => names.map(name => casefile.graph.printed(name, casefile.graph.evaluate({}), part))",
            [multiples, part],
        )
        assert printed == [chapter.graph.printed(name, part) for name in multiples]
    arithmetic = blank.evaluate(
        "() => { const values = casefile.graph.evaluate({});"
        " return Object.fromEntries(Object.keys(values).map(name => [name, casefile.graph.arithmetic(name, values)])) }"
    )
    assert arithmetic == {figure: chapter.graph.arithmetic(figure) for figure in chapter.graph.figures}


def test_a_page_takes_the_texts_that_the_command_takes(blank: Page) -> None:
    """The cases that the command is held to as well, in `tests/engine/notebook/test_parameters.py`."""
    blank.add_script_tag(path=STATIC / "fields.js")
    texts = json.loads((ROOT / "tests" / "support" / "parameter_texts.json").read_text(encoding="utf-8"))
    taken = blank.evaluate(_TAKEN, [texts["parameters"], texts["cases"]])
    for case, value in zip(texts["cases"], taken, strict=True):
        assert value == case["value"] and isinstance(value, bool) == isinstance(case["value"], bool), case


# A page's script leaves out what is empty, and has choices in their type.
_TAKEN = """([parameters, cases]) => cases.map(({ parameter, text }) => {
  const { type, minimum, maximum, choices } = parameters[parameter];
  const typed = choices.map((choice) => (type === "string" ? choice : Number(choice)));
  return casefile.fields.accepted({ type, minimum: minimum ?? undefined, maximum: maximum ?? undefined, choices: typed.length ? typed : undefined }, text) ?? null;
})"""


def values_to_print(style: str, draw: random.Random) -> list[float]:
    if style == "date":
        return [draw.uniform(-100_000, 100_000) for _ in range(1000)] + [day + 0.5 for day in range(-50, 50)]
    spread = [draw.choice((-1, 1)) * 10 ** draw.uniform(-9, 20) for _ in range(2000)]
    ties = [draw.choice((-1, 1)) * (draw.randrange(10**6) + 0.5) / 10 ** draw.randrange(6) for _ in range(1000)]
    edges = [scale * (1 + step * 1e-7) for scale in (1e6, 1e9, 1e12) for step in range(-12, 13)]
    powers = [10.0**exponent for exponent in range(-9, 22)]
    return [*spread, *ties, *edges, *powers, 0.0, -0.0, 0.5, 999.5, 1e22, math.nan, math.inf]


@pytest.mark.parametrize("digits", [None, 0, 3, -1, -2])
def test_formats_agree(digits: int | None, known: Records, blank: Page) -> None:
    """Thousands of random values, halves and edges, in every style of unit, are printed the same."""
    draw = random.Random(2024)
    kinds = {(unit.style, unit.digits): unit for unit in known.units.values() if unit.style != "text"}
    for unit in kinds.values():
        values = values_to_print(unit.style, draw)
        style = {"style": unit.style, "prefix": unit.prefix, "suffix": unit.suffix, "digits": unit.digits}
        printed = blank.evaluate(
            "([values, unit, digits]) => values.map(value => casefile.formats.printed(value, unit, digits))",
            [values, style, digits],
        )
        for value, theirs in zip(values, printed, strict=True):
            assert theirs == formats.printed(value, unit, digits), (unit.unit, value)


def test_ranges_agree(known: Records, blank: Page) -> None:
    """One bound, two, two that print alike, or none."""
    unit = known.units["USD"]
    style = {"style": unit.style, "prefix": unit.prefix, "suffix": unit.suffix, "digits": unit.digits}
    for low, high in ((1.0, 2.0), (1.0, 1.2), (None, 2.0), (1.0, None), (None, None)):
        theirs = blank.evaluate(
            "([low, high, unit]) => casefile.formats.printedRange(low, high, unit)", [low, high, style]
        )
        assert theirs == formats.printed_range(low, high, unit)
