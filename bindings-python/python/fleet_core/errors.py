"""The exceptions: what failed, and what to do next.

Every exception is a `FleetError`. Its `code` is stable and the same in every language; its text is for people; its
class, and the attributes of the class, are for programs that branch. Unless an operation says otherwise, nothing was
changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleet_core import Audience, Command, ErrorCode, Interval, Limit, Missing, Thing


class FleetError(Exception):
    """A failure of a door."""

    code: ErrorCode
    """A stable code, the same in every language. A later release may add codes."""

    is_transient: bool = False
    """Whether the same call may succeed when retried, without any other change."""


class NotFound(FleetError, LookupError):
    """The thing does not exist, or the actor may not know that it exists."""

    what: Thing


class Forbidden(FleetError, PermissionError):
    """The actor may see the thing but may not do this to it."""

    command: Command
    needs: Audience


class Invalid(FleetError, ValueError):
    """An argument is out of its range or malformed."""

    field: str
    problem: str


class Taken(FleetError):
    """A name that must be unique is already in use."""

    what: Thing
    value: str


class LimitExceeded(FleetError):
    """A tier's limit would be exceeded."""

    limit: Limit


class UnreadableFile(FleetError, ValueError):
    """A device list cannot be read at all; the code says why."""


class Cancelled(FleetError):
    """An import was stopped. Devices already added stay; importing the same file again completes it."""

    added: int


class UploadRefused(FleetError, ValueError):
    """An uploaded binary is not this product's next firmware; the code says why."""


class NotProven(FleetError):
    """A version does not yet run on enough devices."""

    version: int
    needed: int
    running: int


class FirmwareInUse(FleetError):
    """Firmware that is or was released, or that devices are locked to."""

    version: int
    reason: str


class AlreadyInvited(FleetError):
    """The account is on the team already, or has an open invitation."""

    email: str


class Expired(FleetError):
    """Something with a limited life has expired."""

    what: Thing
    at: datetime


class OwnerStays(FleetError):
    """The owner cannot leave the team."""


class AccountLocked(FleetError):
    """An account is locked: its products can be seen but not changed. The message says what lifts the lock."""

    since: datetime


class NoSeat(FleetError):
    """The team has no free seat for the invited account."""


class Unauthenticated(FleetError):
    """The token is unknown, expired or revoked."""


class WrongCode(FleetError):
    """The code is wrong."""

    left: int | None


class Barred(FleetError):
    """There were too many wrong codes."""

    until: datetime


class NotActivated(FleetError):
    """The customer is not in the private beta yet."""


class ManufacturingStarted(FleetError):
    """Manufacturing has begun, so the configuration cannot change."""

    at: datetime


class NotReady(FleetError):
    """Something is missing before manufacturing."""

    missing: list[Missing]


class DeviceOffline(FleetError):
    """The device is not connected."""

    device: str


class CannotJoin(FleetError):
    """A device may not join the product."""

    device: str
    reason: str


class ProductIdUsed(FleetError):
    """A product's number is or was in use."""

    product: int


class QuoteExpired(FleetError):
    """A quote has expired, or the product's plan has changed since it was given."""


class RenewalUnpaid(FleetError):
    """An upgrade was requested while a renewal is unpaid."""

    product: int
    invoice: int


class RenewalDue(FleetError):
    """The period is over, and its renewal is not issued yet: advance the clock first."""

    since: datetime


class ClockLeap(FleetError):
    """The clock leapt, and nobody confirmed it."""

    last: datetime
    now: datetime
    days: int


class ChargeOpen(FleetError):
    """The request depends on a charge that has no outcome yet."""

    charge: int


class UnknownCharge(FleetError, LookupError):
    """No charge has this key."""


class ChargeFinished(FleetError):
    """The outcome of the charge was reported before, and stands."""


class CardMissing(FleetError):
    """There is no card that can be charged."""


class PriceByAgreement(FleetError):
    """The tier is not sold at this interval and in this currency."""

    tier: str
    interval: Interval


class NotAnUpgrade(FleetError, ValueError):
    """The requested change is not an upgrade."""

    problem: str


class NoPlan(FleetError):
    """The product has no paid plan."""


class StoreFailed(FleetError):
    """The store failed; the code says why, and `is_transient` whether to retry."""


class EventsMissed(FleetError):
    """A stream of events has a gap because nobody read it in time. The missing events are in the log; the loop can
    continue.
    """

    missed: int


class OtherFailure(FleetError):
    """Any other failure; the code says which."""
