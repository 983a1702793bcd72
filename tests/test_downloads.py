"""A chart's files hold what the chart shows, and say what it means."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree
import zipfile
from pathlib import Path

from tests.conftest import CHAPTERS, Plain


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
                        assert row[column] == ("" if value is None else str(value)), (name, column)
            with zipfile.ZipFile(site / "charts" / f"{name}.zip") as archive:
                assert set(archive.namelist()) == {
                    *(f"{name}.{kind}" for kind in ("csv", "vl.json", "svg", "png")), "metadata.json", "readme.txt"
                }  # fmt: skip
                for file in archive.namelist():
                    if file.startswith(f"{name}."):
                        assert archive.read(file) == (site / "charts" / file).read_bytes()
                metadata = json.loads(archive.read("metadata.json"))
            assert [column["name"] for column in metadata["columns"]] == drawn["order"]
            assert [source["id"] for source in metadata["sources"]] == drawn["sources"]
            assert metadata["page"] == f"{CHAPTERS[chapter]}.html#chart-{name}"


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
