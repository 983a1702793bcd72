"""Sphinx's HTML builder, which writes a page anew only when something in it differs from when it was last written.

All pages are read in every build, so what they link to and count is always whole; writing is the dear half. A page is
kept under a hash of all that it is made from: its document tree as read, its chapter's results, what its foot says of
citing it, what the frame says of the other pages, this package, the libraries.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from sphinx.builders.html import StandaloneHTMLBuilder

from casefile.site import citing, glossary, teaser
from casefile.site.application import Application
from casefile.system import cache, limits, shares

# What Sphinx and its extensions ask for on every page, and no page needs: its own style has it, or it works by no script.
_LEFT_OUT = re.compile(
    r"pygments\.css|mystnb\.\w+\.css|sphinx-design\.min\.css|design-tabs\.js|doctools\.js|documentation_options\.js"
    r"|sphinx_highlight\.js|jupyterlite_sphinx\.(css|js)"
)


class PageBuilder(StandaloneHTMLBuilder):
    """Writes pages, or puts back those that stand in the story's cache; makes no search index of its own."""

    app: Application
    name = "html"
    search = False

    def add_css_file(self, filename: str, **kwargs: Any) -> None:
        """Have pages ask for a style sheet, but for one that none needs."""
        if not _LEFT_OUT.fullmatch(filename):
            super().add_css_file(filename, **kwargs)

    def add_js_file(self, filename: str, **kwargs: Any) -> None:
        """Have pages ask for a script, but for one that none needs."""
        if not _LEFT_OUT.fullmatch(filename):
            super().add_js_file(filename, **kwargs)

    def create_pygments_style_file(self) -> None:
        """No file: the colours of code are in the book's own style."""

    def put(self, page: str, path: str, content: bytes) -> None:
        """Write a file that belongs to a page, such as its picture: it is kept and put back with the page."""
        self._beside.setdefault(page, []).append(path)
        _write(Path(self.outdir) / path, content)

    @cached_property
    def _beside(self) -> dict[str, list[str]]:
        return {}

    def write(
        self, build_docnames: Iterable[str] | None, updated_docnames: Iterable[str], method: str = "update"
    ) -> None:
        """Write every page of the book that cannot be put back."""
        self.app.casefile_drawn()
        keys = {page: self._key(page) for page in sorted(self.env.found_docs)}
        stored = {page: self._store.get("pages", key) for page, key in keys.items()}
        super().write([page for page, files in stored.items() if files is None], [], "specific")
        for page, files in stored.items():
            if files is None:
                paths = [
                    Path(self.get_outfilename(page)),
                    *(Path(self.outdir) / path for path in self._beside.get(page, [])),
                ]
                self._store.put("pages", keys[page], self._read(paths))
            else:
                self.images |= self._images(page)
                for path, content in files.items():
                    _write(Path(self.outdir) / path, base64.b64decode(content))

    def _write_serial(self, docnames: Sequence[str]) -> None:
        """Write pages, shared between this process and forks of it."""
        limit = limits.of(self._root).seconds
        shared = shares.split(
            docnames, lambda page: Path(self.env.doc2path(page)).stat().st_size, self.app.casefile_jobs
        )
        before = self.app._warncount
        worked = shares.worked_out(self._write_share, shared, "the pages", limit)
        self.app._warncount = before + sum(complaints for complaints, _, _ in worked)
        for _, beside, images in worked:
            self._beside.update(beside)
            self.images |= images

    def _write_share(self, docnames: Sequence[str]) -> tuple[int, dict[str, list[str]], dict[str, str]]:
        """Write some pages; how often Sphinx complained, which files were put beside them, which pictures they show."""
        before = self.app._warncount
        super()._write_serial(docnames)
        return self.app._warncount - before, self._beside, self.images

    def _images(self, page: str) -> dict[str, str]:
        """The pictures that a page shows, and under which names they lie on the site: two of one name tell each other apart."""
        return {path: name for path, (pages, name) in self.env.images.items() if page in pages}

    def _read(self, paths: Iterable[Path]) -> dict[str, str]:
        return {
            path.relative_to(self.outdir).as_posix(): base64.b64encode(path.read_bytes()).decode() for path in paths
        }

    def _key(self, page: str) -> str:
        tree = self.env.get_doctree(page).pformat().replace(str(self.srcdir), "")
        chapter = self.app.casefile_content.digests.get(page, "")
        images = repr(sorted(self._images(page).items()))
        titles = list(self.env.toctree_includes.get(self.config.root_doc, []))
        order = [str(self.config.root_doc), *titles]
        after = order[order.index(page) + 1] if page in order[:-1] else ""
        teased = f"{teaser.teaser_words(self.app, after)} {teaser.picture(self.app, after)}" if after else ""
        foot = citing.foot(self.app, page)  # its mark and its editions follow what a page rests on elsewhere, too
        return cache.key({
            "foot": foot, "teased": teased, "page": page, "tree": cache.digest(tree), "chapter": chapter, "book": self._book, "images": images,
        })  # fmt: skip

    @cached_property
    def _book(self) -> str:
        """The hash of what every page rests on besides its own content."""
        files = [self._root / name for name in ("_config.yml", "_toc.yml", "CITATION.cff")]
        for folder in ("data", "editions"):
            files += [path for path in (self._root / folder).rglob("*") if not path.name.startswith(".")]
        titles = {page: title.astext() for page, title in self.env.titles.items()}
        labels = self.env.domains["std"].data["labels"]
        return cache.key({
            **cache.file_parts(self._root, files), "package": cache.package(pages=True), "libraries": cache.libraries_hash(),
            "titles": repr(sorted(titles.items())), "labels": repr(sorted(labels.items())),
            "terms": repr(glossary.defined(self.app)), "findings": repr([chart for chart, _ in teaser.findings(self.app).values()]),
            "order": repr(sorted(self.env.toctree_includes.items())), "address": str(self.config.html_baseurl),
        })  # fmt: skip

    @cached_property
    def _root(self) -> Path:
        return Path(self.app.config.casefile_root)

    @cached_property
    def _store(self) -> cache.Store:
        return cache.Store(self._root / cache.FOLDER)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def setup(app: Application) -> None:
    """Take the place of Sphinx's builder of the same name."""
    app.add_builder(PageBuilder, override=True)
