"""What if: a moved parameter moves the page's numbers, the address carries it, and a crafted address carries nothing else."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from papermill import cli as papermill_cli
from playwright.sync_api import Browser, Locator, Page, Route, expect

from casefile.notebook import parameters
from casefile.notebook.results import Results
from casefile.records import Records
from casefile.site import markup, page_script
from tests import conftest
from tests.conftest import CHAPTERS, Plain
from tests.support import breaking, chromium, small

NUMBERS = "[...document.querySelectorAll('article [data-figure]')].map(one => one.textContent)"
CHANGED = "[...document.querySelectorAll('[data-was]')].map(one => [one.textContent, one.dataset.was])"
SETTLED = 400  # milliseconds until the address follows a moved control

Open = Callable[[str], Page]


@pytest.fixture
def visit(new_tab: conftest.Open) -> Iterator[Open]:
    """Opens an address in a tab of its own; no page may complain."""
    complaints: list[str] = []

    def opened(address: str) -> Page:
        page = new_tab()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        chromium.listen(page, complaints.append, "error")
        page.goto(address)
        return page

    yield opened
    assert complaints == []


def controls(chapter: str, defaults: dict[str, Plain], known: Records) -> list[dict[str, Any]]:
    results = Results.from_json(defaults[chapter], known.units)
    plain = page_script.page(results, known, "", frozenset())["parameters"]
    return [row for row in plain if row["figure"] and "minimum" in row and "maximum" in row]


@pytest.fixture(scope="module")
def chapter(defaults: dict[str, Plain], known: Records) -> str:
    """The chapter with the most controls that some formula reads."""

    def read(name: str) -> int:
        figures = Results.from_json(defaults[name], known.units).graph.figures.values()
        inputs = {leaf for figure in figures if figure.formula is not None for leaf in figure.inputs}
        return sum(row["figure"] in inputs for row in controls(name, defaults, known))

    return max(CHAPTERS, key=read)


def between(row: dict[str, Any]) -> float | int:
    """A value the parameter takes, other than its default."""
    bound = row["minimum"] if row["default"] == row["maximum"] else row["maximum"]
    value = row["default"] + (bound - row["default"]) / 4
    return round(value) if row["type"] == "integer" else float(f"{value:.3g}")


def test_moved_copied_opened_elsewhere(
    chapter: str, address: str, visit: Open, defaults: dict[str, Plain], known: Records
) -> None:
    """Move a control, copy the address, open it elsewhere: the same numbers, which are those of the notebook."""
    page = visit(f"{address}/{CHAPTERS[chapter]}.html")
    before = page.evaluate(NUMBERS)
    assert page.evaluate(CHANGED) == []
    row = controls(chapter, defaults, known)[0]
    page.get_by_role("button", name="What if?").click()
    page.fill(f"#what-if-{row['name']}", str(between(row)))
    page.wait_for_timeout(SETTLED)
    after = page.evaluate(NUMBERS)
    assert after != before
    assert all(text != was for text, was in page.evaluate(CHANGED))

    elsewhere = visit(page.url)
    elsewhere.wait_for_timeout(SETTLED)  # its ranges are drawn again
    assert elsewhere.evaluate(NUMBERS) == after

    graph = Results.from_json(defaults[chapter], known.units).graph
    values = graph.evaluate({row["figure"]: between(row)})
    moved = {
        name for name, value in values.items() if graph.figures[name].formula is not None and value != graph.value(name)
    }
    assert moved
    for name in moved:
        graph.update(name, value=values[name])
    for name in moved:
        texts = elsewhere.evaluate(
            "name => [...document.querySelectorAll(`[data-figure='${name}']:not([data-part=range], [data-part=low], [data-part=high])`)]"
            ".filter(one => !one.closest('.cannot-follow')).map(one => [one.dataset.part ?? 'value', one.textContent])",  # such a sentence keeps its old numbers
            name,
        )
        assert all(text == graph.printed(name, part) for part, text in texts), (name, texts)

    elsewhere.keyboard.press("Escape")
    elsewhere.wait_for_timeout(SETTLED)
    assert elsewhere.evaluate(NUMBERS) == before
    assert "?" not in elsewhere.url


@pytest.mark.parametrize("width", breaking.rounds([320], [390]))
def test_moved_numbers_do_not_widen_a_narrow_page(
    width: int, browser: Browser, address: str, defaults: dict[str, Plain], known: Records
) -> None:
    """With every control moved, and the old text beside each number, nothing reaches over the edge of a phone.

    Daily on every second chapter.
    """
    context = browser.new_context(viewport={"width": width, "height": 800}, is_mobile=True, has_touch=True)
    page = context.new_page()
    names = list(CHAPTERS)
    for name in breaking.rounds(names[::2], names[1::2]):
        rows = controls(name, defaults, known)
        query = "&".join(f"{row['name']}={between(row)}" for row in rows)
        page.goto(f"{address}/{CHAPTERS[name]}.html?{query}")
        page.wait_for_function("document.readyState === 'complete'")
        assert page.evaluate("innerWidth") == width, name  # a phone zooms out when something is wider
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    context.close()


def test_a_moved_parameter_goes_along_to_the_chapters_that_read_it_too(address: str, visit: Open) -> None:
    """And to no other; put back, it stays behind."""
    page = visit(f"{address}/chapters/08_money.html?order_value_usd=900000000&raise_usd=7000000000")
    asked = "name => new URL(document.querySelector(`a[href*='${name}.html']`).href).search"
    assert page.evaluate(asked, "01_swap") == page.evaluate(asked, "09_nvidia") == "?order_value_usd=900000000"
    assert page.evaluate(asked, "02_promise") == ""
    page.goto(page.evaluate("document.querySelector(`a[href*='01_swap.html']`).href"))
    assert page.locator(".derivation [data-figure=order_value]").first.text_content() == "$900 million"
    assert "What if? 1 changed" in (page.locator(".what-if-toggle").get_attribute("aria-label") or "")
    page.keyboard.press("Escape")
    page.wait_for_timeout(SETTLED)
    assert page.evaluate(asked, "08_money") == ""


def test_the_command_shown_is_taken(
    chapter: str, address: str, visit: Open, defaults: dict[str, Plain], known: Records
) -> None:
    """The command on the page names declared parameters with values that the command line takes as they stand."""
    rows = controls(chapter, defaults, known)
    query = "&".join(f"{row['name']}={between(row)}" for row in rows)
    page = visit(f"{address}/{CHAPTERS[chapter]}.html?{query}")
    program, verb, of, *rest = shlex.split(page.locator(".what-if-command").inner_text())
    assert (program, verb, of) == ("casefile", "rerun", chapter)
    declared = known.declared(chapter)
    given = {rest[at + 1]: parameters.from_text(declared[rest[at + 1]], rest[at + 2]) for at in range(0, len(rest), 3)}
    assert given == {row["name"]: between(row) for row in rows}
    program, notebook, output, *rest = shlex.split(page.locator(".what-if-papermill").inner_text())
    assert (program, output) == ("papermill", "out.ipynb")
    assert (conftest.ROOT / notebook).is_file()
    taken = {rest[at + 1]: papermill_cli._resolve_type(rest[at + 2]) for at in range(0, len(rest), 3)}
    assert parameters.validated(declared, taken, chapter).items() >= given.items()


def test_a_crafted_address_changes_nothing(
    chapter: str, address: str, visit: Open, defaults: dict[str, Plain], known: Records
) -> None:
    """Values out of bounds or of another kind, undeclared names, figures and code in an address are ignored."""
    plain = f"{address}/{CHAPTERS[chapter]}.html"
    page = visit(plain)
    before = page.evaluate(NUMBERS)
    rows = controls(chapter, defaults, known)
    name, figure = rows[0]["name"], next(iter(defaults[chapter]["figures"]))
    values = ["NaN", "Infinity", "1e999", "", "0x10", "1;2", "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"]
    alone = [f"{name}={value}" for value in (rows[0]["maximum"] * 2 + 1, *values)]
    # Each parameter gets another of them in each address, too large a number in the first.
    of_address = [values[start : start + len(rows)] for start in range(0, len(values), len(rows))]
    spread = [[f"{row['name']}={value}" for row, value in zip(rows, given, strict=False)] for given in of_address]
    spread.insert(0, [f"{row['name']}={row['maximum'] * 2 + 1}" for row in rows])
    names = [f"{figure}_of_mine=1", "__proto__=1", "constructor=1", "toString=1", "seed=1", f"{name}%5Bvalue%5D=1"]
    together = ["&".join(queries) for queries in (*spread, names)]
    for query in breaking.rounds(together, [*alone, *names]):
        page.goto(f"{plain}?{query}")
        assert page.evaluate(NUMBERS) == before, query
        assert page.evaluate(CHANGED) == [], query
        assert page.locator("article img[src=x]").count() == 0


@pytest.mark.parametrize(
    "chapter", breaking.rounds(["08_money"], ["01_swap", "03_delay", "04_grok", "06_pressure", "09_nvidia"])
)
def test_a_number_dragged_in_its_sentence_stays_under_the_hand(address: str, visit: Open, chapter: str) -> None:
    """However the lines above it break anew; on a phone, where they break most often."""
    page = visit(f"{address}/chapters/{chapter}.html")
    page.set_viewport_size({"width": 390, "height": 844})
    for number in page.locator("article a.num.movable").all():
        number.evaluate("one => one.scrollIntoView({ block: 'center' })")
        box = number.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for step in (40, 120, -60, -150):
            page.mouse.move(x + step, y)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            now = number.bounding_box()
            assert now
            assert now["y"] == pytest.approx(box["y"], abs=2), (number.inner_text(), step)
        page.keyboard.press("Escape")
        page.mouse.move(x + 90, y)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("casefile.whatIf.moved().length") == 0  # the hand has let go
        page.mouse.up()


@pytest.mark.parametrize(("along", "held"), [((1.0, 0.2), True), ((0.2, -1.0), False)])
def test_a_finger_holds_a_number_as_long_as_it_goes_sideways_and_else_moves_the_page(
    browser: Browser, address: str, along: tuple[float, float], held: bool
) -> None:
    """By touches as a screen gives them: the browser takes a finger for itself unless it is told in time."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto(f"{address}/{CHAPTERS['03_delay']}.html", wait_until="networkidle")
    number = page.locator("article .num.movable[data-figure=delay_months]").first
    number.evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 400)")
    box, before = number.bounding_box(), float(number.inner_text())
    assert box
    touch, session = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), context.new_cdp_session(page)
    at, top = 0.0, page.evaluate("scrollY")
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": touch[0], "y": touch[1]}]})
    for at in range(4, 101, 4):
        point = {"x": touch[0] + at * along[0], "y": touch[1] + at * along[1]}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        page.wait_for_timeout(16)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
    moved, scrolled = float(number.inner_text()) - before, page.evaluate("scrollY") - top
    context.close()
    assert (moved > 2) == held
    assert (scrolled > 40) != held


def test_a_parameter_is_dragged_in_its_sentence_and_moved_by_the_arrows(address: str, visit: Open) -> None:
    """The sentence follows, a bar at the foot says both versions, and a plain click still explains the number."""
    page = visit(f"{address}/chapters/03_delay.html")
    page.set_viewport_size({"width": 1280, "height": 2000})
    number = page.locator("article a.num.movable").first
    before, answer = (
        number.inner_text(),
        page.locator("article p a.num[data-figure=rental_value_delayed]").first.inner_text(),
    )
    box = number.bounding_box()
    assert box is not None
    asked: list[Route] = []
    page.route("**/vega.js", lambda route: asked.append(route))  # a method of a list is no handler to Playwright
    with page.expect_request("**/vega.js"):
        page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    asked[0].continue_()  # it comes when the button is down, however quick or slow the machine
    page.mouse.move(box["x"] + 88, box["y"] + 10, steps=4)
    page.wait_for_function("casefile.vega && casefile.drawings")
    page.evaluate("new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))")
    assert page.locator(".live").count() == 0  # what draws the chart in sight takes no frame of a first drag
    page.mouse.up()
    page.locator(".live").first.wait_for()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert number.inner_text() != before
    assert not page.locator("dialog.ask").is_visible()
    told = page.locator(".version").inner_text()
    assert f"published {answer}): What those hours would have cost to rent" in told
    dragged = number.inner_text()
    number.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(SETTLED)
    assert number.inner_text() != dragged
    page.get_by_role("button", name="Reset", exact=True).last.click()
    page.wait_for_timeout(SETTLED)
    assert number.inner_text() == before
    assert not page.locator(".version").is_visible()
    assert "?" not in page.url
    number.click()
    assert page.locator("dialog.ask").is_visible()
    page.keyboard.press("Escape")
    page.locator("#chart-wedge").scroll_into_view_if_needed()
    page.locator(
        "#chart-wedge .chart-handle >> visible=true"
    ).focus()  # the mark in the chart is a handle of the same number
    at = [page.evaluate("casefile.whatIf.value('delay_months')")]
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"):  # a slider takes all four
        page.keyboard.press(key)
        at.append(page.evaluate("casefile.whatIf.value('delay_months')"))
        if key == "ArrowRight":
            page.wait_for_timeout(SETTLED)
            assert number.inner_text() != before
    assert at[0] < at[1] < at[2] and at[:2] == at[:2:-1], at
    cue = page.locator("#chart-wedge .chart-cue >> visible=true")  # told in words, on a phone too
    assert cue.inner_text().endswith(
        "Drag the ring in the chart to try another value: “Months that the chips reached Tesla late”."
    )
    told, held = (
        page.evaluate(f"[...document.querySelectorAll('figure.chart:has({part})')].map(one => one.id)")
        for part in (".chart-cue", ".chart-handle")
    )
    assert set(held) <= set(told) == {"chart-wedge"}
    page.evaluate("casefile.whatIf.set('delay_months', 0)")
    page.wait_for_timeout(SETTLED)
    lead = page.locator("article p").first.inner_text()
    assert "with its assumptions drawn at random, it is the same in at least nine cases of ten." in lead.replace(
        "†", ""
    )  # the mark of a corrected number


def test_an_arrow_moves_a_number_by_its_second_digit_its_sentence_follows_and_a_chart_keeps_it_on_its_axis(
    address: str, visit: Open
) -> None:
    page = visit(f"{address}/chapters/08_money.html")
    number, lead = page.locator("article a.num.movable").first, page.locator("article p").first
    share = lead.locator("[data-figure=new_investors_share]").inner_text()
    number.press("ArrowRight")
    page.wait_for_timeout(SETTLED)
    assert number.inner_text() == "$25 billion"
    assert lead.locator("[data-figure=new_investors_share]").inner_text() != share
    assert page.locator(".cannot-follow").count() == 0
    number.press("Shift+ArrowLeft")
    number.press("Shift+ArrowLeft")
    assert page.evaluate("casefile.whatIf.value('post_money_usd')") == 20_000_000_000  # and no lower: its bound
    page.evaluate("casefile.whatIf.goBack()")
    page.locator("#chart-ladder").scroll_into_view_if_needed()
    grip = page.locator("#chart-ladder .chart-handle >> visible=true")
    grip.focus()
    box = grip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    set_at = []
    for up in (90, 330, 330.2, 330):  # its day is the other axis: a sum is moved up and down
        page.mouse.move(box["x"] + 90, box["y"] - up)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        set_at.append(page.evaluate("casefile.whatIf.value('post_money_usd')"))
    page.mouse.up()
    assert 24_000_000_000 < set_at[0] < 100_000_000_000 < set_at[1] < 700_000_000_000
    assert set_at[1] == set_at[2] == set_at[3]  # past the end of the axis, which grew once and does not run away


def test_a_change_writes_only_what_differs_and_has_the_page_laid_out_once(address: str, visit: Open) -> None:
    """What is written is styled and laid out again, changed or not; who asks where something stands has all of it laid out."""
    page = visit(f"{address}/chapters/08_money.html")
    page.locator("#chart-ladder").scroll_into_view_if_needed()
    page.mouse.move(2, 2)
    page.locator("#chart-ladder .chart-handle >> visible=true").wait_for()
    page.evaluate("casefile.whatIf.set('post_money_usd', 30e9)")
    page.wait_for_timeout(SETTLED)
    written = page.evaluate("""() => {
      const watch = new MutationObserver(() => {});
      watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      casefile.whatIf.refresh();
      return watch.takeRecords().map(({ type, target, attributeName }) => [type, target.className, attributeName]);
    }""")
    assert written == []
    asked = page.evaluate("""() => {
      const asked = [];
      for (const name of ["getBoundingClientRect", "getClientRects"]) {
        const own = Element.prototype[name];
        Element.prototype[name] = function () { asked.push(name); return own.call(this); };
      }
      casefile.whatIf.set("post_money_usd", 31e9);
      casefile.whatIf.refresh();
      return asked;
    }""")
    assert page.locator(".version-told").inner_text().startswith("Your version: $31 billion")
    assert asked == []


def test_in_a_sentence_that_cannot_follow_the_readers_own_number_does_and_a_note_says_of_what_the_rest_is(
    site: Path, visit: Open
) -> None:
    """From a folder no notebook runs: the word that its code chose stays, and its sentence with it."""
    page = visit(f"{site.as_uri()}/chapters/08_money.html?price_basis=cluster&post_money_usd=30000000000")
    lead = page.locator("article p.cannot-follow").first
    assert lead.locator("[data-figure=post_money]").inner_text() == "$30 billion"
    assert lead.locator("[data-figure=new_investors_share]").get_attribute("data-was") is None
    said = lead.evaluate("one => getComputedStyle(one, '::after').content")
    assert "Written for the published values." in said


def test_a_value_that_a_link_gives_and_no_parameter_takes_is_said(address: str, visit: Open) -> None:
    page = visit(f"{address}/chapters/03_delay.html?delay_months=999")
    assert "gave a value that is not taken for" in page.locator("#what-if").inner_text()
    assert page.evaluate(CHANGED) == []
    page.get_by_role("button", name="What if?").click()
    field = page.locator("#what-if-delay_months")
    before = field.input_value()
    field.fill("5000")
    field.blur()
    assert (
        page.locator(".what-if-untaken:not(:empty)").inner_text()
        == "5000 is not taken: it takes a number from 0 to 24 (month)."
    )
    assert field.input_value() == before


def test_a_number_is_asked(chapter: str, address: str, visit: Open) -> None:
    """By keyboard: a number opens its explanation, its inputs open theirs, Escape goes back to the number."""
    page = visit(f"{address}/{CHAPTERS[chapter]}.html")
    number = page.locator("article a.num[href^='#figure-']").first
    number.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.ask")
    assert dialog.locator(".derivation").inner_text()
    dialog.get_by_role("button", name="Cite it").click()
    page.wait_for_selector("dialog.cite-dialog[open] .cite-text")
    assert number.inner_text() in page.locator(".cite-text").inner_text()
    page.keyboard.press("Escape")
    for _ in range(3):
        if dialog.locator(".ask-inputs button").count():
            dialog.locator(".ask-inputs button").first.click()
    assert dialog.locator(".ask-inputs button").count() == 0
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert number.evaluate("one => one === document.activeElement")


def test_without_scripts_the_page_is_the_same(chapter: str, site: Path, visit: Open, unscripted: Page) -> None:
    """From a file, scripts add controls and change no number; without them every number links to its explanation."""
    where = (site / f"{CHAPTERS[chapter]}.html").as_uri()
    unscripted.set_viewport_size({"width": 1280, "height": 900})
    unscripted.goto(where)
    scripted, plain = (
        page.locator("article a.num[data-figure]").all_inner_texts() for page in (visit(where), unscripted)
    )
    assert scripted == plain != []


def test_a_pages_script_sets_its_words_as_the_page_prints_them(defaults: dict[str, Plain], known: Records) -> None:
    """Else a word would count as changed for its apostrophe, though nothing moved."""
    apostrophes = 0
    for name in CHAPTERS:
        results = Results.from_json(defaults[name], known.units)
        held = page_script.page(results, known, "", frozenset())["words"]
        for word, choice in results.graph.choices.items():
            printed = [markup.render("word.html", name=word, text=label) for label, _ in choice.options]
            assert [markup.screen_text(text).strip() for text in printed] == held[word], word
            apostrophes += "".join(printed).count("’")
    assert apostrophes, "no word with an apostrophe is held against its page"


def test_the_script_holds_no_more_than_data_and_formulas(defaults: dict[str, Plain], known: Records) -> None:
    """Text from the records cannot leave the data: it stands there as JSON."""
    for name in CHAPTERS:
        script = page_script.script(Results.from_json(defaults[name], known.units), known, 'A "book"\n</script>')
        first, data, *formulas = script.splitlines()
        assert first == "globalThis.casefile ??= {};"
        plain = json.loads(data.removeprefix("casefile.page = ").removesuffix(";"))
        assert plain["book"] == 'A "book"\n</script>'
        assert all(line.endswith(("{", ",", "};")) for line in formulas)


@pytest.mark.parametrize(
    ("title", "alt", "figures", "follows"),
    [
        ("Apples", "One bar.", [], {"loose": ["basket", "claim_dear", "price"]}),
        ("Apples", "One bar.", ["count"], {}),
        ("At {price} each", "One bar.", [], {}),
        ("Apples", "One bar: {basket}.", [], {"alt": "One bar: {basket}."}),
    ],
)
def test_a_chart_that_names_nothing_may_rest_on_whatever_moves(
    title: str, alt: str, figures: list[str], follows: dict[str, Any]
) -> None:
    content = small.content(small.declaration())
    page = content.pages["orchard"]
    page.parameters["price"], moved = 2.5, page.graph.figures["price"]
    page.graph.figures["price"] = replace(moved, kind="parameter", parameter="price", chapter="orchard")
    page.charts["baskets"] |= {
        "title": title,
        "alt": alt,
        "figures": figures,
        "rows": [{"what": "Basket", "value": 30.0}],
    }
    assert page_script.page(page, content.records, "The Orchard", frozenset())["charts"] == {"baskets": follows}


def test_without_what_runs_it_the_page_says_so_in_a_line_and_stays_whole(address: str, site: Path, visit: Open) -> None:
    """A parameter that only the notebook can follow, on a site without the bundle and on a page opened as a file.

    So with a cell that a reader changes; and no address has anything run.
    """
    query = "?benchmark=spy&window_after=99&seed=1&depth=code&notebook=x&cells=1&series=closing_prices&run=1#own"
    for place, why in (
        (f"{address}/chapters/07_investors.html", "this site was built without it"),
        ((site / "chapters" / "07_investors.html").as_uri(), "a page opened as a file may start none"),
    ):
        page = visit("about:blank")
        page.route("**/live/bundle.json", lambda route: route.fulfill(body="null", content_type="application/json"))
        page.goto(place + query)
        line = page.locator(".live-status")
        expect(line).to_contain_text(f"The notebook cannot run in this page: {why}. The command below works it out.")
        said = (
            page.locator(".what-if-refused").text_content() or ""
        )  # of the value out of bounds; the seed is another's
        assert said.startswith("This link gave a value that is not taken")
        command = page.locator(".what-if-command").text_content()
        assert command == "casefile rerun 07_investors -p benchmark spy"
        assert page.evaluate(CHANGED) == []
        page.locator("#what-if-benchmark input[value=qqq]").check(force=True)
        expect(line).to_be_hidden()
        windowed(page)
        own = page.locator("article .own")
        if place.startswith("file:"):
            expect(own).to_have_text(
                "The notebook of this page is not to be had here. To change it, edit chapters/07_investors.ipynb in the book’s folder, "
                "then: papermill chapters/07_investors.ipynb out.ipynb"
            )
            continue
        expect(own.locator("summary")).to_have_text("Change this chapter and run it here")
        assert page.evaluate("casefile.own.asked()") is None
        expect(page.locator(".own-bar")).to_be_hidden()
        changed(page, line)


def windowed(page: Page) -> None:
    """Move the two ends of the event window by the keyboard: one that goes across the event takes the other along."""
    first, last = page.locator("#what-if-window-window_before"), page.locator("#what-if-window-window_after")
    shown = page.locator(".what-if-window output")
    expect(shown).to_have_text("1 before, 1 after")
    last.press("ArrowRight")
    expect(shown).to_have_text("1 before, 2 after")
    expect(page.locator("#what-if-window_after")).to_have_value("2")
    expect(last).to_have_attribute("aria-valuetext", "2 after")
    first.press("Home")
    expect(shown).to_have_text("10 before, 2 after")
    first.press("End")
    expect(shown).to_have_text("none before, 20 after")
    expect(page.locator(".what-if-command")).to_have_text(
        "casefile rerun 07_investors -p window_before 0 -p window_after 20"
    )
    page.locator(".what-if-reset").click()
    expect(shown).to_have_text("1 before, 1 after")


def changed(page: Page, line: Locator) -> None:
    """Change a cell of chapter 7 by the keyboard and a table by a file, try to run and to save them, and take all back."""
    article = page.locator("article").inner_text()
    page.get_by_role("button", name="Change cell 4", exact=True).focus()
    page.keyboard.press("Enter")
    cell = page.get_by_role("textbox", name="Cell 4 of the chapter")
    expect(cell).to_be_focused()
    before = cell.input_value()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nraise SystemExit")
    assert cell.input_value() == f"{before}\nraise SystemExit"
    told = page.locator(".own-told")
    expect(told).to_have_text("Changed, and not run yet: cell 4. The page is still the published one.")
    page.keyboard.press("Control+Enter")
    expect(told).to_have_text("Your changes did not run. The page shows what was published.")
    expect(line).to_contain_text("this site was built without it. The command below works it out.")
    command = page.locator(".own-how code")
    expect(command).to_have_text("papermill 07_investors.ipynb out.ipynb")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the notebook").click()
    notebook = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert notebook["cells"][0]["source"].endswith("A reader changed it: cell 4.")
    assert notebook["cells"][5]["source"] == f"{before}\nraise SystemExit"
    page.locator(".own summary").click()
    page.set_input_files("#own-closing_prices", {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"date\n"})
    expect(command).to_have_text("papermill chapters/07_investors.ipynb out.ipynb")
    page.get_by_role("button", name="Save the notebook with its data").click()
    expect(told).to_contain_text(
        "With your table as own/series/closing_prices.csv, this does the same: casefile rerun 07_investors --data own"
    )
    page.locator(".own summary").click()
    page.get_by_role("button", name="Back to the published page").click()
    expect(page.locator(".own-bar")).to_be_hidden()
    assert page.locator("article").inner_text() == article
