"""Hostile addresses in a browser: they move declared parameters within their bounds, and nothing else; they are never markup."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from casefile.citation import verify
from casefile.notebook.results import Results
from casefile.records import Records
from casefile.site import page_script
from tests.conftest import CHAPTERS, Open, Plain
from tests.hostile.test_hostile_citations import CRAFTED
from tests.support.hostile import FRAGMENTS, LONG, MARKUP, NUMBERS, Watched, met, unpaired

SURFACE = "addresses of pages"
BATCH = 200
SEED = random.SystemRandom().randrange(1 << 32) if LONG else 1
TEXTS = [text for text in FRAGMENTS if not unpaired(text) and len(text) < 2000]
NAMES = ["__proto__", "constructor", "toString", "cite", "citation", "q", "kind", "", "<script>", "hasOwnProperty"]

# The page's script reads each address anew, as it would when the page is opened: its panel goes, the script comes again.
_STATES = """async ([script, queries]) => {
  const said = [];
  for (const query of queries) {
    document.querySelector(".what-if-reset")?.click();
    document.querySelectorAll(".what-if, .what-if-toggle").forEach((element) => element.remove());
    history.replaceState(null, "", location.pathname + query);
    await new Promise((resolve, reject) => {
      const element = document.createElement("script");
      Object.assign(element, { src: script, onload: resolve, onerror: reject });
      document.head.append(element);
      element.remove();
    });
    const { search, words, command } = casefile.whatIf;
    said.push({ query, moved: [...new URLSearchParams(words().replaceAll(" = ", "=").replaceAll(", ", "&"))], command: command(),
      fields: [...document.querySelectorAll(".what-if-inputs > [id]")].map(({ id, value }) => [id, value]) });
  }
  return said;
}"""


@pytest.fixture
def tab(new_tab: Open, address: str) -> Iterator[Watched]:
    watched = Watched(new_tab(), address)
    yield watched
    watched.close()


def controls(chapter: str, defaults: dict[str, Plain], known: Records) -> dict[str, dict[str, Any]]:
    """The parameters of a chapter that its page lets move, by name."""
    plain = page_script.page(Results.from_json(defaults[chapter], known.units), known, "", frozenset())["parameters"]
    return {row["name"]: row for row in plain}


def value(draw: random.Random, row: dict[str, Any] | None) -> str:
    """A value for a parameter: within its bounds, at them, beyond them, or nothing that it takes."""
    low, high = (row or {}).get("minimum", -1e9), (row or {}).get("maximum", 1e9)
    if isinstance(low, str):  # days
        days = [low, high, "2024-02-30", "1999-12-31", "2099-01-01", draw.choice(NUMBERS)[:400], draw.choice(TEXTS)]
        return str(draw.choice(days))
    choices = [str(choice) for choice in (row or {}).get("choices") or ["x"]]
    return draw.choice([
        repr(draw.uniform(low, high)), str(round(draw.uniform(low, high))), repr(low), repr(high), repr(low - 1e-9 - abs(low) * 1e-9),
        repr(high * (1 + 1e-9) + 1e-9), draw.choice(NUMBERS)[:400], draw.choice(TEXTS), draw.choice(TEXTS) + draw.choice(TEXTS),
        f"{low}{draw.choice(TEXTS)}", "2024-02-30", "true", draw.choice(choices),
    ])  # fmt: skip


def query(draw: random.Random, rows: dict[str, dict[str, Any]]) -> str:
    """A crafted query: some of its names declared, some not, some twice; sometimes not even well formed."""
    pairs = []
    for _ in range(draw.randint(1, 5)):
        name = draw.choice([*rows, *rows, *NAMES, draw.choice(TEXTS)])
        pairs.append((name, value(draw, rows.get(name))))
    made = urlencode(pairs, quote_via=quote)
    cut = draw.randrange(len(made) + 1)
    return "?" + draw.choice(
        [made, made, made, made[:cut] + draw.choice(["%", "%zz", "%00", "&&", "=", "+", "%F0%9F"]) + made[cut:]]
    )


def allowed(row: dict[str, Any], text: str) -> bool:
    """Whether a text is a value that a parameter takes."""
    if row.get("choices"):
        return text in [str(choice) for choice in row["choices"]]
    if row["type"] == "date":
        whole_day = re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None
        return whole_day and row["minimum"] <= text <= row["maximum"]
    if row["type"] not in ("number", "integer"):
        return row["type"] != "boolean" or text in ("true", "false")
    number = float(text)
    whole = row["type"] == "number" or number.is_integer()
    return math.isfinite(number) and whole and row.get("minimum", -math.inf) <= number <= row.get("maximum", math.inf)


def test_a_crafted_address_moves_declared_parameters_within_their_bounds_alone(
    tab: Watched, address: str, defaults: dict[str, Plain], known: Records
) -> None:
    draw = random.Random(SEED)
    found = {name: controls(name, defaults, known) for name in CHAPTERS}
    chapters = [name for name, rows in found.items() if rows]
    each = -(-7000 // len(chapters)) if LONG else 12
    chapters = chapters if LONG else chapters[::4]
    for chapter in chapters:
        rows = found[chapter]
        tab.page.goto(f"{address}/{CHAPTERS[chapter]}.html")
        script = tab.page.evaluate("document.querySelector('script[src*=\"whatif.js\"]').src")
        before = tab.page.evaluate("document.querySelector('.what-if-command').textContent")
        queries = [query(draw, rows) for _ in range(each)]
        for start in range(0, each, BATCH):
            for said in tab.page.evaluate(_STATES, [script, queries[start : start + BATCH]]):
                for name, text in said["moved"]:
                    assert name in rows, (SEED, said)
                    assert allowed(rows[name], text), (SEED, said)
                assert re.fullmatch(r"casefile rerun \w+( -p \w+ [\w.+-]+)*", said["command"]), (SEED, said)
                for field, text in said["fields"]:
                    assert allowed(rows[field.removeprefix("what-if-")], text), (SEED, said)
                met[SURFACE] += 1
            tab.judge(f"seed {SEED}")
        tab.page.evaluate("document.querySelector('.what-if-reset').click()")
        assert tab.page.evaluate("document.querySelector('.what-if-command').textContent") == before
        assert tab.page.evaluate("document.querySelectorAll('[data-was]').length") == 0


def test_an_address_opened_as_it_is_does_the_same(
    tab: Watched, address: str, defaults: dict[str, Plain], known: Records
) -> None:
    chapter = max(CHAPTERS, key=lambda name: len(controls(name, defaults, known)))
    draw = random.Random(SEED)
    for _ in range(100 if LONG else 4):
        tab.page.goto(
            f"{address}/{CHAPTERS[chapter]}.html{query(draw, controls(chapter, defaults, known))}#figure-{quote(draw.choice(TEXTS))}"
        )
        tab.judge(f"seed {SEED}")
        tab.page.evaluate("async (id) => { await casefile.cite.open(id); }", next(iter(defaults[chapter]["figures"])))
        tab.judge(f"seed {SEED}")
        met[SURFACE] += 1


def test_a_crafted_fragment_opens_nothing(tab: Watched, address: str) -> None:
    tab.page.goto(f"{address}/chapters/claims.html")
    for text in (
        [*TEXTS, *(f"figure-{text}" for text in TEXTS), *(f"claim-{text}" for text in TEXTS)] if LONG else TEXTS[::6]
    ):
        tab.page.evaluate("text => { location.hash = text; }", text)
        assert tab.page.evaluate("document.querySelectorAll('dialog[open]').length") == 0
        met[SURFACE] += 1
    tab.judge(f"seed {SEED}")


_SEARCH = """async (texts) => texts.map((text) => {
  const field = document.querySelector("#search-words");
  field.value = text;
  field.dispatchEvent(new Event("input"));
  const known = new Set(casefile.searchIndex.map((entry) => entry.at(-1)));
  return [document.title, [...document.querySelectorAll(".search-results a")].every((link) => known.has(link.getAttribute("href")))];
})"""


def test_a_crafted_search_finds_what_the_book_holds_or_nothing(tab: Watched, address: str) -> None:
    draw = random.Random(SEED)
    for text in [*MARKUP[:2], "chip $&$`$'", "x" * 100_000, "a b " * 20_000]:
        tab.page.goto(f"{address}/search.html?{urlencode({'q': text, 'kind': draw.choice(TEXTS)})}"[:8000])
        assert tab.page.title().startswith("Search")
        assert text[:150] in tab.page.title() or text.startswith("a b ")
        tab.judge(f"seed {SEED}")
        met[SURFACE] += 1
    title = tab.page.title().rpartition(" — ")[2]
    texts = [
        draw.choice(TEXTS)[:200] + draw.choice(["", " ", " chip", draw.choice(TEXTS)[:200]])
        for _ in range(2000 if LONG else 60)
    ]
    for start in range(0, len(texts), BATCH):
        for said, ours in tab.page.evaluate(_SEARCH, texts[start : start + BATCH]):
            assert said.startswith("Search")
            assert said.endswith(f" — {title}")
            assert ours
            met[SURFACE] += 1
    tab.judge(f"seed {SEED}")


def test_a_crafted_citation_is_told_in_words_and_stands_only_where_the_command_reads_it_too(
    tab: Watched, address: str
) -> None:
    draw = random.Random(SEED)
    texts = [*CRAFTED, *(draw.choice(TEXTS) + draw.choice(CRAFTED)[:500] for _ in range(2000 if LONG else 40)), "a" * 19_999, "a@1?" * 4999,
             "-@" * 9000, "@a{" * 6000, "{" * 100_000]  # fmt: skip
    tab.page.goto(f"{address}/chapters/about/verify.html?{urlencode({'citation': MARKUP[0]})}")
    tab.judge(f"seed {SEED}")
    for text in texts:
        clean = text.encode("utf-8", "replace").decode()
        found = tab.page.evaluate(
            "text => { const began = performance.now(); return [casefile.verified(text), performance.now() - began]; }",
            clean,
        )
        assert found[0]["status"] in (verify.STANDS, verify.CHANGED, verify.MOVED, verify.WITHDRAWN, "unknown"), text
        assert found[0]["line"]
        assert found[1] < 3000, (text[:50], found[1])
        if found[0]["status"] == verify.STANDS:
            assert verify.read(clean).id == found[0]["id"]
        met[SURFACE] += 1
    for text in texts[:: 20 if not LONG else 4]:
        tab.page.evaluate(
            "text => { document.querySelector('#verify-citation').value = text; document.querySelector('form.verify').requestSubmit(); }",
            text.encode("utf-8", "replace").decode(),
        )
        assert set(
            tab.page.evaluate("[...document.querySelectorAll('.verify-found *')].map(one => one.localName)")
        ) <= {"strong", "p", "a", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "span", "em"}
        met[SURFACE] += 1
    tab.judge(f"seed {SEED}")
