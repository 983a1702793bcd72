"""Does a citation still stand? Reads one in any of its forms and checks it against its edition and the book as it is."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from casefile.citation import cite
from casefile.citation.citable import RETIRED, Item, Public
from casefile.citation.corrections import touching
from casefile.citation.editions import Edition
from casefile.errors import BadInput, nearest, of_library, shown
from casefile.records import Correction

STANDS, CHANGED, MOVED, WITHDRAWN = "stands", "value changed", "moved", "withdrawn"
_MARK = re.compile(r"(?<![\w-])([\w-]+)@(\d[\w.]*(?:\+draft)?)(?:\?([^\s:`@]+))?:([0-9a-f]+)(?![\w])")
_LENGTH = 12
# A mark as it may be bent: joined, in small letters, without the signs that copying adds, drops or changes.
_JOINED = re.compile(r"@v?(\d[\d.]*)(\+?draft)?(?:\?([^@:]*))?:([0-9a-f]{12})")
_KEPT = "@:.?=;%+"
_BETWEEN = re.compile(r"[\w\s@:.?=;%+\\{}-]+")
_EXPECTED = "expected it whole, with its mark id@edition:hash, as `casefile cite` gave it"


@dataclass(frozen=True)
class Cited:
    """What a citation says: the id, edition and hash of its mark, the parameters if not the book's, and its words.

    `words` is the text in which the number or verdict must stand; None for a form that has none (an address).
    `titled` says that the words are the title alone, of a record with fields.
    """

    id: str
    edition: str
    hash: str
    parameters: str
    words: str | None
    titled: bool = False


@dataclass(frozen=True)
class Finding:
    """What a check found: one of STANDS, CHANGED, MOVED, WITHDRAWN, and a line that says it."""

    status: str
    line: str


# -------------------------------------------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class Marks:
    """What marks may say: the editions with their hashes, every id, and the version whose drafts may be cited."""

    editions: Mapping[str, Edition]
    ids: frozenset[str]
    version: str

    def kept(self, cited: Cited) -> bool:
        """Whether an edition keeps what a mark cites: it is of no draft, and by the book's own parameters."""
        return cited.edition in self.editions and not cited.parameters

    def fits(self, cited: Cited) -> bool:
        """Whether the book gave out such a mark: by its hash where an edition keeps it, else by its id and edition."""
        if self.kept(cited):
            items = self.editions[cited.edition].items
            return cited.id in items and items[cited.id].hash == cited.hash
        released = cited.edition.removesuffix(cite.DRAFT)
        return cited.id in self.ids and (
            released in self.editions or (released == self.version and released != cited.edition)
        )


NONE = Marks({}, frozenset(), "")


def marks(editions: Mapping[str, Edition], registered: Iterable[str], version: str) -> Marks:
    """The marks that a book gave out, by its editions, the ids of its registry and the version that it is a draft of."""
    ids = {*registered, *(name for edition in editions.values() for name in edition.items)}
    return Marks(editions, frozenset(ids), version)


def read(text: str, marks: Marks = NONE) -> Cited:
    """The citation in a text: BibTeX, RIS, CSL-JSON, an address, or words. Raises BadInput for one that is not whole.

    A mark that was bent on its way, by a line's end, a hyphen, a sign without width, an escape, capitals, is read where one
    of the `marks` that the book gave out alone fits.
    """
    text = _visible(text).strip()
    if not text:
        raise BadInput(f"the citation is empty; {_EXPECTED}")
    if len(text) > cite.MOST_CITATION:
        raise BadInput(f"the citation has more than {cite.MOST_CITATION:,} characters; {_EXPECTED}")
    if re.match(r"@\w+\s*[{(]", text):
        return _of_fields(*_bibtex(text), "BibTeX", marks)
    if re.match(r"(?:\d+\.\s*)?TY\s+-", text):
        return _of_fields(*_ris(text), "RIS", marks)
    if text[0] in "[{" and not text.startswith("[["):
        plain = _json(text)
        if plain is not None:
            return _of_fields(*plain, "CSL-JSON", marks)
    unwrapped = re.sub(r"[ \t]*[\r\n]+[ \t]*", "", text)
    if re.fullmatch(r"<?https?://\S+", unwrapped, re.IGNORECASE):
        return _address(unwrapped, marks)
    return _marked(text, text, "the citation", marks)


def _visible(text: str) -> str:
    """A text without signs that have no width, which copying brings in and no eye sees."""
    return text if text.isascii() else "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _of_fields(title: str, note: str, version: str, form: str, marks: Marks) -> Cited:
    found = _marked(_visible(note), _visible(title), f"the {form} record", marks)
    if version and version != found.edition:
        raise BadInput(
            f"the {form} record says version {_short(version)} and its mark edition {found.edition}: altered; {_EXPECTED}"
        )
    return replace(found, titled=True)


def _marked(text: str, words: str | None, what: str, marks: Marks) -> Cited:
    found = {match.group(0): match for match in _MARK.finditer(text)}
    bent = _bent(text, words, marks) if len(found) < 2 else []
    if len(bent) == 1:
        return bent[0]
    if len(bent) > 1:
        named = " and ".join(f"{cited.id}@{cited.edition}:{cited.hash}" for cited in bent)
        raise BadInput(f"{what} has {len(bent)} marks, {_short(named)}; expected one citation at a time")
    if not found:
        raise BadInput(f"{what} has no mark, or one cut short: {_short(text)!r}; {_EXPECTED}")
    if len(found) > 1:
        raise BadInput(f"{what} has {len(found)} marks, {_short(' and '.join(found))}; expected one citation at a time")
    name, edition, parameters, made = next(iter(found.values())).groups()
    if len(made) != _LENGTH:
        raise BadInput(
            f"{what} has a hash of {len(made)} characters, {shown(made)}, not {_LENGTH}: cut short; {_EXPECTED}"
        )
    return Cited(name, edition, made, parameters or "", words)


def _bent(text: str, words: str | None, marks: Marks) -> list[Cited]:
    """The marks that fit what the book gave out, however a text was bent on its way; each once."""
    text = re.sub(r"\\textunderscore(?:\{\}|\s)?", "_", text)
    if re.search(r"cite=[^\s&#]*%40", text):
        text = unquote(text)  # an address in a sentence
    joined, places = [], []
    for place, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKC", sign).casefold():
            if plain.isalnum() or plain in _KEPT:
                joined.append(plain)
                places.append(place)
    line = "".join(joined)
    ids = sorted(((_letters(name), name) for name in marks.ids), key=lambda pair: -len(pair[0]))
    found: dict[Cited, None] = {}
    for match in _JOINED.finditer(line):
        end = places[match.end() - 1] + 1
        if re.match(r"\w", text[end:]):
            continue
        version = match[1] + (cite.DRAFT if match[2] else "")
        parameters = text[places[match.start(3)] : places[match.end(3) - 1] + 1] if match[3] else ""
        for letters, name in ids:
            start = match.start() - len(letters)
            if start < 0 or not line.startswith(letters, start):
                continue
            if re.search(r"[\w-]$", text[: places[start]][-1:]):
                continue
            whole = text[places[start] : end]
            cited = Cited(name, version, match[4], re.sub(r"[\s\\]", "", parameters), words)
            unsure = " " in whole and not marks.kept(cited)  # words after a hash cut short may read as its end
            if _BETWEEN.fullmatch(unicodedata.normalize("NFKC", whole)) and marks.fits(cited) and not unsure:
                found[cited] = None
                break
    return list(found)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _one(entries: list[Any], form: str) -> Any:
    if len(entries) != 1:
        raise BadInput(f"the {form} holds {len(entries)} records; expected one")
    return entries[0]


def _bibtex(text: str) -> tuple[str, str, str]:
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    if re.search(r"@\s*(string|preamble)\s*[{(]", text, re.IGNORECASE):  # a macro of macros can grow without end
        raise BadInput(f"the BibTeX defines macros; {_EXPECTED}")
    try:
        entry = _one(list(parse_string(text, "bibtex").entries.values()), "BibTeX")
        title, note, version = (_of_latex(entry.fields.get(key, "")) for key in ("title", "note", "version"))
    except (PybtexError, UnicodeError) as error:
        raise BadInput(f"broken BibTeX: {of_library(error)}; {_EXPECTED}") from None
    return title, note, version


def _of_latex(text: str) -> str:
    """A field of BibTeX as it reads; braces that stand in the text itself, pybtex leaves as LaTeX writes them."""
    from pybtex.richtext import Text

    plain = str(Text.from_latex(text))
    for sign, command in cite.BRACES.items():
        plain = plain.replace(command.removesuffix("{}") + " ", sign)
    return plain


def _ris(text: str) -> tuple[str, str, str]:
    import rispy

    if not re.search(r"^ER\s+-", text, re.MULTILINE):
        raise BadInput(f"broken RIS: the record does not end in `ER  -`: cut short; {_EXPECTED}")
    try:
        entry = _one(rispy.loads(text, skip_unknown_tags=True), "RIS")
    except KeyError:
        raise BadInput(f"broken RIS: a line goes on where no field began; {_EXPECTED}") from None
    except (rispy.parser.ParseError, OSError, ValueError) as error:
        raise BadInput(f"broken RIS: {of_library(error)}; {_EXPECTED}") from None
    title = entry.get("title") or entry.get("primary_title") or ""
    return str(title), " ".join(entry.get("notes", [])), str(entry.get("edition", ""))


def _json(text: str) -> tuple[str, str, str] | None:
    """The fields of CSL-JSON; None for words that happen to begin with a bracket."""
    try:
        plain = json.loads(text)
    except RecursionError:
        raise BadInput(f"broken CSL-JSON: nested too deeply; {_EXPECTED}") from None
    except ValueError as error:
        if re.match(r"[\[{]\s*[{\"]", text):
            raise BadInput(f"broken CSL-JSON: {of_library(error)}; {_EXPECTED}") from None
        return None
    entry = _one(plain, "CSL-JSON") if isinstance(plain, list) else plain
    if not isinstance(entry, dict):
        raise BadInput("the CSL-JSON holds no record; expected an object with title, version and note")
    title, note, version = (str(entry.get(key, "")) for key in ("title", "note", "version"))
    return title, note, version


def _address(text: str, marks: Marks) -> Cited:
    text = text.lstrip("<").rstrip(">.,;:!)]}'\"’”")
    try:
        parts = urlsplit(text)
        found = parse_qs(parts.query, max_num_fields=100).get("cite", [])
    except ValueError as error:
        raise BadInput(f"the address cannot be read: {of_library(error)}; {_EXPECTED}") from None
    fragment = parts.fragment.partition(":~:")[0]  # what follows is where the browser is to scroll
    if not found:
        name = fragment or parts.path.rsplit("/", 1)[-1]
        raise BadInput(
            f"the address names {shown(name or 'a page')} but no edition and no hash, so there is nothing to check it against; "
            f"expected one with ?cite=id@edition:hash, or a whole citation"
        )
    cited = _marked(found[0], None, "the address", marks)
    anchors = {cited.id, cited.id.replace("_", "-"), f"figure-{cited.id}", f"claim-{cited.id}", ""}
    if fragment.casefold() not in {anchor.casefold() for anchor in anchors}:
        raise BadInput(
            f"the address leads to #{_short(fragment)} and its mark to {shown(cited.id)}: altered; {_EXPECTED}"
        )
    return cited


# ------------------------------------------------------------------------------------------------------------- checking


def check(
    cited: Cited, editions: Mapping[str, Edition], version: str, standing: Mapping[str, Item],
    computed: Mapping[str, Item] | None, registered: Mapping[str, Public], corrections: Iterable[Correction],
) -> Finding:  # fmt: skip
    """Whether a citation stands in the book as it is.

    `standing` is the book with its own parameters, `computed` with those of the citation where it carries any, `version`
    the one being written, of which drafts may be cited. Raises BadInput for an unknown id or edition, and for a citation
    that its edition contradicts.
    """
    ids = {*standing, *registered, *(name for edition in editions.values() for name in edition.items)}
    if cited.id not in ids:
        raise BadInput(f"unknown: no page, section, figure, chart or claim {shown(cited.id)}; {nearest(cited.id, ids)}")
    draft = cited.edition.endswith(cite.DRAFT)
    released = cited.edition.removesuffix(cite.DRAFT)
    if released not in editions and not (draft and released == version):
        raise BadInput(
            f"unknown edition {shown(cited.edition)}; {nearest(released, [*editions, version + cite.DRAFT])}"
        )
    edition = None if draft else editions[released]
    said = edition.items.get(cited.id) if edition else None
    if edition is not None and said is None:
        raise BadInput(f"unknown: edition {edition.version} has no {cited.id!r}; {nearest(cited.id, edition.items)}")
    now, row = standing.get(cited.id), registered.get(cited.id)
    if computed is None and said is not None and said.hash == cited.hash:
        _words_agree(cited, said, f"in edition {released}")
    elif computed is None and edition is not None:
        raise BadInput(
            f"the hash {cited.hash} is not that of {cited.id!r} in edition {released}: altered or mistyped; {_EXPECTED}"
        )
    if now is None or (row is not None and row.status == RETIRED):
        why = row.note if row is not None and row.note else "no reason is given"
        of = "" if draft or cited.parameters else f" of edition {released}"
        return Finding(WITHDRAWN, f"{WITHDRAWN}: {cited.id}{of}: {why}")
    if computed is not None:
        return _with_parameters(cited, said or now, now, computed.get(cited.id))
    if said is None or edition is None:
        return _draft(cited, now)
    moved = f"now at {now.place}, was at {said.place}" if now.place != said.place else ""
    if now.hash != said.hash:
        return _changed(cited, said, now, editions, list(corrections), moved)
    if moved:
        return Finding(MOVED, f"{MOVED}: {cited.id}, unchanged since edition {released}: {moved}")
    return Finding(STANDS, f"{STANDS}: {cited.id}, as in edition {released} of {edition.date}{_says(now)}")


def _says(item: Item) -> str:
    return f": {item.text}" if item.text else ""


def _words_agree(cited: Cited, said: Item, where: str) -> None:
    """The citation says the number or verdict that it cites, and in a record with fields the title too."""
    if cited.words is None:
        return
    if said.text and not _in_words(said.text, cited.words):
        raise BadInput(f"the citation does not say {said.text!r}, which {cited.id!r} is {where}: altered; {_EXPECTED}")
    if cited.titled and _letters(said.title) not in _letters(cited.words):
        raise BadInput(
            f"the citation's title is not “{said.title}”, which {cited.id!r} is {where}: altered; {_EXPECTED}"
        )


def _in_words(text: str, words: str) -> bool:
    return re.search(rf"(?<![\w.,]){re.escape(_plain(text))}(?![\w]|[.,]\d)", _plain(words)) is not None


def _plain(text: str) -> str:
    """Text for comparison: without escapes and case, and with one kind of space; a style changes nothing else."""
    return " ".join(re.sub(r"\\([\\`*_\[\]$<>%&#])", r"\1", text).split()).casefold()


def _letters(text: str) -> str:
    """The letters and digits of a text, without case: reference managers change quotation marks and dashes."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _draft(cited: Cited, now: Item) -> Finding:
    """A citation of a draft, which no edition holds: only the book as it is can answer."""
    what = f"{cited.id}, by a draft of edition {cited.edition.removesuffix(cite.DRAFT)}"
    if now.hash == cited.hash:
        _words_agree(cited, now, "in the book as it is now")
        return Finding(STANDS, f"{STANDS}: {what}, as the book computes it now{_says(now)}")
    return Finding(CHANGED, f"{CHANGED}: {what}: no edition keeps what it was, and now it is another{_says(now)}")


def _with_parameters(cited: Cited, said: Item, now: Item, computed: Item | None) -> Finding:
    """A citation with parameters that are not the book's: `computed` is what the book makes of them now.

    The command marks it with the hash of what it computed. A page cannot: it marks it with the hash that the item has by
    the book's own parameters, and then the words say the number, which is compared with the one computed here.
    """
    what = f"{cited.id}, by the parameters it names"
    if computed is None:
        return Finding(WITHDRAWN, f"{WITHDRAWN}: {what}: the book has it no more")
    if cited.hash == computed.hash:
        _words_agree(cited, computed, "by the parameters it names")
        return Finding(STANDS, f"{STANDS}: {what}, as the book computes it now{_says(computed)}")
    if cited.hash != said.hash:
        return Finding(CHANGED, f"{CHANGED}: {what}: {_difference(cited, said, computed)}")
    if computed.text and cited.words is None:
        raise BadInput(f"the citation says no number for {what}, so there is nothing to compare; {_EXPECTED}")
    if computed.text and not _in_words(computed.text, cited.words or ""):
        if now.hash == said.hash:
            raise BadInput(f"the citation does not say {computed.text!r}, which {what} is: altered; {_EXPECTED}")
        return Finding(CHANGED, f"{CHANGED}: {what}: it is made otherwise now, and is {computed.text}")
    if now.hash != said.hash:
        return Finding(CHANGED, f"{CHANGED}: {what}: it is made otherwise now{_says(computed)}")
    quoted = _says(computed) or "; it quotes no number, so none was compared"
    return Finding(STANDS, f"{STANDS}: {what}, made as it was, and computed anew{quoted}")


def _difference(cited: Cited, said: Item, computed: Item) -> str:
    """How a citation's words compare with what its parameters come to now; no edition keeps what they came to then."""
    if not computed.text or cited.words is None or not _in_words(computed.text, cited.words):
        return f"no edition keeps what it was, and now it is another{_says(computed)}"
    others = "its exact value, formula or sources are others"
    if said.range and _plain(computed.range or "-") not in _plain(cited.words):
        others = f"its range is now {computed.range}" if computed.range else "by these parameters it has no range"
    return f"still {computed.text} as printed, and {others}"


def _changed(
    cited: Cited, said: Item, now: Item, editions: Mapping[str, Edition], corrections: list[Correction], moved: str
) -> Finding:
    after = [edition for edition in editions.values() if edition.date >= editions[cited.edition].date]
    since = next(
        (
            edition.version
            for edition in after
            if cited.id in edition.items and edition.items[cited.id].hash != said.hash
        ),
        "",
    )
    why = [
        f"{row.kind} {row.id}: {row.right}"
        for row in touching(now, corrections)
        if row.id not in editions[cited.edition].corrections
    ]
    if (said.text, said.range) != (now.text, now.range):
        difference = f"from {said.text} to {now.text}" if said.text != now.text else f"from {said.range} to {now.range}"
    elif said.text:
        difference = f"still {now.text} as printed, and its exact value, formula, rule or sources are others"
    else:
        difference = "its text, or a number, chart or verdict in it, is another"
    parts = [
        f"{CHANGED}: {cited.id}: {difference}",
        "; ".join(why) or "no correction says why",
        f"in edition {since}" if since else "not yet in an edition",
    ]
    return Finding(CHANGED, "; ".join([*parts, *([moved] if moved else [])]))
