"""Whether builds of one commit are the same file by file, wherever, whenever and by whomever they are made.

python -m assurance.bytes
"""

from __future__ import annotations

import sys

from assurance.measures import Measured, record
from assurance.thorough import Case, cases, total


def measured(found: list[Case]) -> list[Measured]:
    """The builds and files compared, and the files that differ."""
    return [
        Measured("bytes_builds", "Builds of one commit compared", total(found, "builds"), "count", at_least=2),
        Measured("bytes_files", "Files compared, executed notebooks among them", total(found, "files"), "count"),
        Measured("bytes_differing", "Files that differ", total(found, "differing"), "count", at_most=0),
    ]


def main() -> None:
    """Build and compare, record what was measured; exits 1 when a test failed."""
    found = cases("tests/test_same_bytes.py")
    if not total(found, "builds"):
        sys.exit("the builds were not compared; nothing is recorded")
    record("bytes", measured(found))
    sys.exit(0 if all(case.passed for case in found) else 1)


if __name__ == "__main__":
    main()
