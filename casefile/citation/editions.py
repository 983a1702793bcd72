"""Editions: what each published version of the book said, kept in the repository so that a citation can be checked.

`editions/VERSION.json` holds every id with its place, its value and its hash, and the hash of the whole site. It is written
once, by `release`, and sealed: a file that was altered since is not believed.

The site's hash covers every file of the site, by path and content, built at its defaults from what is committed with the
edition's record beside it. No page says that hash or the seal, so that adding them to the record changes no page: a build
of the release gives the same hash, and says so. `editions/VERSION.files.json` keeps the beginning of each file's own hash
by kind, so that a build that differs says what differs and what does not. Early editions were kept without the one or both.
"""

from __future__ import annotations

import datetime
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, Required, TypedDict, cast

from casefile.citation import archive, citable, citation_file, cite, registry
from casefile.citation.archive import Archive
from casefile.citation.citable import CitableItem
from casefile.errors import BadInput, of_library
from casefile.notebook import markdown
from casefile.records import Correction
from casefile.system import document, manifest, scratch

EDITIONS = Path("editions")
FILES = ".files.json"  # how the name of an edition's list of files ends
_MOST_BYTES = 1 << 26  # of an edition's file
_KEPT = 12  # hexadecimal digits of each file's hash
_NAMED = 3  # files that a build names of those that differ
_OF_KIND = {
    manifest.WORDS: ("file of words and numbers", "files of words and numbers"),
    manifest.PICTURES: ("picture", "pictures"), manifest.ARCHIVES: ("archive", "archives"),
}  # fmt: skip


class ReleaseRefused(BadInput):
    """Something stands in the way of a release; the message says what."""


@dataclass(frozen=True)
class Edition:
    """A published version: its date, the corrections it knew of, what it said, by id, and its site's hash, if kept."""

    version: str
    date: str
    corrections: tuple[str, ...]
    items: Mapping[str, CitableItem]
    site: str = ""


def _rank(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def load(root: Path) -> dict[str, Edition]:
    """All editions by version, the oldest first. Raises BadInput for one that was altered since it was written."""
    editions = {}
    for path in (root / EDITIONS).glob("*.json"):
        if path.name.endswith(FILES):
            continue
        where = f"{EDITIONS}/{path.name}"
        try:
            plain = document.read(path, where, "an edition as `casefile release` wrote it", _MOST_BYTES)
            if plain["seal"] != _seal(plain):
                raise BadInput(f"{where}: was altered after its release; expected the file as it was released")
            items = {
                name: citable.checked_item(
                    CitableItem(id=name, **{**item, "rests_on": tuple(item.get("rests_on", ()))})
                )
                for name, item in plain["items"].items()
            }
            edition = Edition(
                str(plain["version"]),
                str(plain["date"]),
                tuple(plain["corrections"]),
                items,
                str(plain.get("site", "")),
            )
            _rank(edition.version)
            datetime.date.fromisoformat(edition.date)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(
                f"{where}: {of_library(error)}; expected an edition as `casefile release` wrote it"
            ) from None
        if path.stem != edition.version:
            raise BadInput(f"{where}: holds edition {edition.version}; expected the edition it is named after")
        editions[edition.version] = edition
    return dict(sorted(editions.items(), key=lambda pair: _rank(pair[0])))


class StoredItem(TypedDict, total=False):
    """Something with an id, as an edition keeps it; what is empty is left out."""

    kind: Required[str]
    page: Required[str]
    anchor: Required[str]
    title: Required[str]
    text: Required[str]
    hash: Required[str]
    value: float
    unit: str
    range: str
    qualifier: str


class StoredEdition(TypedDict):
    """`editions/VERSION.json`: an edition of a site has that site's hash, a finished record its seal."""

    version: str
    date: str
    corrections: list[str]
    items: dict[str, StoredItem]
    site: NotRequired[str]
    seal: NotRequired[str]


def told(edition: Edition) -> str:
    """What an edition said, as its site gives it to machines: its record without seal and site's hash, which no page says."""
    items = {item.id: _plain(item) for item in edition.items.values()}
    return _written(
        {"version": edition.version, "date": edition.date, "corrections": list(edition.corrections), "items": items}
    )


def _seal(plain: Mapping[str, object]) -> str:
    return citable.content_hash({key: value for key, value in plain.items() if key != "seal"})


def edition_of(item: CitableItem, version: str, editions: Mapping[str, Edition]) -> str:
    """The edition an item is cited from: `version` when that printed just this item, in the same words; a draft otherwise."""
    edition = editions.get(version)
    released = edition.items.get(item.id) if edition else None
    if released is not None and _printed(released) == _printed(item):
        return version
    return version + cite.DRAFT


def _printed(item: CitableItem) -> tuple[str, ...]:
    """What a citation of an item says of it; two that are the same in this are one to whoever cites."""
    return item.hash, item.place, item.title, item.said, item.range


def unexplained(last: Edition, items: Mapping[str, CitableItem], corrections: Iterable[Correction]) -> list[str]:
    """The numbers and verdicts that differ from the last edition without a correction or update made since, a line each.

    A row of corrections explains a figure or claim that it names, and everything made from that figure.
    """
    new = [row for row in corrections if row.id not in last.corrections]
    named = {name for row in new for name in (*row.figures, *row.claims)}
    ids = []
    for before in last.items.values():
        now = items.get(before.id)
        if now is None or before.kind not in ("number", "claim"):
            continue
        differs = (before.text, before.range, before.unit) != (now.text, now.range, now.unit) or (
            citable.content_hash(before.value) != citable.content_hash(now.value)
        )
        if differs and not named & {now.id, *now.rests_on}:
            ids.append(f"{now.kind} {now.id!r} was {before.text} in edition {last.version} and is {now.text}")
    return ids


def release(
    root: Path, version: str, items: Mapping[str, CitableItem], corrections: Iterable[Correction], test: Callable[[], str],
    build: Callable[[Path], Path | None],
) -> Path:  # fmt: skip
    """Write `editions/VERSION.json` and its list of files, and return its path. `standing` is the book at its defaults.

    `test` runs the tests and returns a complaint, empty when they passed. `build` builds the site of a clean copy and returns
    its folder, from which the edition keeps its pages too; None for an edition that keeps no site. Raises ReleaseRefused when the version is not
    the one in CITATION.cff, is known or not newer; when something is not committed, not in the registry, changed without
    a correction, or not passing its tests.
    """
    corrections = list(corrections)
    book, path = releasable(root, version)
    released = load(root)
    if wrong := registry.faults(registry.read(root), items, [edition.items for edition in released.values()]):
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise ReleaseRefused(f"{wrong[0]}{more}; `casefile register` adds new ids")
    if released and (changed := unexplained(list(released.values())[-1], items, corrections)):
        raise ReleaseRefused(
            f"{'; '.join(changed)}; expected a correction or an update in data/corrections.csv that names each"
        )
    if complaint := test():
        raise ReleaseRefused(f"the tests do not pass: {complaint}")
    plain: StoredEdition = {
        "version": version,
        "date": book.date.isoformat(),
        "corrections": [row.id for row in corrections],
        "items": {item.id: _plain(item) for item in items.values()},
    }
    path.parent.mkdir(exist_ok=True)
    if built := _built_with(root, path.name, plain, build):
        archived, files = built
        plain["site"] = manifest.site_hash(files)
        archive.write(root, archived)
        scratch.write(path.with_suffix(FILES), _list(version, plain["site"], files))
    plain["seal"] = _seal(plain)
    scratch.write(path, _written(plain))
    return path


def _built_with(
    root: Path, name: str, plain: StoredEdition, build: Callable[[Path], Path | None]
) -> tuple[Archive, manifest.Files] | None:
    """The pages and the files of the site of what is committed, with the record and the pages of the new edition beside it.

    The site shows the pages that are kept of it, so it is built twice: what is kept of a page says nothing of that.
    """
    pages = dict.fromkeys(item["page"] for item in plain["items"].values() if item["kind"] == "page")
    with scratch.temporary_directory() as work:
        copy = work / "story"
        (copy / EDITIONS).mkdir(parents=True)
        subprocess.run(["git", "-C", str(root), "checkout-index", "--all", f"--prefix={copy}{os.sep}"], check=True)
        (copy / EDITIONS / name).write_text(_written({**plain, "seal": _seal(plain)}), encoding="utf-8")
        if (site := build(copy)) is None:
            return None
        kept = archive.of_site(site, plain["version"], pages, "Kept at its release.")
        archive.write(copy, kept)
        return (kept, manifest.files(again)) if (again := build(copy)) else None


def _list(version: str, site: str, files: manifest.Files) -> str:
    """The files of an edition's site by kind, each with the beginning of its hash, as JSON, a line a file."""
    plain: dict[str, object] = {"version": version, "site": site}
    plain["files"] = {
        kind: {path: content[:_KEPT] for path, content in files.items() if manifest.kind(path) == kind}
        for kind in manifest.COMPARED
    }
    return json.dumps({**plain, "seal": _seal(plain)}, ensure_ascii=False, indent=1) + "\n"


def files_of(root: Path, edition: Edition) -> dict[str, dict[str, str]]:
    """The files of an edition's site: kind → path → the beginning of its hash; none for an edition that keeps no list.

    Raises BadInput for a list that was altered since it was written, or that is another edition's.
    """
    path = root / EDITIONS / f"{edition.version}{FILES}"
    where, expected = f"{EDITIONS}/{path.name}", "the files of that edition as `casefile release` wrote them"
    if not path.is_file():
        return {}
    plain = document.read(path, where, expected, _MOST_BYTES)
    try:
        sound = plain["seal"] == _seal(plain) and plain["site"] == edition.site
        files = {kind: dict(plain["files"][kind]) for kind in manifest.COMPARED}
    except (LookupError, TypeError, ValueError) as error:
        raise BadInput(f"{where}: {of_library(error)}; expected {expected}") from None
    if not sound:
        raise BadInput(f"{where}: was altered after its release; expected {expected}")
    return files


def compared(root: Path, files_of_site: manifest.Files) -> str:
    """How the files of a site stand to the edition of its version; empty where no such edition keeps its site's hash."""
    if not (root / "CITATION.cff").is_file():
        return ""
    edition = load(root).get(citation_file.book_of(root).version)
    if edition is None or not edition.site:
        return ""
    if edition.site == manifest.site_hash(files_of_site):
        return f"the site of edition {edition.version}, file by file"
    another = f"another site than that of edition {edition.version}"
    files_of_edition = files_of(root, edition)
    if not files_of_edition:
        return f"{another}, which is {edition.site}; that edition keeps no hash of each file, so what differs cannot be said"
    differing = {kind: differing_files(kind, files, files_of_site) for kind, files in files_of_edition.items()}
    changed = "; ".join(line for line in differing.values() if line)
    if not differing[manifest.WORDS]:
        return f"every word and number is that of edition {edition.version}; {changed}"
    same = " and ".join(kind for kind, line in differing.items() if not line)
    return f"{another}: {changed}" + (f"; all {same} are the same" if same else "")


def holds(root: Path, files: manifest.Files) -> bool:
    """Whether every word and number of a site is that of the edition of its version: all files, or all but pictures and archives."""
    edition = load(root).get(citation_file.book_of(root).version)
    if edition is None or not edition.site:
        return False
    words = files_of(root, edition).get(manifest.WORDS)
    return edition.site == manifest.site_hash(files) or (
        words is not None and not differing_files(manifest.WORDS, words, files)
    )


def differing_files(kind: str, expected: Mapping[str, str], files: manifest.Files) -> str:
    """How many files of a kind differ from those kept, and the first of them, pages before others; empty when none does."""
    expected = {path: content[:_KEPT] for path, content in expected.items() if manifest.kind(path) == kind}
    now = {path: content[:_KEPT] for path, content in files.items() if manifest.kind(path) == kind}
    paths = [path for path in expected.keys() | now.keys() if expected.get(path) != now.get(path)]
    if not paths:
        return ""
    paths.sort(key=lambda path: (not path.endswith(".html"), path))
    notes = dict.fromkeys(expected.keys() - now.keys(), " (missing)") | dict.fromkeys(
        now.keys() - expected.keys(), " (new)"
    )
    names = ", ".join(path + notes.get(path, "") for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    one, many = _OF_KIND[kind]
    return f"{len(paths):,} {many} differ: {names}{more}" if len(paths) > 1 else f"1 {one} differs: {names}"


def releasable(root: Path, version: str) -> tuple[citation_file.Book, Path]:
    """The book's record and the path of the edition to write, when nothing that needs no run stands in the way."""
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        raise ReleaseRefused(f"version {version!r}; expected numbers and points, such as 0.2.0")
    released = load(root)
    if version in released:
        raise ReleaseRefused(f"edition {version} exists already and never changes; expected a newer version")
    if released and _rank(version) <= _rank(list(released)[-1]):
        raise ReleaseRefused(f"version {version} is not newer than {list(released)[-1]}; expected a newer one")
    book = citation_file.book_of(root)
    if book.version != version:
        raise ReleaseRefused(f"CITATION.cff says version {book.version}; expected {version}, with its date-released")
    changes = root / "CHANGELOG.md"
    if changes.is_file():
        (text,) = markdown.read((document.text(changes),))
        pieces = [piece for piece in text.pieces() if isinstance(piece, markdown.Heading) and piece.level == 2]
        headings = [piece.title(lambda role, said: said) for piece in pieces]
        if any("unreleased" in heading.lower() for heading in headings):
            raise ReleaseRefused(f"CHANGELOG.md: has changes under “Unreleased”; expected them under {version}")
        if not any(re.match(rf"\[?{re.escape(version)}(?![\w.])", heading) for heading in headings):
            raise ReleaseRefused(f"CHANGELOG.md: says nothing of {version}; expected a heading `## {version} — date`")
    done = subprocess.run(
        ["git", "-C", str(root), "status", "--porcelain"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ReleaseRefused(f"{root}: no git repository; expected one with everything committed")
    if done.stdout.strip():
        lines = done.stdout.strip().splitlines()
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        raise ReleaseRefused(f"{lines[0].split(maxsplit=1)[-1]}{more}: not committed; expected a clean tree")
    return book, root / EDITIONS / f"{version}.json"


def tested(root: Path) -> str:
    """Run the story's tests, by pytest where it is installed: which failed first, or else the last line of what they say; nothing when all pass."""
    if not (root / "tests").is_dir():
        return "there is no folder tests/"
    has_pytest = importlib.util.find_spec("pytest") is not None
    words = ["pytest", "-q", "-x"] if has_pytest else ["unittest", "discover", "--start-directory", "tests"]
    done = subprocess.run([sys.executable, "-m", *words], cwd=root, capture_output=True, text=True, check=False)
    lines = (done.stdout if has_pytest else done.stderr).strip().splitlines()
    failed = (line for line in lines if line.startswith(("FAILED ", "ERROR ", "FAIL: ", "ERROR: ")))
    return "" if done.returncode == 0 else next(failed, (lines or ["they did not start"])[-1])


def _plain(item: CitableItem) -> StoredItem:
    """An item for an edition's file: what is empty left out."""
    plain: dict[str, object] = {
        "kind": item.kind,
        "page": item.page,
        "anchor": item.anchor,
        "title": item.title,
        "text": item.text,
        "hash": item.hash,
    }
    plain |= {
        key: value for key in ("value", "unit", "range", "qualifier") if (value := getattr(item, key)) not in (None, "")
    }
    return cast(StoredItem, plain)


def _written(plain: StoredEdition) -> str:
    """An edition as JSON, a line an item, so that two editions differ where the book does."""
    head = {key: value for key, value in plain.items() if key != "items"}
    lines = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(item, ensure_ascii=False)}" for name, item in plain["items"].items()
    )
    return json.dumps(head, ensure_ascii=False, indent=1)[:-2] + f',\n "items": {{\n{lines}\n }}\n}}\n'
