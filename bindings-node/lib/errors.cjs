'use strict';

/**
 * A failure of a door. `code` is a stable code, the same in every language; the message is for people and says what to
 * do next. The subclasses below add what callers branch on.
 */
class FleetError extends Error {
  constructor({ message, code, isTransient, context }) {
    super(message);
    const { kind, ...fields } = context;
    Object.assign(this, fields, { code, isTransient });
  }

  /** `JSON.stringify` uses this: it would omit an error's message, which is not an own enumerable field. */
  toJSON() {
    return { name: this.name, message: this.message, ...this };
  }
}

exports.FleetError = FleetError;
exports.NotFoundError = class NotFoundError extends FleetError {};
exports.ForbiddenError = class ForbiddenError extends FleetError {};
exports.InvalidError = class InvalidError extends FleetError {};
exports.TakenError = class TakenError extends FleetError {};
exports.LimitExceededError = class LimitExceededError extends FleetError {};
exports.UnreadableFileError = class UnreadableFileError extends FleetError {};
exports.CancelledError = class CancelledError extends FleetError {};
exports.UploadRefusedError = class UploadRefusedError extends FleetError {};
exports.NotProvenError = class NotProvenError extends FleetError {};
exports.FirmwareInUseError = class FirmwareInUseError extends FleetError {};
exports.AlreadyInvitedError = class AlreadyInvitedError extends FleetError {};
exports.ExpiredError = class ExpiredError extends FleetError {};
exports.OwnerStaysError = class OwnerStaysError extends FleetError {};
exports.AccountLockedError = class AccountLockedError extends FleetError {};
exports.NoSeatError = class NoSeatError extends FleetError {};
exports.UnauthenticatedError = class UnauthenticatedError extends FleetError {};
exports.WrongCodeError = class WrongCodeError extends FleetError {};
exports.BarredError = class BarredError extends FleetError {};
exports.NotActivatedError = class NotActivatedError extends FleetError {};
exports.ManufacturingStartedError = class ManufacturingStartedError extends FleetError {};
exports.NotReadyError = class NotReadyError extends FleetError {};
exports.DeviceOfflineError = class DeviceOfflineError extends FleetError {};
exports.CannotJoinError = class CannotJoinError extends FleetError {};
exports.ProductIdUsedError = class ProductIdUsedError extends FleetError {};
exports.QuoteExpiredError = class QuoteExpiredError extends FleetError {};
exports.RenewalUnpaidError = class RenewalUnpaidError extends FleetError {};
exports.RenewalDueError = class RenewalDueError extends FleetError {};
exports.ClockLeapError = class ClockLeapError extends FleetError {};
exports.ChargeOpenError = class ChargeOpenError extends FleetError {};
exports.UnknownChargeError = class UnknownChargeError extends FleetError {};
exports.ChargeFinishedError = class ChargeFinishedError extends FleetError {};
exports.CardMissingError = class CardMissingError extends FleetError {};
exports.PriceByAgreementError = class PriceByAgreementError extends FleetError {};
exports.NotAnUpgradeError = class NotAnUpgradeError extends FleetError {};
exports.NoPlanError = class NoPlanError extends FleetError {};
exports.StoreFailedError = class StoreFailedError extends FleetError {};
exports.EventsMissedError = class EventsMissedError extends FleetError {};
exports.OtherFailureError = class OtherFailureError extends FleetError {};

// Strings instead of the classes' names, because a minifier changes those.
for (const [name, { prototype }] of Object.entries(exports)) {
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true });
}
