"""Mutation: what is changed, that a sample of it is noticed, and that the harness says so when it is not."""

from __future__ import annotations

import ast
import csv
import functools
import shutil
import subprocess
from pathlib import Path

import pytest

from casefile.execution import run
from casefile.notebook import results
from quality.assurance import formula_mutants, mutants, trial
from quality.assurance.formula_mutants import mutated
from quality.assurance.mutants import DATA, nudged
from quality.assurance.mutation import LEFT_OUT, try_all
from tests.conftest import CHAPTERS, ROOT, Run
from tests.support import breaking

MOVES = "tests/story/test_notebooks.py::test_figures_move_as_they_should_and_the_others_stay"


@functools.cache
def all_of_data() -> list[mutants.Mutant]:
    return list(mutants.of_data(ROOT))


def test_every_test_that_judges_a_mutant_is_there() -> None:
    judges = {judge for mutant in (*all_of_data(), *formula_mutants.of_formulas(ROOT)) for judge in mutant.judges}
    for judge in {*trial.JUDGES, *judges}:
        file, _, test = judge.partition("::")
        source = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {test.partition('[')[0]}" in source, judge


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("500000000", "500000001"), ("0.568", "0.569"), ("-2531", "-2530"), ("2.1e25", "2.2e25"), ("144.60", "144.61"),
        ("2024-06-04", "2024-06-05"), ("2024-02-28", "2024-02-27"), ("2023-12", "2023-11"), ("2023-11", "2023-12"),
        ("2024", "2025"), ("Grok-1", None), ("nan", None),
    ],
)  # fmt: skip
def test_a_number_or_a_date_moves_by_one_in_its_last_digit(text: str, after: str | None) -> None:
    assert nudged(text) == after


def test_every_cell_that_holds_a_source_value_is_changed_and_nothing_else_in_its_file() -> None:
    changed = {(mutant.file, mutant.place) for mutant in all_of_data()}
    for series in sorted((ROOT / "data" / "series").glob("*.csv")):
        with series.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), start=2):
                for column in set(row) - mutants.OWN_WORDS:
                    place = f"row {number} ({row.get('id') or row['date']}), {column}"
                    assert not row[column] or (f"data/series/{series.name}", place) in changed, (series.name, place)
    for mutant in mutants.spread(all_of_data(), 60, 2):
        for path, text in mutant.change().items():
            before, after = (ROOT / path).read_text(encoding="utf-8").splitlines(), text.splitlines()
            assert sum(one != other for one, other in zip(before, after, strict=True)) == 1, str(mutant)


def test_every_operator_operand_comparison_and_number_of_some_code_is_changed() -> None:
    code = "share = (part - 2) / whole\nword(share < low, share >= 0.5 and not odd)\nwidth = max(share, -low)\n"
    found = [(before, after) for _, before, after, _ in mutated(code, notebook=False)]
    assert found == [
        ("(part - 2) / whole", "(part - 2) * whole"), ("(part - 2) / whole", "part - 2"), ("(part - 2) / whole", "whole"),
        ("part - 2", "part + 2"), ("part - 2", "part"), ("part - 2", "2"), ("2", "3"),
        ("share < low", "share <= low"), ("share < low", "share > low"), ("share < low", "low < share"),
        ("share >= 0.5 and not odd", "share >= 0.5 or not odd"), ("share >= 0.5 and not odd", "share >= 0.5"),
        ("share >= 0.5 and not odd", "not odd"), ("share >= 0.5", "share > 0.5"), ("share >= 0.5", "share < 0.5"),
        ("not odd", "odd"), ("0.5", "0.6"), ("max(share, -low)", "min(share, -low)"), ("-low", "low"),
    ]  # fmt: skip
    for _, _, after, whole in mutated(code, notebook=False):
        assert ast.unparse(ast.parse(after)) in ast.unparse(ast.parse(whole))


def test_what_a_notebook_draws_is_no_formula_whichever_module_it_draws_with() -> None:
    code = "went = chips / 100\nblock = lanes.Block(went, columns=24)\nbars = sparks.bars(rows, 0.5)\n"
    assert {before for _, before, _, _ in mutated(code, notebook=True)} == {"chips / 100", "100"}
    modules = {
        path.stem
        for path in (ROOT / "casefile" / "figures").glob("*.py")
        if ".mark_" in path.read_text(encoding="utf-8")
    }
    assert modules <= formula_mutants.DRAWING


@pytest.mark.parametrize("chapter", breaking.rounds(list(CHAPTERS)[::2], list(CHAPTERS)[1::2]))
def test_a_chapter_run_in_the_worker_itself_comes_out_as_under_papermill(
    chapter: str, run_chapter: Run, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in run.environment(ROOT, None):
        monkeypatch.setenv(name, "")  # to be put back
    expected = run_chapter(chapter)
    found = trial.execute_here(ROOT, chapter, {}, tmp_path, shared / "results")
    assert results.of_notebook(found, chapter) == expected


def test_a_sample_of_the_data_over_all_files_is_caught() -> None:
    judges = sorted({judge.partition("[")[0] for mutant in all_of_data() for judge in mutant.judges})
    tried = list(try_all([DATA], sample=60, seed=3, workers=1, judges=judges))
    assert len({str(one.mutant) for one in tried}) == 60
    assert {one.mutant.file for one in tried} == {mutant.file for mutant in all_of_data()}
    assert [str(one.mutant) for one in tried if not one.caught] == []


ORIGINS, UNITS = (
    f"tests/story/test_transcription.py::{name}"
    for name in ("test_every_origin_has_its_date", "test_every_unit_is_defined_and_printed_as_agreed")
)


def test_a_mutant_survives_when_the_test_that_sees_it_is_taken_away() -> None:
    blind = list(try_all([DATA], "data/origins.csv", 4, workers=1, judges=[ORIGINS, UNITS], without=ORIGINS))
    assert {(one.outcome, one.by) for one in blind} == {(trial.SURVIVED, UNITS)}
    assert [str(one.mutant) for one in blind] == [
        str(mutant) for mutant in trial.drawn([DATA], "data/origins.csv", 4, 1)
    ]
    assert all(ORIGINS in one.mutant.judges for one in blind)


def test_nothing_is_learnt_from_a_project_that_does_not_pass_unchanged(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "project"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    table = root / "data" / "origins.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("2019-02-19", "2019-02-18"), encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        list(try_all([DATA], "data/units.csv", 2, workers=1, judges=[ORIGINS, UNITS], root=root))
    assert f"the unchanged project fails {ORIGINS}" in capfd.readouterr().err
