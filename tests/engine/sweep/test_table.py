"""A sweep's table, where some of its scenarios failed or there are very many."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from casefile.sweep import table
from casefile.sweep.scenario import SCENARIO_NUMBER


@pytest.mark.parametrize(("count", "written"), [(1_000_000, True), (1_000_001, False)])
def test_a_table_that_no_reader_could_open_is_left_in_parquet_alone(count: int, written: bool, tmp_path: Path) -> None:
    (tmp_path / "scenarios.parquet").mkdir()
    pd.DataFrame({SCENARIO_NUMBER: [0], "worth": [1.5]}).to_parquet(
        tmp_path / "scenarios.parquet" / "part-00000.parquet"
    )
    table.csv_of_parts(tmp_path, count)
    path = tmp_path / "scenarios.csv"
    assert (path.read_text(encoding="utf-8") if path.exists() else "") == (
        '"scenario_number","worth"\n0,1.5\n' if written else ""
    )
