"""What can go wrong, said in one line: what, where, and what was expected."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

MOST_SHOWN = 200  # characters of a value
MOST_SAID = 2000  # characters of a message
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what the system says where there is no room


class CasefileError(Exception):
    """Something the reader of the message can put right; the command line exits 1."""

    exit_code = 1
    cell: int | None = None  # of a notebook, where it was raised in one

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class BadInput(CasefileError):
    """The input is wrong: a record, a parameter, a file or a name; the command line exits 2."""

    exit_code = 2


class BadRecord(BadInput):
    """A row of `data/` is wrong; the message names file, row, column, value and what was expected."""

    def __init__(self, file: str, row: int | None, column: str | None, value: object, expected: str) -> None:
        where = (
            file + (f", row {row}" if row is not None else "") + (f", column {column[:MOST_SHOWN]}" if column else "")
        )
        cell = "" if value is None else f": {shown(value)}"
        super().__init__(f"{where}{cell}; expected {expected}")
        self.file, self.row, self.column, self.value, self.expected = file, row, column, value, expected


def one_line(message: str) -> str:
    """A message on one line and of bounded length, without what would move a terminal's cursor or turn its text."""
    line = "".join(sign if sign.isprintable() else " " for sign in message[: MOST_SAID + 1])
    return line if len(line) <= MOST_SAID else line[: MOST_SAID - 1] + "…"


def shown(value: object) -> str:
    """A value as a message shows it, whatever it is: as Python writes it, cut where it is long."""
    try:
        text = repr(value[: MOST_SHOWN + 1] if isinstance(value, str) else value)
    except (ValueError, RecursionError):  # a number of thousands of digits, lists within lists
        return f"{type(value).__name__} too long to show"
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def of_library(error: object) -> str:
    """What a library says of an error, in one line, cut where it is long."""
    return " ".join(str(error)[: 4 * MOST_SHOWN].split())[:MOST_SHOWN]


def of_system(error: OSError) -> str:
    """What the system refused, where, and what to do, in one line."""
    message = f"{error.filename or 'a file'}: {error.strerror or error}"
    if error.errno in FULL:
        return f"{message}; make room, then run the same command again: what was finished before stands"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and error.filename:
        return f"{message}; allow this user to write there: what stood before still stands"
    return message


def closest(wanted: object, candidates: Iterable[str]) -> list[str]:
    """The known names that look like the one wanted, whatever their capitals, at most three, the likest first."""
    folded: dict[str, list[str]] = {}
    for one in sorted(candidates):
        folded.setdefault(one.casefold(), []).append(one)
    text = (wanted[:MOST_SHOWN] if isinstance(wanted, str) else shown(wanted)).casefold()
    like = [text] if text in folded else difflib.get_close_matches(text, folded, n=3, cutoff=0.6)
    return [one for name in like for one in folded[name]][:3]


def nearest(name: object, candidates: Iterable[str]) -> str:
    """A clause naming the known names closest to `name`; when none is close, all of them, or of many the three nearest."""
    names = sorted(candidates)
    if close := closest(name, names):
        return "did you mean " + " or ".join(close) + "?"
    if len(names) > 20:  # too many to read: the likest of them
        return "the nearest are " + ", ".join(difflib.get_close_matches(str(name)[:MOST_SHOWN], names, n=3, cutoff=0.0))
    return "known: " + ", ".join(names) if names else "none is known"
