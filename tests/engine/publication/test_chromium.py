"""What drives the browser is asked before it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.citation import citation_file
from casefile.errors import BadInput
from casefile.publication import chromium, pdf
from tests.conftest import ROOT

LACKING = "error while loading shared libraries: libatomic.so.1: cannot open shared object file"


def test_a_driver_that_starts_has_no_fault() -> None:
    assert chromium.driver_fault() == ""


def test_a_driver_that_lacks_a_library_of_the_system_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho 'node: {LACKING}' >&2\nexit 127\n")
    node.chmod(0o755)
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node))
    with pytest.raises(BadInput) as refused:
        pdf.written(tmp_path, [], citation_file.book_of(ROOT), "A book")
    line = str(refused.value)
    assert line.startswith(f"Playwright's driver does not start: node: {LACKING}")
    assert "apt-get install libatomic1" in line
    assert "\n" not in line


def test_a_machine_without_a_browser_is_told_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    if chromium.browser_path() is not None:
        pytest.skip("an application for all users of this Mac cannot be hidden")
    with pytest.raises(
        BadInput, match=r"^no Chromium or Chrome on this machine; expected one on the PATH, or named by CHROMIUM$"
    ):
        pdf.written(tmp_path, [], citation_file.book_of(ROOT), "A book")
    assert not list(tmp_path.iterdir())
