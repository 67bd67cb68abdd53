// The commands of a scenario's steps: the door of each, its arguments, its call, and how its answer is written.

import { Malformed, binary, handed, list, moment, only, spelt, texts } from './values.mjs';

const done = () => ({});
const items = (answer) => ({ items: spelt(answer) });

/** The actor of a command. */
function actor({ kind, account, customer }) {
  return { operator: 'operator', account: { account }, customer: { customer } }[kind];
}

function product(answer) {
  const { release } = answer;
  return { ...spelt(answer), release: release && { ...spelt(release), by: actor(release.by) } };
}

function customer(answer) {
  const { kind, user, account } = answer.identity;
  const identity = { simple: 'simple', two_legged: { two_legged: { user } }, linked: { linked: { account } } }[kind];
  return { ...spelt(answer), identity };
}

function decision(answer) {
  const { from_version: from = null, ...rest } = spelt(answer);
  return { ...rest, from };
}

function device(answer) {
  const { attempt, ...rest } = spelt(answer);
  return { ...rest, attempt: attempt && { ...attempt, from: attempt.from_version } };
}

function connected({ answer, ...rest }) {
  return { ...spelt(rest), answer: decision(answer) };
}

function notice({ subject, ...rest }) {
  const { kind, ...fields } = spelt(subject);
  if ('result' in fields) fields.result = declined(fields.result);
  return { ...spelt(rest), subject: Object.keys(fields).length > 0 ? { [kind]: fields } : kind };
}

function configuration({ answers, startedAt }) {
  const answered = (answer) => {
    if (Array.isArray(answer)) return { some: answer };
    return { string: { text: answer }, boolean: { yes_no: answer }, number: { version: answer } }[typeof answer];
  };
  const entries = Object.entries(answers).map(([question, answer]) => [question, answered(answer)]);
  return { answers: Object.fromEntries(entries), started_at: spelt(startedAt) };
}

const page = (item) => (answer) => ({ items: answer.items.map(item), next: answer.next });

/** The destination of events, as a scenario writes it. */
function destination(given) {
  if (given === 'live_stream') return { kind: given };
  const [kind, fields] = only(given, ['webhook', 'integration']);
  return { kind, ...texts(fields) };
}

function subscription(answer) {
  const { kind, ...fields } = answer.to;
  return { ...spelt(answer), to: kind === 'live_stream' ? kind : { [kind]: fields } };
}

const declined = (outcome) => {
  const [, how] = /^declined_(\w+)$/.exec(outcome) ?? [];
  return how === undefined ? outcome : { declined: how };
};

/** A line of a quote or an invoice. */
function line({ starts_at: from, ends_at: to, ...rest }) {
  return { ...rest, from, to };
}

function quote(answer) {
  const { lines, ...rest } = spelt(answer);
  return { ...rest, lines: lines.map(line) };
}

function invoice(answer) {
  const { lines, attempts, ...rest } = spelt(answer);
  const attempted = attempts.map(({ result, ...attempt }) => ({ ...attempt, result: declined(result) }));
  return { ...rest, lines: lines.map(line), attempts: attempted };
}

function charge({ purpose, ...rest }) {
  const { kind, ...fields } = purpose;
  return { ...spelt(rest), purpose: kind === 'upgrade' ? kind : { [kind]: fields } };
}

const upgrade = ({ charge: asked, invoice: issued }) => ({
  charge: asked && charge(asked),
  invoice: issued && invoice(issued),
});

/** A payment provider's outcome, as a scenario writes it. */
const outcome = (given) => (typeof given === 'string' ? given : `declined_${only(given, ['declined'])[1]}`);

const event = (given) => texts(handed(given, { moments: ['happened_at'] }));

function policy({ gate: { devices, soak_millis: soak, ...unknown } = {}, ...rest }) {
  if (Object.keys(unknown).length > 0) throw new Malformed(`a gate has no ${Object.keys(unknown)}`);
  return handed({ gate_devices: devices ?? null, gate_soak_millis: soak ?? null, ...rest });
}

function identity(given) {
  if (given === undefined || given === 'simple') return given && { kind: 'simple' };
  const [kind, value] = only(given, ['two_legged', 'linked']);
  return { kind, ...value };
}

function customers({ activity, ...rest } = {}) {
  if (activity === undefined) return handed(rest);
  const [kind, at] = only(activity, ['since', 'not_since']);
  return { ...handed(rest), [kind === 'since' ? 'activeSince' : 'inactiveSince']: moment(at) };
}

function answered(given) {
  return given && only(given, ['text', 'yes_no', 'some', 'version'])[1];
}

const report = (given) => handed(given, { moments: ['reported_at'] });

/** A watched import, which is stopped if the scenario says so. */
async function importWatched(door, { list: given, stop_after: most }) {
  const stop = new AbortController();
  const progress = [];
  const onProgress = (status) => {
    progress.push(spelt(status));
    if (most !== undefined && status.added >= most) stop.abort();
  };
  const answer = await door.importWatched(list(given), { onProgress, signal: stop.signal });
  return { ...spelt(answer), progress };
}

const REPORT = ['device', 'product?', 'version?', 'image?', 'platform?', 'system?', 'security_counter?'];
const SAYS = ['chip_revision?', 'takes_updates?', 'session?', 'reported_at?'];
const EVENT = ['device', 'product?', 'name', 'data?', 'id?', 'error_kind?', 'happened_at?'];
const PAGED = ['after?', 'limit?'];

/** A command: its arguments, optional ones with a `?`; its call; how its answer is written. */
const command = (takes, ask, answer = spelt) => ({ takes, ask, answer });

/** A method that receives its arguments unchanged, in order. */
const plain = (name, takes, answer = spelt) =>
  command(takes, (door, given) => door[name](...takes.map((argument) => given[argument.replace('?', '')])), answer);

const CONSOLE = {
  create_account: plain('createAccount', ['email']),
  create_product: plain('createProduct', ['name', 'platform'], product),
  create_product_with_id: plain('createProductWithId', ['product', 'owner', 'name', 'platform'], product),
  products: command([], (door) => door.products(), (answer) => ({ items: answer.map(product) })),
  invitations: plain('invitations', [], items),
  set_account_lock: command(
    ['account', 'locked'],
    (door, { account: number, locked }) => (locked ? door.lockAccount(number) : door.unlockAccount(number)),
  ),
  account_audit_log: command(
    ['account', ...PAGED],
    (door, { account: number, ...paged }) => door.accountAuditLog(number, paged),
    page((entry) => ({ ...spelt(entry), actor: actor(entry.actor) })),
  ),
  register_devices: plain('registerDevices', ['devices'], (fresh) => ({ new: fresh })),
  claim_device: plain('claimDevice', ['device'], done),
  unclaim_device: plain('unclaimDevice', ['device'], done),
  end_claim: plain('endClaim', ['device'], done),
  claimed_devices: command(PAGED, (door, paged) => door.claimedDevices(paged), page(spelt)),
  read_event_stream: command(['stream', 'limit?'], (door, { stream, ...rest }) => door.readEventStream(stream, rest)),
  set_card: command(
    ['token', 'brand?', 'last_four?', 'expires'],
    (door, { token, brand = 'visa', last_four: lastFour = '4242', expires }) =>
      door.setCard({ token, brand, lastFour, expires }),
    done,
  ),
  remove_card: plain('removeCard', [], done),
  account_billing: plain('accountBilling', ['account'], ({ open, charges, ...rest }) => ({
    ...spelt(rest),
    open: open.map(invoice),
    charges: charges.map(charge),
  })),
  account_invoices: command(
    ['account', ...PAGED],
    (door, { account: number, ...rest }) => door.accountInvoices(number, rest),
    page(invoice),
  ),
};

const PRODUCT = {
  product: plain('get', [], product),
  rename_product: plain('rename', ['name'], product),
  set_policy: command(['policy'], (door, given) => door.setPolicy(policy(given.policy)), product),
  set_tier: plain('setTier', ['tier'], product),
  remove_product: plain('remove', [], done),
  team: plain('team', []),
  invite: plain('invite', ['email']),
  revoke_invitation: plain('revokeInvitation', ['account'], done),
  accept_invitation: plain('acceptInvitation', [], done),
  decline_invitation: plain('declineInvitation', [], done),
  leave_team: plain('leaveTeam', [], done),
  remove_member: plain('removeMember', ['account'], done),
  transfer_ownership: plain('transferOwnership', ['to'], done),
  create_customer: command(
    ['user_name', 'identity?'],
    (door, given) => door.createCustomer(given.user_name, identity(given.identity)),
    customer,
  ),
  find_customer: command(
    ['identity'],
    (door, given) => door.findCustomer(identity(given.identity)),
    customer,
  ),
  customers: command(
    ['filter?', ...PAGED],
    (door, { filter, ...paged }) => door.customers({ ...customers(filter), ...paged }),
    page(customer),
  ),
  invite_to_beta: command(['list'], (door, given) => door.inviteToBeta(list(given.list))),
  uninvite_from_beta: plain('uninviteFromBeta', ['user_name'], done),
  renew_activation_code: plain('renewActivationCode', ['user_name'], spelt),
  beta_guests: command(
    PAGED,
    (door, paged) => door.betaGuests(paged),
    page(spelt),
  ),
  configuration: plain('configuration', [], configuration),
  configure: command(
    ['question', 'answer?'],
    (door, given) => door.configure(given.question, answered(given.answer) ?? null),
    done,
  ),
  manufacturing_readiness: plain('manufacturingReadiness', [], items),
  start_manufacturing: plain('startManufacturing', [], done),
  create_group: plain('createGroup', ['name'], (group) => ({ group })),
  delete_group: plain('deleteGroup', ['group'], done),
  audit_log: command(
    PAGED,
    (door, paged) => door.auditLog(paged),
    page((entry) => ({ ...spelt(entry), actor: actor(entry.actor) })),
  ),
  plan_import: command(['list'], (door, given) => door.planImport(list(given.list))),
  import: command(['list'], (door, given) => door.import(list(given.list))),
  import_watched: command(['list', 'stop_after?'], importWatched, (answer) => answer),
  free_places: plain('freePlaces', [], (freed) => ({ freed })),
  devices: command(
    ['filter?', ...PAGED],
    (door, { filter = {}, ...paged }) => door.devices({ ...handed(filter), ...paged }),
    page(device),
  ),
  summary: plain('summary', []),
  upload: command(['version', 'title', 'description?', 'requires_system?', 'binary'], (door, given) => {
    const { binary: file, ...rest } = given;
    return door.upload({ ...handed(rest), binary: binary(file) });
  }),
  firmware: plain('firmware', [], items),
  edit_firmware: plain('editFirmware', ['version', 'title', 'description?']),
  delete_firmware: plain('deleteFirmware', ['version'], done),
  release: plain('release', ['version'], done),
  withdraw_release: plain('withdrawRelease', [], done),
  release_to_group: command(
    ['group', 'version?'],
    (door, given) => door.releaseToGroup(given.group, given.version ?? null),
    done,
  ),
  dry_run: plain('dryRun', ['change']),
  usage: plain('usage', []),
  subscribe: command(
    ['to', 'prefix?', 'device?'],
    (door, { to, ...rest }) => door.subscribe(destination(to), rest),
    subscription,
  ),
  unsubscribe: plain('unsubscribe', ['subscription'], done),
  subscriptions: command(
    [],
    (door) => door.subscriptions(),
    (answer) => ({ items: answer.map(subscription) }),
  ),
  events: command(
    ['filter?', 'before?', 'limit?'],
    (door, { filter = {}, ...paged }) => door.events({ ...filter, ...paged }),
    page(spelt),
  ),
  follow_events: command(
    PAGED,
    (door, paged) => door.followEvents(paged),
  ),
  event_stream: plain('eventStream', [], (stream) => ({ stream, start: stream.start })),
  device_errors: plain('deviceErrors', [], items),
  forget_device_errors: plain('forgetDeviceErrors', ['error_kind'], done),
  quote_upgrade: plain('quoteUpgrade', ['tier', 'interval'], quote),
  upgrade: plain('upgrade', ['quote'], upgrade),
  switch_interval: plain('switchInterval', ['interval'], done),
  set_currency: plain('setCurrency', ['currency'], done),
  billing_status: plain('billingStatus', []),
  invoices: command(
    PAGED,
    (door, { after, ...rest }) => door.invoices({ after: after && String(after), ...rest }),
    page(invoice),
  ),
  cancel_plan: plain('cancelPlan', [], invoice),
  downgrade: plain('downgrade', ['tier'], invoice),
  agree_price: command(
    ['tier', 'interval', 'price?'],
    (door, given) => door.agreePrice(given.tier, given.interval, given.price ?? null),
    done,
  ),
  write_off: plain('writeOff', ['invoice'], invoice),
};

const DEVICE = {
  set_device_code: plain('setCode', ['code'], done),
  correct_device: plain('correct', ['platform?', 'security_counter?'], done),
  device: plain('get', [], device),
  explain: plain('explain', [], decision),
  name_device: plain('rename', ['name'], done),
  mark_development: command(
    ['development'],
    (door, { development }) => (development ? door.markDevelopment() : door.clearDevelopment()),
    done,
  ),
  set_groups: plain('setGroups', ['groups'], done),
  approve_device: plain('approve', [], done),
  deny_device: plain('deny', [], done),
  undeny_device: plain('undeny', [], done),
  remove_device: plain('remove', [], done),
  lock_and_flash_now: command(['version'], (door, { version }) => door.lock(version, 'now'), decision),
  lock_and_flash_on_reset: command(['version'], (door, { version }) => door.lock(version, 'on_reset'), done),
  unlock: plain('unlock', [], done),
  force_update: plain('forceUpdate', [], done),
};

const CUSTOMER = {
  customer: plain('get', [], customer),
  remove_customer: plain('remove', [], done),
  issue_token: plain('issueToken', ['scopes', 'life']),
  revoke_token: plain('revokeToken', ['token_id'], done),
};

const PORTAL = {
  me: plain('me', [], customer),
  log_out: plain('logOut', [], done),
  activate: plain('activate', ['code'], done),
  ask_claim_code: plain('askClaimCode', []),
  claim: plain('claim', ['device', 'code'], done),
  unclaim: plain('unclaim', ['device'], done),
  my_devices: plain('devices', [], items),
  use_device: plain('useDevice', ['device', 'scope'], done),
};

const GATEWAY = {
  connect: command(
    [...REPORT, ...SAYS],
    (door, given, { sync }) => (sync ? door.connectSync(report(given)) : door.connect(report(given))),
    connected,
  ),
  connect_many: command(
    ['reports'],
    (door, { reports }, { sync }) => {
      const given = reports.map(report);
      return sync ? door.connectManySync(given) : door.connectMany(given);
    },
    (answers) => ({ answers: answers.map(connected) }),
  ),
  disconnect: command(
    ['device', 'product?', 'session?', 'ended_at?'],
    (door, { device: id, ...rest }) => door.disconnect(id, handed(rest, { moments: ['ended_at'] })),
    done,
  ),
  publish: command(EVENT, (door, given) => door.publish(event(given))),
  publish_many: command(
    ['events'],
    (door, { events }) => door.publishMany(events.map(event)),
    (answers) => ({ answers: spelt(answers) }),
  ),
  present_claim_code: plain('presentClaimCode', ['device', 'code'], done),
  report_update: plain('reportUpdate', ['device', 'product', 'sequence', 'progress'], (latest) => ({ latest })),
};

const CLOCK = {
  due: command(['limit?'], (clock, given) => clock.due(given), items),
  advance: command(['limit?'], (clock, given) => clock.advance(given)),
  confirm_leap: plain('confirmLeap', [], done),
  charge_outcome: command(
    ['key', 'outcome'],
    (clock, given) => clock.chargeOutcome(given.key, outcome(given.outcome)),
    done,
  ),
};

const FLEET = {
  pending_charges: command(PAGED, (fleet, paged) => fleet.pendingCharges(paged), page(charge)),
  pending_notices: command(PAGED, (fleet, paged) => fleet.pendingNotices(paged), page(notice)),
  acknowledge: plain('acknowledge', ['key'], (waiting) => ({ was_waiting: waiting })),
  meter: command(
    ['product', 'want'],
    async (fleet, { product: number, want }, { now, sync }) => {
      const meter = await fleet.meter(number, now);
      return sync ? meter.admitManySync(want) : meter.admitMany(want);
    },
    (admitted) => ({ admitted }),
  ),
  report_usage: command([], (fleet, _, { now }) => fleet.reportUsage(now), done),
  settle_usage: command([], (fleet, _, { now }) => fleet.settleUsage(now), done),
};

/** The commands of each door, and the arguments that choose a handle of it. */
const DOORS = [
  ['console', [], CONSOLE],
  ['console', ['product'], PRODUCT],
  ['console', ['product', 'device'], DEVICE],
  ['console', ['product', 'customer'], CUSTOMER],
  ['portal', [], PORTAL],
  ['gateway', [], GATEWAY],
  ['clock', [], CLOCK],
  ['fleet', [], FLEET],
];

/** Every command, with its door. */
export const COMMANDS = new Map(
  DOORS.flatMap(([door, about, commands]) =>
    Object.entries(commands).map(([name, one]) => [name, { ...one, door, about, takes: [...about, ...one.takes] }]),
  ),
);
