"""A picture that leaves the site says what it shows, from which sources, whose it is and of which edition, to eyes and machines."""

from __future__ import annotations

import struct
import xml.etree.ElementTree
import zlib

from casefile.citation import archive
from casefile.figures import pictures
from casefile.site import credit
from casefile.site.credit import Credit

DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40" viewBox="0 0 300 40"><path d="M0,0h9v9Z"/></svg>'
)
OWED = Credit(
    "Apples <dear> & few", "One bar.", "The Orchard", "A Gardener", ("Paper", "Radio", "Filing", "Memo"),
    "https://spdx.org/licenses/CC-BY-4.0", "Edition 1.0 of 1 February 2021", "chart-apples@1.0:0123456789ab", "https://example.org/o/",
)  # fmt: skip
LINE = "Source: Paper; Radio; Filing and 1 more. The Orchard. Edition 1.0 of 1 February 2021. CC BY 4.0. chart-apples@1.0:0123456789ab"


def framed() -> str:
    return credit.framed(DRAWN, OWED, "#000", "#555", "#fff")


def test_a_picture_shows_its_title_and_credit_around_it_and_says_both_in_its_metadata() -> None:
    tree = xml.etree.ElementTree.fromstring(framed())
    space = "{http://www.w3.org/2000/svg}"
    shown = [str(text.text) for text in tree.findall(f"{space}text")]
    assert shown[0] == OWED.title
    assert " ".join(shown[1:]) == LINE
    assert (tree.findtext(f"{space}title"), tree.findtext(f"{space}desc")) == (OWED.title, OWED.words)
    said = " ".join(" ".join(tree.find(f"{space}metadata").itertext()).split())  # type: ignore[union-attr]
    for part in (OWED.title, OWED.author, OWED.licence, OWED.mark, OWED.address, "Paper; Radio; Filing; Memo"):
        assert part in said
    assert float(tree.attrib["height"]) > 40 + 16 + 9


def test_a_pictures_edition_is_no_part_of_what_editions_share() -> None:
    assert archive._bare(framed()) == DRAWN
    assert archive._bare(DRAWN) == DRAWN


def test_a_raster_carries_the_same_and_keeps_its_pixels() -> None:
    plain = pictures.png(DRAWN)
    tagged = credit.tagged(plain, OWED)
    at, said, others = 8, {}, b""
    while at < len(tagged):
        (length,) = struct.unpack(">I", tagged[at : at + 4])
        kind, content = tagged[at + 4 : at + 8], tagged[at + 8 : at + 8 + length]
        assert struct.unpack(">I", tagged[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        if kind == b"iTXt":
            name, _, text = content.partition(b"\0")
            said[name.decode()] = text[4:].decode()
        else:
            others += tagged[at : at + 12 + length]
        at += 12 + length
    assert tagged[:8] + others == plain
    assert (said["Title"], said["Author"], said["Copyright"]) == (OWED.title, OWED.author, OWED.licence)
    assert OWED.mark in said["Comment"]
    assert OWED.mark in said["XML:com.adobe.xmp"]


def test_a_book_without_a_record_owes_its_sources_alone() -> None:
    assert Credit("Apples", "", "The Orchard", "", ("Paper",)).line == "Source: Paper. The Orchard"
