"""Where results go: a new or an empty folder, or a site that was built there; everything else is left as it is."""

from __future__ import annotations

import ctypes
import json
from pathlib import Path

import pytest

from casefile.errors import BadInput
from casefile.system import cache, manifest, place
from tests.engine.test_cli import Command
from tests.engine.test_cli import said as command_said
from tests.support.breaking import refused
from tests.support.orchard import plant


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story in a folder of its own, with what people have beside it."""
    root = plant(tmp_path_factory.mktemp("place") / "around" / "orchard")
    for name in ("tests", ".git", "_build/cache", "_build/html.old", "mine", "empty"):
        (root / name).mkdir(parents=True)
    for name in ("mine/letter", "_build/html.old/letter", "note.txt"):
        (root / name).write_text("mine")
    (root / "link").symlink_to("empty")
    (root / "dangling").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    return root


@pytest.fixture
def casefile(orchard: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, run in the small story's folder."""
    monkeypatch.delenv("CASEFILE_ROOT", raising=False)
    monkeypatch.chdir(orchard)
    return lambda *words: command_said(list(words), capsys, monkeypatch)


def everything(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, by path; nothing for what is no file."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")
    }


ELSEWHERE = "expected another place, named with --out"
REFUSED = {
    "note.txt": "note.txt: is a file; expected a new or an empty folder",
    "note.txt/site": "note.txt: is a file; expected a folder",
    "link": "link: is a link; expected the folder itself that it leads to, or a new one",
    "dangling": "dangling: is a link; expected the folder itself that it leads to, or a new one",
    "loop": "loop: is a link; expected the folder itself that it leads to, or a new one",
    ".": f"orchard: holds the story itself; {ELSEWHERE}",
    "..": f"around: holds the story itself; {ELSEWHERE}",
    "chapters/../..": f"around: holds the story itself; {ELSEWHERE}",
    "/": f"/: holds the story itself; {ELSEWHERE}",
    "_build": f"_build: holds what was worked out before; {ELSEWHERE}",
    "_build/cache/site": f"_build/cache/site: belongs to cache/, which is no place for output; {ELSEWHERE}",
    "data": f"data: belongs to data/, which is no place for output; {ELSEWHERE}",
    "data/new": f"data/new: belongs to data/, which is no place for output; {ELSEWHERE}",
    "chapters/new": f"chapters/new: belongs to chapters/, which is no place for output; {ELSEWHERE}",
    "editions": f"editions: belongs to editions/, which is no place for output; {ELSEWHERE}",
    "tests": f"tests: belongs to tests/, which is no place for output; {ELSEWHERE}",
    ".git/site": f".git/site: belongs to .git/, which is no place for output; {ELSEWHERE}",
    "a" * 300: f"{'a' * 300}: File name too long; {ELSEWHERE}",
}


@pytest.mark.parametrize("words", [["build"], ["rerun", "market"]], ids=" ".join)
@pytest.mark.parametrize("out", REFUSED)
def test_what_is_no_place_for_output_is_left_as_it_is(
    out: str, words: list[str], casefile: Command, orchard: Path
) -> None:
    before = everything(orchard.parent)
    code, said, complaint = casefile(*words, "--out", out)
    assert (code, said, len(complaint.splitlines())) == (2, "", 1)
    assert complaint.startswith("casefile: ")
    assert complaint.endswith(f"{REFUSED[out]}\n")
    assert everything(orchard.parent) == before


@pytest.mark.parametrize("out", REFUSED)
def test_nor_is_it_a_place_for_a_sweep(out: str, casefile: Command, orchard: Path) -> None:
    before = everything(orchard.parent)
    code, _, complaint = casefile("sweep", "market", "--vary", "price=1,2", "--out", out)
    assert (code, complaint.splitlines()[-1].startswith("casefile: ")) == (2, True)
    assert complaint.endswith(f"{REFUSED[out]}\n") or "is not empty; expected a new folder" in complaint
    assert everything(orchard.parent) == before


def test_a_folder_with_something_of_anothers_in_it_is_left_as_it_is(casefile: Command, orchard: Path) -> None:
    line = "expected a new or an empty folder, or a site that it built"
    assert casefile("build", "--out", "mine") == (
        2, "", f"casefile: {orchard}/mine: holds letter, which `casefile build` did not put there; {line}\n",
    )  # fmt: skip
    assert casefile("rerun", "market", "--out", "mine") == (
        2, "", f"casefile: {orchard}/mine: is not empty; expected a new or an empty folder\n",
    )  # fmt: skip
    assert casefile("sweep", "market", "--vary", "price=1,2", "--out", "mine")[0] == 2
    assert everything(orchard / "mine") == {"letter": b"mine"}


def test_where_this_user_may_not_write_is_no_place_for_output(orchard: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    line = f"casefile: {closed}: this user may not write there; {ELSEWHERE}"
    assert refused(orchard, "build", "--out", str(closed / "far" / "site")) == (2, [line])
    assert list(closed.iterdir()) == []


def test_where_no_folder_can_be_is_no_place_for_output() -> None:
    with pytest.raises(BadInput, match=r"/proc/nowhere: .*; expected another place, named with --out"):
        place.ground(Path("/proc/nowhere/site")).__enter__()


def test_a_folder_that_cannot_be_made_is_refused_by_its_own_name() -> None:
    line = "^/proc/site: No such file or directory; expected another place, named with --out$"
    with pytest.raises(BadInput, match=line), place.folder_beside(Path("/proc/site")):
        pass


def test_folders_made_for_what_came_to_nothing_are_gone_and_the_first_error_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyError), place.ground(tmp_path / "far" / "away" / "site"):
        raise KeyError("stopped")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyError), place.ground(tmp_path / "far" / "away" / "site"):
        (tmp_path / "far" / "another").mkdir()  # by somebody else at the same time
        raise KeyError("stopped")
    assert everything(tmp_path) == {"far": b"", "far/another": b""}


def site(folder: Path, text: str = "old") -> Path:
    """A small site, with its manifest."""
    (folder / "charts").mkdir(parents=True)
    (folder / "index.html").write_text(text)
    (folder / "charts" / "bar.png").write_text(text)
    manifest.write(folder)
    return folder


def test_a_site_that_was_built_gives_way_also_when_it_was_altered_or_looked_at(tmp_path: Path, orchard: Path) -> None:
    built = site(tmp_path / "site")
    (built / "index.html").write_text("altered")
    (built / "charts" / "bar.png").unlink()
    (built / "charts" / ".DS_Store").write_text("looked at")
    (built / "empty").mkdir()
    place.check_site(orchard, built)


@pytest.mark.parametrize("name", ["letter", "charts/letter", "manifest.json/letter", "link"])
def test_a_site_in_which_somebody_put_something_does_not(name: str, tmp_path: Path, orchard: Path) -> None:
    built = site(tmp_path / "site")
    if name.startswith(manifest.NAME):
        (built / manifest.NAME).unlink()
    if name == "link":
        (built / name).symlink_to(tmp_path, target_is_directory=True)
    else:
        (built / name).parent.mkdir(exist_ok=True)
        (built / name).write_text("mine")
    with pytest.raises(BadInput, match=r"site: holds .*, which `casefile build` did not put there"):
        place.check_site(orchard, built)


@pytest.mark.parametrize(
    "text",
    ["{}", "[]", "{", '{"chapter": "market", "parameters": {}}', '{"site": "0", "files": {}}', '{"name": "An app"}'],
)
def test_a_manifest_of_another_kind_is_no_mark_of_a_site(text: str, tmp_path: Path, orchard: Path) -> None:
    (tmp_path / manifest.NAME).write_text(text)
    (tmp_path / "of nothing").mkdir()
    with pytest.raises(BadInput, match=r"holds manifest\.json, which"):
        place.check_site(orchard, tmp_path)


def test_a_manifest_that_was_altered_is_no_mark_of_a_site(tmp_path: Path, orchard: Path) -> None:
    built = site(tmp_path / "site")
    plain = json.loads((built / manifest.NAME).read_text())
    (built / "letter").write_text("mine")
    plain["files"][manifest.WORDS]["letter"] = "0" * 64
    (built / manifest.NAME).write_text(json.dumps(plain))
    with pytest.raises(BadInput):
        place.check_site(orchard, built)


def test_a_site_from_before_manifests_is_known_by_its_noted_hash_or_its_place(tmp_path: Path) -> None:
    root = plant(tmp_path / "orchard")
    elsewhere, at_home = site(tmp_path / "site"), site(root / place.SITE)
    for built in (elsewhere, at_home):
        (built / manifest.NAME).unlink()
    place.check_site(root, at_home)
    with pytest.raises(BadInput):
        place.check_site(root, elsewhere)
    cache.note(root, None, elsewhere, cache.Site(cache.hash_of_site(elsewhere)))
    place.check_site(root, elsewhere)
    (elsewhere / "letter").write_text("mine")
    with pytest.raises(BadInput):
        place.check_site(root, elsewhere)
    (at_home / "index.html").unlink()
    with pytest.raises(BadInput):
        place.check_site(root, at_home)


@pytest.mark.parametrize("at_once", [True, False], ids=["in one exchange", "by two renames"])
def test_a_site_takes_the_place_of_the_last_one(
    at_once: bool, tmp_path: Path, orchard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, output = site(tmp_path / "work" / "site", "new"), site(tmp_path / "html")
    if not at_once:
        monkeypatch.setattr(ctypes, "CDLL", lambda name, use_errno: object())  # a system that knows no such exchange
    place.put_in_place(orchard, new, output)
    assert (output / "index.html").read_text() == "new"
    assert [path.read_text() for path in (tmp_path / "work").rglob("*.html")] == (["old"] if at_once else [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["html", "work"]


def test_what_came_to_the_place_of_a_site_while_it_was_built_is_left_as_it_is(tmp_path: Path, orchard: Path) -> None:
    new, output = site(tmp_path / "work" / "site", "new"), tmp_path / "html"
    output.mkdir()
    place.check_site(orchard, output)
    (output / "letter").write_text("mine")
    with pytest.raises(BadInput, match="html: holds letter, which"):
        place.put_in_place(orchard, new, output)
    assert everything(output) == {"letter": b"mine"}
    assert (new / "index.html").read_text() == "new"


def test_only_a_site_that_was_set_aside_is_put_back_or_cleared_away(tmp_path: Path) -> None:
    output, aside = tmp_path / "html", tmp_path / ".html.set-aside"
    site(aside)
    place.recover(output)
    assert sorted(everything(tmp_path)) == [
        "html",
        "html/charts",
        "html/charts/bar.png",
        "html/index.html",
        "html/manifest.json",
    ]
    site(aside)
    place.recover(output)
    assert not aside.exists()
    for folder in (aside, tmp_path / "html.old"):  # a folder of somebody's, by chance of such a name
        folder.mkdir()
        (folder / "letter").write_text("mine")
        place.recover(output)
        assert everything(folder) == {"letter": b"mine"}
