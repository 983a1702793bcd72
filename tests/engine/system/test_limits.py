"""The limits of a piece of work, as `_config.yml` gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.errors import BadInput
from casefile.system import limits


def config(folder: Path, text: str) -> Path:
    """A story that has nothing but its configuration."""
    (folder / "_config.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_story_says_how_long_and_how_large(tmp_path: Path) -> None:
    root = config(tmp_path, "execute:\n  timeout: 90\n  memory: 1.5\n")
    assert limits.of(root) == limits.Limits(90.0, 3 << 29)


@pytest.mark.parametrize("text", ["", "title: The Orchard\n", "execute:\n  execute_notebooks: 'off'\n", "execute:\n"])
def test_a_story_that_does_not_say_has_ten_minutes_and_four_gibibytes(text: str, tmp_path: Path) -> None:
    assert limits.of(config(tmp_path, text)) == limits.Limits(600.0, 4_294_967_296)


def test_a_story_without_a_configuration_has_the_same(tmp_path: Path) -> None:
    assert limits.of(tmp_path) == limits.Limits(600.0, 4_294_967_296)


def test_an_execute_that_is_no_mapping_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"_config\.yml, execute: 'off'; expected a mapping"):
        limits.of(config(tmp_path, "execute: 'off'\n"))


@pytest.mark.parametrize("value", ["0", "-1", "soon", "true", ".nan", ".inf", "[1]"])
@pytest.mark.parametrize("name", ["timeout", "memory"])
def test_what_is_no_limit_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        limits.of(config(tmp_path, f"execute:\n  {name}: {value}\n"))
    assert str(caught.value).startswith(f"_config.yml, execute, {name}: ")
    assert str(caught.value).endswith("; expected a number above zero")
