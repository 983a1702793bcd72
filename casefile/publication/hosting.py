"""A built site made ready for a host: what hosts read beside the pages, and what pages gain when they are put up.

What is added to a page stands between two comments and can be taken away again, so that a page which is online can be held
against the page of its edition. The site's hash goes on being that of the build.
"""

from __future__ import annotations

import hashlib
import html
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from casefile.content.policy import CONTENT_POLICY
from casefile.errors import BadInput, nearest
from casefile.publication.offline import File, file_link
from casefile.system import manifest
from casefile.system.tags import Tag, rewritten

ROBOTS, NOT_THERE, WORKER = "robots.txt", "404.html", "_static/worker.js"
BEGIN, END = "<!--host-->", "<!--/host-->"
_ADDED = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
_HASHED = re.compile(r"[.-]([0-9a-f]{8,64})\.\w+$")
_NAMED_BY_HASH = "Cache-Control: public, max-age=31536000, immutable"
MEGABYTE, GIGABYTE = 1 << 20, 1 << 30


@dataclass(frozen=True)
class HostLimits:
    """What a host takes at most: bytes in all, bytes a file, files, rules of headers and letters a line of them; 0 for no limit."""

    whole: int = 0
    file: int = 0
    files: int = 0
    rules: int = 0
    letters: int = 0


# What the hosts are known to take; their manuals could not be read from here, so look there before relying on a limit.
HOSTS = {
    "github": HostLimits(whole=GIGABYTE), "gitlab": HostLimits(whole=GIGABYTE),
    "cloudflare": HostLimits(file=25 * MEGABYTE, files=20_000, rules=100, letters=2_000), "netlify": HostLimits(), "own": HostLimits(),
}  # fmt: skip


def host_named(name: str) -> HostLimits:
    """The limits of a host. Raises BadInput for one that is not known."""
    if name not in HOSTS:
        raise BadInput(f"no host {name!r}; {nearest(name, HOSTS)}")
    return HOSTS[name]


@dataclass(frozen=True)
class Place:
    """Where a site is put up: its address (empty for the root of a host that nobody knows yet), and whether as a preview."""

    address: str = ""
    preview: bool = False

    @property
    def folder(self) -> str:
        """The path of the site on its host, with a slash at both ends."""
        return urlsplit(self.address).path or "/"


def ready(site: Path, output: Path, place: Place, limits: HostLimits, pdf: Path | None = None, name: str = "") -> None:
    """Copy a built site into the new folder `output`, with what its host needs; a PDF lies there as `name`, offered on each page.

    Raises BadInput for a site without a manifest, for one that holds what only a host is given, and for a limit of the host.
    """
    manifest_of_site = manifest.of_text(_text(site / manifest.NAME))
    if manifest_of_site is None:
        raise BadInput(f"{site}: no site that `casefile build` made; expected one with its {manifest.NAME}")
    own = {ROBOTS, manifest.HEADERS, manifest.NO_JEKYLL, name} & set(manifest_of_site.files)
    if own:
        raise BadInput(f"{min(own)}: a file of that name lies beside a page; expected none, since a host is given one")
    shutil.copytree(site, output, copy_function=shutil.copyfile)
    host = {ROBOTS: robots(place).encode()}
    if pdf:
        host[name] = pdf.read_bytes()
    offered = File("PDF", name, len(host[name])) if pdf else None
    for path in (path for path in manifest_of_site.files if path.endswith(".html")):
        text = (output / path).read_text(encoding="utf-8")
        if (dressed := _dressed(text, path, place, offered)) != text:
            host[path] = dressed.encode()
    for path, content in host.items():
        (output / path).write_bytes(content)
    (output / manifest.NO_JEKYLL).write_bytes(b"")
    (output / manifest.HEADERS).write_text(headers(manifest_of_site.files, place), encoding="utf-8")
    hashes = {path: hashlib.sha256(host[path]).hexdigest() for path in sorted(host)}
    stated = manifest.Manifest(manifest_of_site.site, manifest_of_site.files, place.address, hashes)
    (output / manifest.NAME).write_text(stated.written(), encoding="utf-8")
    check(output, limits)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


# ------------------------------------------------------------------------------------------------- what a host is given


def robots(place: Place) -> str:
    """`robots.txt`: everything may be read. A preview is read too, or nobody would see that it asks not to be listed."""
    sitemap = f"\nSitemap: {place.address}sitemap.xml\n" if place.address and not place.preview else ""
    return f"User-agent: *\nAllow: /\n{sitemap}"


def headers(files: Mapping[str, str], place: Place) -> str:
    """`_headers`, as Cloudflare Pages and Netlify read it: no file is under two rules that set the same header.

    Pages carry their policy themselves; here it gains who may frame them. A worker that compiles WebAssembly has one of its
    own. What is named by its content's hash is kept for a year.
    """
    everywhere = ["X-Content-Type-Options: nosniff", "Referrer-Policy: strict-origin-when-cross-origin"]
    everywhere += ["X-Robots-Tag: noindex"] if place.preview else []
    rules = {"*": everywhere}
    framed = f"Content-Security-Policy: {CONTENT_POLICY}; frame-ancestors 'self'"
    covering = {_covering(path) for path in files if path.endswith(".html")}
    # Cloudflare and Netlify serve a page without its ending, too.
    for path in sorted({"", *covering, *(path.removesuffix(".html") for path in covering)}):
        rules[path] = [f"Content-Security-Policy: {CONTENT_POLICY}"] if path == "embed/*" else [framed]
    if WORKER in files:
        policy = CONTENT_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
        rules[WORKER] = [f"Content-Security-Policy: {policy}"]
    for path in files:
        if is_named_by_hash(path, files[path]):
            rules.setdefault(path, []).append(_NAMED_BY_HASH)
    return "".join(f"{place.folder}{path}\n{''.join(f'  {line}{chr(10)}' for line in rules[path])}" for path in rules)


def _covering(path: str) -> str:
    """The rule that covers a page: its folder's, or its own at the top, where folders of other files lie too."""
    folder, slash, _ = path.partition("/")
    return f"{folder}/*" if slash else path


def is_named_by_hash(path: str, content: str) -> bool:
    """Whether a file's name holds the beginning of the SHA-256 of its content, so that another content has another name."""
    named = _HASHED.search(path)
    return named is not None and content.startswith(named[1])


def _dressed(text: str, path: str, place: Place, pdf: File | None) -> str:
    """A page with what it gains when it is put up."""
    in_head, in_body = "", ""
    if path == NOT_THERE and "<base " not in text:
        in_head += f'<base href="{html.escape(place.folder)}" />'
    if place.preview:
        in_head += '<meta name="robots" content="noindex" />'
        address = html.escape(place.address)
        instead = f' The book itself is at <a href="{address}">{address}</a>.' if place.address else ""
        in_body = f'<p class="preview-note" role="note">This is a preview, not yet the published book.{instead}</p>'
    offer = f" · {file_link(pdf, '../' * path.count('/'))}" if pdf else ""
    offered = False  # within the line that offers the book's other forms

    def dressed(tag: Tag) -> str:
        nonlocal in_head, offered
        if tag.name == "title" and in_head and not tag.ends:  # before anything that the head loads
            added, in_head = in_head, ""
            return f"{BEGIN}{added}{END}{tag.written}"
        if tag.name == "body" and in_body and not tag.ends:
            return f"{tag.written}{BEGIN}{in_body}{END}"
        if tag.name == "p" and offer:
            offered, ended = tag.attributes.get("class") == "offline", offered and tag.ends
            return f"{BEGIN}{offer}{END}{tag.written}" if ended else tag.written
        return tag.written

    return rewritten(text, dressed) if in_head or in_body or offer else text


def undressed(text: str) -> str:
    """A page as its build made it."""
    return _ADDED.sub("", text)


# -------------------------------------------------------------------------------------------------------- a host's rules


def check(site: Path, limits: HostLimits) -> None:
    """Raise BadInput for the first limit of a host that a site made ready for it does not keep."""
    sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*") if path.is_file()}
    for complaint in _beyond(sizes, _text(site / manifest.HEADERS), limits):
        raise BadInput(f"{complaint}; expected less, or another host")


def _beyond(sizes: Mapping[str, int], rules: str, limits: HostLimits) -> Iterator[str]:
    if limits.whole and sum(sizes.values()) > limits.whole:
        yield f"the site has {sum(sizes.values()):,} bytes, and this host takes {limits.whole:,}"
    if limits.files and len(sizes) > limits.files:
        yield f"the site has {len(sizes):,} files, and this host takes {limits.files:,}"
    if limits.file:
        yield from (
            f"{path} has {size:,} bytes, and this host takes {limits.file:,} in a file"
            for path, size in sizes.items()
            if size > limits.file
        )
    lines = rules.splitlines()
    count = sum(not line.startswith(" ") for line in lines)
    if limits.rules and count > limits.rules:
        yield f"{manifest.HEADERS} has {count} rules, and this host reads {limits.rules}"
    if limits.letters and (longest := max(map(len, lines), default=0)) > limits.letters:
        yield f"{manifest.HEADERS} has a line of {longest:,} letters, and this host reads {limits.letters:,}"
