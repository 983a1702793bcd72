"""The ledger: replies beside a claim, and what its bars mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from casefile.content import ledger
from casefile.content.content import Content
from casefile.figures import claims
from casefile.site import markup
from tests.support import small


def test_replies_told_elsewhere_are_named_by_date_and_a_day_once() -> None:
    plain = small.content()
    answer = plain.records.replies["answer"]
    replies = {id: replace(answer, id=id, date=date) for id, date in (("late", "2024-07-23"), ("early", "2024-06-04"), ("again", "2024-06-04"))}  # fmt: skip
    claim = replace(plain.records.claims["dear"], replies=tuple(replies))
    (entry,) = ledger.entries(Content(replace(plain.records, replies=replies, claims={"dear": claim}), plain.pages))
    made = markup.render(
        "claim_entry.html", entry=entry, told=dict.fromkeys(replies, "another claim"), content=plain, heading="h3", following=None,
        open=False, link=str, number=lambda name: "1",
    )  # fmt: skip
    told = markup.screen_text(made[made.index("As above") : made.index("</ul>")])
    assert " ".join(told.split()) == "As above: The grower, 4 June 2024, another of that day; The grower, 23 July 2024."


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        (
            claims.VERDICTS,
            "full height where it is supported, lower where it is imprecise, lower still and striped where it is misleading,"
            " lowest where it is wrong, superseded or cannot be verified",
        ),
        (("unverifiable", "supported"), "full height where it is supported, lower where it cannot be verified"),
        (
            ("wrong", "superseded", "misleading"),
            "lower and striped where it is misleading, lower still where it is wrong or superseded",
        ),
        (("supported",), "full height where it is supported"),
    ],
)
def test_the_bars_are_told_for_the_verdicts_that_occur(verdicts: Collection[str], told: str) -> None:
    assert ledger.bars_told(verdicts) == told
