"""Jupyter Book in a process of its own. This module imports nothing heavy: what pages need loads in that process."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
import types
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from casefile.errors import CasefileError
from casefile.system import limits, processes

_EXTENSIONS_LEFT_OUT = {
    "sphinx_thebe",
    "sphinx_comments",
    "sphinx.ext.intersphinx",
    "sphinx_togglebutton",
    "sphinx_copybutton",
    "sphinx_book_theme",
    "sphinx_jupyterbook_latex",
}
_THEME_OPTIONS = ("search_bar_text", "extra_footer")  # of those that Jupyter Book passes on
LOADED_AHEAD = (
    "jupyter_book.config", "sphinx.application", "sphinx.builders.html", "myst_nb.sphinx_ext", "sphinx_external_toc", "sphinx_design",
    "sphinx_multitoc_numbering", "casefile.site.builder", "casefile.site.citing",
    "casefile.site.meta", "casefile.site.outputs", "casefile.site.search", "casefile.site.share",
)  # fmt: skip
EXTRA = "beside"  # the folder of files that lie on the site as they do in the story
_COMPLAINT = re.compile(r"\b(WARNING|ERROR)\b|^[\w.]*Error\b")


# MyST-NB counts lines from ten thousand for each cell.
_IN_NOTEBOOK = re.compile(r"(?<=\.ipynb):([1-9]\d*)(\d{4})(?=:)")


def _place(number: re.Match[str]) -> str:
    """A line of a notebook as messages name it elsewhere, the first cell being cell 0."""
    return f", cell {int(number[1]) - 1}, line {int(number[2])}"


class RenderFailed(CasefileError):
    """Jupyter Book stopped; the message holds its first complaint."""


class Renderer:
    """Jupyter Book in a process of its own, which gets ready while the chapters still run.

    A context manager; one renderer renders once, step by step: `open`, `read`, `write`, `finish`.
    """

    def __init__(self) -> None:
        self._ours, theirs = processes.context.Pipe()
        self._process = processes.context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def end(self) -> None:
        """End the process, whatever it does."""
        self._ours.close()
        self._process.kill()
        self._process.join()

    def open(self, root: Path, folder: Path, strict: bool = True, jobs: int = 1) -> None:
        """Get ready to render `folder/source`, whose `_config.yml` and `_toc.yml` stand, into `folder/site`.

        Not `strict`: a warning is no failure, for a page that is rendered without those it links to. `jobs` processes
        write the pages.
        """
        self._folder, self._seconds = folder, limits.of(root).seconds
        self._tell((root, folder, strict, jobs))

    def read(self) -> None:
        """Read the pages: all of `folder/source` and `folder/results` stands."""
        self._tell("read")

    def write(self) -> None:
        """Write the pages: the pictures in them are drawn."""
        self._tell("write")

    def finish(self) -> None:
        """Wait until all is rendered.

        Raises RenderFailed with Jupyter Book's first complaint, ProcessFailed when it is gone or takes longer than it may.
        """
        folder = self._folder
        self._process.join(self._seconds)
        code = self._process.exitcode
        if code is None:
            raise processes.hung("the pages", self._seconds)
        if code < 0:
            raise processes.ProcessFailed(
                f"the pages: Jupyter Book's process {processes.ending(code)}; {processes.AGAIN}"
            )
        if code:
            log = folder / "render.log"
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
            complaints = [line for line in lines if _COMPLAINT.search(line)]
            first = [*complaints, *lines[-1:], f"ended with code {code} and left no word; is the disk full?"][
                0
            ].replace(str(folder / "source") + "/", "")
            raise RenderFailed(f"Jupyter Book: {_IN_NOTEBOOK.sub(_place, first)}")

    def _tell(self, what: Any) -> None:
        with contextlib.suppress(OSError):  # when it has stopped already, `finish` says why
            self._ours.send(what)


def preload() -> None:
    """Load what rendering needs, but for the database in which MyST-NB would cache runs: no page runs a notebook."""
    without_database: Any = types.ModuleType("jupyter_cache.cache.db")
    without_database.__getattr__ = lambda name: type(name, (), {})
    sys.modules.setdefault(without_database.__name__, without_database)
    for name in LOADED_AHEAD:
        importlib.import_module(name)


def configuration(source: Path) -> dict[str, Any]:
    """What Jupyter Book makes of a folder's `_config.yml` for Sphinx, with this package's theme in place of its own."""
    from jupyter_book.config import get_final_config

    config: dict[str, Any]
    config, _ = get_final_config(
        user_yaml=source / "_config.yml", sourcedir=source, cli_config={"latex_individualpages": False}
    )
    config["extensions"] = [name for name in config["extensions"] if name not in _EXTENSIONS_LEFT_OUT] + [
        "casefile.site"
    ]
    for name in ("comments_config", "thebe_config", "use_thebe_lite"):
        config.pop(name, None)
    config["html_theme"] = "casefile"
    config["html_theme_options"] = {
        name: value for name, value in config["html_theme_options"].items() if name in _THEME_OPTIONS
    }
    config.setdefault("html_permalinks_icon", "#")
    config["html_copy_source"] = False
    return config


def _serve(asked: Connection) -> None:
    processes.leave_interrupts()
    processes.end_with_parent()
    preload()
    with contextlib.suppress(EOFError):  # when the build ended before it came to the pages
        _render(asked, *asked.recv())


def _render(asked: Connection, root: Path, folder: Path, strict: bool, jobs: int) -> None:
    log = (folder / "render.log").open("w", encoding="utf-8")
    os.dup2(log.fileno(), sys.stdout.fileno())
    os.dup2(log.fileno(), sys.stderr.fileno())
    from sphinx.application import Sphinx
    from sphinx.errors import ExtensionError
    from sphinx.util.console import nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    nocolor()  # what it complains of is quoted
    source, config = folder / "source", configuration(folder / "source")
    config["html_extra_path"] = [*(config.get("html_extra_path") or ()), str(folder / EXTRA)]
    config["casefile_root"], config["casefile_results"] = str(root), str(folder / "results")
    with patch_docutils(str(source)), docutils_namespace():
        app: Any = Sphinx(
            srcdir=source, confdir=None, outdir=folder / "site", doctreedir=folder / "doctrees", buildername="html",
            confoverrides=config, warningiserror=strict, keep_going=True, freshenv=True,
        )  # fmt: skip
        app.casefile_drawn, app.casefile_jobs = asked.recv, jobs  # the builder waits for the first before it writes
        asked.recv()
        try:
            app.build()
            code = app.statuscode
        except (
            ExtensionError,
            CasefileError,
        ) as error:  # what this package refuses, or the system, without the way there
            inner = getattr(error, "orig_exc", None)
            cause = inner if isinstance(inner, CasefileError | OSError) else error
            print(f"ERROR: {cause}", flush=True)
            code = 1
    log.flush()
    for leftover in (".buildinfo", ".buildinfo.bak", "objects.inv"):
        (folder / "site" / leftover).unlink(missing_ok=True)
    sys.exit(code)
