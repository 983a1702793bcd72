"""The derivation graph: every published number is a figure that knows what it was made from.

A figure is a fact of a source, a cell of a series, a parameter, a formula over other figures, or the result of a named
function over rows ("computed"). Figures are added in order; a formula can only mention figures that stand already, so
the graph has no cycles.
"""

from __future__ import annotations

import functools
import math
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from casefile.errors import BadInput, nearest
from casefile.figures import formats
from casefile.figures.formula import Formula, line
from casefile.figures.nodes import Choice, Figure, Tally
from casefile.records import Unit
from casefile.system import session

if TYPE_CHECKING:
    import sympy  # SymPy and pint are loaded where formulas are made, not where figures are read

    from casefile.figures.expressions import Compiled, Rule
    from casefile.figures.units import Units


@dataclass
class Graph:
    """The figures and choices of one chapter, in the order they were made, and which figures count choices."""

    chapter: str
    units: Mapping[str, Unit]
    figures: dict[str, Figure] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)

    decided: dict[str, str] = field(default_factory=dict, repr=False)  # what the results say of each choice
    _registered: dict[str, tuple[session.Cell | None, object]] = field(
        default_factory=dict, repr=False
    )  # as it was made
    _resting: dict[str, frozenset[str]] = field(
        default_factory=dict, repr=False
    )  # charts, verdicts → figures and words
    _outdated: dict[str, str] = field(
        default_factory=dict, repr=False
    )  # what has to be made again → what changed below it

    @functools.cached_property
    def _registry(self) -> Units:
        from casefile.figures.units import units_of

        return units_of(tuple(self.units.values()))

    # ------------------------------------------------------------------------------------------------------- making

    def add(self, figure: Figure) -> sympy.Symbol:
        """Add a figure that needs no formula. Raises BadInput when the id is taken by another figure."""
        name, earlier = f"figure {figure.id!r}", self.figures.get(figure.id)
        self._registry.parse(figure.unit)
        if earlier is not None and self._alike(name, earlier, figure):
            self.figures[figure.id] = replace(earlier, published=figure.published or earlier.published)
        elif self.register(name, figure, "with another value or meaning"):
            self.figures[figure.id] = figure
        return _symbol(figure.id)

    def _alike(self, name: str, earlier: Figure, figure: Figure) -> bool:
        """Whether a figure is given as it was made, whatever range it was given since, and whoever published it."""
        before = self._registered[name][1] if name in self._registered else earlier
        return isinstance(before, Figure) and replace(before, published=figure.published) == figure

    def derive(self, figure: Figure, formula: sympy.Expr) -> sympy.Symbol:
        """Add a figure by formula: checks its units, computes its value from the inputs' values."""
        import sympy

        from casefile.figures import expressions

        expression = sympy.sympify(formula)
        inputs = self._known(expression, f"figure {figure.id!r}")
        try:
            scaled = self._registry.scaled(expression, self._unit_names(inputs), figure.unit)
        except BadInput as error:
            raise BadInput(f"figure {figure.id!r}: {error}") from None
        value = float(expressions.compiled(scaled, inputs)(*(self.value(name) for name in inputs)))
        figure = replace(figure, formula=Formula.of(expression, scaled), inputs=inputs, value=value)
        if self.register(f"figure {figure.id!r}", figure):
            self.figures[figure.id] = figure
        return _symbol(figure.id)

    def choose(self, name: str, options: Rule, as_printed: bool = False) -> Choice:
        """Add a choice of words by conditions. The last condition must be True, so that some word always holds.

        Units are checked, but for conditions on the bare number that is `as_printed` in a figure's own unit.
        """
        import sympy

        pairs = tuple((label, sympy.sympify(condition)) for label, condition in options)
        if not pairs or pairs[-1][1] != sympy.true:
            raise BadInput(f"choice {name!r}: the last condition must be True, so that one option always holds")
        inputs: set[str] = set()
        decided = []
        for label, condition in pairs:
            mentioned = self._known(condition, f"choice {name!r}")
            inputs |= set(mentioned)
            scaled = condition if as_printed else self._registry.conditioned(condition, self._unit_names(mentioned))
            decided.append((label, Formula.of(condition, scaled)))
        choice = Choice(name, tuple(decided), tuple(sorted(inputs)))
        if self.register(f"choice {name!r}", choice):
            self.choices[name] = choice
        return self.choices[name]

    def register(self, name: str, content: object, but: str = "", rests_on: Iterable[str] = ()) -> bool:
        """Note what the running cell makes under a name, `figure 'basket'`; whether it is new.

        A cell that is run again may replace what it made itself: what rests on that has to be made again. `rests_on` are
        the figures and words that a chart or a verdict was made from. Raises BadInput when another cell made it.
        """
        cell = session.running_cell()
        if name in self._registered:
            maker, before = self._registered[name]
            if cell is None or maker is None or not cell.repeats(maker):
                hint = "" if cell is None else ": if no other cell gives this one, run the notebook from the top"
                raise BadInput(
                    f"{name} of {self.chapter} stands already{', ' * bool(but)}{but}; ids are given once{hint}"
                )
            if content == before:
                self._registered[name] = cell, content
                return False
            self._forget(name, name)
        self._registered[name] = cell, content
        self._resting[name] = frozenset(rests_on)
        self._outdated.pop(name, None)
        return True

    def _forget(self, name: str, changed: str) -> None:
        """Drop a figure, word, chart or verdict, and all that rests on it: it has to be made again, after what changed."""
        kind, _, quoted = name.partition(" ")
        id = quoted.strip("'")
        _, before = self._registered.pop(name)
        if name != changed:
            self._outdated[name] = changed
        if kind == "choice":
            self.choices.pop(id)
            resting = [f"figure {figure!r}" for figure, tally in self.tallies.items() if id in tally.words]
        elif kind == "figure":
            now = self.figures.pop(id)
            if isinstance(before, Figure) and (now.low, now.high, now.band) != (before.low, before.high, before.band):
                self._outdated[f"range of {id!r}"] = changed
            self.tallies.pop(id, None)
            resting = [
                f"figure {figure.id!r}" for figure in self.figures.values()
                if id in (*figure.inputs, figure.low_figure, figure.high_figure)
            ]  # fmt: skip
            resting += [f"choice {choice.id!r}" for choice in self.choices.values() if id in choice.inputs]
        else:
            return
        for other in [*resting, *(other for other, names in self._resting.items() if id in names)]:
            if other in self._registered:
                self._forget(other, changed)

    def check_current(self, name: str = "") -> None:
        """Raise BadInput for what was made, before a cell was run again, from what that cell replaced."""
        for outdated in [name] if name else self._outdated:
            if outdated in self._outdated:
                raise BadInput(
                    f"{outdated} of {self.chapter} was made from {self._outdated[outdated]} as it was before; "
                    "run its cell again, or the notebook from the top"
                )

    def update(self, name: str, **changes: Any) -> None:
        """Replace attributes of a standing figure: its range, say, once propagated."""
        self.decided.clear()
        self._outdated.pop(f"range of {name!r}", None)
        self.figures[name] = replace(self[name], **changes)

    # ------------------------------------------------------------------------------------------------------ reading

    def __getitem__(self, name: str) -> Figure:
        if name not in self.figures:
            for kind in ("figure", "choice"):
                self.check_current(f"{kind} {name!r}")
            raise BadInput(f"no figure {name!r} in {self.chapter}; {nearest(name, self.figures)}")
        return self.figures[name]

    def __contains__(self, name: str) -> bool:
        return name in self.figures

    def value(self, name: str) -> float:
        """The value of a figure in its unit; NaN when the source gives only a range."""
        value = self[name].value
        return math.nan if value is None else value

    def chosen(self, name: str) -> str:
        """The word a choice decides on with the figures as they stand."""
        if name in self.decided:
            return self.decided[name]
        choice = self.choices[name]
        return choice.chosen({inner: self.value(inner) for inner in choice.inputs})

    def published(self) -> list[Figure]:
        """The figures this chapter publishes, in order."""
        return [figure for figure in self.figures.values() if figure.published]

    def leaves(self, name: str) -> tuple[str, ...]:
        """The ids of the figures without inputs that a figure rests on, itself if it has none; sorted."""
        figure = self[name]
        if not figure.inputs:
            return (name,)
        return tuple(sorted({leaf for inner in figure.inputs for leaf in self.leaves(inner)}))

    def sources(self, name: str) -> tuple[str, ...]:
        """The ids of all sources a figure rests on, through all its inputs; sorted."""
        figure = self[name]
        ids = set(figure.sources)
        for inner in figure.inputs:
            ids |= set(self.sources(inner))
        return tuple(sorted(ids))

    def flat(self, name: str) -> sympy.Expr:
        """A figure's formula with every formula beneath it written out, over values of leaves, unit factors included."""
        return self._over_leaves(name, "scaled")

    def written_out(self, name: str) -> sympy.Expr:
        """A figure's formula as written, with every formula beneath it written out, over leaves."""
        return self._over_leaves(name, "expression")

    def _over_leaves(self, name: str, form: str) -> sympy.Expr:
        formula = self[name].formula
        if formula is None:
            return _symbol(name)
        inputs = {_symbol(inner): self._over_leaves(inner, form) for inner in self[name].inputs}
        return getattr(formula, form).subs(inputs, simultaneous=True)

    def compile(self, name: str, arguments: tuple[str, ...]) -> Compiled:
        """A NumPy function of the named leaves that gives a figure's value; other leaves keep their values."""
        import sympy

        from casefile.figures import expressions

        expression = self.flat(name)
        fixed = {
            _symbol(leaf): sympy.Float(self.value(leaf), 17)
            for leaf in expressions.names(expression)
            if leaf not in arguments
        }
        return expressions.compiled(expression.subs(fixed), arguments)

    def evaluate(self, overrides: Mapping[str, float]) -> dict[str, float]:
        """Every figure's value with some leaves given other values; what has no formula keeps its value."""
        from casefile.figures import expressions

        values: dict[str, float] = {}
        for name, figure in self.figures.items():
            if name in overrides:
                values[name] = float(overrides[name])
            elif figure.formula is not None:
                function = expressions.compiled(figure.formula.scaled, figure.inputs)
                values[name] = float(function(*(values[inner] for inner in figure.inputs)))
            else:
                values[name] = self.value(name)
        for name, tally in self.tallies.items():
            if name not in overrides:
                fallen = [self.choices[word].chosen(values) for word in tally.words]
                values[name] = float(tally.more + fallen.count(tally.label))
        return values

    # ----------------------------------------------------------------------------------------------------- printing

    def fill(self, template: str) -> str:
        """A template's text with its figures and words as printed. Raises BadInput for an unknown one."""
        parts = []
        for literal, name, part, _ in string.Formatter().parse(template):
            parts.append(literal)
            if name is not None:
                parts.append(self.chosen(name) if name in self.choices else self.printed(name, part or "value"))
        return "".join(parts)

    def printed(self, name: str, part: str = "value") -> str:
        """A figure as text. `part` is `value`, `low`, `high` or `range`, which is `the same` for a value without one.

        Of a difference, `size` is its value without a sign, `change` that value up or down, `lead` ahead or behind, `against` above or below.
        `words` spells a count below ten. Of a multiple, which has × for its unit, `times` is its value in words, `bare` the number alone.
        """
        figure = self[name]
        unit = self.units[figure.unit]
        if part == "value":
            if figure.value is None:
                return formats.printed_range(figure.low, figure.high, unit, figure.digits)
            return formats.printed(figure.value, unit, figure.digits)
        if part == "low":
            return formats.printed(figure.low, unit, figure.digits)
        if part == "high":
            return formats.printed(figure.high, unit, figure.digits)
        if part == "range" and figure.value is not None and figure.low is None and figure.high is None:
            return formats.NO_RANGE
        if part == "range":
            return formats.printed_range(figure.low, figure.high, unit, figure.digits)
        if part in formats.SIZES:
            return formats.directed(figure.value, unit, part, figure.digits)
        multiples = (formats.TIMES, formats.BARE) if unit.suffix == formats.MULTIPLE else ()
        if part in multiples:
            return formats.multiple(figure.value, unit, part, figure.digits)
        raise BadInput(
            f"figure {name!r} has no part {part!r}; expected {', '.join(('value', 'low', 'high', 'range', *formats.SIZES, *multiples))}"
        )

    def arithmetic(self, name: str) -> str:
        """A formula with its inputs' printed values: `$500 million ÷ 12,000`; empty for a figure without formula."""
        formula = self[name].formula
        return line(formula.arithmetic, self.printed) if formula is not None else ""

    def trace(self, name: str) -> str:
        """One line that says where a figure comes from: its arithmetic, function or printed form."""
        figure = self[name]
        text = self.printed(name)
        if figure.formula is not None:
            return f"{text} = {self.arithmetic(name)}"
        if figure.function:
            return f"{text}, by {figure.function} over {figure.rows}"
        if figure.kind == "parameter":
            return f"{text}, parameter {figure.parameter}"
        return f"{text}, printed {figure.printed_form}" if figure.printed_form else text

    # -------------------------------------------------------------------------------------------------------- checks

    def _known(self, expression: sympy.Basic, of: str) -> tuple[str, ...]:
        from casefile.figures import expressions

        mentioned = expressions.names(expression)
        for name in mentioned:
            if name not in self.figures:
                self.check_current(f"figure {name!r}")
                raise BadInput(
                    f"{of} names {name!r}, which is no figure of {self.chapter}; {nearest(name, self.figures)}"
                )
        return mentioned

    def _unit_names(self, inputs: Iterable[str]) -> dict[str, str]:
        return {name: self.figures[name].unit for name in inputs}


def _symbol(name: str) -> sympy.Symbol:
    from casefile.figures import expressions

    return expressions.symbol(name)
