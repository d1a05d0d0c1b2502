//! Where a question is judged: the packs, zones, party and line of a number and its lead.

use crate::rules::Rules;
use crate::vocabulary::{Line, Party};
use crate::{Number, Region, ZoneIndex, Zones, plan};

use super::lead::Lead;
use super::packs::{PackMap, Packs};

/// More zones than any region has; a place with more counts as unknown.
const MAX_ZONES: usize = 64;

/// Where a question is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) number: Number,
    pub(crate) possible: bool,
    /// None: some region has no pack.
    pub(crate) packs: Option<Packs>,
    pub(crate) zones: ZoneSet,
    pub(crate) party: Party,
    pub(crate) line: Line,
    /// The regions that were joined: the number's, the lead's.
    pub(crate) regions: [Option<Region>; 2],
}

/// The zones that a person may be in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ZoneSet {
    zones: [ZoneIndex; MAX_ZONES],
    len: usize,
    /// A zone was named that is not known, or there were too many.
    unknown: bool,
    /// The lead named a zone that is not known: denies even where no hours apply.
    misnamed: bool,
}

impl ZoneSet {
    const NONE: Self = Self { zones: [ZoneIndex(0); MAX_ZONES], len: 0, unknown: false, misnamed: false };

    pub(crate) fn as_slice(&self) -> &[ZoneIndex] {
        self.zones.get(..self.len).unwrap_or(&[])
    }

    /// Is some zone that the person may be in not known?
    pub(crate) const fn is_uncertain(&self) -> bool {
        self.unknown || self.misnamed || self.len == 0
    }

    /// Did the lead name a zone that is not known?
    pub(crate) const fn is_misnamed(&self) -> bool {
        self.misnamed
    }

    fn insert(&mut self, zone: Option<ZoneIndex>) {
        let Some(zone) = zone else {
            self.unknown = true;
            return;
        };
        if self.as_slice().contains(&zone) {
            return;
        }
        match self.zones.get_mut(self.len) {
            Some(free) => {
                *free = zone;
                self.len = self.len.saturating_add(1);
            }
            None => self.unknown = true,
        }
    }
}

/// What is needed to place a number, from one snapshot.
#[derive(Debug, Default)]
pub(crate) struct Atlas {
    packs: PackMap,
    /// The snapshot's zone for each of [`plan::ZONE_NAMES`].
    plan_zones: Vec<Option<ZoneIndex>>,
}

impl Atlas {
    pub(crate) fn new(rules: &Rules, zones: &Zones) -> Self {
        Self {
            packs: PackMap::new(rules),
            plan_zones: plan::ZONE_NAMES.iter().map(|name| zones.by_name(name)).collect(),
        }
    }

    /// Places a number of which nothing else is known.
    pub(crate) fn place(&self, number: Number) -> Place {
        let known = plan::locate(number);
        let mut place = Place {
            number,
            possible: known.possible,
            packs: known.region.and_then(|region| self.packs.of(region)),
            zones: ZoneSet::NONE,
            party: Party::Unknown,
            line: known.line,
            regions: [known.region, None],
        };
        self.add_zones(&mut place.zones, known.zones);
        place
    }

    /// Places a number with what its lead says; where they differ, both apply.
    pub(crate) fn place_lead(&self, lead: &Lead, zones: &Zones) -> Place {
        let mut place = self.place(lead.number());
        place.party = lead.known_party();
        if lead.known_line() != Line::Unknown {
            place.line = lead.known_line();
        }
        let named = lead.named_zone().map(|name| zones.by_name(name));
        if let Some(text) = lead.named_region() {
            let region = Region::parse(text).or_else(|| self.packs.country_of_province(text));
            self.join_region(&mut place, region, named.flatten());
        }
        match named {
            Some(Some(zone)) => place.zones.insert(Some(zone)),
            Some(None) => place.zones.misnamed = true,
            None => {}
        }
        place
    }

    /// Adds the packs of a region, and its zones unless the named zone is one of them and says more.
    fn join_region(&self, place: &mut Place, region: Option<Region>, named: Option<ZoneIndex>) {
        let own = place.regions.first().copied().flatten();
        let region = region.map(|region| self.packs.settled(region));
        let adds_nothing = region.is_some_and(|region| {
            own.is_some_and(|own| own == region || (!region.has_state() && own.country() == region && own.has_state()))
        });
        if adds_nothing {
            return;
        }
        let Some(region) = region else {
            place.packs = None;
            return;
        };
        place.regions = [own, Some(region)];
        let refines = own.is_some_and(|own| !own.has_state() && own == region.country());
        place.packs = match (place.packs, self.packs.of(region)) {
            // A state told by the lead settles what the number leaves open.
            (_, Some(lead)) if refines => Some(lead),
            (Some(number), Some(lead)) => Some(number.union(lead)),
            _ => None,
        };
        match plan::zones_of(region) {
            Some(zones) if named.is_some_and(|named| self.snapshot_zones(zones).any(|zone| zone == Some(named))) => {}
            Some(zones) => self.add_zones(&mut place.zones, zones),
            None => place.zones.unknown = true,
        }
    }

    fn snapshot_zones(&self, zones: &[u16]) -> impl Iterator<Item = Option<ZoneIndex>> {
        zones.iter().map(|zone| self.plan_zones.get(usize::from(*zone)).copied().flatten())
    }

    fn add_zones(&self, set: &mut ZoneSet, zones: &[u16]) {
        for zone in self.snapshot_zones(zones) {
            set.insert(zone);
        }
    }
}
