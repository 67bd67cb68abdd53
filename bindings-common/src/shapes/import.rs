//! The results of an import for each line.

use crate::macros::{arguments, shape, words};
use crate::plain::count;
use crate::shapes::Limit;
use fleet_core::device::import::{self, Verdict};

shape! {
    /// A verdict for each line of a list, in the order of the file.
    pub struct ImportReport {
        /// One for each line that is not blank and not the header.
        pub lines: Vec<ImportLine>,
        /// Number of lines for each verdict.
        pub counts: ImportCounts,
        /// The line that was read as the header of the columns.
        pub header_line: Option<u32>,
        /// Why no device was added, if the valid ones do not all fit the tier.
        pub refused: Option<Limit>,
    }
}

words! {
    /// Verdict on a line of a list.
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
        /// Not among the registered devices, and the product accepts only these.
        UnknownId = "unknown_id",
        /// Valid, but the list does not fit the tier.
        OverDeviceLimit = "over_device_limit",
        /// An id of the wrong length.
        WrongLength = "wrong_length",
        /// An id with a character that is not a hexadecimal digit.
        NotHex = "not_hex",
        /// A number that a spreadsheet made of an id.
        SpreadsheetNumber = "spreadsheet_number",
        /// An id of only zeros or only `f`.
        UnsetId = "unset_id",
        /// A serial number instead of an id.
        SerialNumber = "serial_number",
        /// A serial number with the secret of the device's sticker.
        SerialAndSecret = "serial_and_secret",
        /// An IMEI instead of an id.
        Imei = "imei",
        /// An ICCID instead of an id.
        Iccid = "iccid",
        /// More than one id.
        SeveralIds = "several_ids",
        /// A quote without its end.
        UnterminatedQuote = "unterminated_quote",
        /// Bytes that are not text.
        Undecodable = "undecodable",
        /// A field that is too long.
        TooLong = "too_long",
        /// No field in the id column.
        MissingField = "missing_field",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// A line of a list, with its verdict.
    pub struct ImportLine {
        /// The line's number, from 1.
        pub line: u32,
        /// The id on the line. Absent if none could be read.
        pub device: Option<String>,
        /// The result.
        pub verdict: ImportVerdict,
        /// The same as a sentence.
        pub message: String,
        /// With `duplicate`: the earlier line with the same id.
        pub duplicate_of: Option<u32>,
        /// With `wrong_platform`: its known hardware.
        pub known: Option<String>,
    }
}

shape! {
    /// Number of lines for each verdict.
    pub struct ImportCounts {
        /// Added, or would be.
        pub imported: i64,
        /// Already in the product.
        pub already_here: i64,
        /// Duplicates of earlier lines.
        pub duplicates: i64,
        /// Number of other lines.
        pub refused: i64,
    }
}

shape! {
    /// Progress of an import.
    pub struct ImportProgress {
        /// Number of devices added.
        pub added: i64,
        /// Number of devices to add in total.
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
