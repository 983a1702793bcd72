"""Parameters: read from a notebook's parameters cell, held against their declaration, validated before anything runs.

papermill infers names and types by one regular expression, a line at a time, and drops what it cannot read; so the cell
is parsed here with `ast`, and the declaration in `data/parameters.csv` decides.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from casefile.errors import BadInput, closest, nearest, shown
from casefile.figures import formats
from casefile.notebook import drawing
from casefile.notebook.cells import Notebook
from casefile.records import NUMBER, Bound, Declaration, Records, Scenario
from casefile.records import Value as Value
from casefile.system import document

TAG = "parameters"
SKIPPED = "skip-execution"
_OVER_PYTHON = re.compile(r"\s*%%(?:time|timeit|capture|prun|debug)\b[^\n]*(?:\n|$)")  # magics over a cell of Python


def default(declaration: Declaration) -> Value:
    """The declared default, in its declared type."""
    if declaration.type == "integer":
        return int(float(declaration.default))
    if declaration.type == "number":
        return float(declaration.default)
    if declaration.type == "boolean":
        return declaration.default == "true"
    return declaration.default


def cell_defaults(notebook: Notebook, name: str) -> dict[str, object]:
    """The literal defaults in the cell tagged `parameters`, by name.

    Raises BadInput when the tag is missing or a default is not a literal: papermill sets new values *after* the cell,
    so anything computed there would keep the old ones.
    """
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code" and TAG in cell.get("metadata", {}).get("tags", []):
            source, where = "".join(cell["source"]), f"{name}, cell {position}"
            tree = syntax_tree(source, where)
            defaults: dict[str, object] = {}
            for statement in tree.body:
                target, value = _assignment(statement)
                if target is None:
                    if _is_remark(statement):
                        continue
                    raise BadInput(
                        f"{where}: {shown(ast.get_source_segment(source, statement))}; expected NAME = LITERAL"
                    )
                if value is None:
                    raise BadInput(f"{where}, parameter {target}: no value; expected a literal")
                try:
                    defaults[target] = ast.literal_eval(value)
                except (ValueError, TypeError, RecursionError, MemoryError):
                    written = shown(ast.get_source_segment(source, value))
                    raise BadInput(f"{where}, parameter {target}: {written}; expected a literal") from None
            return defaults
    return {}


def syntax_tree(source: str, where: str) -> ast.Module:
    """A cell's code, read and not run. Raises BadInput that begins with `where` for what is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadInput(f"{where}: {getattr(error, 'msg', None) or str(error) or 'too deep'}; expected Python") from None


def ipython_tree(source: str, where: str) -> ast.Module:
    """A cell's code, read as IPython reads it: magics, `!` and `?` are calls, Python under a magic is Python.

    Raises BadInput that begins with `where` for what IPython could not read either.
    """
    while magic := _OVER_PYTHON.match(source):
        source = source[magic.end() :]
    try:
        return syntax_tree(source, where)  # as nearly all cells are
    except BadInput:
        from IPython.core.inputtransformer2 import TransformerManager

        with contextlib.suppress(SyntaxError):  # which the reading below tells
            source = TransformerManager().transform_cell(source)
        return syntax_tree(source, where)


def assigned(source: str) -> list[str]:
    """The names that a cell sets, in order, when it does nothing else; none for any other cell."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a cell of IPython's own kind
        return []
    targets = [_assignment(statement)[0] for statement in statements if not _is_remark(statement)]
    return [target for target in targets if target is not None] if None not in targets else []


def _is_remark(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def read_by_code(notebook: Notebook, name: str) -> frozenset[str]:
    """The names that a notebook's code reads: what becomes of a parameter among them, formulas alone do not know.

    Every word that is given to a magic or to the shell counts.
    """
    cells = [
        ("".join(cell["source"]), f"{name}, cell {position}")
        for position, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code" and SKIPPED not in cell.get("metadata", {}).get("tags", [])
    ]
    nodes = [node for source, where in cells for node in ast.walk(ipython_tree(source, where))]
    read = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    asked = [ast.unparse(node) for node in nodes if isinstance(node, ast.Call)]
    words = [word for call in asked if call.startswith("get_ipython().") for word in re.findall(r"\w+", call)]
    return frozenset([*read, *words])


def _assignment(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, statement.value
    return None, None


def check_cell(notebook: Notebook, chapter: str, records: Records) -> None:
    """Raise BadInput unless the notebook's parameters cell and `data/parameters.csv` agree on names and defaults."""
    cell, declared = cell_defaults(notebook, f"chapters/{chapter}.ipynb"), records.declared(chapter)
    for name in sorted(set(cell) - set(declared)):
        raise BadInput(
            f"{chapter}: parameter {name!r} stands in the notebook but not in data/parameters.csv; expected in both"
        )
    for name, declaration in declared.items():
        if name not in cell:
            raise BadInput(
                f"{chapter}: parameter {name!r} stands in data/parameters.csv but not in the notebook's parameters cell; expected in both"
            )
        if cell[name] != default(declaration):
            path = f"chapters/{chapter}.ipynb"
            raise BadInput(
                f"{chapter}: parameter {name!r} is {shown(cell[name])} in the notebook; expected the declared {default(declaration)!r}: "
                f"put it back in the parameters cell of {path}, or by `git checkout {path}`; another value is tried with "
                f"`casefile rerun {chapter} -p {name} VALUE`, or in a copy of the notebook"
            )


def validated(declared: Mapping[str, Declaration], values: Mapping[str, object], chapter: str) -> dict[str, Value]:
    """All parameters of a chapter, in their types: the given ones where given, the defaults elsewhere.

    Raises BadInput for an unknown name (naming the nearest), a wrong type, NaN, infinity, a value out of its bounds or
    not among its choices.
    """
    for name in values:
        _row(declared, name, chapter)
    return {name: validate(row, values[name]) if name in values else default(row) for name, row in declared.items()}


def validate(declaration: Declaration, value: object) -> Value:
    """One value of one parameter, in its declared type, or the text of a range of numbers that it is drawn from.

    Raises BadInput with what was expected.
    """
    if declaration.type in ("integer", "number") and isinstance(value, str) and drawing.is_one(value):
        return drawing.validated_range(declaration, value)
    checked = _typed(declaration, value)
    if declaration.choices and checked not in map(type_of(declaration), declaration.choices):
        raise _refusal(declaration, value)
    if isinstance(checked, str) and not checked.isprintable():
        raise _refusal(declaration, value)
    if declaration.type == "date":
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(checked)):  # Python takes other forms for dates too
                raise ValueError(checked)
            datetime.date.fromisoformat(str(checked))
        except ValueError:
            raise _refusal(declaration, value) from None
    compared: Any = checked  # a number with numbers, a day with days
    too_low = declaration.minimum is not None and compared < declaration.minimum
    too_high = declaration.maximum is not None and compared > declaration.maximum
    if too_low or too_high:
        raise _refusal(declaration, value)
    return checked


def _typed(declaration: Declaration, value: object) -> Value:
    """A value in its declared type: a whole number may be a number, and a number without a fraction a whole one."""
    kind = type_of(declaration)
    taken = (int, float) if kind in (int, float) else kind
    try:
        if isinstance(value, taken) and (kind is bool or not isinstance(value, bool)):
            checked = kind(value)
            if (kind is float and math.isfinite(checked)) or (kind is not float and checked == value):
                return cast(Value, checked)
    except (ValueError, OverflowError):  # NaN, infinity, an integer that no float can hold
        pass
    raise _refusal(declaration, value)


_SWITCHES = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}


def _refusal(declaration: Declaration, value: object) -> BadInput:
    """What a parameter is told that it does not take: the value, what was expected, and what was perhaps meant."""
    written = shown(value).removesuffix(".0") if isinstance(value, float) else shown(value)
    line = f"{declaration.chapter}: parameter {declaration.name!r} is {written}; expected {expected(declaration)}"
    meant = closest(value, declaration.choices) if isinstance(value, str) else []
    if declaration.type == "boolean" and (
        switch := _SWITCHES.get(value.lower() if isinstance(value, str) else shown(value))
    ):
        meant = [switch]
    return BadInput(f"{line}; did you mean {' or '.join(meant)}?" if meant else line)


def type_of(declaration: Declaration) -> type:
    """The Python type of a declared type."""
    return {"integer": int, "number": float, "boolean": bool}.get(declaration.type, str)


def expected(declaration: Declaration, labelled: bool = False) -> str:
    """What a parameter takes, in words: `a number from 0 to 24 (month)`, `a share from 0 to 1`; choices `labelled` for readers where they are asked so."""
    if declaration.choices:
        named = map(": ".join, declaration.labelled.items())
        return "one of " + ("; ".join(named) if labelled else ", ".join(declaration.choices))
    low, high = (_in_words(bound) for bound in (declaration.minimum, declaration.maximum))
    words = {"integer": "a whole number", "number": "a share" if declaration.unit == "fraction" else "a number", "date": "a date",
             "boolean": "true or false", "string": "a line of text"}[declaration.type]  # fmt: skip
    if low and high:
        words += f" from {low} to {high}"
    elif low:
        words += f" from {low} on" if declaration.type == "date" else f" of at least {low}"
    elif high:
        words += f" up to {high}" if declaration.type == "date" else f" of at most {high}"
    words += " such as 2024-06-04" if declaration.type == "date" and not (low or high) else ""
    unsaid = declaration.type == "date" or declaration.unit in ("", "fraction")
    return words if unsaid else f"{words} ({declaration.unit})"


def _in_words(bound: Bound) -> str:
    return "" if bound is None else bound if isinstance(bound, str) else formats.fixed(bound, 4)


def in_print(value: Value) -> str:
    """A value as a page prints it: `300,000,000`, `true`, `server`."""
    if isinstance(value, str | bool):
        return str(value).lower() if isinstance(value, bool) else value
    return (formats.MINUS if value < 0 else "") + formats.fixed(value, 6)


def from_text(declaration: Declaration, text: str) -> Value:
    """A value as typed on the command line or written in YAML, validated: digits are those of ASCII, and `1_0` is no number."""
    if declaration.type in ("integer", "number") and not drawing.is_one(text):
        try:
            if not NUMBER.fullmatch(text):
                raise ValueError(text)
            return validate(declaration, float(text) if declaration.type == "number" else _whole(text))
        except ValueError:
            raise _refusal(declaration, text) from None
    if declaration.type == "boolean":
        return validate(declaration, {"true": True, "false": False}.get(text.lower(), text))
    return validate(declaration, text)


def _whole(text: str) -> int:
    """A whole number, also one written `1e6`: exactly the one that is written, whatever its size."""
    try:
        return int(text)
    except ValueError:
        number = float(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _is_file(path: Path) -> bool:
    """Whether a file is there; a name that no system could give is no file."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def from_file(path: str, records: Records, chapter: str = "") -> dict[str, dict[str, Value]]:
    """Parameters by their homes, from a YAML or JSON file or from a named scenario of `data/scenarios.yml`.

    The file holds `CHAPTER: {NAME: VALUE}`, a chapter that takes the parameter, or only `NAME: VALUE` of the `chapter`
    that is spoken of. Read safely: no tag is honoured, and aliases are refused. What YAML writes is read by the type of
    its parameter, as the command line is.
    """
    named, file = scenarios(records), Path(path)
    if path in named:
        return named[path]["parameters"]
    if not _is_file(file):
        if path not in (own := records.saved_scenarios()):
            what = "no such file, and no scenario of that name"
            raise BadInput(f"parameters {shown(path)}: {what}; {nearest(path, [*named, *own])}")
        file = own[path]
    raw = document.read(file, f"parameters {file.name}", as_written=True)
    if chapter and isinstance(raw, dict) and not any(isinstance(values, dict) for values in raw.values()):
        raw = {chapter: raw}
    return _by_chapter(raw, records, f"parameters {path}", validate if document.says_types(file) else _of_yaml)


def scenarios(records: Records) -> dict[str, Scenario]:
    """The named scenarios: name → `title`, `meaning` and `parameters` by chapter, each value in its declared type."""
    return {
        name: {**described, "parameters": _by_chapter(described["parameters"], records, f"parameters {name}", _of_yaml)}
        for name, described in records.scenarios().items()
    }


def of_mapping(raw: object, records: Records, where: str) -> dict[str, dict[str, Value]]:
    """Parameters by their homes, from those of any chapters, validated; a text is read as the command line reads it."""
    return _by_chapter(raw, records, where, _of_yaml)


def _of_yaml(declaration: Declaration, value: object) -> Value:
    return from_text(declaration, value) if isinstance(value, str) else validate(declaration, value)


def _by_chapter(
    raw: object, records: Records, where: str, read: Callable[[Declaration, object], Value]
) -> dict[str, dict[str, Value]]:
    if not isinstance(raw, dict) or not all(isinstance(values, dict) for values in raw.values()):
        raise BadInput(f"{where}: expected CHAPTER: {{NAME: VALUE}}")
    chapters = records.takers()
    checked: dict[str, dict[str, Value]] = {}
    for chapter, values in raw.items():
        if chapter not in chapters:
            raise BadInput(f"{where}: unknown chapter {shown(chapter)}; {nearest(chapter, chapters)}")
        declared = records.declared(chapter)
        checked[chapter] = {name: read(_row(declared, name, chapter), value) for name, value in values.items()}
    return by_home(checked.items(), records)


def by_home(chapters: Iterable[tuple[str, Mapping[str, Value]]], records: Records) -> dict[str, dict[str, Value]]:
    """Values given to any chapters that take them, by the home of each parameter: they hold for all that take it.

    Raises BadInput when two chapters would have two values of one parameter.
    """
    homes: dict[str, dict[str, Value]] = {}
    for chapter, values in chapters:
        declared = records.declared(chapter)
        for name, value in values.items():
            row = declared[name]
            if homes.setdefault(row.chapter, {}).setdefault(name, value) != value:
                raise BadInput(
                    f"parameter {name!r} is {shown(homes[row.chapter][name])} and, of {chapter}, {shown(value)}; "
                    f"expected one value for {', '.join(row.readers)}"
                )
    return homes


def _row(declared: Mapping[str, Declaration], name: object, chapter: str) -> Declaration:
    if name not in declared:
        raise BadInput(f"{chapter}: unknown parameter {shown(name)}; {nearest(name, declared)}")
    return declared[str(name)]


Typed = tuple[str, str, str]  # chapter, name, value


def assignment(text: str, chapter: str = "") -> Typed:
    """`NAME=VALUE` of a chapter, or `CHAPTER.NAME=VALUE`, as typed. Raises BadInput for another form."""
    name, equals, value = text.partition("=")
    of, dot, own = name.rpartition(".")
    if not equals or not own or not (of or chapter) or (dot and not of):
        form = "NAME=VALUE or NAME VALUE" if chapter else "CHAPTER.NAME=VALUE or CHAPTER NAME VALUE"
        raise BadInput(f"-p {shown(text)}: expected {form}")
    return of or chapter, own, value


def overrides(
    records: Records, typed: Iterable[Typed], params: str | None, chapter: str = ""
) -> dict[str, dict[str, Value]]:
    """Parameters by their homes: from a file or scenario and, over them, those typed. `chapter` is the one spoken of, if any.

    Raises BadInput for an unknown chapter, name or value, and for a name that is typed twice.
    """
    values = from_file(params, records, chapter) if params else {}
    chapters = records.takers()
    seen: set[tuple[str, str]] = set()
    for of, name, text in typed:
        if of not in chapters and of != chapter:
            raise BadInput(f"no chapter {shown(of)} with parameters; {nearest(of, chapters)}")
        row = _row(records.declared(of), name, of)
        if (row.chapter, name) in seen:
            raise BadInput(f"{of}: parameter {name!r} is given twice; expected each name once")
        seen.add((row.chapter, name))
        values.setdefault(row.chapter, {})[name] = from_text(row, text)
    return {home: dict(named) for home, named in values.items()}
