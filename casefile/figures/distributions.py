"""What an assumption may be drawn from: `2:4:9`, `uniform(2, 9)`, `normal(4, 1)`, `observed(2, 3, 3.5)`.

Each is given by its quantiles, so that one sequence of shares between 0 and 1 draws from any of them. A correlation is one
of ranks: draws are put into an order that has it, and keep the values that they have (Iman and Conover 1982).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist, median

import numpy as np
import numpy.typing as npt

from casefile.errors import BadInput

Draws = npt.NDArray[np.float64]
MOST_OBSERVED = 1000
_CENTRAL = (0.05, 0.95)
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


@dataclass(frozen=True)
class Distribution:
    """A distribution of an assumption: the value that stands for it, the range printed beside, and its quantiles.

    `ranks` gives, by the name of another parameter that is drawn, the rank correlation with it.
    """

    mode: float
    low: float
    high: float
    band: str
    quantile: Callable[[Draws], Draws]
    ranks: tuple[tuple[str, float], ...] = ()


def triangular(low: float, mode: float, high: float) -> Distribution:
    """A triangle between `low` and `high` with its top at `mode` (JCGM 101:2008, 6.4.5). Raises ValueError unless in order."""
    if not low <= mode <= high:
        raise ValueError("low, most plausible and high in this order")
    width, rise = high - low, mode - low

    def quantile(shares: Draws) -> Draws:
        left = low + np.sqrt(shares * width * rise)
        return np.where(shares * width < rise, left, high - np.sqrt((1 - shares) * width * (high - mode)))

    return Distribution(mode, low, high, "range asked for", quantile)


def uniform(low: float, high: float) -> Distribution:
    """Every value between `low` and `high` alike; its middle stands for it."""
    if not low <= high:
        raise ValueError("low and high in this order")
    return Distribution((low + high) / 2, low, high, "range asked for", lambda shares: low + shares * (high - low))


def normal(mean: float, deviation: float, bounds: tuple[float | None, float | None] = (None, None)) -> Distribution:
    """A normal distribution, cut off at the bounds of what is possible; the range is from its 5th to its 95th percentile."""
    if not deviation > 0:
        raise ValueError("a standard deviation above 0")
    bell = NormalDist(mean, deviation)
    first, last = (edge if at is None else bell.cdf(at) for at, edge in zip(bounds, (0.0, 1.0), strict=True))
    if not first < last:
        raise ValueError("some of it within the parameter's bounds")

    def quantile(shares: Draws) -> Draws:
        within = np.clip(first + shares * (last - first), 1e-16, 1 - 1e-16)
        return np.array([bell.inv_cdf(share) for share in within.tolist()])

    return _between(mean, quantile)


def observed(*values: float) -> Distribution:
    """Values that were observed, each as likely as any other; their median stands for them."""
    if not 2 <= len(values) <= MOST_OBSERVED:
        raise ValueError(f"2 to {MOST_OBSERVED:,} values")
    ordered = np.sort(np.asarray(values, dtype=np.float64))

    def quantile(shares: Draws) -> Draws:
        return ordered[np.minimum((shares * len(ordered)).astype(np.int64), len(ordered) - 1)]

    return _between(median(values), quantile)


def _between(mode: float, quantile: Callable[[Draws], Draws]) -> Distribution:
    low, high = quantile(np.array(_CENTRAL)).tolist()
    return Distribution(mode, min(low, mode), max(high, mode), "5th to 95th percentile", quantile)


_FORMS = "LO:MODE:HI, uniform(LO, HI), normal(MEAN, DEVIATION) or observed(V1, V2, …), each with ~ OTHER RANK_CORRELATION behind it"
_MAKERS: Mapping[str, tuple[Callable[..., Distribution], int | None]] = {
    "triangular": (triangular, 3), "uniform": (uniform, 2), "normal": (normal, 2), "observed": (observed, None),
}  # fmt: skip


def parsed(text: str, bounds: tuple[float | None, float | None] = (None, None)) -> Distribution:
    """The distribution that a text names, within the bounds of its parameter.

    Raises ValueError, which says what was expected, for any other text.
    """
    kind, *others = text.split("~")
    match = re.fullmatch(r"([a-z]*)\((.*)\)", kind.strip(), re.DOTALL)
    name, inner = (match[1], match[2].split(",")) if match else ("triangular", kind.split(":"))
    if name not in _MAKERS:
        raise ValueError(_FORMS)
    make, count = _MAKERS[name]
    if not all(re.fullmatch(_NUMBER, part.strip(), re.ASCII) for part in inner) or count not in (None, len(inner)):
        raise ValueError(_FORMS)
    numbers = [float(part) for part in inner]
    if not np.isfinite(numbers).all():
        raise ValueError(_FORMS)
    distribution = make(*numbers, bounds) if make is normal else make(*numbers)
    return replace(distribution, ranks=tuple(map(_rank, others)))


def _rank(text: str) -> tuple[str, float]:
    match = re.fullmatch(rf"(\w+)\s+({_NUMBER})", text.strip(), re.ASCII)
    if match is None or not -1 <= float(match[2]) <= 1:
        raise ValueError("~ NAME R behind it, with a rank correlation R from −1 to 1")
    return match[1], float(match[2])


def correlated(draws: Mapping[str, Draws], ranks: Mapping[tuple[str, str], float], seed: int) -> dict[str, Draws]:
    """Draws put into an order in which they have the rank correlations given by pairs of names; each keeps its values.

    Raises BadInput for correlations that contradict each other.
    """
    if not ranks:
        return dict(draws)
    names = sorted({name for pair in ranks for name in pair})
    matrix = np.eye(len(names))
    for (one, other), rank in ranks.items():
        place, beside = names.index(one), names.index(other)
        matrix[place, beside] = matrix[beside, place] = 2 * np.sin(
            np.pi * rank / 6
        )  # of the normals that have this rank
    roots, vectors = np.linalg.eigh(matrix)
    if roots.min() < -1e-9:
        raise BadInput(
            f"the rank correlations between {', '.join(names)} contradict each other; expected ones that can hold at once"
        )
    count = len(next(iter(draws.values())))
    mixed = np.random.default_rng([seed, 1]).standard_normal((count, len(names))) @ (vectors * np.sqrt(roots.clip(0))).T
    ordered = dict(draws)
    for place, name in enumerate(names):
        ordered[name] = np.sort(draws[name])[np.argsort(np.argsort(mixed[:, place], kind="stable"), kind="stable")]
    return ordered


def pairs(named: Mapping[str, Sequence[tuple[str, float]]]) -> dict[tuple[str, str], float]:
    """The correlations of some names as pairs, each once. Raises BadInput for a pair with two correlations, or of one name."""
    correlations: dict[tuple[str, str], float] = {}
    for name, others in named.items():
        for other, rank in others:
            one, two = sorted((name, other))
            if one == two or correlations.setdefault((one, two), rank) != rank:
                raise BadInput(f"rank correlation of {name} with {other}; expected one number for each two parameters")
    return correlations
