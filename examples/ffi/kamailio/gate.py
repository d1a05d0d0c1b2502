"""The question of kamailio.cfg, by app_python3 and ctypes.

The gate is opened when this file is loaded, before Kamailio forks its workers; each worker then opens the ledger for
itself and lets its copy of the gate follow it. Whatever fails leaves `$var(may_call)` at zero.
"""
import ctypes
import os
from ctypes import POINTER, c_char_p, c_uint32, c_uint64

import KSR

MAY_CALL = 3
MANUAL_CALL = 1


class Decision(ctypes.Structure):
    _fields_ = [("opaque", c_uint64 * 4)]


LIBRARY = ctypes.CDLL(os.environ["DIALGATE_LIBRARY"])
for _name, _result, _arguments in [
    ("open", c_uint64, [c_char_p, c_char_p]),
    ("prepare", c_uint64, [c_uint64, c_char_p, c_char_p, c_uint32]),
    ("ledger_open", c_uint64, [c_char_p, c_char_p]),
    ("attach", c_uint32, [c_uint64, c_uint64]),
    ("check", c_uint32, [c_uint64, c_char_p, POINTER(Decision)]),
    ("decision_reason", c_uint32, [POINTER(Decision)]),
    ("reason_name", c_char_p, [c_uint32]),
    ("last_error", c_char_p, []),
]:
    _function = getattr(LIBRARY, "dialgate_" + _name)
    _function.restype, _function.argtypes = _result, _arguments


def _text(name):
    return os.environ[name].encode()


GATE = LIBRARY.dialgate_open(_text("DIALGATE_GATE"), None)
CAMPAIGN = LIBRARY.dialgate_prepare(GATE, None, _text("DIALGATE_PURPOSE"), MANUAL_CALL)
if not CAMPAIGN:
    raise SystemExit(LIBRARY.dialgate_last_error().decode())


class Script:
    """What Kamailio calls."""

    def child_init(self, rank):
        """In each worker: what is recorded while it runs counts too."""
        if rank > 0:
            ledger = LIBRARY.dialgate_ledger_open(_text("DIALGATE_LEDGER"), None)
            if LIBRARY.dialgate_attach(GATE, ledger) != 1:
                KSR.err("dialgate: " + LIBRARY.dialgate_last_error().decode() + "\n")
                return -1
        return 0

    def may_call(self, _message):
        """Is asked for every INVITE."""
        number = (KSR.pv.get("$rU") or "").encode()
        if not number.startswith(b"+"):
            number = b"+" + number
        decision = Decision()
        answer = LIBRARY.dialgate_check(CAMPAIGN, number, ctypes.byref(decision))
        reason = LIBRARY.dialgate_decision_reason(ctypes.byref(decision))
        KSR.pv.seti("$var(cause)", reason)
        KSR.pv.sets("$var(reason)", LIBRARY.dialgate_reason_name(reason).decode())
        KSR.pv.seti("$var(may_call)", answer)
        return 1


def mod_init():
    return Script()
