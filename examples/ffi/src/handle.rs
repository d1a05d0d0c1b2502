//! Handles: what C holds instead of pointers.
//!
//! A handle is a slot of one fixed table, a kind, and a generation that no other handle of this library has ever had.
//! Nothing is dereferenced to check it: a slot that holds another generation, or none, tells that the handle was
//! closed; a generation that was never given out tells that it came from elsewhere. Generations begin at random, so
//! that a handle of another process, or of another copy of this library in the same process, is not taken for one
//! of its own; in a forked process they go on far away, so that its handles are none that its parent or another child
//! is given after the fork.
//!
//! The table has no lock, and a look-up is one atomic read: a fork while another thread opens or closes something
//! leaves a child whose table works. An object lives until the calls that use it have ended, whoever closes it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwapOption;
use dialgate::{Campaign, Gate, Ledger, Reservation};

use crate::entry::Failure;
use crate::status::Status;

/// How many handles there can be at a time.
const SLOTS: usize = 1 << 16;
const SLOT_BITS: u32 = 16;
const KIND_BITS: u32 = 4;
/// Generations have the bits above; they begin in the lower half, so that 2^43 are left at least.
const GENERATION_SHIFT: u32 = SLOT_BITS + KIND_BITS;
const GENERATIONS: u64 = 1 << (64 - GENERATION_SHIFT);

/// What a handle stands for.
#[derive(Debug)]
pub(crate) enum Object {
    Gate(Gate),
    Campaign(Campaign),
    Ledger(Ledger),
    Reservation(Mutex<Option<Reservation>>),
}

impl Object {
    const fn kind(&self) -> Kind {
        match self {
            Self::Gate(_) => Kind::Gate,
            Self::Campaign(_) => Kind::Campaign,
            Self::Ledger(_) => Kind::Ledger,
            Self::Reservation(_) => Kind::Reservation,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Gate = 1,
    Campaign = 2,
    Ledger = 3,
    Reservation = 4,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Campaign => "campaign",
            Self::Ledger => "ledger",
            Self::Reservation => "reservation",
        }
    }
}

/// An object together with the one handle that stands for it.
#[derive(Debug)]
struct Held {
    handle: u64,
    object: Object,
}

static TABLE: [ArcSwapOption<Held>; SLOTS] = [const { ArcSwapOption::const_empty() }; SLOTS];
/// Where a free slot is looked for first.
static HINT: AtomicUsize = AtomicUsize::new(0);
/// The first generation; 0: not drawn yet.
static FIRST: AtomicU64 = AtomicU64::new(0);
/// How many generations were given out, or left out.
static GIVEN: AtomicU64 = AtomicU64::new(0);
/// The process that gives them out; 0: none yet.
static OWNER: AtomicU32 = AtomicU32::new(0);

/// A number by chance, another one in every process.
fn random() -> u64 {
    let mut random = RandomState::new().build_hasher();
    // A forked process inherits its parent's chance.
    random.write_u32(std::process::id());
    random.finish()
}

/// The next generation, of this process alone.
fn next_generation() -> u64 {
    let first = first_generation();
    let own = std::process::id();
    let owner = OWNER.load(Ordering::Acquire);
    if owner != own {
        if owner != 0 {
            // More than anybody gives out, at random: another child goes on elsewhere. 32 forks of forks fit.
            GIVEN.fetch_add((random() % (1 << 38)) | (1 << 30), Ordering::AcqRel);
        }
        // Threads that come here together leave out more than one would.
        OWNER.store(own, Ordering::Release);
    }
    first.saturating_add(GIVEN.fetch_add(1, Ordering::AcqRel))
}

fn first_generation() -> u64 {
    let drawn = FIRST.load(Ordering::Acquire);
    if drawn != 0 {
        return drawn;
    }
    let random = (random() % (GENERATIONS / 2)) | 1;
    match FIRST.compare_exchange(0, random, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => random,
        Err(other) => other,
    }
}

/// Puts an object into the table.
pub(crate) fn hold(object: Object) -> Result<u64, Failure> {
    let exhausted = || Failure::new(Status::HandlesExhausted, format!("{SLOTS} handles are open; close some"));
    let generation = next_generation();
    if generation >= GENERATIONS {
        return Err(exhausted());
    }
    let (kind, mut object) = (object.kind(), object);
    let start = HINT.load(Ordering::Relaxed);
    for slot in (0..SLOTS).map(|offset| start.wrapping_add(offset) % SLOTS) {
        let Some(place) = TABLE.get(slot) else { continue };
        if place.load().is_some() {
            continue;
        }
        let handle = generation << GENERATION_SHIFT | (kind as u64) << SLOT_BITS | slot as u64;
        let held = Arc::new(Held { handle, object });
        let before = place.compare_and_swap(&None::<Arc<Held>>, Some(Arc::clone(&held)));
        if before.is_none() {
            HINT.store(slot.wrapping_add(1) % SLOTS, Ordering::Relaxed);
            return Ok(handle);
        }
        // Another thread was quicker. Nobody else has seen what was not put in.
        object = Arc::into_inner(held).ok_or_else(exhausted)?.object;
    }
    Err(exhausted())
}

fn slot(handle: u64) -> usize {
    usize::try_from(handle & (SLOTS as u64).wrapping_sub(1)).unwrap_or(0)
}

/// Why a handle stands for nothing.
fn unheld(handle: u64, wanted: &str) -> Failure {
    if handle == 0 {
        let message = format!("the {wanted}'s handle is zero; look at what should have made it");
        return Failure::new(Status::HandleZero, message);
    }
    let first = FIRST.load(Ordering::Acquire);
    let given = GIVEN.load(Ordering::Acquire);
    let generation = handle >> GENERATION_SHIFT;
    if first != 0 && generation.checked_sub(first).is_some_and(|since| since < given) {
        return Failure::new(Status::HandleClosed, format!("the {wanted}'s handle was closed"));
    }
    Failure::new(
        Status::HandleForeign,
        format!("the {wanted}'s handle is not from this library, or was cut to 32 bits"),
    )
}

/// Uses what a handle stands for. `take` picks the kind.
fn with<R>(handle: u64, wanted: Kind, work: impl FnOnce(&Object) -> Option<Result<R, Failure>>) -> Result<R, Failure> {
    let held = TABLE.get(slot(handle)).map(ArcSwapOption::load);
    let Some(held) = held.as_ref().and_then(|held| held.as_ref()).filter(|held| held.handle == handle) else {
        return Err(unheld(handle, wanted.name()));
    };
    work(&held.object).unwrap_or_else(|| {
        let found = held.object.kind().name();
        Err(Failure::new(Status::HandleKind, format!("the handle is that of a {found}, not of a {}", wanted.name())))
    })
}

pub(crate) fn gate<R>(handle: u64, work: impl FnOnce(&Gate) -> Result<R, Failure>) -> Result<R, Failure> {
    with(handle, Kind::Gate, |object| if let Object::Gate(gate) = object { Some(work(gate)) } else { None })
}

pub(crate) fn campaign<R>(handle: u64, work: impl FnOnce(&Campaign) -> Result<R, Failure>) -> Result<R, Failure> {
    let pick = |object: &Object| if let Object::Campaign(campaign) = object { Some(work(campaign)) } else { None };
    with(handle, Kind::Campaign, pick)
}

pub(crate) fn ledger<R>(handle: u64, work: impl FnOnce(&Ledger) -> Result<R, Failure>) -> Result<R, Failure> {
    with(handle, Kind::Ledger, |object| if let Object::Ledger(ledger) = object { Some(work(ledger)) } else { None })
}

/// Takes a reservation out of its handle, which is closed by it.
pub(crate) fn reservation(handle: u64) -> Result<Reservation, Failure> {
    let taken = with(handle, Kind::Reservation, |object| {
        let Object::Reservation(reservation) = object else { return None };
        let mut reservation = reservation.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Some(reservation.take().ok_or_else(|| unheld(handle, Kind::Reservation.name())))
    })?;
    let _ = close(handle);
    Ok(taken)
}

/// Takes whatever it is out of the table.
pub(crate) fn close(handle: u64) -> Result<(), Failure> {
    let gone = || unheld(handle, "object");
    let place = TABLE.get(slot(handle)).ok_or_else(gone)?;
    let held = place.load();
    if held.as_ref().is_none_or(|held| held.handle != handle) {
        return Err(gone());
    }
    let before = place.compare_and_swap(&held, None);
    // Of two that close at once one succeeds: a generation comes but once, so nothing else can be in the slot.
    if before.as_ref().is_some_and(|held| held.handle == handle) {
        HINT.store(slot(handle), Ordering::Relaxed);
        Ok(())
    } else {
        Err(gone())
    }
}
