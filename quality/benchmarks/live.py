"""How soon a chapter's notebook has run in a reader's browser, and how soon once more: ours against JupyterLite.

Both run the same notebook over the same data with the same code and libraries, those of the bundle, in Chromium, and are
served by the same small server on this machine. The first result is that of a new visitor, who has nothing of either: from
the visit to our page at a value that only the notebook follows, until that is painted; from opening the notebook, saved with
that value, until all its cells have run. For the next result the value is moved: there, the cell is typed anew and all cells
run in the same kernel. Both must come to the same figures.

JupyterLite has it easy: Vega-Lite 6 it does not draw, our page paints each chart that comes out otherwise; and SQLite, which
its kernel loads and no registry has, is a few names here. It is no part of the lock: an environment of the measurement's own
gets it. Needs Node.js, npm and what `casefile live` makes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
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

CHAPTER, PARAMETER, VALUES = "03_delay", "seed", (2025, 2026, 2027, 2028)
VISITS, SECONDS = 3, 120
JUPYTERLITE = (
    "jupyterlite-core==0.6.4", "jupyterlite-pyodide-kernel==0.6.1", "jupyter-server==2.21.1", "jupyterlab-server==2.28.1"
)  # fmt: skip
# What its kernel imports besides, which Pyodide's own channel would bring from another host.
KERNEL = (
    "micropip==0.9.0", "ipython==8.31.0", "traitlets==5.14.3", "decorator==5.1.1", "jedi==0.19.2", "parso==0.8.4",
    "pygments==2.19.1", "wcwidth==0.2.13", "prompt-toolkit==3.0.50", "matplotlib-inline==0.1.7", "stack-data==0.6.3",
    "executing==2.2.0", "asttokens==3.0.0", "pure-eval==0.2.3", "comm==0.2.2",
)  # fmt: skip
# Parts of Python that its kernel installs and npm's Pyodide has not. IPython's history asks SQLite for these names as it is
# imported; without them the kernel never starts, and JupyterLite does not say so. Nothing needs a module `ssl`.
PARTS: Mapping[str, str | None] = {
    "ssl": None,
    "sqlite3": "PARSE_DECLTYPES = PARSE_COLNAMES = 0\nclass Connection: ...\nclass Error(Exception): ...\n"
    "DatabaseError = IntegrityError = OperationalError = Error\n",
}
_ENVIRONMENT = {"python_version": "3.12", "sys_platform": "emscripten", "platform_system": "Emscripten", "extra": ""}
_CONFIGURATION = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}},
    },
}
_OPENED = """() => {
  const panel = globalThis.jupyterapp?.shell.currentWidget;
  return panel?.content?.model?.cells?.length > 1 && Boolean(panel.sessionContext.session?.kernel);
}"""
# Runs all cells, that of the parameters with another value where one is given; comes to what the chapter publishes.
_RUN = """async ([name, value, seconds]) => {
  const { shell, commands } = jupyterapp, panel = shell.currentWidget, cells = [...panel.content.model.cells];
  const cell = cells.find(({ metadata }) => metadata.tags?.includes("parameters")).sharedModel;
  if (value !== null) cell.setSource(cell.getSource().replace(RegExp(`^${name}\\\\b.*$`, "m"), `${name} = ${value}`));
  const late = new Promise((_, reject) => setTimeout(() => reject(Error("no result: does its kernel start?")), 1000 * seconds));
  const all = panel.sessionContext.ready.then(() => commands.execute("notebook:run-all-cells"));
  await Promise.race([all, late]);
  await new Promise(requestAnimationFrame);
  const outputs = cells.flatMap(({ outputs }) => outputs?.toJSON() ?? []);
  const failed = outputs.find((output) => output.output_type === "error");
  if (failed) throw Error(`${failed.ename}: ${failed.evalue}`);
  return outputs.flatMap(({ data }) => data?.["application/vnd.casefile.results+json"] ?? []).at(-1);
}"""
# Moves a control where a value is given, and waits until the page is painted with what the notebook came to.
_PAINTED = """async ([name, value, seconds]) => {
  const frame = () => new Promise(requestAnimationFrame), end = performance.now() + 1000 * seconds;
  if (value !== null) casefile.whatIf.set(name, value);
  await frame(); // in which the page sees that it was moved
  while (!casefile.live.shown() || document.documentElement.classList.contains("live-busy")) {
    if (performance.now() > end) throw Error(document.querySelector(".live-status")?.textContent ?? "nothing ran");
    await frame();
  }
  await frame();
}"""
# What the page was answered for a value: it has it still.
_ANSWERED = """async ([name, value]) => {
  const { home } = casefile.page.parameters.find((one) => one.name === name);
  return (await casefile.kernel.ask({ overrides: { [home]: { [name]: value } } })).results;
}"""
Visit = tuple[list[float], Any]  # seconds to the first and to each next result; what the last one published


def _wheel(folder: Path, name: str, files: Mapping[str, str], needs: Collection[str] = ()) -> None:
    """A wheel of these texts."""
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0", *(f"Requires-Dist: {need}" for need in needs)]
    described = {"METADATA": "\n".join(metadata), "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"}  # fmt: skip
    with zipfile.ZipFile(folder / f"{name}-1.0.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in {**files, **{f"{name}-1.0.0.dist-info/{key}": f"{text}\n" for key, text in described.items()}}.items():  # fmt: skip
            packed.writestr(path, text)
        packed.writestr(f"{name}-1.0.0.dist-info/RECORD", "")


def _wheels(folder: Path, code: Mapping[str, str]) -> None:
    """The wheels that the notebook and JupyterLite's kernel import, this package's own among them, in an empty folder."""
    bundle._wheels(folder)
    _wheel(folder, "casefile", code, sorted({wheel.name.split("-")[0] for wheel in folder.glob("*.whl")}))
    pip = python("pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:")
    there = ["--platform", "any", "--python-version", "3.12", "--dest", str(folder)]
    subprocess.run([*pip, *there, *KERNEL], check=True)
    for name, text in PARTS.items():
        _wheel(folder, name, {} if text is None else {f"{name}.py": text})


def _locked(wheel: Path, there: Collection[str]) -> dict[str, Any]:
    """What Pyodide's lock says of a wheel: the modules that bring it when they are imported, and the others that it needs."""
    with zipfile.ZipFile(wheel) as packed:
        paths = packed.namelist()
        metadata = Parser().parsestr(packed.read(next(path for path in paths if path.endswith(".dist-info/METADATA"))).decode())  # fmt: skip
    needs = [Requirement(text) for text in metadata.get_all("Requires-Dist") or ()]
    asked = {canonicalize_name(one.name) for one in needs if not one.marker or one.marker.evaluate(_ENVIRONMENT)}
    modules = {path.split("/")[0].removesuffix(".py") for path in paths if ".dist-info/" not in path and ".data/" not in path}  # fmt: skip
    return {
        "name": canonicalize_name(metadata["Name"]), "version": metadata["Version"], "file_name": wheel.name,
        "install_dir": "site", "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "package_type": "package",
        "imports": sorted(modules), "depends": sorted(asked & set(there)), "unvendored_tests": False,
    }  # fmt: skip


def _pyodide(folder: Path, work: Path, code: Mapping[str, str]) -> None:
    """Python for WebAssembly in a folder, with wheels and a lock that lists them."""
    core, wheels = work / "core", work / "wheels"
    for empty in (core, wheels):
        empty.mkdir()
    shutil.copytree(bundle._python(core), folder)
    _wheels(wheels, code)
    shutil.copytree(wheels, folder, dirs_exist_ok=True)
    listed = sorted(wheels.glob("*.whl"))
    names = {canonicalize_name(wheel.name.split("-")[0]) for wheel in listed}
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock["packages"] = {one["name"]: one for one in (_locked(wheel, names) for wheel in listed)}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def jupyterlite(root: Path, work: Path) -> Path:
    """The site of JupyterLite with the story's data and notebooks, all of it from its own host; `work` is an empty folder."""
    run([sys.executable, "-m", "venv", str(work / "environment")], work)
    programs = work / "environment" / "bin"
    run([str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check", *JUPYTERLITE], work)
    texts = bundle.browser_files(root)
    lite, contents, site = work / "lite", work / "contents", work / "site"
    _pyodide(lite / "static" / "pyodide", work, {path: text for path, text in texts.items() if path.startswith("casefile/")})  # fmt: skip
    for path, text in texts.items():
        if path.startswith("story/"):
            file = contents / path.removeprefix("story/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    notebook = contents / "chapters" / f"{CHAPTER}.ipynb"
    saved = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(one for one in saved["cells"] if "parameters" in one["metadata"].get("tags", ()))
    cell["source"] = [f"{PARAMETER} = {VALUES[0]}\n" if line.startswith(f"{PARAMETER}:") else line for line in cell["source"]]  # fmt: skip
    notebook.write_text(json.dumps(saved), encoding="utf-8")
    (lite / "jupyter-lite.json").write_text(json.dumps(_CONFIGURATION), encoding="utf-8")
    folders = ["--lite-dir", str(lite), "--contents", str(contents), "--output-dir", str(site)]
    run([str(programs / "jupyter"), "lite", "build", *folders, "--apps", "notebooks", "--no-unused-shared-packages"], work)  # fmt: skip
    return site


def _visited(page: Page, address: str, ran: Callable[[int | None], Any]) -> Visit:
    """A new visitor's seconds from the visit to the first result, for which no value is moved, and from each next to its own."""
    taken, left, begun = [], None, time.perf_counter()
    page.goto(address, wait_until="domcontentloaded")
    for value in (None, *VALUES[1:]):
        left = ran(value)
        taken.append(time.perf_counter() - begun)
        begun = time.perf_counter()
    return taken, left


def in_page(browser: Browser, host: str) -> Visit:
    """A visit to our page."""
    page = browser.new_context().new_page()
    address = f"{host}/chapters/{CHAPTER}.html?{PARAMETER}={VALUES[0]}"
    taken, _ = _visited(page, address, lambda value: page.evaluate(_PAINTED, [PARAMETER, value, SECONDS]))
    answered = page.evaluate(_ANSWERED, [PARAMETER, VALUES[-1]])
    page.context.close()
    return taken, answered


def in_jupyterlite(browser: Browser, host: str) -> Visit:
    """A visit to JupyterLite."""
    page = browser.new_context().new_page()

    def ran(value: int | None) -> Any:
        page.wait_for_function(_OPENED, timeout=1000 * SECONDS)
        return page.evaluate(_RUN, [PARAMETER, value, SECONDS])

    visit = _visited(page, f"{host}/notebooks/index.html?path=chapters/{CHAPTER}.ipynb", ran)
    page.context.close()
    return visit


def rows(ours: Sequence[Visit], theirs: Sequence[Visit]) -> list[Row]:
    """The table's lines of some visits. Raises RuntimeError where the two did not come to the same."""
    for (_, here), (_, there) in zip(ours, theirs, strict=True):
        if here["figures"] != there["figures"]:
            raise RuntimeError(f"{CHAPTER} with {PARAMETER} at {VALUES[-1]}: JupyterLite came to other figures")
    rival = "JupyterLite, the same notebook and libraries"
    first = [[taken[0] for taken, _ in visits] for visits in (ours, theirs)]
    later = [[seconds for taken, _ in visits for seconds in taken[1:]] for visits in (ours, theirs)]
    return [
        against("a rerun in the browser, first result of a new visit", rival, "s", first[0], first[1], 0.25),
        against("a rerun in the browser, next result", rival, "s", later[0], later[1], 0.1),
    ]


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about reruns in the browser; `work` is an empty folder."""
    if not (root / bundle.PLACE / bundle.LIST).is_file():
        sys.exit("benchmarks: live: no bundle; expected the one that `casefile live` makes")
    ours, theirs = work / "ours", work / "theirs"
    run(python("casefile", "build", "--out", ours), root)
    theirs.mkdir()
    with served(ours) as here, served(jupyterlite(root, theirs)) as there, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        visits = [(in_page(browser, here), in_jupyterlite(browser, there)) for _ in range(VISITS)]
        browser.close()
    return rows(*zip(*visits, strict=True))
