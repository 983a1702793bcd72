"""The package knows nothing of this story: a small one of its own, two chapters and five figures, builds just as well."""

from __future__ import annotations

import base64
import json
import warnings
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casefile.book import build as book
from casefile.execution import run
from casefile.execution.story import Story
from casefile.notebook import results
from casefile.system import cache
from tests.conftest import ROOT, papermill
from tests.engine.notebook.test_beside import PIXEL
from tests.engine.test_cli import said
from tests.support.orchard import TABLES, plant

SEED = PIXEL + b"seed"


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story on disk as people have them: pictures beside pages, a file used as it is, an attachment, leftovers."""
    root = plant(tmp_path_factory.mktemp("orchard"))
    (root / "chapters" / "_static").mkdir()
    (root / "chapters" / "_static" / "orchard.css").write_text("body { color: green }\n")
    path = root / "chapters" / "harvest.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] += "\n\n![A tree](tree.png)\n\n![A seed](attachment:seed.png)\n"
    notebook["cells"][0]["attachments"] = {"seed.png": {"image/png": base64.b64encode(SEED).decode()}}
    del notebook["cells"][1]["id"]  # as older programs leave it
    notebook["cells"][2]["id"] = notebook["cells"][3]["id"]
    notebook["cells"][2]["source"] = (
        "!true\n%config InlineBackend.figure_format = 'svg'\n" + notebook["cells"][2]["source"]
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (root / "chapters" / "tree.png").write_bytes(PIXEL)
    (root / "img").mkdir()
    (root / "img" / "tree.png").write_bytes(PIXEL + b"another")
    (root / "img" / "bark.png").write_bytes(PIXEL + b"bark")
    with (root / "sources.md").open("a", encoding="utf-8") as page:
        page.write('\n![Another tree](img/tree.png)\n\n<img src="img/bark.png" alt="Bark">\n')
    (root / "chapters" / "Untitled.ipynb").write_text("")
    (root / "data" / "notes.txt").write_text("To be read.")
    return root


@pytest.fixture(scope="module")
def told(orchard: Path) -> list[str]:
    """What the build of the small story's site tells."""
    lines: list[str] = []
    output = orchard / "_build" / "html"
    with warnings.catch_warnings(record=True) as caught:
        book.build(Story(orchard), {}, output, 2, run.FORK, lambda name, event, seconds: None, lines.append)
    return [*lines, *(str(warning.message) for warning in caught)]


@pytest.fixture(scope="module")
def built(orchard: Path, told: list[str]) -> Path:
    """The small story's site."""
    return orchard / "_build" / "html"


def test_what_the_data_package_does_not_name_is_left_out_and_told(
    orchard: Path, built: Path, told: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "data/notes.txt is left out of the site: data/datapackage.json does not name it"
    assert told == [line, "harvest runs: it has not run before", "market runs: it has not run before"]
    assert sorted(path.relative_to(built).as_posix() for path in (built / "data").rglob("*")) == sorted(
        ["data/datapackage.json", *(f"data/{name}.csv" for name in TABLES)]
    )
    monkeypatch.setenv("CASEFILE_ROOT", str(orchard))
    code, out, complaint = said(["check"], capsys, monkeypatch)
    assert (code, out.splitlines()[1:], complaint) == (0, [line], "")


def pictures(page: Path) -> dict[str, bytes]:
    """The pictures that a page shows, by their words."""
    shown = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("main img")
    return {str(image["alt"]): (page.parent / str(image["src"])).read_bytes() for image in shown}


def test_what_pages_name_beside_them_is_on_the_site_also_when_a_page_is_put_back(orchard: Path, built: Path) -> None:
    harvest = {"A tree": PIXEL, "A seed": SEED}
    sources = {"Another tree": PIXEL + b"another", "Bark": PIXEL + b"bark"}
    assert pictures(built / "chapters" / "harvest.html") == harvest
    assert pictures(built / "sources.html") == sources
    again = orchard / "_build" / "again"  # from the cache, but for one page
    text = (orchard / "index.md").read_text(encoding="utf-8")
    (orchard / "index.md").write_text(text + "\nIt was a wet year.\n", encoding="utf-8")
    book.build(Story(orchard), {}, again, 2, run.FORK, lambda name, event, seconds: None)
    (orchard / "index.md").write_text(text, encoding="utf-8")
    assert pictures(again / "chapters" / "harvest.html") == harvest
    assert pictures(again / "sources.html") == sources


def test_another_picture_is_a_change(orchard: Path, built: Path) -> None:
    cache.note(orchard, None, built, cache.Site(cache.hash_of_site(built)))
    assert cache.standing(orchard, None, built) is not None
    (orchard / "img" / "tree.png").write_bytes(PIXEL)
    assert cache.standing(orchard, None, built) is None
    (orchard / "img" / "tree.png").write_bytes(PIXEL + b"another")
    assert cache.standing(orchard, None, built) is not None


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
    assert "accounted for (5 figure, " in out.splitlines()[4]  # what it bore, and what that is worth


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
    book.build(Story(orchard), {"market": {"price": 0.8}}, output, 2, None, lambda name, event, seconds: None)
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
