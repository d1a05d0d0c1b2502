//! A snapshot with a prefilter answers as one without.

#![expect(unsafe_code, reason = "mapping a file that the test alone has")]

use super::super::prefilter::Prefilter;
use super::*;

/// Numbers of every table, attempts without a history among them.
fn members(oracle: &Oracle) -> BTreeSet<u64> {
    // A history without events is none: no table holds its number.
    let histories = oracle.histories.iter().filter(|(_, events)| !events.is_empty()).map(|(digits, _)| digits);
    oracle.listed.keys().chain(histories).chain(oracle.attempts.keys()).copied().collect()
}

fn with_attempts_alone(mut oracle: Oracle, random: &mut Random) -> Oracle {
    let attempts: Vec<Vec<Attempt>> = oracle.attempts.values().cloned().collect();
    for attempts in attempts {
        oracle.attempts.insert(mixed(random), attempts);
    }
    oracle.ranges = vec![(1, 48_220_000_000, 48_229_999_999), (2, 12_015_550_000, 12_015_550_999)];
    oracle
}

fn section(image: &[u8]) -> std::ops::Range<usize> {
    let place = format::Section::ALL.iter().position(|section| *section == format::Section::Prefilter).unwrap();
    let entry = format::HEADER_BYTES + place * format::ENTRY_BYTES;
    let word = |at: usize| u64::from_le_bytes(image[at..at + 8].try_into().unwrap()) as usize;
    word(entry + 8)..word(entry + 8) + word(entry + 16)
}

#[cfg(unix)]
#[test]
fn a_mapped_snapshot_answers_like_an_opened_one_with_and_without_prefilter() {
    let mut random = Random(20);
    let folder = tempfile::tempdir().unwrap();
    for count in [0, 1, 10, 1_000, 20_000] {
        let oracle = with_attempts_alone(Oracle::random(&mut random, count, Times::Seconds, mixed), &mut random);
        for prefilter in [false, true] {
            let path = folder.path().join(format!("{count}-{prefilter}.gate"));
            oracle.build_with(1, 2, prefilter).write_to(&path).unwrap();
            // SAFETY: nobody else knows the file.
            let mapped = unsafe { Snapshot::map(&path) }.unwrap();
            let opened = Snapshot::open(&path).unwrap();
            assert!(opened.prefilter.is_none());
            assert_eq!(mapped.prefilter.is_some(), prefilter && !members(&oracle).is_empty());
            for snapshot in [&mapped, &opened] {
                oracle.all_agree(snapshot, &mut random, mixed);
                members(&oracle).iter().for_each(|digits| oracle.agrees(snapshot, *digits));
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn the_prefilter_holds_every_member_and_few_others() {
    let mut random = Random(21);
    let oracle = with_attempts_alone(Oracle::random(&mut random, 20_000, Times::Seconds, mixed), &mut random);
    let image = oracle.build_with(1, 2, true);
    let filter = Prefilter::load(&image.as_bytes()[section(image.as_bytes())]).unwrap().unwrap();
    let members = members(&oracle);
    assert!(members.iter().all(|digits| filter.may_hold(*digits)));
    let others = (0..100_000).map(|_| 1 + random.below(999_999_999_999_999));
    let passed = others.filter(|digits| !members.contains(digits) && filter.may_hold(*digits)).count();
    assert!(passed < 1_500, "{passed} of 100,000 passed");
}

#[test]
fn the_prefilter_depends_on_what_was_given_alone() {
    let oracle = Oracle::random(&mut Random(22), 5_000, Times::Seconds, mixed);
    let image = oracle.build_with(1, 1, true);
    assert!(image.as_bytes() == oracle.build_with(2, 3, true).as_bytes());
    assert!(image.as_bytes() != oracle.build_with(1, 1, false).as_bytes());
}

#[test]
fn a_prefilter_with_forged_parameters_is_refused() {
    /// Count, version, length, hashes and seeds; what follows are the bits.
    const PARAMETERS: usize = 8 + 1 + 8 + 4 + 32;
    // Few numbers whose bits are more than the least, so that another count needs another length.
    let oracle = Oracle::random(&mut Random(23), 40, Times::Seconds, mixed);
    let image = oracle.build_with(1, 1, true);
    let section = section(image.as_bytes());
    let (mut refused, mut count_taken) = (0, 0);
    for place in section.clone() {
        for pattern in PATTERNS {
            let mut bytes = image.as_bytes().to_vec();
            bytes[place] ^= pattern;
            assert!(Snapshot::from_bytes(&bytes).is_err(), "only a forged digest may let a changed byte pass");
            with_digest(&mut bytes);
            match Snapshot::from_bytes(&bytes) {
                Err(_) => refused += 1,
                // The bits are protected by the digest alone; a count that needs as many bytes changes no answer.
                Ok(snapshot) if place >= section.start + PARAMETERS => exercise(&snapshot, &oracle),
                Ok(_) => {
                    assert_eq!(place, section.start, "byte {place} flipped by {pattern}");
                    count_taken += 1;
                }
            }
        }
    }
    assert!(count_taken <= 1 && refused >= (PARAMETERS - 1) * PATTERNS.len());
    for len in [1, 7, 8, PARAMETERS - 1, PARAMETERS, section.len() - 1] {
        assert!(Prefilter::check(&image.as_bytes()[section.start..section.start + len]).is_err());
    }
}
