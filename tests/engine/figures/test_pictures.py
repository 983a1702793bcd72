"""Pictures: the same drawing for the same specification, whatever was drawn before."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import altair as alt
import pandas as pd
import pytest

from casefile.figures import charts, pictures
from casefile.system.cache import Store
from tests.support import breaking, machines


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


# Letters that the icons have, some that they lack, and one that the book's font lacks.
WORDS = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><text y="20" font-family="{}">HAL 9000, hal ₿</text></svg>'
_DRAWS = """
import hashlib
from casefile.figures import charts, pictures
from tests.engine.figures.test_pictures import WORDS, clipped

drawn = pictures.svg(clipped())
rasters = (pictures.png(text) for text in (drawn, WORDS.format(pictures.FONT), WORDS.format(charts.FONT_STACK)))
print(*[hashlib.sha256(picture).hexdigest() for picture in (drawn.encode(), *rasters)])
"""


@pytest.mark.parametrize("families", breaking.rounds([(), ("Casefile Sans", "Liberation Sans")], [("Another",)]))
def test_a_picture_is_the_same_whatever_fonts_the_machine_has(families: tuple[str, ...], tmp_path: Path) -> None:
    environment = {**os.environ, **machines.fonts(tmp_path / "fonts", *families)}
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _DRAWS], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    drawn = pictures.svg(clipped())
    rasters = (pictures.png(text) for text in (drawn, WORDS.format(pictures.FONT), WORDS.format(charts.FONT_STACK)))
    assert done.stdout.split() == [hashlib.sha256(picture).hexdigest() for picture in (drawn.encode(), *rasters)]


def test_the_other_machine_has_other_fonts_indeed(tmp_path: Path) -> None:
    draws = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.svg_to_png(sys.argv[1]))"
    words = WORDS.format(pictures.FONT)
    drawn = [
        subprocess.run(
            [sys.executable, "-c", draws, words], env={**os.environ, **machine}, capture_output=True, check=True
        ).stdout
        for machine in (machines.fonts(tmp_path / "none"), machines.fonts(tmp_path / "other", pictures.FONT))
    ]
    assert drawn[0] != drawn[1]


def test_words_in_a_font_that_is_not_carried_are_drawn_in_the_one_that_is() -> None:
    assert pictures.png(WORDS.format("Georgia")) == pictures.png(WORDS.format(pictures.FONT))


def test_drawing_leaves_the_fonts_to_what_is_started_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    for there in ("/elsewhere/fonts.conf", None):
        monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
        if there is not None:
            monkeypatch.setenv("FONTCONFIG_FILE", there)
        pictures._take_fonts.cache_clear()
        pictures.png(WORDS.format(pictures.FONT))
        assert os.environ.get("FONTCONFIG_FILE") == there


def test_a_picture_kept_in_another_font_is_not_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, store = WORDS.format(pictures.FONT), Store(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(pictures, "FONT", "the machine's")
        patched.setattr(pictures, "png", lambda drawn: b"kept")
        pictures.Pictures(store).raster(drawn)
    assert pictures.Pictures(store).raster(drawn) == pictures.png(drawn)


_FAILS = """
import sys
from pathlib import Path
from casefile.figures import pictures
from casefile.system.cache import Store
from tests.engine.figures.test_pictures import clipped

if __name__ == "__main__":
    with pictures.Ahead(Store(Path(sys.argv[1])), 1, 60) as ahead:
        for width in range(60):
            ahead.draw({**clipped(), "height": 100 + width})
        ahead.then(lambda: None)
        raise SystemExit(3)
"""


def test_what_fails_while_charts_are_drawn_ends_at_once(tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text(_FAILS, encoding="utf-8")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, str(tmp_path / "fails.py"), str(tmp_path / "store")], env={"PYTHONPATH": str(root)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr


def finds_no_room() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_drawing_that_fails_leaves_no_process_that_draws(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"), pictures.Ahead(Store(tmp_path), 1, 60) as ahead:
        ahead._submit(finds_no_room)
        pool = ahead._pool
        assert pool is not None
        (drawer,) = pool._processes.values()
    assert not drawer.is_alive()


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
        ahead.draw(clipped())
    assert pictures.Pictures(store).has(clipped())


def test_where_nothing_is_to_be_drawn_no_process_is_begun_and_what_comes_after_is_called(tmp_path: Path) -> None:
    called: list[bool] = []
    with pictures.Ahead(Store(tmp_path), 2, 60) as ahead:
        ahead.then(lambda: called.append(ahead._pool is None))
    assert called == [True]
