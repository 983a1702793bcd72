"""A formula: every form of it, the same whether made now or read back."""

from __future__ import annotations

import json
import subprocess
import sys

import sympy

from casefile.figures.formula import Formula
from tests.support.small import symbols

price, count = symbols("price", "count")
WORTH = Formula.of(price * count, price * count / 100)


def test_each_form_says_the_same_formula() -> None:
    assert "".join(WORTH.arithmetic) == "count × price"
    assert WORTH.arithmetic[1::2] == ["count", "price"]
    assert WORTH.javascript in ("v => (1/100)*v.count*v.price", "v => 0.01*v.count*v.price")
    assert "<mi>count</mi>" in WORTH.mathml
    assert WORTH.latex.count(r"\text{") == 2


def test_what_is_read_back_is_what_was_stored() -> None:
    again = Formula.from_json(json.loads(json.dumps(WORTH.to_json("print"))))
    assert again == WORTH
    for form in ("expression", "scaled", "arithmetic", "mathml", "latex", "javascript"):
        assert getattr(again, form) == getattr(WORTH, form), form


def test_forms_that_were_not_stored_are_made_when_asked_for() -> None:
    bare = Formula.from_json(WORTH.to_json(""))
    assert set(WORTH.to_json("")) == {"written", "scaled"}
    assert (bare.javascript, bare.mathml) == (WORTH.javascript, WORTH.mathml)


def test_a_condition_needs_a_script_alone() -> None:
    condition = Formula.of(price > 2, price > 2)
    assert set(condition.to_json("script")) == {"written", "scaled", "javascript"}
    assert condition.javascript == "v => v.price > 2"
    assert Formula.of(sympy.true, sympy.true).javascript == "v => true"


def test_printing_a_stored_formula_loads_no_sympy() -> None:
    stored = json.dumps(WORTH.to_json("print"))
    code = (
        "import json, sys; from casefile.figures.formula import Formula; "
        f"made = Formula.from_json(json.loads({stored!r})); made.mathml, made.latex, made.javascript, made.arithmetic; "
        "print('sympy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
