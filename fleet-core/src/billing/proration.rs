//! Proration (R-BILL-3): the part of a price for a part of a period, in integers, rounded half up, once.

use super::Period;
use crate::money::too_large;
use crate::{Error, Money, Timestamp};

/// Returns the share of a price for `part` of `whole`: `(2pr + t) / (2t)`. The whole is always the full anchored
/// period, whatever part of it a plan covered.
///
/// ```
/// use fleet_core::{Currency, Money, billing::prorate};
///
/// let price = Money::new(24_995, Currency::USD);
/// // 9 of 30 days are exactly 7498.5 cents.
/// assert_eq!(prorate(price, 9, 30)?.minor(), 7_499);
/// # Ok::<(), fleet_core::Error>(())
/// ```
///
/// # Errors
/// `invalid` for a negative price, a period of zero, or a part that is more than the whole.
pub fn prorate(price: Money, part: u64, whole: u64) -> Result<Money, Error> {
    if price.minor() < 0 {
        return Err(Error::invalid("price", "is negative"));
    }
    if part > whole || whole == 0 {
        return Err(Error::invalid("period", format!("{part} s of {whole} s is not a part of a period")));
    }
    let (price_minor, part, whole) = (i128::from(price.minor()), i128::from(part), i128::from(whole));
    let double = price_minor.checked_mul(part).and_then(|product| product.checked_mul(2));
    let minor = double.and_then(|double| double.checked_add(whole)).ok_or_else(too_large)? / (2 * whole);
    Ok(Money::new(i64::try_from(minor).map_err(|_| too_large())?, price.currency()))
}

/// Returns the share of a price for a span within its period.
///
/// # Errors
/// `invalid` for a negative price, or a span that ends before it starts or is not wholly in the period.
pub fn prorate_span(price: Money, period: Period, from: Timestamp, to: Timestamp) -> Result<Money, Error> {
    if !(period.start <= from && from <= to && to <= period.end && period.start < period.end) {
        let problem = format!("{from} to {to} is not within {} to {}", period.start, period.end);
        return Err(Error::invalid("period", problem));
    }
    prorate(price, to.since(from).as_secs(), period.seconds())
}

/// Caps a potential credit: never less than zero, never more than was paid minus what was credited of it before
/// (R-BILL-3).
///
/// # Errors
/// `invalid` for amounts in several currencies, or differences that are too large.
pub fn cap_credit(potential: Money, paid: Money, credited: Money) -> Result<Money, Error> {
    potential.or_zero().at_most(paid.minus(credited)?.or_zero())
}

/// How a cancellation returns an amount: to the payer, or as a reduction of the unpaid invoice (R-BILL-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Split {
    /// The part that is refunded to the payer.
    pub refund: Money,
    /// The part that reduces the open invoice.
    pub offset: Money,
}

/// Splits a creditable amount: what was paid beyond the used part is refunded, the rest was never paid.
///
/// # Errors
/// `invalid` for a negative creditable amount, amounts in several currencies, or differences that are too large.
pub fn split_credit(creditable: Money, used: Money, paid: Money) -> Result<Split, Error> {
    if creditable.minor() < 0 {
        return Err(Error::invalid("credit", "is negative"));
    }
    let refund = paid.minus(used)?.or_zero().at_most(creditable)?;
    Ok(Split { refund, offset: creditable.minus(refund)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    #[test]
    fn a_tie_is_rounded_up_and_anything_below_it_down() {
        assert_eq!(prorate(usd(1), 1, 2).unwrap(), usd(1));
        assert_eq!(prorate(usd(1), 49, 100).unwrap(), usd(0));
        assert_eq!(prorate(usd(3), 1, 2).unwrap(), usd(2));
    }

    #[test]
    fn a_part_outside_the_period_is_refused() {
        for (price, part, whole) in [(1, 1, 0), (1, 0, 0), (1, 2, 1), (-1, 1, 2)] {
            assert_eq!(prorate(usd(price), part, whole).unwrap_err().code(), "invalid", "{price} {part} {whole}");
        }
        assert!(prorate(usd(i64::MAX), u64::MAX, u64::MAX).is_err(), "too large to be counted");
        assert_eq!(prorate(usd(i64::MAX), 1 << 40, 1 << 40).unwrap(), usd(i64::MAX));
    }

    #[test]
    fn a_credit_is_between_zero_and_the_paid_rest() {
        for (potential, paid, credited, given) in
            [(0, 200, 50, 0), (-50, 200, 50, 0), (300, 200, 50, 150), (100, 200, 200, 0), (100, 200, 300, 0)]
        {
            assert_eq!(cap_credit(usd(potential), usd(paid), usd(credited)).unwrap(), usd(given));
        }
    }

    proptest! {
        /// R-BILL-3: the whole costs the price, nothing costs nothing, and two parts differ from their sum by at most
        /// one rounding.
        #[test]
        fn parts_add_up(price in 0..1_000_000_000_000_i64, whole in 1..40_000_000_u64, cut: prop::sample::Index) {
            let part = cut.index(whole as usize + 1) as u64;
            let (used, left) = (prorate(usd(price), whole - part, whole)?, prorate(usd(price), part, whole)?);
            prop_assert!((used.plus(left)?.minor() - price).abs() <= 1);
            prop_assert_eq!(prorate(usd(price), whole, whole)?, usd(price));
            prop_assert!(prorate(usd(price), 0, whole)?.is_zero());
        }

        /// R-BILL-7: only paid amounts are refunded, and both parts add up to the whole.
        #[test]
        fn split_parts_add_up(creditable in 0..1_000_000_i64, used in 0..1_000_000_i64, paid in 0..1_000_000_i64) {
            let split = split_credit(usd(creditable), usd(used), usd(paid))?;
            prop_assert_eq!(split.refund.plus(split.offset)?, usd(creditable));
            prop_assert!(split.refund.minor() <= paid && split.refund.minor() >= 0 && split.offset.minor() >= 0);
        }
    }
}
