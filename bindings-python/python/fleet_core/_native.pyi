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
        """Its kind."""
    @property
    def tier(self) -> str:
        """The tier whose price is billed."""
    @property
    def starts_at(self) -> datetime:
        """When it expired."""
    @property
    def ends_at(self) -> datetime:
        """Until when."""
    @property
    def amount(self) -> Money:
        """The amount; negative if it reduces the invoice."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Quote:
    """The cost of moving to a tier, at an interval."""

    __match_args__: ClassVar[tuple[Literal['quote'], Literal['tier'], Literal['interval'], Literal['at'], Literal['expires_at'], Literal['period'], Literal['lines'], Literal['due'], Literal['balance']]] = ...
    @property
    def quote(self) -> str:
        """Its id, to be passed to `upgrade`."""
    @property
    def tier(self) -> str:
        """The new tier."""
    @property
    def interval(self) -> Interval:
        """The new interval."""
    @property
    def at(self) -> datetime:
        """When it was given."""
    @property
    def expires_at(self) -> datetime:
        """When it expires."""
    @property
    def period(self) -> Period:
        """The period of the plan after the upgrade."""
    @property
    def lines(self) -> list[InvoiceLine]:
        """The lines of the charge."""
    @property
    def due(self) -> Money:
        """The amount that will be charged."""
    @property
    def balance(self) -> Money:
        """Credit left over afterwards for later invoices."""
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
    """An upgrade, which takes effect when it is paid."""

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
    """A refund for a credit note."""

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
    """A value that is newer than this binding."""

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
        """The card's number within the account."""
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
    """A charge or refund that the host's payment provider is to make."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['product'], Literal['account'], Literal['purpose'], Literal['amount'], Literal['card'], Literal['at'], Literal['unknown']]] = ...
    @property
    def key(self) -> str:
        """The idempotency key: the same at every retry."""
    @property
    def product(self) -> int:
        """The product that it is for."""
    @property
    def account(self) -> int:
        """The account that pays, or receives the refund."""
    @property
    def purpose(self) -> ChargePurpose:
        """The purpose."""
    @property
    def amount(self) -> Money:
        """The amount, above zero."""
    @property
    def card(self) -> ChargedCard | None:
        """The card to charge. Absent for a refund, which goes back the way the money came."""
    @property
    def at(self) -> datetime:
        """When it was requested."""
    @property
    def unknown(self) -> bool:
        """Whether the provider could not report the outcome."""
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
        """Cursor of the next page. Absent on the last page."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class PaymentAttempt:
    """An attempt to collect an invoice."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['scheduled'], Literal['card'], Literal['result']]] = ...
    @property
    def at(self) -> datetime:
        """When it was made."""
    @property
    def scheduled(self) -> bool:
        """Whether the retry schedule made it; otherwise a new card did."""
    @property
    def card(self) -> int | None:
        """The card's number within the account. Absent if there was no card to present."""
    @property
    def result(self) -> PaymentResult:
        """The result."""
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
        """The purpose."""
    @property
    def issued_at(self) -> datetime:
        """When it was issued."""
    @property
    def period(self) -> Period:
        """The period that it bills, fully or in part."""
    @property
    def lines(self) -> list[InvoiceLine]:
        """Its lines."""
    @property
    def total(self) -> Money:
        """The sum of the lines. Below zero, it is a credit."""
    @property
    def offset(self) -> Money:
        """The part that a credit note cancelled because it was never paid."""
    @property
    def refund(self) -> Money:
        """The part of a credit note that goes back to the payer."""
    @property
    def outstanding(self) -> Money:
        """The amount that is still unpaid."""
    @property
    def status(self) -> InvoiceStatus:
        """The result."""
    @property
    def ended_at(self) -> datetime | None:
        """When it was settled or written off."""
    @property
    def charge(self) -> int | None:
        """The charge that paid it."""
    @property
    def attempts(self) -> list[PaymentAttempt]:
        """The attempts to collect it."""
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
        """Cursor of the next page. Absent on the last page."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Upgrade:
    """Status of a requested upgrade: it waits for a charge, or is in effect."""

    __match_args__: ClassVar[tuple[Literal['charge'], Literal['invoice']]] = ...
    @property
    def charge(self) -> Charge | None:
        """The charge that it waits for."""
    @property
    def invoice(self) -> Invoice | None:
        """Its invoice, if there was nothing to charge."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Card:
    """What people recognise a card by."""

    __match_args__: ClassVar[tuple[Literal['brand'], Literal['last_four'], Literal['expires'], Literal['good']]] = ...
    @property
    def brand(self) -> str:
        """The brand."""
    @property
    def last_four(self) -> str:
        """The last four digits of its number."""
    @property
    def expires(self) -> str:
        """The last month in which it is valid, such as `2017-12`."""
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
        """The last month in which it is valid, such as `2017-12`."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AccountBilling:
    """What an account owes over all its products, including removed ones."""

    __match_args__: ClassVar[tuple[Literal['owed'], Literal['open'], Literal['charges'], Literal['card'], Literal['locked_since']]] = ...
    @property
    def owed(self) -> list[Money]:
        """The amounts that it owes, one for each currency."""
    @property
    def open(self) -> list[Invoice]:
        """The unpaid invoices, oldest first."""
    @property
    def charges(self) -> list[Charge]:
        """Its charges and refunds without an outcome, by product."""
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
    """The state of a product's billing."""

    __match_args__: ClassVar[tuple[Literal['tier'], Literal['interval'], Literal['period'], Literal['messages'], Literal['devices'], Literal['members'], Literal['renewal'], Literal['next_interval'], Literal['next_amount'], Literal['balance'], Literal['unpaid'], Literal['upgrading'], Literal['card'], Literal['locked_since']]] = ...
    @property
    def tier(self) -> str:
        """The product's tier."""
    @property
    def interval(self) -> Interval | None:
        """Length of a period. Absent if there is no paid plan."""
    @property
    def period(self) -> Period | None:
        """The period that was billed last."""
    @property
    def messages(self) -> Usage:
        """Message counts of this usage month."""
    @property
    def devices(self) -> int:
        """Number of devices in the product."""
    @property
    def members(self) -> int:
        """Number of the team's seats that are taken."""
    @property
    def renewal(self) -> datetime | None:
        """When the next period is billed."""
    @property
    def next_interval(self) -> Interval | None:
        """The interval from then on."""
    @property
    def next_amount(self) -> Money | None:
        """What will be charged then, as of now."""
    @property
    def balance(self) -> Money:
        """Credit left over by earlier invoices."""
    @property
    def unpaid(self) -> list[int]:
        """Unpaid renewal invoices."""
    @property
    def upgrading(self) -> int | None:
        """An upgrade's charge without an outcome."""
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
    """Something that is due for a product or an account."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['product'], Literal['account']]] = ...
    @property
    def at(self) -> datetime:
        """Since when."""
    @property
    def product(self) -> int | None:
        """The product whose renewal, or notice before the renewal, is due."""
    @property
    def account(self) -> int | None:
        """The account whose payment is to be retried, or whose card expires."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Advanced:
    """Result of an advance."""

    __match_args__: ClassVar[tuple[Literal['done'], Literal['more'], Literal['skipped']]] = ...
    @property
    def done(self) -> int:
        """Number of things that were done."""
    @property
    def more(self) -> bool:
        """Whether more is due now, besides what was skipped."""
    @property
    def skipped(self) -> list[Skipped]:
        """What could not be done because a record is unreadable. It stays due, and does not block anything else."""
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
        """The product, if it concerns one."""
    @property
    def account(self) -> int | None:
        """The account, if it concerns one."""
    @property
    def why(self) -> str:
        """The reason, as a sentence."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Money:
    """An amount in whole minor units (cents) of a currency. Negative for money given back."""

    __match_args__: ClassVar[tuple[Literal['minor'], Literal['currency']]] = ...
    def __new__(cls, minor: int, currency: str) -> Self: ...
    @property
    def minor(self) -> int:
        """The amount in minor units."""
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
        """The product of the customer."""
    @property
    def id(self) -> int:
        """The customer's number."""
    @property
    def user_name(self) -> str:
        """The customer's user name."""
    @property
    def identity(self) -> Identity:
        """How the customer is identified."""
    @property
    def created_at(self) -> datetime:
        """When the customer was created."""
    @property
    def devices(self) -> list[str]:
        """The devices that the customer has claimed."""
    @property
    def active_at(self) -> datetime | None:
        """When the customer last used a device. Absent if never."""
    @property
    def activated_at(self) -> datetime | None:
        """When the customer joined the private beta."""
    @property
    def tokens(self) -> list[Token]:
        """The customer's tokens."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CustomerSession:
    """A customer's own record, and the scopes and expiry of the token in use."""

    __match_args__: ClassVar[tuple[Literal['product'], Literal['id'], Literal['user_name'], Literal['identity'], Literal['created_at'], Literal['devices'], Literal['active_at'], Literal['activated_at'], Literal['tokens'], Literal['token_id'], Literal['scopes'], Literal['expires_at']]] = ...
    @property
    def product(self) -> int:
        """The product of the customer."""
    @property
    def id(self) -> int:
        """The customer's number."""
    @property
    def user_name(self) -> str:
        """The customer's user name."""
    @property
    def identity(self) -> Identity:
        """How the customer is identified."""
    @property
    def created_at(self) -> datetime:
        """When the customer was created."""
    @property
    def devices(self) -> list[str]:
        """The devices that the customer has claimed, if the token and the product allow to see them."""
    @property
    def active_at(self) -> datetime | None:
        """When the customer last used a device. Absent if never."""
    @property
    def activated_at(self) -> datetime | None:
        """When the customer joined the private beta."""
    @property
    def tokens(self) -> list[Token]:
        """The customer's tokens."""
    @property
    def token_id(self) -> str:
        """The token's id, for listing and revoking."""
    @property
    def scopes(self) -> list[Scope]:
        """What the token may be used for."""
    @property
    def expires_at(self) -> datetime:
        """When the token expires."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Token:
    """A token in lists; it is revoked by its id."""

    __match_args__: ClassVar[tuple[Literal['token_id'], Literal['expires_at']]] = ...
    @property
    def token_id(self) -> str:
        """Its id. Not a secret."""
    @property
    def expires_at(self) -> datetime:
        """When it expires."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class IssuedToken:
    """A token that was issued. It is shown only this once."""

    __match_args__: ClassVar[tuple[Literal['token_id'], Literal['token']]] = ...
    @property
    def token_id(self) -> str:
        """Its id, for listing and revoking. Not a secret."""
    @property
    def token(self) -> str:
        """The token itself: a secret."""
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
        """Cursor of the next page. Absent on the last page."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ClaimCode:
    """A code that a customer's device presents when it is set up."""

    __match_args__: ClassVar[tuple[Literal['code'], Literal['expires_at']]] = ...
    @property
    def code(self) -> str:
        """The code: a secret."""
    @property
    def expires_at(self) -> datetime:
        """When it expires."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CustomerDevice:
    """A device, as the customer who claimed it sees it."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['name'], Literal['online'], Literal['seen_at']]] = ...
    @property
    def id(self) -> str:
        """Its id."""
    @property
    def name(self) -> str | None:
        """Its name. Absent if it has none."""
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
    """A person who was invited to the private beta."""

    __match_args__: ClassVar[tuple[Literal['user_name'], Literal['code'], Literal['used_at']]] = ...
    @property
    def user_name(self) -> str:
        """The user name in the invitation."""
    @property
    def code(self) -> str:
        """The code to send to them: a secret."""
    @property
    def used_at(self) -> datetime | None:
        """When the code was used."""
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
        """Cursor of the next page. Absent on the last page."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class BetaLine:
    """A line of a guest list, with its verdict."""

    __match_args__: ClassVar[tuple[Literal['line'], Literal['verdict'], Literal['user_name'], Literal['code'], Literal['used_at'], Literal['duplicate_of'], Literal['message']]] = ...
    @property
    def line(self) -> int:
        """The line's number, from 1."""
    @property
    def verdict(self) -> BetaLineVerdict:
        """The result."""
    @property
    def user_name(self) -> str | None:
        """The user name of the invited guest."""
    @property
    def code(self) -> str | None:
        """The guest's code: a secret."""
    @property
    def used_at(self) -> datetime | None:
        """When the code was used."""
    @property
    def duplicate_of(self) -> int | None:
        """The earlier line with the same user name."""
    @property
    def message(self) -> str | None:
        """Why the user name is unreadable."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class BetaReport:
    """Verdicts on the lines of a guest list."""

    __match_args__: ClassVar[tuple[Literal['lines']]] = ...
    @property
    def lines(self) -> list[BetaLine]:
        """One entry for each line that is not blank."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Directive:
    """The firmware that a device is to run."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['product'], Literal['version'], Literal['size'], Literal['sha256'], Literal['format'], Literal['security_counter'], Literal['sequence']]] = ...
    @property
    def device(self) -> str:
        """The device."""
    @property
    def product(self) -> int:
        """The product of the firmware."""
    @property
    def version(self) -> int:
        """The version to run."""
    @property
    def size(self) -> int:
        """The file's size in bytes."""
    @property
    def sha256(self) -> str:
        """The file's SHA-256, under which the host keeps the file."""
    @property
    def format(self) -> ImageFormat:
        """The kind of image."""
    @property
    def security_counter(self) -> int:
        """The image's security counter."""
    @property
    def sequence(self) -> int:
        """Grows with each new directive for this device. A repeated directive keeps its number."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Target:
    """The version that a device should run, and the rule that set it."""

    __match_args__: ClassVar[tuple[Literal['version'], Literal['rule'], Literal['group']]] = ...
    @property
    def version(self) -> int:
        """The version."""
    @property
    def rule(self) -> Rule:
        """The rule that set it."""
    @property
    def group(self) -> int | None:
        """The group whose release it is."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpToDate:
    """It runs the version that it should, or no version is set."""

    __match_args__: ClassVar[tuple[Literal['rule'], Literal['group'], Literal['kept_back'], Literal['image_differs'], Literal['cites'], Literal['why']]] = ...
    @property
    def rule(self) -> Rule:
        """The rule that set it."""
    @property
    def group(self) -> int | None:
        """The group whose release it is."""
    @property
    def kept_back(self) -> int | None:
        """The version that it would get without that rule."""
    @property
    def image_differs(self) -> bool:
        """Whether it reported the right version with another image than the uploaded one."""
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
        """The directive to send."""
    @property
    def rule(self) -> Rule:
        """The rule that set it."""
    @property
    def group(self) -> int | None:
        """The group whose release it is."""
    @property
    def kept_back(self) -> int | None:
        """The version that it would get without that rule."""
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
    """It gets no firmware, whatever it should run."""

    __match_args__: ClassVar[tuple[Literal['reason'], Literal['target'], Literal['full'], Literal['from_version'], Literal['image'], Literal['confirmed'], Literal['chip_revision'], Literal['min_chip_revision'], Literal['max_chip_revision'], Literal['requires'], Literal['reported'], Literal['since'], Literal['cites'], Literal['why']]] = ...
    @property
    def reason(self) -> HoldReason:
        """What keeps it in use."""
    @property
    def target(self) -> Target | None:
        """The version that it should run, if that was determined."""
    @property
    def full(self) -> bool | None:
        """With `quarantined`: whether the quarantine is full, so that the device does not wait and is not recorded."""
    @property
    def from_version(self) -> int | None:
        """With `downgrade_forbidden`: the version that it reports."""
    @property
    def image(self) -> int | None:
        """With `security_counter`: the image's counter."""
    @property
    def confirmed(self) -> int | None:
        """With `security_counter`: the highest that the device has confirmed."""
    @property
    def chip_revision(self) -> int | None:
        """With `chip_revision`: the device's revision, 100 × major + minor."""
    @property
    def min_chip_revision(self) -> int | None:
        """With `chip_revision`: the lowest that the image runs on. Absent if any."""
    @property
    def max_chip_revision(self) -> int | None:
        """With `chip_revision`: the highest that the image runs on. Absent if any."""
    @property
    def requires(self) -> str | None:
        """With `system_version`: the version that the firmware requires."""
    @property
    def reported(self) -> str | None:
        """With `system_version`: the version that the device reported."""
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
        """Its name. Absent if it has none."""
    @property
    def groups(self) -> list[int]:
        """The groups it is in, by number."""
    @property
    def standing(self) -> Standing:
        """Its standing: in the product, waiting, or denied."""
    @property
    def development(self) -> bool:
        """Whether it is a development device, which is never updated over the air."""
    @property
    def forced(self) -> bool:
        """Whether its next update is forced although it takes none."""
    @property
    def failures(self) -> int:
        """Number of consecutive failed attempts on the present target."""
    @property
    def relapses(self) -> int:
        """Number of times that it returned to another version within a day after its update. From 3 on, two devices probably share the id: the device counts as failing and gets no updates."""
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
        """The revision of its chip, 100 × major + minor, as reported. Absent if it never reported one in this product."""
    @property
    def system(self) -> str | None:
        """The system version that it reported last."""
    @property
    def added_at(self) -> datetime:
        """When it was added to the product, or first asked to join."""
    @property
    def seen(self) -> Seen | None:
        """Its latest report. Absent if it has not connected since it was added."""
    @property
    def attempt(self) -> UpdateAttempt | None:
        """The update that it was sent and has not answered yet."""
    @property
    def outcome(self) -> UpdateOutcome | None:
        """Outcome of its latest finished update."""
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
        """The gateway's session number. 0 if it gave none."""
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
    """An update in progress."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['target'], Literal['from_version'], Literal['progress']]] = ...
    @property
    def at(self) -> datetime:
        """When the directive was issued."""
    @property
    def target(self) -> int:
        """The version to run."""
    @property
    def from_version(self) -> int | None:
        """The version it ran before."""
    @property
    def progress(self) -> AttemptProgress:
        """The progress of the update."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpdateOutcome:
    """Outcome of an update."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['target'], Literal['result']]] = ...
    @property
    def at(self) -> datetime:
        """When the outcome became known."""
    @property
    def target(self) -> int:
        """The version it was to run."""
    @property
    def result(self) -> UpdateResult:
        """The result."""
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
        """Cursor of the next page. Absent on the last page."""
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
        """Cursor of the next page. Absent on the last page."""
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
        """Number of these that are connected now."""
    @property
    def never_seen(self) -> int:
        """Number of these that were not seen since they were added."""
    @property
    def versions(self) -> list[VersionCount]:
        """Number of devices for each reported version, by version."""
    @property
    def no_version(self) -> int:
        """Number of devices that report none."""
    @property
    def image_differs(self) -> int:
        """Number of devices that run another image than the one uploaded for the version that they report."""
    @property
    def pending(self) -> int:
        """Number of devices with an update in progress."""
    @property
    def failing(self) -> int:
        """Number of devices whose latest attempts failed."""
    @property
    def locked(self) -> int:
        """Number of devices that are locked to a version."""
    @property
    def development(self) -> int:
        """Number of development devices."""
    @property
    def wrong_platform(self) -> int:
        """Number of devices that are held because their hardware is not the product's."""
    @property
    def quarantined(self) -> int:
        """Number of devices that wait for admission."""
    @property
    def denied(self) -> int:
        """Number of denied devices."""
    @property
    def held_places(self) -> int:
        """Places that running or interrupted imports reserve for devices not yet added."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class VersionCount:
    """Number of devices that report a version."""

    __match_args__: ClassVar[tuple[Literal['version'], Literal['devices']]] = ...
    @property
    def version(self) -> int:
        """The version."""
    @property
    def devices(self) -> int:
        """Number of them."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Webhook:
    """To a server of the vendor."""

    __match_args__: ClassVar[tuple[Literal['url']]] = ...
    def __new__(cls, url: str) -> Self: ...
    @property
    def url(self) -> str:
        """Its address, which may contain a secret."""
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
    """To the clients that have the product's live stream open at the host."""

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
    """A subscription: matching events are forwarded."""

    __match_args__: ClassVar[tuple[Literal['id'], Literal['to'], Literal['prefix'], Literal['device'], Literal['created_at']]] = ...
    @property
    def id(self) -> int:
        """Its number."""
    @property
    def to(self) -> Destination:
        """Where matching events are sent."""
    @property
    def prefix(self) -> str:
        """Prefix of the event's name. An empty prefix matches any name."""
    @property
    def device(self) -> str | None:
        """The device whose events match. Absent if all devices match."""
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
    """An event of a product's log, and its position there."""

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
        """When it happened, as reported by the device or its gateway."""
    @property
    def device(self) -> str:
        """The device."""
    @property
    def origin(self) -> EventOrigin:
        """The device's relation to the product."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def data(self) -> str:
        """Its data."""
    @property
    def id(self) -> str | None:
        """The id that its publisher gave it."""
    @property
    def error_kind(self) -> str | None:
        """The kind of error that it reports."""
    @property
    def matched(self) -> list[int]:
        """The subscriptions that it matched, in order."""
    @property
    def sent(self) -> int:
        """Number of these, counted from the first, to which it was sent; the others were dropped."""
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
        """Cursor of the next page, which holds older events. Absent on the last page."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class FollowedEvents:
    """A part of a log that is being followed."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next'], Literal['missed']]] = ...
    @property
    def items(self) -> list[Event]:
        """The next events, oldest first. Empty if there are no more at present."""
    @property
    def next(self) -> str:
        """Cursor to continue with."""
    @property
    def missed(self) -> int:
        """Number of events that fell out of the log before they were read."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class StreamedEvents:
    """Events that arrived on a stream."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['missed']]] = ...
    @property
    def items(self) -> list[Event]:
        """Events in the order in which this process published them."""
    @property
    def missed(self) -> int:
        """Number of earlier events that were discarded because nobody read them in time. They are in the log."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventLogged:
    """It is in the product's log, and is to be delivered as listed."""

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
        """The device's relation to the product."""
    @property
    def duplicate(self) -> bool:
        """Whether this event was published before, by its id. If so, nothing was logged or counted again."""
    @property
    def deliveries(self) -> list[Delivery]:
        """What is to be sent, in the order of the subscriptions. Each is one outbound message."""
    @property
    def dropped(self) -> Dropped | None:
        """What is not to be sent, and why."""
    @property
    def id_reused(self) -> bool:
        """Whether another event had this id before, or this event had it before the deduplication window. It counts as a new event."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class EventDenied:
    """The device is denied in the product: the event was rejected and is in no log."""

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
    """The device is in no product and named none: the event is in no log."""

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
    """The device named a product that does not exist: the event is in no log."""

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
    """A value that is newer than this binding."""

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
        """The subscription's number."""
    @property
    def key(self) -> str:
        """Its id, the same at every retry."""
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
        """The subscriptions' numbers, in order."""
    @property
    def limit(self) -> Limit:
        """The limit, and the cheapest tier that would be enough."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class DeviceError:
    """Statistics on the errors of one kind."""

    __match_args__: ClassVar[tuple[Literal['kind'], Literal['count'], Literal['first_at'], Literal['last_at'], Literal['device']]] = ...
    @property
    def kind(self) -> str:
        """The kind."""
    @property
    def count(self) -> int:
        """Number of reported errors."""
    @property
    def first_at(self) -> datetime:
        """When the first one was logged since counting began."""
    @property
    def last_at(self) -> datetime:
        """When the latest one was logged."""
    @property
    def device(self) -> str:
        """The device that reported the latest one."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Period:
    """A period: includes its start, excludes its end."""

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
        """The month. The count restarts at its end."""
    @property
    def limit(self) -> int | None:
        """The tier's present limit. Absent if there is none."""
    @property
    def used(self) -> int:
        """Messages that are counted as sent."""
    @property
    def reserved(self) -> int:
        """Messages that processes may still send on their leases."""
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
        """The purpose."""
    @property
    def uploaded_at(self) -> datetime:
        """When it was uploaded."""
    @property
    def uploaded_by(self) -> int | None:
        """The account that uploaded it. Absent if it was an operator."""
    @property
    def image(self) -> Image:
        """What was found in the binary."""
    @property
    def requires_system(self) -> str | None:
        """The system versions it runs on. Absent if any."""
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
        """The kind of image."""
    @property
    def size(self) -> int:
        """Its size in bytes."""
    @property
    def sha256(self) -> str:
        """The SHA-256 of the whole file."""
    @property
    def embedded(self) -> list[str]:
        """The hashes in the image, which a device may report instead of the file's hash."""
    @property
    def security_counter(self) -> int:
        """Its security counter. 0 if the format has none."""
    @property
    def own_version(self) -> str | None:
        """The version string in the image, besides the integer version."""
    @property
    def project(self) -> str | None:
        """The project's name in the image."""
    @property
    def wildcard(self) -> bool:
        """Whether it names the platform's id as its product."""
    @property
    def min_chip_revision(self) -> int | None:
        """The lowest chip revision that it runs on, 100 × major + minor. Absent if any."""
    @property
    def max_chip_revision(self) -> int | None:
        """The highest chip revision that it runs on, 100 × major + minor. Absent if any."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Proof:
    """Proof that a firmware ran on a device."""

    __match_args__: ClassVar[tuple[Literal['device'], Literal['at']]] = ...
    @property
    def device(self) -> str:
        """The device."""
    @property
    def at(self) -> datetime:
        """When the device reported it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class NoChange:
    """No change: counts what is to be sent as of now."""

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
        """The version. Absent to withdraw the release."""
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
    def __new__(cls, group: int, version: int | None = None) -> Self: ...
    @property
    def group(self) -> int:
        """The group."""
    @property
    def version(self) -> int | None:
        """The version. Absent to withdraw the release."""
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
        """The version. Absent to unlock."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class GroupsChange:
    """A device's groups."""

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
    """Number of devices that would get a firmware at their next connect."""

    __match_args__: ClassVar[tuple[Literal['sent'], Literal['by_change']]] = ...
    @property
    def sent(self) -> Ways:
        """Devices that would get a firmware after the change."""
    @property
    def by_change(self) -> Ways:
        """Devices among them that would get another firmware, or none, without the change."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Ways:
    """Number of devices by the direction of their update."""

    __match_args__: ClassVar[tuple[Literal['up'], Literal['down'], Literal['from_none'], Literal['total']]] = ...
    @property
    def up(self) -> int:
        """To a higher version than they report."""
    @property
    def down(self) -> int:
        """To a lower version."""
    @property
    def from_none(self) -> int:
        """From no version."""
    @property
    def total(self) -> int:
        """All values."""
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
        """Number of lines for each verdict."""
    @property
    def header_line(self) -> int | None:
        """The line that was read as the header of the columns."""
    @property
    def refused(self) -> Limit | None:
        """Why no device was added, if the valid ones do not all fit the tier."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ImportLine:
    """A line of a list, with its verdict."""

    __match_args__: ClassVar[tuple[Literal['line'], Literal['device'], Literal['verdict'], Literal['message'], Literal['duplicate_of'], Literal['known']]] = ...
    @property
    def line(self) -> int:
        """The line's number, from 1."""
    @property
    def device(self) -> str | None:
        """The id on the line. Absent if none could be read."""
    @property
    def verdict(self) -> ImportVerdict:
        """The result."""
    @property
    def message(self) -> str:
        """The same as a sentence."""
    @property
    def duplicate_of(self) -> int | None:
        """With `duplicate`: the earlier line with the same id."""
    @property
    def known(self) -> str | None:
        """With `wrong_platform`: its known hardware."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ImportCounts:
    """Number of lines for each verdict."""

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
        """Number of other lines."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ImportProgress:
    """Progress of an import."""

    __match_args__: ClassVar[tuple[Literal['added'], Literal['to_add']]] = ...
    @property
    def added(self) -> int:
        """Number of devices added."""
    @property
    def to_add(self) -> int:
        """Number of devices to add in total."""
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
    """An account is invited to the product's team."""

    __match_args__: ClassVar[tuple[Literal['account']]] = ...
    @property
    def account(self) -> int:
        """The account's number. The notice goes to its e-mail."""
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
        """The usage month's number, counted from the product's creation."""
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
    """All of the tier's messages are used up: further messages in this usage month are dropped."""

    __match_args__: ClassVar[tuple[Literal['month'], Literal['limit'], Literal['used']]] = ...
    @property
    def month(self) -> int:
        """The usage month's number, counted from the product's creation."""
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
        """The unpaid invoice."""
    @property
    def attempt(self) -> int:
        """The attempt's number, from 1."""
    @property
    def failures(self) -> int:
        """Number of scheduled attempts that have failed."""
    @property
    def of(self) -> int:
        """Number of failures at which the account is locked."""
    @property
    def next(self) -> datetime | None:
        """When the schedule continues. Absent if it waits for another card."""
    @property
    def amount(self) -> Money | None:
        """The amount to pay."""
    @property
    def result(self) -> PaymentResult | None:
        """The failure."""
    @property
    def card(self) -> KnownCard | None:
        """The card that failed, or the last one on file."""
    @property
    def tried_next(self) -> bool:
        """Whether the card on file is charged at `next`; otherwise that day counts as another failure."""
    @property
    def locks_at(self) -> datetime | None:
        """When the account is locked if nothing is paid until then."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AccountLockedNotice:
    """The last attempt failed, so the account is locked."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice'], Literal['amount']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def invoice(self) -> int:
        """The invoice whose last attempt it was."""
    @property
    def amount(self) -> Money | None:
        """The amount to pay for it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AccountUnlockedNotice:
    """Everything is paid, so the account is unlocked."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def invoice(self) -> int:
        """The invoice for which it had been locked."""
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
        """The amount that was charged."""
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
        """The amount that was charged."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class UpgradeDeclinedNotice:
    """An upgrade's charge was declined. Nothing has changed."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['charge'], Literal['amount'], Literal['result'], Literal['card']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def charge(self) -> int:
        """The charge's number."""
    @property
    def amount(self) -> Money | None:
        """The amount that was to be charged."""
    @property
    def result(self) -> PaymentResult | None:
        """The kind of decline."""
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
    """A plan was ended or lowered, or the product has another owner. The credit note lists what is given back."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['invoice'], Literal['refund']]] = ...
    @property
    def account(self) -> int:
        """The account that receives the credit."""
    @property
    def invoice(self) -> int:
        """The credit note."""
    @property
    def refund(self) -> Money | None:
        """The amount that goes back to the account."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class PlanEndedNotice:
    """A plan ended and was not renewed: the product is on a free tier."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['tier'], Literal['since']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def tier(self) -> str:
        """The tier of the product."""
    @property
    def since(self) -> datetime:
        """Since when there is no paid plan."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ChargeUnknownNotice:
    """The outcome of a charge has been unknown for a day: look it up by its key, and report it."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['charge'], Literal['amount'], Literal['since']]] = ...
    @property
    def account(self) -> int:
        """The account that is charged, or receives the refund."""
    @property
    def charge(self) -> int:
        """The charge's number."""
    @property
    def amount(self) -> Money:
        """The amount."""
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
        """The card's number within the account."""
    @property
    def month(self) -> str:
        """The last month in which it is valid, such as `2017-12`."""
    @property
    def known(self) -> KnownCard | None:
        """What people recognise it by."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class CardNeededNotice:
    """No card on file will be valid at the next renewal."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['renewal'], Literal['amount'], Literal['card']]] = ...
    @property
    def account(self) -> int:
        """The owner's account."""
    @property
    def renewal(self) -> datetime:
        """When the renewal is."""
    @property
    def amount(self) -> Money | None:
        """The amount that will be charged then."""
    @property
    def card(self) -> KnownCard | None:
        """The card on file, or the last one on file."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class ClaimEndedNotice:
    """A device proved that it has another owner: the former claim ended."""

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
    """A value that is newer than this binding."""

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
    """A notice to people."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['at'], Literal['product'], Literal['subject']]] = ...
    @property
    def key(self) -> str:
        """The notice's unique key. A host that receives a notice twice sends it once."""
    @property
    def at(self) -> datetime:
        """When it was caused."""
    @property
    def product(self) -> int:
        """The product that it is about."""
    @property
    def subject(self) -> NoticeSubject:
        """The subject."""
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
        """Cursor of the next page. Absent on the last page."""
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
        """The only hardware in its fleet, such as `particle:6`."""
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
        """The team's policies."""
    @property
    def release(self) -> Release | None:
        """The version for devices that are not locked and are in no group with a release."""
    @property
    def groups(self) -> list[Group]:
        """The product's groups of devices, by number."""
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
        """The actor."""
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
    """The evidence that a version needs before it can be released."""

    __match_args__: ClassVar[tuple[Literal['devices'], Literal['soak_millis']]] = ...
    @property
    def devices(self) -> int:
        """Number of the product's devices that must run it."""
    @property
    def soak_millis(self) -> int:
        """How long it must have run on each, in milliseconds."""
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
        """The evidence needed before a version can be released."""
    @property
    def wildcard_product(self) -> bool:
        """Whether an image that names the platform's id as its product is accepted."""
    @property
    def opaque_images(self) -> bool:
        """Whether a binary of no known format is accepted."""
    @property
    def forbid_downgrades(self) -> bool:
        """Whether a device is never sent a version below the one it reports."""
    @property
    def approve_by_itself(self) -> bool:
        """Whether a device that asks to join is admitted at once, if a person could admit it."""
    @property
    def known_ids_only(self) -> bool:
        """Whether only devices that the host registered before can be imported."""
    @property
    def quarantine_limit(self) -> int:
        """Maximum number of devices in quarantine."""
    @property
    def invitation_millis(self) -> int:
        """How long an invitation to the team can be accepted, in milliseconds."""
    @property
    def authentication(self) -> Authentication | None:
        """How customers are authenticated. Absent if not decided yet."""
    @property
    def private_beta(self) -> bool:
        """Whether a customer needs an activation code to claim a device."""
    @property
    def log_events(self) -> int:
        """Maximum number of events in its log."""
    @property
    def log_age_millis(self) -> int:
        """Maximum age of an event in its log, in milliseconds."""
    @property
    def event_id_millis(self) -> int:
        """How long an event's id is recognised, in milliseconds."""
    @property
    def customers_may(self) -> list[Scope]:
        """What customers may do with their device."""
    @property
    def usage_notices(self) -> list[int]:
        """Percentages of the tier's messages at which people are notified."""
    @property
    def clock_tolerance_millis(self) -> int:
        """How far a moment may lie ahead of the present clock and still hold back older reports, in milliseconds."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Limit:
    """A tier's limit that blocks an operation."""

    __match_args__: ClassVar[tuple[Literal['tier'], Literal['resource'], Literal['limit'], Literal['used'], Literal['would_be'], Literal['held_places'], Literal['held_until'], Literal['fits'], Literal['message']]] = ...
    @property
    def tier(self) -> str:
        """The product's tier."""
    @property
    def resource(self) -> Resource:
        """The limited resource."""
    @property
    def limit(self) -> int:
        """The tier's limit."""
    @property
    def used(self) -> int:
        """The number in use now."""
    @property
    def would_be(self) -> int:
        """The number that would be in use."""
    @property
    def held_places(self) -> int:
        """Number of places that running imports reserve, if it would fit without them. 0 if that is not the reason."""
    @property
    def held_until(self) -> datetime | None:
        """The latest time at which all of them are free."""
    @property
    def fits(self) -> Fits | None:
        """The cheapest tier that would be enough. Absent if there is none."""
    @property
    def message(self) -> str:
        """The same as a sentence."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Fits:
    """The cheapest tier that would be enough."""

    __match_args__: ClassVar[tuple[Literal['tier'], Literal['limit']]] = ...
    @property
    def tier(self) -> str:
        """Its name."""
    @property
    def limit(self) -> int | None:
        """Its limit. Absent if it has none."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Missing:
    """Something that is missing before manufacturing can start."""

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
        """Each answer under its question's name."""
    @property
    def started_at(self) -> datetime | None:
        """When manufacturing began. From then on the settings that the line is programmed with cannot change."""
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
        """Since when an operator has locked it. Absent if none has."""
    @property
    def unpaid_since(self) -> datetime | None:
        """Since when it is locked for unpaid bills. Absent if it is not."""
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
    """A person with an open invitation to a team."""

    __match_args__: ClassVar[tuple[Literal['account'], Literal['email'], Literal['at'], Literal['expires_at']]] = ...
    @property
    def account(self) -> int:
        """The account's number."""
    @property
    def email(self) -> str:
        """Its e-mail."""
    @property
    def at(self) -> datetime:
        """When they were invited."""
    @property
    def expires_at(self) -> datetime:
        """When the invitation expires; from then on it holds no seat."""
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
        """The members, including the owner, by account."""
    @property
    def invited(self) -> list[Invited]:
        """The open invitations, including expired ones."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Invitation:
    """An account's invitation to a team."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['expires_at']]] = ...
    @property
    def at(self) -> datetime:
        """When."""
    @property
    def expires_at(self) -> datetime:
        """When it expires; from then on it holds no seat."""
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
        """When it expires."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Operator:
    """The platform's operator."""

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
    """One command that was carried out."""

    __match_args__: ClassVar[tuple[Literal['at'], Literal['actor'], Literal['command'], Literal['subject'], Literal['old'], Literal['new']]] = ...
    @property
    def at(self) -> datetime:
        """When."""
    @property
    def actor(self) -> Actor:
        """The actor."""
    @property
    def command(self) -> Command:
        """The command's stable name."""
    @property
    def subject(self) -> str:
        """What it was applied to, in short."""
    @property
    def old(self) -> str | None:
        """The changed value as it was before. Absent if there was none."""
    @property
    def new(self) -> str | None:
        """The value from then on."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class AuditPage:
    """A page of a product's audit."""

    __match_args__: ClassVar[tuple[Literal['items'], Literal['next']]] = ...
    @property
    def items(self) -> list[AuditEntry]:
        """The entries, newest first."""
    @property
    def next(self) -> str | None:
        """Cursor of the next page. Absent on the last page."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Clock:
    """The door for time: the host opens it at regular intervals, and when its payment provider answers."""

    def due(self, *, limit: int | None = None) -> list[Due]:
        """Lists what is due now."""
    def advance(self, *, limit: int | None = None) -> Advanced:
        """Handles what is due now: renewals, retries, notices."""
    def confirm_leap(self) -> None:
        """Confirms that the clock is right after a leap that `advance` refused."""
    def charge_outcome(self, key: str, outcome: ChargeOutcome) -> None:
        """Reports a charge's outcome from the payment provider."""

@final
class Violation:
    """A law that a store broke."""

    __match_args__: ClassVar[tuple[Literal['law'], Literal['what']]] = ...
    @property
    def law(self) -> str:
        """The law's name."""
    @property
    def what(self) -> str:
        """The observed violation."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

def conformance(factory: Callable[[], Store], *, reopen: Callable[[Store], Store] | None = None) -> list[Violation]:
    """Checks a store against every law of `fleet_core::store::conformance`; returns an empty list if it keeps them all. `factory` creates an empty store for each law. With `reopen`, the laws of reopening are checked too: it receives a store that is no longer used and opens its data again. For tests: meanwhile the interpreter switches threads often, above all in the store's methods."""

@final
class EventStream:
    """A stream of the events of a product that this process publishes after the stream was opened."""

    __match_args__: ClassVar[tuple[Literal['start']]] = ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    @property
    def start(self) -> str:
        """The end of the log when the stream was opened: a cursor for `follow_events`."""
    def wait(self, at_most: timedelta) -> bool:
        """Blocks until there is something to read or this time has passed. Returns whether there is something to read. Ctrl-C ends the wait."""

@final
class Console:
    """The door for people: the operations of a team and of the platform's operator."""

    def quote_upgrade(self, product: int, tier: str, interval: Interval) -> Quote:
        """Quotes what it costs to move to a tier, at an interval, now."""
    def upgrade(self, product: int, quote: str) -> Upgrade:
        """Accepts a quote. Returns the charge that the upgrade waits for, or its invoice if there is nothing to charge."""
    def switch_interval(self, product: int, interval: Interval) -> None:
        """Changes the interval from the next renewal on."""
    def set_currency(self, product: int, currency: str) -> None:
        """Sets the currency in which a product is billed, before its first invoice."""
    def set_card(self, token: str, *, brand: str, last_four: str, expires: str) -> None:
        """Puts a card on the actor's file, after the payment provider accepted it. `expires` is the last month in which it is valid, such as `2017-12`."""
    def remove_card(self) -> None:
        """Removes the card from the actor's file."""
    def billing_status(self, product: int) -> BillingStatus:
        """Returns the state of a product's billing."""
    def invoices(self, product: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """Lists a product's invoices, newest first."""
    def cancel_plan(self, product: int) -> Invoice:
        """Ends a product's plan and returns the credit note. An operator's command."""
    def downgrade(self, product: int, tier: str) -> Invoice:
        """Moves a product to a lower tier and returns the credit note. An operator's command."""
    def agree_price(self, product: int, tier: str, interval: Interval, price: Money | None) -> None:
        """Agrees on a price for a product; `None` cancels the agreement. An operator's command."""
    def write_off(self, product: int, invoice: int) -> Invoice:
        """Writes off an unpaid invoice, also that of a removed product. An operator's command."""
    def account_billing(self, account: int) -> AccountBilling:
        """Returns what an account owes over all its products, including removed ones."""
    def account_invoices(self, account: int, *, after: str | None = None, limit: int | None = None) -> InvoicePage:
        """Lists an account's invoices over all its products, including removed ones: by product, and within each the newest first."""
    def plan_import(self, product: int, list: bytes) -> ImportReport:
        """Returns the verdicts that an import of this list would give, without changing anything. Ctrl-C ends the wait for it."""
    def import_devices(self, product: int, list: bytes) -> ImportReport:
        """Imports a list of devices: a text file with one id a line, or a .csv. Ctrl-C ends it after its next few thousand devices; devices already added stay."""
    def import_watched(self, product: int, list: bytes, *, progress: Callable[[ImportProgress], object] | None = None, cancel: Cancel | None = None) -> ImportReport:
        """The same, but calls `progress` after every few thousand devices. If `cancel` is set by then, or `progress` raises, the import ends there; devices already added stay."""
    def register_devices(self, devices: Sequence[tuple[str, str | None]]) -> int:
        """Registers devices that exist. Returns how many were new. An operator's command."""
    def correct_device(self, product: int, device: str, *, platform: str | None = None, security_counter: int | None = None) -> None:
        """Corrects a device's entry in the registry: its hardware, its security counter, or both. An operator's command, recorded in the audit of `product`; the device need not be in it."""
    def free_places(self, product: int) -> int:
        """Frees the places that imports reserve for devices not yet added. Returns how many."""
    def device(self, product: int, device: str) -> Device:
        """Returns a device of the product, also one that waits or is denied."""
    def devices(self, product: int, *, standing: Standing | None = None, online: bool | None = None, version: int | None = None, group: int | None = None, locked: bool | None = None, development: bool | None = None, pending: bool | None = None, failing: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> DevicePage:
        """Lists the devices that match a filter, by id."""
    def summary(self, product: int) -> Summary:
        """Returns the numbers of the fleet."""
    def explain(self, product: int, device: str) -> Decision:
        """Returns what a device would be told to run if it connected now, and why."""
    def name_device(self, product: int, device: str, name: str) -> None:
        """Names a device; an empty name removes the name."""
    def mark_development(self, product: int, device: str, development: bool) -> None:
        """Marks a device for development, or removes the mark."""
    def set_groups(self, product: int, device: str, groups: Sequence[int]) -> None:
        """Puts a device in these groups and removes it from all others."""
    def approve_device(self, product: int, device: str) -> None:
        """Admits a waiting device."""
    def deny_device(self, product: int, device: str) -> None:
        """Denies a device."""
    def undeny_device(self, product: int, device: str) -> None:
        """Allows a denied device to ask again."""
    def remove_device(self, product: int, device: str) -> None:
        """Removes a device from the product."""
    def claim_device(self, device: str) -> None:
        """Claims an unclaimed device for the actor."""
    def unclaim_device(self, device: str) -> None:
        """Ends the actor's claim of a device."""
    def end_claim(self, device: str) -> None:
        """Ends the claim of a device, whoever has it: a team may do so for its product's devices, the operator for any."""
    def claimed_devices(self, *, after: str | None = None, limit: int | None = None) -> DeviceIdPage:
        """Lists the devices that the actor has claimed, by id."""
    def subscribe(self, product: int, to: Destination, *, prefix: str | None = None, device: str | None = None) -> Subscription:
        """Forwards matching events from now on. Each delivery is one outbound message."""
    def unsubscribe(self, product: int, subscription: int) -> None:
        """Ends a subscription."""
    def subscriptions(self, product: int) -> list[Subscription]:
        """Lists a product's subscriptions, oldest first."""
    def events(self, product: int, *, device: str | None = None, prefix: str | None = None, before: str | None = None, limit: int | None = None) -> EventPage:
        """Lists the events of a product's log, newest first: of one device, or those whose name begins with a prefix."""
    def follow_events(self, product: int, *, after: str | None = None, limit: int | None = None) -> FollowedEvents:
        """Lists the events that were logged after a cursor, oldest first; without a cursor, from now on."""
    def event_stream(self, product: int) -> EventStream:
        """Opens a stream of the events that this process publishes for a product from now on."""
    def read_event_stream(self, stream: EventStream, *, limit: int | None = None) -> StreamedEvents:
        """Reads the events that arrived on a stream. The actor's permission is checked on each call."""
    def device_errors(self, product: int) -> list[DeviceError]:
        """Lists the errors that members of a product reported, by kind."""
    def forget_device_errors(self, product: int, error_kind: str) -> None:
        """Resets the count of the errors of a kind."""
    def usage(self, product: int) -> Usage:
        """Returns a product's message counts in the usage month of this moment."""
    def upload(self, product: int, version: int, title: str, binary: bytes, *, description: str | None = None, requires_system: str | None = None) -> Firmware:
        """Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the binary itself, under its SHA-256."""
    def firmware(self, product: int) -> list[Firmware]:
        """Lists the product's firmware, by version."""
    def edit_firmware(self, product: int, version: int, title: str, description: str | None = None) -> Firmware:
        """Changes a firmware's title, and its description if one is given; an empty one removes it."""
    def delete_firmware(self, product: int, version: int) -> None:
        """Deletes a firmware that was never released and that no device is locked to."""
    def release(self, product: int, version: int) -> None:
        """Releases a version."""
    def withdraw_release(self, product: int) -> None:
        """Withdraws the product's release."""
    def release_to_group(self, product: int, group: int, version: int | None) -> None:
        """Releases a version to a group; `None` withdraws the group's release."""
    def lock_and_flash_now(self, product: int, device: str, version: int) -> Decision:
        """Locks a device to a version and returns the directive to send at once."""
    def lock_and_flash_on_reset(self, product: int, device: str, version: int) -> None:
        """Locks a device to a version, which it gets at its next connect."""
    def unlock(self, product: int, device: str) -> None:
        """Unlocks a device."""
    def force_update(self, product: int, device: str) -> None:
        """Sends the device its next update even while it reports that it takes none."""
    def dry_run(self, product: int, change: Change) -> DryRun:
        """Counts what a change would do, without making it."""
    def team(self, product: int) -> Team:
        """Returns the product's team."""
    def invite(self, product: int, email: str) -> Invitation:
        """Invites an account to the team, by its e-mail."""
    def revoke_invitation(self, product: int, account: int) -> None:
        """Revokes an invitation."""
    def invitations(self) -> list[ReceivedInvitation]:
        """Lists the actor's invitations to teams."""
    def accept_invitation(self, product: int) -> None:
        """Accepts an invitation."""
    def decline_invitation(self, product: int) -> None:
        """Declines an invitation."""
    def leave_team(self, product: int) -> None:
        """Leaves the team."""
    def remove_member(self, product: int, account: int) -> None:
        """Removes a member from the team."""
    def transfer_ownership(self, product: int, to: int) -> None:
        """Makes another account the owner. An operator's command."""
    def set_account_lock(self, account: int, locked: bool) -> Account:
        """Locks an account for unpaid bills, or unlocks it. An operator's command."""
    def create_customer(self, product: int, user_name: str, identity: Identity | None = None) -> Customer:
        """Creates a customer of the product."""
    def customer(self, product: int, customer: int) -> Customer:
        """Returns a customer of the product."""
    def customers(self, product: int, *, active_since: datetime | None = None, inactive_since: datetime | None = None, with_device: bool | None = None, prefix: str | None = None, after: str | None = None, limit: int | None = None) -> CustomerPage:
        """Lists the customers that match a filter, by number."""
    def find_customer(self, product: int, identity: Identity) -> Customer:
        """Returns the customer with a vendor's user name or a linked account."""
    def remove_customer(self, product: int, customer: int) -> None:
        """Removes a customer."""
    def issue_token(self, product: int, customer: int, scopes: Sequence[Scope], *, life: timedelta) -> IssuedToken:
        """Issues a token for these scopes to a customer, valid for `life`, up to a year. The token is shown only this once."""
    def revoke_token(self, product: int, customer: int, token: str) -> None:
        """Revokes a token at once."""
    def set_device_code(self, product: int, device: str, code: str) -> None:
        """Gives a device of the product its own claim code, such as the one on its sticker."""
    def invite_to_beta(self, product: int, list: bytes) -> BetaReport:
        """Invites the customers of a list to the private beta."""
    def uninvite_from_beta(self, product: int, user_name: str) -> None:
        """Removes a guest from the private beta."""
    def renew_activation_code(self, product: int, user_name: str) -> BetaGuest:
        """Gives a guest a new code, also a guest who has used theirs."""
    def beta_guests(self, product: int, *, after: str | None = None, limit: int | None = None) -> BetaGuestPage:
        """Lists the guests of the private beta, by name."""
    def create_account(self, email: str) -> Account:
        """Creates an account. An operator's command."""
    def create_product(self, name: str, platform: str) -> Product:
        """Creates a product. The actor becomes its owner and first member."""
    def create_product_with_id(self, product: int, owner: int, name: str, platform: str) -> Product:
        """Creates a product with a given number that was never used before. An operator's command."""
    def product(self, product: int) -> Product:
        """Returns a product."""
    def products(self) -> list[Product]:
        """Lists the products whose team the actor is on, by number."""
    def rename_product(self, product: int, name: str) -> Product:
        """Renames a product."""
    def set_policy(self, product: int, *, gate_devices: int | None = None, gate_soak_millis: int | None = None, wildcard_product: bool | None = None, opaque_images: bool | None = None, forbid_downgrades: bool | None = None, approve_by_itself: bool | None = None, known_ids_only: bool | None = None, quarantine_limit: int | None = None, invitation_millis: int | None = None, authentication: AuthenticationChoice | None = None, private_beta: bool | None = None, log_events: int | None = None, log_age_millis: int | None = None, event_id_millis: int | None = None, customers_may: Sequence[Scope] | None = None, usage_notices: Sequence[int] | None = None, clock_tolerance_millis: int | None = None) -> Product:
        """Changes the given policies; the others stay as they are."""
    def set_tier(self, product: int, tier: str) -> Product:
        """Puts a product on a tier without a charge. An operator's command."""
    def remove_product(self, product: int) -> None:
        """Removes a product. An operator's command."""
    def create_group(self, product: int, name: str) -> int:
        """Creates a group for devices and returns its number."""
    def delete_group(self, product: int, group: int) -> None:
        """Deletes a group."""
    def audit_log(self, product: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """Lists what was done to a product, newest first."""
    def account_audit_log(self, account: int, *, after: str | None = None, limit: int | None = None) -> AuditPage:
        """Lists what was done to an account, newest first."""
    def configuration(self, product: int) -> Configuration:
        """Returns a product's answers to the questions before manufacturing."""
    def configure(self, product: int, question: str, answer: ConfigurationAnswer | None) -> None:
        """Answers a question; `None` removes its answer."""
    def manufacturing_readiness(self, product: int) -> list[Missing]:
        """Lists what is missing before manufacturing can start."""
    def start_manufacturing(self, product: int) -> None:
        """Starts manufacturing."""

@final
class Fleet:
    """A fleet of connected devices, behind a store. Leaving its `with` block closes the store."""

    @staticmethod
    def open(store: str | Store, *, tiers: Sequence[Tier] | None = None, retry_days: Sequence[int] | None = None, quote_life: timedelta | None = None, card_notice_days: int | None = None, hold_locked: bool | None = None, leap_days: int | None = None, unknown_notice: timedelta | None = None, largest_commit: int | None = None) -> Fleet:
        """Opens a fleet in a store: `memory:`, `sqlite:PATH`, `postgresql://…`, or a `Store` written in Python. Options: the host's own tiers, cheapest first; days after which a failed renewal is retried, for each retry; how long a quote is valid; how many days before a renewal the owner is notified that there is no valid card for it; whether the devices of an owner whose account is locked are held (they get no firmware, and their events are not forwarded); how many days the clock may leap without confirmation; after how long people are notified of a charge whose outcome is unknown; and the maximum number of rows that a commit may write, for a store with small transactions (at least 48, default 16,400)."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None = ...,
        error: BaseException | None = ...,
        trace: TracebackType | None = ...,
    ) -> None: ...
    def close(self) -> None:
        """Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. When called from within a call of this fleet, such as an import's `progress`, it does not wait for that call. Ctrl-C ends the wait; the closing continues."""
    def close_within(self, at_most: timedelta) -> bool:
        """The same with a deadline. Calls still running then are cut off: they fail at their next call of the store. Returns whether all calls ended by themselves."""
    def console(self, actor: int | Literal['operator'], now: datetime | None = None) -> Console:
        """Opens the door for people: `"operator"`, or the number of the account that the host has logged in. Without `now`, each call happens at its own time."""
    def portal(self, token: str, now: datetime | None = None) -> Portal:
        """Opens the door for a customer: the holder of the token."""
    def gateway(self, now: datetime | None = None) -> Gateway:
        """The door for devices."""
    def clock(self, now: datetime | None = None) -> Clock:
        """The door for time."""
    def pending_charges(self, *, after: str | None = None, limit: int | None = None) -> ChargePage:
        """Lists the charges that the host's payment provider is to make, by product."""
    def pending_notices(self, *, after: str | None = None, limit: int | None = None) -> NoticePage:
        """Lists the notices that wait to be sent, by product."""
    def meter(self, product: int, now: datetime | None = None) -> Meter:
        """Returns a product's meter in this process. Without `now`, each message is admitted at its own time."""
    def report_usage(self, now: datetime | None = None) -> None:
        """Reports how many messages this process has sent. A host that runs more than one process calls it about every second."""
    def settle_usage(self, now: datetime | None = None) -> None:
        """Reports how many messages this process has sent and returns the rest of its lease. The host calls it before it stops; closing calls it too."""
    def acknowledge(self, key: str) -> bool:
        """Marks the notice with this key as sent. Returns whether it was still waiting."""
    def backup(self, path: str | PathLike[str]) -> None:
        """Writes a copy of the whole fleet, as of one moment, to a new file, while others use the fleet. For a fleet in SQLite."""
    def query(self, sql: str, *, limit: int | None = None) -> list[dict[str, str | int | float | bytes | None]]:
        """Runs one read-only SQL statement, while others use the fleet. Returns a `dict` for each row. A result of more rows than `limit` (default 1,000, at most 100,000) is refused. Ctrl-C ends the wait for it. For a fleet in SQLite."""

@final
class Price:
    """The price of a full period of a tier."""

    __match_args__: ClassVar[tuple[Literal['interval'], Literal['amount']]] = ...
    def __new__(cls, interval: Interval, amount: Money) -> Self: ...
    @property
    def interval(self) -> Interval:
        """Length of a period."""
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
    """A tier of the host's own: limits, where `None` means no limit, and prices."""

    __match_args__: ClassVar[tuple[Literal['name'], Literal['devices'], Literal['members'], Literal['messages'], Literal['prices']]] = ...
    def __new__(cls, name: str, *, devices: int | None = None, members: int | None = None, messages: int | None = None, prices: Sequence[Price] | None = None) -> Self: ...
    @property
    def name(self) -> str:
        """Its name, unique in the catalogue."""
    @property
    def devices(self) -> int | None:
        """Maximum number of devices in the product."""
    @property
    def members(self) -> int | None:
        """Maximum number of team members, including the owner."""
    @property
    def messages(self) -> int | None:
        """Maximum number of outbound messages in a usage month."""
    @property
    def prices(self) -> list[Price]:
        """Prices of a full period, one for each interval and currency in which the tier is sold. Empty if it is sold by agreement."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Report:
    """What a device reports when it connects, as its gateway passes it on."""

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
        """The device's id: 24 hexadecimal digits."""
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
        """The security counter that the device has stored."""
    @property
    def chip_revision(self) -> int | None:
        """The chip's revision, 100 × major + minor."""
    @property
    def takes_updates(self) -> bool:
        """Whether it takes updates now."""
    @property
    def session(self) -> int:
        """The gateway's session number. 0 if the gateway numbers no sessions."""
    @property
    def reported_at(self) -> datetime | None:
        """When it connected. `None` means that the report is ordered by its session, or is live."""

@final
class Connected:
    """The result of a connect."""

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
        """The product of the decision. Absent for a personal device."""
    @property
    def answer(self) -> Decision:
        """What the device is to do, and why."""
    @property
    def outcome(self) -> UpdateOutcome | None:
        """Outcome of the previous update, if this connect ended it."""

@final
class Gateway:
    """The door for devices, which the host's gateway opens."""

    def connect(self, report: Report) -> Connected:
        """Records that a device connects. Returns what the device is to run, and why."""
    def connect_many(self, reports: Sequence[Report]) -> list[Connected]:
        """The same for many devices at once. The answers are in the order of the reports."""
    def disconnect(self, device: str, *, product: int | None = None, session: int | None = None, ended_at: datetime | None = None) -> None:
        """Records that a device's connection ended. Without `session` and `ended_at`, this is the latest known connection."""
    def report_update(self, device: str, product: int, sequence: int, progress: UpdateProgress) -> bool:
        """Reports the progress of the update with this directive's number. Returns whether it is the device's latest."""
    def present_claim_code(self, device: str, code: str) -> None:
        """Presents the claim code that a customer gave to the device during setup."""
    def publish(self, event: NewEvent) -> Published:
        """Publishes an event of a device: logs it and returns what is to be sent."""
    def publish_many(self, events: Sequence[NewEvent]) -> list[Published]:
        """The same for many events at once. The answers are in the order of the events."""

def operations() -> list[tuple[str, str]]:
    """The door of every operation, and its name in Python."""

def failures() -> list[str]:
    """The name of every kind of failure. Each has an exception in `fleet_core.errors`."""

def words() -> dict[str, list[str]]:
    """The values of every `Literal`, by its name."""

@final
class Portal:
    """The door for a customer: the holder of the token."""

    def me(self) -> CustomerSession:
        """Returns the customer's own record, and the token's scopes and expiry."""
    def log_out(self) -> None:
        """Revokes the token at once."""
    def activate(self, code: str) -> None:
        """Joins the private beta with the customer's activation code."""
    def ask_claim_code(self) -> ClaimCode:
        """Returns a code that the customer's device presents when it is set up."""
    def claim(self, device: str, code: str) -> None:
        """Claims a device with the code on it."""
    def unclaim(self, device: str) -> None:
        """Ends the claim of a device."""
    def devices(self) -> list[CustomerDevice]:
        """Lists the customer's devices."""
    def use_device(self, device: str, scope: Scope) -> None:
        """Checks that the customer may see or control a device now, and records that they did."""

@final
class NewEvent:
    """An event of a device, as its gateway passes it on."""

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
        """The device's id: 24 hexadecimal digits."""
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
        """An id of the publisher. A repeated event is recognised by it."""
    @property
    def error_kind(self) -> str | None:
        """The kind of error that it reports."""
    @property
    def happened_at(self) -> datetime | None:
        """When it happened. `None` means the time at which it is passed on."""

@final
class Meter:
    """A product's meter: admits messages that a host sends itself, by one atomic counter while its lease is valid."""

    def admit(self) -> bool:
        """Returns whether one more message may be sent. If so, it is counted."""
    def admit_many(self, want: int) -> int:
        """Returns how many of the wanted messages may be sent, and counts them."""

@final
class Row:
    """A row: its key, its content as JSON, and the version stamp of the write that stored it."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['record'], Literal['stamp']]] = ...
    def __new__(cls, key: bytes, record: str, stamp: int) -> Self: ...
    @property
    def key(self) -> bytes:
        """Its key: unique, ordered by bytes."""
    @property
    def record(self) -> str:
        """Its content as JSON. For a counter, the number."""
    @property
    def stamp(self) -> int:
        """The version stamp: identifies the write that stored it; a signed 64-bit integer. 0 for a counter."""
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
        """The first key."""
    @property
    def first_included(self) -> bool:
        """Whether the range includes `first`."""
    @property
    def last(self) -> bytes:
        """The last key."""
    @property
    def last_included(self) -> bool:
        """Whether the range includes `last`."""
    @property
    def limit(self) -> int:
        """Maximum number of rows."""
    @property
    def reverse(self) -> bool:
        """Whether to scan from the last key to the first."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Check:
    """A precondition: a row must be unchanged since it was read."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['stamp']]] = ...
    def __new__(cls, key: bytes, stamp: int | None = None) -> Self: ...
    @property
    def key(self) -> bytes:
        """The row's key."""
    @property
    def stamp(self) -> int | None:
        """The expected version stamp. `None` means that the row must be absent."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Put:
    """Stores a row, replacing the present one."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['record'], Literal['stamp']]] = ...
    def __new__(cls, key: bytes, record: str, stamp: int) -> Self: ...
    @property
    def key(self) -> bytes:
        """The key."""
    @property
    def record(self) -> str:
        """The content as JSON."""
    @property
    def stamp(self) -> int:
        """The version stamp of this write."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Delete:
    """Deletes a row. Does nothing if there is none."""

    __match_args__: ClassVar[tuple[Literal['key']]] = ...
    def __new__(cls, key: bytes) -> Self: ...
    @property
    def key(self) -> bytes:
        """The answer."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Add:
    """Adds to a counter, which starts at 0 and saturates at the ends of a signed 64-bit integer."""

    __match_args__: ClassVar[tuple[Literal['key'], Literal['delta']]] = ...
    def __new__(cls, key: bytes, delta: int) -> Self: ...
    @property
    def key(self) -> bytes:
        """The counter's key."""
    @property
    def delta(self) -> int:
        """The amount."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""

@final
class Commit:
    """Writes, and the preconditions for applying them."""

    __match_args__: ClassVar[tuple[Literal['checks'], Literal['writes']]] = ...
    def __new__(cls, checks: Sequence[Check] | None = None, writes: Sequence[Put | Delete | Add] | None = None) -> Self: ...
    @property
    def checks(self) -> list[Check]:
        """The preconditions."""
    @property
    def writes(self) -> list[Put | Delete | Add]:
        """The writes."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def to_dict(self) -> dict[str, Any]:
        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""
