"""What of a page is there for paper alone: the addresses behind its links."""

from __future__ import annotations

import re

_ON_PAPER = re.compile(
    r'<(?:details|figure)\b([^>]*)>|</(?:details|figure)>| *<span class="print-only">(.*?)</span>', re.DOTALL
)


def addressed_once(body: str) -> str:
    """The HTML of a page's content with each address for paper where it is first met, and not again.

    One in a fold, or beside a chart that proves, is on paper at some depths alone: it is written there, and again in the text.
    """
    folds, met, parts, at = list[bool](), set[str](), list[str](), 0
    for match in _ON_PAPER.finditer(body):
        attributes, address = match.groups()
        if address is None:
            if attributes is not None:
                folds.append(match[0].startswith("<details") or "proof" in attributes)
            elif folds:
                folds.pop()
        elif address in met:
            parts.append(body[at : match.start()])
            at = match.end()
        elif not any(folds):
            met.add(address)
    return "".join([*parts, body[at:]])
