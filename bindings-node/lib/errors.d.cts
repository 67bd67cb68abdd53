// Written from the definitions in bindings-common, by `npm run write-types`.

import type { Interval, Limit, Missing } from './shapes.cjs';

/**
 * What a door could not do. Nothing was changed, unless the operation says how far it came. The message is for a person,
 * and says what to do next.
 */
export declare class FleetError extends Error {
  /** A stable word, the same in every language. */
  readonly code: string;
  /** Whether the same call may succeed when it is made again, without anything else being changed. */
  readonly isTransient: boolean;
}

/** The thing does not exist, or the actor may not know that it does. */
export declare class NotFoundError extends FleetError {
  /** What was looked for, in a word. */
  readonly what: string;
}

/** The actor may see the thing but not do this to it. */
export declare class ForbiddenError extends FleetError {
  /** What was asked for. */
  readonly command: string;
  /** Who may do it. */
  readonly needs: string;
}

/** A value that was handed in is out of its range or form. */
export declare class InvalidError extends FleetError {
  /** Which value. */
  readonly field: string;
  /** What is wrong with it and what would be right. */
  readonly problem: string;
}

/** A name that must be unique is in use. */
export declare class TakenError extends FleetError {
  /** What must be unique, in a word. */
  readonly what: string;
  /** The value that is in use. */
  readonly value: string;
}

/** A tier's limit would be exceeded. */
export declare class LimitExceededError extends FleetError {
  /** Which, and the tier that would do. */
  readonly limit: Limit;
}

/** A device list that can't be read at all; the code says why. */
export declare class UnreadableFileError extends FleetError {}

/** The caller stopped an import; what was added stays. */
export declare class CancelledError extends FleetError {
  /** Devices that were added before. */
  readonly added: number;
}

/** An upload that is not this product's next firmware; the code says why. */
export declare class UploadRefusedError extends FleetError {}

/** A version that does not run on enough devices yet. */
export declare class NotProvenError extends FleetError {
  /** The version that was to be released. */
  readonly version: number;
  /** How many devices must run it. */
  readonly needed: number;
  /** How many do. */
  readonly running: number;
}

/** Firmware that is released, was released, or that devices are locked to. */
export declare class FirmwareInUseError extends FleetError {
  /** The version. */
  readonly version: number;
  /** What holds it. */
  readonly reason: string;
}

/** The account is on the team, or was asked and has not answered. */
export declare class AlreadyInvitedError extends FleetError {
  /** Whose. */
  readonly email: string;
}

/** What was given for a time is no longer good. */
export declare class ExpiredError extends FleetError {
  /** What, in a word. */
  readonly what: string;
  /** From when on. */
  readonly at: Date;
}

/** The owner stays on the team. */
export declare class OwnerStaysError extends FleetError {}

/** An account is locked; the message says what lifts the lock. */
export declare class AccountLockedError extends FleetError {
  /** Since when. */
  readonly since: Date;
}

/** A team has no seat for who was invited. */
export declare class NoSeatError extends FleetError {}

/** A token that is unknown, expired or revoked. */
export declare class UnauthenticatedError extends FleetError {}

/** A code that is not the right one. */
export declare class WrongCodeError extends FleetError {
  /** How many more wrong ones there may be; none: they are not counted. */
  readonly left: number | null;
}

/** Too many wrong codes. */
export declare class BarredError extends FleetError {
  /** Until when. */
  readonly until: Date;
}

/** A customer who is not in the private beta yet. */
export declare class NotActivatedError extends FleetError {}

/** Manufacturing has begun: what the line is programmed with stays as it is. */
export declare class ManufacturingStartedError extends FleetError {
  /** When. */
  readonly at: Date;
}

/** What is missing before manufacturing. */
export declare class NotReadyError extends FleetError {
  /** All of it. */
  readonly missing: readonly Missing[];
}

/** The device is not connected. */
export declare class DeviceOfflineError extends FleetError {
  /** The device. */
  readonly device: string;
}

/** A device that may not join the product. */
export declare class CannotJoinError extends FleetError {
  /** The device. */
  readonly device: string;
  /** Why, in words. */
  readonly reason: string;
}

/** A product's number that is or was in use. */
export declare class ProductIdUsedError extends FleetError {
  /** The number. */
  readonly product: number;
}

/** A quote that no longer holds, or that the product's plan has changed since. */
export declare class QuoteExpiredError extends FleetError {}

/** An upgrade while a renewal is unpaid. */
export declare class RenewalUnpaidError extends FleetError {
  /** The product. */
  readonly product: number;
  /** The invoice. */
  readonly invoice: number;
}

/** The period is over and its renewal was not issued yet. */
export declare class RenewalDueError extends FleetError {
  /** Since when. */
  readonly since: Date;
}

/** The clock leaps, and nobody confirmed it. */
export declare class ClockLeapError extends FleetError {
  /** The moment at which it advanced last; where it never did, since when something is due. */
  readonly last: Date;
  /** The moment that it shows now. */
  readonly now: Date;
  /** How many days it may leap. */
  readonly days: number;
}

/** A charge has no outcome yet that what was asked for depends on. */
export declare class ChargeOpenError extends FleetError {
  /** Its number within the product. */
  readonly charge: number;
}

/** No charge has this key. */
export declare class UnknownChargeError extends FleetError {}

/** The outcome of the charge was told before, and counts. */
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

/** What was asked for is not an upgrade. */
export declare class NotAnUpgradeError extends FleetError {
  /** What it is, and who can do it. */
  readonly problem: string;
}

/** The product pays for nothing. */
export declare class NoPlanError extends FleetError {}

/** The store could not do its part; the code says why. */
export declare class StoreFailedError extends FleetError {}

/** A stream of events has a gap: nobody read it in time. The events are in the log. */
export declare class EventsMissedError extends FleetError {
  /** How many are missing. */
  readonly missed: number;
}

/** Anything else that a newer core may answer; the code says what. */
export declare class OtherFailureError extends FleetError {}

