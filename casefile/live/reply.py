"""What the worker in a reader's browser asks of this package: a question and an answer as JSON, and no error but one in words."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from casefile.errors import CasefileError
from casefile.live import own, runner

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
        self._session, self._own = runner.Session(story), own.OwnStory(story)

    def answer(self, question: str, tell: Callable[[str], None] = runner.silent) -> str:
        """The results of `{"chapter", "overrides"}`, as JSON: `{"results": …, "units": …}`, or `{"refused": …, "cell": …}` with one line.

        With a changed `notebook`, and `series` of the reader's own in base64, those of it; with a `command` in place of
        overrides, all of it as a zip that the command runs, as `{"archive": …}` in base64.
        """
        asked = json.loads(question)
        try:
            left = self._changed(asked, tell) if "notebook" in asked else self._results(asked, tell)
            # A page has the units of what it published; a run may come to others.
            units = {name: unit.for_page() for name, unit in self._session.records.units.items()}
            return json.dumps({**left, "units": units}, ensure_ascii=False, allow_nan=False)
        except CasefileError as error:
            return json.dumps({"refused": str(error), "cell": error.cell})
        except (TypeError, ValueError):
            return json.dumps({"refused": "what the notebook publishes is no JSON", "cell": None})

    def _results(self, asked: dict[str, Any], tell: Callable[[str], None]) -> dict[str, Any]:
        return {"results": self._session.results_of(asked["chapter"], asked["overrides"], tell)}

    def _changed(self, asked: dict[str, Any], tell: Callable[[str], None]) -> dict[str, Any]:
        chapter, notebook = asked["chapter"], asked["notebook"]
        series = {name: base64.b64decode(content) for name, content in asked["series"].items()}
        if command := asked.get("command"):
            packed = self._own.archive(chapter, notebook, series, command)
            return {"archive": base64.b64encode(packed).decode()}
        return {"results": self._own.results_of(chapter, notebook, series, asked["overrides"], tell)}
