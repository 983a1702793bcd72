"""Lines of text in pictures that are drawn without a browser: how wide letters are, and which the pictures' font has."""

from __future__ import annotations

import unicodedata

# Widths of letters in hundredths of the font's size, rounded up: whole numbers, which add up exactly in any order.
_WIDTHS = {**dict.fromkeys("iljtfI.,:;'’‘!|() ", 34), **dict.fromkeys("mwMWOQ@%—", 92)}
_CAPITAL, _OTHER, _WIDE = 70, 58, 100
# The first words of the names that Unicode gives to the letters of the font.
_SCRIPTS = frozenset((
    "LATIN", "GREEK", "COPTIC", "CYRILLIC", "HEBREW", "MODIFIER", "CARON", "FEMININE", "MASCULINE", "MICRO",
))  # fmt: skip


def wrapped(text: str, size: float, width: float) -> list[str]:
    """A text in lines that keep within `width` in letters of `size`; what has no spaces ends a line at any letter."""
    lines: list[str] = []
    room, taken = 100 * width / size, 0  # what the last line has taken of it
    for word in text.split():
        longer = taken + _width(f" {word}")
        if lines and longer <= room:
            lines[-1], taken = f"{lines[-1]} {word}", longer
            continue
        lines.append("")
        taken = 0
        for letter in word:
            if taken and taken + _width(letter) > room:
                lines.append("")
                taken = 0
            lines[-1] += letter
            taken += _width(letter)
    return lines


def drawable(text: str) -> bool:
    """Whether the pictures' font has the letters of a text: it knows the scripts of Europe and the Hebrew one."""
    return all(
        unicodedata.name(letter, "").split(" ")[0] in _SCRIPTS
        for letter in set(text)
        if unicodedata.category(letter)[0] == "L"
    )


def _width(text: str) -> int:
    return sum(
        _WIDTHS.get(
            letter, _WIDE if unicodedata.east_asian_width(letter) in "WF" else _CAPITAL if letter.isupper() else _OTHER
        )
        for letter in text
    )
