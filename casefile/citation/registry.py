"""The registry of ids, `data/ids.csv`: all that were ever given out, each with the page and anchor it leads to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path

from casefile import records
from casefile.citation.citable import FORM_EXPECTED, FORMS, ITEM_KINDS, CitableItem
from casefile.errors import BadRecord
from casefile.records.rows import PublicId
from casefile.system import scratch

REGISTRY = Path("data") / "ids.csv"
PUBLIC, RETIRED = "public", "retired"


def read(root: Path) -> dict[str, PublicId]:
    """The ids of `data/ids.csv`; none without it. Raises BadRecord for a row that cannot be."""
    path = root / REGISTRY
    if not path.is_file():
        return {}
    registered: dict[str, PublicId] = {}
    for number, row in records.rows(path):
        try:
            public = PublicId(**{column.name: row[column.name] for column in fields(PublicId)})
        except KeyError as error:
            raise BadRecord(str(REGISTRY), 1, error.args[0], None, "this column in the header") from None
        for column, form in FORMS.items():
            if not form.fullmatch(getattr(public, column)):
                raise BadRecord(str(REGISTRY), number, column, getattr(public, column), FORM_EXPECTED)
        if public.id in registered:
            raise BadRecord(str(REGISTRY), number, "id", public.id, "an id that no other row has")
        if public.kind not in ITEM_KINDS:
            raise BadRecord(str(REGISTRY), number, "kind", public.kind, "one of " + ", ".join(ITEM_KINDS))
        if public.status not in (PUBLIC, RETIRED) or (public.status == RETIRED and not public.note):
            raise BadRecord(str(REGISTRY), number, "status", public.status, "public, or retired with a note")
        registered[public.id] = public
    return registered


def faults(
    registered: Mapping[str, PublicId],
    items: Mapping[str, CitableItem],
    published: Iterable[Mapping[str, CitableItem]] = (),
) -> list[str]:
    """What is wrong between the registry and the book, a line each: ids missing, vanished, or leading elsewhere.

    `published` is what each edition said: its ids may not leave the registry, nor lead elsewhere without a note.
    """
    faults_by_line = []
    for item in items.values():
        row = registered.get(item.id)
        if row is None:
            faults_by_line.append(f"{item.kind} {item.id!r} of {item.page} is not in {REGISTRY}")
        elif row.status == RETIRED:
            faults_by_line.append(f"{item.kind} {item.id!r} is retired in {REGISTRY}, and the book has it")
        elif (row.kind, row.page, row.anchor) != (item.kind, item.page, item.anchor):
            faults_by_line.append(
                f"{item.id!r} is a {item.kind} at {item.place}; {REGISTRY} has a {row.kind} at {row.page}.html#{row.anchor}"
            )
    faults_by_line += [
        f"{row.kind} {row.id!r} was public and has vanished from {row.page}; expected it, or `retired` with a note"
        for row in registered.values()
        if row.status == PUBLIC and row.id not in items
    ]
    for edition in published:
        for item in edition.values():
            row = registered.get(item.id)
            if row is None:
                faults_by_line.append(
                    f"{item.kind} {item.id!r} of a published edition is not in {REGISTRY}; no id is taken away"
                )
            elif not row.note and (row.page, row.anchor) != (item.page, item.anchor):
                faults_by_line.append(
                    f"{item.id!r} was published at {item.place}; {REGISTRY} leads elsewhere without a note"
                )
    return list(dict.fromkeys(faults_by_line))


def left_behind(
    registered: Mapping[str, PublicId],
    items: Mapping[str, CitableItem],
    published: Iterable[Mapping[str, CitableItem]] = (),
) -> dict[str, dict[str, str]]:
    """Where something public stood and no longer does: page → anchor → the id that stood there."""
    taken = {(item.page, item.anchor) for item in items.values()}
    places = [(row.page, row.anchor, row.id) for row in registered.values() if row.status == RETIRED]
    places += [(item.page, item.anchor, item.id) for edition in published for item in edition.values()]
    notes: dict[str, dict[str, str]] = {}
    for page, anchor, name in places:
        if (page, anchor) not in taken:
            notes.setdefault(page, {})[anchor] = name
    return notes


def register(root: Path, items: Mapping[str, CitableItem]) -> tuple[int, int]:
    """Add new ids to `data/ids.csv` and note where ids have moved; how many of each. Removes none."""
    rows = read(root)
    added = moved = 0
    for item in items.values():
        row = rows.get(item.id)
        if row is None:
            rows[item.id] = PublicId(item.id, item.kind, item.page, item.anchor, PUBLIC, "")
            added += 1
        elif row.status == PUBLIC and (row.page, row.anchor) != (item.page, item.anchor):
            rows[item.id] = replace(row, page=item.page, anchor=item.anchor)
            moved += 1
    if added or moved:
        text = io.StringIO()
        table = csv.DictWriter(text, [column.name for column in fields(PublicId)], lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(row) for row in rows.values())
        scratch.write(root / REGISTRY, text.getvalue())
    return added, moved
