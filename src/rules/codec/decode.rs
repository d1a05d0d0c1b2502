//! From bytes to rules: any bytes, an error or rules, never a panic.

use super::flag;
use crate::Region;
use crate::rules::{
    Calendar, CallerIdRule, CapRule, ConfirmationRule, ConsentLimitRule, EbrRule, HolidayRule, ObligationRule, Pack,
    RegistryRule, RequirementRule, RetentionRule, RevocationRule, Row, Rules, Selector, SilenceRule, Span, WindowRule,
};
use crate::vocabulary::{
    ChannelSet, ClassSet, Confidence, LineSet, ObligationSet, Outcome, PartySet, Requirement, SectorSet,
};
use crate::wire::{Malformed, Reader};

type Read<T> = Result<T, Malformed>;

/// How often the bytes of the input may be repeated by rows that share a text.
const REPETITION: usize = 32;
/// What may be repeated in any case, in bytes.
const REPETITION_FLOOR: usize = 64 * 1024;

/// The rules that these bytes say.
pub(super) fn rules(bytes: &[u8]) -> Read<Rules> {
    let mut read = Reader::new(bytes);
    let texts = list(&mut read, 1, Reader::str)?;
    let budget = bytes.len().saturating_mul(REPETITION).saturating_add(REPETITION_FLOOR);
    let mut read = Decoder { read, texts, budget, calendars: 0 };
    let calendars = read.list(5, Decoder::calendar)?;
    read.calendars = calendars.len();
    let packs = read.list(16, Decoder::pack)?;
    for (first, second) in packs.iter().zip(packs.iter().skip(1)) {
        if first.code >= second.code {
            return Err(read.wrong("packs in ascending order of their codes"));
        }
    }
    if packs.len() > crate::rules::MAX_PACKS {
        return Err(read.wrong("at most 128 packs"));
    }
    for baseline in packs.iter().flat_map(|pack| &pack.baselines) {
        if packs.binary_search_by(|pack| pack.code.cmp(baseline)).is_err() {
            return Err(read.wrong("baselines that are packs"));
        }
    }
    read.read.finish()?;
    Ok(Rules { packs, calendars })
}

struct Decoder<'a> {
    read: Reader<'a>,
    texts: Vec<&'a str>,
    /// Bytes of text that may still be copied.
    budget: usize,
    calendars: usize,
}

impl Decoder<'_> {
    fn wrong(&self, expected: &'static str) -> Malformed {
        self.read.malformed(expected)
    }

    fn list<T>(&mut self, item_bytes: usize, item: impl Fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.read.count(item_bytes)?;
        // Grown as the items prove to be there: an item takes more memory than it has bytes.
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn text(&mut self) -> Read<String> {
        let wrong = self.wrong("the place of a text");
        let text = self.texts.get(self.read.small::<usize>()?).copied().ok_or(wrong)?;
        self.budget = self.budget.checked_sub(text.len()).ok_or(self.wrong("less repetition of long texts"))?;
        Ok(text.to_owned())
    }

    fn optional(&mut self) -> Read<Option<u16>> {
        let wrong = self.wrong("a number below 65536, or none");
        match self.read.varint()?.checked_sub(1) {
            None => Ok(None),
            Some(value) => u16::try_from(value).map(Some).map_err(|_| wrong),
        }
    }

    fn signed(&mut self) -> Read<i32> {
        let wrong = self.wrong("a signed number of 32 bits");
        i32::try_from(self.read.signed_varint()?).map_err(|_| wrong)
    }

    /// A byte of `N` flags, the first lowest.
    fn flags<const N: usize>(&mut self) -> Read<[bool; N]> {
        let wrong = self.wrong("fewer flags");
        let bits = self.read.u8()?;
        let mut rest = bits;
        let flags = std::array::from_fn(|_| {
            let flag = rest & 1 != 0;
            rest >>= 1;
            flag
        });
        if rest == 0 { Ok(flags) } else { Err(wrong) }
    }

    fn calendar(&mut self) -> Read<Calendar> {
        let (code, source) = (self.text()?, self.text()?);
        let (from, to) = (self.signed()?, self.signed()?);
        if from > to {
            return Err(self.wrong("a calendar that begins before it ends"));
        }
        let mut last = None;
        let mut days = Vec::new();
        for _ in 0..self.read.count(1)? {
            let step = self.read.signed_varint()?;
            let day = i64::from(last.unwrap_or(from)).checked_add(step).and_then(|day| i32::try_from(day).ok());
            let day = day.filter(|day| (from..to).contains(day) && last.is_none_or(|last| last < *day));
            let day = day.ok_or(self.wrong("a later day within the calendar"))?;
            days.push(day);
            last = Some(day);
        }
        Ok(Calendar { code, source, from, to, days })
    }

    fn pack(&mut self) -> Read<Pack> {
        let (code, name, version) = (self.text()?, self.text()?, self.text()?);
        let [has_region, gdpr, partial, overrides, revokes] = self.flags()?;
        let region = if has_region { Some(self.region()?) } else { None };
        Ok(Pack {
            code,
            name,
            version,
            region,
            gdpr,
            partial,
            overrides,
            baselines: self.list(1, Self::text)?,
            requirements: self.rows(Self::requirement)?,
            registries: self.rows(Self::registry)?,
            windows: self.rows(Self::window)?,
            caps: self.rows(Self::cap)?,
            silences: self.rows(Self::silence)?,
            obligations: self.rows(Self::obligation)?,
            caller_ids: self.rows(Self::caller_id)?,
            consent_limits: self.rows(|read| Ok(ConsentLimitRule { months: read.read.small()? }))?,
            confirmations: self.rows(|read| Ok(ConfirmationRule { minutes: read.read.small()? }))?,
            retentions: self.rows(Self::retention)?,
            notes: self.list(1, Self::text)?,
            revocations: if revokes { self.rows(|_| Ok(RevocationRule))? } else { Vec::new() },
        })
    }

    fn region(&mut self) -> Read<Region> {
        let wrong = self.wrong("the letters of a region");
        let region = Region::from_bytes(self.read.array()?);
        let [a, b, c, d] = region.to_bytes();
        let is_code = [a, b].iter().all(u8::is_ascii_uppercase)
            && ([c, d] == [0, 0] || [c, d].iter().all(u8::is_ascii_uppercase));
        if is_code { Ok(region) } else { Err(wrong) }
    }

    fn rows<T>(&mut self, rule: impl Fn(&mut Self) -> Read<T>) -> Read<Vec<Row<T>>> {
        self.list(5, |read| {
            let (id, statute) = (read.text()?, read.text()?);
            let (when, confidence) = read.selector()?;
            Ok(Row { id, when, statute, confidence, rule: rule(read)? })
        })
    }

    fn selector(&mut self) -> Read<(Selector, Confidence)> {
        let wrong = self.wrong("sets of known values");
        let flags = self.read.u8()?;
        let confidence = Confidence::from_code((flags >> flag::CONFIDENCE_SHIFT).saturating_add(1)).ok_or(wrong)?;
        let classes = self.read.small()?;
        let mut when = Selector {
            classes: ClassSet::from_bits(classes),
            sectors: SectorSet::all(),
            channels: ChannelSet::all(),
            parties: PartySet::all(),
            lines: LineSet::all(),
            from: None,
            to: None,
        };
        // Bits that stand for nothing are dropped here and told by the comparison with the encoding.
        if flags & flag::SECTORS != 0 {
            when.sectors = SectorSet::from_bits(self.read.small()?);
        }
        if flags & flag::CHANNELS != 0 {
            when.channels = ChannelSet::from_bits(self.read.small()?);
        }
        if flags & flag::PARTIES != 0 {
            when.parties = PartySet::from_bits(self.read.small()?);
        }
        if flags & flag::LINES != 0 {
            when.lines = LineSet::from_bits(self.read.small()?);
        }
        if flags & flag::FROM != 0 {
            when.from = Some(self.signed()?);
        }
        if flags & flag::TO != 0 {
            when.to = Some(self.signed()?);
        }
        if let (Some(from), Some(to)) = (when.from, when.to)
            && from >= to
        {
            return Err(self.wrong("a first day before the last"));
        }
        Ok((when, confidence))
    }

    fn requirement(&mut self) -> Read<RequirementRule> {
        let wrong = self.wrong("the number of a requirement");
        Ok(RequirementRule {
            requirement: Requirement::from_code(self.read.u8()?).ok_or(wrong)?,
            customer_months: self.read.small()?,
            needs_review: self.read.bool()?,
            double_opt_in: self.read.bool()?,
        })
    }

    fn registry(&mut self) -> Read<RegistryRule> {
        let registry = self.text()?;
        let [individuals, businesses, revokes_consents, has_ebr] = self.flags()?;
        let ebr = if has_ebr {
            Some(EbrRule { transaction_months: self.read.small()?, inquiry_months: self.read.small()? })
        } else {
            None
        };
        Ok(RegistryRule {
            registry,
            individuals,
            businesses,
            revokes_consents,
            ebr,
            max_age_days: self.optional()?,
            contract_lifts_days: self.optional()?,
            grace_days: self.optional()?,
        })
    }

    fn window(&mut self) -> Read<WindowRule> {
        let [daily, closes, has_eves, lifted_by_consent, is_fixed] = self.flags()?;
        let mut week: [Vec<Span>; 7] = Default::default();
        if daily {
            let spans = self.spans()?;
            week.fill(spans);
        } else {
            for day in &mut week {
                *day = self.spans()?;
            }
        }
        let eves = if has_eves { Some(self.spans()?) } else { None };
        let fixed_offset = if is_fixed { Some(self.offset()?) } else { None };
        let calendar = self.optional()?;
        if calendar.is_some_and(|index| usize::from(index) >= self.calendars) {
            return Err(self.wrong("the index of a calendar"));
        }
        Ok(WindowRule {
            week,
            holidays: if closes { HolidayRule::Closed } else { HolidayRule::Ignored },
            eves,
            calendar,
            lifted_by_consent,
            fixed_offset,
        })
    }

    fn offset(&mut self) -> Read<i16> {
        let wrong = self.wrong("an offset of at most 18 hours");
        i16::try_from(self.signed()?).ok().filter(|offset| (-1_080..=1_080).contains(offset)).ok_or(wrong)
    }

    fn spans(&mut self) -> Read<Vec<Span>> {
        let spans = self.list(2, |read| Ok(Span { open: read.read.small()?, close: read.read.small()? }))?;
        let mut last = None;
        for span in &spans {
            if span.open >= span.close || span.close > 1_440 || last.is_some_and(|last| last > span.open) {
                return Err(self.wrong("spans in order, within the day"));
            }
            last = Some(span.close);
        }
        Ok(spans)
    }

    fn cap(&mut self) -> Read<CapRule> {
        Ok(CapRule {
            attempts: self.read.small()?,
            window_seconds: self.read.small()?,
            both_families: self.read.bool()?,
            lifted_by_consent: self.read.bool()?,
        })
    }

    fn silence(&mut self) -> Read<SilenceRule> {
        let wrong = self.wrong("the number of an outcome");
        Ok(SilenceRule {
            after: Outcome::from_code(self.read.u8()?).ok_or(wrong)?,
            days: self.optional()?,
            lifted_by_consent: self.read.bool()?,
        })
    }

    fn obligation(&mut self) -> Read<ObligationRule> {
        Ok(ObligationRule { duties: ObligationSet::from_bits(self.read.small()?), seconds: self.optional()? })
    }

    fn caller_id(&mut self) -> Read<CallerIdRule> {
        Ok(CallerIdRule { banned_prefixes: self.list(1, Self::text)? })
    }

    fn retention(&mut self) -> Read<RetentionRule> {
        Ok(RetentionRule {
            what: self.text()?,
            months: self.optional()?,
            days: self.read.small()?,
            restarts_on_use: self.read.bool()?,
        })
    }
}

fn list<'a, T>(read: &mut Reader<'a>, item_bytes: usize, item: impl Fn(&mut Reader<'a>) -> Read<T>) -> Read<Vec<T>> {
    let count = read.count(item_bytes)?;
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(item(read)?);
    }
    Ok(items)
}
