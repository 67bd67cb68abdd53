import type {
  Account,
  AccountBilling,
  Advanced,
  AuditEntry,
  BetaGuest,
  BetaReport,
  BillingStatus,
  Change,
  Charge,
  ChargeOutcome,
  ClaimCode,
  Customer,
  CustomerDevice,
  CustomerFilter,
  CustomerSession,
  Decision,
  Destination,
  Device,
  DeviceError,
  DeviceFilter,
  DryRun,
  Due,
  Event,
  Firmware,
  FollowedEvents,
  Identity,
  ImportProgress,
  ImportReport,
  Interval,
  Invitation,
  Invoice,
  IssuedToken,
  ListedDevice,
  Missing,
  NewEvent,
  Notice,
  PolicySettings,
  Product,
  Published,
  Quote,
  ReceivedInvitation,
  Report,
  Scope,
  StreamedEvents,
  Subscription,
  Summary,
  Team,
  UpdateOutcome,
  UpdateProgress,
  Upgrade,
  Usage,
} from './lib/shapes.cjs';

export * from './lib/errors.cjs';
export type * from './lib/shapes.cjs';

/** What a connect came to. */
export interface Connected {
  /** The product that the answer is of; none: a personal device. */
  readonly product: number | null;
  /** What the device is to do, and why. Many answers may share it: it is frozen. */
  readonly answer: Decision;
  /** How the update that it was sent before ended, if it ended by this connect. */
  readonly outcome: UpdateOutcome | null;
}

/** An answer to a question before manufacturing: words or a choice, yes or no, some choices, a firmware version. */
export type ConfigurationAnswer = string | boolean | readonly string[] | number;

/** A product's answers to the questions before manufacturing. */
export interface Configuration {
  /** By the question's name. */
  readonly answers: Readonly<Record<string, ConfigurationAnswer>>;
  /** When manufacturing began; from then on what the line is programmed with stays as it is. */
  readonly startedAt: Date | null;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** What the next page goes on `after`; none: there is no more. */
  readonly next: string | null;
}

/** Where a page begins, and how much is on it. */
export interface PageOptions {
  /** The `next` of the page before. */
  readonly after?: string | null;
  /** 1 to 1000; by default 100. */
  readonly limit?: number;
}

/**
 * A list that is read page by page.
 *
 * @example
 * for await (const device of console.devices(product)) { … }   // all of it
 * const { items, next } = await console.devices(product);      // one page
 */
export interface Pages<Item>
  extends AsyncIterable<Item>, Pick<Promise<Page<Item>>, 'then' | 'catch' | 'finally'> {}

/** What is uploaded. */
export interface Upload {
  /** 1 to 65534, above all that were uploaded before. */
  readonly version: number;
  /** 1 to 100 characters, another for each version. */
  readonly title: string;
  readonly description?: string | null;
  /** The system versions that it runs on, as a semver range such as `>=1.5.0`. */
  readonly requiresSystem?: string | null;
  /** The file. It is read and checked; keeping it, under its SHA-256, is the host's. */
  readonly binary: Uint8Array;
}

/** How a long import is watched and stopped. */
export interface ImportOptions {
  /** Told after every few thousand devices. What it throws stops the import, and is what the import fails with. */
  readonly onProgress?: (progress: ImportProgress) => void | Promise<void>;
  /** Stops the import with a `CancelledError`. What was added stays; importing the same file again completes it. */
  readonly signal?: AbortSignal;
}

/** What ends a call before its time. */
export interface SignalOption {
  /** Ends the call. */
  readonly signal?: AbortSignal;
}

/** A list of devices or guests: a file's bytes, or its text. */
export type List = Uint8Array | string;

/** A row of a store. */
export interface StoredRow {
  /** Its key: unique, and ordered as bytes are. */
  readonly key: Uint8Array;
  /** What it says, as JSON; of a counter, its number. */
  readonly record: string;
  /** Names the write that put it there: any signed 64 bits. Of a counter, 0. */
  readonly stamp: bigint;
}

/** A range of keys. */
export interface KeyRange {
  readonly first: Uint8Array;
  readonly firstIncluded: boolean;
  readonly last: Uint8Array;
  readonly lastIncluded: boolean;
  /** How many rows at most. */
  readonly limit: number;
  /** From the last key to the first. */
  readonly reverse: boolean;
}

/** What is to be changed, and what must still be so for it to be changed. */
export interface StoreCommit {
  /** Rows that must have these stamps; `null`: that must be absent. They come before all writes. */
  readonly checks: readonly { readonly key: Uint8Array; readonly stamp: bigint | null }[];
  readonly writes: readonly StoreWrite[];
}

/** One change. */
export type StoreWrite =
  /** Puts a row, in place of what was there. */
  | ({ readonly kind: 'put' } & StoredRow)
  /** Takes a row away; nothing happens where there is none. */
  | { readonly kind: 'delete'; readonly key: Uint8Array }
  /** Adds to a counter, which starts at 0 and stops at the ends of a signed 64-bit integer. */
  | { readonly kind: 'add'; readonly key: Uint8Array; readonly delta: bigint };

/**
 * A store of your own: anything with atomic conditional writes. Held to its laws by `conformance`.
 *
 * An error of `get` or `scan` whose `code` is `store_unavailable` is worth trying again. Whatever `commit` fails with, it is
 * taken to be unknown whether the commits were applied, as a connection may be lost after the engine has applied them, and
 * the core finds out. Only an error whose `code` is `store_refused` says that nothing was applied, nor will be.
 */
export interface Store {
  /** The rows of these keys, in the order asked, from one moment. */
  get(keys: readonly Uint8Array[]): Promise<readonly (StoredRow | null | undefined)[]>;
  /** The rows of a range in order of their keys' bytes, or reversed, from one moment. */
  scan(range: KeyRange): Promise<readonly StoredRow[]>;
  /**
   * Applies commits in their order, each all or nothing, and durable when the promise is kept. Says of each whether it
   * was applied: one whose checks do not hold is not, and does not stop the next.
   */
  commit(batch: readonly StoreCommit[]): Promise<readonly boolean[]>;
}

/** A law that a store broke. */
export interface Violation {
  /** The law's name. */
  readonly law: string;
  /** What was seen that should not be. */
  readonly what: string;
}

/**
 * Holds a store to every law that the core counts on; `make` makes an empty one each time. Answers which it broke: none
 * is well. With `reopen`, which is handed a store that is not used any more and opens what it kept, a store is held to the
 * laws of reopening too. For tests; takes some seconds.
 */
export declare function conformance(
  make: () => Store,
  options?: { readonly reopen?: (before: Store) => Store | Promise<Store> },
): Promise<Violation[]>;

/** A tier of one's own: its limits, or none. */
export interface Tier {
  readonly name: string;
  /** Devices in the product. */
  readonly devices?: number | null;
  /** Team members, the owner and pending invitations among them. */
  readonly members?: number | null;
  /** Outbound messages a usage month. */
  readonly messages?: number | null;
  /** What a full period costs, a price for each interval and currency that it is sold in; none: by agreement. */
  readonly prices?: readonly Price[] | null;
}

/** What a full period of a tier costs. */
export interface Price {
  readonly interval: Interval;
  readonly amount: Money;
}

/** An amount: whole minor units (cents) of a currency, negative where something is given back. */
export interface Money {
  readonly minor: number;
  /** The currency's three letters. */
  readonly currency: string;
}

/** How a fleet is opened, beside where it is. */
export interface FleetOptions {
  /** The tiers on offer, the cheapest first. */
  readonly tiers?: readonly Tier[] | null;
  /** Stamps from a seed: two runs write the same bytes. For tests; two processes on one store never share one. */
  readonly seed?: number | null;
  /** After how many days each a failed renewal is tried again; by default 3, 3, 3. */
  readonly retryDays?: readonly number[] | null;
  /** For how long a quote holds. A minute to a day; by default 15 minutes. */
  readonly quoteLifeMillis?: number | null;
  /** How many days before a renewal the owner is told that there is no good card for it. 0 to 27; by default 7. */
  readonly cardNoticeDays?: number | null;
  /**
   * Whether the devices of an owner whose account is locked are held: sent no firmware, their events logged and not sent
   * on. By default they go on.
   */
  readonly holdLocked?: boolean | null;
  /** How many days the clock may leap without a word where something was due meanwhile. 1 to 366; by default 35. */
  readonly leapDays?: number | null;
  /** After how long a charge whose outcome is still unknown is told. An hour to 30 days; by default a day. */
  readonly unknownNoticeMillis?: number | null;
  /** How many rows a commit may write at most, for a store with small transactions. At least 48; by default 16,400. */
  readonly largestCommit?: number | null;
}

/**
 * A row that a query answers: its values by the names of their columns. A whole number is a `bigint` where a number can't
 * hold it.
 */
export type SqlRow = Record<string, string | number | bigint | Uint8Array | null>;

/**
 * A fleet of connected devices, behind a store.
 *
 * No call runs the store on the event loop, but for those whose names end in `Sync`. What can't be done is a
 * `FleetError`.
 *
 * @example
 * await using fleet = await Fleet.open('sqlite:fleet.db');
 */
export declare class Fleet {
  private constructor();

  /**
   * Opens the fleet of a store: `memory:`, `sqlite:PATH`, which is made where there is none, `postgresql://…`, or one of
   * your own, which can't be asked by the calls whose names end in `Sync`.
   *
   * @throws {InvalidError} for what is no such URL
   * @throws {StoreFailedError} where the store can't be opened
   */
  static open(store: string | Store, options?: FleetOptions): Promise<Fleet>;

  /**
   * The door for people: `'operator'` for who runs the platform, or the number of the account that the host logged in.
   * Without `now`, each call is made at its own time.
   */
  console(actor: number | 'operator', now?: Date | null): Console;

  /** The door for customers: whoever holds the token. */
  portal(token: string, now?: Date | null): Portal;

  /** The door for devices. */
  gateway(now?: Date | null): Gateway;

  /** The notices that wait to be sent, by product. Each is handed out until it is acknowledged. */
  pendingNotices(options?: PageOptions): Pages<Notice>;

  /** Says that the notice of this key has been sent; answers whether it was still waiting. */
  acknowledge(key: string): Promise<boolean>;

  /** The door for time: renewals, payments that are tried again, notices. */
  clock(now?: Date | null): Clock;

  /** The charges that your payment provider is to make, by product. Each is handed out until its outcome is told. */
  pendingCharges(options?: PageOptions): Pages<Charge>;

  /** The product's meter in this process. */
  meter(product: number, now?: Date | null): Promise<Meter>;

  /** Reports what this process has sent. Call it about every second where more than one process sends. */
  reportUsage(now?: Date | null): Promise<void>;

  /** Reports what this process has sent and gives back the rest. Call it before you stop; `close` does. */
  settleUsage(now?: Date | null): Promise<void>;

  /**
   * Writes a copy of the whole fleet, as it is at one moment, to a new file, while others use it. For a fleet in SQLite.
   */
  backup(path: string): Promise<void>;

  /**
   * Runs one statement of SQL that only reads, while others use the fleet; an object a row. An answer of more rows than
   * `limit` (1,000 where it is left out, 100,000 at most) is refused. For a fleet in SQLite.
   *
   * @example
   * const online = await fleet.query('SELECT id, seen_at FROM devices WHERE product = 1000 AND online');
   */
  query(sql: string, options?: SignalOption & { readonly limit?: number | null }): Promise<SqlRow[]>;

  /** Closes the fleet: new calls fail at once, those under way are waited for, then the store is closed. */
  close(): Promise<void>;
  /**
   * The same with a deadline. Calls that have not ended by then are cut: they fail when they ask the store next. Returns
   * whether everything ended by itself.
   */
  closeWithin(milliseconds: number): Promise<boolean>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** The door for people: what a team, or the platform's operator, asks for. */
export declare class Console {
  private constructor();

  // Accounts, products and the audit.

  /** Makes an account. An operator's command. */
  createAccount(email: string): Promise<Account>;
  /** Makes a product, whose owner the actor is. A platform is such as `photon`, `esp32c3`, `particle:6`. */
  createProduct(name: string, platform: string): Promise<Product>;
  /** Makes a product with a number that its firmware carries already. An operator's command. */
  createProductWithId(product: number, owner: number, name: string, platform: string): Promise<Product>;
  product(product: number): Promise<Product>;
  /** The products whose team the actor is on, by number. */
  products(): Promise<Product[]>;
  renameProduct(product: number, name: string): Promise<Product>;
  /** Changes the policies that are named; the others stay as they are. */
  setPolicy(product: number, policy: PolicySettings): Promise<Product>;
  /** Puts a product on a tier without a charge. An operator's command. */
  setTier(product: number, tier: string): Promise<Product>;
  /** Removes a product and all that is its own. An operator's command. */
  removeProduct(product: number): Promise<void>;
  /** Makes a group that devices can be put in; answers its number. */
  createGroup(product: number, name: string): Promise<number>;
  deleteGroup(product: number, group: number): Promise<void>;
  /** What was done to a product, newest first. */
  auditLog(product: number, options?: PageOptions): Pages<AuditEntry>;
  /** What was done to an account, newest first. */
  accountAuditLog(account: number, options?: PageOptions): Pages<AuditEntry>;

  // Who is on a team.

  team(product: number): Promise<Team>;
  /** Asks an account, by its e-mail, to join the team. */
  invite(product: number, email: string): Promise<Invitation>;
  revokeInvitation(product: number, account: number): Promise<void>;
  /** The products whose team the actor was asked to join. */
  invitations(): Promise<ReceivedInvitation[]>;
  acceptInvitation(product: number): Promise<void>;
  declineInvitation(product: number): Promise<void>;
  leaveTeam(product: number): Promise<void>;
  removeMember(product: number, account: number): Promise<void>;
  /** Makes another account the owner. An operator's command. */
  transferOwnership(product: number, to: number): Promise<void>;
  /** Locks an account for bills that were not paid, or unlocks it. An operator's command. */
  setAccountLock(account: number, locked: boolean): Promise<Account>;

  // Customers, the private beta and the configuration.

  createCustomer(product: number, userName: string, identity?: Identity | null): Promise<Customer>;
  customer(product: number, customer: number): Promise<Customer>;
  /** The customers that the filter wants, by number. */
  customers(product: number, options?: CustomerFilter & PageOptions): Pages<Customer>;
  /** The customer whom a vendor's user name, or a linked account, is known as. */
  findCustomer(product: number, identity: Identity): Promise<Customer>;
  removeCustomer(product: number, customer: number): Promise<void>;
  /** Gives a customer a token for these scopes. `life` is in seconds, up to a year. The token is shown only this once. */
  issueToken(product: number, customer: number, scopes: readonly Scope[], seconds: number): Promise<IssuedToken>;
  /** Makes a token no good at once. */
  revokeToken(product: number, customer: number, tokenId: string): Promise<void>;
  /** Gives a device a claim code of its own, such as that on its sticker. */
  setDeviceCode(product: number, device: string, code: string): Promise<void>;
  /** Invites the customers of a list to the private beta. */
  inviteToBeta(product: number, list: List): Promise<BetaReport>;
  /** Takes a guest off the private beta. */
  uninviteFromBeta(product: number, userName: string): Promise<void>;
  /** Gives a guest a new code, also one who used theirs. */
  renewActivationCode(product: number, userName: string): Promise<BetaGuest>;
  /** The guests of the private beta, by name. */
  betaGuests(product: number, options?: PageOptions): Pages<BetaGuest>;
  configuration(product: number): Promise<Configuration>;
  /** Answers a question; `null` opens it again. */
  configure(product: number, question: string, answer: ConfigurationAnswer | null): Promise<void>;
  /** What stands in the way of manufacturing. */
  manufacturingReadiness(product: number): Promise<Missing[]>;
  startManufacturing(product: number): Promise<void>;

  // Devices.

  /** What an import of this list would say, without changing anything. A signal that aborts ends the waiting for it. */
  planImport(product: number, list: List, options?: SignalOption): Promise<ImportReport>;
  /**
   * Imports a list of devices: one id a line, or a .csv. Every line is answered. Where a signal aborts, the import ends after
   * its next few thousand devices with a `CancelledError`: what was added stays.
   */
  import(product: number, list: List, options?: SignalOption): Promise<ImportReport>;
  /** The same for a long list: tells how far it is, and can be stopped. */
  importWatched(product: number, list: List, options?: ImportOptions): Promise<ImportReport>;
  /** Tells the platform of devices that exist; answers how many were new. An operator's command. */
  registerDevices(devices: readonly ListedDevice[]): Promise<number>;
  /**
   * Corrects what the registry knows of a device: its hardware, its security counter, or both. An operator's command,
   * recorded in the audit of `product`; the device need not be in it.
   */
  correctDevice(
    product: number,
    device: string,
    platform?: string | null,
    securityCounter?: number | null,
  ): Promise<void>;
  /** Frees the places that imports hold for devices they have yet to add; answers how many. */
  freePlaces(product: number): Promise<number>;
  /** A device of the product, waiting and denied ones too. */
  device(product: number, device: string): Promise<Device>;
  /** The devices that the filter wants, by id. */
  devices(product: number, options?: DeviceFilter & PageOptions): Pages<Device>;
  /** The fleet in numbers, at the same price whatever its size. */
  summary(product: number): Promise<Summary>;
  /** What a device would be told if it connected now, and why. Nothing is sent. */
  explain(product: number, device: string): Promise<Decision>;
  /** Names a device; an empty name takes the name away. */
  nameDevice(product: number, device: string, name: string): Promise<void>;
  /** Marks a device for development, which is never updated over the air, or takes the mark away. */
  markDevelopment(product: number, device: string, development: boolean): Promise<void>;
  /** Puts a device in these groups and takes it out of all others. */
  setGroups(product: number, device: string, groups: readonly number[]): Promise<void>;
  /** Lets a waiting device in. */
  approveDevice(product: number, device: string): Promise<void>;
  /** Shuts a device out. */
  denyDevice(product: number, device: string): Promise<void>;
  /** Lets a denied device ask again. */
  undenyDevice(product: number, device: string): Promise<void>;
  /** Takes a device out of the product. */
  removeDevice(product: number, device: string): Promise<void>;
  /** Claims a device that nobody has claimed, for oneself. */
  claimDevice(device: string): Promise<void>;
  unclaimDevice(device: string): Promise<void>;
  /** Ends the claim of a device, whoever has it: the team for its product's, the operator for any. */
  endClaim(device: string): Promise<void>;
  /** The ids of the devices that one has claimed. */
  claimedDevices(options?: PageOptions): Pages<string>;

  // Firmware, and which device gets what.

  /** Uploads a firmware: its binary is read, and held against the product and the version entered. */
  upload(product: number, upload: Upload): Promise<Firmware>;
  /** The product's firmware, by version. */
  firmware(product: number): Promise<Firmware[]>;
  /** Changes a firmware's title, and its description where one is given; an empty one takes it away. */
  editFirmware(product: number, version: number, title: string, description?: string | null): Promise<Firmware>;
  /** Deletes a firmware that was never released and that no device is locked to. */
  deleteFirmware(product: number, version: number): Promise<void>;
  /** Makes a version the one that every device should run. It must have run on a device of the product. */
  release(product: number, version: number): Promise<void>;
  withdrawRelease(product: number): Promise<void>;
  /** Releases a version to a group; `null` withdraws the group's release. */
  releaseToGroup(product: number, group: number, version: number | null): Promise<void>;
  /** Locks a device to a version, and says what it is to be sent at once. */
  lockAndFlashNow(product: number, device: string, version: number): Promise<Decision>;
  /** Locks a device to a version, which it gets at its next connect. */
  lockAndFlashOnReset(product: number, device: string, version: number): Promise<void>;
  unlock(product: number, device: string): Promise<void>;
  /** Sends the next update to a device also while it says that it takes none. */
  forceUpdate(product: number, device: string): Promise<void>;
  /** Counts what a change would do, exactly, without making it. */
  dryRun(product: number, change: Change): Promise<DryRun>;

  // Events, and the messages that are counted.

  /** Has matching events sent on from now on. Each delivery is one outbound message. */
  subscribe(product: number, to: Destination, match?: EventMatch): Promise<Subscription>;
  unsubscribe(product: number, subscription: number): Promise<void>;
  /** The product's subscriptions, in the order in which they were made. */
  subscriptions(product: number): Promise<Subscription[]>;
  /** The events of the product's log, newest first. */
  events(product: number, options?: EventMatch & EventPageOptions): Pages<Event>;
  /** The events that were logged after a cursor, oldest first; without one, from now on. */
  followEvents(product: number, options?: PageOptions): Promise<FollowedEvents>;
  /** Opens a stream of what this process publishes for a product from now on. */
  eventStream(product: number): Promise<EventStream>;
  /** Takes events that came in on a stream. Whoever reads must be let in each time. */
  readEventStream(stream: EventStream, options?: { readonly limit?: number }): Promise<StreamedEvents>;
  /** Which errors the devices of a product reported, by kind. */
  deviceErrors(product: number): Promise<DeviceError[]>;
  /** Counts the errors of a kind anew. */
  forgetDeviceErrors(product: number, errorKind: string): Promise<void>;
  /** The product's messages in the usage month of this moment. */
  usage(product: number): Promise<Usage>;

  // Billing.

  /** What it costs to go to a tier, at an interval, now. */
  quoteUpgrade(product: number, tier: string, interval: Interval): Promise<Quote>;
  /** Takes a quote: the charge that the upgrade waits for, or its invoice where there is nothing to charge. */
  upgrade(product: number, quote: string): Promise<Upgrade>;
  /** Changes the interval from the next renewal on. */
  switchInterval(product: number, interval: Interval): Promise<void>;
  /** Chooses the currency that the product is billed in, before its first invoice. */
  setCurrency(product: number, currency: string): Promise<void>;
  /** Puts a card on one's file, after the payment provider took it. */
  setCard(card: NewCard): Promise<void>;
  removeCard(): Promise<void>;
  billingStatus(product: number): Promise<BillingStatus>;
  /** The product's invoices, newest first. */
  invoices(product: number, options?: PageOptions): Pages<Invoice>;
  /** Ends the product's plan; answers the credit note. An operator's command. */
  cancelPlan(product: number): Promise<Invoice>;
  /** Puts the product on a lower tier; answers the credit note. An operator's command. */
  downgrade(product: number, tier: string): Promise<Invoice>;
  /** Agrees on a price for the product; `null` takes the agreement back. An operator's command. */
  agreePrice(product: number, tier: string, interval: Interval, price: Money | null): Promise<void>;
  /** Gives an unpaid invoice up, a removed product's too. An operator's command. */
  writeOff(product: number, invoice: number): Promise<Invoice>;
  /** What an account owes over all its products, removed ones among them. */
  accountBilling(account: number): Promise<AccountBilling>;
  /** An account's invoices over all its products, removed ones among them: by product, and of each the newest first. */
  accountInvoices(account: number, options?: PageOptions): Pages<Invoice>;
}

/** The door for time, which the host opens every so often, and when its payment provider answers. */
export declare class Clock {
  private constructor();

  /** What is due now, at most `limit` (1000) things. */
  due(options?: { readonly limit?: number }): Promise<Due[]>;
  /** Does what is due now: renewals, retries, notices; at most `limit` (1000) things. */
  advance(options?: { readonly limit?: number }): Promise<Advanced>;
  /** Says that the clock is right after a leap that `advance` refused. */
  confirmLeap(): Promise<void>;
  /** What the payment provider said of a charge. */
  chargeOutcome(key: string, outcome: ChargeOutcome): Promise<void>;
}

/** A card that the payment provider took. */
export interface NewCard {
  /** The provider's reference: a secret. It is handed out with each charge, and nowhere else. */
  readonly token: string;
  readonly brand: string;
  /** The last four digits of its number. */
  readonly lastFour: string;
  /** The month through which it is valid, such as `2017-12`. */
  readonly expires: string;
}

/** Which events: all that are set must hold. */
export interface EventMatch {
  /** What the event's name begins with. */
  readonly prefix?: string | null;
  readonly device?: string | null;
}

/** Where a page of a log begins, and how much is on it. */
export interface EventPageOptions {
  /** The `next` of the page before. */
  readonly before?: string | null;
  /** 1 to 1000; by default 100. */
  readonly limit?: number;
}

/**
 * The events of a product that this process publishes, from the moment on when it was opened. `for await` walks them for
 * as long as it is let in. Where events came faster than they were read, the walk throws an `EventsMissedError`; walked
 * again, the stream goes on behind the gap. All events are in the log.
 */
export declare class EventStream implements AsyncIterable<Event> {
  private constructor();

  /** The end of the log when the stream was opened: for `followEvents`. */
  readonly start: string;
  /** Waits until there is something to read, at most for this time. Returns whether there is. It holds no thread. */
  wait(milliseconds: number, options?: SignalOption): Promise<boolean>;
  [Symbol.asyncIterator](): AsyncIterator<Event>;
}

/** A product's meter, for hosts that send messages by themselves. */
export declare class Meter {
  private constructor();

  /** Whether one more message may be sent. Counted if so. */
  admit(): Promise<boolean>;
  /** How many of so many messages may be sent; they are counted. */
  admitMany(want: number): Promise<number>;
  /** `admit` on the event loop: it asks the store only where a lease of messages ends. */
  admitSync(): boolean;
  /** `admitMany` on the event loop. */
  admitManySync(want: number): number;
}

/** The door for customers. */
export declare class Portal {
  private constructor();

  /** The customer's own record, and what the token is good for. */
  me(): Promise<CustomerSession>;
  /** Makes the token no good at once. */
  logOut(): Promise<void>;
  /** Joins the private beta by the customer's activation code. */
  activate(code: string): Promise<void>;
  /** A code for the customer's device to present when it is set up. */
  askClaimCode(): Promise<ClaimCode>;
  /** Claims a device by the code on it. */
  claim(device: string, code: string): Promise<void>;
  unclaim(device: string): Promise<void>;
  /** The customer's devices. */
  devices(): Promise<CustomerDevice[]>;
  /** Whether the customer may see or control a device now; and that they did. */
  useDevice(device: string, scope: Scope): Promise<void>;
}

/** That a device's connection ended. */
export interface Disconnect {
  /** The product that it reported when it connected. */
  readonly product?: number | null;
  /** The number of the session that ended. */
  readonly session?: number | null;
  /** When; by default now. */
  readonly endedAt?: Date | null;
}

/** The door for devices: what the host's device gateway tells and asks. */
export declare class Gateway {
  private constructor();

  /** A device connects, says what it is and runs, and is told what to run and why. */
  connect(report: Report): Promise<Connected>;
  /** The same for many at once, in one round trip each way; the answers are in the order of the reports. */
  connectMany(reports: readonly Report[]): Promise<Connected[]>;
  /** `connect` on the event loop: for stores in memory, where a thread would cost more than the call. */
  connectSync(report: Report): Connected;
  /** `connectMany` on the event loop. */
  connectManySync(reports: readonly Report[]): Connected[];
  /** A device's connection ended. Without `session` and `endedAt`: the one that was told of last. */
  disconnect(device: string, options?: Disconnect): Promise<void>;
  /** A device publishes an event: it is logged, and what is to be sent is answered. */
  publish(event: NewEvent): Promise<Published>;
  /** The same for many at once; the answers are in the order of the events. */
  publishMany(events: readonly NewEvent[]): Promise<Published[]>;
  /** How the update with this directive's number fares; answers whether it is the device's latest. */
  reportUpdate(device: string, product: number, sequence: number, progress: UpdateProgress): Promise<boolean>;
  /** A device that is set up presents the claim code that its customer gave it. */
  presentClaimCode(device: string, code: string): Promise<void>;
}
