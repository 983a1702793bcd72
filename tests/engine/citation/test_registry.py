"""An id is given once and never lost: what the registry holds against the book, and the editions against both."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casefile.citation import editions, registry
from casefile.errors import BadRecord
from tests.conftest import ROOT
from tests.engine.book.test_rerun import casefile
from tests.support import markup
from tests.support.orchard import built
from tests.support.published import replace, site_records, standing


@pytest.fixture
def orchard(published: Path, tmp_path: Path) -> Path:
    """A copy of the published orchard that a test may change."""
    return Path(shutil.copytree(published, tmp_path / "orchard"))


def test_every_public_id_is_where_the_registry_says(site: Path) -> None:
    """The registry and the built book agree, both ways; a renamed id or a moved anchor fails here."""
    now, rows = site_records(site), registry.read(ROOT)
    public = {name: (row.page, row.anchor) for name, row in rows.items() if row.status == registry.PUBLIC}
    assert public == {name: (page, anchor) for name, (page, anchor, *_) in now.items()}


def test_nothing_an_edition_published_has_left_the_registry() -> None:
    rows = registry.read(ROOT)
    for edition in editions.load(ROOT).values():
        for item in edition.items.values():
            row = rows.get(item.id)
            assert row is not None, item.id
            assert row.note or (row.page, row.anchor) == (item.page, item.anchor), item.id


def test_every_id_leads_to_an_element_of_its_page(site: Path) -> None:
    for row in registry.read(ROOT).values():
        page = site / f"{row.page}.html"
        assert row.anchor in markup.ids(page) if row.anchor else page.is_file(), row.id


def test_a_vanished_a_moved_and_an_unregistered_id_are_faults(orchard: Path) -> None:
    replace(orchard / "index.md", "(orchard-fruit)=\n", "(orchard-apples)=\n")
    now, rows = standing(orchard), registry.read(orchard)
    assert registry.faults(rows, now) == [
        "section 'orchard-apples' of index is not in data/ids.csv",
        "section 'orchard-fruit' was public and has vanished from index; expected it, or `retired` with a note",
    ]
    replace(orchard / "index.md", "(orchard-apples)=\n## Its fruit\n", "")
    replace(orchard / "sources.md", "All of them.", "All of them.\n\n(orchard-fruit)=\n## Its fruit\n\nApples.")
    now = standing(orchard)
    (fault,) = registry.faults(rows, now)
    assert fault.startswith("'orchard-fruit' is a section at sources.html#orchard-fruit; data/ids.csv has a section at")
    registry.register(orchard, now)
    rows, published = registry.read(orchard), [edition.items for edition in editions.load(orchard).values()]
    assert registry.faults(rows, now) == []
    assert registry.faults(rows, now, published) == [
        "'orchard-fruit' was published at index.html#orchard-fruit; data/ids.csv leads elsewhere without a note"
    ]
    del rows["orchard-fruit"]
    assert "'orchard-fruit' of a published edition is not in data/ids.csv" in registry.faults(rows, now, published)[-1]


def test_a_retired_id_that_the_book_has_is_a_fault(orchard: Path) -> None:
    rows = registry.read(orchard)
    rows["worth"] = dataclasses.replace(rows["worth"], status=registry.RETIRED, note="Nobody asks.")
    assert registry.faults(rows, standing(orchard)) == [
        "number 'worth' is retired in data/ids.csv, and the book has it"
    ]


def test_registering_what_is_known_writes_nothing(orchard: Path) -> None:
    path = orchard / "data" / "ids.csv"
    before = path.stat()
    assert registry.register(orchard, standing(orchard)) == (0, 0)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_registering_adds_what_is_new_and_takes_nothing_away(orchard: Path) -> None:
    before = (orchard / "data" / "ids.csv").read_text(encoding="utf-8")
    replace(orchard / "index.md", "(orchard-fruit)=\n", "(orchard-apples)=\n")
    done = casefile(orchard, "register")
    assert done.returncode == 0, done.stderr
    assert "1 ids added, 0 moved" in done.stdout
    assert "'orchard-fruit' was public and has vanished" in done.stderr
    assert (orchard / "data" / "ids.csv").read_text(encoding="utf-8") == (
        before + "orchard-apples,section,index,orchard-apples,public,\n"
    )


def test_a_retired_id_leads_to_a_note_and_is_said_to_be_withdrawn(orchard: Path) -> None:
    replace(orchard / "index.md", "(orchard-fruit)=\n## Its fruit\n", "")
    (orchard / "cite.md").unlink()
    replace(orchard / "_toc.yml", "- file: cite\n", "")
    replace(
        orchard / "data" / "ids.csv", "index,orchard-fruit,public,", "index,orchard-fruit,retired,It is told above."
    )
    replace(orchard / "data" / "ids.csv", "cite,page,cite,,public,", "cite,page,cite,,retired,Ask the gardener.")
    assert not registry.faults(registry.read(orchard), standing(orchard))
    output = built(orchard)
    page = BeautifulSoup((output / "index.html").read_text(encoding="utf-8"), "html.parser")
    (note,) = page.select("#orchard-fruit")
    assert note.get_text(strip=True) == "“orchard-fruit” stood here, and was withdrawn. It is told above."
    page = BeautifulSoup((output / "cite.html").read_text(encoding="utf-8"), "html.parser")
    assert "was withdrawn. Ask the gardener." in page.get_text()
    done = casefile(orchard, "cite", "orchard-fruit")
    assert (done.returncode, done.stderr) == (2, "casefile: 'orchard-fruit' was withdrawn: It is told above.\n")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "worth,number,chapters/market,figure-worth,public,\n",
            "column id: 'worth'; expected an id that no other row has",
        ),
        ("new,tree,index,,public,\n", "column kind: 'tree'; expected one of book, page"),
        ("new,number,index,,retired,\n", "column status: 'retired'; expected public, or retired with a note"),
    ],
)
def test_a_broken_registry_is_named_by_row(row: str, said: str, orchard: Path) -> None:
    with (orchard / "data" / "ids.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    with pytest.raises(BadRecord, match=r"data/ids\.csv, row \d+, ") as caught:
        registry.read(orchard)
    assert said in str(caught.value)
