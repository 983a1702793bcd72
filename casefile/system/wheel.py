"""The engine as a file: the wheel of what is installed, which a story carries, and the libraries it was used with."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

ENGINE = "casefile-engine"  # the name of the distribution
_PACKAGE = Path(__file__).parents[1]
_KIND = "Wheel-Version: 1.0\nGenerator: casefile\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_BEGAN = (1980, 1, 1, 0, 0, 0)  # the first day of an archive's calendar: the same engine gives the same bytes


def write(folder: Path) -> Path:
    """Write the wheel of the engine that is running into `folder`, the same bytes each time, and return its path."""
    engine = _engine()
    stem = f"{_normal(engine.name).replace('-', '_')}-{engine.version}"
    about = f"{stem}.dist-info"
    files = {
        f"{_PACKAGE.name}/{path.relative_to(_PACKAGE).as_posix()}": path.read_bytes()
        for path in sorted(_PACKAGE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    files |= {
        f"{about}/{name}": text.encode()
        for name in ("METADATA", "entry_points.txt", "licenses/LICENSE")
        if (text := engine.read_text(name)) is not None
    }
    files[f"{about}/WHEEL"] = _KIND.encode()
    listed = [f"{name},sha256={_hash(content)},{len(content)}\n" for name, content in files.items()]
    files[f"{about}/RECORD"] = "".join([*listed, f"{about}/RECORD,,\n"]).encode()
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _BEGAN)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return path


def libraries() -> list[str]:
    """The libraries that the engine stands on, and those that these stand on, as installed here: `name==version`, sorted."""
    installed: dict[str, str] = {}
    wanted = _required(_engine())
    while wanted:
        try:
            one = distribution(wanted.pop())
        except PackageNotFoundError:  # for another system, or another Python
            continue
        if _normal(one.name) not in installed:
            installed[_normal(one.name)] = one.version
            wanted += _required(one)
    return sorted(f"{name}=={version}" for name, version in installed.items())


def _engine() -> Distribution:
    """What the running engine was installed as. Raises PackageNotFoundError where it was not."""
    try:
        return distribution(ENGINE)
    except PackageNotFoundError:  # installed under another name
        return distribution(next(iter(packages_distributions().get(_PACKAGE.name, ())), ENGINE))


def _required(one: Distribution) -> list[str]:
    """The names of what a distribution asks for, that of its extras left out."""
    return [match[0] for line in one.requires or () if "extra ==" not in line and (match := _NAME.match(line))]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
