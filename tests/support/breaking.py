"""The command `casefile` in a process of its own that a test may break, and what is left of it afterwards."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import multiprocessing
import multiprocessing.context
import os
import resource
import shutil
import signal
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from casefile import cli
from casefile.execution import fork
from casefile.figures import pictures
from casefile.site import renderer
from casefile.sweep import workers
from casefile.system import cache, place, processes, progress, scratch

MARK = "CASEFILE_BROKEN"
THOROUGH = bool(os.environ.get("CASEFILE_THOROUGH"))  # as the long run asks, not the tests of every day
LONG = pytest.mark.skipif(not THOROUGH, reason="a part of the long runs: make assurance")
Trap = Callable[[], None]
_marked: list[int] = []  # in a command's process and those forked from it: the file that marks them, open

# Processes that begin with what they would load loaded: what is tested is what they do then.
ready = multiprocessing.get_context("forkserver")
ready.set_forkserver_preload([
    "casefile.book.build", "casefile.cli", "casefile.sweep.sweep", "casefile.system.progress", "papermill", "altair",
    "frictionless", "pint", "casefile.notebook.chapter", "casefile.execution.rehearsal", "ipykernel.zmqshell",
    "IPython.core.history", *renderer.LOADED_AHEAD,
])  # fmt: skip


class _Forked(multiprocessing.context.ForkProcess):
    """A process beside a command that begins as a fork of it, loaded as it is; also as the one that `subprocess` starts."""

    def start(self) -> None:
        with processes.out_of_reach():
            super().start()

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self) -> None:
        self.join()


class _Forking(multiprocessing.context.ForkContext):
    Process = _Forked


def _warm_parent(control: int, words: Sequence[str]) -> _Forked:
    """Stands for `fork._started`."""
    parent = _Forked(target=_serve, args=(control, words), daemon=True)
    parent.start()
    return parent


def _serve(control: int, words: Sequence[str]) -> None:
    """Serve as warm parent with no more of the command's open files than one that is started has, and the mark."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    parent = multiprocessing.parent_process()
    kept = {0, 1, 2, control, _marked[0], parent.sentinel if parent else control}
    for path in list(Path("/proc/self/fd").iterdir()):
        if int(path.name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(path.name))
    os.chdir(os.sep)
    fork.serve_notebooks([str(control), *words])


def rounds(daily: Sequence[Any], more: Sequence[Any]) -> list[Any]:
    """What a test of every day goes through, and what the long run goes through besides."""
    return [*daily, *(more if THOROUGH else ())]


class Command:
    """`casefile WORDS` in a story's folder, begun at once; `trap` runs in its process first, and lays what breaks it."""

    def __init__(self, root: Path, *words: str, trap: Trap | None = None) -> None:
        self.said = root.parent / f"said-{uuid.uuid4().hex}"  # a story may be one that can only be read
        self.mark = uuid.uuid4().hex
        self.process = ready.Process(target=_command, args=(root, words, self.said, self.mark, trap))
        self.process.start()

    def ended(self, within: float = 120) -> int:
        """The exit code, once it has ended; negative for a signal."""
        self.process.join(within)
        code = self.process.exitcode
        if code is None:
            self.kill()
            raise AssertionError(f"it went on for more than {within} s: {self.lines()}")
        return code

    def kill(self, group: bool = False) -> None:
        """Kill the process, alone or with its group, as a closed terminal or the system would."""
        assert self.process.pid is not None
        if self.process.is_alive():
            (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)
        self.process.join()

    def lines(self) -> list[str]:
        """What it said, in lines."""
        return self.said.read_text(encoding="utf-8").splitlines() if self.said.is_file() else []

    def error(self) -> str:
        """The one line in which it said what went wrong."""
        found = [line for line in self.lines() if line.startswith("casefile: ")]
        assert len(found) == 1, self.lines()
        assert "Traceback" not in self.said.read_text(encoding="utf-8")
        return found[0]

    def strays(self, within: float = 20) -> list[str]:
        """What is known of the processes that it started and that still run, after it had time to end them."""
        until = time.monotonic() + within
        while (running := self.running()) and time.monotonic() < until:
            time.sleep(0.1)
        return [str(process) for process in running]

    def running(self) -> list[psutil.Process]:
        """The processes that it started, itself among them, as far as they run."""
        running = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if self._marks(process) and process.status() != psutil.STATUS_ZOMBIE:
                    running.append(process)
        return running

    def _marks(self, process: psutil.Process) -> bool:
        """Whether it has the mark: in its environment when it was started, as an open file when it was forked."""
        if process.environ().get(MARK) == self.mark:
            return True
        return any(path.readlink() == self.said for path in Path(f"/proc/{process.pid}/fd").iterdir())


def _command(root: Path, words: Sequence[str], said: Path, mark: str, trap: Trap | None) -> None:
    os.setsid()
    os.environ[MARK] = mark
    os.environ["COLUMNS"] = "500"
    os.chdir(root)
    with said.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        _marked.append(os.dup(file.fileno()))
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", buffering=1, closefd=False) for number in (1, 2))  # noqa: SIM115
    sys.argv = ["casefile", *words]
    if not THOROUGH:
        processes.context, fork._started = _Forking(), _warm_parent  # type: ignore[assignment]
    if trap is not None:
        trap()
    try:
        cli.main()
    finally:
        atexit._run_exitfuncs()  # as when the interpreter ends, which such a process does not


def refused(root: Path, *words: str) -> tuple[int, list[str]]:
    """The exit code of `casefile WORDS` for one whom permissions bind, and all its lines."""
    command = Command(root, *words, trap=permissions_bind)
    return command.ended(), command.lines()


# ------------------------------------------------------------------------------------------------------------ the traps


def before(owner: Any, name: str, act: Callable[..., None]) -> None:
    """Have `act` called with the arguments of each call of `owner.name`, before it."""
    was = getattr(owner, name)

    def trapped(*arguments: Any, **options: Any) -> Any:
        act(*arguments, **options)
        return was(*arguments, **options)

    setattr(owner, name, trapped)


def die(*ignored: Any, group: bool = False) -> None:
    """End this process, alone or with its group, as by `kill -9`."""
    os.killpg(0, signal.SIGKILL) if group else os.kill(os.getpid(), signal.SIGKILL)


def dies_at(name: str, event: str, group: bool) -> Trap:
    """Kill the build when it reports this event of this part."""
    return functools.partial(_dies_at, name, event, group)


def _dies_at(name: str, event: str, group: bool) -> None:
    def act(self: Any, part: str, what: str, seconds: float) -> None:
        if (part, what) == (name, event):
            die(group=group)

    before(progress.Progress, "report", act)


def dies_before_publishing() -> None:
    """Kill the build when the site is finished and not yet in its place."""
    before(place, "put_in_place", die)


def dies_before_noting() -> None:
    """Kill the build when the site is in its place."""
    before(cache, "note", die)


def dies_between_renames() -> None:
    """Kill the build half way through a publication where two names cannot be exchanged at once."""
    place._exchange = lambda one, other: False
    was = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "site":
            die()
        return was(self, target)

    Path.rename = rename  # type: ignore[method-assign, assignment]


def signals_drawers(number: int) -> None:
    """Send the processes that draw a signal while they draw."""

    def act(self: pictures.Ahead, callback: Any) -> None:
        for process in list(self._pool._processes.values()) if self._pool else ():
            os.kill(process.pid or 0, number)

    before(pictures.Ahead, "then", act)


def signals_renderer(number: int) -> None:
    """Send the process that renders a signal while it renders."""
    before(renderer.Renderer, "finish", lambda self: os.kill(self._process.pid, number))


def interrupts_at(owner: Any, name: str) -> Trap:
    """Press Ctrl-C when `owner.name` is called: the command and all that it started by then get the signal."""
    return functools.partial(before, owner, name, _interrupt)


def _interrupt(*ignored: Any, **options: Any) -> None:
    os.killpg(0, signal.SIGINT)


def signals_warm_parent(number: int) -> None:
    """Send the warm parent of the notebooks a signal before it is asked for one."""
    fork.START = 2.0
    before(fork.WarmParent, "fork", lambda self: os.kill(self._process.pid, number))


def signals_workers(number: int) -> None:
    """Send the processes of a sweep a signal when they begin to work."""

    def act(*ignored: Any) -> None:
        for process in multiprocessing.active_children():
            os.kill(process.pid or 0, number)

    before(workers, "wait", act)


def permissions_bind() -> None:
    """Let permissions bind this process and those that it starts, also when they are root's."""
    if os.geteuid():
        return
    drop_from_bounding_set, version_3, of_this_process = 24, 0x20080522, 0
    system = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(version_3, of_this_process), (ctypes.c_uint32 * 6)()
    assert not system.capget(header, sets)
    for capability in (1, 2, 3):  # to write, to read and to change what permissions forbid
        assert not system.prctl(drop_from_bounding_set, capability, 0, 0, 0)
        for place_of_set in (0, 1, 2):
            sets[place_of_set] &= ~(1 << capability)
    assert not system.capset(header, sets)


def has_no_room_after_a_scenario(most: int) -> None:
    """Let no file grow beyond `most` bytes from when the first scenario of a sweep is done."""
    before(processes, "result", lambda *ignored: has_files_of_at_most(most))


def has_files_of_at_most(most: int) -> None:
    """Let no file grow beyond `most` bytes: a disk that is full, as far as one without privileges can make it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


# ------------------------------------------------------------------------------------------------------------ the story


def limit(root: Path, seconds: float) -> None:
    """Give each cell, each drawing and the pages of a story `seconds`, and each notebook 1 GiB."""
    path = root / "_config.yml"
    head = path.read_text(encoding="utf-8").partition("execute:")[0]
    limits = f"execute:\n  execute_notebooks: 'off'\n  timeout: {seconds}\n  memory: 1\n"
    path.write_text(head + limits, encoding="utf-8")


def insert(root: Path, line: str, chapter: str = "market") -> None:
    """Put a line in front of what a chapter works out."""
    path = root / "chapters" / f"{chapter}.ipynb"
    text = path.read_text(encoding="utf-8")
    first = {"market": "price_each = ", "harvest": "trees = "}[chapter]
    assert first in text
    path.write_text(text.replace(first, f"{line}\\n{first}", 1), encoding="utf-8")


def site_of(root: Path) -> Path:
    """Where a story's site is built."""
    return root / place.SITE


def litter(root: Path) -> list[str]:
    """What working processes left behind in a story."""
    found = [
        *root.rglob(f"{scratch.TEMPORARY_PREFIX}*"),
        *root.rglob("*.part"),
        *root.rglob("*.half"),
        *root.rglob("*.set-aside"),
    ]
    return [path.name for path in found]


def copy(root: Path, target: Path) -> Path:
    """A copy of a story with what it built."""
    return Path(shutil.copytree(root, target))
