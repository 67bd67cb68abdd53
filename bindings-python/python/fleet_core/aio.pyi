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
    """Every item of a list that comes in pages, which are read while it is walked."""

class EventStream:
    def __aiter__(self) -> AsyncIterator[Event]: ...
    @property
    def start(self) -> str:
        """The end of the log when the stream was opened: for `follow_events`."""
    async def wait(self, at_most: timedelta) -> bool:
        """Waits until there is something to read, at most for this time. Returns whether there is. Ctrl-C ends it."""

class Console:
    async def quote_upgrade(self, product: int, tier: str, interval: Interval) -> Quote:
        """What it costs to go to a tier, at an interval, now."""
    async def upgrade(self, product: int, quote: str) -> Upgrade:
        """Takes a quote: answers the charge that the upgrade waits for, or its invoice where there is nothing to charge."""
    async def switch_interval(self, product: int, interval: Interval) -> None:
        """Changes the interval from the next renewal on."""
    async def set_currency(self, product: int, currency: str) -> None:
        """Chooses the currency that a product is billed in, before its first invoice."""
    async def set_card(self, token: str, *, brand: str, last_four: str, expires: str) -> None:
        """Puts a card on one's file, after the payment provider took it; `expires` is the month through which it is valid, such as `2017-12`."""
    async def remove_card(self) -> None:
        """Takes the card off one's file."""
    async def billing_status(self, product: int) -> BillingStatus:
        """How a product's billing stands."""
    async def invoices(self, product: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """A product's invoices, newest first."""
    async def cancel_plan(self, product: int) -> Invoice:
        """Ends a product's plan; answers the credit note. An operator's command."""
    async def downgrade(self, product: int, tier: str) -> Invoice:
        """Puts a product on a lower tier; answers the credit note. An operator's command."""
    async def agree_price(self, product: int, tier: str, interval: Interval, price: Money | None) -> None:
        """Agrees on a price for a product; `None` takes the agreement back. An operator's command."""
    async def write_off(self, product: int, invoice: int) -> Invoice:
        """Gives an unpaid invoice up, a removed product's too. An operator's command."""
    async def account_billing(self, account: int) -> AccountBilling:
        """What an account owes over all its products, removed ones among them."""
    async def account_invoices(self, account: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """An account's invoices over all its products, removed ones among them: by product, and of each the newest first."""
    async def plan_import(self, product: int, list: bytes) -> ImportReport:
        """What an import of this list would say, without changing anything. Ctrl-C ends the waiting for it."""
    async def import_devices(self, product: int, list: bytes) -> ImportReport:
        """Imports a list of devices: one id a line, or a .csv. Ctrl-C ends it after its next few thousand devices: what was added stays."""
    async def import_watched(self, product: int, list: bytes, *, progress: Callable[[ImportProgress], object] | None = None, cancel: Cancel | None = None) -> ImportReport:
        """The same, telling `progress` how far it is after every few thousand devices. Where `cancel` is set by then, or `progress` raises, the import ends there: what was added stays."""
    async def register_devices(self, devices: Sequence[tuple[str, str | None]]) -> int:
        """Tells the platform of devices that exist; answers how many were new. An operator's command."""
    async def correct_device(self, product: int, device: str, *, platform: str | None = None, security_counter: int | None = None) -> None:
        """Corrects what the registry knows of a device: its hardware, its security counter, or both. An operator's command, recorded in the audit of `product`; the device need not be in it."""
    async def free_places(self, product: int) -> int:
        """Frees the places that imports hold for devices they have yet to add; answers how many."""
    async def device(self, product: int, device: str) -> Device:
        """A device of the product, waiting and denied ones too."""
    async def devices(self, product: int, *, standing: Standing | None = None, online: bool | None = None, version: int | None = None, group: int | None = None, locked: bool | None = None, development: bool | None = None, pending: bool | None = None, failing: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> DevicePage:
        """The devices that a filter wants, by id."""
    async def summary(self, product: int) -> Summary:
        """The fleet in numbers."""
    async def explain(self, product: int, device: str) -> Decision:
        """What a device would be told if it connected now, and why."""
    async def name_device(self, product: int, device: str, name: str) -> None:
        """Names a device; an empty name takes the name away."""
    async def mark_development(self, product: int, device: str, development: bool) -> None:
        """Marks a device for development, or takes the mark away."""
    async def set_groups(self, product: int, device: str, groups: Sequence[int]) -> None:
        """Puts a device in these groups and takes it out of all others."""
    async def approve_device(self, product: int, device: str) -> None:
        """Lets a waiting device in."""
    async def deny_device(self, product: int, device: str) -> None:
        """Shuts a device out."""
    async def undeny_device(self, product: int, device: str) -> None:
        """Lets a denied device ask again."""
    async def remove_device(self, product: int, device: str) -> None:
        """Takes a device out of the product."""
    async def claim_device(self, device: str) -> None:
        """Claims a device that nobody has claimed, for oneself."""
    async def unclaim_device(self, device: str) -> None:
        """Gives up a device that one has claimed."""
    async def end_claim(self, device: str) -> None:
        """Ends the claim of a device, whoever has it: the team for its product's, the operator for any."""
    async def claimed_devices(self, *, after: str | None = None, limit: int | None = None) -> DeviceIdPage:
        """The devices that one has claimed, by id."""
    async def subscribe(self, product: int, to: Destination, *, prefix: str | None = None, device: str | None = None) -> Subscription:
        """Has matching events sent on from now on. Each delivery is one outbound message."""
    async def unsubscribe(self, product: int, subscription: int) -> None:
        """Ends a subscription."""
    async def subscriptions(self, product: int) -> list[Subscription]:
        """A product's subscriptions, in the order in which they were made."""
    async def events(self, product: int, *, device: str | None = None, prefix: str | None = None, before: str | None = None, limit: int | None = None) -> EventPage:
        """The events of a product's log, newest first, of one device or whose name begins with a prefix."""
    async def follow_events(self, product: int, *, after: str | None = None, limit: int | None = None) -> FollowedEvents:
        """The events that were logged after a cursor, oldest first; without one, from now on."""
    async def event_stream(self, product: int) -> EventStream:
        """Opens a stream of what this process publishes for a product from now on."""
    async def read_event_stream(self, stream: EventStream, *, limit: int | None = None) -> StreamedEvents:
        """Takes events that came in on a stream. Whoever reads must be let in each time."""
    async def device_errors(self, product: int) -> list[DeviceError]:
        """Which errors the members of a product reported, by kind."""
    async def forget_device_errors(self, product: int, error_kind: str) -> None:
        """Counts the errors of a kind anew."""
    async def usage(self, product: int) -> Usage:
        """A product's messages in the usage month of this moment."""
    async def upload(self, product: int, version: int, title: str, binary: bytes, *, description: str | None = None, requires_system: str | None = None) -> Firmware:
        """Uploads a firmware: its binary is read and checked against the product and the version entered. The binary itself stays with the host, under its SHA-256."""
    async def firmware(self, product: int) -> list[Firmware]:
        """The product's firmware, by version."""
    async def edit_firmware(self, product: int, version: int, title: str, description: str | None = None) -> Firmware:
        """Changes a firmware's title, and its description where one is given; an empty one takes it away."""
    async def delete_firmware(self, product: int, version: int) -> None:
        """Deletes a firmware that was never released and that no device is locked to."""
    async def release(self, product: int, version: int) -> None:
        """Releases a version."""
    async def withdraw_release(self, product: int) -> None:
        """Withdraws the product's release."""
    async def release_to_group(self, product: int, group: int, version: int | None) -> None:
        """Releases a version to a group; `None` withdraws the group's release."""
    async def lock_and_flash_now(self, product: int, device: str, version: int) -> Decision:
        """Locks a device to a version and says what it is to be sent at once."""
    async def lock_and_flash_on_reset(self, product: int, device: str, version: int) -> None:
        """Locks a device to a version, which it gets at its next connect."""
    async def unlock(self, product: int, device: str) -> None:
        """Unlocks a device."""
    async def force_update(self, product: int, device: str) -> None:
        """Sends the next update to a device also while it says that it takes none."""
    async def dry_run(self, product: int, change: Change) -> DryRun:
        """Counts what a change would do, without making it."""
    async def team(self, product: int) -> Team:
        """The product's team."""
    async def invite(self, product: int, email: str) -> Invitation:
        """Asks an account, by its e-mail, to join the team."""
    async def revoke_invitation(self, product: int, account: int) -> None:
        """Takes an invitation back."""
    async def invitations(self) -> list[ReceivedInvitation]:
        """The products whose team the actor was asked to join."""
    async def accept_invitation(self, product: int) -> None:
        """Accepts an invitation."""
    async def decline_invitation(self, product: int) -> None:
        """Declines an invitation."""
    async def leave_team(self, product: int) -> None:
        """Leaves the team."""
    async def remove_member(self, product: int, account: int) -> None:
        """Takes a member off the team."""
    async def transfer_ownership(self, product: int, to: int) -> None:
        """Makes another account the owner. An operator's command."""
    async def set_account_lock(self, account: int, locked: bool) -> Account:
        """Locks an account for bills that were not paid, or unlocks it. An operator's command."""
    async def create_customer(self, product: int, user_name: str, identity: Identity | None = None) -> Customer:
        """Makes a customer of the product."""
    async def customer(self, product: int, customer: int) -> Customer:
        """A customer of the product."""
    async def customers(self, product: int, *, active_since: datetime | None = None, inactive_since: datetime | None = None, with_device: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> CustomerPage:
        """The customers that a filter wants, by number."""
    async def find_customer(self, product: int, identity: Identity) -> Customer:
        """The customer whom a vendor's user name, or a linked account, is known as."""
    async def remove_customer(self, product: int, customer: int) -> None:
        """Takes a customer away."""
    async def issue_token(self, product: int, customer: int, scopes: Sequence[Scope], *, life: timedelta) -> IssuedToken:
        """Gives a customer a token for these scopes, which holds for `life`, up to a year. The token is shown only this once."""
    async def revoke_token(self, product: int, customer: int, token: str) -> None:
        """Makes a token no good at once."""
    async def set_device_code(self, product: int, device: str, code: str) -> None:
        """Gives a device of the product a claim code of its own, such as that on its sticker."""
    async def invite_to_beta(self, product: int, list: bytes) -> BetaReport:
        """Invites the customers of a list to the private beta."""
    async def uninvite_from_beta(self, product: int, user_name: str) -> None:
        """Takes a guest off the private beta."""
    async def renew_activation_code(self, product: int, user_name: str) -> BetaGuest:
        """Gives a guest a new code, also one who used theirs."""
    async def beta_guests(self, product: int, *, after: str | None = None, limit: int | None = None) -> BetaGuestPage:
        """The guests of the private beta, by name."""
    async def create_account(self, email: str) -> Account:
        """Makes an account. An operator's command."""
    async def create_product(self, name: str, platform: str) -> Product:
        """Makes a product: the actor is its owner and first member."""
    async def create_product_with_id(self, product: int, owner: int, name: str, platform: str) -> Product:
        """Makes a product with a given number, never used before. An operator's command."""
    async def product(self, product: int) -> Product:
        """A product."""
    async def products(self) -> list[Product]:
        """The products whose team the actor is on, by number."""
    async def rename_product(self, product: int, name: str) -> Product:
        """Renames a product."""
    async def set_policy(self, product: int, *, gate_devices: int | None = None, gate_soak_millis: int | None = None, wildcard_product: bool | None = None, opaque_images: bool | None = None, forbid_downgrades: bool | None = None, approve_by_itself: bool | None = None, known_ids_only: bool | None = None, quarantine_limit: int | None = None, invitation_millis: int | None = None, authentication: AuthenticationChoice | None = None, private_beta: bool | None = None, log_events: int | None = None, log_age_millis: int | None = None, event_id_millis: int | None = None, customers_may: Sequence[Scope] | None = None, usage_notices: Sequence[int] | None = None, clock_tolerance_millis: int | None = None) -> Product:
        """Changes the policies that are named; the others stay as they are."""
    async def set_tier(self, product: int, tier: str) -> Product:
        """Puts a product on a tier without a charge. An operator's command."""
    async def remove_product(self, product: int) -> None:
        """Removes a product. An operator's command."""
    async def create_group(self, product: int, name: str) -> int:
        """Makes a group that devices can be put in; answers its number."""
    async def delete_group(self, product: int, group: int) -> None:
        """Deletes a group."""
    async def audit_log(self, product: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """What was done to a product, newest first."""
    async def account_audit_log(self, account: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """What was done to an account, newest first."""
    async def configuration(self, product: int) -> Configuration:
        """A product's answers to the questions before manufacturing."""
    async def configure(self, product: int, question: str, answer: ConfigurationAnswer | None) -> None:
        """Answers a question; `None` opens it again."""
    async def manufacturing_readiness(self, product: int) -> list[Missing]:
        """What stands in the way of manufacturing."""
    async def start_manufacturing(self, product: int) -> None:
        """Starts manufacturing."""

class Portal:
    async def me(self) -> CustomerSession:
        """The customer's own record, and what the token is good for."""
    async def log_out(self) -> None:
        """Makes the token no good at once."""
    async def activate(self, code: str) -> None:
        """Joins the private beta by the customer's activation code."""
    async def ask_claim_code(self) -> ClaimCode:
        """A code for the customer's device to present when it is set up."""
    async def claim(self, device: str, code: str) -> None:
        """Claims a device by the code on it."""
    async def unclaim(self, device: str) -> None:
        """Gives a device up."""
    async def devices(self) -> list[CustomerDevice]:
        """The customer's devices."""
    async def use_device(self, device: str, scope: Scope) -> None:
        """Whether the customer may see or control a device now; and that they did."""

class Gateway:
    async def connect(self, report: Report) -> Connected:
        """A device connects, says what it is and runs, and is told what to run and why."""
    async def connect_many(self, reports: Sequence[Report]) -> list[Connected]:
        """The same for many at once; the answers are in the order of the reports."""
    async def disconnect(self, device: str, *, product: int | None = None, session: int | None = None, ended_at: datetime | None = None) -> None:
        """A device's connection ended. Without `session` and `ended_at`: the one that was told of last."""
    async def report_update(self, device: str, product: int, sequence: int, progress: UpdateProgress) -> bool:
        """How the update with this directive's number fares; answers whether it is the device's latest."""
    async def present_claim_code(self, device: str, code: str) -> None:
        """A device that is set up presents the claim code that its customer gave it."""
    async def publish(self, event: NewEvent) -> Published:
        """A device publishes an event: it is logged, and what is to be sent is answered."""
    async def publish_many(self, events: Sequence[NewEvent]) -> list[Published]:
        """The same for many at once; the answers are in the order of the events."""

class Clock:
    async def due(self, *, limit: int | None = None) -> list[Due]:
        """What is due now."""
    async def advance(self, *, limit: int | None = None) -> Advanced:
        """Does what is due now: renewals, retries, notices."""
    async def confirm_leap(self) -> None:
        """Says that the clock is right after a leap that `advance` refused."""
    async def charge_outcome(self, key: str, outcome: ChargeOutcome) -> None:
        """What the payment provider said of a charge."""

class Meter:
    async def admit(self) -> bool:
        """Whether one more message may be sent. Counted if so."""
    async def admit_many(self, want: int) -> int:
        """How many of so many messages may be sent; they are counted."""

class Fleet:
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    @classmethod
    async def open(cls, store: str | Store, *, tiers: Sequence[Tier] | None = None, retry_days: Sequence[int] | None = None, quote_life: timedelta | None = None, card_notice_days: int | None = None, hold_locked: bool | None = None, leap_days: int | None = None, unknown_notice: timedelta | None = None, largest_commit: int | None = None, executor: Executor | None = None) -> Self:
        """Opens the fleet of a store: `memory:`, `sqlite:PATH`, `postgresql://…`, or a `Store` written in Python. With tiers of one's own, the cheapest first, and with choices about billing: how many days each until a failed renewal is tried again, for how long a quote holds, how many days before a renewal the owner is told that there is no good card for it, whether the devices of an owner whose account is locked are held (sent no firmware, their events not sent on) or go on, how many days the clock may leap without a word, after how long a charge whose outcome is unknown is told, and how many rows a commit may write at most, for a store with small transactions (at least 48, default 16,400)."""
    async def close(self) -> None:
        """Closes the fleet: new calls fail at once, those under way are waited for, then the store is closed. Called from within a call of this fleet, such as an import's `progress`, it does not wait for that one. Ctrl-C ends the waiting; the closing goes on."""
    async def close_within(self, at_most: timedelta) -> bool:
        """The same with a deadline. Calls that have not ended by then are cut: they fail when they ask the store next. Returns whether everything ended by itself."""
    def console(self, actor: int | Literal['operator'], now: datetime | None = None) -> Console:
        """The door for people: `"operator"`, or the number of the account that has logged in with the host. Without `now`, each call is made at its own time."""
    def portal(self, token: str, now: datetime | None = None) -> Portal:
        """The door for customers: whoever holds the token."""
    def gateway(self, now: datetime | None = None) -> Gateway:
        """The door for devices."""
    def clock(self, now: datetime | None = None) -> Clock:
        """The door for time."""
    async def pending_charges(self, *, after: str | None = None, limit: int | None = None) -> ChargePage:
        """The charges that the host's payment provider is to make, by product."""
    async def pending_notices(self, *, after: str | None = None, limit: int | None = None) -> NoticePage:
        """The notices that wait to be sent, by product."""
    async def meter(self, product: int, now: datetime | None = None) -> Meter:
        """A product's meter in this process. Without `now`, each message is admitted at its own time."""
    async def report_usage(self, now: datetime | None = None) -> None:
        """Reports what this process has sent. For the host to call about every second, if it runs more than one process."""
    async def settle_usage(self, now: datetime | None = None) -> None:
        """Reports what this process has sent and gives back the rest. For the host to call before it stops; closing does."""
    async def acknowledge(self, key: str) -> bool:
        """Says that the notice of this key has been sent; answers whether it was still waiting."""
    async def backup(self, path: str | PathLike[str]) -> None:
        """Writes a copy of the whole fleet, as it is at one moment, to a new file, while others use it. For a fleet in SQLite."""
    async def query(self, sql: str, *, limit: int | None = None) -> list[dict[str, str | int | float | bytes | None]]:
        """Runs one statement of SQL that only reads, while others use the fleet; a `dict` a row. An answer of more rows than `limit` (1,000 where it is left out, 100,000 at most) is refused. Ctrl-C ends the waiting for it. For a fleet in SQLite."""
