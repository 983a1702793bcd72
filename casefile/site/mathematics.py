"""Mathematics in prose and in outputs of cells, as MathML: made when the page is, so that no script draws it."""

from __future__ import annotations

from docutils import nodes
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from sphinx.config import Config
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from casefile.content.formulas import mathml_of_tex
from casefile.errors import BadInput
from casefile.site.application import Application
from casefile.site.page import refuse

RENDERER = "mathml"


def _visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(translator.starttag(node, "span", "", CLASS="math") + _said(node, False) + "</span>")
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", "", CLASS="math"))
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(
        f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{_said(node, True)}</div>'
    )
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def _said(node: nodes.Element, block: bool) -> str:
    try:
        return mathml_of_tex(node.astext(), block)
    except BadInput:  # told where the page was read
        return ""


def _check(app: Application, doctree: nodes.document) -> None:
    """Name each formula that cannot be shown, with its page and line."""
    for node in doctree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block)):
        try:
            mathml_of_tex(node.astext(), isinstance(node, nodes.math_block))
        except BadInput as error:
            refuse(app, str(error), node)


def _label(renderer: SphinxRenderer) -> str:
    """The label of a numbered formula that has none of its own: by its place, where MyST takes a random one."""
    return f"{renderer.sphinx_env.docname}-{sum(1 for _ in renderer.document.findall(nodes.math_block)) + 1}"


def _configure(app: Application, config: Config) -> None:
    config.html_math_renderer = RENDERER


def setup(app: Application) -> None:
    """Take the place of MathJax."""
    setattr(SphinxRenderer, "_random_label", _label)  # noqa: B010
    app.add_html_math_renderer(RENDERER, (_visit_inline, None), (_visit_block, None))
    app.connect("config-inited", _configure)
    app.connect("doctree-read", _check)
