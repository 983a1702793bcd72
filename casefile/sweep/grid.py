"""The scenarios of a sweep: every combination of the values that some parameters take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from casefile.errors import MOST_SHOWN, BadInput, nearest, shown
from casefile.figures import formats
from casefile.notebook import parameters
from casefile.records import Declaration

GridColumn = npt.NDArray[Any]
_MOST_WHOLE = 1 << 53  # beyond it whole numbers are no longer told apart as floats
_NEAR = 1000  # other counts that are tried, before none is named


@dataclass(frozen=True)
class EvenlySpaced(Sequence[parameters.Value]):
    """`length` values from `low` to `high`, worked out when asked for, however many; dates as days from 1 January 1970."""

    type: str
    low: float
    high: float
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, place: int) -> parameters.Value: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[parameters.Value]: ...
    def __getitem__(self, place: int | slice) -> parameters.Value | Sequence[parameters.Value]:
        places = range(self.length)[place]
        if isinstance(places, range):
            return tuple(self.at(np.asarray(places, dtype=np.int64)).tolist())
        value: parameters.Value = self.at(np.array([places])).tolist()[0]
        return value

    def __str__(self) -> str:
        low, high = self[0], self[-1]
        return f"{low}:{high}:{self.length}"

    @property
    def step(self) -> float:
        """What lies between two values."""
        span, steps = self.high - self.low, self.length - 1
        return span / steps if self.type == "number" else span // steps

    def at(self, places: GridColumn) -> GridColumn:
        """The values at some places, in the type of the parameter."""
        values = np.where(places == self.length - 1, self.high, places * self.step + self.low)
        if self.type == "number":
            return values
        whole = values.astype(np.int64)
        return np.datetime_as_string(whole.astype("datetime64[D]")) if self.type == "date" else whole

    def nearest(self, value: float) -> int:
        """The place of the value nearest to a number, or to a date's day."""
        place = math.ceil((value - self.low) / self.step - 0.5)  # of two as near, the first
        return min(max(place, 0), self.length - 1)


Values = tuple[parameters.Value, ...] | EvenlySpaced


@dataclass(frozen=True)
class Grid:
    """The scenarios: every combination of the values of each parameter, the last parameter varying fastest."""

    values: Mapping[str, Values]

    def __len__(self) -> int:
        return math.prod(len(values) for values in self.values.values())

    def scenario(self, number: int) -> dict[str, parameters.Value]:
        """The parameters of one scenario."""
        overrides = {}
        for name, values in reversed(list(self.values.items())):
            number, position = divmod(number, len(values))
            overrides[name] = values[position]
        return {name: overrides[name] for name in self.values}

    def block(self, numbers: range) -> dict[str, GridColumn]:
        """The values of each parameter in the scenarios of these numbers."""
        rest = np.arange(numbers.start, numbers.stop, numbers.step, dtype=np.int64)
        columns = {}
        for name, values in reversed(list(self.values.items())):
            whole = rest // len(values)  # by one number NumPy divides fast, which `divmod` does not
            rest, position = whole, rest - whole * len(values)
            columns[name] = values.at(position) if isinstance(values, EvenlySpaced) else np.asarray(values)[position]
        return {name: columns[name] for name in self.values}

    def line(self, name: str, declared: Mapping[str, Declaration]) -> range:
        """The scenarios along one parameter, every other as near to its default as the grid has it."""
        start, stride, step = 0, 1, 0
        for other, values in reversed(list(self.values.items())):
            if other == name:
                step = stride
            else:
                start += stride * nearest_value(values, declared[other])
            stride *= len(values)
        return range(start, start + step * len(self.values[name]), step)


def axis_position(row: Declaration, value: parameters.Value) -> float | None:
    """A value on the axis of its parameter: a number itself, the day of a date; None for a choice."""
    if row.type in ("integer", "number"):
        return float(value)
    return float(formats.day_number(str(value))) if row.type == "date" else None


def nearest_value(values: Sequence[parameters.Value], row: Declaration) -> int:
    """The place of the value nearest to a parameter's default: the first one where there is no such thing."""
    default = parameters.default(row)
    wanted = axis_position(row, default)
    if wanted is None:
        return values.index(default) if default in values else 0
    if isinstance(values, EvenlySpaced):
        return values.nearest(wanted)
    return min(range(len(values)), key=lambda place: abs((axis_position(row, values[place]) or 0.0) - wanted))


def grid(declared: Mapping[str, Declaration], chapter: str, vary: Iterable[str], most: int) -> Grid:
    """The grid that `NAME=V1,V2` and `NAME=LO:HI:N` describe, every value validated.

    `declared` are the parameters by the name they are varied under: `NAME` for the chapter's own, which may also be
    written `CHAPTER.NAME`, and `OTHER.NAME` for those of the chapters that it reads.
    Raises BadInput for a wrong name or value, and for a grid of more than `most` scenarios, saying how large it is.
    """
    wanted: dict[str, str] = {}
    for text in vary:
        name, equals, values = text.partition("=")
        if not equals or not values:
            raise BadInput(f"--vary {shown(text)}: expected NAME=V1,V2 or NAME=LO:HI:N")
        name = name.removeprefix(f"{chapter}.") if chapter else name
        if name not in declared:
            raise BadInput(f"{chapter or 'the book'}: unknown parameter {shown(name)}; {nearest(name, declared)}")
        if name in wanted:
            raise BadInput(f"--vary {shown(text)}: {name} is varied twice; expected each name once")
        wanted[name] = values
    if not wanted:
        raise BadInput("a sweep varies something; expected --vary NAME=V1,V2 or NAME=LO:HI:N")
    size = math.prod(_count(name, text) for name, text in wanted.items())
    if size > most:
        raise BadInput(f"this grid has {size:,} scenarios; expected at most {most:,}")
    return Grid(
        {name: _values(declared[name], f"--vary {name}={text[:MOST_SHOWN]}", text) for name, text in wanted.items()}
    )


def _count(name: str, text: str) -> int:
    if ":" not in text:
        return text.count(",") + 1
    count = text.rpartition(":")[2]
    if text.count(":") != 2 or not re.fullmatch(r"[0-9]{1,18}", count) or int(count) < 2:
        raise BadInput(f"--vary {name}={text[:MOST_SHOWN]}: expected LO:HI:N with N of at least 2")
    return int(count)


def _values(row: Declaration, where: str, text: str) -> Values:
    if ":" not in text:
        values = tuple(parameters.from_text(row, value) for value in text.split(","))
        if len(set(values)) != len(values):
            raise BadInput(f"{where}: expected each value once")
        return values
    if row.type not in ("integer", "number", "date") or row.choices:
        raise BadInput(f"{where}: LO:HI:N is for numbers and dates; expected a list V1,V2 of {row.type} values")
    first, last, count = text.split(":")
    low, high = parameters.from_text(row, first), parameters.from_text(row, last)
    if not low < high:  # type: ignore[operator]
        raise BadInput(f"{where}: expected LO below HI")
    if row.type == "number":
        return _spaced(EvenlySpaced("number", float(low), float(high), int(count)), where)
    return _whole(row, where, low, high, int(count))


def _spaced(values: EvenlySpaced, where: str) -> EvenlySpaced:
    if not math.isfinite(values.step) or not values.low < values[1] or not values[-2] < values.high:  # type: ignore[operator]
        raise BadInput(f"{where}: expected numbers that can be divided evenly")
    return values


def _whole(row: Declaration, where: str, low: parameters.Value, high: parameters.Value, count: int) -> EvenlySpaced:
    """Whole numbers or days, evenly spaced. Raises BadInput where that many do not fall on whole ones."""
    first, last = (formats.day_number(str(value)) if row.type == "date" else int(value) for value in (low, high))
    if max(abs(first), abs(last)) > _MOST_WHOLE:
        raise BadInput(f"{where}: expected numbers that can be divided evenly")
    span, steps = last - first, count - 1
    if span % steps:
        below = next((other for other in range(steps, max(steps - _NEAR, 0), -1) if span % other == 0), None)
        above = next((other for other in range(steps, steps + _NEAR) if span % other == 0), None)
        fitting = " or ".join(f"{other + 1:,}" for other in (below, above) if other is not None)
        expected = f"N of {fitting}" if fitting else f"N − 1 to divide {span:,}"
        kind = "days" if row.type == "date" else "numbers"
        raise BadInput(f"{where}: {steps:,} equal steps do not fall on whole {kind}; expected {expected}")
    return EvenlySpaced(row.type, first, last, count)
