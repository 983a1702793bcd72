"""The command `casefile`: exits 0 when done, 2 on bad input, 1 on failure, with one clear line either way."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casefile.errors import BadInput, CasefileError, nearest, of_system, one_line, shown

if TYPE_CHECKING:
    from casefile.records import Unit  # loaded when a verb needs it: the command starts at once


def _root() -> Path:
    """The story's root: the folder that --root names, or CASEFILE_ROOT, or the working folder; or the nearest above it."""
    named = click.get_current_context().find_root().params.get("root") or os.environ.get("CASEFILE_ROOT")
    start = Path(named).resolve() if named else Path.cwd()
    for folder in (start, *start.parents):
        if (folder / "data").is_dir() and (folder / "_toc.yml").is_file():
            return folder
    raise BadInput(
        f"{start}: no case file here or above; expected a folder with data/ and _toc.yml, or --root DIR before the verb"
    )


class _Setting(click.Command):
    """A command whose `-p` takes a parameter as one word, NAME=VALUE, or as several: NAME VALUE.

    `ahead` is how many words stand before the value in the longest form: two, CHAPTER NAME VALUE, where no chapter is
    spoken of.
    """

    ahead = 1

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_joined(args, self.ahead)))


class _SettingByChapter(_Setting):
    ahead = 2


def _joined(args: list[str], ahead: int) -> Iterator[str]:
    """The words of a command, those that belong to one `-p` joined to `CHAPTER.NAME=VALUE`."""
    words = iter(args)
    for word in words:
        yield word
        if word == "--":
            yield from words
        if word != "-p":
            continue
        name = next(words, None)
        if name is None:
            return
        if ahead == 2 and "=" not in name and "." not in name:
            name = f"{name}.{next(words, '')}"
        value = next(words, None) if "=" not in name else None
        if value is not None and value.startswith("--"):  # the next option, where a value was forgotten
            yield from (name, value)
        else:
            yield name if value is None else f"{name}={value}"


_JOBS = click.option(
    "--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True, help="Chapters run at once."
)
_MOST_SAID = 40  # points that a sweep tells on the terminal
_ENGINE = click.option("--engine", type=click.Choice(["fork", "papermill"]), default="fork", show_default=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--root", metavar="DIR", help="The story's folder; the working folder, or what CASEFILE_ROOT says, unless given."
)
def cli(root: str | None) -> None:
    """An executable investigation: check its data, build its site, question its numbers."""
    if sys.platform == "win32":
        raise BadInput("Windows is not supported; expected Linux or macOS, or Windows' Subsystem for Linux")


@cli.command()
def check() -> None:
    """Validate data/, the table of contents and the notebooks' parameters."""
    from casefile import records
    from casefile.book import build as book

    root = _root()
    known = book.check(root)
    click.echo(
        f"data/ is sound: {len(known.sources)} sources, {len(known.figures)} figures, {len(known.events)} events, "
        f"{len(known.claims)} claims, {len(known.series_names())} series, {len(known.declarations)} parameters"
    )
    for line in records.left_out(root):
        click.echo(line)


@cli.command()
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the site goes; _build/html unless given.")
@_JOBS
@_ENGINE
def build(params: str | None, out: Path | None, jobs: int, engine: str) -> None:
    """Build the whole site; what has not changed is not done again."""
    from casefile.system import cache, place

    root = _root()
    output = place.named(out or root / place.SITE)
    standing = cache.standing(root, params, output)
    if standing:
        click.echo("\n".join(["nothing has changed", *standing.about, str(output), f"site {standing.hash}"]))
        return
    place.check_site(root, output)
    from casefile import records
    from casefile.book import build as book
    from casefile.citation import editions
    from casefile.notebook import parameters
    from casefile.system import manifest
    from casefile.system.progress import Progress

    given = parameters.from_file(params, records.load(root)) if params else {}
    lines: list[str] = []
    with Progress() as progress:
        digest = book.build(root, given, output, jobs, _engine(engine), progress.report, lines.append)
    compared = "" if params else editions.compared(root, manifest.files(output))
    about = [compared] if compared else []
    cache.note(root, params, output, cache.Site(digest, about))
    click.echo("\n".join([*lines, *about, str(output), f"site {digest}"]))


def _engine(engine: str) -> str:
    """The engine asked for; papermill's default where there is no fork, and that is said."""
    from casefile.execution import fork, run

    if engine == run.FORK and not fork.can_fork():
        from casefile.execution.engine import SAID

        click.echo(f"casefile: {SAID}", err=True)
        return run.PAPERMILL
    return engine


@cli.command(cls=_Setting)
@click.argument("chapter")
@click.option("-p", "typed", multiple=True, metavar="NAME=VALUE", help="A parameter of the chapter; also NAME VALUE.")
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder; below _build/reruns unless given.")
@_JOBS
@_ENGINE
def rerun(chapter: str, typed: tuple[str, ...], params: str | None, out: Path | None, jobs: int, engine: str) -> None:
    """Run one chapter with other parameters: notebook, page, results, and what changes."""
    from casefile import records
    from casefile.book import rerun as running
    from casefile.execution import run
    from casefile.notebook import parameters
    from casefile.system import place
    from casefile.system.progress import Progress

    root = _root()
    run.notebook_path(root, chapter)
    settings = [parameters.assignment(text, chapter) for text in typed]
    known = records.load(root)
    given = parameters.overrides(known, settings, params, chapter)
    output = place.named(out or root / "_build" / "reruns" / running.folder_name(chapter, given))
    said = running.standing(root, chapter, given, output)
    if said is None:
        with Progress() as progress:
            said = running.rerun(root, chapter, given, output, _engine(engine), jobs, progress.report)
    again = running.reproduce(chapter, known.values_for(chapter, given), given, output)
    click.echo(f"{said}\n\n{output}\n{again}")


@cli.command()
@click.argument("chapter")
@click.option(
    "--vary",
    multiple=True,
    metavar="NAME=V1,V2|NAME=LO:HI:N",
    help="A parameter and its values; OTHER.NAME for one of a chapter that this one reads. Repeatable.",
)
@click.option("--figures-only", is_flag=True, help="Work the formulas out without running the notebook.")
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes on this machine; one for each core unless given."
)
@click.option("--scheduler", metavar="ADDRESS", help="The address of a Dask scheduler that does the work instead.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A new folder, or one with this sweep begun."
)
def sweep(
    chapter: str, vary: tuple[str, ...], figures_only: bool, workers: int | None, scheduler: str | None, out: Path
) -> None:
    """Run many scenarios: a table of figures and verdicts, a chart, the flip points. Can be stopped and gone on with."""
    import time

    from casefile.execution import run
    from casefile.sweep import outcome
    from casefile.sweep import sweep as sweeping
    from casefile.system import place
    from casefile.system.progress import Bar

    if workers and scheduler:
        raise BadInput("--workers and --scheduler exclude each other; expected one of them")
    root, started = _root(), time.monotonic()
    run.notebook_path(root, chapter)
    if not figures_only:
        _engine(run.FORK)
    with Bar(f"sweep {chapter}") as bar:
        found = sweeping.sweep(root, chapter, vary, place.named(out), figures_only, workers, scheduler, bar.advance)
    for line in found["told"][:_MOST_SAID]:
        click.echo(line)
    if len(found["told"]) > _MOST_SAID:
        click.echo(f"flips.csv holds {len(found['told']) - _MOST_SAID:,} more such points")
    seconds = time.monotonic() - started
    if found["scenarios"] > outcome.MOST_CSV_ROWS:
        click.echo(f"scenarios.parquet holds them all; no scenarios.csv above {outcome.MOST_CSV_ROWS:,} rows")
    first = f"; the first: {found['error']}" if found["error"] else ""
    click.echo(
        f"{found['scenarios']:,} scenarios, {found['ran']:,} run now in {seconds:.1f} s, {found['failed']:,} failed{first}\n{out}"
    )


@cli.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--page", type=click.Path(path_type=Path), help="Also write both sides, beside each other, as an HTML page."
)
def compare_two(before: Path, after: Path, page: Path | None) -> None:
    """Say what differs between two reruns, built sites, editions (0.2.0) or sweeps: figures, verdicts, words."""
    from casefile.book import compare
    from casefile.system import scratch

    units = _units()
    if compare.is_sweep(before) and compare.is_sweep(after):
        found = compare.sweeps(before, after)
    else:
        found = compare.changes(_snapshot(before), _snapshot(after))
    if page:
        if os.path.lexists(page):
            raise BadInput(f"{page}: exists already; expected a new file")
        if not page.parent.is_dir():
            raise BadInput(f"{page}: no folder {page.parent}; expected a file in one that is there")
        if not os.access(page.parent, os.W_OK | os.X_OK):
            raise BadInput(f"{page.parent}: this user may not write there; expected another place, named with --page")
        scratch.write(page, compare.page(found, str(before), str(after), units))
    click.echo(compare.text(found, units))


def _units() -> Mapping[str, Unit]:
    """The units of the story that the command is run in; none where there is no story: differences are then plain numbers."""
    from casefile import records

    try:
        root = _root()
    except BadInput:
        return {}
    return records.load(root).units


def _snapshot(named: Path) -> dict[str, Any]:
    """What a folder says, or an edition: by its version, or by its file in a folder `editions`."""
    from casefile.book import compare
    from casefile.citation import editions

    by_file = named.is_file() and named.suffix == ".json" and named.resolve().parent.name == editions.FOLDER.name
    if by_file or (not named.exists() and re.fullmatch(r"\d+(\.\d+)*", str(named))):
        released = editions.load(named.resolve().parents[1] if by_file else _root())
        version = named.stem if by_file else str(named)
        if version not in released:
            raise BadInput(f"no edition {shown(version)}; {nearest(version, released)}")
        return compare.of_edition(released[version].items.values())
    return compare.read(named)


@cli.command("parameters")
@click.argument("chapter", required=False)
def list_parameters(chapter: str | None) -> None:
    """List the parameters of a chapter, or of all."""
    from casefile import records
    from casefile.book import compare
    from casefile.errors import nearest
    from casefile.notebook import parameters

    known = records.load(_root())
    chapters = known.takers()
    if chapter and chapter not in chapters:
        raise BadInput(f"no chapter {shown(chapter)} with parameters; {nearest(chapter, chapters)}")
    for (of, name), row in known.declarations.items():
        if chapter in (None, *row.readers):
            also = f"; read by {', '.join(row.read_by)} too" if row.read_by else ""
            about = f"    {row.meaning}; takes {parameters.expected(row)}; basis: {row.basis}{also}"
            click.echo(compare.wrapped([f"{of}  {name} = {row.default}", about]))


@cli.command(cls=_SettingByChapter)
@click.argument("id")
@click.option(
    "--style", default="apa", show_default=True, help="apa, chicago, bibtex, ris, csl-json, markdown, sentence or url."
)
@click.option(
    "-p", "typed", multiple=True, metavar="CHAPTER.NAME=VALUE",
    help="A parameter other than the book's; also CHAPTER NAME VALUE.",
)  # fmt: skip
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@_JOBS
@_ENGINE
def cite(id: str, style: str, typed: tuple[str, ...], params: str | None, jobs: int, engine: str) -> None:
    """Cite the book, a page, a section, a figure, a chart or a claim, by its id."""
    from casefile import records
    from casefile.citation import citable, editions
    from casefile.citation import cite as citing
    from casefile.errors import nearest
    from casefile.notebook import parameters

    if style not in citing.STYLES:
        raise BadInput(f"no style {shown(style)}; {nearest(style, citing.STYLES)}")
    root = _root()
    known, book, released = records.load(root), citing.book_of(root), editions.load(root)
    given = citing.given_by(known, [parameters.assignment(text) for text in typed], params)
    registered = citable.registry(root)
    if registered:
        citing.known_id(id, registered)  # before anything runs
        if id in registered and registered[id].status == citable.RETIRED:
            raise BadInput(f"{id!r} was withdrawn: {registered[id].note}")
    own = citable.current(root, {}, jobs, _engine(engine))
    item = citing.find(id, own)
    edition = editions.edition_of(item, book.version, released)
    changes = citing.in_words_of(given, {key: parameters.default(row) for key, row in known.declarations.items()})
    if given:
        item = citing.find(id, citable.current(root, given, jobs, _engine(engine)))
    click.echo(citing.cited(item, book, edition, given, changes, style).rstrip("\n"))


@cli.command()
@click.argument("citation")
@_JOBS
@_ENGINE
def verify(citation: str, jobs: int, engine: str) -> None:
    """Say whether a citation still stands: words, BibTeX, RIS, CSL-JSON or an address; a file that holds it; - for input.

    Exits 0 when it stands or has only moved, 1 when what it cites changed or was withdrawn, 2 when it cannot be checked.
    """
    from casefile.book import build as book
    from casefile.citation import citable, editions
    from casefile.citation import cite as citing
    from casefile.citation import verify as verifying
    from casefile.system import cache

    root = _root()
    text, released, registered = citing.text_of(citation), editions.load(root), citable.registry(root)
    version = citing.book_of(root).version
    cited = verifying.read(text, verifying.marks(released, registered, version))
    known = book.check(root, cache.Store(root / cache.FOLDER))
    given = citing.given_by(known, citing.parameters_of(cited.parameters), None)
    standing = citable.current(root, {}, jobs, _engine(engine))
    computed = citable.current(root, given, jobs, _engine(engine)) if cited.parameters else None
    found = verifying.check(
        cited, released, version, standing, computed, registered, known.corrections.values()
    )  # fmt: skip
    click.echo(found.line)
    if found.status in (verifying.CHANGED, verifying.WITHDRAWN):
        sys.exit(1)


@cli.command()
@_JOBS
@_ENGINE
def register(jobs: int, engine: str) -> None:
    """Give every new page, section, figure, chart and claim its row in data/ids.csv; no row is ever taken away."""
    from casefile.citation import citable, editions

    root = _root()
    standing = citable.current(root, {}, jobs, _engine(engine))
    added, moved = citable.register(root, standing)
    published = [edition.items for edition in editions.load(root).values()]
    for fault in citable.faults(citable.registry(root), standing, published):
        click.echo(fault, err=True)
    click.echo(f"{citable.REGISTRY}: {added} ids added, {moved} moved")


@cli.command()
@click.argument("version")
@_JOBS
@_ENGINE
def release(version: str, jobs: int, engine: str) -> None:
    """Write down what this version says, and its site's hashes, in editions/; refuses what is not ready."""
    from casefile.book import build as book
    from casefile.citation import citable, editions
    from casefile.system import manifest

    root = _root()
    editions.ready(root, version)
    known = book.check(root)
    standing = citable.current(root, {}, jobs, _engine(engine))

    def built(copy: Path) -> manifest.Files:
        book.build(copy, {}, copy / book.SITE, jobs, _engine(engine), lambda name, event, seconds: None)
        return manifest.files(copy / book.SITE)

    path = editions.release(
        root, version, standing, known.corrections.values(), lambda: editions.tested(root), built
    )  # fmt: skip
    click.echo(f"{path.relative_to(root)}: {len(standing)} ids; commit {editions.FOLDER}/, then build the site again")


@cli.command()
@click.argument("site", required=False, type=click.Path(path_type=Path))
@click.option("--params", help="The parameters that the site was built with: a file, or the name of a scenario.")
@_JOBS
@_ENGINE
def audit(site: Path | None, params: str | None, jobs: int, engine: str) -> None:
    """Prove every number on the pages of a built site; print each page's coverage, and what cannot be accounted for."""
    from casefile import audit as auditing
    from casefile import records
    from casefile.book import build as book
    from casefile.book import compare
    from casefile.notebook import parameters
    from casefile.system import cache
    from casefile.system.progress import Progress

    root = _root()
    built = (site or root / book.SITE).resolve()
    if not built.is_dir():
        raise BadInput(f"{site or book.SITE}: no site here; run `casefile build` first, or name a built site")
    if (built.parent / compare.SNAPSHOT).is_file():
        file = shlex.quote(str((site or built).parent / "parameters.json"))
        raise BadInput(
            f"{site}: a rerun's page alone; expected a whole site: `casefile build --params {file} --out DIR`, then "
            f"`casefile audit DIR --params {file}`"
        )
    given = parameters.from_file(params, records.load(root)) if params else {}
    with Progress() as progress:
        truth = book.judged_by(root, given, jobs, _engine(engine), progress.report)
        found = auditing.audit(built, *truth, book.title(root), cache.Store(root / cache.FOLDER))
    click.echo("\n".join(found.lines()))
    if found.findings:
        raise auditing.AuditFailed(found.findings, len(found.findings))


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(port: int) -> None:
    """Serve the built site on this machine, to look at it."""
    import functools
    import http.server

    from casefile.book import build as book

    site = _root() / book.SITE
    if not site.is_dir():
        raise BadInput(f"{book.SITE}: no site here yet; run `casefile build` first")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise BadInput(f"--port {port}: {error.strerror}; expected one that is free") from None
    with server:
        click.echo(f"http://127.0.0.1:{port}/  (Ctrl-C stops)")
        server.serve_forever()


def main() -> None:
    """Run the command line; every failure ends in one line on standard error and its exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:  # click's word for Ctrl-C
        click.echo("casefile: stopped", err=True)
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        click.echo(f"casefile: {one_line(error.format_message())}", err=True)
        sys.exit(2)
    except CasefileError as error:
        click.echo(f"casefile: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        click.echo(one_line(f"casefile: {of_system(error)}"), err=True)
        sys.exit(1)
