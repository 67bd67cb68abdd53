//! Teams, customers and the private beta.

use super::Console;
use crate::job::operations;
use fleet_bindings::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team,
};

operations! { Console {
    team(product: u32) -> Team { move |door| door.team(product) }
    invite(product: u32, email: String) -> Invitation { move |door| door.invite(product, &email) }
    revoke_invitation(product: u32, account: i64) -> () { move |door| door.revoke_invitation(product, account) }
    invitations() -> Vec<ReceivedInvitation> { move |door| door.invitations() }
    accept_invitation(product: u32) -> () { move |door| door.accept_invitation(product) }
    decline_invitation(product: u32) -> () { move |door| door.decline_invitation(product) }
    leave_team(product: u32) -> () { move |door| door.leave_team(product) }
    remove_member(product: u32, account: i64) -> () { move |door| door.remove_member(product, account) }
    transfer_ownership(product: u32, to: i64) -> () { move |door| door.transfer_ownership(product, to) }
    set_account_lock(account: i64, locked: bool) -> Account { move |door| door.set_account_lock(account, locked) }
    create_customer(product: u32, user_name: String, identity: Option<Identity>) -> Customer {
        move |door| door.create_customer(product, &user_name, identity)
    }
    customer(product: u32, customer: i64) -> Customer { move |door| door.customer(product, customer) }
    customers(product: u32, filter: Option<CustomerFilter>, after: Option<String>, limit: Option<u32>) -> CustomerPage {
        move |door| door.customers(product, filter.unwrap_or_default(), after.as_deref(), limit)
    }
    find_customer(product: u32, identity: Identity) -> Customer { move |door| door.find_customer(product, identity) }
    remove_customer(product: u32, customer: i64) -> () { move |door| door.remove_customer(product, customer) }
    issue_token(product: u32, customer: i64, scopes: Vec<Scope>, life: i64) -> IssuedToken {
        move |door| door.issue_token(product, customer, &scopes, life)
    }
    revoke_token(product: u32, customer: i64, token: String) -> () {
        move |door| door.revoke_token(product, customer, &token)
    }
    set_device_code(product: u32, device: String, code: String) -> () {
        move |door| door.set_device_code(product, &device, &code)
    }
    uninvite_from_beta(product: u32, user_name: String) -> () {
        move |door| door.uninvite_from_beta(product, &user_name)
    }
    renew_activation_code(product: u32, user_name: String) -> BetaGuest {
        move |door| door.renew_activation_code(product, &user_name)
    }
    beta_guests(product: u32, after: Option<String>, limit: Option<u32>) -> BetaGuestPage {
        move |door| door.beta_guests(product, after.as_deref(), limit)
    }
} long {
    invite_to_beta(product: u32, list: Vec<u8>) -> BetaReport { move |door| door.invite_to_beta(product, &list) }
} }
