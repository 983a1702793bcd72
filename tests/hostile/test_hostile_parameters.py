"""Hostile parameters on the command line: taken in their type and bounds, or refused in one line; nothing else happens."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile import records
from casefile.notebook import parameters
from casefile.records import Declaration
from casefile.sweep.grid import Grid, grid
from tests.engine.notebook.test_parameters import ALL
from tests.support.hostile import NUMBERS, cases, command, files, refused, texts
from tests.support.orchard import plant
from tests.support.small import declaration

SURFACE = "parameters"
MOST = 1000  # scenarios of a grid
FREE = declaration(name="free", type="string", unit="", default="x", minimum=None, maximum=None)
BOUNDLESS = declaration(name="boundless", type="integer", unit="apple", default="1", minimum=None, maximum=None)
ENDLESS = declaration(name="endless", minimum=None, maximum=None)
DECLARED = {**ALL, **{row.name: row for row in (FREE, BOUNDLESS, ENDLESS)}}

rows = st.sampled_from(list(DECLARED.values()))
numerals = st.one_of(
    st.sampled_from(NUMBERS), st.floats().map(repr), st.integers().map(str), st.integers(-(10**40), 10**40).map(str)
)
values = st.one_of(texts, numerals)
plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**400), 10**400), st.floats(), texts, st.binary(max_size=9), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)), max_leaves=5,
)  # fmt: skip


def taken(row: Declaration, value: Any) -> None:
    """A value that was let through is one that the declaration allows."""
    assert type(value) is parameters.type_of(row)
    if row.choices:
        assert value in row.choices
    if isinstance(value, str):
        assert value.isprintable()
    if isinstance(value, float):
        assert math.isfinite(value)
    if row.type in ("integer", "number"):
        assert row.minimum is None or value >= row.minimum
        assert row.maximum is None or value <= row.maximum


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A story on which commands are run, in a folder of its own."""
    root = plant(tmp_path_factory.mktemp("hostile") / "story")
    command(Path("/"), root, "cite", "x")  # what is loaded late is loaded now
    command(Path("/"), root, "rerun", "market", "-p", "price", "x")
    command(Path("/"), root, "sweep", "market", "--vary", "x", "--out", "x")
    return root


@cases(SURFACE, 200, 4000)
@given(row=rows, text=values)
def test_a_typed_value_is_taken_as_written_or_refused(row: Declaration, text: str, tmp_path: Path) -> None:
    value, why = refused(tmp_path, parameters.from_text, row, text)
    if why:
        assert row.name in why
        return
    taken(row, value)
    assert parameters.validate(row, value) == value
    if row.type == "integer" and text.strip().lstrip("+-").isdecimal():
        assert value == int(text)  # to the last digit
    if row.type in ("string", "date"):
        assert value == text


@cases(SURFACE, 150, 3000)
@given(row=rows, value=plain)
def test_a_value_of_any_kind_is_taken_in_its_type_or_refused(row: Declaration, value: Any, tmp_path: Path) -> None:
    found, why = refused(tmp_path, parameters.validate, row, value)
    if why:
        assert row.name in why
    else:
        taken(row, found)
        assert found == (float(value) if row.type == "number" else value)


@cases(SURFACE, 50, 1000)
@given(names=st.dictionaries(st.one_of(texts, st.integers(), st.none()), st.just(1), min_size=1, max_size=2))
def test_a_name_that_is_not_declared_is_refused(names: dict[Any, int], tmp_path: Path) -> None:
    assert refused(tmp_path, parameters.validated, DECLARED, names, "orchard")[1].startswith(
        "orchard: unknown parameter"
    )


@cases(SURFACE, 200, 3000)
@given(
    vary=st.lists(
        st.one_of(
            texts,
            st.builds("{}={}".format, st.sampled_from([*DECLARED, "x"]), values),
            st.builds("{}={}:{}:{}".format, st.sampled_from(list(DECLARED)), numerals, numerals, numerals),
            st.builds("{}={}:{}:{}".format, st.sampled_from(list(DECLARED)), st.integers(0, 5), st.integers(5, 9), st.integers(0, 9)),
            st.builds(lambda name, some: f"{name}={','.join(some)}", st.sampled_from(list(DECLARED)), st.lists(values, max_size=4)),
        ),
        max_size=3,
    )
)  # fmt: skip
def test_a_grid_holds_what_its_parameters_allow_or_is_refused(vary: list[str], tmp_path: Path) -> None:
    found, why = refused(tmp_path, grid, DECLARED, "orchard", vary, MOST)
    if why:
        return
    assert isinstance(found, Grid)
    assert 1 <= len(found) <= MOST
    for name, some in found.values.items():
        for value in some:
            taken(DECLARED[name], value)


words = texts.filter(lambda text: "\x00" not in text)  # no system hands a command a NUL


@cases(SURFACE, 40, 1000)
@given(
    line=st.one_of(
        st.builds(lambda chapter: ["rerun", "--", chapter], words),
        st.builds(lambda name, value: ["rerun", "market", "-p", name, value], words, words),
        st.builds(lambda value: ["rerun", "market", "-p", "price", f"{value}x"], words),
        st.builds(lambda file: ["rerun", "market", "--params", f"nowhere/{file}"], words),
        st.builds(lambda chapter: ["sweep", "--out", "out", "--vary", "price=1,2", "--", chapter], words),
        st.builds(lambda text: ["sweep", "market", "--out", "out", "--vary", f"x{text}"], words),
        st.builds(lambda text: ["cite", "--style", "ris", "-p", "market", "price", f"x{text}", "harvest"], words),
        st.builds(lambda chapter: ["parameters", "--", f"x{chapter}"], words),
        st.builds(lambda verb: [f"x{verb}"], words),
    )
)
def test_a_command_with_hostile_words_exits_with_one_line_and_leaves_nothing(line: list[str], orchard: Path) -> None:
    before = files(orchard)
    code, out, complaint = command(orchard, orchard, *line)
    assert code == 2
    assert not out.strip()
    assert complaint.startswith("casefile: ")
    assert complaint.count("\n") == 1
    assert complaint[:-1].isprintable()
    assert files(orchard) == before


def test_a_chapter_is_no_path(orchard: Path) -> None:
    (orchard.parent / "elsewhere.ipynb").write_bytes((orchard / "chapters" / "market.ipynb").read_bytes())
    for chapter in ("../../elsewhere", str(orchard.parent / "elsewhere"), "../chapters/market", "./market"):
        code, _, complaint = command(orchard.parent, orchard, "rerun", chapter)
        assert (code, complaint.partition(";")[0]) == (2, f"casefile: no chapter '{chapter}'")


def test_an_own_declaration_bounds_what_is_taken(orchard: Path) -> None:
    """The story's own table is read as it is written: the orchard's price goes from 0 to 5."""
    row = records.load(orchard).declared("market")["price"]
    assert parameters.from_text(row, "5") == 5.0
    assert refused(orchard, parameters.from_text, row, "5.0000001")[1].endswith(
        "expected a number from 0 to 5 (EUR/apple)"
    )
