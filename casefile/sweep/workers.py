"""Who does a sweep's work: threads or processes of this machine, or a Dask cluster."""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from casefile.errors import BadInput
from casefile.execution import fork
from casefile.system import processes

_TRIES = 5.0  # seconds that a scheduler has to answer

Pool = tuple[Any, int]


@contextlib.contextmanager
def task_pool(workers: int | None, scheduler: str | None, figures_only: bool) -> Iterator[Pool]:
    """Something with `submit`, and how many tasks to have under way: threads, processes, or a Dask cluster."""
    count = workers or os.cpu_count() or 1
    if scheduler is None:
        executor: Executor = processes.pool(count) if figures_only else ThreadPoolExecutor(count)
        try:
            yield executor, count + (1 if figures_only else 0)
        except BaseException:  # what is under way is ended, not waited for
            if isinstance(executor, ProcessPoolExecutor):
                processes.stop(executor)
            else:
                executor.shutdown(wait=False, cancel_futures=True)
                fork.end_warm_parent()
            raise
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
        return
    try:
        import distributed
    except ImportError:
        here = Path(sys.executable)
        python = here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here
        raise BadInput(
            "--scheduler needs dask.distributed, which the lock of the tests holds; in the project's folder: "
            f"{shlex.quote(str(python))} -m pip install --require-hashes -r quality/requirements-test.txt"
        ) from None
    try:
        client = distributed.Client(scheduler, timeout=_TRIES)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise BadInput(
            f"--scheduler {scheduler}: does not answer ({type(error).__name__}); expected HOST:PORT"
        ) from None
    try:
        yield client.get_executor(pure=False, retries=3), 4 * max(1, sum(client.nthreads().values()))  # type: ignore[no-untyped-call]
    finally:
        client.close()  # type: ignore[no-untyped-call]


def work(
    pool: Pool, function: Callable[[Any, int], Any], job: Any, numbers: Iterable[int],
    keep: Callable[[int, Any], None], seconds: float,
) -> None:  # fmt: skip
    """Have each number worked on, a few at a time, and keep what comes back as soon as it does.

    Raises ProcessFailed when a worker is gone, or when nothing has come back for `seconds`.
    """
    executor, at_once = pool
    waiting = iter(numbers)
    running: dict[Future[Any], int] = {}
    for number in itertools.islice(waiting, at_once):
        running[executor.submit(function, job, number)] = number
    try:
        while running:
            finished, _ = wait(running, seconds, FIRST_COMPLETED)
            if not finished:
                raise processes.hung(f"{function.__name__} {min(running.values())}", seconds)
            for future in finished:
                number = running.pop(future)
                following = next(waiting, None)
                if following is not None:
                    running[executor.submit(function, job, following)] = following
                keep(number, processes.result(future, f"{function.__name__} {number}"))
    except BaseException:
        for future in running:
            future.cancel()
        raise
