"""A run's tables as files."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as etree

import pandas as pd
import pytest

import casefile
from casefile.analysis import sheets
from casefile.analysis.opened import OpenedStory
from casefile.errors import BadInput
from tests.engine.book.test_rerun import casefile as command
from tests.support.orchard import plant


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> OpenedStory:
    """The small story."""
    return casefile.open_story(plant(tmp_path_factory.mktemp("sheets")))


def test_the_same_figures_are_in_every_format_with_units_and_meanings(orchard: OpenedStory, tmp_path: Path) -> None:
    run = orchard.run("market", price=0.8)
    for ending in sheets.FORMATS:
        run.save(tmp_path / f"run{ending}")
    expected = [("price", 0.8, "EUR/apple"), ("worth", 24_000, "EUR")]
    for table in (
        pd.read_csv(tmp_path / "run.csv"),
        pd.DataFrame(json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))),
        pd.read_parquet(tmp_path / "run.parquet").reset_index(),
    ):
        assert list(table[["figure", "value", "unit"]].itertuples(index=False, name=None)) == expected
    with zipfile.ZipFile(tmp_path / "run.xlsx") as book:
        names = [sheet.get("name") for sheet in etree.fromstring(book.read("xl/workbook.xml")).findall(".//{*}sheet")]
        values = [cell.text for cell in etree.fromstring(book.read("xl/worksheets/sheet1.xml")).findall(".//{*}v")]
        texts = "".join(etree.fromstring(book.read("xl/sharedStrings.xml")).itertext())
    assert names == ["figures", "verdicts", "words", "parameters", "manifest"]
    digest = hashlib.sha256((orchard.root / "data" / "figures.csv").read_bytes()).hexdigest()
    assert (run.manifest["chapter"], run.manifest["market.price"]) == ("market", "0.8")
    assert digest in run.manifest["data/figures.csv"] and digest in texts
    assert {"0.8", "24000"} <= set(values)


def test_the_same_run_gives_the_same_workbook(orchard: OpenedStory, tmp_path: Path) -> None:
    for name in ("one.xlsx", "other.xlsx"):
        orchard.run("market").save(tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()


def test_no_text_is_run_as_a_formula(tmp_path: Path) -> None:
    table = pd.DataFrame({"meaning": ["=1+1", "-2", "plain"]}, index=pd.Index(["a", "b", "c"], name="figure"))
    assert sheets.csv(table) == "figure,meaning\na,'=1+1\nb,-2\nc,plain\n"
    sheets.write({"figures": table}, tmp_path / "run.xlsx")
    with zipfile.ZipFile(tmp_path / "run.xlsx") as book:
        assert not list(etree.fromstring(book.read("xl/worksheets/sheet1.xml")).findall(".//{*}f"))


def test_the_command_prints_figures_or_writes_them(orchard: OpenedStory, tmp_path: Path) -> None:
    done = command(orchard.root, "figures", "market", "-p", "price", "0.2:0.4:0.8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == ["price: €0.4 (€0.2 to €0.8)", "    Price of an apple"]
    done = command(orchard.root, "figures", "market", "--out", str(tmp_path / "f.csv"))
    assert done.stdout == f"{tmp_path / 'f.csv'}\n"
    for words, line in (
        (["market", "--out", str(tmp_path / "f.csv")], f"{tmp_path / 'f.csv'}: exists already; expected a new file"),
        (["market", "--out", str(tmp_path / "f.txt")], f"{tmp_path / 'f.txt'}: expected a file that ends with .csv, .json, .parquet, .xlsx"),
        (["market", "--out", str(tmp_path / "no" / "f.csv")], f"{tmp_path / 'no' / 'f.csv'}: no folder {tmp_path / 'no'}; expected a file in one that is there"),
        (["markt"], "no chapter 'markt'; did you mean market?"),
        (["market", "-p", "price", "9"], "market: parameter 'price' is 9; expected a number from 0 to 5 (EUR/apple)"),
    ):  # fmt: skip
        refused = command(orchard.root, "figures", *words)
        assert (refused.returncode, refused.stdout, refused.stderr) == (2, "", f"casefile: {line}\n")


def test_without_its_library_a_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BadInput, match="a workbook needs XlsxWriter, which the lock of the tests holds"):
        sheets.check(tmp_path / "run.xlsx")
