//! The private beta: its guests, and the codes with which they activate (R-CUS-4).

use crate::Error;
use crate::customer::record::Guest;
use crate::customer::rows::named;
use crate::customer::{ActivationCode, Customer, CustomerCount, CustomerId, WrongCodes, guest_list};
use crate::device::{Page, check_page};
use crate::fleet::{Console, ProductConsole};
use crate::product::ProductId;
use crate::store::{Key, Record, Transaction};
use crate::team::{Access, Command};
use crate::text;
use crate::time::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Maximum number of guests of a product's beta: about a tenth of all codes, so that guessing one is hard.
pub const MAX_GUESTS: u64 = 100_000;

/// Number of guests invited by one commit.
const CHUNK: usize = 1024;

/// A guest of the private beta.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BetaGuest {
    /// The user name that was invited.
    pub user_name: String,
    /// The code to send to the guest.
    pub code: ActivationCode,
    /// When the guest used it. `None` means not yet.
    pub used_at: Option<Timestamp>,
}

/// Result of one line of a guest list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BetaLine {
    /// The line's number, from 1.
    pub line: u32,
    /// The verdict on the line.
    pub verdict: BetaVerdict,
}

/// Verdict on one line of a guest list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BetaVerdict {
    /// The guest is invited, with a new code.
    Invited(BetaGuest),
    /// The guest was invited before and keeps the code.
    AlreadyInvited(BetaGuest),
    /// An earlier line has the same user name.
    DuplicateOf(u32),
    /// No user name can be read, for this reason.
    Malformed(String),
}

impl ProductConsole<'_> {
    /// Invites the customers of a list to the private beta: one user name a line, or a .csv with the user names in the
    /// first column or in the one that its header names `user_name`, `email` or `Email Address`. The list is parsed
    /// like a device list (R-IMP-2). Returns a verdict for each line that is neither blank nor the header.
    ///
    /// # Errors
    /// The errors of [`import`](Self::import) for a file that is no list; `invalid` for a list of over 100,000 lines,
    /// or with more guests than a beta may have. Nobody is invited then.
    pub fn invite_to_beta(&self, list: &[u8]) -> Result<Vec<BetaLine>, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| Access::check(tx, console.actor, Command::InviteToBeta, product).map(|_| ()))?;
        let mut lines = guest_list::read(list)?;
        let mut wanted: Vec<(usize, String)> = Vec::new();
        let mut seen: HashMap<String, u32> = HashMap::new();
        for (place, (line, name)) in lines.iter_mut().enumerate() {
            if let Ok(user_name) = name {
                match seen.entry(text::compared(user_name)) {
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert(*line);
                        wanted.push((place, user_name.clone()));
                    }
                    std::collections::hash_map::Entry::Occupied(_) => {}
                }
            }
        }
        console.check_guest_capacity(product, &wanted)?;
        let mut verdicts: HashMap<usize, BetaVerdict> = HashMap::new();
        for chunk in wanted.chunks(console.fleet.at_once(CHUNK)) {
            verdicts.extend(console.invite_some(product, chunk)?);
        }
        let verdict = |place, line: u32, name: Result<String, String>| match (verdicts.remove(&place), name) {
            (Some(verdict), _) => verdict,
            (None, Ok(name)) => BetaVerdict::DuplicateOf(seen.get(&text::compared(&name)).copied().unwrap_or(line)),
            (None, Err(why)) => BetaVerdict::Malformed(why),
        };
        let mut verdict = verdict;
        Ok(lines
            .into_iter()
            .enumerate()
            .map(|(place, (line, name))| BetaLine { line, verdict: verdict(place, line, name) })
            .collect())
    }

    /// Removes a guest from the private beta. Their code becomes invalid, and the customer of that name leaves the
    /// beta; devices that they have claimed stay theirs. The guest can be invited again, with another code.
    ///
    /// # Errors
    /// `not_found` for a name that is no guest.
    pub fn uninvite_from_beta(&self, user_name: &str) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::InviteToBeta, product)?;
            let (name, guest) = guest(tx, product, user_name)?;
            let mut count: Box<CustomerCount> = tx.get(product)?.unwrap_or_default();
            count.guests = count.guests.saturating_sub(1);
            tx.put(product, count);
            tx.delete(Key::Guest(product, name));
            console.end_activation(tx, product, &guest)?;
            console.note(tx, product, Command::InviteToBeta, format!("guest `{}` taken off", guest.user_name));
            Ok(())
        })
    }

    /// Gives a guest a new code, whether or not the previous one was used. The previous code becomes invalid. A
    /// customer who is in the beta stays in it.
    ///
    /// # Errors
    /// `not_found` for a name that is no guest.
    pub fn renew_activation_code(&self, user_name: &str) -> Result<BetaGuest, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::InviteToBeta, product)?;
            let (name, mut guest) = guest(tx, product, user_name)?;
            tx.delete(Key::ActivationCode(product, *guest.code.as_bytes()));
            let changed = Arc::make_mut(&mut guest);
            (changed.code, changed.used_at) = (console.new_code(tx, product)?, None);
            changed.wrong = WrongCodes::default();
            tx.put((product, name), Arc::clone(&guest));
            console.note(tx, product, Command::InviteToBeta, format!("new code for guest `{}`", guest.user_name));
            Ok(BetaGuest::of(&guest))
        })
    }

    /// Returns the guests of the private beta, ordered by name, `limit` (1 to 1,000) a page.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    pub fn beta_guests(&self, after: Option<&str>, limit: usize) -> Result<Page<BetaGuest, String>, Error> {
        let Self { console, product } = *self;
        check_page(limit)?;
        let mut range = Key::guests(product).limit(limit + 1);
        if let Some(after) = after {
            range = range.after(Key::Guest(product, after.into()));
        }
        let rows = console.read(Command::ReadProduct, product, |_| Ok(console.fleet.store().scan(&range)?))?;
        let name = |key: &Key| if let Key::Guest(_, name) = key { Some(name.to_string()) } else { None };
        Ok(Page::of_rows(rows, limit, name, |row| match row.record {
            Record::Guest(guest) => Some(BetaGuest::of(&guest)),
            _ => None,
        }))
    }
}

impl Console<'_> {
    /// Checks that the guests of a list fit the beta, so that none is invited if they do not. Guests added by other
    /// commits meanwhile are found when these are invited.
    fn check_guest_capacity(&self, product: ProductId, names: &[(usize, String)]) -> Result<(), Error> {
        if names.len() <= CHUNK {
            return Ok(());
        }
        let count: Box<CustomerCount> = self.fleet.transact(|tx| Ok(tx.get(product)?.unwrap_or_default()))?;
        let mut guests = count.guests;
        for chunk in names.chunks(CHUNK) {
            let named = chunk.iter().flat_map(|(place, name)| text::keys(name).map(|key| (*place, key)));
            let (places, keys): (Vec<usize>, Vec<Key>) =
                named.map(|(place, key)| (place, Key::Guest(product, key.into()))).unzip();
            let rows = self.fleet.store().get(&keys)?;
            let known: HashSet<usize> =
                places.into_iter().zip(rows).filter(|(_, row)| row.is_some()).map(|(place, _)| place).collect();
            guests += (chunk.len() - known.len()) as u64;
        }
        fits(guests)
    }

    fn invite_some(&self, product: ProductId, names: &[(usize, String)]) -> Result<Vec<(usize, BetaVerdict)>, Error> {
        self.fleet.transact(|tx| {
            Access::check(tx, self.actor, Command::InviteToBeta, product)?;
            let keys = names.iter().flat_map(|(_, name)| text::keys(name));
            tx.load(keys.map(|key| Key::Guest(product, key.into())))?;
            let mut count: Box<CustomerCount> = tx.get(product)?.unwrap_or_default();
            let (mut verdicts, mut new) = (Vec::with_capacity(names.len()), 0);
            for (place, name) in names {
                let id = (product, Arc::from(text::compared(name)));
                if let Some((_, guest)) = named::<Arc<Guest>>(tx, product, name)? {
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

    /// Returns a code that no guest of the product has, and reserves it with this commit.
    fn new_code(&self, tx: &mut Transaction<'_>, product: ProductId) -> Result<ActivationCode, Error> {
        loop {
            let code = ActivationCode::pick(self.fleet.random_number()?);
            // The key of the code guards that it has one guest: it is read, and must be absent at the commit.
            let key = Key::ActivationCode(product, *code.as_bytes());
            tx.load([key.clone()])?;
            if !tx.holds(&key) {
                tx.put_record(key, Record::PRESENT);
                return Ok(code);
            }
        }
    }

    /// Deletes a guest's code, and removes the customer of that name from the beta.
    fn end_activation(&self, tx: &mut Transaction<'_>, product: ProductId, guest: &Guest) -> Result<(), Error> {
        tx.delete(Key::ActivationCode(product, *guest.code.as_bytes()));
        if let Some((_, id)) = named::<CustomerId>(tx, product, &guest.user_name)?
            && let Some(mut customer) = tx.get::<Arc<Customer>>((product, id))?
            && customer.activated_at.is_some()
        {
            Arc::make_mut(&mut customer).activated_at = None;
            tx.put((product, id), customer);
        }
        Ok(())
    }
}

/// Checks that a beta may have this number of guests.
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

fn guest(tx: &mut Transaction<'_>, product: ProductId, name: &str) -> Result<(Arc<str>, Arc<Guest>), Error> {
    named::<Arc<Guest>>(tx, product, name)?.ok_or_else(|| Error::not_found("guest"))
}
