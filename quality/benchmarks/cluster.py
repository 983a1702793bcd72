"""How a sweep of notebooks scales over a Dask cluster: one, two and four workers on this machine, and its own processes."""

from __future__ import annotations

import time
from pathlib import Path

import distributed

from casefile.sweep import sweep
from quality.benchmarks.row import Row

CHAPTER, VARIED = "03_delay", "delay_months"
SCENARIOS, FIRST = 240, 8
WORKERS = (1, 2, 4)


def _seconds(root: Path, output: Path, count: int, workers: int | None, scheduler: str | None = None) -> float:
    started = time.perf_counter()
    sweep.sweep(root, CHAPTER, [f"{VARIED}=1:6:{count}"], output, count=workers, scheduler=scheduler)
    return time.perf_counter() - started


def on_cluster(root: Path, work: Path, workers: int) -> float:
    """Seconds a scenario on a cluster of so many worker processes, each of which has loaded what it needs before."""
    with distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        _seconds(root, work / f"first{workers}", FIRST * workers, None, address)
        return _seconds(root, work / f"cluster{workers}", SCENARIOS, None, address) / SCENARIOS


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about clusters; `work` is an empty folder."""
    alone = _seconds(root, work / "alone", SCENARIOS, 1) / SCENARIOS
    taken = {workers: on_cluster(root, work, workers) for workers in WORKERS}
    one = "one scenario of a notebook sweep, a cluster of "
    return [
        Row(f"{one}1 worker", "one process of the command", "s", taken[1], alone, alone / taken[1], 0.5, at_most=False),
        Row(f"{one}2 workers", "1 worker", "s", taken[2], taken[1], taken[1] / taken[2], 1.4, at_most=False),
        Row(f"{one}4 workers", "1 worker", "s", taken[4], taken[1], taken[1] / taken[4], 1.4, at_most=False),
    ]
