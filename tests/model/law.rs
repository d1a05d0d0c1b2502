//! The law of Poland, Britain and the United States, written down by hand a second time.
//!
//! Source: LAW.md sections 1 to 4 and the matrix of section 17; nothing here was taken from the rule packs.

/// A jurisdiction that the model knows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Law {
    Poland,
    Britain,
    UnitedStates,
}

/// What is asked before the contact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Asks {
    Nothing,
    NoObjection,
    Consent,
    WrittenConsent,
    ConsentOrSoftOptIn,
    ConsentOrContract,
    ConsentAsUnverified,
}

/// A registry that a law screens for live marketing.
pub(crate) struct Screened {
    pub(crate) registry: &'static str,
    pub(crate) individuals: bool,
    pub(crate) max_age_days: i64,
    pub(crate) relationship_lifts: bool,
}

/// First day on which charities may use the soft opt-in in Britain: 5 February 2026.
pub(crate) const CHARITY_SOFT_OPT_IN: (i16, i8, i8) = (2026, 2, 5);

/// First day on which a revocation reaches every contact of the caller that needs consent: 31 January 2027 (DA 26-12).
pub(crate) const REVOCATIONS_REACH_ALL: (i16, i8, i8) = (2027, 1, 31);

/// The contacts in the United States that need consent under the TCPA.
pub(crate) fn revocations_reach(class: &str, channel: &str, party: &str, line: &str) -> bool {
    let solicits = matches!(class, "marketing" | "reconsent" | "debt_collection");
    let known = solicits || matches!(class, "service" | "notice" | "survey" | "charity" | "political");
    let recorded = matches!(channel, "automated_call" | "ringless_voicemail");
    let wireless = line != "fixed" && (recorded || channel == "autodialed_call");
    known && (is_message(channel) || wireless || (recorded && (solicits || party == "business")))
}

/// The column of LAW.md that a channel falls into.
fn column(law: Law, channel: &str, line: &str) -> &'static str {
    match (law, channel) {
        (_, "manual_call") => "live",
        (Law::UnitedStates, "autodialed_call") if line != "fixed" => "automated",
        (_, "autodialed_call") => "live",
        (_, "automated_call" | "ringless_voicemail") => "automated",
        (_, "sms" | "mms" | "messaging") => "sms",
        (Law::Poland, "fax") => "automated",
        _ => "unverified",
    }
}

/// The cell of the matrix. `charity_soft`: the local day is not before [`CHARITY_SOFT_OPT_IN`].
pub(crate) fn asks(
    law: Law,
    class: &str,
    sector: &str,
    channel: &str,
    party: &str,
    line: &str,
    charity_soft: bool,
) -> Asks {
    let class = if class == "notice" { "service" } else { class };
    let column = column(law, channel, line);
    let business = party == "business";
    if column == "unverified" {
        return Asks::ConsentAsUnverified;
    }
    match (law, class, column) {
        (Law::Poland, "marketing" | "reconsent", _) => Asks::Consent,
        (Law::Poland, "service" | "debt_collection", _) => Asks::Nothing,
        (Law::Poland, _, _) => Asks::ConsentAsUnverified,

        (Law::Britain, "service" | "debt_collection" | "survey", _) => Asks::Nothing,
        (Law::Britain, "marketing", "live") if sector == "claims_management" => Asks::Consent,
        (Law::Britain, "marketing", "live") if sector == "pensions" => Asks::ConsentOrContract,
        (Law::Britain, _, "live") => Asks::NoObjection,
        (Law::Britain, _, "automated") => Asks::Consent,
        (Law::Britain, "marketing", "sms") if business && sector != "claims_management" && sector != "pensions" => {
            Asks::NoObjection
        }
        (Law::Britain, "marketing" | "reconsent", "sms") => Asks::ConsentOrSoftOptIn,
        (Law::Britain, "charity", "sms") if charity_soft => Asks::ConsentOrSoftOptIn,
        (Law::Britain, "charity" | "political", "sms") => Asks::Consent,

        (Law::UnitedStates, "marketing", "live") if business => Asks::Nothing,
        (Law::UnitedStates, "marketing" | "reconsent", "live") => Asks::NoObjection,
        (Law::UnitedStates, "marketing" | "reconsent", _) => Asks::WrittenConsent,
        (Law::UnitedStates, _, "live") => Asks::Nothing,
        _ if three_recordings_in_thirty_days(law, class, channel, party, line) => Asks::Nothing,
        (Law::UnitedStates, _, _) => Asks::Consent,

        _ => Asks::ConsentAsUnverified,
    }
}

/// Does the answer of the matrix change on [`CHARITY_SOFT_OPT_IN`]?
pub(crate) fn changes_with_charity_soft_opt_in(law: Law, class: &str) -> bool {
    law == Law::Britain && class == "charity"
}

/// GDPR or UK GDPR applies.
pub(crate) fn gdpr(law: Law) -> bool {
    law != Law::UnitedStates
}

/// The registries that are screened for this class on this channel.
pub(crate) fn registries(law: Law, class: &str, channel: &str) -> Vec<Screened> {
    let voice = is_voice(channel);
    match law {
        Law::Britain if voice && matches!(class, "marketing" | "reconsent" | "charity" | "political") => vec![
            Screened { registry: "gb-tps", individuals: true, max_age_days: 28, relationship_lifts: false },
            Screened { registry: "gb-ctps", individuals: false, max_age_days: 28, relationship_lifts: false },
        ],
        Law::UnitedStates if voice && matches!(class, "marketing" | "reconsent") => {
            vec![Screened { registry: "us-ndnc", individuals: true, max_age_days: 31, relationship_lifts: true }]
        }
        _ => Vec::new(),
    }
}

/// Local hours of the called party, `[open, close)`, the same every day.
pub(crate) fn hours(law: Law, class: &str) -> Option<(i8, i8)> {
    let bound = matches!(class, "marketing" | "reconsent" | "charity" | "political" | "debt_collection");
    (law == Law::UnitedStates && bound).then_some((8, 21))
}

/// Regulation F: so many calls in seven days, and nothing for seven days after a conversation.
pub(crate) fn seven_calls_in_seven_days(law: Law, class: &str, channel: &str) -> bool {
    law == Law::UnitedStates && class == "debt_collection" && is_voice(channel)
}

/// 47 CFR 64.1200(a)(3): recorded calls to residential fixed lines that sell nothing are exempt up to three in
/// thirty days. READING: an unknown party is an individual here too, although that is the milder reading.
pub(crate) fn three_recordings_in_thirty_days(law: Law, class: &str, channel: &str, party: &str, line: &str) -> bool {
    law == Law::UnitedStates
        && matches!(class, "service" | "notice" | "survey" | "charity" | "political")
        && matches!(channel, "automated_call" | "ringless_voicemail")
        && party != "business"
        && line == "fixed"
}

/// Voice, as opposed to messages and fax.
pub(crate) fn is_voice(channel: &str) -> bool {
    matches!(channel, "manual_call" | "autodialed_call" | "automated_call" | "ringless_voicemail")
}

/// A message.
pub(crate) fn is_message(channel: &str) -> bool {
    matches!(channel, "sms" | "mms" | "messaging")
}

/// Where a number is, as far as the tests need to know.
pub(crate) struct Place {
    pub(crate) possible: bool,
    /// `PL`, `US-IL`; none: no country.
    pub(crate) region: Option<&'static str>,
    pub(crate) line: &'static str,
    pub(crate) zones: &'static [&'static str],
}

const NOWHERE: Place = Place { possible: false, region: None, line: "unknown", zones: &[] };

/// The number plan for the prefixes that occur in the tests; any other is not a possible number.
pub(crate) fn place(e164: &str) -> Place {
    let digits = e164.trim_start_matches('+');
    let known: &[(&str, usize, Place)] = &[
        ("4822", 11, Place { possible: true, region: Some("PL"), line: "fixed", zones: &["Europe/Warsaw"] }),
        ("4420", 12, Place { possible: true, region: Some("GB"), line: "fixed", zones: &["Europe/London"] }),
        ("447700900", 12, Place { possible: true, region: Some("GB"), line: "mobile", zones: &["Europe/London"] }),
        ("447781", 12, Place { possible: true, region: Some("GG"), line: "mobile", zones: &["Europe/Guernsey"] }),
        ("1312", 11, Place { possible: true, region: Some("US-IL"), line: "unknown", zones: &["America/Chicago"] }),
        ("1212", 11, Place { possible: true, region: Some("US-NY"), line: "unknown", zones: &["America/New_York"] }),
        (
            "1308",
            11,
            Place {
                possible: true,
                region: Some("US-NE"),
                line: "unknown",
                zones: &["America/Chicago", "America/Denver"],
            },
        ),
        ("1876", 11, Place { possible: true, region: Some("JM"), line: "unknown", zones: &["America/Jamaica"] }),
        ("1268", 11, Place { possible: true, region: Some("AG"), line: "unknown", zones: &["America/Antigua"] }),
        ("1800", 11, Place { possible: true, region: None, line: "unknown", zones: &[] }),
        ("33", 11, Place { possible: true, region: Some("FR"), line: "unknown", zones: &["Europe/Paris"] }),
        ("34", 11, Place { possible: true, region: Some("ES"), line: "unknown", zones: &["Europe/Madrid"] }),
        ("93", 11, Place { possible: true, region: Some("AF"), line: "unknown", zones: &["Asia/Kabul"] }),
    ];
    for (prefix, length, place) in known {
        if digits.starts_with(prefix) && digits.len() == *length {
            return Place { ..*place };
        }
    }
    NOWHERE
}

/// The law of a region, and the zones that it may be in; none: no pack speaks for it.
pub(crate) fn law_of(region: &str) -> Option<(Law, &'static [&'static str])> {
    match region {
        "PL" => Some((Law::Poland, &["Europe/Warsaw"])),
        "GB" => Some((Law::Britain, &["Europe/London"])),
        "US-IL" => Some((Law::UnitedStates, &["America/Chicago"])),
        "US-NY" => Some((Law::UnitedStates, &["America/New_York"])),
        "US-NE" => Some((Law::UnitedStates, &["America/Chicago", "America/Denver"])),
        _ => None,
    }
}
