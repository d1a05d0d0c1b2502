"""Asks the library from Python with ctypes alone.

    python3 quickstart.py LIBRARY GATE PURPOSE NUMBER...

Every function gets its types first: without `restype` ctypes would cut a handle to 32 bits (which the library then
refuses as foreign).
"""
import ctypes
import sys
from ctypes import POINTER, c_char_p, c_int64, c_size_t, c_uint32, c_uint64

MAY_CALL = 3
MANUAL_CALL = 1
NOW = -(2**63)


class Decision(ctypes.Structure):
    _fields_ = [("opaque", c_uint64 * 4)]


def load(path):
    """The functions that this program uses, with their types."""
    library = ctypes.CDLL(path)
    for name, result, arguments in [
        ("abi_version", c_uint32, []),
        ("last_error", c_char_p, []),
        ("open", c_uint64, [c_char_p, c_char_p]),
        ("prepare", c_uint64, [c_uint64, c_char_p, c_char_p, c_uint32]),
        ("check", c_uint32, [c_uint64, c_char_p, POINTER(Decision)]),
        ("screen", c_size_t, [c_uint64, POINTER(c_uint64), c_size_t, c_int64, POINTER(Decision)]),
        ("number", c_uint64, [c_char_p]),
        ("decision_may_call", c_uint32, [POINTER(Decision)]),
        ("decision_reason", c_uint32, [POINTER(Decision)]),
        ("reason_name", c_char_p, [c_uint32]),
        ("close", c_uint32, [c_uint64]),
    ]:
        function = getattr(library, "dialgate_" + name)
        function.restype, function.argtypes = result, arguments
    if library.dialgate_abi_version() != 1:
        sys.exit("another version of the library")
    return library


def main(library, gate_path, purpose, numbers):
    gate = library.dialgate_open(gate_path.encode(), None)
    campaign = library.dialgate_prepare(gate, None, purpose.encode(), MANUAL_CALL)
    if not campaign:
        sys.exit(library.dialgate_last_error().decode())
    decision = Decision()
    for number in numbers:
        if library.dialgate_check(campaign, number.encode(), ctypes.byref(decision)) == MAY_CALL:
            print(f"{number}: dial")
        else:
            reason = library.dialgate_reason_name(library.dialgate_decision_reason(ctypes.byref(decision)))
            print(f"{number}: no, {reason.decode()}")
    # The same as a batch.
    digits = (c_uint64 * len(numbers))(*(library.dialgate_number(number.encode()) for number in numbers))
    decisions = (Decision * len(numbers))()
    allowed = library.dialgate_screen(campaign, digits, len(numbers), NOW, decisions)
    print(f"{allowed} of {len(numbers)} may be called")
    library.dialgate_close(campaign)
    library.dialgate_close(gate)


if __name__ == "__main__":
    main(load(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
