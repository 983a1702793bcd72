"""Formulas as SymPy expressions: to JSON and back, in print, in JavaScript, in NumPy.

A symbol's name is a figure's id. An expression is stored as a tree of plain lists, so that reading it back evaluates
nothing: `["Mul", "order_value", ["Pow", "gpus_redirected", -1]]`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.dom import minidom
from xml.sax.saxutils import escape

import numpy
import sympy
from sympy.logic.boolalg import BooleanFalse, BooleanTrue
from sympy.printing.numpy import NumPyPrinter

from casefile.errors import BadInput
from casefile.figures import elementary

# Figures by id, numbers, true and false; or a function's name with what it is given.
Tree = str | int | float | bool | list["Tree"]
Rule = Iterable[tuple[str, sympy.Basic | bool]]  # labels, each with its condition
Compiled = Callable[..., Any]  # of numbers a number, of columns a column

_FUNCTIONS: Mapping[str, Callable[..., sympy.Basic]] = {
    function.__name__: function
    for function in (
        sympy.Add, sympy.Mul, sympy.Pow, sympy.exp, sympy.log, sympy.Abs, sympy.Max, sympy.Min, sympy.floor,
        sympy.ceiling, sympy.Piecewise, sympy.Eq, sympy.Ne, sympy.And, sympy.Or, sympy.Not,
    )
} | {
    "LessThan": sympy.Le, "GreaterThan": sympy.Ge, "StrictLessThan": sympy.Lt, "StrictGreaterThan": sympy.Gt,
    "Equality": sympy.Eq, "Unequality": sympy.Ne,
}  # fmt: skip


def symbol(name: str) -> sympy.Symbol:
    """The symbol that stands for a figure in a formula."""
    return sympy.Symbol(name, real=True)


def names(expression: sympy.Basic) -> tuple[str, ...]:
    """The ids a formula or condition mentions, sorted."""
    return tuple(sorted(str(mentioned.name) for mentioned in expression.free_symbols))


def to_tree(expression: sympy.Basic) -> Tree:
    """An expression as nested lists, strings (figures), numbers and booleans."""
    if isinstance(expression, BooleanTrue | BooleanFalse):
        return bool(expression)
    if expression.is_Symbol:
        return str(expression.name)
    if expression.is_Integer:
        return int(expression)
    if expression.is_Rational:
        return ["Rational", int(expression.p), int(expression.q)]
    if expression.is_number and expression.is_Atom:
        return float(expression)
    name = expression.func.__name__
    if name == "ExprCondPair":
        return ["Case", *(to_tree(argument) for argument in expression.args)]
    if name not in _FUNCTIONS:
        raise BadInput(f"{expression}: {name} is not a function that formulas may use")
    return [name, *(to_tree(argument) for argument in expression.args)]


def from_tree(tree: Tree) -> sympy.Basic:
    """The expression that `to_tree` stored. Raises BadInput for a tree with an unknown function."""
    if isinstance(tree, bool):
        return sympy.true if tree else sympy.false
    if isinstance(tree, str):
        return symbol(tree)
    if isinstance(tree, int):
        return sympy.Integer(tree)
    if isinstance(tree, float):
        return sympy.Float(tree, 17)
    if isinstance(tree, list) and tree and isinstance(tree[0], str):
        if tree[0] == "Rational":
            return sympy.Rational(*tree[1:])
        arguments = [from_tree(branch) for branch in tree[1:]]
        if tree[0] == "Case":
            return tuple(arguments)
        if tree[0] in _FUNCTIONS:
            return _FUNCTIONS[tree[0]](*arguments)
    raise BadInput(f"formula {tree!r}: expected a tree of known functions, figures and numbers")


def javascript(expression: sympy.Basic) -> str:
    """The expression as a JavaScript expression over variables named like the figures."""
    return str(sympy.jscode(expression))


def javascript_function(expression: sympy.Basic) -> str:
    """A formula or condition as a JavaScript function of an object that holds the figures' values."""
    renamed = {symbol(name): sympy.Symbol(f"v.{name}", real=True) for name in names(expression)}
    text = " ".join(javascript(sympy.sympify(expression).xreplace(renamed)).split())
    return f"v => {text}".replace("v => True", "v => true").replace("v => False", "v => false")


class _NumPy(NumPyPrinter):  # type: ignore[misc]
    """NumPy code that gives one answer, whatever the machine and however many values are worked out at once."""

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        size = abs(expr.exp)
        if size == sympy.S.Half:
            return str(super()._print_Pow(expr, rational))
        base = self._print(expr.base)
        if not size.is_Integer or size > _MOST_FACTORS:
            return f"power({base}, {self._print(expr.exp)})"
        product = f"({base})" if size == 1 else f"whole_power({base}, {size})"
        return product if expr.exp.is_positive else f"(1.0 / {product})"

    def _print_And(self, expr: sympy.And) -> str:
        return self._each_to_each("logical_and", expr)

    def _print_Or(self, expr: sympy.Or) -> str:
        return self._each_to_each("logical_or", expr)

    def _each_to_each(self, name: str, expr: sympy.Expr) -> str:
        """Conditions joined two at a time: a column goes with a single value, which NumPy's `reduce` of them refuses."""
        printed: Iterable[str] = map(self._print, expr.args)
        return functools.reduce(lambda one, other: f"{name}({one}, {other})", printed)


_MOST_FACTORS = 8


def function(arguments: Iterable[str], asked: object, **options: object) -> Compiled:
    """A NumPy function of the named figures, in that order, of scalars or of arrays of one shape; `options` are SymPy's."""
    printer = _NumPy({"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True})
    own = {each.__name__: each for each in (elementary.exp, elementary.log, elementary.power, elementary.whole_power)}
    compiled: Compiled = sympy.lambdify(  # by its name, NumPy would load all that it has, its Fortran too
        [symbol(name) for name in arguments], asked, modules=[own, numpy], printer=printer, **options
    )
    return compiled


@functools.lru_cache(maxsize=4096)
def compiled(expression: sympy.Basic, arguments: tuple[str, ...]) -> Compiled:
    """The function of one formula or condition, made once."""
    return function(arguments, expression)


def mathml(expression: sympy.Basic, labels: Mapping[str, str]) -> str:
    """Presentation MathML, with each figure by its label; drawn by the browser itself."""
    from sympy.printing.mathml import MathMLPresentationPrinter

    class Printer(MathMLPresentationPrinter):  # type: ignore[misc]
        def _print_Symbol(self, sym: sympy.Symbol, style: str = "plain") -> minidom.Element:
            # Not mtext, which counts as space and would take the space around a lone sign.
            # SymPy writes text nodes raw, so a label is escaped here.
            return self._named("mi", escape(labels.get(sym.name, sym.name)))

        def _print_Float(self, expr: sympy.Float) -> minidom.Element:
            # A factor as it is written: SymPy prints all that a processor holds of a millionth, 9.9999999999999995 · 10⁻⁷.
            mantissa, _, exponent = f"{float(expr)!r}".partition("e")
            row = self.dom.createElement("mrow")
            if not exponent or float(mantissa) != 1:
                row.appendChild(self._named("mn", mantissa.removesuffix(".0")))
            if exponent:
                power = self.dom.createElement("msup")
                power.appendChild(self._named("mn", "10"))
                power.appendChild(self._print(sympy.Integer(int(exponent))))
                if row.childNodes:
                    row.appendChild(self._named("mo", "\N{MULTIPLICATION SIGN}"))
                row.appendChild(power)
            printed: minidom.Element = row.childNodes[0] if len(row.childNodes) == 1 else row
            return printed

        def _named(self, tag: str, text: str) -> minidom.Element:
            made: minidom.Element = self.dom.createElement(tag)
            made.appendChild(self.dom.createTextNode(text))
            return made

        def _as_ordered_terms(self, expr: sympy.Basic, order: object = None) -> Sequence[sympy.Basic]:
            # What is taken away comes last, as people write it.
            return sorted(super()._as_ordered_terms(expr, order), key=lambda term: term.could_extract_minus_sign())

    parts = {factor: sympy.Rational(1, whole) for factor in expression.atoms(sympy.Float) if (whole := _parted(factor))}
    written = str(Printer({"mul_symbol": "times"}).doprint(expression.xreplace(parts)))
    for opened in ("<mo>", "<mn>"):
        written = written.replace(f"{opened}-", f"{opened}\N{MINUS SIGN}")
    return written


def latex(expression: sympy.Basic, labels: Mapping[str, str]) -> str:
    """LaTeX, with each figure by its label."""
    shown = {symbol(name): rf"\text{{{labels.get(name, name)}}}" for name in names(expression)}
    return str(sympy.latex(expression, symbol_names=shown))


def sentence(condition: sympy.Basic, labels: Mapping[str, str]) -> str:
    """A condition in words and signs: `article value ÷ order value − 1 ≤ 0.05`; `otherwise` for one that always holds."""
    if condition == sympy.true:
        return "otherwise"
    joined = {sympy.And: " and ", sympy.Or: " or "}.get(condition.func)
    if joined:
        parts = [(argument.func, sentence(argument, labels)) for argument in condition.args]
        mixed = {sympy.And, sympy.Or} - {condition.func}  # brackets say what belongs together
        return joined.join(sorted(f"({text})" if kind in mixed else text for kind, text in parts))
    if condition.func == sympy.Not:
        return f"not ({sentence(condition.args[0], labels)})"
    sign = {"LessThan": "≤", "GreaterThan": "≥", "StrictLessThan": "<", "StrictGreaterThan": ">",
            "Equality": "=", "Unequality": "≠"}[condition.func.__name__]  # fmt: skip
    left, right = (
        arithmetic(side, lambda name: labels.get(name, name), lambda number: f"{number:g}") for side in condition.args
    )
    return f"{left} {sign} {right}"


_SUM, _PRODUCT, _POWER, _ATOM = range(1, 5)


def arithmetic(expression: sympy.Basic, shown: Callable[[str], str], number: Callable[[float], str]) -> str:
    """The expression as a line of arithmetic: `$500 million ÷ 12,000`.

    `shown` prints a figure, `number` prints a plain number.
    """
    return _Line(shown, number).of(expression)[0]


@dataclass(frozen=True)
class _Line:
    """Writes expressions as text, each with how tightly its parts hold together, for the brackets around it."""

    shown: Callable[[str], str]
    number: Callable[[float], str]

    def of(self, node: sympy.Basic) -> tuple[str, int]:
        """An expression as text, and how tightly it binds."""
        if node.is_Symbol:
            return self.shown(node.name), _ATOM
        if node.is_number:
            text = self.number(float(abs(node)))
            return (f"−{text}", _SUM) if node.is_negative else (text, _ATOM)
        if node.is_Add:
            return self._sum(node), _SUM
        if node.is_Mul and node.could_extract_minus_sign():
            return f"−{_bracket(*self.of(-node), _PRODUCT)}", _SUM
        if node.is_Mul:
            return self._product(sympy.Mul.make_args(node))
        if node.is_Pow and node.exp.is_negative:
            return self._product([node])
        if node.is_Pow:
            return f"{_bracket(*self.of(node.base), _ATOM)}^{_bracket(*self.of(node.exp), _ATOM)}", _POWER
        inside = [self.of(argument)[0] for argument in node.args if hasattr(argument, "is_Symbol")]
        if isinstance(node, sympy.Min | sympy.Max):
            stem = "small" if isinstance(node, sympy.Min) else "larg"
            among = f"{', '.join(inside[:-1])} and {inside[-1]}"
            return f"the {stem}{'er' if len(inside) == 2 else 'est'} of {among}", _SUM
        name = node.func.__name__.lower()
        return (f"|{inside[0]}|" if isinstance(node, sympy.Abs) else f"{name}({', '.join(inside)})"), _ATOM

    def _sum(self, node: sympy.Basic) -> str:
        terms = sorted(node.args, key=lambda term: (term.could_extract_minus_sign(), term.is_number))
        parts = []
        for position, term in enumerate(terms):
            minus = term.could_extract_minus_sign()
            text, precedence = self.of(-term if minus else term)
            sign = (" − " if minus else " + ") if position else ("−" if minus else "")
            parts.append(sign + _bracket(text, precedence, _PRODUCT if minus else _SUM))
        return "".join(parts)

    def _product(self, factors: Sequence[sympy.Basic]) -> tuple[str, int]:
        above = [factor for factor in factors if not (factor.is_Pow and factor.exp.is_negative) and factor != 1]
        below = [1 / factor for factor in factors if factor.is_Pow and factor.exp.is_negative]
        for factor in list(above):
            if factor.is_Rational and not factor.is_Integer:
                above.remove(factor)
                above += [sympy.Integer(factor.p)] if factor.p != 1 else []
                below.append(sympy.Integer(factor.q))
            elif factor.is_Float and (whole := _parted(factor)):
                above.remove(factor)  # a millionth is printed as a division by a million
                below.append(sympy.Integer(whole))
        above.sort(key=lambda factor: bool(factor.is_number))  # what brings a result into its unit comes last
        top = " × ".join(_bracket(*self.of(factor), _PRODUCT) for factor in above) or "1"
        text = top + "".join(" ÷ " + _bracket(*self.of(factor), _POWER) for factor in below)
        return text, (_PRODUCT if below or len(above) > 1 else self.of(above[0])[1])


def _parted(factor: sympy.Float) -> int:
    """Into how many parts a number cuts what it multiplies: a million for a millionth; nought where it is no thousandth or the like."""
    places = round(-math.log10(factor)) if 0 < factor < 1 else 0
    return int(10**places) if places >= 3 and math.isclose(factor, 10.0**-places, rel_tol=1e-12) else 0


def _bracket(text: str, precedence: int, least: int) -> str:
    return f"({text})" if precedence < least else text
