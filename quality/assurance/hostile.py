"""Hostile input, in the large: the tests of it on ten thousand cases a surface, other ones each time, and what came of them.

The tests are those that run among all others on a sample; here each counts the cases that it fed and judged.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from quality.assurance.measures import ROOT, Measured, record

LEAST = 10_000  # cases a surface
# Two halves that take about as long, each a process of its own.
HALVES = (
    (
        "tests/hostile/test_hostile_parameters.py",
        "tests/hostile/test_hostile_files.py",
        "tests/hostile/test_hostile_data.py",
    ),
    (
        "tests/browser/test_browser_hostile.py",
        "tests/hostile/test_hostile_citations.py",
        "tests/hostile/test_hostile_pages.py",
    ),
)
SURFACES = {
    "parameters": "Hostile parameters on the command line",
    "files of parameters": "Hostile files of parameters",
    "files of a story": "Hostile tables, descriptions, contents, records and notebooks",
    "citations": "Hostile citations",
    "texts on pages": "Hostile texts of records, on the pages",
    "addresses of pages": "Hostile addresses, searches and citations in a browser",
}


def run(folder: Path) -> tuple[Counter[str], int]:
    """The cases met by surface, and how many tests failed or could not run."""
    started = []
    for number, files in enumerate(HALVES):
        command = [
            sys.executable, "-m", "pytest", "-q", "--hypothesis-profile=long", "-p", "no:cacheprovider",
            f"--basetemp={folder / f'work{number}'}", f"--junitxml={folder / f'{number}.xml'}", *files,
        ]  # fmt: skip
        cases = folder / f"cases{number}"
        cases.mkdir()
        started.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, "CASEFILE_CASES": str(cases)}))
    for process in started:
        process.wait()
    met: Counter[str] = Counter()
    for path in folder.glob("cases*/*.json"):
        met.update(json.loads(path.read_text(encoding="utf-8")))
    failures = sum(process.returncode not in (0, 1) for process in started)
    for number in range(len(HALVES)):
        for suite in ElementTree.parse(folder / f"{number}.xml").getroot().iter("testsuite"):
            failures += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return met, failures


def main() -> None:
    """Run the tests on many cases, record what came of them, and exit 1 when something failed or a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="casefile-hostile-") as folder:
        met, failures = run(Path(folder))
    found = [
        Measured(
            f"hostile_{re.sub(r'[^a-z]+', '_', surface)}", f"{meaning}: cases", met[surface], "count", at_least=LEAST
        )
        for surface, meaning in SURFACES.items()
    ]
    found.append(Measured("hostile_failures", "Tests of hostile input that failed", failures, "count", at_most=0))
    record("hostile", found)
    sys.exit(0 if all(measured.met for measured in found) else 1)


if __name__ == "__main__":
    main()
