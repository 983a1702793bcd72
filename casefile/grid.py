"""The scenarios of a sweep: every combination of the values that some parameters take."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from casefile import parameters
from casefile.errors import MOST_SHOWN, BadInput, nearest, shown
from casefile.records import Declaration

Column = npt.NDArray[Any]


@dataclass(frozen=True)
class Grid:
    """The scenarios: every combination of the values of each parameter, the last parameter varying fastest."""

    values: Mapping[str, tuple[parameters.Value, ...]]

    def __len__(self) -> int:
        return math.prod(len(values) for values in self.values.values())

    def scenario(self, number: int) -> dict[str, parameters.Value]:
        """The parameters of one scenario."""
        found = {}
        for name, values in reversed(list(self.values.items())):
            number, position = divmod(number, len(values))
            found[name] = values[position]
        return {name: found[name] for name in self.values}

    def block(self, start: int, stop: int) -> dict[str, Column]:
        """The values of each parameter in the scenarios from `start` to before `stop`."""
        rest = np.arange(start, stop, dtype=np.int64)
        found = {}
        for name, values in reversed(list(self.values.items())):
            rest, position = np.divmod(rest, len(values))
            found[name] = np.asarray(values)[position]
        return {name: found[name] for name in self.values}

    def line(self, name: str, declared: Mapping[str, Declaration]) -> list[int]:
        """The scenarios along one parameter, every other as near to its default as the grid has it."""
        places = {
            other: range(len(values)) if other == name else [nearest_value(values, parameters.default(declared[other]))]
            for other, values in self.values.items()
        }
        sizes = [len(values) for values in self.values.values()]
        return [int(np.ravel_multi_index(place, sizes)) for place in itertools.product(*places.values())]


def nearest_value(values: Sequence[parameters.Value], default: parameters.Value) -> int:
    """The place of the value nearest to a default: the first one where there is no such thing."""
    if isinstance(default, int | float) and not isinstance(default, bool):
        return min(range(len(values)), key=lambda place: abs(float(values[place]) - float(default)))
    return values.index(default) if default in values else 0


def grid(declared: Mapping[str, Declaration], chapter: str, vary: Iterable[str], most: int) -> Grid:
    """The grid that `NAME=V1,V2` and `NAME=LO:HI:N` describe, every value validated.

    Raises BadInput for a wrong name or value, and for a grid of more than `most` scenarios, saying how large it is.
    """
    wanted: dict[str, str] = {}
    for text in vary:
        name, equals, values = text.partition("=")
        if not equals or not values:
            raise BadInput(f"--vary {shown(text)}: expected NAME=V1,V2 or NAME=LO:HI:N")
        if name not in declared:
            raise BadInput(f"{chapter}: unknown parameter {shown(name)}; {nearest(name, declared)}")
        if name in wanted:
            raise BadInput(f"--vary {shown(text)}: {name} is varied twice; expected each name once")
        wanted[name] = values
    if not wanted:
        raise BadInput("a sweep varies something; expected --vary NAME=V1,V2 or NAME=LO:HI:N")
    size = math.prod(_count(name, text) for name, text in wanted.items())
    if size > most:
        raise BadInput(f"this grid has {size:,} scenarios; expected at most {most:,}")
    return Grid({name: _values(declared[name], text) for name, text in wanted.items()})


def _count(name: str, text: str) -> int:
    if ":" not in text:
        return text.count(",") + 1
    count = text.rpartition(":")[2]
    if text.count(":") != 2 or not re.fullmatch(r"[0-9]{1,18}", count) or int(count) < 2:
        raise BadInput(f"--vary {name}={text[:MOST_SHOWN]}: expected LO:HI:N with N of at least 2")
    return int(count)


def _values(row: Declaration, text: str) -> tuple[parameters.Value, ...]:
    if ":" not in text:
        values = tuple(parameters.from_text(row, value) for value in text.split(","))
        if len(set(values)) != len(values):
            raise BadInput(f"--vary {row.name}={text[:MOST_SHOWN]}: expected each value once")
        return values
    if row.type not in ("integer", "number"):
        raise BadInput(
            f"--vary {row.name}={text[:MOST_SHOWN]}: LO:HI:N is for numbers; expected a list V1,V2 of {row.type} values"
        )
    low, high, count = text.split(":")
    first, last = parameters.from_text(row, low), parameters.from_text(row, high)
    if not first < last:  # type: ignore[operator]
        raise BadInput(f"--vary {row.name}={text[:MOST_SHOWN]}: expected LO below HI")
    try:
        with np.errstate(all="ignore"):  # what overflows is no number, and is refused as such
            numbers = np.linspace(float(first), float(last), int(count)).tolist()
    except OverflowError:
        raise BadInput(f"--vary {row.name}={text[:MOST_SHOWN]}: expected numbers that can be divided evenly") from None
    return tuple(parameters.validate(row, number) for number in numbers)
