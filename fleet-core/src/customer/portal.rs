//! Commands of customers: opened with a token, for what the token, the customer and the product's configuration permit.
//!
//! A wrong code is counted by the commit that rejects it, for the customer and for the secret that was tried; after the
//! fifth, no code is checked for a quarter of an hour.

use super::code::{ActivationCode, Secret, same};
use super::console::{find, unclaim};
use super::record::Guest;
use super::rows::{end_claim, named, sticker_key};
use super::{Customer, CustomerId, CustomerView, DeviceCode, Scope, Token, TokenId, TokenOwner};
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

/// Validity of a claim code.
pub const CLAIM_CODE_LIFE: Duration = Duration::from_secs(3600);

/// Number of claims that a customer can make within [`CLAIMS_SPAN`].
const MAX_CLAIMS: u16 = 200;

/// The span over which claims are counted.
const CLAIMS_SPAN: Duration = Duration::from_secs(86_400);

/// Maximum number of devices of a customer.
pub const MAX_DEVICES_A_CUSTOMER: usize = 100;

/// Commands of a customer, opened with a token at a moment. Every call checks the token.
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
/// # team.product(product).import(b"55ff6d04498b49a1b2c3d4e5")?;
/// // The team creates a customer, issues a token once, and prints a code on the device.
/// let carl = team.product(product).create_customer("carl@example.com", &Identity::Simple)?;
/// let scopes = [Scope::See, Scope::Control, Scope::Claim].into();
/// let (_, token) = team.product(product).customer(carl.id).issue_token(&scopes, Duration::from_secs(3600))?;
/// team.product(product).device(device).set_code("STICKER-0001")?;
///
/// // The customer claims the device with the code. Only from then on may they control it.
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

/// A code that a customer passes to their device during its setup.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimCode {
    /// The code.
    pub code: Secret,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A device, as the customer who claimed it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerDevice {
    /// Its id.
    pub id: DeviceId,
    /// Its name. Empty means it has none.
    pub name: String,
    /// Whether it is connected.
    pub online: bool,
    /// When it last connected.
    pub seen_at: Option<Timestamp>,
}

/// An authenticated customer, with their product and token.
struct Authorized {
    product: Arc<Product>,
    customer: Arc<Customer>,
    token: (TokenId, Token),
}

impl Authorized {
    /// Whether the token's scopes and the product's configuration permit this.
    fn may(&self, scope: Scope) -> bool {
        let granted = scope == Scope::Claim || self.product.policy.customers_may.contains(&scope);
        granted && self.token.1.scopes.contains(&scope)
    }
}

/// A customer's own record, and the validity of their token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerSession {
    /// The customer. Their devices are listed only if the token and the configuration permit it.
    pub customer: CustomerView,
    /// The token's id.
    pub token_id: TokenId,
    /// The scopes of the token.
    pub scopes: BTreeSet<Scope>,
    /// When the token expires.
    pub expires_at: Timestamp,
}

impl Fleet {
    /// Returns the commands of the customer who has this token.
    pub fn portal(&self, token: &Secret, now: Timestamp) -> Portal<'_> {
        Portal { fleet: self, token: token.clone(), now }
    }
}

impl Portal<'_> {
    /// Returns the customer's own record: the product, the token's scopes and its expiry.
    ///
    /// # Errors
    /// `unauthenticated` for a token that is unknown, expired or revoked, without distinguishing them. The same holds
    /// for every call here.
    pub fn me(&self) -> Result<CustomerSession, Error> {
        self.fleet.transact(|tx| {
            let authorized = self.enter(tx, Command::ReadSelf, None, None)?;
            let mut customer = CustomerView::of(authorized.product.id, &authorized.customer);
            if !authorized.may(Scope::See) {
                (customer.devices, customer.active_at) = (Vec::new(), None);
            }
            let (token_id, Token { scopes, expires_at, .. }) = authorized.token;
            Ok(CustomerSession { customer, token_id, scopes, expires_at })
        })
    }

    /// Revokes the token at once.
    ///
    /// # Errors
    /// `unauthenticated`, also for a second call.
    pub fn log_out(&self) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let Authorized { product, mut customer, token, .. } = self.enter(tx, Command::LogOut, None, None)?;
            let changed = Arc::make_mut(&mut customer);
            changed.tokens.remove(&token.0);
            tx.delete(Key::Token(Box::new(token.1.hash)));
            let id = (product.id, changed.id);
            tx.put(id, customer);
            audit(self.fleet, tx, id, self.now, Command::LogOut, "token given up");
            Ok(())
        })
    }

    /// Joins the private beta with the customer's activation code (R-CUS-4).
    ///
    /// # Errors
    /// `wrong_code`, the same for a code of another guest, a used one, or one that never existed; `barred` after five
    /// wrong ones.
    pub fn activate(&self, code: ActivationCode) -> Result<(), Error> {
        let turned_away = self.fleet.transact(|tx| {
            let Authorized { product, mut customer, .. } =
                self.enter(tx, Command::Activate, None, Some(Scope::Claim))?;
            let (guest_name, guest) = match named::<Arc<Guest>>(tx, product.id, &customer.user_name)? {
                Some((name, guest)) => (name, Some(guest)),
                None => (Arc::default(), None),
            };
            let guest_id = (product.id, guest_name);
            // A repeated call of a customer who succeeded succeeds again.
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

    /// Returns a code for the customer's device to present during its setup (R-CUS-3). It is valid for an hour, once. A
    /// new request invalidates the previous code.
    ///
    /// # Errors
    /// `not_activated` in a private beta; `forbidden` if the token's scopes do not permit it.
    pub fn ask_claim_code(&self) -> Result<ClaimCode, Error> {
        let code = Secret::new(self.fleet.random_bytes()?);
        self.fleet.transact(|tx| {
            let Authorized { product, mut customer, .. } =
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

    /// Claims a device with the code printed on it (R-CUS-3).
    ///
    /// # Errors
    /// `wrong_code`, the same for a device that does not exist, has no code, or has another; `barred` after five wrong
    /// ones; `taken` if somebody has claimed it; `not_activated` in a private beta.
    pub fn claim(&self, device: DeviceId, code: &str) -> Result<(), Error> {
        let code = &*text::code(code);
        let turned_away = self.fleet.transact(|tx| {
            let Authorized { product, mut customer, .. } =
                self.enter(tx, Command::ClaimAsCustomer, None, Some(Scope::Claim))?;
            let mut printed = tx.get::<Box<DeviceCode>>((product.id, device))?;
            let right = match &printed {
                Some(printed) => printed.is(sticker_key(self.fleet, tx)?, code),
                None => false,
            };
            // A repeated call of a customer who succeeded succeeds again.
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

    /// Ends the customer's claim of a device.
    ///
    /// # Errors
    /// `not_found` for a device that is not the customer's.
    pub fn unclaim(&self, device: DeviceId) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let Authorized { product, customer, .. } =
                self.enter(tx, Command::UseDevice, Some(device), Some(Scope::Claim))?;
            unclaim(tx, product.id, customer.id, device)?;
            let id = (product.id, customer.id);
            audit(self.fleet, tx, id, self.now, Command::UseDevice, format!("{device} given up"));
            Ok(())
        })
    }

    /// Returns the customer's devices.
    ///
    /// # Errors
    /// `forbidden` if the token's scopes or the product's configuration do not permit it.
    pub fn devices(&self) -> Result<Vec<CustomerDevice>, Error> {
        self.fleet.transact(|tx| {
            let Authorized { product, customer, .. } = self.enter(tx, Command::ReadSelf, None, Some(Scope::See))?;
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

    /// Checks that the customer may see or control a device now, and records that they used it, for the team to see
    /// (R-SEE-1). The host calls this before it executes a customer's request to a device.
    ///
    /// # Errors
    /// `not_found` for a device that is not the customer's; `forbidden` if the token's scopes or the product's
    /// configuration do not permit it.
    pub fn use_device(&self, device: DeviceId, scope: Scope) -> Result<(), Error> {
        if scope == Scope::Claim {
            return Err(Error::invalid("scope", "must be `see` or `control`"));
        }
        self.fleet.transact(|tx| {
            let Authorized { product, mut customer, .. } =
                self.enter(tx, Command::UseDevice, Some(device), Some(scope))?;
            // Recording once a minute is precise enough.
            if customer.active_at.is_none_or(|at| is_old(at, self.now, Duration::from_secs(60))) {
                let changed = Arc::make_mut(&mut customer);
                changed.active_at = Some(self.now);
                let id = changed.id;
                tx.put((product.id, id), customer);
            }
            Ok(())
        })
    }

    /// Authorizes a customer: by their token, their role, the token's scopes and the product's configuration.
    fn enter(
        &self,
        tx: &mut Transaction<'_>,
        command: Command,
        device: Option<DeviceId>,
        scope: Option<Scope>,
    ) -> Result<Authorized, Error> {
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
        let authorized = Authorized { product, customer, token };
        if let Some(scope) = scope.filter(|scope| !authorized.may(*scope)) {
            let granted = scope == Scope::Claim || authorized.product.policy.customers_may.contains(&scope);
            return Err(ErrorKind::Forbidden { command, needs: what_grants(scope, granted) }.into());
        }
        Ok(authorized)
    }
}

impl Gateway<'_> {
    /// A device in setup presents the claim code that its customer passed to it: the device becomes theirs (R-CUS-3).
    /// The code proves possession, so another person's claim ends, and a notice names that person.
    ///
    /// # Errors
    /// `wrong_code` for a code that is unknown, expired, used by another device, or of another product's customer;
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
                // A repeated call of the device that used the code succeeds again.
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

/// How it is proven that a device is a customer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// By the customer, with the code printed on it. Anybody may have read that.
    OfCustomer,
    /// By the device, with a claim code: only a person who has the device can pass it one (R-CUS-3).
    OfDevice,
}

/// Makes a device a customer's (R-CUS-3). Its registry entry is the guard that it has one owner.
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
    // Wrong codes stay counted: a correct claim does not permit more guesses at another device's code.
    changed.active_at = Some(now);
    let id = (product, changed.id);
    tx.put(id, customer);
    let values = [("claimed by", shown(before), claimant.to_string())];
    audit(fleet, tx, id, now, Command::ClaimAsCustomer, Entry::changed(device.to_string(), values));
    Ok(())
}

/// Whether a moment is at least a span ago, or so far ahead that a clock was wrong.
fn is_old(at: Timestamp, now: Timestamp, span: Duration) -> bool {
    now.since(at) >= span || at.is_of_another_clock(now)
}

/// Counts a claim, so that a customer who repeatedly claims a device and gives it up does not fill the audit.
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

/// Writes the audit entry of a customer's command, in the commit that executes it (R-TEAM-7).
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

/// Checks that a customer may claim: in a private beta, only after activation (R-CUS-4).
fn activated(product: &Product, customer: &Customer) -> Result<(), Error> {
    if product.policy.private_beta && customer.activated_at.is_none() {
        return Err(ErrorKind::NotActivated.into());
    }
    Ok(())
}

/// Returns what is needed for a scope that the token lacks, or that the product grants to nobody.
fn what_grants(scope: Scope, granted: bool) -> &'static str {
    match (scope, granted) {
        (Scope::See, true) => "a token with the scope `see`",
        (Scope::Control, true) => "a token with the scope `control`",
        (Scope::Claim, _) => "a token with the scope `claim`",
        (Scope::See, false) => "a product whose configuration lets customers `see` their devices",
        (Scope::Control, false) => "a product whose configuration lets customers `control` their devices",
    }
}
