//! A manifest becomes a snapshot: the sample, its order, its folder and its threads.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use dialgate::vocabulary::Condition;
use dialgate::{
    AskAgain, CompileError, CompileOptions, CompileReport, Failing, Manifest, Number, Phase, Progress, Snapshot, What,
};

/// A copy of the sample in a folder of its own.
fn sample(folder: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    fs::create_dir_all(folder.join("lists")).unwrap();
    for file in ["gate.toml", "records.jsonl", "lists/gb-tps.txt", "lists/litigators.txt", "lists/us-ndnc.txt"] {
        fs::copy(from.join(file), folder.join(file)).unwrap();
    }
    folder.join("gate.toml")
}

fn compiled(manifest: &Path, threads: usize) -> (Vec<u8>, CompileReport) {
    let options = CompileOptions::new().threads(NonZeroUsize::new(threads).unwrap());
    let (image, report) = Manifest::load(manifest).unwrap().compile_with(&options).unwrap();
    (image.as_bytes().to_vec(), report)
}

/// Rewrites a file with its lines in the opposite order.
fn reverse(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().rev().collect();
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn number(digits: u64) -> Number {
    Number::from_e164(digits).unwrap()
}

#[test]
fn the_sample_becomes_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, report) = compiled(&sample(folder.path()), 1);
    let snapshot = Snapshot::from_bytes(&bytes).unwrap();
    let dictionary = snapshot.dictionary();
    let ids: Vec<_> = dictionary.lists.iter().map(|list| (list.id.as_str(), list.entries, list.rejected)).collect();
    assert_eq!(ids, [("gb-tps", 2, 0), ("litigators", 1, 0), ("us-ndnc", 3, 0)]);
    assert!(dictionary.lists.iter().all(|list| list.digest != [0; 32]));
    assert_eq!(dictionary.controllers.len(), 2);
    assert_eq!(dictionary.purposes.len(), 12);
    assert_eq!(dictionary.notice_versions, ["2026-01"]);
    assert!(!snapshot.rules().packs.is_empty());
    assert!(!snapshot.zones().zones.is_empty());
    assert_eq!((report.records[0].taken, report.records[0].rejected), (19, 0));
    assert_eq!(report.hidden, 1);
    assert_eq!(report.bytes, u64::try_from(bytes.len()).unwrap());

    let listed = snapshot.combination(&snapshot.probe(number(13_125_550_131))).unwrap();
    assert_eq!(snapshot.combinations()[listed as usize], [1]);
    let erased = snapshot.history(&snapshot.probe(number(48_223_000_007)));
    let kinds: Vec<_> = erased.map(|event| snapshot.templates()[event.template as usize].what.clone()).collect();
    assert_eq!(kinds, [What::Erasure]);
}

#[test]
fn the_order_of_rows_the_folder_and_the_threads_do_not_show() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, _) = compiled(&sample(one.path()), 1);
    let manifest = sample(&other.path().join("elsewhere"));
    for file in ["records.jsonl", "lists/gb-tps.txt", "lists/litigators.txt", "lists/us-ndnc.txt"] {
        reverse(&other.path().join("elsewhere").join(file));
    }
    let (second, _) = compiled(&manifest, 2);
    assert!(first == second);
}

#[test]
fn a_changed_entry_shows() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = sample(folder.path());
    let (first, _) = compiled(&manifest, 1);
    replace(&folder.path().join("lists/us-ndnc.txt"), "312,5550101", "312,5550104");
    let (second, _) = compiled(&manifest, 1);
    assert!(first != second);
}

#[test]
fn without_a_date_of_the_data_it_is_now() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = sample(folder.path());
    replace(&manifest, "as_of = \"2026-12-31T00:00:00Z\"\n", "");
    let lists = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, lists.replace("2026-12-", "2024-12-")).unwrap();
    let dated = |manifest: &Manifest| {
        let gate = dialgate::Gate::from_bytes(manifest.compile().unwrap().as_bytes()).unwrap();
        gate.dictionary().as_of.to_chrono().unwrap()
    };
    let before = chrono::Utc::now();
    let now = dated(&Manifest::load(&manifest).unwrap());
    assert!(before - chrono::TimeDelta::seconds(1) <= now && now <= chrono::Utc::now());
    let given = "2026-12-31T00:00:00Z".parse().unwrap();
    assert_eq!(dated(&Manifest::load(&manifest).unwrap().as_of(given)), given);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = sample(folder.path());
    fs::remove_file(folder.path().join("lists/us-ndnc.txt")).unwrap();
    fs::write(folder.path().join("lists/litigators.txt"), "").unwrap();
    let error = Manifest::load(&manifest).unwrap().compile().unwrap_err();
    let files: Vec<_> = error.findings().iter().filter_map(|finding| finding.file.file_name()).collect();
    assert_eq!(files, ["litigators.txt", "us-ndnc.txt"]);
}

#[test]
fn a_list_that_shrank_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = sample(folder.path());
    let before = folder.path().join("before.gate");
    Manifest::load(&manifest).unwrap().compile().unwrap().write_to(&before).unwrap();
    fs::write(folder.path().join("lists/us-ndnc.txt"), "312,5550101\n").unwrap();
    let options = CompileOptions::new().replaces(&before);
    let error = Manifest::load(&manifest).unwrap().compile_with(&options).unwrap_err();
    assert!(error.findings().iter().any(|finding| finding.file.ends_with("us-ndnc.txt")), "{error}");
}

#[test]
fn a_rejected_row_is_in_the_reject_file() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = sample(folder.path());
    let records = folder.path().join("records.jsonl");
    replace(&records, "\"purposes\": [\"own-offers\"]", "\"purposes\": [\"own-ofers\"]");
    let rejects = folder.path().join("rejects.csv");
    let options = CompileOptions::new().rejects(&rejects);
    let (_, report) = Manifest::load(&manifest).unwrap().compile_with(&options).unwrap();
    assert_eq!((report.records[0].taken, report.records[0].rejected), (18, 1));
    assert_eq!(report.defects.iter().map(|defect| defect.count).sum::<u64>(), 1);
    assert_eq!(fs::read_to_string(&rejects).unwrap().lines().count(), 2);
}

#[test]
fn the_audit_tells_which_consents_count_and_whom_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = Manifest::load(sample(folder.path())).unwrap();
    let at = "2026-11-23T15:00:00Z".parse().unwrap();
    let mut rows = Vec::new();
    let audit = manifest.conformity(Some(at), &CompileOptions::new(), |row| {
        rows.push((row.number.as_u64(), row.failing.clone(), row.missing.iter().collect::<Vec<_>>(), row.ask_again));
        Ok::<(), CompileError>(())
    });
    let (audit, _) = audit.unwrap();
    let row = |number: u64| rows.iter().find(|row| row.0 == number).cloned().unwrap();
    assert_eq!(row(48_223_000_002), (48_223_000_002, vec![], vec![], AskAgain::NotNeeded));
    let unticked = (48_223_000_003, vec![Failing::Nonconforming], vec![Condition::Unambiguous], AskAgain::LawForbids);
    assert_eq!(row(48_223_000_003), unticked);
    assert_eq!(row(48_223_000_004).2, [Condition::Documented]);
    assert_eq!(row(48_223_000_005), (48_223_000_005, vec![Failing::Denied], vec![], AskAgain::Refused));
    assert_eq!(row(48_223_000_008).1, [Failing::Expired]);
    assert_eq!(row(442_079_460_020).3, AskAgain::Refused);
    assert!(rows.iter().all(|row| row.0 != 48_223_000_007), "erased");
    let count = &audit.by_purpose[&("acme".to_owned(), "own-offers".to_owned())];
    // One of them is Spanish, and older than two years.
    assert_eq!((count.consents, count.counting), (10, 2));
}

/// Keeps what it is told.
#[derive(Default)]
struct Told(std::sync::Mutex<Vec<(Phase, u64, u64)>>);

impl Progress for Told {
    fn begin(&self, phase: Phase, total: u64) {
        self.0.lock().unwrap().push((phase, total, 0));
    }

    fn done(&self, phase: Phase, more: u64) {
        let mut told = self.0.lock().unwrap();
        let current = told.last_mut().unwrap();
        assert_eq!(current.0, phase, "one phase at a time");
        current.2 += more;
    }
}

/// A sample of many rows: several blocks of each file, and more than fits where no memory is allowed.
fn large(folder: &Path) -> PathBuf {
    let manifest = sample(folder);
    let own: String = (0..400_000).map(|row| format!("+48500{:06}\n", row * 7 % 1_000_000)).collect();
    fs::write(folder.join("lists/own.txt"), own).unwrap();
    let mut text = fs::read_to_string(&manifest).unwrap();
    text.push_str("\n[[lists]]\nid = \"own\"\nkind = \"opt_out\"\nformat = \"plain\"\npath = \"lists/own.txt\"\n");
    text.push_str("as_of = \"2026-11-20T00:00:00Z\"\n");
    fs::write(&manifest, text).unwrap();
    manifest
}

#[test]
fn neither_memory_nor_threads_show_and_nothing_stays_behind() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = large(folder.path());
    let (bytes, _) = compiled(&manifest, 1);
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let target = out.join("acme.gate");
    let options = CompileOptions::new().memory(0).destination(&target);
    let (image, report) = Manifest::load(&manifest).unwrap().compile_with(&options).unwrap();
    assert!(image.as_bytes() == bytes);
    assert_eq!(report.lists.iter().find(|list| list.id == "own").unwrap().entries, 400_000);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn every_phase_is_told_from_its_beginning_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let told = Told::default();
    let options = CompileOptions::new().progress(&told);
    Manifest::load(large(folder.path())).unwrap().compile_with(&options).unwrap();
    let told = told.0.into_inner().unwrap();
    let phases: Vec<Phase> = told.iter().map(|(phase, ..)| *phase).collect();
    assert_eq!(phases, [Phase::Reading, Phase::Folding, Phase::Building]);
    for (phase, total, done) in told {
        assert_eq!(done, total, "{phase:?}");
    }
}
