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

/* Leads are screened so many at a time; the file is read in blocks that hold more than that. */
enum { TOGETHER = 4096, BLOCK = 1 << 18, REASONS = 64 };

struct line {
    char *text; /* In the block, with a zero byte at its end. */
    size_t length;
};

static char block[BLOCK + 1];
static struct line lines[TOGETHER];
static uint64_t numbers[TOGETHER];
static dialgate_decision decisions[TOGETHER];
static const char *names[REASONS];

static FILE *leads, *clean, *rejected;
static dialgate_campaign campaign;
static int64_t at;
static size_t total, allowed;
static double screening;

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

static FILE *opened(const char *path, const char *mode, char *buffer)
{
    FILE *file = fopen(path, mode);
    if (file == NULL)
        stop(path, "cannot be opened");
    setvbuf(file, buffer, _IOFBF, BLOCK);
    return file;
}

/* The digits of the first field; zero, which is denied, when it is no number. */
static uint64_t number_of(struct line line)
{
    char *comma = memchr(line.text, ',', line.length);
    if (comma == NULL)
        return dialgate_number(line.text);
    *comma = '\0';
    uint64_t number = dialgate_number(line.text);
    *comma = ',';
    return number;
}

/* The line, with one more field unless that is NULL. */
static void write_line(FILE *out, struct line line, const char *more)
{
    line.text[line.length] = more == NULL ? '\n' : ',';
    fwrite(line.text, 1, line.length + 1, out);
    if (more != NULL) {
        fputs(more, out);
        putc_unlocked('\n', out);
    }
}

static const char *reason_of(const dialgate_decision *decision)
{
    uint32_t reason = dialgate_decision_reason(decision) % REASONS;
    if (names[reason] == NULL)
        names[reason] = dialgate_reason_name(reason);
    return names[reason];
}

static void screen(size_t count)
{
    double asked = seconds();
    allowed += dialgate_screen(campaign, numbers, count, at, decisions);
    screening += seconds() - asked;
    if (dialgate_last_status() != DIALGATE_STATUS_OK)
        stop("screening", dialgate_last_error());
    for (size_t i = 0; i < count; i++) {
        if (dialgate_decision_may_call(&decisions[i]) == DIALGATE_MAY_CALL)
            write_line(clean, lines[i], NULL);
        else
            write_line(rejected, lines[i], reason_of(&decisions[i]));
    }
    total += count;
}

/* Screens the whole lines of the block, the first of the file excepted; how many bytes they took. */
static size_t screen_block(size_t held, int *is_first)
{
    size_t begin = 0, count = 0;
    char *end;
    while ((end = memchr(block + begin, '\n', held - begin)) != NULL) {
        struct line line = {block + begin, (size_t)(end - block) - begin};
        begin += line.length + 1;
        if (line.length > 0 && line.text[line.length - 1] == '\r')
            line.length--;
        line.text[line.length] = '\0';
        if (*is_first) {
            write_line(clean, line, NULL);
            write_line(rejected, line, "dialgate_reason");
            *is_first = 0;
            continue;
        }
        lines[count] = line;
        numbers[count++] = number_of(line);
        if (count == TOGETHER) {
            screen(count);
            count = 0;
        }
    }
    if (count > 0)
        screen(count);
    return begin;
}

int main(int argc, char **argv)
{
    static char buffers[3][BLOCK];
    if (argc < 7 || argc > 8) {
        fprintf(stderr, "usage: %s GATE LEADS CLEAN REJECTED PURPOSE CHANNEL [MICROSECONDS]\n", argv[0]);
        return 2;
    }
    at = argc == 8 ? (int64_t)strtoll(argv[7], NULL, 10) : DIALGATE_NOW;
    dialgate_gate gate = dialgate_open(argv[1], NULL);
    if (gate == 0)
        stop(argv[1], dialgate_last_error());
    campaign = dialgate_prepare(gate, NULL, argv[5], dialgate_channel(argv[6]));
    if (campaign == 0)
        stop("the question", dialgate_last_error());
    leads = opened(argv[2], "r", buffers[0]);
    clean = opened(argv[3], "w", buffers[1]);
    rejected = opened(argv[4], "w", buffers[2]);

    double began = seconds();
    size_t held = 0, got;
    int is_first = 1;
    while ((got = fread(block + held, 1, BLOCK - held, leads)) > 0) {
        held += got;
        size_t taken = screen_block(held, &is_first);
        held -= taken;
        if (held == BLOCK)
            stop(argv[2], "has a line that is longer than a block");
        memmove(block, block + taken, held);
    }
    if (ferror(leads))
        stop(argv[2], "cannot be read");
    if (held > 0) {
        block[held] = '\n';
        screen_block(held + 1, &is_first);
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
