"""The Sphinx extension that puts a case file's results on its pages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sphinx.search.en import SearchEnglish

from casefile.site import citing, compiled, directives, downloads, meta, outputs, page, roles
from casefile.site.content import Content

STATIC = Path(__file__).parent / "static"


def _load(app: Any) -> None:
    app.casefile_content = Content.load(Path(app.config.casefile_root), Path(app.config.casefile_results))
    app.config.html_static_path.append(str(STATIC))


class EnglishStemmedOnce(SearchEnglish):
    """Sphinx's English, with the stem of each word worked out once a book, not once a page: a third of the index's work."""

    @functools.cached_property
    def stem(self) -> Callable[[str], str]:
        """The stem of a word."""
        return functools.cache(super().stem)


def setup(app: Any) -> dict[str, Any]:
    """Register roles, directives, renderers and styles with Sphinx."""
    app.add_config_value("casefile_root", "", "env")
    app.add_config_value("casefile_results", "", "env")
    app.connect("builder-inited", _load, priority=100)
    app.add_search_language(EnglishStemmedOnce)
    roles.setup(app)
    directives.setup(app)
    outputs.setup(app)
    page.setup(app)
    compiled.setup(app)
    citing.setup(app)
    meta.setup(app)
    downloads.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
