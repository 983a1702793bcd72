"""The ledger: replies beside a claim."""

from __future__ import annotations

from dataclasses import replace

from casefile.content import ledger
from casefile.content.content import Content
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
