"""Numerals in a text: where they stand, what number one reads as, and whether it is a given value as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.figures import formats

_SUPERSCRIPTS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
NUMERAL = re.compile(rf"\d+(?:[.,\N{{NO-BREAK SPACE}}]\d+)*|[{_SUPERSCRIPTS}]+")
_READ = re.compile(
    rf"(?P<sign>[-{formats.MINUS}])?\s*[$€¥]?(?P<digits>\d[\d,]*(?:\.(?P<decimals>\d+))?)(?:e(?P<exponent>[+-]?\d+))?"
    r"\s*(?P<scale>%|k|m|bn|M|B|G|T|thousand|million|billion|trillion)?(?![\w.,]*\d)"
)
_POWER = re.compile(rf"10(⁻?[{_SUPERSCRIPTS[1:]}]+)")
_PLAIN = str.maketrans(_SUPERSCRIPTS, "-0123456789")
_SCALES = {
    "": 1.0, "%": 1e-2, "k": 1e3, "thousand": 1e3, "m": 1e6, "M": 1e6, "million": 1e6, "bn": 1e9, "B": 1e9, "G": 1e9,
    "billion": 1e9, "T": 1e12, "trillion": 1e12,
}  # fmt: skip
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def plain(text: str) -> str:
    """A text with single spaces and straight quotation marks, as all texts are compared here."""
    return " ".join((text if text.isascii() else text.translate(_STRAIGHT)).split())


def numeral_count(text: str) -> int:
    """How many numerals a text holds."""
    return len(NUMERAL.findall(text))


def last(text: str) -> str:
    """The last numeral of a text; empty without one."""
    return next(reversed(NUMERAL.findall(text)), "")


def around(text: str) -> Iterator[str]:
    """Each numeral of a text with the words around it."""
    for numeral in NUMERAL.finditer(text):
        yield text[max(0, numeral.start() - 40) : numeral.end() + 30]


def read(text: str) -> tuple[float, float] | None:
    """The number that the first numeral of a text reads as, and half a unit of its last digit; None without one.

    `$1.5bn` reads as 1.5e9, give or take 0.05e9; `10²⁴` as 1e24.
    """
    if power := _POWER.search(text):
        return float(f"1e{power.group(1).translate(_PLAIN)}"), 0.0
    numeral = _READ.search(text)
    if numeral is None:
        return None
    scale = _SCALES[numeral["scale"] or ""] * float(f"1e{numeral['exponent'] or 0}")
    value = float(numeral["digits"].replace(",", "")) * scale
    return -value if numeral["sign"] else value, 0.5 * 10.0 ** -len(numeral["decimals"] or "") * scale


def agrees(text: str, value: float) -> bool:
    """Whether a text's one numeral is `value`, as precisely as it is printed."""
    number = read(text)
    return number is not None and abs(number[0] - value) <= number[1] * (1 + 1e-9) + 1e-12 * abs(value)
