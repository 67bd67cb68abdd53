"""What could not be done, and what to do next.

Every exception is a `FleetError`. Its `code` is a stable word, the same in every language; its text is for a person; its
class, and the attributes that the class names, are for programs that branch. Unless an operation says otherwise, nothing
was changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleet_core import Interval, Limit, Missing


class FleetError(Exception):
    """What a door could not do."""

    code: str = "failed"
    """A stable word, the same in every language."""

    is_transient: bool = False
    """Whether the same call may succeed when it is made again, without anything else being changed."""


class NotFound(FleetError, LookupError):
    """The thing does not exist, or the actor may not know that it does."""

    what: str


class Forbidden(FleetError, PermissionError):
    """The actor may see the thing but not do this to it."""

    command: str
    needs: str


class Invalid(FleetError, ValueError):
    """A value that was handed in is out of its range or form."""

    field: str
    problem: str


class Taken(FleetError):
    """A name that must be unique is in use."""

    what: str
    value: str


class LimitExceeded(FleetError):
    """A tier's limit would be exceeded."""

    limit: Limit


class UnreadableFile(FleetError, ValueError):
    """A device list that can't be read at all; the code says why."""


class Cancelled(FleetError):
    """An import was stopped; what was added stays, and the same file imported again completes it."""

    added: int


class UploadRefused(FleetError, ValueError):
    """An upload that is not this product's next firmware; the code says why."""


class NotProven(FleetError):
    """A version that does not run on enough devices yet."""

    version: int
    needed: int
    running: int


class FirmwareInUse(FleetError):
    """Firmware that is released, was released, or that devices are locked to."""

    version: int
    reason: str


class AlreadyInvited(FleetError):
    """The account is on the team, or was asked and has not answered."""

    email: str


class Expired(FleetError):
    """What was given for a time is no longer good."""

    what: str
    at: datetime


class OwnerStays(FleetError):
    """The owner stays on the team."""


class AccountLocked(FleetError):
    """An account is locked: the products that it owns can be seen and not changed. The message says what lifts the lock."""

    since: datetime


class NoSeat(FleetError):
    """A team has no seat for who was invited."""


class Unauthenticated(FleetError):
    """A token that is unknown, expired or revoked."""


class WrongCode(FleetError):
    """A code that is not the right one."""

    left: int | None


class Barred(FleetError):
    """Too many wrong codes."""

    until: datetime


class NotActivated(FleetError):
    """A customer who is not in the private beta yet."""


class ManufacturingStarted(FleetError):
    """Manufacturing has begun: the configuration stays as it is."""

    at: datetime


class NotReady(FleetError):
    """What is missing before manufacturing."""

    missing: list[Missing]


class DeviceOffline(FleetError):
    """The device is not connected."""

    device: str


class CannotJoin(FleetError):
    """A device that may not join the product."""

    device: str
    reason: str


class ProductIdUsed(FleetError):
    """A product's number that is or was in use."""

    product: int


class QuoteExpired(FleetError):
    """A quote that no longer holds, or that the product's plan has changed since."""


class RenewalUnpaid(FleetError):
    """An upgrade while a renewal is unpaid."""

    product: int
    invoice: int


class RenewalDue(FleetError):
    """The period is over and its renewal has not been issued yet: advance the clock first."""

    since: datetime


class ClockLeap(FleetError):
    """The clock leaps, and nobody confirmed it."""

    last: datetime
    now: datetime
    days: int


class ChargeOpen(FleetError):
    """A charge has no outcome yet that what was asked for depends on."""

    charge: int


class UnknownCharge(FleetError, LookupError):
    """No charge has this key."""


class ChargeFinished(FleetError):
    """The outcome of the charge was told before, and counts."""


class CardMissing(FleetError):
    """There is no card that can be charged."""


class PriceByAgreement(FleetError):
    """The tier is not sold at this interval and in this currency."""

    tier: str
    interval: Interval


class NotAnUpgrade(FleetError, ValueError):
    """What was asked for is not an upgrade."""

    problem: str


class NoPlan(FleetError):
    """The product pays for nothing."""


class StoreFailed(FleetError):
    """The store could not do its part; the code says why, and `is_transient` whether to try again."""


class EventsMissed(FleetError):
    """A stream of events has a gap: nobody read it in time. The events are in the log; the walk can be gone on with."""

    missed: int


class OtherFailure(FleetError):
    """Anything else; the code says what."""
