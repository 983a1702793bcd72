"""The pictures of whole pages that are kept for the reader of a change: all there, at both widths, and none too many."""

from __future__ import annotations

import re
import struct

import pytest

from quality import pictures
from tests.conftest import ROOT


def size(content: bytes) -> tuple[int, int]:
    """Width and height of a WebP picture, from the head of its lossy frame."""
    assert content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    start = content.index(b"\x9d\x01\x2a") + 3
    width, height = struct.unpack("<HH", content[start : start + 4])
    return width & 0x3FFF, height & 0x3FFF


def test_the_summary_and_each_chapter_are_kept_wide_and_on_a_phone() -> None:
    names = pictures.pages(ROOT)
    assert "summary" in names and len([name for name in names if re.search(r"/\d\d_", name)]) == 10
    expected = {pictures.file_of(page, width) for page in names for width in pictures.WIDTHS}
    assert {path.name for path in pictures.FOLDER.iterdir()} == expected


@pytest.mark.parametrize("width", pictures.WIDTHS)
def test_a_picture_is_as_wide_as_its_page_at_its_scale_and_higher_than_the_first_screen(width: int) -> None:
    for path in pictures.FOLDER.glob(f"*-{width}.webp"):
        across, down = size(path.read_bytes())
        assert across == pytest.approx(width * pictures.WIDTHS[width], abs=1), path.name
        assert down > 2 * across, path.name


def test_all_pictures_together_are_small_enough_for_a_repository() -> None:
    assert sum(path.stat().st_size for path in pictures.FOLDER.iterdir()) <= pictures.MOST_BYTES


def test_without_a_built_site_it_says_which_page_was_expected(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["pictures", "nowhere"])
    assert pictures.main() == 2
    assert (
        capsys.readouterr().err.strip()
        == "nowhere: no summary.html; expected a built site, as `casefile build` leaves it"
    )
