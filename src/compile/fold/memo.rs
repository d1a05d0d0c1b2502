//! The kinds of recent consents: bulk files say the same again and again.

use crate::compile::input::{Consent, Record};

/// A few consents as they were written, each with its kind.
#[derive(Debug)]
pub(super) struct Memo {
    slots: Vec<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    controller: Option<String>,
    consent: Consent,
    double_opt_in: bool,
    kind: u32,
}

/// One for each value of a byte.
const SLOTS: usize = 256;

impl Default for Memo {
    fn default() -> Self {
        Self { slots: (0..SLOTS).map(|_| None).collect() }
    }
}

impl Memo {
    /// The kind of an equal consent, if it is still known.
    pub(super) fn find(&self, record: &Record, consent: &Consent, double_opt_in: bool) -> Option<u32> {
        let known = self.slots.get(slot(record, consent, double_opt_in))?.as_ref()?;
        let Consent { purposes, channels, form, missing, text, notice_version, .. } = consent;
        let same = known.controller == record.controller
            && known.consent.purposes == *purposes
            && known.consent.channels == *channels
            && known.consent.form == *form
            && known.consent.missing == *missing
            && known.consent.text == *text
            && known.consent.notice_version == *notice_version
            && known.double_opt_in == double_opt_in;
        same.then_some(known.kind)
    }

    /// Keeps the kind of a consent, in the place of another.
    pub(super) fn keep(&mut self, record: &Record, consent: &Consent, double_opt_in: bool, kind: u32) {
        if let Some(slot) = self.slots.get_mut(slot(record, consent, double_opt_in)) {
            let controller = record.controller.clone();
            *slot = Some(Known { controller, consent: consent.clone(), double_opt_in, kind });
        }
    }
}

/// Where a consent is looked for: FNV-1a over what makes its kind.
fn slot(record: &Record, consent: &Consent, double_opt_in: bool) -> usize {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut mix = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    mix(record.controller.as_deref().unwrap_or_default().as_bytes());
    consent.purposes.iter().for_each(|purpose| mix(purpose.as_bytes()));
    mix(&consent.channels.bits().to_le_bytes());
    mix(&[consent.form.code(), consent.missing.bits(), u8::from(double_opt_in)]);
    mix(consent.text.as_deref().unwrap_or_default().as_bytes());
    mix(consent.notice_version.as_deref().unwrap_or_default().as_bytes());
    let [first, .., last] = hash.to_le_bytes();
    usize::from(first ^ last)
}
