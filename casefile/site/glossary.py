"""The glossary where its words stand: a term's first use on a page leads to its definition, and a script opens it there.

`{casefile-glossary}` stands on the page whose definition lists define the terms. Its option `:unlinked:` names, divided by
commas, those that prose also uses in another sense. Without a script the word is a link to the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from docutils import nodes
from docutils.parsers.rst import directives as rst
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from casefile.site.application import Application, Context
from casefile.site.roles import place_of
from casefile.site.search import reader_text

DIRECTIVE = "casefile-glossary"
_SCRIPT = "opens.js"
# Where no term is linked: what is a link, a name, code or a formula already, and the picture's own words.
_NOT_WITHIN = (nodes.reference, nodes.title, nodes.literal, nodes.math, nodes.figure, nodes.term, nodes.caption)


@dataclass(frozen=True)
class Term:
    """A defined word or phrase, the anchor of its entry, and what the entry says of it."""

    name: str
    anchor: str
    meaning: str

    @property
    def pattern(self) -> str:
        """The word as prose has it: with a plural, and one that is no name in small letters or at a sentence's beginning."""
        name, first = self.name, self.name[0]
        if name[1:].isascii() and name[1:] == name[1:].lower() and not any(sign.isdigit() for sign in name):
            return f"[{first.upper()}{first.lower()}]{re.escape(name[1:])}s?"
        return f"{re.escape(name)}s?"


def terms(doctree: nodes.document) -> list[Term]:
    """The terms of a page that defines some, those of one entry (`Colossus, Cortex`) each alone."""
    unlinked = {name for node in doctree.findall(Glossary.Mark) for name in node["unlinked"]}
    defined = []
    for entry in doctree.findall(nodes.term):
        meaning = " ".join(" ".join(map(reader_text, entry.parent.findall(nodes.definition))).split())
        defined += [
            Term(name, entry["ids"][0], meaning) for name in reader_text(entry).split(", ") if name not in unlinked
        ]
    return defined


class Glossary(SphinxDirective):
    """Marks the page whose definitions open where their words stand; prints nothing."""

    option_spec = {"unlinked": rst.unchanged}  # noqa: RUF012

    class Mark(nodes.Invisible, nodes.Element):
        """What stays of the directive in its page."""

    def run(self) -> list[nodes.Node]:
        """The mark, which the page keeps."""
        unlinked = [name.strip() for name in self.options.get("unlinked", "").split(",")]
        return [self.Mark(unlinked=unlinked)]


def _prose(doctree: nodes.document) -> Iterator[nodes.Text]:
    """The texts of a page's paragraphs in their order, without those that are a link, a heading or a picture's."""
    for paragraph in doctree.findall(nodes.paragraph):
        for text in list(paragraph.findall(nodes.Text)):
            around: nodes.Node | None = text.parent
            while around is not None and not isinstance(around, _NOT_WITHIN):
                around = around.parent
            if around is None and not isinstance(text.parent, nodes.raw):
                yield text


def linked(doctree: nodes.document, vocabulary: list[Term], address: str) -> None:
    """Make the first use of each term in a page's prose a link to its entry at `address`."""
    left = {term.name: term for term in vocabulary}
    for text in _prose(doctree):
        parts: list[nodes.Node] = []
        said, at = text.astext(), 0
        while left:
            longest = sorted(left.values(), key=lambda term: -len(term.name))
            either = "|".join(f"(?P<t{place}>{term.pattern})" for place, term in enumerate(longest))
            match = re.compile(rf"(?<![\w-])(?:{either})(?![\w-])").search(said, at)
            if match is None:
                break
            term = longest[int(str(match.lastgroup)[1:])]
            for name in [name for name, other in left.items() if other.anchor == term.anchor]:
                del left[name]
            link = nodes.reference("", match[0], internal=True, refuri=f"{address}#{term.anchor}", classes=["opens"])
            link["reftitle"] = term.meaning
            parts += [nodes.Text(said[at : match.start()]), link]
            at = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(said[at:])])


def _link(app: Application, doctree: nodes.document, page: str) -> None:
    home = place_of(app, DIRECTIVE)
    if home is not None and page != home:
        linked(doctree, defined(app), str(app.builder.get_relative_uri(page, home)))


@lru_cache(maxsize=1)  # asked for by every page
def defined(app: Application) -> list[Term]:
    """The terms of the book; none in one without a glossary."""
    home = place_of(app, DIRECTIVE)
    return [] if home is None else terms(app.env.get_doctree(home))


def _script(app: Application, page: str, template: str, context: Context, doctree: nodes.document | None) -> None:
    """Bring the script to pages that have something to open."""
    if '"opens' in context.get("body", ""):
        app.add_js_file(_SCRIPT, priority=940, loading_method="defer")


def _skip(translator: HTML5Translator, node: nodes.Node) -> None:
    raise nodes.SkipNode


def setup(app: Application) -> None:
    """Register the directive, and link the terms of each page that is written."""
    app.add_node(Glossary.Mark, html=(_skip, None))
    app.add_directive(DIRECTIVE, Glossary)
    app.connect("doctree-resolved", _link)
    app.connect("html-page-context", _script, priority=440)
