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
  Flash,
  FollowedEvents,
  Identity,
  ImportProgress,
  ImportReport,
  Interval,
  Invitation,
  Invoice,
  IssuedToken,
  ListedDevice,
  Metrics,
  Missing,
  NewEvent,
  Notice,
  ObservedCall,
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

/** The result of a connect. */
export interface Connected {
  /** The product of the decision. Absent for a personal device. */
  readonly product: number | null;
  /** What the device is to do, and why. Many answers may share this frozen object. */
  readonly answer: Decision;
  /** Outcome of the previous update, if this connect ended it. */
  readonly outcome: UpdateOutcome | null;
}

/**
 * An answer to a question before manufacturing: text or a choice, yes or no, several choices, or a firmware version.
 */
export type ConfigurationAnswer = string | boolean | readonly string[] | number;

/** A product's answers to the questions before manufacturing. */
export interface Configuration {
  /** Each answer under its question's name. */
  readonly answers: Readonly<Record<string, ConfigurationAnswer>>;
  /** When manufacturing began. From then on the settings that the line is programmed with cannot change. */
  readonly startedAt: Date | null;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page, to be passed as `after`. `null` on the last page. */
  readonly next: string | null;
}

/** Where a page begins, and how many items it has. */
export interface PageOptions {
  /** The `next` of the previous page. */
  readonly after?: string | null;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

/**
 * A list that is read page by page.
 *
 * @example
 * for await (const device of thermostat.devices()) { … }   // all of it
 * const { items, next } = await thermostat.devices();      // one page
 */
export interface Pages<Item>
  extends AsyncIterable<Item>, Pick<Promise<Page<Item>>, 'then' | 'catch' | 'finally'> {}

/** The firmware to upload. */
export interface Upload {
  /** 1 to 65534, higher than all versions uploaded before. */
  readonly version: number;
  /** 1 to 100 characters, different for each version. */
  readonly title: string;
  readonly description?: string | null;
  /** The system versions that it runs on, as a semver range such as `>=1.5.0`. */
  readonly requiresSystem?: string | null;
  /** The file. The library reads and checks it; the host keeps it, under its SHA-256. */
  readonly binary: Uint8Array;
}

/** Options to watch and to stop a long import. */
export interface ImportOptions {
  /** Called after every few thousand devices. What it throws stops the import, and the import rejects with it. */
  readonly onProgress?: (progress: ImportProgress) => void | Promise<void>;
  /**
   * Stops the import with a `CancelledError`. Devices already added stay; importing the same file again completes it.
   */
  readonly signal?: AbortSignal;
}

/** Options to end a call early. */
export interface SignalOption {
  /** Ends the call. */
  readonly signal?: AbortSignal;
}

/** A list of devices or guests: a file's bytes, or its text. */
export type List = Uint8Array | string;

/** A row of a store. */
export interface StoredRow {
  /** Its key: unique, ordered by bytes. */
  readonly key: Uint8Array;
  /** Its content as JSON. For a counter, the number. */
  readonly record: string;
  /** The version stamp: identifies the write that stored it; any signed 64 bits. 0 for a counter. */
  readonly stamp: bigint;
}

/** A range of keys. */
export interface KeyRange {
  readonly first: Uint8Array;
  readonly firstIncluded: boolean;
  readonly last: Uint8Array;
  readonly lastIncluded: boolean;
  /** Maximum number of rows. */
  readonly limit: number;
  /** Whether to scan from the last key to the first. */
  readonly reverse: boolean;
}

/** Writes, and the preconditions for applying them. */
export interface StoreCommit {
  /**
   * Preconditions, checked before all writes: rows that must have these stamps. `null` means that the row must be
   * absent.
   */
  readonly checks: readonly { readonly key: Uint8Array; readonly stamp: bigint | null }[];
  readonly writes: readonly StoreWrite[];
}

/** One write. */
export type StoreWrite =
  /** Stores a row, replacing the present one. */
  | ({ readonly kind: 'put' } & StoredRow)
  /** Deletes a row. Does nothing if there is none. */
  | { readonly kind: 'delete'; readonly key: Uint8Array }
  /** Adds to a counter, which starts at 0 and saturates at the ends of a signed 64-bit integer. */
  | { readonly kind: 'add'; readonly key: Uint8Array; readonly delta: bigint };

/**
 * A store of your own: anything with atomic conditional writes. `conformance` checks its laws.
 *
 * An error of `get` or `scan` whose `code` is `store_unavailable` may succeed when retried. After any failure of
 * `commit` the core treats the outcome as unknown and resolves it, because a connection may be lost after the engine
 * applied the commits. Only an error whose `code` is `store_refused` means that nothing was or will be applied.
 */
export interface Store {
  /** Returns the rows of these keys, in the requested order, all as of one moment. */
  get(keys: readonly Uint8Array[]): Promise<readonly (StoredRow | null | undefined)[]>;
  /** Returns the rows of a range, in the byte order of their keys, or reversed, all as of one moment. */
  scan(range: KeyRange): Promise<readonly StoredRow[]>;
  /**
   * Applies commits in order, each all or nothing, and durable once the promise resolves. Returns for each whether it
   * was applied. A commit whose checks fail is not applied, and does not stop the next.
   */
  commit(batch: readonly StoreCommit[]): Promise<readonly boolean[]>;
}

/** A law that a store broke. */
export interface Violation {
  /** The law's name. */
  readonly law: string;
  /** The observed violation. */
  readonly what: string;
}

/**
 * Checks a store against every law that the core relies on; `make` creates an empty store for each law. Returns the
 * broken laws: none if the store is correct. With `reopen`, the laws of reopening are checked too: `reopen` receives a
 * store that is no longer used and opens its data again. For tests; takes some seconds.
 */
export declare function conformance(
  make: () => Store,
  options?: { readonly reopen?: (before: Store) => Store | Promise<Store> },
): Promise<Violation[]>;

/** A tier of the host's own: its limits, `null` for no limit. */
export interface Tier {
  readonly name: string;
  /** Number of devices in the product. */
  readonly devices?: number | null;
  /** Team members, including the owner and pending invitations. */
  readonly members?: number | null;
  /** Outbound messages in a usage month. */
  readonly messages?: number | null;
  /**
   * Prices of a full period, one for each interval and currency in which the tier is sold. Empty if it is sold by
   * agreement.
   */
  readonly prices?: readonly Price[] | null;
}

/** The price of a full period of a tier. */
export interface Price {
  readonly interval: Interval;
  readonly amount: Money;
}

/** An amount in whole minor units (cents) of a currency. Negative for money given back. */
export interface Money {
  readonly minor: number;
  /** The currency's three letters. */
  readonly currency: string;
}

/** Options for opening a fleet. */
export interface FleetOptions {
  /** The tiers on offer, cheapest first. */
  readonly tiers?: readonly Tier[] | null;
  /**
   * Version stamps from a seed: two runs write the same bytes. For tests; two processes on one store must not share a
   * seed.
   */
  readonly seed?: number | null;
  /** Days after which a failed renewal is retried, for each retry. Default: 3, 3, 3. */
  readonly retryDays?: readonly number[] | null;
  /** How long a quote is valid. A minute to a day, default 15 minutes. */
  readonly quoteLifeMillis?: number | null;
  /** How many days before a renewal the owner is notified that there is no valid card for it. 0 to 27, default 7. */
  readonly cardNoticeDays?: number | null;
  /**
   * Whether the devices of an owner whose account is locked are held: they get no firmware, and their events are logged
   * but not forwarded. Default: they are not held.
   */
  readonly holdLocked?: boolean | null;
  /** How many days the clock may leap without confirmation if something was due meanwhile. 1 to 366, default 35. */
  readonly leapDays?: number | null;
  /**
   * After how long people are notified of a charge whose outcome is still unknown. An hour to 30 days, default a day.
   */
  readonly unknownNoticeMillis?: number | null;
  /**
   * Maximum number of rows that a commit may write, for a store with small transactions. At least 48, default 16,400.
   */
  readonly largestCommit?: number | null;
  /** Whether to count what `metrics` returns. Default: nothing is counted. */
  readonly metrics?: boolean | null;
  /**
   * Gets each call after it has ended, later on the event loop. It changes no answer: what it throws is ignored. It does
   * not keep the process alive; while the event loop is busy and 4,096 calls wait, further calls are left out.
   */
  readonly onCall?: ((call: ObservedCall) => unknown) | null;
}

/**
 * A row of a query's result: its values by column name. An integer that a number cannot represent exactly is a
 * `bigint`.
 */
export type SqlRow = Record<string, string | number | bigint | Uint8Array | null>;

/**
 * A fleet of connected devices, behind a store.
 *
 * No call uses the store on the event loop, except those whose names end in `Sync`. Failures are a `FleetError`.
 *
 * @example
 * await using fleet = await Fleet.open('sqlite:fleet.db');
 */
export declare class Fleet {
  private constructor();

  /**
   * Opens a fleet in a store: `memory:`, `sqlite:PATH`, which is created if there is none, `postgresql://…`, or a store
   * of your own, for which the calls whose names end in `Sync` are refused.
   *
   * @throws {InvalidError} if it is not such a URL
   * @throws {StoreFailedError} if the store cannot be opened
   */
  static open(store: string | Store, options?: FleetOptions): Promise<Fleet>;

  /**
   * Opens the door for people: `'operator'` for the platform's operator, or the number of the account that the host
   * logged in. Without `now`, each call happens at its own time.
   */
  console(actor: number | 'operator', now?: Date | null): Console;

  /** Opens the door for a customer: the holder of the token. */
  portal(token: string, now?: Date | null): Portal;

  /** The door for devices. */
  gateway(now?: Date | null): Gateway;

  /** Lists the notices that wait to be sent, by product. Each is listed until it is acknowledged. */
  pendingNotices(options?: PageOptions): Pages<Notice>;

  /** Marks the notice with this key as sent. Returns whether it was still waiting. */
  acknowledge(key: string): Promise<boolean>;

  /** Opens the door for time: renewals, retried payments, notices. */
  clock(now?: Date | null): Clock;

  /**
   * Lists the charges that your payment provider is to make, by product. Each is listed until its outcome is reported.
   */
  pendingCharges(options?: PageOptions): Pages<Charge>;

  /** Returns the product's meter in this process. */
  meter(product: number, now?: Date | null): Promise<Meter>;

  /** Reports how many messages this process has sent. Call it about every second if more than one process sends. */
  reportUsage(now?: Date | null): Promise<void>;

  /**
   * Reports how many messages this process has sent and returns the rest of its lease. Call it before you stop; `close`
   * calls it too.
   */
  settleUsage(now?: Date | null): Promise<void>;

  /**
   * Writes a copy of the whole fleet, as of one moment, to a new file, while others use the fleet. For a fleet in
   * SQLite.
   */
  backup(path: string): Promise<void>;

  /**
   * Returns the numbers of this fleet in this process, for a host that exports them. Reads nothing in the store. `null`
   * if the fleet was opened without the option `metrics`.
   */
  metrics(): Promise<Metrics | null>;

  /**
   * Runs one read-only SQL statement, while others use the fleet. Returns an object for each row. A result of more rows
   * than `limit` (default 1,000, at most 100,000) is refused. For a fleet in SQLite.
   *
   * @example
   * const online = await fleet.query('SELECT id, seen_at FROM devices WHERE product = 1000 AND online');
   */
  query(sql: string, options?: SignalOption & { readonly limit?: number | null }): Promise<SqlRow[]>;

  /** Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. */
  close(): Promise<void>;
  /**
   * The same with a deadline. Calls still running then are cut off: they fail at their next call of the store. Returns
   * whether all calls ended by themselves.
   */
  closeWithin(milliseconds: number): Promise<boolean>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** The door for people: the operations of a team and of the platform's operator. */
export declare class Console {
  private constructor();

  /** Returns the handle of a product, for everything that is done with it. Nothing is read. */
  product(product: number): ProductConsole;

  // Accounts, products and the audit.

  /** Creates an account. An operator's command. */
  createAccount(email: string): Promise<Account>;
  /** Creates a product. The actor becomes its owner. A platform is, for example, `photon`, `esp32c3`, `particle:6`. */
  createProduct(name: string, platform: string): Promise<Product>;
  /** Creates a product with the number that its firmware already contains. An operator's command. */
  createProductWithId(product: number, owner: number, name: string, platform: string): Promise<Product>;
  /** Lists the products whose team the actor is on, by number. */
  products(): Promise<Product[]>;
  /** Lists what was done to an account, newest first. */
  accountAuditLog(account: number, options?: PageOptions): Pages<AuditEntry>;

  // Teams.

  /** Lists the actor's invitations to teams. */
  invitations(): Promise<ReceivedInvitation[]>;
  /** Locks an account for unpaid bills. An operator's command. */
  lockAccount(account: number): Promise<Account>;
  /** Unlocks an account. An operator's command. */
  unlockAccount(account: number): Promise<Account>;

  // Devices.

  /** Registers devices that exist. Returns how many were new. An operator's command. */
  registerDevices(devices: readonly ListedDevice[]): Promise<number>;
  /** Claims an unclaimed device for the actor. */
  claimDevice(device: string): Promise<void>;
  unclaimDevice(device: string): Promise<void>;
  /** Ends the claim of a device, whoever has it: a team may do so for its product's devices, the operator for any. */
  endClaim(device: string): Promise<void>;
  /** Lists the ids of the devices that the actor has claimed. */
  claimedDevices(options?: PageOptions): Pages<string>;

  // Events, and the messages that are counted.

  /** Reads the events that arrived on a stream. The actor's permission is checked on each call. */
  readEventStream(stream: EventStream, options?: { readonly limit?: number }): Promise<StreamedEvents>;

  // Billing.

  /** Puts a card on the actor's file, after the payment provider accepted it. */
  setCard(card: NewCard): Promise<void>;
  removeCard(): Promise<void>;
  /** Returns what an account owes over all its products, including removed ones. */
  accountBilling(account: number): Promise<AccountBilling>;
  /**
   * Lists an account's invoices over all its products, including removed ones: by product, and within each the newest
   * first.
   */
  accountInvoices(account: number, options?: PageOptions): Pages<Invoice>;
}

/**
 * A product, as an actor sees it. `console.product(id)` returns it and reads nothing, also for a product that does not
 * exist: then its methods fail with a `NotFoundError`.
 */
export declare class ProductConsole {
  private constructor();

  /** The number of the product. */
  readonly id: number;
  /** Returns the handle of a device of the product. Nothing is read. */
  device(device: string): DeviceConsole;
  /** Returns the handle of a customer of the product. Nothing is read. */
  customer(customer: number): CustomerConsole;
  /** The handle with its ids, such as `ProductConsole(94)`. */
  toString(): string;

  // The product, and its audit.

  /** Reads the product. */
  get(): Promise<Product>;
  rename(name: string): Promise<Product>;
  /** Changes the given policies; the others stay as they are. */
  setPolicy(policy: PolicySettings): Promise<Product>;
  /** Puts the product on a tier without a charge. An operator's command. */
  setTier(tier: string): Promise<Product>;
  /** Removes the product and everything that belongs to it. An operator's command. */
  remove(): Promise<void>;
  /** Creates a group for devices and returns its number. */
  createGroup(name: string): Promise<number>;
  deleteGroup(group: number): Promise<void>;
  /** Lists what was done to the product, newest first. */
  auditLog(options?: PageOptions): Pages<AuditEntry>;

  // Teams.

  team(): Promise<Team>;
  /** Invites an account to the team, by its e-mail. */
  invite(email: string): Promise<Invitation>;
  revokeInvitation(account: number): Promise<void>;
  acceptInvitation(): Promise<void>;
  declineInvitation(): Promise<void>;
  leaveTeam(): Promise<void>;
  removeMember(account: number): Promise<void>;
  /** Makes another account the owner. An operator's command. */
  transferOwnership(to: number): Promise<void>;

  // Customers, the private beta and the configuration.

  createCustomer(userName: string, identity?: Identity | null): Promise<Customer>;
  /** Lists the customers that match the filter, by number. */
  customers(options?: CustomerFilter & PageOptions): Pages<Customer>;
  /** Returns the customer with a vendor's user name or a linked account. */
  findCustomer(identity: Identity): Promise<Customer>;
  /** Invites the customers of a list to the private beta. */
  inviteToBeta(list: List): Promise<BetaReport>;
  /** Removes a guest from the private beta. */
  uninviteFromBeta(userName: string): Promise<void>;
  /** Gives a guest a new code, also a guest who has used theirs. */
  renewActivationCode(userName: string): Promise<BetaGuest>;
  /** Lists the guests of the private beta, by name. */
  betaGuests(options?: PageOptions): Pages<BetaGuest>;
  configuration(): Promise<Configuration>;
  /** Answers a question; `null` removes its answer. */
  configure(question: string, answer: ConfigurationAnswer | null): Promise<void>;
  /** Lists what is missing before manufacturing can start. */
  manufacturingReadiness(): Promise<Missing[]>;
  startManufacturing(): Promise<void>;

  // Devices.

  /**
   * Returns the verdicts that an import of this list would give, without changing anything. Aborting the signal ends
   * the wait for it.
   */
  planImport(list: List, options?: SignalOption): Promise<ImportReport>;
  /**
   * Imports a list of devices: a text file with one id a line, or a .csv. Returns a verdict for every line. Aborting
   * the signal ends the import after its next few thousand devices with a `CancelledError`; devices already added stay.
   */
  import(list: List, options?: SignalOption): Promise<ImportReport>;
  /** The same for a long list: reports its progress, and can be stopped. */
  importWatched(list: List, options?: ImportOptions): Promise<ImportReport>;
  /** Frees the places that imports reserve for devices not yet added. Returns how many. */
  freePlaces(): Promise<number>;
  /** Lists the devices that match the filter, by id. */
  devices(options?: DeviceFilter & PageOptions): Pages<Device>;
  /** Returns the numbers of the fleet, at the same cost for any size. */
  summary(): Promise<Summary>;

  // Firmware, and which device gets which version.

  /** Uploads a firmware: its binary is read and checked against the product and the given version. */
  upload(upload: Upload): Promise<Firmware>;
  /** Lists the product's firmware, by version. */
  firmware(): Promise<Firmware[]>;
  /** Changes a firmware's title, and its description if one is given; an empty one removes it. */
  editFirmware(version: number, title: string, description?: string | null): Promise<Firmware>;
  /** Deletes a firmware that was never released and that no device is locked to. */
  deleteFirmware(version: number): Promise<void>;
  /** Releases a version: every device should run it. It must have run on a device of the product. */
  release(version: number): Promise<void>;
  withdrawRelease(): Promise<void>;
  /** Releases a version to a group; `null` withdraws the group's release. */
  releaseToGroup(group: number, version: number | null): Promise<void>;
  /** Counts exactly what a change would do, without making it. */
  dryRun(change: Change): Promise<DryRun>;

  // Events, and the messages that are counted.

  /** Forwards matching events from now on. Each delivery is one outbound message. */
  subscribe(to: Destination, match?: EventMatch): Promise<Subscription>;
  unsubscribe(subscription: number): Promise<void>;
  /** Lists the product's subscriptions, oldest first. */
  subscriptions(): Promise<Subscription[]>;
  /** Lists the events of the product's log, newest first. */
  events(options?: EventMatch & EventPageOptions): Pages<Event>;
  /** Lists the events that were logged after a cursor, oldest first; without a cursor, from now on. */
  followEvents(options?: PageOptions): Promise<FollowedEvents>;
  /** Opens a stream of the events that this process publishes for the product from now on. */
  eventStream(): Promise<EventStream>;
  /** Lists the errors that devices of the product reported, by kind. */
  deviceErrors(): Promise<DeviceError[]>;
  /** Resets the count of the errors of a kind. */
  forgetDeviceErrors(errorKind: string): Promise<void>;
  /** Returns the product's message counts in the usage month of this moment. */
  usage(): Promise<Usage>;

  // Billing.

  /** Quotes what it costs to move to a tier, at an interval, now. */
  quoteUpgrade(tier: string, interval: Interval): Promise<Quote>;
  /** Accepts a quote. Returns the charge that the upgrade waits for, or its invoice if there is nothing to charge. */
  upgrade(quote: string): Promise<Upgrade>;
  /** Changes the interval from the next renewal on. */
  switchInterval(interval: Interval): Promise<void>;
  /** Sets the currency in which the product is billed, before its first invoice. */
  setCurrency(currency: string): Promise<void>;
  billingStatus(): Promise<BillingStatus>;
  /** Lists the product's invoices, newest first. */
  invoices(options?: PageOptions): Pages<Invoice>;
  /** Ends the product's plan and returns the credit note. An operator's command. */
  cancelPlan(): Promise<Invoice>;
  /** Moves the product to a lower tier and returns the credit note. An operator's command. */
  downgrade(tier: string): Promise<Invoice>;
  /** Agrees on a price for the product; `null` cancels the agreement. An operator's command. */
  agreePrice(tier: string, interval: Interval, price: Money | null): Promise<void>;
  /** Writes off an unpaid invoice, also that of a removed product. An operator's command. */
  writeOff(invoice: number): Promise<Invoice>;
}

/**
 * A device of a product, as an actor sees it. `product.device(id)` returns it and reads nothing.
 */
export declare class DeviceConsole {
  private constructor();

  /** The id of the device. */
  readonly id: string;
  /** The handle with its ids, such as `DeviceConsole(94, 55ff…)`. */
  toString(): string;

  /** Gives the device its own claim code, such as the one on its sticker. */
  setCode(code: string): Promise<void>;
  /**
   * Corrects the device's entry in the registry: its hardware, its security counter, or both. An operator's command,
   * recorded in the audit of the product; the device need not be in it.
   */
  correct(platform?: string | null, securityCounter?: number | null): Promise<void>;
  /** Reads the device, also one that waits or is denied. */
  get(): Promise<Device>;
  /** Returns what the device would be told to run if it connected now, and why. Nothing is sent. */
  explain(): Promise<Decision>;
  /** Names the device; an empty name removes the name. */
  rename(name: string): Promise<void>;
  /** Marks the device for development, so that it is never updated over the air. */
  markDevelopment(): Promise<void>;
  /** Removes the mark for development. */
  clearDevelopment(): Promise<void>;
  /** Puts the device in these groups and removes it from all others. */
  setGroups(groups: readonly number[]): Promise<void>;
  /** Admits the waiting device. */
  approve(): Promise<void>;
  /** Denies the device. */
  deny(): Promise<void>;
  /** Allows the denied device to ask again. */
  undeny(): Promise<void>;
  /** Removes the device from the product. */
  remove(): Promise<void>;
  /**
   * Locks the device to a version, and returns the answer to the device. With `'now'`, the host sends its directive at
   * once; with `'on_reset'`, the device gets it at its next connect.
   */
  lock(version: number, flash: Flash): Promise<Decision>;
  unlock(): Promise<void>;
  /** Sends the device its next update even while it reports that it takes none. */
  forceUpdate(): Promise<void>;
}

/**
 * A customer of a product, as an actor sees them. `product.customer(id)` returns it and reads nothing.
 */
export declare class CustomerConsole {
  private constructor();

  /** The number of the customer. */
  readonly id: number;
  /** The handle with its ids, such as `CustomerConsole(94, 7)`. */
  toString(): string;

  /** Reads the customer. */
  get(): Promise<Customer>;
  remove(): Promise<void>;
  /**
   * Issues a token for these scopes to the customer. `life` is in seconds, up to a year. The token is shown only this
   * once.
   */
  issueToken(scopes: readonly Scope[], life: number): Promise<IssuedToken>;
  /** Revokes a token at once. */
  revokeToken(token: string): Promise<void>;
}

/** The door for time, which the host opens at regular intervals, and when its payment provider answers. */
export declare class Clock {
  private constructor();

  /** Lists what is due now, at most `limit` (default 1000) things. */
  due(options?: { readonly limit?: number }): Promise<Due[]>;
  /** Handles what is due now: renewals, retries, notices; at most `limit` (default 1000) things. */
  advance(options?: { readonly limit?: number }): Promise<Advanced>;
  /** Confirms that the clock is right after a leap that `advance` refused. */
  confirmLeap(): Promise<void>;
  /** Reports a charge's outcome from the payment provider. */
  chargeOutcome(key: string, outcome: ChargeOutcome): Promise<void>;
}

/** A card that the payment provider accepted. */
export interface NewCard {
  /** The provider's reference: a secret. It is part of each charge, and shown nowhere else. */
  readonly token: string;
  readonly brand: string;
  /** The last four digits of its number. */
  readonly lastFour: string;
  /** The last month in which it is valid, such as `2017-12`. */
  readonly expires: string;
}

/** The events to list. All given conditions must hold. */
export interface EventMatch {
  /** Prefix of the event's name. */
  readonly prefix?: string | null;
  readonly device?: string | null;
}

/** Where a page of a log begins, and how many items it has. */
export interface EventPageOptions {
  /** The `next` of the previous page. */
  readonly before?: string | null;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

/**
 * A stream of the events of a product that this process publishes after the stream was opened. `for await` reads them
 * as long as the actor has the permission. If events arrive faster than they are read, the loop throws an
 * `EventsMissedError`; a new loop continues after the gap. All events are in the log.
 */
export declare class EventStream implements AsyncIterable<Event> {
  private constructor();

  /** The end of the log when the stream was opened: a cursor for `followEvents`. */
  readonly start: string;
  /**
   * Waits until there is something to read or this time has passed. Returns whether there is something to read. It
   * blocks no thread.
   */
  wait(milliseconds: number, options?: SignalOption): Promise<boolean>;
  [Symbol.asyncIterator](): AsyncIterator<Event>;
}

/** A product's meter, for hosts that send messages themselves. */
export declare class Meter {
  private constructor();

  /** Returns whether one more message may be sent. If so, it is counted. */
  admit(): Promise<boolean>;
  /** Returns how many of the wanted messages may be sent, and counts them. */
  admitMany(want: number): Promise<number>;
  /** `admit` on the event loop: it uses the store only when a lease of messages ends. */
  admitSync(): boolean;
  /** `admitMany` on the event loop. */
  admitManySync(want: number): number;
}

/** The door for customers. */
export declare class Portal {
  private constructor();

  /** Returns the customer's own record, and the token's scopes and expiry. */
  me(): Promise<CustomerSession>;
  /** Revokes the token at once. */
  logOut(): Promise<void>;
  /** Joins the private beta with the customer's activation code. */
  activate(code: string): Promise<void>;
  /** Returns a code that the customer's device presents when it is set up. */
  askClaimCode(): Promise<ClaimCode>;
  /** Claims a device with the code on it. */
  claim(device: string, code: string): Promise<void>;
  unclaim(device: string): Promise<void>;
  /** Lists the customer's devices. */
  devices(): Promise<CustomerDevice[]>;
  /** Checks that the customer may see or control a device now, and records that they did. */
  useDevice(device: string, scope: Scope): Promise<void>;
}

/** The end of a device's connection. */
export interface Disconnect {
  /** The product that the device reported when it connected. */
  readonly product?: number | null;
  /** The number of the session that ended. */
  readonly session?: number | null;
  /** The moment. Default: now. */
  readonly endedAt?: Date | null;
}

/** The door for devices, for the host's device gateway. */
export declare class Gateway {
  private constructor();

  /** Records that a device connects. Returns what the device is to run, and why. */
  connect(report: Report): Promise<Connected>;
  /** The same for many devices at once, in one round trip. The answers are in the order of the reports. */
  connectMany(reports: readonly Report[]): Promise<Connected[]>;
  /** `connect` on the event loop, for stores in memory, where a change of threads costs more than the call. */
  connectSync(report: Report): Connected;
  /** `connectMany` on the event loop. */
  connectManySync(reports: readonly Report[]): Connected[];
  /** Records that a device's connection ended. Without `session` and `endedAt`, this is the latest known connection. */
  disconnect(device: string, options?: Disconnect): Promise<void>;
  /** Publishes an event of a device: logs it and returns what is to be sent. */
  publish(event: NewEvent): Promise<Published>;
  /** The same for many events at once. The answers are in the order of the events. */
  publishMany(events: readonly NewEvent[]): Promise<Published[]>;
  /** Reports the progress of the update with this directive's number. Returns whether it is the device's latest. */
  reportUpdate(device: string, product: number, sequence: number, progress: UpdateProgress): Promise<boolean>;
  /** Presents the claim code that a customer gave to the device during setup. */
  presentClaimCode(device: string, code: string): Promise<void>;
}
