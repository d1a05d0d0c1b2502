//! One question with all that is on record, and where the person may be.

use std::cell::RefCell;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::denials::Denial;
use super::grounds::{Relationship, relationship};
use super::law::{self, Asked, Law};
use super::{List, Model, Question, Record};

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
        if let Some(region) = self.question.region.as_deref().map(law::settled) {
            // READING: "adds nothing" is meant within one country.
            let adds_nothing = of_number == region || of_number.starts_with(&format!("{region}-"));
            if !adds_nothing {
                regions.push(region.to_owned());
            }
        }
        Some(regions)
    }

    pub(crate) fn line(&self) -> &str {
        let (by_plan, by_lead) = (law::place(&self.question.number).line, self.question.line.as_str());
        // READING: the lead's word outweighs the plan's, since numbers are ported.
        if by_lead == "unknown" { by_plan } else { by_lead }
    }

    /// The purpose itself, or its class.
    pub(crate) fn named(&self, names: &[String]) -> bool {
        names.iter().any(|name| *name == self.question.purpose || *name == self.class)
    }

    pub(crate) fn attempt_class(&self, attempt: &Record) -> Option<&str> {
        let purpose = attempt.rest.get("purpose")?.as_str()?;
        self.model.purposes.get(purpose).map(|(class, _)| class.as_str())
    }
}

impl List {
    pub(crate) fn binds(&self, controller: &str) -> bool {
        self.controllers.as_ref().is_none_or(|ids| ids.iter().any(|id| id == controller))
    }
}

const CHANNELS: [&str; 8] =
    ["manual_call", "autodialed_call", "automated_call", "ringless_voicemail", "sms", "mms", "messaging", "fax"];

pub(crate) fn readable_channel(name: &str) -> bool {
    name == "live_call" || CHANNELS.contains(&name)
}

pub(crate) fn includes(channels: &[String], channel: &str) -> bool {
    let live = matches!(channel, "manual_call" | "autodialed_call");
    channels.iter().any(|name| name == channel || (live && name == "live_call"))
}
