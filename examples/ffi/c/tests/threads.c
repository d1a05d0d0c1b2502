/* Eight threads ask one gate, while its snapshot is replaced under them and handles come and go.
 *
 *     threads FOLDER SECONDS      for so long
 *     threads FOLDER 0 ROUNDS     so many rounds of every thread
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 8, BATCH = 256 };

static const char *folder;
static struct person people[PEOPLE];
static uint64_t digits[PEOPLE];
static dialgate_gate gate;
static dialgate_campaign campaign;
static double until;
static unsigned long rounds;
static atomic_ulong asked, errors, swaps, churned;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void check(int holds)
{
    if (!holds)
        atomic_fetch_add(&errors, 1);
}

static void ask_one(uint64_t dice)
{
    const struct person *person = &people[dice % PEOPLE];
    dialgate_decision decision;
    uint32_t answer = dialgate_check(campaign, person->number, &decision);
    check(is_due(person, answer, &decision));
    atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed);
}

static void ask_many(uint64_t dice)
{
    uint64_t numbers[BATCH];
    dialgate_decision decisions[BATCH];
    size_t due = 0;
    for (size_t i = 0; i < BATCH; i++) {
        numbers[i] = digits[(dice + i) % PEOPLE];
        due += people[(dice + i) % PEOPLE].reason[0] == '\0';
    }
    check(dialgate_screen(campaign, numbers, BATCH, now_micros(), decisions) == due);
    for (size_t i = 0; i < BATCH; i++)
        check(is_due(&people[(dice + i) % PEOPLE], dialgate_decision_may_call(&decisions[i]), &decisions[i]));
    atomic_fetch_add_explicit(&asked, BATCH, memory_order_relaxed);
}

/* Handles of its own: a closed one is refused, whatever took its slot. */
static void come_and_go(void)
{
    dialgate_campaign own = dialgate_prepare(gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    check(dialgate_check(own, people[0].number, NULL) == DIALGATE_MAY_CALL);
    check(dialgate_close(own) == DIALGATE_DONE);
    check(dialgate_check(own, people[0].number, NULL) == 0 && dialgate_last_status() == DIALGATE_STATUS_HANDLE_CLOSED);
    check(dialgate_close(own) == 0);
    atomic_fetch_add(&churned, 1);
}

static void *work(void *argument)
{
    uint64_t dice = (uint64_t)(size_t)argument * UINT64_C(0x9e3779b97f4a7c15) + 1;
    char buffer[16384];
    for (unsigned long round = 0; rounds != 0 ? round < rounds : seconds() < until; round++) {
        for (int i = 0; i < 64; i++) {
            dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            ask_one(dice >> 33);
        }
        ask_many(dice >> 33);
        come_and_go();
        if (round % 16 == 0)
            check(dialgate_explain(campaign, people[dice >> 33 & 511].number, DIALGATE_NOW, buffer, sizeof buffer, NULL) > 0);
        if ((size_t)argument == 0 && round % 8 == 0) {
            check(dialgate_replace(gate, in(folder, "calls.gate")) == DIALGATE_DONE);
            atomic_fetch_add(&swaps, 1);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4)
        return 2;
    folder = argv[1];
    until = seconds() + strtod(argv[2], NULL);
    rounds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    read_people(folder, people);
    for (int i = 0; i < PEOPLE; i++)
        digits[i] = dialgate_number(people[i].number);
    gate = dialgate_open(in(folder, "calls.gate"), NULL);
    campaign = dialgate_prepare(gate, NULL, "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    must(campaign != 0, "calls.gate");
    double began = seconds();
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        must(pthread_create(&threads[i], NULL, work, (void *)i) == 0, "a thread");
    for (size_t i = 0; i < THREADS; i++)
        must(pthread_join(threads[i], NULL) == 0, "a thread");
    double took = seconds() - began;
    printf("%d threads, %.1f s: %lu decisions (%.0f a second), %lu snapshots put in place, %lu handles made and closed\n",
           THREADS, took, atomic_load(&asked), (double)atomic_load(&asked) / took, atomic_load(&swaps), atomic_load(&churned));
    passed = atomic_load(&asked);
    wrong = atomic_load(&errors);
    dialgate_close(campaign);
    dialgate_close(gate);
    return finish("threads");
}
