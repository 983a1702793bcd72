"""One run of one chapter, as a script or another notebook reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.analysis import sheets, tables
from casefile.errors import BadInput, nearest, shown
from casefile.notebook.results import Chart, Results
from casefile.records import Overrides, Records

if TYPE_CHECKING:
    import altair as alt  # loaded when a chart is asked for
    import pandas as pd


@dataclass(frozen=True)
class ChapterRun:
    """What one chapter says with some values of its parameters.

    `overrides` are the parameters other than the book's, by the chapter that is their home. `draw` runs the chapter once
    more with its charts drawn, when the first of them is asked for: figures need none. `quote` cites an id in a style,
    `made_from` says what the run rests on.
    """

    chapter: str
    overrides: Overrides
    results: Results
    records: Records
    draw: Callable[[], Results]
    quote: Callable[[str, str], str]
    made_from: Callable[[], dict[str, str]]

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The published figures, a row each, by id: `value`, `low`, `high`, `unit`, `text`, `meaning` and more."""
        return tables.figures_table(self.results)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The verdicts on claims, a row each, by the claim's id."""
        return tables.verdicts(self.results, self.records)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The parameters that the chapter took, a row each, by name: their values here and the book's."""
        return tables.parameters_table(self.records.declared(self.chapter), self.results.parameters)

    @property
    def words(self) -> dict[str, str]:
        """The words of the prose that conditions chose, by id, verdicts apart."""
        return dict(tables.words_table(self.results)["text"])

    @property
    def charts(self) -> Charts:
        """The charts by id, as Altair charts."""
        return Charts(self)

    @cached_property
    def drawn(self) -> Results:
        """The results with every chart's specification. Raises BadInput when the data have changed since the run."""
        return self.draw()

    def text(self, template: str) -> str:
        """A sentence with `{figure}`, `{figure:range}` or `{word}` filled in as the page prints them."""
        return self.results.graph.fill(template)

    def cite(self, id: str, style: str = "apa") -> str:
        """The citation of a figure, chart, claim, section or page as it is in this run: the command's `cite -p …`.

        Raises BadInput for an id or a style that is none, for parameters that are ranges, and where other data are laid
        over the book's.
        """
        return self.quote(id, style)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name: `figures`, `verdicts`, `words`, `parameters`."""
        return tables.tables_of(self.results, self.records)

    @cached_property
    def manifest(self) -> dict[str, str]:
        """What the run rests on, by name: chapter, parameters given, commit, versions, the hashes of notebooks and data."""
        return self.made_from()

    def save(self, path: str | Path) -> None:
        """Write the figures to a new .csv, .json or .parquet file, or all tables and the manifest to an .xlsx, a sheet each."""
        sheets.check(Path(path))
        last = {"manifest": tables.manifest_table(self.manifest)} if Path(path).suffix == ".xlsx" else {}
        sheets.write({**self.tables, **last}, Path(path))

    def series(self, name: str) -> pd.DataFrame:
        """A series of the story's data, a row an observation."""
        return self.records.series(name)


class Charts(Mapping[str, "alt.Chart"]):
    """A run's charts by id, drawn when one is asked for; each carries its title and, as its description, its text."""

    def __init__(self, run: ChapterRun) -> None:
        self._run = run

    def __iter__(self) -> Iterator[str]:
        return iter(self._run.drawn.charts)

    def __len__(self) -> int:
        return len(self._run.drawn.charts)

    def __getitem__(self, name: str) -> Any:
        import altair as alt

        drawn = self._drawn(name)
        texts = {"title": self._run.text(drawn["title"]), "description": self._run.text(drawn["alt"])}
        return alt.Chart.from_dict({**drawn["spec"], **texts})

    def table(self, name: str) -> pd.DataFrame:
        """The rows that a chart was drawn from."""
        import pandas as pd

        return pd.DataFrame(self._drawn(name)["rows"])

    def _drawn(self, name: str) -> Chart:
        charts = self._run.drawn.charts
        if name not in charts:
            raise BadInput(f"{self._run.chapter}: no chart {shown(name)}; {nearest(name, charts)}")
        return charts[name]
