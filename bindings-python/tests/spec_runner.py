"""Runs the scenarios of `spec/` through the public Python API, as `spec/README.md` describes.

    python tests/spec_runner.py ../spec

If `FLEET_POSTGRES` is a server's URL, runs them on PostgreSQL too, each scenario in its own schema.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fleet_core as fc
from fleet_core import errors

VECTORS = Path(__file__).parents[2] / "fleet-core" / "tests" / "vectors"
NOON = datetime(2016, 3, 8, 12, tzinfo=UTC)
JSON = Any


class Malformed(Exception):
    """A step that cannot be carried out."""


# -- Answers, as JSON in the form that the README documents. ---------------------------------------------------------

CHOICES: dict[type, Callable[[Any], JSON]] = {
    fc.Operator: lambda _: "operator",
    fc.AccountActor: lambda actor: {"account": actor.account},
    fc.CustomerActor: lambda actor: {"customer": actor.customer},
    fc.SimpleIdentity: lambda _: "simple",
    fc.TwoLeggedIdentity: lambda identity: {"two_legged": {"user": identity.user}},
    fc.LinkedIdentity: lambda identity: {"linked": {"account": identity.account}},
    fc.DevicesAskToJoin: lambda _: "devices_ask_to_join",
    fc.QuarantineFull: lambda _: "quarantine_full",
    fc.InvitationNotice: lambda notice: {"invitation": {"account": notice.account}},
    fc.UsageWarningNotice: lambda notice: {"usage_warning": fields(notice)},
    fc.UsageLimitReachedNotice: lambda notice: {"usage_limit_reached": fields(notice)},
    fc.PaymentFailedNotice: lambda notice: {"payment_failed": fields(notice)},
    fc.AccountLockedNotice: lambda notice: {"account_locked": fields(notice)},
    fc.AccountUnlockedNotice: lambda notice: {"account_unlocked": fields(notice)},
    fc.RenewalPaidNotice: lambda notice: {"renewal_paid": fields(notice)},
    fc.UpgradedNotice: lambda notice: {"upgraded": fields(notice)},
    fc.UpgradeDeclinedNotice: lambda notice: {"upgrade_declined": fields(notice)},
    fc.PlanReducedNotice: lambda notice: {"plan_reduced": fields(notice)},
    fc.PlanEndedNotice: lambda notice: {"plan_ended": fields(notice)},
    fc.ChargeUnknownNotice: lambda notice: {"charge_unknown": fields(notice)},
    fc.CardExpiresNotice: lambda notice: {"card_expires": fields(notice)},
    fc.ClaimEndedNotice: lambda notice: {"claim_ended": fields(notice)},
    fc.CardNeededNotice: lambda notice: {"card_needed": fields(notice)},
    fc.RenewalCharge: lambda charge: {"renewal": fields(charge)},
    fc.UpgradeCharge: lambda _: "upgrade",
    fc.RefundCharge: lambda charge: {"refund": fields(charge)},
    fc.Webhook: lambda to: {"webhook": {"url": to.url}},
    fc.Integration: lambda to: {"integration": {"name": to.name}},
    fc.LiveStream: lambda _: "live_stream",
}
DECLINED = (fc.PaymentAttempt, fc.PaymentFailedNotice, fc.UpgradeDeclinedNotice)
KINDS: dict[type, str] = {
    fc.UpToDate: "up_to_date",
    fc.Update: "update",
    fc.Held: "held",
    fc.EventLogged: "logged",
    fc.EventDenied: "denied",
    fc.EventOfPersonalDevice: "personal",
    fc.EventOfUnknownProduct: "unknown_product",
}
NAMES = {"from_version": "from", "starts_at": "from", "ends_at": "to"}


def shown(value: Any) -> JSON:
    """Converts a value of the API to JSON."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if put := CHOICES.get(type(value)):
        return put(value)
    found = fields(value)
    if isinstance(value, fc.Configuration):
        found["answers"] = {question: answer_shown(answer) for question, answer in value.answers.items()}
    if kind := KINDS.get(type(value)):
        found["kind"] = kind
    return found


def fields(value: Any) -> dict[str, JSON]:
    found = {NAMES.get(name, name): shown(getattr(value, name)) for name in value.__match_args__}
    if isinstance(value, DECLINED) and value.result is not None and value.result.startswith("declined_"):
        found["result"] = {"declined": value.result.removeprefix("declined_")}
    return found


def answer_shown(answer: fc.ConfigurationAnswer) -> JSON:
    match answer:
        case bool():
            return {"yes_no": answer}
        case int():
            return {"version": answer}
        case str():
            return {"text": answer}
        case _:
            return {"some": answer}


def moment_text(at: datetime) -> str:
    text = at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return text.rstrip("0").rstrip(".") + "Z" if "." in text else text + "Z"


def items(values: list[Any]) -> JSON:
    return {"items": shown(values)}


# -- Arguments of a step. --------------------------------------------------------------------------------------------


class Step:
    """The arguments of a step. Each is read once, and none may be left over."""

    def __init__(self, world: World, raw: dict[str, JSON]) -> None:
        self.world, self.raw = world, dict(raw)

    def required(self, name: str) -> Any:
        if name not in self.raw:
            raise Malformed(f"missing field `{name}`")
        return self.world.seen(self.raw.pop(name))

    def optional(self, name: str, default: Any = None) -> Any:
        value = self.world.seen(self.raw.pop(name, None))
        return default if value is None else value

    def moment(self, name: str) -> datetime | None:
        value = self.raw.pop(name, None)
        return None if value is None else moment(value)

    def given(self, *names: str) -> dict[str, Any]:
        """The given arguments, by name."""
        found = {name: self.optional(name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def rest(self) -> dict[str, JSON]:
        """The arguments that were not read."""
        rest, self.raw = self.raw, {}
        return rest

    def done(self) -> None:
        if self.raw:
            raise Malformed(f"unknown field `{next(iter(self.raw))}`")


def moment(value: JSON) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Malformed(f"{value} is not a moment: write RFC 3339, or whole seconds")
    return NOON + timedelta(seconds=value)


def vector(name: str) -> bytes:
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise Malformed(f"`{name}` is not under fleet-core/tests/vectors")
    return (VECTORS / path).read_bytes()


def list_bytes(value: JSON) -> bytes:
    match value:
        case {"text": str(text), **rest} if not rest:
            return text.encode()
        case {"bytes": [*numbers], **rest} if not rest:
            return bytes(numbers)
        case {"file": str(name), **rest} if not rest:
            return vector(name)
        case {"run": {"first": str(first), "count": int(count)}, **rest} if not rest:
            return "".join(f"{int(first, 16) + step:024x}\n" for step in range(count)).encode()
        case _:
            raise Malformed(f"{value} is not a list")


def binary_bytes(value: JSON) -> bytes:
    match value:
        case {"file": str(name), **rest} if not rest:
            return vector(name)
        case {"bytes": [*numbers], **rest} if not rest:
            return bytes(numbers)
        case {"patched": {"file": str(name), "patches": [*patches]}, **rest} if not rest:
            whole = bytearray(vector(name))
            for patch in patches:
                end = patch["at"] + len(patch["bytes"])
                if end > len(whole):
                    raise Malformed(f"a patch at {patch['at']} goes beyond `{name}`")
                whole[patch["at"] : end] = bytes(patch["bytes"])
            return bytes(whole)
        case _:
            raise Malformed(f"{value} is not a binary")


def report(world: World, raw: dict[str, JSON]) -> fc.Report:
    step = Step(world, raw)
    device = step.required("device")
    at = step.moment("reported_at")
    given = step.given(
        "product", "version", "image", "platform", "system", "security_counter", "chip_revision",
        "takes_updates", "session",
    )
    step.done()
    return fc.Report(device, reported_at=at, **given)


def text(value: JSON) -> str:
    """A text, or a repeated one."""
    if isinstance(value, dict):
        repeated: str = value["repeat"] * value["times"]
        return repeated
    return str(value)


def event(world: World, raw: dict[str, JSON]) -> fc.NewEvent:
    step = Step(world, raw)
    at = step.moment("happened_at")
    texts = {name: text(value) for name, value in step.given("data", "id", "error_kind").items()}
    made = fc.NewEvent(
        step.required("device"), text(step.required("name")), product=step.optional("product"), happened_at=at, **texts
    )
    step.done()
    return made


def destination(value: JSON) -> fc.Destination:
    match value:
        case "live_stream":
            return fc.LiveStream()
        case {"webhook": {"url": url}}:
            return fc.Webhook(text(url))
        case {"integration": {"name": name}}:
            return fc.Integration(text(name))
        case _:
            raise Malformed(f"{value} is not a destination")


def change(world: World, raw: dict[str, JSON]) -> fc.Change:
    step = Step(world, raw)
    kind = step.required("kind")
    made: fc.Change
    if kind == "nothing":
        made = fc.NoChange()
    elif kind == "release":
        made = fc.ReleaseChange(step.optional("version"))
    elif kind == "release_to_group":
        made = fc.GroupReleaseChange(step.required("group"), step.optional("version"))
    elif kind == "lock":
        made = fc.LockChange(step.required("device"), step.optional("version"))
    elif kind == "groups":
        made = fc.GroupsChange(step.required("device"), step.required("groups"))
    else:
        raise Malformed(f"`{kind}` is not a change")
    step.done()
    return made


def identity(value: JSON) -> fc.Identity | None:
    match value:
        case None:
            return None
        case "simple":
            return fc.SimpleIdentity()
        case {"two_legged": {"user": user}}:
            return fc.TwoLeggedIdentity(user)
        case {"linked": {"account": account}}:
            return fc.LinkedIdentity(account)
        case _:
            raise Malformed(f"{value} is not an identity")


def configuration_answer(value: JSON) -> fc.ConfigurationAnswer | None:
    match value:
        case None:
            return None
        case {"text": answer} | {"yes_no": answer} | {"some": answer} | {"version": answer}:
            return answer  # type: ignore[no-any-return]
        case _:
            raise Malformed(f"{value} is not an answer")


def customer_filter(value: JSON) -> dict[str, Any]:
    wanted = dict(value or {})
    match wanted.pop("activity", None):
        case {"since": since}:
            wanted["active_since"] = moment(since)
        case {"not_since": since}:
            wanted["inactive_since"] = moment(since)
    return wanted


def policy(value: dict[str, JSON]) -> dict[str, Any]:
    settings = {name: setting for name, setting in value.items() if name != "gate"}
    settings |= {f"gate_{name}": setting for name, setting in value.get("gate", {}).items()}
    return settings


# -- The commands. ----------------------------------------------------------------------------------------------------

Command = Callable[["World", Any, Step], JSON]


def watched(world: World, thermostat: fc.ProductConsole, step: Step) -> JSON:
    reports: list[JSON] = []
    most = step.optional("stop_after")

    class Stop:
        def is_set(self) -> bool:
            return most is not None and reports[-1]["added"] >= most

    found = thermostat.import_watched(
        list_bytes(step.required("list")), progress=lambda one: reports.append(shown(one)), cancel=Stop()
    )
    return shown(found) | {"progress": reports}


def registered(world: World, console: fc.Console, step: Step) -> JSON:
    listed = [(world.seen(one["device"]), one.get("platform")) for one in step.raw.pop("devices")]
    return {"new": console.register_devices(listed)}


def uploaded(world: World, thermostat: fc.ProductConsole, step: Step) -> JSON:
    return shown(
        thermostat.upload(
            step.required("version"),
            step.required("title"),
            binary_bytes(step.required("binary")),
            **step.given("description", "requires_system"),
        )
    )


def issued(world: World, customer: fc.CustomerConsole, step: Step) -> JSON:
    life = timedelta(seconds=step.required("life"))
    return shown(customer.issue_token(step.required("scopes"), life=life))


def outcome(value: JSON) -> fc.ChargeOutcome:
    match value:
        case {"declined": "soft"}:
            return "declined_soft"
        case {"declined": "hard"}:
            return "declined_hard"
        case "succeeded" | "unknown" as name:
            return name  # type: ignore[no-any-return]
        case _:
            raise Malformed(f"{value} is not an outcome")


def carded(world: World, console: fc.Console, step: Step) -> JSON:
    brand, last_four = step.optional("brand", "visa"), step.optional("last_four", "4242")
    console.set_card(step.required("token"), brand=brand, last_four=last_four, expires=step.required("expires"))
    return {}


def agreed(world: World, thermostat: fc.ProductConsole, step: Step) -> JSON:
    tier, interval = step.required("tier"), step.required("interval")
    price = step.optional("price")
    thermostat.agree_price(tier, interval, price and fc.Money(price["minor"], price["currency"]))
    return {}


def invoiced(world: World, thermostat: fc.ProductConsole, step: Step) -> JSON:
    after, limit = step.optional("after"), step.optional("limit")
    return shown(thermostat.invoices(after=None if after is None else str(after), limit=limit))


def subscribed(world: World, thermostat: fc.ProductConsole, step: Step) -> JSON:
    to = destination(step.required("to"))
    return shown(thermostat.subscribe(to, **step.given("prefix", "device")))


def locked(world: World, device: fc.DeviceConsole, step: Step) -> JSON:
    device.lock(step.required("version"), "on_reset")
    return {}


def opened(world: World, thermostat: fc.ProductConsole, step: Step) -> JSON:
    stream = thermostat.event_stream()
    world.streams.append(stream)
    return {"stream": len(world.streams) - 1, "start": stream.start}


# Commands that do more than pass on their arguments and answer.
SPECIAL: dict[str, Command] = {
    "create_product_with_id": lambda world, door, step: shown(
        door.create_product_with_id(
            step.required("product"), world.account(step.required("owner")), step.required("name"), step.required("platform")
        )
    ),
    "set_policy": lambda world, door, step: shown(
        door.set_policy(**policy(step.raw.pop("policy")))
    ),
    "create_group": lambda world, door, step: {"group": door.create_group(step.required("name"))},
    "create_customer": lambda world, door, step: shown(
        door.create_customer(step.required("user_name"), identity(step.optional("identity")))
    ),
    "find_customer": lambda world, door, step: shown(
        door.find_customer(identity(step.optional("identity")))
    ),
    "customers": lambda world, door, step: shown(
        door.customers(**customer_filter(step.raw.pop("filter", None)), **step.given("after", "limit"))
    ),
    "devices": lambda world, door, step: shown(
        door.devices(**step.optional("filter", {}), **step.given("after", "limit"))
    ),
    "configure": lambda world, door, step: shown(
        door.configure(step.required("question"), configuration_answer(step.optional("answer")))
    ),
    "issue_token": issued,
    "invite_to_beta": lambda world, door, step: shown(
        door.invite_to_beta(list_bytes(step.required("list")))
    ),
    "plan_import": lambda world, door, step: shown(
        door.plan_import(list_bytes(step.required("list")))
    ),
    "import": lambda world, door, step: shown(
        door.import_devices(list_bytes(step.required("list")))
    ),
    "import_watched": watched,
    "register_devices": registered,
    "free_places": lambda world, door, step: {"freed": door.free_places()},
    "correct_device": lambda world, door, step: shown(
        door.correct(**step.given("platform", "security_counter"))
    ),
    "upload": uploaded,
    "dry_run": lambda world, door, step: shown(
        door.dry_run(change(world, step.raw.pop("change")))
    ),
    "my_devices": lambda world, door, step: items(door.devices()),
    "connect": lambda world, door, step: shown(door.connect(report(world, step.rest()))),
    "connect_many": lambda world, door, step: {
        "answers": shown(door.connect_many([report(world, one) for one in step.raw.pop("reports")]))
    },
    "disconnect": lambda world, door, step: shown(
        door.disconnect(
            step.required("device"), ended_at=step.moment("ended_at"), **step.given("product", "session")
        )
    ),
    "set_card": carded,
    "release_to_group": lambda world, door, step: shown(
        door.release_to_group(step.required("group"), step.optional("version"))
    ),
    "agree_price": agreed,
    "invoices": invoiced,
    "charge_outcome": lambda world, door, step: shown(
        door.charge_outcome(step.required("key"), outcome(step.required("outcome")))
    ),
    "subscribe": subscribed,
    "events": lambda world, door, step: shown(
        door.events(**step.optional("filter", {}), **step.given("before", "limit"))
    ),
    "event_stream": opened,
    "read_event_stream": lambda world, door, step: shown(
        door.read_event_stream(world.streams[step.required("stream")], **step.given("limit"))
    ),
    "publish": lambda world, door, step: shown(door.publish(event(world, step.rest()))),
    "publish_many": lambda world, door, step: {
        "answers": shown(door.publish_many([event(world, one) for one in step.raw.pop("events")]))
    },
    "mark_development": lambda world, door, step: shown(
        door.mark_development() if step.required("development") else door.clear_development()
    ),
    "lock_and_flash_now": lambda world, door, step: shown(door.lock(step.required("version"), "now")),
    "lock_and_flash_on_reset": locked,
    "set_account_lock": lambda world, door, step: shown(
        (door.lock_account if step.required("locked") else door.unlock_account)(step.required("account"))
    ),
    "meter": lambda world, door, step: {
        "admitted": door.meter(step.required("product"), world.now).admit_many(step.required("want"))
    },
    "report_usage": lambda world, door, step: shown(door.report_usage(world.now)),
    "settle_usage": lambda world, door, step: shown(door.settle_usage(world.now)),
    "report_update": lambda world, door, step: {
        "latest": door.report_update(
            step.required("device"), step.required("product"), step.required("sequence"), step.required("progress")
        )
    },
    "acknowledge": lambda world, door, step: {"was_waiting": door.acknowledge(step.required("key"))},
}

# The other commands, with the order in which a step's arguments are passed; those after `*` are passed by name.
PLAIN: dict[str, str] = {
    "create_account": "email",
    "create_product": "name platform",
    "product": "",
    "products": "",
    "rename_product": "name",
    "set_tier": "tier",
    "remove_product": "",
    "delete_group": "group",
    "audit_log": "* after limit",
    "account_audit_log": "account * after limit",
    "team": "",
    "invite": "email",
    "revoke_invitation": "account",
    "invitations": "",
    "accept_invitation": "",
    "decline_invitation": "",
    "leave_team": "",
    "remove_member": "account",
    "transfer_ownership": "to",
    "customer": "",
    "remove_customer": "",
    "revoke_token": "token_id",
    "set_device_code": "code",
    "uninvite_from_beta": "user_name",
    "renew_activation_code": "user_name",
    "beta_guests": "* after limit",
    "configuration": "",
    "manufacturing_readiness": "",
    "start_manufacturing": "",
    "device": "",
    "summary": "",
    "explain": "",
    "name_device": "name",
    "set_groups": "groups",
    "approve_device": "",
    "deny_device": "",
    "undeny_device": "",
    "remove_device": "",
    "claim_device": "device",
    "unclaim_device": "device",
    "end_claim": "device",
    "claimed_devices": "* after limit",
    "firmware": "",
    "edit_firmware": "version title * description",
    "delete_firmware": "version",
    "release": "version",
    "withdraw_release": "",
    "unlock": "",
    "force_update": "",
    "me": "",
    "log_out": "",
    "activate": "code",
    "ask_claim_code": "",
    "claim": "device code",
    "unclaim": "device",
    "use_device": "device scope",
    "present_claim_code": "device code",
    "unsubscribe": "subscription",
    "subscriptions": "",
    "follow_events": "* after limit",
    "device_errors": "",
    "forget_device_errors": "error_kind",
    "usage": "",
    "quote_upgrade": "tier interval",
    "upgrade": "quote",
    "switch_interval": "interval",
    "set_currency": "currency",
    "remove_card": "",
    "billing_status": "",
    "cancel_plan": "",
    "downgrade": "tier",
    "write_off": "invoice",
    "account_billing": "account",
    "account_invoices": "account * after limit",
    "due": "* limit",
    "advance": "* limit",
    "confirm_leap": "",
    "pending_charges": "* after limit",
    "pending_notices": "* after limit",
}

# The commands whose method has another name: a handle leaves out its noun.
NAMED: dict[str, tuple[str, str]] = {
    "product": ("ProductConsole", "get"),
    "rename_product": ("ProductConsole", "rename"),
    "remove_product": ("ProductConsole", "remove"),
    "import": ("ProductConsole", "import_devices"),
    "devices": ("ProductConsole", "devices"),
    "device": ("DeviceConsole", "get"),
    "name_device": ("DeviceConsole", "rename"),
    "approve_device": ("DeviceConsole", "approve"),
    "deny_device": ("DeviceConsole", "deny"),
    "undeny_device": ("DeviceConsole", "undeny"),
    "remove_device": ("DeviceConsole", "remove"),
    "correct_device": ("DeviceConsole", "correct"),
    "set_device_code": ("DeviceConsole", "set_code"),
    "lock_and_flash_now": ("DeviceConsole", "lock"),
    "lock_and_flash_on_reset": ("DeviceConsole", "lock"),
    "customer": ("CustomerConsole", "get"),
    "remove_customer": ("CustomerConsole", "remove"),
    "set_account_lock": ("Console", "lock_account"),
    "my_devices": ("Portal", "devices"),
}
METHODS = {name: (door, name) for door, name in fc.operations()} | NAMED


def perform(world: World, door: Any, command: str, step: Step) -> JSON:
    if special := SPECIAL.get(command):
        return special(world, door, step)
    if command not in PLAIN:
        raise Malformed(f"there is no command `{command}`")
    required, _, optional = PLAIN[command].partition("*")
    arguments = [step.required(name) for name in required.split()]
    found = getattr(door, METHODS[command][1])(*arguments, **step.given(*optional.split()))
    return items(found) if isinstance(found, list) else {} if found is None else shown(found)


def handle(console: fc.Console, door: str, step: Step) -> Any:
    """The console, or the handle of what the step is about."""
    if door == "Console":
        return console
    thermostat = console.product(step.required("product"))
    if door == "DeviceConsole":
        return thermostat.device(step.required("device"))
    return thermostat.customer(step.required("customer")) if door == "CustomerConsole" else thermostat


class World:
    """A scenario's fleet, and the values that its steps have saved."""

    def __init__(self, fleet: fc.Fleet) -> None:
        self.fleet = fleet
        self.now: datetime = NOON
        self.saved: dict[str, JSON] = {}
        self.streams: list[fc.EventStream] = []

    def seen(self, value: JSON) -> JSON:
        """Replaces the references in a value."""
        if isinstance(value, str) and value.startswith("$"):
            name, *parts = value[1:].split(".")
            if name not in self.saved:
                raise Malformed(f"`{value}`: no step before saved `{name}`")
            found = self.saved[name]
            try:
                for part in parts:
                    found = found[int(part)] if isinstance(found, list) else found[part]
            except (KeyError, IndexError, ValueError, TypeError):
                raise Malformed(f"`{value}`: there is no such field") from None
            return found
        if isinstance(value, list):
            return [self.seen(item) for item in value]
        if isinstance(value, dict):
            return {key: self.seen(item) for key, item in value.items()}
        return value

    def account(self, name: str) -> int:
        found: int = self.seen(f"${name}.id")
        return found

    def perform(self, raw: dict[str, JSON]) -> JSON:
        step = Step(self, raw)
        command = step.raw.pop("do")
        self.now = step.moment("at") or self.now
        actor = step.raw.pop("as", None)
        if command not in METHODS:
            raise Malformed(f"there is no command `{command}`")
        door_name = METHODS[command][0]
        if door_name.endswith("Console") != (actor is not None):
            raise Malformed("`as` is only for the commands of a console")
        door: Any = self.fleet
        if actor is not None:
            console = self.fleet.console("operator" if actor == "operator" else self.account(actor), self.now)
            door = handle(console, door_name, step)
        elif door_name == "Clock":
            door = self.fleet.clock(self.now)
        elif door_name == "Gateway":
            door = self.fleet.gateway(self.now)
        elif door_name == "Portal":
            door = self.fleet.portal(step.required("token"), self.now)
        answer = perform(self, door, command, step) or {}
        step.done()
        return answer


# -- Scenarios. -------------------------------------------------------------------------------------------------------


def differences(location: str, expected: JSON, found: JSON) -> Iterator[str]:
    """Lists the differences from the expected answer: an object may have more fields, an array may not have more items,
    a null may be missing.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from differences(f"{location}.{key}", value, found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(f"{location}.{index}", one, other)
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield f"{location}: expected {json.dumps(expected)}, found {json.dumps(found)}"


def run_step(world: World, raw: dict[str, JSON]) -> list[str]:
    raw = dict(raw)
    expected, code = raw.pop("expect", {}), raw.pop("error", None)
    message, save = raw.pop("message", None), raw.pop("save", None)
    try:
        answer = world.perform(raw)
    except errors.FleetError as error:
        if code is None:
            return [f"answer: expected {json.dumps(expected)}, found the error `{error.code}`: {error}"]
        problems = [f"error: expected `{code}`, found `{error.code}`: {error}"] if error.code != code else []
        if message is not None and message not in str(error):
            problems.append(f"message: expected {message!r} in it, found {str(error)!r}")
        return problems
    if code is not None:
        return [f"error: expected `{code}`, found the answer {json.dumps(answer)}"]
    if save is not None:
        world.saved[save] = answer
    return list(differences("answer", world.seen(expected), answer))


@dataclasses.dataclass
class Tally:
    passed: int = 0
    failed: int = 0

    def fail(self, what: str) -> None:
        self.failed += 1
        print(f"FAILED {what}")


SCHEMAS = itertools.count()


def stores() -> Iterator[tuple[str, str]]:
    yield "memory", "memory:"
    with tempfile.TemporaryDirectory() as folder:
        # Scenarios do not test what is on the disk after a power cut.
        yield "sqlite", f"sqlite:{folder}/fleet.db?synchronous=normal"
    if server := os.environ.get("FLEET_POSTGRES"):
        yield "postgres", f"{server}?schema=python_{os.getpid()}_{next(SCHEMAS)}"


def run_scenario(
    title: str, tiers: list[fc.Tier] | None, steps: list[tuple[str, dict[str, JSON]]], tally: Tally
) -> None:
    for store, url in stores():
        with fc.Fleet.open(url, tiers=tiers) as fleet:
            world = World(fleet)
            for location, raw in steps:
                try:
                    problems = run_step(world, raw)
                except Malformed as problem:
                    problems = [str(problem)]
                except (TypeError, ValueError, OverflowError) as problem:
                    problems = [f"{type(problem).__name__}: {problem}"]
                if problems:
                    tally.fail("\n    ".join([f"{title} [{store}]: {location}", *problems]))
                    break
            else:
                tally.passed += 1


def run_file(path: Path, tally: Tally) -> None:
    try:
        spec = json.loads(path.read_text())
    except ValueError as problem:
        return tally.fail(f"{path}: {problem}")
    unknown = spec.keys() - {"version", "name", "rules", "why", "catalogue", "given", "scenarios"}
    if spec.get("version") != 1 or unknown:
        return tally.fail(f"{path}: is not a file of version 1, or has unknown fields: {sorted(unknown)}")
    tiers = [fc.Tier(**tier) for tier in spec["catalogue"]] if "catalogue" in spec else None
    given = [(f"given step {number}, {raw.get('do')}", raw) for number, raw in enumerate(spec.get("given", []), 1)]
    for scenario in spec["scenarios"]:
        if scenario.keys() != {"name", "rules", "steps"}:
            tally.fail(f"{path}: scenario `{scenario.get('name')}`: must have name, rules and steps, and nothing else")
            continue
        steps = [(f"step {number}, {raw.get('do')}", raw) for number, raw in enumerate(scenario["steps"], 1)]
        run_scenario(f"{path}: {scenario['name']}", tiers, given + steps, tally)


def run(path: Path) -> Tally:
    tally = Tally()
    for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
        run_file(file, tally)
    return tally


def main() -> int:
    tally = run(Path(sys.argv[1]))
    print(f"{tally.passed} passed, {tally.failed} failed")
    if tally.passed + tally.failed == 0:
        print("there is nothing to run")
    return 0 if tally.passed and not tally.failed else 1


if __name__ == "__main__":
    sys.exit(main())
