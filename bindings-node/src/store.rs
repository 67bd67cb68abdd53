//! A store written in JavaScript: three methods over rows of bytes and JSON, called from the fleet's own threads and
//! answered by the event loop.
//!
//! A request carries a ticket. `lib/store.cjs` calls the store, awaits its promise, and returns the answer with the
//! ticket. Meanwhile the thread waits; the event loop never does.

use fleet_bindings::store::{
    KeyRange, RowAddition, RowCheck, RowCommit, RowDeletion, RowStore, RowStoreError, RowStoreTrouble, RowWrite,
    StoredRow,
};
use napi::bindgen_prelude::{BigInt, FnArgs, JsObjectValue as _, Null, Object, ToNapiValue, Uint8Array};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Unknown, ValueType, sys};
use napi_derive::napi;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A request to a store, by method.
pub enum Question {
    /// `get`.
    Get(Vec<Vec<u8>>),
    /// `scan`.
    Scan(KeyRange),
    /// `commit`.
    Commit(Vec<RowCommit>),
}

impl Question {
    fn method(&self) -> &'static str {
        match self {
            Self::Get(_) => "get",
            Self::Scan(_) => "scan",
            Self::Commit(_) => "commit",
        }
    }
}

/// A ticket, the store's number, its method, the request, and the number of the store whose data this one reopens.
type Asked = FnArgs<(u32, u32, &'static str, Question, Option<u32>)>;

/// Sends a request to JavaScript. Weak: an idle store does not keep the process alive.
type Ask = ThreadsafeFunction<Asked, (), Asked, Status, false, true>;

/// The answer that the store's method must give.
type Read<T> = fn(&Unknown<'_>) -> Option<T>;

/// A caller that waits for an answer.
enum Waiting {
    Rows(Read<Vec<Option<StoredRow>>>, SyncSender<Result<Vec<Option<StoredRow>>, RowStoreError>>),
    Applied(SyncSender<Result<Vec<bool>, RowStoreError>>),
}

/// The link to stores in JavaScript.
pub(crate) struct Link {
    ask: Ask,
    tickets: AtomicU32,
    stores: AtomicU32,
    waiting: Mutex<HashMap<u32, Waiting>>,
}

/// JavaScript's end of the link. It must not own the link: the link owns its function, which owns this.
#[napi]
#[derive(Debug)]
pub struct StoreLink {
    link: Weak<Link>,
    handed: RefCell<Option<Arc<Link>>>,
}

#[napi]
impl StoreLink {
    /// Creates a link that sends its requests to `ask`.
    #[napi(constructor)]
    pub fn new(ask: Ask) -> Self {
        let (tickets, stores) = (AtomicU32::new(0), AtomicU32::new(0));
        let link = Arc::new(Link { ask, tickets, stores, waiting: Mutex::default() });
        Self { link: Arc::downgrade(&link), handed: RefCell::new(Some(link)) }
    }

    /// Receives the store's answer.
    #[napi]
    pub fn answer(&self, ticket: u32, value: Unknown<'_>) {
        if let Some(waiting) = self.link.upgrade().and_then(|link| link.take(ticket)) {
            waiting.answer(&value);
        }
    }

    /// Receives the store's error.
    #[napi]
    pub fn fail(&self, ticket: u32, code: String, message: String) {
        let trouble = match code.as_str() {
            "store_unavailable" => RowStoreTrouble::Unavailable,
            "store_refused" => RowStoreTrouble::Refused,
            "store_outcome_unknown" => RowStoreTrouble::Unknown,
            _ => RowStoreTrouble::Other,
        };
        if let Some(waiting) = self.link.upgrade().and_then(|link| link.take(ticket)) {
            waiting.fail(RowStoreError { trouble, message });
        }
    }
}

impl StoreLink {
    /// Takes the link itself, once, for its owner.
    pub(crate) fn hand_over(&self) -> napi::Result<Arc<Link>> {
        self.handed.take().ok_or_else(|| napi::Error::from_reason("a link serves one fleet"))
    }
}

impl Link {
    /// Adds a store at the other end: an empty one, or one with the data of the store with this number.
    pub(crate) fn store(self: &Arc<Self>, before: Option<u32>) -> JsStore {
        JsStore { link: Arc::clone(self), number: self.stores.fetch_add(1, Ordering::Relaxed), before }
    }

    fn take(&self, ticket: u32) -> Option<Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&ticket)
    }

    /// Sends a request and waits for the answer.
    fn ask<T>(
        &self,
        store: &JsStore,
        question: Question,
        waiting: impl FnOnce(SyncSender<Result<T, RowStoreError>>) -> Waiting,
    ) -> Result<T, RowStoreError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(ticket, waiting(answer));
        let gone =
            || RowStoreError { trouble: RowStoreTrouble::Unknown, message: "the event loop has ended".to_owned() };
        let asked = FnArgs::from((ticket, store.number, question.method(), question, store.before));
        let asked = self.ask.call(asked, ThreadsafeFunctionCallMode::NonBlocking);
        if asked != Status::Ok {
            self.take(ticket);
            return Err(gone());
        }
        answered.recv().unwrap_or_else(|_| Err(gone()))
    }
}

/// A store at the other end of a link.
#[derive(Debug)]
pub(crate) struct JsStore {
    link: Arc<Link>,
    number: u32,
    before: Option<u32>,
}

impl JsStore {
    pub(crate) fn number(&self) -> u32 {
        self.number
    }
}

impl RowStore for JsStore {
    fn get(&self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<StoredRow>>, RowStoreError> {
        self.link.ask(self, Question::Get(keys), |answer| Waiting::Rows(rows, answer))
    }

    fn scan(&self, range: KeyRange) -> Result<Vec<StoredRow>, RowStoreError> {
        let found = self.link.ask(self, Question::Scan(range), |answer| Waiting::Rows(rows, answer))?;
        Ok(found.into_iter().flatten().collect())
    }

    fn commit(&self, batch: Vec<RowCommit>) -> Result<Vec<bool>, RowStoreError> {
        self.link.ask(self, Question::Commit(batch), Waiting::Applied)
    }
}

impl Waiting {
    /// If this cannot be sent, nobody waits any more.
    fn answer(self, value: &Unknown<'_>) {
        let wrong = |what: &str| RowStoreError {
            trouble: RowStoreTrouble::Other,
            message: format!("the store returned {what}"),
        };
        match self {
            Self::Rows(read, answer) => {
                drop(answer.send(read(value).ok_or_else(|| wrong("a value that is not a list of rows"))))
            }
            // The request may have been carried out.
            Self::Applied(answer) => drop(answer.send(applied(value).ok_or_else(|| RowStoreError {
                trouble: RowStoreTrouble::Unknown,
                ..wrong("a value that is not a list of outcomes")
            }))),
        }
    }

    fn fail(self, error: RowStoreError) {
        match self {
            Self::Rows(_, answer) => drop(answer.send(Err(error))),
            Self::Applied(answer) => drop(answer.send(Err(error))),
        }
    }
}

/// The items of an array.
fn items<'v>(value: &Unknown<'v>) -> Option<Vec<Unknown<'v>>> {
    if !napi::JsValue::is_array(value).ok()? {
        return None;
    }
    // SAFETY: it is an array.
    let array: Object<'v> = unsafe { value.cast() }.ok()?;
    (0..array.get_array_length().ok()?).map(|index| array.get_element(index).ok()).collect()
}

fn rows(value: &Unknown<'_>) -> Option<Vec<Option<StoredRow>>> {
    items(value)?
        .iter()
        .map(|item| match item.get_type().ok()? {
            ValueType::Undefined | ValueType::Null => Some(None),
            ValueType::Object => row(item).map(Some),
            _ => None,
        })
        .collect()
}

fn row(value: &Unknown<'_>) -> Option<StoredRow> {
    // SAFETY: it is an object, and its fields are checked before they are read.
    let object: Object<'_> = unsafe { value.cast() }.ok()?;
    let key: Unknown<'_> = object.get_named_property("key").ok()?;
    let (record, stamp): (Unknown<'_>, Unknown<'_>) =
        (object.get_named_property("record").ok()?, object.get_named_property("stamp").ok()?);
    let is = |value: &Unknown<'_>, kind| value.get_type().is_ok_and(|found| found == kind);
    if !napi::JsValue::is_typedarray(&key).ok()? || !is(&record, ValueType::String) || !is(&stamp, ValueType::BigInt) {
        return None;
    }
    // SAFETY: their types were checked above.
    let (key, record, stamp): (Uint8Array, String, BigInt) =
        unsafe { (key.cast().ok()?, record.cast().ok()?, stamp.cast().ok()?) };
    let (stamp, true) = stamp.get_i64() else { return None };
    Some(StoredRow { key: key.to_vec(), record, stamp })
}

fn applied(value: &Unknown<'_>) -> Option<Vec<bool>> {
    let is_boolean = |value: &Unknown<'_>| value.get_type().is_ok_and(|kind| kind == ValueType::Boolean);
    // SAFETY: each was checked to be a boolean.
    items(value)?.iter().map(|item| is_boolean(item).then(|| unsafe { item.cast() }.ok()).flatten()).collect()
}

impl ToNapiValue for Question {
    unsafe fn to_napi_value(raw: sys::napi_env, question: Self) -> napi::Result<sys::napi_value> {
        let env = Env::from_raw(raw);
        // SAFETY: Node called with the environment `raw`.
        unsafe {
            match question {
                Self::Get(keys) => Vec::to_napi_value(raw, keys.into_iter().map(Uint8Array::from).collect::<Vec<_>>()),
                Self::Scan(range) => Object::to_napi_value(raw, key_range(&env, range)?),
                Self::Commit(batch) => {
                    let commits = batch.into_iter().map(|commit| row_commit(&env, commit));
                    Vec::to_napi_value(raw, commits.collect::<napi::Result<Vec<_>>>()?)
                }
            }
        }
    }
}

fn key_range<'e>(env: &'e Env, range: KeyRange) -> napi::Result<Object<'e>> {
    let KeyRange { first, first_included, last, last_included, limit, reverse } = range;
    let mut object = Object::new(env)?;
    object.set("first", Uint8Array::from(first))?;
    object.set("firstIncluded", first_included)?;
    object.set("last", Uint8Array::from(last))?;
    object.set("lastIncluded", last_included)?;
    object.set("limit", limit)?;
    object.set("reverse", reverse)?;
    Ok(object)
}

fn row_commit<'e>(env: &'e Env, RowCommit { checks, writes }: RowCommit) -> napi::Result<Object<'e>> {
    let check = |RowCheck { key, stamp }: RowCheck| {
        let mut object = Object::new(env)?;
        object.set("key", Uint8Array::from(key))?;
        match stamp {
            Some(stamp) => object.set("stamp", BigInt::from(stamp))?,
            None => object.set("stamp", Null)?,
        }
        Ok(object)
    };
    let write = |write: RowWrite| {
        let mut object = Object::new(env)?;
        match write {
            RowWrite::Put(StoredRow { key, record, stamp }) => {
                object.set("kind", "put")?;
                object.set("key", Uint8Array::from(key))?;
                object.set("record", record)?;
                object.set("stamp", BigInt::from(stamp))?;
            }
            RowWrite::Delete(RowDeletion { key }) => {
                object.set("kind", "delete")?;
                object.set("key", Uint8Array::from(key))?;
            }
            RowWrite::Add(RowAddition { key, delta }) => {
                object.set("kind", "add")?;
                object.set("key", Uint8Array::from(key))?;
                object.set("delta", BigInt::from(delta))?;
            }
        }
        Ok(object)
    };
    let mut commit = Object::new(env)?;
    commit.set("checks", checks.into_iter().map(check).collect::<napi::Result<Vec<_>>>()?)?;
    commit.set("writes", writes.into_iter().map(write).collect::<napi::Result<Vec<_>>>()?)?;
    Ok(commit)
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Question")
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}
