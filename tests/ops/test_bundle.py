"""The offline bundle, from packing to a restored instance, on a machine without network.

Needs the network for packing and root for the name space without it; run by `.ci/run`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
pytestmark = [
    pytest.mark.bundle,
    pytest.mark.skipif(os.geteuid() != 0, reason="a name space without network needs root"),
]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, packed twice from a copy of the checkout; both must be the same."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("src", "tools", "deploy", "docs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, checkout / name, ignore=ignored)
    for path in [*ROOT.glob("*.*"), ROOT / "LICENSE", ROOT / "leitstand", ROOT / ".gitignore"]:
        if path.is_file():
            shutil.copy2(path, checkout / path.name)
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    shutil.copytree(ROOT / ".tools" / "bin", checkout / ".tools" / "bin")
    sums = []
    for name in ("first", "second"):
        subprocess.run(
            [sys.executable, "tools/bundle.py", "--output", name],
            cwd=checkout, check=True, timeout=300,
        )  # fmt: skip
        (bundle,) = (checkout / name).glob("leitstand-offline-*.tar.gz")
        sums.append(hashlib.sha256(bundle.read_bytes()).hexdigest())
        assert Path(f"{bundle}.sha256").read_text().split()[0] == sums[-1]
    assert sums[0] == sums[1]
    return bundle


@pytest.fixture
def unpacked(packed: Path, tmp_path: Path) -> Path:
    (tmp_path / "bundle").mkdir()
    subprocess.run(["tar", "-xzf", str(packed), "-C", str(tmp_path / "bundle")], check=True)
    (folder,) = (tmp_path / "bundle").iterdir()
    return folder


@pytest.fixture
def offline() -> Iterator[None]:
    """This process and its children see a loopback device and nothing else."""
    libc_unshare(CLONE_NEWNET)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
            up_and_running = 0x41
            fcntl.ioctl(device, 0x8914, struct.pack("16sh14x", b"lo", up_and_running))
        with pytest.raises(OSError, match="unreachable"):
            socket.create_connection(("192.0.2.1", 80), 2)
        yield
    finally:
        leave()


CLONE_NEWNET = 0x40000000
_own_network = None


def libc_unshare(flags: int) -> None:
    """Enter a new name space; the old one is kept open to return to."""
    import ctypes

    global _own_network
    _own_network = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        pytest.skip(f"no name space without network: {os.strerror(ctypes.get_errno())}")


def leave() -> None:
    """Return to the machine's network."""
    import ctypes

    global _own_network
    if _own_network is not None:
        ctypes.CDLL(None).setns(_own_network, CLONE_NEWNET)
        os.close(_own_network)
        _own_network = None


def clean(**extra: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **extra}


def install(
    folder: Path, target: Path, data: Path, *words: str
) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "install.sh"), "--target", str(target), "--data", str(data)]
    return subprocess.run(
        [*command, "--python", getattr(sys, "_base_executable", sys.executable), *words],
        env=clean(), capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def command(target: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(target / "bin" / "leitstand"), *words],
        env=clean(), capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def must(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_installs_serves_and_moves_without_network(
    unpacked: Path, tmp_path: Path, offline: None
) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    must(install(unpacked, first, tmp_path / "data1"))
    assert json.loads(must(command(first, "doctor", "--json")))
    must(command(first, "sbom", "--check"))
    assert must(command(first, "--version")).startswith("leitstand ")
    (tmp_path / "list.csv").write_text(
        "Titel;Amt;Status\nAkte;Hauptamt;laufend\nBauantrag;Bauamt;geplant\n"
    )
    must(command(first, "import", "projects", str(tmp_path / "list.csv")))
    _serve_and_look(first)
    must(command(first, "backup", str(tmp_path / "backup.zip")))
    must(command(first, "export", "all", str(tmp_path / "one.zip")))

    must(install(unpacked, second, tmp_path / "data2"))
    must(command(second, "restore", str(tmp_path / "backup.zip")))
    must(command(second, "doctor"))
    must(command(second, "audit", "verify"))
    must(command(second, "export", "all", str(tmp_path / "two.zip")))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "two.zip") as archive:
        assert any(b"Bauantrag" in archive.read(name) for name in archive.namelist())


def _serve_and_look(target: Path) -> None:
    """Start the installed server, fetch a page and the style sheet, stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(target / "bin" / "leitstand"), "serve"], env=clean(LEITSTAND_PORT=str(port))
    )
    try:
        assert "ready" in _fetch(f"http://127.0.0.1:{port}/readyz", process)
        start = _fetch(f"http://127.0.0.1:{port}/", process)
        assert "<main" in start
        style = next(part for part in start.split('"') if part.endswith("kern.min.css"))
        assert len(_fetch(f"http://127.0.0.1:{port}{style}", process)) > 100_000
    finally:
        process.terminate()
        process.wait(30)


def _fetch(address: str, process: subprocess.Popen[bytes]) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(150):
        assert process.poll() is None, "the server has ended"
        try:
            with opener.open(address, timeout=20) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            time.sleep(0.2)
        except urllib.error.URLError as problem:
            if not isinstance(problem.reason, ConnectionError):
                raise
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


def test_a_second_run_upgrades_and_keeps_settings_and_data(
    unpacked: Path, tmp_path: Path, offline: None
) -> None:
    target, data = tmp_path / "target", tmp_path / "data"
    must(install(unpacked, target, data))
    settings = target / "leitstand.env"
    settings.write_text(settings.read_text() + "LEITSTAND_MAX_UPLOAD_MB=7\n")
    secret = (data / "secrets" / "secret_key").read_text()
    must(install(unpacked, target, data))
    assert "LEITSTAND_MAX_UPLOAD_MB=7" in settings.read_text()
    assert (data / "secrets" / "secret_key").read_text() == secret
    assert settings.stat().st_mode & 0o077 == 0
    assert data.stat().st_mode & 0o077 == 0


def test_a_damaged_bundle_is_refused_before_anything_is_written(
    unpacked: Path, tmp_path: Path
) -> None:
    wheel = next((unpacked / "wheels").glob("django-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"?")
    done = install(unpacked, tmp_path / "target", tmp_path / "data")
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert not (tmp_path / "target").exists()


def test_what_does_not_fit_is_named(unpacked: Path, tmp_path: Path) -> None:
    target, data = tmp_path / "target", tmp_path / "data"
    assert install(unpacked, target, data, "--user", "nobody-here").returncode == 3
    assert install(unpacked, target, data, "--nonsense").returncode == 2
    assert install(unpacked, target, data, "--python", "/nonexistent/python").returncode == 3
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\necho 3.9\n")
    old.chmod(0o755)
    done = install(unpacked, target, data, "--python", str(old))
    assert done.returncode == 3
    assert "3.9" in done.stderr
    assert not target.exists()


def test_the_bundle_serves_every_python_it_names(unpacked: Path) -> None:
    wheels = [path.name for path in (unpacked / "wheels").iterdir()]
    for version in (unpacked / "PYTHON_VERSIONS").read_text().split():
        tag = "cp" + version.replace(".", "")
        assert any(tag in name for name in wheels)
    assert THIS_PYTHON in (unpacked / "PYTHON_VERSIONS").read_text().split()
    assert not any(name.startswith(("pytest", "mypy", "playwright")) for name in wheels)


def test_the_wheel_holds_the_programme_alone(unpacked: Path) -> None:
    (wheel,) = (unpacked / "wheels").glob("leitstand-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top = {name.split("/")[0] for name in names}
    assert {name.split("-")[0] for name in top} == {"leitstand"}
    assert any(name.endswith("kern.min.css") for name in names)
    assert any(name.endswith(".mo") for name in names)
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_installed_units_pass_systemds_own_check(unpacked: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    subprocess.run(
        [str(unpacked / "install.sh"), "--target", str(target), "--data", str(tmp_path / "data")],
        env=clean(LEITSTAND_SKIP_START="1"), check=True, capture_output=True,
    )  # fmt: skip
    units = sorted((target / "share/deploy/systemd").glob("*.service"))
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(target) in units[0].read_text()
