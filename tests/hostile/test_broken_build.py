"""A build broken on purpose: the last good site is whole, what was finished is kept, nothing lingers, one line says why."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import itertools
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casefile.execution import fork
from casefile.site import renderer
from casefile.system import cache
from tests.support import breaking
from tests.support.breaking import LONG, Command, Trap, copy, insert, limit, litter, refused, site_of
from tests.support.orchard import plant
from tests.support.published import replace, version

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")

STAGES = [
    ("data", "start"), ("data", "done"), ("harvest", "start"), ("harvest", "done"), ("market", "start"),
    ("market", "done"), ("pages", "start"), ("pages", "done"),
]  # fmt: skip
DAILY_STAGES = [("market", "done"), ("pages", "done")]
AGAIN = "run the same command again, which goes on from what is finished"


def built(root: Path) -> str:
    """The hash of the site that the command builds now, and says it built."""
    command = Command(root, "build")
    assert command.ended() == 0, command.lines()
    made = cache.hash_of_site(site_of(root))
    assert command.lines()[-1] == f"site {made}"
    return made


def kept(root: Path) -> set[str]:
    """The chapters whose runs are kept."""
    return {path.stem for path in (root / cache.FOLDER / "latest").glob("*.json")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story, built."""
    root = plant(tmp_path_factory.mktemp("broken") / "orchard")
    limit(root, 60)
    built(root)
    return root


@pytest.fixture
def orchard(finished: Path, tmp_path: Path) -> Path:
    """A copy of it with its site, whose pages must be made anew."""
    root = copy(finished, tmp_path / "orchard")
    (root / "index.md").write_text("# Another orchard\n\nIt bore {num}`harvest` apples.\n")
    return root


@pytest.fixture
def anew(orchard: Path) -> Path:
    """Such a copy, in which every chapter must be run anew too."""
    shutil.rmtree(orchard / cache.FOLDER)
    return orchard


@pytest.fixture(scope="module")
def undisturbed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hash of the site of such a copy, built by one whom nobody disturbed."""
    root = copy(finished, tmp_path_factory.mktemp("undisturbed") / "orchard")
    (root / "index.md").write_text("# Another orchard\n\nIt bore {num}`harvest` apples.\n")
    return built(root)


def kill(root: Path, trap: Trap) -> None:
    """Have a build killed, and hold that it left the site as it was and no process behind."""
    before = cache.hash_of_site(site_of(root))
    command = Command(root, "build", trap=trap)
    assert command.ended() == -signal.SIGKILL, command.lines()
    assert command.strays() == []
    assert cache.hash_of_site(site_of(root)) == before


def leaves_a_stray() -> None:
    """Fork a process that goes on by itself after the command."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)


def test_a_process_that_outlives_its_command_is_seen(tmp_path: Path) -> None:
    command = Command(plant(tmp_path / "orchard"), "--help", trap=leaves_a_stray)
    assert command.ended() == 0, command.lines()
    (stray,) = command.running()
    stray.kill()
    assert command.strays() == []


def test_a_build_killed_at_stage_after_stage_loses_nothing_and_ends_as_if_undisturbed(
    anew: Path, undisturbed: str
) -> None:
    """In turn the process alone, whose helpers must notice, and all of its group."""
    for place, (part, event) in enumerate(DAILY_STAGES):
        kill(anew, breaking.dies_at(part, event, group=bool(place % 2)))
        assert part in {*kept(anew), "pages"}
    assert kept(anew) == {"harvest", "market"}
    command = Command(anew, "build")
    assert command.ended() == 0, command.lines()
    assert not [line for line in command.lines() if " runs: " in line]  # both were finished before
    assert cache.hash_of_site(site_of(anew)) == undisturbed
    assert litter(anew) == []


@LONG
@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its group"])
@pytest.mark.parametrize(("part", "event"), STAGES)
def test_a_build_killed_at_one_stage_ends_as_if_undisturbed(
    part: str, event: str, group: bool, anew: Path, undisturbed: str
) -> None:
    kill(anew, breaking.dies_at(part, event, group))
    assert built(anew) == undisturbed
    assert litter(anew) == []


@pytest.mark.parametrize("trap", breaking.rounds([breaking.dies_before_publishing], [breaking.dies_before_noting]))
def test_a_build_killed_around_its_publication_leaves_one_site_whole(
    trap: Trap, orchard: Path, undisturbed: str
) -> None:
    before = cache.hash_of_site(site_of(orchard))
    command = Command(orchard, "build", trap=trap)
    assert command.ended() == -signal.SIGKILL
    assert cache.hash_of_site(site_of(orchard)) == (before if trap is breaking.dies_before_publishing else undisturbed)
    assert command.strays() == []
    if breaking.THOROUGH:
        assert built(orchard) == undisturbed
        assert litter(orchard) == []


@pytest.mark.parametrize(
    ("words", "owner", "name"),
    breaking.rounds(
        [(["build"], renderer.Renderer, "__enter__"), (["rerun", "market", "-p", "price", "0.8"], fork.WarmParent, "fork")],
        [(["build"], renderer.Renderer, "read"), (["rerun", "market"], renderer.Renderer, "open")],
    ),
)  # fmt: skip
def test_a_command_that_is_interrupted_says_so_in_one_line_and_leaves_nothing(
    words: list[str], owner: Any, name: str, orchard: Path
) -> None:
    """Also while the processes beside it have hardly begun, as in the first second."""
    before = cache.hash_of_site(site_of(orchard))
    command = Command(orchard, *words, trap=breaking.interrupts_at(owner, name))
    assert (command.ended(), command.error()) == (1, "casefile: stopped")
    assert command.strays() == []
    assert not [line for line in command.lines() if "Process" in line or "Interrupt" in line]
    assert cache.hash_of_site(site_of(orchard)) == before
    assert not (orchard / "_build" / "reruns").exists()
    assert litter(orchard) == []


def test_an_interrupt_while_the_command_still_loads_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        [sys.executable, "-m", "casefile", "check"], env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "casefile: stopped\n")


@LONG
def test_a_build_killed_between_two_renames_is_put_right_by_the_next(anew: Path, undisturbed: str) -> None:
    before = cache.hash_of_site(site_of(anew))
    command = Command(anew, "build", trap=breaking.dies_between_renames)
    assert command.ended() == -signal.SIGKILL
    assert cache.hash_of_site(site_of(anew).with_name(".html.set-aside")) == before
    (anew / "chapters" / "harvest.ipynb").rename(anew / "kept")
    assert Command(anew, "build").ended() == 2  # a build that comes to nothing puts the old one back
    (anew / "kept").rename(anew / "chapters" / "harvest.ipynb")
    Command(anew, "build").ended()
    assert built(anew) == undisturbed
    assert litter(anew) == []


@pytest.mark.parametrize("lost", breaking.rounds(["html"], ["."]))
def test_two_builds_at_once_both_end_well(lost: str, orchard: Path, undisturbed: str) -> None:
    """Where the site is lost, and all that was kept of it too."""
    shutil.rmtree(orchard / "_build" / lost)
    commands = [Command(orchard, "build") for _ in range(2)]
    for command in commands:
        assert command.ended() == 0, command.lines()
        assert command.lines()[-1] == f"site {undisturbed}"
    assert cache.hash_of_site(site_of(orchard)) == undisturbed
    assert litter(orchard) == []


# ------------------------------------------------------------------------------------------------ what a notebook does

BREAKS = {
    "while True: pass": "market.ipynb, cell 3: took longer than 4 s and was stopped; if it needs longer, raise `timeout` under "
    f"`execute` in _config.yml, else {AGAIN}",
    "large = bytearray(3 * 10**9)": "market.ipynb, cell 3: MemoryError: it wanted more than the 1 GiB that a notebook may take; "
    "`memory` under `execute` in _config.yml allows more",
    "import os; os.abort()": "market.ipynb, cell 3: the notebook's process was ended by signal 6 (SIGABRT); open the notebook in "
    "Jupyter to see why",
    "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)": "market.ipynb, cell 3: took longer than 4 s and was stopped; if it "
    f"needs longer, raise `timeout` under `execute` in _config.yml, else {AGAIN}",
    "import os, signal; os.kill(os.getppid(), signal.SIGKILL)": f"market.ipynb, cell 3: the notebook's process is gone; {AGAIN}",
}


@pytest.fixture(scope="module")
def wild(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the story with its site, whose market changes from test to test."""
    root = copy(finished, tmp_path_factory.mktemp("wild") / "orchard")
    shutil.rmtree(root / cache.FOLDER)
    limit(root, 4)
    return root


@pytest.mark.parametrize("line", list(BREAKS) if breaking.THOROUGH else [line for line in BREAKS if "SIGSTOP" in line])
def test_a_notebook_that_runs_wild_is_stopped_and_named(line: str, wild: Path) -> None:
    market = wild / "chapters" / "market.ipynb"
    whole = market.read_text(encoding="utf-8")
    before = cache.hash_of_site(site_of(wild))
    insert(wild, line)
    command = Command(wild, "build")
    market.write_text(whole, encoding="utf-8") if command.ended(60) else None
    assert command.ended() == 1, command.lines()
    assert command.error().startswith(f"casefile: {BREAKS[line]}")
    assert command.strays() == []
    assert cache.hash_of_site(site_of(wild)) == before
    assert kept(wild) == {"harvest"}
    assert litter(wild) == []


@LONG
def test_after_a_notebook_ran_wild_only_that_one_runs_again(wild: Path, finished: Path) -> None:
    insert(wild, "import os; os.abort()")
    assert Command(wild, "build").ended() == 1
    shutil.copyfile(finished / "chapters" / "market.ipynb", wild / "chapters" / "market.ipynb")
    limit(wild, 60)
    command = Command(wild, "build")
    assert command.ended() == 0, command.lines()
    assert [line for line in command.lines() if " runs: " in line] == ["market runs: it has not run before"]
    assert cache.hash_of_site(site_of(wild)) == cache.hash_of_site(site_of(finished))


@LONG
def test_papermills_own_engine_keeps_the_same_limits(anew: Path) -> None:
    insert(anew, "while True: pass", "harvest")
    limit(anew, 4)
    command = Command(anew, "build", "--engine", "papermill")
    assert command.ended(90) == 1, command.lines()
    assert command.error().startswith("casefile: harvest.ipynb, a cell: took longer than 4 s and was stopped; ")
    assert command.strays() == []


# ---------------------------------------------------------------------------------------------- what a helper process does

PROCESSES: dict[str, tuple[Callable[[int], None], int, str]] = {
    "a drawer is killed": (
        breaking.signals_drawers, signal.SIGKILL, f"drawing the charts: its process was ended from outside, perhaps for want of memory; {AGAIN}",
    ),
    "a drawer hangs": (breaking.signals_drawers, signal.SIGSTOP, "drawing the charts: took longer than 4 s and was stopped; "),
    "the renderer is killed": (
        breaking.signals_renderer, signal.SIGKILL, f"the pages: Jupyter Book's process was ended by signal 9 (SIGKILL); {AGAIN}",
    ),
    "the renderer hangs": (breaking.signals_renderer, signal.SIGSTOP, "the pages: took longer than 4 s and was stopped; "),
    "the warm parent is killed": (breaking.signals_warm_parent, signal.SIGKILL, AGAIN),
    "the warm parent hangs": (
        breaking.signals_warm_parent, signal.SIGSTOP, f"the warm parent of the notebooks has not answered for 2 s; {AGAIN}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", [what for what in PROCESSES if breaking.THOROUGH or what == "the renderer hangs"])
def test_a_process_that_is_gone_or_hangs_ends_the_build_with_a_word(what: str, orchard: Path, undisturbed: str) -> None:
    trap, number, expected = PROCESSES[what]
    if "renderer" not in what:  # charts are drawn and chapters run
        shutil.rmtree(orchard / cache.FOLDER)
    limit(orchard, 4)
    before = cache.hash_of_site(site_of(orchard))
    command = Command(orchard, "build", trap=functools.partial(trap, number))
    assert command.ended(60) == 1, command.lines()
    assert expected in command.error()
    assert command.strays() == []
    assert cache.hash_of_site(site_of(orchard)) == before
    assert litter(orchard) == []
    if breaking.THOROUGH:
        limit(orchard, 60)
        assert built(orchard) == undisturbed


# ------------------------------------------------------------------------------------------------------- disk and cache


def test_where_nothing_may_be_written_nothing_is_lost(orchard: Path) -> None:
    before = cache.hash_of_site(site_of(orchard))
    (orchard / "_build").chmod(0o555)
    found = refused(orchard, "build")
    (orchard / "_build").chmod(0o755)
    line = f"casefile: {orchard}/_build: this user may not write there; expected another place, named with --out"
    assert found == (2, [line])
    assert cache.hash_of_site(site_of(orchard)) == before


@pytest.fixture
def citable(finished: Path, tmp_path: Path) -> Path:
    """A copy of the story with its site and cache, a record to cite, and a style sheet of its own."""
    root = copy(finished, tmp_path / "orchard")
    (root / "chapters" / "_static" / "more").mkdir(parents=True)
    (root / "chapters" / "_static" / "more" / "note.css").write_text("p { color: inherit }\n")
    version(root, "1.0")
    replace(root / "chapters" / "harvest.ipynb", "(harvest)=", "(how-many)=")  # an id names one thing
    return root


@contextlib.contextmanager
def read_only(root: Path) -> Iterator[None]:
    """A story of which nothing may be written; nothing in it may have been afterwards."""
    paths = [root, *root.rglob("*")]
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o222)
    before = {path: path.is_file() and path.read_bytes() for path in root.rglob("*")}
    yield
    assert {path: path.is_file() and path.read_bytes() for path in root.rglob("*")} == before
    for path in paths:
        path.chmod(path.stat().st_mode | 0o200)


def test_a_story_that_may_only_be_read_is_built_elsewhere_from_nothing(citable: Path, tmp_path: Path) -> None:
    shutil.rmtree(citable / "_build")
    with read_only(citable):
        command = Command(citable, "build", "--out", str(tmp_path / "site"), trap=breaking.permissions_bind)
        assert command.ended() == 0, command.lines()
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("said-")) == ["orchard", "site"]
    assert (tmp_path / "site" / "_static" / "more" / "note.css").is_file()
    assert all(path.stat().st_mode & 0o200 for path in (tmp_path / "site").rglob("*"))


def test_a_story_that_may_only_be_read_answers_everything(citable: Path, tmp_path: Path) -> None:
    cited, out = "", str(tmp_path / "out")
    with read_only(citable):
        for words in breaking.rounds(
            [["check"], ["cite", "worth"]],
            [["verify", "CITED"], ["audit"], ["rerun", "market", "-p", "price", "0.8", "--out", out],
             ["sweep", "market", "--vary", "price=1,2", "--out", f"{out}-sweep"]],
        ):  # fmt: skip
            given = [cited if word == "CITED" else word for word in words]
            command = Command(citable, *given, trap=breaking.permissions_bind)
            assert command.ended() == 0, (words, command.lines())
            cited = command.lines()[-1] if words[0] == "cite" else cited


def test_a_story_that_may_only_be_read_holds_no_output(citable: Path) -> None:
    with read_only(citable):
        for words in (["build"], ["rerun", "market"]):
            command = Command(citable, *words, trap=breaking.permissions_bind)
            assert command.ended() == 2, command.lines()
            assert command.error() == (
                f"casefile: {citable / '_build'}: this user may not write there; expected another place, named with --out"
            )


@pytest.mark.parametrize(("most", "ran"), breaking.rounds([(100_000, True)], [(100_000, False), (2_000, False)]))
def test_files_that_cannot_grow_stop_the_build_with_a_word(
    most: int, ran: bool, orchard: Path, undisturbed: str
) -> None:
    """2,000 bytes stop it while chapters run, 100,000 while pages are made."""
    if not ran:
        shutil.rmtree(orchard / cache.FOLDER)
    before = cache.hash_of_site(site_of(orchard))
    command = Command(orchard, "build", trap=functools.partial(breaking.has_files_of_at_most, most))
    assert command.ended(60) == 1, command.lines()
    assert "File too large" in command.error()
    assert command.strays() == []
    assert cache.hash_of_site(site_of(orchard)) == before
    assert litter(orchard) == []
    if breaking.THOROUGH:
        assert built(orchard) == undisturbed


def on_a_small_disk(root: Path, share: float) -> None:
    """Build on a disk of its own, leave on it a share of the room that this took, build again, make room, build again.

    The new site stands beside the old one until it is whole, and so needs as much again. With a hundredth of it the build
    comes to the first chapter, with two to the second, with a third to the pictures, with nine tenths to the pages.
    """
    disk = root / "_build"
    before = built(root)
    room = os.statvfs(disk)
    taken = (room.f_blocks - room.f_bfree) * room.f_frsize
    site = site_of(root)
    shutil.rmtree(root / cache.FOLDER)
    (root / "index.md").write_text("# A third orchard\n\nIt bore {num}`harvest` apples.\n")
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.truncate(0)
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        os.posix_fallocate(file.fileno(), 0, free - int(taken * share))
    command = Command(root, "build")
    assert command.ended() == 1, command.lines()
    assert "No space left on device" in command.error()
    assert "make room" in command.error() or "Jupyter Book" in command.error()
    assert command.strays() == []
    assert cache.hash_of_site(site) == before
    assert litter(root) == []
    filler.unlink()
    assert built(root) != before


def with_a_disk(root: Path, act: Callable[[Path], None], told: Path) -> None:
    """Do something where `root/_build` is a disk of 16 MB that only this process and its children see."""
    try:
        new_mounts, new_user, private, nothing = 0x00020000, 0x10000000, 0x44000, None
        system = ctypes.CDLL(None, use_errno=True)
        user = os.geteuid()
        if system.unshare(new_mounts | (new_user if user else 0)):
            told.write_text("no mounts of its own")
            return
        if user:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"0 {user} 1")
            Path("/proc/self/gid_map").write_text(f"0 {os.getegid()} 1")
        assert not system.mount(b"none", b"/", nothing, private, nothing)
        (root / "_build").mkdir()
        assert not system.mount(b"none", os.fsencode(root / "_build"), b"tmpfs", 0, b"size=16m"), ctypes.get_errno()
        act(root)
        told.write_text("done")
    except BaseException:
        told.write_text(traceback.format_exc())


@LONG
@pytest.mark.parametrize("share", [0, 0.01, 0.02, 0.3, 0.9])
def test_a_full_disk_stops_the_build_with_a_word_and_harms_nothing(share: float, tmp_path: Path) -> None:
    root, told = plant(tmp_path / "orchard"), tmp_path / "told"
    act = functools.partial(on_a_small_disk, share=share)
    process = multiprocessing.get_context("spawn").Process(target=with_a_disk, args=(root, act, told))
    process.start()
    process.join(180)
    found = told.read_text()
    if found == "no mounts of its own":
        pytest.skip("this user may not mount a small disk; the test of files that cannot grow stands for it")
    assert found == "done", found


def _truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _flipped(content: bytes) -> bytes:
    return content[:-20] + bytes([content[-20] ^ 1]) + content[-19:]


def _of_another_kind(content: bytes) -> bytes:
    return json.dumps({"notebook": {"cells": []}}).encode()


def _no_text(content: bytes) -> bytes:
    return b"\xff\xfe" + content


def _gone(content: bytes) -> bytes:
    return b""


def test_a_damaged_cache_is_made_anew(orchard: Path, undisturbed: str) -> None:
    damages = itertools.cycle([_truncated, _flipped, _of_another_kind, _no_text, _gone])
    for path in sorted((orchard / cache.FOLDER).glob("*/*.json")):
        path.write_bytes(next(damages)(path.read_bytes()))
    assert built(orchard) == undisturbed


@LONG
def test_entries_of_the_cache_under_each_others_names_are_not_believed(orchard: Path, undisturbed: str) -> None:
    for folder in (orchard / cache.FOLDER).iterdir():
        paths = sorted(folder.glob("*.json"))
        contents = [path.read_bytes() for path in paths]
        for path, content in zip(paths, [*contents[1:], contents[0]], strict=True):
            path.write_bytes(content)
    assert built(orchard) == undisturbed
