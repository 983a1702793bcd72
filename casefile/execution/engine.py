"""A papermill engine that runs each notebook in a fork of a warm parent: `papermill --engine casefile IN OUT`.

A child's messages go through the client that papermill itself uses, so that outputs, display metadata, streams and error
cells come out as in papermill's default engine. Where the system can't fork, that default engine runs, and the log says so.

papermill loads this module while it is itself being imported; so papermill is imported here when a notebook runs.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.execution.fork import RAISES_TAG, Fork, NotebookDied, can_fork, runnable
from casefile.notebook.root import SESSION_VARIABLE

SAID = "this system cannot fork: notebooks run in papermill's default engine"


class ForkEngine:
    """The papermill engine `casefile`.

    Takes what papermill's default engine takes (`execution_timeout` seconds for each cell, `log_output`, `stdout_file`,
    `stderr_file`), and `folder` (the working folder, this process's unless given), `env` (the environment), and
    `memory_limit` (bytes a notebook may take beyond what the warm parent holds).
    Raises NotebookDied when the notebook's process ends in a cell, nbclient's CellTimeoutError after a timeout.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run a notebook's cells and return it with their outputs."""
        return _engine().execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """The kernel that the notebook names, as papermill finds it."""
        return str(_engine().nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """The language that the notebook names, as papermill finds it."""
        return str(_engine().nb_language(nb, language))


def _session(notebook: Any) -> dict[str, str]:
    """What Jupyter tells a kernel: which notebook it is started for."""
    from papermill.iorw import papermill_io

    path = notebook.metadata.get("papermill", {}).get("input_path")
    files = papermill_io.get_handler(".")
    folder = files.cwd(None)  # that paths start from, whatever --cwd says; asked for by setting it
    files.cwd(folder)
    return {SESSION_VARIABLE: str(Path(folder or "", path).resolve())} if path else {}


@functools.lru_cache(maxsize=1)
def _engine() -> Any:
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import Engine, NBClientEngine
    from papermill.log import logger

    class Client(PapermillNotebookClient):  # type: ignore[misc]
        """papermill's own client, fed with the messages of a child in place of a kernel's."""

        def execute_in(self, fork: Fork) -> None:
            self.reset_execution_trackers()
            self.clear_before_next_output = False  # nbclient sets it with the kernel
            self.fork = fork
            self.runs = {index for index, _, _ in runnable(self.nb.cells)}
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = {"name": "python"}

        def execute_cell(self, cell: Any, cell_index: int, *args: Any, **kwargs: Any) -> Any:
            if cell_index not in self.runs:
                return cell
            deadline = time.monotonic() + self.timeout if self.timeout and self.timeout > 0 else None
            while True:
                try:
                    message = self.fork.message(None if deadline is None else max(0.0, deadline - time.monotonic()))
                except TimeoutError:
                    self.nb_man.cell_exception(cell, cell_index=cell_index)
                    error = CellTimeoutError.error_from_timeout_and_cell(
                        "A cell timed out while it was being executed", self.timeout, cell
                    )
                    error.add_note(f"cell {cell_index}")
                    raise error from None
                except NotebookDied:
                    self.nb_man.cell_exception(cell, cell_index=cell_index)
                    raise
                if message["msg_type"] == "done":
                    if message["status"] == "error" and RAISES_TAG not in cell.metadata.get("tags", []):
                        raise CellExecutionError.from_cell_and_msg(cell, message)
                    return cell
                header = {"header": {"msg_type": message["msg_type"]}, "parent_header": {"msg_id": None}}
                self.process_message({**message, **header}, cell, cell_index)

    class Managed(Engine):  # type: ignore[misc]
        """papermill's bookkeeping around the client."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, log_output: bool = False, stdout_file: Any = None, stderr_file: Any = None,
            start_timeout: int = 60, execution_timeout: float | None = None, folder: str | None = None,
            env: Mapping[str, str] | None = None, memory_limit: int | None = None, **kwargs: Any,
        ) -> None:  # fmt: skip
            files = {"log_output": log_output, "stdout_file": stdout_file, "stderr_file": stderr_file}
            if not can_fork():
                logger.warning(SAID)
                NBClientEngine.execute_managed_notebook(
                    nb_man,
                    kernel_name,
                    start_timeout=start_timeout,
                    execution_timeout=execution_timeout,
                    **files,
                    **kwargs,
                )
                return
            client = Client(nb_man, log=logger, timeout=execution_timeout, record_timing=False, **files)
            environment = {**os.environ, **_session(nb_man.nb)} if env is None else env
            with Fork(runnable(nb_man.nb.cells), folder or str(Path.cwd()), environment, memory_limit) as fork:
                client.execute_in(fork)

    return Managed
