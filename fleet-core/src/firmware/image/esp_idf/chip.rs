//! The chips for which ESP images are made.

use std::fmt;

/// A chip, by its number in images.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChipId(u16);

impl ChipId {
    /// The chip with this number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether the chip maps flash at this address, where an application has its code and constants, but a bootloader
    /// has nothing.
    pub(super) fn maps_flash_at(self, address: u32) -> bool {
        let (data, code) = match self.name() {
            Some("esp32") => (0x3F40_0000..0x3F80_0000, 0x400C_2000..0x4040_0000),
            Some("esp32s2") => (0x3F00_0000..0x3FF8_0000, 0x4008_0000..0x4080_0000),
            Some("esp32p4") => (0x4000_0000..0x4400_0000, 0x4400_0000..0x4C00_0000),
            _ => (0x3C00_0000..0x3E00_0000, 0x4200_0000..0x4400_0000),
        };
        data.contains(&address) || code.contains(&address)
    }

    /// Its name, as the vendor's tools write it; `None` for an unknown chip.
    ///
    /// ```
    /// use fleet_core::firmware::image::esp_idf::ChipId;
    ///
    /// assert_eq!(ChipId::new(5).name(), Some("esp32c3"));
    /// assert_eq!(ChipId::new(1).name(), None);
    /// ```
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "esp32",
            2 => "esp32s2",
            5 => "esp32c3",
            9 => "esp32s3",
            12 => "esp32c2",
            13 => "esp32c6",
            16 => "esp32h2",
            18 => "esp32p4",
            20 => "esp32c61",
            23 => "esp32c5",
            25 => "esp32h21",
            28 => "esp32h4",
            31 => "esp32e22",
            32 => "esp32s31",
            _ => return None,
        })
    }
}

impl fmt::Display for ChipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "unknown chip {}", self.0),
        }
    }
}

impl fmt::Debug for ChipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChipId({} = {self})", self.0)
    }
}
