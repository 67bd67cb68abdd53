// Generated from the definitions in bindings-common by `npm run write-types`.

import type { Command, Interval, Limit, Missing } from './shapes.cjs';

/**
 * A failure of a door. Nothing was changed, unless the operation's documentation says otherwise. The message is for
 * people, and says what to do next.
 */
export declare class FleetError extends Error {
  /** A stable code, the same in every language. */
  readonly code: ErrorCode;
  /** Whether the same call may succeed when retried, without any other change. */
  readonly isTransient: boolean;
}

/**
 * A stable code of a failure, the same in every language. A later release may add codes: handle any other like a
 * failure that is not understood.
 */
export type ErrorCode =
  | 'not_found'
  | 'forbidden'
  | 'invalid'
  | 'taken'
  | 'limit_exceeded'
  | 'cancelled'
  | 'not_proven'
  | 'firmware_in_use'
  | 'already_invited'
  | 'expired'
  | 'owner_stays'
  | 'account_locked'
  | 'no_seat'
  | 'unauthenticated'
  | 'wrong_code'
  | 'barred'
  | 'not_activated'
  | 'manufacturing_started'
  | 'not_ready'
  | 'device_offline'
  | 'cannot_join'
  | 'quote_expired'
  | 'renewal_unpaid'
  | 'renewal_due'
  | 'clock_leap'
  | 'charge_open'
  | 'unknown_charge'
  | 'charge_finished'
  | 'card_missing'
  | 'price_by_agreement'
  | 'not_an_upgrade'
  | 'no_plan'
  | 'product_id_used'
  | 'store_contention'
  | 'store_unavailable'
  | 'store_outcome_unknown'
  | 'store_full'
  | 'store_read_only'
  | 'store_not_ours'
  | 'store_newer_schema'
  | 'store_not_empty'
  | 'store_unsupported'
  | 'store_corrupt'
  | 'store_taken'
  | 'store_forked'
  | 'store_moved'
  | 'store_journaled'
  | 'store_query_refused'
  | 'store_failed'
  | 'image_unrecognised'
  | 'image_too_large'
  | 'image_over_flash'
  | 'image_other_format'
  | 'image_other_platform'
  | 'image_macro_missing'
  | 'image_other_product'
  | 'image_wildcard'
  | 'image_other_version'
  | 'version_not_greater'
  | 'image_empty'
  | 'foreign_elf'
  | 'foreign_intel_hex'
  | 'foreign_s_record'
  | 'foreign_uf2'
  | 'foreign_zip'
  | 'foreign_fwup'
  | 'foreign_mender'
  | 'foreign_rauc'
  | 'foreign_swupdate'
  | 'foreign_tar'
  | 'foreign_gzip'
  | 'foreign_xz'
  | 'foreign_zstd'
  | 'foreign_esp8266'
  | 'foreign_esp_partition_table'
  | 'foreign_esp_flash'
  | 'foreign_esp_nvs'
  | 'foreign_erased_flash'
  | 'foreign_file_system'
  | 'foreign_disk'
  | 'foreign_dfuse'
  | 'foreign_bzip2'
  | 'foreign_7z'
  | 'foreign_pdf'
  | 'foreign_html'
  | 'particle_too_short'
  | 'particle_no_prefix'
  | 'particle_cut_short'
  | 'particle_padded'
  | 'particle_trailing_bytes'
  | 'particle_combined'
  | 'particle_crc_mismatch'
  | 'particle_unknown_flags'
  | 'particle_encrypted'
  | 'particle_resource'
  | 'particle_bootloader'
  | 'particle_system_part'
  | 'particle_settings'
  | 'particle_network_coprocessor'
  | 'particle_radio_stack'
  | 'particle_asset'
  | 'particle_unknown_function'
  | 'particle_no_suffix'
  | 'particle_sha256_mismatch'
  | 'particle_extension'
  | 'esp_too_short'
  | 'esp_segments'
  | 'esp_segment_cut_short'
  | 'esp_not_an_application'
  | 'esp_cut_short'
  | 'esp_followed'
  | 'esp_digest_flag'
  | 'esp_checksum_mismatch'
  | 'esp_sha256_mismatch'
  | 'mcuboot_too_short'
  | 'mcuboot_header_size'
  | 'mcuboot_cut_short'
  | 'mcuboot_no_tlv_area'
  | 'mcuboot_protected_size'
  | 'mcuboot_area_size'
  | 'mcuboot_tlv_size'
  | 'mcuboot_stray_bytes'
  | 'mcuboot_value_length'
  | 'mcuboot_tlv_twice'
  | 'mcuboot_too_many_tlvs'
  | 'mcuboot_no_hash'
  | 'mcuboot_encrypted'
  | 'mcuboot_non_bootable'
  | 'mcuboot_followed'
  | 'mcuboot_hash_mismatch'
  | 'empty'
  | 'too_large'
  | 'no_ids'
  | 'unsupported_encoding'
  | 'spreadsheet_document'
  | 'formatted_document'
  | 'compressed'
  | 'imported'
  | 'already_here'
  | 'duplicate'
  | 'in_another_product'
  | 'claimed_outside_team'
  | 'names_another_product'
  | 'wrong_platform'
  | 'unknown_id'
  | 'over_device_limit'
  | 'wrong_length'
  | 'not_hex'
  | 'spreadsheet_number'
  | 'unset_id'
  | 'serial_number'
  | 'serial_and_secret'
  | 'imei'
  | 'iccid'
  | 'several_ids'
  | 'unterminated_quote'
  | 'undecodable'
  | 'too_long'
  | 'missing_field'
  | 'events_missed'
  | 'panicked';

/** A kind of thing that was looked for, is taken or has expired. A later release may add kinds. */
export type Thing =
  | 'account'
  | 'account with this e-mail'
  | 'customer'
  | 'device'
  | 'e-mail'
  | 'firmware'
  | 'group'
  | 'guest'
  | 'identity'
  | 'invitation'
  | 'kind of error'
  | 'linked account'
  | 'member'
  | 'open invoice'
  | 'product'
  | 'question'
  | 'second record'
  | 'subscription'
  | 'title'
  | 'token'
  | 'user name'
  | 'vendor\'s user';

/** The people who may do something. A later release may add some. */
export type Audience =
  | 'an operator'
  | 'an account'
  | 'a member of the team'
  | 'the owner'
  | 'an invitation'
  | 'a customer'
  | 'the customer whose device it is';

/** The thing does not exist, or the actor may not know that it exists. */
export declare class NotFoundError extends FleetError {
  /** The kind of thing that was looked for. */
  readonly what: Thing;
}

/** The actor may see the thing but may not do this to it. */
export declare class ForbiddenError extends FleetError {
  /** The requested command. */
  readonly command: Command;
  /** The people who may do it. */
  readonly needs: Audience;
}

/** An argument is out of its range or malformed. */
export declare class InvalidError extends FleetError {
  /** The argument's name. */
  readonly field: string;
  /** What is wrong with the value, and what would be valid. */
  readonly problem: string;
}

/** A name that must be unique is already in use. */
export declare class TakenError extends FleetError {
  /** What must be unique. */
  readonly what: Thing;
  /** The value that is in use. */
  readonly value: string;
}

/** A tier's limit would be exceeded. */
export declare class LimitExceededError extends FleetError {
  /** The limit, and the tier that would be enough. */
  readonly limit: Limit;
}

/** A device list cannot be read at all; the code says why. */
export declare class UnreadableFileError extends FleetError {}

/** The caller stopped an import; devices already added stay. */
export declare class CancelledError extends FleetError {
  /** Number of devices added before the stop. */
  readonly added: number;
}

/** An uploaded binary is not this product's next firmware; the code says why. */
export declare class UploadRefusedError extends FleetError {}

/** A version does not yet run on enough devices. */
export declare class NotProvenError extends FleetError {
  /** The version that was to be released. */
  readonly version: number;
  /** Number of devices that must run it. */
  readonly needed: number;
  /** Number of devices that run it. */
  readonly running: number;
}

/** Firmware that is or was released, or that devices are locked to. */
export declare class FirmwareInUseError extends FleetError {
  /** The version. */
  readonly version: number;
  /** What keeps it in use. */
  readonly reason: string;
}

/** The account is on the team already, or has an open invitation. */
export declare class AlreadyInvitedError extends FleetError {
  /** The account. */
  readonly email: string;
}

/** Something with a limited life has expired. */
export declare class ExpiredError extends FleetError {
  /** What has expired. */
  readonly what: Thing;
  /** When it expired. */
  readonly at: Date;
}

/** The owner cannot leave the team. */
export declare class OwnerStaysError extends FleetError {}

/** An account is locked; the message says what lifts the lock. */
export declare class AccountLockedError extends FleetError {
  /** Since when. */
  readonly since: Date;
}

/** The team has no free seat for the invited account. */
export declare class NoSeatError extends FleetError {}

/** The token is unknown, expired or revoked. */
export declare class UnauthenticatedError extends FleetError {}

/** The code is wrong. */
export declare class WrongCodeError extends FleetError {
  /** Number of wrong codes that are left. Absent if they are not counted. */
  readonly left: number | null;
}

/** There were too many wrong codes. */
export declare class BarredError extends FleetError {
  /** Until when. */
  readonly until: Date;
}

/** The customer is not in the private beta yet. */
export declare class NotActivatedError extends FleetError {}

/** Manufacturing has begun, so the settings that the line is programmed with cannot change. */
export declare class ManufacturingStartedError extends FleetError {
  /** When. */
  readonly at: Date;
}

/** Something is missing before manufacturing. */
export declare class NotReadyError extends FleetError {
  /** Everything that is missing. */
  readonly missing: readonly Missing[];
}

/** The device is not connected. */
export declare class DeviceOfflineError extends FleetError {
  /** The device. */
  readonly device: string;
}

/** A device may not join the product. */
export declare class CannotJoinError extends FleetError {
  /** The device. */
  readonly device: string;
  /** The reason, as a sentence. */
  readonly reason: string;
}

/** A product's number is or was in use. */
export declare class ProductIdUsedError extends FleetError {
  /** The number. */
  readonly product: number;
}

/** A quote has expired, or the product's plan has changed since it was given. */
export declare class QuoteExpiredError extends FleetError {}

/** An upgrade was requested while a renewal is unpaid. */
export declare class RenewalUnpaidError extends FleetError {
  /** The product. */
  readonly product: number;
  /** The invoice. */
  readonly invoice: number;
}

/** The period is over, and its renewal is not issued yet. */
export declare class RenewalDueError extends FleetError {
  /** Since when. */
  readonly since: Date;
}

/** The clock leapt, and nobody confirmed it. */
export declare class ClockLeapError extends FleetError {
  /** The moment of the last advance. If there was none, the moment since when something is due. */
  readonly last: Date;
  /** The moment that the clock shows now. */
  readonly now: Date;
  /** Number of days that the clock may leap. */
  readonly days: number;
}

/** The request depends on a charge that has no outcome yet. */
export declare class ChargeOpenError extends FleetError {
  /** Its number within the product. */
  readonly charge: number;
}

/** No charge has this key. */
export declare class UnknownChargeError extends FleetError {}

/** The outcome of the charge was reported before, and stands. */
export declare class ChargeFinishedError extends FleetError {}

/** There is no card that can be charged. */
export declare class CardMissingError extends FleetError {}

/** The tier is not sold at this interval and in this currency. */
export declare class PriceByAgreementError extends FleetError {
  /** The tier. */
  readonly tier: string;
  /** The interval. */
  readonly interval: Interval;
}

/** The requested change is not an upgrade. */
export declare class NotAnUpgradeError extends FleetError {
  /** What it is, and who can make it. */
  readonly problem: string;
}

/** The product has no paid plan. */
export declare class NoPlanError extends FleetError {}

/** The store failed; the code says why. */
export declare class StoreFailedError extends FleetError {}

/** A stream of events has a gap because nobody read it in time. The missing events are in the log. */
export declare class EventsMissedError extends FleetError {
  /** Number of missing events. */
  readonly missed: number;
}

/** Any other failure of a newer core; the code says which. */
export declare class OtherFailureError extends FleetError {}

