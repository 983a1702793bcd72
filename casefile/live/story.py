"""A story as the bundle carries it: its data and notebooks, and this package as far as they need it, in one file of text."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casefile.live import bundle

ON_SITE = "live"  # on the site


def write(root: Path, site: Path) -> dict[str, Any] | None:
    """Put the bundle into a site, with the story in it; without a bundle only a list that says so. Returns the list."""
    target = site / ON_SITE
    target.mkdir(parents=True, exist_ok=True)
    listed = _bundle(root)
    if listed:
        shutil.copytree(root / bundle.PLACE, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
        text = json.dumps(bundle.browser_files(root), ensure_ascii=False, sort_keys=True)
        path = f"story-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        (target / path).write_text(text, encoding="utf-8")
        listed = {**listed, "story": [bundle.entry(target, path, "story")]}
    (target / bundle.LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return listed


def bundle_left_out(root: Path) -> Iterator[str]:
    """A line where a story has a bundle that this package's worker could not open, as one that an earlier version made."""
    if (root / bundle.PLACE / bundle.LIST).is_file() and not _bundle(root):
        yield f"{bundle.PLACE}: a bundle of another version of casefile, left out; `casefile live` makes it anew"


def _bundle(root: Path) -> dict[str, Any] | None:
    """What lists the bundle of a story, where it has one that this package's worker opens."""
    try:
        listed: dict[str, Any] = json.loads((root / bundle.PLACE / bundle.LIST).read_text(encoding="utf-8"))
        archives = tuple(entry["name"] for entry in listed["libraries"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return listed if archives == bundle.FIRST else None
