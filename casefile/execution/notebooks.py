"""The notebooks of a story as files: where each is, what it reads of others, and what of one is the same in every run."""

from __future__ import annotations

import ast
import hashlib
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat

from casefile.errors import MOST_SHOWN, BadInput, nearest, shown
from casefile.notebook import drawing, parameters
from casefile.notebook.cells import Notebook as Notebook
from casefile.notebook.cells import NotebookCell, Output
from casefile.records import Records, Value
from casefile.system import document

_MOST_BYTES = 1 << 26  # of a notebook, executed


def path_of(root: Path, chapter: str) -> Path:
    """The notebook of a chapter: `chapters/NAME.ipynb`, or `NAME.ipynb` at the root. Raises BadInput when neither is."""
    paths = chapters(root)
    if chapter not in paths:
        raise BadInput(f"no chapter {shown(chapter)}; {nearest(chapter, paths)}")
    inner = root / "chapters" / f"{chapter}.ipynb"
    return inner if inner.is_file() else root / f"{chapter}.ipynb"


def chapters(root: Path) -> list[str]:
    """The names of all notebooks of a story, the root's first, each folder in name order."""
    paths = sorted(root.glob("*.ipynb")) + sorted((root / "chapters").glob("*.ipynb"))
    return [path.stem for path in paths]


def read(path: Path) -> Notebook:
    """A notebook as plain data, each cell with an id of its own. Raises BadInput when the file is no notebook."""
    plain: Notebook = document.read(path, path.name, "a Jupyter notebook", _MOST_BYTES)
    try:
        if plain["nbformat"] != 4:
            raise ValueError(f"format {shown(plain['nbformat'])}")
        _tell_apart(plain)
        nbformat.validate(plain)
    except Exception as error:  # what is no notebook at all makes nbformat stumble in many ways
        message = str(error).partition("\n")[0][:MOST_SHOWN] or type(error).__name__
        raise BadInput(f"{path.name}: {message}; expected a Jupyter notebook of format 4") from None
    for cell in plain["cells"]:
        if "\r" in (source := "".join(cell["source"])):  # as some editors leave the ends of lines in a cell
            cell["source"] = source.replace("\r\n", "\n").replace("\r", "\n")
    return plain


def _tell_apart(notebook: Notebook) -> None:
    """Give each cell of a format that has ids one of its own, where a program left none or the same twice."""
    if notebook.get("nbformat_minor", 0) < 5:
        return
    seen: set[str] = set()
    for place, cell in enumerate(notebook["cells"]):
        if cell.get("id", "") in seen | {""}:
            cell["id"] = f"cell-{place}"
        seen.add(cell["id"])


def needs(notebook: Notebook) -> tuple[str, ...]:
    """The chapters a notebook reads: the literal `needs` it gives to `open_chapter`."""
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code" or "open_chapter" not in "".join(cell["source"]):
            continue
        source = "".join(cell["source"])
        for call in ast.walk(parameters.ipython_tree(source, f"cell {position}, with open_chapter")):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "open_chapter":
                for keyword in call.keywords:
                    if keyword.arg == "needs":
                        try:
                            return tuple(map(str, ast.literal_eval(keyword.value)))
                        except (ValueError, TypeError, RecursionError, MemoryError):
                            written = shown(ast.unparse(keyword.value))
                            raise BadInput(f"open_chapter: needs is {written}; expected a list of chapters") from None
    return ()


def check_ranges(notebook: Notebook, chapter: str, records: Records, values: Mapping[str, Value]) -> None:
    """Raise BadInput for a range, given in place of a value, of a parameter that a notebook's code reads."""
    declared = records.declared(chapter)
    if drawing.asked(declared, values):
        drawing.check(chapter, declared, values, parameters.read_by_code(notebook, chapter))


def with_needs(root: Path, names: Sequence[str]) -> list[str]:
    """The chapters named and all that they need, directly or through others."""
    ordered: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in ordered:
            ordered.append(name)
            waiting += needs(read(path_of(root, name)))
    return ordered


def order(root: Path, names: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The chapters with what each needs, needed ones first. Raises BadInput for a circle or an unknown need."""
    wanted = {name: needs(read(path_of(root, name))) for name in names}
    placed: list[tuple[str, tuple[str, ...]]] = []
    while len(placed) < len(wanted):
        done = {name for name, _ in placed}
        ready = [name for name in wanted if name not in done and set(wanted[name]) <= done]
        if not ready:
            left = sorted(set(wanted) - done)
            raise BadInput(f"chapters {', '.join(left)} need each other, or a chapter that is not in the book")
        placed += [(name, wanted[name]) for name in ready]
    return placed


def with_prose(executed: Notebook, notebook: Notebook, name: str) -> Notebook:
    """An executed notebook whose code is that of `notebook`, with the prose that `notebook` has now."""
    ran = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    cells: list[NotebookCell] = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code":
            source = "".join(cell["source"]).splitlines(keepends=True)
            cells.append({**cell, "metadata": {**cell["metadata"], "tags": tags}, "source": source})
            continue
        cells.append(ran.pop(0))
        if ran and "injected-parameters" in ran[0]["metadata"].get("tags", []):
            cells.append(ran.pop(0))
    return normalised({**executed, "cells": cells}, name)


def normalised(notebook: Notebook, name: str) -> Notebook:
    """The notebook without what differs from run to run: times, paths, random ids. The same run gives the same bytes."""
    notebook["metadata"].pop("papermill", None)
    notebook["metadata"].pop("widgets", None)
    language = notebook["metadata"].get("language_info", {})
    notebook["metadata"]["language_info"] = {"name": language.get("name", "python")}
    for position, cell in enumerate(notebook["cells"]):
        content = f"{name}:{position}:{''.join(cell['source'])}"
        cell["id"] = hashlib.sha256(content.encode()).hexdigest()[:8]
        for key in ("papermill", "execution"):
            cell["metadata"].pop(key, None)
        if "outputs" in cell:
            cell["outputs"] = _streams_joined(cell["outputs"])
    return notebook


def _streams_joined(outputs: Sequence[Output]) -> list[Output]:
    """Outputs with each run of streams as one standard output and one standard error: how they interleave is chance."""
    joined: list[Output] = []
    for is_stream, group in itertools.groupby(outputs, lambda output: output["output_type"] == "stream"):
        if not is_stream:
            joined += group
            continue
        texts = {"stdout": "", "stderr": ""}
        for output in group:
            texts[output["name"]] += "".join(output["text"])
        joined += [
            {"name": name, "output_type": "stream", "text": text.splitlines(keepends=True)}
            for name, text in texts.items()
            if text
        ]
    return joined
