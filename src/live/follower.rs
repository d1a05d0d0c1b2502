//! A gate's feed: reads on whenever something was committed, in this process or in another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::AttachError;
use super::order::{self, Follow};
use super::state::State;
use crate::Decision;
use crate::compile::input::{Body, Record};
use crate::dictionary::LedgerMark;
use crate::gate::{Feed, Loaded, NewAttempt, Pulse, Shared};
use crate::ledger::{LedgerError, Listener, Store};
use crate::snapshot::{OpenError, OpenProblem, Snapshot};
use crate::vocabulary::{Outcome, Reason};

/// How often other processes' commits are looked for. They must be seen within 100 ms.
const POLL: Duration = Duration::from_millis(10);

/// Keeps one gate current with one ledger.
pub(super) struct Follower {
    store: Arc<dyn Store>,
    shared: Weak<Shared>,
    pulse: Arc<Pulse>,
    /// Whoever publishes holds it.
    state: Mutex<State>,
    /// Another feed has taken over.
    is_retired: AtomicBool,
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").field("ledger", &self.store.id()).field("pulse", &self.pulse).finish_non_exhaustive()
    }
}

impl Follower {
    /// Follows a ledger from what the current snapshot holds of it. Nothing is read or published yet.
    pub(super) fn new(store: Arc<dyn Store>, shared: &Arc<Shared>) -> Result<Arc<Self>, AttachError> {
        let loaded = shared.current.load_full();
        let mark = check(store.as_ref(), loaded.snapshot())?;
        let pulse = Arc::new(Pulse::new(silence(mark)));
        let state = Mutex::new(State::new(&loaded, mark, &pulse));
        Ok(Arc::new(Self { store, shared: Arc::downgrade(shared), pulse, state, is_retired: AtomicBool::new(false) }))
    }

    /// Takes in everything that is committed, shows it, and goes on doing so.
    pub(super) fn begin(self: &Arc<Self>) -> Result<(), AttachError> {
        order::catch_up(self.as_ref())?;
        let follower = Arc::downgrade(self);
        let listener: Weak<dyn Listener> = follower.clone();
        self.store.tell(listener);
        std::thread::Builder::new()
            .name("dialgate-ledger".to_owned())
            .spawn(move || watch(&follower))
            .map_err(AttachError::Thread)?;
        Ok(())
    }

    /// Shows its state once more, with what was committed before it listened.
    pub(super) fn show(&self) -> Result<(), AttachError> {
        order::catch_up(self).map_err(AttachError::from)
    }

    fn catch_up(&self) {
        if let Err(error) = order::catch_up(self) {
            self.failed(&error);
        }
    }

    /// What cannot be read may be a revocation. A ledger that is busy is read later: its silence has a limit.
    fn failed(&self, error: &LedgerError) {
        if !matches!(error, LedgerError::Busy { .. }) {
            self.pulse.fail();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks for other processes' commits until the gate is gone.
fn watch(follower: &Weak<Follower>) {
    while let Some(follower) = follower.upgrade().filter(|follower| !follower.is_retired.load(Ordering::Acquire)) {
        follower.catch_up();
        drop(follower);
        std::thread::sleep(POLL);
    }
}

/// Was the snapshot compiled with this ledger, and does the ledger still hold what was compiled?
fn check(store: &dyn Store, snapshot: &Snapshot) -> Result<LedgerMark, AttachError> {
    let mark = snapshot.dictionary().ledger.ok_or(AttachError::NotCompiledWith)?;
    let ledger = store.id();
    if &mark.id != ledger.as_bytes() {
        return Err(AttachError::OtherLedger { ledger });
    }
    if store.confirms(&mark)? {
        return Ok(mark);
    }
    Err(AttachError::Behind { ledger: store.last_position()?, snapshot: mark.position })
}

fn silence(mark: LedgerMark) -> Duration {
    Duration::from_secs(u64::from(mark.max_silence_seconds))
}

impl Follow for Follower {
    type State = State;
    type Error = LedgerError;

    fn alone<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        work(&mut self.state())
    }

    fn read_on(&self, state: &mut State) -> Result<(), LedgerError> {
        state.read_on(self.store.as_ref(), &self.pulse)
    }

    fn publish(&self, state: &State) {
        let Some(shared) = self.shared.upgrade() else { return };
        if self.is_retired.load(Ordering::Acquire) {
            return;
        }
        if !Arc::ptr_eq(&shared.current.load(), state.loaded()) {
            shared.current.store(Arc::clone(state.loaded()));
        }
        self.pulse.beat(state.seen());
    }
}

impl Listener for Follower {
    fn committed(&self) {
        // It is acknowledged although it was not taken in: until it is, nothing is answered.
        if order::catch_up(self).is_err() {
            self.pulse.fail();
        }
    }

    fn lost(&self) {
        self.pulse.lose();
    }
}

impl Feed for Follower {
    fn replace(&self, snapshot: Snapshot) -> Result<(), OpenError> {
        let refused = |error: AttachError| OpenError { path: None, problem: OpenProblem::Ledger(error.to_string()) };
        let mark = check(self.store.as_ref(), &snapshot).map_err(refused)?;
        let next = State::new(&Loaded::new(snapshot), mark, &self.pulse);
        order::replace(self, next).map_err(|error| refused(error.into()))?;
        self.pulse.allow(silence(mark));
        Ok(())
    }

    fn reserve(
        &self,
        attempt: &NewAttempt<'_>,
        decide: &mut dyn FnMut(&Loaded) -> Decision,
    ) -> Result<String, Decision> {
        let unknown = Decision::because(Reason::SnapshotExpired);
        let id = id().ok_or(unknown)?;
        let record = record(attempt, &id, Outcome::NoAnswer);
        let mut answer = unknown;
        let mut state = self.state();
        // Nobody else can commit while it is decided: before this instant, or after the attempt.
        let seen = Instant::now();
        let (position, loaded) = (state.position(), Arc::clone(state.loaded()));
        let reserved = self.store.reserve(position, loaded.snapshot().dictionary(), &mut |stored| {
            state.read(self.store.as_ref(), stored, seen, &self.pulse).ok()?;
            self.publish(&state);
            answer = decide(state.loaded());
            answer.is_allowed().then(|| record.clone())
        });
        let caught_up = match reserved {
            Ok(_) => self.read_on(&mut state),
            Err(error) => {
                answer =
                    if matches!(error, LedgerError::Refused(_)) { Decision::because(Reason::Erased) } else { unknown };
                Err(error)
            }
        };
        match caught_up {
            Ok(()) => self.publish(&state),
            Err(error) => self.failed(&error),
        }
        drop(state);
        self.store.announce();
        if answer.is_allowed() { Ok(id) } else { Err(answer) }
    }

    fn settle(&self, id: &str, attempt: &NewAttempt<'_>, outcome: Option<Outcome>) -> Result<(), String> {
        let settled = match outcome {
            None => self.store.release(id),
            Some(outcome) => self.store.settle(id, &record(attempt, id, outcome)).map(|_| ()),
        };
        settled.map_err(|error| error.to_string())
    }

    fn retire(&self) {
        if self.pulse.is_inherited() {
            // Its threads stayed in the parent, and one of them may have held the state when this process was made.
            self.is_retired.store(true, Ordering::Release);
            return;
        }
        // Whoever publishes right now is waited for.
        self.alone(|_| self.is_retired.store(true, Ordering::Release));
    }
}

fn record(attempt: &NewAttempt<'_>, id: &str, outcome: Outcome) -> Record {
    Record {
        number: attempt.number,
        at: attempt.at,
        controller: Some(attempt.controller.to_owned()),
        id: Some(id.to_owned()),
        body: Body::Attempt { channel: attempt.channel, purpose: Some(attempt.purpose.to_owned()), outcome },
    }
}

/// An id that no other reservation has.
fn id() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().fold("r-".to_owned(), |id, byte| id + &format!("{byte:02x}")))
}
