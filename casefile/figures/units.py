"""Units: which quantities may be added, and how a formula's result gets into the unit it is published in."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pint
import sympy
from sympy.logic.boolalg import Boolean, BooleanFunction

from casefile import records
from casefile.errors import BadInput, BadRecord, nearest, of_library, shown

_DIMENSIONLESS_ONLY = (sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.erf)
_SAME_UNIT_OUT = (sympy.Abs, sympy.floor, sympy.ceiling)
_DATE_STYLE = "date"
# pint works out arithmetic in the texts it is given, `9**9**9` too, and reads other files when a definition asks it to.
_DEFINITION = re.compile(r"[^\W\d]\w{0,60} = \[\w{0,60}\]")
_UNIT = re.compile(r"[^\W\d]\w{0,60}(\*\*[2-9])?([*/][^\W\d]\w{0,60}(\*\*[2-9])?){0,9}")


_prepared: list[pint.UnitRegistry[Any]] = []


def prepare() -> None:
    """Read pint's own units once; every story's units then begin with a copy, which takes a quarter of the time."""
    if not _prepared:
        _prepared.append(pint.UnitRegistry())


class Units:
    """The units of a story: pint's own, and those that `data/units.csv` defines."""

    def __init__(self, rows: Mapping[str, records.Unit]) -> None:
        self._rows = dict(rows)
        self._registry: pint.UnitRegistry[Any] = copy.deepcopy(_prepared[0]) if _prepared else pint.UnitRegistry()
        for row in rows.values():
            if row.definition:
                try:
                    if not _DEFINITION.fullmatch(row.definition):
                        raise ValueError("NAME = [DIMENSION]")
                    self._registry.define(row.definition)
                except Exception as error:
                    raise BadRecord(
                        "data/units.csv",
                        None,
                        "definition",
                        row.definition,
                        f"a definition pint can read ({of_library(error)})",
                    ) from None

    def parse(self, unit: str) -> pint.Unit:
        """The pint unit of a `unit` column. Raises BadInput when `data/units.csv` has no such row."""
        if unit not in self._rows:
            raise BadInput(
                f"unknown unit {shown(unit)}; expected a unit of data/units.csv; {nearest(unit, self._rows)}"
            )
        if self._rows[unit].style in (_DATE_STYLE, "text"):
            return self._registry.Unit("day")
        try:
            if not _UNIT.fullmatch(unit):
                raise ValueError("names joined by * and /")
            return self._registry.Unit(unit)
        except Exception as error:
            raise BadRecord(
                "data/units.csv", None, "unit", unit, f"a unit pint knows, or a definition ({of_library(error)})"
            ) from None

    def scaled(self, expression: sympy.Expr, of: Mapping[str, str], target: str) -> sympy.Expr:
        """The formula over values in their own units, with the factors that bring its result into `target`.

        `of` gives the unit of each symbol. Raises BadInput when the dimensions do not fit, saying where.
        """
        return self._scaled(expression, tuple(of.items()), target)

    @functools.lru_cache(maxsize=4096)  # noqa: B019 — a process has the units of few stories, and keeps those anyway
    def _scaled(self, expression: sympy.Expr, of: tuple[tuple[str, str], ...], target: str) -> sympy.Expr:
        scaled, unit = self._walk(expression, dict(of))
        return self._convert(scaled, unit, self.parse(target), expression)

    def conditioned(self, condition: Boolean, of: Mapping[str, str]) -> Boolean:
        """A condition over values in their own units, both sides of each comparison in the same unit."""
        return self._conditioned(condition, tuple(of.items()))

    @functools.lru_cache(maxsize=4096, typed=True)  # noqa: B019
    def _conditioned(self, condition: Boolean, of: tuple[tuple[str, str], ...]) -> Boolean:
        return self._condition(condition, dict(of))

    def _factor(self, source: pint.Unit, target: pint.Unit) -> float | None:
        try:
            return float(self._registry.Quantity(1.0, source).to(target).magnitude)
        except pint.DimensionalityError:
            return None

    def _convert(self, scaled: sympy.Expr, source: pint.Unit, target: pint.Unit, shown: object) -> sympy.Expr:
        factor = self._factor(source, target)
        if factor is None:
            raise BadInput(f"{shown}: gives {_named(source)}; expected {_named(target)}")
        if factor == 1.0:
            return scaled
        nearest_integer = round(factor)
        exact = nearest_integer and abs(factor / nearest_integer - 1) < 1e-12
        return scaled * (sympy.Integer(nearest_integer) if exact else sympy.Float(factor, 17))

    def _alike(
        self, arguments: Iterable[sympy.Expr], of: Mapping[str, str], whole: object
    ) -> tuple[list[sympy.Expr], pint.Unit]:
        walked = [self._walk(argument, of) for argument in arguments]
        target = walked[0][1]
        terms = []
        for scaled, unit in walked:
            if self._factor(unit, target) is None:
                hint = "; expected one unit: a share, such as x/y - 1" if self._one in (target, unit) else ""
                raise BadInput(f"cannot add or compare {_named(target)} and {_named(unit)} in {whole}{hint}")
            terms.append(self._convert(scaled, unit, target, whole))
        return terms, target

    @functools.cached_property
    def _one(self) -> pint.Unit:
        return self._registry.Unit("dimensionless")

    def _walk(self, node: sympy.Expr, of: Mapping[str, str]) -> tuple[sympy.Expr, pint.Unit]:
        if node.is_Symbol:
            return node, self.parse(of[node.name])
        if node.is_number:
            return node, self._one
        if node.is_Add:
            terms, unit = self._alike(node.args, of, node)
            return node.func(*terms), unit
        if isinstance(node, sympy.Max | sympy.Min):
            terms, unit = self._alike(node.args, of, node)
            return node.func(*terms, evaluate=False), unit  # SymPy would ponder which is greater
        if node.is_Mul:
            unit, product = self._one, sympy.Integer(1)
            for argument in node.args:
                scaled, factor_unit = self._walk(argument, of)
                unit, product = self._registry.Unit(unit * factor_unit), product * scaled
            return product, unit
        if node.is_Pow:
            base, unit = self._walk(node.base, of)
            if node.exp.is_number:
                return base**node.exp, self._registry.Unit(unit ** float(node.exp))
            exponent, exponent_unit = self._walk(node.exp, of)
            return (
                self._convert(base, unit, self._one, node) ** self._convert(exponent, exponent_unit, self._one, node),
                self._one,
            )
        if isinstance(node, _DIMENSIONLESS_ONLY):
            scaled, unit = self._walk(node.args[0], of)
            return node.func(self._convert(scaled, unit, self._one, node)), self._one
        if isinstance(node, _SAME_UNIT_OUT):
            scaled, unit = self._walk(node.args[0], of)
            return node.func(scaled), unit
        if isinstance(node, sympy.Piecewise):
            terms, unit = self._alike([value for value, _ in node.args], of, node)
            conditions = [self._condition(condition, of) for _, condition in node.args]
            return sympy.Piecewise(*zip(terms, conditions, strict=True)), unit
        raise BadInput(f"{node}: {node.func.__name__} is not a function that formulas may use")

    def _condition(self, node: Boolean, of: Mapping[str, str]) -> Boolean:
        if node in (sympy.true, sympy.false):
            return node
        if isinstance(node, BooleanFunction):
            return node.func(*(self._condition(argument, of) for argument in node.args))
        (left, right), _ = self._alike(node.args, of, node)
        return node.func(left, right)


def _named(unit: pint.Unit) -> str:
    return f"{unit:~}" or "a plain number"


@functools.lru_cache(maxsize=4)
def units_of(rows: tuple[records.Unit, ...]) -> Units:
    """The units that some rows define, made once: pint reads its own definitions anew for each registry."""
    return Units({row.unit: row for row in rows})


def check(tables: records.Records) -> None:
    """Raise BadRecord for a unit of `data/units.csv` that pint cannot read: its own, or defined there."""
    try:
        units = Units(tables.units)
        for name in tables.units:
            units.parse(name)
    except BadRecord as fault:
        line = records.line_of(tables, "units", **{str(fault.column): str(fault.value)})
        raise BadRecord(fault.file, line, fault.column, fault.value, fault.expected) from None
