//! What explanations say: what was consulted, and what would have to change.

super::words! {
    /// What explanations say.
    pub(crate) ExplanationWords {
        // The verdict.
        allowed: "{0} may be contacted by `{1}` for `{2}` on behalf of `{3}` at {4} (basis: {5}){6}.",
            "Z numerem {0} można się skontaktować kanałem `{1}` w celu `{2}` w imieniu `{3}` w chwili {4} (podstawa: {5}){6}.";
        allowed_until: ", and holds until {0}", "; obowiązuje do {0}";
        deferred: "{0} may not be contacted by `{1}` for `{2}` on behalf of `{3}` at {4}, but from {6} on: {5}.",
            "Z numerem {0} nie można się skontaktować kanałem `{1}` w celu `{2}` w imieniu `{3}` w chwili {4}, ale można od {6}: {5}.";
        reviewed: "A person must decide whether {0} may be contacted by `{1}` for `{2}` on behalf of `{3}` at {4}: {5}.",
            "Człowiek musi zdecydować, czy z numerem {0} można się skontaktować kanałem `{1}` w celu `{2}` w imieniu `{3}` w chwili {4}: {5}.";
        denied: "{0} may not be contacted by `{1}` for `{2}` on behalf of `{3}` at {4}: {5}.",
            "Z numerem {0} nie wolno się kontaktować kanałem `{1}` w celu `{2}` w imieniu `{3}` w chwili {4}: {5}.";

        // Labels.
        reason: "reason", "powód";
        basis: "basis", "podstawa";
        evidence: "evidence", "dowód";
        retry_at: "retry at", "ponów od";
        valid_until: "valid until", "ważne do";
        duty: "duty", "obowiązek";
        judged_in: "judged in", "miejsce";
        rules_of: "rules of", "reguły";
        replaced: "replaced", "zastąpione";
        note: "note", "uwaga";
        snapshot: "snapshot", "migawka";
        and: " and ", " i ";
        rule: "rule", "reguła";
        list: "list", "lista";
        record: "record", "zapis";
        ok: "ok   ", "tak  ";
        not: "NOT  ", "NIE  ";
        from: ", from {0}", ", od {0}";
        until: ", until {0}", ", do {0}";
        confidence: ", confidence {0}", ", pewność {0}";
        to_allow: "For an allow all of these have to go, each in one of the ways named:",
            "Aby kontakt był dozwolony, musi ustąpić każda z tych przeszkód, w jeden z podanych sposobów:";
        or: "or", "albo";
        way_from: "{0} (from {1})", "{0} (od {1})";
        no_way: "nothing that can be put on record lifts it", "nie zniesie jej nic, co można zapisać";
        allowed_from: "If nothing else changes, it is allowed from {0}.",
            "Jeśli nic innego się nie zmieni, kontakt będzie dozwolony od {0}.";
        never_by_waiting: "Waiting alone does not lead to an allow within 400 days.",
            "Samo czekanie nie sprawi, że w ciągu 400 dni kontakt będzie dozwolony.";

        // Notes.
        earlier: "asked about an instant before the date of the data: the answer tells what is known now about it",
            "pytanie dotyczy chwili sprzed daty danych: odpowiedź mówi, co dziś o niej wiadomo";
        replacing: "house rules replace the rules of the jurisdiction: `{0}` says `override = true` and stands in place of {1}",
            "reguły własne zastępują reguły jurysdykcji: `{0}` ma `override = true` i zajmuje miejsce {1}";
        no_other_pack: "no other pack", "żadnego pakietu";

        // Requirements.
        no_row: "has no row for this question, so {0}", "nie ma wiersza dla tego pytania, więc {0}";
        asks_for: "asks for {0}, {1}", "wymaga {0}, {1}";
        met_by: "met by {0}", "spełnione przez {0}";
        not_met: "not met: {0}", "niespełnione: {0}";
        person_must_look: "a person must look, whatever else holds", "niezależnie od zapisów musi to ocenić człowiek";

        // Registries.
        no_copy: "no copy of it is loaded", "nie wczytano żadnej kopii";
        listed: "the number is listed", "numer jest wpisany";
        uncovered: "no copy covers the number", "żadna kopia nie obejmuje numeru";
        stale: "the copy is stale", "kopia jest przeterminowana";
        relationship_lifts: "a relationship lifts it", "znosi to relacja";
        nothing_against: "nothing against the contact", "nic przeciw kontaktowi";
        consent_lifts: "a consent in force lifts it", "znosi to obowiązująca zgoda";
        not_decisive: "not decisive here", "tu nie rozstrzyga";
        screens: "screens {0}: {1}", "sprawdza {0}: {1}";
        copy: "`{0}`: copy of {1}, {2}, {3}", "`{0}`: kopia z {1}, {2}, {3}";
        never_stale: "never stale", "nie traci ważności";
        stale_from: "stale from {0}", "przeterminowana od {0}";
        stale_since: "STALE since {0}", "PRZETERMINOWANA od {0}";
        no_age_limit: "STALE: no limit on its age is known", "PRZETERMINOWANA: limit wieku nie jest znany";
        not_covering: "does not cover this number", "nie obejmuje tego numeru";
        not_naming: "does not name the number", "nie wymienia numeru";
        naming_undated: "names the number, undated", "wymienia numer, bez daty";
        naming_dated: "names the number, dated", "wymienia numer, z datą";
        naming_since: "names the number since {0}", "wymienia numer od {0}";

        // Hours.
        open: "open", "otwarte";
        closed: "closed", "zamknięte";
        holiday: "closed: a public holiday, or a day that the calendar does not cover",
            "zamknięte: święto albo dzień, którego kalendarz nie obejmuje";
        not_known: "not known", "nie wiadomo";
        no_local_time: "local time not known", "czas lokalny nieznany";
        fixed_zone: "the zone that the statute fixes", "strefa wskazana w ustawie";
        unknown_zone: "a zone that the person may be in is not known", "nie wiadomo, w jakiej strefie może być osoba";
        zone: "zone {0}", "strefa {0}";
        calendar: "calendar {0}: {1}", "kalendarz {0}: {1}";
        window_lifted: "lifted by the consent in force", "zniesione przez obowiązującą zgodę";
        not_open: "not open", "nieotwarte";

        // Attempts.
        external: "{0}: attempts are counted outside, by the dialer", "{0}: próby liczy dialer, poza bramką";
        counted: "{0}: {1} counted{2}", "{0}: policzono {1}{2}";
        cap_lifted: ", lifted by the consent in force", ", zniesione przez obowiązującą zgodę";
        attempt: "attempt of {0}, counts until {1}", "próba z {0}, liczy się do {1}";
        for_good: "for good", "na stałe";
        silence_until: "silence until {0}", "cisza do {0}";
        later_consent: ", lifted by a later consent", ", zniesiona przez późniejszą zgodę";
        outcome_at: "{0} at {1}, {2}{3}", "{0} z {1}, {2}{3}";
        nothing_starts: ": nothing on record starts it", ": żaden zapis jej nie rozpoczyna";
        own_caller_id: "{0}: one of the controller's own is", "{0}: a jeden z numerów administratora taki jest";

        // Lists.
        list_says: "{0} list: {1}", "lista {0}: {1}";
        other_controllers: "; binds other controllers", "; wiąże innych administratorów";
        other_places: "; used in other jurisdictions", "; używana w innych jurysdykcjach";
        not_screened: "; not screened by a rule for this question", "; żadna reguła nie sprawdza jej przy tym pytaniu";
        own_limit: "copy of {0}, at most {1} {1|day|days} old by the owner's limit",
            "kopia z {0}, według limitu właściciela sprzed najwyżej {1} {1|dnia|dni|dni}";
        entries: "copy of {0}, {1} {1|entry|entries}", "kopia z {0}, {1} {1|wpis|wpisy|wpisów}";
        named_since: "named since {0}", "wymieniony od {0}";

        // Records.
        covers: "covers this question", "obejmuje to pytanie";
        does_not_cover: "does not cover this question", "nie obejmuje tego pytania";
        consent: "{0} ({1})", "{0} (forma {1})";
        does_not_count: ", does not count: not {0}", ", nie liczy się: nie jest {0}";
        nor: ", not ", ", nie jest ";
        on_list: "on `{0}`, {1}", "na liście `{0}`, {1}";
        tie: "{0}, {1}", "{0}, {1}";
        names_purpose: "names this purpose", "wymienia ten cel";
        names_no_purpose: "does not name this purpose", "nie wymienia tego celu";
        notice: "a privacy notice was given", "przekazano informację o przetwarzaniu danych";
        reassigned: "the number changed hands", "numer zmienił abonenta";
        not_yet: ", not yet", ", jeszcze nie";
        over: ", over", ", już nie";

        // Obstacles.
        by_question: "the question", "pytanie";
        by_data: "the data", "dane";
        by_place: "the place", "miejsce";
        by_event: "{0} of {1}", "{0} z {1}";
        by_undated_event: "{0}, undated", "{0}, bez daty";
        by_list: "list `{0}`, entry of {1}", "lista `{0}`, wpis z {1}";
        by_undated_list: "list `{0}`, undated entry", "lista `{0}`, wpis bez daty";
        by_rows: "every pack", "wszystkie pakiety";
        by_hours: "hours and attempts", "godziny i próby";
        withdrawal: "withdrawal", "wycofanie";
        objection: "objection", "sprzeciw";
        opt_out: "opt-out", "rezygnacja";
        erasure: "erasure", "usunięcie danych";
        restriction: "restriction", "ograniczenie";
        refusal: "refusal", "odmowa";

        // Ways.
        correct_number: "the number is corrected; check how it was typed, and in which plan it is read",
            "numer zostanie poprawiony; sprawdź zapis i kraj, w którego formacie jest czytany";
        declare: "purpose, channel and controller are declared in the manifest, and it is compiled anew",
            "cel, kanał i administrator zostaną zadeklarowane w manifeście, a ten skompilowany na nowo";
        add_pack: "a pack is added to the crate for every place that number and lead name; where only the lead's region is wrong, it is corrected",
            "pakiet reguł dla każdego miejsca, które wskazuje numer lub lead, zostanie dodany do programu; jeśli błędny jest tylko region leada, zostanie poprawiony";
        compile_anew: "the snapshot is compiled anew from current data; clock and feed of the gate must be right too",
            "migawka zostanie skompilowana na nowo z bieżących danych; zegar i kanał zmian bramki też muszą działać";
        rest_not_judged: "Nothing else was judged: when this has gone, other reasons may follow.",
            "Niczego więcej nie oceniono: gdy to ustąpi, mogą pojawić się inne powody.";
        screened_anew: "A contact that comes to rest on anything but a consent is also screened against the registries of the rules.",
            "Kontakt oparty na czymś innym niż zgoda jest też sprawdzany w rejestrach z reguł.";
        asking: "Whether the person may be asked for a consent is a question of its own: ask the gate with purpose `reconsent`.",
            "Czy wolno poprosić osobę o zgodę, to osobne pytanie: zapytaj bramkę z celem `reconsent`.";
        new_consent: "the person gives a conforming consent for this purpose and channel ({0}){1}",
            "osoba udzieli zgody na ten cel i kanał, która spełnia warunki ({0}){1}";
        marketing_consent: "the person gives a conforming consent to some marketing purpose of this controller, later than {0}",
            "osoba udzieli zgody na jakiś cel marketingowy tego administratora, która spełnia warunki, później niż {0}";
        any_form: "any form but implied", "każda forma prócz dorozumianej";
        written_form: "written or electronic", "pisemna lub elektroniczna";
        confirmed_form: "{0}, with double opt-in", "{0}, z podwójnym potwierdzeniem";
        later_than: ", later than {0}", ", później niż {0}";
        consent_begins: "the consent on record begins", "zacznie obowiązywać zapisana zgoda";
        ends: "it ends by itself", "skończy się sama";
        lift_restriction: "the restriction is lifted (`restriction_lifted`); a consent does not lift it",
            "ograniczenie zostanie zniesione (`restriction_lifted`); zgoda go nie znosi";
        take_off_list: "the entry is taken off list `{0}` and the lists are compiled anew{1}",
            "wpis zniknie z listy `{0}`, a listy zostaną skompilowane na nowo{1}";
        consent_does_not: "; a consent does not lift it", "; zgoda tego nie znosi";
        date_reassigned: "the entry that says the number changed hands gets a date, or goes, and a later consent or relationship is on record",
            "wpis o zmianie abonenta otrzyma datę albo zniknie, a zapisana będzie późniejsza zgoda lub relacja";
        carrying: "{0} that carries this contact is on record, in force{1}",
            "zapisana będzie obowiązująca relacja, na której można oprzeć ten kontakt: {0}{1}";
        carriers_service: "a contract, or an order or purchase of the last 24 months",
            "umowa albo zamówienie lub zakup z ostatnich 24 miesięcy";
        carriers_debt: "a contract or a debt", "umowa albo dług";
        new_tie: "a contract, or an order or purchase of the last 24 months, later than {0}",
            "umowa albo zamówienie lub zakup z ostatnich 24 miesięcy, później niż {0}";
        soft_opt_in: "a purchase, order or running contract with `soft_opt_in` that names this purpose{0}",
            "zakup, zamówienie lub trwająca umowa z `soft_opt_in`, które wymieniają ten cel{0}";
        recent_soft_opt_in: "a purchase or order of the last 12 months, or a running contract, with `soft_opt_in` that names this purpose{0}",
            "zakup lub zamówienie z ostatnich 12 miesięcy albo trwająca umowa, z `soft_opt_in`, które wymieniają ten cel{0}";
        contract: "a running contract that names this purpose{0}", "trwająca umowa, która wymienia ten cel{0}";
        customer: "a running contract, or a purchase or order of the last {1} {1|month|months}, that names this purpose{0}",
            "trwająca umowa albo zakup lub zamówienie z ostatnich {1} mies., które wymieniają ten cel{0}";
        business_tie: "a running contract, or an order or purchase of the last 24 months, with this business that names this purpose{0}",
            "trwająca umowa albo zamówienie lub zakup z ostatnich 24 miesięcy z tą firmą, które wymieniają ten cel{0}";
        verify: "the rule is verified, and its pack says what it asks", "reguła zostanie potwierdzona, a jej pakiet powie, czego wymaga";
        off_registry: "a newer copy of {0} no longer names the number", "nowsza kopia {0} nie będzie już wymieniać numeru";
        load_registry: "a current copy of {0} that covers the number is loaded, and does not name it",
            "zostanie wczytana aktualna kopia {0}, która obejmuje numer i go nie wymienia";
        recent_deal: "a running contract or one that ended in the last {0} {0|month|months}, or a purchase or order of the last {0} {0|month|months}, or an inquiry of the last {1}, later than every refusal{2}",
            "umowa trwająca lub zakończona w ostatnich {0} mies., zakup lub zamówienie z ostatnich {0} mies. albo zapytanie z ostatnich {1}, późniejsze niż każda odmowa{2}";
        contract_days: "a contract that runs, or ended at most {0} {0|day|days} ago{1}",
            "umowa, która trwa albo skończyła się najwyżej {0} {0|dzień|dni|dni} temu{1}";
        other_caller_id: "the controller calls from numbers that the rule does not ban (`caller_ids`)",
            "administrator zadzwoni z numerów, których reguła nie zabrania (`caller_ids`)";
        declare_emergency: "the controller is declared with `emergency = true`",
            "administrator zostanie zadeklarowany z `emergency = true`";
        fresh_opt_out: "an opt-out or withdrawal by message comes in, and is confirmed by message, once, within the minutes of the rule",
            "nadejdzie rezygnacja lub wycofanie wiadomością i zostanie potwierdzone wiadomością, raz, w minutach z reguły";
        name_zone: "the lead names a `time_zone` that is known", "lead poda znaną strefę `time_zone`";
        wait: "hours, holidays, attempts and silences allow it again", "pozwolą na to godziny, święta, próby i okresy ciszy";
        no_opening: "hours, holidays, attempts and silences leave no opening within 400 days",
            "godziny, święta, próby i okresy ciszy nie zostawiają otwarcia w ciągu 400 dni";
        person_decides: "a person decides outside of the gate: it never allows by itself while the row stands",
            "zdecyduje człowiek poza bramką: dopóki wiersz obowiązuje, bramka sama nie pozwoli";
    }
}
