"""A chart's files hold what the chart shows, and say what it means."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import xml.etree.ElementTree
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from casefile.content.content import Content
from casefile.errors import BadInput
from casefile.site import downloads
from casefile.site.markup import CHART_FILES
from casefile.system import cache
from tests.conftest import CHAPTERS, Plain
from tests.support import small
from tests.support.markup import soup


def test_every_chart_can_be_downloaded(site: Path, defaults: dict[str, Plain]) -> None:
    """The CSV holds every value of the chart's table; the archive holds all the other files, described."""
    for chapter in CHAPTERS:
        for name, drawn in defaults[chapter]["charts"].items():
            text = (site / "charts" / f"{name}.csv").read_text(encoding="utf-8")
            rows = list(csv.DictReader(io.StringIO(text)))
            assert len(rows) == len(drawn["rows"]), name
            for row, shown in zip(rows, drawn["rows"], strict=True):
                for column, value in shown.items():
                    if isinstance(value, float | int) and not isinstance(value, bool):
                        assert float(row[column]) == value, (name, column)
                    else:
                        run_by_sheets = isinstance(value, str) and re.match(r"[=@]|[+-][^0-9.]", value)
                        said = f"'{value}" if run_by_sheets else "" if value is None else str(value)
                        assert row[column] == said, (name, column)
            with zipfile.ZipFile(site / "charts" / f"{name}.zip") as archive:
                assert set(archive.namelist()) == {
                    *(f"{name}.{kind}" for kind in ("csv", "vl.json", "svg", "png")), "datapackage.json", "metadata.json", "readme.txt"
                }  # fmt: skip
                for file in archive.namelist():
                    if file.startswith(f"{name}."):
                        assert archive.read(file) == (site / "charts" / file).read_bytes()
                metadata = json.loads(archive.read("metadata.json"))
            assert [column["name"] for column in metadata["columns"]] == drawn["order"]
            assert [source["id"] for source in metadata["sources"]] == drawn["sources"]
            assert metadata["page"] == f"{CHAPTERS[chapter]}.html#chart-{name}"


def test_no_spreadsheet_runs_a_cell_of_the_site_as_a_formula(site: Path) -> None:
    for path in site.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                assert not any(re.match(r"[=@\t]|[+-](?![0-9.])", cell) for cell in row), (path.name, row)


def test_a_text_that_a_spreadsheet_would_run_is_shown_as_it_is() -> None:
    rows = [
        {"rule": "+ demonstrations", "from": -1.5},
        {"rule": "=cmd|calc", "from": None},
        {"rule": "+12%", "from": 2},
    ]
    drawn: Any = {"rows": rows, "columns": {"rule": "Rule", "from": "From"}}
    assert downloads.chart_csv(drawn) == "rule,from\n'+ demonstrations,-1.5\n'=cmd|calc,\n+12%,2\n"


def test_an_archive_hangs_neither_on_the_machine_nor_on_what_compresses(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"b.txt": b"words " * 99, "a.csv": "ä,1\n".encode()}
    packed = downloads.archive(files)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(zlib, "compressobj", lambda *options: pytest.fail("compressed"))
    assert downloads.archive(dict(reversed(files.items()))) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_every_chart_links_to_its_files(site: Path, defaults: dict[str, Plain]) -> None:
    """Each link of a chart's figure leads to a file, the embedded chart among them; the snippet frames that one."""
    for chapter, page in CHAPTERS.items():
        html = soup(site / f"{page}.html")
        for name in defaults[chapter]["charts"]:
            links = html.select(f"#chart-{name} .chart-files a")
            files = [((site / page).parent / str(link["href"])).resolve() for link in links]
            assert [file.name for file in files] == [f"{name}.{kind}" for kind in (*CHART_FILES, "html")]
            assert all(file.is_file() for file in files)
            (snippet,) = html.select(f"#chart-{name} .chart-snippet")
            frame = BeautifulSoup(snippet.get_text(), "html.parser").iframe
            assert frame
            assert str(frame["src"]).endswith(f"embed/{name}.html")


def test_a_downloaded_table_holds_the_values_that_marks_stand_for(tab: Page, address: str) -> None:
    tab.goto(f"{address}/chapters/08_money.html")
    chart = tab.locator("#chart-raise_buys")
    chart.locator(".chart-files > summary").click()
    with tab.expect_download() as downloading:
        chart.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(downloading.value.path()).read_text(encoding="utf-8"))))
    tab.wait_for_function("() => document.querySelector('#chart-raise_buys .live')")
    bars = tab.locator("#chart-raise_buys .chart-live .mark-rect.role-mark path")
    plotted = {
        (one["basis"], one["fewest"], one["most"])
        for one in bars.evaluate_all("all => all.map(one => one.__data__.datum)")
        if "most" in one
    }
    assert plotted == {(row["basis"], float(row["fewest"]), float(row["most"])) for row in rows}


def test_pictures_stand_alone(site: Path) -> None:
    """A downloaded picture and its specification need no style of the page's."""
    for path in sorted((site / "charts").glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        assert xml.etree.ElementTree.fromstring(text).tag.endswith("svg")
        assert "var(--" not in text + path.with_suffix(".vl.json").read_text(encoding="utf-8")
        assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_every_chart_can_be_embedded(site: Path) -> None:
    """An embedded chart links back to its place on its page."""
    for path in sorted((site / "embed").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert f'#chart-{path.stem}" target="_top"' in text
        assert "<script" not in text


def test_two_charts_of_one_id_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    one = small.content()
    both = Content(one.records, {"orchard": one.pages["orchard"], "meadow": one.pages["orchard"]})
    wanted = "chart 'baskets': orchard and meadow both draw it; expected one page to, as its home"
    with pytest.raises(BadInput, match=f"^{wanted}$"):
        downloads.write(tmp_path, both, "The Orchard")
    assert list(tmp_path.iterdir()) == []


def test_a_charts_files_are_written_again_when_what_they_rest_on_changed_and_not_otherwise(tmp_path: Path) -> None:
    """What rests on nothing that changed comes from the store, and is the same to the byte."""
    (tmp_path / "data").mkdir()
    small_content, store = small.content(), cache.Store(tmp_path / "kept")
    small_content.pages["orchard"].charts["baskets"]["spec"]["config"] = {}
    records = replace(small_content.records, root=tmp_path)

    def written(site: str, results: str = "a run's hash", book: str = "The Orchard") -> int:
        """How much has been worked out so far, once a site was written."""
        content = Content(records, small_content.pages, {"orchard": results}, small_content.pictures)
        downloads.write(tmp_path / site, content, book, store)
        return len(list((tmp_path / "kept" / "charts").iterdir()))

    first = written("one")
    assert written("two") == first
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    drawn_again = written("three", book="The Meadow")
    assert drawn_again == first + 1
    assert b"The Meadow" in (tmp_path / "three" / "charts" / "baskets.svg").read_bytes()
    assert b"The Meadow" in (tmp_path / "three" / "embed" / "baskets.html").read_bytes()
    assert written("four", results="another run's") == drawn_again + 2
    (tmp_path / "data" / "units.csv").write_text("unit\n", encoding="utf-8")
    assert written("five") == drawn_again + 4


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
