/* Screens a file of leads: those that may be called go to CLEAN, the rest to REJECTED with the reason.
 *
 *     screen GATE LEADS.csv CLEAN.csv REJECTED.csv PURPOSE CHANNEL [MICROSECONDS]
 *
 * LEADS.csv has a header line; the number is the first field, in international form and not quoted. Without an
 * instant the answers are those for now. The files are complete only if it ends with 0: else do not use them.
 */
#define _POSIX_C_SOURCE 200809L
#include <dialgate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Leads are read, screened and written so many at a time. */
enum { TOGETHER = 4096, LINE = 1024, NUMBER = 32 };

static char lines[TOGETHER][LINE];
static uint64_t numbers[TOGETHER];
static dialgate_decision decisions[TOGETHER];

/* What this thread has had of a processor. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "screen: %s: %s\n", what, why);
    exit(1);
}

/* One line without its end. Returns 0 at the end of the file. */
static int read_line(FILE *in, char *line, const char *name)
{
    if (fgets(line, LINE, in) == NULL) {
        if (ferror(in))
            stop(name, "cannot be read");
        return 0;
    }
    size_t length = strlen(line);
    if (length == LINE - 1 && line[length - 1] != '\n')
        stop(name, "has a line that is longer than 1022 bytes");
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        line[--length] = '\0';
    return 1;
}

/* The digits of the first field; zero, which is denied, when it is no number. */
static uint64_t number_of(const char *line)
{
    char field[NUMBER];
    size_t length = strcspn(line, ",");
    if (length >= sizeof field)
        return 0;
    memcpy(field, line, length);
    field[length] = '\0';
    return dialgate_number(field);
}

int main(int argc, char **argv)
{
    if (argc < 7 || argc > 8) {
        fprintf(stderr, "usage: %s GATE LEADS CLEAN REJECTED PURPOSE CHANNEL [MICROSECONDS]\n", argv[0]);
        return 2;
    }
    int64_t at = argc == 8 ? (int64_t)strtoll(argv[7], NULL, 10) : DIALGATE_NOW;
    dialgate_gate gate = dialgate_open(argv[1], NULL);
    if (gate == 0)
        stop(argv[1], dialgate_last_error());
    dialgate_campaign campaign = dialgate_prepare(gate, NULL, argv[5], dialgate_channel(argv[6]));
    if (campaign == 0)
        stop("the question", dialgate_last_error());
    FILE *leads = fopen(argv[2], "r");
    FILE *clean = fopen(argv[3], "w");
    FILE *rejected = fopen(argv[4], "w");
    if (leads == NULL || clean == NULL || rejected == NULL)
        stop("a file", "cannot be opened");
    static char buffers[3][1 << 18];
    setvbuf(leads, buffers[0], _IOFBF, sizeof buffers[0]);
    setvbuf(clean, buffers[1], _IOFBF, sizeof buffers[1]);
    setvbuf(rejected, buffers[2], _IOFBF, sizeof buffers[2]);

    double began = seconds(), screening = 0;
    size_t total = 0, allowed = 0;
    if (read_line(leads, lines[0], argv[2])) {
        fprintf(clean, "%s\n", lines[0]);
        fprintf(rejected, "%s,dialgate_reason\n", lines[0]);
    }
    for (;;) {
        size_t count = 0;
        for (; count < TOGETHER && read_line(leads, lines[count], argv[2]); count++)
            numbers[count] = number_of(lines[count]);
        if (count == 0)
            break;
        double asked = seconds();
        size_t may_call = dialgate_screen(campaign, numbers, count, at, decisions);
        screening += seconds() - asked;
        if (dialgate_last_status() != DIALGATE_STATUS_OK)
            stop("screening", dialgate_last_error());
        for (size_t i = 0; i < count; i++) {
            FILE *out = rejected;
            if (dialgate_decision_may_call(&decisions[i]) == DIALGATE_MAY_CALL)
                out = clean;
            fputs(lines[i], out);
            if (out == rejected) {
                fputc(',', out);
                fputs(dialgate_reason_name(dialgate_decision_reason(&decisions[i])), out);
            }
            fputc('\n', out);
        }
        total += count;
        allowed += may_call;
    }
    fclose(leads);
    if (ferror(clean) || ferror(rejected) || fclose(clean) != 0 || fclose(rejected) != 0)
        stop("a result", "cannot be written");
    printf("leads %zu allowed %zu screened_per_cpu_second %.0f in_all_per_cpu_second %.0f\n", total, allowed,
           (double)total / screening, (double)total / (seconds() - began));
    dialgate_close(campaign);
    dialgate_close(gate);
    return 0;
}
