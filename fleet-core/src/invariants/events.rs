//! A product's log of events against the heads of its slots, and its months of messages against their limit.

use super::Findings;
use crate::billing::{Catalogue, Resource};
use crate::event::{EventLog, Position, SLOTS};
use crate::product::Product;
use crate::store::{Key, Range, Record, StoreError};
use crate::time::Timestamp;

pub(super) fn check(findings: &mut Findings<'_>, catalogue: &Catalogue, product: &Product) -> Result<(), StoreError> {
    for slot in 0..SLOTS {
        log(findings, product, slot)?;
    }
    let mut months = Vec::new();
    let range = Range::new(Key::UsageMonth(product.id, 0), Key::UsageMonth(product.id, u32::MAX));
    findings.each(&range, |key, record| {
        if let (Key::UsageMonth(_, month), Record::UsageMonth(usage)) = (key, record) {
            months.push((*month, usage.granted()));
        }
    })?;
    for (month, granted) in months {
        let within = catalogue.check_product(product, Resource::Messages, 0, granted).is_ok();
        findings.ensure("R-EVT-6", within, || {
            format!("product {} has {granted} messages given out in its month {month}, over its tier", product.id)
        });
    }
    Ok(())
}

/// What is in one slot.
#[derive(Default)]
struct Slot {
    first: Option<u64>,
    next: u64,
    events: u64,
    last_at: Option<Timestamp>,
    goes_back: bool,
    ids: Vec<(Key, Position)>,
}

/// That a slot's events are those that its head says, without a gap, in order, and each found by its id.
fn log(findings: &mut Findings<'_>, product: &Product, slot: u8) -> Result<(), StoreError> {
    let id = product.id;
    let head = match findings.store.get(&[Key::EventLog(id, slot)])?.into_iter().next().flatten().map(|row| row.record)
    {
        Some(Record::EventLog(head)) => head,
        _ => EventLog::default(),
    };
    let mut found = Slot::default();
    let range = Key::events(id, slot);
    let mut page = range.limit(1024);
    // In order, which `for_each` does not promise.
    loop {
        let rows = findings.store.scan(&page)?;
        let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
        for row in rows {
            if let (Key::Event(_, slot, sequence), Record::Event(event)) = (row.key, row.record) {
                found.first.get_or_insert(sequence);
                found.next = sequence.saturating_add(1);
                found.events += 1;
                found.goes_back |= found.last_at.is_some_and(|last| event.at < last);
                found.last_at = Some(event.at);
                let key = event.id_hash().map(|hash| Key::EventId(id, hash));
                found.ids.extend(key.map(|key| (key, Position::new(slot, sequence))));
            }
        }
        page = page.after(last);
    }
    let what = format!("events in slot {slot} of product {id}");
    findings.same(
        "R-EVT-8",
        &what,
        (head.first, head.next),
        (found.first.unwrap_or(head.first), found.next.max(head.first)),
    );
    findings.same("R-EVT-8", &what, head.len(), found.events);
    findings.ensure("R-EVT-8", !found.goes_back, || format!("{what}: their moments go back"));
    for (key, position) in found.ids {
        let leads = findings.store.get(&[key])?.into_iter().next().flatten().map(|row| row.record);
        let so = leads == Some(Record::EventId(position));
        findings.ensure("R-EVT-7", so, || format!("{what}: the id of one leads elsewhere"));
    }
    Ok(())
}
