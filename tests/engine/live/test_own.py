"""A chapter that its reader changed: other cells, a series of one's own; what does not fit is told, and all of it can be saved."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from casefile.live import reply, runner
from tests.support.orchard import plant

LOADS = "id,apples,source\nfirst,{apples},almanac\n"
READS = 'chapter.computed("loaded", float(chapter.rows("loads")["apples"].sum()), "apple", "Apples loaded", function=sum, rows="loads")'


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story with a series that its market reads."""
    root = plant(tmp_path_factory.mktemp("own"))
    (root / "data" / "series" / "loads.csv").write_text(LOADS.format(apples=500))
    path = root / "data" / "datapackage.json"
    plain = json.loads(path.read_text())
    fields = [
        {"name": "id", "type": "string"},
        {"name": "apples", "type": "number"},
        {"name": "source", "type": "string"},
    ]
    plain["resources"].append({"name": "loads", "path": "series/loads.csv", "schema": {"fields": fields}})
    path.write_text(json.dumps(plain))
    return root


@pytest.fixture(scope="module")
def answerer(orchard: Path) -> reply.Answerer:
    """What the worker asks, of one reader."""
    return reply.Answerer(orchard)


def asked(
    answerer: reply.Answerer, notebook: dict[str, Any], table: str | bytes = "", price: float | None = None, **more: Any
) -> dict[str, Any]:
    content = table.encode() if isinstance(table, str) else table
    question = {
        "chapter": "market", "notebook": notebook, "series": {"loads": base64.b64encode(content).decode()} if content else {},
        "overrides": {} if price is None else {"market": {"price": price}}, **more,
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(answerer.answer(json.dumps(question)))
    return plain


@pytest.fixture
def market(orchard: Path) -> Any:
    """The market's notebook, to be changed."""
    return runner.read(orchard, "market")


def test_a_changed_cell_runs_with_the_parameters_that_the_reader_moved(
    answerer: reply.Answerer, market: dict[str, Any]
) -> None:
    published = asked(answerer, market)["results"]["figures"]["worth"]["value"]
    market["cells"][3]["source"] = market["cells"][3]["source"].replace(
        "harvest * price_each", "2 * harvest * price_each"
    )
    assert asked(answerer, market)["results"]["figures"]["worth"]["value"] == 2 * published
    assert asked(answerer, market, price=0.8)["results"]["figures"]["worth"]["value"] == 4 * published
    untouched = json.loads(answerer.answer(json.dumps({"chapter": "market", "overrides": {}})))
    assert untouched["results"]["figures"]["worth"]["value"] == published


def test_a_table_stands_in_place_of_a_series_until_another_does(
    answerer: reply.Answerer, market: dict[str, Any]
) -> None:
    market["cells"][3]["source"] += f"\n{READS}"
    loaded = [
        asked(answerer, market, LOADS.format(apples=apples) if apples else "")["results"]["figures"]["loaded"]["value"]
        for apples in (0, 70, 80, 0)
    ]
    assert loaded == [500, 70, 80, 500]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (LOADS.format(apples="many"), "Your table, laid over data/: data/series/loads.csv, row 2, column apples: 'many'; expected a number"),
        (LOADS.format(apples=1).replace("almanac", "nobody"), "Your table, laid over data/: data/series/loads.csv, row 2, column source: 'nobody'; expected a source"),
        ("id,apples\nfirst,1\n", "series/loads.csv: no column 'source'; expected it in the header"),
        ("id,apples,source\nfirst,1\n", "series/loads.csv, row 2: expected as many cells as the header has"),
        (b"\xff\xfe\x00", "series/loads.csv: in UTF-16; expected CSV in UTF-8"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_refused_with_its_row_and_column(
    table: str | bytes, said: str, answerer: reply.Answerer, market: dict[str, Any]
) -> None:
    refused = asked(answerer, market, table)
    assert refused["refused"].startswith(said)
    assert (refused["cell"], "results" in asked(answerer, market)) == (None, True)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "market.ipynb, cell 3: ZeroDivisionError: division by zero"),
        ("price_each = ", "market.ipynb, cell 3: invalid syntax; expected Python"),
        ('chapter.source("treees")', "market.ipynb, cell 3: market: "),
    ],
)
def test_a_cell_that_fails_is_told_with_its_place(
    source: str, said: str, answerer: reply.Answerer, market: dict[str, Any]
) -> None:
    market["cells"][3]["source"] = source
    refused = asked(answerer, market)
    assert refused["refused"].startswith(said)
    assert "\n" not in refused["refused"]
    assert refused["cell"] == 3


def test_results_that_are_no_json_are_refused(answerer: reply.Answerer, market: dict[str, Any]) -> None:
    market["cells"][4]["source"] = (
        "from casefile.notebook.results import MEDIA_TYPE\n"
        "type('Odd', (), {'_repr_mimebundle_': lambda self: {MEDIA_TYPE: {'figures': float('nan')}}})()"
    )
    assert asked(answerer, market) == {"refused": "what the notebook publishes is no JSON", "cell": None}


def test_what_is_saved_with_a_table_is_a_story_that_runs_to_the_same(
    answerer: reply.Answerer, market: dict[str, Any], tmp_path: Path
) -> None:
    """Plain papermill runs it too: `quality/assurance/live.py`."""
    market["cells"][3]["source"] += f"\n{READS}"
    here = asked(answerer, market, LOADS.format(apples=70), price=0.8)
    command = "papermill chapters/market.ipynb out.ipynb -p price 0.8"
    packed = base64.b64decode(asked(answerer, market, LOADS.format(apples=70), command=command)["archive"])
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    assert command in (tmp_path / "README.txt").read_text()
    assert (tmp_path / "data" / "series" / "loads.csv").read_text() == LOADS.format(apples=70)
    there = runner.Session(tmp_path).results_of("market", {"market": {"price": 0.8}})
    assert json.loads(json.dumps(there)) == here["results"]
