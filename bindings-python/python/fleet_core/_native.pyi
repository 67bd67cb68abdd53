"""The doors and shapes of the core. Written by `stubs.py`; import them from `fleet_core`."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from os import PathLike
from types import TracebackType
from typing import Any, ClassVar, Literal, Self, final

from fleet_core._types import Actor, Agreement, AttemptProgress, Authentication, AuthenticationChoice, BetaLineVerdict, Cancel, Change, ChargeOutcome, ChargePurpose, Command, ConfigurationAnswer, Decision, Destination, EventOrigin, HoldReason, Identity, ImageFormat, ImportVerdict, Interval, InvoiceLineKind, InvoiceReason, InvoiceStatus, NoticeSubject, PaymentResult, Published, Resource, Rule, Scope, Standing, UpdateProgress, UpdateResult
from fleet_core.store import Store

@final
class InvoiceLine:
    """A line of a quote or an invoice."""

    __match_args__: ClassVar[tuple[Literal['kind'], Literal['tier'], Literal['starts_at'], Literal['ends_at'], Literal['amount']]] = ...
    @property
    def kind(self) -> InvoiceLineKind:
        """What it is."""
    @property
    def tier(self) -> str:
        """The tier whose price it is of."""
    @property
    def starts_at(self) -> datetime:
        """From when on."""
    @property
    def ends_at(self) -> datetime:
        """Until when."""
    @property
    def amount(self) -> Money:
        """How much; negative where it lessens the invoice."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Quote:
    """What it costs to go to a tier, at an interval."""

    __match_args__: ClassVar[tuple[Literal['quote'], Literal['tier'], Literal['interval'], Literal['at'], Literal['expires_at'], Literal['period'], Literal['lines'], Literal['due'], Literal['balance']]] = ...
    @property
    def quote(self) -> str:
        """Its name: what an upgrade is asked for by."""
    @property
    def tier(self) -> str:
        """The tier to go to."""
    @property
    def interval(self) -> Interval:
        """The interval to go to."""
    @property
    def at(self) -> datetime:
        """When it was given."""
    @property
    def expires_at(self) -> datetime:
        """From when on it no longer holds."""
    @property
    def period(self) -> Period:
        """The period that the plan will be in."""
    @property
    def lines(self) -> list[InvoiceLine]:
        """What the charge is made of."""
    @property
    def due(self) -> Money:
        """What will be charged."""
    @property
    def balance(self) -> Money:
        """What is left over for later invoices afterwards."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class RenewalCharge:
    """A renewal invoice."""

    __match_args__: ClassVar[tuple[Literal['invoice']]] = ...
    @property
    def invoice(self) -> int:
        """Its number."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpgradeCharge:
    """An upgrade, which takes effect with the charge."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class RefundCharge:
    """Money back, for a credit note."""

    __match_args__: ClassVar[tuple[Literal['invoice']]] = ...
    @property
    def invoice(self) -> int:
        """The credit note's number."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class OtherCharge:
    """One that is newer than this binding."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ChargedCard:
    """The card to charge."""

    __match_args__: ClassVar[tuple[Literal['number'], Literal['token']]] = ...
    @property
    def number(self) -> int:
        """Which of the account's cards."""
    @property
    def token(self) -> str:
        """The payment provider's reference: a secret."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Charge:
    """What the host's payment provider is to charge, or to give back."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['product'], Literal['account'], Literal['purpose'], Literal['amount'], Literal['card'], Literal['at'], Literal['unknown']]] = ...
    @property
    def key(self) -> str:
        """The idempotency key: the same whenever it is tried again."""
    @property
    def product(self) -> int:
        """The product that it is for."""
    @property
    def account(self) -> int:
        """Who pays, or gets the money back."""
    @property
    def purpose(self) -> ChargePurpose:
        """What it is for."""
    @property
    def amount(self) -> Money:
        """How much: more than nothing."""
    @property
    def card(self) -> ChargedCard | None:
        """The card to charge; none for a refund, which goes back the way the money came."""
    @property
    def at(self) -> datetime:
        """When it was asked for."""
    @property
    def unknown(self) -> bool:
        """Whether the provider could not say what became of it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ChargePage:
    """A page of charges."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[Charge]:
        """The charges, by product."""
    @property
    def next(self) -> str | None:
        """What the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class PaymentAttempt:
    """An attempt to have an invoice paid."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['scheduled'], Literal['card'], Literal['result']]] = ...
    @property
    def at(self) -> datetime:
        """When it was made."""
    @property
    def scheduled(self) -> bool:
        """Whether it was one of the schedule's; otherwise it is a new card's."""
    @property
    def card(self) -> int | None:
        """Which of the account's cards; none: there was none to present."""
    @property
    def result(self) -> PaymentResult:
        """What became of it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Invoice:
    """An invoice, or a credit note."""

    __match_args__: ClassVar[tuple[Literal['number'], Literal['product'], Literal['payer'], Literal['reason'], Literal['issued_at'], Literal['period'], Literal['lines'], Literal['total'], Literal['offset'], Literal['refund'], Literal['outstanding'], Literal['status'], Literal['ended_at'], Literal['charge'], Literal['attempts']]] = ...
    @property
    def number(self) -> int:
        """Its number within its product."""
    @property
    def product(self) -> int:
        """The product that it bills."""
    @property
    def payer(self) -> int:
        """The account that pays."""
    @property
    def reason(self) -> InvoiceReason:
        """What it is for."""
    @property
    def issued_at(self) -> datetime:
        """When it was issued."""
    @property
    def period(self) -> Period:
        """The period that it bills, or part of."""
    @property
    def lines(self) -> list[InvoiceLine]:
        """What it is made of."""
    @property
    def total(self) -> Money:
        """The sum of the lines; below zero: what is credited."""
    @property
    def offset(self) -> Money:
        """What a credit note took off it that was never paid."""
    @property
    def refund(self) -> Money:
        """What of a credit note goes back to the payer."""
    @property
    def outstanding(self) -> Money:
        """What is still to be paid."""
    @property
    def status(self) -> InvoiceStatus:
        """What became of it."""
    @property
    def ended_at(self) -> datetime | None:
        """When it was settled or written off."""
    @property
    def charge(self) -> int | None:
        """The charge that paid it."""
    @property
    def attempts(self) -> list[PaymentAttempt]:
        """How often it was tried to have it paid."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class InvoicePage:
    """A page of invoices."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[Invoice]:
        """The invoices, newest first."""
    @property
    def next(self) -> str | None:
        """What the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Upgrade:
    """What became of an upgrade that was asked for: it waits for a charge, or is in effect."""

    __match_args__: ClassVar[tuple[Literal['charge'], Literal['invoice']]] = ...
    @property
    def charge(self) -> Charge | None:
        """The charge that it waits for."""
    @property
    def invoice(self) -> Invoice | None:
        """Its invoice, where there was nothing to charge."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Card:
    """What people know a card by."""

    __match_args__: ClassVar[tuple[Literal['brand'], Literal['last_four'], Literal['expires'], Literal['good']]] = ...
    @property
    def brand(self) -> str:
        """The brand."""
    @property
    def last_four(self) -> str:
        """The last four digits of its number."""
    @property
    def expires(self) -> str:
        """The month through which it is valid, such as `2017-12`."""
    @property
    def good(self) -> bool:
        """Whether it can be charged."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class KnownCard:
    """The card that a notice is about."""

    __match_args__: ClassVar[tuple[Literal['brand'], Literal['last_four'], Literal['expires']]] = ...
    @property
    def brand(self) -> str:
        """The brand."""
    @property
    def last_four(self) -> str:
        """The last four digits of its number."""
    @property
    def expires(self) -> str:
        """The month through which it is valid, such as `2017-12`."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AccountBilling:
    """What an account owes over all its products, removed ones among them."""

    __match_args__: ClassVar[tuple[Literal['owed'], Literal['open'], Literal['charges'], Literal['card'], Literal['locked_since']]] = ...
    @property
    def owed(self) -> list[Money]:
        """What it owes, one sum for each currency."""
    @property
    def open(self) -> list[Invoice]:
        """The invoices that it owes, the oldest first."""
    @property
    def charges(self) -> list[Charge]:
        """Its charges and refunds that have no outcome yet, by product."""
    @property
    def card(self) -> Card | None:
        """Its card on file."""
    @property
    def locked_since(self) -> datetime | None:
        """Since when it is locked."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class BillingStatus:
    """How a product's billing stands."""

    __match_args__: ClassVar[tuple[Literal['tier'], Literal['interval'], Literal['period'], Literal['messages'], Literal['devices'], Literal['members'], Literal['renewal'], Literal['next_interval'], Literal['next_amount'], Literal['balance'], Literal['unpaid'], Literal['upgrading'], Literal['card'], Literal['locked_since']]] = ...
    @property
    def tier(self) -> str:
        """The product's tier."""
    @property
    def interval(self) -> Interval | None:
        """How long a period is; none: nothing is paid for."""
    @property
    def period(self) -> Period | None:
        """The period that was billed last."""
    @property
    def messages(self) -> Usage:
        """Messages of this usage month."""
    @property
    def devices(self) -> int:
        """Devices in the product."""
    @property
    def members(self) -> int:
        """Seats of the team that are taken."""
    @property
    def renewal(self) -> datetime | None:
        """When the next period is billed."""
    @property
    def next_interval(self) -> Interval | None:
        """The interval from then on."""
    @property
    def next_amount(self) -> Money | None:
        """What will be charged then, as things stand."""
    @property
    def balance(self) -> Money:
        """What earlier invoices left over."""
    @property
    def unpaid(self) -> list[int]:
        """Renewal invoices that are not paid."""
    @property
    def upgrading(self) -> int | None:
        """The charge of an upgrade that has no outcome yet."""
    @property
    def card(self) -> Card | None:
        """The owner's card on file."""
    @property
    def locked_since(self) -> datetime | None:
        """Since when the owner's account is locked."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Due:
    """Something that is due: of a product or of an account."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['product'], Literal['account']]] = ...
    @property
    def at(self) -> datetime:
        """Since when."""
    @property
    def product(self) -> int | None:
        """The product whose renewal it is, or the notice before it."""
    @property
    def account(self) -> int | None:
        """The account whose payment is tried again, or whose card expires."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Advanced:
    """How far an advance came."""

    __match_args__: ClassVar[tuple[Literal['done'], Literal['more'], Literal['skipped']]] = ...
    @property
    def done(self) -> int:
        """How many things were done."""
    @property
    def more(self) -> bool:
        """Whether more is due now, beside what was skipped."""
    @property
    def skipped(self) -> list[Skipped]:
        """What could not be done because a record cannot be read. It stays due, and stops nothing else."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Skipped:
    """Something that is due and could not be done."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['product'], Literal['account'], Literal['why']]] = ...
    @property
    def at(self) -> datetime:
        """Since when it is due."""
    @property
    def product(self) -> int | None:
        """The product, if it is of one."""
    @property
    def account(self) -> int | None:
        """The account, if it is of one."""
    @property
    def why(self) -> str:
        """Why, in words."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Money:
    """An amount: whole minor units (cents) of a currency, negative where something is given back."""

    __match_args__: ClassVar[tuple[Literal['minor'], Literal['currency']]] = ...
    def __new__(cls, minor: int, currency: str) -> Self: ...
    @property
    def minor(self) -> int:
        """The minor units."""
    @property
    def currency(self) -> str:
        """The currency's three letters."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class SimpleIdentity:
    """The platform holds the account."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __new__(cls) -> Self: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class TwoLeggedIdentity:
    """The vendor's server vouches for its own user."""

    __match_args__: ClassVar[tuple[Literal['user']]] = ...
    def __new__(cls, user: str) -> Self: ...
    @property
    def user(self) -> str:
        """The vendor's name for the user."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class LinkedIdentity:
    """An account of the platform, linked to the customer."""

    __match_args__: ClassVar[tuple[Literal['account']]] = ...
    def __new__(cls, account: int) -> Self: ...
    @property
    def account(self) -> int:
        """The account's number."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Customer:
    """A customer, as the team sees them."""

    __match_args__: ClassVar[tuple[Literal['product'], Literal['id'], Literal['user_name'], Literal['identity'], Literal['created_at'], Literal['devices'], Literal['active_at'], Literal['activated_at'], Literal['tokens']]] = ...
    @property
    def product(self) -> int:
        """The product that they are a customer of."""
    @property
    def id(self) -> int:
        """Their number."""
    @property
    def user_name(self) -> str:
        """Their name."""
    @property
    def identity(self) -> Identity:
        """How they are known."""
    @property
    def created_at(self) -> datetime:
        """When they were made."""
    @property
    def devices(self) -> list[str]:
        """The devices they have claimed."""
    @property
    def active_at(self) -> datetime | None:
        """When they last used a device; none: never."""
    @property
    def activated_at(self) -> datetime | None:
        """When they joined the private beta."""
    @property
    def tokens(self) -> list[Token]:
        """Their tokens."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CustomerSession:
    """A customer's own record, and what the token that they came with is good for."""

    __match_args__: ClassVar[tuple[Literal['product'], Literal['id'], Literal['user_name'], Literal['identity'], Literal['created_at'], Literal['devices'], Literal['active_at'], Literal['activated_at'], Literal['tokens'], Literal['token_id'], Literal['scopes'], Literal['expires_at']]] = ...
    @property
    def product(self) -> int:
        """The product that they are a customer of."""
    @property
    def id(self) -> int:
        """Their number."""
    @property
    def user_name(self) -> str:
        """Their name."""
    @property
    def identity(self) -> Identity:
        """How they are known."""
    @property
    def created_at(self) -> datetime:
        """When they were made."""
    @property
    def devices(self) -> list[str]:
        """The devices they have claimed, where the token and the product let them see them."""
    @property
    def active_at(self) -> datetime | None:
        """When they last used a device; none: never."""
    @property
    def activated_at(self) -> datetime | None:
        """When they joined the private beta."""
    @property
    def tokens(self) -> list[Token]:
        """Their tokens."""
    @property
    def token_id(self) -> str:
        """What the token is listed and revoked by."""
    @property
    def scopes(self) -> list[Scope]:
        """What the token may be used for."""
    @property
    def expires_at(self) -> datetime:
        """From when on the token is no good."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Token:
    """A token, as it is listed and revoked."""

    __match_args__: ClassVar[tuple[Literal['token_id'], Literal['expires_at']]] = ...
    @property
    def token_id(self) -> str:
        """Its name: not a secret."""
    @property
    def expires_at(self) -> datetime:
        """From when on it is no good."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class IssuedToken:
    """A token that was made: it is told this once."""

    __match_args__: ClassVar[tuple[Literal['token_id'], Literal['token']]] = ...
    @property
    def token_id(self) -> str:
        """What it is listed and revoked by: not a secret."""
    @property
    def token(self) -> str:
        """What its holder comes with: a secret."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CustomerPage:
    """A page of customers."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[Customer]:
        """The customers, by number."""
    @property
    def next(self) -> str | None:
        """What the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ClaimCode:
    """A code for a customer's device to present when it is set up."""

    __match_args__: ClassVar[tuple[Literal['code'], Literal['expires_at']]] = ...
    @property
    def code(self) -> str:
        """The code: a secret."""
    @property
    def expires_at(self) -> datetime:
        """From when on it is no good."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CustomerDevice:
    """A device, as the customer sees it who has claimed it."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['name'], Literal['online'], Literal['seen_at']]] = ...
    @property
    def id(self) -> str:
        """Its id."""
    @property
    def name(self) -> str | None:
        """Its name; none: it has none."""
    @property
    def online(self) -> bool:
        """Whether it is connected."""
    @property
    def seen_at(self) -> datetime | None:
        """When it last connected."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class BetaGuest:
    """Somebody who was invited to the private beta."""

    __match_args__: ClassVar[tuple[Literal['user_name'], Literal['code'], Literal['used_at']]] = ...
    @property
    def user_name(self) -> str:
        """The user name they were invited by."""
    @property
    def code(self) -> str:
        """Their code, to be sent to them: a secret."""
    @property
    def used_at(self) -> datetime | None:
        """When they used it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class BetaGuestPage:
    """A page of guests."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[BetaGuest]:
        """The guests, by name."""
    @property
    def next(self) -> str | None:
        """What the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class BetaLine:
    """A line of a list of guests, and what became of it."""

    __match_args__: ClassVar[tuple[Literal['line'], Literal['verdict'], Literal['user_name'], Literal['code'], Literal['used_at'], Literal['duplicate_of'], Literal['message']]] = ...
    @property
    def line(self) -> int:
        """The line's number, from 1."""
    @property
    def verdict(self) -> BetaLineVerdict:
        """What became of it."""
    @property
    def user_name(self) -> str | None:
        """The user name of who is invited."""
    @property
    def code(self) -> str | None:
        """Their code: a secret."""
    @property
    def used_at(self) -> datetime | None:
        """When they used it."""
    @property
    def duplicate_of(self) -> int | None:
        """The line that has the same user name."""
    @property
    def message(self) -> str | None:
        """Why no user name can be read."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class BetaReport:
    """A line for each guest of a list."""

    __match_args__: ClassVar[tuple[Literal['lines']]] = ...
    @property
    def lines(self) -> list[BetaLine]:
        """One for each line that is not blank."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Directive:
    """What a device is told to run."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['product'], Literal['version'], Literal['size'], Literal['sha256'], Literal['format'], Literal['security_counter'], Literal['sequence']]] = ...
    @property
    def device(self) -> str:
        """The device."""
    @property
    def product(self) -> int:
        """The product that the firmware is of."""
    @property
    def version(self) -> int:
        """The version to run."""
    @property
    def size(self) -> int:
        """The file's size in bytes."""
    @property
    def sha256(self) -> str:
        """The file's SHA-256: the host keeps the file under it."""
    @property
    def format(self) -> ImageFormat:
        """What kind of image it is."""
    @property
    def security_counter(self) -> int:
        """The image's security counter."""
    @property
    def sequence(self) -> int:
        """Grows with each new directive for this device; the same for the same directive given out again."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Target:
    """The version that a device should run, and what decided so."""

    __match_args__: ClassVar[tuple[Literal['version'], Literal['rule'], Literal['group']]] = ...
    @property
    def version(self) -> int:
        """The version."""
    @property
    def rule(self) -> Rule:
        """What decided so."""
    @property
    def group(self) -> int | None:
        """Which group's release it is."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpToDate:
    """It runs what it should, or nothing is asked of it."""

    __match_args__: ClassVar[tuple[Literal['rule'], Literal['group'], Literal['kept_back'], Literal['image_differs'], Literal['cites'], Literal['why']]] = ...
    @property
    def rule(self) -> Rule:
        """What decided so."""
    @property
    def group(self) -> int | None:
        """Which group's release it is."""
    @property
    def kept_back(self) -> int | None:
        """What it would get but for that rule."""
    @property
    def image_differs(self) -> bool:
        """It reported the right version with another image than the uploaded one."""
    @property
    def cites(self) -> str:
        """The rule's number and name."""
    @property
    def why(self) -> str:
        """A sentence for a person."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Update:
    """It is to run another firmware."""

    __match_args__: ClassVar[tuple[Literal['directive'], Literal['rule'], Literal['group'], Literal['kept_back'], Literal['cites'], Literal['why']]] = ...
    @property
    def directive(self) -> Directive:
        """What to send."""
    @property
    def rule(self) -> Rule:
        """What decided so."""
    @property
    def group(self) -> int | None:
        """Which group's release it is."""
    @property
    def kept_back(self) -> int | None:
        """What it would get but for that rule."""
    @property
    def cites(self) -> str:
        """The rule's number and name."""
    @property
    def why(self) -> str:
        """A sentence for a person."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Held:
    """It gets nothing, whatever it should run."""

    __match_args__: ClassVar[tuple[Literal['reason'], Literal['target'], Literal['full'], Literal['from_version'], Literal['image'], Literal['confirmed'], Literal['chip_revision'], Literal['min_chip_revision'], Literal['max_chip_revision'], Literal['requires'], Literal['reported'], Literal['since'], Literal['cites'], Literal['why']]] = ...
    @property
    def reason(self) -> HoldReason:
        """What holds it."""
    @property
    def target(self) -> Target | None:
        """What it should run, where that was asked."""
    @property
    def full(self) -> bool | None:
        """With `quarantined`: whether the quarantine is full, so that it does not wait and nothing is kept of it."""
    @property
    def from_version(self) -> int | None:
        """With `downgrade_forbidden`: the version that it reports."""
    @property
    def image(self) -> int | None:
        """With `security_counter`: the image's."""
    @property
    def confirmed(self) -> int | None:
        """With `security_counter`: the highest that the device has confirmed."""
    @property
    def chip_revision(self) -> int | None:
        """With `chip_revision`: the device's, 100 × major + minor."""
    @property
    def min_chip_revision(self) -> int | None:
        """With `chip_revision`: the least that the image runs on; none: any."""
    @property
    def max_chip_revision(self) -> int | None:
        """With `chip_revision`: the last that the image runs on; none: any."""
    @property
    def requires(self) -> str | None:
        """With `system_version`: what the firmware requires."""
    @property
    def reported(self) -> str | None:
        """With `system_version`: what the device reported."""
    @property
    def since(self) -> datetime | None:
        """With `owner_locked`: since when."""
    @property
    def cites(self) -> str:
        """The rule's number."""
    @property
    def why(self) -> str:
        """A sentence for a person."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Device:
    """A device of a product, as its team sees it."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['name'], Literal['groups'], Literal['standing'], Literal['development'], Literal['forced'], Literal['failures'], Literal['relapses'], Literal['lock'], Literal['sequence'], Literal['security_counter'], Literal['chip_revision'], Literal['system'], Literal['added_at'], Literal['seen'], Literal['attempt'], Literal['outcome']]] = ...
    @property
    def id(self) -> str:
        """Its id: 24 hexadecimal digits."""
    @property
    def name(self) -> str | None:
        """Its name; none: it has none."""
    @property
    def groups(self) -> list[int]:
        """The groups it is in, by number."""
    @property
    def standing(self) -> Standing:
        """Whether it is in the product, waits to be let in, or is shut out."""
    @property
    def development(self) -> bool:
        """Whether it is for development: never updated over the air."""
    @property
    def forced(self) -> bool:
        """Whether a person wants the next update sent although it takes none."""
    @property
    def failures(self) -> int:
        """How many attempts in a row failed on the present target."""
    @property
    def relapses(self) -> int:
        """The number of times that it went back to another version within a day after its update. From 3 on two devices probably have one id: it counts as failing and is sent nothing."""
    @property
    def lock(self) -> int | None:
        """The version it is locked to."""
    @property
    def sequence(self) -> int:
        """The number of the latest directive that it was sent."""
    @property
    def security_counter(self) -> int:
        """The highest security counter it has confirmed."""
    @property
    def chip_revision(self) -> int | None:
        """The revision of its chip, 100 × major + minor, as it reported it; none: it never did in this product."""
    @property
    def system(self) -> str | None:
        """The system version that it reported last."""
    @property
    def added_at(self) -> datetime:
        """When it was added to the product, or first asked to join."""
    @property
    def seen(self) -> Seen | None:
        """What it reported last; none: it never connected since it was added."""
    @property
    def attempt(self) -> UpdateAttempt | None:
        """The update that it was sent and has not answered yet."""
    @property
    def outcome(self) -> UpdateOutcome | None:
        """How its latest finished update ended."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Seen:
    """A device's latest report."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['session'], Literal['version_since'], Literal['version'], Literal['image'], Literal['platform'], Literal['takes_updates'], Literal['online']]] = ...
    @property
    def at(self) -> datetime:
        """When it connected."""
    @property
    def session(self) -> int:
        """The gateway's number of the session; 0: it gave none."""
    @property
    def version_since(self) -> datetime:
        """Since when it has reported this version."""
    @property
    def version(self) -> int | None:
        """The version it reported."""
    @property
    def image(self) -> Agreement:
        """Whether the hash that it reported is that of the uploaded image."""
    @property
    def platform(self) -> Agreement:
        """Whether its hardware is the product's."""
    @property
    def takes_updates(self) -> bool:
        """Whether it takes updates now."""
    @property
    def online(self) -> bool:
        """Whether it is connected."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpdateAttempt:
    """An update on its way."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['target'], Literal['from_version'], Literal['progress']]] = ...
    @property
    def at(self) -> datetime:
        """When the directive was given out."""
    @property
    def target(self) -> int:
        """The version to run."""
    @property
    def from_version(self) -> int | None:
        """The version it ran before."""
    @property
    def progress(self) -> AttemptProgress:
        """How far the update has come."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpdateOutcome:
    """How an update ended."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['target'], Literal['result']]] = ...
    @property
    def at(self) -> datetime:
        """When that was known."""
    @property
    def target(self) -> int:
        """The version it was to run."""
    @property
    def result(self) -> UpdateResult:
        """What came of it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class DevicePage:
    """A page of devices."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[Device]:
        """The devices, by id."""
    @property
    def next(self) -> str | None:
        """The device that the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class DeviceIdPage:
    """A page of device ids."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[str]:
        """The ids, in order."""
    @property
    def next(self) -> str | None:
        """The device that the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Summary:
    """A fleet in numbers."""

    __match_args__: ClassVar[tuple[Literal['devices'], Literal['online'], Literal['never_seen'], Literal['versions'], Literal['no_version'], Literal['image_differs'], Literal['pending'], Literal['failing'], Literal['locked'], Literal['development'], Literal['wrong_platform'], Literal['quarantined'], Literal['denied'], Literal['held_places']]] = ...
    @property
    def devices(self) -> int:
        """In the product."""
    @property
    def online(self) -> int:
        """Of these, connected now."""
    @property
    def never_seen(self) -> int:
        """Of these, not seen since they were added."""
    @property
    def versions(self) -> list[VersionCount]:
        """How many report which version, by version."""
    @property
    def no_version(self) -> int:
        """How many report none."""
    @property
    def image_differs(self) -> int:
        """How many run another image than the one uploaded under the version that they report."""
    @property
    def pending(self) -> int:
        """How many have an update on its way."""
    @property
    def failing(self) -> int:
        """How many failed their latest attempt or attempts."""
    @property
    def locked(self) -> int:
        """How many are locked to a version."""
    @property
    def development(self) -> int:
        """How many are development devices."""
    @property
    def wrong_platform(self) -> int:
        """How many are held because their hardware is not the product's."""
    @property
    def quarantined(self) -> int:
        """How many wait to be let in."""
    @property
    def denied(self) -> int:
        """How many are shut out."""
    @property
    def held_places(self) -> int:
        """Places that imports under way, or cut off, hold for devices they have yet to add."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class VersionCount:
    """How many devices report a version."""

    __match_args__: ClassVar[tuple[Literal['version'], Literal['devices']]] = ...
    @property
    def version(self) -> int:
        """The version."""
    @property
    def devices(self) -> int:
        """How many."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Webhook:
    """To a server of the vendor's."""

    __match_args__: ClassVar[tuple[Literal['url']]] = ...
    def __new__(cls, url: str) -> Self: ...
    @property
    def url(self) -> str:
        """Its address, which may hold a secret."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Integration:
    """To a service that the host knows by this name."""

    __match_args__: ClassVar[tuple[Literal['name']]] = ...
    def __new__(cls, name: str) -> Self: ...
    @property
    def name(self) -> str:
        """The name."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class LiveStream:
    """To whoever holds the product's live stream open at the host."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __new__(cls) -> Self: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Subscription:
    """That matching events are sent on."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['to'], Literal['prefix'], Literal['device'], Literal['created_at']]] = ...
    @property
    def id(self) -> int:
        """Its number."""
    @property
    def to(self) -> Destination:
        """Where matching events are sent."""
    @property
    def prefix(self) -> str:
        """What an event's name must begin with; empty: any."""
    @property
    def device(self) -> str | None:
        """Whose events; none: all devices'."""
    @property
    def created_at(self) -> datetime:
        """When it was made."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Event:
    """An event of a product's log, and where it is there."""

    __match_args__: ClassVar[tuple[Literal['slot'], Literal['sequence'], Literal['at'], Literal['happened_at'], Literal['device'], Literal['origin'], Literal['name'], Literal['data'], Literal['id'], Literal['error_kind'], Literal['matched'], Literal['sent']]] = ...
    @property
    def slot(self) -> int:
        """The slot of the log."""
    @property
    def sequence(self) -> int:
        """The number within the slot."""
    @property
    def at(self) -> datetime:
        """When it was logged."""
    @property
    def happened_at(self) -> datetime:
        """When it happened, by the word of the device or its gateway."""
    @property
    def device(self) -> str:
        """The device."""
    @property
    def origin(self) -> EventOrigin:
        """What the device was to the product."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def data(self) -> str:
        """Its data."""
    @property
    def id(self) -> str | None:
        """The id that its caller gave it."""
    @property
    def error_kind(self) -> str | None:
        """The kind of error that it reports."""
    @property
    def matched(self) -> list[int]:
        """The subscriptions that it matched, in their order."""
    @property
    def sent(self) -> int:
        """To how many of these, from the first on, it was to be sent; the others were dropped."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventPage:
    """A page of a log."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[Event]:
        """The events, newest first."""
    @property
    def next(self) -> str | None:
        """What the next page goes on before; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class FollowedEvents:
    """A part of a log that is followed."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next'], Literal['missed']]] = ...
    @property
    def items(self) -> list[Event]:
        """The next events, oldest first; none: there are no more by now."""
    @property
    def next(self) -> str:
        """Where to go on."""
    @property
    def missed(self) -> int:
        """How many fell out of the log before they were read."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class StreamedEvents:
    """What came in on a stream."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['missed']]] = ...
    @property
    def items(self) -> list[Event]:
        """Events in the order in which this process published them."""
    @property
    def missed(self) -> int:
        """How many came before these and were thrown away because nobody read them in time. They are in the log."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventLogged:
    """It is in the log of the product, and is to be delivered as this says."""

    __match_args__: ClassVar[tuple[Literal['product'], Literal['slot'], Literal['sequence'], Literal['at'], Literal['origin'], Literal['duplicate'], Literal['deliveries'], Literal['dropped'], Literal['id_reused']]] = ...
    @property
    def product(self) -> int:
        """The product whose log it is in."""
    @property
    def slot(self) -> int:
        """The slot of the log."""
    @property
    def sequence(self) -> int:
        """The number within the slot."""
    @property
    def at(self) -> datetime:
        """When it was logged."""
    @property
    def origin(self) -> EventOrigin:
        """What the device was to the product."""
    @property
    def duplicate(self) -> bool:
        """Whether this very event was published before, by its id: nothing was logged or counted again."""
    @property
    def deliveries(self) -> list[Delivery]:
        """What is to be sent, in the order of the subscriptions: each is one outbound message."""
    @property
    def dropped(self) -> Dropped | None:
        """What is not to be sent, and why."""
    @property
    def id_reused(self) -> bool:
        """Whether another event had this id before, or this one had it before the window: it is a new event."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventDenied:
    """The device is shut out of the product: it was turned away and is logged nowhere."""

    __match_args__: ClassVar[tuple[Literal['product']]] = ...
    @property
    def product(self) -> int:
        """The product."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventOfPersonalDevice:
    """The device is in no product and named none: it was logged nowhere."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventOfUnknownProduct:
    """The device named a product that does not exist: it was logged nowhere."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventTurnedAway:
    """One that is newer than this binding."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Delivery:
    """One message to one subscriber."""

    __match_args__: ClassVar[tuple[Literal['subscription'], Literal['key']]] = ...
    @property
    def subscription(self) -> int:
        """Whose: the subscription's number."""
    @property
    def key(self) -> str:
        """Its name, the same whenever it is tried again."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Dropped:
    """The messages that were dropped at the tier's monthly limit."""

    __match_args__: ClassVar[tuple[Literal['subscriptions'], Literal['limit']]] = ...
    @property
    def subscriptions(self) -> list[int]:
        """Whose, in order."""
    @property
    def limit(self) -> Limit:
        """The limit, and the cheapest tier that would do."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class DeviceError:
    """What is known of the errors of one kind."""

    __match_args__: ClassVar[tuple[Literal['kind'], Literal['count'], Literal['first_at'], Literal['last_at'], Literal['device']]] = ...
    @property
    def kind(self) -> str:
        """The kind."""
    @property
    def count(self) -> int:
        """How many were reported."""
    @property
    def first_at(self) -> datetime:
        """When the first one was logged since counting began."""
    @property
    def last_at(self) -> datetime:
        """When the latest was."""
    @property
    def device(self) -> str:
        """Whose the latest is."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Period:
    """A period: from its start, which is in it, to its end, which is not."""

    __match_args__: ClassVar[tuple[Literal['index'], Literal['start'], Literal['end']]] = ...
    @property
    def index(self) -> int:
        """Its number from the product's creation."""
    @property
    def start(self) -> datetime:
        """Its first moment."""
    @property
    def end(self) -> datetime:
        """The first moment after it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Usage:
    """A product's messages in its usage month."""

    __match_args__: ClassVar[tuple[Literal['period'], Literal['limit'], Literal['used'], Literal['reserved']]] = ...
    @property
    def period(self) -> Period:
        """The month; the count starts again at its end."""
    @property
    def limit(self) -> int | None:
        """The tier's limit now; none: there is none."""
    @property
    def used(self) -> int:
        """Messages that are counted as sent."""
    @property
    def reserved(self) -> int:
        """Messages that processes may send without asking."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Firmware:
    """An uploaded firmware."""

    __match_args__: ClassVar[tuple[Literal['version'], Literal['title'], Literal['description'], Literal['uploaded_at'], Literal['uploaded_by'], Literal['image'], Literal['requires_system'], Literal['proven'], Literal['released_at'], Literal['locked_devices']]] = ...
    @property
    def version(self) -> int:
        """Its version."""
    @property
    def title(self) -> str:
        """Its title."""
    @property
    def description(self) -> str:
        """What it is for."""
    @property
    def uploaded_at(self) -> datetime:
        """When it was uploaded."""
    @property
    def uploaded_by(self) -> int | None:
        """The account that uploaded it; none: an operator."""
    @property
    def image(self) -> Image:
        """What was found in the binary."""
    @property
    def requires_system(self) -> str | None:
        """The system versions it runs on; none: any."""
    @property
    def proven(self) -> Proof | None:
        """The first device of the product that reported it."""
    @property
    def released_at(self) -> datetime | None:
        """When it was first released."""
    @property
    def locked_devices(self) -> int:
        """How many devices are locked to it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Image:
    """What was found in a binary."""

    __match_args__: ClassVar[tuple[Literal['format'], Literal['size'], Literal['sha256'], Literal['embedded'], Literal['security_counter'], Literal['own_version'], Literal['project'], Literal['wildcard'], Literal['min_chip_revision'], Literal['max_chip_revision']]] = ...
    @property
    def format(self) -> ImageFormat:
        """What kind of image it is."""
    @property
    def size(self) -> int:
        """Its size in bytes."""
    @property
    def sha256(self) -> str:
        """The SHA-256 of the whole file."""
    @property
    def embedded(self) -> list[str]:
        """The hashes that the image carries and that a device may report in place of the file's."""
    @property
    def security_counter(self) -> int:
        """Its security counter; 0 where the format has none."""
    @property
    def own_version(self) -> str | None:
        """The version string that the image carries beside the integer."""
    @property
    def project(self) -> str | None:
        """The project's name that the image carries."""
    @property
    def wildcard(self) -> bool:
        """Whether it names the platform's id as its product."""
    @property
    def min_chip_revision(self) -> int | None:
        """The least revision of the chip that it runs on, 100 × major + minor; none: any."""
    @property
    def max_chip_revision(self) -> int | None:
        """The last revision of the chip that it runs on, 100 × major + minor; none: any."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Proof:
    """That a firmware ran on a device."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['at']]] = ...
    @property
    def device(self) -> str:
        """The device."""
    @property
    def at(self) -> datetime:
        """When it reported so."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class NoChange:
    """None: what is to be sent as things stand."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __new__(cls) -> Self: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ReleaseChange:
    """A release to the product, or its withdrawal."""

    __match_args__: ClassVar[tuple[Literal['version']]] = ...
    def __new__(cls, version: int | None = None) -> Self: ...
    @property
    def version(self) -> int | None:
        """The version; none: its withdrawal."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class GroupReleaseChange:
    """A release to a group, or its withdrawal."""

    __match_args__: ClassVar[tuple[Literal['group'], Literal['version']]] = ...
    def __new__(cls, group: int, version: int | None) -> Self: ...
    @property
    def group(self) -> int:
        """The group."""
    @property
    def version(self) -> int | None:
        """The version; none: its withdrawal."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class LockChange:
    """A device's lock, or its unlocking."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['version']]] = ...
    def __new__(cls, device: str, version: int | None = None) -> Self: ...
    @property
    def device(self) -> str:
        """The device."""
    @property
    def version(self) -> int | None:
        """The version; none: its unlocking."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class GroupsChange:
    """The groups that a device is in."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['groups']]] = ...
    def __new__(cls, device: str, groups: Sequence[int]) -> Self: ...
    @property
    def device(self) -> str:
        """The device."""
    @property
    def groups(self) -> list[int]:
        """Its groups."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class DryRun:
    """How many devices would be sent a firmware at their next connect."""

    __match_args__: ClassVar[tuple[Literal['sent'], Literal['by_change']]] = ...
    @property
    def sent(self) -> Ways:
        """All that would be sent something once the change is made."""
    @property
    def by_change(self) -> Ways:
        """Those of them that would be sent something else, or nothing, without it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Ways:
    """Devices by the way their firmware would go."""

    __match_args__: ClassVar[tuple[Literal['up'], Literal['down'], Literal['from_none'], Literal['total']]] = ...
    @property
    def up(self) -> int:
        """To a higher version than they report."""
    @property
    def down(self) -> int:
        """To a lower one."""
    @property
    def from_none(self) -> int:
        """From none."""
    @property
    def total(self) -> int:
        """All of them."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ImportReport:
    """A verdict for each line of a list, in the order of the file."""

    __match_args__: ClassVar[tuple[Literal['lines'], Literal['counts'], Literal['header_line'], Literal['refused']]] = ...
    @property
    def lines(self) -> list[ImportLine]:
        """One for each line that is not blank and not the header."""
    @property
    def counts(self) -> ImportCounts:
        """How many lines had which verdict."""
    @property
    def header_line(self) -> int | None:
        """Which line was taken as the header of its columns."""
    @property
    def refused(self) -> Limit | None:
        """Why none was added, where the good ones do not all fit the tier."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ImportLine:
    """A line of a list, and what became of it."""

    __match_args__: ClassVar[tuple[Literal['line'], Literal['device'], Literal['verdict'], Literal['message'], Literal['duplicate_of'], Literal['known']]] = ...
    @property
    def line(self) -> int:
        """The line's number, from 1."""
    @property
    def device(self) -> str | None:
        """The id that was read; none where none could be."""
    @property
    def verdict(self) -> ImportVerdict:
        """What became of it."""
    @property
    def message(self) -> str:
        """The same in a sentence."""
    @property
    def duplicate_of(self) -> int | None:
        """With `duplicate`: the line that has the same id."""
    @property
    def known(self) -> str | None:
        """With `wrong_platform`: what its hardware is known to be."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ImportCounts:
    """How many lines had which verdict."""

    __match_args__: ClassVar[tuple[Literal['imported'], Literal['already_here'], Literal['duplicates'], Literal['refused']]] = ...
    @property
    def imported(self) -> int:
        """Added, or would be."""
    @property
    def already_here(self) -> int:
        """Already in the product."""
    @property
    def duplicates(self) -> int:
        """Duplicates of earlier lines."""
    @property
    def refused(self) -> int:
        """Every other line."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ImportProgress:
    """How far an import is."""

    __match_args__: ClassVar[tuple[Literal['added'], Literal['to_add']]] = ...
    @property
    def added(self) -> int:
        """Devices added."""
    @property
    def to_add(self) -> int:
        """Devices to add in all."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class DevicesAskToJoin:
    """Devices ask to join the product."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class QuarantineFull:
    """The quarantine is full: further devices that ask to join are turned away."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class InvitationNotice:
    """An account is asked to join the product's team."""

    __match_args__: ClassVar[tuple[Literal['account']]] = ...
    @property
    def account(self) -> int:
        """The account's number; its e-mail is where the notice goes."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UsageWarningNotice:
    """A share of the tier's messages is used up."""

    __match_args__: ClassVar[tuple[Literal['month'], Literal['limit'], Literal['percent'], Literal['used']]] = ...
    @property
    def month(self) -> int:
        """The usage month, by its number from the product's creation."""
    @property
    def limit(self) -> int:
        """The tier's messages a month."""
    @property
    def percent(self) -> int:
        """The share, in percent."""
    @property
    def used(self) -> int:
        """The messages that are used."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UsageLimitReachedNotice:
    """All of the tier's messages are used up: further ones of this usage month are dropped."""

    __match_args__: ClassVar[tuple[Literal['month'], Literal['limit'], Literal['used']]] = ...
    @property
    def month(self) -> int:
        """The usage month, by its number from the product's creation."""
    @property
    def limit(self) -> int:
        """The tier's messages a month."""
    @property
    def used(self) -> int:
        """The messages that are used."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class PaymentFailedNotice:
    """A renewal's payment failed."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice'], Literal['attempt'], Literal['failures'], Literal['of'], Literal['next'], Literal['amount'], Literal['result'], Literal['card'], Literal['tried_next'], Literal['locks_at']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def invoice(self) -> int:
        """The invoice that is not paid."""
    @property
    def attempt(self) -> int:
        """Which attempt it was: 1 for the first."""
    @property
    def failures(self) -> int:
        """How many of the schedule's attempts have failed."""
    @property
    def of(self) -> int:
        """With how many failures the account is locked."""
    @property
    def next(self) -> datetime | None:
        """When the schedule goes on; none: not before another card is there."""
    @property
    def amount(self) -> Money | None:
        """What is to be paid."""
    @property
    def result(self) -> PaymentResult | None:
        """How it failed."""
    @property
    def card(self) -> KnownCard | None:
        """The card that failed, or the last that was there."""
    @property
    def tried_next(self) -> bool:
        """Whether the card on file is tried at `next`; otherwise that day counts as a further failure."""
    @property
    def locks_at(self) -> datetime | None:
        """When the account is locked, if nothing is paid until then."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AccountLockedNotice:
    """The last attempt failed: the account is locked."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice'], Literal['amount']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def invoice(self) -> int:
        """The invoice whose last attempt it was."""
    @property
    def amount(self) -> Money | None:
        """What is to be paid of it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AccountUnlockedNotice:
    """All is paid: the account is unlocked."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def invoice(self) -> int:
        """The invoice that it had been locked for."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class RenewalPaidNotice:
    """A renewal was paid."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice'], Literal['amount'], Literal['card']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def invoice(self) -> int:
        """The invoice."""
    @property
    def amount(self) -> Money | None:
        """How much was charged."""
    @property
    def card(self) -> KnownCard | None:
        """The card that was charged."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpgradedNotice:
    """An upgrade was paid and is in effect."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice'], Literal['amount']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def invoice(self) -> int:
        """The invoice."""
    @property
    def amount(self) -> Money | None:
        """How much was charged."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpgradeDeclinedNotice:
    """An upgrade's charge was declined: nothing has changed."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['charge'], Literal['amount'], Literal['result'], Literal['card']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def charge(self) -> int:
        """The charge's number."""
    @property
    def amount(self) -> Money | None:
        """How much was to be charged."""
    @property
    def result(self) -> PaymentResult | None:
        """How it was declined."""
    @property
    def card(self) -> KnownCard | None:
        """The card that was declined."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class PlanReducedNotice:
    """A plan was ended or lowered, or the product is another's now; the credit note says what it gives back."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice'], Literal['refund']]] = ...
    @property
    def account(self) -> int:
        """The account that gets it back."""
    @property
    def invoice(self) -> int:
        """The credit note."""
    @property
    def refund(self) -> Money | None:
        """How much goes back to the account."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class PlanEndedNotice:
    """A plan ran out and was not renewed: the product is on a tier that costs nothing."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['tier'], Literal['since']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def tier(self) -> str:
        """The tier that the product is on."""
    @property
    def since(self) -> datetime:
        """Since when nothing is paid for."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ChargeUnknownNotice:
    """The outcome of a charge is unknown, and nobody has found it out for a day: look it up by its key, and tell."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['charge'], Literal['amount'], Literal['since']]] = ...
    @property
    def account(self) -> int:
        """The account that is charged, or gets the money back."""
    @property
    def charge(self) -> int:
        """The charge's number."""
    @property
    def amount(self) -> Money:
        """How much."""
    @property
    def since(self) -> datetime:
        """Since when it is unknown."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CardExpiresNotice:
    """The card on file expires at the end of this month."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['card'], Literal['month'], Literal['known']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def card(self) -> int:
        """Which of the account's cards."""
    @property
    def month(self) -> str:
        """The month through which it is valid, such as `2017-12`."""
    @property
    def known(self) -> KnownCard | None:
        """What people know it by."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CardNeededNotice:
    """There is no card on file that will be good at the next renewal."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['renewal'], Literal['amount'], Literal['card']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def renewal(self) -> datetime:
        """When the renewal is."""
    @property
    def amount(self) -> Money | None:
        """What will be charged then."""
    @property
    def card(self) -> KnownCard | None:
        """The card on file, or the last that was there."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ClaimEndedNotice:
    """A device proved that it is somebody else's: the claim of whoever had it before ended."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['account'], Literal['customer']]] = ...
    @property
    def device(self) -> str:
        """The device."""
    @property
    def account(self) -> int | None:
        """The account that had claimed it."""
    @property
    def customer(self) -> int | None:
        """The customer of the product that had claimed it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class OtherNotice:
    """One that is newer than this binding."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Notice:
    """Something that people should be told."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['at'], Literal['product'], Literal['subject']]] = ...
    @property
    def key(self) -> str:
        """Names this notice and no other: a host that is handed it twice sends it once."""
    @property
    def at(self) -> datetime:
        """When it was caused."""
    @property
    def product(self) -> int:
        """The product it is about."""
    @property
    def subject(self) -> NoticeSubject:
        """What to tell."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class NoticePage:
    """A page of notices."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[Notice]:
        """The notices, by product."""
    @property
    def next(self) -> str | None:
        """What the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Product:
    """A product: one platform, one owner, one fleet."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['name'], Literal['platform'], Literal['owner'], Literal['created_at'], Literal['tier'], Literal['policy'], Literal['release'], Literal['groups']]] = ...
    @property
    def id(self) -> int:
        """Its number."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def platform(self) -> str:
        """The one kind of hardware in its fleet, such as `particle:6`."""
    @property
    def owner(self) -> int:
        """The owner's account."""
    @property
    def created_at(self) -> datetime:
        """When it was created."""
    @property
    def tier(self) -> str:
        """The name of its tier."""
    @property
    def policy(self) -> Policy:
        """What its team decided on."""
    @property
    def release(self) -> Release | None:
        """The version that devices get which are not locked and in no group with a release of its own."""
    @property
    def groups(self) -> list[Group]:
        """The groups that devices can be put in, by number."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Release:
    """The preferred version of a product."""

    __match_args__: ClassVar[tuple[Literal['version'], Literal['at'], Literal['by']]] = ...
    @property
    def version(self) -> int:
        """The version."""
    @property
    def at(self) -> datetime:
        """When it was released."""
    @property
    def by(self) -> Actor:
        """By whom."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Group:
    """A named set of devices within a product."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['name'], Literal['release']]] = ...
    @property
    def id(self) -> int:
        """Its number."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def release(self) -> int | None:
        """The version released to it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Gate:
    """What a version must have shown before it can be released."""

    __match_args__: ClassVar[tuple[Literal['devices'], Literal['soak_millis']]] = ...
    @property
    def devices(self) -> int:
        """On how many devices of the product it must run."""
    @property
    def soak_millis(self) -> int:
        """For how long it must have run on each, in milliseconds."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Policy:
    """The policies of a product."""

    __match_args__: ClassVar[tuple[Literal['gate'], Literal['wildcard_product'], Literal['opaque_images'], Literal['forbid_downgrades'], Literal['approve_by_itself'], Literal['known_ids_only'], Literal['quarantine_limit'], Literal['invitation_millis'], Literal['authentication'], Literal['private_beta'], Literal['log_events'], Literal['log_age_millis'], Literal['event_id_millis'], Literal['customers_may'], Literal['usage_notices'], Literal['clock_tolerance_millis']]] = ...
    @property
    def gate(self) -> Gate:
        """What must be seen before a version can be released."""
    @property
    def wildcard_product(self) -> bool:
        """Whether an image that names the platform's id as its product is taken."""
    @property
    def opaque_images(self) -> bool:
        """Whether a binary of no known format is taken."""
    @property
    def forbid_downgrades(self) -> bool:
        """Whether a device is never sent a version below the one it reports."""
    @property
    def approve_by_itself(self) -> bool:
        """Whether a device that asks to join is taken at once where a person could take it."""
    @property
    def known_ids_only(self) -> bool:
        """Whether only devices that the host registered before can be imported."""
    @property
    def quarantine_limit(self) -> int:
        """How many devices may wait in quarantine."""
    @property
    def invitation_millis(self) -> int:
        """For how long an invitation to the team can be accepted, in milliseconds."""
    @property
    def authentication(self) -> Authentication | None:
        """How customers are authenticated; none: not decided yet."""
    @property
    def private_beta(self) -> bool:
        """Whether a customer needs an activation code to claim a device."""
    @property
    def log_events(self) -> int:
        """How many events its log holds."""
    @property
    def log_age_millis(self) -> int:
        """How old they get there, in milliseconds."""
    @property
    def event_id_millis(self) -> int:
        """For how long an event's id is recognised, in milliseconds."""
    @property
    def customers_may(self) -> list[Scope]:
        """What customers may do with their device."""
    @property
    def usage_notices(self) -> list[int]:
        """At which shares of the tier's messages people are told, in percent."""
    @property
    def clock_tolerance_millis(self) -> int:
        """How far ahead of the present clock a moment may lie and still hold older reports back, in milliseconds."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Limit:
    """A tier's limit that stands in the way."""

    __match_args__: ClassVar[tuple[Literal['tier'], Literal['resource'], Literal['limit'], Literal['used'], Literal['would_be'], Literal['held_places'], Literal['held_until'], Literal['fits'], Literal['message']]] = ...
    @property
    def tier(self) -> str:
        """The product's tier."""
    @property
    def resource(self) -> Resource:
        """What is limited."""
    @property
    def limit(self) -> int:
        """The tier's limit."""
    @property
    def used(self) -> int:
        """What is in use now."""
    @property
    def would_be(self) -> int:
        """What would be in use."""
    @property
    def held_places(self) -> int:
        """The places that imports under way hold, where it would fit without them; 0: that is not why."""
    @property
    def held_until(self) -> datetime | None:
        """When the last of them is free at the latest."""
    @property
    def fits(self) -> Fits | None:
        """The cheapest tier that would do; none: there is none."""
    @property
    def message(self) -> str:
        """The same in a sentence."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Fits:
    """The cheapest tier that would do."""

    __match_args__: ClassVar[tuple[Literal['tier'], Literal['limit']]] = ...
    @property
    def tier(self) -> str:
        """Its name."""
    @property
    def limit(self) -> int | None:
        """Its limit; none: it has none."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Missing:
    """What stands in the way of manufacturing."""

    __match_args__: ClassVar[tuple[Literal['question'], Literal['why']]] = ...
    @property
    def question(self) -> str:
        """The question's name."""
    @property
    def why(self) -> str:
        """What is missing."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Configuration:
    """A product's answers to the questions before manufacturing."""

    __match_args__: ClassVar[tuple[Literal['answers'], Literal['started_at']]] = ...
    @property
    def answers(self) -> dict[str, ConfigurationAnswer]:
        """By the question's name."""
    @property
    def started_at(self) -> datetime | None:
        """When manufacturing began; from then on what the line is programmed with stays as it is."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Account:
    """A person who can log in."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['email'], Literal['created_at'], Literal['locked_at'], Literal['unpaid_since']]] = ...
    @property
    def id(self) -> int:
        """Its number."""
    @property
    def email(self) -> str:
        """Its e-mail, in lower case."""
    @property
    def created_at(self) -> datetime:
        """When it was created."""
    @property
    def locked_at(self) -> datetime | None:
        """Since when an operator has it locked; none: no operator has."""
    @property
    def unpaid_since(self) -> datetime | None:
        """Since when it is locked for bills that were not paid; none: it is not."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Person:
    """A person on a team."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['email']]] = ...
    @property
    def account(self) -> int:
        """The account's number."""
    @property
    def email(self) -> str:
        """Its e-mail."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Invited:
    """A person who was asked to join a team and has not answered."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['email'], Literal['at'], Literal['expires_at']]] = ...
    @property
    def account(self) -> int:
        """The account's number."""
    @property
    def email(self) -> str:
        """Its e-mail."""
    @property
    def at(self) -> datetime:
        """When they were asked."""
    @property
    def expires_at(self) -> datetime:
        """From when on the invitation can't be accepted and holds no seat."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Team:
    """A product's team, as its members see it."""

    __match_args__: ClassVar[tuple[Literal['owner'], Literal['members'], Literal['invited']]] = ...
    @property
    def owner(self) -> int:
        """The owner's account."""
    @property
    def members(self) -> list[Person]:
        """The members, the owner among them, by account."""
    @property
    def invited(self) -> list[Invited]:
        """Who was asked to join and has not answered; expired invitations too."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Invitation:
    """That an account was asked to join a team."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['expires_at']]] = ...
    @property
    def at(self) -> datetime:
        """When."""
    @property
    def expires_at(self) -> datetime:
        """From when on it can't be accepted and holds no seat."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ReceivedInvitation:
    """An invitation, as the invitee sees it."""

    __match_args__: ClassVar[tuple[Literal['product'], Literal['name'], Literal['at'], Literal['expires_at']]] = ...
    @property
    def product(self) -> int:
        """The product's number."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def at(self) -> datetime:
        """When it was made."""
    @property
    def expires_at(self) -> datetime:
        """From when on it can't be accepted."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Operator:
    """Who runs the platform."""

    __match_args__: ClassVar[tuple[()]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AccountActor:
    """A person."""

    __match_args__: ClassVar[tuple[Literal['account']]] = ...
    @property
    def account(self) -> int:
        """The account's number."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CustomerActor:
    """A customer of the product."""

    __match_args__: ClassVar[tuple[Literal['customer']]] = ...
    @property
    def customer(self) -> int:
        """The customer's number."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AuditEntry:
    """One thing that was done."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['actor'], Literal['command'], Literal['subject'], Literal['old'], Literal['new']]] = ...
    @property
    def at(self) -> datetime:
        """When."""
    @property
    def actor(self) -> Actor:
        """By whom."""
    @property
    def command(self) -> Command:
        """What: a stable word."""
    @property
    def subject(self) -> str:
        """To what, in short."""
    @property
    def old(self) -> str | None:
        """What was changed, as it was before; none: nothing that was there before was changed."""
    @property
    def new(self) -> str | None:
        """The same as it is from then on."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AuditPage:
    """A page of what was done to a product."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[AuditEntry]:
        """What was done, newest first."""
    @property
    def next(self) -> str | None:
        """What the next page goes on after; none: there is no more."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Clock:
    """The door for time: the host opens it every so often, and when its payment provider answers."""

    def due(self, *, limit: int | None = None) -> list[Due]:
        """What is due now."""
    def advance(self, *, limit: int | None = None) -> Advanced:
        """Does what is due now: renewals, retries, notices."""
    def confirm_leap(self) -> None:
        """Says that the clock is right after a leap that `advance` refused."""
    def charge_outcome(self, key: str, outcome: ChargeOutcome) -> None:
        """What the payment provider said of a charge."""

@final
class Violation:
    """A law that a store broke."""

    __match_args__: ClassVar[tuple[Literal['law'], Literal['what']]] = ...
    @property
    def law(self) -> str:
        """The law's name."""
    @property
    def what(self) -> str:
        """What was seen that should not be."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

def conformance(factory: Callable[[], Store], *, reopen: Callable[[Store], Store] | None = None) -> list[Violation]:
    """Holds a store to every law of `fleet_core::store::conformance`; an empty list says that it keeps them all. `factory` makes an empty store each time it is called. With `reopen`, a store is held to the laws of reopening too: it is handed a store that is not used any more, and opens what it kept once more. For tests: meanwhile the interpreter switches often between threads, in the store's methods above all."""

@final
class EventStream:
    """The events of a product that this process publishes, from the moment on when it was opened."""

    __match_args__: ClassVar[tuple[Literal['start']]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    @property
    def start(self) -> str:
        """The end of the log when the stream was opened: for `follow_events`."""
    def wait(self, at_most: timedelta) -> bool:
        """Waits until there is something to read, at most for this time. Returns whether there is. Ctrl-C ends it."""

@final
class Console:
    """The door for people: what the team, or the platform's operator, asks for."""

    def quote_upgrade(self, product: int, tier: str, interval: Interval) -> Quote:
        """What it costs to go to a tier, at an interval, now."""
    def upgrade(self, product: int, quote: str) -> Upgrade:
        """Takes a quote: answers the charge that the upgrade waits for, or its invoice where there is nothing to charge."""
    def switch_interval(self, product: int, interval: Interval) -> None:
        """Changes the interval from the next renewal on."""
    def set_currency(self, product: int, currency: str) -> None:
        """Chooses the currency that a product is billed in, before its first invoice."""
    def set_card(self, token: str, *, brand: str, last_four: str, expires: str) -> None:
        """Puts a card on one's file, after the payment provider took it; `expires` is the month through which it is valid, such as `2017-12`."""
    def remove_card(self) -> None:
        """Takes the card off one's file."""
    def billing_status(self, product: int) -> BillingStatus:
        """How a product's billing stands."""
    def invoices(self, product: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """A product's invoices, newest first."""
    def cancel_plan(self, product: int) -> Invoice:
        """Ends a product's plan; answers the credit note. An operator's command."""
    def downgrade(self, product: int, tier: str) -> Invoice:
        """Puts a product on a lower tier; answers the credit note. An operator's command."""
    def agree_price(self, product: int, tier: str, interval: Interval, price: Money | None) -> None:
        """Agrees on a price for a product; `None` takes the agreement back. An operator's command."""
    def write_off(self, product: int, invoice: int) -> Invoice:
        """Gives an unpaid invoice up, a removed product's too. An operator's command."""
    def account_billing(self, account: int) -> AccountBilling:
        """What an account owes over all its products, removed ones among them."""
    def account_invoices(self, account: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """An account's invoices over all its products, removed ones among them: by product, and of each the newest first."""
    def plan_import(self, product: int, list: bytes) -> ImportReport:
        """What an import of this list would say, without changing anything. Ctrl-C ends the waiting for it."""
    def import_devices(self, product: int, list: bytes) -> ImportReport:
        """Imports a list of devices: one id a line, or a .csv. Ctrl-C ends it after its next few thousand devices: what was added stays."""
    def import_watched(self, product: int, list: bytes, *, progress: Callable[[ImportProgress], object] | None = None, cancel: Cancel | None = None) -> ImportReport:
        """The same, telling `progress` how far it is after every few thousand devices. Where `cancel` is set by then, or `progress` raises, the import ends there: what was added stays."""
    def register_devices(self, devices: Sequence[tuple[str, str | None]]) -> int:
        """Tells the platform of devices that exist; answers how many were new. An operator's command."""
    def correct_device(self, product: int, device: str, *, platform: str | None = None, security_counter: int | None = None) -> None:
        """Corrects what the registry knows of a device: its hardware, its security counter, or both. An operator's command, recorded in the audit of `product`; the device need not be in it."""
    def free_places(self, product: int) -> int:
        """Frees the places that imports hold for devices they have yet to add; answers how many."""
    def device(self, product: int, device: str) -> Device:
        """A device of the product, waiting and denied ones too."""
    def devices(self, product: int, *, standing: Standing | None = None, online: bool | None = None, version: int | None = None, group: int | None = None, locked: bool | None = None, development: bool | None = None, pending: bool | None = None, failing: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> DevicePage:
        """The devices that a filter wants, by id."""
    def summary(self, product: int) -> Summary:
        """The fleet in numbers."""
    def explain(self, product: int, device: str) -> Decision:
        """What a device would be told if it connected now, and why."""
    def name_device(self, product: int, device: str, name: str) -> None:
        """Names a device; an empty name takes the name away."""
    def mark_development(self, product: int, device: str, development: bool) -> None:
        """Marks a device for development, or takes the mark away."""
    def set_groups(self, product: int, device: str, groups: Sequence[int]) -> None:
        """Puts a device in these groups and takes it out of all others."""
    def approve_device(self, product: int, device: str) -> None:
        """Lets a waiting device in."""
    def deny_device(self, product: int, device: str) -> None:
        """Shuts a device out."""
    def undeny_device(self, product: int, device: str) -> None:
        """Lets a denied device ask again."""
    def remove_device(self, product: int, device: str) -> None:
        """Takes a device out of the product."""
    def claim_device(self, device: str) -> None:
        """Claims a device that nobody has claimed, for oneself."""
    def unclaim_device(self, device: str) -> None:
        """Gives up a device that one has claimed."""
    def end_claim(self, device: str) -> None:
        """Ends the claim of a device, whoever has it: the team for its product's, the operator for any."""
    def claimed_devices(self, *, after: str | None = None, limit: int | None = None) -> DeviceIdPage:
        """The devices that one has claimed, by id."""
    def subscribe(self, product: int, to: Destination, *, prefix: str | None = None, device: str | None = None) -> Subscription:
        """Has matching events sent on from now on. Each delivery is one outbound message."""
    def unsubscribe(self, product: int, subscription: int) -> None:
        """Ends a subscription."""
    def subscriptions(self, product: int) -> list[Subscription]:
        """A product's subscriptions, in the order in which they were made."""
    def events(self, product: int, *, device: str | None = None, prefix: str | None = None, before: str | None = None, limit: int | None = None) -> EventPage:
        """The events of a product's log, newest first, of one device or whose name begins with a prefix."""
    def follow_events(self, product: int, *, after: str | None = None, limit: int | None = None) -> FollowedEvents:
        """The events that were logged after a cursor, oldest first; without one, from now on."""
    def event_stream(self, product: int) -> EventStream:
        """Opens a stream of what this process publishes for a product from now on."""
    def read_event_stream(self, stream: EventStream, *, limit: int | None = None) -> StreamedEvents:
        """Takes events that came in on a stream. Whoever reads must be let in each time."""
    def device_errors(self, product: int) -> list[DeviceError]:
        """Which errors the members of a product reported, by kind."""
    def forget_device_errors(self, product: int, error_kind: str) -> None:
        """Counts the errors of a kind anew."""
    def usage(self, product: int) -> Usage:
        """A product's messages in the usage month of this moment."""
    def upload(self, product: int, version: int, title: str, binary: bytes, *, description: str | None = None, requires_system: str | None = None) -> Firmware:
        """Uploads a firmware: its binary is read and checked against the product and the version entered. The binary itself stays with the host, under its SHA-256."""
    def firmware(self, product: int) -> list[Firmware]:
        """The product's firmware, by version."""
    def edit_firmware(self, product: int, version: int, title: str, description: str | None = None) -> Firmware:
        """Changes a firmware's title, and its description where one is given; an empty one takes it away."""
    def delete_firmware(self, product: int, version: int) -> None:
        """Deletes a firmware that was never released and that no device is locked to."""
    def release(self, product: int, version: int) -> None:
        """Releases a version."""
    def withdraw_release(self, product: int) -> None:
        """Withdraws the product's release."""
    def release_to_group(self, product: int, group: int, version: int | None) -> None:
        """Releases a version to a group; `None` withdraws the group's release."""
    def lock_and_flash_now(self, product: int, device: str, version: int) -> Decision:
        """Locks a device to a version and says what it is to be sent at once."""
    def lock_and_flash_on_reset(self, product: int, device: str, version: int) -> None:
        """Locks a device to a version, which it gets at its next connect."""
    def unlock(self, product: int, device: str) -> None:
        """Unlocks a device."""
    def force_update(self, product: int, device: str) -> None:
        """Sends the next update to a device also while it says that it takes none."""
    def dry_run(self, product: int, change: Change) -> DryRun:
        """Counts what a change would do, without making it."""
    def team(self, product: int) -> Team:
        """The product's team."""
    def invite(self, product: int, email: str) -> Invitation:
        """Asks an account, by its e-mail, to join the team."""
    def revoke_invitation(self, product: int, account: int) -> None:
        """Takes an invitation back."""
    def invitations(self) -> list[ReceivedInvitation]:
        """The products whose team the actor was asked to join."""
    def accept_invitation(self, product: int) -> None:
        """Accepts an invitation."""
    def decline_invitation(self, product: int) -> None:
        """Declines an invitation."""
    def leave_team(self, product: int) -> None:
        """Leaves the team."""
    def remove_member(self, product: int, account: int) -> None:
        """Takes a member off the team."""
    def transfer_ownership(self, product: int, to: int) -> None:
        """Makes another account the owner. An operator's command."""
    def set_account_lock(self, account: int, locked: bool) -> Account:
        """Locks an account for bills that were not paid, or unlocks it. An operator's command."""
    def create_customer(self, product: int, user_name: str, identity: Identity | None = None) -> Customer:
        """Makes a customer of the product."""
    def customer(self, product: int, customer: int) -> Customer:
        """A customer of the product."""
    def customers(self, product: int, *, active_since: datetime | None = None, inactive_since: datetime | None = None, with_device: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> CustomerPage:
        """The customers that a filter wants, by number."""
    def find_customer(self, product: int, identity: Identity) -> Customer:
        """The customer whom a vendor's user name, or a linked account, is known as."""
    def remove_customer(self, product: int, customer: int) -> None:
        """Takes a customer away."""
    def issue_token(self, product: int, customer: int, scopes: Sequence[Scope], *, life: timedelta) -> IssuedToken:
        """Gives a customer a token for these scopes, which holds for `life`, up to a year. The token is shown only this once."""
    def revoke_token(self, product: int, customer: int, token: str) -> None:
        """Makes a token no good at once."""
    def set_device_code(self, product: int, device: str, code: str) -> None:
        """Gives a device of the product a claim code of its own, such as that on its sticker."""
    def invite_to_beta(self, product: int, list: bytes) -> BetaReport:
        """Invites the customers of a list to the private beta."""
    def uninvite_from_beta(self, product: int, user_name: str) -> None:
        """Takes a guest off the private beta."""
    def renew_activation_code(self, product: int, user_name: str) -> BetaGuest:
        """Gives a guest a new code, also one who used theirs."""
    def beta_guests(self, product: int, *, after: str | None = None, limit: int | None = None) -> BetaGuestPage:
        """The guests of the private beta, by name."""
    def create_account(self, email: str) -> Account:
        """Makes an account. An operator's command."""
    def create_product(self, name: str, platform: str) -> Product:
        """Makes a product: the actor is its owner and first member."""
    def create_product_with_id(self, product: int, owner: int, name: str, platform: str) -> Product:
        """Makes a product with a given number, never used before. An operator's command."""
    def product(self, product: int) -> Product:
        """A product."""
    def products(self) -> list[Product]:
        """The products whose team the actor is on, by number."""
    def rename_product(self, product: int, name: str) -> Product:
        """Renames a product."""
    def set_policy(self, product: int, *, gate_devices: int | None = None, gate_soak_millis: int | None = None, wildcard_product: bool | None = None, opaque_images: bool | None = None, forbid_downgrades: bool | None = None, approve_by_itself: bool | None = None, known_ids_only: bool | None = None, quarantine_limit: int | None = None, invitation_millis: int | None = None, authentication: AuthenticationChoice | None = None, private_beta: bool | None = None, log_events: int | None = None, log_age_millis: int | None = None, event_id_millis: int | None = None, customers_may: Sequence[Scope] | None = None, usage_notices: Sequence[int] | None = None, clock_tolerance_millis: int | None = None) -> Product:
        """Changes the policies that are named; the others stay as they are."""
    def set_tier(self, product: int, tier: str) -> Product:
        """Puts a product on a tier without a charge. An operator's command."""
    def remove_product(self, product: int) -> None:
        """Removes a product. An operator's command."""
    def create_group(self, product: int, name: str) -> int:
        """Makes a group that devices can be put in; answers its number."""
    def delete_group(self, product: int, group: int) -> None:
        """Deletes a group."""
    def audit_log(self, product: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """What was done to a product, newest first."""
    def account_audit_log(self, account: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """What was done to an account, newest first."""
    def configuration(self, product: int) -> Configuration:
        """A product's answers to the questions before manufacturing."""
    def configure(self, product: int, question: str, answer: ConfigurationAnswer | None) -> None:
        """Answers a question; `None` opens it again."""
    def manufacturing_readiness(self, product: int) -> list[Missing]:
        """What stands in the way of manufacturing."""
    def start_manufacturing(self, product: int) -> None:
        """Starts manufacturing."""

@final
class Fleet:
    """A fleet of connected devices, behind a store. Leaving its `with` block closes the store."""

    @staticmethod
    def open(store: str | Store, *, tiers: Sequence[Tier] | None = None, retry_days: Sequence[int] | None = None, quote_life: timedelta | None = None, card_notice_days: int | None = None, hold_locked: bool | None = None, leap_days: int | None = None, unknown_notice: timedelta | None = None, largest_commit: int | None = None) -> Fleet:
        """Opens the fleet of a store: `memory:`, `sqlite:PATH`, `postgresql://…`, or a `Store` written in Python. With tiers of one's own, the cheapest first, and with choices about billing: how many days each until a failed renewal is tried again, for how long a quote holds, how many days before a renewal the owner is told that there is no good card for it, whether the devices of an owner whose account is locked are held (sent no firmware, their events not sent on) or go on, how many days the clock may leap without a word, after how long a charge whose outcome is unknown is told, and how many rows a commit may write at most, for a store with small transactions (at least 48, default 16,400)."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None = ...,
        error: BaseException | None = ...,
        trace: TracebackType | None = ...,
    ) -> None: ...
    def close(self) -> None:
        """Closes the fleet: new calls fail at once, those under way are waited for, then the store is closed. Called from within a call of this fleet, such as an import's `progress`, it does not wait for that one. Ctrl-C ends the waiting; the closing goes on."""
    def close_within(self, at_most: timedelta) -> bool:
        """The same with a deadline. Calls that have not ended by then are cut: they fail when they ask the store next. Returns whether everything ended by itself."""
    def console(self, actor: int | Literal['operator'], now: datetime | None = None) -> Console:
        """The door for people: `"operator"`, or the number of the account that has logged in with the host. Without `now`, each call is made at its own time."""
    def portal(self, token: str, now: datetime | None = None) -> Portal:
        """The door for customers: whoever holds the token."""
    def gateway(self, now: datetime | None = None) -> Gateway:
        """The door for devices."""
    def clock(self, now: datetime | None = None) -> Clock:
        """The door for time."""
    def pending_charges(self, *, after: str | None = None, limit: int | None = None) -> ChargePage:
        """The charges that the host's payment provider is to make, by product."""
    def pending_notices(self, *, after: str | None = None, limit: int | None = None) -> NoticePage:
        """The notices that wait to be sent, by product."""
    def meter(self, product: int, now: datetime | None = None) -> Meter:
        """A product's meter in this process. Without `now`, each message is admitted at its own time."""
    def report_usage(self, now: datetime | None = None) -> None:
        """Reports what this process has sent. For the host to call about every second, if it runs more than one process."""
    def settle_usage(self, now: datetime | None = None) -> None:
        """Reports what this process has sent and gives back the rest. For the host to call before it stops; closing does."""
    def acknowledge(self, key: str) -> bool:
        """Says that the notice of this key has been sent; answers whether it was still waiting."""
    def backup(self, path: str | PathLike[str]) -> None:
        """Writes a copy of the whole fleet, as it is at one moment, to a new file, while others use it. For a fleet in SQLite."""
    def query(self, sql: str, *, limit: int | None = None) -> list[dict[str, str | int | float | bytes | None]]:
        """Runs one statement of SQL that only reads, while others use the fleet; a `dict` a row. An answer of more rows than `limit` (1,000 where it is left out, 100,000 at most) is refused. Ctrl-C ends the waiting for it. For a fleet in SQLite."""

@final
class Price:
    """What a full period of a tier costs."""

    __match_args__: ClassVar[tuple[Literal['interval'], Literal['amount']]] = ...
    def __new__(cls, interval: Interval, amount: Money) -> Self: ...
    @property
    def interval(self) -> Interval:
        """How long a period is."""
    @property
    def amount(self) -> Money:
        """The price."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Tier:
    """A tier of one's own: limits, of which None is no limit, and prices."""

    __match_args__: ClassVar[tuple[Literal['name'], Literal['devices'], Literal['members'], Literal['messages'], Literal['prices']]] = ...
    def __new__(cls, name: str, *, devices: int | None = None, members: int | None = None, messages: int | None = None, prices: Sequence[Price] | None = None) -> Self: ...
    @property
    def name(self) -> str:
        """Its name, unique in the catalogue."""
    @property
    def devices(self) -> int | None:
        """Devices in the product, at most."""
    @property
    def members(self) -> int | None:
        """Team members, the owner among them, at most."""
    @property
    def messages(self) -> int | None:
        """Outbound messages a usage month, at most."""
    @property
    def prices(self) -> list[Price]:
        """What a full period costs, one price for each interval and currency it is sold in; none: by agreement."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Report:
    """What a device says of itself when it connects, as its gateway hands it on."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['product'], Literal['version'], Literal['image'], Literal['platform'], Literal['system'], Literal['security_counter'], Literal['chip_revision'], Literal['takes_updates'], Literal['session'], Literal['reported_at']]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""
    def __new__(cls, device: str, *, product: int | None = None, version: int | None = None, image: str | None = None, platform: str | None = None, system: str | None = None, security_counter: int | None = None, chip_revision: int | None = None, takes_updates: bool | None = None, session: int | None = None, reported_at: datetime | None = None) -> Self: ...
    @property
    def device(self) -> str:
        """The device: 24 hexadecimal digits."""
    @property
    def product(self) -> int | None:
        """The product id in its firmware."""
    @property
    def version(self) -> int | None:
        """The version in its firmware."""
    @property
    def image(self) -> str | None:
        """The hash of its image."""
    @property
    def platform(self) -> str | None:
        """Its hardware."""
    @property
    def system(self) -> str | None:
        """Its system's version."""
    @property
    def security_counter(self) -> int | None:
        """The security counter that it has stored."""
    @property
    def chip_revision(self) -> int | None:
        """The revision of its chip, 100 × major + minor."""
    @property
    def takes_updates(self) -> bool:
        """Whether it takes updates now."""
    @property
    def session(self) -> int:
        """The gateway's number of the session; 0: the gateway numbers none."""
    @property
    def reported_at(self) -> datetime | None:
        """When it connected; none: it is ordered by its session, or is a live one."""

@final
class Connected:
    """What a connect came to."""

    __match_args__: ClassVar[tuple[Literal['product'], Literal['answer'], Literal['outcome']]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""
    @property
    def product(self) -> int | None:
        """The product that the answer is of; none: a personal device."""
    @property
    def answer(self) -> Decision:
        """What the device is to do, and why."""
    @property
    def outcome(self) -> UpdateOutcome | None:
        """How the update that it was sent before ended, if it ended by this connect."""

@final
class Gateway:
    """The door for devices, which the host's gateway opens."""

    def connect(self, report: Report) -> Connected:
        """A device connects, says what it is and runs, and is told what to run and why."""
    def connect_many(self, reports: Sequence[Report]) -> list[Connected]:
        """The same for many at once; the answers are in the order of the reports."""
    def disconnect(self, device: str, *, product: int | None = None, session: int | None = None, ended_at: datetime | None = None) -> None:
        """A device's connection ended. Without `session` and `ended_at`: the one that was told of last."""
    def report_update(self, device: str, product: int, sequence: int, progress: UpdateProgress) -> bool:
        """How the update with this directive's number fares; answers whether it is the device's latest."""
    def present_claim_code(self, device: str, code: str) -> None:
        """A device that is set up presents the claim code that its customer gave it."""
    def publish(self, event: NewEvent) -> Published:
        """A device publishes an event: it is logged, and what is to be sent is answered."""
    def publish_many(self, events: Sequence[NewEvent]) -> list[Published]:
        """The same for many at once; the answers are in the order of the events."""

def operations() -> list[tuple[str, str]]:
    """The door of every operation, and its name in Python."""

def failures() -> list[str]:
    """The name of every kind of failure: of each there is an exception in `fleet_core.errors`."""

def words() -> dict[str, list[str]]:
    """The words of every `Literal`, by its name."""

@final
class Portal:
    """The door for customers: whoever holds the token."""

    def me(self) -> CustomerSession:
        """The customer's own record, and what the token is good for."""
    def log_out(self) -> None:
        """Makes the token no good at once."""
    def activate(self, code: str) -> None:
        """Joins the private beta by the customer's activation code."""
    def ask_claim_code(self) -> ClaimCode:
        """A code for the customer's device to present when it is set up."""
    def claim(self, device: str, code: str) -> None:
        """Claims a device by the code on it."""
    def unclaim(self, device: str) -> None:
        """Gives a device up."""
    def devices(self) -> list[CustomerDevice]:
        """The customer's devices."""
    def use_device(self, device: str, scope: Scope) -> None:
        """Whether the customer may see or control a device now; and that they did."""

@final
class NewEvent:
    """What a device says, as its gateway hands it on."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['name'], Literal['data'], Literal['product'], Literal['id'], Literal['error_kind'], Literal['happened_at']]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""
    def __new__(cls, device: str, name: str, data: str | None = None, *, product: int | None = None, id: str | None = None, error_kind: str | None = None, happened_at: datetime | None = None) -> Self: ...
    @property
    def device(self) -> str:
        """The device: 24 hexadecimal digits."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def data(self) -> str:
        """Its data."""
    @property
    def product(self) -> int | None:
        """The product id in the device's firmware."""
    @property
    def id(self) -> str | None:
        """An id of the caller's: published again under it, the event is recognised."""
    @property
    def error_kind(self) -> str | None:
        """The kind of error that it reports."""
    @property
    def happened_at(self) -> datetime | None:
        """When it happened; none: when it is handed on."""

@final
class Meter:
    """A product's meter: admits messages that a host sends by itself, on one atomic number while its lease lasts."""

    def admit(self) -> bool:
        """Whether one more message may be sent. Counted if so."""
    def admit_many(self, want: int) -> int:
        """How many of so many messages may be sent; they are counted."""

@final
class Row:
    """A row: its key, what it says as JSON, and the stamp of the write that put it there."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['record'], Literal['stamp']]] = ...
    def __new__(cls, key: bytes, record: str, stamp: int) -> Self: ...
    @property
    def key(self) -> bytes:
        """Its key: unique, and ordered as bytes are."""
    @property
    def record(self) -> str:
        """What it says, as JSON; of a counter, its number."""
    @property
    def stamp(self) -> int:
        """Names the write that put it there; a signed 64-bit integer. Of a counter, 0."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class KeyRange:
    """A range of keys."""

    __match_args__: ClassVar[tuple[Literal['first'], Literal['first_included'], Literal['last'], Literal['last_included'], Literal['limit'], Literal['reverse']]] = ...
    def __new__(cls, first: bytes, last: bytes, *, first_included: bool | None = None, last_included: bool | None = None, limit: int | None = None, reverse: bool | None = None) -> Self: ...
    @property
    def first(self) -> bytes:
        """Where it begins."""
    @property
    def first_included(self) -> bool:
        """Whether `first` is in it."""
    @property
    def last(self) -> bytes:
        """Where it ends."""
    @property
    def last_included(self) -> bool:
        """Whether `last` is in it."""
    @property
    def limit(self) -> int:
        """How many rows at most."""
    @property
    def reverse(self) -> bool:
        """From the last key to the first."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Check:
    """A row that must be as it was read."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['stamp']]] = ...
    def __new__(cls, key: bytes, stamp: int | None = None) -> Self: ...
    @property
    def key(self) -> bytes:
        """Which row."""
    @property
    def stamp(self) -> int | None:
        """The stamp it must have; none: it must be absent."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Put:
    """Puts a row, in place of what was there."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['record'], Literal['stamp']]] = ...
    def __new__(cls, key: bytes, record: str, stamp: int) -> Self: ...
    @property
    def key(self) -> bytes:
        """Where."""
    @property
    def record(self) -> str:
        """What, as JSON."""
    @property
    def stamp(self) -> int:
        """The name of this write."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Delete:
    """Takes a row away; nothing happens where there is none."""

    __match_args__: ClassVar[tuple[Literal['key']]] = ...
    def __new__(cls, key: bytes) -> Self: ...
    @property
    def key(self) -> bytes:
        """Which."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Add:
    """Adds to a counter, which starts at 0 and stops at the ends of a signed 64-bit integer."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['delta']]] = ...
    def __new__(cls, key: bytes, delta: int) -> Self: ...
    @property
    def key(self) -> bytes:
        """Which counter."""
    @property
    def delta(self) -> int:
        """How much."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Commit:
    """What is to be changed, and what must still be so for it to be changed."""

    __match_args__: ClassVar[tuple[Literal['checks'], Literal['writes']]] = ...
    def __new__(cls, checks: Sequence[Check] | None = None, writes: Sequence[Put | Delete | Add] | None = None) -> Self: ...
    @property
    def checks(self) -> list[Check]:
        """What must still be so."""
    @property
    def writes(self) -> list[Put | Delete | Add]:
        """What to change."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""
