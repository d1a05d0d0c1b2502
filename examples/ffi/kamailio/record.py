"""Records one event in a ledger, as another process of the same machine would.

    python3 record.py LIBRARY LEDGER JSON
"""
import ctypes
import sys

library = ctypes.CDLL(sys.argv[1])
library.dialgate_ledger_open.restype = ctypes.c_uint64
library.dialgate_ledger_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
library.dialgate_record.restype = ctypes.c_uint32
library.dialgate_record.argtypes = [ctypes.c_uint64, ctypes.c_char_p]
library.dialgate_last_error.restype = ctypes.c_char_p
ledger = library.dialgate_ledger_open(sys.argv[2].encode(), None)
if library.dialgate_record(ledger, sys.argv[3].encode()) != 1:
    sys.exit(library.dialgate_last_error().decode())
