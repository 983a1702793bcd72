"""What a notebook imports: its parameters, its figures, its charts, its claims, and its results out.

    from casefile import open_chapter
    chapter = open_chapter("01_swap", globals())

A chapter is made in order: open it, take facts and parameters, write formulas, show, chart, publish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import sympy

from casefile import records
from casefile.errors import BadInput, nearest
from casefile.figures import binding, chronology, claims, formats, uncertainty
from casefile.figures.distributions import Distribution
from casefile.figures.expressions import Rule, symbol
from casefile.figures.graph import Graph
from casefile.figures.nodes import DRAWN, Figure
from casefile.notebook import charted, drawing, leaves, parameters, ranges, results
from casefile.notebook.charted import Drawn
from casefile.notebook.results import ResultsOutput, Shown, public_name
from casefile.notebook.root import find_root
from casefile.notebook.score import Counted, counts
from casefile.records import Declaration, Overrides, Records, dating

Namespace = Mapping[str, Any]  # a notebook's `globals()`
# The results of a story's chapters, by name, under a scenario: who runs notebooks gives them.
RunOthers = Callable[[Path, Sequence[str], Records, Overrides], Mapping[str, results.Results]]
OTHERS = "__casefile_others__"  # the name in a notebook's namespace of such a function, where its runner has one
DEFAULT_SCENARIO = "default"


def open_chapter(
    name: str, namespace: Namespace, title: str, question: str, needs: Sequence[str] = (),
    run_others: RunOthers | None = None,
) -> Chapter:  # fmt: skip
    """Start a chapter from a notebook's `globals()`, right after its parameters cell.

    Every name that papermill injected, or that the parameters cell sets, must be a declared parameter, and every value
    valid, so that papermill and Jupyter refuse what `casefile rerun` refuses. `needs` names the chapters whose results this one reads.
    `run_others` gives their results, unless who runs the notebook does.
    Raises BadInput for an unknown parameter or an invalid value.
    """
    story_records = records.load_once(find_root(name, namespace)).noted()
    declared = story_records.declared(name)
    values_set = {key: namespace[key] for key in (*declared, *_set_before(namespace, declared)) if key in namespace}
    values = parameters.validated(declared, values_set, name)
    return Chapter(name, story_records, values, title, question, tuple(needs), namespace.get(OTHERS) or run_others)


def _set_before(namespace: Namespace, declared: Iterable[str]) -> list[str]:
    """The names set by the cell run just before this one, when it is papermill's injected cell or the parameters cell."""
    history = namespace.get("In", [])
    source = history[-2] if len(history) > 1 else ""
    by_papermill = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH")  # by papermill itself, where it is asked to
    names = [name for name in parameters.assigned(source) if name not in by_papermill]
    return names if source.startswith("# Parameters") or set(names) & set(declared) else []


class Chapter:
    """One chapter while its notebook runs."""

    def __init__(
        self, name: str, records: Records, values: Mapping[str, parameters.Value], title: str, question: str,
        needs: tuple[str, ...], run_others: RunOthers | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.records = records
        self.parameters = dict(values)
        self.graph = Graph(name, records.units)
        self._results = results.Results(name, title, question, self.parameters, self.graph, needs=needs)
        self._others: Mapping[str, results.Results] = {}
        self._run_others = run_others
        # What this chapter shares with others holds for those it reads, too.
        shared = {row.name: self.parameters[row.name] for row in records.declared(name).values() if row.read_by}
        self._given = parameters.by_home([(name, shared)], records)
        self._asked = drawing.asked(records.declared(name), values)  # ranges from outside, in place of values
        self._spreads: dict[str, uncertainty.Triangular | Distribution] = {}  # what was drawn so far, by figure

    # -------------------------------------------------------------------------------------------------------- leaves

    def parameter(self, name: str, publish: bool = False, digits: int | None = None) -> sympy.Symbol:
        """The figure of a numeric or date parameter, under the public id its declaration gives it; its home may publish it.

        It has the range of its assumption at the declared default alone: one that was set to another value is that value.
        """
        declared = self.records.declared(self.name)
        if name not in declared:
            raise BadInput(f"{self.name}: unknown parameter {name!r}; {nearest(name, declared)}")
        row = declared[name]
        if publish and row.chapter != self.name:
            raise BadInput(
                f"{self.name}: {row.chapter} is the home of {name!r} and publishes it; expected publish=False"
            )
        leaf = leaves.parameter(self.records, row, self.parameters[name], publish)
        return self.graph.add(replace(leaf, digits=digits))

    def source(self, name: str, publish: bool = False, id: str = "", digits: int | None = None) -> sympy.Symbol:
        """The figure of one fact of `data/figures.csv` or `data/events.csv`, by its id, under that id unless named.

        What a source printed is named beside the parameter that starts from it: it stays when the parameter moves. A fact printed only as a range has no value: take its ends with `low` and `high`.
        `digits` is for a fact that says more of them than it is sure of, such as a sum of estimates.
        """
        return self._leaf(leaves.fact(self.records, self.name, name), id, publish, digits)

    def low(self, name: str, id: str = "", publish: bool = False, digits: int | None = None) -> sympy.Symbol:
        """The lower end of a fact's printed range, as a figure of its own (`NAME_low` unless named)."""
        return self._leaf(leaves.end(self.records, self.name, name, "low"), id, publish, digits)

    def high(self, name: str, id: str = "", publish: bool = False, digits: int | None = None) -> sympy.Symbol:
        """The upper end of a fact's printed range, as a figure of its own (`NAME_high` unless named)."""
        return self._leaf(leaves.end(self.records, self.name, name, "high"), id, publish, digits)

    def _leaf(self, figure: Figure, id: str, publish: bool, digits: int | None = None) -> sympy.Symbol:
        return self.graph.add(replace(figure, id=id or figure.id, published=publish, digits=digits))

    def record(self, table: str, id: str) -> Any:
        """The row of an id in a table: of an event its `date`, of a source its `title`, of a claim its `sources`."""
        rows: Mapping[str, Any] = getattr(self.records, table)
        if id not in rows:
            raise BadInput(f"{self.name}: no {id!r} in data/{table}.csv; {nearest(id, rows)}")
        return rows[id]

    def declared(self, parameter: str) -> Declaration:
        """The row of one of the chapter's parameters: its bounds, its default, its meaning."""
        return self.records.declared(self.name)[parameter]

    def rows(self, series: str, **where: object) -> pd.DataFrame:
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
        self, series: str, row: str, column: str = "value", id: str = "", unit: str = "", meaning: str = "",
        publish: bool = False, key: str = "id",
    ) -> sympy.Symbol:  # fmt: skip
        """One cell of a series as a figure: the row whose `key` column is `row`, under the same id unless named."""
        leaf = leaves.series_cell(self.records, self.name, series, row, column, key, unit, meaning)
        return self._leaf(leaf, id, publish)

    def imported(self, chapter: str, *names: str) -> Any:
        """Figures of another chapter, by id; one symbol, or a tuple of them. The chapter must stand in `needs`."""
        theirs = self.results_of(chapter)
        symbols = [self.graph.add(leaves.imported(theirs.graph, chapter, name)) for name in names]
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
        self, id: str, formula: sympy.Expr, unit: str, meaning: str, digits: int | None = None, publish: bool = True, note: str = "",
    ) -> sympy.Symbol:  # fmt: skip
        """A figure by formula over figures, in `unit`. Units are checked: dollars and months do not add."""
        return self.graph.derive(
            Figure(
                id=id, kind="formula", unit=unit, meaning=meaning, value=None, digits=digits, note=note, chapter=self.name,
                published=publish,
            ),
            formula,
        )  # fmt: skip

    def computed(
        self, id: str, value: float | None, unit: str, meaning: str, function: Callable[..., object], rows: str,
        sources: Iterable[str] = (), inputs: Iterable[sympy.Symbol] = (), low: float | None = None, high: float | None = None,
        band: str = "", digits: int | None = None, publish: bool = True, note: str = "",
    ) -> sympy.Symbol:  # fmt: skip
        """A figure no formula can say: the value, with the function that gave it and the rows it read, in words."""
        return self.graph.add(
            Figure(
                id=id, kind="computed", unit=unit, meaning=meaning, value=value, low=low, high=high, band=band, digits=digits,
                inputs=tuple(sorted(str(symbol) for symbol in inputs)), sources=tuple(sorted(set(sources))), note=note,
                function=public_name(function), rows=rows, chapter=self.name, published=publish,
            )
        )  # fmt: skip

    def spread(self, symbol: sympy.Symbol) -> uncertainty.Triangular | Distribution:
        """The range that an assumption is drawn from; its value alone once it was set to another than the default."""
        return ranges.spread(self.graph, self.records, str(symbol), self._asked)

    def propagate(
        self, targets: Iterable[sympy.Symbol], assumptions: Iterable[sympy.Symbol], draws: int, seed: int
    ) -> None:
        """Give each target its 5th–95th percentile band, by a seeded Monte Carlo over the assumptions' ranges.

        An assumption that was set to another value than its default is not drawn. A target that no drawn assumption
        moves gets no band, nor does one whose value lies outside it.
        """
        drawn = ranges.distributions_of(self.graph, self._asked)
        spreads = {**drawn, **{str(symbol): self.spread(symbol) for symbol in assumptions}}
        ranks = ranges.rank_correlations(self.graph, self._asked, spreads)
        self._spreads |= spreads
        for name, spread in spreads.items():
            self._results.ranges[name] = {"low": spread.low, "mode": spread.mode, "high": spread.high}
        for target in targets:
            low, _, high = uncertainty.percentiles(self.graph, str(target), spreads, draws, seed, ranks)
            if low < high and low <= self.value(target) <= high:
                self.graph.update(str(target), low=low, high=high, band=DRAWN)

    def bounded(self, target: sympy.Symbol, low: sympy.Symbol, high: sympy.Symbol, band: str) -> None:
        """Give a figure the range between two other figures; `band` says in words what the range is."""
        self.graph.update(
            str(target), low=self.value(low), high=self.value(high), low_figure=str(low), high_figure=str(high), band=band,
        )  # fmt: skip

    def ranged(self, symbol: sympy.Symbol, low: float, high: float, band: str) -> None:
        """Give a figure the range from `low` to `high`, in its unit; `band` says in words what the range is."""
        self.graph.update(str(symbol), low=low, high=high, band=band)

    def band(self, symbol: sympy.Symbol) -> str:
        """What the range of a figure is, in words; empty for one without."""
        return self.graph[str(symbol)].band

    def swings(self, target: sympy.Symbol, assumptions: Iterable[sympy.Symbol]) -> list[ranges.Swing]:
        """How far each assumption alone moves a figure between its low and its high, the widest first.

        Both ends are figures by formula, `TARGET_at_ASSUMPTION_low` and `_high`, so that the page moves them too; a value
        outside the range of its assumption widens the range.
        """
        return ranges.swings(self.graph, self.records, str(target), map(str, assumptions), self._asked)

    def word(self, id: str, options: Rule) -> str:
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

    def claim(self, id: str, rule: Rule, over: Iterable[sympy.Symbol] | None = None, reason: str = "") -> str:
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
        origin = self.records.origin_of(judged) if judged else ""
        counted = counts(self._results.verdicts, self.graph.choices, origin)
        return {name: self._counted(one) for name, one in counted.items()}

    def _counted(self, counted: Counted) -> sympy.Symbol:
        symbol = self.computed(
            counted.id, counted.value, "claim", counted.meaning, claims.judge, "the verdicts of this chapter"
        )
        if counted.tally is not None:
            self.graph.tallies[counted.id] = counted.tally
        return symbol

    # -------------------------------------------------------------------------------------------------------- output

    def value(self, symbol: sympy.Symbol | str) -> float:
        """A figure's value as a plain number, for a chart's table."""
        return self.graph.value(str(symbol))

    def text(self, template: str) -> str:
        """A text with `{figure}`, `{figure:low}`, `{figure:high}` or `{figure:range}` filled in as printed."""
        return self.graph.fill(template)

    def table(self, symbols: Iterable[sympy.Symbol] = (), **columns: Sequence[object]) -> pd.DataFrame:
        """A chart's table with a row a figure: its id, meaning, value, low and high, and the columns given.

        A cell given as a figure becomes its value, a cell that is a text with `{figure}` in it is filled in. The figure's
        id or the text stays beside it, in a column `NAME_figure` or `NAME_template`: from those the page draws the chart
        anew when a parameter moves.
        """
        figures = [self.graph[str(symbol)] for symbol in symbols]
        table: dict[str, Sequence[object]] = {}
        if figures:
            table["figure"] = [figure.id for figure in figures]
            for part in ("meaning", "value", "low", "high"):
                table[part] = [getattr(figure, part) for figure in figures]
            for end in ("low_figure", "high_figure"):
                if any(ids := [getattr(figure, end) or None for figure in figures]):
                    table[end] = ids
        for name, cells in columns.items():
            ids = [str(cell) if isinstance(cell, sympy.Symbol) else None for cell in cells]
            texts = [cell if isinstance(cell, str) and binding.names_in_text(cell) else None for cell in cells]
            table[name] = [
                self.value(id) if id else self.text(text) if text else cell
                for id, text, cell in zip(ids, texts, cells, strict=True)
            ]
            if any(ids):
                table[f"{name}{binding.FIGURE_IN_TEXT}"] = ids
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
        drawn, rests_on = charted.of_chapter(
            self.graph, self.records, self.name, id, chart, title, alt_text, data, columns,
            [str(symbol) for symbol in figures], sources, note, form, narrow,
        )  # fmt: skip
        if self.graph.register(f"chart {id!r}", drawn, rests_on=rests_on):
            self._results.charts[id] = drawn
        return Drawn(drawn, self.graph)

    def timeline(
        self, id: str, day: str, series: str = "timeline", title: str = "", stressed: Sequence[str] = ()
    ) -> Drawn:
        """The story's events up to an ISO day as a chart, from a series of `id`, `date`, `thread`, `title` and `source`.

        A row without a date is the event of that id; those in `stressed` stand out. `{casefile-timeline} ID` prints the
        rows as a list. Raises BadInput for a day before the first of them.
        """
        rows, picture, narrow = charted.timeline(self.records, self.name, series, day, stressed)
        return self.chart(
            id, picture, narrow=narrow, title=title or f"From “{rows[0]['title']}” to “{rows[-1]['title']}”, each event at its date",
            alt_text=chronology.timeline_words(rows, stressed), data=pd.DataFrame(rows), note=chronology.timeline_note(rows, stressed),
            columns={"date": "Date", "meaning": "What happened", "thread": "Thread", "publisher": "Source"},
        )  # fmt: skip

    def publish(self) -> ResultsOutput:
        """Put the chapter's results into the notebook's output, from where the run takes them."""
        self.graph.check_current()
        if bare := ranges.bare(self.graph, self._asked):
            draws, seed = ranges.drawing_of(self.parameters)
            self.propagate(map(symbol, bare), map(symbol, self._spreads), draws, seed)
        deeper = (name for others in self._others.values() for name in others.needs)
        self._results.needs = tuple(dict.fromkeys((*self._results.needs, *deeper)))
        return ResultsOutput({**self._results.to_json(), "read": self.records.read()})
