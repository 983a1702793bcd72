"""Plain files: read as data, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import document
from casefile.errors import BadInput


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "given: no such file; expected a list of apples"),
        ("- " + "a" * 20, "given: 22 bytes; expected a list of apples of at most 20"),
        (
            "a: 1\nb: [",
            "given: expected the node content, but found '<stream end>' (line 2); expected a list of apples",
        ),
    ],
)
def test_what_is_no_such_file_is_refused_by_name(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "apples.yml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        document.read(path, "given", "a list of apples", 20)
    assert str(caught.value) == said
