"""What the bundle is packed of: archives that say what they hold, and a finder that asks for what is not fetched yet."""

from __future__ import annotations

import gzip
import importlib
import json
import operator
import re
import sys
from pathlib import Path

import pytest

from casefile.live import memory, packing
from tests.conftest import ROOT


def test_an_archive_says_what_it_holds_in_the_order_of_its_files() -> None:
    files = {"b.so": b"\0asm", "a/empty": b"", "a.pyc": b"code"}
    archive = packing.packed(files)
    whole = gzip.decompress(archive)
    begin = 4 + int.from_bytes(whole[:4], "little")
    assert json.loads(whole[4:begin]) == [["b.so", 4], ["a/empty", 0], ["a.pyc", 4]]
    assert whole[begin:] == b"\0asmcode"
    assert begin % 8 == 0
    assert packing.packed(files) == archive


def test_what_is_in_memory_is_not_sent_again_and_data_come_with_the_code(tmp_path: Path) -> None:
    laid, target = tmp_path / "laid", tmp_path / "target"
    for name in ("one/__init__.pyc", "one/fast.so", "one/slow.so", "one/later.pyc", "one/units.txt"):
        (laid / name).parent.mkdir(parents=True, exist_ok=True)
        (laid / name).write_text(name, encoding="utf-8")
    target.mkdir()
    for name in ("memory", "extensions.json"):
        (tmp_path / name).write_bytes(b"{}")
    packing.pack(str(laid), str(tmp_path), ["one/__init__.pyc", "one/fast.so"], ["one/fast.so"], str(target))

    def held(name: str) -> list[str]:
        whole = gzip.decompress((target / f"{name}.bin").read_bytes())
        return [path for path, _ in json.loads(whole[4 : 4 + int.from_bytes(whole[:4], "little")])]

    assert held("memory") == ["memory", "extensions.json"]
    assert held("code") == ["one/fast.so", "one/units.txt"]
    assert held("later") == ["one/later.pyc", "one/slow.so"]


def test_a_module_that_is_not_fetched_yet_is_told_from_one_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, memory.Later(["casefile"])])
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_library_has_this")
    with pytest.raises(memory.NotHere, match=r"^casefile\.fetched_later$"):
        importlib.import_module("casefile.fetched_later")
    memory.complete()
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("casefile.fetched_later")


@pytest.mark.parametrize("script", ["live/packing.mjs", "site/static/worker.js"])
def test_what_a_script_asks_of_python_has_that_name_there(script: str) -> None:
    text = (ROOT / "casefile" / script).read_text(encoding="utf-8")
    modules = {"packer": packing, "reader": memory, "pyodide": memory}
    calls = re.findall(r"""\b(\w+)\.(?:globals\.get|runPython)\((["`])(.*?)\2\)""", text)
    assert {python for python, _, _ in calls} <= set(modules)
    asked = {(python, name) for python, _, code in calls for name in re.findall(r"^\w+$|[\w.]+(?=\()", code)}
    assert len(asked) >= 2
    for python, name in sorted(asked):
        assert operator.attrgetter(name)(modules[python]) is not None, name
