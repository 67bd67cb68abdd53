"""Measures the hot operations through Python for `cargo xtask bench`, which compares them with Rust. Reads an
operation's name on each line, runs one round, and writes a line with the nanoseconds of one operation.

    python bench.py DEVICES
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from time import perf_counter_ns

import fleet_core as fc

NOON = datetime(2016, 3, 8, 12, tzinfo=UTC)
BATCH = 1024


class Fleet:
    """A fleet in memory, whose devices reconnect in random order, each in a new session."""

    def __init__(self, count: int) -> None:
        self.random = random.Random(7)
        self.devices = [f"{self.random.getrandbits(96):024x}" for _ in range(count)]
        self.session = 0
        fleet = fc.Fleet.open("memory:", tiers=[fc.Tier("All")])
        alice = fleet.console("operator", NOON).create_account("alice@example.com").id
        console = fleet.console(alice, NOON)
        self.product = console.create_product("Thermostat", "photon").id
        console.product(self.product).import_devices("\n".join(self.devices).encode())
        self.gateway = fleet.gateway(NOON)
        # Each device connects once beforehand, so that its row is as on any later day.
        self.gateway.connect_many(self.reports(self.devices))

    def reports(self, devices: list[str]) -> list[fc.Report]:
        self.session += 1
        return [
            fc.Report(device, product=self.product, version=1, session=self.session, reported_at=NOON)
            for device in devices
        ]

    def round(self, operation: str) -> float:
        reports = self.reports(self.random.sample(self.devices, min(BATCH, len(self.devices))))
        connect = self.gateway.connect
        begin = perf_counter_ns()
        if operation == "connect":
            for report in reports:
                connect(report)
        elif operation == "connect_many":
            self.gateway.connect_many(reports)
        else:
            raise ValueError(f"there is no measurement of {operation}")
        return (perf_counter_ns() - begin) / len(reports)


def main() -> None:
    fleet = Fleet(int(sys.argv[1]))
    for line in sys.stdin:
        print(fleet.round(line.strip()), flush=True)


if __name__ == "__main__":
    main()
