//! Calls that run off the event loop and come back as promises.

use crate::refused;
use crate::threads::Threads;
use fleet_bindings::{Answered, Failure};
use napi::bindgen_prelude::{PromiseRaw, ToNapiValue, TypeName};
use napi::{Env, JsValue as _, ScopedTask};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Where the calls of a fleet run.
#[derive(Clone, Debug)]
pub(crate) enum Runner {
    /// On Node's pool.
    Pool,
    /// On threads of the fleet's own: its store is in JavaScript, and may itself wait for the pool.
    Threads(Arc<Threads>),
}

/// What a call does, once.
type Work<T> = Box<dyn FnOnce() -> Answered<T> + Send>;

/// A call on its way through the pool.
struct Job<T>(Option<Work<T>>);

impl Runner {
    /// Runs a call.
    pub(crate) fn run<D, T>(
        &self,
        env: &Env,
        door: D,
        work: impl FnOnce(&D) -> Answered<T> + Send + 'static,
    ) -> napi::Result<PromiseRaw<'static, T>>
    where
        D: Send + 'static,
        T: ToNapiValue + TypeName + Send + 'static,
    {
        let work: Work<T> = Box::new(move || work(&door));
        match self {
            Self::Pool => Ok(env.spawn(Job(Some(work)))?.promise_object()),
            Self::Threads(threads) => {
                let (deferred, promise) = env.create_deferred()?;
                let promise = PromiseRaw::new(env.raw(), promise.raw());
                threads.run(Box::new(move || {
                    let answer = outcome(work);
                    deferred.resolve(move |env| told(&env, answer?));
                }));
                Ok(promise)
            }
        }
    }

    /// That something may run on the event loop: where the store is in JavaScript, it would wait for itself.
    pub(crate) fn allows_sync(&self) -> Answered<()> {
        match self {
            Self::Pool => Ok(()),
            Self::Threads(_) => {
                let problem = "is in JavaScript, which can't answer while a call keeps the event loop; use the promise";
                Err(Failure::invalid("store", problem))
            }
        }
    }
}

/// What comes of a call. A panic that reached Node would end the process.
fn outcome<T>(work: Work<T>) -> napi::Result<Answered<T>> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| napi::Error::from_reason("fleet-core panicked; please report it"))
}

fn told<T>(env: &Env, answer: Answered<T>) -> napi::Result<T> {
    answer.map_err(|failure| refused(env, failure))
}

impl<'task, T: ToNapiValue + TypeName + Send + 'static> ScopedTask<'task> for Job<T> {
    type Output = Answered<T>;
    type JsValue = T;

    fn compute(&mut self) -> napi::Result<Answered<T>> {
        outcome(self.0.take().ok_or_else(|| napi::Error::from_reason("a job runs once"))?)
    }

    fn resolve(&mut self, env: &'task Env, answer: Answered<T>) -> napi::Result<T> {
        told(env, answer)
    }
}

/// Writes out the methods of a door: each reads its arguments strictly, then runs off the event loop.
macro_rules! operations {
    ($class:ident {
        $($name:ident($($argument:ident: $given:ty),*) -> $answer:ty { $work:expr })*
    }) => {
        #[napi_derive::napi]
        impl $class {
            $(
                #[doc = concat!("`", stringify!($name), "`, off the event loop.")]
                #[napi]
                pub fn $name(
                    &self,
                    env: napi::Env,
                    $($argument: napi::Unknown<'_>),*
                ) -> napi::Result<napi::bindgen_prelude::PromiseRaw<'static, $answer>> {
                    $(let $argument: $given = $crate::given(&env, $argument, stringify!($argument))?;)*
                    self.runner.run(&env, self.door.clone(), $work)
                }
            )*
        }
    };
}

pub(crate) use operations;
