"""The rehearsal: it leaves nothing behind that a notebook could notice."""

from __future__ import annotations

import random
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from ipykernel import compiler
from IPython.core import inputtransformer2
from IPython.core.displayhook import DisplayHook

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


def test_what_is_kept_of_a_cells_text_is_what_ipython_reads_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: Any = compiler.murmur2_x86
    ends: Any = DisplayHook.semicolon_at_end_of_expression
    tokens_of = inputtransformer2.make_tokens_by_line
    monkeypatch.setattr(compiler, "murmur2_x86", hashed)
    monkeypatch.setattr(inputtransformer2, "make_tokens_by_line", tokens_of)
    monkeypatch.setattr(DisplayHook, "semicolon_at_end_of_expression", staticmethod(ends))
    rehearsal.keep_readings()
    for source in ("a = 1\n'ü'; # told\n", "b = 2\n%time b\n", "(1 +\n"):
        lines = source.splitlines(keepends=True)
        for time in ("first", "second"):
            tokens = inputtransformer2.make_tokens_by_line(lines)
            assert tokens == tokens_of(lines), time
            tokens[0].clear()  # as IPython does with its own
            kept: Any = compiler.murmur2_x86
            assert kept(source, 7) == hashed(source, 7), time
    for source in ("1;", "1", "1;  # told", "';'"):
        assert [DisplayHook.semicolon_at_end_of_expression(source) for _ in "12"] == [ends(source)] * 2
