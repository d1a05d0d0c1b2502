//! Modules use one another in one direction only. The same table is drawn in the crate docs.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Layers from bottom to top: a module may use those of the layers before its own, and itself.
const LAYERS: &[&[&str]] = &[
    &["vocabulary", "timestamp", "name", "region", "memory", "spill", "wire", "draft", "guide"],
    &["number", "language"],
    &["plan", "key"],
    &["phone", "event", "zone"],
    &["rules", "dictionary"],
    &["decision"],
    &["rule"],
    &["snapshot"],
    &["gate"],
    &["audit"],
    &["compile"],
    &["ledger"],
    &["live"],
    &["cli"],
];

/// Where a name that the crate's root exports really lives.
const EXPORTED: &[(&str, &[&str])] = &[
    ("timestamp", &["Timestamp"]),
    ("name", &["NameId", "Purpose"]),
    ("region", &["Region"]),
    ("number", &["Number", "NumberError", "Masked"]),
    ("language", &["Language"]),
    ("key", &["KeyError", "KeyId", "KeyRing", "MasterKey", "NumberHash", "NumberHasher"]),
    ("zone", &["Zones", "ZoneIndex", "Transition", "Local", "ZoneRemark"]),
    (
        "event",
        &["Event", "Attempt", "Template", "What", "ConsentTemplate", "PurposeSet", "DenialScope", "DenialPurposes"],
    ),
    ("decision", &["Decision"]),
    ("snapshot", &["Snapshot", "Image", "OpenError", "OpenProblem", "Probe", "History", "Attempts"]),
    (
        "gate",
        &[
            "Gate",
            "GateOptions",
            "Campaign",
            "CampaignBuilder",
            "Lead",
            "Explanation",
            "Consulted",
            "ConsultedKind",
            "PrepareError",
        ],
    ),
    (
        "audit",
        &[
            "Audit",
            "AuditBreak",
            "AuditDifference",
            "AuditError",
            "AuditReplay",
            "AuditReplayed",
            "AuditVerified",
            "AuditedCampaign",
            "AuditedGate",
        ],
    ),
    (
        "ledger",
        &[
            "Appended",
            "Deletion",
            "Due",
            "Erased",
            "Ledger",
            "LedgerError",
            "LedgerId",
            "Position",
            "Retention",
            "RetentionPolicy",
            "SnapshotOnRecord",
            "Subject",
            "WhyDue",
        ],
    ),
    (
        "compile",
        &[
            "Manifest",
            "CompileError",
            "CompileOptions",
            "CompileReport",
            "Phase",
            "Progress",
            "Conformity",
            "ConformityCount",
            "ConformityRow",
            "CONFORMITY_COLUMNS",
            "AskAgain",
        ],
    ),
];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The top-level names that this source takes from the crate, tests and comments left out.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.map(|line| format!("{line}\n")).collect();
    let mut names = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        if code[..place].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '$') {
            continue;
        }
        let rest = &code[place + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for sign in group.chars() {
                match sign {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.extend(first_word(&std::mem::take(&mut item))),
                    _ if depth == 0 => item.push(sign),
                    _ => {}
                }
            }
            names.extend(first_word(&item));
        } else {
            names.extend(first_word(rest));
        }
    }
    names
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.trim_start().chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect();
    (!word.is_empty()).then_some(word)
}

#[test]
fn modules_use_one_another_in_one_direction_only() {
    let layer: BTreeMap<&str, usize> =
        LAYERS.iter().enumerate().flat_map(|(layer, names)| names.iter().map(move |name| (*name, layer))).collect();
    let home: BTreeMap<&str, &str> =
        EXPORTED.iter().flat_map(|(module, names)| names.iter().map(move |name| (*name, *module))).collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let (mut wrong, mut seen, mut uses) = (Vec::new(), BTreeSet::new(), 0);
    for file in files {
        let relative = file.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
        let module = relative.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let is_test =
            relative.ends_with("tests.rs") || relative.contains("/tests/") || relative.ends_with("samples.rs");
        if module == "lib" || module == "bin" || is_test {
            continue;
        }
        let Some(own) = layer.get(module.as_str()) else {
            panic!("module `{module}` stands in no layer: add it to the table here and in the crate docs");
        };
        seen.insert(module.clone());
        for name in used(&std::fs::read_to_string(&file).unwrap()) {
            let Some(target) =
                home.get(name.as_str()).copied().or_else(|| layer.get_key_value(name.as_str()).map(|(name, _)| *name))
            else {
                wrong.push(format!("{relative} uses `crate::{name}`, which the table does not place"));
                continue;
            };
            uses += 1;
            if target != module && layer[target] >= *own {
                wrong.push(format!("{relative} uses `{target}` ({name}), which stands not below `{module}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(uses > 50, "only {uses} uses were found: the reader of sources is broken");
    for name in layer.keys() {
        assert!(seen.contains(*name), "`{name}` is in the table but not in src");
    }
}

#[test]
fn unsafe_code_lives_in_small_files_of_its_own() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        if code.clone().any(|line| line.contains("unsafe {") || line.contains("unsafe fn")) {
            assert!(text.contains("SAFETY:"), "{} has unsafe code without an argument", file.display());
            assert!(code.count() < 400, "{} is too long for unsafe code", file.display());
        }
    }
}
