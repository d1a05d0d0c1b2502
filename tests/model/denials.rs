//! What stands against a contact: withdrawals, objections, opt-outs, erasures, restrictions, list entries.

use super::instants::{self, MINUTE};
use super::law::{self, Asks, Law, date};
use super::standing::{Case, includes, readable_channel};
use super::{Model, Reasons, Record};

/// A withdrawal, objection, opt-out, erasure, restriction or list entry.
pub(crate) struct Denial {
    pub(crate) reason: &'static str,
    /// From when it binds; none: at every instant.
    pub(crate) from: Option<i64>,
    /// Its own date, which a consent must postdate; none: newer than any consent.
    pub(crate) date: Option<i64>,
    pub(crate) until: Option<i64>,
    pub(crate) reach: Reach,
    pub(crate) channels: Option<Vec<String>>,
    pub(crate) consent_lifts: bool,
    pub(crate) by_message: bool,
    /// It was made by the person, and is no entry of a list.
    pub(crate) from_record: bool,
    /// Codes of the jurisdictions that a list is used in.
    pub(crate) jurisdictions: Option<Vec<String>>,
}

/// The purposes that a denial covers.
pub(crate) enum Reach {
    Unnamed,
    Star,
    /// A name that cannot be read: all, and it may have been any, so nothing counts as not named.
    Unreadable,
    Named(Vec<String>),
    DirectMarketing,
    Everything,
    AllButNotice,
}

impl Case<'_> {
    /// Reasons 5 to 10.
    pub(crate) fn denials_at(&self, at: i64, laws: &[&Law]) -> Reasons {
        let mut reasons = Reasons::new();
        for denial in self.denials.iter().filter(|denial| denial.in_force(at) && denial.used_in(laws)) {
            let revoked = denial.is_revocation() && self.revocations_reach_all(at);
            let covers = revoked || self.covered_by(denial);
            let bars = self.class == "reconsent" && self.touches_marketing(denial);
            if !covers && !bars {
                continue;
            }
            let lifted = match denial.reason {
                // READING: only `restriction_lifted` lifts a restriction.
                "restricted" => false,
                _ if !denial.consent_lifts => false,
                _ if bars => self.later_consent_to_marketing(denial.date, at),
                _ => self.later_consent(denial.date, at) || self.lifted_by_contract(denial, at),
            };
            if !lifted && (revoked || !self.left_alone(denial, at)) {
                reasons.insert(denial.reason);
            }
        }
        reasons
    }

    /// Is this a contact that a revocation reaches whatever it names?
    pub(crate) fn revocations_reach_all(&self, at: i64) -> bool {
        let days = self.days(at);
        let asks_consent = |law: &Law| {
            let cells = law.cells_for(&self.asked(), &days);
            cells.iter().any(|cell| matches!(cell.asks, Asks::Consent | Asks::WrittenConsent))
        };
        let begun =
            |law: &Law| law.revocations_reach_all_from.is_some_and(|day| days.iter().any(|own| date(day) <= *own));
        self.laws.iter().flatten().any(|law| begun(law) && asks_consent(law))
    }

    pub(crate) fn covered_by(&self, denial: &Denial) -> bool {
        let class = self.class.as_str();
        let on_channel = denial.channels.as_ref().is_none_or(|channels| includes(channels, &self.question.channel));
        let special = matches!(class, "emergency" | "opt_out_confirmation");
        on_channel
            && match &denial.reach {
                Reach::Unnamed => {
                    matches!(class, "marketing" | "reconsent" | "survey" | "charity" | "political")
                }
                Reach::Star | Reach::Unreadable => !special,
                Reach::Named(names) => self.named(names),
                Reach::DirectMarketing => matches!(class, "marketing" | "reconsent" | "charity" | "political"),
                // READING: nothing covers an emergency; undeclared it is `forbidden` and that is all.
                Reach::Everything => class != "emergency",
                Reach::AllButNotice => class != "notice" && class != "emergency",
            }
    }

    fn touches_marketing(&self, denial: &Denial) -> bool {
        match &denial.reach {
            Reach::Unnamed | Reach::Star | Reach::Unreadable | Reach::DirectMarketing | Reach::Everything => true,
            Reach::Named(names) => names.iter().any(|name| self.is_marketing(name)),
            Reach::AllButNotice => false,
        }
    }

    /// A tombstone is lifted by a later contract, order or purchase for service, debt collection and notice.
    fn lifted_by_contract(&self, denial: &Denial, at: i64) -> bool {
        let Some(date) = denial.date else { return false };
        let serves = matches!(self.class.as_str(), "service" | "debt_collection" | "notice");
        denial.reason == "erased"
            && serves
            && self.relationships.iter().any(|relationship| {
                // READING: it must still count: running, and an order or purchase within its 24 months.
                let counts = match relationship.kind {
                    "contract" => true,
                    "order" | "purchase" => at < instants::plus_months(relationship.record.at, 24),
                    _ => false,
                };
                counts && relationship.record.at > date && self.runs(relationship, at)
            })
    }

    /// Service, debt collection and notice carried by a relationship, unless the denial names them.
    fn left_alone(&self, denial: &Denial, at: i64) -> bool {
        let names_it = match &denial.reach {
            Reach::Named(names) => self.named(names),
            Reach::Unreadable => true,
            _ => false,
        };
        matches!(denial.reason, "withdrawn" | "opted_out" | "list_blocked") && self.carried(at) && !names_it
    }

    /// One message, within five minutes of an opt-out or withdrawal made by message.
    pub(crate) fn confirmation_due(&self, at: i64) -> bool {
        law::is_message(&self.question.channel)
            && self.denials.iter().any(|denial| {
                // The minutes run from the refusal's own date, also when it binds earlier.
                let (Some(_), Some(from)) = (denial.from, denial.date) else { return false };
                let sent = self.attempts.iter().any(|attempt| {
                    let class = self.attempt_class(attempt);
                    // READING: a message of unknown purpose may have been the one.
                    class.is_none_or(|class| class == "opt_out_confirmation")
                        && law::is_message(attempt.rest["channel"].as_str().unwrap_or(""))
                        && from <= attempt.at
                        && attempt.at <= at
                });
                denial.by_message && from <= at && at < from + 5 * MINUTE && !sent
            })
    }
}

impl Denial {
    pub(crate) fn in_force(&self, at: i64) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// A withdrawal or opt-out that was made, as opposed to an entry of a list.
    fn is_revocation(&self) -> bool {
        self.from_record && matches!(self.reason, "withdrawn" | "opted_out")
    }

    pub(crate) fn used_in(&self, laws: &[&Law]) -> bool {
        self.jurisdictions.as_ref().is_none_or(|codes| laws.iter().any(|law| codes.iter().any(|one| one == law.code)))
    }
}

impl Model {
    pub(crate) fn denial(&self, record: &Record, own: &[&Record]) -> Option<Denial> {
        let reason = match record.kind.as_str() {
            "withdrawal" => "withdrawn",
            "objection" => "objected",
            "opt_out" => "opted_out",
            "erasure" => "erased",
            "restriction" => "restricted",
            _ => return None,
        };
        let reach = match reason {
            "objected" if record.rest["scope"] == "all" => Reach::Star,
            "objected" => Reach::DirectMarketing,
            "erased" => Reach::Everything,
            "restricted" => Reach::AllButNotice,
            _ => self.reach(record.purposes.as_ref(), false),
        };
        // READING: one controller does not lift a restriction that binds every controller.
        let lifts = |other: &&&Record| other.controller.is_none() || other.controller == record.controller;
        let later = own.iter().filter(|other| other.kind == "restriction_lifted" && other.at > record.at);
        let lifted = later.filter(lifts);
        Some(Denial {
            reason,
            // A tombstone answers for earlier instants too; a denial from the future binds from `as_of` on.
            from: (reason != "erased").then_some(record.at.min(self.as_of)),
            date: Some(record.at),
            until: match reason {
                // An end that is not after the beginning is a defect: it is kept without end.
                "opted_out" => record.until.filter(|until| *until > record.at),
                "restricted" => lifted.map(|other| other.at).min(),
                _ => None,
            },
            reach,
            channels: record.channels.clone().filter(|names| names.iter().all(|name| readable_channel(name))),
            consent_lifts: true,
            from_record: true,
            by_message: record.rest["via"].as_str().is_some_and(law::is_message),
            jurisdictions: None,
        })
    }

    /// READING: an unreadable purpose widens the purposes, an unreadable channel the channels.
    pub(crate) fn reach(&self, purposes: Option<&Vec<String>>, unnamed_is_all: bool) -> Reach {
        match purposes {
            None if unnamed_is_all => Reach::Star,
            None => Reach::Unnamed,
            Some(names) if names.iter().all(|name| self.purposes.contains_key(name)) => Reach::Named(names.clone()),
            Some(names) if names.iter().all(|name| name == "*") && names.len() == 1 => Reach::Star,
            Some(_) => Reach::Unreadable,
        }
    }
}
