"""Change the data and the formulas by as little as can be, one place at a time, and see that a test fails each time.

python -m quality.assurance.mutation [--only data|formulas] [--file PATH] [--sample N] [--seed N] [--workers N]

A mutant that no test catches is printed with the test that should have caught it. A whole run records its figures in
`data/measures.csv`; a part of it records nothing. Exits 1 when a mutant survives that is not declared equivalent.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from quality.assurance import formula_mutants, trial
from quality.assurance.measures import ROOT, Measured, record
from quality.assurance.mutants import DATA, FORMULAS, Mutant

PARTS = (DATA, FORMULAS)
LEFT_OUT = shutil.ignore_patterns(".*", "_build", "build", "__pycache__", "*.egg-info")


@dataclass(frozen=True)
class Tried:
    """One mutant, how it ended (`caught`, `survived`, `stopped`), and the test that ended it."""

    mutant: Mutant
    outcome: str
    by: str

    @property
    def caught(self) -> bool:
        """Whether the tests do not pass with this mutant: one failed, or they did not come to an end."""
        return self.outcome != trial.SURVIVED


def try_all(
    parts: Sequence[str] = PARTS, file: str = "", sample: int = 0, seed: int = 1, workers: int = 2,
    judges: Sequence[str] = (), without: str = "", root: Path = ROOT,
) -> Iterator[Tried]:  # fmt: skip
    """The mutants of these parts as they are tried, each worker in a copy of `root`.

    Of files that begin with `file`; `sample` of each part, spread over the files, or all with 0. `judges` are the tests to
    try them on, all that judge unless given; those with `without` in their id take no part.
    Raises CalledProcessError when a worker fails: above all when the unchanged project does not pass.
    """
    whole = trial.drawn(parts, file, sample, seed)
    asked = {
        "parts": list(parts), "file": file, "sample": sample, "seed": seed, "of": workers, "judges": list(judges),
        "without": without,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="mutate-") as work:
        running = [_worker(root, Path(work) / str(share), {**asked, "share": share}) for share in range(workers)]
        for line in _lines(running):
            number, outcome, by = json.loads(line)
            yield Tried(whole[number], outcome, by)


def _worker(root: Path, work: Path, asked: dict[str, object]) -> subprocess.Popen[bytes]:
    copy = work / "project"
    shutil.copytree(root, copy, ignore=LEFT_OUT)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CASEFILE_", "PYTEST_"))}
    environment |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(work)}
    command = [sys.executable, "-m", "quality.assurance.trial", json.dumps({**asked, "work": str(work)})]
    return subprocess.Popen(command, cwd=copy, env=environment, stdout=subprocess.PIPE)


def _lines(running: Sequence[subprocess.Popen[bytes]]) -> Iterator[bytes]:
    """The lines of all processes as they come. Raises CalledProcessError when one of them fails."""
    with selectors.DefaultSelector() as selector:
        try:
            for process in running:
                selector.register(_output(process), selectors.EVENT_READ, (process, bytearray()))
            while selector.get_map():
                for key, _ in selector.select():
                    process, begun = key.data
                    part = os.read(key.fd, 1 << 16)
                    *lines, begun[:] = (bytes(begun) + part).split(b"\n")
                    yield from lines
                    if not part:
                        selector.unregister(key.fileobj)
                        if process.wait():
                            raise subprocess.CalledProcessError(process.returncode, process.args)
        finally:
            for process in running:
                process.terminate()
                process.wait()
                _output(process).close()


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m quality.assurance.mutation", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", choices=PARTS, help="mutants of one part alone")
    parser.add_argument("--file", default="", metavar="PATH", help="mutants of files whose path begins so")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="a sample of so many mutants of each part")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    parts = (asked.only,) if asked.only else PARTS
    started = time.monotonic()
    tried: dict[str, list[Tried]] = {part: [] for part in parts}
    survivors = 0
    for one in try_all(parts, asked.file, asked.sample, asked.seed, asked.workers):
        reason = formula_mutants.equivalent(one.mutant)
        if reason and not one.caught:
            print(f"equivalent: {one.mutant}\n  {reason}", flush=True)
            continue
        tried[one.mutant.part].append(one)
        if not one.caught:
            survivors += 1
            print(f"survived: {one.mutant}\n  expected to fail: {one.mutant.judges[0]}", flush=True)
    seconds = time.monotonic() - started
    for part, ended in tried.items():
        stopped = sum(one.outcome == trial.STOPPED for one in ended)
        hung = f", {stopped} of them by a test that did not end" if stopped else ""
        print(f"{part}: {sum(one.caught for one in ended)} of {len(ended)} caught{hung}")
    print(f"{seconds:.0f} s")
    if parts == PARTS and not (asked.file or asked.sample):
        record("mutation", measured(tried, seconds))
    sys.exit(1 if survivors else 0)


def measured(tried: dict[str, list[Tried]], seconds: float) -> list[Measured]:
    """The figures of a whole run."""
    found = []
    for part, words in ((DATA, "the data"), (FORMULAS, "the formulas")):
        ended = tried[part]
        share = sum(one.caught for one in ended) / len(ended)
        found += [
            Measured(f"mutation_{part}_tried", f"Small changes of {words} tried, one at a time", len(ended), "count"),
            Measured(f"mutation_{part}_caught", f"Of these, caught by a test ({part})", share, "fraction", at_least=1),
        ]
    return [*found, Measured("mutation_seconds", "Time for all", seconds, "second", at_most=600)]


if __name__ == "__main__":
    main()
