"""Whether builds of one commit are the same file by file, wherever, whenever, by whomever and on whatever machine they are made.

Where other versions of Python are installed, each gets an environment with the locked libraries and builds the book too.

python -m quality.assurance.bytes
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from quality.assurance.measures import ROOT, Measured, record
from quality.assurance.supply import LOCK
from quality.assurance.thorough import Case, cases, total

ENVIRONMENTS = ROOT / "_build" / "pythons"
FILES = ("tests/site/test_same_bytes.py",)
VERSIONS = tuple(f"3.{minor}" for minor in range(11, 15))  # those that the lock is for


def interpreter(version: str) -> str | None:
    """An interpreter of a version that answers, from the PATH or from pyenv; None when there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for place in (shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python{version}")))):
        if place and subprocess.run([place, "-c", ""], capture_output=True, check=False).returncode == 0:
            return place
    return None


def environment(python: str, folder: Path) -> Path | None:
    """An environment with the locked libraries and this package, kept between runs; None where it cannot be made."""
    made, quiet = folder / "bin" / "python", ["--quiet", "--disable-pip-version-check"]
    try:
        if not made.is_file():
            subprocess.run([python, "-m", "venv", str(folder)], check=True)
        pip = [str(made), "-m", "pip", "install", *quiet]
        subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / LOCK)], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    except subprocess.CalledProcessError as error:
        print(f"{python}: left out, its libraries could not be installed ({error})", flush=True)
        return None
    return made


def others() -> list[Path]:
    """The environments of all other versions of Python that are installed here."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    places = {version: interpreter(version) for version in VERSIONS if version != own}
    made = [environment(place, ENVIRONMENTS / version) for version, place in places.items() if place]
    return [python for python in made if python]


def measured(found: list[Case]) -> list[Measured]:
    """The builds and files compared, the machines they were made on, and the files that differ."""
    return [
        Measured("bytes_builds", "Builds of one commit compared", total(found, "builds"), "count", at_least=2),
        Measured("bytes_processors", "Kinds of processor they were made for", total(found, "processors"), "count"),
        Measured(
            "bytes_fonts", "Machines with fonts of their own, or none, among them", total(found, "fonts"), "count"
        ),
        Measured("bytes_pythons", "Versions of Python they were made with", total(found, "pythons"), "count"),
        Measured("bytes_files", "Files compared, executed notebooks among them", total(found, "files"), "count"),
        Measured("bytes_differing", "Files that differ", total(found, "differing"), "count", at_most=0),
    ]


def main() -> None:
    """Build and compare, record what was measured; exits 1 when a test failed."""
    os.environ["CASEFILE_PYTHONS"] = os.pathsep.join(map(str, others()))
    found = cases(*FILES)
    if not total(found, "builds"):
        sys.exit("the builds were not compared; nothing is recorded")
    record("bytes", measured(found))
    sys.exit(0 if all(case.passed for case in found) else 1)


if __name__ == "__main__":
    main()
