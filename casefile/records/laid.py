"""Data of one's own, laid over a story's for as long as a command runs: the story's folder stays as it is."""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from casefile.errors import BadInput, nearest, shown
from casefile.records import checks
from casefile.records.rows import TABLES
from casefile.system import document, scratch

# No CITATION.cff: what comes of other data is not the book's and has no citation.
_LEFT = shutil.ignore_patterns(
    "CITATION.cff", ".*", "_build", "casefile", "tests", "quality", "build", "*.egg-info", "node_modules"
)
_KEYS: Mapping[str, tuple[str, ...]] = {f"{table.name}.csv": table.key for table in TABLES}


@contextlib.contextmanager
def over(root: Path, folder: Path, called: str = "") -> Iterator[Path]:
    """The root of a copy of the story whose data has the rows and series of `folder`; gone at the end.

    A table of `folder` gives the rows that differ, each by its id and the cells that do; a series is given whole. Raises
    BadInput for a file or column that `data/` has not, and for data that break the rules, with what the folder is `called`.
    """
    called = called or f"--data {folder}"
    if not folder.is_dir():
        raise BadInput(f"{called}: no such folder; expected one with tables such as figures.csv or series/NAME.csv")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise BadInput(f"{called}: no files here; expected tables such as figures.csv or series/NAME.csv")
    names = [path.relative_to(root / "data").as_posix() for path in (root / "data").rglob("*.csv")]
    with scratch.temporary_directory() as work:
        copy = work / root.name
        shutil.copytree(root, copy, ignore=_LEFT)
        for path in files:
            name = path.relative_to(folder).as_posix()
            if name not in names:
                raise BadInput(f"{path}: data/ has no table {shown(name)}; {nearest(name, names)}")
            _lay(path, copy / "data" / name)
        try:
            checks.check(copy)
        except BadInput as error:
            raise BadInput(f"{called}, laid over data/: {error}") from None
        yield copy


def or_own(root: Path, folder: Path | None) -> contextlib.AbstractContextManager[Path]:
    """The story's own root where no other data are given, else that of a copy `over` which they are laid."""
    return contextlib.nullcontext(root) if folder is None else over(root, folder.expanduser())


def _lay(path: Path, table: Path) -> None:
    """Put the rows of a table into another, by their keys; a series takes the place of the other."""
    header, rows = _read(path)
    columns, lines = _read(table)
    if unknown := [column for column in header if column not in columns]:
        raise BadInput(f"{path}: no column {shown(unknown[0])}; {nearest(unknown[0], columns)}")
    keys = _KEYS.get(table.name, ("id",))
    if table.parent.name == "series":
        lines, missing = [], [column for column in columns if column not in header]
    else:
        missing = [column for column in keys if column not in header]
    if missing:
        raise BadInput(f"{path}: no column {missing[0]!r}; expected it in the header")
    merged = {tuple(row[key] for key in keys) if lines else place: row for place, row in enumerate(lines)}
    for place, row in enumerate(rows):
        at = tuple(row[key] for key in keys) if lines else place
        merged[at] = {**dict.fromkeys(columns, ""), **merged.get(at, {}), **row}
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(merged.values())


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(document.text(path, str(path), "CSV"), newline=""))
    rows = list(reader)
    if short := next((place for place, row in enumerate(rows, start=2) if None in row or None in row.values()), 0):
        raise BadInput(f"{path}, row {short}: expected as many cells as the header has")
    return list(reader.fieldnames or ()), rows
