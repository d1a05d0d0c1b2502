//! What the pages say.

crate::language::words! {
    /// What the pages say.
    pub(in crate::cli) PageWords {
        // The report.
        report: "Screening report", "Raport ze sprawdzenia bazy";
        asked: "What was asked", "O co zapytano";
        purpose: "Purpose", "Cel";
        channel: "Channel", "Kanał";
        controller: "Controller", "Administrator";
        judged_for: "Judged for", "Chwila oceny";
        judged_by_clock: "{0} (the clock of this run)", "{0} (według zegara w czasie przebiegu)";
        data_of: "Data of", "Stan danych";
        snapshot: "Snapshot", "Migawka";
        defaults: "Taken for every lead that does not say", "Przyjęto dla leadów, które tego nie podają";
        leads: "Leads", "Leady";
        share: "Share", "Udział";
        outcome: "Outcome", "Wynik";
        all_leads: "All leads", "Wszystkie leady";
        allowed: "Allowed", "Dozwolone";
        deferred: "Deferred", "Odroczone";
        review: "Review", "Do oceny";
        denied: "Denied", "Niedozwolone";
        funnel: "From leads to contacts", "Od leadów do kontaktów";
        funnel_note: "Each row of the file counts once, with the verdict that it was given.",
            "Każdy wiersz pliku liczy się raz, z werdyktem, który otrzymał.";
        first_reasons: "Why not: the first reason", "Dlaczego nie: pierwszy powód";
        first_reasons_note: "The reason that decided; each lead that is not allowed counts once.",
            "Powód rozstrzygający; każdy lead, z którym nie wolno się teraz skontaktować, liczy się raz.";
        all_reasons: "Why not: every reason", "Dlaczego nie: wszystkie powody";
        all_reasons_note: "A lead with several reasons counts under each. All of a lead's reasons have to go before it is allowed.",
            "Lead z kilkoma powodami liczy się przy każdym z nich. Kontakt będzie dozwolony dopiero, gdy ustąpią wszystkie.";
        no_reasons: "No lead was refused.", "Żadnego leada nie odrzucono.";
        reason: "Reason", "Powód";
        jurisdictions: "By jurisdiction", "Według jurysdykcji";
        jurisdictions_note: "Where the number and the lead differ, the rules of both hold; such leads stand under both names.",
            "Gdy numer i lead wskazują różne miejsca, obowiązują reguły obu; takie leady są podane pod obiema nazwami.";
        place: "Place", "Miejsce";
        no_place: "none known", "nieznane";
        opening: "When the leads open", "Kiedy można się kontaktować";
        opening_note: "Leads that may be called at some time of the hour, if none of them is called before: allowed ones while their answer holds, deferred ones from `retry_at` while the answer for that instant holds, and again at later openings. Where the rules name no calling hours every hour is open: house rules set your own. Each number counts once; times are UTC.",
            "Leady, z którymi choćby przez część danej godziny można się skontaktować, jeśli nikt nie zrobi tego wcześniej: dozwolone, dopóki ich odpowiedź obowiązuje; odroczone od `retry_at`, dopóki obowiązuje odpowiedź na tę chwilę; jedne i drugie znów w późniejszych godzinach kontaktu. Tam, gdzie reguły nie określają godzin kontaktu, otwarta jest każda godzina: godziny można ustalić w regułach własnych. Każdy numer liczy się raz; czas UTC.";
        opening_estimate: "Estimated: {0} of {1} leads were asked for every hour, evenly from the file, and scaled up.",
            "Szacunek: każdą godzinę sprawdzono dla {0} z {1} leadów, wybranych równomiernie z pliku, a wynik przeliczono na całość.";
        opening_exact: "Exact: every lead that is allowed or deferred was asked for every hour ({0} {0|lead|leads}).",
            "Dokładnie: każdą godzinę sprawdzono dla każdego leada dozwolonego lub odroczonego ({0} {0|lead|leady|leadów}).";
        opening_chart: "Callable leads by hour, {0} to {1}; at most {2}, at {3}. The figures are in the table below.",
            "Leady dostępne w kolejnych godzinach, od {0} do {1}; najwięcej, {2}, w godzinie od {3}. Liczby są w tabeli poniżej.";
        callable_now: "allowed now", "dozwolone teraz";
        callable_later: "deferred", "odroczone";
        hour: "Hour (UTC)", "Godzina (UTC)";
        most: "most: {0}", "najwięcej: {0}";
        none_open: "No lead is allowed or deferred.", "Żaden lead nie jest dozwolony ani odroczony.";
        going_bad: "What is about to go bad", "Co wkrótce straci ważność";
        copies: "Copies of registries", "Kopie rejestrów";
        no_copies: "No copy of a registry binds this controller.", "Żadna kopia rejestru nie wiąże tego administratora.";
        list: "List", "Lista";
        registry: "Registry", "Rejestr";
        copy_of: "Copy of", "Kopia z";
        stale_from: "Stale from", "Przeterminowana od";
        days_left: "Days left", "Pozostało dni";
        is_stale: "stale", "przeterminowana";
        no_limit: "no limit known: counts as stale", "limit nieznany: traktowana jak przeterminowana";
        unused: "no rule screens it", "żadna reguła z niej nie korzysta";
        snapshot_itself: "The snapshot itself", "Sama migawka";
        consents: "Consents that expire", "Wygasające zgody";
        consents_note: "Leads, allowed or deferred, whose last consent in force ends within the term.",
            "Leady dozwolone lub odroczone, których ostatnia obowiązująca zgoda kończy się w tym terminie.";
        within: "Within", "W ciągu";
        days: "{0} {0|day|days}", "{0} {0|dnia|dni|dni}";
        duties: "Duties that come with the contacts", "Obowiązki przy kontakcie";
        duty: "Duty", "Obowiązek";
        no_duties: "No duty comes with them.", "Z kontaktem nie wiążą się żadne obowiązki.";
        lists: "Lists", "Listy";
        lists_note: "The lists that bind this controller. The digest covers the entries taken, whatever their order.",
            "Listy, które wiążą tego administratora. Skrót obliczono z przyjętych wpisów, niezależnie od ich kolejności.";
        no_lists: "No list binds this controller.", "Żadna lista nie wiąże tego administratora.";
        kind: "Kind", "Rodzaj";
        entries: "Entries", "Wpisy";
        rejected: "Rejected", "Odrzucone";
        digest: "Digest", "Skrót";
        packs: "Rule packs", "Pakiety reguł";
        packs_note: "The packs that spoke for these leads. Confidence counts the rows of each; the packs are research, not legal advice.",
            "Pakiety, które miały zastosowanie do tych leadów. Przy pewności podano liczbę wierszy; pakiety są wynikiem badań, nie poradą prawną.";
        no_packs: "No pack spoke for a lead.", "Żaden pakiet nie miał zastosowania.";
        pack: "Pack", "Pakiet";
        name: "Name", "Nazwa";
        state_of: "State of", "Stan na";
        signed_off: "Signed off", "Zatwierdzony";
        yes: "yes", "tak";
        no: "no", "nie";
        confidence: "Confidence", "Pewność";
        worth_a_look: "Worth a look", "Warto sprawdzić";
        repeated: "{0} {0|row repeats|rows repeat} a number of a row before; an allowed row counts as an attempt for the later ones.",
            "{0} {0|wiersz powtarza|wiersze powtarzają|wierszy powtarza} numer z wcześniejszego wiersza; dozwolony wiersz liczy się jako próba przy ocenie późniejszych.";
        unreadable: "{0} {0|cell of `party` or `line` says nothing known and was|cells of `party` or `line` say nothing known and were} taken as unknown, the stricter reading.",
            "{0} {0|komórka|komórki|komórek} `party` lub `line` o nieznanej treści: przyjęto wartość nieznaną, czyli surowszy odczyt.";
        made_by: "Made by dialgate {0}. This page loads nothing and holds no number of a person.",
            "Utworzono programem dialgate {0}. Strona niczego nie wczytuje i nie zawiera numeru żadnej osoby.";

        // The explanation.
        explanation: "Explanation of a decision", "Wyjaśnienie decyzji";
        number: "Number", "Numer";
        party: "Subscriber", "Abonent";
        judged_in: "Judged in", "Miejsce";
        rules_of: "Rules of", "Reguły";
        replaced: "Replaced by house rules", "Zastąpione przez reguły własne";
        basis: "Basis", "Podstawa";
        evidence: "Evidence", "Dowód";
        retry_at: "Retry at", "Ponów od";
        valid_until: "Holds until", "Obowiązuje do";
        reasons: "Reasons", "Powody";
        notes: "Notes", "Uwagi";
        change: "What would have to change", "Co musiałoby się zmienić";
        or: "or", "albo";
        rules: "Rules consulted", "Sprawdzone reguły";
        consulted_lists: "Lists consulted", "Sprawdzone listy";
        records: "Consents and other records", "Zgody i inne zapisy";
        no_records: "Nothing is on record about this number for this question.",
            "O tym numerze nie ma zapisów, które dotyczą tego pytania.";
        row: "Rule", "Reguła";
        finding: "Finding", "Ustalenie";
        dates: "From, until", "Od, do";
        source: "Source", "Źródło";
        met: "met", "spełnione";
        not_met: "not met", "niespełnione";
        record: "Record", "Zapis";
        personal: "Made by dialgate {0}. This page loads nothing. It names a person's number: treat it as the personal data that it is.",
            "Utworzono programem dialgate {0}. Strona niczego nie wczytuje. Zawiera numer osoby: chroń ją jak inne dane osobowe.";
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_of_the_pages_is_there_in_both_languages() {
        crate::language::tests::check(super::PageWords::ALL, &["controller"]);
    }
}
