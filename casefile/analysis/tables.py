"""A chapter's results as tables: a row a figure, a verdict, a word or a parameter, each column of one type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from casefile.notebook import parameters
from casefile.notebook.results import Results
from casefile.records import Declaration, Records

if TYPE_CHECKING:
    import pandas as pd  # loaded with the first table: a start of the command does without

FIGURES = ("figure", "value", "low", "high", "unit", "text", "range", "band", "meaning", "kind", "sources")
VERDICT_COLUMNS = ("claim", "verdict", "reason", "meaning")
PARAMETERS = ("chapter", "name", "value", "default", "unit", "low", "high", "minimum", "maximum", "choices", "meaning", "basis")  # fmt: skip
_NUMBERS = frozenset(("value", "low", "high"))


def tables_of(results: Results, records: Records) -> dict[str, pd.DataFrame]:
    """All tables of a chapter's results, by name."""
    declared = records.declared(results.chapter)
    return {
        "figures": figures_table(results), "verdicts": verdicts(results, records), "words": words_table(results),
        "parameters": parameters_table(declared, results.parameters),
    }  # fmt: skip


def manifest_table(manifest: Mapping[str, str]) -> pd.DataFrame:
    """What a run rests on, an entry a row."""
    return _table([{"entry": name, "value": value} for name, value in manifest.items()], ("entry", "value"))


def words_table(results: Results) -> pd.DataFrame:
    """The words of the prose that conditions chose, indexed by id, verdicts apart."""
    graph = results.graph
    rows = [{"word": name, "text": graph.chosen(name)} for name in graph.choices if not name.startswith("claim_")]
    return _table(rows, ("word", "text"))


def figures_table(results: Results) -> pd.DataFrame:
    """The published figures, indexed by id, in the chapter's order.

    `value`, `low` and `high` are numbers in `unit`, missing where there is none; `text` and `range` are as the page prints
    them, `band` says what kind of range it is, `sources` are ids.
    """
    graph = results.graph
    rows = [
        {
            "figure": figure.id, "value": figure.value, "low": figure.low, "high": figure.high, "unit": figure.unit,
            "text": graph.printed(figure.id), "range": graph.printed(figure.id, "range") if figure.band else "",
            "band": figure.band, "meaning": figure.meaning, "kind": figure.kind,
            "sources": " ".join(graph.sources(figure.id)),
        }
        for figure in graph.published()
    ]  # fmt: skip
    return _table(rows, FIGURES, numbers=_NUMBERS)


def verdicts(results: Results, records: Records) -> pd.DataFrame:
    """The verdicts of a chapter, indexed by claim: the verdict, why, and what the claim says."""
    rows = [
        {"claim": name, "verdict": verdict["verdict"], "reason": verdict.get("reason", ""), "meaning": records.claims[name].claim}
        for name, verdict in results.verdicts.items()
    ]  # fmt: skip
    return _table(rows, VERDICT_COLUMNS)


def parameters_table(declared: Mapping[str, Declaration], values: Mapping[str, object]) -> pd.DataFrame:
    """Parameters, indexed by name: the value, the default, the plausible range, what is taken, what they mean.

    `chapter` is the home of each.
    """
    import pandas as pd

    rows = [
        {
            "chapter": row.chapter, "name": name, "value": values.get(name, parameters.default(row)),
            "default": parameters.default(row), "unit": row.unit, "low": row.low, "high": row.high,
            "minimum": row.minimum, "maximum": row.maximum, "choices": " ".join(row.choices), "meaning": row.meaning,
            "basis": row.basis,
        }
        for name, row in declared.items()
    ]  # fmt: skip
    table = _table(rows, PARAMETERS, index="name", numbers=frozenset(("low", "high")))
    for column in ("value", "default", "minimum", "maximum"):  # whole numbers stay whole beside others
        table[column] = pd.Series([row[column] for row in rows], index=table.index, dtype=object)
    return table


def _table(
    rows: Sequence[Mapping[str, object]],
    columns: tuple[str, ...],
    index: str = "",
    numbers: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(columns))
    return table.astype(dict.fromkeys(numbers, "float64")).set_index(index or columns[0])
