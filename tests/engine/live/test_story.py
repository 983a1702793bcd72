"""What a site holds for reruns in the browser: the bundle that was made for it with the story in it, or a list that says there is none."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from casefile.cli.group import cli
from casefile.errors import BadInput
from casefile.live import bundle, reply, story
from casefile.system import manifest
from tests.conftest import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The story with a bundle of two small files."""
    for name in ("data", "chapters", "summary.ipynb"):
        (tmp_path / name).symlink_to(ROOT / name)
    place = tmp_path / bundle.PLACE
    place.mkdir(parents=True)
    for name in bundle.FIRST:
        (place / f"{name}.bin").write_bytes(name.encode())
    listed = {"libraries": [bundle.entry(place, f"{name}.bin", name) for name in bundle.FIRST]}
    (place / bundle.LIST).write_text(json.dumps(listed), encoding="utf-8")
    return tmp_path


def test_a_site_without_a_bundle_says_so_in_its_list(tmp_path: Path) -> None:
    assert story.write(ROOT / "nowhere", tmp_path) is None
    assert json.loads((tmp_path / "live" / "bundle.json").read_text(encoding="utf-8")) is None


def test_a_site_with_one_has_the_story_beside_it_each_file_with_its_hash(root: Path, tmp_path: Path) -> None:
    listed = story.write(root, tmp_path / "site")
    assert listed == json.loads((tmp_path / "site" / "live" / "bundle.json").read_text(encoding="utf-8"))
    assert listed is not None
    for entry in [*listed["libraries"], *listed["story"]]:
        content = (tmp_path / "site" / "live" / entry["path"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert hashlib.sha256(content).digest() == base64.b64decode(entry["integrity"].removeprefix("sha256-"))


@pytest.mark.parametrize("content", ['{"libraries": [{"name": "numpy"}]}', "{}", "null", '{"libraries'])
def test_a_bundle_of_another_version_is_left_out_and_told(content: str, root: Path, tmp_path: Path) -> None:
    assert [*story.bundle_left_out(root), *story.bundle_left_out(ROOT / "nowhere")] == []
    (root / bundle.PLACE / bundle.LIST).write_text(content, encoding="utf-8")
    [line] = story.bundle_left_out(root)
    assert line == "_build/live: a bundle of another version of casefile, left out; `casefile live` makes it anew"
    assert story.write(root, tmp_path / "site") is None
    assert [path.name for path in (tmp_path / "site" / "live").iterdir()] == [bundle.LIST]


def test_what_the_story_carries_runs_alone(root: Path, tmp_path: Path) -> None:
    """Laid out as the worker lays it out, the story answers as it does where it stands."""
    reply.unpack(bundle.browser_files(root), tmp_path / "packages", tmp_path / "story")
    assert (tmp_path / "packages" / "casefile" / "live" / "runner.py").is_file()
    asked = json.dumps({"chapter": "08_money", "overrides": {"08_money": {"price_basis": "cluster"}}})
    said = json.loads(reply.Answerer(tmp_path / "story").answer(asked))
    assert said == json.loads(reply.Answerer(ROOT).answer(asked))
    assert said["results"]["parameters"]["price_basis"] == "cluster"


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        ({"price_basis": "free"}, "parameter 'price_basis' is 'free'; expected one of"),
        ({"raise_usd": 1}, "expected a number from"),
    ],
)
def test_what_a_chapter_refuses_is_answered_in_a_line(overrides: dict[str, Any], line: str) -> None:
    said = json.loads(
        reply.Answerer(ROOT).answer(json.dumps({"chapter": "08_money", "overrides": {"08_money": overrides}}))
    )
    assert line in said["refused"]
    assert "\n" not in said["refused"]


def test_the_site_is_the_same_with_and_without_what_reruns_notebooks() -> None:
    pages = {"index.html": "00" * 32}
    assert manifest.site_hash({**pages, "live/numpy.zip": "11" * 32}) == manifest.site_hash(pages)
    assert manifest.kind("live/numpy.zip") == manifest.RERUNS


def test_the_locked_packages_are_the_libraries_and_all_that_these_ask_for() -> None:
    others = {"jsonschema", "pyrsistent"}  # the lock has an elder version, which asks for pyrsistent and attrs
    text = (bundle.PACKAGES / "requirements.txt").read_text(encoding="utf-8")
    locked = {line.partition("==")[0] for line in text.splitlines() if "==" in line}
    digest, wheel = (bundle.PACKAGES / "wheels.sha256").read_text(encoding="utf-8").split()
    assert hashlib.sha256((bundle.PACKAGES / wheel).read_bytes()).hexdigest() == digest
    libraries = {"pyyaml" if name == "yaml" else name for name in bundle.LIBRARIES}
    here = {*locked, "numpy"}
    asked = others | {"attrs"} | libraries
    for package in here - others:
        needs = map(Requirement, metadata.requires(package) or ())
        asked |= {canonicalize_name(one.name) for one in needs if not one.marker or one.marker.evaluate()}
    assert asked - {"tzdata"} <= here  # no chapter reads a time zone
    assert text.count("--hash=sha256:") == len(locked)
    assert "://" not in text


def test_without_node_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"^live: node is not installed; expected Node\.js 18 or newer, with npm$"):
        bundle.make(tmp_path / "live", lambda line: None)
    assert not (tmp_path / "live").exists()
    assert "Needs Node.js and npm" in CliRunner().invoke(cli, ["live", "--help"]).output
