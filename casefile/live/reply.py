"""What the worker in a reader's browser asks of this package: a question and an answer as JSON, and no error but one in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from casefile.errors import CasefileError
from casefile.live import runner

STORY = Path("/story")


def unpack(files: dict[str, str], packages: Path, story: Path = STORY) -> None:
    """Lay out what the bundle carries of a story: `casefile/…` among the packages, `story/…` in a folder of its own."""
    for name, text in files.items():
        folder, _, inner = name.partition("/")
        path = packages / name if folder == "casefile" else story / inner
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


class Answerer:
    """Answers the questions of one worker, one after the other."""

    def __init__(self, story: Path = STORY) -> None:
        self._session = runner.Session(story)

    def answer(self, question: str, tell: Callable[[str], None] = runner.silent) -> str:
        """The results of `{"chapter", "overrides"}`, as JSON: `{"results": …}`, or `{"refused": …}` with one line."""
        asked = json.loads(question)
        try:
            left = self._session.results_of(asked["chapter"], asked["overrides"], tell)
        except CasefileError as error:
            return json.dumps({"refused": str(error)})
        return json.dumps({"results": left}, ensure_ascii=False)
