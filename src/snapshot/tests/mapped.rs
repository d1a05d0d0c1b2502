//! A mapped snapshot answers as an opened one, with a prefilter and without.

use bloomfilter::Bloom;

use super::*;

#[test]
#[expect(unsafe_code, reason = "nobody else knows the file")]
fn a_mapped_snapshot_answers_as_an_opened_one() {
    let mut random = Random(41);
    for count in [0, 1, 1000, 20_000] {
        let oracle = Oracle::random(&mut random, count, Times::Micros, mixed);
        for prefilter in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("mapped.gate");
            let image = oracle.build_with(3, 2, prefilter);
            image.write_to(&path).unwrap();
            // SAFETY: the file lies in a fresh folder of this test, which does not touch it again.
            let mapped = unsafe { Snapshot::map(&path) }.unwrap();
            assert_eq!(mapped.prefilter.is_some(), prefilter);
            oracle.all_agree(&mapped, &mut random, mixed);
            let opened = Snapshot::open(&path).unwrap();
            assert!(opened.prefilter.is_none());
            oracle.all_agree(&opened, &mut random, mixed);
        }
    }
}

fn filter_of(members: &[u64]) -> Vec<u8> {
    let pass_on = |each: &mut dyn FnMut(u64)| -> Result<(), BuildError> {
        members.iter().for_each(|member| each(*member));
        Ok(())
    };
    Prefilter::encode(members.len() as u64, pass_on).unwrap().unwrap()
}

#[test]
fn a_prefilter_lets_few_others_pass() {
    let members: Vec<u64> = (0..10_000).map(|step| 48_223_000_000 + 7 * step).collect();
    let bytes = filter_of(&members);
    let filter = Prefilter::decode(&mut Reader::new(&bytes)).unwrap().unwrap();
    assert!(members.iter().all(|member| filter.may_hold(number(*member))));
    let others = (0..100_000).filter(|step| filter.may_hold(number(49_223_000_000 + step))).count();
    assert!(others < 2_000, "{others} of 100000");
}

#[test]
fn a_prefilter_that_is_cut_is_refused() {
    let (oracle, _) = small();
    let image = oracle.build_with(1, 1, true);
    assert!(Snapshot::from_bytes(image.as_bytes()).is_ok());
    let bytes = filter_of(&[48_223_000_001]);
    for len in 1..bytes.len() {
        assert!(Prefilter::decode(&mut Reader::new(&bytes[..len])).is_err(), "{len} of {} bytes", bytes.len());
    }
}

#[test]
fn a_prefilter_without_bits_is_refused() {
    let mut bytes = filter_of(&[48_223_000_001]);
    // The header ends with nothing that counts bits: all that the length says is there must be there.
    let header = bytes.len() - usize::try_from(Bloom::<u64>::from_slice(&bytes).unwrap().len() / 8).unwrap();
    bytes.truncate(header);
    for place in 0..header.saturating_sub(7) {
        let mut forged = bytes.clone();
        forged[place..place + 8].fill(0);
        assert!(Prefilter::decode(&mut Reader::new(&forged)).is_err(), "eight zeros at {place}");
    }
}
