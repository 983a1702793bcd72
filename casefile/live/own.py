"""A chapter as its reader changed it in the page: with other cells, and with series of the reader's own in the story's place."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from casefile.errors import BadInput
from casefile.live import runner
from casefile.notebook.cells import Notebook
from casefile.notebook.results import StoredResults
from casefile.records import laid
from casefile.records.tables import Overrides
from casefile.system import scratch

_CALLED = "Your table"
_README = """\
This is no edition of the book: a reader changed it. It runs in a Python that has casefile and papermill, in this folder:

    {command}
"""


class OwnStory:
    """A story with the series of one reader laid over its own, for as long as these stay the same."""

    def __init__(self, root: Path) -> None:
        self._root, self._series = root, dict[str, bytes]()
        self._session, self._kept = runner.Session(root), contextlib.ExitStack()

    def results_of(
        self, chapter: str, notebook: Notebook, series: Mapping[str, bytes], overrides: Overrides,
        tell: runner.Tell = runner.silent,
    ) -> StoredResults:  # fmt: skip
        """What a changed notebook of a chapter publishes; `series` are the contents of CSV files by the names of series.

        Raises BadInput for a table that does not fit, with its row and column, as `casefile rerun --data` does; else as
        `runner.Session.of_notebook`.
        """
        return self._over(series).of_notebook(notebook, chapter, overrides, tell)

    def archive(self, chapter: str, notebook: Notebook, series: Mapping[str, bytes], command: str) -> bytes:
        """The whole story with these changes as a zip, in which `command` runs the chapter, as its readme says."""
        root = self._over(series).root
        files = {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "data").rglob("*.*")}
        paths = [*root.glob("*.ipynb"), *(root / "chapters").glob("*.ipynb")]
        files |= {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
        changed = next(name for name in files if name.rpartition("/")[2] == f"{chapter}.ipynb")
        files |= {changed: json.dumps(notebook, indent=1, ensure_ascii=False).encode()}
        files |= {"README.txt": _README.format(command=command).encode()}
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for name, content in sorted(files.items()):
                target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def _over(self, series: Mapping[str, bytes]) -> runner.Session:
        """The story with some series laid over it, laid anew when they are others."""
        if self._series != series:
            self._kept.close()
            self._session, self._series = runner.Session(self._root), {}
        if series and not self._series:
            folder = self._kept.enter_context(scratch.temporary_directory())
            (folder / "series").mkdir()
            for name, content in series.items():
                (folder / "series" / f"{name}.csv").write_bytes(content)
            try:
                root = self._kept.enter_context(laid.over(self._root, folder, _CALLED))
            except BadInput as error:
                raise BadInput(str(error).replace(f"{folder}/", "")) from None
            self._session, self._series = runner.Session(root), dict(series)
        return self._session
