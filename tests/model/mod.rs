//! The reference model: section 3 of the contract as maps, vectors and ifs, slow and obvious.
//!
//! It reads the same manifest, lists and records as the gate and shares no code with it. Where the two
//! disagree the text of the contract decides who is right; each `READING:` marks a sentence that
//! can be read in more than one way, and what was chosen.

mod denials;
pub(crate) mod files;
mod grounds;
mod holidays;
pub(crate) mod instants;
pub(crate) mod law;
mod registries;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use law::{Asks, Law};
use standing::Case;

/// Everything that was compiled.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) as_of: i64,
    pub(crate) choices: Choices,
    pub(crate) controllers: Vec<Controller>,
    /// Id to (class, sector).
    pub(crate) purposes: BTreeMap<String, (String, String)>,
    pub(crate) lists: Vec<List>,
    /// By number, with the plus.
    pub(crate) records: BTreeMap<String, Vec<Record>>,
}

/// What the owner of the data chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices {
    /// Rows about Italy's code of conduct hold.
    pub(crate) code_of_conduct: bool,
    /// A new entry binds only after the days that the law gives.
    pub(crate) grace: bool,
    /// Attempts are counted elsewhere.
    pub(crate) attempts_elsewhere: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Controller {
    pub(crate) id: String,
    pub(crate) emergency: bool,
    pub(crate) caller_ids: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) kind: String,
    pub(crate) registry: Option<String>,
    pub(crate) as_of: i64,
    pub(crate) max_age_days: Option<i64>,
    pub(crate) consent_lifts: bool,
    pub(crate) controllers: Option<Vec<String>>,
    pub(crate) purposes: Option<Vec<String>>,
    pub(crate) channels: Option<Vec<String>>,
    pub(crate) jurisdictions: Option<Vec<String>>,
    pub(crate) covers: Option<Vec<String>>,
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) number: String,
    pub(crate) prefix: bool,
    pub(crate) at: Option<i64>,
    pub(crate) until: Option<i64>,
}

impl Entry {
    fn undated(number: &str) -> Entry {
        Entry { number: number.to_owned(), prefix: false, at: None, until: None }
    }

    fn prefix(number: &str) -> Entry {
        Entry { prefix: true, ..Entry::undated(number) }
    }

    fn names(&self, number: &str) -> bool {
        if self.prefix { number.starts_with(&self.number) } else { number == self.number }
    }
}

/// One record: the fields that several types share, and the row itself.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) kind: String,
    pub(crate) at: i64,
    /// None: every controller.
    pub(crate) controller: Option<String>,
    pub(crate) id: Option<String>,
    /// `until`, `expires_at` or `ends_at`.
    pub(crate) until: Option<i64>,
    pub(crate) purposes: Option<Vec<String>>,
    pub(crate) channels: Option<Vec<String>>,
    pub(crate) rest: Value,
}

/// What the dialer asks.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) number: String,
    pub(crate) purpose: String,
    pub(crate) channel: String,
    pub(crate) controller: String,
    pub(crate) region: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) party: String,
    pub(crate) line: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ModelDecision {
    pub(crate) verdict: &'static str,
    pub(crate) reason: Option<&'static str>,
    pub(crate) reasons: BTreeSet<&'static str>,
    pub(crate) retry_at: Option<i64>,
    pub(crate) valid_until: Option<i64>,
}

/// The reasons in the order of the contract's table, with their verdicts.
const REASONS: &[(&str, &str)] = &[
    ("number_invalid", "deny"),
    ("question_unknown", "deny"),
    ("jurisdiction_unknown", "deny"),
    ("snapshot_expired", "deny"),
    ("erased", "deny"),
    ("restricted", "deny"),
    ("objected", "deny"),
    ("withdrawn", "deny"),
    ("opted_out", "deny"),
    ("list_blocked", "deny"),
    ("registry_listed", "deny"),
    ("registry_missing", "deny"),
    ("registry_stale", "deny"),
    ("forbidden", "deny"),
    ("rule_unverified", "deny"),
    ("consent_missing", "deny"),
    ("consent_scope", "deny"),
    ("consent_nonconforming", "deny"),
    ("consent_not_yet_valid", "deny"),
    ("consent_expired", "deny"),
    ("number_reassigned", "deny"),
    ("basis_missing", "deny"),
    ("time_zone_unknown", "deny"),
    ("rule_needs_review", "review"),
    ("outside_hours", "defer"),
    ("holiday", "defer"),
    ("attempt_cap", "defer"),
    ("silence_period", "defer"),
];

pub(crate) type Reasons = BTreeSet<&'static str>;

/// The severest verdict of the reasons, and the first reason of that verdict.
pub(crate) fn verdict_of(reasons: &Reasons) -> (&'static str, Option<&'static str>) {
    for verdict in ["deny", "review", "defer"] {
        for (reason, its_verdict) in REASONS {
            if *its_verdict == verdict && reasons.contains(reason) {
                return (verdict, Some(reason));
            }
        }
    }
    ("allow", None)
}

const DAY: i64 = 86_400_000_000;

impl Model {
    /// The decision, as section 3 has it.
    pub(crate) fn decide(&self, question: &Question, at: i64) -> ModelDecision {
        let case = Case::gather(self, question);
        let reasons = self.reasons(question, case.as_ref(), at);
        let (verdict, reason) = verdict_of(&reasons);
        let mut decision = ModelDecision { verdict, reason, reasons, retry_at: None, valid_until: None };
        let Some(case) = case else { return decision };
        let verdict_at = |instant: i64| verdict_of(&self.reasons(question, Some(&case), instant)).0;
        if verdict == "defer" {
            let laws = case.laws.as_deref().unwrap_or_default();
            // Looked at first, because most instants are outside the hours.
            let shut = |instant: i64| case.shut(instant, laws).next().is_some();
            decision.retry_at = instants::first(&case, at, |instant| !shut(instant) && verdict_at(instant) == "allow");
            if decision.retry_at.is_none() {
                decision.verdict = "deny";
            }
        }
        if verdict == "allow" {
            decision.valid_until = instants::first(&case, at, |instant| verdict_at(instant) != "allow");
        }
        decision
    }

    /// Instants at which the answer may change: of all time, and of the two days from this one on.
    pub(crate) fn edges(&self, question: &Question, at: i64) -> Vec<i64> {
        let case = Case::gather(self, question);
        case.map_or_else(Vec::new, |case| instants::edges(&case, at))
    }

    fn reasons(&self, question: &Question, case: Option<&Case>, at: i64) -> Reasons {
        let place = law::place(&question.number);
        if !place.possible {
            return Reasons::from(["number_invalid"]);
        }
        let Some(case) = case else { return Reasons::from(["question_unknown"]) };
        if case.class == "emergency" && case.emergency_declared {
            return Reasons::new();
        }
        let Some(laws) = &case.laws else { return Reasons::from(["jurisdiction_unknown"]) };
        let mut reasons = case.denials_at(at, laws);
        match case.class.as_str() {
            "emergency" => {
                reasons.insert("forbidden");
            }
            "opt_out_confirmation" => {
                if !case.confirmation_due(at) {
                    reasons.insert("basis_missing");
                }
            }
            _ => {
                let rows: Vec<Row> = laws.iter().flat_map(|law| case.rows(law, at)).collect();
                // READING: a contact that some jurisdiction refuses for want of a basis rests on nothing: its
                // registries are not screened as well, except one that revokes consents.
                let unmet = rows.iter().any(|row| !row.unmet.is_empty());
                for row in &rows {
                    reasons.extend(&row.unmet);
                    reasons.extend(&row.review);
                    reasons.extend(&row.always);
                    if !unmet {
                        reasons.extend(&row.registries);
                    }
                }
            }
        }
        reasons.extend(case.banned_caller_id(at, laws));
        reasons.extend(case.timing(at, laws));
        reasons
    }
}

/// What one row of the law has against the contact.
#[derive(Default)]
struct Row {
    /// Why its requirement is not met.
    unmet: Reasons,
    /// A person must look.
    review: Reasons,
    /// What its registries say, where it rests on something else than a consent.
    registries: Reasons,
    /// What they say in any case: a listing that revokes consents, or that outweighs the lead's `business`.
    always: Reasons,
}

impl Case<'_> {
    /// The rows of one jurisdiction that apply: two while a local midnight passes through the zones.
    fn rows(&self, law: &Law, at: i64) -> Vec<Row> {
        let days = self.days(at);
        let cells = law.cells_for(&self.asked(), &days);
        let mut rows: Vec<Row> = cells.iter().map(|cell| self.row(law, cell.asks, cell.review, at)).collect();
        if rows.is_empty() && !law.partial {
            rows.push(self.row(law, Asks::ConsentAsUnverified, false, at));
        }
        if rows.is_empty() {
            // READING: a state that asks for nothing still has its list screened, under what the others ask.
            let mut row = Row::default();
            self.screen_all(law, true, at, &mut row);
            rows.push(row);
        }
        rows
    }

    fn row(&self, law: &Law, asks: Asks, review: bool, at: i64) -> Row {
        let mut row = Row::default();
        if review {
            row.review.insert("rule_needs_review");
        }
        let failures = self.consent_failures(at, asks == Asks::WrittenConsent);
        let consented = failures.is_empty();
        let otherwise = match asks {
            Asks::Nothing | Asks::NoObjection => true,
            Asks::ConsentOrSoftOptIn => self.soft_opt_in(at),
            Asks::ConsentOrContract | Asks::ContractOnly => self.contract_for_this_purpose(at),
            Asks::ConsentOrCustomerOfThreeYears => self.customer(at, 36),
            Asks::ConsentOrLegitimateInterest => self.legitimate_interest(at),
            // READING: a running relationship is a contract, or an order or purchase while it carries.
            Asks::ConsentOrBusinessRelationship => self.customer(at, 24),
            Asks::Consent | Asks::WrittenConsent | Asks::ConsentAsUnverified => false,
            Asks::Never | Asks::NeverUnsolicited => false,
        };
        match asks {
            Asks::Nothing => {
                let carried = matches!(self.class.as_str(), "service" | "debt_collection" | "notice");
                if carried && law.gdpr && !self.carried(at) && !consented {
                    row.unmet.insert("basis_missing");
                }
            }
            Asks::ContractOnly if otherwise => {}
            Asks::NeverUnsolicited if consented => {}
            Asks::ContractOnly | Asks::Never | Asks::NeverUnsolicited => {
                row.unmet.insert("forbidden");
            }
            Asks::ConsentAsUnverified if !consented => {
                row.unmet.insert("rule_unverified");
            }
            _ if !consented && !otherwise => row.unmet.extend(failures),
            _ => {}
        }
        self.screen_all(law, asks != Asks::Nothing, at, &mut row);
        row
    }
}
