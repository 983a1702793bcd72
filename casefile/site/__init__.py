"""The Sphinx extension that puts a case file's results on its pages.

What needs no Sphinx (markup, content, downloads) can be imported without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from casefile.site.application import Application

STATIC = Path(__file__).parent / "static"


def _static(app: Application) -> None:
    app.config.html_static_path.append(str(STATIC))


def _load(app: Application, env: BuildEnvironment, docnames: list[str]) -> None:
    from casefile.content.content import Content

    app.casefile_content = Content.load(Path(app.config.casefile_root), Path(app.config.casefile_results))
    app.casefile_content.language = app.config.casefile_reviewed_language


def setup(app: Application) -> dict[str, str | bool]:
    """Register roles, directives, renderers and styles with Sphinx."""
    from casefile.site import (
        builder,
        citing,
        directives,
        glossary,
        mathematics,
        meta,
        outputs,
        page,
        page_script,
        roles,
        search,
        share,
        whole,
    )

    app.add_config_value("casefile_root", "", "env")
    app.add_config_value("casefile_results", "", "env")
    app.connect("builder-inited", _static, priority=100)
    app.connect("env-before-read-docs", _load, priority=100)
    for part in (
        builder,
        roles,
        directives,
        mathematics,
        outputs,
        page,
        page_script,
        citing,
        meta,
        search,
        share,
        glossary,
        whole,
    ):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
