"""Guides under `docs/` whose blocks of code name a file, or are commands: read, and followed in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt


@dataclass(frozen=True)
class Block:
    """A block of code: its language, the file it names, none for commands, the words after that, and its content."""

    language: str
    file: str
    words: tuple[str, ...]
    content: str


def blocks(guide: Path) -> Iterator[Block]:
    """The blocks of a guide that name a file or are commands (`sh`), in order."""
    for token in MarkdownIt().parse(guide.read_text(encoding="utf-8")):
        if token.type != "fence":
            continue
        language, file, *words = [*token.info.split(), "", ""]
        if file or language == "sh":
            yield Block(language, file, tuple(filter(None, words)), token.content)


def follow(root: Path, block: Block) -> None:
    """Do with a block's file what the guide says: put a row under a table, a cell into a notebook, a line after another."""
    path = root / block.file
    if path.suffix == ".ipynb":
        _add_cell(path, block)
    elif block.words[:1] == ("after",):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = max(place for place, line in enumerate(lines) if block.words[1] in line)
        end = next(
            (at + 1 + more for more, line in enumerate(lines[at + 1 :]) if line.lstrip().startswith("-")), len(lines)
        )
        path.write_text("".join([*lines[:end], block.content, *lines[end:]]), encoding="utf-8")
    else:
        with path.open("a", encoding="utf-8") as table:
            table.write(block.content)


def _add_cell(path: Path, block: Block) -> None:
    empty: dict[str, Any] = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else empty
    kind = "markdown" if block.language == "markdown" else "code"
    code: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    source = block.content.rstrip("\n").splitlines(keepends=True)
    cell = {
        "cell_type": kind,
        "id": f"cell-{len(notebook['cells'])}",
        "metadata": {"tags": list(block.words)},
        "source": source,
    }
    notebook["cells"].append({**cell, **code})
    path.write_text(json.dumps(notebook), encoding="utf-8")
