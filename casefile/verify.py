"""Does a citation still stand? Reads one in any of its forms and checks it against its edition and the book as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from casefile import cite
from casefile.citable import RETIRED, Item, Public
from casefile.editions import Edition
from casefile.errors import BadInput, nearest
from casefile.records import Correction

STANDS, CHANGED, MOVED, WITHDRAWN = "stands", "value changed", "moved", "withdrawn"
_MARK = re.compile(r"([\w-]+)@(\d[\w.]*(?:\+draft)?)(?:\?([^\s:`]+))?:([0-9a-f]+)(?![\w])")
_LENGTH = 12
_EXPECTED = "expected it whole, with its mark id@edition:hash, as `casefile cite` gave it"


@dataclass(frozen=True)
class Cited:
    """What a citation says: the id, edition and hash of its mark, the parameters if not the book's, and its words.

    `words` is the text in which the number or verdict must stand; None for a form that has none (an address).
    """

    id: str
    edition: str
    hash: str
    parameters: str
    words: str | None


@dataclass(frozen=True)
class Finding:
    """What a check found: one of STANDS, CHANGED, MOVED, WITHDRAWN, and a line that says it."""

    status: str
    line: str


# -------------------------------------------------------------------------------------------------------------- reading


def read(text: str) -> Cited:
    """The citation in a text: BibTeX, RIS, CSL-JSON, an address, or words. Raises BadInput for one that is not whole."""
    text = text.strip()
    if not text:
        raise BadInput(f"the citation is empty; {_EXPECTED}")
    if re.match(r"@\w+\s*[{(]", text):
        return _of_fields(*_bibtex(text), "BibTeX")
    if re.match(r"(?:\d+\.\s*)?TY\s+-", text):
        return _of_fields(*_ris(text), "RIS")
    if text[0] in "[{" and not text.startswith("[["):
        plain = _json(text)
        if plain is not None:
            return _of_fields(*plain, "CSL-JSON")
    if re.fullmatch(r"<?https?://\S+", text):
        return _address(text.strip("<>"))
    return _marked(text, text, "the citation")


def _of_fields(title: str, note: str, version: str, form: str) -> Cited:
    found = _marked(note, title, f"the {form} record")
    if version and version != found.edition:
        raise BadInput(
            f"the {form} record says version {version} and its mark edition {found.edition}: altered; {_EXPECTED}"
        )
    return found


def _marked(text: str, words: str | None, what: str) -> Cited:
    found = {match.group(0): match for match in _MARK.finditer(text)}
    if not found:
        raise BadInput(f"{what} has no mark, or one cut short: {_short(text)!r}; {_EXPECTED}")
    if len(found) > 1:
        raise BadInput(f"{what} has {len(found)} marks, {' and '.join(found)}; expected one citation at a time")
    name, edition, parameters, made = next(iter(found.values())).groups()
    if len(made) != _LENGTH:
        raise BadInput(f"{what} has a hash of {len(made)} characters, {made!r}, not {_LENGTH}: cut short; {_EXPECTED}")
    return Cited(name, edition, made, parameters or "", words)


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
    from pybtex.richtext import Text

    try:
        entry = _one(list(parse_string(text, "bibtex").entries.values()), "BibTeX")
        title, note, version = (str(Text.from_latex(entry.fields.get(key, ""))) for key in ("title", "note", "version"))
    except (PybtexError, UnicodeError) as error:
        raise BadInput(f"broken BibTeX: {' '.join(str(error).split())}") from None
    return title, note, version


def _ris(text: str) -> tuple[str, str, str]:
    import rispy

    if not re.search(r"^ER\s+-", text, re.MULTILINE):
        raise BadInput(f"broken RIS: the record does not end in `ER  -`: cut short; {_EXPECTED}")
    try:
        entry = _one(rispy.loads(text), "RIS")
    except (rispy.parser.ParseError, OSError, ValueError, KeyError) as error:
        raise BadInput(f"broken RIS: {' '.join(str(error).split())}") from None
    title = entry.get("title") or entry.get("primary_title") or ""
    return str(title), " ".join(entry.get("notes", [])), str(entry.get("edition", ""))


def _json(text: str) -> tuple[str, str, str] | None:
    """The fields of CSL-JSON; None for words that happen to begin with a bracket."""
    try:
        plain = json.loads(text)
    except ValueError as error:
        if re.match(r"[\[{]\s*[{\"]", text):
            raise BadInput(f"broken CSL-JSON: {error}") from None
        return None
    entry = _one(plain, "CSL-JSON") if isinstance(plain, list) else plain
    if not isinstance(entry, dict):
        raise BadInput("the CSL-JSON holds no record; expected an object with title, version and note")
    title, note, version = (str(entry.get(key, "")) for key in ("title", "note", "version"))
    return title, note, version


def _address(text: str) -> Cited:
    parts = urlsplit(text)
    found = parse_qs(parts.query).get("cite", [])
    if not found:
        name = parts.fragment or parts.path.rsplit("/", 1)[-1]
        raise BadInput(
            f"the address names {name or 'a page'!r} but no edition and no hash, so there is nothing to check it against; "
            f"expected one with ?cite=id@edition:hash, or a whole citation"
        )
    cited = _marked(found[0], None, "the address")
    anchors = {cited.id, cited.id.replace("_", "-"), f"figure-{cited.id}", f"claim-{cited.id}", ""}
    if parts.fragment not in anchors:
        raise BadInput(f"the address leads to #{parts.fragment} and its mark to {cited.id!r}: altered; {_EXPECTED}")
    return cited


# ------------------------------------------------------------------------------------------------------------- checking


def check(
    cited: Cited, editions: Mapping[str, Edition], standing: Mapping[str, Item], registered: Mapping[str, Public],
    corrections: Iterable[Correction],
) -> Finding:  # fmt: skip
    """Whether a citation stands in the book as it is: `standing`, run with the citation's own parameters.

    Raises BadInput for an unknown id or edition, and for a citation that its edition contradicts.
    """
    ids = {*standing, *registered, *(name for edition in editions.values() for name in edition.items)}
    if cited.id not in ids:
        raise BadInput(f"unknown: no page, section, figure, chart or claim {cited.id!r}; {nearest(cited.id, ids)}")
    now = standing.get(cited.id)
    draft = cited.edition.endswith(cite.DRAFT)
    if draft or cited.parameters:
        if not draft:
            _known(cited.edition, editions)
        return _against_now(cited, now, registered, "draft" if draft else "run")
    edition = _known(cited.edition, editions)
    said = edition.items.get(cited.id)
    if said is None:
        raise BadInput(f"unknown: edition {edition.version} has no {cited.id!r}; {nearest(cited.id, edition.items)}")
    if said.hash != cited.hash:
        raise BadInput(
            f"the hash {cited.hash} is not that of {cited.id!r} in edition {edition.version}: altered or mistyped"
        )
    _words_agree(cited, said, edition.version)
    row = registered.get(cited.id)
    if now is None or (row is not None and row.status == RETIRED):
        why = row.note if row is not None and row.note else "no reason is given"
        return Finding(WITHDRAWN, f"{WITHDRAWN}: {cited.id} of edition {edition.version}: {why}")
    moved = f"now at {now.place}, was at {said.place}" if now.place != said.place else ""
    if now.hash != said.hash:
        return _changed(cited, said, now, editions, list(corrections), moved)
    if moved:
        return Finding(MOVED, f"{MOVED}: {cited.id}, unchanged since edition {edition.version}: {moved}")
    return Finding(STANDS, f"{STANDS}: {cited.id}, as in edition {edition.version} of {edition.date}{_says(now)}")


def _known(version: str, editions: Mapping[str, Edition]) -> Edition:
    if version not in editions:
        raise BadInput(f"unknown edition {version!r}; {nearest(version, editions)}")
    return editions[version]


def _says(item: Item) -> str:
    return f": {item.text}" if item.text else ""


def _words_agree(cited: Cited, said: Item, version: str) -> None:
    """The number or verdict that the edition printed stands in the citation; a style may change case, nothing else."""
    if cited.words is None or not said.text:
        return
    if not re.search(rf"(?<![\w.,]){re.escape(_plain(said.text))}(?![\w]|[.,]\d)", _plain(cited.words)):
        raise BadInput(f"the citation does not say {said.text!r}, which {cited.id!r} is in edition {version}: altered")


def _plain(text: str) -> str:
    """Text for comparison: without escapes, case, or kinds of spaces and quotation marks."""
    return " ".join(re.sub(r"\\([\\`*_\[\]$<>%&#])", r"\1", text).split()).casefold()


def _against_now(cited: Cited, now: Item | None, registered: Mapping[str, Public], kind: str) -> Finding:
    """A citation that no edition holds: of a draft, or with other parameters. Only the book as it is can answer."""
    if now is None:
        row = registered.get(cited.id)
        return Finding(WITHDRAWN, f"{WITHDRAWN}: {cited.id}: {row.note if row and row.note else 'no reason is given'}")
    what = (
        f"a draft of edition {cited.edition.removesuffix(cite.DRAFT)}" if kind == "draft" else "the parameters it names"
    )
    if now.hash == cited.hash:
        _words_agree(cited, now, "the book as it is now")
        return Finding(STANDS, f"{STANDS}: {cited.id}, by {what}, as the book computes it now{_says(now)}")
    return Finding(
        CHANGED, f"{CHANGED}: {cited.id}, by {what}: no edition keeps what it was, and now it is another{_says(now)}"
    )


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
    names = {now.id, *now.rests_on}
    why = [
        f"correction {row.id}: {row.right}"
        for row in corrections
        if row.id not in editions[cited.edition].corrections and names & {*row.figures, *row.sections, *row.claims}
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
