//! Connects passed as numbers between JavaScript and Rust: a few conversions per call instead of some twenty per
//! report.
//!
//! `lib/packed.cjs` is the other side, and documents the layout. Only values that can be represented exactly take this
//! path. For anything else the result is [`None`], and the caller uses the general path, which reports the error.

use fleet_bindings::shapes::{Decision, UpdateOutcome, UpdateResult};
use fleet_bindings::{Answered, Gateway};
use fleet_core::device::{Connected, Report};
use fleet_core::firmware::Answer;
use fleet_core::{DeviceId, Platform, Sha256, SystemVersion, Timestamp};
use napi::bindgen_prelude::{JsObjectValue as _, Object, ToNapiValue};
use napi::{Env, JsValue as _, Unknown};

/// Number of numbers in a report.
const REPORT: usize = 9;

/// Number of numbers in an answer.
pub(crate) const ANSWER: usize = 6;

/// Number of cached decisions: more than a fleet has at a time, few enough for a linear search.
const DECISIONS: usize = 64;

/// The number that means absent.
const NONE: f64 = -1.0;

/// The first reports of an array that may be larger. `None` if it is smaller.
pub(crate) fn reports(numbers: &[f64], count: u32) -> &[f64] {
    let length = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(REPORT);
    numbers.get(..length).unwrap_or_default()
}

/// A batch of reports, as passed in.
pub(crate) struct Packed<'p> {
    /// [`REPORT`] numbers for each report.
    pub(crate) numbers: &'p [f64],
    /// The ids of all devices, then the hashes of those that report one.
    pub(crate) texts: &'p str,
    /// The names of platforms and system versions, each once.
    pub(crate) names: &'p [String],
}

/// The set of fields that a report has.
struct Has(u16);

impl Has {
    const PRODUCT: u16 = 1;
    const VERSION: u16 = 2;
    const SECURITY_COUNTER: u16 = 4;
    const REPORTED_AT: u16 = 8;
    const IMAGE: u16 = 16;
    const PLATFORM: u16 = 32;
    const SYSTEM: u16 = 64;
    const REFUSES_UPDATES: u16 = 128;
    const CHIP_REVISION: u16 = 256;

    fn has<T>(&self, field: u16, value: T) -> Option<T> {
        (self.0 & field != 0).then_some(value)
    }
}

impl Packed<'_> {
    /// Reads the reports. `None` if one is unreadable. The JavaScript side checked each number, so no cast changes one.
    fn read(&self) -> Option<Vec<Report>> {
        let (reports, rest) = self.numbers.as_chunks::<REPORT>();
        let (ids, hashes) = self.texts.split_at_checked(24 * reports.len())?;
        let (ids, _) = ids.as_bytes().as_chunks::<24>();
        let mut hashes = hashes.as_bytes().chunks_exact(64);
        let mut platforms: Vec<Option<Platform>> = vec![None; self.names.len()];
        let mut systems: Vec<Option<SystemVersion>> = vec![None; self.names.len()];
        let mut read = Vec::with_capacity(reports.len());
        for (numbers, id) in reports.iter().zip(ids) {
            let [has, product, version, security_counter, session, reported_at, platform, system, chip_revision] =
                *numbers;
            let has = Has(has as u16);
            let image = match has.has(Has::IMAGE, ()) {
                Some(()) => Some(hash(hashes.next()?)?),
                None => None,
            };
            let platform = match has.has(Has::PLATFORM, platform as usize) {
                Some(name) => Some(self.named(name, &mut platforms)?),
                None => None,
            };
            let system = match has.has(Has::SYSTEM, system as usize) {
                Some(name) => Some(self.named(name, &mut systems)?),
                None => None,
            };
            let at = has.has(Has::REPORTED_AT, Timestamp::from_millis(reported_at as i64));
            let mut report = Report::new(DeviceId::from_hex(id)?).session(session as u64).at(at);
            report.product = has.has(Has::PRODUCT, product as u32);
            report.version = has.has(Has::VERSION, version as u16);
            report.image = image;
            report.platform = platform;
            report.system = system;
            report.security_counter = has.has(Has::SECURITY_COUNTER, security_counter as u32);
            report.chip_revision = has.has(Has::CHIP_REVISION, chip_revision as u16);
            report.takes_updates = has.has(Has::REFUSES_UPDATES, ()).is_none();
            read.push(report);
        }
        let whole = rest.is_empty() && read.len() == reports.len() && hashes.next().is_none();
        (whole && hashes.remainder().is_empty()).then_some(read)
    }

    /// Parses a name, once a batch.
    fn named<T: Clone + std::str::FromStr>(&self, name: usize, read: &mut [Option<T>]) -> Option<T> {
        let entry = read.get_mut(name)?;
        if entry.is_none() {
            *entry = Some(self.names.get(name)?.parse().ok()?);
        }
        entry.clone()
    }

    /// Calls the gateway. `None` if a report is unreadable.
    pub(crate) fn connect(&self, gateway: &Gateway) -> Answered<Option<Vec<Connected>>> {
        let Some(reports) = self.read() else { return Ok(None) };
        let door = gateway.at(gateway.now()?)?;
        Ok(Some(match reports.as_slice() {
            [report] => vec![door.connect(report)?],
            reports => door.connect_many(reports)?,
        }))
    }
}

fn hash(digits: &[u8]) -> Option<Sha256> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// The decisions that JavaScript already has an object of. A directive's device and number are ignored: they belong to
/// the answer.
#[derive(Debug, Default)]
pub(crate) struct Decisions(Vec<Answer>);

impl Decisions {
    /// Writes answers as numbers, and appends new decisions to `decisions`.
    pub(crate) fn write(
        &mut self,
        env: &Env,
        answers: &[Connected],
        decisions: &mut Object<'_>,
        numbers: &mut [f64],
    ) -> napi::Result<()> {
        let (places, _) = numbers.as_chunks_mut::<ANSWER>();
        for (connected, place) in answers.iter().zip(places) {
            let decision = match self.0.iter().position(|known| is_same(known, &connected.answer)) {
                Some(known) => known,
                None => {
                    decisions.set_element(index(self.0.len()), frozen(env, &connected.answer)?)?;
                    self.0.push(connected.answer.clone());
                    self.0.len() - 1
                }
            };
            let sequence = match &connected.answer {
                Answer::Update { directive, .. } => directive.sequence.into(),
                _ => NONE,
            };
            let outcome = connected.outcome.map(UpdateOutcome::from);
            let outcome = outcome.map_or([NONE; 3], |outcome| {
                let result = UpdateResult::ALL.iter().position(|result| *result == outcome.result);
                [outcome.target.into(), index(result.unwrap_or_default()).into(), millis(outcome.at)]
            });
            let [target, result, at] = outcome;
            let product = connected.product.map_or(NONE, |product| product.get().into());
            *place = [product, index(decision).into(), sequence, target, result, at];
        }
        Ok(())
    }

    /// Clears the cache when it is full. Not between a call and the reading of its answer.
    pub(crate) fn trim(&mut self, decisions: &mut Object<'_>) -> napi::Result<()> {
        if self.0.len() > DECISIONS {
            self.0.clear();
            decisions.set_named_property("length", 0)?;
        }
        Ok(())
    }
}

/// Whether two answers are equal except for their device.
fn is_same(one: &Answer, other: &Answer) -> bool {
    match (one, other) {
        (
            Answer::Update { directive, rule, kept_back },
            Answer::Update { directive: to_other, rule: other_rule, kept_back: other_kept },
        ) => {
            let mut to_one = *to_other;
            (to_one.device, to_one.sequence) = (directive.device, directive.sequence);
            rule == other_rule && kept_back == other_kept && to_one == *directive
        }
        _ => one == other,
    }
}

/// Makes a decision immutable, because many answers share it.
fn frozen<'e>(env: &'e Env, answer: &Answer) -> napi::Result<Unknown<'e>> {
    // SAFETY: Node called with `env`, and a decision is an object.
    let mut decision = unsafe { Object::from_raw(env.raw(), Decision::to_napi_value(env.raw(), answer.into())?) };
    if matches!(answer, Answer::Held { target: Some(_), .. }) {
        decision.get_named_property::<Object<'_>>("target")?.freeze()?;
    }
    decision.freeze()?;
    Ok(decision.to_unknown())
}

fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn millis(at: fleet_bindings::Moment) -> f64 {
    at.as_millis() as f64
}
