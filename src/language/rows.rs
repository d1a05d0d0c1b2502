//! What rows of rules say.

super::words! {
    /// What rows of rules say.
    pub(crate) RowWords {
        days: "Mon Tue Wed Thu Fri Sat Sun", "pn wt śr cz pt sb nd";
        closed: "closed", "zamknięte";
        hours: "hours {0}{1}", "godziny {0}{1}";
        eves: "eves {0}", "wigilie świąt {0}";
        holidays_closed: "holidays closed ({0})", "w święta zamknięte ({0})";
        no_calendar: "no calendar", "bez kalendarza";
        at_offset: "at {0}", "według {0}";
        by_consent: ", lifted by consent", ", znosi je zgoda";
        months: " ({0} {0|month|months})", " (miesięcy: {0})";
        double_opt_in: ", double opt-in", ", z podwójnym potwierdzeniem";
        needs_review: ", needs review", ", wymaga oceny człowieka";
        registry: "registry {0} ({1}), {2}", "rejestr {0} ({1}), {2}";
        all: "all", "wszyscy";
        individuals: "individuals", "osoby fizyczne";
        businesses: "businesses", "firmy";
        nobody: "nobody", "nikt";
        age_unknown: "age limit unknown", "limit wieku kopii nieznany";
        age: "at most {0} {0|day|days} old", "kopia sprzed najwyżej {0} {0|dnia|dni|dni}";
        by_deal: ", lifted {0} {0|month|months} after a deal, {1} after an inquiry",
            ", nie wiąże przez {0} mies. po transakcji i {1} mies. po zapytaniu";
        by_contract: ", lifted by a contract ended at most {0} {0|day|days} ago",
            ", nie wiąże przy umowie zakończonej najwyżej {0} {0|dzień|dni|dni} temu";
        revokes: ", revokes earlier consents", ", odwołuje wcześniejsze zgody";
        grace: ", grace {0} {0|day|days}", ", okres przejściowy: {0} {0|dzień|dni|dni}";
        cap: "at most {0} in {1} {2}{3}{4}", "najwyżej {0} w ciągu {1} {2}{3}{4}";
        day_unit: "d", "dni";
        hour_unit: "h", "godz.";
        together: ", calls and messages together", ", połączenia i wiadomości razem";
        silence: "silence {0} after {1}{2}", "cisza {0} po: {1}{2}";
        for_good: "for good", "na stałe";
        so_many_days: "{0} {0|day|days}", "{0} {0|dzień|dni|dni}";
        duty: "duty {0}{1}", "obowiązek {0}{1}";
        seconds: " within {0} s", " w ciągu {0} s";
        no_caller_id: "no caller ID under +{0}", "żaden numer dzwoniącego z +{0}";
        consent_lasts: "a consent lasts {0} {0|month|months}", "zgoda obowiązuje {0} mies.";
        confirmed: "opt-out confirmed within {0} min", "rezygnację potwierdza się w ciągu {0} min";
        reaches_all: "a withdrawal or opt-out of any scope reaches it",
            "dosięga go wycofanie lub rezygnacja w każdym zakresie";
    }
}
