//! A prepared question: everything about it that does not depend on the number or the instant.

use crate::dictionary::{Dictionary, List};
use crate::event::{DenialPurposes, DenialScope, PurposeSet, Template, What};
use crate::rules::{Pack, Row, Rules, Selector};
use crate::timestamp::DAY;
use crate::vocabulary::{Channel, Form, ListKind, Party, PurposeClass, RelationshipKind, Sector};
use crate::{Number, Timestamp};

use super::packs::PackSet;
use super::subject::Templates;

/// One question of one controller, resolved against one snapshot.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) controller: u16,
    pub(crate) class: PurposeClass,
    pub(crate) channel: Channel,
    pub(crate) emergency_declared: bool,
    pub(crate) notice_version: Option<u16>,
    pub(crate) attempts_external: bool,
    /// What each template means for this question, by template index.
    pub(crate) templates: Vec<TemplateView>,
    /// What each list means for this question, by list index.
    pub(crate) lists: Vec<ListView>,
    /// The rows of each pack that speak of this question, by pack index.
    pub(crate) packs: Vec<PackView>,
}

/// What a template means for a question.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum TemplateView {
    /// Another controller's, or nothing that this question asks about.
    Irrelevant,
    Consent(ConsentView),
    Denial(DenialView),
    Listing {
        list: u16,
        scope: Option<Cover>,
    },
    Relationship {
        kind: RelationshipKind,
        names_purpose: bool,
        soft_opt_in: bool,
    },
    Notice {
        version: u16,
    },
    Reassigned,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ConsentView {
    /// It names this purpose and this channel.
    pub(crate) covers: bool,
    /// It names some marketing purpose.
    pub(crate) to_marketing: bool,
    pub(crate) conforms: bool,
    pub(crate) written: bool,
    pub(crate) double_opt_in: bool,
    pub(crate) notice: Option<u16>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct DenialView {
    pub(crate) kind: DenialKind,
    pub(crate) cover: Cover,
    pub(crate) by_message: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum DenialKind {
    Withdrawal,
    Objection,
    OptOut,
    Erasure,
    Restriction,
}

impl DenialKind {
    /// Does it take back what was agreed to? An objection and an erasure are about the data.
    pub(crate) const fn revokes_consent(self) -> bool {
        matches!(self, Self::Withdrawal | Self::OptOut)
    }
}

/// How far a denial's scope reaches into a question.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Cover {
    /// It covers this purpose and this channel.
    pub(crate) question: bool,
    /// It covers some marketing purpose on some channel.
    pub(crate) marketing: bool,
    /// It names this purpose or its class in so many words.
    pub(crate) by_name: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ListView {
    pub(crate) kind: ListKind,
    /// It binds this controller.
    pub(crate) binds: bool,
    pub(crate) cover: Cover,
    pub(crate) consent_lifts: bool,
    /// The packs in whose jurisdictions it is used.
    pub(crate) packs: PackSet,
}

/// The rows of a pack that speak of a question, by index into the pack.
#[derive(Clone, Debug, Default)]
pub(crate) struct PackView {
    pub(crate) requirements: Vec<usize>,
    pub(crate) registries: Vec<RegistryView>,
    pub(crate) windows: Vec<usize>,
    pub(crate) caps: Vec<usize>,
    pub(crate) silences: Vec<usize>,
    pub(crate) obligations: Vec<usize>,
    pub(crate) consent_limits: Vec<usize>,
    pub(crate) confirmations: Vec<usize>,
    pub(crate) revocations: Vec<usize>,
    /// Rows that ban ranges of caller IDs.
    pub(crate) caller_ids: Vec<usize>,
    /// Those of them that one of the controller's own numbers falls under.
    pub(crate) banned_caller_ids: Vec<usize>,
    /// The local days on which a row that speaks of this question begins or ends, ascending.
    pub(crate) edges: Vec<i32>,
}

/// A registry row with the copies that the snapshot holds.
#[derive(Clone, Debug)]
pub(crate) struct RegistryView {
    pub(crate) row: usize,
    pub(crate) copies: Vec<CopyView>,
}

#[derive(Clone, Debug)]
pub(crate) struct CopyView {
    pub(crate) list: u16,
    /// From this instant on the copy is stale.
    pub(crate) stale_from: Timestamp,
    /// The prefixes that it covers; none: all numbers.
    pub(crate) covers: Option<Vec<Prefix>>,
}

/// The first digits of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Prefix {
    digits: u64,
    len: u32,
}

impl Prefix {
    fn parse(digits: &str) -> Option<Self> {
        Some(Self { digits: digits.parse().ok()?, len: u32::try_from(digits.len()).ok()? })
    }

    /// The numbers that it begins, as if all had fifteen digits: the first, and the first no more.
    pub(crate) fn span(self) -> [u64; 2] {
        let unit = 15_u32.checked_sub(self.len).and_then(|rest| 10_u64.checked_pow(rest)).unwrap_or_default();
        [self.digits, self.digits.saturating_add(1)].map(|digits| digits.saturating_mul(unit))
    }

    /// How many digits it has.
    pub(crate) const fn digits(self) -> u32 {
        self.len
    }

    pub(crate) fn begins(self, number: Number) -> bool {
        let number = number.as_u64();
        let len = number.checked_ilog10().map_or(1, |log| log.saturating_add(1));
        len.checked_sub(self.len)
            .and_then(|rest| 10_u64.checked_pow(rest))
            .and_then(|unit| number.checked_div(unit))
            .is_some_and(|head| head == self.digits)
    }
}

impl Question {
    /// Resolves a question against a snapshot's small parts.
    pub(crate) fn prepare(
        dictionary: &Dictionary,
        rules: &Rules,
        templates: Templates<'_>,
        (controller, purpose, channel): (u16, u16, Channel),
    ) -> Option<Self> {
        let asked = dictionary.purposes.get(usize::from(purpose))?;
        let asks_for = dictionary.controllers.get(usize::from(controller))?;
        let context = Context { dictionary, controller, purpose, class: asked.class, channel };
        let lists: Vec<ListView> = dictionary.lists.iter().map(|list| context.list(list, rules)).collect();
        let packs = rules
            .packs
            .iter()
            .enumerate()
            .map(|(index, pack)| context.pack(PackSet::of(index), pack, asked.sector, &lists, &asks_for.caller_ids))
            .collect();
        Some(Self {
            controller,
            class: asked.class,
            channel,
            emergency_declared: asks_for.emergency,
            notice_version: asks_for.notice_version,
            attempts_external: dictionary.attempts == crate::dictionary::AttemptsSource::External,
            templates: templates.iter().map(|template| context.template(template)).collect(),
            lists,
            packs,
        })
    }

    /// What a template means.
    pub(crate) fn template(&self, template: u32) -> TemplateView {
        usize::try_from(template)
            .ok()
            .and_then(|index| self.templates.get(index))
            .copied()
            .unwrap_or(TemplateView::Irrelevant)
    }

    /// What a list means.
    pub(crate) fn list(&self, list: u16) -> Option<ListView> {
        self.lists.get(usize::from(list)).copied()
    }
}

struct Context<'a> {
    dictionary: &'a Dictionary,
    controller: u16,
    purpose: u16,
    class: PurposeClass,
    channel: Channel,
}

/// The classes that a denial covers which names none.
const DEFAULT_DENIAL: [PurposeClass; 5] = [
    PurposeClass::Marketing,
    PurposeClass::Reconsent,
    PurposeClass::Survey,
    PurposeClass::Charity,
    PurposeClass::Political,
];

impl Context<'_> {
    fn template(&self, template: &Template) -> TemplateView {
        if let What::Reassigned = template.what {
            return TemplateView::Reassigned;
        }
        if template.controller.is_some_and(|controller| controller != self.controller) {
            return TemplateView::Irrelevant;
        }
        let denial = |kind, cover, by_message| TemplateView::Denial(DenialView { kind, cover, by_message });
        let whole = |question| Cover { question, marketing: true, by_name: false };
        match &template.what {
            What::Consent(consent) => TemplateView::Consent(ConsentView {
                covers: consent.purposes.contains(self.purpose) && consent.channels.contains(self.channel),
                to_marketing: consent
                    .purposes
                    .as_slice()
                    .iter()
                    .any(|purpose| self.class_of(*purpose) == Some(PurposeClass::Marketing)),
                conforms: consent.missing.is_empty()
                    && consent.form != Form::Implied
                    && !consent.purposes.as_slice().is_empty(),
                written: matches!(consent.form, Form::Written | Form::Electronic),
                double_opt_in: consent.double_opt_in,
                notice: consent.notice,
            }),
            What::Withdrawal { scope, by_message } => {
                denial(DenialKind::Withdrawal, self.cover(Some(scope)), *by_message)
            }
            What::OptOut { scope, by_message } => denial(DenialKind::OptOut, self.cover(Some(scope)), *by_message),
            What::Objection { all } => {
                let question = if *all {
                    !matches!(self.class, PurposeClass::Emergency | PurposeClass::OptOutConfirmation)
                } else {
                    matches!(
                        self.class,
                        PurposeClass::Marketing
                            | PurposeClass::Reconsent
                            | PurposeClass::Charity
                            | PurposeClass::Political
                    )
                };
                denial(DenialKind::Objection, whole(question), false)
            }
            What::Erasure => denial(DenialKind::Erasure, whole(self.class != PurposeClass::Emergency), false),
            What::Restriction => denial(
                DenialKind::Restriction,
                Cover {
                    marketing: false,
                    ..whole(!matches!(self.class, PurposeClass::Notice | PurposeClass::Emergency))
                },
                false,
            ),
            What::Listing { list, scope } => {
                TemplateView::Listing { list: *list, scope: scope.as_ref().map(|scope| self.cover(Some(scope))) }
            }
            What::Relationship { kind, purposes, soft_opt_in } => TemplateView::Relationship {
                kind: *kind,
                names_purpose: self.names(purposes),
                soft_opt_in: *soft_opt_in,
            },
            What::Notice { version } => TemplateView::Notice { version: *version },
            What::Reassigned => TemplateView::Reassigned,
            What::RelationshipEnd { .. } | What::RestrictionLifted | What::Vanished | What::IdTaken => {
                TemplateView::Irrelevant
            }
        }
    }

    fn list(&self, list: &List, rules: &Rules) -> ListView {
        let everything = DenialScope { purposes: DenialPurposes::All, channels: crate::vocabulary::ChannelSet::all() };
        let cover = match (&list.scope, list.kind) {
            (Some(scope), _) => self.cover(Some(scope)),
            (None, ListKind::OptOut) => self.cover(None),
            (None, _) => self.cover(Some(&everything)),
        };
        let packs = match &list.jurisdictions {
            None => PackSet::ALL,
            Some(codes) => rules
                .packs
                .iter()
                .enumerate()
                .filter(|(_, pack)| codes.binary_search(&pack.code).is_ok())
                .fold(PackSet::EMPTY, |packs, (index, _)| packs.union(PackSet::of(index))),
        };
        ListView {
            kind: list.kind,
            binds: list.controllers.as_ref().is_none_or(|ids| ids.contains(&self.controller)),
            cover,
            consent_lifts: list.consent_lifts,
            packs,
        }
    }

    /// How far a scope reaches; none: the default of a denial on every channel.
    fn cover(&self, scope: Option<&DenialScope>) -> Cover {
        let by_default = DEFAULT_DENIAL.contains(&self.class);
        let Some(scope) = scope else {
            return Cover { question: by_default, marketing: true, by_name: false };
        };
        let on_channel = scope.channels.contains(self.channel);
        let on_some_channel = !scope.channels.is_empty();
        match &scope.purposes {
            DenialPurposes::Default => {
                Cover { question: by_default && on_channel, marketing: on_some_channel, by_name: false }
            }
            DenialPurposes::All | DenialPurposes::Widened => {
                let covered = !matches!(self.class, PurposeClass::Emergency | PurposeClass::OptOutConfirmation);
                let by_name = covered && scope.purposes == DenialPurposes::Widened;
                Cover { question: covered && on_channel, marketing: on_some_channel, by_name }
            }
            DenialPurposes::Named(purposes) => {
                let named = self.names(purposes);
                let to_marketing =
                    purposes.as_slice().iter().any(|purpose| self.class_of(*purpose) == Some(PurposeClass::Marketing));
                Cover { question: named && on_channel, marketing: to_marketing && on_some_channel, by_name: named }
            }
        }
    }

    /// Does the set name the question's purpose, or its class?
    fn names(&self, purposes: &PurposeSet) -> bool {
        purposes.contains(self.purpose)
            || purposes.as_slice().iter().any(|named| {
                self.dictionary.purposes.get(usize::from(*named)).is_some_and(|named| named.id == self.class.slug())
            })
    }

    fn class_of(&self, purpose: u16) -> Option<PurposeClass> {
        self.dictionary.purposes.get(usize::from(purpose)).map(|purpose| purpose.class)
    }

    fn pack(&self, index: PackSet, pack: &Pack, sector: Sector, lists: &[ListView], caller_ids: &[u64]) -> PackView {
        // A notice follows the rules for a service.
        let class = if self.class == PurposeClass::Notice { PurposeClass::Service } else { self.class };
        let speaks = |when: &Selector| {
            when.classes.contains(class) && when.sectors.contains(sector) && when.channels.contains(self.channel)
        };
        let mut edges = Vec::new();
        let mut note = |when: &Selector| edges.extend(when.from.into_iter().chain(when.to));
        let mut view = PackView {
            requirements: select(&pack.requirements, &speaks, &mut note),
            windows: select(&pack.windows, &speaks, &mut note),
            caps: select(&pack.caps, &speaks, &mut note),
            silences: select(&pack.silences, &speaks, &mut |_| ()),
            obligations: select(&pack.obligations, &speaks, &mut note),
            consent_limits: select(&pack.consent_limits, &speaks, &mut note),
            confirmations: select(&pack.confirmations, &speaks, &mut note),
            revocations: select(&pack.revocations, &speaks, &mut note),
            ..PackView::default()
        };
        view.registries = select(&pack.registries, &speaks, &mut note)
            .into_iter()
            .map(|row| RegistryView { row, copies: self.copies(index, pack, row, lists) })
            .collect();
        view.caller_ids = select(&pack.caller_ids, &speaks, &mut note);
        view.banned_caller_ids = view.caller_ids.clone();
        view.banned_caller_ids.retain(|row| {
            pack.caller_ids.get(*row).is_some_and(|row| {
                caller_ids.iter().any(|id| {
                    let digits = id.to_string();
                    row.rule.banned_prefixes.iter().any(|prefix| digits.starts_with(prefix.as_str()))
                })
            })
        });
        edges.sort_unstable();
        edges.dedup();
        view.edges = edges;
        view
    }

    /// The copies of a registry that serve this question.
    fn copies(&self, index: PackSet, pack: &Pack, row: usize, lists: &[ListView]) -> Vec<CopyView> {
        let Some(rule) = pack.registries.get(row).map(|row| &row.rule) else { return Vec::new() };
        self.dictionary
            .lists
            .iter()
            .zip(lists)
            .enumerate()
            .filter(|(_, (list, view))| {
                view.kind == ListKind::Registry
                    && list.registry.as_deref() == Some(rule.registry.as_str())
                    && view.binds
                    && view.cover.question
                    && view.packs.intersects(index)
            })
            .filter_map(|(at, (list, _))| {
                let limit = match (rule.max_age_days.map(u32::from), list.max_age_days) {
                    (Some(law), Some(own)) => Some(law.min(own)),
                    (law, own) => law.or(own),
                };
                let stale_from =
                    limit.map_or(Timestamp::MIN, |days| list.as_of.plus(DAY.saturating_mul(i64::from(days))));
                let covers = list
                    .covers
                    .as_ref()
                    .map(|prefixes| prefixes.iter().filter_map(|prefix| Prefix::parse(prefix)).collect());
                Some(CopyView { list: u16::try_from(at).ok()?, stale_from, covers })
            })
            .collect()
    }
}

fn select<T>(rows: &[Row<T>], speaks: &impl Fn(&Selector) -> bool, note: &mut impl FnMut(&Selector)) -> Vec<usize> {
    let mut selected = Vec::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| speaks(&row.when)) {
        note(&row.when);
        selected.push(index);
    }
    selected
}

/// Does a row speak of this party and line on one of these local days?
pub(crate) fn applies(when: &Selector, party: Party, line: crate::vocabulary::Line, days: &[i32]) -> bool {
    when.parties.contains(party)
        && when.lines.contains(line)
        && days.iter().any(|day| when.from.is_none_or(|from| from <= *day) && when.to.is_none_or(|to| *day < to))
}
