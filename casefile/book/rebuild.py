"""An edition's pages made again: from the commit that released it, with the libraries of its lock; else from its record."""

from __future__ import annotations

import html
import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from casefile.citation import archive, editions
from casefile.citation.archive import Archive
from casefile.citation.editions import Edition
from casefile.errors import BadInput, CasefileError, nearest, shown
from casefile.system import manifest, place, scratch
from casefile.system.tree import Element, of_html

LOCK = "requirements.txt"


class RebuildFailed(CasefileError):
    """What an edition was released from does not build any more; the message says at which step."""


def rebuild(root: Path, version: str, tell: Callable[[str], None]) -> Archive:
    """The pages of an edition, from its commit where git has one, else from its record alone.

    Raises BadInput for an edition that is not there, RebuildFailed when its commit does not build.
    """
    released = editions.load(root)
    if version not in released:
        raise BadInput(f"no edition {shown(version)}; {nearest(version, released)}")
    edition = released[version]
    commit = _commit(root, version)
    if not commit:
        tell(f"no commit released {version} in this copy's history; its record alone is kept")
        return of_record(edition)
    with scratch.temporary_directory() as work:
        copy, python = installed(root, version, work, tell)
        _run([python, "-m", "casefile", "build"], copy, "the build")
        site = copy / place.SITE
        pages = dict.fromkeys(item.page for item in edition.items.values() if item.kind == "page")
        files = manifest.files(site)
        likeness = "the very files of the edition" if edition.site == manifest.site_hash(files) else _compared(edition)
        rebuilt = archive.of_site(site, version, pages, f"Built again from commit {commit[:12]}: {likeness}.")
    lost = missing(edition, rebuilt)
    if lost:
        tell(
            f"{len(lost)} of {len(edition.items)} things of the record are not on the rebuilt pages: {', '.join(lost[:5])}"
        )
    return rebuilt


def installed(root: Path, version: str, work: Path, tell: Callable[[str], None]) -> tuple[Path, str]:
    """The story as it was when an edition was released, in `work`, and a Python with the libraries and the package it had.

    Raises RebuildFailed where git has no such commit, or where its libraries cannot be had.
    """
    if not (commit := _commit(root, version)):
        raise RebuildFailed(f"no commit released {version} in this copy's history")
    copy = work / "story"
    _check_out(root, commit, copy)
    lock = copy / LOCK
    same = lock.is_file() and (root / LOCK).is_file() and _pins(lock) == _pins(root / LOCK)
    tell(f"commit {commit[:12]}, with {'the libraries installed here' if same else 'the libraries of its own lock'}")
    return copy, sys.executable if same else _environment(work / "venv", copy)


def _compared(edition: Edition) -> str:
    """What is said of a site that is not that of its edition, or of which that cannot be known."""
    if not edition.site:
        return "its record keeps no hash of its site"
    return "its words are those of its record, and some files are others than its site's, which it does not list"


def missing(edition: Edition, rebuilt: Archive) -> list[str]:
    """The ids of an edition's record whose place, or whose number as printed, is not on its page as it was made again."""
    places = {page: _places(text) for page, text in rebuilt.pages.items()}
    lacking = []
    for item in edition.items.values():
        place = places.get(item.page, {}).get(item.anchor)
        if place is None or (item.kind == "number" and item.text not in " ".join("".join(place.itertext()).split())):
            lacking.append(item.id)
    return lacking


def _places(page: str) -> dict[str, Element]:
    """What has an id on a page, by it; the whole page by none."""
    tree = of_html(page)
    return {"": tree, **{element.get("id", ""): element for element in tree.iter() if element.get("id")}}


def of_record(edition: Edition) -> Archive:
    """The pages of an edition by its record alone: titles, numbers and verdicts, without their sentences."""
    pages = {}
    for page in dict.fromkeys(item.page for item in edition.items.values() if item.kind == "page"):
        lines = []
        for item in edition.items.values():
            if item.page == page and item.kind != "book":
                title = html.escape(item.title, quote=False)
                if item.kind == "page":
                    lines.append(f"<h1>{title}</h1>")
                elif item.kind == "section":
                    lines.append(f'<section id="{item.anchor}">\n<h2>{title}</h2></section>')
                else:
                    text = (
                        ": " + html.escape(", ".join(filter(None, (item.text, item.range))), quote=False)
                        if item.text
                        else ""
                    )
                    lines.append(f'<div id="{item.anchor}">\n<p>{title}{text}</p></div>')
        pages[page] = "\n".join(lines) + "\n"
    return Archive(
        edition.version, pages, {}, "From its record alone: titles, numbers and verdicts; the sentences are lost."
    )


def _commit(root: Path, version: str) -> str:
    """The commit that added an edition's record; empty where git, its history or the commit is not there."""
    path = f"{editions.EDITIONS.as_posix()}/{version}.json"
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "log", "--diff-filter=A", "--format=%H", "--", path],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return (done.stdout.split() or [""])[-1] if done.returncode == 0 else ""


def _check_out(root: Path, commit: str, copy: Path) -> None:
    packed = _run(["git", "-C", str(root), "archive", "--format=tar", commit], root, "the commit")
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        files.extractall(copy, filter="data")


def _environment(folder: Path, copy: Path) -> str:
    """A Python with the libraries of a copy's lock and its package; asks the registry that pip is set to."""
    _run([sys.executable, "-m", "venv", str(folder)], copy, "an environment")
    python = str(folder / "bin" / "python")
    if (copy / LOCK).is_file():
        _run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCK], copy, "its libraries")
    _run([python, "-m", "pip", "install", "-q", "--no-deps", "-e", "."], copy, "its package")
    return python


def _run(command: Sequence[str], folder: Path, what: str) -> bytes:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        output = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise RebuildFailed(f"{what}: {output[-1]}")
    return done.stdout


def _pins(lock: Path) -> list[str]:
    """The libraries of a lock, each with its version."""
    return sorted(
        line.split()[0] for line in lock.read_text(encoding="utf-8").splitlines() if re.match(r"[\w.-]+==", line)
    )


def keep(root: Path, version: str, tell: Callable[[str], None]) -> Path:
    """Make an edition's pages again and write them; the folder that holds them."""
    return archive.write(root, rebuild(root, version, tell))
