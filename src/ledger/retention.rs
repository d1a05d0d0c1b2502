//! Retention: what no longer has a basis, and its deletion.
//!
//! Denials, ends of relationships and tombstones are never due: their loss could allow something. What is due is
//! listed with the rule or policy that it is due under; deleting it is the owner's word (`apply`).

mod due;

use std::collections::BTreeMap;
use std::fmt;

use rusqlite::Connection;

use super::error::LedgerError;
use super::open::Session;
use super::read::{Plain, PlainWhat, numbers, of_number};
use super::write::{commit, now};
use super::{Ledger, Position, erase, failed};
use crate::compile::input::Record;
use crate::compile::records::single::{Object, Reader, Single};
use crate::rules::Rules;
use crate::timestamp::DAY;
use crate::vocabulary::PurposeClass;
use crate::{Number, Timestamp};

/// The terms that no law names, and the rules that name the others.
#[derive(Clone, Debug)]
pub struct RetentionPolicy<'a> {
    /// The packs whose retention rows are used.
    pub rules: &'a Rules,
    /// Months for which the proof of what has ended is kept where no rule names a figure.
    pub evidence_months: u16,
    /// Months after which a recording for quality has served where it names no end of its own.
    pub quality_months: u16,
}

impl<'a> RetentionPolicy<'a> {
    /// Five years of evidence, the longest figure that a law names, and three months for quality.
    #[must_use]
    pub const fn new(rules: &'a Rules) -> Self {
        Self { rules, evidence_months: 60, quality_months: 3 }
    }
}

/// Why a record is due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum WhyDue {
    /// A consent that was withdrawn, refused or given by somebody who had the number before, beyond the evidence
    /// period.
    ConsentWithdrawn,
    /// A consent past its end, beyond the evidence period.
    ConsentExpired,
    /// A relationship that ended, beyond its last effects and the evidence period.
    RelationshipEnded,
    /// A recording whose consent was withdrawn.
    RecordingWithdrawn,
    /// A recording whose reason is fulfilled.
    RecordingFulfilled,
    /// A person who is no customer and of whom nothing was heard for so long.
    ProspectUnused,
    /// An attempt or notice beyond the evidence period.
    Unused,
}

impl WhyDue {
    /// Its name in files.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::ConsentExpired => "consent_expired",
            Self::RelationshipEnded => "relationship_ended",
            Self::RecordingWithdrawn => "recording_withdrawn",
            Self::RecordingFulfilled => "recording_fulfilled",
            Self::ProspectUnused => "prospect_unused",
            Self::Unused => "unused",
        }
    }
}

impl fmt::Display for WhyDue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

/// A record that no longer has a basis.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Due {
    /// Its place in the ledger.
    pub position: Position,
    /// Whom it is about. `Debug` masks it.
    pub number: Number,
    /// For whom; none: it names no controller.
    pub controller: Option<String>,
    /// The type of the record.
    pub kind: &'static str,
    /// When it happened.
    pub at: Timestamp,
    /// Since when it is due.
    pub since: Timestamp,
    /// Why.
    pub why: WhyDue,
    /// The rule that sets the term (`DE/consent-proof`), or `policy`.
    pub rule: String,
    /// Where a recording lies: it must be deleted there as well.
    pub uri: Option<String>,
}

/// A sweep.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Retention {
    /// What is due, by number.
    pub due: Vec<Due>,
    /// It was deleted.
    pub applied: bool,
    /// Nothing of the old pages is left in the write-ahead log (after a deletion).
    pub is_log_clean: bool,
    /// Consents that could not be judged because no compile has declared a purpose that they name: they are kept.
    pub unjudged: u64,
}

impl Retention {
    /// How many are due, by reason, controller and type.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<(WhyDue, Option<&str>, &'static str), u64> {
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        for due in &self.due {
            let count = counts.entry((due.why, due.controller.as_deref(), due.kind)).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }
}

/// A deletion that was applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deletion {
    /// When.
    pub at: Timestamp,
    /// Why, as [`WhyDue::slug`].
    pub why: String,
    /// For whom.
    pub controller: Option<String>,
    /// The type of the records.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// An attempt that was given back is needed as long as a snapshot may be in use that counts it.
const GIVEN_BACK: i64 = 30 * DAY;

/// A record of a number, read.
pub(super) struct Known {
    pub(super) position: Position,
    pub(super) record: Record,
}

impl Ledger {
    /// Lists what has no basis any more at this instant; with `apply` it is deleted, and how many of what is kept in
    /// [`Ledger::deletions`]. A snapshot holds them until the next compile.
    ///
    /// # Errors
    /// The ledger cannot be read or written, or an entry is damaged. Then nothing was deleted.
    pub fn retention(
        &self,
        at: chrono::DateTime<chrono::Utc>,
        policy: &RetentionPolicy<'_>,
        apply: bool,
    ) -> Result<Retention, LedgerError> {
        let at = Timestamp::from(at);
        if !apply {
            let mut session = self.inner.reader()?;
            let Session { connection, ciphers, .. } = &mut *session;
            let transaction = connection.unchecked_transaction().map_err(|error| failed("read", &error))?;
            return sweep(&transaction, ciphers, at, policy);
        }
        self.inner.write(|session| {
            let (transaction, ciphers) = session.begin()?;
            let mut retention = sweep(&transaction, ciphers, at, policy)?;
            delete(&transaction, &retention).map_err(|error| failed("written", &error))?;
            commit(transaction)?;
            retention.applied = true;
            retention.is_log_clean = erase::clean_log(&session.connection).unwrap_or(false);
            Ok(retention)
        })
    }

    /// What sweeps have deleted so far, in counts.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn deletions(&self) -> Result<Vec<Deletion>, LedgerError> {
        let broken = |error| failed("read", &error);
        let session = self.inner.reader()?;
        let mut statement = session
            .connection
            .prepare_cached("SELECT at, reason, controller, kind, count FROM deletions ORDER BY number")
            .map_err(broken)?;
        let rows = statement.query_map([], |row| {
            Ok(Deletion {
                at: Timestamp::from_micros(row.get(0)?),
                why: row.get(1)?,
                controller: row.get(2)?,
                kind: row.get(3)?,
                count: u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
            })
        });
        rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
    }
}

fn sweep(
    connection: &Connection,
    ciphers: &mut super::cipher::Ciphers,
    at: Timestamp,
    policy: &RetentionPolicy<'_>,
) -> Result<Retention, LedgerError> {
    let classes = classes(connection)?;
    // Dates and scopes are all that counts here: what a consent's text says does not matter.
    let reader = Reader::keeping(Timestamp::MAX);
    let mut retention = Retention::default();
    for number in numbers(connection, ciphers)? {
        let mut known = Vec::new();
        for (plain, words) in of_number(connection, ciphers, number)? {
            if matches!(plain.what, PlainWhat::Released { .. }) {
                let since = plain.recorded_at.plus(GIVEN_BACK);
                if since <= at {
                    retention.due.push(given_back(number, &plain, &words, since));
                }
                continue;
            }
            if let Single::Taken { records, .. } = reader.read_for(number, words) {
                known.extend(records.into_iter().map(|record| Known { position: plain.position, record }));
            }
        }
        due::of(number, &known, &classes, at, policy, &mut retention);
    }
    Ok(retention)
}

fn given_back(number: Number, plain: &Plain, words: &Object, since: Timestamp) -> Due {
    Due {
        position: plain.position,
        number,
        controller: words.get("controller").and_then(serde_json::Value::as_str).map(str::to_owned),
        kind: "attempt",
        at: plain.recorded_at,
        since,
        why: WhyDue::Unused,
        rule: "policy".to_owned(),
        uri: None,
    }
}

fn delete(connection: &Connection, retention: &Retention) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("DELETE FROM events WHERE position = ?1")?;
    for due in &retention.due {
        statement.execute([i64::try_from(due.position).unwrap_or(i64::MAX)])?;
    }
    let mut statement = connection
        .prepare_cached("INSERT INTO deletions (at, reason, controller, kind, count) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let now = now().micros();
    for ((why, controller, kind), count) in retention.counts() {
        statement.execute((now, why.slug(), controller, kind, i64::try_from(count).unwrap_or(i64::MAX)))?;
    }
    Ok(())
}

/// The classes of the purposes that compiles have declared.
fn classes(connection: &Connection) -> Result<BTreeMap<String, PurposeClass>, LedgerError> {
    let broken = |error| failed("read", &error);
    let mut statement = connection.prepare_cached("SELECT id, class FROM purposes").map_err(broken)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let mut classes: BTreeMap<String, PurposeClass> =
        PurposeClass::ALL.iter().map(|class| (class.slug().to_owned(), *class)).collect();
    for row in rows.map_err(broken)? {
        let (id, class) = row.map_err(broken)?;
        if let Some(class) = PurposeClass::from_slug(&class) {
            classes.insert(id, class);
        }
    }
    Ok(classes)
}
