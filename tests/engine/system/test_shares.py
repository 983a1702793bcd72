"""Work shared with forks: it comes back in order, and what goes wrong in one of them is said as if it had gone wrong here."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from casefile.errors import BadInput
from casefile.system import shares
from casefile.system.processes import ProcessFailed


def test_shares_are_about_equal_and_the_same_each_time() -> None:
    parts = shares.split([3, 9, 1, 4, 5], float, 2)
    assert parts == [[9, 3], [5, 4, 1]] == shares.split([3, 9, 1, 4, 5], float, 2)
    assert shares.split([7], float, 4) == [[7]]
    assert shares.split([], float, 2) == []


def test_each_share_is_worked_out_in_its_order_and_but_for_the_first_in_other_processes() -> None:
    worked = shares.worked_out(lambda share: (sum(share), os.getpid()), [[1, 2], [3], [4]], "the work", 20)
    assert [total for total, _ in worked] == [3, 3, 4]
    assert worked[0][1] == os.getpid() and len({process for _, process in worked}) == 3


def _refused_below_zero(share: list[int]) -> int:
    if min(share) < 0:
        raise BadInput(f"{min(share)}: below zero")
    return sum(share)


@pytest.mark.parametrize("parts", [[[-1], [2]], [[1], [-1]]], ids=["here", "in a fork"])
def test_what_is_refused_in_a_share_is_refused(parts: list[list[int]]) -> None:
    with pytest.raises(BadInput, match="-1: below zero"):
        shares.worked_out(_refused_below_zero, parts, "the work", 20)


def _killed_at_two(share: list[int]) -> None:
    if share == [2]:
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_fork_that_is_killed_is_named_by_its_work() -> None:
    with pytest.raises(ProcessFailed) as caught:
        shares.worked_out(_killed_at_two, [[1], [2]], "the work", 20)
    assert str(caught.value) == (
        "the work: its process was ended by signal 9 (SIGKILL); run the same command again, which goes on from what is finished"
    )


def test_a_fork_that_hangs_is_ended_and_said_to_hang(tmp_path: Path) -> None:
    def for_ever_at_two(share: list[int]) -> None:
        while share == [2]:
            (tmp_path / "process").write_text(str(os.getpid()))
            time.sleep(60)

    with pytest.raises(ProcessFailed, match=r"the work: took longer than 1 s and was stopped"):
        shares.worked_out(for_ever_at_two, [[1], [2]], "the work", 1)
    with pytest.raises(ProcessLookupError):  # it is ended, and was waited for
        os.kill(int((tmp_path / "process").read_text()), 0)
