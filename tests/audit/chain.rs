//! Nothing is altered, removed, moved or put in without being found.

use std::fs;

use dialgate::{Audit, AuditError, KeyRing, MasterKey};

use super::{Folder, asked, breaks, campaign, intact, keys, number, other_keys};

const ROOT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn lines(folder: &Folder) -> Vec<String> {
    fs::read_to_string(folder.log()).unwrap().lines().map(|line| format!("{line}\n")).collect()
}

/// Chains these lines anew, as somebody without the key can.
fn rechained(lines: &[String]) -> String {
    let mut prev = ROOT.to_owned();
    let mut all = String::new();
    for (seq, line) in lines.iter().enumerate() {
        let (_, entry) = line.split_once(r#","entry":"#).unwrap();
        let (entry, _) = entry.split_once(r#","hash":""#).unwrap();
        let bytes = format!(r#"{{"seq":{seq},"prev":"{prev}","entry":{entry}"#);
        prev = blake3::hash(bytes.as_bytes()).to_hex().to_string();
        all.push_str(&format!("{bytes},\"hash\":\"{prev}\"}}\n"));
    }
    all
}

#[test]
fn every_altered_byte_is_found_with_and_without_the_key() {
    let folder = Folder::new();
    drop(folder.logged(2));
    let was = fs::read(folder.log()).unwrap();
    for place in 0..was.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut bytes = was.clone();
            bytes[place] ^= bit;
            fs::write(folder.log(), &bytes).unwrap();
            assert!(!breaks(&folder.log()).is_empty(), "byte {place} may be altered by {bit:#x}");
            let without = Audit::verify(folder.log(), None, None).unwrap();
            assert!(!without.is_intact(), "byte {place} may be altered by {bit:#x}, for who has no key");
        }
    }
    fs::write(folder.log(), was).unwrap();
    assert_eq!(intact(&folder.log()), 2);
}

#[test]
fn every_altered_byte_of_the_head_file_is_found() {
    let folder = Folder::new();
    drop(folder.logged(2));
    let path = folder.at("decisions.log.head");
    let was = fs::read(&path).unwrap();
    for place in 0..was.len() {
        let mut bytes = was.clone();
        bytes[place] ^= 0x01;
        fs::write(&path, &bytes).unwrap();
        assert!(!breaks(&folder.log()).is_empty(), "byte {place} may be altered");
    }
}

#[test]
fn every_removal_repetition_and_exchange_is_found() {
    let folder = Folder::new();
    drop(folder.logged(6));
    let lines = lines(&folder);
    let expect_broken = |altered: &[String], what: &str| {
        fs::write(folder.log(), altered.concat()).unwrap();
        assert!(!breaks(&folder.log()).is_empty(), "{what}");
    };
    for one in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(one);
        expect_broken(&without, &format!("line {one} may be removed"));
        expect_broken(&lines[..one], &format!("all from line {one} on may be removed"));
        let mut twice = lines.clone();
        twice.insert(one, lines[one].clone());
        expect_broken(&twice, &format!("line {one} may be repeated"));
        for other in 0..one {
            let mut exchanged = lines.clone();
            exchanged.swap(one, other);
            expect_broken(&exchanged, &format!("lines {one} and {other} may be exchanged"));
        }
    }
    let mut more = lines.clone();
    more.push("\n".to_owned());
    expect_broken(&more, "an empty line may be put in");
    fs::write(folder.log(), lines.concat()).unwrap();
    assert_eq!(intact(&folder.log()), 6);
}

#[test]
fn an_entry_of_another_log_is_found() {
    let (one, other) = (Folder::new(), Folder::new());
    drop(one.logged(3));
    drop(other.logged(5));
    let (mut mixed, others) = (lines(&one), lines(&other));
    mixed[2].clone_from(&others[2]);
    fs::write(one.log(), mixed.concat()).unwrap();
    assert!(!breaks(&one.log()).is_empty());
}

#[test]
fn who_has_no_key_cannot_chain_anew() {
    let folder = Folder::new();
    drop(folder.logged(4));
    let mut lines = lines(&folder);
    assert_eq!(rechained(&lines), lines.concat(), "this is how lines are chained");
    assert!(lines[1].contains(r#""verdict":"allow""#));
    lines[1] = lines[1].replace(r#""verdict":"allow""#, r#""verdict":"deny""#);
    fs::write(folder.log(), rechained(&lines)).unwrap();
    let _ = fs::remove_file(folder.at("decisions.log.head"));
    let found = breaks(&folder.log());
    assert!(found.iter().any(|what| what.contains("not written with the key")), "{found:?}");
}

#[test]
fn an_older_state_of_both_files_is_found_by_who_noted_the_head() {
    let folder = Folder::new();
    let audit = folder.logged(2);
    let older = ["decisions.log", "decisions.log.head"].map(|name| (name, fs::read(folder.at(name)).unwrap()));
    let _ = campaign(&folder.gate()).audit(&audit).may_contact_at(number("+48223000003"), asked()).unwrap();
    let noted = audit.head();
    let verified = Audit::verify(folder.log(), Some(&keys()), Some(&noted)).unwrap();
    assert!(verified.is_intact());
    assert_eq!(verified.head.as_ref(), Some(&noted));
    drop(audit);
    for (name, bytes) in older {
        fs::write(folder.at(name), bytes).unwrap();
    }
    assert_eq!(intact(&folder.log()), 2, "the files alone cannot tell");
    let verified = Audit::verify(folder.log(), Some(&keys()), Some(&noted)).unwrap();
    assert!(!verified.is_intact());
    // Written on, the log goes another way than the noted head tells.
    drop(folder.logged(3));
    let verified = Audit::verify(folder.log(), Some(&keys()), Some(&noted)).unwrap();
    assert!(verified.breaks.iter().any(|found| found.to_string().contains("noted")), "{:?}", verified.breaks);
    assert!(Audit::verify(folder.log(), None, Some("7-abc")).is_err(), "what was noted must be readable");
}

#[test]
fn the_head_file_is_missed() {
    let folder = Folder::new();
    drop(folder.logged(2));
    fs::remove_file(folder.at("decisions.log.head")).unwrap();
    assert!(breaks(&folder.log())[0].contains("head file"));
    // Whoever writes on puts it on record.
    drop(folder.audit());
    let found = breaks(&folder.log());
    assert!(found.iter().any(|what| what.contains("the head file was missing")), "{found:?}");
}

#[test]
fn a_log_that_is_gone_is_not_begun_anew() {
    let folder = Folder::new();
    drop(folder.logged(2));
    for gone in
        [|path: &std::path::Path| fs::remove_file(path).unwrap(), |path: &std::path::Path| fs::write(path, "").unwrap()]
    {
        gone(&folder.log());
        assert!(matches!(Audit::open(folder.log(), &keys()), Err(AuditError::Gone { entries: 3, .. })));
        assert!(!breaks(&folder.log()).is_empty());
    }
}

#[test]
fn another_key_neither_writes_nor_verifies() {
    let folder = Folder::new();
    drop(folder.logged(2));
    let was = fs::read(folder.log()).unwrap();
    assert!(matches!(Audit::open(folder.log(), &other_keys()), Err(AuditError::KeyMissing(_))));
    assert!(matches!(Audit::verify(folder.log(), Some(&other_keys()), None), Err(AuditError::KeyMissing(_))));
    assert_eq!(fs::read(folder.log()).unwrap(), was);
    let both = other_keys().joined(&keys());
    let audit = Audit::open(folder.log(), &both).unwrap();
    assert_eq!(audit.key_id(), keys().current().id(), "a log stays under its key when another becomes current");
    let _ = campaign(&folder.gate()).audit(&audit).may_contact_at(number("+48223000003"), asked()).unwrap();
    assert_eq!(intact(&folder.log()), 3);
}

#[test]
fn a_key_that_only_has_the_name_is_refused() {
    let folder = Folder::new();
    drop(folder.logged(1));
    let text = fs::read_to_string(folder.log()).unwrap();
    let id = |ring: &KeyRing| ring.current().id().to_string();
    fs::write(folder.log(), text.replace(&id(&keys()), &id(&other_keys()))).unwrap();
    assert!(matches!(Audit::open(folder.log(), &other_keys()), Err(AuditError::KeyWrong(_))));
    assert!(matches!(Audit::verify(folder.log(), Some(&other_keys()), None), Err(AuditError::KeyWrong(_))));
}

#[test]
fn other_files_are_left_alone() {
    let folder = Folder::new();
    for content in ["id,number\n1,2\n", "{}\n", "hello", "\n", "{\"seq\":0,\"prev\":\"0\"}\n"] {
        fs::write(folder.log(), content).unwrap();
        let error = Audit::open(folder.log(), &keys()).unwrap_err();
        assert!(matches!(error, AuditError::NotALog { .. }), "{content:?}: {error}");
        assert_eq!(fs::read_to_string(folder.log()).unwrap(), content);
        assert!(!breaks(&folder.log()).is_empty());
    }
    assert!(Audit::open(folder.0.path(), &keys()).is_err(), "a folder is no log");
    assert!(Audit::open(folder.at("no/such/folder.log"), &keys()).is_err());
}

#[test]
fn a_log_whose_end_was_altered_is_not_written_on() {
    let folder = Folder::new();
    drop(folder.logged(3));
    let text = fs::read_to_string(folder.log()).unwrap();
    let place = text.rfind(r#""mac":"#).unwrap();
    let mut bytes = text.into_bytes();
    bytes[place - 3] ^= 1;
    fs::write(folder.log(), &bytes).unwrap();
    assert!(matches!(Audit::open(folder.log(), &keys()), Err(AuditError::Damaged { .. })));
    assert_eq!(fs::read(folder.log()).unwrap(), bytes);
}

#[test]
fn debug_output_tells_no_secret() {
    let folder = Folder::new();
    let audit = folder.logged(1);
    let told = format!("{audit:?} {:?}", campaign(&folder.gate()).audit(&audit));
    assert!(told.contains("decisions.log") && !told.contains("[7, 7"), "{told}");
    assert_eq!(MasterKey::from_bytes([7; 32]).id(), audit.key_id());
}
