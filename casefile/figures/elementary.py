"""Exponentials, logarithms and powers to the nearest double, of numbers or of whole columns: one answer on every machine.

NumPy's own differ in the last digit with the processor's instructions, and a C library's with its maker. Here mpmath works
each one out in whole numbers, to more digits than a double has, and it is rounded once. That takes some ten microseconds
each; formulas of sums, products and quotients have no part in it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpmath import libmp

_Column = float | npt.NDArray[np.float64]
_BITS = 100  # a double has 53
_KEPT = 1 << 14


def exp(exponent: _Column) -> _Column:
    """The exponential of a number or of each in an array; overflows and underflows as NumPy's does."""
    return _rounded(np.exp, _exp, exponent)


def log(number: _Column) -> _Column:
    """The natural logarithm; of zero −∞ and of a negative number NaN, as NumPy's."""
    return _rounded(np.log, _log, number)


def power(base: _Column, exponent: _Column) -> _Column:
    """A power with any exponent; of a negative base NaN unless the exponent is whole, as NumPy's."""
    return _rounded(np.power, _power, base, exponent)


def whole_power(base: _Column, exponent: int) -> _Column:
    """A power with a whole exponent above zero, as a product."""
    product = base = base * 1.0  # whole numbers would overflow in silence
    for _ in range(exponent - 1):
        product = product * base
    return product


def _rounded(rough: np.ufunc, exact: Callable[..., float], *arguments: _Column) -> _Column:
    columns = np.broadcast_arrays(*(np.asarray(column, dtype=np.float64) for column in arguments))
    rounded = np.array(rough(*columns))
    plain = np.isfinite(rounded) & (rounded != 0)  # nothing, no number and no end are the same everywhere
    rounded[plain] = [exact(*row) for row in zip(*(column[plain].tolist() for column in columns), strict=True)]
    return rounded[()]


@functools.lru_cache(_KEPT)
def _exp(exponent: float) -> float:
    return _double(libmp.mpf_exp(libmp.from_float(exponent), _BITS))


@functools.lru_cache(_KEPT)
def _log(number: float) -> float:
    return _double(libmp.mpf_log(libmp.from_float(number), _BITS))


@functools.lru_cache(_KEPT)
def _power(base: float, exponent: float) -> float:
    return _double(libmp.mpf_pow(libmp.from_float(base), libmp.from_float(exponent), _BITS))


def _double(number: object) -> float:
    rounded: float = libmp.to_float(number, rnd="n")
    return rounded
