"""Tests run as the long runs ask: with every round that `make test` leaves out."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from quality.assurance.measures import ROOT


@dataclass(frozen=True)
class Case:
    """One test that ran, whether it passed, and the counts that it recorded."""

    name: str
    passed: bool
    counts: dict[str, int]


def cases(*files: str, beside: str = "") -> list[Case]:
    """Run the tests of these files with all their rounds, and return those that were not skipped.

    Those whose names hold `beside` run in a process of their own, at the same time as the others.
    """
    parts = [(*files, "-k", beside), (*files, "-k", f"not {beside}")] if beside else [files]
    with ThreadPoolExecutor(len(parts)) as pool:
        return [case for part in pool.map(_cases, parts) for case in part]


def _cases(words: Sequence[str]) -> list[Case]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "-o", "junit_family=xunit1", f"--junitxml={report}", *words]  # fmt: skip
        subprocess.run(command, cwd=ROOT, env={**os.environ, "CASEFILE_THOROUGH": "1"}, check=False)
        if not report.is_file():
            sys.exit("the tests did not start; nothing is recorded")
        return read(report.read_text(encoding="utf-8"))


def read(report: str) -> list[Case]:
    """The tests of a JUnit report that were not skipped."""
    return [
        Case(
            case.get("name", ""),
            case.find("failure") is None and case.find("error") is None,
            {str(row.get("name")): int(row.get("value", "0")) for row in case.iter("property")},
        )
        for case in ElementTree.fromstring(report).iter("testcase")
        if case.find("skipped") is None
    ]


def total(found: list[Case], name: str) -> int:
    """The sum of a count over all tests."""
    return sum(case.counts.get(name, 0) for case in found)
