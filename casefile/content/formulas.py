"""Mathematics as MathML."""

from __future__ import annotations

import functools

from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from lxml import etree

from casefile.errors import BadInput, shown
from casefile.system.tree import Element

_OUTER = ("equation", "align", "gather")  # what LaTeX needs around a formula and a page does not
_BRACES = "⏞⏟"


@functools.lru_cache(maxsize=4096)
def mathml_of_tex(tex: str, block: bool = False) -> str:
    """LaTeX as presentation MathML, by Docutils; `data-tex` holds what it was made from.

    Raises BadInput for what Docutils does not read: https://docutils.sourceforge.io/docs/ref/rst/mathematics.html.
    """
    try:
        written = tex2mathml(_inner(tex), as_block=block)
    except Exception as error:  # Docutils trips over some of what it does not read
        why = f"{error}".rstrip(".") if isinstance(error, MathError) else "it cannot be read"
        raise BadInput(f"the formula {shown(tex)}: {why}; expected LaTeX that Docutils reads") from None
    plain = written.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "").replace("&ApplyFunction;", "\u2061")
    tree = etree.fromstring(plain, etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    for element in list(tree.iter("munderover", "msub", "msup")):
        _place_scripts(element)
    tree.set("data-tex", tex)
    return str(etree.tostring(tree, encoding="unicode"))


def _inner(tex: str) -> str:
    """A formula without the environment that does no more than to display it."""
    text = tex.strip()
    for name in (*_OUTER, *(f"{name}*" for name in _OUTER)):
        head, foot = rf"\begin{{{name}}}", rf"\end{{{name}}}"
        if text.startswith(head) and text.endswith(foot):
            return text[len(head) : -len(foot)].strip()
    return text


def _place_scripts(element: Element) -> None:
    """Put the index of an accented letter beside it, and what a brace says above or below the brace, as LaTeX does.

    Docutils 0.21 sets the index of `\\hat{x}_i` below the letter, and the words of `\\overbrace{x}^n` beside the brace.
    """
    base = element[0]
    if element.tag == "munderover" and base.tag != "mo" and base.get("movablelimits") is None:
        letter, index, accent = element
        element.tag = "msub"
        over = etree.Element("mover", accent="true")
        over.extend([letter, accent])
        element[:] = [over, index]
    elif element.tag != "munderover" and base.tag in ("mover", "munder") and base[-1].text in tuple(_BRACES):
        element.tag = base.tag
