"""Where this machine keeps Chromium or Chrome, and how it is started: without a window, asking nothing of anyone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casefile.errors import of_library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright  # loaded by who drives it

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")

# A browser that has just started asks its maker's hosts for updates and accounts, the machine for a proxy, and the
# desktop's bus for services. Where nobody answers, its first page waits until each has given up. So none is asked: names
# other than this machine's are unknown at once, there is no proxy, and no bus.
ALONE = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip
# Pages are drawn by the processor; the watchdog of a graphics process that is starved of it would end it half-way.
DRAWN_BY_THE_PROCESSOR = ("--no-sandbox", "--disable-gpu", "--disable-gpu-watchdog")
NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "DBUS_SYSTEM_BUS_ADDRESS": "disabled:"}


def launch(playwright: Playwright) -> Browser:
    """A browser without a window that asks nothing of anyone. Raises FileNotFoundError where there is none."""
    path = browser_path()
    if path is None:
        raise FileNotFoundError("no Chromium or Chrome on this machine; `make test` says how to get one")
    return playwright.chromium.launch(
        executable_path=path, args=[*DRAWN_BY_THE_PROCESSOR, *ALONE], env={**os.environ, **NO_BUS}
    )


def driver_fault() -> str:
    """What keeps Playwright's driver, a Node.js of its own, from starting, as the system says it; empty when it starts."""
    command = [sys.executable, "-m", "playwright", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return of_library(done.stderr or done.stdout or "no word of why") if done.returncode else ""


def browser_path() -> str | None:
    """The browser's path: named by CHROMIUM, on the PATH, or among macOS applications; None when there is none."""
    places = [os.environ.get("CHROMIUM"), *(shutil.which(command) for command in _COMMANDS)]
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        places += [str(folder / name) for name in MACOS]
    return next((place for place in places if place and Path(place).is_file()), None)
