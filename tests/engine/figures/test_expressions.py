"""Formulas: stored and read back, in words, in JavaScript, in NumPy."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as some

from casefile.errors import BadInput
from casefile.figures import expressions
from casefile.figures.expressions import from_tree, to_tree
from tests.support.small import symbols

a, b, c = symbols("a", "b", "c")

atoms = some.sampled_from([a, b, c]) | some.integers(-50, 50).map(sympy.Integer) | some.fractions(
    min_value=-5, max_value=5, max_denominator=9
).map(lambda number: sympy.Rational(number.numerator, number.denominator))  # fmt: skip


def larger(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """Sums, products, powers, extremes and cases of smaller expressions."""
    pair = some.tuples(inner, inner)
    return some.one_of(
        pair.map(lambda both: both[0] + both[1]),
        pair.map(lambda both: both[0] * both[1]),
        some.tuples(inner, some.integers(2, 3)).map(lambda both: both[0] ** both[1]),
        pair.map(lambda both: sympy.Max(*both)),
        pair.map(lambda both: sympy.Min(*both)),
        inner.map(sympy.Abs),
        pair.map(lambda both: sympy.Piecewise((both[0], a > b), (both[1], True))),
    )


@given(some.recursive(atoms, larger, max_leaves=8))
def test_a_formula_comes_back_from_json_as_it_went(expression: Any) -> None:
    point = {a: sympy.Rational(3, 2), b: sympy.Rational(-9, 4), c: sympy.Integer(3)}
    back = from_tree(json.loads(json.dumps(to_tree(expression))))
    assert back.subs(point) == expression.subs(point)
    assert expressions.names(back) == expressions.names(expression)


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_exactly(number: float) -> None:
    tree = json.loads(json.dumps(to_tree(sympy.Float(number, 17) * a)))
    assert float(from_tree(tree).subs({a: 1})) == number


@pytest.mark.parametrize("condition", [a < b, a <= b, a > b, a >= b, sympy.Eq(a, b), sympy.Ne(a, b), sympy.true])
def test_a_condition_comes_back_from_json_as_it_went(condition: Any) -> None:
    assert from_tree(json.loads(json.dumps(to_tree(condition)))) == condition


def test_conditions_joined_come_back_from_json() -> None:
    condition = ((a > 1) & (b < 2)) | ~(c > a)
    assert from_tree(to_tree(condition)) == condition


@pytest.mark.parametrize("expression", [sympy.gamma(a), sympy.Integral(a, a), sympy.sin(a)])
def test_a_function_that_formulas_may_not_use_is_refused(expression: Any) -> None:
    with pytest.raises(BadInput, match="is not a function that formulas may use"):
        to_tree(expression)


@pytest.mark.parametrize("tree", [["eval", "1"], ["__import__", "os"], [], [1, 2], None, {"a": 1}, ["Add", ["os"]]])
def test_a_stored_tree_of_anything_else_is_refused(tree: Any) -> None:
    with pytest.raises(BadInput, match="expected a tree of known functions"):
        from_tree(tree)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (a / b, "A ÷ B"),
        (a * b, "A × B"),
        (a - b, "A − B"),
        (a / (b - c), "A ÷ (B − C)"),
        (a * (b + c), "A × (B + C)"),
        ((a + b) / 2, None),
        (1 - a, "1 − A"),
        (-a, "−A"),
        (a**2, "A^2"),
        (1 / a, "1 ÷ A"),
        (sympy.Max(a, b), "the larger of A and B"),
        (c * sympy.Min(a, b), "C × (the smaller of A and B)"),
        (sympy.Min(a, b, c), "the smallest of A, B and C"),
    ],
)
def test_arithmetic_reads_as_one_would_write_it(expression: Any, text: str | None) -> None:
    written = expressions.arithmetic(expression, str.upper, lambda number: f"{number:g}")
    if text is None:
        assert written in ("(A + B) ÷ 2", "A ÷ 2 + B ÷ 2")
    else:
        assert written == text


def test_arithmetic_in_words_gives_the_value_when_reckoned() -> None:
    numbers = {"a": 7.0, "b": 3.0, "c": 2.0}
    for expression in (a / b / c, a - (b - c), -(a - b) * c, (a + b) * (a - c) / (b + c), a / b * c - 2, (a / b) ** 2):
        text = expressions.arithmetic(expression, lambda name: f"{numbers[name]}", lambda number: f"{number!r}")
        plain = text.replace("÷", "/").replace("×", "*").replace("−", "-").replace("^", "**")
        reckoned = sympy.sympify(plain)
        assert float(reckoned) == pytest.approx(float(expression.subs({a: 7, b: 3, c: 2}))), text


def test_a_condition_is_said_in_words_and_signs() -> None:
    labels = {"a": "article value", "b": "order value"}
    assert expressions.sentence(a / b - 1 <= 0.05, labels) == "article value ÷ order value − 1 ≤ 0.05"
    assert expressions.sentence((a > 1) & (b < 2), labels) == "article value > 1 and order value < 2"
    assert expressions.sentence(sympy.true, labels) == "otherwise"


def test_conditions_joined_are_said_with_the_brackets_they_need() -> None:
    labels = {"a": "price", "b": "count", "c": "worth"}
    dear, few, some = a > 1, b < 2, sympy.Eq(c, 0)
    assert expressions.sentence((dear | few) & some, labels) == "(count < 2 or price > 1) and worth = 0"
    assert expressions.sentence((dear & few) | some, labels) == "(count < 2 and price > 1) or worth = 0"
    assert expressions.sentence(dear & few & some, labels) == "count < 2 and price > 1 and worth = 0"
    assert expressions.sentence(~(dear & few), labels) == "not (count < 2 and price > 1)"


def test_javascript_names_the_figures() -> None:
    assert expressions.javascript(a / b) == "a/b"
    assert expressions.javascript(sympy.Max(a, b)) == "Math.max(a, b)"


def test_numpy_takes_whole_arrays() -> None:
    compiled = expressions.compiled(sympy.Max(a, 0) / b, ("a", "b"))
    assert compiled(np.array([-1.0, 4.0]), 2.0).tolist() == [0.0, 2.0]


@pytest.mark.parametrize(
    "formula",
    [a**3, a**-1, a**-2, b / a**3, a**sympy.Rational(3, 2), 1 / sympy.sqrt(a), 10 ** (b / a), b * a ** sympy.Float(1.7),
     a**20, a**-20, sympy.exp(-a) * b, sympy.log(a, 10), (a + b) ** 2, -(a**2), a**b, (a - 2 * b) ** 3 / 3],
    ids=str,
)  # fmt: skip
def test_a_number_and_a_column_give_the_same_to_the_last_digit(formula: Any) -> None:
    rows = np.random.default_rng(1).uniform(0.1, 9, (2, 300))
    compiled = expressions.compiled(formula, ("a", "b"))
    each = [float(compiled(*row)) for row in rows.T.tolist()]
    assert compiled(*rows).tolist() == each
    assert each == pytest.approx([float(formula.subs({a: x, b: y})) for x, y in rows.T.tolist()], rel=1e-12)


def test_a_formula_is_compiled_without_numpys_fortran() -> None:
    asked = (
        "import sys, sympy; from casefile.figures import expressions; x = expressions.symbol('x'); "
        "assert expressions.compiled(sympy.Max(x, 2), ('x',))(3.0) == 3.0; print('numpy.f2py' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_print_shows_figures_by_their_labels() -> None:
    assert "order value" in expressions.mathml(a / b, {"a": "order value"})
    assert r"\text{order value}" in expressions.latex(a / b, {"a": "order value"})


@pytest.mark.parametrize(
    ("factor", "printed"),
    [
        (0.25, "<mn>0.25</mn>"),
        (2.5e-07, "<mn>2.5</mn><mo>&#215;</mo><msup><mn>10</mn><mn>−7</mn></msup>"),
        (3600.0, "<mn>3600</mn>"),
        (730.5, "<mn>730.5</mn>"),
    ],
)
def test_a_factor_is_printed_as_it_is_written_and_with_a_true_minus_sign(factor: float, printed: str) -> None:
    assert printed in expressions.mathml(sympy.Mul(sympy.Float(factor), a, evaluate=False), {})


def test_labels_are_escaped_in_markup() -> None:
    assert "<script>" not in expressions.mathml(a + 1, {"a": "<script>"})


def test_names_are_the_figures_mentioned() -> None:
    assert expressions.names(b / a + c - c) == ("a", "b")
