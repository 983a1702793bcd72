"""Bars that say how well they are established: solid, hollow, hatched, each in the colour of its actor."""

from __future__ import annotations

import pandas as pd

from casefile.figures import charts, pictures, standing

ACTORS = {"one": "#112233", "other": "#445566"}
TABLE = pd.DataFrame(
    {
        "name": ["filed", "said", "reckoned", "printed", "at least"],
        "start": [0, 0, 0, 30, 10],
        "end": [40, 40, 40, 30, 10],
        "standing": ["documented", "promised", "estimated", "reported", "floor"],
        "actor": ["one", "other", "one", "one", "other"],
        "said": ["40", "40 by May", "some 40", "30", "10 or more"],
    }
)


def drawn(table: pd.DataFrame) -> str:
    picture = standing.lines(table, charts.amounts("start", "Pieces", ticks=3), ACTORS, hatch=4)
    return pictures.svg(pictures.sized(charts.specification(picture), pictures.NARROW))


def test_what_is_documented_is_filled_and_what_is_promised_has_an_edge_alone() -> None:
    filed, said = drawn(TABLE.iloc[[0]]), drawn(TABLE.iloc[[1]])
    assert 'fill="#112233"' in filed
    assert 'stroke="#112233"' not in filed
    assert 'fill="#445566"' not in said
    assert 'stroke="#445566"' in said


def test_an_estimate_is_hatched_from_end_to_end_and_nothing_else_is() -> None:
    strokes = [drawn(TABLE.iloc[[row]]).count('stroke-width="1.3"') for row in range(4)]
    assert strokes == [0, 0, 10, 0]  # a stroke every 4 of 40


def test_a_floor_is_an_arrow_and_a_single_value_a_point() -> None:
    point, floor = drawn(TABLE.iloc[[3]]), drawn(TABLE.iloc[[4]])
    assert ('stroke-width="2"' in point, 'stroke-width="1.3"' in point) == (True, False)
    assert ('stroke-width="2"' in floor, 'stroke-width="1.3"' in floor) == (False, True)


def test_lines_stand_in_the_order_of_the_table_with_their_words() -> None:
    whole = drawn(TABLE)
    places = [whole.index(f">{name}<") for name in TABLE["name"]]
    assert places == sorted(places)
    assert all(f">{said}<" in whole for said in TABLE["said"])


def test_an_amount_that_all_lines_are_held_against_is_named_above_them() -> None:
    table = TABLE.iloc[[0]].assign(plan=15, named="the plan: 15")
    across = charts.amounts("start", "Pieces", ticks=3)
    picture = standing.mark_named(table, "named", "plan") + standing.lines(table, across, ACTORS, hatch=4)
    drawing = pictures.svg(pictures.sized(charts.specification(picture), pictures.NARROW))
    assert drawing.count(">the plan: 15<") == 1
    assert 'stroke-dasharray="2,3"' in drawing
