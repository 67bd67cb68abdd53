//! The private beta: who is invited, and the code that lets them claim a device (R-CUS-4).

use super::record::Guest;
use super::{ActivationCode, Customer, CustomerCount, CustomerId, WrongCodes, guest_list};
use crate::Error;
use crate::device::{Page, check_page};
use crate::fleet::Console;
use crate::product::ProductId;
use crate::store::{Key, Record, Transaction};
use crate::team::{Access, Command};
use crate::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// A product's beta has at most so many guests: some tenth of the codes there are, so that guessing one is hard.
pub const MAX_GUESTS: u64 = 100_000;

/// So many guests are invited by one commit.
const CHUNK: usize = 1024;

/// Somebody who was invited to the beta.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BetaGuest {
    /// The user name they were invited by.
    pub user_name: String,
    /// Their code, to be sent to them.
    pub code: ActivationCode,
    /// When they used it.
    pub used_at: Option<Timestamp>,
}

/// A line of a list of guests, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BetaLine {
    /// The line's number, from 1.
    pub line: u32,
    /// What became of it.
    pub verdict: BetaVerdict,
}

/// What became of a line of a list of guests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BetaVerdict {
    /// Invited, with a code of their own.
    Invited(BetaGuest),
    /// Invited before: their code stays.
    AlreadyInvited(BetaGuest),
    /// The same user name stands on an earlier line.
    DuplicateOf(u32),
    /// No user name can be read; why.
    Malformed(String),
}

impl Console<'_> {
    /// Invites the customers of a list to the private beta: a user name a line, or a .csv whose first column holds them, or
    /// the one that its header names `user_name`, `email` or `Email Address`. The list is read as one of devices is
    /// (R-IMP-2). Returns a verdict for each line that is not blank and not the header.
    ///
    /// # Errors
    /// Where the file is no list, as for [`import`](Self::import); `invalid` for one that has over 100,000 lines, or more
    /// guests than a beta may have. Nobody is invited then.
    pub fn invite_to_beta(&self, product: ProductId, list: &[u8]) -> Result<Vec<BetaLine>, Error> {
        self.fleet.transact(|tx| Access::check(tx, self.actor, Command::InviteToBeta, product).map(|_| ()))?;
        let mut lines = guest_list::read(list)?;
        let mut wanted: Vec<(usize, String)> = Vec::new();
        let mut seen: HashMap<String, u32> = HashMap::new();
        for (place, (line, name)) in lines.iter_mut().enumerate() {
            if let Ok(user_name) = name {
                match seen.entry(user_name.to_lowercase()) {
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert(*line);
                        wanted.push((place, user_name.clone()));
                    }
                    std::collections::hash_map::Entry::Occupied(_) => {}
                }
            }
        }
        self.check_room(product, &wanted)?;
        let mut verdicts: HashMap<usize, BetaVerdict> = HashMap::new();
        for chunk in wanted.chunks(CHUNK) {
            verdicts.extend(self.invite_some(product, chunk)?);
        }
        let verdict = |place, line: u32, name: Result<String, String>| match (verdicts.remove(&place), name) {
            (Some(verdict), _) => verdict,
            (None, Ok(name)) => BetaVerdict::DuplicateOf(seen.get(&name.to_lowercase()).copied().unwrap_or(line)),
            (None, Err(why)) => BetaVerdict::Malformed(why),
        };
        let mut verdict = verdict;
        Ok(lines
            .into_iter()
            .enumerate()
            .map(|(place, (line, name))| BetaLine { line, verdict: verdict(place, line, name) })
            .collect())
    }

    /// Whether the guests of a list fit the beta, so that none is invited where they do not. Guests whom others invite
    /// meanwhile are found when these are.
    fn check_room(&self, product: ProductId, names: &[(usize, String)]) -> Result<(), Error> {
        if names.len() <= CHUNK {
            return Ok(());
        }
        let count: Box<CustomerCount> = self.fleet.transact(|tx| Ok(tx.get(product)?.unwrap_or_default()))?;
        let mut guests = count.guests;
        for chunk in names.chunks(CHUNK) {
            let keys: Vec<Key> = chunk.iter().map(|(_, name)| guest_key(product, name)).collect();
            guests += self.fleet.store().get(&keys)?.iter().filter(|row| row.is_none()).count() as u64;
        }
        fits(guests)
    }

    fn invite_some(&self, product: ProductId, names: &[(usize, String)]) -> Result<Vec<(usize, BetaVerdict)>, Error> {
        self.fleet.transact(|tx| {
            Access::check(tx, self.actor, Command::InviteToBeta, product)?;
            tx.load(names.iter().map(|(_, name)| guest_key(product, name)))?;
            let mut count: Box<CustomerCount> = tx.get(product)?.unwrap_or_default();
            let (mut verdicts, mut new) = (Vec::with_capacity(names.len()), 0);
            for (place, name) in names {
                let id = (product, Arc::from(name.to_lowercase()));
                if let Some(guest) = tx.get::<Arc<Guest>>(id.clone())? {
                    verdicts.push((*place, BetaVerdict::AlreadyInvited(BetaGuest::of(&guest))));
                    continue;
                }
                let code = self.new_code(tx, product)?;
                let guest = Guest { user_name: name.clone(), code, used_at: None, wrong: WrongCodes::default() };
                verdicts.push((*place, BetaVerdict::Invited(BetaGuest::of(&guest))));
                tx.put(id, Arc::new(guest));
                new += 1;
            }
            count.guests += new;
            fits(count.guests)?;
            if new > 0 {
                tx.put(product, count);
                self.note(tx, product, Command::InviteToBeta, format!("{new} guests"));
            }
            Ok(verdicts)
        })
    }

    /// A code that no guest of the product has, taken with this commit.
    fn new_code(&self, tx: &mut Transaction<'_>, product: ProductId) -> Result<ActivationCode, Error> {
        loop {
            let code = ActivationCode::pick(self.fleet.random_number()?);
            // The code's own key guards that it is one guest's: it is read, and must be absent at the commit.
            let key = Key::ActivationCode(product, *code.as_bytes());
            tx.load([key.clone()])?;
            if !tx.holds(&key) {
                tx.put_record(key, Record::Present);
                return Ok(code);
            }
        }
    }

    /// Takes a guest off the private beta. Their code is no good, and the customer of that name is not in the beta any
    /// more; devices that they have claimed stay theirs. The guest can be invited again, with another code.
    ///
    /// # Errors
    /// `not_found` for who is no guest.
    pub fn uninvite_from_beta(&self, product: ProductId, user_name: &str) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            Access::check(tx, self.actor, Command::InviteToBeta, product)?;
            let guest = guest(tx, product, user_name)?;
            let mut count: Box<CustomerCount> = tx.get(product)?.unwrap_or_default();
            count.guests = count.guests.saturating_sub(1);
            tx.put(product, count);
            tx.delete(guest_key(product, user_name));
            self.end_activation(tx, product, &guest)?;
            self.note(tx, product, Command::InviteToBeta, format!("guest `{}` taken off", guest.user_name));
            Ok(())
        })
    }

    /// Gives a guest a new code, whether or not they used the one before, which is no good from then on. A customer who
    /// is in the beta stays in it.
    ///
    /// # Errors
    /// `not_found` for who is no guest.
    pub fn renew_activation_code(&self, product: ProductId, user_name: &str) -> Result<BetaGuest, Error> {
        self.fleet.transact(|tx| {
            Access::check(tx, self.actor, Command::InviteToBeta, product)?;
            let mut guest = guest(tx, product, user_name)?;
            tx.delete(Key::ActivationCode(product, *guest.code.as_bytes()));
            let changed = Arc::make_mut(&mut guest);
            (changed.code, changed.used_at) = (self.new_code(tx, product)?, None);
            changed.wrong = WrongCodes::default();
            tx.put((product, Arc::from(user_name_key(user_name))), Arc::clone(&guest));
            self.note(tx, product, Command::InviteToBeta, format!("new code for guest `{}`", guest.user_name));
            Ok(BetaGuest::of(&guest))
        })
    }

    /// Makes a guest's code no good, and takes the customer of that name out of the beta.
    fn end_activation(&self, tx: &mut Transaction<'_>, product: ProductId, guest: &Guest) -> Result<(), Error> {
        tx.delete(Key::ActivationCode(product, *guest.code.as_bytes()));
        let name: Arc<str> = user_name_key(&guest.user_name).into();
        if let Some(id) = tx.get::<CustomerId>((product, name))?
            && let Some(mut customer) = tx.get::<Arc<Customer>>((product, id))?
            && customer.activated_at.is_some()
        {
            Arc::make_mut(&mut customer).activated_at = None;
            tx.put((product, id), customer);
        }
        Ok(())
    }

    /// The guests of the private beta, in order of their names, `limit` (1 to 1,000) a page.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    pub fn beta_guests(
        &self,
        product: ProductId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<BetaGuest, String>, Error> {
        check_page(limit)?;
        let mut range = Key::guests(product).limit(limit);
        if let Some(after) = after {
            range = range.after(guest_key(product, after));
        }
        let rows = self.read(Command::ReadProduct, product, |_| Ok(self.fleet.store().scan(&range)?))?;
        let next = rows.last().filter(|_| rows.len() == limit).and_then(|row| match &row.key {
            Key::Guest(_, name) => Some(name.to_string()),
            _ => None,
        });
        let guests = rows.into_iter().filter_map(|row| match row.record {
            Record::Guest(guest) => Some(BetaGuest::of(&guest)),
            _ => None,
        });
        Ok(Page::new(guests.collect(), next))
    }
}

/// Whether a beta may have this number of guests.
fn fits(guests: u64) -> Result<(), Error> {
    if guests <= MAX_GUESTS {
        return Ok(());
    }
    let problem = format!("a private beta has at most {MAX_GUESTS} guests, and would have {guests}; shorten the list");
    Err(Error::invalid("list", problem))
}

impl BetaGuest {
    fn of(guest: &Guest) -> Self {
        Self { user_name: guest.user_name.clone(), code: guest.code, used_at: guest.used_at }
    }
}

fn user_name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn guest_key(product: ProductId, name: &str) -> Key {
    Key::Guest(product, user_name_key(name).into())
}

fn guest(tx: &mut Transaction<'_>, product: ProductId, name: &str) -> Result<Arc<Guest>, Error> {
    tx.get::<Arc<Guest>>((product, user_name_key(name).into()))?.ok_or_else(|| Error::not_found("guest"))
}
