"""Data of one's own over a story's: rows by id, whole series, and the story left as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import casefile
from casefile.citation import citation_file
from casefile.errors import BadInput
from casefile.records import laid
from tests.engine.book.test_rerun import casefile as command
from tests.support.orchard import plant
from tests.support.published import replace, version


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story, with what a citation needs."""
    root = plant(tmp_path_factory.mktemp("laid"))
    replace(root / "chapters" / "harvest.ipynb", "(harvest)=", "(how-many)=")  # an id names one thing
    version(root, "1.0")
    return root


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


def test_a_rerun_with_other_data_says_so_on_its_page_keeps_them_and_is_cited_nowhere(
    orchard: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "figures.csv").write_text("id,value\ntrees,240\n")
    done = command(orchard, "rerun", "market", "--data", str(own), "--out", str(tmp_path / "out"))
    assert (done.returncode, "€24,000   [+€12,000, +100%]" in done.stdout) == (0, True), done.stderr
    assert done.stdout.splitlines()[-1] == f"casefile rerun market --data {tmp_path / 'out' / 'data'} --out again"
    assert (tmp_path / "out" / "data" / "figures.csv").read_bytes() == (own / "figures.csv").read_bytes()
    page = BeautifulSoup((tmp_path / "out" / "page" / "chapters" / "market.html").read_text("utf-8"), "html.parser")
    note = page.select_one(".admonition")
    assert note is not None
    said = " ".join(note.get_text().replace("’", "'").split())
    assert said.startswith(
        "A rerun with other data, not the book Run with data of the reader's own (figures.csv) and parameters"
    )
    with laid.over(orchard, own) as copy, pytest.raises(BadInput, match=r"CITATION\.cff: not found"):
        citation_file.book_of(copy)  # so that no page of it offers a citation
    refused = command(orchard, "rerun", "market", "--out", str(tmp_path / "out"))
    assert (refused.returncode, "holds a rerun of other parameters, data" in refused.stderr) == (2, True)


def test_a_sweep_takes_other_data_and_names_them_in_its_manifest(orchard: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "figures.csv").write_text("id,value\ntrees,240\n")
    words = ["sweep", "market", "--vary", "price=0.2,0.4", "--figures-only", "--data", str(own)]
    done = command(orchard, *words, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert list(pd.read_csv(tmp_path / "out" / "scenarios.csv")["worth"]) == [12_000, 24_000]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["reproduce"] == " ".join(["casefile", *words, "--out", "again"])


def test_what_comes_of_the_books_own_data_is_cited_as_the_command_cites_it_and_of_others_not(
    orchard: Path, tmp_path: Path
) -> None:
    run = casefile.open_story(orchard).run("market", price=0.8)
    cited = command(orchard, "cite", "worth", "-p", "market.price=0.8", "--style", "sentence")
    assert run.cite("worth", "sentence") + "\n" == cited.stdout
    assert "market.price=0.8" in cited.stdout
    (tmp_path / "figures.csv").write_text("id,value\ntrees,240\n")
    other = casefile.open_story(orchard, data=tmp_path).run("market")
    line = f"'worth' is worked out with the data of {tmp_path}; nothing but the book's own can be cited"
    cases: list[tuple[Callable[[], str], str]] = [
        (lambda: other.cite("worth"), line),
        (lambda: run.cite("wroth"), "no page, section, figure, chart or claim 'wroth'; did you mean worth?"),
        (lambda: run.cite("worth", "apaa"), "no style 'apaa'; did you mean apa or apa-fr?"),
    ]
    for refused, said in cases:
        with pytest.raises(BadInput) as error:
            refused()
        assert str(error.value) == said


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
