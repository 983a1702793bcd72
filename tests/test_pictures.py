"""Pictures: the same drawing for the same specification, whatever was drawn before."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import altair as alt
import pandas as pd
import pytest

from casefile import charts, pictures
from casefile.cache import Store
from casefile.site.downloads import light_colours


def clipped() -> dict[str, object]:
    """A chart whose marks Vega cuts off at its edges."""
    rows = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 40.0]})
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 10]))
    return pictures.sized(charts.specification(alt.Chart(rows).mark_line(clip=True).encode(x="x:Q", y=y)), 300)


def test_a_chart_drawn_twice_in_one_process_is_the_same_twice() -> None:
    first, second = pictures.svg(clipped()), pictures.svg(clipped())
    assert "clip-path" in first
    assert first == second


def test_every_id_that_a_drawing_refers_to_is_in_it() -> None:
    drawn = pictures.svg(clipped())
    assert set(re.findall(r"url\(#([^)]+)\)", drawn)) == set(re.findall(r'\bid="([^"]+)"', drawn))


_FAILS = """
import sys
from pathlib import Path
from casefile import pictures
from casefile.cache import Store
from tests.test_pictures import clipped

if __name__ == "__main__":
    with pictures.Ahead(Store(Path(sys.argv[1])), 1, 60) as ahead:
        for width in range(60):
            ahead.draw({**clipped(), "height": 100 + width}, {"--paper": "white"})
        ahead.then(lambda: None)
        raise SystemExit(3)
"""


def test_what_fails_while_charts_are_drawn_ends_at_once(tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text(_FAILS, encoding="utf-8")
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, str(tmp_path / "fails.py"), str(tmp_path / "store")], env={"PYTHONPATH": str(root)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr


def test_a_chart_of_charts_keeps_its_own_width() -> None:
    whole = charts.specification(alt.hconcat(*[alt.Chart(pd.DataFrame({"x": [1.0]})).mark_point()] * 2))
    assert pictures.sized(whole, 300) == whole
    assert pictures.sized(clipped(), 500)["width"] == 500


def test_without_a_store_a_chart_is_drawn_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    here = pictures.Pictures()
    drawn = here.svg(clipped())
    assert drawn == pictures.svg(clipped())
    monkeypatch.setattr(pictures, "_drawing", lambda: pytest.fail("drawn again"))
    assert here.svg(clipped()) == drawn


def test_where_nothing_may_be_written_beside_the_libraries_the_script_is_kept_with_the_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file where the folder would be")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "taken"))
    store = Store(tmp_path / "store")
    script = pictures.Pictures(store).bundle()
    assert script.startswith("(() => {")
    assert pictures.Pictures().bundle() == script
    monkeypatch.setattr(pictures, "_drawing", lambda: pytest.fail("made again"))
    assert pictures.Pictures(store).bundle() == script


def test_what_was_begun_ahead_is_there_afterwards(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pictures.Ahead(store, 2, 60) as ahead:
        ahead.draw(clipped(), light_colours())
    assert pictures.Pictures(store).has(clipped())


def test_where_nothing_is_to_be_drawn_no_process_is_begun_and_what_comes_after_is_called(tmp_path: Path) -> None:
    called: list[bool] = []
    with pictures.Ahead(Store(tmp_path), 2, 60) as ahead:
        ahead.then(lambda: called.append(ahead._pool is None))
    assert called == [True]
