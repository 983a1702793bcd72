"""Measure everything, each line with its rival in the same run: on the terminal, in `measured.json`, and where that is quoted (`tables.py`).

python -m quality.benchmarks.run [build] [start] [sweep] [page] [growth] [cluster] [live]

Without a name all parts but `cluster` and `live` are measured; on two cores of their own that takes about twenty minutes.
"""

from __future__ import annotations

import datetime
import importlib
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import psutil

from casefile.system import cache
from quality.benchmarks import tables
from quality.benchmarks.row import Row
from quality.benchmarks.tables import WRITTEN

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("build", "start", "sweep", "page", "growth", "cluster", "live")
NOT_BY_ITSELF = ("cluster", "live")  # measured when asked for


def machine() -> str:
    """The machine in words."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{os.cpu_count()} cores, {memory} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def printed(rows: list[Row]) -> str:
    """The rows as a table of text."""
    lines = [("what", "against", "ours", "from … to", "rival", "ratio", "goal", "")]
    for row in rows:
        rival = "–" if row.rival is None else f"{row.rival:,.4g} {row.unit}"
        ours = f"{row.ours:,.4g} {row.unit}"
        lines.append(
            (
                row.what,
                row.against,
                ours,
                row.range,
                rival,
                f"{row.ratio:,.3g}",
                row.goal,
                "met" if row.met else "NOT MET",
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(8)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def main(names: list[str]) -> None:
    """Measure the parts named, or all, and keep what was found with its day and machine."""
    if unknown := set(names) - set(PARTS):
        sys.exit(f"benchmarks: no part {', '.join(sorted(unknown))}; expected some of {', '.join(PARTS)}")
    kept = json.loads(WRITTEN.read_text(encoding="utf-8"))["parts"] if WRITTEN.is_file() else {}
    for name in names or [name for name in PARTS if name not in NOT_BY_ITSELF]:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as work:
            rows = importlib.import_module(f"quality.benchmarks.{name}").measure(ROOT, Path(work))
        print(printed(rows), flush=True)
        kept[name] = {
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "machine": machine(),
            "package": cache.package(pages=True)[:12],
            "command": f"make bench, part {name}",
            "rows": [{**asdict(row), "goal": row.goal, "met": row.met, "range": row.range} for row in rows],
        }
        kept = {name: kept[name] for name in PARTS if name in kept}
        WRITTEN.write_text(json.dumps({"parts": kept}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        tables.publish(kept)


if __name__ == "__main__":
    main(sys.argv[1:])
