"""Packs the offline bundle: everything that `deploy/install.sh` needs, sums included.

    python tools/bundle.py [--python-versions 3.11 3.12 3.13] [--output dist]

Holds the wheel of Leitstand with front-end files and compiled translations, the wheels of
the lock file for every named Python on this machine's architecture (glibc up to 2.28), uv,
the set-up files, the operator's manual and the bill of materials. Two runs from the same
sources give the same bytes. Needs the network; the machine it is for does not.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

import assets
import installer

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
BUILD_LOCK = ROOT / "tools" / "build.txt"
PYTHON_VERSIONS = ["3.11", "3.12", "3.13"]
DOCUMENTS = [
    "docs/how-to/operate.md",
    "docs/reference/contract.md",
    "docs/reference/settings.md",
    "CHANGELOG.md",
]
GLIBC = ["1", "2010", "2014", "_2_17", "_2_24", "_2_26", "_2_27", "_2_28"]


class BundleError(Exception):
    """The bundle cannot be built; the text says what is missing."""


def build(versions: list[str], output: Path) -> Path:
    """Write the bundle below `output`; returns its path."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    name = f"leitstand-offline-{version}"
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS, prefix="bundle-") as scratch:
        stage = Path(scratch) / name
        stage.mkdir()
        wheel = leitstand_wheel(stage / "wheels")
        third_party_wheels(Path(scratch), stage, versions)
        lock = (ROOT / "requirements.txt").read_text("utf-8")
        own = f"leitstand=={version} --hash=sha256:{_sha256(wheel)}\n"
        (stage / "requirements.txt").write_text(lock + own)
        _plain_files(stage, versions)
        _sums(stage)
        output.mkdir(parents=True, exist_ok=True)
        return _pack(stage, output / f"{name}.tar.gz")


def leitstand_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout and check that it is complete."""
    assets.check(ROOT, dev=False)
    uv = installer.uv_command(TOOLS)
    command = [uv, "build", "--quiet", "--wheel", "--build-constraints", str(BUILD_LOCK)]
    command += ["--require-hashes", "--python", sys.executable, "--out-dir", str(folder)]
    installer.run_uv([*command, str(ROOT)])
    (folder / ".gitignore").unlink(missing_ok=True)
    wheel = next(folder.glob("leitstand-*.whl"))
    _check_contents(wheel)
    return wheel


def _check_contents(wheel: Path) -> None:
    """Refuse a wheel that lacks a front-end file, a translation or a template."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = ROOT / "src" / "leitstand"
    wanted = [asset.target for asset in assets.manifest(ROOT, dev=False)]
    wanted += [po.with_suffix(".mo") for po in package.glob("**/LC_MESSAGES/*.po")]
    wanted += [path for path in package.glob("**/templates/**/*") if path.is_file()]
    for path in wanted:
        inside = str(path.relative_to(package.parent))
        if inside not in names:
            raise BundleError(f"{inside} is missing in the wheel; run make setup and try again.")


def third_party_wheels(scratch: Path, stage: Path, versions: list[str]) -> None:
    """Download the locked wheels for every Python version, and uv for the installer."""
    uv = installer.uv_command(TOOLS)
    pip = scratch / "pip"
    only_pip = scratch / "pip.txt"
    only_pip.write_text(_lock_entry(BUILD_LOCK, "pip"))
    command = [uv, "pip", "install", "--quiet", "--require-hashes", "--target", str(pip)]
    installer.run_uv([*command, "--python", sys.executable, "-r", str(only_pip)])
    for number in versions:
        _download(pip, ROOT / "requirements.txt", stage / "wheels", number)
    _download(pip, installer.UV_LOCK, stage / "uv", versions[0])


def _lock_entry(lock: Path, name: str) -> str:
    """One package's lines of a lock file, with its sums."""
    match = re.search(rf"^{name}==(?:.*\\\n)*.*\n?", lock.read_text("utf-8"), re.MULTILINE)
    if match is None:
        raise BundleError(f"{lock.name} does not name {name}.")
    return match[0]


def _download(pip: Path, lock: Path, folder: Path, version: str) -> None:
    machine = platform.machine()
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder)]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(lock)]
    command += ["--implementation", "cp", "--python-version", version]
    for glibc in GLIBC:
        command += ["--platform", f"manylinux{glibc}_{machine}"]
    done = installer.run(command, installer.clean_environment() | {"PYTHONPATH": str(pip)})
    if done.returncode:
        raise BundleError(f"Python {version}: " + installer.failure("pip", done.stderr))


def _plain_files(stage: Path, versions: list[str]) -> None:
    """Installer, unit files, manual, licence, bill of materials."""
    shutil.copy(ROOT / "deploy" / "install.sh", stage / "install.sh")
    shutil.copy(ROOT / "LICENSE", stage / "LICENSE")
    ignored = shutil.ignore_patterns("install.sh", "__pycache__")
    shutil.copytree(ROOT / "deploy", stage / "deploy", ignore=ignored)
    for page in DOCUMENTS:
        copy = stage / "doc" / page.removeprefix("docs/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / page, copy)
    (stage / "PYTHON_VERSIONS").write_text(" ".join(versions) + "\n")
    (stage / "MACHINE").write_text(platform.machine() + "\n")
    command = [str(ROOT / "leitstand"), "sbom", "--check", "--output", str(stage / "sbom.json")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise BundleError(done.stderr.strip())


def _sums(stage: Path) -> None:
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(stage)}\n" for path in files]
    (stage / "SHA256SUMS").write_text("".join(lines))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _pack(stage: Path, target: Path) -> Path:
    """A tar.gz without time stamps and owners, written beside and renamed."""

    def neutral(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime = entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mode = 0o755 if entry.isdir() or entry.name.endswith("install.sh") else 0o644
        return entry

    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    with (
        temporary.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.add(stage, arcname=stage.name, filter=neutral)
    temporary.replace(target)
    Path(f"{target}.sha256").write_text(f"{_sha256(target)}  {target.name}\n")
    return target


def main(argv: list[str] | None = None) -> int:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Packs the offline bundle.")
    parser.add_argument("--python-versions", nargs="+", default=PYTHON_VERSIONS, metavar="3.x")
    parser.add_argument("--output", type=Path, default=ROOT / "dist")
    options = parser.parse_args(argv)
    try:
        bundle = build(options.python_versions, options.output)
    except (BundleError, installer.SetupError, assets.AssetError) as exc:
        print(f"leitstand: {exc}", file=sys.stderr)
        return 1
    size = bundle.stat().st_size / 1_000_000
    pythons = ", ".join(options.python_versions)
    print(f"{bundle} ({size:.0f} MB; Python {pythons}; Linux {platform.machine()}, glibc)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
