//! Waits for events without blocking a thread: thousands may wait at once, and none keeps others from using the store.

use fleet_core::event::Readable;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// A wait for the next event of a stream. Resolves to `true` once there is something to read, and to `false` when the
/// wait is stopped, the stream is dropped or the fleet is closed.
#[derive(Clone, Debug)]
pub struct StreamWait(Arc<Mutex<State>>);

#[derive(Debug)]
enum State {
    Waiting { readable: Readable, waker: Option<Waker> },
    Ended(bool),
}

impl StreamWait {
    pub(super) fn new(readable: Readable) -> Self {
        Self(Arc::new(Mutex::new(State::Waiting { readable, waker: None })))
    }

    /// Stops the wait, for a deadline or a cancelled task.
    pub fn stop(&self) {
        let mut state = self.state();
        let State::Waiting { readable, waker } = &mut *state else { return };
        let is_there = Pin::new(readable).poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(true);
        let waker = waker.take();
        *state = State::Ended(is_there);
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits until the wait has ended.
    pub async fn ended(&self) -> bool {
        poll_fn(|context| self.poll(context)).await
    }

    /// Calls back once: on the thread that ends the wait, or at once on the caller's thread if it has ended.
    pub fn then(&self, callback: impl FnOnce(bool) + Send + 'static) {
        let call = Arc::new(Call { wait: self.clone(), callback: Mutex::new(Some(Box::new(callback))) });
        call.wake();
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<bool> {
        let mut state = self.state();
        match &mut *state {
            State::Ended(is_there) => Poll::Ready(*is_there),
            State::Waiting { readable, waker } => match Pin::new(readable).poll(context) {
                Poll::Ready(is_there) => {
                    *state = State::Ended(is_there);
                    Poll::Ready(is_there)
                }
                Poll::Pending => {
                    *waker = Some(context.waker().clone());
                    Poll::Pending
                }
            },
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A callback that is called once with whether there is something to read.
type Callback = Box<dyn FnOnce(bool) + Send>;

/// A callback as a waker. The callback and its future keep each other alive until the wait ends.
struct Call {
    wait: StreamWait,
    callback: Mutex<Option<Callback>>,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self));
        let Poll::Ready(is_there) = self.wait.poll(&mut Context::from_waker(&waker)) else { return };
        let callback = self.callback.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(callback) = callback {
            callback(is_there);
        }
    }
}
