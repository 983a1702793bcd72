"""What a result was made from, so that it can be made again: the commit, the notebooks and data, the package, the libraries."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from casefile import cache, run

_LIBRARIES = ("altair", "ipykernel", "jupyter-book", "mpmath", "numpy", "pandas", "papermill", "pint", "sympy")


def of(root: Path, chapters: Iterable[str]) -> dict[str, Any]:
    """What results of these chapters rest on, for a `manifest.json`: hashes by path, versions by name."""

    def git(*arguments: str) -> str:
        try:
            done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
        return done.stdout.strip()

    data = sorted(path for path in (root / "data").rglob("*") if path.is_file() and not path.name.startswith("."))
    return {
        "commit": git("rev-parse", "HEAD"),
        "changed since the commit": bool(git("status", "--porcelain")),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "package": cache.package(pages=False),
        "inputs": cache.file_parts(root, [*(run.notebook_path(root, name) for name in chapters), *data]),
    }
