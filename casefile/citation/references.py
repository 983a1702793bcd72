"""Many citations at once: of a text, a list of references, a file of records, a document of Word, a saved page.

Of records each is checked; in running text each mark is, with as many of the words before it as are the edition's. Words
of one's own are never said to stand: the mark is answered for, and the words are left to the reader.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casefile.citation import cite, forms, latex, verify, wording
from casefile.citation import marks as marking
from casefile.citation.citable import CitableItem
from casefile.citation.marks import Mark
from casefile.citation.verify import CHANGED, MOVED, STANDS, WITHDRAWN, Cited, Finding, Published
from casefile.errors import BadInput, of_library
from casefile.system import document
from casefile.system.tree import parent_of

OWN_WORDS, NO_MARK, _REFUSED, NOT_OURS = "own words", "no mark", "refused", "not of this book"
ORDER = (STANDS, MOVED, CHANGED, WITHDRAWN, OWN_WORDS, NO_MARK, _REFUSED, NOT_OURS)
GOOD = (STANDS, MOVED, NOT_OURS)
_MOST_BYTES = 1 << 25  # of a file, and of what a document of Word unpacks to
MOST_TEXT = 1_000_000  # characters
_LEAST_TITLE = 12  # signs of a title that may be looked for in a text
# What parts paragraphs and entries of a list; where each entry has its number in brackets, a bare number is a line's first word.
_BLOCK, _BRACKETED = (re.compile(rf"\n\s*\n|\n(?=\s*(?:\[\d+\]{other})\s)") for other in (r"|\d{1,3}\.|[•*-]", ""))
_IN_BRACKETS = re.compile(r"^\s*\[\d+\]\s", re.MULTILINE)
_SENTENCE = re.compile(r"^|(?<=[.!?])[”\"’)\]]*\s+")
_WORD = re.compile(r"\s+")
_ENDS = re.compile(r"[`\]).”\"’>]*")

Computed = Callable[[Cited], tuple[Mapping[str, CitableItem] | None, Sequence[str]]]


@dataclass(frozen=True)
class Reference:
    """A citation among many: how it begins, what it was found to be, and of what was compared."""

    words: str
    finding: Finding


def _nothing(cited: Cited) -> tuple[Mapping[str, CitableItem] | None, Sequence[str]]:
    if cited.parameters:
        raise BadInput("it is cited with other parameters than the book's; check it alone")
    return None, ()


def checked(text: str, book: Published, computed: Computed = _nothing) -> list[Reference]:
    """Each citation of a text, in its order. `computed` gives the book by the parameters of one that carries any."""
    if len(text) > MOST_TEXT:
        raise BadInput(
            f"the text has more than {MOST_TEXT:,} characters; expected a text, a list of references or records"
        )
    text = wording.visible(text)
    records = _records(text)
    return [_of_record(one, book, computed) for one in records] if records else list(_of_text(text, book, computed))


def _records(text: str) -> list[str]:
    """The records of a text, each alone; none for running text."""
    if re.search(r"^\s*@\w+\s*[{(]", text, re.MULTILINE):
        parts = re.split(r"(?m)^(?=\s*@\w+\s*[{(])", text)
        return [
            part.strip()
            for part in parts
            if re.match(r"\s*@(?!comment|string|preamble)\w+\s*[{(]", part, re.IGNORECASE)
        ]
    if re.search(r"^(?:\d+\.\s*)?TY\s+-", text, re.MULTILINE):
        return [
            part.strip()
            for part in re.split(r"(?m)^(?=(?:\d+\.\s*)?TY\s+-)", text)
            if re.match(r"(?:\d+\.\s*)?TY", part)
        ]
    if re.match(r"\s*\[\s*\{", text):
        try:
            plain = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"broken CSL-JSON: {of_library(error)}; expected a list of records") from None
        return [json.dumps(record, ensure_ascii=False) for record in plain]
    return []


def _of_record(text: str, book: Published, computed: Computed) -> Reference:
    words = _title(text)
    try:
        cited = verify.read(text, book.marks)
    except BadInput as error:
        if marking.marks_of(text) or "@" + book.book.version in text:
            return Reference(words, Finding(_REFUSED, str(error)))
        meant = probably(text, book)
        return Reference(words, Finding(NO_MARK, meant) if meant else Finding(NOT_OURS, "not of this book"))
    return Reference(words, _checked(cited, book, computed))


def _title(text: str) -> str:
    """How a record is told from others: by its title, or how it begins."""
    titled = re.search(r"(?im)^\s*(?:title\s*=\s*[{\"]+|T[I1]  - )(.+?)[}\"]*,?\s*$|\"title\":\s*\"(.+?)\"[,}]", text)
    return _short(latex.latex_text(titled[1] or titled[2]) if titled else text)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 70 else text[:69] + "…"


def _checked(cited: Cited, book: Published, computed: Computed) -> Finding:
    try:
        return verify.check(cited, book, *computed(cited))
    except BadInput as error:
        return Finding(_REFUSED, str(error))


# ----------------------------------------------------------------------------------------------------------- running text


def _of_text(text: str, book: Published, computed: Computed) -> Iterator[Reference]:
    text = marking.unescaped(wording.entities(text))
    read = marking.bent(text, book.marks)
    fitting = {(mark.start, mark.end) for mark in read}
    strange = [
        mark
        for mark in marking.marks_of(text)
        if not any(start < mark.end and mark.start < end for start, end in fitting)
    ]
    block = _BRACKETED if len(_IN_BRACKETS.findall(text)) > 1 else _BLOCK
    end, marks = 0, sorted([*read, *strange], key=lambda mark: mark.start)
    for mark, following in zip(marks, [*marks[1:], None], strict=False):  # of none nothing follows
        if following and str(following) == str(mark) and not block.search(text[mark.end : following.start]) and (
            _in_address(text, mark) and not _in_address(text, following)
        ):  # fmt: skip
            continue  # an entry that prints its address has its mark twice
        after = mark.end + len(_ENDS.match(text, mark.end)[0])  # type: ignore[index]
        begin = end + max((parted.end() for parted in block.finditer(text[end : mark.start])), default=0)
        yield from _unmarked(text[end:begin], block, book)
        yield _of_mark(text[begin:after], mark, mark.start - begin, book, computed)
        end = after
    yield from _unmarked(text[end:], block, book)


def _in_address(text: str, mark: Mark) -> bool:
    return text[: mark.start].lower().endswith("cite=")


def _of_mark(block: str, mark: Mark, place: int, book: Published, computed: Computed) -> Reference:
    """What stands before a mark, as far back as it is the edition's words, and the mark; `block` ends with it."""
    sentences = [match.end() for match in _SENTENCE.finditer(block[:place])]
    words = [match.end() for match in _WORD.finditer(block[:place])]
    for start in (*sentences, *words):
        try:
            cited = verify.read(block[start:], book.marks)
            finding = verify.check(cited, book, *computed(cited))
        except BadInput:
            continue
        if finding.compared and "title" not in finding.compared:
            continue  # the mark, and words that tell of no title
        if start in sentences:
            left = " The sentences before it were not compared." if block[:start].strip() else ""
            return Reference(_short(block[start:]), replace(finding, compared=finding.compared + left))
        line = f"{finding.line}; the words before it in its sentence are not the book's: compare them"
        return Reference(_short(block), Finding(OWN_WORDS, line, finding.compared))
    finding = _checked(Cited(mark, forms.FORM_WORDS, {}), book, computed)
    if finding.status not in (STANDS, MOVED):
        return Reference(_short(block), finding)
    item = book.editions[mark.edition].items[mark.id] if mark.edition in book.editions else book.standing[mark.id]
    says = f"“{item.title or book.book.title}{': ' + item.said if item.text else ''}”"
    if wording.signs(item.title).line in wording.signs(block).line:
        return Reference(_short(block), Finding(_REFUSED, f"what {mark} cites is {says}, and these words say something else or more: altered"))  # fmt: skip
    line = f"{finding.line}; what it cites is {says}: compare these words with it"
    return Reference(_short(block), Finding(OWN_WORDS, line, finding.compared))


def _unmarked(text: str, block: re.Pattern[str], book: Published) -> Iterator[Reference]:
    for paragraph in block.split(text):
        if meant := probably(paragraph, book):
            yield Reference(_short(paragraph), Finding(NO_MARK, meant))


def probably(text: str, book: Published) -> str:
    """What a citation without a mark probably is, by title, number and edition, and whether that stands; else empty."""
    try:
        form = forms.read(text.strip()) if text.strip() else None
    except BadInput:
        form = None
    if form is None:
        return ""
    line = wording.signs(wording.PART.join(form.fields.values())).line
    if not any(wording.signs(name).line in line for name in book.says.names):
        return ""
    named = [version for version in book.editions if f"edition{version}" in line or f"version{version}" in line]
    for version in named or list(book.editions)[::-1]:
        items = [item for item in book.editions[version].items.values() if _told(item, line)]
        if not items:
            continue
        longest = max(len(wording.signs(item.title).line) for item in items)
        meant = [item for item in items if len(wording.signs(item.title).line) == longest]
        marks = [f"{item.id}@{version}:{item.hash}" for item in meant]
        if len(meant) > 1:
            return f"it has no mark, and may be {' or '.join(marks[:3])}"
        mark = Mark(meant[0].id, version, meant[0].hash, "", 0, 0)
        try:
            finding = verify.check(Cited(mark, form.form, form.fields, form.left), book)
        except BadInput as error:
            return f"it has no mark, and is probably meant for {marks[0]}; but {error}"
        return f"it has no mark; probably it is {marks[0]}, and that {finding.line}"
    return ""


def _told(item: CitableItem, line: str) -> bool:
    title, text = wording.signs(item.title).line, wording.signs(item.said).line
    if len(title) < _LEAST_TITLE or title not in line:
        return False
    return not text or re.search(rf"(?<![0-9.,-]){re.escape(text)}(?![.,]?[0-9])", line) is not None


# ---------------------------------------------------------------------------------------------------------------- files


def readable_text(argument: str) -> str:
    """The text of a file, or of the words themselves: `.docx` and `.html` as they read, others as they are."""
    path = Path(argument)
    try:
        ours = "\n" not in argument and path.suffix.lower() in (".docx", ".html", ".htm") and path.is_file()
    except (OSError, ValueError):
        ours = False
    if not ours:
        return cite.text_of(argument, MOST_TEXT)
    if path.stat().st_size > _MOST_BYTES:
        raise BadInput(f"{argument}: more than {_MOST_BYTES >> 20} MB; expected a document")
    content = path.read_bytes()
    if path.suffix.lower() == ".docx":
        return of_word(content, argument)
    return saved_page_text(document.decoded(content, argument, "a page"))


def of_word(content: bytes, where: str) -> str:
    """The text of a document of Word, with its notes. Raises BadInput for one that is none."""
    from lxml import etree

    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [
                name
                for name in dict.fromkeys(archive.namelist())
                if re.fullmatch(r"word/(document|footnotes|endnotes|comments)\.xml", name)
            ]
            if "word/document.xml" not in parts or sum(archive.getinfo(name).file_size for name in parts) > _MOST_BYTES:
                raise ValueError("no word/document.xml, or one too large")
            trees = [etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True)) for name in parts]  # fmt: skip
    except (zipfile.BadZipFile, etree.XMLSyntaxError, ValueError, RuntimeError, NotImplementedError) as error:
        raise BadInput(f"{where}: {of_library(error)}; expected a document of Word (.docx)") from None
    lines = []
    for tree in trees:
        for paragraph in tree.iter(f"{space}p"):
            words = []
            for one in paragraph.iter(f"{space}t", f"{space}tab", f"{space}br", f"{space}noBreakHyphen"):
                text = {f"{space}t": one.text or "", f"{space}noBreakHyphen": "-"}.get(str(one.tag), " ")
                raised = parent_of(one).find(f"{space}rPr/{space}vertAlign[@{space}val='superscript']")
                words.append(_raised(text) if raised is not None else text)
            lines.append("".join(words))
    return "\n\n".join(lines)


def saved_page_text(markup: str) -> str:
    """The text of a saved page, a blank line between its blocks."""
    from lxml import etree, html

    if not markup.strip():
        return ""
    try:
        tree = html.document_fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError as error:
        raise BadInput(f"the page cannot be read: {of_library(error)}; expected a saved page") from None
    for one in tree.xpath("//script | //style | //head | //template"):
        one.drop_tree()
    for one in tree.iter("sup"):
        one.text = _raised(one.text or "")
    for one in tree.iter(
        "p", "li", "div", "section", "h1", "h2", "h3", "h4", "td", "th", "dd", "dt", "blockquote", "pre", "br"
    ):
        one.tail = "\n\n" + (one.tail or "")
    return str(tree.text_content())


def _raised(text: str) -> str:
    return "".join(latex.RAISED.get(sign, sign) for sign in text)


def table(references: Sequence[Reference]) -> list[str]:
    """References as lines: of each its status and how it begins, what was found, and what was compared; then the counts."""
    lines = []
    ours = [reference for reference in references if reference.finding.status != NOT_OURS]
    for number, reference in enumerate(ours, start=1):
        finding = reference.finding
        line = finding.line.removeprefix(f"{finding.status}: ")
        lines += [f"{number}. {finding.status.upper()}: {reference.words}", f"   {line}"]
        lines += [f"   {finding.compared}"] if finding.compared else []
    counts = [(sum(reference.finding.status == status for reference in references), status) for status in ORDER]
    return [*lines, ", ".join(f"{count} {status}" for count, status in counts if count)]
