//! Tiers: limits and prices of products (R-TIER). The catalogue is data; the default is that of R-TIER-1.

use super::Interval;
use crate::product::Product;
use crate::time::Timestamp;
use crate::{Currency, Error, Money};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A tier: limits and prices.
///
/// ```
/// use fleet_core::billing::{Interval, Price};
/// use fleet_core::{Currency, Money, Tier};
///
/// let price = Price::new(Interval::Monthly, Money::new(8_900, Currency::USD))?;
/// let tier = Tier::new("Small").devices(250).messages(2_500_000).prices(vec![price]);
/// assert_eq!((tier.devices, tier.members), (Some(250), None));
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tier {
    /// Its name, unique in the catalogue.
    pub name: Arc<str>,
    /// Maximum number of devices in the product. `None` means no limit.
    pub devices: Option<u64>,
    /// Maximum number of team members, the owner included. `None` means no limit.
    pub members: Option<u64>,
    /// Maximum number of outbound messages in a usage month. `None` means no limit.
    pub messages: Option<u64>,
    /// Price of a full period, one for each interval and currency that it is sold in. An empty list means the price is
    /// by agreement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<Price>,
}

/// Limits of a product: those of its tier when the product was put on it, or when its plan was sold or last renewed.
/// Sold limits stay for as long as the plan runs, however the catalogue changes (R-BILL-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Maximum number of devices. `None` means no limit.
    pub devices: Option<u64>,
    /// Maximum number of team members. `None` means no limit.
    pub members: Option<u64>,
    /// Maximum number of outbound messages in a usage month. `None` means no limit.
    pub messages: Option<u64>,
    /// Whether they were sold with a plan. Then the catalogue can raise them at once, but lower them only at the next
    /// renewal.
    pub sold: bool,
}

/// Price of a full period of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Length of the period.
    pub interval: Interval,
    /// The price, 0 to 10^15 minor units.
    pub amount: Money,
}

/// Highest price in minor units. It keeps every sum of an account's bills far below an overflow.
const HIGHEST: i64 = 1_000_000_000_000_000;

impl Price {
    /// Creates a price.
    ///
    /// # Errors
    /// `invalid` for a price that is negative or over 10^15 minor units.
    pub fn new(interval: Interval, amount: Money) -> Result<Self, Error> {
        if (0..=HIGHEST).contains(&amount.minor()) {
            return Ok(Self { interval, amount });
        }
        Err(Error::invalid("price", format!("{amount} is none: give 0 to {HIGHEST} minor units")))
    }
}

/// The tiers on offer, the cheapest first.
///
/// ```
/// use fleet_core::{Catalogue, Resource};
///
/// let catalogue = Catalogue::default();
/// let refused = catalogue.check("Prototype", Resource::Devices, 20, 26).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "refused: 26 devices would exceed the Prototype tier's 25 (20 in use now); Small allows 250"
/// );
/// assert!(catalogue.check("Prototype", Resource::Devices, 20, 25).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Tier>", into = "Vec<Tier>")]
pub struct Catalogue {
    tiers: Vec<Tier>,
}

/// A limited resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resource {
    /// Devices in the product, online or not (R-TIER-2).
    Devices,
    /// Team members, the owner and pending invitations among them (R-TEAM-4).
    Members,
    /// Outbound messages in a usage month.
    Messages,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Devices => "devices",
            Self::Members => "team members",
            Self::Messages => "messages a month",
        })
    }
}

/// The refusal of a command that would exceed a limit of the product's tier: which limit, its value, what is used, what
/// would be used, and the cheapest tier that would suffice (R-TIER-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LimitExceeded {
    /// The product's tier.
    pub tier: Arc<str>,
    /// The limited resource.
    pub resource: Resource,
    /// The tier's limit.
    pub limit: u64,
    /// What is in use now.
    pub used: u64,
    /// What would be in use.
    pub would_be: u64,
    /// The cheapest tier that would suffice, and its limit. An inner `None` means that tier has no limit.
    pub fits: Option<(Arc<str>, Option<u64>)>,
    /// The places that running imports reserve, if the command would fit without them: then it fits later, without
    /// another tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// Places in a product that running imports reserve for devices that they have yet to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Held {
    /// Number of places.
    pub places: u64,
    /// When the last of them is released at the latest, if its import does not continue.
    pub until: Timestamp,
}

impl LimitExceeded {
    /// Whether the command may fit later without another tier: only places reserved by imports prevent it.
    pub fn is_transient(&self) -> bool {
        self.held.is_some()
    }
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tier, resource, limit, used, would_be, fits, held } = self;
        if let Some(Held { places, until }) = held {
            return write!(
                f,
                "refused for now: {would_be} {resource} would exceed the {tier} tier's {limit}, of which {used} are in \
                 use and {places} are reserved by an import that is running or was interrupted; try again when it has \
                 finished, or after {until}, or release its places"
            );
        }
        write!(f, "refused: {would_be} {resource} would exceed the {tier} tier's {limit} ({used} in use now); ")?;
        match fits {
            Some((name, Some(limit))) => write!(f, "{name} allows {limit}"),
            Some((name, None)) => write!(f, "{name} has no limit"),
            None => write!(f, "no tier allows as many"),
        }
    }
}

impl std::error::Error for LimitExceeded {}

impl Limits {
    fn limit(&self, resource: Resource) -> Option<u64> {
        match resource {
            Resource::Devices => self.devices,
            Resource::Members => self.members,
            Resource::Messages => self.messages,
        }
    }
}

impl Tier {
    /// A tier with no limits, whose price is by agreement.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), devices: None, members: None, messages: None, prices: Vec::new() }
    }

    /// Limits the number of devices in the product.
    #[must_use]
    pub fn devices(self, devices: u64) -> Self {
        Self { devices: Some(devices), ..self }
    }

    /// Limits the number of team members, the owner included.
    #[must_use]
    pub fn members(self, members: u64) -> Self {
        Self { members: Some(members), ..self }
    }

    /// Limits the number of outbound messages in a usage month.
    #[must_use]
    pub fn messages(self, messages: u64) -> Self {
        Self { messages: Some(messages), ..self }
    }

    /// Sets the prices of a full period, one for each interval and currency that it is sold in.
    #[must_use]
    pub fn prices(self, prices: Vec<Price>) -> Self {
        Self { prices, ..self }
    }

    pub(crate) fn limits(&self, sold: bool) -> Limits {
        Limits { devices: self.devices, members: self.members, messages: self.messages, sold }
    }

    fn limit(&self, resource: Resource) -> Option<u64> {
        match resource {
            Resource::Devices => self.devices,
            Resource::Members => self.members,
            Resource::Messages => self.messages,
        }
    }

    /// Returns the price of a full period. `None` means it is by agreement, or not sold in that currency.
    pub fn price(&self, interval: Interval, currency: Currency) -> Option<Money> {
        let mut prices = self.prices.iter().filter(|price| price.interval == interval);
        prices.find(|price| price.amount.currency() == currency).map(|price| price.amount)
    }
}

impl TryFrom<Vec<Tier>> for Catalogue {
    type Error = Error;

    fn try_from(tiers: Vec<Tier>) -> Result<Self, Error> {
        Self::new(tiers)
    }
}

impl From<Catalogue> for Vec<Tier> {
    fn from(catalogue: Catalogue) -> Self {
        catalogue.tiers
    }
}

impl Catalogue {
    /// Creates a catalogue of these tiers, the cheapest first. A new product starts on the first.
    ///
    /// # Errors
    /// `invalid` if there is no tier or two have the same name; for a price out of its range, a second price for the
    /// same interval and currency, or one below that of a cheaper tier.
    pub fn new(tiers: Vec<Tier>) -> Result<Self, Error> {
        let distinct: BTreeSet<_> = tiers.iter().map(|tier| &tier.name).collect();
        if tiers.is_empty() || distinct.len() < tiers.len() {
            return Err(Error::invalid("catalogue", "needs at least one tier, each with a unique name"));
        }
        let mut highest: BTreeMap<(Interval, Currency), i64> = BTreeMap::new();
        for tier in &tiers {
            let mut own = BTreeSet::new();
            for price in &tier.prices {
                let Price { interval, amount } = Price::new(price.interval, price.amount)?;
                let sold = (interval, amount.currency());
                let below = highest.insert(sold, amount.minor()).unwrap_or(0);
                if !own.insert(sold) || amount.minor() < below {
                    let name = &tier.name;
                    let problem =
                        format!("{name} costs {amount} ({interval}): give one price, not below a cheaper tier's");
                    return Err(Error::invalid("catalogue", problem));
                }
            }
        }
        Ok(Self { tiers })
    }

    /// Returns the name of a tier; refuses an unknown one.
    pub(crate) fn named(&self, name: &str) -> Result<Arc<str>, Error> {
        self.tier(name).map(|tier| Arc::clone(&tier.name)).ok_or_else(|| {
            let names: Vec<&str> = self.tiers.iter().map(|tier| &*tier.name).collect();
            Error::invalid("tier", format!("no tier has this name; choose one of {}", names.join(", ")))
        })
    }

    /// Rank of a tier: 0 is the cheapest.
    pub(crate) fn rank(&self, name: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| &*tier.name == name)
    }

    /// Whether a tier costs nothing in every currency: a product on it has no plan.
    pub(crate) fn is_free(&self, name: &str) -> bool {
        let Some(tier) = self.tier(name) else { return false };
        let costs_nothing = tier.prices.iter().all(|price| price.amount.is_zero());
        costs_nothing && (!tier.prices.is_empty() || self.rank(name) == Some(0))
    }

    /// Returns a product's limit of a resource. `None` means no limit. It is the limit of its tier, but not less than
    /// was sold; for a tier that is no longer on offer, the limit that it had.
    pub(crate) fn limit_of(&self, product: &Product, resource: Resource) -> Option<u64> {
        let stored = product.limits.as_ref();
        let listed = self.tier(&product.tier).map(|tier| tier.limit(resource));
        match (listed, stored.filter(|stored| stored.sold || listed.is_none())) {
            (Some(listed), None) => listed,
            (Some(listed), Some(stored)) => {
                listed.zip(stored.limit(resource)).map(|(listed, stored)| listed.max(stored))
            }
            (None, Some(stored)) => stored.limit(resource),
            (None, None) => Some(0),
        }
    }

    /// Whether a tier's limits are lower than the product's.
    pub(crate) fn limits_less(&self, tier: &str, product: &Product) -> bool {
        let Some(tier) = self.tier(tier) else { return true };
        [Resource::Devices, Resource::Members, Resource::Messages].into_iter().any(|resource| {
            match (tier.limit(resource), self.limit_of(product, resource)) {
                (Some(then), Some(now)) => then < now,
                (Some(_), None) => true,
                (None, _) => false,
            }
        })
    }

    /// Checks whether a product may change its use from `used` to `would_be` (R-TIER-3, R-TIER-4). A change that adds
    /// nothing is always allowed, even above the limit.
    ///
    /// # Errors
    /// The limit that would be exceeded.
    pub(crate) fn check_product(
        &self,
        product: &Product,
        resource: Resource,
        used: u64,
        would_be: u64,
    ) -> Result<(), LimitExceeded> {
        self.within(&product.tier, self.limit_of(product, resource), resource, used, would_be)
    }

    /// The tiers, the cheapest first.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// Returns the tier with this name.
    pub fn tier(&self, name: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| &*tier.name == name)
    }

    /// Returns the name of the tier that a new product starts on.
    pub(crate) fn first(&self) -> Arc<str> {
        self.tiers.first().map(|tier| Arc::clone(&tier.name)).unwrap_or_default()
    }

    /// Checks whether a product of this tier may change its use from `used` to `would_be` (R-TIER-3, R-TIER-4). A
    /// change that adds nothing is always allowed, even above the limit.
    ///
    /// # Errors
    /// The limit that would be exceeded. A tier that is not in the catalogue allows no more.
    pub fn check(&self, tier: &str, resource: Resource, used: u64, would_be: u64) -> Result<(), LimitExceeded> {
        let limit = self.tier(tier).map_or(Some(0), |tier| tier.limit(resource));
        self.within(tier, limit, resource, used, would_be)
    }

    fn within(
        &self,
        tier: &str,
        limit: Option<u64>,
        resource: Resource,
        used: u64,
        would_be: u64,
    ) -> Result<(), LimitExceeded> {
        match limit {
            Some(limit) if would_be > limit && would_be > used => Err(LimitExceeded {
                tier: tier.into(),
                resource,
                limit,
                used,
                would_be,
                fits: self
                    .tiers
                    .iter()
                    .find(|tier| tier.limit(resource).is_none_or(|limit| would_be <= limit))
                    .map(|tier| (Arc::clone(&tier.name), tier.limit(resource))),
                held: None,
            }),
            _ => Ok(()),
        }
    }
}

impl Default for Catalogue {
    /// Returns the default catalogue of R-TIER-1.
    fn default() -> Self {
        let price = |interval, minor| Price { interval, amount: Money::new(minor, Currency::USD) };
        let prices = |month, year| vec![price(Interval::Monthly, month), price(Interval::Annual, year)];
        let tier = |name: &str, devices, members, messages, prices| {
            let name = name.into();
            Tier { name, devices, members, messages, prices }
        };
        Self {
            tiers: vec![
                tier("Prototype", Some(25), Some(5), Some(250_000), prices(0, 0)),
                tier("Small", Some(250), None, Some(2_500_000), prices(8_900, 94_800)),
                tier("Medium", Some(1_000), None, Some(10_000_000), prices(27_900, 298_800)),
                tier("Large", Some(10_000), None, Some(100_000_000), prices(199_900, 2_158_800)),
                tier("Enterprise", None, None, None, Vec::new()),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_each_device_limit_and_the_tier_that_fits() {
        let catalogue = Catalogue::default();
        for (tier, limit, next) in
            [("Prototype", 25, "Small"), ("Small", 250, "Medium"), ("Large", 10_000, "Enterprise")]
        {
            assert_eq!(catalogue.check(tier, Resource::Devices, 0, limit), Ok(()));
            let refused = catalogue.check(tier, Resource::Devices, limit, limit + 1).unwrap_err();
            assert_eq!(refused.fits.map(|(name, _)| name).as_deref(), Some(next));
        }
        assert_eq!(catalogue.check("Enterprise", Resource::Devices, 0, u64::MAX), Ok(()));
    }

    #[test]
    fn over_the_limit_nothing_can_be_added_and_nothing_is_removed() {
        let catalogue = Catalogue::default();
        assert_eq!(catalogue.check("Prototype", Resource::Devices, 300, 300), Ok(()));
        assert_eq!(catalogue.check("Prototype", Resource::Devices, 300, 299), Ok(()));
        assert!(catalogue.check("Prototype", Resource::Devices, 300, 301).is_err());
    }

    /// R-TIER-1.
    #[test]
    fn the_default_catalogue_has_its_prices_and_is_valid() {
        let catalogue = Catalogue::default();
        let price = |tier: &str, interval| catalogue.tier(tier).unwrap().price(interval, Currency::USD);
        let prices = ["Prototype", "Small", "Medium", "Large", "Enterprise"].map(|tier| {
            [Interval::Monthly, Interval::Annual].map(|interval| price(tier, interval).map(|price| price.minor()))
        });
        assert_eq!(
            prices,
            [
                [Some(0), Some(0)],
                [Some(8_900), Some(94_800)],
                [Some(27_900), Some(298_800)],
                [Some(199_900), Some(2_158_800)],
                [None, None]
            ]
        );
        assert_eq!(Catalogue::new(catalogue.tiers().to_vec()).unwrap(), catalogue);
    }

    #[test]
    fn negative_too_high_duplicate_or_falling_prices_are_refused() {
        let tier = |name: &str, prices: &[i64]| Tier {
            name: name.into(),
            devices: None,
            members: None,
            messages: None,
            prices: prices
                .iter()
                .map(|minor| Price { interval: Interval::Monthly, amount: Money::new(*minor, Currency::USD) })
                .collect(),
        };
        for (first, second) in [(&[0][..], &[-1][..]), (&[0], &[HIGHEST + 1]), (&[0], &[5, 5]), (&[6], &[5])] {
            let refused = Catalogue::new(vec![tier("a", first), tier("b", second)]).unwrap_err();
            assert_eq!(refused.code(), "invalid", "{first:?} {second:?}");
        }
        for (first, second) in [(&[0][..], &[HIGHEST][..]), (&[5], &[5]), (&[5], &[])] {
            assert!(Catalogue::new(vec![tier("a", first), tier("b", second)]).is_ok(), "{first:?} {second:?}");
        }
        let json = serde_json::to_string(&vec![tier("a", &[-1])]).unwrap();
        assert!(serde_json::from_str::<Catalogue>(&json).is_err(), "the same checks apply when it is read from JSON");
    }

    #[test]
    fn an_unknown_tier_allows_nothing_more() {
        assert!(Catalogue::default().check("Platinum", Resource::Devices, 0, 1).is_err());
    }
}
