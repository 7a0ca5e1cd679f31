"""``leitstand sbom``: the bill of materials of this installation as CycloneDX 1.6 JSON.

It lists what is installed of the lock file and the front-end files beside it. The output
depends on the installation alone: no time stamp, no random number.
Source: CycloneDX specification 1.6 (ECMA-424), SPDX licence list.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any

from leitstand import __version__

PACKAGE = Path(__file__).resolve().parents[2]
LICENCE = "EUPL-1.2"

# Read in the packages' licence files, because their metadata are silent or ambiguous.
STATED = {
    "defusedxml": "PSF-2.0",
    "django-ninja": "MIT",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "huey": "MIT",
    "qrcode": "BSD-3-Clause",
    "sqlparse": "BSD-3-Clause",
}
# The names that packages use instead of the SPDX identifier.
SPDX = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_IDENTIFIER = re.compile(r"[A-Za-z0-9.+-]{3,}(?:\s+(?:AND|OR|WITH)\s+[A-Za-z0-9.+()-]+)*")
# Strong copyleft would bind the city's own additions; the LGPL of a library does not.
_REFUSED = re.compile(r"\bA?GPL|(?<!Lesser )General Public|Proprietary|UNKNOWN", re.IGNORECASE)


class Incomplete(Exception):
    """The installation lacks the files that the list is made from."""


@dataclass(frozen=True)
class Component:
    """One package or front-end library: name, version, SPDX expression, file sums."""

    ecosystem: str
    name: str
    version: str
    licence: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def purl(self) -> str:
        """Package URL, e.g. ``pkg:npm/%40kern-ux/native@2.7.2``."""
        return f"pkg:{self.ecosystem}/{self.name.replace('@', '%40')}@{self.version}"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", type=Path, help="write to this file instead of stdout")
    parser.add_argument("--check", action="store_true", help="refuse GPL, AGPL, unknown licences")


def run(args: argparse.Namespace) -> int:
    """Print or write the list; with ``--check`` 1 if a licence must not be in it."""
    try:
        components = [*python_packages(), *front_end()]
    except Incomplete as problem:
        print(f"leitstand: {problem}", file=sys.stderr)
        return 1
    text = json.dumps(document(components), indent=2, sort_keys=True) + "\n"
    if args.output:
        args.output.write_text(text, "utf-8")
    elif not args.check:
        sys.stdout.write(text)
    faults = refused(components) if args.check else []
    for fault in faults:
        print(f"leitstand: {fault}", file=sys.stderr)
    return 1 if faults else 0


def python_packages() -> Iterator[Component]:
    """Yield what the lock file names and this machine has installed."""
    lock = next((p for p in (PACKAGE / "requirements.txt", PACKAGE.parents[1] / "requirements.txt")
                 if p.is_file()), None)  # fmt: skip
    if lock is None:
        raise Incomplete("The list of locked packages (requirements.txt) is missing.")
    for name, marker in re.findall(r"^([a-z0-9._-]+)==[^\s;]+(.*)$", lock.read_text("utf-8"), re.M):
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if ";" in marker:  # meant for another system
                continue
            raise Incomplete(f"The package {name} is not installed.") from None
        yield Component("pypi", name, found.version, licence(name, found.metadata))


def licence(name: str, about: metadata.PackageMetadata | Message) -> str:
    """Return the SPDX expression that a package's metadata give, UNKNOWN if they give none."""
    if name in STATED:
        return STATED[name]
    if expression := about["License-Expression"]:
        return str(expression)
    stated = (about["License"] or "").strip()
    if _IDENTIFIER.fullmatch(stated):
        return str(stated)
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or []
                   if c.startswith("License ::")]  # fmt: skip
    return " AND ".join(SPDX.get(c, c) for c in classifiers) or "UNKNOWN"


def front_end() -> Iterator[Component]:
    """Yield the shipped front-end libraries with the sums of their files."""
    listing = PACKAGE / "static" / "vendor" / "assets.json"
    if not listing.is_file():
        raise Incomplete("The front-end files are missing; fetch them with: make assets")
    for package in json.loads(listing.read_text("utf-8")):
        files = {f["name"]: f["sha256"] for f in package["files"]}
        yield Component("npm", package["package"], package["version"], package["license"], files)


def refused(components: list[Component]) -> list[str]:
    """Return one sentence per component whose licence must not be in the product."""
    return [f"{c.name} {c.version} has the licence {c.licence!r}, which must not be shipped."
            for c in components if _REFUSED.search(c.licence)]  # fmt: skip


def document(components: list[Component]) -> dict[str, Any]:
    """Return the CycloneDX document."""
    own = f"pkg:pypi/leitstand@{__version__}"
    listed = sorted(components, key=lambda c: c.purl)
    seal = uuid.uuid5(uuid.NAMESPACE_URL, own + "".join(c.purl for c in listed))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{seal}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "leitstand",
                "version": __version__,
                "purl": own,
                "licenses": [{"license": {"id": LICENCE}}],
            }
        },
        "components": [_entry(c) for c in listed],
        "dependencies": [
            {"ref": own, "dependsOn": [c.purl for c in listed]},
            *({"ref": c.purl, "dependsOn": []} for c in listed),
        ],
    }


def _entry(component: Component) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "licenses": [{"expression": component.licence}],
    }
    if component.files:
        entry["components"] = [
            {
                "type": "file",
                "bom-ref": f"{component.purl}#{name}",
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
            for name, digest in sorted(component.files.items())
        ]
    return entry
