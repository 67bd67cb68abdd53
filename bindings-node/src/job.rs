//! Calls that run off the event loop and return promises.

use crate::refused;
use crate::threads::Threads;
use fleet_bindings::{Answered, Begin, Failure, guarded};
use napi::bindgen_prelude::{PromiseRaw, ToNapiValue, TypeName};
use napi::{Env, JsValue as _, ScopedTask};
use std::sync::{Arc, OnceLock};

/// Where a fleet's calls run.
#[derive(Clone, Debug)]
pub(crate) enum Runner {
    /// On Node's pool.
    Pool,
    /// On the fleet's own threads: its store is in JavaScript, and may itself wait for the pool.
    Threads(Arc<Threads>),
}

/// The work of a call, done once.
type Work<T> = Box<dyn FnOnce() -> Answered<T> + Send>;

/// A call that runs on the pool.
struct Job<T>(Option<Work<T>>);

impl Runner {
    /// Runs a call of a door. It counts as running from here on: a close that comes before its thread starts waits for
    /// it.
    pub(crate) fn run<D, T>(
        &self,
        env: &Env,
        door: D,
        work: impl FnOnce(&D) -> Answered<T> + Send + 'static,
    ) -> napi::Result<PromiseRaw<'static, T>>
    where
        D: Begin + Send + 'static,
        T: ToNapiValue + TypeName + Send + 'static,
    {
        let begun = door.begin().map_err(|failure| refused(env, failure))?;
        self.run_free(env, door, move |door| begun.run(|| work(door)))
    }

    /// Runs a call that belongs to no door.
    pub(crate) fn run_free<D, T>(
        &self,
        env: &Env,
        door: D,
        work: impl FnOnce(&D) -> Answered<T> + Send + 'static,
    ) -> napi::Result<PromiseRaw<'static, T>>
    where
        D: Send + 'static,
        T: ToNapiValue + TypeName + Send + 'static,
    {
        match self {
            Self::Pool => Ok(env.spawn(Job(Some(Box::new(move || work(&door)))))?.promise_object()),
            Self::Threads(threads) => on_threads(threads, env, door, work),
        }
    }

    /// Runs a call that takes long, or that waits for the event loop. It must not use Node's pool: other work there,
    /// such as `fs.stat`, would wait behind it, and a process that exits waits for the pool.
    pub(crate) fn run_long<D, T>(
        &self,
        env: &Env,
        door: D,
        work: impl FnOnce(&D) -> Answered<T> + Send + 'static,
    ) -> napi::Result<PromiseRaw<'static, T>>
    where
        D: Begin + Send + 'static,
        T: ToNapiValue + TypeName + Send + 'static,
    {
        static LONG: OnceLock<Arc<Threads>> = OnceLock::new();
        let threads = match (self, LONG.get()) {
            (Self::Threads(threads), _) | (Self::Pool, Some(threads)) => Arc::clone(threads),
            (Self::Pool, None) => {
                let started = Threads::start()?;
                Arc::clone(LONG.get_or_init(|| started))
            }
        };
        let begun = door.begin().map_err(|failure| refused(env, failure))?;
        on_threads(&threads, env, door, move |door| begun.run(|| work(door)))
    }

    /// Rejects a call on the event loop if the store is in JavaScript, because it would wait for itself.
    pub(crate) fn allows_sync(&self) -> Answered<()> {
        match self {
            Self::Pool => Ok(()),
            Self::Threads(_) => {
                let problem =
                    "is in JavaScript, which cannot answer while a call blocks the event loop; use the promise";
                Err(Failure::invalid("store", problem))
            }
        }
    }
}

fn on_threads<D, T>(
    threads: &Threads,
    env: &Env,
    door: D,
    work: impl FnOnce(&D) -> Answered<T> + Send + 'static,
) -> napi::Result<PromiseRaw<'static, T>>
where
    D: Send + 'static,
    T: ToNapiValue + TypeName + Send + 'static,
{
    let (deferred, promise) = env.create_deferred()?;
    let promise = PromiseRaw::new(env.raw(), promise.raw());
    threads.run(Box::new(move || {
        let answer = guarded(|| work(&door));
        deferred.resolve(move |env| to_result(&env, answer));
    }));
    Ok(promise)
}

fn to_result<T>(env: &Env, answer: Answered<T>) -> napi::Result<T> {
    answer.map_err(|failure| refused(env, failure))
}

impl<'task, T: ToNapiValue + TypeName + Send + 'static> ScopedTask<'task> for Job<T> {
    type Output = Answered<T>;
    type JsValue = T;

    fn compute(&mut self) -> napi::Result<Answered<T>> {
        let work = self.0.take().ok_or_else(|| napi::Error::from_reason("a job runs once"))?;
        Ok(guarded(work))
    }

    fn resolve(&mut self, env: &'task Env, answer: Answered<T>) -> napi::Result<T> {
        to_result(env, answer)
    }
}

/// Generates the methods of a door: each reads its arguments strictly, then runs off the event loop. Methods after
/// `long` run on the threads for long calls.
macro_rules! operations {
    ($class:ident { $($operations:tt)* } long { $($long:tt)* }) => {
        $crate::job::operations!(@run $class { $($operations)* });
        $crate::job::operations!(@run_long $class { $($long)* });
    };
    ($class:ident { $($operations:tt)* }) => {
        $crate::job::operations!(@run $class { $($operations)* });
    };
    (@$run:ident $class:ident {
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
                    self.runner.$run(&env, self.door.clone(), $work)
                }
            )*
        }
    };
}

pub(crate) use operations;
