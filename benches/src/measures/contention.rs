//! Callers that contend for one record: how long 400 callers wait, compared with 100. A ratio of 1 means that the time
//! grows in proportion to the number of callers.

use crate::Result;
use crate::rounds::Figures;
use crate::world::Setting;
use crowd::{COMMANDS, Crowd, Shared};
use fleet_core::MemoryStore;
use fleet_core::store::{GroupCommit, Store};
use fleet_store_sqlite::SqliteStore;
use std::sync::Arc;
use std::time::Duration;

#[path = "../../../fleet-core/tests/common/contention.rs"]
mod crowd;

const MANY: u32 = 400;
const FEW: u32 = 100;

/// The command that differs from the others: devices that join at the same time share a commit.
const JOIN: &str = "connect of strangers";

/// Strangers that ask to join, in memory.
pub(super) fn join_memory(setting: &Setting) -> Result<Figures> {
    measure(setting, "join", |command| command.name.starts_with(JOIN), |_| Ok(Arc::new(MemoryStore::new())))
}

/// Strangers that ask to join, in a file.
pub(super) fn join_sqlite(setting: &Setting) -> Result<Figures> {
    measure(setting, "join", |command| command.name.starts_with(JOIN), |name| in_file(setting, name))
}

/// All other commands whose callers contend for one record, one command after the other, in memory.
pub(super) fn others_memory(setting: &Setting) -> Result<Figures> {
    measure(setting, "others", |command| !command.name.starts_with(JOIN), |_| Ok(Arc::new(MemoryStore::new())))
}

/// The other commands, in files.
pub(super) fn others_sqlite(setting: &Setting) -> Result<Figures> {
    measure(setting, "others", |command| !command.name.starts_with(JOIN), |name| in_file(setting, name))
}

fn in_file(setting: &Setting, name: &str) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(GroupCommit::new(SqliteStore::open(setting.path(name))?)))
}

fn measure(
    setting: &Setting,
    kind: &str,
    wanted: impl Fn(&Shared) -> bool,
    open: impl Fn(&str) -> Result<Arc<dyn Store>>,
) -> Result<Figures> {
    let (mut number, mut fastest) = (0, (Duration::MAX, Duration::MAX));
    let mut round = |callers: u32| -> Result<Duration> {
        let mut sum = Duration::ZERO;
        for command in COMMANDS.iter().filter(|command| wanted(command)) {
            number += 1;
            let crowd = Crowd::new(open(&format!("contention-{kind}-{number}.db"))?, callers);
            let (took, refused) = crowd.run(command);
            if let Some(refused) = refused.first() {
                return Err(format!("{}: {callers} callers: {refused}", command.name).into());
            }
            sum += took;
        }
        Ok(sum)
    };
    for _ in 0..setting.rounds(3) {
        fastest = (fastest.0.min(round(MANY)?), fastest.1.min(round(FEW)?));
    }
    let each = |took: Duration, callers: u32| took.as_nanos() as f64 / f64::from(callers);
    Ok(Figures { ours: each(fastest.0, MANY), floor: Some(each(fastest.1, FEW)) })
}
