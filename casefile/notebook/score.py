"""The score of a chapter that judges claims: how many have each verdict, and how they were decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from casefile.figures import claims
from casefile.figures.claims import StoredVerdict
from casefile.figures.nodes import Tally


@dataclass(frozen=True)
class Counted:
    """How many claims are of one kind; `tally` lets a count follow the rules when figures move."""

    id: str
    value: int
    meaning: str
    tally: Tally | None = None


def counts(
    verdicts: Mapping[str, StoredVerdict], choices: Collection[str], origin: str
) -> dict[str, Counted]:  # fmt: skip
    """The counts of a chapter's verdicts, by what they count.

    `choices` are the graph's, `claim_ID` for a claim that a rule decides. With an `origin`, what is supported by nothing
    but that report is `faithful`, what something else supports `checked`.
    """
    decided = {name for name in verdicts if f"claim_{name}" in choices}

    def tally(name: str, meaning: str, verdict: str, among: Iterable[str]) -> Counted:
        falling = [one for one in among if verdicts[one]["verdict"] == verdict]
        words = tuple(f"claim_{one}" for one in among if one in decided)
        by_hand = sum(one not in decided for one in falling)
        return Counted(f"claims_{name}", len(falling), meaning, Tally(verdict, words, by_hand))

    counted = {verdict: tally(verdict, f"Claims found {verdict}", verdict, verdicts) for verdict in claims.VERDICTS}
    counted["judged"] = Counted("claims_judged", len(verdicts), "Claims judged")
    counted["by_rule"] = Counted("claims_by_rule", len(decided), "Claims judged by a rule over figures")
    counted["by_hand"] = Counted("claims_by_hand", len(verdicts) - len(decided), "Claims judged by hand")
    if origin:
        faithful = [name for name in verdicts if tuple(verdicts[name]["origins"]) == (origin,)]
        beyond = [name for name in verdicts if name not in faithful]
        meaning = "Claims supported by the report that the article relays, and by nothing else"
        counted["faithful"] = tally("faithful", meaning, "supported", faithful)
        meaning = "Claims supported by something else than the report that the article relays"
        counted["checked"] = tally("checked", meaning, "supported", beyond)
    return counted
