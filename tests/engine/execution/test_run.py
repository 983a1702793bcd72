"""Running chapters: in the order they need each other, with what stands kept, all ended when one fails."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from casefile import records
from casefile.errors import BadInput
from casefile.execution import fork, notebooks, run
from casefile.execution.run import RunFailed
from casefile.execution.story import Story
from casefile.notebook import results
from tests.engine.execution.test_engine import alive, wait_for
from tests.support.orchard import notebook, plant
from tests.support.published import replace

OPEN = "from casefile import open_chapter\nchapter = open_chapter({name!r}, globals(), title='', question='', needs={needs})"


def chapter(root: Path, name: str, *cells: str) -> None:
    """Put a chapter of code cells into a story."""
    (root / "chapters" / f"{name}.ipynb").write_text(notebook([("code", cell) for cell in cells]), encoding="utf-8")


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    """The small story on disk."""
    return plant(tmp_path / "orchard")


def test_a_notebook_of_another_format_is_refused(orchard: Path) -> None:
    path = orchard / "chapters" / "harvest.ipynb"
    for format, said in ((3, "format 3"), ("4", "format '4'")):
        path.write_text(json.dumps({**notebooks.read(path), "nbformat": format}), encoding="utf-8")
        with pytest.raises(BadInput) as caught:
            notebooks.read(path)
        assert str(caught.value) == f"harvest.ipynb: {said}; expected a Jupyter notebook of format 4"
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "nbformat": 4}), encoding="utf-8")


@pytest.mark.parametrize("needs", ["others", "[other for other in others]", "5", "None"])
def test_needs_that_are_no_list_of_names_are_refused(needs: str, orchard: Path) -> None:
    chapter(orchard, "stall", OPEN.format(name="stall", needs=needs))
    with pytest.raises(BadInput) as caught:
        notebooks.order(orchard, ["harvest", "stall"])
    assert str(caught.value) == f"open_chapter: needs is '{needs}'; expected a list of chapters"


def test_chapters_run_after_those_they_need(orchard: Path) -> None:
    assert notebooks.order(orchard, ["market", "harvest"]) == [("harvest", ()), ("market", ("harvest",))]


def test_chapters_that_need_each_other_are_refused(orchard: Path) -> None:
    chapter(orchard, "apples", OPEN.format(name="apples", needs=["pears", "harvest"]))
    chapter(orchard, "pears", OPEN.format(name="pears", needs=("apples",)))
    for names, left in ((["harvest", "pears", "apples"], "apples, pears"), (["market"], "market")):
        with pytest.raises(BadInput) as caught:
            notebooks.order(orchard, names)
        assert str(caught.value) == f"chapters {left} need each other, or a chapter that is not in the book"


def test_what_went_wrong_in_a_chapter_is_named_with_its_cell(orchard: Path, tmp_path: Path) -> None:
    replace(orchard / "chapters" / "harvest.ipynb", "trees * each", "[][7]")
    with pytest.raises(RunFailed) as caught:
        run.execute(orchard, "harvest", {}, tmp_path / "harvest.ipynb", None, run.FORK)
    assert str(caught.value) == "harvest.ipynb, cell 2: IndexError: list index out of range"


def test_a_value_that_the_chapter_itself_refuses_is_bad_input(orchard: Path, tmp_path: Path) -> None:
    refuse = "from casefile.errors import BadInput\nif price > 1: raise BadInput('nobody pays that; expected less')\n"
    replace(orchard / "chapters" / "market.ipynb", "price_each = ", json.dumps(refuse)[1:-1] + "price_each = ")
    replace(orchard / "chapters" / "market.ipynb", "harvest * price_each", "trees * price_each")
    with pytest.raises(BadInput) as caught:
        run.execute(orchard, "market", {"price": 2}, tmp_path / "market.ipynb", None, run.FORK)
    assert str(caught.value) == "market.ipynb, cell 4: nobody pays that; expected less"
    with pytest.raises(RunFailed):  # at the defaults it is the chapter that is wrong
        run.execute(orchard, "market", {}, tmp_path / "market.ipynb", None, run.FORK)


def test_a_chapter_that_other_parameters_reach_is_run_and_the_rest_is_read_as_it_stands(
    orchard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", "elsewhere")
    executed = run.execute(orchard, "harvest", {}, tmp_path / "harvest.ipynb", None, run.FORK)
    left = results.of_notebook(executed, "harvest")
    left["figures"]["harvest"]["value"] = 1000.0
    results.write(left, tmp_path / "standing" / "harvest.json")
    results.write({"parameters": {"price": 0.4}}, tmp_path / "standing" / "market.json")
    found = run.results_under(orchard, ["market"], {"market": {"price": 0.8}}, tmp_path / "standing")
    assert list(found) == ["harvest", "market"]
    assert found["market"]["figures"]["worth"]["value"] == 800
    assert os.environ["CASEFILE_ROOT"] == "elsewhere"


def test_what_was_overridden_for_the_whole_run_holds_over_a_scenario_and_is_not_run_again(
    orchard: Path, tmp_path: Path
) -> None:
    overrides = {"market": {"price": 2}}
    left = run.results_under(orchard, ["market"], {}, None, overrides)
    assert left["market"]["figures"]["worth"]["value"] == 60_000
    left["market"]["title"] = "as it stands"
    for name in left:
        results.write(left[name], tmp_path / "standing" / f"{name}.json")
    found = run.results_under(orchard, ["market"], {"market": {"price": 3}}, tmp_path / "standing", overrides)
    assert found["market"] == left["market"]


def test_other_chapters_are_the_same_from_forks_from_the_cache_and_from_a_build(orchard: Path, tmp_path: Path) -> None:
    absent: list[Any] = []
    forked = run.results_under(orchard, ["market"], {}, tell=absent.append)
    cached = run.results_under(orchard, ["market"], {}, tell=absent.append)
    assert absent == [["harvest", "market"]]  # and nothing the second time
    run.execute_all(
        orchard, records.load(orchard), ["harvest", "market"], {}, tmp_path, 1, run.PAPERMILL,
        lambda name, event, seconds: None,
    )  # fmt: skip
    for name in forked:
        left = json.loads((tmp_path / "results" / f"{name}.json").read_text(encoding="utf-8"))
        assert forked[name] == cached[name] == left


def test_a_run_for_its_values_alone_is_never_printed(
    orchard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as sweep:
        sweep.setenv(results.PRINT_VARIABLE, "no")
        assert run.results_under(orchard, ["harvest"], {})["harvest"]["charts"] == {}
    story = Story(orchard)
    printed = story.run({}, tmp_path / "whole", 1, run.FORK).chapters["chapters/harvest"]
    assert printed.charts["apples"]["spec"]


def test_a_notebook_run_by_itself_says_in_one_line_what_runs_first_and_only_then(orchard: Path, tmp_path: Path) -> None:
    def told() -> list[str]:
        executed = run.execute(orchard, "market", {}, tmp_path / "market.ipynb", None, run.FORK)
        outputs = [output for cell in executed["cells"] for output in cell.get("outputs", [])]
        return [line for output in outputs if output["output_type"] == "stream" for line in output["text"]]

    assert told() == ["Run first, since this chapter reads them: harvest\n"]
    assert told() == []


@pytest.mark.skipif(not fork.can_fork(), reason="this system cannot fork")
def test_a_chapter_that_fails_ends_those_that_still_run(orchard: Path, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    sleeps = f"import os, time\nopen({str(mark)!r}, 'w').write(f'{{os.getpid()}} ')\ntime.sleep(60)"
    fails = f"import os, time\nwhile not os.path.exists({str(mark)!r}): time.sleep(0.01)\nraise KeyError('worm')"
    chapter(orchard, "sleeps", sleeps)
    chapter(orchard, "fails", fails)
    events: list[tuple[Any, ...]] = []
    started = time.monotonic()
    with pytest.raises(RunFailed) as caught:
        run.execute_all(
            orchard, records.load(orchard), ["sleeps", "fails"], {}, tmp_path, 2, run.FORK,
            lambda name, event, seconds: events.append((name, event)),
        )  # fmt: skip
    assert str(caught.value) == "fails.ipynb, cell 0: KeyError: 'worm'"
    assert events == [("sleeps", "start"), ("fails", "start")]
    wait_for(lambda: not alive(int(mark.read_text())))
    assert time.monotonic() - started < 30
