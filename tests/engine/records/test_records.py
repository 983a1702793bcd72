"""What is wrong with `data/` is refused: exit 2, one line that says where, what and what was expected, nothing written."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casefile import cli, records
from casefile.book import build as book
from casefile.errors import BadInput, BadRecord
from casefile.execution.story import Story
from casefile.records import Origin, Records
from tests.conftest import ROOT
from tests.support import small
from tests.support.orchard import TABLES, plant
from tests.support.published import change

Break = Callable[[Path], None]


@pytest.fixture(scope="module", autouse=True)
def sound() -> Records:
    """The story as it stands, checked first: of a copy with a fault, the tables it leaves alone are not validated again."""
    return records.check(ROOT)


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def cell(name: str, row: str, column: str, value: str, key: str = "id") -> Break:
    """Set one cell of a table."""

    def change(data: Path) -> None:
        path = data / f"{name}.csv"
        rows = table(path)
        (found,) = [line for line in rows if "/".join(line[part] for part in key.split("/")) == row]
        found[column] = value
        write(path, rows)

    return change


def twice(name: str, row: str, key: str = "id") -> Break:
    """Repeat a row at the end of its table."""

    def change(data: Path) -> None:
        path = data / f"{name}.csv"
        rows = table(path)
        write(path, [*rows, next(line for line in rows if line[key] == row)])

    return change


def without_column(name: str, column: str) -> Break:
    """Take a column out."""

    def change(data: Path) -> None:
        path = data / f"{name}.csv"
        write(path, [{key: value for key, value in row.items() if key != column} for row in table(path)])

    return change


def without_row(name: str, row: str) -> Break:
    """Take a row out."""

    def change(data: Path) -> None:
        path = data / f"{name}.csv"
        write(path, [line for line in table(path) if line["id"] != row])

    return change


def without_file(name: str) -> Break:
    """Take a file out."""
    return lambda data: (data / name).unlink()


def text(name: str, old: str, new: str) -> Break:
    """Replace a text in a file, once."""

    def change(data: Path) -> None:
        path = data / name
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")

    return change


def added(name: str, line: str) -> Break:
    """Put a line at the end of a file."""

    def change(data: Path) -> None:
        path = data / name
        path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")

    return change


def held(name: str, content: bytes) -> Break:
    """Have a file hold this and nothing else."""

    def change(data: Path) -> None:
        (data / name).write_bytes(content)

    return change


def described(value: Any, *place: str | int) -> Break:
    """Set what the description of the tables says at a place, the name of a table standing for its number."""

    def change(data: Path) -> None:
        path = data / "datapackage.json"
        plain = inner = json.loads(path.read_text(encoding="utf-8"))
        steps = [list(TABLES).index(step) if step in TABLES else step for step in place]
        for step in steps[:-1]:
            inner = inner[step]
        inner[steps[-1]] = value
        path.write_text(json.dumps(plain), encoding="utf-8")

    return change


def too_large(data: Path) -> None:
    with (data / "origins.csv").open("r+b") as file:
        file.truncate((1 << 26) + 1)  # sparse: it takes no room


def emptied(data: Path) -> None:
    (data / "replies.csv").write_text("")


def unused_source(data: Path) -> None:
    rows = table(data / "sources.csv")
    write(data / "sources.csv", [*rows, {**rows[0], "id": "nobody_names_me", "origin": ""}])


# What is broken → (how, and what the line must say: file, row, column, value, expectation; "#" stands for any row number).
BROKEN: dict[str, tuple[Break, str]] = {
    "an id is missing": (
        cell("figures", "order_value", "id", ""), r"data/figures\.csv, row #, column id: .*expected .*"),
    "an id stands twice": (
        twice("figures", "order_value"), r"data/figures\.csv, row #, column id: 'order_value'; expected an id that no other row has"),
    "an id has a capital letter": (
        cell("figures", "order_value", "id", "Order_Value"), r"data/figures\.csv, row #, column id: 'Order_Value'; expected .*"),
    "a source's id is misspelt in a figure": (
        cell("figures", "order_value", "source", "zerohedge_meno"),
        r"data/figures\.csv, row #, column source: 'zerohedge_meno'; expected an entry of data/sources\.csv; did you mean zerohedge_memo.*"),
    "a unit is unknown": (
        cell("figures", "order_value", "unit", "dollar"),
        r"data/figures\.csv, row #, column unit: 'dollar'; expected an entry of data/units\.csv; .*"),
    "an origin is unknown": (
        cell("sources", "reuters_memo", "origin", "cnbc_nvidia_meno"),
        r"data/sources\.csv, row #, column origin: 'cnbc_nvidia_meno'; expected an entry of data/origins\.csv; did you mean cnbc_nvidia_memo.*"),
    "a source that no record names": (
        unused_source, r"data/sources\.csv, row #, column id: 'nobody_names_me'; expected a source that some record names"),
    "a reply beside no claim": (
        cell("claims", "value_500m", "replies", "musk_no_place"),
        r"data/replies\.csv, row #, column id: 'x_xai_silent_2025'; expected a reply that some claim names"),
    "a claim without its reply": (
        cell("claims", "diverted_to_grok", "replies", ""),
        r"data/claims\.csv, row #, column replies: ''; expected a reply beside every allegation"),
    "a claim names an unknown reply": (
        cell("claims", "diverted_to_grok", "replies", "musk_no_plaice"),
        r"data/claims\.csv, row #, column replies: 'musk_no_plaice'; expected the id of a reply; did you mean musk_no_place.*"),
    "a claim names an unknown figure": (
        cell("claims", "diverted_to_grok", "figures", "gpus_redirectd"),
        r"data/claims\.csv, row #, column figures: 'gpus_redirectd'; expected the id of a figure or event; did you mean gpus_redirected.*"),
    "a claim names an unknown source": (
        cell("claims", "diverted_to_grok", "sources", "reuter_memo"),
        r"data/claims\.csv, row #, column sources: 'reuter_memo'; expected the id of a source; did you mean reuters_memo.*"),
    "a value is a word": (
        cell("figures", "order_value", "value", "half a billion"),
        r"data/figures\.csv, row #, column value: 'half a billion'; expected a number.*"),
    "a value is not a number": (
        cell("figures", "order_value", "value", "NaN"), r"data/figures\.csv, row #, column value: .*expected .*number.*"),
    "a value is infinite": (
        cell("figures", "order_value", "value", "INF"), r"data/figures\.csv, row #, column value: .*expected .*number.*"),
    "a fact has no number at all": (
        cell("figures", "gpus_redirected", "value", ""), r"data/figures\.csv, row #, column value: ''; expected a value, a low or a high"),
    "a low above its high": (
        cell("figures", "chip_price_raymond_james", "low", "31000"),
        r"data/figures\.csv, row #, column low: .*31000.*; expected no more than the high, 30000"),
    "a value below its low": (
        cell("figures", "chip_price_epoch_2023", "value", "29999"),
        r"data/figures\.csv, row #, column value: .*29999.*; expected at least the low, 30000"),
    "a value above its high": (
        cell("figures", "chip_price_epoch_2023", "value", "40001"),
        r"data/figures\.csv, row #, column value: .*40001.*; expected at most the high, 40000"),
    "a date in words": (
        cell("events", "musk_reply", "date", "4 June 2024"), r"data/events\.csv, row #, column date: '4 June 2024'; expected .*date.*"),
    "a day that does not exist": (
        cell("events", "musk_reply", "date", "2024-06-31"), r"data/events\.csv, row #, column date: '2024-06-31'; expected .*date.*"),
    "a month that does not exist": (
        cell("figures", "gpus_redirected", "date", "2023-13"), r"data/figures\.csv, row #, column date: '2023-13'; expected .*date.*"),
    "a day of a series that does not exist": (
        cell("series/closing_prices", "2023-07-05", "date", "2023-02-30", "date"),
        r"data/series/closing_prices\.csv, row #, column date: '2023-02-30'; expected .*date.*"),
    "a grade that is none": (
        cell("figures", "order_value", "grade", "hearsay"), r"data/figures\.csv, row #, column grade: 'hearsay'; expected .*read.*relayed.*"),
    "a licence that is none": (
        cell("sources", "reuters_memo", "licence", "stolen"), r"data/sources\.csv, row #, column licence: 'stolen'; expected .*facts only.*"),
    "a true or false that is neither": (
        cell("claims", "diverted_to_grok", "allegation", "maybe"), r"data/claims\.csv, row #, column allegation: 'maybe'; expected .*true.*false.*"),
    "a paragraph that is no number": (
        cell("claims", "diverted_to_grok", "paragraph", "two"), r"data/claims\.csv, row #, column paragraph: 'two'; expected .*whole number.*"),
    "an empty meaning": (
        cell("figures", "order_value", "meaning", ""), r"data/figures\.csv, row #, column meaning.*; expected .*"),
    "a table is missing": (
        without_file("origins.csv"), r"data/origins\.csv; expected this table to exist"),
    "a series is missing": (
        without_file("series/benchmarks.csv"), r"data/series/benchmarks\.csv; expected this table to exist"),
    "a table is empty": (
        emptied, r"data/replies\.csv.*; expected .*"),
    "the description of the tables is missing": (
        without_file("datapackage.json"), r"data/datapackage\.json; expected the description of the tables to exist"),
    "the description of the tables is no JSON": (
        text("datapackage.json", "{", "{{"), r"data/datapackage\.json: .*line 1.*; expected a Frictionless data package"),
    "a column is missing": (
        without_column("figures", "locator"), r"data/figures\.csv.*column locator.*; expected .*"),
    "a column is misspelt": (
        text("series/closing_prices.csv", "tsla,", "tsl,"), r"data/series/closing_prices\.csv.*tsl.*"),
    "a row has a cell too many": (
        added("replies.csv", "a,b,c,d,e,f,g,h,i,j\n"), r"data/replies\.csv, row #.*; expected .*"),
    "a series row without a source": (
        cell("series/tesla_quarterly", "tesla_2024q1_deliveries", "source", ""),
        r"data/series/tesla_quarterly\.csv, row #, column source.*; expected .*"),
    "a series row names an unknown source": (
        cell("series/tesla_quarterly", "tesla_2024q1_deliveries", "source", "nobody"),
        r"data/series/tesla_quarterly\.csv, row #, column source: 'nobody'; expected an entry of data/sources\.csv; .*"),
    "a series row stands twice": (
        twice("series/tesla_quarterly", "tesla_2024q1_deliveries"),
        r"data/series/tesla_quarterly\.csv, row #, column id: 'tesla_2024q1_deliveries'; expected an id that no other row has"),
    "a metric that is none": (
        cell("series/tesla_quarterly", "tesla_2024q1_deliveries", "metric", "deliverys"),
        r"data/series/tesla_quarterly\.csv, row #, column metric: 'deliverys'; expected .*deliveries.*"),
    "a default that its source does not print": (
        cell("parameters", "01_swap/order_value_usd", "default", "500000001", "chapter/name"),
        r"data/parameters\.csv, row #, column default: '500000001'; expected the value of order_value, 5e\+08.*"),
    "a default below its minimum": (
        cell("parameters", "03_delay/delay_months", "default", "-1", "chapter/name"),
        r"data/parameters\.csv, row #, column default: '-1'; expected at least the minimum, 0"),
    "a default above its maximum": (
        cell("parameters", "03_delay/delay_months", "default", "25", "chapter/name"),
        r"data/parameters\.csv, row #, column default: '25'; expected at most the maximum, 24"),
    "a default that is not among its choices": (
        cell("parameters", "02_promise/reading", "default", "sideways", "chapter/name"),
        r"data/parameters\.csv, row #, column default: 'sideways'; expected one of from_to, between"),
    "fewer labels than choices": (
        cell("parameters", "02_promise/reading", "labels", "a stock", "chapter/name"),
        r"data/parameters\.csv, row #, column labels: 'a stock'; expected 2, one for each choice, with a semicolon between two"),
    "a default of another type": (
        cell("parameters", "03_delay/delay_months", "default", "long", "chapter/name"),
        r"data/parameters\.csv, row #, column default: 'long'; expected a number.*"),
    "a bound that is no number": (
        cell("parameters", "03_delay/delay_months", "maximum", "many", "chapter/name"),
        r"data/parameters\.csv, row #, column maximum: 'many'; expected a number"),
    "a bound of a date that is a number": (
        cell("parameters", "05_autopilot/as_of", "minimum", "2013", "chapter/name"),
        r"data/parameters\.csv, row #, column minimum: 2013\.0; expected a date such as 2024-06-04"),
    "a bound of a number that is a date": (
        cell("parameters", "03_delay/delay_months", "maximum", "2024-06-04", "chapter/name"),
        r"data/parameters\.csv, row #, column maximum: '2024-06-04'; expected a number"),
    "a bound of what has none": (
        cell("parameters", "02_promise/reading", "minimum", "1", "chapter/name"),
        r"data/parameters\.csv, row #, column minimum: 1\.0; expected no bound: numbers and dates alone have bounds"),
    "a date before the first day that is taken": (
        cell("parameters", "05_autopilot/as_of", "default", "2013-09-17", "chapter/name"),
        r"data/parameters\.csv, row #, column default: '2013-09-17'; expected at least the minimum, 2013-09-18"),
    "a default outside of what is plausible": (
        cell("parameters", "03_delay/delay_months", "default", "7", "chapter/name"),
        r"data/parameters\.csv, row #, column default: '7'; expected one from the low to the high, 1 to 6"),
    "a low without a high": (
        cell("parameters", "03_delay/delay_months", "high", "", "chapter/name"),
        r"data/parameters\.csv, row #, column low: 1\.0; expected a low and a high, or neither"),
    "a parameter's type that is none": (
        cell("parameters", "03_delay/delay_months", "type", "float", "chapter/name"),
        r"data/parameters\.csv, row #, column type: 'float'; expected .*number.*"),
    "a parameter that rests on nothing": (
        cell("parameters", "03_delay/delay_months", "basis", "a_hunch", "chapter/name"),
        r"data/parameters\.csv, row #, column basis: 'a_hunch'; expected a figure's id or 'assumption'.*"),
    "a parameter of an unknown unit": (
        cell("parameters", "03_delay/delay_months", "unit", "moon", "chapter/name"),
        r"data/parameters\.csv, row #, column unit: 'moon'; expected an entry of data/units\.csv; .*"),
    "a definition that pint cannot read": (
        cell("units", "GPU", "definition", "GPU = chip", "unit"), r"data/units\.csv, row #, column definition: 'GPU = chip'; expected .*"),
    "a style that is none": (
        cell("units", "GPU", "style", "roman", "unit"), r"data/units\.csv, row #, column style: 'roman'; expected .*number.*"),
    "a unit stands twice": (
        twice("units", "GPU", "unit"), r"data/units\.csv, row #, column unit: 'GPU'; expected a unit that no other row has"),
    "a parameter stands twice": (
        twice("parameters", "reading", "name"),
        r"data/parameters\.csv, row #, column chapter and name: '02_promise reading'; expected a chapter and name that no other row has"),
}  # fmt: skip

# What is broken in a small story, whose tables are described by their columns alone → (how, and the whole line).
BROKEN_SMALL: dict[str, tuple[Break, str]] = {
    "a description that is a list": (
        held("datapackage.json", b"[]"), "data/datapackage.json; expected a Frictionless data package, with a list of resources"),
    "a description of something else": (
        described("fiscal-data-package", "profile"), "data/datapackage.json: 'fiscal-data-package'; expected the profile tabular-data-package"),
    "a description of a table that would be fetched": (
        described({"scheme": "http"}, "resources", "units"),
        "data/datapackage.json: {'scheme': 'http'}; expected tables described by description, encoding, format, licenses, mediatype, name, "
        "path, profile, schema, sources, title alone"),
    "a description of a table in another encoding": (
        described("latin-1", "resources", "units", "encoding"), "data/datapackage.json: 'latin-1'; expected the encoding utf-8 of every table"),
    "a description of a column of a type that is none": (
        described("digit", "resources", "units", "schema", "fields", 5, "type"),
        "data/datapackage.json; expected a Frictionless data package (field type \"digit\" is not supported)"),
    "a description of keys that are a number": (
        described(1, "resources", "units", "schema", "foreignKeys"),
        "data/datapackage.json; expected a Frictionless data package ('int' object is not iterable)"),
    "a description of a column that another schema describes": (
        described(1, "resources", "units", "schema", "fields", 0, "$schema"),
        "data/datapackage.json; expected a Frictionless data package ('int' object has no attribute 'decode')"),
    "a description of a pattern that is none": (
        described({"pattern": "("}, "resources", "units", "schema", "fields", 0, "constraints"),
        "data/datapackage.json; expected a Frictionless data package (missing ), unterminated subpattern at position 1)"),
    "a table of bytes that are no text": (
        held("origins.csv", b"\xff\n"),
        "data/origins.csv: line 1, byte 0xff: not in UTF-8; expected CSV in UTF-8"),
    "a table that is too large": (too_large, "data/origins.csv; expected a table of at most 67,108,864 bytes"),
    "a column too many": (
        held("origins.csv", b"id,name,date,meaning,more\n"),
        "data/origins.csv, row 1; expected the columns id, name, date, meaning in this order; it has id, name, date, meaning, more"),
    "columns in another order": (
        held("origins.csv", b"id,name,meaning,date\n"),
        "data/origins.csv, row 1; expected the columns id, name, date, meaning in this order; it has id, name, meaning, date"),
    "a row with a cell too many": (
        added("origins.csv", "a,b,2020,c,d\n"), "data/origins.csv, row 2; expected 4 cells, as in the header; it has 5"),
    "a row with a cell too few": (
        added("origins.csv", "a,b,2020\n"), "data/origins.csv, row 2; expected 4 cells, as in the header; it has 3"),
    "a row without a cell": (
        added("origins.csv", "\na,b,2020,c\n"), "data/origins.csv, row 2; expected 4 cells, as in the header; it has 0"),
    "an id that no key of the table forbids to stand twice": (
        twice("sources", "almanac"), "data/sources.csv, row 4, column id: 'almanac'; expected an id that no other row has"),
    "a unit that no key of the table forbids to stand twice": (
        twice("units", "tree", "unit"), "data/units.csv, row 8, column unit: 'tree'; expected a unit that no other row has"),
    "a parameter that no key of the table forbids to stand twice": (
        twice("parameters", "price", "name"),
        "data/parameters.csv, row 3, column chapter and name: 'market price'; expected a chapter and name that no other row has"),
    "a default that is neither true nor false": (
        cell("parameters", "market/price", "type", "boolean", "chapter/name"),
        "data/parameters.csv, row 2, column default: '0.4'; expected true or false"),
    "a default that is no day": (
        cell("parameters", "market/price", "type", "date", "chapter/name"),
        "data/parameters.csv, row 2, column default: '0.4'; expected a date such as 2024-06-04"),
    "a series without sources": (
        held("series/years.csv", b"id,value\nfirst,1\n"), "data/series/years.csv, row 1, column source; expected a source on every row"),
    "a series with a source that is none": (
        held("series/years.csv", b"id,source\nfirst,almanac\nsecond,almanach\n"),
        "data/series/years.csv, row 3, column source: 'almanach'; expected a source; did you mean almanac?"),
}  # fmt: skip


def told(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What `casefile check` says of a story, exit 2; and that it left every file as it was."""

    def state() -> dict[str, str]:
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    before = state()
    monkeypatch.setenv("CASEFILE_ROOT", str(root))
    monkeypatch.setattr(sys, "argv", ["casefile", "check"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert out == ""
    assert state() == before
    assert err.startswith("casefile: ")
    assert err.count("\n") == 1, err
    return err.removeprefix("casefile: ").rstrip("\n")


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_in_the_data_is_told_in_one_line(
    fault: str, story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    how, pattern = BROKEN[fault]
    how(story / "data")
    said = told(story, monkeypatch, capsys)
    assert re.fullmatch(pattern.replace("#", r"\d+"), said), said


@pytest.mark.parametrize("fault", BROKEN_SMALL)
def test_a_fault_that_a_description_does_not_forbid_is_told_in_one_line(fault: str, tmp_path: Path) -> None:
    how, said = BROKEN_SMALL[fault]
    root = plant(tmp_path)
    how(root / "data")
    with pytest.raises(BadInput) as caught:
        records.check(root)
    assert str(caught.value) == said


@pytest.mark.parametrize("said", ["the words ;'red';'green';'blue';", "|'a'|'b'|", 'one;"two";"three";four', " a"])
def test_no_text_of_a_table_is_taken_for_its_form(said: str, tmp_path: Path) -> None:
    root = plant(tmp_path)
    rows = [{"id": name, "name": said, "date": "2020", "meaning": "Fruit"} for name in ("red", "green")]
    write(root / "data" / "origins.csv", rows)
    assert records.check(root).origins["green"] == Origin("green", said, "2020", "Fruit")


def test_the_row_named_is_the_line_of_the_file(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cell("figures", "order_value", "grade", "hearsay")(story / "data")
    said = told(story, monkeypatch, capsys)
    rows = table(story / "data" / "figures.csv")
    number = next(number for number, row in enumerate(rows, start=2) if row["id"] == "order_value")
    assert f"row {number}," in said


def test_a_page_that_does_not_exist_is_told(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    toc = story / "_toc.yml"
    toc.write_text(
        toc.read_text(encoding="utf-8").replace("chapters/02_promise", "chapters/02_promises"), encoding="utf-8"
    )
    said = told(story, monkeypatch, capsys)
    assert (
        said
        == "_toc.yml: 'chapters/02_promises' has no file; expected chapters/02_promises.ipynb or chapters/02_promises.md"
    )


@pytest.mark.parametrize("content", ["", "- 1", "root: [", "root: 5", "chapters: []"])
def test_contents_that_cannot_be_read_are_told(
    content: str, story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (story / "_toc.yml").write_text(content, encoding="utf-8")
    assert told(story, monkeypatch, capsys).startswith("_toc.yml")


def test_a_notebook_that_is_none_is_told(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (story / "chapters" / "02_promise.ipynb").write_text("{}", encoding="utf-8")
    assert "02_promise.ipynb" in told(story, monkeypatch, capsys)


def test_a_notebooks_default_that_differs_from_its_declaration_is_told(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = story / "chapters" / "01_swap.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for code in notebook["cells"]:
        if "parameters" in code["metadata"].get("tags", []):
            code["source"] = [line.replace("500_000_000", "400_000_000") for line in code["source"]]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    said = told(story, monkeypatch, capsys)
    assert said == (
        "01_swap: parameter 'order_value_usd' is 400000000 in the notebook; expected the declared 500000000.0: put it back in "
        "the parameters cell of chapters/01_swap.ipynb, or by `git checkout chapters/01_swap.ipynb`; another value is tried with "
        "`casefile rerun 01_swap -p order_value_usd VALUE`, or in a copy of the notebook"
    )


def test_a_folder_without_data_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "expected a folder with data/ and _toc.yml" in told(tmp_path, monkeypatch, capsys)


def test_sound_data_passes() -> None:
    known: Records = book.check(Story(ROOT))
    assert len(known.figures) > 100
    assert {known.origin_of(source) for source in ("reuters_memo", "zerohedge_memo", "dcd_memo")} == {
        "cnbc_nvidia_memo"
    }


def test_a_cell_too_long_to_be_read_is_refused(story: Path) -> None:
    path = story / "data" / "sources.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert lines[0].startswith("id,publisher,")
    name = lines[1].partition(",")[0]
    lines[1] = lines[1].replace(f"{name},", f"{name},{'x' * 100_001}", 1)
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(
        BadRecord, match=r"data/sources.csv, row 2, column publisher: .*expected at most 100,000 characters"
    ):
        records.load(story)


@pytest.mark.parametrize("title", ["=cmd|calc", "@SUM(1)", "+ demonstrations", "-all of it"])
def test_a_text_that_a_spreadsheet_would_run_is_refused(title: str, story: Path) -> None:
    path = story / "data" / "sources.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    name = lines[1].partition(",")[0]
    lines[1] = lines[1].replace(f"{name},", f"{name},{title}", 1)
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(BadRecord) as caught:
        records.load(story)
    assert str(caught.value).startswith("data/sources.csv, row 2, column publisher: ")
    assert str(caught.value).endswith("expected a text that no spreadsheet runs as a formula")


def test_a_table_that_is_not_there_is_named_though_nobody_checked(tmp_path: Path) -> None:
    root = plant(tmp_path)
    without_file("units.csv")(root / "data")
    with pytest.raises(BadRecord) as caught:
        records.load(root)
    assert str(caught.value) == "data/units.csv; expected this table to exist"


def test_a_folder_that_is_no_story_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        records.load(tmp_path)
    assert str(caught.value) == f"{tmp_path}: no data/ folder here; expected the root of a casefile story"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"id,source\n", "year", "no series 'year' in data/series; did you mean years?"),
        (b"", "years", "data/series/years.csv: No columns to parse from file; expected a table with a header"),
    ],
)
def test_a_series_that_cannot_be_read_is_named(content: bytes, name: str, said: str, tmp_path: Path) -> None:
    root = plant(tmp_path)
    held("series/years.csv", content)(root / "data")
    with pytest.raises(BadInput) as caught:
        records.load(root).series(name)
    assert str(caught.value) == said


def test_the_rows_of_a_series_are_its_cells_as_they_are_written_and_count_as_read(tmp_path: Path) -> None:
    root = plant(tmp_path)
    held("series/years.csv", b"id,date,source\nfirst,2024-05,\nsecond,,ledger\n")(root / "data")
    read = records.load(root).noted()
    assert read.series_rows("years") == [
        {"id": "first", "date": "2024-05", "source": ""}, {"id": "second", "date": "", "source": "ledger"}
    ]  # fmt: skip
    assert read.read() == ["series/years"]
    with pytest.raises(BadInput, match=r"^no series 'year' in data/series; did you mean years\?$"):
        read.series_rows("year")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- dear", "['dear']"),
        ("dear: 5", "'dear': '5'"),
        ("Dear: {title: Dear, meaning: More, parameters: {}}", "'Dear': {'title': 'Dear', 'meaning': 'More', 'parameters': {}}"),
        ("dear: {title: Dear, meaning: [5], parameters: {}}", "'dear': {'title': 'Dear', 'meaning': ['5'], 'parameters': {}}"),
        ("dear: {title: Dear, meaning: More}", "dear: None"),
        ("dear: {title: Dear, meaning: More, parameters: [market]}", "dear: ['market']"),
        ("dear: {title: Dear, meaning: More, parameters: {market: 2}}", "dear: {'market': '2'}"),
    ],
)  # fmt: skip
def test_a_scenario_that_is_none_is_shown(text: str, said: str, tmp_path: Path) -> None:
    root = plant(tmp_path)
    (root / "data" / "scenarios.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        records.load(root).scenarios()
    assert str(caught.value) == (
        f"data/scenarios.yml: {said}; expected NAME: {{title, meaning, parameters: {{CHAPTER: {{NAME: VALUE}}}}}}"
    )


def test_a_fact_that_changed_names_every_default_that_rests_on_it_at_once(tmp_path: Path) -> None:
    root = plant(tmp_path / "orchard")
    with (root / "data" / "parameters.csv").open("a", encoding="utf-8") as table:
        table.write("harvest,fruit,,,number,apple/tree,250,0,500,,,,,Apples a tree bears,apples_a_tree,\n")
        table.write("market,sold,,,number,apple/tree,250,0,500,,,,,Apples a tree sells,apples_a_tree,\n")
    records.check(root)
    change(root, "figures", "apples_a_tree", "value", "240")
    with pytest.raises(BadRecord) as caught:
        records.check(root)
    assert str(caught.value) == (
        "data/parameters.csv, row 3, column default: '250'; expected the value of apples_a_tree, 240, here, in row 4 and in the "
        "notebooks: fruit of harvest, sold of market"
    )  # fmt: skip


def test_a_source_that_was_not_read_itself_is_named_as_relayed() -> None:
    read = next(iter(small.known().sources.values()))
    assert (read.named, replace(read, grade="relayed").named) == ("Paper", "Paper, relayed")
