"""A page's Markdown is read as the page reads it: the same sections, labels, code and sentences, however it is written."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import roles
from myst_parser.parsers.docutils_ import Parser

from casefile.book import compare
from casefile.citation import citable
from casefile.citation.catalogue import Catalogue
from casefile.citation.citable import CitableBook, CitableItem
from casefile.errors import BadInput
from casefile.notebook import markdown
from casefile.notebook.cells import NotebookCell
from casefile.notebook.homes import Homes
from casefile.site import citing, search
from tests.support.small import known

# Each is a page as someone may write it; what its sections are, MyST says.
PAGES = {
    "underlined headings": "(top)=\nTitle\n===\n\n(fruit)=\nIts fruit\n---\n\nApples.\n\n(price)=\n## Its price\n",
    "spaces before a heading": "# Title\n\n(fruit)=\n  ## Its fruit\n\n(price)=\n## Its price\n",
    "spaces around a label": "# Title\n\n  (fruit)=  \n## Its fruit\n\n(price)=\n\n\n## Its price\n",
    "signs after a heading": "# Title #\n\n(fruit)=\n## Its fruit ##\n",
    "code by tildes": "# Title\n\n~~~python\n# words\n(fruit)=\n## no fruit\n~~~\n\n(price)=\n## Its price\n",
    "code set in": "# Title\n\n- so\n\n  ```\n  # words\n  ```\n\n   ```\n## none\n   ```\n\n(price)=\n## Its price\n",
    "code by four spaces": "# Title\n\n    # words\n    (fruit)=\n\n(price)=\n## Its price\n",
    "code closed with more signs": "# Title\n\n```\nx\n`````\n\n(fruit)=\n## Its fruit\n\n:::{note}\nx\n::::\n\n(price)=\n## Its price\n",
    "a fence in a longer fence": "# Title\n\n````\n```\n# words\n```\n````\n\n(fruit)=\n## Its fruit\n",
    "a comment of HTML": "<!--\n# words\n(fruit)=\n## no fruit\n-->\n\n# Title\n\n(price)=\n## Its price\n",
    "a comment of MyST": "# Title\n\n(fruit)=\n% Of what?\n## Its fruit\n\n(price)=\n## Its price\n",
    "a label of a paragraph": "# Title\n\n(fruit)=\nIts fruit.\n\n## Its price\n",
    "a label of a table": "# Title\n\n(fruit)=\n| a |\n|---|\n| b |\n\n## Its price\n",
    "two labels of one heading": "# Title\n\n(apples)=\n(fruit)=\n## Its fruit\n",
    "a heading in a quotation": "# Title\n\n> (fruit)=\n> ## Its fruit\n\n(price)=\n## Its price\n",
    "a heading in a list": "# Title\n\n- an item\n\n  (fruit)=\n  ## Its fruit\n\n(price)=\n## Its price\n",
    "a heading in an admonition": "# Title\n\n```{note}\n(fruit)=\n## Its fruit\n```\n\n(price)=\n## Its price\n",
    "a heading in a directive by colons": "# Title\n\n:::{note}\n:class: tip\n\n(fruit)=\n## Its fruit\n:::\n\n(price)=\n## Its price\n",
    "signs within a heading": "# Title\n\n(fruit)=\n## *Its* **`fruit`**, [all](#price) of it &amp; 5 \\* 3\n\n(price)=\n## Its <b>price</b>\n",
    "a role in a heading": "# Title\n\n(fruit)=\n## After {source}`paper`, {claim}`dear`\n",
    "letters and underscores": "# Title\n\n(Its_Fruit)=\n## Its fruit\n",
    "front matter": "---\norphan: true\n---\n# Title\n\n(fruit)=\n## Its fruit\n",
    "lines of other systems": "# Title\r\n\r\n(fruit)=\r\n## Its fruit\r\n\r\n```\r\n# words\r\n```\r\n",
    "a rule across": "# Title\n\n(fruit)=\n***\n## Its price\n",
    "deeper sections": "# Title\n\n(fruit)=\n## Its fruit\n\n(apples)=\n### Apples\n\n(red)=\n#### Red\n\n(price)=\n## Its price\n",
}  # fmt: skip


def items(text: str) -> dict[str, CitableItem]:
    """What can be cited of a book of one page."""
    return citable.items(CitableBook(known(), {}, {"index": [{"cell_type": "markdown", "source": text}]}))


def doctree(text: str) -> nodes.document:
    """A page as MyST has it, with our roles printing what a book without results prints."""
    fill = markdown.filler(known(), Homes({}), "index")

    def printed(name: str, raw: str, text: str, *_: Any) -> tuple[list[Any], list[Any]]:
        return [nodes.raw("", f"<a>{fill(name, text)}</a>", format="html")], []

    for name in ("num", "source", "claim"):
        roles.register_local_role(name, printed)
    settings = {"myst_enable_extensions": list(markdown.SYNTAX), "doctitle_xform": False, "report_level": 5}
    document: nodes.document = publish_doctree(text, parser=Parser(), settings_overrides=settings)
    citing.label_first(cast(Any, None), document)
    return document


@pytest.mark.parametrize("case", PAGES)
def test_the_sections_that_can_be_cited_are_those_of_the_page(case: str) -> None:
    document = doctree(PAGES[case])
    labelled = {document.nameids.get(name) for name, explicit in document.nametypes.items() if explicit}
    first, *others = document.findall(nodes.section)
    of_page = {"": search.reader_text(next(first.findall(nodes.title)))}
    of_page |= {
        one["ids"][0]: search.reader_text(next(one.findall(nodes.title))) for one in others if one["ids"][0] in labelled
    }
    cited = {item.anchor: item.title for item in items(PAGES[case]).values() if item.kind != "book"}
    assert cited == of_page


@pytest.mark.parametrize("case", PAGES)
def test_a_page_that_has_the_sections_of_its_citations_is_let_through(case: str) -> None:
    citing.same_sections(page_with(items(PAGES[case])), doctree(PAGES[case]))


def page_with(cited: dict[str, CitableItem]) -> Any:
    """What the check of a page asks of Sphinx: which page it is, and the catalogue."""
    catalogue = SimpleNamespace(items=cited)
    assert "items" in Catalogue.__annotations__
    return SimpleNamespace(casefile_content=SimpleNamespace(catalogue=catalogue), env=SimpleNamespace(docname="index"))


def test_a_label_whose_section_is_another_on_the_page_is_refused() -> None:
    text = "# Title\n\n(fruit)=\n## Its fruit\n\n## Its price\n"
    with pytest.raises(BadInput) as caught:
        citing.same_sections(page_with(items(text.replace("Its fruit", "Its trees"))), doctree(text))
    assert str(caught.value) == (
        "index: 'fruit' is cited as “Its trees”, and that section is “Its fruit” on the page; expected one heading for both"
    )
    with pytest.raises(BadInput, match="'fruit' is cited as “Its fruit”, and no section of the page has that label"):
        citing.same_sections(page_with(items(text)), doctree(text.replace("(fruit)=\n", "")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Words.\n", "index: no title; expected a heading `# Title` before all others"),
        ("## Its fruit\n", "index: no title; its first heading is '## Its fruit'; expected a heading `# Title` before all others"),
        ("```{note}\n# Title\n```\n", "index: no title; expected a heading `# Title` before all others"),
        ("# One\n\n# Two #\n", "index: a second title, '# Two #'; expected one `# Title`, and `##` for what stands below it"),
        ("# One\n\n(a)=\nx\n\n(a)=\n## Two\n", "index: the label (a)= stands twice; expected each label of a page once"),
        ("# One\n\n(a)=\n## Two\n\n:::{note}\n(a)=\nx\n:::\n", "index: the label (a)= stands twice; expected each label of a page once"),
    ],
)  # fmt: skip
def test_a_page_whose_sections_cannot_be_told_apart_is_refused_by_its_own_name(text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        items(text)
    assert str(caught.value) == said


def test_a_label_with_a_space_is_refused() -> None:
    with pytest.raises(BadInput, match="section 'its fruit': id 'its fruit'; expected letters, digits"):
        items("# Title\n\n(its fruit)=\n## Its fruit\n")


def test_a_section_rests_on_what_its_text_shows_and_not_on_what_its_code_does() -> None:
    text = "# Title\n\n(a)=\n## A\n\n{claim}`dear`\n\n(b)=\n## B\n\n```\n{claim}`dear`\n```\n\n(c)=\n## C\n\n:::{note}\n{claim}`dear`\n:::\n\n(d)=\n## D {claim}`dear`\n"
    found = items(text)
    assert {name for name, item in found.items() if "dear" in item.rests_on} == {"index", "a", "c", "d"}


def test_a_label_is_carried_over_from_one_cell_of_text_to_the_next_and_over_no_other() -> None:
    labelled, heading = ({"cell_type": "markdown", "source": text} for text in ("# Title\n\n(fruit)=", "## Its fruit"))
    code: dict[str, Any] = {"cell_type": "code", "source": "1", "outputs": []}
    cases: list[tuple[list[Any], bool]] = [([labelled, heading], True), ([labelled, code, heading], False)]
    for cells, named in cases:
        assert ("fruit" in citable.items(CitableBook(known(), {}, {"index": cells}))) is named


def test_a_cell_that_the_page_leaves_out_says_nothing() -> None:
    left_out: NotebookCell = {
        "cell_type": "markdown",
        "source": "(fruit)=\n## Its fruit",
        "metadata": {"tags": ["remove-cell"]},
    }
    title: NotebookCell = {"cell_type": "markdown", "source": "# Title"}
    assert set(citable.items(CitableBook(known(), {}, {"index": [title, left_out]}))) == {"index", "book"}


# ------------------------------------------------------------------------------------------------- code and sentences


def test_code_is_known_however_it_is_set_off() -> None:
    text = (
        "# T\n\n~~~\none 1\n~~~\n\n    two 2\n\n- a\n\n  ```python\n  three 3\n  ```\n\n`` `four 4` `` and\n\n"
        ":::{note}\n```{code-block} sh\n:caption: five\n\nsix 6\n```\n:::\n\n> ```\n> seven 7\n> ```\n"
    )
    found = [code.strip() for code in markdown.code(markdown.read((text,)))]
    assert found == ["one 1", "two 2", "three 3", "`four 4`", "six 6", "seven 7"]


def test_sentences_hold_neither_markup_nor_tables_nor_code() -> None:
    text = (
        "# What *is* it?\n\nIt is `x`, see <a href=\"y\">there</a>, [here](z). It\ngoes on. And {source}`paper` says.\n\n"
        "| a | b |\n|---|---|\n| Row. | More. |\n\n<div>\nNo. Words.\n</div>\n\n```\nNo. Code.\n```\n\n"
        ":::{note}\nAn aside. Of two.\n:::\n\n- One.\n- Two.\n"
    )  # fmt: skip
    assert compare.all_sentences(known(), {}, {"index": (text,)}) == {
        "index": [
            "What is it?", "It is x, see there, here.", "It goes on.", "And Paper says.", "An aside.", "Of two.", "One.",
            "Two.",
        ]
    }  # fmt: skip


def test_a_block_left_open_in_one_cell_ends_with_it() -> None:
    cells = markdown.read(("# T\n\n```\nleft open", "Words. More."))
    assert markdown.sentences(cells, lambda role, text: text) == ["T", "Words.", "More."]


def test_a_link_may_lean_on_a_cell_that_follows() -> None:
    cells = markdown.read(("# T\n\nSee [there][a].", "[a]: https://example.org"))
    assert markdown.sentences(cells, lambda role, text: text)[1] == "See there."


def test_a_book_may_use_more_syntax_than_jupyter_book_does(tmp_path: Path) -> None:
    config = tmp_path / "_config.yml"
    assert markdown.syntax(tmp_path) == markdown.SYNTAX
    config.write_text("parse:\n  myst_enable_extensions: [deflist]\n")
    cells = markdown.read(("# T\n\na\n: b\n",), markdown.syntax(tmp_path))
    assert markdown.sentences(cells, lambda role, text: text) == ["T", "a", "b"]
    for wrong, said in (
        ("7", "_config.yml: parse.myst_enable_extensions is 7; expected a list of names"),
        ("[nope]", "_config.yml: parse.myst_enable_extensions: "),
    ):
        config.write_text(f"parse:\n  myst_enable_extensions: {wrong}\n")
        with pytest.raises(BadInput) as caught:
            markdown.read(("# T",), markdown.syntax(tmp_path))
        assert str(caught.value).startswith(said)


def test_a_page_that_is_no_text_is_refused_and_the_mark_before_one_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("\ufeff(a)=\n# T".encode())
    assert markdown.page_text_of_file(tmp_path, "a") == "(a)=\n# T"
    (tmp_path / "a.md").write_bytes("# Café".encode("latin-1"))
    with pytest.raises(BadInput, match=r"^a\.md: line 1, byte 0xe9: not in UTF-8; expected text in UTF-8$"):
        markdown.page_text_of_file(tmp_path, "a")
