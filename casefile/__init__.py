"""casefile: how an executable investigation works. It knows nothing of any one story.

Data flows one way, from wing to wing, and each imports only from those before it: `system` → `records` → `figures` →
`notebook` → `execution` → `sweep` → `citation` → `site` → `audit` → `book` → `cli`.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casefile.figures import charts, event_study, formats, lanes, statistics
    from casefile.notebook.chapter import Chapter, open_chapter

__all__ = ["Chapter", "charts", "event_study", "formats", "lanes", "open_chapter", "statistics"]

_WINGS = {"Chapter": "notebook.chapter", "open_chapter": "notebook.chapter"}  # all others are modules of `figures`


def __getattr__(name: str) -> Any:
    """Import what notebooks use when they ask for it: the command line often needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _WINGS:
        return getattr(importlib.import_module(f"casefile.{_WINGS[name]}"), name)
    return importlib.import_module(f"casefile.figures.{name}")
