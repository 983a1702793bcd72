"""Parameters: what is taken, what is refused, and what the refusal says."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casefile import parameters
from casefile.errors import BadInput
from casefile.records import Declaration
from tests.small import declaration, known

NUMBER = declaration()
WHOLE = declaration(name="count", type="integer", unit="apple", default="12", minimum=1, maximum=100)
CHOICE = declaration(
    name="kind", type="string", unit="", default="red", minimum=None, maximum=None, choices=("red", "green")
)
CHOICES = declaration(
    name="kind", type="string", unit="", default="full", minimum=None, maximum=None,
    choices=("full", "long_delay", "FY2025Q1", "FY2024Q4"),
)  # fmt: skip
DAY = declaration(name="day", type="date", unit="", default="2024-06-04", minimum=None, maximum=None)
SUMMER = declaration(
    name="picked", type="date", unit="date", default="2024-07-01", minimum="2024-06-01", maximum="2024-08-31"
)
SWITCH = declaration(name="ripe", type="boolean", unit="", default="true", minimum=None, maximum=None)
ALL = {row.name: row for row in (NUMBER, WHOLE, CHOICE, DAY, SWITCH)}


@pytest.mark.parametrize(
    ("row", "value", "taken"),
    [
        (NUMBER, 3.5, 3.5), (NUMBER, 3, 3.0), (NUMBER, 0, 0.0), (NUMBER, 10, 10.0), (WHOLE, 7, 7), (WHOLE, 7.0, 7),
        (CHOICE, "green", "green"), (DAY, "2024-02-29", "2024-02-29"), (SWITCH, False, False),
    ],
)  # fmt: skip
def test_a_good_value_is_taken_in_its_type(row: Declaration, value: Any, taken: Any) -> None:
    got = parameters.validate(row, value)
    assert (got, type(got)) == (taken, type(taken))


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (NUMBER, "five"), (NUMBER, "5"), (NUMBER, None), (NUMBER, True), (NUMBER, [1]), (NUMBER, math.nan),
        (NUMBER, math.inf), (NUMBER, -math.inf), (NUMBER, -0.01), (NUMBER, 10.01), (WHOLE, 7.5), (WHOLE, "7"),
        (WHOLE, True), (WHOLE, 0), (WHOLE, 101), (WHOLE, math.nan), (WHOLE, math.inf), (CHOICE, "blue"), (CHOICE, 1), (CHOICE, ""),
        (DAY, "2024-02-30"), (DAY, "4 June"), (DAY, 20240604), (DAY, None), (SWITCH, "maybe"), (SWITCH, 2),
        (SUMMER, "2024-05-31"), (SUMMER, "2024-09-01"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_in_one_line_that_says_what_was_expected(row: Declaration, value: Any) -> None:
    with pytest.raises(BadInput) as caught:
        parameters.validate(row, value)
    message = str(caught.value)
    assert message == f"orchard: parameter {row.name!r} is {value!r}; expected {parameters.expected(row)}"
    assert "\n" not in message


@pytest.mark.parametrize(
    ("row", "value", "meant"),
    [
        (CHOICES, "long-delay", "long_delay"), (CHOICES, "Long_Delay", "long_delay"), (CHOICES, "fy2025q1", "FY2025Q1"),
        (CHOICES, "ful", "full"), (SWITCH, "yes", "true"), (SWITCH, "No", "false"), (SWITCH, 1, "true"), (SWITCH, "0", "false"),
    ],
)  # fmt: skip
def test_a_choice_or_a_switch_that_is_nearly_right_is_told_what_was_meant(
    row: Declaration, value: Any, meant: str
) -> None:
    for read in (parameters.validate, parameters.from_text) if isinstance(value, str) else (parameters.validate,):
        with pytest.raises(BadInput) as caught:
            read(row, value)
        assert str(caught.value).endswith(f"; expected {parameters.expected(row)}; did you mean {meant}?")


def test_what_is_expected_is_said_in_words() -> None:
    assert parameters.expected(NUMBER) == "a number from 0 to 10 (USD/apple)"
    assert parameters.expected(WHOLE) == "a whole number from 1 to 100 (apple)"
    assert parameters.expected(declaration(maximum=None)) == "a number of at least 0 (USD/apple)"
    assert parameters.expected(declaration(minimum=None)) == "a number of at most 10 (USD/apple)"
    assert parameters.expected(CHOICE) == "one of red, green"
    assert parameters.expected(DAY) == "a date such as 2024-06-04"
    assert parameters.expected(SUMMER) == "a date from 2024-06-01 to 2024-08-31"
    assert parameters.expected(replace(SUMMER, maximum=None)) == "a date from 2024-06-01 on"
    assert parameters.expected(replace(SUMMER, minimum=None)) == "a date up to 2024-08-31"
    assert parameters.expected(SWITCH) == "true or false"


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"orchard: unknown parameter 'prise'; did you mean price or ripe\?"):
        parameters.validated(ALL, {"prise": 3}, "orchard")


def test_what_is_not_given_keeps_its_default() -> None:
    assert parameters.validated(ALL, {"count": 3}, "orchard") == {
        "price": 2.5, "count": 3, "kind": "red", "day": "2024-06-04", "ripe": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "text", "taken"),
    [
        (NUMBER, "4e0", 4.0), (WHOLE, "12", 12), (WHOLE, "1e2", 100), (CHOICE, "green", "green"), (DAY, "2024-01-01", "2024-01-01"),
        (SWITCH, "false", False), (SWITCH, "True", True), (WHOLE, "0100", 100), (NUMBER, ".5", 0.5), (SUMMER, "2024-08-31", "2024-08-31"),
    ],
)  # fmt: skip
def test_typed_values_are_read_in_their_type(row: Declaration, text: str, taken: Any) -> None:
    assert parameters.from_text(row, text) == taken


@pytest.mark.parametrize(
    ("row", "text"),
    [(NUMBER, "five"), (NUMBER, "nan"), (NUMBER, "inf"), (NUMBER, ""), (NUMBER, "11"), (WHOLE, "1.5"), (WHOLE, "x"),
     (WHOLE, "inf"), (WHOLE, "nan"), (SWITCH, "yes"), (DAY, "today"), (WHOLE, "1_0"), (NUMBER, "1_0"), (WHOLE, "٦"),
     (NUMBER, "٦"), (NUMBER, " 5"), (NUMBER, "0x5"), (WHOLE, "1:00")],
)  # fmt: skip
def test_typed_nonsense_is_refused(row: Declaration, text: str) -> None:
    with pytest.raises(BadInput, match="expected"):
        parameters.from_text(row, text)


def notebook(source: str, tags: list[str] | None = None) -> dict[str, Any]:
    """A notebook with one code cell."""
    metadata = {"tags": ["parameters"] if tags is None else tags}
    return {"cells": [{"cell_type": "code", "metadata": metadata, "source": source}]}


def test_defaults_are_read_where_papermill_loses_them() -> None:
    source = "n: int = 3  # a=b\ns = 'a=b'\nx: str | None = None\n'a remark'\nnegative = -1.5\n"
    assert parameters.cell_defaults(notebook(source), "book") == {"n": 3, "s": "a=b", "x": None, "negative": -1.5}


@pytest.mark.parametrize("source", ["n = 1 + m", "n = [x for x in y]", "n = open('f')", "m = n"])
def test_a_default_that_is_worked_out_is_refused(source: str) -> None:
    with pytest.raises(BadInput, match=r"book, cell 0, parameter .*expected a literal"):
        parameters.cell_defaults(notebook(source), "book")


@pytest.mark.parametrize("source", ["import os", "n = m = 1", "print(1)", "if True:\n    n = 1"])
def test_a_parameters_cell_holds_assignments_only(source: str) -> None:
    with pytest.raises(BadInput, match="expected NAME = LITERAL"):
        parameters.cell_defaults(notebook(source), "book")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("n: int", r"book, cell 0, parameter n: no value; expected a literal"),
        ("n = (", r"book, cell 0: '\(' was never closed; expected Python"),
        ("n = 1\x00", r"book, cell 0: source code string cannot contain null bytes; expected Python"),
        (f"n = {'a - ' * 900}1", r"book, cell 0, parameter n: '(a - ){49}a …; expected a literal"),
        (f"n = {'-' * 100_000}1", r"book, cell 0: (too deep|Parser stack overflowed .*); expected Python"),
    ],
    ids=["value", "bracket", "sign", "long sum", "depth"],
)
def test_a_parameters_cell_that_gives_no_value_is_told_in_one_line(source: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parameters.cell_defaults(notebook(source), "book")
    assert re.fullmatch(said, str(caught.value))


def test_a_notebook_and_its_declaration_must_agree() -> None:
    records = known(NUMBER)
    parameters.check_cell(notebook("price: float = 2.5"), "orchard", records)
    with pytest.raises(BadInput, match=r"'price' is 2.6 in the notebook; expected the declared 2.5"):
        parameters.check_cell(notebook("price = 2.6"), "orchard", records)
    with pytest.raises(BadInput, match=r"'sort' stands in the notebook but not in data/parameters\.csv"):
        parameters.check_cell(notebook("price = 2.5\nsort = 1"), "orchard", records)
    with pytest.raises(BadInput, match=r"'price' stands in data/parameters\.csv but not in the notebook"):
        parameters.check_cell(notebook("price = 2.5", tags=[]), "orchard", records)


def write(folder: Path, name: str, text: str) -> str:
    """A parameters file."""
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_file_gives_parameters_by_chapter(tmp_path: Path) -> None:
    records = known(NUMBER, WHOLE)
    for file in (
        write(tmp_path, "given.yml", "orchard:\n  price: 3\n"),
        write(tmp_path, "given.json", json.dumps({"orchard": {"price": 3}})),
    ):
        assert parameters.from_file(file, records) == {"orchard": {"price": 3.0}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("tag.yml", "orchard:\n  price: !!python/object/apply:os.system ['true']\n", "expected plain YAML or JSON"),
        ("alias.yml", "a: &a {price: 3}\norchard: *a\n", "aliases are not allowed"),
        ("broken.yml", "orchard: {price: 3\n", "expected plain YAML or JSON"),
        ("broken.json", '{"orchard": ', "expected plain YAML or JSON"),
        ("deep.json", "[" * 100_000, "expected plain YAML or JSON"),
        ("deep.yml", "[" * 10_000, "expected plain YAML or JSON"),
        ("bytes.yml", "\x00", "expected plain YAML or JSON"),
        ("list.yml", "- 1\n", "expected CHAPTER"),
        ("flat.yml", "price: 3\n", "expected CHAPTER"),
        ("empty.yml", "", "expected CHAPTER"),
        ("chapter.yml", "orchart:\n  price: 3\n", "unknown chapter 'orchart'; did you mean orchard"),
        ("name.yml", "orchard:\n  prise: 3\n", "unknown parameter 'prise'; did you mean price"),
        ("nan.yml", "orchard:\n  price: .nan\n", "expected a number from 0 to 10"),
        ("nan.json", '{"orchard": {"price": NaN}}', "expected a number from 0 to 10"),
        ("text.json", '{"orchard": {"price": "3"}}', "expected a number from 0 to 10"),
        ("list.yml", "orchard:\n  price: [3]\n", "expected a number from 0 to 10"),
        ("nothing.yml", "orchard:\n  price:\n", "expected a number from 0 to 10"),
        ("underlined.yml", "orchard:\n  price: 1_0\n", "is '1_0'; expected a number from 0 to 10"),
        ("minutes.yml", "orchard:\n  count: 1:00\n", "is '1:00'; expected a whole number from 1 to 100"),
        ("key.yml", "1:\n  price: 3\n", "unknown chapter '1'"),
        ("number_key.yml", "orchard:\n  1: 3\n", "unknown parameter '1'"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(name: str, text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        parameters.from_file(write(tmp_path, name, text), known(NUMBER, WHOLE))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "written", "taken"),
    [
        (replace(NUMBER, maximum=1e9), "4e8", 4e8), (WHOLE, "0100", 100), (WHOLE, "'12'", 12), (NUMBER, ".5", 0.5), (NUMBER, "3 # each", 3.0),
        (DAY, "2024-06-05", "2024-06-05"), (DAY, '"2024-06-05"', "2024-06-05"), (SWITCH, "false", False), (SWITCH, "True", True),
        (CHOICE, "green", "green"), (replace(CHOICE, choices=("no", "null", "1.0", "red")), "no", "no"),
        (replace(CHOICE, choices=("no", "null", "1.0", "red")), "null", "null"),
        (replace(CHOICE, choices=("no", "null", "1.0", "red")), "1.0", "1.0"),
    ],
)  # fmt: skip
def test_what_yaml_writes_is_read_as_on_the_command_line(
    row: Declaration, written: str, taken: Any, tmp_path: Path
) -> None:
    """In a file, in a flat one of the chapter spoken of, and in a scenario: by the parameter's type, not by YAML's guess."""
    records = replace(known(row), root=tmp_path)
    (tmp_path / "data").mkdir()
    line = f"{row.name}: {written}\n"
    scenario = f"odd:\n  title: 1.0\n  meaning: no\n  parameters:\n    orchard:\n      {line}"
    write(tmp_path / "data", "scenarios.yml", scenario)
    for file, chapter in (
        (write(tmp_path, "given.yml", f"orchard:\n  {line}"), ""),
        (write(tmp_path, "given.yml", f"orchard:\n  {line}"), "orchard"),
        (write(tmp_path, "flat.yml", line), "orchard"),
        ("odd", ""),
    ):
        (value,) = parameters.from_file(file, records, chapter)["orchard"].values()
        assert (value, type(value)) == (taken, type(taken))
    assert parameters.scenarios(records)["odd"] | {"parameters": {}} == {
        "title": "1.0",
        "meaning": "no",
        "parameters": {},
    }


def test_a_flat_file_of_json_is_that_of_the_chapter_spoken_of_and_keeps_its_types(tmp_path: Path) -> None:
    file = write(tmp_path, "flat.json", '{"price": 3, "ripe": false}')
    assert parameters.from_file(file, known(NUMBER, SWITCH), "orchard") == {"orchard": {"price": 3.0, "ripe": False}}
    with pytest.raises(BadInput, match=r"expected CHAPTER: \{NAME: VALUE\}"):
        parameters.from_file(file, known(NUMBER, SWITCH))


@pytest.mark.parametrize(
    ("text", "chapter", "read"),
    [
        ("price=3", "orchard", ("orchard", "price", "3")), ("orchard.price=3", "", ("orchard", "price", "3")),
        ("market.price=a=b", "orchard", ("market", "price", "a=b")), ("price=", "orchard", ("orchard", "price", "")),
    ],
)  # fmt: skip
def test_a_setting_is_read_with_its_chapter_or_without(text: str, chapter: str, read: parameters.Typed) -> None:
    assert parameters.assignment(text, chapter) == read


@pytest.mark.parametrize(
    ("text", "chapter", "form"),
    [
        ("price", "orchard", "NAME=VALUE or NAME VALUE"), ("=3", "orchard", "NAME=VALUE or NAME VALUE"),
        (".price=3", "orchard", "NAME=VALUE or NAME VALUE"), ("price=3", "", "CHAPTER.NAME=VALUE or CHAPTER NAME VALUE"),
    ],
)  # fmt: skip
def test_a_setting_of_another_form_is_refused(text: str, chapter: str, form: str) -> None:
    with pytest.raises(BadInput) as caught:
        parameters.assignment(text, chapter)
    assert str(caught.value) == f"-p {text!r}: expected {form}"


def test_what_is_typed_stands_over_a_file_and_each_name_once(tmp_path: Path) -> None:
    records = known(NUMBER, WHOLE)
    file = write(tmp_path, "given.yml", "orchard: {price: 3, count: 7}")
    typed = [("orchard", "price", "4")]
    assert parameters.overrides(records, typed, file) == {"orchard": {"price": 4.0, "count": 7}}
    with pytest.raises(BadInput, match="orchard: parameter 'price' is given twice; expected each name once"):
        parameters.overrides(records, [*typed, ("orchard", "price", "5")], None)


def test_a_file_that_is_not_there_says_so() -> None:
    with pytest.raises(BadInput, match="no such file, and no scenario of that name"):
        parameters.from_file("nowhere.yml", known(NUMBER))
