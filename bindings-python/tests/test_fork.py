"""A fleet belongs to the process that opened it; a forked process opens its own, and its ids are unique."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import fleet_core as fc
import pytest
from conftest import NOON, ids, listed

SERVER = os.environ.get("FLEET_POSTGRES", "")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def url_of(kind: str, folder: Path) -> str:
    if kind == "postgres":
        if not SERVER:
            pytest.skip("FLEET_POSTGRES names no server")
        return f"{SERVER}?schema=python_{os.getpid()}_{time.monotonic_ns()}"
    return f"sqlite:{folder / 'fleet.db'}"


def in_child(act: Callable[[], str]) -> Callable[[], str]:
    """Runs a function in a forked process, and returns its output."""
    reads, writes = os.pipe()
    process = os.fork()
    if process == 0:
        signal.alarm(60)
        try:
            text = act()
        except BaseException as error:  # noqa: BLE001
            text = f"{type(error).__name__}: {error}"
        os.write(writes, text.encode())
        # Including the interpreter's shutdown.
        os.close(writes)
        sys.stdout = sys.stderr = open(os.devnull, "w")
        os._exit(0)
    os.close(writes)

    def output() -> str:
        with os.fdopen(reads) as pipe:
            answer = pipe.read()
        assert os.waitpid(process, 0)[1] == 0, answer
        return answer

    return output


def made(fleet: fc.Fleet) -> int:
    operator = fleet.console("operator", NOON)
    alice = operator.create_account("alice@example.com").id
    product = operator.create_product_with_id(94, alice, "Thermostat", "photon").id
    operator.product(product).set_tier("Medium")
    return product


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_fleet_opened_before_the_fork_rejects_calls_after_it(kind: str, tmp_path: Path) -> None:
    fleet = fc.Fleet.open(url_of(kind, tmp_path))
    product = made(fleet)
    console = fleet.console("operator", NOON)
    meter = fleet.meter(product, NOON)
    stream = console.product(product).event_stream()

    def child() -> str:
        calls: list[Callable[[], object]] = [
            lambda: console.product(product).summary(),
            lambda: console.product(product).import_devices(listed(ids(5))),
            lambda: fleet.gateway(NOON).connect(fc.Report(ids(1)[0], product=product)),
            lambda: meter.admit(),
            lambda: stream.wait(timedelta(hours=1)) and console.read_event_stream(stream),
        ]
        codes = ""
        for call in calls:
            with pytest.raises(fc.StoreFailed, match="open the fleet after the fork") as failed:
                call()
            codes += failed.value.code + " "
        fleet.close()
        return codes

    output = in_child(child)
    assert console.product(product).import_devices(listed(ids(100))).counts.imported == 100
    assert output() == "store_forked " * 5
    assert console.product(product).import_devices(listed(ids(100, 1000))).counts.imported == 100
    assert console.product(product).summary().devices == 200
    fleet.close()


@pytest.mark.parametrize("opened_before", [False, True])
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_forked_processes_generate_different_ids(kind: str, opened_before: bool, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    parent = fc.Fleet.open(url)
    product = made(parent)
    if not opened_before:
        parent.close()

    def child(me: int) -> Callable[[], str]:
        def act() -> str:
            with fc.Fleet.open(url) as fleet:
                console, meter = fleet.console("operator", NOON), fleet.meter(product, NOON)
                for turn in range(10):
                    console.product(product).import_devices(listed(ids(20, 1 + 1000 * me + 20 * turn)))
                    meter.admit()
            return "done"

        return act

    children = [in_child(child(me)) for me in range(3)]
    assert [output() for output in children] == ["done"] * 3
    if opened_before:
        parent.close()
    with fc.Fleet.open(url) as again:
        console = again.console("operator", NOON)
        assert console.product(product).summary().devices == 600
        assert console.product(product).usage().used == 30
        assert len({device.id for page in [console.product(product).devices(limit=1000)] for device in page.items}) == 600
