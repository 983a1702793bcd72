"""What a column holds, said once: in words, by type, and within which bounds; rows are read and described by it."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

Description = dict[str, Any]  # a part of `datapackage.json`: a table, its schema, a column, what is asked of one
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
DATE_PATTERN = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_ID = r"[a-z][a-z0-9_]*"
MONTH_PATTERN = r"^\d{4}-\d{2}$"
URL_PATTERN = r"^https?://[^\s\"'<>\\]+$"
_CHAPTER = r"\w[\w-]*"
_KEYS = {"units": "unit"}  # the key of a table, where it is not its id
A_DATE = "a date that exists: a year, a month or a day such as 2024-06-04"
AN_ID = "an id: small letters, digits and underscores"


def is_date(text: str) -> bool:
    """Whether a text is an ISO year, month or day that the calendar has."""
    try:
        return bool(re.fullmatch(DATE_PATTERN, text, re.ASCII)) and bool(
            datetime.date(*[*map(int, text.split("-")), 1, 1][:3])
        )
    except ValueError:
        return False


def is_day(text: str) -> bool:
    """Whether a text is an ISO day."""
    return len(text) == 10 and is_date(text)


@dataclass(frozen=True)
class Column:
    """A column of a table: `meaning` in words, its Frictionless `type`, and what its cells are held to.

    `form` is a pattern and `expected` its words; `leads_to` the table whose key its cells name. What is `hidden` is checked
    and not described; what is a story's `own` it describes in its own words and bounds, of which these are the default.
    """

    meaning: str
    type: str = "string"
    required: bool = False
    unique: bool = False
    form: str = ""
    expected: str = ""
    one_of: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    leads_to: str = ""
    hidden: bool = False
    own: bool = False

    def fault(self, text: str) -> str:
        """What is expected of a cell in place of `text`; empty where it will do. That it stands at all is another's question."""
        if not text and not (self.required and (self.form or self.one_of)):
            return ""
        if self.one_of:
            return "" if text in self.one_of else "one of " + ", ".join(self.one_of)
        if self.form == DATE_PATTERN or self.type == "date":
            return "" if (is_day if self.type == "date" else is_date)(text) else A_DATE
        if self.form and not re.fullmatch(self.form, text):
            return self.expected
        if self.least is not None and self.most is not None and not self.least <= int(text) <= self.most:
            return f"a whole number from {self.least} to {self.most}"
        return ""

    def described(self, name: str) -> Description:
        """The column as a field of a Frictionless schema."""
        constraints = {
            "required": self.required or None, "unique": self.unique or None, "pattern": "" if self.hidden else self.form, "enum": [*self.one_of],
            "minimum": self.least, "maximum": self.most,
        }  # fmt: skip
        field: Description = {"name": name, "type": self.type, "description": self.meaning}
        if self.type == "boolean":
            field |= {"trueValues": ["true"], "falseValues": ["false"]}
        if bounds := {key: value for key, value in constraints.items() if value is not None and value not in ("", [])}:
            field["constraints"] = bounds
        return field


def key_column(meaning: str = "Stable name of the row", unique: bool = True) -> Column:
    """The id of a row: its table's key, or part of it."""
    return Column(meaning, required=True, unique=unique, form=f"^{_ID}$", expected=AN_ID)


def id_column(table: str, meaning: str, required: bool = False) -> Column:
    """The id of a row of another table; of any one, or of a figure, where `table` is empty."""
    return Column(meaning, required=required, form=f"^{_ID}$", expected=AN_ID, leads_to=table)


def ids_column(meaning: str) -> Column:
    """Ids, with a space between two."""
    return Column(meaning, form=f"^{_ID}( {_ID})*$", expected=AN_ID)


def chapter_column(meaning: str) -> Column:
    """The name of a chapter."""
    return Column(meaning, required=True, form=rf"^{_CHAPTER}$", expected="the name of a chapter")


def chapters_column(meaning: str) -> Column:
    """Names of chapters, with a space between two."""
    return Column(meaning, form=rf"^{_CHAPTER}( +{_CHAPTER})*$", expected="the name of a chapter", hidden=True)


def unit_column(meaning: str, required: bool = False) -> Column:
    """A unit of `units`."""
    return Column(meaning, required=required, leads_to="units")


def date_column(meaning: str, required: bool = False) -> Column:
    """An ISO year, month or day."""
    return Column(meaning, required=required, form=DATE_PATTERN, expected=A_DATE)


def text_column(meaning: str, required: bool = False) -> Column:
    """Words."""
    return Column(meaning, required=required)


@functools.cache
def columns_of(row: type) -> Mapping[str, tuple[Any, Column]]:
    """The columns of a kind of row, in order: of each, by name, the type of its value and the column itself."""
    hints = get_type_hints(row, include_extras=True)
    return {
        part.name: (hints[part.name].__origin__, hints[part.name].__metadata__[0]) for part in dataclasses.fields(row)
    }


@dataclass(frozen=True)
class Schema:
    """A table of `data/`: its name, its kind of row, the columns that tell its rows apart, its title and what it holds."""

    name: str
    row: type
    key: tuple[str, ...]
    title: str
    meaning: str

    @property
    def columns(self) -> Mapping[str, tuple[Any, Column]]:
        """Its columns, as `columns_of` gives them."""
        return columns_of(self.row)

    def described(self, own: Description | None = None) -> Description:
        """The table as a resource of a Frictionless data package; `own` is how a story described it before.

        What is the story's stands: the title, what the table holds, and columns that are its `own`.
        """
        own = own or {}
        before = {field["name"]: field for field in own.get("schema", {}).get("fields", ())}
        fields = [
            before[name] if column.own and name in before else column.described(name)
            for name, (_, column) in self.columns.items()
        ]
        schema: Description = {"fields": fields, "missingValues": [""], "primaryKey": [*self.key]}
        links = sorted((name, column.leads_to) for name, (_, column) in self.columns.items() if column.leads_to)
        if links:
            schema["foreignKeys"] = [
                {"fields": [name], "reference": {"resource": table, "fields": [_KEYS.get(table, "id")]}}
                for name, table in links
            ]
        return {
            "name": self.name, "title": own.get("title", self.title), "description": own.get("description", self.meaning),
            "path": f"{self.name}.csv", "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
            "encoding": "utf-8", "schema": schema,
        }  # fmt: skip
