"""The sections of a page, each with its label, its text, and the figures, words, charts and claims that it prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from casefile.notebook import markdown
from casefile.notebook.cells import NotebookCell
from casefile.notebook.homes import Homes
from casefile.notebook.results import CHART_MEDIA_TYPE, FIGURES_MEDIA_TYPE
from casefile.records import Records

Cells = Sequence[NotebookCell]

_ROLES = {"num": "number", "word": "word", "claim": "claim"}  # what a role prints
_TABLES = ("casefile-ledger", "casefile-score", "casefile-article")  # the directives that print verdicts


@dataclass
class _Output:
    """What a cell puts out, by kind and id; without an id the cell itself."""

    kind: str
    name: str


@dataclass
class Section:
    """A section of a page: its Markdown down to the next heading of its rank, and what it prints, by kind and id."""

    label: str
    level: int
    title: str
    lines: list[str] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)


def texts(cells: Cells, extensions: markdown.Syntax) -> tuple[markdown.MarkdownCell, ...]:
    """The cells of Markdown of a page, read."""
    return markdown.read(markdown.markdown_cells({"cells": [*cells]}), extensions)


def _pieces(cells: Cells, extensions: markdown.Syntax) -> Iterator[markdown.Piece | _Output]:
    """What the Markdown of a page holds, and the ids of figures and charts that its cells put out, in order."""
    written = iter(texts(cells, extensions))
    for cell, source in zip(cells, markdown.sources(cells), strict=True):
        if source is not None:
            yield from next(written).pieces()
            continue
        yield _Output("cell", "")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if CHART_MEDIA_TYPE in data:
                yield _Output("chart", str(data[CHART_MEDIA_TYPE]["chart"]))
            for name in data.get(FIGURES_MEDIA_TYPE, {}).get("figures", []):
                yield _Output("number", str(name))


def sections_of_page(
    page: str, cells: Cells, records: Records, homes: Homes, extensions: markdown.Syntax
) -> list[Section]:
    """The sections of a page, each with all that stands below it, down to the next heading of its rank.

    A label is a section's where nothing stands between it and the heading; of several the last is, as on the page.
    """
    sections: list[Section] = []
    open_sections: list[Section] = []
    label, fill = "", markdown.filler(records, homes, page)
    for piece in _pieces(cells, extensions):
        if isinstance(piece, markdown.Label):
            label = piece.name
            continue
        if isinstance(piece, markdown.Heading):
            open_sections = [section for section in open_sections if section.level < piece.level]
            for section in open_sections:
                section.lines += piece.source
            open_sections.append(Section(label, piece.level, piece.title(fill)))
            sections.append(open_sections[-1])
        for section in open_sections:
            if isinstance(piece, markdown.SourceLine):
                section.lines.append(piece.text)
            section.shown += _shown(piece, records)
        if not isinstance(piece, markdown.SourceLine) or piece.text.strip():
            label = ""
    return sections


def _shown(piece: markdown.Piece | _Output, records: Records) -> list[tuple[str, str]]:
    """What a piece of a page prints, by kind and id."""
    if isinstance(piece, _Output):
        return [(piece.kind, piece.name)] if piece.name else []
    if isinstance(piece, markdown.Role) and piece.name in _ROLES:
        return [(_ROLES[piece.name], piece.text.partition(":")[0])]
    if isinstance(piece, markdown.Directive) and piece.name in _TABLES:
        of_one = piece.name == "casefile-article"
        return [
            ("claim", claim.id)
            for claim in records.claims.values()
            if not of_one or str(claim.paragraph) == piece.argument
        ]
    return []
