"""A story of any size, for measuring and nothing else: so many chapters, charts and figures in each, sources, editions."""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from casefile.book import new
from casefile.notebook import results
from quality.benchmarks.command import python, run


@dataclass(frozen=True)
class Size:
    """How large a story is: `charts` and `figures` are those of one chapter."""

    chapters: int = 5
    charts: int = 2
    figures: int = 12
    sources: int = 10
    editions: int = 1

    def times(self, factor: int) -> Size:
        """A story so many times as large, made of chapters of the same size."""
        return replace(self, chapters=self.chapters * factor, sources=self.sources * factor)


def write(folder: Path, size: Size) -> Path:
    """Lay out a story of a size in a new folder; its editions are published by the command, as any are."""
    new.new(folder, "A story of many parts", "The benchmark", datetime.date(2026, 1, 1))
    _append(
        folder / "data" / "sources.csv",
        *({
            "id": f"source_{number}", "publisher": f"Office {_letters(number)}", "title": f"Report {_letters(number)}", "published": "2025-01-02",
            "url": f"https://example.org/{number}", "accessed": "2026-01", "licence": "facts only", "grade": "read", "checked": "Read.",
        } for number in range(size.sources)),
    )  # fmt: skip
    facts = [_fact(part, place, size) for part in range(size.chapters) for place in range(size.figures)]
    _append(folder / "data" / "figures.csv", *facts)
    _append(
        folder / "tests" / "transcription.csv", *({"fact": fact["id"], "value": fact["value"]} for fact in facts)
    )  # a story releases nothing that was not typed twice
    pages = []
    for part in range(size.chapters):
        name = f"{part + 2:03}_part"
        pages.append(f"  - file: chapters/{name}\n    title: part {_letters(part).lower()}\n")
        (folder / "chapters" / f"{name}.ipynb").write_text(results.dumps(_chapter(part, name, size)), encoding="utf-8")
    contents = (folder / "_toc.yml").read_text(encoding="utf-8")
    after = "    title: growth\n"
    (folder / "_toc.yml").write_text(contents.replace(after, after + "".join(pages)), encoding="utf-8")
    for number in range(size.editions):
        version = f"0.{number + 1}.0"
        told = (folder / "CITATION.cff").read_text(encoding="utf-8").splitlines()
        told = [f"version: {version}" if line.startswith("version:") else line for line in told]
        (folder / "CITATION.cff").write_text("\n".join(told) + "\n", encoding="utf-8")
        run(python("casefile", "register"), folder)
        _commit(folder)
        run(python("casefile", "release", version), folder)
    return folder


def _commit(folder: Path) -> None:
    """Commit all that stands in a folder: an edition is published of what is committed."""
    who = ["-c", "user.name=The benchmark", "-c", "user.email=benchmark@example.org"]
    for words in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message", "A state"]):
        run(["git", *words], folder)


def _append(table: Path, *rows: dict[str, str]) -> None:
    with table.open(newline="", encoding="utf-8") as file:
        columns = next(csv.reader(file))
    with table.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, columns, lineterminator="\n").writerows(rows)


def _fact(part: int, place: int, size: Size) -> dict[str, str]:
    value = str(1000 + 37 * part + 11 * place)
    return {
        "id": f"fact_{part}_{place}", "value": value, "unit": "person", "date": "2024-12-31", "meaning": f"People of group {_letters(place)} in part {_letters(part)}",
        "printed": f"{int(value):,}", "source": f"source_{(part * size.figures + place) % size.sources}", "locator": f"table {_letters(place)}", "grade": "read",
    }  # fmt: skip


def _chapter(part: int, name: str, size: Size) -> dict[str, Any]:
    """A notebook: facts, figures made of them by formulas, sentences that print each, charts that draw them."""
    title = f"How large is part {_letters(part)}?"
    facts = [f"fact_{part}_{place}" for place in range(size.figures)]
    sums = [f"sum_{part}_{place}" for place in range(size.figures)]
    names = [_letters(place) for place in range(size.figures)]
    lines = [f"GROUPS = {names!r}", f"facts = [chapter.source(name, publish=True) for name in {facts!r}]", "sums = []"]
    lines += ["for place, name in enumerate(" + repr(sums) + "):"]
    lines += ["    whole = sum(facts[: place + 1]) if place else facts[0] * 2"]
    lines += [
        '    sums.append(chapter.figure(name, whole, unit="person", meaning=f"People of the groups up to {GROUPS[place]}"))'
    ]
    drawn = [_drawn(f"chart_{part}_{number}", facts[0], sums[-1]) for number in range(size.charts)]
    said = " ".join(
        f"Group {group} {{num}}`{fact}`, so far {{num}}`{whole}`."
        for group, fact, whole in zip(names, facts, sums, strict=True)
    )
    opened = f'import altair as alt\n\nfrom casefile import open_chapter\n\nchapter = open_chapter("{name}", globals(), title="Part {_letters(part)}", question="{title}")'
    return {
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5,
        "cells": [
            _cell("markdown", "answer", f"(part-{part})=\n# {title}\n\n**As large as {{num}}`{sums[-1]}` people.** {said}"),
            _cell("code", "open", opened),
            _cell("code", "figures", "\n".join(lines)),
            *(_cell("code", f"chart-{number}", source) for number, source in enumerate(drawn)),
            _cell("code", "end", "chapter.publish()"),
        ],
    }  # fmt: skip


def _drawn(name: str, first: str, last: str) -> str:
    """The code of a cell that draws a chart."""
    return f'''rows = chapter.table(facts, group=GROUPS)
bars = alt.Chart(rows).mark_bar().encode(x=alt.X("value:Q", title="People"), y=alt.Y("group:N", title=None))
text = "Bars: {{{first}}} people in the first group, {{{last}}} in all."
columns = {{"group": "Group", "value": "People|person"}}
chapter.chart("{name}", bars, title="{{{last}}} people in all", alt_text=text, data=rows, columns=columns)'''


def _letters(number: int) -> str:
    """A, B … Z, AA, AB …: what is counted in names, where a numeral would ask for its record."""
    return (_letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def _cell(kind: str, name: str, source: str) -> dict[str, Any]:
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **code}
