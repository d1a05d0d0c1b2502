/* May these numbers be called, for this purpose, now?
 *
 *     cc -std=c11 quickstart.c $(pkg-config --cflags --libs dialgate) -o quickstart
 *     ./quickstart acme.gate own-offers +48223000000 +48223000001
 */
#include <dialgate.h>
#include <inttypes.h>
#include <stdio.h>

static int failed(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, dialgate_last_error());
    return 1;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: %s GATE PURPOSE NUMBER...\n", argv[0]);
        return 2;
    }
    if (dialgate_abi_version() != DIALGATE_ABI_VERSION) {
        fprintf(stderr, "compiled for another version of the library\n");
        return 1;
    }
    /* The snapshot that `dialgate compile` wrote, without a key file. */
    dialgate_gate gate = dialgate_open(argv[1], NULL);
    if (gate == 0)
        return failed(argv[1]);
    /* One question, prepared: the manifest's own controller, this purpose, a person dials. */
    dialgate_campaign campaign = dialgate_prepare(gate, NULL, argv[2], DIALGATE_CHANNEL_MANUAL_CALL);
    if (campaign == 0)
        return failed(argv[2]);

    for (int i = 3; i < argc; i++) {
        dialgate_decision decision;
        if (dialgate_check(campaign, argv[i], &decision) == DIALGATE_MAY_CALL) {
            printf("%s: dial\n", argv[i]);
            continue;
        }
        printf("%s: %s because %s", argv[i], dialgate_verdict_name(dialgate_decision_verdict(&decision)),
               dialgate_reason_name(dialgate_decision_reason(&decision)));
        if (dialgate_decision_retry_at(&decision) != 0)
            printf(", again from %" PRId64 " s", dialgate_decision_retry_at(&decision) / 1000000);
        printf("\n");
    }
    dialgate_close(campaign);
    dialgate_close(gate);
    return 0;
}
