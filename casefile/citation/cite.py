"""Citations: one CSL-JSON record for each thing that can be cited, and from it every style.

CSL styles are rendered by citeproc-py, BibTeX by pybtex, RIS by rispy. Every citation ends in its mark,
`id@edition:hash`, by which `verify` later says whether what was cited still stands.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlencode

from casefile.citation import bibliography, phrasing
from casefile.citation.citable import CitableItem
from casefile.citation.citation_file import Book
from casefile.citation.record_formats import Record as Record
from casefile.citation.record_formats import author_name as author_name
from casefile.citation.record_formats import bibtex, csl_json, markdown, ris
from casefile.errors import BadInput, nearest, one_line, shown
from casefile.notebook import drawing, parameters
from casefile.records import Overrides, Records, Value
from casefile.system import document

# Each by the name of its CSL file; then its language, and whether it is a note that is asked for.
CslStyle = tuple[str] | tuple[str, str] | tuple[str, str, bool]
Defaults = Mapping[tuple[str, str], Value]  # of parameters, by chapter and name
CSL_STYLES: dict[str, CslStyle] = {"apa": ("apa",), "chicago": ("chicago-author-date",)}
# Styles that the command knows and the pages do not offer.
MORE_STYLES: dict[str, CslStyle] = {
    "chicago-note": ("chicago-notes-bibliography", "en-US", True), "mla": ("modern-language-association",),
    "chicago-short-note": ("chicago-shortened-notes-bibliography", "en-US", True), "harvard": ("harvard-cite-them-right",),
    "ieee": ("ieee",), "vancouver": ("nlm-citation-sequence",), "iso690": ("iso690-author-date-en", "en-GB"),
    "apa-fr": ("apa", "fr-FR"), "iso690-fr": ("iso690-author-date-fr", "fr-FR"),
}  # fmt: skip
_OF_RECORD = {"bibtex": bibtex, "ris": ris, "csl-json": csl_json, "markdown": markdown}
_OF_ITEM = {
    "sentence": phrasing.english_sentence, "news": phrasing.news, "wikipedia": phrasing.wikipedia, "html": phrasing.html_line,
    "sentence-fr": phrasing.french_sentence,
}  # fmt: skip
STYLES = (*CSL_STYLES, *_OF_RECORD, "sentence", "news", "wikipedia", "url")  # of the pages too
ALL_STYLES = (*dict.fromkeys((*STYLES, *MORE_STYLES, *_OF_ITEM)),)
DRAFT = "+draft"
MOST_CITATION = 20_000  # characters; the longest that `cite` gives have some two thousand
_TYPES = {"book": "report", "page": "chapter", "section": "chapter", "claim": "chapter", "number": "dataset", "chart": "dataset"}  # fmt: skip
_FILES = (".bib", ".json", ".md", ".ris", ".txt")  # what a citation is kept in


# -------------------------------------------------------------------------------------------------------------- record


def find(name: str, items: Mapping[str, CitableItem]) -> CitableItem:
    """The item of an id, or of the anchor it has on its page. Raises BadInput that names the nearest ids."""
    if name in items:
        return items[name]
    for item in items.values():
        if item.anchor and name.lstrip("#") == item.anchor:
            return item
    raise BadInput(f"no page, section, figure, chart or claim {shown(name)}; {nearest(name, items)}")


def parameters_text(overrides: Overrides) -> str:
    """Parameters as a mark carries them: `03_delay.delay_months=6;…`, sorted; empty for none."""
    return ";".join(
        f"{chapter}.{name}={quote(str(value).lower() if isinstance(value, bool) else str(value), safe='')}"
        for chapter, values in sorted(overrides.items())
        for name, value in sorted(values.items())
    )


def mark(item: CitableItem, edition: str, overrides: Overrides) -> str:
    """What `verify` reads: `id@edition:hash`, with `?parameters` after the edition where they are not the book's."""
    changed = parameters_text(overrides)
    return f"{item.id}@{edition}{'?' + changed if changed else ''}:{item.hash}"


def title(item: CitableItem, book: Book, changes: str = "") -> str:
    """The title of an item: its words, and for a number or a claim what it says. `changes` are parameters in words."""
    words = {
        "book": book.title,
        "number": f"{item.title}: {item.said}",
        "claim": f"{item.title}: {item.text}",
    }.get(item.kind, item.title)
    return f"{words} (computed with {changes})" if changes else words


def record(item: CitableItem, book: Book, edition: str, overrides: Overrides, changes: str = "") -> Record:
    """The CSL-JSON record of an item as it stands in an edition."""
    version = edition.removesuffix(DRAFT)
    note = [f"Draft after edition {version}" if version != edition else f"Edition {version} of {book.date}"]
    if changes:
        note.append(f"Computed with {changes}, not with the book's own parameters")
    fields: Record = {
        "id": item.id,
        "type": _TYPES[item.kind],
        "title": title(item, book, changes),
        "author": [dict(author) for author in book.authors],
        "issued": {"date-parts": [[book.date.year, book.date.month, book.date.day]]},
        "version": edition,
        "note": ". ".join([*note, mark(item, edition, overrides)]),
    }
    if item.kind != "book":
        fields["container-title"] = book.title
    elif book.doi:
        fields["DOI"] = book.doi  # which styles print in place of an address: of a part it would not lead there
    if book.address:
        fields["URL"] = checkable_address(item, book, edition, overrides)
    return fields


def checkable_address(item: CitableItem, book: Book, edition: str, overrides: Overrides) -> str:
    """The item's address with the edition and hash in it. Raises BadInput when the site has no address."""
    if not book.address:
        raise BadInput("_config.yml: html.baseurl is not set; expected the site's address before one can be cited")
    page, _, anchor = item.place.partition("#")
    asked = {"cite": mark(item, edition, overrides)}
    return f"{book.address}{page}?{urlencode(asked)}" + (f"#{anchor}" if anchor else "")


# -------------------------------------------------------------------------------------------------------------- styles


def cited(item: CitableItem, book: Book, edition: str, overrides: Overrides, changes: str, style: str) -> str:
    """An item's citation in one of ALL_STYLES, or by a CSL file."""
    csl_record = record(item, book, edition, overrides, changes)
    if style in CSL_STYLES or style in MORE_STYLES or style.endswith(".csl"):
        return formatted([csl_record], style)[0]
    if style == "url":
        return checkable_address(item, book, edition, overrides)
    return plain_text_style(item, csl_record, style)


def plain_text_style(item: CitableItem, csl_record: Record, style: str) -> str:
    """An item's record in one of the styles that need no CSL: those made one by one, and quickly."""
    return _OF_RECORD[style](csl_record) if style in _OF_RECORD else _OF_ITEM[style](item, csl_record)


def formatted(records: Sequence[Record], style: str) -> list[str]:
    """Records as entries of one bibliography, by a CSL style or file; the note of each, with its mark, comes last."""
    named = {**CSL_STYLES, **MORE_STYLES}.get(style, (style,))
    entries = bibliography.formatted_entries([without_note(csl_record) for csl_record in records], *named)
    return [with_note(entry, csl_record) for entry, csl_record in zip(entries, records, strict=True)]


def without_note(csl_record: Record) -> Record:
    """A record without its note, which is no style's to word."""
    return {key: value for key, value in csl_record.items() if key != "note"}


def with_note(entry: str, csl_record: Record) -> str:
    """An entry of a bibliography with its record's note, and so its mark, at the end."""
    return f"{entry} [{csl_record['note']}]"


def in_words_of(overrides: Overrides, defaults: Defaults) -> str:
    """Parameters in words: `delay_months of 03_delay at 6 instead of 3.5`. `defaults` by chapter and name."""
    return ", ".join(override_words(overrides, defaults, _value))


def override_words(overrides: Overrides, defaults: Defaults, value: Callable[[Value], str] = str) -> list[str]:
    """Each parameter in words, in their order; `value` writes one, by default as editions up to 0.3.0 did."""
    return [
        f"{name} of {chapter} at {value(changed)} instead of {value(defaults[chapter, name])}"
        for chapter, values in sorted(overrides.items())
        for name, changed in sorted(values.items())
    ]


def _value(value: Value) -> str:
    """A parameter's value in words: a whole number without a point."""
    return one_line(f"{value:.12g}" if isinstance(value, float) and abs(value) < 1e12 else str(value))


def ways(overrides: Overrides, defaults: Defaults) -> list[str]:
    """Each parameter in the words of this and of earlier editions, and of the pages."""
    return list(dict.fromkeys([*override_words(overrides, defaults, _value), *override_words(overrides, defaults)]))


# ------------------------------------------------------------------------------------------------------------- asking


def known_id(name: str, registered: Iterable[str]) -> None:
    """Raise BadInput that names the nearest ids, unless `name` is an id of the registry or an anchor made of one."""
    ids = set(registered)
    bare = name.lstrip("#").removeprefix("figure-").removeprefix("claim-")
    if not {name, bare, bare.replace("-", "_")} & ids:
        raise BadInput(f"no page, section, figure, chart or claim {shown(name)}; {nearest(name, ids)}")


def given_by(records: Records, typed: Iterable[parameters.Typed], params: str | None) -> dict[str, dict[str, Value]]:
    """Parameters by their homes, from a file or scenario and, over them, those typed; only those that are not the book's."""
    return single(records, parameters.overrides(records, typed, params))


def single(records: Records, overrides: Overrides) -> dict[str, dict[str, Value]]:
    """The parameters that are not the book's. Raises BadInput for a range: what is cited holds for one value."""
    for chapter, values in overrides.items():
        for name in drawing.asked(records.declared(chapter), values):
            raise BadInput(
                f"{chapter}: parameter {name!r} is {shown(values[name])}; expected one value, which can be cited"
            )
    return apart(overrides, {key: parameters.default(row) for key, row in records.declarations.items()})


def apart(overrides: Overrides, defaults: Defaults) -> dict[str, dict[str, Value]]:
    """The parameters among `given` that are not the book's own."""
    changed = {
        chapter: {name: value for name, value in values.items() if value != defaults[chapter, name]}
        for chapter, values in overrides.items()
    }
    return {chapter: values for chapter, values in changed.items() if values}


def parameters_of(text: str) -> list[tuple[str, str, str]]:
    """The parameters that a mark carries, as typed. Raises BadInput for a text that holds something else."""
    parameters_typed = []
    for part in text.split(";") if text else []:
        named = re.fullmatch(r"(\w+)\.(\w+)=(.+)", part)
        if named is None:
            raise BadInput(f"the citation's parameters {shown(text)} are cut short; expected chapter.name=value;…")
        parameters_typed.append((named.group(1), named.group(2), unquote(named.group(3))))
    return parameters_typed


def text_of(argument: str, most: int = MOST_CITATION) -> str:
    """A citation given on the command line: the text itself, a file that holds it, or `-` for the standard input."""
    path = Path(argument)
    try:
        is_file = len(argument) < 1024 and "\n" not in argument and path.is_file()
    except (OSError, ValueError):
        is_file = False
    most *= 4  # bytes
    if argument == "-":
        content = sys.stdin.buffer.read(most + 1)
    elif is_file:
        with path.open("rb") as file:
            content = file.read(most + 1)
    elif path.suffix.lower() in _FILES and not re.search(r"\s|://", argument):
        raise BadInput(f"{argument}: no such file; expected a citation, or a file that holds one")
    else:
        return argument
    if len(content) > most:
        return content.decode(errors="replace")  # too long, whatever it says
    return document.decoded(content, "the standard input" if argument == "-" else argument, "a citation")
