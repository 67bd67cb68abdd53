//! The answers of the doors as JSON, in the shape that `spec/README.md` documents: what a binding returns to its
//! callers.
//!
//! Invariant: this is written independently of how records are stored, so that a change of storage changes no scenario.

use fleet_core::audit::AuditRecord;
use fleet_core::customer::{BetaGuest, BetaLine, BetaVerdict, CustomerDevice, CustomerSession, CustomerView, TokenId};
use fleet_core::device::import::{ImportReport, LineVerdict, Verdict};
use fleet_core::device::{Connected, Device, DeviceView, Seen, Summary, UpdateAttempt, UpdateOutcome};
use fleet_core::firmware::{Answer, Directive, DryRun, Firmware, Rule, Target, Ways};
use fleet_core::notice::Notice;
use fleet_core::product::Configuration;
use fleet_core::team::{Invitation, Person, TeamView};
use fleet_core::{Account, LimitExceeded, Product, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

/// A value of the core that is the same everywhere: a number, an id, a word.
pub(super) fn plain(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

pub(super) fn time(at: Timestamp) -> Value {
    Value::String(at.to_string())
}

/// Adds the fields of one object to another.
pub(super) fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut object, more) {
        fields.extend(more);
    }
    object
}

pub(super) fn account(account: &Account) -> Value {
    json!({
        "id": account.id,
        "email": account.email,
        "created_at": time(account.created_at),
        "locked_at": account.locked_at.map(time),
        "unpaid_since": account.unpaid_since.map(time),
    })
}

pub(super) fn product(product: &Product) -> Value {
    let release = product
        .release
        .as_ref()
        .map(|release| json!({ "version": release.version, "at": time(release.at), "by": release.by }));
    let groups = product.groups.iter();
    let groups =
        groups.map(|(id, group)| json!({ "id": id, "name": group.name, "release": group.release })).collect::<Value>();
    json!({
        "id": product.id,
        "name": product.name,
        "platform": product.platform,
        "owner": product.owner,
        "created_at": time(product.created_at),
        "tier": product.tier,
        "policy": product.policy,
        "release": release,
        "groups": groups,
    })
}

pub(super) fn limit(limit: &LimitExceeded) -> Value {
    let fits = limit.fits.as_ref().map(|(tier, limit)| json!({ "tier": tier, "limit": limit }));
    json!({
        "tier": limit.tier,
        "resource": limit.resource,
        "limit": limit.limit,
        "used": limit.used,
        "would_be": limit.would_be,
        "held_places": limit.held.map_or(0, |held| held.places),
        "held_until": limit.held.map(|held| time(held.until)),
        "fits": fits,
        "message": limit.to_string(),
    })
}

pub(super) fn import(report: &ImportReport) -> Value {
    json!({
        "lines": report.lines.iter().map(line).collect::<Value>(),
        "counts": report.counts(),
        "header_line": report.header_line,
        "refused": report.refused.as_ref().map(limit),
    })
}

fn line(line: &LineVerdict) -> Value {
    let more = match &line.verdict {
        Verdict::DuplicateOf { line } => json!({ "duplicate_of": line }),
        Verdict::WrongPlatform { known } => json!({ "known": known }),
        _ => json!({}),
    };
    let common = json!({
        "line": line.line,
        "device": line.device,
        "verdict": line.verdict.code(),
        "message": line.verdict.to_string(),
    });
    with(common, more)
}

pub(super) fn connected(connected: &Connected) -> Value {
    json!({
        "product": connected.product,
        "answer": answer(&connected.answer),
        "outcome": connected.outcome.map(outcome),
    })
}

/// What a device is to do, and why.
pub(super) fn answer(answer: &Answer) -> Value {
    let what = match answer {
        Answer::UpToDate { rule: by, kept_back, image_differs } => with(
            json!({ "kind": "up_to_date", "kept_back": kept_back, "image_differs": image_differs }),
            with(rule(*by), json!({ "cites": by.citation() })),
        ),
        Answer::Update { directive: sent, rule: by, kept_back } => with(
            json!({ "kind": "update", "kept_back": kept_back, "directive": directive(sent) }),
            with(rule(*by), json!({ "cites": by.citation() })),
        ),
        Answer::Held { hold, target: held } => {
            with(json!({ "kind": "held", "target": held.map(target), "cites": hold.citation() }), plain(hold))
        }
    };
    with(what, json!({ "why": answer.to_string() }))
}

fn rule(rule: Rule) -> Value {
    match rule {
        Rule::GroupRelease(group) => json!({ "rule": "group_release", "group": group }),
        rule => json!({ "rule": rule }),
    }
}

fn target(target: Target) -> Value {
    with(json!({ "version": target.version }), rule(target.rule))
}

fn directive(directive: &Directive) -> Value {
    json!({
        "device": directive.device,
        "product": directive.product,
        "version": directive.version,
        "size": directive.size,
        "sha256": directive.sha256,
        "format": directive.format,
        "security_counter": directive.security_counter,
        "sequence": directive.sequence,
    })
}

pub(super) fn device(view: &DeviceView) -> Value {
    let Device { standing, development, forced, failures, relapses, lock, sequence, .. } = &view.row;
    let Device { security_counter, chip_revision, system, .. } = &view.row;
    json!({
        "id": view.id,
        "name": Some(view.row.name()).filter(|name| !name.is_empty()),
        "groups": view.row.groups().collect::<Vec<_>>(),
        "standing": standing,
        "development": development,
        "forced": forced,
        "failures": failures,
        "relapses": relapses,
        "lock": lock,
        "sequence": sequence,
        "security_counter": security_counter,
        "chip_revision": chip_revision,
        "system": system,
        "added_at": time(view.row.added_at),
        "seen": view.row.seen.map(seen),
        "attempt": view.row.attempt.map(attempt),
        "outcome": view.row.outcome.map(outcome),
    })
}

fn seen(seen: Seen) -> Value {
    json!({
        "at": time(seen.at),
        "session": seen.session,
        "version_since": time(seen.version_since),
        "version": seen.version,
        "image": seen.image,
        "platform": seen.platform,
        "takes_updates": seen.takes_updates,
        "online": seen.online,
    })
}

fn attempt(attempt: UpdateAttempt) -> Value {
    json!({
        "at": time(attempt.at),
        "target": attempt.target,
        "from": attempt.from,
        "progress": attempt.progress,
    })
}

fn outcome(outcome: UpdateOutcome) -> Value {
    json!({ "at": time(outcome.at), "target": outcome.target, "result": outcome.result })
}

pub(super) fn firmware(firmware: &Firmware) -> Value {
    let image = &firmware.image;
    json!({
        "version": firmware.version,
        "title": firmware.title,
        "description": firmware.description,
        "uploaded_at": time(firmware.uploaded_at),
        "uploaded_by": firmware.uploaded_by,
        "image": {
            "format": image.format,
            "size": image.size,
            "sha256": image.sha256,
            "embedded": image.embedded,
            "security_counter": image.security_counter,
            "own_version": image.own_version,
            "project": image.project,
            "wildcard": image.wildcard,
            "min_chip_revision": image.min_chip_revision,
            "max_chip_revision": image.max_chip_revision,
        },
        "requires_system": firmware.requires_system,
        "proven": firmware.proven.map(|proof| json!({ "device": proof.device, "at": time(proof.at) })),
        "released_at": firmware.released_at.map(time),
        "locked_devices": firmware.locked_devices,
    })
}

pub(super) fn summary(summary: &Summary) -> Value {
    let versions = summary.versions.iter();
    let versions =
        versions.map(|(version, devices)| json!({ "version": version, "devices": devices })).collect::<Value>();
    json!({
        "devices": summary.devices,
        "online": summary.online,
        "never_seen": summary.never_seen,
        "versions": versions,
        "no_version": summary.no_version,
        "image_differs": summary.image_differs,
        "pending": summary.pending,
        "failing": summary.failing,
        "locked": summary.locked,
        "development": summary.development,
        "wrong_platform": summary.wrong_platform,
        "quarantined": summary.quarantined,
        "denied": summary.denied,
        "held_places": summary.held_places,
    })
}

pub(super) fn dry_run(run: &DryRun) -> Value {
    json!({ "sent": ways(run.sent), "by_change": ways(run.by_change) })
}

fn ways(ways: Ways) -> Value {
    json!({ "up": ways.up, "down": ways.down, "from_none": ways.from_none, "total": ways.total() })
}

pub(super) fn audit(record: &AuditRecord) -> Value {
    json!({
        "at": time(record.at),
        "actor": record.actor,
        "command": record.command,
        "subject": record.subject,
        "old": record.old,
        "new": record.new,
    })
}

pub(super) fn team(team: &TeamView) -> Value {
    json!({
        "owner": team.owner,
        "members": team.members.iter().map(person).collect::<Value>(),
        "invited": team.invited.iter().map(|(who, asked)| with(person(who), invitation(asked))).collect::<Value>(),
    })
}

fn person(person: &Person) -> Value {
    json!({ "account": person.account, "email": person.email })
}

pub(super) fn invitation(invitation: &Invitation) -> Value {
    json!({ "at": time(invitation.at), "expires_at": time(invitation.expires_at) })
}

pub(super) fn customer(customer: &CustomerView) -> Value {
    let tokens = customer.tokens.iter();
    let tokens = tokens.map(|(id, expires_at)| json!({ "token_id": token_id(*id), "expires_at": time(*expires_at) }));
    json!({
        "product": customer.product,
        "id": customer.id,
        "user_name": customer.user_name,
        "identity": customer.identity,
        "created_at": time(customer.created_at),
        "devices": customer.devices,
        "active_at": customer.active_at.map(time),
        "activated_at": customer.activated_at.map(time),
        "tokens": tokens.collect::<Value>(),
    })
}

/// A customer's session, with the permissions of its token.
pub(super) fn session(session: &CustomerSession) -> Value {
    let more = json!({
        "token_id": token_id(session.token_id),
        "scopes": session.scopes,
        "expires_at": time(session.expires_at),
    });
    with(customer(&session.customer), more)
}

/// As text: it can exceed JavaScript's range of integers.
pub(super) fn token_id(id: TokenId) -> String {
    format!("{:016x}", id.0)
}

pub(super) fn customer_device(device: &CustomerDevice) -> Value {
    json!({
        "id": device.id,
        "name": Some(&device.name).filter(|name| !name.is_empty()),
        "online": device.online,
        "seen_at": device.seen_at.map(time),
    })
}

pub(super) fn beta_line(line: &BetaLine) -> Value {
    let verdict = match &line.verdict {
        BetaVerdict::Invited(invited) => with(json!({ "verdict": "invited" }), guest(invited)),
        BetaVerdict::AlreadyInvited(invited) => with(json!({ "verdict": "already_invited" }), guest(invited)),
        BetaVerdict::DuplicateOf(first) => json!({ "verdict": "duplicate", "duplicate_of": first }),
        BetaVerdict::Malformed(why) => json!({ "verdict": "malformed", "message": why }),
        _ => json!({ "verdict": "unknown to this runner" }),
    };
    with(json!({ "line": line.line }), verdict)
}

pub(super) fn guest(guest: &BetaGuest) -> Value {
    json!({ "user_name": guest.user_name, "code": guest.code.to_string(), "used_at": guest.used_at.map(time) })
}

pub(super) fn configuration(configuration: &Configuration) -> Value {
    json!({ "answers": configuration.answers, "started_at": configuration.started_at.map(time) })
}

pub(super) fn notice(notice: &Notice) -> Value {
    json!({
        "key": notice.key,
        "at": time(notice.at),
        "product": notice.product,
        "subject": super::billing::subject(&notice.subject),
    })
}

/// A page of a list, and the cursor of the next one.
pub(super) fn page(list: impl IntoIterator<Item = Value>, next: Option<impl Serialize>) -> Value {
    with(items(list), json!({ "next": next }))
}

/// A whole list.
pub(super) fn items(items: impl IntoIterator<Item = Value>) -> Value {
    json!({ "items": items.into_iter().collect::<Value>() })
}
