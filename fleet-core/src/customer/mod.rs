//! Customers: the end users of a product, the tokens they come with, the devices they claim (R-CUS).
//!
//! Invariants: a customer is of one product; a device has one owner at a time (its registry entry is the guard); no
//! secret is kept, only hashes of them; an activation code is of one guest of one product, and used once.

mod beta;
mod code;
mod console;
mod guest_list;
mod portal;
mod record;
mod sticker;
mod tries;

pub use beta::{BetaGuest, BetaLine, BetaVerdict, MAX_GUESTS};
pub use code::{ActivationCode, Secret};
pub use console::{Activity, CustomerFilter, CustomerView, MAX_TOKEN_LIFE, MAX_TOKENS};
pub use guest_list::MAX_LINES;
pub use portal::{CLAIM_CODE_LIFE, ClaimCode, CustomerDevice, CustomerSession, MAX_DEVICES_A_CUSTOMER, Portal};
pub(crate) use record::end_claim;
pub use record::{Customer, CustomerCount, CustomerId, Guest, Identity, Scope, Token, TokenId, TokenOwner};
pub use sticker::{DeviceCode, StickerKey};
pub use tries::WrongCodes;
pub use tries::{BARRED_FOR, WRONG_CODES};
