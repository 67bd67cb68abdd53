//! Calls that run on Node's pool of threads and come back as promises.

use crate::refused;
use fleet_bindings::{Answered, Failure};
use napi::bindgen_prelude::{PromiseRaw, ToNapiValue, TypeName};
use napi::{Env, ScopedTask};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a call does, once.
type Work<T> = Box<dyn FnOnce() -> Answered<T> + Send>;

/// A call on its way.
struct Job<T>(Option<Work<T>>);

/// Runs a call on the pool.
pub(crate) fn run<D, T>(
    env: &Env,
    door: D,
    work: impl FnOnce(&D) -> Answered<T> + Send + 'static,
) -> napi::Result<PromiseRaw<'static, T>>
where
    D: Send + 'static,
    T: ToNapiValue + TypeName + Send + 'static,
{
    Ok(env.spawn(Job(Some(Box::new(move || work(&door)))))?.promise_object())
}

impl<'task, T: ToNapiValue + TypeName + Send + 'static> ScopedTask<'task> for Job<T> {
    type Output = Answered<T>;
    type JsValue = T;

    fn compute(&mut self) -> napi::Result<Answered<T>> {
        let work = self.0.take().ok_or_else(|| napi::Error::from_reason("a job runs once"))?;
        // A panic that reached Node would end the process.
        catch_unwind(AssertUnwindSafe(work))
            .map_err(|_| napi::Error::from_reason("fleet-core panicked; please report it"))
    }

    fn resolve(&mut self, env: &'task Env, answer: Answered<T>) -> napi::Result<T> {
        answer.map_err(|failure: Failure| refused(env, failure))
    }
}

/// Writes out the methods of a door: each reads its arguments strictly, then runs on the pool.
macro_rules! operations {
    ($class:ident {
        $($name:ident($($argument:ident: $given:ty),*) -> $answer:ty { $work:expr })*
    }) => {
        #[napi_derive::napi]
        impl $class {
            $(
                #[doc = concat!("`", stringify!($name), "`, on the pool.")]
                #[napi]
                pub fn $name(
                    &self,
                    env: napi::Env,
                    $($argument: napi::Unknown<'_>),*
                ) -> napi::Result<napi::bindgen_prelude::PromiseRaw<'static, $answer>> {
                    $(let $argument: $given = $crate::given(&env, $argument, stringify!($argument))?;)*
                    $crate::job::run(&env, self.0.clone(), $work)
                }
            )*
        }
    };
}

pub(crate) use operations;
