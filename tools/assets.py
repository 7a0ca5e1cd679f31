"""Front-end files: fetched from npm by lock file, checked, copied to `static/vendor/`.

`tools/assets.json` names every file with its SHA-256. A file that is not named is not
shipped, a file that differs is refused. Needs the standard library only, because it runs
before anything is installed.

    python3 tools/assets.py [--dev] [--check]

`--dev` adds the files that only tests need (axe-core, to `.tools/axe/`); `--check` verifies
and fetches nothing. Exit code 1 with one sentence if a file is missing, differs or npm
cannot be reached.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "tools" / "assets.json"
VENDOR = Path("src/leitstand/static/vendor")
TIMEOUT_S = 180


class AssetError(Exception):
    """A file cannot be delivered; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of an npm package (or of this repository) and where it goes."""

    package: str
    version: str
    source: str
    target: Path
    sha256: str

    def fault(self) -> str | None:
        """None if the file is in place and unchanged, otherwise what is wrong."""
        if not self.target.is_file():
            return "is missing"
        digest = hashlib.sha256(self.target.read_bytes()).hexdigest()
        return None if digest == self.sha256 else f"differs (sha256 {digest})"


def manifest(root: Path, dev: bool) -> list[Asset]:
    """All files to deliver under `root`; those for tests only if `dev`."""
    packages = json.loads(MANIFEST.read_text("utf-8"))["packages"]
    return [
        Asset(p["package"], p["version"], f["source"], root / p["target"] / f["name"], f["sha256"])
        for p in packages
        if dev or p["scope"] == "runtime"
        for f in p["files"]
    ]


def install(root: Path, dev: bool, npm: list[str]) -> int:
    """Fetch what is missing or differs. Returns the number of files written."""
    _write_list(root)
    wanted = [asset for asset in manifest(root, dev) if asset.fault()]
    if not wanted:
        return 0
    tools = root / ".tools"
    tools.mkdir(exist_ok=True)
    # Inside the checkout, so that the final rename stays on one file system.
    with tempfile.TemporaryDirectory(dir=tools, prefix="scratch-") as scratch:
        modules = _fetch(root, Path(scratch), dev, npm)
        for asset in wanted:
            _copy(root, modules, asset)
    return len(wanted)


def _write_list(root: Path) -> None:
    """Leave the list of shipped files beside them: the bill of materials is read from it."""
    packages = json.loads(MANIFEST.read_text("utf-8"))["packages"]
    text = json.dumps([p for p in packages if p["scope"] == "runtime"], indent=1)
    target = root / VENDOR / "assets.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(f".{os.getpid()}")
    temporary.write_text(text + "\n", "utf-8")
    temporary.replace(target)


def _fetch(root: Path, scratch: Path, dev: bool, npm: list[str]) -> Path:
    """Run `npm ci` in a folder of its own; npm itself checks the lock file's sums."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(root / name, scratch / name)
    command = [*npm, "ci", "--ignore-scripts", "--loglevel=error"]
    command += ["--include=dev" if dev else "--omit=dev"]
    env = os.environ | {"npm_config_global": "false"}
    if Path(npm[0]).is_absolute():
        # A node other than the system's finds itself by PATH.
        env["PATH"] = str(Path(npm[0]).parent) + os.pathsep + env.get("PATH", os.defpath)
    try:
        done = subprocess.run(
            command,
            cwd=scratch,
            env=env,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise AssetError(_unreachable(str(exc))) from exc
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise AssetError(_unreachable(lines[0] if lines else f"exit code {done.returncode}"))
    return scratch / "node_modules"


def _unreachable(reason: str) -> str:
    return (
        f"The front-end files could not be fetched with npm ({reason}): check the network, the "
        "proxy and npm's settings and run the command again; a machine without network takes the "
        "offline bundle (docs/how-to/operate.md)."
    )


def _copy(root: Path, modules: Path, asset: Asset) -> None:
    """Copy one file through a temporary name, so that an interrupted run leaves no half file."""
    own = asset.source.startswith("repo:")
    origin = root if own else modules / asset.package
    source = origin / asset.source.removeprefix("repo:")
    label = f"{asset.package} {asset.version}: {asset.source}"
    if not source.is_file():
        raise AssetError(f"{label} does not exist; see tools/assets.json.")
    asset.target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=asset.target.parent)
    os.close(handle)
    shutil.copyfile(source, name)
    os.chmod(name, 0o644)
    os.replace(name, asset.target)
    if fault := asset.fault():
        asset.target.unlink()
        raise AssetError(f"{label} {fault}, expected {asset.sha256}.")


def complete(root: Path, dev: bool) -> bool:
    """Whether every file and their list are in place and unchanged."""
    listed = (root / VENDOR / "assets.json").is_file()
    return listed and not any(asset.fault() for asset in manifest(root, dev))


def check(root: Path, dev: bool) -> None:
    """Raise AssetError naming the first file that is missing or differs."""
    for asset in manifest(root, dev):
        if fault := asset.fault():
            raise AssetError(f"{asset.target.relative_to(root)} {fault}; run make assets.")


def main(argv: list[str] | None = None) -> int:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Fetches and checks the front-end files.")
    parser.add_argument("--dev", action="store_true", help="also the files that only tests need")
    parser.add_argument("--check", action="store_true", help="verify only, fetch nothing")
    parser.add_argument("--npm", nargs="+", default=["npm"], help="the npm command")
    options = parser.parse_args(argv)
    try:
        if options.check:
            check(ROOT, options.dev)
        else:
            install(ROOT, options.dev, options.npm)
    except AssetError as exc:
        print(f"leitstand: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
