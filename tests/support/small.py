"""A small story in memory, for tests of one module at a time: its units, its graph, its records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from casefile.content.content import Content
from casefile.figures import claims, expressions
from casefile.figures.graph import Graph
from casefile.figures.nodes import Figure
from casefile.notebook.results import Chart, Results
from casefile.records import Claim, Declaration, Origin, Records, Reply, Source, Unit

UNITS = {
    unit.unit: unit
    for unit in (
        Unit("USD", "USD = [currency]", "money", "$", "", 0, "dollars"),
        Unit("apple", "apple = [fruit]", "number", "", "", 0, "apples"),
        Unit("USD/apple", "", "number", "$", "", 2, "price of an apple"),
        Unit("month", "", "number", "", " months", 1, "months"),
        Unit("hour", "", "number", "", " hours", 0, "hours"),
        Unit("fraction", "fraction = []", "percent", "", "%", 1, "a share"),
        Unit("ratio", "ratio = []", "number", "", " times", 2, "a ratio"),
        Unit("date", "", "date", "", "", 0, "a day"),
        Unit("FLOP", "FLOP = [arithmetic]", "scientific", "", " FLOP", 1, "arithmetic"),
    )
}


def leaf(id: str, value: float | None, unit: str, **more: Any) -> Figure:
    """A figure of a source."""
    return Figure(id=id, kind="source", unit=unit, meaning=id, value=value, **more)


def formula(id: str, expression: Any, unit: str) -> tuple[Figure, Any]:
    """A figure by formula, still without its value, and the formula."""
    return Figure(id=id, kind="formula", unit=unit, meaning=id, value=None), expression


def graph(**leaves: tuple[float | None, str]) -> Graph:
    """A graph with the given leaves: `price=(2.5, "USD/apple")`."""
    made = Graph("orchard", UNITS)
    for id, (value, unit) in leaves.items():
        made.add(leaf(id, value, unit, sources=(f"source_of_{id}",)))
    return made


def symbols(*names: str) -> tuple[Any, ...]:
    """The symbols of some figures."""
    return tuple(expressions.symbol(name) for name in names)


def declaration(**changes: Any) -> Declaration:
    """A parameter: a number from 0 to 10, 2.5 unless changed."""
    plain = Declaration(
        chapter="orchard", name="price", read_by=(), figure="", type="number", unit="USD/apple", default="2.5", minimum=0, maximum=10,
        choices=(), labels="", low=None, high=None, meaning="price of an apple", basis="assumption", note="",
    )  # fmt: skip
    return replace(plain, **changes)


def known(*declarations: Declaration) -> Records:
    """Records with two sources that relay one origin, one that stands alone, and one claim on all three."""
    sources = [
        Source(id, id.title(), "", "", "2024", "", "2024", "facts only", origin, "read", "read")
        for id, origin in (("paper", "memo"), ("radio", "memo"), ("filing", ""))
    ]
    reply = Reply("answer", "The grower", "2024-01-01", "It was not so.", "", "paper", "page 1", "read")
    claim = Claim(
        "dear", 1, "Apples are dear", "chères", True, "", "orchard", (), ("paper", "radio", "filing"), ("answer",)
    )
    return Records(
        root=Path("/nowhere"), origins={"memo": Origin("memo", "A memo", "2024", "")},
        sources={source.id: source for source in sources}, figures={}, events={}, replies={reply.id: reply},
        claims={claim.id: claim}, units=UNITS,
        declarations={(row.chapter, row.name): row for row in declarations}, corrections={}, measures={},
    )  # fmt: skip


def content(*declarations: Declaration) -> Content:
    """What the pages of one chapter are made from: a basket of apples, its chart, a claim judged by the price of one."""
    records, made = known(*declarations), Graph("orchard", UNITS)
    made.add(leaf("price", 2.5, "USD/apple", sources=("paper",)))
    made.add(leaf("said", 2.0, "USD/apple", sources=("filing",)))
    made.add(leaf("count", 12.0, "apple", sources=("radio",)))
    price, said, count = symbols("price", "said", "count")
    made.derive(*formula("basket", price * count, "USD"))
    choice = made.choose("claim_dear", [("supported", price > said), ("wrong", True)])
    chart: Chart = {
        "id": "baskets", "title": "A basket is worth {basket}", "alt": "One bar: {basket} for {count} apples.", "note": "",
        "columns": {"what": "What", "value": "Worth|USD"}, "order": ["what", "value"], "rows": [{"what": "Basket", "value": 30.0, "figure": "basket"}],
        "figures": ["basket"], "sources": ["paper"], "spec": {"mark": "bar", "encoding": {"x": {"field": "value", "axis": None}}},
    }  # fmt: skip
    verdict = claims.judge(made, records, "dear", choice, None, "").to_json()
    page = Results("orchard", "The orchard", "Are apples dear?", {}, made, {"baskets": chart}, {"dear": verdict})
    return Content(records, {"orchard": page})
