"""The same fleet for asyncio: each call runs in a thread, so that the event loop never waits for the store.

    async with await Fleet.open("sqlite:fleet.db") as fleet:
        told = await fleet.gateway().connect(report)

Every operation of a door is here under its own name, to be awaited.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import fleet_core
from fleet_core import _native

__all__ = ["Clock", "Console", "Fleet", "Gateway", "Portal", "each"]

_Item = TypeVar("_Item")


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


@_door("Console")
class Console(_Door):
    """The door for people."""

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
    after = None
    while True:
        page = await list_page(*arguments, after=after, **keywords)
        for item in page.items:
            yield item
        after = page.next
        if after is None:
            return
