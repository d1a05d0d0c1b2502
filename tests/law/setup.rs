//! What is on record about a number when it is asked about.

use dialgate::vocabulary::RelationshipKind;
use jiff::Timestamp;
use serde_json::json;

/// What is on record about one number.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) name: &'static str,
    pub(crate) consent: Option<Consent>,
    pub(crate) relationship: Option<Relationship>,
    pub(crate) opted_out: Option<&'static str>,
    pub(crate) listed: Listed,
    /// The day of the listing; none: undated.
    pub(crate) listed_on: Option<&'static str>,
    /// Asked of a controller that holds no registry, too, and of one whose copies are old.
    pub(crate) without_copies: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Consent {
    pub(crate) on: &'static str,
    pub(crate) form: &'static str,
    pub(crate) pre_ticked: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Relationship {
    pub(crate) kind: RelationshipKind,
    pub(crate) on: &'static str,
    pub(crate) ends: Option<&'static str>,
    pub(crate) soft_opt_in: bool,
    /// It names the classes that are not carried anyway.
    pub(crate) names: bool,
}

/// On which registries of its jurisdiction.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Listed {
    No,
    Everywhere,
    /// Only the one at this place of the jurisdiction's rows, those of the law beside it first.
    Only(usize),
}

const NOTHING: Setup = Setup {
    name: "nothing",
    consent: None,
    relationship: None,
    opted_out: None,
    listed: Listed::No,
    listed_on: None,
    without_copies: false,
};
const WRITTEN: Option<Consent> = Some(Consent { on: "2025-03-01", form: "electronic", pre_ticked: false });
const ORAL: Option<Consent> = Some(Consent { on: "2025-03-01", form: "oral", pre_ticked: false });
const CONTRACT: Option<Relationship> = since(RelationshipKind::Contract, "2025-12-01");
const PURCHASE: Option<Relationship> = since(RelationshipKind::Purchase, "2025-12-01");
const INQUIRY: Option<Relationship> = since(RelationshipKind::Inquiry, "2026-10-01");
const SOFT: Option<Relationship> = soft("2025-12-01");
const LONG_AGO: Option<Relationship> = soft("2023-01-10");

const fn since(kind: RelationshipKind, on: &'static str) -> Option<Relationship> {
    Some(Relationship { kind, on, ends: None, soft_opt_in: false, names: true })
}

const fn soft(on: &'static str) -> Option<Relationship> {
    Some(Relationship { kind: RelationshipKind::Purchase, on, ends: None, soft_opt_in: true, names: true })
}

/// All of them; a number's last two digits are the place of its setup.
pub(crate) const SETUPS: &[Setup] = &[
    Setup { without_copies: true, ..NOTHING },
    Setup { name: "written consent", consent: WRITTEN, without_copies: true, ..NOTHING },
    Setup { name: "contract", relationship: CONTRACT, without_copies: true, ..NOTHING },
    Setup { name: "soft opt-in", relationship: SOFT, without_copies: true, ..NOTHING },
    Setup { name: "oral consent", consent: ORAL, without_copies: true, ..NOTHING },
    Setup {
        name: "pre-ticked consent",
        consent: Some(Consent { on: "2025-03-01", form: "electronic", pre_ticked: true }),
        ..NOTHING
    },
    Setup {
        name: "consent of 2023",
        consent: Some(Consent { on: "2023-12-01", form: "electronic", pre_ticked: false }),
        ..NOTHING
    },
    Setup {
        name: "contract for something else",
        relationship: Some(Relationship {
            kind: RelationshipKind::Contract,
            on: "2025-12-01",
            ends: None,
            soft_opt_in: false,
            names: false,
        }),
        ..NOTHING
    },
    Setup {
        name: "ended contract",
        relationship: Some(Relationship {
            kind: RelationshipKind::Contract,
            on: "2025-12-01",
            ends: Some("2026-11-04"),
            soft_opt_in: false,
            names: true,
        }),
        without_copies: true,
        ..NOTHING
    },
    Setup { name: "purchase", relationship: PURCHASE, ..NOTHING },
    Setup { name: "soft opt-in of 2023", relationship: LONG_AGO, without_copies: true, ..NOTHING },
    Setup { name: "inquiry", relationship: INQUIRY, without_copies: true, ..NOTHING },
    Setup {
        name: "debt",
        relationship: Some(Relationship {
            kind: RelationshipKind::Debt,
            on: "2025-12-01",
            ends: None,
            soft_opt_in: false,
            names: false,
        }),
        ..NOTHING
    },
    Setup { name: "listed", listed: Listed::Everywhere, ..NOTHING },
    Setup { name: "listed, written consent", listed: Listed::Everywhere, consent: WRITTEN, ..NOTHING },
    Setup { name: "listed, oral consent", listed: Listed::Everywhere, consent: ORAL, ..NOTHING },
    Setup { name: "listed, contract", listed: Listed::Everywhere, relationship: CONTRACT, ..NOTHING },
    Setup {
        name: "listed, contract and consent",
        listed: Listed::Everywhere,
        relationship: CONTRACT,
        consent: WRITTEN,
        ..NOTHING
    },
    Setup { name: "listed, soft opt-in", listed: Listed::Everywhere, relationship: SOFT, ..NOTHING },
    Setup { name: "listed, soft opt-in of 2023", listed: Listed::Everywhere, relationship: LONG_AGO, ..NOTHING },
    Setup { name: "listed, inquiry", listed: Listed::Everywhere, relationship: INQUIRY, ..NOTHING },
    Setup {
        name: "listed, then written consent",
        listed: Listed::Everywhere,
        listed_on: Some("2025-01-10"),
        consent: WRITTEN,
        ..NOTHING
    },
    Setup {
        name: "written consent, then listed",
        listed: Listed::Everywhere,
        listed_on: Some("2025-06-01"),
        consent: WRITTEN,
        ..NOTHING
    },
    Setup { name: "listed in the first registry", listed: Listed::Only(0), ..NOTHING },
    Setup { name: "listed in the second registry", listed: Listed::Only(1), ..NOTHING },
    Setup {
        name: "listed in the first registry, contract",
        listed: Listed::Only(0),
        relationship: CONTRACT,
        ..NOTHING
    },
    Setup {
        name: "listed in the second registry, contract",
        listed: Listed::Only(1),
        relationship: CONTRACT,
        ..NOTHING
    },
    Setup { name: "opted out", opted_out: Some("2025-01-15"), ..NOTHING },
    Setup { name: "opted out, then written consent", opted_out: Some("2025-01-15"), consent: WRITTEN, ..NOTHING },
    Setup { name: "written consent, then opted out", opted_out: Some("2025-05-15"), consent: WRITTEN, ..NOTHING },
    Setup { name: "opted out, contract", opted_out: Some("2025-01-15"), relationship: CONTRACT, ..NOTHING },
    Setup { name: "contract, then opted out", opted_out: Some("2025-12-15"), relationship: CONTRACT, ..NOTHING },
];

/// Midnight of a day, UTC.
pub(crate) fn instant(day: &str) -> Timestamp {
    format!("{day}T00:00:00Z").parse().unwrap()
}

impl Setup {
    /// The records of a number for a controller, one JSON object a line.
    pub(crate) fn records(&self, number: &str, controller: &str, purposes: &[String], into: &mut String) {
        let mut push = |record: serde_json::Value| {
            into.push_str(&record.to_string());
            into.push('\n');
        };
        if let Some(consent) = self.consent {
            push(json!({
                "type": "consent", "number": number, "controller": controller, "at": instant(consent.on).to_string(),
                "purposes": purposes, "form": consent.form, "pre_ticked": consent.pre_ticked,
                "channels": ["live_call", "automated_call", "ringless_voicemail", "sms", "mms", "messaging", "fax"],
                "conditions": {"freely_given": true, "informed": true, "unambiguous": true, "revocable": true},
                "evidence": {"uri": "form://1", "sha256": "ab".repeat(32)},
            }));
        }
        if let Some(relationship) = self.relationship {
            let mut record = json!({
                "type": "relationship", "number": number, "controller": controller,
                "at": instant(relationship.on).to_string(), "kind": relationship.kind.slug(),
                "soft_opt_in": relationship.soft_opt_in,
            });
            if relationship.names {
                record["purposes"] = json!(["marketing", "reconsent", "survey", "charity", "political"]);
            }
            if let Some(ends) = relationship.ends {
                record["ends_at"] = json!(instant(ends).to_string());
            }
            push(record);
        }
        if let Some(day) = self.opted_out {
            push(json!({
                "type": "opt_out", "number": number, "controller": controller, "at": instant(day).to_string(),
            }));
        }
    }
}
