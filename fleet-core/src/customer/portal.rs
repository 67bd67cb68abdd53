//! The customers' door: opened with a token, for what the token, the customer and the product's configuration allow.
//!
//! A code that is wrong is counted by the same commit that turns it away, for the customer and for the secret that it was
//! told against; after the fifth none is looked at for a quarter of an hour.

use super::code::{ActivationCode, Secret, same};
use super::console::{find, unclaim};
use super::record::{Guest, end_claim, named};
use super::{Customer, CustomerId, CustomerView, DeviceCode, Scope, StickerKey, Token, TokenId, TokenOwner};
use crate::audit::{Entry, shown};
use crate::device::{Device, DeviceId, Registration, Standing};
use crate::fleet::{AuditPlace, Fleet, Gateway};
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, Transaction};
use crate::team::{Actor, Claimant, Command, Role, allows};
use crate::text;
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// A claim code is good for so long.
pub const CLAIM_CODE_LIFE: Duration = Duration::from_secs(3600);

/// Number of claims that a customer can make within [`CLAIMS_SPAN`].
const MAX_CLAIMS: u16 = 200;

/// How long claims are counted for.
const CLAIMS_SPAN: Duration = Duration::from_secs(86_400);

/// A customer has at most so many devices.
pub const MAX_DEVICES_A_CUSTOMER: usize = 100;

/// The door for customers, opened with a token at a moment. The token is looked at by every call.
///
/// ```
/// use fleet_core::customer::{Identity, Scope};
/// use fleet_core::{Actor, DeviceId, Fleet, MemoryStore, Timestamp};
/// use std::time::Duration;
///
/// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
/// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?.id;
/// # let team = fleet.console(alice, now);
/// # let product = team.create_product("Thermostat", "photon".parse()?)?.id;
/// # let device: DeviceId = "55ff6d04498b49a1b2c3d4e5".parse()?;
/// # team.import(product, b"55ff6d04498b49a1b2c3d4e5")?;
/// // The team makes a customer, hands out a token once, and prints a code on the device.
/// let carl = team.create_customer(product, "carl@example.com", &Identity::Simple)?;
/// let scopes = [Scope::See, Scope::Control, Scope::Claim].into();
/// let (_, token) = team.issue_token(product, carl.id, &scopes, Duration::from_secs(3600))?;
/// team.set_device_code(product, device, "STICKER-0001")?;
///
/// // The customer claims it with the code; from then on, and only then, it is theirs to control.
/// let portal = fleet.portal(&token, now);
/// assert_eq!(portal.use_device(device, Scope::Control).unwrap_err().code(), "not_found");
/// portal.claim(device, "STICKER-0001")?;
/// portal.use_device(device, Scope::Control)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Portal<'f> {
    fleet: &'f Fleet,
    token: Secret,
    now: Timestamp,
}

/// A code that a customer hands to their device when they set it up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimCode {
    /// The code.
    pub code: Secret,
    /// From when on it is no good.
    pub expires_at: Timestamp,
}

/// A device, as the customer sees it who has claimed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerDevice {
    /// Its id.
    pub id: DeviceId,
    /// Its name; empty: none.
    pub name: String,
    /// Whether it is connected.
    pub online: bool,
    /// When it last connected.
    pub seen_at: Option<Timestamp>,
}

/// A customer who was let through, and what they were let through to.
struct Guarded {
    product: Arc<Product>,
    customer: Arc<Customer>,
    token: (TokenId, Token),
}

impl Guarded {
    /// Whether the token's scopes and the product's configuration let the customer do this.
    fn may(&self, scope: Scope) -> bool {
        let granted = scope == Scope::Claim || self.product.policy.customers_may.contains(&scope);
        granted && self.token.1.scopes.contains(&scope)
    }
}

/// A customer's own record, and what the token that they came with is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerSession {
    /// The customer. Their devices are listed only where the token and the configuration let them see them.
    pub customer: CustomerView,
    /// The token's name.
    pub token_id: TokenId,
    /// What the token may be used for.
    pub scopes: BTreeSet<Scope>,
    /// From when on it is no good.
    pub expires_at: Timestamp,
}

impl Fleet {
    /// The door for customers: whoever holds the token.
    pub fn portal(&self, token: &Secret, now: Timestamp) -> Portal<'_> {
        Portal { fleet: self, token: token.clone(), now }
    }
}

impl Portal<'_> {
    /// The customer's own record: of which product, and what the token is good for, until when.
    ///
    /// # Errors
    /// `unauthenticated` for a token that is unknown, expired or revoked, without saying which; so for every call here.
    pub fn me(&self) -> Result<CustomerSession, Error> {
        self.fleet.transact(|tx| {
            let guarded = self.enter(tx, Command::ReadSelf, None, None)?;
            let mut customer = CustomerView::of(guarded.product.id, &guarded.customer);
            if !guarded.may(Scope::See) {
                (customer.devices, customer.active_at) = (Vec::new(), None);
            }
            let (token_id, Token { scopes, expires_at, .. }) = guarded.token;
            Ok(CustomerSession { customer, token_id, scopes, expires_at })
        })
    }

    /// Makes the token no good at once.
    ///
    /// # Errors
    /// `unauthenticated`, also the second time.
    pub fn log_out(&self) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let Guarded { product, mut customer, token, .. } = self.enter(tx, Command::LogOut, None, None)?;
            let changed = Arc::make_mut(&mut customer);
            changed.tokens.remove(&token.0);
            tx.delete(Key::Token(Box::new(token.1.hash)));
            let id = (product.id, changed.id);
            tx.put(id, customer);
            audit(self.fleet, tx, id, self.now, Command::LogOut, "token given up");
            Ok(())
        })
    }

    /// Joins the private beta by the customer's activation code (R-CUS-4).
    ///
    /// # Errors
    /// `wrong_code`, alike for a code that is another's, was used, or never was; `barred` after five wrong ones.
    pub fn activate(&self, code: ActivationCode) -> Result<(), Error> {
        let turned_away = self.fleet.transact(|tx| {
            let Guarded { product, mut customer, .. } = self.enter(tx, Command::Activate, None, Some(Scope::Claim))?;
            let (guest_name, guest) = match named::<Arc<Guest>>(tx, product.id, &customer.user_name)? {
                Some((name, guest)) => (name, Some(guest)),
                None => (Arc::default(), None),
            };
            let guest_id = (product.id, guest_name);
            // Told again by who succeeded, it succeeds.
            let known = guest.as_ref().filter(|guest| guest.code.is(&code));
            if known.is_some_and(|guest| guest.used_at.is_some() && guest.used_at == customer.activated_at) {
                return Ok(None);
            }
            let mut wrong = customer.wrong();
            let of_guest = guest.as_ref().and_then(|guest| guest.wrong.barred(self.now));
            if let Some(refused) = wrong.barred(self.now).or(of_guest) {
                return Ok(Some(refused));
            }
            let right = known.is_some_and(|guest| guest.used_at.is_none());
            let changed = Arc::make_mut(&mut customer);
            let id = (product.id, changed.id);
            if !right {
                let mut refused = wrong.count(self.now);
                changed.set_wrong(wrong);
                if let Some(mut guest) = guest {
                    refused = refused.or(Arc::make_mut(&mut guest).wrong.count(self.now));
                    tx.put(guest_id, guest);
                }
                tx.put(id, customer);
                return Ok(Some(refused.into()));
            }
            changed.activated_at = Some(self.now);
            tx.put(id, customer);
            if let Some(mut guest) = guest {
                Arc::make_mut(&mut guest).used_at = Some(self.now);
                tx.put(guest_id, guest);
            }
            audit(self.fleet, tx, id, self.now, Command::Activate, "joined the private beta");
            Ok(None)
        })?;
        turned_away.map_or(Ok(()), Err)
    }

    /// A code for the customer's device to present when it is set up (R-CUS-3). Good for an hour, once; asking again
    /// makes the one before no good.
    ///
    /// # Errors
    /// `not_activated` in a private beta; `forbidden` where the token's scopes do not allow it.
    pub fn ask_claim_code(&self) -> Result<ClaimCode, Error> {
        let code = Secret::new(self.fleet)?;
        self.fleet.transact(|tx| {
            let Guarded { product, mut customer, .. } =
                self.enter(tx, Command::AskClaimCode, None, Some(Scope::Claim))?;
            activated(&product, &customer)?;
            let expires_at = self.now.after(CLAIM_CODE_LIFE);
            let changed = Arc::make_mut(&mut customer);
            if let Some(old) = changed.claim_code.replace(code.hash()) {
                tx.delete(Key::ClaimCode(Box::new(old)));
            }
            let id = changed.id;
            tx.put((product.id, id), customer);
            let owner = TokenOwner { product: product.id, customer: id, expires_at, used_by: None };
            tx.put_record(Key::ClaimCode(Box::new(code.hash())), Record::TokenOwner(owner));
            Ok(ClaimCode { code: code.clone(), expires_at })
        })
    }

    /// Claims a device by the code on it (R-CUS-3).
    ///
    /// # Errors
    /// `wrong_code`, alike where the device is not there, has no code, or has another; `barred` after five wrong ones;
    /// `taken` where somebody has claimed it; `not_activated` in a private beta.
    pub fn claim(&self, device: DeviceId, code: &str) -> Result<(), Error> {
        let code = &*text::code(code);
        let turned_away = self.fleet.transact(|tx| {
            let Guarded { product, mut customer, .. } =
                self.enter(tx, Command::ClaimAsCustomer, None, Some(Scope::Claim))?;
            let mut printed = tx.get::<Box<DeviceCode>>((product.id, device))?;
            let right = match &printed {
                Some(printed) => printed.is(StickerKey::of(self.fleet, tx)?, code),
                None => false,
            };
            // Told again by who succeeded, it succeeds.
            if right && customer.devices.contains(&device) {
                return Ok(None);
            }
            activated(&product, &customer)?;
            let mut wrong = customer.wrong();
            let of_device = printed.as_ref().and_then(|printed| printed.wrong.barred(self.now));
            if let Some(refused) = wrong.barred(self.now).or(of_device) {
                return Ok(Some(refused));
            }
            let there = tx.get::<Device>((product.id, device))?.is_some_and(|row| row.standing == Standing::Member);
            let id = (product.id, customer.id);
            if !right || !there {
                let mut refused = wrong.count(self.now);
                Arc::make_mut(&mut customer).set_wrong(wrong);
                tx.put(id, customer);
                if let Some(printed) = &mut printed {
                    refused = refused.or(printed.wrong.count(self.now));
                    tx.put((product.id, device), printed.clone());
                }
                return Ok(Some(refused.into()));
            }
            claim(self.fleet, tx, product.id, customer, device, Proof::OfCustomer, self.now).map(|()| None)
        })?;
        turned_away.map_or(Ok(()), Err)
    }

    /// Gives a device up.
    ///
    /// # Errors
    /// `not_found` for a device that is not the customer's.
    pub fn unclaim(&self, device: DeviceId) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let Guarded { product, customer, .. } =
                self.enter(tx, Command::UseDevice, Some(device), Some(Scope::Claim))?;
            unclaim(tx, product.id, customer.id, device)?;
            let id = (product.id, customer.id);
            audit(self.fleet, tx, id, self.now, Command::UseDevice, format!("{device} given up"));
            Ok(())
        })
    }

    /// The customer's devices.
    ///
    /// # Errors
    /// `forbidden` where the token's scopes or the product's configuration do not allow to see them.
    pub fn devices(&self) -> Result<Vec<CustomerDevice>, Error> {
        self.fleet.transact(|tx| {
            let Guarded { product, customer, .. } = self.enter(tx, Command::ReadSelf, None, Some(Scope::See))?;
            tx.load(customer.devices.iter().map(|device| Key::Device(product.id, *device)))?;
            let mut devices = Vec::with_capacity(customer.devices.len());
            for id in &customer.devices {
                if let Some(row) = tx.get::<Device>((product.id, *id))? {
                    devices.push(CustomerDevice {
                        id: *id,
                        name: row.name().to_owned(),
                        online: row.is_online(),
                        seen_at: row.seen.map(|seen| seen.at),
                    });
                }
            }
            Ok(devices)
        })
    }

    /// Whether the customer may see or control a device now; and that they did, for the team to see who uses theirs
    /// (R-SEE-1). The host asks this before it does what the customer wants of the device.
    ///
    /// # Errors
    /// `not_found` for a device that is not the customer's; `forbidden` where the token's scopes or the product's
    /// configuration do not allow it.
    pub fn use_device(&self, device: DeviceId, scope: Scope) -> Result<(), Error> {
        if scope == Scope::Claim {
            return Err(Error::invalid("scope", "must be `see` or `control`: that is how a device is used"));
        }
        self.fleet.transact(|tx| {
            let Guarded { product, mut customer, .. } =
                self.enter(tx, Command::UseDevice, Some(device), Some(scope))?;
            // Once a minute is often enough to tell who uses their device.
            if customer.active_at.is_none_or(|at| is_old(at, self.now, Duration::from_secs(60))) {
                let changed = Arc::make_mut(&mut customer);
                changed.active_at = Some(self.now);
                let id = changed.id;
                tx.put((product.id, id), customer);
            }
            Ok(())
        })
    }

    /// Lets a customer through: by their token, their role, the token's scopes and the product's configuration.
    fn enter(
        &self,
        tx: &mut Transaction<'_>,
        command: Command,
        device: Option<DeviceId>,
        scope: Option<Scope>,
    ) -> Result<Guarded, Error> {
        let hash = self.token.hash();
        let stranger = || Error::from(ErrorKind::Unauthenticated);
        tx.load([Key::Token(Box::new(hash))])?;
        let Some(Record::TokenOwner(owner)) = tx.record(&Key::Token(Box::new(hash))) else { return Err(stranger()) };
        tx.load([Key::Product(owner.product), Key::Customer(owner.product, owner.customer)])?;
        let product: Option<Arc<Product>> = tx.get(owner.product)?;
        let product = product.filter(|product| product.removed_at.is_none()).ok_or_else(stranger)?;
        let customer: Arc<Customer> = tx.get((owner.product, owner.customer))?.ok_or_else(stranger)?;
        let token = customer.tokens.iter().find(|(_, token)| same(&token.hash, &hash));
        let token = token.filter(|(_, token)| token.expires_at > self.now).ok_or_else(stranger)?;
        let token = (*token.0, token.1.clone());
        let role = match device {
            Some(device) if customer.devices.contains(&device) => Role::CustomerWithDevice,
            _ => Role::Customer,
        };
        if !allows(role, command) {
            return Err(Error::not_found("device"));
        }
        let guarded = Guarded { product, customer, token };
        if let Some(scope) = scope.filter(|scope| !guarded.may(*scope)) {
            let granted = scope == Scope::Claim || guarded.product.policy.customers_may.contains(&scope);
            return Err(ErrorKind::Forbidden { command, needs: what_grants(scope, granted) }.into());
        }
        Ok(guarded)
    }
}

impl Gateway<'_> {
    /// A device that is set up presents the claim code that its customer gave it: it is theirs (R-CUS-3). That proves
    /// possession, so a claim of somebody else ends, and a notice tells who that was.
    ///
    /// # Errors
    /// `wrong_code` for one that is unknown, used by another device, expired, or of another product's customer;
    /// `not_activated` in a private beta.
    pub fn present_claim_code(&self, device: DeviceId, code: &Secret) -> Result<(), Error> {
        let hash = code.hash();
        let wrong = || Error::from(ErrorKind::WrongCode { left: None });
        self.fleet.transact(|tx| {
            tx.load([Key::ClaimCode(Box::new(hash))])?;
            let Some(Record::TokenOwner(owner)) = tx.record(&Key::ClaimCode(Box::new(hash))) else {
                return Err(wrong());
            };
            if owner.expires_at <= self.now {
                return Err(wrong());
            }
            let claimant = Claimant::Customer(owner.product, owner.customer);
            if let Some(used_by) = owner.used_by {
                // Told again by the device that it was used by, it succeeds.
                let entry: Registration = tx.get(device)?.unwrap_or_default();
                return if used_by == device && entry.claimed_by == Some(claimant) { Ok(()) } else { Err(wrong()) };
            }
            let row = tx.get::<Device>((owner.product, device))?;
            row.filter(|row| row.standing == Standing::Member).ok_or_else(wrong)?;
            let product = tx.get::<Arc<Product>>(owner.product)?;
            let product = product.filter(|product| product.removed_at.is_none()).ok_or_else(wrong)?;
            let customer = find(tx, owner.product, owner.customer)?;
            activated(&product, &customer)?;
            let used = TokenOwner { used_by: Some(device), ..owner };
            tx.put_record(Key::ClaimCode(Box::new(hash)), Record::TokenOwner(used));
            claim(self.fleet, tx, owner.product, customer, device, Proof::OfDevice, self.now)
        })
    }
}

/// Who proves that a device is a customer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// The customer, by the code printed on it. Anybody may have read that.
    OfCustomer,
    /// The device, by the claim code that it was handed: whoever hands it one has it (R-CUS-3).
    OfDevice,
}

/// Makes a device a customer's (R-CUS-3): its registry entry is the guard that it has one owner.
fn claim(
    fleet: &Fleet,
    tx: &mut Transaction<'_>,
    product: ProductId,
    mut customer: Arc<Customer>,
    device: DeviceId,
    proof: Proof,
    now: Timestamp,
) -> Result<(), Error> {
    let claimant = Claimant::Customer(product, customer.id);
    let mut entry: Registration = tx.get(device)?.unwrap_or_default();
    let before = entry.claimed_by;
    if before.is_some_and(|holder| holder != claimant) {
        if proof == Proof::OfCustomer {
            return Err(ErrorKind::Taken { what: "device", value: device.to_string() }.into());
        }
        let (account, customer) = match end_claim(tx, device, &mut entry)? {
            Some(Claimant::Account(account)) => (Some(account), None),
            Some(Claimant::Customer(_, customer)) => (None, Some(customer)),
            None => (None, None),
        };
        notify(tx, now, product, NoticeSubject::ClaimEnded { device, account, customer })?;
    }
    if before != Some(claimant) {
        entry.claimed_by = Some(claimant);
        tx.put(device, entry);
    }
    let changed = Arc::make_mut(&mut customer);
    changed.devices.insert(device);
    if changed.devices.len() > MAX_DEVICES_A_CUSTOMER {
        return Err(Error::invalid(
            "device",
            format!("a customer has at most {MAX_DEVICES_A_CUSTOMER}; unclaim one first"),
        ));
    }
    count_claim(changed, now)?;
    // Wrong codes stay counted: a claim that is right is no leave to go on guessing another device's.
    changed.active_at = Some(now);
    let id = (product, changed.id);
    tx.put(id, customer);
    let values = [("claimed by", shown(before), claimant.to_string())];
    audit(fleet, tx, id, now, Command::ClaimAsCustomer, Entry::changed(device.to_string(), values));
    Ok(())
}

/// Whether a moment lies a span back, or so far ahead that a clock was wrong.
fn is_old(at: Timestamp, now: Timestamp, span: Duration) -> bool {
    now.since(at) >= span || at.is_of_another_clock(now)
}

/// Counts a claim, so that a customer who claims a device and gives it up over and over does not fill the audit.
fn count_claim(customer: &mut Customer, now: Timestamp) -> Result<(), Error> {
    let since = customer.claims_since.filter(|since| !is_old(*since, now, CLAIMS_SPAN));
    if since.is_none() {
        (customer.claims, customer.claims_since) = (0, Some(now));
    }
    customer.claims = customer.claims.saturating_add(1);
    if customer.claims > MAX_CLAIMS {
        return Err(ErrorKind::Barred { until: since.unwrap_or(now).after(CLAIMS_SPAN) }.into());
    }
    Ok(())
}

/// Writes down what a customer did, with the commit that does it (R-TEAM-7).
fn audit(
    fleet: &Fleet,
    tx: &mut Transaction<'_>,
    (product, customer): (ProductId, CustomerId),
    now: Timestamp,
    command: Command,
    entry: impl Into<Entry>,
) {
    let place = AuditPlace::Product(product);
    let (key, record) = fleet.audit_record(place, Actor::Customer(customer), now, command, entry);
    tx.put_record(key, record);
}

/// Whether a customer may claim: in a private beta, once they are in it (R-CUS-4).
fn activated(product: &Product, customer: &Customer) -> Result<(), Error> {
    if product.policy.private_beta && customer.activated_at.is_none() {
        return Err(ErrorKind::NotActivated.into());
    }
    Ok(())
}

/// What it takes to use a scope that the token has not, or the product grants to nobody.
fn what_grants(scope: Scope, granted: bool) -> &'static str {
    match (scope, granted) {
        (Scope::See, true) => "a token with the scope `see`",
        (Scope::Control, true) => "a token with the scope `control`",
        (Scope::Claim, _) => "a token with the scope `claim`",
        (Scope::See, false) => "a product whose configuration lets customers `see` their devices",
        (Scope::Control, false) => "a product whose configuration lets customers `control` their devices",
    }
}
