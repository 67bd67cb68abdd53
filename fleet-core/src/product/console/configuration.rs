//! Configuration commands of a team (R-CFG): answers to the questions, and the start of manufacturing.

use crate::audit::{Entry, shown};
use crate::firmware::FirmwareIndex;
use crate::fleet::ProductConsole;
use crate::product::configuration::{
    Configuration, ConfigurationAnswer, Missing, ON_THE_LINE, PROGRAMMING_QUESTIONS, QUESTIONS,
};
use crate::team::{Access, Command};
use crate::{Error, ErrorKind};
use std::sync::Arc;

impl ProductConsole<'_> {
    /// Returns a product's answers.
    ///
    /// # Errors
    /// `not_found`.
    pub fn configuration(&self) -> Result<Configuration, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ReadProduct, product)?;
            Ok(tx.get::<Arc<Configuration>>(product)?.map(Arc::unwrap_or_clone).unwrap_or_default())
        })
    }

    /// Answers a question of [`QUESTIONS`], or removes the answer (R-CFG-2). An answer with an effect takes effect
    /// immediately; removing it never opens a gate that the answer closed.
    ///
    /// ```
    /// # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
    /// use fleet_core::product::ConfigurationAnswer;
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?.id;
    /// # let console = fleet.console(alice, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    ///
    /// console.product(product).configure("private_beta", Some(&ConfigurationAnswer::YesNo(true)))?;
    /// assert!(console.product(product).get()?.policy.private_beta);
    /// # Ok::<(), fleet_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for a question that does not exist; `invalid` for an answer of another form; `manufacturing_started`
    /// for what devices are programmed with on the line.
    pub fn configure(&self, question: &str, answer: Option<&ConfigurationAnswer>) -> Result<(), Error> {
        let Self { console, product } = *self;
        let asked = QUESTIONS.iter().find(|asked| asked.id == question).ok_or_else(|| Error::not_found("question"))?;
        let answer = answer.map(|answer| asked.form.checked(answer)).transpose()?;
        console.fleet.transact(|tx| {
            let Access { product: mut record, .. } = Access::check(tx, console.actor, Command::Configure, product)?;
            let mut configuration: Arc<Configuration> = tx.get(product)?.unwrap_or_default();
            if configuration.answers.get(question) == answer.as_ref() {
                return Ok(());
            }
            if let Some(at) = configuration.started_at
                && PROGRAMMING_QUESTIONS.contains(&question)
            {
                return Err(ErrorKind::ManufacturingStarted { at }.into());
            }
            if let Some(ConfigurationAnswer::Version(version)) = &answer {
                let index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
                index.get(*version).ok_or_else(|| Error::not_found("firmware"))?;
            }
            let changed = Arc::make_mut(&mut configuration);
            let before = match &answer {
                Some(answer) => changed.answers.insert(question.to_owned(), answer.clone()),
                None => changed.answers.remove(question),
            };
            let entry = Entry::changed(question, [("answer", shown(before), shown(answer.as_ref()))]);
            if asked.has_effect {
                configuration.apply_answer(&mut Arc::make_mut(&mut record).policy, question);
                tx.put(product, record);
            }
            tx.put(product, configuration);
            console.note(tx, product, Command::Configure, entry);
            Ok(())
        })
    }

    /// Returns the items that are missing before manufacturing. If there are none, manufacturing can start.
    ///
    /// # Errors
    /// `not_found`.
    pub fn manufacturing_readiness(&self) -> Result<Vec<Missing>, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ReadProduct, product)?;
            let configuration: Arc<Configuration> = tx.get(product)?.unwrap_or_default();
            let index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
            Ok(configuration.missing(&index))
        })
    }

    /// Starts manufacturing. What devices are programmed with on the line can no longer change, and a version
    /// programmed there is never deleted. Every other answer can still be changed.
    ///
    /// # Errors
    /// `not_ready` with all missing items; `manufacturing_started`.
    pub fn start_manufacturing(&self) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::StartManufacturing, product)?;
            let mut configuration: Arc<Configuration> = tx.get(product)?.unwrap_or_default();
            let mut index: Arc<FirmwareIndex> = tx.get(product)?.unwrap_or_default();
            if let Some(at) = configuration.started_at {
                return Err(ErrorKind::ManufacturingStarted { at }.into());
            }
            let missing = configuration.missing(&index);
            if !missing.is_empty() {
                return Err(ErrorKind::NotReady { missing }.into());
            }
            if configuration.has_answer("programming", ON_THE_LINE)
                && let Some(ConfigurationAnswer::Version(version)) = configuration.answers.get("line_firmware")
                && let Some(firmware) = Arc::make_mut(&mut index).get_mut(*version)
            {
                firmware.on_the_line_at = Some(console.now);
                tx.put(product, index);
            }
            Arc::make_mut(&mut configuration).started_at = Some(console.now);
            tx.put(product, configuration);
            console.note(tx, product, Command::StartManufacturing, "started");
            Ok(())
        })
    }
}
