"""A site as a research object: what lies in it, whose it is, under which licence, made from what."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from casefile.citation.catalogue import Catalogue
from casefile.site import crate
from tests.support import verifying


def test_the_crate_names_every_file_of_the_data_and_says_whose_it_is(tmp_path: Path) -> None:
    book = verifying.of_edition("0.3.0")
    catalogue = Catalogue(
        dataclasses.replace(book.book, doi="10.5281/zenodo.7"), book.standing, {"book": "0.3.0"}, {}, {}, "", frozenset(),
        book.registered, book.editions,
    )  # fmt: skip
    for name in ("data/claims.csv", "notebooks/a.ipynb", "notebooks/source/a.ipynb", "sources.bib", "summary.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    crate.write(tmp_path, catalogue)
    graph = {one["@id"]: one for one in json.loads((tmp_path / crate.CRATE_FILE).read_text(encoding="utf-8"))["@graph"]}
    whole = graph["./"]
    assert graph[crate.CRATE_FILE]["about"] == {"@id": "./"}
    files = ["data/claims.csv", "notebooks/a.ipynb", "notebooks/source/a.ipynb", "sources.bib"]
    assert [part["@id"] for part in whole["hasPart"]] == files
    assert graph["notebooks/a.ipynb"]["isBasedOn"] == {"@id": "notebooks/source/a.ipynb"}
    assert (whole["version"], whole["identifier"]) == ("0.3.0", "https://doi.org/10.5281/zenodo.7")
    assert graph[whole["license"]["@id"]]["name"] == "CC-BY-4.0"
    assert graph[whole["author"]["@id"]]["name"] == "The Diverted Chips"
    assert whole["publisher"] == whole["author"] and graph[whole["author"]["@id"]]["@type"] == "Organization"
