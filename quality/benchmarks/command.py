"""A command as its user runs it: how long it took, and the most memory it and all it started held at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Ran:
    """Seconds on the clock; bytes of memory at the peak (proportional share where the system tells it)."""

    seconds: float
    peak: int


def python(*words: str | Path) -> list[str]:
    """A command of this environment's Python: `python("papermill", …)` is `python -m papermill …`."""
    return [sys.executable, "-m", *map(str, words)]


def run(command: Sequence[str], folder: Path, **environment: str) -> Ran:
    """Run a command in a folder to its end. Raises RuntimeError with what it said last when it fails."""
    plain: Mapping[str, str] = {
        key: value for key, value in os.environ.items()
        if not key.startswith("CASEFILE_") and key != "PYTHONDONTWRITEBYTECODE"
    }  # fmt: skip
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env={**plain, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        peaks = [0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks), daemon=True)
        watcher.start()
        said, _ = process.communicate()
        seconds = time.perf_counter() - started
        watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[2:])}: {said[-3000:].decode(errors='replace')}")
    return Ran(seconds, peaks[0])


def _watch(pid: int, peaks: list[int]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            held = 0
            for process in [root, *root.children(recursive=True)]:
                try:
                    held += getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss
                except psutil.Error:
                    continue
            peaks[0] = max(peaks[0], held)
            time.sleep(0.2)
    except psutil.Error:
        return
