//! Days on which the law changes, and what each country does differently, through the public API.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Basis, Channel, Obligation, Party, Reason, Verdict};
use dialgate::{Decision, Gate, Lead, Manifest};

const FRANCE: &str = "+33199000010";
const ITALY: &str = "+390223000010";
const SPAIN: &str = "+34910000010";
const NETHERLANDS: &str = "+31208000010";
const CANADA: &str = "+14165550110";

/// Purposes: name, and what the manifest says of it.
const PURPOSES: [(&str, &str); 7] = [
    ("own-offers", "class = \"marketing\""),
    ("paper", "class = \"marketing\"\nsector = \"newspaper\""),
    ("power", "class = \"marketing\"\nsector = \"energy\""),
    ("insulation", "class = \"marketing\"\nsector = \"energy_works\""),
    ("stair-lifts", "class = \"marketing\"\nsector = \"home_adaptation\""),
    ("appeal", "class = \"charity\""),
    ("opinions", "class = \"survey\""),
];

/// A manifest with its lists and records, put together by a test.
#[derive(Default)]
struct World {
    lists: String,
    files: Vec<(String, String)>,
    records: Vec<String>,
    caller_ids: Vec<&'static str>,
    rules: &'static str,
}

impl World {
    /// A copy of a registry: lines of `number,day of the listing or nothing`.
    fn registry(mut self, registry: &str, as_of: &str, entries: &[(&str, &str)], more: &str) -> Self {
        self.lists.push_str(&format!(
            "[[lists]]\nid = \"{registry}\"\nkind = \"registry\"\nregistry = \"{registry}\"\nformat = \"csv\"\n\
             columns = {{ number = \"number\", added = \"added\" }}\npath = \"{registry}.csv\"\n\
             as_of = \"{as_of}T00:00:00Z\"\n{more}\n"
        ));
        let rows: String = entries.iter().map(|(number, added)| format!("{number},{added}\n")).collect();
        self.files.push((format!("{registry}.csv"), format!("number,added\n{rows}")));
        self
    }

    fn record(mut self, kind: &str, number: &str, at: &str, more: &str) -> Self {
        self.records.push(format!(r#"{{"type":"{kind}","number":"{number}","at":"{at}"{more}}}"#));
        self
    }

    fn consent(self, number: &str, at: &str, purpose: &str) -> Self {
        let hash = "9f".repeat(32);
        self.record("consent", number, at, &format!(
            r#","purposes":["{purpose}"],"channels":["live_call","sms"],"form":"electronic","conditions":{{"freely_given":true,"informed":true,"unambiguous":true,"revocable":true}},"pre_ticked":false,"evidence":{{"uri":"form://1","sha256":"{hash}"}}"#
        ))
    }

    fn relationship(self, number: &str, at: &str, kind: &str, more: &str) -> Self {
        self.record("relationship", number, at, &format!(r#","kind":"{kind}"{more}"#))
    }

    fn attempt(self, number: &str, at: &str, outcome: &str) -> Self {
        let more = format!(r#","channel":"manual_call","purpose":"own-offers","outcome":"{outcome}""#);
        self.record("attempt", number, at, &more)
    }

    fn gate(&self) -> Gate {
        let folder = tempfile::tempdir().unwrap();
        let mut manifest = format!(
            "controller = \"acme\"\nas_of = \"2026-11-23T00:00:00Z\"\n[[controllers]]\nid = \"acme\"\ncaller_ids = {:?}\n",
            self.caller_ids
        );
        for (id, says) in PURPOSES {
            manifest.push_str(&format!("[[purposes]]\nid = \"{id}\"\n{says}\n"));
        }
        manifest.push_str(&self.lists);
        manifest.push_str("[[records]]\npath = \"records.jsonl\"\n");
        manifest.push_str(self.rules);
        std::fs::write(folder.path().join("gate.toml"), manifest).unwrap();
        std::fs::write(folder.path().join("records.jsonl"), self.records.join("\n")).unwrap();
        for (name, text) in &self.files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let image = match Manifest::load(folder.path().join("gate.toml")).unwrap().compile() {
            Ok(image) => image,
            Err(error) => panic!("{error}"),
        };
        Gate::from_bytes(image.as_bytes()).unwrap()
    }

    fn ask(&self, number: &str, purpose: &str, at: &str) -> Decision {
        let campaign = self.gate().campaign().purpose(purpose).channel(Channel::ManualCall).prepare().unwrap();
        campaign.may_contact_at(number.parse().unwrap(), instant(at))
    }

    fn lead(&self, lead: &Lead, purpose: &str, channel: Channel, at: &str) -> Decision {
        let campaign = self.gate().campaign().purpose(purpose).channel(channel).prepare().unwrap();
        campaign.may_contact_lead(lead, instant(at))
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn lead(number: &str) -> Lead {
    Lead::new(number.parse().unwrap())
}

fn denied(decision: Decision) -> Reason {
    assert_eq!(decision.verdict(), Verdict::Deny, "{decision:?}");
    decision.reason().unwrap()
}

fn bloctel() -> World {
    World::default().registry("fr-bloctel", "2026-08-05", &[("+33199000011", "")], "")
}

#[test]
fn france_is_opt_out_until_10_august_2026_and_opt_in_from_midnight_on() {
    let world = bloctel();
    let before = world.ask(FRANCE, "own-offers", "2026-08-10T09:00:00Z");
    assert!(before.is_allowed(), "{before:?}");
    assert_eq!(before.valid_until(), Some(instant("2026-08-10T11:00:00Z")), "the midday break");
    assert!(before.obliges(Obligation::NameRegistry) && !before.obliges(Obligation::EndOnRefusal));
    assert_eq!(denied(world.ask("+33199000011", "own-offers", "2026-08-10T09:00:00Z")), Reason::RegistryListed);
    assert_eq!(denied(world.ask(FRANCE, "own-offers", "2026-08-10T21:59:59Z")), Reason::OutsideHours);
    assert_eq!(denied(world.ask(FRANCE, "own-offers", "2026-08-10T22:00:00Z")), Reason::ConsentMissing);
    assert_eq!(denied(world.ask("+33199000011", "own-offers", "2026-08-11T09:00:00Z")), Reason::ConsentMissing);
    assert_eq!(denied(World::default().ask(FRANCE, "own-offers", "2026-08-10T09:00:00Z")), Reason::RegistryMissing);
    let stale = World::default().registry("fr-bloctel", "2026-07-10", &[("+33199000011", "")], "");
    assert!(stale.ask(FRANCE, "own-offers", "2026-08-07T09:00:00Z").is_allowed());
    assert_eq!(denied(stale.ask(FRANCE, "own-offers", "2026-08-10T09:00:00Z")), Reason::RegistryStale);
}

#[test]
fn a_running_contract_that_names_the_purpose_carries_on_in_france() {
    let world = World::default().relationship(
        FRANCE,
        "2026-01-05T00:00:00Z",
        "contract",
        r#","purposes":["own-offers","insulation"]"#,
    );
    for purpose in ["own-offers", "insulation"] {
        let decision = world.ask(FRANCE, purpose, "2026-08-11T09:00:00Z");
        assert_eq!((decision.verdict(), decision.basis()), (Verdict::Allow, Some(Basis::Contract)), "{purpose}");
    }
    assert_eq!(denied(world.ask(FRANCE, "stair-lifts", "2026-08-11T09:00:00Z")), Reason::Forbidden);
}

#[test]
fn works_on_homes_are_forbidden_in_france_even_with_a_consent() {
    for purpose in ["insulation", "stair-lifts"] {
        let world = World::default().consent(FRANCE, "2026-08-20T09:00:00Z", purpose);
        for channel in [Channel::ManualCall, Channel::AutomatedCall, Channel::Sms] {
            let decision = world.lead(&lead(FRANCE), purpose, channel, "2026-09-01T09:00:00Z");
            assert_eq!(denied(decision), Reason::Forbidden, "{purpose} {channel}");
        }
    }
}

#[test]
fn french_newspapers_were_exempt_from_bloctel_and_not_from_the_hours() {
    let world = bloctel();
    assert!(world.ask("+33199000011", "paper", "2026-08-10T09:00:00Z").is_allowed());
    let evening = world.ask("+33199000011", "paper", "2026-08-07T18:30:00Z");
    assert_eq!((evening.verdict(), evening.reason()), (Verdict::Defer, Some(Reason::OutsideHours)));
    assert_eq!(evening.retry_at(), Some(instant("2026-08-10T08:00:00Z")));
    assert_eq!(denied(world.ask("+33199000011", "paper", "2026-08-11T09:00:00Z")), Reason::ConsentMissing);
}

#[test]
fn bloctel_is_for_consumers_and_a_listing_outweighs_the_business() {
    let business = |number| lead(number).party(Party::Business);
    let ask = |world: &World, number, at| world.lead(&business(number), "own-offers", Channel::ManualCall, at);
    assert!(ask(&World::default(), FRANCE, "2026-08-10T06:00:00Z").is_allowed());
    assert!(ask(&World::default(), FRANCE, "2026-09-05T20:00:00Z").is_allowed());
    assert_eq!(denied(ask(&bloctel(), "+33199000011", "2026-08-10T06:00:00Z")), Reason::RegistryListed);
}

#[test]
fn a_consent_lifts_the_french_hours_and_not_the_cap() {
    let mut world = World::default().consent(FRANCE, "2026-09-01T09:00:00Z", "own-offers");
    assert!(world.ask(FRANCE, "own-offers", "2026-11-01T22:00:00Z").is_allowed(), "a Sunday, a holiday, at night");
    for day in ["01", "08", "15", "22"] {
        world = world.attempt(FRANCE, &format!("2026-10-{day}T10:00:00Z"), "no_answer");
    }
    let capped = world.ask(FRANCE, "own-offers", "2026-10-22T10:00:00Z");
    assert_eq!((capped.verdict(), capped.reason()), (Verdict::Defer, Some(Reason::AttemptCap)));
    assert_eq!(capped.retry_at(), Some(instant("2026-10-31T10:00:00Z")));
    let before = world.ask(FRANCE, "own-offers", "2026-10-22T09:59:59Z");
    assert_eq!(before.valid_until(), Some(instant("2026-10-22T10:00:00Z")));
}

#[test]
fn a_french_refusal_is_judged_by_the_law_of_its_own_day() {
    let consented = |refused: &str| {
        World::default().consent(FRANCE, "2026-08-01T09:00:00Z", "own-offers").attempt(FRANCE, refused, "refused")
    };
    let silent = consented("2026-08-05T10:00:00Z");
    let later = silent.ask(FRANCE, "own-offers", "2026-08-20T10:00:00Z");
    assert_eq!((later.verdict(), later.reason()), (Verdict::Defer, Some(Reason::SilencePeriod)));
    assert_eq!(later.retry_at(), Some(instant("2026-10-04T10:00:00Z")));
    assert!(silent.ask(FRANCE, "own-offers", "2026-10-04T10:00:00Z").is_allowed());

    let for_good = consented("2026-08-12T10:00:00Z");
    for at in ["2026-08-20T10:00:00Z", "2026-10-20T10:00:00Z", "2030-10-20T10:00:00Z"] {
        assert_eq!(denied(for_good.ask(FRANCE, "own-offers", at)), Reason::OptedOut, "{at}");
    }
    assert!(for_good.ask(FRANCE, "own-offers", "2026-08-11T22:00:00Z").is_allowed(), "before it");

    let last_minute = consented("2026-08-10T21:59:59Z").ask(FRANCE, "own-offers", "2026-09-01T10:00:00Z");
    assert_eq!(last_minute.reason(), Some(Reason::SilencePeriod));
    let first_minute = consented("2026-08-10T22:00:00Z").ask(FRANCE, "own-offers", "2026-09-01T10:00:00Z");
    assert_eq!(first_minute.reason(), Some(Reason::OptedOut));
}

#[test]
fn a_refusal_for_good_bars_asking_anew_and_is_lifted_by_a_later_consent() {
    let refused = World::default()
        .relationship(FRANCE, "2026-01-05T00:00:00Z", "contract", r#","purposes":["own-offers","reconsent"]"#)
        .attempt(FRANCE, "2026-08-12T10:00:00Z", "refused");
    assert_eq!(denied(refused.ask(FRANCE, "own-offers", "2026-09-01T09:00:00Z")), Reason::OptedOut);
    assert_eq!(denied(refused.ask(FRANCE, "reconsent", "2026-09-01T09:00:00Z")), Reason::OptedOut);
    let again = refused.consent(FRANCE, "2026-09-02T09:00:00Z", "own-offers");
    assert!(again.ask(FRANCE, "own-offers", "2026-09-03T09:00:00Z").is_allowed());
    assert!(again.ask(FRANCE, "reconsent", "2026-09-03T09:00:00Z").is_allowed());
}

#[test]
fn a_refusal_on_record_binds_where_attempts_are_counted_elsewhere() {
    let mut world = World::default().consent(FRANCE, "2026-08-01T09:00:00Z", "own-offers").attempt(
        FRANCE,
        "2026-08-12T10:00:00Z",
        "refused",
    );
    world.rules = "[attempts]\nsource = \"external\"\n";
    assert_eq!(denied(world.ask(FRANCE, "own-offers", "2026-09-01T09:00:00Z")), Reason::OptedOut);
}

#[test]
fn mobile_caller_ids_are_forbidden_in_france_and_in_spain() {
    for (number, own, free, at) in [
        (FRANCE, "+33639980010", "+33199000020", "2026-11-23T10:00:00Z"),
        (SPAIN, "+34600000010", "+34910000020", "2026-11-23T10:00:00Z"),
        (SPAIN, "+34710000010", "+34910000020", "2026-11-23T10:00:00Z"),
    ] {
        let mut world = World::default().consent(number, "2026-09-01T09:00:00Z", "own-offers");
        world.caller_ids = vec![own];
        assert_eq!(denied(world.ask(number, "own-offers", at)), Reason::Forbidden, "{own}");
        world.caller_ids = vec![free];
        let decision = world.ask(number, "own-offers", at);
        assert!(decision.is_allowed(), "{decision:?}");
    }
    let mut world = World::default().consent(SPAIN, "2025-01-07T09:00:00Z", "own-offers");
    world.caller_ids = vec!["+34600000010"];
    assert!(world.ask(SPAIN, "own-offers", "2025-06-05T12:00:00+02:00").is_allowed());
    assert_eq!(denied(world.ask(SPAIN, "own-offers", "2025-06-09T12:00:00+02:00")), Reason::Forbidden);
}

#[test]
fn the_dutch_exception_for_customers_ended_on_1_july_2026() {
    let named = r#","purposes":["own-offers","paper","appeal"]"#;
    let world = World::default().relationship(NETHERLANDS, "2024-01-10T12:00:00Z", "purchase", named);
    let before = world.ask(NETHERLANDS, "own-offers", "2026-06-30T21:59:59Z");
    assert_eq!((before.verdict(), before.basis()), (Verdict::Allow, Some(Basis::Relationship)));
    assert_eq!(before.valid_until(), Some(instant("2026-06-30T22:00:00Z")), "midnight in Amsterdam");
    assert_eq!(denied(world.ask(NETHERLANDS, "own-offers", "2026-06-30T22:00:00Z")), Reason::ConsentMissing);
    for purpose in ["paper", "appeal"] {
        assert!(world.ask(NETHERLANDS, purpose, "2027-01-10T11:59:59Z").is_allowed(), "{purpose}");
        assert_eq!(denied(world.ask(NETHERLANDS, purpose, "2027-01-10T12:00:00Z")), Reason::ConsentMissing);
    }
    let business = lead(NETHERLANDS).party(Party::Business);
    assert!(world.lead(&business, "own-offers", Channel::ManualCall, "2026-07-01T09:00:00Z").is_allowed());
}

#[test]
fn a_listing_in_italy_revokes_earlier_consents_and_no_later_one() {
    let rpo = |added| World::default().registry("it-rpo", "2026-11-10", &[(ITALY, added)], "");
    let at = "2026-11-23T10:00:00Z";
    let ask = |world: World, given: &str, purpose: &str| world.consent(ITALY, given, purpose).ask(ITALY, purpose, at);
    for purpose in ["own-offers", "power", "opinions"] {
        let earlier = ask(rpo("2026-06-01"), "2026-05-01T09:00:00Z", purpose);
        assert_eq!(denied(earlier), Reason::RegistryListed, "{purpose}");
        assert!(ask(rpo("2026-06-01"), "2026-07-01T09:00:00Z", purpose).is_allowed(), "{purpose}");
        assert_eq!(denied(ask(rpo(""), "2026-07-01T09:00:00Z", purpose)), Reason::RegistryListed, "undated");
    }
    let missing = ask(World::default(), "2026-07-01T09:00:00Z", "own-offers");
    assert_eq!(denied(missing), Reason::RegistryMissing);
    let world = rpo("2026-06-01").consent(ITALY, "2026-07-01T09:00:00Z", "own-offers");
    let last = world.ask(ITALY, "own-offers", "2026-11-24T10:00:00Z");
    assert!(last.is_allowed(), "{last:?}");
    assert_eq!(denied(world.ask(ITALY, "own-offers", "2026-11-25T10:00:00Z")), Reason::RegistryStale);
}

#[test]
fn a_contract_in_italy_outlasts_a_listing_for_thirty_days() {
    let world = World::default()
        .registry("it-rpo", "2026-11-10", &[(ITALY, "2026-06-01")], "")
        .consent(ITALY, "2026-05-01T09:00:00Z", "own-offers")
        .relationship(ITALY, "2025-05-01T09:00:00Z", "contract", r#","ends_at":"2026-10-20T10:00:00Z""#);
    let last = world.ask(ITALY, "own-offers", "2026-11-19T09:59:59Z");
    assert!(last.is_allowed(), "{last:?}");
    assert_eq!(last.valid_until(), Some(instant("2026-11-19T10:00:00Z")));
    assert_eq!(denied(world.ask(ITALY, "own-offers", "2026-11-19T10:00:00Z")), Reason::RegistryListed);
}

#[test]
fn the_italian_code_of_conduct_holds_unless_the_owner_says_that_it_does_not() {
    let mut world = World::default().registry("it-rpo", "2026-11-20", &[("+390223000011", "")], "").consent(
        ITALY,
        "2026-05-01T09:00:00Z",
        "own-offers",
    );
    for (at, reason) in [
        ("2026-11-28T10:00:00+01:00", None),
        ("2026-11-28T19:00:00+01:00", Some(Reason::OutsideHours)),
        ("2026-11-29T12:00:00+01:00", Some(Reason::OutsideHours)),
        ("2026-11-27T19:30:00+01:00", None),
        ("2026-11-27T08:59:59+01:00", Some(Reason::OutsideHours)),
    ] {
        assert_eq!(world.ask(ITALY, "own-offers", at).reason(), reason, "{at}");
    }
    world.rules = "[rules]\nit_code_of_conduct = false\n";
    assert!(world.ask(ITALY, "own-offers", "2026-11-29T12:00:00+01:00").is_allowed());
}

#[test]
fn a_spanish_consent_lasts_two_years_since_28_december_2025() {
    let old = World::default().consent(SPAIN, "2023-12-01T09:00:00Z", "own-offers");
    let before = old.ask(SPAIN, "own-offers", "2025-12-23T10:00:00Z");
    assert!(before.is_allowed(), "{before:?}");
    assert_eq!(denied(old.ask(SPAIN, "own-offers", "2025-12-29T10:00:00Z")), Reason::ConsentExpired);
    let world = World::default().consent(SPAIN, "2024-02-10T10:00:00Z", "own-offers");
    let last = world.ask(SPAIN, "own-offers", "2026-02-10T09:59:59Z");
    assert_eq!(last.valid_until(), Some(instant("2026-02-10T10:00:00Z")));
    assert!(last.obliges(Obligation::DedicatedCallerId) && last.obliges(Obligation::RightToObject));
    assert_eq!(denied(world.ask(SPAIN, "own-offers", "2026-02-10T10:00:00Z")), Reason::ConsentExpired);
}

#[test]
fn a_legitimate_interest_in_spain_needs_a_customer_of_this_year_and_the_exclusion_registry() {
    let customer = || {
        let own = r#","purposes":["own-offers"],"soft_opt_in":true"#;
        World::default().relationship(SPAIN, "2025-12-01T09:00:00Z", "purchase", own)
    };
    let at = "2026-11-23T10:00:00Z";
    assert_eq!(denied(customer().ask(SPAIN, "own-offers", at)), Reason::RegistryMissing);
    let other = [("+34910000011", "")];
    let unlimited = customer().registry("es-robinson", "2026-11-20", &other, "");
    assert_eq!(denied(unlimited.ask(SPAIN, "own-offers", at)), Reason::RegistryStale, "no limit by law");
    let world = customer().registry("es-robinson", "2026-11-20", &other, "max_age_days = 30");
    let decision = world.ask(SPAIN, "own-offers", at);
    assert_eq!((decision.verdict(), decision.basis()), (Verdict::Allow, Some(Basis::LegitimateInterest)));
    assert_eq!(denied(world.ask(SPAIN, "own-offers", "2026-12-01T09:00:00Z")), Reason::ConsentMissing, "a year on");
    let listed = customer().registry("es-robinson", "2026-11-20", &[(SPAIN, "")], "max_age_days = 30");
    assert_eq!(denied(listed.ask(SPAIN, "own-offers", at)), Reason::RegistryListed);
    let consented = listed.consent(SPAIN, "2026-01-05T09:00:00Z", "own-offers");
    assert!(consented.ask(SPAIN, "own-offers", at).is_allowed(), "a consent is not screened");
}

#[test]
fn a_relationship_lifts_the_canadian_list_for_eighteen_or_six_months() {
    let listed = || World::default().registry("ca-dncl", "2026-11-20", &[(CANADA, "")], "covers = [\"+1416\"]");
    let at = "2026-11-23T18:00:00Z";
    assert_eq!(denied(listed().ask(CANADA, "own-offers", at)), Reason::RegistryListed);
    for (kind, day, allowed) in [
        ("purchase", "2025-05-24", true),
        ("purchase", "2025-05-23", false),
        ("inquiry", "2026-05-24", true),
        ("inquiry", "2026-05-23", false),
    ] {
        let world = listed().relationship(CANADA, &format!("{day}T12:00:00Z"), kind, "");
        assert_eq!(world.ask(CANADA, "own-offers", at).is_allowed(), allowed, "{kind} {day}");
    }
    let allowed = listed().ask("+14165550111", "own-offers", at);
    assert!(allowed.is_allowed() && allowed.obliges(Obligation::RegistrationRequired), "{allowed:?}");
    assert_eq!(denied(listed().ask("+16475550111", "own-offers", at)), Reason::RegistryMissing, "not covered");
}

#[test]
fn charities_newspapers_and_businesses_are_exempt_from_the_canadian_list_and_keep_its_hours() {
    let world = World::default();
    for purpose in ["paper", "appeal"] {
        assert!(world.ask(CANADA, purpose, "2026-11-23T18:00:00Z").is_allowed(), "{purpose}");
        let night = world.ask(CANADA, purpose, "2026-11-24T02:30:00Z");
        assert_eq!(night.retry_at(), Some(instant("2026-11-24T14:00:00Z")), "{purpose}");
    }
    let business = lead(CANADA).party(Party::Business);
    assert!(world.lead(&business, "own-offers", Channel::ManualCall, "2026-11-23T18:00:00Z").is_allowed());
    let at_home = lead(CANADA).region("CA-ON");
    assert!(world.lead(&at_home, "appeal", Channel::ManualCall, "2026-11-23T18:00:00Z").is_allowed());
}

#[test]
fn a_province_is_its_country_where_no_province_has_rules_and_a_bad_name_where_states_have() {
    let world = World::default();
    let ask = |lead: &Lead| world.lead(lead, "own-offers", Channel::ManualCall, "2026-11-23T18:00:00Z");
    for (number, province) in [(CANADA, "CA-ON"), (FRANCE, "FR-IDF"), (ITALY, "IT-25"), ("+61255500010", "AU-NSW")] {
        assert_eq!(ask(&lead(number).region(province)), ask(&lead(number)), "{province}");
    }
    for bad in ["US-QQ", "US-FLA", "US-1", "CA-", "CA-on", "CA-ONTA", "C-ON"] {
        assert_eq!(denied(ask(&lead(CANADA).region(bad))), Reason::JurisdictionUnknown, "{bad}");
    }
}

#[test]
fn what_no_source_settles_is_denied_or_asks_for_a_person() {
    for number in ["+4930000010", "+43100000010", "+3225000010", FRANCE, SPAIN, NETHERLANDS] {
        let surveyed = World::default().lead(&lead(number), "opinions", Channel::ManualCall, "2026-11-24T10:00:00Z");
        assert!(surveyed.reasons().contains(Reason::RuleUnverified), "{number}: {surveyed:?}");
    }
    for number in ["+43100000010", "+3225000010", FRANCE, SPAIN, NETHERLANDS, ITALY] {
        let world = World::default().relationship(number, "2026-01-05T00:00:00Z", "debt", "");
        let decision = world.ask(number, "debt_collection", "2026-11-24T10:00:00Z");
        assert_eq!(
            (decision.verdict(), decision.reason()),
            (Verdict::Review, Some(Reason::RuleNeedsReview)),
            "{number}"
        );
    }
    let world = World::default().relationship("+4930000010", "2026-01-05T00:00:00Z", "debt", "");
    assert!(world.ask("+4930000010", "debt_collection", "2026-11-24T10:00:00Z").is_allowed(), "Germany");
}

#[test]
fn an_explanation_shows_what_follows_a_refusal_on_any_day() {
    let campaign =
        World::default().gate().campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap();
    let told = campaign.explain(FRANCE.parse().unwrap(), instant("2026-08-20T10:00:00Z"));
    let names: Vec<&str> = told.consulted.iter().map(|one| one.name.as_str()).collect();
    for row in ["FR/refusal-2023", "FR/refusal-2026", "FR/marketing-live-2026"] {
        assert!(names.contains(&row), "{names:?}");
    }
    assert!(!names.contains(&"FR/marketing-live-2014"));
}

#[test]
fn australian_hours_give_way_to_a_consent() {
    const SYDNEY: &str = "+61255500010";
    let register = || World::default().registry("au-dncr", "2026-11-20", &[("+61255500011", "")], "");
    for (purpose, at) in [("own-offers", "2026-11-23T20:00:00+11:00"), ("opinions", "2026-11-23T20:30:00+11:00")] {
        let late = register().ask(SYDNEY, purpose, at);
        assert_eq!((late.verdict(), late.reason()), (Verdict::Defer, Some(Reason::OutsideHours)), "{purpose}");
        assert!(register().consent(SYDNEY, "2026-01-05T00:00:00Z", purpose).ask(SYDNEY, purpose, at).is_allowed());
    }
    assert!(register().ask(SYDNEY, "opinions", "2026-11-22T12:00:00+11:00").is_allowed(), "a Sunday");
    let business = lead(SYDNEY).party(Party::Business);
    let noon = "2026-11-23T12:00:00+11:00";
    let asked = |world: World| world.lead(&business, "own-offers", Channel::ManualCall, noon);
    assert!(asked(register()).is_allowed());
    assert_eq!(denied(asked(World::default())), Reason::RegistryMissing, "exempt unless listed: who knows");
}
