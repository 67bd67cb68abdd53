"""Decisions for a fleet of connected devices: what may join, which firmware each one gets and why, who may do what.

    from fleet_core import Fleet, Report

    with Fleet.open("sqlite:fleet.db") as fleet:
        alice = fleet.console("operator").create_account("alice@example.com")
        product = fleet.console(alice.id).create_product("Thermostat", "photon")
        print(fleet.gateway().connect(Report("55ff6d04498b49a1b2c3d4e5", product=product.id)))

Doors are opened on a fleet: `console` for people, `portal` for customers, `gateway` for devices. What they answer are
frozen values, to be compared, shown and matched. What can't be done is raised: see `fleet_core.errors`. For asyncio there
is `fleet_core.aio`, and for a store of one's own `fleet_core.store`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from fleet_core._native import *
from fleet_core._types import *
from fleet_core.errors import *
from fleet_core.store import Store as Store

_Item = TypeVar("_Item")
_Item_co = TypeVar("_Item_co", covariant=True)


class Page(Protocol[_Item_co]):
    """A page of a list: what is on it, and what the next one goes on after."""

    @property
    def items(self) -> Sequence[_Item_co]: ...
    @property
    def next(self) -> str | None: ...


def each(list_page: Callable[..., Page[_Item]], *arguments: Any, **keywords: Any) -> Iterator[_Item]:
    """Every item of a list that comes in pages, which are read while it is walked.

    for device in each(console.devices, product.id, online=True):
        print(device.id)
    """
    page = list_page(*arguments, **keywords)
    yield from page.items
    while further := _further(page):
        page = list_page(*arguments, **keywords | further)
        yield from page.items


def _further(page: Page[Any]) -> dict[str, str]:
    """What asks for the page behind this one; nothing: there is none."""
    if page.next is None:
        return {}
    # A log is read from its end.
    return {"before" if isinstance(page, EventPage) else "after": page.next}
