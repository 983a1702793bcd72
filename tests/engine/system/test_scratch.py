"""Folders to work in: gone afterwards, cleared away after the dead, left alone while somebody works in them."""

from __future__ import annotations

import errno
import fcntl
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casefile.system import scratch

WORKS = """
import sys, time
from pathlib import Path
from casefile.system import scratch
with scratch.temporary_directory(Path(sys.argv[1])) as made:
    (made / "half").write_text("half")
    print(made, flush=True)
    time.sleep(60)
"""


def test_a_folder_is_gone_afterwards_also_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), scratch.temporary_directory(tmp_path) as made:
        (made / "sub").mkdir()
        (made / "missing").read_text()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_one_at_work_is_left_alone_and_that_of_one_killed_is_cleared_away(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WORKS, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        with scratch.temporary_directory(tmp_path) as mine:
            assert theirs != mine
            assert (theirs / "half").is_file()
        other.send_signal(signal.SIGKILL)
    assert (theirs / "half").is_file()
    with scratch.temporary_directory(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]


def test_a_lock_is_held_by_one_at_a_time_and_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    with scratch.locked(tmp_path) as first, scratch.locked(tmp_path) as second:
        assert (first, second) == (True, False)
    with scratch.locked(tmp_path) as again, scratch.locked(tmp_path / "nowhere") as none:
        assert (again, none) == (True, None)
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks_nobody_is_told_that_one_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with scratch.locked(tmp_path) as mine:
        assert mine is None
    with scratch.temporary_directory(tmp_path) as made:
        assert list(tmp_path.iterdir()) == [made]
    assert list(tmp_path.iterdir()) == []
