"""What can be cited: the book, its pages, sections, numbers, charts and claims, each with an id that stays and a hash.

An id is never given to another thing and never lost: `data/ids.csv` lists them all, with the page and anchor they lead
to. The hash says whether what was cited is still the same: for a number it covers its value, formula and sources, and
those of all it was made from; for a section its text and the numbers, charts and verdicts in it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from docutils.nodes import make_id

from casefile import records
from casefile.errors import BadInput, BadRecord, shown
from casefile.execution.run import Overrides
from casefile.execution.story import Run, Story
from casefile.notebook import markdown
from casefile.notebook.homes import Homes
from casefile.notebook.results import CHART_MEDIA_TYPE, FIGURES_MEDIA_TYPE, Results
from casefile.records import Records
from casefile.system import scratch

REGISTRY = Path("data") / "ids.csv"
KINDS = ("book", "page", "section", "number", "chart", "claim")
BOOK = "book"
PUBLIC, RETIRED = "public", "retired"
Given = Mapping[str, Mapping[str, Any]]

_ROLES = {"num": "number", "word": "word", "claim": "claim"}  # what a role prints
_TABLES = ("casefile-ledger", "casefile-score", "casefile-article")  # the directives that print verdicts
_HASH_LENGTH = 12
# An id names files and a page is one, so neither may lead anywhere else.
_PUBLIC = {
    "id": re.compile(r"\w[\w-]*"), "page": re.compile(r"\w[\w-]*(/\w[\w-]*)*"), "anchor": re.compile(r"(\w[\w-]*)?"),
}  # fmt: skip
_A_PLACE = "letters, digits, underscores and hyphens, and for a page the folders it lies in"


@dataclass(frozen=True)
class Item:
    """One thing that can be cited, as it stands.

    `text` is what it says in short: the number as printed, or the verdict; empty for others. `rests_on` holds the ids of
    figures and claims that it prints or is made from.
    """

    id: str
    kind: str
    page: str
    anchor: str
    title: str
    text: str
    hash: str
    value: float | None = None
    unit: str = ""
    range: str = ""
    rests_on: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Its address within the site."""
        return f"{self.page}.html" + (f"#{self.anchor}" if self.anchor else "")


def placed(item: Item) -> Item:
    """The item, when its id, page and anchor can be those of files and elements. Raises BadInput otherwise."""
    for column, form in _PUBLIC.items():
        if not form.fullmatch(str(getattr(item, column))):
            raise BadInput(
                f"{item.kind} {shown(item.id)}: {column} {shown(getattr(item, column))}; expected {_A_PLACE}"
            )
    return item


def digest(*parts: Any) -> str:
    """A short SHA-256 over plain data; numbers by their twelve first digits, so that no processor's last bit counts."""
    plain = json.dumps([_steady(part) for part in parts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:_HASH_LENGTH]


def _steady(plain: Any) -> Any:
    if isinstance(plain, float):
        return f"{plain:.12g}"
    if isinstance(plain, Mapping):
        return {str(key): _steady(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_steady(value) for value in plain]
    return plain


# ---------------------------------------------------------------------------------------------------------- collecting


@dataclass
class Pages:
    """What the pages of a book say: records, results by page, and the cells of each page in order.

    `extensions` are those of MyST's syntax that the book uses.
    """

    known: Records
    chapters: Mapping[str, Results]
    cells: Mapping[str, list[Mapping[str, Any]]]
    extensions: markdown.Syntax = markdown.SYNTAX
    _hashes: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    @cached_property
    def homes(self) -> Homes:
        """On which page each figure, word, chart and verdict lives."""
        return Homes(self.chapters)

    @cached_property
    def ledger_page(self) -> str:
        """The page that lists every verdict; empty without one."""
        places = markdown.places({page: _texts(cells, self.extensions) for page, cells in self.cells.items()})
        return places.get("casefile-ledger", "")

    def figure_hash(self, page: str, name: str) -> str:
        """The hash of a figure: its value, range, unit, formula and sources, and those of all its inputs."""
        graph = self.chapters[page].graph
        figure = graph[name]
        home = self.homes.publishers.get(name, page)
        if home != page and name in self.chapters[home].graph:
            return self.figure_hash(home, name)
        if (page, name) not in self._hashes:
            tree = figure.formula.scaled_tree if figure.formula is not None else None
            self._hashes[page, name] = digest(
                name, figure.value, figure.low, figure.high, figure.unit, tree, figure.function, figure.rows,
                sorted(figure.sources), {inner: self.figure_hash(page, inner) for inner in figure.inputs},
            )  # fmt: skip
        return self._hashes[page, name]

    def parts(self, kind: str, name: str, page: str) -> tuple[str, frozenset[str]]:
        """The hash of something a page shows, and the ids it rests on: none where there is no such thing."""
        if kind == "chart":
            chart = self.chapters[page].charts[name]
            graph = self.chapters[page].graph
            texts = [graph.fill(chart[key]) for key in ("title", "note")]
            named = frozenset(re.findall(r"\{(\w+)", chart["title"] + chart["note"])) & frozenset(graph.figures)
            listed = {str(row.get("figure")) for row in chart["rows"]} & set(graph.figures)
            return digest(texts, chart["columns"], chart["rows"], sorted(chart["sources"])), self.through(
                page, named | listed
            )
        if kind == "claim" and name in self.known.claims:
            claim = self.known.claims[name]
            home = self.homes.verdicts.get(name)
            judge = self.chapters[home] if home else None
            said = judge.verdicts[name] if judge else {}
            choice = judge.graph.choices.get(f"claim_{name}") if judge else None
            over = choice.inputs if choice else ()
            rule = [[label, condition.written] for label, condition in choice.options] if choice else None
            rested = {inner: self.figure_hash(home, inner) for inner in over} if home else {}
            replies = [self.known.replies[reply].meaning for reply in claim.replies]
            found = digest(
                claim.claim, claim.finding, sorted(claim.sources), replies, said.get("verdict"), rule, rested
            )
            return found, self.through(home, over) if home else frozenset()
        answering = self.homes.answering(name, page)
        if answering is None:
            return digest(name), frozenset()
        graph = self.chapters[answering].graph
        if name in graph.choices:
            return digest(graph.chosen(name)), frozenset()
        return self.figure_hash(answering, name), self.through(answering, [name])

    def through(self, page: str, names: Iterable[str]) -> frozenset[str]:
        """Some figures and all that they were made from."""
        graph = self.chapters[page].graph
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            home = self.homes.publishers.get(name, page)
            waiting += graph[name].inputs
            if home != page and name in self.chapters[home].graph:
                found |= self.through(home, [name])
        return frozenset(found)


@dataclass
class _Output:
    """What a cell puts out, by kind and id; without an id the cell itself."""

    kind: str
    name: str


@dataclass
class _Section:
    label: str
    level: int
    title: str
    lines: list[str] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)


def _texts(cells: Sequence[Mapping[str, Any]], extensions: markdown.Syntax) -> tuple[markdown.Cell, ...]:
    return markdown.read(markdown.of_notebook({"cells": cells}), extensions)


def _pieces(cells: Sequence[Mapping[str, Any]], extensions: markdown.Syntax) -> Iterator[markdown.Piece | _Output]:
    """What the Markdown of a page holds, and the ids of figures and charts that its cells put out, in order."""
    texts = iter(_texts(cells, extensions))
    for cell, source in zip(cells, markdown.sources(cells), strict=True):
        if source is not None:
            yield from next(texts).pieces()
            continue
        yield _Output("cell", "")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if CHART_MEDIA_TYPE in data:
                yield _Output("chart", str(data[CHART_MEDIA_TYPE]["chart"]))
            for name in data.get(FIGURES_MEDIA_TYPE, {}).get("figures", []):
                yield _Output("number", str(name))


def _sections(cells: Sequence[Mapping[str, Any]], pages: Pages, page: str) -> list[_Section]:
    """The sections of a page, each with all that stands below it, down to the next heading of its rank.

    A label is a section's where nothing stands between it and the heading; of several the last is, as on the page.
    """
    found: list[_Section] = []
    standing: list[_Section] = []
    label, fill = "", markdown.filler(pages.known, pages.homes, page)
    for piece in _pieces(cells, pages.extensions):
        if isinstance(piece, markdown.Label):
            label = piece.name
            continue
        if isinstance(piece, markdown.Heading):
            standing = [section for section in standing if section.level < piece.level]
            for section in standing:
                section.lines += piece.source
            standing.append(_Section(label, piece.level, piece.title(fill)))
            found.append(standing[-1])
        for section in standing:
            if isinstance(piece, markdown.Line):
                section.lines.append(piece.text)
            section.shown += _shown(piece, pages.known)
        if not isinstance(piece, markdown.Line) or piece.text.strip():
            label = ""
    return found


def _shown(piece: markdown.Piece | _Output, known: Records) -> list[tuple[str, str]]:
    """What a piece of a page prints, by kind and id."""
    if isinstance(piece, _Output):
        return [(piece.kind, piece.name)] if piece.name else []
    if isinstance(piece, markdown.Role) and piece.name in _ROLES:
        return [(_ROLES[piece.name], piece.text.partition(":")[0])]
    if isinstance(piece, markdown.Directive) and piece.name in _TABLES:
        of_one = piece.name == "casefile-article"
        return [
            ("claim", claim.id)
            for claim in known.claims.values()
            if not of_one or str(claim.paragraph) == piece.argument
        ]
    return []


def items(pages: Pages) -> dict[str, Item]:
    """Everything that can be cited, by id: pages and their sections in order, then numbers, charts and claims, the book.

    Raises BadInput when two things have one id, and for a page that cannot be told apart (`markdown.check`).
    """
    found: dict[str, Item] = {}

    def add(item: Item) -> None:
        if item.id in found:
            other = found[item.id]
            raise BadInput(
                f"{item.page}: the id {item.id!r} of a {item.kind} is that of a {other.kind} of {other.page}"
            )
        found[item.id] = placed(item)

    for page, cells in pages.cells.items():
        markdown.check(page, _texts(cells, pages.extensions))
        for section in _sections(cells, pages, page):
            if not section.label and section.level > 1:
                continue  # without a label it has no id that stays; its text counts to the section above
            shown = dict.fromkeys(section.shown)
            parts = {(kind, name): pages.parts(kind, name, page) for kind, name in shown}
            text = " ".join(" ".join(section.lines).split())
            rests = frozenset[str]().union(*(rested for _, rested in parts.values()))
            rests |= {name for kind, name in parts if kind == "claim"} | {
                f"chart-{n}" for k, n in parts if k == "chart"
            }
            made = digest(section.title, text, [[kind, name, part[0]] for (kind, name), part in parts.items()])
            whole = section.level == 1
            anchor = "" if whole else make_id(section.label)
            add(Item(section.label or Path(page).name, "page" if whole else "section", page, anchor, section.title, "", made,
                     rests_on=tuple(sorted(rests))))  # fmt: skip
    for name, page in pages.homes.figures.items():
        graph = pages.chapters[page].graph
        figure = graph[name]
        has_range = bool(figure.band) and figure.value is not None
        add(Item(
            name, "number", page, f"figure-{name}", figure.meaning, graph.printed(name), pages.figure_hash(page, name),
            figure.value, figure.unit, f"{graph.printed(name, 'range')}, {figure.band}" if has_range else "",
            tuple(sorted(pages.through(page, [name]) - {name})),
        ))  # fmt: skip
    for name, page in pages.homes.charts.items():
        made, rests = pages.parts("chart", name, page)
        title = pages.chapters[page].graph.fill(pages.chapters[page].charts[name]["title"])
        add(Item(f"chart-{name}", "chart", page, f"chart-{name}", title, "", made, rests_on=tuple(sorted(rests))))
    for name, page in pages.homes.verdicts.items():
        made, rests = pages.parts("claim", name, page)
        title, verdict = pages.known.claims[name].claim, pages.chapters[page].verdicts[name]["verdict"]
        home = pages.ledger_page or page
        add(Item(name, "claim", home, f"claim-{name}", title, verdict, made, rests_on=tuple(sorted(rests))))
    root = next(iter(pages.cells))
    whole_book = digest({item.id: item.hash for item in found.values()})
    add(Item(BOOK, "book", root, "", "", "", whole_book, rests_on=tuple(sorted(found))))
    return found


def of_run(run: Run) -> Pages:
    """What a run of the book has its pages say."""
    return Pages(run.story.records, run.chapters, run.cells, run.story.syntax)


def current(story: Story, overrides: Overrides, jobs: int = 1, engine: str | None = None) -> dict[str, Item]:
    """Everything that can be cited as it stands now, with `overrides` of parameters; runs what has not run before."""
    with scratch.folder() as folder:
        return items(of_run(story.run(overrides, folder, jobs, engine)))


# ------------------------------------------------------------------------------------------------------------ registry


@dataclass(frozen=True)
class Public:
    """A row of the registry: an id that was given out, and where it leads. A retired one says why in `note`."""

    id: str
    kind: str
    page: str
    anchor: str
    status: str
    note: str


def registry(root: Path) -> dict[str, Public]:
    """The ids of `data/ids.csv`; none without it. Raises BadRecord for a row that cannot be."""
    path = root / REGISTRY
    if not path.is_file():
        return {}
    found: dict[str, Public] = {}
    for number, row in records.rows(path):
        try:
            public = Public(**{column.name: row[column.name] for column in fields(Public)})
        except KeyError as error:
            raise BadRecord(str(REGISTRY), 1, error.args[0], None, "this column in the header") from None
        for column, form in _PUBLIC.items():
            if not form.fullmatch(getattr(public, column)):
                raise BadRecord(str(REGISTRY), number, column, getattr(public, column), _A_PLACE)
        if public.id in found:
            raise BadRecord(str(REGISTRY), number, "id", public.id, "an id that no other row has")
        if public.kind not in KINDS:
            raise BadRecord(str(REGISTRY), number, "kind", public.kind, "one of " + ", ".join(KINDS))
        if public.status not in (PUBLIC, RETIRED) or (public.status == RETIRED and not public.note):
            raise BadRecord(str(REGISTRY), number, "status", public.status, "public, or retired with a note")
        found[public.id] = public
    return found


def faults(
    registered: Mapping[str, Public], standing: Mapping[str, Item], published: Iterable[Mapping[str, Item]] = ()
) -> list[str]:
    """What is wrong between the registry and the book, a line each: ids missing, vanished, or leading elsewhere.

    `published` is what each edition said: its ids may not leave the registry, nor lead elsewhere without a note.
    """
    found = []
    for item in standing.values():
        row = registered.get(item.id)
        if row is None:
            found.append(f"{item.kind} {item.id!r} of {item.page} is not in {REGISTRY}")
        elif row.status == RETIRED:
            found.append(f"{item.kind} {item.id!r} is retired in {REGISTRY}, and the book has it")
        elif (row.kind, row.page, row.anchor) != (item.kind, item.page, item.anchor):
            found.append(
                f"{item.id!r} is a {item.kind} at {item.place}; {REGISTRY} has a {row.kind} at {row.page}.html#{row.anchor}"
            )
    found += [
        f"{row.kind} {row.id!r} was public and has vanished from {row.page}; expected it, or `retired` with a note"
        for row in registered.values()
        if row.status == PUBLIC and row.id not in standing
    ]
    for said in published:
        for item in said.values():
            row = registered.get(item.id)
            if row is None:
                found.append(
                    f"{item.kind} {item.id!r} of a published edition is not in {REGISTRY}; no id is taken away"
                )
            elif not row.note and (row.page, row.anchor) != (item.page, item.anchor):
                found.append(f"{item.id!r} was published at {item.place}; {REGISTRY} leads elsewhere without a note")
    return list(dict.fromkeys(found))


def left_behind(
    registered: Mapping[str, Public], standing: Mapping[str, Item], published: Iterable[Mapping[str, Item]] = ()
) -> dict[str, dict[str, str]]:
    """Where something public stood and no longer does: page → anchor → the id that stood there."""
    taken = {(item.page, item.anchor) for item in standing.values()}
    places = [(row.page, row.anchor, row.id) for row in registered.values() if row.status == RETIRED]
    places += [(item.page, item.anchor, item.id) for said in published for item in said.values()]
    found: dict[str, dict[str, str]] = {}
    for page, anchor, name in places:
        if (page, anchor) not in taken:
            found.setdefault(page, {})[anchor] = name
    return found


def register(root: Path, standing: Mapping[str, Item]) -> tuple[int, int]:
    """Add new ids to `data/ids.csv` and note where known ones have moved; how many of each. Removes none."""
    known = registry(root)
    added = moved = 0
    for item in standing.values():
        row = known.get(item.id)
        if row is None:
            known[item.id] = Public(item.id, item.kind, item.page, item.anchor, PUBLIC, "")
            added += 1
        elif row.status == PUBLIC and (row.page, row.anchor) != (item.page, item.anchor):
            known[item.id] = replace(row, page=item.page, anchor=item.anchor)
            moved += 1
    if added or moved:
        text = io.StringIO()
        table = csv.DictWriter(text, [column.name for column in fields(Public)], lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(row) for row in known.values())
        scratch.write(root / REGISTRY, text.getvalue())
    return added, moved
