"""Tags changed where they stand."""

from __future__ import annotations

import pytest

from casefile.system.tags import Tag, rewritten

LETTER = "<!DOCTYPE html>\n<P  title='a > b' id=x><br/>1 &lt; 2 &nbsp;<!-- <p> --><script>\"<p>\"</script></P >\n<p"


def test_what_is_not_changed_stays_to_the_letter() -> None:
    assert rewritten(LETTER, lambda tag: tag.written) == LETTER


def test_a_tag_is_found_where_a_browser_finds_one_and_nowhere_else() -> None:
    met: list[tuple[str, bool]] = []

    def met_by(tag: Tag) -> str:
        met.append((tag.name, tag.ends))
        return tag.written

    rewritten(LETTER, met_by)
    assert met == [("p", False), ("br", False), ("script", False), ("script", True), ("p", True)]


@pytest.mark.parametrize(
    ("value", "beside", "written"),
    [
        ("b&c", "", '<a class="x" href="b&amp;c" title="y">'),
        (None, "", '<a class="x"  title="y">'),
        ('"&', ' lang="en"', '<a class="x" href="&quot;&amp;" lang="en" title="y">'),
    ],
    ids=["another value", "without it", "as it was, with another beside it"],
)
def test_an_attribute_is_changed_and_the_others_are_left(value: str | None, beside: str, written: str) -> None:
    tag = '<a class="x" href="&quot;&amp;" title="y">'
    assert rewritten(tag, lambda tag: tag.changed("href", value, beside)) == written


def test_of_an_attribute_that_stands_twice_the_first_counts() -> None:
    assert rewritten('<a id="1" id="2">', lambda tag: tag.attributes["id"]) == "1"


def test_what_is_written_as_no_tag_stays_and_hides_none_that_follows() -> None:
    text = "<!--><p a=1 b='>' C>1 < 2 </3><!-- <i> --!><style><b></STYLE ><?x?><a href=x/y>"
    met: list[Tag] = []
    assert rewritten(text, lambda tag: met.append(tag) or tag.written) == text  # type: ignore[func-returns-value]
    assert [tag.name for tag in met] == ["p", "style", "style", "a"]
    assert (met[0].attributes, met[3].attributes) == ({"a": "1", "b": ">", "c": ""}, {"href": "x/y"})
