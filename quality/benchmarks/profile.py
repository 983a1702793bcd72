"""Where the time of a build goes: processor time and clock of each stage, and the functions that take most, process tree and all.

python -m quality.benchmarks.profile [cold] [nothing] [text] [parameter] [sweep] [--functions 25] [--under STAGE] [--keep]

With `--keep` the stages of the build from nothing go into `docs/measured.md`, each with the promise that it pays for, beside what
`jupyter-book build` takes for the same notebooks, executed.

Every process of the command is sampled (`sampled/sitecustomize.py`); nothing in the package knows of it. A stage is named by
the call that begins it, listed in `STAGES`. The sampling itself costs about a thirtieth, so compare profiles with profiles.
What the system counts for a tree of processes is less: it leaves out forks of the warm parent, which nobody waits for.
"""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from casefile.execution.story import Story
from casefile.system.place import SITE
from quality.assurance.tables import spliced
from quality.benchmarks import build, sweep
from quality.benchmarks.command import python

ROOT = Path(__file__).resolve().parents[2]
SAMPLED = Path(__file__).with_name("sampled")
SCENARIOS = 100
# What begins a stage, the most particular first: name, end of the file's path, function.
STAGES = (
    ("notebooks: cells", "execution/fork.py", "_run"),
    ("notebooks: fork and watch", "execution/fork.py", "_supervise"),
    ("warm parent: rehearsal", "execution/rehearsal.py", "rehearse"),
    ("warm parent: rehearsal", "execution/rehearsal.py", "rework"),
    ("warm parent: start and imports", "execution/fork.py", ""),
    ("drawing", "figures/pictures.py", "_draw"),
    ("drawing", "figures/pictures.py", "bundle"),
    ("drawing", "multiprocessing/forkserver.py", "main"),
    ("pages: load Jupyter Book", "site/renderer.py", "preload"),
    ("pages: read", "sphinx/builders/__init__.py", "read"),
    ("pages: write", "site/builder.py", "write"),
    ("pages: other files", "site/renderer.py", "_render"),
    ("pages: start", "site/renderer.py", "_serve"),
    ("data: check", "book/build.py", "check"),
    ("runs and results", "execution/story.py", "run"),
    ("lay pages out", "book/build.py", "stage"),
    ("citations: what can be cited", "book/build.py", "cite_everything"),
    ("citations: written", "citation/catalogue.py", "write"),
    ("downloads and API", "site/downloads.py", ""),
    ("downloads and API", "site/api.py", ""),
    ("downloads and API", "book/compare.py", ""),
    ("pages of editions", "site/versions.py", ""),
    ("EPUB", "publication/offline.py", "write"),
    ("live bundle", "live/story.py", "write"),
    ("audit", "audit/__init__.py", "audit"),
    ("hash and publish", "system/manifest.py", ""),
    ("hash and publish", "system/place.py", "put_in_place"),
    ("nothing to do?", "system/cache.py", "standing"),
    ("nothing to do?", "system/cache.py", "note"),
    ("sweep: table and chart", "sweep/table.py", ""),
    ("sweep: table and chart", "sweep/chart.py", ""),
    ("sweep: workers", "sweep/workers.py", ""),
    ("sweep: ask and keep", "sweep/sweep.py", ""),
    ("build: the rest", "book/build.py", "build"),
)  # fmt: skip
REST = "command: start and imports"
# What a build has of each, that no `jupyter-book build` of executed notebooks has; of the rest it has the same.
PROMISES = {
    "notebooks: cells": "every number is worked out by its notebook, here and now",
    "notebooks: fork and watch": "each notebook runs in a process of its own, within limits of time and memory",
    "warm parent: rehearsal": "notebooks, sweeps and reruns that start in milliseconds",
    "warm parent: start and imports": "the same",
    "drawing": "charts that need no script: in two widths, for paper, as files, in Vega for those who turn a parameter",
    "pages: load Jupyter Book": "", "pages: read": "", "pages: write": "", "pages: other files": "", "pages: start": "",
    "data: check": "no row that its description does not allow, no unit that does not fit",
    "runs and results": "a chapter runs again when something that it rests on has changed, and only then",
    "lay pages out": "pages are laid out from the run, not from notebooks as somebody left them",
    "citations: what can be cited": "each page, section, number, chart and claim has an id, and a hash of what it rests on",
    "citations: written": "each of them in every style and format of citation, and each source",
    "downloads and API": "the data, the picture and the notebook behind each number, as files",
    "pages of editions": "what was published stays as it was",
    "EPUB": "the book as a file to keep",
    "live bundle": "notebooks that run in the reader's browser",
    "audit": "every numeral on every page is accounted for before it is published",
    "hash and publish": "a failed build changes nothing, and whoever has a copy can compare it",
    "nothing to do?": "a second build of the same ends at once",
    "sweep: table and chart": "", "sweep: workers": "", "sweep: ask and keep": "",
    "build: the rest": "", REST: "",
}  # fmt: skip


@dataclass
class Stage:
    """Seconds of processor time, when the first and the last of them were spent, and in which processes."""

    seconds: float = 0.0
    first: float = float("inf")
    last: float = 0.0
    processes: set[str] = field(default_factory=set)


@dataclass
class Profile:
    """What one command took: the clock, and what was sampled of the processor time of all its processes."""

    name: str
    wall: float
    began: float
    story: Path
    samples: Sequence[tuple[str, float, float, Sequence[str]]]

    def stages(self) -> Mapping[str, Stage]:
        """The stages, the dearest first."""
        found: dict[str, Stage] = defaultdict(Stage)
        for process, seconds, clock, calls in self.samples:
            stage = found[stage_of(calls)]
            stage.seconds += seconds
            stage.first, stage.last = min(stage.first, clock - seconds), max(stage.last, clock)
            stage.processes.add(process)
        return dict(sorted(found.items(), key=lambda item: -item[1].seconds))

    def functions(self, under: str = "") -> Iterator[tuple[str, float, float, str]]:
        """Functions by the processor time spent in them and in what they call: with their own, and their dearest stage."""
        whole: dict[str, float] = defaultdict(float)
        own: dict[str, float] = defaultdict(float)
        where: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for _, seconds, _, calls in self.samples:
            stage = stage_of(calls)
            if not calls or not stage.startswith(under):
                continue
            own[calls[-1]] += seconds
            for call in set(calls):
                whole[call] += seconds
                where[call][stage] += seconds
        for call, seconds in sorted(whole.items(), key=lambda item: -item[1]):
            yield short(call, self.story), seconds, own[call], max(where[call], key=where[call].__getitem__)


def stage_of(calls: Sequence[str]) -> str:
    """The stage that a stack of calls belongs to: the first of `STAGES` that one of them begins."""
    for name, file, function in STAGES:
        for call in calls:
            path, _, called = call.rpartition(":")
            if path.endswith(f"/{file}") and (not function or called == function):
                return name
    return REST


def short(call: str, story: Path) -> str:
    """A call as one reads it: without the folders that libraries, this repository and the story lie in."""
    path, _, function = call.rpartition(":")
    for folder in (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), str(story), str(ROOT)):
        path = path.removeprefix(f"{folder}/")
    return f"{function} ({path})" if path != "import" else f"import {function}"


def sampled(name: str, command: Sequence[str], story: Path, samples: Path) -> Profile:
    """Run a command of the story's own copy of the package and sample it. One that fails ends this with what it said."""
    samples.unlink(missing_ok=True)
    paths = f"{SAMPLED}:{story}"
    began = time.monotonic()
    ran = subprocess.run(
        ["env", "-u", "PYTHONDONTWRITEBYTECODE", f"PYTHONPATH={paths}", f"CASEFILE_SAMPLES={samples}", *command],
        cwd=story, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    wall = time.monotonic() - began
    if ran.returncode:
        sys.exit(
            f"{name}: {' '.join(command)} ended with {ran.returncode}\n{ran.stdout[-3000:].decode(errors='replace')}"
        )
    lines = (line.split("\t", 3) for line in samples.read_text(encoding="utf-8").splitlines())
    read = [(line[0], float(line[1]), float(line[2]), line[3].split(chr(31))) for line in lines if len(line) == 4]
    return Profile(name, wall, began, story, read)


def printed(profile: Profile, functions: int, under: str) -> str:
    """A profile as text: its stages, and the functions that take most."""
    counted = sum(seconds for _, seconds, _, _ in profile.samples)
    lines = [
        f"{profile.name}: {profile.wall:.2f} s on the clock, {counted:.2f} s of processor time",
        f"{'CPU s':>7}{'share':>7}{'from':>7}{'to':>7}  stage (processes)",
    ]
    for name, stage in profile.stages().items():
        lines.append(
            f"{stage.seconds:7.2f}{stage.seconds / counted:7.0%}{stage.first - profile.began:7.1f}{stage.last - profile.began:7.1f}"
            f"  {name} ({len(stage.processes)})"
        )
    lines.append(f"{'CPU s':>7}{'own':>7}  function, with what it calls [its dearest stage]")
    for call, seconds, own, dearest in islice(profile.functions(under), functions):
        lines.append(f"{seconds:7.2f}{own:7.2f}  {call} [{dearest}]")
    return "\n".join(lines) + "\n"


def promised(profile: Profile, alone: Profile) -> str:
    """The stages of a build as a table in Markdown, each with what it pays for, beside `jupyter-book build` alone."""
    whole, other = (sum(seconds for _, seconds, _, _ in one.samples) for one in (profile, alone))
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        f"Sampled on {day}: {whole:.1f} s of processor time in all; `jupyter-book build` alone, {other:.1f} s.", "",
        "| stage | s | share | what it pays for |", "|---|---|---|---|",
    ]  # fmt: skip
    for name, stage in profile.stages().items():
        lines.append(f"| {name} | {stage.seconds:.2f} | {stage.seconds / whole:.0%} | {PROMISES[name]} |")
    return "\n".join([*lines, ""])


def alone(story: Path, work: Path) -> Sequence[str]:
    """Lay out what a build of `story` executed, and give the command that has Jupyter Book alone render it."""
    source, site = work / "alone", story / SITE
    for page in Story(story).pages:
        name = Story(story).chapters.get(page)
        ran = site / "notebooks" / f"{name}.ipynb" if name else story / f"{page}.md"
        target = source / f"{page}{ran.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ran, target)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(story / name, source / name)
    command = Path(sys.executable).with_name("jupyter-book")
    return [sys.executable, str(command), "build", str(source), "--path-output", str(work / "rendered")]


def cases(story: Path, work: Path) -> Mapping[str, Callable[[], Sequence[str]]]:
    """What can be profiled, by name: each prepares the story, and gives the command to run in it."""
    chapter, parameter, values = build.PARAMETER_CHANGED

    def cold() -> Sequence[str]:
        shutil.rmtree(story / "_build", ignore_errors=True)
        return python("casefile", "build")

    def text() -> Sequence[str]:
        page = next(page for page in Story(story).pages if Path(page).name == build.TEXT_CHANGED)
        build.one_more_sentence(story, page)
        return python("casefile", "build")

    def moved() -> Sequence[str]:
        (work / "given.json").write_text(json.dumps({chapter: {parameter: values[-1]}}))
        return python("casefile", "build", "--params", str(work / "given.json"), "--out", str(work / "moved"))

    def scenarios() -> Sequence[str]:
        varied = f"{sweep.VARIED}=1:6:{SCENARIOS}"
        return python(
            "casefile", "sweep", sweep.CHAPTER, "--vary", varied, "--workers", "2", "--out", str(work / "swept")
        )

    return {
        "cold": cold, "nothing": lambda: python("casefile", "build"), "text": text, "parameter": moved,
        "sweep": scenarios,
    }  # fmt: skip


def main(words: Sequence[str]) -> None:
    """Profile what is named, or all, in a copy of the story."""
    names = ("cold", "nothing", "text", "parameter", "sweep")
    parser = argparse.ArgumentParser(prog="python -m quality.benchmarks.profile", description="Where the time goes.")
    parser.add_argument("names", nargs="*", metavar="CASE", help=f"some of {', '.join(names)}; all by default")
    parser.add_argument("--functions", type=int, default=25, metavar="N", help="how many functions to list")
    parser.add_argument("--under", default="", metavar="STAGE", help="only functions of stages whose name begins so")
    parser.add_argument("--keep", action="store_true", help="have docs/measured.md say where a build's time goes")
    asked = parser.parse_args(words)
    if unknown := sorted(set(asked.names) - set(names)):
        parser.error(f"no case {', '.join(unknown)}; expected some of {', '.join(names)}")
    with tempfile.TemporaryDirectory(prefix="profile-") as folder:
        work = Path(folder)
        story = build.clone(ROOT, work / "story")
        for name, prepare in cases(story, work).items():
            if name in (asked.names or names) or name == "cold":
                profile = sampled(name, prepare(), story, work / "samples")
                if name in (asked.names or names):
                    print(printed(profile, asked.functions, asked.under), flush=True)
                if asked.keep and name == "cold":
                    other = sampled("alone", alone(story, work), story, work / "samples")
                    path = ROOT / "docs" / "measured.md"
                    text = spliced(path.read_text(encoding="utf-8"), "profile", promised(profile, other))
                    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
