"""Events: published, logged, forwarded, followed, streamed and metered."""

from __future__ import annotations

from datetime import timedelta

import fleet_core as fc
import pytest
from conftest import NOON, House, ids, listed


@pytest.fixture
def device(house: House) -> str:
    [device] = ids(1)
    house.thermostat().import_devices(listed([device]))
    return device


def test_an_event_is_logged_and_forwarded(house: House, device: str) -> None:
    hook = house.thermostat().subscribe(fc.Webhook("https://example.com/?key=s3cret"), prefix="door/")
    assert "s3cret" not in repr(hook) and isinstance(hook.to, fc.Webhook) and "s3cret" in hook.to.url
    gateway = house.fleet.gateway(NOON)
    match gateway.publish(fc.NewEvent(device, "door/front", "open", id="17")):
        case fc.EventLogged(product=94, deliveries=[fc.Delivery(subscription=subscription)], duplicate=False):
            assert subscription == hook.id
        case other:
            pytest.fail(f"{other}")
    again, stranger = gateway.publish_many([fc.NewEvent(device, "door/front", "open", id="17"), fc.NewEvent(ids(2)[1], "x")])
    assert isinstance(again, fc.EventLogged) and again.duplicate
    assert stranger == stranger and isinstance(stranger, fc.EventOfPersonalDevice)
    [event] = house.thermostat().events(device=device, prefix="door").items
    assert (event.name, event.data, event.id, event.origin, event.matched) == ("door/front", "open", "17", "member", [hook.id])


def test_a_log_is_followed_and_streamed(house: House, device: str) -> None:
    console = house.console()
    thermostat = console.product(house.product)
    start = thermostat.follow_events().next
    stream = thermostat.event_stream()
    assert not stream.wait(timedelta(0))
    house.fleet.gateway(NOON).publish(fc.NewEvent(device, "crash", error_kind="stack overflow"))
    assert stream.wait(timedelta(seconds=10))
    [streamed] = console.read_event_stream(stream).items
    followed = thermostat.follow_events(after=start)
    assert followed.items == [streamed] and followed.missed == 0
    [error] = thermostat.device_errors()
    assert (error.kind, error.count, error.device) == ("stack overflow", 1, device)


def test_a_reader_goes_on_after_the_event_that_it_saw_last(house: House, device: str) -> None:
    console = house.console()
    thermostat = console.product(house.product)
    start = thermostat.follow_events().next
    stream = thermostat.event_stream()
    gateway = house.fleet.gateway(NOON)
    gateway.publish_many([fc.NewEvent(device, f"n/{number}") for number in range(5)])
    followed = thermostat.follow_events(after=start).items
    listed_events = thermostat.events().items[::-1]
    for seen in (followed, console.read_event_stream(stream).items, listed_events):
        gateway.publish(fc.NewEvent(device, "later"))
        for index, event in enumerate(seen):
            rest = thermostat.follow_events(after=event.cursor).items
            assert [one.sequence for one in rest[: len(seen) - index - 1]] == [one.sequence for one in seen[index + 1 :]]
            assert {one.name for one in rest[len(seen) - index - 1 :]} == {"later"}
    with pytest.raises(fc.Invalid, match="give the `cursor` of an event"):
        thermostat.follow_events(after="0" * 10_000)


def test_a_delivery_carries_all_that_is_needed_to_send_it(house: House, device: str) -> None:
    hook = house.thermostat().subscribe(fc.Webhook("https://example.com/?key=s3cret"))
    gateway = house.fleet.gateway(NOON)
    published = gateway.publish(fc.NewEvent(device, "door", "open", id="17"))
    assert isinstance(published, fc.EventLogged) and "s3cret" not in repr(published)
    [delivery] = published.deliveries
    assert delivery.to == hook.to
    assert (delivery.device, delivery.name, delivery.data, delivery.id) == (device, "door", "open", "17")
    assert delivery.at == published.at
    house.thermostat().unsubscribe(hook.id)
    again = gateway.publish(fc.NewEvent(device, "door", "open", id="17"))
    assert isinstance(again, fc.EventLogged) and again.deliveries[0].to is None


def test_messages_are_metered(house: House) -> None:
    meter = house.fleet.meter(house.product, NOON)
    assert meter.admit() and meter.admit_many(9) == 9
    assert house.thermostat().usage().used == 10
    assert meter.admit_many(1_000_000) == 250_000 - 10 and not meter.admit()
    subjects = [notice.subject for notice in house.fleet.pending_notices().items]
    assert any(isinstance(subject, fc.UsageLimitReachedNotice) for subject in subjects)
    house.fleet.settle_usage(NOON)
    assert house.thermostat().usage().reserved == 0


def test_an_invalid_event_is_rejected_at_its_construction(device: str) -> None:
    for name, data in (("", ""), ("x", "y" * 1025), ("a\nb", "")):
        with pytest.raises(fc.Invalid):
            fc.NewEvent(device, name, data)
    with pytest.raises(fc.Invalid):
        fc.NewEvent("55", "x")
