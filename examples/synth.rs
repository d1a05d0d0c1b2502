//! Writes a gate of any size to try and to measure with: `gate.toml`, lists, bulk records and leads.
//!
//! ```text
//! cargo run --release --example synth -- --dir target/synth --suppressed 20000000 --consents 5000000 --leads 1000000 --seed 1
//! ```
//!
//! Numbers are made up within the shape of real plans: PL, GB and those parts of the US whose rule packs
//! exist, in active blocks of 10,000 with log-normal density. Of the suppressed numbers 1 % carry dates; of
//! the persons with consents 90 % have one simple consent, the others a longer history. Half of the leads
//! hit. The same arguments give the same bytes.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a generator of test data, where a wrong index shall stop the run"
)]

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wanted = Wanted::from_arguments(std::env::args().skip(1))?;
    std::fs::create_dir_all(wanted.dir.join("lists"))?;
    let mut dice = Dice(wanted.seed);
    let blocks = Block::plan(&wanted, &mut dice);
    let mut files = Files::create(&wanted.dir)?;
    let mut leads = Vec::new();
    for block in &blocks {
        block.write(&mut dice, &mut files, &mut leads)?;
    }
    files.finish()?;
    write_leads(&wanted.dir, &mut leads, &mut dice)?;
    std::fs::write(wanted.dir.join("gate.toml"), MANIFEST)?;
    println!("{} active blocks; next: dialgate compile {}", blocks.len(), wanted.dir.join("gate.toml").display());
    Ok(())
}

/// What the command line asks for.
struct Wanted {
    dir: PathBuf,
    suppressed: u64,
    consents: u64,
    leads: u64,
    seed: u64,
}

impl Wanted {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut wanted =
            Self { dir: "target/synth".into(), suppressed: 100_000, consents: 25_000, leads: 10_000, seed: 1 };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("`{name}` needs a value"))?;
            let figure =
                || value.replace('_', "").parse::<u64>().map_err(|_| format!("`{name}` needs a number, not `{value}`"));
            match name.as_str() {
                "--dir" => wanted.dir = value.into(),
                "--suppressed" => wanted.suppressed = figure()?,
                "--consents" => wanted.consents = figure()?,
                "--leads" => wanted.leads = figure()?,
                "--seed" => wanted.seed = figure()?,
                _ => {
                    return Err(format!("`{name}`: expected --dir, --suppressed, --consents, --leads or --seed"));
                }
            }
        }
        Ok(wanted)
    }
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform below the limit.
    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// Log-normal with sigma 1, by sums and products only, so that every machine gives the same bits.
    fn log_normal(&mut self) -> f64 {
        let normal = (0..12).map(|_| (self.next() >> 11) as f64 / (1u64 << 53) as f64).sum::<f64>() - 6.0;
        let mut power = 1.0 + normal.max(-5.0) / 64.0;
        for _ in 0..6 {
            power *= power;
        }
        power
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Country {
    Poland,
    Britain,
    UnitedStates,
}

/// An active block of 10,000 numbers, and how many of its numbers are what.
struct Block {
    country: Country,
    state: &'static str,
    first: u64,
    suppressed: u64,
    consents: u64,
    leads: u64,
}

/// US area codes of states that add nothing to the federal rules.
const STATES: [(&str, &[u64]); 9] = [
    ("IL", &[217, 224, 309, 312, 331, 618, 630, 708, 773, 779, 815, 847, 872]),
    ("NY", &[212, 315, 332, 347, 516, 518, 585, 607, 631, 646, 680, 716, 718, 845, 914, 917, 929, 934]),
    ("OH", &[216, 220, 234, 330, 380, 419, 440, 513, 567, 614, 740, 937]),
    ("WI", &[262, 414, 534, 608, 715, 920]),
    ("AR", &[479, 501, 870]),
    ("ND", &[701]),
    ("NE", &[308, 402, 531]),
    ("SC", &[803, 843, 854, 864]),
    ("MT", &[406]),
];
/// Parts of +44 7 that belong to the Channel Islands and the Isle of Man, or are reserved; pagers are 76.
const NOT_BRITISH: [u64; 10] = [7509, 7524, 7700, 7781, 7797, 7829, 7839, 7911, 7924, 7937];

impl Block {
    /// Chooses the active blocks and shares the wanted figures out among them.
    fn plan(wanted: &Wanted, dice: &mut Dice) -> Vec<Self> {
        let mut blocks = Vec::new();
        for (country, share) in [(Country::UnitedStates, 45), (Country::Britain, 30), (Country::Poland, 25)] {
            let mut all = Self::all(country);
            let numbers = (wanted.suppressed + wanted.consents + wanted.leads / 2) * share / 100;
            let active = (numbers / 1500 + 20).min(all.len() as u64 * 4 / 5) as usize;
            for i in 0..active {
                let j = i + dice.below((all.len() - i) as u64) as usize;
                all.swap(i, j);
            }
            all.truncate(active);
            all.sort_unstable_by_key(|block| block.first);
            blocks.append(&mut all);
        }
        let weights: Vec<f64> = blocks.iter().map(|_| dice.log_normal()).collect();
        share_out(&mut blocks, &weights, wanted.suppressed, 7000, |block| &mut block.suppressed);
        share_out(&mut blocks, &weights, wanted.consents, 3000, |block| &mut block.consents);
        share_out(&mut blocks, &weights, wanted.leads, u64::MAX, |block| &mut block.leads);
        blocks
    }

    /// Every block that the country's plan has room for.
    fn all(country: Country) -> Vec<Self> {
        let block = |state, first| Self { country, state, first, suppressed: 0, consents: 0, leads: 0 };
        let mut blocks = Vec::new();
        match country {
            Country::Poland => {
                for prefix in [12, 22, 32, 42, 50, 51, 53, 57, 58, 60, 61, 66, 69, 71, 72, 73, 78, 79, 88] {
                    blocks.extend((0..1000).map(|i| block("", (48_00000 + prefix * 1000 + i) * 10_000)));
                }
            }
            Country::Britain => {
                for prefix in (7400..7600).chain(7700..8000).filter(|prefix| !NOT_BRITISH.contains(prefix)) {
                    blocks.extend((0..100).map(|i| block("", (44_000000 + prefix * 100 + i) * 10_000)));
                }
                for prefix in [203, 207, 208, 113, 114, 115, 116, 117, 121, 131, 141, 151, 161] {
                    blocks.extend((200..1000).map(|i| block("", (44_000000 + prefix * 1000 + i) * 10_000)));
                }
            }
            Country::UnitedStates => {
                for (state, areas) in STATES {
                    for area in areas {
                        let exchanges = (200..1000).filter(|i| i % 100 != 11 && *i != 555);
                        blocks.extend(exchanges.map(|i| block(state, (1_000000 + area * 1000 + i) * 10_000)));
                    }
                }
            }
        }
        blocks
    }

    /// Writes all rows of the block: a random order of its numbers, first the suppressed, then others.
    fn write(&self, dice: &mut Dice, files: &mut Files, leads: &mut Vec<Lead>) -> io::Result<()> {
        // A tenth of the persons with consents is suppressed as well.
        let persons_from = self.suppressed - self.suppressed.min(self.consents / 10);
        let known = self.suppressed.max(persons_from + self.consents);
        let mut order: Vec<u16> = (0..10_000).collect();
        for i in 0..(known as usize).min(9_999) {
            let j = i + dice.below((10_000 - i) as u64) as usize;
            order.swap(i, j);
        }
        let number = |position: u64| self.first + u64::from(order[position as usize]);
        for position in 0..self.suppressed {
            files.suppress(self.country, number(position), dice)?;
        }
        for position in persons_from..persons_from + self.consents {
            files.person(number(position), dice)?;
        }
        for _ in 0..self.leads {
            let hit = dice.percent(50) && known > 0 || known >= 10_000;
            let position = if hit { dice.below(known) } else { known + dice.below(10_000 - known) };
            leads.push(Lead { number: number(position), state: self.state });
        }
        Ok(())
    }
}

/// Shares a total out by weight, at most so many a block, exactly unless the blocks are full.
fn share_out(blocks: &mut [Block], weights: &[f64], total: u64, most: u64, field: fn(&mut Block) -> &mut u64) {
    let sum: f64 = weights.iter().sum();
    let mut left = total;
    for (block, weight) in blocks.iter_mut().zip(weights) {
        let share = ((total as f64 * weight / sum) as u64).min(most).min(left);
        *field(block) = share;
        left -= share;
    }
    while left > 0 {
        let before = left;
        for block in blocks.iter_mut() {
            let room = (most - *field(block)).min(left).min(1 + before / 1000);
            *field(block) += room;
            left -= room;
        }
        if left == before {
            eprintln!("{left} of {total} do not fit into the blocks of these plans and are left out");
            return;
        }
    }
}

/// The open files of lists and records.
struct Files {
    ndnc: Out,
    tps: Out,
    own: Out,
    blocked: Out,
    dated: Out,
    records: Out,
}

impl Files {
    fn create(dir: &Path) -> io::Result<Self> {
        let mut files = Self {
            ndnc: Out::create(&dir.join("lists/us-ndnc.txt"))?,
            tps: Out::create(&dir.join("lists/gb-tps.txt"))?,
            own: Out::create(&dir.join("lists/own-dnc.txt"))?,
            blocked: Out::create(&dir.join("lists/litigators.txt"))?,
            dated: Out::create(&dir.join("lists/dated-dnc.csv"))?,
            records: Out::create(&dir.join("records.csv"))?,
        };
        files.dated.text("number,added,until\n").end()?;
        files.records.text(RECORD_HEADER).end()?;
        // No list is empty, however small the run.
        files.ndnc.text("312,5550100\n").end()?;
        files.tps.text("0207 9460000\r\n").end()?;
        files.own.text("+48223000000\n").end()?;
        files.blocked.text("+13125550101\n").end()?;
        files.dated.text("+48223000001,2026-01-01,\n").end()?;
        Ok(files)
    }

    /// One suppressed number, on the lists that such a number is usually on.
    fn suppress(&mut self, country: Country, number: u64, dice: &mut Dice) -> io::Result<()> {
        let roll = dice.below(1000);
        if roll < 10 {
            let out = self.dated.text("+").digits(number).text(",").date(dice, 2024, 2).text(",");
            if dice.percent(50) {
                out.date(dice, 2027, 2);
            }
            return out.text("\n").end();
        }
        let registry = country != Country::Poland && roll < 900;
        if registry && country == Country::UnitedStates {
            let national = number % 10_000_000_000;
            self.ndnc.digits(national / 10_000_000).text(",").padded(national % 10_000_000, 7).text("\n").end()?;
        } else if registry {
            let national = number % 10_000_000_000;
            // London is written as 020 and eight digits, mobiles as 07XXX and six.
            self.tps.text("0").digits(national / 1_000_000).text(" ");
            self.tps.padded(national % 1_000_000, 6).text("\r\n").end()?;
        }
        if !registry && roll < 970 || roll.is_multiple_of(25) {
            self.own.text("+").digits(number).text("\n").end()?;
        }
        if roll >= 970 {
            self.blocked.text("+").digits(number).text("\n").end()?;
        }
        Ok(())
    }

    /// All records of one person: mostly one simple consent, else a longer history.
    fn person(&mut self, number: u64, dice: &mut Dice) -> io::Result<()> {
        if !dice.percent(10) {
            return self.consent(number, 2024 + dice.below(2), dice);
        }
        match dice.below(5) {
            0 => {
                self.consent(number, 2024, dice)?;
                self.consent(number, 2025, dice)
            }
            1 => {
                self.consent(number, 2024, dice)?;
                self.row("withdrawal", number, 2025, dice).text(",,,,,,,,,,,\n").end()
            }
            2 => {
                self.consent(number, 2023, dice)?;
                self.row("withdrawal", number, 2024, dice).text(",,,,,,,,,,,\n").end()?;
                self.consent(number, 2025, dice)
            }
            3 => {
                self.row("relationship", number, 2024, dice).text(",own-offers,,,,,,,contract,,,\n").end()?;
                self.row("notice", number, 2025, dice).text(",,,,,,,,,,2026-01,\n").end()?;
                self.consent(number, 2025, dice)
            }
            _ => {
                for year in 2021..2026 {
                    self.consent(number, year, dice)?;
                }
                self.row("relationship", number, 2025, dice).text(",own-offers,,,,,,,purchase,true,,\n").end()
            }
        }
    }

    /// A consent of one of a few profiles, given in this year.
    fn consent(&mut self, number: u64, year: u64, dice: &mut Dice) -> io::Result<()> {
        const PROFILES: [&str; 4] = [
            ",own-offers,live_call,web,",
            ",own-offers;partner-offers,live_call;sms,web,",
            ",own-offers,live_call;sms;messaging,paper,",
            ",partner-offers,sms,phone,",
        ];
        let profile = PROFILES[[0, 0, 0, 0, 0, 1, 1, 2, 2, 3][dice.below(10) as usize]];
        let expires = dice.percent(30);
        let evidence = dice.next();
        let out = self.row("consent", number, year, dice).text(profile).text("rec:").digits(evidence >> 34).text(",");
        for _ in 0..4 {
            out.hex(evidence);
        }
        out.text(",");
        if expires {
            out.digits(year + 3).text("-01-01T00:00:00Z");
        }
        out.text(",,,,,\n").end()
    }

    /// The columns that every record has.
    fn row(&mut self, kind: &str, number: u64, year: u64, dice: &mut Dice) -> &mut Out {
        let time = dice.below(86_400);
        let out = self.records.text(kind).text(",+").digits(number).text(",").date(dice, year, 1).text("T");
        out.padded(time / 3600, 2).text(":").padded(time / 60 % 60, 2).text(":").padded(time % 60, 2).text("Z,acme")
    }

    fn finish(self) -> io::Result<()> {
        let Self { ndnc, tps, own, blocked, dated, records } = self;
        [ndnc, tps, own, blocked, dated, records].into_iter().try_for_each(Out::finish)
    }
}

const RECORD_HEADER: &str = "type,number,at,controller,purposes,channels,text,evidence.uri,evidence.sha256,expires_at,\
                             ends_at,kind,soft_opt_in,version,scope\n";

/// A number to be screened.
struct Lead {
    number: u64,
    state: &'static str,
}

/// Writes the leads in random order; half of the American ones say where the person lives.
fn write_leads(dir: &Path, leads: &mut [Lead], dice: &mut Dice) -> io::Result<()> {
    for i in (1..leads.len()).rev() {
        leads.swap(i, dice.below(i as u64 + 1) as usize);
    }
    let mut out = Out::create(&dir.join("leads.csv"))?;
    out.text("number,region,party\n").end()?;
    for lead in leads.iter() {
        out.text("+").digits(lead.number).text(",");
        if !lead.state.is_empty() && dice.percent(50) {
            out.text("US-").text(lead.state);
        }
        out.text(",").text(["", "individual"][dice.below(2) as usize]);
        out.text("\n").end()?;
    }
    out.finish()
}

/// A buffered file with the few ways of writing that are needed, without formatting machinery.
struct Out {
    file: BufWriter<File>,
    line: Vec<u8>,
}

impl Out {
    fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::with_capacity(1 << 20, File::create(path)?), line: Vec::with_capacity(256) })
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.line.extend_from_slice(text.as_bytes());
        self
    }

    fn digits(&mut self, value: u64) -> &mut Self {
        self.padded(value, 1)
    }

    fn padded(&mut self, mut value: u64, width: usize) -> &mut Self {
        let mut buffer = [b'0'; 20];
        let mut at = 20;
        while value > 0 || 20 - at < width {
            at -= 1;
            buffer[at] = b'0' + (value % 10) as u8;
            value /= 10;
        }
        self.line.extend_from_slice(&buffer[at..]);
        self
    }

    /// Sixteen hexadecimal digits.
    fn hex(&mut self, value: u64) -> &mut Self {
        self.line.extend((0..16).rev().map(|i| b"0123456789abcdef"[(value >> (i * 4)) as usize & 15]));
        self
    }

    /// A day in one of so many years.
    fn date(&mut self, dice: &mut Dice, first_year: u64, years: u64) -> &mut Self {
        let (year, month, day) = (first_year + dice.below(years), 1 + dice.below(12), 1 + dice.below(28));
        self.digits(year).text("-").padded(month, 2).text("-").padded(day, 2)
    }

    fn end(&mut self) -> io::Result<()> {
        self.file.write_all(&self.line)?;
        self.line.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.file.flush()
    }
}

const MANIFEST: &str = r#"controller = "acme"
as_of = "2026-11-23T06:00:00Z"

[[controllers]]
id = "acme"
name = "Acme Sp. z o.o."
notice_version = "2026-01"

[[purposes]]
id = "own-offers"
class = "marketing"

[[purposes]]
id = "partner-offers"
class = "marketing"

[[consent_texts]]
id = "web"
sha256 = "1111111111111111111111111111111111111111111111111111111111111111"
form = "electronic"
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
pre_ticked = false
from = "2020-01-01"

[[consent_texts]]
id = "paper"
sha256 = "2222222222222222222222222222222222222222222222222222222222222222"
form = "written"
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
pre_ticked = false
from = "2020-01-01"

[[consent_texts]]
id = "phone"
sha256 = "3333333333333333333333333333333333333333333333333333333333333333"
form = "oral"
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
pre_ticked = false
from = "2020-01-01"

[[lists]]
id = "us-ndnc"
kind = "registry"
registry = "us-ndnc"
format = "ftc"
path = "lists/us-ndnc.txt"
covers = "all"
as_of = "2026-11-20T00:00:00Z"

[[lists]]
id = "gb-tps"
kind = "registry"
registry = "gb-tps"
format = "tps"
path = "lists/gb-tps.txt"
as_of = "2026-11-20T00:00:00Z"

[[lists]]
id = "own-dnc"
kind = "opt_out"
format = "plain"
path = "lists/own-dnc.txt"
as_of = "2026-11-20T00:00:00Z"

[[lists]]
id = "litigators"
kind = "block"
format = "plain"
path = "lists/litigators.txt"
as_of = "2026-11-20T00:00:00Z"

[[lists]]
id = "dated-dnc"
kind = "opt_out"
format = "csv"
path = "lists/dated-dnc.csv"
columns = { number = "number", added = "added", until = "until" }
as_of = "2026-11-20T00:00:00Z"

[[records]]
path = "records.csv"
format = "csv"
"#;
