"""What can go wrong, said in one line: what, where, and what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CasefileError(Exception):
    """Something the reader of the message can put right; the command line exits 1."""

    exit_code = 1


class BadInput(CasefileError):
    """The input is wrong: a record, a parameter, a file or a name; the command line exits 2."""

    exit_code = 2


class BadRecord(BadInput):
    """A row of `data/` is wrong; the message names file, row, column, value and what was expected."""

    def __init__(self, file: str, row: int | None, column: str | None, value: object, expected: str) -> None:
        where = file + (f", row {row}" if row is not None else "") + (f", column {column}" if column else "")
        shown = "" if value is None else f": {value!r}"
        super().__init__(f"{where}{shown}; expected {expected}")
        self.file, self.row, self.column, self.value, self.expected = file, row, column, value, expected


def nearest(name: str, known: Iterable[str]) -> str:
    """A clause naming the known names closest to `name`, or listing them all when none is close."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    return (
        "known: " + (", ".join(names) if len(names) <= 20 else ", ".join(names[:20]) + ", …")
        if names
        else "none is known"
    )
