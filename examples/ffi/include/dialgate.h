#ifndef DIALGATE_H
#define DIALGATE_H

#include <stddef.h>
#include <stdint.h>
/*
 * Made from the sources by `make header`; do not edit.
 *
 * The consent gate of an outbound dialer: may this number be contacted, for this purpose, on this channel, now?
 *
 * Zero means DO NOT CALL, on every path: a NULL, a closed or foreign handle, a text that cannot be read, a buffer
 * that is too small, a defect of the library, an answer that was never written. DIALGATE_MAY_CALL, from a function
 * that decides, is the one value that means "may call".
 *
 * Every function returns zero when it failed or the answer is no; dialgate_last_status and dialgate_last_error tell
 * why. Handles are numbers: a closed or foreign one is told for sure. Texts are UTF-8 with a zero byte at the end.
 * Instants are microseconds since 1970-01-01T00:00:00Z.
 *
 * Pointers must be NULL or valid as said at each function, and what they point to must not change during the call.
 * Nothing that is passed in is kept. No signal handler, locale, environment or other state of the process is changed.
 */

/** Version of this interface; `dialgate_abi_version` says which one the library has. */
#define DIALGATE_ABI_VERSION 1

/** As an instant: now, by the gate's clock. */
#define DIALGATE_NOW INT64_MIN

/** A lead of which nothing is known yet. */
#define DIALGATE_LEAD_INIT { (uint32_t)sizeof(dialgate_lead), 0, 0, 0, 0, NULL, NULL }

/** What functions return. */
enum {
    /** The answer of a function that decides: do not call. */
    DIALGATE_DO_NOT_CALL = 0,
    /** The answer of a function that decides: may call. No other value means it. */
    DIALGATE_MAY_CALL = 3,
    /** An action succeeded. */
    DIALGATE_DONE = 1,
};

/**
 * The answer. Severity: deny > review > defer > allow.
 */
enum {
    /** May not be contacted. */
    DIALGATE_VERDICT_DENY = 0,
    /** A person must decide; a dialer treats it as no. */
    DIALGATE_VERDICT_REVIEW = 1,
    /** Not now: from `retry_at` on. */
    DIALGATE_VERDICT_DEFER = 2,
    /** May be contacted. */
    DIALGATE_VERDICT_ALLOW = 3,
};

/**
 * Why the answer is not an allow. The order is the precedence among reasons of one verdict.
 */
enum {
    /** Not a possible E.164 number, or an emergency or short code. */
    DIALGATE_REASON_NUMBER_INVALID = 1,
    /** Purpose, channel or controller is not known to the snapshot. */
    DIALGATE_REASON_QUESTION_UNKNOWN = 2,
    /** No rule pack speaks for this number, or for the lead's region. */
    DIALGATE_REASON_JURISDICTION_UNKNOWN = 3,
    /** The gate's own data are older than their limit, or its clock or feed is not to be trusted. */
    DIALGATE_REASON_SNAPSHOT_EXPIRED = 4,
    /** Erased on request, not lifted. */
    DIALGATE_REASON_ERASED = 5,
    /** Processing is restricted (GDPR 18). */
    DIALGATE_REASON_RESTRICTED = 6,
    /** An objection (GDPR 21) covers this, not lifted. */
    DIALGATE_REASON_OBJECTED = 7,
    /** A withdrawal covers this, not lifted. */
    DIALGATE_REASON_WITHDRAWN = 8,
    /** An opt-out, the controller's own do-not-call list, or a refusal that the rule makes permanent. */
    DIALGATE_REASON_OPTED_OUT = 9,
    /** A blocking list, prefix or range. */
    DIALGATE_REASON_LIST_BLOCKED = 10,
    /** On a registry that the rule screens, not lifted. */
    DIALGATE_REASON_REGISTRY_LISTED = 11,
    /** The rule screens a registry that the snapshot does not hold for this number. */
    DIALGATE_REASON_REGISTRY_MISSING = 12,
    /** The copy of the registry is older than the rule allows. */
    DIALGATE_REASON_REGISTRY_STALE = 13,
    /** The rule forbids this contact. */
    DIALGATE_REASON_FORBIDDEN = 14,
    /** The rule rests on no verified source. */
    DIALGATE_REASON_RULE_UNVERIFIED = 15,
    /** Consent needed, none on record for this controller. */
    DIALGATE_REASON_CONSENT_MISSING = 16,
    /** Consents exist, none for this purpose and channel. */
    DIALGATE_REASON_CONSENT_SCOPE = 17,
    /** The consent fails a condition, or the form that the rule asks. */
    DIALGATE_REASON_CONSENT_NONCONFORMING = 18,
    /** Given later than the instant of the check. */
    DIALGATE_REASON_CONSENT_NOT_YET_VALID = 19,
    /** Past its own expiry or the jurisdiction's limit. */
    DIALGATE_REASON_CONSENT_EXPIRED = 20,
    /** The number changed hands after the consent was given. */
    DIALGATE_REASON_NUMBER_REASSIGNED = 21,
    /** The rule asks for a relationship or another basis, none on record. */
    DIALGATE_REASON_BASIS_MISSING = 22,
    /** Hours apply and no zone can be told. */
    DIALGATE_REASON_TIME_ZONE_UNKNOWN = 23,
    /** The rule says that a person must look. */
    DIALGATE_REASON_RULE_NEEDS_REVIEW = 24,
    /** Outside the calling window in at least one possible zone. */
    DIALGATE_REASON_OUTSIDE_HOURS = 25,
    /** A public holiday on which the rule allows no contact. */
    DIALGATE_REASON_HOLIDAY = 26,
    /** The cap over its rolling window is reached. */
    DIALGATE_REASON_ATTEMPT_CAP = 27,
    /** A refusal or a conversation bars contact for some days. */
    DIALGATE_REASON_SILENCE_PERIOD = 28,
};

/**
 * A duty that comes with an allowed contact.
 */
enum {
    /** Say who calls. */
    DIALGATE_OBLIGATION_IDENTIFY_CALLER = 1,
    /** Say on whose behalf. */
    DIALGATE_OBLIGATION_IDENTIFY_PRINCIPAL = 2,
    /** Say what the call is for. */
    DIALGATE_OBLIGATION_STATE_PURPOSE = 3,
    /** Give the privacy notice: none, or an outdated one, is on record. */
    DIALGATE_OBLIGATION_PRIVACY_NOTICE = 4,
    /** Bring the right to object to notice. */
    DIALGATE_OBLIGATION_RIGHT_TO_OBJECT = 5,
    /** Offer a way to opt out. */
    DIALGATE_OBLIGATION_OFFER_OPT_OUT = 6,
    /** Name the source of the data. */
    DIALGATE_OBLIGATION_NAME_DATA_SOURCE = 7,
    /** Announce the recording. */
    DIALGATE_OBLIGATION_ANNOUNCE_RECORDING = 8,
    /** Show a caller ID. */
    DIALGATE_OBLIGATION_CALLER_ID_REQUIRED = 9,
    /** Show a caller ID that is assigned to the caller. */
    DIALGATE_OBLIGATION_CALLER_ID_ASSIGNED = 10,
    /** Say that the voice is artificial. */
    DIALGATE_OBLIGATION_DISCLOSE_AI_VOICE = 11,
    /** Identify within so many seconds. */
    DIALGATE_OBLIGATION_PROMPT_IDENTIFICATION = 12,
    /** The gate does not know the attempts: enforce the cap elsewhere. */
    DIALGATE_OBLIGATION_ENFORCE_ATTEMPT_CAP = 13,
    /** The caller must be registered or subscribed. */
    DIALGATE_OBLIGATION_REGISTRATION_REQUIRED = 14,
    /** Give an address or a freephone number. */
    DIALGATE_OBLIGATION_GIVE_CONTACT = 15,
    /** End the call promptly on a refusal. */
    DIALGATE_OBLIGATION_END_ON_REFUSAL = 16,
    /** Tell how to register on the opt-out registry. */
    DIALGATE_OBLIGATION_NAME_REGISTRY = 17,
    /** Use the caller-ID prefix reserved for sales calls. */
    DIALGATE_OBLIGATION_DEDICATED_CALLER_ID = 18,
    /** Keep the rate of abandoned calls within the rule's limit. */
    DIALGATE_OBLIGATION_LIMIT_ABANDONED_CALLS = 19,
    /** The caller must belong to the group that the rule allows. */
    DIALGATE_OBLIGATION_CALLER_AUTHORISED = 20,
};

/**
 * The legal basis that carried an allow.
 */
enum {
    /** A consent in force. */
    DIALGATE_BASIS_CONSENT = 1,
    /** Similar goods to a customer who could opt out. */
    DIALGATE_BASIS_SOFT_OPT_IN = 2,
    /** A running contract. */
    DIALGATE_BASIS_CONTRACT = 3,
    /** An order, a purchase or another relationship. */
    DIALGATE_BASIS_RELATIONSHIP = 4,
    /** A legitimate interest. */
    DIALGATE_BASIS_LEGITIMATE_INTEREST = 5,
    /** The law asks for none. */
    DIALGATE_BASIS_NOT_REQUIRED = 6,
};

/**
 * How the person is contacted.
 */
enum {
    /** A person dials. */
    DIALGATE_CHANNEL_MANUAL_CALL = 1,
    /** The system selects or dials, a person talks. */
    DIALGATE_CHANNEL_AUTODIALED_CALL = 2,
    /** Recorded, artificial or AI voice. */
    DIALGATE_CHANNEL_AUTOMATED_CALL = 3,
    /** A voice message that rings no telephone. */
    DIALGATE_CHANNEL_RINGLESS_VOICEMAIL = 4,
    /** Short message. */
    DIALGATE_CHANNEL_SMS = 5,
    /** Multimedia message. */
    DIALGATE_CHANNEL_MMS = 6,
    /** RCS, WhatsApp and the like. */
    DIALGATE_CHANNEL_MESSAGING = 7,
    /** Facsimile. */
    DIALGATE_CHANNEL_FAX = 8,
};

/**
 * Who holds the number.
 */
enum {
    /** Not known: the stricter reading. */
    DIALGATE_PARTY_UNKNOWN = 0,
    /** A person, a sole trader, a household. */
    DIALGATE_PARTY_INDIVIDUAL = 1,
    /** A corporate subscriber. */
    DIALGATE_PARTY_BUSINESS = 2,
};

/**
 * What the line is.
 */
enum {
    /** Not known: the stricter reading. */
    DIALGATE_LINE_UNKNOWN = 0,
    /** A mobile telephone. */
    DIALGATE_LINE_MOBILE = 1,
    /** A fixed line. */
    DIALGATE_LINE_FIXED = 2,
};

/**
 * What became of an attempt.
 */
enum {
    /** Somebody answered. */
    DIALGATE_OUTCOME_ANSWERED = 1,
    /** Nobody answered. */
    DIALGATE_OUTCOME_NO_ANSWER = 2,
    /** The person refused. */
    DIALGATE_OUTCOME_REFUSED = 3,
    /** A conversation took place. */
    DIALGATE_OUTCOME_CONVERSATION = 4,
};

/**
 * What became of a call.
 */
enum {
    /** Nothing was asked: zeroed or foreign memory, no decision of this library. */
    DIALGATE_STATUS_NONE = 0,
    /** Done, or decided. */
    DIALGATE_STATUS_OK = 1,
    /** A pointer is NULL that must not be. */
    DIALGATE_STATUS_NULL_ARGUMENT = 2,
    /** The handle is zero: what should have made it failed. */
    DIALGATE_STATUS_HANDLE_ZERO = 3,
    /** The handle was closed. */
    DIALGATE_STATUS_HANDLE_CLOSED = 4,
    /** The handle is not from this library. */
    DIALGATE_STATUS_HANDLE_FOREIGN = 5,
    /** The handle stands for something of another kind. */
    DIALGATE_STATUS_HANDLE_KIND = 6,
    /** There are as many handles as there can be. */
    DIALGATE_STATUS_HANDLES_EXHAUSTED = 7,
    /** A text is not UTF-8, too long, or not terminated. */
    DIALGATE_STATUS_TEXT = 8,
    /** A text is no telephone number. */
    DIALGATE_STATUS_NUMBER = 9,
    /** A number stands for nothing: channel, party, line or outcome. */
    DIALGATE_STATUS_CODE = 10,
    /** The instant is not one in microseconds, between the years 2000 and 2200. */
    DIALGATE_STATUS_INSTANT = 11,
    /** `struct_size` is not that of this version's struct, or what is reserved is not zero. */
    DIALGATE_STATUS_STRUCT_SIZE = 12,
    /** More elements than memory can hold. */
    DIALGATE_STATUS_COUNT = 13,
    /** The buffer is too small. */
    DIALGATE_STATUS_BUFFER_TOO_SMALL = 14,
    /** The snapshot was not opened. */
    DIALGATE_STATUS_OPEN = 15,
    /** The snapshot does not know the controller or purpose. */
    DIALGATE_STATUS_PREPARE = 16,
    /** The ledger cannot be opened, read or written. */
    DIALGATE_STATUS_LEDGER = 17,
    /** The gate cannot follow the ledger. */
    DIALGATE_STATUS_ATTACH = 18,
    /** The record was not taken. */
    DIALGATE_STATUS_RECORD_REFUSED = 19,
    /** The end of a reservation was not recorded: the attempt counts as made. */
    DIALGATE_STATUS_SETTLE = 20,
    /** The library has a defect, which did no harm but to this call. */
    DIALGATE_STATUS_PANICKED = 21,
};

/**
 * A decision, in the caller's memory. Its size is fixed; read it with the functions below only.
 *
 * Memory that this library did not write, zeroed memory included, reads as "do not call". It holds no pointer and
 * no handle: copy it, keep it, read it from any thread.
 */
typedef struct dialgate_decision {
    /**
     * Not for reading.
     */
    uint64_t opaque[4];
} dialgate_decision;

/**
 * A gate: an opened snapshot. Zero is none.
 *
 * Thread-safe: any number of threads may use one handle at once, closing included. It belongs to the process and to
 * whatever it forks; `dialgate_close` ends it, and what was prepared from it goes on until it is closed itself.
 */
typedef uint64_t dialgate_gate;

/**
 * An opened ledger. Zero is none.
 *
 * Thread-safe. It belongs to the process that opened it: a forked child opens its own. `dialgate_close` ends it;
 * gates that follow it go on.
 */
typedef uint64_t dialgate_ledger;

/**
 * A prepared question: controller, purpose and channel. Zero is none.
 *
 * Thread-safe: any number of threads may ask through one handle at once. It follows the gate that it was prepared
 * from, closed or not; `dialgate_close` ends it.
 */
typedef uint64_t dialgate_campaign;

/**
 * A number with what is known of the person. Begin with `DIALGATE_LEAD_INIT`.
 *
 * What is given is joined with what the number says; where they differ, the rules and zones of both apply. A
 * region or zone that is not known denies. It is the caller's, and so are its texts: they are read during the call
 * only and may be freed after it. Any number of threads may ask about one at once, while nobody changes it.
 */
typedef struct dialgate_lead {
    /**
     * `sizeof(dialgate_lead)`: another size is refused.
     */
    uint32_t struct_size;
    /**
     * `DIALGATE_PARTY_...`; zero is unknown, the stricter reading.
     */
    uint32_t party;
    /**
     * `DIALGATE_LINE_...`; zero is unknown, the stricter reading.
     */
    uint32_t line;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * E.164 digits without the plus, from `dialgate_number`; zero is no number and denies.
     */
    uint64_t number;
    /**
     * Where the person is (`PL`, `US-FL`), or NULL.
     */
    const char *region;
    /**
     * The person's zone by its IANA name, or NULL.
     */
    const char *time_zone;
} dialgate_lead;

/**
 * An attempt that is on record before it is made. Zero is none.
 *
 * Thread-safe: of several that end it at once one succeeds. `dialgate_commit`, `dialgate_release` and
 * `dialgate_close` end it; unless it is released the attempt counts. A forked child cannot end it.
 */
typedef uint64_t dialgate_reservation;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The name of a verdict, as in files and JSON; empty for a number that has none.
 *
 * Thread-safe. The text belongs to the library and stays.
 */
const char *dialgate_verdict_name(uint32_t verdict);

/**
 * The name of a reason, as in files and JSON; empty for a number that has none.
 *
 * Thread-safe. The text belongs to the library and stays.
 */
const char *dialgate_reason_name(uint32_t reason);

/**
 * The name of an obligation, as in files and JSON; empty for a number that has none.
 *
 * Thread-safe. The text belongs to the library and stays.
 */
const char *dialgate_obligation_name(uint32_t obligation);

/**
 * The name of a legal basis, as in files and JSON; empty for a number that has none.
 *
 * Thread-safe. The text belongs to the library and stays.
 */
const char *dialgate_basis_name(uint32_t basis);

/**
 * The name of a status; empty for a number that has none.
 *
 * Thread-safe. The text belongs to the library and stays.
 */
const char *dialgate_status_name(uint32_t status);

/**
 * The number of the channel with this name, for programs that read it from their configuration; zero: there is none.
 *
 * Thread-safe. `name` may be freed after the call.
 */
uint32_t dialgate_channel(const char *name);

/**
 * What became of the last call on this thread: `DIALGATE_STATUS_...`.
 *
 * Thread-safe: every thread has its own. Does not change it.
 */
uint32_t dialgate_last_status(void);

/**
 * What was wrong with the last call on this thread, where, and what to do; empty when nothing was. Tells no number.
 *
 * Thread-safe: every thread has its own. The text belongs to the library and holds until the next call on this
 * thread.
 */
const char *dialgate_last_error(void);

/**
 * Version of the interface that this library has; compare it with `DIALGATE_ABI_VERSION`, with which the program was
 * compiled.
 *
 * Thread-safe.
 */
uint32_t dialgate_abi_version(void);

/**
 * Version of the library, as in `0.1.0`.
 *
 * Thread-safe. The text belongs to the library and stays.
 */
const char *dialgate_version(void);

/**
 * The digits of a number that is written in international form: `+` or `00`, then digits, among which spaces, dots,
 * hyphens and parentheses may stand. Zero: it is none.
 *
 * Thread-safe. `text` is read only and may be freed after the call.
 */
uint64_t dialgate_number(const char *text);

/**
 * May the contact be made? `DIALGATE_MAY_CALL` or zero.
 *
 * Thread-safe. `decision` is read only; NULL is zero.
 */
uint32_t dialgate_decision_may_call(const struct dialgate_decision *decision);

/**
 * What to do: `DIALGATE_VERDICT_...`; zero is a denial.
 *
 * Thread-safe. `decision` is read only; NULL is a denial.
 */
uint32_t dialgate_decision_verdict(const struct dialgate_decision *decision);

/**
 * The first reason: `DIALGATE_REASON_...`; zero with an allow, and where nothing could be asked (see
 * `dialgate_decision_status`).
 *
 * Thread-safe. `decision` is read only; NULL is zero.
 */
uint32_t dialgate_decision_reason(const struct dialgate_decision *decision);

/**
 * Every reason: bit n stands for the reason with number n.
 *
 * Thread-safe. `decision` is read only; NULL is zero.
 */
uint64_t dialgate_decision_reasons(const struct dialgate_decision *decision);

/**
 * The duties that come with an allow: bit n stands for the obligation with number n.
 *
 * Thread-safe. `decision` is read only; NULL is zero.
 */
uint64_t dialgate_decision_obligations(const struct dialgate_decision *decision);

/**
 * The legal basis that carried an allow: `DIALGATE_BASIS_...`; zero is none.
 *
 * Thread-safe. `decision` is read only; NULL is zero.
 */
uint32_t dialgate_decision_basis(const struct dialgate_decision *decision);

/**
 * With a deferral: the first instant at which the answer is allow, in microseconds since 1970 UTC; else zero.
 *
 * Thread-safe. `decision` is read only; NULL is zero.
 */
int64_t dialgate_decision_retry_at(const struct dialgate_decision *decision);

/**
 * With an allow: the first instant at which it no longer is one, in microseconds since 1970 UTC; zero: nothing that is
 * known ends it.
 *
 * Thread-safe. `decision` is read only; NULL is zero.
 */
int64_t dialgate_decision_valid_until(const struct dialgate_decision *decision);

/**
 * Why there is a denial without a reason: `DIALGATE_STATUS_...`. `DIALGATE_STATUS_OK`: it was decided;
 * `DIALGATE_STATUS_NONE`: the memory was never written.
 *
 * Thread-safe. `decision` is read only; NULL is `DIALGATE_STATUS_NONE`.
 */
uint32_t dialgate_decision_status(const struct dialgate_decision *decision);

/**
 * Opens a snapshot: reads it whole into private memory and verifies it. Zero: it was not opened.
 *
 * `key_file` is NULL unless the snapshot is sealed or has hashed entries, which every snapshot has that is compiled after
 * somebody was erased from its ledger: where there is a ledger give its key file from the first day on. A host that forks its workers opens before
 * the fork, so that they share the memory.
 *
 * Thread-safe. The texts may be freed after the call. The handle is the caller's to close.
 */
dialgate_gate dialgate_open(const char *path,
                            const char *key_file);

/**
 * Puts another snapshot in place of the current one, under running campaigns. Zero: the current one stays.
 *
 * Thread-safe: questions that are being answered finish on the snapshot that they began with. `path` may be freed
 * after the call.
 */
uint32_t dialgate_replace(dialgate_gate gate,
                          const char *path);

/**
 * Opens a ledger that is there. Zero: it was not opened.
 *
 * `key_file` is NULL where the key lies beside the ledger under its usual name (`PATH.key`). A host that forks opens
 * ledgers after the fork.
 *
 * Thread-safe. The texts may be freed after the call. The handle is the caller's to close.
 */
dialgate_ledger dialgate_ledger_open(const char *path,
                                     const char *key_file);

/**
 * Lets a gate, and all campaigns of it, follow a ledger: when this returns, everything that was committed counts.
 * Zero: the gate is as it was.
 *
 * From then on the gate denies (`snapshot_expired`) when it cannot hear of the ledger, and in a forked child.
 *
 * Thread-safe. Starts a thread that ends with the last handle of the gate. Neither handle is taken over.
 */
uint32_t dialgate_attach(dialgate_gate gate,
                         dialgate_ledger ledger);

/**
 * Closes a gate, campaign, ledger or reservation. Zero is allowed and does nothing; a handle that was closed already
 * is refused.
 *
 * Thread-safe: calls that use the handle end first, and what it stood for is freed by the last of them. A
 * reservation that is closed counts as an attempt.
 */
uint32_t dialgate_close(uint64_t handle);

/**
 * Prepares a question. Zero: a name or the channel is not known.
 *
 * `controller` is NULL for the manifest's own; `channel` is one of `DIALGATE_CHANNEL_...`.
 *
 * Thread-safe. The texts may be freed after the call. The handle is the caller's to close.
 */
dialgate_campaign dialgate_prepare(dialgate_gate gate,
                                   const char *controller,
                                   const char *purpose,
                                   uint32_t channel);

/**
 * May this number be contacted now? `DIALGATE_MAY_CALL` or zero.
 *
 * A number that cannot be read is decided as `number_invalid`. `decision` may be NULL.
 *
 * Thread-safe, without locks. `number` may be freed after the call; `decision` is written before it returns.
 */
uint32_t dialgate_check(dialgate_campaign campaign, const char *number, struct dialgate_decision *decision);

/**
 * The same at an instant, in microseconds since 1970 UTC (or `DIALGATE_NOW`), for replays, previews and tests: the
 * age of the snapshot as a whole is not asked.
 *
 * Thread-safe, without locks. `number` may be freed after the call; `decision` is written before it returns.
 */
uint32_t dialgate_check_at(dialgate_campaign campaign,
                           const char *number,
                           int64_t at,
                           struct dialgate_decision *decision);

/**
 * May this lead be contacted at this instant (or `DIALGATE_NOW`)? `DIALGATE_MAY_CALL` or zero.
 *
 * Thread-safe, without locks. `lead` and its texts are read only and may be freed after the call; `decision` may be
 * NULL and is written before it returns.
 */
uint32_t dialgate_check_lead(dialgate_campaign campaign,
                             const struct dialgate_lead *lead,
                             int64_t at,
                             struct dialgate_decision *decision);

/**
 * Answers for many numbers at one instant (or `DIALGATE_NOW`), in their order: how many may be called.
 *
 * `numbers` are E.164 digits from `dialgate_number`; zero and whatever else is no number is decided as
 * `number_invalid`. On any failure all decisions are zero, which is "do not call", and so is the result; a `count` of more
 * decisions than memory can hold is refused, and nothing is written then. Until the call has returned the memory holds
 * nothing to be read. A snapshot that is replaced meanwhile counts from some number on.
 *
 * Thread-safe, without locks or allocation. `numbers` is read only; `decisions` has room for `count` and does not
 * overlap it.
 */
size_t dialgate_screen(dialgate_campaign campaign,
                       const uint64_t *numbers,
                       size_t count,
                       int64_t at,
                       struct dialgate_decision *decisions);

/**
 * Answers for many leads, as `dialgate_screen`. A lead that cannot be read is denied alone, with the status why.
 *
 * Thread-safe, without locks. `leads` and their texts are read only; `decisions` has room for `count` and does not
 * overlap them.
 */
size_t dialgate_screen_leads(dialgate_campaign campaign,
                             const struct dialgate_lead *leads,
                             size_t count,
                             int64_t at,
                             struct dialgate_decision *decisions);

/**
 * Writes why as one JSON object, the same as `dialgate explain --json` prints. The length without the final zero
 * byte; zero: nothing was written but, where there is room, an empty text.
 *
 * `needed`, unless NULL, gets the size that the buffer must have; ask with a NULL buffer of size 0 to learn it
 * (status `buffer_too_small`). It holds the number: treat it as the personal data that it is.
 *
 * Thread-safe. `buffer` has room for `size` bytes; nothing is kept of any argument.
 */
size_t dialgate_explain(dialgate_campaign campaign,
                        const char *number,
                        int64_t at,
                        char *buffer,
                        size_t size,
                        size_t *needed);

/**
 * The same for a lead.
 *
 * Thread-safe. `buffer` has room for `size` bytes; nothing is kept of any argument.
 */
size_t dialgate_explain_lead(dialgate_campaign campaign,
                             const struct dialgate_lead *lead,
                             int64_t at,
                             char *buffer,
                             size_t size,
                             size_t *needed);

/**
 * Appends one record, a JSON object as files of records have it. Durable when it returns, and counted by the next
 * question of every gate in this process that follows this handle. Zero: nothing was acknowledged.
 *
 * A denial that has an unreadable part is taken without it, for all that it may have covered; `dialgate_last_error`
 * then says so although the call succeeded. The same record again succeeds and changes nothing.
 *
 * Thread-safe. `json` may be freed after the call.
 */
uint32_t dialgate_record(dialgate_ledger ledger,
                         const char *json);

/**
 * Decides and, if the answer is an allow, puts the attempt on record in the same step, so that no number of threads
 * and processes exceeds a cap. `DIALGATE_MAY_CALL` or zero; with the former `reservation` gets a handle.
 *
 * The gate must follow a ledger, else the answer is `snapshot_expired`. Without a place for the handle nothing is
 * reserved. `at` is an instant or `DIALGATE_NOW`.
 *
 * Thread-safe. `reservation` must not be NULL and is zero unless the call succeeds; `decision` may be NULL; both are
 * written before it returns. The handle is the caller's to end.
 */
uint32_t dialgate_reserve(dialgate_campaign campaign,
                          const char *number,
                          int64_t at,
                          dialgate_reservation *reservation,
                          struct dialgate_decision *decision);

/**
 * The same for a lead.
 *
 * Thread-safe. As `dialgate_reserve`; `lead` and its texts may be freed after the call.
 */
uint32_t dialgate_reserve_lead(dialgate_campaign campaign,
                               const struct dialgate_lead *lead,
                               int64_t at,
                               dialgate_reservation *reservation,
                               struct dialgate_decision *decision);

/**
 * Records what became of a reserved attempt (`DIALGATE_OUTCOME_...`) and ends the reservation. Durable when it
 * returns. Zero: the attempt counts as made, as not answered; the handle is closed unless `outcome` was wrong.
 *
 * Thread-safe.
 */
uint32_t dialgate_commit(dialgate_reservation reservation,
                         uint32_t outcome);

/**
 * Gives a reserved attempt back: it was not made. Zero: it counts as made; the handle is closed.
 *
 * Thread-safe.
 */
uint32_t dialgate_release(dialgate_reservation reservation);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DIALGATE_H */
