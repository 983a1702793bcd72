"""The files of a site by kind, each with its hash: `manifest.json` lies on the site, and tells it from any other folder.

Words and numbers come out alike wherever a story is built; pictures in pixels, and the archives that hold them, rest on
what draws and packs them besides. So each kind is compared by itself. The manifest does not list itself.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

NAME = "manifest.json"
WORDS, PICTURES, ARCHIVES = KINDS = ("words and numbers", "pictures", "archives")
_KIND_BY_ENDING = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico"), PICTURES),
    ".zip": ARCHIVES, ".epub": ARCHIVES,
}  # fmt: skip
_OF_DESKTOPS = frozenset((".DS_Store",))  # what a file manager leaves in a folder that it shows
Files = Mapping[str, str]  # path within the site → SHA-256 of the file's content, in hexadecimal


def kind(path: str) -> str:
    """The kind of a file of a site: one of `KINDS`, by the ending of its name."""
    return _KIND_BY_ENDING.get(PurePosixPath(path).suffix.lower(), WORDS)


def files(site: Path) -> dict[str, str]:
    """Every file of a site but its manifest, in path order."""
    paths = sorted(path for path in site.rglob("*") if path.is_file() and path != site / NAME)
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def site_hash(listed: Files) -> str:
    """One SHA-256 over the files of a site: their paths and contents, in path order."""
    whole = hashlib.sha256()
    for path, content in listed.items():
        whole.update(json.dumps(path).encode())
        whole.update(bytes.fromhex(content))
    return whole.hexdigest()


def write(site: Path) -> str:
    """Put the manifest of a finished site into it: `site`, the hash of all, which is returned, and `files` by kind and path."""
    listed = files(site)
    by_kind = {name: {path: content for path, content in listed.items() if kind(path) == name} for name in KINDS}
    plain = {"site": site_hash(listed), "files": by_kind}
    (site / NAME).write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return site_hash(listed)


def read(site: Path) -> dict[str, str] | None:
    """The files that a site's manifest lists, in path order; None for a folder without one, or with one of another kind."""
    try:
        plain: Any = json.loads((site / NAME).read_text(encoding="utf-8"))
        listed = {path: content for name in KINDS for path, content in plain["files"][name].items()}
        listed = dict(sorted(listed.items(), key=lambda pair: Path(pair[0])))
        return listed if plain["site"] == site_hash(listed) else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def strange(site: Path, listed: Files) -> str:
    """The first file or link in a site's folder that is not listed, as a path within it; empty when there is none."""
    for where, inner, names in os.walk(site):
        inner.sort()
        links = [name for name in inner if (Path(where) / name).is_symlink()]
        for name in sorted([*names, *links]):
            path = (Path(where) / name).relative_to(site).as_posix()
            if path not in listed and path != NAME and name not in _OF_DESKTOPS:
                return path
    return ""
