"""How long and how large a piece of work may grow before it is stopped, as `_config.yml` says under `execute`."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from casefile.errors import BadInput

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
    found: dict[str, Any] = {}
    if path.is_file():
        try:
            said = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise BadInput(f"_config.yml: {' '.join(str(error).split())}; expected YAML") from None
        found = (said.get("execute") if isinstance(said, dict) else None) or {}
    standard = Limits()
    chosen = {"timeout": standard.seconds, "memory": standard.memory / GIB}
    for name in chosen:
        given = found.get(name, chosen[name])
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < math.inf:
            raise BadInput(f"_config.yml, execute, {name}: {given!r}; expected a number above zero")
        chosen[name] = float(given)
    return Limits(chosen["timeout"], int(chosen["memory"] * GIB))
