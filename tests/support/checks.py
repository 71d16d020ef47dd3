# SPDX-License-Identifier: Apache-2.0
"""checks - tests of the whole program, as the lines that tests/run.sh counts.

A test is a function whose name is a sentence.  It passes by returning, fails by
an assertion, and is skipped by raising Skip with the reason.
"""

import sys
import traceback


class Skip(Exception):
    """This machine cannot run the test; the text says what is missing."""


def sentence(function):
    return function.__name__.replace("_", " ")


def note(text):
    """A figure worth seeing in the log of a test that passed."""
    print(f"# {text}", flush=True)


def run(tests):
    """Runs (name, function) pairs, says how each went; the exit status."""
    failed = 0
    for name, function in tests:
        try:
            function()
        except Skip as why:
            print(f"skip {name} - {why}", flush=True)
        except Exception as why:  # a test that breaks has failed
            traceback.print_exc(file=sys.stdout)
            first_line = (str(why) or type(why).__name__).splitlines()[0]
            print(f"not ok {name} - {first_line}", flush=True)
            failed += 1
        else:
            print(f"ok {name}", flush=True)
    return 1 if failed else 0


def run_all(*functions):
    return run([(sentence(function), function) for function in functions])


def equal(got, wanted, what):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


def contains(text, part, what):
    assert part in text, f"{what}: {part!r} is not in {text[:2000]!r}"
