//! skeleton
use std::sync::Arc;
uniffi::setup_scaffolding!();

/// A moment.
#[derive(Debug, Clone, Copy)]
pub struct Timestamp(fleet_core::Timestamp);
uniffi::custom_type!(Timestamp, i64, { lower: |t| t.0.as_millis(), try_lift: |m| Ok(Timestamp(fleet_core::Timestamp::from_millis(m))) });

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Account { pub id: u64, pub email: String }

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Actor { Operator, Account { id: u64 } }

/// Error.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum FleetError {
    #[error("{reason}")]
    NotFound { code: String, reason: String },
    #[error("{reason}")]
    Invalid { code: String, reason: String },
}
impl From<fleet_core::Error> for FleetError {
    fn from(error: fleet_core::Error) -> Self { FleetError::Invalid { code: error.code().to_owned(), reason: error.to_string() } }
}

/// A fleet.
#[derive(Debug, uniffi::Object)]
pub struct Fleet { core: Arc<fleet_core::Fleet> }

/// Console.
#[derive(Debug, uniffi::Object)]
pub struct Console { core: Arc<fleet_core::Fleet>, actor: Actor, now: Timestamp }

#[uniffi::export]
impl Fleet {
    /// Opens.
    #[uniffi::constructor]
    pub async fn open(url: String) -> Result<Arc<Self>, FleetError> {
        let _ = url;
        Ok(Arc::new(Self { core: Arc::new(fleet_core::Fleet::open(fleet_core::MemoryStore::new())) }))
    }
    /// door
    pub fn console(&self, actor: Actor, now: Timestamp) -> Arc<Console> { Arc::new(Console { core: self.core.clone(), actor, now }) }
    /// connect
    pub fn connect(&self, now: Timestamp) -> Result<String, FleetError> {
        let report = fleet_core::device::Report::new("55ff6d04498b49a1b2c3d4e5".parse().map_err(|_| FleetError::Invalid { code: "x".into(), reason: "x".into() })?, now.0);
        Ok(self.core.gateway(now.0).connect(&report)?.answer.to_string())
    }
}
#[uniffi::export]
impl Console {
    /// creates
    pub async fn create_account(&self, email: String) -> Result<Account, FleetError> {
        let (core, actor, now) = (self.core.clone(), self.actor, self.now);
        blocking::unblock(move || {
            let actor = match actor { Actor::Operator => fleet_core::Actor::Operator, Actor::Account { id } => fleet_core::AccountId::new(id).into() };
            let account = core.console(actor, now.0).create_account(&email)?;
            Ok(Account { id: account.id.get(), email: account.email.to_string() })
        }).await
    }
}
