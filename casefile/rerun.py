"""One chapter run again with other parameters: the notebook, its page, its results, and what changed against the book."""

from __future__ import annotations

import json
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from casefile import book, cache, compare, parameters, records, results, run, scratch
from casefile.errors import BadInput, nearest, one_line, shown
from casefile.renderer import Renderer
from casefile.site import downloads
from casefile.site.content import Content

Given = Mapping[str, Mapping[str, Any]]
_LIBRARIES = ("altair", "ipykernel", "jupyter-book", "numpy", "pandas", "papermill", "pint", "scipy", "sympy")


def empty(output: Path) -> None:
    """Raise BadInput unless `output` is free to be made: a new or an empty folder."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise BadInput(f"{output}: is not empty; expected a new or an empty folder")


def folder_name(chapter: str, given: Given) -> str:
    """A name for a rerun's folder, the same for the same parameters."""
    return f"{chapter}-{cache.digest(json.dumps(given, sort_keys=True))[:8]}"


@contextmanager
def made_whole(output: Path) -> Iterator[Path]:
    """A folder beside `output` that takes its place when all went well, and is gone when it did not.

    Raises BadInput when `output` holds something already.
    """
    empty(output)
    made = [folder for folder in (output.parent, *output.parent.parents) if not folder.exists()]
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        with scratch.folder(output.parent) as work:
            folder = work / "made"
            folder.mkdir()
            yield folder
            if output.exists():
                output.rmdir()
            folder.rename(output)
    except BaseException:
        for folder in made:
            folder.rmdir()
        raise


def rerun(
    root: Path, chapter: str, given: Given, output: Path, engine: str | None, jobs: int, report: run.Report
) -> list[compare.Change]:
    """Run one chapter with `given` parameters (by chapter) into the folder `output`, and return what changed.

    The folder gets `notebook.ipynb`, `results.json`, `page/`, `changes.txt`, `changes.html`, `snapshot.json`,
    `parameters.json` and `manifest.json`, whose `reproduce` is the command that makes the same again.
    Raises BadInput for an unknown chapter or a folder that is not empty, RunFailed when the notebook fails.
    """
    run.notebook_path(root, chapter)
    known = records.load(root)
    pages = {page: Path(page).name for page in book.pages(root) if (root / f"{page}.ipynb").is_file()}
    home = next((page for page, name in pages.items() if name == chapter), None)
    if home is None:
        raise BadInput(f"{chapter}: is not in _toc.yml; expected one of {', '.join(pages.values())}")
    given = {name: dict(values) for name, values in given.items() if values}
    with made_whole(output) as made, scratch.folder() as work:
        before, after = work / "before", work / "after"
        runs = cache.Runs(root, cache.Store(root / cache.FOLDER))
        names = list(pages.values())
        run.execute_all(root, known, names, {}, before, jobs, engine, lambda name, event, seconds: None, runs)
        run.execute_all(root, known, names, given, after, jobs, engine, report, runs)
        told = {folder: _snapshot(root, folder, pages, known) for folder in (before, after)}
        found = compare.changes(told[before], told[after])
        everything = parameters.validated(known.declared(chapter), known.values_for(chapter, given), chapter)
        notebook = after / "notebooks" / f"{chapter}.ipynb"
        executed = run.read_notebook(notebook)
        for name, plain in {
            "notebook.ipynb": executed,
            "results.json": json.loads((after / "results" / f"{chapter}.json").read_text(encoding="utf-8")),
            compare.SNAPSHOT: told[after],
            "parameters.json": given or {chapter: {}},
            "manifest.json": _manifest(root, known, chapter, given, everything, output),
        }.items():
            (made / name).write_text(results.dumps(plain, indent=1), encoding="utf-8")
        notebook.write_text(results.dumps(_marked(executed, chapter, given, known)), encoding="utf-8")
        report("page", "start", 0.0)
        _page(root, after, home, pages, made / "page")
        report("page", "done", 0.0)
        (made / "changes.txt").write_text(compare.text(found) + "\n", encoding="utf-8")
        (made / "changes.html").write_text(compare.page(found, "the book", "this rerun"), encoding="utf-8")
    return found


def _snapshot(root: Path, folder: Path, pages: Mapping[str, str], known: records.Records) -> compare.Snapshot:
    chapters = {page: results.read(folder / "results" / f"{name}.json", known.units) for page, name in pages.items()}
    return compare.snapshot(known, chapters, book.texts(root, book.pages(root), pages))


def _marked(notebook: run.Notebook, chapter: str, given: Given, known: records.Records) -> run.Notebook:
    """The notebook with a note after its first cell: this is a rerun, and with which parameters."""
    lines = [
        f"- `{name}` = {in_markdown(value)} (in the book: {in_markdown(parameters.default(known.declared(of)[name]))})"
        for of, values in given.items()
        for name, value in values.items()
    ]
    said = "\n".join(lines) or "- every parameter as in the book"
    note = f":::{{admonition}} A rerun, not the book\n:class: warning\nRun with parameters of the reader's choice:\n\n{said}\n:::\n"
    cell = {"cell_type": "markdown", "id": "rerun-note", "metadata": {}, "source": note.splitlines(keepends=True)}
    notebook["cells"].insert(1, cell)
    return notebook


def in_markdown(value: parameters.Value) -> str:
    """A value in Markdown that reads as it is: no sign in it is Markdown's, MyST's or HTML's."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", one_line(str(value)))


def _page(root: Path, folder: Path, home: str, pages: Mapping[str, str], target: Path) -> None:
    """Render one page as the book would, and take from it the links to pages that are not there."""
    book.configure(root, folder)
    book.stage(root, folder, [home], {home: pages[home]})
    (folder / "source" / "_toc.yml").write_text(json.dumps({"format": "jb-book", "root": home}), encoding="utf-8")
    (folder / "results" / "pages.json").write_text(results.dumps(dict(pages)), encoding="utf-8")
    with Renderer() as renderer:
        renderer.open(root, folder, strict=False)
        renderer.read()
        renderer.write()
        content = Content.load(root, folder / "results")
        alone = Content(content.records, {home: content.pages[home]}, content.digests, content.pictures)
        downloads.write(folder / "site", alone, book.title(root))
        renderer.finish()
    shutil.copytree(folder / "site", target)
    for path in target.rglob("*.html"):
        path.write_text(_without_dead_links(path.read_text(encoding="utf-8"), path), encoding="utf-8")


def _without_dead_links(html: str, path: Path) -> str:
    def keep(match: re.Match[str]) -> str:
        address = match.group(1).partition("#")[0]
        dead = address and ":" not in address and not (path.parent / address).exists()
        return "" if dead else match.group(0)

    return re.sub(r"<a\b[^>]*>", lambda tag: re.sub(r'\shref="([^"]*)"', keep, tag.group(0)), html)


def _manifest(
    root: Path, known: records.Records, chapter: str, given: Given, everything: Mapping[str, Any], output: Path
) -> dict[str, Any]:
    def git(*arguments: str) -> str:
        try:
            done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
        return done.stdout.strip()

    data = sorted(path for path in (root / "data").rglob("*") if path.is_file() and not path.name.startswith("."))
    return {
        "chapter": chapter,
        "given": {name: dict(values) for name, values in given.items()},
        "parameters": dict(everything),
        "seed": everything.get("seed"),
        "commit": git("rev-parse", "HEAD"),
        "changed since the commit": bool(git("status", "--porcelain")),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "package": cache.package(pages=False),
        "inputs": cache.file_parts(root, [run.notebook_path(root, chapter), *data]),
        "reproduce": reproduce(chapter, as_taken(known, chapter, given), output),
    }


def as_taken(known: records.Records, chapter: str, given: Given) -> Given:
    """The same parameters as given to a chapter, where it takes them all; by their homes where it does not."""
    values = known.values_for(chapter, given)
    return {chapter: values} if len(values) == sum(map(len, given.values())) else given


def reproduce(chapter: str, given: Given, output: Path) -> str:
    """The command, run in the story's folder, that makes the same again in a folder `again`."""
    words = ["casefile", "rerun", chapter]
    if set(given) <= {chapter}:
        for name, value in given.get(chapter, {}).items():
            words += ["-p", name, str(value).lower() if isinstance(value, bool) else str(value)]
    else:
        words += ["--params", str(output / "parameters.json")]
    return shlex.join([*words, "--out", "again"])


def given_by(
    known: records.Records, chapter: str, typed: list[tuple[str, str]], params: str | None
) -> dict[str, dict[str, Any]]:
    """The parameters by their homes, from a file or scenario and, over them, those typed for this chapter."""
    given = parameters.from_file(params, known) if params else {}
    declared = known.declared(chapter)
    for name, value in typed:
        if name not in declared:
            raise BadInput(f"{chapter}: unknown parameter {shown(name)}; {nearest(name, declared)}")
        given.setdefault(declared[name].chapter, {})[name] = parameters.from_text(declared[name], value)
    return {name: dict(values) for name, values in given.items()}
