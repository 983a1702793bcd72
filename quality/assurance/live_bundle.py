"""Whether what reruns notebooks in a browser is the same byte for byte wherever, whenever and by whomever it is made.

python -m quality.assurance.live_bundle

Python's memory is written down in it, and whatever it remembered of the machine would make another one of each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Makes the bundle in a folder, far from the first one's in every way that a process is told of.
_MAKE = "import pathlib, sys; from casefile.live import bundle; bundle.make(pathlib.Path(sys.argv[1]), print)"
_ELSEWHERE = {
    "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr:de", "PYTHONHASHSEED": "4321", "USER": "somebody",
    "LOGNAME": "somebody", "NODE_OPTIONS": "--max-old-space-size=3000",
}  # fmt: skip


def made(target: Path, world: dict[str, str]) -> dict[str, bytes]:
    """The files of a bundle that is made in the folder `target`, in a process with another environment."""
    temporary = target.parent / "temporary files"
    temporary.mkdir(parents=True)
    environment = {**os.environ, **world, "TMPDIR": str(temporary)}
    subprocess.run([sys.executable, "-c", _MAKE, str(target)], env=environment, umask=0o077, check=True)
    return contents(target)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def differing(bundle: Path) -> list[str]:
    """The files of a bundle that are others, or missing, in one that is made elsewhere."""
    with tempfile.TemporaryDirectory(prefix="casefile-bundle-") as folder:
        here, there = contents(bundle), made(Path(folder) / "ein anderer Ort" / "häuser" / "live", _ELSEWHERE)
    return sorted(name for name in {*here, *there} if here.get(name) != there.get(name))


def main() -> None:
    """Compare the bundle that is there with another one; exits 1 when they differ."""
    from casefile.live.bundle import PLACE
    from quality.assurance.measures import ROOT

    others = differing(ROOT / PLACE)
    print(*others or ["the same"], sep="\n", flush=True)
    sys.exit(bool(others))


if __name__ == "__main__":
    main()
