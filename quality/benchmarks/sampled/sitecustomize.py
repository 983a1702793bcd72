"""Has every Python process of a tree note, once in a few milliseconds of its own processor time, what it is doing.

Python imports this by its name when the folder is on `PYTHONPATH`, in each process that a command starts; forks go on by
themselves. Each note is one line of the file that `CASEFILE_SAMPLES` names: process, seconds of processor time since its last
note, the clock, and the calls, outermost first. A long call into C is counted where it was made.
"""

from __future__ import annotations

import atexit
import os
import signal
import time
from types import FrameType

INTERVAL = 0.008  # seconds of processor time
_FRAMES = 120


def _disarm() -> None:
    """Stop the timer: it would end a process that has forgotten its handlers, as Python does before it is gone."""
    signal.setitimer(signal.ITIMER_PROF, 0)


class _Sampler:
    def __init__(self, path: str) -> None:
        self._path = path
        signal.signal(signal.SIGPROF, self._note)
        os.register_at_fork(after_in_child=self.arm)
        atexit.register(_disarm)
        self.arm()

    def arm(self) -> None:
        """Begin, in this process; a fork inherits no timer, and its clock begins at nought."""
        self._told = 0.0
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)

    def _note(self, number: int, frame: FrameType | None) -> None:
        now = time.process_time()
        taken, self._told = now - self._told, now
        calls: list[str] = []
        while frame is not None and len(calls) < _FRAMES:
            code = frame.f_code
            if code.co_filename == "<frozen importlib._bootstrap>":
                if code.co_name == "_find_and_load":
                    calls.append(f"import:{frame.f_locals.get('name')}")
            else:
                calls.append(f"{code.co_filename}:{code.co_name}")
            frame = frame.f_back
        line = f"{os.getpid()}\t{taken:.6f}\t{time.monotonic():.4f}\t{chr(31).join(reversed(calls))}\n"
        try:
            target = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            os.write(target, line.encode("utf-8", "replace"))
            os.close(target)
        except OSError:  # a full disk stops no build
            return


if "CASEFILE_SAMPLES" in os.environ and hasattr(os, "register_at_fork"):
    _Sampler(os.environ["CASEFILE_SAMPLES"])
