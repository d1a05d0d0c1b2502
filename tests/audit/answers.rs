//! What is on record: the answer that was given, its facts, and nobody's name.

use std::fs;

use dialgate::vocabulary::{Channel, Reason, Verdict};
use dialgate::{Audit, AuditReplay, Decision, Lead, Purpose};

use super::{Folder, asked, campaign, intact, keys, leads, number, other_keys};

fn decisions(folder: &Folder) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(folder.log()).unwrap();
    let entries = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    entries.filter_map(|entry| entry["entry"].get("decision").cloned()).collect()
}

#[test]
fn an_answer_is_the_one_without_a_log_and_stands_in_it() {
    let folder = Folder::new();
    let (gate, audit) = (folder.gate(), folder.audit());
    let channels = [Channel::ManualCall, Channel::AutodialedCall, Channel::AutomatedCall, Channel::Sms];
    let mut answers = Vec::new();
    for channel in channels {
        let plain = gate.campaign().purpose("own-offers").channel(channel).prepare().unwrap();
        let logged = plain.audit(&audit);
        for lead in leads() {
            let answer = logged.may_contact_lead(&lead, asked()).unwrap();
            assert_eq!(answer, plain.may_contact_lead(&lead, asked()), "{lead:?} {channel}");
            answers.push(answer);
        }
    }
    let found: Vec<Verdict> = answers.iter().map(Decision::verdict).collect();
    assert!(found.contains(&Verdict::Allow) && found.contains(&Verdict::Deny), "{found:?}");
    let recorded = decisions(&folder);
    assert_eq!(recorded.len(), answers.len());
    for (entry, answer) in recorded.iter().zip(&answers) {
        assert_eq!(entry["decision"]["verdict"], answer.verdict().slug());
        let reasons: Vec<&str> = answer.reasons().iter().map(Reason::slug).collect();
        assert_eq!(entry["decision"]["reasons"], serde_json::json!(reasons));
    }
    assert_eq!(intact(&folder.log()), answers.len() as u64);
}

#[test]
fn many_at_once_and_one_by_one_are_the_same() {
    let folder = Folder::new();
    let (gate, audit) = (folder.gate(), folder.audit());
    let logged = campaign(&gate).audit(&audit);
    let leads: Vec<Lead> = leads().into_iter().cycle().take(3000).collect();
    let mut screened = vec![Decision::default(); leads.len()];
    logged.screen_leads(&leads, asked(), &mut screened).unwrap();
    for (lead, screened) in leads.iter().zip(&screened) {
        assert_eq!(campaign(&gate).may_contact_lead(lead, asked()), *screened);
    }
    assert_eq!(intact(&folder.log()), 3000);
    assert!(logged.screen_leads(&leads, asked(), &mut screened[1..]).is_err());
    assert!(screened[1..].iter().all(|decision| !decision.is_allowed()), "an error leaves no allow behind");
    assert_eq!(intact(&folder.log()), 3000);
}

#[test]
fn decisions_are_counted_whether_on_record_or_not() {
    let folder = Folder::new();
    let (gate, audit) = (folder.gate(), folder.audit());
    let _ = campaign(&gate).audit(&audit).may_contact_at(number("+48223000000"), asked()).unwrap();
    let unknown = Purpose::named("nothing");
    let _ = gate.audit(&audit).may_contact_at(number("+48223000000"), unknown, Channel::Sms, asked()).unwrap();
    assert_eq!(gate.counters().total(), 2);
    assert_eq!(gate.counters().verdict(Verdict::Allow), 1);
    assert_eq!(gate.counters().reason(Reason::QuestionUnknown), 1);
}

#[test]
fn no_number_is_in_the_log_in_any_form() {
    let folder = Folder::new();
    let (gate, audit) = (folder.gate(), folder.audit());
    let logged = campaign(&gate).audit(&audit);
    let mut all = leads();
    // Whoever builds leads from a file may mistake a column.
    all.push(Lead::new(number("+48223000000")).region("+48223000000").time_zone("48 22 300 00 00"));
    for lead in &all {
        let _ = logged.may_contact_lead(lead, asked()).unwrap();
        let _ = gate.audit(&audit).may_contact(lead.number(), Purpose::named("own-offers"), Channel::Sms).unwrap();
        let _ = gate.audit(&audit).may_contact(lead.number(), Purpose::named("none"), Channel::Sms).unwrap();
    }
    audit.sync().unwrap();
    for name in ["decisions.log", "decisions.log.head"] {
        let bytes = fs::read(folder.at(name)).unwrap();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        for lead in &all {
            let value = lead.number().as_u64();
            let digits = value.to_string();
            assert!(!holds(digits.as_bytes()), "{name} holds the digits");
            assert!(!holds(&digits.as_bytes()[2..]), "{name} holds the national number");
            assert!(!holds(&value.to_le_bytes()) && !holds(&value.to_be_bytes()), "{name} holds the integer");
            assert!(!holds(&value.to_le_bytes()[..6]) && !holds(&value.to_be_bytes()[2..]), "{name} holds the integer");
        }
        assert!(!holds(b"48 22"), "{name} holds what stood in another column");
    }
    let one = folder.at("other.log");
    let other = Audit::open(&one, &other_keys()).unwrap();
    let _ = campaign(&gate).audit(&other).may_contact_at(all[0].number(), asked()).unwrap();
    let hash = |path| {
        let text = fs::read_to_string(path).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
        line["entry"]["decision"]["number"].as_str().unwrap().to_owned()
    };
    assert_eq!(hash(folder.log()).len(), 32);
    assert_ne!(hash(folder.log()), hash(one), "a number's hash depends on the key");
}

#[test]
fn an_emergency_is_on_record_with_what_it_rests_on() {
    let folder = Folder::new();
    let (gate, audit) = (folder.gate(), folder.audit());
    let answer = gate.audit(&audit).may_contact_at(
        number("+48223000015"),
        Purpose::named("alarm"),
        Channel::AutomatedCall,
        asked(),
    );
    assert!(answer.unwrap().is_allowed());
    let entry = &decisions(&folder)[0];
    assert_eq!(entry["purpose"], "alarm");
    assert_eq!(entry["facts"]["class"], "emergency");
    assert_eq!(entry["facts"]["emergency_declared"], true);
}

#[test]
fn a_replay_comes_to_the_same_from_the_facts_and_from_the_whole_gate() {
    let folder = Folder::new();
    let (gate, audit) = (folder.gate(), folder.audit());
    let logged = campaign(&gate).audit(&audit);
    for lead in leads() {
        let _ = logged.may_contact_lead(&lead, asked()).unwrap();
        let _ = logged.may_contact_lead_after(&lead, 3, Some(asked())).unwrap();
        let _ = logged.may_contact_lead_now(&lead).unwrap();
    }
    let replayed = AuditReplay::default().run(folder.log()).unwrap();
    assert!(replayed.agrees(), "{:?}", replayed.differences);
    assert_eq!(replayed.chain.decisions, leads().len() as u64 * 3);
    for lead in leads() {
        let replayed = AuditReplay::default().keys(keys()).number(lead.number(), &gate).run(folder.log()).unwrap();
        assert!(replayed.agrees(), "{lead:?}: {:?}", replayed.differences);
        assert_eq!((replayed.asked_again, replayed.on_other_snapshots), (3, 0));
    }
    let stranger = AuditReplay::default().keys(keys()).number(number("+48223000099"), &gate).run(folder.log()).unwrap();
    assert_eq!(stranger.asked_again, 0);
    assert!(
        AuditReplay::default().number(number("+48223000000"), &gate).run(folder.log()).is_err(),
        "the key is needed"
    );
}

#[test]
fn a_replay_on_another_snapshot_says_so() {
    let folder = Folder::new();
    let audit = folder.audit();
    let _ = campaign(&folder.gate()).audit(&audit).may_contact_at(number("+48223000000"), asked()).unwrap();
    fs::write(folder.at("records.jsonl"), "").unwrap();
    let later = AuditReplay::default().keys(keys()).number(number("+48223000000"), &folder.gate()).run(folder.log());
    let later = later.unwrap();
    assert_eq!((later.asked_again, later.on_other_snapshots), (0, 1));
    assert!(later.agrees());
}

#[test]
fn altered_facts_and_altered_answers_are_differences() {
    let folder = Folder::new();
    let audit = folder.audit();
    let _ = campaign(&folder.gate()).audit(&audit).may_contact_at(number("+48223000000"), asked()).unwrap();
    let was = fs::read_to_string(folder.log()).unwrap();
    let alterations = [
        (r#""facts":{"#, r#""facts":{"cap_reached":true,"#, "reasons"),
        (r#""facts":{"#, r#""facts":{"denials":["withdrawn"],"#, "verdict"),
        (r#""snapshot_current":true,"#, "", "reasons"),
        (r#""verdict":"allow","reasons":[]"#, r#""verdict":"deny","reasons":["withdrawn"]"#, "verdict"),
        (r#""basis":"consent""#, r#""basis":"contract""#, "basis"),
    ];
    for (from, to, what) in alterations {
        assert!(was.contains(from), "{from} is not in {was}");
        fs::write(folder.log(), was.replace(from, to)).unwrap();
        let replayed = AuditReplay::default().run(folder.log()).unwrap();
        assert!(!replayed.agrees() && !replayed.chain.is_intact());
        let told: Vec<String> = replayed.differences.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|told| told.starts_with("line 2: ") && told.contains(what)), "{to}: {told:?}");
    }
}
