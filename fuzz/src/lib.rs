//! Corrects checksums in inputs; shared by the fuzz targets.
//!
//! A CRC or hash rejects nearly every mutated input, so the code after that check would never be fuzzed. Therefore the
//! first byte of an input says whether its checksums are corrected before it is read.

use sha2::{Digest, Sha256};

/// Removes the first byte. If it is odd, corrects the checksums of the rest with `seal`.
pub fn input(bytes: &[u8], seal: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let Some((choice, rest)) = bytes.split_first() else { return Vec::new() };
    let mut rest = rest.to_vec();
    if choice & 1 == 1 {
        seal(&mut rest);
    }
    rest
}

/// Writes the SHA-256 and the CRC at the end of a Particle module.
pub fn seal_particle(bytes: &mut [u8]) {
    let Some(hashed) = bytes.len().checked_sub(38) else { return };
    let hash = Sha256::digest(&bytes[..hashed]);
    bytes[hashed..hashed + 32].copy_from_slice(&hash);
    let end = bytes.len() - 4;
    let crc = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&crc.to_be_bytes());
}

/// Writes the checksum and the SHA-256 of an ESP image, at the positions that its segments imply.
pub fn seal_esp_idf(bytes: &mut [u8]) {
    let (mut at, mut sum) = (24, 0xEF);
    for _ in 0..bytes.get(1).copied().unwrap_or(0) {
        let Some(length) = u32_at(bytes, at + 4) else { return };
        let Some(segment) = bytes.get(at + 8..).and_then(|rest| rest.get(..length)) else { return };
        sum = segment.iter().fold(sum, |sum, byte| sum ^ byte);
        at += 8 + length;
    }
    let Some(checksum) = bytes.get_mut(at | 15) else { return };
    *checksum = sum;
    let end = (at | 15) + 1;
    let hash = Sha256::digest(&bytes[..end]);
    if let Some(stored) = bytes.get_mut(end..end + 32) {
        stored.copy_from_slice(&hash);
    }
}

/// Writes the SHA-256 of an MCUboot image, in the first entry of that type after the protected area.
pub fn seal_mcuboot(bytes: &mut [u8]) {
    let (Some(header), Some(protected)) = (u16_at(bytes, 8), u16_at(bytes, 10)) else { return };
    let Some(firmware) = u32_at(bytes, 12) else { return };
    let hashed = header + firmware + protected;
    let mut at = hashed + 4;
    while let (Some(kind), Some(length)) = (u16_at(bytes, at), u16_at(bytes, at + 2)) {
        if kind == 0x10 && length == 32 {
            let hash = Sha256::digest(&bytes[..hashed]);
            if let Some(stored) = bytes.get_mut(at + 4..at + 36) {
                stored.copy_from_slice(&hash);
            }
            return;
        }
        at += 4 + length;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}
