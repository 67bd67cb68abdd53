'use strict';

/**
 * What a door could not do. `code` is a stable word, the same in every language; the message is for a person and says
 * what to do next. The classes below add what callers branch on.
 */
class FleetError extends Error {
  constructor({ message, code, isTransient, context }) {
    super(message);
    const { kind, ...fields } = context;
    Object.assign(this, fields, { code, isTransient });
  }

  get name() {
    return this.constructor.name;
  }
}

class NotFoundError extends FleetError {}
class ForbiddenError extends FleetError {}
class InvalidError extends FleetError {}
class TakenError extends FleetError {}
class LimitExceededError extends FleetError {}
class UnreadableFileError extends FleetError {}
class CancelledError extends FleetError {}
class UploadRefusedError extends FleetError {}
class NotProvenError extends FleetError {}
class FirmwareInUseError extends FleetError {}
class AlreadyInvitedError extends FleetError {}
class ExpiredError extends FleetError {}
class OwnerStaysError extends FleetError {}
class AccountLockedError extends FleetError {}
class UnauthenticatedError extends FleetError {}
class WrongCodeError extends FleetError {}
class BarredError extends FleetError {}
class NotActivatedError extends FleetError {}
class ManufacturingStartedError extends FleetError {}
class NotReadyError extends FleetError {}
class DeviceOfflineError extends FleetError {}
class CannotJoinError extends FleetError {}
class ProductIdUsedError extends FleetError {}
class QuoteExpiredError extends FleetError {}
class RenewalUnpaidError extends FleetError {}
class RenewalDueError extends FleetError {}
class ChargeOpenError extends FleetError {}
class UnknownChargeError extends FleetError {}
class ChargeFinishedError extends FleetError {}
class CardMissingError extends FleetError {}
class PriceByAgreementError extends FleetError {}
class NotAnUpgradeError extends FleetError {}
class NoPlanError extends FleetError {}
class StoreFailedError extends FleetError {}
class OtherFailureError extends FleetError {}

module.exports = {
  FleetError,
  NotFoundError,
  ForbiddenError,
  InvalidError,
  TakenError,
  LimitExceededError,
  UnreadableFileError,
  CancelledError,
  UploadRefusedError,
  NotProvenError,
  FirmwareInUseError,
  AlreadyInvitedError,
  ExpiredError,
  OwnerStaysError,
  AccountLockedError,
  UnauthenticatedError,
  WrongCodeError,
  BarredError,
  NotActivatedError,
  ManufacturingStartedError,
  NotReadyError,
  DeviceOfflineError,
  CannotJoinError,
  ProductIdUsedError,
  QuoteExpiredError,
  RenewalUnpaidError,
  RenewalDueError,
  ChargeOpenError,
  UnknownChargeError,
  ChargeFinishedError,
  CardMissingError,
  PriceByAgreementError,
  NotAnUpgradeError,
  NoPlanError,
  StoreFailedError,
  OtherFailureError,
};
