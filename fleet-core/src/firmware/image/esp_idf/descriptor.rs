//! Parses the descriptor of an application.

use crate::cursor::Cursor;
use crate::firmware::Sha256;

const APP_MAGIC: u32 = 0xABCD_5432;
const SIZE: usize = 256;

/// The facts that the application states about itself. Texts end at their first NUL; bytes that are not UTF-8 become
/// U+FFFD.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppDescriptor {
    /// The security counter: a chip that has fused a higher one does not boot this image.
    pub secure_version: u32,
    /// The application's own version; any text.
    pub version: String,
    /// The project's name.
    pub project_name: String,
    /// Time of compilation.
    pub time: String,
    /// Date of compilation.
    pub date: String,
    /// Version of ESP-IDF.
    pub idf_version: String,
    /// SHA-256 of the ELF file from which it was made.
    pub elf_sha256: Sha256,
    /// Revisions of the chip's fuse block that it runs with, 100 × major + minor, inclusive.
    pub fuse_block_revisions: (u16, u16),
    /// Page size of the memory mapping, as a power of two; 0 in images from before the field was introduced.
    pub mmu_page_exponent: u8,
}

impl AppDescriptor {
    /// Whether a segment begins with a descriptor, complete or not.
    pub(super) fn begins(segment: &[u8]) -> bool {
        segment.starts_with(&APP_MAGIC.to_le_bytes())
    }

    /// The first descriptor of a segment, wherever the linker placed it. The magic number alone is not enough.
    pub(super) fn find(segment: &[u8]) -> Option<Self> {
        let magic = APP_MAGIC.to_le_bytes();
        memchr::memmem::find_iter(segment, &magic)
            .filter(|at| at % 4 == 0)
            .filter_map(|at| segment.get(at..))
            .find_map(|bytes| Self::read(bytes).filter(|_| has_texts(bytes)))
    }

    /// Parses the descriptor at the beginning of a segment.
    pub(super) fn read(segment: &[u8]) -> Option<Self> {
        let mut fields = Cursor::new(segment.get(..SIZE)?);
        if fields.u32()? != APP_MAGIC {
            return None;
        }
        let secure_version = fields.u32()?;
        let _reserved = fields.take(8)?;
        Some(Self {
            secure_version,
            version: text(fields.take(32)?),
            project_name: text(fields.take(32)?),
            time: text(fields.take(16)?),
            date: text(fields.take(16)?),
            idf_version: text(fields.take(32)?),
            elf_sha256: Sha256::new(fields.array()?),
            fuse_block_revisions: (fields.u16()?, fields.u16()?),
            mmu_page_exponent: fields.u8()?,
        })
    }
}

/// Whether the texts of a descriptor end with NULs and contain only printable characters before them.
fn has_texts(descriptor: &[u8]) -> bool {
    let Some(texts) = descriptor.get(16..144) else { return false };
    let (mut fields, lengths) = (Cursor::new(texts), [32, 32, 16, 16, 32]);
    lengths.iter().all(|length| {
        let field = fields.take(*length).unwrap_or_default();
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        let (text, filler) = field.split_at_checked(end).unwrap_or((field, &[]));
        filler.iter().all(|byte| *byte == 0) && !text.iter().any(u8::is_ascii_control)
    }) && texts.iter().any(|byte| *byte != 0)
}

/// Whether a segment begins with the description of an ESP-IDF bootloader: its magic number and two reserved bytes.
pub(super) fn begins_a_bootloader(segment: &[u8]) -> bool {
    segment.starts_with(&[0x50, 0, 0])
}

fn text(field: &[u8]) -> String {
    let text = field.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}
