//! The dictionary of a manifest: names sorted, references resolved.

use std::collections::BTreeMap;

use crate::compile::error::{CompileError, Finding};
use crate::compile::fold::{Remarks, list_scope};
use crate::compile::manifest::{ListSpec, Manifest};
use crate::dictionary::{ConsentText, Controller, DeclaredPurpose, Dictionary, List};
use crate::vocabulary::{PurposeClass, Sector};
use crate::{NameId, plan};

/// The texts in the order of their ids.
fn texts(manifest: &Manifest) -> Vec<ConsentText> {
    let mut texts = manifest.texts.clone();
    texts.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    texts
}

/// The dictionary as far as the manifest alone gives it: counts and digests of the lists are open.
pub(super) fn of(manifest: &Manifest) -> Result<(Dictionary, Remarks), CompileError> {
    let as_of = manifest.as_of.unwrap_or_else(|| chrono::Utc::now().into());
    let mut notice_versions: Vec<String> =
        manifest.controllers.iter().filter_map(|controller| controller.notice_version.clone()).collect();
    notice_versions.sort_unstable();
    notice_versions.dedup();
    let mut controllers: Vec<Controller> = manifest
        .controllers
        .iter()
        .map(|controller| Controller {
            id: controller.id.clone(),
            name: controller.name.clone(),
            notice_version: controller.notice_version.as_ref().and_then(|version| place(&notice_versions, version)),
            caller_ids: sorted(controller.caller_ids.clone()),
            emergency: controller.emergency,
        })
        .collect();
    controllers.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let controller_ids: Vec<String> = controllers.iter().map(|controller| controller.id.clone()).collect();
    let default_controller = place(&controller_ids, &manifest.default_controller);
    let mut dictionary = Dictionary {
        as_of,
        max_age_days: manifest.max_age_days,
        controllers,
        default_controller: default_controller.unwrap_or_default(),
        purposes: purposes(manifest),
        notice_versions,
        texts: texts(manifest),
        lists: lists(manifest, &controller_ids),
        attempts: manifest.attempts,
        use_registry_grace: manifest.rules.use_registry_grace,
        plan_version: plan::VERSION.to_owned(),
        ledger: None,
    };
    let remarks = resolve_scopes(&mut dictionary, manifest);
    let mut findings = clashes(&dictionary, manifest);
    if default_controller.is_none() {
        findings.push(Finding::new(
            &manifest.path,
            format!("the default controller `{}` is not declared", manifest.default_controller),
            "the id of one of [[controllers]]",
            "correct `controller`",
        ));
    }
    if findings.is_empty() { Ok((dictionary, remarks)) } else { Err(CompileError::new(findings)) }
}

/// The declared purposes, and the class names under which nothing was declared.
fn purposes(manifest: &Manifest) -> Vec<DeclaredPurpose> {
    let declared = manifest.purposes.iter().map(|purpose| DeclaredPurpose {
        id: purpose.id.clone(),
        class: purpose.class,
        sector: purpose.sector,
    });
    let classes = PurposeClass::ALL.iter().map(|class| DeclaredPurpose {
        id: class.slug().to_owned(),
        class: *class,
        sector: Sector::General,
    });
    let by_id: BTreeMap<String, DeclaredPurpose> =
        classes.chain(declared).map(|purpose| (purpose.id.clone(), purpose)).collect();
    by_id.into_values().collect()
}

/// The lists as [`sorted_lists`] has them.
fn lists(manifest: &Manifest, controller_ids: &[String]) -> Vec<List> {
    sorted_lists(manifest)
        .into_iter()
        .map(|list| List {
            id: list.id.clone(),
            kind: list.kind,
            registry: list.registry.clone(),
            controllers: list.controllers.as_ref().map(|controllers| {
                sorted(controllers.iter().filter_map(|controller| place(controller_ids, controller)).collect())
            }),
            scope: None,
            jurisdictions: list.jurisdictions.clone().map(sorted),
            covers: list.covers.clone().map(sorted),
            as_of: list.as_of,
            max_age_days: list.max_age_days,
            consent_lifts: list.consent_lifts,
            entries: 0,
            rejected: 0,
            digest: [0; 32],
        })
        .collect()
}

/// The lists of a manifest in the order of the dictionary.
pub(super) fn sorted_lists(manifest: &Manifest) -> Vec<&ListSpec> {
    let mut lists: Vec<&ListSpec> = manifest.lists.iter().collect();
    lists.sort_by(|a, b| a.id.cmp(&b.id));
    lists
}

fn resolve_scopes(dictionary: &mut Dictionary, manifest: &Manifest) -> Remarks {
    let mut remarks = Remarks::default();
    let specs = sorted_lists(manifest);
    let scopes: Vec<_> = (0_u16..)
        .zip(&specs)
        .map(|(list, spec)| {
            let narrowed = spec.scope.purposes.is_some() || spec.scope.channels.is_some();
            narrowed.then(|| list_scope(dictionary, list, &spec.scope, &mut remarks))
        })
        .collect();
    for (list, scope) in dictionary.lists.iter_mut().zip(scopes) {
        list.scope = scope;
    }
    remarks
}

/// Names of one kind that are equal or share an id, and more names than can be counted.
fn clashes(dictionary: &Dictionary, manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    let kinds: [(&str, Vec<&str>); 3] = [
        ("controllers", dictionary.controllers.iter().map(|controller| controller.id.as_str()).collect()),
        ("purposes", dictionary.purposes.iter().map(|purpose| purpose.id.as_str()).collect()),
        ("lists", dictionary.lists.iter().map(|list| list.id.as_str()).collect()),
    ];
    for (kind, names) in kinds {
        let mut seen: BTreeMap<NameId, &str> = BTreeMap::new();
        for name in &names {
            if let Some(other) = seen.insert(NameId::of(name), name) {
                findings.push(Finding::new(
                    &manifest.path,
                    format!("`{other}` and `{name}` in [[{kind}]] have the same id"),
                    "names with different ids",
                    "rename one of them",
                ));
            }
        }
        if u16::try_from(names.len()).is_err() {
            findings.push(Finding::new(
                &manifest.path,
                format!("{} [[{kind}]]", names.len()),
                "at most 65535",
                "split the manifest",
            ));
        }
    }
    findings
}

fn place(sorted: &[String], name: &str) -> Option<u16> {
    sorted.binary_search_by(|known| known.as_str().cmp(name)).ok().and_then(|index| u16::try_from(index).ok())
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}
