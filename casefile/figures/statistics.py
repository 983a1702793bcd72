"""Plain statistics over the rows of a series: what a computed figure names as its function."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd


def count(rows: Collection[object]) -> int:
    """How many rows, or values, there are."""
    return len(rows)


def median(values: Iterable[float]) -> float | None:
    """The middle of the values in their unit, the mean of the two middle ones for an even number; None without values.

    Method: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.1.
    """
    ordered = sorted(float(value) for value in values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def largest(values: Iterable[float]) -> float | None:
    """The largest of the values, in their unit; None without values."""
    return max((float(value) for value in values), default=None)


def days_between(starts: Iterable[str], ends: Iterable[str]) -> list[int]:
    """Days from each ISO date to the one beside it. Raises ValueError when the two differ in length."""
    return [
        (datetime.date.fromisoformat(end) - datetime.date.fromisoformat(start)).days
        for start, end in zip(starts, ends, strict=True)
    ]


def latest(dates: Iterable[str], on_or_before: str) -> str:
    """The last of the ISO dates that is not after a day; the first of all where every one is after it.

    Raises ValueError without dates.
    """
    ordered = sorted(set(dates))
    if not ordered:
        raise ValueError("no dates; expected at least one")
    return max((date for date in ordered if date <= on_or_before), default=ordered[0])


def outcome(promise: Mapping[str, Any], day: str) -> str:
    """How a dated promise stood on an ISO day: not yet made, still open, lapsed, met in part, met, or not followed.

    `promise` has `said`, `target_latest`, its last `status` on record and the day it `came`, if any. On its last day it is
    still open; what came later than the day is not known on it; where the record stops before that, it is not followed.
    """
    came = promise["came"] if isinstance(promise["came"], str) else ""
    if promise["said"] > day:
        return "not yet made"
    if promise["status"] == "met" and came <= day:
        return "met"
    if promise["target_latest"] >= day:
        return "still open"
    if promise["status"] == "open":
        return "not followed"
    return "met in part" if promise["status"] == "partly" and came <= day else "lapsed"


def repeated(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The rows whose `by` columns agree with those of some other row."""
    return rows[rows.duplicated(by, keep=False)]


def conflicting(rows: pd.DataFrame, by: list[str], value: str) -> pd.DataFrame:
    """The rows that agree with another row in the `by` columns and differ from it in `value`."""
    several = rows.groupby(by)[value].transform("nunique") > 1
    return rows[several]
