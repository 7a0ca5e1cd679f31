"""The server is killed while values arrive: what was acknowledged is there, and once."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli.instance import Instance, end, wait_for

SENDERS, KILLS = 8, 3
PLANT = Path(__file__).with_name("plant_station.py")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class Sender(threading.Thread):
    """Sends values with moments of its own; repeats what was not acknowledged."""

    def __init__(self, port: int, number: int, streams: list[int], token: str) -> None:
        super().__init__(daemon=True)
        self.port, self.number, self.token = port, number, token
        self.path = f"/sta/v1.1/Datastreams({streams[number % len(streams)]})/Observations"
        self.acknowledged: dict[str, str] = {}
        self.refused: list[tuple[int, bytes]] = []
        self.ending = False

    def run(self) -> None:
        """Send until told to stop."""
        count = 0
        connection: http.client.HTTPConnection | None = None
        while not self.ending:
            moment = f"2026-11-{1 + count // 3600 % 28:02}T{self.number:02}:{count // 60 % 60:02}:{count % 60:02}Z"
            body = json.dumps({"result": count, "phenomenonTime": moment})
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                connection.request("POST", self.path, body, headers)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                if connection is not None:
                    connection.close()
                connection = None
                time.sleep(0.05)
                continue
            if answer.status == 201:
                self.acknowledged[moment] = answer.headers["Location"]
                count += 1
            else:
                self.refused.append((answer.status, text))
                time.sleep(0.05)
        if connection is not None:
            connection.close()


@pytest.mark.slow
def test_acknowledged_values_survive_kills_and_are_there_once(migrated: Instance) -> None:
    done = migrated.call([sys.executable, str(PLANT)])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    port = _free_port()
    senders = [Sender(port, number, found["streams"], found["token"]) for number in range(SENDERS)]
    server = migrated.start("serve", "--only", "web", LEITSTAND_PORT=str(port))
    try:
        assert wait_for(lambda: _answers(port), 60)
        for sender in senders:
            sender.start()
        for number in range(KILLS):
            before = sum(len(sender.acknowledged) for sender in senders)
            goal = before + 100 + 30 * number
            assert wait_for(lambda goal=goal: sum(len(s.acknowledged) for s in senders) >= goal, 60)
            end(server, signal.SIGKILL)
            server = migrated.start("serve", "--only", "web", LEITSTAND_PORT=str(port))
            assert wait_for(lambda: _answers(port), 60)
        goal = sum(len(sender.acknowledged) for sender in senders) + 100
        assert wait_for(lambda: sum(len(s.acknowledged) for s in senders) >= goal, 60)
        for sender in senders:
            sender.ending = True
        for sender in senders:
            sender.join(30)
    finally:
        end(server)
    refused = [one for sender in senders for one in sender.refused if one[0] != 503]
    assert not refused
    rows = migrated.sql("SELECT id, datastream_id, start FROM sensing_observation")
    assert len({(stream, start) for _, stream, start in rows}) == len(rows)
    keys = {int(str(key)) for key, _, _ in rows}
    said = [
        int(link.rpartition("(")[2].rstrip(")"))
        for sender in senders
        for link in sender.acknowledged.values()
    ]
    assert len(said) == len(set(said)) and set(said) <= keys
    kept = migrated.sql("SELECT sum(count) FROM sensing_series UNION ALL SELECT sum(count) FROM sensing_hourly")
    assert {count for (count,) in kept} == {len(rows)}
