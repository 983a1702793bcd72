"""What a page's script is given besides formulas."""

from __future__ import annotations

import pytest

from casefile.notebook.results import Results
from casefile.records import Records
from casefile.site import page_script
from tests.conftest import Plain
from tests.story.transcription.assumptions import SCENARIOS

MOVED_WHOLE = {"01_swap": ["cheap_chips"], "03_delay": ["short_delay", "long_delay"], "07_investors": []}


@pytest.mark.parametrize("chapter", MOVED_WHOLE)
def test_a_page_offers_the_scenarios_that_set_what_it_can_move(
    chapter: str, defaults: dict[str, Plain], known: Records
) -> None:
    page = page_script.page(Results.from_json(defaults[chapter], known.units), known, "", frozenset())
    offered = [preset["values"] for preset in page.get("presets", [])]
    assert offered == [SCENARIOS[name][chapter] for name in MOVED_WHOLE[chapter]]
    assert all(preset["title"] and preset["meaning"] for preset in page.get("presets", []))


def test_a_page_offers_its_assumptions_in_the_letters_of_print(defaults: dict[str, Plain], known: Records) -> None:
    page = page_script.page(Results.from_json(defaults["03_delay"], known.units), known, "", frozenset())
    words = [text for row in page["parameters"] for text in (row["meaning"], row.get("note", ""))]
    words += [preset["meaning"] for preset in page["presets"]]
    assert any("’" in text for text in words)
    assert not any("'" in text or '"' in text for text in words)
