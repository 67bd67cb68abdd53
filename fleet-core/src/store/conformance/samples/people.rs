//! Samples of teams, customers and configurations.

use super::{account, moments, product, texts, versions};
use crate::customer::{
    ActivationCode, Customer, CustomerCount, CustomerId, DeviceCode, Guest, Identity, Scope, StickerKey, Token,
    TokenId, TokenOwner, WrongCodes,
};
use crate::device::DeviceId;
use crate::firmware::Sha256;
use crate::product::{Configuration, ConfigurationAnswer};
use crate::store::Record;
use crate::team::{Invitation, Team};
use crate::time::Timestamp;
use std::sync::Arc;

pub(super) fn teams() -> Vec<Record> {
    let names = [None].into_iter().chain(texts().map(Some)).cycle();
    let invitations = moments().zip(names).zip(10..);
    let invitations = invitations.map(|((at, name), id)| (account(id), Invitation { name, at, expires_at: at }));
    let full = Team { members: (1..500).map(account).collect(), invitations: invitations.collect() };
    let of = |members: &[u64]| Team { members: members.iter().copied().map(account).collect(), ..Team::default() };
    [of(&[]), of(&[1]), of(&[1, 1 << 63, u64::MAX]), full].map(|team| Record::Team(Arc::new(team))).to_vec()
}

pub(super) fn customer_ids() -> [CustomerId; 2] {
    [CustomerId::FIRST, CustomerId::LAST]
}

pub(super) fn customers() -> Vec<Record> {
    let identities = [
        Identity::Simple,
        Identity::TwoLegged { user: "ß".repeat(100) },
        Identity::Linked { account: account(u64::MAX) },
    ];
    let hash = Sha256::new([0xFF; 32]);
    let records = texts().zip(identities.into_iter().cycle()).zip(moments()).enumerate();
    records
        .map(|(place, ((user_name, identity), at))| {
            let mut customer = Customer::new(CustomerId::LAST, user_name, identity, at);
            if place % 2 == 1 {
                let token = Token { hash, scopes: [Scope::See, Scope::Control, Scope::Claim].into(), expires_at: at };
                customer.devices = [DeviceId::new([0; 12]), DeviceId::new([0xFF; 12])].into();
                customer.activated_at = Some(at);
                customer.active_at = Some(at);
                customer.tokens = [(TokenId(0), token.clone()), (TokenId(u64::MAX), token)].into();
                customer.claim_code = Some(hash);
                customer.wrong_codes = u8::MAX;
                customer.barred_until = Some(at);
                customer.wrong_code_at = Some(at);
                (customer.claims, customer.claims_since) = (u16::MAX, Some(at));
            }
            Record::Customer(Arc::new(customer))
        })
        .collect()
}

pub(super) fn customer_counts() -> Vec<Record> {
    let full = CustomerCount { next: u64::MAX, customers: u64::MAX, guests: u64::MAX, identities_indexed: false };
    [CustomerCount::default(), full].map(|count| Record::CustomerCount(Box::new(count))).to_vec()
}

pub(super) fn guests() -> Vec<Record> {
    let codes = [0, 1, u64::MAX].map(ActivationCode::pick);
    texts()
        .zip(codes.into_iter().cycle())
        .zip(std::iter::once(None).chain(moments().map(Some)))
        .map(|((user_name, code), used_at)| {
            let wrong = used_at.map(wrong_codes).unwrap_or_default();
            Record::Guest(Arc::new(Guest { user_name, code, used_at, wrong }))
        })
        .collect()
}

pub(super) fn token_owners() -> Vec<Record> {
    let owner = |expires_at, used_by| {
        let product = product(u32::MAX);
        Record::TokenOwner(TokenOwner { product, customer: CustomerId::LAST, expires_at, used_by })
    };
    let used = moments().map(|at| owner(at, Some(DeviceId::new([0xFF; 12]))));
    moments().map(|at| owner(at, None)).chain(used).collect()
}

pub(super) fn configurations() -> Vec<Record> {
    let texts: Vec<String> = texts().collect();
    let answers = texts
        .iter()
        .cloned()
        .map(ConfigurationAnswer::Text)
        .chain([true, false].map(ConfigurationAnswer::YesNo))
        .chain([ConfigurationAnswer::Some(texts.iter().cloned().collect())])
        .chain(versions().map(ConfigurationAnswer::Version));
    let full = Configuration {
        answers: answers.enumerate().map(|(place, answer)| (format!("question {place}"), answer)).collect(),
        started_at: moments().last(),
    };
    [Configuration::default(), full].map(|record| Record::Configuration(Arc::new(record))).to_vec()
}

pub(super) fn device_codes() -> Vec<Record> {
    let of =
        |byte, keyed, wrong| Record::DeviceCode(Box::new(DeviceCode { hash: Sha256::new([byte; 32]), keyed, wrong }));
    let none = WrongCodes::default();
    let wrong = moments().map(|at| of(0xFF, true, wrong_codes(at)));
    [of(0, false, none), of(0, true, none)].into_iter().chain(wrong).collect()
}

pub(super) fn sticker_keys() -> Vec<Record> {
    [0, 0xFF].map(|byte| Record::StickerKey(StickerKey::new([byte; 32]))).to_vec()
}

fn wrong_codes(at: Timestamp) -> WrongCodes {
    WrongCodes { count: u8::MAX, last_at: Some(at), barred_until: Some(at) }
}
