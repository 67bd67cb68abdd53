//! The questions that a product's team answers before devices are shipped (R-CFG). Questions are data. Some answers
//! have an effect: they set a policy of the product as soon as they are given.

use super::{Authentication, Policy};
use crate::Error;
use crate::customer::Scope;
use crate::firmware::{FirmwareIndex, FirmwareVersion};
use crate::text::{self, DESCRIPTION};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A question of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Question {
    /// Its name.
    pub id: &'static str,
    /// The section of the configuration that it is in.
    pub section: Section,
    /// The question, as people read it.
    pub text: &'static str,
    /// The form of a valid answer.
    pub form: Form,
    /// Whether the answer changes the platform's behaviour; the other questions only make people think.
    pub has_effect: bool,
}

/// The four parts of the configuration (R-CFG-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What the product is.
    Overview,
    /// How it works with the platform.
    Platform,
    /// The people who use it.
    Customers,
    /// What runs on it.
    Firmware,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Free text, 1 to 2,000 characters.
    Text,
    /// Yes or no.
    YesNo,
    /// One of these choices.
    One(&'static [&'static str]),
    /// Any of these choices, or none.
    Some(&'static [&'static str]),
    /// A firmware version that was uploaded.
    Version,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigurationAnswer {
    /// Free text, or one of a question's choices.
    Text(String),
    /// Yes or no.
    YesNo(bool),
    /// Some of a question's choices.
    Some(BTreeSet<String>),
    /// A firmware version.
    Version(FirmwareVersion),
}

impl std::fmt::Display for ConfigurationAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(words) => write!(f, "`{words}`"),
            Self::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Some(chosen) if chosen.is_empty() => f.write_str("nothing"),
            Self::Some(chosen) => f.write_str(&chosen.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
            Self::Version(version) => write!(f, "version {version}"),
        }
    }
}

/// The answers of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Configuration {
    /// The answers, by the question's name.
    pub answers: BTreeMap<String, ConfigurationAnswer>,
    /// When manufacturing started. From then on, what devices are programmed with on the line cannot change.
    pub started_at: Option<Timestamp>,
}

/// An item that is missing before manufacturing can start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Missing {
    /// The question's name.
    pub question: String,
    /// Why manufacturing cannot start without it.
    pub why: String,
}

pub(super) const ON_THE_LINE: &str = "on_the_line";

/// The questions that decide what devices are programmed with on the line. Their answers cannot change once
/// manufacturing has started (R-CFG-2).
pub(super) const PROGRAMMING_QUESTIONS: [&str; 2] = ["programming", "line_firmware"];

const fn question(id: &'static str, section: Section, form: Form, has_effect: bool, text: &'static str) -> Question {
    Question { id, section, text, form, has_effect }
}

/// Every question, in the order of the configuration page.
pub const QUESTIONS: [Question; 12] = [
    question("purpose", Section::Overview, Form::Text, false, "What does the product do, and for whom?"),
    question("quantity", Section::Overview, Form::Text, false, "How many will be made, and by when?"),
    question("connectivity", Section::Platform, Form::Text, false, "What does the product do while it is offline?"),
    question("support", Section::Platform, Form::Text, false, "Who answers when a customer's device fails?"),
    question(
        "authentication",
        Section::Customers,
        Form::One(&["simple", "two_legged", "linked"]),
        true,
        "How do customers log in: with an account here, vouched for by your server, or with an account of the platform that they link?",
    ),
    question("private_beta", Section::Customers, Form::YesNo, true, "Do only invited customers use the product?"),
    question(
        "customer_permissions",
        Section::Customers,
        Form::Some(&["see", "control"]),
        true,
        "What may customers do with their device?",
    ),
    question("data", Section::Customers, Form::Text, false, "Which data of customers do you keep, and for how long?"),
    question(
        "programming",
        Section::Firmware,
        Form::One(&[ON_THE_LINE, "at_setup"]),
        true,
        "Is the firmware programmed on the manufacturing line, or over the air when the customer sets the device up?",
    ),
    question("line_firmware", Section::Firmware, Form::Version, true, "Which version is programmed on the line?"),
    question("opaque_images", Section::Firmware, Form::YesNo, true, "Are binaries of no known format taken?"),
    question(
        "forbid_downgrades",
        Section::Firmware,
        Form::YesNo,
        true,
        "Is a device kept from going back to an older version?",
    ),
];

impl Form {
    /// Returns the answer as it is stored.
    pub(super) fn checked(self, answer: &ConfigurationAnswer) -> Result<ConfigurationAnswer, Error> {
        let wrong = |problem: String| Err(Error::invalid("answer", problem));
        match (self, answer) {
            (Self::Text, ConfigurationAnswer::Text(words)) => {
                text::checked("answer", words, 1..=*DESCRIPTION.end()).map(ConfigurationAnswer::Text)
            }
            (Self::YesNo, ConfigurationAnswer::YesNo(_)) | (Self::Version, ConfigurationAnswer::Version(_)) => {
                Ok(answer.clone())
            }
            (Self::One(choices), ConfigurationAnswer::Text(choice)) if choices.contains(&choice.as_str()) => {
                Ok(answer.clone())
            }
            (Self::Some(choices), ConfigurationAnswer::Some(chosen))
                if chosen.iter().all(|choice| choices.contains(&choice.as_str())) =>
            {
                Ok(answer.clone())
            }
            (Self::Text, _) => wrong("must be text".to_owned()),
            (Self::YesNo, _) => wrong("must be yes or no".to_owned()),
            (Self::Version, _) => wrong("must be a firmware version".to_owned()),
            (Self::One(choices), _) => wrong(format!("must be one of {}", choices.join(", "))),
            (Self::Some(choices), _) => wrong(format!("must be some of {}", choices.join(", "))),
        }
    }
}

impl Configuration {
    pub(super) fn has_answer(&self, question: &str, text: &str) -> bool {
        matches!(self.answers.get(question), Some(ConfigurationAnswer::Text(answer)) if answer == text)
    }

    /// Applies the answer to a question to the policy. Removing an answer never opens a gate: the policy stays
    /// unchanged, or takes its default if that is stricter (R-CFG-2).
    pub(super) fn apply_answer(&self, policy: &mut Policy, question: &str) {
        let answer = self.answers.get(question);
        match (question, answer) {
            ("authentication", Some(ConfigurationAnswer::Text(name))) => {
                policy.authentication = Authentication::from_name(name);
            }
            ("private_beta", Some(ConfigurationAnswer::YesNo(yes))) => policy.private_beta = *yes,
            ("customer_permissions", Some(ConfigurationAnswer::Some(chosen))) => {
                let scope = |name: &String| if name == "control" { Scope::Control } else { Scope::See };
                policy.customers_may = chosen.iter().map(scope).collect();
            }
            ("opaque_images", Some(ConfigurationAnswer::YesNo(yes))) => policy.opaque_images = *yes,
            ("opaque_images", None) => policy.opaque_images = false,
            ("forbid_downgrades", Some(ConfigurationAnswer::YesNo(yes))) => policy.forbid_downgrades = *yes,
            _ => {}
        }
    }

    /// The first question whose answer contradicts a policy.
    pub(super) fn contradicted_answer(&self, policy: &Policy) -> Option<&str> {
        let mut decided = policy.clone();
        self.answers.keys().map(String::as_str).find(|question| {
            self.apply_answer(&mut decided, question);
            decided != *policy
        })
    }

    /// The items that are missing before manufacturing can start (R-CFG-2, R-CFG-3).
    pub(super) fn missing(&self, index: &FirmwareIndex) -> Vec<Missing> {
        let on_the_line = self.has_answer("programming", ON_THE_LINE);
        let missing = |question: &Question| {
            let why = match (question.id, self.answers.get(question.id)) {
                ("line_firmware", _) if !on_the_line => return None,
                ("line_firmware", Some(ConfigurationAnswer::Version(version))) => {
                    index.get(*version).is_none().then(|| format!("version {version} is not uploaded"))?
                }
                (_, Some(_)) => return None,
                ("line_firmware", None) => "programming on the line needs a chosen version".to_owned(),
                (_, None) => "is not answered".to_owned(),
            };
            Some(Missing { question: question.id.to_owned(), why })
        };
        QUESTIONS.iter().filter_map(missing).collect()
    }
}
