#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::{BUILTIN, Options, Packs, RuleFile, load};
use crate::Region;
use crate::rules::Rules;
use crate::vocabulary::{Channel, Line, Party, PurposeClass, Requirement, Sector};

fn builtin() -> Rules {
    load(Options::default()).map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
}

fn house(text: &str) -> Result<Rules, Vec<String>> {
    load(Options { packs: Packs::Named(&[]), house: &[RuleFile { name: "house.toml", text }], ..Options::default() })
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

#[expect(clippy::too_many_arguments, reason = "a question has that many parts")]
fn asked(
    rules: &Rules,
    pack: &str,
    class: PurposeClass,
    sector: Sector,
    channel: Channel,
    party: Party,
    line: Line,
    day: i32,
) -> Option<Requirement> {
    let pack = rules.packs.iter().find(|candidate| candidate.code == pack).unwrap();
    pack.requirements
        .iter()
        .find(|row| {
            let when = &row.when;
            when.classes.contains(class)
                && when.sectors.contains(sector)
                && when.channels.contains(channel)
                && when.parties.contains(party)
                && when.lines.contains(line)
                && when.from.is_none_or(|from| from <= day)
                && when.to.is_none_or(|to| day < to)
        })
        .map(|row| row.rule.requirement)
}

const NOV_2026: i32 = 20_780;

#[test]
fn every_pack_that_comes_with_the_crate_passes_its_checks() {
    let rules = builtin();
    assert_eq!(rules.packs.len(), BUILTIN.len());
    assert!(rules.packs.iter().zip(BUILTIN).all(|(pack, (code, _))| pack.code == *code));
}

#[test]
fn every_pack_says_that_nobody_has_signed_it_off() {
    assert!(builtin().packs.iter().all(|pack| pack.notes[0].contains("lawyer's sign-off")));
}

#[test]
fn a_state_is_spoken_for_by_its_own_pack_on_the_federal_one() {
    let rules = builtin();
    let of = |region: &str| rules.packs.iter().find(|pack| pack.region == Region::parse(region));
    assert_eq!(of("US-IL").unwrap().baselines, ["US"]);
    assert!(of("US").is_none() && of("EU").is_none() && of("US-IA").is_none());
    assert_eq!(of("US-XX").unwrap().baselines, ["US"]);
}

#[test]
fn the_packs_say_what_the_decision_matrix_says() {
    use Channel::{AutodialedCall, AutomatedCall, Fax, ManualCall, Messaging, RinglessVoicemail, Sms};
    use Party::{Business, Individual, Unknown};
    use PurposeClass::{Charity, DebtCollection, Marketing, Political, Reconsent, Service, Survey};
    use Requirement::{DenyUnverified, Exempt, OptIn, OptInOrContract, OptInOrSoft, OptInWritten, OptOut};
    use Sector::{ClaimsManagement, Energy, General, Pensions};
    let rules = builtin();
    let (fixed, mobile, any) = (Line::Fixed, Line::Mobile, Line::Unknown);
    for (pack, class, sector, channel, party, line, day, expected) in [
        ("PL", Marketing, General, ManualCall, Business, any, NOV_2026, OptIn),
        ("PL", Marketing, Energy, Fax, Individual, any, NOV_2026, OptIn),
        ("PL", Service, General, Sms, Unknown, any, NOV_2026, Exempt),
        ("PL", Survey, General, ManualCall, Unknown, any, NOV_2026, DenyUnverified),
        ("GB", Marketing, General, ManualCall, Unknown, any, NOV_2026, OptOut),
        ("GB", Marketing, General, AutomatedCall, Business, any, NOV_2026, OptIn),
        ("GB", Marketing, General, Sms, Business, any, NOV_2026, OptOut),
        ("GB", Marketing, General, Messaging, Unknown, any, NOV_2026, OptInOrSoft),
        ("GB", Marketing, ClaimsManagement, ManualCall, Individual, any, NOV_2026, OptIn),
        ("GB", Marketing, ClaimsManagement, Sms, Business, any, NOV_2026, OptInOrSoft),
        ("GB", Marketing, Pensions, AutodialedCall, Individual, any, NOV_2026, OptInOrContract),
        ("GB", Marketing, Pensions, Fax, Individual, any, NOV_2026, DenyUnverified),
        ("GB", Charity, General, Sms, Individual, any, 20_488, OptIn),
        ("GB", Charity, General, Sms, Individual, any, 20_489, OptInOrSoft),
        ("GB", Political, General, Sms, Individual, any, NOV_2026, OptIn),
        ("GB", DebtCollection, General, ManualCall, Individual, any, NOV_2026, Exempt),
        ("US", Marketing, General, ManualCall, Unknown, any, NOV_2026, OptOut),
        ("US", Marketing, General, ManualCall, Business, any, NOV_2026, Exempt),
        ("US", Marketing, General, AutodialedCall, Individual, fixed, NOV_2026, OptOut),
        ("US", Marketing, General, AutodialedCall, Business, fixed, NOV_2026, Exempt),
        ("US", Marketing, General, AutodialedCall, Individual, any, NOV_2026, OptInWritten),
        ("US", Marketing, General, Sms, Business, mobile, NOV_2026, OptInWritten),
        ("US", Reconsent, General, ManualCall, Business, any, NOV_2026, OptOut),
        ("US", Service, General, AutomatedCall, Unknown, fixed, NOV_2026, Exempt),
        ("US", Service, General, AutomatedCall, Business, fixed, NOV_2026, OptIn),
        ("US", Survey, General, RinglessVoicemail, Individual, mobile, NOV_2026, OptIn),
        ("US", Charity, General, AutodialedCall, Individual, fixed, NOV_2026, Exempt),
        ("US", Marketing, General, Fax, Individual, fixed, NOV_2026, DenyUnverified),
    ] {
        let found = asked(&rules, pack, class, sector, channel, party, line, day);
        assert_eq!(found, Some(expected), "{pack} {class} {sector} {channel} {party} {line}");
    }
}

#[test]
fn the_states_with_a_list_of_their_own_screen_it() {
    let rules = builtin();
    let screened: Vec<&str> = rules
        .packs
        .iter()
        .filter(|pack| pack.code.starts_with("US-"))
        .flat_map(|pack| pack.registries.iter().map(|row| row.rule.registry.as_str()))
        .collect();
    assert_eq!(
        screened,
        ["us-co-dnc", "us-fl-dnc", "us-in-dnc", "us-la-dnc", "us-mo-dnc", "us-pa-dnc", "us-tn-dnc", "us-tx-dnc"]
    );
}

#[test]
fn naming_a_pack_brings_its_baseline() {
    let rules = load(Options { packs: Packs::Named(&["PL".to_owned()]), ..Options::default() }).unwrap();
    assert_eq!(rules.packs.iter().map(|pack| pack.code.as_str()).collect::<Vec<_>>(), ["EU", "PL"]);
    let errors = load(Options { packs: Packs::Named(&["XX".to_owned()]), ..Options::default() }).unwrap_err();
    assert!(errors[0].to_string().starts_with("[rules] packs: no pack `XX` comes with the crate"));
}

#[test]
fn house_rules_may_override_and_bring_calendars() {
    let rules = house(concat!(
        "code = \"house:quiet\"\nname = \"Quiet\"\nversion = 2026-01-01\noverride = true\n",
        "[[calendar]]\ncode = \"own\"\nsource = \"us\"\nfrom = 2026-01-01\nto = 2027-01-01\ndays = [2026-12-25]\n",
        "[[window]]\nid = \"w\"\nclasses = [\"marketing\"]\nhours = { mon_fri = [\"10:00-13:00\", \"14:00-24:00\"] }\n",
        "holidays = \"closed\"\ncalendar = \"own\"\nfixed_zone = \"-06:00\"\nstatute = \"policy\"\nconfidence = \"H\"\n",
    ))
    .unwrap();
    let pack = &rules.packs[0];
    assert!(pack.overrides && !pack.partial && pack.region.is_none());
    let window = &pack.windows[0].rule;
    assert_eq!((window.calendar, window.fixed_offset, window.week[0].len()), (Some(0), Some(-360), 2));
    assert!(window.week[6].is_empty());
}

#[test]
fn what_is_wrong_is_named_with_file_line_and_row() {
    let head = "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01\n";
    let row = "statute = \"policy\"\nconfidence = \"H\"\n";
    for (body, expected) in [
        (
            "[[cap]]\nid = \"c\"\nclasses = [\"marketing\"]\nattempts = 3\nwindow = \"soon\"\n",
            "house.toml:4: row `c`: window `soon`, expected hours or days such as `24h` or `30d`",
        ),
        (
            "[[window]]\nid = \"w\"\nclasses = [\"marketing\"]\nhours = { daily = [\"20:00-08:00\"] }\n",
            "house.toml:4: row `w`: hours `20:00-08:00`, expected spans",
        ),
        (
            "[[window]]\nid = \"w\"\nclasses = [\"marketing\"]\nhours = { daily = [], sun = [] }\n",
            "a weekday is named twice",
        ),
        (
            "[[window]]\nid = \"w\"\nclasses = [\"marketing\"]\nhours = {}\nholidays = \"closed\"\n",
            "holidays or eves without a `calendar`",
        ),
        (
            "[[window]]\nid = \"w\"\nclasses = [\"marketing\"]\nhours = {}\ncalendar = \"none\"\n",
            "house.toml:4: row `w`: no calendar `none`",
        ),
        (
            "[[registry]]\nid = \"r\"\nclasses = [\"marketing\"]\nregistry = \"us-dnc\"\nlists = [\"individuals\"]\n",
            "house.toml:4: row `r`: registry `us-dnc`, expected `us-XX-dnc` or one of",
        ),
        (
            "[[silence]]\nid = \"s\"\nclasses = [\"marketing\"]\nafter = \"refused\"\n",
            "expected either `days` or `permanent = true`",
        ),
        (
            "[[requirement]]\nid = \"r\"\nclasses = [\"marketing\"]\nrequire = \"opt_in\"\nform = \"\"\n",
            "unknown field `form`",
        ),
        ("[[requirement]]\nid = \"r\"\nclasses = [\"notice\"]\nrequire = \"opt_in\"\n", "a notice follows `service`"),
        (
            "[[requirement]]\nid = \"r\"\nclasses = [\"marketing\"]\nrequire = \"opt_in\"\nfrom = 2026-02-01\nto = 2026-02-01\n",
            "`from` is not before `to`",
        ),
        ("[[requirement]]\nid = \"r\"\nrequire = \"opt_in\"\n", "no `classes`"),
        (
            "[[requirement]]\nid = \"r\"\nclasses = [\"marketing\"]\nchannels = [\"telepathy\"]\nrequire = \"opt_in\"\n",
            "house.toml:7: unknown channel `telepathy`",
        ),
    ] {
        let errors = house(&format!("{head}{body}{row}")).unwrap_err().join("\n");
        assert!(errors.contains(expected), "{errors}");
    }
}

#[test]
fn two_rows_for_one_question_are_refused() {
    let row = |id: &str, more: &str| {
        format!(
            "[[requirement]]\nid = \"{id}\"\nclasses = [\"marketing\"]\nrequire = \"opt_in\"\n{more}\nstatute = \"s\"\nconfidence = \"H\"\n"
        )
    };
    let head = "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01\n";
    let both = |first: &str, second: &str| house(&format!("{head}{}{}", row("a", first), row("b", second)));
    let errors = both("", "channels = [\"fax\"]").unwrap_err().join("\n");
    assert!(errors.contains("marketing general fax unknown unknown on early days: found `a` and `b`"), "{errors}");
    assert!(both("to = 2026-02-05", "from = 2026-02-05").is_ok());
    assert!(both("to = 2026-02-06", "from = 2026-02-05").unwrap_err().join("").contains("on 2026-02-05"));
    assert!(both("", "sectors = [\"energy\"]").is_ok());
}

#[test]
fn an_unverified_row_may_not_permit() {
    let text = "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01\n[[requirement]]\nid = \"a\"\n\
                classes = [\"survey\"]\nrequire = \"exempt\"\nstatute = \"s\"\nconfidence = \"U\"\n";
    assert!(house(text).unwrap_err().join("").contains("unverified and permissive"));
    assert!(house(&format!("{text}needs_review = true\n")).is_ok());
}

#[test]
fn the_example_in_the_documentation_is_read() {
    let documentation = include_str!("mod.rs");
    let example = documentation.split("//! ```").nth(1).unwrap().trim_start_matches("toml");
    let text: String =
        example.lines().map(|line| line.trim_start_matches("//!")).flat_map(|line| [line, "\n"]).collect();
    let rules = house(&text).unwrap();
    assert_eq!(rules.packs[0].windows[0].rule.week[0].len(), 2);
}

#[test]
fn rows_of_a_code_of_conduct_can_be_left_out() {
    let text = "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01\n[[cap]]\nid = \"c\"\nclasses = [\"marketing\"]\n\
                attempts = 1\nwindow = \"24h\"\ncode_of_conduct = true\nstatute = \"code\"\nconfidence = \"M\"\n";
    let caps = |it_code_of_conduct| {
        let house = &[RuleFile { name: "house.toml", text }];
        let options = Options { packs: Packs::Named(&[]), house, it_code_of_conduct, ..Options::default() };
        load(options).unwrap().packs[0].caps.len()
    };
    assert_eq!((caps(true), caps(false)), (1, 0));
}

#[test]
fn house_rules_that_override_may_not_be_partial() {
    let text = "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01\noverride = true\npartial = true\n";
    assert!(house(text).unwrap_err().join("").contains("nothing would be asked"));
}

#[test]
fn a_window_may_name_a_calendar_of_the_crate_and_no_file_may_take_its_code() {
    let head = "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01\n";
    let window = "[[window]]\nid = \"w\"\nclasses = [\"marketing\"]\nhours = { daily = [\"10:00-20:00\"] }\n\
                  holidays = \"closed\"\ncalendar = \"FR\"\nstatute = \"policy\"\nconfidence = \"H\"\n";
    let rules = house(&format!("{head}{window}")).unwrap();
    assert_eq!(rules.calendars.iter().map(|calendar| calendar.code.as_str()).collect::<Vec<_>>(), ["FR"]);
    assert_eq!(rules.packs[0].windows[0].rule.calendar, Some(0));
    let own = "[[calendar]]\ncode = \"FR\"\nsource = \"us\"\nfrom = 2026-01-01\nto = 2027-01-01\ndays = [2026-12-25]\n";
    let errors = house(&format!("{head}{own}{window}")).unwrap_err().join("\n");
    assert!(errors.contains("calendar `FR` is given twice, expected a code of its own"), "{errors}");
}
