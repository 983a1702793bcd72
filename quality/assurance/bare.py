"""Whether the two commands of the README work on a bare machine, in either order, and make the same site.

python -m quality.assurance.bare [--keep FOLDER]

The machine is a new Debian in a folder of its own: git, make and Python, no font, no browser, no cache, an empty home. One
for each order is made by `debootstrap` and entered by `chroot`, so this needs Linux, root, and Debian's package
`debootstrap`. It takes the certificates and the settings of apt and pip from this machine, and nothing else. What it
clones is the last commit.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from quality.assurance.measures import ROOT, Measured, record

ORDERS = (("site", "test"), ("test", "site"))
BARE = ("git", "make", "python3", "python3-venv", "ca-certificates")
# How the network is reached from here, where it is reached in a way of its own.
SETTINGS = ("/etc/ssl/certs/ca-certificates.crt", "/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/apt/apt.conf.d",
            "/etc/pip.conf", "/etc/resolv.conf", "/etc/hosts")  # fmt: skip
_SITE = re.compile(r"^site ([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True)
class Attempt:
    """The two commands run in one order: whether both ended well, the site's hash that `make site` printed, seconds of `make test`."""

    order: Sequence[str]
    passed: bool
    site: str
    seconds: float


def missing() -> str:
    """What this machine lacks for the check, in words; empty when it lacks nothing."""
    if platform.system() != "Linux" or os.geteuid() != 0:
        return "a bare machine is entered by chroot; expected Linux, as root"
    if shutil.which("debootstrap") is None:
        return "debootstrap is not installed; expected Debian with `apt-get install debootstrap`"
    return ""


def bare_system(folder: Path) -> None:
    """Make a new Debian of this machine's release in `folder`. Raises CalledProcessError when Debian cannot be had."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={','.join(BARE)}", release, str(folder)],
                   stdout=subprocess.DEVNULL, check=True)  # fmt: skip
    for setting in map(Path, SETTINGS):
        target = folder / setting.relative_to("/")
        if setting.is_dir():
            shutil.copytree(setting, target, dirs_exist_ok=True)
        elif setting.is_file():
            shutil.copyfile(setting, target)
    subprocess.run(["git", "clone", "--quiet", "--bare", str(ROOT), str(folder / "story.git")], check=True)
    (folder / "home" / "newcomer").mkdir(parents=True)


def attempt(system: Path, order: Sequence[str], log: Path) -> Attempt:
    """Clone the project in a bare system and run `make` for each word of `order`; what they print goes to `log`."""
    said, passed, seconds = "", True, 0.0
    commands = ["git clone --quiet /story.git /home/newcomer/story"]
    commands += [f"cd /home/newcomer/story && make {word}" for word in order]
    for command in commands:
        started = time.monotonic()
        done = subprocess.run(
            [
                "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
                'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec env -i HOME=/home/newcomer '
                'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$0" sh -c "$1"',
                str(system), command,
            ],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if command.endswith("make test"):
            seconds = time.monotonic() - started
        said += f"$ {command}\n{done.stdout}"
        log.write_text(said, encoding="utf-8")
        passed = passed and done.returncode == 0
    sites = _SITE.findall(said)
    return Attempt(order, passed, sites[-1] if sites else "", seconds)


def measured(attempts: Sequence[Attempt]) -> list[Measured]:
    """The orders tried, the share that passed, the sites that differ from the first, the slowest `make test`."""
    sites = [one.site for one in attempts]
    return [
        Measured("bare_orders", "Orders of the two commands tried, each on a machine of its own", len(attempts), "count", at_least=2),
        Measured("bare_passed", "Share of them in which both ended well", sum(one.passed for one in attempts) / len(attempts), "fraction", at_least=1),
        Measured("bare_differing", "Sites that differ from the first", sum(site != sites[0] or not site for site in sites), "count", at_most=0),
        Measured("bare_seconds", "Time of the slowest run of all tests, what they need set up first", max(one.seconds for one in attempts), "second"),
    ]  # fmt: skip


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="bare-") as work:
        yield Path(work)


def main() -> None:
    """Try both orders and record what came of them; exits 1 when one failed, 2 where no bare machine can be made."""
    parser = argparse.ArgumentParser(
        prog="python -m quality.assurance.bare", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="a new folder where the machines and their logs stay"
    )
    asked = parser.parse_args()
    if lack := missing():
        print(f"assurance.bare: {lack}", file=sys.stderr)
        sys.exit(2)
    if asked.keep is not None and asked.keep.exists():
        print(f"assurance.bare: --keep {asked.keep}: exists already; expected a new folder", file=sys.stderr)
        sys.exit(2)
    attempts = []
    with _folder(asked.keep) as work:
        bare_system(work / "bare")
        for order in ORDERS:
            system, log = work / "-".join(order), work / f"{'-'.join(order)}.log"
            subprocess.run(["cp", "-a", str(work / "bare"), str(system)], check=True)
            attempts.append(attempt(system, order, log))
            if not attempts[-1].passed:
                print(f"make {', then make '.join(order)}:\n{log.read_text(encoding='utf-8')[-3000:]}", file=sys.stderr)
    rows = measured(attempts)
    record("bare", rows)
    sys.exit(0 if all(row.met for row in rows) else 1)


if __name__ == "__main__":
    main()
