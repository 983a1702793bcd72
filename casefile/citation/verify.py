"""Does a citation still stand? All that it says is compared with its edition's record, and that with the book as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casefile.citation import citation_file, cite, editions, forms, registry, wording
from casefile.citation import marks as marking
from casefile.citation.changes import difference
from casefile.citation.citable import CitableItem
from casefile.citation.citation_file import Book
from casefile.citation.corrections import touching
from casefile.citation.editions import Edition
from casefile.citation.forms import EXPECTED, FORM_ADDRESS, FORM_WORDS, TELLS
from casefile.citation.marks import NONE, Mark, Marks
from casefile.citation.registry import RETIRED
from casefile.errors import BadInput, nearest, shown
from casefile.records import Correction
from casefile.records.rows import PublicId

STANDS, CHANGED, MOVED, WITHDRAWN = "stands", "value changed", "moved", "withdrawn"
# What a part of a citation is called in what is said of it.
_PARTS = {
    "title": "title", "value": "number", "range": "range", "author": "author", "book": "book", "date": "date", "edition": "edition",
    "place": "page", "parameters": "parameters", "address": "address",
}  # fmt: skip
# An address in words that carries a mark, as far as it goes on without a space.
_IN_WORDS = re.compile(r"https?://[^\s<>\"“”]+?[?&]cite=[^\s<>\"“”)\]]+", re.IGNORECASE)


@dataclass(frozen=True)
class Cited:
    """What a citation says: its mark, and by name the fields that are to be compared, without the mark.

    `left` names what is not compared, `addresses` are those in its words that carry the mark.
    """

    mark: Mark
    form: str
    fields: Mapping[str, str]
    left: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of what is cited."""
        return self.mark.id

    @property
    def edition(self) -> str:
        """The edition it is cited from, or a draft of one."""
        return self.mark.edition

    @property
    def hash(self) -> str:
        """The hash of what is cited."""
        return self.mark.hash

    @property
    def parameters(self) -> str:
        """The parameters it is cited with, as a mark carries them; empty for the book's own."""
        return self.mark.parameters

    @property
    def draft(self) -> bool:
        """Whether it cites a draft, which no edition keeps."""
        return self.edition.endswith(cite.DRAFT)

    @property
    def released(self) -> str:
        """The edition that it cites, or a draft of which."""
        return self.edition.removesuffix(cite.DRAFT)


@dataclass(frozen=True)
class Finding:
    """What a check found: one of STANDS, CHANGED, MOVED, WITHDRAWN, a line that says it, and one of what was compared."""

    status: str
    line: str
    compared: str = ""


@dataclass(frozen=True)
class Published:
    """All that a citation is checked against: the book as it is, `standing`, its editions, registry and corrections."""

    book: Book
    editions: Mapping[str, Edition]
    standing: Mapping[str, CitableItem]
    registered: Mapping[str, PublicId]
    corrections: Sequence[Correction] = ()

    @classmethod
    def of(cls, root: Path, items: Mapping[str, CitableItem], corrections: Sequence[Correction] = ()) -> Published:
        """What a story has published; `standing` is the book with its own parameters."""
        return cls(citation_file.book_of(root), editions.load(root), items, registry.read(root), corrections)

    @cached_property
    def marks(self) -> Marks:
        """The marks that the book gave out."""
        return marking.marks_of_book(self.editions, {*self.registered, *self.standing}, self.book.version)

    @cached_property
    def says(self) -> wording.BookNames:
        """What a citation says of the whole book."""
        return wording.BookNames(
            self.book.title,
            tuple(wording.author_forms(self.book.authors)),
            len(self.book.authors) > 1,
            self.book.address,
        )


# -------------------------------------------------------------------------------------------------------------- reading


def read(text: str, marks: Marks = NONE) -> Cited:
    """The citation in a text: BibTeX, RIS, CSL-JSON, an address, or words. Raises BadInput for one that is not whole.

    A mark that was bent on its way, by a line's end, a hyphen, a sign without width, an escape, capitals, is read where one
    of the `marks` that the book gave out alone fits.
    """
    text = wording.visible(text).strip()
    if not text:
        raise BadInput(f"the citation is empty; {EXPECTED}")
    if len(text) > cite.MOST_CITATION:
        raise BadInput(f"the citation has more than {cite.MOST_CITATION:,} characters; {EXPECTED}")
    form = forms.read(text)
    if form.form == FORM_ADDRESS:
        return _of_address(forms.address(form.fields[FORM_ADDRESS]), marks)
    what = "the citation" if form.form == FORM_WORDS else f"the {form.form} record"
    texts = dict(form.fields)
    addressed = _IN_WORDS.findall(texts.get(FORM_WORDS, ""))
    if addressed:
        texts[FORM_WORDS] = _IN_WORDS.sub(" ", texts[FORM_WORDS])
    texts = {name: marking.unescaped(value) for name, value in texts.items()}
    read = {name: _marks(value, what, marks) for name, value in texts.items()}
    asked = [_of_address(forms.address(address), marks) for address in addressed]
    each = {
        str(mark): mark for mark in (*(mark for some in read.values() for mark in some), *(one.mark for one in asked))
    }
    mark = _one(each, " ".join(texts.values()), what, marks)
    fields = {name: marking.without(value, read[name]) for name, value in texts.items()}
    left = dict.fromkeys([*form.left, *(name for one in asked for name in one.left)])
    return Cited(mark, form.form, fields, tuple(left), tuple(one.fields[FORM_ADDRESS] for one in asked))


def _marks(text: str, what: str, marks: Marks) -> list[Mark]:
    """The marks of a text: those that the book gave out, else those that look as if it had."""
    whole = marking.marks_of(text)
    bent = marking.bent(text, marks) if len({str(mark) for mark in whole}) < 2 else []
    for mark in whole if not bent else ():
        if len(mark.hash) != marking.LENGTH:
            raise BadInput(
                f"{what} has a hash of {len(mark.hash)} characters, {shown(mark.hash)}, not {marking.LENGTH}: cut short; {EXPECTED}"
            )
    return bent or whole


def _one(read: Mapping[str, Mark], text: str, what: str, marks: Marks) -> Mark:
    if len(read) > 1:
        raise BadInput(f"{what} has {len(read)} marks, {_short(' and '.join(read))}; expected one citation at a time")
    if not read:
        meant = marks.of_hash(text)
        if len(meant) == 1:
            raise BadInput(
                f"{what} has a hash and no id that can be read; the hash is that of {meant[0]}: did you mean it?"
            )
        raise BadInput(f"{what} has no mark, or one cut short: {_short(text)!r}; {EXPECTED}")
    return next(iter(read.values()))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _of_address(address: forms.Address, marks: Marks) -> Cited:
    read = _marks(address.mark, "the address", marks)
    mark = _one({str(mark): mark for mark in read}, address.mark, "the address", marks)
    if marking.without(address.mark, read).strip():
        raise BadInput(f"the address asks for more than its mark: altered; {EXPECTED}")
    anchors = {mark.id, mark.id.replace("_", "-"), f"figure-{mark.id}", f"claim-{mark.id}", ""}
    if address.anchor.casefold() not in {anchor.casefold() for anchor in anchors}:
        raise BadInput(
            f"the address leads to #{_short(address.anchor)} and its mark to {shown(mark.id)}: altered; {EXPECTED}"
        )
    return Cited(mark, FORM_ADDRESS, {FORM_ADDRESS: address.base}, address.left, (address.base,))


# ------------------------------------------------------------------------------------------------------------ comparing


def _compared(cited: Cited, item: CitableItem, book: Published, where: str, changes: Sequence[str] = ()) -> str:
    """What was compared of a citation with an item, in words. Raises BadInput for whatever the item does not say."""
    parts, left = {"mark"}, list(cited.left)
    for address in cited.addresses:
        left += _address_compared(address, item, book)
        parts.add("address" if book.book.address else "place")
    if cited.form == FORM_ADDRESS:
        return _list(parts, item.kind, left)
    edition = book.editions.get(cited.released)
    days = (
        [edition.date]
        if edition and not cited.draft
        else [day for day in (book.book.date.isoformat(), edition and edition.date) if day]
    )
    phrases = wording.phrases(item, cited.edition, tuple(days), book.says, tuple(changes), cited.draft)
    for name, text in cited.fields.items():
        kinds = frozenset[str]() if name == FORM_WORDS else frozenset(TELLS.get(name, (name,)))
        account = wording.account(wording.signs(text), phrases, kinds)
        if account.stray:
            raise BadInput(_stray(cited, item, name, account.stray, where))
        parts |= account.told
    if item.text and "value" not in parts and (cited.form != FORM_WORDS or parts > {"mark"}):
        raise BadInput(f"altered: the citation does not say {item.said!r}, which “{_short(item.title)}” is {where}")
    if cited.form != FORM_WORDS and not parts & {"title", "value"}:
        raise BadInput(f"the {cited.form} record has no title: altered; {EXPECTED}")
    return _list(parts, item.kind, list(dict.fromkeys(left)))


def _stray(cited: Cited, item: CitableItem, field: str, words: str, where: str) -> str:
    """What is said of words that are none of the record's."""
    of = "citation" if field == FORM_WORDS else f"{cited.form} record's {field}"
    line = wording.signs(cited.fields[field]).line
    if item.text and field in (FORM_WORDS, "title") and wording.signs(item.said).line not in line:
        if said := wording.other_value(cited.fields[field], item):
            return f"altered: the citation says {shown(said)[1:-1]}; it is {item.said} {where}"
        return f"altered: the citation does not say {item.said!r}, which “{_short(item.title)}” is {where}"
    if field == "title":
        return f"altered: the citation's title is not “{item.title}”, which it is {where}, at {shown(words)}"
    whole = f"{item.title}: {item.said}" if item.text else item.title
    return f"altered, or words of your own: the {of} says {shown(words)}, which is not of “{_short(whole)}” {where}"


def _address_compared(base: str, item: CitableItem, book: Published) -> list[str]:
    """What of an address cannot be compared. Raises BadInput for one that leads to no page of what is cited."""
    pages = [f"{page}.html".lower() for page in (item.page, book.standing.get(item.id, item).page)]
    if book.book.address:
        if base not in [book.book.address.lower() + page for page in pages]:
            raise BadInput(
                f"the address {shown(base)} is not of this book, which is at {book.book.address}; {EXPECTED}"
            )
        return []
    if not any(base.endswith("/" + page) for page in pages):
        raise BadInput(
            f"the address leads to {shown(base)}, and {shown(item.id)} is on {item.page}.html: altered; {EXPECTED}"
        )
    return ["the host"]


def _list(parts: set[str], kind: str, left: Sequence[str]) -> str:
    names = {**_PARTS, "value": "verdict"} if kind == "claim" else _PARTS
    compared = ", ".join(["mark", *(name for part, name in names.items() if part in parts)])
    return f"Compared: {compared}." + (f" Not compared: {', '.join(left)}." if left else "")


# ------------------------------------------------------------------------------------------------------------- checking


def check(
    cited: Cited, book: Published, computed: Mapping[str, CitableItem] | None = None, changes: Sequence[str] = ()
) -> Finding:
    """Whether a citation stands in the book as it is.

    `computed` is the book with the parameters of the citation where it carries any, `changes` these in words. Raises BadInput
    for an unknown id or edition, and for a citation that its edition contradicts.
    """
    if cited.id not in (ids := book.marks.ids):
        meant = book.marks.of_hash(f":{cited.hash}")
        hint = f"the hash is that of {meant[0]}" if meant else nearest(cited.id, ids)
        raise BadInput(f"unknown: no page, section, figure, chart or claim {shown(cited.id)}; {hint}")
    released = cited.released
    if released not in book.editions and not (cited.draft and released == book.book.version):
        raise BadInput(
            f"unknown edition {shown(cited.edition)}; {nearest(released, [*book.editions, book.book.version + cite.DRAFT])}"
        )
    edition = None if cited.draft else book.editions[released]
    then = edition.items.get(cited.id) if edition else None
    if edition is not None and then is None:
        raise BadInput(f"unknown: edition {edition.version} has no {cited.id!r}; {nearest(cited.id, edition.items)}")
    now, row = book.standing.get(cited.id), book.registered.get(cited.id)
    compared = ""
    if computed is None and then is not None and then.hash == cited.hash:
        compared = _compared(cited, then, book, f"in edition {released}")
    elif computed is None and edition is not None:
        raise BadInput(
            f"the hash {cited.hash} is not that of {cited.id!r} in edition {released}: altered or mistyped; {EXPECTED}"
        )
    if now is None or (row is not None and row.status == RETIRED):
        why = row.note if row is not None and row.note else "no reason is given"
        of = "" if cited.draft or cited.parameters else f" of edition {released}"
        return Finding(WITHDRAWN, f"{WITHDRAWN}: {cited.id}{of}: {why}", compared)
    if computed is not None:
        return _with_parameters(cited, then or now, now, computed.get(cited.id), book, changes)
    if then is None or edition is None:
        return _draft(cited, now, book)
    moved = f"now at {now.place}, was at {then.place}" if now.place != then.place else ""
    if now.hash != then.hash:
        return Finding(CHANGED, _changed(cited, then, now, book, moved), compared)
    if moved:
        return Finding(MOVED, f"{MOVED}: {cited.id}, unchanged since edition {released}: {moved}", compared)
    retitled = f"; it is titled “{now.title}” now" if now.title != then.title else ""
    reprinted = f"; it is printed {now.said} now" if now.said != then.said else ""
    line = (
        f"{STANDS}: {_as_said(then)} in edition {released} of {edition.date}, and so it stands now{retitled}{reprinted}"
    )
    return Finding(STANDS, line, compared)


def _as_said(item: CitableItem) -> str:
    """A thing by its title, and what it says of it."""
    title = f"“{item.title}”" if item.title else "the book"
    return f"{title} is {item.said or 'as it was'}"


def _says(item: CitableItem) -> str:
    return f": {item.said}" if item.text else ""


def _draft(cited: Cited, now: CitableItem, book: Published) -> Finding:
    """A citation of a draft, which no edition holds: only the book as it is can answer."""
    what = f"{cited.id}, by a draft after edition {cited.released}"
    if now.hash == cited.hash:
        compared = _compared(cited, now, book, "in the book as it is now")
        line = f"{STANDS}: {_as_said(now)} in the book now, as in the draft after edition {cited.released}"
        return Finding(STANDS, line, compared)
    return Finding(CHANGED, f"{CHANGED}: {what}: no edition keeps what it was, and now it is another{_says(now)}")


def _with_parameters(
    cited: Cited,
    then: CitableItem,
    now: CitableItem,
    computed: CitableItem | None,
    book: Published,
    changes: Sequence[str],
) -> Finding:
    """A citation with parameters that are not the book's: `computed` is what the book makes of them now.

    The command marks it with the hash of what it computed. A page cannot: it marks it with the hash that the item has by
    the book's own parameters, and then the words say the number, which is compared with the one computed here.
    """
    what, where = f"{cited.id}, by the parameters it names", "by the parameters it names"
    if computed is None:
        return Finding(WITHDRAWN, f"{WITHDRAWN}: {what}: the book has it no more")
    if cited.hash == computed.hash:
        compared = _compared(cited, computed, book, where, changes)
        return Finding(STANDS, f"{STANDS}: {what}, as the book computes it now{_says(computed)}", compared)
    if cited.hash != then.hash:
        return Finding(CHANGED, f"{CHANGED}: {what}: {_difference(cited, then, computed)}")
    if computed.text and cited.form == FORM_ADDRESS:
        raise BadInput(f"the citation says no number for {what}, so there is nothing to compare; {EXPECTED}")
    try:
        compared = _compared(cited, computed, book, where, changes)
    except BadInput:
        if now.hash == then.hash:
            raise
        is_now = f", and is {computed.said}" if computed.text else ""
        return Finding(CHANGED, f"{CHANGED}: {what}: it is made otherwise now{is_now}")
    if now.hash != then.hash:
        return Finding(CHANGED, f"{CHANGED}: {what}: it is made otherwise now{_says(computed)}", compared)
    return Finding(STANDS, f"{STANDS}: {what}, made as it was, and computed anew{_says(computed)}", compared)


def _difference(cited: Cited, then: CitableItem, computed: CitableItem) -> str:
    """How a citation's words compare with what its parameters come to now; no edition keeps what they came to then."""
    words = wording.signs(" ".join(cited.fields.values())).line
    text = re.escape(wording.signs(computed.said).line)
    if not text or cited.form == FORM_ADDRESS or not re.search(rf"(?<![0-9.,-]){text}(?![.,]?[0-9])", words):
        return f"no edition keeps what it was, and now it is another{_says(computed)}"
    others = "its exact value, formula or sources are others"
    if then.range and wording.signs(computed.range or "no range").line not in words:
        others = f"its range is now {computed.range}" if computed.range else "by these parameters it has no range"
    return f"still {computed.said} as printed, and {others}"


def _changed(cited: Cited, then: CitableItem, now: CitableItem, book: Published, moved: str) -> str:
    own = book.editions[cited.edition]
    after = [edition for edition in book.editions.values() if edition.date >= own.date and cited.id in edition.items]
    since = next((edition.version for edition in after if edition.items[cited.id].hash != then.hash), "")
    why = [
        f"{row.kind} {row.id}: {row.right}" for row in touching(now, book.corrections) if row.id not in own.corrections
    ]
    changed = difference(then, now, own, book.standing)
    parts = [
        f"{CHANGED}: {cited.id}: {changed}",
        "; ".join(why) or "no correction says why",
        f"in edition {since}" if since else "not yet in an edition",
    ]
    return "; ".join([*parts, *([moved] if moved else [])])
