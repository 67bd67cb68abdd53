// Generated from the definitions in bindings-common by `npm run write-types`.

import type { Interval, Limit, Missing } from './shapes.cjs';

/**
 * A failure of a door. Nothing was changed, unless the operation's documentation says otherwise. The message is for
 * people, and says what to do next.
 */
export declare class FleetError extends Error {
  /** A stable code, the same in every language. */
  readonly code: string;
  /** Whether the same call may succeed when retried, without any other change. */
  readonly isTransient: boolean;
}

/** The thing does not exist, or the actor may not know that it exists. */
export declare class NotFoundError extends FleetError {
  /** The kind of thing that was looked for. */
  readonly what: string;
}

/** The actor may see the thing but may not do this to it. */
export declare class ForbiddenError extends FleetError {
  /** The requested action. */
  readonly command: string;
  /** The people who may do it. */
  readonly needs: string;
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
  readonly what: string;
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
  readonly what: string;
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

