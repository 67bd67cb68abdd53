//! What an import says of each line.

use crate::macros::{arguments, shape, words};
use crate::plain::count;
use crate::shapes::Limit;
use fleet_core::device::import::{self, Verdict};

shape! {
    /// A verdict for each line of a list, in the order of the file.
    pub struct ImportReport {
        /// One for each line that is not blank and not the header.
        pub lines: Vec<ImportLine>,
        /// How many lines had which verdict.
        pub counts: ImportCounts,
        /// Which line was taken as the header of its columns.
        pub header_line: Option<u32>,
        /// Why none was added, where the good ones do not all fit the tier.
        pub refused: Option<Limit>,
    }
}

words! {
    /// What became of a line of a list.
    pub enum ImportVerdict {
        /// Added, or would be.
        Imported = "imported",
        /// Already in this product.
        AlreadyHere = "already_here",
        /// The same device as on an earlier line.
        Duplicate = "duplicate",
        /// In another product.
        InAnotherProduct = "in_another_product",
        /// Claimed by somebody outside the team.
        ClaimedOutsideTeam = "claimed_outside_team",
        /// The list names another product for it.
        NamesAnotherProduct = "names_another_product",
        /// Its hardware is not the product's.
        WrongPlatform = "wrong_platform",
        /// Not among the registered devices, where the product takes only these.
        UnknownId = "unknown_id",
        /// Good, but the list does not fit the tier.
        OverDeviceLimit = "over_device_limit",
        /// An id of the wrong length.
        WrongLength = "wrong_length",
        /// An id with a character that is no hexadecimal digit.
        NotHex = "not_hex",
        /// A number that a spreadsheet made of an id.
        SpreadsheetNumber = "spreadsheet_number",
        /// An id of only zeros or only `f`.
        UnsetId = "unset_id",
        /// A serial number in place of an id.
        SerialNumber = "serial_number",
        /// A serial number with the secret of the device's sticker.
        SerialAndSecret = "serial_and_secret",
        /// An IMEI in place of an id.
        Imei = "imei",
        /// An ICCID in place of an id.
        Iccid = "iccid",
        /// More than one id.
        SeveralIds = "several_ids",
        /// A quote that does not end.
        UnterminatedQuote = "unterminated_quote",
        /// Bytes that are no text.
        Undecodable = "undecodable",
        /// A field that is too long.
        TooLong = "too_long",
        /// No field in the column of ids.
        MissingField = "missing_field",
        /// One that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// A line of a list, and what became of it.
    pub struct ImportLine {
        /// The line's number, from 1.
        pub line: u32,
        /// The id that was read; none where none could be.
        pub device: Option<String>,
        /// What became of it.
        pub verdict: ImportVerdict,
        /// The same in a sentence.
        pub message: String,
        /// With `duplicate`: the line that has the same id.
        pub duplicate_of: Option<u32>,
        /// With `wrong_platform`: what its hardware is known to be.
        pub known: Option<String>,
    }
}

shape! {
    /// How many lines had which verdict.
    pub struct ImportCounts {
        /// Added, or would be.
        pub imported: i64,
        /// Already in the product.
        pub already_here: i64,
        /// Duplicates of earlier lines.
        pub duplicates: i64,
        /// Every other line.
        pub refused: i64,
    }
}

shape! {
    /// How far an import is.
    pub struct ImportProgress {
        /// Devices added.
        pub added: i64,
        /// Devices to add in all.
        pub to_add: i64,
    }
}

arguments! {
    /// A device of a manufacturing list.
    pub struct ListedDevice {
        required {
            /// Its id.
            device: String,
        }
        optional {
            /// Its hardware.
            platform: String,
        }
    }
}

impl From<&import::ImportReport> for ImportReport {
    fn from(report: &import::ImportReport) -> Self {
        let counts = report.counts();
        Self {
            lines: report.lines.iter().map(ImportLine::from).collect(),
            counts: ImportCounts {
                imported: count(counts.imported),
                already_here: count(counts.already_here),
                duplicates: count(counts.duplicates),
                refused: count(counts.refused),
            },
            header_line: report.header_line,
            refused: report.refused.as_ref().map(Limit::from),
        }
    }
}

impl From<&import::LineVerdict> for ImportLine {
    fn from(line: &import::LineVerdict) -> Self {
        let (duplicate_of, known) = match &line.verdict {
            Verdict::DuplicateOf { line } => (Some(*line), None),
            Verdict::WrongPlatform { known } => (None, Some(String::from((**known).clone()))),
            _ => (None, None),
        };
        Self {
            line: line.line,
            device: line.device.map(|id| id.to_string()),
            verdict: line.verdict.code().parse().unwrap_or(ImportVerdict::Other),
            message: line.verdict.to_string(),
            duplicate_of,
            known,
        }
    }
}

impl From<import::ImportProgress> for ImportProgress {
    fn from(progress: import::ImportProgress) -> Self {
        Self { added: count(progress.added), to_add: count(progress.to_add) }
    }
}
