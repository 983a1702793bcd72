"""What a page's script is given besides formulas."""

from __future__ import annotations

import json
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casefile.content.content import Content
from casefile.notebook.results import Results
from casefile.records import Records
from casefile.site import page_script
from casefile.system import cache
from tests.conftest import Plain
from tests.story.transcription.assumptions import SCENARIOS
from tests.support import small

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


def test_a_pages_script_is_written_again_when_what_it_rests_on_changed_and_not_otherwise(tmp_path: Path) -> None:
    story, content = tmp_path / "story", small.content()
    (story / "data").mkdir(parents=True)
    pages = content.pages

    def written(code: str = "price", results: str = "a run's hash", book: str = "The Orchard") -> int:
        """How many scripts have been worked out so far, once one was written."""
        cell = {"cell_type": "code", "metadata": {}, "source": [code]}
        (tmp_path / "orchard.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
        app: Any = types.SimpleNamespace(
            casefile_content=Content(replace(content.records, root=story), pages, {"orchard": results}),
            config=types.SimpleNamespace(html_title=book), outdir=tmp_path / "site", srcdir=tmp_path,
        )  # fmt: skip
        page_script._write(app, app, [])
        assert book in (tmp_path / "site" / "_static" / "figures" / "orchard.js").read_text(encoding="utf-8")
        return len(list((story / cache.FOLDER / "scripts").iterdir()))

    assert [written(), written(), written("price  # in words")] == [1, 1, 1]
    assert [written("said"), written(results="another run's"), written(book="The Meadow")] == [2, 3, 4]
    (story / "data" / "units.csv").write_text("unit\n", encoding="utf-8")
    assert written() == 5
