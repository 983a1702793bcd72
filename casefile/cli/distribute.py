"""Verbs of whoever carries the book out: publish, verify-site, pdf, single-page."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from casefile.cli.group import cli
from casefile.cli.options import ENGINE_OPTION, JOBS, engine_of, story_root
from casefile.errors import BadInput, nearest, shown


@cli.command()
@click.option("--address", help="Where the site will stand; html.baseurl of _config.yml unless given.")
@click.option("--preview", is_flag=True, help="Mark every page as a preview, which no search engine lists.")
@click.option(
    "--host", default="own", show_default=True, help="Whose limits to keep: github, gitlab, cloudflare, netlify, own."
)
@click.option(
    "--pdf", type=click.Path(path_type=Path), help="A PDF that `casefile pdf` made, to be offered on every page."
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the site goes; _build/public unless given.")
@JOBS
@ENGINE_OPTION
def publish(
    address: str | None, preview: bool, host: str, pdf: Path | None, out: Path | None, jobs: int, engine: str
) -> None:
    """Build the site for its address and make it ready for a host: a folder to be put up as it is."""
    from casefile.book import publish as publishing
    from casefile.citation import citation_file
    from casefile.execution.story import Story
    from casefile.publication import hosting
    from casefile.system import place
    from casefile.system.progress import Progress

    root = story_root()
    limits = hosting.host_named(host)
    if pdf and not pdf.is_file():
        raise BadInput(f"{pdf}: no such file; expected a PDF, as `casefile pdf` makes it")
    if pdf and not pdf.read_bytes().startswith(b"%PDF-"):
        raise BadInput(f"{pdf}: no PDF; expected one, as `casefile pdf` makes it")
    where = hosting.Place(
        citation_file.sound_address(address, "--address") if address else citation_file.address_of(root), preview
    )
    output = place.named(out or root / "_build" / "public")
    with Progress() as progress:
        maker = publishing.Maker(Story(root), jobs, engine_of(engine), progress.report)
        publishing.put_up(maker, where, limits, pdf, output)
    click.echo(f"{output}\nready for {where.address or 'the root of any host'}{' as a preview' * preview}")


@cli.command("verify-site")
@click.argument("site")
@click.option(
    "--signers",
    type=click.Path(path_type=Path),
    help="A file of allowed signers, one of whom must have signed the manifest.",
)
@JOBS
@ENGINE_OPTION
def verify_site(site: str, signers: Path | None, jobs: int, engine: str) -> None:
    """Say whether a site, in a folder or at an address, is this edition's, file by file.

    Exits 0 when it is in every word and number, 1 when it is not, 2 when it cannot be told.
    """
    from casefile.book import publish as publishing
    from casefile.execution.story import Story
    from casefile.publication import online
    from casefile.system.progress import Progress

    root = story_root()
    fetch = online.fetcher(site)
    seen = online.look(site, fetch)
    click.echo("\n".join(seen.lines()))
    if signers:
        click.echo(f"the manifest is signed by {online.signed_by(fetch, signers)}")
    with Progress() as progress:
        maker = publishing.Maker(Story(root), jobs, engine_of(engine), progress.report)
        same, lines = publishing.held_against_edition(maker, seen, root / "_build" / "verified")
    click.echo("\n".join(lines))
    sys.exit(not same or bool(seen.differing))


def _new_file(asked: Path | None, own: Path) -> Path:
    """Where a file goes: a new one where somebody says, or one below `_build`, which the next takes the place of."""
    if asked is None:
        return own
    if asked.exists():
        raise BadInput(f"{asked}: exists already; expected the path of a new file")
    if not asked.resolve().parent.is_dir():
        raise BadInput(f"{asked}: its folder is not there; expected the path of a new file in one that is")
    return asked


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), help="A new file; below _build unless given.")
def pdf(out: Path | None) -> None:
    """Print the built site as one PDF, with contents and bookmarks; needs Chromium, and the extra `pdf`."""
    from casefile.citation import citation_file
    from casefile.execution.story import Story
    from casefile.figures import formats
    from casefile.publication import offline
    from casefile.publication import pdf as printing
    from casefile.system import place

    root = story_root()
    story = Story(root)
    target = _new_file(out, root / "_build" / offline.name_of(story.title, "pdf"))
    target.parent.mkdir(exist_ok=True)
    bytes_written = printing.written(root / place.SITE, story.pages, citation_file.book_of(root), story.title)
    target.write_bytes(bytes_written)
    click.echo(f"{target}\n{formats.file_size(len(bytes_written))}")


@cli.command("single-page")
@click.argument("page")
@click.option("--out", type=click.Path(path_type=Path), help="A new file; below _build unless given.")
def single_page(page: str, out: Path | None) -> None:
    """Put one page of the built site into one file, with its pictures and styles, to be sent by mail."""
    from casefile.citation import citation_file
    from casefile.execution.story import Story
    from casefile.figures import formats
    from casefile.publication import single_page as alone
    from casefile.system import place, scratch

    root = story_root()
    by_name = {Path(name).name: name for name in Story(root).pages}
    if page not in by_name and page not in by_name.values():
        raise BadInput(f"no page {shown(page)}; {nearest(page, by_name)}")
    full = by_name.get(page, page)
    target = _new_file(out, root / "_build" / "pages" / f"{Path(full).name}.html")
    made = alone.written(root / place.SITE, full, citation_file.address_of(root))
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch.write(target, made)
    click.echo(f"{target}\n{formats.file_size(len(made.encode()))}")
