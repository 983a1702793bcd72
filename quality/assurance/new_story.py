"""Whether `docs/new_story.md` holds: followed word by word, with its builds, its tests, its release and its citation.

python -m quality.assurance.new_story [--keep FOLDER]

The engine is installed as a wheel into an environment of its own, without this story, as whoever begins another has it; the
libraries are those of this environment. Then the story is watched: a change is built and told, and a fault is told too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from quality.assurance.measures import ROOT
from tests.support import guide

GUIDE = ROOT / "docs" / "new_story.md"
_LONGEST = 120.0  # seconds that a build may take while it is watched
_READING = 5.0  # seconds for which whoever writes looks at what came of it


def installed(work: Path) -> Path:
    """An environment in `work` with the engine from its wheel; the folder of its commands."""
    source = work / "source"
    shutil.copytree(ROOT / "casefile", source / "casefile", ignore=shutil.ignore_patterns("__pycache__"))
    (source / "docs").mkdir()
    for name in ("pyproject.toml", "docs/engine.md", "LICENSE"):
        shutil.copyfile(ROOT / name, source / name)
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(work), str(source)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (wheel,) = work.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(work / "venv")], check=True)
    python = work / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)], check=True)
    (own,) = (work / "venv" / "lib").glob("python*/site-packages")
    # the libraries of this environment, after its own packages, and no editable package of it
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    said = f"import casefile; assert casefile.__file__.startswith({str(own)!r}), casefile.__file__"
    subprocess.run([python, "-c", said], check=True, cwd=work)
    return python.parent


def followed(work: Path, environment: Mapping[str, str]) -> tuple[Path, str]:
    """Follow the guide in `work`; the story's folder, and all that its commands said. Raises CalledProcessError at the first that fails."""
    root, said = work, ""
    for block in guide.blocks(GUIDE):
        if block.file:
            guide.follow(root, block)
            continue
        words = ["bash", "-e", "-c", f"{block.content}\npwd > {work}/standing"]
        done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)
        print(block.content + done.stdout + done.stderr, flush=True)
        done.check_returncode()
        root, said = Path((work / "standing").read_text(encoding="utf-8").strip()), said + done.stdout
    return root, said


def watched(root: Path, environment: Mapping[str, str]) -> dict[str, float]:
    """Watch the story, change a text, a notebook and a record, and break it once; the seconds until each was told."""
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port = int(some.getsockname()[1])
    changes = [
        ("a text", "index.md", "", "\nOne more.\n", False),
        ("a text with a fault", "index.md", "One more.", "It has 12345 of them.", True),
        ("its mending", "index.md", "It has 12345 of them.", "One more.", False),
        ("a notebook", "chapters/02_seats.ipynb", "height=90", "height=100", False),
        ("a record", "data/figures.csv", "Seats of the House of Representatives", "Seats in the House", False),
    ]
    seconds = {}
    command = ["casefile", "watch", "--port", str(port)]
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL)
    try:
        state = _after(port, 0)
        for what, file, before, after, failed in changes:
            time.sleep(_READING)
            text = (root / file).read_text(encoding="utf-8")
            if before not in text:
                raise AssertionError(f"watch: {file} has no {before!r}")
            started = time.monotonic()
            (root / file).write_text(text.replace(before, after, 1) if before else text + after, encoding="utf-8")
            state = _after(port, int(state["round"]))
            seconds[what] = time.monotonic() - started
            if bool(state["failed"]) != failed:
                raise AssertionError(f"watch: {state}")
        served = _asked(port, "index.html").decode()
    finally:
        process.terminate()
        process.wait()
    built = (root / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    if "casefile-watch.js" not in served or "casefile-watch" in built:
        raise AssertionError("watch: its script is not on the page that it serves, or is on the one that was built")
    return seconds


def _asked(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=60) as answer:
        content: bytes = answer.read()
        return content


def _after(port: int, round: int) -> dict[str, int | str]:
    """The watch's state once another round has ended."""
    started = time.monotonic()
    while time.monotonic() - started < _LONGEST:
        try:
            state: dict[str, int | str] = json.loads(_asked(port, f"casefile-watch?after={round}"))
        except OSError:
            time.sleep(0.2)
            continue
        if state["round"] != round:
            return state
    raise AssertionError(f"watch: no build in {_LONGEST:g} s")


def main() -> None:
    """Follow the guide; exits 1 with what was not so."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--keep", type=Path, help="A new folder that keeps what was made.")
    keep = words.parse_args().keep
    with tempfile.TemporaryDirectory(prefix="new-story-") as temporary:
        work = (keep or Path(temporary)).resolve()
        work.mkdir(exist_ok=True)
        commands = installed(work)
        who = {f"GIT_{role}_{what}": said for role in ("AUTHOR", "COMMITTER")
               for what, said in (("NAME", "A Reporter"), ("EMAIL", "reporter@example.org"))}  # fmt: skip
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("CASEFILE_", "PYTHON"))}
        environment = {**plain, **who, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
        root, said = followed(work, environment)
        faults = [
            line
            for line in ("the site of edition 0.1.0, file by file", "stands: “People for each seat in 2020” is ")
            if not re.search(line, said)
        ]
        seconds = watched(root, environment)
    print(f"told after: {', '.join(f'{what} {one:.1f} s' for what, one in seconds.items())}")
    if faults:
        sys.exit(f"docs/new_story.md: nothing said {' and '.join(map(repr, faults))}")


if __name__ == "__main__":
    main()
