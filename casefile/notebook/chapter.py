"""What a notebook imports: its parameters, its figures, its charts, its claims, and its results out.

    from casefile import open_chapter
    chapter = open_chapter("01_swap", globals())

A chapter is made in order: open it, take facts and parameters, write formulas, show, chart, publish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import sympy

from casefile import records
from casefile.errors import BadInput, nearest
from casefile.figures import (
    binding,
    charts,
    chronology,
    claims,
    distributions,
    expressions,
    formats,
    pictures,
    uncertainty,
)
from casefile.figures.distributions import Distribution
from casefile.figures.graph import Figure, Graph, Tally
from casefile.notebook import parameters, ranges, results
from casefile.notebook.results import Shown
from casefile.notebook.root import find_root
from casefile.records import Records, dating

RunOthers = Callable[
    [Path, Sequence[str], Records, Mapping[str, Mapping[str, Any]]], Mapping[str, results.Results]
]  # the results of a story's chapters, by name, under a scenario: who runs notebooks gives them
OTHERS = "__casefile_others__"  # the name in a notebook's namespace of such a function, where its runner has one
DEFAULT_SCENARIO = "default"
_DRAWING = {"draws": 20_000, "seed": 2024}  # where a chapter has no such parameters of its own
_WIDEST = (("low", sympy.Min), ("high", sympy.Max))


def open_chapter(
    name: str, namespace: Mapping[str, Any], title: str, question: str, needs: Sequence[str] = (),
    run_others: RunOthers | None = None,
) -> Chapter:  # fmt: skip
    """Start a chapter from a notebook's `globals()`, right after its parameters cell.

    Every name that papermill injected, or that the parameters cell sets, must be a declared parameter, and every value
    valid, so that papermill and Jupyter refuse what `casefile rerun` refuses. `needs` names the chapters whose results this one reads.
    `run_others` gives their results, unless who runs the notebook does.
    Raises BadInput for an unknown parameter or an invalid value.
    """
    known = records.load_once(find_root(name, namespace))
    declared = known.declared(name)
    given = {key: namespace[key] for key in (*declared, *_set_before(namespace, declared)) if key in namespace}
    values = parameters.validated(declared, given, name)
    return Chapter(name, known, values, title, question, tuple(needs), namespace.get(OTHERS) or run_others)


def _set_before(namespace: Mapping[str, Any], declared: Iterable[str]) -> list[str]:
    """The names set by the cell run just before this one, when it is papermill's injected cell or the parameters cell."""
    history = namespace.get("In", [])
    source = history[-2] if len(history) > 1 else ""
    told = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH")  # by papermill itself, where it is asked to
    names = [name for name in parameters.assigned(source) if name not in told]
    return names if source.startswith("# Parameters") or set(names) & set(declared) else []


class Chapter:
    """One chapter while its notebook runs."""

    def __init__(
        self,
        name: str,
        known: Records,
        values: Mapping[str, parameters.Value],
        title: str,
        question: str,
        needs: tuple[str, ...],
        run_others: RunOthers | None = None,
    ) -> None:
        self.name = name
        self.records = known
        self.parameters = dict(values)
        self.graph = Graph(name, known.units)
        self._results = results.Results(name, title, question, self.parameters, self.graph, needs=needs)
        self._others: Mapping[str, results.Results] = {}
        self._run_others = run_others
        # What this chapter shares with others holds for those it reads, too.
        shared = {row.name: self.parameters[row.name] for row in known.declared(name).values() if row.read_by}
        self._given = parameters.by_home([(name, shared)], known)
        # Ranges that an analyst gave in place of values.
        self._asked = ranges.asked(known.declared(name), values)
        self._spreads: dict[str, uncertainty.Spread | Distribution] = {}  # what was drawn so far, by figure

    # -------------------------------------------------------------------------------------------------------- leaves

    def parameter(self, name: str, publish: bool = False) -> sympy.Symbol:
        """The figure of a numeric or date parameter, under the public id its declaration gives it; its home may publish it.

        It has the range of its assumption at the declared default alone: one that was set to another value is that value.
        """
        declared = self.records.declared(self.name)
        if name not in declared:
            raise BadInput(f"{self.name}: unknown parameter {name!r}; {nearest(name, declared)}")
        row, value = declared[name], self.parameters[name]
        fact = self.records.figures.get(row.basis)
        event = self.records.events.get(row.basis)
        basis = fact or event
        if publish and row.chapter != self.name:
            raise BadInput(
                f"{self.name}: {row.chapter} is the home of {name!r} and publishes it; expected publish=False"
            )
        asked = self._asked.get(name)
        if asked is not None:
            number: float = asked.mode
            ends: tuple[float | None, float | None] = (asked.low, asked.high)
        else:
            number = float(formats.day_number(str(value))) if row.type == "date" else float(value)
            ends = (row.low, row.high) if value == parameters.default(row) else (None, None)
        return self.graph.add(
            Figure(
                id=row.figure or row.name, kind="parameter", unit=row.unit, meaning=row.meaning, value=number,
                low=ends[0], high=ends[1], band=asked.band if asked else "range of the assumption" if ends[0] is not None else "",
                sources=(basis.source,) if basis else (), printed_form=basis.printed if basis else "",
                locator=basis.locator if basis else "", date=basis.date if basis else "",
                grade=basis.grade if basis else records.ASSUMPTION, note=row.note, record=row.basis if basis else "",
                parameter=row.name, chapter=row.chapter, published=publish,
            )
        )  # fmt: skip

    def source(self, name: str, publish: bool = False, id: str = "") -> sympy.Symbol:
        """The figure of one fact of `data/figures.csv` or `data/events.csv`, by its id, under that id unless named.

        What a source printed is named beside the parameter that starts from it: it stays when the parameter moves. A fact printed only as a range has no value: take its ends with `low` and `high`.
        """
        if name in self.records.events:
            event = self.records.events[name]
            number = float(formats.day_number(event.date))
            return self._leaf(replace(event, id=id or name), "date", number, None, None, publish, record=name)
        if name not in self.records.figures:
            known = [*self.records.figures, *self.records.events]
            raise BadInput(
                f"{self.name}: no fact {name!r} in data/figures.csv or data/events.csv; {nearest(name, known)}"
            )
        fact = self.records.figures[name]
        return self._leaf(
            replace(fact, id=id or name), fact.unit, fact.value, fact.low, fact.high, publish, record=name
        )

    def low(self, name: str, id: str = "", publish: bool = False) -> sympy.Symbol:
        """The lower end of a fact's printed range, as a figure of its own (`NAME_low` unless named)."""
        return self._end(name, "low", id or f"{name}_low", publish)

    def high(self, name: str, id: str = "", publish: bool = False) -> sympy.Symbol:
        """The upper end of a fact's printed range, as a figure of its own (`NAME_high` unless named)."""
        return self._end(name, "high", id or f"{name}_high", publish)

    def _end(self, name: str, end: str, id: str, publish: bool) -> sympy.Symbol:
        if name not in self.records.figures:
            raise BadInput(f"{self.name}: no fact {name!r} in data/figures.csv; {nearest(name, self.records.figures)}")
        fact = self.records.figures[name]
        value = getattr(fact, end)
        if value is None:
            raise BadInput(f"{self.name}: fact {name!r} prints no {end} end; take its value with source({name!r})")
        # What the source prints beside a middle value is that value's form, not its ends'.
        printed = "" if fact.value is not None else fact.printed
        named = replace(fact, id=id, meaning=f"{fact.meaning} ({end} end)", printed=printed)
        return self._leaf(named, fact.unit, value, None, None, publish, record=name)

    def _leaf(
        self,
        fact: Any,
        unit: str,
        value: float | None,
        low: float | None,
        high: float | None,
        publish: bool,
        record: str,
    ) -> sympy.Symbol:
        return self.graph.add(
            Figure(
                id=fact.id, kind="source", unit=unit, meaning=fact.meaning, value=value, low=low, high=high,
                band="range in the source" if low is not None or high is not None else "", sources=(fact.source,),
                printed_form=fact.printed, locator=fact.locator, date=fact.date, grade=fact.grade, note=getattr(fact, "note", ""),
                record=record, chapter=self.name, published=publish,
            )
        )  # fmt: skip

    def rows(self, series: str, **where: Any) -> pd.DataFrame:
        """The rows of a series, those whose columns equal the given values (or are among them, for a list)."""
        table = self.records.series(series)
        for column, value in where.items():
            if column not in table.columns:
                raise BadInput(
                    f"{self.name}: series {series} has no column {column!r}; {nearest(column, table.columns)}"
                )
            wanted = list(value) if isinstance(value, list | tuple | set) else [value]
            table = table[table[column].isin(wanted)]
        return table.reset_index(drop=True)

    def cell(
        self,
        series: str,
        row: str,
        column: str = "value",
        id: str = "",
        unit: str = "",
        meaning: str = "",
        publish: bool = False,
        key: str = "id",
    ) -> sympy.Symbol:
        """One cell of a series as a figure: the row whose `key` column is `row`, under the same id unless named."""
        table = self.records.series(series)
        found = table[table[key] == row]
        if len(found) != 1:
            raise BadInput(
                f"{self.name}: no row {row!r} in data/series/{series}.csv; {nearest(row, table[key].astype(str))}"
            )
        record = found.iloc[0]
        text = {key: "" if pd.isna(value) else str(value) for key, value in record.items()}
        unit = unit or text.get("unit", "")
        value = record[column]
        number = float(formats.day_number(str(value))) if unit == "date" else float(value)
        return self.graph.add(
            Figure(
                id=id or row, kind="source", unit=unit, meaning=meaning or f"{text.get('metric', column).replace('_', ' ')}, {text.get('period', row)}",
                value=number, sources=(text["source"],), printed_form="" if column != "value" and "value" in text else text.get("printed", ""), locator=text["locator"],
                date=text.get("period_end", text.get("date", "")), grade=text.get("verification", "read"), note=text.get("note", ""),
                record=f"series/{series}:{row}:{column}", chapter=self.name, published=publish,
            )
        )  # fmt: skip

    def imported(self, chapter: str, *names: str) -> Any:
        """Figures of another chapter, by id; one symbol, or a tuple of them. The chapter must stand in `needs`."""
        theirs = self.results_of(chapter)
        symbols = []
        for name in names:
            figure = theirs.graph[name]
            symbols.append(
                self.graph.add(
                    replace(
                        figure, kind="computed" if figure.formula is not None else figure.kind, formula=None,
                        inputs=(), low_figure="", high_figure="", sources=theirs.graph.sources(name), function=figure.function or "formula",
                        rows=figure.rows or f"chapter {chapter}", chapter=figure.chapter, published=False,
                    )
                )
            )  # fmt: skip
        return symbols[0] if len(symbols) == 1 else tuple(symbols)

    def results_of(self, chapter: str) -> results.Results:
        """Another chapter's results; that chapter is run now if nobody has run it yet."""
        if chapter not in self._results.needs:
            raise BadInput(f"{self.name}: reads {chapter!r}; expected it among the needs given to open_chapter")
        if not self._others and self._run_others:
            self._others = self._run_others(self.records.root, self._results.needs, self.records, self._given)
        return self._others[chapter]

    def under(self, scenario: str) -> None:
        """Read the other chapters as they come out under a scenario of `data/scenarios.yml`; `default` changes nothing.

        Call it before anything is imported.
        """
        named = parameters.scenarios(self.records)
        if scenario != DEFAULT_SCENARIO and scenario not in named:
            raise BadInput(f"{self.name}: no scenario {scenario!r}; {nearest(scenario, [DEFAULT_SCENARIO, *named])}")
        if scenario in named:
            self._given = parameters.by_home(
                [*self._given.items(), *named[scenario]["parameters"].items()], self.records
            )

    # ------------------------------------------------------------------------------------------------------ formulas

    def figure(
        self,
        id: str,
        formula: Any,
        unit: str,
        meaning: str,
        digits: int | None = None,
        publish: bool = True,
        note: str = "",
    ) -> sympy.Symbol:
        """A figure by formula over figures, in `unit`. Units are checked: dollars and months do not add."""
        return self.graph.derive(
            Figure(
                id=id, kind="formula", unit=unit, meaning=meaning, value=None, digits=digits, note=note, chapter=self.name,
                published=publish,
            ),
            formula,
        )  # fmt: skip

    def computed(
        self, id: str, value: float | None, unit: str, meaning: str, function: Callable[..., Any], rows: str,
        sources: Iterable[str] = (), inputs: Iterable[sympy.Symbol] = (), low: float | None = None, high: float | None = None,
        band: str = "", digits: int | None = None, publish: bool = True, note: str = "",
    ) -> sympy.Symbol:  # fmt: skip
        """A figure no formula can say: the value, with the function that gave it and the rows it read, in words."""
        return self.graph.add(
            Figure(
                id=id, kind="computed", unit=unit, meaning=meaning, value=value, low=low, high=high, band=band, digits=digits,
                inputs=tuple(sorted(str(symbol) for symbol in inputs)), sources=tuple(sorted(set(sources))), note=note,
                function=_public_name(function), rows=rows, chapter=self.name, published=publish,
            )
        )  # fmt: skip

    def spread(self, symbol: sympy.Symbol) -> uncertainty.Spread | Distribution:
        """The range that an assumption is drawn from; its value alone once it was set to another than the default."""
        figure = self.graph[str(symbol)]
        if figure.parameter in self._asked:
            return self._asked[figure.parameter]
        low, high = self._ends(figure)
        if low is None or high is None or figure.value is None:
            raise BadInput(f"{self.name}: {figure.id!r} has no range; expected a low and a high in data/parameters.csv")
        if figure.low is None or figure.high is None:
            return uncertainty.Spread(figure.value, figure.value, figure.value)
        return uncertainty.Spread(low, figure.value, high)

    def _ends(self, figure: Figure) -> tuple[float | None, float | None]:
        """The low and high of an assumption as declared, also where a set value took its figure's range away."""
        asked = self._asked.get(figure.parameter)
        if asked is not None:
            return asked.low, asked.high
        row = self.records.declared(figure.chapter).get(figure.parameter)
        return (row.low, row.high) if row is not None else (figure.low, figure.high)

    def propagate(
        self, targets: Iterable[sympy.Symbol], assumptions: Iterable[sympy.Symbol], draws: int, seed: int
    ) -> None:
        """Give each target its 5th–95th percentile band, by a seeded Monte Carlo over the assumptions' ranges.

        An assumption that was set to another value than its default is not drawn. A target that no drawn assumption
        moves gets no band, nor does one whose value lies outside it.
        """
        spreads = {**self._drawn(), **{str(symbol): self.spread(symbol) for symbol in assumptions}}
        ranks = self._ranks(spreads)
        self._spreads |= spreads
        for name, spread in spreads.items():
            self._results.ranges[name] = {"low": spread.low, "mode": spread.mode, "high": spread.high}
        for target in targets:
            low, _, high = uncertainty.percentiles(self.graph, str(target), spreads, draws, seed, ranks)
            if low < high and low <= self.value(target) <= high:
                self.graph.update(str(target), low=low, high=high, band="5th to 95th percentile")

    def _drawn(self) -> dict[str, uncertainty.Spread | Distribution]:
        """What an analyst gave ranges to, by figure, as far as the chapter has made it."""
        figures = {figure.parameter: name for name, figure in self.graph.figures.items() if figure.kind == "parameter"}
        return {figures[name]: distribution for name, distribution in self._asked.items() if name in figures}

    def _ranks(self, spreads: uncertainty.Assumptions) -> dict[tuple[str, str], float]:
        """The rank correlations that were asked for, by pairs of figures; both of a pair must be drawn."""
        figures = {self.graph[name].parameter: name for name in spreads}
        named: dict[str, list[tuple[str, float]]] = {}
        for name, distribution in self._asked.items():
            for other, rank in distribution.ranks:
                if other not in figures:
                    raise BadInput(
                        f"{self.name}: {name!r} is to go with {other!r}, which is not drawn; {nearest(other, figures)}"
                    )
                named.setdefault(figures[name], []).append((figures[other], rank))
        return distributions.pairs(named)

    def _propagate_asked(self) -> None:
        """Give what rests on ranges from outside a band where the chapter itself drew none for it."""
        spreads = self._drawn()
        for name in self._asked.keys() - {self.graph[figure].parameter for figure in spreads}:
            raise BadInput(f"{self.name}: no formula reads {name!r}, so it takes no range; expected one value")
        if spreads:
            bare = [
                name for name, figure in self.graph.figures.items()
                if figure.published and figure.formula and not figure.band and set(spreads) & set(self.graph.leaves(name))
            ]  # fmt: skip
            draws, seed = (int(self.parameters.get(name, plain)) for name, plain in _DRAWING.items())
            drawn = [expressions.symbol(name) for name in self._spreads]
            self.propagate(map(expressions.symbol, bare), drawn, draws, seed)

    def bounded(self, target: sympy.Symbol, low: sympy.Symbol, high: sympy.Symbol, band: str) -> None:
        """Give a figure the range between two other figures; `band` says in words what the range is."""
        self.graph.update(
            str(target),
            low=self.value(low),
            high=self.value(high),
            low_figure=str(low),
            high_figure=str(high),
            band=band,
        )

    def swings(self, target: sympy.Symbol, assumptions: Iterable[sympy.Symbol]) -> list[Swing]:
        """How far each assumption alone moves a figure between its low and its high, the widest first.

        Both ends are figures by formula, `TARGET_at_ASSUMPTION_low` and `_high`, so that the page moves them too; a value
        outside the range of its assumption widens the range.
        """
        formula, of = self.graph.written_out(str(target)), self.graph[str(target)]
        found = []
        for symbol in sorted(set(assumptions) & formula.free_symbols, key=str):
            self.spread(symbol)
            ends = zip(self._ends(self.graph[str(symbol)]), _WIDEST, strict=True)
            low, high = (self._swung(of, formula, symbol, value, *end) for value, end in ends)
            found.append(Swing(symbol, low, high, abs(self.value(high) - self.value(low))))
        return sorted(found, key=lambda swing: (-swing.width, str(swing.assumption)))

    def _swung(
        self, of: Figure, formula: Any, symbol: sympy.Symbol, value: float | None, end: str, widest: Any
    ) -> sympy.Symbol:
        assumed = self.graph[str(symbol)]
        bound = Figure(  # what a range rests on, its note says; the source of the default is not that of its ends
            f"{symbol}_{end}", "source", assumed.unit, f"{assumed.meaning}, {end} end of what is plausible",
            value, digits=assumed.digits, note=assumed.note, chapter=assumed.chapter,
        )  # fmt: skip
        return self.figure(
            f"{of.id}_at_{symbol}_{end}", formula.subs(symbol, widest(self.graph.add(bound), symbol, evaluate=False)), of.unit,
            f"{of.meaning}, with one assumption at its {end} end: {assumed.meaning}", digits=of.digits, publish=False,
        )  # fmt: skip

    def word(self, id: str, options: Iterable[tuple[str, Any]]) -> str:
        """A word of the prose decided by conditions: `[("above", a > b), ("below", True)]`."""
        self.graph.choose(id, options)
        return self.graph.chosen(id)

    def agree(self, id: str, count: sympy.Symbol, one: str, more: str) -> str:
        """A word of the prose that agrees with a count: `one` where that is printed as 1, `more` elsewhere."""
        figure = self.graph[str(count)]
        digits = self.records.units[figure.unit].digits if figure.digits is None else figure.digits
        low, high = 1 - 0.5 * 10.0**-digits, 1 + 0.5 * 10.0**-digits
        above = count >= low if formats.fixed(low, digits) == "1" else count > low  # the binary value decides
        self.graph.choose(id, [(one, above & (count < high)), (more, True)], as_printed=True)
        return self.graph.chosen(id)

    def claim(
        self, id: str, rule: Iterable[tuple[str, Any]], over: Iterable[sympy.Symbol] | None = None, reason: str = ""
    ) -> str:
        """The verdict on a claim by a rule: the first verdict whose condition holds. `over`: the figures that may flip it."""
        choice = self.graph.choose(f"claim_{id}", rule)
        names = None if over is None else [str(symbol) for symbol in over]
        verdict = claims.judge(self.graph, self.records, id, choice, names, reason)
        self._judged(id, verdict, choice.inputs)
        return verdict.verdict

    def public_by(self, day: str) -> Callable[..., bool]:
        """Whether all of some facts, events and rows of series (`series/NAME:ROW`) were public by an ISO day."""
        return lambda *names: all(dating.public_from(self.records, name) <= day for name in names)

    def tell(self, **passages: bool) -> None:
        """Which passages are told: a Markdown cell tagged `when:NAME` is left out of the page where NAME does not hold."""
        for name, holds in passages.items():
            self.word(name, [(results.TOLD if holds else results.UNTOLD, True)])

    def undecided(self, id: str, verdict: str, reason: str) -> str:
        """The verdict on a claim that figures cannot decide, with the reason in words."""
        self._judged(id, claims.undecided(self.records, id, verdict, reason), ())
        return verdict

    def _judged(self, id: str, verdict: claims.Verdict, rests_on: Iterable[str]) -> None:
        if self.graph.register(f"verdict {id!r}", verdict, rests_on=rests_on):
            self._results.verdicts[id] = verdict.to_json()

    def score(self, judged: str = "") -> dict[str, sympy.Symbol]:
        """How many claims have each verdict, as figures `claims_VERDICT`; how many were judged, by rule and by hand.

        `judged` is the source whose claims they are. What is supported by nothing but the report that it relays itself is
        counted as `claims_faithful`, what something else supports as `claims_checked`.
        """
        verdicts = self._results.verdicts
        decided = {name for name in verdicts if f"claim_{name}" in self.graph.choices}

        def count(name: str, meaning: str, among: Iterable[str]) -> sympy.Symbol:
            return self.computed(name, len([*among]), "claim", meaning, claims.judge, "the verdicts of this chapter")

        def tally(name: str, meaning: str, verdict: str, among: Iterable[str]) -> sympy.Symbol:
            """A count that follows the rules when figures move."""
            among = [*among]
            symbol = count(name, meaning, [one for one in among if verdicts[one]["verdict"] == verdict])
            more = sum(verdicts[one]["verdict"] == verdict for one in among if one not in decided)
            self.graph.tallies[str(symbol)] = Tally(
                verdict, tuple(f"claim_{one}" for one in among if one in decided), more
            )
            return symbol

        counts = {
            verdict: tally(f"claims_{verdict}", f"Claims found {verdict}", verdict, verdicts)
            for verdict in claims.VERDICTS
        }
        counts["judged"] = count("claims_judged", "Claims judged", verdicts)
        counts["by_rule"] = count("claims_by_rule", "Claims judged by a rule over figures", decided)
        counts["by_hand"] = count("claims_by_hand", "Claims judged by hand", verdicts.keys() - decided)
        if judged:
            relayed = (self.records.origin_of(judged),)
            faithful = [name for name in verdicts if tuple(verdicts[name]["origins"]) == relayed]
            beyond = [name for name in verdicts if name not in faithful]
            counts["faithful"] = tally(
                "claims_faithful",
                "Claims supported by the report that the article relays, and by nothing else",
                "supported",
                faithful,
            )
            counts["checked"] = tally(
                "claims_checked",
                "Claims supported by something else than the report that the article relays",
                "supported",
                beyond,
            )
        return counts

    # -------------------------------------------------------------------------------------------------------- output

    def value(self, symbol: sympy.Symbol | str) -> float:
        """A figure's value as a plain number, for a chart's table."""
        return self.graph.value(str(symbol))

    def text(self, template: str) -> str:
        """A text with `{figure}`, `{figure:low}`, `{figure:high}` or `{figure:range}` filled in as printed."""
        return self.graph.fill(template)

    def table(self, symbols: Iterable[sympy.Symbol] = (), **columns: Sequence[Any]) -> pd.DataFrame:
        """A chart's table with a row a figure: its id, meaning, value, low and high, and the columns given.

        A cell given as a figure becomes its value, a cell that is a text with `{figure}` in it is filled in. The figure's
        id or the text stays beside it, in a column `NAME_figure` or `NAME_template`: from those the page draws the chart
        anew when a parameter moves.
        """
        figures = [self.graph[str(symbol)] for symbol in symbols]
        table: dict[str, Sequence[Any]] = {}
        if figures:
            table["figure"] = [figure.id for figure in figures]
            for part in ("meaning", "value", "low", "high"):
                table[part] = [getattr(figure, part) for figure in figures]
            for end in ("low_figure", "high_figure"):
                if any(ids := [getattr(figure, end) or None for figure in figures]):
                    table[end] = ids
        for name, cells in columns.items():
            ids = [str(cell) if isinstance(cell, sympy.Symbol) else None for cell in cells]
            texts = [cell if isinstance(cell, str) and binding.named(cell) else None for cell in cells]
            table[name] = [
                self.value(id) if id else self.text(text) if text else cell
                for id, text, cell in zip(ids, texts, cells, strict=True)
            ]
            if any(ids):
                table[f"{name}{binding.FIGURE}"] = ids
            if any(texts):
                table[f"{name}{binding.TEMPLATE}"] = texts
        return pd.DataFrame(table)

    def show(self, *symbols: sympy.Symbol) -> Shown:
        """Show figures in the notebook and on the page: value, arithmetic, meaning, sources."""
        return Shown([str(symbol) for symbol in symbols], self.graph)

    def chart(
        self, id: str, chart: alt.TopLevelMixin, title: str, alt_text: str, data: pd.DataFrame, columns: Mapping[str, str],
        figures: Iterable[sympy.Symbol] = (), sources: Iterable[str] = (), note: str = "", form: str = "",
        narrow: alt.TopLevelMixin | None = None,
    ) -> Drawn:  # fmt: skip
        """A chart with all that belongs to it: the finding as its title, alternative text, table, sources.

        `columns` names the table's columns in words, in order; a value `label|unit` prints the column in that unit.
        Titles and texts may hold `{figure}`. `form` is how it stands on the page: `hero` before its words, `small` beside others.
        `narrow` is the same picture in another shape for a narrow screen. Raises BadInput without alternative text or source. In a sweep, which draws
        nothing, its specification is left out.
        """
        try:
            rows, spec = charts.rows(data), charts.specification(chart) if results.printed() else {}
            if spec and narrow is not None:
                spec["usermeta"] = {pictures.NARROW_FORM: charts.specification(narrow)}
        except BadInput as error:
            raise BadInput(f"chart {id!r} of {self.name}: {error}") from None
        given = [str(symbol) for symbol in figures]
        bound = [cell for row in rows for cell in binding.bindings(row)]
        layers = [row for table in spec.get("datasets", {}).values() for row in table]
        named = {*given, *(name for row in [*rows, *layers] for cell in binding.bindings(row) for name in cell.figures)}
        credited = set(sources)
        for name in {*given, *(cell.figure for cell in bound if cell.figure)}:
            credited |= set(self.graph.sources(name))
        if "source" in data.columns:
            credited |= set(data["source"].dropna())
        if not alt_text.strip():
            raise BadInput(
                f"chart {id!r} of {self.name} has no alternative text; expected the finding with its numbers"
            )
        if not credited:
            raise BadInput(
                f"chart {id!r} of {self.name} has no source; expected figures, or a table with a source on each row"
            )
        for name in credited - set(self.records.sources):
            raise BadInput(f"chart {id!r} of {self.name} names source {name!r}; {nearest(name, self.records.sources)}")
        for column in columns:
            if column not in data.columns:
                raise BadInput(
                    f"chart {id!r} of {self.name}: no column {column!r} in its table; {nearest(column, data.columns)}"
                )
        drawn = {
            "id": id,
            "title": title,
            "alt": alt_text,
            "note": note,
            "spec": spec,
            "columns": dict(columns),
            "order": list(columns),
            "rows": rows,
            "figures": given,
            "sources": sorted(credited),
        }
        if form:
            drawn["form"] = form
        for template in (title, alt_text, note):
            self.text(template)
            named |= binding.named(template)
        if self.graph.register(f"chart {id!r}", drawn, rests_on=named):
            self._results.charts[id] = drawn
        return Drawn(drawn, self.graph)

    def timeline(self, id: str, day: str, series: str = "timeline") -> Drawn:
        """The story's events up to an ISO day as a chart, from a series of `id`, `date`, `thread`, `title` and `source`.

        A row without a date is the event of that id. `{casefile-timeline} ID` prints the same rows as a list. Raises BadInput
        for a day before the first of them.
        """
        dated: list[dict[str, Any]] = []
        for cells in self.records.series(series).to_dict("records"):
            row = {str(name): cell for name, cell in cells.items()}
            event = self.records.events.get(str(row["id"]))
            date = event.date if event else str(row["date"])
            meaning = event.meaning if event else row["title"]
            dated.append({**row, "date": date, "day": dating.last_day(date), "meaning": meaning})
        told = sorted((row for row in dated if row["day"] <= day), key=lambda row: str(row["day"]))
        if not told:
            first = min(str(row["day"]) for row in dated)
            raise BadInput(f"{self.name}: nothing had happened by {day}; expected a day from {first}")
        shapes = ("circle", "square", "diamond", "triangle-up", "cross")
        names = dict.fromkeys(str(row["thread"]) for row in told)
        threads = dict(zip(names, zip(shapes, charts.COLOURS, strict=False), strict=False))
        rows, first, last = pd.DataFrame(told), told[0]["title"], told[-1]["title"]
        return self.chart(
            id, chronology.timeline(rows, threads).properties(height=alt.Step(18)),
            title="The story by date",
            alt_text=f"A mark for each of the story's events, the oldest on top, from “{first}” to “{last}”. The list has them all.",
            data=rows,
            columns={"date": "Date", "title": "Event", "meaning": "What happened", "thread": "Thread"},
            note="What is dated to a month or a year stands at its end.",
        )  # fmt: skip

    def publish(self) -> Published:
        """Put the chapter's results into the notebook's output, from where the run takes them."""
        self.graph.check_current()
        self._propagate_asked()
        deeper = (name for others in self._others.values() for name in others.needs)
        self._results.needs = tuple(dict.fromkeys((*self._results.needs, *deeper)))
        return Published({**self._results.to_json(), "series": self.records.series_read()})


@dataclass(frozen=True)
class Swing:
    """What one assumption does alone: a figure at its low and at its high end, all other assumptions as they stand."""

    assumption: sympy.Symbol
    low: sympy.Symbol
    high: sympy.Symbol
    width: float


class Drawn:
    """A chart as a cell's output: Vega-Lite in a notebook, a figure with its table on the page."""

    def __init__(self, drawn: Mapping[str, Any], graph: Graph) -> None:
        self.drawn, self.graph = drawn, graph

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        drawn = {results.CHART_MEDIA_TYPE: {"chart": self.drawn["id"]}, charts.MEDIA_TYPE: self.drawn["spec"]}
        return {**(drawn if results.printed() else {}), "text/plain": self.graph.fill(self.drawn["alt"])}


class Published:
    """A chapter's results as a cell's output."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        count = sum(1 for figure in self.plain["figures"].values() if figure.get("published"))
        return {
            results.MEDIA_TYPE: self.plain,
            "text/plain": f"{self.plain['chapter']}: {count} figures, {len(self.plain['charts'])} charts published",
        }


def _public_name(function: Callable[..., Any]) -> str:
    """The name by which a notebook imports a function: the package's own without the wing, which is no part of it.

    It is published and hashed with the figure, so it outlives a move of the module.
    """
    module = function.__module__
    if module.startswith("casefile."):
        module = f"casefile.{module.rpartition('.')[2]}"
    return f"{module}.{function.__qualname__}"
