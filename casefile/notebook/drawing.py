"""A parameter that is given a range in place of a value: the text that says it, and what it is drawn from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from casefile.errors import BadInput, nearest, shown
from casefile.records import NUMBER, Declaration
from casefile.system import document

if TYPE_CHECKING:
    from casefile.figures.distributions import Distribution


def is_one(text: str) -> bool:
    """Whether a text is meant as a distribution, well written or not."""
    return bool(re.match(r"\s*[a-z]+\s*\(", text)) or text.count(":") == 2 or "~" in text


def validated_range(declaration: Declaration, text: str) -> str:
    """The text of a range as it is kept, with the values of a file that it names. Raises BadInput with what was expected."""
    try:
        return _normalised(declaration, text)
    except ValueError as error:
        where = f"{declaration.chapter}: parameter {declaration.name!r} is {shown(text)}"
        raise BadInput(f"{where}; expected {error}") from None


def _normalised(declaration: Declaration, text: str) -> str:
    from casefile.figures import distributions  # NumPy: most values are no ranges

    text = " ".join(text.split())
    file = re.match(r"observed\(\s*(?P<path>[^,()]+?)\s*(?:,\s*(?P<column>[^,()]+?)\s*)?\)", text)
    if file and not NUMBER.fullmatch(file["path"]):
        values = _column(Path(file["path"]).expanduser(), file["column"])
        text = f"observed({', '.join(values)}){text[file.end() :]}"
    drawn = distributions.parsed(text, _bounds(declaration))
    for low, high in ((declaration.minimum, drawn.low), (drawn.high, declaration.maximum)):
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            ends = " to ".join("any" if bound is None else f"{bound:g}" for bound in _bounds(declaration))
            raise ValueError(f"a range within {ends} ({declaration.unit})")
    return text


def _column(path: Path, column: str | None) -> list[str]:
    """The numbers of a CSV's column, its only one unless named. Raises BadInput that names file, row and column."""
    if not path.is_file():
        raise BadInput(f"observed({path}): no such file; expected a CSV with a column of numbers")
    rows = list(csv.reader(io.StringIO(document.text(path, str(path), "CSV"))))
    header = rows[0] if rows else []
    if column is None and len(header) != 1:
        raise BadInput(f"{path}: has {len(header)} columns; expected observed({path}, COLUMN), {nearest('', header)}")
    if column is not None and column not in header:
        raise BadInput(f"{path}: no column {shown(column)}; {nearest(column, header)}")
    place, numbers = header.index(column) if column else 0, []
    body = (
        enumerate(rows[1:], start=2) if column or not NUMBER.fullmatch(header[0].strip()) else enumerate(rows, start=1)
    )
    for number, row in body:
        cell = row[place].strip() if place < len(row) else ""
        if not NUMBER.fullmatch(cell):
            raise BadInput(f"{path}, row {number}, column {column or 1}: {shown(cell)}; expected a number")
        numbers.append(cell)
    return numbers


def distribution_drawn(declaration: Declaration, value: object) -> Distribution | None:
    """What a parameter with this value is drawn from; None for one that has a single value."""
    if declaration.type in ("integer", "number") and isinstance(value, str):
        from casefile.figures import distributions

        return distributions.parsed(value, _bounds(declaration))
    return None


def _bounds(declaration: Declaration) -> tuple[float | None, float | None]:
    low, high = (None if isinstance(bound, str) else bound for bound in (declaration.minimum, declaration.maximum))
    return low, high


def asked(declared: Mapping[str, Declaration], values: Mapping[str, object]) -> dict[str, Distribution]:
    """What is drawn in place of a value, by the name of the parameter."""
    drawn = {name: distribution_drawn(row, values.get(name)) for name, row in declared.items()}
    return {name: distribution for name, distribution in drawn.items() if distribution is not None}


def check(
    chapter: str, declared: Mapping[str, Declaration], values: Mapping[str, object], read_by_code: frozenset[str]
) -> None:
    """Raise BadInput for a range of a parameter that a chapter's code reads: formulas alone can be drawn anew."""
    for name in asked(declared, values):
        if name in read_by_code:
            raise BadInput(
                f"{chapter}: its code reads {name!r} besides its formulas, so it takes no range; expected one value, or a sweep"
            )
