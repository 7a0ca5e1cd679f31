"""The set-up on machines that lack something: one sentence, nothing half done."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Nothing listens here: every attempt to fetch something fails at once.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a space in its path, without anything built."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    names = ["Makefile", "leitstand", "package.json", "package-lock.json", ".npmrc"]
    for name in [*names, "requirements.txt", "requirements-dev.txt"]:
        shutil.copy2(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tools", folder / "tools")
    return folder


def run(
    command: list[str], folder: Path, path: str = "/usr/bin:/bin", **extra: str
) -> subprocess.CompletedProcess[str]:
    env = {"PATH": path, "HOME": str(folder.parent), "UV_HTTP_TIMEOUT": "5", **extra}
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def setup(folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    return run(["sh", "tools/setup.sh", "core"], folder, **extra)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def bare_path(folder: Path, *names: str) -> str:
    """A PATH that holds these programs of the system and no others."""
    target = folder / "bin"
    target.mkdir(exist_ok=True)
    for name in names:
        found = shutil.which(name)
        assert found, name
        (target / name).symlink_to(found)
    return str(target)


def test_an_old_python_is_named_with_its_version(checkout: Path) -> None:
    old = program(
        checkout / "old" / "python3",
        '#!/bin/sh\nif [ "$1" = -V ]; then echo "Python 3.9.2"; else exit 1; fi\n',
    )
    done = setup(checkout, PYTHON=str(old))
    assert done.returncode == 3
    assert "Python 3.9.2" in done.stderr
    assert "3.11 or newer" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_python_is_named_with_its_package(checkout: Path) -> None:
    done = run(
        ["sh", "tools/setup.sh", "core"],
        checkout,
        path=bare_path(checkout.parent, "sh", "dirname"),
    )
    assert done.returncode == 3
    assert "apt install python3" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_newer_python_is_found_beside_an_old_one(checkout: Path) -> None:
    folder = checkout.parent / "bin"
    program(folder / "python3", "#!/bin/sh\nexit 1\n")
    wanted = program(
        folder / "python3.12", '#!/bin/sh\n[ "$2" = -c ] && exit 0\necho "took $0 $*"\n'
    )
    for name in ("sh", "dirname"):
        (folder / name).symlink_to(str(shutil.which(name)))
    done = run(["sh", "tools/setup.sh", "core"], checkout, path=str(folder))
    assert done.stdout.startswith(f"took {wanted} -E ")
    assert done.stdout.rstrip().endswith("environment.py core")


def test_without_pip_and_ensurepip_the_package_is_named(checkout: Path) -> None:
    # A Python of its own that finds neither module, as on a Debian without python3-venv.
    blocker = checkout / "tools" / "sitecustomize.py"
    blocker.write_text("")
    fake = program(
        checkout / "fake" / "python3",
        f'#!/bin/sh\ncase "$*" in *"-m pip"*|*"-m venv"*) exit 1;; esac\nexec "{sys.executable}" "$@"\n',
    )
    # sys.executable is what the set-up calls again, so it must be the fake.
    environment = checkout / "tools" / "environment.py"
    environment.write_text(
        f"import sys; sys.executable = {str(fake)!r}\n" + _without_future(environment)
    )
    done = setup(checkout, PYTHON=str(fake))
    assert done.returncode == 3, done.stderr
    assert "apt install python3-venv" in done.stderr


def _without_future(path: Path) -> str:
    return path.read_text().replace("from __future__ import annotations\n", "")


def test_no_network_is_one_sentence_and_leaves_no_stamp(checkout: Path) -> None:
    done = setup(checkout, **NO_NETWORK)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "not reachable" in last
    assert "offline bundle" in last
    assert not (checkout / ".venv" / "leitstand.json").exists()
    assert not list((checkout / ".tools").glob("scratch-*"))


def test_a_mirrors_password_is_not_printed(checkout: Path) -> None:
    uv = ROOT / ".tools" / "bin" / "uv"
    if not uv.is_file():
        pytest.skip("needs the uv that make installs")
    (checkout / ".tools" / "bin").mkdir(parents=True)
    shutil.copy2(uv, checkout / ".tools" / "bin" / "uv")
    done = setup(checkout, PIP_INDEX_URL="http://user:geheim@127.0.0.1:9/simple")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "geheim" not in done.stderr


def test_remains_of_a_killed_run_are_removed(checkout: Path) -> None:
    rest = checkout / ".tools" / "scratch-abc"
    rest.mkdir(parents=True)
    (rest / "half").write_text("x")
    setup(checkout, **NO_NETWORK)
    assert not rest.exists()


def test_a_second_run_waits_for_the_first(checkout: Path) -> None:
    (checkout / ".tools").mkdir()
    with (checkout / ".tools" / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        threading.Timer(1.0, fcntl.flock, (handle, fcntl.LOCK_UN)).start()
        done = setup(checkout, **NO_NETWORK)
    assert "waiting for it" in done.stderr
    assert "not reachable" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_foreign_checkout_is_named(checkout: Path) -> None:
    checkout.chmod(0o555)
    try:
        done = setup(checkout)
    finally:
        checkout.chmod(0o755)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


def test_the_launcher_says_what_to_do_before_the_set_up(checkout: Path) -> None:
    done = run([str(checkout / "leitstand"), "doctor"], checkout.parent)
    assert done.returncode == 3
    assert "setup" in done.stderr


def test_a_finished_set_up_is_left_alone() -> None:
    stamp = ROOT / ".venv" / "leitstand.json"
    if not stamp.is_file():
        pytest.skip("this environment was not built by make")
    before = stamp.stat().st_mtime_ns
    done = run(["sh", "tools/setup.sh", "core"], ROOT, **NO_NETWORK)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert stamp.stat().st_mtime_ns == before


def test_a_change_of_the_lock_file_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import environment

    lock = tmp_path / "requirements.txt"
    lock.write_text("a==1\n")
    python = program(tmp_path / ".venv" / "bin" / "python", "#!/bin/sh\n")
    monkeypatch.setattr(environment, "VENV", python.parents[1])
    monkeypatch.setattr(environment, "STAMP", python.parents[1] / "leitstand.json")
    monkeypatch.setattr(environment, "LOCKS", {"core": lock, "dev": lock})
    stamp = {"level": "dev", "fingerprint": environment.fingerprint("dev")}
    environment.STAMP.write_text(json.dumps(stamp))
    assert environment.built_level() == "dev"
    assert environment.wanted_level("core") == "dev"
    lock.write_text("a==2\n")
    assert environment.built_level() is None
    environment.STAMP.write_text('{"level"')
    assert environment.built_level() is None
    assert environment.wanted_level("core") == "core"


def test_settings_that_would_redirect_the_installation_are_dropped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import installer

    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    hostile = [
        "PIP_FIND_LINKS",
        "PIP_TARGET",
        "PIP_NO_INDEX",
        "UV_PYTHON",
        "UV_TARGET",
        "PYTHONPATH",
    ]
    for name in hostile:
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("PIP_CERT", "/etc/city.pem")
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config/pip/pip.conf").write_text(
        "[global]\nindex-url = https://mirror.example/s\n"
    )
    env = installer.clean_environment()
    assert not set(hostile) & set(env)
    assert env["PIP_CERT"] == "/etc/city.pem"
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/s"
    assert env["UV_PYTHON_DOWNLOADS"] == "never"
