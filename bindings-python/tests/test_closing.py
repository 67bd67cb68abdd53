"""Closing waits for calls and cuts none off before a deadline; a waiting call can be cancelled."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import fleet_core as fc
import pytest
from conftest import NOON, House, ids, listed
from fleet_core import aio
from fleet_core.store import Row
from test_store import DictStore


def large(house: House) -> fc.ProductConsole:
    house.fleet.console("operator", NOON).product(house.product).set_tier("Enterprise")
    return house.thermostat()


def test_a_close_waits_for_a_running_import(house: House) -> None:
    thermostat = large(house)
    begun = threading.Event()

    def close() -> None:
        assert begun.wait(60)
        house.fleet.close()

    closing = threading.Thread(target=close)
    closing.start()
    report = thermostat.import_watched(listed(ids(60_000)), progress=lambda _: begun.set())
    assert report.counts.imported == 60_000
    closing.join()
    with pytest.raises(fc.StoreFailed, match="closed"):
        thermostat.summary()


def test_a_close_from_within_a_call_does_not_wait_for_that_call(house: House) -> None:
    thermostat = large(house)
    seen = []

    def progress(status: fc.ImportProgress) -> None:
        house.fleet.close()
        seen.append(thermostat.summary().devices)

    report = thermostat.import_watched(listed(ids(30_000)), progress=progress)
    assert report.counts.imported == 30_000 and seen
    with pytest.raises(fc.StoreFailed, match="closed"):
        thermostat.summary()


def test_a_close_has_a_deadline_after_which_calls_are_cut_off() -> None:
    opened, asked, go_on = threading.Event(), threading.Event(), threading.Event()

    class Slow(DictStore):
        def get(self, keys: Sequence[bytes]) -> Iterable[Row | None]:
            if opened.is_set():
                asked.set()
                assert go_on.wait(60)
            return super().get(keys)

    fleet = fc.Fleet.open(Slow())
    opened.set()
    with ThreadPoolExecutor() as threads:
        made = threads.submit(fleet.console("operator").create_account, "alice@example.com")
        assert asked.wait(60)
        assert not fleet.close_within(timedelta(milliseconds=20))
        go_on.set()
        with pytest.raises(fc.StoreFailed, match="closed"):
            made.result()
    assert fleet.close_within(timedelta(seconds=60))
    fleet.close()
    with pytest.raises(fc.Invalid):
        fleet.close_within(timedelta(seconds=-1))


def test_asyncio_calls_made_before_a_close_finish() -> None:
    async def day() -> None:
        fleet = await aio.Fleet.open("memory:", executor=ThreadPoolExecutor(1))
        alice = await fleet.console("operator", NOON).create_account("alice@example.com")
        console = fleet.console(alice.id, NOON)
        product = await console.create_product("Thermostat", "photon")
        await fleet.console("operator", NOON).product(product.id).set_tier("Enterprise")
        await console.product(product.id).import_devices(listed(ids(400)))
        gateway = fleet.gateway(NOON)
        made = [asyncio.ensure_future(gateway.connect(fc.Report(device, product=product.id))) for device in ids(400)]
        await asyncio.sleep(0)
        await fleet.close()
        assert all(isinstance(connected.answer, fc.UpToDate) for connected in await asyncio.gather(*made))

    asyncio.run(day())


def test_an_import_raises_what_its_watcher_raises(house: House) -> None:
    class Mine(Exception):
        pass

    def progress(status: fc.ImportProgress) -> None:
        raise Mine

    class Unset:
        def is_set(self) -> bool:
            raise Mine

    thermostat = large(house)
    with pytest.raises(Mine):
        thermostat.import_watched(listed(ids(40_000)), progress=progress)
    with pytest.raises(Mine):
        thermostat.import_watched(listed(ids(40_000)), cancel=Unset())

    async def day() -> None:
        fleet = await aio.Fleet.open("memory:")
        alice = await fleet.console("operator").create_account("alice@example.com")
        product = await fleet.console(alice.id).create_product("Thermostat", "photon")
        await fleet.console("operator").product(product.id).set_tier("Enterprise")
        with pytest.raises(Mine):
            await fleet.console(alice.id).product(product.id).import_watched(listed(ids(40_000)), progress=progress)

    asyncio.run(day())


def test_a_stream_that_is_read_too_late_reports_a_gap_and_continues() -> None:
    async def day() -> None:
        async with await aio.Fleet.open("memory:") as fleet:
            alice = await fleet.console("operator", NOON).create_account("alice@example.com")
            console = fleet.console(alice.id, NOON)
            product = await console.create_product("Thermostat", "photon")
            await console.product(product.id).import_devices(listed(ids(1)))
            stream = await console.product(product.id).event_stream()
            events = [fc.NewEvent(ids(1)[0], f"n/{number}", product=product.id) for number in range(1000)]
            await fleet.gateway(NOON).publish_many(events)
            await fleet.gateway(NOON).publish_many(events)
            with pytest.raises(fc.EventsMissed) as gap:
                async for _ in stream:
                    pass
            assert (gap.value.missed, gap.value.code) == (2000 - 1024, "events_missed")
            names = []
            async for event in stream:
                names.append(event.name)
                if len(names) == 1024:
                    break

    asyncio.run(day())


def test_thousands_wait_for_events_without_a_thread_and_can_be_cancelled() -> None:
    async def day() -> None:
        async with await aio.Fleet.open("memory:") as fleet:
            alice = await fleet.console("operator", NOON).create_account("alice@example.com")
            console = fleet.console(alice.id, NOON)
            product = await console.create_product("Thermostat", "photon")
            await console.product(product.id).import_devices(listed(ids(1)))
            streams = [await console.product(product.id).event_stream() for _ in range(600)]
            threads = threading.active_count()
            waiting = [asyncio.create_task(stream.wait(timedelta(hours=1))) for stream in streams]
            await asyncio.sleep(0.01)
            assert threading.active_count() == threads
            waiting[0].cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting[0]
            assert not await streams[0].wait(timedelta(milliseconds=1))
            await fleet.gateway(NOON).publish(fc.NewEvent(ids(1)[0], "at last", product=product.id))
            assert all(await asyncio.gather(*waiting[1:]))
            waits = asyncio.create_task(streams[1].wait(timedelta(hours=1)))
            await console.read_event_stream(streams[2])
            assert await waits
            with pytest.raises(fc.Invalid):
                await streams[0].wait(1)  # type: ignore[arg-type]

    asyncio.run(day())


def test_a_cancelled_query_ends(tmp_path: Path) -> None:
    """Without the cancellation, it would run for ten seconds, the most that a query may."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    async def day() -> None:
        fleet = await aio.Fleet.open(f"sqlite:{tmp_path / 'fleet.db'}")
        querying = asyncio.create_task(fleet.query(endless))
        await asyncio.sleep(0.1)
        querying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await querying
        # Closing waits for the calls that still run.
        assert await fleet.close_within(timedelta(seconds=4))

    asyncio.run(day())


def test_ctrl_c_cancels_a_query(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    fleet = fc.Fleet.open(f"sqlite:{tmp_path / 'fleet.db'}")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        pressed = threading.Timer(0.1, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
        pressed.start()
        with pytest.raises(KeyboardInterrupt):
            fleet.query(endless)
    finally:
        signal.signal(signal.SIGINT, before)
    assert fleet.close_within(timedelta(seconds=4))


def test_long_calls_do_not_delay_short_ones() -> None:
    async def day() -> None:
        async with await aio.Fleet.open("memory:") as fleet:
            alice = await fleet.console("operator", NOON).create_account("alice@example.com")
            console = fleet.console(alice.id, NOON)
            product = await console.create_product("Thermostat", "photon")
            plans = [asyncio.create_task(console.product(product.id).plan_import(listed(ids(10_000)))) for _ in range(40)]
            await asyncio.sleep(0)
            await fleet.gateway(NOON).connect(fc.Report(ids(1)[0], product=product.id))
            assert not all(plan.done() for plan in plans)
            await asyncio.gather(*plans)

    asyncio.run(day())


def test_ctrl_c_ends_a_wait_for_events() -> None:
    program = """
import signal, fleet_core as fc
from datetime import timedelta
signal.signal(signal.SIGINT, signal.default_int_handler)
fleet = fc.Fleet.open("memory:")
alice = fleet.console("operator").create_account("alice@example.com").id
product = fleet.console(alice).create_product("Thermostat", "photon").id
stream = fleet.console(alice).product(product).event_stream()
print("waiting", flush=True)
try:
    stream.wait(timedelta(hours=1))
except KeyboardInterrupt:
    print("over", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "waiting\n"
        time.sleep(0.2)
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "over\n"
