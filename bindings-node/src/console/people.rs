//! Teams, customers and the private beta.

use super::{Console, CustomerConsole, DeviceConsole, ProductConsole};
use crate::job::operations;
use fleet_bindings::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team,
};

operations! { Console {
    invitations() -> Vec<ReceivedInvitation> { move |door| door.invitations() }
    lock_account(account: i64) -> Account { move |door| door.lock_account(account) }
    unlock_account(account: i64) -> Account { move |door| door.unlock_account(account) }
} }

operations! { ProductConsole {
    team() -> Team { move |door| door.team() }
    invite(email: String) -> Invitation { move |door| door.invite(&email) }
    revoke_invitation(account: i64) -> () { move |door| door.revoke_invitation(account) }
    accept_invitation() -> () { move |door| door.accept_invitation() }
    decline_invitation() -> () { move |door| door.decline_invitation() }
    leave_team() -> () { move |door| door.leave_team() }
    remove_member(account: i64) -> () { move |door| door.remove_member(account) }
    transfer_ownership(to: i64) -> () { move |door| door.transfer_ownership(to) }
    create_customer(user_name: String, identity: Option<Identity>) -> Customer {
        move |door| door.create_customer(&user_name, identity)
    }
    customers(filter: Option<CustomerFilter>, after: Option<String>, limit: Option<u32>) -> CustomerPage {
        move |door| door.customers(filter.unwrap_or_default(), after.as_deref(), limit)
    }
    find_customer(identity: Identity) -> Customer { move |door| door.find_customer(identity) }
    uninvite_from_beta(user_name: String) -> () { move |door| door.uninvite_from_beta(&user_name) }
    renew_activation_code(user_name: String) -> BetaGuest { move |door| door.renew_activation_code(&user_name) }
    beta_guests(after: Option<String>, limit: Option<u32>) -> BetaGuestPage {
        move |door| door.beta_guests(after.as_deref(), limit)
    }
} long {
    invite_to_beta(list: Vec<u8>) -> BetaReport { move |door| door.invite_to_beta(&list) }
} }

operations! { DeviceConsole {
    set_code(code: String) -> () { move |door| door.set_code(&code) }
} }

operations! { CustomerConsole {
    get() -> Customer { move |door| door.get() }
    remove() -> () { move |door| door.remove() }
    issue_token(scopes: Vec<Scope>, life: i64) -> IssuedToken { move |door| door.issue_token(&scopes, life) }
    revoke_token(token: String) -> () { move |door| door.revoke_token(&token) }
} }
