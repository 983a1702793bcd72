"""Hostile files of parameters: read as plain data or refused in one line; no tag honoured, nothing expanded, nothing run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.notebook import parameters
from casefile.system import document
from tests.hostile.test_hostile_parameters import DECLARED, taken
from tests.support.hostile import CODE, NUMBERS, cases, refused, spoiled, written
from tests.support.small import known

SURFACE = "files of parameters"
KNOWN = known(*DECLARED.values())
GOOD_YAML = "orchard:\n  price: 3\n  count: 7\n  kind: green\n  day: 2024-01-31\n  ripe: false\n  free: a b\n"
GOOD_JSON = json.dumps({"orchard": {"price": 3, "count": 7, "kind": "green", "ripe": False}})

# What YAML can say beyond plain data, and what it makes of plain looking text.
_LINES = (
    "a: &a [1, 2]", "b: *a", "<<: *a", "<<: {price: 3}", "? [a, b]\n: 1", "? {a: b}\n: 1", "price: 3\nprice: 4", "!!binary aGk=",
    "!!set {a}", "!!omap [a: 1]", "!!timestamp 2024-01-01", "!local x", "!!int '3'", "!!str 3", "%TAG ! tag:x,2000:", "%YAML 9.9",
    "---", "...", "--- !!python/module:os", "- - - - -", "[" * 300, "{" * 300, "? " * 300, "a: b: c", "'", '"', "|", ">", "@", "\t- x",
    "x: 1:30:30", "x: 0o777", "x: 0777", "x: .inf", "x: 1_0", "yes: no", "on: off", "~: ~", "2024-01-01: 1", "x: 2024-13-45",
    "x: 0x" + "f" * 5000, "x: " + "9" * 5000, "x: 1" + ":1" * 3000, "x: 2024-01-01T00:00:00Z", "x: \"\\uD800\"", "x: \"\\x00\"", "#" * 500,
)  # fmt: skip
lines = st.one_of(st.sampled_from(_LINES), st.sampled_from(CODE), written)
pieces = st.lists(
    st.tuples(st.sampled_from(["", "  ", "orchard:\n  ", "  price: ", "  day: ", "  free: "]), lines),
    min_size=1,
    max_size=6,
)
yaml_texts = st.one_of(
    spoiled(GOOD_YAML), pieces.map(lambda found: "\n".join(indent + line for indent, line in found)),
    st.builds("orchard:\n  {}: {}\n".format, st.sampled_from(list(DECLARED)), st.one_of(st.sampled_from(NUMBERS), lines)),
)  # fmt: skip
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**300), 10**300), st.floats(), written),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(written, st.sampled_from(list(DECLARED))), inner, max_size=3),
    ),
    max_leaves=6,
)
json_texts = st.one_of(
    spoiled(GOOD_JSON), json_values.map(json.dumps), json_values.map(lambda value: json.dumps({"orchard": value})),
    st.builds('{{"orchard": {{"{}": {}}}}}'.format, st.sampled_from(list(DECLARED)), st.sampled_from(NUMBERS)),
    st.builds(lambda one, times: one * times, st.sampled_from(['{"a":', "[", '{"orchard":{"price":1,"price":2}}', "9"]), st.sampled_from([1, 5000])),
)  # fmt: skip


def judge(file: Path) -> None:
    """A file gives parameters that the declarations allow, or is refused by its name."""
    found, why = refused(file.parent, parameters.from_file, str(file), KNOWN)
    if why:
        assert file.name in why or "orchard: " in why
        return
    for name, value in found.get("orchard", {}).items():
        taken(DECLARED[name], value)


@cases(SURFACE, 150, 4500)
@given(text=yaml_texts)
def test_hostile_yaml_is_plain_or_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "given.yml"
    file.write_text(text, encoding="utf-8")
    judge(file)


@cases(SURFACE, 150, 4500)
@given(text=json_texts)
def test_hostile_json_is_plain_or_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    file.write_text(text, encoding="utf-8")
    judge(file)


@cases(SURFACE, 100, 1500)
@given(content=st.binary(max_size=200), ending=st.sampled_from(["yml", "yaml", "json", "txt"]), good=st.booleans())
def test_bytes_that_are_no_text_are_refused(content: bytes, ending: str, good: bool, tmp_path: Path) -> None:
    file = tmp_path / f"given.{ending}"
    file.write_bytes((GOOD_YAML if good else "").encode() + content)
    judge(file)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nb: *a\n",
        "a: &a\n  b: *a\n",
        "orchard: !!map {a: 1}\n",
        *CODE[1:5],
        "a: !!int 3\n",
        "a: ! 3\n",
        "--- !x\n",
    ],
)
def test_no_tag_is_honoured_and_no_alias_expanded(text: str, tmp_path: Path) -> None:
    (tmp_path / "given.yml").write_text(text, encoding="utf-8")
    assert "not allowed" in refused(tmp_path, document.read, tmp_path / "given.yml", "given.yml")[1]


def test_a_bomb_is_not_expanded(tmp_path: Path) -> None:
    laughs = ["a0: &a0 [lol, lol]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    for name, text in {
        "laughs.yml": "\n".join(laughs),
        "deep.yml": "- " * 100_000,
        "deep.json": "[" * 1_000_000,
        "wide.yml": "a:" * 100_000,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        judge(tmp_path / name)


@pytest.mark.parametrize("text", ["orchard:\n  price: 3\n  price: 4\n", '{"orchard": {"price": 3, "price": 4}}'])
def test_a_name_that_stands_twice_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / ("given.json" if text[0] == "{" else "given.yml")
    file.write_text(text, encoding="utf-8")
    assert refused(tmp_path, parameters.from_file, str(file), KNOWN)[1].startswith(
        f"parameters {file.name}: 'price' stands twice"
    )


def test_what_is_no_plain_file_of_some_size_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "loop.yml").symlink_to(tmp_path / "loop.yml")
    (tmp_path / "zero.yml").symlink_to("/dev/zero")
    with (tmp_path / "large.yml").open("wb") as file:
        file.truncate(1 << 34)  # sparse: it takes no room, and would take all memory
    for name in ("pipe.yml", "folder.yml", "loop.yml", "zero.yml", "a" * 300, "x\x00y", "large.yml", ""):
        why = refused(tmp_path, parameters.from_file, str(tmp_path / name), KNOWN)[1]
        assert why.startswith("parameters ")


def test_a_file_with_a_mark_of_its_byte_order_is_refused_or_read(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        for name, text in (("given.yml", GOOD_YAML), ("given.json", GOOD_JSON)):
            (tmp_path / name).write_bytes(text.encode(encoding))
            judge(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text"), [("half.yml", 'orchard:\n  free: "\\uD83C"\n'), ("half.json", '{"orchard": {"free": "\\ud83c"}}')]
)
def test_half_a_character_is_refused(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert "surrogates not allowed" in refused(tmp_path, parameters.from_file, str(tmp_path / name), KNOWN)[1]
