/* Thirty-two processes share one gate that was opened before they were forked; what that costs in memory. Then what
 * becomes of a gate that follows a ledger.
 *
 *     forks FOLDER
 */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE
#include "test.h"
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 32, LEADS = 100000, SINGLE = 20000 };

static const char *folder;
static struct person people[PEOPLE];
static uint64_t numbers[LEADS];
static char texts[SINGLE][24];

struct report {
    unsigned long allowed, single;
    unsigned long pss, private_dirty; /* KiB */
};

static void read_leads(void)
{
    FILE *file = fopen(in(folder, "leads.csv"), "r");
    must(file != NULL, "leads.csv");
    char line[128];
    must(fgets(line, sizeof line, file) != NULL, "leads.csv");
    for (int i = 0; i < LEADS; i++) {
        must(fgets(line, sizeof line, file) != NULL, "leads.csv is short");
        line[strcspn(line, ",\n")] = '\0';
        numbers[i] = dialgate_number(line);
        must(numbers[i] != 0, "a lead");
        if (i < SINGLE) {
            must(strlen(line) < sizeof texts[i], "a lead");
            strcpy(texts[i], line);
        }
    }
    fclose(file);
}

static unsigned long kib(const char *name)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    unsigned long found = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            found = strtoul(line + strlen(name), NULL, 10);
    if (file != NULL)
        fclose(file);
    return found;
}

static void ask(dialgate_campaign campaign, struct report *report)
{
    static dialgate_decision decisions[4096];
    report->allowed = report->single = 0;
    for (int i = 0; i < LEADS; i += 4096) {
        size_t count = LEADS - i < 4096 ? (size_t)(LEADS - i) : 4096;
        report->allowed += dialgate_screen(campaign, numbers + i, count, DIALGATE_NOW, decisions);
    }
    for (int i = 0; i < SINGLE; i++)
        report->single += dialgate_check(campaign, texts[i], NULL) == DIALGATE_MAY_CALL;
}

static dialgate_campaign open_large(void)
{
    dialgate_gate gate = dialgate_open(in(folder, "large.gate"), NULL);
    dialgate_campaign campaign = dialgate_prepare(gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    must(campaign != 0, "large.gate");
    return campaign;
}

/* Forks the children; with a campaign they share it, without each opens the snapshot itself. Sums of what they say. */
static struct report run(int children, dialgate_campaign campaign, const struct report *due)
{
    int results[2], go[2];
    must(pipe(results) == 0 && pipe(go) == 0, "pipes");
    for (int i = 0; i < children; i++) {
        pid_t child = fork();
        must(child >= 0, "fork");
        if (child == 0) {
            struct report report = {0, 0, 0, 0};
            char byte;
            close(go[1]);
            ask(campaign != 0 ? campaign : open_large(), &report);
            if (write(results[1], "d", 1) != 1)
                _exit(1);
            /* Measured while all are alive. */
            if (read(go[0], &byte, 1) != 0)
                _exit(1);
            report.pss = kib("Pss:");
            report.private_dirty = kib("Private_Dirty:");
            _exit(write(results[1], &report, sizeof report) == sizeof report ? 0 : 1);
        }
    }
    close(go[0]);
    struct report sum = {0, 0, 0, 0}, one;
    char byte;
    for (int i = 0; i < children; i++)
        must(read(results[0], &byte, 1) == 1 && byte == 'd', "a child");
    close(go[1]);
    for (int i = 0; i < children; i++) {
        must(read(results[0], &one, sizeof one) == sizeof one, "a child's report");
        expect(one.allowed == due->allowed && one.single == due->single, "a child", "answers as the parent");
        sum.pss += one.pss;
        sum.private_dirty += one.private_dirty;
    }
    for (int i = 0; i < children; i++) {
        int status = 1;
        must(wait(&status) > 0, "wait");
        expect(status == 0, "a child", "ends well");
    }
    close(results[0]);
    close(results[1]);
    return sum;
}

static void memory(void)
{
    struct report due;
    dialgate_campaign campaign = open_large();
    ask(campaign, &due);
    expect(due.allowed > LEADS / 4 && due.allowed < LEADS * 3 / 4, "the parent", "some may be called");
    struct report shared = run(CHILDREN, campaign, &due);
    dialgate_close(campaign);
    struct report alone = run(4, 0, &due);
    struct stat file;
    must(stat(in(folder, "large.gate"), &file) == 0, "large.gate");
    printf("snapshot %ld KiB; %d children of one opened gate: %lu KiB private and dirty each, %lu KiB Pss in all;"
           " a process that opens its own: %lu KiB private and dirty\n",
           (long)(file.st_size / 1024), CHILDREN, shared.private_dirty / CHILDREN, shared.pss, alone.private_dirty / 4);
    expect(shared.private_dirty / CHILDREN < (unsigned long)file.st_size / 1024 / 4, "the snapshot", "is shared");
    expect(alone.private_dirty / 4 > (unsigned long)file.st_size / 1024, "the measure", "sees a copy of one's own");
}

/* Runs `work` in a child. */
static void in_a_child(const char *what, int (*work)(dialgate_gate, dialgate_campaign), dialgate_gate gate, dialgate_campaign campaign)
{
    int status = 1;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        alarm(60);
        _exit(work(gate, campaign));
    }
    must(waitpid(child, &status, 0) == child, "wait");
    if (status != 0)
        fprintf(stderr, "child ended with %d\n", status);
    expect(status == 0, what, "in a child");
}

static int is_denied(dialgate_gate gate, dialgate_campaign campaign)
{
    dialgate_decision decision;
    dialgate_reservation reservation;
    (void)gate;
    for (int i = 0; i < PEOPLE; i++)
        if (dialgate_check(campaign, people[i].number, &decision) != 0 ||
            dialgate_decision_reason(&decision) != DIALGATE_REASON_SNAPSHOT_EXPIRED)
            return 1;
    return dialgate_reserve(campaign, people[0].number, DIALGATE_NOW, &reservation, NULL) == 0 && reservation == 0 ? 0 : 2;
}

static int follows_its_own(dialgate_gate gate, dialgate_campaign campaign)
{
    dialgate_ledger ledger = dialgate_ledger_open(in(folder, "acme.ledger"), NULL);
    dialgate_reservation reservation;
    if (ledger == 0 || dialgate_attach(gate, ledger) != DIALGATE_DONE) {
        fprintf(stderr, "child: %s\n", dialgate_last_error());
        return 1;
    }
    for (int i = 0; i < 100; i++) {
        dialgate_decision decision;
        if (!is_due(&people[i], dialgate_check(campaign, people[i].number, &decision), &decision))
            return 2;
    }
    if (dialgate_reserve(campaign, people[990].number, DIALGATE_NOW, &reservation, NULL) != DIALGATE_MAY_CALL)
        return 3;
    return dialgate_release(reservation) == DIALGATE_DONE ? 0 : 4;
}

/* What parent and children prepare after the fork has a handle of its own in each, which no other takes for its own. */
static void handles(dialgate_gate gate)
{
    enum { SIBLINGS = 8 };
    dialgate_campaign made[SIBLINGS + 1];
    int results[2];
    must(pipe(results) == 0, "pipe");
    for (int i = 0; i < SIBLINGS; i++) {
        pid_t child = fork();
        must(child >= 0, "fork");
        if (child == 0) {
            dialgate_campaign own = dialgate_prepare(gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
            _exit(own != 0 && write(results[1], &own, sizeof own) == sizeof own ? 0 : 1);
        }
        int status = 1;
        must(waitpid(child, &status, 0) == child && status == 0, "a child");
        must(read(results[0], &made[i], sizeof made[i]) == sizeof made[i], "a child's handle");
    }
    close(results[0]);
    close(results[1]);
    made[SIBLINGS] = dialgate_prepare(gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    expect(dialgate_check(made[SIBLINGS], people[0].number, NULL) == DIALGATE_MAY_CALL, "an own handle", "is known");
    for (int i = 0; i < SIBLINGS; i++) {
        expect(dialgate_check(made[i], people[0].number, NULL) == 0, "a child's handle", "is refused in the parent");
        for (int j = i + 1; j <= SIBLINGS; j++)
            expect(made[i] != made[j], "handles made after a fork", "differ");
    }
    dialgate_close(made[SIBLINGS]);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    read_people(folder, people);
    read_leads();
    memory();

    dialgate_gate gate = dialgate_open(in(folder, "calls.gate"), NULL);
    dialgate_campaign campaign = dialgate_prepare(gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    must(campaign != 0, "calls.gate");
    /* Opened before, attached after: what a host that forks its workers does. */
    for (int i = 0; i < 8; i++)
        in_a_child("a gate of before, a ledger of after the fork", follows_its_own, gate, campaign);
    handles(gate);
    dialgate_ledger ledger = dialgate_ledger_open(in(folder, "acme.ledger"), NULL);
    must(ledger != 0 && dialgate_attach(gate, ledger) == DIALGATE_DONE, "attach");
    expect(dialgate_check(campaign, people[0].number, NULL) == DIALGATE_MAY_CALL, "the parent", "is answered");
    in_a_child("a gate that follows a ledger of before the fork", is_denied, gate, campaign);
    expect(dialgate_check(campaign, people[0].number, NULL) == DIALGATE_MAY_CALL, "the parent", "goes on");
    dialgate_close(campaign);
    dialgate_close(gate);
    dialgate_close(ledger);
    return finish("forks");
}
