"""What a page may hold beyond prose: it is shown without a script and held to account by the audit, or refused by name."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from casefile import records
from casefile.audit.judge import Truth
from casefile.audit.page import Page
from casefile.book import build as book
from casefile.content.places import reading_minutes
from casefile.errors import BadInput
from casefile.execution import run
from casefile.execution.story import Run, Story, pages_of
from casefile.figures.graph import Graph
from casefile.notebook import results
from casefile.notebook.results import Results
from casefile.site import STATIC
from casefile.site.directives import labelled
from casefile.site.page import lead, numbered_chapters, told_findings, unstyled
from casefile.site.renderer import Renderer, RenderFailed
from casefile.system import place
from tests.support import orchard, small

TREE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\2\0\1H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82"
INDEX = r"""# The orchard of 2020

A claim {math}`a^b`, $\hat{\beta}_0 + x_{12} = 10^3$.[^n] Again.[^n] Another.[^5]

$$
a = b
$$ (eq-one)

```{math}
:label: eq-two
\sum_{i=1}^n x_i \\
c &= d
```

By {eq}`eq-one` and {eq}`eq-two`.

\begin{align}
a &= b \\
c &= d
\end{align}

:::{figure-md} fig-tree
![A tree](_static/tree.png)

A tree
:::

:::{list-table} Some trees
:name: table-trees

* - Pear
  - Apple
:::

See {numref}`fig-tree`, {numref}`Tree %s <fig-tree>`, {numref}`table-trees`, {numref}`some-formulas` and {ref}`section-deep`.

(section-deep)=
## A section

<p style="color: red">Plain <b style='x'>words</b>.</p>

3. three
4. four

### One below it

Some words.

[^n]: Words of the note, {num}`harvest`.
[^5]: Other words.
"""
CELLS = [
    ("markdown", "(some-formulas)=\n## Some formulas\n\nIt is $x^2$.[^a]\n\n$$a = 1$$ (eq-h)\n\nBy {eq}`eq-h`.\n\n[^a]: A note in a notebook."),
    ("code", "from IPython.display import Math\nMath(r'\\frac{1}{2}')"),
    ("code", "import sympy\nsympy.Symbol('x')**2/3"),
]  # fmt: skip
# What Jupyter Book offers and a page here shows, each with an element that it becomes.
SHOWN = {
    "attention": (":::{attention}\nWords.\n:::", ".admonition.attention"),
    "admonition": (":::{admonition} Title\n:class: dropdown\nWords.\n:::", ".admonition"),
    "note": (":::{note}\nWords.\n:::", ".admonition.note"),
    "warning": (":::{warning}\nWords.\n:::", ".admonition.warning"),
    "seealso": (":::{seealso}\nWords.\n:::", ".admonition.seealso"),
    "topic": (":::{topic} Title\nWords.\n:::", "aside.topic"),
    "sidebar": (":::{sidebar} Title\nWords.\n:::", "aside.sidebar"),
    "margin": (":::{margin}\nWords.\n:::", "aside.margin"),
    "aside": (":::{aside}\nWords.\n:::", "aside.sd-aside"),
    "epigraph": (":::{epigraph}\nWords.\n\n-- Me\n:::", "blockquote.epigraph .attribution"),
    "centered": (":::{centered} Words\n:::", ".centered"),
    "rubric": (":::{rubric} Words\n:::", ".rubric"),
    "container": (":::{container} some\nWords.\n:::", ".some.container"),
    "hlist": (":::{hlist}\n- a\n- b\n:::", "table.hlist"),
    "image": ("```{image} _static/tree.png\n:alt: A tree\n:width: 50%\n```", "img[alt='A tree']"),
    "figure": ("```{figure} _static/tree.png\n:alt: A tree\nA tree\n```", "figure .caption-number"),
    "csv-table": (":::{csv-table} Some trees\n:header: a, b\n\nc, d\n:::", "table .caption-number"),
    "code-block": ("```{code-block} python\n:caption: Words\n:linenos:\na = x\nb = y\n```", ".code-block-caption + .highlight-python, .linenos"),
    "glossary": (":::{glossary}\nTerm\n  Words.\n:::", "dl.glossary"),
    "versionadded": ("```{versionadded} Spring\n```", ".versionadded"),
    "only": (":::{only} html\nOnly here.\n:::", None),
    "line-block": (":::{line-block}\na\nb\n:::", ".line-block .line"),
    "raw": ("```{raw} html\n<b class='bold'>Bold</b>\n```", "b.bold"),
    "dropdown": (":::{dropdown} Title\nWords.\n:::", "details.sd-dropdown > summary"),
    "card": (":::{card} Title\n:link: https://example.org\nWords.\n:::", ".sd-card a.sd-stretched-link"),
    "grid": ("::::{grid} 2\n:::{grid-item}\nA\n:::\n:::{grid-item-card} Title\nB\n:::\n::::", ".sd-row > .sd-col .sd-card"),
    "tab-set": ("::::{tab-set}\n:::{tab-item} One\nFirst\n:::\n:::{tab-item} Two\nSecond\n:::\n::::",
                "input[type=radio]:checked + label.sd-tab-label + .sd-tab-content"),
    "card-carousel": ("::::{card-carousel} 2\n:::{card} A\n:::\n:::{card} B\n:::\n::::", ".sd-cards-carousel > .sd-card"),
    "button-link": ("```{button-link} https://example.org\nGo\n```", "a.sd-btn"),
    "accordion": ("::::{accordion}\n:::{dropdown} A\nWords.\n:::\n::::", "details[name]"),
    "steps": ("::::{steps}\n:::{step} One\nWords.\n:::\n::::", "ol.sd-steps > li"),
    "roles": ("{abbr}`HTML (a language)` {kbd}`Ctrl` {sub}`x` {sup}`y` {guilabel}`File` {octicon}`star` {bdg-primary}`new` {term}`Term`",
              "abbr, kbd, sub, sup, .guilabel, svg[aria-hidden], .sd-badge"),
}  # fmt: skip


def plant(root: Path) -> Path:
    """The orchard with pages that hold all of it, under numbered contents."""
    orchard.plant(root)
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nparts:\n- caption: The harvest\n  numbered: true\n  chapters:\n  - file: chapters/harvest\n"
        "    sections:\n    - file: chapters/market\n  - url: https://example.org\n    title: Elsewhere\n- caption: The rest\n"
        "  numbered: 2\n  chapters:\n  - file: sources\n  - file: everything\n"
    )
    with (root / "_config.yml").open("a", encoding="utf-8") as config:
        config.write("parse:\n  myst_enable_extensions: [amsmath, colon_fence, dollarmath]\n")
    (root / "index.md").write_text(INDEX, encoding="utf-8")
    everything = "\n\n".join(f"## The {name}\n\n{text}" for name, (text, _) in SHOWN.items())
    (root / "everything.md").write_text(f"# Everything\n\n{everything}\n", encoding="utf-8")
    cells = [orchard.HARVEST[0], CELLS[0], *orchard.HARVEST[1:-1], *CELLS[1:], orchard.HARVEST[-1]]
    (root / "chapters" / "harvest.ipynb").write_text(orchard.notebook(cells), encoding="utf-8")
    (root / "chapters" / "_static").mkdir()
    (root / "chapters" / "_static" / "tree.png").write_bytes(TREE)
    return root


def silent(name: str, event: str, seconds: float) -> None:
    """No report."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story, built: its audit found nothing to complain of."""
    root = plant(tmp_path_factory.mktemp("pages") / "orchard")
    book.build(Story(root), {}, root / place.SITE, 2, run.FORK, silent)
    return root


@pytest.fixture(scope="module")
def audited(planted: Path) -> Callable[[str, str], list[str]]:
    """What the audit finds on a page of the story whose HTML is given."""
    content, written = book.judged_by(Story(planted), {}, 2, run.FORK, silent)
    truth = Truth(content, Story(planted).title, planted / place.SITE)

    def audit(name: str, html: str) -> list[str]:
        tree = etree.HTML(html.encode(), etree.HTMLParser(encoding="utf-8"))
        return [what for _, what in Page(name, tree, written[name], truth).read().faults]

    return audit


def page(root: Path, name: str) -> str:
    return (root / place.SITE / f"{name}.html").read_text(encoding="utf-8")


def test_formulas_are_mathml_and_no_script_draws_them(planted: Path) -> None:
    for name, formulas in (("index", 5), ("chapters/harvest", 4)):
        text = BeautifulSoup(page(planted, name), "html.parser")
        assert len(text.select("math[data-tex]")) == formulas, name
        assert not re.search("mathjax[^_]", page(planted, name), re.IGNORECASE), name
        assert text.select("link[href*='content.css']"), name
    assert not BeautifulSoup(page(planted, "sources"), "html.parser").select("link[href*='content.css']")


def test_a_formula_without_a_label_has_the_same_address_in_every_build(planted: Path) -> None:
    assert re.findall(r'id="(equation-[^"]*)"', page(planted, "index")) == [
        "equation-eq-one",
        "equation-eq-two",
        "equation-index-3",
    ]


@pytest.mark.parametrize("name", SHOWN)
def test_what_jupyter_book_offers_is_shown_without_a_script(name: str, planted: Path) -> None:
    text = BeautifulSoup(page(planted, "everything"), "html.parser")
    section = text.select_one(f"#the-{name}")
    assert section is not None
    chosen = SHOWN[name][1]
    if chosen is None:
        assert "Only here." in section.get_text()
    for part in (chosen or "").split(", "):
        assert not part or section.select(part), part


def test_pages_have_the_books_own_theme_and_nothing_of_another(planted: Path) -> None:
    static = planted / place.SITE / "_static"
    written = {"search-index.js", "running.css", "vega.js", "tree.png"}
    assert {path.name for path in static.iterdir() if path.is_file()} <= written | {
        path.name for path in STATIC.iterdir()
    }
    for name in ("index", "everything", "chapters/harvest", "search", "404"):
        assert not re.search(r"pst-|sbt-|sphinx-book|bootstrap|generator", page(planted, name)), name


def test_the_page_for_what_is_not_there_says_what_helps_where_the_book_has_no_address(planted: Path) -> None:
    """No file of the site can then be named from any depth; with an address its base leads to them all."""
    text = BeautifulSoup(page(planted, "404"), "html.parser")
    assert not text.select("base")
    assert "take the last part off the address" in text.get_text()


def test_a_wide_table_scrolls_in_a_box_of_its_own(planted: Path) -> None:
    tables = BeautifulSoup(page(planted, "everything"), "html.parser").select("#the-csv-table table")
    assert [table.parent["class"] for table in tables if table.parent] == [["table-scroll"]]


def test_nothing_on_a_page_is_styled_by_an_attribute(planted: Path) -> None:
    for name in ("index", "everything", "chapters/harvest"):
        text = BeautifulSoup(page(planted, name), "html.parser")
        assert not text.select("[style], style"), name


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<p class="a" style="color: red">x</p>', '<p class="a">x</p>'),
        ('<img alt="5 > 3" style="top: 0"\n src="a.png" />', '<img alt="5 &gt; 3" src="a.png" />'),
        (
            "<div>\n<style scoped>\n p { color: red }\n</style>\n<TABLE border=1>é &amp; <b STYLE=x>",
            "<div>\n\n<TABLE border=1>é &amp; <b>",
        ),
        (
            "style = <em>a style=b</em> <!-- <p style='x'> --> & &lt;",
            "style = <em>a style=b</em> <!-- <p style='x'> --> & &lt;",
        ),
    ],
)
def test_styles_are_taken_from_html_and_nothing_else_is_changed(html: str, kept: str) -> None:
    assert unstyled(html) == kept


def test_the_list_of_pages_has_findings_below_their_names_and_the_sections_of_the_page_that_is_open() -> None:
    here = '<li><a class="current reference internal" href="#">Here</a></li>'
    others = (
        '<a class="reference external" href="b.html">Elsewhere</a>'
        '<!-- <a class="reference internal" href="b.html">No page</a> -->'
    )
    tree = '<li><a class="reference internal" href="b.html"><em>2.</em> B &amp; c</a></li>'
    finding = '<span class="contents-finding" data-chart="one">1 &lt; 2</span>'
    opened = '<li><a class="current reference internal" aria-current="page" href="#">Here</a><ul>S</ul></li>'
    room = numbered_chapters(here + others + tree, "<ul>S</ul>", {"b.html": "one", "#": "two"})
    assert "1 &lt; 2" not in room  # a page is kept without what may move with a parameter of another
    assert told_findings(room, {"one": "1 < 2", "two": "No"}) == f"{opened}{others}{tree[:-9]}{finding}</a></li>"


# Digits of what Sphinx and the page number, each changed.
CHANGED = {
    "the sign of a footnote": ("index", r'(role="doc-noteref"><span class="fn-bracket">\[</span>)1', r"\g<1>2"),
    "the sign of a note": ("index", r'(<span class="label"><span class="fn-bracket">\[</span>)1', r"\g<1>2"),
    "a way back from a note": ("index", r'(role="doc-backlink" href="#id1">)1', r"\g<1>3"),
    "a number in a note": ("index", r"(Words of the note, <a[^>]*>)30,000", r"\g<1>30,001"),
    "the number of an equation": ("index", r'(<span class="eqno">\()2', r"\g<1>4"),
    "a word in a formula": ("index", r"<mn>12</mn>", "<mn>13</mn>"),
    "what a formula was made from": ("index", r'data-tex="a\^b"', 'data-tex="a^{12}"'),
    "the number of a section": ("chapters/harvest", r'(<span class="section-number">1\.)1', r"\g<1>3"),
    "the number in a title": ("chapters/harvest", r"<title>1\.", "<title>2."),
    "the number of a line": ("everything", r'<span class="linenos">2</span>', '<span class="linenos">3</span>'),
    "the number of a table": ("everything", r"Table \d+\.", "Table 9."),
}  # fmt: skip


@pytest.mark.parametrize(("name", "pattern", "planted_instead"), CHANGED.values(), ids=CHANGED)
def test_a_digit_changed_in_what_is_numbered_is_noticed(
    name: str, pattern: str, planted_instead: str, planted: Path, audited: Callable[[str, str], list[str]]
) -> None:
    html, count = re.subn(pattern, planted_instead, page(planted, name), count=1)
    assert count, pattern
    assert audited(name, page(planted, name)) == []
    assert audited(name, html)


def test_a_page_that_asks_another_host_anywhere_fails_the_audit(
    planted: Path, audited: Callable[[str, str], list[str]]
) -> None:
    html = page(planted, "index").replace("<title>", '<link rel="icon" href="https://example.org/i.svg"><title>')
    assert audited("index", html) == ["a <link> from another host: https://example.org/i.svg"]


# What a page cannot hold: the text, and what is said of it.
REFUSAL = (
    "pages hold no inline script and ask no other host (keep a copy beside the page, draw charts with chapter.chart)"
)
UNSHOWN = {
    "$\\foo$": "ERROR: the formula '\\\\foo': Unknown LaTeX command \"\\foo\"; expected LaTeX that Docutils reads",
    "![A tree](https://example.org/tree.png)": f"ERROR: a picture from another host: https://example.org/tree.png; {REFUSAL}",
    '<img alt="5 > 3" src="https://example.org/x.png">': f"ERROR: an <img> from another host: https://example.org/x.png; {REFUSAL}",
    '<video src="//example.org/v.mp4"></video>': f"ERROR: a <video> from another host: //example.org/v.mp4; {REFUSAL}",
    '<iframe src="https://example.org"></iframe>': f"ERROR: an <iframe> from another host: https://example.org; {REFUSAL}",
    "```{raw} html\n<script>alert(1)</script>\n```": f"ERROR: a script inside the HTML; {REFUSAL}",
    "```{toctree}\n:maxdepth: 1\nother\n```": "ERROR: the directive toctree is not carried: the pages of the book stand in _toc.yml",
    ":::{footer}\nWords\n:::": "ERROR: the directive footer is not carried: pages have the book's own frame",
    "```{nb-exec-table}\n```": "ERROR: the directive nb-exec-table is not carried: how long a run took is another on each machine",
    "It is {fas}`star`.": "ERROR: the role fas is not carried: pages bring no font of icons along; take {octicon}",
    "```{video} tree.mp4\n```": "WARNING: Unknown directive type: 'video' [myst.directive_unknown]",
    "```{bibliography}\n```": "WARNING: Unknown directive type: 'bibliography' [myst.directive_unknown]",
    ":::{toggle}\nWords\n:::": "WARNING: Unknown directive type: 'toggle' [myst.directive_unknown]",
}


def test_what_a_page_cannot_hold_is_refused_with_its_page_and_line(tmp_path: Path) -> None:
    root, folder = orchard.plant(tmp_path / "orchard"), tmp_path / "folder"
    (root / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    asked = "# The orchard\n\n" + "\n\n".join(UNSHOWN) + "\n"
    (root / "index.md").write_text(asked, encoding="utf-8")
    folder.mkdir()
    book.configure(root, folder)
    harvest = Graph("harvest", records.load(root).units)
    harvest.add(small.leaf("harvest", 30_000, "apple", record="trees", sources=("almanac",)))
    results.write(Results("harvest", "harvest", "", {}, harvest).to_json(), folder / "results" / "harvest.json")
    book.stage(Run(Story(root), folder, {}), ["index"])
    (folder / "results" / "pages.json").write_text('{"chapters/harvest": "harvest"}')
    with Renderer() as renderer:
        renderer.open(root, folder)
        renderer.read()
        renderer.write()
        with pytest.raises(RenderFailed):
            renderer.finish()
    said = re.sub(r"\x1b\[[\d;]*m", "", (folder / "render.log").read_text(encoding="utf-8"))
    lines = {asked[: asked.index(words)].count("\n") + 1: why for words, why in UNSHOWN.items()}
    told = dict(re.findall(r"/index\.md:(\d+): (.*)", said))
    for line, why in lines.items():
        assert told.get(str(line), told.get(str(line + 1))) == why


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("- glob: chapters/*", "'glob': 'chapters/*'"),
        ("- file: chapters/harvest\n  pages: [sources]", "'pages': ['sources']"),
        ("- file: chapters/harvest\n  sections: sources", "'sections': 'sources'"),
    ],
)
def test_an_entry_of_the_contents_that_is_not_understood_is_refused_by_name(
    entry: str, said: str, tmp_path: Path
) -> None:
    root = orchard.plant(tmp_path)
    (root / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{entry}\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        pages_of(root)
    assert str(caught.value).startswith(f"_toc.yml: {said}; expected `file: PAGE` for each page")


def test_a_pages_description_has_no_sign_of_a_correction() -> None:
    body = '<h1>Chips</h1><p>The balance is 0<a class="corrected" href="corrections.html">†</a> chips.</p>'
    assert lead(body) == "The balance is 0 chips."


@pytest.mark.parametrize("start", ['<p title="5 > 3">', "<!-- <p>No.</p> --><p>", "<h2>First</h2><p\n>"])
def test_a_pages_description_is_its_first_paragraph_however_that_is_written(start: str) -> None:
    assert lead(f"<p>Before.</p><h1>Chips</h1>{start}The balance is 0.</p><p>After.</p>") == "The balance is 0."
    assert lead("<p>Before.</p><h1>Chips</h1>") == ""


def test_the_minutes_of_a_page_count_its_prose_and_not_what_proves_it() -> None:
    prose, proof = "<p>" + "word " * 460 + "</p>", "<details><p>" + "word " * 4600 + "</p></details>"
    assert reading_minutes(etree.HTML(f"<article>{prose}{proof}</article>")) == 2
    assert reading_minutes(etree.HTML("<article><p>Short.</p></article>")) == 1


def letters_of(ranges: str) -> set[str]:
    """The letters of a `unicode-range`."""
    letters = set()
    for each in ranges.split(","):
        first, _, last = each.strip().removeprefix("U+").partition("-")
        letters |= {chr(number) for number in range(int(first, 16), int(last or first, 16) + 1)}
    return letters


def test_the_fonts_of_pages_are_the_books_own_with_their_licence_and_are_small() -> None:
    style = (STATIC / "casefile.css").read_text(encoding="utf-8")
    faces = re.findall(r'@font-face \{[^}]*url\("(fonts/[\w-]+\.woff2)"\)[^}]*unicode-range: ([^;]+);', style)
    assert len(faces) == 6
    assert all((STATIC / name).read_bytes()[:4] == b"wOF2" for name, _ in faces)
    assert all(
        (STATIC / name).with_stem(f"{Path(name).stem}-more").is_file() for name, _ in faces if "-more" not in name
    )
    assert (
        sum((STATIC / name).stat().st_size for name in ("fonts/serif.woff2", "fonts/sans.woff2")) < 50_000
    )  # of each page
    english, other = (letters_of(ranges) for ranges in dict.fromkeys(ranges for _, ranges in faces))
    assert not english & other
    assert {*string.printable.strip(), *"é’“”–—…×÷−≤≥€"} <= english | set(string.whitespace)
    assert "SIL Open Font License" in (STATIC / "fonts" / "OFL.txt").read_text(encoding="utf-8")


def test_a_directives_lines_are_read_as_an_id_and_words() -> None:
    assert labelled(["memo: Chips go to X: all of them", "", "reply : He answers"]) == [
        ("memo", "Chips go to X: all of them"), ("reply", "He answers"),
    ]  # fmt: skip


def test_no_rule_of_style_looks_into_a_section_a_cell_or_the_body() -> None:
    """It would be worked out again, with all that stands within, at every number that a reader moves."""
    screen = [
        re.sub(r"@media print \{.*", "", path.read_text(encoding="utf-8"), flags=re.S) for path in STATIC.glob("*.css")
    ]
    assert len(screen) > 3
    looked = [
        rule
        for style in screen
        for rule in re.findall(r"(?:\bsection|\bbody|\bsvg|(?<!silent)\.cell)\S*:has\([^{]*", style)
    ]
    assert looked == ["section:not(:has(.source-entry)) "]  # of a page without numbers to move
