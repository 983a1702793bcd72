"""Tools of others, fetched for one run into a folder of its own; none is needed to build, to test or to read the book."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any


def npm(folder: Path, *packages: str) -> Path:
    """Packages of npm, installed into a folder; returns its `node_modules`. Ends the run where they cannot be fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text("{}", encoding="utf-8")
    _fetch(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages], folder, packages)
    return folder / "node_modules"


def npm_locked(folder: Path, described: Path) -> Path:
    """What `package.json` and `package-lock.json` of a folder say, file by file as it was locked; otherwise as `npm`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(described / name, folder / name)
    wanted = json.loads((described / "package.json").read_text(encoding="utf-8"))["dependencies"]
    _fetch(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder, tuple(wanted))
    return folder / "node_modules"


def pip(folder: Path, *packages: str) -> Path:
    """Packages of PyPI in an environment of their own; returns its `bin`. Ends the run where they cannot be fetched."""
    _fetch([sys.executable, "-m", "venv", str(folder)], folder.parent, packages)
    _fetch([str(folder / "bin" / "pip"), "install", "--quiet", *packages], folder.parent, packages)
    return folder / "bin"


def _fetch(command: list[str], folder: Path, packages: tuple[str, ...]) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        sys.exit(f"not fetched: {', '.join(packages)}: {error}; nothing is recorded")
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        sys.exit(f"not fetched: {', '.join(packages)}: {' '.join(last)}; nothing is recorded")


def node(script: Path, modules: Path | None, asked: Any, *words: str) -> Any:
    """What a script of Node answers, JSON in and out. Raises RuntimeError with its last words when it fails."""
    path = {"NODE_PATH": str(modules)} if modules else {}
    done = subprocess.run(
        ["node", str(script), *words], input=json.dumps(asked), capture_output=True, text=True, check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **path},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{script.name}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)
