"""Each chart as files: its data, its specification, pictures, all of it with metadata in one archive; and a page to embed."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict

from markupsafe import Markup

from casefile.content.content import Content
from casefile.content.policy import CONTENT_POLICY
from casefile.figures import pictures
from casefile.figures.encodings import Node, Row, Specification
from casefile.figures.pictures import Ahead, Pictures
from casefile.notebook.results import Chart, Results, dumps
from casefile.records import Source, Value
from casefile.records.tables import FORMULA
from casefile.site import credit, markup, page_script
from casefile.site.credit import Credit
from casefile.system import cache, document
from casefile.system.plain import Scalar

_STYLE = Path(__file__).parent / "static" / "casefile.css"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3  # as a zip names the system that it was made on


@functools.lru_cache(maxsize=1)
def light_colours() -> dict[str, str]:
    """The page's custom properties in its light colours, for pictures that stand alone: `--chart-1` → `#103c9e`."""
    written: dict[str, str] = {}
    for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", _STYLE.read_text(encoding="utf-8")):
        written.setdefault(name, value.strip())

    def resolved(value: str) -> str:
        value = re.sub(r"light-dark\(([^,()]+),[^()]*\)", r"\1", value)
        return re.sub(r"var\((--[\w-]+)\)", lambda match: resolved(written[match.group(1)]), value)

    return {name: resolved(value) for name, value in written.items()}


def standalone(spec: Specification) -> Node:
    """A chart's specification with colours of its own, on paper, at the wide width: it needs no page around it."""
    colours = light_colours()
    plain = pictures.sized(json.loads(pictures.in_colours(json.dumps(spec), colours)), pictures.WIDE)
    plain["config"]["background"] = colours["--paper"]
    return plain


def draw_charts(ahead: Ahead, drawn: Iterable[Chart]) -> None:
    """Begin to draw every picture that the pages and files of some charts will ask for, and to make the pages' script."""
    ahead.bundle()
    for chart in drawn:
        ahead.draw(chart["spec"])


def chart_csv(drawn: Chart) -> str:
    """A chart's data as CSV: every column of its table with full precision, empty where nothing is known.

    A text that a spreadsheet would run as a formula has an apostrophe before it, by which it is shown as it is.
    """
    columns = list(drawn["rows"][0]) if drawn["rows"] else list(drawn["columns"])
    columns = [*drawn["columns"], *(column for column in columns if column not in drawn["columns"])]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _shown(cell) for column, cell in row.items()} for row in drawn["rows"])
    return text.getvalue()


def _shown(cell: Scalar) -> Scalar:
    """A cell as CSV has it: whole numbers without a point, and no text that a spreadsheet would run."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


class ChartColumn(TypedDict):
    """A column of a chart's data; no unit for a text or a plain number."""

    name: str
    title: str
    unit: str | None


class ChartSource(TypedDict):
    """A source that a chart rests on."""

    id: str
    publisher: str
    title: str
    url: str
    licence: str


class ChartMetadata(TypedDict):
    """`metadata.json` of a chart's archive; `page` is its place in the book."""

    id: str
    title: str
    description: str
    note: str
    page: str
    parameters: dict[str, Value]
    columns: list[ChartColumn]
    sources: list[ChartSource]


def metadata(drawn: Chart, results: Results, sources: Mapping[str, Source], page: str) -> ChartMetadata:
    """What a chart's data mean: finding, alternative text, columns with their units, sources, place in the book."""
    graph = results.graph
    labels = {column: label.partition("|") for column, label in drawn["columns"].items()}
    return {
        "id": drawn["id"],
        "title": graph.fill(drawn["title"]),
        "description": graph.fill(drawn["alt"]),
        "note": graph.fill(drawn["note"]),
        "page": f"{page}.html#chart-{drawn['id']}",
        "parameters": results.parameters,
        "columns": [{"name": column, "title": label, "unit": unit or None} for column, (label, _, unit) in labels.items()],
        "sources": [
            {"id": name, "publisher": sources[name].publisher, "title": sources[name].title, "url": sources[name].url,
             "licence": sources[name].licence}
            for name in drawn["sources"]
        ],
    }  # fmt: skip


def credited(plain: ChartMetadata, content: Content, book: str) -> Credit:
    """Whose a chart is, by its metadata and the book's own record, where it has one."""
    sources = tuple(dict.fromkeys(source["publisher"] for source in plain["sources"]))
    if (catalogue := content.catalogue) is None:
        return Credit(plain["title"], plain["description"], book, "", sources)
    item = catalogue.find(f"chart-{plain['id']}")
    address = catalogue.book.address + item.place if catalogue.book.address else ""
    return Credit(
        plain["title"], plain["description"], book, catalogue.book.author, sources, catalogue.book.licence, catalogue.edition(item),
        catalogue.mark(item), address,
    )  # fmt: skip


def chart_package(drawn: Chart, plain: ChartMetadata, owed: Credit, written: bytes) -> dict[str, Any]:
    """A chart's archive as a data package (specs.frictionlessdata.io): its table with a schema, sources, licence, mark."""
    units = {column["name"]: column for column in plain["columns"]}
    columns = written.decode().partition("\n")[0].split(",")
    fields = [
        {"name": column, "type": _type(drawn["rows"], column)}
        | {key: value for key, value in (units.get(column) or {}).items() if key in ("title", "unit") and value}
        for column in columns
    ]
    resource = {
        "name": plain["id"].lower(), "path": f"{plain['id']}.csv", "profile": "tabular-data-resource", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "bytes": len(written), "hash": f"sha256:{hashlib.sha256(written).hexdigest()}",
        "schema": {"fields": fields},
    }  # fmt: skip
    sources = [
        {"title": f"{source['publisher']}: {source['title']}"} | ({"path": source["url"]} if source["url"] else {})
        for source in plain["sources"]
    ]
    descriptor: dict[str, Any] = {
        "profile": "tabular-data-package", "name": plain["id"].lower().replace("_", "-"), "title": plain["title"],
        "description": plain["description"], "sources": sources, "resources": [resource],
    }  # fmt: skip
    descriptor |= {"id": owed.mark, "version": owed.mark.partition("@")[2].partition(":")[0]} if owed.mark else {}
    descriptor |= {"homepage": owed.address} if owed.address else {}
    descriptor |= {"contributors": [{"title": owed.author, "role": "author"}]} if owed.author else {}
    return descriptor | (
        {"licenses": [{"name": owed.licence.rpartition("/")[2], "path": owed.licence}]} if owed.licence else {}
    )


def _type(rows: Iterable[Row], column: str) -> str:
    """The type of a column in a table schema: what all its cells are that are not empty."""
    cells = [row.get(column) for row in rows if row.get(column) is not None]
    if cells and all(isinstance(cell, bool) for cell in cells):
        return "boolean"
    return "number" if cells and all(isinstance(cell, int | float) for cell in cells) else "string"


def readme(plain: ChartMetadata, book: str, owed: Credit) -> str:
    """The metadata in words."""
    name = plain["id"]
    lines = [
        plain["title"], "", plain["description"], *([plain["note"]] if plain["note"] else []), "",
        f"From “{book}”, {plain['page']}", "",
        f"{name}.csv       the data, one row a mark; columns and units are named in metadata.json",
        f"{name}.vl.json   the chart as a Vega-Lite specification, its data inside",
        f"{name}.svg, {name}.png   the chart as a picture",
        "datapackage.json   the table as a data package, with its schema, licence and citation",
        "metadata.json   what the columns mean, the parameters in force, the sources", "",
        *([owed.line, *filter(None, (owed.licence, owed.address)), ""] if owed.mark else []),
        "Sources:", *(f"- {source['publisher']}: {source['title']} {source['url']}".rstrip() for source in plain["sources"]),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def archive(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip: the same bytes for the same files, whatever the day and the machine.

    Nothing is compressed: the libraries that do it each give other bytes.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            target.writestr(entry, content)
    return packed.getvalue()


class _Texts(TypedDict):
    """What of a chart is slow to write, and kept: its specification as a file, its picture with its credit, its frame."""

    specification: str
    picture: str
    frame: str


def _texts(drawn: Chart, results: Results, content: Content, page: str, owed: Credit) -> _Texts:
    colours = light_colours()
    bare = pictures.coloured(content.pictures.svg(pictures.sized(drawn["spec"], pictures.WIDE)), colours)
    return {
        "specification": dumps(standalone(drawn["spec"]), indent=1),
        "picture": credit.framed(bare, owed, *(colours[part] for part in ("--ink", "--muted", "--paper"))),
        "frame": embedded(drawn, results, content, page, owed.book),
    }


def _chart_files(drawn: Chart, plain: ChartMetadata, owed: Credit, texts: _Texts, drawer: Pictures) -> dict[str, bytes]:
    """Everything of one chart, by file name; the archive holds all the others with their metadata and readme."""
    name, book = drawn["id"], owed.book
    contents = {
        f"{name}.csv": chart_csv(drawn).encode(),
        f"{name}.vl.json": texts["specification"].encode(),
        f"{name}.svg": texts["picture"].encode(),
        f"{name}.png": credit.tagged(drawer.raster(texts["picture"]), owed),
    }
    described = {
        "metadata.json": dumps(plain, indent=1).encode(), "readme.txt": readme(plain, book, owed).encode(),
        "datapackage.json": dumps(chart_package(drawn, plain, owed, contents[f"{name}.csv"]), indent=1).encode(),
    }  # fmt: skip
    return {**contents, f"{name}.zip": archive({**contents, **described})}


def embedded(drawn: Chart, results: Results, content: Content, page: str, book: str) -> str:
    """A chart as a page of its own for a frame on another site: finding, picture, credit, the way back."""
    name = drawn["id"]
    return markup.render(
        "embed.html",
        chart=drawn, book=book, policy=CONTENT_POLICY, address=f"../{page}.html#chart-{name}",
        title=results.graph.fill(drawn["title"]), alt=results.graph.fill(drawn["alt"]),
        note=results.graph.fill(drawn["note"]),
        wide=Markup(pictures.element(drawn["spec"], pictures.WIDE, f"chart-{name}-wide", content.pictures.svg)),
        narrow=Markup(pictures.element(drawn["spec"], pictures.NARROW, f"chart-{name}-narrow", content.pictures.svg)),
        publishers=list(dict.fromkeys(content.records.sources[source].publisher for source in drawn["sources"])),
    )  # fmt: skip


def notebooks(site: Path, root: Path, executed: Path, chapters: Mapping[str, str]) -> None:
    """Write each chapter's notebook into a site, as it ran and as it was written; `chapters` are names by pages."""
    ran, source = site / "notebooks", site / "notebooks" / "source"
    source.mkdir(parents=True)
    for page, name in chapters.items():
        shutil.copyfile(executed / f"{name}.ipynb", ran / f"{name}.ipynb")
        document.copy(root / f"{page}.ipynb", source / f"{name}.ipynb")


def write(site: Path, content: Content, book: str, store: cache.Store | None = None) -> None:
    """Write the charts' files and frames, and the scripts that bring charts to life, into a site.

    `store` keeps what is slow to write of a chart as long as its chapter's results, the data, what is said of it and
    what writes it stay the same.
    """
    drawn_on = content.homes.charts
    folder, frames, drawings = site / "charts", site / "embed", site / "_static" / "charts"
    for directory in (folder, frames, drawings):
        directory.mkdir(parents=True, exist_ok=True)
    if drawn_on:
        (site / "_static" / "vega.js").write_text(content.pictures.bundle(), encoding="utf-8")
    by = {**cache.data_parts(content.records.root), "package": cache.package(pages=True)}
    for page, results in content.pages.items():
        ran = {**by, "results": content.digests.get(page, ""), "page": page}
        kept = store if ran["results"] else None  # results that no run left have no name to keep by
        if results.charts:
            text = _kept(kept, ran, functools.partial(page_script.drawings, results, content.pictures))
            (drawings / f"{results.chapter}.js").write_text(text, encoding="utf-8")
        for name, drawn in results.charts.items():
            plain = metadata(drawn, results, content.records.sources, page)
            owed = credited(plain, content, book)
            said = {**ran, "chart": name, "metadata": dumps(plain), "credit": repr(owed)}
            texts = _kept(kept, said, functools.partial(_texts, drawn, results, content, page, owed))
            for file, content_of in _chart_files(drawn, plain, owed, texts, content.pictures).items():
                (folder / file).write_bytes(content_of)
            (frames / f"{name}.html").write_text(texts["frame"], encoding="utf-8")


def _kept(store: cache.Store | None, parts: cache.Parts, work: Callable[[], Any]) -> Any:
    return store.once("charts", cache.key(parts), work) if store else work()
