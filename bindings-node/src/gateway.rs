//! The door for devices.

use crate::job::{Runner, operations};
use crate::packed::{ANSWER, Decisions, Packed, reports};
use crate::{given, refused};
use fleet_bindings::shapes::{Connected, NewEvent, Published, UpdateProgress};
use fleet_bindings::{Moment, Report};
use napi::bindgen_prelude::{Float64Array, Float64ArraySlice, Object, PromiseRaw, ToNapiValue, TypeName};
use napi::{Env, Unknown};
use napi_derive::napi;
use std::cell::RefCell;

/// The door for devices, opened at a moment.
#[napi]
#[derive(Debug)]
pub struct Gateway {
    door: fleet_bindings::Gateway,
    runner: Runner,
    decisions: RefCell<Decisions>,
}

impl Gateway {
    pub(crate) fn new(door: fleet_bindings::Gateway, runner: Runner) -> Self {
        Self { door, runner, decisions: RefCell::default() }
    }
}

operations! { Gateway {
    connect_many(reports: Vec<Report>) -> Vec<Connected> { move |door| door.connect_many(&reports) }
    publish(event: NewEvent) -> Published { move |door| door.publish(&event) }
    publish_many(events: Vec<NewEvent>) -> Vec<Published> { move |door| door.publish_many(&events) }
    disconnect(device: String, product: Option<u32>, session: Option<i64>, ended_at: Option<Moment>) -> () {
        move |door| door.disconnect(&device, product, session, ended_at)
    }
    report_update(device: String, product: u32, sequence: u32, progress: UpdateProgress) -> bool {
        move |door| door.report_update(&device, product, sequence, progress)
    }
    present_claim_code(device: String, code: String) -> () { move |door| door.present_claim_code(&device, &code) }
} }

#[napi]
impl Gateway {
    /// Connects devices on the event loop.
    #[napi]
    pub fn connect_many_sync(&self, env: Env, reports: Unknown<'_>) -> napi::Result<Vec<Connected>> {
        let reports: Vec<Report> = given(&env, reports, "reports")?;
        self.runner
            .allows_sync()
            .and_then(|()| self.door.connect_many(&reports))
            .map_err(|failure| refused(&env, failure))
    }

    /// Connects devices on the event loop, as numbers. Writes the answers to `answers`, and appends new decisions to
    /// `decisions`. Returns whether it could; if not, nothing was done.
    #[napi]
    #[allow(clippy::too_many_arguments, reason = "JavaScript passes each array unchanged")]
    pub fn connect_packed_sync(
        &self,
        env: Env,
        numbers: Float64ArraySlice<'_>,
        count: u32,
        texts: String,
        names: Vec<String>,
        mut decisions: Object<'_>,
        mut answers: Float64ArraySlice<'_>,
    ) -> napi::Result<bool> {
        let packed = Packed { numbers: reports(&numbers, count), texts: &texts, names: &names };
        let connected = self
            .runner
            .allows_sync()
            .and_then(|()| packed.connect(&self.door))
            .map_err(|failure| refused(&env, failure))?;
        let Some(connected) = connected else { return Ok(false) };
        let mut known = self.decisions.take();
        // SAFETY: JavaScript does not run meanwhile, and nobody else holds the array.
        let answers = unsafe { answers.as_mut() };
        let written = known.trim(&mut decisions).and_then(|()| known.write(&env, &connected, &mut decisions, answers));
        self.decisions.replace(known);
        written.map(|()| true)
    }

    /// The same on the pool. Returns nothing if it could not.
    #[napi]
    pub fn connect_packed(
        &self,
        env: Env,
        numbers: Float64ArraySlice<'_>,
        count: u32,
        texts: String,
        names: Vec<String>,
    ) -> napi::Result<PromiseRaw<'static, PackedAnswers>> {
        let numbers = reports(&numbers, count).to_vec();
        self.runner.run(&env, self.door.clone(), move |door| {
            let packed = Packed { numbers: &numbers, texts: &texts, names: &names };
            packed.connect(door).map(PackedAnswers)
        })
    }
}

/// Answers as numbers, back on the event loop: the new decisions, and the numbers.
#[derive(Debug)]
pub struct PackedAnswers(Option<Vec<fleet_core::device::Connected>>);

impl TypeName for PackedAnswers {
    fn type_name() -> &'static str {
        "Array"
    }

    fn value_type() -> napi::ValueType {
        napi::ValueType::Object
    }
}

impl ToNapiValue for PackedAnswers {
    unsafe fn to_napi_value(raw: napi::sys::napi_env, value: Self) -> napi::Result<napi::sys::napi_value> {
        let env = Env::from_raw(raw);
        let Some(connected) = value.0 else {
            // SAFETY: Node called with the environment `raw`.
            return unsafe { Option::<u32>::to_napi_value(raw, None) };
        };
        let mut numbers = vec![0.0; connected.len() * ANSWER];
        let mut decisions = env.create_array(0)?.coerce_to_object()?;
        Decisions::default().write(&env, &connected, &mut decisions, &mut numbers)?;
        let mut answers = Object::new(&env)?;
        answers.set("decisions", decisions)?;
        answers.set("numbers", Float64Array::new(numbers))?;
        // SAFETY: as above.
        unsafe { Object::to_napi_value(raw, answers) }
    }
}
