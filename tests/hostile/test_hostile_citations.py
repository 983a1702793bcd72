"""Hostile citations: read or refused in one line, soon; and what is cited, whatever its title says, is written whole."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from casefile.citation import citation_file, cite, editions, verify
from casefile.citation.citable import CitableItem
from tests.support.hostile import FRAGMENTS, OUTSIDE, cases, command, files, refused, spoiled, texts, written
from tests.support.published import FIRST, standing

SURFACE = "citations"
MARK = f"harvest@{FIRST}:0123456789ab"


@pytest.fixture(scope="module")
def story(published: Path) -> Path:
    """The published story, with its runs kept, so that a citation of it is checked soon."""
    standing(published)
    command(Path("/"), published, "verify", "x")  # what is loaded late is loaded now
    return published


@pytest.fixture(scope="module")
def citations(story: Path) -> list[str]:
    """A citation of something of each kind in every style that has one."""
    book, found, known = citation_file.book_of(story), standing(story), editions.load(story)
    items = [
        next(item for item in found.values() if item.kind == kind)
        for kind in ("book", "page", "section", "number", "chart")
    ]
    addressed = (
        f"https://example.org/chapters/harvest.html?cite={cite.mark(found['harvest'], FIRST, {})}#figure-harvest"
    )
    return [addressed, *(
        cite.cited(item, book, editions.edition_of(item, book.version, known), {}, "", style)
        for item in items for style in cite.STYLES if style != "url"
    )]  # fmt: skip


_BIBTEX = (
    "@misc{x, note = {" + MARK + "}}", '@misc{x, note = "' + MARK + '"}', "@misc(x, note = jan # {x})", "@misc{x, note = undefined}",
    '@string{a = "x"}@misc{x, note = a}', "@comment{x}", "@preamble{x}", "@misc{x, crossref = {x}}", "@misc{,}", "@misc{x", "@{",
    "@misc{x, author = {a, b, c, d, e}}", "@misc{x, note = {" + "{" * 2000 + "}" * 2000 + "}}", "@misc{x, note = {\\" + "input{/etc/passwd}}}",
    "@misc{x, title = {\\'{\\'{\\'{e}}}}}", "@misc{x, __proto__ = {y}}", "@misc{x, note = {a}, note = {b}}", "@misc{x}@misc{x}",
)  # fmt: skip
_RIS = (
    f"TY  - DATA\nN1  - {MARK}\nER  - ", "TY  - \nER  - ", "TY  - DATA\nER  - \nTY  - DATA\nER  - ", "1.\nTY  - DATA\nER  - ",
    "TY  - DATA\nXX  - ?\nER  - ", "TY  - DATA\nTI\nER  -", "TY  - DATA\n" + "AU  - x\n" * 900 + "ER  - ", "TY  - DATA\r\nER  - \r\n", "TY  -\x00ER  -",
    "TY  - DATA\nUK  - x\nXX  - ?\nand on\nER  - ", "TY  - DATA\nTI  - x\nER  - \nTY  - DATA\nand on\nER  - ",
)  # fmt: skip
_JSON = (
    json.dumps([{"note": MARK}]), json.dumps({"note": [MARK], "title": {"a": 1}}), "[[]]", "[{}]", "[1]", "{", "[{", "[" * 9000, '{"a":' * 3000,
    '[{"note":' + "9" * 5000 + "}]", '{"note": NaN}', '[{"note": "\\ud800"}]', "[x](y)", "[1,2]", '{"version": null}',
)  # fmt: skip
_ADDRESSES = (
    "http://[", "https://x?cite=", f"https://x?cite={MARK}", f"https://x/?cite={MARK}#elsewhere", "http://x:99999999/?cite=a", "http://]/",
    "https://x?" + "&".join(["cite=a"] * 500), f"<https://x?cite={MARK}>", "https://x?cite=%00", "https://x?cite=%zz", "https://\u2100.example/",
    f"javascript:alert(1)?cite={MARK}", f"https://x?cite=harvest@{FIRST}%3Fmarket.price%3D<script>:0123456789ab",
)  # fmt: skip
_MARKS = (
    MARK, f"{MARK} {MARK}x", f"harvest@{FIRST}?market.price=1e999:0123456789ab", f"harvest@{FIRST}?../../x=1:0123456789ab", "a@1:" + "f" * 3000,
    f"__proto__@{FIRST}:0123456789ab", f"../{OUTSIDE}@{FIRST}:0123456789ab", "a" * 19_999, "a@1?" * 4999, "@1:" * 6000, "a@1" * 6000,
    "-@" * 9000, "ER  -" * 4000, "TY  - " + " " * 19_000, "@a{" * 6000, "\\" * 19_000, "harvest@9.9:0123456789ab", f"harvest@{FIRST}+draft:0123456789ab",
)  # fmt: skip
CRAFTED = (*_BIBTEX, *_RIS, *_JSON, *_ADDRESSES, *_MARKS)
crafted = st.sampled_from(CRAFTED)


@cases(SURFACE, 150, 6500)
@given(data=st.data())
def test_a_hostile_citation_is_checked_or_refused_in_one_line(
    data: st.DataObject, citations: list[str], story: Path
) -> None:
    text = data.draw(st.one_of(
        texts, crafted, crafted.flatmap(spoiled), st.sampled_from(citations).flatmap(spoiled), st.sampled_from(citations),
        st.builds("{}{}".format, crafted, texts),
    ))  # fmt: skip

    def judge() -> verify.Finding:
        cited = verify.read(text, book.marks)
        cite.parameters_of(cited.parameters)
        return verify.check(cited, book)

    book = verify.Published.of(story, _standing(story))
    finding, _ = refused(story, judge)
    if finding is not None:
        assert finding.line.isprintable()
        assert finding.status in (verify.STANDS, verify.CHANGED, verify.WITHDRAWN, verify.MOVED)


_kept: dict[Path, dict[str, CitableItem]] = {}


def _standing(story: Path) -> dict[str, CitableItem]:
    if story not in _kept:
        _kept[story] = standing(story)
    return _kept[story]


@pytest.mark.parametrize("text", CRAFTED, ids=str.__len__)
def test_a_crafted_citation_is_read_or_refused_within_a_second(text: str, tmp_path: Path, story: Path) -> None:
    marks = verify.Published.of(story, {}).marks
    began = time.process_time()
    refused(tmp_path, verify.read, text, marks)
    assert time.process_time() - began < 1.5


def test_a_macro_of_macros_is_not_expanded(tmp_path: Path) -> None:
    bomb = (
        '@string{a0 = "ha"}'
        + "".join(f"@string{{a{n} = a{n - 1} # a{n - 1}}}" for n in range(1, 40))
        + "@misc{x, note = a39}"
    )
    assert refused(tmp_path, verify.read, bomb)[1].startswith("the BibTeX defines macros")


def test_a_citation_without_end_is_refused(tmp_path: Path, story: Path) -> None:
    for text in ("a" * 1_000_000, "a@1?" * 1_000_000, "{" * 1_000_000, "TY  - " * 1_000_000):
        assert "characters" in refused(tmp_path, verify.read, text)[1]
    with (story.parent / "large.txt").open("wb") as file:
        file.truncate(1 << 34)
    code, _, complaint = command(Path("/"), story, "verify", str(story.parent / "large.txt"))
    assert (code, complaint.count("\n")) == (2, 1)


@cases(SURFACE, 15, 300)
@given(verb=st.sampled_from(["cite", "verify"]), text=texts.filter(lambda text: "\x00" not in text))
def test_the_command_says_in_one_line_what_is_wrong(verb: str, text: str, story: Path) -> None:
    before = files(story / "data")
    code, out, complaint = command(story, story, verb, "--", f"no {text}" if verb == "verify" else f"no-{text}")
    assert (code, out) == (2, "")
    assert complaint.startswith("casefile: ")
    assert complaint.count("\n") == 1
    assert complaint[:-1].isprintable()
    assert files(story / "data") == before


titles = st.one_of(st.sampled_from(FRAGMENTS), written).map(lambda text: " ".join(text.split())).filter(
    lambda text: text.isprintable() and len(text) < 4000 and "\x00" not in text
)  # fmt: skip


@cases(SURFACE, 80, 3500)
@given(title=titles, kind=st.sampled_from(["book", "section", "number"]), author=titles)
def test_whatever_a_title_says_its_citation_is_one_record_and_verifies(
    title: str, kind: str, author: str, tmp_path: Path, story: Path
) -> None:
    book = replace(
        citation_file.book_of(story),
        title=title,
        authors=({"literal": f"A {author}"}, {"given": "A", "family": "Pippin"}),
    )
    item = CitableItem(
        "harvest",
        kind,
        "chapters/harvest",
        "figure-harvest",
        title,
        "30,000" if kind == "number" else "",
        "0123456789ab",
    )
    made = cite.record(item, book, FIRST, {}, "")
    for style in ("bibtex", "ris", "csl-json", "markdown", "sentence"):
        text = cite.plain_text_style(item, made, style)
        cited, why = refused(tmp_path, verify.read, text)
        if "marks" in why or "characters" in why:
            continue  # a title that holds a mark of its own, or a book of letters
        assert not why, (style, why)
        assert (cited.id, cited.edition, cited.hash) == ("harvest", FIRST, "0123456789ab")
        if style == "bibtex":
            (key,) = parse_string(text, "bibtex").entries
            assert re.fullmatch(r"[A-Za-z0-9]+2021-harvest", key)
        elif style == "ris":
            assert len(rispy.loads(text)) == 1
            assert re.findall(r"^(?:ER|TY)  -", text, re.MULTILINE) == ["TY  -", "ER  -"]
        elif style == "csl-json":
            assert json.loads(text)[0]["note"].endswith(MARK)
        else:
            assert "\n" not in text.strip()


def test_a_parameter_in_a_citation_is_no_markup(story: Path) -> None:
    given = {"market": {"price": "x:y@1\n`<script>"}}
    item = CitableItem("worth", "number", "chapters/market", "figure-worth", "Worth", "€1", "0123456789ab")
    words = cite.in_words_of(given, {("market", "price"): 0.4})
    made = cite.record(item, citation_file.book_of(story), FIRST, given, words)
    for style in ("bibtex", "ris", "csl-json"):
        assert (
            verify.read(cite.plain_text_style(item, made, style)).parameters
            == "market.price=x%3Ay%401%0A%60%3Cscript%3E"
        )
