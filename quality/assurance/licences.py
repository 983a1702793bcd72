"""The licence of each library in SPDX's terms, and whether this project may rest on it."""

from __future__ import annotations

import csv
import importlib.metadata
from functools import cache
from pathlib import Path
from typing import Any

from license_expression import get_spdx_licensing

# Licences under which a library may be used and passed on beside this project's own (MIT, CC BY 4.0): the permissive
# ones, and the Mozilla licence, which binds only changes to its own files, and none are made.
COMPATIBLE = frozenset(
    [
        "0BSD",
        "Apache-2.0",
        "Artistic-1.0-Perl",
        "BSD-2-Clause",
        "BSD-2-Clause-Views",
        "BSD-3-Clause",
        "CC-PDDC",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    ]
)
_CLASSIFIERS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_READ = Path(__file__).with_name("licences.csv")
_SPDX = get_spdx_licensing()


@cache
def _read_by_hand() -> dict[str, str]:
    """What was read in the libraries themselves, where their metadata do not say it in SPDX's terms."""
    with _READ.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row["licence"] for row in csv.DictReader(lines)}


def of(name: str) -> str | None:
    """The licence of a library as an SPDX expression; None when neither `licences.csv` nor its metadata tell.

    Its metadata tell by `License-Expression` (PEP 639), by a `License` that is an SPDX expression, or by a single
    classifier that names one licence and no family.
    """
    if name in _read_by_hand():
        return _read_by_hand()[name]
    try:
        metadata: Any = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    for said in (metadata.get("License-Expression"), metadata.get("License")):
        if said and "\n" not in said.strip() and is_spdx(said):
            return str(said).strip()
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    return _CLASSIFIERS.get(classifiers[0]) if len(classifiers) == 1 else None


def is_spdx(expression: str) -> bool:
    """Whether a text is an SPDX licence expression of known licences."""
    return not _SPDX.validate(expression.strip()).errors


def is_compatible(expression: str) -> bool:
    """Whether an SPDX expression leaves a choice that is compatible: all of an AND, one of an OR."""
    return _holds(_SPDX.parse(expression))


def _holds(node: Any) -> bool:
    if hasattr(node, "key"):
        return node.key in COMPATIBLE
    parts = [_holds(part) for part in node.args]
    return any(parts) if node.operator.strip() == "OR" else all(parts)
