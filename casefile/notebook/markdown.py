"""A page's Markdown, read as the page reads it: by MyST's own parser with the book's syntax, once.

What a page says is taken from the parser's tokens and from nothing else: its sections with their labels, the roles and
directives in them, its code, its sentences. Quotation marks stay as they were written; the page sets them.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from casefile.errors import BadInput, shown
from casefile.notebook.cells import Notebook, NotebookCell
from casefile.notebook.homes import Homes
from casefile.records import Records
from casefile.system import document

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

Fill = Callable[[str, str], str]  # what a role of a name prints for its text
Syntax = tuple[str, ...]  # names of MyST's extensions, each once, sorted

# What Jupyter Book switches on for every book (its default_config.yml).
SYNTAX: Syntax = ("colon_fence", "dollarmath", "linkify", "substitution", "tasklist")
_TYPOGRAPHY = frozenset(("smartquotes", "replacements"))
_LEFT_OUT = frozenset(("remove-cell", "remove_cell"))  # tags of cells that MyST-NB does not read
# Directives whose content is no Markdown. Those of this package print tables, and hold ids at most.
_CODE = frozenset(("code", "code-block", "code-cell", "sourcecode", "parsed-literal"))
_NO_TEXT = _CODE | {
    "csv-table",
    "eval-rst",
    "graphviz",
    "include",
    "literalinclude",
    "math",
    "mermaid",
    "raw",
    "toctree",
}
_OURS = "casefile-"
_END = re.compile(r"(?<=[.!?])[*”\"]*\s+(?=[*“\"(]*[A-Z0-9$])")


@dataclass(frozen=True)
class Label:
    """A line `(name)=`, the name of what follows it."""

    name: str


@dataclass(frozen=True)
class SourceLine:
    """A line of the source that is neither a heading nor a label."""

    text: str


@dataclass(frozen=True)
class Role:
    """A role in a sentence: `{name}`text``."""

    name: str
    text: str


@dataclass(frozen=True)
class Directive:
    """A fenced block that a directive answers: its name, what stands behind it, and its content without options."""

    name: str
    argument: str
    content: str

    @property
    def holds_text(self) -> bool:
        """Whether its content is Markdown."""
        return self.name not in _NO_TEXT and not self.name.startswith(_OURS)


@dataclass(frozen=True)
class Heading:
    """A heading that begins a section: its level from 1 to 6, and its text's tokens; `source` are its lines."""

    level: int
    source: tuple[str, ...]
    inline: tuple[Token, ...]

    def title(self, fill: Fill) -> str:
        """Its text as read."""
        return _words(self.inline, fill)


Piece = Label | SourceLine | Role | Directive | Heading


@dataclass(frozen=True)
class MarkdownCell:
    """A page of Markdown, or one cell of a notebook: its lines, and its blocks with those of its directives in place."""

    lines: tuple[str, ...]
    blocks: tuple[Token | Directive, ...]

    def pieces(self) -> Iterator[Piece]:
        """What stands in it, in its order; a heading comes before the roles in it, a directive before its content's.

        A heading within a quotation, a list or a directive begins no section, as on the page, and a label there names none.
        """
        at = 0

        def lines(end: int) -> Iterator[SourceLine]:
            nonlocal at
            yield from (SourceLine(text) for text in self.lines[at:end])
            at = max(at, end)

        inside = 0  # how many directives we are in
        blocks = iter(self.blocks)
        for block in blocks:
            if isinstance(block, Directive):
                yield block
            elif block.type == _BEGIN:
                inside += 1
            elif block.type == _FINISH:
                inside -= 1
            elif block.type == "inline":
                yield from _roles(block)
            elif not inside and block.level == 0 and block.map is not None:
                start, end = block.map
                if block.type == "myst_target":
                    yield from lines(start)
                    yield Label(block.content)
                    at = end
                elif block.type == "heading_open":
                    yield from lines(start)
                    inline = next(blocks)
                    assert not isinstance(inline, Directive)
                    yield Heading(int(block.tag[1:]), self.lines[start:end], tuple(inline.children or ()))
                    yield from _roles(inline)
                    at = end
                else:
                    yield from lines(end)
        yield from lines(len(self.lines))


_BEGIN, _FINISH = "directive_begin", "directive_finish"


# -------------------------------------------------------------------------------------------------------------- reading


def syntax(root: Path) -> Syntax:
    """The extensions of MyST's syntax that a book uses: Jupyter Book's own and those of its `_config.yml`."""
    path = root / "_config.yml"
    plain = document.read(path, "_config.yml", "YAML") if path.is_file() else None
    parse = plain.get("parse") if isinstance(plain, dict) else None
    named = parse.get("myst_enable_extensions") if isinstance(parse, dict) else None
    if not isinstance(named or [], list):
        raise BadInput(f"_config.yml: parse.myst_enable_extensions is {shown(named)}; expected a list of names")
    return tuple(sorted({*SYNTAX, *map(str, named or ())}))


def page_text_of_file(root: Path, page: str) -> str:
    """The text of a page that is no notebook. Raises BadInput for one that is not UTF-8."""
    return document.text(root / f"{page}.md")


def sources(cells: Iterable[NotebookCell]) -> list[str | None]:
    """The Markdown of a notebook's cells, in order; None for each cell of another kind, or that the page leaves out."""
    return [
        "".join(cell["source"])
        if cell["cell_type"] == "markdown" and not _LEFT_OUT & set(cell.get("metadata", {}).get("tags", ()))
        else None
        for cell in cells
    ]


def markdown_cells(notebook: Notebook) -> tuple[str, ...]:
    """The Markdown cells of a notebook."""
    return tuple(source for source in sources(notebook["cells"]) if source is not None)


@functools.lru_cache(maxsize=256)
def read(cells: tuple[str, ...], extensions: Syntax = SYNTAX) -> tuple[MarkdownCell, ...]:
    """The cells of one page, read; links may lean on a cell that follows. One text is a page of its own."""
    parser = _parser(extensions, len(cells) == 1)
    texts = [re.sub(r"\r\n?", "\n", text) for text in cells]
    shared: dict[str, Any] = {}
    blocks = [parser.parse(text, shared) for text in texts]
    if shared.get("references") and len(texts) > 1:
        blocks = [parser.parse(text, shared) for text in texts]
    return tuple(
        MarkdownCell(tuple(text.split("\n")), tuple(_opened(tokens, parser, shared)))
        for text, tokens in zip(texts, blocks, strict=True)
    )


@functools.cache
def _parser(extensions: Syntax, whole: bool) -> MarkdownIt:
    """The parser of the pages; `whole` says that a text is a page of its own, which may begin with front matter."""
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    try:
        parser = create_md_parser(MdParserConfig(enable_extensions=set(extensions) - _TYPOGRAPHY), RendererHTML)
    except ValueError as error:
        raise BadInput(f"_config.yml: parse.myst_enable_extensions: {error}") from None
    return parser if whole else parser.disable("front_matter")


def _opened(blocks: Iterable[Token], parser: MarkdownIt, shared: dict[str, Any]) -> Iterator[Token | Directive]:
    """Blocks, with the content of directives read in place, between a token that begins it and one that finishes it."""

    for block in blocks:
        name, argument = _named(block) if block.type in ("fence", "colon_fence") else ("", "")
        yield block
        if not name:
            continue
        directive = Directive(name, argument, _without_options(block.content))
        yield directive
        if directive.holds_text:
            yield Token(_BEGIN, "", 1)
            yield from _opened(parser.parse(directive.content, shared), parser, shared)
            yield Token(_FINISH, "", -1)


def _named(fence: Token) -> tuple[str, str]:
    """The name and the argument of the directive that a fence is, as `{name} argument`; both empty for one of code."""
    begin, brace, rest = fence.info.strip().partition("{")
    name, end, argument = rest.partition("}")
    is_name = not begin and brace and end and name and not any(sign.isspace() or sign == "{" for sign in name)
    return (name, argument.strip()) if is_name else ("", "")


def _without_options(content: str) -> str:
    """The content of a directive without the options that stand before it, as `:name: value` or between two `---`."""
    lines = content.splitlines(keepends=True)
    if lines and lines[0].rstrip() == "---":
        end = next((place for place, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
        return content if end is None else "".join(lines[end + 1 :])
    return "".join(itertools.dropwhile(_is_option, lines))


def _is_option(line: str) -> bool:
    name, colon, _ = line.removeprefix(":").partition(":")
    return line.startswith(":") and bool(name and colon) and not any(map(str.isspace, name))


# -------------------------------------------------------------------------------------------------------------- telling


def check(page: str, cells: Iterable[MarkdownCell]) -> None:
    """Raise BadInput for a page without one title above all its sections, or with a label that stands on it twice."""
    cells = list(cells)
    levels = [
        (piece.level, piece.source[0].strip())
        for cell in cells
        for piece in cell.pieces()
        if isinstance(piece, Heading)
    ]
    if not levels or levels[0][0] != 1:
        first = f"; its first heading is {shown(levels[0][1])}" if levels else ""
        raise BadInput(f"{page}: no title{first}; expected a heading `# Title` before all others")
    if second := next((text for level, text in levels[1:] if level == 1), ""):
        raise BadInput(
            f"{page}: a second title, {shown(second)}; expected one `# Title`, and `##` for what stands below it"
        )
    names = [block.content for cell in cells for block in cell.blocks
             if not isinstance(block, Directive) and block.type == "myst_target"]  # fmt: skip
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise BadInput(f"{page}: the label ({twice})= stands twice; expected each label of a page once")


def directives(cells: Iterable[MarkdownCell]) -> list[Directive]:
    """Every directive of a page, in order."""
    return [block for cell in cells for block in cell.blocks if isinstance(block, Directive)]


def places(pages: Mapping[str, Iterable[MarkdownCell]]) -> dict[str, str]:
    """The first page on which each directive of this package stands, by the directive's name: `casefile-sources`."""
    anchors: dict[str, str] = {}
    for page, cells in pages.items():
        for directive in directives(cells):
            if directive.name.startswith(_OURS):
                anchors.setdefault(directive.name, page)
    return anchors


def code(cells: Iterable[MarkdownCell]) -> list[str]:
    """Every block of code, however it is set off, and every piece of code within a sentence."""
    lines = []
    for cell in cells:
        for block in cell.blocks:
            if isinstance(block, Directive):
                lines += [block.content] if block.name in _CODE else []
            elif block.type in ("code_block", "fence", "colon_fence"):
                lines += [] if _named(block)[0] else [block.content]
            else:
                lines += [part.content for part in block.children or () if part.type == "code_inline"]
    return lines


def sentences(cells: Iterable[MarkdownCell], fill: Fill) -> list[str]:
    """The sentences of a page as read, headings among them; tables, code and HTML hold none."""
    sentences_read: list[str] = []
    for cell in cells:
        in_table = False
        for block in cell.blocks:
            if isinstance(block, Directive):
                continue
            if block.type in ("table_open", "table_close"):
                in_table = block.type == "table_open"
            if block.type == "inline" and not in_table:
                sentences_read += [
                    sentence for part in _END.split(_words(block.children or (), fill)) if (sentence := part.strip())
                ]
    return sentences_read


def _roles(inline: Token) -> Iterator[Role]:
    for part in inline.children or ():
        if part.type == "myst_role":
            yield Role(part.meta["name"], part.content)


def _words(inline: Iterable[Token], fill: Fill) -> str:
    """The text of some tokens as read: what a role prints, the words of a link, nothing of a picture or of HTML's tags."""
    words = []
    for part in inline:
        if part.type == "myst_role":
            words.append(fill(part.meta["name"], part.content))
        elif part.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif part.type not in ("image", "html_inline", "footnote_ref"):
            words.append(part.content)
    return " ".join("".join(words).split())


def filler(records: Records, homes: Homes, page: str) -> Fill:
    """What roles print on a page: numbers and words of its chapter, or of their homes; what nobody knows, as written."""

    def fill(role: str, text: str) -> str:
        name, _, part = text.partition(":")
        if role in ("num", "word") and (home := homes.answering(name, page)):
            graph = homes.chapters[home].graph
            return graph.chosen(name) if name in graph.choices else graph.printed(name, part or "value")
        if role == "source" and name in records.sources:
            return records.sources[name].named
        if role == "claim":
            return (
                str(homes.chapters[homes.verdicts[name]].verdicts[name]["verdict"]) if name in homes.verdicts else name
            )
        return text.partition("<")[0].strip() or text

    return fill
