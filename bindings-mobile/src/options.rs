//! Options for opening a fleet.

use fleet_bindings::Failure;
use fleet_bindings::shapes::{Interval, Money};
use std::time::Duration;

/// Options for opening a fleet. An absent option has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, uniffi::Record)]
pub struct FleetOptions {
    /// The host's own tiers, cheapest first.
    #[uniffi(default = None)]
    pub tiers: Option<Vec<Tier>>,
    /// Days after which a failed renewal is retried, for each retry. Default: 3, 3, 3.
    #[uniffi(default = None)]
    pub retry_days: Option<Vec<u32>>,
    /// How long a quote is valid. A minute to a day, default 15 minutes.
    #[uniffi(default = None)]
    pub quote_life: Option<Span>,
    /// How many days before a renewal the owner is notified that there is no valid card for it. 0 to 27, default 7.
    #[uniffi(default = None)]
    pub card_notice_days: Option<u32>,
    /// Whether the devices of an owner whose account is locked are held: they get no firmware, and their events are
    /// logged but not forwarded. Default: they are not held.
    #[uniffi(default = None)]
    pub hold_locked: Option<bool>,
    /// How many days the clock may leap without confirmation if something was due meanwhile. 1 to 366, default 35.
    #[uniffi(default = None)]
    pub leap_days: Option<u32>,
    /// After how long people are notified of a charge whose outcome is still unknown. An hour to 30 days, default a
    /// day.
    #[uniffi(default = None)]
    pub unknown_notice: Option<Span>,
    /// Maximum number of rows that a commit may write, for a store with small transactions. At least 48, default
    /// 16,400.
    #[uniffi(default = None)]
    pub largest_commit: Option<u32>,
    /// Whether to count what `metrics` returns. Default: nothing is counted.
    #[uniffi(default = None)]
    pub metrics: Option<bool>,
}

/// A duration in whole milliseconds: a `TimeInterval` in Swift, a `Duration` in Kotlin. A negative one, or one that is
/// not a number, is rejected here, because a conversion in Swift cannot fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span(i64);

impl Span {
    pub(crate) fn read(self, field: &'static str) -> Result<Duration, Failure> {
        let millis = u64::try_from(self.0).map_err(|_| Failure::invalid(field, "must be a non-negative duration"));
        millis.map(Duration::from_millis)
    }
}

uniffi::custom_type!(Span, i64, {
    try_lift: |millis| Ok(Span(millis)),
    lower: |span| span.0,
});

/// A tier of the host's own: its limits, where an absent one means no limit, and its prices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Tier {
    /// Its name, unique in the catalogue.
    pub name: String,
    /// Maximum number of devices in the product.
    #[uniffi(default = None)]
    pub devices: Option<u64>,
    /// Maximum number of team members, including the owner.
    #[uniffi(default = None)]
    pub members: Option<u64>,
    /// Maximum number of outbound messages in a usage month.
    #[uniffi(default = None)]
    pub messages: Option<u64>,
    /// Its prices, by interval and currency.
    #[uniffi(default = [])]
    pub prices: Vec<Price>,
}

/// The price of a tier for a period.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Price {
    /// Length of the period.
    pub interval: Interval,
    /// The amount.
    pub amount: Money,
}

impl TryFrom<FleetOptions> for fleet_bindings::FleetOptions {
    type Error = Failure;

    fn try_from(options: FleetOptions) -> Result<Self, Failure> {
        let FleetOptions {
            tiers,
            retry_days,
            quote_life,
            card_notice_days,
            hold_locked,
            leap_days,
            unknown_notice,
            largest_commit,
            metrics,
        } = options;
        let tiers = tiers.map(|tiers| tiers.into_iter().map(TryInto::try_into).collect()).transpose()?;
        let quote_life = quote_life.map(|life| life.read("quote_life")).transpose()?;
        let unknown_notice = unknown_notice.map(|after| after.read("unknown_notice")).transpose()?;
        Ok(Self {
            tiers,
            retry_days,
            quote_life,
            card_notice_days,
            hold_locked,
            leap_days,
            unknown_notice,
            largest_commit,
            metrics,
            ..Self::default()
        })
    }
}

impl TryFrom<Tier> for fleet_core::Tier {
    type Error = Failure;

    fn try_from(tier: Tier) -> Result<Self, Failure> {
        let Tier { name, devices, members, messages, prices } = tier;
        let price = |Price { interval, amount }: Price| {
            Ok(fleet_core::billing::Price::new(interval.into(), amount.try_into()?)?)
        };
        let mut made = Self::new(name);
        (made.devices, made.members, made.messages) = (devices, members, messages);
        made.prices = prices.into_iter().map(price).collect::<Result<_, Failure>>()?;
        Ok(made)
    }
}
