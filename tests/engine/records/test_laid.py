"""Data of one's own over a story's: rows by id, whole series, and the story left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import casefile
from casefile.errors import BadInput
from tests.engine.book.test_rerun import casefile as command
from tests.support.orchard import plant


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story."""
    return plant(tmp_path_factory.mktemp("laid"))


def test_a_row_gives_the_cells_that_differ_and_the_story_stays_as_it_is(orchard: Path, tmp_path: Path) -> None:
    before = (orchard / "data" / "figures.csv").read_bytes()
    (tmp_path / "figures.csv").write_text("id,value\ntrees,240\n")
    story = casefile.open_story(orchard, data=tmp_path)
    assert story.run("market").figures["value"].to_dict() == {"price": 0.4, "worth": 24_000}
    assert story.records.figures["trees"].source == "almanac"
    done = command(orchard, "figures", "market", "--data", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "worth: €24,000" in done.stdout
    assert "worth: €12,000" in command(orchard, "figures", "market").stdout
    assert (orchard / "data" / "figures.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("figurs.csv", "id,value\ntrees,1\n", "data/ has no table 'figurs.csv'; did you mean figures.csv"),
        ("figures.csv", "id,valeu\ntrees,1\n", "no column 'valeu'; did you mean value?"),
        ("figures.csv", "value\n1\n", "no column 'id'; expected it in the header"),
        ("figures.csv", "id,value\ntrees\n", "row 2: expected as many cells as the header has"),
        ("figures.csv", "id,value\ntrees,many\n", "laid over data/: data/figures.csv, row 2, column value: 'many'; expected"),
        ("figures.csv", "id,source\ntrees,nobody\n", "laid over data/: data/figures.csv, row 2, column source: 'nobody'; expected"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_one_line(
    name: str, text: str, line: str, orchard: Path, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput) as error:
        casefile.open_story(orchard, data=tmp_path)
    assert line in str(error.value)


def test_a_folder_without_tables_is_refused(orchard: Path, tmp_path: Path) -> None:
    for folder, line in ((tmp_path, "no files here"), (tmp_path / "none", "no such folder")):
        with pytest.raises(BadInput, match=line):
            casefile.open_story(orchard, data=folder)
