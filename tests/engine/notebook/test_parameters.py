"""Parameters: what is taken, what is refused, and what the refusal says."""

from __future__ import annotations

import contextlib
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casefile import records
from casefile.book import rerun
from casefile.errors import BadInput, BadRecord
from casefile.execution import notebooks, run
from casefile.notebook import parameters, results
from casefile.notebook.cells import Notebook
from casefile.records import Declaration
from tests.conftest import ROOT
from tests.support import orchard
from tests.support.small import declaration, known

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
TEXTS = json.loads((ROOT / "tests" / "support" / "parameter_texts.json").read_text(encoding="utf-8"))
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
    named = replace(CHOICE, labels="as red as wine; green")
    assert parameters.expected(named) == "one of red, green"
    assert parameters.expected(named, labelled=True) == "one of red: as red as wine; green: green"
    assert parameters.expected(DAY) == "a date such as 2024-06-04"
    assert parameters.expected(SUMMER) == "a date from 2024-06-01 to 2024-08-31"
    assert parameters.expected(replace(SUMMER, maximum=None)) == "a date from 2024-06-01 on"
    assert parameters.expected(replace(SUMMER, minimum=None)) == "a date up to 2024-08-31"
    assert parameters.expected(SWITCH) == "true or false"


def test_a_text_is_taken_as_the_page_takes_it() -> None:
    """The cases that a page's fields are held to as well, in `tests/browser/test_browser_parity.py`."""
    for case in TEXTS["cases"]:
        asked = TEXTS["parameters"][case["parameter"]]
        row = declaration(**{**asked, "choices": tuple(asked["choices"])})
        value = None
        with contextlib.suppress(BadInput):
            value = parameters.from_text(row, case["text"])
        assert value == case["value"] and isinstance(value, bool) == isinstance(case["value"], bool), case


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


def notebook(source: str, tags: list[str] | None = None) -> Notebook:
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


# ------------------------------------------------------------------------------------------------------ shared by chapters


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """The small story whose harvest takes the market's price too, and works out what one tree bears from it."""
    root = orchard.plant(tmp_path / "shared")
    table = root / "data" / "parameters.csv"
    table.write_text(table.read_text().replace("market,price,,price", "market,price,harvest,price"))
    cells = [*orchard.HARVEST[:1], ("parameters", "price: float = 0.4  # EUR"), *orchard.HARVEST[1:-1]]
    takings = 'chapter.figure("takings", harvest * chapter.parameter("price"), unit="EUR", meaning="Worth of all")'
    (root / "chapters" / "harvest.ipynb").write_text(orchard.notebook([*cells, ("code", takings), orchard.HARVEST[-1]]))
    asked = orchard.MARKET[3][1].replace('"harvest")', '"harvest")\nchapter.imported("harvest", "takings")', 1)
    (root / "chapters" / "market.ipynb").write_text(
        orchard.notebook([*orchard.MARKET[:3], ("code", asked), orchard.MARKET[-1]])
    )
    return root


def test_a_parameter_is_declared_once_and_taken_by_all_its_readers(shared: Path) -> None:
    known = records.load(shared)
    assert [(row.chapter, row.readers) for row in known.declarations.values()] == [("market", ("market", "harvest"))]
    assert known.declared("harvest") == known.declared("market")
    assert known.takers() == ["market", "harvest"]


def test_a_value_given_to_any_reader_is_given_to_all(shared: Path) -> None:
    known, path = records.load(shared), shared / "values.yml"
    for chapter in ("market", "harvest"):
        path.write_text(f"{chapter}: {{price: 0.5}}")
        assert parameters.from_file(str(path), known) == {"market": {"price": 0.5}}
        assert parameters.overrides(known, [(chapter, "price", "0.5")], None) == {"market": {"price": 0.5}}
    assert known.values_for("harvest", {"market": {"price": 0.5}}) == {"price": 0.5}
    path.write_text("harvest: {price: 0.5}\nmarket: {price: 0.5}")
    assert parameters.from_file(str(path), known) == {"market": {"price": 0.5}}
    path.write_text("harvest: {price: 0.5}\nmarket: {price: 0.6}")
    with pytest.raises(BadInput) as caught:
        parameters.from_file(str(path), known)
    assert str(caught.value) == ("parameter 'price' is 0.5 and, of market, 0.6; expected one value for market, harvest")


def test_a_rerun_of_a_reader_is_reproduced_by_the_value_it_was_given(shared: Path) -> None:
    given = {"market": {"price": 0.5}}
    again = rerun.reproduce("harvest", records.load(shared).values_for("harvest", given), given, shared)
    assert again == "casefile rerun harvest -p price 0.5 --out again"


def test_a_changed_value_holds_in_the_chapters_that_are_read(shared: Path, tmp_path: Path) -> None:
    """Whether their results at the default stand beside it or not; a chapter that is left as it was is not run again."""
    standing = tmp_path / "standing"
    for chapter, plain in run.results_under(shared, ["market"], {}, None).items():
        results.write(plain, standing / f"{chapter}.json")
    marked = json.loads((standing / "harvest.json").read_text())
    results.write({**marked, "title": "as it stood"}, standing / "harvest.json")

    def takings(price: float) -> tuple[float, float]:
        executed = run.execute(shared, "market", {"price": price}, tmp_path / "out.ipynb", standing, run.FORK)
        figures = results.of_notebook(executed, "market")["figures"]
        return figures["worth"]["value"] or 0, figures["takings"]["value"] or 0

    assert takings(0.4) == (12_000, 12_000)
    assert takings(0.5) == (15_000, 15_000)
    found = run.results_under(shared, ["market"], {"market": {"price": 0.4}}, standing)
    assert (found["harvest"]["title"], found["market"]["title"]) == ("as it stood", "The market")
    found = run.results_under(shared, ["market"], {"market": {"price": 0.5}}, standing)
    assert {name: plain["parameters"] for name, plain in found.items()} == {
        "harvest": {"price": 0.5}, "market": {"price": 0.5},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("harvest,price,,other", "row 3, column chapter: 'harvest'; expected a parameter declared once: market has it"),
        ("harvest,cost,,price", "row 3, column figure: 'price'; expected a parameter declared once: market has it"),
        (
            "summer,price,market,heat",
            "row 3, column read_by: 'market'; expected a parameter declared once: market has it",
        ),
        ("summer,heat,../x,heat", "row 3, column read_by: '../x'; expected the name of a chapter"),
    ],
)
def test_a_second_declaration_is_refused(row: str, said: str, shared: Path) -> None:
    table = shared / "data" / "parameters.csv"
    first = table.read_text().splitlines()[1]
    table.write_text(table.read_text() + first.replace("market,price,harvest,price", row) + "\n")
    with pytest.raises(BadRecord) as caught:
        records.check(shared)
    assert f"data/parameters.csv, {said}" in str(caught.value)


# ------------------------------------------------------------------------------------------------------ cells of IPython

MAGICS = {
    '%config InlineBackend.figure_format = "svg"\nprint(price)': {"price", "svg"},
    "?help": {"help"}, "help?": {"help"}, "!ls {price}": {"price"}, "listed = !ls $price": {"price"},
    "%%bash\necho $price": {"price", "echo", "bash"}, "%%time\nprint(price)": {"price", "print"},
    "\n%%capture out\n%%time\nprint(price)": {"price", "print"}, "%%time": set(), "%time price": {"price"},
    "await price": {"price"}, "price; count": {"price", "count"},
}  # fmt: skip


@pytest.mark.parametrize("source", MAGICS)
def test_a_cell_is_read_as_ipython_reads_it(source: str) -> None:
    assert parameters.read_by_code(notebook(source, tags=[]), "orchard.ipynb") >= MAGICS[source]


def test_a_cell_that_ipython_could_not_read_is_named_unless_it_is_skipped() -> None:
    with pytest.raises(BadInput, match=r"^orchard\.ipynb, cell 0: invalid syntax; expected Python$"):
        parameters.read_by_code(notebook("price = = 3", tags=[]), "orchard.ipynb")
    assert parameters.read_by_code(notebook("price = = 3", tags=["skip-execution"]), "orchard.ipynb") == frozenset()


def test_the_chapters_that_a_notebook_needs_are_read_beside_magics() -> None:
    call = "%matplotlib inline\nchapter = open_chapter('market', globals(), needs=['harvest'])"
    assert (
        notebooks.needs(notebook(call, tags=[]))
        == notebooks.needs(notebook(f"%%time\n{call}", tags=[]))
        == ("harvest",)
    )
    with pytest.raises(BadInput, match=r"needs is 'wanted'; expected a list of chapters"):
        notebooks.needs(notebook("%pwd\nopen_chapter(needs=wanted)", tags=[]))
