"""Charts of runs that draw nothing: nothing is built, and whoever looks at one all the same sees Altair's own."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd
import pytest
from altair.utils import schemapi

from casefile.figures import deferred

TREES = pd.DataFrame({"tree": ["a", "b"], "apples": [3, 5]})


@pytest.fixture
def _deferring() -> Iterator[None]:
    """A process in which charts are deferred, for as long as a test lasts."""
    before = {name: getattr(alt, name) for name in ("Chart", *deferred._WHOLES)}
    deferred.defer()
    yield
    schemapi.enable_debug_mode()
    for name, made in before.items():
        setattr(alt, name, made)


def drawn() -> alt.TopLevelMixin:
    """A chart that takes most of the steps that notebooks take."""
    base = alt.Chart(TREES).transform_filter("datum.apples > 0").encode(x=alt.X("apples:Q", axis=alt.Axis(ticks=False)))
    dots = base.mark_point(size=40).encode(y="tree:N")
    layered = (base.mark_rule() + dots).properties(height=90)
    whole = alt.vconcat(alt.layer(layered, dots.mark_text().encode(text="tree:N")), dots | dots).resolve_scale(
        x="shared"
    )
    plain: alt.TopLevelMixin = whole.configure_axis(grid=False)
    return plain


def test_a_deferred_chart_is_the_chart_once_it_is_looked_at(request: pytest.FixtureRequest) -> None:
    built = drawn().to_dict()
    request.getfixturevalue("_deferring")
    not_built: object = drawn()
    assert type(not_built) is deferred.Deferred
    assert json.dumps(drawn().to_dict()) == json.dumps(built)


@pytest.mark.usefixtures("_deferring")
def test_it_passes_for_a_chart_and_says_what_it_holds() -> None:
    one = alt.Chart(TREES).mark_bar()
    assert isinstance(one, alt.Chart) and isinstance(one + one, alt.LayerChart) and not isinstance(one, alt.LayerChart)
    assert one.mark == "bar" and one.data is TREES
    one.title = "Apples"
    assert one.encode(x="apples:Q").to_dict()["title"] == "Apples"
    assert alt.LayerChart(layer=[one, one]).to_dict()["layer"][0]["mark"] == {"type": "bar"}
    assert alt.Chart.from_dict({"data": {"values": []}, "mark": "bar"}).to_dict()["mark"] == "bar"


@pytest.mark.usefixtures("_deferring")
def test_what_a_notebook_may_do_with_a_chart_it_may_do_with_a_deferred_one() -> None:
    """A scenario would be a failed row of a sweep, although its chapter runs where charts are drawn."""
    one = alt.Chart(TREES).mark_bar()
    for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert type(again) is type(one.copy()) and again.to_dict() == one.to_dict()
    assert one == one.copy() and repr(one) == "alt.Chart(...)"

    class Bars(alt.Chart):
        def of_apples(self) -> Any:
            return self.mark_bar().encode(x="apples:Q")

    assert Bars(TREES).of_apples().to_dict() == one.encode(x="apples:Q").to_dict()
    assert issubclass(Bars, alt.Chart) and isinstance(Bars(TREES), alt.Chart)


@pytest.mark.usefixtures("_deferring")
def test_a_step_that_altair_does_not_have_is_refused_at_once() -> None:
    with pytest.raises(AttributeError, match="mark_bra"):
        alt.Chart(TREES).mark_bra()


@pytest.mark.usefixtures("_deferring")
def test_what_cannot_be_drawn_is_said_when_it_is_looked_at_and_not_before() -> None:
    wrong = alt.Chart(TREES).mark_bar().encode(x=alt.X("apples:Q", axis=alt.Axis(ticks="many")))  # type: ignore[arg-type]
    with pytest.raises(schemapi.SchemaValidationError, match="many"):
        wrong.to_dict()
