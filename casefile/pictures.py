"""Pictures of Vega-Lite specifications, drawn once: kept by what they are drawn from, several drawn at a time.

Drawing is most of what rendering pages costs, and one drawing stands in many files.
"""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from typing import Any

from casefile.cache import Store, digest

VEGA_LITE = "6.4"
SCALE = 2.0
WIDE, NARROW = 640, 340
Spec = Mapping[str, Any]


def svg(spec: Spec) -> str:
    """A specification drawn as SVG by vl-convert, at its own size."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(dict(spec), vl_version=VEGA_LITE)
    return renumbered(drawn)


def renumbered(drawn: str) -> str:
    """An SVG with its ids numbered from one: Vega goes on counting from one drawing of a process to the next."""
    ids = dict.fromkeys(re.findall(r'\bid="([^"]+)"', drawn))
    names = {old: f"{old.rstrip('0123456789')}{place}" for place, old in enumerate(ids, start=1)}
    return re.sub(
        r'(\bid="|url\(#|href="#)([^")]+)',
        lambda found: found.group(1) + names.get(found.group(2), found.group(2)),
        drawn,
    )


def png(drawn: str) -> bytes:
    """An SVG as PNG, `SCALE` pixels for each of its own."""
    import vl_convert

    picture: bytes = vl_convert.svg_to_png(drawn, scale=SCALE)
    return picture


def sized(spec: Spec, width: int) -> dict[str, Any]:
    """A copy of a specification drawn `width` pixels wide; concatenations and facets keep their own widths."""
    resized = copy.deepcopy(dict(spec))
    if not {"hconcat", "vconcat", "concat", "facet", "repeat"} & set(resized):
        resized["width"] = width
        resized["autosize"] = {"type": "fit-x", "contains": "padding"}
    return resized


def element(spec: Spec, width: int, prefix: str, draw: Callable[[Spec], str] = svg) -> str:
    """A specification as an SVG element that scales with its column; ids inside start with `prefix`."""
    drawn = draw(sized(spec, width))
    drawn = re.sub(r'(id="|url\(#|href="#)', lambda match: match.group(1) + prefix + "-", drawn)
    return re.sub(r'<svg([^>]*?) width="[\d.]+" height="[\d.]+"', r"<svg\1", drawn, count=1)


class Pictures:
    """Pictures kept in a store; without one, in this process only."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._drawn: dict[str, str] = {}

    def svg(self, spec: Spec) -> str:
        """The SVG of a specification, drawn now if it was never drawn before."""
        name = _name("svg", json.dumps(spec, sort_keys=True))
        found = self._find(name)
        return found if found is not None else self._keep(name, svg(spec))

    def png(self, spec: Spec) -> bytes:
        """The PNG of a specification, `SCALE` pixels for each of its own."""
        return self.raster(self.svg(spec))

    def raster(self, drawn: str) -> bytes:
        """An SVG as PNG, `SCALE` pixels for each of its own."""
        name = _name("png", drawn)
        found = self._find(name)
        if found is None:
            found = self._keep(name, base64.b64encode(png(drawn)).decode())
        return base64.b64decode(found)

    def has(self, spec: Spec) -> bool:
        """Whether a specification's SVG is there already."""
        return self._find(_name("svg", json.dumps(spec, sort_keys=True))) is not None

    def _find(self, name: str) -> str | None:
        if name not in self._drawn and self._store is not None:
            found = self._store.get("pictures", name)
            if isinstance(found, str):
                self._drawn[name] = found
        return self._drawn.get(name)

    def _keep(self, name: str, drawn: str) -> str:
        self._drawn[name] = drawn
        if self._store is not None:
            self._store.put("pictures", name, drawn)
        return drawn


class Ahead:
    """Draws into a store, in `jobs` processes, what pages will ask for later. A context manager: it waits for them all."""

    def __init__(self, store: Store, jobs: int) -> None:
        self._pictures, self._jobs = Pictures(store), jobs
        self._pool: ProcessPoolExecutor | None = None
        self._drawing: list[Future[object]] = []

    def draw(self, svgs: Iterable[Spec], pngs: Iterable[Spec]) -> None:
        """Begin to draw what is not there yet: SVGs alone, and SVGs that are wanted as PNG too."""
        for draw, specs in ((self._pictures.svg, svgs), (self._pictures.png, pngs)):
            for spec in specs:
                if not self._pictures.has(spec):
                    self._pool = self._pool or ProcessPoolExecutor(self._jobs, get_context("spawn"))
                    self._drawing.append(self._pool.submit(draw, spec))

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=kind is not None)
        if kind is None:
            for drawing in self._drawing:
                drawing.result()


def _name(kind: str, made_from: str) -> str:
    return digest(f"{kind} {version('vl-convert-python')} {VEGA_LITE} {SCALE}\n{made_from}")
