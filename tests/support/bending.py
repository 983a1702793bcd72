"""What happens to a citation on its way: alterations, which change what it says, and damage, which does not."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from casefile.citation import cite
from casefile.citation.citable import CitableItem
from casefile.citation.verify import Published

# Those of the pages; in the long run all others too that say all there is to say.
STYLES = tuple(style for style in cite.STYLES if style not in ("url", "news", "wikipedia"))
MORE = tuple(style for style in cite.ALL_STYLES if style not in (*STYLES, "url"))
RECORDS = ("bibtex", "ris", "csl-json")
_SIGNS = "−+%$€±<>≈/=?!&^²‰°"
_WORDS = ("million", "billion", "not", "never", "nearly", "wrongly", "kW", "per cent", "x", "7", "0.5")
_TOKEN = re.compile(r"\w+|[−$€%×+/?!&#=^]")
# What a reference manager, an encyclopedia or a browser keeps for itself: the key, kind and names of the fields of a record, of tags.
_HANDLES = {
    "bibtex": re.compile(r"^@.*|^ *\w+ =", re.MULTILINE), "ris": re.compile(r"^(?:TY|ID|LA|ER) .*|^[A-Z0-9]{2}  -", re.MULTILINE),
    "csl-json": re.compile(r'^ *"(?:id|type)".*|"[\w-]+":', re.MULTILINE),
    "wikipedia": re.compile(r"\{\{cite web|\|\w+ ?="), "html": re.compile(r"</?[a-z]+\b"),
}  # fmt: skip


def texts(book: Published, items: Sequence[CitableItem], styles: Sequence[str] = STYLES) -> dict[tuple[str, str], str]:
    """Citations of items of the edition that a book is at, by id and style; those of one CSL style are worded together."""
    version = book.book.version
    cited: dict[tuple[str, str], str] = {}
    for style in styles:
        if style in (*cite.CSL_STYLES, *cite.MORE_STYLES):
            entries = cite.formatted([cite.record(item, book.book, version, {}) for item in items], style)
            cited |= {(item.id, style): entry for item, entry in zip(items, entries, strict=True)}
        else:
            cited |= {(item.id, style): cite.cited(item, book.book, version, {}, "", style) for item in items}
    return cited


def alterations(text: str, style: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Every token of a citation altered in turn, and a word and a sign put before and after each: what was done, and the text."""
    handles = [found.span() for found in _HANDLES[style].finditer(text)] if style in _HANDLES else []
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if any(first <= start < last for first, last in handles):
            continue
        word, sign = draw.choice(_WORDS), draw.choice(_SIGNS)
        yield f"{token[0]!r} replaced", text[:start] + _other(token[0]) + text[end:]
        yield f"{word!r} before {token[0]!r}", f"{text[:start]}{word} {text[start:]}"
        yield f"{word!r} after {token[0]!r}", f"{text[:end]} {word}{text[end:]}"
        if start and not (style == "bibtex" and sign == "^"):  # a quoted mail begins with a sign
            yield f"{sign!r} before {token[0]!r}", text[:start] + sign + text[start:]
        if style != "ris" or sign != "/":  # a day may end in one
            yield f"{sign!r} after {token[0]!r}", text[:end] + sign + text[end:]


def _other(token: str) -> str:
    if token.isdecimal():
        return str(int(token[0]) % 9 + 1) + token[1:]
    if token[0].isalnum() or token[0] == "_":
        return token[:-1] + ("x" if token[-1].lower() != "x" else "y")
    return {"−": "+", "$": "€", "%": "‰", "×": "+"}.get(token, "=" if token != "=" else "+")


def value_alterations(text: str, item: CitableItem) -> Iterator[tuple[str, str]]:
    """The number or verdict that a citation says after its title, altered as a forger or a slip would; none where LaTeX writes it."""
    place = re.search(rf"(?:: |”, |” )\\?({re.escape(item.text)})(?=[ }}])", text)
    if place is None:
        return
    start, end, said = *place.span(1), item.text

    def put(other: str) -> str:
        return text[:start] + other + text[end:]

    for before, after in (
        ("", " million"), ("−", ""), ("-", ""), ("", "%"), ("not ", ""), ("non-", ""), ("", " or more"), ("~", ""), ("under ", ""),
    ):  # fmt: skip
        if before != "~" or "@" not in text[:1]:  # in BibTeX a space
            yield f"{before}{said}{after}", put(f"{before}{said}{after}")
    if said.startswith("−"):
        yield "the minus left out", put(said[1:])
    for digit in re.finditer(r"\d", said):
        other = said[: digit.start()] + str((int(digit[0]) + 3) % 10) + said[digit.end() :]
        yield f"{other} for {said}", put(other)


# --------------------------------------------------------------------------------------------------------------- damage


def _at(pattern: str, by: Callable[[re.Match[str]], str]) -> Callable[[str, random.Random], str]:
    """Damage at one place, drawn at random from those that a pattern has."""

    def damage(text: str, draw: random.Random) -> str:
        places = list(re.finditer(pattern, text))
        if not places:
            return text
        place = draw.choice(places)
        return text[: place.start()] + by(place) + text[place.end() :]

    return damage


def _wrapped(text: str, draw: random.Random) -> str:
    width = draw.randint(9, 70)
    lines = "\n".join(text[start : start + width] for start in range(0, len(text), width))
    return re.sub(r"\n(?=[−-])", "", lines)  # nothing breaks a line before a hyphen


def _wide(text: str, draw: random.Random) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isalnum() else sign for sign in text)


_MARK = r"[\w-]+@[\d.]+(?:\+draft)?:[0-9a-f]{12}"


def _in_mark(text: str, draw: random.Random) -> str:
    mark = list(re.finditer(_MARK, text))[-1]
    place = draw.randint(mark.start() + 1, mark.end() - 1)
    return text[:place] + draw.choice(["\n", " ", "\u200b", "\u00ad", "\n   "]) + text[place:]


WORDS_ONLY: Mapping[str, Callable[[str, random.Random], str]] = {
    "a hard wrap": _wrapped,
    "a word broken at a line's end": _at(r"(?<=[a-z]{2})(?=[a-z]{2}\w* )", lambda place: "-\n"),
    "a break for a space": _at(" ", lambda place: "\n"),
    "a day's hyphen lost at a line's end": lambda text, draw: re.sub(r"(?<=of \d{4})-(?=\d\d-\d\d)", "", text),
    "a day's second hyphen lost so": lambda text, draw: re.sub(r"(?<=of \d{4}-\d\d)-(?=\d\d)", "", text),
    "capitals": lambda text, draw: text.upper(),
    "small letters": lambda text, draw: text.lower(),
    "wide letters": _wide,
    "straight quotes": lambda text, draw: re.sub("[“”]", '"', text).replace("’", "'"),
    "curly quotes": lambda text, draw: text.replace("'", "’"),
    "no quotes": lambda text, draw: re.sub("[“”*]", "", text),
    "spaces that do not break": lambda text, draw: text.replace(" ", "\u00a0"),
    "two spaces": _at(" ", lambda place: "  "),
    "a hyphen for a minus": lambda text, draw: text.replace("−", "-"),
    "an en dash for a minus": lambda text, draw: text.replace("−", "–"),
    "escapes of Markdown": lambda text, draw: re.sub(r"(?<!\\)([_#*\[\]()<>.!+-])", r"\\\1", text),
    "entities of HTML": lambda text, draw: html.escape(text).replace("“", "&ldquo;").replace("−", "&minus;"),
    "a mail's quoting": lambda text, draw: "> " + _at(" ", lambda place: "\n> ")(text, draw),
    "a place in a list": lambda text, draw: draw.choice(["[7] ", "12. ", "(3) ", "• "]) + text,
    "no full stop at the end": lambda text, draw: text.rstrip(".\n"),
    "underscores lost": lambda text, draw: re.sub(_MARK, lambda mark: mark[0].replace("_", " "), text),
    "the mark broken": _in_mark,
    "the mark in an autolink": lambda text, draw: re.sub(f"`?({_MARK})`?", r"<\1>", text),
}  # fmt: skip
ANY = {
    "a byte-order mark": lambda text, draw: "\ufeff" + text,
    "a sign without width": _at(r"(?<=[a-z])(?=[a-z])", lambda place: "\u200b"),
    "lines ended as in Windows": lambda text, draw: text.replace("\n", "\r\n"),
    "blanks around it": lambda text, draw: f"\n\n  {text}\n\n",
}
OF_RECORD: Mapping[str, Mapping[str, Callable[[str, random.Random], str]]] = {
    "bibtex": {
        "citation-js's underscores": lambda text, draw: text.replace("\\_", "\\textunderscore{}"),
        "bibutils' underscores": lambda text, draw: text.replace("\\_", "{\\_}"),
        "fields in braces": lambda text, draw: re.sub(r'= "(.*)"', r"= {\1}", text),
        "capitals for the type": lambda text, draw: text.replace("@misc", "@MISC").replace("@incollection", "@InCollection"),
        "another key": lambda text, draw: re.sub(r"^@(\w+)\{[^,]*,", r"@\1{chips2026,", text),
        "a minus as a hyphen": lambda text, draw: text.replace("−", "-").replace("$-$", "-"),
    },
    "ris": {
        "another tag of the title": lambda text, draw: text.replace("TI  - ", "T1  - "),
        "a number above it": lambda text, draw: f"1.\n{text}",
        "no blank at the end": lambda text, draw: text.rstrip(),
        "a corporate author's comma": lambda text, draw: re.sub(r"(AU  - .*?),?\n", r"\1,\n", text, count=1),
    },
    "csl-json": {
        "one line": lambda text, draw: " ".join(text.split()),
        "no list": lambda text, draw: text.strip()[1:-1],
        "escapes of JSON": lambda text, draw: "".join(sign if sign.isascii() else f"\\u{ord(sign):04x}" for sign in text),
    },
}  # fmt: skip


def damages(style: str) -> dict[str, Callable[[str, random.Random], str]]:
    """All the damage that citations of a style come back with, each by its name."""
    return {**ANY, **(OF_RECORD[style] if style in RECORDS else WORDS_ONLY)}
