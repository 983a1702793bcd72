"""The renderer: what Jupyter Book complains of first is said, and so is how its process ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casefile.book import build as book
from casefile.execution.story import Run, Story
from casefile.site.renderer import Renderer, RenderFailed
from casefile.system.processes import ProcessFailed
from tests.support.orchard import plant


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    """The small story on disk."""
    return plant(tmp_path / "orchard")


def test_the_first_complaint_about_a_page_is_told(orchard: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "results").mkdir(parents=True)
    (folder / "results" / "pages.json").write_text("{}", encoding="utf-8")
    (orchard / "index.md").write_text("# The orchard\n\n#### Too deep\n", encoding="utf-8")
    (orchard / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    book.configure(orchard, folder)
    book.stage(Run(Story(orchard), folder, {}), ["index"])
    with Renderer() as renderer:
        renderer.open(orchard, folder)
        renderer.read()
        renderer.write()
        with pytest.raises(RenderFailed) as caught:
            renderer.finish()
    assert str(caught.value) == (
        "Jupyter Book: index.md:3: WARNING: Non-consecutive header level increase; H1 to H4 [myst.header]"
    )


def test_a_renderer_that_left_no_word_is_told(orchard: Path, tmp_path: Path) -> None:
    with Renderer() as renderer:
        renderer.open(orchard, tmp_path / "nowhere")
        with pytest.raises(RenderFailed) as caught:
            renderer.finish()
    assert str(caught.value) == "Jupyter Book: ended with code 1 and left no word; is the disk full?"


def test_a_renderer_that_was_killed_is_told(orchard: Path, tmp_path: Path) -> None:
    with Renderer() as renderer:
        renderer.open(orchard, tmp_path)
        os.kill(renderer._process.pid or 0, signal.SIGKILL)
        with pytest.raises(ProcessFailed) as caught:
            renderer.finish()
    assert str(caught.value) == (
        "the pages: Jupyter Book's process was ended by signal 9 (SIGKILL); "
        "run the same command again, which goes on from what is finished"
    )


LOADED = """
import importlib, pathlib, sys
from casefile.site import renderer
renderer.preload()
for name in renderer.configuration(pathlib.Path(sys.argv[1]))["extensions"]:
    importlib.import_module(name)
print(*(name in sys.modules for name in ("myst_nb", "sqlalchemy", "sphinx_book_theme", "pydata_sphinx_theme")))
"""


def test_it_loads_no_database_and_no_theme_but_the_books_own(orchard: Path) -> None:
    """MyST-NB would load the one, to cache runs of notebooks; pages run none. Jupyter Book would load the other."""
    done = subprocess.run([sys.executable, "-c", LOADED, str(orchard)], capture_output=True, text=True, check=True)
    assert done.stdout == "True False False False\n"
