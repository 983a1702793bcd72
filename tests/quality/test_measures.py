"""The measures: what a long run found replaces what it found before, and a page says it with its goal and day."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest

from casefile import records
from quality.assurance import broken, bytes, citations, hostile, rounds, tables
from quality.assurance.measures import Measured, record
from tests.conftest import ROOT
from tests.support.orchard import built, plant


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    """The small story, with a page for what was measured of it."""
    root = plant(tmp_path)
    (root / "known.md").write_text(
        "# Known\n\n```{casefile-measures} frost\n```\n\n```{casefile-measures} hail\n```\n", encoding="utf-8"
    )
    with (root / "_toc.yml").open("a", encoding="utf-8") as contents:
        contents.write("- file: known\n")
    return root


def test_a_run_replaces_the_rows_of_its_own_part_alone(orchard: Path) -> None:
    record("frost", [Measured("nights", "Nights of frost", 3, "tree", at_most=5)], orchard)
    record(
        "hail",
        [Measured("stones", "Stones", 7, "tree"), Measured("roofs", "Roofs whole", 1, "tree", at_least=2)],
        orchard,
    )
    record("frost", [Measured("mornings", "Mornings of frost", 4, "tree", at_most=3)], orchard)
    found = records.check(orchard).measures
    assert {row.id: (row.part, row.value, row.met) for row in found.values()} == {
        "mornings": ("frost", 4, False), "stones": ("hail", 7, None), "roofs": ("hail", 1, False),
    }  # fmt: skip
    assert {row.date for row in found.values()} == {datetime.datetime.now(datetime.UTC).date().isoformat()}


def test_the_page_prints_what_was_measured_with_its_goal_and_that_the_rest_was_not(orchard: Path) -> None:
    record("frost", [Measured("nights", "Nights of frost", 3, "tree", at_most=5)], orchard)
    page = (built(orchard) / "known.html").read_text(encoding="utf-8")
    row = page.partition('id="measure-nights"')[2].partition("</tr>")[0]
    assert "Nights of frost" in row and "<td>3</td>" in row and "at most 5: met" in row
    assert "python -m quality.assurance.frost" in page
    assert page.count("<p>Not measured yet.</p>") == 1


def test_the_page_of_what_was_measured_quotes_the_measures_and_nothing_else(known: records.Records) -> None:
    text = (ROOT / "docs" / "measured.md").read_text(encoding="utf-8")
    assert tables.updated(text, known) == text
    for row in known.measures.values():
        assert row.part == tables.SPEED or (row.meaning in text and row.command in text)


def test_every_test_file_that_a_long_run_names_is_there() -> None:
    for name in (*broken.FILES, *bytes.FILES, *itertools.chain(*hostile.HALVES), citations.TESTS):
        assert (ROOT / name).is_file(), name


def test_every_round_that_is_not_tried_daily_is_tried_by_a_long_run() -> None:
    """Whoever moves a test file has the long run that names it follow."""
    named = {*broken.FILES, *bytes.FILES}
    assert named == {name for name in named if rounds.leaves_out(ROOT / name)}
    assert not named & set(rounds.files())
    left_out = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        if "THOROUGH" in path.read_text("utf-8")
    }
    assert left_out - {"tests/support/breaking.py", "tests/quality/test_measures.py"} <= named | {
        citations.TESTS
    } | set(rounds.files())
