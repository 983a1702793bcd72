"""The rounds of tests that `make test` leaves out, where no other long run measures them.

python -m quality.assurance.rounds
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from quality.assurance import broken, bytes
from quality.assurance.measures import ROOT
from quality.assurance.thorough import cases

_LEAVES_OUT = re.compile(r"\bbreaking\.(rounds|THOROUGH)\b|@LONG\b")


def leaves_out(path: Path) -> bool:
    """Whether a test file holds such rounds."""
    return _LEAVES_OUT.search(path.read_text("utf-8")) is not None


def files() -> list[str]:
    """The test files that hold them, by their paths in the project."""
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py") if leaves_out(path)}
    return sorted(found - {*broken.FILES, *bytes.FILES})


def main() -> None:
    """Run them with all their rounds; exits 1 when one failed."""
    sys.exit(0 if all(case.passed for case in cases(*files())) else 1)


if __name__ == "__main__":
    main()
