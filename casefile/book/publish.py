"""A book put up, and one that is up held against its edition: both build, for an address and for none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casefile.book import build as book
from casefile.citation import citation_file, editions
from casefile.execution.run import Report
from casefile.execution.story import Story
from casefile.publication import hosting, offline
from casefile.publication.hosting import HostLimits, Place
from casefile.publication.online import Online
from casefile.system import manifest, place


@dataclass(frozen=True)
class Maker:
    """How a story is built: the story, how many chapters at once, by which engine, and who is told."""

    story: Story
    jobs: int
    engine: str | None
    report: Report

    @contextlib.contextmanager
    def site(self, address: str, beside: Path) -> Iterator[Path]:
        """The site of the story at its defaults for an address, empty for none, in a folder that goes again."""
        with place.folder_beside(beside) as folder, citation_file.at_address(address):
            site = folder / "work" / "site"  # a folder that a build works in is locked, and this one is already
            book.build(Story(self.story.root), {}, site, self.jobs, self.engine, self.report)
            yield site


def put_up(maker: Maker, where: Place, limits: HostLimits, pdf: Path | None, output: Path) -> None:
    """Build the book for its address and leave it in `output` as its host takes it, in place of one put up before.

    Raises BadInput for what `output` holds otherwise, and for a limit of the host; nothing is then left half-made.
    """
    root = maker.story.root
    place.check_site(root, output)
    with maker.site(where.address, output) as site:
        dressed = site.with_name("dressed")
        hosting.ready(site, dressed, where, limits, pdf, offline.name_of(maker.story.title, "pdf"))
        place.put_in_place(root, dressed, output)


def held_against_edition(maker: Maker, online: Online, beside: Path) -> tuple[bool, list[str]]:
    """Whether a site is that of the story's edition in every word and number, and what is said of that, a line each.

    One that was built for no address is held against the edition itself. One that was is held against what the story builds
    for that address, and the story against the edition as it is without.
    """
    stated, root = online.stated, maker.story.root
    if not stated.address:
        return _of_edition(root, stated.files)
    with maker.site(stated.address, beside) as site:
        files = manifest.files(site)
    differing = {kind: editions.differing_files(kind, stated.files, files) for kind in manifest.COMPARED}
    lines = [line for line in differing.values() if line] or ["every file is the same"]
    with maker.site("", beside) as site:
        same, more = _of_edition(root, manifest.files(site))
    return same and not differing[manifest.WORDS], [f"built here for {stated.address}: {'; '.join(lines)}", *more]


def _of_edition(root: Path, files: manifest.Files) -> tuple[bool, list[str]]:
    difference = editions.compared(root, files)
    if not difference:
        return False, ["no edition of this version keeps the hash of its site; the story is a draft of one"]
    return editions.holds(root, files), [difference]
