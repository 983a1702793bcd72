"""A new story: a folder that builds at once, with a small true example in it, and the engine that made it."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import sys
from pathlib import Path

from casefile.errors import BadInput, shown
from casefile.records import UNPRINTED, package
from casefile.system import place, wheel

_TEMPLATE = Path(__file__).with_name("template")
_WRITABLE = "expected a folder to write in"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_QUOTED = (".yml", ".cff")  # files in which a text stands as YAML
_WITHIN = (".json",)  # files in which it stands within a text of JSON


def new(folder: Path, title: str | None, author: str | None, day: datetime.date) -> None:
    """Lay a new story out in `folder`, which is new or empty; `title` and `author` come from its name where they are None.

    Raises BadInput for a folder that holds something, a name that cannot be a story's, a title or author that is no line.
    """
    name = folder.name
    if not _NAME.fullmatch(name):
        raise BadInput(f"{shown(name)}: no name of a story; expected letters, digits, - and _, such as my-story")
    place.check_folder(folder, _WRITABLE)
    place.check_empty(folder)
    title = re.sub(r"[-_]+", " ", name).strip().capitalize() if title is None else title
    author = title if author is None else author
    for option, text in (("--title", title), ("--author", author)):
        if not text.strip() or UNPRINTED.search(text) or {"<", ">"} & set(text):
            raise BadInput(f"{option} {shown(text)}; expected one line of text without < and >")
    words = {
        "STORY_NAME": name.lower(), "STORY_TITLE": title, "STORY_AUTHOR": author, "STORY_DATE": day.isoformat(),
        "STORY_YEAR": str(day.year),
    }  # fmt: skip
    with place.folder_beside(folder, _WRITABLE) as work:
        story = work / name
        _lay_out(story, words)
        package.write_description(story / "data")
        (story / "engine").mkdir()
        engine = wheel.write(story / "engine")
        lines = ["# The engine and its libraries, as they stood in the environment that made this folder.",
                 f"./engine/{engine.name}", *wheel.libraries()]  # fmt: skip
        (story / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (story / "engine.mk").write_text(f"ENGINE := {sys.executable}\n", encoding="utf-8")
        if not folder.is_dir():
            story.rename(folder)
            return
        for part in sorted(story.iterdir()):  # somebody may stand in the empty folder
            part.rename(folder / part.name)


def _lay_out(target: Path, words: dict[str, str]) -> None:
    """Copy the template, its placeholders replaced by `words`, as each file's form writes them."""
    for path in sorted(_TEMPLATE.rglob("*")):
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        copy = target / path.relative_to(_TEMPLATE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.name == "gitignore":  # in a package, a hidden file is easily lost
            shutil.copyfile(path, copy.with_name(".gitignore"))
            continue
        text = path.read_text(encoding="utf-8")
        for placeholder, word in words.items():
            quoted = json.dumps(word, ensure_ascii=False)
            if path.suffix in _QUOTED and placeholder != "STORY_DATE":
                word = quoted
            elif path.suffix in _WITHIN:
                word = quoted[1:-1]
            text = text.replace(placeholder, word)
        copy.write_text(text, encoding="utf-8")
