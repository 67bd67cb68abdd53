// Written from the definitions in bindings-common, by `npm run write-types`.

import type { Money } from '../index.cjs';

/** A person who can log in. */
export interface Account {
  /** Its number. */
  readonly id: number;
  /** Its e-mail, in lower case. */
  readonly email: string;
  /** When it was created. */
  readonly createdAt: Date;
  /** Since when an operator has it locked; none: no operator has. */
  readonly lockedAt: Date | null;
  /** Since when it is locked for bills that were not paid; none: it is not. */
  readonly unpaidSince: Date | null;
}

/** A person on a team. */
export interface Person {
  /** The account's number. */
  readonly account: number;
  /** Its e-mail. */
  readonly email: string;
}

/** A person who was asked to join a team and has not answered. */
export interface Invited {
  /** The account's number. */
  readonly account: number;
  /** Its e-mail. */
  readonly email: string;
  /** When they were asked. */
  readonly at: Date;
  /** From when on the invitation can't be accepted and holds no seat. */
  readonly expiresAt: Date;
}

/** A product's team, as its members see it. */
export interface Team {
  /** The owner's account. */
  readonly owner: number;
  /** The members, the owner among them, by account. */
  readonly members: readonly Person[];
  /** Who was asked to join and has not answered; expired invitations too. */
  readonly invited: readonly Invited[];
}

/** That an account was asked to join a team. */
export interface Invitation {
  /** When. */
  readonly at: Date;
  /** From when on it can't be accepted and holds no seat. */
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
  /** From when on it can't be accepted. */
  readonly expiresAt: Date;
}

/** Who runs the platform. */
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

/** Who did something. */
export type Actor = Operator | AccountActor | CustomerActor;

/** What can be asked of a console or a portal, as an audit names it. */
export type Command =
  /** Make an account. */
  | 'create_account'
  /** Lock an account for unpaid bills, or unlock it. */
  | 'lock_account'
  /** Tell the platform of devices that exist. */
  | 'register_devices'
  /** Correct what is known of a device. */
  | 'correct_device'
  /** Make a product with a given id. */
  | 'create_product_with_id'
  /** Take a product away. */
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
  /** Make a product. */
  | 'create_product'
  /** Claim a personal device, or give it up. */
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
  /** Let a waiting device in. */
  | 'approve_device'
  /** Shut a device out. */
  | 'deny_device'
  /** Let a denied device ask again. */
  | 'undeny_device'
  /** Take a device out of the product. */
  | 'remove_device'
  /** End whoever's claim of a device. */
  | 'end_claim'
  /** Name a device. */
  | 'name_device'
  /** Mark a device for development, or no longer. */
  | 'mark_development'
  /** Make, change or delete a group, or put devices in it. */
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
  /** Make a customer, or take one away. */
  | 'change_customers'
  /** Give a customer a token, or revoke it. */
  | 'issue_token'
  /** Invite customers to the private beta. */
  | 'invite_to_beta'
  /** Have events sent on, or no longer. */
  | 'change_subscriptions'
  /** Count the errors of a kind anew. */
  | 'forget_errors'
  /** Put a card on file, or take it away. */
  | 'set_card'
  /** See how a product's billing stands, and its invoices. */
  | 'read_billing'
  /** Quote an upgrade, choose interval or currency. */
  | 'change_plan'
  /** Buy an upgrade that was quoted. */
  | 'buy_upgrade'
  /** Ask an account to join the team. */
  | 'invite_member'
  /** Take an invitation back. */
  | 'revoke_invitation'
  /** Take a member off the team. */
  | 'remove_member'
  /** Accept an invitation. */
  | 'accept_invitation'
  /** Accept or decline an invitation. */
  | 'answer_invitation'
  /** Leave the team. */
  | 'leave_team'
  /** See one's own customer record. */
  | 'read_self'
  /** Make one's own token no good. */
  | 'log_out'
  /** Take part in the private beta by one's activation code. */
  | 'activate'
  /** Get a code to claim a device with. */
  | 'ask_claim_code'
  /** Claim a device by its code. */
  | 'claim_as_customer'
  /** See or control one's own device, or give it up. */
  | 'use_device'
  /** One that is newer than this binding. */
  | 'other';

/** One thing that was done. */
export interface AuditEntry {
  /** When. */
  readonly at: Date;
  /** By whom. */
  readonly actor: Actor;
  /** What: a stable word. */
  readonly command: Command;
  /** To what, in short. */
  readonly subject: string;
  /** What was changed, as it was before; none: nothing that was there before was changed. */
  readonly old: string | null;
  /** The same as it is from then on. */
  readonly new: string | null;
}

/** A product: one platform, one owner, one fleet. */
export interface Product {
  /** Its number. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** The one kind of hardware in its fleet, such as `particle:6`. */
  readonly platform: string;
  /** The owner's account. */
  readonly owner: number;
  /** When it was created. */
  readonly createdAt: Date;
  /** The name of its tier. */
  readonly tier: string;
  /** What its team decided on. */
  readonly policy: Policy;
  /** The version that devices get which are not locked and in no group with a release of its own. */
  readonly release: Release | null;
  /** The groups that devices can be put in, by number. */
  readonly groups: readonly Group[];
}

/** The preferred version of a product. */
export interface Release {
  /** The version. */
  readonly version: number;
  /** When it was released. */
  readonly at: Date;
  /** By whom. */
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

/** What a version must have shown before it can be released. */
export interface Gate {
  /** On how many devices of the product it must run. */
  readonly devices: number;
  /** For how long it must have run on each, in milliseconds. */
  readonly soakMillis: number;
}

/** The policies of a product. */
export interface Policy {
  /** What must be seen before a version can be released. */
  readonly gate: Gate;
  /** Whether an image that names the platform's id as its product is taken. */
  readonly wildcardProduct: boolean;
  /** Whether a binary of no known format is taken. */
  readonly opaqueImages: boolean;
  /** Whether a device is never sent a version below the one it reports. */
  readonly forbidDowngrades: boolean;
  /** Whether a device that asks to join is taken at once where a person could take it. */
  readonly approveByItself: boolean;
  /** Whether only devices that the host registered before can be imported. */
  readonly knownIdsOnly: boolean;
  /** How many devices may wait in quarantine. */
  readonly quarantineLimit: number;
  /** For how long an invitation to the team can be accepted, in milliseconds. */
  readonly invitationMillis: number;
  /** How customers are authenticated; none: not decided yet. */
  readonly authentication: Authentication | null;
  /** Whether a customer needs an activation code to claim a device. */
  readonly privateBeta: boolean;
  /** How many events its log holds. */
  readonly logEvents: number;
  /** How old they get there, in milliseconds. */
  readonly logAgeMillis: number;
  /** For how long an event's id is recognised, in milliseconds. */
  readonly eventIdMillis: number;
  /** What customers may do with their device. */
  readonly customersMay: readonly Scope[];
  /** At which shares of the tier's messages people are told, in percent. */
  readonly usageNotices: readonly number[];
  /** How far ahead of the present clock a moment may lie and still hold older reports back, in milliseconds. */
  readonly clockToleranceMillis: number;
}

/** The policies to change; those left out stay as they are. */
export interface PolicySettings {
  /** On how many devices a version must run before it can be released. 0 to 10,000, default 1. */
  readonly gateDevices?: number | null;
  /** For how long on each, in milliseconds. Up to a year, default 0. */
  readonly gateSoakMillis?: number | null;
  /** Whether an image that names the platform's id as its product is taken. Default: yes. */
  readonly wildcardProduct?: boolean | null;
  /** Whether a binary of no known format is taken. Default: no. */
  readonly opaqueImages?: boolean | null;
  /** Whether a device is never sent a version below the one it reports. Default: no. */
  readonly forbidDowngrades?: boolean | null;
  /** Whether a device that asks to join is taken at once where a person could take it. Default: no. */
  readonly approveByItself?: boolean | null;
  /** Whether only devices that the host registered before can be imported. Default: no. */
  readonly knownIdsOnly?: boolean | null;
  /** How many devices may wait in quarantine. 0 to 1,000,000, default 10,000. */
  readonly quarantineLimit?: number | null;
  /** For how long an invitation can be accepted, in milliseconds. An hour to a year, default 14 days. */
  readonly invitationMillis?: number | null;
  /** How customers are authenticated. Default: undecided. */
  readonly authentication?: AuthenticationChoice | null;
  /** Whether a customer needs an activation code to claim a device. Default: no. */
  readonly privateBeta?: boolean | null;
  /** How many events its log holds. 1 to 1,000,000, default 10,000. */
  readonly logEvents?: number | null;
  /** How old they get there, in milliseconds. A minute to a year, default 7 days. */
  readonly logAgeMillis?: number | null;
  /** For how long an event's id is recognised, in milliseconds. A minute to 31 days, default 24 hours. */
  readonly eventIdMillis?: number | null;
  /** What customers may do with their device. Default: see and control it. */
  readonly customersMay?: readonly Scope[] | null;
  /** At which shares of the tier's messages people are told, in percent. Default: 70, 90 and 100. */
  readonly usageNotices?: readonly number[] | null;
  /**
   * How far ahead of the present clock a moment may lie and still hold older reports back, in milliseconds. Up
   * to a day, default 10 minutes.
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

/** How customers are to be authenticated. */
export type AuthenticationChoice =
  /** Not decided: any way is taken. */
  | 'undecided'
  /** The platform holds the account. */
  | 'simple'
  /** The vendor's server vouches for its own user. */
  | 'two_legged'
  /** An account of the platform, linked to the customer. */
  | 'linked';

/** What a tier limits. */
export type Resource =
  /** Devices in the product. */
  | 'devices'
  /** Team members, the owner and pending invitations among them. */
  | 'members'
  /** Outbound messages a usage month. */
  | 'messages'
  /** One that is newer than this binding. */
  | 'other';

/** A tier's limit that stands in the way. */
export interface Limit {
  /** The product's tier. */
  readonly tier: string;
  /** What is limited. */
  readonly resource: Resource;
  /** The tier's limit. */
  readonly limit: number;
  /** What is in use now. */
  readonly used: number;
  /** What would be in use. */
  readonly wouldBe: number;
  /** The places that imports under way hold, where it would fit without them; 0: that is not why. */
  readonly heldPlaces: number;
  /** When the last of them is free at the latest. */
  readonly heldUntil: Date | null;
  /** The cheapest tier that would do; none: there is none. */
  readonly fits: Fits | null;
  /** The same in a sentence. */
  readonly message: string;
}

/** The cheapest tier that would do. */
export interface Fits {
  /** Its name. */
  readonly tier: string;
  /** Its limit; none: it has none. */
  readonly limit: number | null;
}

/** What stands in the way of manufacturing. */
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

/** How a customer is known. */
export type Identity = SimpleIdentity | TwoLeggedIdentity | LinkedIdentity;

/** What a token may be used for. */
export type Scope =
  /** See one's devices. */
  | 'see'
  /** Control one's devices. */
  | 'control'
  /** Claim devices and give them up. */
  | 'claim';

/** A customer, as the team sees them. */
export interface Customer {
  /** The product that they are a customer of. */
  readonly product: number;
  /** Their number. */
  readonly id: number;
  /** Their name. */
  readonly userName: string;
  /** How they are known. */
  readonly identity: Identity;
  /** When they were made. */
  readonly createdAt: Date;
  /** The devices they have claimed. */
  readonly devices: readonly string[];
  /** When they last used a device; none: never. */
  readonly activeAt: Date | null;
  /** When they joined the private beta. */
  readonly activatedAt: Date | null;
  /** Their tokens. */
  readonly tokens: readonly Token[];
}

/** A customer's own record, and what the token that they came with is good for. */
export interface CustomerSession {
  /** The product that they are a customer of. */
  readonly product: number;
  /** Their number. */
  readonly id: number;
  /** Their name. */
  readonly userName: string;
  /** How they are known. */
  readonly identity: Identity;
  /** When they were made. */
  readonly createdAt: Date;
  /** The devices they have claimed, where the token and the product let them see them. */
  readonly devices: readonly string[];
  /** When they last used a device; none: never. */
  readonly activeAt: Date | null;
  /** When they joined the private beta. */
  readonly activatedAt: Date | null;
  /** Their tokens. */
  readonly tokens: readonly Token[];
  /** What the token is listed and revoked by. */
  readonly tokenId: string;
  /** What the token may be used for. */
  readonly scopes: readonly Scope[];
  /** From when on the token is no good. */
  readonly expiresAt: Date;
}

/** A token, as it is listed and revoked. */
export interface Token {
  /** Its name: not a secret. */
  readonly tokenId: string;
  /** From when on it is no good. */
  readonly expiresAt: Date;
}

/** A token that was made: it is told this once. */
export interface IssuedToken {
  /** What it is listed and revoked by: not a secret. */
  readonly tokenId: string;
  /** What its holder comes with: a secret. */
  readonly token: string;
}

/** Which customers to list; all that is set must hold. */
export interface CustomerFilter {
  /** Who used a device since then. */
  readonly activeSince?: Date | null;
  /** Who has a device and did not use one since then, or never. */
  readonly inactiveSince?: Date | null;
  /** With a device, or without. */
  readonly withDevice?: boolean | null;
  /** Whose user name begins with this, whatever the case. */
  readonly prefix?: string | null;
}

/** A code for a customer's device to present when it is set up. */
export interface ClaimCode {
  /** The code: a secret. */
  readonly code: string;
  /** From when on it is no good. */
  readonly expiresAt: Date;
}

/** A device, as the customer sees it who has claimed it. */
export interface CustomerDevice {
  /** Its id. */
  readonly id: string;
  /** Its name; none: it has none. */
  readonly name: string | null;
  /** Whether it is connected. */
  readonly online: boolean;
  /** When it last connected. */
  readonly seenAt: Date | null;
}

/** Somebody who was invited to the private beta. */
export interface BetaGuest {
  /** The user name they were invited by. */
  readonly userName: string;
  /** Their code, to be sent to them: a secret. */
  readonly code: string;
  /** When they used it. */
  readonly usedAt: Date | null;
}

/** What became of a line of a list of guests. */
export type BetaLineVerdict =
  /** Invited, with a code of their own. */
  | 'invited'
  /** Invited before: their code stays. */
  | 'already_invited'
  /** The same user name stands on an earlier line. */
  | 'duplicate'
  /** No user name can be read. */
  | 'malformed'
  /** One that is newer than this binding. */
  | 'other';

/** A line of a list of guests, and what became of it. */
export interface BetaLine {
  /** The line's number, from 1. */
  readonly line: number;
  /** What became of it. */
  readonly verdict: BetaLineVerdict;
  /** The user name of who is invited. */
  readonly userName: string | null;
  /** Their code: a secret. */
  readonly code: string | null;
  /** When they used it. */
  readonly usedAt: Date | null;
  /** The line that has the same user name. */
  readonly duplicateOf: number | null;
  /** Why no user name can be read. */
  readonly message: string | null;
}

/** A line for each guest of a list. */
export interface BetaReport {
  /** One for each line that is not blank. */
  readonly lines: readonly BetaLine[];
}

/** Whether a device is in a product. */
export type Standing =
  /** In the product. */
  | 'member'
  /** Asked to join and waits for a person. */
  | 'quarantined'
  /** May not ask again until it is undenied. */
  | 'denied';

/** What a report says, held against what is known. */
export type Agreement =
  /** It never said, or nothing is known to hold it against. */
  | 'unknown'
  /** The same. */
  | 'matches'
  /** Another. */
  | 'differs';

/** How far an update has come. */
export type AttemptProgress =
  /** The directive was given out. */
  | 'offered'
  /** The image is being sent. */
  | 'downloading'
  /** The image is on the device, which will restart. */
  | 'downloaded';

/** How an update fares, by the word of who carries it out. Never a success: that is what the device reports. */
export type UpdateProgress =
  /** The image is being sent. */
  | 'downloading'
  /** The image is on the device. */
  | 'downloaded'
  /** It could not be sent, or the device refused it. */
  | 'failed';

/** What came of an update. */
export type UpdateResult =
  /** The device reported the version that it was sent. */
  | 'succeeded'
  /** The device came back on its old version, or its update was said to have failed. */
  | 'failed'
  /** The device reported a version that is neither the old one nor the one it was sent. */
  | 'runs_another'
  /** The version was no longer wanted on the device before it came back: no failure. */
  | 'withdrawn'
  /** One that is newer than this binding. */
  | 'other';

/** A device of a product, as its team sees it. */
export interface Device {
  /** Its id: 24 hexadecimal digits. */
  readonly id: string;
  /** Its name; none: it has none. */
  readonly name: string | null;
  /** The groups it is in, by number. */
  readonly groups: readonly number[];
  /** Whether it is in the product, waits to be let in, or is shut out. */
  readonly standing: Standing;
  /** Whether it is for development: never updated over the air. */
  readonly development: boolean;
  /** Whether a person wants the next update sent although it takes none. */
  readonly forced: boolean;
  /** How many attempts in a row failed on the present target. */
  readonly failures: number;
  /**
   * The number of times that it went back to another version within a day after its update. From 3 on two devices
   * probably have one id: it counts as failing and is sent nothing.
   */
  readonly relapses: number;
  /** The version it is locked to. */
  readonly lock: number | null;
  /** The number of the latest directive that it was sent. */
  readonly sequence: number;
  /** The highest security counter it has confirmed. */
  readonly securityCounter: number;
  /** The revision of its chip, 100 × major + minor, as it reported it; none: it never did in this product. */
  readonly chipRevision: number | null;
  /** The system version that it reported last. */
  readonly system: string | null;
  /** When it was added to the product, or first asked to join. */
  readonly addedAt: Date;
  /** What it reported last; none: it never connected since it was added. */
  readonly seen: Seen | null;
  /** The update that it was sent and has not answered yet. */
  readonly attempt: UpdateAttempt | null;
  /** How its latest finished update ended. */
  readonly outcome: UpdateOutcome | null;
}

/** A device's latest report. */
export interface Seen {
  /** When it connected. */
  readonly at: Date;
  /** The gateway's number of the session; 0: it gave none. */
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

/** An update on its way. */
export interface UpdateAttempt {
  /** When the directive was given out. */
  readonly at: Date;
  /** The version to run. */
  readonly target: number;
  /** The version it ran before. */
  readonly fromVersion: number | null;
  /** How far the update has come. */
  readonly progress: AttemptProgress;
}

/** How an update ended. */
export interface UpdateOutcome {
  /** When that was known. */
  readonly at: Date;
  /** The version it was to run. */
  readonly target: number;
  /** What came of it. */
  readonly result: UpdateResult;
}

/** Which devices to list; all that is set must hold. By default, all that are in the product. */
export interface DeviceFilter {
  /** In the product, waiting, or shut out. */
  readonly standing?: Standing | null;
  /** Connected, or not. */
  readonly online?: boolean | null;
  /** Reporting this version. */
  readonly version?: number | null;
  /** In this group. */
  readonly group?: number | null;
  /** Locked, or not. */
  readonly locked?: boolean | null;
  /** Marked for development, or not. */
  readonly development?: boolean | null;
  /** With an update on its way, or not. */
  readonly pending?: boolean | null;
  /** Whose latest attempts failed, or not. */
  readonly failing?: boolean | null;
  /** Whose name or id begins with this, whatever the case. */
  readonly prefix?: string | null;
}

/** A fleet in numbers. */
export interface Summary {
  /** In the product. */
  readonly devices: number;
  /** Of these, connected now. */
  readonly online: number;
  /** Of these, not seen since they were added. */
  readonly neverSeen: number;
  /** How many report which version, by version. */
  readonly versions: readonly VersionCount[];
  /** How many report none. */
  readonly noVersion: number;
  /** How many run another image than the one uploaded under the version that they report. */
  readonly imageDiffers: number;
  /** How many have an update on its way. */
  readonly pending: number;
  /** How many failed their latest attempt or attempts. */
  readonly failing: number;
  /** How many are locked to a version. */
  readonly locked: number;
  /** How many are development devices. */
  readonly development: number;
  /** How many are held because their hardware is not the product's. */
  readonly wrongPlatform: number;
  /** How many wait to be let in. */
  readonly quarantined: number;
  /** How many are shut out. */
  readonly denied: number;
  /** Places that imports under way, or cut off, hold for devices they have yet to add. */
  readonly heldPlaces: number;
}

/** How many devices report a version. */
export interface VersionCount {
  /** The version. */
  readonly version: number;
  /** How many. */
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
  /** How many lines had which verdict. */
  readonly counts: ImportCounts;
  /** Which line was taken as the header of its columns. */
  readonly headerLine: number | null;
  /** Why none was added, where the good ones do not all fit the tier. */
  readonly refused: Limit | null;
}

/** What became of a line of a list. */
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
  /** Not among the registered devices, where the product takes only these. */
  | 'unknown_id'
  /** Good, but the list does not fit the tier. */
  | 'over_device_limit'
  /** An id of the wrong length. */
  | 'wrong_length'
  /** An id with a character that is no hexadecimal digit. */
  | 'not_hex'
  /** A number that a spreadsheet made of an id. */
  | 'spreadsheet_number'
  /** An id of only zeros or only `f`. */
  | 'unset_id'
  /** A serial number in place of an id. */
  | 'serial_number'
  /** A serial number with the secret of the device's sticker. */
  | 'serial_and_secret'
  /** An IMEI in place of an id. */
  | 'imei'
  /** An ICCID in place of an id. */
  | 'iccid'
  /** More than one id. */
  | 'several_ids'
  /** A quote that does not end. */
  | 'unterminated_quote'
  /** Bytes that are no text. */
  | 'undecodable'
  /** A field that is too long. */
  | 'too_long'
  /** No field in the column of ids. */
  | 'missing_field'
  /** One that is newer than this binding. */
  | 'other';

/** A line of a list, and what became of it. */
export interface ImportLine {
  /** The line's number, from 1. */
  readonly line: number;
  /** The id that was read; none where none could be. */
  readonly device: string | null;
  /** What became of it. */
  readonly verdict: ImportVerdict;
  /** The same in a sentence. */
  readonly message: string;
  /** With `duplicate`: the line that has the same id. */
  readonly duplicateOf: number | null;
  /** With `wrong_platform`: what its hardware is known to be. */
  readonly known: string | null;
}

/** How many lines had which verdict. */
export interface ImportCounts {
  /** Added, or would be. */
  readonly imported: number;
  /** Already in the product. */
  readonly alreadyHere: number;
  /** Duplicates of earlier lines. */
  readonly duplicates: number;
  /** Every other line. */
  readonly refused: number;
}

/** How far an import is. */
export interface ImportProgress {
  /** Devices added. */
  readonly added: number;
  /** Devices to add in all. */
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
  /** A binary of no known format, taken because the product's policy says so. */
  | 'opaque'
  /** One that is newer than this binding. */
  | 'other';

/** An uploaded firmware. */
export interface Firmware {
  /** Its version. */
  readonly version: number;
  /** Its title. */
  readonly title: string;
  /** What it is for. */
  readonly description: string;
  /** When it was uploaded. */
  readonly uploadedAt: Date;
  /** The account that uploaded it; none: an operator. */
  readonly uploadedBy: number | null;
  /** What was found in the binary. */
  readonly image: Image;
  /** The system versions it runs on; none: any. */
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
  /** What kind of image it is. */
  readonly format: ImageFormat;
  /** Its size in bytes. */
  readonly size: number;
  /** The SHA-256 of the whole file. */
  readonly sha256: string;
  /** The hashes that the image carries and that a device may report in place of the file's. */
  readonly embedded: readonly string[];
  /** Its security counter; 0 where the format has none. */
  readonly securityCounter: number;
  /** The version string that the image carries beside the integer. */
  readonly ownVersion: string | null;
  /** The project's name that the image carries. */
  readonly project: string | null;
  /** Whether it names the platform's id as its product. */
  readonly wildcard: boolean;
  /** The least revision of the chip that it runs on, 100 × major + minor; none: any. */
  readonly minChipRevision: number | null;
  /** The last revision of the chip that it runs on, 100 × major + minor; none: any. */
  readonly maxChipRevision: number | null;
}

/** That a firmware ran on a device. */
export interface Proof {
  /** The device. */
  readonly device: string;
  /** When it reported so. */
  readonly at: Date;
}

/** None: what is to be sent as things stand. */
export interface NoChange {
  readonly kind: 'nothing';
}

/** A release to the product, or its withdrawal. */
export interface ReleaseChange {
  readonly kind: 'release';
  /** The version; none: its withdrawal. */
  readonly version?: number | null;
}

/** A release to a group, or its withdrawal. */
export interface GroupReleaseChange {
  readonly kind: 'release_to_group';
  /** The group. */
  readonly group: number;
  /** The version; none: its withdrawal. */
  readonly version?: number | null;
}

/** A device's lock, or its unlocking. */
export interface LockChange {
  readonly kind: 'lock';
  /** The device. */
  readonly device: string;
  /** The version; none: its unlocking. */
  readonly version?: number | null;
}

/** The groups that a device is in. */
export interface GroupsChange {
  readonly kind: 'groups';
  /** The device. */
  readonly device: string;
  /** Its groups. */
  readonly groups: readonly number[];
}

/** A change of what devices should run, to be counted before it is made. */
export type Change = NoChange | ReleaseChange | GroupReleaseChange | LockChange | GroupsChange;

/** How many devices would be sent a firmware at their next connect. */
export interface DryRun {
  /** All that would be sent something once the change is made. */
  readonly sent: Ways;
  /** Those of them that would be sent something else, or nothing, without it. */
  readonly byChange: Ways;
}

/** Devices by the way their firmware would go. */
export interface Ways {
  /** To a higher version than they report. */
  readonly up: number;
  /** To a lower one. */
  readonly down: number;
  /** From none. */
  readonly fromNone: number;
  /** All of them. */
  readonly total: number;
}

/** The rule that names the version a device should run. */
export type Rule =
  /** It is locked to it. */
  | 'lock'
  /** It is the highest version released to a group that the device is in. */
  | 'group_release'
  /** It is the product's release. */
  | 'release'
  /** Nothing is released. */
  | 'no_release'
  /** One that is newer than this binding. */
  | 'other';

/** What keeps a device from getting anything. */
export type HoldReason =
  /** It is shut out. */
  | 'denied'
  /** It asks to join: it waits to be let in, or was turned away. */
  | 'quarantined'
  /** Its hardware is not the product's. */
  | 'other_platform'
  /** It is a development device. */
  | 'development'
  /** The product forbids going back from the version that it reports. */
  | 'downgrade_forbidden'
  /** The image's security counter is below the highest that the device has confirmed. */
  | 'security_counter'
  /** The revision of its chip is not one that the image runs on. */
  | 'chip_revision'
  /** Its system version is not one that the firmware runs on. */
  | 'system_version'
  /** It takes no updates now, and nobody forces it. */
  | 'takes_no_updates'
  /** It went back to another version right after its update, again and again: two devices seem to have its id. */
  | 'two_devices'
  /** The account of the product's owner is locked, and the platform holds the devices of such. */
  | 'owner_locked'
  /** It is in no product and asks for none. */
  | 'personal'
  /** It reports a product that does not exist. */
  | 'unknown_product'
  /** Its report is older than one that was seen before. */
  | 'stale_report'
  /** One that is newer than this binding. */
  | 'other';

/** What a device is told to run. */
export interface Directive {
  /** The device. */
  readonly device: string;
  /** The product that the firmware is of. */
  readonly product: number;
  /** The version to run. */
  readonly version: number;
  /** The file's size in bytes. */
  readonly size: number;
  /** The file's SHA-256: the host keeps the file under it. */
  readonly sha256: string;
  /** What kind of image it is. */
  readonly format: ImageFormat;
  /** The image's security counter. */
  readonly securityCounter: number;
  /** Grows with each new directive for this device; the same for the same directive given out again. */
  readonly sequence: number;
}

/** The version that a device should run, and what decided so. */
export interface Target {
  /** The version. */
  readonly version: number;
  /** What decided so. */
  readonly rule: Rule;
  /** Which group's release it is. */
  readonly group: number | null;
}

/** It runs what it should, or nothing is asked of it. */
export interface UpToDate {
  readonly kind: 'up_to_date';
  /** What decided so. */
  readonly rule: Rule;
  /** Which group's release it is. */
  readonly group: number | null;
  /** What it would get but for that rule. */
  readonly keptBack: number | null;
  /** It reported the right version with another image than the uploaded one. */
  readonly imageDiffers: boolean;
  /** The rule's number and name. */
  readonly cites: string;
  /** A sentence for a person. */
  readonly why: string;
}

/** It is to run another firmware. */
export interface Update {
  readonly kind: 'update';
  /** What to send. */
  readonly directive: Directive;
  /** What decided so. */
  readonly rule: Rule;
  /** Which group's release it is. */
  readonly group: number | null;
  /** What it would get but for that rule. */
  readonly keptBack: number | null;
  /** The rule's number and name. */
  readonly cites: string;
  /** A sentence for a person. */
  readonly why: string;
}

/** It gets nothing, whatever it should run. */
export interface Held {
  readonly kind: 'held';
  /** What holds it. */
  readonly reason: HoldReason;
  /** What it should run, where that was asked. */
  readonly target: Target | null;
  /** With `quarantined`: whether the quarantine is full, so that it does not wait and nothing is kept of it. */
  readonly full: boolean | null;
  /** With `downgrade_forbidden`: the version that it reports. */
  readonly fromVersion: number | null;
  /** With `security_counter`: the image's. */
  readonly image: number | null;
  /** With `security_counter`: the highest that the device has confirmed. */
  readonly confirmed: number | null;
  /** With `chip_revision`: the device's, 100 × major + minor. */
  readonly chipRevision: number | null;
  /** With `chip_revision`: the least that the image runs on; none: any. */
  readonly minChipRevision: number | null;
  /** With `chip_revision`: the last that the image runs on; none: any. */
  readonly maxChipRevision: number | null;
  /** With `system_version`: what the firmware requires. */
  readonly requires: string | null;
  /** With `system_version`: what the device reported. */
  readonly reported: string | null;
  /** With `owner_locked`: since when. */
  readonly since: Date | null;
  /** The rule's number. */
  readonly cites: string;
  /** A sentence for a person. */
  readonly why: string;
}

/** What a device is to do, and why. */
export type Decision = UpToDate | Update | Held;

/** What a device says of itself when it connects, as its gateway hands it on. */
export interface Report {
  /** The device: 24 hexadecimal digits. */
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
  /** The security counter that it has stored. */
  readonly securityCounter?: number | null;
  /** The revision of its chip, 100 × major + minor. */
  readonly chipRevision?: number | null;
  /** Whether it takes updates now. Default: yes. */
  readonly takesUpdates?: boolean | null;
  /** The gateway's number of the session, growing for each device; 0 or none: the gateway numbers none. */
  readonly session?: number | null;
  /**
   * When it connected. Without it and without a session, the report is live: the newest because it is told last.
   * Told twice it is two connections, so a gateway that may tell a connect twice gives one of the two.
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

/** An account is asked to join the product's team. */
export interface InvitationNotice {
  readonly kind: 'invitation';
  /** The account's number; its e-mail is where the notice goes. */
  readonly account: number;
}

/** A share of the tier's messages is used up. */
export interface UsageWarningNotice {
  readonly kind: 'usage_warning';
  /** The usage month, by its number from the product's creation. */
  readonly month: number;
  /** The tier's messages a month. */
  readonly limit: number;
  /** The share, in percent. */
  readonly percent: number;
  /** The messages that are used. */
  readonly used: number;
}

/** All of the tier's messages are used up: further ones of this usage month are dropped. */
export interface UsageLimitReachedNotice {
  readonly kind: 'usage_limit_reached';
  /** The usage month, by its number from the product's creation. */
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
  /** The invoice that is not paid. */
  readonly invoice: number;
  /** Which attempt it was: 1 for the first. */
  readonly attempt: number;
  /** How many of the schedule's attempts have failed. */
  readonly failures: number;
  /** With how many failures the account is locked. */
  readonly of: number;
  /** When the schedule goes on; none: not before another card is there. */
  readonly next: Date | null;
  /** What is to be paid. */
  readonly amount: Money | null;
  /** How it failed. */
  readonly result: PaymentResult | null;
  /** The card that failed, or the last that was there. */
  readonly card: KnownCard | null;
  /** Whether the card on file is tried at `next`; otherwise that day counts as a further failure. */
  readonly triedNext: boolean;
  /** When the account is locked, if nothing is paid until then. */
  readonly locksAt: Date | null;
}

/** The last attempt failed: the account is locked. */
export interface AccountLockedNotice {
  readonly kind: 'account_locked';
  /** The owner's account. */
  readonly account: number;
  /** The invoice whose last attempt it was. */
  readonly invoice: number;
  /** What is to be paid of it. */
  readonly amount: Money | null;
}

/** All is paid: the account is unlocked. */
export interface AccountUnlockedNotice {
  readonly kind: 'account_unlocked';
  /** The owner's account. */
  readonly account: number;
  /** The invoice that it had been locked for. */
  readonly invoice: number;
}

/** A renewal was paid. */
export interface RenewalPaidNotice {
  readonly kind: 'renewal_paid';
  /** The owner's account. */
  readonly account: number;
  /** The invoice. */
  readonly invoice: number;
  /** How much was charged. */
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
  /** How much was charged. */
  readonly amount: Money | null;
}

/** An upgrade's charge was declined: nothing has changed. */
export interface UpgradeDeclinedNotice {
  readonly kind: 'upgrade_declined';
  /** The owner's account. */
  readonly account: number;
  /** The charge's number. */
  readonly charge: number;
  /** How much was to be charged. */
  readonly amount: Money | null;
  /** How it was declined. */
  readonly result: PaymentResult | null;
  /** The card that was declined. */
  readonly card: KnownCard | null;
}

/** A plan was ended or lowered, or the product is another's now; the credit note says what it gives back. */
export interface PlanReducedNotice {
  readonly kind: 'plan_reduced';
  /** The account that gets it back. */
  readonly account: number;
  /** The credit note. */
  readonly invoice: number;
  /** How much goes back to the account. */
  readonly refund: Money | null;
}

/** A plan ran out and was not renewed: the product is on a tier that costs nothing. */
export interface PlanEndedNotice {
  readonly kind: 'plan_ended';
  /** The owner's account. */
  readonly account: number;
  /** The tier that the product is on. */
  readonly tier: string;
  /** Since when nothing is paid for. */
  readonly since: Date;
}

/** The outcome of a charge is unknown, and nobody has found it out for a day: look it up by its key, and tell. */
export interface ChargeUnknownNotice {
  readonly kind: 'charge_unknown';
  /** The account that is charged, or gets the money back. */
  readonly account: number;
  /** The charge's number. */
  readonly charge: number;
  /** How much. */
  readonly amount: Money;
  /** Since when it is unknown. */
  readonly since: Date;
}

/** The card on file expires at the end of this month. */
export interface CardExpiresNotice {
  readonly kind: 'card_expires';
  /** The owner's account. */
  readonly account: number;
  /** Which of the account's cards. */
  readonly card: number;
  /** The month through which it is valid, such as `2017-12`. */
  readonly month: string;
  /** What people know it by. */
  readonly known: KnownCard | null;
}

/** There is no card on file that will be good at the next renewal. */
export interface CardNeededNotice {
  readonly kind: 'card_needed';
  /** The owner's account. */
  readonly account: number;
  /** When the renewal is. */
  readonly renewal: Date;
  /** What will be charged then. */
  readonly amount: Money | null;
  /** The card on file, or the last that was there. */
  readonly card: KnownCard | null;
}

/** A device proved that it is somebody else's: the claim of whoever had it before ended. */
export interface ClaimEndedNotice {
  readonly kind: 'claim_ended';
  /** The device. */
  readonly device: string;
  /** The account that had claimed it. */
  readonly account: number | null;
  /** The customer of the product that had claimed it. */
  readonly customer: number | null;
}

/** One that is newer than this binding. */
export interface OtherNotice {
  readonly kind: 'other';
}

/** What a notice tells. */
export type NoticeSubject = DevicesAskToJoin | QuarantineFull | InvitationNotice | UsageWarningNotice | UsageLimitReachedNotice | PaymentFailedNotice | AccountLockedNotice | AccountUnlockedNotice | RenewalPaidNotice | UpgradedNotice | UpgradeDeclinedNotice | PlanReducedNotice | PlanEndedNotice | ChargeUnknownNotice | CardExpiresNotice | CardNeededNotice | ClaimEndedNotice | OtherNotice;

/** Something that people should be told. */
export interface Notice {
  /** Names this notice and no other: a host that is handed it twice sends it once. */
  readonly key: string;
  /** When it was caused. */
  readonly at: Date;
  /** The product it is about. */
  readonly product: number;
  /** What to tell. */
  readonly subject: NoticeSubject;
}

/** To a server of the vendor's. */
export interface Webhook {
  readonly kind: 'webhook';
  /** Its address, which may hold a secret. */
  readonly url: string;
}

/** To a service that the host knows by this name. */
export interface Integration {
  readonly kind: 'integration';
  /** The name. */
  readonly name: string;
}

/** To whoever holds the product's live stream open at the host. */
export interface LiveStream {
  readonly kind: 'live_stream';
}

/** Where matching events are sent. */
export type Destination = Webhook | Integration | LiveStream;

/** That matching events are sent on. */
export interface Subscription {
  /** Its number. */
  readonly id: number;
  /** Where matching events are sent. */
  readonly to: Destination;
  /** What an event's name must begin with; empty: any. */
  readonly prefix: string;
  /** Whose events; none: all devices'. */
  readonly device: string | null;
  /** When it was made. */
  readonly createdAt: Date;
}

/** What a device was to the product when it published. */
export type EventOrigin =
  /** In the product: its events are sent on. */
  | 'member'
  /** Waiting to be let in: not sent on. */
  | 'quarantined'
  /** It reported the product and is not in it: not sent on. */
  | 'foreign'
  /** In the product, whose owner's account is locked, and the platform holds the devices of such: not sent on. */
  | 'owner_locked';

/** An event of a product's log, and where it is there. */
export interface Event {
  /** The slot of the log. */
  readonly slot: number;
  /** The number within the slot. */
  readonly sequence: number;
  /** When it was logged. */
  readonly at: Date;
  /** When it happened, by the word of the device or its gateway. */
  readonly happenedAt: Date;
  /** The device. */
  readonly device: string;
  /** What the device was to the product. */
  readonly origin: EventOrigin;
  /** Its name. */
  readonly name: string;
  /** Its data. */
  readonly data: string;
  /** The id that its caller gave it. */
  readonly id: string | null;
  /** The kind of error that it reports. */
  readonly errorKind: string | null;
  /** The subscriptions that it matched, in their order. */
  readonly matched: readonly number[];
  /** To how many of these, from the first on, it was to be sent; the others were dropped. */
  readonly sent: number;
}

/** A part of a log that is followed. */
export interface FollowedEvents {
  /** The next events, oldest first; none: there are no more by now. */
  readonly items: readonly Event[];
  /** Where to go on. */
  readonly next: string;
  /** How many fell out of the log before they were read. */
  readonly missed: number;
}

/** What came in on a stream. */
export interface StreamedEvents {
  /** Events in the order in which this process published them. */
  readonly items: readonly Event[];
  /** How many came before these and were thrown away because nobody read them in time. They are in the log. */
  readonly missed: number;
}

/** What a device says, as its gateway hands it on. */
export interface NewEvent {
  /** The device. */
  readonly device: string;
  /** Its name: 1 to 64 bytes without control characters. */
  readonly name: string;
  /** The product id in the device's firmware. */
  readonly product?: number | null;
  /** Its data: at most 1,024 bytes of text. Default: empty. */
  readonly data?: string | null;
  /** An id of the caller's, unique among the device's events: published again under it, it is recognised. */
  readonly id?: string | null;
  /** It reports an error or exception of this kind. */
  readonly errorKind?: string | null;
  /** When it happened. Default: now. */
  readonly happenedAt?: Date | null;
}

/** It is in the log of the product, and is to be delivered as this says. */
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
  /** What the device was to the product. */
  readonly origin: EventOrigin;
  /** Whether this very event was published before, by its id: nothing was logged or counted again. */
  readonly duplicate: boolean;
  /** What is to be sent, in the order of the subscriptions: each is one outbound message. */
  readonly deliveries: readonly Delivery[];
  /** What is not to be sent, and why. */
  readonly dropped: Dropped | null;
  /** Whether another event had this id before, or this one had it before the window: it is a new event. */
  readonly idReused: boolean;
}

/** The device is shut out of the product: it was turned away and is logged nowhere. */
export interface EventDenied {
  readonly kind: 'denied';
  /** The product. */
  readonly product: number;
}

/** The device is in no product and named none: it was logged nowhere. */
export interface EventOfPersonalDevice {
  readonly kind: 'personal';
}

/** The device named a product that does not exist: it was logged nowhere. */
export interface EventOfUnknownProduct {
  readonly kind: 'unknown_product';
}

/** One that is newer than this binding. */
export interface EventTurnedAway {
  readonly kind: 'other';
}

/** What became of an event. */
export type Published = EventLogged | EventDenied | EventOfPersonalDevice | EventOfUnknownProduct | EventTurnedAway;

/** One message to one subscriber. */
export interface Delivery {
  /** Whose: the subscription's number. */
  readonly subscription: number;
  /** Its name, the same whenever it is tried again. */
  readonly key: string;
}

/** The messages that were dropped at the tier's monthly limit. */
export interface Dropped {
  /** Whose, in order. */
  readonly subscriptions: readonly number[];
  /** The limit, and the cheapest tier that would do. */
  readonly limit: Limit;
}

/** What is known of the errors of one kind. */
export interface DeviceError {
  /** The kind. */
  readonly kind: string;
  /** How many were reported. */
  readonly count: number;
  /** When the first one was logged since counting began. */
  readonly firstAt: Date;
  /** When the latest was. */
  readonly lastAt: Date;
  /** Whose the latest is. */
  readonly device: string;
}

/** A period: from its start, which is in it, to its end, which is not. */
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
  /** The month; the count starts again at its end. */
  readonly period: Period;
  /** The tier's limit now; none: there is none. */
  readonly limit: number | null;
  /** Messages that are counted as sent. */
  readonly used: number;
  /** Messages that processes may send without asking. */
  readonly reserved: number;
}

/** How long a period is. */
export type Interval =
  /** A month. */
  | 'monthly'
  /** A year. */
  | 'annual';

/** What a line of an invoice is. */
export type InvoiceLineKind =
  /** A full period. */
  | 'period'
  /** The rest of a period. */
  | 'rest'
  /** The unused rest of what was billed before, back. */
  | 'credit'
  /** What earlier invoices left over, used. */
  | 'balance'
  /** What this invoice leaves over for later ones. */
  | 'carried';

/** A line of a quote or an invoice. */
export interface InvoiceLine {
  /** What it is. */
  readonly kind: InvoiceLineKind;
  /** The tier whose price it is of. */
  readonly tier: string;
  /** From when on. */
  readonly startsAt: Date;
  /** Until when. */
  readonly endsAt: Date;
  /** How much; negative where it lessens the invoice. */
  readonly amount: Money;
}

/** What it costs to go to a tier, at an interval. */
export interface Quote {
  /** Its name: what an upgrade is asked for by. */
  readonly quote: string;
  /** The tier to go to. */
  readonly tier: string;
  /** The interval to go to. */
  readonly interval: Interval;
  /** When it was given. */
  readonly at: Date;
  /** From when on it no longer holds. */
  readonly expiresAt: Date;
  /** The period that the plan will be in. */
  readonly period: Period;
  /** What the charge is made of. */
  readonly lines: readonly InvoiceLine[];
  /** What will be charged. */
  readonly due: Money;
  /** What is left over for later invoices afterwards. */
  readonly balance: Money;
}

/** A renewal invoice. */
export interface RenewalCharge {
  readonly kind: 'renewal';
  /** Its number. */
  readonly invoice: number;
}

/** An upgrade, which takes effect with the charge. */
export interface UpgradeCharge {
  readonly kind: 'upgrade';
}

/** Money back, for a credit note. */
export interface RefundCharge {
  readonly kind: 'refund';
  /** The credit note's number. */
  readonly invoice: number;
}

/** One that is newer than this binding. */
export interface OtherCharge {
  readonly kind: 'other';
}

/** What a charge is for. */
export type ChargePurpose = RenewalCharge | UpgradeCharge | RefundCharge | OtherCharge;

/** The card to charge. */
export interface ChargedCard {
  /** Which of the account's cards. */
  readonly number: number;
  /** The payment provider's reference: a secret. */
  readonly token: string;
}

/** What the host's payment provider is to charge, or to give back. */
export interface Charge {
  /** The idempotency key: the same whenever it is tried again. */
  readonly key: string;
  /** The product that it is for. */
  readonly product: number;
  /** Who pays, or gets the money back. */
  readonly account: number;
  /** What it is for. */
  readonly purpose: ChargePurpose;
  /** How much: more than nothing. */
  readonly amount: Money;
  /** The card to charge; none for a refund, which goes back the way the money came. */
  readonly card: ChargedCard | null;
  /** When it was asked for. */
  readonly at: Date;
  /** Whether the provider could not say what became of it. */
  readonly unknown: boolean;
}

/** What became of a charge. */
export type ChargeOutcome =
  /** It was made. */
  | 'succeeded'
  /** It was declined for now, as where the account is short of money. */
  | 'declined_soft'
  /** It was declined for good: the same card is not presented again. */
  | 'declined_hard'
  /** Nobody can say yet: nothing else is tried until it is known. */
  | 'unknown';

/** What became of an attempt to have an invoice paid. */
export type PaymentResult =
  /** The charge was asked for, and what became of it is not known yet. */
  | 'open'
  /** It was paid. */
  | 'succeeded'
  /** It was declined for now. */
  | 'declined_soft'
  /** It was declined for good. */
  | 'declined_hard'
  /** Nothing was presented: there was no card that could be. */
  | 'not_presented';

/** An attempt to have an invoice paid. */
export interface PaymentAttempt {
  /** When it was made. */
  readonly at: Date;
  /** Whether it was one of the schedule's; otherwise it is a new card's. */
  readonly scheduled: boolean;
  /** Which of the account's cards; none: there was none to present. */
  readonly card: number | null;
  /** What became of it. */
  readonly result: PaymentResult;
}

/** What an invoice is for. */
export type InvoiceReason =
  /** A period's start. */
  | 'renewal'
  /** A higher tier, or a year instead of a month. */
  | 'upgrade'
  /** A lower tier. */
  | 'downgrade'
  /** The end of a plan. */
  | 'cancellation'
  /** Another owner: what the one before had paid ahead, or left over, goes back. */
  | 'transfer'
  /** One that is newer than this binding. */
  | 'other';

/** What became of an invoice. */
export type InvoiceStatus =
  /** It is to be paid. */
  | 'open'
  /** It was paid, or there was nothing left to pay. */
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
  /** What it is for. */
  readonly reason: InvoiceReason;
  /** When it was issued. */
  readonly issuedAt: Date;
  /** The period that it bills, or part of. */
  readonly period: Period;
  /** What it is made of. */
  readonly lines: readonly InvoiceLine[];
  /** The sum of the lines; below zero: what is credited. */
  readonly total: Money;
  /** What a credit note took off it that was never paid. */
  readonly offset: Money;
  /** What of a credit note goes back to the payer. */
  readonly refund: Money;
  /** What is still to be paid. */
  readonly outstanding: Money;
  /** What became of it. */
  readonly status: InvoiceStatus;
  /** When it was settled or written off. */
  readonly endedAt: Date | null;
  /** The charge that paid it. */
  readonly charge: number | null;
  /** How often it was tried to have it paid. */
  readonly attempts: readonly PaymentAttempt[];
}

/** What became of an upgrade that was asked for: it waits for a charge, or is in effect. */
export interface Upgrade {
  /** The charge that it waits for. */
  readonly charge: Charge | null;
  /** Its invoice, where there was nothing to charge. */
  readonly invoice: Invoice | null;
}

/** What people know a card by. */
export interface Card {
  /** The brand. */
  readonly brand: string;
  /** The last four digits of its number. */
  readonly lastFour: string;
  /** The month through which it is valid, such as `2017-12`. */
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
  /** The month through which it is valid, such as `2017-12`. */
  readonly expires: string;
}

/** What an account owes over all its products, removed ones among them. */
export interface AccountBilling {
  /** What it owes, one sum for each currency. */
  readonly owed: readonly Money[];
  /** The invoices that it owes, the oldest first. */
  readonly open: readonly Invoice[];
  /** Its charges and refunds that have no outcome yet, by product. */
  readonly charges: readonly Charge[];
  /** Its card on file. */
  readonly card: Card | null;
  /** Since when it is locked. */
  readonly lockedSince: Date | null;
}

/** How a product's billing stands. */
export interface BillingStatus {
  /** The product's tier. */
  readonly tier: string;
  /** How long a period is; none: nothing is paid for. */
  readonly interval: Interval | null;
  /** The period that was billed last. */
  readonly period: Period | null;
  /** Messages of this usage month. */
  readonly messages: Usage;
  /** Devices in the product. */
  readonly devices: number;
  /** Seats of the team that are taken. */
  readonly members: number;
  /** When the next period is billed. */
  readonly renewal: Date | null;
  /** The interval from then on. */
  readonly nextInterval: Interval | null;
  /** What will be charged then, as things stand. */
  readonly nextAmount: Money | null;
  /** What earlier invoices left over. */
  readonly balance: Money;
  /** Renewal invoices that are not paid. */
  readonly unpaid: readonly number[];
  /** The charge of an upgrade that has no outcome yet. */
  readonly upgrading: number | null;
  /** The owner's card on file. */
  readonly card: Card | null;
  /** Since when the owner's account is locked. */
  readonly lockedSince: Date | null;
}

/** Something that is due: of a product or of an account. */
export interface Due {
  /** Since when. */
  readonly at: Date;
  /** The product whose renewal it is, or the notice before it. */
  readonly product: number | null;
  /** The account whose payment is tried again, or whose card expires. */
  readonly account: number | null;
}

/** How far an advance came. */
export interface Advanced {
  /** How many things were done. */
  readonly done: number;
  /** Whether more is due now, beside what was skipped. */
  readonly more: boolean;
  /** What could not be done because a record cannot be read. It stays due, and stops nothing else. */
  readonly skipped: readonly Skipped[];
}

/** Something that is due and could not be done. */
export interface Skipped {
  /** Since when it is due. */
  readonly at: Date;
  /** The product, if it is of one. */
  readonly product: number | null;
  /** The account, if it is of one. */
  readonly account: number | null;
  /** Why, in words. */
  readonly why: string;
}

