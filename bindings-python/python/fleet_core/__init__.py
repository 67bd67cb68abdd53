"""Decisions for a fleet of connected devices: what may join, which firmware each one gets and why, who may do what.

    from fleet_core import Fleet, Report

    with Fleet.open("sqlite:fleet.db") as fleet:
        alice = fleet.console("operator").create_account("alice@example.com")
        product = fleet.console(alice.id).create_product("Thermostat", "photon")
        print(fleet.gateway().connect(Report("55ff6d04498b49a1b2c3d4e5", product=product.id)))

A fleet opens doors: `console` for people, `portal` for customers, `gateway` for devices. They return frozen values,
which can be compared, printed and matched. Failures are raised: see `fleet_core.errors`. For asyncio use
`fleet_core.aio`; for a store of your own, `fleet_core.store`.
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
    """A page of a list: its items, and the cursor of the next page."""

    @property
    def items(self) -> Sequence[_Item_co]: ...
    @property
    def next(self) -> str | None: ...


def each(list_page: Callable[..., Page[_Item]], *arguments: Any, **keywords: Any) -> Iterator[_Item]:
    """Iterates over every item of a paged list, reading pages as needed.

    for device in each(thermostat.devices, online=True):
        print(device.id)
    """
    page = list_page(*arguments, **keywords)
    yield from page.items
    while further := _further(page):
        page = list_page(*arguments, **keywords | further)
        yield from page.items


def _further(page: Page[Any]) -> dict[str, str]:
    """Returns the argument that requests the next page. `None` on the last page."""
    if page.next is None:
        return {}
    # A log is read backwards.
    return {"before" if isinstance(page, EventPage) else "after": page.next}
