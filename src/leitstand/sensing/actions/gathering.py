"""Group commit: values of many requests that come at the same time share one transaction.

A request waits until its values are committed. Without a running gatherer (commands, the worker,
tests) values are written at once, by whoever brings them.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog
from django.db import InterfaceError, OperationalError, connection

from leitstand.core.base.errors import Unavailable
from leitstand.sensing.actions import writing
from leitstand.sensing.actions.writing import Reading, Written

log = structlog.get_logger("leitstand.sensing")
MOST_WAITING, MOST_TOGETHER, PAUSE_S = 50_000, 5_000, 0.0005


class Full(Unavailable):
    """More values wait than can be written soon."""

    def __init__(self) -> None:
        super().__init__("More values arrive than can be stored. Send these again in a few seconds.")


class Busy(Unavailable):
    """The store could not be written to; nothing of the request was stored."""

    def __init__(self) -> None:
        super().__init__("The store is busy. Nothing was stored. Send this again in a few seconds.")


@dataclass(frozen=True)
class _Parcel:
    readings: Sequence[Reading]
    done: Future[list[Written]] = field(default_factory=Future)


class Gatherer:
    """One thread that writes what others put in."""

    def __init__(self) -> None:
        self._waiting: deque[_Parcel] = deque()
        self._rows = 0
        self._change = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="values", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        with self._change:
            self._ending = True
            self._change.notify()
        self._thread.join(10)

    def put(self, readings: Sequence[Reading]) -> Future[list[Written]]:
        """Queue values; the result comes after their commit. Raises :class:`Full`."""
        parcel = _Parcel(readings)
        with self._change:
            full = self._rows and self._rows + len(readings) > MOST_WAITING
            if full or self._ending:
                raise Full
            self._rows += len(readings)
            self._waiting.append(parcel)
            self._change.notify()
        return parcel.done

    def _run(self) -> None:
        while True:
            with self._change:
                while not self._waiting and not self._ending:
                    self._change.wait()
                if not self._waiting:
                    break
            time.sleep(PAUSE_S)
            if parcels := self._take():
                self._write(parcels)
        connection.close()

    def _take(self) -> list[_Parcel]:
        """The longest waiting parcels, as many as fit into one transaction."""
        taken: list[_Parcel] = []
        rows = 0
        with self._change:
            while self._waiting and (
                not taken or rows + len(self._waiting[0].readings) <= MOST_TOGETHER
            ):
                parcel = self._waiting.popleft()
                rows += len(parcel.readings)
                taken.append(parcel)
            self._rows -= rows
        # whoever has gone away meanwhile gets nothing stored
        return [parcel for parcel in taken if parcel.done.set_running_or_notify_cancel()]

    def _write(self, parcels: list[_Parcel], *, again: bool = True) -> None:
        """Write all; if that fails, each parcel alone, so that one spoils no other.

        A lost connection is made anew once; then the senders are told to try later.
        """
        try:
            found = iter(writing.write([one for parcel in parcels for one in parcel.readings]))
        except (OperationalError, InterfaceError):
            connection.close()
            if again:
                self._write(parcels, again=False)
                return
            log.exception("the store takes no values")
            for parcel in parcels:
                parcel.done.set_exception(Busy())
        except Exception as problem:
            connection.close()
            if len(parcels) > 1:
                for parcel in parcels:
                    self._write([parcel])
                return
            log.exception("values could not be written", rows=len(parcels[0].readings))
            parcels[0].done.set_exception(problem)
        else:
            for parcel in parcels:
                parcel.done.set_result([next(found) for _ in parcel.readings])


_gatherer: Gatherer | None = None


def start() -> None:
    """Let values be gathered from now on in this process."""
    global _gatherer
    if _gatherer is None:
        _gatherer = Gatherer()
        _gatherer.start()


def stop() -> None:
    """Write what waits and gather no more."""
    global _gatherer
    if _gatherer is not None:
        running, _gatherer = _gatherer, None
        running.stop()


def write(readings: Sequence[Reading]) -> list[Written]:
    """Write values and wait for the commit."""
    if not readings:
        return []
    if _gatherer is None:
        return writing.write(readings)
    return _gatherer.put(readings).result()


async def gather(readings: Sequence[Reading]) -> list[Written]:
    """Write values and wait for the commit without holding a thread, if a gatherer runs."""
    if _gatherer is None:
        return await asyncio.to_thread(writing.write, readings)
    return await asyncio.wrap_future(_gatherer.put(readings))
