"""A citation as a command or a script asks for one: by an id, in a style, with the parameters that it holds under."""

from __future__ import annotations

from pathlib import Path

from casefile.citation import citable, citation_file, cite, editions, registry
from casefile.errors import BadInput, nearest, shown
from casefile.execution.story import Story
from casefile.notebook import parameters
from casefile.records import Overrides


def check_style(style: str) -> None:
    """Raise BadInput for a style that is none, or a .csl file that is not there."""
    if style.endswith(".csl") and not Path(style).is_file():
        raise BadInput(f"{style}: no such file; expected a CSL style")
    if style not in cite.ALL_STYLES and not style.endswith(".csl"):
        raise BadInput(f"no style {shown(style)}; {nearest(style, cite.ALL_STYLES)}")


def citation_of(story: Story, id: str, style: str, overrides: Overrides, jobs: int, engine: str | None) -> str:
    """The citation of something by its id, as the book has it or, with `overrides`, as a run with these has it.

    Raises BadInput for an id that is not there or was withdrawn, and for a style that is none.
    """
    check_style(style)
    root, records = story.root, story.records
    book, released, registered = citation_file.book_of(root), editions.load(root), registry.read(root)
    if registered:
        cite.known_id(id, registered)  # before anything runs
        if id in registered and registered[id].status == registry.RETIRED:
            raise BadInput(f"{id!r} was withdrawn: {registered[id].note}")
    item = cite.find(id, citable.current(story, {}, jobs, engine))
    edition = editions.edition_of(item, book.version, released)
    changes = cite.in_words_of(overrides, {key: parameters.default(row) for key, row in records.declarations.items()})
    if overrides:
        item = cite.find(id, citable.current(story, overrides, jobs, engine))
    return cite.cited(item, book, edition, overrides, changes, style).rstrip("\n")
