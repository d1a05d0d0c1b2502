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
        judged_for: "Judged for", "Oceniono na chwilę";
        judged_by_clock: "{0} (the clock of this run)", "{0} (zegar tego przebiegu)";
        data_of: "Data of", "Dane z";
        snapshot: "Snapshot", "Migawka";
        defaults: "Taken for every lead that does not say", "Przyjęto, gdy lead tego nie podaje";
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
            "Powód, który rozstrzygnął; każdy niedozwolony lead liczy się raz.";
        all_reasons: "Why not: every reason", "Dlaczego nie: wszystkie powody";
        all_reasons_note: "A lead with several reasons counts under each. All of a lead's reasons have to go before it is allowed.",
            "Lead z kilkoma powodami liczy się przy każdym. Zanim będzie dozwolony, muszą ustąpić wszystkie.";
        no_reasons: "No lead was refused.", "Żadnego leada nie odrzucono.";
        reason: "Reason", "Powód";
        jurisdictions: "By jurisdiction", "Według jurysdykcji";
        jurisdictions_note: "Where the number and the lead differ, the rules of both hold; such leads stand under both names.",
            "Gdzie numer i lead wskazują różne miejsca, obowiązują reguły obu; takie leady stoją pod obiema nazwami.";
        place: "Place", "Miejsce";
        no_place: "none known", "nieznane";
        opening: "When the leads open", "Kiedy leady się otwierają";
        opening_note: "Leads that may be called at some time of the hour, if none of them is called before: allowed ones while their answer holds, deferred ones from `retry_at` while the answer for that instant holds, and again at later openings. Each number counts once; times are UTC.",
            "Leady, z którymi w jakiejś chwili tej godziny można się skontaktować, jeśli wcześniej nikt do nich nie zadzwoni: dozwolone, dopóki ich odpowiedź obowiązuje, odroczone od `retry_at`, dopóki obowiązuje odpowiedź na tę chwilę, i znów przy późniejszych otwarciach. Każdy numer liczy się raz; czas UTC.";
        opening_estimate: "Estimated: {0} of {1} leads were asked for every hour, evenly from the file, and scaled up.",
            "Szacunek: o każdą godzinę zapytano dla {0} z {1} leadów, równomiernie z pliku, i przeliczono na całość.";
        opening_exact: "Exact: all {0} leads that are allowed or deferred were asked for every hour.",
            "Dokładnie: o każdą godzinę zapytano dla wszystkich {0} leadów dozwolonych i odroczonych.";
        opening_chart: "Callable leads by hour, {0} to {1}; at most {2}, at {3}. The figures are in the table below.",
            "Dostępne leady według godzin, od {0} do {1}; najwięcej {2}, o {3}. Liczby są w tabeli poniżej.";
        callable_now: "allowed now", "dozwolone teraz";
        callable_later: "deferred", "odroczone";
        hour: "Hour (UTC)", "Godzina (UTC)";
        most: "most: {0}", "najwięcej: {0}";
        none_open: "No lead is allowed or deferred.", "Żaden lead nie jest dozwolony ani odroczony.";
        going_bad: "What is about to go bad", "Co niedługo straci ważność";
        copies: "Copies of registries", "Kopie rejestrów";
        no_copies: "No copy of a registry binds this controller.", "Żadna kopia rejestru nie wiąże tego administratora.";
        list: "List", "Lista";
        registry: "Registry", "Rejestr";
        copy_of: "Copy of", "Kopia z";
        stale_from: "Stale from", "Przeterminowana od";
        days_left: "Days left", "Zostało dni";
        is_stale: "stale", "przeterminowana";
        no_limit: "no limit known: counts as stale", "limit nieznany: liczy się jako przeterminowana";
        unused: "no rule screens it", "żadna reguła jej nie sprawdza";
        snapshot_itself: "The snapshot itself", "Sama migawka";
        consents: "Consents that expire", "Zgody, które wygasają";
        consents_note: "Leads, allowed or deferred, whose last consent in force ends within the term.",
            "Leady dozwolone lub odroczone, których ostatnia obowiązująca zgoda kończy się w tym terminie.";
        within: "Within", "W ciągu";
        days: "{0} days", "{0} dni";
        duties: "Duties that come with the contacts", "Obowiązki przy kontaktach";
        duty: "Duty", "Obowiązek";
        no_duties: "No duty comes with them.", "Nie ma żadnych obowiązków.";
        lists: "Lists", "Listy";
        lists_note: "The lists that bind this controller. The digest covers the entries taken, whatever their order.",
            "Listy, które wiążą tego administratora. Skrót obejmuje przyjęte wpisy, niezależnie od kolejności.";
        no_lists: "No list binds this controller.", "Żadna lista nie wiąże tego administratora.";
        kind: "Kind", "Rodzaj";
        entries: "Entries", "Wpisy";
        rejected: "Rejected", "Odrzucone";
        digest: "Digest", "Skrót";
        packs: "Rule packs", "Pakiety reguł";
        packs_note: "The packs that spoke for these leads. Confidence counts the rows of each; the packs are research, not legal advice.",
            "Pakiety, które dotyczyły tych leadów. Pewność podaje liczbę wierszy; pakiety to wynik badań, nie porada prawna.";
        no_packs: "No pack spoke for a lead.", "Żaden pakiet nie dotyczył żadnego leada.";
        pack: "Pack", "Pakiet";
        name: "Name", "Nazwa";
        state_of: "State of", "Stan na";
        signed_off: "Signed off", "Zatwierdzony";
        yes: "yes", "tak";
        no: "no", "nie";
        confidence: "Confidence", "Pewność";
        worth_a_look: "Worth a look", "Warto sprawdzić";
        repeated: "{0} rows repeat a number of a row before; an allowed row counts as an attempt for the later ones.",
            "Wiersze powtarzające wcześniejszy numer: {0}; dozwolony wiersz liczy się jako próba dla późniejszych.";
        unreadable: "{0} cells of `party` or `line` say nothing known and were taken as unknown, the stricter reading.",
            "Komórki `party` lub `line` o nieznanej treści: {0}; przyjęto odczyt surowszy, nieznany.";
        made_by: "Made by dialgate {0}. This page loads nothing and holds no number of a person.",
            "Utworzył dialgate {0}. Ta strona niczego nie wczytuje i nie zawiera numeru żadnej osoby.";

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
            "Dla tego numeru nie zapisano niczego, co dotyczy tego pytania.";
        row: "Rule", "Reguła";
        finding: "Finding", "Ustalenie";
        dates: "From, until", "Od, do";
        source: "Source", "Źródło";
        met: "met", "spełnione";
        not_met: "not met", "niespełnione";
        record: "Record", "Zapis";
        personal: "Made by dialgate {0}. This page loads nothing. It names a person's number: treat it as the personal data that it is.",
            "Utworzył dialgate {0}. Ta strona niczego nie wczytuje. Zawiera numer osoby: to dane osobowe.";
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_of_the_pages_is_there_in_both_languages() {
        crate::language::tests::check(super::PageWords::ALL, &["controller"]);
    }
}
