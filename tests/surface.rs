//! What the types promise: sizes, thread safety, that nothing written is a denial, that numbers are masked.
#![expect(clippy::unwrap_used, reason = "a test")]

use dialgate::vocabulary::{Obligation, Reason, Verdict};
use dialgate::{Campaign, Decision, Explanation, Gate, Lead, Number, Purpose};

#[test]
fn an_optional_number_is_eight_bytes() {
    assert_eq!(size_of::<Number>(), 8);
    assert_eq!(size_of::<Option<Number>>(), 8);
}

#[test]
fn a_decision_is_small_and_copied() {
    fn copied<T: Copy>() {}
    copied::<Decision>();
    assert!(size_of::<Decision>() <= 32, "{}", size_of::<Decision>());
}

#[test]
fn a_decision_that_was_never_made_is_a_denial() {
    // `Default` is all zero bits: every field's default is zero, and zero is `deny` in the vocabulary.
    let decision = Decision::default();
    assert_eq!(decision.verdict(), Verdict::Deny);
    assert!(!decision.is_allowed());
    assert_eq!((decision.retry_at(), decision.valid_until(), decision.basis()), (None, None, None));
    assert_eq!(Verdict::from_code(0), Some(Verdict::Deny));
}

#[test]
fn no_debug_output_tells_a_number() {
    let number: Number = "+442079460010".parse().unwrap();
    let lead = Lead::new(number).region("GB");
    for text in [format!("{number:?}"), format!("{number:#?}"), format!("{lead:?}"), format!("{:?}", Some(number))] {
        assert!(!text.contains("9460010"), "a number is told: {} characters", text.len());
    }
    assert_eq!(number.to_string(), "+442079460010");
}

#[test]
fn an_error_does_not_repeat_what_was_typed() {
    let typed = "+44 20 7946 0010 extension 7";
    let error = typed.parse::<Number>().unwrap_err();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("7946"), "the error repeats the number");
    }
}

#[test]
fn gates_and_campaigns_go_anywhere() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sent<T: Send + Sync + 'static>() {}
    shared::<Gate>();
    shared::<Campaign>();
    sent::<Decision>();
    sent::<Lead>();
    sent::<Explanation>();
}

#[test]
fn a_purpose_is_named_at_compile_time() {
    const OWN_OFFERS: Purpose = Purpose::named("own-offers");
    assert_ne!(OWN_OFFERS, Purpose::MARKETING);
    assert_eq!(Purpose::named("marketing"), Purpose::MARKETING);
}

#[test]
fn codes_and_names_are_told_apart_and_come_back() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_code(reason.code()), Some(*reason));
        assert_eq!(Reason::from_slug(reason.slug()), Some(*reason));
    }
    for obligation in Obligation::ALL {
        assert_eq!(Obligation::from_code(obligation.code()), Some(*obligation));
        assert_eq!(Obligation::from_slug(obligation.slug()), Some(*obligation));
    }
    assert!(Reason::from_code(0).is_none() && Reason::from_slug("").is_none());
}
