"""`docs/measured.md` quotes what the benchmarks measured, and nothing else; profiles and grown stories are what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefile import records
from casefile.book import build
from casefile.execution.story import Story
from quality.assurance.tables import SPEED
from quality.benchmarks import grown, growth, live, profile, run, tables
from quality.benchmarks.row import against
from tests.conftest import ROOT
from tests.support.breaking import LONG


def test_the_page_of_what_was_measured_quotes_the_benchmarks() -> None:
    parts = json.loads((ROOT / "quality" / "benchmarks" / "measured.json").read_text(encoding="utf-8"))["parts"]
    text = (ROOT / "docs" / "measured.md").read_text(encoding="utf-8")
    assert {"build", "sweep", "page"} <= set(parts) <= set(run.PARTS)
    assert tables.updated(text, parts) == text
    for part in parts.values():
        for row in part["rows"]:
            assert row["what"] in text


def test_readers_are_told_the_lines_with_a_rival_as_they_were_measured(known: records.Records) -> None:
    """`python -m quality.benchmarks.tables` has the README and the page *How we know* follow what was measured."""
    parts = json.loads(tables.WRITTEN.read_text(encoding="utf-8"))["parts"]
    told = [row for row in known.measures.values() if row.part == SPEED]
    lines = [row for name in ("build", "sweep", "page") for row in parts[name]["rows"] if row["rival"]]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert tables.in_readme(readme, parts) == readme
    assert len(told) == len(lines) > 5
    for row, line in zip(told, lines, strict=True):
        assert row.meaning.endswith(f"{line['what'][1:]}, against {line['against']}")
        assert (row.goal, row.met) == (line["bound"], line["met"])
        assert row.value == pytest.approx(line["ratio"]) and row.unit == ("ratio" if line["bound"] > 1 else "fraction")


def test_reruns_in_two_browsers_pages_are_compared_by_first_and_next_result_and_only_where_both_came_to_the_same() -> (
    None
):
    ours = [([6.0, 0.5, 0.7], {"figures": {"cost": 1}}), ([8.0, 0.6, 0.8], {"figures": {"cost": 1}})]
    theirs = [([30.0, 2.0, 2.0], {"figures": {"cost": 1}}), ([40.0, 2.2, 2.4], {"figures": {"cost": 1}})]
    first, following = live.rows(ours, theirs)
    assert (first.ours, first.rival, first.ratio, first.range) == (7.0, 35.0, 0.2, "6 to 8 s") and first.met
    assert (following.ours, following.rival) == pytest.approx((0.65, 2.1)) and not following.met
    theirs[1][1]["figures"]["cost"] = 2
    with pytest.raises(RuntimeError, match="seed at 2028: JupyterLite came to other figures"):
        live.rows(ours, theirs)


def test_a_line_says_the_median_the_spread_and_how_many_times_as_much_the_rival_needs() -> None:
    row = against("a sweep", "papermill", "s", [0.2, 0.1, 0.3], [10.0, 12.0, 20.0], 50, at_most=False)
    assert (row.ours, row.rival, row.met, row.range) == (0.2, 12.0, True, "0.1 to 0.3 s")
    assert round(row.ratio) == 60
    assert against("a build", "a book", "s", [1.0], [4.0], 0.2).ratio == 0.25


def test_a_profile_counts_each_sample_in_one_stage_and_each_function_once() -> None:
    build_call, audit_call = "/a/casefile/book/build.py:build", "/a/casefile/audit/__init__.py:audit"
    samples = [
        ("1", 0.5, 10.0, [build_call, audit_call, "/a/x.py:read", "/a/x.py:read"]),
        ("1", 0.25, 10.5, [build_call]),
        ("2", 1.0, 11.0, ["import:altair"]),
    ]
    told = profile.Profile("cold", 2.0, 9.0, Path("/a"), samples)
    assert {name: stage.seconds for name, stage in told.stages().items()} == {
        profile.REST: 1.0, "audit": 0.5, "build: the rest": 0.25,
    }  # fmt: skip
    assert ("read (x.py)", 0.5, 0.5, "audit") in told.functions()
    assert ("build (casefile/book/build.py)", 0.75, 0.25, "audit") in told.functions()
    assert "altair" not in " ".join(call for call, *_ in told.functions("audit"))


def test_each_stage_of_a_build_stands_beside_what_it_pays_for_and_what_jupyter_book_takes_alone() -> None:
    assert set(profile.PROMISES) == {name for name, _, _ in profile.STAGES} | {profile.REST}
    cold = profile.Profile("cold", 2.0, 9.0, Path("/a"), [("1", 1.5, 10.0, ["/a/casefile/audit/__init__.py:audit"])])
    alone = profile.Profile("alone", 2.0, 9.0, Path("/a"), [("1", 0.75, 10.0, ["/a/jupyter_book/cli.py:build"])])
    table = profile.promised(cold, alone)
    assert "1.5 s of processor time in all; `jupyter-book build` alone, 0.8 s" in table
    assert f"| audit | 1.50 | 100% | {profile.PROMISES['audit']} |" in table


def test_a_story_that_is_grown_to_a_size_keeps_every_rule(tmp_path: Path) -> None:
    size = grown.Size(chapters=2, charts=1, figures=3, sources=2, editions=0)
    story = Story(grown.write(tmp_path / "grown", size))
    known = build.check(story)
    assert len(story.chapters) == 1 + size.chapters
    assert sum(name.startswith("fact_") for name in known.figures) == size.chapters * size.figures
    assert size.times(10).chapters == 20
    assert size.times(10).figures == size.figures


@LONG
def test_a_story_that_is_grown_is_published_and_built(tmp_path: Path) -> None:
    story = grown.write(tmp_path / "grown", grown.Size(chapters=2, charts=2, figures=3, sources=2, editions=1))
    assert (story / "editions" / "0.1.0.json").is_file()
    assert {"build", "verify one citation", "the whole site"} <= set(growth.taken(story))


def test_each_stage_of_a_profile_is_begun_by_code_that_is_there() -> None:
    for _, file, function in profile.STAGES:
        path = ROOT / "casefile" / file
        if file.split("/")[0] not in ("sphinx", "multiprocessing"):
            assert path.is_file(), file
            assert not function or f"def {function}(" in path.read_text(encoding="utf-8"), f"{file}: {function}"
