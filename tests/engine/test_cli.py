"""The command line: what each command says of a small story, and one line for what it cannot do."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile import cli
from casefile.cli import options
from tests.support.orchard import plant
from tests.support.published import replace, version

Said = tuple[int, str, str]
Command = Callable[..., Said]


def said(words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    """The command's exit code, what it put out, and what it complained of, run in this process."""
    monkeypatch.setattr(sys, "argv", ["casefile", *words])
    code = 0
    try:
        cli.main()
    except SystemExit as left:
        code = int(left.code or 0)
    return code, *capsys.readouterr()


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small story, with a record to cite and no site."""
    root = plant(tmp_path_factory.mktemp("cli") / "orchard")
    replace(root / "chapters" / "harvest.ipynb", "(harvest)=", "(how-many)=")  # an id names one thing
    version(root, "1.0")
    return root


@pytest.fixture
def casefile(orchard: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, run in a folder of the small story."""
    monkeypatch.delenv("CASEFILE_ROOT", raising=False)
    monkeypatch.chdir(orchard / "chapters")
    return lambda *words: said(list(words), capsys, monkeypatch)


def test_a_rerun_s_page_is_no_whole_site_and_the_audit_says_what_is(casefile: Command, tmp_path: Path) -> None:
    (tmp_path / "run" / "page").mkdir(parents=True)
    (tmp_path / "run" / "snapshot.json").write_text("{}")
    page, file = tmp_path / "run" / "page", tmp_path / "run" / "parameters.json"
    line = (
        f"casefile: {page}: a rerun's page alone; expected a whole site: `casefile build --params {file} --out DIR`, then "
        f"`casefile audit DIR --params {file}`\n"
    )
    assert casefile("audit", str(page)) == (2, "", line)


def test_the_check_counts_what_it_found_sound(casefile: Command) -> None:
    counted = "data/ is sound: 2 sources, 3 figures, 0 events, 0 claims, 0 series, 1 parameters\n"
    assert casefile("check") == (0, counted, "")


def test_the_parameters_of_a_chapter_and_of_all_are_listed(casefile: Command) -> None:
    listed = (
        "market  price = 0.4\n"
        "    Price of an apple; takes a number from 0 to 5 (EUR/apple); basis:\n"
        "    price_printed\n"
    )
    assert casefile("parameters", "market") == casefile("parameters") == (0, listed, "")


def test_only_the_chapter_asked_for_is_listed(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", str(story))
    code, out, _ = said(["parameters", "01_swap"], capsys, monkeypatch)
    assert (code, {line.split()[0] for line in out.splitlines() if not line.startswith(" ")}) == (0, {"01_swap"})
    assert out.startswith("01_swap  order_value_usd = 500000000\n")
    assert max(map(len, said(["parameters"], capsys, monkeypatch)[1].splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["parameters", "markt"], "no chapter 'markt' with parameters; did you mean market?"),
        (["parameters", "sources"], "no chapter 'sources' with parameters; known: market"),
        (["audit"], "_build/html: no site here; run `casefile build` first, or name a built site"),
        (["audit", "elsewhere"], "elsewhere: no site here; run `casefile build` first, or name a built site"),
        (["serve"], "_build/html: no site here yet; run `casefile build` first"),
        (["serve", "--port", "0"], "Invalid value for '--port': 0 is not in the range 1<=x<=65535."),
        (["cite", "worth", "-p", "markt", "price", "1"], "no chapter 'markt' with parameters; did you mean market?"),
        (["cite", "worth", "-p", "markt.price=1"], "no chapter 'markt' with parameters; did you mean market?"),
        (
            ["cite", "worth", "-p", "market.price", "9"],
            "market: parameter 'price' is 9; expected a number from 0 to 5 (EUR/apple)",
        ),
        (["cite", "worth", "-p", "price=1"], "-p 'price=1': expected CHAPTER.NAME=VALUE or CHAPTER NAME VALUE"),
        (
            ["cite", "worth", "-p", "market", "price", "1", "-p", "market.price=2"],
            "market: parameter 'price' is given twice; expected each name once",
        ),
        (
            ["rerun", "market", "-p", "price", "1", "-p", "price=1"],
            "market: parameter 'price' is given twice; expected each name once",
        ),
        (
            ["rerun", "market", "-p", "price=-1"],
            "market: parameter 'price' is -1; expected a number from 0 to 5 (EUR/apple)",
        ),
        (
            ["rerun", "market", "-p", "price", "-1"],
            "market: parameter 'price' is -1; expected a number from 0 to 5 (EUR/apple)",
        ),
        (
            ["rerun", "market", "-p", "market.price=1_0"],
            "market: parameter 'price' is '1_0'; expected a number from 0 to 5 (EUR/apple)",
        ),
        (["rerun", "market", "-p", "price"], "-p 'price': expected NAME=VALUE or NAME VALUE"),
        (["rerun", "market", "-p"], "Option '-p' requires an argument."),
        (["rerun"], "Missing argument 'CHAPTER'; expected casefile rerun [OPTIONS] CHAPTER"),
        (
            ["rerun", "market", "more"],
            "Got unexpected extra argument (more); expected casefile rerun [OPTIONS] CHAPTER",
        ),
        (["rerun", "--nope"], "No such option '--nope'; expected casefile rerun [OPTIONS] CHAPTER"),
        (["biuld"], "no command 'biuld'; did you mean build?"),
        (
            ["--root", "/", "check"],
            "/: no case file here or above; expected a folder with data/ and _toc.yml, or --root DIR before the verb",
        ),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(words: list[str], line: str, casefile: Command) -> None:
    assert casefile(*words) == (2, "", f"casefile: {line}\n")


def test_a_system_that_is_not_carried_is_told_so(casefile: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    refused = "casefile: Windows is not supported; expected Linux or macOS, or Windows' Subsystem for Linux\n"
    assert casefile("check") == (2, "", refused)


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        (["market", "-p", "price", "1", "--out", "x"], ["market", "-p", "price=1", "--out", "x"]),
        (["-p", "price=1", "-p", "kind", "a=b", "market"], ["-p", "price=1", "-p", "kind=a=b", "market"]),
        (["market", "-p", "market.price", "-1"], ["market", "-p", "market.price=-1"]),
        (["--", "-p", "price", "1"], ["--", "-p", "price", "1"]),
        (["market", "-p", "price", "--out", "x"], ["market", "-p", "price", "--out", "x"]),
    ],
)
def test_a_parameter_is_one_word_or_two(words: list[str], joined: list[str]) -> None:
    assert list(options._joined(words, 1)) == joined


@pytest.mark.parametrize(
    "words",
    [["market", "price", "1"], ["market", "price=1"], ["market.price", "1"], ["market.price=1"]],
    ids=" ".join,
)
def test_where_no_chapter_is_spoken_of_it_stands_before_the_name(words: list[str]) -> None:
    assert list(options._joined(["-p", *words, "worth"], 2)) == ["-p", "market.price=1", "worth"]


def test_the_story_is_the_folder_named_first_then_that_of_the_variable(
    orchard: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir("/")
    monkeypatch.delenv("CASEFILE_ROOT", raising=False)
    asked = ["parameters", "market"]
    assert said(asked, capsys, monkeypatch)[0] == 2
    named = said(["--root", str(orchard), *asked], capsys, monkeypatch)
    assert named[0] == 0
    monkeypatch.setenv("CASEFILE_ROOT", str(orchard))
    assert said(asked, capsys, monkeypatch) == named
    monkeypatch.setenv("CASEFILE_ROOT", "/")
    assert said(["--root", str(orchard), *asked], capsys, monkeypatch) == named


def test_the_command_alone_shows_what_there_is_in_lines(casefile: Command) -> None:
    code, out, complaint = casefile()
    assert (code, out) == (2, "")
    assert complaint.splitlines()[0].endswith(" [OPTIONS] COMMAND [ARGS]...")
    assert "  serve        Serve the built site on this machine, to look at it." in complaint.splitlines()


def test_without_a_registry_a_thing_is_cited_by_id_or_anchor_and_without_fork_too(
    casefile: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, cited, complaint = casefile("cite", "worth", "--style", "sentence")
    assert (code, complaint) == (0, "")
    assert "“Worth of the harvest”, €12,000 [Draft after edition 1.0. " in cited
    assert " worth@1.0+draft:" in cited
    assert casefile("cite", "#figure-worth", "--style", "sentence") == (0, cited, "")
    line = "casefile: no page, section, figure, chart or claim 'wroth'; did you mean worth?\n"
    assert casefile("cite", "wroth") == (2, "", line)
    monkeypatch.delattr(os, "fork")
    line = "casefile: this system cannot fork: notebooks run in papermill's default engine\n"
    assert casefile("cite", "worth", "--style", "sentence") == (0, cited, line)


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """A story with a page in its site."""
    root = plant(tmp_path / "orchard")
    (root / "_build" / "html").mkdir(parents=True)
    (root / "_build" / "html" / "index.html").write_text("<h1>The orchard</h1>", encoding="utf-8")
    return root


def test_the_site_is_served_to_this_machine_until_it_is_stopped(served: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "casefile", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=served, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            assert server.stdout.readline() == f"http://127.0.0.1:{port}/  (Ctrl-C stops)\n"
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asked.request("GET", "/index.html")
            assert asked.getresponse().read() == b"<h1>The orchard</h1>"
            server.send_signal(signal.SIGINT)
            _, complaint = server.communicate(timeout=30)
        finally:
            server.kill()
    assert (server.returncode, complaint.splitlines()[-1]) == (1, "casefile: stopped")


def test_a_port_that_is_taken_is_said(
    served: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEFILE_ROOT", str(served))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = f"casefile: --port {port}: Address already in use; expected one that is free\n"
        assert said(["serve", "--port", str(port)], capsys, monkeypatch) == (2, "", line)
