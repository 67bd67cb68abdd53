//! Compares billing with cases from the tests and documents of public billing engines.
//!
//! A case whose note begins with `assert:` must hold. One with `peer-only:` names a deliberate difference of its source
//! and is skipped. If a case expects an error, any refusal is accepted.

use super::Report;
use fleet_core::billing::{Anchor, Interval, Period, Retries, cap_credit, prorate, prorate_span, split_credit};
use fleet_core::event::metering::threshold;
use fleet_core::{Catalogue, Currency, Date, Error, Money, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const VECTORS: &str = "vectors.json";

#[derive(Debug, Deserialize)]
struct Case {
    source: String,
    kind: String,
    input: Value,
    expected: Value,
    note: String,
}

/// Runs the cases of a file, or of the `vectors.json` of a folder.
pub(crate) fn run(path: &Path) -> Report {
    let file = if path.is_dir() { path.join(VECTORS) } else { path.to_owned() };
    let mut report = Report::default();
    match read(&file) {
        Ok(cases) => cases.iter().enumerate().for_each(|(place, case)| add(&mut report, place, case)),
        Err(problem) => report.failures.push((file.display().to_string(), problem)),
    }
    report
}

fn read(file: &PathBuf) -> Result<Vec<Case>, String> {
    let json = fs::read(file).map_err(|error| format!("can't be opened: {error}"))?;
    serde_json::from_slice(&json).map_err(|error| format!("is malformed: {error}"))
}

fn add(report: &mut Report, place: usize, case: &Case) {
    let name = format!("case {place}, {} ({})", case.kind, case.source);
    if case.note.starts_with("assert:") {
        report.add(name, compare(case));
    } else if !case.note.starts_with("peer-only:") {
        report.add(name, Err("its note does not begin with `assert:` or `peer-only:`".to_owned()));
    }
}

fn compare(case: &Case) -> Result<(), String> {
    let found = compute(&case.kind, &case.input);
    let wants_error = case.expected.as_str().is_some_and(|text| text.starts_with("error"));
    match found {
        Err(Problem::Refused(_)) if wants_error => Ok(()),
        Err(Problem::Refused(error)) => Err(format!("refused: {error}")),
        Err(Problem::Unreadable(problem)) => Err(problem),
        Ok(found) if wants_error => Err(format!("{found}, expected {}", case.expected)),
        Ok(found) => holds(&found, &case.expected),
    }
}

/// Whether every expected field was found with its value. More fields may be found; none of the expected ones is
/// skipped.
fn holds(found: &Value, expected: &Value) -> Result<(), String> {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => expected.iter().try_for_each(|(name, expected)| {
            let found = found.get(name).ok_or_else(|| format!("`{name}` is not supported"))?;
            holds(found, expected).map_err(|why| format!("{name}: {why}"))
        }),
        _ if found == expected => Ok(()),
        _ => Err(format!("{found}, expected {expected}")),
    }
}

enum Problem {
    /// The library refused to compute it.
    Refused(Error),
    /// The case cannot be read.
    Unreadable(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// A calendar's unit: the interval of a plan.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    #[serde(alias = "monthly", alias = "months")]
    Month,
    #[serde(alias = "annual", alias = "yearly", alias = "years")]
    Year,
}

impl From<Unit> for Interval {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Month => Self::Monthly,
            Unit::Year => Self::Annual,
        }
    }
}

/// A moment: the start of a date, or one with a time of day.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Moment(Timestamp);

impl TryFrom<String> for Moment {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        match text.parse::<Date>() {
            Ok(date) if !text.contains('T') => Ok(Self(date.midnight())),
            _ => text.parse().or_else(|_| format!("{text}Z").parse()).map(Self),
        }
    }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn input<T: DeserializeOwned>(input: &Value) -> Result<T, Problem> {
    serde_json::from_value(input.clone()).map_err(|error| Problem::Unreadable(format!("{error}: {input}")))
}

fn compute(kind: &str, values: &Value) -> Result<Value, Problem> {
    match kind {
        "anchor.nth" => input::<Nth>(values).map(Nth::compute),
        "anchor.period_at" | "anchor.elapsed_periods" => {
            let (anchor, period) = input::<At>(values)?.period();
            let date = |n| anchor.date(period.0, n).to_string();
            let index = period.1.index;
            Ok(match kind {
                "anchor.period_at" => json!({ "start": date(index), "end": date(index + 1) }),
                _ => json!(index),
            })
        }
        "proration.ratio" => input::<Ratio>(values)?.compute(),
        "proration.charge" | "proration.credit" => input::<Span>(values)?.compute(),
        "proration.charge_units" | "proration.credit_units" | "cancel.credit" => input::<Share>(values)?.compute(),
        "upgrade.net" => input::<Net>(values)?.compute(),
        "upgrade.multi_same_period" => input::<Several>(values)?.compute(),
        "upgrade.credit_cap_with_tax" => input::<Taxed>(values)?.compute(),
        "credit.cap" => input::<Cap>(values)?.compute(),
        "switch.interval" => input::<Switch>(values)?.compute(),
        "cancel.refund_split" => input::<Cancelled>(values)?.compute(),
        "dunning.attempt_days" => input::<Attempts>(values)?.compute(),
        "threshold.first_used_at" => input::<FirstUse>(values)?.compute(),
        "threshold.crossed" => input::<Crossed>(values)?.compute(),
        "catalog.tier" => input::<CatalogueTier>(values)?.compute(),
        _ => Err(Problem::Unreadable(format!("`{kind}` is not a supported kind"))),
    }
}

#[derive(Deserialize)]
struct Nth {
    anchor: Date,
    unit: Unit,
    n: u32,
}

impl Nth {
    fn compute(self) -> Value {
        json!(Anchor::new(self.anchor).date(self.unit.into(), self.n).to_string())
    }
}

#[derive(Deserialize)]
struct At {
    anchor: Date,
    unit: Unit,
    at: Moment,
}

impl At {
    fn period(self) -> (Anchor, (Interval, Period)) {
        let (anchor, interval) = (Anchor::new(self.anchor), self.unit.into());
        (anchor, (interval, anchor.period_at(interval, self.at.0)))
    }
}

#[derive(Deserialize)]
struct Ratio {
    period_start: Date,
    used_until: Moment,
    unit: Unit,
    scale: u32,
}

impl Ratio {
    /// One unit with this many decimal places, prorated.
    fn compute(self) -> Result<Value, Problem> {
        let one = 10_i64.checked_pow(self.scale);
        let one = one.ok_or_else(|| Problem::Unreadable(format!("{} decimal places are too many", self.scale)))?;
        let period = Anchor::new(self.period_start).period(self.unit.into(), 0);
        let ratio = prorate_span(usd(one), period, period.start, self.used_until.0)?.minor();
        let places = self.scale as usize;
        Ok(json!(match places {
            0 => ratio.to_string(),
            places => format!("{}.{:0places$}", ratio / one, ratio % one),
        }))
    }
}

#[derive(Deserialize)]
struct Span {
    price_minor: i64,
    period_start: Moment,
    period_end: Moment,
    from: Moment,
    to: Moment,
}

impl Span {
    fn compute(self) -> Result<Value, Problem> {
        let period = Period { index: 0, start: self.period_start.0, end: self.period_end.0 };
        Ok(json!(prorate_span(usd(self.price_minor), period, self.from.0, self.to.0)?.minor()))
    }
}

#[derive(Deserialize)]
struct Share {
    price_minor: i64,
    remaining: u64,
    total: u64,
}

impl Share {
    fn compute(self) -> Result<Value, Problem> {
        Ok(json!(prorate(usd(self.price_minor), self.remaining, self.total)?.minor()))
    }
}

#[derive(Deserialize)]
struct Net {
    old_price_minor: i64,
    new_price_minor: i64,
    remaining: u64,
    total: u64,
}

impl Net {
    fn compute(self) -> Result<Value, Problem> {
        let share = |minor| prorate(usd(minor), self.remaining, self.total);
        net(share(self.old_price_minor)?, share(self.new_price_minor)?)
    }
}

fn net(credit: Money, charge: Money) -> Result<Value, Problem> {
    Ok(json!({ "credit": credit.minor(), "charge": charge.minor(), "net": charge.minus(credit)?.minor() }))
}

#[derive(Deserialize)]
struct Several {
    prices_minor: Vec<i64>,
    total_days: u64,
    remaining_days: u64,
}

impl Several {
    /// The first plan was billed in full; each upgrade credits the unused part of the previous charge.
    fn compute(self) -> Result<Value, Problem> {
        let mut paid = self.prices_minor.first().copied().map(usd).unwrap_or(usd(0));
        let (mut credits, mut charges, mut nets) = (Vec::new(), Vec::new(), Vec::new());
        for (old, new) in self.prices_minor.iter().zip(self.prices_minor.iter().skip(1)) {
            let share = |minor: i64| prorate(usd(minor), self.remaining_days, self.total_days);
            let (credit, charge) = (cap_credit(share(*old)?, paid, usd(0))?, share(*new)?);
            credits.push(credit.minor());
            charges.push(charge.minor());
            nets.push(charge.minus(credit)?.minor());
            paid = charge;
        }
        let first = credits.first().copied();
        Ok(json!({ "charges": charges, "credits": credits, "nets": nets, "first_credit_before_tax": first }))
    }
}

#[derive(Deserialize)]
struct Taxed {
    plan_price_minor: i64,
    remaining_days: u64,
    total_days: u64,
    billed_for_segment_minor: i64,
    tax_pct: serde_json::Number,
}

impl Taxed {
    /// The tax is the host's, on top of the amount computed here: a share of it like any other.
    fn compute(self) -> Result<Value, Problem> {
        let credit = prorate(usd(self.plan_price_minor), self.remaining_days, self.total_days)?;
        let credit = cap_credit(credit, usd(self.billed_for_segment_minor), usd(0))?;
        let (percent, hundred) = hundredths(&self.tax_pct.to_string())
            .ok_or_else(|| Problem::Unreadable(format!("{} is not a supported tax rate", self.tax_pct)))?;
        let whole = credit.minor().checked_mul((percent / hundred) as i64);
        let whole = whole.ok_or_else(|| Problem::Unreadable("the tax is too large".to_owned()))?;
        Ok(json!(credit.plus(usd(whole))?.plus(prorate(credit, percent % hundred, hundred)?)?.minor()))
    }
}

/// Reads a percentage as an exact fraction: `19.6` is 196 of 1000.
fn hundredths(text: &str) -> Option<(u64, u64)> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let scale = 10_u64.checked_pow(u32::try_from(places.len()).ok()?)?;
    Some((format!("{whole}{places}").parse().ok()?, scale.checked_mul(100)?))
}

#[derive(Deserialize)]
struct Cap {
    potential: i64,
    originally_paid: i64,
    previous_credits: i64,
}

impl Cap {
    fn compute(self) -> Result<Value, Problem> {
        Ok(json!(cap_credit(usd(self.potential), usd(self.originally_paid), usd(self.previous_credits))?.minor()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Direction {
    MonthlyToAnnual,
    AnnualToMonthly,
}

#[derive(Deserialize)]
struct Switch {
    anchor: Date,
    at: Moment,
    monthly_minor: i64,
    annual_minor: i64,
    direction: Direction,
}

impl Switch {
    fn compute(self) -> Result<Value, Problem> {
        let rest = |interval, minor| {
            let period = Anchor::new(self.anchor).period_at(interval, self.at.0);
            prorate_span(usd(minor), period, self.at.0, period.end)
        };
        let month = rest(Interval::Monthly, self.monthly_minor)?;
        let year = rest(Interval::Annual, self.annual_minor)?;
        match self.direction {
            Direction::MonthlyToAnnual => net(month, year),
            Direction::AnnualToMonthly => net(year, month),
        }
    }
}

#[derive(Deserialize)]
struct Cancelled {
    creditable_minor: i64,
    used_minor: i64,
    paid_for_this_fee_minor: i64,
}

impl Cancelled {
    fn compute(self) -> Result<Value, Problem> {
        let split = split_credit(usd(self.creditable_minor), usd(self.used_minor), usd(self.paid_for_this_fee_minor))?;
        Ok(json!({ "refund": split.refund.minor(), "credit": split.offset.minor() }))
    }
}

#[derive(Deserialize)]
struct Attempts {
    retry_offsets_days: Vec<u32>,
}

impl Attempts {
    fn compute(self) -> Result<Value, Problem> {
        let retries = Retries::new(&self.retry_offsets_days)?;
        let days = retries.attempt_days();
        Ok(json!({ "attempt_days": days, "attempts": retries.attempts(), "final": "give_up" }))
    }
}

#[derive(Deserialize)]
struct FirstUse {
    limit: u64,
    pct: u8,
}

impl FirstUse {
    fn compute(self) -> Result<Value, Problem> {
        Ok(json!(threshold::first_used_at(self.limit, self.pct)))
    }
}

#[derive(Deserialize)]
struct Crossed {
    prev: u64,
    cur: u64,
    thresholds: Vec<u64>,
}

impl Crossed {
    fn compute(self) -> Result<Value, Problem> {
        Ok(json!(threshold::crossed(self.prev, self.cur, self.thresholds)))
    }
}

#[derive(Deserialize)]
struct CatalogueTier {
    tier: String,
}

impl CatalogueTier {
    fn compute(self) -> Result<Value, Problem> {
        let catalogue = Catalogue::default();
        let tier = catalogue.tiers().iter().find(|tier| self.tier.starts_with(&*tier.name));
        let tier = tier.ok_or_else(|| Problem::Unreadable(format!("`{}` is not a known tier", self.tier)))?;
        let price = |interval| tier.price(interval, Currency::USD).map(Money::minor);
        Ok(json!({
            "monthly_minor_usd": price(Interval::Monthly),
            "annual_per_month_minor_usd": price(Interval::Annual).map(|year| year / 12),
            "annual_charge_minor_usd": price(Interval::Annual),
            "devices": tier.devices,
            "events_per_month": tier.messages,
            "team_members": tier.members,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_that_must_hold_does() {
        let report = run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fleet-core/tests/vectors/billing"));
        assert_eq!((report.passed, report.failures), (76, vec![]));
    }

    fn case(kind: &str, input: Value, expected: Value) -> Result<(), String> {
        compare(&Case { source: String::new(), kind: kind.to_owned(), input, expected, note: "assert:".to_owned() })
    }

    #[test]
    fn a_difference_an_unknown_kind_and_a_missing_value_are_failures() {
        let input = json!({ "anchor": "2024-01-31", "unit": "month", "n": 1 });
        assert_eq!(case("anchor.nth", input.clone(), json!("2024-02-29")), Ok(()));
        assert!(case("anchor.nth", input.clone(), json!("2024-02-28")).is_err());
        assert!(case("anchor.first", input.clone(), json!("2024-02-29")).is_err());
        assert!(case("anchor.period_at", input, json!("2024-02-29")).is_err(), "it has no moment");
        let cap = json!({ "potential": 1, "originally_paid": 1, "previous_credits": 0 });
        assert!(case("credit.cap", cap, json!({ "credit": 1 })).is_err(), "an unknown field is not skipped");
    }

    #[test]
    fn an_expected_error_must_occur() {
        let share = |remaining| json!({ "price_minor": 10, "remaining": remaining, "total": 2 });
        assert_eq!(case("cancel.credit", share(3), json!("error")), Ok(()));
        assert!(case("cancel.credit", share(2), json!("error")).is_err());
        assert!(case("cancel.credit", share(3), json!(15)).is_err());
    }

    #[test]
    fn a_tax_rate_is_computed_exactly() {
        let taxed = |pct: Value| {
            json!({ "plan_price_minor": 1000, "remaining_days": 1, "total_days": 1,
                    "billed_for_segment_minor": 1000, "tax_pct": pct })
        };
        for (pct, expected) in [(json!(0), 1000), (json!(19.6), 1196), (json!(0.05), 1001), (json!(125), 2250)] {
            assert_eq!(case("upgrade.credit_cap_with_tax", taxed(pct), json!(expected)), Ok(()));
        }
    }

    #[test]
    fn a_case_without_a_kind_of_note_is_a_failure() {
        let mut report = Report::default();
        let json = r#"[{"source": "", "kind": "x", "input": {}, "expected": 0, "note": "perhaps"},
                       {"source": "", "kind": "x", "input": {}, "expected": 0, "note": "peer-only: no"}]"#;
        let cases: Vec<Case> = serde_json::from_str(json).unwrap();
        cases.iter().enumerate().for_each(|(place, case)| add(&mut report, place, case));
        assert_eq!((report.passed, report.failures.len()), (0, 1));
    }
}
