//! What places are called: rule packs name them in English.

use crate::Language;

/// The name of a pack's place in a language; a name that is not known, as house rules have it, stays as it is.
pub(super) fn named(language: Language, name: &str) -> &str {
    let known = match language {
        Language::English => None,
        Language::Polish => POLISH.iter().find(|(english, _)| *english == name),
    };
    known.map_or(name, |(_, polish)| polish)
}

/// States that have no Polish name of their own are not here.
const POLISH: [(&str, &str); 27] = [
    ("Australia", "Australia"),
    ("Austria", "Austria"),
    ("Belgium", "Belgia"),
    ("Canada", "Kanada"),
    ("European Union (baseline)", "Unia Europejska (podstawa)"),
    ("France", "Francja"),
    ("Germany", "Niemcy"),
    ("Italy", "Włochy"),
    ("Netherlands", "Niderlandy"),
    ("Poland", "Polska"),
    ("Spain", "Hiszpania"),
    ("United Kingdom", "Wielka Brytania"),
    ("United States (federal)", "Stany Zjednoczone (prawo federalne)"),
    ("United States, a state that is not known or not listed", "Stany Zjednoczone, stan nieznany lub nieujęty"),
    ("California", "Kalifornia"),
    ("Colorado", "Kolorado"),
    ("Florida", "Floryda"),
    ("Louisiana", "Luizjana"),
    ("New Mexico", "Nowy Meksyk"),
    ("New York", "Nowy Jork"),
    ("North Dakota", "Dakota Północna"),
    ("Pennsylvania", "Pensylwania"),
    ("South Carolina", "Karolina Południowa"),
    ("South Dakota", "Dakota Południowa"),
    ("Texas", "Teksas"),
    ("Virginia", "Wirginia"),
    ("Washington", "Waszyngton"),
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::rules::source::{Options, load};

    #[test]
    fn every_country_with_a_pack_has_its_polish_name_and_every_name_a_pack() {
        let rules = load(Options::default()).unwrap();
        let named_in_packs = |name: &str| rules.packs.iter().any(|pack| pack.name == name);
        for (english, polish) in POLISH {
            assert!(named_in_packs(english), "no pack is called `{english}`");
            assert_eq!(named(Language::Polish, english), polish);
            assert_eq!(named(Language::English, english), english);
        }
        for pack in rules.packs.iter().filter(|pack| pack.code.len() == 2) {
            assert!(POLISH.iter().any(|(english, _)| *english == pack.name), "`{}` has no Polish name", pack.name);
        }
        assert_eq!(named(Language::Polish, "Our own"), "Our own");
    }
}
