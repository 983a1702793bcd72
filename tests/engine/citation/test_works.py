"""Sources are references: who wrote them, where they stand, when they were read, in the formats in which the book is cited."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import rispy
from click.testing import CliRunner
from pybtex.database import parse_string

from casefile.citation import works
from casefile.cli.group import cli
from casefile.errors import BadInput
from casefile.records import Source
from casefile.system import cache

PAPER = Source(
    "paper", "The Paper", "Who bought the apples? 5% did", "Ada Fig, Bo B. Leaf", "2023-05-28", "https://example.org/a_b", "2026-11",
    "facts only", "", "read", "Read.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("author", "publisher", "expected"),
    [
        ("Ada Fig, Bo B. Leaf", "The Paper", [{"given": "Ada", "family": "Fig"}, {"given": "Bo B.", "family": "Leaf"}]),
        ("", "The Paper", [{"literal": "The Paper"}]),
        ("Grower, Inc.", "The Paper", [{"literal": "Grower, Inc."}]),
        ("Pear AI", "The Paper", [{"literal": "Pear AI"}]),
        ("The Growers", "The Paper", [{"literal": "The Growers"}]),
    ],
)
def test_who_wrote_a_source_is_a_person_only_by_name(
    author: str, publisher: str, expected: list[dict[str, str]]
) -> None:
    assert works.work_record(replace(PAPER, author=author, publisher=publisher))["author"] == expected


def test_a_day_says_as_much_as_the_row_says() -> None:
    record = works.work_record(replace(PAPER, published="2023-05", accessed="2026-11"))
    assert (record["issued"], record["accessed"]) == ({"date-parts": [[2023, 5]]}, {"date-parts": [[2026, 11]]})
    assert "issued" not in works.work_record(replace(PAPER, published=""))


def test_other_peoples_readers_read_the_references_of_sources() -> None:
    bibtex, ris, apa = (works.cited_work("paper", {"paper": PAPER}, style) for style in ("bibtex", "ris", "apa"))
    (entry,) = parse_string(bibtex, "bibtex").entries.values()
    assert [str(person) for person in entry.persons["author"]] == ["Fig, Ada", "Leaf, Bo B."]
    assert (entry.fields["year"], entry.fields["urldate"], entry.key) == ("2023", "2026-11", "Fig2023-paper")
    (read,) = rispy.loads(ris)
    assert (read["authors"], read["date"], read["access_date"]) == (
        ["Fig, Ada", "Leaf, Bo B."],
        "2023/05/28",
        "2026/11/",
    )
    assert (read["publisher"], read["urls"]) == ("The Paper", ["https://example.org/a_b"])
    assert "language" not in read  # which is not known
    assert (
        apa
        == "Fig, A., & Leaf, B. B. (2023, May 28). Who bought the apples? 5% did. The Paper. https://example.org/a_b"
    )


def test_all_sources_are_one_file_of_each_format(tmp_path: Path) -> None:
    store = cache.Store(tmp_path / "cache")
    listed = works.source_entries({"paper": PAPER, "other": replace(PAPER, id="other", published="")}, store)
    assert works.source_entries({"paper": PAPER, "other": replace(PAPER, id="other", published="")}, store) == listed
    works.write_lists(tmp_path, listed)
    assert list(parse_string((tmp_path / "sources.bib").read_text(encoding="utf-8"), "bibtex").entries) == [
        "Fig2023-paper",
        "Fig-other",
    ]
    assert len(rispy.loads((tmp_path / "sources.ris").read_text(encoding="utf-8"))) == 2
    assert [one["id"] for one in json.loads((tmp_path / "sources.json").read_text(encoding="utf-8"))] == [
        "paper",
        "other",
    ]


def test_what_cannot_be_asked_of_a_source_is_one_line(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match=r"^no source 'papr'; did you mean paper\?$"):
        works.cited_work("papr", {"paper": PAPER}, "apa")
    with pytest.raises(BadInput, match=r"^no style 'sentence' for a source; known: apa, "):
        works.cited_work("paper", {"paper": PAPER}, "sentence")
    monkeypatch.chdir(published)
    done = CliRunner().invoke(cli, ["cite", "source:almanac", "--style", "chicago"])
    assert done.output == "The Almanac. 2020. “Trees.” https://example.org/trees.\n"
    done = CliRunner().invoke(cli, ["cite", "source:almanac", "-p", "market.price=0.8"])
    assert str(done.exception).startswith("source:almanac: a source has no parameters; ")
