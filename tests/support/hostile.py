"""Hostile input: what is fed to every surface, what may come of it, and a count of the cases that were met.

The same tests run as a sample among the others and, by the profile `long`, as a long run (`python -m quality.assurance.hostile`).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as st
from playwright.sync_api import Dialog, Page, Request

from casefile import cli
from casefile.errors import MOST_SAID, CasefileError
from tests.support import chromium

LONG = hypothesis.settings.get_current_profile_name() == "long"
COUNTED = "CASEFILE_CASES"  # the variable that names the folder where each process writes how many cases it met
SECONDS = 10  # of the processor, for one case
MEMORY = 512  # mebibytes that a process may gain over one case

met: Counter[str] = Counter()  # cases that were fed and judged in this process, by surface

# ------------------------------------------------------------------------------------------------------------- texts

OUTSIDE = "outside-the-story"  # a name that no file may get, and that a path which escapes leads to
MARKUP = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", '"onmouseover="alert(1)', "' onfocus='alert(1)' x='",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//evil.example></iframe>", "<!--", "-->", "]]>",
    "<![CDATA[", "</title>", "</textarea>", "</style>", "<style>*{display:none}</style>", "<base href=//evil.example/>",
    "&lt;script&gt;", "&#60;script&#62;", "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    '<meta http-equiv="refresh" content="0;url=//evil.example">', "<a href=javascript:alert(1)>x</a>", "<?xml?>", "&amp", "&",
    ' style="position:fixed"', "`", "${alert(1)}", "<plaintext>",
)  # fmt: skip
LANGUAGES = (
    "{{ 7*7 }}", "{% include '/etc/passwd' %}", "{{ config }}", "{num}`harvest`", "{raw}`x`", "```{include} /etc/passwd\n```",
    "```{raw} html\n<script>alert(1)</script>\n```", ":::{admonition} x\n:::", "[x](javascript:alert(1))", "![x](//evil.example/x.png)",
    "{worth}", "{harvest:range}", "{", "}", "{}", "{0}", "{a.b}", "{__class__}", "%s", "%(x)s", "$x$", "$$", "\\input{/etc/passwd}",
    "\\write18{id}", "\\", "\\\\", "\\end{document}", "#", "@misc{x,", "@string{a = b # b}", "ER  - ", "TY  - RPRT", "<!--chart apples 1-->",
    "# Parameters", "--", "; DROP TABLE x", "=cmd|'/c calc'!A1", "$(id)", "`id`", "| id", "\n", "\r\n", "\t",
)  # fmt: skip
CODE = (
    f"__import__('pathlib').Path('{OUTSIDE}').touch()", "!!python/object/apply:os.system ['id']",
    "!!python/name:os.system", "!!python/object/new:os.system ['id']", "!<tag:yaml.org,2002:python/object/apply:os.system> [id]",
    "__import__('os').system('id')", "().__class__.__bases__[0].__subclasses__()", "cos\nsystem\n(S'id'\ntR.", "@import /etc/passwd",
)  # fmt: skip
PATHS = (
    f"../{OUTSIDE}", f"../../{OUTSIDE}", f"x/../../{OUTSIDE}", f"/tmp/{OUTSIDE}", "..", ".", "", "/", "//evil.example/x", "~",
    f"..\\{OUTSIDE}", f"%2e%2e/{OUTSIDE}", "/etc/passwd", "/dev/zero", "/proc/self/environ", "file:///etc/passwd",
    "http://127.0.0.1:9/x.csv", "https://evil.example/x", "s3://bucket/x", "x\x00.csv", "a" * 300, "con", "-rf", "*",
)  # fmt: skip
NUMBERS = (
    "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e308", "-1.7e308", "1e-400", "9" * 400, "9" * 5000, "0x" + "f" * 5000,
    "1_000", "٣", "²", "½", "1e", "e1", "+", "-", "--1", "1,5", "0x10", "0b1", "1:30", "1:1:1:1", "9**9**9", "2024-13-45", "0000-00-00",
    "9999-99-99", "2024-02-30", "-0", "-0.0", "True", "null", "~", "1/0", "1e5", "0.30000000000000004", "9007199254740993",
)  # fmt: skip
SIGNS = (
    "\x00", "\x07", "\x1b[2J", "\x7f", "\x85", "\u202e", "\u2066", "\u200f", "\u2028", "\ufeff", "\uffff", "\U0001f34e", "é", "e\u0301",
    "\u00a0", "ﬁ", "\u200b", "\udc80", "İ", "ß",
)  # fmt: skip
FRAGMENTS = (*MARKUP, *LANGUAGES, *CODE, *PATHS, *NUMBERS, *SIGNS)

fragments = st.sampled_from(FRAGMENTS)
texts = st.one_of(
    fragments, st.text(max_size=60), st.lists(st.one_of(fragments, st.text(max_size=8)), min_size=2, max_size=5).map("".join),
    st.builds(lambda piece, times: piece * times, fragments.filter(bool), st.sampled_from([50, 1000])),
)  # fmt: skip


def unpaired(text: str) -> bool:
    """Whether a text holds a sign that no file in UTF-8 can."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)


written = texts.filter(lambda text: not unpaired(text))  # texts that a file can hold


@st.composite
def spoiled(draw: st.DrawFn, good: str) -> str:
    """A good text with a few hostile pieces put in, or parts of it taken out or doubled."""
    text = good
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.one_of(st.just(start), st.integers(start, min(len(text), start + 40))))
        piece = draw(st.one_of(written, st.just(text[start:end] * 2), st.just("")))
        text = text[:start] + piece + text[end:]
    return text


# ----------------------------------------------------------------------------------------------------------- watching


class Escaped(AssertionError):
    """Something ran, opened or asked what no input may make it."""


# What Python says of itself before it does any of these.
_NEVER = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen", "pty.spawn", "socket.connect",
          "socket.getaddrinfo", "socket.gethostbyname", "ctypes.dlopen", "pickle.find_class", "webbrowser.open", "urllib.Request")  # fmt: skip
_CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "shutil.move", "shutil.rmtree")  # fmt: skip
_SYSTEM = (
    *(str(Path(folder).resolve()) for folder in {sys.prefix, sys.base_prefix, *filter(None, sys.path)}),
    "/usr/share", "/usr/lib", "/proc/self", "/dev/null", "/dev/urandom", "/etc/localtime", "/etc/mime.types",
)  # fmt: skip
_home: list[str] = []  # the folder within which the case at hand must keep, while it runs
_broken: list[str] = []


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not _home:
        return
    if event in _NEVER:
        _broken.append(f"{event} {arguments!r:.200}")
    elif event == "open" or event in _CHANGES:
        path = arguments[0]
        if not isinstance(path, str | bytes | os.PathLike):
            return
        place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (pathlib would open more)
        writes = event != "open" or (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"))
        inside = place == _home[0] or place.startswith(_home[0] + os.sep)
        if not inside and (writes or not place.startswith(_SYSTEM)) and "__pycache__" not in place:
            _broken.append(f"{event} {place}")


sys.addaudithook(_heard)


@contextlib.contextmanager
def kept_within(folder: Path) -> Iterator[None]:
    """Hold what happens inside to a folder, a processor's seconds and a process' memory; nothing may be started or asked."""
    began, held = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _home.append(str(folder.resolve()).rstrip(os.sep))
    try:
        yield
    finally:
        _home.clear()
        broken = _broken.copy()
        _broken.clear()
    if broken:
        raise Escaped("; ".join(broken))
    assert time.process_time() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < MEMORY * 1024


def judged(message: str) -> str:
    """A refusal, when it is one clear line: printable, not long, and with what was expected."""
    assert message and message.isprintable() and len(message) <= MOST_SAID, ascii(message[:300])
    assert any(
        word in message
        for word in ("expected", "did you mean", "known:", "none is known", "altered: the ", "altered, or words")
    ), message[:500]
    return message


def refused(folder: Path, call: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """What a call gives, and why it was refused: one of the two. Whatever else comes of it is raised."""
    with kept_within(folder):
        try:
            return call(*arguments), ""
        except CasefileError as error:
            return None, judged(str(error))


def command(folder: Path, root: Path, *words: str) -> tuple[int, str, str]:
    """Run the command `casefile` in this process: its exit code, what it put out, and what it complained of."""
    out, complaint = io.StringIO(), io.StringIO()
    before = sys.argv, os.environ.get("CASEFILE_ROOT")
    sys.argv, os.environ["CASEFILE_ROOT"] = ["casefile", *words], str(root)
    code = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaint), kept_within(folder):
            try:
                cli.main()
            except SystemExit as error:
                code = int(error.code or 0)
    finally:
        sys.argv = before[0]
        if before[1] is None:
            del os.environ["CASEFILE_ROOT"]
        else:
            os.environ["CASEFILE_ROOT"] = before[1]
    return code, out.getvalue(), complaint.getvalue()


def files(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# Whatever would show on a page that a text became markup.
_FOREIGN = """() => [
  ...[...document.querySelectorAll("*")].filter((one) => one.getAttributeNames().some((name) => /^on|^srcdoc$/.test(name))),
  ...document.querySelectorAll("iframe, img:not(.next > img), object, embed, plaintext, article base, article style, script:not([src]):not([type='application/ld+json'])"),
  ...[...document.querySelectorAll("a[href], form[action]")].filter((one) => /^\\s*(javascript|data|vbscript):/i.test(one.getAttribute("href") ?? one.action)),
].map((one) => one.outerHTML.slice(0, 200))"""


class Watched:
    """A tab in which nothing may complain, speak, or ask for what does not begin with one of some addresses."""

    def __init__(self, page: Page, *addresses: str) -> None:
        self.page, self.wrong, self._addresses = page, list[str](), addresses
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        chromium.listen(self.page, self.wrong.append, "error")
        self.page.on("dialog", self._spoke)
        self.page.on("request", self._asked)

    def _spoke(self, dialog: Dialog) -> None:
        self.wrong.append(dialog.message)
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self._addresses):
            self.wrong.append(request.url)

    def judge(self, where: str) -> None:
        """Nothing went wrong so far, and no text has become markup."""
        assert self.wrong == [], (where, self.wrong)
        assert self.page.evaluate(_FOREIGN) == [], where

    def close(self) -> None:
        """Leave, when nothing went wrong."""
        assert self.wrong == []


# ----------------------------------------------------------------------------------------------------------- counting


def cases(surface: str, few: int, many: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a property's test on a `few` cases among the other tests, on `many` in the long run; count those it met.

    Goes above `given`'s arguments: `@cases(...)`, then `@given(...)`.
    """

    def decorated(test: Any) -> Any:
        inner = test.hypothesis.inner_test

        @functools.wraps(inner)
        def counted(*arguments: Any, **named: Any) -> None:
            inner(*arguments, **named)
            met[surface] += 1

        test.hypothesis.inner_test = counted
        return hypothesis.settings(
            max_examples=many if LONG else few,
            suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow,
                                   hypothesis.HealthCheck.data_too_large],
        )(test)  # fmt: skip

    return decorated


@atexit.register
def tell() -> None:
    """Write how many cases this process met, where someone counts them."""
    if met and (folder := os.environ.get(COUNTED)):
        (Path(folder) / f"{os.getpid()}.json").write_text(json.dumps(met), encoding="utf-8")
