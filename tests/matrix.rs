//! The decision matrix, cell by cell: for every jurisdiction, class, sector, channel, party and line what the gate
//! answers without data, with a consent, a relationship, a listing or an opt-out, against expectations written by hand.
#![cfg(feature = "compile")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test"
)]

mod law;

use std::fmt::Write as _;

use chrono::DateTime;
use dialgate::vocabulary::{Channel, Line, Party, PurposeClass, Reason, Sector, Verdict};
use dialgate::{Campaign, Decision, Gate, Lead, Manifest, Number};
use jiff::civil::date;
use law::expect::{Asked, duties, reasons};
use law::setup::{Listed, SETUPS, instant};
use law::table::{Law, laws};

/// The day of the registries' copies, and what an owner says where the law names no age.
const COPIES: &str = "2026-11-15";
const OWNER_DAYS: i64 = 40;

/// The jurisdictions that speak for numbers, each with the law beside it.
fn with_their_base(all: &[Law]) -> Vec<Vec<&Law>> {
    let base = |law: &Law| law.with.as_ref().map(|code| all.iter().find(|other| other.code == *code).unwrap());
    all.iter()
        .filter(|law| !law.numbers.is_empty())
        .map(|law| std::iter::once(law).chain(base(law)).collect())
        .collect()
}

fn number(law: &Law, setup: usize) -> String {
    format!("{}{setup:02}", law.numbers)
}

/// One purpose for each class, and for marketing one for each sector.
fn purposes() -> Vec<(String, PurposeClass, Sector)> {
    let sectors = Sector::ALL.iter().map(|sector| (format!("m-{sector}"), PurposeClass::Marketing, *sector));
    let classes = PurposeClass::ALL.iter().filter(|class| **class != PurposeClass::Marketing);
    sectors.chain(classes.map(|class| (class.to_string(), *class, Sector::General))).collect()
}

fn compile(all: &[Law]) -> Gate {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let mut manifest = String::from("controller = \"full\"\nas_of = \"2026-11-15T00:00:00Z\"\n");
    manifest.push_str(
        "[[controllers]]\nid = \"full\"\n[[controllers]]\nid = \"bare\"\n[[records]]\npath = \"records.jsonl\"\n",
    );
    for (id, class, sector) in purposes().iter().filter(|(_, class, _)| *class == PurposeClass::Marketing) {
        writeln!(manifest, "[[purposes]]\nid = \"{id}\"\nclass = \"{class}\"\nsector = \"{sector}\"").unwrap();
    }
    let names: Vec<String> = purposes().into_iter().map(|(id, ..)| id).chain(["marketing".to_owned()]).collect();
    let mut records = String::new();
    let mut lists: std::collections::BTreeMap<&str, String> = std::collections::BTreeMap::new();
    for laws in with_their_base(all) {
        for (index, setup) in SETUPS.iter().enumerate() {
            let number = number(laws[0], index);
            for controller in ["full", "bare"] {
                setup.records(&number, controller, &names, &mut records);
            }
            for (place, registry) in laws.iter().flat_map(|law| &law.registries).enumerate() {
                let rows = lists.entry(&registry.id).or_insert_with(|| "phone,added\n".to_owned());
                if setup.listed == Listed::Everywhere || setup.listed == Listed::Only(place) {
                    writeln!(rows, "{number},{}", setup.listed_on.unwrap_or("")).unwrap();
                }
            }
        }
    }
    for (id, rows) in &lists {
        put(&format!("{id}.csv"), rows);
        let owners =
            laws().iter().flat_map(|law| &law.registries).any(|row| row.id == *id && row.max_age_days.is_none());
        let limit = if owners { format!("max_age_days = {OWNER_DAYS}\n") } else { String::new() };
        writeln!(
            manifest,
            "[[lists]]\nid = \"{id}\"\nkind = \"registry\"\nregistry = \"{id}\"\nformat = \"csv\"\npath = \"{id}.csv\"\n\
             columns = {{ number = \"phone\", added = \"added\" }}\ncovers = \"all\"\ncontrollers = [\"full\"]\n{limit}\
             as_of = \"{COPIES}T00:00:00Z\""
        )
        .unwrap();
    }
    put("gate.toml", &manifest);
    put("records.jsonl", &records);
    let manifest = Manifest::load(folder.path().join("gate.toml")).unwrap();
    Gate::from_bytes(manifest.compile().unwrap_or_else(|error| panic!("{error}")).as_bytes()).unwrap()
}

fn said(decision: &Decision) -> String {
    format!("{} {}", decision.verdict(), decision.reason().map_or("-", |reason| reason.slug()))
}

/// The verdict and the first reason of these: the most severe verdict, then the order of the reasons.
fn expected(reasons: &[Reason]) -> String {
    let severity = |reason: &Reason| match reason.verdict() {
        Verdict::Allow => 3,
        Verdict::Defer => 2,
        Verdict::Review => 1,
        Verdict::Deny => 0,
    };
    match reasons.iter().min_by_key(|reason| (severity(reason), **reason)) {
        Some(reason) => format!("{} {reason}", reason.verdict()),
        None => "allow -".to_owned(),
    }
}

/// What is expected where nothing opens: a deferral without an end is a denial with the same reason.
fn never_open(laws: &[&Law], asked: &Asked<'_>, wanted: &str) -> String {
    // The hours repeat every week, and no dated row lies further ahead than that of a day on which they are tried.
    let half_hours = (1..=14 * 48).map(|count| asked.at + jiff::Span::new().minutes(30 * count));
    let opens = half_hours.into_iter().any(|at| reasons(laws, &Asked { at, ..*asked }).is_empty());
    if opens { wanted.to_owned() } else { wanted.replace("defer", "deny") }
}

struct Differences {
    asked: u64,
    texts: Vec<String>,
}

impl Differences {
    fn ask(&mut self, campaign: &Campaign, laws: &[&Law], index: usize, asked: &Asked<'_>) {
        let number: Number = number(laws[0], index).parse().unwrap();
        let lead = Lead::new(number).party(asked.party).line(asked.line);
        let at = DateTime::from_timestamp_micros(asked.at.as_microsecond()).unwrap();
        let decision = campaign.may_contact_lead(&lead, at);
        let (mut found, mut wanted) = (said(&decision), expected(&reasons(laws, asked)));
        self.asked += 1;
        if wanted == "allow -" {
            write!(wanted, " {:?}", duties(laws, asked)).unwrap();
        }
        if decision.is_allowed() {
            write!(found, " {:?}", decision.obligations()).unwrap();
        }
        if found != wanted && found != never_open(laws, asked, &wanted) {
            let rows: Vec<&str> = laws.iter().filter_map(|law| asked.row(law)).map(|row| row.text.as_str()).collect();
            self.texts.push(format!(
                "{} {} {} {} {} {} at {} with {}{}: expected {wanted}, found {found}; {rows:?}",
                laws[0].code,
                asked.class,
                asked.sector,
                asked.channel,
                asked.party,
                asked.line,
                asked.at,
                asked.setup.name,
                if asked.copies.is_none() { ", no copies" } else { "" },
            ));
        }
    }

    fn none_of(self, at_least: u64) {
        let shown: Vec<&String> = self.texts.iter().take(50).collect();
        assert!(shown.is_empty(), "{} of {} answers differ:\n{shown:#?}", self.texts.len(), self.asked);
        assert!(self.asked >= at_least, "only {} questions", self.asked);
    }
}

fn campaign(gate: &Gate, controller: &str, purpose: &str, channel: Channel) -> Campaign {
    gate.campaign().controller(controller).purpose(purpose).channel(channel).prepare().unwrap()
}

/// Setups asked where another question's rows are the same: nothing, a written consent, a contract, a soft opt-in.
const FEW: usize = 4;

/// All setups are asked of every class, of the sectors that some row of the jurisdiction names, and of one channel of
/// each column of the matrix. The column's other channels (MMS and messaging beside SMS, ringless voicemail beside
/// automated calls), and sectors that no row names, are asked with the first [`FEW`] setups.
#[test]
fn every_cell_of_the_matrix_answers_as_it_was_written_down() {
    let all = laws();
    let gate = compile(&all);
    let mut differences = Differences { asked: 0, texts: Vec::new() };
    for laws in with_their_base(&all) {
        let usual = date(2026, 11, 16).at(11, 30, 0, 0);
        // A lead's line changes something in the United States only.
        let lines: &[Line] = match laws[0].code.as_str() {
            "US-IL" | "US-FL" | "US-NJ" | "US-AZ" => Line::ALL,
            code if code.starts_with("US-") => &[Line::Unknown, Line::Fixed],
            _ => &[Line::Unknown],
        };
        let named = |sector: Sector| {
            let asks = laws.iter().flat_map(|law| &law.asks).any(|row| row.when.sectors.contains(&sector));
            let lists = laws.iter().flat_map(|law| &law.registries).any(|row| row.not_sector == Some(sector));
            sector == Sector::General || asks || lists
        };
        for (purpose, class, sector) in purposes() {
            for channel in Channel::ALL.iter().copied() {
                let has_twin = matches!(channel, Channel::Mms | Channel::Messaging | Channel::RinglessVoicemail);
                let setups = if has_twin || !named(sector) { FEW } else { SETUPS.len() };
                for (controller, copies) in [("full", Some(instant(COPIES))), ("bare", None)] {
                    let campaign = campaign(&gate, controller, &purpose, channel);
                    for at in laws[0].instants.iter().copied().chain([usual]) {
                        let at = laws[0].zones[0].to_timestamp(at).unwrap();
                        for (index, setup) in SETUPS.iter().enumerate().take(setups) {
                            if copies.is_none() && !setup.without_copies {
                                continue;
                            }
                            for (party, line) in
                                Party::ALL.iter().flat_map(|party| lines.iter().map(move |line| (*party, *line)))
                            {
                                let asked = Asked {
                                    setup,
                                    class,
                                    sector,
                                    channel,
                                    party,
                                    line,
                                    at,
                                    copies,
                                    owner_days: OWNER_DAYS,
                                };
                                differences.ask(&campaign, &laws, index, &asked);
                            }
                        }
                    }
                }
            }
        }
    }
    differences.none_of(250_000);
}

#[test]
fn the_hours_of_every_jurisdiction_open_and_close_as_they_were_written_down() {
    let all = laws();
    let gate = compile(&all);
    let mut differences = Differences { asked: 0, texts: Vec::new() };
    for laws in with_their_base(&all) {
        for class in
            [PurposeClass::Marketing, PurposeClass::Survey, PurposeClass::Charity, PurposeClass::DebtCollection]
        {
            for channel in [Channel::ManualCall, Channel::AutomatedCall, Channel::Sms] {
                let campaign = campaign(&gate, "full", class.slug(), channel);
                for day in laws[0].days.iter().chain(&laws[0].holidays) {
                    for half_hour in 0..48 {
                        let at = day.at(half_hour / 2, half_hour % 2 * 30, 0, 0);
                        let at = laws[0].zones[0].to_timestamp(at).unwrap();
                        for (index, setup) in SETUPS.iter().enumerate().take(3) {
                            let asked = Asked {
                                setup,
                                class,
                                sector: Sector::General,
                                channel,
                                party: Party::Individual,
                                line: Line::Unknown,
                                at,
                                copies: Some(instant(COPIES)),
                                owner_days: OWNER_DAYS,
                            };
                            differences.ask(&campaign, &laws, index, &asked);
                        }
                    }
                }
            }
        }
    }
    differences.none_of(100_000);
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

#[test]
fn at_random_instants_of_four_years_gate_and_matrix_agree_and_the_next_change_is_where_it_is_said() {
    let all = laws();
    let gate = compile(&all);
    let mut dice = Dice(20_261_124);
    let mut differences = Differences { asked: 0, texts: Vec::new() };
    let years = 1_735_689_600_u64..1_861_920_000;
    for laws in with_their_base(&all) {
        // Which days are holidays is written down for some days only; on the others the calendar is taken at its word.
        let calendars = laws.iter().any(|law| law.hours.iter().any(|hours| hours.closed_on_holidays));
        for (class, channel) in [
            (PurposeClass::Marketing, Channel::ManualCall),
            (PurposeClass::Marketing, Channel::AutomatedCall),
            (PurposeClass::Survey, Channel::ManualCall),
            (PurposeClass::Charity, Channel::Sms),
        ] {
            let campaign = campaign(&gate, "full", class.slug(), channel);
            for _ in 0..150 {
                let seconds = years.start + dice.below(years.end - years.start);
                let index = usize::try_from(dice.below(3)).unwrap();
                let at = DateTime::from_timestamp_secs(seconds.try_into().unwrap()).unwrap();
                let lead = Lead::new(number(laws[0], index).parse().unwrap()).party(Party::Individual);
                let decision = campaign.may_contact_lead(&lead, at);
                let verdict = |at: DateTime<chrono::Utc>| campaign.may_contact_lead(&lead, at).verdict();
                let before = chrono::TimeDelta::microseconds(1);
                let question = format!("{} {class} {channel} {at} {}", laws[0].code, SETUPS[index].name);
                if let Some(retry) = decision.retry_at() {
                    assert_eq!(verdict(retry), Verdict::Allow, "{question}: retry at {retry}");
                    assert_ne!(verdict(retry - before), Verdict::Allow, "{question}: before {retry}");
                }
                if let Some(until) = decision.valid_until() {
                    assert_ne!(verdict(until), Verdict::Allow, "{question}: until {until}");
                    assert_eq!(verdict(until - before), Verdict::Allow, "{question}: before {until}");
                }
                let holiday = decision.reasons().contains(Reason::Holiday);
                let eve = laws.iter().any(|law| law.hours.iter().any(|hours| hours.eve.is_some()));
                if calendars && (holiday || eve) {
                    continue;
                }
                let asked = Asked {
                    setup: &SETUPS[index],
                    class,
                    sector: Sector::General,
                    channel,
                    party: Party::Individual,
                    line: Line::Unknown,
                    at: jiff::Timestamp::from_second(seconds.try_into().unwrap()).unwrap(),
                    copies: Some(instant(COPIES)),
                    owner_days: OWNER_DAYS,
                };
                differences.ask(&campaign, &laws, index, &asked);
            }
        }
    }
    differences.none_of(20_000);
}

#[test]
fn a_number_and_a_residence_that_are_never_open_together_deny() {
    let all = laws();
    let gate = compile(&all);
    let campaign = campaign(&gate, "full", "marketing", Channel::ManualCall);
    let contract = SETUPS.iter().position(|setup| setup.name == "contract").unwrap();
    let lead = |code: &str| {
        let law = all.iter().find(|law| law.code == code).unwrap();
        Lead::new(number(law, contract).parse().unwrap()).party(Party::Individual)
    };
    // The evening in Paris is the morning in Sydney; in December, for as long as the copy of the Australian register
    // is fresh, not one minute of both is within the hours.
    let (mut french, mut australian) = (0, 0);
    for half_hour in 0..7 * 48 {
        let at = DateTime::parse_from_rfc3339("2026-12-07T00:00:00Z").unwrap().to_utc();
        let at = at + chrono::TimeDelta::minutes(30 * half_hour);
        let decide = |lead: &Lead| campaign.may_contact_lead(lead, at);
        french += u32::from(decide(&lead("FR")).is_allowed());
        australian += u32::from(decide(&lead("AU")).is_allowed());
        // That they never are is a search through more than a year; one day is enough of it.
        let searched = half_hour < 48 && half_hour % 8 == 0;
        for both in [lead("FR").region("AU"), lead("AU").region("FR")].iter().filter(|_| searched) {
            let decision = decide(both);
            assert_eq!((decision.verdict(), decision.reason()), (Verdict::Deny, Some(Reason::OutsideHours)), "{at}");
            assert_eq!(decision.retry_at(), None, "{at}");
        }
    }
    // Paris: five days of nine hours. Australia from Perth to Sydney: five days of eight hours, and what Saturday has.
    assert_eq!(french, 5 * 18);
    assert!(australian >= 5 * 16, "{australian}");
}

/// The rows of the packs that come with the crate.
fn packs() -> dialgate::rules::RuleTable {
    compile(&[]).rules().table(None, None)
}

#[test]
fn no_pack_is_without_its_rows() {
    let all = laws();
    let packs = packs();
    assert!(packs.packs.len() > 50);
    let written = |code: &str| all.iter().any(|law| law.code == code);
    let with_a_pack = |code: &str| packs.packs.iter().any(|pack| pack.code == code);
    for pack in &packs.packs {
        if pack.code == "US-XX" {
            // It speaks where no state's own does.
            let unlisted = |law: &Law| law.code.starts_with("US-") && !with_a_pack(&law.code);
            assert!(all.iter().any(unlisted), "no unlisted state has rows in tests/law/us.tsv");
            continue;
        }
        assert!(written(&pack.code), "nothing in tests/law/*.tsv says what {} ({}) answers", pack.code, pack.name);
    }
    for law in all.iter().filter(|law| !law.code.starts_with("US-")) {
        assert!(with_a_pack(&law.code), "{} has rows and no pack", law.code);
    }
}

#[test]
fn every_day_on_which_a_row_begins_or_ends_is_asked_about() {
    use dialgate::rules::RowKind::{Obligation, Registry, Requirement, Window};
    let all = laws();
    for row in packs().rows.iter().filter(|row| matches!(row.kind, Requirement | Registry | Window | Obligation)) {
        for edge in row.from.iter().chain(&row.to) {
            let day: jiff::civil::Date = edge.parse().unwrap();
            let law = all.iter().find(|law| law.code == row.jurisdiction).unwrap();
            let within = |after: i32| {
                let mut asked = law.instants.iter().map(|at| at.date()).chain(law.days.iter().copied());
                asked.any(|date| (after..after + 7).contains(&(date - day).get_days()))
            };
            assert!(
                within(-7) && within(0),
                "{} {} {edge}: no `at` or `days` before and after",
                row.jurisdiction,
                row.id
            );
        }
    }
}
