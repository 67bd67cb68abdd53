//! Checks every interleaving of threads that take from a lease, return to it, trim it and close it: the admitted
//! messages and those returned by closing add up to the lease.
//!
//! The type is included with the model checker's atomics in place of the standard library's, so it runs with all other
//! tests.

use loom::sync::{Arc, Mutex};
use loom::thread;

mod atomic {
    pub(super) use loom::sync::atomic::{AtomicI64, Ordering};
}

#[path = "../src/event/metering/allowance.rs"]
mod allowance;

use allowance::{Allowance, Taken};

/// A lease of a size, as a meter holds it: taking needs no lock, everything else does.
struct Lease {
    left: Allowance,
    lock: Mutex<()>,
}

fn lease(size: u64) -> Arc<Lease> {
    let left = Allowance::closed();
    left.open(size);
    Arc::new(Lease { left, lock: Mutex::new(()) })
}

/// Takes messages; a single one with the function for one.
fn take(allowance: &Allowance, want: u64) -> Taken {
    if want == 1 { allowance.take_one() } else { allowance.take(want) }
}

/// Takes each of these in turn, in its own thread.
fn taking(lease: &Arc<Lease>, wants: &'static [u64]) -> thread::JoinHandle<u64> {
    let lease = Arc::clone(lease);
    thread::spawn(move || wants.iter().map(|want| take(&lease.left, *want).count).sum())
}

#[test]
fn two_threads_admit_what_the_lease_holds_and_no_more() {
    loom::model(|| {
        let lease = lease(3);
        let threads = [taking(&lease, &[1, 1]), taking(&lease, &[1, 2])];
        let admitted: u64 = threads.map(|thread| thread.join().unwrap()).into_iter().sum();
        assert_eq!(admitted, 3);
        assert_eq!(lease.left.close(), 0);
    });
}

#[test]
fn settled_and_admitted_messages_add_up_to_the_lease() {
    loom::model(|| {
        let lease = lease(3);
        let threads = [taking(&lease, &[1, 1]), taking(&lease, &[2])];
        let rest = {
            let _lock = lease.lock.lock().unwrap();
            lease.left.close()
        };
        let admitted: u64 = threads.map(|thread| thread.join().unwrap()).into_iter().sum();
        assert_eq!(admitted + rest, 3);
        assert_eq!(lease.left.take(1).count + take(&lease.left, 1).count, 0, "nothing is admitted once it is settled");
    });
}

#[test]
fn exactly_one_thread_takes_the_last() {
    loom::model(|| {
        let lease = lease(2);
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let lease = Arc::clone(&lease);
                thread::spawn(move || {
                    let (one, two) = (take(&lease.left, 1), lease.left.take(1));
                    u32::from(one.emptied) + u32::from(two.emptied)
                })
            })
            .collect();
        let emptied: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(emptied, 1);
    });
}

#[test]
fn returned_messages_are_available_again_or_counted_as_sent() {
    loom::model(|| {
        let lease = lease(2);
        let giving = {
            let lease = Arc::clone(&lease);
            thread::spawn(move || {
                let taken = lease.left.take(2).count;
                let _lock = lease.lock.lock().unwrap();
                let given = taken.min(1);
                lease.left.put_back(given);
                (taken, given)
            })
        };
        let taking = taking(&lease, &[1]);
        let rest = {
            let _lock = lease.lock.lock().unwrap();
            lease.left.close()
        };
        let ((taken, given), other) = (giving.join().unwrap(), taking.join().unwrap());
        let (least, most) = (taken - given + other + rest, taken + other + rest);
        assert!(least <= 2 && 2 <= most, "{taken} taken, {given} given back, {other} by the other, {rest} left");
        assert_eq!(lease.left.left(), 0, "nothing is returned to a settled lease");
    });
}

#[test]
fn trimmed_messages_were_admitted_by_nobody() {
    loom::model(|| {
        let lease = lease(3);
        let threads = [taking(&lease, &[1]), taking(&lease, &[1])];
        let trimmed = {
            let _lock = lease.lock.lock().unwrap();
            lease.left.keep(1)
        };
        let admitted: u64 = threads.map(|thread| thread.join().unwrap()).into_iter().sum();
        assert_eq!(admitted + trimmed + lease.left.close(), 3);
    });
}

#[test]
fn two_consecutive_leases_are_admitted_once_each() {
    loom::model(|| {
        let lease = lease(1);
        let threads = [taking(&lease, &[1, 1]), taking(&lease, &[1])];
        let rest = {
            let _lock = lease.lock.lock().unwrap();
            let rest = lease.left.close();
            lease.left.open(2);
            rest
        };
        let admitted: u64 = threads.map(|thread| thread.join().unwrap()).into_iter().sum();
        assert_eq!(admitted + rest + lease.left.close(), 3);
    });
}
