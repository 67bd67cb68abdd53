"""Every operation of the core exists, here and in the asyncio API, and no other."""

from __future__ import annotations

import inspect
from collections import defaultdict

import fleet_core as fc
from fleet_core import aio

# Methods that open and close a fleet, and open doors.
SETUP = {"open", "close", "close_within", "console", "portal", "gateway", "clock"}
# Those that return a handle.
HANDLES = {"Console": {"product"}, "ProductConsole": {"device", "customer"}}


def operations() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for door, name in fc.operations():
        found[door].add(name)
    return found


def public(cls: type) -> set[str]:
    return {name for name, value in inspect.getmembers(cls) if not name.startswith("_") and callable(value)} - SETUP - HANDLES.get(cls.__name__, set())


def test_each_door_has_exactly_the_operations_of_the_core() -> None:
    assert {name: public(getattr(fc, name)) for name in operations()} == operations()


def test_the_asyncio_api_has_them_too() -> None:
    assert {name: public(getattr(aio, name)) for name in operations()} == operations()
    for door, names in operations().items():
        for name in names:
            assert inspect.iscoroutinefunction(getattr(getattr(aio, door), name)), name


def test_every_operation_is_documented() -> None:
    for door, names in operations().items():
        for name in names:
            assert getattr(getattr(fc, door), name).__doc__, name
