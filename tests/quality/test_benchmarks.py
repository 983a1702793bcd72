"""The README quotes what the benchmarks measured, and nothing else."""

from __future__ import annotations

import json

from quality.benchmarks import readme
from tests.conftest import ROOT


def test_the_readme_quotes_the_measured_figures() -> None:
    parts = json.loads((ROOT / "quality" / "benchmarks" / "measured.json").read_text(encoding="utf-8"))["parts"]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(parts) == {"build", "sweep", "page"}
    assert readme.updated(text, parts) == text
    for part in parts.values():
        for row in part["rows"]:
            assert row["what"] in text
