//! Compares a product's event log with the heads of its slots, and its monthly messages with their limit.

use super::Findings;
use crate::billing::{Catalogue, Resource};
use crate::event::{EventLog, SLOTS};
use crate::product::Product;
use crate::store::{Key, Range, Record, StoreError};
use crate::time::Timestamp;

pub(super) fn check(findings: &mut Findings<'_>, catalogue: &Catalogue, product: &Product) -> Result<(), StoreError> {
    for slot in 0..SLOTS {
        log(findings, product, slot)?;
    }
    ids(findings, product)?;
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
            format!("product {} has {granted} messages granted in its month {month}, over its tier", product.id)
        });
    }
    Ok(())
}

/// Contents of one slot.
#[derive(Default)]
struct Slot {
    first: Option<u64>,
    next: u64,
    events: u64,
    last: Option<(u64, Timestamp)>,
    goes_back: bool,
}

/// Checks that a slot contains the events that its head declares, without a gap, in order, and each found by its id.
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
    // Sorted, which `for_each` does not guarantee.
    loop {
        let rows = findings.store.scan(&page)?;
        let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
        for row in rows {
            if let (Key::Event(_, _, sequence), Record::Event(event)) = (row.key, row.record) {
                found.first.get_or_insert(sequence);
                found.next = sequence.saturating_add(1);
                found.events += 1;
                let order = (event.era, event.at);
                found.goes_back |= found.last.is_some_and(|last| order < last);
                found.last = Some(order);
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
    findings.ensure("R-EVT-8", !found.goes_back, || format!("{what}: their moments decrease"));
    Ok(())
}

/// Checks that each id refers to an event that has it, or to a trimmed one.
fn ids(findings: &mut Findings<'_>, product: &Product) -> Result<(), StoreError> {
    let id = product.id;
    let mut leads = Vec::new();
    findings.each(&Range::new(Key::EventId(id, [0; 16]), Key::EventId(id, [0xFF; 16])), |key, record| {
        if let (Key::EventId(_, hash), Record::EventId(to)) = (key, record) {
            leads.push((*hash, to.slot, to.sequence));
        }
    })?;
    for (hash, slot, sequence) in leads {
        let keys = [Key::Event(id, slot, sequence), Key::EventLog(id, slot)];
        let [event, head] = <[_; 2]>::try_from(findings.store.get(&keys)?).unwrap_or_default();
        let so = match (event.map(|row| row.record), head.map(|row| row.record)) {
            (Some(Record::Event(event)), _) => event.has_id_hash(hash),
            (_, Some(Record::EventLog(head))) => sequence < head.first,
            _ => false,
        };
        findings.ensure("R-EVT-7", so, || format!("an id of product {id} refers to another event"));
    }
    Ok(())
}
