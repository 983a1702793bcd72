"""A citation says the same in every form, and other people's parsers read it."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import warnings
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import rispy
import yaml
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string
from pybtex.richtext import Text

from casefile.citation import citation_file, cite, latex, record_formats
from casefile.citation.citable import CitableItem
from casefile.citation.citation_file import Book
from casefile.errors import BadInput
from tests.engine.book.test_rerun import casefile
from tests.support.published import CITATION, standing, version

NASTY = "−5% ≈ 10⁻²⁵ ≤ Trees & shrubs_under 100% of $5 {in} #1 ~ “quoted” – Übergröße"


@pytest.fixture(scope="module")
def items(published: Path) -> dict[str, CitableItem]:
    return standing(published)


@pytest.fixture(scope="module")
def book(published: Path) -> Book:
    return citation_file.book_of(published)


def test_the_record_of_the_book_comes_from_one_file(book: Book) -> None:
    assert (book.title, book.version, book.date.isoformat()) == ("The Orchard: its harvest", "1.0", "2021-02-01")
    assert book.author == "A Gardener and Cox Pippin"
    assert (book.licences, book.keywords, book.abstract) == (
        ("CC-BY-4.0",),
        ("apples", "trees"),
        "What an orchard bore.",
    )


@pytest.mark.parametrize("name", ["worth", "orchard-fruit", "how-many", "chart-apples", "book"])
def test_pybtex_reads_the_bibtex(name: str, items: dict[str, CitableItem], book: Book) -> None:
    text = cite.cited(items[name], book, "1.0", {}, "", "bibtex")
    (entry,) = parse_string(text, "bibtex").entries.values()
    fields = {key: str(Text.from_latex(value)) for key, value in entry.fields.items()}
    assert fields["title"] == cite.title(items[name], book)
    assert (fields["year"], fields["version"]) == ("2021", "1.0")
    assert fields["note"].endswith(f"{name}@1.0:{items[name].hash}")
    assert [str(person) for person in entry.persons["author"]] == ["{A Gardener}", "Pippin, Cox"]
    assert fields.get("howpublished") == (None if name == "book" else f"In {book.title}")
    assert fields["month"] == "February"
    assert entry.key == f"AGardener2021-{name}"


@pytest.mark.parametrize("name", ["worth", "orchard-fruit", "how-many", "chart-apples", "book"])
def test_rispy_reads_the_ris(name: str, items: dict[str, CitableItem], book: Book) -> None:
    (entry,) = rispy.loads(cite.cited(items[name], book, "1.0", {}, "", "ris"))
    assert entry["title"] == cite.title(items[name], book)
    assert entry["authors"] == ["A Gardener,", "Pippin, Cox"]
    assert (entry["publisher"], entry["language"]) == ("A Gardener and Cox Pippin", "en")
    assert (entry["year"], entry["date"], entry["edition"]) == ("2021", "2021/02/01", "1.0")
    assert entry["notes"][0].endswith(f"{name}@1.0:{items[name].hash}")


@pytest.mark.parametrize("name", ["worth", "orchard-fruit", "how-many", "chart-apples", "book"])
def test_citeproc_reads_the_csl_json(name: str, items: dict[str, CitableItem], book: Book) -> None:
    plain = json.loads(cite.cited(items[name], book, "1.0", {}, "", "csl-json"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # citeproc-py warns of a field or type that is none of CSL's
        read = CiteProcJSON(plain)[name]
    assert str(read["title"]) == cite.title(items[name], book)
    assert (read["author"][0].literal, read["author"][1].family) == ("A Gardener", "Pippin")
    assert (read["issued"].year, read["issued"].month, read["issued"].day) == (2021, 2, 1)


NAMES = {
    "a particle": (
        {"family-names": "Gogh", "given-names": "Vincent", "name-particle": "van"},
        "Vincent van Gogh", "van Gogh, Vincent", "van Gogh, Vincent", "van Gogh, V.",
    ),
    "a suffix": (
        {"family-names": "King", "given-names": "Martin Luther", "name-suffix": "Jr."},
        "Martin Luther King Jr.", "King, Jr., Martin Luther", "King, Martin Luther, Jr.", "King, M. L., Jr.",
    ),
    "both": (
        {"family-names": "Gogh", "given-names": "Vincent", "name-particle": "van", "name-suffix": "Jr."},
        "Vincent van Gogh Jr.", "van Gogh, Jr., Vincent", "van Gogh, Vincent, Jr.", "van Gogh, V., Jr.",
    ),
    "no given name": ({"family-names": "Plato", "given-names": ""}, "Plato", "{Plato}", "Plato", "Plato."),
    "no given name, and two words": ({"family-names": "Da Vinci"}, "Da Vinci", "{Da Vinci}", "Da Vinci", "Da Vinci."),
    "a given name alone": ({"given-names": "Cleopatra"}, "Cleopatra", "{Cleopatra}", "Cleopatra,", "Cleopatra."),
    "another name alone": ({"alias": "Banksy"}, "Banksy", "{Banksy}", "Banksy,", "Banksy."),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_a_name_is_whole_in_every_style(case: str, items: dict[str, CitableItem], book: Book, tmp_path: Path) -> None:
    plain, read, in_bibtex, in_ris, in_apa = NAMES[case]
    record = {**yaml.safe_load(CITATION.format(version="1.0", date="2021-02-01")), "authors": [plain]}
    (tmp_path / "CITATION.cff").write_text(yaml.safe_dump(record), encoding="utf-8")
    book = citation_file.book_of(tmp_path)
    assert book.author == read

    def cited(style: str) -> str:
        return cite.cited(items["how-many"], book, "1.0", {}, "", style)

    (entry,) = parse_string(cited("bibtex"), "bibtex").entries.values()
    assert [str(person) for person in entry.persons["author"]] == [in_bibtex]
    (entry,) = rispy.loads(cited("ris"))
    assert entry["authors"] == [in_ris]
    assert cited("apa").startswith(f"{in_apa} (2021). ")
    assert cited("sentence").startswith(f"See the page “How many apples?” of {read} (2021)")
    assert cited("markdown").startswith(f"{read} (2021): ")
    (author,) = json.loads(cited("csl-json"))[0]["author"]
    assert "" not in author.values()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("−0.82% of $5", r"$-$0.82\% of \$5"), ("2.1 × 10²⁵ FLOP", r"2.1 × 10\textsuperscript{25} FLOP"), ("a_b & {c} #1", r"a\_b \& \textbraceleft{}c\textbraceright{} \#1"),
        ("10⁻³ ≈ ~x^y", r"10\textsuperscript{$-$3} $\approx$ \textasciitilde{}x\textasciicircum{}y"), ("€5 “é” 5–6", "€5 “é” 5–6"),
    ],
)  # fmt: skip
def test_latex_prints_every_sign_and_what_it_prints_is_read_back(text: str, written: str) -> None:
    assert latex.escaped(text) == written
    assert latex.latex_text(written) == text


def test_an_author_without_a_name_is_refused(tmp_path: Path) -> None:
    for plain in ({"affiliation": "The Orchard"}, {"name": " "}):
        record = {**yaml.safe_load(CITATION.format(version="1.0", date="2021-02-01")), "authors": [plain]}
        (tmp_path / "CITATION.cff").write_text(yaml.safe_dump(record), encoding="utf-8")
        with pytest.raises(BadInput, match=r"^CITATION\.cff: an author without a name; expected title, authors, "):
            citation_file.book_of(tmp_path)


def test_words_and_sentences_say_who_when_what_and_which(items: dict[str, CitableItem], book: Book) -> None:
    mark = f"worth@1.0:{items['worth'].hash}"
    for style in ("apa", "chicago", "markdown", "sentence"):
        text = cite.cited(items["worth"], book, "1.0", {}, "", style)
        for part in ("Gardener", "2021", "€12,000", "Edition 1.0 of 2021-02-01", mark):
            assert part in text, (style, part)
        assert "worth of the harvest" in text.lower()
        assert "address" not in text
        assert ".html" not in text
    assert "Pippin, C. (2021)" in cite.cited(items["worth"], book, "1.0", {}, "", "apa")
    assert "Cox Pippin. 2021. “Worth of the Harvest" in cite.cited(items["worth"], book, "1.0", {}, "", "chicago")
    assert "gives, for “Worth of the harvest”, €12,000 [" in cite.cited(items["worth"], book, "1.0", {}, "", "sentence")


def test_one_bibliography_words_many_as_each_alone(items: dict[str, CitableItem], book: Book) -> None:
    records = [cite.record(item, book, "1.0", {}) for item in items.values()]
    for style in cite.CSL_STYLES:
        assert cite.formatted(records, style) == [cite.formatted([record], style)[0] for record in records]


def test_an_address_is_given_where_there_is_one_and_made_up_nowhere(published: Path, tmp_path: Path) -> None:
    item = standing(published)["worth"]
    with pytest.raises(BadInput, match=r"html\.baseurl is not set"):
        cite.cited(item, citation_file.book_of(published), "1.0", {}, "", "url")
    version(tmp_path, "1.0")
    (tmp_path / "_config.yml").write_text("html:\n  baseurl: https://example.org/orchard\n")
    book = citation_file.book_of(tmp_path)
    made = cite.record(item, book, "1.0", {})
    assert made["URL"] == cite.checkable_address(item, book, "1.0", {})
    assert "address" not in made["note"]
    address = cite.cited(item, book, "1.0", {}, "", "url")
    assert address.startswith("https://example.org/orchard/chapters/market.html?cite=worth%401.0%3A")
    assert address.endswith("#figure-worth")
    assert "[Worth of the harvest: €12,000](https://example.org" in cite.cited(item, book, "1.0", {}, "", "markdown")


@pytest.mark.parametrize("style", ["bibtex", "ris", "csl-json"])
def test_signs_with_a_meaning_survive_each_format(style: str, items: dict[str, CitableItem], book: Book) -> None:
    made = {**cite.record(items["orchard-fruit"], book, "1.0", {}), "title": NASTY}
    if style == "bibtex":
        (entry,) = parse_string(record_formats.bibtex(made), "bibtex").entries.values()
        assert latex.latex_text(entry.fields["title"]) == NASTY
    elif style == "ris":
        assert rispy.loads(record_formats.ris(made))[0]["title"] == NASTY
    else:
        assert json.loads(record_formats.csl_json(made))[0]["title"] == NASTY


def test_other_parameters_are_carried_and_said(published: Path) -> None:
    done = casefile(published, "cite", "worth", "-p", "market", "price", "0.8", "--style", "sentence")
    assert done.returncode == 0, done.stderr
    assert "“Worth of the harvest”, €24,000" in done.stdout
    assert "Computed with price of market at 0.8 instead of 0.4" in done.stdout
    assert re.search(r"worth@1\.0\?market\.price=0\.8:[0-9a-f]{12}\]", done.stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["worht"], "no page, section, figure, chart or claim 'worht'; did you mean worth?"),
        (["worth", "--style", "sentence-de"], "no style 'sentence-de'; did you mean sentence or sentence-fr?"),
        (["worth", "--style", "apaa"], "no style 'apaa'; did you mean apa"),
        (["worth", "-p", "market", "prize", "1"], "market: unknown parameter 'prize'; did you mean price?"),
        (["worth", "-p", "market", "price", "6"], "expected a number from 0 to 5"),
        (["worth", "--style", "url"], "_config.yml: html.baseurl is not set"),
    ],
)
def test_what_cannot_be_cited_is_one_clear_line(words: list[str], said: str, published: Path) -> None:
    done = casefile(published, "cite", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "CITATION.cff: expected the node content"),
        ("title: A book\n", "CITATION.cff: 'authors'; expected title, authors, version and date-released"),
        (
            "title: A book\nauthors: []\nversion: 1\ndate-released: 2021-02-01\n",
            "CITATION.cff: no title or no authors; ",
        ),
        (
            CITATION.replace("The Orchard: its harvest", " ").format(version="1.0", date="2021-02-01"),
            "CITATION.cff: no title or no authors; ",
        ),
        (CITATION.format(version="one", date="2021-02-01"), "CITATION.cff: version 'one'; expected numbers and points"),
        (CITATION.format(version="1.0", date="soon"), "CITATION.cff: Invalid isoformat string: 'soon'"),
    ],
)
def test_a_broken_record_of_the_book_is_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "CITATION.cff").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        citation_file.book_of(tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://example.org/", "https://example.org/a b", "https://example.org/?q", "javascript:alert(1)"]
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_is_refused(address: str, tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text(f"html:\n  baseurl: {address}\n")
    with pytest.raises(BadInput) as caught:
        citation_file.address_of(tmp_path)
    said = f"_config.yml: html.baseurl is '{address}'; expected an address such as https://example.org/book/"
    assert str(caught.value) == said


def test_a_citation_is_taken_from_words_a_file_or_the_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cited.ris").write_text("from a file", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbffrom the input")))
    assert cite.text_of("https://example.org/cited.ris") == "https://example.org/cited.ris"
    assert cite.text_of(str(tmp_path / "cited.ris")) == "from a file"
    assert cite.text_of("-") == "from the input"
    (tmp_path / "cited.ris").write_bytes(b"\xef\xbb\xbffrom Windows")
    assert cite.text_of(str(tmp_path / "cited.ris")) == "from Windows"
    (tmp_path / "cited.ris").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput) as caught:
        cite.text_of(str(tmp_path / "cited.ris"))
    assert str(caught.value) == f"{tmp_path / 'cited.ris'}: in UTF-16; expected a citation in UTF-8"
    with pytest.raises(BadInput, match=r"^other\.bib: no such file; expected a citation, or a file that holds one$"):
        cite.text_of("other.bib")


def test_wikipedia_and_html_keep_signs_that_would_end_them(items: dict[str, CitableItem], book: Book) -> None:
    item = dataclasses.replace(items["worth"], title="A | {b} [c] <d> & e")
    template = cite.cited(item, book, "1.0", {}, "", "wikipedia")
    assert "|title=A &#124; &#123;b&#125; &#91;c&#93; &#60;d&#62; & e: €12,000 |" in template
    assert template.startswith("{{cite report |author1=A Gardener |last2=Pippin |first2=Cox |title=")
    assert "|date=1 February 2021 |id=Edition 1.0 of 2021-02-01" in template
    assert "“A | {b} [c] &lt;d&gt; &amp; e: €12,000”, <cite>The Orchard" in cite.cited(
        item, book, "1.0", {}, "", "html"
    )
    placed = dataclasses.replace(book, address="https://example.org/")
    assert "|url=https://example.org/chapters/market.html?cite=" in cite.cited(item, placed, "1.0", {}, "", "wikipedia")
    assert '<a href="https://example.org/chapters/market.html?cite=' in cite.cited(item, placed, "1.0", {}, "", "html")


_CSL = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>x</title><id>x</id>
<updated>2020-01-01T00:00:00+00:00</updated></info><citation><layout><text variable="title"/></layout></citation>{}</style>"""


def test_any_style_is_taken_from_a_file_and_one_without_a_bibliography_is_refused(
    items: dict[str, CitableItem], book: Book, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csl"
    path.write_text(_CSL.format('<bibliography><layout suffix="."><text variable="title"/></layout></bibliography>'))
    assert cite.cited(items["worth"], book, "1.0", {}, "", str(path)).startswith(
        "Worth of the harvest: €12,000. [Edition"
    )
    for number, text in enumerate((_CSL.format(""), "no style", "<style/>", "")):
        path = tmp_path / f"bad{number}.csl"
        path.write_text(text)
        with pytest.raises(BadInput, match=rf"bad{number}\.csl: .*expected a CSL style with a bibliography$") as caught:
            cite.cited(items["worth"], book, "1.0", {}, "", str(path))
        assert "\n" not in str(caught.value)


def test_what_reference_managers_read_of_a_page_says_who_what_and_where(
    items: dict[str, CitableItem], book: Book
) -> None:
    placed = dataclasses.replace(book, address="https://example.org/")
    said = parse_qs(record_formats.context_object(cite.record(items["worth"], placed, "1.0", {})))
    assert (said["rft.genre"], said["rft.atitle"]) == (["bookitem"], ["Worth of the harvest: €12,000"])
    assert (said["rft.aucorp"], said["rft.aulast"], said["rft.aufirst"]) == (["A Gardener"], ["Pippin"], ["Cox"])
    assert (said["rft.edition"], said["rft.date"], said["rft.btitle"]) == (["1.0"], ["2021-02-01"], [book.title])
    assert said["rft_id"] == [cite.checkable_address(items["worth"], placed, "1.0", {})]
    with_plus = dataclasses.replace(items["worth"], title="Premium+")
    assert "rft.atitle=Premium%EF%BC%8B" in record_formats.context_object(cite.record(with_plus, book, "1.0", {}))
    assert "rft_id" not in parse_qs(record_formats.context_object(cite.record(items["worth"], book, "1.0", {})))
    whole = parse_qs(record_formats.context_object(cite.record(items["book"], book, "1.0", {})))
    assert (whole["rft.genre"], whole["rft.btitle"]) == (["report"], [book.title])


FULL = {
    "doi": "10.5281/zenodo.1234567", "url": "https://example.org/about", "repository-code": "https://example.org/code.git",
    "authors": [{"family-names": "Gogh", "given-names": "Vincent", "name-particle": "van", "orcid": "https://orcid.org/0000-0002-1825-0097"}],
}  # fmt: skip


def with_more(folder: Path, **more: object) -> Book:
    """The orchard's record with more in its `CITATION.cff`."""
    plain = {**yaml.safe_load(CITATION.format(version="1.0", date="2021-02-01")), **more}
    (folder / "CITATION.cff").write_text(yaml.safe_dump(plain), encoding="utf-8")
    return citation_file.book_of(folder)


def test_a_contact_is_a_mail_address_or_a_page_and_nothing_else(tmp_path: Path) -> None:
    desk = {"name": "The desk", "email": "press@example.org"}
    assert with_more(tmp_path).contact == ""
    assert with_more(tmp_path, contact=[{"name": "Nobody"}, desk]).contact == "mailto:press@example.org"
    assert with_more(tmp_path, contact=[{"website": "https://example.org/desk"}]).contact == "https://example.org/desk"
    for wrong, said in (
        ([{"email": "press at example"}], "email 'press at example'; expected one such as press@example.org"),
        ([{"website": "javascript:alert(1)"}], "website 'javascript:alert(1)'; expected an address"),
        ("press@example.org", "contact; expected a list"),
    ):
        with pytest.raises(BadInput, match=rf"^CITATION\.cff: {re.escape(said)}"):
            with_more(tmp_path, contact=wrong)


def test_doi_and_orcid_are_in_the_records_of_the_book(items: dict[str, CitableItem], tmp_path: Path) -> None:
    book = with_more(tmp_path, **FULL)
    assert (book.doi, book.url, book.repository) == (FULL["doi"], FULL["url"], FULL["repository-code"])
    (record,) = json.loads(cite.cited(items["book"], book, "1.0", {}, "", "csl-json"))
    assert record["DOI"] == "10.5281/zenodo.1234567"
    assert record["author"][0]["ORCID"] == "https://orcid.org/0000-0002-1825-0097"
    assert 'doi = "10.5281/zenodo.1234567"' in cite.cited(items["book"], book, "1.0", {}, "", "bibtex")
    assert "\nDO  - 10.5281/zenodo.1234567\n" in cite.cited(items["book"], book, "1.0", {}, "", "ris")
    assert "https://doi.org/10.5281/zenodo.1234567" in cite.cited(items["book"], book, "1.0", {}, "", "apa")
    assert "DOI" not in cite.record(items["worth"], book, "1.0", {})  # it leads to the book, not there
    identified = with_more(tmp_path, identifiers=[{"type": "doi", "value": "https://doi.org/10.5281/zenodo.7"}])
    assert identified.doi == "10.5281/zenodo.7"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"doi": "zenodo.1234567"}, "doi 'zenodo.1234567'; expected one such as 10.5281/zenodo.1234567"),
        ({"identifiers": "10.5281/z"}, "identifiers; expected a list, each with a value and a type of doi, url, swh, other"),
        ({"url": "example.org"}, "url 'example.org'; expected an address that begins with https://"),
        ({"repository-code": "git@example.org:x"}, "repository-code 'git@example.org:x'; expected an address"),
        (
            {"authors": [{**FULL["authors"][0], "orcid": "https://orcid.org/0000-0002-1825-0098"}]},  # type: ignore[dict-item]
            "orcid 'https://orcid.org/0000-0002-1825-0098'; expected one such as https://orcid.org/0000-0002-1825-0097",
        ),
    ],
)  # fmt: skip
def test_what_the_record_of_the_book_has_wrong_is_named(more: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        with_more(tmp_path, **more)
    assert str(caught.value).startswith(f"CITATION.cff: {said}")
