"""The glossary where its words stand: the first use of each term in a page's prose leads to its definition."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from casefile.site.glossary import Term, linked

TERMS = [
    Term("GPU", "term-gpu", "Graphics processor."),
    Term("H100", "term-h100", "A GPU."),
    Term("H100 equivalent", "term-h100-equivalent", "As much as one H100."),
    Term("Cluster", "term-cluster", "Many servers joined."),
    Term("Colossus", "term-colossus-cortex", "Two of them."),
    Term("Cortex", "term-colossus-cortex", "Two of them."),
]


def links(text: str) -> list[tuple[str, str, str]]:
    """The links that a page gets: what each says, where it leads, what it opens."""
    page = publish_doctree(text)
    before = page.astext()
    linked(page, TERMS, "glossary.html")
    assert page.astext() == before, "no word of the page is changed"
    return [
        (link.astext(), link["refuri"], link["reftitle"])
        for link in page.findall(nodes.reference)
        if "opens" in link["classes"]
    ]


def test_a_term_is_linked_once_where_it_first_stands() -> None:
    assert links("A GPU, two GPUs.\n\nA GPU again.") == [("GPU", "glossary.html#term-gpu", "Graphics processor.")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Clusters of chips", ["Clusters"]),
        ("the clusters", ["clusters"]),
        ("a gpu, an h100", []),
        ("Ten H100 equivalents and an H100", ["H100 equivalents", "H100"]),
        ("GPU-hours, clustered", []),
        ("Colossus, then Cortex", ["Colossus"]),
        ("**Clusters** of *GPUs*", ["Clusters", "GPUs"]),
    ],
)
def test_a_term_is_a_whole_word_the_longest_that_fits_and_one_of_its_entry(text: str, said: list[str]) -> None:
    assert [words for words, _, _ in links(text)] == said


def test_headings_links_code_and_definitions_are_left_as_they_are() -> None:
    assert links("A GPU\n=====\n\nThe `GPU <https://example.org>`_, ``GPU``.\n\nGPU\n  A cluster.\n") == [
        ("cluster", "glossary.html#term-cluster", "Many servers joined.")
    ]
