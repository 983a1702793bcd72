"""How much of the finished book the audit accounts for, and whether it would notice: digits are changed on its pages.

    python -m quality.assurance.audit [SITE] [--changes N]

Builds the book unless a site is named. Each change alters one digit that a reader can meet, in a text or an attribute of a
page, chosen by a seeded generator among all there are, and asks whether the audit finds fault with that page.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from casefile import audit
from casefile.audit import numerals
from casefile.audit.judge import PageAudit, Truth, Written
from casefile.audit.links import Links
from casefile.audit.page import Page
from casefile.book import build as book
from casefile.execution import run
from casefile.execution.story import Story
from quality.assurance.measures import ROOT, Measured, record

CHANGES, SEED = 1000, 1
SAID = ("aria-label", "alt", "title", "placeholder", "content")
Place = tuple[str, tuple[int, ...], str, int]  # page, path of the element, what of it, where in that text


def quiet(name: str, event: str, seconds: float) -> None:
    """Tell nothing of what runs."""


def digits(file: str, tree: Any) -> Iterator[Place]:
    """Every digit of a page that a reader, or a machine that reads the head for one, can meet."""
    for element in tree.iter(etree.Element):
        if element.tag in ("script", "style") or element.get("http-equiv") or element.get("name") == "viewport":
            texts = {}
        else:
            texts = {"text": element.text, **{name: element.get(name) for name in SAID}}
        if element is not tree:
            texts["tail"] = element.tail
        for part, text in texts.items():
            for found in numerals.NUMERAL.finditer(text or ""):
                yield file, path_of(element), part, found.start()


def path_of(element: Any) -> tuple[int, ...]:
    """The places of an element and of those above it among their siblings, from the top."""
    above = [element, *element.iterancestors()]
    return tuple(up.getparent().index(up) for up in reversed(above) if up.getparent() is not None)


def change(tree: Any, place: Place) -> str:
    """Change one digit of a tree to the next; the text before and after, in short."""
    _, path, part, at = place
    element = tree
    for step in path:
        element = element[step]
    text = str(getattr(element, part) if part in ("text", "tail") else element.get(part))
    digit = "⁰¹²³⁴⁵⁶⁷⁸⁹⁰" if text[at] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻" else "01234567890"
    other = text[:at] + digit[digit.find(text[at]) + 1] + text[at + 1 :]
    if part in ("text", "tail"):
        setattr(element, part, other)
    else:
        element.set(part, other)
    return f"{part} of {element.tag}: {text[max(0, at - 30) : at + 20]!r} → {other[at]}"


def noticed(site: Path, trees: Mapping[str, Any], truth: Truth, written: Mapping[str, Written], count: int) -> int:
    """How many of `count` changed digits the audit notices; those that it does not are printed."""
    places = [place for file, tree in trees.items() for place in digits(file, tree)]
    root = next(iter(written))

    def page_audit(file: str, tree: Any) -> PageAudit:
        name = root if file == "index.html" else file.removesuffix(".html")
        return Page(name, tree, written.get(name, Written()), truth).read()

    sound = {file: page_audit(file, tree) for file, tree in trees.items()}
    found = 0
    for place in random.Random(SEED).sample(places, min(count, len(places))):
        file = place[0]
        tree = copy.deepcopy(trees[file])
        told = change(tree, place)
        changed = page_audit(file, tree)
        links = Links(site, {**sound, file: changed}, "")
        named = any(page == file for page, _, what in links.namings())
        if changed.faults or named:
            found += 1
        else:
            print(f"not noticed: {file}: {told}", flush=True)
    return found


def measured(report: audit.AuditReport, planted: int, found: int) -> list[Measured]:
    """What an audit and the changes found, as measures."""
    counted: Counter[str] = Counter()
    for kinds in report.pages.values():
        counted.update(kinds)
    accounted, left = sum(counted.values()), len(report.findings)
    return [
        Measured("audit_pages", "Pages read, those of claims and of single charts among them", len(report.pages), "count"),
        Measured("audit_numerals", "Numerals on them, in what is read, heard or told to machines", accounted + left, "count"),
        Measured("audit_accounted", "Share of them accounted for", accounted / (accounted + left), "fraction", at_least=1),
        Measured("audit_faults", "Faults of any kind: numerals, links, pictures without words, records nobody uses", left, "count", at_most=0),
        Measured("audit_planted", "Single digits changed on copies of the pages", planted, "count"),
        Measured("audit_noticed", "Share of those that the audit noticed", found / planted, "fraction", at_least=0.99),
    ]  # fmt: skip


def main(words: Sequence[str] | None = None) -> None:
    """Build or take a site, audit it, change digits on it, and record what was found; exits 1 when a goal is missed."""
    asked = argparse.ArgumentParser(
        description="Whether the audit accounts for the book, and would notice a wrong digit."
    )
    asked.add_argument("site", nargs="?", type=Path)
    asked.add_argument("--changes", type=int, default=CHANGES)
    given = asked.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="casefile-audit-") as folder:
        site = given.site or Path(folder) / "site"
        if given.site is None:
            book.build(Story(ROOT), {}, site, 2, run.FORK, quiet)
        content, written = book.judged_by(Story(ROOT), {}, 2, run.FORK, quiet)
        report = audit.audit(site, content, written, Story(ROOT).title)
        trees = {page: etree.HTML((site / page).read_text(encoding="utf-8")) for page in report.pages}
        found = noticed(site, trees, Truth(content, Story(ROOT).title, site), written, given.changes)
    rows = measured(report, given.changes, found)
    record("audit", rows)
    sys.exit(not all(row.met for row in rows))


if __name__ == "__main__":
    main()
