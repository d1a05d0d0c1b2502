//! Which packs speak for a region.

use std::collections::BTreeMap;

use crate::Region;
use crate::rules::Rules;

/// A set of packs, by index.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct PackSet(u128);

impl PackSet {
    pub(crate) const EMPTY: Self = Self(0);
    pub(crate) const ALL: Self = Self(u128::MAX);

    pub(crate) fn of(index: usize) -> Self {
        Self(u32::try_from(index).ok().and_then(|index| 1_u128.checked_shl(index)).unwrap_or(0))
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The indices, ascending.
    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let lowest = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            usize::try_from(lowest).ok()
        })
    }
}

/// Region to packs, with their baselines and the house rules that are everywhere.
#[derive(Debug, Default)]
pub(crate) struct PackMap {
    by_region: Vec<(Region, Packs)>,
    /// The countries that some state has a pack of.
    divided: Vec<Region>,
}

/// The packs of a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Packs {
    /// Whose rules apply.
    pub(crate) apply: PackSet,
    /// Those and the ones that house rules replace: a list that is used there binds all the same.
    pub(crate) met: PackSet,
}

impl Packs {
    pub(crate) const fn union(self, other: Self) -> Self {
        Self { apply: self.apply.union(other.apply), met: self.met.union(other.met) }
    }
}

impl PackMap {
    pub(crate) fn new(rules: &Rules) -> Self {
        let by_code: BTreeMap<&str, usize> =
            rules.packs.iter().enumerate().map(|(index, pack)| (pack.code.as_str(), index)).collect();
        let everywhere = rules
            .packs
            .iter()
            .enumerate()
            .filter(|(_, pack)| pack.code.starts_with("house:") && pack.region.is_none())
            .fold(PackSet::EMPTY, |set, (index, _)| set.union(PackSet::of(index)));
        let overriding = rules
            .packs
            .iter()
            .enumerate()
            .filter(|(_, pack)| pack.overrides)
            .fold(PackSet::EMPTY, |set, (index, _)| set.union(PackSet::of(index)));
        let mut by_region: BTreeMap<Region, PackSet> = BTreeMap::new();
        for (index, pack) in rules.packs.iter().enumerate() {
            let Some(region) = pack.region else { continue };
            let mut set = PackSet::of(index).union(everywhere);
            let mut open: Vec<&str> = pack.baselines.iter().map(String::as_str).collect();
            while let Some(code) = open.pop() {
                let Some(&baseline) = by_code.get(code) else { continue };
                if !set.contains(PackSet::of(baseline)) {
                    set = set.union(PackSet::of(baseline));
                    if let Some(pack) = rules.packs.get(baseline) {
                        open.extend(pack.baselines.iter().map(String::as_str));
                    }
                }
            }
            let met = by_region.entry(region).or_default();
            *met = met.union(set);
        }
        let replaced = |met: PackSet| {
            let replacing = PackSet(met.0 & overriding.0);
            Packs { apply: if replacing == PackSet::EMPTY { met } else { replacing }, met }
        };
        let mut divided: Vec<Region> =
            by_region.keys().filter(|region| region.has_state()).map(|region| region.country()).collect();
        divided.dedup();
        Self { by_region: by_region.into_iter().map(|(region, met)| (region, replaced(met))).collect(), divided }
    }

    /// The packs that speak for a region; none: no pack does.
    ///
    /// Where some states of a country have packs, the others and a person whose state is not told get the pack of
    /// [`Region::unlisted`], if there is one: the country's own says too little. A state that does not exist has none,
    /// and nobody lives in the unlisted one.
    pub(crate) fn of(&self, region: Region) -> Option<Packs> {
        let divided = self.is_divided(region.country());
        let unlisted = region.country().unlisted();
        let exact = self.exact(region).filter(|_| region != unlisted && (region.has_state() || !divided));
        let exists = || crate::plan::zones_of(region).is_some();
        exact.or_else(|| if divided && exists() { self.exact(unlisted) } else { None })
    }

    /// The country of a state that nobody writes rules for: where no state has a pack the country's holds in each.
    pub(crate) fn settled(&self, region: Region) -> Region {
        if region.has_state() && !self.is_divided(region.country()) { region.country() } else { region }
    }

    /// The country of a province, in ISO 3166-2, that is no two letters (`AU-NSW`, `PL-14`): packs are written for
    /// none such. Where states have rules of their own it is a bad name.
    pub(crate) fn country_of_province(&self, code: &str) -> Option<Region> {
        let (country, province) = code.split_once('-')?;
        let named = (1..=3).contains(&province.len())
            && province.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
        Region::parse(country).filter(|country| named && !self.is_divided(*country))
    }

    fn is_divided(&self, country: Region) -> bool {
        self.divided.contains(&country)
    }

    fn exact(&self, region: Region) -> Option<Packs> {
        let at = self.by_region.binary_search_by_key(&region, |(region, _)| *region).ok()?;
        self.by_region.get(at).map(|(_, set)| *set)
    }
}
