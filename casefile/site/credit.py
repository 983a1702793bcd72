"""What a chart's picture carries with it when it leaves the site: title and credit to be seen, and the same for machines."""

from __future__ import annotations

import html
import math
import struct
import zlib
from dataclasses import dataclass

from casefile.figures.formats import typographic
from casefile.figures.pictures import FONT
from casefile.site.lettering import wrapped
from casefile.system.tree import of_html

_MARGIN, _TITLE, _SMALL = 12, 16.0, 9.5
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:cc="http://creativecommons.org/ns#" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
)


@dataclass(frozen=True)
class Credit:
    """Whose a picture is: its title, what it shows in words, the book and its author, sources, licence, edition, mark, address.

    What is not known is empty; `licence` is the address of one.
    """

    title: str
    words: str
    book: str
    author: str
    sources: tuple[str, ...]
    licence: str = ""
    edition: str = ""
    mark: str = ""
    address: str = ""

    @property
    def line(self) -> str:
        """Sources, book, edition and mark in one line."""
        named = "; ".join(self.sources[:3]) + (f" and {len(self.sources) - 3} more" if len(self.sources) > 3 else "")
        licensed = self.licence.rpartition("/")[2].replace("CC-BY-", "CC BY ")
        parts = [f"Source: {named}" if named else "", self.book, self.edition, licensed, self.mark]
        return ". ".join(part for part in parts if part)


def framed(drawn: str, credit: Credit, ink: str, muted: str, paper: str) -> str:
    """A picture as SVG with its title above and its credit below, and both for machines in its metadata."""
    svg = of_html(drawn).find(".//svg")
    if svg is None or not {"width", "height"}.issubset(svg.keys()):
        return drawn
    width, height = (float(svg.get(side, "")) for side in ("width", "height"))
    titles = wrapped(typographic(credit.title), _TITLE, width - 2 * _MARGIN)
    credits = wrapped(typographic(credit.line), _SMALL, width - 2 * _MARGIN)
    top = math.ceil(_MARGIN + len(titles) * _TITLE * 1.3)
    foot = top + height + 6
    whole = math.ceil(foot + len(credits) * _SMALL * 1.4 + _MARGIN)
    words = [
        f'<text x="{_MARGIN}" y="{_MARGIN + _TITLE + number * _TITLE * 1.3:g}" font-size="{_TITLE:g}" font-weight="bold" fill="{ink}">'
        f"{html.escape(line)}</text>"
        for number, line in enumerate(titles)
    ]
    words += [
        f'<text x="{_MARGIN}" y="{foot + _SMALL + number * _SMALL * 1.4:g}" font-size="{_SMALL:g}" fill="{muted}">'
        f"{html.escape(line)}</text>"
        for number, line in enumerate(credits)
    ]
    inner = drawn.replace("<svg", f'<svg y="{top}"', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{width:g}" height="{whole}" viewBox="0 0 {width:g} {whole}" '
        f'font-family="{FONT}" role="img"><title>{html.escape(typographic(credit.title))}</title><desc>{html.escape(typographic(credit.words))}</desc>'
        f'<metadata>{rdf(credit)}</metadata><rect width="100%" height="100%" fill="{paper}"/>{"".join(words)}{inner}</svg>'
    )


def rdf(credit: Credit) -> str:
    """A credit as RDF, in the terms of Dublin Core, Creative Commons, XMP's rights and IPTC's credit line."""

    def said(name: str, value: str) -> str:
        return f"<{name}>{html.escape(value)}</{name}>" if value else ""

    def listed(name: str, kind: str, value: str) -> str:
        inner = f"<rdf:li{' xml:lang=' + chr(34) + 'x-default' + chr(34) if kind == 'Alt' else ''}>{html.escape(value)}</rdf:li>"
        return f"<{name}><rdf:{kind}>{inner}</rdf:{kind}></{name}>" if value else ""

    licence = f'<cc:license rdf:resource="{html.escape(credit.licence)}"/>' if credit.licence else ""
    return (
        f'<rdf:RDF {_NAMESPACES}><rdf:Description rdf:about="">'
        + listed("dc:title", "Alt", credit.title)
        + listed("dc:description", "Alt", credit.words)
        + listed("dc:creator", "Seq", credit.author)
        + listed("dc:rights", "Alt", credit.licence)
        + said("dc:source", "; ".join(credit.sources))
        + said("dc:identifier", credit.mark)
        + said("xmpRights:WebStatement", credit.licence)
        + said("photoshop:Credit", f"{credit.book}. {credit.edition}".rstrip(". "))
        + said("photoshop:Source", credit.address)
        + f"{licence}</rdf:Description></rdf:RDF>"
    )


def tagged(picture: bytes, credit: Credit) -> bytes:
    """A PNG with its credit in text chunks and in XMP; the pixels are left as they are."""
    texts = {
        "Title": credit.title, "Description": credit.words, "Author": credit.author, "Copyright": credit.licence,
        "Source": "; ".join(credit.sources), "Comment": ". ".join(filter(None, (credit.book, credit.edition, credit.mark))),
        "XML:com.adobe.xmp": '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'{rdf(credit)}</x:xmpmeta><?xpacket end="r"?>',
    }  # fmt: skip
    after = len(_SIGNATURE) + 25  # the header, which is always first
    chunks = b"".join(_chunk(name, text) for name, text in texts.items() if text)
    return picture[:after] + chunks + picture[after:]


def _chunk(name: str, text: str) -> bytes:
    """A chunk of international text, not compressed (PNG specification, iTXt)."""
    content = b"iTXt" + name.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
