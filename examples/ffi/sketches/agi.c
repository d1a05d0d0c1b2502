/* A sketch: Asterisk asks the gate through AGI before it dials.
 *
 * extensions.conf:
 *
 *     exten => _+X.,1,AGI(/usr/local/bin/dialgate-agi,/var/lib/dialgate/acme.gate,own-offers,${EXTEN})
 *      same => n,GotoIf($["${DIALGATE_MAY_CALL}" = "3"]?dial)
 *      same => n,Hangup(21)
 *      same => n(dial),Dial(PJSIP/${EXTEN}@carrier)
 *
 * AGI is a dialogue over standard input and output: Asterisk sends lines `agi_...: value` up to an empty one, then
 * answers each command with a line `200 result=...`. No header of Asterisk is needed. The variable is set to 0 first,
 * so whatever ends this program early leaves "do not call".
 *
 * One process a call opens the snapshot each time. For more than a few calls a second keep one process and speak
 * FastAGI, or ask from a module.
 */
#include <dialgate.h>
#include <stdio.h>
#include <string.h>

/* Sends one command; 1 when Asterisk took it. */
static int set_variable(const char *name, const char *value)
{
    char line[256];
    printf("SET VARIABLE %s \"%s\"\n", name, value);
    if (fflush(stdout) != 0)
        return 0;
    return fgets(line, sizeof line, stdin) != NULL && strncmp(line, "200 result=1", 12) == 0;
}

int main(int argc, char **argv)
{
    char line[1024], answer[16];
    while (fgets(line, sizeof line, stdin) != NULL && line[0] != '\n')
        ;
    if (!set_variable("DIALGATE_MAY_CALL", "0") || argc != 4)
        return 1;
    dialgate_gate gate = dialgate_open(argv[1], NULL);
    dialgate_campaign campaign = dialgate_prepare(gate, NULL, argv[2], DIALGATE_CHANNEL_AUTODIALED_CALL);
    dialgate_decision decision;
    uint32_t may_call = dialgate_check(campaign, argv[3], &decision);
    if (dialgate_decision_status(&decision) != DIALGATE_STATUS_OK)
        set_variable("DIALGATE_REASON", dialgate_status_name(dialgate_decision_status(&decision)));
    else
        set_variable("DIALGATE_REASON", dialgate_reason_name(dialgate_decision_reason(&decision)));
    snprintf(answer, sizeof answer, "%u", (unsigned)may_call);
    int taken = set_variable("DIALGATE_MAY_CALL", answer);
    dialgate_close(campaign);
    dialgate_close(gate);
    return taken ? 0 : 1;
}
