"""In how many ways builds and sweeps were broken, and after how many of them all was whole again.

python -m quality.assurance.broken
"""

from __future__ import annotations

import sys

from quality.assurance.measures import Measured, record
from quality.assurance.thorough import Case, cases, total

FILES = ("tests/hostile/test_broken_build.py", "tests/hostile/test_broken_sweep.py")


def measured(found: list[Case]) -> list[Measured]:
    """The ways of breaking, the share recovered from, the kills that sweeps came through."""
    ways = len(found)
    return [
        Measured("broken_ways", "Ways of breaking a build or a sweep", ways, "count"),
        Measured(
            "broken_recovered", "Of them, with nothing lost, nothing left running, and a line that says why",
            sum(case.passed for case in found) / ways, "fraction", at_least=1,
        ),
        Measured("broken_kills", "Kills of sweeps at chance moments, then gone on with", total(found, "kills"), "count", at_least=100),
    ]  # fmt: skip


def main() -> None:
    """Break everything, record what was measured; exits 1 when something did not recover."""
    found = cases(*FILES)
    rows = measured(found)
    record("broken", rows)
    sys.exit(0 if all(row.met for row in rows) else 1)


if __name__ == "__main__":
    main()
