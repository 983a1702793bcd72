"""Processes beside this one: they end with it, they are ended when they hang, and how they ended is said."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any

from casefile.errors import CasefileError

AGAIN = "run the same command again, which goes on from what is finished"


class ProcessFailed(CasefileError):
    """A process beside this one ended early or hung; the message says which, how, and what to do."""


class _Process(SpawnProcess):
    """A new process that Ctrl-C does not reach from its first moment: it is for the one that started it, which ends it."""

    def start(self) -> None:
        with out_of_reach():
            super().start()


class _Context(SpawnContext):
    Process = _Process


context = _Context()


@contextlib.contextmanager
def out_of_reach() -> Iterator[None]:
    """Have the processes that are started meanwhile not stopped, with words of their own, by Ctrl-C."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_interrupts() -> None:
    """In a process that was started out of reach of Ctrl-C: leave it to the one that started this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def pool(count: int, prepare: Callable[..., object] | None = None, *arguments: Any) -> ProcessPoolExecutor:
    """Processes that work side by side and end with this one; each begins with `prepare(*given)`."""
    return ProcessPoolExecutor(count, context, _begin, (prepare, arguments))


def _begin(prepare: Callable[..., object] | None, arguments: tuple[Any, ...]) -> None:
    leave_interrupts()
    end_with_parent()
    if prepare is not None:
        prepare(*arguments)


def end_with_parent() -> None:
    """Have this process end with the one that started it, however that one ends."""
    parent = multiprocessing.parent_process()
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if parent is not None and not parent.is_alive():  # it ended before it could be asked for
            os._exit(1)
    elif parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def stop(pool: ProcessPoolExecutor) -> None:
    """End a pool's processes at once, also those that hang."""
    for process in list((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)


def result(future: Future[Any], what: str) -> Any:
    """What a pool worked out. Raises ProcessFailed when the process that was at it, `what`, is gone."""
    try:
        return future.result()
    except BrokenProcessPool:
        raise ProcessFailed(
            f"{what}: its process was ended from outside, perhaps for want of memory; {AGAIN}"
        ) from None


def hung(what: str, seconds: float) -> ProcessFailed:
    """The error for what has not moved for longer than it may."""
    return ProcessFailed(
        f"{what}: took longer than {seconds:g} s and was stopped; if it needs longer, raise `timeout` under `execute` in "
        f"_config.yml, else {AGAIN}"
    )


def ending(code: int) -> str:
    """How a process ended, from its exit code."""
    if code < 0:
        return f"was ended by signal {-code} ({signal.Signals(-code).name})"
    return f"ended itself with code {code}"


def limit_memory(most: int) -> None:
    """Let this process have `most` bytes of address space beyond what it holds now; only Linux keeps count of it."""
    if sys.platform != "linux":
        return
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (held + most, hard))
