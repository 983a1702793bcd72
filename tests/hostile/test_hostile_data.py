"""Hostile files of a story: its tables, their description, its contents, record and notebooks are sound or refused in one line."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile import records
from casefile.book import build as book
from casefile.book import compare
from casefile.citation import citation_file, editions, registry
from casefile.errors import BadInput
from casefile.execution import notebooks
from casefile.execution.story import Story, pages_of
from casefile.notebook import parameters
from tests.support.hostile import CODE, OUTSIDE, PATHS, cases, refused, spoiled, written
from tests.support.orchard import ROWS, TABLES, notebook, plant
from tests.support.published import CITATION

SURFACE = "files of a story"
SCENARIOS = "dear:\n  title: Dear\n  meaning: Apples are dear.\n  parameters:\n    market: {price: 2}\n"
CONFIG = "title: The Orchard\nauthor: A Gardener\nhtml:\n  baseurl: https://example.org/orchard/\n"
REGISTRY = "id,kind,page,anchor,status,note\nbook,book,index,,public,\nharvest,number,chapters/harvest,figure-harvest,public,\nold,section,gone,old,retired,Gone.\n"
SERIES = "id,period,value,unit,source\nfirst,2020,1,tree,almanac\nsecond,2021,2,tree,grocer\n"
CELLS = [
    ("parameters", "price: float = 0.4  # EUR"), ("code", 'open_chapter("market", globals(), title="x", question="y", needs=["harvest"])')
]  # fmt: skip


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A story with one of every file that is read."""
    root = plant(tmp_path_factory.mktemp("hostile") / "story")
    (root / "data" / "scenarios.yml").write_text(SCENARIOS)
    (root / "data" / "ids.csv").write_text(REGISTRY)
    (root / "data" / "names.csv").write_text("name,meaning\nH2O,water\n")
    (root / "data" / "series" / "years.csv").write_text(SERIES)
    (root / "_config.yml").write_text(CONFIG)
    (root / "CITATION.cff").write_text(CITATION.format(version="1.0", date="2021-02-01"))
    (root.parent / OUTSIDE).write_text("secret")
    (root.parent / f"{OUTSIDE}.md").write_text("# secret")
    everything(root)
    return root


def everything(root: Path) -> None:
    """All that is read of a story before anything of it runs."""
    known = book.check(Story(root))
    known.series("years")
    known.names()
    citation_file.book_of(root)
    registry.read(root)
    editions.load(root)
    for name in notebooks.chapters(root):
        notebooks.needs(notebooks.read(notebooks.path_of(root, name)))


@contextmanager
def holding(path: Path, content: bytes) -> Iterator[None]:
    """A file with other content, for a while."""
    before = path.read_bytes() if path.is_file() else None
    path.write_bytes(content)
    try:
        yield
    finally:
        path.unlink() if before is None else path.write_bytes(before)


def readers(root: Path) -> dict[str, tuple[str, Callable[[], Any]]]:
    """Each file of a story that is no table: what it holds when it is good, and what reads it."""
    found: dict[str, tuple[str, Callable[[], Any]]] = {
        "data/scenarios.yml": ("", lambda: records.load(root).scenarios()),
        "data/ids.csv": ("", lambda: registry.read(root)),
        "data/names.csv": ("", lambda: records.load(root).names()),
        "data/series/years.csv": ("", lambda: records.load(root).series("years")),
        "_toc.yml": ("", lambda: Story(root).pages),
        "_config.yml": ("", lambda: (Story(root).title, citation_file.address_of(root))),
        "CITATION.cff": ("", lambda: citation_file.book_of(root)),
        "chapters/market.ipynb": (notebook(CELLS), lambda: _chapter(root)),
    }
    return {name: (good or (root / name).read_text(encoding="utf-8"), reader) for name, (good, reader) in found.items()}


def _chapter(root: Path) -> None:
    plain = notebooks.read(root / "chapters" / "market.ipynb")
    parameters.check_cell(plain, "market", records.load(root))
    parameters.read_by_code(plain, "market.ipynb")
    notebooks.needs(plain)


columns = [(table, column) for table, rows in ROWS.items() for column in rows[0]]


def with_cell(root: Path, table: str, column: str, row: int, text: str) -> bytes:
    """A table with another text in one of its cells."""
    with (root / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[row % len(rows)][column] = text
    target = root.parent / "table.csv"
    with target.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return target.read_bytes()


def sound(known: records.Records) -> None:
    """What was let through holds nothing that is more than a line of text, a name, an address or a finite number."""
    for source in known.sources.values():
        assert source.url == "" or source.url.startswith(("http://", "https://"))
    for name in TABLES:
        for record in getattr(known, "declarations" if name == "parameters" else name).values():
            for value in vars(record).values():
                assert not isinstance(value, float) or abs(value) < float("inf")
                assert not isinstance(value, str) or not any(
                    sign < " " or "\u202a" <= sign <= "\u202e" for sign in value
                )
            assert "/" not in getattr(record, "id", "")


@cases(SURFACE, 150, 5000)
@given(place=st.sampled_from(columns), row=st.integers(0, 4), text=written)
def test_a_hostile_cell_is_plain_text_or_refused(place: tuple[str, str], row: int, text: str, orchard: Path) -> None:
    table, column = place
    with holding(orchard / "data" / f"{table}.csv", with_cell(orchard, table, column, row, text)):
        known, why = refused(orchard.parent, records.load, orchard)
    if why:
        assert why.startswith(f"data/{table}.csv"), why
    else:
        sound(known)


@cases(SURFACE, 6, 150)
@given(place=st.sampled_from(columns), row=st.integers(0, 4), text=written)
def test_a_hostile_cell_that_is_checked_whole_is_told_in_one_line(
    place: tuple[str, str], row: int, text: str, orchard: Path
) -> None:
    table, column = place
    with holding(orchard / "data" / f"{table}.csv", with_cell(orchard, table, column, row, text)):
        refused(orchard.parent, everything, orchard)


@cases(SURFACE, 60, 2500)
@given(table=st.sampled_from(list(ROWS)), content=st.binary(max_size=80), data=st.data())
def test_a_table_of_any_bytes_is_told_in_one_line(
    table: str, content: bytes, data: st.DataObject, orchard: Path
) -> None:
    path = orchard / "data" / f"{table}.csv"
    good = path.read_text(encoding="utf-8")
    some = data.draw(st.one_of(st.just(content), st.just(good.encode() + content), spoiled(good).map(str.encode)))
    with holding(path, some):
        known, _ = refused(orchard.parent, records.load, orchard)
    if known is not None:
        sound(known)


@cases(SURFACE, 150, 3000)
@given(data=st.data())
def test_a_hostile_file_of_a_story_is_told_in_one_line(data: st.DataObject, orchard: Path) -> None:
    found = readers(orchard)
    name = data.draw(st.sampled_from(list(found)))
    good, reader = found[name]
    text = data.draw(
        st.one_of(
            spoiled(good).map(str.encode),
            written.map(str.encode),
            st.sampled_from(CODE).map(str.encode),
            st.binary(max_size=60),
        )
    )
    with holding(orchard / name, text):
        _, why = refused(orchard.parent, reader)
    assert not why or Path(name).name in why or "market" in why or "open_chapter" in why, why


def within(plain: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in plain data that holds something, as its container and key."""
    for key in list(plain) if isinstance(plain, dict) else range(len(plain)) if isinstance(plain, list) else ():
        yield plain, key
        yield from within(plain[key])


anything = st.one_of(
    written, st.sampled_from(PATHS), st.none(), st.integers(), st.booleans(), st.just([]), st.just({}), st.just([{}]),
    st.just({"path": "http://127.0.0.1:9/"}),
)  # fmt: skip


@cases(SURFACE, 10, 300)
@given(data=st.data())
def test_a_hostile_description_of_the_tables_reads_nothing_else(data: st.DataObject, orchard: Path) -> None:
    path = orchard / "data" / "datapackage.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 2))):
        container, key = data.draw(st.sampled_from(list(within(plain))))
        if isinstance(container, dict) and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(["path", "data", "scheme", "compression", "profile", "dialect", "extrapaths", "schema", "format",
                                             "encoding", "innerpath", "control", "basepath", "foreignKeys", "primaryKey", "missingValues", "$schema"]))  # fmt: skip
        container[key] = data.draw(anything)
    with holding(path, json.dumps(plain).encode()):
        _, why = refused(orchard.parent, records.check, orchard)
    assert not why or why.startswith("data/"), why


SNAPSHOT = json.dumps({
    "figures": {"a": {"value": 1.0, "low": None, "high": 2, "text": "1", "range": "1 to 2", "meaning": "A", "chapter": "x"}},
    "verdicts": {"c": "supported"}, "sentences": {"x": ["One.", "Two."]},
})  # fmt: skip


@cases(SURFACE, 40, 1000)
@given(data=st.data())
def test_a_hostile_run_is_compared_in_plain_text_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    plain = json.loads(SNAPSHOT)
    container, key = data.draw(st.sampled_from(list(within(plain))))
    container[key] = data.draw(anything)
    text = data.draw(st.one_of(st.just(json.dumps(plain)), spoiled(SNAPSHOT)))
    (tmp_path / "snapshot.json").write_text(text, encoding="utf-8")

    def compared() -> str:
        found = compare.changes(json.loads(SNAPSHOT), compare.read(tmp_path))
        assert "<script" not in compare.differences_page(found, "<script>", text)
        return compare.differences_text(found)

    said, _ = refused(tmp_path, compared)
    assert said is None or all(line.isprintable() for line in said.split("\n"))


@pytest.mark.parametrize(
    "path", [f"../{OUTSIDE}", f"/tmp/{OUTSIDE}", "http://127.0.0.1:9/x.csv", "series/../../x.csv", ["a.csv"], None]
)
def test_a_table_lies_in_its_folder(path: Any, orchard: Path) -> None:
    description = orchard / "data" / "datapackage.json"
    plain = json.loads(description.read_text(encoding="utf-8"))
    plain["resources"][0]["path"] = path
    with (
        holding(description, json.dumps(plain).encode()),
        pytest.raises(BadInput, match=r"expected the path of a CSV file in data/"),
    ):
        records.check(orchard)


@pytest.mark.parametrize("page", [f"../{OUTSIDE}", f"chapters/../../{OUTSIDE}", f"/tmp/{OUTSIDE}", ".", "a b"])
def test_a_page_lies_in_the_book(page: str, orchard: Path) -> None:
    text = f"format: jb-book\nroot: index\nchapters:\n- file: {page}\n"
    with holding(orchard / "_toc.yml", text.encode()), pytest.raises(BadInput, match=r"expected a page of the book"):
        pages_of(orchard)


def test_no_link_leads_out_of_the_book(orchard: Path, tmp_path: Path) -> None:
    root = tmp_path / "story"
    shutil.copytree(orchard, root)
    (root / "data" / "series" / "more.csv").symlink_to(orchard.parent / OUTSIDE)
    with pytest.raises(BadInput, match=r"data/series/more.csv: leads out of data/"):
        records.check(root)
    (root / "data" / "series" / "more.csv").unlink()
    (root / "sources.md").unlink()
    (root / "sources.md").symlink_to(orchard.parent / f"{OUTSIDE}.md")
    with pytest.raises(BadInput, match=r"_toc.yml: 'sources' leads out of the book"):
        pages_of(root)


@pytest.mark.parametrize(
    ("column", "text"), [("id", "../x"), ("page", "../../x"), ("page", "/tmp/x"), ("anchor", '"><script>')]
)
def test_an_id_and_its_page_cannot_lead_elsewhere(column: str, text: str, orchard: Path) -> None:
    row = {
        "id": "old",
        "kind": "section",
        "page": "gone",
        "anchor": "old",
        "status": "retired",
        "note": "Gone.",
        column: text,
    }
    content = f"{','.join(row)}\n" + ",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()) + "\n"
    with holding(orchard / "data" / "ids.csv", content.encode()):
        why = refused(orchard.parent, registry.read, orchard)[1]
    assert why.startswith(f"data/ids.csv, row 2, column {column}: ")


def test_a_notebook_is_json_and_nothing_that_resembles_it(orchard: Path) -> None:
    path = orchard / "chapters" / "market.ipynb"
    with holding(path, b"cells: []\nmetadata: {}\nnbformat: 4\nnbformat_minor: 5\n"):
        why = refused(orchard.parent, notebooks.read, path)[1]
    assert why == "market.ipynb: Expecting value: line 1 column 1 (char 0); expected a Jupyter notebook"


@pytest.mark.parametrize(
    "unit", ["9**9**9**9", "meter**999999999", "1e400", "@import /etc/passwd", "tree = [tree]\n@import x"]
)
def test_a_unit_is_a_name_and_no_arithmetic(unit: str, orchard: Path) -> None:
    for column in ("unit", "definition"):
        with holding(orchard / "data" / "units.csv", with_cell(orchard, "units", column, 0, unit)):
            assert refused(orchard.parent, book.check, Story(orchard))[1].startswith("data/units.csv")
