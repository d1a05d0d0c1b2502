//! Keys, sealed snapshots and hashed lists, as their user meets them: a lost, swapped or truncated key never makes
//! a listed person callable.
#![cfg(all(feature = "cli", unix))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use dialgate::{Gate, KeyRing, Manifest, MasterKey, Number, OpenProblem, Snapshot};

const LISTED: &str = "+48223000001";
const FREE: &str = "+48223000002";
const QUESTION: [&str; 6] = ["--purpose", "offers", "--channel", "manual_call", "--at", "2026-11-23T15:00:00Z"];

/// A folder with a key, a manifest and two people who consented; one of them is on a hashed opt-out list.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new(more: &str) -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        assert!(run(&["key", "new", &world.at("acme.key")]).status.success());
        let hashed = world.hash("acme.key", &format!("{LISTED}\n"));
        assert!(hashed.status.success(), "{}", text(&hashed.stderr));
        fs::write(world.path("dnc.hashed"), hashed.stdout).unwrap();
        world.manifest(more);
        let consent = |number: &str| {
            format!(
                "{{\"type\":\"consent\",\"number\":\"{number}\",\"at\":\"2026-02-01T10:00:00Z\",\"purposes\":[\"offers\"],\
                 \"channels\":[\"live_call\"],\"form\":\"electronic\",\"pre_ticked\":false,\"conditions\":\
                 {{\"freely_given\":true,\"informed\":true,\"unambiguous\":true,\"revocable\":true}},\
                 \"evidence\":{{\"uri\":\"forms://1\",\"sha256\":\"{}\"}}}}\n",
                "9f".repeat(32)
            )
        };
        fs::write(world.path("records.jsonl"), consent(LISTED) + &consent(FREE)).unwrap();
        world
    }

    fn manifest(&self, more: &str) {
        let text = format!(
            "controller = \"me\"\nas_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"me\"\n\
             [[purposes]]\nid = \"offers\"\nclass = \"marketing\"\n[[records]]\npath = \"records.jsonl\"\n\
             [[lists]]\nid = \"dnc\"\nkind = \"opt_out\"\nformat = \"hashed\"\npath = \"dnc.hashed\"\n\
             key_file = \"acme.key\"\nas_of = \"2026-11-23T06:00:00Z\"\n{more}\n"
        );
        fs::write(self.path("gate.toml"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn hash(&self, key: &str, numbers: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dialgate"))
            .args(["hash", "--key", &self.at(key)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(numbers.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn compile(&self) -> Output {
        run(&["compile", &self.at("gate.toml"), "-o", &self.at("acme.gate")])
    }

    fn compiled(self) -> Self {
        let output = self.compile();
        assert!(output.status.success(), "{}", text(&output.stderr));
        self
    }

    #[track_caller]
    fn refuses_to_compile(&self, why: &str) {
        let output = self.compile();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(why), "expected `{why}` in: {said}");
        assert!(!self.path("acme.gate").exists());
    }

    fn check(&self, number: &str, key: Option<&str>) -> Output {
        let (gate, key) = (self.at("acme.gate"), key.map(|key| self.at(key)));
        let mut arguments = vec!["check", &gate, number];
        arguments.extend(QUESTION);
        if let Some(key) = &key {
            arguments.extend(["--key", key]);
        }
        run(&arguments)
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dialgate")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

/// How often the number is found among the hashed entries.
fn hits(snapshot: &Snapshot, asked: &str) -> usize {
    snapshot.hashers().iter().flat_map(|hasher| snapshot.hashed(hasher.hash(number(asked)))).count()
}

const SEAL: &str = "[seal]\nkey_file = \"acme.key\"";

#[test]
fn a_hashed_list_holds_whom_it_lists_and_nobody_else() {
    let world = World::new("").compiled();
    let ring = KeyRing::load(world.path("acme.key")).unwrap();
    let snapshot = Snapshot::open_with(world.path("acme.gate"), Some(&ring)).unwrap();
    assert_eq!([hits(&snapshot, LISTED), hits(&snapshot, FREE)], [1, 0]);
    assert!(!fs::read(world.path("acme.gate")).unwrap().windows(11).any(|part| part == b"48223000001"));
}

#[test]
fn a_person_on_a_hashed_list_is_denied_whatever_the_form_of_the_file() {
    for more in ["", SEAL] {
        let world = World::new(more).compiled();
        assert_eq!(world.check(FREE, Some("acme.key")).status.code(), Some(0));
        let listed = world.check(LISTED, Some("acme.key"));
        assert_eq!(listed.status.code(), Some(3));
        assert!(text(&listed.stdout).contains("opted_out"), "{}", text(&listed.stdout));
        for (asked, code) in [(FREE, 0), (LISTED, 3)] {
            let manifest = run(&[&["check", &world.at("gate.toml"), asked], &QUESTION[..]].concat());
            assert_eq!(manifest.status.code(), Some(code), "{}", text(&manifest.stderr));
        }
        assert!(run(&["key", "rotate", &world.at("acme.key")]).status.success());
        assert_eq!(world.check(LISTED, Some("acme.key")).status.code(), Some(3));
        let world = world.compiled();
        assert_eq!(world.check(LISTED, Some("acme.key")).status.code(), Some(3));
    }
}

#[test]
fn a_hashed_list_of_any_kind_denies_as_the_plain_list_does() {
    for (kind, reason) in [("opt_out", "opted_out"), ("block", "list_blocked"), ("reassigned", "number_reassigned")] {
        let world = World::new("");
        let manifest = fs::read_to_string(world.path("gate.toml")).unwrap().replace("opt_out", kind);
        let plain = manifest.replace("hashed", "plain").replace("key_file = \"acme.key\"", "");
        fs::write(world.path("dnc.plain"), format!("{LISTED}\n")).unwrap();
        let answers = [manifest, plain].map(|text_of_manifest| {
            fs::write(world.path("gate.toml"), text_of_manifest).unwrap();
            [LISTED, FREE].map(|asked| {
                let output = run(&[&["check", &world.at("gate.toml"), asked], &QUESTION[..]].concat());
                (output.status.code(), text(&output.stdout))
            })
        });
        assert_eq!(answers[0], answers[1], "{kind}");
        assert_eq!((answers[0][0].0, answers[0][1].0), (Some(3), Some(0)), "{kind}");
        assert!(answers[0][0].1.contains(reason), "{kind}: {}", answers[0][0].1);
    }
}

#[test]
fn a_lost_swapped_or_truncated_key_opens_nothing() {
    for more in ["", SEAL] {
        let world = World::new(more).compiled();
        assert_eq!(world.check(FREE, Some("acme.key")).status.code(), Some(0));
        assert!(run(&["key", "new", &world.at("other.key")]).status.success());
        let whole = fs::read(world.path("acme.key")).unwrap();
        let write = |name: &str, bytes: &[u8]| {
            fs::copy(world.path("acme.key"), world.path(name)).unwrap();
            fs::write(world.path(name), bytes).unwrap();
        };
        write("cut.key", &whole[..whole.len() - 1]);
        write("empty.key", b"");
        let other = if whole[60] == b'0' { b'1' } else { b'0' };
        write("altered.key", &[&whole[..60], &[other], &whole[61..]].concat());
        for key in [None, Some("none.key"), Some("other.key"), Some("cut.key"), Some("empty.key"), Some("altered.key")]
        {
            for asked in [LISTED, FREE] {
                let output = world.check(asked, key);
                let said = text(&output.stderr);
                assert_eq!(output.status.code(), Some(1), "{key:?}: {said}");
                assert!(said.contains("key"), "{said}");
                assert!(output.stdout.is_empty());
            }
        }
    }
}

#[test]
fn a_lost_swapped_or_truncated_key_compiles_nothing() {
    let world = World::new("");
    let whole = fs::read(world.path("acme.key")).unwrap();
    fs::write(world.path("acme.key"), &whole[..whole.len() / 2]).unwrap();
    world.refuses_to_compile("cut or altered");
    fs::remove_file(world.path("acme.key")).unwrap();
    world.refuses_to_compile("there is no such file");
    assert!(!world.path("acme.key").exists(), "a key is never made silently");
    assert!(run(&["key", "new", &world.at("acme.key")]).status.success());
    world.refuses_to_compile("which the key file does not hold");
}

#[test]
fn a_hashed_list_must_say_its_key() {
    let world = World::new("");
    let list = fs::read_to_string(world.path("dnc.hashed")).unwrap();
    let (_, hashes) = list.split_once('\n').unwrap();
    fs::write(world.path("dnc.hashed"), hashes).unwrap();
    world.refuses_to_compile("does not say which key");
    fs::write(world.path("dnc.hashed"), format!("#key 00\n{hashes}")).unwrap();
    world.refuses_to_compile("cannot be read");
    fs::write(world.path("dnc.hashed"), format!("{hashes}{list}")).unwrap();
    world.manifest("key_unchecked = true");
    world.refuses_to_compile("not a hash");
    fs::write(world.path("dnc.hashed"), hashes).unwrap();
    let world = world.compiled();
    let ring = KeyRing::load(world.path("acme.key")).unwrap();
    assert_eq!(hits(&Snapshot::open_with(world.path("acme.gate"), Some(&ring)).unwrap(), LISTED), 1);
}

#[test]
fn a_broken_hash_or_an_empty_list_is_refused() {
    let world = World::new("");
    let list = fs::read_to_string(world.path("dnc.hashed")).unwrap();
    let (key, _) = list.split_once('\n').unwrap();
    for (rows, why) in [("", "the list is empty"), ("\nabc\n", "not a hash"), ("\n+48223000001\n", "not a hash")] {
        fs::write(world.path("dnc.hashed"), format!("{key}{rows}")).unwrap();
        world.refuses_to_compile(why);
        assert!(!text(&world.compile().stderr).contains("48223000001"));
    }
}

#[test]
fn one_snapshot_has_one_key_file() {
    let world = World::new("[seal]\nkey_file = \"other.key\"");
    assert!(run(&["key", "new", &world.at("other.key")]).status.success());
    world.refuses_to_compile("hold different keys");
    fs::copy(world.path("acme.key"), world.path("other.key")).unwrap();
    world.compiled();
}

#[test]
fn a_rotated_key_file_still_opens_and_compiles_what_was_made_before() {
    let world = World::new(SEAL).compiled();
    let ring = |world: &World| KeyRing::load(world.path("acme.key")).unwrap();
    let old = ring(&world).current().id();
    assert!(run(&["key", "rotate", &world.at("acme.key")]).status.success());
    let now = ring(&world);
    assert_ne!(now.current().id(), old);
    let snapshot = Snapshot::open_with(world.path("acme.gate"), Some(&now)).unwrap();
    assert_eq!((snapshot.sealed_with(), hits(&snapshot, LISTED)), (Some(old), 1));
    let world = world.compiled();
    let snapshot = Snapshot::open_with(world.path("acme.gate"), Some(&now)).unwrap();
    assert_eq!((snapshot.sealed_with(), hits(&snapshot, LISTED)), (Some(now.current().id()), 1));
    assert!(snapshot.keys_needed().eq([old]));
}

#[test]
fn a_gate_replaces_its_snapshot_after_a_rotation() {
    let world = World::new(SEAL).compiled();
    let gate = Gate::options().key_file(world.path("acme.key")).open(world.path("acme.gate")).unwrap();
    assert!(run(&["key", "rotate", &world.at("acme.key")]).status.success());
    let world = world.compiled();
    gate.replace(world.path("acme.gate")).unwrap();
    assert_eq!(gate.sealed_with(), Some(KeyRing::load(world.path("acme.key")).unwrap().current().id()));
    assert_eq!(gate.hash_keys().len(), 1);
}

#[test]
fn what_is_sealed_is_the_same_although_the_seal_is_fresh() {
    let world = World::new(SEAL).compiled();
    let first = fs::read(world.path("acme.gate")).unwrap();
    let world = world.compiled();
    assert_ne!(fs::read(world.path("acme.gate")).unwrap(), first);
    let image = Manifest::load(world.path("gate.toml")).unwrap().compile().unwrap();
    assert!(image.is_sealed());
    let ring = KeyRing::load(world.path("acme.key")).unwrap();
    let opened = Snapshot::open_with(world.path("acme.gate"), Some(&ring)).unwrap();
    assert_eq!(opened.digest(), image.digest());
    assert_eq!(Snapshot::from_bytes_with(&first, Some(&ring)).unwrap().digest(), image.digest());
    assert!(first.windows(6).all(|part| part != b"offers"));
}

#[test]
fn every_command_that_reads_a_snapshot_takes_the_key() {
    let world = World::new(SEAL).compiled();
    let (gate, key) = (world.at("acme.gate"), world.at("acme.key"));
    let id = MasterKey::load(&key).unwrap().id().to_string();
    fs::write(world.path("leads.csv"), format!("number\n{FREE}\n")).unwrap();
    let (leads, clean) = (world.at("leads.csv"), world.at("clean.csv"));
    for arguments in [
        vec!["inspect", &gate],
        vec!["verify", &gate],
        vec!["rules", &gate],
        [&["explain", &gate, FREE], &QUESTION[..]].concat(),
        [&["filter", &gate, &leads, "-o", &clean], &QUESTION[..]].concat(),
    ] {
        let locked = run(&arguments);
        assert_eq!(locked.status.code(), Some(1), "{arguments:?}");
        assert!(text(&locked.stderr).contains(&id), "{}", text(&locked.stderr));
        let opened = run(&[&arguments[..], &["--key", &key]].concat());
        assert!(opened.status.success(), "{arguments:?}: {}", text(&opened.stderr));
        if arguments[0] == "inspect" {
            assert!(text(&opened.stdout).contains(&format!("with key {id}")), "{}", text(&opened.stdout));
        }
    }
    let manifest = run(&["inspect", &world.at("gate.toml")]);
    assert!(manifest.status.success(), "{}", text(&manifest.stderr));
}

#[test]
fn hashing_reports_what_it_cannot_read_and_repeats_no_number() {
    let world = World::new("");
    let output = world.hash("acme.key", "+48 22 300 00 01\r\n\n0048223000002\n48223000003\nx\n");
    let (said, hashes) = (text(&output.stderr), text(&output.stdout));
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("standard input:4: ") && said.contains("standard input:5: "), "{said}");
    assert!(!said.contains("48223000003"), "{said}");
    let hasher = MasterKey::load(world.path("acme.key")).unwrap().number_hasher();
    let expected = [
        format!("#key {}", hasher.key_id()),
        hasher.hash(number(LISTED)).to_string(),
        hasher.hash(number(FREE)).to_string(),
    ];
    assert_eq!(hashes.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn who_is_on_a_hashed_list_is_not_asked_again() {
    let world = World::new("");
    let expired = fs::read_to_string(world.path("records.jsonl")).unwrap();
    let expired = expired.replace("\"purposes\"", "\"expires_at\":\"2026-03-01T00:00:00Z\",\"purposes\"");
    fs::write(world.path("records.jsonl"), expired.replace("+4822300", "+44207946").replace("0001\"", "0011\""))
        .unwrap();
    let hashed = world.hash("acme.key", "+442079460011\n");
    fs::write(world.path("dnc.hashed"), hashed.stdout).unwrap();
    let ask_again = |path: &Path| {
        let mut answers = Vec::new();
        let each = |row: &dialgate::ConformityRow<'_>| {
            answers.push((row.number.to_string(), row.ask_again.to_string()));
            Ok::<(), dialgate::CompileError>(())
        };
        let options = dialgate::CompileOptions::new();
        Manifest::load(path).unwrap().conformity(None, &options, each).unwrap();
        answers
    };
    let answers = ask_again(&world.path("gate.toml"));
    assert_eq!(answers.len(), 2);
    assert_ne!(answers[1].1, answers[0].1, "{answers:?}");
}

#[test]
fn a_key_file_is_refused_as_a_problem_of_opening() {
    let world = World::new(SEAL).compiled();
    let error = Gate::options().key_file(world.path("none.key")).open(world.path("acme.gate")).unwrap_err();
    assert!(matches!(error.problem, OpenProblem::Key(_)), "{error}");
    assert!(error.to_string().contains("restore it from its backup"), "{error}");
}
