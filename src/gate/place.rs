//! Where a question is judged: the packs, zones, party and line of a number and its lead.

use std::collections::HashMap;

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

impl Place {
    /// What it is judged by, the number, its prefixes and what the lead says left aside.
    fn judged_by(&self) -> (bool, Option<Packs>, &[ZoneIndex], [bool; 2], Line) {
        let Self { number: _, possible, packs, zones, party: _, line, regions: _ } = self;
        (*possible, *packs, zones.as_slice(), [zones.unknown, zones.misnamed], *line)
    }
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
    /// The places of the number plan, by index, for a number that nobody has.
    places: Vec<Place>,
    /// For each of them the index of the first that is judged alike.
    alike: Vec<u16>,
}

/// Where a question is judged that a number and a lead ask, if it is a place of the number plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    /// The index of the first place of the number plan that is judged alike.
    like: u16,
    pub(crate) party: Party,
    /// What the lead says of the line; unknown: the plan's word holds.
    pub(crate) line: Line,
}

impl Spot {
    /// A number for each, below 2^18.
    #[inline]
    pub(crate) const fn code(self) -> u64 {
        (self.like as u64) << 4 | (self.party.code() as u64) << 2 | self.line.code() as u64
    }
}

// The plan's places leave room for party and line.
const _: () = assert!(plan::PLACES <= 1 << 14);

impl Atlas {
    pub(crate) fn new(rules: &Rules, zones: &Zones) -> Self {
        let mut atlas = Self {
            packs: PackMap::new(rules),
            plan_zones: plan::ZONE_NAMES.iter().map(|name| zones.by_name(name)).collect(),
            places: Vec::new(),
            alike: Vec::new(),
        };
        let indices = 0..u16::try_from(plan::PLACES).unwrap_or(0);
        atlas.places = indices.clone().map(|index| atlas.placed(NOBODYS, plan::at_index(index))).collect();
        let mut first = HashMap::new();
        let judged = atlas.places.iter().map(Place::judged_by);
        atlas.alike = judged.zip(indices).map(|(judged_by, index)| *first.entry(judged_by).or_insert(index)).collect();
        atlas
    }

    /// Places a number of which nothing else is known.
    pub(crate) fn place(&self, number: Number) -> Place {
        // INVARIANT: the plan's indices are below its count of places, and each has its place here.
        match self.places.get(usize::from(plan::index(number))) {
            Some(place) => Place { number, ..*place },
            None => self.placed(number, plan::locate(number)),
        }
    }

    /// The spot of a number of which nothing else is known.
    #[inline]
    pub(crate) fn spot(&self, number: Number) -> Spot {
        Spot { like: self.like(plan::index(number)), party: Party::Unknown, line: Line::Unknown }
    }

    /// The index of the first place that is judged like the one with this index.
    #[inline]
    fn like(&self, index: u16) -> u16 {
        self.alike.get(usize::from(index)).copied().unwrap_or(index)
    }

    /// The spot of a lead that is judged where its number alone is; none: what it says of region or zone matters.
    pub(crate) fn spot_of_lead(&self, lead: &Lead, zones: &Zones) -> Option<Spot> {
        let index = plan::index(lead.number());
        let spot = Spot { like: self.like(index), party: lead.known_party(), line: lead.known_line() };
        if lead.named_region().is_none() && lead.named_zone().is_none() {
            return Some(spot);
        }
        let place = self.places.get(usize::from(index))?;
        if let Some(text) = lead.named_region() {
            let own = place.regions.first().copied().flatten();
            if !adds_nothing(own, self.packs.settled(self.region(text)?)) {
                return None;
            }
        }
        if let Some(name) = lead.named_zone() {
            let zone = zones.by_name(name)?;
            if !place.zones.as_slice().contains(&zone) {
                return None;
            }
        }
        Some(spot)
    }

    /// The place of a spot.
    pub(crate) fn place_at(&self, spot: Spot, number: Number) -> Place {
        let mut place = self.place(number);
        place.party = spot.party;
        if spot.line != Line::Unknown {
            place.line = spot.line;
        }
        place
    }

    fn placed(&self, number: Number, known: plan::Place) -> Place {
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
            self.join_region(&mut place, self.region(text), named.flatten());
        }
        match named {
            Some(Some(zone)) => place.zones.insert(Some(zone)),
            Some(None) => place.zones.misnamed = true,
            None => {}
        }
        place
    }

    /// The regions of that place.
    #[cfg(feature = "cli")]
    pub(crate) fn regions(&self, lead: &Lead) -> [Option<Region>; 2] {
        let own = plan::locate(lead.number()).region;
        let named = lead.named_region().and_then(|text| self.region(text)).map(|region| self.packs.settled(region));
        [own, named.filter(|region| !adds_nothing(own, *region))]
    }

    fn region(&self, text: &str) -> Option<Region> {
        Region::parse(text).or_else(|| self.packs.country_of_province(text))
    }

    /// Adds the packs of a region, and its zones unless the named zone is one of them and says more.
    fn join_region(&self, place: &mut Place, region: Option<Region>, named: Option<ZoneIndex>) {
        let own = place.regions.first().copied().flatten();
        let region = region.map(|region| self.packs.settled(region));
        if region.is_some_and(|region| adds_nothing(own, region)) {
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

/// Does the lead's region say no more than the number does?
fn adds_nothing(own: Option<Region>, region: Region) -> bool {
    own.is_some_and(|own| own == region || (!region.has_state() && own.country() == region && own.has_state()))
}

/// A number that stands for all of a place, where none is asked about.
const NOBODYS: Number = Number::LEAST;
