"""Pictures for where a link is shared: one a page, of one size, with nothing cut off."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from casefile.execution.story import Story
from casefile.figures import pictures
from casefile.site import downloads, lettering, share
from casefile.site import page as page_of
from tests.conftest import ROOT
from tests.support import breaking

PAGES = Story(ROOT).pages

# The colours found in the margins of a picture.
_MARGINS = """async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), drawing = canvas.getContext("2d");
  drawing.drawImage(image, 0, 0);
  const colours = (...box) => {
    const { data } = drawing.getImageData(...box), found = new Set();
    for (let at = 0; at < data.length; at += 4) found.add(data.slice(at, at + 3).join());
    return [...found];
  };
  const { width, height } = image;
  return { all: colours(0, 0, width, height),
    margins: [...new Set([colours(0, 0, 76, height), colours(width - 76, 0, 76, height), colours(0, height - 20, width, 20)].flat())] };
}"""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_its_picture_and_says_what_it_shows(page: str, site: Path) -> None:
    text = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "lxml")
    told = {str(tag["property"]): str(tag["content"]) for tag in text.select("meta[property]")}
    picture = (site / page).parent / told["og:image"]
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert (width, height) == (1200, 630)
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    heading = text.select_one("article h1")
    assert heading is not None
    for link in heading.select(".headerlink"):
        link.decompose()
    assert heading.get_text().strip() in told["og:image:alt"]
    card = text.select_one("meta[name='twitter:card']")
    assert card is not None
    assert card["content"] == "summary_large_image"


def test_no_picture_is_blank_or_has_letters_in_its_margins(tab: Page, address: str) -> None:
    tab.goto(f"{address}/404.html")
    for page in breaking.rounds(PAGES[::3], PAGES):
        found = tab.evaluate(_MARGINS, f"{address}/share/{page}.png")
        assert len(found["all"]) > 10, page
        assert len(found["margins"]) == 1, page


def test_the_picture_of_a_chapter_carries_its_chart(tab: Page, address: str) -> None:
    """The chips of X stand on the first chart of the first chapter, in X's colour, which no word has."""
    tab.goto(f"{address}/404.html")
    colour = downloads.light_colours()["--chart-2"]
    drawn = tab.evaluate(_MARGINS, f"{address}/share/{PAGES[1]}.png")["all"]
    assert ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)) in drawn


def test_the_same_words_give_the_same_bytes() -> None:
    drawn = [
        pictures.png(share.share_picture("A book", "A question?", "An answer, with 12,000 in it.")) for _ in range(2)
    ]
    assert drawn[0] == drawn[1]


def drawing(width: int, height: int) -> str:
    """A chart of a size, as Vega leaves one."""
    bar = f'<rect width="{width}" height="{height}" fill="#103c9e"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{bar}</svg>'


@pytest.mark.parametrize(
    "title", ["Why?", "How often was full self-driving put off, and what had shareholders been promised?"]
)
@pytest.mark.parametrize("sizes", [[(640, 223), (340, 260)], [(640, 646), (340, 700)], [(340, 90)]])
def test_a_chart_stands_in_its_room_and_keeps_its_shape(title: str, sizes: list[tuple[int, int]]) -> None:
    card = BeautifulSoup(share.share_picture("A book", title, "An answer.", [drawing(*size) for size in sizes]), "xml")
    chart = card.select_one("svg svg")
    assert chart is not None
    left, top, width, height = (float(str(chart[name])) for name in ("x", "y", "width", "height"))
    assert any(abs(width / height - wide / high) < 0.01 for wide, high in sizes)
    assert 40 <= left < left + width <= 560.1
    assert 43 < top < top + height <= 302
    words = [line for line in card.select("svg > text") if line.find_parent("svg") is not chart][1:]
    assert " ".join(line.get_text() for line in words) == title
    for line in words:  # each beside the chart, or above it
        text, size = line.get_text(), float(str(line["font-size"]))
        assert lettering.wrapped(text, size, left - 40) == [text] or float(str(line["y"])) <= top


def test_markup_in_a_title_is_drawn_as_text() -> None:
    drawn = share.share_picture("A & B", "Is 1 < 2?", "")
    assert "A &amp; B" in drawn
    assert "Is 1 &lt; 2?" in drawn
    assert pictures.png(drawn).startswith(b"\x89PNG")


def test_lines_keep_every_word_in_order_and_what_has_no_spaces_ends_a_line_at_any_letter() -> None:
    text = "One two three " + "x" * 60 + " four"
    lines = lettering.wrapped(text, 20, 200)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert lines[0].startswith("One two")
    assert max(map(len, lines)) < 20
    title = "果樹園の林檎はいくつあったのか、そしてその値段は"
    assert "".join(lettering.wrapped(title, 36, 520)) == title
    assert {len(line) for line in lettering.wrapped(title, 36, 520)[:-1]} == {
        14
    }  # each as wide as the letters are high


def test_a_picture_is_left_out_where_the_font_lacks_a_letter() -> None:
    assert lettering.drawable("Was the café's “order” worth €5,000 → or 10⁵? Das Übermaß, яблоко, μῆλον, תפוח")
    for title in ("果樹園の林檎", "사과", "تفاح", "แอปเปิล", "सेब", "Խնձոր"):
        assert not lettering.drawable(f"The Orchard: {title}")


def test_letters_that_are_said_to_be_drawn_are_not_one_and_the_same_box() -> None:
    """The font's sign for a letter that it lacks is one; two letters that it has look different."""

    def drawn(letter: str) -> bytes:
        return pictures.png(share.share_picture("", letter, ""))

    box = drawn("林")
    assert drawn("檎") == box
    for letter in "éΩяא":
        assert drawn(letter) != box


def test_a_picture_has_a_whole_address_where_the_site_has_one() -> None:
    assert share.picture_address("https://example.org/book/", "a/b", "../") == "https://example.org/book/share/a/b.png"
    assert share.picture_address("https://example.org/book", "a/b", "../") == "https://example.org/book/share/a/b.png"
    assert share.picture_address("", "a/b", "../") == "../share/a/b.png"


def test_the_words_that_are_shared_leave_out_what_is_there_for_paper() -> None:
    said = '<a href="#s">Them</a><span class="print-only"> &lt;https://example.org/a_12&gt;</span>'
    assert page_of.lead(f"<h1>A page</h1><p>So say {said}.</p><p>More.</p>") == "So say Them."


def test_a_list_of_sections_has_one_link_each() -> None:
    """A number or a link in a heading is a link of its own there, and none in the list; a word still follows its parameters."""
    number, source = '<a class="num" href="c.html#f">1 &amp; 2</a>', '<a href="#s">Them</a>'
    assert page_of.without_links(f'{number}, {source}<span class="print-only"> &lt;u&gt;</span>') == "1 &amp; 2, Them"
    assert page_of.without_links('<span data-word="dear">dear</span>') == '<span data-word="dear">dear</span>'
