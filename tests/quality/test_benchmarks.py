"""`docs/measured.md` quotes what the benchmarks measured, and nothing else."""

from __future__ import annotations

import json

from quality.benchmarks import tables
from tests.conftest import ROOT


def test_the_page_of_what_was_measured_quotes_the_benchmarks() -> None:
    parts = json.loads((ROOT / "quality" / "benchmarks" / "measured.json").read_text(encoding="utf-8"))["parts"]
    text = (ROOT / "docs" / "measured.md").read_text(encoding="utf-8")
    assert set(parts) == {"build", "sweep", "page"}
    assert tables.updated(text, parts) == text
    for part in parts.values():
        for row in part["rows"]:
            assert row["what"] in text
