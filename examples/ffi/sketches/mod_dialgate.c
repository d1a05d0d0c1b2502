/* A sketch: a FreeSWITCH module with one application, `dialgate`, for the dialplan.
 *
 *     <action application="dialgate" data="own-offers ${destination_number}"/>
 *     <action application="bridge" data="sofia/gateway/carrier/${destination_number}"/>
 *
 * A call that may not be made is hung up with CALL_REJECTED, and the reason is in the variable `dialgate_reason`.
 *
 * Debian has no headers of FreeSWITCH, so this was never compiled against them: it is written after the documented
 * module interface (switch.h). With a FreeSWITCH of one's own:
 *
 *     cc -std=gnu11 -shared -fPIC mod_dialgate.c $(pkg-config --cflags --libs freeswitch dialgate) -o mod_dialgate.so
 */
#include <dialgate.h>
#include <switch.h>

SWITCH_MODULE_LOAD_FUNCTION(mod_dialgate_load);
SWITCH_MODULE_SHUTDOWN_FUNCTION(mod_dialgate_shutdown);
SWITCH_MODULE_DEFINITION(mod_dialgate, mod_dialgate_load, mod_dialgate_shutdown, NULL);

/* One gate for all calls: any thread may ask. */
static dialgate_gate gate;

SWITCH_STANDARD_APP(dialgate_function)
{
    switch_channel_t *channel = switch_core_session_get_channel(session);
    char *arguments = switch_core_session_strdup(session, data == NULL ? "" : data);
    char *words[2] = {NULL, NULL};
    dialgate_decision decision;
    dialgate_campaign campaign;
    uint32_t may_call;

    switch_split(arguments, ' ', words);
    /* Names that are missing are NULL, which denies. A busy system prepares its campaigns once and keeps them. */
    campaign = dialgate_prepare(gate, NULL, words[0], DIALGATE_CHANNEL_AUTODIALED_CALL);
    may_call = dialgate_check(campaign, words[1], &decision);
    dialgate_close(campaign);
    switch_channel_set_variable(channel, "dialgate_reason", dialgate_reason_name(dialgate_decision_reason(&decision)));
    if (may_call != DIALGATE_MAY_CALL)
        switch_channel_hangup(channel, SWITCH_CAUSE_CALL_REJECTED);
}

SWITCH_MODULE_LOAD_FUNCTION(mod_dialgate_load)
{
    switch_application_interface_t *app_interface;

    gate = dialgate_open("/var/lib/dialgate/acme.gate", NULL);
    if (gate == 0) {
        switch_log_printf(SWITCH_CHANNEL_LOG, SWITCH_LOG_ERROR, "dialgate: %s\n", dialgate_last_error());
        return SWITCH_STATUS_FALSE;
    }
    *module_interface = switch_loadable_module_create_module_interface(pool, modname);
    SWITCH_ADD_APP(app_interface, "dialgate", "asks the gate", "asks the gate", dialgate_function, "<purpose> <number>", SAF_NONE);
    return SWITCH_STATUS_SUCCESS;
}

SWITCH_MODULE_SHUTDOWN_FUNCTION(mod_dialgate_shutdown)
{
    dialgate_close(gate);
    return SWITCH_STATUS_SUCCESS;
}
