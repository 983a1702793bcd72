"""What a build asks of a run before it renders its pages."""

from pathlib import Path

import pytest

from casefile.book import build
from casefile.errors import BadInput
from casefile.execution import run
from casefile.execution.story import Story
from tests.support.orchard import plant


def test_a_chart_that_is_published_and_no_cell_shows_is_named(tmp_path: Path) -> None:
    root = plant(tmp_path / "orchard")
    chapter = root / "chapters" / "harvest.ipynb"
    build.check_shown(Story(root).run({}, tmp_path / "whole", 1, run.FORK))
    text = chapter.read_text(encoding="utf-8").replace('\\"Apples|apple\\"})', '\\"Apples|apple\\"})\\nrows')
    chapter.write_text(text, encoding="utf-8")
    with pytest.raises(
        BadInput, match=r"^chapters/harvest\.ipynb: no cell shows chart 'apples'; expected `chapter\.chart"
    ):
        build.check_shown(Story(root).run({}, tmp_path / "hidden", 1, run.FORK))
