"""Where a story lies, and a site, a rerun or a sweep goes: nothing that was not made by this command is ever replaced or taken away."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from casefile.errors import FULL, BadInput
from casefile.system import cache, manifest, scratch

SITE = Path("_build") / "html"
_SOURCES = ("data", "chapters", "editions", "tests", ".git")
_PACKAGE = Path(__file__).parents[1]
_ELSEWHERE = "expected another place, named with --out"


def nearest_root(start: Path) -> Path | None:
    """The folder of the story that a folder lies in, itself if it is one; None where there is none."""
    return next((at for at in (start, *start.parents) if (at / "data").is_dir() and (at / "_toc.yml").is_file()), None)


def named(path: Path) -> Path:
    """A path as somebody names it, from the root of the system; where it is a link, that of the link.

    Raises BadInput for a path that cannot be.
    """
    try:
        return path.resolve() if path.name in ("", "..") else path.parent.resolve() / path.name
    except (OSError, RuntimeError, ValueError) as error:  # a link to itself, half a character
        raise BadInput(f"{path}: {getattr(error, 'strerror', None) or error}; expected the path of a folder") from None


def check_free(root: Path, output: Path) -> None:
    """Raise BadInput unless `output` is free for a run of the story in `root`: a new or an empty folder, not in a source."""
    check_apart(root, output)
    check_empty(output)


def check_empty(output: Path) -> None:
    """Raise BadInput unless `output` is a new or an empty folder."""
    if output.exists() and any(output.iterdir()):
        raise BadInput(f"{output}: is not empty; expected a new or an empty folder")


def check_new_file(path: Path, option: str = "") -> None:
    """Raise BadInput unless a file can be made at `path`: it is new, in a folder that is there and may be written to."""
    if os.path.lexists(path):
        raise BadInput(f"{path}: exists already; expected a new file")
    if not path.parent.is_dir():
        raise BadInput(f"{path}: no folder {path.parent}; expected a file in one that is there")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput(
            f"{path.parent}: this user may not write there; expected another place{f', named with {option}' if option else ''}"
        )


def check_site(root: Path, output: Path) -> None:
    """Raise BadInput unless `output` may hold the site of the story in `root`.

    That is a new or an empty folder, or one that holds a site which this command built and nothing else. Sites from before
    there were manifests are told by the hash that was noted when they were built, or by their place, `_build/html`.
    """
    check_apart(root, output)
    names = sorted(path.name for path in output.iterdir()) if output.exists() else []
    listed = manifest.read(output)
    if not names or (listed is None and (_noted(root, output) or _of_old(root, output))):
        return
    if strange := names[0] if listed is None else manifest.strange(output, listed):
        raise BadInput(
            f"{output}: holds {strange}, which `casefile build` did not put there; expected a new or an empty folder, "
            "or a site that it built"
        )


def _noted(root: Path, output: Path) -> bool:
    noted = cache.Store(root / cache.FOLDER).get("sites", cache.digest(str(output)))
    return noted is not None and noted["hash"] == cache.hash_of_site(output)


def _of_old(root: Path, output: Path) -> bool:
    return output == named(root / SITE) and (output / "index.html").is_file()


def check_apart(root: Path, output: Path) -> None:
    """Raise BadInput for what is no folder to write in, and for the story itself, its sources, and what is around it."""
    root = named(root)
    if root.is_relative_to(output):
        raise BadInput(f"{output}: holds the story itself; {_ELSEWHERE}")
    if (root / cache.FOLDER).is_relative_to(output):
        raise BadInput(f"{output}: holds what was worked out before; {_ELSEWHERE}")
    for source in (*(root / name for name in _SOURCES), root / cache.FOLDER, _PACKAGE):
        if output.is_relative_to(source):
            raise BadInput(f"{output}: belongs to {source.name}/, which is no place for output; {_ELSEWHERE}")
    check_folder(output)


def check_folder(output: Path, instead: str = _ELSEWHERE) -> None:
    """Raise BadInput for what is no folder to write in, and can become none; `instead` is the end of the message."""
    try:
        if output.is_symlink():
            raise BadInput(f"{output}: is a link; expected the folder itself that it leads to, or a new one")
        if output.exists() and not output.is_dir():
            raise BadInput(f"{output}: is a file; expected a new or an empty folder")
        if os.path.ismount(output):
            raise BadInput(f"{output}: is where a disk is mounted; expected a folder in it")
        around = next(folder for folder in output.parents if folder.exists())
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        raise BadInput(f"{output}: {error.strerror}; {instead}") from None
    if not around.is_dir():
        raise BadInput(f"{around}: is a file; expected a folder")
    if not os.access(around, os.W_OK | os.X_OK):
        raise BadInput(f"{around}: this user may not write there; {instead}")


@contextlib.contextmanager
def folder_beside(output: Path, instead: str = _ELSEWHERE) -> Iterator[Path]:
    """A folder beside `output` to make it in. Raises BadInput, ending in `instead`, where the system lets nobody make one."""
    with ground(output, instead), contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch.temporary_directory(output.parent))
        except OSError as error:
            raise _refused(output, error, instead) from None
        yield folder


@contextlib.contextmanager
def ground(output: Path, instead: str = _ELSEWHERE) -> Iterator[None]:
    """The folders above `output`, made where they are missing, and gone again when what follows fails."""
    missing = [folder for folder in output.parents if not folder.exists()]
    try:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(output.parent, error, instead) from None
        yield
    except BaseException:
        for folder in missing:
            with contextlib.suppress(OSError):  # somebody else has put something there meanwhile
                folder.rmdir()
        raise


def _refused(path: Path, error: OSError, instead: str) -> Exception:
    """What to raise where a folder could not be made: a full disk is no fault of the path that was named."""
    return error if error.errno in FULL else BadInput(f"{path}: {error.strerror}; {instead}")


def put_in_place(root: Path, site: Path, output: Path) -> None:
    """Put a finished site in place of the old one: by one exchange of names where the system can, else by two renames.

    Raises BadInput when something else has come to `output` meanwhile.
    """
    with scratch.locked(output.parent, wait=True):
        check_site(root, output)
        if not output.exists():
            site.rename(output)
        elif not _exchange(site, output):
            aside = _aside(output)
            output.rename(aside)
            site.rename(output)
            shutil.rmtree(aside)


def recover(output: Path) -> None:
    """Put back a site that a publication, killed between its two renames, had set aside."""
    aside = _aside(output)
    with scratch.locked(output.parent, wait=True):
        listed = manifest.read(aside)
        if listed is None or manifest.strange(aside, listed):
            return
        if output.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(output)


def _aside(output: Path) -> Path:
    return output.with_name(f".{output.name}.set-aside")


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names at once (Linux renameat2, macOS renamex_np); False where neither can."""
    library = ctypes.CDLL(None, use_errno=True)
    at_current_folder, swap = -100, 2
    if hasattr(library, "renameat2"):
        return bool(
            library.renameat2(at_current_folder, os.fsencode(one), at_current_folder, os.fsencode(other), swap) == 0
        )
    if hasattr(library, "renamex_np"):
        return bool(library.renamex_np(os.fsencode(one), os.fsencode(other), swap) == 0)
    return False
