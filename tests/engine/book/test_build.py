"""What a build asks of a run before it renders its pages."""

from pathlib import Path

import pytest

from casefile.book import build
from casefile.errors import BadInput
from casefile.execution import fork, run
from casefile.execution.story import Story
from casefile.system.place import SITE
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


@pytest.mark.skipif(not fork.can_fork(), reason="no notebook runs in a fork here")
def test_what_chapters_ran_in_is_gone_before_pages_are_written(tmp_path: Path) -> None:
    root = plant(tmp_path / "orchard")
    warm = {}

    def report(name: str, event: str, seconds: float) -> None:
        warm[name, event] = fork.has_warm_parent()

    build.build(Story(root), {}, root / SITE, 1, run.FORK, report)
    assert warm["harvest", "done"]
    assert not warm["pages", "start"]
