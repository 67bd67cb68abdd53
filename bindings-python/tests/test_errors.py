"""Failures are raised: one class for each kind, with the code that every language has."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import fleet_core as fc
import pytest
from conftest import NOON, House, ids, listed
from fleet_core import errors


def test_every_kind_of_failure_has_its_class() -> None:
    classes = {name for name, value in inspect.getmembers(errors, inspect.isclass) if issubclass(value, fc.FleetError)}
    assert classes - {"FleetError"} == set(fc.failures())


def test_an_error_has_its_code_and_the_data_to_branch_on(house: House) -> None:
    with pytest.raises(fc.NotFound) as found:
        house.fleet.console("operator").product(95).get()
    assert (found.value.code, found.value.what, found.value.is_transient) == ("not_found", "product", False)
    assert str(found.value) == "there is no such product, or it is not yours to see"

    with pytest.raises(fc.LimitExceeded) as exceeded:
        for name in "bcdefg":
            house.fleet.console("operator", NOON).create_account(f"{name}@example.com")
            house.thermostat().invite(f"{name}@example.com")
    assert (exceeded.value.limit.resource, exceeded.value.limit.limit) == ("members", 5)
    assert exceeded.value.limit.fits is not None and exceeded.value.limit.fits.tier == "Small"

    with pytest.raises(fc.Forbidden) as forbidden:
        house.thermostat().set_tier("Small")
    assert (forbidden.value.command, forbidden.value.needs) == ("set_tier", "an operator")


def test_the_error_of_a_wrong_code_has_the_number_of_tries_left(house: House) -> None:
    [device] = ids(1)
    house.thermostat().import_devices(listed([device]))
    house.thermostat().device(device).set_code("STICKER-0001")
    customer = house.thermostat().create_customer("carl@example.com")
    issued = house.thermostat().customer(customer.id).issue_token(["claim"], life=timedelta(hours=1))
    portal = house.fleet.portal(issued.token, NOON)
    for left in (4, 3, 2, 1):
        with pytest.raises(fc.WrongCode) as wrong:
            portal.claim(device, "STICKER-0002")
        assert wrong.value.left == left
    with pytest.raises(fc.Barred) as barred:
        portal.claim(device, "STICKER-0002")
    assert barred.value.until == NOON + timedelta(minutes=15)
    with pytest.raises(fc.Unauthenticated):
        house.fleet.portal("00" * 32, NOON).me()


def test_a_malformed_argument_is_invalid_and_a_value_error(house: House) -> None:
    for problem in (
        lambda: fc.Report("55ff"),
        lambda: fc.Report(ids(1)[0], session=-1),
        lambda: fc.Report(ids(1)[0], image="55"),
        lambda: house.console().create_product("Boiler", "toaster"),
        lambda: house.thermostat().devices(standing="lost"),  # type: ignore[arg-type]
        lambda: house.thermostat().devices(limit=1001),
        lambda: house.thermostat().audit_log(after="yesterday"),
        lambda: house.fleet.pending_notices(after="0"),
        lambda: house.fleet.console("alice"),  # type: ignore[arg-type]
        lambda: fc.Fleet.open("mongo://somewhere"),
        lambda: fc.Fleet.open("sqlite:/nowhere/fleet.db?synchronous=later"),
    ):
        with pytest.raises(fc.Invalid) as invalid:
            problem()
        assert isinstance(invalid.value, ValueError) and invalid.value.code == "invalid"


def test_a_moment_needs_a_time_zone(house: House) -> None:
    with pytest.raises(fc.Invalid, match="time zone"):
        house.fleet.gateway(datetime(2016, 3, 8))


def test_without_a_moment_each_call_happens_at_its_own_time(house: House) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    account = house.fleet.console("operator").create_account("bob@example.com")
    assert before <= account.created_at <= datetime.now(UTC)
    assert account.created_at.tzinfo is UTC


def test_moments_keep_their_milliseconds_on_both_sides_of_1970() -> None:
    for at in (datetime(1969, 12, 31, 23, 59, 59, 999000, UTC), datetime(2016, 2, 29, 12, 0, 0, 1000, UTC)):
        assert fc.Report(ids(1)[0], reported_at=at).reported_at == at


def test_a_closed_fleet_rejects_calls() -> None:
    with fc.Fleet.open("memory:") as fleet:
        console = fleet.console("operator")
    with pytest.raises(fc.StoreFailed, match="closed"):
        console.create_account("alice@example.com")
