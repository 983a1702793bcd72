"""What was worked out before and still holds, so that a build does again only what changed, and says why.

Entries are named by the SHA-256 of everything they were made from, and hold the SHA-256 of their name and of what they say:
one that was damaged, or lies under another's name, is not believed. This module imports nothing heavy, so that finding nothing to do takes no time.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefile.system import manifest, scratch

FOLDER = Path("_build") / "cache"
_MOST = 1 << 30  # bytes that the cache may hold
_MOST_TOLD = 5  # of what has changed
AN_HOUR = 3600.0
ADDRESS = "CASEFILE_ADDRESS"  # where a site is to stand, instead of where its story says
_PACKAGE = Path(__file__).parents[1]
_RESULTS = ("errors.py", "system", "records", "figures", "notebook", "execution")  # of the package: what makes results
# Tables of which a chapter's run notes the rows that it reads, and one of ids, which none reads.
BY_ROW = ("origins", "sources", "figures", "events", "replies", "claims", "corrections", "measures")
_UNREAD = "ids"
_READS_ITSELF = re.compile(
    r"\bopen\(|\bread_\w+\(|\bPath\b|casefile\.records|records\.(data|root)|import .*\b(os|csv|records)\b"
)
Parts = dict[str, str]


def digest(content: bytes | str) -> str:
    """The SHA-256 of some content, in hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def key(parts: Mapping[str, str]) -> str:
    """One SHA-256 over named parts, whatever their order."""
    return digest(json.dumps(sorted(parts.items())))


def _seal(kind: str, name: str, body: str) -> str:
    return digest(f"{kind} {name}\n{body}")


class Store:
    """A folder of entries, each a plain object under a kind and a key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, kind: str, name: str) -> Path:
        """Where an entry lies."""
        return self.folder / kind / f"{name}.json"

    def get(self, kind: str, name: str) -> Any:
        """An entry's content; None when there is none, or when it is not what was put."""
        with contextlib.suppress(OSError, ValueError):
            path = self.path(kind, name)
            stated, _, body = path.read_text(encoding="utf-8").partition("\n")
            if stated == _seal(kind, name, body):
                with contextlib.suppress(OSError):  # it may be somebody else's, who lets it be read
                    os.utime(path)  # what was used last is thrown away last
                return json.loads(body)
        return None

    def put(self, kind: str, name: str, plain: Any) -> None:
        """Put an entry, in one step: no reader ever sees half of it. Where this user may not write, nothing is kept."""
        path = self.path(kind, name)
        body = json.dumps(plain, ensure_ascii=False)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write(path, f"{_seal(kind, name, body)}\n{body}")
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise

    def once(self, kind: str, name: str, work: Callable[[], Any]) -> Any:
        """An entry's content, worked out and put where there is none."""
        stored = self.get(kind, name)
        if stored is None:
            stored = work()
            self.put(kind, name, stored)
        return stored

    def trim(self, most: int = _MOST) -> None:
        """Throw away what was used longest ago, until the folder holds no more than `most` bytes; and what was never whole."""
        for part in self.folder.glob("*/*.part"):
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > AN_HOUR:  # whoever wrote it was killed
                    part.unlink()
        entries = [(path.stat(), path) for path in self.folder.glob("*/*.json")]
        held = sum(stat.st_size for stat, _ in entries)
        for stat, path in sorted(entries, key=lambda entry: entry[0].st_mtime_ns):
            if held <= most:
                return
            with contextlib.suppress(PermissionError):
                path.unlink(missing_ok=True)
            held -= stat.st_size


# ------------------------------------------------------------------------------------------------- what a run rests on


def file_parts(root: Path, paths: Iterable[Path]) -> Parts:
    """The hash of each file, by its path from the root."""
    return {path.relative_to(root).as_posix(): digest(path.read_bytes()) for path in paths if path.is_file()}


@functools.cache
def package(pages: bool) -> str:
    """The hash of this package's source; with what makes the pages, or only what makes the results.

    Worked out once: what runs in this process is what was loaded.
    """
    files = [path for path in _PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    if not pages:
        files = [path for path in files if path.relative_to(_PACKAGE).parts[0] in _RESULTS]
    return key(file_parts(_PACKAGE, files))


def libraries_hash() -> str:
    """The hash of Python's version and of the names and versions of all installed packages."""
    folders = [Path(entry) for entry in sys.path if entry and Path(entry).is_dir()]
    installed = {path.name for folder in folders for path in folder.glob("*.dist-info")}
    return digest(json.dumps([sys.version, sorted(installed)]))


def data_parts(root: Path) -> Parts:
    """What the soundness of a story's data rests on: every file of it, the package, the libraries."""
    files = [path for path in (root / "data").rglob("*") if not path.name.startswith(".")]
    return {**file_parts(root, files), "package": package(pages=False), "libraries": libraries_hash()}


def run_parts(root: Path, notebook: Mapping[str, Any], values: Mapping[str, Any], needed: Mapping[str, str]) -> Parts:
    """What a chapter's run rests on, but for the series and rows it reads: code, parameters, tables, package, libraries.

    `needed` gives the hash of the results of each chapter that it reads. The notebook's prose is no part of it. One whose
    code may read files by itself rests on every table.
    """
    cells = [["".join(cell["source"]), cell["metadata"]] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    noted = () if any(_READS_ITSELF.search(source) for source, _ in cells) else BY_ROW
    tables = [
        path for path in (root / "data").iterdir()
        if path.suffix in (".csv", ".yml") and path.stem not in (*noted, _UNREAD)
    ]  # fmt: skip
    return {
        "its code": digest(json.dumps([cells, notebook["metadata"]], sort_keys=True)),
        **{f"parameter {name}": json.dumps(value) for name, value in values.items()},
        **{f"chapter {name}": needed[name] for name in needed},
        **file_parts(root, tables),
        "the package's source": package(pages=False),
        "a library": libraries_hash(),
    }


def reason(before: Mapping[str, str] | None, now: Mapping[str, str]) -> str:
    """Why a run is done again, in words, from what it rested on before and rests on now."""
    if before is None:
        return "it has not run before"
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if not changed:
        return "what it left is gone or damaged"
    told = changed if len(changed) <= _MOST_TOLD else [*changed[:_MOST_TOLD], f"{len(changed) - _MOST_TOLD} more"]
    return ", ".join(told) + (" have changed" if len(changed) > 1 else " has changed")


class Runs:
    """The runs of a story's chapters that need not be done again; `states` gives the hashes of the series and rows they read."""

    def __init__(self, store: Store, states: Callable[[Iterable[str]], Parts]) -> None:
        self.store, self._states = store, states

    def find(self, chapter: str, parts: Parts) -> tuple[Any, str]:
        """What a run left (None when it must be done), and why it must be done."""
        base = key(parts)
        latest = self.store.get("latest", chapter)
        for names in self.store.get("read", base) or []:
            stored = self.store.get("runs", key({**parts, **self._states(names)}))
            if stored is not None:
                return stored, ""
        read = (latest or {}).get("read", ())  # what another version kept may not say
        now = {**parts, **self._states(read)}
        return None, reason(latest["parts"] if latest else None, now)

    def keep(self, chapter: str, parts: Parts, left: Mapping[str, Any], names: Iterable[str]) -> None:
        """Keep what a run left, with the series and rows that it read."""
        names, base = sorted(names), key(parts)
        whole = {**parts, **self._states(names)}
        self.store.put("runs", key(whole), left)
        seen = self.store.get("read", base) or []
        self.store.put("read", base, [names, *(other for other in seen if other != names)])
        self.store.put("latest", chapter, {"parts": whole, "read": names})


# ------------------------------------------------------------------------------------------------------ the whole site


def hash_of_site(site: Path) -> str:
    """One SHA-256 over every file of a site but its manifest: its path and its content, in path order."""
    return manifest.site_hash(manifest.files(site))


def story_files(root: Path) -> list[Path]:
    """The files of a story that its site rests on, and folders of them."""
    files = [path for path in root.iterdir() if path.suffix in (".yml", ".md", ".ipynb", ".cff", ".json")]
    for folder in ("data", "chapters", "editions"):
        files += [path for path in (root / folder).rglob("*") if ".ipynb_checkpoints" not in path.parts]
    files.append(root / "_build" / "live" / "bundle.json")  # what reruns notebooks, by the hash of each file
    return files + [root / path for path in Store(root / FOLDER).get("beside", "pages") or ()]  # what pages name


def _site_key(root: Path, params: str | None) -> str:
    """What a whole site rests on: the story's files, the package, the libraries, the parameters asked for."""
    asked = digest(Path(params).read_bytes()) if params and Path(params).is_file() else str(params)
    parts = {"package": package(pages=True), "libraries": libraries_hash(), "parameters": asked, "root": str(root)}
    parts["address"] = os.environ.get(ADDRESS, "as the story says")
    return key({**parts, **file_parts(root, story_files(root))})


@dataclass(frozen=True)
class Site:
    """A site that was built: its hash, and what was said about it."""

    hash: str
    about: Sequence[str] = ()


def standing(root: Path, params: str | None, output: Path) -> Site | None:
    """The site in `output` when it is just what a build would make now; None otherwise."""
    noted = Store(root / FOLDER).get("sites", digest(str(output)))
    if noted is None or not output.is_dir() or noted["key"] != _site_key(root, params):
        return None
    return Site(noted["hash"], noted["about"]) if noted["hash"] == hash_of_site(output) else None


def note(root: Path, params: str | None, output: Path, site: Site) -> None:
    """Remember what the site in `output` was built from."""
    entry = {"key": _site_key(root, params), "hash": site.hash, "about": list(site.about)}
    Store(root / FOLDER).put("sites", digest(str(output)), entry)
