/* What right calls do: answers, batches, leads, explanations, the ledger, reservations, replacement.
 *
 *     behaviour FOLDER
 */
#include "test.h"

static const char *folder;
static struct person people[PEOPLE];

static dialgate_campaign prepare(dialgate_gate gate)
{
    dialgate_campaign campaign = dialgate_prepare(gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    must(campaign != 0, "own-offers");
    return campaign;
}

static void every_person_gets_the_answer_that_is_due(dialgate_campaign campaign, const char *which)
{
    static uint64_t numbers[PEOPLE];
    static dialgate_decision decisions[PEOPLE];
    static dialgate_lead leads[PEOPLE];
    const dialgate_lead init = DIALGATE_LEAD_INIT;
    size_t allowed = 0;
    for (int i = 0; i < PEOPLE; i++) {
        const struct person *person = &people[i];
        dialgate_decision decision;
        uint32_t answer = dialgate_check(campaign, person->number, &decision);
        expect(is_due(person, answer, &decision), which, "now");
        answer = dialgate_check_at(campaign, person->number, now_micros(), &decision);
        expect(is_due(person, answer, &decision), which, "at an instant");
        numbers[i] = dialgate_number(person->number);
        leads[i] = init;
        leads[i].number = numbers[i];
        answer = dialgate_check_lead(campaign, &leads[i], DIALGATE_NOW, &decision);
        expect(is_due(person, answer, &decision), which, "a lead");
        allowed += person->reason[0] == '\0';
    }
    for (int round = 0; round < 4; round++) {
        int64_t at = round % 2 == 0 ? DIALGATE_NOW : now_micros();
        memset(decisions, 0xaa, sizeof decisions);
        size_t found = round < 2 ? dialgate_screen(campaign, numbers, PEOPLE, at, decisions)
                                 : dialgate_screen_leads(campaign, leads, PEOPLE, at, decisions);
        expect(found == allowed, which, "how many of a batch");
        for (int i = 0; i < PEOPLE; i++)
            expect(is_due(&people[i], dialgate_decision_may_call(&decisions[i]), &decisions[i]), which, "in a batch");
    }
}

static void what_a_batch_cannot_read_denies_alone(dialgate_campaign campaign)
{
    uint64_t numbers[3] = {0, dialgate_number(people[0].number), UINT64_MAX};
    dialgate_decision decisions[3];
    expect(dialgate_screen(campaign, numbers, 3, DIALGATE_NOW, decisions) == 1, "one of three", "numbers");
    expect(dialgate_decision_reason(&decisions[0]) == DIALGATE_REASON_NUMBER_INVALID, "zero", "numbers");
    expect(dialgate_decision_may_call(&decisions[1]) == DIALGATE_MAY_CALL, "the good one", "numbers");
    expect(dialgate_decision_reason(&decisions[2]) == DIALGATE_REASON_NUMBER_INVALID, "twenty digits", "numbers");

    const dialgate_lead init = DIALGATE_LEAD_INIT;
    dialgate_lead leads[3] = {init, init, init};
    for (int i = 0; i < 3; i++)
        leads[i].number = numbers[1];
    leads[0].struct_size = 8;
    leads[2].party = 77;
    expect(dialgate_screen_leads(campaign, leads, 3, DIALGATE_NOW, decisions) == 1, "one of three", "leads");
    expect(dialgate_decision_status(&decisions[0]) == DIALGATE_STATUS_STRUCT_SIZE, "another size", "leads");
    expect(dialgate_decision_may_call(&decisions[1]) == DIALGATE_MAY_CALL, "the good one", "leads");
    expect(dialgate_decision_status(&decisions[2]) == DIALGATE_STATUS_CODE, "no party", "leads");
}

static void facts_that_are_not_known_deny(dialgate_campaign campaign)
{
    dialgate_lead lead = DIALGATE_LEAD_INIT;
    dialgate_decision decision;
    lead.number = dialgate_number(people[0].number);
    lead.region = "PL";
    lead.time_zone = "Europe/Warsaw";
    lead.party = DIALGATE_PARTY_INDIVIDUAL;
    lead.line = DIALGATE_LINE_FIXED;
    expect(dialgate_check_lead(campaign, &lead, DIALGATE_NOW, &decision) == DIALGATE_MAY_CALL, "all facts", "a lead");
    lead.region = "Atlantis";
    expect(dialgate_check_lead(campaign, &lead, DIALGATE_NOW, &decision) == 0, "no such region", "a lead");
    expect(dialgate_decision_reason(&decision) == DIALGATE_REASON_JURISDICTION_UNKNOWN, "no such region", "reason");
}

static void an_explanation_is_whole_or_empty(dialgate_campaign campaign)
{
    size_t needed = 0;
    expect(dialgate_explain(campaign, people[1].number, DIALGATE_NOW, NULL, 0, &needed) == 0, "its size", "explain");
    expect(dialgate_last_status() == DIALGATE_STATUS_BUFFER_TOO_SMALL && needed > 100, "its size", "explain");
    int64_t at = now_micros();
    dialgate_explain(campaign, people[1].number, at, NULL, 0, &needed);
    char *buffer = malloc(needed);
    must(buffer != NULL, "memory");
    expect(dialgate_explain(campaign, people[1].number, at, buffer, needed - 1, NULL) == 0, "one byte less", "explain");
    expect(buffer[0] == '\0', "one byte less", "is empty");
    expect(dialgate_explain(campaign, people[1].number, at, buffer, needed, NULL) == needed - 1, "it fits", "explain");
    expect(strlen(buffer) == needed - 1 && buffer[0] == '{' && buffer[needed - 2] == '}', "it fits", "an object");
    expect(strstr(buffer, "\"verdict\":\"deny\"") != NULL && strstr(buffer, "\"withdrawn\"") != NULL, "says why", "explain");
    expect(strstr(buffer, people[1].number) != NULL, "of whom", "explain");
    free(buffer);
}

static void record(dialgate_ledger ledger, const char *kind, const char *number, const char *more)
{
    char json[256], when[32];
    time_t now = time(NULL);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    snprintf(json, sizeof json, "{\"type\":\"%s\",\"number\":\"%s\",\"at\":\"%s\",\"controller\":\"acme\"%s}", kind,
             number, when, more);
    expect(dialgate_record(ledger, json) == DIALGATE_DONE, kind, "recorded");
    expect(dialgate_last_error()[0] == '\0' || more[0] != '\0', kind, "without a remark");
}

static void what_is_recorded_counts_at_once(dialgate_gate gate, dialgate_ledger ledger, dialgate_campaign campaign)
{
    const char *number = "+48223000900";
    dialgate_decision decision;
    expect(dialgate_check(campaign, number, &decision) == DIALGATE_MAY_CALL, "before", "a withdrawal");
    record(ledger, "withdrawal", number, "");
    expect(dialgate_check(campaign, number, &decision) == 0, "after", "a withdrawal");
    expect(dialgate_decision_reason(&decision) == DIALGATE_REASON_WITHDRAWN, "reason", "a withdrawal");
    /* A part that cannot be read widens a denial, and is said. */
    record(ledger, "withdrawal", "+48223000902", ",\"channels\":[\"telepathy\"]");
    expect(dialgate_last_error()[0] != '\0', "a remark", "a denial with an unreadable part");
    expect(dialgate_check(campaign, "+48223000902", NULL) == 0, "denies", "a denial with an unreadable part");
    /* A new snapshot does not forget it. */
    expect(dialgate_replace(gate, in(folder, "calls.gate")) == DIALGATE_DONE, "replaced", "a withdrawal");
    expect(dialgate_check(campaign, number, NULL) == 0, "after a replacement", "a withdrawal");
    /* A snapshot of another ledger, or of none, does not come in. */
    expect(dialgate_replace(gate, in(folder, "large.gate")) == 0, "of no ledger", "replace");
    expect(dialgate_last_status() == DIALGATE_STATUS_OPEN, "of no ledger", "replace");
}

static void caps_hold_for_reservations(dialgate_campaign campaign)
{
    const char *number = "+48223000904";
    dialgate_reservation all[4];
    dialgate_decision decision;
    for (int i = 0; i < 3; i++) {
        expect(dialgate_reserve(campaign, number, DIALGATE_NOW, &all[i], &decision) == DIALGATE_MAY_CALL, "one of three", "reserve");
        expect(all[i] != 0 && dialgate_decision_may_call(&decision) == DIALGATE_MAY_CALL, "one of three", "reserve");
    }
    expect(dialgate_reserve(campaign, number, DIALGATE_NOW, &all[3], &decision) == 0, "the fourth", "reserve");
    expect(all[3] == 0 && dialgate_decision_reason(&decision) == DIALGATE_REASON_ATTEMPT_CAP, "the fourth", "reason");
    expect(dialgate_decision_verdict(&decision) == DIALGATE_VERDICT_DEFER, "the fourth", "verdict");
    expect(dialgate_decision_may_call(&decision) == 0, "a deferral is no", "verdict");
    expect(dialgate_decision_retry_at(&decision) > now_micros(), "the fourth", "retry_at");
    expect(dialgate_release(all[0]) == DIALGATE_DONE, "released", "reserve");
    expect(dialgate_release(all[0]) == 0 && dialgate_last_status() == DIALGATE_STATUS_HANDLE_CLOSED, "twice", "release");
    expect(dialgate_check(campaign, number, NULL) == DIALGATE_MAY_CALL, "given back", "reserve");
    expect(dialgate_commit(all[1], DIALGATE_OUTCOME_NO_ANSWER) == DIALGATE_DONE, "committed", "reserve");
    expect(dialgate_commit(all[1], DIALGATE_OUTCOME_NO_ANSWER) == 0, "twice", "commit");
    /* Closed without an end it counts. */
    expect(dialgate_close(all[2]) == DIALGATE_DONE, "closed", "reserve");
    dialgate_lead lead = DIALGATE_LEAD_INIT;
    lead.number = dialgate_number(number);
    expect(dialgate_reserve_lead(campaign, &lead, now_micros(), &all[0], &decision) == DIALGATE_MAY_CALL, "a lead", "reserve");
    expect(dialgate_check(campaign, number, NULL) == 0, "the cap is reached", "reserve");
    expect(dialgate_commit(all[0], DIALGATE_OUTCOME_ANSWERED) == DIALGATE_DONE, "committed", "a lead");
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    read_people(folder, people);
    expect(dialgate_abi_version() == DIALGATE_ABI_VERSION, "abi", "version");
    expect(dialgate_version()[0] != '\0', "library", "version");
    expect(sizeof(dialgate_decision) == 32 && sizeof(dialgate_gate) == 8, "sizes", "abi");
    expect(sizeof(void *) != 8 || sizeof(dialgate_lead) == 40, "sizes", "abi");
    expect(dialgate_channel("sms") == DIALGATE_CHANNEL_SMS, "sms", "channel");
    expect(strcmp(dialgate_obligation_name(DIALGATE_OBLIGATION_PRIVACY_NOTICE), "privacy_notice") == 0, "names", "words");
    expect(strcmp(dialgate_basis_name(DIALGATE_BASIS_CONSENT), "consent") == 0, "names", "words");

    dialgate_gate gate = dialgate_open(in(folder, "calls.gate"), NULL);
    must(gate != 0, "calls.gate");
    dialgate_campaign campaign = prepare(gate);
    every_person_gets_the_answer_that_is_due(campaign, "open");
    what_a_batch_cannot_read_denies_alone(campaign);
    facts_that_are_not_known_deny(campaign);
    an_explanation_is_whole_or_empty(campaign);
    dialgate_campaign beta = dialgate_prepare(gate, "beta", "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    dialgate_decision decision;
    expect(dialgate_check(beta, people[0].number, &decision) == 0, "another controller", "beta");
    expect(dialgate_decision_reason(&decision) == DIALGATE_REASON_CONSENT_MISSING, "another controller", "beta");
    dialgate_close(beta);

    dialgate_reservation reservation;
    expect(dialgate_reserve(campaign, people[0].number, DIALGATE_NOW, &reservation, &decision) == 0, "no ledger", "reserve");
    expect(dialgate_decision_reason(&decision) == DIALGATE_REASON_SNAPSHOT_EXPIRED, "no ledger", "reserve");

    expect(dialgate_check(campaign, people[0].number, NULL) == DIALGATE_MAY_CALL, "before", "replace");
    expect(dialgate_replace(gate, in(folder, "next.gate")) == DIALGATE_DONE, "done", "replace");
    expect(dialgate_check(campaign, people[0].number, &decision) == 0, "after", "replace");
    expect(strcmp(reason_of(&decision), "opted_out") == 0, "after", "replace");
    expect(dialgate_replace(gate, in(folder, "own.txt")) == 0, "no snapshot", "replace");
    expect(dialgate_check(campaign, people[2].number, NULL) == DIALGATE_MAY_CALL, "the current one stays", "replace");
    expect(dialgate_close(gate) == DIALGATE_DONE, "closed", "gate");
    expect(dialgate_check(campaign, people[2].number, NULL) == DIALGATE_MAY_CALL, "its campaign goes on", "gate");
    expect(dialgate_close(campaign) == DIALGATE_DONE, "closed", "campaign");

    gate = dialgate_open(in(folder, "sealed.gate"), in(folder, "acme.key"));
    must(gate != 0, "sealed.gate");
    campaign = prepare(gate);
    every_person_gets_the_answer_that_is_due(campaign, "sealed");
    dialgate_close(campaign);
    dialgate_close(gate);

    gate = dialgate_open(in(folder, "calls.gate"), NULL);
    dialgate_ledger ledger = dialgate_ledger_open(in(folder, "acme.ledger"), NULL);
    must(gate != 0 && ledger != 0, "calls.gate and acme.ledger");
    must(dialgate_attach(gate, ledger) == DIALGATE_DONE, "attach");
    campaign = prepare(gate);
    what_is_recorded_counts_at_once(gate, ledger, campaign);
    caps_hold_for_reservations(campaign);
    dialgate_close(ledger);
    expect(dialgate_check(campaign, people[2].number, NULL) == DIALGATE_MAY_CALL, "the gate still follows it", "ledger");
    dialgate_close(gate);
    dialgate_close(campaign);
    /* The thread that followed the ledger ends within a moment of the last handle. */
    struct timespec moment = {0, 200000000};
    nanosleep(&moment, NULL);
    return finish("behaviour");
}
