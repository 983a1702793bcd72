"""Inline roles: a number, a word, a source, a claim, wherever prose names one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from casefile.content.content import Content
from casefile.errors import BadInput, nearest
from casefile.site import markup
from casefile.site.application import Application, application


def link_from(app: Application, page: str) -> Callable[[str], str]:
    """A function that gives the relative address of another page, named by itself or by a directive that stands on it."""
    places: Mapping[str, str] = app.casefile_content.places

    def link(target: str) -> str:
        target = places.get(target, target)
        return str(app.builder.get_relative_uri(page, target)) if target != page else ""

    return link


def place_of(app: Application, directive: str) -> str | None:
    """The page on which a directive of this package stands, where it is rendered too; None without one."""
    page = app.casefile_content.places.get(directive)
    return page if page in app.env.found_docs else None


class _Role(SphinxRole, ABC):
    @property
    def casefile(self) -> Content:
        return application(self.env).casefile_content

    @abstractmethod
    def html(self) -> str:
        """What stands in the sentence. Raises BadInput for what is not there."""

    def named(self) -> dict[str, str]:
        """What the node in the sentence says of itself to whoever reads the page's tree."""
        return {}

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            return [nodes.raw("", self.html(), format="html", **self.named())], []
        except BadInput as error:
            return [], [self.inliner.reporter.error(str(error), line=self.lineno)]

    def link(self) -> Callable[[str], str]:
        return link_from(application(self.env), self.env.docname)


class Number(_Role):
    """`{num}`figure`` or `{num}`figure:range``: a figure's printed value, linked to its derivation."""

    def html(self) -> str:
        name, part = self.named().values()
        return markup.number(self.casefile, name, part, self.env.docname, self.link())

    def named(self) -> dict[str, str]:
        name, _, part = self.text.partition(":")
        return {"figure": name, "part": part or "value"}


class _Source(_Role):
    """`{source}`id``: the publisher, linked to the source's entry."""

    def html(self) -> str:
        sources = self.casefile.records.sources
        if self.text not in sources:
            raise BadInput(f"{self.env.docname}: no source {self.text!r}; {nearest(self.text, sources)}")
        return markup.render("source_link.html", source=sources[self.text], link=self.link())


class _Claim(_Role):
    """`{claim}`id``: a claim's verdict, linked to the ledger."""

    def html(self) -> str:
        verdicts = self.casefile.verdicts
        if self.text not in verdicts:
            raise BadInput(f"{self.env.docname}: no verdict on claim {self.text!r}; {nearest(self.text, verdicts)}")
        return markup.render("verdict.html", claim=self.text, verdict=verdicts[self.text]["verdict"], link=self.link())


def setup(app: Application) -> None:
    """Register the roles."""
    app.add_role("num", Number())
    app.add_role("word", Number())
    app.add_role("source", _Source())
    app.add_role("claim", _Claim())
