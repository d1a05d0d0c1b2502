"""What a second command costs over the first: both run in turns, processor time (user and system) is counted.

    python3 benches/in_turns.py ROUNDS COMMAND COMMAND
"""

import os
import shlex
import statistics
import sys


def seconds(command):
    child = os.fork()
    if child == 0:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.execvp(command[0], command)
    _, status, used = os.wait4(child, 0)
    if status != 0:
        sys.exit(f"this ended with {os.waitstatus_to_exitcode(status)}, expected 0: {shlex.join(command)}")
    return used.ru_utime + used.ru_stime


rounds, *commands = sys.argv[1:]
commands = [shlex.split(command) for command in commands]
if len(commands) != 2:
    sys.exit(__doc__)
for command in commands:
    seconds(command)
taken = ([], [])
for turn in range(int(rounds)):
    for which in (0, 1) if turn % 2 else (1, 0):
        taken[which].append(seconds(commands[which]))
first, second = map(statistics.median, taken)
ratio = statistics.median(b / a for a, b in zip(*taken))
print(f"{first:.3f} s, {second:.3f} s: {100 * (second / first - 1):+.1f} % (median of the rounds' ratios {100 * (ratio - 1):+.1f} %)")
