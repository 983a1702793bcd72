"""An edition is released when all is committed, tested and explained, and is never altered afterwards."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile.citation import citable, editions
from casefile.citation.editions import ReleaseRefused
from casefile.errors import BadInput
from casefile.system import manifest
from tests.engine.book.test_rerun import casefile
from tests.engine.citation.test_verify import CORRECTION
from tests.support.published import add, change, commit, git, release, replace, standing, version


@pytest.fixture
def orchard(published: Path, tmp_path: Path) -> Path:
    """A copy of the published orchard, on its way to a second edition."""
    root = Path(shutil.copytree(published, tmp_path / "orchard"))
    version(root, "1.1", "2021-03-01")
    commit(root)
    return root


def test_an_edition_holds_what_the_book_said(published: Path) -> None:
    (edition,) = editions.load(published).values()
    assert (edition.version, edition.date, edition.corrections) == ("1.0", "2021-02-01", ())
    now = standing(published)
    assert edition.items.keys() == now.keys()
    for name, item in edition.items.items():
        assert (item.place, item.title, item.text, item.value, item.hash) == (
            now[name].place, now[name].title, now[name].text, now[name].value, now[name].hash,
        )  # fmt: skip


def test_the_same_book_is_released_with_the_same_bytes(published: Path, tmp_path: Path) -> None:
    again = Path(shutil.copytree(published, tmp_path / "again"))
    path = again / "editions" / "1.0.json"
    before = path.read_bytes()
    path.unlink()
    commit(again)
    assert release(again, "1.0").read_bytes() == before


def _uncommitted(root: Path) -> None:
    (root / "new.md").write_text("New.")


def _unregistered(root: Path) -> None:
    replace(root / "index.md", "(orchard-price)=\n", "(orchard-new)=\n## New\n\nNew.\n\n(orchard-price)=\n")
    commit(root)


def _vanished(root: Path) -> None:
    replace(root / "index.md", "(orchard-fruit)=\n", "")
    commit(root)


def _unexplained(root: Path) -> None:
    change(root, "figures", "trees", "value", "121")
    commit(root)


def _explained_elsewhere(root: Path) -> None:
    add(root, "corrections", {**CORRECTION, "figures": "price"})
    _unexplained(root)


def _unreleased(root: Path) -> None:
    (root / "CHANGELOG.md").write_text("# Changes\n\n## Unreleased\n\n- A tree.\n\n## 1.1\n")
    commit(root)


def _unkept(root: Path) -> None:
    shutil.rmtree(root / ".git")


def _untold(root: Path) -> None:
    (root / "CHANGELOG.md").write_text("# Changes\n\n## 1.0\n")
    commit(root)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_uncommitted, "new.md: not committed; expected a clean tree"),
        (_unregistered, "'orchard-new' of index is not in data/ids.csv; `casefile register` adds new ids"),
        (_vanished, "'orchard-fruit' was public and has vanished from index"),
        (_unexplained, "'harvest' was 30,000 in edition 1.0 and is 30,250; number 'worth' was €12,000"),
        (_explained_elsewhere, "'harvest' was 30,000 in edition 1.0 and is 30,250; expected a correction or an update"),
        (_unreleased, "CHANGELOG.md: has changes under “Unreleased”"),
        (_untold, "CHANGELOG.md: says nothing of 1.1"),
        (_unkept, "orchard: no git repository; expected one with everything committed"),
    ],
)
def test_what_is_not_ready_is_not_released(spoil: Callable[[Path], None], said: str, orchard: Path) -> None:
    spoil(orchard)
    with pytest.raises(ReleaseRefused) as caught:
        release(orchard, "1.1")
    assert said in str(caught.value)
    assert [path.name for path in (orchard / "editions").iterdir()] == ["1.0.json"]


@pytest.mark.parametrize(
    "heading", ["## 1.1", "## [1.1] — 2021-03-01", "1.1\n---", "  ## 1.1 ##", "~~~\n## Unreleased\n~~~\n\n## 1.1"]
)
def test_a_version_that_the_changes_tell_of_is_ready(heading: str, orchard: Path) -> None:
    (orchard / "CHANGELOG.md").write_text(f"# Changes\n\n{heading}\n\n- A tree.\n\n## 1.0\n")
    commit(orchard)
    book, path = editions.releasable(orchard, "1.1")
    assert (book.version, path) == ("1.1", orchard / "editions" / "1.1.json")


@pytest.mark.parametrize("kind", ["correction", "update"])
def test_a_change_that_is_declared_is_released(kind: str, orchard: Path) -> None:
    """A correction of an error, or an update of data: either names the figure, and explains all made from it."""
    add(orchard, "corrections", {**CORRECTION, "kind": kind})
    _unexplained(orchard)
    release(orchard, "1.1")
    assert editions.load(orchard)["1.1"].corrections == ("c1",)
    assert [edition.items["worth"].text for edition in editions.load(orchard).values()] == ["€12,000", "€12,100"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1.0", "edition 1.0 exists already and never changes"),
        ("0.9", "version 0.9 is not newer than 1.0"),
        ("1.2", "CITATION.cff says version 1.1; expected 1.2"),
        ("next", "version 'next'; expected numbers and points"),
    ],
)
def test_a_version_that_cannot_be_is_refused(number: str, said: str, orchard: Path) -> None:
    with pytest.raises(ReleaseRefused, match=said.replace(".", r"\.").replace("'", ".")):
        editions.releasable(orchard, number)


def test_the_command_runs_the_storys_tests_before_it_releases(orchard: Path) -> None:
    done = casefile(orchard, "release", "1.1")
    assert (done.returncode, done.stderr) == (2, "casefile: the tests do not pass: there is no folder tests/\n")
    (orchard / "tests").mkdir()
    test = orchard / "tests" / "test_trees.py"
    test.write_text("def test_trees():\n    assert 120 == 121\n")
    commit(orchard)
    done = casefile(orchard, "release", "1.1")
    assert done.returncode == 2
    assert done.stderr.startswith("casefile: the tests do not pass: FAILED tests/test_trees.py::test_trees")
    assert not (orchard / "editions" / "1.1.json").exists()
    page = "pathlib.Path(__file__).parents[1] / '_build' / 'html' / 'index.html'"  # which release builds before
    test.write_text(f"import pathlib\n\ndef test_trees():\n    assert '120' in ({page}).read_text()\n")
    (orchard / ".gitignore").write_text("_build/\n__pycache__/\n.pytest_cache/\n")
    commit(orchard)
    done = casefile(orchard, "release", "1.1")
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout == f"editions/1.1.json: {len(standing(orchard))} ids; commit editions/, then build the site again\n"
    )
    commit(orchard)
    clone = orchard.parent / "clone"
    git(orchard, "clone", "--quiet", str(orchard), str(clone))
    kept = editions.load(clone)["1.1"].site
    same = ["the site of edition 1.1, file by file", str(clone / "_build" / "html"), f"site {kept}"]
    assert casefile(clone, "build").stdout.splitlines()[-3:] == same
    assert casefile(clone, "build").stdout.splitlines() == ["nothing has changed", *same]
    replace(clone / "index.md", "Trees bear apples.", "Trees bore apples.")
    done = casefile(clone, "build")
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()[-3:]
    assert said[0].startswith("another site than that of edition 1.1: ")
    assert re.search(r" files of words and numbers differ: [^;]*\bindex\.html, ", said[0])
    assert said[0].endswith("; 1 picture differs: share/index.png; 1 archive differs: the-orchard.epub")
    assert kept not in said[2]


def test_an_edition_that_was_altered_is_not_believed(orchard: Path) -> None:
    path = orchard / "editions" / "1.0.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"text": "€12,000"', '"text": "€13,000"'), encoding="utf-8")
    with pytest.raises(BadInput, match=r"editions/1\.0\.json: was altered after its release"):
        editions.load(orchard)
    path.write_text(text[:200], encoding="utf-8")
    with pytest.raises(BadInput, match=r"editions/1\.0\.json: .*; expected an edition as `casefile release` wrote it"):
        editions.load(orchard)
    path.rename(path.with_name("2.0.json")).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"editions/2\.0\.json: holds edition 1\.0"):
        editions.load(orchard)
    assert json.loads(text)["seal"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"date": "soon"}, "Invalid isoformat string: 'soon'"),
        ({"version": "one"}, "invalid literal for int() with base 10: 'one'"),
        ({"items": []}, "'list' object has no attribute 'items'"),
        ({"items": {"worth": {"kind": "number"}}}, "CitableItem.__init__() missing 5 required positional arguments: 'page', 'anchor', 'title', "
         "'text', and 'hash'"),
        ({"corrections": 5}, "'int' object is not iterable"),
    ],
    ids=["date", "version", "items", "item", "corrections"],
)  # fmt: skip
def test_a_sealed_edition_that_is_none_is_named(change: dict[str, object], said: str, tmp_path: Path) -> None:
    plain = {"version": "1.0", "date": "2021-02-01", "corrections": [], "items": {}, **change}
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "1.0.json").write_text(json.dumps({**plain, "seal": citable.content_hash(plain)}))
    with pytest.raises(BadInput) as caught:
        editions.load(tmp_path)
    assert str(caught.value) == f"editions/1.0.json: {said}; expected an edition as `casefile release` wrote it"


@pytest.mark.parametrize(
    ("text", "said"), [("{}", "'seal'"), ("[]", "list indices must be integers or slices, not str")]
)
def test_an_edition_without_a_seal_is_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "1.0.json").write_text(text)
    with pytest.raises(BadInput) as caught:
        editions.load(tmp_path)
    assert str(caught.value) == f"editions/1.0.json: {said}; expected an edition as `casefile release` wrote it"


def test_a_site_is_compared_with_the_edition_of_its_version_alone(orchard: Path, tmp_path: Path) -> None:
    assert editions.compared(tmp_path, SITE) == ""  # nothing says what version this is
    assert editions.compared(orchard, SITE) == ""  # version 1.1 is no edition yet
    version(orchard, "1.0")
    assert editions.compared(orchard, SITE) == ""  # edition 1.0 was kept without its site
    _keep(orchard, "1.0", SITE)
    assert editions.compared(orchard, SITE) == "the site of edition 1.0, file by file"


SITE = {"charts/a.png": "a" * 64, "charts/a.zip": "b" * 64, "cite/a.bib": "c" * 64, "index.html": "d" * 64}


def _keep(root: Path, number: str, site: manifest.Files, with_list: bool = True) -> None:
    """Have an edition keep a site, as one that is released with it does."""
    path = root / "editions" / f"{number}.json"
    plain = json.loads(path.read_text(encoding="utf-8")) | {"site": manifest.site_hash(site)}
    del plain["seal"]
    path.write_text(json.dumps({**plain, "seal": citable.content_hash(plain)}), encoding="utf-8")
    if with_list:
        path.with_suffix(editions.FILES).write_text(editions._list(number, plain["site"], site))


OTHER = "e" * 64


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"charts/a.png": OTHER}, "every word and number is that of edition 1.0; 1 picture differs: charts/a.png"),
        ({"charts/a.png": OTHER, "charts/a.zip": OTHER},
         "every word and number is that of edition 1.0; 1 picture differs: charts/a.png; 1 archive differs: charts/a.zip"),
        ({"charts/a.png": None, **{f"charts/{name}.png": OTHER for name in "bcd"}},
         "every word and number is that of edition 1.0; 4 pictures differ: charts/a.png (missing), charts/b.png (new), "
         "charts/c.png (new) and 1 more"),
        ({"index.html": OTHER}, "another site than that of edition 1.0: 1 file of words and numbers differs: index.html; all pictures "
         "and archives are the same"),
        ({"index.html": OTHER, "cite/a.bib": None, "charts/a.zip": OTHER},
         "another site than that of edition 1.0: 2 files of words and numbers differ: index.html, cite/a.bib (missing); 1 archive "
         "differs: charts/a.zip; all pictures are the same"),
        (dict.fromkeys(SITE, OTHER), "another site than that of edition 1.0: 2 files of words and numbers differ: index.html, cite/a.bib; "
         "1 picture differs: charts/a.png; 1 archive differs: charts/a.zip"),
    ],
    ids=["a picture", "a picture and its archive", "several pictures", "a page", "words and an archive", "everything"],
)  # fmt: skip
def test_of_another_site_than_an_editions_it_is_said_what_differs_and_what_does_not(
    changed: dict[str, str | None], said: str, published: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(published, tmp_path / "orchard"))
    _keep(root, "1.0", SITE)
    made = {path: content for path, content in sorted({**SITE, **changed}.items()) if content is not None}
    assert editions.compared(root, made) == said


def test_of_an_edition_that_keeps_one_hash_for_all_it_is_said_that_no_more_can_be_told(
    published: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(published, tmp_path / "orchard"))
    _keep(root, "1.0", SITE, with_list=False)
    assert editions.compared(root, {**SITE, "index.html": OTHER}) == (
        f"another site than that of edition 1.0, which is {manifest.site_hash(SITE)}; that edition keeps no hash of each file, so "
        "what differs cannot be said"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a" * 12, "f" * 12, "was altered after its release; "),
        ('"index.html"', '"other.html"', "was altered after its release; "),
        ("{", "[", "Expecting ',' delimiter: line 2 column 11 (char 12); "),
        ('"files"', '"pages"', "'files'; "),
    ],
)
def test_an_editions_list_of_files_that_was_altered_is_not_believed(
    before: str, after: str, said: str, published: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(published, tmp_path / "orchard"))
    _keep(root, "1.0", SITE)
    path = root / "editions" / "1.0.files.json"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        editions.compared(root, {**SITE, "index.html": OTHER})
    expected = "expected the files of that edition as `casefile release` wrote them"
    assert str(caught.value) == f"editions/1.0.files.json: {said}{expected}"


def test_the_list_of_another_edition_is_not_believed(published: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(published, tmp_path / "orchard"))
    _keep(root, "1.0", SITE)
    other = {**SITE, "index.html": OTHER}
    (root / "editions" / "1.0.files.json").write_text(editions._list("1.0", manifest.site_hash(other), other))
    with pytest.raises(BadInput, match=r"1\.0\.files\.json: was altered after its release"):
        editions.compared(root, other)


@pytest.mark.parametrize("kind", manifest.COMPARED)
def test_each_kind_of_file_that_is_compared_has_words_for_what_differs(kind: str) -> None:
    path = {manifest.WORDS: "index.html", manifest.PICTURES: "share/index.png", manifest.ARCHIVES: "charts/a.zip"}[kind]
    assert editions.differing_files(kind, {path: "0" * 64}, {path: "1" * 64}).endswith(f" differs: {path}")
    assert editions.differing_files(kind, {path: "0" * 64}, {path: "0" * 64, "live/python.js": "1" * 64}) == ""
