"""How much of the package's code the tests reach, branch by branch, in every process they start.

python -m quality.assurance.coverage
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from quality.assurance.measures import ROOT, Measured, record

FOLDER = ROOT / "_build" / "coverage"  # as pyproject.toml names it
INCLUDE = "--include=casefile/*"  # tests that copy the project leave the copies' lines too, which are no more of it
LEFT_OUT = (  # where a test lets no file grow, what coverage itself notes meets the limit first
    "tests/hostile/test_broken_build.py::test_files_that_cannot_grow_stop_the_build_with_a_word",
    "tests/hostile/test_broken_sweep.py::test_a_sweep_whose_rows_find_no_room_keeps_those_that_did",
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

    A test that fails is run once more, since coverage itself stops a thread now and then. Exits 1 when it fails again.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    coverage = [sys.executable, "-m", "coverage"]
    tests = [*coverage, "run", "-m", "pytest", "-q", "-n", "2", *(f"--deselect={name}" for name in LEFT_OUT)]
    if subprocess.run(tests, cwd=ROOT, check=False).returncode:
        again = [*tests, "--last-failed", "--last-failed-no-failures", "none"]
        if subprocess.run(again, cwd=ROOT, check=False).returncode:
            sys.exit("coverage: a test failed; nothing is recorded")
    # What a killed process was about to write is no data; combining leaves it, and so it is taken away.
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, check=False, stderr=subprocess.DEVNULL)
    for torn in FOLDER.glob("data.*"):
        torn.unlink()
    subprocess.run([*coverage, "report", INCLUDE, "--show-missing", "--skip-covered"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        subprocess.run([*coverage, "json", INCLUDE, "--quiet", "-o", str(path)], cwd=ROOT, check=True)
        found = measured(json.loads(path.read_text(encoding="utf-8")))
    record("coverage", found)


if __name__ == "__main__":
    main()
