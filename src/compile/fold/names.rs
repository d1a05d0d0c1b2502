//! The words of records and lists as indices of the dictionary, read the safe way when they cannot be read.

use std::collections::{BTreeMap, HashMap};

use super::report::{Defect, Remark, Remarks};
use crate::compile::input::Scope;
use crate::dictionary::Dictionary;
use crate::vocabulary::{ChannelSet, ListKind, PurposeClass};
use crate::{DenialPurposes, DenialScope, PurposeSet};

/// What the dictionary and the records so far call things.
#[derive(Debug)]
pub(super) struct Names {
    controllers: HashMap<String, u16>,
    purposes: HashMap<String, (u16, PurposeClass)>,
    texts: HashMap<String, u16>,
    notice_versions: HashMap<String, u16>,
    lists: Vec<(ListKind, Option<DenialScope>)>,
}

/// Whom a record is about, once its controller was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    /// This one.
    One(u16),
    /// Every one, in so many words or for want of any.
    Every,
    /// One that is not declared.
    Unknown,
}

impl Names {
    /// The names of this dictionary.
    pub(super) fn new(dictionary: &Dictionary) -> Self {
        Self {
            controllers: numbered(dictionary.controllers.iter().map(|controller| &controller.id)),
            purposes: (0..)
                .zip(&dictionary.purposes)
                .map(|(index, purpose)| (purpose.id.clone(), (index, purpose.class)))
                .collect(),
            texts: numbered(dictionary.texts.iter().map(|text| &text.id)),
            notice_versions: numbered(&dictionary.notice_versions),
            lists: dictionary.lists.iter().map(|list| (list.kind, list.scope.clone())).collect(),
        }
    }

    /// The controller that a record names; where only one is declared it is always that one.
    pub(super) fn controller(&self, name: Option<&str>) -> Whose {
        match name {
            None | Some("*") if self.controllers.len() == 1 => Whose::One(0),
            None | Some("*") => Whose::Every,
            Some(name) => self.controllers.get(name).map_or(Whose::Unknown, |index| Whose::One(*index)),
        }
    }

    /// The purposes that a consent or relationship names. One that is not declared is reported and left
    /// out: nobody can ask for it.
    pub(super) fn purposes(&self, names: &[String], remarks: &mut Remarks) -> PurposeSet {
        let known = names.iter().filter_map(|name| {
            let known = self.purposes.get(name.as_str()).map(|(index, _)| *index);
            if known.is_none() {
                remarks.add(Remark::PurposeDropped, name);
            }
            known
        });
        PurposeSet::new(known.collect())
    }

    /// The class of a declared purpose.
    pub(super) fn class(&self, purpose: &str) -> Option<PurposeClass> {
        self.purposes.get(purpose).map(|(_, class)| *class)
    }

    /// The consent text with this id.
    pub(super) fn text(&self, id: &str) -> Result<u16, Defect> {
        self.texts.get(id).copied().ok_or(Defect::TextUnknown)
    }

    /// The notice version, taken up when it is new; none when there are too many.
    pub(super) fn notice_version(&mut self, version: &str) -> Option<u16> {
        if let Some(known) = self.notice_versions.get(version) {
            return Some(*known);
        }
        let next = u16::try_from(self.notice_versions.len()).ok()?;
        self.notice_versions.insert(version.to_owned(), next);
        Some(next)
    }

    /// All notice versions sorted, and for each index so far its place among them.
    pub(super) fn into_notice_versions(self) -> (Vec<String>, BTreeMap<u16, u16>) {
        let mut versions: Vec<(String, u16)> = self.notice_versions.into_iter().collect();
        versions.sort_unstable();
        let places = (0..).zip(&versions).map(|(place, (_, index))| (*index, place)).collect();
        (versions.into_iter().map(|(version, _)| version).collect(), places)
    }

    /// What the list is for; none when there is no such list.
    pub(super) fn list_kind(&self, list: u16) -> Option<ListKind> {
        self.lists.get(usize::from(list)).map(|(kind, _)| *kind)
    }

    /// The scope of a list entry that names one; what it leaves open is as the list has it.
    pub(super) fn entry_scope(&self, list: u16, scope: &Scope, remarks: &mut Remarks) -> DenialScope {
        let own = self.scope(scope, remarks);
        let listed = self.lists.get(usize::from(list));
        let list_scope = listed.and_then(|(_, scope)| scope.as_ref());
        DenialScope {
            purposes: match (&scope.purposes, list_scope, listed) {
                (Some(_), _, _) => own.purposes,
                (None, Some(list_scope), _) => list_scope.purposes.clone(),
                (None, None, Some((ListKind::OptOut, _))) => DenialPurposes::Default,
                (None, None, _) => DenialPurposes::All,
            },
            channels: match (&scope.channels, list_scope) {
                (None, Some(list_scope)) => list_scope.channels,
                _ => own.channels,
            },
        }
    }

    /// The scope of a denial. A name that cannot be read widens it to all, and is reported.
    pub(super) fn scope(&self, scope: &Scope, remarks: &mut Remarks) -> DenialScope {
        DenialScope {
            purposes: match &scope.purposes {
                None => DenialPurposes::Default,
                Some(names) => self.denial_purposes(names, remarks),
            },
            channels: match &scope.channels {
                None => ChannelSet::all(),
                Some(names) => denial_channels(names, remarks),
            },
        }
    }

    fn denial_purposes(&self, names: &[String], remarks: &mut Remarks) -> DenialPurposes {
        if let [only] = names
            && only == "*"
        {
            return DenialPurposes::All;
        }
        let mut named = Vec::with_capacity(names.len());
        for name in names {
            match self.purposes.get(name.as_str()) {
                Some((index, _)) => named.push(*index),
                None if name == "*" => {}
                None => remarks.add(Remark::PurposesWidened, name),
            }
        }
        if names.is_empty() {
            remarks.add(Remark::PurposesWidened, "");
        }
        if named.is_empty() || named.len() != names.len() {
            DenialPurposes::Widened
        } else {
            DenialPurposes::Named(PurposeSet::new(named))
        }
    }
}

fn denial_channels(names: &[String], remarks: &mut Remarks) -> ChannelSet {
    if names.iter().any(|name| name == "*") {
        return ChannelSet::all();
    }
    let mut channels = ChannelSet::EMPTY;
    let mut unreadable = false;
    for name in names {
        match ChannelSet::from_slug(name) {
            Some(read) => channels = channels.union(read),
            None => {
                unreadable = true;
                remarks.add(Remark::ChannelsWidened, name);
            }
        }
    }
    if names.is_empty() {
        remarks.add(Remark::ChannelsWidened, "");
    }
    if unreadable || channels.is_empty() { ChannelSet::all() } else { channels }
}

fn numbered<'a>(names: impl IntoIterator<Item = &'a String>) -> HashMap<String, u16> {
    names.into_iter().cloned().zip(0..).collect()
}
