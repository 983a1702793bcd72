"""A story as the bundle carries it: its data and notebooks, and this package as far as they need it, in one file of text."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from casefile import records
from casefile.live import bundle

ON_SITE = "live"  # on the site
PACKAGE = Path(__file__).parents[1]
_WINGS = ("system", "records", "figures", "notebook")  # what a notebook's run stands on


def browser_files(root: Path) -> dict[str, str]:
    """The text of every file that a run in the browser may read, by its path there: `casefile/…` and `story/…`."""
    code = [PACKAGE / "__init__.py", PACKAGE / "errors.py", *sorted((PACKAGE / "live").glob("*.py"))]
    for wing in _WINGS:
        code += sorted((PACKAGE / wing).rglob("*.py"))
    paths = {f"casefile/{path.relative_to(PACKAGE).as_posix()}": path for path in code}
    paths |= {f"story/data/{path}": root / "data" / path for path in map(str, records.published(root))}
    for folder in (root, root / "chapters"):
        paths |= {f"story/{path.relative_to(root).as_posix()}": path for path in sorted(folder.glob("*.ipynb"))}
    texts = (".py", ".csv", ".json", ".yml", ".ipynb", ".md")
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items() if path.suffix in texts}


def write(root: Path, site: Path) -> dict[str, Any] | None:
    """Put the bundle into a site, with the story in it; without a bundle only a list that says so. Returns the list."""
    target = site / ON_SITE
    target.mkdir(parents=True, exist_ok=True)
    listed: dict[str, Any] | None = None
    if (root / bundle.PLACE / bundle.LIST).is_file():
        listed = json.loads((root / bundle.PLACE / bundle.LIST).read_text(encoding="utf-8"))
        shutil.copytree(root / bundle.PLACE, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
        text = json.dumps(browser_files(root), ensure_ascii=False, sort_keys=True)
        path = f"story-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        (target / path).write_text(text, encoding="utf-8")
        listed = {**listed, "story": [bundle.entry(target, path, "story")]}
    (target / bundle.LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return listed
