//! Billing policy of the platform: set by the host, not by teams.

use super::Retries;
use crate::Error;
use std::time::Duration;

/// Billing policy of the platform. Every node of a fleet must use the same one.
///
/// ```
/// use fleet_core::billing::{BillingPolicy, Retries};
///
/// let policy = BillingPolicy::default().with_retries(Retries::new(&[1, 2, 4])?);
/// assert_eq!(policy.retries().attempt_days(), [0, 1, 3, 7]);
/// assert_eq!(policy.quote_life().as_secs(), 15 * 60);
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingPolicy {
    retries: Retries,
    quote_life: Duration,
    card_notice_days: u32,
    holds_devices: bool,
    leap_days: u32,
    unknown_notice: Duration,
}

impl Default for BillingPolicy {
    /// Defaults: three retries, 3 days apart; quotes valid for 15 minutes; 7 days' notice of a renewal without a card;
    /// the devices of a locked owner keep working; a leap of the clock over 35 days, during which something has been
    /// due for over 7, needs confirmation; a notice after a charge's outcome was unknown for 24 hours.
    fn default() -> Self {
        Self {
            retries: Retries::default(),
            quote_life: Duration::from_secs(15 * 60),
            card_notice_days: 7,
            holds_devices: false,
            leap_days: 35,
            unknown_notice: Duration::from_secs(86_400),
        }
    }
}

impl BillingPolicy {
    /// Sets the retry schedule of failed renewals (R-PAY-2).
    #[must_use]
    pub fn with_retries(self, retries: Retries) -> Self {
        Self { retries, ..self }
    }

    /// Sets how long quotes are valid (R-BILL-4): a minute to a day.
    ///
    /// # Errors
    /// `invalid` for any other duration.
    pub fn with_quote_life(self, quote_life: Duration) -> Result<Self, Error> {
        if !(60..=86_400).contains(&quote_life.as_secs()) {
            return Err(Error::invalid(
                "quote life",
                format!("is {} s; give 60 s (a minute) to 86400 s (a day)", quote_life.as_secs()),
            ));
        }
        Ok(Self { quote_life, ..self })
    }

    /// Sets how many days before a renewal an owner without a valid card receives a notice (R-PAY-7): 0 to 27.
    ///
    /// # Errors
    /// `invalid` for more days.
    pub fn with_card_notice_days(self, card_notice_days: u32) -> Result<Self, Error> {
        if card_notice_days > 27 {
            return Err(Error::invalid(
                "card notice",
                format!("is {card_notice_days} days; give 0 to 27, fewer than any month has"),
            ));
        }
        Ok(Self { card_notice_days, ..self })
    }

    /// Holds the devices of a locked owner; by default they keep working (R-PAY-5). Held devices
    /// receive no firmware, and their events are logged but not delivered. Each connect and publish then also reads the
    /// owner's account. A dry run counts as if no account were locked.
    #[must_use]
    pub fn with_devices_held(self) -> Self {
        Self { holds_devices: true, ..self }
    }

    /// Sets how many days the clock may leap without confirmation (R-BILL-10): 1 to 366.
    ///
    /// # Errors
    /// `invalid` for any other number.
    pub fn with_leap_days(self, leap_days: u32) -> Result<Self, Error> {
        if !(1..=366).contains(&leap_days) {
            return Err(Error::invalid("leap", format!("is {leap_days} days; give 1 to 366")));
        }
        Ok(Self { leap_days, ..self })
    }

    /// Sets after how long a notice is sent for a charge whose outcome is still unknown (R-PAY-3): an hour to 30 days.
    ///
    /// # Errors
    /// `invalid` for any other duration.
    pub fn with_unknown_notice(self, unknown_notice: Duration) -> Result<Self, Error> {
        if !(3_600..=30 * 86_400).contains(&unknown_notice.as_secs()) {
            return Err(Error::invalid(
                "unknown notice",
                format!("is {} s; give 3600 s (an hour) to 2592000 s (30 days)", unknown_notice.as_secs()),
            ));
        }
        Ok(Self { unknown_notice, ..self })
    }

    /// The retry schedule of failed renewals.
    pub fn retries(&self) -> &Retries {
        &self.retries
    }

    /// How long a quote is valid.
    pub fn quote_life(&self) -> Duration {
        self.quote_life
    }

    /// Number of days before a renewal at which an owner without a valid card receives a notice.
    pub fn card_notice_days(&self) -> u32 {
        self.card_notice_days
    }

    /// Number of days that the clock may leap without confirmation.
    pub fn leap_days(&self) -> u32 {
        self.leap_days
    }

    /// How long the outcome of a charge may be unknown before a notice is sent.
    pub fn unknown_notice(&self) -> Duration {
        self.unknown_notice
    }

    /// Whether the devices of a locked owner are held.
    pub fn holds_devices(&self) -> bool {
        self.holds_devices
    }
}
