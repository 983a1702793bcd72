"""Words with a hyphen that no line's end parts."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.utils import new_document

from casefile.site import whole


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GPT-4o is ahead of Grok-1.5.", ["GPT-4o", "Grok-1.5"]),
        ("An e-mail and two e-mails.", ["e-mail", "e-mails"]),
        ("A plug-in car, a long-range one.", ["plug-in"]),
        ("The day 2024-06-04, and self-driving.", []),
    ],
)
def test_a_word_with_a_short_side_of_its_hyphen_stays_on_one_line(text: str, words: list[str]) -> None:
    doctree = new_document("page")
    doctree += nodes.paragraph("", text)
    whole.keep_words(doctree)
    held = [node.astext() for node in doctree.findall(nodes.inline) if whole.CLASS in node["classes"]]
    assert (held, doctree.astext()) == (words, text)
    assert str(whole.in_html(text)).count("<span") == len(words)


def test_code_is_left_as_it_stands_and_html_is_escaped() -> None:
    doctree = new_document("page")
    doctree += nodes.paragraph("", "", nodes.literal("", "x-1"))
    whole.keep_words(doctree)
    assert not list(doctree.findall(nodes.inline))
    assert whole.in_html("a < b, GPT-4") == 'a &lt; b, <span class="whole">GPT-4</span>'
