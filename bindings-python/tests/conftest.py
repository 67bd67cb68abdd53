"""A fleet with an account and a product, as most tests need one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from fleet_core import Console, Connected, Fleet, ProductConsole, Report

NOON = datetime(2016, 3, 8, 12, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """A team's fleet."""

    fleet: Fleet
    alice: int
    product: int

    def console(self, seconds: int = 0) -> Console:
        return self.fleet.console(self.alice, NOON + timedelta(seconds=seconds))

    def thermostat(self, seconds: int = 0) -> ProductConsole:
        return self.console(seconds).product(self.product)

    def connect(self, device: str, version: int, seconds: int = 0) -> Connected:
        gateway = self.fleet.gateway(NOON + timedelta(seconds=seconds))
        return gateway.connect(Report(device, product=self.product, version=version))


@pytest.fixture
def house() -> Iterator[House]:
    with Fleet.open("memory:") as fleet:
        operator = fleet.console("operator", NOON)
        alice = operator.create_account("alice@example.com").id
        product = operator.create_product_with_id(94, alice, "Thermostat", "photon").id
        yield House(fleet, alice, product)


def ids(count: int, first: int = 1) -> list[str]:
    """The given number of device ids."""
    return [f"{0xAA << 88 | number:024x}" for number in range(first, first + count)]


def listed(devices: list[str]) -> bytes:
    """A list of them, one a line."""
    return "\n".join(devices).encode()
