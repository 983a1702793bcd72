"""The coverage run: a branch counts wherever it was reached, in a fork, a subprocess, or a process that ends at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from quality.assurance.coverage import LEFT_OUT, measured
from tests.conftest import ROOT

PROGRAM = """
import os, subprocess, sys
import forest

forest.tree(os.getpid() == 0)
if os.fork() == 0:
    forest.tree(True)
    os._exit(0)
os.wait()
subprocess.run([sys.executable, "-c", "import forest; forest.shrub(True)"], check=True)
"""
MODULE = """
def tree(old):
    if old:
        return "oak"
    return "sapling"


def shrub(green):
    if green:
        return "box"
    return "broom"
"""


def test_branches_of_forks_and_subprocesses_are_counted_by_this_projects_settings(tmp_path: Path) -> None:
    (tmp_path / "forest.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "walk.py").write_text(PROGRAM, encoding="utf-8")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.coverage.run]")[2]
    settings = settings.replace('source_pkgs = ["casefile"]', 'source_pkgs = ["forest"]')
    (tmp_path / "pyproject.toml").write_text(f"[tool.coverage.run]{settings}", encoding="utf-8")
    (tmp_path / "_build" / "coverage").mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment["PYTHONPATH"] = str(tmp_path)
    coverage = [sys.executable, "-m", "coverage"]
    for words in (["run", "walk.py"], ["combine", "-q"], ["json", "-q", "-o", "report.json"]):
        subprocess.run([*coverage, *words], cwd=tmp_path, env=environment, check=True)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    branches, statements = measured(report)
    assert (branches.value, statements.value) == (3 / 4, 7 / 8)
    assert not branches.met


def test_the_goal_is_of_branches_and_not_of_lines() -> None:
    totals = {"covered_branches": 94, "num_branches": 100, "covered_lines": 990, "num_statements": 1000}
    branches, statements = measured({"totals": totals})
    assert (branches.value, branches.met, statements.value) == (0.94, False, 0.99)


def test_what_the_coverage_run_leaves_out_are_tests() -> None:
    for name in LEFT_OUT:
        file, _, function = name.partition("::")
        assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8")
