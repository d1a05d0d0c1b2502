//! The file, byte by byte: one table for the encoder, the decoder and the document.

/// Declares the sections of a snapshot.
macro_rules! sections {
    ($( $variant:ident = $id:literal, $name:literal, $doc:literal; )+) => {
        /// A section of a snapshot. Numbers are identity and never reused.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u32)]
        pub(crate) enum Section { $( #[doc = $doc] $variant = $id, )+ }

        impl Section {
            /// Every section, in the order of the file.
            pub(crate) const ALL: &'static [Section] = &[ $( Section::$variant, )+ ];

            /// Its number in the section table.
            #[cfg(feature = "compile")]
            pub(crate) const fn id(self) -> u32 { self as u32 }

            /// Its name in messages.
            pub(crate) const fn name(self) -> &'static str { match self { $( Section::$variant => $name, )+ } }

            /// What it holds.
            #[cfg(all(test, feature = "compile"))]
            pub(crate) const fn doc(self) -> &'static str { match self { $( Section::$variant => $doc, )+ } }

            /// The section with this number.
            pub(crate) const fn from_id(id: u32) -> Option<Self> {
                match id { $( $id => Some(Section::$variant), )+ _ => None }
            }
        }
    };
}

sections! {
    Layout = 1, "layout", "Domain of the numbers, shapes of the tables, widths of days and times.";
    Dictionary = 2, "dictionary", "Controllers, purposes, lists and settings.";
    Rules = 3, "rules", "Rule packs and holiday calendars.";
    Zones = 4, "zones", "Transitions of the time zones.";
    Templates = 5, "templates", "Events without number and instants, ascending.";
    Combinations = 6, "combinations", "Sets of lists that numbers are on, the most frequent first.";
    Profiles = 7, "profiles", "What simple events have in common, the most frequent first.";
    Ranges = 8, "ranges", "Spans of numbers, ascending and apart, each with its set of lists.";
    Listed = 16, "listed", "Suppressed numbers: lines; the value is a combination.";
    ListedSpill = 17, "listed spill", "Suppressed numbers that found no room in their line: lines.";
    ListedAside = 18, "listed aside", "Suppressed numbers that no line can hold, ascending: number and value of 8 bytes each.";
    People = 24, "people", "Numbers with a history: lines; the value is an event or the offset of a record.";
    PeopleSpill = 25, "people spill", "The same, for numbers that found no room in their line.";
    PeopleAside = 26, "people aside", "The same, for numbers that no line can hold.";
    Times = 27, "times", "Low bits of the times of day, a group for each slot of the three sections before.";
    Details = 28, "details", "Longer histories, one record after another.";
    Attempts = 32, "attempts", "Numbers with attempts: lines; the value is the offset of a record.";
    AttemptsSpill = 33, "attempts spill", "The same, for numbers that found no room in their line.";
    AttemptsAside = 34, "attempts aside", "The same, for numbers that no line can hold.";
    AttemptsData = 35, "attempts data", "Attempts, one record after another.";
    Ids = 40, "ids", "Numbers with record ids: lines; the value is the offset of a record.";
    IdsSpill = 41, "ids spill", "The same, for numbers that found no room in their line.";
    IdsAside = 42, "ids aside", "The same, for numbers that no line can hold.";
    IdsData = 43, "ids data", "Record ids in the order of the history, one record after another; an empty text: none.";
    Prefilter = 48, "prefilter", "A Bloom filter over all numbers, for an index that stays on disk, as `Bloom::to_bytes` of the crate bloomfilter 3 lays it out, hashed over 8 bytes, little-endian; empty: none.";
    Hashed = 52, "hashed", "Entries of numbers known by their keyed hash alone: hash (16 bytes) and number of the event (4), ascending.";
    HashedEvents = 53, "hashed events", "The events of hashed entries, ascending, each once.";
    HashKeys = 54, "hash keys", "The keys that entries were hashed with, ascending: id and check value (16 bytes each); none without entries.";
}

/// Declares the fields of the header: name, offset, length, meaning.
macro_rules! header {
    ($( $field:ident at $offset:literal, $len:literal, $doc:literal; )+) => {
        $( #[doc = $doc] pub(crate) const $field: std::ops::Range<usize> = $offset..$offset + $len; )+

        /// Every field: name, offset, length, meaning.
        #[cfg(all(test, feature = "compile"))]
        pub(crate) const HEADER_FIELDS: &[(&str, usize, usize, &str)] =
            &[ $( (stringify!($field), $offset, $len, $doc), )+ ];
    };
}

header! {
    LABEL at 0, 8, "The letters `DIALGATE`.";
    VERSION at 8, 4, "Version of the format: 2.";
    FLAGS at 12, 4, "Zero; 1: sealed.";
    TOTAL_LEN at 16, 8, "Length of the whole file.";
    SECTIONS at 24, 4, "How many sections there are; sealed: zero.";
    SEGMENT at 28, 4, "Zero; sealed: bytes of a segment.";
    KEY_ID at 32, 16, "Zero; sealed: the id of the key.";
    KEY_CHECK at 48, 16, "Zero; sealed: the check value of the key.";
    DIGEST at 64, 32, "BLAKE3 of the file without these 32 bytes; sealed: zero.";
    NONCE at 96, 19, "Zero; sealed: the nonce, fresh for each file.";
    RESERVED at 115, 5, "Zero.";
    PLAIN_LEN at 120, 8, "Zero; sealed: length of the file that is sealed in.";
}

/// Bytes of the header.
pub(crate) const HEADER_BYTES: usize = 128;
/// Bytes of an entry of the section table: number and zero (4 each), offset and length (8 each).
pub(crate) const ENTRY_BYTES: usize = 24;
/// The first bytes of a snapshot.
pub(crate) const LABEL_BYTES: [u8; 8] = *b"DIALGATE";
/// The version that is written.
pub(crate) const CURRENT_VERSION: u32 = 2;
/// The oldest version that is read.
pub(crate) const OLDEST_VERSION: u32 = 1;
/// Sections begin at multiples of this.
pub(crate) const ALIGNMENT: usize = 64;

/// The next place where a section may begin.
pub(crate) const fn align(offset: usize) -> Option<usize> {
    offset.checked_next_multiple_of(ALIGNMENT)
}
