"""The asyncio API: the event loop never waits for the store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from datetime import timedelta

import fleet_core as fc
import pytest
from conftest import NOON, ids, listed
from fleet_core import aio
from fleet_core.store import Row
from test_store import DictStore


def test_the_doors_are_awaitable() -> None:
    async def day() -> None:
        async with await aio.Fleet.open("memory:") as fleet:
            alice = await fleet.console("operator", NOON).create_account("alice@example.com")
            console = fleet.console(alice.id, NOON)
            product = await console.create_product("Thermostat", "photon")
            thermostat = console.product(product.id)
            await thermostat.import_devices(listed(ids(25)))
            connected = await fleet.gateway(NOON).connect(fc.Report(ids(1)[0], product=product.id))
            assert isinstance(connected.answer, fc.UpToDate)
            walked = [device.id async for device in aio.each(thermostat.devices, limit=10)]
            assert walked == ids(25)
            with pytest.raises(fc.NotFound):
                await console.product(1).get()
        with pytest.raises(fc.StoreFailed):
            await console.products()

    asyncio.run(day())


def test_the_event_loop_runs_while_a_call_waits() -> None:
    opened, asked, go_on = threading.Event(), threading.Event(), threading.Event()

    class Slow(DictStore):
        def get(self, keys: Sequence[bytes]) -> Iterable[Row | None]:
            if opened.is_set():
                asked.set()
                assert go_on.wait(10)
            return super().get(keys)

    async def day() -> None:
        fleet = await aio.Fleet.open(Slow())
        opened.set()
        made = asyncio.create_task(fleet.console("operator").create_account("alice@example.com"))
        while not asked.is_set():
            await asyncio.sleep(0.001)
        # This runs while the call waits for the store.
        go_on.set()
        assert (await made).email == "alice@example.com"

    asyncio.run(day())


def test_a_cancelled_task_stops_its_import() -> None:
    async def day() -> None:
        fleet = await aio.Fleet.open("memory:")
        alice = await fleet.console("operator").create_account("alice@example.com")
        product = await fleet.console(alice.id).create_product("Thermostat", "photon")
        await fleet.console("operator").product(product.id).set_tier("Enterprise")
        begun = asyncio.Event()
        work = asyncio.create_task(
            fleet.console(alice.id).product(product.id).import_watched(listed(ids(200_000)), progress=lambda _: begun.set())
        )
        await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        added = 0
        while added < (added := (await fleet.console(alice.id).product(product.id).summary()).devices):
            await asyncio.sleep(0.1)
        assert 0 < added < 200_000

    asyncio.run(day())


def test_events_are_iterated_as_they_arrive_and_messages_are_metered() -> None:
    async def day() -> None:
        async with await aio.Fleet.open("memory:") as fleet:
            alice = await fleet.console("operator", NOON).create_account("alice@example.com")
            console = fleet.console(alice.id, NOON)
            product = await console.create_product("Thermostat", "photon")
            thermostat = console.product(product.id)
            [device] = ids(1)
            await thermostat.import_devices(listed([device]))
            stream = await thermostat.event_stream()
            assert not await stream.wait(timedelta(0))

            async def walked() -> list[str]:
                names = []
                async for event in stream:
                    names.append(event.name)
                    if len(names) == 3:
                        break
                return names

            walk = asyncio.create_task(walked())
            for name in ("one", "two", "three"):
                await fleet.gateway(NOON).publish(fc.NewEvent(device, name, product=product.id))
            assert await walk == ["one", "two", "three"]
            followed = await thermostat.follow_events(after=stream.start)
            assert [event.name for event in followed.items] == ["one", "two", "three"]
            await fleet.gateway(NOON).publish(fc.NewEvent(device, "four", product=product.id))
            assert await stream.wait(timedelta(seconds=10))
            assert [event.name for event in (await console.read_event_stream(stream, limit=1)).items] == ["four"]

            meter = await fleet.meter(product.id, NOON)
            assert await meter.admit() and await meter.admit_many(9) == 9
            assert (await thermostat.usage()).used == 10

    asyncio.run(day())


def test_waiting_for_events_does_not_block_the_store() -> None:
    async def day() -> None:
        async with await aio.Fleet.open("memory:") as fleet:
            alice = await fleet.console("operator", NOON).create_account("alice@example.com")
            console = fleet.console(alice.id, NOON)
            product = await console.create_product("Thermostat", "photon")
            thermostat = console.product(product.id)
            [device] = ids(1)
            await thermostat.import_devices(listed([device]))
            streams = [await thermostat.event_stream() for _ in range(64)]
            waiting = [asyncio.create_task(stream.wait(timedelta(seconds=20))) for stream in streams]
            await asyncio.sleep(0)
            await fleet.gateway(NOON).publish(fc.NewEvent(device, "at last", product=product.id))
            assert all(await asyncio.gather(*waiting))

    asyncio.run(day())
