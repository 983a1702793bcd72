"""Processes beside this one: how they ended is said, and where nobody counts memory none is limited."""

from __future__ import annotations

import resource
import signal
import sys

import pytest

from casefile.system import processes
from casefile.system.processes import ProcessFailed


def test_what_a_process_works_out_comes_back_and_that_it_was_killed_is_said() -> None:
    with processes.pool(1) as pool:
        assert processes.result(pool.submit(abs, -3), "the work") == 3
        with pytest.raises(ProcessFailed) as caught:
            processes.result(pool.submit(signal.raise_signal, signal.SIGKILL), "the work")
    assert str(caught.value) == (
        "the work: its process was ended from outside, perhaps for want of memory; "
        "run the same command again, which goes on from what is finished"
    )


def test_how_a_process_ended_is_said_in_words() -> None:
    assert processes.ending(-15) == "was ended by signal 15 (SIGTERM)"
    assert processes.ending(3) == "ended itself with code 3"


def test_memory_is_limited_only_where_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    monkeypatch.setattr(sys, "platform", "darwin")
    processes.limit_memory(1 << 40)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
