"""Jupyter Book in a process of its own. This module imports nothing heavy: what pages need loads in that process."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from casefile.errors import CasefileError

_EXTENSIONS_LEFT_OUT = {
    "sphinx_thebe",
    "sphinx_comments",
    "sphinx.ext.intersphinx",
    "sphinx_togglebutton",
    "sphinx_copybutton",
}
# Jupyter Book brings these; they keep nothing while pages are read, and do not say so.
_READ_ALONE_UNSAID = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
_LOADED_AHEAD = (
    "jupyter_book.config", "sphinx.application", "sphinx.builders.html", "myst_nb.sphinx_ext", "sphinx_external_toc", "sphinx_design",
    "sphinx_book_theme", "sphinx_jupyterbook_latex", "sphinx_multitoc_numbering", "casefile.site",
)  # fmt: skip


class RenderFailed(CasefileError):
    """Jupyter Book stopped; the message holds its first complaint."""


class Renderer:
    """Jupyter Book in a process of its own, which loads its libraries while the chapters still run.

    A context manager; one renderer renders once.
    """

    def __init__(self) -> None:
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_await, args=(theirs,))
        self._process.start()
        theirs.close()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *error: object) -> None:
        self._ours.close()
        self._process.kill()
        self._process.join()

    def start(self, root: Path, folder: Path, jobs: int = 1, strict: bool = True) -> None:
        """Begin to render the staged `folder` into `folder/site`, `jobs` pages at a time.

        Not `strict`: a warning is no failure, for a page that is rendered without those it links to.
        """
        self._folder = folder
        with contextlib.suppress(OSError):
            self._ours.send((root, folder, jobs, strict))

    def finish(self) -> None:
        """Wait until all is rendered. Raises RenderFailed with Jupyter Book's first complaint."""
        folder = self._folder
        self._process.join()
        if self._process.exitcode != 0:
            log = folder / "render.log"
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
            complaints = [line for line in lines if "WARNING" in line or "ERROR" in line or "Error" in line] or lines[
                -1:
            ]
            first = complaints[0].replace(str(folder / "source") + "/", "") if complaints else "no message"
            raise RenderFailed(f"Jupyter Book: {first}")


def _await(asked: Connection) -> None:
    for name in _LOADED_AHEAD:
        importlib.import_module(name)
    with contextlib.suppress(EOFError):  # when the build ended before it came to the pages
        _render(*asked.recv())


def _render(root: Path, folder: Path, jobs: int, strict: bool) -> None:
    log = (folder / "render.log").open("w", encoding="utf-8")
    os.dup2(log.fileno(), sys.stdout.fileno())
    os.dup2(log.fileno(), sys.stderr.fileno())
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    source = folder / "source"
    config, _ = get_final_config(
        user_yaml=source / "_config.yml", sourcedir=source, cli_config={"latex_individualpages": False}
    )
    config["extensions"] = [name for name in config["extensions"] if name not in _EXTENSIONS_LEFT_OUT] + [
        "casefile.site"
    ]
    for name in ("comments_config", "thebe_config", "use_thebe_lite"):
        config.pop(name, None)
    config["casefile_root"], config["casefile_results"] = str(root), str(folder / "results")
    with patch_docutils(str(source)), docutils_namespace():
        app = Sphinx(
            srcdir=source, confdir=None, outdir=folder / "site", doctreedir=folder / "doctrees", buildername="html",
            confoverrides=config, warningiserror=strict, keep_going=True, freshenv=True, parallel=jobs,
        )  # fmt: skip
        for extension in app.extensions.values():
            if extension.name in _READ_ALONE_UNSAID:
                extension.parallel_read_safe = True
        app.build()
        code = app.statuscode
    log.flush()
    for leftover in (".buildinfo", ".buildinfo.bak", "objects.inv"):
        (folder / "site" / leftover).unlink(missing_ok=True)
    sys.exit(code)
