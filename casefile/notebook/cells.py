"""A notebook as its file has it: nbformat 4, as far as it is read here."""

from __future__ import annotations

from typing import Any, Required, TypedDict

Metadata = dict[str, Any]  # each program's own, by its name; `tags` are Jupyter's
Lines = str | list[str]  # a text, whole or line by line


class Output(TypedDict, total=False):
    """One output of a code cell: a stream has a `name` and a `text`, anything shown `data` by media type."""

    output_type: Required[str]
    name: str
    text: Lines
    data: dict[str, Any]
    metadata: Metadata


class NotebookCell(TypedDict, total=False):
    """One cell: `code`, `markdown` or `raw`; `attachments` are files by their names, each in base 64 by media type."""

    cell_type: Required[str]
    source: Required[Lines]
    id: str
    metadata: Metadata
    outputs: list[Output]
    attachments: dict[str, dict[str, Lines]]
    execution_count: int | None


class Notebook(TypedDict, total=False):
    """A whole notebook."""

    cells: Required[list[NotebookCell]]
    metadata: Metadata
    nbformat: int
    nbformat_minor: int
