"""The verbs that keep the records: source add, which asks on a terminal and takes options elsewhere, and stale."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from casefile import records
from tests.engine.test_cli import said
from tests.support.orchard import plant

WORDS = ("source", "add", "https://www.example.org/pears")
GIVEN = ("--title", "Pears, and plums", "--checked", "Read.")


@pytest.fixture
def orchard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small story, stood in."""
    root = plant(tmp_path / "orchard")
    description = root / "data" / "datapackage.json"
    text = description.read_text().replace('{"name": "publisher", "type": "string"}',
        '{"name": "publisher", "type": "string", "description": "Who published it", "constraints": {"required": true}}')  # fmt: skip
    description.write_text(text.replace('{"name": "checked", "type": "string"}',
        '{"name": "checked", "type": "string", "constraints": {"required": true}}'))  # fmt: skip
    monkeypatch.delenv("CASEFILE_ROOT", raising=False)
    monkeypatch.chdir(root)
    return root


def test_a_source_of_options_alone_is_written_and_the_others_are_not_touched(
    orchard: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = orchard / "data" / "sources.csv"
    before = table.read_bytes()
    code, out, _ = said([*WORDS, *GIVEN, "--published", "2021"], capsys, monkeypatch)
    assert (code, out) == (
        0,
        "data/sources.csv: example_org_2021; now record what it says in data/figures.csv or data/events.csv\n",
    )
    assert table.read_bytes().startswith(before)
    row = records.load(orchard).sources["example_org_2021"]
    assert (row.publisher, row.title, row.url, row.grade) == ("example.org", "Pears, and plums", WORDS[-1], "read")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (WORDS, "https://www.example.org/pears: nothing says --checked; expected these options, or a terminal to ask on"),
        ((*WORDS, *GIVEN, "--id", "almanac"), "--id 'almanac': stands in data/sources.csv; expected an id that no other row has"),
        ((*WORDS, *GIVEN, "--origin", "memo"), "--origin 'memo'; expected an id of data/origins.csv"),
        ((*WORDS, *GIVEN, "--url", "https://example.org/trees/"),
         "https://example.org/trees/: is the address of the source almanac already; expected another"),
        (("source", "add", "pears"), "'pears': neither an address nor a file; expected https://… or a saved page"),
        (("stale", "--on", "2020"), "--on '2020'; expected a day such as 2026-01-31"),
        (("stale", "--series", "picked"), "--series picked: compared with nothing; expected a FILE with newer rows"),
        (("stale", "none.csv"), "none.csv: no such file; expected a table with newer rows of a series"),
        (("stale", "/"), "/: a folder; expected a table with newer rows of a series"),
    ],
)  # fmt: skip
def test_what_makes_no_record_is_one_line(
    words: tuple[str, ...],
    line: str,
    orchard: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = (orchard / "data" / "sources.csv").read_bytes()
    assert said(list(words), capsys, monkeypatch) == (2, "", f"casefile: {line}\n")
    assert (orchard / "data" / "sources.csv").read_bytes() == before


def test_facts_are_listed_by_age(
    orchard: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = said(["stale", "--on", "2021-12-31", "--older-than", "366"], capsys, monkeypatch)
    assert (code, [line.split()[0] for line in out.splitlines()]) == (0, ["2020-09-01"])
    assert out.split("  ")[1] == "16 months" and out.endswith("price_printed  (grocer, read 2021-01)\n")
    assert (
        said(["stale", "--on", "2021-01-01", "--older-than", "999"], capsys, monkeypatch)[1]
        == "no fact is 999 days old or older\n"
    )


def test_on_a_terminal_it_asks_and_asks_again_for_what_will_not_do(orchard: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "casefile", *WORDS, "--title", "Pears", "--accessed", "2026-11", "--licence", "facts only",
             "--origin", "", "--author", "", "--url", WORDS[-1], "--grade", "read"]  # fmt: skip
    asked = subprocess.Popen(words, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.write(
        ours, b"\nyesterday\n2021-05\nRead it.\n\n"
    )  # the publisher as guessed; no day, a month; checked; the id as guessed
    out, _ = asked.communicate(timeout=60)
    assert asked.returncode == 0, out
    assert b"'yesterday'; expected a date that exists" in out
    row = records.load(orchard).sources["example_org_2021"]
    assert (row.publisher, row.published, row.checked) == ("example.org", "2021-05", "Read it.")
    os.close(ours)
    os.close(theirs)


def test_the_description_of_the_tables_is_written_and_says_when_it_stands(
    orchard: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [said(["describe"], capsys, monkeypatch)[:2] for _ in range(2)]
    assert told == [
        (0, "data/datapackage.json: written anew\n"),
        (0, "data/datapackage.json: says so already\n"),
    ]
    assert said(["check"], capsys, monkeypatch)[0] == 0
