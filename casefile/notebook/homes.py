"""On which page of a book each figure, word, chart and verdict lives. Whatever leads to one, or prints one, asks here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from casefile.errors import BadInput
from casefile.notebook.results import Results


@dataclass(frozen=True)
class Homes:
    """The homes of what some chapters' results hold; `chapters` has the results by page, in the order of the book."""

    chapters: Mapping[str, Results]

    @cached_property
    def publishers(self) -> dict[str, str]:
        """The page that publishes each figure. Raises BadInput for a figure that two pages publish."""
        published = (
            (page, figure.id) for page, results in self.chapters.items() for figure in results.graph.published()
        )
        return _once("figure", "publish", published)

    @cached_property
    def figures(self) -> dict[str, str]:
        """The home of every figure: the page that publishes it, else the first whose chapter made it, else that has it."""
        homes = dict(self.publishers)
        for imported in (False, True):
            for page, results in self.chapters.items():
                for name, figure in results.graph.figures.items():
                    if imported or figure.chapter == results.chapter:
                        homes.setdefault(name, page)
        return homes

    @cached_property
    def words(self) -> dict[str, list[str]]:
        """The pages on which each word is chosen: each page has words of its own, some by the same name."""
        pages: dict[str, list[str]] = {}
        for page, results in self.chapters.items():
            for name in results.graph.choices:
                pages.setdefault(name, []).append(page)
        return pages

    @cached_property
    def charts(self) -> dict[str, str]:
        """The page of each chart. Raises BadInput for an id that two charts have: it is their address."""
        return _once(
            "chart", "draw", ((page, name) for page, results in self.chapters.items() for name in results.charts)
        )

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """The page that judges each claim. Raises BadInput for a claim that two pages judge."""
        judged = ((page, name) for page, results in self.chapters.items() for name in results.verdicts)
        return _once("claim", "judge", judged)

    def answering(self, name: str, page: str) -> str | None:
        """The page whose graph says what a figure or word named on `page` is: that page where it can, else its home.

        None where no page has it. Raises BadInput for a word that several other pages have.
        """
        here = self.chapters.get(page)
        if here is not None and (name in here.graph.figures or name in here.graph.choices):
            return page
        if name in self.figures:
            return self.figures[name]
        pages = self.words.get(name, [])
        if len(pages) > 1:
            raise BadInput(
                f"{page}: the word {name!r} is one of {' and of '.join(pages)}; expected one of a single page"
            )
        return pages[0] if pages else None


def _once(kind: str, verb: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The page of each name; pages and names as pairs. Raises BadInput for a name on two pages."""
    homes: dict[str, str] = {}
    for page, name in pairs:
        if name in homes:
            raise BadInput(
                f"{kind} {name!r}: {homes[name]} and {page} both {verb} it; expected one page to, as its home"
            )
        homes[name] = page
    return homes
