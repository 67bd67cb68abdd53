//! Thresholds of a limit (R-EVT-5): reached at the exact share, not beyond it. Integers only, without an overflowing
//! product.

/// Returns the smallest use that reaches `percent` of a limit.
///
/// ```
/// use fleet_core::event::metering::threshold::first_used_at;
///
/// assert_eq!(first_used_at(7, 70), 5);
/// assert_eq!(first_used_at(u64::MAX, 100), u64::MAX);
/// ```
pub fn first_used_at(limit: u64, percent: u8) -> u64 {
    let reached = (u128::from(limit) * u128::from(percent)).div_ceil(100);
    u64::try_from(reached).unwrap_or(u64::MAX)
}

/// Returns which of these thresholds are reached between `before`, exclusive, and `now`, inclusive, in their order.
///
/// ```
/// use fleet_core::event::metering::threshold::crossed;
///
/// assert_eq!(crossed(1000, 3000, [1500, 3000, 5000]), [1500, 3000]);
/// assert!(crossed(3000, 3001, [3000]).is_empty());
/// ```
pub fn crossed(before: u64, now: u64, thresholds: impl IntoIterator<Item = u64>) -> Vec<u64> {
    thresholds.into_iter().filter(|threshold| before < *threshold && *threshold <= now).collect()
}

/// Returns the highest of these percentages that a use has reached.
pub fn highest_reached(limit: u64, used: u64, percents: impl IntoIterator<Item = u8>) -> Option<u8> {
    percents.into_iter().filter(|percent| used >= first_used_at(limit, *percent)).max()
}

/// Returns the next use at which one of these percentages is reached.
pub(super) fn next_after(limit: u64, used: u64, percents: impl IntoIterator<Item = u8>) -> Option<u64> {
    percents.into_iter().map(|percent| first_used_at(limit, percent)).filter(|first| *first > used).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_threshold_is_reached_at_its_share_and_not_before() {
        for (limit, percent, first) in
            [(7, 70, 5), (250_000, 100, 250_000), (1, 70, 1), (250_000, 90, 225_000), (0, 70, 0)]
        {
            assert_eq!(first_used_at(limit, percent), first, "{percent} % of {limit}");
            assert_eq!(highest_reached(limit, first, [percent]), Some(percent));
            if let Some(before) = first.checked_sub(1) {
                assert_eq!(highest_reached(limit, before, [percent]), None);
            }
        }
    }

    proptest! {
        #[test]
        fn a_threshold_is_the_smallest_use_that_reaches_the_percentage(limit: u64, percent in 1..=100_u8) {
            let reaches = |used: u64| u128::from(used) * 100 >= u128::from(percent) * u128::from(limit);
            let first = first_used_at(limit, percent);
            prop_assert!(reaches(first));
            prop_assert!(first == 0 || !reaches(first - 1));
        }
    }
}
