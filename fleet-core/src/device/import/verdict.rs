//! The verdict of each line of an import, and the rule for which devices may join. Pure.

use super::Malformed;
use crate::LimitExceeded;
use crate::device::{DeviceId, Registration};
use crate::product::{Platform, Product, ProductId};
use crate::team::{Claimant, Team};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The result of an import: a verdict per line, in the order of the file (R-IMP-5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportReport {
    /// One verdict for each line that is neither blank nor the header.
    pub lines: Vec<LineVerdict>,
    /// The number of the line that was read as the header, if any.
    pub header_line: Option<u32>,
    /// Why no device was added, if the valid lines do not all fit the tier (R-IMP-6).
    pub refused: Option<LimitExceeded>,
}

/// A line's verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineVerdict {
    /// The line's number in the file, from 1.
    pub line: u32,
    /// The id on the line; `None` if none could be read.
    pub device: Option<DeviceId>,
    /// The verdict.
    pub verdict: Verdict,
}

/// The verdict of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The device was added, or would be added.
    Imported,
    /// The device is already in this product: nothing was changed.
    AlreadyHere,
    /// An earlier line has the same device.
    DuplicateOf {
        /// The number of the earlier line.
        line: u32,
    },
    /// The device is in another product; the verdict does not say which.
    InAnotherProduct,
    /// The device was claimed by somebody who is not on this product's team.
    ClaimedOutsideTeam,
    /// The list names another product for the device.
    NamesAnotherProduct {
        /// The product that the list names.
        named: u32,
        /// The product that the list is imported into.
        here: ProductId,
    },
    /// The device is known to have another platform.
    WrongPlatform {
        /// The known platform.
        known: Box<Platform>,
    },
    /// The host has not registered the device, and the product accepts only registered devices (R-IMP-12).
    UnknownId,
    /// The line contains no readable id.
    Malformed(Malformed),
    /// The device could be added, but the file's devices do not all fit the tier.
    OverDeviceLimit,
}

/// Number of lines by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportCounts {
    /// Devices that were added, or would be added.
    pub imported: u64,
    /// Already in the product.
    pub already_here: u64,
    /// Duplicates of earlier lines.
    pub duplicates: u64,
    /// Every other line.
    pub refused: u64,
}

impl ImportReport {
    /// Returns the number of lines by verdict.
    pub fn counts(&self) -> ImportCounts {
        let mut counts = ImportCounts::default();
        for line in &self.lines {
            let count = match line.verdict {
                Verdict::Imported => &mut counts.imported,
                Verdict::AlreadyHere => &mut counts.already_here,
                Verdict::DuplicateOf { .. } => &mut counts.duplicates,
                _ => &mut counts.refused,
            };
            *count += 1;
        }
        counts
    }
}

impl Verdict {
    /// A stable code of the verdict; for a malformed line, the code of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::AlreadyHere => "already_here",
            Self::DuplicateOf { .. } => "duplicate",
            Self::InAnotherProduct => "in_another_product",
            Self::ClaimedOutsideTeam => "claimed_outside_team",
            Self::NamesAnotherProduct { .. } => "names_another_product",
            Self::WrongPlatform { .. } => "wrong_platform",
            Self::UnknownId => "unknown_id",
            Self::Malformed(malformed) => malformed.code(),
            Self::OverDeviceLimit => "over_device_limit",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Imported => f.write_str("imported"),
            Self::AlreadyHere => f.write_str("already in this product"),
            Self::DuplicateOf { line } => write!(f, "the same device as on line {line}"),
            Self::InAnotherProduct => f.write_str("in another product: remove it there first"),
            Self::ClaimedOutsideTeam => f.write_str("claimed by somebody outside the team: they must unclaim it first"),
            Self::NamesAnotherProduct { named, here } => {
                write!(
                    f,
                    "the list names product {named} for it, this is product {here}: import it there, or correct the list"
                )
            }
            Self::WrongPlatform { known } => {
                write!(f, "its hardware is {known}, not this product's: import it into a product of that hardware")
            }
            Self::UnknownId => {
                f.write_str("not among the registered devices: check the id, or have it registered first")
            }
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::OverDeviceLimit => f.write_str(
                "the device is valid, but the list does not fit the tier: take a larger tier, or shorten the list",
            ),
        }
    }
}

/// Whether a device may join a product, by its entry in the registry (R-IMP-3, R-IMP-4, R-IMP-12).
pub(crate) fn judge(product: &Product, team: &Team, entry: Option<&Registration>) -> Verdict {
    let nothing = Registration::default();
    let entry = entry.unwrap_or(&nothing);
    match (entry.product, entry.claimed_by, &entry.platform) {
        (Some(home), ..) if home == product.id => Verdict::AlreadyHere,
        (Some(_), ..) => Verdict::InAnotherProduct,
        (None, Some(Claimant::Customer(..)), _) => Verdict::ClaimedOutsideTeam,
        (None, Some(Claimant::Account(account)), _) if !team.members.contains(&account) => Verdict::ClaimedOutsideTeam,
        (.., Some(known)) if *known != product.platform => Verdict::WrongPlatform { known: Box::new(known.clone()) },
        _ if product.policy.known_ids_only && !entry.registered => Verdict::UnknownId,
        _ => Verdict::Imported,
    }
}
