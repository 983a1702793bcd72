"""The build: check data → execute chapters → stage → render → audit → publish; one that fails changes nothing."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from casefile import audit, records
from casefile.audit.page import Written
from casefile.book import compare
from casefile.citation import citable, cite
from casefile.citation.catalogue import Catalogue
from casefile.errors import BadInput, shown
from casefile.execution import run
from casefile.figures import pictures
from casefile.notebook import beside, markdown, parameters, results
from casefile.notebook.results import CHART_MEDIA_TYPE, FIGURES_MEDIA_TYPE
from casefile.records import Records
from casefile.site import api, downloads
from casefile.site.content import Content
from casefile.site.renderer import EXTRA, Renderer
from casefile.system import cache, document, limits, manifest, place, scratch  # fmt: skip

SITE = place.SITE
BILL = "sbom.cdx.json"  # a story's bill of materials, where it has one
_PAGE = re.compile(r"\w[\w-]*(/\w[\w-]*)*")


_LISTS = ("parts", "chapters", "sections", "subtrees", "entries", "items")  # of what holds pages, in the contents
_TOLD = frozenset(
    ("format", "defaults", "meta", "options", "title", "caption", "url", "numbered", "titlesonly", "maxdepth", "hidden", "reversed")
)  # fmt: skip
_CONTENTS = f"a list of {', '.join(_LISTS[:-1])} or {_LISTS[-1]}"


def pages(root: Path) -> list[str]:
    """The pages of the book in reading order, as `_toc.yml` names them. Raises BadInput for a page without a file."""
    toc = document.read(root / "_toc.yml", "_toc.yml", "YAML with the pages of the book")
    if not isinstance(toc, dict) or not isinstance(toc.get("root"), str):
        raise BadInput("_toc.yml: no root; expected `root: PAGE`, then parts or chapters")
    found: list[str] = []

    def collect(node: Any) -> None:
        if not isinstance(node, dict):
            raise BadInput(f"_toc.yml: {shown(node)}; expected `file: PAGE`, or parts and chapters")
        for key, value in node.items():
            if key in ("root", "file"):
                found.append(str(value).removesuffix(".ipynb").removesuffix(".md"))
            elif key in _LISTS and isinstance(value, list):
                for child in value:
                    collect(child)
            elif key not in _TOLD:
                raise BadInput(
                    f"_toc.yml: {shown(key)}: {shown(value)}; expected `file: PAGE` for each page, or {_CONTENTS}"
                )

    collect(toc)
    home = root.resolve()
    for page in found:
        if not _PAGE.fullmatch(page):
            raise BadInput(f"_toc.yml: {shown(page)}; expected a page of the book, such as chapters/NAME")
        files = [root / f"{page}{ending}" for ending in (".ipynb", ".md")]
        if not any(file.is_file() for file in files):
            raise BadInput(f"_toc.yml: {page!r} has no file; expected {page}.ipynb or {page}.md")
        if not all(file.resolve().is_relative_to(home) for file in files):
            raise BadInput(f"_toc.yml: {page!r} leads out of the book; expected a file that lies in it")
    return found


def notebooks_of(root: Path) -> dict[str, str]:
    """The pages of the book that are notebooks, in reading order: page → chapter."""
    return {page: Path(page).name for page in pages(root) if (root / f"{page}.ipynb").is_file()}


def title(root: Path) -> str:
    """The book's title, from `_config.yml`."""
    plain = document.read(root / "_config.yml", "_config.yml", "YAML with the book's title")
    said = plain.get("title") if isinstance(plain, dict) else None
    if not isinstance(said, str) or not said.isprintable() or re.search("[<>]", said):
        raise BadInput(f"_config.yml: title is {shown(said)}; expected one line of text without < and >")
    return said


def check(root: Path, store: cache.Store | None = None) -> Records:
    """Everything that can be known to be wrong before a notebook runs: data, contents, notebooks, parameters.

    Data that a `store` remembers as sound are not validated again.
    """
    stated = cache.key(cache.data_parts(root)) if store else ""
    sound = store is not None and store.get("sound", stated) is True
    known = records.check(root, sound)
    if store and not sound:
        store.put("sound", stated, True)
    records.keep_inside(root, "chapters/_static")
    title(root)
    cite.address_of(root)
    parameters.scenarios(known)
    syntax = markdown.syntax(root)
    for page in pages(root):
        if (root / f"{page}.ipynb").is_file():
            notebook = run.read_notebook(root / f"{page}.ipynb")
            parameters.check_cell(notebook, Path(page).name, known)
            cells = markdown.of_notebook(notebook)
            texts_beside = beside.of_notebook(page, notebook)
            beside.detach(page, notebook)
        else:
            cells = (markdown.text(root, page),)
            texts_beside = beside.of_page(page, cells[0])
        markdown.check(page, markdown.read(cells, syntax))
        beside.files(root, page, texts_beside, syntax)
    for chapter in sorted(known.takers()):
        if chapter not in run.chapters(root):
            raise BadInput(
                f"data/parameters.csv: chapter {chapter!r} has no notebook; known: {', '.join(run.chapters(root))}"
            )
    return known


def build(
    root: Path, given: Mapping[str, Mapping[str, Any]], output: Path, jobs: int, engine: str | None, report: run.Report,
    tell: Callable[[str], None] | None = None,
) -> str:  # fmt: skip
    """Build the whole site into `output`, replacing it in one step, and return the site's hash.

    `given` are parameters by chapter. Chapters whose runs still stand in the cache are not run again; `tell` gets a line
    for each that is, with the reason. Raises BadInput, RunFailed, RenderFailed or AuditFailed, and then leaves `output` as
    it was; so does what stands there and was not built by this command.
    """
    place.check_site(root, output)
    place.recover(output)
    with contextlib.ExitStack() as stack:
        renderer = stack.enter_context(Renderer())
        if engine == run.FORK and not (root / cache.FOLDER).is_dir():
            run.warm_up(
                root, notebooks_of(root).values()
            )  # all will run: let the warm parent load while data/ is checked
        report("data", "start", 0.0)
        store = cache.Store(root / cache.FOLDER)
        known = check(root, store)
        report("data", "done", 0.0)
        if tell:
            for line in records.left_out(root):
                tell(line)
        stack.enter_context(place.ground(output))
        folder = stack.enter_context(scratch.folder(output.parent))
        stack.callback(renderer.end)  # before the folder goes in which it writes
        book_pages, notebooks = pages(root), notebooks_of(root)
        configure(root, folder)
        renderer.open(root, folder)
        with pictures.Ahead(store, jobs, limits.of(root).seconds) as ahead:

            def reported(name: str, event: str, seconds: float) -> None:
                report(name, event, seconds)
                if event in ("done", "kept"):
                    left = json.loads((folder / "results" / f"{name}.json").read_text(encoding="utf-8"))
                    downloads.draw(ahead, left["charts"].values())

            runs = cache.Runs(root, store)
            run.execute_all(
                root, known, list(notebooks.values()), given, folder, jobs, engine, reported, runs, tell
            )  # fmt: skip
            store.put("beside", "pages", stage(root, folder, book_pages, notebooks))
            cited = cite_everything(root, folder, known, given, book_pages, notebooks)
            report("pages", "start", 0.0)
            renderer.read()
            ahead.then(renderer.write)
            # What is not a page is written meanwhile; what holds a picture, when it is drawn.
            site = folder / "site"
            api.write(site / "api", known, folder / "results", notebooks)
            write_sentences(site / "api", root, folder, known, book_pages, notebooks)
            if cited:
                cited.write(site, store)
            for path in records.published(root):
                (site / "data" / path).parent.mkdir(parents=True, exist_ok=True)
                document.copy(root / "data" / path, site / "data" / path)
            if (root / BILL).is_file():
                shutil.copyfile(root / BILL, site / BILL)
        content = Content.load(root, folder / "results")
        downloads.write(site, content, title(root))
        renderer.finish()
        whole = manifest.write(site)
        report("pages", "done", 0.0)
        report("audit", "start", 0.0)
        found = audit.audit(site, content, written(root, folder, book_pages, notebooks), title(root), store)
        if found.findings:
            raise audit.AuditFailed(found.findings)
        report("audit", "done", 0.0)
        place.publish(root, site, output)
        store.trim()
    return whole


def judged_by(
    root: Path, given: Mapping[str, Mapping[str, Any]], jobs: int, engine: str | None, report: run.Report
) -> tuple[Content, dict[str, Written]]:
    """What a site built with `given` parameters by chapter is held against: records and results, and what pages are of.

    Runs that stand in the cache are not done again.
    """
    store = cache.Store(root / cache.FOLDER)
    known, book_pages, notebooks = check(root, store), pages(root), notebooks_of(root)
    with scratch.folder() as folder:
        runs = cache.Runs(root, store)
        run.execute_all(root, known, list(notebooks.values()), given, folder, jobs, engine, report, runs)
        (folder / "results" / "pages.json").write_text(results.dumps(notebooks), encoding="utf-8")
        cite_everything(root, folder, known, given, book_pages, notebooks)
        return Content.load(root, folder / "results"), written(root, folder, book_pages, notebooks)


def written(root: Path, folder: Path, book_pages: Iterable[str], notebooks: Mapping[str, str]) -> dict[str, Written]:
    """What stands of each page before it is rendered: executed notebooks, Markdown."""
    syntax = markdown.syntax(root)
    return {
        page: Written.of_notebook(run.read_notebook(folder / "notebooks" / f"{notebooks[page]}.ipynb"), syntax)
        if page in notebooks
        else Written((markdown.text(root, page),), syntax=syntax)
        for page in book_pages
    }


def cite_everything(
    root: Path, folder: Path, known: Records, given: Mapping[str, Mapping[str, Any]], book_pages: Iterable[str],
    notebooks: Mapping[str, str],
) -> Catalogue | None:  # fmt: skip
    """The catalogue of what a run has its pages say, left for the pages too; None for a book without `CITATION.cff`."""
    if not (root / "CITATION.cff").is_file():
        return None
    made = Catalogue.of_build(root, given, citable.of_run(root, known, folder, book_pages, notebooks))
    made.leave(folder / "results")
    return made


def write_sentences(
    target: Path, root: Path, folder: Path, known: Records, book_pages: Iterable[str], notebooks: Mapping[str, str]
) -> None:
    """Write every sentence of every page, as printed, for whoever compares two sites."""
    chapters = {
        page: results.read(folder / "results" / f"{name}.json", known.units) for page, name in notebooks.items()
    }
    found = compare.all_sentences(known, chapters, texts(root, book_pages, notebooks))
    (target / compare.SENTENCES).write_text(results.dumps(found), encoding="utf-8")


def texts(root: Path, book_pages: Iterable[str], notebooks: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The Markdown of every page, by page: a notebook's cells, or a whole text."""
    return {
        page: markdown.of_notebook(run.read_notebook(root / f"{page}.ipynb"))
        if page in notebooks
        else (markdown.text(root, page),)
        for page in book_pages
    }


def configure(root: Path, folder: Path) -> None:
    """Lay out what Jupyter Book reads first: configuration, contents, files that pages use as they are."""
    source = folder / "source"
    source.mkdir()
    (folder / EXTRA).mkdir()
    for name in ("_config.yml", "_toc.yml"):
        document.copy(root / name, source / name)
    if (root / "chapters" / "_static").is_dir():
        _copy(root / "chapters" / "_static", source / "_static")


def _copy(folder: Path, target: Path) -> None:
    """Copy a folder's contents and not its permissions: what may only be read would stay so."""
    target.mkdir()
    for path in folder.iterdir():
        (_copy if path.is_dir() else shutil.copyfile)(path, target / path.name)


def stage(root: Path, folder: Path, book_pages: Iterable[str], notebooks: Mapping[str, str]) -> list[str]:
    """Lay out the pages that Jupyter Book reads, executed notebooks and Markdown, and the files that they name beside them.

    Also notes which results belong to which page. Returns the paths of those files within the story.
    """
    source, syntax = folder / "source", markdown.syntax(root)
    found: dict[str, None] = {}
    for page in book_pages:
        target = source / f"{page}{'.ipynb' if page in notebooks else '.md'}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if page in notebooks:
            executed = run.read_notebook(folder / "notebooks" / f"{notebooks[page]}.ipynb")
            named = beside.of_notebook(page, executed)
            for path, content in beside.detach(page, executed).items():
                (source / path).parent.mkdir(exist_ok=True)
                (source / path).write_bytes(content)
            target.write_text(results.dumps(_for_reading(executed)), encoding="utf-8")
        else:
            named = beside.of_page(page, markdown.text(root, page))
            document.copy(root / f"{page}.md", target)
        for place_of_it, paths in zip((source, folder / EXTRA), beside.files(root, page, named, syntax), strict=True):
            for target_path, path in paths.items():
                (place_of_it / target_path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / path, place_of_it / target_path)
                found[path] = None
    (folder / "results" / "pages.json").write_text(results.dumps(dict(notebooks)), encoding="utf-8")
    return list(found)


def _for_reading(notebook: run.Notebook) -> run.Notebook:
    """The notebook as its page needs it: code folded away, no payload that the page takes from the results instead."""
    notebook["metadata"]["language_info"]["pygments_lexer"] = "ipython3"  # knows magics and `!`
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        cell["metadata"]["tags"] = sorted({*cell["metadata"].get("tags", []), "hide-input"})
        for output in cell["outputs"]:
            data = output.get("data", {})
            if CHART_MEDIA_TYPE in data or FIGURES_MEDIA_TYPE in data:
                output["data"] = {kind: data[kind] for kind in (CHART_MEDIA_TYPE, FIGURES_MEDIA_TYPE) if kind in data}
            elif results.MEDIA_TYPE in data:
                output["data"] = {results.MEDIA_TYPE: {}}
    return notebook
