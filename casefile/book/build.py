"""The build: check data → execute chapters → stage → render → audit → publish; one that fails changes nothing."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from casefile import audit, records
from casefile.audit.judge import Written
from casefile.book import compare
from casefile.citation import citable, citation_file
from casefile.citation.catalogue import Catalogue
from casefile.content.content import Content
from casefile.errors import BadInput
from casefile.execution import notebooks, run
from casefile.execution.story import Run, Story
from casefile.figures import pictures
from casefile.live import story as live
from casefile.notebook import beside, markdown, parameters, results
from casefile.notebook.results import CHART_MEDIA_TYPE, FIGURES_MEDIA_TYPE
from casefile.publication import offline
from casefile.records import Overrides, Records
from casefile.site import api, crate, downloads
from casefile.site.renderer import EXTRA, Renderer
from casefile.site.versions import Versions
from casefile.system import cache, document, limits, manifest, place, scratch  # fmt: skip

# The tables whose rows have an address on the site, each with the directive that lists them there.
LISTED = {"sources": "casefile-sources", "claims": "casefile-ledger", "corrections": "casefile-corrections"}
BILL = Path("quality") / "sbom.cdx.json"  # a story's bill of materials, where it has one


def check(story: Story, remember: bool = False) -> Records:
    """Everything that can be known to be wrong before a notebook runs: data, contents, notebooks, parameters.

    Data that the story's store remembers as sound are not validated again; with `remember` it learns that these are.
    """
    root, store = story.root, story.store
    stated = cache.key(cache.data_parts(root)) if remember else ""
    sound = remember and store.get("sound", stated) is True
    if not sound:
        from casefile.figures import units  # pint, which a build whose data are known to be sound does without

        units.check(records.check(root))
    if remember and not sound:
        store.put("sound", stated, True)
    records.keep_inside(root, "data")
    records.keep_inside(root, "chapters/_static")
    tables, _ = story.records, story.title  # read, and refused where it cannot be
    citation_file.address_of(root)
    if (root / "CITATION.cff").is_file():
        citation_file.book_of(root)
    parameters.scenarios(tables)
    for page in story.pages:
        if page in story.chapters:
            notebook = notebooks.read(root / f"{page}.ipynb")
            parameters.check_cell(notebook, Path(page).name, tables)
            cells = markdown.markdown_cells(notebook)
            texts_beside = beside.texts_of_notebook(page, notebook)
            beside.detach(page, notebook, story.syntax)
        else:
            cells = (markdown.page_text_of_file(root, page),)
            texts_beside = beside.of_page(page, cells[0])
        markdown.check(page, markdown.read(cells, story.syntax))
        beside.files_named(root, page, texts_beside, story.syntax)
    chapters = notebooks.chapters(root)
    named = [("parameters", chapter) for chapter in sorted(tables.takers())]
    named += [("claims", claim.chapter) for claim in tables.claims.values()]
    for table, chapter in named:
        if chapter not in chapters:
            raise BadInput(f"data/{table}.csv: chapter {chapter!r} has no notebook; known: {', '.join(chapters)}")
    for table, directive in LISTED.items():
        if getattr(tables, table) and directive not in story.places:
            raise BadInput(
                f"data/{table}.csv: has rows that pages link to, and no page lists them; expected ```{{{directive}}} on one"
            )
    return tables


def build(
    story: Story, overrides: Overrides, output: Path, jobs: int, engine: str | None, report: run.Report,
    tell: Callable[[str], None] | None = None, renderer: Renderer | None = None,
) -> str:  # fmt: skip
    """Build the whole site into `output`, replacing it in one step, and return the site's hash.

    `overrides` are parameters by their homes. Chapters whose runs still stand in the cache are not run again; `tell` gets
    a line for each that is, with the reason. `renderer` is one that is loaded already, by whoever will build again: what
    chapters run in stays for the next build then. Raises BadInput, RunFailed, RenderFailed or AuditFailed, and then leaves
    `output` as it was; so does what stands there and was not built by this command.
    """
    root, store, ends = story.root, story.store, renderer is None
    place.check_site(root, output)
    place.recover(output)
    with contextlib.ExitStack() as stack:
        renderer = stack.enter_context(renderer or Renderer())
        if engine == run.FORK and not (root / cache.FOLDER).is_dir():  # all will run: load while data/ is checked
            run.warm_up(root, story.chapters.values())
        report("data", "start", 0.0)
        check(story, remember=True)
        report("data", "done", 0.0)
        if tell:
            for line in (*records.left_out(root), *live.bundle_left_out(root)):
                tell(line)
        folder = stack.enter_context(place.folder_beside(output))
        stack.callback(renderer.end)  # before the folder goes in which it writes
        configure(root, folder)
        renderer.open(root, folder, jobs=jobs)
        with pictures.Ahead(store, jobs, limits.of(root).seconds) as ahead:

            def reported(name: str, event: str, seconds: float) -> None:
                report(name, event, seconds)
                if event in ("done", "kept"):
                    left = json.loads((folder / "results" / f"{name}.json").read_text(encoding="utf-8"))
                    downloads.draw_charts(ahead, left["charts"].values())

            whole = story.run(overrides, folder, jobs, engine, reported, tell=tell)
            if ends:
                run.cool_down()
            check_shown(whole)
            store.put("beside", "pages", stage(whole, story.pages))
            catalogue = cite_everything(whole)
            report("pages", "start", 0.0)
            renderer.read()
            ahead.then(renderer.write)
            # What is not a page is written meanwhile; what holds a picture, when it is drawn.
            site = folder / "site"
            api.write(site / "api", story.records, whole.chapters)
            sentences = compare.all_sentences(story.records, whole.chapters, whole.texts)
            (site / "api" / compare.SENTENCES).write_text(results.dumps(sentences), encoding="utf-8")
            if catalogue:
                catalogue.write(
                    site, store, story.places.get("casefile-corrections", ""), story.places.get("casefile-sources", "")
                )
            for path in records.published(root):
                (site / "data" / path).parent.mkdir(parents=True, exist_ok=True)
                document.copy(root / "data" / path, site / "data" / path)
            downloads.notebooks(site, root, whole.folder / "notebooks", story.chapters)
            if catalogue:
                api.say_whose(site / "api", catalogue)
                crate.write(site, catalogue)
            if (root / BILL).is_file():
                shutil.copyfile(root / BILL, site / BILL.name)
        content = Content.load(root, whole.results)
        downloads.write(site, content, story.title, store)
        renderer.finish()
        if content.catalogue:
            versions = Versions.of(root, site, content.catalogue, story.places.get("casefile-corrections", ""), store)
            versions.write(jobs, limits.of(root).seconds)
        if catalogue:
            offline.write(site, story.pages, catalogue.book, story.title)
        live.write(root, site)
        site_hash = manifest.write(site)
        report("pages", "done", 0.0)
        report("audit", "start", 0.0)
        audited = audit.audit(site, content, written(whole), story.title, store, jobs)
        if audited.findings:
            raise audit.AuditFailed(audited.findings)
        report("audit", "done", 0.0)
        place.put_in_place(root, site, output)
        store.trim()
    return site_hash


def judged_by(
    story: Story, overrides: Overrides, jobs: int, engine: str | None, report: run.Report
) -> tuple[Content, dict[str, Written]]:
    """What a site built with `overrides` is held against: records and results, and what pages are of.

    Runs that stand in the cache are not done again.
    """
    check(story, remember=True)
    with scratch.temporary_directory() as folder:
        whole = story.run(overrides, folder, jobs, engine, report)
        cite_everything(whole)
        return Content.load(story.root, whole.results), written(whole)


def check_shown(whole: Run) -> None:
    """Raise BadInput for a chart that a chapter publishes and no cell of it shows: all that cites it would lead nowhere."""
    for page, chapter in whole.chapters.items():
        outputs = [output for cell in whole.executed[page]["cells"] for output in cell.get("outputs", [])]
        shown = {output.get("data", {}).get(results.CHART_MEDIA_TYPE, {}).get("chart") for output in outputs}
        if missing := [name for name in chapter.charts if name not in shown]:
            raise BadInput(
                f"{page}.ipynb: no cell shows chart {missing[0]!r}; expected `chapter.chart(…)` as a cell's last line"
            )


def written(whole: Run) -> dict[str, Written]:
    """What stands of each page before it is rendered: executed notebooks, Markdown."""
    story = whole.story
    return {
        page: Written.of_notebook(whole.executed[page], story.syntax)
        if page in story.chapters
        else Written(story.texts[page], syntax=story.syntax)
        for page in story.pages
    }


def cite_everything(whole: Run) -> Catalogue | None:
    """The catalogue of what a run has its pages say, left for the pages too; None for a book without `CITATION.cff`."""
    if not (whole.story.root / "CITATION.cff").is_file():
        return None
    catalogue = Catalogue.of_build(whole.story.root, whole.overrides, citable.of_run(whole))
    catalogue.leave(whole.results)
    return catalogue


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


def stage(whole: Run, pages: Iterable[str]) -> list[str]:
    """Lay out pages that Jupyter Book reads, executed notebooks and Markdown, and the files that they name beside them.

    Returns the paths of those files within the story.
    """
    story, source = whole.story, whole.folder / "source"
    beside_them: dict[str, None] = {}
    for page in pages:
        target = source / f"{page}{'.ipynb' if page in story.chapters else '.md'}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if page in story.chapters:
            executed = notebooks.read(whole.folder / "notebooks" / f"{story.chapters[page]}.ipynb")
            named = beside.texts_of_notebook(page, executed)
            for path, content in beside.detach(page, executed, story.syntax).items():
                (source / path).parent.mkdir(exist_ok=True)
                (source / path).write_bytes(content)
            target.write_text(results.dumps(_for_reading(executed)), encoding="utf-8")
        else:
            named = beside.of_page(page, story.texts[page][0])
            document.copy(story.root / f"{page}.md", target)
        laid_out = beside.files_named(story.root, page, named, story.syntax)
        for folder, paths in zip((source, whole.folder / EXTRA), laid_out, strict=True):
            for target_path, path in paths.items():
                (folder / target_path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(story.root / path, folder / target_path)
                beside_them[path] = None
    return list(beside_them)


def _for_reading(notebook: notebooks.Notebook) -> notebooks.Notebook:
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
