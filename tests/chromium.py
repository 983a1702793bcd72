"""Where this machine keeps Chromium or Chrome. As a script: prints the path, exits 1 when there is none."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")


def find() -> str | None:
    """The browser's path: named by CHROMIUM, on the PATH, or among macOS applications; None when there is none."""
    places = [os.environ.get("CHROMIUM"), *(shutil.which(command) for command in COMMANDS)]
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        places += [str(folder / name) for name in MACOS]
    return next((place for place in places if place and Path(place).is_file()), None)


if __name__ == "__main__":
    found = find()
    print(found or "no Chromium or Chrome found", file=sys.stdout if found else sys.stderr)
    sys.exit(found is None)
