//! What the builder refuses.

use super::*;

#[test]
fn what_is_given_twice_or_undefined_is_refused() {
    let builder = || Builder::new(dictionary(1), Rules::default(), Zones::default(), Options::default());
    let event = Event { at: None, template: 0, until: None };
    let mut twice = builder();
    twice.intern(template(1));
    twice.history(number(48_223_000_000), &[event], &[]);
    twice.history(number(48_223_000_000), &[event, event], &[]);
    assert!(matches!(twice.finish(), Err(BuildError::Twice(_))));
    let mut undefined = builder();
    undefined.history(number(48_223_000_000), &[event], &[]);
    assert!(matches!(undefined.finish(), Err(BuildError::Undefined(_))));
    let mut undefined = builder();
    undefined.listed(number(48_223_000_000), 1);
    assert!(matches!(undefined.finish(), Err(BuildError::Undefined(_))));
    let mut reversed = builder();
    reversed.range(0, 4_823, 4_822);
    assert!(matches!(reversed.finish(), Err(BuildError::Range { list: 0 })));
    let mut longer = builder();
    longer.range(0, 99, 100);
    assert!(matches!(longer.finish(), Err(BuildError::Range { list: 0 })));
}
