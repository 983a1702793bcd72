"""Progress on the terminal: what is running, and how long each part took; how many of many are done."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars


class Progress:
    """A line for each part of a build, with a spinner while it runs; plain lines where there is no terminal."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tasks:
            self._bars.stop()

    def report(self, name: str, event: str, seconds: float) -> None:
        """Note that a part started or is done; one that was kept from before has no line."""
        if event == "start":
            self._bars.start()  # not before: what is refused before anything begins is told on one line
            self._tasks[name] = self._bars.add_task(name, total=1)
        elif event == "done":
            self._bars.update(self._tasks[name], completed=1)


class Bar:
    """How many of many are done, on a terminal; it shows once the first number is told, so never before a refusal."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True)
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, disable=not console.is_terminal,
        )  # fmt: skip
        self._name = name
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def advance(self, done: int, of: int) -> None:
        """Note that `done` of `of` are done."""
        if self._task is None:
            self._bars.start()
            self._task = self._bars.add_task(self._name)
        self._bars.update(self._task, completed=done, total=of)
