"""What the project stands on: the bill of materials is that of the locks, and every licence is known and compatible."""

from __future__ import annotations

import ast
import csv
import hashlib
import importlib.metadata
import json
import os
import re
import sys
import tomllib
from fnmatch import fnmatch
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from casefile.book import build as book
from quality.assurance import licences, supply
from tests.conftest import ROOT

PINNED = re.compile(r"^([a-z0-9-]+)==([^ \\]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """The bill of materials as it is committed."""
    read: dict[str, Any] = json.loads((ROOT / book.BILL).read_text(encoding="utf-8"))
    return read


def pinned(name: str) -> set[tuple[str, str]]:
    """What a requirements file pins, read by a plain pattern."""
    return set(PINNED.findall((ROOT / name).read_text(encoding="utf-8")))


def test_the_bill_of_materials_is_valid_cyclonedx() -> None:
    text = (ROOT / book.BILL).read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_bill_lists_what_the_locks_pin_and_nothing_else(bill: dict[str, Any]) -> None:
    listed = {
        (part["name"], part["version"]): part["scope"] for part in bill["components"] if part["scope"] != "optional"
    }
    needed, everything = pinned(supply.LOCK), pinned(supply.TEST_LOCK)
    assert needed < everything
    assert listed == {part: "required" if part in needed else "excluded" for part in everything}


def test_the_bill_lists_what_is_locked_for_the_browser_too(bill: dict[str, Any]) -> None:
    listed = {(part["name"], part["version"]) for part in bill["components"] if part["scope"] == "optional"}
    python = json.loads((ROOT / supply.PACKAGES / "pyodide.json").read_text(encoding="utf-8"))
    wheels = {tuple(path.name.split("-")[:2]) for path in (ROOT / supply.PACKAGES).glob("*.whl")}
    assert wheels
    assert listed == pinned(f"{supply.PACKAGES}/requirements.txt") | wheels | {(python["name"], python["version"])}


def test_the_bill_has_the_hash_of_every_file_of_the_lock(bill: dict[str, Any]) -> None:
    hashes = [digest["content"] for part in bill["components"] for digest in part["externalReferences"][0]["hashes"]]
    locks = (supply.TEST_LOCK, f"{supply.PACKAGES}/requirements.txt")
    printed = [
        found for name in locks for found in re.findall(r"sha256:([0-9a-f]{64})", (ROOT / name).read_text("utf-8"))
    ]
    printed += [hashlib.sha256(path.read_bytes()).hexdigest() for path in (ROOT / supply.PACKAGES).glob("*.whl")]
    assert sorted(digest for digest in hashes if len(digest) == 64) == sorted(printed)


def test_the_bill_is_of_this_version_and_names_what_it_asks_for_itself(bill: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert bill["metadata"]["component"]["version"] == project["version"]
    (own,) = [row["dependsOn"] for row in bill["dependencies"] if row["ref"] == project["name"]]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[><=\[]", line)[0] for line in asked}
    assert {address.removeprefix("pkg:pypi/").partition("@")[0] for address in own} == names


def test_the_same_locks_give_the_same_bytes() -> None:
    assert supply.bill(ROOT) == (ROOT / book.BILL).read_text(encoding="utf-8")


def test_every_licence_is_known_and_compatible(bill: dict[str, Any]) -> None:
    for part in bill["components"]:
        (choice,) = part["licenses"]
        assert licences.is_compatible(choice["expression"]), part["name"]


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("MIT", True), ("GPL-3.0-only", False), ("MIT AND GPL-3.0-only", False), ("MIT OR GPL-3.0-only", True),
        ("(GPL-2.0-or-later OR BSD-3-Clause) AND Apache-2.0", True), ("AGPL-3.0-only OR SSPL-1.0", False),
    ],
)  # fmt: skip
def test_a_licence_is_compatible_when_it_leaves_a_choice_that_is(expression: str, holds: bool) -> None:
    assert licences.is_spdx(expression)
    assert licences.is_compatible(expression) is holds


def test_no_licence_is_kept_of_a_library_that_is_gone() -> None:
    with (ROOT / "quality" / "assurance" / "licences.csv").open(encoding="utf-8", newline="") as lines:
        kept = {row["name"] for row in csv.DictReader(lines)}
    assert kept <= {name for name, _ in pinned(supply.TEST_LOCK) | pinned(f"{supply.PACKAGES}/requirements.txt")} | {
        "pyodide"
    }


def imported(*folders: str) -> set[str]:
    """The modules from outside that the code in some folders imports, by their first name."""
    own = {"casefile", "tests", "quality"}
    found = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - own - set(sys.stdlib_module_names)


def declared(*extras: str) -> set[str]:
    """The libraries that pyproject.toml asks for, with those of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {canonicalize_name(re.split(r"[><=\[;]", line)[0]) for line in asked}


def owners(modules: set[str]) -> dict[str, set[str]]:
    """The libraries that hold each module."""
    known = importlib.metadata.packages_distributions()
    return {module: {str(canonicalize_name(name)) for name in known.get(module, ())} for module in modules}


def test_what_the_package_imports_is_asked_for_and_what_is_asked_for_is_imported() -> None:
    used = owners(imported("casefile"))
    assert {module: found for module, found in used.items() if not found & declared("analysis", "cluster", "pdf")} == {}
    assert declared() <= set().union(*used.values())


def test_what_the_tests_import_is_asked_for() -> None:
    used = owners(imported("tests", "quality"))
    assert {module: found for module, found in used.items() if not found & declared("test", "cluster")} == {}


def test_every_file_of_the_package_is_installed_with_it() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    for path in sorted((ROOT / "casefile").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            package = path.parent
            while not (package / "__init__.py").is_file():
                package = package.parent
            name = ".".join(package.relative_to(ROOT).parts)
            assert any(fnmatch(name, pattern) for pattern in setup["packages"]["find"]["include"]), path
            asked = setup["package-data"].get(name, [])
            asked_for = {file for pattern in asked for file in package.glob(pattern)}
            assert (path.suffix == ".py" and path.parent == package) or path in asked_for, path


def test_a_notebook_host_and_a_dev_container_set_up_what_is_locked_and_nothing_else() -> None:
    binder, container = ROOT / ".binder", json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    lines = [line for line in (binder / "postBuild").read_text().splitlines() if "pip install" in line]
    assert ["--require-hashes -r requirements.txt" in line for line in lines] == [True, False]
    assert "--no-deps" in lines[1] and lines[1].endswith(" -e .")  # the project alone
    assert os.access(binder / "postBuild", os.X_OK)
    assert not pinned(".binder/requirements.txt")  # the host would install these without their hashes
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pythons = [(binder / "runtime.txt").read_text().strip().removeprefix("python-"), container["image"].split(":")[1]]
    assert all(SpecifierSet(project["requires-python"]).contains(name.split("-")[0]) for name in pythons)
    verb, target = container["postCreateCommand"].split()
    assert verb == "make" and re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_what_a_run_fetches_of_npm_is_locked_by_its_hash_and_names_no_host() -> None:
    folder = ROOT / "quality" / "assurance" / "npm"
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name: package for name, package in locked.items() if name}
    assert len(packages) > 100
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-") or "resolved" in package] == []  # fmt: skip
