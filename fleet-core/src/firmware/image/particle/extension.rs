//! Parses extensions of a Particle module: typed additions to its prefix and suffix.

use super::prefix::{Dependency, ModuleFunction};
use crate::cursor::Cursor;

/// One extension. On the wire: type u16, length u16 (including these four bytes), content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The type as stored.
    pub kind: u16,
    /// Its position in bytes, from the start of the prefix for an extension of the prefix, or of the file for one of
    /// the suffix.
    pub offset: usize,
    /// All its bytes, including type and length.
    pub bytes: Vec<u8>,
    /// The parsed content, if the type is known.
    pub content: Content,
}

/// The content of an [`Extension`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// Type 0: no more extensions follow.
    End,
    /// Type 1: the product for which this firmware was compiled.
    Product {
        /// The product's id; 65535 if unset.
        id: u16,
        /// The product version; 65535 if unset.
        version: u16,
    },
    /// Type 2: the location of a relocatable module.
    DynamicLocation {
        /// Start address of the module.
        module_start: u32,
        /// The address to which its dynamic library is loaded.
        library_load: u32,
        /// The address at which its dynamic library starts.
        library_start: u32,
    },
    /// Type 3: another module that this one needs.
    Dependency {
        /// The needed module.
        dependency: Dependency,
        /// The processor on which it runs.
        target: u32,
    },
    /// Type 16: the hash of the content before compression.
    Hash {
        /// 0 is SHA-256.
        algorithm: u8,
        /// The stated length of the hash, in bytes.
        stated_length: u8,
        /// The hash.
        hash: Vec<u8>,
    },
    /// Type 17: the name of an asset.
    Name(
        /// The name, with bytes that are not UTF-8 replaced by U+FFFD.
        String,
    ),
    /// Type 18: an asset that this firmware needs.
    AssetDependency {
        /// 0 is SHA-256.
        algorithm: u8,
        /// The asset's hash.
        hash: Vec<u8>,
        /// The asset's name, with bytes that are not UTF-8 replaced by U+FFFD.
        name: String,
    },
    /// Type 19: whether the device must run in protected mode.
    SecurityMode {
        /// 0 none, 1 protected.
        mode: u8,
        /// The certificate; empty if there is none.
        certificate: Vec<u8>,
    },
    /// Type 20: the purpose of an asset; 0 is the default.
    AssetType(u8),
    /// An unknown type.
    Unknown,
}

/// Why a list of extensions could not be parsed to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtensionFault {
    /// The length is below the four bytes that every extension has. A length of 0 would cause an endless loop.
    #[error("the extension at byte {offset} states a length of {length}, the least is 4")]
    Length {
        /// The position of the extension, as in [`Extension::offset`].
        offset: usize,
        /// The stated length.
        length: u16,
    },
    /// The extension ends after its area.
    #[error("the extension at byte {offset} states a length of {length}, its area has {remaining} bytes left")]
    Overrun {
        /// The position of the extension, as in [`Extension::offset`].
        offset: usize,
        /// The stated length.
        length: u16,
        /// Number of bytes left in the area.
        remaining: usize,
    },
    /// The content is shorter than the fields of its type.
    #[error("the extension of type {kind} at byte {offset} has {length} bytes, too few for its fields")]
    Content {
        /// The type.
        kind: u16,
        /// The position of the extension, as in [`Extension::offset`].
        offset: usize,
        /// The stated length.
        length: u16,
    },
    /// There are more than [`MAX_EXTENSIONS`].
    #[error("more than {MAX_EXTENSIONS} extensions")]
    TooMany,
    /// The extensions of a prefix do not end with an end extension, which is required.
    #[error("the extensions of the prefix have no end")]
    NoEnd,
}

/// Maximum number of extensions in one area.
pub const MAX_EXTENSIONS: usize = 256;

/// The extensions of one area, and why parsing stopped early, if it did.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions {
    pub(super) found: Vec<Extension>,
    pub(super) fault: Option<ExtensionFault>,
    /// Number of bytes read.
    pub(super) size: usize,
}

/// The type of an extension that is only padding: parsing stops there without a fault.
const PADDING: u16 = 0xFFFF;

impl Extensions {
    /// Parses the extensions in `area`, which begins at `offset`.
    pub(super) fn read(area: &[u8], offset: usize) -> Self {
        let mut read = Self::default();
        let mut cursor = Cursor::new(area);
        while !cursor.rest().is_empty() {
            match next(&mut cursor, offset.saturating_add(read.size)) {
                Ok(None) => break,
                Ok(Some(_)) if read.found.len() == MAX_EXTENSIONS => {
                    read.fault = Some(ExtensionFault::TooMany);
                    break;
                }
                Ok(Some(extension)) => {
                    read.size = area.len().saturating_sub(cursor.rest().len());
                    let last = extension.content == Content::End;
                    read.found.push(extension);
                    if last {
                        break;
                    }
                }
                Err(fault) => {
                    read.fault = Some(fault);
                    break;
                }
            }
        }
        read
    }

    /// Parses the extensions of a prefix. The last one must be an end extension.
    pub(super) fn read_closed(area: &[u8], offset: usize) -> Self {
        let mut read = Self::read(area, offset);
        if read.found.last().is_none_or(|last| last.content != Content::End) {
            read.fault = read.fault.or(Some(ExtensionFault::NoEnd));
        }
        read
    }
}

fn next(cursor: &mut Cursor<'_>, offset: usize) -> Result<Option<Extension>, ExtensionFault> {
    let remaining = cursor.rest().len();
    let mut head = cursor.clone();
    let (Some(kind), Some(length)) = (head.u16(), head.u16()) else {
        return Err(ExtensionFault::Overrun { offset, length: 4, remaining });
    };
    if kind == PADDING {
        return Ok(None);
    }
    let Some(content_length) = usize::from(length).checked_sub(4) else {
        return Err(ExtensionFault::Length { offset, length });
    };
    let overrun = ExtensionFault::Overrun { offset, length, remaining };
    let content = head.take(content_length).ok_or(overrun)?;
    let bytes = cursor.take(usize::from(length)).ok_or(overrun)?.to_vec();
    let content = Content::read(kind, content).ok_or(ExtensionFault::Content { kind, offset, length })?;
    Ok(Some(Extension { kind, offset, bytes, content }))
}

impl Content {
    fn read(kind: u16, content: &[u8]) -> Option<Self> {
        let mut fields = Cursor::new(content);
        Some(match kind {
            0x00 => Self::End,
            0x01 => {
                let _reserved = fields.u16()?;
                Self::Product { id: fields.u16()?, version: fields.u16()? }
            }
            0x02 => Self::DynamicLocation {
                module_start: fields.u32()?,
                library_load: fields.u32()?,
                library_start: fields.u32()?,
            },
            0x03 => Self::Dependency {
                dependency: Dependency {
                    function: ModuleFunction::from(fields.u8()?),
                    index: fields.u8()?,
                    version: fields.u16()?,
                },
                target: fields.u32()?,
            },
            0x10 => Self::Hash { algorithm: fields.u8()?, stated_length: fields.u8()?, hash: fields.rest().to_vec() },
            0x11 => Self::Name(text(fields.rest())),
            0x12 => {
                let (algorithm, length) = (fields.u8()?, fields.u8()?);
                let hash = fields.take(usize::from(length))?.to_vec();
                Self::AssetDependency { algorithm, hash, name: text(fields.rest()) }
            }
            0x13 => Self::SecurityMode { mode: fields.u8()?, certificate: fields.rest().to_vec() },
            0x14 => Self::AssetType(fields.u8()?),
            _ => Self::Unknown,
        })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(count: usize) -> Vec<u8> {
        [0x00, 0x70, 0x04, 0x00].repeat(count)
    }

    #[test]
    fn a_length_below_four_stops_with_a_fault() {
        for length in 0..4 {
            let read = Extensions::read(&[0x01, 0x00, length, 0x00, 0, 0, 0, 0], 8);
            assert_eq!(read.fault, Some(ExtensionFault::Length { offset: 8, length: u16::from(length) }));
            assert_eq!(read.found, []);
        }
    }

    #[test]
    fn an_extension_may_end_with_its_area_but_not_after_it() {
        let mut area = vec![0x00, 0x70, 0x06, 0x00, 1, 2];
        assert_eq!(Extensions::read(&area, 0).fault, None);
        area.pop();
        let fault = Some(ExtensionFault::Overrun { offset: 0, length: 6, remaining: 5 });
        assert_eq!(Extensions::read(&area, 0).fault, fault);
    }

    #[test]
    fn the_maximum_of_extensions_is_read_and_one_more_is_a_fault() {
        let most = Extensions::read(&unknown(MAX_EXTENSIONS), 0);
        assert_eq!((most.found.len(), most.fault), (MAX_EXTENSIONS, None));
        let more = Extensions::read(&unknown(MAX_EXTENSIONS + 1), 0);
        assert_eq!((more.found.len(), more.fault), (MAX_EXTENSIONS, Some(ExtensionFault::TooMany)));
    }

    #[test]
    fn the_extensions_of_a_prefix_need_an_end() {
        let mut area = unknown(2);
        assert_eq!(Extensions::read_closed(&area, 24).fault, Some(ExtensionFault::NoEnd));
        area.extend([0, 0, 4, 0, 9, 9, 9]);
        let closed = Extensions::read_closed(&area, 24);
        assert_eq!((closed.fault, closed.found.len(), closed.size), (None, 3, 12));
    }

    #[test]
    fn a_product_extension_of_nine_bytes_is_too_short_for_its_fields() {
        let read = Extensions::read(&[1, 0, 9, 0, 0, 0, 94, 0, 1], 0);
        assert_eq!(read.fault, Some(ExtensionFault::Content { kind: 1, offset: 0, length: 9 }));
        let read = Extensions::read(&[1, 0, 10, 0, 0, 0, 94, 0, 1, 0], 0);
        assert_eq!(read.found[0].content, Content::Product { id: 94, version: 1 });
    }
}
