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
            Command::Team { product } => answer::team(&door.product(self.product(product)?).team()?),
            Command::Invite { product, email } => {
                answer::invitation(&door.product(self.product(product)?).invite(&self.see(email)?)?)
            }
            Command::RevokeInvitation { product, account } => {
                door.product(self.product(product)?).revoke_invitation(self.see(account)?)?;
                done()
            }
            Command::Invitations {} => answer::items(door.invitations()?.iter().map(|view| {
                let asked = json!({ "product": view.product, "name": view.name });
                answer::with(asked, answer::invitation(&view.invitation))
            })),
            Command::AcceptInvitation { product } => {
                door.product(self.product(product)?).accept_invitation()?;
                done()
            }
            Command::DeclineInvitation { product } => {
                door.product(self.product(product)?).decline_invitation()?;
                done()
            }
            Command::LeaveTeam { product } => {
                door.product(self.product(product)?).leave_team()?;
                done()
            }
            Command::RemoveMember { product, account } => {
                door.product(self.product(product)?).remove_member(self.see(account)?)?;
                done()
            }
            Command::TransferOwnership { product, to } => {
                door.product(self.product(product)?).transfer_ownership(self.see(to)?)?;
                done()
            }
            Command::SetAccountLock { account, locked } => {
                let account = self.see(account)?;
                answer::account(&if *locked { door.lock_account(account) } else { door.unlock_account(account) }?)
            }
            _ => return Ok(None),
        }))
    }

    /// Runs the commands about a product's customers and guests, and its configuration before manufacturing.
    pub(super) fn customers(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::CreateCustomer { product, user_name, identity } => {
                let identity = self.identity(identity.as_ref().unwrap_or(&Identified::Simple))?;
                answer::customer(
                    &door.product(self.product(product)?).create_customer(&self.see(user_name)?, &identity)?,
                )
            }
            Command::Customer { product, customer } => {
                answer::customer(&door.product(self.product(product)?).customer(self.see(customer)?).get()?)
            }
            Command::Customers { product, filter, after, limit } => {
                let filter = customers_filter(filter.as_ref());
                let after = self.maybe(after.as_ref())?;
                let page = door.product(self.product(product)?).customers(&filter, after, limit.unwrap_or(PAGE))?;
                answer::page(page.items.iter().map(answer::customer), page.next)
            }
            Command::RemoveCustomer { product, customer } => {
                door.product(self.product(product)?).customer(self.see(customer)?).remove()?;
                done()
            }
            Command::IssueToken { product, customer, scopes, life } => {
                let (product, customer) = (self.product(product)?, self.see(customer)?);
                let (id, token) =
                    door.product(product).customer(customer).issue_token(scopes, Duration::from_secs(*life))?;
                json!({ "token_id": answer::token_id(id), "token": token.reveal() })
            }
            Command::RevokeToken { product, customer, token_id } => {
                let Ok(id) = u64::from_str_radix(&self.see(token_id)?, 16) else {
                    return malformed("this id of a token was not returned by a previous step");
                };
                door.product(self.product(product)?).customer(self.see(customer)?).revoke_token(TokenId(id))?;
                done()
            }
            Command::SetDeviceCode { product, device, code } => {
                door.product(self.product(product)?).device(self.see(device)?).set_code(&self.see(code)?)?;
                done()
            }
            Command::InviteToBeta { product, list } => {
                let lines = door.product(self.product(product)?).invite_to_beta(&list_bytes(list)?)?;
                json!({ "lines": lines.iter().map(answer::beta_line).collect::<Value>() })
            }
            Command::FindCustomer { product, identity } => {
                answer::customer(&door.product(self.product(product)?).find_customer(&self.identity(identity)?)?)
            }
            Command::UninviteFromBeta { product, user_name } => {
                door.product(self.product(product)?).uninvite_from_beta(&self.see(user_name)?)?;
                done()
            }
            Command::RenewActivationCode { product, user_name } => {
                answer::guest(&door.product(self.product(product)?).renew_activation_code(&self.see(user_name)?)?)
            }
            Command::BetaGuests { product, after, limit } => {
                let after = self.maybe(after.as_ref())?;
                let page = door.product(self.product(product)?).beta_guests(after.as_deref(), limit.unwrap_or(PAGE))?;
                answer::page(page.items.iter().map(answer::guest), page.next)
            }
            Command::Configuration { product } => {
                answer::configuration(&door.product(self.product(product)?).configuration()?)
            }
            Command::Configure { product, question, answer } => {
                door.product(self.product(product)?).configure(&self.see(question)?, answer.as_ref())?;
                done()
            }
            Command::ManufacturingReadiness { product } => {
                let missing = door.product(self.product(product)?).manufacturing_readiness()?;
                answer::items(missing.iter().map(|missing| json!({ "question": missing.question, "why": missing.why })))
            }
            Command::StartManufacturing { product } => {
                door.product(self.product(product)?).start_manufacturing()?;
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
