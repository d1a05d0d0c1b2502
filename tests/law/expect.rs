//! What the matrix expects of a question, worked out the long way.

use dialgate::vocabulary::{
    Channel, Line, Obligation, ObligationSet, Party, PurposeClass, Reason, RelationshipKind, Sector,
};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::setup::{Consent, Listed, Relationship, Setup, instant};
use super::table::{Ask, Duty, Hours, Law, Registry, When};

/// One question about one number.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) class: PurposeClass,
    pub(crate) sector: Sector,
    pub(crate) channel: Channel,
    pub(crate) party: Party,
    pub(crate) line: Line,
    pub(crate) at: Timestamp,
    /// When the copies of the registries were made; none: there are none.
    pub(crate) copies: Option<Timestamp>,
    /// The limit that the owner sets where the law names none.
    pub(crate) owner_days: i64,
}

/// What a requirement came to rest on.
#[derive(Clone, Copy, PartialEq)]
enum Rests {
    Nothing,
    OptOut,
    Consent,
    Relationship,
}

/// Every reason that the laws give, and whether a person must look; the first is what is expected.
pub(crate) fn reasons(laws: &[&Law], asked: &Asked<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match asked.class {
        PurposeClass::Emergency => return vec![Reason::Forbidden],
        PurposeClass::OptOutConfirmation => return vec![Reason::BasisMissing],
        _ => {}
    }
    if let Some(day) = asked.setup.opted_out
        && instant(day) <= asked.at
        && is_solicitation(asked.class)
        && !(asked.consent_failure(laws, false).is_none() && asked.given() > Some(instant(day)))
    {
        reasons.push(Reason::OptedOut);
    }
    let mut unmet = false;
    let mut rests = Vec::new();
    for law in laws {
        let Some(row) = asked.row(law) else {
            rests.push(None);
            continue;
        };
        match asked.met(laws, law, &row.requirement) {
            Ok(basis) => rests.push(Some(basis)),
            Err(reason) => {
                unmet = true;
                reasons.push(reason);
                rests.push(None);
            }
        }
        if row.review {
            reasons.push(Reason::RuleNeedsReview);
        }
    }
    let mut place = 0;
    for (law, basis) in laws.iter().zip(&rests) {
        // A law that asks nothing of its own screens under what the one beside it came to rest on.
        let basis = basis.or_else(|| rests.iter().copied().flatten().next());
        for registry in &law.registries {
            // What is refused for want of a basis would rest on nothing that a registry bars; one that revokes consents
            // is asked in any case.
            let basis = if registry.revokes { basis.or(Some(Rests::Nothing)) } else { basis.filter(|_| !unmet) };
            reasons.extend(asked.screened(laws, law, registry, place, basis));
            place += 1;
        }
    }
    for law in laws {
        for hours in law.hours.iter().filter(|hours| asked.fits(&hours.when, law)) {
            let lifted = hours.lifted_by_consent && asked.consent_failure(laws, false).is_none();
            if !lifted {
                reasons.extend(law_zones(laws).iter().filter_map(|zone| closed(law, hours, zone, asked.at)));
            }
        }
    }
    reasons
}

/// The duties that come with an allow. No notice is on record about anybody, and no controller names its caller IDs.
pub(crate) fn duties(laws: &[&Law], asked: &Asked<'_>) -> ObligationSet {
    let fits = |law: &Law, row: &Duty| {
        let sector = row.when.sectors.is_empty() || row.when.sectors.contains(&asked.sector);
        // What an unknown line might owe is owed.
        let line = row.line.is_none_or(|line| line == asked.line || asked.line == Line::Unknown);
        sector && line && asked.fits(&row.when, law)
    };
    let of_rows = laws.iter().flat_map(|law| law.duties.iter().filter(|row| fits(law, row)));
    let all = of_rows.fold(ObligationSet::EMPTY, |all, row| all.union(row.duties));
    // A running service that is merely continued needs no notice anew.
    let notice = laws.iter().any(|law| law.gdpr) && !asked.carried();
    if notice { all.with(Obligation::PrivacyNotice) } else { all }
}

/// The zones of the law that speaks for the number.
fn law_zones<'a>(laws: &[&'a Law]) -> &'a [TimeZone] {
    &laws[0].zones
}

fn closed(law: &Law, hours: &Hours, zone: &TimeZone, at: Timestamp) -> Option<Reason> {
    let zone = hours.offset.map_or_else(|| zone.clone(), |hours| TimeZone::fixed(Offset::constant(hours)));
    let local = zone.to_datetime(at);
    let holiday = |days: i64| {
        let day = local.date().checked_add(Span::new().days(days)).unwrap();
        law.holidays.contains(&day)
    };
    if hours.closed_on_holidays && holiday(0) {
        return Some(Reason::Holiday);
    }
    let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap();
    let within = |spans: &[(u16, u16)]| spans.iter().any(|(open, close)| (*open..*close).contains(&minute));
    let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap();
    let eve = hours.eve.as_ref().is_none_or(|spans| !holiday(1) || within(spans));
    (!within(&hours.week[weekday]) || !eve).then_some(Reason::OutsideHours)
}

/// The classes that an opt-out covers which names none.
fn is_solicitation(class: PurposeClass) -> bool {
    use PurposeClass::{Charity, Marketing, Political, Reconsent, Survey};
    matches!(class, Marketing | Reconsent | Survey | Charity | Political)
}

/// Classes that a relationship carries.
fn is_carried(class: PurposeClass) -> bool {
    matches!(class, PurposeClass::Service | PurposeClass::DebtCollection | PurposeClass::Notice)
}

fn later(day: &str, months: i32) -> Timestamp {
    months_after(instant(day), months)
}

fn months_after(at: Timestamp, months: i32) -> Timestamp {
    let later = TimeZone::UTC.to_datetime(at).checked_add(Span::new().months(months)).unwrap();
    TimeZone::UTC.to_timestamp(later).unwrap()
}

impl Asked<'_> {
    fn given(&self) -> Option<Timestamp> {
        self.setup.consent.map(|consent| instant(consent.on))
    }

    /// Unknown is an individual for what is asked.
    fn party(&self) -> Party {
        if self.party == Party::Business { Party::Business } else { Party::Individual }
    }

    /// The row of this law that speaks.
    pub(crate) fn row<'l>(&self, law: &'l Law) -> Option<&'l Ask> {
        law.asks.iter().find(|row| self.fits_ask(row, law))
    }

    fn fits_ask(&self, row: &Ask, law: &Law) -> bool {
        let sector = row.when.sectors.is_empty() || row.when.sectors.contains(&self.sector);
        // An unknown line is the stricter one.
        let line =
            row.line.is_none_or(|line| line == self.line || (line == Line::Mobile && self.line == Line::Unknown));
        sector && line && self.fits(&row.when, law)
    }

    fn fits(&self, when: &When, law: &Law) -> bool {
        let class = if self.class == PurposeClass::Notice { PurposeClass::Service } else { self.class };
        let zones = if law.zones.is_empty() { &[TimeZone::UTC][..] } else { &law.zones };
        let on = |zone: &TimeZone| {
            let day = zone.to_datetime(self.at).date();
            when.from.is_none_or(|from| from <= day) && when.to.is_none_or(|to| day < to)
        };
        when.classes.contains(&class)
            && when.channels.contains(&self.channel)
            && when.party.is_none_or(|party| party == self.party())
            && zones.iter().any(on)
    }

    /// Why the consent on record would not satisfy `opt_in`; none: it does.
    fn consent_failure(&self, laws: &[&Law], written: bool) -> Option<Reason> {
        let Some(Consent { on, form, pre_ticked }) = self.setup.consent else { return Some(Reason::ConsentMissing) };
        // What an opt-out does to it is judged where the opt-out is.
        if pre_ticked || (written && form == "oral") {
            return Some(Reason::ConsentNonconforming);
        }
        if self.at < instant(on) {
            return Some(Reason::ConsentNotYetValid);
        }
        let limited = is_solicitation(self.class) && self.class != PurposeClass::Survey;
        let expired =
            laws.iter().filter_map(|law| law.consent_limit.map(|limit| (law, limit))).any(|(law, (months, from))| {
                let day = law.zones[0].to_datetime(self.at).date();
                limited && from <= day && later(on, months) <= self.at
            });
        expired.then_some(Reason::ConsentExpired)
    }

    fn running(&self) -> Option<Relationship> {
        self.setup
            .relationship
            .filter(|tie| instant(tie.on) <= self.at && tie.ends.is_none_or(|ends| self.at < instant(ends)))
    }

    fn carried(&self) -> bool {
        self.running().is_some_and(|tie| match tie.kind {
            RelationshipKind::Contract => is_carried(self.class),
            RelationshipKind::Order | RelationshipKind::Purchase => {
                self.class != PurposeClass::DebtCollection && is_carried(self.class) && self.at < later(tie.on, 24)
            }
            RelationshipKind::Debt => self.class == PurposeClass::DebtCollection,
            RelationshipKind::Inquiry => false,
        })
    }

    /// A running contract, or a purchase or order of so many months, that names the purpose.
    fn tie(&self, kinds: &[RelationshipKind], months: i32, soft: bool) -> bool {
        self.running().is_some_and(|tie| {
            tie.names
                && is_solicitation(self.class)
                && kinds.contains(&tie.kind)
                && (!soft || tie.soft_opt_in)
                && (tie.kind == RelationshipKind::Contract || self.at < later(tie.on, months))
        })
    }

    fn met(&self, laws: &[&Law], law: &Law, requirement: &str) -> Result<Rests, Reason> {
        use RelationshipKind::{Contract, Order, Purchase};
        const ALWAYS: i32 = 1200;
        let transaction = [Contract, Order, Purchase];
        let relationship = match requirement {
            "opt_in_or_soft" => self.tie(&transaction, ALWAYS, true),
            "opt_in_or_contract" | "forbidden_except_contract" => self.tie(&[Contract], ALWAYS, false),
            "opt_in_or_customer" => self.tie(&transaction, law.customer_months, false),
            "lawful_basis" => self.tie(&transaction, 12, true),
            "presumed" => self.party == Party::Business && self.tie(&transaction, 24, false),
            _ => false,
        };
        let failure = self.consent_failure(laws, requirement == "opt_in_written");
        match requirement {
            "exempt" if law.gdpr && is_carried(self.class) => match failure {
                _ if self.carried() => Ok(Rests::Nothing),
                None => Ok(Rests::Nothing),
                Some(_) => Err(Reason::BasisMissing),
            },
            "exempt" => Ok(Rests::Nothing),
            "opt_out" => Ok(if failure.is_none() { Rests::Consent } else { Rests::OptOut }),
            "forbidden" => Err(Reason::Forbidden),
            "forbidden_except_contract" if relationship => Ok(Rests::Relationship),
            "forbidden_except_contract" => Err(Reason::Forbidden),
            "forbidden_unsolicited" => failure.map_or(Ok(Rests::Consent), |_| Err(Reason::Forbidden)),
            "deny_unverified" => failure.map_or(Ok(Rests::Consent), |_| Err(Reason::RuleUnverified)),
            _ => match failure {
                None => Ok(Rests::Consent),
                Some(_) if relationship => Ok(Rests::Relationship),
                Some(failure) => Err(failure),
            },
        }
    }

    /// What a registry says, where the contact rests on something that it can bar.
    fn screened(
        &self,
        laws: &[&Law],
        law: &Law,
        registry: &Registry,
        place: usize,
        basis: Option<Rests>,
    ) -> Option<Reason> {
        let party_fits = registry.when.party.is_none();
        let excluded = registry.not_sector.is_some_and(|sector| sector == self.sector);
        if !party_fits || excluded || !self.fits(&registry.when, law) {
            return None;
        }
        let listed = self.copies.is_some()
            && match self.setup.listed {
                Listed::No => false,
                Listed::Everywhere => true,
                Listed::Only(only) => only == place,
            };
        let for_the_other = matches!(
            (registry.meant_for, self.party),
            (Some(Party::Individual), Party::Business) | (Some(Party::Business), Party::Individual)
        );
        // A consumer's listing outweighs the lead's word that it is a business, whatever is asked of businesses; the
        // other way round nothing is screened.
        if for_the_other {
            let outweighs = listed && self.party == Party::Business && !self.lifts(laws, registry, listed);
            return outweighs.then_some(Reason::RegistryListed);
        }
        let basis = basis?;
        if !registry.revokes && matches!(basis, Rests::Nothing | Rests::Consent) {
            return None;
        }
        if self.lifts(laws, registry, listed) {
            return None;
        }
        if listed {
            return Some(Reason::RegistryListed);
        }
        // For an unknown party a registry that is not meant for individuals need not be there.
        if registry.meant_for == Some(Party::Business) && self.party == Party::Unknown {
            return None;
        }
        let Some(made) = self.copies else { return Some(Reason::RegistryMissing) };
        let days = registry.max_age_days.unwrap_or(self.owner_days);
        (self.at >= made + Span::new().hours(24 * days)).then_some(Reason::RegistryStale)
    }

    fn lifts(&self, laws: &[&Law], registry: &Registry, listed: bool) -> bool {
        let consents = self.consent_failure(laws, false).is_none();
        if registry.revokes {
            let listed_on = self.setup.listed_on.map(instant).filter(|_| listed);
            let later = consents && listed_on.is_some() && self.given() > listed_on;
            let contract = registry.contract_days.is_some_and(|days| {
                self.setup.relationship.is_some_and(|tie| {
                    let until = tie.ends.map(|ends| instant(ends) + Span::new().hours(24 * i64::from(days)));
                    tie.kind == RelationshipKind::Contract
                        && instant(tie.on) <= self.at
                        && until.is_none_or(|until| self.at < until)
                })
            });
            return later || contract;
        }
        let established = registry.ebr_months.is_some_and(|(transaction, inquiry)| {
            self.setup.relationship.is_some_and(|tie| {
                let last = match tie.kind {
                    RelationshipKind::Contract => tie.ends.map(|ends| later(ends, transaction)),
                    RelationshipKind::Order | RelationshipKind::Purchase => Some(later(tie.on, transaction)),
                    RelationshipKind::Inquiry => Some(later(tie.on, inquiry)),
                    RelationshipKind::Debt => return false,
                };
                instant(tie.on) <= self.at
                    && last.is_none_or(|last| self.at < last)
                    && self.setup.opted_out.is_none_or(|out| instant(out) < instant(tie.on))
            })
        });
        consents || established
    }
}
