"""The same fleet for asyncio. Written by `stubs.py`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from os import PathLike
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from fleet_core import Page
from fleet_core._native import Account, AccountBilling, Advanced, AuditPage, BetaGuest, BetaGuestPage, BetaReport, BillingStatus, ChargePage, ClaimCode, Configuration, Connected, Customer, CustomerDevice, CustomerPage, CustomerSession, Device, DeviceError, DeviceIdPage, DevicePage, DryRun, Due, Event, EventPage, Firmware, FollowedEvents, ImportProgress, ImportReport, Invitation, Invoice, InvoicePage, IssuedToken, Missing, Money, NewEvent, NoticePage, Product, Quote, ReceivedInvitation, Report, StreamedEvents, Subscription, Summary, Team, Tier, Upgrade, Usage
from fleet_core._types import AuthenticationChoice, Cancel, Change, ChargeOutcome, ConfigurationAnswer, Decision, Destination, Identity, Interval, Published, Scope, Standing, UpdateProgress
from fleet_core.store import Store

__all__ = ["Clock", "Console", "EventStream", "Fleet", "Gateway", "Meter", "Portal", "each"]

_Item = TypeVar("_Item")

def each(
    list_page: Callable[..., Awaitable[Page[_Item]]], *arguments: Any, **keywords: Any
) -> AsyncIterator[_Item]:
    """Iterates over every item of a paged list, reading pages as needed."""

class EventStream:
    def __aiter__(self) -> AsyncIterator[Event]: ...
    @property
    def start(self) -> str:
        """The end of the log when the stream was opened: a cursor for `follow_events`."""
    async def wait(self, at_most: timedelta) -> bool:
        """Blocks until there is something to read or this time has passed. Returns whether there is something to read. Ctrl-C ends the wait."""

class Console:
    async def quote_upgrade(self, product: int, tier: str, interval: Interval) -> Quote:
        """Quotes what it costs to move to a tier, at an interval, now."""
    async def upgrade(self, product: int, quote: str) -> Upgrade:
        """Accepts a quote. Returns the charge that the upgrade waits for, or its invoice if there is nothing to charge."""
    async def switch_interval(self, product: int, interval: Interval) -> None:
        """Changes the interval from the next renewal on."""
    async def set_currency(self, product: int, currency: str) -> None:
        """Sets the currency in which a product is billed, before its first invoice."""
    async def set_card(self, token: str, *, brand: str, last_four: str, expires: str) -> None:
        """Puts a card on the actor's file, after the payment provider accepted it. `expires` is the last month in which it is valid, such as `2017-12`."""
    async def remove_card(self) -> None:
        """Removes the card from the actor's file."""
    async def billing_status(self, product: int) -> BillingStatus:
        """Returns the state of a product's billing."""
    async def invoices(self, product: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """Lists a product's invoices, newest first."""
    async def cancel_plan(self, product: int) -> Invoice:
        """Ends a product's plan and returns the credit note. An operator's command."""
    async def downgrade(self, product: int, tier: str) -> Invoice:
        """Moves a product to a lower tier and returns the credit note. An operator's command."""
    async def agree_price(self, product: int, tier: str, interval: Interval, price: Money | None) -> None:
        """Agrees on a price for a product; `None` cancels the agreement. An operator's command."""
    async def write_off(self, product: int, invoice: int) -> Invoice:
        """Writes off an unpaid invoice, also that of a removed product. An operator's command."""
    async def account_billing(self, account: int) -> AccountBilling:
        """Returns what an account owes over all its products, including removed ones."""
    async def account_invoices(self, account: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """Lists an account's invoices over all its products, including removed ones: by product, and within each the newest first."""
    async def plan_import(self, product: int, list: bytes) -> ImportReport:
        """Returns the verdicts that an import of this list would give, without changing anything. Ctrl-C ends the wait for it."""
    async def import_devices(self, product: int, list: bytes) -> ImportReport:
        """Imports a list of devices: a text file with one id a line, or a .csv. Ctrl-C ends it after its next few thousand devices; devices already added stay."""
    async def import_watched(self, product: int, list: bytes, *, progress: Callable[[ImportProgress], object] | None = None, cancel: Cancel | None = None) -> ImportReport:
        """The same, but calls `progress` after every few thousand devices. If `cancel` is set by then, or `progress` raises, the import ends there; devices already added stay."""
    async def register_devices(self, devices: Sequence[tuple[str, str | None]]) -> int:
        """Registers devices that exist. Returns how many were new. An operator's command."""
    async def correct_device(self, product: int, device: str, *, platform: str | None = None, security_counter: int | None = None) -> None:
        """Corrects a device's entry in the registry: its hardware, its security counter, or both. An operator's command, recorded in the audit of `product`; the device need not be in it."""
    async def free_places(self, product: int) -> int:
        """Frees the places that imports reserve for devices not yet added. Returns how many."""
    async def device(self, product: int, device: str) -> Device:
        """Returns a device of the product, also one that waits or is denied."""
    async def devices(self, product: int, *, standing: Standing | None = None, online: bool | None = None, version: int | None = None, group: int | None = None, locked: bool | None = None, development: bool | None = None, pending: bool | None = None, failing: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> DevicePage:
        """Lists the devices that match a filter, by id."""
    async def summary(self, product: int) -> Summary:
        """Returns the numbers of the fleet."""
    async def explain(self, product: int, device: str) -> Decision:
        """Returns what a device would be told to run if it connected now, and why."""
    async def name_device(self, product: int, device: str, name: str) -> None:
        """Names a device; an empty name removes the name."""
    async def mark_development(self, product: int, device: str, development: bool) -> None:
        """Marks a device for development, or removes the mark."""
    async def set_groups(self, product: int, device: str, groups: Sequence[int]) -> None:
        """Puts a device in these groups and removes it from all others."""
    async def approve_device(self, product: int, device: str) -> None:
        """Admits a waiting device."""
    async def deny_device(self, product: int, device: str) -> None:
        """Denies a device."""
    async def undeny_device(self, product: int, device: str) -> None:
        """Allows a denied device to ask again."""
    async def remove_device(self, product: int, device: str) -> None:
        """Removes a device from the product."""
    async def claim_device(self, device: str) -> None:
        """Claims an unclaimed device for the actor."""
    async def unclaim_device(self, device: str) -> None:
        """Ends the actor's claim of a device."""
    async def end_claim(self, device: str) -> None:
        """Ends the claim of a device, whoever has it: a team may do so for its product's devices, the operator for any."""
    async def claimed_devices(self, *, after: str | None = None, limit: int | None = None) -> DeviceIdPage:
        """Lists the devices that the actor has claimed, by id."""
    async def subscribe(self, product: int, to: Destination, *, prefix: str | None = None, device: str | None = None) -> Subscription:
        """Forwards matching events from now on. Each delivery is one outbound message."""
    async def unsubscribe(self, product: int, subscription: int) -> None:
        """Ends a subscription."""
    async def subscriptions(self, product: int) -> list[Subscription]:
        """Lists a product's subscriptions, oldest first."""
    async def events(self, product: int, *, device: str | None = None, prefix: str | None = None, before: str | None = None, limit: int | None = None) -> EventPage:
        """Lists the events of a product's log, newest first: of one device, or those whose name begins with a prefix."""
    async def follow_events(self, product: int, *, after: str | None = None, limit: int | None = None) -> FollowedEvents:
        """Lists the events that were logged after a cursor, oldest first; without a cursor, from now on."""
    async def event_stream(self, product: int) -> EventStream:
        """Opens a stream of the events that this process publishes for a product from now on."""
    async def read_event_stream(self, stream: EventStream, *, limit: int | None = None) -> StreamedEvents:
        """Reads the events that arrived on a stream. The actor's permission is checked on each call."""
    async def device_errors(self, product: int) -> list[DeviceError]:
        """Lists the errors that members of a product reported, by kind."""
    async def forget_device_errors(self, product: int, error_kind: str) -> None:
        """Resets the count of the errors of a kind."""
    async def usage(self, product: int) -> Usage:
        """Returns a product's message counts in the usage month of this moment."""
    async def upload(self, product: int, version: int, title: str, binary: bytes, *, description: str | None = None, requires_system: str | None = None) -> Firmware:
        """Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the binary itself, under its SHA-256."""
    async def firmware(self, product: int) -> list[Firmware]:
        """Lists the product's firmware, by version."""
    async def edit_firmware(self, product: int, version: int, title: str, description: str | None = None) -> Firmware:
        """Changes a firmware's title, and its description if one is given; an empty one removes it."""
    async def delete_firmware(self, product: int, version: int) -> None:
        """Deletes a firmware that was never released and that no device is locked to."""
    async def release(self, product: int, version: int) -> None:
        """Releases a version."""
    async def withdraw_release(self, product: int) -> None:
        """Withdraws the product's release."""
    async def release_to_group(self, product: int, group: int, version: int | None) -> None:
        """Releases a version to a group; `None` withdraws the group's release."""
    async def lock_and_flash_now(self, product: int, device: str, version: int) -> Decision:
        """Locks a device to a version and returns the directive to send at once."""
    async def lock_and_flash_on_reset(self, product: int, device: str, version: int) -> None:
        """Locks a device to a version, which it gets at its next connect."""
    async def unlock(self, product: int, device: str) -> None:
        """Unlocks a device."""
    async def force_update(self, product: int, device: str) -> None:
        """Sends the device its next update even while it reports that it takes none."""
    async def dry_run(self, product: int, change: Change) -> DryRun:
        """Counts what a change would do, without making it."""
    async def team(self, product: int) -> Team:
        """Returns the product's team."""
    async def invite(self, product: int, email: str) -> Invitation:
        """Invites an account to the team, by its e-mail."""
    async def revoke_invitation(self, product: int, account: int) -> None:
        """Revokes an invitation."""
    async def invitations(self) -> list[ReceivedInvitation]:
        """Lists the actor's invitations to teams."""
    async def accept_invitation(self, product: int) -> None:
        """Accepts an invitation."""
    async def decline_invitation(self, product: int) -> None:
        """Declines an invitation."""
    async def leave_team(self, product: int) -> None:
        """Leaves the team."""
    async def remove_member(self, product: int, account: int) -> None:
        """Removes a member from the team."""
    async def transfer_ownership(self, product: int, to: int) -> None:
        """Makes another account the owner. An operator's command."""
    async def set_account_lock(self, account: int, locked: bool) -> Account:
        """Locks an account for unpaid bills, or unlocks it. An operator's command."""
    async def create_customer(self, product: int, user_name: str, identity: Identity | None = None) -> Customer:
        """Creates a customer of the product."""
    async def customer(self, product: int, customer: int) -> Customer:
        """Returns a customer of the product."""
    async def customers(self, product: int, *, active_since: datetime | None = None, inactive_since: datetime | None = None, with_device: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> CustomerPage:
        """Lists the customers that match a filter, by number."""
    async def find_customer(self, product: int, identity: Identity) -> Customer:
        """Returns the customer with a vendor's user name or a linked account."""
    async def remove_customer(self, product: int, customer: int) -> None:
        """Removes a customer."""
    async def issue_token(self, product: int, customer: int, scopes: Sequence[Scope], *, life: timedelta) -> IssuedToken:
        """Issues a token for these scopes to a customer, valid for `life`, up to a year. The token is shown only this once."""
    async def revoke_token(self, product: int, customer: int, token: str) -> None:
        """Revokes a token at once."""
    async def set_device_code(self, product: int, device: str, code: str) -> None:
        """Gives a device of the product its own claim code, such as the one on its sticker."""
    async def invite_to_beta(self, product: int, list: bytes) -> BetaReport:
        """Invites the customers of a list to the private beta."""
    async def uninvite_from_beta(self, product: int, user_name: str) -> None:
        """Removes a guest from the private beta."""
    async def renew_activation_code(self, product: int, user_name: str) -> BetaGuest:
        """Gives a guest a new code, also a guest who has used theirs."""
    async def beta_guests(self, product: int, *, after: str | None = None, limit: int | None = None) -> BetaGuestPage:
        """Lists the guests of the private beta, by name."""
    async def create_account(self, email: str) -> Account:
        """Creates an account. An operator's command."""
    async def create_product(self, name: str, platform: str) -> Product:
        """Creates a product. The actor becomes its owner and first member."""
    async def create_product_with_id(self, product: int, owner: int, name: str, platform: str) -> Product:
        """Creates a product with a given number that was never used before. An operator's command."""
    async def product(self, product: int) -> Product:
        """Returns a product."""
    async def products(self) -> list[Product]:
        """Lists the products whose team the actor is on, by number."""
    async def rename_product(self, product: int, name: str) -> Product:
        """Renames a product."""
    async def set_policy(self, product: int, *, gate_devices: int | None = None, gate_soak_millis: int | None = None, wildcard_product: bool | None = None, opaque_images: bool | None = None, forbid_downgrades: bool | None = None, approve_by_itself: bool | None = None, known_ids_only: bool | None = None, quarantine_limit: int | None = None, invitation_millis: int | None = None, authentication: AuthenticationChoice | None = None, private_beta: bool | None = None, log_events: int | None = None, log_age_millis: int | None = None, event_id_millis: int | None = None, customers_may: Sequence[Scope] | None = None, usage_notices: Sequence[int] | None = None, clock_tolerance_millis: int | None = None) -> Product:
        """Changes the given policies; the others stay as they are."""
    async def set_tier(self, product: int, tier: str) -> Product:
        """Puts a product on a tier without a charge. An operator's command."""
    async def remove_product(self, product: int) -> None:
        """Removes a product. An operator's command."""
    async def create_group(self, product: int, name: str) -> int:
        """Creates a group for devices and returns its number."""
    async def delete_group(self, product: int, group: int) -> None:
        """Deletes a group."""
    async def audit_log(self, product: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """Lists what was done to a product, newest first."""
    async def account_audit_log(self, account: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """Lists what was done to an account, newest first."""
    async def configuration(self, product: int) -> Configuration:
        """Returns a product's answers to the questions before manufacturing."""
    async def configure(self, product: int, question: str, answer: ConfigurationAnswer | None) -> None:
        """Answers a question; `None` removes its answer."""
    async def manufacturing_readiness(self, product: int) -> list[Missing]:
        """Lists what is missing before manufacturing can start."""
    async def start_manufacturing(self, product: int) -> None:
        """Starts manufacturing."""

class Portal:
    async def me(self) -> CustomerSession:
        """Returns the customer's own record, and the token's scopes and expiry."""
    async def log_out(self) -> None:
        """Revokes the token at once."""
    async def activate(self, code: str) -> None:
        """Joins the private beta with the customer's activation code."""
    async def ask_claim_code(self) -> ClaimCode:
        """Returns a code that the customer's device presents when it is set up."""
    async def claim(self, device: str, code: str) -> None:
        """Claims a device with the code on it."""
    async def unclaim(self, device: str) -> None:
        """Ends the claim of a device."""
    async def devices(self) -> list[CustomerDevice]:
        """Lists the customer's devices."""
    async def use_device(self, device: str, scope: Scope) -> None:
        """Checks that the customer may see or control a device now, and records that they did."""

class Gateway:
    async def connect(self, report: Report) -> Connected:
        """Records that a device connects. Returns what the device is to run, and why."""
    async def connect_many(self, reports: Sequence[Report]) -> list[Connected]:
        """The same for many devices at once. The answers are in the order of the reports."""
    async def disconnect(self, device: str, *, product: int | None = None, session: int | None = None, ended_at: datetime | None = None) -> None:
        """Records that a device's connection ended. Without `session` and `ended_at`, this is the latest known connection."""
    async def report_update(self, device: str, product: int, sequence: int, progress: UpdateProgress) -> bool:
        """Reports the progress of the update with this directive's number. Returns whether it is the device's latest."""
    async def present_claim_code(self, device: str, code: str) -> None:
        """Presents the claim code that a customer gave to the device during setup."""
    async def publish(self, event: NewEvent) -> Published:
        """Publishes an event of a device: logs it and returns what is to be sent."""
    async def publish_many(self, events: Sequence[NewEvent]) -> list[Published]:
        """The same for many events at once. The answers are in the order of the events."""

class Clock:
    async def due(self, *, limit: int | None = None) -> list[Due]:
        """Lists what is due now."""
    async def advance(self, *, limit: int | None = None) -> Advanced:
        """Handles what is due now: renewals, retries, notices."""
    async def confirm_leap(self) -> None:
        """Confirms that the clock is right after a leap that `advance` refused."""
    async def charge_outcome(self, key: str, outcome: ChargeOutcome) -> None:
        """Reports a charge's outcome from the payment provider."""

class Meter:
    async def admit(self) -> bool:
        """Returns whether one more message may be sent. If so, it is counted."""
    async def admit_many(self, want: int) -> int:
        """Returns how many of the wanted messages may be sent, and counts them."""

class Fleet:
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    @classmethod
    async def open(cls, store: str | Store, *, tiers: Sequence[Tier] | None = None, retry_days: Sequence[int] | None = None, quote_life: timedelta | None = None, card_notice_days: int | None = None, hold_locked: bool | None = None, leap_days: int | None = None, unknown_notice: timedelta | None = None, largest_commit: int | None = None, executor: Executor | None = None) -> Self:
        """Opens a fleet in a store: `memory:`, `sqlite:PATH`, `postgresql://…`, or a `Store` written in Python. Options: the host's own tiers, cheapest first; days after which a failed renewal is retried, for each retry; how long a quote is valid; how many days before a renewal the owner is notified that there is no valid card for it; whether the devices of an owner whose account is locked are held (they get no firmware, and their events are not forwarded); how many days the clock may leap without confirmation; after how long people are notified of a charge whose outcome is unknown; and the maximum number of rows that a commit may write, for a store with small transactions (at least 48, default 16,400)."""
    async def close(self) -> None:
        """Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. When called from within a call of this fleet, such as an import's `progress`, it does not wait for that call. Ctrl-C ends the wait; the closing continues."""
    async def close_within(self, at_most: timedelta) -> bool:
        """The same with a deadline. Calls still running then are cut off: they fail at their next call of the store. Returns whether all calls ended by themselves."""
    def console(self, actor: int | Literal['operator'], now: datetime | None = None) -> Console:
        """Opens the door for people: `"operator"`, or the number of the account that the host has logged in. Without `now`, each call happens at its own time."""
    def portal(self, token: str, now: datetime | None = None) -> Portal:
        """Opens the door for a customer: the holder of the token."""
    def gateway(self, now: datetime | None = None) -> Gateway:
        """The door for devices."""
    def clock(self, now: datetime | None = None) -> Clock:
        """The door for time."""
    async def pending_charges(self, *, after: str | None = None, limit: int | None = None) -> ChargePage:
        """Lists the charges that the host's payment provider is to make, by product."""
    async def pending_notices(self, *, after: str | None = None, limit: int | None = None) -> NoticePage:
        """Lists the notices that wait to be sent, by product."""
    async def meter(self, product: int, now: datetime | None = None) -> Meter:
        """Returns a product's meter in this process. Without `now`, each message is admitted at its own time."""
    async def report_usage(self, now: datetime | None = None) -> None:
        """Reports how many messages this process has sent. A host that runs more than one process calls it about every second."""
    async def settle_usage(self, now: datetime | None = None) -> None:
        """Reports how many messages this process has sent and returns the rest of its lease. The host calls it before it stops; closing calls it too."""
    async def acknowledge(self, key: str) -> bool:
        """Marks the notice with this key as sent. Returns whether it was still waiting."""
    async def backup(self, path: str | PathLike[str]) -> None:
        """Writes a copy of the whole fleet, as of one moment, to a new file, while others use the fleet. For a fleet in SQLite."""
    async def query(self, sql: str, *, limit: int | None = None) -> list[dict[str, str | int | float | bytes | None]]:
        """Runs one read-only SQL statement, while others use the fleet. Returns a `dict` for each row. A result of more rows than `limit` (default 1,000, at most 100,000) is refused. Ctrl-C ends the wait for it. For a fleet in SQLite."""
