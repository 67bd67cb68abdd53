//! Random numbers from a seed: the same ones each time.

/// splitmix64.
#[derive(Clone, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `number`; 0 if that is 0.
    pub(super) fn below(&mut self, number: u64) -> u64 {
        self.number() % number.max(1)
    }

    /// Returns a number between two others, both included.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// Returns true in this percentage of cases.
    pub(super) fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Returns one of these.
    pub(super) fn pick<T: Copy>(&mut self, among: &[T], otherwise: T) -> T {
        let place = usize::try_from(self.below(among.len() as u64)).unwrap_or(0);
        among.get(place).copied().unwrap_or(otherwise)
    }
}
