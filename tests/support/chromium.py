"""The browser of the tests. As a script: prints where this machine keeps it, exits 1 when there is none or nothing drives it."""

from __future__ import annotations

import sys

from casefile.publication.chromium import browser_path as browser_path
from casefile.publication.chromium import driver_fault
from casefile.publication.chromium import launch as launch

if __name__ == "__main__":
    path, fault = browser_path(), driver_fault()
    if path is None or fault:
        print(
            f"Playwright's driver does not start: {fault}" if fault else "no Chromium or Chrome found", file=sys.stderr
        )
        sys.exit(1)
    print(path)
