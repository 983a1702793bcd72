"""Folders to work in, gone with whoever works in them: what a killed process left, the next one clears away.

Each is locked for as long as its process lives, so that two at work at once leave each other's alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

TEMPORARY_PREFIX = ".casefile-"


@contextlib.contextmanager
def temporary_directory(parent: Path | None = None) -> Iterator[Path]:
    """A new folder in `parent` (the system's place for temporary files unless given), gone with all in it at the end."""
    parent = parent or Path(tempfile.gettempdir())
    with locked(parent, wait=True):  # nobody clears it away before it is locked
        for left in parent.glob(f"{TEMPORARY_PREFIX}*"):
            with locked(left) as dead:
                if dead:
                    shutil.rmtree(left, ignore_errors=True)
        directory = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=parent))
        held = contextlib.ExitStack()
        held.enter_context(locked(directory))
    try:
        with held:
            yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def locked(path: Path, wait: bool = False) -> Iterator[bool | None]:
    """Hold the lock on a file or folder.

    Yields True while it is held; without it False when another process holds it, and None where there are no such locks.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        yield None
        return
    try:
        yield _taken(handle, wait)
    finally:
        os.close(handle)


def _taken(handle: int, wait: bool) -> bool | None:
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except (ImportError, OSError):  # WebAssembly has no locks, nor have some file systems
        return None
    return True


def write(path: Path, text: str) -> None:
    """Write a text file in one step: no reader ever sees half of it, and what fails leaves what stood there."""
    part = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
