"""Verbs that make and prove the book: check, build, register, release, audit, serve."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from casefile.cli.group import cli
from casefile.cli.options import ENGINE_OPTION, JOBS, engine_of, story_root
from casefile.errors import BadInput


@cli.command()
def check() -> None:
    """Validate data/, the table of contents, the notebooks' parameters, and the rules by which claims are judged."""
    from casefile import records
    from casefile.book import build as book
    from casefile.execution import run
    from casefile.execution.story import Story

    root = story_root()
    story = Story(root)
    tables = book.check(story)
    if (
        tables.claims
    ):  # a rule is code and has to run, in whichever chapter judges: a claim names the one that explains it
        run.results_under(root, sorted(set(story.chapters.values())), {})
    click.echo(
        f"data/ is sound: {len(tables.sources)} sources, {len(tables.figures)} figures, {len(tables.events)} events, "
        f"{len(tables.claims)} claims, {len(tables.series_names())} series, {len(tables.declarations)} parameters"
    )
    for line in records.left_out(root):
        click.echo(line)


@cli.command()
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the site goes; _build/html unless given.")
@JOBS
@ENGINE_OPTION
def build(params: str | None, out: Path | None, jobs: int, engine: str) -> None:
    """Build the whole site; what has not changed is not done again."""
    from casefile.system import cache, place

    root = story_root()
    output = place.named(out or root / place.SITE)
    site = cache.standing(root, params, output)
    if site:
        click.echo("\n".join(["nothing has changed", *site.about, str(output), f"site {site.hash}"]))
        return
    place.check_site(root, output)
    from casefile.book import build as book
    from casefile.citation import citation_file, editions
    from casefile.execution.story import Story
    from casefile.notebook import parameters
    from casefile.system import manifest
    from casefile.system.progress import Progress

    story = Story(root)
    overrides = parameters.from_file(params, story.records) if params else {}
    lines: list[str] = []
    with Progress() as progress:
        digest = book.build(story, overrides, output, jobs, engine_of(engine), progress.report, lines.append)
    compared = "" if params or citation_file.address_of(root) else editions.compared(root, manifest.files(output))
    about = [compared] if compared else []
    cache.note(root, params, output, cache.Site(digest, about))
    click.echo("\n".join([*lines, *about, str(output), f"site {digest}"]))


@cli.command()
def live() -> None:
    """Make what reruns notebooks in the reader's browser; the next build puts it into the site. Needs Node.js and npm."""
    from casefile.live import bundle

    root = story_root()
    listed = bundle.make(root / bundle.PLACE, lambda line: click.echo(line, err=True))
    files = [entry for part in listed.values() for entry in part]
    for entry in files:
        click.echo(f"{entry['bytes']:>12,}  {entry['sent']:>12,}  {entry['path']}")
    count, sent = (sum(entry[kind] for entry in files) for kind in ("bytes", "sent"))
    click.echo(f"{count:>12,}  {sent:>12,}  bytes in all, on disk and on their way; now `casefile build`")


@cli.command()
@JOBS
@ENGINE_OPTION
def register(jobs: int, engine: str) -> None:
    """Give every new page, section, figure, chart and claim its row in data/ids.csv; no row is ever taken away."""
    from casefile.citation import citable, editions, registry
    from casefile.execution.story import Story

    root = story_root()
    items = citable.current(Story(root), {}, jobs, engine_of(engine))
    added, moved = registry.register(root, items)
    published = [edition.items for edition in editions.load(root).values()]
    for fault in registry.faults(registry.read(root), items, published):
        click.echo(fault, err=True)
    click.echo(f"{registry.REGISTRY}: {added} ids added, {moved} moved")


@cli.command()
@click.argument("version")
@JOBS
@ENGINE_OPTION
def release(version: str, jobs: int, engine: str) -> None:
    """Write down what this version says, and its site's hashes, in editions/; refuses what is not ready."""
    from casefile.book import build as book
    from casefile.citation import citable, citation_file, editions
    from casefile.execution.story import Story
    from casefile.system import cache, place

    root = story_root()
    editions.releasable(root, version)
    story = Story(root)
    records = book.check(story)
    items = citable.current(story, {}, jobs, engine_of(engine))

    def complaint() -> str:
        site = root / place.SITE
        # The tests may read its pages, and those of another day would pass them.
        if (root / "tests").is_dir() and cache.standing(root, None, site) is None:
            place.check_site(root, site)
            book.build(story, {}, site, jobs, engine_of(engine), lambda name, event, seconds: None)
        return editions.tested(root)

    def built(copy: Path) -> Path:
        with citation_file.at_address(""):  # where it is put up is no part of an edition
            book.build(Story(copy), {}, copy / place.SITE, jobs, engine_of(engine), lambda name, event, seconds: None)
        return copy / place.SITE

    path = editions.release(root, version, items, records.corrections.values(), complaint, built)
    click.echo(f"{path.relative_to(root)}: {len(items)} ids; commit {editions.EDITIONS}/, then build the site again")


@cli.group()
def editions() -> None:
    """The editions that were published, and their pages as they were."""


@editions.command()
@click.argument("version")
def rebuild(version: str) -> None:
    """Make an edition's pages again, from the commit that released it, and keep them in editions/; needs git and its libraries.

    Without the commit, what the edition's record holds is kept: titles, numbers and verdicts.
    """
    from casefile.book import rebuild as rebuilding

    root = story_root()
    folder = rebuilding.keep(root, version, click.echo)
    click.echo(f"{folder.relative_to(root)}: commit it, then build the site again")


@cli.command()
@click.argument("site", required=False, type=click.Path(path_type=Path))
@click.option("--params", help="The parameters that the site was built with: a file, or the name of a scenario.")
@JOBS
@ENGINE_OPTION
def audit(site: Path | None, params: str | None, jobs: int, engine: str) -> None:
    """Prove every number on the pages of a built site; print each page's coverage, and what cannot be accounted for."""
    from casefile import audit as auditing
    from casefile.book import build as book
    from casefile.book import compare
    from casefile.execution.story import Story
    from casefile.notebook import parameters
    from casefile.system import place
    from casefile.system.progress import Progress

    root = story_root()
    built = (site or root / place.SITE).resolve()
    if not built.is_dir():
        raise BadInput(f"{site or place.SITE}: no site here; run `casefile build` first, or name a built site")
    if (built.parent / compare.SNAPSHOT).is_file():
        file = shlex.quote(str((site or built).parent / "parameters.json"))
        raise BadInput(
            f"{site}: a rerun's page alone; expected a whole site: `casefile build --params {file} --out DIR`, then "
            f"`casefile audit DIR --params {file}`"
        )
    story = Story(root)
    overrides = parameters.from_file(params, story.records) if params else {}
    with Progress() as progress:
        truth = book.judged_by(story, overrides, jobs, engine_of(engine), progress.report)
        findings = auditing.audit(built, *truth, story.title, story.store, jobs)
    click.echo("\n".join(findings.lines()))
    if findings.findings:
        raise auditing.AuditFailed(findings.findings, len(findings.findings))


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(port: int) -> None:
    """Serve the built site on this machine, to look at it."""
    import functools
    import http.server

    from casefile.system import place

    site = story_root() / place.SITE
    if not site.is_dir():
        raise BadInput(f"{place.SITE}: no site here yet; run `casefile build` first")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise BadInput(f"--port {port}: {error.strerror}; expected one that is free") from None
    with server:
        click.echo(f"http://127.0.0.1:{port}/  (Ctrl-C stops)")
        server.serve_forever()
