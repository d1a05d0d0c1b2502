//! What stands for and against one question at an instant.

use std::cell::RefCell;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::instants::{self, MINUTE};
use super::law::{self, Asked, Asks, Law, Screened, date};
use super::{DAY, List, Model, Question, Reasons, Record};

/// One question with all that is on record about its number and controller.
pub(crate) struct Case<'a> {
    pub(crate) model: &'a Model,
    pub(crate) question: &'a Question,
    pub(crate) class: String,
    pub(crate) sector: String,
    pub(crate) emergency_declared: bool,
    pub(crate) caller_ids: &'a [String],
    /// The zones that the called party may be in, and whether the lead names one that does not exist.
    pub(crate) whereabouts: (Vec<TimeZone>, bool),
    /// The jurisdictions that apply; none: some place has no pack.
    pub(crate) laws: Option<Vec<&'static Law>>,
    /// The last instant whose local days were asked for, and those.
    pub(crate) today: RefCell<(i64, Vec<Date>)>,
    pub(crate) denials: Vec<Denial>,
    pub(crate) consents: Vec<&'a Record>,
    pub(crate) relationships: Vec<Relationship<'a>>,
    pub(crate) attempts: Vec<&'a Record>,
    /// Instants at which the number changed hands; none: not known when.
    pub(crate) reassigned: Vec<Option<i64>>,
}

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

pub(crate) struct Relationship<'a> {
    pub(crate) record: &'a Record,
    pub(crate) kind: &'a str,
    pub(crate) end: Option<i64>,
}

pub(crate) struct Copy {
    pub(crate) listed: bool,
    /// The date of the latest entry; none: undated, or not listed.
    pub(crate) since: Option<i64>,
    pub(crate) missing: bool,
    pub(crate) stale: bool,
}

impl<'a> Case<'a> {
    /// None: purpose, channel or controller is not known.
    pub(crate) fn gather(model: &'a Model, question: &'a Question) -> Option<Case<'a>> {
        let (class, sector) = model.purposes.get(&question.purpose)?.clone();
        let controller = model.controllers.iter().find(|controller| controller.id == question.controller)?;
        if !CHANNELS.contains(&question.channel.as_str()) {
            return None;
        }
        let all: Vec<&Record> = model.records.get(&question.number).into_iter().flatten().collect();
        let own: Vec<&Record> = all
            .iter()
            .copied()
            .filter(|record| record.controller.as_ref().is_none_or(|id| *id == question.controller))
            .collect();
        // READING: an erasure hides what its controller knew: consents, relationships and attempts up to and
        // including its own instant, and the denials before it that name this controller, for which the
        // tombstone stands. Denials that bind every controller stay.
        let mut own = own;
        let erasures: Vec<(i64, Option<String>)> = own
            .iter()
            .filter(|record| record.kind == "erasure")
            .map(|record| (record.at, record.controller.clone()))
            .collect();
        own.retain(|record| {
            erasures.iter().all(|(erased, by)| match record.kind.as_str() {
                "consent" | "relationship" | "attempt" => record.at > *erased,
                "erasure" | "reassigned" | "relationship_end" => true,
                _ => record.at >= *erased || (record.controller.is_none() && by.is_some()),
            })
        });
        let of_kind = |kind: &'static str| own.iter().filter(move |record| record.kind == kind);
        let listed = |kind: &'static str| {
            let bound = model.lists.iter().filter(move |list| list.kind == kind && list.binds(&question.controller));
            bound.flat_map(|list| {
                list.entries.iter().filter(|entry| entry.names(&question.number)).map(move |entry| (list, entry))
            })
        };
        let mut denials: Vec<Denial> = own.iter().filter_map(|record| model.denial(record, &own)).collect();
        for (kind, reason) in [("opt_out", "opted_out"), ("block", "list_blocked")] {
            for (list, entry) in listed(kind) {
                denials.push(Denial {
                    reason,
                    from: entry.at.map(|at| at.min(model.as_of)),
                    date: entry.at,
                    until: entry.until.filter(|until| entry.at.is_none_or(|at| *until > at)),
                    // READING: a blocking list without purposes covers what `["*"]` covers.
                    reach: model.reach(list.purposes.as_ref(), kind == "block"),
                    channels: list.channels.clone(),
                    consent_lifts: kind == "opt_out" || list.consent_lifts,
                    by_message: false,
                    from_record: false,
                    jurisdictions: list.jurisdictions.clone(),
                });
            }
        }
        let consents = of_kind("consent").copied();
        let relationships = of_kind("relationship").copied();
        let reassigned = all.iter().filter(|record| record.kind == "reassigned").map(|record| Some(record.at));
        let mut case = Case {
            model,
            question,
            class,
            sector,
            emergency_declared: controller.emergency,
            caller_ids: &controller.caller_ids,
            whereabouts: (Vec::new(), false),
            laws: None,
            today: RefCell::default(),
            consents: consents.filter(|consent| model.takes(consent)).collect(),
            relationships: relationships.map(|record| relationship(record, &own)).collect(),
            attempts: of_kind("attempt").copied().collect(),
            reassigned: reassigned.chain(listed("reassigned").map(|(_, entry)| entry.at)).collect(),
            denials,
        };
        case.whereabouts = case.zones();
        case.laws = case.all_laws();
        Some(case)
    }

    fn all_laws(&self) -> Option<Vec<&'static Law>> {
        let mut laws: Vec<&'static Law> = Vec::new();
        for region in self.regions()? {
            for law in law::laws_of(&region)? {
                if laws.iter().all(|known| known.code != law.code) {
                    laws.push(law);
                }
            }
        }
        Some(laws)
    }

    /// The question in the words of the tables.
    pub(crate) fn asked(&self) -> Asked<'_> {
        let q = self.question;
        Asked { class: &self.class, sector: &self.sector, channel: &q.channel, party: &q.party, line: self.line() }
    }

    /// Where the person may be: what the number says, joined with what the lead says.
    pub(crate) fn regions(&self) -> Option<Vec<String>> {
        // READING: a number without a country has no jurisdiction, whatever the lead says.
        let of_number = law::place(&self.question.number).region?.to_owned();
        let mut regions = vec![of_number.clone()];
        if let Some(region) = &self.question.region {
            // READING: "adds nothing" is meant within one country.
            let adds_nothing = of_number == *region || of_number.starts_with(&format!("{region}-"));
            if !adds_nothing {
                regions.push(region.clone());
            }
        }
        Some(regions)
    }

    pub(crate) fn line(&self) -> &str {
        let (by_plan, by_lead) = (law::place(&self.question.number).line, self.question.line.as_str());
        // READING: the lead's word outweighs the plan's, since numbers are ported.
        if by_lead == "unknown" { by_plan } else { by_lead }
    }

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
    fn revocations_reach_all(&self, at: i64) -> bool {
        let days = self.days(at);
        let asks_consent = |law: &Law| {
            let cells = law.cells_for(&self.asked(), &days);
            cells.iter().any(|cell| matches!(cell.asks, Asks::Consent | Asks::WrittenConsent))
        };
        let begun =
            |law: &Law| law.revocations_reach_all_from.is_some_and(|day| days.iter().any(|own| date(day) <= *own));
        self.laws.iter().flatten().any(|law| begun(law) && asks_consent(law))
    }

    fn covered_by(&self, denial: &Denial) -> bool {
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

    /// The purpose itself, or its class.
    fn named(&self, names: &[String]) -> bool {
        names.iter().any(|name| *name == self.question.purpose || *name == self.class)
    }

    fn touches_marketing(&self, denial: &Denial) -> bool {
        match &denial.reach {
            Reach::Unnamed | Reach::Star | Reach::Unreadable | Reach::DirectMarketing | Reach::Everything => true,
            Reach::Named(names) => names.iter().any(|name| self.is_marketing(name)),
            Reach::AllButNotice => false,
        }
    }

    fn is_marketing(&self, purpose: &str) -> bool {
        self.model.purposes.get(purpose).is_some_and(|(class, _)| class == "marketing")
    }

    /// "A consent lifts a denial at instant t": the only definition. Undated is newer than any consent.
    pub(crate) fn later_consent(&self, denied: Option<i64>, at: i64) -> bool {
        let Some(denied) = denied else { return false };
        self.consents.iter().any(|consent| {
            consent.at > denied && self.consent_covers(consent) && self.failures_of(consent, at, false).is_empty()
        })
    }

    /// What reopens `reconsent`: a conforming consent in force to some marketing purpose, on any channel.
    pub(crate) fn later_consent_to_marketing(&self, denied: Option<i64>, at: i64) -> bool {
        let Some(denied) = denied else { return false };
        self.consents.iter().any(|consent| {
            let purposes = consent.purposes.iter().flatten();
            let mut failures = self.failures_of(consent, at, false);
            // A withdrawal of it touches marketing and bars by itself.
            failures.remove("withdrawn");
            consent.at > denied && purposes.into_iter().any(|name| self.is_marketing(name)) && failures.is_empty()
        })
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

    /// Does a relationship carry this service, debt collection or notice?
    pub(crate) fn carried(&self, at: i64) -> bool {
        self.relationships.iter().any(|relationship| {
            let carries = match (relationship.kind, self.class.as_str()) {
                ("contract", "service" | "debt_collection" | "notice") => true,
                ("order" | "purchase", "service" | "notice") => at < instants::plus_months(relationship.record.at, 24),
                ("debt", "debt_collection") => true,
                _ => false,
            };
            carries && self.runs(relationship, at)
        })
    }

    /// Relationships in force whose `purposes` name this one.
    fn for_this_purpose(&self, at: i64) -> impl Iterator<Item = &Relationship<'_>> {
        self.relationships.iter().filter(move |relationship| {
            relationship.record.purposes.as_ref().is_some_and(|names| self.named(names)) && self.runs(relationship, at)
        })
    }

    pub(crate) fn contract_for_this_purpose(&self, at: i64) -> bool {
        self.for_this_purpose(at).any(|relationship| relationship.kind == "contract")
    }

    /// A contract while it runs, or a purchase or order not older than so many months.
    pub(crate) fn customer(&self, at: i64, months: i32) -> bool {
        self.for_this_purpose(at).any(|relationship| relationship.dealt_within(at, months))
    }

    pub(crate) fn soft_opt_in(&self, at: i64) -> bool {
        self.for_this_purpose(at).any(Relationship::soft)
    }

    /// The soft opt-in within one year.
    pub(crate) fn legitimate_interest(&self, at: i64) -> bool {
        self.for_this_purpose(at).any(|relationship| relationship.soft() && relationship.dealt_within(at, 12))
    }

    /// A contract that runs, or ended less than so many days ago.
    pub(crate) fn contract_within(&self, at: i64, days: i64) -> bool {
        self.relationships.iter().any(|relationship| {
            let start = relationship.record.at;
            let was = relationship.end.is_none_or(|end| start < end);
            let lasts = relationship.end.is_none_or(|end| at < end + days * DAY);
            relationship.kind == "contract" && was && start <= at && lasts && !self.reassigned_since(start, at)
        })
    }

    /// A relationship that lifts a registry for so many months.
    pub(crate) fn established_business_relationship(&self, at: i64, dealt_months: i32, asked_months: i32) -> bool {
        // READING: an opt-out that has ended meanwhile, or was lifted by a consent, is still the last one.
        let refusals = || {
            let refusal = |denial: &&Denial| matches!(denial.reason, "withdrawn" | "objected" | "opted_out");
            self.denials.iter().filter(refusal).filter(|denial| denial.from.is_none_or(|from| from <= at))
        };
        self.relationships.iter().any(|relationship| {
            let start = relationship.record.at;
            // READING: an end that was recorded ends a purchase too, before its months are over.
            let open = relationship.end.is_none_or(|end| at < end);
            let in_time = match relationship.kind {
                "contract" => relationship.end.is_none_or(|end| at < instants::plus_months(end, dealt_months)),
                "purchase" | "order" => open && at < instants::plus_months(start, dealt_months),
                "inquiry" => open && at < instants::plus_months(start, asked_months),
                _ => false,
            };
            let later = refusals().all(|denial| denial.date.is_some_and(|date| start > date));
            // Half-open: one that ended when it began never was.
            let was = relationship.end.is_none_or(|end| start < end);
            was && start <= at && in_time && later && !self.reassigned_since(start, at)
        })
    }

    fn runs(&self, relationship: &Relationship<'_>, at: i64) -> bool {
        let start = relationship.record.at;
        start <= at && relationship.end.is_none_or(|end| at < end) && !self.reassigned_since(start, at)
    }

    /// At the same instant counts as since.
    fn reassigned_since(&self, start: i64, at: i64) -> bool {
        self.reassigned.iter().any(|when| when.is_none_or(|when| start <= when && when <= at))
    }

    fn consent_covers(&self, consent: &Record) -> bool {
        let purposes = consent.purposes.as_deref().unwrap_or(&[]);
        let channels = consent.channels.as_deref().unwrap_or(&[]);
        purposes.contains(&self.question.purpose) && includes(channels, &self.question.channel)
    }

    /// Why no consent satisfies; empty: one does.
    pub(crate) fn consent_failures(&self, at: i64, written: bool) -> Reasons {
        if self.consents.is_empty() {
            return Reasons::from(["consent_missing"]);
        }
        let covering = self.consents.iter().filter(|consent| self.consent_covers(consent));
        // READING: of two given at one instant with as many failures the one with the earlier reason speaks.
        let furthest = covering
            .map(|consent| (self.failures_of(consent, at, written), consent.at))
            .min_by_key(|(failures, given)| (failures.len(), -given, super::verdict_of(failures).1.map(number)));
        furthest.map_or_else(|| Reasons::from(["consent_scope"]), |(failures, _)| failures)
    }

    fn failures_of(&self, consent: &Record, at: i64, written: bool) -> Reasons {
        let mut failures = Reasons::new();
        let form = consent.rest["form"].as_str().unwrap_or("");
        if !conforms(consent) || (written && !matches!(form, "written" | "electronic")) {
            failures.insert("consent_nonconforming");
        }
        if consent.at > at {
            failures.insert("consent_not_yet_valid");
        }
        let limit = self.consent_months(at).map(|months| instants::plus_months(consent.at, months));
        if consent.until.into_iter().chain(limit).any(|until| until <= at) {
            failures.insert("consent_expired");
        }
        if self.reassigned_since(consent.at, at) {
            failures.insert("number_reassigned");
        }
        // READING: a withdrawal ends the consent even where a relationship makes it leave the contact alone.
        let withdrawn = self.denials.iter().any(|denial| {
            denial.reason == "withdrawn"
                && denial.in_force(at)
                && (self.covered_by(denial) || self.revocations_reach_all(at))
                && denial.date.is_some_and(|date| consent.at <= date)
        });
        if withdrawn {
            failures.insert("withdrawn");
        }
        failures
    }

    /// The shortest limit that the laws of the day set to the age of a consent.
    fn consent_months(&self, at: i64) -> Option<i32> {
        let limits = self.laws.iter().flatten().filter_map(|law| {
            let (when, months) = law.consent_months.as_ref()?;
            law.speaks(when, &self.asked(), &self.days(at)).then_some(*months)
        });
        limits.min()
    }

    /// What the copies of a registry say about the number.
    pub(crate) fn copy(&self, law: &Law, registry: &Screened, at: i64) -> Copy {
        let code = law.code;
        let mut copy = Copy { listed: false, since: None, missing: true, stale: true };
        let mut dates: Vec<Option<i64>> = Vec::new();
        for list in &self.model.lists {
            let for_this = list.kind == "registry"
                && list.registry.as_deref() == Some(registry.registry)
                && list.binds(&self.question.controller)
                && list.jurisdictions.as_ref().is_none_or(|codes| codes.iter().any(|one| one == code))
                && list.purposes.as_ref().is_none_or(|names| self.named(names))
                && list.channels.as_ref().is_none_or(|names| includes(names, &self.question.channel));
            if !for_this {
                continue;
            }
            let in_force = list.entries.iter().filter(|entry| {
                entry.names(&self.question.number)
                    && entry.at.is_none_or(|from| from.min(self.model.as_of) <= at)
                    && entry.until.is_none_or(|until| at < until)
            });
            dates.extend(in_force.map(|entry| entry.at));
            let covered = list
                .covers
                .as_ref()
                .is_none_or(|prefixes| prefixes.iter().any(|prefix| self.question.number.starts_with(prefix)));
            // READING: of several copies that cover the number the freshest decides.
            if covered {
                copy.missing = false;
                copy.stale &= self.stale_from(list, registry).is_none_or(|from| from <= at);
            }
        }
        copy.listed = !dates.is_empty();
        copy.since = if dates.contains(&None) { None } else { dates.into_iter().max().flatten() };
        copy
    }

    /// When this copy is too old; none: it always is, as long as nobody has said what its limit is.
    pub(crate) fn stale_from(&self, list: &List, registry: &Screened) -> Option<i64> {
        let days = list.max_age_days.into_iter().chain(registry.max_age_days).min()?;
        Some(list.as_of + days * DAY)
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

    pub(crate) fn attempt_class(&self, attempt: &Record) -> Option<&str> {
        let purpose = attempt.rest.get("purpose")?.as_str()?;
        self.model.purposes.get(purpose).map(|(class, _)| class.as_str())
    }
}

impl Relationship<'_> {
    fn dealt_within(&self, at: i64, months: i32) -> bool {
        match self.kind {
            "contract" => true,
            "purchase" | "order" => at < instants::plus_months(self.record.at, months),
            _ => false,
        }
    }

    fn soft(&self) -> bool {
        matches!(self.kind, "purchase" | "order" | "contract") && self.record.rest["soft_opt_in"] == true
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

    fn used_in(&self, laws: &[&Law]) -> bool {
        self.jurisdictions.as_ref().is_none_or(|codes| laws.iter().any(|law| codes.iter().any(|one| one == law.code)))
    }
}

impl List {
    fn binds(&self, controller: &str) -> bool {
        self.controllers.as_ref().is_none_or(|ids| ids.iter().any(|id| id == controller))
    }
}

impl Model {
    fn denial(&self, record: &Record, own: &[&Record]) -> Option<Denial> {
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
    fn reach(&self, purposes: Option<&Vec<String>>, unnamed_is_all: bool) -> Reach {
        match purposes {
            None if unnamed_is_all => Reach::Star,
            None => Reach::Unnamed,
            Some(names) if names.iter().all(|name| self.purposes.contains_key(name)) => Reach::Named(names.clone()),
            Some(names) if names.iter().all(|name| name == "*") && names.len() == 1 => Reach::Star,
            Some(_) => Reach::Unreadable,
        }
    }

    /// Rejected rows: a consent from the future, or without form, tick, purposes or channels.
    fn takes(&self, consent: &Record) -> bool {
        consent.controller.is_some()
            && consent.at <= self.as_of + 5 * MINUTE
            && consent.rest["form"].is_string()
            && consent.rest["pre_ticked"].is_boolean()
            && consent
                .purposes
                .as_ref()
                .is_some_and(|names| !names.is_empty() && names.iter().all(|name| self.purposes.contains_key(name)))
            && consent
                .channels
                .as_ref()
                .is_some_and(|names| !names.is_empty() && names.iter().all(|name| readable_channel(name)))
    }
}

fn relationship<'a>(record: &'a Record, own: &[&Record]) -> Relationship<'a> {
    let kind = record.rest["kind"].as_str().unwrap_or("");
    let ends = own.iter().filter(|other| {
        let by_kind = other.rest.get("kind").is_some_and(|ended| ended == kind);
        let by_id = record.id.is_some() && other.rest.get("of").and_then(|of| of.as_str()) == record.id.as_deref();
        // READING: an end by id ends it whatever its date; one before the beginning means that it never ran.
        other.kind == "relationship_end" && (by_id || (by_kind && other.at >= record.at))
    });
    Relationship { record, kind, end: ends.map(|other| other.at).chain(record.until).min() }
}

/// Freely given, specific, informed, unambiguous, revocable, documented.
fn conforms(consent: &Record) -> bool {
    let row = &consent.rest;
    ["freely_given", "informed", "unambiguous", "revocable"].iter().all(|name| row["conditions"][*name] == true)
        && row["pre_ticked"] == false
        && row["form"] != "implied"
        && row["evidence"].is_object()
}

fn number(reason: &str) -> Option<usize> {
    super::REASONS.iter().position(|(code, _)| *code == reason)
}

const CHANNELS: [&str; 8] =
    ["manual_call", "autodialed_call", "automated_call", "ringless_voicemail", "sms", "mms", "messaging", "fax"];

fn readable_channel(name: &str) -> bool {
    name == "live_call" || CHANNELS.contains(&name)
}

fn includes(channels: &[String], channel: &str) -> bool {
    let live = matches!(channel, "manual_call" | "autodialed_call");
    channels.iter().any(|name| name == channel || (live && name == "live_call"))
}
