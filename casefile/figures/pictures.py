"""Pictures of Vega-Lite specifications, drawn once: kept by what they are drawn from, several drawn at a time.

Drawing is most of what rendering pages costs, and one drawing stands in many files.
"""

from __future__ import annotations

import base64
import copy
import functools
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from casefile.figures import binding
from casefile.figures.encodings import Node, Specification
from casefile.system import processes
from casefile.system.cache import Store, digest
from casefile.system.tree import Element, of_svg, put_before, written

VEGA_LITE = "6.4"
CARRIED = f"{VEGA_LITE}.1"  # the very version that vl-convert carries
FONTS = Path(__file__).with_name("fonts")
FONT = "Casefile Sans"  # the book's own, in `fonts/`; for letters it lacks, the family that vl-convert carries
_SCALE = 2.0
WIDE, NARROW = 640, 340
DESCRIPTION_PREFIX = "\ue000"  # of private use: no text of a chart begins so
_CUSTOM = re.compile(r"var\((--[\w-]+)\)")  # in a value of CSS
_OF_SCALE = ("type", "base", "exponent", "constant")
_TICK = (
    f"'{DESCRIPTION_PREFIX}' + (isDate(datum.value) ? 'date ' : isNumber(datum.value) ? 'number ' : 'text ')"
    " + {place} + ' ' + (isDate(datum.value) ? toNumber(datum.value) : datum.value)"
)
# Vega as vl-convert carries it, under the addresses it carries it by; nothing is fetched.
ALIVE = """
import {{ parse, View, changeset }} from "https://cdn.jsdelivr.net/npm/vega@{vega}/+esm";
import {{ expressionInterpreter }} from "https://cdn.jsdelivr.net/npm/vega-interpreter@2.0.0/+esm";
casefile.vega = {{ parse, View, changeset, expressionInterpreter }};
"""
COMPILER = """
import {{ compile }} from "https://cdn.jsdelivr.net/npm/vega-lite@{vega_lite}/+esm";
const silent = {{}};
for (const verb of ["level", "error", "warn", "info", "debug"]) silent[verb] = () => silent;
casefile.compile = (spec) => compile(spec, {{ logger: silent }}).spec;
"""


def _drawing() -> ModuleType:
    """vl-convert, told in time that the day is that of UTC wherever it draws, and that a machine has no fonts."""
    os.environ["TZ"] = "UTC"
    import vl_convert

    _take_fonts(vl_convert)
    return vl_convert


@functools.cache
def _take_fonts(vl_convert: ModuleType) -> None:
    """Have vl-convert look for the machine's fonts, as it does once, where there are none, and take the book's own."""
    name, before = "FONTCONFIG_FILE", os.environ.get("FONTCONFIG_FILE")
    os.environ[name] = str(Path(__file__).with_name("fonts.conf"))
    try:
        vl_convert.register_font_directory(str(FONTS))
        vl_convert.svg_to_png('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
    finally:  # what is started from here, a browser say, keeps its fonts
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def svg(spec: Specification) -> str:
    """A specification drawn as SVG by vl-convert, at its own size."""
    return untold(with_labels(spec))


def with_labels(spec: Specification) -> str:
    """The same, with the scale of each axis and legend, and the value of each tick, in labels for whoever measures.

    A label of an axis or legend is its scale as JSON; one of a tick is `KIND PLACE VALUE`: `number`, `date` or `text`, where
    the scale puts it, and what stands there, a date in milliseconds from 1970 on. Each begins with `DESCRIPTION_PREFIX`.
    """
    return _told(vega(spec))


def _told(compiled: str) -> str:
    """A specification in Vega, drawn with what `told` promises."""
    plain: Node = json.loads(compiled)
    _tell(plain, {})
    drawn: str = _drawing().vega_to_svg(plain, allowed_base_urls=[])
    return renumbered(grounded(drawn))


def grounded(drawn: str) -> str:
    """An SVG whose words lie over the stroke that they have for a ground: Vega has no name for the order of the two."""
    tree = of_svg(drawn)
    for text in tree.xpath("//*[local-name()='text'][@stroke != 'none']"):
        put_before(text, "stroke", "paint-order", "stroke")
    return written(tree)


def untold(drawn: str) -> str:
    """A drawing without what `told` adds for whoever measures: its axes and legends are hidden from screen readers, as before."""
    tree = of_svg(drawn)
    for element in tree.xpath("//*[starts-with(@aria-label, $prefix)]", prefix=DESCRIPTION_PREFIX):
        if element.get("class", "").startswith("mark-group"):  # a whole axis or legend
            put_before(element, "role", "aria-hidden", "true")
        for name in ("role", "aria-roledescription", "aria-label"):
            element.attrib.pop(name, None)
    return written(tree)


def _tell(group: Node, around: Mapping[str, Node]) -> None:
    """Have the axes and legends of a group in Vega say what `told` promises."""
    scales = {**around, **{scale["name"]: scale for scale in group.get("scales", [])}}
    for kind in ("axes", "legends"):
        for guide in group.get(kind, []):
            name = next(value for value in guide.values() if isinstance(value, str) and value in scales)
            scale = {part: scales[name][part] for part in _OF_SCALE if part in scales[name]}
            place = f"scale({json.dumps(name)}, datum.value)" if kind == "axes" else "0"
            guide["aria"] = True
            for part, text in (
                (
                    "axis" if kind == "axes" else "legend",
                    {"value": DESCRIPTION_PREFIX + json.dumps({"scale": name, **scale})},
                ),
                ("labels", {"signal": _TICK.format(place=place)}),
            ):
                encoded = guide.setdefault("encode", {}).setdefault(part, {}).setdefault("update", {})
                encoded["description"] = text
    for mark in group.get("marks", []):
        _tell(mark, scales)


def renumbered(drawn: str) -> str:
    """An SVG with its ids numbered from one: Vega goes on counting from one drawing of a process to the next."""
    tree = of_svg(drawn)
    ids = dict.fromkeys(map(str, tree.xpath("//@id")))
    names = {old: f"{old.rstrip('0123456789')}{place}" for place, old in enumerate(ids, start=1)}
    return written(_renamed(tree, lambda id: names.get(id, id)))


def _renamed(tree: Element, name: Callable[[str], str]) -> Element:
    """A drawing with each of its ids as `name` has it, and all that refers to one."""
    for value in tree.xpath("//@id | //@*[starts-with(., 'url(#')] | //@*[local-name() = 'href'][starts-with(., '#')]"):
        before, sign, id = value.rpartition("#")
        renamed = f"{before}{sign}{name(id.removesuffix(')'))}{')' * id.endswith(')')}"
        value.getparent().set(value.attrname, renamed)
    return tree


def png(drawn: str) -> bytes:
    """An SVG as PNG, `_SCALE` pixels for each of its own, all its text in `FONT`."""
    tree = of_svg(drawn)
    for element in tree.xpath("//*[@font-family]"):
        element.set("font-family", FONT)
    for inner in tree.xpath("/*//*[local-name() = 'svg']"):
        inner.set("overflow", "visible")  # to cut it off takes longer than to draw it
    picture: bytes = _drawing().svg_to_png(written(tree), scale=_SCALE)
    return picture


def in_colours(value: str, colours: Mapping[str, str]) -> str:
    """A value of a style, or a text full of such values, with each `var(--name)` as its colour."""
    return _CUSTOM.sub(lambda match: colours[match[1]].replace('"', "'"), value)


def coloured(drawn: str, colours: Mapping[str, str]) -> str:
    """A picture for a page with its custom properties written out, on paper, so that it needs no page around it."""
    tree = of_svg(drawn)
    for value in tree.xpath("//@*[contains(., 'var(')]"):
        value.getparent().set(value.attrname, in_colours(value, colours))
    paper = tree.makeelement(
        str(tree.tag).replace("}svg", "}rect"), width="100%", height="100%", fill=colours["--paper"]
    )
    tree.insert(0, paper)
    return written(tree)


def bundle() -> str:
    """Vega in one script for a page, of the version that draws the pictures, with an interpreter so that it needs no `eval`."""
    wanted = ALIVE.format(vega=_drawing().get_vega_version())
    script: str = _drawing().javascript_bundle(wanted, vl_version=VEGA_LITE)
    return f"(() => {{\n{script}\n}})();\n"


def compiler() -> str:
    """Vega-Lite in one script for a page, of the version that draws the pictures: a specification to one in Vega."""
    wanted = COMPILER.format(vega_lite=CARRIED)
    script: str = _drawing().javascript_bundle(wanted, vl_version=VEGA_LITE)
    return f"(() => {{\n{script}\n}})();\n"


def vega(spec: Specification) -> str:
    """A specification in Vega, which draws with less than Vega-Lite needs, as JSON."""
    return json.dumps(_drawing().vegalite_to_vega(dict(spec), vl_version=VEGA_LITE), ensure_ascii=False)


def resizable(spec: Specification) -> bool:
    """Whether a specification takes a width: concatenations and facets keep their own."""
    return not {"hconcat", "vconcat", "concat", "facet", "repeat"} & set(spec)


def sized(spec: Specification, width: int) -> Node:
    """A copy of a specification drawn `width` pixels wide, where it takes a width."""
    resized = copy.deepcopy(dict(spec))
    narrow = resized.pop("usermeta", {}).get(binding.NARROW_FORM)
    resized = narrow if narrow and width <= NARROW else resized
    if resizable(resized):
        resized["width"] = width
        resized["autosize"] = {"type": "fit-x", "contains": "padding"}
    return resized


def element(spec: Specification, width: int, prefix: str, draw: Callable[[Specification], str] = svg) -> str:
    """A specification as an SVG element that scales with its column; ids inside start with `prefix`."""
    tree = _renamed(of_svg(draw(sized(spec, width))), lambda id: f"{prefix}-{id}")
    for side in ("width", "height"):
        tree.attrib.pop(side, None)
    return written(tree)


class Pictures:
    """Pictures kept in a store; without one, in this process only."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._drawn: dict[str, str] = {}

    def svg(self, spec: Specification) -> str:
        """The SVG of a specification, drawn now if it was never drawn before."""
        return untold(self.told(spec))

    def told(self, spec: Specification) -> str:
        """The same with what its ticks stand for."""
        name = _name("told", json.dumps(spec, sort_keys=True))
        description = self._find(name)
        return description if description is not None else self._keep(name, _told(self.vega(spec)))

    def raster(self, drawn: str) -> bytes:
        """An SVG as PNG, `_SCALE` pixels for each of its own."""
        name = _name("png", drawn)
        stored = self._find(name)
        if stored is None:
            stored = self._keep(name, base64.b64encode(png(drawn)).decode())
        return base64.b64decode(stored)

    def vega(self, spec: Specification) -> str:
        """A specification in Vega, as JSON, made now if it was never made before."""
        name = _name("vega", json.dumps(spec, sort_keys=True))
        stored = self._find(name)
        return stored if stored is not None else self._keep(name, vega(spec))

    def bundle(self) -> str:
        """The script that draws charts on a page, made now if it was never made with these libraries before."""
        store = _of_the_libraries() or self._store
        script = store.get("bundle", _BUNDLE) if store else None
        if not isinstance(script, str):
            script = bundle()
            if store:
                store.put("bundle", _BUNDLE, script)
        return script

    def has(self, spec: Specification) -> bool:
        """Whether a chart's pictures are there already: the last of them is."""
        return self._find(_name("told", json.dumps(sized(spec, NARROW), sort_keys=True))) is not None

    def _find(self, name: str) -> str | None:
        if name not in self._drawn and self._store is not None:
            stored = self._store.get("pictures", name)
            if isinstance(stored, str):
                self._drawn[name] = stored
        return self._drawn.get(name)

    def _keep(self, name: str, drawn: str) -> str:
        self._drawn[name] = drawn
        if self._store is not None:
            self._store.put("pictures", name, drawn)
        return drawn


def _draw(drawer: Pictures, spec: Specification) -> None:
    for width in (WIDE, NARROW):  # each is put into Vega on the way
        drawer.told(sized(spec, width))


class Ahead:
    """Draws into a store, in processes beside this one, what pages will ask for later. A context manager: it waits for them.

    Of `jobs` processes, one is left to those who ask. Leaving raises ProcessFailed when a process is gone, or when none has
    drawn anything for `seconds`.
    """

    def __init__(self, store: Store, jobs: int, seconds: float) -> None:
        self._pictures, self._jobs, self._seconds = Pictures(store), max(1, jobs - 1), seconds
        self._hung = False
        self._pool: ProcessPoolExecutor | None = None
        self._drawing: list[Future[object]] = []
        self._asked = False
        self._after: threading.Thread | None = None

    def draw(self, spec: Specification) -> None:
        """Begin to draw a chart for a page, in both widths, for a download, and in Vega, unless all that was done before."""
        if not self._pictures.has(spec):
            self._submit(_draw, self._pictures, spec)

    def bundle(self) -> None:
        """Begin to make the script that draws charts on a page, if it is not there yet."""
        if not self._asked:
            self._submit(self._pictures.bundle)
        self._asked = True

    def then(self, callback: Callable[[], None]) -> None:
        """Call `callback`, in a thread of its own, as soon as all that was begun is done; leaving waits for it too."""

        def wait_and_call() -> None:
            self._wait()
            callback()

        self._after = threading.Thread(target=wait_and_call, daemon=True)
        self._after.start()

    def _wait(self) -> None:
        waiting = set(self._drawing)
        while waiting:
            drawn, waiting = wait(waiting, self._seconds, FIRST_COMPLETED)
            if not drawn and self._pool is not None:
                self._hung = True
                processes.stop(self._pool)

    def _submit(self, draw: Callable[..., object], *arguments: object) -> None:
        self._pool = self._pool or processes.pool(self._jobs)
        self._drawing.append(self._pool.submit(draw, *arguments))

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        try:
            if kind is None:
                self._end()
        finally:
            if self._pool is not None:
                processes.stop(self._pool)

    def _end(self) -> None:
        """Wait for all that was begun. Raises what a drawing raised, and ProcessFailed for one that is gone or hangs."""
        if self._after is None:
            self._wait()
        else:
            self._after.join()
        if self._hung:
            raise processes.hung("drawing the charts", self._seconds)
        for drawing in self._drawing:
            processes.result(drawing, "drawing the charts")


def _of_the_libraries() -> Store | None:
    """What is made of installed libraries alone, kept beside them; None where nothing may be written there."""
    folder = Path(sys.prefix) / "var" / "cache" / "casefile"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return Store(folder) if os.access(folder, os.W_OK) else None


def _name(kind: str, made_from: str) -> str:
    return digest(f"{kind} {version('vl-convert-python')} {VEGA_LITE} {_SCALE} {FONT} whole\n{made_from}")


_BUNDLE = _name("bundle", ALIVE)
