"""The policy of pages: what asks another host for anything, or holds a script, is named, wherever HTML can hold it."""

from __future__ import annotations

import pytest
from lxml import etree

from casefile.content import policy
from casefile.content.policy import forbidden


@pytest.mark.parametrize(
    "html",
    [
        "<p>1 < 2 and script: src=//evil.example</p>", '<script src="../_static/graph.js"></script>',
        '<script type="application/ld+json">{"url": "https://example.org"}</script>', '<a href="https://example.org">There</a>',
        '<link rel="canonical" href="https://example.org/">', '<link rel="next license" href="https://example.org/">',
        '<p title="an on=off switch">On</p>', '<img src="data:image/png;base64,AA==" alt="">', '<img src="tree.png?x=//y" alt="a // b">',
        '<img srcset="a.png 1x, b.png 2x" src="a.png" alt="">', '<svg><use href="#leaf"/><path fill="url(#red)"/></svg>',
        '<svg><a href="https://example.org"><text>There</text></a></svg>', "<p>@import url(https://example.org/x.css)</p>",
        '<!-- <img src="https://example.org/x.png"> -->', '<textarea><img src="https://example.org/x.png"></textarea>',
    ],
)  # fmt: skip
def test_what_asks_nobody_is_allowed(html: str) -> None:
    assert forbidden(html) == ""


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<p><script>alert(1)</script></p>", "a script inside the HTML"), ('<script type="module">', "a script inside the HTML"),
        ('<script src="//evil.example/x.js"></script>', "a <script> from another host: //evil.example/x.js"),
        ("<IMG SRC='HTTPS://evil.example/x.png'>", "an <img> from another host: HTTPS://evil.example/x.png"),
        ('<img alt="5 > 3" src="https://evil.example/x.png">', "an <img> from another host: https://evil.example/x.png"),
        ("<img src=\"ht\ntps://evil.example/x.png\">", "an <img> from another host: ht\ntps://evil.example/x.png"),
        (r'<img src="\\evil.example\x.png">', r"an <img> from another host: \\evil.example\x.png"),
        ('<img src="a.png" srcset="a.png 1x, //evil.example/b.png 2x">', "an <img> from another host: //evil.example/b.png"),
        ('<picture><source srcset="https://evil.example/b.avif"></picture>', "a <source> from another host: https://evil.example/b.avif"),
        ("<iframe src=//evil.example>", "an <iframe> from another host: //evil.example"),
        ('<iframe src="data:text/html,x"></iframe>', "an <iframe> from another host: data:text/html,x"),
        ('<iframe srcdoc="&lt;p&gt;x"></iframe>', "an <iframe> with a page of its own"),
        ('<video poster="https://evil.example/p.png"></video>', "a <video> from another host: https://evil.example/p.png"),
        ('<audio><source src="https://evil.example/a.ogg"></audio>', "a <source> from another host: https://evil.example/a.ogg"),
        ('<object data="tree.svg"></object>', "an <object>"), ('<embed src="tree.svg">', "an <embed>"),
        ('<form action="https://evil.example/"></form>', "a <form> from another host: https://evil.example/"),
        ('<form><button formaction="//evil.example"></button></form>', "a <button> from another host: //evil.example"),
        ('<a href="x.html" ping="https://evil.example/">x</a>', "an <a> from another host: https://evil.example/"),
        ('<a href="java\tscript:alert(1)">x</a>', "an <a> whose address is a script"),
        ('<svg><a xlink:href="javascript:alert(1)"></a></svg>', "an <a> whose address is a script"),
        ('<svg><image href="https://evil.example/x.png"/></svg>', "an <image> from another host: https://evil.example/x.png"),
        ('<svg><image xlink:href="https://evil.example/x.png"/></svg>', "an <image> from another host: https://evil.example/x.png"),
        ('<svg><use href="https://evil.example/x.svg#a"/></svg>', "an <use> from another host: https://evil.example/x.svg#a"),
        ('<svg><rect fill="URL(https://evil.example/x.svg#a)"/></svg>', "a <rect> with a style from another host: https://evil.example/x.svg#a"),
        ("<p style=\"background: url('//evil.example/x.png')\">x</p>", "a <p> with a style from another host: //evil.example/x.png"),
        ("<style>@import 'https://evil.example/x.css';</style>", "a <style> with a style from another host: https://evil.example/x.css"),
        ('<table background="https://evil.example/x.png"></table>', "a <table> from another host: https://evil.example/x.png"),
        ('<link rel="stylesheet" href="http://evil.example/x.css">', "a <link> from another host: http://evil.example/x.css"),
        ('<link rel="alternate stylesheet" href="//evil.example/x.css">', "a <link> from another host: //evil.example/x.css"),
        ('<link rel="preconnect" href="https://evil.example">', "a <link> from another host: https://evil.example"),
        ('<link href="https://evil.example">', "a <link> from another host: https://evil.example"),
        ('<meta http-equiv="Refresh" content="0; URL=https://evil.example/">', "a <meta> that leads to another host: https://evil.example/"),
        ('<base href="https://evil.example/">', "a <base> from another host: https://evil.example/"),
        ('<p class="x" onclick="alert(1)">', "an event handler onclick"), ("<svg/OnLoad=alert(1)>", "an event handler onload"),
    ],
)  # fmt: skip
def test_what_the_policy_of_pages_forbids_is_named(html: str, why: str) -> None:
    assert forbidden(html) == why


def test_the_head_of_a_page_is_read_too_and_its_base_may_be_the_books_own_address() -> None:
    head = '<link rel="icon" href="//evil.example/i.svg"><base href="https://example.org/">'
    page = etree.HTML(f"<html><head>{head}</head><body><p>x</p></body></html>")
    icon, base = "a <link> from another host: //evil.example/i.svg", "a <base> from another host: https://example.org/"
    assert [what for _, what in policy.of_tree(page)] == [icon, base]
    assert [what for _, what in policy.of_tree(page, "https://example.org/")] == [icon]
