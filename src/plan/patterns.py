"""Patterns of the number plan data: as one automaton over digits, and as a source of random numbers."""

import sys

try:
    from re import _parser as sre  # Python 3.11 and later
except ImportError:
    import sre_parse as sre


def fail(message):
    sys.exit(f"generate.py: {message}")


class Automaton:
    """The patterns of one calling code; a state is the set of places where they may stand."""

    def __init__(self):
        self.steps, self.jumps, self.ends = [], [], {}
        self.start = self.place()

    def place(self):
        self.steps.append([])
        self.jumps.append([])
        return len(self.steps) - 1

    def add(self, pattern, tag, prefix=False):
        first, last = self.place(), self.place()
        self.jumps[self.start].append(first)
        self.sequence(sre.parse(pattern), first, last)
        self.ends[last] = tag
        if prefix:
            self.steps[last].append((frozenset(range(10)), last))

    def sequence(self, items, at, end):
        for operation, argument in items:
            after = self.place()
            self.item(str(operation), argument, at, after)
            at = after
        self.jumps[at].append(end)

    def item(self, operation, argument, at, after):
        if operation == "LITERAL":
            self.steps[at].append((frozenset([int(chr(argument))]), after))
        elif operation == "IN":
            self.steps[at].append((self.digits(argument), after))
        elif operation == "BRANCH":
            for branch in argument[1]:
                self.sequence(branch, at, after)
        elif operation == "SUBPATTERN":
            self.sequence(argument[-1], at, after)
        elif operation == "MAX_REPEAT":
            least, most, body = argument
            for done in range(int(most)):
                if done >= least:
                    self.jumps[at].append(after)
                following = self.place()
                self.sequence(body, at, following)
                at = following
            self.jumps[at].append(after)
        else:
            fail(f"a pattern uses {operation}, which this script does not read")

    @staticmethod
    def digits(argument):
        found = set()
        for operation, value in argument:
            if str(operation) == "LITERAL":
                found.add(int(chr(value)))
            elif str(operation) == "RANGE":
                found.update(range(int(chr(value[0])), int(chr(value[1])) + 1))
            elif str(operation) == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
                found.update(range(10))
            else:
                fail(f"a set uses {operation}, which this script does not read")
        return frozenset(found)

    def closed(self, places):
        found, todo = set(places), list(places)
        while todo:
            for target in self.jumps[todo.pop()]:
                if target not in found:
                    found.add(target)
                    todo.append(target)
        return frozenset(place for place in found if self.steps[place] or place in self.ends)

    def step(self, state, digit):
        return self.closed({target for place in state for digits, target in self.steps[place] if digit in digits})

    def tags(self, state):
        return {self.ends[place] for place in state if place in self.ends}


def sample(pattern, randomness):
    """A random string that the pattern describes."""
    def one(items):
        out = ""
        for operation, argument in items:
            operation = str(operation)
            if operation == "LITERAL":
                out += chr(argument)
            elif operation == "IN":
                out += str(randomness.choice(sorted(Automaton.digits(argument))))
            elif operation == "BRANCH":
                out += one(randomness.choice(argument[1]))
            elif operation == "SUBPATTERN":
                out += one(argument[-1])
            else:
                least, most, body = argument
                out += "".join(one(body) for _ in range(randomness.randint(least, most)))
        return out
    return one(sre.parse(pattern))
