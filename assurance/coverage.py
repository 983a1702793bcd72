"""How much of the package's code the tests reach, branch by branch, in every process they start.

python -m assurance.coverage
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from assurance.measures import ROOT, Measured, record

FOLDER = ROOT / "_build" / "coverage"  # as pyproject.toml names it
LEFT_OUT = (  # where a test lets no file grow, what coverage itself notes meets the limit first
    "tests/test_broken_build.py::test_files_that_cannot_grow_stop_the_build_with_a_word",
    "tests/test_broken_sweep.py::test_a_sweep_whose_rows_find_no_room_keeps_those_that_did",
)


def measured(report: dict[str, Any]) -> list[Measured]:
    """The shares of branches and of statements reached, from coverage's JSON report."""
    totals = report["totals"]
    return [
        Measured(
            "coverage_branches", "Branches of the package reached",
            totals["covered_branches"] / totals["num_branches"], "fraction", at_least=0.95,
        ),
        Measured(
            "coverage_statements", "Statements of the package reached",
            totals["covered_lines"] / totals["num_statements"], "fraction",
        ),
    ]  # fmt: skip


def main() -> None:
    """Run all tests but those left out under coverage, print what was missed by file, and record the shares.

    Exits 1 when a test fails.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    coverage = [sys.executable, "-m", "coverage"]
    without = [f"--deselect={name}" for name in LEFT_OUT]
    ended = subprocess.run([*coverage, "run", "-m", "pytest", "-q", "-n", "2", *without], cwd=ROOT, check=False)
    if ended.returncode:
        sys.exit("coverage: a test failed; nothing is recorded")
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    subprocess.run([*coverage, "report", "--show-missing", "--skip-covered"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        subprocess.run([*coverage, "json", "--quiet", "-o", str(path)], cwd=ROOT, check=True)
        found = measured(json.loads(path.read_text(encoding="utf-8")))
    record("coverage", found)


if __name__ == "__main__":
    main()
