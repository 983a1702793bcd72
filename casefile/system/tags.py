"""HTML whose tags are changed where they stand; all else stays to the letter, which a tree that is written again does not promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import escape


@dataclass(frozen=True)
class Tag:
    """A tag as it is written: its element's name, its attributes by their names, and whether it is the one that ends it."""

    name: str
    written: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    ends: bool = False

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


class _Tags(HTMLParser):
    def __init__(self, html: str, rewrite: Callable[[Tag], str], between: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._html, self._rewrite, self._between, self._at = html, rewrite, between, 0
        self._lines = [0, *(place + 1 for place, sign in enumerate(html) if sign == "\n")]
        self.feed(html)
        self.close()
        self.parts.append(between(html[self._at :]))

    def _put(self, tag: Tag) -> None:
        line, column = self.getpos()
        here = self._lines[line - 1] + column
        self.parts += (self._between(self._html[self._at : here]), self._rewrite(tag))
        self._at = here + len(tag.written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes: dict[str, str] = {}
        for name, value in attrs:
            attributes.setdefault(name, value or "")  # the first of a name counts
        self._put(Tag(tag, self.get_starttag_text() or "", attributes))

    def handle_endtag(self, tag: str) -> None:
        line, column = self.getpos()
        here = self._lines[line - 1] + column
        self._put(Tag(tag, self._html[here : self._html.find(">", here) + 1], ends=True))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def rewritten(html: str, rewrite: Callable[[Tag], str], between: Callable[[str], str] = str) -> str:
    """Some HTML with each of its tags as `rewrite` has it, as a browser finds them: none in a comment, a script or a value.

    What stands before each tag, and after the last, is as `between` has it: as it is.
    """
    return "".join(_Tags(html, rewrite, between).parts)
