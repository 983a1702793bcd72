"""Work shared between this process and forks of it, which hold already all that it holds.

A fork ends with the process that began it, leaves Ctrl-C to it, and hands back what it worked out, or what it raised.
"""

from __future__ import annotations

import functools
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from casefile.system.processes import (
    AGAIN,
    ProcessFailed,
    end_with_parent,
    ending,
    hung,
    leave_interrupts,
    out_of_reach,
)

_Item = TypeVar("_Item")
_Worked = TypeVar("_Worked")


def split(items: Iterable[_Item], weight: Callable[[_Item], float], count: int) -> list[list[_Item]]:
    """Some items in at most `count` shares of about the same weight; an item's share is the same each time."""
    shares: list[list[_Item]] = [[] for _ in range(max(1, count))]
    weights = [0.0] * len(shares)
    for item in sorted(items, key=weight, reverse=True):
        lightest = weights.index(min(weights))
        shares[lightest].append(item)
        weights[lightest] += weight(item)
    return [share for share in shares if share]


def worked_out(
    function: Callable[[list[_Item]], _Worked], shares: Sequence[list[_Item]], what: str, seconds: float
) -> list[_Worked]:
    """What a function makes of each share, in their order: of the first here, of each other in a fork meanwhile.

    Elsewhere than on Linux, whose libraries bear being forked, all is done here. Raises what the function raises, and
    ProcessFailed for a fork that ends early, or that takes `seconds` longer than this process: `what` is named in it.
    """
    here = shares if sys.platform != "linux" else shares[:1]
    forks: list[_Fork] = []
    try:
        forks += (_Fork(functools.partial(function, share)) for share in shares[len(here) :])
        worked = [function(share) for share in here]
        return [*worked, *(fork.answer(what, seconds) for fork in forks)]
    finally:
        for fork in forks:
            fork.end()


class _Fork:
    """A fork of this process at some work."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._ours, theirs = Pipe(duplex=False)
        sys.stdout.flush()
        sys.stderr.flush()
        with out_of_reach(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # what other threads hold, the work does not ask for
            self._process = os.fork()
            if self._process == 0:
                try:
                    self._ours.close()
                    _serve(work, theirs)
                finally:
                    os._exit(1)
        theirs.close()
        self._ended = False

    def answer(self, what: str, seconds: float) -> Any:
        """What the work comes to."""
        if not self._ours.poll(seconds):
            raise hung(what, seconds)
        try:
            done, worked = pickle.loads(self._ours.recv_bytes())
        except EOFError:
            raise ProcessFailed(f"{what}: its process {ending(self._wait())}; {AGAIN}") from None
        if not done:
            raise worked
        return worked

    def end(self) -> None:
        """End the fork, whatever it does."""
        self._ours.close()
        if not self._ended:
            os.kill(self._process, signal.SIGKILL)
            self._wait()

    def _wait(self) -> int:
        _, status = os.waitpid(self._process, 0)
        self._ended = True
        return os.waitstatus_to_exitcode(status)


def _serve(work: Callable[[], object], asked: Connection) -> None:
    """The life of a fork: it hands back what the work comes to, or what it raised."""
    leave_interrupts()
    end_with_parent()
    try:
        worked = pickle.dumps((True, work()))
    except Exception as error:  # handed to the process that began this
        worked = pickle.dumps((False, error))
    sys.stdout.flush()
    sys.stderr.flush()
    asked.send_bytes(worked)
    os._exit(0)
