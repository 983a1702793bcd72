"""Messages: one line, of bounded length, whatever they are about."""

from __future__ import annotations

import errno

import pytest

from casefile import errors


def nested(depth: int) -> list[object]:
    """A list in a list in a list."""
    made: list[object] = []
    for _ in range(depth):
        made = [made]
    return made


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.4, "0.4"),
        ("a" * 198, f"'{'a' * 198}'"),
        ("a" * 199, f"'{'a' * 198}…"),
        ([0] * 100, f"[{'0, ' * 66}…"),
        (10**5000, "int too long to show"),
        (nested(100_000), "list too long to show"),
    ],
    ids=["number", "text", "long text", "list", "long number", "deep list"],
)
def test_a_value_is_shown_whatever_it_is(value: object, said: str) -> None:
    assert errors.shown(value) == said


def test_what_a_library_says_is_one_line_of_bounded_length() -> None:
    assert errors.of_library(ValueError("line 1:\n  no such\ttag")) == "line 1: no such tag"
    assert errors.of_library("no " * 10**6) == ("no " * 67)[:200]


MAKE_ROOM = "make room, then run the same command again: what was finished before stands"
ALLOW = "allow this user to write there: what stood before still stands"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left", "/out/a"), f"/out/a: No space left; {MAKE_ROOM}"),
        (OSError(errno.EDQUOT, "Quota exceeded"), f"a file: Quota exceeded; {MAKE_ROOM}"),
        (OSError(errno.EACCES, "Permission denied", "/out/a"), f"/out/a: Permission denied; {ALLOW}"),
        (OSError(errno.EPERM, "Not permitted"), "a file: Not permitted"),
        (OSError(errno.EIO, "Input/output error", "/out/a"), "/out/a: Input/output error"),
        (OSError("broken"), "a file: broken"),
    ],
)
def test_what_the_system_refused_is_said_with_what_to_do(error: OSError, said: str) -> None:
    assert errors.of_system(error) == said
