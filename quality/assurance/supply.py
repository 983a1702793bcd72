"""What the project stands on: a bill of materials (CycloneDX) from the lock, with every licence, each one compatible.

python -m quality.assurance.supply
"""

from __future__ import annotations

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


def bill(root: Path) -> str:
    """The bill of materials of a project with its two locks, as CycloneDX JSON: the same locks give the same bytes.

    What only the tests need has the scope `excluded`. The hashes are those of the files that may be installed.
    """
    needed = {(locked.name, locked.version) for locked in lock.read(root / LOCK)}
    everything = lock.read(root / TEST_LOCK)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [_component(locked, (locked.name, locked.version) in needed) for locked in everything]
    whole = Component(
        name=project["name"], version=project["version"], type=ComponentType.APPLICATION, bom_ref=project["name"],
        licenses=[LicenseExpression(project["license"])],
    )  # fmt: skip
    made = Bom(components=components, serial_number=uuid.UUID(digest((root / TEST_LOCK).read_bytes())[:32]))
    made.metadata.component = whole
    made.metadata.timestamp = None  # type: ignore[assignment]  # the day of writing is no part of what it says
    asked: dict[str, list[Component]] = {}
    for locked, component in zip(everything, components, strict=True):
        for asker in locked.asked_by:
            asked.setdefault(asker, []).append(component)
    for component in (whole, *components):
        made.register_dependency(component, asked.get(component.name, ()))
    return str(JsonV1Dot6(made).output_as_string(indent=1)) + "\n"


def _component(locked: Locked, needed: bool) -> Component:
    address = PackageURL("pypi", name=locked.name, version=locked.version)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(address.to_string()),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in locked.hashes],
    )  # fmt: skip
    licence = licences.of(locked.name)
    return Component(
        name=locked.name, version=locked.version, purl=address, bom_ref=address.to_string(),
        scope=ComponentScope.REQUIRED if needed else ComponentScope.EXCLUDED,
        licenses=[LicenseExpression(licence)] if licence else (), external_references=[files],
        properties=[Property(name="marker", value=locked.marker)] if locked.marker else (),
    )  # fmt: skip


def measured(everything: Iterable[Locked], needed: int) -> list[Measured]:
    """How many libraries there are, and how many lack a hash, a known licence, or a compatible one."""
    everything = list(everything)
    told = {locked.name: licences.of(locked.name) for locked in everything}
    unknown = [name for name, licence in told.items() if licence is None]
    refused = [name for name, licence in told.items() if licence and not licences.is_compatible(licence)]
    for name in (*unknown, *refused):
        print(f"{name}: licence {told[name] or 'unknown'}; expected one of {', '.join(sorted(licences.COMPATIBLE))}")
    return [
        Measured("supply_needed", "Libraries locked for the book", needed, "count"),
        Measured("supply_tests", "Libraries locked for its tests alone", len(everything) - needed, "count"),
        Measured(
            "supply_hashless", "Libraries without the hash of each file",
            sum(not locked.hashes for locked in everything), "count", at_most=0,
        ),
        Measured("supply_unknown", "Licences unknown", len(unknown), "count", at_most=0),
        Measured("supply_incompatible", "Licences not compatible", len(refused), "count", at_most=0),
    ]  # fmt: skip


def main() -> None:
    """Write the bill of materials and what was counted; exits 1 when a library has no hash or no compatible licence."""
    (ROOT / BILL).write_text(bill(ROOT), encoding="utf-8")
    found = measured(lock.read(ROOT / TEST_LOCK), len(lock.read(ROOT / LOCK)))
    record("supply", found)
    sys.exit(not all(row.met for row in found))


if __name__ == "__main__":
    main()
