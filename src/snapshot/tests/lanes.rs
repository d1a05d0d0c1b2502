//! Crowded and empty lanes.

use super::*;

#[test]
fn numbers_that_share_a_line_are_all_found() {
    // The domain is that of dense numbers; those that crowd one line are chosen by its own mixing.
    let mut random = Random(6);
    let dense: Vec<u64> = (0..1u64 << 22).map(|offset| 48_000_000_000 + offset).collect();
    let domain = Domain::of(&[&dense]);
    let mut oracle = Oracle { lists: 60, ..Oracle::default() };
    for digits in [dense[0], dense[dense.len() - 1]] {
        oracle.listed.entry(digits).or_default().insert(0);
    }
    let crowded = dense.iter().copied().filter(|digits| domain.key(*digits).hash < 1 << 12);
    for digits in crowded {
        oracle.listed.entry(digits).or_default().insert(random.below(60) as u16);
        oracle.histories.insert(digits, vec![Oracle::event(&mut random, Times::Micros)]);
    }
    assert!(oracle.listed.len() > 4_000);
    let snapshot = Snapshot::from_bytes(oracle.build(1, 2).as_bytes()).unwrap();
    oracle.all_agree(&snapshot, &mut random, |random| 48_000_000_000 + random.below(1 << 22));
}

#[test]
fn an_empty_lane_is_no_number() {
    // Every number of a small domain is asked: whatever an empty lane holds, one of them has that remainder.
    let mut oracle = Oracle { lists: 3, ..Oracle::default() };
    for digits in [48_000_000_000, 48_000_000_007, 48_000_065_535] {
        oracle.listed.entry(digits).or_default().insert(2);
        oracle.histories.insert(digits, vec![Oracle::event(&mut Random(digits), Times::Seconds)]);
    }
    let snapshot = Snapshot::from_bytes(oracle.build(1, 1).as_bytes()).unwrap();
    for digits in 47_999_999_000..48_000_067_000 {
        oracle.agrees(&snapshot, digits);
    }
}
