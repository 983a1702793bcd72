"""The locked requirements, as `make lock` writes them: each library with its version, its files' hashes, who asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]*[^\\\s]))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^    #(?: via)? +(?P<name>[A-Za-z0-9._-]+)(?: \(pyproject\.toml\))?$")


@dataclass(frozen=True)
class Locked:
    """One library: `marker` says where it is needed, if not everywhere; `asked_by` names those that need it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    asked_by: tuple[str, ...]


def read(path: Path) -> list[Locked]:
    """The libraries of a requirements file with hashes; one may stand in two versions, for different Pythons.

    Raises ValueError for a line that is not understood.
    """
    found: list[Locked] = []
    entry: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), "end"]:
        if entry and not line.startswith(" "):
            found.append(_locked(entry))
            entry = []
        if line and line != "end" and not line.startswith("#"):
            entry.append(line)
    return found


def _locked(lines: list[str]) -> Locked:
    pinned = _PINNED.match(lines[0])
    if pinned is None:
        raise ValueError(f"{lines[0]!r}: expected NAME==VERSION")
    asked_by = [match["name"] for line in lines if (match := _VIA.match(line)) and match["name"] != "via"]
    return Locked(
        name=canonicalize_name(pinned["name"]),
        version=pinned["version"],
        marker=(pinned["marker"] or "").strip(),
        hashes=tuple(digest for line in lines for digest in _HASH.findall(line)),
        asked_by=tuple(canonicalize_name(name) for name in asked_by),
    )
