"""Words that the end of a line may not part: where one side of a hyphen is short, as in `e-mail` and `GPT-4o`, both stay together."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from markupsafe import Markup

from casefile.figures import formats

CLASS = "whole"  # what a style sheet lays on one line; the hyphen stays the one that readers search for and copy
_WORD = re.compile(r"((?<![\w-])(?:\w{1,2}-\w+|\w+-(?:\d+(?:\.\d+)*\w*|\w{1,2}))(?![\w-]))")
_AS_IT_STANDS = (nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.math_block, nodes.comment)


def in_html(text: str) -> Markup:
    """A text as HTML, each of its short words with a hyphen in an element that holds it together."""
    parts = _WORD.split(formats.typographic(text))
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format(CLASS, part) if place % 2 else Markup.escape(part)
        for place, part in enumerate(parts)
    )


def keep_words(doctree: nodes.document) -> None:
    """The same in a page's prose and headings; code and formulas are left as they stand."""
    for text in list(doctree.findall(nodes.Text)):
        parts = _WORD.split(text.astext())
        if len(parts) < 2 or _within(text, _AS_IT_STANDS):
            continue
        words = [
            nodes.inline("", part, classes=[CLASS]) if place % 2 else nodes.Text(part)
            for place, part in enumerate(parts)
        ]
        text.parent.replace(text, words)


def _within(node: nodes.Node, kinds: tuple[type, ...]) -> bool:
    """Whether a node stands in one of some kinds."""
    around = node.parent
    while around is not None and not isinstance(around, kinds):
        around = around.parent
    return around is not None


def setup(app: Any) -> None:
    """Keep words whole on each page that is written, once its terms are linked."""
    app.connect("doctree-resolved", lambda app, doctree, page: keep_words(doctree), priority=900)
