"""Things that change hands: one square for so many, each in its lane, none lost."""

from __future__ import annotations

import pytest

from casefile.figures import charts, lanes, pictures

BLOCKS = [
    lanes.Block(12, "2023-12-15", first=False, columns=4, solid=True),
    lanes.Block(10, "2024-01-10", first=True, columns=5, solid=False, until="2024-06-20"),
]


def test_a_block_at_a_moment_stands_about_its_day_and_one_over_a_span_is_spread_to_its_end() -> None:
    held = lanes.squares(BLOCKS)
    solid, hollow = held[held["solid"]], held[~held["solid"]]
    assert (len(solid), len(hollow)) == (12, 10)
    assert set(solid["day"]) == {"2023-12-15"}
    assert solid["shift"].sum() == 0
    assert sorted(solid["row"].unique()) == [0, 1, 2]
    assert (hollow["day"].min(), hollow["day"].max()) == ("2024-01-10", "2024-06-20")
    assert hollow.groupby("day").size().tolist() == [2] * 5


@pytest.mark.parametrize("upright", [False, True])
def test_every_square_is_drawn_whichever_way_time_runs(upright: bool) -> None:
    ways = [lanes.Way("2023-12-15", over=True, solid=True), lanes.Way("2024-01-15", over=False, solid=False)]
    words = [lanes.Words("2024-03-01", 0.5, "to come back")]
    picture = lanes.drawn(("Tesla", "X"), "2023-11-01", "2024-12-31", BLOCKS, ways, words, upright)
    drawn = pictures.svg(pictures.sized(charts.specification(picture), pictures.NARROW if upright else pictures.WIDE))
    squares = drawn.count('stroke-width="0"') + drawn.count('stroke-width="1.1"')
    assert squares == 12 + 10
    assert "to come back" in drawn
