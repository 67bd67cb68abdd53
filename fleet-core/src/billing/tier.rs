//! Tiers: what a product may hold (R-TIER). The catalogue is data; the default is that of R-TIER-1.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A tier: limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Its name, unique in the catalogue.
    pub name: Arc<str>,
    /// Devices in the product, at most; none: no limit.
    pub devices: Option<u64>,
    /// Team members, the owner among them, at most; none: no limit.
    pub members: Option<u64>,
    /// Outbound messages a usage month, at most; none: no limit.
    pub messages: Option<u64>,
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
#[serde(transparent)]
pub struct Catalogue {
    tiers: Vec<Tier>,
}

/// What a tier limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resource {
    /// Devices in the product, online or not (R-TIER-2).
    Devices,
    /// Team members, the owner and pending invitations among them (R-TEAM-4).
    Members,
    /// Outbound messages a usage month.
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

/// A command that would take a product over its tier's limit: says which limit, its value, what is used, what would be
/// used, and the cheapest tier that would do (R-TIER-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LimitExceeded {
    /// The product's tier.
    pub tier: Arc<str>,
    /// What is limited.
    pub resource: Resource,
    /// The tier's limit.
    pub limit: u64,
    /// What is in use now.
    pub used: u64,
    /// What would be in use.
    pub would_be: u64,
    /// The cheapest tier that would do, and its limit (none: it has no limit).
    pub fits: Option<(Arc<str>, Option<u64>)>,
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tier, resource, limit, used, would_be, fits } = self;
        write!(f, "refused: {would_be} {resource} would exceed the {tier} tier's {limit} ({used} in use now); ")?;
        match fits {
            Some((name, Some(limit))) => write!(f, "{name} allows {limit}"),
            Some((name, None)) => write!(f, "{name} has no limit"),
            None => write!(f, "no tier allows as many"),
        }
    }
}

impl std::error::Error for LimitExceeded {}

impl Tier {
    fn limit(&self, resource: Resource) -> Option<u64> {
        match resource {
            Resource::Devices => self.devices,
            Resource::Members => self.members,
            Resource::Messages => self.messages,
        }
    }
}

impl Catalogue {
    /// A catalogue of these tiers, the cheapest first. The first is what a new product starts with.
    ///
    /// # Errors
    /// `invalid` where there is no tier or two have the same name.
    pub fn new(tiers: Vec<Tier>) -> Result<Self, crate::Error> {
        let distinct: std::collections::BTreeSet<_> = tiers.iter().map(|tier| &tier.name).collect();
        if tiers.is_empty() || distinct.len() < tiers.len() {
            return Err(crate::Error::invalid("catalogue", "needs at least one tier, each with a name of its own"));
        }
        Ok(Self { tiers })
    }

    /// The tiers, the cheapest first.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tier with this name.
    pub fn tier(&self, name: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| &*tier.name == name)
    }

    /// The name of the tier that a new product starts with.
    pub(crate) fn first(&self) -> Arc<str> {
        self.tiers.first().map(|tier| Arc::clone(&tier.name)).unwrap_or_default()
    }

    /// Whether a product of this tier may go from `used` to `would_be` (R-TIER-3, R-TIER-4). Not adding anything is
    /// always allowed, also above the limit.
    ///
    /// # Errors
    /// The limit that stands in the way. A tier that the catalogue does not have allows nothing more.
    pub fn check(&self, tier: &str, resource: Resource, used: u64, would_be: u64) -> Result<(), LimitExceeded> {
        let limit = match self.tier(tier) {
            Some(tier) => tier.limit(resource),
            None => Some(0),
        };
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
            }),
            _ => Ok(()),
        }
    }
}

impl Default for Catalogue {
    /// The default catalogue of R-TIER-1.
    fn default() -> Self {
        let tier = |name: &str, devices, members, messages| Tier { name: name.into(), devices, members, messages };
        Self {
            tiers: vec![
                tier("Prototype", Some(25), Some(5), Some(250_000)),
                tier("Small", Some(250), None, Some(2_500_000)),
                tier("Medium", Some(1_000), None, Some(10_000_000)),
                tier("Large", Some(10_000), None, Some(100_000_000)),
                tier("Enterprise", None, None, None),
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
    fn over_the_limit_nothing_can_be_added_but_what_is_there_stays() {
        let catalogue = Catalogue::default();
        assert_eq!(catalogue.check("Prototype", Resource::Devices, 300, 300), Ok(()));
        assert_eq!(catalogue.check("Prototype", Resource::Devices, 300, 299), Ok(()));
        assert!(catalogue.check("Prototype", Resource::Devices, 300, 301).is_err());
    }

    #[test]
    fn a_tier_of_no_catalogue_allows_nothing_more() {
        assert!(Catalogue::default().check("Platinum", Resource::Devices, 0, 1).is_err());
    }
}
