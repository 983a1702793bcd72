"""One chapter run again with other parameters: the notebook, its page, its results, and what changed against the book."""

from __future__ import annotations

import errno
import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casefile import records
from casefile.analysis import sheets, tables
from casefile.book import build as book
from casefile.book import compare
from casefile.content.content import Content
from casefile.errors import BadInput, one_line
from casefile.execution import notebooks
from casefile.execution.run import Report
from casefile.execution.story import Run, Story
from casefile.notebook import parameters, results
from casefile.notebook.cells import NotebookCell
from casefile.records import Overrides, Value
from casefile.site import downloads
from casefile.site.renderer import Renderer
from casefile.system import cache, document, place, provenance, scratch
from casefile.system.tags import Tag, rewritten

CHANGES, _MANIFEST, _DATA = "changes.txt", "manifest.json", "data"


@dataclass(frozen=True)
class OtherData:
    """Data that are not the book's: the book that they were laid over, and the folder that holds them."""

    book: Story
    folder: Path

    def files(self) -> list[str]:
        """The names of its tables."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.csv"))


def standing_rerun(story: Story, chapter: str, overrides: Overrides, output: Path) -> str | None:
    """What a rerun left in `output` that would come out the same again: its changes in words; None when nothing is there.

    Raises BadInput when anything else is there, also a rerun of other parameters, other data or another version.
    """
    place.check_apart(story.root, output)
    if not (output / _MANIFEST).is_file():
        place.check_free(story.root, output)
        return None
    rests = _rests_on(story, chapter, overrides)
    manifest = document.read(output / _MANIFEST, f"{output / _MANIFEST}", "what a rerun left")
    if isinstance(manifest, dict) and {key: manifest.get(key) for key in rests} == json.loads(results.dumps(rests)):
        return (output / CHANGES).read_text(encoding="utf-8").rstrip("\n")
    raise BadInput(f"{output}: holds a rerun of other parameters, data or code; expected a new or an empty folder")


def folder_name(chapter: str, overrides: Overrides, data: Path | None = None) -> str:
    """A name for a rerun's folder, the same for the same parameters and, where they are not the book's, data."""
    tables = (
        [(str(path.relative_to(data)), path.read_text("utf-8")) for path in sorted(data.rglob("*.csv"))] if data else []
    )
    told = json.dumps(overrides, sort_keys=True) + (json.dumps(tables) if tables else "")
    return f"{chapter}-{cache.digest(told)[:8]}"


@contextmanager
def made_whole(output: Path) -> Iterator[Path]:
    """A folder beside `output` that takes its place when all went well, and is gone when it did not.

    Raises BadInput when `output` has come to hold something meanwhile.
    """
    with place.folder_beside(output) as work:
        folder = work / "made"
        folder.mkdir()
        yield folder
        try:
            folder.rename(output)  # an empty folder gives way, in one step
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            raise BadInput(
                f"{output}: was made by somebody else meanwhile; expected a new or an empty folder"
            ) from None


def rerun(
    story: Story, chapter: str, overrides: Overrides, output: Path, engine: str | None, jobs: int, report: Report,
    other: OtherData | None = None,
) -> str:  # fmt: skip
    """Run one chapter with `overrides` (parameters by their homes) into the folder `output`; returns what changed, in words.

    The folder gets `notebook.ipynb`, `results.json`, `page/`, a CSV each of figures, verdicts, words and parameters, `changes.txt`, `changes.json`, `changes.html`,
    `snapshot.json`, `parameters.json` and `manifest.json`, whose `reproduce` is the command that makes the same again.
    Where `story` is a copy with `other` data laid over it, the folder keeps these in `data/`, and changes are told against the book.
    Raises BadInput for an unknown chapter, a notebook whose parameters cell was edited, a value that a chapter refuses, or
    a folder that is not empty, RunFailed when the notebook fails.
    """
    root, records, units = story.root, story.records, story.records.units
    notebooks.path_of(root, chapter)
    home = next((page for page, name in story.chapters.items() if name == chapter), None)
    if home is None:
        raise BadInput(f"{chapter}: is not in _toc.yml; expected one of {', '.join(story.chapters.values())}")
    for page, name in story.chapters.items():
        parameters.check_cell(notebooks.read(root / f"{page}.ipynb"), name, records)
    overrides = _apart(overrides)
    place.check_free(root, output)

    def reported(name: str, event: str, seconds: float) -> None:
        report(f"{name} as in the book", event, seconds)

    with made_whole(output) as folder, scratch.temporary_directory() as work:
        before = (other.book if other else story).run({}, work / "before", jobs, engine, reported)
        after = story.run(overrides, work / "after", jobs, engine, report)
        snapshots = [compare.snapshot(whole.story.records, whole.chapters, whole.texts) for whole in (before, after)]
        changes = compare.changes(*snapshots)
        text = compare.differences_text(changes, units) if changes else _nothing(after, overrides)
        complete = parameters.validated(records.declared(chapter), records.values_for(chapter, overrides), chapter)
        executed = after.executed[home]
        for name, plain in {
            "notebook.ipynb": executed,
            "results.json": json.loads((after.results / f"{chapter}.json").read_text(encoding="utf-8")),
            compare.SNAPSHOT: snapshots[1],
            "parameters.json": overrides or {chapter: {}},
            _MANIFEST: _manifest(story, chapter, overrides, complete, output, other),
            "changes.json": [asdict(change) for change in changes],
        }.items():
            (folder / name).write_text(results.dumps(plain, indent=1), encoding="utf-8")
        for name, table in tables.tables_of(after.chapters[home], records).items():
            (folder / f"{name}.csv").write_text(sheets.csv(table), encoding="utf-8")
        if other:
            shutil.copytree(other.folder, folder / _DATA)
        marked = results.dumps(_marked(executed, chapter, overrides, records, other))
        (after.folder / "notebooks" / f"{chapter}.ipynb").write_text(marked, encoding="utf-8")
        report("page", "start", 0.0)
        _page(after, home, folder / "page")
        report("page", "done", 0.0)
        (folder / CHANGES).write_text(text + "\n", encoding="utf-8")
        page_of_changes = compare.differences_page(changes, "the book", "this rerun", units)
        (folder / "changes.html").write_text(page_of_changes, encoding="utf-8")
    return text


def _apart(overrides: Overrides) -> dict[str, dict[str, Value]]:
    return {name: dict(values) for name, values in overrides.items() if values}


def _nothing(after: Run, overrides: Overrides) -> str:
    """Why nothing differs: each parameter is as in the book, or is read and changes nothing, or is not read at all."""
    lines, root, records = [], after.story.root, after.story.records
    for chapter, values in overrides.items():
        graph = results.read(after.results / f"{chapter}.json", records.units).graph
        code = parameters.read_by_code(notebooks.read(notebooks.path_of(root, chapter)), chapter)
        inputs = {name for figure in graph.figures.values() for name in figure.inputs}
        inputs |= {name for choice in graph.choices.values() for name in choice.inputs}
        for name, value in values.items():
            row = records.declared(chapter)[name]
            if value == parameters.default(row):
                why = f"{parameters.in_print(value)} is its value in the book"
            elif name in code or (row.figure or name) in inputs:
                why = f"{chapter} reads it, and comes to the same with {parameters.in_print(value)}"
            else:
                why = f"{chapter} works nothing out from it"
            lines.append(f"{name}: {why}")
    return compare.wrapped_lines(["nothing differs", *(f"  {line}" for line in lines)])


def _marked(
    notebook: notebooks.Notebook,
    chapter: str,
    overrides: Overrides,
    story_records: records.Records,
    other: OtherData | None,
) -> notebooks.Notebook:
    """The notebook with a note after its first cell: this is a rerun, with which parameters, and whether with other data."""
    lines = [
        f"- `{name}` = {in_markdown(value)} (in the book: {in_markdown(parameters.default(story_records.declared(of)[name]))})"
        for of, values in overrides.items()
        for name, value in values.items()
    ]
    settings = "\n".join(lines) or "- every parameter as in the book"
    title, chosen, after = "A rerun, not the book", "parameters", ""
    if other:
        tables = ", ".join(map(in_markdown, other.files()))
        title, chosen = "A rerun with other data, not the book", f"data of the reader's own ({tables}) and parameters"
        after = "\n\nNothing on this page can be cited as the book, whatever source stands beside it."
    note = f":::{{admonition}} {title}\n:class: warning\nRun with {chosen} of the reader's choice:\n\n{settings}{after}\n:::\n"
    cell: NotebookCell = {
        "cell_type": "markdown",
        "id": "rerun-note",
        "metadata": {},
        "source": note.splitlines(keepends=True),
    }
    notebook["cells"].insert(1, cell)
    return notebook


def in_markdown(value: parameters.Value) -> str:
    """A value in Markdown that reads as it is: no sign in it is Markdown's, MyST's or HTML's."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", one_line(str(value)))


def _page(whole: Run, home: str, target: Path) -> None:
    """Render one page as the book would, and take from it the links to pages that are not there."""
    root, folder = whole.story.root, whole.folder
    book.configure(root, folder)
    book.stage(whole, [home])
    (folder / "source" / "_toc.yml").write_text(json.dumps({"format": "jb-book", "root": home}), encoding="utf-8")
    with Renderer() as renderer:
        renderer.open(root, folder, strict=False)
        renderer.read()
        renderer.write()
        content = Content.load(root, whole.results)
        alone = Content(content.records, {home: content.pages[home]}, content.digests, content.pictures)
        downloads.write(folder / "site", alone, whole.story.title)
        renderer.finish()
    shutil.copytree(folder / "site", target)
    for path in target.rglob("*.html"):
        path.write_text(_without_dead_links(path.read_text(encoding="utf-8"), path), encoding="utf-8")


def _without_dead_links(html: str, path: Path) -> str:
    def alive(tag: Tag) -> str:
        address = tag.attributes.get("href", "").partition("#")[0] if tag.name == "a" else ""
        dead = address and ":" not in address and not (path.parent / address).exists()
        return tag.changed("href", None) if dead else tag.written

    return rewritten(html, alive)


def _rests_on(story: Story, chapter: str, overrides: Overrides) -> dict[str, Any]:
    """What a rerun comes from; the same again gives the same again."""
    root, records = story.root, story.records
    pages = [root / f"{page}{ending}" for page in story.pages for ending in (".ipynb", ".md")]
    return {
        "chapter": chapter,
        "given": _apart(overrides),
        "parameters": parameters.validated(records.declared(chapter), records.values_for(chapter, overrides), chapter),
        **provenance.inputs(root, [root / "_toc.yml", root / "_config.yml", *pages]),
    }


def _manifest(
    story: Story,
    chapter: str,
    overrides: Overrides,
    complete: Mapping[str, Value],
    output: Path,
    other: OtherData | None,
) -> dict[str, Any]:
    return {
        **_rests_on(story, chapter, overrides),
        "seed": complete.get("seed"),
        **provenance.commit(story.root),
        "reproduce": reproduce(chapter, story.records.values_for(chapter, overrides), overrides, output, bool(other)),
    }


def reproduce(
    chapter: str, values: Mapping[str, Value], overrides: Overrides, output: Path, other_data: bool = False
) -> str:
    """The command, run in the story's folder, that makes the same again in a folder `again`.

    `values` are the parameters that the chapter itself takes, among all `overrides`, by their homes; data that are not
    the book's lie in the rerun's own folder.
    """
    words = ["casefile", "rerun", chapter]
    if len(values) == sum(map(len, overrides.values())):
        for name, value in values.items():
            words += ["-p", name, str(value).lower() if isinstance(value, bool) else str(value)]
    else:
        words += ["--params", str(output / "parameters.json")]
    words += ["--data", str(output / _DATA)] if other_data else []
    return shlex.join([*words, "--out", "again"])
