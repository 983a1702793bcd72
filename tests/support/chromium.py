"""The browser of the tests. As a script: prints where this machine keeps it, exits 1 when there is none."""

from __future__ import annotations

import sys

from casefile.publication.chromium import browser_path as browser_path
from casefile.publication.chromium import launch as launch

if __name__ == "__main__":
    path = browser_path()
    print(path or "no Chromium or Chrome found", file=sys.stdout if path else sys.stderr)
    sys.exit(path is None)
