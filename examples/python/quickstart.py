"""A fleet's first day in Python: a messy list of devices, two firmwares, one of which is proven and released.

    pip install fleet-core       # or the wheel that `cargo xtask test --lang python` leaves in target/python/wheels
    python quickstart.py [FOLDER]

A few lines replace the sockets of a real host; the library makes every decision, and each is printed with its rule
(`R-…`). `examples/quickstart.rs` shows the full day.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_never

from fleet_core import (
    Connected,
    Decision,
    Fleet,
    FleetError,
    Held,
    ImportLine,
    NotProven,
    ReleaseChange,
    Report,
    Update,
    UploadRefused,
    UpToDate,
    each,
)

DATA = Path(__file__).parents[1] / "data"


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of 8 March 2016. A host leaves `now` out, which means the present."""
    return datetime(2016, 3, 8, hour, minute, tzinfo=UTC)


def run(folder: Path) -> None:
    with Fleet.open(f"sqlite:{folder / 'fleet.db'}") as fleet:
        operator = fleet.console("operator", at(9))
        alice = operator.create_account("alice@example.com")
        # The number is already compiled into the firmware, so it is given and not generated.
        product = operator.create_product_with_id(94, alice.id, "Thermostat", "photon").id
        devices = import_devices(fleet, alice.id, product)
        upload(fleet, alice.id, product)
        prove(fleet, alice.id, product, devices[0])
        release(fleet, alice.id, product)
        connect(fleet, devices)
        count(fleet, alice.id, product)


def import_devices(fleet: Fleet, alice: int, product: int) -> list[str]:
    print("\nImporting examples/data/devices.csv")
    thermostat = fleet.console(alice, at(9, 10)).product(product)
    report = thermostat.import_devices((DATA / "devices.csv").read_bytes())
    devices = []
    for line in report.lines:
        match line:
            case ImportLine(verdict="imported", device=str(device)):
                devices.append(device)
            case _:
                print(f"  line {line.line:>2}  {line.message}")
    print(f"  {report.counts.imported} imported, {report.counts.refused} refused")
    return devices


def upload(fleet: Fleet, alice: int, product: int) -> None:
    print("\nUploading firmware")
    thermostat = fleet.console(alice, at(9, 20)).product(product)
    first, second = (DATA / f"photon_p94_v{number}.bin" for number in (1, 2))
    thermostat.upload(1, "First of all", first.read_bytes())
    try:
        thermostat.upload(3, "Quieter at night", second.read_bytes())
    except UploadRefused as refused:
        print(f"  {refused.code}: {refused}")
    firmware = thermostat.upload(2, "Quieter at night", second.read_bytes())
    print(f"  accepted: version {firmware.version}, {firmware.image.size} bytes of {firmware.image.format}")
    try:
        thermostat.release(2)
    except NotProven as refused:
        print(f"  cannot be released, runs on {refused.running} of {refused.needed}: {refused}")


def prove(fleet: Fleet, alice: int, product: int, bench: str) -> None:
    print("\nProving version 2 on the test device")
    fleet.gateway(at(10)).connect(Report(bench, product=product, version=1, platform="photon"))
    decision = fleet.console(alice, at(10, 30)).product(product).device(bench).lock(2, "now")
    print(f"  {describe(decision)}")
    # Here the host sends the file. Only what the device reports on its next connect counts as success.
    back = fleet.gateway(at(10, 32)).connect(Report(bench, product=product, version=2))
    if back.outcome is not None:
        print(f"  the update {back.outcome.result}")


def release(fleet: Fleet, alice: int, product: int) -> None:
    thermostat = fleet.console(alice, at(11)).product(product)
    ways = thermostat.dry_run(ReleaseChange(2)).by_change
    thermostat.release(2)
    print(f"\nReleased version 2, which {ways.total} more devices will be sent")


def connect(fleet: Fleet, devices: list[str]) -> None:
    print("\nThe fleet connects, and a stranger")
    reports = [Report(device, product=94, version=1, platform="photon") for device in devices[1:]]
    reports.append(Report("330030000f47353136383631", product=94, version=1))
    answers: list[Connected] = fleet.gateway(at(12)).connect_many(reports)
    for what, often in Counter(describe(connected.answer) for connected in answers).items():
        print(f"  {often:>2}  {what}")


def describe(decision: Decision) -> str:
    """Every kind of answer: a type checker reports a missing one."""
    match decision:
        case Update(directive=directive, cites=rule):
            return f"send {directive.version}, {directive.sha256[:8]}… ({rule})"
        case UpToDate(why=why) | Held(why=why):
            return why
        case _:
            assert_never(decision)


def count(fleet: Fleet, alice: int, product: int) -> None:
    thermostat = fleet.console(alice, at(18)).product(product)
    summary = thermostat.summary()
    print(f"\nThe day in numbers: {summary.devices} devices, {summary.online} online, {summary.pending} being updated")
    for device in each(thermostat.devices, pending=False, online=True):
        print(f"  {device.id} runs {device.seen.version if device.seen else '?'}")
    for notice in fleet.pending_notices().items:
        print(f"  notice: {notice.subject}")
        fleet.acknowledge(notice.key)


if __name__ == "__main__":
    try:
        run(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="fleet-quickstart-")))
    except FleetError as error:
        sys.exit(f"{error.code}: {error}")
