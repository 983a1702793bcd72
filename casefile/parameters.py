"""Parameters: read from a notebook's parameters cell, held against their declaration, validated before anything runs.

papermill infers names and types by one regular expression, a line at a time, and drops what it cannot read; so the cell
is parsed here with `ast`, and the declaration in `data/parameters.csv` decides.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic

from casefile import document, formats
from casefile.errors import BadInput, nearest, shown
from casefile.records import Declaration, Records

TAG = "parameters"
_SKIPPED = "skip-execution"
_OVER_PYTHON = re.compile(r"\s*%%(?:time|timeit|capture|prun|debug)\b[^\n]*(?:\n|$)")  # magics over a cell of Python
Value = int | float | str | bool

_TYPES: Mapping[str, Any] = {
    "integer": Annotated[int, pydantic.Strict()],
    "number": Annotated[float, pydantic.AllowInfNan(False)],
    "string": Annotated[str, pydantic.Strict()],
    "date": Annotated[str, pydantic.Strict()],
    "boolean": Annotated[bool, pydantic.Strict()],
}


def default(declaration: Declaration) -> Value:
    """The declared default, in its declared type."""
    if declaration.type == "integer":
        return int(float(declaration.default))
    if declaration.type == "number":
        return float(declaration.default)
    if declaration.type == "boolean":
        return declaration.default == "true"
    return declaration.default


def cell_defaults(notebook: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The literal defaults in the cell tagged `parameters`, by name.

    Raises BadInput when the tag is missing or a default is not a literal: papermill sets new values *after* the cell,
    so anything computed there would keep the old ones.
    """
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code" and TAG in cell.get("metadata", {}).get("tags", []):
            source = "".join(cell["source"])
            tree = parsed(source, f"{name}, cell {position}")
            defaults: dict[str, Any] = {}
            for statement in tree.body:
                target, value = _assignment(statement)
                if target is None:
                    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                        continue
                    raise BadInput(
                        f"{name}, cell {position}: {shown(ast.get_source_segment(source, statement))}; expected NAME = LITERAL"
                    )
                if value is None:
                    raise BadInput(f"{name}, cell {position}, parameter {target}: no value; expected a literal")
                try:
                    defaults[target] = ast.literal_eval(value)
                except (ValueError, TypeError, RecursionError, MemoryError):
                    written = shown(ast.get_source_segment(source, value))
                    raise BadInput(
                        f"{name}, cell {position}, parameter {target}: {written}; expected a literal"
                    ) from None
            return defaults
    return {}


def parsed(source: str, where: str) -> ast.Module:
    """A cell's code, read and not run. Raises BadInput that begins with `where` for what is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadInput(f"{where}: {getattr(error, 'msg', None) or str(error) or 'too deep'}; expected Python") from None


def code(source: str, where: str) -> ast.Module:
    """A cell's code, read as IPython reads it: magics, `!` and `?` are calls, Python under a magic is Python.

    Raises BadInput that begins with `where` for what IPython could not read either.
    """
    while magic := _OVER_PYTHON.match(source):
        source = source[magic.end() :]
    try:
        return parsed(source, where)  # as nearly all cells are
    except BadInput:
        from IPython.core.inputtransformer2 import TransformerManager

        with contextlib.suppress(SyntaxError):  # which the reading below tells
            source = TransformerManager().transform_cell(source)
        return parsed(source, where)


def assigned(source: str) -> list[str]:
    """The names that a cell's plain assignments set, in order."""
    targets = (_assignment(statement)[0] for statement in ast.parse(source).body)
    return [target for target in targets if target is not None]


def read_by_code(notebook: Mapping[str, Any], name: str) -> frozenset[str]:
    """The names that a notebook's code reads: what becomes of a parameter among them, formulas alone do not know.

    Every word that is given to a magic or to the shell counts.
    """
    cells = [
        ("".join(cell["source"]), f"{name}, cell {position}")
        for position, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code" and _SKIPPED not in cell.get("metadata", {}).get("tags", [])
    ]
    nodes = [node for source, where in cells for node in ast.walk(code(source, where))]
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


def check_cell(notebook: Mapping[str, Any], chapter: str, records: Records) -> None:
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
            raise BadInput(
                f"{chapter}: parameter {name!r} is {cell[name]!r} in the notebook; expected the declared {default(declaration)!r}"
            )


def validated(declared: Mapping[str, Declaration], given: Mapping[str, Any], chapter: str) -> dict[str, Value]:
    """All parameters of a chapter, in their types: the given ones where given, the defaults elsewhere.

    Raises BadInput for an unknown name (naming the nearest), a wrong type, NaN, infinity, a value out of its bounds or
    not among its choices.
    """
    for name in given:
        if name not in declared:
            raise BadInput(f"{chapter}: unknown parameter {shown(name)}; {nearest(name, declared)}")
    return {name: validate(row, given[name]) if name in given else default(row) for name, row in declared.items()}


def validate(declaration: Declaration, value: Any) -> Value:
    """One value of one parameter, in its declared type. Raises BadInput with what was expected."""
    where = f"{declaration.chapter}: parameter {declaration.name!r}"
    kind: Any = _TYPES[declaration.type]
    if declaration.type == "integer" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) and declaration.type in ("integer", "number"):
        raise BadInput(f"{where} is {shown(value)}; expected {expected(declaration)}")
    if isinstance(value, str) and declaration.type == "number":
        raise BadInput(f"{where} is {shown(value)}; expected {expected(declaration)}")
    if declaration.choices:
        kind = Literal[tuple(type_of(declaration)(choice) for choice in declaration.choices)]
    try:
        checked: Value = _adapter(kind).validate_python(value)
    except pydantic.ValidationError:
        raise BadInput(f"{where} is {shown(value)}; expected {expected(declaration)}") from None
    if isinstance(checked, str) and not checked.isprintable():
        raise BadInput(f"{where} is {shown(value)}; expected {expected(declaration)}")
    if declaration.type == "date":
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(checked)):  # Python takes other forms for dates too
                raise ValueError(checked)
            datetime.date.fromisoformat(str(checked))
        except ValueError:
            raise BadInput(f"{where} is {shown(value)}; expected {expected(declaration)}") from None
    if isinstance(checked, int | float) and not isinstance(checked, bool):
        too_low = declaration.minimum is not None and checked < declaration.minimum
        too_high = declaration.maximum is not None and checked > declaration.maximum
        if too_low or too_high:
            raise BadInput(f"{where} is {shown(value)}; expected {expected(declaration)}")
    return checked


@functools.cache
def _adapter(kind: Any) -> pydantic.TypeAdapter[Any]:
    """Pydantic's validator of a type, made once: a sweep validates a value a scenario."""
    return pydantic.TypeAdapter(kind)


def type_of(declaration: Declaration) -> type:
    """The Python type of a declared type."""
    return {"integer": int, "number": float, "boolean": bool}.get(declaration.type, str)


def expected(declaration: Declaration) -> str:
    """What a parameter takes, in words: `a number from 0 to 1 (fraction)`."""
    if declaration.choices:
        return "one of " + ", ".join(declaration.choices)
    words = {"integer": "a whole number", "number": "a number", "date": "a date such as 2024-06-04",
             "boolean": "true or false", "string": "a line of text"}[declaration.type]  # fmt: skip
    low, high = declaration.minimum, declaration.maximum
    if low is not None and high is not None:
        words += f" from {formats.fixed(low, 4)} to {formats.fixed(high, 4)}"
    elif low is not None:
        words += f" of at least {formats.fixed(low, 4)}"
    elif high is not None:
        words += f" of at most {formats.fixed(high, 4)}"
    return words + (f" ({declaration.unit})" if declaration.unit else "")


def from_text(declaration: Declaration, text: str) -> Value:
    """A value typed on the command line, validated."""
    if declaration.type in ("integer", "number"):
        try:
            return validate(declaration, float(text) if declaration.type == "number" else _whole(text))
        except ValueError:
            raise BadInput(
                f"{declaration.chapter}: parameter {declaration.name!r} is {shown(text)}; expected {expected(declaration)}"
            ) from None
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


def from_file(path: str, records: Records) -> dict[str, dict[str, Value]]:
    """Parameters by their homes, from a YAML or JSON file or from a named scenario of `data/scenarios.yml`.

    The file holds `CHAPTER: {NAME: VALUE}`, a chapter that takes the parameter. Read safely: no tag is honoured, and aliases are refused.
    """
    scenarios = records.scenarios()
    if path in scenarios:
        raw: Any = scenarios[path]
    else:
        file = Path(path)
        if not _is_file(file):
            raise BadInput(
                f"parameters {shown(path)}: no such file, and no scenario of that name; {nearest(path, scenarios)}"
            )
        raw = document.read(file, f"parameters {file.name}")
    if not isinstance(raw, dict) or not all(isinstance(values, dict) for values in raw.values()):
        raise BadInput(f"parameters {path}: expected CHAPTER: {{NAME: VALUE}}")
    chapters = records.takers()
    checked: dict[str, dict[str, Value]] = {}
    for chapter, values in raw.items():
        if chapter not in chapters:
            raise BadInput(f"parameters {path}: unknown chapter {shown(chapter)}; {nearest(chapter, chapters)}")
        declared = records.declared(chapter)
        complete = validated(declared, values, chapter)
        checked[chapter] = {name: complete[name] for name in values}
    return by_home(checked.items(), records)


def by_home(given: Iterable[tuple[str, Mapping[str, Value]]], records: Records) -> dict[str, dict[str, Value]]:
    """Values given to any chapters that take them, by the home of each parameter: they hold for all that take it.

    Raises BadInput when two chapters would have two values of one parameter.
    """
    homes: dict[str, dict[str, Value]] = {}
    for chapter, values in given:
        declared = records.declared(chapter)
        for name, value in values.items():
            row = declared[name]
            if homes.setdefault(row.chapter, {}).setdefault(name, value) != value:
                raise BadInput(
                    f"parameter {name!r} is {shown(homes[row.chapter][name])} and, of {chapter}, {shown(value)}; "
                    f"expected one value for {', '.join(row.readers)}"
                )
    return homes
