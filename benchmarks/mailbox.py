"""A mail server on the loopback that keeps who got what: `Mailbox` starts it as a process."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT

_LINK = re.compile(r"https?://[^/\s]+(/meldung/\S+?/)(?:\s|$)")


@dataclass(frozen=True)
class Mailbox:
    """The running server: its address for LEITSTAND_SMTP_URL, and what has come in."""

    url: str
    folder: Path

    def receivers(self) -> list[str]:
        """The addresses of all e-mails that came in, in order; one e-mail, one entry."""
        return (self.folder / "receivers").read_text().splitlines()

    def links(self) -> dict[str, str]:
        """Receiver → path of the newest personal link."""
        found = {}
        for path in sorted(self.folder.glob("*.eml")):
            receiver, _line, text = path.read_text().partition("\n")
            link = _LINK.search(text)
            if link:
                found[receiver] = link[1]
        return found

    def empty(self) -> None:
        """Forget everything."""
        for path in self.folder.glob("*.eml"):
            path.unlink()
        (self.folder / "receivers").write_text("")


@contextlib.contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server in a process of its own, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="leitstand-mail-") as name:
        folder = Path(name)
        (folder / "receivers").touch()
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.mailbox", name], cwd=ROOT, stdout=subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield Mailbox(f"smtp://127.0.0.1:{port}", folder)
        finally:
            process.terminate()
            process.wait(10)


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        from email import message_from_bytes
        from email.policy import default

        self.number += 1
        read = message_from_bytes(envelope.original_content, policy=default)
        (receiver,) = envelope.rcpt_tos
        text = f"{receiver}\n{read.get_content()}"
        (self.folder / f"{self.number:06d}.eml").write_text(text)
        with (self.folder / "receivers").open("a") as out:
            out.write(f"{receiver}\n")
        return "250 OK"


async def _serve(folder: Path) -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    keeper = _Keeper(folder)  # one for all connections: it numbers the files
    server = await loop.create_server(lambda: SMTP(keeper), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
