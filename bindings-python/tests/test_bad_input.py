"""For any argument, a call throws only the library's own errors."""

from __future__ import annotations

import functools
import inspect
import itertools
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import fleet_core as fc
import pytest
from conftest import NOON, House, ids, listed
from fleet_core import _native
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DEVICE = ids(1)[0]


class Raises:
    """An object whose every conversion raises an exception of its own."""

    def __index__(self) -> int:
        raise KeyError("index")

    def __len__(self) -> int:
        raise OSError("len")

    def __iter__(self) -> Any:
        raise ZeroDivisionError

    def __bool__(self) -> bool:
        raise AttributeError("bool")


class Nowhere(tzinfo):
    """A time zone that cannot give its offset."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        raise ArithmeticError("nowhere")

    def tzname(self, at: datetime | None) -> str | None:
        return None

    def dst(self, at: datetime | None) -> timedelta | None:
        return None


def houses() -> House:
    fleet = fc.Fleet.open("memory:")
    alice = fleet.console("operator", NOON).create_account("alice@example.com")
    product = fleet.console(alice.id, NOON).create_product("Thermostat", "photon")
    fleet.console(alice.id, NOON).product(product.id).import_devices(listed(ids(2)))
    return House(fleet, alice.id, product.id)


def test_the_error_of_a_number_out_of_range_names_the_argument(house: House) -> None:
    console = house.console()
    cases: list[tuple[str, Callable[[], object]]] = [
        ("version", lambda: fc.Report(DEVICE, version=65536)),
        ("version", lambda: fc.Report(DEVICE, version=-1)),
        ("product", lambda: fc.Report(DEVICE, product=2**32)),
        ("session", lambda: fc.Report(DEVICE, session=2**63)),
        ("security_counter", lambda: fc.Report(DEVICE, security_counter=-1)),
        ("product", lambda: console.product(2**32)),
        ("product", lambda: console.product(-1)),
        ("product", lambda: console.product(math.nan)),  # type: ignore[arg-type]
        ("product", lambda: console.product(None)),  # type: ignore[arg-type]
        ("limit", lambda: console.product(house.product).devices(limit=-1)),
        ("group", lambda: console.product(house.product).devices(group=70_000)),
        ("actor", lambda: house.fleet.console(2**63)),
        ("minor", lambda: fc.Money(2**63, "USD")),
        ("devices", lambda: fc.Tier("One", devices=-1)),
        ("card_notice_days", lambda: fc.Fleet.open("memory:", card_notice_days=-1)),
    ]
    for field, call in cases:
        with pytest.raises(fc.Invalid) as invalid:
            call()
        assert invalid.value.field == field and invalid.value.code == "invalid"
    assert fc.Report(DEVICE, version=65535, product=2**32 - 1, session=2**63 - 1).version == 65535


def test_the_error_of_a_wrong_type_names_the_expected_and_the_actual_type(house: House) -> None:
    with pytest.raises(fc.Invalid, match="product: must be a whole number from 0 to 4294967295, but is of the type `str`"):
        house.console().product("94")  # type: ignore[arg-type]
    with pytest.raises(fc.Invalid, match="name: must be a `str` without an unpaired surrogate"):
        house.console().create_product("\ud800", "photon")
    with pytest.raises(fc.Invalid, match="report: must be a `Report`, but is of the type `dict`"):
        house.fleet.gateway().connect({"device": DEVICE})  # type: ignore[arg-type]
    with pytest.raises(fc.Invalid, match="reports: must be a list in which each item is a `Report`"):
        house.fleet.gateway().connect_many([fc.Report(DEVICE), None])  # type: ignore[list-item]
    with pytest.raises(fc.Invalid, match="now: needs a time zone"):
        house.fleet.gateway(datetime(2016, 3, 8))
    with pytest.raises(fc.Invalid, match="life: must be a non-negative `timedelta`"):
        house.thermostat().customer(1).issue_token(["see"], life=timedelta(seconds=-1))
    with pytest.raises(fc.Invalid, match="progress: must be a function"):
        house.thermostat().import_watched(b"", progress=1)  # type: ignore[arg-type]


def test_the_first_and_the_last_moment_of_the_calendar_are_accepted(house: House) -> None:
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        house.fleet.console("operator", at).create_account(f"{at.year}@example.com")
        console = house.fleet.console(house.alice, at)
        invited = console.product(house.product).invite(f"{at.year}@example.com")
        # A week later the calendar has ended, so the value is its last moment.
        assert invited.expires_at <= datetime.max.replace(tzinfo=UTC, microsecond=999000)


def hostile() -> st.SearchStrategy[Any]:
    text = st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs", "Cc", "Cs", "Cf"]), max_size=30)
    zones = st.sampled_from([None, UTC, timezone(timedelta(hours=23, minutes=59)), Nowhere()])
    plain = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from([0, 1, -1, 255, 256, 65535, 65536, 2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64]),
        st.floats(),
        text,
        st.sampled_from(["", " ", "x" * 100_000, "\ud800", "\x00", "0" * 24, "f" * 24, "operator", "monthly", "see"]),
        st.binary(max_size=30),
        st.datetimes(),
        st.builds(lambda at, zone: at.replace(tzinfo=zone), st.datetimes(), zones),
        st.timedeltas(),
        st.builds(object),
        st.just(Raises()),
    )
    return st.one_of(plain, st.lists(plain, max_size=3), st.dictionaries(text, plain, max_size=2), st.tuples(plain, plain))


def sound(house: House, name: str) -> Any:
    """A valid value for the argument of this name."""
    values: dict[str, Any] = {
        "actor": house.alice, "product": house.product, "device": DEVICE, "list": listed(ids(3)), "version": 1,
        "report": fc.Report(DEVICE, product=house.product), "reports": [fc.Report(DEVICE)], "now": NOON, "name": "Boiler",
        "event": fc.NewEvent(DEVICE, "boot", product=house.product), "platform": "photon", "email": "bob@example.com",
        "tier": "Small", "interval": "monthly", "currency": "USD", "group": 1, "groups": [1], "limit": 10,
        "to": fc.LiveStream(), "change": fc.ReleaseChange(1), "scope": "see", "scopes": ["see"], "life": timedelta(hours=1),
        "binary": b"firmware", "title": "One", "key": "1/1", "outcome": "succeeded", "customer": 1, "user_name": "carl",
    }  # fmt: skip
    return values.get(name)


def calls(house: House) -> list[tuple[Any, str]]:
    customer = house.thermostat().create_customer("carl@example.com")
    token = house.thermostat().customer(customer.id).issue_token(["see", "control", "claim"], life=timedelta(hours=1)).token
    doors = {
        "Console": house.console(), "ProductConsole": house.thermostat(), "DeviceConsole": house.thermostat().device(ids(1)[0]),
        "CustomerConsole": house.thermostat().customer(customer.id), "Portal": house.fleet.portal(token, NOON), "Gateway": house.fleet.gateway(NOON),
        "Clock": house.fleet.clock(NOON), "Fleet": house.fleet, "Meter": house.fleet.meter(house.product, NOON),
    }  # fmt: skip
    operations = [(doors[door], name) for door, name in _native.operations()]
    opens: list[tuple[Any, str]] = [(house.fleet, name) for name in ("console", "portal", "gateway", "clock", "meter", "report_usage")]
    opens += [(house.console(), "product"), (house.thermostat(), "device"), (house.thermostat(), "customer")]
    made = ["Report", "NewEvent", "Tier", "Price", "Money", "Webhook", "Integration", "TwoLeggedIdentity", "LinkedIdentity"]
    made += ["ReleaseChange", "GroupReleaseChange", "LockChange", "GroupsChange", "Row", "KeyRange", "Check", "Put", "Delete"]
    return [*operations, *opens, (doors["Meter"], "admit_many"), *((fc.store if hasattr(fc.store, one) else fc, one) for one in made)]


@functools.lru_cache(maxsize=2)
def prepared(turn: int) -> list[tuple[House, Any, str]]:
    """A fleet that a few calls share."""
    house = houses()
    return [(house, door, name) for door, name in calls(house)]


TURNS = itertools.count()
NAMES = range(len(prepared(0)))


@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(which=st.sampled_from(NAMES), data=st.data())
def test_a_call_raises_only_errors_of_the_library(which: int, data: st.DataObject) -> None:
    house, door, name = prepared(next(TURNS) // 25)[which]
    call = getattr(door, name)
    positional, keywords = [], {}
    for parameter in inspect.signature(call).parameters.values():
        is_sound = data.draw(st.booleans())
        value = sound(house, parameter.name) if is_sound else data.draw(hostile())
        if parameter.kind is parameter.KEYWORD_ONLY:
            keywords[parameter.name] = value
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            positional.append(value)
    try:
        repr(call(*positional, **keywords))
    except fc.FleetError as error:
        assert error.code and str(error)
