"""Rows that a command writes: the others stay to the byte, and what no table may hold is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from casefile import records
from casefile.errors import BadInput
from casefile.records import writing
from tests.conftest import ROOT

ROW = {"id": "late", "publisher": 'The "Late" Post', "title": "One, two", "accessed": "2026-11", "licence": "facts only",
       "grade": "read", "checked": "Read."}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of data with the description and the sources of this story."""
    for name in ("datapackage.json", "sources.csv"):
        (tmp_path / name).write_bytes((ROOT / "data" / name).read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    "table",
    [
        b'id,title,publisher\nb,"as it, stood",x\na,\'y\',"needless"\n',
        b'id,title,publisher\r\nb,"as it, stood",x\r\n',
        b"\xef\xbb\xbfid,title,publisher\nb,t,x",
        b"id,title,publisher",
    ],
)
def test_the_rows_that_stood_stay_as_they_were_typed(table: bytes) -> None:
    made = writing.appended(table, ROW, "data/sources.csv")
    assert made.startswith(table)
    lines = made.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(lines)))[-1] == ["late", "One, two", 'The "Late" Post']
    assert lines.count("\r\n") == (lines.count("\n") if b"\r\n" in table else 0)


def test_a_row_is_put_under_the_others_and_read_again(data: Path) -> None:
    before = (data / "sources.csv").read_bytes()
    writing.add(data, "sources", ROW)
    assert (data / "sources.csv").read_bytes().startswith(before)
    *_, (_, last) = records.rows(data / "sources.csv")
    assert {name: last[name] for name in ROW} == ROW


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("id", "Late", "an id: small letters, digits and underscores"),
        ("id", "", "a value; this cell may not be empty"),
        ("publisher", "", "a value; this cell may not be empty"),
        ("publisher", "=HYPERLINK(1)", "one line of text that no spreadsheet runs as a formula"),
        ("title", "a\nb", "one line of text that no spreadsheet runs as a formula"),
        ("published", "2024-13", "a date that exists: a year, a month or a day such as 2024-06-04"),
        ("published", "yesterday", "a date that exists: a year, a month or a day such as 2024-06-04"),
        ("url", "example.org", "an address that begins with http:// or https://"),
        ("grade", "heard", "one of read, relayed"),
    ],
)
def test_a_cell_that_will_not_do_is_named_and_nothing_is_written(
    column: str, text: str, expected: str, data: Path
) -> None:
    before = (data / "sources.csv").read_bytes()
    with pytest.raises(BadInput) as caught:
        writing.add(data, "sources", {**ROW, column: text}, "--{}")
    assert str(caught.value) == f"--{column} {text!r}; expected {expected}"
    assert (data / "sources.csv").read_bytes() == before


def test_an_id_that_stands_is_not_given_again(data: Path) -> None:
    with pytest.raises(
        BadInput, match=r"^id 'bfm_article': stands in data/sources.csv; expected an id that no other row has$"
    ):
        writing.add(data, "sources", {**ROW, "id": "bfm_article"})


def test_a_table_that_is_not_described_takes_no_row(data: Path) -> None:
    with pytest.raises(BadInput, match=r"^data/datapackage.json: describes no sourcs.csv; did you mean sources\?$"):
        writing.add(data, "sourcs", ROW)
