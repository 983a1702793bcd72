"""Verbs of whoever quotes the book: cite, verify."""

from __future__ import annotations

import sys

import click

from casefile.cli.group import cli
from casefile.cli.options import ENGINE_OPTION, JOBS, SettingByChapter, engine_of, story_root
from casefile.errors import BadInput


@cli.command(cls=SettingByChapter)
@click.argument("id")
@click.option(
    "--style",
    default="apa",
    show_default=True,
    help="apa, chicago, chicago-note, chicago-short-note, mla, harvard, ieee, vancouver, iso690; apa-fr, iso690-fr, sentence-fr; "
    "bibtex, ris, csl-json, markdown, html, wikipedia, sentence, news or url; or a .csl file.",
)
@click.option(
    "-p", "typed", multiple=True, metavar="CHAPTER.NAME=VALUE",
    help="A parameter other than the book's; also CHAPTER NAME VALUE.",
)  # fmt: skip
@click.option("--params", help="A YAML or JSON file of parameters by chapter, or the name of a scenario.")
@JOBS
@ENGINE_OPTION
def cite(id: str, style: str, typed: tuple[str, ...], params: str | None, jobs: int, engine: str) -> None:
    """Cite the book, a page, a section, a figure, a chart or a claim, by its id; or a source, by source:ID."""
    from casefile.citation import cite as citing
    from casefile.citation import request, works
    from casefile.execution.story import Story
    from casefile.notebook import parameters

    request.check_style(style)
    story = Story(story_root())
    if id.startswith(works.SOURCE_PREFIX):
        if typed or params:
            raise BadInput(f"{id}: a source has no parameters; expected them beside a figure, a chart or a page")
        click.echo(works.cited_work(id.removeprefix(works.SOURCE_PREFIX), story.records.sources, style).rstrip("\n"))
        return
    overrides = citing.given_by(story.records, [parameters.assignment(text) for text in typed], params)
    click.echo(request.citation_of(story, id, style, overrides, jobs, engine_of(engine)))


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
    from casefile.citation.citable import CitableItem
    from casefile.execution.story import Story
    from casefile.notebook import parameters

    root = story_root()
    story, published = Story(root), verifying.Published.of(root, {})
    text = references.readable_text(citation) if every else citing.text_of(citation)
    one = None if every else verifying.read(text, published.marks)
    records = book.check(story, remember=True)
    defaults = {key: parameters.default(row) for key, row in records.declarations.items()}

    def computed(cited: verifying.Cited) -> tuple[dict[str, CitableItem] | None, list[str]]:
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
