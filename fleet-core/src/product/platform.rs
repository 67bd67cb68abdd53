//! Hardware platforms of any vendor; each product has exactly one (R-PRD-2).

use super::ProductId;
use crate::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A type of hardware. An unknown id is accepted and stored, never rejected (R-PRD-2).
///
/// [`Display`](fmt::Display) writes it as `particle:6 (photon)`; [`FromStr`] parses `particle:6`, `photon`,
/// `esp-idf:5`, `esp32c3` or `mcuboot:nrf9160dk`.
///
/// ```
/// use fleet_core::Platform;
///
/// let photon: Platform = "photon".parse()?;
/// assert_eq!(photon, Platform::Particle(6));
/// assert_eq!(photon.to_string(), "particle:6 (photon)");
/// assert_eq!("particle:999".parse::<Platform>()?, Platform::Particle(999));
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Platform {
    /// A Particle platform, by the id in its firmware modules: 0 core, 6 photon (and the PØ module), 8 p1, 10 electron.
    Particle(u16),
    /// An Espressif chip, by the chip id in its application images.
    EspIdf(u16),
    /// A board that boots with MCUboot, by its maker's name for it: 1 to 32 of `a-z 0-9 - _ . /`.
    Mcuboot(Arc<str>),
}

const PARTICLE: [(u16, &str); 24] = [
    (0, "core"),
    (3, "gcc"),
    (6, "photon"),
    (8, "p1"),
    (10, "electron"),
    (12, "argon"),
    (13, "boron"),
    (14, "xenon"),
    (15, "esomx"),
    (22, "asom"),
    (23, "bsom"),
    (24, "xsom"),
    (25, "b5som"),
    (26, "tracker"),
    (28, "trackerm"),
    (31, "raspberrypi"),
    (32, "p2"),
    (35, "msom"),
    (37, "electron2"),
    (42, "tachyon"),
    (43, "linux"),
    (82, "oak"),
    (88, "duo"),
    (103, "bluz"),
];

const ESP_IDF: [(u16, &str); 10] = [
    (0, "esp32"),
    (2, "esp32s2"),
    (5, "esp32c3"),
    (9, "esp32s3"),
    (12, "esp32c2"),
    (13, "esp32c6"),
    (16, "esp32h2"),
    (18, "esp32p4"),
    (20, "esp32c61"),
    (23, "esp32c5"),
];

impl Platform {
    /// Its usual name, if that is known.
    pub fn name(&self) -> Option<&str> {
        let named = |table: &'static [(u16, &str)], id| table.iter().find(|(known, _)| *known == id).map(|(_, n)| *n);
        match self {
            Self::Particle(id) => named(&PARTICLE, *id),
            Self::EspIdf(chip) => named(&ESP_IDF, *chip),
            Self::Mcuboot(board) => Some(board),
        }
    }

    /// Whether the platform's firmware can hold this product id: Particle's has 16 bits for it (R-IMG-2).
    pub(crate) fn holds(&self, id: ProductId) -> bool {
        !matches!(self, Self::Particle(_)) || id.get() < u32::from(u16::MAX)
    }

    /// Maximum size of a user part in bytes, if it is published.
    pub fn user_part_limit(&self) -> Option<usize> {
        let Self::Particle(id) = self else { return None };
        match id {
            6 | 8 | 10 | 14 => Some(128 << 10),
            12 | 13 | 15 | 23 | 25 | 26 | 37 => Some(256 << 10),
            28 | 32 | 35 => Some(1536 << 10),
            _ => None,
        }
    }

    /// The platform as it is stored, without its name: `particle:6`.
    fn to_stored(&self) -> String {
        match self {
            Self::Particle(id) => format!("particle:{id}"),
            Self::EspIdf(chip) => format!("esp-idf:{chip}"),
            Self::Mcuboot(board) => format!("mcuboot:{board}"),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_stored())?;
        match (self, self.name()) {
            (Self::Mcuboot(_), _) | (_, None) => Ok(()),
            (_, Some(name)) => write!(f, " ({name})"),
        }
    }
}

impl FromStr for Platform {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unreadable = || {
            Error::invalid(
                "platform",
                "write a known name such as photon or esp32c3, or particle:ID, esp-idf:CHIP, mcuboot:BOARD",
            )
        };
        let lower = text.trim().to_ascii_lowercase();
        let by_name = |table: &[(u16, &str)]| table.iter().find(|(_, name)| *name == lower).map(|(id, _)| *id);
        match lower.split_once(':') {
            Some(("particle", id)) => id.parse().map(Self::Particle).map_err(|_| unreadable()),
            Some(("esp-idf", chip)) => chip.parse().map(Self::EspIdf).map_err(|_| unreadable()),
            Some(("mcuboot", board)) => {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(c);
                if (1..=32).contains(&board.len()) && board.chars().all(plain) {
                    Ok(Self::Mcuboot(board.into()))
                } else {
                    Err(unreadable())
                }
            }
            Some(_) => Err(unreadable()),
            None if lower == "p0" || lower == "pØ" || lower == "pø" => Ok(Self::Particle(6)),
            None => by_name(&PARTICLE)
                .map(Self::Particle)
                .or_else(|| by_name(&ESP_IDF).map(Self::EspIdf))
                .ok_or_else(unreadable),
        }
    }
}

impl TryFrom<String> for Platform {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> String {
        platform.to_stored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_particle_platform_is_known_by_its_name() {
        let published = include_str!("../../tests/vectors/particle-platforms.json");
        let rows: Vec<serde_json::Value> = serde_json::from_str(published).unwrap();
        for row in &rows {
            let id = u16::try_from(row["id"].as_u64().unwrap()).unwrap();
            let name = row["name"].as_str().unwrap();
            assert_eq!(name.parse::<Platform>().unwrap(), Platform::Particle(id));
            assert_eq!(Platform::Particle(id).name(), Some(name));
            let limit = row["user_part_max_bytes"].as_u64().and_then(|bytes| usize::try_from(bytes).ok());
            assert_eq!(Platform::Particle(id).user_part_limit(), limit, "{name}");
        }
        assert_eq!(rows.len(), PARTICLE.len());
    }

    #[test]
    fn a_p0_module_is_a_photon_and_an_unknown_id_is_kept() {
        assert_eq!("PØ".parse::<Platform>().unwrap(), Platform::Particle(6));
        let unknown: Platform = "particle:4711".parse().unwrap();
        assert_eq!((unknown.name(), unknown.to_string().as_str()), (None, "particle:4711"));
        let stored = serde_json::to_string(&unknown).unwrap();
        assert_eq!(serde_json::from_str::<Platform>(&stored).unwrap(), unknown);
    }

    #[test]
    fn text_that_is_not_a_platform_is_refused() {
        for text in ["", "toaster", "particle:", "particle:65536", "esp-idf:-1", "mcuboot:", "mcuboot:a b", "x:1"] {
            assert!(text.parse::<Platform>().is_err(), "{text}");
        }
    }
}
