"""Files of text, each read here: in UTF-8 alone, whatever marks its beginning and ends its lines.

YAML and JSON are read as plain data: nothing in them is run, expanded or lost. Tags and aliases of YAML are refused, so that no file makes an object or grows when it is read; a name that stands twice
in one mapping is refused, because only one of its values could be heard.
"""

from __future__ import annotations

import codecs
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from casefile.errors import MOST_SHOWN, BadInput, shown

_MOST = 1 << 20  # bytes of JSON
MOST_YAML = 1 << 18  # bytes of YAML, which is read a hundred times more slowly
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32", codecs.BOM_UTF32_BE: "UTF-32", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16",
}  # fmt: skip
_TEXT = frozenset((".cff", ".csv", ".geojson", ".ipynb", ".json", ".md", ".tsv", ".txt", ".yaml", ".yml"))


def text(path: Path, where: str = "", expected: str = "text") -> str:
    """The text of a file, without a byte-order mark, each line ended by a line feed alone.

    Raises BadInput that begins with `where`, the file's name without one, for a file that is not in UTF-8.
    """
    return decoded(path.read_bytes(), where or path.name, expected)


def decoded(content: bytes, where: str, expected: str = "text") -> str:
    """The text in the bytes of a file, as `text` gives it and with the same refusal."""
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")
    if encoding or b"\0" in content[:2]:
        raise BadInput(f"{where}: in {encoding or 'UTF-16'}; expected {expected} in UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n?|\n", content[: error.start])) + 1
        byte = f"0x{content[error.start]:02x}"
        raise BadInput(f"{where}: line {line}, byte {byte}: not in UTF-8; expected {expected} in UTF-8") from None
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def copy(source: str | Path, target: str | Path) -> None:
    """Copy a file that is published; one of text as `text` reads it, so that it is the same whatever editor wrote it."""
    if Path(source).suffix in _TEXT:
        Path(target).write_text(text(Path(source)), encoding="utf-8", newline="\n")
    else:
        shutil.copyfile(source, target)


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        if getattr(event, "tag", None) is not None:
            raise yaml.YAMLError(f"the tag {shown(event.tag)} is not allowed")
        return super().compose_node(parent, index)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        text = super().construct_scalar(node)
        text.encode()  # an escape can write half of a character, which no file can hold
        return text

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        _each_once(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        return super().construct_mapping(node, deep)


class _AsWritten(_Loader):
    """Every scalar is the text that stands there: YAML 1.1 would read `0100` as 64, `1:00` as 60, `no` as false."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (PyYAML's own name for a class's table)


def _each_once(names: Iterable[Any]) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{shown(name)} stands twice in one mapping")
        seen.add(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _each_once(name for name, _ in pairs)
    return dict(pairs)


def says_types(path: Path) -> bool:
    """Whether a file is JSON, by its ending."""
    return path.suffix in (".json", ".ipynb")


def read(
    path: Path, where: str, expected: str = "plain YAML or JSON", most: int | None = None, as_written: bool = False
) -> Any:
    """The plain data in a YAML file, or in a JSON file by its ending.

    `as_written` leaves every scalar of YAML the text that it is, for whoever knows its type; JSON says its types itself.

    Raises BadInput that begins with `where` and says what was `expected`: for a file that is not there, is no file, is
    larger than `most` bytes, is not UTF-8, or is not plain.
    """
    is_json = says_types(path)
    most = most or (_MOST if is_json else MOST_YAML)
    try:
        if not path.is_file():
            raise BadInput(f"{where}: no such file; expected {expected}")
        if (size := path.stat().st_size) > most:
            raise BadInput(f"{where}: {size:,} bytes; expected {expected} of at most {most:,}")
        written = text(path, where, expected)
        if not is_json:
            return yaml.load(written, Loader=_AsWritten if as_written else _Loader)
        plain = json.loads(written, object_pairs_hook=_object)
        if re.search(r"\\u[dD][89a-fA-F]", written):
            json.dumps(plain, ensure_ascii=False).encode()  # as above
        return plain
    except RecursionError:
        raise BadInput(f"{where}: nested too deeply; expected {expected}") from None
    except (yaml.YAMLError, ValueError, OverflowError, ArithmeticError) as error:
        problem = str(getattr(error, "problem", None) or error).partition("\n")[0][:MOST_SHOWN]
        mark = getattr(error, "problem_mark", None)
        at = f" (line {mark.line + 1})" if mark is not None else ""
        raise BadInput(f"{where}: {problem}{at}; expected {expected}") from None
