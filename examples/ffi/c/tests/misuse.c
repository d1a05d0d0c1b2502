/* Every way to call the library wrongly that its authors could think of: what it returns, what status it leaves, and
 * what the decision then says. With PROVOKE defined every row, and every right call, is run once more with a panic
 * inside.
 *
 *     misuse FOLDER
 */
#include "test.h"

#ifdef PROVOKE
void dialgate_provoke_panic(void);
#endif

static const char *folder;
static dialgate_gate gate, closed_gate;
static dialgate_campaign campaign, closed_campaign;
static dialgate_ledger ledger, closed_ledger;
static dialgate_reservation reservation, closed_reservation, out_reservation;
static int64_t at;
static char endless[70000];
static char buffer[65536];
static size_t needed;
static dialgate_lead lead, lead_size, lead_reserved, lead_party, lead_line, lead_region, lead_zone, lead_number;
static dialgate_decision zeroed, garbage;
static uint64_t one_number[1] = {UINT64_C(48223000000)};

#define GOOD "+48223000000"
#define BAD_UTF8 "\xff\xfe"
/* A generation that is still to come, in a slot that is taken. */
#define FUTURE(handle) ((handle) + (UINT64_C(1) << 30))
#define CUT(handle) ((handle) & UINT64_C(0xffffffff))

/* Is the decision looked at? */
enum { IGNORED, DECIDED };

/* name, call, status, is a decision written, its reason */
#define MISUSES(ROW) \
    ROW(number_null, dialgate_number(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(number_empty, dialgate_number(""), NUMBER, IGNORED, 0) \
    ROW(number_national, dialgate_number("223000000"), NUMBER, IGNORED, 0) \
    ROW(number_letters, dialgate_number("+48abc"), NUMBER, IGNORED, 0) \
    ROW(number_utf8, dialgate_number(BAD_UTF8), NUMBER, IGNORED, 0) \
    ROW(number_endless, dialgate_number(endless), NUMBER, IGNORED, 0) \
    ROW(number_16_digits, dialgate_number("+1234567890123456"), NUMBER, IGNORED, 0) \
    ROW(open_null, dialgate_open(NULL, NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(open_empty, dialgate_open("", NULL), OPEN, IGNORED, 0) \
    ROW(open_missing, dialgate_open("/nonexistent.gate", NULL), OPEN, IGNORED, 0) \
    ROW(open_folder, dialgate_open(folder, NULL), OPEN, IGNORED, 0) \
    ROW(open_no_snapshot, dialgate_open(in(folder, "expected.csv"), NULL), OPEN, IGNORED, 0) \
    ROW(open_utf8, dialgate_open(BAD_UTF8, NULL), TEXT, IGNORED, 0) \
    ROW(open_endless, dialgate_open(endless, NULL), TEXT, IGNORED, 0) \
    ROW(open_sealed_without_key, dialgate_open(in(folder, "sealed.gate"), NULL), OPEN, IGNORED, 0) \
    ROW(open_other_key, dialgate_open(in(folder, "sealed.gate"), in(folder, "acme.ledger.key")), OPEN, IGNORED, 0) \
    ROW(open_missing_key, dialgate_open(in(folder, "calls.gate"), "/nonexistent.key"), OPEN, IGNORED, 0) \
    ROW(replace_zero, dialgate_replace(0, in(folder, "next.gate")), HANDLE_ZERO, IGNORED, 0) \
    ROW(replace_closed, dialgate_replace(closed_gate, in(folder, "next.gate")), HANDLE_CLOSED, IGNORED, 0) \
    ROW(replace_kind, dialgate_replace(campaign, in(folder, "next.gate")), HANDLE_KIND, IGNORED, 0) \
    ROW(replace_null, dialgate_replace(gate, NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(replace_missing, dialgate_replace(gate, "/nonexistent.gate"), OPEN, IGNORED, 0) \
    ROW(replace_no_snapshot, dialgate_replace(gate, in(folder, "house.toml")), OPEN, IGNORED, 0) \
    ROW(ledger_null, dialgate_ledger_open(NULL, NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(ledger_missing, dialgate_ledger_open("/nonexistent.ledger", NULL), LEDGER, IGNORED, 0) \
    ROW(ledger_no_ledger, dialgate_ledger_open(in(folder, "calls.gate"), in(folder, "acme.key")), LEDGER, IGNORED, 0) \
    ROW(ledger_other_key, dialgate_ledger_open(in(folder, "acme.ledger"), in(folder, "acme.key")), LEDGER, IGNORED, 0) \
    ROW(attach_zero, dialgate_attach(0, ledger), HANDLE_ZERO, IGNORED, 0) \
    ROW(attach_zero_ledger, dialgate_attach(gate, 0), HANDLE_ZERO, IGNORED, 0) \
    ROW(attach_closed, dialgate_attach(closed_gate, ledger), HANDLE_CLOSED, IGNORED, 0) \
    ROW(attach_closed_ledger, dialgate_attach(gate, closed_ledger), HANDLE_CLOSED, IGNORED, 0) \
    ROW(attach_swapped, dialgate_attach(ledger, gate), HANDLE_KIND, IGNORED, 0) \
    ROW(close_closed, dialgate_close(closed_gate), HANDLE_CLOSED, IGNORED, 0) \
    ROW(close_foreign, dialgate_close(UINT64_C(0xdeadbeef)), HANDLE_FOREIGN, IGNORED, 0) \
    ROW(close_all_bits, dialgate_close(UINT64_MAX), HANDLE_FOREIGN, IGNORED, 0) \
    ROW(close_future, dialgate_close(FUTURE(gate)), HANDLE_FOREIGN, IGNORED, 0) \
    ROW(close_cut, dialgate_close(CUT(gate)), HANDLE_FOREIGN, IGNORED, 0) \
    ROW(prepare_zero, dialgate_prepare(0, NULL, "own-offers", 1), HANDLE_ZERO, IGNORED, 0) \
    ROW(prepare_closed, dialgate_prepare(closed_gate, NULL, "own-offers", 1), HANDLE_CLOSED, IGNORED, 0) \
    ROW(prepare_kind, dialgate_prepare(ledger, NULL, "own-offers", 1), HANDLE_KIND, IGNORED, 0) \
    ROW(prepare_null, dialgate_prepare(gate, NULL, NULL, 1), NULL_ARGUMENT, IGNORED, 0) \
    ROW(prepare_purpose, dialgate_prepare(gate, NULL, "no-such", 1), PREPARE, IGNORED, 0) \
    ROW(prepare_empty, dialgate_prepare(gate, NULL, "", 1), PREPARE, IGNORED, 0) \
    ROW(prepare_controller, dialgate_prepare(gate, "nobody", "own-offers", 1), PREPARE, IGNORED, 0) \
    ROW(prepare_utf8, dialgate_prepare(gate, BAD_UTF8, "own-offers", 1), TEXT, IGNORED, 0) \
    ROW(prepare_channel_0, dialgate_prepare(gate, NULL, "own-offers", 0), CODE, IGNORED, 0) \
    ROW(prepare_channel_9, dialgate_prepare(gate, NULL, "own-offers", 9), CODE, IGNORED, 0) \
    ROW(prepare_channel_257, dialgate_prepare(gate, NULL, "own-offers", 257), CODE, IGNORED, 0) \
    ROW(check_zero, dialgate_check(0, GOOD, d), HANDLE_ZERO, DECIDED, 0) \
    ROW(check_closed, dialgate_check(closed_campaign, GOOD, d), HANDLE_CLOSED, DECIDED, 0) \
    ROW(check_foreign, dialgate_check(UINT64_C(0x1234567812345678), GOOD, d), HANDLE_FOREIGN, DECIDED, 0) \
    ROW(check_future, dialgate_check(FUTURE(campaign), GOOD, d), HANDLE_FOREIGN, DECIDED, 0) \
    ROW(check_cut, dialgate_check(CUT(campaign), GOOD, d), HANDLE_FOREIGN, DECIDED, 0) \
    ROW(check_kind, dialgate_check(gate, GOOD, d), HANDLE_KIND, DECIDED, 0) \
    ROW(check_null, dialgate_check(campaign, NULL, d), NULL_ARGUMENT, DECIDED, 0) \
    ROW(check_nothing, dialgate_check(0, NULL, NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(check_empty, dialgate_check(campaign, "", d), OK, DECIDED, DIALGATE_REASON_NUMBER_INVALID) \
    ROW(check_national, dialgate_check(campaign, "223000000", d), OK, DECIDED, DIALGATE_REASON_NUMBER_INVALID) \
    ROW(check_utf8, dialgate_check(campaign, BAD_UTF8, d), OK, DECIDED, DIALGATE_REASON_NUMBER_INVALID) \
    ROW(check_endless, dialgate_check(campaign, endless, d), OK, DECIDED, DIALGATE_REASON_NUMBER_INVALID) \
    ROW(check_emergency, dialgate_check(campaign, "+112", d), OK, DECIDED, DIALGATE_REASON_NUMBER_INVALID) \
    ROW(check_no_out, dialgate_check(closed_campaign, GOOD, NULL), HANDLE_CLOSED, IGNORED, 0) \
    ROW(check_at_zero, dialgate_check_at(0, GOOD, at, d), HANDLE_ZERO, DECIDED, 0) \
    ROW(check_at_1970, dialgate_check_at(campaign, GOOD, 0, d), INSTANT, DECIDED, 0) \
    ROW(check_at_seconds, dialgate_check_at(campaign, GOOD, at / 1000000, d), INSTANT, DECIDED, 0) \
    ROW(check_at_millis, dialgate_check_at(campaign, GOOD, at / 1000, d), INSTANT, DECIDED, 0) \
    ROW(check_at_nanos, dialgate_check_at(campaign, GOOD, at * 1000, d), INSTANT, DECIDED, 0) \
    ROW(check_at_negative, dialgate_check_at(campaign, GOOD, -1, d), INSTANT, DECIDED, 0) \
    ROW(check_at_last, dialgate_check_at(campaign, GOOD, INT64_MAX, d), INSTANT, DECIDED, 0) \
    ROW(lead_closed, dialgate_check_lead(closed_campaign, &lead, at, d), HANDLE_CLOSED, DECIDED, 0) \
    ROW(lead_null, dialgate_check_lead(campaign, NULL, at, d), NULL_ARGUMENT, DECIDED, 0) \
    ROW(lead_struct_size, dialgate_check_lead(campaign, &lead_size, at, d), STRUCT_SIZE, DECIDED, 0) \
    ROW(lead_is_reserved, dialgate_check_lead(campaign, &lead_reserved, at, d), STRUCT_SIZE, DECIDED, 0) \
    ROW(lead_bad_party, dialgate_check_lead(campaign, &lead_party, at, d), CODE, DECIDED, 0) \
    ROW(lead_bad_line, dialgate_check_lead(campaign, &lead_line, at, d), CODE, DECIDED, 0) \
    ROW(lead_utf8, dialgate_check_lead(campaign, &lead_region, at, d), TEXT, DECIDED, 0) \
    ROW(lead_endless, dialgate_check_lead(campaign, &lead_zone, at, d), TEXT, DECIDED, 0) \
    ROW(lead_no_number, dialgate_check_lead(campaign, &lead_number, at, d), OK, DECIDED, DIALGATE_REASON_NUMBER_INVALID) \
    ROW(lead_1970, dialgate_check_lead(campaign, &lead, 0, d), INSTANT, DECIDED, 0) \
    ROW(screen_zero, dialgate_screen(0, one_number, 1, at, d), HANDLE_ZERO, IGNORED, 0) \
    ROW(screen_closed, dialgate_screen(closed_campaign, one_number, 1, at, d), HANDLE_CLOSED, IGNORED, 0) \
    ROW(screen_null, dialgate_screen(campaign, NULL, 1, at, d), NULL_ARGUMENT, IGNORED, 0) \
    ROW(screen_no_out, dialgate_screen(campaign, one_number, 1, at, NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(screen_1970, dialgate_screen(campaign, one_number, 1, 0, d), INSTANT, IGNORED, 0) \
    ROW(screen_too_many, dialgate_screen(campaign, one_number, SIZE_MAX, at, NULL), COUNT, IGNORED, 0) \
    ROW(screen_overflow, dialgate_screen(campaign, one_number, SIZE_MAX / 32 + 2, at, NULL), COUNT, IGNORED, 0) \
    ROW(screen_nothing, dialgate_screen(campaign, NULL, 0, at, NULL), OK, IGNORED, 0) \
    ROW(leads_zero, dialgate_screen_leads(0, &lead, 1, at, d), HANDLE_ZERO, IGNORED, 0) \
    ROW(leads_null, dialgate_screen_leads(campaign, NULL, 1, at, d), NULL_ARGUMENT, IGNORED, 0) \
    ROW(leads_1970, dialgate_screen_leads(campaign, &lead, 1, 0, d), INSTANT, IGNORED, 0) \
    ROW(leads_too_many, dialgate_screen_leads(campaign, &lead, SIZE_MAX, at, NULL), COUNT, IGNORED, 0) \
    ROW(explain_zero, dialgate_explain(0, GOOD, at, buffer, sizeof buffer, &needed), HANDLE_ZERO, IGNORED, 0) \
    ROW(explain_closed, dialgate_explain(closed_campaign, GOOD, at, buffer, sizeof buffer, NULL), HANDLE_CLOSED, IGNORED, 0) \
    ROW(explain_null, dialgate_explain(campaign, NULL, at, buffer, sizeof buffer, &needed), NULL_ARGUMENT, IGNORED, 0) \
    ROW(explain_number, dialgate_explain(campaign, "x", at, buffer, sizeof buffer, &needed), NUMBER, IGNORED, 0) \
    ROW(explain_no_buffer, dialgate_explain(campaign, GOOD, at, NULL, 0, NULL), BUFFER_TOO_SMALL, IGNORED, 0) \
    ROW(explain_small, dialgate_explain(campaign, GOOD, at, buffer, 10, &needed), BUFFER_TOO_SMALL, IGNORED, 0) \
    ROW(explain_1970, dialgate_explain(campaign, GOOD, 0, buffer, sizeof buffer, &needed), INSTANT, IGNORED, 0) \
    ROW(explain_lead_null, dialgate_explain_lead(campaign, NULL, at, buffer, sizeof buffer, &needed), NULL_ARGUMENT, IGNORED, 0) \
    ROW(explain_lead_size, dialgate_explain_lead(campaign, &lead_size, at, buffer, sizeof buffer, &needed), STRUCT_SIZE, IGNORED, 0) \
    ROW(record_zero, dialgate_record(0, "{}"), HANDLE_ZERO, IGNORED, 0) \
    ROW(record_closed, dialgate_record(closed_ledger, "{}"), HANDLE_CLOSED, IGNORED, 0) \
    ROW(record_kind, dialgate_record(gate, "{}"), HANDLE_KIND, IGNORED, 0) \
    ROW(record_null, dialgate_record(ledger, NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(record_empty, dialgate_record(ledger, ""), RECORD_REFUSED, IGNORED, 0) \
    ROW(record_object, dialgate_record(ledger, "{}"), RECORD_REFUSED, IGNORED, 0) \
    ROW(record_utf8, dialgate_record(ledger, BAD_UTF8), TEXT, IGNORED, 0) \
    ROW(record_endless, dialgate_record(ledger, endless), TEXT, IGNORED, 0) \
    ROW(reserve_zero, dialgate_reserve(0, GOOD, at, &out_reservation, d), HANDLE_ZERO, DECIDED, 0) \
    ROW(reserve_closed, dialgate_reserve(closed_campaign, GOOD, at, &out_reservation, d), HANDLE_CLOSED, DECIDED, 0) \
    ROW(reserve_null, dialgate_reserve(campaign, NULL, at, &out_reservation, d), NULL_ARGUMENT, DECIDED, 0) \
    ROW(reserve_no_place, dialgate_reserve(campaign, GOOD, at, NULL, d), NULL_ARGUMENT, DECIDED, 0) \
    ROW(reserve_1970, dialgate_reserve(campaign, GOOD, 0, &out_reservation, d), INSTANT, DECIDED, 0) \
    ROW(reserve_number, dialgate_reserve(campaign, "x", at, &out_reservation, d), OK, DECIDED, DIALGATE_REASON_NUMBER_INVALID) \
    ROW(reserve_withdrawn, dialgate_reserve(campaign, "+48223000001", at, &out_reservation, d), OK, DECIDED, DIALGATE_REASON_WITHDRAWN) \
    ROW(reserve_lead_null, dialgate_reserve_lead(campaign, NULL, at, &out_reservation, d), NULL_ARGUMENT, DECIDED, 0) \
    ROW(reserve_lead_size, dialgate_reserve_lead(campaign, &lead_size, at, &out_reservation, d), STRUCT_SIZE, DECIDED, 0) \
    ROW(commit_zero, dialgate_commit(0, DIALGATE_OUTCOME_ANSWERED), HANDLE_ZERO, IGNORED, 0) \
    ROW(commit_closed, dialgate_commit(closed_reservation, DIALGATE_OUTCOME_ANSWERED), HANDLE_CLOSED, IGNORED, 0) \
    ROW(commit_kind, dialgate_commit(campaign, DIALGATE_OUTCOME_ANSWERED), HANDLE_KIND, IGNORED, 0) \
    ROW(commit_outcome_0, dialgate_commit(reservation, 0), CODE, IGNORED, 0) \
    ROW(commit_outcome_5, dialgate_commit(reservation, 5), CODE, IGNORED, 0) \
    ROW(release_zero, dialgate_release(0), HANDLE_ZERO, IGNORED, 0) \
    ROW(release_closed, dialgate_release(closed_reservation), HANDLE_CLOSED, IGNORED, 0) \
    ROW(release_kind, dialgate_release(ledger), HANDLE_KIND, IGNORED, 0) \
    ROW(channel_null, dialgate_channel(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(channel_unknown, dialgate_channel("telepathy"), CODE, IGNORED, 0) \
    ROW(verdict_name_4, (uint64_t)dialgate_verdict_name(4)[0], CODE, IGNORED, 0) \
    ROW(reason_name_0, (uint64_t)dialgate_reason_name(0)[0], CODE, IGNORED, 0) \
    ROW(obligation_name_99, (uint64_t)dialgate_obligation_name(99)[0], CODE, IGNORED, 0) \
    ROW(basis_name_0, (uint64_t)dialgate_basis_name(0)[0], CODE, IGNORED, 0) \
    ROW(status_name_99, (uint64_t)dialgate_status_name(99)[0], CODE, IGNORED, 0) \
    ROW(may_call_null, dialgate_decision_may_call(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(may_call_zeroed, dialgate_decision_may_call(&zeroed), NONE, IGNORED, 0) \
    ROW(may_call_garbage, dialgate_decision_may_call(&garbage), NONE, IGNORED, 0) \
    ROW(verdict_null, dialgate_decision_verdict(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(verdict_zeroed, dialgate_decision_verdict(&zeroed), NONE, IGNORED, 0) \
    ROW(verdict_garbage, dialgate_decision_verdict(&garbage), NONE, IGNORED, 0) \
    ROW(reason_null, dialgate_decision_reason(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(reasons_null, dialgate_decision_reasons(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(obligations_null, dialgate_decision_obligations(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(basis_null, dialgate_decision_basis(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(retry_at_null, (uint64_t)dialgate_decision_retry_at(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(valid_until_null, (uint64_t)dialgate_decision_valid_until(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(status_null, dialgate_decision_status(NULL), NULL_ARGUMENT, IGNORED, 0) \
    ROW(status_zeroed, dialgate_decision_status(&zeroed), NONE, IGNORED, 0)

/* Right calls, to see that they do not deny for another reason, and for the panics. */
#define RIGHT(ROW) \
    ROW(right_number, dialgate_number(GOOD), OK, IGNORED, 0) \
    ROW(right_check, dialgate_check(campaign, GOOD, d), OK, DECIDED, 0) \
    ROW(right_check_at, dialgate_check_at(campaign, GOOD, at, d), OK, DECIDED, 0) \
    ROW(right_check_now, dialgate_check_at(campaign, GOOD, DIALGATE_NOW, d), OK, DECIDED, 0) \
    ROW(right_check_no_out, dialgate_check(campaign, GOOD, NULL), OK, IGNORED, 0) \
    ROW(right_lead, dialgate_check_lead(campaign, &lead, at, d), OK, DECIDED, 0) \
    ROW(right_screen, dialgate_screen(campaign, one_number, 1, at, d), OK, DECIDED, 0) \
    ROW(right_screen_now, dialgate_screen(campaign, one_number, 1, DIALGATE_NOW, d), OK, DECIDED, 0) \
    ROW(right_leads, dialgate_screen_leads(campaign, &lead, 1, at, d), OK, DECIDED, 0) \
    ROW(right_explain, dialgate_explain(campaign, GOOD, at, buffer, sizeof buffer, &needed), OK, IGNORED, 0) \
    ROW(right_explain_lead, dialgate_explain_lead(campaign, &lead, at, buffer, sizeof buffer, &needed), OK, IGNORED, 0) \
    ROW(right_replace, dialgate_replace(gate, in(folder, "calls.gate")), OK, IGNORED, 0) \
    ROW(right_attach, dialgate_attach(gate, ledger), OK, IGNORED, 0) \
    ROW(right_channel, dialgate_channel("manual_call"), OK, IGNORED, 0) \
    ROW(right_verdict_name, (uint64_t)dialgate_verdict_name(3)[0], OK, IGNORED, 0) \
    ROW(right_close_zero, dialgate_close(0), OK, IGNORED, 0)

#define FUNCTION(name, call, status, decided, reason) \
    static uint64_t name(dialgate_decision *d) { (void)d; return (uint64_t)(call); }
MISUSES(FUNCTION)
RIGHT(FUNCTION)

struct row {
    const char *name;
    uint64_t (*call)(dialgate_decision *);
    uint32_t status;
    int decided;
    uint32_t reason;
};

#define ENTRY(name, call, status, decided, reason) {#name, name, DIALGATE_STATUS_##status, decided, reason},
static const struct row misuses[] = {MISUSES(ENTRY)};
static const struct row right[] = {RIGHT(ENTRY)};

static void run(const struct row *row, int is_right)
{
    dialgate_decision decision;
    memset(&decision, 0xaa, sizeof decision);
    out_reservation = UINT64_C(0xaaaaaaaaaaaaaaaa);
    strcpy(buffer, "before");
    uint64_t result = row->call(&decision);
    uint32_t status = dialgate_last_status();
    int says_why = dialgate_last_error()[0] != '\0';
    expect((result != 0) == is_right, row->name, "result");
    expect(status == row->status, row->name, "status");
    expect(says_why == (row->status != DIALGATE_STATUS_OK), row->name, "message");
    if (row->decided == DECIDED) {
        expect(dialgate_decision_may_call(&decision) == (is_right ? DIALGATE_MAY_CALL : 0), row->name, "may call");
        expect((dialgate_decision_verdict(&decision) == DIALGATE_VERDICT_ALLOW) == is_right, row->name, "verdict");
        expect(dialgate_decision_status(&decision) == row->status, row->name, "the decision's status");
        expect(dialgate_decision_reason(&decision) == row->reason, row->name, "reason");
    } else {
        expect(dialgate_decision_may_call(&decision) == 0, row->name, "nothing was decided");
    }
    if (strncmp(row->name, "reserve", 7) == 0 && strcmp(row->name, "reserve_no_place") != 0)
        expect(out_reservation == 0, row->name, "a handle was left");
    if (strncmp(row->name, "explain", 7) == 0 && strcmp(row->name, "explain_no_buffer") != 0)
        expect(buffer[0] == '\0', row->name, "the buffer is empty");
}

#ifdef PROVOKE
static void run_with_a_panic(const struct row *row)
{
    dialgate_decision decision;
    memset(&decision, 0xaa, sizeof decision);
    dialgate_provoke_panic();
    uint64_t result = row->call(&decision);
    uint32_t status = dialgate_last_status();
    expect(result == 0, row->name, "result of a panic");
    expect(status == DIALGATE_STATUS_PANICKED || status == row->status, row->name, "status of a panic");
    expect(dialgate_decision_may_call(&decision) == 0, row->name, "decision of a panic");
    if (row->decided == DECIDED && status == DIALGATE_STATUS_PANICKED) {
        uint32_t said = dialgate_decision_status(&decision);
        expect(said == DIALGATE_STATUS_PANICKED || said == DIALGATE_STATUS_NONE, row->name, "decision of a panic");
    }
}
#endif

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    at = now_micros();
    memset(endless, '1', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    memset(&garbage, 0xaa, sizeof garbage);

    gate = dialgate_open(in(folder, "calls.gate"), NULL);
    must(gate != 0, "calls.gate");
    ledger = dialgate_ledger_open(in(folder, "acme.ledger"), NULL);
    must(ledger != 0, "acme.ledger");
    must(dialgate_attach(gate, ledger) == DIALGATE_DONE, "attach");
    campaign = dialgate_prepare(gate, "acme", "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    must(campaign != 0, "the campaign");
    must(dialgate_reserve(campaign, "+48223000998", at, &reservation, NULL) == DIALGATE_MAY_CALL, "reserve");
    closed_gate = dialgate_open(in(folder, "calls.gate"), NULL);
    closed_campaign = dialgate_prepare(closed_gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    closed_ledger = dialgate_ledger_open(in(folder, "acme.ledger"), NULL);
    must(closed_campaign != 0 && closed_ledger != 0, "handles to close");
    must(dialgate_reserve(campaign, "+48223000998", at, &closed_reservation, NULL) == DIALGATE_MAY_CALL, "reserve");
    must(dialgate_release(closed_reservation) && dialgate_close(closed_campaign), "close");
    must(dialgate_close(closed_gate) && dialgate_close(closed_ledger), "close");

    const dialgate_lead init = DIALGATE_LEAD_INIT;
    lead = init;
    lead.number = dialgate_number(GOOD);
    lead_size = lead_reserved = lead_party = lead_line = lead_region = lead_zone = lead_number = lead;
    lead_size.struct_size = 0;
    lead_reserved.reserved = 1;
    lead_party.party = 3;
    lead_line.line = 300;
    lead_region.region = BAD_UTF8;
    lead_zone.time_zone = endless;
    lead_number.number = 0;

    for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++)
        run(&misuses[i], 0);
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        run(&right[i], 1);
#ifdef PROVOKE
    for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++)
        run_with_a_panic(&misuses[i]);
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        run_with_a_panic(&right[i]);
    /* And it goes on. */
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        run(&right[i], 1);
#endif
    must(dialgate_release(reservation) == DIALGATE_DONE, "release");
    dialgate_close(campaign);
    dialgate_close(ledger);
    dialgate_close(gate);
    printf("%zu misuses, %zu right calls\n", sizeof misuses / sizeof misuses[0], sizeof right / sizeof right[0]);
    return finish("misuse");
}
