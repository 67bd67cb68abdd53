"""Billing: quotes, charges, invoices, and advances of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import fleet_core as fc
import pytest
from conftest import NOON, House, ids, listed


def test_an_upgrade_is_quoted_charged_and_billed(house: House) -> None:
    owner = house.console()
    thermostat = owner.product(house.product)
    quote = thermostat.quote_upgrade("Small", "monthly")
    assert quote.due.currency == "USD" and quote.due.minor > 0
    with pytest.raises(fc.CardMissing):
        thermostat.upgrade(quote.quote)
    owner.set_card("tok_s3cret", brand="visa", last_four="4242", expires="2017-12")
    charge = thermostat.upgrade(quote.quote).charge
    assert charge is not None and charge.amount == quote.due and isinstance(charge.purpose, fc.UpgradeCharge)
    assert "s3cret" not in repr(charge) and charge.card is not None and charge.card.token == "tok_s3cret"
    assert list(fc.each(house.fleet.pending_charges)) == [charge]
    house.fleet.clock(NOON).charge_outcome(charge.key, "succeeded")
    with pytest.raises(fc.ChargeFinished):
        house.fleet.clock(NOON).charge_outcome(charge.key, "succeeded")
    status = thermostat.billing_status()
    assert (status.tier, status.interval, status.card and status.card.expires) == ("Small", "monthly", "2017-12")
    [invoice] = thermostat.invoices().items
    assert (invoice.total, invoice.status, invoice.reason) == (quote.due, "settled", "upgrade")


def test_an_advance_renews_a_plan(house: House) -> None:
    house.console().set_card("tok", brand="visa", last_four="4242", expires="2017-12")
    house.fleet.console("operator", NOON).product(house.product).agree_price("Medium", "monthly", fc.Money(100, "USD"))
    quote = house.thermostat().quote_upgrade("Medium", "monthly")
    charge = house.thermostat().upgrade(quote.quote).charge
    assert charge is not None and charge.amount == quote.due
    house.fleet.clock(NOON).charge_outcome(charge.key, "succeeded")
    later = house.fleet.clock(datetime(2016, 4, 9, tzinfo=UTC))
    assert house.product in {due.product for due in later.due()}
    assert later.advance().done > 0 and not later.advance().more
    [renewal] = house.fleet.pending_charges().items
    assert isinstance(renewal.purpose, fc.RenewalCharge) and renewal.amount == fc.Money(100, "USD")


def test_the_platform_chooses_how_long_a_quote_is_valid() -> None:
    with fc.Fleet.open("memory:", quote_life=timedelta(minutes=1)) as fleet:
        alice = fleet.console("operator", NOON).create_account("alice@example.com").id
        product = fleet.console(alice, NOON).create_product("Thermostat", "photon").id
        quote = fleet.console(alice, NOON).product(product).quote_upgrade("Small", "monthly")
        assert quote.expires_at - quote.at == timedelta(minutes=1)
        with pytest.raises(fc.QuoteExpired):
            fleet.console(alice, NOON + timedelta(minutes=1)).product(product).upgrade(quote.quote)
    with pytest.raises(fc.Invalid):
        fc.Fleet.open("memory:", quote_life=timedelta(seconds=1))


@pytest.mark.parametrize("held", [True, False])
def test_the_platform_chooses_whether_a_locked_owners_devices_are_held(held: bool) -> None:
    with fc.Fleet.open("memory:", hold_locked=held) as fleet:
        alice = fleet.console("operator", NOON).create_account("alice@example.com").id
        product = fleet.console(alice, NOON).create_product("Thermostat", "photon").id
        thermostat, [device] = fleet.console(alice, NOON).product(product), ids(1)
        thermostat.import_devices(listed([device]))
        thermostat.set_policy(opaque_images=True, gate_devices=0, gate_soak_millis=0)
        thermostat.upload(2, "Quieter", b"opaque firmware")
        thermostat.release(2)
        fleet.console("operator", NOON).lock_account(alice)
        match fleet.gateway(NOON).connect(fc.Report(device, product=product, version=1)).answer:
            case fc.Held(reason="owner_locked", since=since, cites="R-PAY-5"):
                assert held and since == NOON
            case answer:
                assert not held and isinstance(answer, fc.Update), answer
