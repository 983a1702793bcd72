"""What a table holds is said once, by its kind of row: its description is made of that, and its cells are held to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from casefile.records import package
from casefile.records.columns import AN_ID, Column, date_column, key_column
from casefile.records.rows import TABLES
from tests.conftest import ROOT

BY_NAME = {table.name: table for table in TABLES}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The tables of the story, without its series, and their description."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("series"))
    return tmp_path / "data"


def descriptor(data: Path) -> dict[str, Any]:
    """The description of the tables."""
    plain: dict[str, Any] = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    return plain


def test_the_description_of_the_tables_is_to_the_byte_what_their_rows_say(data: Path) -> None:
    assert package.write_description(data)
    assert (data / "datapackage.json").read_bytes() == (ROOT / "data" / "datapackage.json").read_bytes()


def test_a_description_that_was_changed_by_hand_is_made_again_of_the_rows(data: Path) -> None:
    text = (data / "datapackage.json").read_text(encoding="utf-8")
    (data / "datapackage.json").write_text(
        text.replace("Who published it", "Its maker").replace('"Who replied"', '"Who"')
    )
    assert not package.write_description(data)
    assert (data / "datapackage.json").read_text(encoding="utf-8") == text


def test_a_table_that_was_not_described_is_and_one_that_does_not_stand_is_not(data: Path) -> None:
    plain = descriptor(data)
    kept = [table for table in plain["resources"] if table["name"] not in ("names", "measures")]
    (data / "datapackage.json").write_text(json.dumps({**plain, "resources": kept}))
    (data / "measures.csv").unlink()
    package.write_description(data)
    names = [table["name"] for table in descriptor(data)["resources"]]
    assert "measures" not in names and names[-1] == "names"


def test_the_words_and_bounds_that_are_a_storys_own_stay(data: Path) -> None:
    plain = descriptor(data)
    sources = next(table for table in plain["resources"] if table["name"] == "sources")
    sources["title"] = "Books"
    licence = next(field for field in sources["schema"]["fields"] if field["name"] == "licence")
    licence["constraints"]["enum"] = ["facts only", "CC0-1.0"]
    (data / "datapackage.json").write_text(json.dumps(plain))
    package.write_description(data)
    described = next(table for table in descriptor(data)["resources"] if table["name"] == "sources")
    assert described == sources


@pytest.mark.parametrize("name", BY_NAME)
def test_every_key_and_every_link_of_a_table_is_a_column_that_stands(name: str) -> None:
    schema = BY_NAME[name].described()["schema"]
    columns = [field["name"] for field in schema["fields"]]
    assert set(schema["primaryKey"]) <= set(columns)
    for link in schema.get("foreignKeys", ()):
        assert link["reference"]["fields"][0] in BY_NAME[link["reference"]["resource"]].columns
        assert link["fields"][0] in columns


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        (key_column(), "apple_2", ""),
        (key_column(), "Apple", AN_ID),
        (key_column(), "", AN_ID),
        (date_column("When"), "2024-02", ""),
        (date_column("When"), "", ""),
        (date_column("When"), "2024-02-30", "a date that exists: a year, a month or a day such as 2024-06-04"),
        (Column("When", "date"), "2024-02", "a date that exists: a year, a month or a day such as 2024-06-04"),
        (Column("How", one_of=("low", "high")), "lower", "one of low, high"),
        (Column("How many", "integer", least=0, most=6), "7", "a whole number from 0 to 6"),
    ],
)
def test_a_cell_is_held_to_its_column(column: Column, text: str, expected: str) -> None:
    assert column.fault(text) == expected
