"""A formula in every form that is asked of it: over figures as written, in a line of arithmetic, in print, in JavaScript.

The forms are made where the notebook runs and stored with its results: what comes after the run prints them, and loads
SymPy only when it asks for the expression itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Required, TypedDict

from casefile.figures import formats

if TYPE_CHECKING:
    import sympy

    from casefile.figures.expressions import Tree

_MARK = "\x00"
_PLAIN_RATIO = "×"
# What brings a result into its unit, as a line of arithmetic says it; a factor without a line here stands as a number.
CONVERSIONS: Mapping[float, str] = {
    24.0: "24 hours a day",
    365.25: "365.25 days a year",
    730.5: "730.5 hours a month",
    3600.0: "3,600 seconds an hour",
}


class PrintedForms(TypedDict, total=False):
    """What `Formula.stored` holds: the forms that the run made."""

    javascript: str
    arithmetic: list[str]
    mathml: str
    latex: str


class StoredFormula(PrintedForms):
    """A formula as results hold it."""

    written: Required[Tree]
    scaled: Required[Tree]


def _expressions() -> ModuleType:
    from casefile.figures import expressions

    return expressions


@dataclass(frozen=True)
class Formula:
    """An expression or a condition over figures: `written` as in the notebook, `scaled` with unit factors, both as trees.

    `stored` holds the printed forms where the results had them; elsewhere they are made when asked for.
    """

    written: Tree
    scaled_tree: Tree
    stored: PrintedForms = field(default_factory=PrintedForms, compare=False, repr=False)

    @classmethod
    @functools.lru_cache(maxsize=4096, typed=True)
    def of(cls, expression: sympy.Basic, scaled: sympy.Basic) -> Formula:
        """The formula of a SymPy expression and of the same over values in their own units; the same one when asked again.

        So what it is in print is written once in a process that runs a chapter again and again.
        """
        formula = cls(_expressions().to_tree(expression), _expressions().to_tree(scaled))
        formula.__dict__.update(expression=expression, scaled=scaled)
        return formula

    @functools.cached_property
    def expression(self) -> sympy.Basic:
        """The SymPy expression as written."""
        return _expressions().from_tree(self.written)

    @functools.cached_property
    def scaled(self) -> sympy.Basic:
        """The SymPy expression over values in their own units, unit factors included."""
        return _expressions().from_tree(self.scaled_tree)

    @functools.cached_property
    def arithmetic(self) -> list[str]:
        """A line of arithmetic in pieces: every second one is the id of a figure to print there."""
        return list(self.stored.get("arithmetic") or self._arithmetic())

    def _arithmetic(self) -> list[str]:
        line: str = _expressions().arithmetic(self.scaled, lambda name: f"{_MARK}{name}{_MARK}", _number)
        return line.split(_MARK)

    @functools.cached_property
    def mathml(self) -> str:
        """Presentation MathML, each figure by its id in words, unit factors included."""
        return str(self.stored.get("mathml") or _expressions().mathml(self.scaled, self._labels()))

    @functools.cached_property
    def latex(self) -> str:
        """LaTeX, each figure by its id in words."""
        return str(self.stored.get("latex") or _expressions().latex(self.expression, self._labels()))

    @functools.cached_property
    def javascript(self) -> str:
        """A JavaScript function of an object that holds the figures' values."""
        return str(self.stored.get("javascript") or _expressions().javascript_function(self.scaled))

    def _labels(self) -> dict[str, str]:
        return {name: id_in_words(name) for name in _expressions().names(self.expression)}

    def to_json(self, forms: str) -> StoredFormula:
        """The formula as plain data: with its `script`, with that and all forms in `print`, or with neither (empty)."""
        plain: StoredFormula = {"written": self.written, "scaled": self.scaled_tree}
        if forms:
            plain["javascript"] = self.javascript
        if forms == "print":
            plain |= {"arithmetic": self.arithmetic, "mathml": self.mathml, "latex": self.latex}
        return plain

    @classmethod
    def from_json(cls, plain: StoredFormula) -> Formula:
        """The formula that `to_json` stored."""
        return cls(plain["written"], plain["scaled"], plain)


def _number(number: float) -> str:
    return CONVERSIONS.get(number) or formats.fixed(number, 6)


def line(pieces: Sequence[str], printed: Callable[[str], str]) -> str:
    """Pieces of arithmetic as one line: figures as `printed`, a negative one in brackets, a plain ratio without its sign.

    `casefile/site/static/graph.js` does the same in the browser.
    """
    words = list(pieces)
    for place in range(1, len(words), 2):
        text = printed(words[place]).removesuffix(_PLAIN_RATIO)
        words[place] = f"({text})" if text.startswith(formats.MINUS) and words[place - 1] else text
    return "".join(words)


def id_in_words(name: str) -> str:
    """A figure's id in words."""
    return name.replace("_", " ")
