"""How a number is printed: one place, so that prose, chart, table and alternative text agree.

`casefile/site/static/formats.js` prints the same in the browser; a test holds the two equal.
"""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal

from casefile.records import Unit

MINUS = "\N{MINUS SIGN}"
NO_RANGE = "the same"  # as the value: what it rests on is set, or cannot move it
# A size and its direction: words for above zero, below it, and for what prints as nothing.
DIRECTIONS = {
    "change": ("up {}", "down {}", "unchanged"),
    "lead": ("{} ahead", "{} behind", "level"),
    "against": ("{} above", "{} below", "level with"),
}
MULTIPLE = "\N{MULTIPLICATION SIGN}"  # the unit of how many times one quantity holds another
TIMES, BARE = "times", "bare"  # a multiple in words, `4.2 times`, and its number alone, for `1 to 4.2 times`
SPELLED = "words"  # a small count as a newspaper has it: `three` suits
SIZES = ("size", SPELLED, *DIRECTIONS)
_BELOW_TEN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SCALES = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MONTHS = (  # the system's own may speak another language
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# How sure a source is of a number, by the words that its printed form begins with: what is said for them.
_QUALIFIERS = (
    ("more than", "more than|over|in excess of"), ("at least", "at least"), ("less than", "less than|under|below"), ("up to", "up to"),
    ("nearly", "nearly|almost"), ("about", "about|around|roughly|approximately|some"), ("probably about", "probably"),
)  # fmt: skip
_EPOCH = datetime.date(1970, 1, 1)
_EXACT = Context(prec=400)  # every digit of the largest double, and decimals


def day_number(date: str) -> int:
    """Days from 1 January 1970 to an ISO date; a year or a month alone stands for its first day."""
    parts = [int(part) for part in date.split("-")]
    return (datetime.date(*[*parts, 1, 1][:3]) - _EPOCH).days


def day(date: str) -> str:
    """An ISO date in words that no line parts: `4 June 2024`, `June 2024`, `2024`; any other text, or no day, as it is."""
    if not re.fullmatch(r"\d{4}(-\d\d){1,2}", date, re.ASCII):
        return date
    year, month, *days = (int(part) for part in date.split("-"))
    try:
        datetime.date(year, month, *(days or [1]))
    except ValueError:
        return date
    return "\N{NO-BREAK SPACE}".join([*map(str, days), MONTHS[month - 1], str(year)])


def in_words(text: str) -> str:
    """A text for readers: names of series in words, `closing_prices` as closing prices, days as they are said."""
    text = re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda match: day(match[0]), text)
    return re.sub(r"\b[a-z]+(?:_[a-z0-9]+)+\b", lambda match: match[0].replace("_", " "), text)


def with_apostrophes(text: str) -> str:
    """A text with the apostrophes, within and after words, that print has."""
    return re.sub(r"(?<=\w)'", "’", text)


def typographic(text: str) -> str:
    """A text with the apostrophes and the quotes that print has."""
    return re.sub(r'(?<![\w.,;:!?)…])"(?=\S)', "“", with_apostrophes(text)).replace('"', "”")


def fixed(value: float, digits: int) -> str:
    """`value` with `digits` decimals, halves away from zero, thousands grouped, no trailing zeros, no minus sign.

    Rounds the exact binary value, as JavaScript's `toFixed` does.
    """
    rounded = abs(Decimal(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_EXACT)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    mantissa = fixed(value / 10.0**exponent, digits)
    if mantissa == "10":
        mantissa, exponent = "1", exponent + 1
    return f"{mantissa} × 10{str(exponent).translate(_SUPERSCRIPTS)}"


def _significant(value: float, count: int) -> float:
    """A value to its first `count` digits, halves away from zero on the exact binary value, as `toPrecision` does."""
    if value == 0:
        return 0.0
    exact = Decimal(value)
    step = Decimal(1).scaleb(exact.adjusted() + 1 - count)
    return float(exact.quantize(step, rounding=ROUND_HALF_UP, context=_EXACT))


def _scaled(value: float, digits: int) -> str:
    for scale, word in _SCALES:
        if abs(value) >= scale * (1 - 5e-7):
            return fixed(value / scale, 2) + word
    return fixed(value, digits)


def _date(value: float) -> str:
    day = _EPOCH + datetime.timedelta(days=round(value))
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def date(iso: str) -> str:
    """An ISO date in words, as exact as it is: `4 June 2024`, `December 2023`, `2024`."""
    year, *rest = iso.split("-")
    words = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*words, *([MONTHS[int(rest[0]) - 1]] if rest else []), year])


def short_date(iso: str) -> str:
    """An ISO date in short words, for a chart: `4 Jun 2024`, `Dec 2023`, `2024`."""
    return " ".join(word[:3] if word.isalpha() else word for word in date(iso).split(" "))


def printed(value: float | None, unit: Unit, digits: int | None = None) -> str:
    """A value in words and digits: `$500 million`, `12,000`, `12.1%`, `2.1 × 10²⁵ FLOP`, `3 November 2023`.

    `digits` overrides the decimals of the unit's row; below zero it says how many digits in all are worth printing: -2
    prints $107.1 million as $110 million. None and NaN print as "not known".
    """
    if value is None or math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "without limit"
    decimals = unit.digits if digits is None else digits
    if unit.style == "date":
        return _date(value)
    shown = value * 100 if unit.style == "percent" else value
    if decimals < 0 and unit.style == "scientific":
        decimals = -decimals - 1
    elif decimals < 0:
        shown = _significant(shown, -decimals)
        decimals = max(0, -decimals - 1 - Decimal(shown).adjusted()) if shown else 0
    if unit.style in ("money", "number"):
        text = _scaled(shown, decimals)
    elif unit.style == "scientific":
        text = _scientific(abs(shown), decimals)
    else:
        text = fixed(shown, decimals)
    sign = MINUS if value < 0 and any(mark in "123456789" for mark in text) else ""
    return f"{sign}{unit.prefix}{text}{unit.suffix}"


def directed(value: float | None, unit: Unit, part: str, digits: int | None = None) -> str:
    """A difference as a size with its direction in words, by `part`: `down 55.1%` or `5.1 points behind`; `size` has none.

    By the part `words`, a value that prints as a whole number below ten is that number spelled.
    """
    if value is None or math.isnan(value):
        return "not known"
    if part == SPELLED:
        text = printed(value, unit, digits)
        return _BELOW_TEN[int(text)] if len(text) == 1 and text in "0123456789" else text
    size = printed(abs(value), unit, digits)
    if part not in DIRECTIONS:
        return size
    above, below, level = DIRECTIONS[part]
    if not any(mark in "123456789" for mark in size):
        return level
    return (above if value > 0 else below).format(size)


def multiple(value: float | None, unit: Unit, part: str, digits: int | None = None) -> str:
    """A multiple as prose has it, by `part`: `4.2 times`, or `4.2` where the word stands further on."""
    if value is None or math.isnan(value):
        return "not known"
    number = printed(value, unit, digits).removesuffix(unit.suffix)
    return f"{number} times" if part == TIMES else number


def printed_range(low: float | None, high: float | None, unit: Unit, digits: int | None = None) -> str:
    """Two bounds as `LOW to HIGH`, once where they print alike; one bound alone as `at least LOW` or `at most HIGH`."""
    if low is None and high is None:
        return "not known"
    if high is None:
        return f"at least {printed(low, unit, digits)}"
    if low is None:
        return f"at most {printed(high, unit, digits)}"
    ends = dict.fromkeys((printed(low, unit, digits), printed(high, unit, digits)))
    return " to ".join(ends)


def qualifier(printed: str, value: float, low: float | None, high: float | None) -> str:
    """What a source puts before a number, `more than` or `about`: by its words, or by a value that is its only bound."""
    for qualified, words in _QUALIFIERS:
        if re.match(rf"(?:{words})\b", printed, re.IGNORECASE):
            return qualified
    if (low, high) in ((value, None), (None, value)):
        return "at least" if high is None else "at most"
    return ""


def age(published: str, reference: str) -> str:
    """How long before or after an ISO date something was published, in words; dates may lack their day or month."""
    if not published:
        return "undated"
    shared = min(len(published), len(reference))
    if published[:shared] == reference[:shared]:
        return {4: "the same year", 7: "the same month"}.get(shared, "the same day")
    days = day_number(published) - day_number(reference)
    count, unit = abs(days), "day"
    for size, longer, least in ((30.4375, "month", 60), (365.25, "year", 730)):
        if abs(days) >= least:
            count, unit = round(abs(days) / size), longer
    about = "" if len(published) >= len(reference) else "about "
    return f"{about}{count} {unit}{'' if count == 1 else 's'} {'before' if days < 0 else 'after'}"


def file_size(size: int) -> str:
    """A file's size as readers are told it, in two digits or so, for each page says it: `640 kB`, `1.6 MB`."""
    kilobytes = max(1, round(size / 1000))
    kilobytes = round(kilobytes, -1) if kilobytes >= 10 else kilobytes
    return f"{kilobytes} kB" if kilobytes < 1000 else f"{size / 1_000_000:.1f} MB"
