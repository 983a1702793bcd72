"""`casefile new`, and `docs/new_story.md` followed in the folder that it lays out; its builds are those of `make assurance`."""

from __future__ import annotations

import base64
import contextlib
import csv
import datetime
import hashlib
import io
import json
import os
import re
import shlex
import sys
import tomllib
import unittest
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casefile import cli
from casefile.book import build as book
from casefile.book.new import new
from casefile.errors import BadInput
from casefile.execution import run
from casefile.execution.story import Story
from casefile.notebook import results
from tests.conftest import ROOT
from tests.support import guide

GUIDE = ROOT / "docs" / "new_story.md"
DAY = datetime.date(2026, 11, 26)


@contextlib.contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """Have the working folder be another meanwhile."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def command(words: list[str]) -> int:
    """Run the command in this process; its exit code."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(sys, "argv", words)
        changed.delenv("CASEFILE_ROOT", raising=False)
        try:
            cli.main()
        except SystemExit as left:
            return int(left.code or 0)
    return 0


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A story as `casefile new` lays it out."""
    folder = tmp_path_factory.mktemp("new") / "my-story"
    new(folder, None, None, DAY)
    return folder


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A story in which every block of the guide stands in its file, and every source that it adds was added."""
    folder = tmp_path_factory.mktemp("followed")
    root = folder
    for block in guide.blocks(GUIDE):
        if block.file:
            guide.follow(root, block)
            continue
        for line in block.content.replace("\\\n", "").splitlines():
            words = shlex.split(line)
            if words[:2] in (["casefile", "new"], ["casefile", "source"]):
                with standing_in(root):
                    assert command(words) == 0
            if words[0] == "cd":
                root = folder / words[1]
    return root


def result(root: Path, chapter: str, tmp_path: Path) -> results.Results:
    """What a chapter of a story leaves when it is run."""
    executed = run.execute(root, chapter, {}, tmp_path / "out.ipynb", tmp_path, run.FORK)
    return results.Results.from_json(results.of_notebook(executed, chapter), Story(root).records.units)


def test_a_new_story_is_sound_and_says_whose_it_is(laid_out: Path) -> None:
    story = Story(laid_out)
    known = book.check(story)
    assert (len(known.figures), len(known.claims), len(known.sources), story.title) == (3, 1, 1, "My story")
    placeholders = [
        path for path in laid_out.rglob("*") if path.suffix not in ("", ".whl") and "STORY_" in path.read_text("utf-8")
    ]
    assert placeholders == []
    assert (laid_out / ".gitignore").read_text("utf-8").splitlines()[:3] == [".venv/", "_build/", "engine.mk"]


def test_its_chapter_works_the_growth_out_and_judges_the_claim(laid_out: Path, tmp_path: Path) -> None:
    left = result(laid_out, "01_growth", tmp_path)
    # the release prints the increase itself, 22,703,743 people
    assert left.graph["growth"].value == pytest.approx(22_703_743 / 308_745_538, rel=1e-12)
    assert left.verdicts["growth_between_censuses"]["verdict"] == "supported"
    assert list(left.charts) == ["population"]


def test_the_check_refuses_a_rule_that_cannot_give_a_verdict_it_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "my-story"
    new(root, None, None, DAY)
    chapter = root / "chapters" / "01_growth.ipynb"
    text = chapter.read_text("utf-8")
    assert '(\\"wrong\\", True)' in text
    chapter.write_text(
        text.replace('(\\"wrong\\", True)', '(\\"wrong\\", abs(growth - printed) < 0), (\\"imprecise\\", True)'),
        "utf-8",
    )
    with standing_in(root):
        assert command(["casefile", "check"]) == 1
    refused = "claim 'growth_between_censuses': no values of its figures lead to 'wrong'; expected a rule that can give each verdict it names"
    assert capsys.readouterr().err == f"casefile: 01_growth.ipynb, cell 4: {refused}\n"


def test_its_own_tests_know_its_facts_and_miss_one_that_was_not_typed_twice(followed: Path) -> None:
    def failures() -> int:
        suite = unittest.TestLoader().loadTestsFromName("TheSecondTranscription", namespace())
        return len(suite.run(unittest.TestResult()).failures)

    def namespace() -> Any:
        path = followed / "tests" / "test_story.py"
        module = type(sys)("its_tests")
        module.__dict__["__file__"] = str(path)
        exec(compile(path.read_text("utf-8"), path, "exec"), module.__dict__)
        return module

    assert failures() == 0
    typed = followed / "tests" / "transcription.csv"
    before = typed.read_text("utf-8")
    typed.write_text(before.replace("house_seats,435\n", ""), encoding="utf-8")
    assert failures() == 1
    typed.write_text(before.replace("309183463", "309183643"), encoding="utf-8")
    assert failures() == 1
    typed.write_text(before, encoding="utf-8")


def test_the_engine_it_carries_is_whole_and_the_same_bytes_each_time(laid_out: Path, tmp_path: Path) -> None:
    (wheel,) = (laid_out / "engine").glob("*.whl")
    new(tmp_path / "again", None, None, DAY)
    assert (tmp_path / "again" / "engine" / wheel.name).read_bytes() == wheel.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        held = archive.namelist()
        listed = list(csv.reader(io.StringIO(archive.read(held[-1]).decode())))
        for name, said, _ in listed[:-1]:
            kind, _, digest = said.partition("=")
            assert (
                base64.urlsafe_b64encode(hashlib.new(kind, archive.read(name)).digest()).decode().rstrip("=") == digest
            )
    assert held == [name for name, *_ in listed]
    needed = ("__init__.py", "py.typed", "figures/fonts.conf", "site/theme/layout.html", "site/theme/theme.toml", "site/static/casefile.css",
              "book/watch.js", "book/template/gitignore", "book/template/chapters/01_growth.ipynb", "book/template/tests/test_story.py")  # fmt: skip
    assert {f"casefile/{name}" for name in needed} <= set(held)
    assert not [name for name in held if name.endswith(".pyc")]
    pinned = (laid_out / "requirements.txt").read_text("utf-8").splitlines()
    assert pinned[1] == f"./engine/{wheel.name}"
    locked = {
        line.partition(" ")[0] for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if "==" in line
    }
    assert {"jupyter-book", "papermill", "sphinx", "tornado"} <= {line.partition("==")[0] for line in pinned[2:]}
    assert set(pinned[2:]) <= locked


def test_the_engine_says_of_itself_what_it_is_and_not_this_story() -> None:
    about = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = about["description"] + (ROOT / about["readme"]).read_text("utf-8")
    assert "casefile new" in said and Story(ROOT).title not in said
    named = set(re.findall(r"`casefile (\w+)", said))
    assert named and named <= set(cli.group.cli.commands)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["new", "full"], "full: is not empty; expected a new or an empty folder"),
        (["new", "a story"], "'a story': no name of a story; expected letters, digits, - and _, such as my-story"),
        (["new", "/"], "'': no name of a story; expected letters, digits, - and _, such as my-story"),
        (["new", "-x"], "No such option"),
        (["new", "s", "--title", "a\nb"], "--title 'a\\nb'; expected one line of text without < and >"),
        (["new", "s", "--title", ""], "--title ''; expected one line of text without < and >"),
        (["new", "s", "--author", " "], "--author ' '; expected one line of text without < and >"),
        (["new", "s", "--author", "<b>"], "--author '<b>'; expected one line of text without < and >"),
        (["new", "full/file"], "{}/full/file: is a file; expected a new or an empty folder"),
        (["new", "full/file/s"], "{}/full/file: is a file; expected a folder"),
        (["new", "/proc/s"], "/proc"),  # who may not write there is told so, root that there can be none
        (["new", "s" * 300], f"{{}}/{'s' * 300}: File name too long; expected a folder to write in"),
    ],
)
def test_what_can_be_no_story_is_refused_and_nothing_is_left(
    words: list[str], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    with standing_in(tmp_path):
        assert command(["casefile", *words]) == 2
    said = capsys.readouterr().err.replace(f"{tmp_path}/full: is", "full: is")
    assert said.startswith(f"casefile: {line.format(tmp_path)}")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_a_story_may_be_laid_out_in_the_empty_folder_one_stands_in(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with standing_in(tmp_path / "here"):
        assert command(["casefile", "new", ".", "--title", 'A "title": with signs']) == 0
        assert Path("README.md").is_file()
    assert Story(tmp_path / "here").title == 'A "title": with signs'


def test_the_guide_of_a_new_story_ends_in_a_sound_one(followed: Path) -> None:
    known = book.check(Story(followed))
    assert known.sources["research_alert"].origin == "census_report"
    assert list(Story(followed).chapters.values()) == ["01_growth", "02_seats"]


def test_the_chapter_of_the_guide_counts_people_for_each_seat(followed: Path, tmp_path: Path) -> None:
    left = result(followed, "02_seats", tmp_path)
    assert left.graph["people_a_seat"].value == pytest.approx(331_108_434 / 435, rel=1e-12)
    assert left.verdicts["apportionment_growth"]["verdict"] == "supported"


def test_the_contract_names_every_directive_that_links_lead_to() -> None:
    contract = (ROOT / "docs" / "contract.md").read_text("utf-8")
    assert all(
        f"`{directive}`" in contract for directive in (*book.LISTED.values(), "casefile-verify", "casefile-citations")
    )


@pytest.mark.parametrize(("table", "directive"), book.LISTED.items())
def test_rows_that_pages_link_to_need_a_page_that_lists_them(
    table: str, directive: str, laid_out: Path, tmp_path: Path
) -> None:
    story = Story(laid_out)
    places = {name: page for name, page in story.places.items() if name != directive}
    story.__dict__["places"] = places  # as where no page has the directive
    if getattr(story.records, table):
        with pytest.raises(BadInput, match=f"data/{table}.csv: has rows that pages link to, and no page lists them"):
            book.check(story)
    else:
        book.check(story)


def test_a_description_of_a_new_story_is_that_of_its_tables(laid_out: Path) -> None:
    described = json.loads((laid_out / "data" / "datapackage.json").read_text("utf-8"))
    assert {table["path"] for table in described["resources"]} == {
        path.name for path in (laid_out / "data").glob("*.csv")
    }
