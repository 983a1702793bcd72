"""That the story is true to its sources. `make test` builds the site first and then runs this.

Type each fact into transcription.csv from the source itself, on another day or by another person, and never from data/:
two people seldom slip in the same place.
"""

import csv
import json
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def rows(path: str) -> list[dict[str, str]]:
    """The rows of a table of the story."""
    with (ROOT / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class TheSecondTranscription(unittest.TestCase):
    """`data/figures.csv` against tests/transcription.csv; of a range the low end is typed."""

    def test_every_fact_was_typed_a_second_time(self) -> None:
        facts = {row["id"] for row in rows("data/figures.csv")}
        self.assertEqual(facts, {row["fact"] for row in rows("tests/transcription.csv")})

    def test_both_say_the_same(self) -> None:
        facts = {row["id"]: float(row["value"] or row["low"]) for row in rows("data/figures.csv")}
        for row in rows("tests/transcription.csv"):
            with self.subTest(row["fact"]):
                self.assertEqual(facts.get(row["fact"]), float(row["value"]))


class TheNumbersOfThePages(unittest.TestCase):
    """What the site holds for programs, against numbers worked out here in another way."""

    def test_the_growth_is_the_increase_that_the_release_printed_over_the_first_count(self) -> None:
        figures = json.loads((ROOT / "_build/html/api/figures.json").read_text(encoding="utf-8"))
        self.assertAlmostEqual(figures["growth"]["value"], 22_703_743 / 308_745_538, places=12)

    def test_the_claim_is_supported(self) -> None:
        claims = json.loads((ROOT / "_build/html/api/claims.json").read_text(encoding="utf-8"))
        self.assertEqual(claims["growth_between_censuses"]["verdict"]["verdict"], "supported")
