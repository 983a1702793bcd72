"""A site looked at from outside, in a folder or at an address: whether each file is what its manifest says, and what its edition's was."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from casefile.citation import citation_file
from casefile.errors import BadInput, CasefileError, of_library, of_system, one_line
from casefile.publication import hosting
from casefile.system import manifest
from casefile.system.manifest import Manifest

_AT_ONCE = 8
_SECONDS = 30.0
MOST = 1 << 28  # bytes of a file
SPACE = "casefile"  # what the manifest is signed for, in the terms of `ssh-keygen -Y`
_NAMED = 3
Fetch = Callable[[str], bytes | None]  # a path within a site → its content, None when it is not there


@dataclass(frozen=True)
class Online:
    """A site as it stands there: what its manifest says, and its files that are not as the manifest has them, each with why."""

    stated: Manifest
    differing: dict[str, str]

    def lines(self) -> Iterator[str]:
        """What was looked at, and what differs, in words."""
        count = len(self.stated.standing)
        if not self.differing:
            yield f"{count:,} files, each as the manifest lists it"
            return
        named = ", ".join(f"{path} ({why})" for path, why in list(self.differing.items())[:_NAMED])
        more = f" and {len(self.differing) - _NAMED:,} more" if len(self.differing) > _NAMED else ""
        verb = "are" if len(self.differing) > 1 else "is"
        yield f"{len(self.differing):,} of {count:,} files {verb} not as the manifest lists them: {named}{more}"


def fetcher(where: str) -> Fetch:
    """How the files of a site are got: from a folder, or from an address. Raises BadInput for what is neither."""
    if "://" in where:
        address = citation_file.sound_address(where, "the site's address")
        return lambda path: _fetched(address, path)
    folder = Path(where)
    if not folder.is_dir():
        raise BadInput(
            f"{where}: no folder here; expected a built site, or an address such as https://example.org/book/"
        )

    def read(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    return read


def _fetched(address: str, path: str) -> bytes | None:
    asked = urllib.request.Request(
        address + quote(path), headers={"User-Agent": "casefile", "Cache-Control": "no-cache"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:
            content: bytes = answer.read(MOST)
            return content
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            return None
        raise CasefileError(f"{address}{path}: answered {error.code} {of_library(error.reason)}") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        message = of_system(reason) if isinstance(reason, OSError) and reason.filename else of_library(reason)
        raise CasefileError(f"{address}: cannot be read: {message}") from None


def look(where: str, fetch: Fetch) -> Online:
    """Hold each file of a site against its manifest. Raises BadInput for a site without one."""
    content = fetch(manifest.NAME)
    stated = manifest.of_text(content.decode("utf-8", "replace")) if content is not None else None
    if stated is None:
        raise BadInput(
            f"{where}: has no {manifest.NAME} of a site that casefile built; expected the address of its first folder"
        )
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        faults = dict(
            zip(stated.standing, pool.map(lambda path: _fault(path, fetch(path), stated), stated.standing), strict=True)
        )
    return Online(stated, {path: why for path, why in faults.items() if why})


def _fault(path: str, content: bytes | None, stated: Manifest) -> str:
    """Why a file is not as a manifest has it; empty when it is."""
    if content is None:
        return "missing"
    if hashlib.sha256(content).hexdigest() != stated.standing[path]:
        return "another content"
    if path in stated.host and path in stated.files:
        plain = hosting.undressed(content.decode("utf-8", "replace")).encode()
        if hashlib.sha256(plain).hexdigest() != stated.files[path]:
            return "more is changed than a host is given"
    return ""


def signed_by(fetch: Fetch, signers: Path) -> str:
    """Who signed a site's manifest, of those whom a file of `ssh-keygen` allows. Raises BadInput or CasefileError when nobody did."""
    if not signers.is_file():
        raise BadInput(f"{signers}: no such file; expected the allowed signers, a line `NAME KEY` each")
    if shutil.which("ssh-keygen") is None:
        raise BadInput("ssh-keygen is not installed; expected it where a signature is to be checked")
    signature, content = fetch(manifest.SIGNATURE), fetch(manifest.NAME)
    if signature is None or content is None:
        raise CasefileError(f"the site has no {manifest.SIGNATURE}: nobody signed its manifest")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signature"
        file.write_bytes(signature)
        principals = _keygen(["find-principals", "-s", str(file), "-f", str(signers)], b"")
        name = (principals.splitlines() or [""])[0]
        if not name:
            raise CasefileError(f"the manifest is signed by nobody whom {signers.name} allows")
        if not _keygen(["verify", "-f", str(signers), "-I", name, "-n", SPACE, "-s", str(file)], content):
            raise CasefileError(f"the manifest is not what {one_line(name)} signed")
    return one_line(name)


def _keygen(words: list[str], standard_input: bytes) -> str:
    """What ssh-keygen says; empty when it says no."""
    done = subprocess.run(["ssh-keygen", "-Y", *words], input=standard_input, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
