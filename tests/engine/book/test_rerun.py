"""A rerun: a folder that holds what came out, what changed, and the line that makes it again."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sympy
from bs4 import BeautifulSoup

from casefile import cli, records
from casefile.book import rerun
from casefile.errors import BadInput
from casefile.execution.story import Run, Story
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.notebook import results
from casefile.notebook.results import Results
from casefile.records.tables import Overrides
from tests.engine.test_cli import said
from tests.support.orchard import plant
from tests.support.published import commit, git
from tests.support.small import formula, leaf, symbols


def casefile(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, run in a story's folder and in this process; those that break it have one of its own."""
    out, error, code = io.StringIO(), io.StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as changed, contextlib.chdir(root),
        contextlib.redirect_stdout(out), contextlib.redirect_stderr(error),
    ):  # fmt: skip
        changed.setattr(sys, "argv", ["casefile", *words])
        try:
            cli.main()
        except SystemExit as left:
            code = int(left.code or 0)
    return subprocess.CompletedProcess(words, code, out.getvalue(), error.getvalue())


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story on disk, committed, with a chapter that is not in the book."""
    root = plant(tmp_path_factory.mktemp("rerun"))
    shutil.copyfile(root / "chapters" / "harvest.ipynb", root / "chapters" / "draft.ipynb")
    (root / ".gitignore").write_text("_build/\ndear/\nagain/\n")
    git(root, "init", "-q")
    commit(root)
    return root


@pytest.fixture(scope="module")
def dear(orchard: Path) -> Path:
    """The market, rerun with apples at twice the price."""
    done = casefile(orchard, "rerun", "market", "-p", "price", "0.8", "--out", "dear")
    assert done.returncode == 0, done.stderr
    assert "€12,000" in done.stdout
    assert "€24,000   [+€12,000, +100%]" in done.stdout
    assert done.stdout.splitlines()[-2:] == [str(orchard / "dear"), "casefile rerun market -p price 0.8 --out again"]
    assert [line.split()[1:-1] for line in done.stderr.splitlines() if "✓" in line] == [
        ["harvest", "as", "in", "the", "book"], ["market", "as", "in", "the", "book"], ["market"], ["page"],
    ]  # fmt: skip
    return orchard / "dear"


def test_a_rerun_leaves_notebook_page_results_manifest_and_changes(dear: Path) -> None:
    assert sorted(path.name for path in dear.iterdir()) == [
        "changes.html", "changes.json", "changes.txt", "figures.csv", "manifest.json", "notebook.ipynb", "page", "parameters.csv",
        "parameters.json", "results.json", "snapshot.json", "verdicts.csv", "words.csv",
    ]  # fmt: skip
    results = json.loads((dear / "results.json").read_text(encoding="utf-8"))
    assert results["figures"]["worth"]["value"] == 24000
    figures = (dear / "figures.csv").read_text(encoding="utf-8").splitlines()
    assert figures[0] == "figure,value,low,high,unit,text,range,band,meaning,kind,sources"
    assert 'worth,24000.0,,,EUR,"€24,000",,,Worth of the harvest,formula,almanac grocer' in figures
    notebook = json.loads((dear / "notebook.ipynb").read_text(encoding="utf-8"))
    assert any("price = 0.8" in "".join(cell["source"]) for cell in notebook["cells"])


def test_what_changed_is_said_for_figures_and_sentences(dear: Path) -> None:
    said = (dear / "changes.txt").read_text(encoding="utf-8")
    assert "Figures: 2 changed" in said
    assert "- It bore 30,000 apples, worth €12,000." in said
    assert "+ It bore 30,000 apples, worth €24,000." in said
    worth = next(change for change in json.loads((dear / "changes.json").read_text()) if change["name"] == "worth")
    assert (worth["before"], worth["after"], worth["absolute"], worth["unit"]) == ("€12,000", "€24,000", 12000, "EUR")
    page = BeautifulSoup((dear / "changes.html").read_text(encoding="utf-8"), "html.parser")
    assert "€24,000" in page.get_text()
    assert not page.select("script")


def test_its_page_says_that_it_is_a_rerun_and_with_what(dear: Path) -> None:
    page = BeautifulSoup((dear / "page" / "chapters" / "market.html").read_text(encoding="utf-8"), "html.parser")
    note = page.select_one(".admonition")
    assert note is not None
    assert "A rerun, not the book" in note.get_text()
    assert "price = 0.8 (in the book: 0.4)" in " ".join(note.get_text().split())
    assert [link.get_text() for link in page.select("h1 + p a.num, .admonition ~ p a.num")][:1] == ["€24,000"]
    for link in page.select("a[href]"):
        address = str(link["href"]).partition("#")[0]
        assert not address or ":" in address or (dear / "page" / "chapters" / address).exists(), address


def test_the_manifest_says_what_it_was_made_from(dear: Path, orchard: Path) -> None:
    manifest = json.loads((dear / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["given"] == {"market": {"price": 0.8}}
    assert manifest["parameters"] == {"price": 0.8}
    head = subprocess.run(["git", "-C", str(orchard), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert (manifest["commit"], manifest["changed since the commit"]) == (head.stdout.strip(), False)
    assert {"chapters/market.ipynb", "data/figures.csv", "data/sources.csv"} <= manifest["inputs"].keys()
    assert manifest["libraries"]["papermill"]
    assert manifest["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}")


def test_the_line_that_reproduces_it_makes_the_same_again(dear: Path, orchard: Path) -> None:
    line = json.loads((dear / "manifest.json").read_text(encoding="utf-8"))["reproduce"]
    words = shlex.split(line)
    assert words[0] == "casefile"
    done = casefile(orchard, *words[1:])
    assert done.returncode == 0, done.stderr
    first = {path.relative_to(dear): path.read_bytes() for path in dear.rglob("*") if path.is_file()}
    again = {
        path.relative_to(orchard / "again"): path.read_bytes()
        for path in (orchard / "again").rglob("*")
        if path.is_file()
    }
    assert first == again
    shutil.rmtree(orchard / "again")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rerun", "markt"], "no chapter 'markt'; did you mean market?"),
        (["rerun", "draft"], "draft: is not in _toc.yml; expected one of harvest, market"),
        (["rerun", "market", "-p", "prize", "1"], "market: unknown parameter 'prize'; did you mean price?"),
        (["rerun", "market", "-p", "price", "nan"], "expected a number from 0 to 5"),
        (["rerun", "market", "-p", "price", "inf"], "expected a number from 0 to 5"),
        (["rerun", "market", "-p", "price", "5.01"], "expected a number from 0 to 5"),
        (["rerun", "market", "-p", "price", "much"], "expected a number from 0 to 5"),
        (["rerun", "market", "--params", "no.yml"], "no.yml"),
        (["rerun", "market", "--out", "data"], "data: belongs to data/, which is no place for output; expected another place, named with --out"),
        (["rerun", "market", "--out", "chapters/far/new"], "belongs to chapters/, which is no place for output"),
        (["rerun", "market", "--out", "index.md"], "index.md: is a file; expected a new or an empty folder"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_leaves_nothing(words: list[str], said: str, orchard: Path) -> None:
    before = sorted(path.name for path in orchard.iterdir())
    done = casefile(orchard, *words, *([] if "--out" in words else ["--out", "bad"]))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in orchard.iterdir()) == before


def test_the_same_rerun_again_shows_what_lies_there_and_another_is_refused(
    dear: Path, orchard: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(orchard)
    before = {path: path.read_bytes() for path in dear.rglob("*") if path.is_file()}
    code, out, complaint = said(["rerun", "market", "-p", "price=0.8", "--out", "dear"], capsys, monkeypatch)
    assert (code, complaint) == (0, "")
    assert out == f"{before[dear / 'changes.txt'].decode()}\n{dear}\ncasefile rerun market -p price 0.8 --out again\n"
    code, out, complaint = said(["rerun", "market", "-p", "price=0.9", "--out", "dear"], capsys, monkeypatch)
    line = f"casefile: {dear}: holds a rerun of other parameters, data or code; expected a new or an empty folder\n"
    assert (code, out, complaint) == (2, "", line)
    assert {path: path.read_bytes() for path in dear.rglob("*") if path.is_file()} == before


def test_a_notebook_whose_parameters_cell_was_edited_is_not_believed(
    orchard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever chapter is asked for: it may read the one that was edited."""
    root = Path(shutil.copytree(orchard, tmp_path / "edited", ignore=shutil.ignore_patterns("_build", "dear")))
    monkeypatch.chdir(root)
    market = root / "chapters" / "market.ipynb"
    market.write_text(market.read_text().replace("price: float = 0.4", "price: float = 0.6"))
    for chapter in ("market", "harvest"):
        code, out, complaint = said(["rerun", chapter, "--out", "again"], capsys, monkeypatch)
        assert (code, out) == (2, "")
        assert complaint == (
            "casefile: market: parameter 'price' is 0.6 in the notebook; expected the declared 0.4: put it back in the parameters "
            "cell of chapters/market.ipynb, or by `git checkout chapters/market.ipynb`; another value is tried with `casefile "
            "rerun market -p price VALUE`, or in a copy of the notebook\n"
        )
        assert not (root / "again").exists()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"market": {"price": 0.4}}, "price: 0.4 is its value in the book"),
        ({"market": {"price": 0.5}}, "price: market reads it, and comes to the same with 0.5"),
        ({"market": {"spare": 7.0}}, "spare: market works nothing out from it"),
    ],
)
def test_where_nothing_differs_it_is_said_whether_the_parameter_was_read(
    given: Overrides, why: str, tmp_path: Path
) -> None:
    root = plant(tmp_path / "orchard")
    spare = "market,spare,,,number,EUR,3,0,9,,,,,A spare price,assumption,\n"
    with (root / "data" / "parameters.csv").open("a") as table:
        table.write(spare)
    known = records.load(root)
    made = Graph("market", known.units)
    made.add(Figure("price", "parameter", "EUR/apple", "price", 0.4, parameter="price"))
    made.add(leaf("ceiling", 0.1, "EUR/apple"))
    made.derive(*formula("paid", sympy.Min(*symbols("price", "ceiling")), "EUR/apple"))
    plain = Results("market", "The market", "What are they worth?", {}, made).to_json()
    results.write(plain, tmp_path / "results" / "market.json")
    assert rerun._nothing(Run(Story(root), tmp_path, given), given) == f"nothing differs\n  {why}"


def test_a_parameters_file_with_a_python_tag_is_refused_unrun(orchard: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    (tmp_path / "p.yml").write_text(f"market: !!python/object/apply:os.mkdir [{made}]\n")
    done = casefile(orchard, "rerun", "market", "--params", str(tmp_path / "p.yml"), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "python/object" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not made.exists()
    assert not (tmp_path / "out").exists()


def test_a_rerun_goes_to_a_folder_named_for_its_parameters_unless_told_otherwise(
    orchard: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", str(orchard))
    folder = orchard / "_build" / "reruns" / "market-5b94d0cf"  # as SHA-256 of {"market": {"price": 0.8}} begins
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("mine")
    line = f"casefile: {folder}: is not empty; expected a new or an empty folder\n"
    assert said(["rerun", "market", "-p", "price", "0.8"], capsys, monkeypatch) == (2, "", line)
    assert [path.name for path in folder.parent.iterdir()] == ["market-5b94d0cf"]


def test_a_folder_is_made_whole_in_the_place_of_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with rerun.made_whole(tmp_path / "out") as made:
        (made / "page.html").write_text("page")
        assert list((tmp_path / "out").iterdir()) == []
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["out", "out/page.html"]


def test_a_folder_that_somebody_else_filled_meanwhile_is_left_to_them(tmp_path: Path) -> None:
    """As by the same rerun, begun at the same time, which was done first: also where neither found the folder above."""
    output = tmp_path / "reruns" / "out"
    with pytest.raises(BadInput) as caught, rerun.made_whole(output) as mine:
        (mine / "page.html").write_text("mine")
        with rerun.made_whole(output) as theirs:
            (theirs / "page.html").write_text("theirs")
    assert str(caught.value) == f"{output}: was made by somebody else meanwhile; expected a new or an empty folder"
    assert [path.name for path in output.parent.iterdir()] == ["out"]
    assert (output / "page.html").read_text() == "theirs"


def test_of_a_folder_that_came_to_nothing_no_part_is_left(tmp_path: Path) -> None:
    with pytest.raises(KeyError), rerun.made_whole(tmp_path / "far" / "away" / "out") as made:
        (made / "page.html").write_text("page")
        raise KeyError("stopped")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, "casefile rerun market --out again"),
        ({"market": {"price": 0.8, "ripe": True, "kind": "a b"}}, "casefile rerun market -p price 0.8 -p ripe true -p kind 'a b' --out again"),
        ({"harvest": {"trees": 7}}, "casefile rerun market --params dear/parameters.json --out again"),
        ({"market": {"price": 0.8}, "harvest": {"trees": 7}}, "casefile rerun market --params dear/parameters.json --out again"),
    ],
)  # fmt: skip
def test_parameters_of_other_chapters_are_given_again_by_a_file(given: Overrides, line: str) -> None:
    assert rerun.reproduce("market", given.get("market", {}), given, Path("dear")) == line
