//! Reads fields from untrusted bytes without an index or an offset sum.

/// Reads little-endian fields front to back.
///
/// A read past the end returns `None` and does not advance. No format parser therefore needs an index or a sum of
/// offsets, the two places where untrusted lengths do harm (R-IMG-5).
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Starts `offset` bytes into `bytes`; `None` if there are fewer.
    pub(crate) fn at(bytes: &'a [u8], offset: usize) -> Option<Self> {
        bytes.get(offset..).map(Self::new)
    }

    /// The bytes that have not been read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_past_the_end_does_not_advance() {
        let mut cursor = Cursor::new(&[1, 2, 3]);
        assert_eq!(cursor.u32(), None);
        assert_eq!(cursor.u16(), Some(0x0201));
        assert_eq!(cursor.take(2), None);
        assert_eq!(cursor.take(usize::MAX), None);
        assert_eq!(cursor.u8(), Some(3));
        assert_eq!(cursor.rest(), &[] as &[u8]);
        assert!(Cursor::at(&[1], 1).is_some());
        assert!(Cursor::at(&[1], 2).is_none());
    }
}
