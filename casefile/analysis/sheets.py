"""A run's tables as files: CSV, JSON, Parquet, or a workbook with a sheet for each."""

from __future__ import annotations

import datetime
import importlib.util
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.errors import BadInput
from casefile.records.tables import FORMULA
from casefile.system import place, scratch

if TYPE_CHECKING:
    import pandas as pd

FORMATS = (".csv", ".json", ".parquet", ".xlsx")
_MISSING = (
    "{path}: a workbook needs XlsxWriter, which the lock of the tests holds; expected {formats}, or in the project's folder: "
    "pip install --require-hashes -r quality/requirements-test.txt"
)


def csv(table: pd.DataFrame) -> str:
    """A table as CSV; no text of it is run as a formula by a spreadsheet: an apostrophe stands before one that would be."""
    shown = table.reset_index().map(lambda cell: f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell)
    return str(shown.to_csv(index=False, lineterminator="\n"))


def check(path: Path) -> None:
    """Raise BadInput for a file that is there, or that could not be written, before anything is worked out for it."""
    if path.suffix not in FORMATS:
        raise BadInput(f"{path}: expected a file that ends with {', '.join(FORMATS)}")
    if path.suffix == ".xlsx" and importlib.util.find_spec("xlsxwriter") is None:
        raise BadInput(_MISSING.format(path=path, formats=", ".join(FORMATS[:-1])))
    place.check_new_file(path)


def write(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write tables to a new file, by its ending: a workbook has all of them, another format the first alone.

    Raises BadInput for another ending, a file that is there, or a workbook where nothing can write one.
    """
    check(path)
    first = next(iter(tables.values()))
    if path.suffix == ".csv":
        content = csv(first).encode()
    elif path.suffix == ".json":
        content = (
            str(first.reset_index().to_json(orient="records", indent=1, force_ascii=False, double_precision=15)) + "\n"
        ).encode()
    elif path.suffix == ".parquet":
        sink = io.BytesIO()
        first.to_parquet(sink)
        content = sink.getvalue()
    else:
        content = _workbook(tables)
    with scratch.temporary_directory(path.parent) as work:
        (work / path.name).write_bytes(content)
        (work / path.name).rename(path)


def _workbook(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Tables as a workbook, a sheet each: numbers as numbers, texts as texts, the first row stays in view."""
    import pandas as pd

    sink = io.BytesIO()
    options: Any = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(sink, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        writer.book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # the same run, the same bytes
        for name, table in tables.items():
            plain = table.reset_index()
            plain.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 1))
            for place_, column in enumerate(plain.columns):
                longest = max([len(str(column)), *(len(str(cell)) for cell in plain[column])], default=8)
                writer.sheets[name].set_column(place_, place_, min(longest + 2, 60))
    return sink.getvalue()
