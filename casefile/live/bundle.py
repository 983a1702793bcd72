"""What a browser needs to run notebooks: Python for WebAssembly with the libraries that chapters import, and Vega-Lite.

It is made of locked packages alone, each held against its hash, and comes out the same on every machine. It knows no
story; what it holds of a story, `story.py` adds when a site is built.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from casefile import records
from casefile.errors import BadInput, CasefileError, of_library
from casefile.figures import pictures
from casefile.system import scratch

HERE = Path(__file__).parent
PACKAGES = HERE / "packages"
PLACE = Path("_build") / "live"  # in a story: what a build of its site takes
LIST = "bundle.json"
_CHARTS = "vega-lite.js"
# What chapters import; Python's memory has it, and what it needs, from the start.
LIBRARIES = ("numpy", "pandas", "sympy", "pint", "yaml", "altair", "jsonschema")
# Archives: those that every run needs, and what else the libraries hold.
FIRST, _LATER = ("memory", "code"), ("later",)
_PYTHON = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
# Wheels for WebAssembly; what has none is pure Python beside its extension, which is left out.
_PLATFORMS = ("pyemscripten_2024_0_wasm32", "manylinux2014_x86_64")
_MINUTES = 10


_ANSWERING = ("__init__", "own", "reply", "runner")  # of this wing: what the worker asks
_WINGS = ("system", "records", "figures", "notebook")  # of this package: what a notebook's run stands on
# A story of one chapter, which is run once before memory is written down.
_TEMPLATE, _CHAPTER = HERE.parent / "book" / "template", "01_growth"


class BundleFailed(CasefileError):
    """The bundle could not be made; the message says what failed."""


# What is started is told one clock and one language, or Python's memory would remember the maker's.
_EVERYWHERE = {"TZ": "UTC", "LC_ALL": "C", "LANGUAGE": "C"}


def make(target: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Make the bundle in the folder `target`, in place of one that is there; returns what `bundle.json` lists.

    `tell` gets a line for each step. Raises BadInput where Node.js or npm is missing, BundleFailed for a package that
    cannot be fetched or is another than the locked one.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise BadInput(f"live: {program} is not installed; expected Node.js 18 or newer, with npm")
    target.parent.mkdir(parents=True, exist_ok=True)
    with scratch.temporary_directory(target.parent) as work:
        folders = [work / name for name in ("core", "wheels", "packed", "made")]
        for folder in folders:
            folder.mkdir()
        core, wheels, packed, bundle = folders
        tell("fetching Python for WebAssembly, by npm")
        python = _python(core)
        tell("fetching its libraries, by pip")
        _wheels(wheels)
        tell("compiling and packing them")
        texts = json.dumps(browser_files(_TEMPLATE), ensure_ascii=False)
        (work / "texts.json").write_text(texts, encoding="utf-8")
        node = [
            "node",
            str(HERE / "packing.mjs"),
            *map(str, (python, wheels, work, packed)),
            json.dumps(LIBRARIES),
            _CHAPTER,
        ]
        _run(node, work, "packing the libraries")
        (bundle / _CHARTS).write_text(pictures.compiler(), encoding="utf-8")
        listed = _list(python, packed, bundle)
        (bundle / LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        bundle.rename(target)
    return listed


def browser_files(root: Path) -> dict[str, str]:
    """The text of every file that a run in the browser may read, by its path there: `casefile/…` and `story/…`."""
    code = [HERE.parent / "__init__.py", HERE.parent / "errors.py", *(HERE / f"{name}.py" for name in _ANSWERING)]
    for wing in _WINGS:
        code += sorted((HERE.parent / wing).rglob("*.py"))
    paths = {f"casefile/{path.relative_to(HERE.parent).as_posix()}": path for path in code}
    paths |= {f"story/data/{path}": root / "data" / path for path in map(str, records.published(root))}
    for folder in (root, root / "chapters"):
        paths |= {f"story/{path.relative_to(root).as_posix()}": path for path in sorted(folder.glob("*.ipynb"))}
    texts = (".py", ".csv", ".json", ".yml", ".ipynb", ".md")
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items() if path.suffix in texts}


def _run(command: Sequence[str], folder: Path, doing: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **_EVERYWHERE}, capture_output=True, text=True, check=False, timeout=60 * _MINUTES,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BundleFailed(f"live: {doing} took longer than {_MINUTES} minutes") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        message = (lines or done.stderr.splitlines() or ["no word of why"])[-1]
        raise BundleFailed(f"live: {doing} failed: {of_library(message)}")


def _python(folder: Path) -> Path:
    """Pyodide's own files, as npm keeps them and the lock says they are."""
    locked = json.loads((PACKAGES / "pyodide.json").read_text(encoding="utf-8"))
    named = f"{locked['name']}@{locked['version']}"
    _run(["npm", "pack", named, "--silent"], folder, f"fetching {named}")
    archive = next(folder.glob("*.tgz"))
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != locked["integrity"]:
        raise BundleFailed(f"live: {named} is {digest}; expected {locked['integrity']}")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    package = folder / "package"
    lock = json.loads((package / "pyodide-lock.json").read_text(encoding="utf-8"))
    (package / "pyodide-lock.json").write_text(json.dumps({"info": lock["info"], "packages": {}}), encoding="utf-8")
    return package


def _wheels(folder: Path) -> None:
    """The libraries' wheels, by the hashes of the lock; and NumPy's, which no registry carries and which lies here."""
    choice = [word for name in _PLATFORMS for word in ("--platform", name)]
    _run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes",
         "--only-binary", ":all:", *choice, "--python-version", "312", "--abi", "cp312", "--abi", "none",
         "--dest", str(folder), "--requirement", str(PACKAGES / "requirements.txt")],
        folder, "fetching the libraries",
    )  # fmt: skip
    for line in (PACKAGES / "wheels.sha256").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        content = (PACKAGES / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise BundleFailed(f"live: {name} is another file than the locked one; expected the one that git has")
        (folder / name).write_bytes(content)


def _list(python: Path, packed: Path, bundle: Path) -> dict[str, Any]:
    """Lay the files out under names that hold their hashes; each with its bytes, on disk and on its way."""
    sent = json.loads((packed / "sent.json").read_text(encoding="utf-8"))
    whole = hashlib.sha256(b"".join((python / name).read_bytes() for name in _PYTHON)).hexdigest()
    folder = f"python-{whole[:12]}"
    (bundle / folder).mkdir()
    core = []
    for name in _PYTHON:
        shutil.copyfile(python / name, bundle / folder / name)
        core.append(entry(bundle, f"{folder}/{name}", name, sent.get(name)))
    charts = hashed(bundle / _CHARTS)
    (bundle / _CHARTS).rename(bundle / charts)
    archives = {"libraries": _archives(packed, bundle, FIRST), "later": _archives(packed, bundle, _LATER)}
    return {"python": core, **archives, "charts": [entry(bundle, charts, _CHARTS)]}


def _archives(packed: Path, bundle: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    paths = {name: hashed(packed / f"{name}.bin") for name in names}
    for name, path in paths.items():
        shutil.copyfile(packed / f"{name}.bin", bundle / path)
    return [entry(bundle, path, name) for name, path in paths.items()]


def hashed(path: Path) -> str:
    """The name of a file with the beginning of its hash in it: `numpy-0123456789ab.bin`."""
    return f"{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}"


def entry(folder: Path, path: str, name: str, sent: int | None = None) -> dict[str, Any]:
    """What the list says of a file: its name, its path, its bytes, those that cross the wire, its hash as browsers check it."""
    content = (folder / path).read_bytes()
    return {
        "name": name,
        "path": path,
        "bytes": len(content),
        "sent": sent or len(content),
        "integrity": "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode(),
    }
