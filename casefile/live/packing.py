"""Wheels made into archives that a browser unpacks: compiled, and without what no run needs.

This runs inside Pyodide, whose compiler and whose compression are the same on every machine; it needs nothing else.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Tests, headers, stubs, sources of extensions, extensions of other machines, and what only physicists ask of SymPy.
_LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing/tests|include|benchmarks|_examples|doc|docs)/|^sympy/(physics|parsing/(latex|c|fortran)|galgebra|benchmarks)/|^mpmath/tests/"
    r"|\.(pyi|pyx|pxd|pxi|h|c|cpp|hpp|a|in|build|typed|src|ini|gz|x86_64-linux-gnu\.so|tempita)$|-x86_64-linux-gnu\.so$"
    r"|\.data/|/(RECORD|WHEEL|INSTALLER|entry_points\.txt|top_level\.txt|direct_url\.json)$"
)


def pack(wheels: Iterable[str], target: str) -> None:
    """Put what runs of some wheels into one archive: the same bytes for the same wheels.

    An archive is compressed as a whole, so that the browser's own decompression opens it while Python starts: the length of
    an index (four bytes, the lowest first), the index (JSON: each file's path and bytes), then all files' contents.
    """
    files: dict[str, bytes] = {}
    for wheel in sorted(wheels):
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                if not name.endswith("/") and not _LEFT_OUT.search(name):
                    files.update([_compiled(name, packed.read(name))])
    index = json.dumps(
        [(name, len(content)) for name, content in sorted(files.items())], separators=(",", ":")
    ).encode()
    parts = [len(index).to_bytes(4, "little"), index, *(content for _, content in sorted(files.items()))]
    Path(target).write_bytes(gzip.compress(b"".join(parts), 9, mtime=0))


def _compiled(name: str, content: bytes) -> tuple[str, bytes]:
    """A module compiled, in its source's place, as Python imports it without one; any other file as it is."""
    if not name.endswith(".py"):
        return name, content
    external: Any = importlib._bootstrap_external
    code = compile(content, name, "exec", dont_inherit=True)
    return f"{name}c", bytes(external._code_to_hash_pyc(code, importlib.util.source_hash(content), False))


def pack_all(groups: dict[str, list[str]], wheels: str, target: str) -> None:
    """An archive `NAME.bin` for each group of wheels, which are told by the beginnings of their names."""
    there = {path.name: str(path) for path in Path(wheels).glob("*.whl")}
    for name, beginnings in groups.items():
        chosen = [path for file, path in there.items() if file.partition("-")[0] in beginnings]
        if len(chosen) != len(beginnings):
            raise ValueError(f"{name}: {sorted(chosen)}; expected a wheel of each of {', '.join(beginnings)}")
        pack(chosen, f"{target}/{name}.bin")


def sent(folder: str, names: list[str]) -> dict[str, int]:
    """The bytes that each file takes on its way where the host compresses it, as most do."""
    return {name: len(zlib.compress(Path(folder, name).read_bytes(), 6)) for name in names}
