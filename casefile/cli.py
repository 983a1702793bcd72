"""The command `casefile`: exits 0 when done, 2 on bad input, 1 on failure, with one clear line either way."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from casefile.errors import BadInput, CasefileError


def _root() -> Path:
    """The story's root: the working folder or the nearest folder above it that holds `data/datapackage.json`."""
    named = os.environ.get("CASEFILE_ROOT")
    start = Path(named).resolve() if named else Path.cwd()
    for folder in (start, *start.parents):
        if (folder / "data").is_dir() and (folder / "_toc.yml").is_file():
            return folder
    raise BadInput(f"{start}: no case file here or above; expected a folder with data/ and _toc.yml")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """An executable investigation: check its data, build its site, question its numbers."""


@cli.command()
def check() -> None:
    """Validate data/, the table of contents and the notebooks' parameters."""
    from casefile import book

    known = book.check(_root())
    click.echo(
        f"data/ is sound: {len(known.sources)} sources, {len(known.figures)} figures, {len(known.events)} events, "
        f"{len(known.claims)} claims, {len(known.series_names())} series, {len(known.declarations)} parameters"
    )


@cli.command()
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the site goes; _build/html unless given.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True, help="Chapters run at once."
)
@click.option("--engine", type=click.Choice(["fork", "papermill"]), default="fork", show_default=True)
def build(params: str | None, out: Path | None, jobs: int, engine: str) -> None:
    """Build the whole site; what has not changed is not done again."""
    from casefile import cache

    root = _root()
    output = (out or root / "_build" / "html").resolve()
    standing = cache.standing(root, params, output)
    if standing:
        click.echo(f"nothing has changed\n{output}\nsite {standing}")
        return
    from casefile import book, parameters, records
    from casefile.progress import Progress

    known = records.load(root)
    given = parameters.from_file(params, known) if params else {}
    lines: list[str] = []
    with Progress() as progress:
        digest = book.build(root, given, output, jobs, _engine(root, engine), progress.report, lines.append)
    cache.note(root, params, output, digest)
    click.echo("\n".join([*lines, str(output), f"site {digest}"]))


def _engine(root: Path, engine: str) -> str:
    """The engine asked for, its warm parent started; papermill's default where there is no fork, and that is said."""
    from casefile import fork, run

    if engine == run.FORK and not fork.can_fork():
        from casefile.engine import SAID

        click.echo(f"casefile: {SAID}", err=True)
        return run.PAPERMILL
    if engine == run.FORK:
        run.warm_up(root, run.chapters(root))
    return engine


@cli.command("parameters")
@click.argument("chapter", required=False)
def list_parameters(chapter: str | None) -> None:
    """List the parameters of a chapter, or of all."""
    from casefile import parameters, records
    from casefile.errors import nearest

    known = records.load(_root())
    chapters = {name for name, _ in known.declarations}
    if chapter and chapter not in chapters:
        raise BadInput(f"no chapter {chapter!r} with parameters; {nearest(chapter, chapters)}")
    for (of, name), row in known.declarations.items():
        if chapter in (None, of):
            click.echo(
                f"{of}  {name} = {row.default}\n    {row.meaning}; takes {parameters.expected(row)}; basis: {row.basis}"
            )


@cli.command()
@click.argument("site", required=False, type=click.Path(path_type=Path))
def audit(site: Path | None) -> None:
    """Prove every number on the built pages; list what cannot be accounted for."""
    from casefile import audit as auditing
    from casefile import book, records

    root = _root()
    built = site or root / book.SITE
    if not built.is_dir():
        raise BadInput(f"{built}: no site here; run `casefile build` first, or name a built site")
    coverage, findings = auditing.audit(built, records.load(root))
    for page in coverage:
        click.echo(f"{page.page}: {page.numerals} numerals, {page.from_graph} from the graph and the records")
    for finding in findings:
        click.echo(f"{finding.page}: {finding.what}", err=True)
    if findings:
        raise auditing.AuditFailed(f"{len(findings)} findings in {built}")


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(port: int) -> None:
    """Serve the built site on this machine, to look at it."""
    import functools
    import http.server

    from casefile import book

    site = _root() / book.SITE
    if not site.is_dir():
        raise BadInput(f"{book.SITE}: no site here yet; run `casefile build` first")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        click.echo(f"http://127.0.0.1:{port}/  (Ctrl-C stops)")
        server.serve_forever()


def main() -> None:
    """Run the command line; every failure ends in one line on standard error and its exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        click.echo(f"casefile: {error.format_message()}", err=True)
        sys.exit(2)
    except CasefileError as error:
        click.echo(f"casefile: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("casefile: stopped", err=True)
        sys.exit(1)
