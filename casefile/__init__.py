"""casefile: how an executable investigation works. It knows nothing of any one story.

Data flows one way, from wing to wing, and each imports only from those before it: `system` → `records` → `figures` →
`notebook` → `execution` → `sweep` → `citation` → `site` → `audit` → `book` → `cli`. What a notebook needs is offered here.
"""

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casefile.figures import charts, chronology, event_study, formats, lanes, sparks, statistics
    from casefile.notebook.chapter import Chapter

__all__ = ["charts", "chronology", "event_study", "formats", "lanes", "open_chapter", "sparks", "statistics"]


def open_chapter(
    name: str, namespace: Mapping[str, Any], title: str, question: str, needs: Sequence[str] = ()
) -> "Chapter":
    """Start a chapter from a notebook's `globals()`, right after its parameters cell; `needs` names the chapters it reads.

    Those that no build has run yet are run now. Raises BadInput for an unknown parameter or an invalid value.
    """
    from casefile.notebook import chapter  # SymPy, pandas, Altair: the command line often needs none of them

    return chapter.open_chapter(name, namespace, title, question, needs, _run_others)


def _run_others(*asked: Any) -> Any:
    from casefile.execution import run  # papermill and all: for the few chapters that read others

    return run.of_chapters(*asked)


def __getattr__(name: str) -> Any:
    """Import a module that a notebook asks for, when it asks."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"casefile.figures.{name}")
