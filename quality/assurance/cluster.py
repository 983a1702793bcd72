"""Whether a sweep on a cluster is that of one machine, and DuckDB and polars read what it leaves, as `docs/cluster.md` says.

    python -m quality.assurance.cluster

A scheduler with two workers is started on this machine, and the same scenarios are run on it and without it. The two
readers come into an environment of their own, by pip; the lines of that page are run in it as they stand.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import distributed

from casefile.sweep import sweep
from quality.assurance.measures import ROOT

SAID = ROOT / "docs" / "cluster.md"
READERS = ("duckdb==2.0.1", "polars==2.1.0")
CHAPTER, VARIED, SCENARIOS, FORMULAS = "03_delay", "delay_months=1:12:{}", 24, 1_500_000
SAME = ("scenarios.csv", "scenarios.parquet", "flips.csv")


def differing(one: Path, other: Path) -> Iterator[str]:
    """The files of two sweeps that are not the same, byte for byte."""
    for name in SAME:
        if (one / name).read_bytes() != (other / name).read_bytes():
            yield f"{name}: another on the cluster"


def lines(kind: str) -> str:
    """The lines of the page in a language."""
    blocks = re.findall(rf"```{kind}\n(.*?)```", SAID.read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(blocks)


def script() -> str:
    """What the readers are asked, as one program: the page's lines, each result printed as a list of rows on a line."""
    asked = [line for line in lines("sql").splitlines() if line and not line.startswith("--")]
    queries = "".join(f"print(duckdb.sql({query!r}).fetchall())\n" for query in asked)
    *before, last = [line for line in lines("python").splitlines() if line]
    return "\n".join(["import duckdb", queries, *before, f"print({last}.height)"])


def said(work: Path) -> list[str]:
    """What the readers say, a line each. Raises CalledProcessError where one cannot be had, or does not read it."""
    subprocess.run([sys.executable, "-m", "venv", str(work / "readers")], check=True)
    python = str(work / "readers" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *READERS], check=True)
    done = subprocess.run([python, "-c", script()], cwd=work, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def main() -> None:
    """Sweep, compare, read; exits 1 with a line for each fault."""
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        work = Path(folder)
        with distributed.LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster:
            varied = [VARIED.format(SCENARIOS)]
            sweep.sweep(ROOT, CHAPTER, varied, work / "swept", scheduler=cluster.scheduler_address)
        sweep.sweep(ROOT, CHAPTER, varied, work / "alone", count=2)
        sweep.sweep(ROOT, CHAPTER, [VARIED.format(FORMULAS)], work / "formulas", figures_only=True)
        faults = list(differing(work / "swept", work / "alone"))
        with (work / "swept" / "scenarios.csv").open(encoding="utf-8", newline="") as file:
            rows = [(float(row["delay_months"]), float(row["rental_value_delayed"])) for row in csv.DictReader(file)]
        later = sum(1 + 11 * number / (FORMULAS - 1) > 6 for number in range(FORMULAS))
        expected = [str(rows), str([(FORMULAS,)]), str(later)]
        for mine, theirs in zip(expected, said(work), strict=True):
            print(theirs if len(theirs) < 120 else f"{theirs[:117]} …")
            faults += [f"expected {mine[:80]}, read {theirs[:80]}"] if mine != theirs else []
    print("\n".join(faults) or "a cluster leaves the bytes of one machine, and DuckDB and polars read them")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
