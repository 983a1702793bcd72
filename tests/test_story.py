"""The package knows nothing of this story: a small one of its own, two chapters and five figures, builds just as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casefile import book, results
from tests.conftest import ROOT, papermill
from tests.orchard import plant
from tests.test_cli import said


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story on disk, with a file that its pages use as it is."""
    root = plant(tmp_path_factory.mktemp("orchard"))
    (root / "chapters" / "_static").mkdir()
    (root / "chapters" / "_static" / "orchard.css").write_text("body { color: green }\n")
    return root


@pytest.fixture(scope="module")
def built(orchard: Path) -> Path:
    """The small story's site."""
    output = orchard / "_build" / "html"
    book.build(orchard, {}, output, 2, None, lambda name, event, seconds: None)
    return output


def test_the_small_story_builds_with_its_five_figures(built: Path) -> None:
    figures = json.loads((built / "api" / "figures.json").read_text(encoding="utf-8"))
    assert {name: figure["text"] for name, figure in figures.items()} == {
        "trees": "120", "apples_a_tree": "250", "harvest": "30,000", "price": "€0.4", "worth": "€12,000",
    }  # fmt: skip
    assert figures["worth"]["sources"] == ["almanac", "grocer"]


def test_its_pages_hold_its_numbers(built: Path) -> None:
    index = BeautifulSoup((built / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert [link.get_text() for link in index.select("a.num")] == ["30,000", "€12,000"]
    harvest = BeautifulSoup((built / "chapters" / "harvest.html").read_text(encoding="utf-8"), "html.parser")
    assert harvest.select("#chart-apples svg")


def test_a_file_that_pages_use_as_it_is_lies_in_the_site(built: Path) -> None:
    assert (built / "_static" / "orchard.css").read_text() == "body { color: green }\n"


def test_its_audit_accounts_for_every_numeral(
    orchard: Path, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", str(orchard))
    code, out, complaint = said(["audit"], capsys, monkeypatch)
    assert (code, "casefile: " in complaint) == (0, False)
    assert [line.partition(":")[0] for line in out.splitlines()] == [
        "404.html", "chapters/harvest.html", "chapters/market.html", "embed/apples.html", "index.html", "search.html",
        "sources.html", "7 pages",
    ]  # fmt: skip
    assert "accounted for (2 figure, " in out.splitlines()[4]  # what it bore, and what that is worth


def test_plain_papermill_runs_a_chapter_with_all_that_it_needs(orchard: Path) -> None:
    output = orchard / "chapters" / "rerun" / "market.ipynb"
    output.parent.mkdir()
    done = papermill(orchard / "chapters" / "market.ipynb", output, price=0.5)
    assert done.returncode == 0, done.stderr[-2000:]
    left = results.of_notebook(json.loads(output.read_text(encoding="utf-8")), "market")
    assert left["figures"]["worth"]["value"] == 120 * 250 * 0.5


def test_its_pages_say_nothing_of_the_other_story(built: Path) -> None:
    for path in [*built.rglob("*.html"), *built.rglob("*.json"), *built.rglob("*.js")]:
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in ("tesla", "musk", "nvidia", "h100", "xai", "grok") if word in text], path.name


def test_another_price_reaches_the_chapter_that_rests_on_it(orchard: Path, built: Path) -> None:
    output = orchard / "_build" / "dear"
    book.build(orchard, {"market": {"price": 0.8}}, output, 2, None, lambda name, event, seconds: None)
    figures = json.loads((output / "api" / "figures.json").read_text(encoding="utf-8"))
    assert (figures["worth"]["text"], figures["harvest"]["text"]) == ("€24,000", "30,000")
    before = json.loads((built / "api" / "figures.json").read_text(encoding="utf-8"))
    assert before["worth"]["text"] == "€12,000"


def test_the_package_names_nothing_of_this_story() -> None:
    words = ("tesla", "musk", "nvidia", "h100", "xai", "grok", "cnbc", "byd", "arena")
    sources = [
        *(ROOT / "casefile").rglob("*.py"),
        *(ROOT / "casefile").rglob("*.js"),
        *(ROOT / "casefile").rglob("*.html"),
    ]
    for path in sources:
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], path.name
