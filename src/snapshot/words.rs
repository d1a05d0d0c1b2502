//! The small parts of a snapshot as bytes: dictionary, templates, sets of lists.

use crate::Timestamp;
use crate::dictionary::{AttemptsSource, ConsentText, Controller, DeclaredPurpose, Dictionary, LedgerMark, List};
use crate::event::{ConsentTemplate, DenialPurposes, DenialScope, PurposeSet, Template, What};
use crate::vocabulary::{ChannelSet, ConditionSet, Form, ListKind, PurposeClass, RelationshipKind, Sector};
#[cfg(feature = "compile")]
use crate::wire::Writer;
use crate::wire::{Malformed, Reader};

type Read<T> = Result<T, Malformed>;

/// A value as bytes of a snapshot.
pub(crate) trait Wire: Sized {
    /// Appends the value.
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer);
    /// Reads it back.
    fn decode(reader: &mut Reader<'_>) -> Read<Self>;
}

/// Encodes and decodes the fields of a struct in one order.
macro_rules! fields {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl Wire for $name {
            #[cfg(feature = "compile")]
            fn encode(&self, writer: &mut Writer) { $( self.$field.encode(writer); )+ }
            fn decode(reader: &mut Reader<'_>) -> Read<Self> { Ok(Self { $( $field: Wire::decode(reader)?, )+ }) }
        }
    };
}

/// Encodes words of the vocabulary by their numbers.
macro_rules! codes {
    ($($name:ident),+) => { $(
        impl Wire for $name {
            #[cfg(feature = "compile")]
            fn encode(&self, writer: &mut Writer) { writer.u8(self.code()); }
            fn decode(reader: &mut Reader<'_>) -> Read<Self> {
                let wrong = reader.malformed(concat!("a number of `", stringify!($name), "`"));
                Self::from_code(reader.u8()?).ok_or(wrong)
            }
        }
    )+ };
}

/// Encodes numbers as varints.
macro_rules! varints {
    ($($name:ident),+) => { $(
        impl Wire for $name {
            #[cfg(feature = "compile")]
            fn encode(&self, writer: &mut Writer) { writer.varint(u64::from(*self)); }
            fn decode(reader: &mut Reader<'_>) -> Read<Self> { reader.small() }
        }
    )+ };
}

codes!(Form, ListKind, PurposeClass, RelationshipKind, Sector);
varints!(u16, u32, u64);

fields!(Dictionary {
    as_of,
    max_age_days,
    controllers,
    default_controller,
    purposes,
    notice_versions,
    texts,
    lists,
    attempts,
    use_registry_grace,
    plan_version,
    ledger,
});
fields!(ConsentText { id, form, conditions, pre_ticked, from });
fields!(LedgerMark { id, position, nonce, max_silence_seconds });
fields!(Controller { id, name, notice_version, caller_ids, emergency });
fields!(DeclaredPurpose { id, class, sector });
fields!(List {
    id,
    kind,
    registry,
    controllers,
    scope,
    jurisdictions,
    covers,
    as_of,
    max_age_days,
    consent_lifts,
    entries,
    rejected,
    digest,
});
fields!(Template { controller, what });
fields!(ConsentTemplate { purposes, channels, form, missing, double_opt_in, notice, text });
fields!(DenialScope { purposes, channels });

impl Wire for What {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        match self {
            What::Consent(consent) => {
                writer.u8(1);
                consent.encode(writer);
            }
            What::Withdrawal { scope, by_message } => {
                writer.u8(2);
                scope.encode(writer);
                by_message.encode(writer);
            }
            What::Objection { all } => {
                writer.u8(3);
                all.encode(writer);
            }
            What::OptOut { scope, by_message } => {
                writer.u8(4);
                scope.encode(writer);
                by_message.encode(writer);
            }
            What::Erasure => writer.u8(5),
            What::Restriction => writer.u8(6),
            What::Listing { list, scope } => {
                writer.u8(7);
                list.encode(writer);
                scope.encode(writer);
            }
            What::Relationship { kind, purposes, soft_opt_in } => {
                writer.u8(8);
                kind.encode(writer);
                purposes.encode(writer);
                soft_opt_in.encode(writer);
            }
            What::Notice { version } => {
                writer.u8(9);
                version.encode(writer);
            }
            What::Reassigned => writer.u8(10),
            What::RelationshipEnd { kind } => {
                writer.u8(11);
                kind.encode(writer);
            }
            What::RestrictionLifted => writer.u8(12),
            What::Vanished => writer.u8(13),
            What::IdTaken => writer.u8(14),
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        let wrong = reader.malformed("a kind of event");
        Ok(match reader.u8()? {
            1 => What::Consent(Wire::decode(reader)?),
            2 => What::Withdrawal { scope: Wire::decode(reader)?, by_message: Wire::decode(reader)? },
            3 => What::Objection { all: Wire::decode(reader)? },
            4 => What::OptOut { scope: Wire::decode(reader)?, by_message: Wire::decode(reader)? },
            5 => What::Erasure,
            6 => What::Restriction,
            7 => What::Listing { list: Wire::decode(reader)?, scope: Wire::decode(reader)? },
            8 => What::Relationship {
                kind: Wire::decode(reader)?,
                purposes: Wire::decode(reader)?,
                soft_opt_in: Wire::decode(reader)?,
            },
            9 => What::Notice { version: Wire::decode(reader)? },
            10 => What::Reassigned,
            11 => What::RelationshipEnd { kind: Wire::decode(reader)? },
            12 => What::RestrictionLifted,
            13 => What::Vanished,
            14 => What::IdTaken,
            _ => return Err(wrong),
        })
    }
}

impl Wire for DenialPurposes {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        match self {
            DenialPurposes::Default => writer.u8(0),
            DenialPurposes::All => writer.u8(1),
            DenialPurposes::Widened => writer.u8(3),
            DenialPurposes::Named(purposes) => {
                writer.u8(2);
                purposes.encode(writer);
            }
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        let wrong = reader.malformed("the purposes of a denial");
        match reader.u8()? {
            0 => Ok(DenialPurposes::Default),
            1 => Ok(DenialPurposes::All),
            2 => Ok(DenialPurposes::Named(Wire::decode(reader)?)),
            3 => Ok(DenialPurposes::Widened),
            _ => Err(wrong),
        }
    }
}

impl Wire for PurposeSet {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.count(self.as_slice().len());
        self.as_slice().iter().for_each(|purpose| purpose.encode(writer));
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        let wrong = reader.malformed("purposes, ascending");
        let purposes = Vec::<u16>::decode(reader)?;
        if purposes.is_sorted_by(|a, b| a < b) { Ok(Self::new(purposes)) } else { Err(wrong) }
    }
}

impl Wire for AttemptsSource {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.u8(match self {
            AttemptsSource::Records => 0,
            AttemptsSource::Ledger => 1,
            AttemptsSource::External => 2,
        });
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        let wrong = reader.malformed("where attempts are counted");
        match reader.u8()? {
            0 => Ok(AttemptsSource::Records),
            1 => Ok(AttemptsSource::Ledger),
            2 => Ok(AttemptsSource::External),
            _ => Err(wrong),
        }
    }
}

impl Wire for ChannelSet {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.u16(self.bits());
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        let wrong = reader.malformed("channels that are defined");
        let bits = reader.u16()?;
        let set = Self::from_bits(bits);
        if set.bits() == bits { Ok(set) } else { Err(wrong) }
    }
}

impl Wire for ConditionSet {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.u8(self.bits());
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        let wrong = reader.malformed("conditions that are defined");
        let bits = reader.u8()?;
        let set = Self::from_bits(bits);
        if set.bits() == bits { Ok(set) } else { Err(wrong) }
    }
}

impl Wire for Timestamp {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.i64(self.micros());
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        reader.i64().map(Self::from_micros)
    }
}

impl Wire for bool {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.bool(*self);
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        reader.bool()
    }
}

impl Wire for String {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.str(self);
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        reader.str().map(str::to_owned)
    }
}

impl<const N: usize> Wire for [u8; N] {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.bytes(self);
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        reader.array()
    }
}

impl<T: Wire> Wire for Option<T> {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.bool(self.is_some());
        if let Some(value) = self {
            value.encode(writer);
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        if reader.bool()? { T::decode(reader).map(Some) } else { Ok(None) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut Writer) {
        writer.count(self.len());
        self.iter().for_each(|item| item.encode(writer));
    }

    fn decode(reader: &mut Reader<'_>) -> Read<Self> {
        let count = reader.count(1)?;
        // Grown as the items come: a count is no reason to allocate.
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(T::decode(reader)?);
        }
        Ok(items)
    }
}

/// Every index that the dictionary and the templates hold points at something.
pub(crate) fn indices_are_defined(dictionary: &Dictionary, templates: &[Template]) -> bool {
    let controllers = dictionary.controllers.len();
    let within = |index: u16, len: usize| usize::from(index) < len;
    let purposes = |set: &PurposeSet| set.as_slice().iter().all(|purpose| within(*purpose, dictionary.purposes.len()));
    let scope = |scope: &DenialScope| match &scope.purposes {
        DenialPurposes::Named(named) => purposes(named),
        DenialPurposes::Default | DenialPurposes::All | DenialPurposes::Widened => true,
    };
    let notice = |version: u16| within(version, dictionary.notice_versions.len());
    let what = |what: &What| match what {
        What::Consent(consent) => {
            purposes(&consent.purposes)
                && consent.notice.is_none_or(notice)
                && consent.text.is_none_or(|text| within(text, dictionary.texts.len()))
        }
        What::Withdrawal { scope: covered, .. } | What::OptOut { scope: covered, .. } => scope(covered),
        What::Listing { list, scope: covered } => {
            within(*list, dictionary.lists.len()) && covered.as_ref().is_none_or(scope)
        }
        What::Relationship { purposes: named, .. } => purposes(named),
        What::Notice { version } => notice(*version),
        What::Objection { .. }
        | What::Erasure
        | What::Restriction
        | What::Reassigned
        | What::RelationshipEnd { .. }
        | What::RestrictionLifted
        | What::Vanished
        | What::IdTaken => true,
    };
    let default_is_defined = controllers == 0 || within(dictionary.default_controller, controllers);
    default_is_defined
        && dictionary.controllers.iter().all(|controller| controller.notice_version.is_none_or(notice))
        && dictionary.lists.iter().all(|list| {
            let bound = list.controllers.iter().flatten().all(|index| within(*index, controllers));
            bound && list.scope.as_ref().is_none_or(scope)
        })
        && templates
            .iter()
            .all(|template| template.controller.is_none_or(|index| within(index, controllers)) && what(&template.what))
}
