"""Directives that print whole tables from the records and results: the ledger, the sources, the parameters."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from casefile import parameters
from casefile.site import markup
from casefile.site.content import Content
from casefile.site.roles import link_from


class _Table(SphinxDirective):
    """A directive without content that renders one template."""

    template = ""
    optional_arguments = 1

    @property
    def casefile(self) -> Content:
        found: Content = self.env.app.casefile_content  # type: ignore[attr-defined]
        return found

    def values(self) -> dict[str, Any]:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        link = link_from(self.env.app, self.env.docname)
        html = markup.render(self.template, link=link, content=self.casefile, **self.values())
        return [nodes.raw("", html, format="html")]


class Parameters(_Table):
    """Every parameter of every chapter, with its bounds, default and basis."""

    template = "parameters.html"

    def values(self) -> dict[str, Any]:
        rows = self.casefile.records.declarations.values()
        chapter = self.arguments[0] if self.arguments else ""
        return {"rows": [row for row in rows if chapter in ("", row.chapter)], "expected": parameters.expected}


def setup(app: Any) -> None:
    """Register the directives."""
    app.add_directive("casefile-parameters", Parameters)
