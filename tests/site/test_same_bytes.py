"""The same story gives the same bytes: elsewhere, later, in another language, for another user, by more processes, on another machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from casefile.live import bundle
from casefile.system import cache, place
from tests.conftest import ROOT, Plain
from tests.support import breaking, machines
from tests.support.breaking import LONG
from tests.support.orchard import built

# Every clock of the system that tells the day, in every process, goes `DAYS` ahead.
COMPILER = shutil.which("cc")
CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long ahead(void) { const char *days = getenv("DAYS"); return days ? atol(days) * 86400 : 0; }
int clock_gettime(clockid_t which, struct timespec *told) {
  static int (*was)(clockid_t, struct timespec *);
  if (!was) was = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = was(which, told);
  if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) told->tv_sec += ahead();
  return failed;
}
int gettimeofday(struct timeval *restrict told, void *restrict zone) {
  struct timespec now;
  int failed = clock_gettime(CLOCK_REALTIME, &now);
  if (!failed) { told->tv_sec = now.tv_sec; told->tv_usec = now.tv_nsec / 1000; }
  return failed;
}
time_t time(time_t *told) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (told) *told = now.tv_sec;
  return now.tv_sec;
}
"""


@dataclass(frozen=True)
class World:
    """Where, when, by whom, how and on what machine a story is built.

    `fonts` are the families that the machine has; None for those of this one.
    """

    folder: str
    environment: Mapping[str, str]
    days: int = 0
    umask: int = 0o022
    options: tuple[str, ...] = ()
    processor: str = ""
    fonts: tuple[str, ...] | None = None
    python: str = sys.executable


OTHER_FONTS = ("Casefile Sans", "Liberation Sans")
PYTHONS = tuple(filter(None, os.environ.get("CASEFILE_PYTHONS", "").split(os.pathsep)))  # `assurance.bytes` makes them
WORLDS = breaking.rounds(
    [
        World(
            "another place/häuser", {"TZ": "America/St_Johns", "LC_ALL": "xx_YY.UTF-8", "PYTHONHASHSEED": "4321", "USER": "x"},
            200, 0o077, ("--jobs", "1"), machines.PLAIN, OTHER_FONTS,
        ),
    ],
    [
        World("a", {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}, 0, 0o022, ("--jobs", "2"), "Sandybridge", ()),
        World("b", {"TZ": "UTC", "LC_ALL": "C.UTF-8", "LANGUAGE": "fr:de", "PYTHONHASHSEED": "random"}, -900, 0o002, ("--jobs", "4"), "Haswell"),
        World("c", {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "1"}, 8, 0o027, ("--jobs", "2", "--engine", "papermill"), "SkylakeX", ()),
        World("d", {"TZ": "Europe/Dublin", "LC_ALL": "POSIX", "PYTHONHASHSEED": "0", "PYTHONOPTIMIZE": "1"}, 31, 0o022, ("--jobs", "3"), machines.PLAIN, OTHER_FONTS),
        *(World(f"python-{place}", {}, processor=machines.PLAIN, fonts=(), python=python) for place, python in enumerate(PYTHONS)),
    ],
)  # fmt: skip


def clean_copy(target: Path) -> Path:
    """What is kept of the project, and nothing that was made of it but what reruns notebooks, in a folder of its own."""
    if (ROOT / bundle.PLACE).is_dir():
        shutil.copytree(ROOT / bundle.PLACE, target / bundle.PLACE)
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return target


def clock(folder: Path, days: int) -> dict[str, str]:
    """What to put into a process's environment so that it believes in a day that many days away; nothing without a C compiler."""
    if COMPILER is None:
        return {}
    source, library = folder / "clock.c", folder / "clock.so"
    if days and not library.is_file():
        source.write_text(CLOCK, encoding="utf-8")
        subprocess.run([COMPILER, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "DAYS": str(days)} if days else {}


def casefile(world: World, root: Path, *words: str) -> list[str]:
    """What the command says in a world, in lines; it must succeed."""
    return python(world, root, "-m", "casefile", *words).splitlines()


def python(world: World, root: Path, *words: str) -> str:
    """What Python says in a world, started with these words in a story's folder; it must succeed."""
    home = root.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("LC_", "LANG", "CASEFILE"))}
    environment |= {"HOME": str(home), "PYTHONPATH": str(root), **clock(root.parent, world.days), **world.environment}
    environment |= machines.processor(world.processor)
    if world.fonts is not None:
        environment |= machines.fonts(root.parent / "fonts", *world.fonts)
    done = subprocess.run(
        [world.python, *words], cwd=root, env=environment, umask=world.umask,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def made(root: Path) -> dict[str, bytes]:
    """All that building a story made: the site, and what is kept of runs, executed notebooks among it.

    Left out is only the note of which folder holds which site.
    """
    return {name: content for name, content in contents(root / "_build").items() if not name.startswith("cache/sites/")}


def differing(builds: Sequence[Mapping[str, bytes]]) -> list[str]:
    """The files that are not the same in all of some builds."""
    return sorted(name for name in set().union(*builds) if len({build.get(name) for build in builds}) > 1)


_RESULTS = """
import json
from pathlib import Path
from casefile.execution import notebooks, run

print(json.dumps(run.results_under(Path.cwd(), notebooks.chapters(Path.cwd()), {}), sort_keys=True))
"""


def test_every_chapter_comes_to_the_same_in_another_world(defaults: dict[str, Plain], tmp_path: Path) -> None:
    """To the last digit, with every word and every chart's specification."""
    world = WORLDS[0]
    found = json.loads(python(world, clean_copy(tmp_path / world.folder), "-c", _RESULTS))
    assert [chapter for chapter in defaults if found[chapter] != defaults[chapter]] == []
    assert found.keys() == defaults.keys()


def test_a_small_book_is_the_same_file_by_file_in_another_world(published: Path, tmp_path: Path) -> None:
    """With a chart, a record to cite, a registry and an edition; the long run builds the book itself in all of them."""
    world = WORLDS[0]
    here, there = (Path(shutil.copytree(published, tmp_path / folder)) for folder in ("here", world.folder))
    built(here)
    assert f"site {cache.hash_of_site(here / place.SITE)}" in casefile(world, there, "build", *world.options)
    one, other = made(here), made(there)
    assert [name for name in one if name.startswith("cache/runs/")] and "html/charts/apples.png" in one
    assert differing([one, other]) == []


@LONG
def test_builds_of_one_commit_are_the_same_file_by_file(
    site: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    sites, everything = [{f"html/{name}": content for name, content in contents(site).items()}], []
    for number, world in enumerate(WORLDS):
        root = clean_copy(tmp_path / str(number) / world.folder)
        said = casefile(world, root, "build", *world.options)
        assert f"site {cache.hash_of_site(root / place.SITE)}" in said
        found = made(root)
        assert [name for name in found if name.startswith("cache/runs/")]
        if breaking.THOROUGH:
            casefile(world, root, "rerun", "03_delay", "-p", "delay_months", "6", "--out", str(root / "rerun"))
            rerun = contents(root / "rerun")
            assert "notebook.ipynb" in rerun
            found |= {f"rerun/{name}": content for name, content in rerun.items() if name != "manifest.json"}
        sites.append({name: content for name, content in found.items() if name.startswith("html/")})
        if world.python == sys.executable:  # what is kept of runs is kept under the name of a Python
            everything.append(found)
    others = sorted({*differing(sites), *differing(everything)})
    record_property("builds", len(sites))
    record_property("processors", len({world.processor for world in WORLDS if machines.processor(world.processor)}))
    record_property("fonts", len({world.fonts for world in WORLDS if world.fonts is not None}))
    record_property("pythons", len({sys.executable, *(world.python for world in WORLDS)}))
    record_property("files", len(set().union(*sites, *everything)))
    record_property("differing", len(others))
    assert others == []


# What an event study, a formula and its band come to, bit by bit, and what NumPy may still use of the processor.
_WORKED = """
import hashlib
import numpy as np
import pandas as pd
import sympy
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from casefile.figures import event_study, expressions

random = np.random.default_rng(3)
market = random.normal(0.001, 0.01, 300)
days = [f"{day:03}" for day in range(300)]
rows = pd.DataFrame({"asset": 1.3 * market + random.normal(0, 0.02, 300), "market": market}, index=days)
line = event_study.MarketModel(rows[:100], "asset", "market")
study = [line.alpha, line.beta, line.r_squared, *vars(line.test(rows[100:103])).values()]
placebo = event_study.placebo(rows, "asset", "market", event_study.Windows(60, 5, 1, 1), ())
a, b = (expressions.symbol(name) for name in "ab")
formula = sympy.exp(-a / 9) * b**3 + sympy.log(a, 10) / (1 + 10 ** (b / a)) - a ** sympy.Float(1.7)
outcomes = expressions.compiled(formula, ("a", "b"))(*random.uniform(0.1, 9, (2, 20000)))
print(hashlib.sha256(np.concatenate([study, placebo, outcomes, np.percentile(outcomes, [5, 50, 95])]).tobytes()).hexdigest())
print(sum(__cpu_features__[feature] for feature in __cpu_dispatch__))
"""


@pytest.mark.parametrize("kind", breaking.rounds([machines.PLAIN], machines.kernels()))
def test_another_processor_finds_the_same_numbers_to_the_last_digit(kind: str) -> None:
    here, there = (
        subprocess.run(
            [sys.executable, "-c", _WORKED], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
            check=True,
        ).stdout.split()
        for environment in ({}, machines.processor(kind))
    )  # fmt: skip
    assert there[0] == here[0]
    assert kind != machines.PLAIN or there[1] == "0"


@pytest.mark.skipif(COMPILER is None, reason="another day is told by a library that a C compiler makes: cc")
def test_the_other_clock_is_another_indeed(tmp_path: Path) -> None:
    source = (
        "import datetime, time; print(time.strftime('%Y'), datetime.date.today().year, datetime.datetime.now().year)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, **clock(tmp_path, 36525)},
        capture_output=True,
        text=True,
        check=True,
    )
    years = {int(year) for year in done.stdout.split()}
    assert len(years) == 1
    assert years.pop() > 2100
