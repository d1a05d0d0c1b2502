//! How many bytes a number takes.

use super::*;

/// Bytes a number: listed at random in 10^10, and consents of one text at random seconds.
fn sizes(count: usize) -> (f64, f64) {
    let build = |listed: bool, consents: bool| {
        let mut builder = Builder::new(dictionary(3), Rules::default(), Zones::default(), Options::default());
        let mut random = Random(8);
        let consent = builder.intern(template(1));
        let mut seen = BTreeSet::new();
        while seen.len() < count {
            let digits = 10_000_000_000 + random.below(10_000_000_000);
            if !seen.insert(digits) {
                continue;
            }
            if listed {
                builder.listed(number(digits), random.below(3) as u16);
            }
            if consents {
                let at = Timestamp::from_seconds(1_600_000_000 + random.below(150_000_000) as i64);
                builder.history(number(digits), &[Event { at: Some(at), template: consent, until: None }], &[]);
            }
        }
        builder.finish().unwrap().as_bytes().len() as f64
    };
    (build(true, false) / count as f64, build(false, true) / count as f64)
}

#[test]
fn a_number_takes_no_more_bytes_than_promised() {
    let fixed = 64.0 * 1024.0;
    for count in [1_000, 100_000] {
        let (listed, consents) = sizes(count);
        assert!(listed <= 16.0 + fixed / count as f64, "{listed} bytes at {count}");
        assert!(consents <= 16.0 + fixed / count as f64, "{consents} bytes at {count}");
    }
    let (listed, consents) = sizes(1_000_000);
    assert!(listed <= 5.7, "{listed} bytes a listed number");
    assert!(consents <= 12.0, "{consents} bytes a consent");
}

#[test]
fn a_number_of_a_dense_national_list_takes_less_than_three_bytes() {
    let mut builder = Builder::new(dictionary(3), Rules::default(), Zones::default(), Options::default());
    let (mut random, mut taken) = (Random(10), Vec::new());
    for offset in 0..10_000_000 {
        if random.below(10) == 0 {
            builder.listed(number(48_500_000_000 + offset), (offset % 3) as u16);
            taken.push(48_500_000_000 + offset);
        }
    }
    let image = builder.finish().unwrap();
    let bytes = image.as_bytes().len() as f64 / taken.len() as f64;
    assert!(bytes <= 2.8, "{bytes} bytes");
    let snapshot = Snapshot::from_bytes(image.as_bytes()).unwrap();
    let found = (0..10_000_000).filter(|offset| {
        let probe = snapshot.probe(number(48_500_000_000 + offset));
        snapshot.combination(&probe).is_some()
    });
    assert!(found.map(|offset| 48_500_000_000 + offset).eq(taken));
}
