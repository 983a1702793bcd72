"""A citation stands, changed, moved or was withdrawn; what was not checked is never said to stand. Command and page agree."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from casefile.book import rebuild
from casefile.citation import archive, citation_file, cite, editions, registry, verify
from casefile.citation.citable import CitableItem
from casefile.errors import BadInput
from tests.engine.book.test_rerun import casefile
from tests.support.orchard import built
from tests.support.published import FIRST, add, change, commit, release, replace, standing, verified, version

WRITTEN = [style for style in cite.STYLES if style != "url"]
CORRECTION = {
    "id": "c1", "kind": "correction", "date": "2021-03-01", "wrong": "120 trees.", "right": "There are 121 trees.",
    "since": "2021-02-01", "figures": "trees", "owed_to": "A reader",
}  # fmt: skip


@pytest.fixture(scope="module")
def first(published: Path) -> dict[str, CitableItem]:
    """What the first edition said."""
    return standing(published)


@pytest.fixture(scope="module")
def later(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The orchard after its second edition: a number corrected, a section moved, another withdrawn; and a draft since."""
    root = Path(shutil.copytree(published, tmp_path_factory.mktemp("later") / "orchard"))
    change(root, "figures", "trees", "value", "121")
    add(root, "corrections", CORRECTION)
    replace(root / "index.md", "(orchard-fruit)=\n## Its fruit\n\nIt bore {num}`harvest` apples.\n\n", "")
    replace(root / "index.md", "(orchard-price)=\n## Its price\n\nAn apple is sold at {num}`price`.\n", "")
    with (root / "sources.md").open("a", encoding="utf-8") as sources:
        sources.write("\n(orchard-price)=\n## Its price\n\nAn apple is sold at {num}`price`.\n")
    replace(root / "data" / "ids.csv", "index,orchard-fruit,public,", "index,orchard-fruit,retired,See the harvest.")
    registry.register(root, standing(root))
    replace(root / "data" / "ids.csv", "sources,orchard-price,public,", "sources,orchard-price,public,Told there.")
    version(root, "1.1", "2021-03-01")
    commit(root)
    release(root, "1.1")
    archive.write(root, rebuild.of_record(editions.load(root)["1.0"]))
    commit(root)
    replace(root / "verify.md", "# Verify\n", "# Verify\n\nPaste one.\n")
    return root


@pytest.fixture(scope="module")
def now(later: Path) -> dict[str, CitableItem]:
    return standing(later)


@pytest.fixture(scope="module")
def page(later: Path, browser: Browser) -> Iterator[Page]:
    """The page of verification, from a folder and without a server."""
    output = built(later)
    context = browser.new_context(offline=True)
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(f"{output.as_uri()}/verify.html")
    yield tab
    context.close()
    assert wrong == []


def citation(published: Path, item: CitableItem, style: str, edition: str = FIRST) -> str:
    """An item as the first edition had it cited."""
    return cite.cited(item, citation_file.book_of(published), edition, {}, "", style)


def in_browser(page: Page, text: str) -> dict[str, str]:
    """What the page says of a citation that someone pastes and checks."""
    page.fill("#verify-citation", text)
    page.click("form.verify button")
    status, line, verdict = page.locator("output.verify-found").evaluate(
        "(one) => [one.dataset.status, one.querySelector('p').innerText, one.querySelector('strong').innerText]"
    )
    head = "altered" if verdict == "It was altered" else status  # which the line then leaves out
    return {"status": status, "line": line if head == "unknown" else f"{head}: {line}"}


EXPECTED = {
    "apples_a_tree": "stands: “Apples a tree bears” is 250 in edition 1.0 of 2021-02-01, and so it stands now",
    "price": "stands: “Price of an apple” is €0.4 in edition 1.0 of 2021-02-01, and so it stands now",
    "trees": "value changed: trees: from 120 to 121; correction c1: There are 121 trees.; in edition 1.1",
    "worth": "value changed: worth: from €12,000 to €12,100; correction c1: There are 121 trees.; in edition 1.1",
    "orchard-fruit": "withdrawn: orchard-fruit of edition 1.0: See the harvest.",
    "orchard-price": "moved: orchard-price, unchanged since edition 1.0: now at sources.html#orchard-price, was at "
    "index.html#orchard-price",
    "verify": "value changed: verify: its words are others; no correction says why; not yet in an edition",
}


@pytest.mark.parametrize("style", WRITTEN)
@pytest.mark.parametrize("name", EXPECTED)
def test_a_citation_in_any_form_gets_the_same_true_answer(
    name: str,
    style: str,
    published: Path,
    first: Mapping[str, CitableItem],
    later: Path,
    now: Mapping[str, CitableItem],
    page: Page,
) -> None:
    text = citation(published, first[name], style)
    assert verified(later, text, now) == EXPECTED[name]
    found = in_browser(page, text)
    assert found["line"] == EXPECTED[name]
    assert found["status"] == EXPECTED[name].partition(":")[0]


def test_an_answer_leads_to_the_page_as_it_was_and_to_what_has_changed(
    first: Mapping[str, CitableItem], published: Path, page: Page
) -> None:
    in_browser(page, citation(published, first["trees"], "sentence"))
    ways = {way.inner_text(): str(way.get_attribute("href")) for way in page.locator(".verify-found a").all()}
    assert ways["See the page as it was"].endswith("/v/1.0/chapters/harvest.html#figure-trees")
    tab = page.context.new_page()
    tab.goto(ways["See what has changed"])
    row = tab.locator("#since-figure-trees")
    assert row.inner_text() == "Trees in the orchard: from 120 to 121. There are 121 trees. The correction."
    tab.goto(
        f"{tab.url.partition('v/1.0')[0]}chapters/harvest.html?cite=trees%401.0%3A{first['trees'].hash}#figure-trees"
    )
    bar = tab.locator(".cite-arrived")
    bar.get_by_text("Check").wait_for()
    assert bar.inner_text().startswith(
        "You came by a citation of edition 1.0: “Trees in the orchard: 120”. That has changed: it is 121 now. The page as it was. "
    )
    assert str(bar.get_by_text("What has changed").get_attribute("href")) == ways["See what has changed"]
    tab.close()


@pytest.mark.parametrize("name", EXPECTED)
def test_an_address_is_checked_too(
    name: str, first: Mapping[str, CitableItem], later: Path, now: Mapping[str, CitableItem], page: Page
) -> None:
    item = first[name]
    address = f"https://example.org/o/{item.page}.html?cite={name}%401.0%3A{item.hash}#{item.anchor}"
    assert verified(later, address, now) == in_browser(page, address)["line"] == EXPECTED[name]


def test_a_draft_is_answered_by_the_present_book_alone(
    published: Path, first: Mapping[str, CitableItem], later: Path, now: Mapping[str, CitableItem], page: Page
) -> None:
    for item, said in (
        (now["trees"], "stands: “Trees in the orchard” is 121 in the book now, as in the draft after edition 1.1"),
        (first["trees"], "value changed: trees, by a draft after edition 1.1: no edition keeps what it was, and now it is another: 121"),
    ):  # fmt: skip
        text = cite.cited(item, citation_file.book_of(later), "1.1+draft", {}, "", "csl-json")
        assert verified(later, text, now) == in_browser(page, text)["line"] == said


def test_every_citation_of_the_last_edition_stands_but_those_changed_since(
    later: Path, now: Mapping[str, CitableItem], page: Page
) -> None:
    answers = {}
    for name, item in editions.load(later)["1.1"].items.items():
        text = cite.cited(item, citation_file.book_of(later), "1.1", {}, "", "bibtex")
        answers[name] = verified(later, text, now).partition(":")[0]
        assert in_browser(page, text)["status"] == answers[name]
    assert {name for name, status in answers.items() if status != "stands"} == {"verify", "book"}


def worth(published: Path, first: Mapping[str, CitableItem], style: str) -> str:
    return citation(published, first["worth"], style)


REFUSED: dict[str, tuple[str, Any]] = {
    "nothing": ("the citation is empty", lambda cited: "  \n"),
    "words without a mark": ("the citation has no mark, or one cut short", lambda cited: "The Gardener, 2021."),
    "a cut mark": ("has a hash of 5 characters", lambda cited: cited("sentence")[:-9]),
    "no hash": ("has no mark, or one cut short", lambda cited: cited("apa").rpartition(":")[0]),
    "two citations": ("has 2 marks", lambda cited: cited("apa") + cited("apa").replace("worth@", "price@")),
    "another number": ("altered: the citation says €13,000; it is €12,000 in edition 1.0", lambda cited: cited("sentence").replace("12,000", "13,000")),
    "a longer number": ("title is not “Worth of the harvest”", lambda cited: cited("ris").replace("12,000", "12,000,000")),
    "another title": ("title is not “Worth of the harvest”", lambda cited: cited("csl-json").replace("Worth of", "Loss of")),
    "a word between": ("title is not “Worth of the harvest”", lambda cited: cited("ris").replace("harvest: ", "harvest: not ")),
    "another title in BibTeX": ("title is not “Worth of", lambda cited: cited("bibtex").replace("Worth of", "Loss of")),
    "another hash": ("is not that of 'worth' in edition 1.0", lambda cited: re.sub(r":[0-9a-f]{12}\]", ":0123456789ab]", cited("apa"))),
    "an unknown edition": ("unknown edition '7.0'", lambda cited: cited("apa").replace("@1.0:", "@7.0:")),
    "a draft of an unknown edition": ("unknown edition '7.0+draft'", lambda cited: cited("apa").replace("@1.0:", "@7.0+draft:")),
    "another version": ("RIS record's edition says '1.1'", lambda cited: cited("ris").replace("ET  - 1.0", "ET  - 1.1")),
    "an unknown id": ("unknown: no page, section, figure, chart or claim 'wroth'; the hash is that of worth@1.0:", lambda cited: cited("apa").replace("worth@", "wroth@")),
    "broken BibTeX": ("broken BibTeX", lambda cited: cited("bibtex").replace('harvest: €12,000}"', "harvest: €12,000")),
    "BibTeX cut short": ("broken BibTeX", lambda cited: cited("bibtex")[:120]),
    "RIS cut short": ("broken RIS", lambda cited: cited("ris").partition("ER  -")[0]),
    "broken JSON": ("broken CSL-JSON", lambda cited: cited("csl-json")[:-30]),
    "two records": ("holds 2 records; expected one", lambda cited: json.dumps(json.loads(cited("csl-json")) * 2)),
    "a bare address": ("no edition and no hash", lambda cited: "https://example.org/chapters/market.html#figure-worth"),
    "an address elsewhere": ("altered", lambda cited: "https://example.org/chapters/market.html?cite=worth%401.0%3A0123456789ab#figure-price"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_checked_is_refused_in_one_line_and_never_stands(
    case: str, published: Path, first: Mapping[str, CitableItem], now: Mapping[str, CitableItem], page: Page
) -> None:
    said, altered = REFUSED[case]
    text = altered(lambda style: worth(published, first, style))
    line = verified(published, text, first)
    assert line.startswith("refused: ") and said in line, line
    assert "\n" not in line
    if text.strip():
        found = in_browser(page, text)
        assert found["status"] == "unknown"
        if case.startswith("two "):  # the page answers for each
            assert page.locator("output.verify-found li").count() == 2
        elif case not in ("broken JSON", "BibTeX cut short", "broken BibTeX"):
            assert said in found["line"]


MARKED = "worth@1.0:0123456789ab"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("@misc{x, note = {" + "{" * 101 + MARKED + "}" * 101 + "}}", "broken BibTeX: syntax error in line 1: too many nested braces"),
        (f"TY  - DATA\nTI  - One\nER  - \nTY  - DATA\nand on\nN1  - {MARKED}\nER  - ", "broken RIS: a line goes on where no field began"),
        ("https://" + "9" * 5000 + "\u2100", f"the address cannot be read: netloc '{'9' * 192}"),
    ],
)  # fmt: skip
def test_a_record_that_its_parser_cannot_read_is_refused_in_one_line(text: str, line: str) -> None:
    with pytest.raises(BadInput) as caught:
        verify.read(text)
    expected = "expected it whole, with its mark id@edition:hash, as `casefile cite` gave it"
    assert str(caught.value) == f"{line}; {expected}"


def test_braces_within_braces_are_read_as_far_as_bibtex_goes() -> None:
    assert verify.read("@misc{x, note = {" + "{" * 99 + MARKED + "}" * 99 + "}}").id == "worth"


def test_a_tag_that_reference_managers_keep_changes_nothing_and_one_that_prints_is_refused(
    published: Path, first: Mapping[str, CitableItem], later: Path, now: Mapping[str, CitableItem], page: Page
) -> None:
    text = citation(published, first["price"], "ris").replace("ER  -", "KW  - apples\nAB  - Of apples\nand on\nER  -")
    assert verified(later, text, now) == in_browser(page, text)["line"] == EXPECTED["price"]
    line = in_browser(page, text.replace("KW  -", "SP  -"))["line"]
    assert verified(later, text.replace("KW  -", "SP  -"), now) == f"refused: {line}"
    assert line.startswith("the RIS record has a field 'SP', which no record of the book has; ")


def test_an_id_that_came_after_the_edition_it_is_cited_from_is_unknown_there(
    published: Path, first: Mapping[str, CitableItem]
) -> None:
    later = {**first, "trees_2": dataclasses.replace(first["trees"], id="trees_2")}
    text = citation(published, later["trees_2"], "sentence")
    assert verified(published, text, later) == ("refused: unknown: edition 1.0 has no 'trees_2'; did you mean trees?")


def test_what_prints_the_same_and_is_made_otherwise_has_changed(
    published: Path, first: Mapping[str, CitableItem]
) -> None:
    now = {**first, "trees": dataclasses.replace(first["trees"], hash="0123456789ab")}
    assert verified(published, citation(published, first["trees"], "sentence"), now) == (
        "value changed: trees: still 120 as printed, and its exact value, formula, rule or sources are others; "
        "no correction says why; not yet in an edition"
    )


# ------------------------------------------------------------------------------------------------------- other parameters


@pytest.fixture(scope="module")
def dear(published: Path) -> dict[str, CitableItem]:
    """The orchard with apples at twice the price."""
    return standing(published, {"market": {"price": 0.8}})


def supposed(item: CitableItem, said: str, hash: str) -> str:
    """A number as a page cites it with a parameter moved: the words carry the number, the mark the parameter."""
    changed = "Computed with price of market at 0.8 instead of 0.4, not with the book's own parameters"
    note = f"{changed}. {item.id}@1.0?market.price=0.8:{hash}"
    return f"A Gardener and Cox Pippin (2021) gives, for “{item.title}”, {said} [{note}]."


def test_a_number_with_other_parameters_is_worked_out_anew(
    published: Path, first: Mapping[str, CitableItem], dear: Mapping[str, CitableItem]
) -> None:
    made = supposed(first["worth"], "€24,000", first["worth"].hash)
    said = "stands: worth, by the parameters it names"
    assert verified(published, made, first, dear) == f"{said}, made as it was, and computed anew: €24,000"
    by_command = supposed(first["worth"], "€24,000", dear["worth"].hash)
    assert verified(published, by_command, first, dear) == f"{said}, as the book computes it now: €24,000"


def test_a_number_with_other_parameters_that_was_altered_never_stands(
    published: Path, first: Mapping[str, CitableItem], dear: Mapping[str, CitableItem]
) -> None:
    for hash in (first["worth"].hash, dear["worth"].hash):
        line = verified(published, supposed(first["worth"], "€25,000", hash), first, dear)
        assert line == "refused: altered: the citation says €25,000; it is €24,000 by the parameters it names"
    line = verified(published, supposed(first["worth"], "€24,000", "0123456789ab"), first, dear)
    said = "value changed: worth, by the parameters it names"
    assert line == f"{said}: still €24,000 as printed, and its exact value, formula or sources are others"
    line = verified(published, supposed(first["worth"], "€25,000", "0123456789ab"), first, dear)
    assert line == f"{said}: no edition keeps what it was, and now it is another: €24,000"
    address = f"https://example.org/chapters/market.html?cite=worth%401.0%3Fmarket.price%3D0.8%3A{first['worth'].hash}"
    assert verified(published, address, first, dear).startswith("refused: the citation says no number")


def test_a_chart_with_other_parameters_stands_by_the_title_that_these_give_it_alone(
    published: Path, first: Mapping[str, CitableItem], dear: Mapping[str, CitableItem]
) -> None:
    chart = dataclasses.replace(dear["chart-apples"], title="The orchard bore 60,000 apples")
    changed = "Computed with price of market at 0.8 instead of 0.4, not with the book's own parameters"
    mark = f"chart-apples@1.0?market.price=0.8:{first['chart-apples'].hash}"

    def cited(title: str) -> str:
        text = f"See the chart “{title}” of A Gardener and Cox Pippin (2021) [{changed}. {mark}]."
        return verified(published, text, first, {**dear, "chart-apples": chart})

    assert cited(chart.title) == ("stands: chart-apples, by the parameters it names, as the book computes it now")
    assert cited(first["chart-apples"].title).startswith(
        "refused: altered, or words of your own: the citation says 'See the chart “The'"
    )


@pytest.mark.parametrize(
    ("range", "difference"),
    [
        ("€20,000 to €30,000, 5th to 95th percentile", "its range is now €20,000 to €30,000, 5th to 95th percentile"),
        ("", "by these parameters it has no range"),
        ("€9,000 to €26,000, 5th to 95th percentile", "its exact value, formula or sources are others"),
    ],
)
def test_a_number_that_stands_in_another_range_by_its_parameters_has_changed_in_its_range(
    range: str, difference: str, published: Path, first: Mapping[str, CitableItem], dear: Mapping[str, CitableItem]
) -> None:
    """As a citation of an edition that drew an assumption from its whole range although it had been set."""
    own = {**first, "worth": dataclasses.replace(first["worth"], range="€9,000 to €14,000, 5th to 95th percentile")}
    edition = editions.load(published)[FIRST]
    then = {FIRST: dataclasses.replace(edition, items={**edition.items, "worth": own["worth"]})}
    now = {**dear, "worth": dataclasses.replace(dear["worth"], range=range)}
    made = supposed(first["worth"], "€24,000 (€9,000 to €26,000, 5th to 95th percentile)", "0123456789ab")
    book = dataclasses.replace(verify.Published.of(published, own), editions=then)
    found = verify.check(verify.read(made), book, now)
    assert found.line == f"value changed: worth, by the parameters it names: still €24,000 as printed, and {difference}"
    assert found.status == verify.CHANGED


def test_a_number_with_other_parameters_that_the_book_makes_otherwise_now_has_changed(
    first: Mapping[str, CitableItem], later: Path, now: Mapping[str, CitableItem]
) -> None:
    dear = standing(later, {"market": {"price": 0.8}})
    said = "value changed: worth, by the parameters it names: it is made otherwise now"
    made = supposed(first["worth"], "€24,000", first["worth"].hash)
    assert verified(later, made, now, dear) == f"{said}, and is €24,200"
    foreseen = supposed(first["worth"], "€24,200", first["worth"].hash)
    assert verified(later, foreseen, now, dear) == f"{said}: €24,200"


def test_a_number_that_other_parameters_leave_out_of_the_book_is_withdrawn(
    published: Path, first: Mapping[str, CitableItem], dear: Mapping[str, CitableItem]
) -> None:
    without = {name: item for name, item in dear.items() if name != "worth"}
    made = supposed(first["worth"], "€24,000", first["worth"].hash)
    assert verified(published, made, first, without) == (
        "withdrawn: worth, by the parameters it names: the book has it no more"
    )


def test_the_page_says_that_only_the_command_works_out_other_parameters(
    first: Mapping[str, CitableItem], page: Page
) -> None:
    found = in_browser(page, supposed(first["worth"], "€24,000", first["worth"].hash))
    assert found["status"] == "unknown"
    assert "only the command can work it out anew" in found["line"]


@pytest.mark.parametrize(
    ("altered", "code", "said"),
    [
        (lambda text: text, 0, "stands: worth, by the parameters it names"),
        (lambda text: text.replace("price=0.8", "price=9"), 2, "expected a number from 0 to 5"),
        (
            lambda text: text.replace("price=0.8", "prize=0.8"),
            2,
            "market: unknown parameter 'prize'; did you mean price?",
        ),
        (lambda text: text.replace("market.price=0.8", "market.price"), 2, "'market.price' are cut short"),
        (
            lambda text: text.replace("€24,000", "€25,000"),
            2,
            "altered: the citation says €25,000; it is €24,000 by the",
        ),
    ],
)
def test_the_command_checks_other_parameters(
    altered: Any, code: int, said: str, published: Path, first: Mapping[str, CitableItem]
) -> None:
    done = casefile(published, "verify", altered(supposed(first["worth"], "€24,000", first["worth"].hash)))
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("\n") == (2 if code == 0 else 1)


_RECORD = "author, book, date, edition. Not compared: ID, LA."
COMPARED = {
    name: f"Compared: mark, title, {'' if name.startswith('orchard') else 'number, '}{_RECORD}" for name in EXPECTED
}


def test_the_command_reads_a_file_says_what_it_compared_and_exits_by_what_it_found(
    published: Path, first: Mapping[str, CitableItem], later: Path, tmp_path: Path
) -> None:
    for name, code in {"price": 0, "orchard-price": 0, "worth": 1, "orchard-fruit": 1}.items():
        file = tmp_path / f"{name}.ris"
        file.write_text(citation(published, first[name], "ris"), encoding="utf-8")
        done = casefile(later, "verify", str(file))
        assert (done.returncode, done.stdout) == (code, f"{EXPECTED[name]}\n{COMPARED[name]}\n"), done.stderr


def test_data_that_contradict_themselves_let_nothing_stand(
    later: Path, first: Mapping[str, CitableItem], tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(later, tmp_path / "copy", ignore=shutil.ignore_patterns("_build")))
    facts = copy / "data" / "figures.csv"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("price_printed,0.4,", "price_printed,0.5,"), encoding="utf-8"
    )
    done = casefile(copy, "verify", citation(later, first["trees"], "apa"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "data/parameters.csv" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
