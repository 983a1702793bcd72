"""HTML whose tags are changed where they stand; all else stays to the letter, which a tree that is written again does not promise.

Tags are met by the hundred thousand in a build, so they are found by one expression, and their attributes read when asked for.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from markupsafe import escape

_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*"|'[^']*'|(?!["'])[^\s>]*+))?+"""
_MARKUP = re.compile(  # possessive, so that what is never ended costs no more than its length
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*+>|<(?P<ends>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?:[\s/]++|{_ATTRIBUTE})*+>",
    re.S,
)
_VALUE = re.compile(r"""([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in ("script", "style")}  # what holds no tags


@dataclass(frozen=True)
class Tag:
    """A tag as it is written: its element's name, and whether it is the one that ends it."""

    name: str
    written: str
    ends: bool = False

    @cached_property
    def attributes(self) -> Mapping[str, str]:
        """Its attributes by their names; the first of a name counts."""
        values: dict[str, str] = {}
        for part in _VALUE.finditer(self.written, 1 + self.ends + len(self.name)):
            values.setdefault(part[1].lower(), html.unescape(part[2] or part[3] or part[4] or ""))
        return values

    def changed(self, name: str, value: str | None, beside: str = "") -> str:
        """The tag with an attribute of another value, or without it for None; `beside` is written after it."""
        before, begun, rest = self.written.partition(f' {name}="')
        old, ended, after = rest.partition('"')
        if not (begun and ended):
            return self.written
        kept = value == self.attributes[name]
        said = "" if value is None else f'{name}="{old if kept else escape(value)}"'
        return f"{before} {said}{beside}{after}"

    def without(self, name: str) -> str:
        """The tag without an attribute, the others as they are read."""
        kept = "".join(f' {other}="{escape(value)}"' for other, value in self.attributes.items() if other != name)
        return f"<{self.name}{kept}{' /' * self.written.endswith('/>')}>"


def pieces(text: str) -> Iterator[str | Tag]:
    """Some HTML as its tags, as a browser finds them, none in a comment, a script or a value; before each, and last, the text there."""
    at, place, end_of_last = 0, 0, text.rfind(">") + 1
    while markup := _MARKUP.search(text, place, end_of_last):
        place = markup.end()
        if markup["name"] is None:  # a comment, a declaration
            continue
        tag = Tag(markup["name"].lower(), markup[0], bool(markup["ends"]))
        yield text[at : markup.start()]
        yield tag
        at = place
        if tag.name in _RAW and not tag.ends:
            end = _RAW[tag.name].search(text, place)
            place = end.start() if end else len(text)
    yield text[at:]


def rewritten(text: str, rewrite: Callable[[Tag], str], between: Callable[[str], str] = str) -> str:
    """Some HTML with each of its tags as `rewrite` has it, and what stands between them as `between` has it: as it is."""
    return "".join(rewrite(piece) if isinstance(piece, Tag) else between(piece) for piece in pieces(text))
