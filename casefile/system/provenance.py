"""What a result was made from, so that it can be made again: the commit, the notebooks and data, the package, the libraries."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from casefile.system import cache

_LIBRARIES = ("altair", "ipykernel", "jupyter-book", "mpmath", "numpy", "pandas", "papermill", "pint", "sympy")


def inputs(root: Path, files: Iterable[Path]) -> dict[str, Any]:
    """What results rest on: versions by name, the hash of the package, the hashes of `files` and of all data, by path."""
    data = sorted(path for path in (root / "data").rglob("*") if path.is_file() and not path.name.startswith("."))
    return {
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "package": cache.package(pages=True),
        "inputs": cache.file_parts(root, [*files, *data]),
    }


def commit(root: Path) -> dict[str, Any]:
    """The commit that a story stands at, and whether anything was changed since; empty and False where there is no git."""

    def git(*arguments: str) -> str:
        try:
            done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
        return done.stdout.strip()

    return {"commit": git("rev-parse", "HEAD"), "changed since the commit": bool(git("status", "--porcelain"))}
