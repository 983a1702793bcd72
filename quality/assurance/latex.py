"""Every record of the built site through LaTeX: printed, checked by biber's data model, and read back from the pages.

`python -m quality.assurance.latex` needs a built site and TeX: on Debian, `apt-get install texlive-latex-base lmodern biber poppler-utils`.
What is not run is said, and has no row.

A power loses its height when text is copied from a PDF (10²⁵ is read as 1025), so that a citation with one is refused rather than
guessed at; where a hyphen or a break has changed the words of a title, the answer says that they are one's own. A source of unknown
date has none in its record, though biber would have one: nothing is made up for it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from quality.assurance.measures import ROOT, Measured, record

SITE = ROOT / "_build" / "html"
NEEDED = ("pdflatex", "bibtex", "biber", "pdftotext")
STYLES = ("plain", "unsrt")
FONTS = {"T1": r"\usepackage[T1]{fontenc}\usepackage{lmodern}", "OT1": ""}
PAGE = r"\documentclass{article}%s\usepackage[utf8]{inputenc}\begin{document}\nocite{*}\bibliographystyle{%s}\bibliography{all}\end{document}"


def main() -> None:
    """Print all records, record what came of it, and exit 1 when something failed."""
    if missing := [name for name in NEEDED if not shutil.which(name)]:
        print(f"not run: LaTeX, which needs {', '.join(missing)}")
        return
    if not (SITE / "index.html").is_file():
        sys.exit("no site is built; `casefile build` makes one")
    records = [*sorted((SITE / "cite").glob("*.bib")), SITE / "sources.bib"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = "\n".join(path.read_text(encoding="utf-8") for path in records)
        (folder / "all.bib").write_text(text, encoding="utf-8")
        printed = [typeset(folder, fonts, style) for fonts in FONTS for style in STYLES]
        faults = datamodel(folder)
        answers = sum((read_back(folder, pages) for pages, _ in printed), Counter[str]())
    found = [
        Measured("latex_records", "Records printed by LaTeX, in two encodings of fonts and two styles", text.count("\n@") + 1, "count", at_least=700),
        Measured("latex_errors", "Errors of LaTeX and of BibTeX on the way", sum(errors for _, errors in printed), "count", at_most=0),
        Measured("latex_datamodel", "Errors that biber's data model finds in them", faults, "count", at_most=0),
        Measured("latex_read", "Share of the book's own that stand when they are read back from the printed pages", answers["stands"] / answers.total(), "fraction", at_least=0.97),
    ]  # fmt: skip
    record("latex", found)
    sys.exit(0 if all(measured.met for measured in found) else 1)


def typeset(folder: Path, fonts: str, style: str) -> tuple[str, int]:
    """The text of the pages that LaTeX prints of `all.bib`, as it is copied from them, and how many errors it met."""
    name = f"{fonts}-{style}"
    (folder / f"{name}.tex").write_text(PAGE % (FONTS[fonts], style), encoding="utf-8")
    for command in (
        ["pdflatex", "-interaction=nonstopmode"],
        ["bibtex"],
        *[["pdflatex", "-interaction=nonstopmode"]] * 2,
    ):
        done = subprocess.run([*command, name], cwd=folder, capture_output=True, check=False)
    log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    bibliography = (folder / f"{name}.blg").read_text(encoding="utf-8", errors="replace")
    errors = log.count("\n! ") + bibliography.count("error message") + bibliography.count("Warning--")
    if not (folder / f"{name}.pdf").is_file():
        sys.exit(f"{name}: no pages; LaTeX says\n{done.stdout.decode(errors='replace')[-2000:]}")
    return subprocess.run(
        ["pdftotext", f"{name}.pdf", "-"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout, errors


def datamodel(folder: Path) -> int:
    """How many errors and warnings biber has of `all.bib`, but for dates that nobody knows."""
    command = ["biber", "--tool", "--validate-datamodel", "--nolog", "all.bib"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = (line for line in done.stdout.splitlines() if line.startswith(("WARN", "ERROR")))
    faults = [line for line in said if "one of 'date, year' must be defined" not in line]
    print("\n".join(faults[:20]))
    return len(faults)


def read_back(folder: Path, pages: str) -> Counter[str]:
    """How many of the citations on the pages the book's own command says to stand, to be altered, and so on."""
    text = folder / "pages.txt"
    text.write_text(pages, encoding="utf-8")
    command = [sys.executable, "-m", "casefile", "verify", "--all", str(text)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 2:
        sys.exit(done.stderr)
    counts = (part.split(" ", 1) for part in done.stdout.strip().splitlines()[-1].split(", "))
    return Counter({status: int(count) for count, status in counts})


if __name__ == "__main__":
    main()
