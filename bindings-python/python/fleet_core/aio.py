"""The fleet for asyncio: each call runs in a thread, so the event loop never waits for the store.

    async with await Fleet.open("sqlite:fleet.db") as fleet:
        connected = await fleet.gateway().connect(report)

Every operation of a door has an awaitable method of the same name here. Short calls run on the event loop's own
threads, long ones, such as imports, on a few separate threads; `Fleet.open(…, executor=…)` runs all of them on yours.
Cancelling a task stops its import and its wait for events; any other call that has begun continues in the background to
its end.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from logging import Logger, LoggerAdapter
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import fleet_core
from fleet_core import _native
from fleet_core._values import invalid

__all__ = [
    "Clock",
    "Console",
    "CustomerConsole",
    "DeviceConsole",
    "EventStream",
    "Fleet",
    "Gateway",
    "Meter",
    "Portal",
    "ProductConsole",
    "each",
]

_Item = TypeVar("_Item")

# Time that a walk over a stream waits before it checks whether it may still read.
_WAIT = timedelta(minutes=1)

# The calls that take seconds. They have their own threads, so that no short call waits behind them.
_LONG = frozenset(
    {
        "Console.register_devices",
        "Fleet._query",
        "Fleet.backup",
        "Fleet.query",
        "ProductConsole._plan_import",
        "ProductConsole.dry_run",
        "ProductConsole.import_devices",
        "ProductConsole.import_watched",
        "ProductConsole.invite_to_beta",
        "ProductConsole.plan_import",
        "ProductConsole.remove",
        "ProductConsole.upload",
    }
)
_LONG_THREADS = 4


@functools.cache
def _long_threads() -> Executor:
    return ThreadPoolExecutor(_LONG_THREADS, thread_name_prefix="fleet-long")


# A child process has none of its parent's threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_long_threads.cache_clear)


async def _run(executor: Executor | None, call: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Runs a call on a thread; by default, on one of the event loop's."""
    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    return await loop.run_in_executor(executor, functools.partial(context.run, call, *arguments, **keywords))


def _awaited(name: str, function: Any) -> Any:
    @functools.wraps(function)
    async def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return await self._ask(name, *arguments, **keywords)

    return call


def _door(door: str) -> Callable[[type], type]:
    """Adds an awaitable method for each operation of a door to a class."""

    def give(cls: type) -> type:
        sync = getattr(_native, door)
        for of, name in _native.operations():
            if of == door and name not in cls.__dict__:
                setattr(cls, name, _awaited(name, getattr(sync, name)))
        return cls

    return give


class _Door:
    def __init__(self, door: Any, executor: Executor | None = None) -> None:
        self._door, self._executor = door, executor

    async def _ask(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        executor = self._executor or (_long_threads() if f"{type(self._door).__name__}.{name}" in _LONG else None)
        # It counts as running from here on: a close that comes before its thread starts waits for it.
        begun = self._door._begin()
        return await _run(executor, begun.run, getattr(self._door, name), *arguments, **keywords)

    async def _ask_cancellably(self, name: str, *arguments: Any) -> Any:
        """Runs a call that only reads. It is cancelled with its task."""
        cancel = _native._Cancel()  # type: ignore[attr-defined]
        try:
            return await self._ask(name, *arguments, cancel)
        except asyncio.CancelledError:
            cancel.cancel()
            raise


class _Handle(_Door):
    def __repr__(self) -> str:
        return repr(self._door)


class EventStream(_Door):
    """A stream of the events of a product that this process publishes after the stream was opened.

    async for event in await console.product(94).event_stream():
        print(event.name)

    A loop that is too slow raises `EventsMissed`; a new loop continues after the gap.
    """

    # The actor's permission is checked on each call.
    _product: Any

    @property
    def start(self) -> str:
        """The end of the log when the stream was opened: a cursor for `follow_events`."""
        start: str = self._door.start
        return start

    async def wait(self, at_most: timedelta) -> bool:
        """Waits until there is something to read or this time has passed. Returns whether there is something to read.
        It blocks no thread.
        """
        if not isinstance(at_most, timedelta) or at_most < timedelta(0):
            raise invalid("at_most", "must be a non-negative `timedelta`")
        loop = asyncio.get_running_loop()
        readable: asyncio.Future[bool] = loop.create_future()

        def resolve(there_is: bool) -> None:
            if not readable.done():
                readable.set_result(there_is)

        def resolve_from_any_thread(there_is: bool) -> None:
            # The loop may have ended meanwhile.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(resolve, there_is)

        waiting = self._door._begin_wait(resolve_from_any_thread)
        deadline = loop.call_later(at_most.total_seconds(), waiting.stop)
        try:
            return await readable
        finally:
            deadline.cancel()
            waiting.stop()

    async def __aiter__(self) -> AsyncIterator[fleet_core.Event]:
        while True:
            events = await _run(self._executor, self._product._next_events, self._door)
            for event in events:
                yield event
            if not events:
                await self.wait(_WAIT)


@_door("DeviceConsole")
class DeviceConsole(_Handle):
    """A device of a product, as an actor sees it."""

    @property
    def id(self) -> str:
        """The id of the device."""
        number: str = self._door.id
        return number


@_door("CustomerConsole")
class CustomerConsole(_Handle):
    """A customer of a product, as an actor sees them."""

    @property
    def id(self) -> int:
        """The number of the customer."""
        number: int = self._door.id
        return number


@_door("ProductConsole")
class ProductConsole(_Handle):
    """A product, as an actor sees it."""

    @property
    def id(self) -> int:
        """The number of the product."""
        number: int = self._door.id
        return number

    def device(self, device: str) -> DeviceConsole:
        """Returns the handle of a device of the product. Nothing is read."""
        return DeviceConsole(self._door.device(device), self._executor)

    def customer(self, customer: int) -> CustomerConsole:
        """Returns the handle of a customer of the product. Nothing is read."""
        return CustomerConsole(self._door.customer(customer), self._executor)

    async def event_stream(self) -> EventStream:
        """Opens a stream of the events that this process publishes for the product from now on."""
        stream = EventStream(await self._ask("event_stream"), self._executor)
        stream._product = self._door
        return stream

    async def plan_import(self, list: bytes) -> fleet_core.ImportReport:
        """Returns the verdicts that an import of this list would give, without changing anything."""
        report: fleet_core.ImportReport = await self._ask_cancellably("_plan_import", list)
        return report

    async def import_devices(self, list: bytes) -> fleet_core.ImportReport:
        """Imports a list of devices: a text file with one id a line, or a .csv."""
        return await self.import_watched(list)

    async def import_watched(
        self,
        list: bytes,
        *,
        progress: Callable[[fleet_core.ImportProgress], object] | None = None,
        cancel: fleet_core.Cancel | None = None,
    ) -> fleet_core.ImportReport:
        """Imports a list of devices, and calls `progress` on the event loop.

        The import stops after its next few thousand devices when the task is cancelled or `progress` raises; devices
        already added stay.
        """
        if progress is not None and not callable(progress):
            raise invalid("progress", "must be a function, or `None`")
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        raised: BaseException | None = None

        def call(progress: Callable[[fleet_core.ImportProgress], object], status: fleet_core.ImportProgress) -> None:
            nonlocal raised
            if stop.is_set():
                return
            try:
                progress(status)
            except BaseException as error:
                raised = error
                stop.set()

        def report_progress(status: fleet_core.ImportProgress) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(call, progress, status)

        class Either:
            def is_set(self) -> bool:
                return stop.is_set() or (cancel is not None and cancel.is_set())

        try:
            report: fleet_core.ImportReport = await self._ask(
                "import_watched", list, progress=report_progress, cancel=Either()
            )
        except asyncio.CancelledError:
            stop.set()
            raise
        except fleet_core.Cancelled:
            if raised is not None:
                raise raised from None
            raise
        if raised is not None:
            raise raised
        return report


@_door("Console")
class Console(_Door):
    """The door for people."""

    def product(self, product: int) -> ProductConsole:
        """Returns the handle of a product. Nothing is read."""
        return ProductConsole(self._door.product(product), self._executor)

    async def read_event_stream(
        self, stream: EventStream, *, limit: int | None = None
    ) -> fleet_core.StreamedEvents:
        """Reads the events that arrived on a stream. The actor's permission is checked on each call."""
        if not isinstance(stream, EventStream):
            raise invalid("stream", "must be an `EventStream` that this console has opened")
        read: fleet_core.StreamedEvents = await self._ask("read_event_stream", stream._door, limit=limit)
        return read


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
    """A product's meter: admits messages that a host sends itself."""

    async def admit(self) -> bool:
        """Returns whether one more message may be sent. If so, it is counted."""
        admitted: bool = await self._ask("admit")
        return admitted

    async def admit_many(self, want: int) -> int:
        """Returns how many of the wanted messages may be sent, and counts them."""
        admitted: int = await self._ask("admit_many", want)
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
        metrics: bool | None = None,
        logger: Logger | LoggerAdapter[Any] | None = None,
        executor: Executor | None = None,
    ) -> Self:
        """Opens a fleet in a store. With an `executor`, every call runs on its threads."""
        if executor is not None and not isinstance(executor, Executor):
            raise invalid("executor", "must be a `concurrent.futures.Executor`, or `None`")
        opened = await _run(
            executor,
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
            metrics=metrics,
            logger=logger,
        )
        return cls(opened, executor)

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
        """Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store."""
        await _run(None, self._door.close)

    async def close_within(self, at_most: timedelta) -> bool:
        """The same with a deadline. Calls still running then are cut off. Returns whether all calls ended by
        themselves.
        """
        ended: bool = await _run(None, self._door.close_within, at_most)
        return ended

    async def query(self, sql: str, *, limit: int | None = None) -> list[dict[str, str | int | float | bytes | None]]:
        """Runs one read-only SQL statement, while others use the fleet. Returns a `dict` for each row."""
        rows: list[dict[str, str | int | float | bytes | None]] = await self._ask_cancellably("_query", sql, limit)
        return rows

    async def meter(self, product: int, now: datetime | None = None) -> Meter:
        """Returns a product's meter in this process. Without `now`, each message is admitted at its own time."""
        return Meter(await self._ask("meter", product, now), self._executor)

    def console(self, actor: int | Literal["operator"], now: datetime | None = None) -> Console:
        """The door for people."""
        return Console(self._door.console(actor, now), self._executor)

    def portal(self, token: str, now: datetime | None = None) -> Portal:
        """The door for customers."""
        return Portal(self._door.portal(token, now), self._executor)

    def gateway(self, now: datetime | None = None) -> Gateway:
        """The door for devices."""
        return Gateway(self._door.gateway(now), self._executor)

    def clock(self, now: datetime | None = None) -> Clock:
        """The door for time."""
        return Clock(self._door.clock(now), self._executor)


async def each(
    list_page: Callable[..., Awaitable[fleet_core.Page[_Item]]], *arguments: Any, **keywords: Any
) -> AsyncIterator[_Item]:
    """Iterates over every item of a paged list, reading pages as needed.

    async for device in each(thermostat.devices, online=True):
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
