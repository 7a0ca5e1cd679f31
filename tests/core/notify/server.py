"""A real mail server on this machine that can refuse, hang and hang up, as told per receiver.

Run as a process: ``python server.py PORT FOLDER``. Each e-mail becomes a file in FOLDER. What a
receiver's address begins with decides: ``nein`` 550, ``spaeter`` 451, ``voll`` 552 after DATA,
``weg`` hangs up at RCPT, ``stumm`` takes the e-mail and hangs up without an answer, ``langsam`` answers
after a while.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

_numbers = itertools.count(1)


class Handler:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if (self.folder / "absender-nein").exists():
            return "550 5.1.8 sender refused"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nein"):
            return "550 5.1.1 mailbox unknown"
        if address.startswith("spaeter"):
            return "451 4.7.1 greylisted, try later"
        if address.startswith("weg"):
            server.transport.abort()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (receiver,) = envelope.rcpt_tos
        if receiver.startswith("voll"):
            return "552 5.2.2 mailbox full"
        name = f"{session.peer[1]:05d}-{next(_numbers):05d}"
        part = self.folder / f".{name}"
        part.write_bytes(envelope.original_content)
        part.rename(self.folder / f"{name}.eml")
        if receiver.startswith("stumm"):
            server.transport.abort()
            return "421 gone"
        if receiver.startswith("langsam"):
            await asyncio.sleep(30)
        return "250 OK"


async def serve(port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(folder)), "127.0.0.1", port)
    print("READY", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
