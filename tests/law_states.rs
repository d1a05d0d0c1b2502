//! What the states of the United States add to federal law, and from which day on, through the public API.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Line, Obligation, Party, Reason, Verdict};
use dialgate::{Decision, Gate, Lead, Manifest};

const ALABAMA: &str = "+12055550110";
const CONNECTICUT: &str = "+12035550110";
const FLORIDA: &str = "+13055550110";
const IOWA: &str = "+15155550110";
const ILLINOIS: &str = "+13125550110";
const MAINE: &str = "+12075550110";
const MISSISSIPPI: &str = "+16015550110";
const NEW_JERSEY: &str = "+12015550110";
const OREGON: &str = "+15035550110";
const PENNSYLVANIA: &str = "+12155550110";
const TEXAS: &str = "+12145550110";
const TOLL_FREE: &str = "+18005550110";
const VIRGINIA: &str = "+18045550110";
const WASHINGTON: &str = "+12065550110";

const STATE_LISTS: [&str; 5] = ["us-fl-dnc", "us-in-dnc", "us-la-dnc", "us-pa-dnc", "us-tx-dnc"];

/// What is on record, put together by a test; every registry is held and fresh.
#[derive(Default)]
struct World {
    records: Vec<String>,
    /// Entries of the Texas list: number and day.
    texas: Vec<(&'static str, &'static str)>,
    rules: &'static str,
}

impl World {
    fn record(mut self, kind: &str, number: &str, at: &str, more: &str) -> Self {
        self.records.push(format!(r#"{{"type":"{kind}","number":"{number}","at":"{at}"{more}}}"#));
        self
    }

    fn consent(self, number: &str, form: &str, at: &str, purpose: &str) -> Self {
        let hash = "9f".repeat(32);
        self.record("consent", number, at, &format!(
            r#","purposes":["{purpose}"],"channels":["live_call","automated_call","sms"],"form":"{form}","conditions":{{"freely_given":true,"informed":true,"unambiguous":true,"revocable":true}},"pre_ticked":false,"evidence":{{"uri":"form://1","sha256":"{hash}"}}"#
        ))
    }

    fn attempts(self, number: &str, channel: &str, times: &[&str]) -> Self {
        let more = format!(r#","channel":"{channel}","purpose":"own-offers","outcome":"no_answer""#);
        times.iter().fold(self, |world, at| world.record("attempt", number, at, &more))
    }

    fn gate(&self) -> Gate {
        let folder = tempfile::tempdir().unwrap();
        let mut manifest = "controller = \"acme\"\nas_of = \"2026-11-23T00:00:00Z\"\n[[controllers]]\nid = \"acme\"\n\
             [[purposes]]\nid = \"own-offers\"\nclass = \"marketing\"\n[[purposes]]\nid = \"bills\"\nclass = \"service\"\n"
            .to_owned();
        let entries = std::iter::once(("+12145550199", "")).chain(self.texas.iter().copied());
        let texas: String = entries.map(|(number, day)| format!("{number},{day}\n")).collect();
        for registry in ["us-ndnc"].into_iter().chain(STATE_LISTS) {
            let covers = if registry == "us-ndnc" { "covers = \"all\"\n" } else { "" };
            // Later than every instant asked about: fresh for all of them.
            manifest.push_str(&format!(
                "[[lists]]\nid = \"{registry}\"\nkind = \"registry\"\nregistry = \"{registry}\"\nformat = \"csv\"\n\
                 columns = {{ number = \"number\", added = \"added\" }}\npath = \"{registry}.csv\"\n\
                 as_of = \"2026-11-22T00:00:00Z\"\n{covers}"
            ));
            let rows = if registry == "us-tx-dnc" { &*texas } else { "+12025550199,\n" };
            std::fs::write(folder.path().join(format!("{registry}.csv")), format!("number,added\n{rows}")).unwrap();
        }
        manifest.push_str("[[records]]\npath = \"records.jsonl\"\n");
        manifest.push_str(self.rules);
        std::fs::write(folder.path().join("gate.toml"), manifest).unwrap();
        std::fs::write(folder.path().join("records.jsonl"), self.records.join("\n")).unwrap();
        let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
        Gate::from_bytes(image.as_bytes()).unwrap()
    }

    fn lead(&self, lead: &Lead, purpose: &str, channel: Channel, at: &str) -> Decision {
        let campaign = self.gate().campaign().purpose(purpose).channel(channel).prepare().unwrap();
        campaign.may_contact_lead(lead, instant(at))
    }

    fn ask(&self, number: &str, channel: Channel, at: &str) -> Decision {
        self.lead(&lead(number), "own-offers", channel, at)
    }

    fn call(&self, number: &str, at: &str) -> Decision {
        self.ask(number, Channel::ManualCall, at)
    }
}

fn lead(number: &str) -> Lead {
    Lead::new(number.parse().unwrap())
}

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

#[track_caller]
fn open(decision: Decision) {
    assert!(decision.is_allowed(), "{decision:?}");
}

#[track_caller]
fn later(decision: Decision, reason: Reason, retry_at: &str) {
    assert_eq!((decision.verdict(), decision.reason()), (Verdict::Defer, Some(reason)), "{decision:?}");
    assert_eq!(decision.retry_at(), Some(instant(retry_at)));
}

#[track_caller]
fn denied(decision: Decision, reason: Reason) {
    assert_eq!((decision.verdict(), decision.reason()), (Verdict::Deny, Some(reason)), "{decision:?}");
}

#[test]
fn pennsylvania_closes_at_seven_from_18_october_2026_and_on_sundays() {
    let world = World::default();
    open(world.call(PENNSYLVANIA, "2026-10-17T20:59:00-04:00"));
    open(world.call(PENNSYLVANIA, "2026-10-11T12:00:00-04:00"));
    later(world.call(PENNSYLVANIA, "2026-10-18T12:00:00-04:00"), Reason::OutsideHours, "2026-10-19T09:00:00-04:00");
    later(world.call(PENNSYLVANIA, "2026-10-19T19:00:00-04:00"), Reason::OutsideHours, "2026-10-20T09:00:00-04:00");
    let midnight = instant("2026-10-17T21:00:00-04:00");
    assert_eq!(world.call(PENNSYLVANIA, "2026-10-17T20:00:00-04:00").valid_until(), Some(midnight));
}

#[test]
fn oregon_has_shorter_hours_and_a_cap_of_calls_and_texts_from_2026_on() {
    let world = World::default();
    open(world.call(OREGON, "2025-12-31T20:30:00-08:00"));
    later(world.call(OREGON, "2026-01-01T20:30:00-08:00"), Reason::OutsideHours, "2026-01-02T08:00:00-08:00");
    let day = |year: &str| [format!("{year}T09:00:00-08:00"), format!("{year}T10:00:00-08:00")];
    for (date, caps) in [("2025-12-30", false), ("2026-11-17", true)] {
        let [first, second] = day(date);
        let world = World::default().attempts(OREGON, "manual_call", &[&first, &second]);
        let world = world.attempts(OREGON, "sms", &[&format!("{date}T11:00:00-08:00")]);
        let decision = world.call(OREGON, &format!("{date}T12:00:00-08:00"));
        assert_eq!(decision.reasons().contains(Reason::AttemptCap), caps, "{date}");
        let business = lead(OREGON).party(Party::Business);
        open(world.lead(&business, "own-offers", Channel::ManualCall, &format!("{date}T12:00:00-08:00")));
    }
}

#[test]
fn texas_screens_its_own_list_and_opens_at_noon_on_sundays() {
    let listed = World { texas: vec![(TEXAS, "2026-11-01")], ..World::default() };
    denied(listed.call(TEXAS, "2026-11-20T12:00:00-06:00"), Reason::RegistryListed);
    let grace = World { rules: "[rules]\nuse_registry_grace = true\n", ..listed };
    open(grace.call(TEXAS, "2026-11-20T12:00:00-06:00"));
    let renewed = World { texas: vec![(TEXAS, "2026-01-01"), (TEXAS, "2026-11-01")], ..grace };
    denied(renewed.call(TEXAS, "2026-11-20T12:00:00-06:00"), Reason::RegistryListed);
    let world = World::default();
    let decision = world.call(TEXAS, "2026-11-22T12:00:00-06:00");
    open(decision);
    assert!(decision.obligations().contains(Obligation::RegistrationRequired));
    later(world.call(TEXAS, "2026-11-22T11:59:00-06:00"), Reason::OutsideHours, "2026-11-22T18:00:00Z");
}

#[test]
fn texas_covers_texts_from_1_september_2025() {
    let world = World::default().consent(TEXAS, "electronic", "2025-08-01T00:00:00Z", "own-offers");
    open(world.ask(TEXAS, Channel::Sms, "2025-08-31T10:00:00-05:00"));
    open(world.ask(TEXAS, Channel::Sms, "2025-09-01T10:00:00-05:00"));
    let sunday = world.ask(TEXAS, Channel::Sms, "2025-09-07T10:00:00-05:00");
    later(sunday, Reason::OutsideHours, "2025-09-07T12:00:00-05:00");
}

#[test]
fn mississippi_keeps_standard_time_in_summer_for_businesses_too() {
    let world = World::default();
    let business = lead(MISSISSIPPI).party(Party::Business);
    for asked in [&lead(MISSISSIPPI), &business] {
        let ask = |at: &str| world.lead(asked, "own-offers", Channel::ManualCall, at);
        later(ask("2026-07-06T08:59:00-05:00"), Reason::OutsideHours, "2026-07-06T09:00:00-05:00");
        open(ask("2026-07-06T09:00:00-05:00"));
        open(ask("2026-07-06T20:59:00-05:00"));
        assert_eq!(ask("2026-07-05T12:00:00-05:00").reason(), Some(Reason::OutsideHours), "a Sunday");
    }
}

#[test]
fn florida_allows_three_in_24_hours_and_no_text_counts_as_a_call() {
    let times = ["2026-11-18T09:00:00-05:00", "2026-11-18T10:00:00-05:00", "2026-11-18T11:00:00-05:00"];
    let world = World::default().attempts(FLORIDA, "manual_call", &times);
    later(world.call(FLORIDA, "2026-11-18T12:00:00-05:00"), Reason::AttemptCap, "2026-11-19T09:00:00-05:00");
    open(World::default().attempts(FLORIDA, "sms", &times).call(FLORIDA, "2026-11-18T12:00:00-05:00"));
}

#[test]
fn florida_asks_for_a_written_consent_where_a_system_dials_whatever_the_line() {
    let fixed = |number: &str| lead(number).line(Line::Fixed);
    let dials = |world: &World, number: &str| {
        world.lead(&fixed(number), "own-offers", Channel::AutodialedCall, "2026-11-18T12:00:00-05:00")
    };
    open(dials(&World::default(), ILLINOIS));
    denied(dials(&World::default(), FLORIDA), Reason::ConsentMissing);
    let given = |form: &str| World::default().consent(FLORIDA, form, "2026-01-01T00:00:00Z", "own-offers");
    denied(dials(&given("oral"), FLORIDA), Reason::ConsentNonconforming);
    open(dials(&given("electronic"), FLORIDA));
}

#[test]
fn connecticut_asks_for_a_written_consent_to_a_call_dialled_by_hand_too() {
    let at = "2026-11-18T12:00:00-05:00";
    denied(World::default().call(CONNECTICUT, at), Reason::ConsentMissing);
    let decision =
        World::default().consent(CONNECTICUT, "written", "2026-01-01T00:00:00Z", "own-offers").call(CONNECTICUT, at);
    open(decision);
    assert!(decision.obligations().contains(Obligation::PromptIdentification));
    assert!(decision.obligations().contains(Obligation::EndOnRefusal));
}

#[test]
fn the_number_s_state_and_the_person_s_both_apply() {
    let ask =
        |world: &World, at: &str| world.lead(&lead(FLORIDA).region("US-CT"), "own-offers", Channel::ManualCall, at);
    denied(ask(&World::default(), "2026-11-18T12:00:00-05:00"), Reason::ConsentMissing);
    let world = World::default().consent(FLORIDA, "written", "2026-01-01T00:00:00Z", "own-offers");
    open(ask(&world, "2026-11-18T12:00:00-05:00"));
    // Florida opens at eight, Connecticut at nine.
    later(ask(&world, "2026-11-18T08:30:00-05:00"), Reason::OutsideHours, "2026-11-18T09:00:00-05:00");
    let times = ["2026-11-18T10:00:00-05:00", "2026-11-18T10:10:00-05:00", "2026-11-18T10:20:00-05:00"];
    let capped = world.attempts(FLORIDA, "manual_call", &times);
    assert_eq!(ask(&capped, "2026-11-18T12:00:00-05:00").reason(), Some(Reason::AttemptCap));
}

#[test]
fn a_consent_lifts_the_hours_of_virginia_and_not_the_federal_ones() {
    let world = World::default().consent(VIRGINIA, "written", "2026-01-01T00:00:00Z", "own-offers");
    later(world.call(VIRGINIA, "2026-11-18T21:30:00-05:00"), Reason::OutsideHours, "2026-11-19T08:00:00-05:00");
    let gate = world.gate();
    let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap();
    let why = campaign.explain(VIRGINIA.parse().unwrap(), instant("2026-11-18T21:30:00-05:00"));
    let hours = |jurisdiction: &str| {
        why.consulted.iter().find(|row| row.jurisdiction.as_deref() == Some(jurisdiction) && row.name.contains("hours"))
    };
    assert_eq!(hours("US").unwrap().met, Some(false));
    assert_ne!(hours("US-VA").unwrap().met, Some(false));
}

#[test]
fn virginia_keeps_text_opt_outs_for_ten_years_since_2026() {
    let rules = World::default().gate().rules();
    let rows = |day: &str| {
        let day: jiff::civil::Date = day.parse().unwrap();
        let day = (day - jiff::civil::date(1970, 1, 1)).get_days();
        let table = rules.table(Some("US-VA"), Some(day));
        table
            .rows
            .into_iter()
            .filter(|row| row.jurisdiction == "US-VA" && row.id == "text-opt-outs")
            .collect::<Vec<_>>()
    };
    assert_eq!(rows("2025-12-31").len(), 0);
    let since = rows("2026-01-01");
    assert_eq!((since.len(), since[0].from.as_deref()), (1, Some("2026-01-01")));
    assert!(since[0].rule.contains("120 months") && since[0].channels == "messages", "{:?}", since[0]);
}

#[test]
fn a_holiday_of_alabama_is_no_day_for_sales_calls() {
    let world = World::default();
    later(world.call(ALABAMA, "2026-04-27T12:00:00-05:00"), Reason::Holiday, "2026-04-28T08:00:00-05:00");
    open(world.call(ILLINOIS, "2026-04-27T12:00:00-05:00"));
    // Thanksgiving, then an open Friday.
    later(world.call(ALABAMA, "2026-11-26T12:00:00-06:00"), Reason::Holiday, "2026-11-27T08:00:00-06:00");
}

#[test]
fn a_state_that_nobody_verified_gets_the_strictest_row() {
    denied(World::default().call(IOWA, "2026-11-18T12:00:00-06:00"), Reason::ConsentMissing);
    let world = World::default().consent(IOWA, "written", "2026-01-01T00:00:00Z", "own-offers");
    open(world.call(IOWA, "2026-11-18T10:00:00-06:00"));
    later(world.call(IOWA, "2026-11-18T18:00:00-06:00"), Reason::OutsideHours, "2026-11-19T10:00:00-06:00");
    // Patriots' Day of other states, then San Jacinto Day of Texas.
    later(world.call(IOWA, "2026-04-20T12:00:00-05:00"), Reason::Holiday, "2026-04-22T10:00:00-05:00");
    open(World::default().lead(&lead(IOWA), "bills", Channel::ManualCall, "2026-11-18T21:30:00-06:00"));
}

#[test]
fn a_person_in_a_state_that_is_not_told_gets_the_strictest_row_too() {
    let world = World::default();
    let ask = |number: &str, region: &str| {
        world.lead(&lead(number).region(region), "own-offers", Channel::ManualCall, "2026-11-18T17:00:00Z")
    };
    denied(ask("+48223000010", "US"), Reason::ConsentMissing);
    open(ask(ILLINOIS, "US"));
    for region in ["US-PR", "US-GU", "US-ZZ", "US-XX", "PR"] {
        denied(ask(ILLINOIS, region), Reason::JurisdictionUnknown);
    }
    for region in ["US", "US-FL"] {
        denied(ask(TOLL_FREE, region), Reason::JurisdictionUnknown);
    }
}

#[test]
fn without_the_strictest_row_an_unverified_state_stays_unknown() {
    let world = World { rules: "[rules]\npacks = [\"US-FL\"]\n", ..World::default() };
    open(world.call(FLORIDA, "2026-11-18T12:00:00-05:00"));
    denied(world.call(IOWA, "2026-11-18T12:00:00-06:00"), Reason::JurisdictionUnknown);
}

#[test]
fn machines_have_hours_and_a_cap_of_their_own_in_maine_and_are_banned_in_washington() {
    let world = World::default().consent(MAINE, "written", "2026-01-01T00:00:00Z", "own-offers");
    open(world.call(MAINE, "2026-11-18T18:00:00-05:00"));
    let machine = |world: &World, at: &str| world.ask(MAINE, Channel::AutomatedCall, at);
    later(machine(&world, "2026-11-18T18:00:00-05:00"), Reason::OutsideHours, "2026-11-19T09:00:00-05:00");
    open(machine(&world, "2026-11-18T16:00:00-05:00"));
    let called = world.attempts(MAINE, "automated_call", &["2026-11-18T09:00:00-05:00"]);
    later(machine(&called, "2026-11-18T16:30:00-05:00"), Reason::AttemptCap, "2026-11-19T09:00:00-05:00");
    let consented = World::default().consent(WASHINGTON, "written", "2026-01-01T00:00:00Z", "own-offers");
    denied(consented.ask(WASHINGTON, Channel::AutomatedCall, "2026-11-18T12:00:00-08:00"), Reason::Forbidden);
}

#[test]
fn new_jersey_bars_unsolicited_calls_to_what_may_be_a_mobile() {
    let world = World::default();
    let at = "2026-11-18T12:00:00-05:00";
    assert!(!world.call(NEW_JERSEY, at).is_allowed());
    let fixed = lead(NEW_JERSEY).line(Line::Fixed);
    open(world.lead(&fixed, "own-offers", Channel::ManualCall, at));
    open(World::default().consent(NEW_JERSEY, "oral", "2026-01-01T00:00:00Z", "own-offers").call(NEW_JERSEY, at));
}

mod revoke_all {
    use super::*;

    const BEFORE: &str = "2027-01-30T12:00:00-06:00";
    const AFTER: &str = "2027-01-31T12:00:00-06:00";
    const STOP: &str = r#","purposes":["own-offers"],"channels":["sms"],"via":"sms""#;

    fn bills(world: &World, channel: Channel, at: &str) -> Decision {
        world.lead(&lead(ILLINOIS), "bills", channel, at)
    }

    fn consented() -> World {
        World::default().consent(ILLINOIS, "written", "2026-01-01T00:00:00Z", "bills")
    }

    #[test]
    fn a_revocation_reaches_every_text_and_machine_call_of_the_caller_from_31_january_2027_on() {
        for (kind, reason) in [("withdrawal", Reason::Withdrawn), ("opt_out", Reason::OptedOut)] {
            let world = consented().record(kind, ILLINOIS, "2026-06-01T00:00:00Z", STOP);
            for channel in [Channel::Sms, Channel::AutodialedCall, Channel::AutomatedCall] {
                open(bills(&consented(), channel, AFTER));
                let before = bills(&world, channel, BEFORE);
                open(before);
                assert_eq!(before.valid_until(), Some(instant("2027-01-31T00:00:00-06:00")), "{kind} {channel}");
                denied(bills(&world, channel, AFTER), reason);
            }
            open(bills(&world, Channel::ManualCall, AFTER));
            let residence = lead(ILLINOIS).line(Line::Fixed);
            open(world.lead(&residence, "bills", Channel::AutodialedCall, AFTER));
        }
    }

    #[test]
    fn neither_a_contract_nor_an_earlier_consent_withstands_it_and_a_later_consent_does() {
        let contract = r#","kind":"contract","purposes":["bills"]"#;
        let stopped = consented().record("relationship", ILLINOIS, "2026-01-01T00:00:00Z", contract).record(
            "withdrawal",
            ILLINOIS,
            "2026-06-01T00:00:00Z",
            STOP,
        );
        denied(bills(&stopped, Channel::Sms, AFTER), Reason::Withdrawn);
        open(bills(&stopped.consent(ILLINOIS, "written", "2026-06-02T00:00:00Z", "bills"), Channel::Sms, AFTER));
    }

    #[test]
    fn an_explanation_names_the_row_and_the_record() {
        let id = format!(r#"{STOP},"id":"stop-1""#);
        let gate = consented().record("withdrawal", ILLINOIS, "2026-06-01T00:00:00Z", &id).gate();
        let campaign = gate.campaign().purpose("bills").channel(Channel::Sms).prepare().unwrap();
        let explain = |at: &str| campaign.explain(ILLINOIS.parse().unwrap(), instant(at));
        let why = explain(AFTER);
        assert_eq!(why.evidence.as_deref(), Some("stop-1"));
        assert!(why.consulted.iter().any(|row| row.finding == "a withdrawal or opt-out of any scope reaches it"));
        assert!(why.consulted.iter().any(|row| row.name == "withdrawal" && row.finding == "covers this question"));
        let before = explain(BEFORE);
        assert!(before.consulted.iter().any(|row| row.finding == "does not cover this question"));
    }
}
