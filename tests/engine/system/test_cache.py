"""The cache: what changed is done again, nothing else is, and what comes out is what a first build would give."""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from casefile.book import build as book
from casefile.execution import notebooks, run
from casefile.execution.story import Story
from casefile.system import cache
from tests.support.orchard import plant


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story with its chapters run once."""
    root = plant(tmp_path_factory.mktemp("cache"))
    assert len(ran(root)) == 2
    return root


@pytest.fixture
def orchard(built: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "orchard"))


def ran(root: Path, given: dict[str, dict[str, Any]] | None = None, folder: Path | None = None) -> list[str]:
    """Run what must be run, and say what that was and why."""
    said: list[str] = []
    known = book.check(Story(root))
    runs = cache.Runs(cache.Store(root / cache.FOLDER), known.states)
    folder = folder or root / f"out-{uuid.uuid4().hex}"  # what lies in a folder already is not run
    run.execute_all(
        root, known, notebooks.chapters(root), given or {}, folder, 2, run.FORK, lambda *event: None, runs, said.append
    )
    return said


def edit(root: Path, chapter: str, before: str, after: str) -> None:
    path = root / "chapters" / f"{chapter}.ipynb"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_nothing_runs_again_when_nothing_changed(orchard: Path) -> None:
    assert ran(orchard) == []


def test_what_another_version_kept_of_a_run_is_no_reason_to_fail(tmp_path: Path) -> None:
    store = cache.Store(tmp_path)
    store.put("latest", "harvest", {"parts": {"its code": "a"}, "series": []})  # as 0.5.0 kept it
    assert cache.Runs(store, lambda names: {}).find("harvest", {"its code": "b"}) == (None, "its code has changed")


def test_other_prose_runs_nothing_and_still_comes_out(orchard: Path, tmp_path: Path) -> None:
    edit(orchard, "harvest", "How many apples?\\n", "How many apples, then?\\n")
    assert ran(orchard, folder=tmp_path / "kept") == []
    shutil.rmtree(orchard / cache.FOLDER)
    assert len(ran(orchard, folder=tmp_path / "anew")) == 2
    for path in ("notebooks/harvest.ipynb", "notebooks/market.ipynb", "results/harvest.json", "results/market.json"):
        assert (tmp_path / "kept" / path).read_bytes() == (tmp_path / "anew" / path).read_bytes(), path
    assert "then?" in (tmp_path / "kept" / "notebooks" / "harvest.ipynb").read_text(encoding="utf-8")


def test_prose_changed_beside_a_given_parameter_comes_out_as_from_nothing(orchard: Path, tmp_path: Path) -> None:
    given = {"market": {"price": 0.8}}
    assert ran(orchard, given) == ["market runs: parameter price has changed"]
    edit(orchard, "market", "What are they worth?\\n", "And worth?\\n")
    assert ran(orchard, given, tmp_path / "kept") == []
    shutil.rmtree(orchard / cache.FOLDER)
    ran(orchard, given, tmp_path / "anew")
    kept, anew = (tmp_path / name / "notebooks" / "market.ipynb" for name in ("kept", "anew"))
    assert kept.read_bytes() == anew.read_bytes()
    assert "price = 0.8" in kept.read_text(encoding="utf-8")


def test_a_chapter_runs_after_its_code_changed_and_those_that_read_it_only_with_other_results(orchard: Path) -> None:
    edit(orchard, "harvest", "import altair as alt", "import altair as alt  # charts")
    assert ran(orchard) == ["harvest runs: its code has changed"]
    edit(orchard, "harvest", "trees * each", "2 * trees * each")
    assert ran(orchard) == ["harvest runs: its code has changed", "market runs: chapter harvest has changed"]


def test_a_fact_that_changed_runs_the_chapters_that_read_it(orchard: Path) -> None:
    path = orchard / "data" / "figures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",120,", ",121,"), encoding="utf-8")
    said = ran(orchard)
    assert said[0] == "harvest runs: trees in data/figures.csv has changed"
    assert said[1].startswith("market runs: chapter harvest")


def test_a_row_runs_no_chapter_that_does_not_read_it_but_one_whose_code_reads_tables_by_itself(orchard: Path) -> None:
    path = orchard / "data" / "figures.csv"
    header, first, *others = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([header, first.replace("trees,", "pears,", 1), first, *others]), encoding="utf-8")
    assert ran(orchard) == []
    edit(orchard, "harvest", "import altair as alt", "import csv\\nimport altair as alt")
    ran(orchard)
    path.write_text("".join([header, first, *others]), encoding="utf-8")
    assert ran(orchard) == ["harvest runs: data/figures.csv has changed"]


def test_what_no_chapter_reads_runs_nothing_again(orchard: Path) -> None:
    (orchard / "data" / "notes.txt").write_text("To be read.")
    (orchard / "data" / "ids.csv").write_text("id,kind,page,anchor,status,note\n")
    description = orchard / "data" / "datapackage.json"
    description.write_text(description.read_text().replace('"orchard"', '"the-orchard"'))
    assert ran(orchard) == []


def test_a_damaged_entry_is_not_believed(orchard: Path, tmp_path: Path) -> None:
    ran(orchard, folder=tmp_path / "before")
    for path in (orchard / cache.FOLDER / "runs").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "30000" in text
        path.write_text(text.replace("30000", "31000"), encoding="utf-8")
    assert ran(orchard, folder=tmp_path / "after") == [
        "harvest runs: what it left is gone or damaged",
        "market runs: what it left is gone or damaged",
    ]
    before, after = (
        json.loads((tmp_path / name / "results" / "market.json").read_text()) for name in ("before", "after")
    )
    assert before == after


def test_an_entry_is_read_back_as_it_was_put(tmp_path: Path) -> None:
    store = cache.Store(tmp_path)
    assert store.get("kind", "name") is None
    store.put("kind", "name", {"a": [1, "é"]})
    assert store.get("kind", "name") == {"a": [1, "é"]}
    assert [path.name for path in tmp_path.rglob("*.part")] == []


def test_what_is_kept_is_worked_out_once_and_again_when_it_was_damaged(tmp_path: Path) -> None:
    store, asked = cache.Store(tmp_path), []

    def work() -> int:
        asked.append("work")
        return len(asked)

    assert [store.once("kind", "name", work), store.once("kind", "name", work), store.once("kind", "other", work)] == [
        1,
        1,
        2,
    ]
    store.path("kind", "name").write_text("1", encoding="utf-8")
    assert store.once("kind", "name", work) == 3


def test_what_was_used_longest_ago_is_thrown_away_first(tmp_path: Path) -> None:
    store = cache.Store(tmp_path)
    for place, name in enumerate(("old", "used", "new")):
        store.put("kind", name, "x" * 100)
        os.utime(store.path("kind", name), (place, place))
    assert store.get("kind", "used") == "x" * 100
    store.trim(2 * store.path("kind", "new").stat().st_size)
    assert [name for name in ("old", "used", "new") if store.get("kind", name)] == ["used", "new"]


def test_a_store_that_may_hold_nothing_is_emptied(tmp_path: Path) -> None:
    store = cache.Store(tmp_path)
    store.put("kind", "name", "x")
    store.trim(0)
    assert store.get("kind", "name") is None


def test_half_an_entry_is_thrown_away_when_whoever_wrote_it_has_been_gone_for_an_hour(tmp_path: Path) -> None:
    store = cache.Store(tmp_path)
    store.put("kind", "name", "x")
    for name, age in (("old", 3700), ("new", 3500)):
        part = tmp_path / "kind" / f"{name}.part"
        part.write_text("half")
        os.utime(part, (time.time() - age,) * 2)
    store.trim()
    assert sorted(path.name for path in (tmp_path / "kind").iterdir()) == ["name.json", "new.part"]


def test_a_finished_site_is_known_until_a_byte_of_it_or_of_its_story_changes(orchard: Path) -> None:
    site = orchard / "_build" / "html"
    (site / "sub").mkdir(parents=True)
    (site / "sub" / "page.html").write_text("page")
    made = cache.hash_of_site(site)
    cache.note(orchard, None, site, cache.Site(made))
    assert cache.standing(orchard, None, site) == cache.Site(made, [])
    assert cache.standing(orchard, "other.yml", site) is None
    (site / "sub" / "page.html").write_text("pagE")
    assert cache.standing(orchard, None, site) is None
    (site / "sub" / "page.html").write_text("page")
    assert cache.standing(orchard, None, site) == cache.Site(made, [])
    (orchard / "index.md").write_text("# Another orchard\n")
    assert cache.standing(orchard, None, site) is None


def test_a_reason_names_what_changed() -> None:
    assert cache.reason(None, {"a": "1"}) == "it has not run before"
    assert cache.reason({"a": "1", "b": "2"}, {"a": "1", "b": "3"}) == "b has changed"
    assert cache.reason({"a": "1", "b": "2"}, {"a": "2", "c": "3"}) == "a, b, c have changed"
    assert cache.reason({"a": "1"}, {"a": "1"}) == "what it left is gone or damaged"
