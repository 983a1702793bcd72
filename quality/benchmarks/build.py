"""How long a build takes: from nothing, with nothing changed, with one thing changed; against papermill and Jupyter Book.

The rival runs papermill's command on each chapter, in an order in which each finds the results of those it needs, then
`jupyter-book build` on the executed notebooks with the book's own _config.yml and _toc.yml, and nothing of this package.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from casefile.execution import notebooks
from casefile.execution.story import Story
from casefile.notebook import results
from quality.benchmarks.command import Ran, python, run
from quality.benchmarks.row import Row, against

GIB = 1 << 30
TIMES = 3  # of each line the median counts, but for papermill's, which is long
TEXT_CHANGED, PARAMETER_CHANGED = "04_grok", ("03_delay", "delay_months", (4, 4.5, 5))


def clone(root: Path, target: Path) -> Path:
    """The story's files as they are committed or about to be, and nothing that was built."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    return target


def stock(root: Path, work: Path) -> tuple[float, list[float]]:
    """Seconds of papermill's command on every chapter, and of each `jupyter-book build` on what it left."""
    source, left = work / "source", work / "results"
    pages = {name: page for page, name in Story(root).chapters.items()}
    papermill = 0.0
    for name, _ in notebooks.order(root, list(pages)):
        executed = source / f"{pages[name]}.ipynb"
        executed.parent.mkdir(parents=True, exist_ok=True)
        command = python("papermill", root / f"{pages[name]}.ipynb", executed, "-k", "python3", "--no-progress-bar")
        papermill += run(command, work, CASEFILE_RESULTS=str(left)).seconds
        results.write(
            results.of_notebook(json.loads(executed.read_text(encoding="utf-8")), name), left / f"{name}.json"
        )
    for page in Story(root).pages:
        if page not in pages.values():
            (source / f"{page}.md").parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / f"{page}.md", source / f"{page}.md")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(root / name, source / name)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(source), "--path-output"]
    rendered = [run([*command, str(work / f"book{time}")], work).seconds for time in range(TIMES)]
    if not (work / "book0" / "_build" / "html" / f"{Story(root).pages[-1]}.html").is_file():
        raise RuntimeError("jupyter-book left no site to compare with")
    return papermill, rendered


def one_more_sentence(story: Path, page: str) -> None:
    """Change one chapter's text."""
    notebook = notebooks.read(story / f"{page}.ipynb")
    notebook["cells"][0]["source"] = [*notebook["cells"][0]["source"], "\n\nOne sentence more."]
    (story / f"{page}.ipynb").write_text(results.dumps(notebook, indent=1), encoding="utf-8")


def measure(root: Path, work: Path) -> list[Row]:
    """The table's lines about building `root`; `work` is an empty folder."""
    stories = [clone(root, work / f"story{time}") for time in range(TIMES)]
    story = stories[0]

    def build(*options: str, of: Path = story) -> Ran:
        return run(python("casefile", "build", *options), of, PYTHONPATH=str(of))

    colds = [build(of=copy) for copy in stories]
    cold, peaks = [ran.seconds for ran in colds], [ran.peak / GIB for ran in colds]
    papermill, rendered = stock(root, work)
    nothing = [build().seconds for _ in range(TIMES)]
    page = next(page for page in Story(story).pages if Path(page).name == TEXT_CHANGED)
    texts, parameters = [], []
    for _ in range(TIMES):
        one_more_sentence(story, page)
        texts.append(build().seconds)
    chapter, name, values = PARAMETER_CHANGED
    for value in values:
        (work / "given.json").write_text(json.dumps({chapter: {name: value}}))
        parameters.append(build("--params", str(work / "given.json"), "--out", str(work / f"other{value}")).seconds)
    whole = "the whole book from nothing"
    both = [papermill + seconds for seconds in rendered]
    return [
        against(whole, "papermill on each chapter, then jupyter-book build", "s", cold, both, 0.2),
        against(whole, "jupyter-book build alone on executed notebooks", "s", cold, rendered, 1.5),
        against("nothing changed", whole, "s", nothing, cold, 0.02),
        against("one chapter's text changed", whole, "s", texts, cold, 0.25),
        against("one parameter changed", whole, "s", parameters, cold, 0.35),
        Row("peak memory of a build from nothing", "–", "GiB", max(peaks), None, max(peaks), 0.6,
            spread=(min(peaks), max(peaks))),
    ]  # fmt: skip
