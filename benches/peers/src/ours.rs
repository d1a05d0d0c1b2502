//! dialgate's own index.

use dialgate::dictionary::{Controller, Dictionary, List};
use dialgate::internals::{Builder, Options};
use dialgate::rules::Rules;
use dialgate::vocabulary::ListKind;
use dialgate::{Event, Number, Probe, Snapshot, Template, Timestamp, What, Zones};

use crate::contest::{Peer, each};
use crate::plan::{Answer, Given, Plan, Tally, number};

/// Numbers that are probed ahead in a batch.
const AHEAD: usize = 32;

pub struct Dialgate {
    snapshot: Snapshot,
    /// The plan's names of the snapshot's combinations and templates, which number them in an order of their own.
    combinations: [u8; 4],
    templates: [u32; 4],
    bytes: u64,
}

impl Dialgate {
    pub fn new(plan: &Plan) -> Self {
        let mut builder = Builder::new(dictionary(), Rules::default(), Zones::default(), Options::default());
        let templates: Vec<u32> = (0..4)
            .map(|version| builder.intern(Template { controller: Some(0), what: What::Notice { version } }))
            .collect();
        for (digits, answer) in plan.answers() {
            if let Some(lists) = answer.lists {
                builder.listed(number(digits), u16::from(lists));
            }
            if let Some(given) = answer.consent {
                let at = Some(Timestamp::from_seconds(i64::from(given.at)));
                let event = Event { at, template: templates[given.template as usize], until: None };
                builder.history(number(digits), &[event], &[]);
            }
        }
        let image = builder.finish().unwrap_or_else(|error| panic!("{error}"));
        let bytes = image.as_bytes().len() as u64;
        let snapshot = Snapshot::from_bytes(image.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let mut ours = Self { snapshot, combinations: [0; 4], templates: [0; 4], bytes };
        for (place, lists) in ours.snapshot.combinations().iter().enumerate() {
            ours.combinations[place] = lists[0] as u8;
        }
        for (place, template) in ours.snapshot.templates().iter().enumerate() {
            let What::Notice { version } = template.what else { panic!("a template that nobody interned") };
            ours.templates[place] = u32::from(version);
        }
        ours
    }

    #[inline(always)]
    fn answer(&self, probe: &Probe) -> Answer {
        let lists = self.snapshot.combination(probe).map(|combination| self.combinations[combination as usize % 4]);
        let event = self.snapshot.history(probe).next();
        let at = |event: &Event| event.at.map_or(0, Timestamp::seconds) as u32;
        Answer {
            lists,
            consent: event.map(|event| Given { template: self.templates[event.template as usize % 4], at: at(&event) }),
        }
    }
}

impl Peer for Dialgate {
    fn name(&self) -> &'static str {
        "dialgate"
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn single(&mut self, asked: &[Number]) -> Tally {
        each(asked, |number| self.answer(&self.snapshot.probe(number)))
    }

    fn batch(&mut self, asked: &[Number]) -> Tally {
        let mut ring = [self.snapshot.probe(asked[0]); AHEAD];
        for (slot, number) in ring.iter_mut().zip(asked) {
            *slot = self.snapshot.probe(*number);
        }
        let mut tally = Tally::default();
        for place in 0..asked.len() {
            tally.add(self.answer(&ring[place % AHEAD]));
            if let Some(next) = asked.get(place + AHEAD) {
                ring[place % AHEAD] = self.snapshot.probe(*next);
            }
        }
        tally
    }
}

fn dictionary() -> Dictionary {
    let list = |index: u32| List {
        id: format!("list-{index}"),
        kind: ListKind::Registry,
        registry: None,
        controllers: None,
        scope: None,
        jurisdictions: None,
        covers: None,
        as_of: Timestamp::default(),
        max_age_days: None,
        consent_lifts: false,
        entries: 0,
        rejected: 0,
        digest: [0; 32],
    };
    let controller = Controller {
        id: "acme".into(),
        name: String::new(),
        notice_version: None,
        caller_ids: Vec::new(),
        emergency: false,
    };
    Dictionary {
        controllers: vec![controller],
        notice_versions: (0..4).map(|version| format!("v{version}")).collect(),
        lists: (0..4).map(list).collect(),
        ..Dictionary::default()
    }
}
