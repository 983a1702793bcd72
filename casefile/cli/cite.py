"""Verbs of whoever quotes the book: cite, verify."""

from __future__ import annotations

import sys

import click

from casefile.cli.group import cli
from casefile.cli.options import ENGINE, JOBS, SettingByChapter, engine_of, story_root
from casefile.errors import BadInput, nearest, shown


@cli.command(cls=SettingByChapter)
@click.argument("id")
@click.option(
    "--style", default="apa", show_default=True, help="apa, chicago, bibtex, ris, csl-json, markdown, sentence or url."
)
@click.option(
    "-p", "typed", multiple=True, metavar="CHAPTER.NAME=VALUE",
    help="A parameter other than the book's; also CHAPTER NAME VALUE.",
)  # fmt: skip
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@JOBS
@ENGINE
def cite(id: str, style: str, typed: tuple[str, ...], params: str | None, jobs: int, engine: str) -> None:
    """Cite the book, a page, a section, a figure, a chart or a claim, by its id."""
    from casefile.citation import citable, editions
    from casefile.citation import cite as citing
    from casefile.execution.story import Story
    from casefile.notebook import parameters

    if style not in citing.STYLES:
        raise BadInput(f"no style {shown(style)}; {nearest(style, citing.STYLES)}")
    root = story_root()
    story = Story(root)
    known, book, released = story.records, citing.book_of(root), editions.load(root)
    given = citing.given_by(known, [parameters.assignment(text) for text in typed], params)
    registered = citable.registry(root)
    if registered:
        citing.known_id(id, registered)  # before anything runs
        if id in registered and registered[id].status == citable.RETIRED:
            raise BadInput(f"{id!r} was withdrawn: {registered[id].note}")
    own = citable.current(story, {}, jobs, engine_of(engine))
    item = citing.find(id, own)
    edition = editions.edition_of(item, book.version, released)
    changes = citing.in_words_of(given, {key: parameters.default(row) for key, row in known.declarations.items()})
    if given:
        item = citing.find(id, citable.current(story, given, jobs, engine_of(engine)))
    click.echo(citing.cited(item, book, edition, given, changes, style).rstrip("\n"))


@cli.command()
@click.argument("citation")
@JOBS
@ENGINE
def verify(citation: str, jobs: int, engine: str) -> None:
    """Say whether a citation still stands: words, BibTeX, RIS, CSL-JSON or an address; a file that holds it; - for input.

    Exits 0 when it stands or has only moved, 1 when what it cites changed or was withdrawn, 2 when it cannot be checked.
    """
    from casefile.book import build as book
    from casefile.citation import citable, editions
    from casefile.citation import cite as citing
    from casefile.citation import verify as verifying
    from casefile.execution.story import Story

    root = story_root()
    story = Story(root)
    text, released, registered = citing.text_of(citation), editions.load(root), citable.registry(root)
    version = citing.book_of(root).version
    cited = verifying.read(text, verifying.marks(released, registered, version))
    known = book.check(story, remember=True)
    given = citing.given_by(known, citing.parameters_of(cited.parameters), None)
    standing = citable.current(story, {}, jobs, engine_of(engine))
    computed = citable.current(story, given, jobs, engine_of(engine)) if cited.parameters else None
    found = verifying.check(
        cited, released, version, standing, computed, registered, known.corrections.values()
    )  # fmt: skip
    click.echo(found.line)
    if found.status in (verifying.CHANGED, verifying.WITHDRAWN):
        sys.exit(1)
