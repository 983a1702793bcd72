"""Verdicts: decided by a rule over figures, with the margin and what would change them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, TypedDict, cast

from casefile.errors import BadInput, nearest
from casefile.figures.formula import id_in_words
from casefile.figures.graph import Graph
from casefile.figures.nodes import Choice
from casefile.records import Claim, Records, Unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# Each verdict with what it says where no reason is given for it.
VERDICTS = {
    "supported": "The sources say the same.",
    "imprecise": "Near the mark, and no nearer.",
    "misleading": "It can be defended, the impression it gives cannot.",
    "wrong": "The sources say otherwise.",
    "superseded": "True when it was written, and overtaken since.",
    "unverifiable": "Nothing read here can settle it.",
}
_STEPS = 400
_FARTHEST = 1e3
_TRIED = 4096  # settings of a rule's figures among which every verdict must turn up
_DAYS = 4000.0
_FEW = 100


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

    `margin` is the distance of the nearest flip; None when no figure decides, or none can change it. Without a `rule` the
    verdict was set by hand.
    """

    claim: str
    verdict: str
    rule: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...]
    reason: str
    margin: float | None
    flips: tuple[Flip, ...]
    origins: tuple[str, ...]

    def to_json(self) -> StoredVerdict:
        """The verdict as plain data."""
        return cast(StoredVerdict, asdict(self))


class StoredFlip(TypedDict):
    """A flip as results hold it."""

    figure: str
    value: float
    distance: float | None
    becomes: str


class StoredVerdict(TypedDict):
    """A verdict as results hold it."""

    claim: str
    verdict: str
    rule: Sequence[tuple[str, str]]
    inputs: Sequence[str]
    reason: str
    margin: float | None
    flips: Sequence[StoredFlip]
    origins: Sequence[str]


def flips(graph: Graph, choice: Choice, over: Iterable[str]) -> tuple[Flip, ...]:
    """For each figure in `over`, the nearest value that changes the choice; the nearest first.

    Looks outwards from the figure's value in growing relative steps, up to a thousand times and down to a thousandth
    (and through zero to the other sign), then narrows the bracket by bisection until it cannot be halved. A day, and a count
    of few things, is the nearest whole one at which the choice is another.
    """
    values = {name: graph.value(name) for name in choice.inputs}
    points = []
    for name in over:
        flip = _nearest_flip(choice, values, name)
        if flip is None:
            continue
        unit, here = graph.units[graph[name].unit], values[name]
        if unit.style == "date" or _counts_few(unit, here, flip.value):  # whole, on the far side of the bound
            whole = float(math.ceil(flip.value) if flip.value > here else math.floor(flip.value))
            distance = abs(whole / here - 1) if here else None
            flip = Flip(name, whole, distance, choice.chosen({**values, name: whole}))
        if unit.style == "date" or here == 0:
            flip = replace(flip, distance=None)
        points.append(flip)
    return tuple(sorted(points, key=lambda flip: (math.inf if flip.distance is None else flip.distance, flip.figure)))


def _counts_few(unit: Unit, *values: float) -> bool:
    """Whether values are counts of things so few that a part of one would be absurd: a verdict turns at eight tests or seven."""
    counted = unit.style == "number" and unit.digits == 0 and not unit.prefix and not unit.suffix
    return counted and float(values[0]).is_integer() and all(abs(value) <= _FEW for value in values)


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


def reached(graph: Graph, choice: Choice) -> dict[str, dict[str, float]]:
    """For each verdict that a rule can give, values of the figures beneath it that lead to it.

    Tries a few thousand settings of all at once: each up to a thousand times and down to a thousandth, at zero, at the
    value of another, and shares on the other side of zero; days up to some years apart, or close together. Bounds
    that the judging chapter itself takes as parameters stay as they are: what only another bound allows is not reached.
    """
    import numpy as np

    from casefile.figures import expressions

    below = {name: expressions.names(graph.flat(name)) for name in choice.inputs}
    leaves = sorted({leaf for names in below.values() for leaf in names})
    held = {leaf for leaf in leaves if graph[leaf].kind == "parameter" and graph[leaf].chapter == graph.chapter}
    if held == {*leaves}:
        held = set()  # they are what is judged, and bound nothing
    random = np.random.default_rng(0)
    tried = {
        leaf: np.full(_TRIED, graph.value(leaf)) if leaf in held else _settings(graph, leaf, leaves, random)
        for leaf in leaves
    }
    with np.errstate(all="ignore"):
        values = {
            name: np.broadcast_to(graph.compile(name, names)(*(tried[leaf] for leaf in names)), _TRIED)
            for name, names in below.items()
        }
        witnesses: dict[str, dict[str, float]] = {}
        left = np.ones(_TRIED, dtype=bool)
        zeros = sum(
            (tried[leaf] == 0 for leaf in leaves), np.zeros(_TRIED)
        )  # a verdict is shown without a division by nothing, where it can be
        for label, condition in choice.options:
            names = expressions.names(condition.scaled)
            holds = np.broadcast_to(
                expressions.compiled(condition.scaled, names)(*(values[name] for name in names)), _TRIED
            )
            if (here := np.flatnonzero(left & holds)).size and label not in witnesses:
                plainest = here[np.argmin(zeros[here])]
                witnesses[label] = {leaf: float(tried[leaf][plainest]) for leaf in leaves}
            left &= ~holds.astype(bool)
    return witnesses


def _settings(graph: Graph, leaf: str, leaves: Iterable[str], random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Values that a figure might have had, as an array; a count or a sum that is not below zero stays so."""
    import numpy as np

    here, style = graph.value(leaf), graph.units[graph[leaf].unit].style
    alike = [graph.value(other) for other in leaves if graph.units[graph[other].unit].style == style]
    near = random.choice([value or 1.0 for value in [here, *alike] if not math.isnan(value)] or [1.0], _TRIED)
    if style == "date":
        away = 10 ** random.uniform(0, math.log10(_DAYS), _TRIED) * random.choice([-1, 0, 1], _TRIED)
        days: npt.NDArray[np.float64] = np.round(near + away)
        return days
    values: npt.NDArray[np.float64] = near * 10 ** (
        random.uniform(-1, 1, _TRIED) * random.choice([0, 0.02, 1, 3], _TRIED)
    )
    values *= random.choice([0, 1, 1, 1, 1], _TRIED)
    if style == "percent":
        values *= random.choice([-1, 1], _TRIED)
    elif here >= 0:
        values = np.abs(values)
    return values


def judge(
    graph: Graph, records: Records, claim: str, choice: Choice, over: Iterable[str] | None, reason: str
) -> Verdict:
    """The verdict of a rule on a claim.

    Raises BadInput for an unknown claim, a word that is no verdict, or a verdict that no figures lead to.
    """
    row = _row(records, claim)
    for label, _ in choice.options:
        _known(label, claim)
    witnesses = reached(graph, choice)
    for label, _ in choice.options:
        if label not in witnesses:
            expected = "a rule that can give each verdict it names"
            raise BadInput(f"claim {claim!r}: no values of its figures lead to {label!r}; expected {expected}")
    nearest_flips = flips(graph, choice, choice.inputs if over is None else over)
    from casefile.figures import expressions

    labels = {name: id_in_words(name) for name in choice.inputs}
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


def _row(records: Records, claim: str) -> Claim:
    if claim not in records.claims:
        raise BadInput(f"no claim {claim!r} in data/claims.csv; {nearest(claim, records.claims)}")
    return records.claims[claim]


def _known(verdict: str, claim: str) -> None:
    if verdict not in VERDICTS:
        raise BadInput(f"claim {claim!r}: verdict {verdict!r}; expected one of {', '.join(VERDICTS)}")
