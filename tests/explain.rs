//! An explanation names everything that stands in the way, and the ways that it names lead to an allow.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Line, Party, Reason, ReasonSet, Verdict};
use dialgate::{Campaign, Explanation, Gate, Language, Lead, Manifest};

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

fn compiled(manifest: &Path) -> Gate {
    Gate::from_bytes(Manifest::load(manifest).unwrap().compile().unwrap().as_bytes()).unwrap()
}

/// Every question of the sample, with the lead that it is about.
fn sample_questions() -> Vec<(Campaign, Lead, DateTime<Utc>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme");
    let gate = compiled(&folder.join("gate.toml"));
    let text = fs::read_to_string(folder.join("questions.tsv")).unwrap();
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let channel = Channel::from_slug(cells[2])?;
            let campaign = gate.campaign().controller(cells[3]).purpose(cells[1]).channel(channel).prepare().ok()?;
            let mut lead = Lead::new(cells[0].parse().ok()?);
            if !cells[5].is_empty() {
                lead = lead.region(cells[5]);
            }
            if !cells[8].is_empty() {
                lead = lead.time_zone(cells[8]);
            }
            lead = lead.party(Party::from_slug(cells[6]).unwrap_or(Party::Unknown));
            lead = lead.line(Line::from_slug(cells[7]).unwrap_or(Line::Unknown));
            Some((campaign, lead, instant(cells[4])))
        })
        .collect()
}

fn behind(why: &Explanation) -> ReasonSet {
    why.obstacles.iter().fold(ReasonSet::EMPTY, |all, one| all.union(one.reasons))
}

#[test]
fn every_reason_has_something_behind_it_in_both_languages() {
    let questions = sample_questions();
    assert!(questions.len() > 80, "{}", questions.len());
    let mut seen = ReasonSet::EMPTY;
    for (campaign, lead, at) in &questions {
        let english = campaign.explain_in(lead, Some(*at), Language::English);
        let polish = campaign.explain_in(lead, Some(*at), Language::Polish);
        assert_eq!(behind(&english), english.reasons, "{english}");
        assert_eq!(english.verdict == Verdict::Allow, english.obstacles.is_empty());
        assert_eq!(behind(&polish), english.reasons);
        assert_eq!((polish.verdict, &polish.allowed_from), (english.verdict, &english.allowed_from));
        assert_eq!(polish.consulted.len(), english.consulted.len());
        for (one, other) in english.obstacles.iter().zip(&polish.obstacles) {
            assert_eq!(one.reasons, other.reasons);
            assert_eq!(one.ways.len(), other.ways.len());
            for (way, translated) in one.ways.iter().zip(&other.ways) {
                assert_ne!(way.says, translated.says, "not translated");
                assert_eq!(way.from, translated.from);
            }
        }
        for (one, other) in english.consulted.iter().zip(&polish.consulted) {
            assert_eq!(
                (&one.name, &one.from, &one.until, &one.source, one.met),
                (&other.name, &other.from, &other.until, &other.source, other.met)
            );
            assert_ne!(one.finding, other.finding, "not translated: {}", one.finding);
        }
        // Only what nothing can be done about has no way.
        for obstacle in english.obstacles.iter().filter(|one| one.ways.is_empty()) {
            assert!(obstacle.reasons.contains(Reason::Forbidden) || obstacle.by.contains("400 days"), "{english}");
        }
        seen = seen.union(english.reasons);
    }
    assert!(seen.len() >= 24, "{seen:?}");
}

#[test]
fn the_instant_that_is_named_is_the_first_that_is_allowed() {
    let mut named = 0;
    for (campaign, lead, at) in sample_questions() {
        let why = campaign.explain_in(&lead, Some(at), Language::English);
        let Some(from) = &why.allowed_from else { continue };
        let from = instant(from);
        assert!(campaign.may_contact_lead(&lead, from).is_allowed(), "{why}");
        let before = from - chrono::TimeDelta::microseconds(1);
        assert!(!campaign.may_contact_lead(&lead, before).is_allowed(), "{why}");
        assert!(from > at, "{why}");
        named += 1;
    }
    assert!(named > 5, "{named}");
}

const NUMBER: &str = "+48223000001";
const AT: &str = "2026-11-23T12:00:00Z";

/// A small world: one controller, a purpose of its own, and these lines beside it.
struct World {
    manifest: &'static str,
    number: &'static str,
    records: Vec<String>,
}

impl World {
    fn new(number: &'static str, records: &[String]) -> Self {
        Self { manifest: "", number, records: records.to_vec() }
    }

    fn gate(&self) -> Gate {
        let folder = tempfile::tempdir().unwrap();
        let records: String = self.records.iter().map(|record| format!("{record}\n")).collect();
        fs::write(folder.path().join("records.jsonl"), records).unwrap();
        fs::write(folder.path().join("undated.txt"), format!("{}\n", self.number)).unwrap();
        fs::write(folder.path().join("dated.csv"), format!("number,date\n{},2026-10-01\n", self.number)).unwrap();
        let manifest = folder.path().join("gate.toml");
        let text = format!(
            "controller = \"me\"\nas_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"me\"\nname = \"Me\"\n\
             [[purposes]]\nid = \"offers\"\nclass = \"marketing\"\n[[records]]\npath = \"records.jsonl\"\n{}",
            self.manifest
        );
        fs::write(&manifest, text).unwrap();
        compiled(&manifest)
    }

    fn explained(&self, purpose: &str) -> Explanation {
        let gate = self.gate();
        let campaign = gate.campaign().purpose(purpose).channel(Channel::ManualCall).prepare().unwrap();
        campaign.explain(self.number.parse().unwrap(), instant(AT))
    }

    /// The same with one record more.
    fn with(&self, record: &str) -> Self {
        Self {
            manifest: self.manifest,
            number: self.number,
            records: [&self.records[..], &[record.to_owned()]].concat(),
        }
    }
}

fn record(number: &str, kind: &str, at: &str, more: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"number\":\"{number}\",\"at\":\"{at}T00:00:00Z\"{more}}}")
}

fn consent(number: &str, at: &str, purpose: &str) -> String {
    let more = format!(
        ",\"purposes\":[\"{purpose}\"],\"channels\":[\"live_call\"],\"form\":\"electronic\",\"pre_ticked\":false,\
         \"conditions\":{{\"freely_given\":true,\"informed\":true,\"unambiguous\":true,\"revocable\":true}},\
         \"evidence\":{{\"uri\":\"forms://1\",\"sha256\":\"{}\"}}",
        "9f".repeat(32)
    );
    record(number, "consent", at, &more)
}

/// Whether some obstacle behind this reason names a way that says so.
fn names_way(why: &Explanation, reason: Reason, says: &str) -> bool {
    why.obstacles
        .iter()
        .filter(|one| one.reasons.contains(reason))
        .any(|one| one.ways.iter().any(|way| way.says.contains(says)))
}

const CONSENT: &str = "gives a conforming consent";

#[test]
fn a_consent_that_is_named_as_the_way_is_one() {
    for (kind, more, reason) in [
        ("withdrawal", "", Reason::Withdrawn),
        ("opt_out", "", Reason::OptedOut),
        ("objection", ",\"scope\":\"marketing\"", Reason::Objected),
        ("erasure", "", Reason::Erased),
        ("reassigned", "", Reason::NumberReassigned),
    ] {
        let world =
            World::new(NUMBER, &[consent(NUMBER, "2026-02-01", "offers"), record(NUMBER, kind, "2026-05-01", more)]);
        let why = world.explained("offers");
        assert!(why.reasons.contains(reason), "{why}");
        assert!(names_way(&why, reason, CONSENT) && names_way(&why, reason, "later than 1 May 2026"), "{why}");
        let early = world.with(&consent(NUMBER, "2026-04-30", "offers")).explained("offers");
        assert!(early.reasons.contains(reason), "not later: {early}");
        let later = world.with(&consent(NUMBER, "2026-05-02", "offers")).explained("offers");
        assert_eq!(later.verdict, Verdict::Allow, "{later}");
    }
    let nothing = World::new(NUMBER, &[]);
    assert!(names_way(&nothing.explained("offers"), Reason::ConsentMissing, CONSENT));
    assert_eq!(nothing.with(&consent(NUMBER, "2026-05-02", "offers")).explained("offers").verdict, Verdict::Allow);
}

#[test]
fn what_no_consent_lifts_says_so() {
    let agreed = consent(NUMBER, "2026-11-20", "offers");
    let restricted =
        World::new(NUMBER, &[consent(NUMBER, "2026-02-01", "offers"), record(NUMBER, "restriction", "2026-05-01", "")]);
    let why = restricted.explained("offers");
    assert!(!names_way(&why, Reason::Restricted, CONSENT), "{why}");
    assert!(names_way(&why, Reason::Restricted, "a consent does not lift it"), "{why}");
    assert!(restricted.with(&agreed).explained("offers").reasons.contains(Reason::Restricted));
    let lifted = restricted.with(&record(NUMBER, "restriction_lifted", "2026-06-01", ""));
    assert_eq!(lifted.explained("offers").verdict, Verdict::Allow);

    for (kind, more, reason, liftable) in [
        ("opt_out", "format = \"plain\"\npath = \"undated.txt\"", Reason::OptedOut, false),
        (
            "opt_out",
            "format = \"csv\"\npath = \"dated.csv\"\ncolumns = { number = \"number\", added = \"date\" }",
            Reason::OptedOut,
            true,
        ),
        (
            "block",
            "format = \"csv\"\npath = \"dated.csv\"\ncolumns = { number = \"number\", added = \"date\" }",
            Reason::ListBlocked,
            false,
        ),
        (
            "block",
            "consent_lifts = true\nformat = \"csv\"\npath = \"dated.csv\"\ncolumns = { number = \"number\", added = \"date\" }",
            Reason::ListBlocked,
            true,
        ),
        ("reassigned", "format = \"plain\"\npath = \"undated.txt\"", Reason::NumberReassigned, false),
    ] {
        let list = format!("[[lists]]\nid = \"list\"\nkind = \"{kind}\"\nas_of = \"2026-11-23T00:00:00Z\"\n{more}\n");
        let world = World { manifest: list.leak(), ..World::new(NUMBER, &[consent(NUMBER, "2026-02-01", "offers")]) };
        let why = world.explained("offers");
        assert_eq!(names_way(&why, reason, CONSENT), liftable, "{why}");
        assert!(why.obstacles.iter().all(|one| !one.ways.is_empty()), "{why}");
        let after = world.with(&agreed).explained("offers");
        assert_eq!(!after.reasons.contains(reason), liftable, "{after}");
    }
}

#[test]
fn several_obstacles_all_have_to_go() {
    let list = "[[lists]]\nid = \"list\"\nkind = \"opt_out\"\nas_of = \"2026-11-23T00:00:00Z\"\nformat = \"plain\"\npath = \"undated.txt\"\n";
    let world = World { manifest: list, ..World::new(NUMBER, &[record(NUMBER, "withdrawal", "2026-05-01", "")]) };
    let why = world.explained("offers");
    for reason in [Reason::Withdrawn, Reason::OptedOut, Reason::ConsentMissing] {
        assert!(behind(&why).contains(reason), "{why}");
    }
    assert!(why.to_string().contains("all of these have to go"));
    let agreed = world.with(&consent(NUMBER, "2026-11-20", "offers")).explained("offers");
    assert_eq!(agreed.reasons, ReasonSet::of(&[Reason::OptedOut]), "the consent alone does not suffice");
}

#[test]
fn registries_name_the_consent_or_the_relationship_that_lifts_them() {
    const BRITON: &str = "+442079460010";
    let tps = "[[lists]]\nid = \"tps\"\nkind = \"registry\"\nregistry = \"gb-tps\"\nformat = \"plain\"\npath = \"undated.txt\"\nas_of = \"2026-11-20T00:00:00Z\"\n\
               [[lists]]\nid = \"ctps\"\nkind = \"registry\"\nregistry = \"gb-ctps\"\nformat = \"plain\"\npath = \"undated.txt\"\nas_of = \"2026-11-20T00:00:00Z\"\n";
    let world = World { manifest: tps, ..World::new(BRITON, &[]) };
    let why = world.explained("offers");
    assert!(names_way(&why, Reason::RegistryListed, CONSENT), "{why}");
    assert_eq!(world.with(&consent(BRITON, "2026-01-01", "offers")).explained("offers").verdict, Verdict::Allow);

    const AMERICAN: &str = "+13125550100";
    let ndnc = "[[lists]]\nid = \"ndnc\"\nkind = \"registry\"\nregistry = \"us-ndnc\"\nformat = \"plain\"\npath = \"undated.txt\"\ncovers = \"all\"\nas_of = \"2026-11-20T00:00:00Z\"\n";
    let world = World { manifest: ndnc, ..World::new(AMERICAN, &[]) };
    let why = world.explained("offers");
    assert!(names_way(&why, Reason::RegistryListed, "an inquiry of the last 3"), "{why}");
    let deal = record(AMERICAN, "relationship", "2026-09-01", ",\"kind\":\"inquiry\",\"purposes\":[\"offers\"]");
    let after = world.with(&deal).explained("offers");
    assert!(!after.reasons.contains(Reason::RegistryListed), "{after}");
    // An old inquiry is none of the last three months.
    let old = record(AMERICAN, "relationship", "2026-07-01", ",\"kind\":\"inquiry\",\"purposes\":[\"offers\"]");
    assert!(world.with(&old).explained("offers").reasons.contains(Reason::RegistryListed));
    let missing = World::new(AMERICAN, &[]).explained("offers");
    assert!(names_way(&missing, Reason::RegistryMissing, "covers the number is loaded"), "{missing}");

    // Italy's registry revokes what was agreed to before.
    const ITALIAN: &str = "+390612340042";
    let rpo = "[[lists]]\nid = \"rpo\"\nkind = \"registry\"\nregistry = \"it-rpo\"\nformat = \"csv\"\npath = \"dated.csv\"\ncolumns = { number = \"number\", added = \"date\" }\nas_of = \"2026-11-20T00:00:00Z\"\n";
    let world = World { manifest: rpo, ..World::new(ITALIAN, &[consent(ITALIAN, "2026-09-01", "offers")]) };
    let why = world.explained("offers");
    assert!(names_way(&why, Reason::RegistryListed, "later than 1 Oct 2026"), "{why}");
    let after = world.with(&consent(ITALIAN, "2026-10-02", "offers")).explained("offers");
    assert!(!after.reasons.contains(Reason::RegistryListed), "{after}");
    let undated = World {
        manifest: "[[lists]]\nid = \"rpo\"\nkind = \"registry\"\nregistry = \"it-rpo\"\nformat = \"plain\"\npath = \"undated.txt\"\nas_of = \"2026-11-20T00:00:00Z\"\n",
        ..world
    };
    let why = undated.explained("offers");
    assert!(why.reasons.contains(Reason::RegistryListed) && !names_way(&why, Reason::RegistryListed, CONSENT), "{why}");
}

#[test]
fn a_relationship_that_is_named_as_the_way_is_one() {
    let contract = |purpose: &str| {
        record(NUMBER, "relationship", "2026-05-01", &format!(",\"kind\":\"contract\",\"purposes\":[\"{purpose}\"]"))
    };
    let world = World::new(NUMBER, &[]);
    let why = world.explained("service");
    assert!(names_way(&why, Reason::BasisMissing, "a contract, or an order or purchase"), "{why}");
    assert_eq!(world.with(&contract("offers")).explained("service").verdict, Verdict::Allow);
    // An order of three years ago carries nothing.
    let order = record(NUMBER, "relationship", "2023-05-01", ",\"kind\":\"order\",\"purposes\":[\"offers\"]");
    assert!(world.with(&order).explained("service").reasons.contains(Reason::BasisMissing));
    // After an erasure a new contract serves the service, and an older one does not.
    let erased = World::new(NUMBER, &[record(NUMBER, "erasure", "2026-06-01", "")]);
    let why = erased.explained("service");
    assert!(names_way(&why, Reason::Erased, "later than 1 Jun 2026"), "{why}");
    assert!(erased.with(&contract("offers")).explained("service").reasons.contains(Reason::Erased));
    let newer = record(NUMBER, "relationship", "2026-06-02", ",\"kind\":\"contract\",\"purposes\":[\"offers\"]");
    assert_eq!(erased.with(&newer).explained("service").verdict, Verdict::Allow);
}

#[test]
fn what_ends_by_itself_names_when() {
    let until = ",\"until\":\"2026-12-24T00:00:00Z\"";
    let world =
        World::new(NUMBER, &[consent(NUMBER, "2026-02-01", "offers"), record(NUMBER, "opt_out", "2026-05-01", until)]);
    let why = world.explained("offers");
    let end = why.obstacles.iter().flat_map(|one| &one.ways).find_map(|way| way.from.clone());
    assert_eq!(end.as_deref(), Some("2026-12-24T00:00:00Z"), "{why}");
    assert!(why.allowed_from.as_deref().is_some_and(|from| from >= "2026-12-24"), "{why}");
    assert!(why.to_string().contains("it ends by itself (from 24 Dec 2026, 00:00 UTC)"), "{why}");
    let forever = World::new(NUMBER, &[record(NUMBER, "opt_out", "2026-05-01", until)]).explained("offers");
    assert_eq!(forever.allowed_from, None, "it ends, and a consent is still missing");
    assert!(forever.to_string().contains("Waiting alone does not lead to an allow"));
}

#[test]
fn an_explanation_is_one_sentence_first_and_json_has_all_of_it() {
    let why = World::new(NUMBER, &[record(NUMBER, "withdrawal", "2026-05-01", "")]).explained("offers");
    let first = why.to_string().lines().next().unwrap().to_owned();
    assert_eq!(
        first,
        "deny: +48223000001 may not be contacted by `manual_call` for `offers` on behalf of `me` at 23 Nov 2026, 12:00 UTC: \
         the person withdrew their consent."
    );
    let json = serde_json::to_value(&why).unwrap();
    assert_eq!(json["obstacles"][0]["reasons"][0], "withdrawn");
    assert!(json["obstacles"][0]["ways"][0]["says"].as_str().unwrap().contains(CONSENT));
    assert!(json["allowed_from"].is_null() && json["sentence"].is_string());
}
