"""Words, and values that are one of a few. Written by `stubs.py`; import them from `fleet_core`."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from fleet_core._native import AccountActor, AccountLockedNotice, AccountUnlockedNotice, CardExpiresNotice, CardNeededNotice, ChargeUnknownNotice, ClaimEndedNotice, CustomerActor, DevicesAskToJoin, EventDenied, EventLogged, EventOfPersonalDevice, EventOfUnknownProduct, EventTurnedAway, GroupReleaseChange, GroupsChange, Held, Integration, InvitationNotice, LinkedIdentity, LiveStream, LockChange, NoChange, Operator, OtherCharge, OtherNotice, PaymentFailedNotice, PlanEndedNotice, PlanReducedNotice, QuarantineFull, RefundCharge, ReleaseChange, RenewalCharge, RenewalPaidNotice, SimpleIdentity, TwoLeggedIdentity, UpToDate, Update, UpgradeCharge, UpgradeDeclinedNotice, UpgradedNotice, UsageLimitReachedNotice, UsageWarningNotice, Webhook

__all__ = ["Actor", "Agreement", "AttemptProgress", "Authentication", "AuthenticationChoice", "BetaLineVerdict", "Cancel", "Change", "ChargeOutcome", "ChargePurpose", "Command", "ConfigurationAnswer", "Decision", "Destination", "EventOrigin", "HoldReason", "Identity", "ImageFormat", "ImportVerdict", "Interval", "InvoiceLineKind", "InvoiceReason", "InvoiceStatus", "NoticeSubject", "PaymentResult", "Published", "Resource", "Rule", "Scope", "Standing", "UpdateProgress", "UpdateResult"]


class Cancel(Protocol):
    """Stops an import: a `threading.Event`, or anything with its `is_set`."""

    def is_set(self) -> bool: ...


ConfigurationAnswer: TypeAlias = str | bool | int | list[str]
"""An answer to a question before manufacturing: text, yes or no, a version, or several of the question's choices."""

Interval: TypeAlias = Literal['monthly', 'annual']
"""Length of a period."""

InvoiceLineKind: TypeAlias = Literal['period', 'rest', 'credit', 'balance', 'carried']
"""The kind of an invoice's line."""

ChargePurpose: TypeAlias = RenewalCharge | UpgradeCharge | RefundCharge | OtherCharge
"""The purpose of a charge."""

ChargeOutcome: TypeAlias = Literal['succeeded', 'declined_soft', 'declined_hard', 'unknown']
"""Outcome of a charge."""

PaymentResult: TypeAlias = Literal['open', 'succeeded', 'declined_soft', 'declined_hard', 'not_presented']
"""Outcome of an attempt to collect an invoice."""

InvoiceReason: TypeAlias = Literal['renewal', 'upgrade', 'downgrade', 'cancellation', 'transfer', 'other']
"""The reason for an invoice."""

InvoiceStatus: TypeAlias = Literal['open', 'settled', 'void']
"""Status of an invoice."""

Scope: TypeAlias = Literal['see', 'control', 'claim']
"""What a token may be used for."""

Identity: TypeAlias = SimpleIdentity | TwoLeggedIdentity | LinkedIdentity
"""How a customer is identified."""

BetaLineVerdict: TypeAlias = Literal['invited', 'already_invited', 'duplicate', 'malformed', 'other']
"""Verdict on a line of a guest list."""

Rule: TypeAlias = Literal['lock', 'group_release', 'release', 'no_release', 'other']
"""The rule that sets the version a device should run."""

HoldReason: TypeAlias = Literal['denied', 'quarantined', 'other_platform', 'development', 'downgrade_forbidden', 'security_counter', 'chip_revision', 'system_version', 'takes_no_updates', 'two_devices', 'owner_locked', 'personal', 'unknown_product', 'stale_report', 'other']
"""The reason why a device gets no firmware."""

Decision: TypeAlias = UpToDate | Update | Held
"""Decisions: what a device is to do, and why."""

Standing: TypeAlias = Literal['member', 'quarantined', 'denied']
"""A device's standing in a product."""

Agreement: TypeAlias = Literal['unknown', 'matches', 'differs']
"""A reported value compared with the known one."""

AttemptProgress: TypeAlias = Literal['offered', 'downloading', 'downloaded']
"""Progress of an update."""

UpdateProgress: TypeAlias = Literal['downloading', 'downloaded', 'failed']
"""Progress of an update, as reported by the gateway. It is never a success: only the device reports that."""

UpdateResult: TypeAlias = Literal['succeeded', 'failed', 'runs_another', 'withdrawn', 'other']
"""Result of an update."""

Destination: TypeAlias = Webhook | Integration | LiveStream
"""Where matching events are sent."""

EventOrigin: TypeAlias = Literal['member', 'quarantined', 'foreign', 'owner_locked']
"""A device's relation to the product when it published."""

Published: TypeAlias = EventLogged | EventDenied | EventOfPersonalDevice | EventOfUnknownProduct | EventTurnedAway
"""What happened to an event."""

ImageFormat: TypeAlias = Literal['particle', 'esp_idf', 'mcuboot', 'opaque', 'other']
"""The kinds of image that can be uploaded."""

Change: TypeAlias = NoChange | ReleaseChange | GroupReleaseChange | LockChange | GroupsChange
"""A change of what devices should run, to be counted before it is made."""

ImportVerdict: TypeAlias = Literal['imported', 'already_here', 'duplicate', 'in_another_product', 'claimed_outside_team', 'names_another_product', 'wrong_platform', 'unknown_id', 'over_device_limit', 'wrong_length', 'not_hex', 'spreadsheet_number', 'unset_id', 'serial_number', 'serial_and_secret', 'imei', 'iccid', 'several_ids', 'unterminated_quote', 'undecodable', 'too_long', 'missing_field', 'other']
"""Verdict on a line of a list."""

NoticeSubject: TypeAlias = DevicesAskToJoin | QuarantineFull | InvitationNotice | UsageWarningNotice | UsageLimitReachedNotice | PaymentFailedNotice | AccountLockedNotice | AccountUnlockedNotice | RenewalPaidNotice | UpgradedNotice | UpgradeDeclinedNotice | PlanReducedNotice | PlanEndedNotice | ChargeUnknownNotice | CardExpiresNotice | CardNeededNotice | ClaimEndedNotice | OtherNotice
"""The subject of a notice."""

Authentication: TypeAlias = Literal['simple', 'two_legged', 'linked']
"""How customers are authenticated."""

AuthenticationChoice: TypeAlias = Literal['undecided', 'simple', 'two_legged', 'linked']
"""The choice of how customers are authenticated."""

Resource: TypeAlias = Literal['devices', 'members', 'messages', 'other']
"""What a tier limits."""

Actor: TypeAlias = Operator | AccountActor | CustomerActor
"""The actor of a command."""

Command: TypeAlias = Literal['create_account', 'lock_account', 'register_devices', 'correct_device', 'create_product_with_id', 'remove_product', 'set_tier', 'transfer_ownership', 'cancel_plan', 'downgrade', 'agree_price', 'write_off', 'create_product', 'claim_device', 'read_product', 'rename_product', 'set_policy', 'configure', 'start_manufacturing', 'import_devices', 'approve_device', 'deny_device', 'undeny_device', 'remove_device', 'end_claim', 'name_device', 'mark_development', 'change_groups', 'upload_firmware', 'edit_firmware', 'delete_firmware', 'release_firmware', 'lock_device', 'force_update', 'change_customers', 'issue_token', 'invite_to_beta', 'change_subscriptions', 'forget_errors', 'set_card', 'read_billing', 'change_plan', 'buy_upgrade', 'invite_member', 'revoke_invitation', 'remove_member', 'accept_invitation', 'answer_invitation', 'leave_team', 'read_self', 'log_out', 'activate', 'ask_claim_code', 'claim_as_customer', 'use_device', 'other']
"""A command of a console or a portal, as an audit names it."""
