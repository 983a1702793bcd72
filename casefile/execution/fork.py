"""A fresh process for each notebook without a kernel's start: a warm, preloaded parent is forked.

The warm parent imports what chapters import and makes an IPython shell, the one ipykernel runs. For each notebook it
forks; the child runs the cells in its own copy of that shell, tells what a kernel would tell, and ends.
"""

from __future__ import annotations

import ast
import atexit
import builtins
import contextlib
import gc
import getpass
import importlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from casefile import records
from casefile.errors import BadInput, CasefileError
from casefile.notebook import parameters, results
from casefile.notebook.cells import Notebook, NotebookCell
from casefile.system.processes import AGAIN, end_with_parent, ending, hung, leave_interrupts, limit_memory, out_of_reach

Message = dict[str, Any]
SKIP_TAG, RAISES_TAG = "skip-execution", "raises-exception"
_LOOK = "open the notebook in Jupyter to see why"
START = 60.0  # seconds that the warm parent has to answer


def can_fork() -> bool:
    """Whether this system forks processes and hands open files to them."""
    return hasattr(os, "fork") and hasattr(socket, "recv_fds")


class NotebookDied(CasefileError):
    """A notebook's process ended in the middle of a cell; the message says which cell and how it ended."""


class NotebookLost(NotebookDied):
    """The processes around a notebook are gone, through no doing of its own: run again, it may well end."""


# ---------------------------------------------------------------------------------------------------- the warm parent


class WarmParent:
    """The warm parent, seen from the process that asks it for notebooks. Safe to use from several threads."""

    def __init__(self, root: Path | None, modules: Iterable[str], standing: Path | None = None) -> None:
        ours, theirs = socket.socketpair()
        self.owner = os.getpid()
        self._control, self._lock = ours, threading.Lock()
        with theirs, out_of_reach():
            self._process = _started(theirs.fileno(), [str(root or ""), str(standing or ""), *sorted(set(modules))])

    def fork(self) -> Connection:
        """A connection to a new child, which waits for its job. Raises NotebookLost when the warm parent is gone."""
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise NotebookLost(f"the warm parent of the notebooks is gone; {AGAIN}") from None
        return Connection(ours.detach())

    def alive(self) -> bool:
        """Whether this process started the warm parent, and it still runs."""
        return self.owner == os.getpid() and self._process.poll() is None

    def close(self) -> None:
        """End the warm parent and every child of it."""
        if self.owner == os.getpid():
            self._control.close()
            self._process.kill()  # it may be busy, or stopped; it holds nothing that would be lost
            self._process.wait()


def _started(control: int, words: Sequence[str]) -> subprocess.Popen[bytes]:
    """A new process that serves as warm parent for whoever asks on the socket `control`."""
    serving = "import sys; from casefile.execution import fork; fork.serve_notebooks(sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", serving, str(control), *words],
        # String hashes are fixed, so that a set in a notebook has the same order each time.
        env={**os.environ, "PYTHONHASHSEED": "0"}, pass_fds=[control], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=os.sep,
    )  # fmt: skip


_warm_parent: WarmParent | None = None
_starting = threading.Lock()


def warm_parent(root: Path | None = None, modules: Iterable[str] = (), standing: Path | None = None) -> WarmParent:
    """The warm parent of this process, started now if it does not run: with a story's records and modules, if given.

    `standing` is a folder with results of chapters that will be run many times: their formulas are worked out once before.
    """
    global _warm_parent
    with _starting:
        if _warm_parent is None or not _warm_parent.alive():
            _warm_parent = WarmParent(root, modules, standing)
            atexit.register(_warm_parent.close)
        return _warm_parent


def has_warm_parent() -> bool:
    """Whether this process has a warm parent that runs."""
    return _warm_parent is not None and _warm_parent.alive()


def end_warm_parent() -> None:
    """End the warm parent of this process and every notebook that runs in it."""
    if has_warm_parent() and _warm_parent is not None:
        _warm_parent.close()


def imports(notebooks: Iterable[Notebook]) -> set[str]:
    """The modules that notebooks import, as far as they are installed packages and not files beside the notebook."""
    modules: set[str] = set()
    for notebook in notebooks:
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            try:
                tree = parameters.ipython_tree("".join(cell["source"]), "")
            except BadInput:  # it says so itself, when it runs
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    modules |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module)
    return {name for name in modules if _installed(name.partition(".")[0])}


def _installed(name: str) -> bool:
    if name in sys.stdlib_module_names:
        return True
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(name)
        return spec is not None and "site-packages" in str(spec.origin)
    return False


def serve_notebooks(arguments: Sequence[str]) -> None:
    """The life of the warm parent: preload, then fork once for every connection that arrives, until nobody asks."""
    control = socket.socket(fileno=int(arguments[0]))
    leave_interrupts()  # the process that asks ends the children
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    root, standing = (Path(name) if name else None for name in arguments[1:3])
    channel = _preload(root, standing, arguments[3:])
    gc.collect()
    gc.freeze()  # what stands now stays shared with the children
    while True:
        asked, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not asked:
            return
        if os.fork() == 0:
            control.close()
            _supervise(Connection(descriptors[0]), channel)
        os.close(descriptors[0])


def _preload(root: Path | None, standing: Path | None, modules: Iterable[str]) -> Any:
    """Import what every chapter needs, make the shell, rehearse, and return the shell's channel."""
    from IPython.core.history import HistoryManager

    from casefile.execution import rehearsal
    from casefile.figures.units import units_of

    for name in ("casefile.notebook.chapter", "casefile.figures.deferred", *modules):
        with contextlib.suppress(Exception):  # a chapter that needs it says so itself, in its own cell
            importlib.import_module(name)
    package = importlib.import_module("casefile")
    for name in package.__all__:  # its kinds of charts, each imported when it is asked for
        getattr(package, name)
    if root is not None:
        with contextlib.suppress(CasefileError):
            story_records = records.load_once(root)
            for unit in story_records.units:
                units_of(tuple(story_records.units.values())).parse(unit)
            for row in story_records.declarations.values():
                parameters.validate(row, parameters.default(row))
    history: Any = HistoryManager
    history.enabled = False
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.zmqshell import ZMQInteractiveShell

    channel = _channel()
    shell: Any = ZMQInteractiveShell.instance(compiler_class=XCachingCompiler)  # as ipykernel: it shapes tracebacks
    for part in (shell.displayhook, shell.display_pub):
        part.session, part.pub_socket, part.topic = channel, channel, b""
    shell.run_cell("None", store_history=False)
    rehearsal.rehearse()
    if standing is not None and root is not None:
        rehearsal.rework_chapters(root, standing)
    return channel


# ----------------------------------------------------------------------------------------------------------- the child


def _supervise(connection: Connection, channel: Any) -> None:
    """Between the warm parent and a notebook: leads a process group of its own, and tells how the notebook ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    end_with_parent()
    _tell(connection, {"msg_type": "started", "group": os.getpid()})
    child = os.fork()
    if child == 0:
        end_with_parent()
        try:
            _run(connection, channel)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        _tell(connection, {"msg_type": "ended", "exit": os.waitstatus_to_exitcode(status)})
    os._exit(0)


def _tell(connection: Connection, message: Message) -> None:
    connection.send_bytes(json.dumps(message).encode())


def _channel() -> Any:
    """A stand-in for a kernel's session: what the shell sends goes to one connection, streams before anything else."""
    from jupyter_client.session import Session

    class Channel(Session):
        """Standard output and error are files in memory that take whatever writes to descriptors 1 and 2."""

        def attach(self, connection: Connection) -> None:
            self.connection = connection
            self.files = {}
            for number, name in ((1, "stdout"), (2, "stderr")):
                memory = os.memfd_create(name) if hasattr(os, "memfd_create") else _unnamed_file()
                os.dup2(memory, number)
                os.close(memory)
                stream = open(number, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
                setattr(sys, name, stream)
                self.files[name] = (number, stream)

        def drain(self) -> None:
            for name, (number, stream) in self.files.items():
                stream.flush()
                size = os.fstat(number).st_size
                if size:
                    text = os.pread(number, size, 0).decode("utf-8", "replace")
                    os.ftruncate(number, 0)
                    os.lseek(number, 0, os.SEEK_SET)
                    _tell(self.connection, {"msg_type": "stream", "content": {"name": name, "text": text}})

        def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> None:
            if isinstance(msg_or_type, dict):
                msg_or_type, content = msg_or_type["msg_type"], msg_or_type["content"]
            self.drain()
            _tell(self.connection, {"msg_type": msg_or_type, "content": content})

    return Channel()


def _unnamed_file() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _run(connection: Connection, channel: Any) -> None:
    """Run the cells of the job that arrives on the connection, until one fails that is not allowed to."""
    from IPython.core.error import StdinNotImplementedError
    from IPython.core.interactiveshell import InteractiveShell

    job = json.loads(connection.recv_bytes())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    if "" not in sys.path:
        sys.path.insert(0, "")
    if job["memory"]:
        limit_memory(job["memory"])

    def no_input(*arguments: Any, **options: Any) -> str:
        raise StdinNotImplementedError("a notebook that is run by papermill has nobody to ask for input")

    builtins.input = getpass.getpass = no_input
    if not results.is_printed():  # with Altair, which the warm parent has loaded
        importlib.import_module("casefile.figures.deferred").defer()
    channel.attach(connection)
    shell: Any = InteractiveShell.instance()
    for index, source, may_fail in job["cells"]:
        count = {"execution_count": shell.execution_count}
        _tell(connection, {"msg_type": "execute_input", "content": count, "index": index})
        shell._last_traceback_during_displayhook = False
        result = shell.run_cell(source, store_history=True)
        channel.drain()
        done: Message = {"msg_type": "done", "index": index, "status": "ok"}
        if not result.success or shell._last_traceback_during_displayhook:
            error = result.error_before_exec or result.error_in_exec
            done |= {
                "status": "error", "ename": type(error).__name__, "evalue": str(error),
                "traceback": shell._last_traceback or [],
            }  # fmt: skip
        _tell(connection, done)
        if done["status"] == "error" and not may_fail:
            break
    shell.user_ns.clear()  # closes the files that the notebook left open
    _tell(connection, {"msg_type": "finished"})


# ---------------------------------------------------------------------------------------------------------- the asking


class Fork:
    """One notebook running in a child of the warm parent: a context manager that yields its messages."""

    def __init__(
        self, cells: Sequence[tuple[int, str, bool]], cwd: str, env: Mapping[str, str], memory: int | None = None,
        parent: WarmParent | None = None,
    ) -> None:  # fmt: skip
        self._connection = (parent or warm_parent()).fork()
        self._group: int | None = None
        self.cell = cells[0][0] if cells else 0
        job = {"cells": [list(cell) for cell in cells], "cwd": cwd, "env": dict(env), "memory": memory}
        self._connection.send_bytes(json.dumps(job).encode())

    def __enter__(self) -> Fork:
        """Wait for the child. Raises NotebookLost when the warm parent does not answer."""
        try:
            if not self._connection.poll(START):
                raise NotebookLost(f"the warm parent of the notebooks has not answered for {START:g} s; {AGAIN}")
            self._group = self._receive()["group"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """End the child, whatever it does, and whatever it started."""
        if self._group is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
        self._connection.close()

    def message(self, timeout: float | None = None) -> Message:
        """The next message. Raises TimeoutError after `timeout` seconds, NotebookDied when the child ends early."""
        if not self._connection.poll(timeout):
            raise TimeoutError
        message = self._receive()
        if message["msg_type"] == "ended":
            raise NotebookDied(f"cell {self.cell}: the notebook's process {ending(message['exit'])}; {_LOOK}")
        if message["msg_type"] == "execute_input":
            self.cell = message["index"]
        return message

    def _receive(self) -> Message:
        try:
            message: Message = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise NotebookLost(f"cell {self.cell}: the notebook's process is gone; {AGAIN}") from None
        return message

    def messages(self, seconds: float) -> Iterator[Message]:
        """All messages to the end of the notebook. Raises ProcessFailed when a cell takes longer than `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                message = self.message(max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise hung(f"cell {self.cell}", seconds) from None
            if message["msg_type"] == "finished":
                return
            if message["msg_type"] == "execute_input":
                deadline = time.monotonic() + seconds
            yield message


def runnable(cells: Iterable[NotebookCell], allow_errors: bool = False) -> list[tuple[int, str, bool]]:
    """The code cells that run, each with its place, its source, and whether the notebook goes on when it fails."""
    modules = []
    for index, cell in enumerate(cells):
        tags = cell["metadata"].get("tags", [])
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and source.strip() and SKIP_TAG not in tags:
            modules.append((index, source, allow_errors or RAISES_TAG in tags))
    return modules
