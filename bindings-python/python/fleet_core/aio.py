"""The same fleet for asyncio: each call runs in a thread, so that the event loop never waits for the store.

    async with await Fleet.open("sqlite:fleet.db") as fleet:
        told = await fleet.gateway().connect(report)

Every operation of a door is here under its own name, to be awaited.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import fleet_core
from fleet_core import _native

__all__ = ["Clock", "Console", "EventStream", "Fleet", "Gateway", "Meter", "Portal", "each"]

_Item = TypeVar("_Item")

# So long a walk over a stream waits at a time: its thread ends that long after the walk was left, at most.
_WAIT = timedelta(milliseconds=500)


def _awaited(name: str, function: Any) -> Any:
    @functools.wraps(function)
    async def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return await asyncio.to_thread(getattr(self._door, name), *arguments, **keywords)

    return call


def _door(door: str) -> Callable[[type], type]:
    """Gives a class each operation of a door, to be awaited."""

    def give(cls: type) -> type:
        sync = getattr(_native, door)
        for of, name in _native.operations():
            if of == door and name not in cls.__dict__:
                setattr(cls, name, _awaited(name, getattr(sync, name)))
        return cls

    return give


class _Door:
    def __init__(self, door: Any) -> None:
        self._door = door


class EventStream(_Door):
    """The events of a product that this process publishes, from the moment on when it was opened.

    async for event in await console.event_stream(product.id):
        print(event.name)
    """

    # Whoever reads must be let in each time.
    _console: fleet_core.Console

    @property
    def start(self) -> str:
        """The end of the log when the stream was opened: for `follow_events`."""
        start: str = self._door.start
        return start

    async def wait(self, at_most: timedelta) -> bool:
        """Waits until there is something to read, at most so long. Whether there is."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bool] = loop.create_future()

        def tell(there_is: bool) -> None:
            if not told.done():
                told.set_result(there_is)

        def wait() -> None:
            there_is = self._door.wait(at_most)
            # The loop may have ended meanwhile.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(tell, there_is)

        # A thread of its own: whoever waits on those of the loop keeps them from others.
        threading.Thread(target=wait, name="fleet-wait").start()
        return await told

    async def __aiter__(self) -> AsyncIterator[fleet_core.Event]:
        while True:
            read = await asyncio.to_thread(self._console.read_event_stream, self._door, limit=1000)
            for event in read.items:
                yield event
            if not read.items:
                await self.wait(_WAIT)


@_door("Console")
class Console(_Door):
    """The door for people."""

    async def event_stream(self, product: int) -> EventStream:
        """Opens a stream of what this process publishes for a product from now on."""
        stream = EventStream(await asyncio.to_thread(self._door.event_stream, product))
        stream._console = self._door
        return stream

    async def read_event_stream(
        self, stream: EventStream, *, limit: int | None = None
    ) -> fleet_core.StreamedEvents:
        """Takes events that came in on a stream. Whoever reads must be let in each time."""
        read: fleet_core.StreamedEvents = await asyncio.to_thread(
            self._door.read_event_stream, stream._door, limit=limit
        )
        return read

    async def import_watched(
        self,
        product: int,
        list: bytes,
        *,
        progress: Callable[[fleet_core.ImportProgress], object] | None = None,
        cancel: fleet_core.Cancel | None = None,
    ) -> fleet_core.ImportReport:
        """Imports a list of devices, telling `progress` on the event loop how far it is.

        The import is stopped after its next few thousand devices when the task is cancelled; what was added stays.
        """
        loop = asyncio.get_running_loop()
        stop = threading.Event()

        def tell(told: fleet_core.ImportProgress) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(progress, told)

        class Either:
            def is_set(self) -> bool:
                return stop.is_set() or (cancel is not None and cancel.is_set())

        try:
            report: fleet_core.ImportReport = await asyncio.to_thread(
                self._door.import_watched, product, list, progress=tell, cancel=Either()
            )
            return report
        except asyncio.CancelledError:
            stop.set()
            raise


@_door("Portal")
class Portal(_Door):
    """The door for customers."""


@_door("Gateway")
class Gateway(_Door):
    """The door for devices."""


@_door("Clock")
class Clock(_Door):
    """The door for time."""


class Meter(_Door):
    """A product's meter: admits messages that a host sends by itself."""

    async def admit(self) -> bool:
        """Whether one more message may be sent. Counted if so."""
        admitted: bool = await asyncio.to_thread(self._door.admit)
        return admitted

    async def admit_many(self, want: int) -> int:
        """How many of so many messages may be sent; they are counted."""
        admitted: int = await asyncio.to_thread(self._door.admit_many, want)
        return admitted


@_door("Fleet")
class Fleet(_Door):
    """A fleet of connected devices, behind a store."""

    @classmethod
    async def open(
        cls,
        store: str | fleet_core.Store,
        *,
        tiers: Sequence[fleet_core.Tier] | None = None,
        retry_days: Sequence[int] | None = None,
        quote_life: timedelta | None = None,
        card_notice_days: int | None = None,
        hold_locked: bool | None = None,
        leap_days: int | None = None,
        unknown_notice: timedelta | None = None,
        largest_commit: int | None = None,
    ) -> Self:
        """Opens the fleet of a store."""
        opened = await asyncio.to_thread(
            fleet_core.Fleet.open,
            store,
            tiers=tiers,
            retry_days=retry_days,
            quote_life=quote_life,
            card_notice_days=card_notice_days,
            hold_locked=hold_locked,
            leap_days=leap_days,
            unknown_notice=unknown_notice,
            largest_commit=largest_commit,
        )
        return cls(opened)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the store, once all that is under way has ended."""
        await asyncio.to_thread(self._door.close)

    async def meter(self, product: int, now: datetime | None = None) -> Meter:
        """A product's meter in this process. Without `now`, each message is admitted at its own time."""
        return Meter(await asyncio.to_thread(self._door.meter, product, now))

    def console(self, actor: int | Literal["operator"], now: datetime | None = None) -> Console:
        """The door for people."""
        return Console(self._door.console(actor, now))

    def portal(self, token: str, now: datetime | None = None) -> Portal:
        """The door for customers."""
        return Portal(self._door.portal(token, now))

    def gateway(self, now: datetime | None = None) -> Gateway:
        """The door for devices."""
        return Gateway(self._door.gateway(now))

    def clock(self, now: datetime | None = None) -> Clock:
        """The door for time."""
        return Clock(self._door.clock(now))


async def each(
    list_page: Callable[..., Awaitable[fleet_core.Page[_Item]]], *arguments: Any, **keywords: Any
) -> AsyncIterator[_Item]:
    """Every item of a list that comes in pages, which are read while it is walked.

    async for device in each(console.devices, product.id, online=True):
        print(device.id)
    """
    page = await list_page(*arguments, **keywords)
    while True:
        for item in page.items:
            yield item
        further = fleet_core._further(page)
        if not further:
            return
        page = await list_page(*arguments, **keywords | further)
