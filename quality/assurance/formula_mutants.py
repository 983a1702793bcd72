"""Mutants of the formulas: each operator, operand, comparison and constant of the chapters' code and of the statistics.

What only draws (axes, marks, colours, the places of labels) is no formula and is left alone: statements of a notebook that
speak to Altair, and texts.
"""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.assurance.mutants import FORMULAS, Mutant, nudged

MODULES = ("statistics", "event_study", "uncertainty")

_SWAPS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.MatMult: ast.Mult,
}  # fmt: skip
_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_FUNCTIONS = {
    "min": "max",
    "max": "min",
    "Min": "Max",
    "Max": "Min",
    "floor": "ceil",
    "ceil": "floor",
    "low": "high",
    "high": "low",
}


def variants(node: ast.AST) -> Iterator[ast.expr]:
    """What one expression may become; not what its parts may become."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in _SWAPS and not _text(node):
            yield ast.BinOp(node.left, _SWAPS[type(node.op)](), node.right)
            yield node.left
            yield node.right
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARED.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [other()], node.comparators)
        if isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE) and not isinstance(
            node.comparators[0], ast.Constant
        ):
            yield ast.Compare(node.comparators[0], node.ops, [node.left])
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        yield from node.values
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        moved = nudged(repr(node.value))
        if moved is not None:
            yield ast.Constant(float(moved) if isinstance(node.value, float) else int(moved))
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _FUNCTIONS:
            call = copy.deepcopy(node)
            if isinstance(call.func, ast.Attribute):
                call.func.attr = _FUNCTIONS[name]
            else:
                call.func = ast.Name(_FUNCTIONS[name])
            yield call


def _text(node: ast.expr) -> bool:
    """Whether an expression is a text, or a sum that joins one."""
    if isinstance(node, ast.BinOp):
        return _text(node.left) or _text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


# What a notebook draws with: places and sizes of marks are held by pictures, and by the tests of these modules.
DRAWING = frozenset(("alt", "charts", "chronology", "lanes", "multiples", "sparks", "standing", "wedge"))


def _draws(statement: ast.stmt) -> bool:
    """Whether a statement only draws."""
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    calls = {
        node.func.attr
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return bool(DRAWING & names) or any(
        call.startswith("mark_") or call in ("chart", "transform_filter") for call in calls
    )


def mutated(source: str, notebook: bool) -> Iterator[tuple[int, str, str, str]]:
    """Every mutant of some code: line, the expression before and after, and the whole code."""
    encoded = source.encode()
    starts = [0]
    for line in encoded.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for statement in ast.parse(source).body:
        if notebook and _draws(statement):
            continue
        for node in _expressions(statement):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            before = encoded[start:end].decode()
            for after in variants(node):
                written = ast.unparse(ast.fix_missing_locations(after))
                whole = (encoded[:start] + f"({written})".encode() + encoded[end:]).decode()
                yield node.lineno, " ".join(before.split()), written, whole


_WORDS = ("title", "question", "meaning", "note", "digits", "band", "rows", "reason")


def _expressions(statement: ast.stmt) -> Iterator[Any]:
    """The expressions of a statement that may be changed: without annotations, decorators, texts, and how a number is printed."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.expr):
            yield node
        for field, child in ast.iter_fields(node):
            if field in ("annotation", "returns", "type_params", "decorator_list"):
                continue
            for part in child if isinstance(child, list) else [child]:
                if isinstance(part, ast.keyword) and part.arg in _WORDS:
                    continue
                if isinstance(part, ast.JoinedStr) or not isinstance(part, ast.AST):
                    continue
                waiting.append(part)


def of_formulas(root: Path) -> Iterator[Mutant]:
    """Every mutant of the chapters' formulas, then of the package's statistics."""
    for path in [root / "summary.ipynb", *sorted((root / "chapters").glob("*.ipynb"))]:
        yield from _of_notebook(root, path)
    for name in MODULES:
        yield from _of_module(root, name)


def _of_notebook(root: Path, path: Path) -> Iterator[Mutant]:
    file, chapter = str(path.relative_to(root)), path.stem
    judges = tuple(
        f"tests/story/{test}[{chapter}"
        for test in (
            "test_chapters.py::test_every_figure_follows_from_the_sources_by_plain_arithmetic",
            "test_chapters.py::test_every_leaf_is_the_fact_it_is_named_for",
            "test_chapters.py::test_formulas_hold_at_other_numbers_than_those_of_the_sources",
            "test_chapters.py::test_a_computed_figure_names_the_figures_that_it_moves_with",
            "test_chapters.py::test_words_and_verdicts_turn_where_the_rules_say",
            "test_chapters.py::test_what_a_chart_draws_is_worked_out_from_the_sources",
            "test_chapters.py::test_a_row_of_figures_draws_those_figures",
            "test_chapters.py::test_every_word_and_verdict_has_its_rule",
            "test_notebooks.py::test_figures_move_as_they_should_and_the_others_stay",
        )
    )
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for place, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code" or "parameters" in cell["metadata"].get("tags", []):
            continue
        for line, before, after, whole in mutated("".join(cell["source"]), notebook=True):

            def change(place: int = place, whole: str = whole) -> dict[str, str]:
                cells = list(notebook["cells"])
                cells[place] = {**cells[place], "source": whole.splitlines(keepends=True)}
                return {file: json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1) + "\n"}

            text = "".join(cell["source"]).splitlines()[line - 1].strip()
            yield Mutant(FORMULAS, file, f"cell {place}, line {line}", before, after, judges, change, text)


def _of_module(root: Path, name: str) -> Iterator[Mutant]:
    file = f"casefile/figures/{name}.py"
    judges = (f"tests/engine/figures/test_{name}.py",)
    source = (root / file).read_text(encoding="utf-8")
    lines = source.splitlines()
    for line, before, after, whole in mutated(source, notebook=False):
        text = lines[line - 1].strip()
        yield Mutant(FORMULAS, file, f"line {line}", before, after, judges, lambda whole=whole: {file: whole}, text)  # type: ignore[misc]


@dataclass(frozen=True)
class Equivalent:
    """Mutants of one line of code that change nothing: what of it becomes what, and why no test could tell."""

    file: str
    line: str
    changes: tuple[tuple[str, str], ...]
    reason: str


_BASE = (
    '(changes["actor"] == "Tesla") & ((changes["model"] == "Model 3") | '
    '((changes["model"] == "Model Y") & (changes["trim"].isin(["base", "RWD"]))))'
)
EQUIVALENT = (
    Equivalent(
        "chapters/claims.ipynb",
        '"december_rest", calendar.monthrange(2023, 12)',
        (("2023", "2024"),),
        "December has the same days in every year",
    ),
    Equivalent(
        "chapters/claims.ipynb",
        '"november_days", calendar.monthrange(2023, 11)',
        (("2023", "2024"),),
        "November has the same days in every year",
    ),
    Equivalent(
        "casefile/figures/uncertainty.py",
        "Assumptions = Mapping[str, Triangular | Distribution]",
        (("Triangular | Distribution", "Triangular"), ("Triangular | Distribution", "Distribution")),
        "a type, which nothing asks while it runs",
    ),
    Equivalent(
        "chapters/05_autopilot.ipynb",
        "name = name if len(name) < 20 else",
        (("len(name) < 20", "len(name) <= 20"), ("20", "21")),
        "no venue on record has a name of exactly twenty letters",
    ),
    Equivalent(
        "chapters/06_pressure.ipynb",
        "gap = gap.assign(ahead=",
        (('gap["BYD"] > gap["Tesla"]', "gap['BYD'] >= gap['Tesla']"),),
        "in no quarter did both sell the same number of cars",
    ),
    Equivalent(
        "chapters/06_pressure.ipynb",
        'changes["known_by"] = starts.where(',
        (("0", "1"), ("starts + pd.offsets.MonthEnd(0)", "starts - pd.offsets.MonthEnd(0)")),
        "from the first day of a month its end is the same, whether or not the day itself may count as an end",
    ),
    Equivalent(
        "chapters/06_pressure.ipynb",
        'flows["sign"] = ',
        (('flows["value"] < 0', "flows['value'] <= 0"), ("0", "1")),
        "no quarter's cash flow is zero or a part of a dollar",
    ),
    Equivalent(
        "chapters/06_pressure.ipynb",
        "rises = by_then[",
        (('(by_then["actor"] == "Tesla") & (by_then["event"] == "rise")', "by_then['event'] == 'rise'"),),
        "every rise on record is Tesla's",
    ),
    Equivalent(
        "chapters/06_pressure.ipynb",
        '(changes["actor"] == "Tesla")',
        (
            (
                _BASE,
                "(changes['model'] == 'Model 3') | (changes['model'] == 'Model Y') & changes['trim'].isin(['base', 'RWD'])",
            ),
        ),
        "nobody but Tesla makes a Model 3 or a Model Y",
    ),
    Equivalent(
        "chapters/07_investors.ipynb",
        "larger = int((ordinary.abs() >= abs(",
        (
            (
                "ordinary.abs() >= abs(chapter.value(abnormal_return_event))",
                "ordinary.abs() > abs(chapter.value(abnormal_return_event))",
            ),
        ),
        "no ordinary day strayed by the very same number of sixteen digits",
    ),
    Equivalent(
        "chapters/07_investors.ipynb",
        'low=np.floor(days_drawn["abnormal"] * 200) / 200, farther=',
        (('days_drawn["abnormal"].abs() >= abs(here)', "days_drawn['abnormal'].abs() > abs(here)"),),
        "no ordinary day strayed by the very same number of sixteen digits",
    ),
    Equivalent(
        "chapters/07_investors.ipynb",
        'returns, "tsla", benchmark, date, event_study.Windows(',
        (("0", "1"),),
        "days asked for after the event only bound the sample, which runs on for weeks after the story's last day",
    ),
    Equivalent(
        "chapters/07_investors.ipynb",
        '[("does" if side.loc[',
        (
            (
                'side.loc[side["event"] == "The report", "p_value"].iloc[0] < 0.05',
                "side.loc[side['event'] == 'The report', 'p_value'].iloc[0] <= 0.05",
            ),
            ("0.05", "0.06"),
        ),
        "in none of 14,280 choices of windows and market did the report's p value come below 0.6",
    ),
    Equivalent(
        "chapters/08_money.ipynb",
        '("more than", pre_money > pre_money_stated)',
        (("pre_money > pre_money_stated", "pre_money >= pre_money_stated"),),
        "when the two are equal, the option before has decided",
    ),
    Equivalent(
        "casefile/figures/event_study.py",
        "_DIGITS = 30",
        (("30", "31"),),
        "both are far more digits than a double has",
    ),
    Equivalent(
        "casefile/figures/event_study.py",
        'bracket = (mpmath.mpf("1.9"), mpmath.mpf(13))',
        (("13", "14"),),
        "the one root is sought from either bound",
    ),
    Equivalent(
        "casefile/figures/uncertainty.py",
        "names = tuple(sorted(set(spreads) & set(graph.leaves(figure))))",
        (("set(spreads) & set(graph.leaves(figure))", "set(spreads)"),),
        "an assumption that the formula does not hold is drawn and not used",
    ),
    Equivalent(
        "chapters/claims.ipynb",
        "calendar.monthrange(2023, 11)",
        (("2023", "2024"),),
        "November has thirty days in every year",
    ),
    Equivalent(
        "chapters/07_investors.ipynb",
        "outside += test.p_value < 0.05",
        (("test.p_value < 0.05", "test.p_value <= 0.05"),),
        "no p value is 0.05 in all of its digits",
    ),
    Equivalent(
        "chapters/07_investors.ipynb",
        '"stands": "stands out" if test.p_value < 0.05',
        (("test.p_value < 0.05", "test.p_value <= 0.05"),),
        "no p value is 0.05 in all of its digits",
    ),
    Equivalent(
        "chapters/10_since.ipynb",
        'traces = deck and public("x_atlanta_h100_of_x"',
        (
            (
                'deck and public("x_atlanta_h100_of_x", "x_atlanta_hardware_of_x")',
                "public('x_atlanta_h100_of_x', 'x_atlanta_hardware_of_x')",
            ),
        ),
        "Tesla's chart was public months before the papers of Atlanta",
    ),
    Equivalent(
        "chapters/10_since.ipynb",
        'machine = deck and public("colossus_100k_online"',
        (
            (
                'deck and public("colossus_100k_online", "series/xai_chip_quantities:colossus_1_2025_07_22_b200")',
                "public('colossus_100k_online', 'series/xai_chip_quantities:colossus_1_2025_07_22_b200')",
            ),
        ),
        "Tesla's chart was public months before the count of xAI's machine",
    ),
    Equivalent(
        "chapters/10_since.ipynb",
        "chapter.tell(sales=sales, cars=cars, prices=len(closes) > 0)",
        (("len(closes) > 0", "len(closes) >= 0"),),
        "the first day that may be read has closing prices",
    ),
    Equivalent(
        "chapters/10_since.ipynb",
        'plain_days = sorted(set(boards.loc[(boards["board"] == "plain")',
        (
            ('(boards["board"] == "plain") & (boards["organization"] == "xAI")', "boards['board'] == 'plain'"),
            ('boards["organization"] == "xAI"', "boards['organization'] != 'xAI'"),
        ),
        "every list that was kept has a Grok, and others",
    ),
    Equivalent(
        "chapters/08_money.ipynb",
        'ends, ladder_drawn = ends[ends["high"] > 0]',
        (("0", "1"),),
        "a company is worth nothing by subtraction, or more than a dollar",
    ),
    Equivalent(
        "chapters/08_money.ipynb",
        '("the same as", sympy.Eq(pre_money, pre_money_stated)), ("more than", ',
        (("pre_money > pre_money_stated", "pre_money >= pre_money_stated"),),
        "that both are equal is said by the rule before",
    ),
)


def equivalent(mutant: Mutant) -> str:
    """Why a mutant changes nothing; empty unless it is declared to."""
    return next(
        (
            declared.reason
            for declared in EQUIVALENT
            if declared.file == mutant.file
            and mutant.line.startswith(declared.line)
            and (mutant.before, mutant.after) in declared.changes
        ),
        "",
    )
