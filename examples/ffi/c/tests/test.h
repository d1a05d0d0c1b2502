/* What the tests share: counting, and the answers that are due. */
#ifndef DIALGATE_TEST_H
#define DIALGATE_TEST_H

#include <dialgate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* People in `calls.gate`. */
enum { PEOPLE = 1000 };

struct person {
    char number[16];
    char reason[32]; /* Empty: an allow. */
};

static unsigned long passed, wrong;

static inline void expect(int holds, const char *what, const char *detail)
{
    if (holds) {
        passed++;
        return;
    }
    wrong++;
    fprintf(stderr, "WRONG: %s (%s): status %s, %s\n", what, detail, dialgate_status_name(dialgate_last_status()),
            dialgate_last_error());
}

static inline int finish(const char *name)
{
    printf("%s: %lu passed, %lu wrong\n", name, passed, wrong);
    return wrong == 0 && passed > 0 ? 0 : 1;
}

static inline void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "cannot go on: %s: %s\n", what, dialgate_last_error());
        exit(1);
    }
}

/* A file of the folder with the fixtures. */
static inline const char *in(const char *folder, const char *name)
{
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline void read_people(const char *folder, struct person *people)
{
    FILE *file = fopen(in(folder, "expected.csv"), "r");
    must(file != NULL, "expected.csv is not there");
    char line[128];
    must(fgets(line, sizeof line, file) != NULL, "expected.csv is empty");
    for (int i = 0; i < PEOPLE; i++) {
        must(fgets(line, sizeof line, file) != NULL, "expected.csv is short");
        line[strcspn(line, "\n")] = '\0';
        size_t length = strcspn(line, ",");
        must(length < sizeof people->number && line[length] == ',' && strlen(line + length + 1) < 32, "expected.csv");
        memcpy(people[i].number, line, length);
        people[i].number[length] = '\0';
        strcpy(people[i].reason, line + length + 1);
    }
    fclose(file);
}

static inline int64_t now_micros(void)
{
    return (int64_t)time(NULL) * 1000000;
}

static inline const char *reason_of(const dialgate_decision *decision)
{
    return dialgate_reason_name(dialgate_decision_reason(decision));
}

/* Is it the answer that is due, in every accessor? */
static inline int is_due(const struct person *person, uint32_t answer, const dialgate_decision *decision)
{
    int allow = person->reason[0] == '\0';
    if (answer != (allow ? DIALGATE_MAY_CALL : DIALGATE_DO_NOT_CALL))
        return 0;
    if (dialgate_decision_may_call(decision) != answer || dialgate_decision_status(decision) != DIALGATE_STATUS_OK)
        return 0;
    uint32_t reason = dialgate_decision_reason(decision);
    if (allow)
        return reason == 0 && dialgate_decision_verdict(decision) == DIALGATE_VERDICT_ALLOW &&
               dialgate_decision_basis(decision) == DIALGATE_BASIS_CONSENT;
    return strcmp(dialgate_reason_name(reason), person->reason) == 0 &&
           dialgate_decision_verdict(decision) == DIALGATE_VERDICT_DENY &&
           (dialgate_decision_reasons(decision) >> reason & 1) == 1;
}

#endif
