//! Laws about large keys, records and calls, up to the sizes that a fleet uses.

use super::probe::{Finding, Probe, absent, commit, delete, put, same, same_list};
use super::samples::{account, device_key, moments, numbered, product};
use crate::audit::AuditRecord;
use crate::store::CommitOutcome::Applied;
use crate::store::{AuditId, Key, Range, Record, Row};
use crate::team::{Actor, Command};
use std::sync::Arc;

/// The longest text in a key is an e-mail address, of 254 bytes.
const LONGEST: usize = 254;

/// A product's firmware index is one row, and grows by about 500 bytes an upload.
const SIZES: [usize; 7] = [4_096, 32_767, 65_000, 65_535, 65_536, 70_000, 300_000];

pub(super) fn long_keys_read_back(probe: &Probe<'_>) -> Finding {
    // Keys that differ only in their last byte, and one that is a prefix of another.
    let texts = [("a", LONGEST), ("b", LONGEST), ("é", LONGEST - 1), ("a", LONGEST - 1)];
    let keys: Vec<Key> = texts
        .into_iter()
        .map(|(last, length)| Key::Email(Arc::from(format!("{}{last}", "a".repeat(length - last.len())))))
        .chain([Key::Email(Arc::from("é".repeat(LONGEST / 2)))])
        .collect();
    let rows: Vec<Row> = (1..)
        .zip(&keys)
        .map(|(number, key)| Row { key: key.clone(), record: Record::Email(account(number)), stamp: probe.stamp() })
        .collect();
    for row in &rows {
        let made = commit([absent(&row.key)], [put(&row.key, &row.record, row.stamp)]);
        same(&format!("a commit that puts {:?}", row.key), &probe.outcome(made)?, &Applied)?;
    }
    same_list("rows of long keys", &probe.get(&keys)?, &rows.iter().cloned().map(Some).collect::<Vec<_>>())?;
    let mut sorted = rows;
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    if let [first, .., last] = &*sorted {
        let all = Range::new(first.key.clone(), last.key.clone());
        same_list("a scan of long keys", &probe.scan(&all)?, &sorted)?;
        probe.write(vec![delete(&first.key)])?;
        same_list("a scan of what is left", &probe.scan(&all)?, sorted.get(1..).unwrap_or_default())?;
    }
    Ok(())
}

pub(super) fn large_records_read_back(probe: &Probe<'_>) -> Finding {
    for (at, size) in moments().cycle().zip(SIZES) {
        for text in ["x", "ß", "\"\\"] {
            let subject = text.repeat(size / text.len());
            let record = Record::Audit(Arc::new(AuditRecord::new(at, Actor::Operator, Command::ReadProduct, subject)));
            let key = Key::Audit(product(1), AuditId { at, nonce: size as u64 });
            let stamp = probe.put(&key, &record)?;
            probe.holds(&key, Some((&record, stamp)))?;
            let alone = probe.scan(&Range::new(key.clone(), key.clone()))?;
            same_list("a scan of a large record", &alone, &[Row { key, record, stamp }])?;
        }
    }
    Ok(())
}

/// As many checks and writes as an import of 8,192 devices has, and as many keys as a batch of connects reads.
pub(super) fn many_rows_read_back(probe: &Probe<'_>) -> Finding {
    let keys: Vec<Key> = (0..16_384).map(|number| device_key(1 + number / 60_000, number)).collect();
    let checks: Vec<_> = keys.iter().map(absent).collect();
    let writes: Vec<_> = keys.iter().map(|key| put(key, &numbered(key, 1), probe.stamp())).collect();
    same("a commit of 16,384 rows", &probe.outcome(commit(checks, writes))?, &Applied)?;
    let rows = probe.get(&keys)?;
    same("the number of rows that exist", &rows.iter().flatten().count(), &keys.len())
}
