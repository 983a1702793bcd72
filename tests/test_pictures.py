"""Pictures: the same drawing for the same specification, whatever was drawn before."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import altair as alt
import pandas as pd

from casefile import charts, pictures


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
