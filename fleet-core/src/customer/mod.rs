//! Customers: the end users of a product, their tokens, and the devices that they claim (R-CUS).
//!
//! Invariants: a customer belongs to one product; a device has one owner at a time (its registry entry is the guard);
//! no secret is stored, only its hash; an activation code belongs to one guest of one product, and is used once.

mod code;
mod console;
mod guest_list;
mod portal;
mod record;
mod rows;
mod sticker;
mod tries;

pub use code::{ActivationCode, Secret};
pub use console::{
    Activity, BetaGuest, BetaLine, BetaVerdict, CustomerFilter, CustomerView, MAX_GUESTS, MAX_TOKEN_LIFE, MAX_TOKENS,
};
pub use guest_list::MAX_LINES;
pub use portal::{CLAIM_CODE_LIFE, ClaimCode, CustomerDevice, CustomerSession, MAX_DEVICES_A_CUSTOMER, Portal};
pub use record::{Customer, CustomerCount, CustomerId, Guest, Identity, Scope, Token, TokenId, TokenOwner};
pub(crate) use rows::end_claim;
pub use sticker::{DeviceCode, StickerKey};
pub use tries::WrongCodes;
pub use tries::{BARRED_FOR, WRONG_CODES};
