"""The browser of the tests. As a script: prints where this machine keeps it, exits 1 when there is none or nothing drives it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from casefile.publication.chromium import browser_path as browser_path
from casefile.publication.chromium import driver_fault
from casefile.publication.chromium import launch as launch

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page


def listen(page: Page, note: Callable[[str], None], *kinds: str) -> None:
    """Have `note` take what a page's console is told, of some kinds or of all: but for a font not fetched ahead from a folder.

    A browser refuses that there and says so; the page's first script takes the font in another way.
    """

    def heard(message: ConsoleMessage) -> None:
        font = re.search(r"\bfile:\S+\.woff2\b", f"{message.text} {message.location['url']}")
        if not font and (not kinds or message.type in kinds):
            note(message.text)

    page.on("console", heard)


if __name__ == "__main__":
    path, fault = browser_path(), driver_fault()
    if path is None or fault:
        print(
            f"Playwright's driver does not start: {fault}" if fault else "no Chromium or Chrome found", file=sys.stderr
        )
        sys.exit(1)
    print(path)
