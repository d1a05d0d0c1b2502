//! Records to test with: two controllers, three lists, one number and another.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use crate::compile::input::{Body, Consent, ListEntry, Record, Scope, Target};
use crate::dictionary::{Controller, DeclaredPurpose, Dictionary, List};
use crate::vocabulary::{Channel, ChannelSet, Condition, ConditionSet, Form, ListKind, Outcome, PurposeClass};
use crate::vocabulary::{RelationshipKind, Sector};
use crate::{Number, Timestamp};

pub(crate) const NUMBER: u64 = 48_223_000_001;
pub(crate) const OTHER: u64 = 48_223_000_002;
pub(crate) const OWN: u16 = 0;
pub(crate) const MARKETING: u16 = 2;

/// Where what memory does not hold would go.
pub(crate) fn room() -> std::sync::Arc<crate::spill::Room> {
    crate::spill::Room::new(None, 0)
}

/// Two controllers, three lists, `own` and `partner` beside the class `marketing`.
pub(crate) fn dictionary() -> Dictionary {
    let purpose = |id: &str, class| DeclaredPurpose { id: id.into(), class, sector: Sector::General };
    let mut purposes: Vec<_> =
        PurposeClass::ALL.iter().map(|class| purpose(class.slug(), *class)).filter(|p| p.id == "marketing").collect();
    purposes.push(purpose("a-own", PurposeClass::Marketing));
    purposes.push(purpose("a-partner", PurposeClass::Marketing));
    purposes.sort_by(|a, b| a.id.cmp(&b.id));
    Dictionary {
        as_of: Timestamp::from_seconds(1_000),
        controllers: vec![controller("acme"), controller("beta")],
        purposes,
        notice_versions: vec!["2026-05".into()],
        texts: vec![crate::dictionary::ConsentText {
            id: "web".into(),
            form: None,
            conditions: None,
            pre_ticked: None,
            from: None,
        }],
        lists: vec![list(ListKind::Block), list(ListKind::OptOut), list(ListKind::Reassigned)],
        ..Dictionary::default()
    }
}

pub(crate) fn controller(id: &str) -> Controller {
    let notice_version = (id == "acme").then_some(0);
    Controller { id: id.into(), name: id.into(), notice_version, caller_ids: vec![], emergency: false }
}

pub(crate) fn list(kind: ListKind) -> List {
    List {
        id: kind.slug().into(),
        kind,
        registry: None,
        controllers: None,
        scope: None,
        jurisdictions: None,
        covers: None,
        as_of: Timestamp::from_seconds(0),
        max_age_days: None,
        consent_lifts: false,
        entries: 0,
        rejected: 0,
        digest: [0; 32],
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

pub(crate) fn record(seconds: i64, controller: &str, body: Body) -> Record {
    let controller = (controller != "*").then(|| controller.to_owned());
    Record { number: Number::from_e164(NUMBER).unwrap(), at: at(seconds), controller, id: None, body }
}

pub(crate) fn named(id: &str, mut record: Record) -> Record {
    record.id = Some(id.into());
    record
}

pub(crate) fn consent_to(purposes: &[&str]) -> Body {
    Body::Consent(Consent {
        purposes: purposes.iter().map(|purpose| (*purpose).to_owned()).collect(),
        channels: ChannelSet::of(&[Channel::ManualCall]),
        form: Form::Electronic,
        missing: ConditionSet::EMPTY,
        text: None,
        expires_at: None,
        notice_version: None,
        double_opt_in_at: None,
    })
}

pub(crate) fn consent() -> Body {
    consent_to(&["a-own"])
}

pub(crate) fn withdrawal() -> Body {
    Body::Withdrawal { scope: Scope::default(), via: None }
}

pub(crate) fn contract() -> Body {
    relationship(RelationshipKind::Contract, None)
}

pub(crate) fn relationship(kind: RelationshipKind, ends_at: Option<Timestamp>) -> Body {
    Body::Relationship { kind, purposes: vec![], ends_at, soft_opt_in: false }
}

pub(crate) fn end(kind: RelationshipKind) -> Body {
    Body::RelationshipEnd { kind: Some(kind), of: None }
}

pub(crate) fn end_of(id: &str) -> Body {
    Body::RelationshipEnd { kind: None, of: Some(id.into()) }
}

pub(crate) fn erasure(keep_suppression: bool) -> Body {
    Body::Erasure { keep_suppression }
}

pub(crate) fn attempt(purpose: Option<&str>) -> Body {
    Body::Attempt { channel: Channel::Sms, purpose: purpose.map(str::to_owned), outcome: Outcome::Answered }
}

pub(crate) fn scope(purposes: Option<&[&str]>, channels: Option<&[&str]>) -> Scope {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Scope { purposes: purposes.map(owned), channels: channels.map(owned) }
}

pub(crate) fn entry(added: Option<i64>, until: Option<i64>, scope: Option<Scope>) -> ListEntry {
    ListEntry {
        target: Target::Number(Number::from_e164(NUMBER).unwrap()),
        at: added.map(at),
        until: until.map(at),
        scope,
    }
}

pub(crate) fn any_body() -> impl Strategy<Value = Body> {
    let kind = prop::sample::select(RelationshipKind::ALL);
    let words = prop::sample::select(vec!["a-own", "marketing", "ofers", "*"]);
    prop_oneof![
        4 => (prop::sample::select(vec!["a-own", "a-partner"]), any::<bool>()).prop_map(|(purpose, documented)| {
            match consent_to(&[purpose]) {
                Body::Consent(mut consent) if !documented => {
                    consent.missing = ConditionSet::of(&[Condition::Documented]);
                    Body::Consent(consent)
                }
                body => body,
            }
        }),
        2 => words.prop_map(|word| Body::Withdrawal { scope: scope(Some(&[word]), None), via: None }),
        1 => any::<bool>().prop_map(|all| Body::Objection { all }),
        1 => Just(Body::OptOut { scope: Scope::default(), until: Some(at(6)), via: None }),
        2 => any::<bool>().prop_map(erasure),
        1 => Just(Body::Restriction),
        1 => Just(Body::RestrictionLifted),
        2 => kind.clone().prop_map(|kind| relationship(kind, None)),
        1 => kind.prop_map(end),
        1 => Just(end_of("r")),
        1 => prop::sample::select(vec!["1", "3"]).prop_map(|version| Body::Notice { version: version.into() }),
        1 => Just(Body::Reassigned),
        1 => Just(attempt(Some("a-own"))),
    ]
}

pub(crate) fn any_record() -> impl Strategy<Value = Record> {
    let controllers = prop::sample::select(vec!["acme", "beta", "*", "gamma"]);
    let ids = prop::sample::select(vec![None, None, None, Some("r"), Some("s")]);
    (any_body(), 0_i64..9, controllers, ids, prop::sample::select(vec![NUMBER, OTHER])).prop_map(
        |(body, seconds, controller, id, number)| {
            let mut record = record(seconds, controller, body);
            record.number = Number::from_e164(number).unwrap();
            record.id = id.map(str::to_owned);
            record
        },
    )
}
