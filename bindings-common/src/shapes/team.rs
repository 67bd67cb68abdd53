//! People: accounts, teams, who did what.

use crate::Moment;
use crate::macros::{choice, shape};
use crate::plain::count;
use crate::shapes::word;
use fleet_core::audit::AuditRecord;
use fleet_core::team::{self, TeamView};

shape! {
    /// A person who can log in.
    pub struct Account {
        /// Its number.
        pub id: i64,
        /// Its e-mail, in lower case.
        pub email: String,
        /// When it was created.
        pub created_at: Moment,
        /// Since when an operator has it locked; none: no operator has.
        pub locked_at: Option<Moment>,
        /// Since when it is locked for bills that were not paid; none: it is not.
        pub unpaid_since: Option<Moment>,
    }
}

shape! {
    /// A person on a team.
    pub struct Person {
        /// The account's number.
        pub account: i64,
        /// Its e-mail.
        pub email: String,
    }
}

shape! {
    /// A person who was asked to join a team and has not answered.
    pub struct Invited {
        /// The account's number.
        pub account: i64,
        /// Its e-mail.
        pub email: String,
        /// When they were asked.
        pub at: Moment,
        /// From when on the invitation can't be accepted and holds no seat.
        pub expires_at: Moment,
    }
}

shape! {
    /// A product's team, as its members see it.
    pub struct Team {
        /// The owner's account.
        pub owner: i64,
        /// The members, the owner among them, by account.
        pub members: Vec<Person>,
        /// Who was asked to join and has not answered; expired invitations too.
        pub invited: Vec<Invited>,
    }
}

shape! {
    /// That an account was asked to join a team.
    pub struct Invitation {
        /// When.
        pub at: Moment,
        /// From when on it can't be accepted and holds no seat.
        pub expires_at: Moment,
    }
}

shape! {
    /// An invitation, as the invitee sees it.
    pub struct ReceivedInvitation {
        /// The product's number.
        pub product: u32,
        /// Its name.
        pub name: String,
        /// When it was made.
        pub at: Moment,
        /// From when on it can't be accepted.
        pub expires_at: Moment,
    }
}

choice! {
    /// Who did something.
    pub enum Actor {
        /// Who runs the platform.
        Operator as Operator,
        /// A person.
        Account as AccountActor {
            /// The account's number.
            account: i64,
        },
        /// A customer of the product.
        Customer as CustomerActor {
            /// The customer's number.
            customer: i64,
        },
    }
}

shape! {
    /// One thing that was done.
    pub struct AuditEntry {
        /// When.
        pub at: Moment,
        /// By whom.
        pub actor: Actor,
        /// What: a stable word.
        pub command: String,
        /// To what, in short.
        pub subject: String,
        /// What was changed, as it was before; none: nothing that was there before was changed.
        pub old: Option<String>,
        /// The same as it is from then on.
        pub new: Option<String>,
    }
}

shape! {
    /// A page of what was done to a product.
    pub struct AuditPage {
        /// What was done, newest first.
        pub items: Vec<AuditEntry>,
        /// What the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

impl From<&team::Account> for Account {
    fn from(account: &team::Account) -> Self {
        Self {
            id: count(account.id.get()),
            email: account.email.clone(),
            created_at: account.created_at.into(),
            locked_at: account.locked_at.map(Moment::from),
            unpaid_since: account.unpaid_since.map(Moment::from),
        }
    }
}

impl From<&TeamView> for Team {
    fn from(team: &TeamView) -> Self {
        let members = team.members.iter();
        let invited = team.invited.iter();
        Self {
            owner: count(team.owner.get()),
            members: members
                .map(|person| Person { account: count(person.account.get()), email: person.email.clone() })
                .collect(),
            invited: invited
                .map(|(person, invitation)| Invited {
                    account: count(person.account.get()),
                    email: person.email.clone(),
                    at: invitation.at.into(),
                    expires_at: invitation.expires_at.into(),
                })
                .collect(),
        }
    }
}

impl From<&team::Invitation> for Invitation {
    fn from(invitation: &team::Invitation) -> Self {
        Self { at: invitation.at.into(), expires_at: invitation.expires_at.into() }
    }
}

impl From<&team::InvitationView> for ReceivedInvitation {
    fn from(view: &team::InvitationView) -> Self {
        Self {
            product: view.product.get(),
            name: view.name.clone(),
            at: view.invitation.at.into(),
            expires_at: view.invitation.expires_at.into(),
        }
    }
}

impl From<fleet_core::Actor> for Actor {
    fn from(actor: fleet_core::Actor) -> Self {
        match actor {
            fleet_core::Actor::Operator => Self::Operator,
            fleet_core::Actor::Account(id) => Self::Account { account: count(id.get()) },
            fleet_core::Actor::Customer(id) => Self::Customer { customer: count(id.get()) },
        }
    }
}

impl From<&AuditRecord> for AuditEntry {
    fn from(record: &AuditRecord) -> Self {
        Self {
            at: record.at.into(),
            actor: record.actor.into(),
            command: word(record.command),
            subject: record.subject.clone(),
            old: record.old.clone(),
            new: record.new.clone(),
        }
    }
}
