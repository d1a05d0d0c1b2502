//! A gate of any size without files: numbers of a plan in an order that jumps about, so that who is on record is
//! told by the place in that order alone.

use std::error::Error;

use dialgate::dictionary::Dictionary;
use dialgate::internals::{Builder, Options};
use dialgate::rules::Rules;
use dialgate::vocabulary::{Channel, ChannelSet, ConditionSet, Form, RelationshipKind};
use dialgate::{
    ConsentTemplate, DenialPurposes, DenialScope, Event, Image, Manifest, Number, PurposeSet, Snapshot, Template,
    Timestamp, What, Zones,
};

use super::limits::mix;

/// What is on record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mixture {
    /// Suppressed numbers.
    pub(crate) listed: u64,
    /// People with consents; one in ten is suppressed as well.
    pub(crate) consents: u64,
    /// One in so many suppressed numbers carries a date (0: none).
    pub(crate) dated: u64,
    /// One in so many people has a longer history.
    pub(crate) longer: u64,
    /// One in so many people was erased.
    pub(crate) erased: u64,
}

/// The numbers of the plan, in an order that jumps about.
pub(crate) struct Plan {
    blocks: Vec<u64>,
    bits: u32,
}

/// Numbers of a block.
const BLOCK: u64 = 10_000;

impl Plan {
    /// Active blocks of the United States (all states that have area codes here), Great Britain, Poland, France.
    pub(crate) fn new() -> Self {
        let mut blocks = Vec::new();
        for area in 201_u64..990 {
            let number = Number::from_e164((1_000 + area) * 10_000_000 + 2_345_678).expect("eleven digits");
            let place = dialgate::plan::locate(number);
            if place.region.is_some_and(|region| region.to_string().starts_with("US-")) {
                blocks.extend((200..1000).map(|exchange| ((1_000 + area) * 1_000 + exchange) * BLOCK));
            }
        }
        let american = blocks.len() as u64;
        let british = (0..american * 3 / 5).map(|block| (44_740_000 + block % 26_000) * BLOCK);
        let polish = (0..american / 3).map(|block| (4_850_000 + block % 39_000) * BLOCK);
        let french = (0..american / 6).map(|block| (3_360_000 + block % 20_000) * BLOCK);
        let mut others: Vec<u64> = british.chain(polish).chain(french).collect();
        others.sort_unstable();
        others.dedup();
        blocks.extend(others);
        let numbers = blocks.len() as u64 * BLOCK;
        Self { blocks, bits: u64::BITS - (numbers - 1).leading_zeros() }
    }

    pub(crate) fn len(&self) -> u64 {
        self.blocks.len() as u64 * BLOCK
    }

    /// The number at this place of the order.
    pub(crate) fn number(&self, place: u64) -> Number {
        let mask = (1_u64 << self.bits) - 1;
        let half = self.bits.div_ceil(2);
        let mut at = place;
        loop {
            at = at.wrapping_mul(0xbf58_476d_1ce4_e5b9) & mask;
            at ^= at >> half;
            at = at.wrapping_mul(0x94d0_49bb_1331_11eb) & mask;
            at ^= at >> half;
            if at < self.len() {
                break;
            }
        }
        let block = self.blocks[(at / BLOCK) as usize];
        Number::from_e164(block + at % BLOCK).expect("at most twelve digits")
    }
}

impl Mixture {
    fn first_consent(self) -> u64 {
        self.listed - (self.consents / 10).min(self.listed)
    }

    /// So many numbers are on record: the first ones of the order.
    pub(crate) fn known(self) -> u64 {
        (self.first_consent() + self.consents).max(self.listed)
    }

    /// Builds the snapshot with these rules (a manifest's text).
    pub(crate) fn build(self, plan: &Plan, manifest: &str) -> Result<Image, Box<dyn Error>> {
        let (dictionary, rules, zones) = small_parts(manifest)?;
        let list = |id: &str| dictionary.lists.iter().position(|list| list.id == id).map_or(0, |at| at as u16);
        let lists = [list("us-ndnc"), list("gb-tps"), list("own-dnc"), list("litigators")];
        let dated = list("dated-dnc");
        let purpose = |id: &str| dictionary.purposes.iter().position(|known| known.id == id).map_or(0, |at| at as u16);
        let (own, partner) = (purpose("own-offers"), purpose("partner-offers"));
        let mut builder = Builder::new(dictionary, rules, zones, Options::default());
        let mut template = |what| builder.intern(Template { controller: Some(0), what });
        let consent = |purposes: &[u16], channels: &[Channel], form| {
            What::Consent(ConsentTemplate {
                purposes: PurposeSet::new(purposes.to_vec()),
                channels: ChannelSet::of(channels),
                form,
                missing: ConditionSet::EMPTY,
                double_opt_in: false,
                notice: None,
                text: None,
            })
        };
        let live = [Channel::ManualCall, Channel::AutodialedCall];
        let more = [Channel::ManualCall, Channel::AutodialedCall, Channel::Sms, Channel::AutomatedCall];
        let profiles = [
            template(consent(&[own], &live, Form::Electronic)),
            template(consent(&[own, partner], &more, Form::Electronic)),
            template(consent(&[own], &more, Form::Written)),
            template(consent(&[partner], &[Channel::Sms], Form::Oral)),
        ];
        let scope = DenialScope { purposes: DenialPurposes::Default, channels: ChannelSet::all() };
        let withdrawal = template(What::Withdrawal { scope, by_message: false });
        let tie = What::Relationship {
            kind: RelationshipKind::Contract,
            purposes: PurposeSet::new(vec![own]),
            soft_opt_in: false,
        };
        let tie = template(tie);
        let erasure = template(What::Erasure);
        let listing = template(What::Listing { list: dated, scope: None });
        let one_in = |share: u64, dice: u64| share > 0 && dice.is_multiple_of(share);
        let given = |dice: u64| Timestamp::from_seconds(1_640_995_200 + (dice % 150_000_000) as i64);
        let consent_event = |dice: u64| {
            let profile = profiles[[0, 0, 0, 0, 0, 1, 1, 2, 2, 3][(dice % 10) as usize]];
            let at = given(dice / 16);
            let lasts = Timestamp::from_micros(at.micros() + 3 * 365 * 86_400 * 1_000_000);
            Event { at: Some(at), template: profile, until: one_in(3, dice / 10).then_some(lasts) }
        };
        for place in 0..self.listed {
            let (number, dice) = (plan.number(place), mix(place));
            if one_in(self.dated, dice) && place < self.first_consent() {
                let event = Event { at: Some(given(dice / 1_000)), template: listing, until: None };
                builder.history(number, &[event], &[]);
                continue;
            }
            let country = number.as_u64();
            let roll = dice % 1_000;
            let registry = match country {
                12_000_000_000..20_000_000_000 => Some(lists[0]),
                440_000_000_000..450_000_000_000 => Some(lists[1]),
                _ => None,
            };
            match registry {
                Some(registry) if roll < 900 => builder.listed(number, registry),
                _ if roll < 970 => builder.listed(number, lists[2]),
                _ => builder.listed(number, lists[3]),
            }
            if roll.is_multiple_of(25) {
                builder.listed(number, lists[2]);
            }
        }
        for place in self.first_consent()..self.first_consent() + self.consents {
            let (number, dice) = (plan.number(place), mix(!place));
            let first = consent_event(dice);
            let at = first.at.map_or(0, Timestamp::micros);
            let later = |days: i64, template| Event {
                at: Some(Timestamp::from_micros(at + days * 86_400_000_000)),
                template,
                until: None,
            };
            if one_in(self.erased, dice / 7) {
                builder.history(number, &[later(0, erasure)], &[]);
            } else if one_in(self.longer, dice / 64) {
                let second = Event { at: later(90, 0).at, ..consent_event(mix(dice)) };
                match dice / 1024 % 4 {
                    0 => builder.history(number, &[first, second], &[]),
                    1 => builder.history(number, &[first, later(30, withdrawal)], &[]),
                    2 => builder.history(number, &[first, later(30, withdrawal), second], &[]),
                    _ => builder.history(number, &[first, later(10, tie), second], &[]),
                }
            } else {
                builder.history(number, &[first], &[]);
            }
        }
        Ok(builder.finish()?)
    }
}

/// Dictionary, rules and zones, as a manifest with almost empty lists compiles to.
fn small_parts(manifest: &str) -> Result<(Dictionary, Rules, Zones), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("gate.toml"), manifest)?;
    std::fs::write(folder.path().join("one.txt"), "+13125550101\n")?;
    let image = Manifest::load(folder.path().join("gate.toml"))?.compile()?;
    let snapshot = Snapshot::from_bytes(image.as_bytes())?;
    Ok((snapshot.dictionary().clone(), snapshot.rules().clone(), snapshot.zones().clone()))
}

/// The manifest: a line for the rule packs (all, unless some are named) comes first.
pub(crate) const MANIFEST: &str = r#"
controller = "acme"
as_of = "2026-11-23T06:00:00Z"
[[controllers]]
id = "acme"
[[purposes]]
id = "own-offers"
class = "marketing"
[[purposes]]
id = "partner-offers"
class = "marketing"
[[lists]]
id = "us-ndnc"
kind = "registry"
registry = "us-ndnc"
format = "plain"
path = "one.txt"
covers = "all"
as_of = "2026-11-20T00:00:00Z"
[[lists]]
id = "gb-tps"
kind = "registry"
registry = "gb-tps"
format = "plain"
path = "one.txt"
covers = "all"
as_of = "2026-11-20T00:00:00Z"
[[lists]]
id = "own-dnc"
kind = "opt_out"
format = "plain"
path = "one.txt"
as_of = "2026-11-20T00:00:00Z"
[[lists]]
id = "litigators"
kind = "block"
format = "plain"
path = "one.txt"
as_of = "2026-11-20T00:00:00Z"
[[lists]]
id = "dated-dnc"
kind = "opt_out"
format = "plain"
path = "one.txt"
as_of = "2026-11-20T00:00:00Z"
"#;
