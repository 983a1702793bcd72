"""Lines of text in pictures that are drawn without a browser: how wide letters are, and which the pictures' font has."""

from __future__ import annotations

import math
import unicodedata

# Widths of letters in shares of the font's size, rounded up.
_WIDTHS = {**dict.fromkeys("iljtfI.,:;'’‘!|() ", 0.34), **dict.fromkeys("mwMWOQ@%—", 0.92)}
_CAPITAL, _OTHER, _WIDE = 0.7, 0.58, 1.0
# The first words of the names that Unicode gives to the letters of the font.
_SCRIPTS = frozenset((
    "LATIN", "GREEK", "COPTIC", "CYRILLIC", "HEBREW", "MODIFIER", "CARON", "FEMININE", "MASCULINE", "MICRO",
))  # fmt: skip


def wrapped(text: str, size: float, width: float) -> list[str]:
    """A text in lines that keep within `width` in letters of `size`; what has no spaces ends a line at any letter."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer) * size <= width:
            lines[-1] = longer
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and _width(lines[-1] + letter) * size > width:
                lines.append("")
            lines[-1] += letter
    return lines


def drawable(text: str) -> bool:
    """Whether the pictures' font has the letters of a text: it knows the scripts of Europe and the Hebrew one."""
    return all(
        unicodedata.name(letter, "").split(" ")[0] in _SCRIPTS
        for letter in set(text)
        if unicodedata.category(letter)[0] == "L"
    )


def _width(text: str) -> float:
    return math.fsum(
        _WIDTHS.get(
            letter, _WIDE if unicodedata.east_asian_width(letter) in "WF" else _CAPITAL if letter.isupper() else _OTHER
        )
        for letter in text
    )
