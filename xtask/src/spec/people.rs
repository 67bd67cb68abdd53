//! The commands about people: teams, customers, the private beta, the configuration; and the portal.

use super::answer;
use super::argument::{CustomersFilter, Identified, Since};
use super::command::Command;
use super::world::{Found, PAGE, World, done, list_bytes, malformed};
use fleet_core::Console;
use fleet_core::customer::{Activity, CustomerFilter, Identity, Portal, Secret, TokenId};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// Runs the commands about a team and its payer.
    pub(super) fn team(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::Team { product } => answer::team(&door.team(self.product(product)?)?),
            Command::Invite { product, email } => {
                answer::invitation(&door.invite(self.product(product)?, &self.see(email)?)?)
            }
            Command::RevokeInvitation { product, account } => {
                door.revoke_invitation(self.product(product)?, self.see(account)?)?;
                done()
            }
            Command::Invitations {} => answer::items(door.invitations()?.iter().map(|view| {
                let asked = json!({ "product": view.product, "name": view.name });
                answer::with(asked, answer::invitation(&view.invitation))
            })),
            Command::AcceptInvitation { product } => {
                door.accept_invitation(self.product(product)?)?;
                done()
            }
            Command::DeclineInvitation { product } => {
                door.decline_invitation(self.product(product)?)?;
                done()
            }
            Command::LeaveTeam { product } => {
                door.leave_team(self.product(product)?)?;
                done()
            }
            Command::RemoveMember { product, account } => {
                door.remove_member(self.product(product)?, self.see(account)?)?;
                done()
            }
            Command::TransferOwnership { product, to } => {
                door.transfer_ownership(self.product(product)?, self.see(to)?)?;
                done()
            }
            Command::SetAccountLock { account, locked } => {
                answer::account(&door.set_account_lock(self.see(account)?, *locked)?)
            }
            _ => return Ok(None),
        }))
    }

    /// Runs the commands about a product's customers and guests, and its configuration before manufacturing.
    pub(super) fn customers(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::CreateCustomer { product, user_name, identity } => {
                let identity = self.identity(identity.as_ref().unwrap_or(&Identified::Simple))?;
                answer::customer(&door.create_customer(self.product(product)?, &self.see(user_name)?, &identity)?)
            }
            Command::Customer { product, customer } => {
                answer::customer(&door.customer(self.product(product)?, self.see(customer)?)?)
            }
            Command::Customers { product, filter, after, limit } => {
                let filter = customers_filter(filter.as_ref());
                let after = self.maybe(after.as_ref())?;
                let page = door.customers(self.product(product)?, &filter, after, limit.unwrap_or(PAGE))?;
                answer::page(page.items.iter().map(answer::customer), page.next)
            }
            Command::RemoveCustomer { product, customer } => {
                door.remove_customer(self.product(product)?, self.see(customer)?)?;
                done()
            }
            Command::IssueToken { product, customer, scopes, life } => {
                let (product, customer) = (self.product(product)?, self.see(customer)?);
                let (id, token) = door.issue_token(product, customer, scopes, Duration::from_secs(*life))?;
                json!({ "token_id": answer::token_id(id), "token": token.reveal() })
            }
            Command::RevokeToken { product, customer, token_id } => {
                let Ok(id) = u64::from_str_radix(&self.see(token_id)?, 16) else {
                    return malformed("this id of a token was not returned by a previous step");
                };
                door.revoke_token(self.product(product)?, self.see(customer)?, TokenId(id))?;
                done()
            }
            Command::SetDeviceCode { product, device, code } => {
                door.set_device_code(self.product(product)?, self.see(device)?, &self.see(code)?)?;
                done()
            }
            Command::InviteToBeta { product, list } => {
                let lines = door.invite_to_beta(self.product(product)?, &list_bytes(list)?)?;
                json!({ "lines": lines.iter().map(answer::beta_line).collect::<Value>() })
            }
            Command::FindCustomer { product, identity } => {
                answer::customer(&door.find_customer(self.product(product)?, &self.identity(identity)?)?)
            }
            Command::UninviteFromBeta { product, user_name } => {
                door.uninvite_from_beta(self.product(product)?, &self.see(user_name)?)?;
                done()
            }
            Command::RenewActivationCode { product, user_name } => {
                answer::guest(&door.renew_activation_code(self.product(product)?, &self.see(user_name)?)?)
            }
            Command::BetaGuests { product, after, limit } => {
                let after = self.maybe(after.as_ref())?;
                let page = door.beta_guests(self.product(product)?, after.as_deref(), limit.unwrap_or(PAGE))?;
                answer::page(page.items.iter().map(answer::guest), page.next)
            }
            Command::Configuration { product } => answer::configuration(&door.configuration(self.product(product)?)?),
            Command::Configure { product, question, answer } => {
                door.configure(self.product(product)?, &self.see(question)?, answer.as_ref())?;
                done()
            }
            Command::ManufacturingReadiness { product } => {
                let missing = door.manufacturing_readiness(self.product(product)?)?;
                answer::items(missing.iter().map(|missing| json!({ "question": missing.question, "why": missing.why })))
            }
            Command::StartManufacturing { product } => {
                door.start_manufacturing(self.product(product)?)?;
                done()
            }
            _ => return Ok(None),
        }))
    }

    /// Runs the commands of the portal, for the holder of a token.
    pub(super) fn portal(&self, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::Me { token } => answer::session(&self.enter(&self.secret(token)?).me()?),
            Command::LogOut { token } => {
                self.enter(&self.secret(token)?).log_out()?;
                done()
            }
            Command::Activate { token, code } => {
                self.enter(&self.secret(token)?).activate(self.see(code)?.parse()?)?;
                done()
            }
            Command::AskClaimCode { token } => {
                let asked = self.enter(&self.secret(token)?).ask_claim_code()?;
                json!({ "code": asked.code.reveal(), "expires_at": asked.expires_at.to_string() })
            }
            Command::Claim { token, device, code } => {
                self.enter(&self.secret(token)?).claim(self.see(device)?, &self.see(code)?)?;
                done()
            }
            Command::Unclaim { token, device } => {
                self.enter(&self.secret(token)?).unclaim(self.see(device)?)?;
                done()
            }
            Command::MyDevices { token } => {
                answer::items(self.enter(&self.secret(token)?).devices()?.iter().map(answer::customer_device))
            }
            Command::UseDevice { token, device, scope } => {
                self.enter(&self.secret(token)?).use_device(self.see(device)?, *scope)?;
                done()
            }
            _ => return Ok(None),
        }))
    }

    fn enter(&self, token: &Secret) -> Portal<'_> {
        self.fleet.portal(token, self.now)
    }

    fn identity(&self, identity: &Identified) -> Found<Identity> {
        Ok(match identity {
            Identified::Simple => Identity::Simple,
            Identified::TwoLegged { user } => Identity::TwoLegged { user: self.see(user)? },
            Identified::Linked { account } => Identity::Linked { account: self.see(account)? },
        })
    }
}

fn customers_filter(filter: Option<&CustomersFilter>) -> CustomerFilter {
    let mut wanted = CustomerFilter::default();
    if let Some(filter) = filter {
        wanted.activity = filter.activity.map(|activity| match activity {
            Since::Since(at) => Activity::Since(at.0),
            Since::NotSince(at) => Activity::NotSince(at.0),
        });
        wanted.with_device = filter.with_device;
        wanted.prefix.clone_from(&filter.prefix);
    }
    wanted
}
