"""casefile: how an executable investigation works. It knows nothing of any one story.

Data flows one way: `records` → `figures` → `chapter` → `run` → `book` → `audit`.
"""

from casefile.chapter import Chapter, open_chapter

__all__ = ["Chapter", "open_chapter"]
