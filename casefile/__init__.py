"""casefile: how an executable investigation works. It knows nothing of any one story.

Data flows one way, from wing to wing, and each imports only from those before it: `system` → `records` → `figures` →
`notebook` → `live` → `execution` → `sweep` → `citation` → `analysis` → `content` → `site` → `publication` → `audit` →
`book` → `cli`, but that `audit` takes nothing from `site` or `publication`. What a notebook needs is offered here, and what a script asks a story with: `open_story`, described in docs/api.md.
"""

import gc
import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from casefile.analysis.opened import OpenedStory
    from casefile.errors import BadInput, CasefileError
    from casefile.figures import (
        charts,
        chronology,
        event_study,
        formats,
        lanes,
        multiples,
        sparks,
        standing,
        statistics,
        wedge,
    )
    from casefile.notebook.chapter import Chapter

_NOTEBOOK = (
    "charts",
    "chronology",
    "event_study",
    "formats",
    "lanes",
    "multiples",
    "sparks",
    "standing",
    "statistics",
    "wedge",
)
_ERRORS = ("BadInput", "CasefileError")
__all__ = [
    "BadInput", "CasefileError", "charts", "chronology", "event_study", "formats", "lanes", "multiples", "open_chapter",
    "open_story", "sparks", "standing", "statistics", "wedge",
]  # fmt: skip


def open_chapter(
    name: str, namespace: Mapping[str, Any], title: str, question: str, needs: Sequence[str] = ()
) -> "Chapter":
    """Start a chapter from a notebook's `globals()`, right after its parameters cell; `needs` names the chapters it reads.

    Those that no build has run yet are run now. Raises BadInput for an unknown parameter or an invalid value.
    """
    if "casefile.notebook.chapter" not in sys.modules:
        gc.freeze()  # libraries until now, which are never garbage: no collection has to walk through them again
    from casefile.notebook import chapter  # SymPy, pandas, Altair: the command line often needs none of them

    return chapter.open_chapter(name, namespace, title, question, needs, _run_others)


def open_story(path: "str | Path" = ".", data: "str | Path | None" = None) -> "OpenedStory":
    """Open the story in a folder, or in the nearest one above it, to run its chapters with other values.

    `open_story("~/diverted-chips").run("03_delay", delay_months=6).figures` is a table of what then comes out.
    `data` is a folder of tables laid over the story's own: rows that differ, and series.
    Raises BadInput where there is no story, and for data that do not fit it.
    """
    from casefile.analysis import opened  # papermill and all: a chapter that is run needs it not

    return opened.open_story(path, data)


def _run_others(*asked: Any) -> Any:
    from casefile.execution import run  # papermill and all: for the few chapters that read others

    return run.of_chapters(*asked)


def __getattr__(name: str) -> Any:
    """Import what a notebook or a script asks for, when it asks."""
    if name in _ERRORS:
        return getattr(importlib.import_module("casefile.errors"), name)
    if name not in _NOTEBOOK:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"casefile.figures.{name}")
