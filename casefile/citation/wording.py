"""What a citation may say: the words of a record in any style, and whether a text says them and nothing else.

A style, a reference manager or a paste changes spaces, quotation marks, brackets, full stops and commas between words, the
kind of a dash, and case. It changes no letter, digit, sign or unit. So a text is brought to the signs that mean something
(`signs`), and these must be, from first to last, phrases that the cited record may be told in (`phrases`).
`static/wording.js` does the same in a browser; `tests/citations.json` holds both to one set of cases.
"""

from __future__ import annotations

import datetime
import functools
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casefile.citation.citable import CitableItem
from casefile.citation.cite import DRAFT
from casefile.figures import formats

_Values = Mapping[str, Sequence[str]]  # what stands for each name in braces

# Each phrase names what it tells, and its words; one in braces stands for each of its values. Of something that says a
# number or a verdict, the title is told with it. A word that only joins others stands with what it joins.
TITLED = (("title", "{title}"),)
SAYING = (
    ("title value range", "{title} {text} {range}"), ("title value", "{title} {text}"),
    ("value range", "{text} {range}"), ("value", "{text}"),
)  # fmt: skip
LEADS = {
    "number": ("", "gives, for ", "donne, pour "), "claim": ("", "finds the claim ", "sur l'affirmation "),
    "chart": ("", "see the chart ", "voir le graphique "), "section": ("", "see the section ", "voir la section "),
    "page": ("", "see the page ", "voir la page "), "book": ("",),
}  # fmt: skip
PHRASES = (  # what says that no address is set is of editions up to 0.3.0
    ("author", "{author}"), ("author", "of {author}"), ("author", "see {author}"), ("author", "and {other}"), ("author", "& {other}"),
    ("book", "{book}"), ("book", "in {book}"), ("date", "{date}"), ("edition", "{edition}"), ("edition", "v{edition}"),
    ("edition", "version {edition}"), ("place", "No public address is set; page {place}"),
    ("parameters", "computed with {change}"), ("parameters", "{change}"), ("parameters", "not with the book's own parameters"),
    ("address", "{address}"), ("address", "retrieved from {address}"), ("address", "available at {address}"), ("", "dataset"),
    ("", "data set"), ("", "Jeu de données"), ("", "Internet"), ("", "en ligne"), ("author", "according to {author}"),
    ("author", "de {author}"), ("author", "voir {author}"), ("author", "verdict de {author}"), ("author", "et {other}"),
    ("place", "Sans adresse publique; page {place}"), ("parameters", "calculé avec {change}"),
    ("parameters", "et non avec les paramètres du livre"), ("", "online"), ("", "available"), ("", "available at"), ("", "available from"),
    ("", "retrieved from"), ("", "disponible à l'adresse"),  # an address that carries the mark is read apart
)  # fmt: skip
RELEASED = (
    ("edition", "Edition {edition}"), ("edition date", "Edition {edition} of {day}"), ("edition date", "Édition {edition} du {day}"),
)  # fmt: skip
DRAFTED = (  # the second until 0.3.0
    ("edition", "Draft after edition {released}"), ("edition", "Draft of edition {released}"),
    ("edition", "Version préparatoire, après l'édition {released}"),
)  # fmt: skip

# What a paste adds or a reader adds and no record says, with the name of what then goes without comparison.
ADDED = (  # its name, its pattern, its flags: as Python and JavaScript both read them
    ("", r"^[ \t]*(?:>[ \t]?)+", "m"),  # a mail's mark of what it answers
    ("", r"^\s*(?:\[\d{1,3}\]|\(?\d{1,3}[.)](?=\s))|^\s*[•·*-]\s+", ""),  # a place in a list
    ("", r":~:text=[^\s)\]>]*", "i"),  # where a browser is to scroll
    ("the DOI", r"\b(?:https?://(?:dx\.)?doi\.org/|doi:\s?)10\.\d{4,9}(?:\.\d+)*/[^\s|<>\]]*[^\s|<>\].,;]", "i"),
    ("the day it was read", r"\|\s*access-date\s*=[^|}]*", "i"),
    ("the archive that kept it", r"\|\s*(?:archive-url|archive-date|url-status)\s*=[^|}]*", "i"),
    ("", r"\{\{\s*cite (?:web|report)\b(?=\s*\|)|\|\s*(?:title|(?:author|last|first)\d?|website|date|url|id|at)\s*=", "i"),
    ("", r'<a\s+href="(?=https?://)|(?<=\S)"\s*>|</?(?:a|cite|code|em|i|p)>', "i"),  # HTML's, but for where a link leads
    ("the archive that kept it", r"https?://web\.archive\.org/web/\d+(?:[a-z]{2}_)?/(?=http)", "i"),
    ("what its sender counts by", r"&(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|ref)=[^&#\s)\]>]*", "i"),
    ("the day it was read",
        r"\b(?:accessed|retrieved|viewed|visited|consulted)(?:\s+on)?:?\s+(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}"
        r"|\d{1,2}\.?\s+[a-z]{3,9}\.?,?\s+\d{4}|[a-z]{3,9}\.?\s+\d{1,2},?\s+\d{4})", "i"),
)  # fmt: skip

_DIGITS = "0123456789"
_NUMERAL, _WITHIN = f"{_DIGITS}.", f"{_DIGITS}.,"  # what may begin a number after another, and what may end that
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", (f"^{sign}" for sign in f"{_DIGITS}+−"), strict=True))
_DROPPED = "\"'`´‘’“”‚„‹›«»′″()[]{}.,;:*_|•·"
_AROUND = "()[]{}“”\"'.,;:*_|"  # what may stand around a word
_DASH = r"[-\u2010-\u2015\u2212]"
# Signs in a text whose letters are small and whose forms are plain: what is between digits counts, a dash before a digit is
# a minus, a hyphen at the head of a word is one too, and all other dashes, stops and spaces only part words.
_SIGNS = re.compile(
    rf"(?P<dash>(?<=[0-9])\s*{_DASH}\s*(?=[0-9])|(?<![^\W\d_]){_DASH}(?={_DASH}*(?:\.?[0-9]|[$€£¥]))|(?<![^\s(\[“‘\"'])-(?=[^\W\d_])|\u2212|(?<=[0-9]){_DASH}(?={_DASH}))"
    r"|(?P<point>(?<=[0-9])[.,](?=\s*[\n\r\f]\s*[0-9]|[0-9])|(?<=[0-9])\s*[\n\r\f]\s*[.,](?=[0-9])|(?<![^\s$€£¥-])\.(?=[0-9]))"
    rf"|(?P<none>\s|{_DASH}|[{re.escape(_DROPPED)}])|(?P<sign>.)",
    re.DOTALL,
)
PART = "␞"  # between the values of one field, as of a year and a month
_END = r"[\n\r\f]"
_BREAK, _GAP = "\n", "|"  # between two numbers: a line's end, which may also stand within one, and anything else
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


@dataclass(frozen=True)
class Signs:
    """The signs of a text that mean something, and the place of each in the text."""

    line: str
    places: tuple[int, ...]
    text: str


def entities(text: str) -> str:
    """A text with the signs that HTML's entities stand for."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def visible(text: str) -> str:
    """A text without signs that have no width, which copying brings in and no eye sees."""
    if not text.isascii():
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", text)


def cleaned(text: str) -> tuple[str, list[str]]:
    """A text without what a paste or a reader adds, and the names of what then goes without comparison."""
    left = []
    for name, added, flags in ADDED:
        text, times = re.subn(f"(?{flags}){added}" if flags else added, " ", text)
        if times and name:
            left.append(name)
    return text, left


@functools.lru_cache(4096)
def plain_form(sign: str) -> str:
    """A sign in small letters and without what is particular to its form; a raised one after `^`."""
    return _RAISED.get(sign) or unicodedata.normalize("NFKC", sign).lower()


@functools.lru_cache(256)
def signs(text: str) -> Signs:
    """The signs of a text that mean something: small letters, plain forms, nothing that only parts words."""
    small, origins = [], []
    for place, sign in enumerate(text):
        if sign == "\\":
            continue  # an escape, which may stand between a minus and its number
        for plain in plain_form(sign):
            small.append(plain)
            origins.append(place)
    line: list[str] = []
    places: list[int] = []
    end = 0  # of the last sign that was kept
    whole = "".join(small)
    for token in _SIGNS.finditer(whole):
        kind, start = token.lastgroup, token.start()
        if kind == "none":
            continue
        sign = "-" if kind == "dash" else _GAP if token[0] == PART else token[0].strip()
        if sign in _NUMERAL and line and line[-1] in _WITHIN and (gap := whole[end:start]):
            line.append(_BREAK if not gap.strip() and re.search(_END, gap) else _GAP)
            places.append(origins[start])
        elif kind == "point" and re.match(rf"\s*{_END}", token[0]):
            line.append(_BREAK)
            places.append(origins[start])
        line.append(sign)
        places.append(origins[start])
        end = token.end()
    return Signs("".join(line), tuple(places), text)


# -------------------------------------------------------------------------------------------------------------- phrases


def author_forms(authors: Iterable[Mapping[str, str]]) -> list[str]:
    """Every way in which styles write the authors of a book; one name of many words also as if it were a person's."""
    ways: list[str] = []
    for author in authors:
        first, last = author.get("given", ""), author.get("family", "")
        if "literal" in author:
            ways.append(author["literal"])
            first, _, last = author["literal"].rpartition(" ")
        particle, suffix = author.get("non-dropping-particle", ""), author.get("suffix", "")
        initials = " ".join(part[:1] for part in re.split(r"[\s-]+", first))
        for lead in (first, initials):
            ways += [
                f"{lead} {particle} {last} {suffix}",
                f"{particle} {last} {lead} {suffix}",
                f"{particle} {last} {suffix} {lead}",
            ]
            ways += [f"{last} {lead} {particle} {suffix}"]
    return list(dict.fromkeys(" ".join(way.split()) for way in ways))


_FRENCH_MONTHS = (
    "janvier janv", "février févr", "mars", "avril avr", "mai", "juin", "juillet juill", "août", "septembre sept", "octobre oct",
    "novembre nov", "décembre déc",
)  # fmt: skip


@functools.lru_cache(64)
def dates(iso: str) -> list[str]:
    """Every way in which styles write a day, in ISO form, or its month or year."""
    day = datetime.date.fromisoformat(iso)
    (number, long, year), month = formats.date(day.isoformat()).split(), str(day.month)
    ways = [
        year, f"{year}a", day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%d/%m/%Y}", f"{day:%Y %m %d}", f"{day:%Y-%m}", f"{day:%Y/%m}",
    ]  # fmt: skip
    ways += [
        f"{day:%Y/%m}//",
        f"{day:%Y/%m/%d}/",
        f"{year}///",
        f"{year} {month}",
        f"{month} {year}",
        f"{year} {month} {number}",
        f"{day.month}/{year}",
    ]
    for name in dict.fromkeys((long, long[:3], long[:4])):
        ways += [
            f"{name} {number} {year}",
            f"{number} {name} {year}",
            f"{year} {name} {number}",
            f"{year} {number} {name}",
        ]
        ways += [f"{name} {year}", f"{year} {name}", f"{name} {number}", f"{number} {name}"]
        ways += [PART.join(parts) for parts in ((year, name), (name, year), (year, name, number), (number, name, year))]
    for name in _FRENCH_MONTHS[day.month - 1].split():
        ways += [f"{name} {year}", f"{year} {name}"]
        ways += [f"{said} {name} {year}" for said in ((number, "1er") if number == "1" else (number,))]
    return list(dict.fromkeys(ways))


def broken_days(iso: str) -> tuple[str, str, str]:
    """A day in ISO form, and as it is read from a page of LaTeX's on which a line ended at one of its hyphens."""
    year, month, day = iso.split("-")
    return iso, f"{year}{month}-{day}", f"{year}-{month}{day}"


@dataclass(frozen=True)
class BookNames:
    """What a citation says of the whole book: its title, all the ways to write its author, or `several`, its address."""

    title: str
    names: tuple[str, ...]
    several: bool
    address: str


def values(
    item: CitableItem, edition: str, days: Sequence[str], book: BookNames, changes: Sequence[str] = ()
) -> _Values:
    """What stands for each name in braces. `days` are the days that the citation may be of, in ISO form."""
    page, _, anchor = item.place.partition("#")
    address = [book.address + item.place, f"{book.address}{page}?cite=", f"#{anchor}"] if book.address else []
    return {
        "title": [item.title or book.title],
        "text": [item.said],
        "range": [item.range],
        "author": book.names,
        "other": book.names if book.several else (),
        "book": [book.title, book.title.partition(":")[0]],
        "edition": [edition],
        "released": [edition.removesuffix(DRAFT)],
        "day": [way for day in days for way in broken_days(day)],
        "date": [way for day in days for way in dates(day)],
        "place": [item.place],
        "change": changes,
        "address": address,
    }


@dataclass(frozen=True, eq=False)
class Phrases:
    """The phrases that an item may be told in, each as its signs, with what it tells."""

    told: Mapping[str, frozenset[str]]


@functools.lru_cache(64)
def phrases(
    item: CitableItem, edition: str, days: tuple[str, ...], book: BookNames, changes: tuple[str, ...], draft: bool
) -> Phrases:
    """The phrases that an item may be told in; `days` as `values` takes them."""
    values_by_name = values(item, edition, days, book, changes)
    titled = SAYING if item.text else TITLED
    led = [(what, lead + form) for what, form in titled for lead in LEADS[item.kind]]
    phrases_by_field: dict[str, frozenset[str]] = {}
    for what, form in (*led, *PHRASES, *(DRAFTED if draft else RELEASED)):
        for words in _filled(form, values_by_name):
            phrases_by_field.setdefault(_line(words), frozenset(what.split()))
    phrases_by_field.pop("", None)
    return Phrases(phrases_by_field)


@functools.lru_cache(512)
def _by_first(phrases: Phrases, kinds: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Phrases by their first sign, the longest first; of `kinds`, where there are any, those that tell some of these and nothing else."""
    by_first: dict[str, list[str]] = {}
    for phrase in sorted(phrases.told, key=len, reverse=True):
        if not kinds or (phrases.told[phrase] and phrases.told[phrase] <= kinds):
            by_first.setdefault(phrase[0], []).append(phrase)
    return by_first


@functools.lru_cache(4096)
def _line(words: str) -> str:
    return signs(words).line


def _filled(form: str, values: _Values) -> list[str]:
    """A form with each name in braces replaced by each of its values in turn; none where a value is empty."""
    before, brace, rest = form.partition("{")
    if not brace:
        return [form]
    name, _, after = rest.partition("}")
    tails = _filled(after, values)
    return [before + value + tail for value in values[name] if value for tail in tails]


# ---------------------------------------------------------------------------------------------------------- accounting


@dataclass(frozen=True)
class Account:
    """What a text tells of a record, or, where it says more or something else, that: the words at which it left it."""

    told: frozenset[str]
    stray: str = ""


def account(text: Signs, phrases: Phrases, kinds: frozenset[str]) -> Account:
    """Whether a text is told in some phrases from its first sign to its last, and what these tell.

    A field that is there to tell some `kinds` is told in phrases of these alone; words, of which there are none, in all.
    """
    line, told, by_first = text.line, phrases.told, _by_first(phrases, kinds)
    reached: dict[tuple[int, bool], frozenset[str]] = {(0, False): frozenset()}
    waiting = [(0, False)]
    furthest = 0
    while waiting:
        state = waiting.pop()
        start, accounted = state
        at = _skipped(line, start)
        furthest = max(furthest, at)
        for phrase in by_first.get(line[at : at + 1], ()):
            end = _matched(line, at, phrase)
            after = (end, accounted or "value" in told[phrase])
            if end and after not in reached and not (accounted and "value" in told[phrase]):
                reached[after] = reached[state] | told[phrase]
                waiting.append(after)
        if at == len(line):
            reached[len(line), accounted] = reached[state]
    for accounted in (True, False):
        if (len(line), accounted) in reached:
            return Account(reached[len(line), accounted])
    return Account(frozenset(), _words_at(text, furthest))


def _skipped(line: str, at: int) -> int:
    """The next sign that a phrase can begin with."""
    while at < len(line) and (
        line[at] in _BREAK + _GAP or (line[at] in ".," and _BREAK in line[max(at - 1, 0) : at + 2])
    ):
        at += 1
    return at


def _matched(line: str, at: int, phrase: str) -> int:
    """Where a phrase ends that begins at a place of a line; 0 where it does not stand there, whole numbers and all."""
    if phrase[0] in _DIGITS and at and line[at - 1] in _DIGITS + ".,":
        return 0
    for sign in phrase:
        if sign == _GAP and (ended := re.match(rf"[.,]?{_BREAK}[.,]?", line[at : at + 3])):
            at += ended.end()
            continue
        while line[at : at + 1] == _BREAK:
            at += 1
        if line[at : at + 1] != sign:
            return 0
        at += 1
    goes_on = re.match(r"[.,]?[0-9]", line[at : at + 2]) and line[at - 1] in _DIGITS
    return 0 if goes_on else at


def _words_at(text: Signs, at: int) -> str:
    """Some words of a text from a place of its signs on, to show what is stray."""
    if at >= len(text.places):
        return ""
    words = _words_from(text.text, text.places[at]).replace(PART, " ").split()
    return " ".join(words[:4])[:60]


def _words_from(text: str, start: int) -> str:
    """A text from the word on that a place of it is in."""
    while start and not text[start - 1].isspace():
        start -= 1
    return text[start:]


def other_value(text: str, item: CitableItem) -> str:
    """What a text says in the place of an item's number or verdict, after its title, if one word of it is another."""
    said, title, right = signs(text), signs(item.title).line, item.said.split()
    at = said.line.find(title) + len(title)
    if not title or title not in said.line or at >= len(said.places):
        return ""
    rest = _words_from(text, said.places[at]).partition("[")[0]
    words = [word.strip(_AROUND) for word in rest.split()[: len(right)]]
    others = [one for one, other in zip(words, right, strict=False) if one != other]
    return " ".join(words) if len(words) == len(right) and len(others) == 1 else ""
