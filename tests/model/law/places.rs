//! Where numbers are, as far as the tests need to know, and the zones of regions.

/// Where a number is.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) possible: bool,
    /// `PL`, `US-IL`; none: no country.
    pub(crate) region: Option<&'static str>,
    pub(crate) line: &'static str,
    pub(crate) zones: &'static [&'static str],
}

const NOWHERE: Place = Place { possible: false, region: None, line: "unknown", zones: &[] };

const EASTERN: &[&str] = &["America/New_York"];
const CENTRAL: &[&str] = &["America/Chicago"];
const MOUNTAIN: &[&str] = &["America/Denver"];
const PACIFIC: &[&str] = &["America/Los_Angeles"];
const EASTERN_CENTRAL: &[&str] = &["America/New_York", "America/Chicago"];
const CENTRAL_MOUNTAIN: &[&str] = &["America/Chicago", "America/Denver"];
const MOUNTAIN_PACIFIC: &[&str] = &["America/Denver", "America/Los_Angeles"];
const ALASKA: &[&str] = &[
    "America/Anchorage",
    "America/Juneau",
    "America/Sitka",
    "America/Metlakatla",
    "America/Yakutat",
    "America/Nome",
    "America/Adak",
    "Pacific/Honolulu",
];
const HAWAII: &[&str] = &["Pacific/Honolulu"];
const UNITED_STATES: &[&str] = &[
    "America/New_York",
    "America/Detroit",
    "America/Kentucky/Louisville",
    "America/Kentucky/Monticello",
    "America/Indiana/Indianapolis",
    "America/Indiana/Vincennes",
    "America/Indiana/Winamac",
    "America/Indiana/Marengo",
    "America/Indiana/Petersburg",
    "America/Indiana/Vevay",
    "America/Indiana/Tell_City",
    "America/Indiana/Knox",
    "America/Chicago",
    "America/Menominee",
    "America/North_Dakota/Center",
    "America/North_Dakota/New_Salem",
    "America/North_Dakota/Beulah",
    "America/Denver",
    "America/Boise",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Juneau",
    "America/Sitka",
    "America/Metlakatla",
    "America/Yakutat",
    "America/Nome",
    "America/Adak",
    "Pacific/Honolulu",
];
const CANADA: &[&str] = &[
    "America/St_Johns",
    "America/Halifax",
    "America/Glace_Bay",
    "America/Moncton",
    "America/Goose_Bay",
    "America/Blanc-Sablon",
    "America/Puerto_Rico",
    "America/Toronto",
    "America/Iqaluit",
    "America/Atikokan",
    "America/Winnipeg",
    "America/Resolute",
    "America/Rankin_Inlet",
    "America/Regina",
    "America/Swift_Current",
    "America/Edmonton",
    "America/Cambridge_Bay",
    "America/Inuvik",
    "America/Creston",
    "America/Dawson_Creek",
    "America/Fort_Nelson",
    "America/Whitehorse",
    "America/Dawson",
    "America/Vancouver",
];
const AUSTRALIA: &[&str] = &[
    "Antarctica/Macquarie",
    "Australia/Lord_Howe",
    "Australia/Hobart",
    "Australia/Melbourne",
    "Australia/Sydney",
    "Australia/Broken_Hill",
    "Australia/Brisbane",
    "Australia/Lindeman",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Eucla",
    "Australia/Perth",
];
/// Mobile numbers of Australia are its islands' too.
const AUSTRALIA_AND_ISLANDS: &[&str] = &[
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Eucla",
    "Australia/Perth",
    "Indian/Christmas",
    "Indian/Cocos",
];

/// Digits that a number begins with, its length, region, line, zones.
type Block = (&'static str, usize, Option<&'static str>, &'static str, &'static [&'static str]);

const BLOCKS: &[Block] = &[
    ("4822", 11, Some("PL"), "fixed", &["Europe/Warsaw"]),
    ("4420", 12, Some("GB"), "fixed", &["Europe/London"]),
    ("447700900", 12, Some("GB"), "mobile", &["Europe/London"]),
    ("447781", 12, Some("GG"), "mobile", &["Europe/Guernsey"]),
    ("33199", 11, Some("FR"), "fixed", &["Europe/Paris"]),
    ("3363998", 11, Some("FR"), "mobile", &["Europe/Paris"]),
    ("4930", 12, Some("DE"), "fixed", &["Europe/Berlin"]),
    ("3906", 12, Some("IT"), "fixed", &["Europe/Rome"]),
    ("34910", 11, Some("ES"), "fixed", &["Europe/Madrid"]),
    ("34928", 11, Some("ES"), "fixed", &["Atlantic/Canary"]),
    ("34600", 11, Some("ES"), "mobile", &["Europe/Madrid", "Atlantic/Canary"]),
    ("61491570", 11, Some("AU"), "mobile", AUSTRALIA_AND_ISLANDS),
    ("6125550", 11, Some("AU"), "fixed", &["Australia/Sydney"]),
    ("6185550", 11, Some("AU"), "fixed", &["Australia/Adelaide", "Australia/Perth"]),
    ("431", 10, Some("AT"), "fixed", &["Europe/Vienna"]),
    ("3120", 11, Some("NL"), "fixed", &["Europe/Amsterdam"]),
    ("322", 10, Some("BE"), "fixed", &["Europe/Brussels"]),
    ("93", 11, Some("AF"), "unknown", &["Asia/Kabul"]),
];

/// Area codes under +1 with region and zones; those of the whole overlay complex.
const AREAS: &[(&str, Option<&str>, &[&str])] = &[
    ("205", Some("US-AL"), CENTRAL),
    ("907", Some("US-AK"), ALASKA),
    ("602", Some("US-AZ"), &["America/Phoenix"]),
    ("501", Some("US-AR"), CENTRAL),
    ("213", Some("US-CA"), PACIFIC),
    ("303", Some("US-CO"), MOUNTAIN),
    ("203", Some("US-CT"), EASTERN),
    ("202", Some("US-DC"), EASTERN),
    ("305", Some("US-FL"), EASTERN),
    ("850", Some("US-FL"), EASTERN_CENTRAL),
    ("404", Some("US-GA"), EASTERN),
    ("808", Some("US-HI"), HAWAII),
    ("208", Some("US-ID"), MOUNTAIN_PACIFIC),
    ("312", Some("US-IL"), CENTRAL),
    ("317", Some("US-IN"), EASTERN),
    ("812", Some("US-IN"), EASTERN_CENTRAL),
    ("515", Some("US-IA"), CENTRAL),
    ("502", Some("US-KY"), EASTERN),
    ("270", Some("US-KY"), EASTERN_CENTRAL),
    ("504", Some("US-LA"), CENTRAL),
    ("207", Some("US-ME"), EASTERN),
    ("410", Some("US-MD"), EASTERN),
    ("617", Some("US-MA"), EASTERN),
    ("313", Some("US-MI"), EASTERN),
    ("612", Some("US-MN"), CENTRAL),
    ("601", Some("US-MS"), CENTRAL),
    ("314", Some("US-MO"), CENTRAL),
    ("406", Some("US-MT"), MOUNTAIN),
    ("308", Some("US-NE"), CENTRAL_MOUNTAIN),
    ("702", Some("US-NV"), PACIFIC),
    ("201", Some("US-NJ"), EASTERN),
    ("505", Some("US-NM"), MOUNTAIN),
    ("212", Some("US-NY"), EASTERN),
    ("701", Some("US-ND"), CENTRAL_MOUNTAIN),
    ("216", Some("US-OH"), EASTERN),
    ("405", Some("US-OK"), CENTRAL),
    ("503", Some("US-OR"), PACIFIC),
    ("541", Some("US-OR"), MOUNTAIN_PACIFIC),
    ("215", Some("US-PA"), EASTERN),
    ("401", Some("US-RI"), EASTERN),
    ("803", Some("US-SC"), EASTERN),
    ("605", Some("US-SD"), CENTRAL_MOUNTAIN),
    ("615", Some("US-TN"), CENTRAL),
    ("423", Some("US-TN"), EASTERN_CENTRAL),
    ("214", Some("US-TX"), CENTRAL),
    ("915", Some("US-TX"), MOUNTAIN),
    ("801", Some("US-UT"), MOUNTAIN),
    ("802", Some("US-VT"), EASTERN),
    ("703", Some("US-VA"), EASTERN),
    ("206", Some("US-WA"), PACIFIC),
    ("414", Some("US-WI"), CENTRAL),
    ("307", Some("US-WY"), MOUNTAIN),
    ("416", Some("CA"), &["America/Toronto"]),
    ("306", Some("CA"), &["America/Regina", "America/Winnipeg", "America/Edmonton"]),
    ("709", Some("CA"), &["America/St_Johns", "America/Halifax", "America/Puerto_Rico"]),
    ("604", Some("CA"), &["America/Vancouver", "America/Edmonton"]),
    ("268", Some("AG"), &["America/Antigua"]),
    ("800", None, &[]),
];

/// The number plan for the prefixes that occur in the tests; any other is not a possible number.
pub(crate) fn place(e164: &str) -> Place {
    let digits = e164.trim_start_matches('+');
    if let Some(area) = digits.strip_prefix('1').filter(|_| digits.len() == 11) {
        let known = AREAS.iter().find(|(code, ..)| area.starts_with(code));
        return known.map_or(NOWHERE, |(_, region, zones)| Place {
            possible: true,
            region: *region,
            line: "unknown",
            zones,
        });
    }
    let known = BLOCKS.iter().find(|(prefix, length, ..)| digits.starts_with(prefix) && digits.len() == *length);
    known.map_or(NOWHERE, |(_, _, region, line, zones)| Place { possible: true, region: *region, line, zones })
}

/// The zones that a region may be in; those of the tests' regions only.
pub(crate) fn zones_of(region: &str) -> &'static [&'static str] {
    match region {
        "PL" => &["Europe/Warsaw"],
        "GB" => &["Europe/London"],
        "FR" => &["Europe/Paris"],
        "DE" => &["Europe/Berlin"],
        "IT" => &["Europe/Rome"],
        "ES" => &["Europe/Madrid", "Africa/Ceuta", "Atlantic/Canary"],
        "AT" => &["Europe/Vienna"],
        "NL" => &["Europe/Amsterdam"],
        "BE" => &["Europe/Brussels"],
        "AU" => AUSTRALIA,
        "CA" => CANADA,
        "US" => UNITED_STATES,
        "US-FL" | "US-IN" | "US-KY" | "US-TN" | "US-MI" => EASTERN_CENTRAL,
        "US-TX" | "US-NE" | "US-ND" | "US-SD" | "US-KS" => CENTRAL_MOUNTAIN,
        "US-NV" | "US-OR" | "US-ID" => MOUNTAIN_PACIFIC,
        "US-AK" => ALASKA,
        "US-HI" => HAWAII,
        "US-AZ" => &["America/Phoenix", "America/Denver"],
        "US-AL" | "US-AR" | "US-IA" | "US-IL" | "US-LA" | "US-MN" | "US-MO" | "US-MS" | "US-OK" | "US-WI" => CENTRAL,
        "US-CO" | "US-MT" | "US-NM" | "US-UT" | "US-WY" => MOUNTAIN,
        "US-CA" | "US-WA" => PACIFIC,
        _ => EASTERN,
    }
}
