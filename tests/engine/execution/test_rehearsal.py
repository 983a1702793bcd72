"""The rehearsal: it leaves nothing behind that a notebook could notice."""

from __future__ import annotations

import random

import altair as alt
import numpy as np
import pandas as pd

from casefile.execution import rehearsal
from casefile.figures import expressions, uncertainty
from casefile.figures.nodes import DRAWN
from tests.engine.notebook.test_results import orchard as chapter
from tests.support.small import UNITS, symbols


def test_a_rehearsal_changes_no_setting_and_draws_no_random_number() -> None:
    def seen() -> tuple[object, ...]:
        random.seed(1)
        np.random.seed(1)
        return (alt.data_transformers.active, alt.renderers.active, alt.theme.active, pd.get_option("display.max_rows"))

    before = seen()
    states = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]
    rehearsal.rehearse()
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states  # type: ignore[index]
    assert seen() == before


def test_what_a_chapters_formulas_need_is_there_before_it_runs() -> None:
    plain = chapter().to_json()
    expressions.compiled.cache_clear()
    rehearsal.rework(plain, UNITS)
    before = expressions.compiled.cache_info()
    assert chapter().to_json() == plain
    after = expressions.compiled.cache_info()
    assert (after.misses - before.misses, after.hits > before.hits) == (0, True)


def test_words_that_agree_with_a_count_and_ranges_that_are_drawn_are_worked_out_before_too() -> None:
    made = chapter()
    made.parameters.update(draws=50, seed=7)
    (count,) = symbols("count")
    made.graph.choose("kind", [("apple", count < 2), ("apples", True)], as_printed=True)
    spreads = {"price": uncertainty.Triangular(1.0, 2.5, 6.0)}

    def ranged() -> None:
        low, _, high = uncertainty.percentiles(made.graph, "basket", spreads, 50, 7)
        made.graph.update("basket", low=low, high=high, band=DRAWN)

    ranged()
    plain = made.to_json()
    expressions.compiled.cache_clear()
    rehearsal.rework(plain, UNITS)
    before = expressions.compiled.cache_info()
    ranged()
    made.to_json()
    assert expressions.compiled.cache_info().misses == before.misses
