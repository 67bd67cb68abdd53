// Generated from the definitions in bindings-common by `npm run write-types`.

import type { Money } from '../index.cjs';

/** A person who can log in. */
export interface Account {
  /** Its number. */
  readonly id: number;
  /** Its e-mail, in lower case. */
  readonly email: string;
  /** When it was created. */
  readonly createdAt: Date;
  /** Since when an operator has locked it. Absent if none has. */
  readonly lockedAt: Date | null;
  /** Since when it is locked for unpaid bills. Absent if it is not. */
  readonly unpaidSince: Date | null;
}

/** A person on a team. */
export interface Person {
  /** The account's number. */
  readonly account: number;
  /** Its e-mail. */
  readonly email: string;
}

/** A person with an open invitation to a team. */
export interface Invited {
  /** The account's number. */
  readonly account: number;
  /** Its e-mail. */
  readonly email: string;
  /** When they were invited. */
  readonly at: Date;
  /** When the invitation expires; from then on it holds no seat. */
  readonly expiresAt: Date;
}

/** A product's team, as its members see it. */
export interface Team {
  /** The owner's account. */
  readonly owner: number;
  /** The members, including the owner, by account. */
  readonly members: readonly Person[];
  /** The open invitations, including expired ones. */
  readonly invited: readonly Invited[];
}

/** An account's invitation to a team. */
export interface Invitation {
  /** When. */
  readonly at: Date;
  /** When it expires; from then on it holds no seat. */
  readonly expiresAt: Date;
}

/** An invitation, as the invitee sees it. */
export interface ReceivedInvitation {
  /** The product's number. */
  readonly product: number;
  /** Its name. */
  readonly name: string;
  /** When it was made. */
  readonly at: Date;
  /** When it expires. */
  readonly expiresAt: Date;
}

/** The platform's operator. */
export interface Operator {
  readonly kind: 'operator';
}

/** A person. */
export interface AccountActor {
  readonly kind: 'account';
  /** The account's number. */
  readonly account: number;
}

/** A customer of the product. */
export interface CustomerActor {
  readonly kind: 'customer';
  /** The customer's number. */
  readonly customer: number;
}

/** The actor of a command. */
export type Actor = Operator | AccountActor | CustomerActor;

/** A command of a console or a portal, as an audit names it. */
export type Command =
  /** Create an account. */
  | 'create_account'
  /** Lock an account for unpaid bills, or unlock it. */
  | 'lock_account'
  /** Register devices that exist. */
  | 'register_devices'
  /** Correct a device's entry in the registry. */
  | 'correct_device'
  /** Create a product with a given id. */
  | 'create_product_with_id'
  /** Remove a product. */
  | 'remove_product'
  /** Put a product on a tier without a charge. */
  | 'set_tier'
  /** Make another account the owner. */
  | 'transfer_ownership'
  /** End a product's plan. */
  | 'cancel_plan'
  /** Put a product on a lower tier. */
  | 'downgrade'
  /** Agree on a price. */
  | 'agree_price'
  /** Write an invoice off. */
  | 'write_off'
  /** Create a product. */
  | 'create_product'
  /** Claim a personal device, or end its claim. */
  | 'claim_device'
  /** See a product, its devices, its firmware, its team, its audit. */
  | 'read_product'
  /** Rename a product. */
  | 'rename_product'
  /** Change a product's policy. */
  | 'set_policy'
  /** Answer a question of the configuration. */
  | 'configure'
  /** Start manufacturing. */
  | 'start_manufacturing'
  /** Import devices. */
  | 'import_devices'
  /** Admit a waiting device. */
  | 'approve_device'
  /** Deny a device. */
  | 'deny_device'
  /** Allow a denied device to ask again. */
  | 'undeny_device'
  /** Remove a device from the product. */
  | 'remove_device'
  /** End a device's claim, whoever has it. */
  | 'end_claim'
  /** Name a device. */
  | 'name_device'
  /** Mark a device for development, or remove the mark. */
  | 'mark_development'
  /** Create, change or delete a group, or put devices in it. */
  | 'change_groups'
  /** Upload firmware. */
  | 'upload_firmware'
  /** Change a firmware's title or description. */
  | 'edit_firmware'
  /** Delete firmware. */
  | 'delete_firmware'
  /** Release firmware to the product or to a group, or withdraw it. */
  | 'release_firmware'
  /** Lock a device to a version, or unlock it. */
  | 'lock_device'
  /** Send an update to a device that takes none. */
  | 'force_update'
  /** Create a customer, or remove one. */
  | 'change_customers'
  /** Issue a token to a customer, or revoke it. */
  | 'issue_token'
  /** Invite customers to the private beta. */
  | 'invite_to_beta'
  /** Forward events, or stop it. */
  | 'change_subscriptions'
  /** Reset the count of the errors of a kind. */
  | 'forget_errors'
  /** Put a card on file, or remove it. */
  | 'set_card'
  /** See the state of a product's billing, and its invoices. */
  | 'read_billing'
  /** Quote an upgrade, choose interval or currency. */
  | 'change_plan'
  /** Buy an upgrade that was quoted. */
  | 'buy_upgrade'
  /** Invite an account to the team. */
  | 'invite_member'
  /** Revoke an invitation. */
  | 'revoke_invitation'
  /** Remove a member from the team. */
  | 'remove_member'
  /** Accept an invitation. */
  | 'accept_invitation'
  /** Accept or decline an invitation. */
  | 'answer_invitation'
  /** Leave the team. */
  | 'leave_team'
  /** See the customer's own record. */
  | 'read_self'
  /** Revoke the customer's own token. */
  | 'log_out'
  /** Join the private beta with an activation code. */
  | 'activate'
  /** Get a code for claiming a device. */
  | 'ask_claim_code'
  /** Claim a device by its code. */
  | 'claim_as_customer'
  /** See or control the customer's own device, or end its claim. */
  | 'use_device'
  /** A value that is newer than this binding. */
  | 'other';

/** One command that was carried out. */
export interface AuditEntry {
  /** When. */
  readonly at: Date;
  /** The actor. */
  readonly actor: Actor;
  /** The command's stable name. */
  readonly command: Command;
  /** What it was applied to, in short. */
  readonly subject: string;
  /** The changed value as it was before. Absent if there was none. */
  readonly old: string | null;
  /** The value from then on. */
  readonly new: string | null;
}

/** A product: one platform, one owner, one fleet. */
export interface Product {
  /** Its number. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** The only hardware in its fleet, such as `particle:6`. */
  readonly platform: string;
  /** The owner's account. */
  readonly owner: number;
  /** When it was created. */
  readonly createdAt: Date;
  /** The name of its tier. */
  readonly tier: string;
  /** The team's policies. */
  readonly policy: Policy;
  /** The version for devices that are not locked and are in no group with a release. */
  readonly release: Release | null;
  /** The product's groups of devices, by number. */
  readonly groups: readonly Group[];
}

/** The preferred version of a product. */
export interface Release {
  /** The version. */
  readonly version: number;
  /** When it was released. */
  readonly at: Date;
  /** The actor. */
  readonly by: Actor;
}

/** A named set of devices within a product. */
export interface Group {
  /** Its number. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** The version released to it. */
  readonly release: number | null;
}

/** The evidence that a version needs before it can be released. */
export interface Gate {
  /** Number of the product's devices that must run it. */
  readonly devices: number;
  /** How long it must have run on each, in milliseconds. */
  readonly soakMillis: number;
}

/** The policies of a product. */
export interface Policy {
  /** The evidence needed before a version can be released. */
  readonly gate: Gate;
  /** Whether an image that names the platform's id as its product is accepted. */
  readonly wildcardProduct: boolean;
  /** Whether a binary of no known format is accepted. */
  readonly opaqueImages: boolean;
  /** Whether a device is never sent a version below the one it reports. */
  readonly forbidDowngrades: boolean;
  /** Whether a device that asks to join is admitted at once, if a person could admit it. */
  readonly approveByItself: boolean;
  /** Whether only devices that the host registered before can be imported. */
  readonly knownIdsOnly: boolean;
  /** Maximum number of devices in quarantine. */
  readonly quarantineLimit: number;
  /** How long an invitation to the team can be accepted, in milliseconds. */
  readonly invitationMillis: number;
  /** How customers are authenticated. Absent if not decided yet. */
  readonly authentication: Authentication | null;
  /** Whether a customer needs an activation code to claim a device. */
  readonly privateBeta: boolean;
  /** Maximum number of events in its log. */
  readonly logEvents: number;
  /** Maximum age of an event in its log, in milliseconds. */
  readonly logAgeMillis: number;
  /** How long an event's id is recognised, in milliseconds. */
  readonly eventIdMillis: number;
  /** What customers may do with their device. */
  readonly customersMay: readonly Scope[];
  /** Percentages of the tier's messages at which people are notified. */
  readonly usageNotices: readonly number[];
  /** How far a moment may lie ahead of the present clock and still hold back older reports, in milliseconds. */
  readonly clockToleranceMillis: number;
}

/** The policies to change. Absent ones stay as they are. */
export interface PolicySettings {
  /** Number of devices that must run a version before it can be released. 0 to 10,000, default 1. */
  readonly gateDevices?: number | null;
  /** How long it must run on each, in milliseconds. Up to a year, default 0. */
  readonly gateSoakMillis?: number | null;
  /** Whether an image that names the platform's id as its product is accepted. Default: yes. */
  readonly wildcardProduct?: boolean | null;
  /** Whether a binary of no known format is accepted. Default: no. */
  readonly opaqueImages?: boolean | null;
  /** Whether a device is never sent a version below the one it reports. Default: no. */
  readonly forbidDowngrades?: boolean | null;
  /** Whether a device that asks to join is admitted at once, if a person could admit it. Default: no. */
  readonly approveByItself?: boolean | null;
  /** Whether only devices that the host registered before can be imported. Default: no. */
  readonly knownIdsOnly?: boolean | null;
  /** Maximum number of devices in quarantine. 0 to 1,000,000, default 10,000. */
  readonly quarantineLimit?: number | null;
  /** How long an invitation can be accepted, in milliseconds. An hour to a year, default 14 days. */
  readonly invitationMillis?: number | null;
  /** How customers are authenticated. Default: undecided. */
  readonly authentication?: AuthenticationChoice | null;
  /** Whether a customer needs an activation code to claim a device. Default: no. */
  readonly privateBeta?: boolean | null;
  /** Maximum number of events in its log. 1 to 1,000,000, default 10,000. */
  readonly logEvents?: number | null;
  /** Maximum age of an event in its log, in milliseconds. A minute to a year, default 7 days. */
  readonly logAgeMillis?: number | null;
  /** How long an event's id is recognised, in milliseconds. A minute to 31 days, default 24 hours. */
  readonly eventIdMillis?: number | null;
  /** What customers may do with their device. Default: see and control it. */
  readonly customersMay?: readonly Scope[] | null;
  /** Percentages of the tier's messages at which people are notified. Default: 70, 90 and 100. */
  readonly usageNotices?: readonly number[] | null;
  /**
   * How far a moment may lie ahead of the present clock and still hold back older reports, in milliseconds.
   * Up to a day, default 10 minutes.
   */
  readonly clockToleranceMillis?: number | null;
}

/** How customers are authenticated. */
export type Authentication =
  /** The platform holds the account. */
  | 'simple'
  /** The vendor's server vouches for its own user. */
  | 'two_legged'
  /** An account of the platform, linked to the customer. */
  | 'linked';

/** The choice of how customers are authenticated. */
export type AuthenticationChoice =
  /** Not decided: any identity is accepted. */
  | 'undecided'
  /** The platform holds the account. */
  | 'simple'
  /** The vendor's server vouches for its own user. */
  | 'two_legged'
  /** An account of the platform, linked to the customer. */
  | 'linked';

/** What a tier limits. */
export type Resource =
  /** Number of devices in the product. */
  | 'devices'
  /** Team members, including the owner and pending invitations. */
  | 'members'
  /** Outbound messages in a usage month. */
  | 'messages'
  /** A value that is newer than this binding. */
  | 'other';

/** A tier's limit that blocks an operation. */
export interface Limit {
  /** The product's tier. */
  readonly tier: string;
  /** The limited resource. */
  readonly resource: Resource;
  /** The tier's limit. */
  readonly limit: number;
  /** The number in use now. */
  readonly used: number;
  /** The number that would be in use. */
  readonly wouldBe: number;
  /** Number of places that running imports reserve, if it would fit without them. 0 if that is not the reason. */
  readonly heldPlaces: number;
  /** The latest time at which all of them are free. */
  readonly heldUntil: Date | null;
  /** The cheapest tier that would be enough. Absent if there is none. */
  readonly fits: Fits | null;
  /** The same as a sentence. */
  readonly message: string;
}

/** The cheapest tier that would be enough. */
export interface Fits {
  /** Its name. */
  readonly tier: string;
  /** Its limit. Absent if it has none. */
  readonly limit: number | null;
}

/** Something that is missing before manufacturing can start. */
export interface Missing {
  /** The question's name. */
  readonly question: string;
  /** What is missing. */
  readonly why: string;
}

/** The platform holds the account. */
export interface SimpleIdentity {
  readonly kind: 'simple';
}

/** The vendor's server vouches for its own user. */
export interface TwoLeggedIdentity {
  readonly kind: 'two_legged';
  /** The vendor's name for the user. */
  readonly user: string;
}

/** An account of the platform, linked to the customer. */
export interface LinkedIdentity {
  readonly kind: 'linked';
  /** The account's number. */
  readonly account: number;
}

/** How a customer is identified. */
export type Identity = SimpleIdentity | TwoLeggedIdentity | LinkedIdentity;

/** What a token may be used for. */
export type Scope =
  /** See the customer's devices. */
  | 'see'
  /** Control the customer's devices. */
  | 'control'
  /** Claim devices and end claims. */
  | 'claim';

/** A customer, as the team sees them. */
export interface Customer {
  /** The product of the customer. */
  readonly product: number;
  /** The customer's number. */
  readonly id: number;
  /** The customer's user name. */
  readonly userName: string;
  /** How the customer is identified. */
  readonly identity: Identity;
  /** When the customer was created. */
  readonly createdAt: Date;
  /** The devices that the customer has claimed. */
  readonly devices: readonly string[];
  /** When the customer last used a device. Absent if never. */
  readonly activeAt: Date | null;
  /** When the customer joined the private beta. */
  readonly activatedAt: Date | null;
  /** The customer's tokens. */
  readonly tokens: readonly Token[];
}

/** A customer's own record, and the scopes and expiry of the token in use. */
export interface CustomerSession {
  /** The product of the customer. */
  readonly product: number;
  /** The customer's number. */
  readonly id: number;
  /** The customer's user name. */
  readonly userName: string;
  /** How the customer is identified. */
  readonly identity: Identity;
  /** When the customer was created. */
  readonly createdAt: Date;
  /** The devices that the customer has claimed, if the token and the product allow to see them. */
  readonly devices: readonly string[];
  /** When the customer last used a device. Absent if never. */
  readonly activeAt: Date | null;
  /** When the customer joined the private beta. */
  readonly activatedAt: Date | null;
  /** The customer's tokens. */
  readonly tokens: readonly Token[];
  /** The token's id, for listing and revoking. */
  readonly tokenId: string;
  /** What the token may be used for. */
  readonly scopes: readonly Scope[];
  /** When the token expires. */
  readonly expiresAt: Date;
}

/** A token in lists; it is revoked by its id. */
export interface Token {
  /** Its id. Not a secret. */
  readonly tokenId: string;
  /** When it expires. */
  readonly expiresAt: Date;
}

/** A token that was issued. It is shown only this once. */
export interface IssuedToken {
  /** Its id, for listing and revoking. Not a secret. */
  readonly tokenId: string;
  /** The token itself: a secret. */
  readonly token: string;
}

/** The customers to list. All given conditions must hold. */
export interface CustomerFilter {
  /** Customers who have used a device since then. */
  readonly activeSince?: Date | null;
  /** Customers who have a device and have not used one since then. */
  readonly inactiveSince?: Date | null;
  /** Customers with a device, or without. */
  readonly withDevice?: boolean | null;
  /** Customers whose user name begins with this, ignoring case. */
  readonly prefix?: string | null;
}

/** A code that a customer's device presents when it is set up. */
export interface ClaimCode {
  /** The code: a secret. */
  readonly code: string;
  /** When it expires. */
  readonly expiresAt: Date;
}

/** A device, as the customer who claimed it sees it. */
export interface CustomerDevice {
  /** Its id. */
  readonly id: string;
  /** Its name. Absent if it has none. */
  readonly name: string | null;
  /** Whether it is connected. */
  readonly online: boolean;
  /** When it last connected. */
  readonly seenAt: Date | null;
}

/** A person who was invited to the private beta. */
export interface BetaGuest {
  /** The user name in the invitation. */
  readonly userName: string;
  /** The code to send to them: a secret. */
  readonly code: string;
  /** When the code was used. */
  readonly usedAt: Date | null;
}

/** Verdict on a line of a guest list. */
export type BetaLineVerdict =
  /** Invited, with a new code. */
  | 'invited'
  /** Invited before; the code stays the same. */
  | 'already_invited'
  /** An earlier line has the same user name. */
  | 'duplicate'
  /** The line has no readable user name. */
  | 'malformed'
  /** A value that is newer than this binding. */
  | 'other';

/** A line of a guest list, with its verdict. */
export interface BetaLine {
  /** The line's number, from 1. */
  readonly line: number;
  /** The result. */
  readonly verdict: BetaLineVerdict;
  /** The user name of the invited guest. */
  readonly userName: string | null;
  /** The guest's code: a secret. */
  readonly code: string | null;
  /** When the code was used. */
  readonly usedAt: Date | null;
  /** The earlier line with the same user name. */
  readonly duplicateOf: number | null;
  /** Why the user name is unreadable. */
  readonly message: string | null;
}

/** Verdicts on the lines of a guest list. */
export interface BetaReport {
  /** One entry for each line that is not blank. */
  readonly lines: readonly BetaLine[];
}

/** A device's standing in a product. */
export type Standing =
  /** In the product. */
  | 'member'
  /** It asked to join and waits for a person. */
  | 'quarantined'
  /** It may not ask again until it is undenied. */
  | 'denied';

/** A reported value compared with the known one. */
export type Agreement =
  /** It was never reported, or there is no known value to compare. */
  | 'unknown'
  /** The values are equal. */
  | 'matches'
  /** The values differ. */
  | 'differs';

/** Progress of an update. */
export type AttemptProgress =
  /** The directive was issued. */
  | 'offered'
  /** The image is being sent. */
  | 'downloading'
  /** The image is on the device, which will restart. */
  | 'downloaded';

/** Progress of an update, as reported by the gateway. It is never a success: only the device reports that. */
export type UpdateProgress =
  /** The image is being sent. */
  | 'downloading'
  /** The image is on the device. */
  | 'downloaded'
  /** It could not be sent, or the device refused it. */
  | 'failed';

/** Result of an update. */
export type UpdateResult =
  /** The device reported the version that it was sent. */
  | 'succeeded'
  /** The device came back on its old version, or its update was reported as failed. */
  | 'failed'
  /** The device reported a version that is neither the old one nor the one it was sent. */
  | 'runs_another'
  /** The version was no longer wanted on the device before it came back. Not a failure. */
  | 'withdrawn'
  /** A value that is newer than this binding. */
  | 'other';

/** A device of a product, as its team sees it. */
export interface Device {
  /** Its id: 24 hexadecimal digits. */
  readonly id: string;
  /** Its name. Absent if it has none. */
  readonly name: string | null;
  /** The groups it is in, by number. */
  readonly groups: readonly number[];
  /** Its standing: in the product, waiting, or denied. */
  readonly standing: Standing;
  /** Whether it is a development device, which is never updated over the air. */
  readonly development: boolean;
  /** Whether its next update is forced although it takes none. */
  readonly forced: boolean;
  /** Number of consecutive failed attempts on the present target. */
  readonly failures: number;
  /**
   * Number of times that it returned to another version within a day after its update. From 3 on, two devices
   * probably share the id: the device counts as failing and gets no updates.
   */
  readonly relapses: number;
  /** The version it is locked to. */
  readonly lock: number | null;
  /** The number of the latest directive that it was sent. */
  readonly sequence: number;
  /** The highest security counter it has confirmed. */
  readonly securityCounter: number;
  /** The revision of its chip, 100 × major + minor, as reported. Absent if it never reported one in this product. */
  readonly chipRevision: number | null;
  /** The system version that it reported last. */
  readonly system: string | null;
  /** When it was added to the product, or first asked to join. */
  readonly addedAt: Date;
  /** Its latest report. Absent if it has not connected since it was added. */
  readonly seen: Seen | null;
  /** The update that it was sent and has not answered yet. */
  readonly attempt: UpdateAttempt | null;
  /** Outcome of its latest finished update. */
  readonly outcome: UpdateOutcome | null;
}

/** A device's latest report. */
export interface Seen {
  /** When it connected. */
  readonly at: Date;
  /** The gateway's session number. 0 if it gave none. */
  readonly session: number;
  /** Since when it has reported this version. */
  readonly versionSince: Date;
  /** The version it reported. */
  readonly version: number | null;
  /** Whether the hash that it reported is that of the uploaded image. */
  readonly image: Agreement;
  /** Whether its hardware is the product's. */
  readonly platform: Agreement;
  /** Whether it takes updates now. */
  readonly takesUpdates: boolean;
  /** Whether it is connected. */
  readonly online: boolean;
}

/** An update in progress. */
export interface UpdateAttempt {
  /** When the directive was issued. */
  readonly at: Date;
  /** The version to run. */
  readonly target: number;
  /** The version it ran before. */
  readonly fromVersion: number | null;
  /** The progress of the update. */
  readonly progress: AttemptProgress;
}

/** Outcome of an update. */
export interface UpdateOutcome {
  /** When the outcome became known. */
  readonly at: Date;
  /** The version it was to run. */
  readonly target: number;
  /** The result. */
  readonly result: UpdateResult;
}

/** The devices to list. All given conditions must hold. By default, all that are in the product. */
export interface DeviceFilter {
  /** Devices in the product, waiting, or denied. */
  readonly standing?: Standing | null;
  /** Connected devices, or others. */
  readonly online?: boolean | null;
  /** Devices that report this version. */
  readonly version?: number | null;
  /** Devices in this group. */
  readonly group?: number | null;
  /** Locked devices, or others. */
  readonly locked?: boolean | null;
  /** Development devices, or others. */
  readonly development?: boolean | null;
  /** Devices with an update in progress, or others. */
  readonly pending?: boolean | null;
  /** Devices whose latest attempts failed, or others. */
  readonly failing?: boolean | null;
  /** Devices whose name or id begins with this, ignoring case. */
  readonly prefix?: string | null;
}

/** A fleet in numbers. */
export interface Summary {
  /** In the product. */
  readonly devices: number;
  /** Number of these that are connected now. */
  readonly online: number;
  /** Number of these that were not seen since they were added. */
  readonly neverSeen: number;
  /** Number of devices for each reported version, by version. */
  readonly versions: readonly VersionCount[];
  /** Number of devices that report none. */
  readonly noVersion: number;
  /** Number of devices that run another image than the one uploaded for the version that they report. */
  readonly imageDiffers: number;
  /** Number of devices with an update in progress. */
  readonly pending: number;
  /** Number of devices whose latest attempts failed. */
  readonly failing: number;
  /** Number of devices that are locked to a version. */
  readonly locked: number;
  /** Number of development devices. */
  readonly development: number;
  /** Number of devices that are held because their hardware is not the product's. */
  readonly wrongPlatform: number;
  /** Number of devices that wait for admission. */
  readonly quarantined: number;
  /** Number of denied devices. */
  readonly denied: number;
  /** Places that running or interrupted imports reserve for devices not yet added. */
  readonly heldPlaces: number;
}

/** Number of devices that report a version. */
export interface VersionCount {
  /** The version. */
  readonly version: number;
  /** Number of them. */
  readonly devices: number;
}

/** A device of a manufacturing list. */
export interface ListedDevice {
  /** Its id. */
  readonly device: string;
  /** Its hardware. */
  readonly platform?: string | null;
}

/** A verdict for each line of a list, in the order of the file. */
export interface ImportReport {
  /** One for each line that is not blank and not the header. */
  readonly lines: readonly ImportLine[];
  /** Number of lines for each verdict. */
  readonly counts: ImportCounts;
  /** The line that was read as the header of the columns. */
  readonly headerLine: number | null;
  /** Why no device was added, if the valid ones do not all fit the tier. */
  readonly refused: Limit | null;
}

/** Verdict on a line of a list. */
export type ImportVerdict =
  /** Added, or would be. */
  | 'imported'
  /** Already in this product. */
  | 'already_here'
  /** The same device as on an earlier line. */
  | 'duplicate'
  /** In another product. */
  | 'in_another_product'
  /** Claimed by somebody outside the team. */
  | 'claimed_outside_team'
  /** The list names another product for it. */
  | 'names_another_product'
  /** Its hardware is not the product's. */
  | 'wrong_platform'
  /** Not among the registered devices, and the product accepts only these. */
  | 'unknown_id'
  /** Valid, but the list does not fit the tier. */
  | 'over_device_limit'
  /** An id of the wrong length. */
  | 'wrong_length'
  /** An id with a character that is not a hexadecimal digit. */
  | 'not_hex'
  /** A number that a spreadsheet made of an id. */
  | 'spreadsheet_number'
  /** An id of only zeros or only `f`. */
  | 'unset_id'
  /** A serial number instead of an id. */
  | 'serial_number'
  /** A serial number with the secret of the device's sticker. */
  | 'serial_and_secret'
  /** An IMEI instead of an id. */
  | 'imei'
  /** An ICCID instead of an id. */
  | 'iccid'
  /** More than one id. */
  | 'several_ids'
  /** A quote without its end. */
  | 'unterminated_quote'
  /** Bytes that are not text. */
  | 'undecodable'
  /** A field that is too long. */
  | 'too_long'
  /** No field in the id column. */
  | 'missing_field'
  /** A value that is newer than this binding. */
  | 'other';

/** A line of a list, with its verdict. */
export interface ImportLine {
  /** The line's number, from 1. */
  readonly line: number;
  /** The id on the line. Absent if none could be read. */
  readonly device: string | null;
  /** The result. */
  readonly verdict: ImportVerdict;
  /** The same as a sentence. */
  readonly message: string;
  /** With `duplicate`: the earlier line with the same id. */
  readonly duplicateOf: number | null;
  /** With `wrong_platform`: its known hardware. */
  readonly known: string | null;
}

/** Number of lines for each verdict. */
export interface ImportCounts {
  /** Added, or would be. */
  readonly imported: number;
  /** Already in the product. */
  readonly alreadyHere: number;
  /** Duplicates of earlier lines. */
  readonly duplicates: number;
  /** Number of other lines. */
  readonly refused: number;
}

/** Progress of an import. */
export interface ImportProgress {
  /** Number of devices added. */
  readonly added: number;
  /** Number of devices to add in total. */
  readonly toAdd: number;
}

/** The kinds of image that can be uploaded. */
export type ImageFormat =
  /** A Particle user part or monolithic module. */
  | 'particle'
  /** An ESP-IDF application image. */
  | 'esp_idf'
  /** An MCUboot image. */
  | 'mcuboot'
  /** A binary of no known format, accepted because the product's policy allows it. */
  | 'opaque'
  /** A value that is newer than this binding. */
  | 'other';

/** When a device that is locked to a version gets it. */
export type Flash =
  /** Immediately. The device must be online. */
  | 'now'
  /** At its next connect. */
  | 'on_reset';

/** An uploaded firmware. */
export interface Firmware {
  /** Its version. */
  readonly version: number;
  /** Its title. */
  readonly title: string;
  /** The purpose. */
  readonly description: string;
  /** When it was uploaded. */
  readonly uploadedAt: Date;
  /** The account that uploaded it. Absent if it was an operator. */
  readonly uploadedBy: number | null;
  /** What was found in the binary. */
  readonly image: Image;
  /** The system versions it runs on. Absent if any. */
  readonly requiresSystem: string | null;
  /** The first device of the product that reported it. */
  readonly proven: Proof | null;
  /** When it was first released. */
  readonly releasedAt: Date | null;
  /** How many devices are locked to it. */
  readonly lockedDevices: number;
}

/** What was found in a binary. */
export interface Image {
  /** The kind of image. */
  readonly format: ImageFormat;
  /** Its size in bytes. */
  readonly size: number;
  /** The SHA-256 of the whole file. */
  readonly sha256: string;
  /** The hashes in the image, which a device may report instead of the file's hash. */
  readonly embedded: readonly string[];
  /** Its security counter. 0 if the format has none. */
  readonly securityCounter: number;
  /** The version string in the image, besides the integer version. */
  readonly ownVersion: string | null;
  /** The project's name in the image. */
  readonly project: string | null;
  /** Whether it names the platform's id as its product. */
  readonly wildcard: boolean;
  /** The lowest chip revision that it runs on, 100 × major + minor. Absent if any. */
  readonly minChipRevision: number | null;
  /** The highest chip revision that it runs on, 100 × major + minor. Absent if any. */
  readonly maxChipRevision: number | null;
}

/** Proof that a firmware ran on a device. */
export interface Proof {
  /** The device. */
  readonly device: string;
  /** When the device reported it. */
  readonly at: Date;
}

/** No change: counts what is to be sent as of now. */
export interface NoChange {
  readonly kind: 'nothing';
}

/** A release to the product, or its withdrawal. */
export interface ReleaseChange {
  readonly kind: 'release';
  /** The version. Absent to withdraw the release. */
  readonly version?: number | null;
}

/** A release to a group, or its withdrawal. */
export interface GroupReleaseChange {
  readonly kind: 'release_to_group';
  /** The group. */
  readonly group: number;
  /** The version. Absent to withdraw the release. */
  readonly version?: number | null;
}

/** A device's lock, or its unlocking. */
export interface LockChange {
  readonly kind: 'lock';
  /** The device. */
  readonly device: string;
  /** The version. Absent to unlock. */
  readonly version?: number | null;
}

/** A device's groups. */
export interface GroupsChange {
  readonly kind: 'groups';
  /** The device. */
  readonly device: string;
  /** Its groups. */
  readonly groups: readonly number[];
}

/** A change of what devices should run, to be counted before it is made. */
export type Change = NoChange | ReleaseChange | GroupReleaseChange | LockChange | GroupsChange;

/** Number of devices that would get a firmware at their next connect. */
export interface DryRun {
  /** Devices that would get a firmware after the change. */
  readonly sent: Ways;
  /** Devices among them that would get another firmware, or none, without the change. */
  readonly byChange: Ways;
}

/** Number of devices by the direction of their update. */
export interface Ways {
  /** To a higher version than they report. */
  readonly up: number;
  /** To a lower version. */
  readonly down: number;
  /** From no version. */
  readonly fromNone: number;
  /** All values. */
  readonly total: number;
}

/** The rule that sets the version a device should run. */
export type Rule =
  /** The version that the device is locked to. */
  | 'lock'
  /** The highest version released to a group of the device. */
  | 'group_release'
  /** The product's release. */
  | 'release'
  /** Nothing is released. */
  | 'no_release'
  /** A value that is newer than this binding. */
  | 'other';

/** The reason why a device gets no firmware. */
export type HoldReason =
  /** It is denied. */
  | 'denied'
  /** It asks to join: it waits for admission, or was turned away. */
  | 'quarantined'
  /** Its hardware is not the product's. */
  | 'other_platform'
  /** It is a development device. */
  | 'development'
  /** The product forbids a version below the one that it reports. */
  | 'downgrade_forbidden'
  /** The image's security counter is below the highest that the device has confirmed. */
  | 'security_counter'
  /** The image does not run on its chip's revision. */
  | 'chip_revision'
  /** The firmware does not run on its system version. */
  | 'system_version'
  /** It takes no updates now, and nobody forces it. */
  | 'takes_no_updates'
  /** It returned to another version right after an update, several times: two devices seem to have its id. */
  | 'two_devices'
  /** The account of the product's owner is locked, and the platform holds the devices of locked accounts. */
  | 'owner_locked'
  /** It is in no product and asks for none. */
  | 'personal'
  /** It reports a product that does not exist. */
  | 'unknown_product'
  /** Its report is older than an earlier one. */
  | 'stale_report'
  /** A value that is newer than this binding. */
  | 'other';

/** The firmware that a device is to run. */
export interface Directive {
  /** The device. */
  readonly device: string;
  /** The product of the firmware. */
  readonly product: number;
  /** The version to run. */
  readonly version: number;
  /** The file's size in bytes. */
  readonly size: number;
  /** The file's SHA-256, under which the host keeps the file. */
  readonly sha256: string;
  /** The kind of image. */
  readonly format: ImageFormat;
  /** The image's security counter. */
  readonly securityCounter: number;
  /** Grows with each new directive for this device. A repeated directive keeps its number. */
  readonly sequence: number;
}

/** The version that a device should run, and the rule that set it. */
export interface Target {
  /** The version. */
  readonly version: number;
  /** The rule that set it. */
  readonly rule: Rule;
  /** The group whose release it is. */
  readonly group: number | null;
}

/** It runs the version that it should, or no version is set. */
export interface UpToDate {
  readonly kind: 'up_to_date';
  /** The rule that set it. */
  readonly rule: Rule;
  /** The group whose release it is. */
  readonly group: number | null;
  /** The version that it would get without that rule. */
  readonly keptBack: number | null;
  /** Whether it reported the right version with another image than the uploaded one. */
  readonly imageDiffers: boolean;
  /** The rule's number and name. */
  readonly cites: string;
  /** A sentence for a person. */
  readonly why: string;
}

/** It is to run another firmware. */
export interface Update {
  readonly kind: 'update';
  /** The directive to send. */
  readonly directive: Directive;
  /** The rule that set it. */
  readonly rule: Rule;
  /** The group whose release it is. */
  readonly group: number | null;
  /** The version that it would get without that rule. */
  readonly keptBack: number | null;
  /** The rule's number and name. */
  readonly cites: string;
  /** A sentence for a person. */
  readonly why: string;
}

/** It gets no firmware, whatever it should run. */
export interface Held {
  readonly kind: 'held';
  /** What keeps it in use. */
  readonly reason: HoldReason;
  /** The version that it should run, if that was determined. */
  readonly target: Target | null;
  /**
   * With `quarantined`: whether the quarantine is full, so that the device does not wait and is not
   * recorded.
   */
  readonly full: boolean | null;
  /** With `downgrade_forbidden`: the version that it reports. */
  readonly fromVersion: number | null;
  /** With `security_counter`: the image's counter. */
  readonly image: number | null;
  /** With `security_counter`: the highest that the device has confirmed. */
  readonly confirmed: number | null;
  /** With `chip_revision`: the device's revision, 100 × major + minor. */
  readonly chipRevision: number | null;
  /** With `chip_revision`: the lowest that the image runs on. Absent if any. */
  readonly minChipRevision: number | null;
  /** With `chip_revision`: the highest that the image runs on. Absent if any. */
  readonly maxChipRevision: number | null;
  /** With `system_version`: the version that the firmware requires. */
  readonly requires: string | null;
  /** With `system_version`: the version that the device reported. */
  readonly reported: string | null;
  /** With `owner_locked`: since when. */
  readonly since: Date | null;
  /** The rule's number. */
  readonly cites: string;
  /** A sentence for a person. */
  readonly why: string;
}

/** Decisions: what a device is to do, and why. */
export type Decision = UpToDate | Update | Held;

/** What a device reports when it connects, as its gateway passes it on. */
export interface Report {
  /** The device's id: 24 hexadecimal digits. */
  readonly device: string;
  /** The product id in its firmware. */
  readonly product?: number | null;
  /** The version in its firmware. */
  readonly version?: number | null;
  /** The hash of its image: the file's SHA-256, or one that the image carries. */
  readonly image?: string | null;
  /** Its hardware. */
  readonly platform?: string | null;
  /** Its system's version. */
  readonly system?: string | null;
  /** The security counter that the device has stored. */
  readonly securityCounter?: number | null;
  /** The chip's revision, 100 × major + minor. */
  readonly chipRevision?: number | null;
  /** Whether the device takes updates now. Default: yes. */
  readonly takesUpdates?: boolean | null;
  /**
   * The gateway's session number, which grows for each device. Absent or 0 if the gateway numbers no
   * sessions.
   */
  readonly session?: number | null;
  /**
   * When it connected. If both this and `session` are absent, the report is live: the last one received is
   * the newest. Without either, a report sent twice counts as two connections, so a gateway that may repeat
   * a connect sets one of them.
   */
  readonly reportedAt?: Date | null;
}

/** Devices ask to join the product. */
export interface DevicesAskToJoin {
  readonly kind: 'devices_ask_to_join';
}

/** The quarantine is full: further devices that ask to join are turned away. */
export interface QuarantineFull {
  readonly kind: 'quarantine_full';
}

/** An account is invited to the product's team. */
export interface InvitationNotice {
  readonly kind: 'invitation';
  /** The account's number. The notice goes to its e-mail. */
  readonly account: number;
}

/** A share of the tier's messages is used up. */
export interface UsageWarningNotice {
  readonly kind: 'usage_warning';
  /** The usage month's number, counted from the product's creation. */
  readonly month: number;
  /** The tier's messages a month. */
  readonly limit: number;
  /** The share, in percent. */
  readonly percent: number;
  /** The messages that are used. */
  readonly used: number;
}

/** All of the tier's messages are used up: further messages in this usage month are dropped. */
export interface UsageLimitReachedNotice {
  readonly kind: 'usage_limit_reached';
  /** The usage month's number, counted from the product's creation. */
  readonly month: number;
  /** The tier's messages a month. */
  readonly limit: number;
  /** The messages that are used. */
  readonly used: number;
}

/** A renewal's payment failed. */
export interface PaymentFailedNotice {
  readonly kind: 'payment_failed';
  /** The owner's account. */
  readonly account: number;
  /** The unpaid invoice. */
  readonly invoice: number;
  /** The attempt's number, from 1. */
  readonly attempt: number;
  /** Number of scheduled attempts that have failed. */
  readonly failures: number;
  /** Number of failures at which the account is locked. */
  readonly of: number;
  /** When the schedule continues. Absent if it waits for another card. */
  readonly next: Date | null;
  /** The amount to pay. */
  readonly amount: Money | null;
  /** The failure. */
  readonly result: PaymentResult | null;
  /** The card that failed, or the last one on file. */
  readonly card: KnownCard | null;
  /** Whether the card on file is charged at `next`; otherwise that day counts as another failure. */
  readonly triedNext: boolean;
  /** When the account is locked if nothing is paid until then. */
  readonly locksAt: Date | null;
}

/** The last attempt failed, so the account is locked. */
export interface AccountLockedNotice {
  readonly kind: 'account_locked';
  /** The owner's account. */
  readonly account: number;
  /** The invoice whose last attempt it was. */
  readonly invoice: number;
  /** The amount to pay for it. */
  readonly amount: Money | null;
}

/** Everything is paid, so the account is unlocked. */
export interface AccountUnlockedNotice {
  readonly kind: 'account_unlocked';
  /** The owner's account. */
  readonly account: number;
  /** The invoice for which it had been locked. */
  readonly invoice: number;
}

/** A renewal was paid. */
export interface RenewalPaidNotice {
  readonly kind: 'renewal_paid';
  /** The owner's account. */
  readonly account: number;
  /** The invoice. */
  readonly invoice: number;
  /** The amount that was charged. */
  readonly amount: Money | null;
  /** The card that was charged. */
  readonly card: KnownCard | null;
}

/** An upgrade was paid and is in effect. */
export interface UpgradedNotice {
  readonly kind: 'upgraded';
  /** The owner's account. */
  readonly account: number;
  /** The invoice. */
  readonly invoice: number;
  /** The amount that was charged. */
  readonly amount: Money | null;
}

/** An upgrade's charge was declined. Nothing has changed. */
export interface UpgradeDeclinedNotice {
  readonly kind: 'upgrade_declined';
  /** The owner's account. */
  readonly account: number;
  /** The charge's number. */
  readonly charge: number;
  /** The amount that was to be charged. */
  readonly amount: Money | null;
  /** The kind of decline. */
  readonly result: PaymentResult | null;
  /** The card that was declined. */
  readonly card: KnownCard | null;
}

/** A plan was ended or lowered, or the product has another owner. The credit note lists what is given back. */
export interface PlanReducedNotice {
  readonly kind: 'plan_reduced';
  /** The account that receives the credit. */
  readonly account: number;
  /** The credit note. */
  readonly invoice: number;
  /** The amount that goes back to the account. */
  readonly refund: Money | null;
}

/** A plan ended and was not renewed: the product is on a free tier. */
export interface PlanEndedNotice {
  readonly kind: 'plan_ended';
  /** The owner's account. */
  readonly account: number;
  /** The tier of the product. */
  readonly tier: string;
  /** Since when there is no paid plan. */
  readonly since: Date;
}

/** The outcome of a charge has been unknown for a day: look it up by its key, and report it. */
export interface ChargeUnknownNotice {
  readonly kind: 'charge_unknown';
  /** The account that is charged, or receives the refund. */
  readonly account: number;
  /** The charge's number. */
  readonly charge: number;
  /** The amount. */
  readonly amount: Money;
  /** Since when it is unknown. */
  readonly since: Date;
}

/** The card on file expires at the end of this month. */
export interface CardExpiresNotice {
  readonly kind: 'card_expires';
  /** The owner's account. */
  readonly account: number;
  /** The card's number within the account. */
  readonly card: number;
  /** The last month in which it is valid, such as `2017-12`. */
  readonly month: string;
  /** What people recognise it by. */
  readonly known: KnownCard | null;
}

/** No card on file will be valid at the next renewal. */
export interface CardNeededNotice {
  readonly kind: 'card_needed';
  /** The owner's account. */
  readonly account: number;
  /** When the renewal is. */
  readonly renewal: Date;
  /** The amount that will be charged then. */
  readonly amount: Money | null;
  /** The card on file, or the last one on file. */
  readonly card: KnownCard | null;
}

/** A device proved that it has another owner: the former claim ended. */
export interface ClaimEndedNotice {
  readonly kind: 'claim_ended';
  /** The device. */
  readonly device: string;
  /** The account that had claimed it. */
  readonly account: number | null;
  /** The customer of the product that had claimed it. */
  readonly customer: number | null;
}

/** A value that is newer than this binding. */
export interface OtherNotice {
  readonly kind: 'other';
}

/** The subject of a notice. */
export type NoticeSubject = DevicesAskToJoin | QuarantineFull | InvitationNotice | UsageWarningNotice | UsageLimitReachedNotice | PaymentFailedNotice | AccountLockedNotice | AccountUnlockedNotice | RenewalPaidNotice | UpgradedNotice | UpgradeDeclinedNotice | PlanReducedNotice | PlanEndedNotice | ChargeUnknownNotice | CardExpiresNotice | CardNeededNotice | ClaimEndedNotice | OtherNotice;

/** A notice to people. */
export interface Notice {
  /** The notice's unique key. A host that receives a notice twice sends it once. */
  readonly key: string;
  /** When it was caused. */
  readonly at: Date;
  /** The product that it is about. */
  readonly product: number;
  /** The subject. */
  readonly subject: NoticeSubject;
}

/** To a server of the vendor. */
export interface Webhook {
  readonly kind: 'webhook';
  /** Its address, which may contain a secret. */
  readonly url: string;
}

/** To a service that the host knows by this name. */
export interface Integration {
  readonly kind: 'integration';
  /** The name. */
  readonly name: string;
}

/** To the clients that have the product's live stream open at the host. */
export interface LiveStream {
  readonly kind: 'live_stream';
}

/** Where matching events are sent. */
export type Destination = Webhook | Integration | LiveStream;

/** A subscription: matching events are forwarded. */
export interface Subscription {
  /** Its number. */
  readonly id: number;
  /** Where matching events are sent. */
  readonly to: Destination;
  /** Prefix of the event's name. An empty prefix matches any name. */
  readonly prefix: string;
  /** The device whose events match. Absent if all devices match. */
  readonly device: string | null;
  /** When it was made. */
  readonly createdAt: Date;
}

/** A device's relation to the product when it published. */
export type EventOrigin =
  /** In the product: its events are forwarded. */
  | 'member'
  /** Waiting for admission: its events are not forwarded. */
  | 'quarantined'
  /** It reported the product and is not in it: its events are not forwarded. */
  | 'foreign'
  /**
   * In the product, but the owner's account is locked, and the platform holds the devices of locked accounts:
   * its events are not forwarded.
   */
  | 'owner_locked';

/** An event of a product's log, and its position there. */
export interface Event {
  /** The slot of the log. */
  readonly slot: number;
  /** The number within the slot. */
  readonly sequence: number;
  /** When it was logged. */
  readonly at: Date;
  /** When it happened, as reported by the device or its gateway. */
  readonly happenedAt: Date;
  /** The device. */
  readonly device: string;
  /** The device's relation to the product. */
  readonly origin: EventOrigin;
  /** Its name. */
  readonly name: string;
  /** Its data. */
  readonly data: string;
  /** The id that its publisher gave it. */
  readonly id: string | null;
  /** The kind of error that it reports. */
  readonly errorKind: string | null;
  /** The subscriptions that it matched, in order. */
  readonly matched: readonly number[];
  /** Number of these, counted from the first, to which it was sent; the others were dropped. */
  readonly sent: number;
  /**
   * Cursor to follow the log from right after this event. In a list of one device's events, it is exact for the
   * events of this device.
   */
  readonly cursor: string;
}

/** A part of a log that is being followed. */
export interface FollowedEvents {
  /** The next events, oldest first. Empty if there are no more at present. */
  readonly items: readonly Event[];
  /** Cursor to continue with. */
  readonly next: string;
  /** Number of events that fell out of the log before they were read. */
  readonly missed: number;
}

/** Events that arrived on a stream. */
export interface StreamedEvents {
  /** Events in the order in which this process published them. */
  readonly items: readonly Event[];
  /** Number of earlier events that were discarded because nobody read them in time. They are in the log. */
  readonly missed: number;
}

/** An event of a device, as its gateway passes it on. */
export interface NewEvent {
  /** The device. */
  readonly device: string;
  /** Its name: 1 to 64 bytes without control characters. */
  readonly name: string;
  /** The product id in the device's firmware. */
  readonly product?: number | null;
  /** Its data: at most 1,024 bytes of text. Default: empty. */
  readonly data?: string | null;
  /** An id of the publisher, unique among the device's events. A repeated event is recognised by it. */
  readonly id?: string | null;
  /** The kind of error or exception that it reports. */
  readonly errorKind?: string | null;
  /** When it happened. Default: now. */
  readonly happenedAt?: Date | null;
}

/** It is in the product's log, and is to be delivered as listed. */
export interface EventLogged {
  readonly kind: 'logged';
  /** The product whose log it is in. */
  readonly product: number;
  /** The slot of the log. */
  readonly slot: number;
  /** The number within the slot. */
  readonly sequence: number;
  /** When it was logged. */
  readonly at: Date;
  /** The device's relation to the product. */
  readonly origin: EventOrigin;
  /** Whether this event was published before, by its id. If so, nothing was logged or counted again. */
  readonly duplicate: boolean;
  /** What is to be sent, in the order of the subscriptions. Each is one outbound message. */
  readonly deliveries: readonly Delivery[];
  /** What is not to be sent, and why. */
  readonly dropped: Dropped | null;
  /**
   * Whether another event had this id before, or this event had it before the deduplication window. It
   * counts as a new event.
   */
  readonly idReused: boolean;
}

/** The device is denied in the product: the event was rejected and is in no log. */
export interface EventDenied {
  readonly kind: 'denied';
  /** The product. */
  readonly product: number;
}

/** The device is in no product and named none: the event is in no log. */
export interface EventOfPersonalDevice {
  readonly kind: 'personal';
}

/** The device named a product that does not exist: the event is in no log. */
export interface EventOfUnknownProduct {
  readonly kind: 'unknown_product';
}

/** A value that is newer than this binding. */
export interface EventTurnedAway {
  readonly kind: 'other';
}

/** What happened to an event. */
export type Published = EventLogged | EventDenied | EventOfPersonalDevice | EventOfUnknownProduct | EventTurnedAway;

/** One message to one subscriber, with all that is needed to send it. */
export interface Delivery {
  /** The subscription's number. */
  readonly subscription: number;
  /** Its id, the same at every retry. */
  readonly key: string;
  /**
   * Where to send it. Absent if the event was published before and the subscription was ended since: then there
   * is nothing to send.
   */
  readonly to: Destination | null;
  /** The device. */
  readonly device: string;
  /** The event's name. */
  readonly name: string;
  /** Its data. */
  readonly data: string;
  /** The id that its publisher gave it. */
  readonly id: string | null;
  /** When it was logged. */
  readonly at: Date;
}

/** The messages that were dropped at the tier's monthly limit. */
export interface Dropped {
  /** The subscriptions' numbers, in order. */
  readonly subscriptions: readonly number[];
  /** The limit, and the cheapest tier that would be enough. */
  readonly limit: Limit;
}

/** Statistics on the errors of one kind. */
export interface DeviceError {
  /** The kind. */
  readonly kind: string;
  /** Number of reported errors. */
  readonly count: number;
  /** When the first one was logged since counting began. */
  readonly firstAt: Date;
  /** When the latest one was logged. */
  readonly lastAt: Date;
  /** The device that reported the latest one. */
  readonly device: string;
}

/** A period: includes its start, excludes its end. */
export interface Period {
  /** Its number from the product's creation. */
  readonly index: number;
  /** Its first moment. */
  readonly start: Date;
  /** The first moment after it. */
  readonly end: Date;
}

/** A product's messages in its usage month. */
export interface Usage {
  /** The month. The count restarts at its end. */
  readonly period: Period;
  /** The tier's present limit. Absent if there is none. */
  readonly limit: number | null;
  /** Messages that are counted as sent. */
  readonly used: number;
  /** Messages that processes may still send on their leases. */
  readonly reserved: number;
}

/** Length of a period. */
export type Interval =
  /** A month. */
  | 'monthly'
  /** A year. */
  | 'annual';

/** The kind of an invoice's line. */
export type InvoiceLineKind =
  /** A full period. */
  | 'period'
  /** The rest of a period. */
  | 'rest'
  /** Credit for the unused rest of what was billed before. */
  | 'credit'
  /** Use of credit that earlier invoices left over. */
  | 'balance'
  /** Credit that this invoice leaves over for later ones. */
  | 'carried';

/** A line of a quote or an invoice. */
export interface InvoiceLine {
  /** Its kind. */
  readonly kind: InvoiceLineKind;
  /** The tier whose price is billed. */
  readonly tier: string;
  /** When it expired. */
  readonly startsAt: Date;
  /** Until when. */
  readonly endsAt: Date;
  /** The amount; negative if it reduces the invoice. */
  readonly amount: Money;
}

/** The cost of moving to a tier, at an interval. */
export interface Quote {
  /** Its id, to be passed to `upgrade`. */
  readonly quote: string;
  /** The new tier. */
  readonly tier: string;
  /** The new interval. */
  readonly interval: Interval;
  /** When it was given. */
  readonly at: Date;
  /** When it expires. */
  readonly expiresAt: Date;
  /** The period of the plan after the upgrade. */
  readonly period: Period;
  /** The lines of the charge. */
  readonly lines: readonly InvoiceLine[];
  /** The amount that will be charged. */
  readonly due: Money;
  /** Credit left over afterwards for later invoices. */
  readonly balance: Money;
}

/** A renewal invoice. */
export interface RenewalCharge {
  readonly kind: 'renewal';
  /** Its number. */
  readonly invoice: number;
}

/** An upgrade, which takes effect when it is paid. */
export interface UpgradeCharge {
  readonly kind: 'upgrade';
}

/** A refund for a credit note. */
export interface RefundCharge {
  readonly kind: 'refund';
  /** The credit note's number. */
  readonly invoice: number;
}

/** A value that is newer than this binding. */
export interface OtherCharge {
  readonly kind: 'other';
}

/** The purpose of a charge. */
export type ChargePurpose = RenewalCharge | UpgradeCharge | RefundCharge | OtherCharge;

/** The card to charge. */
export interface ChargedCard {
  /** The card's number within the account. */
  readonly number: number;
  /** The payment provider's reference: a secret. */
  readonly token: string;
}

/** A charge or refund that the host's payment provider is to make. */
export interface Charge {
  /** The idempotency key: the same at every retry. */
  readonly key: string;
  /** The product that it is for. */
  readonly product: number;
  /** The account that pays, or receives the refund. */
  readonly account: number;
  /** The purpose. */
  readonly purpose: ChargePurpose;
  /** The amount, above zero. */
  readonly amount: Money;
  /** The card to charge. Absent for a refund, which goes back the way the money came. */
  readonly card: ChargedCard | null;
  /** When it was requested. */
  readonly at: Date;
  /** Whether the provider could not report the outcome. */
  readonly unknown: boolean;
}

/** Outcome of a charge. */
export type ChargeOutcome =
  /** It was paid. */
  | 'succeeded'
  /** It was declined for now, for example because the account is short of money. */
  | 'declined_soft'
  /** It was declined permanently: the same card is not presented again. */
  | 'declined_hard'
  /** It is not known yet. Nothing else is tried until it is known. */
  | 'unknown';

/** Outcome of an attempt to collect an invoice. */
export type PaymentResult =
  /** The charge was requested, and its outcome is not known yet. */
  | 'open'
  /** It was paid. */
  | 'succeeded'
  /** It was declined for now. */
  | 'declined_soft'
  /** It was declined permanently. */
  | 'declined_hard'
  /** Nothing was presented, because there was no card to charge. */
  | 'not_presented';

/** An attempt to collect an invoice. */
export interface PaymentAttempt {
  /** When it was made. */
  readonly at: Date;
  /** Whether the retry schedule made it; otherwise a new card did. */
  readonly scheduled: boolean;
  /** The card's number within the account. Absent if there was no card to present. */
  readonly card: number | null;
  /** The result. */
  readonly result: PaymentResult;
}

/** The reason for an invoice. */
export type InvoiceReason =
  /** The start of a period. */
  | 'renewal'
  /** A higher tier, or a year instead of a month. */
  | 'upgrade'
  /** A lower tier. */
  | 'downgrade'
  /** The end of a plan. */
  | 'cancellation'
  /** A change of owner: the former owner gets back what was paid ahead or left over. */
  | 'transfer'
  /** A value that is newer than this binding. */
  | 'other';

/** Status of an invoice. */
export type InvoiceStatus =
  /** It is unpaid. */
  | 'open'
  /** It was paid, or nothing was left to pay. */
  | 'settled'
  /** An operator wrote it off. */
  | 'void';

/** An invoice, or a credit note. */
export interface Invoice {
  /** Its number within its product. */
  readonly number: number;
  /** The product that it bills. */
  readonly product: number;
  /** The account that pays. */
  readonly payer: number;
  /** The purpose. */
  readonly reason: InvoiceReason;
  /** When it was issued. */
  readonly issuedAt: Date;
  /** The period that it bills, fully or in part. */
  readonly period: Period;
  /** Its lines. */
  readonly lines: readonly InvoiceLine[];
  /** The sum of the lines. Below zero, it is a credit. */
  readonly total: Money;
  /** The part that a credit note cancelled because it was never paid. */
  readonly offset: Money;
  /** The part of a credit note that goes back to the payer. */
  readonly refund: Money;
  /** The amount that is still unpaid. */
  readonly outstanding: Money;
  /** The result. */
  readonly status: InvoiceStatus;
  /** When it was settled or written off. */
  readonly endedAt: Date | null;
  /** The charge that paid it. */
  readonly charge: number | null;
  /** The attempts to collect it. */
  readonly attempts: readonly PaymentAttempt[];
}

/** Status of a requested upgrade: it waits for a charge, or is in effect. */
export interface Upgrade {
  /** The charge that it waits for. */
  readonly charge: Charge | null;
  /** Its invoice, if there was nothing to charge. */
  readonly invoice: Invoice | null;
}

/** What people recognise a card by. */
export interface Card {
  /** The brand. */
  readonly brand: string;
  /** The last four digits of its number. */
  readonly lastFour: string;
  /** The last month in which it is valid, such as `2017-12`. */
  readonly expires: string;
  /** Whether it can be charged. */
  readonly good: boolean;
}

/** The card that a notice is about. */
export interface KnownCard {
  /** The brand. */
  readonly brand: string;
  /** The last four digits of its number. */
  readonly lastFour: string;
  /** The last month in which it is valid, such as `2017-12`. */
  readonly expires: string;
}

/** What an account owes over all its products, including removed ones. */
export interface AccountBilling {
  /** The amounts that it owes, one for each currency. */
  readonly owed: readonly Money[];
  /** The unpaid invoices, oldest first. */
  readonly open: readonly Invoice[];
  /** Its charges and refunds without an outcome, by product. */
  readonly charges: readonly Charge[];
  /** Its card on file. */
  readonly card: Card | null;
  /** Since when it is locked. */
  readonly lockedSince: Date | null;
}

/** The state of a product's billing. */
export interface BillingStatus {
  /** The product's tier. */
  readonly tier: string;
  /** Length of a period. Absent if there is no paid plan. */
  readonly interval: Interval | null;
  /** The period that was billed last. */
  readonly period: Period | null;
  /** Message counts of this usage month. */
  readonly messages: Usage;
  /** Number of devices in the product. */
  readonly devices: number;
  /** Number of the team's seats that are taken. */
  readonly members: number;
  /** When the next period is billed. */
  readonly renewal: Date | null;
  /** The interval from then on. */
  readonly nextInterval: Interval | null;
  /** What will be charged then, as of now. */
  readonly nextAmount: Money | null;
  /** Credit left over by earlier invoices. */
  readonly balance: Money;
  /** Unpaid renewal invoices. */
  readonly unpaid: readonly number[];
  /** An upgrade's charge without an outcome. */
  readonly upgrading: number | null;
  /** The owner's card on file. */
  readonly card: Card | null;
  /** Since when the owner's account is locked. */
  readonly lockedSince: Date | null;
}

/** Something that is due for a product or an account. */
export interface Due {
  /** Since when. */
  readonly at: Date;
  /** The product whose renewal, or notice before the renewal, is due. */
  readonly product: number | null;
  /** The account whose payment is to be retried, or whose card expires. */
  readonly account: number | null;
}

/** Result of an advance. */
export interface Advanced {
  /** Number of things that were done. */
  readonly done: number;
  /** Whether more is due now, besides what was skipped. */
  readonly more: boolean;
  /** What could not be done because a record is unreadable. It stays due, and does not block anything else. */
  readonly skipped: readonly Skipped[];
}

/** Something that is due and could not be done. */
export interface Skipped {
  /** Since when it is due. */
  readonly at: Date;
  /** The product, if it concerns one. */
  readonly product: number | null;
  /** The account, if it concerns one. */
  readonly account: number | null;
  /** The reason, as a sentence. */
  readonly why: string;
}

/** How a call ended. */
export type CallOutcome =
  /** It was answered. */
  | 'answered'
  /** It was refused: the failure is the caller's to handle. */
  | 'refused'
  /** The store failed: the failure is the operator's to handle. */
  | 'failed';

/** A call of a door that has ended. It holds no secret, and nothing that identifies a person or a device. */
export interface ObservedCall {
  /** The operation, such as `rename_product`: its name in scenarios, the same in every language. */
  readonly operation: string;
  /**
   * The product that the call names, or that the customer's token belongs to. A device may name any product: no
   * one has checked it.
   */
  readonly product: number | null;
  /** How the call ended. */
  readonly outcome: CallOutcome;
  /** `ok`, or the failure's code. */
  readonly code: string;
  /** The rule that refused the call, such as `R-TGT-2`, if its failure has one. */
  readonly rule: string | null;
  /** How often the call decided: 1, and one more for each of its commits that another commit had overtaken. */
  readonly tries: number;
}

/** The calls of an operation, by their outcome. */
export interface CallCounts {
  /** The operation. */
  readonly operation: string;
  /** Number of calls that were answered. */
  readonly answered: number;
  /** Number of calls that a rule refused. */
  readonly refused: number;
  /** Number of calls that the store failed. */
  readonly failed: number;
}

/** How many commits the store made together, and how often. */
export interface BatchSizes {
  /** Number of batches. */
  readonly count: number;
  /** Number of commits in all of them. */
  readonly sum: number;
  /** Number of commits in the largest one. */
  readonly largest: number;
  /**
   * Number of batches in each of 12 classes. The first class is 1 commit; each following one ends at twice the
   * end of the one before: 2, 3 to 4, 5 to 8, up to 513 to 1,024. The last class holds everything larger.
   */
  readonly classes: readonly number[];
}

/** Numbers about a fleet in this process, since it was opened. All but `journal_depth` only grow. */
export interface Metrics {
  /** The calls of each operation that was called. */
  readonly calls: readonly CallCounts[];
  /** Number of commits that the store refused because another commit had changed a row that they read. */
  readonly conflicts: number;
  /** Number of times that a call read and decided again after such a conflict. */
  readonly retries: number;
  /** The sizes of the batches of commits. */
  readonly batches: BatchSizes;
  /**
   * Number of times that a meter asked the store for messages and was granted none, because the limit of the
   * tier was reached.
   */
  readonly leaseRefusals: number;
  /** Number of rows in the journal that are not in their places yet. Absent for a store without a journal. */
  readonly journalDepth: number | null;
}

