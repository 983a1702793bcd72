"""What a page says of itself and of its places: its number, how long it reads, the frame that embeds a chart."""

from __future__ import annotations

import re

from markupsafe import Markup

from casefile.system.tree import Element

FRAME = 220  # pixels of an embedded chart's title, note and credit


def number_of(page: str) -> str:
    """The number that the name of a page's file begins with, `1` of `chapters/01_swap`; empty without one."""
    number = re.match(r"0*(\d+)_", page.rpartition("/")[2])
    return number[1] if number else ""


def number_of_chart(place: int, proves: bool) -> str:
    """What a chart is called among those of its page that tell, `1`, `2`, or among those that prove, `A`, `B`.

    A reader who sees those that tell alone counts them without a gap.
    """
    return chr(ord("A") + place - 1) if proves else str(place)


def reading_minutes(article: Element) -> int:
    """Minutes that the prose of a parsed page takes, at some 230 words a minute; what proves it and tables left out."""
    prose = "descendant::*[self::p or self::li or self::dd][not(ancestor::details or ancestor::figure or ancestor::li or ancestor::aside or ancestor::nav)]"
    return max(1, round(sum(len("".join(block.itertext()).split()) for block in article.xpath(prose)) / 230))


def snippet(address: str, title: str, height: int) -> str:
    """The HTML that puts a chart into a frame on another site."""
    frame = '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy"></iframe>'
    return str(Markup(frame).format(address, title, height + FRAME))


def cue(meaning: str) -> str:
    """What says beside a chart that a mark of it is a handle, and of which parameter, by its meaning."""
    return f"Drag the ring in the chart to try another value: “{meaning}”."
