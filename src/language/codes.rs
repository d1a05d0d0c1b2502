//! What codes mean, in words for people who do not read the documentation.

use super::Language;
use crate::vocabulary::{
    Basis, Channel, Condition, Confidence, Form, ListKind, Obligation, Outcome, Party, Reason, RelationshipKind,
    Requirement, Verdict,
};

/// Declares what the values of a word list mean, in every language.
macro_rules! meanings {
    ($( $(#[$doc:meta])* $method:ident: $name:ident { $( $value:ident: $english:literal, $polish:literal; )+ } )+) => {
        impl Language {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $method(self, value: $name) -> &'static str {
                    match (self, value) {
                        $(
                            (Self::English, $name::$value) => $english,
                            (Self::Polish, $name::$value) => $polish,
                        )+
                    }
                }
            )+
        }
    };
}

meanings! {
    /// A verdict as a sentence about a number, or so many leads.
    verdict: Verdict {
        Deny: "may not be contacted", "kontakt niedozwolony";
        Review: "must be looked at by a person first", "najpierw musi ocenić człowiek";
        Defer: "may not be contacted now, but later", "kontakt nie teraz, ale później";
        Allow: "may be contacted now", "kontakt dozwolony teraz";
    }

    /// The meaning of a reason, to follow "because".
    reason: Reason {
        NumberInvalid: "it is not a possible telephone number", "taki numer telefonu nie może istnieć";
        QuestionUnknown: "the purpose, channel or controller is not declared",
            "cel, kanał lub administrator nie jest zadeklarowany";
        JurisdictionUnknown: "no rule pack speaks for the place of this number",
            "żaden pakiet reguł nie obejmuje miejsca tego numeru";
        SnapshotExpired: "the data of the gate are too old", "dane bramki są zbyt stare";
        Erased: "the person had their data erased", "dane osoby usunięto na jej żądanie";
        Restricted: "processing is restricted (GDPR 18)", "przetwarzanie jest ograniczone (art. 18 RODO)";
        Objected: "the person objected", "osoba wniosła sprzeciw";
        Withdrawn: "the person withdrew their consent", "osoba wycofała zgodę";
        OptedOut: "the person opted out, or is on the own do-not-call list",
            "osoba zrezygnowała z kontaktu albo jest na liście numerów zastrzeżonych administratora";
        ListBlocked: "a blocking list names it", "numer jest na liście blokującej";
        RegistryListed: "it is on a public do-not-call registry",
            "numer jest w publicznym rejestrze osób, które nie życzą sobie telefonów";
        RegistryMissing: "a registry that must be checked is not loaded for it",
            "dla tego numeru nie wczytano rejestru, który trzeba sprawdzić";
        RegistryStale: "the copy of a registry is too old", "kopia rejestru jest zbyt stara";
        Forbidden: "the law forbids this contact", "prawo zabrania tego kontaktu";
        RuleUnverified: "the law could not be verified, and there is no consent",
            "przepisu nie potwierdzono, a zgody nie ma";
        ConsentMissing: "consent is needed and none is on record", "zgoda jest wymagana, a nie ma żadnej";
        ConsentScope: "the consents on record are for another purpose or channel",
            "zapisane zgody dotyczą innego celu lub kanału";
        ConsentNonconforming: "the consent does not meet the conditions", "zgoda nie spełnia warunków";
        ConsentNotYetValid: "the consent is later than the instant asked about",
            "zgoda jest późniejsza niż chwila, o którą pytano";
        ConsentExpired: "the consent has expired", "zgoda wygasła";
        NumberReassigned: "the number changed hands after the consent",
            "numer zmienił abonenta po udzieleniu zgody";
        BasisMissing: "no contract or other basis is on record", "nie ma umowy ani innej podstawy";
        TimeZoneUnknown: "calling hours apply and the time zone is not known",
            "obowiązują godziny kontaktu, a strefa czasowa nie jest znana";
        RuleNeedsReview: "the rule says that a person must look", "reguła wymaga oceny przez człowieka";
        OutsideHours: "it is outside the calling hours there", "w miejscu odbiorcy jest poza godzinami kontaktu";
        Holiday: "it is a public holiday there", "w miejscu odbiorcy jest dzień świąteczny";
        AttemptCap: "it was tried as often as the rule allows", "wykorzystano liczbę prób dozwoloną przez regułę";
        SilencePeriod: "a refusal or conversation bars contact for some days",
            "odmowa lub rozmowa wstrzymuje kontakt na kilka dni";
    }

    /// What a duty asks of the caller.
    obligation: Obligation {
        IdentifyCaller: "say who calls", "powiedz, kto dzwoni";
        IdentifyPrincipal: "say on whose behalf", "powiedz, w czyim imieniu";
        StatePurpose: "say what the call is for", "podaj cel kontaktu";
        PrivacyNotice: "give the privacy notice: none, or an outdated one, is on record",
            "przekaż informację o przetwarzaniu danych: nie ma jej albo jest nieaktualna";
        RightToObject: "bring the right to object to notice", "poinformuj o prawie do sprzeciwu";
        OfferOptOut: "offer a way to opt out", "podaj sposób rezygnacji z kontaktu";
        NameDataSource: "name the source of the data", "podaj źródło danych";
        AnnounceRecording: "announce the recording", "uprzedź o nagrywaniu";
        CallerIdRequired: "show a caller ID", "prezentuj numer dzwoniącego";
        CallerIdAssigned: "show a caller ID that is assigned to the caller",
            "prezentuj numer przydzielony dzwoniącemu";
        DiscloseAiVoice: "say that the voice is artificial", "powiedz, że głos jest sztuczny";
        PromptIdentification: "identify within the seconds that the rule names",
            "przedstaw się w czasie, który podaje reguła";
        EnforceAttemptCap: "keep to the attempt cap in the dialer: the gate does not know the attempts",
            "pilnuj limitu prób w dialerze: bramka nie zna ich liczby";
        RegistrationRequired: "be registered or subscribed as the rule asks",
            "miej rejestrację lub subskrypcję, której wymaga reguła";
        GiveContact: "give an address or a freephone number", "podaj adres lub bezpłatny numer";
        EndOnRefusal: "end the call promptly on a refusal", "po odmowie niezwłocznie zakończ rozmowę";
        NameRegistry: "tell how to register on the opt-out registry", "powiedz, jak wpisać się do rejestru";
        DedicatedCallerId: "use the caller-ID prefix reserved for sales calls",
            "prezentuj numer z prefiksem zastrzeżonym dla rozmów sprzedażowych";
        LimitAbandonedCalls: "keep the rate of abandoned calls within the limit of the rule",
            "utrzymaj odsetek porzuconych połączeń w limicie reguły";
        CallerAuthorised: "call only if you belong to the group that the rule allows",
            "dzwoń tylko jako podmiot, któremu reguła na to pozwala";
    }

    /// What carried an allow.
    basis: Basis {
        Consent: "a consent in force", "obowiązująca zgoda";
        SoftOptIn: "a soft opt-in: similar goods to a customer who could opt out",
            "soft opt-in: podobne towary dla klienta, który mógł zrezygnować";
        Contract: "a running contract", "trwająca umowa";
        Relationship: "an order, a purchase or another relationship", "zamówienie, zakup lub inna relacja";
        LegitimateInterest: "a legitimate interest", "prawnie uzasadniony interes";
        NotRequired: "the law asks for none", "prawo żadnej nie wymaga";
    }

    /// What a channel is.
    channel: Channel {
        ManualCall: "a call that a person dials", "połączenie wybierane przez człowieka";
        AutodialedCall: "a call that the system dials and a person speaks on",
            "połączenie wybierane przez system, rozmawia człowiek";
        AutomatedCall: "a call with a recorded or artificial voice", "połączenie z głosem nagranym lub sztucznym";
        RinglessVoicemail: "a voice message that rings no telephone", "wiadomość głosowa bez dzwonka";
        Sms: "a text message", "wiadomość SMS";
        Mms: "a multimedia message", "wiadomość MMS";
        Messaging: "a message by RCS, WhatsApp and the like", "wiadomość RCS, WhatsApp i podobna";
        Fax: "a facsimile", "faks";
    }

    /// What a list is for.
    list_kind: ListKind {
        Registry: "public registry", "rejestr publiczny";
        OptOut: "own do-not-call list", "własna lista numerów zastrzeżonych";
        Block: "blocking list", "lista blokująca";
        Reassigned: "numbers that changed hands", "numery po zmianie abonenta";
    }

    /// Who holds a number.
    party: Party {
        Unknown: "not known, so the stricter reading", "nieznany, więc przyjęto surowszy odczyt";
        Individual: "an individual", "osoba fizyczna";
        Business: "a business", "firma";
    }

    /// What is asked before the contact.
    requirement: Requirement {
        Exempt: "nothing is asked; where GDPR applies service, debts and notices need a relationship or a consent",
            "nic nie jest wymagane; gdzie obowiązuje RODO, obsługa, długi i zawiadomienia wymagają relacji lub zgody";
        OptOut: "no consent; denials and the registries of the rule decide",
            "zgoda niepotrzebna; decydują sprzeciwy i rejestry z reguły";
        OptIn: "a conforming consent in force, of any form but implied",
            "obowiązująca zgoda spełniająca warunki, w każdej formie prócz dorozumianej";
        OptInWritten: "a conforming consent in force, written or electronic",
            "obowiązująca zgoda spełniająca warunki, pisemna lub elektroniczna";
        OptInOrSoft: "a consent, or a purchase, order or contract with soft opt-in for this purpose",
            "zgoda albo zakup, zamówienie lub umowa z soft opt-in na ten cel";
        OptInOrContract: "a consent, or a running contract that names this purpose",
            "zgoda albo trwająca umowa, która wymienia ten cel";
        OptInOrCustomer: "a consent, or a purchase, order or contract within the term",
            "zgoda albo zakup, zamówienie lub umowa w terminie z reguły";
        LawfulBasis: "a consent, or a soft opt-in within one year under the exclusion registry",
            "zgoda albo soft opt-in sprzed najwyżej roku, z rejestrem wykluczeń";
        Presumed: "a consent, or a running relationship with a business for this purpose",
            "zgoda albo trwająca relacja z firmą na ten cel";
        ForbiddenExceptContract: "forbidden, unless a running contract names this purpose",
            "zabronione, chyba że trwająca umowa wymienia ten cel";
        DenyUnverified: "no source was verified: only a consent will do",
            "żadnego źródła nie potwierdzono: wystarczy tylko zgoda";
        Forbidden: "forbidden, whatever is on record", "zabronione, niezależnie od zapisów";
        ForbiddenUnsolicited: "forbidden, unless the person consented", "zabronione, chyba że osoba się zgodziła";
    }

    /// The form of a consent.
    form: Form {
        Written: "written", "pisemna";
        Electronic: "electronic", "elektroniczna";
        Oral: "oral", "ustna";
        Implied: "implied", "dorozumiana";
    }

    /// A condition that a consent must meet.
    condition: Condition {
        FreelyGiven: "freely given", "dobrowolna";
        Specific: "specific", "konkretna";
        Informed: "informed", "świadoma";
        Unambiguous: "unambiguous", "jednoznaczna";
        Revocable: "revocable", "odwołalna";
        Documented: "documented", "udokumentowana";
    }

    /// What ties the person to the controller.
    relationship: RelationshipKind {
        Contract: "contract", "umowa";
        Order: "order", "zamówienie";
        Purchase: "purchase", "zakup";
        Inquiry: "inquiry", "zapytanie";
        Debt: "debt", "dług";
    }

    /// What became of an attempt.
    outcome: Outcome {
        Answered: "answered", "odebrano";
        NoAnswer: "no answer", "nie odebrano";
        Refused: "a refusal", "odmowa";
        Conversation: "a conversation", "rozmowa";
    }

    /// How sure the source of a rule is.
    confidence: Confidence {
        High: "the statute was read or several sources agree", "ustawę przeczytano albo potwierdza to kilka źródeł";
        Medium: "one decent secondary source", "jedno rzetelne źródło pośrednie";
        Low: "a weak or old source", "źródło słabe lub stare";
        Unverified: "not verified", "nie potwierdzono";
    }
}
