//! What the platform decides on about billing: the host's choices, not the teams'.

use super::Retries;
use crate::Error;
use std::time::Duration;

/// The platform's choices about billing. Every node of a fleet has the same.
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
    /// Three retries, 3 days apart; quotes for 15 minutes; 7 days' notice of a renewal without a card; the devices of a
    /// locked owner go on; a leap of the clock over 35 days, under which something has been due for over 7, is to be confirmed; a charge whose outcome is unknown for 24
    /// hours is told.
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
    /// The same with another schedule for failed renewals (R-PAY-2).
    #[must_use]
    pub fn with_retries(self, retries: Retries) -> Self {
        Self { retries, ..self }
    }

    /// The same with quotes that hold for another time (R-BILL-4): a minute to a day.
    ///
    /// # Errors
    /// `invalid` for any other.
    pub fn with_quote_life(self, quote_life: Duration) -> Result<Self, Error> {
        if !(60..=86_400).contains(&quote_life.as_secs()) {
            return Err(Error::invalid(
                "quote life",
                format!("is {} s; give 60 s (a minute) to 86400 s (a day)", quote_life.as_secs()),
            ));
        }
        Ok(Self { quote_life, ..self })
    }

    /// The same with another notice before a renewal that no good card is there for (R-PAY-7): 0 to 27 days.
    ///
    /// # Errors
    /// `invalid` for more.
    pub fn with_card_notice_days(self, card_notice_days: u32) -> Result<Self, Error> {
        if card_notice_days > 27 {
            return Err(Error::invalid(
                "card notice",
                format!("is {card_notice_days} days; give 0 to 27, for no month is longer"),
            ));
        }
        Ok(Self { card_notice_days, ..self })
    }

    /// The same with the devices of a locked owner held, or going on as by default (R-PAY-5). Held, they are sent no
    /// firmware, and their events are logged and not sent on; a connect and a publish each read the owner's account too. A
    /// dry run counts as if nobody were locked.
    #[must_use]
    pub fn with_devices_held(self, holds_devices: bool) -> Self {
        Self { holds_devices, ..self }
    }

    /// The same with another bound on how far the clock may leap without a word (R-BILL-10): 1 to 366 days.
    ///
    /// # Errors
    /// `invalid` for any other.
    pub fn with_leap_days(self, leap_days: u32) -> Result<Self, Error> {
        if !(1..=366).contains(&leap_days) {
            return Err(Error::invalid("leap", format!("is {leap_days} days; give 1 to 366")));
        }
        Ok(Self { leap_days, ..self })
    }

    /// The same with another time after which a charge whose outcome is still unknown is told (R-PAY-3): an hour to 30
    /// days.
    ///
    /// # Errors
    /// `invalid` for any other.
    pub fn with_unknown_notice(self, unknown_notice: Duration) -> Result<Self, Error> {
        if !(3_600..=30 * 86_400).contains(&unknown_notice.as_secs()) {
            return Err(Error::invalid(
                "unknown notice",
                format!("is {} s; give 3600 s (an hour) to 2592000 s (30 days)", unknown_notice.as_secs()),
            ));
        }
        Ok(Self { unknown_notice, ..self })
    }

    /// When a failed renewal is tried again.
    pub fn retries(&self) -> &Retries {
        &self.retries
    }

    /// For how long a quote holds.
    pub fn quote_life(&self) -> Duration {
        self.quote_life
    }

    /// How many days before a renewal the owner is told that there is no good card for it.
    pub fn card_notice_days(&self) -> u32 {
        self.card_notice_days
    }

    /// How many days the clock may leap without a word.
    pub fn leap_days(&self) -> u32 {
        self.leap_days
    }

    /// After how long a charge whose outcome is still unknown is told.
    pub fn unknown_notice(&self) -> Duration {
        self.unknown_notice
    }

    /// Whether the devices of a locked owner are held.
    pub fn holds_devices(&self) -> bool {
        self.holds_devices
    }
}
