"""How cost grows with the story: one of ten times as many chapters and sources against the same once (`grown.py` makes both)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from quality.benchmarks import grown
from quality.benchmarks.command import python, run
from quality.benchmarks.row import Row

SIZE, FACTOR, MOST = grown.Size(), 10, 11.0
PAGE = "chapters/002_part.html"


def taken(story: Path) -> dict[str, tuple[float, str]]:
    """What each thing costs in a story: seconds or kB."""
    shutil.rmtree(story / "_build", ignore_errors=True)
    build = run(python("casefile", "build"), story).seconds
    check = run(python("casefile", "check"), story).seconds
    cited = subprocess.run(
        [sys.executable, "-m", "casefile", "cite", "sum_0_1"], cwd=story, capture_output=True, text=True, check=True
    ).stdout
    verify = run(python("casefile", "verify", cited.strip()), story).seconds
    site = story / "_build" / "html"
    return {
        "build": (build, "s"), "check": (check, "s"), "verify one citation": (verify, "s"),
        "search index": ((site / "_static" / "search-index.js").stat().st_size / 1000, "kB"),
        "a chapter's page": ((site / PAGE).stat().st_size / 1000, "kB"),
        "the whole site": (sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1000, "kB"),
    }  # fmt: skip


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about growth; `work` is an empty folder."""
    once, often = (
        taken(grown.write(work / name, SIZE.times(factor))) for name, factor in (("once", 1), ("often", FACTOR))
    )
    told = f"a story of {SIZE.chapters} chapters"
    return [
        Row(f"{what}, {SIZE.chapters * FACTOR} chapters", told, unit, often[what][0], seconds, often[what][0] / seconds,
            1.2 if what == "a chapter's page" else MOST)
        for what, (seconds, unit) in once.items()
    ]  # fmt: skip
