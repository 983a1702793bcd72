"""Many scenarios of one chapter: whole notebooks, or only its formulas, as a table with a row a scenario.

A sweep's folder holds its plan, and each scenario as soon as it is done; started again after it was killed, a sweep does
what is missing and repeats nothing.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from casefile import records
from casefile.errors import BadInput, CasefileError
from casefile.execution import notebooks
from casefile.figures.nodes import Figure
from casefile.notebook import parameters, results
from casefile.sweep import chart, flips, table, workers
from casefile.sweep.folder import MANIFEST, PLAN, ROWS
from casefile.sweep.grid import EvenlySpaced, Grid, grid
from casefile.sweep.job import BOOK, Job, names_of, prepared
from casefile.sweep.scenario import (
    ROWS_A_FILE,
    SCENARIO_NUMBER,
    ScenarioRow,
    compiled_formulas,
    overrides_of,
    part,
    scenario_row,
)
from casefile.system import cache, limits, place, provenance, scratch

MOST_NOTEBOOKS = 20_000
MOST_FORMULAS = 1_000_000_000

Advance = Callable[[int, int], None]


class SweepFailed(CasefileError):
    """Every scenario of a sweep failed; the message names the error of the first."""


def sweep(
    root: Path, chapter: str, vary: Sequence[str], output: Path, figures_only: bool = False, count: int | None = None,
    scheduler: str | None = None, advance: Advance = lambda done, of: None, data: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Run a sweep into the folder `output`, or go on with one that was stopped there; returns a summary.

    `vary` names parameters of the chapter, `NAME=…`, and of those it reads, `OTHER.NAME=…`, which then run in each scenario;
    without a chapter (BOOK), those of any, and the table has what every chapter says that one of them reaches.
    `count` processes work at once, one for each core unless given, or those of the Dask cluster whose `scheduler` is given.
    `data` is the folder of other data that `root`, a copy, has laid over the story's: the manifest names it.
    `advance(done, of)` is told how far it is. The summary counts `scenarios`, `ran` and `failed`, and holds the `flips`,
    as rows and as `told` in words, and the first `error`. Raises BadInput for a wrong chapter, grid or scheduler, and for a folder that holds something else;
    SweepFailed when no scenario succeeds.
    """
    story_records = records.load(root)
    others = [name for name in names_of(root, chapter) if name != chapter]
    own = story_records.declared(chapter)
    declared = own | {
        f"{row.chapter}.{name}": row
        for other in others
        for name, row in story_records.declared(other).items()
        if own.get(name) != row
    }
    if figures_only and chapter == BOOK:
        raise BadInput("--figures-only works out one chapter's formulas; expected a chapter before --vary")
    scenarios = grid(declared, chapter, vary, MOST_FORMULAS if figures_only else MOST_NOTEBOOKS)
    varied = overrides_of(story_records, chapter, scenarios.scenario(0))
    takers = [name for name in others if story_records.values_for(name, varied)]
    for name in [*([chapter] if chapter else []), *takers]:
        parameters.check_cell(notebooks.read(notebooks.path_of(root, name)), name, story_records)
    plan = {
        "chapter": chapter,
        "vary": {name: str(some) if isinstance(some, EvenlySpaced) else some for name, some in scenarios.values.items()},
        "figures only": figures_only, "scenarios": len(scenarios), "rests on": _rests_on(root, chapter),
    }  # fmt: skip
    place.check_apart(root, output)
    earlier = _standing(output, plan)
    if not earlier:
        place.check_free(root, output)
    if figures_only:
        for name in sorted(set(scenarios.values) - set(story_records.declared(chapter))):
            raise BadInput(f"{chapter}: its own formulas do not read {name}; sweep it without --figures-only")
        for name in scenarios.values:
            if shared := [other for other in takers if other in declared[name].readers]:
                raise BadInput(
                    f"{chapter}: {', '.join(shared)} reads {name!r} for it too; sweep it without --figures-only"
                )
        notebook = notebooks.read(notebooks.path_of(root, chapter))
        for name in sorted(set(scenarios.values) & parameters.read_by_code(notebook, chapter)):
            raise BadInput(f"{chapter}: its code reads {name!r} besides its formulas; sweep it without --figures-only")
    job = prepared(root, chapter, takers, scenarios.values, figures_only)
    if figures_only:
        size = len(scenarios) * 8 * (1 + len(job.values) + len(compiled_formulas(job).figures))
        free = shutil.disk_usage(next(folder for folder in (output, *output.parents) if folder.exists())).free
        if size > free:
            raise BadInput(
                f"this grid has {len(scenarios):,} scenarios, {size / 1e9:.0f} GB; {free / 1e9:.0f} GB are free"
            )
    with workers.task_pool(count, scheduler, figures_only) as pool:
        if not earlier:
            _begin(output, plan)
        with scratch.locked(output / PLAN) as mine:
            if mine is False:
                raise BadInput(f"{output}: another process is at this sweep; wait until it is done, or stop it")
            ran = _parts(job, output, pool, advance) if figures_only else _scenarios(job, output, pool, advance)
            failed: list[str] = []
            if figures_only:
                table.csv_of_parts(output, len(scenarios))
                lines = flips.chart_lines(
                    scenarios, declared, table.by_formula(compiled_formulas(job), scenarios), compiled_formulas(job)
                )
            else:
                rows = sorted(_rows(output), key=lambda row: int(row[SCENARIO_NUMBER]))
                failed = [str(row["error"]) for row in rows if row["error"]]
                lines = flips.chart_lines(scenarios, declared, table.write(output, rows))
            turning = flips.write(output, lines)
            chart.draw(output, lines)
            table.describe_sweep(
                output, chapter, scenarios, declared, _meanings(chapter, job, story_records), story_records
            )
            (output / MANIFEST).write_text(results.dumps(_manifest(root, plan, vary, data), indent=1), encoding="utf-8")
    if len(failed) == len(scenarios):
        raise SweepFailed(f"every scenario failed; the first: {failed[0]}")
    return {
        "scenarios": len(scenarios), "ran": ran, "failed": len(failed), "error": next(iter(failed), None), "flips": turning,
        "told": [sentence for line in lines for sentence in line.told()],
    }  # fmt: skip


def _meanings(chapter: str, job: Job, story_records: records.Records) -> dict[str, Figure]:
    """The figures that the columns stand for, as they are at the defaults; none of a chapter that fails there."""
    left = {**json.loads(job.found), **json.loads(job.standing)}
    graphs = [
        results.Results.from_json(plain, story_records.units).graph
        for name, plain in left.items()
        if chapter in (name, BOOK)
    ]
    return {name: figure for graph in graphs for name, figure in graph.figures.items() if figure.published or chapter}


def _manifest(root: Path, plan: Mapping[str, Any], vary: Sequence[str], data: Path | None) -> dict[str, Any]:
    """What the sweep was made from, and the command that makes it again."""
    words = [
        "casefile",
        "sweep",
        *([plan["chapter"]] if plan["chapter"] else []),
        *(word for text in vary for word in ("--vary", text)),
    ]
    words += ["--figures-only"] if plan["figures only"] else []
    words += ["--data", str(data)] if data else []
    read = [notebooks.path_of(root, name) for name in names_of(root, plan["chapter"])]
    made_from = {**provenance.inputs(root, read), **provenance.commit(root)}
    about = {key: plan[key] for key in ("chapter", "vary", "figures only", "scenarios")}
    return {**about, **made_from, "reproduce": shlex.join([*words, "--out", "again"])}


def _rests_on(root: Path, chapter: str) -> str:
    """What the results of this sweep rest on: its notebook, those it needs, all data, the package, the libraries."""
    names = names_of(root, chapter)
    files = [notebooks.path_of(root, name) for name in names]
    files += [path for path in (root / "data").rglob("*") if path.is_file() and not path.name.startswith(".")]
    parts = {"package": cache.package(pages=True), "libraries": cache.libraries_hash()}
    return cache.key({**parts, **cache.file_parts(root, files)})


def _standing(output: Path, plan: Mapping[str, Any]) -> bool:
    """Whether `output` holds this very sweep, begun. Raises BadInput when it holds anything else."""
    if not os.path.lexists(output) or (output.is_dir() and not any(output.iterdir())):
        return False
    with contextlib.suppress(OSError, ValueError):
        if json.loads((output / PLAN).read_text(encoding="utf-8")) == json.loads(json.dumps(plan)):
            return True
    raise BadInput(f"{output}: is not empty; expected a new folder, or one with this same sweep begun")


def _begin(output: Path, plan: Mapping[str, Any]) -> None:
    """Make the folder of a sweep with its plan in it, in one step."""
    with place.folder_beside(output) as work:
        new = work / "made"
        new.mkdir()
        (new / PLAN).write_text(results.dumps(plan, indent=1), encoding="utf-8")
        try:
            new.rename(output)
        except OSError:
            if not _standing(output, plan):  # begun by another process meanwhile
                raise


def _scenarios(job: Job, output: Path, pool: workers.Pool, advance: Advance) -> int:
    """Run the notebooks that are missing; each row is on disk before the next is counted."""
    done = {row[SCENARIO_NUMBER] for row in _rows(output)}
    total = len(Grid(job.values))
    missing = [number for number in range(total) if number not in done]
    advance(len(done), total)
    with (output / ROWS).open("a", encoding="utf-8") as file:

        def keep(number: int, row: ScenarioRow) -> None:
            file.write(json.dumps(row) + "\n")
            file.flush()
            done.add(number)
            advance(len(done), total)

        workers.work(pool, scenario_row, job, missing, keep, _longest(job))
    _in_order(output)
    return len(missing)


def _longest(job: Job) -> float:
    """Seconds in which at least one of the tasks under way must be done, or they hang."""
    cells = sum(len(chapter.cells) for chapter in job.chapters)
    return limits.of(Path(job.root)).seconds * (1 + cells)


def _in_order(output: Path) -> None:
    """Put the rows, which came as they were done, into the order of their numbers."""
    with scratch.temporary_directory(output) as work:
        lines = [json.dumps(row) + "\n" for row in sorted(_rows(output), key=lambda row: int(row[SCENARIO_NUMBER]))]
        (work / ROWS).write_text("".join(lines), encoding="utf-8")
        (work / ROWS).replace(output / ROWS)


def _rows(output: Path) -> list[ScenarioRow]:
    """The rows that are on disk, whole ones only; half a row, left by a process that was killed, is cut off."""
    path = output / ROWS
    if not path.is_file():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(path, len(whole))  # in one step: the whole rows are never away
    return [json.loads(line) for line in whole.splitlines()]


def _parts(job: Job, output: Path, pool: workers.Pool, advance: Advance) -> int:
    """Work out the files that are missing of a table from formulas alone."""
    folder = output / "scenarios.parquet"
    total = len(Grid(job.values))
    folder.mkdir(exist_ok=True)
    names = {number: folder / f"part-{number:05d}.parquet" for number in range(math.ceil(total / ROWS_A_FILE))}
    missing = [number for number, path in names.items() if not path.is_file()]
    done = [len(names) - len(missing)]

    def keep(number: int, content: bytes) -> None:
        half = names[number].with_suffix(".half")
        half.write_bytes(content)
        half.replace(names[number])
        done[0] += 1
        advance(min(total, done[0] * ROWS_A_FILE), total)

    advance(min(total, done[0] * ROWS_A_FILE), total)
    workers.work(pool, part, job, missing, keep, _longest(job))
    return sum(min(ROWS_A_FILE, total - number * ROWS_A_FILE) for number in missing)
