"""How soon a chapter's notebook has run in a reader's browser, and how soon once more: ours against JupyterLite.

Both run the same notebook with the same libraries, those of the bundle, in Chromium, and are served by the same small server
on this machine; each first result is that of a new visitor, who has nothing of either. Ours is the page, whose reader moves a
parameter that only the notebook follows; it ends when the page is painted. JupyterLite opens the notebook and runs all its
cells. For the next result the parameter is moved again; there, its cell is written anew and all cells run in the same kernel.

JupyterLite is no part of the lock: an environment of the measurement's own gets it from PyPI. Needs Node.js and npm, and the
bundle of `casefile live`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable
from email.parser import Parser
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import Browser, Page, sync_playwright

from casefile.live import bundle
from quality.benchmarks.command import python, run
from quality.benchmarks.page import served
from quality.benchmarks.row import Row, against
from tests.support import chromium

CHAPTER, PARAMETER, VALUES = "07_investors", "window_after", (3, 4, 5, 6)
VISITS, SECONDS = 3, 120
JUPYTERLITE = ("jupyterlite-core==0.6.4", "jupyterlite-pyodide-kernel==0.6.1", "jupyter-server", "jupyterlab-server")
# What its kernel imports besides, which Pyodide's own channel would bring from another host.
KERNEL = (
    "micropip==0.9.0", "ipython==8.31.0", "traitlets==5.14.3", "decorator==5.1.1", "jedi==0.19.2", "parso==0.8.4", "pygments==2.19.1",
    "wcwidth==0.2.13", "prompt-toolkit==3.0.50", "matplotlib-inline==0.1.7", "stack-data==0.6.3", "executing==2.2.0", "asttokens==3.0.0",
    "pure-eval==0.2.3", "pexpect==4.9.0", "ptyprocess==0.7.0",
)  # fmt: skip
_ENVIRONMENT = {"python_version": "3.12", "python_full_version": "3.12.7", "sys_platform": "emscripten", "platform_system": "Emscripten"}  # fmt: skip
_CONFIG = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}},
    },
}
_RUN = """async ([source, mark]) => {
  const { shell, commands } = jupyterapp, panel = shell.currentWidget, cells = [...panel.content.model.cells];
  if (source) cells.find(cell => cell.sharedModel.getSource().includes(mark)).sharedModel.setSource(source);
  await panel.sessionContext.ready;
  await commands.execute("notebook:run-all-cells");
  const outputs = cells.filter(cell => cell.type === "code").flatMap(cell => cell.sharedModel.getOutputs?.() ?? cell.sharedModel.outputs);
  const failed = outputs.find(output => output.output_type === "error");
  return failed ? `${failed.ename}: ${failed.evalue}` : outputs.some(({ data }) => Object.keys(data ?? {}).some(kind => kind.includes("casefile"))) ? "" : "nothing published";
}"""
_OPENED = "() => globalThis.jupyterapp?.shell.currentWidget?.content?.model?.cells?.length > 1 && jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
_SHOWN = "casefile.live.shown() && !document.documentElement.classList.contains('live-busy')"


def _wheels(work: Path) -> tuple[Path, list[Path]]:
    """Python for WebAssembly, and the wheels that the notebook and JupyterLite's kernel import, this package's own among them."""
    core, wheels = work / "core", work / "wheels"
    for folder in (core, wheels):
        folder.mkdir()
    home = bundle._python(core)
    bundle._wheels(wheels)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "download", "--no-deps", "--only-binary", ":all:", "--platform", "any", "--python-version", "3.12", "--dest", str(wheels), *KERNEL],
        check=True,
    )  # fmt: skip
    root = Path(__file__).parents[2]
    source = work / "source"
    shutil.copytree(root / "casefile", source / "casefile", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(root / name, source / name)
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)], check=True
    )
    return home, sorted(wheels.glob("*.whl"))


def _locked(wheel: Path, there: Iterable[str]) -> dict[str, Any]:
    """What Pyodide's lock says of a wheel: it is asked for by the modules that it has."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        described = next(name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(packed.read(described).decode())
    needs = [Requirement(text) for text in metadata.get_all("Requires-Dist") or ()]
    asked = {
        canonicalize_name(one.name)
        for one in needs
        if not one.marker or one.marker.evaluate({**_ENVIRONMENT, "extra": ""})
    }
    tops = {
        name.split("/")[0].removesuffix(".py") for name in names if ".dist-info" not in name and ".data" not in name
    }
    return {
        "name": canonicalize_name(metadata["Name"]), "version": metadata["Version"], "file_name": wheel.name, "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "package_type": "package", "imports": sorted(tops),
        "depends": sorted(asked & set(there)), "unvendored_tests": False,
    }  # fmt: skip


def jupyterlite(root: Path, work: Path) -> Path:
    """JupyterLite with the story's data and notebooks, all of it served from here."""
    run([sys.executable, "-m", "venv", str(work / "environment")], work)
    there = work / "environment" / "bin"
    run([str(there / "pip"), "install", "--quiet", "--disable-pip-version-check", *JUPYTERLITE], work)
    home, wheels = _wheels(work)
    lite, contents = work / "lite", work / "contents"
    pyodide = lite / "static" / "pyodide"
    shutil.copytree(home, pyodide)
    names = {canonicalize_name(wheel.name.split("-")[0]) for wheel in wheels}
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    for wheel in wheels:
        shutil.copyfile(wheel, pyodide / wheel.name)
        described = _locked(wheel, names)
        lock["packages"][described["name"]] = described
    (pyodide / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    (lite / "jupyter-lite.json").write_text(json.dumps(_CONFIG), encoding="utf-8")
    for name in ("data", "chapters"):
        shutil.copytree(root / name, contents / name)
    build = [
        str(there / "jupyter"),
        "lite",
        "build",
        "--lite-dir",
        str(lite),
        "--contents",
        str(contents),
        "--output-dir",
        str(work / "site"),
    ]
    run([*build, "--apps", "notebooks", "--no-unused-shared-packages"], work)
    return work / "site"


def _seconds(begun: float) -> float:
    return time.perf_counter() - begun


def _until(page: Page, expression: str) -> None:
    """Wait until an expression holds; pages forbid that it is waited for in them."""
    end = time.monotonic() + SECONDS
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(expression)
        page.wait_for_timeout(5)


def in_page(browser: Browser, address: str) -> tuple[float, list[float]]:
    """Seconds from the visit to the page painted with another value, and from each next value to it."""
    page = browser.new_context().new_page()
    begun = time.perf_counter()
    page.goto(address, wait_until="domcontentloaded")
    taken = []
    for value in VALUES:
        page.evaluate("([name, value]) => casefile.whatIf.set(name, value)", [PARAMETER, value])
        _until(page, _SHOWN)
        taken.append(_seconds(begun))
        begun = time.perf_counter()
    page.context.close()
    return taken[0], taken[1:]


def in_jupyterlite(browser: Browser, address: str, cell: str) -> tuple[float, list[float]]:
    """The same for a notebook in JupyterLite."""
    page = browser.new_context().new_page()
    begun = time.perf_counter()
    page.goto(f"{address}/notebooks/index.html?path=chapters/{CHAPTER}.ipynb", wait_until="domcontentloaded")
    page.wait_for_function(_OPENED, timeout=1000 * SECONDS)
    taken = []
    for value in (None, *VALUES[1:]):
        source = "" if value is None else f"{cell}\n{PARAMETER} = {value}"
        if failed := page.evaluate(_RUN, [source, f"\n{PARAMETER}"]):
            raise RuntimeError(f"JupyterLite: {failed}")
        taken.append(_seconds(begun))
        begun = time.perf_counter()
    page.context.close()
    return taken[0], taken[1:]


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about reruns in the browser; `work` is an empty folder."""
    if not (root / bundle.PLACE / bundle.LIST).is_file():
        sys.exit("benchmarks: live: no bundle; expected the one that `casefile live` makes")
    ours = work / "ours"
    run(python("casefile", "build", "--out", ours), root)
    theirs = work / "theirs"
    theirs.mkdir()
    notebook = json.loads((root / "chapters" / f"{CHAPTER}.ipynb").read_text(encoding="utf-8"))
    cell = next("".join(one["source"]) for one in notebook["cells"] if "parameters" in one["metadata"].get("tags", ()))
    with served(ours) as here, served(jupyterlite(root, theirs)) as there, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        visits = [(in_page(browser, f"{here}/chapters/{CHAPTER}.html"), in_jupyterlite(browser, there, cell)) for _ in range(VISITS)]  # fmt: skip
        browser.close()
    first = [(one[0], other[0]) for one, other in visits]
    ours_again, theirs_again = ([seconds for visit in visits for seconds in visit[side][1]] for side in (0, 1))
    rival = "JupyterLite, the same notebook and libraries"
    return [
        against(
            "a rerun in the browser: first result of a new visit",
            rival,
            "s",
            [one for one, _ in first],
            [other for _, other in first],
            0.25,
        ),
        against("a rerun in the browser: next result", rival, "s", ours_again, theirs_again, 0.1),
    ]
