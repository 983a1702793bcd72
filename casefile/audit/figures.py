"""What an element that shows a figure must say: its value, its arithmetic, its formula."""

from __future__ import annotations

import math
import re

from lxml import etree

from casefile.audit import numerals
from casefile.audit.accounts import FIGURE, PARAMETER, STRUCTURE, Scope
from casefile.audit.elements import whole
from casefile.audit.judge import Judge
from casefile.audit.scopes import Told
from casefile.content import explained, formulas
from casefile.errors import BadInput
from casefile.system.tree import Element, parent_of


def figure_number(page: Judge, element: Element, scope: Scope) -> bool:
    """A figure or a word, as this page's graph, or the one that publishes it, prints it."""
    name = element.get("data-figure") or element.get("data-word") or ""
    try:
        graph = page.content.pages[page.content.page_of(name, page.name)].graph
        text = graph.chosen(name) if name in graph.choices else graph.printed(name, element.get("data-part") or "value")
    except BadInput:
        return False
    kind = PARAMETER if name in graph and graph[name].kind == "parameter" else FIGURE
    page.exact(whole(element), kind, text, element)
    if element.tag == "data" and name in graph:
        _for_machines(page, element, graph[name].value)
    return True


def _for_machines(page: Judge, element: Element, expected: float | None) -> None:
    """The value that an element tells machines, to twelve digits: no processor's last bit counts."""
    value = element.get("value") or ""
    try:
        same = not value if expected is None else math.isclose(float(value), expected, rel_tol=1e-12)
    except ValueError:
        same = False
    if not same:
        page.fault(element, f"says “{value}” to machines; expected “{'' if expected is None else expected}”")


def figure_arithmetic(page: Judge, element: Element, scope: Scope) -> bool:
    """The line of arithmetic of a figure, or of a step below one."""
    about = scope.about
    if isinstance(about, explained.Step):
        page.exact(whole(element), FIGURE, f"= {about.arithmetic}", element)
    elif isinstance(about, Told):
        page.exact(whole(element), FIGURE, f"= {about.graph.arithmetic(about.figure.id)}", element)
    return isinstance(about, explained.Step | Told)


def formula(page: Judge, element: Element, scope: Scope) -> bool:
    """The formula of a figure in print: names of figures and constants."""
    if not isinstance(scope.about, Told):
        return _in_prose(page, element, scope)
    expression = scope.about.graph[scope.about.figure.id].formula
    expected = "=" + _text_of(expression.mathml) if expression else ""
    page.exact(whole(element), FIGURE, expected, element)
    return True


def _text_of(mathml: str) -> str:
    return "".join(etree.fromstring(f"<math>{mathml}</math>").itertext())


def _in_prose(page: Judge, element: Element, scope: Scope) -> bool:
    """A formula of the page's text or of a cell's output: what it was made from stands there, and it shows just that.

    Single digits, powers of ten and indices are the formula's own; any other number in it is judged as in a sentence.
    """
    tex = element.get("data-tex")
    if tex is None:
        return False
    if not page.written.has_formula(tex):
        page.fault(element, f"formula that no text of the page holds: {tex[:80]}")
    shown = _text_of(formulas.mathml_of_tex(tex, element.get("display") == "block"))
    if numerals.plain(shown) != numerals.plain(whole(element)):
        page.fault(element, f"says “{whole(element)[:80]}”; expected “{shown[:80]}”")
    for leaf in element.iter():
        text = leaf.text or ""
        if re.fullmatch(r"\d|10+", text) or (text.isdigit() and _is_index(leaf)):
            page.counted[STRUCTURE] += 1
        else:
            page.passage(text, scope, leaf)
    return True


def _is_index(leaf: Element) -> bool:
    parent = parent_of(leaf)
    return str(parent.tag) in ("msub", "msubsup", "munder", "munderover") and parent.index(leaf) == 1


def value(page: Judge, element: Element, scope: Scope) -> bool:
    """The value of a step."""
    if not isinstance(scope.about, explained.Step):
        return False
    page.exact(whole(element), FIGURE, scope.about.value, element)
    _for_machines(page, element, scope.about.figure.value)
    return True
