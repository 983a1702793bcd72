"""Comparing: every figure, verdict and sentence that differs, by how much, and nothing that does not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casefile.book import compare
from casefile.citation import editions
from casefile.citation.citable import CitableItem
from casefile.errors import BadInput
from casefile.sweep import folder, table
from casefile.sweep.scenario import SCENARIO_NUMBER
from tests.engine.test_cli import said
from tests.support.orchard import plant
from tests.support.small import UNITS, declaration, known


def figure(
    value: float | None, text: str, low: float | None = None, high: float | None = None
) -> compare.ComparedFigure:
    printed = None if low is None else f"€{low:,} to €{high:,}"
    return {
        "value": value,
        "low": low,
        "high": high,
        "text": text,
        "range": printed,
        "meaning": "",
        "chapter": "market",
    }


BEFORE: compare.Snapshot = {
    "figures": {"worth": figure(12000, "€12,000"), "trees": figure(120, "120"), "gone": figure(1, "1")},
    "verdicts": {"dear": "holds", "ripe": "holds"},
    "sentences": {"market": ["It is worth €12,000.", "That is all."], "index": ["An orchard."]},
}
AFTER: compare.Snapshot = {
    "figures": {"worth": figure(15000, "€15,000", 10000, 20000), "trees": figure(120, "120"), "new": figure(2, "2")},
    "verdicts": {"dear": "fails", "ripe": "holds"},
    "sentences": {"market": ["It is worth €15,000.", "It rained.", "That is all."], "index": ["An orchard."]},
}


def test_a_figure_that_differs_is_told_with_its_difference() -> None:
    worth = next(change for change in compare.changes(BEFORE, AFTER) if change.name == "worth")
    assert (worth.kind, worth.where, worth.before, worth.after) == (
        "figure", "market", "€12,000", "€15,000 (€10,000 to €20,000)",
    )  # fmt: skip
    assert (worth.absolute, worth.relative) == (3000, 0.25)


def test_figures_that_came_or_went_are_told() -> None:
    found = {change.name: (change.before, change.after) for change in compare.changes(BEFORE, AFTER)}
    assert found["gone"] == ("1", None)
    assert found["new"] == (None, "2")
    assert "trees" not in found


def test_a_verdict_that_turned_is_told_and_one_that_stands_is_not() -> None:
    verdicts = [change for change in compare.changes(BEFORE, AFTER) if change.kind == "verdict"]
    assert [(change.name, change.before, change.after) for change in verdicts] == [("dear", "holds", "fails")]


def test_sentences_are_told_by_page_in_their_order() -> None:
    said = [change for change in compare.changes(BEFORE, AFTER) if change.kind == "sentence"]
    assert [(change.where, change.before, change.after) for change in said] == [
        ("market", "It is worth €12,000.", "It is worth €15,000."),
        ("market", None, "It rained."),
    ]


def test_the_same_run_twice_differs_in_nothing() -> None:
    assert compare.changes(BEFORE, BEFORE) == []
    assert compare.differences_text([]) == "nothing differs"


def with_figure(worth: compare.ComparedFigure) -> compare.Snapshot:
    return {**BEFORE, "figures": {"worth": worth}}


def test_a_difference_from_zero_has_no_relative_size() -> None:
    zero, one = (with_figure(figure(value, str(value))) for value in (0, 1))
    (change,) = compare.changes(zero, one)
    assert (change.absolute, change.relative) == (1, None)
    assert "[+1]" in compare.differences_text([change])


@pytest.mark.parametrize(
    ("unit", "one", "other", "difference"),
    [
        ("USD", 30_000_000.0, 209_703_000.0, "[+$179.7 million, +600%]"),
        ("fraction", 0.0082, 0.0072, "[-0.1 percentage points, -12%]"),
        ("date", 19878.0, 19881.0, "[+3 days]"),
        ("month", 3.5, 24.0, "[+20.5 months, +590%]"),
        ("apple", 0.25, 0.5, "[+0.25, +100%]"),
        ("FLOP", 2e25, 1e25, "[-1 × 10²⁵ FLOP, -50%]"),
        ("unknown", 1.0, 1.5, "[+0.5, +50%]"),
    ],
)
def test_a_difference_stands_in_the_unit_of_its_figure(unit: str, one: float, other: float, difference: str) -> None:
    before, after = (with_figure({**figure(value, str(value)), "unit": unit}) for value in (one, other))
    assert compare.differences_text(compare.changes(before, after), UNITS).splitlines()[-1].endswith(f"   {difference}")


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ((107_076_690.0, "$110 million"), (367_120_080.0, "$370 million"), "   [+$260 million, +240%]"),
        ((-0.5507361, "\N{MINUS SIGN}55%"), (-0.4468762, "\N{MINUS SIGN}45%"), "   [+10 percentage points, +18%]"),
        ((107_076_690.0, "$110 million"), (107_076_691.0, "$110 million"), "   [less than its digits show]"),
    ],
)
def test_a_difference_has_no_more_digits_than_the_numbers_it_lies_between(
    one: tuple[float, str], other: tuple[float, str], difference: str
) -> None:
    unit = "fraction" if one[1].endswith("%") else "USD"
    before, after = (with_figure({**figure(*side), "unit": unit}) for side in (one, other))
    assert compare.differences_text(compare.changes(before, after), UNITS).endswith(difference)


def test_lines_are_no_longer_than_a_terminal_is_wide_and_no_word_is_broken() -> None:
    long = " ".join(f"word{n}" for n in range(60))
    after: compare.Snapshot = {**BEFORE, "sentences": {**BEFORE["sentences"], "index": [long]}}
    lines = compare.differences_text(compare.changes(BEFORE, after)).splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines[3:]).split()) == f"+ {long}"
    assert all(line.startswith("      word") for line in lines[4:])


def test_the_page_has_both_sides_and_runs_nothing() -> None:
    page = compare.differences_page(compare.changes(BEFORE, {**AFTER, "verdicts": {"dear": "<script>"}}), "one", "two")
    for text in ("€12,000", "€15,000", "It rained.", "one", "two", "&lt;script&gt;"):
        assert text in page
    assert "<script" not in page


def test_what_is_neither_a_run_nor_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="neither a run, a site, an edition nor a sweep; expected a folder with"):
        compare.read(tmp_path)
    (tmp_path / compare.SNAPSHOT).write_text("{")
    with pytest.raises(BadInput, match="expected a run or a site as casefile left it"):
        compare.read(tmp_path)


@pytest.mark.parametrize(
    ("part", "plain", "said"),
    [
        ("figures", {"worth": figure(None, "") | {"value": "12"}}, "the value of figure 'worth' is '12'"),
        ("figures", {"worth": figure(None, "") | {"text": 12}}, "the text of figure 'worth' is 12"),
        ("verdicts", {"dear": True}, "a verdict or a sentence is no text"),
        ("sentences", {"index": ["One.", 2]}, "a verdict or a sentence is no text"),
        ("sentences", {"index": "One."}, "a verdict or a sentence is no text"),
    ],
)
def test_a_run_that_holds_something_else_is_refused_in_one_line(
    part: str, plain: Any, said: str, tmp_path: Path
) -> None:
    (tmp_path / compare.SNAPSHOT).write_text(json.dumps({**BEFORE, part: plain}), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        compare.read(tmp_path)
    assert str(caught.value) == f"{tmp_path}: {said}; expected a run or a site as casefile left it"


def test_what_no_chapter_gives_stands_in_a_sentence_as_it_is_written() -> None:
    text = "It is {num}`worth`, says {source}`paper`, after {source}`hearsay`: {claim}`dear`, in {doc}`the market <market>`."
    assert compare.all_sentences(known(declaration()), {}, {"index": (text,)}) == {
        "index": ["It is worth, says Paper, after hearsay: dear, in the market."]
    }


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with two runs."""
    for name, plain in (("before", BEFORE), ("after", AFTER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / compare.SNAPSHOT).write_text(json.dumps(plain), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_says_what_differs_and_writes_the_page_where_it_is_asked_to(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "Figures: 3 changed", "  worth", "    - €12,000", "    + €15,000 (€10,000 to €20,000)   [+3000, +25%]", "  new",
        "    - (none)", "    + 2", "  gone", "    - 1", "    + (none)", "Verdicts: 1 changed", "  dear", "    - holds",
        "    + fails", "Sentences: 2 changed", "  market", "    - It is worth €12,000.", "    + It is worth €15,000.",
        "  market", "    - (none)", "    + It rained.",
    ]  # fmt: skip
    code, out, complaint = said(["compare", "before", "after"], capsys, monkeypatch)
    assert (code, out.splitlines(), complaint) == (0, lines, "")
    assert sorted(path.name for path in runs.iterdir()) == ["after", "before"]
    assert said(["compare", "before", "after", "--page", "page.html"], capsys, monkeypatch) == (0, out, "")
    page = (runs / "page.html").read_text(encoding="utf-8")
    assert all(text in page for text in ("€12,000", "€15,000", "It rained.", "before", "after"))
    assert said(["compare", "before", "after", "--json", "changes.json"], capsys, monkeypatch) == (0, out, "")
    plain = json.loads((runs / "changes.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in plain] == ["worth", "new", "gone", "dear", "", ""]  # sentences have no name
    assert (plain[0]["before"], plain[0]["absolute"], plain[0]["relative"]) == ("€12,000", 3000, 0.25)


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("mine.html", "mine.html: exists already; expected a new file"),
        ("away/page.html", "away/page.html: no folder away; expected a file in one that is there"),
        ("new.html --json mine.html", "mine.html: exists already; expected a new file"),
        ("new.html --json new.html", "new.html: given to --page and to --json; expected a file for each"),
    ],
)
def test_a_page_takes_no_others_place_and_makes_no_folder(
    page: str, line: str, runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (runs / "mine.html").write_text("mine")
    command = ["compare", "before", "after", "--page", *page.split()]
    assert said(command, capsys, monkeypatch) == (2, "", f"casefile: {line}\n")
    assert sorted(path.name for path in runs.iterdir()) == ["after", "before", "mine.html"]
    assert (runs / "mine.html").read_text() == "mine"


def test_a_site_compared_with_itself_differs_in_nothing_and_with_another_number_in_that(
    site: Path, tmp_path: Path
) -> None:
    found = compare.read(site)
    assert compare.changes(found, found) == []
    assert found["sentences"]["chapters/about/methods"]
    (tmp_path / "api").mkdir()
    for name in ("figures", "claims", "sentences"):
        text = (site / "api" / f"{name}.json").read_text(encoding="utf-8")
        plain = json.loads(text)
        if name == "figures":
            name_of_first = next(name for name in plain if not name.startswith("@"))
            plain[name_of_first]["text"] = "something else"
        (tmp_path / "api" / f"{name}.json").write_text(json.dumps(plain), encoding="utf-8")
    (change,) = compare.changes(found, compare.read(tmp_path))
    assert (change.name, change.after and change.after.startswith("something else")) == (name_of_first, True)


def item(
    id: str, kind: str, text: str = "", value: float | None = None, hash: str = "0123456789ab", range: str = ""
) -> CitableItem:
    """Something that an edition keeps, on the market's page."""
    return CitableItem(id, kind, "chapters/market", id, f"The {id}", text, hash, value, range=range)


def edition(root: Path, version: str, *items: CitableItem) -> None:
    """An edition of a story, as it is kept."""
    kept = {one.id: editions._plain(one) for one in items}
    plain: editions.StoredEdition = {"version": version, "date": "2024-01-01", "corrections": [], "items": kept}
    plain["seal"] = editions._seal(plain)
    (root / "editions").mkdir(exist_ok=True)
    (root / "editions" / f"{version}.json").write_text(editions._written(plain), encoding="utf-8")


def test_two_editions_are_compared_by_their_versions_and_by_their_files_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = plant(tmp_path / "story")
    same = [item("trees", "number", "120", 120.0), item("ripe", "claim", "holds"), item("market", "page")]
    before = [item("worth", "number", "€12,000", 12000.0), item("dear", "claim", "holds"), item("price", "section")]
    after = [
        item("worth", "number", "€24,000", 24000.0),
        item("dear", "claim", "fails"),
        item("price", "section", hash="f" * 12),
    ]
    edition(root, "1.0", *same, *before)
    shaken = replace(same[0], value=120 * (1 + 1e-15))  # what another processor makes of it
    edition(root, "1.1", shaken, *same[1:], *after)
    monkeypatch.delenv("CASEFILE_ROOT", raising=False)
    monkeypatch.chdir(root)
    code, out, complaint = said(["compare", "1.0", "1.1"], capsys, monkeypatch)
    assert (code, complaint) == (0, "")
    assert out.splitlines() == [
        "Figures: 1 changed", "  worth", "    - €12,000", "    + €24,000   [+12000, +100%]",
        "Verdicts: 1 changed", "  dear", "    - holds", "    + fails",
        "Pages, sections and charts: 1 changed", "  price", "    - The price [0123456789ab]", "    + The price [ffffffffffff]",
    ]  # fmt: skip
    line = "casefile: no edition '1.2'; did you mean 1.1 or 1.0?\n"
    assert said(["compare", "1.0", "1.2"], capsys, monkeypatch) == (2, "", line)
    monkeypatch.chdir(tmp_path)
    files = [f"story/editions/{version}.json" for version in ("1.0", "1.1")]
    assert said(["compare", *files], capsys, monkeypatch) == (0, out, "")


def test_an_edition_is_compared_with_a_run_by_what_both_keep() -> None:
    items = [
        item("worth", "number", "€12,000", 12000.0, range="a range"), item("dear", "claim", "fails"),
        item("ripe", "claim", "holds"), item("market", "page"),
    ]  # fmt: skip
    found = compare.changes(compare.of_edition(items), AFTER)
    assert [(change.kind, change.name, change.before, change.after) for change in found] == [
        ("figure", "worth", "€12,000 (a range)", "€15,000 (€10,000 to €20,000)"),
    ]


def test_the_page_of_a_run_stands_for_the_run(runs: Path) -> None:
    (runs / "before" / "page").mkdir()
    assert compare.read(runs / "before" / "page") == compare.read(runs / "before")


@pytest.fixture
def sweeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with two sweeps over the price, as they are left."""
    monkeypatch.chdir(tmp_path)
    for name, prices, worths, words in (
        ("one", (1.0, 2.0, 3.0), (10.0, 20.0, None), ("wrong", "wrong", None)),
        ("other", (3.0, 2.0, 4.0), (30.0, 25.0, 40.0), ("supported", "supported", "supported")),
    ):
        rows = [
            {SCENARIO_NUMBER: place, "price": price, "worth": worth, "trees": 120, "verdict_dear": word, "error": None}
            for place, (price, worth, word) in enumerate(zip(prices, worths, words, strict=True))
        ]
        (tmp_path / name).mkdir()
        table.write(tmp_path / name, rows)
        plan = {"chapter": "market", "vary": {"price": list(prices)}, "scenarios": 3}
        (tmp_path / name / folder.PLAN).write_text(json.dumps(plan), encoding="utf-8")
        (tmp_path / name / folder.MANIFEST).write_text("{}", encoding="utf-8")
    return tmp_path


def test_two_sweeps_are_compared_in_the_scenarios_that_both_have(
    sweeps: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, complaint = said(["compare", "one", "other"], capsys, monkeypatch)
    assert (code, complaint) == (0, "")
    assert out.splitlines() == [
        "In one of the two alone:", "  scenarios", "    - 1 of 3 scenarios", "    + 1 of 3 scenarios",
        "Figures: 1 changed", "  worth, in 2 of 2 scenarios, most with price=3.0", "    - (none)", "    + 30.0",
        "Verdicts: 1 changed", "  verdict_dear, in 2 of 2 scenarios, first with price=2.0", "    - wrong", "    + supported",
    ]  # fmt: skip
    assert said(["compare", "one", "one"], capsys, monkeypatch) == (0, "nothing differs\n", "")


def test_sweeps_that_cannot_be_held_against_each_other_are_refused(sweeps: Path) -> None:
    plan = json.loads((sweeps / "one" / folder.PLAN).read_text(encoding="utf-8"))
    for changed, line in (
        ({"chapter": "harvest"}, "one sweeps harvest by price, other market by price; expected sweeps over the same parameters"),
        ({"vary": {"rain": [1]}}, "one sweeps market by rain, other market by price; expected sweeps over the same parameters"),
        ({"scenarios": 10**7}, "one: has 10,000,000 scenarios; expected at most 1,000,000 to compare"),
        ({"vary": []}, "one/sweep.json: 'list' object has no attribute 'keys'; expected a sweep as casefile left it"),
    ):  # fmt: skip
        (sweeps / "one" / folder.PLAN).write_text(json.dumps({**plan, **changed}), encoding="utf-8")
        with pytest.raises(BadInput) as caught:
            compare.sweeps(Path("one"), Path("other"))
        assert str(caught.value) == line
    (sweeps / "one" / folder.PLAN).write_text(json.dumps(plan), encoding="utf-8")
    (sweeps / "one" / folder.MANIFEST).unlink()
    with pytest.raises(BadInput, match="one: is not finished; expected a sweep that ran to its end"):
        compare.sweeps(Path("one"), Path("other"))
    with pytest.raises(BadInput, match="one: is a sweep; expected another sweep beside it"):
        compare.read(Path("one"))
