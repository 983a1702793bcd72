"""Sphinx while it builds a book: what this package adds to it, and what its events hand over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from casefile.content.content import Content

Context = dict[str, Any]  # what a page's template gets: Sphinx's own, the theme's and ours


class Application(Sphinx):
    """Sphinx once it has begun to read: `casefile_content` is what pages show, `casefile_drawn` waits for the pictures,
    `casefile_jobs` processes write.

    It is never made: any Sphinx with this package's extension is one.
    """

    env: BuildEnvironment
    builder: StandaloneHTMLBuilder
    casefile_content: Content
    casefile_drawn: Callable[[], object]
    casefile_jobs: int


def application(env: BuildEnvironment) -> Application:
    """The Sphinx of an environment, while it reads or writes."""
    return cast(Application, env.app)
