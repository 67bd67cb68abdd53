"""Long imports report their progress and can be stopped."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import fleet_core as fc
import pytest
from conftest import House, ids, listed

MANY = listed(ids(20_000))


@pytest.fixture
def large(house: House) -> House:
    house.fleet.console("operator").product(house.product).set_tier("Enterprise")
    return house


def test_an_import_reports_its_progress(large: House) -> None:
    reports: list[fc.ImportProgress] = []
    report = large.thermostat().import_watched(MANY, progress=reports.append)
    assert report.counts.imported == 20_000
    assert [one.added for one in reports] == [8192, 16384, 20_000] and reports[0].to_add == 20_000


def test_a_token_stops_an_import_and_the_same_list_completes_it(large: House) -> None:
    stop = threading.Event()
    with pytest.raises(fc.Cancelled) as cancelled:
        large.thermostat().import_watched(MANY, progress=lambda _: stop.set(), cancel=stop)
    assert cancelled.value.added == 8192
    assert large.thermostat().summary().devices == 8192
    report = large.thermostat().import_devices(MANY)
    assert (report.counts.imported, report.counts.already_here) == (20_000 - 8192, 8192)


def test_ctrl_c_stops_an_import(large: House) -> None:
    def interrupted(status: fc.ImportProgress) -> None:
        signal.raise_signal(signal.SIGINT)

    # A shell that runs tests in the background may make them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            large.thermostat().import_watched(MANY, progress=interrupted)
    finally:
        signal.signal(signal.SIGINT, before)
    assert large.thermostat().summary().devices == 8192


def test_ctrl_c_stops_an_import_without_a_watcher_and_the_wait_for_a_plan(large: House) -> None:
    thermostat, many = large.thermostat(), listed(ids(300_000))
    main = threading.get_ident()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for work in (thermostat.import_devices, thermostat.plan_import):
            pressed = threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT))
            pressed.start()
            with pytest.raises(KeyboardInterrupt):
                work(many)
    finally:
        signal.signal(signal.SIGINT, before)
    assert thermostat.summary().devices < 300_000


def test_an_exception_of_progress_at_the_last_report_is_raised(house: House) -> None:
    def raising(status: fc.ImportProgress) -> None:
        if status.added == status.to_add:
            raise LookupError("at the end")

    for count in (1, 25):
        with pytest.raises(LookupError, match="at the end"):
            house.thermostat().import_watched(listed(ids(count)), progress=raising)
        assert house.thermostat().summary().devices == count


def test_an_exception_of_progress_stops_the_import_and_is_raised(large: House) -> None:
    def raising(status: fc.ImportProgress) -> None:
        raise LookupError("no such page")

    with pytest.raises(LookupError, match="no such page"):
        large.thermostat().import_watched(MANY, progress=raising)


def test_pages_are_iterated_to_their_end(house: House) -> None:
    house.thermostat().import_devices(listed(ids(25)))
    assert [device.id for device in fc.each(house.thermostat().devices, limit=10)] == ids(25)
    assert [device.id for device in fc.each(house.thermostat().devices, after=ids(25)[22])] == ids(25)[23:]
    assert [device.id for device in fc.each(house.thermostat().devices, online=True)] == []


def test_a_log_is_iterated_from_its_end(house: House) -> None:
    [device] = ids(1)
    house.thermostat().import_devices(listed([device]))
    for number in range(5):
        house.fleet.gateway().publish(fc.NewEvent(device, f"event {number}", product=house.product))
    walked = [event.name for event in fc.each(house.thermostat().events, limit=2)]
    assert walked == [f"event {number}" for number in reversed(range(5))]


def test_a_fleet_in_a_file_can_be_reopened(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'fleet.db'}"
    with fc.Fleet.open(url) as fleet:
        alice = fleet.console("operator").create_account("alice@example.com")
        fleet.console(alice.id).create_product("Thermostat", "photon")
    with fc.Fleet.open(url) as fleet:
        [product] = fleet.console(alice.id).products()
        assert (product.name, product.owner) == ("Thermostat", alice.id)


def test_other_threads_run_while_the_core_works(large: House) -> None:
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1

    other = threading.Thread(target=count)
    other.start()
    large.thermostat().plan_import(MANY)
    done.set()
    other.join()
    assert counted > 0
