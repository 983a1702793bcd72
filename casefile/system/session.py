"""Which cell of a live session runs now, so that a cell that is run again may replace what it made itself."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A cell while it runs: its id, empty where nobody tells it, its source, and how many cells were run before it."""

    id: str
    source: str
    run: int

    def repeats(self, before: Cell) -> bool:
        """Whether this is the same cell as before, run another time: by its id, or by its source where no id is told."""
        same = self.id == before.id if self.id and before.id else self.source == before.source
        return same and self.run != before.run


def running_cell() -> Cell | None:
    """The cell that runs now; None outside of IPython."""
    interactive: Any = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is None:
        return None
    return Cell(_id(shell), str(shell.user_ns.get("In", [""])[-1]), int(shell.execution_count))


def _id(shell: Any) -> str:
    """The id that the front end gives the cell with its request; Jupyter's do, papermill does not."""
    try:
        return str(shell.get_parent()["metadata"]["cellId"])
    except (AttributeError, LookupError, TypeError):
        return ""
