//! How a fleet is opened, beside where it is.

use fleet_bindings::Failure;
use fleet_bindings::shapes::{Interval, Money};
use std::time::Duration;

/// How a fleet is opened, beside where it is. What is left out takes its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, uniffi::Record)]
pub struct FleetOptions {
    /// Tiers of one's own, the cheapest first.
    #[uniffi(default = None)]
    pub tiers: Option<Vec<Tier>>,
    /// After how many days each a failed renewal is tried again. Default: 3, 3, 3.
    #[uniffi(default = None)]
    pub retry_days: Option<Vec<u32>>,
    /// For how long a quote holds. A minute to a day, default 15 minutes.
    #[uniffi(default = None)]
    pub quote_life: Option<Duration>,
    /// How many days before a renewal the owner is told that there is no good card for it. 0 to 27, default 7.
    #[uniffi(default = None)]
    pub card_notice_days: Option<u32>,
    /// Whether the devices of an owner whose account is locked are held: sent no firmware, their events logged and not
    /// sent on. Default: they go on.
    #[uniffi(default = None)]
    pub hold_locked: Option<bool>,
    /// How many days the clock may leap without a word where something was due meanwhile. 1 to 366, default 35.
    #[uniffi(default = None)]
    pub leap_days: Option<u32>,
    /// After how long a charge whose outcome is still unknown is told. An hour to 30 days, default a day.
    #[uniffi(default = None)]
    pub unknown_notice: Option<Duration>,
    /// How many rows a commit may write at most, for a store with small transactions. At least 48, default 16,400.
    #[uniffi(default = None)]
    pub largest_commit: Option<u32>,
}

/// A tier of one's own: its limits, where none is no limit, and its prices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Tier {
    /// Its name, unique in the catalogue.
    pub name: String,
    /// Devices in the product, at most.
    #[uniffi(default = None)]
    pub devices: Option<u64>,
    /// Team members, the owner among them, at most.
    #[uniffi(default = None)]
    pub members: Option<u64>,
    /// Outbound messages a usage month, at most.
    #[uniffi(default = None)]
    pub messages: Option<u64>,
    /// What it costs, by interval and currency.
    #[uniffi(default = [])]
    pub prices: Vec<Price>,
}

/// What a tier costs for a period.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Price {
    /// How long the period is.
    pub interval: Interval,
    /// How much.
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
        } = options;
        let tiers = tiers.map(|tiers| tiers.into_iter().map(TryInto::try_into).collect()).transpose()?;
        Ok(Self {
            tiers,
            retry_days,
            quote_life,
            card_notice_days,
            hold_locked,
            leap_days,
            unknown_notice,
            largest_commit,
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
        let prices = prices.into_iter().map(price).collect::<Result<_, Failure>>()?;
        Ok(Self { name: name.into(), devices, members, messages, prices })
    }
}
