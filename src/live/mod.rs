//! The live gate: what is recorded counts at the very next check.
//!
//! A gate that is attached to a ledger answers from its snapshot and an overlay of everything that was committed
//! since. `order` is the order of steps that leaves no moment in which a revoked number passes, `state` what was
//! read and what it makes of the snapshot, `follower` the feed that reads on.

mod follower;
mod order;
mod state;

use std::sync::{Arc, PoisonError};

use crate::gate::Gate;
use crate::ledger::{Ledger, LedgerError, LedgerId, Position};
use follower::Follower;

/// Why a gate could not be attached to a ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// The snapshot holds nothing of any ledger.
    #[error("the snapshot was compiled without a ledger; name it in the manifest under `[ledger]` and compile again")]
    NotCompiledWith,
    /// The snapshot was compiled with another ledger.
    #[error("the snapshot was compiled with another ledger than {ledger}; open that one, or compile again")]
    OtherLedger {
        /// The ledger that was given.
        ledger: LedgerId,
    },
    /// The ledger is not what the snapshot was compiled from: it was put back to an older state, and may have gone on
    /// since.
    #[error(
        "the ledger goes up to entry {ledger} and does not hold what the snapshot was compiled from, which went up to entry \
         {snapshot}; restore the ledger from its latest backup, or compile again"
    )]
    Behind {
        /// The last entry of the ledger.
        ledger: Position,
        /// The last entry that the snapshot was compiled from.
        snapshot: Position,
    },
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The thread that follows the ledger cannot be started.
    #[error("the thread that follows the ledger cannot be started: {0}")]
    Thread(#[source] std::io::Error),
}

impl Gate {
    /// Attaches the gate, its clones and its campaigns to a ledger: when this returns, everything that was
    /// committed counts.
    ///
    /// From then on a record that this handle (or a clone of it) appends counts before the call that appends it
    /// returns, and one of another handle or process within 100 ms. Checks stay free of locks. When the ledger
    /// cannot be read, when nothing was heard of it for the manifest's `max_silence_seconds`, after a failed write
    /// through the same handle and in a forked child, every answer is a denial, `snapshot_expired`, until the
    /// ledger is opened and attached again. A snapshot that replaces the current one must be compiled with the same
    /// ledger.
    ///
    /// ```
    /// # use dialgate::{CompileOptions, Gate, Ledger, Manifest, Number};
    /// # let folder = tempfile::tempdir()?;
    /// # let manifest = folder.path().join("gate.toml");
    /// # std::fs::write(&manifest, "as_of = \"2026-11-01T00:00:00Z\"\n\
    /// #     [[controllers]]\nid = \"acme\"\nname = \"Acme\"\n[ledger]\npath = \"acme.ledger\"\n")?;
    /// # let ledger = Ledger::create(folder.path().join("acme.ledger"), None)?;
    /// let gate = Gate::from_bytes(Manifest::load(&manifest)?.compile()?.as_bytes())?;
    /// gate.attach(&ledger)?;
    /// ledger.record(&[r#"{"type":"opt_out","number":"+48223000001","at":"2026-11-02T10:00:00Z"}"#])?;
    /// // The number is barred from here on.
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The snapshot was not compiled with this ledger, the ledger holds less than the snapshot, or cannot be read.
    /// The gate stays as it was.
    pub fn attach(&self, ledger: &Ledger) -> Result<(), AttachError> {
        let shared = self.shared();
        let mut feed = shared.feed.lock().unwrap_or_else(PoisonError::into_inner);
        let follower = Follower::new(Arc::new(ledger.clone()), shared)?;
        // Until the old feed retires both publish, and either state is right: each reads everything committed.
        follower.begin()?;
        if let Some(old) = feed.take() {
            old.retire();
        }
        let shown = follower.show();
        *feed = Some(follower);
        shown
    }
}
