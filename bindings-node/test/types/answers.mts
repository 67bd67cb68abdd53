// The package's types as a user meets them: this file compiles, and what must not compile does not.

import { Fleet, FleetError, LimitExceededError, NotProvenError, WrongCodeError } from 'fleet-core';
import type { Change, Connected, Decision, Device, HoldReason, NoticeSubject, Page } from 'fleet-core';
import type { KeyRange, Store, StoreCommit, StoredRow } from 'fleet-core';

function never(value: never): never {
  throw new Error(`unheard of: ${JSON.stringify(value)}`);
}

/** Every kind of answer has a case; without one of them this does not compile. */
export function describe(answer: Decision): string {
  switch (answer.kind) {
    case 'up_to_date':
      return answer.imageDiffers ? 'another image' : `${answer.rule}, ${answer.keptBack ?? 'nothing'} kept back`;
    case 'update':
      return `${answer.directive.version} of ${answer.directive.size} bytes as ${answer.directive.sequence}`;
    case 'held':
      return `${answer.reason}, ${answer.target?.version ?? 'no'} target`;
    default:
      return never(answer);
  }
}

export function missesOne(answer: Decision): string {
  switch (answer.kind) {
    case 'up_to_date':
    case 'update':
      return answer.cites;
    default:
      // @ts-expect-error: the case `held` is missing.
      return never(answer);
  }
}

export function noticed(subject: NoticeSubject): number | undefined {
  switch (subject.kind) {
    case 'devices_ask_to_join':
    case 'quarantine_full':
    case 'other':
      return undefined;
    case 'invitation':
      return subject.account;
    case 'usage_warning':
      return subject.percent;
    case 'usage_limit_reached':
      return subject.limit;
    case 'payment_failed':
      return subject.next?.getTime();
    case 'account_locked':
    case 'account_unlocked':
    case 'renewal_paid':
    case 'upgraded':
    case 'plan_reduced':
      return subject.invoice;
    case 'upgrade_declined':
    case 'charge_unknown':
      return subject.charge;
    case 'plan_ended':
      return subject.since.getTime();
    case 'claim_ended':
      return subject.customer ?? subject.account ?? undefined;
    case 'card_expires':
      return subject.card;
    case 'card_needed':
      return subject.renewal.getTime();
    default:
      return never(subject);
  }
}

export const reasons: Record<HoldReason, true> = {
  denied: true,
  quarantined: true,
  other_platform: true,
  development: true,
  downgrade_forbidden: true,
  security_counter: true,
  chip_revision: true,
  system_version: true,
  takes_no_updates: true,
  two_devices: true,
  owner_locked: true,
  personal: true,
  unknown_product: true,
  stale_report: true,
  other: true,
};

export async function use(): Promise<void> {
  await using fleet = await Fleet.open('memory:');
  const console = fleet.console('operator', new Date());
  const { id, lockedAt } = await console.createAccount('alice@example.com');
  const since: Date | null = lockedAt;
  void since;
  fleet.console(id);
  // @ts-expect-error: an actor is an account or the operator.
  fleet.console('alice');
  // @ts-expect-error: an absent actor is not an actor.
  fleet.console(undefined);

  const pages = console.product(94).devices({ online: true, standing: 'member', limit: 10 });
  for await (const device of pages) {
    const found: Device = device;
    // @ts-expect-error: answers are read-only.
    found.name = 'attic';
  }
  const page: Page<Device> = await pages;
  void console.product(94).devices({ after: page.next });
  // @ts-expect-error: a standing is one of three values.
  void console.product(94).devices({ standing: 'lost' });

  const changes: Change[] = [
    { kind: 'nothing' },
    { kind: 'release', version: 2 },
    { kind: 'release' },
    { kind: 'groups', device: 'aa0000000000000000000001', groups: [1] },
  ];
  for (const change of changes) await console.product(94).dryRun(change);
  // @ts-expect-error: a lock needs a device.
  await console.product(94).dryRun({ kind: 'lock' });

  const gateway = fleet.gateway();
  const report = { device: 'aa0000000000000000000001', product: 94, version: 1 };
  const connected: Connected = await gateway.connect(report);
  describe(gateway.connectSync(report).answer);
  const all: Connected[] = await gateway.connectMany([report]);
  void [connected, all];
  // @ts-expect-error: a report needs its device.
  await gateway.connect({ product: 94 });

  await console.product(94).importWatched('aa0000000000000000000001', {
    onProgress: ({ added, toAdd }) => void (added / toAdd),
    signal: new AbortController().signal,
  });
  await console.product(94).configure('time_zone', 'Europe/Berlin');

  await console.product(94).subscribe({ kind: 'webhook', url: 'https://example.com' }, { prefix: 'door/' });
  // @ts-expect-error: a webhook needs an address.
  await console.product(94).subscribe({ kind: 'webhook' });
  for await (const { name } of await console.product(94).eventStream()) if (name.startsWith('door/')) break;
  const published = await gateway.publish({ device: report.device, name: 'door/open' });
  if (published.kind === 'logged') for (const { key } of published.deliveries) key.toUpperCase();
  if ((await fleet.meter(94)).admitSync()) await fleet.reportUsage();

  const { quote, due } = await console.product(94).quoteUpgrade('Small', 'monthly');
  if (due.minor > 0) await console.product(94).upgrade(quote);
  for await (const charge of fleet.pendingCharges()) {
    if (charge.purpose.kind === 'renewal') await fleet.clock().chargeOutcome(charge.key, 'succeeded');
    // @ts-expect-error: an outcome is one of four values.
    await fleet.clock().chargeOutcome(charge.key, 'declined');
  }
}

/** A store of the host's own, as the types require it. */
export class Empty implements Store {
  async get(keys: readonly Uint8Array[]): Promise<(StoredRow | null)[]> {
    return keys.map(() => null);
  }

  async scan({ limit }: KeyRange): Promise<StoredRow[]> {
    return limit > 0 ? [] : [];
  }

  async commit(batch: readonly StoreCommit[]): Promise<boolean[]> {
    return batch.map(({ writes }) => writes.every((write) => write.kind !== 'add' || write.delta >= 0n));
  }
}

export async function own(): Promise<void> {
  await Fleet.open(new Empty(), { tiers: [{ name: 'Two', devices: 2 }] });
  // @ts-expect-error: a store needs three methods.
  await Fleet.open({ get: async () => [] });
}

export function failed(error: unknown): string {
  if (error instanceof LimitExceededError) return `${error.limit.tier}: ${error.limit.fits?.tier ?? 'none fits'}`;
  if (error instanceof NotProvenError) return `${error.running} of ${error.needed}`;
  if (error instanceof WrongCodeError) return `${error.left ?? 'any'} tries left`;
  if (error instanceof FleetError) return error.isTransient ? 'again' : error.code;
  // @ts-expect-error: its type is not known.
  return error.message;
}
