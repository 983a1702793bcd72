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
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# Tests, headers, stubs, sources of extensions, extensions of other machines, and what only physicists ask of SymPy.
_LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing/tests|include|benchmarks|_examples|doc|docs)/|^sympy/(physics|parsing/(latex|c|fortran)|galgebra|benchmarks)/|^mpmath/tests/"
    r"|\.(pyi|pyx|pxd|pxi|h|c|cpp|hpp|a|in|build|typed|src|ini|gz|x86_64-linux-gnu\.so|tempita)$|-x86_64-linux-gnu\.so$"
    r"|\.data/|/(RECORD|WHEEL|INSTALLER|entry_points\.txt|top_level\.txt|direct_url\.json)$"
)
_MODULE = (".pyc", ".so")


def lay_out(wheels: str, target: str) -> None:
    """Lay out what runs of all wheels of a folder in another one, as an installation does."""
    for wheel in sorted(Path(wheels).glob("*.whl")):
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                if not name.endswith("/") and not _LEFT_OUT.search(name):
                    kept, content = _compiled(name, packed.read(name))
                    path = Path(target, kept)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)


def _compiled(name: str, content: bytes) -> tuple[str, bytes]:
    """A module compiled, in its source's place, as Python imports it without one; any other file as it is."""
    if not name.endswith(".py"):
        return name, content
    external: Any = importlib._bootstrap_external
    code = compile(content, name, "exec", dont_inherit=True)
    return f"{name}c", bytes(external._code_to_hash_pyc(code, importlib.util.source_hash(content), False))


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files in one archive: the same bytes for the same files, in their order.

    It is compressed as a whole, so that the browser's own decompression opens it: the length of an index (four bytes, the
    lowest first), the index (JSON: each file's path and bytes), then all files' contents.
    """
    index = json.dumps([(name, len(content)) for name, content in files.items()], separators=(",", ":")).encode()
    index += b" " * (-(4 + len(index)) % 8)  # what comes first may be read as numbers, which begin at whole words
    return gzip.compress(b"".join([len(index).to_bytes(4, "little"), index, *files.values()]), 9, mtime=0)


def pack(laid: str, memory: str, held: Iterable[str], extensions: Iterable[str], target: str) -> None:
    """Three archives of what is laid out: the memory, the code that it needs at once with all data, and all other modules.

    `held` are the files whose modules are in the memory, `extensions` those of them that are WebAssembly, in their order.
    """
    there = {path.relative_to(laid).as_posix(): path for path in sorted(Path(laid).rglob("*")) if path.is_file()}
    in_memory, first = set(held), list(extensions)
    data = [name for name in there if not name.endswith(_MODULE)]
    later = [name for name in there if name.endswith(_MODULE) and name not in in_memory]
    for name, files in (("code", [*first, *data]), ("later", later)):
        Path(target, f"{name}.bin").write_bytes(packed({path: there[path].read_bytes() for path in files}))
    described = ("memory", "extensions.json")
    Path(target, "memory.bin").write_bytes(packed({name: Path(memory, name).read_bytes() for name in described}))


def sent(folder: str, names: list[str]) -> dict[str, int]:
    """The bytes that each file takes on its way where the host compresses it, as most do."""
    return {name: len(zlib.compress(Path(folder, name).read_bytes(), 6)) for name in names}
