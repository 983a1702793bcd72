"""The ledger: each claim with its verdict, the rule, what would change it, the origins and the replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from casefile.content.content import Content
from casefile.figures import claims, formats
from casefile.figures.claims import StoredFlip, StoredVerdict
from casefile.figures.graph import Graph
from casefile.records import Claim, Reply

# Four verdicts form a scale; the other two say that it does not apply.
SCALE = {"wrong": 1, "misleading": 2, "imprecise": 3, "supported": 4}
assert set(SCALE) < set(claims.VERDICTS)
# The verdicts whose bars are as high as each other, the highest first, as the style draws them.
_BARS = (("supported",), ("imprecise",), ("misleading",), ("wrong", "superseded", "unverifiable"))
assert {verdict for level in _BARS for verdict in level} == set(claims.VERDICTS)


@dataclass(frozen=True)
class FlipPoint:
    """The value of one figure, as printed in its unit, at which a verdict becomes another."""

    figure: str
    meaning: str
    at: str
    becomes: str
    distance: str


@dataclass(frozen=True)
class Entry:
    """One claim as the ledger prints it. `ledger_page` is where it does, `explained_on` the page of the chapter."""

    claim: Claim
    verdict: str
    reason: str
    rule: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    flips: tuple[FlipPoint, ...]
    origins: tuple[str, ...]
    replies: tuple[Reply, ...]
    ledger_page: str
    explained_on: str
    explained_title: str

    @property
    def conclusion(self) -> str:
        """What follows from the sources: the reason of the verdict, or else what such a verdict means."""
        return self.reason or claims.VERDICTS[self.verdict]

    def told_above(self, told: Mapping[str, str]) -> list[Reply]:
        """The replies that stand in words beside another claim, by `told` as in told_at, those of one day together."""
        return [reply for reply in self.replies if told[reply.id] != self.claim.id]


def entries(content: Content, paragraph: int | None = None, chapter: str = "") -> list[Entry]:
    """The judged claims in the order of the text; those of one paragraph or of one chapter where asked for."""
    judged = [
        _entry(content, page, plain) for page, results in content.pages.items() for plain in results.verdicts.values()
    ]
    return sorted(
        (
            entry
            for entry in judged
            if paragraph in (None, entry.claim.paragraph) and chapter in ("", entry.claim.chapter)
        ),
        key=lambda entry: list(content.records.claims).index(entry.claim.id),
    )


def told_at(shown: Iterable[Entry]) -> dict[str, str]:
    """Each reply to some claims by its id, with the first claim beside which it is told; the others refer to it there."""
    first: dict[str, str] = {}
    for entry in shown:
        for reply in entry.replies:
            first.setdefault(reply.id, entry.claim.id)
    return first


def bars_told(verdicts: Iterable[str]) -> str:
    """In words, how high a bar is for a claim of each of some verdicts, the highest first; of no other verdict."""
    shown, lower, told = set(verdicts), iter(("lower", "lower still", "lowest")), []
    for level in _BARS:
        if not (here := [verdict for verdict in level if verdict in shown]):
            continue
        height = "full height" if "supported" in here else next(lower)
        striped = " and striped" if "misleading" in here else ""
        adjectives = [verdict for verdict in here if verdict != "unverifiable"]
        parts = [f"is {adjectives[0]}", *adjectives[1:]] if adjectives else []
        parts += ["cannot be verified"] if "unverifiable" in here else []
        *before, last = parts
        told.append(f"{height}{striped} where it {' or '.join(filter(None, (', '.join(before), last)))}")
    return ", ".join(told)


def _entry(content: Content, page: str, verdict: StoredVerdict) -> Entry:
    records, graph = content.records, content.pages[page].graph
    claim = records.claims[verdict["claim"]]
    explained_on = next((other for other in content.pages if PurePosixPath(other).name == claim.chapter), "")
    return Entry(
        claim=claim,
        verdict=verdict["verdict"],
        reason=verdict["reason"],
        rule=tuple((label, condition) for label, condition in verdict["rule"]),
        inputs=tuple((name, graph[name].meaning) for name in verdict["inputs"]),
        flips=tuple(_flip(graph, flip) for flip in verdict["flips"]),
        origins=tuple(_origin_name(content, origin) for origin in verdict["origins"]),
        replies=tuple(
            sorted((records.replies[name] for name in claim.replies), key=lambda reply: (reply.date, reply.who))
        ),
        ledger_page=content.places.get("casefile-ledger", page),
        explained_on=explained_on,
        explained_title=content.pages[explained_on].title if explained_on else "",
    )


def _flip(graph: Graph, flip: StoredFlip) -> FlipPoint:
    figure = graph[flip["figure"]]
    unit = graph.units[figure.unit]
    at = formats.printed(flip["value"], unit, figure.digits)
    if at == graph.printed(figure.id):  # a flip closer than the print shows: print finer
        digits = unit.digits if figure.digits is None else figure.digits
        at = formats.printed(flip["value"], unit, digits - 2 if digits < 0 else digits + 2)
    distance = "" if flip["distance"] is None else f"{formats.fixed(100 * flip['distance'], 1)}%"
    return FlipPoint(figure.id, figure.meaning, at, flip["becomes"], distance)


def _origin_name(content: Content, origin: str) -> str:
    if origin in content.records.origins:
        return content.records.origins[origin].name
    source = content.records.sources[origin]
    return ", ".join(part for part in (source.publisher, source.title) if part)
