"""A formula: every form of it, the same whether made now or read back."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import json
import math
import re
import subprocess
import sys
from collections.abc import Mapping

import pint
import pytest
import sympy

from casefile.figures import formula, stored
from casefile.figures.formula import Formula
from casefile.figures.graph import Graph
from casefile.records import Records
from tests.conftest import CHAPTERS, Run
from tests.support.small import symbols

price, count = symbols("price", "count")
WORTH = Formula.of(price * count, price * count / 100)


def test_each_form_says_the_same_formula() -> None:
    assert "".join(WORTH.arithmetic) == "count × price ÷ 100"
    assert WORTH.arithmetic[1::2] == ["count", "price"]
    assert WORTH.javascript in ("v => (1/100)*v.count*v.price", "v => 0.01*v.count*v.price")
    assert "<mi>count</mi>" in WORTH.mathml
    assert WORTH.latex.count(r"\text{") == 2


def test_a_formula_that_is_made_again_has_its_printed_forms_already_and_one_unlike_it_its_own() -> None:
    printed = WORTH.mathml
    assert Formula.of(price * count, price * count / 100) is WORTH
    assert WORTH.__dict__["mathml"] is printed
    assert Formula.of(price * count, price * count / 10).mathml != printed
    assert [Formula.of(one, one).written for one in (sympy.true, sympy.Integer(1), sympy.Float(1))] == [True, 1, 1.0]
    assert type(Formula.of(sympy.Float(1), sympy.Float(1)).written) is float


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


def test_a_negative_term_stands_in_brackets_and_a_plain_ratio_without_its_sign() -> None:
    printed = {"gain": "−0.86%", "drift": "−0.32%", "slope": "1.05×", "market": "0.27%"}
    pieces = ["", "gain", " − ", "drift", " − ", "slope", " × ", "market", ""]
    assert formula.line(pieces, printed.__getitem__) == "−0.86% − (−0.32%) − 1.05 × 0.27%"


def test_a_factor_that_brings_a_result_into_its_unit_is_printed_in_words() -> None:
    gpus, months = symbols("gpus", "months")
    assert "".join(Formula.of(gpus * months, 730.5 * gpus * months).arithmetic) == "gpus × months × 730.5 hours a month"
    assert "".join(Formula.of(gpus * months, 1e-6 * gpus * months).arithmetic) == "gpus × months ÷ 1,000,000"


@pytest.mark.parametrize("number", formula.CONVERSIONS)
def test_a_factor_in_words_is_that_of_the_units_it_names(number: float) -> None:
    many, one = re.fullmatch(r"[\d,.]+ (\w+)s an? (\w+)", formula.CONVERSIONS[number]).groups()  # type: ignore[union-attr]
    assert formula.CONVERSIONS[number].startswith(f"{number:,g} ")
    assert pint.UnitRegistry().Quantity(1, one).to(many).magnitude == pytest.approx(number)


_SCALES = {"million": 1e6, "billion": 1e9, "trillion": 1e12}
_POWER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def ends(graph: Graph, name: str) -> tuple[float, float]:
    """The least and the greatest value that a printed figure may stand for."""
    text, digits = graph.printed(name), graph[name].digits
    if day := re.fullmatch(r"\d+ [A-Z]\w+ \d{4}", text):
        number = datetime.datetime.strptime(day[0], "%d %B %Y").toordinal()
        return number, number
    found = re.match(
        r"\(?(−?)[$€]?([\d,]+)(\.\d+)?(?: (million|billion|trillion)\b| × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?(%| points)?", text
    )
    assert found, text
    scale = _SCALES.get(found[4], 1.0) * (10.0 ** int(found[5].translate(_POWER)) if found[5] else 1.0)
    scale /= 100 if found[6] else 1
    decimals = 2 if found[4] else graph.units[graph[name].unit].digits if digits is None else digits
    size = float(found[2].replace(",", "") + (found[3] or ""))
    if decimals < 0 or (digits or 0) < 0:  # so many digits in all are worth printing
        decimals = -(digits or 0) - 1 - math.floor(math.log10(size)) if size else 0
    value = size * (-1 if found[1] else 1)
    return (value - 0.5 * 10**-decimals) * scale, (value + 0.5 * 10**-decimals) * scale


def worked_out(line: str) -> float:
    plain = re.sub(r"(?<=\d) (hours|days|seconds) an? \w+|(?<=\d),(?=\d{3})", "", line)
    plain = re.sub(r"\|(.*)\|", r"abs(\1)", plain)
    least = {"small": "min", "larg": "max"}
    plain = re.sub(
        r"the (small|larg)e(?:r|st) of (.*?) and (\([^()]*\)|[\d.]+)",
        lambda said: f"{least[said[1]]}({said[2]}, {said[3]})",
        plain,
    )
    return float(
        eval(plain.translate(str.maketrans("×÷−", "*/-")).replace("^", "**"), {"abs": abs, "max": max, "min": min})
    )


def supposing(graph: Graph, values: Mapping[str, float]) -> Graph:
    """A graph with other values of some leaves, and all that follows from them."""
    other = Graph(graph.chapter, graph.units, dict(graph.figures))
    for name, value in graph.evaluate(values).items():
        other.figures[name] = dataclasses.replace(other.figures[name], value=value)
    return other


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_printed_terms_work_out_to_the_printed_result(chapter: str, run_chapter: Run, known: Records) -> None:
    graph = stored.read(chapter, run_chapter(chapter), known.units)
    moved = {row.figure: [row.minimum, row.maximum] for row in known.declared(chapter).values() if row.figure in graph}
    states = [{}, *({name: float(end)} for name, both in moved.items() for end in both if isinstance(end, int | float))]
    for state in states:
        supposed = supposing(graph, state) if state else graph
        for name, figure in supposed.figures.items():
            if figure.formula is None:
                continue
            pieces = figure.formula.arithmetic
            terms = [ends(supposed, piece) for piece in pieces[1::2]]
            found = []
            for chosen in itertools.product(*terms):
                told = [f"({chosen[place // 2]!r})" if place % 2 else piece for place, piece in enumerate(pieces)]
                found.append(worked_out("".join(told)))
            low, high = ends(supposed, name)
            assert min(found) <= high and low <= max(found), (state, supposed.printed(name), supposed.arithmetic(name))
