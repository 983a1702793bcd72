"""What Lighthouse says of the built pages on a phone: performance, accessibility, best practices and SEO.

    python -m quality.assurance.lighthouse [--site DIR]

Lighthouse is fetched for the run, by the lock in `npm/`. It opens each page several times, on the screen, the processor and the
network of a mid-range phone as it supposes them; of performance, which hangs on the machine's other work, the middle one is taken.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from casefile.publication import chromium
from quality.assurance import fetched
from quality.assurance.measures import ROOT, Measured, record
from quality.benchmarks.page import served

PAGES = ("summary", "chapters/03_delay", "chapters/05_autopilot", "chapters/07_investors")
LOCKED = Path(__file__).with_name("npm")
SWIFT, WHOLE = "performance", ("accessibility", "best-practices", "seo")
VISITS = 3


def scores(modules: Path, address: str) -> dict[str, float]:
    """The score of each category for a page, 1 the best, as one visit gives them. Raises RuntimeError when there is none."""
    flags = " ".join(("--headless=new", *chromium.DRAWN_BY_THE_PROCESSOR, *chromium.ALONE[:-1]))
    command = ["node", str(modules / "lighthouse" / "cli" / "index.js"), address, "--quiet", "--output=json", f"--chrome-flags={flags}"]  # fmt: skip
    environment = {**os.environ, **chromium.NO_BUS, "CHROME_PATH": chromium.browser_path() or ""}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{address}: {(done.stderr or done.stdout).strip()[-500:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    for name, category in report["categories"].items():
        for part in category["auditRefs"] if name != SWIFT else ():
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"{address}: {name}: {audit['title']}", flush=True)
    return {name: float(category["score"]) for name, category in report["categories"].items()}


def visited(modules: Path, site: Path) -> dict[str, list[dict[str, float]]]:
    """The scores of each visit to each page."""
    with served(site) as address:
        return {page: [scores(modules, f"{address}/{page}.html") for _ in range(VISITS)] for page in PAGES}


def measured(visits: dict[str, list[dict[str, float]]]) -> list[Measured]:
    """The least score of all pages, by category."""
    middle = {page: statistics.median(visit[SWIFT] for visit in made) for page, made in visits.items()}
    for page, score in middle.items():
        print(f"{page}: {SWIFT} {', '.join(f'{visit[SWIFT]:.2f}' for visit in visits[page])}; taken: {score:.2f}")
    least = {name: min(visit[name] for made in visits.values() for visit in made) for name in WHOLE}
    title = f"Lighthouse on a phone, the least of {len(visits)} pages: "
    return [
        Measured("lighthouse_performance", f"{title}performance", min(middle.values()), "fraction", at_least=0.95),
        *(
            Measured(f"lighthouse_{name.replace('-', '_')}", f"{title}{name.replace('-', ' ')}", score, "fraction", at_least=1)
            for name, score in least.items()
        ),
    ]  # fmt: skip


def main() -> None:
    """Visit the pages, record the least scores, and exit 1 when one misses its goal."""
    asked_for = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked_for.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    site = asked_for.parse_args().site
    if not (site / "index.html").is_file():
        sys.exit(f"{site}: no site is built there; `casefile build` makes one")
    with tempfile.TemporaryDirectory() as folder:
        found = measured(visited(fetched.npm_locked(Path(folder), LOCKED), site))
    record("lighthouse", found)
    sys.exit(0 if all(one.met for one in found) else 1)


if __name__ == "__main__":
    main()
