"""What has grown old: facts in the order of their days, series against newer files."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import records
from casefile.errors import BadInput
from casefile.records import ageing
from tests.support.orchard import plant


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> records.Records:
    """The small story with a series of three days."""
    root = plant(tmp_path_factory.mktemp("ageing") / "orchard")
    (root / "data" / "series" / "picked.csv").write_text(
        "id,date,apples,source\na,2020-08-01,10,almanac\nc,2020-08-03,30,almanac\nb,2020-08-02,20,almanac\n"
    )
    return records.load(root)


def test_the_oldest_fact_comes_first_and_a_year_counts_by_its_end(orchard: records.Records) -> None:
    assert [fact.id for fact in ageing.by_age(orchard)] == ["price_printed", "apples_a_tree", "trees"]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("id,date,apples\nc,2020-08-03,30.0\n", "picked ends on 2020-08-03; NEW has no row after it"),
        ("date,id,apples\n2020-08-05,e,5\n2020-08-04,d,4\n", "picked ends on 2020-08-03; NEW has 2 rows after it, 2020-08-04 to 2020-08-05"),
        ("date,apples\n2020-08-02,21\n2020-08-04,9\n",
         "picked ends on 2020-08-03; NEW has 1 row after it, 2020-08-04; 1 that both have differs: 2020-08-02"),
        ("id,date,apples\n" + "".join(f"{row},2020-08-01,99\n" for row in "abc"),
         "picked ends on 2020-08-03; NEW has no row after it; 3 that both have differ: a, b, c"),
    ],
)  # fmt: skip
def test_a_newer_file_is_told_by_its_rows(table: str, line: str, orchard: records.Records, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text(table)
    assert ageing.newer(orchard, "picked", file).told("picked", file) == line.replace("NEW", str(file))


@pytest.mark.parametrize(
    ("name", "table", "line"),
    [
        ("pickd", "date\n", "no series 'pickd' in data/series; did you mean picked?"),
        ("picked", "day,apples\n2020-08-01,1\n", "NEW: no column date; expected the columns of data/series/picked.csv"),
        ("picked", "", "NEW: no column date; expected the columns of data/series/picked.csv"),
        ("picked", "date\n1 August\n",
         "NEW, row 2, column date: '1 August'; expected a date that exists: a year, a month or a day such as 2024-06-04"),
        ("picked", "date,apples\n\"\",3\n",
         "NEW, row 2, column date: ''; expected a date that exists: a year, a month or a day such as 2024-06-04"),
        ("picked", "apples,date\n3\n",
         "NEW, row 2, column date: ''; expected a date that exists: a year, a month or a day such as 2024-06-04"),
        ("none", None, "NEW: no such file; expected a table with newer rows of a series"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_one_line(
    name: str, table: str | None, line: str, orchard: records.Records, tmp_path: Path
) -> None:
    file = tmp_path / "new.csv"
    if table is not None:
        file.write_text(table)
    with pytest.raises(BadInput) as caught:
        ageing.newer(orchard, name, file)
    assert str(caught.value) == line.replace("NEW", str(file))
