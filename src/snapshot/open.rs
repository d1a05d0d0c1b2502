//! From bytes to a snapshot. In this order: label, version, length, header, digest, then section table,
//! padding, small parts, tables, and last everything that the tables point at. What passes can be looked up in without
//! a further check.

use std::fs::File;
use std::path::Path;

use super::error::{OpenError, OpenProblem};
use super::format::{
    CURRENT_VERSION, DIGEST, ENTRY_BYTES, FLAGS, HEADER_BYTES, KEY_CHECK, KEY_ID, LABEL, LABEL_BYTES, NONCE,
    OLDEST_VERSION, PLAIN_LEN, RESERVED, SECTIONS, SEGMENT, Section, TOTAL_LEN, VERSION, align,
};
use super::hashed::{HashKey, Hashed, Wrong};
use super::lanes::Shape;
use super::load::{Loaded, load_bytes, load_file, threads};
use super::mix::Domain;
use super::open_check::check;
use super::people::{Layout, Profile};
use super::prefilter::Prefilter;
use super::table::{Part, Table};
use super::words::Wire;
use super::{Segment, Snapshot};
use crate::Zones;
use crate::key::KeyRing;
use crate::memory::Bytes;
use crate::rules::Rules;
use crate::wire::{Malformed, Reader};

pub(super) type Checked<T> = Result<T, OpenProblem>;

impl Snapshot {
    /// Reads a snapshot into memory (huge pages where the system has them) and verifies it whole.
    ///
    /// # Errors
    /// When the file cannot be read, is anything but an unaltered snapshot of a version that is read here, or
    /// needs a key.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, None)
    }

    /// The same with keys, which a sealed snapshot and one with hashed entries need; for any other they do not matter.
    ///
    /// # Errors
    /// Those of [`Snapshot::open`], and when a key that it needs is not among those given.
    pub fn open_with(path: impl AsRef<Path>, keys: Option<&KeyRing>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let open = || {
            let file = File::open(path)?;
            let len = file.metadata()?.len();
            unlock(load_file(file, len, keys)?, keys)
        };
        open().map_err(|problem| OpenError { path: Some(path.to_owned()), problem })
    }

    /// Verifies a snapshot that is in memory already; the bytes are copied.
    ///
    /// # Errors
    /// When the bytes are anything but an unaltered snapshot of a version that is read here, or need a key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpenError> {
        Self::from_bytes_with(bytes, None)
    }

    /// The same with keys, see [`Snapshot::open_with`].
    ///
    /// # Errors
    /// Those of [`Snapshot::from_bytes`], and when a key that it needs is not among those given.
    pub fn from_bytes_with(bytes: &[u8], keys: Option<&KeyRing>) -> Result<Self, OpenError> {
        load_bytes(bytes, keys)
            .and_then(|image| unlock(image, keys))
            .map_err(|problem| OpenError { path: None, problem })
    }
}

/// Verifies an image and takes what it needs of the keys.
fn unlock(loaded: Loaded, keys: Option<&KeyRing>) -> Checked<Snapshot> {
    let Loaded { memory, sealed_with, digest } = loaded;
    let mut snapshot = resident(verify(Bytes::from(memory), digest)?);
    unlock_hashed(&mut snapshot, keys)?;
    snapshot.keys = keys.cloned();
    snapshot.sealed_with = sealed_with;
    Ok(snapshot)
}

/// A hashed entry that cannot be looked up would be an entry that is not there: without its key nothing opens.
pub(super) fn unlock_hashed(snapshot: &mut Snapshot, keys: Option<&KeyRing>) -> Checked<()> {
    snapshot.hashed.unlock(keys).map_err(|needed| match keys {
        None => OpenProblem::Hashed { key: needed },
        Some(_) => OpenProblem::OtherKey { needed },
    })
}

/// What is in memory is looked up faster without the filter.
fn resident(snapshot: Snapshot) -> Snapshot {
    Snapshot { prefilter: None, ..snapshot }
}

/// Where the sections of an image lie.
pub(super) struct Sections {
    image: Bytes,
    ranges: Vec<std::ops::Range<usize>>,
}

impl Sections {
    /// The version that the image was written in.
    fn version(&self) -> u32 {
        u32_at(&self.image, VERSION)
    }

    fn range(&self, section: Section) -> std::ops::Range<usize> {
        let place = Section::ALL.iter().position(|other| *other == section);
        place.and_then(|place| self.ranges.get(place)).cloned().unwrap_or_default()
    }

    fn bytes(&self, section: Section) -> Bytes {
        self.image.part(self.range(section)).unwrap_or_else(|| self.image.clone())
    }

    fn slice(&self, section: Section) -> &[u8] {
        self.image.get(self.range(section)).unwrap_or_default()
    }

    pub(super) fn error(&self, section: Section, malformed: Malformed) -> OpenProblem {
        let offset = self.range(section).start.saturating_add(malformed.offset);
        OpenProblem::section(section, offset, malformed.expected)
    }

    pub(super) fn wrong(&self, section: Section, expected: &'static str) -> OpenProblem {
        self.error(section, Malformed { offset: 0, expected })
    }

    /// Reads a section to its end.
    fn decode<T>(&self, section: Section, decode: impl FnOnce(&mut Reader<'_>) -> Result<T, Malformed>) -> Checked<T> {
        let mut reader = Reader::new(self.slice(section));
        let value = decode(&mut reader).and_then(|value| reader.finish().map(|()| value));
        value.map_err(|malformed| self.error(section, malformed))
    }
}

/// Verifies an image whose digest is known, if that was computed already.
pub(super) fn verify(image: Bytes, digest: Option<[u8; 32]>) -> Checked<Snapshot> {
    let stated = check_header(&image)?;
    let threads = threads(image.len());
    if digest.unwrap_or_else(|| super::digest::digest(&image, threads)) != stated {
        return Err(OpenProblem::Digest);
    }
    // What is malformed is refused although the digest is right.
    let sections = section_table(image)?;
    let snapshot = decode(&sections, stated)?;
    check(&snapshot, &sections, threads)?;
    Ok(snapshot)
}

fn u32_at(image: &[u8], range: std::ops::Range<usize>) -> u32 {
    image.get(range).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn check_header(image: &[u8]) -> Checked<[u8; 32]> {
    let actual = image.len() as u64;
    let header = image.first_chunk::<HEADER_BYTES>();
    if image.get(LABEL).is_some_and(|label| label != LABEL_BYTES) {
        return Err(OpenProblem::NotASnapshot);
    }
    let Some(header) = header else {
        return Err(OpenProblem::Length { expected: HEADER_BYTES as u64, actual });
    };
    let found = u32_at(header, VERSION);
    if !(OLDEST_VERSION..=CURRENT_VERSION).contains(&found) {
        return Err(OpenProblem::Version { found });
    }
    let total = header.get(TOTAL_LEN).and_then(|bytes| bytes.first_chunk()).map_or(0, |len| u64::from_le_bytes(*len));
    if total != actual {
        return Err(OpenProblem::Length { expected: total, actual });
    }
    for zero in [FLAGS, SEGMENT, KEY_ID, KEY_CHECK, NONCE, RESERVED, PLAIN_LEN] {
        if header.get(zero.clone()).is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0)) {
            return Err(OpenProblem::Header { offset: zero.start, expected: "zero in this version" });
        }
    }
    if u32_at(header, SECTIONS) as usize != Section::ALL.len() {
        return Err(OpenProblem::Header { offset: SECTIONS.start, expected: "every section of this version" });
    }
    header.get(DIGEST).and_then(|digest| digest.first_chunk().copied()).ok_or(OpenProblem::Digest)
}

/// Every section of the version, in order, each right behind the one before but for padding of zeros.
fn section_table(image: Bytes) -> Checked<Sections> {
    let mut ranges = Vec::with_capacity(Section::ALL.len());
    let mut reader = Reader::new(&image);
    let short = |malformed: Malformed| OpenProblem::Header { offset: malformed.offset, expected: malformed.expected };
    reader.bytes(HEADER_BYTES).map_err(short)?;
    let table_len = ENTRY_BYTES.saturating_mul(Section::ALL.len());
    let mut end = HEADER_BYTES.saturating_add(table_len);
    for section in Section::ALL {
        let wrong = |expected| OpenProblem::Header { offset: HEADER_BYTES, expected };
        let offset = reader.offset();
        let (id, zero) = (reader.u32().map_err(short)?, reader.u32().map_err(short)?);
        let (start, len) = (reader.u64().map_err(short)?, reader.u64().map_err(short)?);
        if Section::from_id(id) != Some(*section) || zero != 0 {
            return Err(OpenProblem::Header { offset, expected: "the sections of this version in order" });
        }
        let begin = align(end).ok_or_else(|| wrong("sections that can be counted"))?;
        let len = usize::try_from(len).map_err(|_| wrong("sections that can be counted"))?;
        let next = begin.checked_add(len).filter(|next| *next <= image.len());
        let (true, Some(next)) = (start == begin as u64, next) else {
            return Err(OpenProblem::Header { offset, expected: "sections one after another within the file" });
        };
        if image.get(end..begin).is_none_or(|padding| padding.iter().any(|byte| *byte != 0)) {
            return Err(OpenProblem::section(*section, end, "padding of zeros"));
        }
        ranges.push(begin..next);
        end = next;
    }
    let rest = image.get(end..).unwrap_or_default();
    if Some(image.len()) != align(end) || rest.iter().any(|byte| *byte != 0) {
        return Err(OpenProblem::Header { offset: end, expected: "zeros to the next multiple of 64, then the end" });
    }
    Ok(Sections { image, ranges })
}

/// Everything, before what points from one part into another is checked.
fn decode(sections: &Sections, digest: [u8; 32]) -> Checked<Snapshot> {
    let (domain, layout, shapes) = sections.decode(Section::Layout, |reader| {
        let domain = Domain::decode(reader)?;
        let layout = Layout::decode(reader)?;
        let mut shapes = [[Shape::empty(domain.bits()); 2]; 4];
        for shape in shapes.iter_mut().flatten() {
            *shape = Shape::decode(reader, domain.bits())?;
        }
        Ok((domain, layout, shapes))
    })?;
    let [listed, people, attempts, ids] = shapes;
    let table = |shapes: [Shape; 2], parts: [Section; 3]| {
        let [main, spill, aside] = parts;
        let table = Table::new(shapes, sections.bytes(main), sections.bytes(spill), sections.bytes(aside));
        let table = if sections.version() == 1 { table.map(Table::mixed_once) } else { table };
        table.map_err(|part| sections.wrong(name(parts, part), "as many bytes as the layout says"))
    };
    let whole = |section: Section| sections.slice(section);
    let rules = Rules::decode(whole(Section::Rules)).map_err(|wrong| sections.error(Section::Rules, wrong))?;
    let zones = Zones::decode(whole(Section::Zones)).map_err(|wrong| sections.error(Section::Zones, wrong))?;
    let templates: Vec<crate::Template> = sections.decode(Section::Templates, Wire::decode)?;
    let hashed = Hashed::new(
        sections.bytes(Section::Hashed),
        sections.decode(Section::HashedEvents, Wire::decode)?,
        sections.decode::<Vec<HashKey>>(Section::HashKeys, Wire::decode)?,
        templates.len(),
    );
    let hashed = hashed.map_err(|wrong| match wrong {
        Wrong::Entries(expected) => sections.wrong(Section::Hashed, expected),
        Wrong::Events(expected) => sections.wrong(Section::HashedEvents, expected),
        Wrong::Keys(expected) => sections.wrong(Section::HashKeys, expected),
        Wrong::Memory(error) => OpenProblem::Io(error),
    })?;
    Ok(Snapshot {
        domain,
        layout,
        listed: table(listed, LISTED)?,
        people: table(people, PEOPLE)?,
        attempts: table(attempts, ATTEMPTS)?,
        ids: table(ids, IDS)?,
        profiles: sections.decode(Section::Profiles, |reader| {
            let count = reader.count(Profile::BYTES)?;
            (0..count).map(|_| Profile::decode(reader)).collect()
        })?,
        times: sections.bytes(Section::Times),
        details: sections.bytes(Section::Details),
        attempts_data: sections.bytes(Section::AttemptsData),
        ids_data: sections.bytes(Section::IdsData),
        ranges: sections.decode(Section::Ranges, Wire::decode)?,
        dictionary: sections.decode(Section::Dictionary, Wire::decode)?,
        rules,
        zones,
        templates,
        combinations: sections.decode(Section::Combinations, Wire::decode)?,
        hashed,
        keys: None,
        sealed_with: None,
        prefilter: sections.decode(Section::Prefilter, Prefilter::decode)?,
        digest,
    })
}

pub(super) const LISTED: [Section; 3] = [Section::Listed, Section::ListedSpill, Section::ListedAside];
pub(super) const PEOPLE: [Section; 3] = [Section::People, Section::PeopleSpill, Section::PeopleAside];
pub(super) const ATTEMPTS: [Section; 3] = [Section::Attempts, Section::AttemptsSpill, Section::AttemptsAside];
pub(super) const IDS: [Section; 3] = [Section::Ids, Section::IdsSpill, Section::IdsAside];

pub(super) const fn name(parts: [Section; 3], part: Part) -> Section {
    let [main, spill, aside] = parts;
    match part {
        Part::Main => main,
        Part::Spill => spill,
        Part::Aside => aside,
    }
}

impl Wire for Segment {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut crate::wire::Writer) {
        self.first.encode(writer);
        self.last.encode(writer);
        self.lists.encode(writer);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { first: Wire::decode(reader)?, last: Wire::decode(reader)?, lists: Wire::decode(reader)? })
    }
}
