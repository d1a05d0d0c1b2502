//! What a person asks for reaches a gate that is running.

use dialgate::vocabulary::Reason;
use dialgate::{AttachError, Audit, AuditReplay, Gate, Lead, Ledger, LedgerError, OpenError};

use super::{Folder, ask, asked, campaign, consent, event, person};

#[test]
fn an_erasure_bars_at_the_next_check_whatever_the_snapshot_and_the_files_still_hold() {
    let folder = Folder::new(2);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    ledger.erase(person(0), None, None).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Erased));
    assert_eq!(ask(&campaign, person(1)), None);
    // A consent older than the erasure does not come back, in the ledger or from the files.
    assert_eq!(ledger.record(&[consent(person(0))]).unwrap().recorded, 0);
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Erased));
    gate.replace_from_bytes(&folder.image()).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Erased));
}

#[test]
fn a_restriction_bars_while_it_stands() {
    let folder = Folder::new(1);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    ledger.record(&[event("restriction", person(0))]).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Restricted));
    ledger.record(&[event("restriction_lifted", person(0)).replace("11-20", "11-21")]).unwrap();
    assert_eq!(ask(&campaign, person(0)), None);
}

/// A folder whose ledger has erased one person and was told by another that she withdraws; the snapshot is older.
fn revoked() -> (Folder, Vec<u8>) {
    let folder = Folder::new(3);
    let before = folder.image();
    let ledger = folder.ledger();
    ledger.erase(person(0), None, None).unwrap();
    ledger.record(&[event("withdrawal", person(1))]).unwrap();
    (folder, before)
}

/// Neither the ledger, nor a compile, nor a gate opens with this key file: nothing that was revoked passes.
#[track_caller]
fn opens_nothing(folder: &Folder, key: &[u8], what: &str) {
    let path = folder.at("acme.ledger.key");
    let good = std::fs::read(&path).unwrap();
    let now = folder.image();
    if key.is_empty() {
        std::fs::remove_file(&path).unwrap();
    } else {
        std::fs::write(&path, key).unwrap();
    }
    assert!(Ledger::open(folder.at("acme.ledger"), None).is_err(), "{what}: the ledger opened");
    let manifest = dialgate::Manifest::load(folder.at("gate.toml"));
    assert!(manifest.and_then(|manifest| manifest.compile()).is_err(), "{what}: it compiled");
    assert_eq!(path.exists(), !key.is_empty(), "{what}: a key was made");
    let opened: Result<Gate, OpenError> = Gate::options().key_file(&path).open_bytes(&now);
    assert!(opened.is_err(), "{what}: the snapshot with an erased person opened");
    std::fs::write(&path, good).unwrap();
}

#[test]
fn a_lost_key_never_makes_an_erased_or_withdrawn_person_callable() {
    let (folder, _) = revoked();
    opens_nothing(&folder, b"", "lost");
}

#[test]
fn a_swapped_key_never_makes_an_erased_or_withdrawn_person_callable() {
    let (folder, _) = revoked();
    let other = Folder::new(0);
    opens_nothing(&folder, &std::fs::read(other.at("acme.ledger.key")).unwrap(), "swapped");
}

#[test]
fn a_truncated_key_never_makes_an_erased_or_withdrawn_person_callable() {
    let (folder, _) = revoked();
    let key = std::fs::read(folder.at("acme.ledger.key")).unwrap();
    for length in 1..key.len() {
        let cut = &key[..length];
        // Without its last line break the file says the same.
        if key.starts_with(cut) && key[length..] == *b"\n" {
            continue;
        }
        opens_nothing(&folder, cut, &format!("{length} bytes of {}", key.len()));
    }
}

#[test]
fn a_running_gate_denies_when_a_tombstone_is_under_a_key_that_it_lacks() {
    let folder = Folder::new(2);
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    assert_eq!(ask(&campaign, person(0)), None);
    dialgate::KeyRing::rotate(folder.at("acme.ledger.key")).unwrap();
    folder.ledger().erase(person(0), None, None).unwrap();
    super::attach::until(|| ask(&campaign, person(0)).is_some());
    // Who was erased is not known to this handle, so nobody passes until it is opened with the new key file.
    let renewed = folder.ledger();
    gate.attach(&renewed).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Erased));
    assert_eq!(ask(&campaign, person(1)), None);
}

#[test]
fn an_old_snapshot_follows_what_was_revoked_since() {
    let (folder, before) = revoked();
    let gate = Gate::from_bytes(&before).unwrap();
    let attached: Result<(), AttachError> = gate.attach(&folder.ledger());
    attached.unwrap();
    let campaign = campaign(&gate);
    let answers = [0, 1, 2].map(|index| ask(&campaign, person(index)));
    assert_eq!(answers, [Some(Reason::Erased), Some(Reason::Withdrawn), None]);
    assert!(matches!(Ledger::open(folder.at("none"), None), Err(LedgerError::Missing(_))));
}

#[test]
fn an_erasure_leaves_the_log_of_decisions_intact_and_the_log_names_nobody() {
    let folder = Folder::new(2);
    let (gate, ledger) = folder.live();
    let (log, keys) = (folder.at("decisions.log"), folder.keys());
    let audit = Audit::open(&log, &keys).unwrap();
    let logged = campaign(&gate).audit(&audit);
    let decide = |index| logged.may_contact_lead(&Lead::new(person(index)), asked()).unwrap().reason();
    ledger.record(&[event("notice", person(1)).replace('}', ",\"version\":\"1\"}")]).unwrap();
    assert_eq!([decide(0), decide(1)], [None, None]);
    ledger.record(&[event("withdrawal", person(1))]).unwrap();
    assert_eq!(decide(1), Some(Reason::Withdrawn));
    let token: Vec<u8> = {
        let raw = rusqlite::Connection::open(folder.at("acme.ledger")).unwrap();
        raw.query_row("SELECT token FROM events WHERE token IS NOT NULL LIMIT 1", [], |row| row.get(0)).unwrap()
    };

    ledger.erase(person(1), None, None).unwrap();
    gate.replace_from_bytes(&folder.image()).unwrap();
    ledger.vacuum().unwrap();
    assert_eq!([decide(0), decide(1)], [None, Some(Reason::Erased)]);
    drop((audit, logged));

    let verified = Audit::verify(&log, Some(&keys), None).unwrap();
    assert!(verified.is_intact() && verified.is_authenticated, "{:?}", verified.breaks);
    assert_eq!(verified.decisions, 5);
    let replayed = AuditReplay::default().keys(keys).run(&log).unwrap();
    assert!(replayed.agrees(), "{:?}", replayed.differences);
    let bytes = std::fs::read(&log).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let number = person(1).as_u64();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes();
    for needle in [
        number.to_string().into_bytes(),
        number.to_le_bytes()[..5].to_vec(),
        number.to_be_bytes()[3..].to_vec(),
        hex(&number.to_be_bytes()[3..]),
        hex(&token),
        token,
    ] {
        assert!(!holds(&needle), "{needle:?}");
    }
    assert!(holds(b"erased"), "the search works");
}
