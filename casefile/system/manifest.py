"""The files of a site by kind, each with its hash: `manifest.json` lies on the site, and tells it from any other folder.

Words and numbers come out alike wherever a story is built; pictures in pixels, and the archives that hold them, rest on
what draws and packs them besides. So each kind is compared by itself. What reruns notebooks in the reader's browser may
be there or not, and the site is the same: it is listed, and is no part of the site's hash. The manifest does not list itself.

On a site that is put up it says besides for which address, and which files a host was given beyond the book's own or with
something added to them: `host` holds their hashes as they lie there, and the site's hash goes on being that of the build.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

NAME = "manifest.json"
WORDS, PICTURES, ARCHIVES = COMPARED = ("words and numbers", "pictures", "archives")
RERUNS = "reruns"
_KINDS = (*COMPARED, RERUNS)
_LIVE = "live/"  # the folder of what reruns notebooks
_KIND_BY_ENDING = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico"), PICTURES),
    ".zip": ARCHIVES, ".epub": ARCHIVES,
}  # fmt: skip
SIGNATURE = f"{NAME}.sig"
HEADERS, NO_JEKYLL = "_headers", ".nojekyll"
# What a host reads and does not serve, what signs the manifest, what a file manager leaves in a folder that it shows.
_BESIDE = frozenset((NAME, SIGNATURE, HEADERS, NO_JEKYLL))
_OF_DESKTOPS = frozenset((".DS_Store",))
Files = Mapping[str, str]  # path within the site → SHA-256 of the file's content, in hexadecimal


def kind(path: str) -> str:
    """The kind of a file of a site: one of `_KINDS`, by its folder or the ending of its name."""
    if path.startswith(_LIVE):
        return RERUNS
    return _KIND_BY_ENDING.get(PurePosixPath(path).suffix.lower(), WORDS)


def files(site: Path) -> dict[str, str]:
    """Every file of a site but its manifest, in path order."""
    paths = sorted(_paths(site, ""), key=lambda path: path.split("/"))
    return {path: hashlib.sha256((site / path).read_bytes()).hexdigest() for path in paths if path != NAME}


def _paths(folder: Path, within: str) -> Iterator[str]:
    """The files in a folder, and in those in it, by their paths."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _paths(Path(entry.path), f"{within}{entry.name}/")
            elif entry.is_file():
                yield within + entry.name


def site_hash(listed: Files) -> str:
    """One SHA-256 over the files of a site: their paths and contents, in path order; without what reruns notebooks."""
    whole = hashlib.sha256()
    for path, content in listed.items():
        if kind(path) == RERUNS:
            continue
        whole.update(json.dumps(path).encode())
        whole.update(bytes.fromhex(content))
    return whole.hexdigest()


@dataclass(frozen=True)
class Manifest:
    """What a site's manifest says: the hash of all, its files, the address it was built for, what its host was given."""

    site: str
    files: Files
    address: str = ""
    host: Files = field(default_factory=dict)

    @cached_property
    def standing(self) -> dict[str, str]:
        """Every file that stands there, as it lies there, in path order."""
        return _in_order({**self.files, **self.host})

    def written(self) -> str:
        """The manifest as JSON, the files by kind."""
        by_kind = {
            name: {path: digest_of_file for path, digest_of_file in self.files.items() if kind(path) == name}
            for name in _KINDS
        }
        plain: dict[str, Any] = {"site": self.site}
        plain |= {"address": self.address} if self.address else {}
        plain |= {"host": dict(self.host)} if self.host else {}
        return json.dumps({**plain, "files": by_kind}, ensure_ascii=False, indent=1) + "\n"


def write(site: Path) -> str:
    """Put the manifest of a finished site into it; returns the hash of all."""
    listed = files(site)
    (site / NAME).write_text(Manifest(site_hash(listed), listed).written(), encoding="utf-8")
    return site_hash(listed)


def of_text(text: str) -> Manifest | None:
    """A manifest from its text; None for a text that is none, or whose hash is not that of the files it lists."""
    try:
        plain: Any = json.loads(text)
        listed = _in_order(
            {path: digest_of_file for name in _KINDS for path, digest_of_file in plain["files"].get(name, {}).items()}
        )
        manifest = Manifest(plain["site"], listed, str(plain.get("address", "")), dict(plain.get("host", {})))
        return manifest if manifest.site == site_hash(listed) else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _in_order(listed: Files) -> dict[str, str]:
    return dict(sorted(listed.items(), key=lambda pair: Path(pair[0])))


def read(site: Path) -> dict[str, str] | None:
    """The files that a site's manifest lists, in path order; None for a folder without one, or with one of another kind."""
    try:
        manifest = of_text((site / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest.standing if manifest else None


def strange(site: Path, listed: Files) -> str:
    """The first file or link in a site's folder that is not listed, as a path within it; empty when there is none."""
    for where, inner, names in os.walk(site):
        inner.sort()
        links = [name for name in inner if (Path(where) / name).is_symlink()]
        for name in sorted([*names, *links]):
            path = (Path(where) / name).relative_to(site).as_posix()
            if path not in listed and path not in _BESIDE and name not in _OF_DESKTOPS:
                return path
    return ""
