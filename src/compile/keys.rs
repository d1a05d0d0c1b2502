//! The keys that a manifest names: all its lists and its seal share one key file, so that one opens the snapshot.

use std::path::PathBuf;

use super::error::{CompileError, Finding};
use super::manifest::Manifest;
use super::source::EventSource;
use crate::key::{KeyError, KeyId, KeyRing, MasterKey};

/// Reads the key file that the manifest names, if it names one. The keys of its ledger join them.
pub(super) fn load(manifest: &Manifest, source: Option<&dyn EventSource>) -> Result<Option<KeyRing>, CompileError> {
    let named = of_files(manifest)?;
    Ok(match (named, source.map(EventSource::keys)) {
        (Some(named), Some(ledger)) => Some(named.joined(ledger)),
        (named, ledger) => named.or_else(|| ledger.cloned()),
    })
}

fn of_files(manifest: &Manifest) -> Result<Option<KeyRing>, CompileError> {
    let mut paths: Vec<&PathBuf> = manifest.seal.iter().collect();
    paths.extend(manifest.lists.iter().filter_map(|list| list.key_file.as_ref()));
    paths.sort_unstable();
    paths.dedup();
    let mut found: Option<KeyRing> = None;
    let mut findings = Vec::new();
    for path in paths {
        match (KeyRing::load(path), &found) {
            (Err(error), _) => findings.push(refused(&error)),
            (Ok(ring), None) => found = Some(ring),
            (Ok(ring), Some(first)) if ids(&ring) == ids(first) => {}
            (Ok(_), Some(_)) => findings.push(Finding::new(
                &manifest.path,
                format!("`{}` and another `key_file` hold different keys", path.display()),
                "one key file for the seal and all hashed lists",
                "have the lists hashed with the keys of one file",
            )),
        }
    }
    if findings.is_empty() { Ok(found) } else { Err(CompileError::new(findings)) }
}

fn ids(ring: &KeyRing) -> Vec<KeyId> {
    ring.iter().map(MasterKey::id).collect()
}

fn refused(error: &KeyError) -> Finding {
    Finding::new(
        &error.path,
        format!("the key file was refused: {}", error.problem),
        "the key file that the lists were hashed with, or that `dialgate key new` made",
        error.problem.remedy(),
    )
}
