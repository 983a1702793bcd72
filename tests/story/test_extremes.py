"""Each chapter at the ends of its parameters: it runs, and no value lies outside the range that is printed beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.errors import BadInput
from casefile.execution import notebooks
from casefile.notebook import results
from casefile.records import Records
from tests.conftest import CHAPTERS, ROOT, Plain
from tests.support import breaking, extremes


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_at_every_bound_and_choice_a_chapter_runs_and_no_value_lies_outside_its_range(
    chapter: str, shared: Path, known: Records, defaults: dict[str, Plain], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a parameter takes, the chapter says something or refuses it in a line: no word of Python's, no false range.

    Daily one setting in three: a parameter has two ends or four, so that low and high ones are among them.
    """
    standing = shared / "results"
    assert extremes.outside(defaults[chapter]) == {}
    settings = extremes.settings(known, chapter)
    for values in settings if breaking.THOROUGH else settings[::3]:
        try:
            plain = extremes.worked(chapter, values, standing, monkeypatch)
        except BadInput as refusal:
            assert chapter == "07_investors" and "expected" in str(refusal), values  # days too near the sample's ends
            continue
        assert extremes.outside(plain) == {}, values


def test_the_ledger_judges_whatever_the_other_chapters_come_to(
    shared: Path, tmp_path: Path, known: Records, defaults: dict[str, Plain], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every bound and choice of the chapters that the ledger reads, all of one kind at once, first each lowest."""
    needed = notebooks.needs(notebooks.read(ROOT / "chapters" / "claims.ipynb"))
    for end in (0, -1):
        folder = tmp_path / str(end)
        for chapter in needed:
            values = {
                name: extremes.ends(row)[end]
                for name, row in known.declared(chapter).items()
                if chapter != "07_investors" and name not in extremes.WITHOUT and extremes.ends(row)
            }
            results.write(extremes.worked(chapter, values, shared / "results", monkeypatch), folder / f"{chapter}.json")
        plain = extremes.worked("claims", {}, folder, monkeypatch)
        assert extremes.outside(plain) == {}
        assert plain["verdicts"].keys() == defaults["claims"]["verdicts"].keys()
