"""Citations bent in the large: every token of every style of every item altered, every damage done, page and command asked.

The tests are those that run among all others on a sample; here they take all that edition 0.3.0 gave out, and count.
"""

from __future__ import annotations

import sys

from quality.assurance import thorough
from quality.assurance.measures import Measured, record

TESTS = "tests/engine/citation/test_alterations.py"


def main() -> None:
    """Run the tests on everything, record what came of them, and exit 1 when something failed."""
    cases = thorough.cases(TESTS)
    failed = sum(not case.passed for case in cases)
    found = [
        Measured("citations_altered", "Citations with one token altered, or one word or sign more", thorough.total(cases, "alterations"), "count", at_least=100_000),
        Measured("citations_damaged", "Citations damaged on their way, read by page and command alike", thorough.total(cases, "damages"), "count", at_least=10_000),
        Measured("citations_compared", "Altered citations refused by page and command in the same words", thorough.total(cases, "compared"), "count", at_least=10_000),
        Measured("citations_failures", "Tests of citations that failed: an altered one said to stand, a damaged one not read", failed, "count", at_most=0),
    ]  # fmt: skip
    record("citations", found)
    sys.exit(0 if all(measured.met for measured in found) else 1)


if __name__ == "__main__":
    main()
