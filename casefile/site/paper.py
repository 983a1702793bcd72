"""What of a page is there for paper alone: the addresses behind its links."""

from __future__ import annotations

from casefile.system.tags import pieces

_FOR_PAPER = "print-only"  # the class of what a screen does not show


def addressed_once(body: str) -> str:
    """The HTML of a page's content with each address for paper where it is first met, and not again.

    One in a fold, or beside a chart that proves, is on paper at some depths alone: it is written there, and again in the text.
    """
    folds, met, parts, start = list[bool](), set[str](), list[str](), 0
    for piece in pieces(body) if body.count(_FOR_PAPER) > 1 else (body,):
        if isinstance(piece, str):
            parts.append(piece)
            continue
        parts.append(piece.written)
        if piece.name in ("details", "figure"):
            if not piece.ends:
                folds.append(piece.name == "details" or "proof" in piece.attributes.get("class", ""))
            elif folds:
                folds.pop()
        elif piece.name == "span" and not piece.ends and piece.attributes.get("class") == _FOR_PAPER:
            start = len(parts)
        elif piece.name == "span" and piece.ends and start:
            address = "".join(parts[start:])
            if address in met:
                del parts[start - 1 :]
                parts[-1] = parts[-1].rstrip(" ")
            elif not any(folds):
                met.add(address)
            start = 0
    return "".join(parts)
