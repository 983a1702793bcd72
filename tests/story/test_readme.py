"""The README says what the book says."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup

from tests.conftest import ROOT

_NUMERAL = re.compile(r"\$?\d[\d,]*(?:\.\d+)?(?: (?:million|billion))?")


def test_every_number_of_the_findings_stands_on_the_summary(site: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    findings = text.partition("## What it found")[2].partition("\n## ")[0].replace("H100", "chip")
    page = BeautifulSoup((site / "summary.html").read_text(encoding="utf-8"), "html.parser")
    for sign in page.select(".corrected"):
        sign.decompose()
    printed = set(_NUMERAL.findall(" ".join(page.get_text(" ").split())))
    told = _NUMERAL.findall(" ".join(findings.split()))
    assert len(told) > 10
    assert [number for number in told if number not in printed] == []


def test_its_picture_is_that_of_the_summary(site: Path) -> None:
    """Where it is not, the one in `share/` of the built site is to be copied into `docs/`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"!\[[^\]]+\]\((docs/(\w+\.png))\)", text)
    assert (ROOT / picture[0]).read_bytes() == (site / "share" / picture[1]).read_bytes()
