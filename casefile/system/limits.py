"""How long and how large a piece of work may grow before it is stopped, as `_config.yml` says under `execute`."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefile.errors import BadInput, shown
from casefile.system import document

GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """`seconds` for each cell, for each drawing, and for each page on average; `memory`, in bytes, for each notebook."""

    seconds: float = 600.0
    memory: int = 4 * GIB


@functools.lru_cache(maxsize=8)
def of(root: Path) -> Limits:
    """The limits of a story: `timeout`, Jupyter Book's own key, in seconds, and `memory`, in GiB, of `execute`.

    Raises BadInput for what is no positive number.
    """
    path = root / "_config.yml"
    found: Any = {}
    if path.is_file():
        said = document.read(path, path.name)
        found = (said.get("execute") if isinstance(said, dict) else None) or {}
    if not isinstance(found, dict):
        raise BadInput(f"_config.yml, execute: {shown(found)}; expected a mapping")
    standard = Limits()
    chosen = {"timeout": standard.seconds, "memory": standard.memory / GIB}
    for name in chosen:
        given = found.get(name, chosen[name])
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < math.inf:
            raise BadInput(f"_config.yml, execute, {name}: {shown(given)}; expected a number above zero")
        chosen[name] = float(given)
    return Limits(chosen["timeout"], int(chosen["memory"] * GIB))
