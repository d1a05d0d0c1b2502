//! Checks a manifest as written, and collects everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::raw::{
    DateText, RawConditions, RawController, RawLedger, RawManifest, RawPacks, RawPurpose, RawSource, RawText,
};
use super::spec::{ControllerSpec, LedgerSpec, Manifest, PurposeSpec, RecordsSpec, RulesSpec};
use crate::compile::error::{CompileError, Finding};
use crate::dictionary::ConsentText;
use crate::vocabulary::{Condition, ConditionSet, PurposeClass, Sector};
use crate::{NameId, Timestamp};

/// What has been found wrong so far, and where the manifest lies.
pub(super) struct Check<'a> {
    path: &'a Path,
    text: &'a str,
    findings: Vec<Finding>,
    pub(super) controllers: BTreeSet<String>,
    pub(super) purposes: BTreeSet<String>,
}

pub(super) fn check(path: &Path, text: &str, raw: RawManifest) -> Result<Manifest, CompileError> {
    let mut check = Check { path, text, findings: Vec::new(), controllers: BTreeSet::new(), purposes: BTreeSet::new() };
    let as_of = raw.as_of.as_ref().and_then(|date| check.date(date.get_ref(), date.span()));
    let default_controller = check.default_controller(&raw);
    let controllers = check.controllers(raw.controllers);
    let purposes = check.purposes(raw.purposes);
    let texts = check.texts(raw.consent_texts);
    let lists = check.lists(raw.lists, as_of);
    let records = raw
        .records
        .into_iter()
        .map(|records| RecordsSpec {
            path: check.relative(&records.path),
            format: records.format,
            max_reject_percent: check.percent(records.max_reject_percent.as_ref(), 0.0),
        })
        .collect();
    let ledger = raw.ledger.map(|ledger| check.ledger(ledger));
    if let Some(seal) = raw.seal.as_ref().filter(|_| !cfg!(feature = "seal")) {
        check.unsupported(seal.span(), "[seal]", "seal");
    }
    if let Some(source) = &raw.attempts.source
        && matches!(source.get_ref(), RawSource::Ledger)
        && ledger.is_none()
    {
        check.find(source.span(), "attempts counted in a ledger that is not named", "a section [ledger]", "add it");
    }
    let packs = match raw.rules.packs {
        None => None,
        Some(packs) => {
            let span = packs.span();
            match packs.into_inner() {
                RawPacks::Word(word) if word == "builtin" => None,
                RawPacks::Word(word) => {
                    check.find(span, format!("packs = `{word}`"), "`builtin` or a list of pack codes", "correct it");
                    None
                }
                RawPacks::Names(names) => Some(names),
            }
        }
    };
    let rules = RulesSpec {
        packs,
        files: raw.rules.files.iter().map(|file| check.relative(file)).collect(),
        it_code_of_conduct: raw.rules.it_code_of_conduct.unwrap_or(true),
        use_registry_grace: raw.rules.use_registry_grace,
    };
    let seal = raw.seal.as_ref().map(|seal| check.relative(&seal.get_ref().key_file));
    if !check.findings.is_empty() {
        return Err(CompileError::new(check.findings));
    }
    Ok(Manifest {
        path: path.to_owned(),
        as_of,
        max_age_days: raw.max_age_days,
        controllers,
        default_controller,
        purposes,
        texts,
        lists,
        records,
        ledger,
        attempts: raw.attempts.source.map(|source| source.into_inner().into()).unwrap_or_default(),
        rules,
        seal,
        prefilter: raw.prefilter,
    })
}

impl Check<'_> {
    pub(super) fn find(
        &mut self,
        span: Range<usize>,
        what: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let line = self.line(&span);
        self.findings.push(Finding::new(self.path, what, expected, remedy).at_line(line));
    }

    pub(super) fn line(&self, span: &Range<usize>) -> u64 {
        super::line_at(self.text.as_bytes(), span.start)
    }

    pub(super) fn relative(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    pub(super) fn date(&mut self, date: &DateText, span: Range<usize>) -> Option<Timestamp> {
        let instant = date.instant();
        if instant.is_none() {
            self.find(span, "a date that cannot be read", "RFC 3339 or `YYYY-MM-DD`", "correct the date");
        }
        instant
    }

    pub(super) fn percent(&mut self, percent: Option<&toml::Spanned<f64>>, default: f64) -> f64 {
        match percent {
            None => default,
            Some(percent) if (0.0..=100.0).contains(percent.get_ref()) => *percent.get_ref(),
            Some(percent) => {
                self.find(percent.span(), "a percentage out of range", "0 to 100", "correct it");
                default
            }
        }
    }

    /// A section that this build of the crate knows nothing to do with.
    fn unsupported(&mut self, span: Range<usize>, section: &str, feature: &str) {
        self.find(
            span,
            format!("{section} is not supported by this build"),
            "a build with what it names: nothing is read in part",
            format!("build the crate with the feature `{feature}`"),
        );
    }

    fn ledger(&mut self, raw: toml::Spanned<RawLedger>) -> LedgerSpec {
        if !cfg!(feature = "ledger") {
            self.unsupported(raw.span(), "[ledger]", "ledger");
        }
        let span = raw.span();
        let raw = raw.into_inner();
        let max_silence_seconds = raw.max_silence_seconds.unwrap_or(LedgerSpec::MAX_SILENCE_SECONDS);
        if max_silence_seconds == 0 {
            self.find(span, "`max_silence_seconds` = 0", "at least 1", "correct it: 0 would deny always");
        }
        LedgerSpec {
            path: self.relative(&raw.path),
            key_file: raw.key_file.map(|path| self.relative(&path)),
            max_silence_seconds,
        }
    }

    /// An id: unique among its kind, by text and by its 64-bit id.
    pub(super) fn id(&mut self, kind: &str, id: &toml::Spanned<String>, seen: &mut BTreeMap<NameId, String>) {
        let text = id.get_ref();
        let well_formed = !text.is_empty()
            && text.len() <= 64
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if !well_formed {
            self.find(
                id.span(),
                format!("{kind} id `{}` is not well-formed", text.escape_debug()),
                "1 to 64 letters, digits, `-`, `_` or `.`",
                "rename it",
            );
        }
        if let Some(other) = seen.insert(NameId::of(text), text.clone()) {
            let what = if other == *text {
                format!("{kind} id `{text}` is declared twice")
            } else {
                format!("{kind} ids `{other}` and `{text}` have the same 64-bit id")
            };
            self.find(id.span(), what, "ids that differ", "rename one of them");
        }
    }

    fn default_controller(&mut self, raw: &RawManifest) -> String {
        match (&raw.controller, raw.controllers.as_slice()) {
            (_, []) => {
                self.find(0..0, "no controller is declared", "at least one [[controllers]]", "declare who asks");
                String::new()
            }
            (None, [only]) => only.id.get_ref().clone(),
            (None, _) => {
                self.find(
                    0..0,
                    "several controllers are declared and none is the default",
                    "`controller = \"...\"`",
                    "name the controller that a check without one asks for",
                );
                String::new()
            }
            (Some(id), declared) => {
                if !declared.iter().any(|controller| controller.id.get_ref() == id.get_ref()) {
                    self.find(
                        id.span(),
                        format!("the default controller `{}` is not declared", id.get_ref()),
                        "the id of one of the [[controllers]]",
                        "declare it or correct the name",
                    );
                }
                id.get_ref().clone()
            }
        }
    }

    fn controllers(&mut self, raw: Vec<RawController>) -> Vec<ControllerSpec> {
        let mut seen = BTreeMap::new();
        let mut specs = Vec::new();
        for controller in raw {
            self.id("controller", &controller.id, &mut seen);
            let mut caller_ids = Vec::new();
            for caller_id in &controller.caller_ids {
                match international(caller_id.get_ref()) {
                    Some(digits) => caller_ids.push(digits),
                    None => self.find(
                        caller_id.span(),
                        "a caller ID that is not a number in international form",
                        "`+` and 4 to 15 digits",
                        "write it in E.164",
                    ),
                }
            }
            let id = controller.id.into_inner();
            self.controllers.insert(id.clone());
            specs.push(ControllerSpec {
                name: controller.name.unwrap_or_else(|| id.clone()),
                id,
                notice_version: controller.notice_version,
                caller_ids,
                emergency: controller.emergency,
            });
        }
        specs
    }

    fn purposes(&mut self, raw: Vec<RawPurpose>) -> Vec<PurposeSpec> {
        let mut seen = BTreeMap::new();
        for class in PurposeClass::ALL {
            seen.insert(NameId::of(class.slug()), class.slug().to_owned());
            self.purposes.insert(class.slug().to_owned());
        }
        let mut specs = Vec::new();
        for purpose in raw {
            if PurposeClass::from_slug(purpose.id.get_ref()).is_some() {
                self.find(
                    purpose.id.span(),
                    format!("purpose `{}` has the name of a class", purpose.id.get_ref()),
                    "a name of its own: every class name is a purpose already",
                    "rename it, or use the class name without declaring it",
                );
            } else {
                self.id("purpose", &purpose.id, &mut seen);
            }
            if purpose.sector.is_some() && purpose.class != PurposeClass::Marketing {
                self.find(
                    purpose.id.span(),
                    format!("purpose `{}` has a sector, but its class is `{}`", purpose.id.get_ref(), purpose.class),
                    "a sector with class `marketing` only",
                    "remove `sector`",
                );
            }
            let id = purpose.id.into_inner();
            self.purposes.insert(id.clone());
            specs.push(PurposeSpec { id, class: purpose.class, sector: purpose.sector.unwrap_or(Sector::General) });
        }
        specs
    }

    fn texts(&mut self, raw: Vec<RawText>) -> Vec<ConsentText> {
        let mut seen = BTreeMap::new();
        let mut specs = Vec::new();
        for text in raw {
            self.id("consent text", &text.id, &mut seen);
            if let Some(sha256) = &text.sha256
                && !crate::compile::records::is_sha256(sha256.get_ref())
            {
                self.find(sha256.span(), "`sha256` is not a SHA-256 digest", "64 hexadecimal digits", "correct it");
            }
            let from = text.from.as_ref().and_then(|date| self.date(date.get_ref(), date.span()));
            specs.push(ConsentText {
                id: text.id.into_inner(),
                form: text.form,
                conditions: text.conditions.map(met),
                pre_ticked: text.pre_ticked,
                from,
            });
        }
        specs
    }
}

/// The conditions that a text says are met.
fn met(conditions: RawConditions) -> ConditionSet {
    [
        (conditions.freely_given, Condition::FreelyGiven),
        (conditions.informed, Condition::Informed),
        (conditions.unambiguous, Condition::Unambiguous),
        (conditions.revocable, Condition::Revocable),
    ]
    .into_iter()
    .filter_map(|(is_met, condition)| is_met.then_some(condition))
    .collect()
}

/// The digits of a number in international form.
fn international(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('+')?;
    let fits = (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !fits || digits.starts_with('0') {
        return None;
    }
    digits.parse().ok()
}
