"""casefile: how an executable investigation works. It knows nothing of any one story.

Data flows one way: `records` → `figures` → `chapter` → `run` → `book` → `audit`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casefile.chapter import Chapter, open_chapter

__all__ = ["Chapter", "open_chapter"]


def __getattr__(name: str) -> Any:
    """Import what notebooks use when they ask for it: the command line often needs none of it."""
    if name in __all__:
        from casefile import chapter

        return getattr(chapter, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
