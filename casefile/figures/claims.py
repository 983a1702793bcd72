"""Verdicts: decided by a rule over figures, with the margin and what would change them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from casefile.errors import BadInput, nearest
from casefile.figures.formula import words
from casefile.figures.graph import Choice, Graph
from casefile.records import Records

VERDICTS = ("supported", "imprecise", "misleading", "wrong", "superseded", "unverifiable")
_STEPS = 400
_FARTHEST = 1e3


@dataclass(frozen=True)
class Flip:
    """The nearest value of one figure, all others as they stand, at which a verdict changes.

    `distance` is relative to the figure's value: 0.2 means a fifth up or down; None where that means nothing, for a date
    or a value of zero.
    """

    figure: str
    value: float
    distance: float | None
    becomes: str


@dataclass(frozen=True)
class Verdict:
    """One claim's verdict, why, and how firmly it stands.

    `margin` is the distance of the nearest flip; None when no figure decides, or none can change it.
    """

    claim: str
    verdict: str
    rule: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...]
    reason: str
    margin: float | None
    flips: tuple[Flip, ...]
    origins: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain data."""
        return asdict(self)


def flips(graph: Graph, choice: Choice, over: Iterable[str]) -> tuple[Flip, ...]:
    """For each figure in `over`, the nearest value that changes the choice; the nearest first.

    Looks outwards from the figure's value in growing relative steps, up to a thousand times and down to a thousandth
    (and through zero to the other sign), then narrows the bracket by bisection until it cannot be halved.
    """
    values = {name: graph.value(name) for name in choice.inputs}
    found = []
    for name in over:
        flip = _nearest_flip(choice, values, name)
        if flip is None:
            continue
        if graph.units[graph[name].unit].style == "date":  # a whole day, on the far side of the bound
            day = math.ceil(flip.value) if flip.value > values[name] else math.floor(flip.value)
            flip = replace(flip, value=float(day), distance=None)
        elif values[name] == 0:
            flip = replace(flip, distance=None)
        found.append(flip)
    return tuple(sorted(found, key=lambda flip: (math.inf if flip.distance is None else flip.distance, flip.figure)))


def _nearest_flip(choice: Choice, values: Mapping[str, float], name: str) -> Flip | None:
    here, start = choice.position(values), values[name]
    if math.isnan(start):
        return None
    scale = abs(start) or 1.0
    best: Flip | None = None
    nearest = math.inf
    for direction in (1.0, -1.0):
        inside = start
        for step in range(1, _STEPS + 1):
            outside = start + direction * scale * (10 ** (step / _STEPS * math.log10(1 + _FARTHEST)) - 1)
            if choice.position({**values, name: outside}) != here:
                edge, becomes = _bisect(choice, values, name, inside, outside)
                distance = abs(edge - start) / scale
                if distance < nearest:
                    best, nearest = Flip(name, edge, distance, becomes), distance
                break
            inside = outside
    return best


def _bisect(choice: Choice, values: Mapping[str, float], name: str, inside: float, outside: float) -> tuple[float, str]:
    here = choice.position({**values, name: inside})
    while True:
        middle = inside + (outside - inside) / 2
        if middle in (inside, outside):
            return outside, choice.chosen({**values, name: outside})
        if choice.position({**values, name: middle}) == here:
            inside = middle
        else:
            outside = middle


def judge(
    graph: Graph, records: Records, claim: str, choice: Choice, over: Iterable[str] | None, reason: str
) -> Verdict:
    """The verdict of a rule on a claim. Raises BadInput for an unknown claim or a word that is no verdict."""
    row = _row(records, claim)
    for label, _ in choice.options:
        _known(label, claim)
    nearest_flips = flips(graph, choice, choice.inputs if over is None else over)
    from casefile.figures import expressions

    labels = {name: words(name) for name in choice.inputs}
    return Verdict(
        claim=claim,
        verdict=graph.chosen(choice.id),
        rule=tuple((label, expressions.sentence(condition.expression, labels)) for label, condition in choice.options),
        inputs=choice.inputs,
        reason=reason,
        margin=nearest_flips[0].distance if nearest_flips else None,
        flips=nearest_flips,
        origins=origins(records, row.sources),
    )


def undecided(records: Records, claim: str, verdict: str, reason: str) -> Verdict:
    """A verdict that no figure decides; `reason` says why it is given all the same."""
    row = _row(records, claim)
    _known(verdict, claim)
    return Verdict(claim, verdict, (), (), reason, None, (), origins(records, row.sources))


def origins(records: Records, sources: Iterable[str]) -> tuple[str, ...]:
    """The independent origins behind some sources: relays of one report count once; sorted."""
    return tuple(sorted({records.origin_of(source) for source in sources}))


def _row(records: Records, claim: str) -> Any:
    if claim not in records.claims:
        raise BadInput(f"no claim {claim!r} in data/claims.csv; {nearest(claim, records.claims)}")
    return records.claims[claim]


def _known(verdict: str, claim: str) -> None:
    if verdict not in VERDICTS:
        raise BadInput(f"claim {claim!r}: verdict {verdict!r}; expected one of {', '.join(VERDICTS)}")
