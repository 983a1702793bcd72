"""Many scenarios of one chapter: whole notebooks, or only its formulas, as a table with a row a scenario.

A sweep's folder holds its plan, and each scenario as soon as it is done; started again after it was killed, a sweep does
what is missing and repeats nothing.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from casefile import cache, fork, limits, outcome, parameters, records, results, run, scratch, workers
from casefile.errors import BadInput
from casefile.grid import Grid, grid
from casefile.scenario import NUMBER, PART, Job, Row, compiled, part, scenario

PLAN, ROWS = "sweep.json", "scenarios.jsonl"
MOST_NOTEBOOKS = 20_000
MOST_FORMULAS = 1_000_000_000

Advance = Callable[[int, int], None]


def sweep(
    root: Path, chapter: str, vary: Sequence[str], output: Path, figures_only: bool = False, count: int | None = None,
    scheduler: str | None = None, advance: Advance = lambda done, of: None,
) -> dict[str, Any]:  # fmt: skip
    """Run a sweep into the folder `output`, or go on with one that was stopped there; returns a summary.

    `count` processes work at once, one for each core unless given, or those of the Dask cluster whose `scheduler` is given.
    `advance(done, of)` is told how far it is. The summary counts `scenarios`, `failed`, and holds the `flips` found.
    Raises BadInput for a wrong chapter, grid or scheduler, and for a folder that holds something else.
    """
    path = run.notebook_path(root, chapter)
    known = records.load(root)
    declared = known.declared(chapter)
    scenarios = grid(declared, chapter, vary, MOST_FORMULAS if figures_only else MOST_NOTEBOOKS)
    notebook = run.read_notebook(path)
    parameters.check_cell(notebook, chapter, known)
    plan = {
        "chapter": chapter, "vary": {name: list(values) for name, values in scenarios.values.items()},
        "figures only": figures_only, "scenarios": len(scenarios), "rests on": _rests_on(root, chapter),
    }  # fmt: skip
    standing = _standing(output, plan)
    job = _job(root, chapter, scenarios, notebook, figures_only)
    if figures_only:
        needed = set(run.with_needs(root, [chapter])) - {chapter}
        for name in scenarios.values:
            if shared := sorted(needed & set(declared[name].readers)):
                raise BadInput(
                    f"{chapter}: {', '.join(shared)} reads {name!r} for it too; sweep it without --figures-only"
                )
        for name in sorted(set(scenarios.values) & parameters.read_by_code(notebook, chapter)):
            raise BadInput(f"{chapter}: its code reads {name!r} besides its formulas; sweep it without --figures-only")
        size = len(scenarios) * 8 * (1 + len(job.values) + len(compiled(job).figures))
        free = shutil.disk_usage(next(folder for folder in (output, *output.parents) if folder.exists())).free
        if size > free:
            raise BadInput(
                f"this grid has {len(scenarios):,} scenarios, {size / 1e9:.0f} GB; {free / 1e9:.0f} GB are free"
            )
    with workers.pool(count, scheduler, figures_only) as pool:
        if not standing:
            _begin(output, plan)
        with scratch.locked(output / PLAN) as mine:
            if mine is False:
                raise BadInput(f"{output}: another process is at this sweep; wait until it is done, or stop it")
            ran = _parts(job, output, pool, advance) if figures_only else _scenarios(job, output, pool, advance)
            if figures_only:
                failed = 0
                outcome.csv_of_parts(output, len(scenarios))
            else:
                failed = outcome.tables(output, _rows(output))
            flips = outcome.flips(output, scenarios, declared, compiled(job) if figures_only else None)
            outcome.draw(output, scenarios, declared)
    return {"scenarios": len(scenarios), "ran": ran, "failed": failed, "flips": flips}


def _rests_on(root: Path, chapter: str) -> str:
    """What the results of this sweep rest on: its notebook, those it needs, all data, the package, the libraries."""
    names = run.with_needs(root, [chapter])
    files = [run.notebook_path(root, name) for name in names]
    files += [path for path in (root / "data").rglob("*") if path.is_file() and not path.name.startswith(".")]
    parts = {"package": cache.package(pages=False), "libraries": cache.libraries()}
    return cache.key({**parts, **cache.file_parts(root, files)})


def _standing(output: Path, plan: Mapping[str, Any]) -> bool:
    """Whether `output` holds this very sweep, begun. Raises BadInput when it holds anything else."""
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return False
    with contextlib.suppress(OSError, ValueError):
        if json.loads((output / PLAN).read_text(encoding="utf-8")) == json.loads(json.dumps(plan)):
            return True
    raise BadInput(f"{output}: is not empty; expected a new folder, or one with this same sweep begun")


def _begin(output: Path, plan: Mapping[str, Any]) -> None:
    """Make the folder of a sweep with its plan in it, in one step."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with scratch.folder(output.parent) as work:
        made = work / "made"
        made.mkdir()
        (made / PLAN).write_text(results.dumps(plan, indent=1), encoding="utf-8")
        made.rename(output)


def _job(root: Path, chapter: str, scenarios: Grid, notebook: run.Notebook, figures_only: bool) -> Job:
    names = run.with_needs(root, [chapter])
    if not figures_only:
        names = [name for name in names if name != chapter]
    found: dict[str, Any] = {}
    if names:
        with scratch.folder() as work:
            runs = cache.Runs(root, cache.Store(root / cache.FOLDER))
            run.execute_all(
                root, records.load_once(root), names, {}, work, os.cpu_count() or 1, run.FORK,
                lambda name, event, seconds: None, runs,
            )  # fmt: skip
            found = {
                name: json.loads((work / "results" / f"{name}.json").read_text(encoding="utf-8")) for name in names
            }
    if figures_only:
        return Job(str(root), chapter, scenarios.values, json.dumps(found[chapter]))
    tagged = next(
        place for place, cell in enumerate(notebook["cells"]) if parameters.TAG in cell["metadata"].get("tags", [])
    )
    cells = fork.runnable(notebook["cells"])
    at = sum(1 for place, _, _ in cells if place <= tagged)
    modules = tuple(sorted(fork.imports([notebook])))
    return Job(str(root), chapter, scenarios.values, json.dumps(found), tuple(cells), at, modules)


def _scenarios(job: Job, output: Path, pool: workers.Pool, advance: Advance) -> int:
    """Run the notebooks that are missing; each row is on disk before the next is counted."""
    done = {row[NUMBER] for row in _rows(output)}
    total = len(Grid(job.values))
    missing = [number for number in range(total) if number not in done]
    advance(len(done), total)
    with (output / ROWS).open("a", encoding="utf-8") as file:

        def keep(number: int, row: Row) -> None:
            file.write(json.dumps(row) + "\n")
            file.flush()
            done.add(number)
            advance(len(done), total)

        workers.work(pool, scenario, job, missing, keep, _longest(job))
    _in_order(output)
    return len(missing)


def _longest(job: Job) -> float:
    """Seconds in which at least one of the tasks under way must be done, or they hang."""
    return limits.of(Path(job.root)).seconds * (1 + len(job.cells))


def _in_order(output: Path) -> None:
    """Put the rows, which came as they were done, into the order of their numbers."""
    with scratch.folder(output) as work:
        lines = [json.dumps(row) + "\n" for row in sorted(_rows(output), key=lambda row: int(row[NUMBER]))]
        (work / ROWS).write_text("".join(lines), encoding="utf-8")
        (work / ROWS).replace(output / ROWS)


def _rows(output: Path) -> list[Row]:
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
    names = {number: folder / f"part-{number:05d}.parquet" for number in range(math.ceil(total / PART))}
    missing = [number for number, path in names.items() if not path.is_file()]
    done = [len(names) - len(missing)]

    def keep(number: int, content: bytes) -> None:
        half = names[number].with_suffix(".half")
        half.write_bytes(content)
        half.replace(names[number])
        done[0] += 1
        advance(min(total, done[0] * PART), total)

    workers.work(pool, part, job, missing, keep, _longest(job))
    return sum(min(PART, total - number * PART) for number in missing)
