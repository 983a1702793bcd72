"""Where the story of a running notebook lies: the folder of this very notebook, never another copy that is near."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from casefile.errors import BadInput

ROOT_VARIABLE = "CASEFILE_ROOT"
SESSION_VARIABLE = "JPY_SESSION_NAME"  # Jupyter's: the path of the notebook that a kernel was started for
_HOLDS = "the folder that holds data/ and chapters/"


def find_root(chapter: str, namespace: Mapping[str, object]) -> Path:
    """The folder of the story whose notebook runs; `namespace` is the notebook's `globals()`.

    Decided by CASEFILE_ROOT where it is set, else by the notebook's own path, which Jupyter, VS Code and the command that
    started the kernel tell. Where none of them does, it is the story around the working folder, and a line of output says
    so. Raises BadInput when no story is known to be this notebook's, or two are.
    """
    if named := os.environ.get(ROOT_VARIABLE):
        story = _around(Path(named), chapter)
        if story is None:
            raise BadInput(
                f"{chapter}: {ROOT_VARIABLE} is {named}, where no story holds this chapter; expected {_HOLDS}"
            )
        return story
    stories = {story for path in _notebooks(namespace) if (story := _story_of(path, chapter))}
    if len(stories) > 1:
        places = " and ".join(sorted(map(str, stories)))
        raise BadInput(f"{chapter}: {places} both hold this chapter; set {ROOT_VARIABLE} to the one that is meant")
    if stories:
        return stories.pop()
    story = _around(Path.cwd(), chapter)
    if story is None:
        raise BadInput(
            f"{chapter}: no story holds this chapter here; run it inside its folder (papermill: --cwd), or set "
            f"{ROOT_VARIABLE} to {_HOLDS}"
        )
    print(f"{chapter} of the story around the working folder, {story}")
    return story


def _around(start: Path, chapter: str) -> Path | None:
    """The nearest folder with data at or above another, when it holds the chapter."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "data" / "datapackage.json").is_file():
            return folder if _notebook(folder, chapter).is_file() else None
    return None


def _notebook(root: Path, chapter: str) -> Path:
    inside = root / "chapters" / f"{chapter}.ipynb"
    return inside if inside.is_file() else root / f"{chapter}.ipynb"


def _story_of(notebook: Path, chapter: str) -> Path | None:
    """The story that has this file, and no copy of it, as the chapter's notebook."""
    try:
        story = _around(notebook.parent, chapter) if notebook.name == f"{chapter}.ipynb" else None
        return story if story and _notebook(story, chapter).resolve() == notebook.resolve() else None
    except (OSError, ValueError):  # a name that no system could give
        return None


def _notebooks(namespace: Mapping[str, object]) -> Iterator[Path]:
    """The paths that are said to be the notebook's."""
    for path in (namespace.get("__vsc_ipynb_file__"), os.environ.get(SESSION_VARIABLE)):
        if path:
            yield Path(str(path))
    words, folder = _command(os.getppid())
    folders = {folder}
    if any(word.split("=")[0] == "--cwd" for word in words):  # papermill has left the folder that its paths start from
        folders.add(Path(os.environ.get("PWD", folder)))
    for word in (str(namespace.get("PAPERMILL_INPUT_PATH", "")), *words):
        if word.endswith(".ipynb"):
            yield from (start / word for start in folders)


def _command(process: int) -> tuple[list[str], Path]:
    """The words of a process's command, and the folder that it works in, as far as the system tells."""
    try:
        words = os.fsdecode(Path(f"/proc/{process}/cmdline").read_bytes()).split("\0")
        return words, Path(f"/proc/{process}/cwd").readlink()
    except OSError:
        return _listed(process), Path.cwd()


def _listed(process: int) -> list[str]:
    """The words of a process's command where there is no /proc, as `ps` prints them."""
    try:
        done = subprocess.run(["ps", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False)
    except OSError:
        return []
    return done.stdout.split()
