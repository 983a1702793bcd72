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
    settings: Any = {}
    if path.is_file():
        config = document.read(path, path.name)
        settings = (config.get("execute") if isinstance(config, dict) else None) or {}
    if not isinstance(settings, dict):
        raise BadInput(f"_config.yml, execute: {shown(settings)}; expected a mapping")
    standard = Limits()
    chosen = {"timeout": standard.seconds, "memory": standard.memory / GIB}
    for name in chosen:
        setting = settings.get(name, chosen[name])
        if isinstance(setting, bool) or not isinstance(setting, int | float) or not 0 < setting < math.inf:
            raise BadInput(f"_config.yml, execute, {name}: {shown(setting)}; expected a number above zero")
        chosen[name] = float(setting)
    return Limits(chosen["timeout"], int(chosen["memory"] * GIB))
