//! Reads any bytes as a device list: no panic, and the answers keep R-IMP-5.
#![no_main]

use fleet_core::DeviceId;
use fleet_core::device::import::{DeviceList, ListLine};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check(data));

fn check(data: &[u8]) {
    let Ok(list) = DeviceList::read(data) else { return };
    let lines: Vec<ListLine> = list.lines().collect();

    assert!(lines.len() <= data.len());
    let first = list.header_line().unwrap_or(0);
    assert!(lines.first().is_none_or(|line| line.number > first));
    assert!(lines.is_sorted_by(|one, next| one.number < next.number), "line numbers do not increase: {lines:?}");
    assert!(lines.iter().all(|line| line.number as usize <= data.len()));
    for line in &lines {
        match line.content {
            Ok(id) => assert_eq!(id.to_string().parse::<DeviceId>(), Ok(id)),
            Err(malformed) => assert!(!malformed.to_string().is_empty() && !malformed.code().is_empty()),
        }
    }
    every_bare_id_is_answered(data, &lines);
    line_ends_do_not_matter(data, list.header_line(), &lines);
}

/// A line that is only an id is never lost, whatever is around it. Exceptions: a quoted field that spans lines, and an
/// id column that a header places elsewhere.
fn every_bare_id_is_answered(data: &[u8], lines: &[ListLine]) {
    if data.starts_with(b"\xFF\xFE") || data.starts_with(b"\xFE\xFF") {
        return;
    }
    for (text, number) in data.split(|byte| *byte == b'\n').zip(1..) {
        if !data.contains(&b'\r') && DeviceId::from_hex(text).is_some() {
            assert!(lines.iter().any(|line| line.number == number), "line {number} has an id and no answer: {lines:?}");
        }
    }
}

/// CR LF, CR and LF give the same answers. Inputs with quotes are left out, because a quoted field may contain line
/// ends; so is UTF-16, in which these bytes mean something else.
fn line_ends_do_not_matter(data: &[u8], header: Option<u32>, lines: &[ListLine]) {
    if data.contains(&b'\r') || data.contains(&b'"') || data.starts_with(b"\xFF\xFE") || data.starts_with(b"\xFE\xFF") {
        return;
    }
    for end in [&b"\r\n"[..], b"\r"] {
        let other: Vec<u8> = data.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(end);
        let list = DeviceList::read(&other).expect("the same text with other line ends is as readable");
        assert_eq!(list.header_line(), header);
        assert_eq!(list.lines().collect::<Vec<_>>(), lines);
    }
}
