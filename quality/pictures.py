"""Whole pages as pictures: the summary and each chapter, wide and on a phone, for whoever reads a change of the book.

    python -m quality.pictures [SITE] [--out FOLDER]

Writes `docs/pictures/PAGE-WIDTH.webp` from the built site, at a reduced scale, as a reader meets the pages at first: at the
depth of Read, light. They are looked at and committed with a change of what pages show; no test compares pixels. One that
no longer belongs to a page is removed.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from casefile.execution.story import Story
from tests.support import chromium

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"
WIDTHS = {1280: 0.42, 390: 0.62}  # of the window, each with the scale of its picture
MOST_BYTES = 1_500_000  # of all of them
_QUALITY = 32
_HEIGHT = 900


def pages(root: Path) -> list[str]:
    """The pages that are kept as pictures: those of the book's notebooks."""
    return [page for page in Story(root).pages if (root / f"{page}.ipynb").is_file()]


def file_of(page: str, width: int) -> str:
    """The name of a page's picture at a width."""
    return f"{page.rpartition('/')[2]}-{width}.webp"


def picture(tab: Page, address: str, scale: float) -> bytes:
    """A page from its head to its foot, as WebP."""
    tab.goto(address)
    tab.evaluate("document.fonts.ready")
    for lazy in tab.locator("img[loading=lazy] >> visible=true").all():
        lazy.evaluate("image => { image.loading = 'eager'; return image.decode(); }")
    height, width = tab.evaluate("[document.documentElement.scrollHeight, document.documentElement.clientWidth]")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
    asked = {"format": "webp", "quality": _QUALITY, "captureBeyondViewport": True, "clip": clip}
    return base64.b64decode(tab.context.new_cdp_session(tab).send("Page.captureScreenshot", asked)["data"])


def pictures(site: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The picture of each page at each width, by the name of its file."""
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for width, scale in WIDTHS.items():
            tab = browser.new_context(viewport={"width": width, "height": _HEIGHT}, color_scheme="light").new_page()
            for page in names:
                yield file_of(page, width), picture(tab, (site / f"{page}.html").resolve().as_uri(), scale)
        browser.close()


def main() -> int:
    """Write the pictures; exit 2 without a built site, 1 when they are too many bytes for a repository."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked = parser.parse_args()
    names = pages(ROOT)
    if missing := [page for page in names if not (asked.site / f"{page}.html").is_file()]:
        print(
            f"{asked.site}: no {missing[0]}.html; expected a built site, as `casefile build` leaves it", file=sys.stderr
        )
        return 2
    taken = dict(pictures(asked.site, names))
    total = sum(map(len, taken.values()))
    if total > MOST_BYTES:
        print(f"{total:,} bytes of pictures; expected at most {MOST_BYTES:,}", file=sys.stderr)
        return 1
    asked.out.mkdir(parents=True, exist_ok=True)
    for old in set(asked.out.glob("*.webp")) - {asked.out / name for name in taken}:
        old.unlink()
    for name, content in taken.items():
        (asked.out / name).write_bytes(content)
    print(f"{len(taken)} pictures, {total:,} bytes, in {asked.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
