"""Verbs of whoever quotes the book: cite, verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from casefile.cli.group import cli
from casefile.cli.options import ENGINE_OPTION, JOBS, SettingByChapter, engine_of, story_root
from casefile.errors import BadInput, nearest, shown


@cli.command(cls=SettingByChapter)
@click.argument("id")
@click.option(
    "--style",
    default="apa",
    show_default=True,
    help="apa, chicago, mla, harvard, ieee, iso690, iso690-fr, bibtex, ris, csl-json, markdown, sentence or url; or a .csl file.",
)
@click.option(
    "-p", "typed", multiple=True, metavar="CHAPTER.NAME=VALUE",
    help="A parameter other than the book's; also CHAPTER NAME VALUE.",
)  # fmt: skip
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@JOBS
@ENGINE_OPTION
def cite(id: str, style: str, typed: tuple[str, ...], params: str | None, jobs: int, engine: str) -> None:
    """Cite the book, a page, a section, a figure, a chart or a claim, by its id."""
    from casefile.citation import citable, editions, registry
    from casefile.citation import cite as citing
    from casefile.execution.story import Story
    from casefile.notebook import parameters

    styles = (*citing.STYLES, *citing.MORE_STYLES)
    if style.endswith(".csl") and not Path(style).is_file():
        raise BadInput(f"{style}: no such file; expected a CSL style")
    if style not in styles and not style.endswith(".csl"):
        raise BadInput(f"no style {shown(style)}; {nearest(style, styles)}")
    root = story_root()
    story = Story(root)
    story_records, book, released = story.records, citing.book_of(root), editions.load(root)
    overrides = citing.given_by(story_records, [parameters.assignment(text) for text in typed], params)
    registered = registry.read(root)
    if registered:
        citing.known_id(id, registered)  # before anything runs
        if id in registered and registered[id].status == registry.RETIRED:
            raise BadInput(f"{id!r} was withdrawn: {registered[id].note}")
    own = citable.current(story, {}, jobs, engine_of(engine))
    item = citing.find(id, own)
    edition = editions.edition_of(item, book.version, released)
    changes = citing.in_words_of(
        overrides, {key: parameters.default(row) for key, row in story_records.declarations.items()}
    )
    if overrides:
        item = citing.find(id, citable.current(story, overrides, jobs, engine_of(engine)))
    click.echo(citing.cited(item, book, edition, overrides, changes, style).rstrip("\n"))


@cli.command()
@click.argument("citation")
@click.option(
    "--all", "every", is_flag=True, help="Answer for every citation of a text, of records, of a .docx or .html file."
)
@JOBS
@ENGINE_OPTION
def verify(citation: str, every: bool, jobs: int, engine: str) -> None:
    """Say whether a citation still stands: words, BibTeX, RIS, CSL-JSON or an address; a file that holds it; - for input.

    Exits 0 when it stands or has only moved, 1 when what it cites changed or was withdrawn, 2 when it cannot be checked;
    with --all, 0 when all of this book's stand, else 1.
    """
    from dataclasses import replace

    from casefile.book import build as book
    from casefile.citation import citable, references
    from casefile.citation import cite as citing
    from casefile.citation import verify as verifying
    from casefile.citation.citable import Item
    from casefile.execution.story import Story
    from casefile.notebook import parameters

    root = story_root()
    story, published = Story(root), verifying.Published.of(root, {})
    text = references.readable_text(citation) if every else citing.text_of(citation)
    one = None if every else verifying.read(text, published.marks)
    records = book.check(story, remember=True)
    defaults = {key: parameters.default(row) for key, row in records.declarations.items()}

    def computed(cited: verifying.Cited) -> tuple[dict[str, Item] | None, list[str]]:
        """The book by the parameters of a citation, where it carries any, and these in words."""
        overrides = citing.given_by(records, citing.parameters_of(cited.parameters), None)
        again = citable.current(story, overrides, jobs, engine_of(engine)) if cited.parameters else None
        return again, citing.ways(overrides, defaults)

    by_its_own = computed(one) if one is not None else None
    items = citable.current(story, {}, jobs, engine_of(engine))
    published = replace(published, standing=items, corrections=list(records.corrections.values()))
    if one is None or by_its_own is None:
        listed = references.checked(text, published, computed)
        if all(reference.finding.status == references.NOT_OURS for reference in listed):
            raise BadInput("no citation of this book is in it; expected a text, a list of references or records")
        click.echo("\n".join(references.table(listed)))
        sys.exit(any(reference.finding.status not in references.GOOD for reference in listed))
    finding = verifying.check(one, published, *by_its_own)
    click.echo("\n".join(filter(None, (finding.line, finding.compared))))
    sys.exit(finding.status in (verifying.CHANGED, verifying.WITHDRAWN))
