"""The page around the content: its head, and no script inside the HTML."""

from __future__ import annotations

from typing import Any

STYLES = ("casefile.css",)


def setup(app: Any) -> None:
    """Add the styles."""
    for style in STYLES:
        app.add_css_file(style)
