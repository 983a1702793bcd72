"""What the project stands on: a bill of materials (CycloneDX) from the lock, with every licence, each one compatible.

python -m quality.assurance.supply
"""

from __future__ import annotations

import base64
import json
import sys
import tomllib
import uuid
from collections.abc import Iterable
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from casefile.book.build import BILL
from casefile.system.cache import digest
from quality.assurance import licences, lock
from quality.assurance.lock import Locked
from quality.assurance.measures import ROOT, Measured, record

LOCK, TEST_LOCK = "requirements.txt", "quality/requirements-test.txt"
PACKAGES = "casefile/live/packages"  # of a bundle for reruns in the browser


def bill(root: Path) -> str:
    """The bill of materials of a project with its two locks, as CycloneDX JSON: the same locks give the same bytes.

    What only the tests need has the scope `excluded`, what only reruns in the browser need `optional`. The hashes are those
    of the files that may be installed.
    """
    needed = {(locked.name, locked.version) for locked in lock.read(root / LOCK)}
    everything = lock.read(root / TEST_LOCK)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [
        _component(
            locked, ComponentScope.REQUIRED if (locked.name, locked.version) in needed else ComponentScope.EXCLUDED
        )
        for locked in everything
    ]
    whole = Component(
        name=project["name"], version=project["version"], type=ComponentType.APPLICATION, bom_ref=project["name"],
        licenses=[LicenseExpression(project["license"])],
    )  # fmt: skip
    browser = [_component(locked, ComponentScope.OPTIONAL) for locked in in_browser(root)]
    made = Bom(
        components=[*components, *browser, _pyodide(root)],
        serial_number=uuid.UUID(digest((root / TEST_LOCK).read_bytes())[:32]),
    )
    made.metadata.component = whole
    made.metadata.timestamp = None  # type: ignore[assignment]  # the day of writing is no part of what it says
    asked: dict[str, list[Component]] = {}
    for locked, component in zip(everything, components, strict=True):
        for asker in locked.asked_by:
            asked.setdefault(asker, []).append(component)
    for component in (whole, *components):
        made.register_dependency(component, asked.get(component.name, ()))
    return str(JsonV1Dot6(made).output_as_string(indent=1)) + "\n"


def in_browser(root: Path) -> list[Locked]:
    """The libraries that a bundle for reruns in the browser is made of: those of its lock, and the wheel that lies beside it."""
    folder = root / PACKAGES
    wheels = [line.split() for line in (folder / "wheels.sha256").read_text(encoding="utf-8").splitlines()]
    kept = [Locked(name.split("-")[0], name.split("-")[1], "", (digest,), ()) for digest, name in wheels]
    return [*lock.read(folder / "requirements.txt"), *kept]


def _pyodide(root: Path) -> Component:
    """Python for WebAssembly, which npm has."""
    locked = json.loads((root / PACKAGES / "pyodide.json").read_text(encoding="utf-8"))
    address = PackageURL("npm", name=locked["name"], version=locked["version"])
    digest = base64.b64decode(locked["integrity"].removeprefix("sha512-")).hex()
    return _listed(address, ComponentScope.OPTIONAL, [HashType(alg=HashAlgorithm.SHA_512, content=digest)])


def _component(locked: Locked, scope: ComponentScope) -> Component:
    address = PackageURL("pypi", name=locked.name, version=locked.version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in locked.hashes]
    return _listed(address, scope, hashes, locked.marker)


def _listed(address: PackageURL, scope: ComponentScope, hashes: Iterable[HashType], marker: str = "") -> Component:
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(address.to_string()), hashes=hashes
    )  # fmt: skip
    licence, named = licences.of(address.name), address.to_string()
    return Component(
        name=address.name, version=address.version, purl=address, scope=scope,
        bom_ref=f"browser:{named}" if scope is ComponentScope.OPTIONAL else named,
        licenses=[LicenseExpression(licence)] if licence else (), external_references=[files],
        properties=[Property(name="marker", value=marker)] if marker else (),
    )  # fmt: skip


def measured(everything: Iterable[Locked], needed: int, browser: Iterable[Locked]) -> list[Measured]:
    """How many libraries there are, and how many lack a hash, a known licence, or a compatible one."""
    everything, browser = list(everything), list(browser)
    told = {name: licences.of(name) for name in ["pyodide", *(locked.name for locked in (*everything, *browser))]}
    unknown = [name for name, licence in told.items() if licence is None]
    refused = [name for name, licence in told.items() if licence and not licences.is_compatible(licence)]
    for name in (*unknown, *refused):
        print(f"{name}: licence {told[name] or 'unknown'}; expected one of {', '.join(sorted(licences.COMPATIBLE))}")
    return [
        Measured("supply_needed", "Libraries locked for the book", needed, "count"),
        Measured("supply_tests", "Libraries locked for its tests alone", len(everything) - needed, "count"),
        Measured("supply_browser", "Packages locked for reruns in the browser", len(browser) + 1, "count"),
        Measured(
            "supply_hashless", "Libraries without the hash of each file",
            sum(not locked.hashes for locked in (*everything, *browser)), "count", at_most=0,
        ),
        Measured("supply_unknown", "Licences unknown", len(unknown), "count", at_most=0),
        Measured("supply_incompatible", "Licences not compatible", len(refused), "count", at_most=0),
    ]  # fmt: skip


def main() -> None:
    """Write the bill of materials and what was counted; exits 1 when a library has no hash or no compatible licence."""
    (ROOT / BILL).write_text(bill(ROOT), encoding="utf-8")
    found = measured(lock.read(ROOT / TEST_LOCK), len(lock.read(ROOT / LOCK)), in_browser(ROOT))
    record("supply", found)
    sys.exit(not all(row.met for row in found))


if __name__ == "__main__":
    main()
