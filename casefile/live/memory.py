"""What Python holds already when it starts in a reader's browser: the libraries and this package, imported and used once.

This runs inside Pyodide while the bundle is made. Its memory is written down afterwards, and every browser goes on from there,
where it would have to import for seconds.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

SITE_PACKAGES = f"/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
_package: list[str] = []  # the hash of the one that is in memory


class NotHere(BaseException):
    """A module is asked for whose archive is not fetched yet; no library takes this for a module that does not exist."""


class Later:
    """Python's last finder: it asks for what the libraries hold beyond what is in memory."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = frozenset(packages)

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> None:
        """Nothing for a module of anyone else; raises NotHere for one of the libraries."""
        if name.partition(".")[0] in self._packages:
            raise NotHere(name)


def fill(libraries: Sequence[str], story: str, chapter: str) -> None:
    """Import the libraries and this package, and run a chapter of a story, which imports what they leave for later."""
    importlib.invalidate_caches()
    for name in libraries:
        importlib.import_module(name)
    _use(**{name: sys.modules[name] for name in libraries})
    reply = importlib.import_module("casefile.live.reply")
    importlib.import_module("casefile.figures.units").prepare()
    said = json.loads(reply.Answerer(Path(story)).answer(json.dumps({"chapter": chapter, "overrides": {}})))
    if "results" not in said:
        raise ValueError(said["refused"])
    _package.append(_digest())
    sys.meta_path.append(
        Later([name.partition(".")[0] for name in sorted(path.name for path in Path(SITE_PACKAGES).iterdir())])
    )
    gc.collect()
    gc.freeze()  # none of it is garbage ever again, and no collection has to walk through it


def answerer() -> Callable[..., str]:
    """What answers the worker's questions, once the story and this package are laid out; a package other than the one in memory is imported anew."""
    importlib.invalidate_caches()
    if _digest() not in _package:
        for name in [name for name in sys.modules if name.partition(".")[0] == "casefile"]:
            del sys.modules[name]
    answer: Callable[..., str] = importlib.import_module("casefile.live.reply").Answerer().answer
    return answer


def _digest() -> str:
    """The hash of this package's modules as they are laid out."""
    files = sorted(Path(SITE_PACKAGES, "casefile").rglob("*.py"))
    return hashlib.sha256(
        b"\0".join(part for file in files for part in (str(file).encode(), file.read_bytes()))
    ).hexdigest()


def _use(numpy: Any, pandas: Any, sympy: Any, pint: Any, altair: Any, jsonschema: Any, **others: Any) -> None:
    # Vega-Lite's schema, the one that is read here, calls no part by an id or an anchor; to look for some takes half of each run.
    jsonschema.validators._search_schema = lambda schema, matcher: iter(())
    numpy.percentile(numpy.random.default_rng([1, 2]).triangular(0.0, 1.0, 2.0, 100), [5, 95])
    frame = pandas.read_csv(io.StringIO("day,value\n2024-01-02,1.5\n2024-01-03,2\n"), parse_dates=["day"])
    frame.set_index("day").sort_index(kind="stable")["value"].to_dict()
    base = altair.Chart(frame).encode(
        x=altair.X("day:T", title="day"), y=altair.Y("value:Q", axis=altair.Axis(grid=False))
    )
    (base.mark_line() + base.mark_point()).properties(width=300, title="values").to_dict()
    x, y = sympy.symbols("x y")
    formula = sympy.Piecewise((sympy.sqrt(x) / y, x > y), (sympy.Max(x, y), True))
    printer = sympy.printing.numpy.NumPyPrinter({"fully_qualified_modules": False})
    # By its name, NumPy would load all that it has, its Fortran too.
    sympy.lambdify([x, y], formula, [numpy], printer)(numpy.array([1.0, 3.0]), 2.0)
    sympy.latex(formula)
    formula.subs({x: 1.5, y: 0.5}).evalf()
    pint.UnitRegistry().Quantity(1.0, "kilometer/hour").to("meter/second")


def held() -> str:
    """The files of the modules in memory, as JSON: their paths among the packages."""
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    return json.dumps(
        sorted(os.path.relpath(file, SITE_PACKAGES) for file in files if file.startswith(f"{SITE_PACKAGES}/"))
    )


def complete() -> None:
    """All files of the libraries are laid out: ask for none any more."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Later)]
    importlib.invalidate_caches()
