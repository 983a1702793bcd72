"""Progress on the terminal: what is running, and how long each part took."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


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
